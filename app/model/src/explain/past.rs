//! What decided about access at the end of a day that is over, from the audit log. Lines that change access keep what was before
//! them ([`Was`]); so the past is the present, but for what the first line after that moment says was otherwise.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use super::Facts;
use crate::{
    CustomRole, Ends, Grant, GroupId, Kind, OrgKind, PersonState, RoleChoice, RoleId, Status, Timestamp,
    group::{Group, GroupName, GroupOf, GroupRole, NamedGroup, OwnRole},
    id::Id as _,
    time::DAY,
};

/// What a line that changes access keeps of what was before.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Was {
    /// What a person was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonWas>,
    /// What a group was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupWas>,
    /// What a custom role gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
    /// What the group or the role was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The groups that gave a custom role that was deleted, or that stood under a group that was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupId>,
}

/// What a person was before a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonWas {
    /// The role of their own, as it was chosen.
    pub choice: RoleChoice,
    /// What it gave.
    pub grant: Grant,
    /// Their status, as stored.
    pub status: Status,
    /// The ends of access and role.
    #[serde(default)]
    pub ends: Ends,
}

/// What a group was before a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupWas {
    /// The role that it gave.
    pub role: Option<GroupRole>,
    /// The group that it stood under.
    pub parent: Option<NamedGroup>,
}

impl From<&Group> for Was {
    fn from(group: &Group) -> Self {
        let parent = group.parent.as_ref().map(|parent| parent.group.clone());
        Self {
            group: Some(GroupWas { role: group.role.clone(), parent }),
            name: Some(group.name.as_str().to_owned()),
            ..Self::default()
        }
    }
}

impl From<&CustomRole> for Was {
    fn from(role: &CustomRole) -> Self {
        Self { grant: Some(role.grant), name: Some(role.name.as_str().to_owned()), ..Self::default() }
    }
}

/// What of a line of the log tells about access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// What, as `noun.verb`.
    pub action: String,
    /// To whom or what.
    pub target_id: String,
    /// What was before.
    pub was: Was,
    /// The group that somebody came to or left.
    pub group: Option<NamedGroup>,
    /// The custom role that somebody got.
    pub role: Option<RoleId>,
}

/// How many lines are read for one answer.
pub const LINES: usize = 2_000;
/// The lines about a person that tell of access.
pub const OF_PERSON: &[&str] = &[
    "membership.role_changed",
    "membership.role_ended",
    "membership.limited",
    "membership.access_ended",
    "membership.activated",
    "membership.deactivated",
    "ownership.accepted",
    "ownership.taken",
    JOINED,
    LEFT,
];
/// The lines about what gives access, and about the organization itself.
pub const OF_DEFINITIONS: &[&str] =
    &[ROLE_CHANGED, ROLE_DELETED, GROUP_CHANGED, GROUP_DELETED, ARCHIVED, "organization.restored"];

/// Those of them after which somebody has another role of their own.
const CHANGING_THE_ROLE: &[&str] =
    &["membership.role_changed", "membership.role_ended", "ownership.accepted", "ownership.taken"];

const JOINED: &str = "group.joined";
const LEFT: &str = "group.left";
const ROLE_CHANGED: &str = "role.changed";
const ROLE_DELETED: &str = "role.deleted";
const GROUP_CHANGED: &str = "group.changed";
const GROUP_DELETED: &str = "group.deleted";
const ARCHIVED: &str = "organization.archived";

/// The moment at the end of a day that somebody chose, as `2026-11-05`; `None`, which is now, where nothing was chosen or it is
/// today.
///
/// # Errors
/// [`Unknown`], worded for the person who typed it.
pub fn moment(day: &str, now: Timestamp) -> Result<Option<Timestamp>, Unknown> {
    let day = day.trim();
    if day.is_empty() {
        return Ok(None);
    }
    let end = Timestamp::end_of_day(day).ok_or(Unknown::NoDay)?.plus(-1);
    match end {
        end if end <= now => Ok(Some(end)),
        // Today is not over yet.
        end if end.plus(-DAY) < now => Ok(None),
        _ => Err(Unknown::ToCome),
    }
}

/// Why nothing is known of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// What was entered is no day.
    #[error("Enter a day as year, month and day, such as 2026-11-05.")]
    NoDay,
    /// It is yet to come.
    #[error("Choose a day that has come.")]
    ToCome,
    /// The person came later.
    #[error("They were not here yet at the end of that day.")]
    NotHereYet,
    /// A line was written by a release that did not keep what was before.
    #[error("The log of that time does not say what their access was.")]
    NotWritten,
    /// There is more of the log than is read for one answer.
    #[error("Too much has changed since that day to tell. Choose a later day.")]
    TooLong,
}

/// How the present comes out of the past.
#[derive(Debug, Clone)]
pub struct Present<'a> {
    /// What somebody is, with the role as it was chosen, and the ends as stored.
    pub person: PersonWas,
    /// Native or from elsewhere.
    pub kind: Kind,
    /// The groups that they are in themselves.
    pub inside: Vec<NamedGroup>,
    /// When they were invited or made.
    pub created_at: Timestamp,
    /// When they accepted.
    pub joined_at: Option<Timestamp>,
    /// The groups of the organization.
    pub groups: &'a [Group],
    /// Its custom roles.
    pub roles: &'a [CustomRole],
    /// What it is.
    pub org_kind: OrgKind,
    /// Whether it is archived.
    pub archived: bool,
}

/// The log, as far as it tells of a person's access.
#[derive(Debug, Clone, Copy)]
pub struct Log<'a> {
    /// The lines [`OF_PERSON`], the oldest first.
    pub person: &'a [Line],
    /// The lines [`OF_DEFINITIONS`] after the moment that is asked about, the oldest first.
    pub definitions: &'a [Line],
}

/// What decided about somebody's access at a moment.
///
/// # Errors
/// [`Unknown`].
pub fn facts_at(present: &Present<'_>, log: Log<'_>, at: Timestamp) -> Result<Facts, Unknown> {
    if at < present.created_at {
        return Err(Unknown::NotHereYet);
    }
    let then = Then { present, log, at };
    let person = then.person()?;
    let (choice, grant) = then.own_role(&person);
    let given = person.ends.grant_at(grant, at);
    // Another role follows where one has ended.
    let label = if given == grant { then.label(&choice, grant) } else { given.base.label_as(present.kind).to_owned() };
    let status = if present.joined_at.is_none_or(|joined| joined > at) { Status::Invited } else { person.status };
    let state = person.ends.state_at(status.at(None, at), at);
    Ok(Facts {
        own: OwnRole { label, grant: given },
        groups: then.groups(),
        kind: present.kind,
        access_ended_at: person.ends.access.filter(|end| *end <= at && state == PersonState::Deactivated),
        state,
        ends: person.ends.pending(at),
        org_kind: present.org_kind,
        archived: then.is_archived(),
    })
}

struct Then<'a> {
    present: &'a Present<'a>,
    log: Log<'a>,
    at: Timestamp,
}

impl<'a> Then<'a> {
    /// The lines about what gives access after the moment.
    fn definitions(&self) -> impl Iterator<Item = &'a Line> + use<'a> {
        let at = self.at;
        self.log.definitions.iter().filter(move |line| line.at > at)
    }

    fn person(&self) -> Result<PersonWas, Unknown> {
        let mut later = self.log.person.iter().filter(|line| line.at > self.at && line.group.is_none());
        match later.next() {
            None => Ok(self.present.person.clone()),
            Some(line) => line.was.person.clone().ok_or(Unknown::NotWritten),
        }
    }

    /// The role of their own as it was chosen, and what it gave by then.
    fn own_role(&self, person: &PersonWas) -> (RoleChoice, Grant) {
        // Who had a custom role that was deleted since got another one without a line of their own.
        let gone = self.custom_role_before().filter(|id| self.deleted(id.as_str(), ROLE_DELETED).is_some());
        let choice = gone.map_or_else(|| person.choice.clone(), RoleChoice::Custom);
        match self.grant_of(&choice) {
            Some(grant) => (choice, grant),
            None => (choice, person.grant),
        }
    }

    /// The custom role that the last line before the moment left them with.
    fn custom_role_before(&self) -> Option<RoleId> {
        let last = self.log.person.iter().rfind(|line| line.at <= self.at && line.was.person.is_some())?;
        match &last.was.person.as_ref()?.choice {
            _ if CHANGING_THE_ROLE.contains(&last.action.as_str()) => last.role.clone(),
            RoleChoice::Custom(id) => Some(id.clone()),
            RoleChoice::Base(_) => None,
        }
    }

    /// The line by which something was deleted since.
    fn deleted(&self, id: &str, action: &str) -> Option<&'a Line> {
        self.definitions().find(|line| line.action == action && line.target_id == id)
    }

    /// What a custom role gave by then.
    fn grant_of(&self, choice: &RoleChoice) -> Option<Grant> {
        let id = match choice {
            RoleChoice::Base(base) => return Some((*base).into()),
            RoleChoice::Custom(id) => id,
        };
        let was = self.definitions().find(|line| line.target_id == id.as_str()).and_then(|line| line.was.grant);
        was.or_else(|| self.present.roles.iter().find(|role| role.id == *id).map(|role| role.grant))
    }

    /// What the role was called by then.
    fn label(&self, choice: &RoleChoice, grant: Grant) -> String {
        let RoleChoice::Custom(id) = choice else { return grant.base.label_as(self.present.kind).to_owned() };
        let was = self.definitions().find(|line| line.target_id == id.as_str()).and_then(|line| line.was.name.clone());
        let now = || self.present.roles.iter().find(|role| role.id == *id).map(|role| role.name.as_str().to_owned());
        was.or_else(now).unwrap_or_else(|| grant.base.label().to_owned())
    }

    /// The groups that they were in, and those above them.
    fn groups(&self) -> Vec<GroupOf> {
        let mentioned = self.log.person.iter().filter_map(|line| line.group.as_ref());
        let all = self.present.inside.iter().chain(mentioned);
        let mut seen = BTreeSet::new();
        let inside = all.filter(|group| seen.insert(group.id.as_str())).filter(|group| self.was_in(&group.id));
        let mut groups: Vec<GroupOf> = inside
            .flat_map(|group| {
                let group = self.named(group);
                let parent = self.parent_of(&group.id).map(|parent| GroupOf {
                    role: self.role_of(&parent.id),
                    group: self.named(&parent),
                    via: Some(group.clone()),
                });
                [Some(GroupOf { role: self.role_of(&group.id), group, via: None }), parent]
            })
            .flatten()
            .collect();
        groups.sort_by_key(|of| (of.group.name.key(), of.via.as_ref().map(|via| via.name.key())));
        groups
    }

    /// Whether they were in a group themselves.
    fn was_in(&self, id: &GroupId) -> bool {
        let of_it = |line: &&Line| line.group.as_ref().is_some_and(|group| group.id == *id);
        let mut lines = self.log.person.iter().filter(of_it);
        if let Some(later) = lines.clone().find(|line| line.at > self.at) {
            return later.action == LEFT;
        }
        if self.present.inside.iter().any(|group| group.id == *id) {
            return true;
        }
        // Whoever was put into it and never left went with it.
        lines.next_back().is_some_and(|line| line.action == JOINED)
            && self.deleted(id.as_str(), GROUP_DELETED).is_some()
    }

    /// The role that a group gave by then.
    fn role_of(&self, id: &GroupId) -> Option<GroupRole> {
        let told = self.definitions().find_map(|line| match line.action.as_str() {
            GROUP_CHANGED | GROUP_DELETED if line.target_id == id.as_str() => {
                line.was.group.as_ref().map(|was| was.role.clone())
            }
            // Groups that gave a role that was deleted give another one since.
            ROLE_DELETED if line.was.groups.contains(id) => {
                let choice = RoleChoice::Custom(RoleId::parse(&line.target_id).ok()?);
                Some(Some(GroupRole { label: String::new(), choice, grant: line.was.grant? }))
            }
            _ => None,
        });
        let role = told.unwrap_or_else(|| self.group(id)?.role.clone());
        role.map(|role| {
            let grant = self.grant_of(&role.choice).unwrap_or(role.grant);
            GroupRole { label: self.label(&role.choice, grant), grant, ..role }
        })
    }

    /// The group that one stood under by then.
    fn parent_of(&self, id: &GroupId) -> Option<NamedGroup> {
        let told = self.definitions().find_map(|line| match line.action.as_str() {
            GROUP_CHANGED | GROUP_DELETED if line.target_id == id.as_str() => {
                line.was.group.as_ref().map(|was| was.parent.clone())
            }
            // What stood under a group that was deleted stands alone since.
            GROUP_DELETED if line.was.groups.contains(id) => {
                let name = GroupName::parse(line.was.name.as_deref()?).ok()?;
                Some(Some(NamedGroup { id: GroupId::parse(&line.target_id).ok()?, name }))
            }
            _ => None,
        });
        told.unwrap_or_else(|| self.group(id)?.parent.as_ref().map(|parent| parent.group.clone()))
    }

    /// A group as it is now, if it is there.
    fn group(&self, id: &GroupId) -> Option<&'a Group> {
        self.present.groups.iter().find(|group| group.id == *id)
    }

    /// What a group was called by then.
    fn named(&self, group: &NamedGroup) -> NamedGroup {
        let line = self.definitions().find(|line| line.target_id == group.id.as_str());
        let was = line.and_then(|line| line.was.name.as_deref()).and_then(|name| GroupName::parse(name).ok());
        let now = || self.group(&group.id).map(|now| now.name.clone());
        NamedGroup { id: group.id.clone(), name: was.or_else(now).unwrap_or_else(|| group.name.clone()) }
    }

    /// Whether the organization was archived.
    fn is_archived(&self) -> bool {
        let mut lines = self.definitions().filter(|line| line.action.starts_with("organization."));
        lines.next().map_or(self.present.archived, |line| line.action != ARCHIVED)
    }
}

#[cfg(test)]
mod tests;
