//! Rules of requests for invitations (B25, B26): what approving one does, who is stale, and when the admins are told.

use serde::{Deserialize, Serialize};

use super::{Barred, InviteVerdict, Seats, verdict};
use crate::{PersonState, Timestamp, time::HOUR};

/// What has become of a request, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Waits for an answer.
    Open,
    /// An invitation was sent.
    Approved,
    /// Put aside.
    Dismissed,
}

impl RequestState {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Dismissed => "dismissed",
        }
    }
    /// The state of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Open, Self::Approved, Self::Dismissed].into_iter().find(|state| state.code() == code)
    }
}

/// What approving a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// A new person is invited.
    Invite,
    /// The person's invitation is sent again, as it was.
    SendAgain,
    /// What inviting the address says instead (B20).
    Refused(InviteVerdict),
}

/// Judges a request by who stands under its address, as inviting does. Whoever asks while their invitation is open has lost
/// it, and gets another.
pub const fn approval(standing: Option<PersonState>, barred: Option<Barred>, seats: Seats) -> Approval {
    match verdict(standing, barred, seats) {
        InviteVerdict::Invite => Approval::Invite,
        InviteVerdict::SendAgain | InviteVerdict::AlreadyInvited => Approval::SendAgain,
        refused => Approval::Refused(refused),
    }
}

/// Whether a request is stale: who asked has become a member meanwhile, also where they were kept out since (B26).
pub const fn is_stale(standing: Option<PersonState>) -> bool {
    matches!(standing, Some(PersonState::Active | PersonState::Deactivated))
}

/// Whether who asked is told that the request was dismissed. Who is in, or has an invitation, has no use for it.
pub const fn tells_dismissal(standing: Option<PersonState>) -> bool {
    !matches!(standing, Some(PersonState::Active | PersonState::Invited))
}

/// The least time between two digests of an organization's requests, in milliseconds.
pub const DIGEST_EVERY: i64 = HOUR;

/// Whether the admins may be told of new requests again, after the digest of `last`.
pub fn digest_is_due(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| last.plus(DIGEST_EVERY) <= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Policies;

    #[test]
    fn approving_is_inviting() {
        use InviteVerdict::{AlreadyMember, Deactivated, NoSeat};
        let policies = Policies { seats: Some(2), ..Policies::default() };
        for (standing, taken, expected) in [
            (None, 1, Approval::Invite),
            (None, 2, Approval::Refused(NoSeat)),
            (Some(PersonState::Invited), 1, Approval::SendAgain),
            (Some(PersonState::Invited), 2, Approval::SendAgain),
            (Some(PersonState::Expired), 1, Approval::SendAgain),
            (Some(PersonState::Expired), 2, Approval::Refused(NoSeat)),
            (Some(PersonState::Active), 1, Approval::Refused(AlreadyMember)),
            (Some(PersonState::Active), 2, Approval::Refused(AlreadyMember)),
            (Some(PersonState::Deactivated), 1, Approval::Refused(Deactivated)),
        ] {
            assert_eq!(approval(standing, None, Seats::new(&policies, taken)), expected, "{standing:?} {taken}");
        }
        let barred = Barred::OutsideDomains;
        let unlimited = Seats::unlimited();
        assert_eq!(approval(None, Some(barred), unlimited), Approval::Refused(InviteVerdict::Barred(barred)));
    }

    #[test]
    fn each_standing_says_whether_it_is_stale_and_whether_a_dismissal_is_told() {
        for (standing, stale, told) in [
            (None, false, true),
            (Some(PersonState::Invited), false, false),
            (Some(PersonState::Expired), false, true),
            (Some(PersonState::Active), true, false),
            (Some(PersonState::Deactivated), true, true),
        ] {
            assert_eq!((is_stale(standing), tells_dismissal(standing)), (stale, told), "{standing:?}");
        }
    }

    #[test]
    fn a_digest_is_due_an_hour_after_the_last() {
        let at = |millis| Timestamp::from_millis(millis);
        for (last, now, due) in
            [(None, 0, true), (Some(at(0)), HOUR - 1, false), (Some(at(0)), HOUR, true), (Some(at(0)), 2 * HOUR, true)]
        {
            assert_eq!(digest_is_due(last, at(now)), due, "{last:?} {now}");
        }
    }

    #[test]
    fn each_state_is_told_apart_by_its_code() {
        for state in [RequestState::Open, RequestState::Approved, RequestState::Dismissed] {
            assert_eq!(RequestState::from_code(state.code()), Some(state));
        }
        assert_eq!(RequestState::from_code(""), None);
    }
}
