//! How often something may be tried in a window of time. Counted in the database, before the work, and alike for what is
//! there and what is not (S32–S36).

use model::Timestamp;
use store::{Tx, rate_limits};

use crate::Error;

/// So many tries in a window.
pub(crate) struct Limit {
    /// What is counted.
    pub(crate) key: String,
    /// How many tries are answered.
    pub(crate) at_most: u64,
    /// The window, in milliseconds.
    pub(crate) window: i64,
}

/// Counts one try in each window. Yields for how many milliseconds the next has to wait where this one is too many.
pub(crate) async fn count(tx: &mut Tx, limits: &[Limit], now: Timestamp) -> Result<Option<i64>, Error> {
    let mut wait = None;
    for limit in limits {
        let count = rate_limits::hit(tx, &limit.key, now, now.plus(-limit.window)).await?;
        if count.n > limit.at_most {
            wait = wait.max(Some(count.opened_at.plus(limit.window).millis() - now.millis()));
        }
    }
    Ok(wait)
}

/// The refusal of one try too many.
pub(crate) fn too_many(wait_ms: i64) -> Error {
    Error::TooMany { retry_after_s: u64::try_from(wait_ms).unwrap_or(0).div_ceil(1000) }
}
