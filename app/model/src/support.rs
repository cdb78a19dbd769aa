//! Support access (B53): the vendor's staff, whom the operator of the installation has marked, let into an organization by
//! somebody there: for a time, with a reason, and seen by everybody who sees people.

use serde::{Deserialize, Serialize};

use crate::{
    Email, Timestamp, UserId,
    ends::{InvalidEnd, parse_last_day},
    name::{InvalidName, clean},
    time::DAY,
};

/// How long access can be granted for at a time, in milliseconds: a quarter of a year.
pub const LONGEST: i64 = 92 * DAY;
/// The longest reason, in characters.
pub const MAX_REASON_CHARS: usize = 200;

/// Why somebody is let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reason(String);

/// Why a text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReason {
    /// Nothing.
    #[error("Say why they are let in. It stands in the audit log and on their profile.")]
    Missing,
    /// Too long, or not to be shown.
    #[error(transparent)]
    Text(#[from] InvalidName),
}

impl Reason {
    /// Reads a reason of 1 to [`MAX_REASON_CHARS`] characters.
    ///
    /// # Errors
    /// [`InvalidReason`], worded for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, InvalidReason> {
        let reason = clean(text, MAX_REASON_CHARS)?;
        if reason.is_empty() { Err(InvalidReason::Missing) } else { Ok(Self(reason)) }
    }
    /// The reason.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why support access cannot end on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSupportEnd {
    /// None was chosen.
    #[error("Choose the last day. Support access always has an end.")]
    Missing,
    /// Farther away than [`LONGEST`].
    #[error("Choose a day within the next three months. It can be moved later.")]
    TooFar,
    /// No day that could be one.
    #[error(transparent)]
    Day(#[from] InvalidEnd),
}

/// The end of support access: there always is one, and not far away.
///
/// # Errors
/// [`InvalidSupportEnd`], worded for the person who chose it.
pub fn bounded(end: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, InvalidSupportEnd> {
    match end {
        None => Err(InvalidSupportEnd::Missing),
        Some(end) if end > now.plus(LONGEST) => Err(InvalidSupportEnd::TooFar),
        Some(end) => Ok(end),
    }
}

/// The same of a day as typed.
///
/// # Errors
/// [`InvalidSupportEnd`].
pub fn parse_end(text: &str, now: Timestamp) -> Result<Timestamp, InvalidSupportEnd> {
    bounded(parse_last_day(text, now)?, now)
}

/// Somebody of the vendor's staff who can be let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supporter {
    /// The account.
    pub id: UserId,
    /// What to call them.
    pub name: String,
    /// The address.
    pub email: Email,
}

/// With what somebody was let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportGrant {
    /// Why.
    pub reason: Reason,
    /// By whom; the name at the time.
    pub granted_by: String,
    /// When.
    pub granted_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_always_has_an_end_that_is_not_far() {
        let now = Timestamp::from_millis(1_795_219_200_000); // 2026-11-21T00:00Z
        for (typed, expected) in [
            ("2026-11-30", Ok("2026-12-01T00:00:00Z")),
            ("2027-02-20", Ok("2027-02-21T00:00:00Z")),
            ("2027-02-21", Err(InvalidSupportEnd::TooFar)),
            ("", Err(InvalidSupportEnd::Missing)),
            ("2026-11-20", Err(InvalidEnd::Past.into())),
            ("soon", Err(InvalidEnd::Unreadable.into())),
        ] {
            assert_eq!(parse_end(typed, now).map(Timestamp::rfc3339), expected.map(str::to_owned), "{typed}");
        }
    }

    #[test]
    fn a_reason_is_said() {
        assert_eq!(Reason::parse("  Ticket  4711 ").unwrap().as_str(), "Ticket 4711");
        assert_eq!(Reason::parse(" "), Err(InvalidReason::Missing));
        assert_eq!(Reason::parse(&"x".repeat(201)), Err(InvalidName::TooLong(200).into()));
    }
}
