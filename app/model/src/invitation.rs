//! Invitations: reading a field of many addresses, what becomes of each address, and what a link says when opened.

use serde::{Deserialize, Serialize};

use crate::{
    Denial, Email, Kind, MembershipId, OrgName, PersonName, Role, Timestamp,
    email::InvalidEmail,
    rules::Barred,
    text::{self, thousands},
};

/// The most addresses that one batch takes.
pub const MAX_RECIPIENTS: usize = 10_000;

/// How many characters are shown of what cannot be read.
const SHOWN: usize = 80;

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
    read_recipients(text).0
}

/// The same, and how many entries were left out because their address stands there already.
pub fn read_recipients(text: &str) -> (Vec<Result<Recipient, Unreadable>>, usize) {
    let mut found: Vec<Result<Recipient, Unreadable>> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut repeated = 0;
    for entry in split_entries(text) {
        match parse_entry(&entry) {
            Ok(recipient) => {
                if seen.insert(recipient.email.clone()) {
                    found.push(Ok(recipient));
                } else {
                    repeated += 1;
                }
            }
            Err(reason) => {
                let short: String = entry.chars().take(SHOWN).collect();
                found.push(Err(Unreadable { entry: short, reason: reason.to_string() }));
            }
        }
    }
    (found, repeated)
}

/// A field of addresses without one of its entries, as [`parse_recipients`] names it.
pub fn leave_out(text: &str, entry: &str) -> String {
    let is_it = |piece: &str| match parse_entry(piece) {
        Ok(recipient) => recipient.email.as_str() == entry,
        Err(_) => piece.chars().take(SHOWN).eq(entry.chars()),
    };
    let rest: Vec<String> = split_entries(text).into_iter().filter(|piece| !is_it(piece)).collect();
    rest.join(",\n")
}

/// Cuts at commas, semicolons and line ends outside quotes; then, where a piece holds several bare addresses, at spaces.
fn split_entries(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                pieces.last_mut().expect("never empty").push(c);
            }
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
    let entry = entry.replace('"', "");
    let (name, address) = match entry.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.trim_end_matches('>')),
        None => ("", entry.as_str()),
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
    /// Nobody new can come in under this address (policy C, or another domain).
    Barred(Barred),
    /// Who invites may not change the role that was chosen for this person before.
    NotAllowed(Denial),
    /// Not an address.
    Unreadable(String),
    /// Sent again so often that the next has to wait.
    TooOften,
    /// A request that somebody else answered meanwhile (B26).
    Answered,
}

impl InviteOutcome {
    /// Whether a mail goes out.
    pub const fn is_sent(&self) -> bool {
        self.membership_id().is_some()
    }
    /// Whose row a mail goes out for.
    pub const fn membership_id(&self) -> Option<&MembershipId> {
        match self {
            Self::Invited { membership_id, .. }
            | Self::SentAgain { membership_id, .. }
            | Self::Created { membership_id }
            | Self::CreatedAgain { membership_id } => Some(membership_id),
            _ => None,
        }
    }
    /// Why no mail goes out, in a word or two; nothing where one does.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Invited { .. } | Self::SentAgain { .. } | Self::Created { .. } | Self::CreatedAgain { .. } => "",
            Self::AlreadyInvited => "invited already",
            Self::AlreadyMember => "a member already",
            Self::Deactivated => "deactivated",
            Self::NoSeat => "no seat left",
            Self::Barred(Barred::Retired(_)) => "deleted before",
            Self::Barred(Barred::OutsideDomains) => "other domain",
            Self::NotAllowed(_) => "not allowed",
            Self::Unreadable(_) => "not an address",
            Self::TooOften => "sent too often",
            Self::Answered => "answered already",
        }
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
            Self::Barred(barred) => barred.to_string(),
            Self::NotAllowed(why) => why.to_string(),
            Self::Unreadable(reason) => reason.clone(),
            Self::TooOften => "This invitation was sent several times just now. Try again in an hour.".to_owned(),
            Self::Answered => "This request has been answered already.".to_owned(),
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

/// What would become of one address of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forecast {
    /// Somebody new is invited.
    Invite,
    /// The earlier invitation has expired, and another goes out.
    SendAgain,
    /// No mail goes out.
    Refused(InviteOutcome),
}

/// One line of what would become of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForecastLine {
    /// The address, or what was entered in its place.
    pub entry: String,
    /// What would become of it.
    pub forecast: Forecast,
}

/// What would become of a batch if it were sent now (N12).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BatchForecast {
    /// Each address in the order in which they were entered.
    pub lines: Vec<ForecastLine>,
    /// How many entries were left out because their address stands there already.
    pub repeated: usize,
    /// How many seats would be left, where they are counted (policy M).
    pub seats_left: Option<u64>,
}

impl BatchForecast {
    /// How many invitations would go out.
    pub fn going_out(&self) -> usize {
        self.lines.iter().filter(|line| !matches!(line.forecast, Forecast::Refused(_))).count()
    }
    /// The whole in a sentence or a few.
    pub fn summary(&self) -> String {
        let counted = |n: usize, one, many| text::counted(n as u64, one, many);
        let out = self.going_out();
        let mut said = match (out, self.lines.len()) {
            (_, 0) => vec![],
            (0, _) => vec!["No invitation goes out.".to_owned()],
            (out, all) if out == all => vec![counted(out, "invitation goes out.", "invitations go out.")],
            (out, all) => vec![format!("{} of {} invitations go out.", thousands(out as u64), thousands(all as u64))],
        };
        if self.repeated > 0 {
            said.push(counted(self.repeated, "repeated address counts once.", "repeated addresses count once."));
        }
        if let Some(left) = self.seats_left {
            let then = if out > 0 { " then" } else { "" };
            said.push(match left {
                0 => format!("No seat is left{then}."),
                n => format!("{} left{then}.", text::counted(n, "seat is", "seats are")),
            });
        }
        said.join(" ")
    }
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
        /// Whether the person has asked for a new one, and waits for it.
        asked: bool,
    },
    /// It was withdrawn (B23).
    Revoked {
        /// Who invited.
        org_name: OrgName,
    },
    /// The organization is archived, and nobody joins it.
    Archived {
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
    /// As what: somebody of the organization itself, or of another one (B45).
    pub kind: Kind,
    /// The role that it gives.
    pub role: Role,
    /// The organization that the inviting one will be told that who is signed in comes from, where it invites an external.
    pub home: Option<OrgName>,
    /// Until when it may be accepted.
    pub expires_at: Timestamp,
    /// When the access that it gives ends (N5).
    pub access_until: Option<Timestamp>,
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
    fn an_entry_is_left_out_and_the_others_stay_as_they_are() {
        let text = "\"King, Ada\" <ada@x.io>, Bo <b@x.io>; nobody c@x.io B@x.io";
        for (entry, rest) in [
            ("b@x.io", "\"King, Ada\" <ada@x.io>,\nnobody,\nc@x.io"),
            ("ada@x.io", "Bo <b@x.io>,\nnobody,\nc@x.io,\nB@x.io"),
            ("nobody", "\"King, Ada\" <ada@x.io>,\nBo <b@x.io>,\nc@x.io,\nB@x.io"),
            ("else@x.io", "\"King, Ada\" <ada@x.io>,\nBo <b@x.io>,\nnobody,\nc@x.io,\nB@x.io"),
        ] {
            assert_eq!(leave_out(text, entry), rest);
        }
        assert_eq!(leave_out("x", "x"), "");
        let long = "y".repeat(200);
        let named = parse_recipients(&long).pop().expect("one").expect_err("no address").entry;
        assert_eq!(leave_out(&long, &named), "");
    }

    #[test]
    fn a_long_piece_of_nonsense_comes_back_shortened() {
        let read = parse_recipients(&"x".repeat(10_000));
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].as_ref().expect_err("not an address").entry.len(), 80);
    }

    #[test]
    fn what_would_become_of_a_batch_is_told_in_a_sentence() {
        let lines = |out: usize, refused: usize| -> Vec<ForecastLine> {
            let line = |forecast| ForecastLine { entry: "a@x.io".to_owned(), forecast };
            let refusals = (0..refused).map(|_| line(Forecast::Refused(InviteOutcome::AlreadyMember)));
            (0..out).map(|_| line(Forecast::Invite)).chain(refusals).collect()
        };
        for (out, refused, repeated, seats_left, said) in [
            (0, 0, 0, None, ""),
            (0, 0, 0, Some(3), "3 seats are left."),
            (1, 0, 0, None, "1 invitation goes out."),
            (2, 0, 0, Some(0), "2 invitations go out. No seat is left then."),
            (1, 2, 1, Some(1), "1 of 3 invitations go out. 1 repeated address counts once. 1 seat is left then."),
            (0, 2, 2, Some(0), "No invitation goes out. 2 repeated addresses count once. No seat is left."),
        ] {
            let forecast = BatchForecast { lines: lines(out, refused), repeated, seats_left };
            assert_eq!(forecast.summary(), said);
        }
        let (found, repeated) = read_recipients("a@x.io, A@x.io, nobody, nobody, a@x.io");
        assert_eq!((found.len(), repeated), (3, 2), "what cannot be read is told each time");
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
