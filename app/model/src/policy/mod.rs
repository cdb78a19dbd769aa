//! Organization policies: where the sources disagree, the organization chooses (table A–M). One typed value with four
//! presets. What later work enforces is stored from the first day, so that a preset chosen at set-up keeps its meaning.
//!
//! What is stored outlives releases: a key that is missing has the default, and one that is not known here is passed over.
//! A value that is not known is refused, since a guess could open what somebody had closed.

mod choices;
mod domains;
mod preview;

pub use choices::{
    InvalidOwners, InvalidReuse, InvalidSeats, InvalidTtl, MAX_OWNERS, MAX_REUSE_DAYS, MAX_SEATS, MAX_TTL, MIN_TTL,
    PolicyChange, PolicyKey, TtlUnit, parse_owners, parse_reuse, parse_seats, parse_ttl,
};
pub use domains::{EmailDomains, InvalidDomains, MAX_DOMAINS};
pub use preview::{PeopleNow, PolicyPreview, PolicySettings, effects};

use serde::{Deserialize, Serialize};

use crate::{PersonState, Role, people::PendingExternals, time::DAY};

/// How people come in (policy A).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Onboarding {
    /// By an invitation link.
    Link,
    /// By a temporary password.
    TemporaryPassword,
    /// The admin chooses each time.
    Both,
}

/// Whom an admin may delete (policy B).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeleteScope {
    /// Only while the invitation is not accepted (B36).
    Unaccepted,
    /// Anybody (B35).
    Any,
    /// Nobody.
    Off,
}

/// Whether the address of a deleted account can be used again (policy C).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailReuse {
    /// Never.
    Never,
    /// After so many days.
    AfterDays(u16),
    /// At once.
    Always,
}

/// The words for the three statuses (policy F): one state machine, three vocabularies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusWords {
    /// Invited, Active, Deactivated.
    Deactivated,
    /// Pending verification, Active, Disabled.
    Disabled,
    /// Invited, Active, Suspended.
    Suspended,
}

impl StatusWords {
    /// The word for a state.
    pub const fn label(self, state: PersonState) -> &'static str {
        match (self, state) {
            (Self::Disabled, PersonState::Invited) => "Pending verification",
            (_, PersonState::Invited) => "Invited",
            (_, PersonState::Expired) => "Expired",
            (_, PersonState::Active) => "Active",
            (Self::Deactivated, PersonState::Deactivated) => "Deactivated",
            (Self::Disabled, PersonState::Deactivated) => "Disabled",
            (Self::Suspended, PersonState::Deactivated) => "Suspended",
        }
    }
}

/// Policies A–M of one organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a yes-or-no row of the table of policies")]
pub struct Policies {
    /// How often they were changed; who saves says which version they looked at.
    pub version: u32,
    /// Policy A.
    pub onboarding: Onboarding,
    /// Policy B.
    pub delete_scope: DeleteScope,
    /// Policy C.
    pub email_reuse: EmailReuse,
    /// Policy E, in milliseconds: one hour to 30 days.
    pub invitation_ttl_ms: i64,
    /// Policy F.
    pub status_words: StatusWords,
    /// Policy G: how many Owners there may be.
    pub max_owners: u16,
    /// Policy G: whether the Admin role can be granted at all.
    pub admin_grantable: bool,
    /// Policy H.
    pub default_role: Role,
    /// Policy J.
    pub show_pending_external: bool,
    /// Policy K.
    pub invitation_requests: bool,
    /// Policy L.
    pub sso: bool,
    /// Policy M: `None` is unlimited.
    pub seats: Option<u32>,
    /// Whether the inviter may copy the link once (S27).
    pub copy_links: bool,
    /// The domains from which people can be invited.
    pub email_domains: EmailDomains,
}

impl Policies {
    /// Policy J, for the lists.
    pub const fn pending_externals(&self) -> PendingExternals {
        if self.show_pending_external { PendingExternals::Shown } else { PendingExternals::Apart }
    }
}

impl Default for Policies {
    fn default() -> Self {
        Preset::InvitationLinks.policies()
    }
}

/// All policies in one go, offered at set-up and in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// The default.
    InvitationLinks,
    /// As in seed 000.
    AdminCreatedAccounts,
    /// As in seeds 001 and 003.
    RequestsAndExpiry,
    /// As in seed 002.
    AgencyAndPartners,
}

impl Preset {
    /// The four presets, the default first.
    pub const ALL: [Self; 4] =
        [Self::InvitationLinks, Self::AdminCreatedAccounts, Self::RequestsAndExpiry, Self::AgencyAndPartners];

    /// As sent in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvitationLinks => "invitation_links",
            Self::AdminCreatedAccounts => "admin_created_accounts",
            Self::RequestsAndExpiry => "requests_and_expiry",
            Self::AgencyAndPartners => "agency_and_partners",
        }
    }
    /// The preset of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::InvitationLinks => "Invitation links",
            Self::AdminCreatedAccounts => "Admin-created accounts",
            Self::RequestsAndExpiry => "Requests and expiry",
            Self::AgencyAndPartners => "Agency and partners",
        }
    }
    /// What choosing it means, in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::InvitationLinks => {
                "People join through a link that is valid for 7 days. The best start for most teams."
            }
            Self::AdminCreatedAccounts => "One administrator creates every account; nobody else can be made an admin.",
            Self::RequestsAndExpiry => {
                "People may ask for an invitation, and suspended is the word for who is locked out."
            }
            Self::AgencyAndPartners => {
                "New people start as viewers, and guests of other organizations are shown while pending."
            }
        }
    }
    /// The policies that it sets.
    pub fn policies(self) -> Policies {
        let base = Policies {
            version: 0,
            onboarding: Onboarding::Link,
            delete_scope: DeleteScope::Unaccepted,
            email_reuse: EmailReuse::Never,
            invitation_ttl_ms: 7 * DAY,
            status_words: StatusWords::Deactivated,
            max_owners: 1,
            admin_grantable: true,
            default_role: Role::Member,
            show_pending_external: false,
            invitation_requests: false,
            sso: true,
            seats: None,
            copy_links: true,
            email_domains: EmailDomains::ANY,
        };
        match self {
            Self::InvitationLinks => base,
            Self::AdminCreatedAccounts => Policies {
                onboarding: Onboarding::TemporaryPassword,
                delete_scope: DeleteScope::Any,
                status_words: StatusWords::Disabled,
                admin_grantable: false,
                ..base
            },
            Self::RequestsAndExpiry => Policies {
                email_reuse: EmailReuse::Always,
                status_words: StatusWords::Suspended,
                max_owners: 5,
                invitation_requests: true,
                ..base
            },
            Self::AgencyAndPartners => {
                Policies { default_role: Role::Viewer, max_owners: 3, show_pending_external: true, ..base }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_another_release_stored_is_read() {
        let read = |stored: serde_json::Value| serde_json::from_value::<Policies>(stored);
        let today = Preset::AgencyAndPartners.policies();
        for (stored, policies) in [
            (json!({}), Policies::default()),
            // As the first release wrote it, before there were versions.
            (
                json!({ "onboarding": "link", "invitation_ttl_ms": 3_600_000, "seats": 5 }),
                Policies { invitation_ttl_ms: 3_600_000, seats: Some(5), ..Policies::default() },
            ),
            // As a later release may write it.
            (
                json!({ "version": 7, "quiet_hours": { "from": 22 }, "default_role": "viewer" }),
                Policies { version: 7, default_role: Role::Viewer, ..Policies::default() },
            ),
            (serde_json::to_value(&today).expect("plain data"), today),
        ] {
            assert_eq!(read(stored).expect("readable"), policies);
        }
        for stored in [json!({ "onboarding": "carrier_pigeon" }), json!({ "admin_grantable": "perhaps" })] {
            assert!(read(stored.clone()).is_err(), "{stored}");
        }
    }

    #[test]
    fn presets_are_told_apart_by_their_codes() {
        for preset in Preset::ALL {
            assert_eq!(Preset::from_code(preset.code()), Some(preset));
        }
        assert_eq!(Policies::default(), Preset::InvitationLinks.policies());
    }

    #[test]
    fn each_vocabulary_has_a_word_for_each_state() {
        let words: Vec<_> = [StatusWords::Deactivated, StatusWords::Disabled, StatusWords::Suspended]
            .map(|w| PersonState::ALL.map(|s| w.label(s)))
            .into_iter()
            .collect();
        assert_eq!(words[0], ["Invited", "Expired", "Active", "Deactivated"]);
        assert_eq!(words[1], ["Pending verification", "Expired", "Active", "Disabled"]);
        assert_eq!(words[2], ["Invited", "Expired", "Active", "Suspended"]);
    }
}
