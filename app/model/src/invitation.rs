//! Invitations: reading a field of many addresses, what becomes of each address, and what a link says when opened.

use serde::{Deserialize, Serialize};

use crate::{Email, MembershipId, OrgName, PersonName, Role, Timestamp, email::InvalidEmail, rules::Retired};

/// The most addresses that one batch takes.
pub const MAX_RECIPIENTS: usize = 10_000;

/// Somebody to invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The address that the link goes to.
    pub email: Email,
    /// The name where it is known.
    pub name: PersonName,
}

/// One entry of the address field that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// What was entered, shortened.
    pub entry: String,
    /// Why it cannot be used.
    pub reason: String,
}

/// Reads a field of addresses separated by comma, semicolon, white space or line, also `Ada Lovelace <ada@…>` (B18).
/// An address that stands twice counts once; the order is kept.
pub fn parse_recipients(text: &str) -> Vec<Result<Recipient, Unreadable>> {
    let mut found: Vec<Result<Recipient, Unreadable>> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for entry in split_entries(text) {
        match parse_entry(&entry) {
            Ok(recipient) => {
                if seen.insert(recipient.email.clone()) {
                    found.push(Ok(recipient));
                }
            }
            Err(reason) => {
                let short: String = entry.chars().take(80).collect();
                found.push(Err(Unreadable { entry: short, reason: reason.to_string() }));
            }
        }
    }
    found
}

/// Cuts at commas, semicolons and line ends outside quotes; then, where a piece holds several bare addresses, at spaces.
fn split_entries(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' | '\r' => {
                quoted = false;
                pieces.push(String::new());
            }
            ',' | ';' if !quoted => pieces.push(String::new()),
            c => pieces.last_mut().expect("never empty").push(c),
        }
    }
    pieces
        .iter()
        .map(|p| p.trim())
        .filter(|p| !p.is_empty())
        .flat_map(|piece| {
            if piece.contains('<') { split_named(piece) } else { piece.split_whitespace().map(str::to_owned).collect() }
        })
        .collect()
}

/// Cuts `Ada <a@x.y> Grace <g@x.y>` behind each closing bracket.
fn split_named(piece: &str) -> Vec<String> {
    piece.split_inclusive('>').map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect()
}

fn parse_entry(entry: &str) -> Result<Recipient, InvalidEmail> {
    let (name, address) = match entry.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.trim_end_matches('>')),
        None => ("", entry),
    };
    Ok(Recipient { email: Email::parse(address)?, name: PersonName::from_full(name) })
}

/// What became of one address of a batch (B18, B20).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteOutcome {
    /// Invited; the link, once, for who sent it and where the organization allows it (S27).
    Invited {
        /// The person's new row.
        membership_id: MembershipId,
        /// The link to hand over by other means.
        link: Option<String>,
    },
    /// An expired invitation of this address was sent again.
    SentAgain {
        /// The person's row.
        membership_id: MembershipId,
        /// The link to hand over by other means.
        link: Option<String>,
    },
    /// An account was created (B4). Who had one here already got a link instead, which this does not tell.
    Created {
        /// The person's new row.
        membership_id: MembershipId,
    },
    /// A new welcome mail was sent to somebody who was created.
    CreatedAgain {
        /// The person's row.
        membership_id: MembershipId,
    },
    /// Already invited; the open invitation stands.
    AlreadyInvited,
    /// B20.
    AlreadyMember,
    /// Was deactivated; to be activated instead.
    Deactivated,
    /// No seat is left (policy M).
    NoSeat,
    /// The address was that of somebody who was deleted (policy C).
    Retired(Retired),
    /// Not an address.
    Unreadable(String),
}

impl InviteOutcome {
    /// Whether a mail goes out.
    pub const fn is_sent(&self) -> bool {
        matches!(self, Self::Invited { .. } | Self::SentAgain { .. } | Self::Created { .. } | Self::CreatedAgain { .. })
    }
    /// The result in words.
    pub fn sentence(&self) -> String {
        match self {
            Self::Invited { .. } => "Invitation sent.".to_owned(),
            Self::SentAgain { .. } => "A new invitation was sent; the earlier link no longer works.".to_owned(),
            Self::Created { .. } => "Created. The welcome email is on its way.".to_owned(),
            Self::CreatedAgain { .. } => {
                "A new welcome email was sent; what the earlier one held no longer works.".to_owned()
            }
            Self::AlreadyInvited => "Already invited. Resend the invitation from the list if it got lost.".to_owned(),
            Self::AlreadyMember => "This user already exists in the organization.".to_owned(),
            Self::Deactivated => "This user is deactivated. Activate the account from the list instead.".to_owned(),
            Self::NoSeat => "No seat is left. Free a seat or raise the limit.".to_owned(),
            Self::Retired(retired) => retired.to_string(),
            Self::Unreadable(reason) => reason.clone(),
        }
    }
}

/// One line of the answer to a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteResult {
    /// The address, or what was entered in its place.
    pub entry: String,
    /// What became of it.
    pub outcome: InviteOutcome,
}

/// What the page of an invitation link knows. Opening it changes nothing (N3, S30).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationView {
    /// It can be accepted.
    Open(Box<OpenInvitation>),
    /// Its time ran out (B21).
    Expired {
        /// Who invited.
        org_name: OrgName,
    },
    /// It was withdrawn (B23).
    Revoked {
        /// Who invited.
        org_name: OrgName,
    },
    /// A newer link was sent (B24).
    Superseded {
        /// Who invited.
        org_name: OrgName,
    },
    /// It was accepted before.
    Used {
        /// Who invited.
        org_name: OrgName,
    },
    /// No such link.
    Unknown,
}

/// An invitation that can be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInvitation {
    /// Who invites.
    pub org_name: OrgName,
    /// The person who sent it.
    pub invited_by: String,
    /// Whom it is for.
    pub email: Email,
    /// The name as the inviter entered it.
    pub name: PersonName,
    /// The role that it gives.
    pub role: Role,
    /// Until when it may be accepted.
    pub expires_at: Timestamp,
    /// The server's clock, for relative words that agree on both sides.
    pub now: Timestamp,
    /// Whether the address has an account on this installation already.
    pub has_account: bool,
    /// Who is signed in in this browser.
    pub signed_in_as: Option<Email>,
}

/// What whoever signed in with a temporary password sees (B5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// Where the account was created.
    pub org_name: OrgName,
    /// The name as it was entered.
    pub name: PersonName,
    /// The login name.
    pub email: Email,
    /// Until when the temporary password can be replaced.
    pub expires_at: Timestamp,
    /// The server's clock, for relative words that agree on both sides.
    pub now: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<String> {
        parse_recipients(text)
            .into_iter()
            .map(|r| match r {
                Ok(r) if r.name.full().is_empty() => r.email.to_string(),
                Ok(r) => format!("{}|{}={}", r.name.first, r.name.last, r.email),
                Err(u) => format!("!{}", u.entry),
            })
            .collect()
    }

    #[test]
    fn any_separator_and_names_in_front_are_read() {
        for (text, read) in [
            ("a@x.io,b@x.io", vec!["a@x.io", "b@x.io"]),
            ("a@x.io; b@x.io\n c@x.io  d@x.io", vec!["a@x.io", "b@x.io", "c@x.io", "d@x.io"]),
            ("Ada Lovelace <ada@x.io>, b@x.io", vec!["Ada|Lovelace=ada@x.io", "b@x.io"]),
            ("\"Lovelace, Ada\" <ada@x.io>", vec!["Lovelace,|Ada=ada@x.io"]),
            ("Ada <a@x.io> Grace B. Hopper <g@x.io>", vec!["Ada|=a@x.io", "Grace B.|Hopper=g@x.io"]),
            ("A@x.io, a@X.IO", vec!["a@x.io"]),
            (" ,;\n, ", vec![]),
            ("nobody, a@x.io", vec!["!nobody", "a@x.io"]),
            ("<a@x.io>", vec!["a@x.io"]),
        ] {
            assert_eq!(addresses(text), read, "{text:?}");
        }
    }

    #[test]
    fn a_long_piece_of_nonsense_comes_back_shortened() {
        let read = parse_recipients(&"x".repeat(10_000));
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].as_ref().expect_err("not an address").entry.len(), 80);
    }

    proptest::proptest! {
        #[test]
        fn no_input_breaks_the_parser(text in ".{0,400}") {
            for recipient in parse_recipients(&text).into_iter().flatten() {
                proptest::prop_assert!(recipient.email.as_str().contains('@'));
            }
        }
    }
}
