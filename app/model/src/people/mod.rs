//! The people grid as data: what can be asked (and stands in the URL), and what comes back.

mod census;
mod export;
mod query;
mod view;

pub use census::{Census, Class, PendingExternals, PeopleCounts};
pub use export::{ExportField, ExportRow, plain_cell, safe_cell};
pub use query::{
    AttributeFilter, Column, Cursor, FILTER_STATES, Filters, From, LoginFilter, Look, MAX_ATTRIBUTE_COLUMNS,
    MAX_ATTRIBUTE_FILTERS, PageSize, PeopleQuery, Sort, SortBy, Tab,
};
pub use view::{
    MAX_VIEW_NAME_CHARS, MAX_VIEWS, Maker, SavedView, Twin, ViewError, ViewLists, ViewName, ViewOp, saving,
};

use serde::{Deserialize, Serialize};

use crate::{
    Action, Email, Ends, Kind, MembershipId, OrgKind, OrgName, PersonName, PersonState, Policies, Role, RoleChoice,
    RoleId, Source, Target, Timestamp,
    attribute::{Attribute, AttributeKey, AttributeLabel, PersonAttribute, ValueType, Values},
    connection::{CustomConnectionRole, PersonConnection},
    custom_role::RoleName,
    decide,
    domain::JoinOffer,
    group::{Access, GroupOf, NamedGroup, OwnRole, access},
    organization::FoundingDenied,
    session::LiveSession,
    support::SupportGrant,
    text::{counted, thousands},
};

/// One row of the grid (B10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Whom it shows; also what [`crate::decide`] is asked about.
    pub target: Target,
    /// The name.
    pub name: PersonName,
    /// The address.
    pub email: Email,
    /// The last login to this organization (B11).
    pub last_login_at: Option<Timestamp>,
    /// When the person was invited or made.
    pub added_at: Timestamp,
    /// How the person came here.
    pub source: Source,
    /// The organization that somebody of another one comes from, where it is known here (B45).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<OrgName>,
    /// The custom role that the role is the base of (B41).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_role: Option<NamedRole>,
    /// What holds of the attributes that are shown (B39), as far as there is a value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<(AttributeKey, Values)>,
    /// What of it has an end that is still to come (N5).
    #[serde(default, skip_serializing_if = "Ends::is_empty")]
    pub ends: Ends,
    /// How far the mail of the latest invitation has come, while somebody is invited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// What a search found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hits: Option<Hits>,
}

/// Who has a role or is in a group is counted up to here, so that a page of them costs the same in any organization.
pub const COUNTED_PEOPLE: u64 = 1_000;

/// How many people were counted so, in words.
pub fn people_in_words(people: u64) -> String {
    match people {
        0 => "Nobody".to_owned(),
        COUNTED_PEOPLE.. => format!("{} people or more", thousands(COUNTED_PEOPLE)),
        n => counted(n, "person", "people"),
    }
}

/// A custom role, as it stands beside a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedRole {
    /// Its id.
    pub id: RoleId,
    /// Its name.
    pub name: RoleName,
}

/// Where the words of a search begin words, as byte ranges.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hits {
    /// Of the displayed name.
    pub name: Vec<(usize, usize)>,
    /// Of the address.
    pub email: Vec<(usize, usize)>,
}

impl PersonRow {
    /// The role as it is chosen.
    pub fn role_choice(&self) -> RoleChoice {
        self.custom_role.as_ref().map_or(self.target.role.into(), |role| RoleChoice::Custom(role.id.clone()))
    }
    /// The role as shown.
    pub fn role_label(&self) -> &str {
        self.custom_role.as_ref().map_or(self.target.role.label(), |role| role.name.as_str())
    }
    /// What holds of an attribute, where it is shown and there is a value.
    pub fn values_of(&self, key: &AttributeKey) -> Option<&Values> {
        self.attributes.iter().find(|(of, _)| of == key).map(|(_, values)| values)
    }
    /// What to call the person.
    pub fn display_name(&self) -> String {
        self.name.display(&self.email)
    }
    /// Notes where the words of a search stand, if there are any.
    pub fn mark(&mut self, words: &[String]) {
        self.hits = (!words.is_empty()).then(|| Hits {
            name: crate::text::hits(&self.display_name(), words),
            email: crate::text::hits(self.email.as_str(), words),
        });
    }
    /// What the row is sorted by: the folded name, the instant in decimal milliseconds (0 for never), or a word and
    /// the folded name behind it.
    pub fn sort_key(&self, by: SortBy) -> String {
        let name = || self.name.sort_key(&self.email);
        let then_name = |word: &str| format!("{word}~{}", name());
        match by {
            SortBy::Name => name(),
            SortBy::Role => then_name(self.target.role.code()),
            SortBy::Status => then_name(self.target.state.stored().code()),
            SortBy::Source => then_name(self.source.code()),
            SortBy::LastLogin => self.last_login_at.map_or(0, Timestamp::millis).to_string(),
            SortBy::Added => self.added_at.millis().to_string(),
        }
    }
    /// The first of the person's words that begin with one that was searched for; empty without one.
    pub fn found_by(&self, word: &str) -> String {
        let mut terms = crate::text::terms(&self.name, &self.email).into_iter();
        terms.find(|term| term.starts_with(word)).unwrap_or_default()
    }
    /// The place of this row in an order; `lead` is the word of a search whose hits are the order of [`Sort::Best`].
    pub fn cursor(&self, sort: Sort, lead: Option<&str>) -> Cursor {
        let key = match (sort, lead) {
            (Sort::Best, Some(lead)) => format!("{}~{}", self.found_by(lead), self.sort_key(SortBy::Name)),
            _ => self.sort_key(sort.by()),
        };
        let second = sort == Sort::Up(SortBy::LastLogin) && self.last_login_at.is_none();
        Cursor { key, id: self.target.membership_id.clone(), second }
    }
}

/// One page of the grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeoplePage {
    /// At most as many rows as were asked for.
    pub rows: Vec<PersonRow>,
    /// Counts of all tabs.
    pub counts: PeopleCounts,
    /// How many match search and filters, where it pays to count them.
    pub matches: Option<u64>,
    /// The groups of the organization, by name.
    #[serde(default)]
    pub groups: Vec<NamedGroup>,
    /// The attributes of the organization, by label (B39).
    #[serde(default)]
    pub attributes: Vec<GridAttribute>,
    /// From where the page in front of this is read, if there is one.
    pub previous: Option<From>,
    /// From where the page behind this is read, if there is one.
    pub next: Option<From>,
    /// The server's clock at reading, for relative words that agree on both sides.
    pub now: Timestamp,
}

/// An attribute as it can be shown as a column, and as the list is narrowed down by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridAttribute {
    /// By what it stands in the URL.
    pub key: AttributeKey,
    /// What people call it.
    pub label: AttributeLabel,
    /// What its values are.
    pub value_type: ValueType,
    /// The values of a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

impl std::convert::From<&Attribute> for GridAttribute {
    fn from(of: &Attribute) -> Self {
        Self { key: of.key.clone(), label: of.label.clone(), value_type: of.value_type, options: of.options.clone() }
    }
}

/// How far the mail of an invitation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Waits for the mail server.
    Queued,
    /// Accepted by the mail server.
    Sent,
    /// Given up after repeated tries.
    Failed,
}

impl Delivery {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
    /// The state of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Queued, Self::Sent, Self::Failed].into_iter().find(|delivery| delivery.code() == code)
    }
    /// As shown beside a person.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Queued => "Mail queued",
            Self::Sent => "Mail sent",
            Self::Failed => "Mail failed",
        }
    }
}

/// A profile page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonProfile {
    /// As in the grid.
    pub row: PersonRow,
    /// When the person accepted.
    pub joined_at: Option<Timestamp>,
    /// When access ended (N5), for somebody who is deactivated by that.
    #[serde(default)]
    pub access_ended_at: Option<Timestamp>,
    /// Until when the invitation may be accepted.
    pub invitation_expires_at: Option<Timestamp>,
    /// Why it has not come further at the last try, as the mail server put it.
    #[serde(default)]
    pub delivery_error: Option<String>,
    /// With what somebody of the vendor's staff was let in (B53).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<SupportGrant>,
    /// The groups that the person is in, and what comes through them (B38).
    #[serde(default)]
    pub groups: Vec<GroupOf>,
    /// The attributes of the organization, and what holds for the person (B39).
    #[serde(default)]
    pub attributes: Vec<PersonAttribute>,
    /// The connections of the organization by name, and what of them came to the person (B40).
    #[serde(default)]
    pub connections: Vec<PersonConnection>,
    /// The custom connection roles of the organization, by name.
    #[serde(default)]
    pub connection_roles: Vec<CustomConnectionRole>,
    /// The browsers in which the person is signed in, the last used first; `None` for who may not end them.
    pub sessions: Option<Vec<LiveSession>>,
    /// The server's clock at reading.
    pub now: Timestamp,
}

impl PersonProfile {
    /// The role of their own.
    pub fn own_role(&self) -> OwnRole {
        let target = &self.row.target;
        let label = match &self.row.custom_role {
            Some(role) => role.name.as_str().to_owned(),
            None => target.role.label_as(target.kind).to_owned(),
        };
        OwnRole { label, grant: target.grant() }
    }
    /// What the person may do here, and where it comes from (B41).
    pub fn access(&self) -> Access {
        access(&self.own_role(), &self.groups, self.row.target.kind)
    }
}

/// Somebody signed in, in one organization: what the shell shows and what controls are decided by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// What [`crate::decide`] is asked about.
    pub actor: crate::Actor,
    /// The person's name here.
    pub name: PersonName,
    /// The person's address.
    pub email: Email,
    /// The organization.
    pub org: OrgSummary,
    /// The query string of the view that the person lands on; empty where that is everybody.
    pub landing: String,
}

impl Viewer {
    /// Whether the viewer sees the Partner section of the organization (B44).
    pub fn sees_partner_section(&self) -> bool {
        decide(&self.actor, Action::ViewPartnerSection, None).is_ok()
    }
    /// Whether that is all that the viewer sees of it, and so what they land on.
    pub fn sees_partner_section_alone(&self) -> bool {
        self.sees_partner_section() && decide(&self.actor, Action::ViewPeople, None).is_err()
    }
}

/// An organization in the shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgSummary {
    /// For URLs.
    pub slug: crate::Slug,
    /// As shown.
    pub name: OrgName,
    /// What it is.
    pub kind: OrgKind,
    /// When it was archived, if it was.
    pub archived_at: Option<Timestamp>,
    /// What governs its people.
    pub policies: Policies,
}

/// One of the organizations that a user belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgMembership {
    /// For URLs.
    pub slug: crate::Slug,
    /// As shown.
    pub name: OrgName,
    /// Whether it is archived.
    pub is_archived: bool,
    /// As what the user belongs there.
    pub kind: Kind,
    /// The user's role there.
    pub role: Role,
    /// The user's state there.
    pub state: PersonState,
    /// Whether somebody offers the user the ownership.
    pub is_offered_ownership: bool,
}

impl OrgMembership {
    /// Whether the user comes in there.
    pub fn is_open(&self) -> bool {
        self.state == PersonState::Active
    }
    /// Whether the user comes in there, and something can be done there.
    pub fn is_in_use(&self) -> bool {
        self.is_open() && !self.is_archived
    }
}

/// An organization that has invited a user, who has not answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgInvitation {
    /// The user's membership to be.
    pub membership_id: MembershipId,
    /// Which organization.
    pub org_name: OrgName,
    /// Who sent it.
    pub invited_by: String,
    /// As what.
    pub kind: Kind,
    /// With which role.
    pub role: Role,
    /// Until when it can be accepted.
    pub expires_at: Timestamp,
}

/// The page of a user's organizations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyOrgs {
    /// Those that the user belongs to, the last used first.
    pub orgs: Vec<OrgMembership>,
    /// Those that wait for an answer.
    pub invitations: Vec<OrgInvitation>,
    /// The one that the user can join by the domain of their address.
    pub joinable: Option<JoinOffer>,
    /// Why the user may not found another one, where that is so.
    pub founding: Result<(), FoundingDenied>,
    /// The server's clock at reading.
    pub now: Timestamp,
}

/// Where somebody of an organization is a guest (B45).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    /// Who, by their membership at home.
    pub membership_id: MembershipId,
    /// What they are called at home.
    pub name: String,
    /// Their address.
    pub email: Email,
    /// The organization where they are a guest.
    pub org_name: OrgName,
    /// Their role there.
    pub role: Role,
    /// Their state there.
    pub state: PersonState,
    /// When they joined there.
    pub since: Option<Timestamp>,
}

/// A page of those.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestsPage {
    /// By name.
    pub guests: Vec<Guest>,
    /// From where the next page is read, if there is one.
    pub next: Option<Cursor>,
    /// The server's clock at reading.
    pub now: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actor, Slug, authority::tests::actor};

    #[test]
    fn who_sees_nothing_but_the_partner_section_lands_there() {
        for (role, org_kind, sees, alone) in [
            (Role::Owner, OrgKind::Partner, true, false),
            (Role::Admin, OrgKind::Partner, true, false),
            (Role::Member, OrgKind::Partner, false, false),
            (Role::Partner, OrgKind::Partner, true, true),
            (Role::Owner, OrgKind::Customer, false, false),
            (Role::Partner, OrgKind::Customer, false, false),
        ] {
            let viewer = Viewer {
                actor: Actor { org_kind, ..actor(role, Kind::Standard) },
                name: PersonName::default(),
                email: Email::parse("ada@engines.example").unwrap(),
                org: OrgSummary {
                    slug: Slug::parse("engines").unwrap(),
                    name: OrgName::parse("Engines").unwrap(),
                    kind: org_kind,
                    archived_at: None,
                    policies: Policies::default(),
                },
                landing: String::new(),
            };
            let told = (viewer.sees_partner_section(), viewer.sees_partner_section_alone());
            assert_eq!(told, (sees, alone), "{role:?} {org_kind:?}");
        }
    }
}
