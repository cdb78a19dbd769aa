//! Counters of tries in a window of time, shared by all processes.

use model::Timestamp;

use crate::{
    Handle, StoreError, Tx,
    db::{execute, fetch_one, fetch_optional},
};

/// A counter: tries so far, and when its window opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Tries in the window.
    pub n: u64,
    /// When the window opened.
    pub opened_at: Timestamp,
}

/// Counts one try. A window that opened before `window_start` is over and a new one opens.
///
/// # Errors
/// [`StoreError`].
pub async fn hit(tx: &mut Tx, key: &str, now: Timestamp, window_start: Timestamp) -> Result<Count, StoreError> {
    let (n, opened_at): (i64, i64) = fetch_one!(
        tx,
        "INSERT INTO rate_limits (key, opened_at, n) VALUES ($1, $2, 1) ON CONFLICT (key) DO UPDATE SET \
         n = CASE WHEN rate_limits.opened_at <= $3 THEN 1 ELSE rate_limits.n + 1 END, \
         opened_at = CASE WHEN rate_limits.opened_at <= $3 THEN $2 ELSE rate_limits.opened_at END \
         RETURNING n, opened_at",
        key,
        now.millis(),
        window_start.millis()
    )?;
    Ok(Count { n: u64::try_from(n).unwrap_or(0), opened_at: Timestamp::from_millis(opened_at) })
}

/// The count of a window that is still open.
///
/// # Errors
/// [`StoreError`].
pub async fn peek<H: Handle>(h: &mut H, key: &str, window_start: Timestamp) -> Result<Option<Count>, StoreError> {
    let row: Option<(i64, i64)> = fetch_optional!(
        h,
        "SELECT n, opened_at FROM rate_limits WHERE key = $1 AND opened_at > $2",
        key,
        window_start.millis()
    )?;
    Ok(row.map(|(n, at)| Count { n: u64::try_from(n).unwrap_or(0), opened_at: Timestamp::from_millis(at) }))
}

/// Forgets a counter, after a success.
///
/// # Errors
/// [`StoreError`].
pub async fn clear(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM rate_limits WHERE key = $1", key)?;
    Ok(())
}

/// Takes one try back, after it turned out to be none.
///
/// # Errors
/// [`StoreError`].
pub async fn forgive(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    execute!(tx, "UPDATE rate_limits SET n = n - 1 WHERE key = $1 AND n > 0", key)?;
    Ok(())
}

/// Clears counters whose windows are long over. Housekeeping alone.
///
/// # Errors
/// [`StoreError`].
pub async fn purge(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM rate_limits WHERE opened_at <= $1", before.millis())
}
