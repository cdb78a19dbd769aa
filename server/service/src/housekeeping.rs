//! Work that nobody waits for. Driven by a timer where the process lives on and by `rollcall tick` where it does not;
//! nothing is right or wrong because of it, since everything that ends is judged when it is used (S22).

use model::time::DAY;
use store::{account_links, counts, jobs, organizations, rate_limits, requests, sessions};

use crate::{Budget, Error, Mailer, Rollcall};

/// For how long a job and the names in it are kept after it was last touched, in milliseconds.
const JOBS_KEPT: i64 = 30 * DAY;

/// For how long a link about an account still says what became of it, in milliseconds.
const LINKS_KEPT: i64 = 30 * DAY;

/// For how long a request that was answered is kept, in milliseconds.
const REQUESTS_KEPT: i64 = 30 * DAY;

/// What a tick did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticked {
    /// Batches of jobs that were done.
    pub batches: u32,
    /// Mails that left.
    pub sent: u64,
    /// Mails that wait for another try.
    pub waiting: u64,
}

impl Rollcall {
    /// Goes on with jobs, tells of requests, brings in step whose access has ended, counts
    /// days together that are long over, sends what is due and clears what is over. Jobs take half of the time at most, so that
    /// mail leaves as well.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn tick(&self, mailer: &dyn Mailer, budget: impl Into<Budget>) -> Result<Ticked, Error> {
        let budget = budget.into();
        let batches = self.advance_jobs(budget.half(self.now())).await?;
        self.tell_of_requests().await?;
        self.follow_clock_everywhere().await?;
        self.fold_counts().await?;
        let sent = self.deliver_due(mailer, budget).await?;
        let now = self.now();
        let mut tx = self.db.write().await?;
        sessions::purge(&mut tx, now).await?;
        rate_limits::purge(&mut tx, now.plus(-2 * DAY)).await?;
        account_links::purge(&mut tx, now.plus(-LINKS_KEPT)).await?;
        jobs::purge(&mut tx, now.plus(-JOBS_KEPT)).await?;
        requests::purge(&mut tx, now.plus(-REQUESTS_KEPT)).await?;
        tx.commit().await?;
        Ok(Ticked { batches, sent, waiting: self.outbox_waiting().await? })
    }

    /// Counts the days that are over together, once a day for each organization.
    pub(crate) async fn fold_counts(&self) -> Result<(), Error> {
        let now = self.now();
        let mut conn = self.db.read().await?;
        let organizations = counts::with_past(&mut conn, now).await?;
        drop(conn);
        for org_id in organizations {
            let mut tx = self.db.write().await?;
            if organizations::hold(&mut tx, &org_id).await? {
                counts::fold_past(&mut tx, &org_id, now).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// How many messages wait to leave.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn outbox_waiting(&self) -> Result<u64, Error> {
        Ok(self.backlog().await?.messages())
    }
}
