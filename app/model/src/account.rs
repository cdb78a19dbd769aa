//! A person's own account: what `/account` shows, and the links that are mailed about it.

use serde::{Deserialize, Serialize};

use crate::{
    Email, PersonName, Timestamp,
    people::OrgMembership,
    rules::{InTheWay, LinkError},
    session::LiveSession,
    time::HOUR,
};

/// How long a link about an account is good, in milliseconds.
pub const LINK_TTL: i64 = HOUR;

/// What a mailed link is for; it is good for nothing else (S23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// To choose a new password.
    ResetPassword,
    /// To agree to another address, as who reads the mail of the one that the account has.
    ConfirmOldEmail,
    /// To agree to it as who reads the mail of the new one.
    ConfirmNewEmail,
}

impl LinkPurpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ResetPassword, Self::ConfirmOldEmail, Self::ConfirmNewEmail];
    /// Those of a change of address.
    pub const OF_EMAIL: [Self; 2] = [Self::ConfirmOldEmail, Self::ConfirmNewEmail];

    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset_password",
            Self::ConfirmOldEmail => "confirm_old_email",
            Self::ConfirmNewEmail => "confirm_new_email",
        }
    }
    /// The purpose of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
    /// The other one of a change of address, which needs both.
    pub const fn other(self) -> Option<Self> {
        match self {
            Self::ResetPassword => None,
            Self::ConfirmOldEmail => Some(Self::ConfirmNewEmail),
            Self::ConfirmNewEmail => Some(Self::ConfirmOldEmail),
        }
    }
}

/// What the page of a person's own account shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The person's name.
    pub name: PersonName,
    /// The address that they sign in with.
    pub email: Email,
    /// The address that it is to be, as long as that waits to be confirmed.
    pub pending: Option<PendingEmail>,
    /// Where they are signed in.
    pub sessions: Vec<LiveSession>,
    /// Their organizations, the last used first.
    pub orgs: Vec<OrgMembership>,
    /// The server's clock at reading.
    pub now: Timestamp,
}

/// A change of address that waits to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingEmail {
    /// The new address.
    pub to: Email,
    /// Whether the link in the mail to the present address was confirmed.
    pub old_confirmed: bool,
    /// Whether the one in the mail to the new address was.
    pub new_confirmed: bool,
    /// Until when both have to be.
    pub expires_at: Timestamp,
}

/// What the page behind a link for a new password shows. Opening it changes nothing (S30).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetView {
    /// A password can be chosen.
    Open {
        /// Whose account it is.
        email: Email,
        /// Until when.
        expires_at: Timestamp,
        /// The server's clock.
        now: Timestamp,
    },
    /// It is over.
    Closed(LinkError),
    /// No such link.
    Unknown,
}

/// What the page behind a link for another address shows. Opening it changes nothing (S30).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailLinkView {
    /// It can be answered, or was and waits for the other one.
    Open(Box<OpenEmailLink>),
    /// It is over.
    Closed(LinkError),
    /// No such link.
    Unknown,
}

/// A link for another address that is still good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenEmailLink {
    /// To which of the two addresses it went.
    pub mailbox: Mailbox,
    /// The new address.
    pub to: Email,
    /// Whether it was confirmed and waits for the other one.
    pub confirmed: bool,
    /// What keeps the account from having that address.
    pub in_the_way: Option<InTheWay>,
    /// Until when both have to be confirmed.
    pub expires_at: Timestamp,
    /// The server's clock.
    pub now: Timestamp,
}

/// One of the two addresses of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mailbox {
    /// The one that the account has.
    Old,
    /// The one that it is to have.
    New,
}

impl Mailbox {
    /// The one that a link of a purpose goes to.
    pub const fn of(purpose: LinkPurpose) -> Option<Self> {
        match purpose {
            LinkPurpose::ResetPassword => None,
            LinkPurpose::ConfirmOldEmail => Some(Self::Old),
            LinkPurpose::ConfirmNewEmail => Some(Self::New),
        }
    }
}

/// What a person answers to a link for another address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailAnswer {
    /// It was them, and they want it.
    Confirm,
    /// It was somebody else, or they changed their mind.
    Refuse,
}

impl EmailAnswer {
    /// As the value of a field.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Refuse => "refuse",
        }
    }
    /// The answer of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Confirm, Self::Refuse].into_iter().find(|answer| answer.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_answers_read_back_from_their_codes() {
        for purpose in LinkPurpose::ALL {
            assert_eq!(LinkPurpose::from_code(purpose.code()), Some(purpose));
        }
        for answer in [EmailAnswer::Confirm, EmailAnswer::Refuse] {
            assert_eq!(EmailAnswer::from_code(answer.code()), Some(answer));
        }
        for other in ["", "Confirm", "invitation", "reset"] {
            assert_eq!((LinkPurpose::from_code(other), EmailAnswer::from_code(other)), (None, None), "{other}");
        }
    }

    #[test]
    fn the_two_links_of_a_change_belong_together_and_a_reset_stands_alone() {
        for (purpose, mailbox, other) in [
            (LinkPurpose::ResetPassword, None, None),
            (LinkPurpose::ConfirmOldEmail, Some(Mailbox::Old), Some(LinkPurpose::ConfirmNewEmail)),
            (LinkPurpose::ConfirmNewEmail, Some(Mailbox::New), Some(LinkPurpose::ConfirmOldEmail)),
        ] {
            assert_eq!((Mailbox::of(purpose), purpose.other()), (mailbox, other));
        }
    }
}
