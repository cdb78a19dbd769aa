//! Domains of an organization (B50): names that it has proven to own by a record in DNS, and how people come in who have an
//! address of one.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::{DomainId, Email, OrgName, Policies, Role, Timestamp, policy::MAX_DOMAINS};

/// What stands in front of a domain where its record is looked for.
const CHALLENGE: &str = "_rollcall-challenge";
/// What stands in front of the token in the record.
const VALUE: &str = "rollcall-verification=";
/// The longest name, in bytes: DNS carries 253, of which the challenge takes some.
const MAX_BYTES: usize = 253 - CHALLENGE.len() - 1;

/// Whose addresses belong to no organization: who could speak for one of these speaks for half the world.
const PROVIDERS: &[&str] = &[
    "126.com",
    "163.com",
    "aol.com",
    "fastmail.com",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.fr",
    "icloud.com",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "outlook.com",
    "outlook.de",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "t-online.de",
    "tuta.com",
    "tutanota.com",
    "web.de",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yandex.com",
    "yandex.ru",
    "ymail.com",
    "zoho.com",
];

/// The name of a domain as DNS knows it: lower case, in ASCII, without a dot at the end.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DomainName(String);

/// Why a text names no domain that can be an organization's, worded for who entered it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDomain {
    /// Nothing was entered.
    #[error("Enter a domain.")]
    Empty,
    /// Not the name of a domain.
    #[error("This is not a domain. Enter what stands behind the @, such as example.com.")]
    Malformed,
    /// The address of a machine.
    #[error("This is the address of a machine. Enter a domain, such as example.com.")]
    Address,
    /// Holds the one whose mailboxes belong to anybody.
    #[error("Anybody can have an address of {0}, so it belongs to no organization. Enter a domain of your own.")]
    Provider(String),
}

/// An organization has [`MAX_DOMAINS`] already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("There are {MAX_DOMAINS} domains already. Delete one that is not needed any more.")]
pub struct TooManyDomains;

impl DomainName {
    /// Reads a domain as people write it: in any case, with letters of any language, with `@` in front or a dot at the end.
    ///
    /// # Errors
    /// [`InvalidDomain`].
    pub fn parse(text: &str) -> Result<Self, InvalidDomain> {
        let text = text.trim();
        let bare = text.strip_prefix('@').unwrap_or(text);
        let bare = bare.strip_suffix('.').unwrap_or(bare);
        if bare.is_empty() {
            return Err(InvalidDomain::Empty);
        }
        if bare.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok() {
            return Err(InvalidDomain::Address);
        }
        let name = idna::domain_to_ascii_strict(bare).map_err(|_| InvalidDomain::Malformed)?;
        let name = Self::of_ascii(name).ok_or(InvalidDomain::Malformed)?;
        if PROVIDERS.contains(&name.as_str()) { Err(InvalidDomain::Provider(name.0)) } else { Ok(name) }
    }
    /// The domain of an address, where it can be an organization's.
    pub fn of(email: &Email) -> Option<Self> {
        Self::parse(email.domain()).ok()
    }
    /// A name that is ASCII already. Needs no tables of Unicode, which the browser does without.
    fn of_ascii(name: String) -> Option<Self> {
        let is_label = |label: &str| {
            let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            (1..=63).contains(&label.len())
                && label.bytes().all(fits)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        // No top-level domain is a number, and what ends like an IPv4 address would be read as one (WHATWG URL §3.5).
        let has_top = name.rsplit_once('.').is_some_and(|(_, top)| !top.bytes().all(|b| b.is_ascii_digit()));
        (has_top && name.len() <= MAX_BYTES && name.split('.').all(is_label)).then_some(Self(name))
    }
    /// As stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Where the record of this domain is looked for.
    pub fn record_name(&self) -> String {
        format!("{CHALLENGE}.{}", self.0)
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl TryFrom<String> for DomainName {
    type Error = InvalidDomain;
    fn try_from(text: String) -> Result<Self, InvalidDomain> {
        Self::of_ascii(text).ok_or(InvalidDomain::Malformed)
    }
}
impl From<DomainName> for String {
    fn from(name: DomainName) -> Self {
        name.0
    }
}

/// Whether a domain is known to be the organization's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DomainState {
    /// Its record was not found yet.
    Pending,
    /// Its record was found once.
    Verified,
}

impl DomainState {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Verified => "Verified",
        }
    }
}

/// What was found when the record of a domain was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// The record.
    Found,
    /// Nothing.
    Missing,
    /// Other text.
    Other,
    /// No answer in time, or that the servers of the domain cannot say.
    Silent,
    /// The record, of a domain that another organization has verified.
    Taken,
}

impl CheckResult {
    /// All, as somebody may see them.
    pub const ALL: [Self; 5] = [Self::Found, Self::Missing, Self::Other, Self::Silent, Self::Taken];

    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Missing => "missing",
            Self::Other => "other",
            Self::Silent => "silent",
            Self::Taken => "taken",
        }
    }
    /// The result of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.code() == code)
    }
    /// In a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Found => "The record was found.",
            Self::Missing => "No record was found. It can take an hour, and sometimes a day, until a new one is seen.",
            Self::Other => "A record was found, with another value. Compare it with the one that is shown here.",
            Self::Silent => "The DNS servers did not answer. Try again in a few minutes.",
            Self::Taken => "The record was found, but another organization here has verified this domain.",
        }
    }
}

/// Compares the texts under a record's name with the one that is wanted; none at all where nobody answered. Some who keep
/// DNS write quotation marks down that were meant to surround the text.
pub fn compare(texts: Option<&[String]>, wanted: &str) -> CheckResult {
    match texts {
        None => CheckResult::Silent,
        Some([]) => CheckResult::Missing,
        Some(texts) if texts.iter().any(|text| text.trim().trim_matches('"').trim() == wanted) => CheckResult::Found,
        Some(_) => CheckResult::Other,
    }
}

/// How people come in who have an address of a verified domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoJoin {
    /// As everybody else.
    #[default]
    Off,
    /// They may ask for an invitation, whatever policy K says.
    Request,
    /// Asking sends them one.
    Invite,
    /// The same, and whoever has proven to read such a mailbox joins.
    Join,
}

impl AutoJoin {
    /// All, the default first.
    pub const ALL: [Self; 4] = [Self::Off, Self::Request, Self::Invite, Self::Join];

    /// As stored and as sent in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Request => "request",
            Self::Invite => "invite",
            Self::Join => "join",
        }
    }
    /// The choice of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.code() == code)
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Off => "Like everybody else",
            Self::Request => "They may ask",
            Self::Invite => "Who asks is invited",
            Self::Join => "Who has proven the address joins",
        }
    }
    /// What it means, in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Off => "An address of this domain opens nothing. The policies say whether anybody may ask.",
            Self::Request => {
                "They may ask for an invitation on your sign-in page, even where the policies take no requests. Admins decide."
            }
            Self::Invite => {
                "Whoever asks on your sign-in page with such an address is sent an invitation there at once, in your name."
            }
            Self::Join => {
                "The same; and whoever has an account here with such an address, and has proven to read its mailbox, joins \
                 from their list of organizations in one click."
            }
        }
    }
    /// Whether anybody is let in without being looked at.
    pub const fn lets_in(self) -> bool {
        matches!(self, Self::Invite | Self::Join)
    }
}

/// What comes of asking for an invitation at an organization's door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtDoor {
    /// Nothing: requests are not for this address.
    Nothing,
    /// A request, for the admins to answer.
    Request,
    /// A request that is approved at once, on behalf of who chose so for the domain.
    LetIn,
}

/// What comes of asking, by the policies and by what was chosen for the domain of the address, if that is verified. Only a
/// link proves the mailbox, so where nobody is invited by link (policy A) the admins decide.
pub const fn at_door(policies: &Policies, of_domain: Option<AutoJoin>) -> AtDoor {
    match of_domain {
        Some(AutoJoin::Invite | AutoJoin::Join) if policies.onboarding.by_link() => AtDoor::LetIn,
        Some(AutoJoin::Request | AutoJoin::Invite | AutoJoin::Join) => AtDoor::Request,
        Some(AutoJoin::Off) | None if policies.invitation_requests => AtDoor::Request,
        Some(AutoJoin::Off) | None => AtDoor::Nothing,
    }
}

/// A domain of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// Its id.
    pub id: DomainId,
    /// Its name.
    pub name: DomainName,
    /// What its record has to say. No secret: it will stand in DNS.
    pub token: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// When its record was found for the first time.
    pub verified_at: Option<Timestamp>,
    /// When its record was looked for the last time, and what was found.
    pub checked: Option<(Timestamp, CheckResult)>,
    /// How people come in who have an address of it.
    pub auto_join: AutoJoin,
    /// With which role.
    pub role: Role,
}

impl Domain {
    /// Whether it is known to be the organization's. A record that has vanished since changes nothing about that.
    pub const fn state(&self) -> DomainState {
        if self.verified_at.is_some() { DomainState::Verified } else { DomainState::Pending }
    }
    /// What is said to who had its record looked for, as the domain was before.
    pub fn told(&self, result: CheckResult) -> String {
        match (result, self.state()) {
            (CheckResult::Found, DomainState::Pending) => format!("{} is verified.", self.name),
            (result, _) => format!("{}: {}", self.name, result.sentence()),
        }
    }
    /// The text of its record.
    pub fn record_value(&self) -> String {
        format!("{VALUE}{}", self.token)
    }
}

/// A domain in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainRow {
    /// The domain.
    pub domain: Domain,
    /// Who chose that people are let in, where they may not invite any more, and so nobody is.
    pub lapsed: Option<String>,
}

/// The page of an organization's domains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainsPage {
    /// By name.
    pub rows: Vec<DomainRow>,
    /// The server's clock at reading.
    pub now: Timestamp,
}

/// An organization that somebody can join by the domain of their address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinOffer {
    /// The domain.
    pub id: DomainId,
    /// Its name.
    pub name: DomainName,
    /// Whose it is.
    pub org_name: OrgName,
    /// With which role.
    pub role: Role,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Onboarding;

    #[test]
    fn a_domain_is_read_as_people_write_it() {
        let long = format!("{}.example", "a".repeat(64));
        let longer = format!("{}example", "a234567890.".repeat(21));
        for (text, read) in [
            ("example.com", Ok("example.com")),
            (" @Sub.Example.COM. ", Ok("sub.example.com")),
            ("bücher.example", Ok("xn--bcher-kva.example")),
            ("BÜCHER.example", Ok("xn--bcher-kva.example")),
            ("xn--bcher-kva.example", Ok("xn--bcher-kva.example")),
            ("3com.example", Ok("3com.example")),
            ("", Err(InvalidDomain::Empty)),
            (" @ ", Err(InvalidDomain::Empty)),
            (".", Err(InvalidDomain::Empty)),
            ("localhost", Err(InvalidDomain::Malformed)),
            ("https://example.com", Err(InvalidDomain::Malformed)),
            ("ada@example.com", Err(InvalidDomain::Malformed)),
            ("*.example.com", Err(InvalidDomain::Malformed)),
            ("a_b.example", Err(InvalidDomain::Malformed)),
            ("-a.example", Err(InvalidDomain::Malformed)),
            ("a..example", Err(InvalidDomain::Malformed)),
            ("exa mple.com", Err(InvalidDomain::Malformed)),
            ("1.2.3", Err(InvalidDomain::Malformed)),
            (&long, Err(InvalidDomain::Malformed)),
            (&longer, Err(InvalidDomain::Malformed)),
            ("127.0.0.1", Err(InvalidDomain::Address)),
            ("[::1]", Err(InvalidDomain::Address)),
            ("2001:db8::1", Err(InvalidDomain::Address)),
            ("Gmail.com", Err(InvalidDomain::Provider("gmail.com".into()))),
            ("mail.gmail.com", Ok("mail.gmail.com")),
        ] {
            assert_eq!(DomainName::parse(text).map(String::from), read.map(str::to_owned), "{text:?}");
        }
        assert!(PROVIDERS.iter().all(|name| DomainName::of_ascii((*name).to_owned()).is_some()));
    }

    #[test]
    fn what_is_stored_reads_back_and_nothing_else_does() {
        for (text, valid) in [("example.com", true), ("Example.com", false), ("bücher.example", false), ("x", false)] {
            assert_eq!(serde_json::from_str::<DomainName>(&format!("{text:?}")).is_ok(), valid, "{text}");
        }
    }

    #[test]
    fn an_address_is_of_its_own_domain_in_any_spelling() {
        for (address, domain) in [
            ("ada@Example.com", Some("example.com")),
            ("ada@bücher.example", Some("xn--bcher-kva.example")),
            ("ada@sub.example.com", Some("sub.example.com")),
            ("ada@gmail.com", None),
        ] {
            let email = Email::parse(address).expect("an address");
            assert_eq!(DomainName::of(&email).map(String::from).as_deref(), domain, "{address}");
        }
    }

    fn domain(verified_at: Option<Timestamp>) -> Domain {
        Domain {
            id: crate::id::Id::fresh(Timestamp::from_millis(1), [1; 10]),
            name: DomainName::parse("example.com").expect("a domain"),
            token: "0123abcd".to_owned(),
            added_at: Timestamp::from_millis(1),
            verified_at,
            checked: None,
            auto_join: AutoJoin::Off,
            role: Role::Member,
        }
    }

    #[test]
    fn the_record_has_a_name_and_a_value() {
        let pending = domain(None);
        assert_eq!(pending.name.record_name(), "_rollcall-challenge.example.com");
        assert_eq!(pending.record_value(), "rollcall-verification=0123abcd");
        assert_eq!(pending.state(), DomainState::Pending);
        assert_eq!(domain(Some(Timestamp::from_millis(2))).state(), DomainState::Verified);
    }

    #[test]
    fn who_had_it_checked_is_told_what_that_means() {
        let verified = domain(Some(Timestamp::from_millis(2)));
        for (domain, result, told) in [
            (domain(None), CheckResult::Found, "example.com is verified."),
            (verified.clone(), CheckResult::Found, "example.com: The record was found."),
            (verified, CheckResult::Silent, "example.com: The DNS servers did not answer. Try again in a few minutes."),
        ] {
            assert_eq!(domain.told(result), told);
        }
    }

    #[test]
    fn one_right_text_among_others_is_enough() {
        let wanted = "rollcall-verification=0123abcd";
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        for (found, expected) in [
            (None, CheckResult::Silent),
            (Some(texts(&[])), CheckResult::Missing),
            (Some(texts(&["v=spf1 -all"])), CheckResult::Other),
            (Some(texts(&["rollcall-verification=0123abce"])), CheckResult::Other),
            (Some(texts(&["x rollcall-verification=0123abcd"])), CheckResult::Other),
            (Some(texts(&["v=spf1 -all", wanted])), CheckResult::Found),
            (Some(texts(&[" \"rollcall-verification=0123abcd\" "])), CheckResult::Found),
        ] {
            assert_eq!(compare(found.as_deref(), wanted), expected, "{found:?}");
        }
    }

    #[test]
    fn asking_at_the_door_depends_on_the_policies_and_the_domain() {
        let by = |onboarding, invitation_requests| Policies { onboarding, invitation_requests, ..Policies::default() };
        let (link, password) = (Onboarding::Link, Onboarding::TemporaryPassword);
        for (policies, of_domain, expected) in [
            (by(link, false), None, AtDoor::Nothing),
            (by(link, true), None, AtDoor::Request),
            (by(link, false), Some(AutoJoin::Off), AtDoor::Nothing),
            (by(link, true), Some(AutoJoin::Off), AtDoor::Request),
            (by(link, false), Some(AutoJoin::Request), AtDoor::Request),
            (by(link, false), Some(AutoJoin::Invite), AtDoor::LetIn),
            (by(link, true), Some(AutoJoin::Join), AtDoor::LetIn),
            (by(Onboarding::Both, false), Some(AutoJoin::Invite), AtDoor::LetIn),
            (by(password, false), Some(AutoJoin::Invite), AtDoor::Request),
            (by(password, false), Some(AutoJoin::Join), AtDoor::Request),
            (by(password, false), None, AtDoor::Nothing),
        ] {
            assert_eq!(at_door(&policies, of_domain), expected, "{of_domain:?} {policies:?}");
        }
    }

    #[test]
    fn choices_and_results_are_told_apart_by_their_codes() {
        for choice in AutoJoin::ALL {
            assert_eq!(AutoJoin::from_code(choice.code()), Some(choice));
        }
        for result in CheckResult::ALL {
            assert_eq!(CheckResult::from_code(result.code()), Some(result));
        }
        assert_eq!((AutoJoin::from_code(""), CheckResult::from_code("")), (None, None));
        assert_eq!(AutoJoin::ALL.map(AutoJoin::lets_in), [false, false, true, true]);
    }
}
