//! Explains access (N6): why somebody may do something, or may not, and what each reason is. The answer is that of
//! [`crate::decide`], asked of the same [`Holding`]; the reasons are what it is made of.

pub mod past;

use serde::{Deserialize, Serialize};

use crate::{
    Denial, Ends, GroupGrants, Holding, Kind, OrgKind, Permission, PersonState, Role, Timestamp,
    group::{GroupOf, OWN, OwnRole, counts},
    people::{Cursor, OrgSummary, PersonProfile, PersonRow},
};

/// All that decides what somebody may do in an organization at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The role of their own.
    pub own: OwnRole,
    /// The groups that they are in, and those above them.
    pub groups: Vec<GroupOf>,
    /// Native or from elsewhere.
    pub kind: Kind,
    /// What they are at that moment.
    pub state: PersonState,
    /// When access ended, for somebody who is deactivated by that (N5).
    pub access_ended_at: Option<Timestamp>,
    /// What of it has an end that is still to come.
    pub ends: Ends,
    /// What the organization is.
    pub org_kind: OrgKind,
    /// Whether the organization is archived.
    pub archived: bool,
}

impl Facts {
    /// What somebody is now, as their profile says.
    pub fn now(profile: &PersonProfile, org: &OrgSummary) -> Self {
        let target = &profile.row.target;
        Self {
            own: profile.own_role(),
            groups: profile.groups.clone(),
            kind: target.kind,
            state: target.state,
            access_ended_at: profile.access_ended_at,
            ends: profile.row.ends.clone(),
            org_kind: org.kind,
            archived: org.archived_at.is_some(),
        }
    }
    /// What they come to.
    pub fn holding(&self) -> Holding {
        let grants = self.groups.iter().filter_map(|of| of.role.as_ref()).map(|role| role.grant);
        Holding { own: self.own.grant, through_groups: GroupGrants::of(grants, self.kind), kind: self.kind }
    }
}

/// One reason of an [`Explanation`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A role gives it.
    Gives(Source),
    /// A custom role takes it away: deny wins.
    TakesAway(Source),
    /// A role that does not give it.
    GivesNot(Source),
    /// A group's role that somebody of this kind cannot have.
    CountsForNothing(Source),
    /// Nobody of this kind gets it, whatever the role (B47, B53).
    Masked(Kind),
    /// Who is not active may do nothing.
    NotActive {
        /// What they are.
        state: PersonState,
        /// When their access ended, where that is why.
        ended_at: Option<Timestamp>,
    },
    /// The organization is archived: nothing changes in it.
    Archived,
    /// Access has an end that is still to come (N5).
    AccessEnds(Timestamp),
    /// The own role has an end that is still to come.
    RoleEnds {
        /// When.
        at: Timestamp,
        /// The role that follows.
        then: Role,
    },
    /// The base roles that give it, for who has none of them.
    WouldGive(Vec<Role>),
}

/// A role, and where somebody has it from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The role, as shown.
    pub role: String,
    /// In words: `own role`, `through Support`.
    pub whence: String,
}

impl Step {
    /// As a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Gives(Source { role, whence }) => format!("{role} gives it – {whence}."),
            Self::TakesAway(Source { role, whence }) => {
                format!("{role} takes it away – {whence}. What one role takes away, no other gives back.")
            }
            Self::GivesNot(Source { role, whence }) => format!("{role} does not give it – {whence}."),
            Self::CountsForNothing(Source { role, whence }) => {
                format!("{role} counts for nothing – {whence}: people of this kind cannot have that role.")
            }
            Self::Masked(Kind::Support) => "Support staff never get it, whatever their role.".to_owned(),
            Self::Masked(Kind::External) => {
                "People of other organizations never get it, whatever their role.".to_owned()
            }
            Self::Masked(_) => "People without an account here never get it.".to_owned(),
            Self::NotActive { state: PersonState::Deactivated, ended_at: Some(at) } => {
                format!("Their access ended: {} was its last day.", at.last_day_words())
            }
            Self::NotActive { state: PersonState::Deactivated, .. } => "They are deactivated.".to_owned(),
            Self::NotActive { .. } => "They have not joined yet.".to_owned(),
            Self::Archived => "The organization is archived: people can be seen, and nothing changes.".to_owned(),
            Self::AccessEnds(at) => format!("Their access ends: {} is its last day.", at.last_day_words()),
            Self::RoleEnds { at, then } => {
                format!("Their own role ends: {} is its last day, then {}.", at.last_day_words(), then.label())
            }
            Self::WouldGive(roles) => {
                let roles: Vec<&str> = roles.iter().map(|role| role.label()).collect();
                format!("Roles that give it: {}.", roles.join(", "))
            }
        }
    }
    /// Whether it keeps somebody from it who has it otherwise.
    pub const fn denies(&self) -> bool {
        matches!(self, Self::TakesAway(_) | Self::Masked(_) | Self::NotActive { .. })
    }
}

/// Whether somebody may do something, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// What was asked about.
    pub permission: Permission,
    /// Why not, in short; nothing where they may.
    pub denial: Option<Denial>,
    /// The reasons: what decides first.
    pub steps: Vec<Step>,
}

impl Explanation {
    /// Whether they may.
    pub const fn is_allowed(&self) -> bool {
        self.denial.is_none()
    }
}

/// Explains why somebody may use a permission, or may not.
pub fn explain(of: &Facts, permission: Permission) -> Explanation {
    let holding = of.holding();
    let denial = holding.may(of.state, permission).err();
    let is_owner = of.own.grant.base == Role::Owner;
    let own = (of.own.grant, Source { role: of.own.label.clone(), whence: OWN.to_owned() });
    let through = of.groups.iter().filter_map(|group| {
        let role = group.role.as_ref()?;
        Some((role.grant, Source { role: role.label.clone(), whence: group.whence() }))
    });
    let (mut denying, mut giving, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    if of.state != PersonState::Active {
        denying.push(Step::NotActive { state: of.state, ended_at: of.access_ended_at });
    }
    for (i, (grant, source)) in std::iter::once(own).chain(through).enumerate() {
        // Nothing narrows an Owner, and nothing adds to what they hold.
        let idle = i > 0 && is_owner;
        match grant {
            _ if idle => {}
            grant if i > 0 && !counts(grant, of.kind) => rest.push(Step::CountsForNothing(source)),
            grant if grant.withheld.has(permission) && !is_owner => denying.push(Step::TakesAway(source)),
            grant if grant.base.permissions().has(permission) => giving.push(Step::Gives(source)),
            _ => rest.push(Step::GivesNot(source)),
        }
    }
    if matches!(denial, Some(Denial::External | Denial::Support))
        || !crate::PermissionSet::of(&[permission]).masked(of.kind).has(permission)
    {
        denying.push(Step::Masked(of.kind));
    }
    if giving.is_empty() {
        rest.push(Step::WouldGive(giving_roles(permission, of.kind, of.org_kind)));
    }
    let mut steps = denying;
    steps.append(&mut giving);
    steps.append(&mut rest);
    if of.archived {
        steps.push(Step::Archived);
    }
    if denial.is_none() {
        steps.extend(of.ends.access.map(Step::AccessEnds));
        steps.extend(of.ends.role.map(|end| Step::RoleEnds { at: end.at, then: end.then }));
    }
    Explanation { permission, denial, steps }
}

/// The base roles that give a permission to people of a kind.
fn giving_roles(permission: Permission, kind: Kind, org_kind: OrgKind) -> Vec<Role> {
    let there = |role: &Role| *role != Role::Partner || org_kind == OrgKind::Partner;
    let gives = |role: &Role| role.fits(kind) && role.permissions().has(permission);
    Role::ALL.into_iter().filter(there).filter(gives).collect()
}

/// The answer to "why can this person …", as of a day where that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// At the end of which day it was so; `None` for now.
    pub as_of: Option<Timestamp>,
    /// The answer, or why there is none.
    pub answer: Result<Explanation, past::Unknown>,
}

/// How many people one page of who can is looked for among.
pub const LOOKED_AT: usize = 200;

/// A page of who can do something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoCan {
    /// What was asked about.
    pub permission: Permission,
    /// Who can, by name, each with why in short.
    pub people: Vec<Holder>,
    /// From where the search goes on, where it has not come to its end.
    pub next: Option<Cursor>,
    /// The server's clock at reading.
    pub now: Timestamp,
}

/// Somebody who can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Who.
    pub person: PersonRow,
    /// Whether the own role gives it; otherwise it comes through a group.
    pub by_own_role: bool,
}

impl Holder {
    /// The person as one who can, if they can.
    pub fn of(person: PersonRow, permission: Permission) -> Option<Self> {
        let target = &person.target;
        target.holding().may(target.state, permission).ok()?;
        let by_own_role = target.grant().permissions().has(permission);
        Some(Self { person, by_own_role })
    }
}

/// The base roles of a kind of people among whom somebody who can do it has to be looked for; who has it through a group has any.
pub fn roles_to_look_at(permission: Permission, kind: Kind) -> Vec<Role> {
    let gives = |role: &Role| role.permissions_as(kind).has(permission);
    Role::ALL.into_iter().filter(gives).collect()
}

#[cfg(test)]
mod tests;
