//! Ownership passes by an offer that the other person accepts (B34, N4). Who gives it and who takes it are judged again when
//! it is accepted: much can have changed since the offer was made.

use serde::{Deserialize, Serialize};

use crate::{Kind, MembershipId, Role, Status, Timestamp, time::DAY};

/// For how long ownership can be accepted once it was offered, in milliseconds.
const OFFER_TTL: i64 = 7 * DAY;

/// What becomes of who gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferMode {
    /// They step down: one Owner goes, one comes.
    StepDown,
    /// They stay: there is one Owner more.
    Share,
}

impl TransferMode {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::StepDown, Self::Share];

    /// As stored and as sent in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::StepDown => "step_down",
            Self::Share => "share",
        }
    }
    /// The mode of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.code() == code)
    }
}

/// What has become of an offer, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// It waits for an answer.
    Open,
    /// Ownership has passed.
    Accepted,
    /// It was refused.
    Declined,
    /// It was taken back, or somebody it is about has gone.
    Cancelled,
}

impl OfferState {
    const ALL: [Self; 4] = [Self::Open, Self::Accepted, Self::Declined, Self::Cancelled];

    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
        }
    }
    /// The state of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// An offer as read inside the transaction that answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Who gives.
    pub from: MembershipId,
    /// Who is to take.
    pub to: MembershipId,
    /// What becomes of who gives.
    pub mode: TransferMode,
    /// What has become of it.
    pub state: OfferState,
    /// Until when it can be accepted.
    pub expires_at: Timestamp,
}

/// How many Owners there are, whatever their status, and may be (policy G).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnerRoom {
    /// How many there are.
    pub owners: u64,
    /// How many there may be.
    pub max_owners: u16,
}

impl OwnerRoom {
    /// Whether one more may be.
    pub const fn is_left(self) -> bool {
        self.owners < self.max_owners as u64
    }
}

/// There may be no more Owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "This organization has as many Owners as its policies allow. Step down when it is accepted, or raise the limit."
)]
pub struct OwnersFull;

/// Until when an offer that is made at `now` can be accepted.
///
/// # Errors
/// [`OwnersFull`] where both would be Owners and there is no room for one more.
pub const fn offer_ownership(mode: TransferMode, room: OwnerRoom, now: Timestamp) -> Result<Timestamp, OwnersFull> {
    match mode {
        TransferMode::Share if !room.is_left() => Err(OwnersFull),
        TransferMode::Share | TransferMode::StepDown => Ok(now.plus(OFFER_TTL)),
    }
}

/// Why an offer cannot be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// Its time is over.
    #[error("This offer has expired. Ask for a new one.")]
    Expired,
    /// It was accepted before.
    #[error("You have accepted this offer already.")]
    Accepted,
    /// It was refused before.
    #[error("You have declined this offer.")]
    Declined,
    /// It was taken back.
    #[error("This offer was withdrawn.")]
    Cancelled,
    /// Who gives has nothing to give any more.
    #[error("The person who made this offer is no longer an Owner, so there is nothing to accept.")]
    NothingToGive,
    /// Who takes cannot be an Owner.
    #[error("Only an active member of the organization itself can be its Owner.")]
    CannotOwn,
    /// Policy G.
    #[error("By now this organization has as many Owners as its policies allow. Ask for an offer that replaces one.")]
    Full,
}

/// Ownership passes: only [`accept_ownership`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    from: MembershipId,
    to: MembershipId,
    giver_becomes: Role,
}

impl Transfer {
    /// Who gives.
    pub fn from(&self) -> &MembershipId {
        &self.from
    }
    /// Who takes, and is Owner from now on.
    pub fn to(&self) -> &MembershipId {
        &self.to
    }
    /// The role of who gives from now on.
    pub fn giver_becomes(&self) -> Role {
        self.giver_becomes
    }
}

/// Accepts an offer, by role and status of the two people. `steps_down_to` is the role that who gives has afterwards, where they step down.
///
/// # Errors
/// [`OfferError`]; nothing changes then. What became of the offer weighs more than the two people.
pub fn accept_ownership(
    offer: &Offer,
    giver: Option<(Role, Status)>,
    taker: (Kind, Role, Status),
    room: OwnerRoom,
    steps_down_to: Role,
    now: Timestamp,
) -> Result<Transfer, OfferError> {
    match offer.state {
        OfferState::Accepted => return Err(OfferError::Accepted),
        OfferState::Declined => return Err(OfferError::Declined),
        OfferState::Cancelled => return Err(OfferError::Cancelled),
        OfferState::Open if offer.expires_at <= now => return Err(OfferError::Expired),
        OfferState::Open => {}
    }
    if giver != Some((Role::Owner, Status::Active)) {
        return Err(OfferError::NothingToGive);
    }
    let (kind, role, status) = taker;
    if kind != Kind::Standard || status != Status::Active {
        return Err(OfferError::CannotOwn);
    }
    // Who is an Owner already by another's offer makes no further one.
    let one_more = role != Role::Owner && offer.mode == TransferMode::Share;
    if one_more && !room.is_left() {
        return Err(OfferError::Full);
    }
    let giver_becomes = match offer.mode {
        TransferMode::StepDown => steps_down_to,
        TransferMode::Share => Role::Owner,
    };
    Ok(Transfer { from: offer.from.clone(), to: offer.to.clone(), giver_becomes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn offer(mode: TransferMode, state: OfferState) -> Offer {
        let id = |n| MembershipId::fresh(NOW, [n; 10]);
        Offer { from: id(1), to: id(2), mode, state, expires_at: NOW.plus(1) }
    }

    fn room(owners: u64, max_owners: u16) -> OwnerRoom {
        OwnerRoom { owners, max_owners }
    }

    #[test]
    fn an_offer_is_judged_when_it_is_accepted() {
        use Status::{Active, Deactivated, Invited};
        use TransferMode::{Share, StepDown};
        let owner = || Some((Role::Owner, Active));
        let member = || (Kind::Standard, Role::Member, Active);
        let open = |mode| offer(mode, OfferState::Open);
        let late = Offer { expires_at: NOW, ..open(StepDown) };
        for (offer, giver, taker, room, expected) in [
            (open(StepDown), owner(), member(), room(1, 1), Ok(Role::Admin)),
            (open(Share), owner(), member(), room(1, 2), Ok(Role::Owner)),
            (open(Share), owner(), member(), room(2, 2), Err(OfferError::Full)),
            (open(Share), owner(), (Kind::Standard, Role::Owner, Active), room(2, 2), Ok(Role::Owner)),
            (open(StepDown), owner(), (Kind::Standard, Role::Owner, Active), room(2, 2), Ok(Role::Admin)),
            // More than there may be by now: one goes, one comes.
            (open(StepDown), owner(), member(), room(3, 1), Ok(Role::Admin)),
            (late, owner(), member(), room(1, 1), Err(OfferError::Expired)),
            (offer(StepDown, OfferState::Accepted), owner(), member(), room(1, 1), Err(OfferError::Accepted)),
            (offer(StepDown, OfferState::Declined), owner(), member(), room(1, 1), Err(OfferError::Declined)),
            (offer(StepDown, OfferState::Cancelled), owner(), member(), room(1, 1), Err(OfferError::Cancelled)),
            (open(StepDown), None, member(), room(1, 1), Err(OfferError::NothingToGive)),
            (open(StepDown), Some((Role::Admin, Active)), member(), room(1, 1), Err(OfferError::NothingToGive)),
            (open(StepDown), Some((Role::Owner, Deactivated)), member(), room(1, 1), Err(OfferError::NothingToGive)),
            (open(StepDown), owner(), (Kind::External, Role::Member, Active), room(1, 1), Err(OfferError::CannotOwn)),
            (
                open(StepDown),
                owner(),
                (Kind::Standard, Role::Member, Deactivated),
                room(1, 1),
                Err(OfferError::CannotOwn),
            ),
            (open(StepDown), owner(), (Kind::Standard, Role::Member, Invited), room(1, 1), Err(OfferError::CannotOwn)),
        ] {
            let accepted = accept_ownership(&offer, giver, taker, room, Role::Admin, NOW);
            let role = accepted.map(|transfer| {
                assert_eq!((transfer.from(), transfer.to()), (&offer.from, &offer.to));
                transfer.giver_becomes()
            });
            assert_eq!(role, expected, "{offer:?} {giver:?} {taker:?} {room:?}");
        }
    }

    #[test]
    fn an_offer_to_share_needs_room() {
        assert_eq!(offer_ownership(TransferMode::Share, room(1, 1), NOW), Err(OwnersFull));
        assert_eq!(offer_ownership(TransferMode::Share, room(1, 2), NOW), Ok(NOW.plus(OFFER_TTL)));
        assert_eq!(offer_ownership(TransferMode::StepDown, room(5, 1), NOW), Ok(NOW.plus(OFFER_TTL)));
    }

    #[test]
    fn codes_read_back() {
        for mode in TransferMode::ALL {
            assert_eq!(TransferMode::from_code(mode.code()), Some(mode));
        }
        for state in OfferState::ALL {
            assert_eq!(OfferState::from_code(state.code()), Some(state));
        }
        assert_eq!((TransferMode::from_code(""), OfferState::from_code("used")), (None, None));
    }
}
