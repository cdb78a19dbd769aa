//! Requests for invitations (B25, B26): what is asked with, and what the list of them shows.

use serde::{Deserialize, Serialize};

use crate::{Email, OrgName, PersonName, PersonState, RequestId, Slug, Timestamp, name::is_unprintable, rules};

/// The longest message of a request, in characters.
pub const MAX_MESSAGE_CHARS: usize = 500;
/// How many requests a page of the list holds.
pub const REQUESTS_PAGE: usize = 50;
/// The most requests that are answered in one go.
pub const MAX_ANSWERED: usize = 100;

/// Why a message cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMessage {
    /// Too long to be read in a list.
    #[error("Keep it to 500 characters.")]
    TooLong,
    /// Holds what nobody types.
    #[error("This has characters that cannot be shown.")]
    Unshowable,
}

/// Reads the message of a request: without space around it, with one kind of line end. It may be empty.
///
/// # Errors
/// [`InvalidMessage`].
pub fn parse_message(text: &str) -> Result<String, InvalidMessage> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    if text.chars().any(|c| !matches!(c, '\n' | '\t') && is_unprintable(c)) {
        return Err(InvalidMessage::Unshowable);
    }
    if text.chars().count() > MAX_MESSAGE_CHARS {
        return Err(InvalidMessage::TooLong);
    }
    Ok(text.to_owned())
}

/// The sign-in page of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgDoor {
    /// For URLs.
    pub slug: Slug,
    /// As shown.
    pub name: OrgName,
    /// Whether an invitation can be asked for there (policy K, or a domain by which people come in).
    pub takes_requests: bool,
    /// Whether that is for people alone who have an address of the organization's own domains.
    pub of_own_domains: bool,
}

/// A request in the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RequestRow {
    /// Its id.
    pub id: RequestId,
    /// Who asked.
    pub email: Email,
    /// By which name.
    pub name: PersonName,
    /// What they wrote.
    pub message: String,
    /// When they asked, the last time.
    pub asked_at: Timestamp,
    /// Who stands under the address by now.
    pub standing: Option<PersonState>,
}

impl RequestRow {
    /// What to call the person.
    pub fn display_name(&self) -> String {
        self.name.display(&self.email)
    }
    /// Whether the person has become a member meanwhile (B26).
    pub const fn is_stale(&self) -> bool {
        rules::is_stale(self.standing)
    }
    /// What whoever answers has to know about the person.
    pub const fn remark(&self) -> Option<&'static str> {
        match self.standing {
            None => None,
            Some(PersonState::Active) => Some("Is a member by now, and can be dismissed."),
            Some(PersonState::Deactivated) => {
                Some("Is deactivated here. Activate the account instead, or dismiss this.")
            }
            Some(PersonState::Invited) => Some("Has an open invitation. Approving sends it again."),
            Some(PersonState::Expired) => Some("Had an invitation that has expired. Approving sends it again."),
        }
    }
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestsPage {
    /// The newest first.
    pub rows: Vec<RequestRow>,
    /// Whether newer ones may have been left out.
    pub continued: bool,
    /// Before which request the next page goes on, if there is one.
    pub older: Option<RequestId>,
    /// The server's clock at reading.
    pub now: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_short_text() {
        let long = "ä".repeat(MAX_MESSAGE_CHARS);
        for (text, read) in [
            ("", Ok("")),
            ("  \n ", Ok("")),
            (" I work with Grace.\r\nPlease. ", Ok("I work with Grace.\nPlease.")),
            (&long, Ok(&long)),
            (&format!("{long}ä"), Err(InvalidMessage::TooLong)),
            ("a\0b", Err(InvalidMessage::Unshowable)),
            ("a\u{1b}[31mb", Err(InvalidMessage::Unshowable)),
            ("a\u{202e}b", Err(InvalidMessage::Unshowable)),
        ] {
            assert_eq!(parse_message(text), read.map(str::to_owned), "{text:?}");
        }
    }

    #[test]
    fn each_standing_has_its_remark() {
        let row = |standing| RequestRow {
            id: crate::id::Id::fresh(Timestamp::from_millis(1), [1; 10]),
            email: Email::parse("grace@navy.example").expect("valid"),
            name: PersonName::default(),
            message: String::new(),
            asked_at: Timestamp::from_millis(1),
            standing,
        };
        assert_eq!((row(None).remark(), row(None).is_stale()), (None, false));
        for state in PersonState::ALL {
            let row = row(Some(state));
            assert!(row.remark().is_some(), "{state:?}");
            assert_eq!(row.is_stale(), state.accepted(), "{state:?}");
        }
    }
}
