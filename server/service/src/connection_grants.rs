//! Giving roles on connections and their models to people and groups, and taking them away (B40).

use model::{
    Action, Denial, Email, GroupId, Permit, Role,
    connection::{Connection, ConnectionRoleChoice, DataModel, GivenRole},
    decide,
    group::NamedGroup,
    id::Id,
};
use serde_json::json;
use store::{
    connection_grants::{self, On},
    connection_roles, groups,
    memberships::{self, Membership},
};

use crate::{
    Caller, Error, Rollcall,
    audit::To,
    change::Change,
    connections::{connection_of, model_of},
    error::Fields,
};

/// How many roles groups can give on one connection and its models: its page shows all of them.
const MOST_OF_GROUPS: u64 = 500;

/// To whom a role on a connection is given.
#[derive(Debug, Clone, Copy)]
pub enum RoleFor<'a> {
    /// A person, by the id of their membership.
    Person(&'a str),
    /// A person, by their address.
    Address(&'a str),
    /// Everybody in a group, by its id.
    Group(&'a str),
}

/// A role on a connection, as chosen.
#[derive(Debug, Clone, Copy)]
pub struct GiveConnectionRole<'a> {
    /// For whom.
    pub to: RoleFor<'a>,
    /// The id of the model that it is for alone; empty for the connection.
    pub model: &'a str,
    /// The code of the role, or the id of a custom one; `None` takes away what was given.
    pub role: Option<&'a str>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenConnectionRole {
    /// What the person or the group is called.
    pub name: String,
    /// On what: the connection, or the model of it.
    pub on: String,
    /// What was given; `None` where it was taken away.
    pub role: Option<GivenRole>,
}

impl Rollcall {
    /// Gives a person or a group a role on a connection or on one of its models, or takes it away (B40). Who is invited
    /// has it once they join (B19).
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`] also for a role of one's own, [`Error::NotFound`], [`Error::Conflict`].
    pub async fn give_connection_role(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        give: GiveConnectionRole<'_>,
    ) -> Result<GivenConnectionRole, Error> {
        let (mut change, permit) = self.managing(caller, org).await?;
        // As a profile chooses it from a list.
        if id.is_empty() {
            return Err(Error::field("id", "Choose a connection."));
        }
        let connection = connection_of(&mut change.tx, permit.org_id(), id).await?.connection;
        let mut fields = Fields::default();
        let role = match give.role {
            Some(code) => fields.take("role", chosen(&mut change, code).await?.ok_or("Choose a role.")),
            None => None,
        };
        let model = match give.model {
            "" => None,
            id => {
                let found = model_of(&mut change.tx, &connection.id, id).await?;
                fields.take("model", found.ok_or("Choose one of the models."))
            }
        };
        let what = Gift { connection: &connection, model: model.as_ref(), role: role.as_ref() };
        let name = match give.to {
            RoleFor::Person(id) => {
                fields.check()?;
                let (person, permit) = change.permit_on(id, Action::GiveConnectionRole).await?;
                self.give_to_person(&mut change, (&person, &permit), &what).await?
            }
            RoleFor::Address(address) => {
                let found = person_of(&mut change, address).await?;
                let found = fields.take("email", found);
                fields.check()?;
                let person = found.ok_or(Error::Internal)?;
                let permit = decide(change.actor(), Action::GiveConnectionRole, Some(&person.target(change.now)))?;
                self.give_to_person(&mut change, (&person, &permit), &what).await?
            }
            RoleFor::Group(id) => {
                let found = group_of(&mut change, id).await?;
                let found = fields.take("group", found.ok_or("Choose one of the groups."));
                fields.check()?;
                let group = found.ok_or(Error::Internal)?;
                self.give_to_group(&mut change, (&group, &permit), &what).await?
            }
        };
        change.tx.commit().await?;
        let on = model.as_ref().map_or(connection.name.as_str().to_owned(), |model| what_model(&connection, model));
        Ok(GivenConnectionRole { name, on, role })
    }

    async fn give_to_person(
        &self,
        change: &mut Change,
        (person, permit): (&Membership, &Permit),
        what: &Gift<'_>,
    ) -> Result<String, Error> {
        if connection_grants::role_of_person(&mut change.tx, what.on(), &person.id).await?.as_ref() != what.role {
            connection_grants::set_role_of_person(&mut change.tx, permit, what.on(), person, what.role).await?;
            let action = if what.role.is_some() { "connection.role_given" } else { "connection.role_taken" };
            self.note(change, action, To::from(person), &what.detail()).await?;
        }
        Ok(person.name.display(&person.email))
    }

    /// As of a role that a group gives: nobody but an Owner changes what they are in themselves.
    async fn give_to_group(
        &self,
        change: &mut Change,
        (group, permit): (&NamedGroup, &Permit),
        what: &Gift<'_>,
    ) -> Result<String, Error> {
        let own = change.viewer.actor.membership_id.clone();
        if change.actor().role != Role::Owner && groups::reaches(&mut change.tx, &group.id, &own).await? {
            return Err(Error::Denied(Denial::Yourself));
        }
        let before = connection_grants::role_of_group(&mut change.tx, what.on(), &group.id).await?;
        if before.as_ref() != what.role {
            if before.is_none()
                && connection_grants::count_of_groups(&mut change.tx, &what.connection.id).await? >= MOST_OF_GROUPS
            {
                let why = format!("Groups can give {MOST_OF_GROUPS} roles on a connection. Take one away first.");
                return Err(Error::Conflict(why));
            }
            connection_grants::set_role_of_group(&mut change.tx, permit, what.on(), &group.id, what.role).await?;
            let mut detail = what.detail();
            detail["group_id"] = json!(group.id);
            let to = To { id: Some(group.id.to_string()), name: group.name.as_str().to_owned() };
            let action =
                if what.role.is_some() { "connection.group_role_given" } else { "connection.group_role_taken" };
            self.note(change, action, to, &detail).await?;
        }
        Ok(group.name.as_str().to_owned())
    }
}

/// What is given, and on what.
struct Gift<'a> {
    connection: &'a Connection,
    model: Option<&'a DataModel>,
    role: Option<&'a GivenRole>,
}

impl Gift<'_> {
    fn on(&self) -> On<'_> {
        On { connection: &self.connection.id, model: self.model.map(|model| &model.id) }
    }
    fn detail(&self) -> serde_json::Value {
        json!({
            "connection": self.connection.name.as_str(),
            "connection_id": self.connection.id,
            "model": self.model.map(|model| model.name.as_str()),
            "role_name": self.role.map(GivenRole::label),
        })
    }
}

/// A model by its name and that of its connection.
fn what_model(connection: &Connection, model: &DataModel) -> String {
    format!("{} of {}", model.name.as_str(), connection.name.as_str())
}

/// The role that was chosen, if there is such a one.
async fn chosen(change: &mut Change, code: &str) -> Result<Option<GivenRole>, Error> {
    let org_id = change.viewer.actor.org_id.clone();
    Ok(match ConnectionRoleChoice::parse(code) {
        Some(ConnectionRoleChoice::Base(role)) => Some(role.into()),
        Some(ConnectionRoleChoice::Custom(id)) => {
            connection_roles::by_id(&mut change.tx, &org_id, &id).await?.map(GivenRole::Custom)
        }
        None => None,
    })
}

/// A group of the actor's organization.
async fn group_of(change: &mut Change, id: &str) -> Result<Option<NamedGroup>, Error> {
    let Ok(id) = GroupId::parse(id) else { return Ok(None) };
    let org_id = change.viewer.actor.org_id.clone();
    Ok(groups::by_id(&mut change.tx, &org_id, &id).await?.map(|group| group.named()))
}

/// Who has an address in the actor's organization, or why nobody does.
async fn person_of(change: &mut Change, address: &str) -> Result<Result<Membership, String>, Error> {
    let email = match Email::parse(address) {
        Ok(email) => email,
        Err(why) => return Ok(Err(why.to_string())),
    };
    let org_id = change.viewer.actor.org_id.clone();
    let found = memberships::by_emails(&mut change.tx, &org_id, &[email]).await?.into_iter().next();
    Ok(found.ok_or_else(|| "Nobody here has this address. Invite them first.".to_owned()))
}
