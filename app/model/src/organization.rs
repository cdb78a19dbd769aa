//! Organizations: their kind, their details, and who may found one.

use serde::{Deserialize, Serialize};

use crate::{
    Email, OrgName, Timestamp,
    email::InvalidEmail,
    name::{InvalidName, clean, clean_lines},
};

/// The longest postal address, in characters.
pub const MAX_ADDRESS_CHARS: usize = 500;
/// The longest name of a contact, in characters.
pub const MAX_CONTACT_CHARS: usize = 120;
/// How many organizations one account founds within a day.
pub const FOUNDED_A_DAY: u64 = 10;

/// What an organization is to whoever runs the installation (B44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgKind {
    /// Uses the applications behind.
    #[default]
    Customer,
    /// Brings customers, and has a Partner section.
    Partner,
}

impl OrgKind {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::Customer, Self::Partner];

    /// As stored and as sent in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Partner => "partner",
        }
    }
    /// The kind of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::Partner => "Partner",
        }
    }
    /// What it means, in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Customer => "Uses the applications behind Rollcall. Right for almost everybody.",
            Self::Partner => "Brings customers: it has a referral link, and people can have the role Partner as well.",
        }
    }
}

/// What is known of an organization beside its name (B50).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OrgDetails {
    /// How often it was changed; who saves says which version they looked at.
    pub version: u32,
    /// The postal address, in lines.
    pub address: String,
    /// Whom to turn to.
    pub contact_name: String,
    /// The address of that person.
    pub contact_email: Option<Email>,
    /// The time zone by its IANA name, such as `Europe/Vienna`; empty for UTC.
    pub time_zone: String,
}

/// Why a postal address or a contact cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDetail {
    /// Too long, in characters.
    #[error("This is too long; use at most {0} characters.")]
    TooLong(usize),
    /// Control or direction-override characters.
    #[error("This contains characters that cannot be shown.")]
    Unprintable,
}

impl From<InvalidName> for InvalidDetail {
    fn from(error: InvalidName) -> Self {
        match error {
            InvalidName::TooLong(max) => Self::TooLong(max),
            InvalidName::Empty | InvalidName::Unprintable => Self::Unprintable,
        }
    }
}

impl OrgDetails {
    /// Reads a postal address: lines without what surrounds them, and without empty ones.
    ///
    /// # Errors
    /// [`InvalidDetail`].
    pub fn parse_address(text: &str) -> Result<String, InvalidDetail> {
        Ok(clean_lines(text, MAX_ADDRESS_CHARS)?)
    }
    /// Reads the name of a contact; empty where there is none.
    ///
    /// # Errors
    /// [`InvalidDetail`].
    pub fn parse_contact(text: &str) -> Result<String, InvalidDetail> {
        Ok(clean(text, MAX_CONTACT_CHARS)?)
    }
    /// Reads the address of a contact; empty where there is none.
    ///
    /// # Errors
    /// [`InvalidEmail`].
    pub fn parse_contact_email(text: &str) -> Result<Option<Email>, InvalidEmail> {
        if text.trim().is_empty() { Ok(None) } else { Email::parse(text).map(Some) }
    }
}

/// What the page of an organization's details shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgSettings {
    /// Its name.
    pub name: OrgName,
    /// What it is.
    pub kind: OrgKind,
    /// The rest.
    pub details: OrgDetails,
    /// The time zones that can be chosen, by their IANA names.
    pub time_zones: Vec<String>,
    /// Whether anybody there has the role Partner, without which it stays a partner organization.
    pub has_partners: bool,
    /// When it was founded.
    pub created_at: Timestamp,
    /// The server's clock at reading.
    pub now: Timestamp,
}

/// Who may found organizations on an installation; what its operator has set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Founding {
    /// Whoever is Owner of one.
    #[default]
    Owners,
    /// Whoever has an account.
    Everybody,
    /// Nobody: the operator does it on the command line.
    Nobody,
}

impl Founding {
    /// All, the default first.
    pub const ALL: [Self; 3] = [Self::Owners, Self::Everybody, Self::Nobody];

    /// As set.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Owners => "owners",
            Self::Everybody => "everybody",
            Self::Nobody => "nobody",
        }
    }
    /// The choice of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.code() == code)
    }
}

/// Who may not found an organization, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum FoundingDenied {
    /// Only Owners do.
    #[error("Only the Owner of an organization can found another one here. Ask whoever runs this installation.")]
    NotAnOwner,
    /// Nobody does.
    #[error("Organizations are founded by whoever runs this installation. Ask them.")]
    ByTheOperator,
}

/// Whether somebody may found an organization, by whether they are the Owner of one.
///
/// # Errors
/// [`FoundingDenied`].
pub const fn may_found(founding: Founding, owns_one: bool) -> Result<(), FoundingDenied> {
    match (founding, owns_one) {
        (Founding::Everybody, _) | (Founding::Owners, true) => Ok(()),
        (Founding::Owners, false) => Err(FoundingDenied::NotAnOwner),
        (Founding::Nobody, _) => Err(FoundingDenied::ByTheOperator),
    }
}

/// Somebody there has the role Partner, which only a partner organization has (B44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Somebody here has the role Partner, which only partner organizations have. Give them another role first.")]
pub struct HasPartners;

/// The kind after a change.
///
/// # Errors
/// [`HasPartners`] where people would be left with a role that makes no sense.
pub const fn change_kind(to: OrgKind, has_partners: bool) -> Result<OrgKind, HasPartners> {
    match to {
        OrgKind::Customer if has_partners => Err(HasPartners),
        OrgKind::Customer | OrgKind::Partner => Ok(to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_founds_is_the_operators_matter() {
        for (founding, owns_one, expected) in [
            (Founding::Owners, true, Ok(())),
            (Founding::Owners, false, Err(FoundingDenied::NotAnOwner)),
            (Founding::Everybody, false, Ok(())),
            (Founding::Nobody, true, Err(FoundingDenied::ByTheOperator)),
            (Founding::Nobody, false, Err(FoundingDenied::ByTheOperator)),
        ] {
            assert_eq!(may_found(founding, owns_one), expected, "{founding:?} {owns_one}");
            assert_eq!(Founding::from_code(founding.code()), Some(founding));
        }
    }

    #[test]
    fn who_is_a_partner_stays_in_a_partner_organization() {
        for (to, has_partners, expected) in [
            (OrgKind::Customer, false, Ok(OrgKind::Customer)),
            (OrgKind::Customer, true, Err(HasPartners)),
            (OrgKind::Partner, true, Ok(OrgKind::Partner)),
        ] {
            assert_eq!(change_kind(to, has_partners), expected);
            assert_eq!(OrgKind::from_code(to.code()), Some(to));
        }
    }

    #[test]
    fn details_are_cleaned_and_bounded() {
        assert_eq!(
            OrgDetails::parse_address("  1  Main St \r\n\r\n Springfield  "),
            Ok("1 Main St\nSpringfield".into())
        );
        assert_eq!(OrgDetails::parse_address(" \n "), Ok(String::new()));
        assert_eq!(OrgDetails::parse_address(&"x".repeat(501)), Err(InvalidDetail::TooLong(500)));
        assert_eq!(OrgDetails::parse_address("a\u{202e}b"), Err(InvalidDetail::Unprintable));
        assert_eq!(OrgDetails::parse_contact(" Ada\nKing "), Ok("Ada King".into()));
        assert_eq!(OrgDetails::parse_contact_email("  "), Ok(None));
        assert!(OrgDetails::parse_contact_email("ada").is_err());
    }
}
