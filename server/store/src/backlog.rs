//! What waits for the workers, whichever process they are of. Asked over and over by who watches an installation, so it is
//! read from the indexes of what is due: it costs what waits, not what the organizations hold.

use model::Timestamp;

use crate::{Handle, StoreError, db::fetch_one};

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Messages in the outbox that could leave now, or are leaving.
    pub messages_due: u64,
    /// Messages that wait for another try.
    pub messages_later: u64,
    /// Since when the message is due that is due the longest.
    pub due_since: Option<Timestamp>,
    /// Jobs that a worker has on a lease.
    pub jobs_running: u64,
    /// Jobs that wait for a worker. Those of archived organizations wait for something else and are not among them.
    pub jobs_waiting: u64,
}

impl Backlog {
    /// All messages that wait.
    pub const fn messages(&self) -> u64 {
        self.messages_due + self.messages_later
    }
}

/// Messages that are due, that are not, since when one is, jobs on a lease, jobs without.
type Row = (i64, i64, Option<i64>, i64, i64);

/// What waits at this moment.
///
/// # Errors
/// [`StoreError`].
pub async fn read<H: Handle>(h: &mut H, now: Timestamp) -> Result<Backlog, StoreError> {
    // That a job was ever touched says nothing about it, but leads into the index of those that go on.
    let (due, later, since, running, waiting): Row = fetch_one!(
        h,
        "SELECT (SELECT count(*) FROM outbox WHERE state = 'queued' AND next_attempt_at <= $1), \
         (SELECT count(*) FROM outbox WHERE state = 'queued' AND next_attempt_at > $1), \
         (SELECT min(next_attempt_at) FROM outbox WHERE state = 'queued' AND next_attempt_at <= $1), \
         (SELECT count(*) FROM jobs j WHERE j.state IN ('planning', 'running') AND j.updated_at > 0 \
         AND j.leased_until > $1), \
         (SELECT count(*) FROM jobs j WHERE j.state IN ('planning', 'running') AND j.updated_at > 0 \
         AND j.leased_until <= $1 AND NOT EXISTS (SELECT 1 FROM organizations o WHERE o.id = j.org_id AND o.archived_at IS NOT NULL))",
        now.millis()
    )?;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(Backlog {
        messages_due: count(due),
        messages_later: count(later),
        due_since: since.map(Timestamp::from_millis),
        jobs_running: count(running),
        jobs_waiting: count(waiting),
    })
}
