//! Groups (B38, B41): making, changing and deleting them, and putting people in and out. Many people at once are a job, see
//! [`crate::bulk`].

use model::{
    Action, Denial, GroupGives, GroupId, OrgId, Permission, Role, RoleChoice,
    bulk::BulkOp,
    custom_role::BASES,
    decide,
    explain::past::Was,
    group::{
        CONNECTIONS_SHOWN, Candidate, FOUND, Group, GroupName, GroupPage, GroupRole, GroupsPage, MEMBERS_PAGE, MOST,
        MOST_AT_ONCE, ParentGroup, description,
    },
    id::{Id, InvalidId},
    people::{Cursor, PeopleQuery, Sort, SortBy, Tab},
};
use serde_json::json;
use std::collections::HashSet;
use store::{Handle, StoreError, Tx, attributes, connection_grants, custom_roles, groups};

use crate::{Caller, Error, Rollcall, audit::To, change::Change, error::Fields, paging::cut};

/// A group, as entered.
#[derive(Debug, Clone, Default)]
pub struct EditGroup {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The id of the group that it is a part of; empty for none.
    pub parent: String,
    /// The code of the role that it gives, or the id of a custom one; empty for none.
    pub role: String,
}

impl Rollcall {
    /// The groups of an organization, and the roles that they can give.
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who may not see people.
    pub async fn groups(&self, caller: &Caller, org: &str) -> Result<GroupsPage, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        let mut conn = self.db.read().await?;
        let org_id = &viewer.actor.org_id;
        Ok(GroupsPage {
            groups: groups::of_organization(&mut conn, org_id).await?,
            roles: roles(&mut conn, org_id).await?,
        })
    }

    /// A group with a page of its people by name, behind a place.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an id of another organization (S44), [`Error::Denied`] for somebody who may not see people.
    pub async fn group(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        after: Option<&Cursor>,
    ) -> Result<GroupPage, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        let (now, org_id) = (self.now(), &viewer.actor.org_id);
        let mut conn = self.db.read().await?;
        let group = group_of(&mut conn, org_id, id).await?;
        let mut rows = groups::people(&mut conn, (org_id, &group.id), after, MEMBERS_PAGE + 1, now).await?;
        let next = cut(&mut rows, MEMBERS_PAGE).map(|row| row.cursor(Sort::Up(SortBy::Name), None));
        let all = groups::of_organization(&mut conn, org_id).await?;
        let parents = all.iter().filter(|parent| group.may_stand_under(parent).is_ok()).map(Group::named).collect();
        let subgroups = all.iter().filter(|of| of.parent.as_ref().is_some_and(|parent| parent.group.id == group.id));
        let subgroups = subgroups.map(Group::named).collect();
        let roles = roles(&mut conn, org_id).await?;
        let attributes = attributes::of_group(&mut conn, org_id, &group.id).await?;
        let connections = connection_grants::of_group(&mut conn, &group.id, CONNECTIONS_SHOWN).await?;
        Ok(GroupPage { parents, subgroups, roles, attributes, connections, group, rows, next, now })
    }

    /// People to be put into a group: the first whom a search finds, each with whether they are in it.
    ///
    /// # Errors
    /// As [`Self::group`].
    pub async fn candidates(&self, caller: &Caller, org: &str, id: &str, q: &str) -> Result<Vec<Candidate>, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        let group = group_of(&mut self.db.read().await?, &viewer.actor.org_id, id).await?;
        let mut found = Vec::new();
        if !q.trim().is_empty() {
            for tab in [Tab::Standard, Tab::External] {
                let query = PeopleQuery { tab, q: q.trim().to_owned(), ..PeopleQuery::default() };
                found.extend(self.people_page(caller, org, &query).await?.1.rows);
            }
        }
        found.truncate(FOUND);
        let ids: Vec<_> = found.iter().map(|person| person.target.membership_id.clone()).collect();
        let inside = groups::among(&mut self.db.read().await?, &group.id, &ids).await?;
        let inside: HashSet<_> = inside.into_iter().collect();
        let candidate = |person: model::people::PersonRow| {
            let is_inside = inside.contains(&person.target.membership_id);
            Candidate { person, is_inside }
        };
        Ok(found.into_iter().map(candidate).collect())
    }

    /// Makes a group.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::Conflict`] where there are as many as there may be.
    pub async fn create_group(&self, caller: &Caller, org: &str, form: EditGroup) -> Result<Group, Error> {
        let mut change = self.change(caller, org).await?;
        change.actor().may_change(Permission::ManageGroups)?;
        let id = self.fresh(change.now);
        let group = self.described(&mut change, id, None, form).await?;
        let permit = decide(change.actor(), Action::DefineGroup(group.gives()), None)?;
        if groups::count(&mut change.tx, permit.org_id()).await? >= MOST as u64 {
            let why = format!("There can be {MOST} groups here. Delete one that nobody needs first.");
            return Err(Error::Conflict(why));
        }
        groups::insert(&mut change.tx, &permit, &group, change.now).await.map_err(taken)?;
        let detail = json!({ "role_name": group.role.as_ref().map(|role| &role.label) });
        self.note(&mut change, "group.created", To::from(&group), &detail).await?;
        change.tx.commit().await?;
        Ok(group)
    }

    /// Changes a group. What it gives from then on, everybody has who is in it or in one under it.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`] also for who is in it themselves, [`Error::NotFound`].
    pub async fn update_group(&self, caller: &Caller, org: &str, id: &str, form: EditGroup) -> Result<Group, Error> {
        let mut change = self.change(caller, org).await?;
        change.actor().may_change(Permission::ManageGroups)?;
        let before = group_of(&mut change.tx, &change.viewer.actor.org_id, id).await?;
        let after = self.described(&mut change, before.id.clone(), Some(&before), form).await?;
        let differs = [
            ("name", after.name != before.name),
            ("description", after.description != before.description),
            ("what it is part of", after.parent != before.parent),
            ("role", after.role != before.role),
        ];
        let fields: Vec<&str> = differs.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect();
        if fields.is_empty() {
            return Ok(after);
        }
        let mut gives = GroupGives::default();
        // Another group above gives other roles on connections.
        let other_connections = after.connections && after.parent != before.parent;
        if after.gives() != before.gives() || other_connections {
            gives = after.gives();
            may_take_back(&mut change, &before).await?;
        }
        let permit = decide(change.actor(), Action::DefineGroup(gives), None)?;
        groups::update(&mut change.tx, &permit, &after).await.map_err(taken)?;
        self.note(
            &mut change,
            "group.changed",
            To::from(&after),
            &json!({ "fields": fields, "was": Was::from(&before) }),
        )
        .await?;
        change.tx.commit().await?;
        Ok(after)
    }

    /// Deletes a group. Its people stay, and lose what it gave; the groups under it stand alone.
    ///
    /// # Errors
    /// [`Error::Denied`] also for who is in it themselves, where it gives something; [`Error::NotFound`].
    pub async fn delete_group(&self, caller: &Caller, org: &str, id: &str) -> Result<Group, Error> {
        let mut change = self.change(caller, org).await?;
        change.actor().may_change(Permission::ManageGroups)?;
        let group = group_of(&mut change.tx, &change.viewer.actor.org_id, id).await?;
        if !group.gives().is_nothing() {
            may_take_back(&mut change, &group).await?;
        }
        let permit = decide(change.actor(), Action::DefineGroup(GroupGives::default()), None)?;
        let was = Was { groups: groups::under(&mut change.tx, &group.id).await?, ..Was::from(&group) };
        groups::delete(&mut change.tx, &permit, &group).await?;
        self.note(&mut change, "group.deleted", To::from(&group), &json!({ "was": was })).await?;
        change.tx.commit().await?;
        Ok(group)
    }

    /// Puts people into a group, all of them or none. Yields the group, and how many were not in it before.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the group or one of them is not of the organization, [`Error::Denied`],
    /// [`Error::Conflict`] for nobody or for more than [`MOST_AT_ONCE`].
    pub async fn add_to_group(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        people: &[&str],
    ) -> Result<(Group, u64), Error> {
        let mut change = self.change(caller, org).await?;
        change.actor().may_change(Permission::ManageGroups)?;
        let group = group_of(&mut change.tx, &change.viewer.actor.org_id, id).await?;
        if people.is_empty() {
            return Err(Error::Conflict("Select the people first.".to_owned()));
        }
        if people.len() > MOST_AT_ONCE {
            return Err(Error::Conflict(format!("Add at most {MOST_AT_ONCE} people at once.")));
        }
        let mut added = 0;
        for person in people {
            added += u64::from(self.put_in_or_out(&mut change, &group, person, BulkOp::AddToGroup).await?);
        }
        change.tx.commit().await?;
        Ok((group, added))
    }

    /// Takes somebody out of a group. Yields the group.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the group or the person is not of the organization, [`Error::Denied`].
    pub async fn remove_from_group(&self, caller: &Caller, org: &str, id: &str, person: &str) -> Result<Group, Error> {
        let mut change = self.change(caller, org).await?;
        change.actor().may_change(Permission::ManageGroups)?;
        let group = group_of(&mut change.tx, &change.viewer.actor.org_id, id).await?;
        self.put_in_or_out(&mut change, &group, person, BulkOp::RemoveFromGroup).await?;
        change.tx.commit().await?;
        Ok(group)
    }

    /// Puts somebody into a group or takes them out of it, inside a change; false where it is so already.
    pub(crate) async fn put_in_or_out(
        &self,
        change: &mut Change,
        group: &Group,
        id: &str,
        op: BulkOp,
    ) -> Result<bool, Error> {
        let action = op.action(None, group.gives()).ok_or(Error::Internal)?;
        let (person, permit) = change.permit_on(id, action).await?;
        let (moved, told) = match op {
            BulkOp::AddToGroup => (groups::add(&mut change.tx, &permit, group, &person).await?, "group.joined"),
            _ => (groups::remove(&mut change.tx, &permit, group).await?, "group.left"),
        };
        if moved {
            let detail = json!({ "group": group.name.as_str(), "group_id": group.id });
            self.note(change, told, To::from(&person), &detail).await?;
        }
        Ok(moved)
    }

    /// The group that a form describes.
    async fn described(
        &self,
        change: &mut Change,
        id: GroupId,
        before: Option<&Group>,
        form: EditGroup,
    ) -> Result<Group, Error> {
        let org_id = change.viewer.actor.org_id.clone();
        let parent = match (form.parent.as_str(), GroupId::parse(&form.parent)) {
            ("", _) => Ok(None),
            (_, Ok(id)) => groups::by_id(&mut change.tx, &org_id, &id).await?.map(Some).ok_or(NO_SUCH_GROUP),
            (_, Err(InvalidId)) => Err(NO_SUCH_GROUP),
        };
        let role = role_of_group(&mut change.tx, &org_id, &form.role).await?;
        let mut fields = Fields::default();
        let name = fields.take("name", GroupName::parse(&form.name));
        let description = fields.take("description", description(&form.description));
        let parent = fields.take("parent", parent).flatten();
        if let Some(parent) = &parent {
            let placed = before.map_or_else(|| parent.may_hold_groups(), |before| before.may_stand_under(parent));
            fields.take("parent", placed);
        }
        let role = fields.take("role", role);
        fields.check()?;
        let (Some(name), Some(description), Some(role)) = (name, description, role) else {
            return Err(Error::Internal);
        };
        let above_gives_some = parent.as_ref().is_some_and(|parent| parent.connections);
        let parent = parent.map(|parent| ParentGroup { group: parent.named(), role: parent.role });
        let (subgroups, people) = before.map_or((0, 0), |before| (before.subgroups, before.people));
        let gives_some = match before {
            Some(before) => !connection_grants::of_group(&mut change.tx, &before.id, 1).await?.is_empty(),
            None => false,
        };
        let connections = gives_some || above_gives_some;
        Ok(Group { id, name, description, parent, role, subgroups, people, connections })
    }
}

const NO_SUCH_GROUP: &str = "Choose one of the groups.";
const NO_SUCH_ROLE: &str = "A group can give Admin, Member, Viewer or a custom role.";

/// Whether what a group gives may be given up for something else. Nobody changes their own access, so nobody does who has it.
async fn may_take_back(change: &mut Change, group: &Group) -> Result<(), Error> {
    if group.is_without_people() {
        return Ok(());
    }
    decide(change.actor(), Action::DissolveGroup(group.gives()), None)?;
    let own = change.viewer.actor.membership_id.clone();
    // Nothing that a group gives or takes changes what an Owner may do.
    let is_owner = change.actor().role == Role::Owner;
    if !is_owner && groups::reaches(&mut change.tx, &group.id, &own).await? {
        return Err(Error::Denied(Denial::Yourself));
    }
    Ok(())
}

/// A group of an organization.
pub(crate) async fn group_of<H: Handle>(h: &mut H, org_id: &OrgId, id: &str) -> Result<Group, Error> {
    let id = Id::parse(id).map_err(|InvalidId| Error::NotFound)?;
    groups::by_id(h, org_id, &id).await?.ok_or(Error::NotFound)
}

/// The roles that groups can give: the highest first, then the custom ones by name.
async fn roles<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Vec<GroupRole>, Error> {
    let custom = custom_roles::of_organization(h, org_id).await?;
    Ok(BASES.map(GroupRole::from).into_iter().chain(custom.into_iter().map(GroupRole::from)).collect())
}

/// The role that was chosen for a group, or why there is none such.
async fn role_of_group(
    tx: &mut Tx,
    org_id: &OrgId,
    code: &str,
) -> Result<Result<Option<GroupRole>, &'static str>, Error> {
    if code.is_empty() {
        return Ok(Ok(None));
    }
    Ok(match RoleChoice::try_from(code.to_owned()) {
        Ok(RoleChoice::Base(role)) if BASES.contains(&role) => Ok(Some(role.into())),
        Ok(RoleChoice::Custom(id)) => {
            custom_roles::by_id(tx, org_id, &id).await?.map(|role| Some(role.into())).ok_or(NO_SUCH_ROLE)
        }
        _ => Err(NO_SUCH_ROLE),
    })
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Taken => Error::field("name", "Another group here has this name."),
        other => other.into(),
    }
}
