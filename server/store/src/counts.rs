//! Maintained counters: how many people of each class an organization has. Time runs out by itself, so whoever is invited
//! is counted under the day on which the invitation ends; reading then looks at the people of a single day. Days that have
//! been over for a month are folded into one, so that they do not pile up.

use model::{OrgId, Timestamp, id::Id, people::Class, time::DAY};

use crate::{
    Handle, StoreError, Tx,
    db::{execute, fetch_all},
    error::one,
};

/// In place of a day, for those that have been over for long.
const PAST: i64 = -1;

/// For how many days those that are over keep counters of their own: a clock that is wrong for a while spoils nothing.
const KEPT: i64 = 30;

/// The first day that is not folded.
const fn first_kept(now: Timestamp) -> i64 {
    day(now) - KEPT
}

/// As what somebody is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    class: Class,
    /// The day (since 1970, UTC) on which the open invitation ends; 0 for whoever has accepted.
    ends_on: i64,
}

impl Counted {
    /// A class, and the end of the open invitation.
    pub fn new(class: Class, open_until: Option<Timestamp>) -> Self {
        Self { class, ends_on: open_until.map_or(0, day) }
    }
    /// The same person with something else about them.
    #[must_use]
    pub fn with(self, change: impl FnOnce(&mut Class)) -> Self {
        let mut changed = self;
        change(&mut changed.class);
        changed
    }
}

/// The day of a time, since 1970 in UTC.
pub(crate) const fn day(at: Timestamp) -> i64 {
    at.millis().div_euclid(DAY)
}

/// So many people more.
///
/// # Errors
/// [`StoreError`].
pub async fn add(tx: &mut Tx, org_id: &OrgId, of: Counted, people: u32) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO people_counts (org_id, kind, status, role, source, ends_on, n) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (org_id, kind, status, role, source, ends_on) DO UPDATE SET n = people_counts.n + $7",
        org_id.as_str(),
        of.class.kind.code(),
        of.class.state.stored().code(),
        of.class.role.code(),
        of.class.source.code(),
        of.ends_on,
        i64::from(people),
    )?;
    Ok(())
}

/// One person less.
///
/// # Errors
/// [`StoreError`]; a counter never falls below zero.
pub async fn remove(tx: &mut Tx, org_id: &OrgId, of: Counted) -> Result<(), StoreError> {
    let mut n = take(tx, org_id, of.class, of.ends_on).await?;
    if n == 0 && of.ends_on != 0 {
        n = take(tx, org_id, of.class, PAST).await?;
    }
    one(n, "a counter is missing")?;
    // Days pass: what is empty would pile up.
    if of.ends_on != 0 {
        execute!(
            tx,
            "DELETE FROM people_counts WHERE org_id = $1 AND ends_on = $2 AND n = 0",
            org_id.as_str(),
            of.ends_on,
        )?;
    }
    Ok(())
}

/// Takes one person from the counter of a day, if there is one in it; yields how many counters that were.
async fn take(tx: &mut Tx, org_id: &OrgId, class: Class, ends_on: i64) -> Result<u64, StoreError> {
    execute!(
        tx,
        "UPDATE people_counts SET n = n - 1 WHERE org_id = $1 AND kind = $2 AND status = $3 AND role = $4 \
         AND source = $5 AND ends_on = $6 AND n > 0",
        org_id.as_str(),
        class.kind.code(),
        class.state.stored().code(),
        class.role.code(),
        class.source.code(),
        ends_on,
    )
}

/// Organizations with counters of days that have been over for a month, some at a time.
///
/// # Errors
/// [`StoreError`].
pub async fn with_past<H: Handle>(h: &mut H, now: Timestamp) -> Result<Vec<OrgId>, StoreError> {
    let rows: Vec<(String,)> = fetch_all!(
        h,
        "SELECT DISTINCT org_id FROM people_counts WHERE ends_on > 0 AND ends_on < $1 LIMIT 100",
        first_kept(now)
    )?;
    rows.into_iter().map(|(id,)| OrgId::parse(&id).map_err(|_| StoreError::Corrupt("organization id"))).collect()
}

/// Counts together whose invitation ended more than a month ago; behind a lock on the organization. The sums stay as they are.
///
/// # Errors
/// [`StoreError`].
pub async fn fold_past(tx: &mut Tx, org_id: &OrgId, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO people_counts (org_id, kind, status, role, source, ends_on, n) \
         SELECT org_id, kind, status, role, source, $3, CAST(sum(n) AS BIGINT) FROM people_counts \
         WHERE org_id = $1 AND ends_on > 0 AND ends_on < $2 GROUP BY org_id, kind, status, role, source \
         ON CONFLICT (org_id, kind, status, role, source, ends_on) DO UPDATE SET n = people_counts.n + excluded.n",
        org_id.as_str(),
        first_kept(now),
        PAST,
    )?;
    execute!(
        tx,
        "DELETE FROM people_counts WHERE org_id = $1 AND ends_on > 0 AND ends_on < $2",
        org_id.as_str(),
        first_kept(now),
    )?;
    Ok(())
}

/// Moves one person from one counter to another.
///
/// # Errors
/// [`StoreError`].
pub async fn shift(tx: &mut Tx, org_id: &OrgId, from: Counted, to: Counted) -> Result<(), StoreError> {
    if from != to {
        remove(tx, org_id, from).await?;
        add(tx, org_id, to, 1).await?;
    }
    Ok(())
}
