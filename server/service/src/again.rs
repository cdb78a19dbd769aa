//! Workers go on when the database was away for a while. What they repeat finds out by itself whether it was done already,
//! so that even a commit whose answer was lost may be asked for again (ADR 25).

use std::{future::Future, time::Duration};
use tokio::time::{Instant, sleep};

use crate::Error;

/// Between two tries.
const BETWEEN_TRIES: Duration = Duration::from_millis(500);

/// Does something until the database says what became of it, or patience ends.
///
/// # Errors
/// As the last try.
pub(crate) async fn again<T, F>(patience: Duration, mut work: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let end = Instant::now() + patience;
    loop {
        match work().await {
            Err(error) if error.may_pass() && Instant::now() < end => sleep(BETWEEN_TRIES).await,
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails so often with an error, and goes well then; yields what came of it and how often it was tried.
    async fn tried(failures: u32, error: fn() -> Error, patience: Duration) -> (Result<(), Error>, u32) {
        let mut tries = 0;
        let outcome = again(patience, || {
            tries += 1;
            let outcome = if tries <= failures { Err(error()) } else { Ok(()) };
            async { outcome }
        });
        let outcome = outcome.await;
        (outcome, tries)
    }

    #[tokio::test]
    async fn what_the_database_did_not_answer_is_asked_again_and_nothing_else_is() {
        let patience = Duration::from_mins(1);
        for error in [|| Error::Unavailable, || Error::Interrupted, || Error::Unsettled] {
            assert!(matches!(tried(2, error, patience).await, (Ok(()), 3)));
        }
        assert!(matches!(tried(2, || Error::Internal, patience).await, (Err(Error::Internal), 1)));
        assert!(matches!(tried(2, || Error::NotFound, patience).await, (Err(Error::NotFound), 1)));
    }

    #[tokio::test]
    async fn patience_ends_with_what_was_said_last() {
        let (outcome, tries) = tried(u32::MAX, || Error::Unsettled, BETWEEN_TRIES).await;
        assert!(matches!(outcome, Err(Error::Unsettled)));
        assert!(tries >= 2, "{tries}");
    }
}
