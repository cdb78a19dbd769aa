//! What becomes of the address of somebody who was deleted (B35, policy C).

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::{Timestamp, policy::EmailReuse, time::DAY};

/// An address that cannot be used for a new account: it was that of somebody who was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// From when on it can be used again, if ever.
    pub until: Option<Timestamp>,
}

impl fmt::Display for Retired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("This address was that of a user who was deleted. ")?;
        match self.until {
            None => f.write_str("It cannot be used for a new account."),
            Some(until) => write!(f, "It can be used for a new account from {} on.", until.exact()),
        }
    }
}

impl std::error::Error for Retired {}

/// Whether an address is retired at `now`, by when its user was deleted and what the organization holds of using it
/// again. The policy of today counts, not that of the deletion.
pub const fn retired(deleted_at: Option<Timestamp>, reuse: EmailReuse, now: Timestamp) -> Option<Retired> {
    let Some(deleted_at) = deleted_at else { return None };
    match reuse {
        EmailReuse::Always => None,
        EmailReuse::Never => Some(Retired { until: None }),
        EmailReuse::AfterDays(days) => {
            let until = deleted_at.plus(days as i64 * DAY);
            if now.millis() < until.millis() { Some(Retired { until: Some(until) }) } else { None }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_retired_as_the_policy_says() {
        let then = Timestamp::from_millis(1_000);
        let until = |days: i64| Some(Retired { until: Some(then.plus(days * DAY)) });
        for (deleted_at, reuse, now, expected) in [
            (None, EmailReuse::Never, then, None),
            (Some(then), EmailReuse::Never, then.plus(10_000 * DAY), Some(Retired { until: None })),
            (Some(then), EmailReuse::Always, then, None),
            (Some(then), EmailReuse::AfterDays(30), then, until(30)),
            (Some(then), EmailReuse::AfterDays(30), then.plus(30 * DAY - 1), until(30)),
            (Some(then), EmailReuse::AfterDays(30), then.plus(30 * DAY), None),
        ] {
            assert_eq!(retired(deleted_at, reuse, now), expected, "{reuse:?} {now:?}");
        }
    }

    #[test]
    fn it_is_said_for_how_long() {
        let never = Retired { until: None }.to_string();
        assert!(never.ends_with("It cannot be used for a new account."), "{never}");
        let later = Retired { until: Some(Timestamp::from_millis(1_800_000_000_000)) }.to_string();
        assert!(later.contains("from 15 Jan 2027"), "{later}");
    }
}
