//! The policies that the settings page offers: those that take effect today, each with its words, and how far an
//! organization is from a preset.

use serde::{Deserialize, Serialize};

use super::{DeleteScope, EmailReuse, Onboarding, Policies, Preset, StatusWords};
use crate::{
    PersonState, Role,
    text::thousands,
    time::{DAY, HOUR},
};

/// The shortest time for which an invitation can be valid, in milliseconds (policy E).
pub const MIN_TTL: i64 = HOUR;
/// The longest.
pub const MAX_TTL: i64 = 30 * DAY;
/// The most seats that can be counted (policy M).
pub const MAX_SEATS: u32 = 10_000_000;

/// A policy that can be chosen. One whose feature does not exist yet is no choice, so it is not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKey {
    /// Policy A.
    Onboarding,
    /// Policy E.
    InvitationTtl,
    /// S27.
    CopyLinks,
    /// Policy H.
    DefaultRole,
    /// Policy G.
    AdminGrantable,
    /// Policy G.
    MaxOwners,
    /// Policy F.
    StatusWords,
    /// Policy M.
    Seats,
    /// Policy B.
    DeleteScope,
    /// Policy C.
    EmailReuse,
    /// Policy K.
    InvitationRequests,
    /// Policy J.
    PendingExternals,
    /// Who can be invited at all.
    EmailDomains,
}

impl PolicyKey {
    /// In the order of the page.
    pub const ALL: [Self; 13] = [
        Self::Onboarding,
        Self::EmailDomains,
        Self::InvitationTtl,
        Self::CopyLinks,
        Self::DefaultRole,
        Self::AdminGrantable,
        Self::MaxOwners,
        Self::StatusWords,
        Self::Seats,
        Self::DeleteScope,
        Self::EmailReuse,
        Self::InvitationRequests,
        Self::PendingExternals,
    ];
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Onboarding => "How people join",
            Self::InvitationTtl => "Time to accept",
            Self::CopyLinks => "Copying of links",
            Self::DefaultRole => "First role",
            Self::AdminGrantable => "Admin role",
            Self::MaxOwners => "Owners",
            Self::StatusWords => "Names of the statuses",
            Self::Seats => "Seats",
            Self::DeleteScope => "Deleting people",
            Self::EmailReuse => "Addresses of deleted people",
            Self::InvitationRequests => "New user invitations",
            Self::PendingExternals => "External users",
            Self::EmailDomains => "Who can be invited",
        }
    }
    /// What it settles, in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Onboarding => "How somebody new gets a password of their own.",
            Self::InvitationTtl => {
                "How long an invitation or a temporary password can be used after it was sent. It ends by itself."
            }
            Self::CopyLinks => "Whether who invites sees the link once, to pass it on by other means.",
            Self::DefaultRole => "What somebody is who was invited with no other role, or is an admin no longer.",
            Self::AdminGrantable => "Whether owners and admins can make others admins.",
            Self::MaxOwners => {
                "How many Owners there may be. Ownership is offered, and passes when the other person accepts."
            }
            Self::StatusWords => "How the list calls who has not joined yet, who is in, and who is kept out.",
            Self::Seats => {
                "How many people fit in: who is active or has an open invitation takes a seat. Leave it empty for no limit."
            }
            Self::DeleteScope => {
                "Whom owners and admins can delete for good. Revoking a membership is always possible."
            }
            Self::EmailReuse => "Whether the address of somebody who was deleted can be used for a new account here.",
            Self::InvitationRequests => "Whether who has no account can ask for an invitation on your sign-in page.",
            Self::PendingExternals => {
                "Whether people of other organizations stand on their list before they have accepted."
            }
            Self::EmailDomains => {
                "From which domains addresses can be invited. Leave it empty for any address. Whoever is here already stays, and people of other organizations have domains of their own."
            }
        }
    }
}

/// A policy that has another value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyChange {
    /// Which.
    pub policy: PolicyKey,
    /// The value before, in words.
    pub from: String,
    /// The value afterwards, in words.
    pub to: String,
}

impl Onboarding {
    /// The choices, the default first.
    pub const ALL: [Self; 3] = [Self::Link, Self::TemporaryPassword, Self::Both];

    /// As sent in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::TemporaryPassword => "temporary_password",
            Self::Both => "both",
        }
    }
    /// The choice of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.code() == code)
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Link => "Invitation link",
            Self::TemporaryPassword => "Temporary password",
            Self::Both => "Either of them",
        }
    }
    /// What it means, in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Link => "They get a link by email and choose a password there. Nobody else ever knows it.",
            Self::TemporaryPassword => {
                "An admin creates the account, and its first password goes out by email. It has to be changed at the first \
                 sign-in. Who can read the mailbox, or a copy of the mail, could be faster."
            }
            Self::Both => "Whoever adds people chooses each time.",
        }
    }
    /// Whether people are invited by link.
    pub const fn by_link(self) -> bool {
        matches!(self, Self::Link | Self::Both)
    }
    /// Whether accounts are created with a temporary password (B4).
    pub const fn by_password(self) -> bool {
        matches!(self, Self::TemporaryPassword | Self::Both)
    }
}

impl DeleteScope {
    /// The choices, the default first.
    pub const ALL: [Self; 3] = [Self::Unaccepted, Self::Any, Self::Off];

    /// As sent in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unaccepted => "unaccepted",
            Self::Any => "any",
            Self::Off => "off",
        }
    }
    /// The choice of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.code() == code)
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unaccepted => "Who has not joined yet",
            Self::Any => "Anybody",
            Self::Off => "Nobody",
        }
    }
    /// What it means, in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Unaccepted => "Whoever has joined can be deactivated, or lose the membership.",
            Self::Any => "Their account goes for good, which cannot be undone.",
            Self::Off => "Invitations can be revoked and people deactivated.",
        }
    }
}

/// The longest time for which an address can be kept back, in days (policy C).
pub const MAX_REUSE_DAYS: u16 = 3_650;

/// The most Owners that can be allowed (policy G).
pub const MAX_OWNERS: u16 = 100;

impl EmailReuse {
    /// The codes of the choices, the default first.
    pub const CODES: [&'static str; 3] = ["never", "after_days", "always"];

    /// As sent in forms, without the number of days.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::AfterDays(_) => "after_days",
            Self::Always => "always",
        }
    }
    /// The number of days, where there is one.
    pub const fn days(self) -> Option<u16> {
        match self {
            Self::AfterDays(days) => Some(days),
            Self::Never | Self::Always => None,
        }
    }
    /// As shown.
    pub fn label(self) -> String {
        match self {
            Self::Never => "Never".to_owned(),
            Self::AfterDays(1) => "After 1 day".to_owned(),
            Self::AfterDays(days) => format!("After {} days", thousands(u64::from(days))),
            Self::Always => "At once".to_owned(),
        }
    }
}

/// No number of days up to [`MAX_REUSE_DAYS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a whole number of days, from 1 to 3,650.")]
pub struct InvalidReuse;

/// Reads when an address can be used again. Without a known code there is no choice to read: `None`.
///
/// # Errors
/// [`InvalidReuse`] for a number of days that is none; it counts for that choice alone.
pub fn parse_reuse(code: &str, days: &str) -> Result<Option<EmailReuse>, InvalidReuse> {
    Ok(match code {
        "never" => Some(EmailReuse::Never),
        "always" => Some(EmailReuse::Always),
        "after_days" => match days.trim().parse() {
            Ok(days) if (1..=MAX_REUSE_DAYS).contains(&days) => Some(EmailReuse::AfterDays(days)),
            _ => return Err(InvalidReuse),
        },
        _ => None,
    })
}

/// No number from 1 to [`MAX_OWNERS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a whole number from 1 to 100.")]
pub struct InvalidOwners;

/// Reads how many Owners there may be.
///
/// # Errors
/// [`InvalidOwners`].
pub fn parse_owners(text: &str) -> Result<u16, InvalidOwners> {
    match text.trim().parse() {
        Ok(owners) if (1..=MAX_OWNERS).contains(&owners) => Ok(owners),
        _ => Err(InvalidOwners),
    }
}

impl StatusWords {
    /// The choices, the default first.
    pub const ALL: [Self; 3] = [Self::Deactivated, Self::Disabled, Self::Suspended];

    /// As sent in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Deactivated => "deactivated",
            Self::Disabled => "disabled",
            Self::Suspended => "suspended",
        }
    }
    /// The choice of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.code() == code)
    }
    /// The three words: "Invited, Active, Deactivated".
    pub fn list(self) -> String {
        [PersonState::Invited, PersonState::Active, PersonState::Deactivated].map(|state| self.label(state)).join(", ")
    }
}

/// In what a time is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TtlUnit {
    /// Hours.
    Hours,
    /// Days.
    Days,
}

impl TtlUnit {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Hours, Self::Days];

    /// As sent in forms and as shown.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }
    /// The unit of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.code() == code)
    }
    /// In milliseconds.
    pub const fn millis(self) -> i64 {
        match self {
            Self::Hours => HOUR,
            Self::Days => DAY,
        }
    }
}

/// No time between [`MIN_TTL`] and [`MAX_TTL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a whole number, from 1 hour to 30 days.")]
pub struct InvalidTtl;

/// Reads for how long invitations are valid, in milliseconds.
///
/// # Errors
/// [`InvalidTtl`].
pub fn parse_ttl(number: &str, unit: &str) -> Result<i64, InvalidTtl> {
    let unit = TtlUnit::from_code(unit).ok_or(InvalidTtl)?;
    let number: i64 = number.trim().parse().map_err(|_| InvalidTtl)?;
    let ttl = number.checked_mul(unit.millis()).ok_or(InvalidTtl)?;
    if (MIN_TTL..=MAX_TTL).contains(&ttl) { Ok(ttl) } else { Err(InvalidTtl) }
}

/// No number of seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a whole number from 1 to 10,000,000, or leave it empty for no limit.")]
pub struct InvalidSeats;

/// Reads how many seats there are; nothing means no limit.
///
/// # Errors
/// [`InvalidSeats`].
pub fn parse_seats(text: &str) -> Result<Option<u32>, InvalidSeats> {
    match text.trim() {
        "" => Ok(None),
        number => match number.parse() {
            Ok(seats) if (1..=MAX_SEATS).contains(&seats) => Ok(Some(seats)),
            _ => Err(InvalidSeats),
        },
    }
}

impl Policies {
    /// The roles with which people can begin (policy H).
    pub const FIRST_ROLES: [Role; 2] = [Role::Member, Role::Viewer];

    /// For how long invitations are valid, as it is entered.
    pub const fn ttl(&self) -> (i64, TtlUnit) {
        let unit = if self.invitation_ttl_ms % DAY == 0 { TtlUnit::Days } else { TtlUnit::Hours };
        (self.invitation_ttl_ms / unit.millis(), unit)
    }
    /// The value of a policy, in words.
    pub fn words(&self, key: PolicyKey) -> String {
        match key {
            PolicyKey::Onboarding => self.onboarding.label().to_owned(),
            PolicyKey::InvitationTtl => match self.ttl() {
                (1, TtlUnit::Days) => "1 day".to_owned(),
                (1, TtlUnit::Hours) => "1 hour".to_owned(),
                (n, unit) => format!("{n} {}", unit.code()),
            },
            PolicyKey::CopyLinks => if self.copy_links { "Allowed" } else { "Not allowed" }.to_owned(),
            PolicyKey::DefaultRole => self.default_role.label().to_owned(),
            PolicyKey::AdminGrantable => {
                if self.admin_grantable { "Can be granted" } else { "Cannot be granted" }.to_owned()
            }
            PolicyKey::MaxOwners => match self.max_owners {
                1 => "One".to_owned(),
                n => format!("Up to {n}"),
            },
            PolicyKey::StatusWords => self.status_words.list(),
            PolicyKey::Seats => self.seats.map_or_else(|| "Unlimited".to_owned(), |n| thousands(u64::from(n))),
            PolicyKey::DeleteScope => self.delete_scope.label().to_owned(),
            PolicyKey::EmailReuse => self.email_reuse.label(),
            PolicyKey::EmailDomains if self.email_domains.is_any() => "Any address".to_owned(),
            PolicyKey::EmailDomains => self.email_domains.to_string(),
            PolicyKey::PendingExternals => {
                if self.show_pending_external { "Listed at once" } else { "Listed once they accept" }.to_owned()
            }
            PolicyKey::InvitationRequests => {
                if self.invitation_requests { "Can be requested" } else { "Cannot be requested" }.to_owned()
            }
        }
    }
    /// What is different in the other ones.
    pub fn changes_to(&self, other: &Self) -> Vec<PolicyChange> {
        let change = |policy| PolicyChange { policy, from: self.words(policy), to: other.words(policy) };
        PolicyKey::ALL.into_iter().map(change).filter(|change| change.from != change.to).collect()
    }
    /// The preset that is the nearest, and what is different from it. Of several, the one from which nothing at all is
    /// different, or else the first.
    pub fn nearest(&self) -> (Preset, Vec<PolicyChange>) {
        let apart = |preset: Preset| {
            let policies = Self { version: self.version, ..preset.policies() };
            let changes = policies.changes_to(self);
            ((changes.len(), policies != *self), (preset, changes))
        };
        let mut all = Preset::ALL.map(apart);
        all.sort_by_key(|(distance, _)| *distance);
        let [(_, nearest), ..] = all;
        nearest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_choice_is_told_apart_by_its_code() {
        for choice in Onboarding::ALL {
            assert_eq!(Onboarding::from_code(choice.code()), Some(choice));
        }
        for choice in StatusWords::ALL {
            assert_eq!(StatusWords::from_code(choice.code()), Some(choice));
        }
        assert_eq!(Onboarding::from_code("none"), None);
        for choice in DeleteScope::ALL {
            assert_eq!(DeleteScope::from_code(choice.code()), Some(choice));
        }
        assert_eq!(StatusWords::from_code(""), None);
        assert_eq!(DeleteScope::from_code("everybody"), None);
    }

    #[test]
    fn the_ways_in() {
        for (onboarding, by_link, by_password) in [
            (Onboarding::Link, true, false),
            (Onboarding::TemporaryPassword, false, true),
            (Onboarding::Both, true, true),
        ] {
            assert_eq!((onboarding.by_link(), onboarding.by_password()), (by_link, by_password), "{onboarding:?}");
        }
    }

    #[test]
    fn a_time_is_from_one_hour_to_thirty_days() {
        for (number, unit, ttl) in [
            ("1", "hours", Ok(HOUR)),
            (" 36 ", "hours", Ok(36 * HOUR)),
            ("720", "hours", Ok(30 * DAY)),
            ("721", "hours", Err(InvalidTtl)),
            ("30", "days", Ok(30 * DAY)),
            ("31", "days", Err(InvalidTtl)),
            ("0", "days", Err(InvalidTtl)),
            ("-7", "days", Err(InvalidTtl)),
            ("1.5", "days", Err(InvalidTtl)),
            ("", "days", Err(InvalidTtl)),
            ("7", "weeks", Err(InvalidTtl)),
            ("9223372036854775807", "days", Err(InvalidTtl)),
        ] {
            assert_eq!(parse_ttl(number, unit), ttl, "{number} {unit}");
        }
    }

    #[test]
    fn seats_are_a_number_or_unlimited() {
        for (text, seats) in [
            ("", Ok(None)),
            ("  ", Ok(None)),
            ("1", Ok(Some(1))),
            (" 30 ", Ok(Some(30))),
            ("10000000", Ok(Some(MAX_SEATS))),
            ("10000001", Err(InvalidSeats)),
            ("0", Err(InvalidSeats)),
            ("-1", Err(InvalidSeats)),
            ("30.5", Err(InvalidSeats)),
            ("many", Err(InvalidSeats)),
        ] {
            assert_eq!(parse_seats(text), seats, "{text:?}");
        }
    }

    #[test]
    fn an_address_rests_for_days_or_for_ever() {
        for (code, days, reuse) in [
            ("never", "", Ok(Some(EmailReuse::Never))),
            ("never", "many", Ok(Some(EmailReuse::Never))),
            ("always", "", Ok(Some(EmailReuse::Always))),
            ("after_days", " 30 ", Ok(Some(EmailReuse::AfterDays(30)))),
            ("after_days", "3650", Ok(Some(EmailReuse::AfterDays(3_650)))),
            ("after_days", "3651", Err(InvalidReuse)),
            ("after_days", "0", Err(InvalidReuse)),
            ("after_days", "", Err(InvalidReuse)),
            ("after_days", "70000", Err(InvalidReuse)),
            ("sometimes", "", Ok(None)),
        ] {
            assert_eq!(parse_reuse(code, days), reuse, "{code} {days}");
            if let Ok(Some(reuse)) = reuse {
                assert_eq!(reuse.code(), code);
            }
        }
        assert_eq!(
            [EmailReuse::AfterDays(1), EmailReuse::AfterDays(30)].map(EmailReuse::label),
            ["After 1 day", "After 30 days"]
        );
    }

    #[test]
    fn owners_are_a_number() {
        for (text, owners) in [
            ("1", Ok(1)),
            (" 5 ", Ok(5)),
            ("100", Ok(100)),
            ("101", Err(InvalidOwners)),
            ("0", Err(InvalidOwners)),
            ("-1", Err(InvalidOwners)),
            ("", Err(InvalidOwners)),
            ("two", Err(InvalidOwners)),
        ] {
            assert_eq!(parse_owners(text), owners, "{text:?}");
        }
    }

    #[test]
    fn each_preset_is_nearest_to_itself() {
        for preset in Preset::ALL {
            let stored = Policies { version: 9, ..preset.policies() };
            assert_eq!(stored.nearest(), (preset, Vec::new()));
        }
    }

    #[test]
    fn what_differs_from_the_nearest_preset_is_named() {
        let base = Policies::default();
        let change = |policy, from: &str, to: &str| PolicyChange { policy, from: from.to_owned(), to: to.to_owned() };
        for (policies, preset, changes) in [
            (
                Policies { seats: Some(1_500), ..base.clone() },
                Preset::InvitationLinks,
                vec![change(PolicyKey::Seats, "Unlimited", "1,500")],
            ),
            (
                Policies { invitation_ttl_ms: 36 * HOUR, copy_links: false, ..base.clone() },
                Preset::InvitationLinks,
                vec![
                    change(PolicyKey::InvitationTtl, "7 days", "36 hours"),
                    change(PolicyKey::CopyLinks, "Allowed", "Not allowed"),
                ],
            ),
            (
                Policies { onboarding: Onboarding::Both, ..Preset::AdminCreatedAccounts.policies() },
                Preset::AdminCreatedAccounts,
                vec![change(PolicyKey::Onboarding, "Temporary password", "Either of them")],
            ),
            (
                Policies { default_role: Role::Viewer, invitation_ttl_ms: DAY, max_owners: 3, ..base.clone() },
                Preset::AgencyAndPartners,
                vec![
                    change(PolicyKey::InvitationTtl, "7 days", "1 day"),
                    change(PolicyKey::PendingExternals, "Listed at once", "Listed once they accept"),
                ],
            ),
        ] {
            assert_eq!(policies.nearest(), (preset, changes));
        }
    }
}
