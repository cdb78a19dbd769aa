//! Explaining access (N6): why somebody may do something, now or at the end of a past day, and who can. The model answers; here
//! is gathered what it has to know.

use model::{
    Action, Kind, Permission, Timestamp, decide,
    explain::{
        Facts, Holder, LOOKED_AT, WhoCan, Why, explain,
        past::{self, Line, OF_DEFINITIONS, OF_PERSON, Present, Unknown, Was, facts_at},
        roles_to_look_at,
    },
    group::{GroupName, NamedGroup},
    id::{Id, InvalidId},
    people::{Cursor, Sort, SortBy, Viewer},
};
use serde::Deserialize;
use store::{
    audit, custom_roles, groups,
    people::{self, Among},
};

use crate::{Caller, Error, Rollcall, paging::cut};

/// The kinds of people who hold permissions.
const KINDS: [Kind; 3] = [Kind::Standard, Kind::External, Kind::Support];

impl Rollcall {
    /// Why somebody may use a permission, or may not: now, or at the end of a day given as `2026-11-05`.
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who may not see people, or asks about the past and may not read the log;
    /// [`Error::NotFound`] for an id of another organization (S44).
    pub async fn why(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        permission: Permission,
        on: &str,
    ) -> Result<Why, Error> {
        let (viewer, profile) = self.person(caller, org, id).await?;
        let at = match past::moment(on, profile.now) {
            Ok(Some(at)) => at,
            Ok(None) => {
                let answer = Ok(explain(&Facts::now(&profile, &viewer.org), permission));
                return Ok(Why { as_of: None, answer });
            }
            Err(unknown) => return Ok(Why { as_of: None, answer: Err(unknown) }),
        };
        decide(&viewer.actor, Action::ViewAudit, Some(&profile.row.target))?;
        let id = &profile.row.target.membership_id;
        let person = self.profile_of(caller, &viewer, id).await?;
        let facts = self.facts_at(&viewer, person, at).await?;
        Ok(Why { as_of: Some(at), answer: facts.map(|facts| explain(&facts, permission)) })
    }

    /// What decided about somebody at a moment that is over.
    async fn facts_at(
        &self,
        viewer: &Viewer,
        person: people::Profile,
        at: Timestamp,
    ) -> Result<Result<Facts, Unknown>, Error> {
        let org_id = &viewer.actor.org_id;
        let membership = &person.membership;
        let mut conn = self.db.read().await?;
        // One more than is read tells whether that is all.
        let lines = audit::of_access(&mut conn, (org_id, &membership.id), past::LINES + 1).await?;
        let definitions = audit::of_definitions(&mut conn, org_id, at, past::LINES + 1).await?;
        if lines.len().max(definitions.len()) > past::LINES {
            return Ok(Err(Unknown::TooLong));
        }
        let read = |lines: Vec<audit::Line>, which: &[&str]| {
            lines.into_iter().filter(|line| which.contains(&line.action.as_str())).map(line_of).collect::<Vec<Line>>()
        };
        let (lines, definitions) = (read(lines, OF_PERSON), read(definitions, OF_DEFINITIONS));
        let groups = groups::of_organization(&mut conn, org_id).await?;
        let roles = custom_roles::of_organization(&mut conn, org_id).await?;
        let inside = person.groups.iter().filter(|of| of.via.is_none()).map(|of| of.group.clone()).collect();
        let present = Present {
            person: membership.was(),
            kind: membership.kind,
            inside,
            created_at: membership.created_at,
            joined_at: membership.joined_at,
            groups: &groups,
            roles: &roles,
            org_kind: viewer.org.kind,
            archived: viewer.org.archived_at.is_some(),
        };
        Ok(facts_at(&present, past::Log { person: &lines, definitions: &definitions }, at))
    }

    /// Who can use a permission, from a place on: those among the next [`LOOKED_AT`] who may hold it.
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who may not see people.
    pub async fn who_can(
        &self,
        caller: &Caller,
        org: &str,
        permission: Permission,
        after: Option<&Cursor>,
    ) -> Result<WhoCan, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        let now = self.now();
        let of_kind = |kind| roles_to_look_at(permission, kind).into_iter().map(move |role| (kind, role));
        let roles: Vec<_> = KINDS.into_iter().flat_map(of_kind).collect();
        let look = Among { roles: &roles, after, limit: LOOKED_AT + 1, now };
        let mut conn = self.db.read().await?;
        let mut looked_at = people::holders(&mut conn, &viewer.actor.org_id, look).await?;
        let next = cut(&mut looked_at, LOOKED_AT).map(|row| row.cursor(Sort::Up(SortBy::Name), None));
        let people = looked_at.into_iter().filter_map(|row| Holder::of(row, permission)).collect();
        Ok(WhoCan { permission, people, next, now })
    }
}

/// What of a line's facts is about access.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AboutAccess {
    was: Was,
    group: Option<String>,
    group_id: Option<String>,
    role_id: Option<String>,
}

/// A stored line as the model reads it. What an older release wrote may lack all of it.
fn line_of(line: audit::Line) -> Line {
    let about: AboutAccess = serde_json::from_str(&line.detail).unwrap_or_default();
    let group = about
        .group_id
        .zip(about.group)
        .and_then(|(id, name)| Some(NamedGroup { id: Id::parse(&id).ok()?, name: GroupName::parse(&name).ok()? }));
    Line {
        at: line.at,
        action: line.action,
        target_id: line.target_id.unwrap_or_default(),
        was: about.was,
        group,
        role: about.role_id.and_then(|id| Id::parse(&id).map_err(|InvalidId| ()).ok()),
    }
}
