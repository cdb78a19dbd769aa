//! Rules of the links that are mailed about an account: a new password, another address (S21–S23, S26).

use serde::{Deserialize, Serialize};

use crate::{Email, OrgName, Timestamp, UserId, account::LinkPurpose};

/// What has become of a link, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Neither used nor withdrawn.
    Open,
    /// Confirmed; it waits for the other link of the change.
    Confirmed,
    /// It did what it is for.
    Used,
    /// Replaced by a newer one.
    Superseded,
    /// Withdrawn, or voided by another change of the account.
    Cancelled,
}

impl LinkState {
    const ALL: [Self; 5] = [Self::Open, Self::Confirmed, Self::Used, Self::Superseded, Self::Cancelled];

    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Used => "used",
            Self::Superseded => "superseded",
            Self::Cancelled => "cancelled",
        }
    }
    /// The state of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A link as read inside the transaction that uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRecord {
    /// Whose account it is about.
    pub user_id: UserId,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// What has become of it.
    pub state: LinkState,
    /// The address that the account is to have.
    pub new_email: Option<Email>,
    /// Until when it may be used.
    pub expires_at: Timestamp,
}

/// Why a link cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum LinkError {
    /// Its hour is over.
    #[error("This link has expired. Ask for a new one.")]
    Expired,
    /// S21.
    #[error("This link has already been used.")]
    Used,
    /// S26.
    #[error("A newer link was sent. Use the one in the latest email.")]
    Superseded,
    /// S26.
    #[error("This link is no longer needed: it was cancelled, or the account was changed since.")]
    Cancelled,
}

impl LinkRecord {
    /// Whether it can still be used.
    ///
    /// # Errors
    /// [`LinkError`]; what became of it weighs more than its time.
    pub fn usable(&self, now: Timestamp) -> Result<(), LinkError> {
        match self.state {
            LinkState::Used => Err(LinkError::Used),
            LinkState::Superseded => Err(LinkError::Superseded),
            LinkState::Cancelled => Err(LinkError::Cancelled),
            LinkState::Open | LinkState::Confirmed if self.expires_at <= now => Err(LinkError::Expired),
            LinkState::Open | LinkState::Confirmed => Ok(()),
        }
    }
}

/// What keeps an account from having an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum InTheWay {
    /// The address has an account of its own.
    #[error("This address has an account of its own here. Nothing was changed; ask for another address.")]
    Account,
    /// Somebody stands under the address in one of the account's organizations, such as by an invitation.
    #[error("{} has invited this address as somebody else. Nothing was changed; ask an admin there to revoke that \
             invitation, then answer again.", .0.as_str())]
    Invitation(OrgName),
}

/// Why a change of address cannot be confirmed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmError {
    /// The link is over.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The address cannot be had; both links stay as they are.
    #[error(transparent)]
    InTheWay(#[from] InTheWay),
}

/// A change of address that both mailboxes agreed to: only [`confirm_email`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailChange {
    user_id: UserId,
    to: Email,
}

impl EmailChange {
    /// Whose account it is.
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }
    /// The new address.
    pub fn to(&self) -> &Email {
        &self.to
    }
}

/// What follows from a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// The other mailbox has to agree as well.
    Waits,
    /// Both have.
    Both(EmailChange),
}

/// What the holder of a link may know of what is in the way: nothing before the new mailbox has proven to be theirs, or
/// asking for a change would tell which addresses have accounts (S32).
pub fn tellable(link: &LinkRecord, other: &LinkRecord, in_the_way: Option<InTheWay>) -> Option<InTheWay> {
    let proven = link.purpose == LinkPurpose::ConfirmNewEmail || other.state == LinkState::Confirmed;
    in_the_way.filter(|_| proven)
}

/// Confirms a change of address by one of its two links.
///
/// # Errors
/// [`ConfirmError`]; nothing changes then.
pub fn confirm_email(
    link: &LinkRecord,
    other: &LinkRecord,
    in_the_way: Option<InTheWay>,
    now: Timestamp,
) -> Result<Confirmation, ConfirmError> {
    link.usable(now)?;
    // Both end together; a change is over when one of its links is.
    other.usable(now)?;
    if let Some(in_the_way) = tellable(link, other, in_the_way) {
        return Err(in_the_way.into());
    }
    let together = link.user_id == other.user_id
        && link.purpose.other() == Some(other.purpose)
        && link.new_email == other.new_email;
    match &link.new_email {
        Some(to) if together && other.state == LinkState::Confirmed => {
            Ok(Confirmation::Both(EmailChange { user_id: link.user_id.clone(), to: to.clone() }))
        }
        Some(_) if together => Ok(Confirmation::Waits),
        _ => Err(LinkError::Cancelled.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn link(purpose: LinkPurpose, state: LinkState) -> LinkRecord {
        LinkRecord {
            user_id: UserId::fresh(NOW, [1; 10]),
            purpose,
            state,
            new_email: Some(Email::parse("ada@new.example").expect("valid")),
            expires_at: NOW.plus(1),
        }
    }

    #[test]
    fn a_link_is_good_until_its_hour_is_over_or_something_became_of_it() {
        for (state, at, usable) in [
            (LinkState::Open, NOW, Ok(())),
            (LinkState::Confirmed, NOW, Ok(())),
            (LinkState::Open, NOW.plus(1), Err(LinkError::Expired)),
            (LinkState::Confirmed, NOW.plus(1), Err(LinkError::Expired)),
            (LinkState::Used, NOW, Err(LinkError::Used)),
            (LinkState::Used, NOW.plus(1), Err(LinkError::Used)),
            (LinkState::Superseded, NOW, Err(LinkError::Superseded)),
            (LinkState::Cancelled, NOW.plus(1), Err(LinkError::Cancelled)),
        ] {
            assert_eq!(link(LinkPurpose::ResetPassword, state).usable(at), usable, "{state:?}");
        }
    }

    #[test]
    fn states_read_back_from_their_codes() {
        for state in LinkState::ALL {
            assert_eq!(LinkState::from_code(state.code()), Some(state));
        }
        assert_eq!(LinkState::from_code("accepted"), None);
    }

    #[test]
    fn an_address_changes_once_both_mailboxes_agree() {
        use LinkPurpose::{ConfirmNewEmail as New, ConfirmOldEmail as Old, ResetPassword};
        use LinkState::{Cancelled, Confirmed, Open, Superseded, Used};
        let taken = || Some(InTheWay::Account);
        let (waits, both) = (Ok("waits"), Ok("both"));
        for (this, other, in_the_way, expected) in [
            ((Old, Open), (New, Open), None, waits.clone()),
            ((New, Open), (Old, Open), None, waits.clone()),
            ((Old, Open), (New, Confirmed), None, both.clone()),
            ((New, Open), (Old, Confirmed), None, both),
            // Pressed a second time.
            ((Old, Confirmed), (New, Open), None, waits.clone()),
            // S32: who asked learns nothing of the new address before its mailbox has answered.
            ((Old, Open), (New, Open), taken(), waits),
            ((New, Open), (Old, Open), taken(), Err(InTheWay::Account.into())),
            ((New, Open), (Old, Confirmed), taken(), Err(InTheWay::Account.into())),
            ((Old, Open), (New, Confirmed), taken(), Err(InTheWay::Account.into())),
            // What became of either link.
            ((Old, Used), (New, Used), None, Err(LinkError::Used.into())),
            ((Old, Superseded), (New, Open), None, Err(LinkError::Superseded.into())),
            ((Old, Open), (New, Cancelled), taken(), Err(LinkError::Cancelled.into())),
            // Links that are no pair.
            ((Old, Open), (Old, Confirmed), None, Err(LinkError::Cancelled.into())),
            ((ResetPassword, Open), (New, Confirmed), None, Err(LinkError::Cancelled.into())),
        ] {
            let confirmed = confirm_email(&link(this.0, this.1), &link(other.0, other.1), in_the_way, NOW);
            let confirmed = confirmed.map(|confirmation| match confirmation {
                Confirmation::Waits => "waits",
                Confirmation::Both(change) => {
                    assert_eq!(change.to().as_str(), "ada@new.example");
                    "both"
                }
            });
            assert_eq!(confirmed, expected, "{this:?} {other:?}");
        }
    }

    #[test]
    fn links_of_two_accounts_or_addresses_are_no_pair() {
        let old = link(LinkPurpose::ConfirmOldEmail, LinkState::Open);
        let new = link(LinkPurpose::ConfirmNewEmail, LinkState::Confirmed);
        let of_another = LinkRecord { user_id: UserId::fresh(NOW, [2; 10]), ..new.clone() };
        let to_another = LinkRecord { new_email: Email::parse("eve@new.example").ok(), ..new.clone() };
        let to_nowhere = LinkRecord { new_email: None, ..new };
        for other in [of_another, to_another, to_nowhere] {
            assert_eq!(confirm_email(&old, &other, None, NOW), Err(LinkError::Cancelled.into()));
        }
    }

    #[test]
    fn neither_link_is_good_when_the_hour_is_over() {
        let old = link(LinkPurpose::ConfirmOldEmail, LinkState::Confirmed);
        let new = link(LinkPurpose::ConfirmNewEmail, LinkState::Open);
        assert_eq!(confirm_email(&new, &old, None, NOW.plus(1)), Err(LinkError::Expired.into()));
    }
}
