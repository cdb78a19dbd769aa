//! Rules of inviting and accepting (B18–B24).

use serde::{Deserialize, Serialize};

use super::{Barred, Seats};
use crate::{
    Email, Kind, MembershipId, OrgId, PersonName, PersonState, Policies, Role, Timestamp, UserId,
    invitation::InviteOutcome,
};

/// What is to be done with one address of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteVerdict {
    /// A new person: make a row and send.
    Invite,
    /// The earlier invitation expired: send again.
    SendAgain,
    /// An open invitation stands.
    AlreadyInvited,
    /// B20.
    AlreadyMember,
    /// To be activated instead.
    Deactivated,
    /// Policy M.
    NoSeat,
    /// Policy C, or another domain.
    Barred(Barred),
}

impl InviteVerdict {
    /// What is said where nobody is invited.
    pub fn refusal(self) -> Option<InviteOutcome> {
        match self {
            Self::Invite | Self::SendAgain => None,
            Self::AlreadyInvited => Some(InviteOutcome::AlreadyInvited),
            Self::AlreadyMember => Some(InviteOutcome::AlreadyMember),
            Self::Deactivated => Some(InviteOutcome::Deactivated),
            Self::NoSeat => Some(InviteOutcome::NoSeat),
            Self::Barred(barred) => Some(InviteOutcome::Barred(barred)),
        }
    }
}

/// Judges an address by who stands under it in the organization, by whether it is barred to who is new, and by the
/// seats that are left: who is new needs one, and so does somebody whose invitation expired, since an expired one takes
/// none.
pub const fn verdict(existing: Option<PersonState>, barred: Option<Barred>, seats: Seats) -> InviteVerdict {
    if let (None, Some(barred)) = (existing, barred) {
        return InviteVerdict::Barred(barred);
    }
    match existing {
        Some(PersonState::Active) => InviteVerdict::AlreadyMember,
        Some(PersonState::Deactivated) => InviteVerdict::Deactivated,
        Some(PersonState::Invited) => InviteVerdict::AlreadyInvited,
        Some(PersonState::Expired) | None if !seats.is_left() => InviteVerdict::NoSeat,
        Some(PersonState::Expired) => InviteVerdict::SendAgain,
        None => InviteVerdict::Invite,
    }
}

/// The same of somebody who is invited as another kind than they were: who comes over is as good as new, and so barred as
/// who is new is.
pub const fn verdict_of(
    (existing, comes_over): (Option<PersonState>, bool),
    barred: Option<Barred>,
    seats: Seats,
) -> InviteVerdict {
    match (existing, barred) {
        (Some(PersonState::Expired), Some(barred)) if comes_over => InviteVerdict::Barred(barred),
        _ => verdict(existing, barred, seats),
    }
}

/// Until when an invitation sent at `now` may be accepted (policy E).
pub const fn open_until(now: Timestamp, policies: &Policies) -> Timestamp {
    now.plus(policies.invitation_ttl_ms)
}

/// What has become of a link, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// Neither used nor withdrawn.
    Open,
    /// Used.
    Accepted,
    /// Withdrawn (B23).
    Revoked,
    /// Replaced by a newer link (B24, S26).
    Superseded,
}

impl InvitationState {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Superseded => "superseded",
        }
    }
    /// The state of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Open, Self::Accepted, Self::Revoked, Self::Superseded].into_iter().find(|s| s.code() == code)
    }
}

/// An invitation as read inside the transaction that accepts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRecord {
    /// The inviting organization.
    pub org_id: OrgId,
    /// The invited person's row.
    pub membership_id: MembershipId,
    /// Whether that organization is archived.
    pub org_is_archived: bool,
    /// Whom it is for.
    pub email: Email,
    /// As what.
    pub kind: Kind,
    /// The role that it gives.
    pub role: Role,
    /// What has become of it.
    pub state: InvitationState,
    /// Until when it may be accepted.
    pub expires_at: Timestamp,
    /// Whether the inviter may still grant this role (S31).
    pub inviter_may_still: bool,
}

/// Why an invitation cannot be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    /// B21.
    #[error("This invitation has expired. Ask for a new one.")]
    Expired,
    /// B23.
    #[error("This invitation was withdrawn.")]
    Revoked,
    /// B24.
    #[error("A newer invitation was sent. Use the link in the latest email.")]
    Superseded,
    /// S21.
    #[error("This invitation has already been used. Sign in instead.")]
    Used,
    /// S24.
    #[error("This invitation is for another email address. Sign out first, or ask for an invitation to your address.")]
    WrongAccount,
    /// Nothing changes in an archived organization.
    #[error("This organization is archived. Nobody can join it before its Owner has restored it.")]
    Archived,
    /// S31.
    #[error("The person who invited you may no longer grant this role. Ask for a new invitation.")]
    InviterLostRight,
}

/// A membership that begins: only [`accept`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    org_id: OrgId,
    membership_id: MembershipId,
    user_id: UserId,
    name: PersonName,
    email: Email,
    home: Option<OrgId>,
    at: Timestamp,
}

impl Acceptance {
    /// The organization that is joined.
    pub fn org_id(&self) -> &OrgId {
        &self.org_id
    }
    /// The row that becomes active.
    pub fn membership_id(&self) -> &MembershipId {
        &self.membership_id
    }
    /// Who joins.
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }
    /// By which name.
    pub fn name(&self) -> &PersonName {
        &self.name
    }
    /// With which address.
    pub fn email(&self) -> &Email {
        &self.email
    }
    /// The organization that they come from, where they join as an external (B45).
    pub fn home(&self) -> Option<&OrgId> {
        self.home.as_ref()
    }
    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// Accepts an invitation as a user whose address is `email`, and who is native to the organization `home`, if to any.
///
/// # Errors
/// [`AcceptError`]; what has become of the link weighs more than who follows it.
pub fn accept(
    invitation: &InvitationRecord,
    user_id: UserId,
    email: &Email,
    name: PersonName,
    home: Option<OrgId>,
    now: Timestamp,
) -> Result<Acceptance, AcceptError> {
    match invitation.state {
        InvitationState::Accepted => return Err(AcceptError::Used),
        InvitationState::Revoked => return Err(AcceptError::Revoked),
        InvitationState::Superseded => return Err(AcceptError::Superseded),
        InvitationState::Open if invitation.expires_at <= now => return Err(AcceptError::Expired),
        InvitationState::Open => {}
    }
    if *email != invitation.email {
        return Err(AcceptError::WrongAccount);
    }
    if invitation.org_is_archived {
        return Err(AcceptError::Archived);
    }
    if !invitation.inviter_may_still {
        return Err(AcceptError::InviterLostRight);
    }
    Ok(Acceptance {
        org_id: invitation.org_id.clone(),
        membership_id: invitation.membership_id.clone(),
        user_id,
        name,
        email: email.clone(),
        home: home.filter(|home| invitation.kind == Kind::External && *home != invitation.org_id),
        at: now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    #[test]
    fn each_state_of_an_address_has_its_verdict() {
        let policies = Policies { seats: Some(2), ..Policies::default() };
        for (existing, taken, expected) in [
            (None, 1, InviteVerdict::Invite),
            (None, 2, InviteVerdict::NoSeat),
            (Some(PersonState::Active), 2, InviteVerdict::AlreadyMember),
            (Some(PersonState::Deactivated), 0, InviteVerdict::Deactivated),
            (Some(PersonState::Invited), 0, InviteVerdict::AlreadyInvited),
            (Some(PersonState::Invited), 2, InviteVerdict::AlreadyInvited),
            (Some(PersonState::Expired), 1, InviteVerdict::SendAgain),
            (Some(PersonState::Expired), 2, InviteVerdict::NoSeat),
            (Some(PersonState::Expired), 3, InviteVerdict::NoSeat),
        ] {
            assert_eq!(verdict(existing, None, Seats::new(&policies, taken)), expected, "{existing:?} {taken}");
        }
        let unlimited = Seats::new(&Policies::default(), 1_000_000);
        assert_eq!(verdict(None, None, unlimited), InviteVerdict::Invite);
        assert_eq!(verdict(Some(PersonState::Expired), None, unlimited), InviteVerdict::SendAgain);
        let barred = Barred::OutsideDomains;
        for (existing, expected) in [
            (None, InviteVerdict::Barred(barred)),
            // Who stands there came while the policy let them.
            (Some(PersonState::Expired), InviteVerdict::SendAgain),
            (Some(PersonState::Active), InviteVerdict::AlreadyMember),
        ] {
            assert_eq!(verdict(existing, Some(barred), unlimited), expected);
        }
        assert_eq!(verdict(None, Some(barred), Seats::new(&policies, 2)), InviteVerdict::Barred(barred));
        for (existing, comes_over, expected) in [
            (PersonState::Expired, true, InviteVerdict::Barred(barred)),
            (PersonState::Expired, false, InviteVerdict::SendAgain),
            (PersonState::Active, true, InviteVerdict::AlreadyMember),
        ] {
            assert_eq!(verdict_of((Some(existing), comes_over), Some(barred), unlimited), expected);
        }
    }

    #[test]
    fn only_an_open_timely_invitation_to_oneself_is_accepted() {
        let start = Timestamp::from_millis(0);
        let email = Email::parse("ada@x.io").expect("valid");
        let open = InvitationRecord {
            org_id: OrgId::fresh(start, [1; 10]),
            membership_id: MembershipId::fresh(start, [1; 10]),
            org_is_archived: false,
            email: email.clone(),
            kind: Kind::Standard,
            role: Role::Member,
            state: InvitationState::Open,
            expires_at: Timestamp::from_millis(100),
            inviter_may_still: true,
        };
        let user = UserId::fresh(start, [1; 10]);
        let tried = |inv: &InvitationRecord, email: &str, now: i64| {
            let email = Email::parse(email).expect("valid");
            accept(inv, user.clone(), &email, PersonName::default(), None, Timestamp::from_millis(now)).map(|_| ())
        };
        assert_eq!(tried(&open, "ada@x.io", 99), Ok(()));
        assert_eq!(tried(&open, "ada@x.io", 100), Err(AcceptError::Expired));
        assert_eq!(tried(&open, "eve@x.io", 99), Err(AcceptError::WrongAccount));
        for (state, error) in [
            (InvitationState::Accepted, AcceptError::Used),
            (InvitationState::Revoked, AcceptError::Revoked),
            (InvitationState::Superseded, AcceptError::Superseded),
        ] {
            assert_eq!(tried(&InvitationRecord { state, ..open.clone() }, "eve@x.io", 500), Err(error));
        }
        let closed = InvitationRecord { org_is_archived: true, ..open.clone() };
        assert_eq!(tried(&closed, "ada@x.io", 1), Err(AcceptError::Archived));
        assert_eq!(tried(&closed, "eve@x.io", 1), Err(AcceptError::WrongAccount));
        let orphaned = InvitationRecord { inviter_may_still: false, ..open };
        assert_eq!(tried(&orphaned, "ada@x.io", 1), Err(AcceptError::InviterLostRight));
    }

    #[test]
    fn only_an_external_comes_from_elsewhere() {
        let start = Timestamp::from_millis(0);
        let email = Email::parse("ada@x.io").expect("valid");
        let org = |n| OrgId::fresh(start, [n; 10]);
        for (kind, home, kept) in [
            (Kind::External, Some(org(2)), Some(org(2))),
            (Kind::External, Some(org(1)), None),
            (Kind::External, None, None),
            (Kind::Standard, Some(org(2)), None),
        ] {
            let invitation = InvitationRecord {
                org_id: org(1),
                membership_id: MembershipId::fresh(start, [1; 10]),
                org_is_archived: false,
                email: email.clone(),
                kind,
                role: Role::Viewer,
                state: InvitationState::Open,
                expires_at: Timestamp::from_millis(100),
                inviter_may_still: true,
            };
            let user = UserId::fresh(start, [1; 10]);
            let accepted = accept(&invitation, user, &email, PersonName::default(), home, start).expect("open");
            assert_eq!(accepted.home(), kept.as_ref());
        }
    }
}
