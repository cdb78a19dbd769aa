//! Connections (B40): registering, changing and deleting them and their models. Applications register theirs as somebody in the
//! organization does, or on the command line, see [`crate::registrations`]; for roles on them see [`crate::connection_grants`].

use model::{
    Action, ConnectionId, DataModelId, OrgId, Permission, Permit,
    connection::{
        After, Connection, ConnectionKey, ConnectionName, ConnectionPage, ConnectionRole, ConnectionRow,
        ConnectionsPage, DataModel, InvalidKey, MOST, MOST_MODELS, ModelName, PEOPLE_PAGE, RoleOfPerson, application,
    },
    decide, group,
    id::{Id, InvalidId},
};
use serde_json::json;
use store::{
    Handle, StoreError, Tx, connection_grants, connection_roles,
    connections::{self, Registrar},
    groups,
};

use crate::{Caller, Error, Rollcall, audit::To, change::Change, error::Fields, paging::cut};

/// A connection, as entered.
#[derive(Debug, Clone, Default)]
pub struct EditConnection {
    /// Its key; of one that is there it stays what it is.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// The application that it belongs to.
    pub application: String,
    /// The code of the role that members have to whom nothing was given.
    pub default_role: String,
}

impl Rollcall {
    /// The connections of an organization, and its custom connection roles.
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who may not see people.
    pub async fn connections(&self, caller: &Caller, org: &str) -> Result<ConnectionsPage, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        let mut conn = self.db.read().await?;
        let org_id = &viewer.actor.org_id;
        Ok(ConnectionsPage {
            rows: connections::of_organization(&mut conn, org_id).await?,
            roles: connection_roles::of_organization(&mut conn, org_id).await?,
        })
    }

    /// A connection with a page of the people who have a role of their own on it, behind a place.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an id of another organization (S44), [`Error::Denied`] for somebody who may not see people.
    pub async fn connection(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        after: Option<&After>,
    ) -> Result<ConnectionPage, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        let (now, org_id) = (self.now(), &viewer.actor.org_id);
        let mut conn = self.db.read().await?;
        let row = connection_of(&mut conn, org_id, id).await?;
        let which = (org_id, &row.connection.id);
        let mut people = connection_grants::roles_of_people(&mut conn, which, after, PEOPLE_PAGE + 1, now).await?;
        let next = cut(&mut people, PEOPLE_PAGE).map(RoleOfPerson::after);
        let all_groups = groups::of_organization(&mut conn, org_id).await?;
        Ok(ConnectionPage {
            models: connections::models(&mut conn, &row.connection.id).await?,
            groups: connection_grants::roles_of_groups(&mut conn, &row.connection.id).await?,
            all_groups: all_groups.iter().map(group::Group::named).collect(),
            roles: connection_roles::of_organization(&mut conn, org_id).await?,
            row,
            people,
            next,
            now,
        })
    }

    /// Registers a connection.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::Conflict`] where there are as many as there may be.
    pub async fn create_connection(
        &self,
        caller: &Caller,
        org: &str,
        form: EditConnection,
    ) -> Result<Connection, Error> {
        let (mut change, permit) = self.managing(caller, org).await?;
        let id = self.fresh(change.now);
        let connection = described(id, ConnectionKey::parse(&form.key), &form)?;
        room_for_one(&mut change.tx, permit.org_id()).await?;
        let at = change.now;
        connections::insert(&mut change.tx, Registrar::Permit(&permit), &connection, at).await.map_err(taken)?;
        let detail = told(&connection);
        self.note(&mut change, "connection.registered", To::from(&connection), &detail).await?;
        change.tx.commit().await?;
        Ok(connection)
    }

    /// Changes a connection; its key stays.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::NotFound`].
    pub async fn update_connection(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        form: EditConnection,
    ) -> Result<Connection, Error> {
        let (mut change, permit) = self.managing(caller, org).await?;
        let before = connection_of(&mut change.tx, permit.org_id(), id).await?.connection;
        let after = described(before.id.clone(), Ok(before.key.clone()), &form)?;
        let fields = differences(&before, &after);
        if fields.is_empty() {
            return Ok(after);
        }
        connections::update(&mut change.tx, Registrar::Permit(&permit), &after).await?;
        self.note(&mut change, "connection.changed", To::from(&after), &json!({ "fields": fields })).await?;
        change.tx.commit().await?;
        Ok(after)
    }

    /// Deletes a connection with its models and every role on it, once its key was typed.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another key, [`Error::Denied`], [`Error::NotFound`].
    pub async fn delete_connection(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        typed: &str,
    ) -> Result<Connection, Error> {
        let (mut change, permit) = self.managing(caller, org).await?;
        let connection = connection_of(&mut change.tx, permit.org_id(), id).await?.connection;
        if !connection.key.is_confirmed_by(typed) {
            let why = format!("Type “{}” to confirm.", connection.key.as_str());
            return Err(Error::field("confirm", why));
        }
        connections::delete(&mut change.tx, Registrar::Permit(&permit), &connection.id).await?;
        self.note(&mut change, "connection.deleted", To::from(&connection), &json!({})).await?;
        change.tx.commit().await?;
        Ok(connection)
    }

    /// Adds a model to a connection.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::NotFound`], [`Error::Conflict`] where it has as many as it may.
    pub async fn add_model(&self, caller: &Caller, org: &str, id: &str, name: &str) -> Result<DataModel, Error> {
        let (mut change, permit) = self.managing(caller, org).await?;
        let row = connection_of(&mut change.tx, permit.org_id(), id).await?;
        let name = ModelName::parse(name).map_err(|why| Error::field("name", why))?;
        room_for_a_model(&row)?;
        let model = DataModel { id: self.fresh(change.now), name };
        let (by, at) = (Registrar::Permit(&permit), change.now);
        connections::insert_model(&mut change.tx, by, &row.connection.id, &model, at).await.map_err(name_taken)?;
        let detail = json!({ "model": model.name.as_str() });
        self.note(&mut change, "connection.model_added", To::from(&row.connection), &detail).await?;
        change.tx.commit().await?;
        Ok(model)
    }

    /// Takes a model away, with every role on it alone.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::NotFound`].
    pub async fn remove_model(&self, caller: &Caller, org: &str, id: &str, model: &str) -> Result<DataModel, Error> {
        let (mut change, permit) = self.managing(caller, org).await?;
        let connection = connection_of(&mut change.tx, permit.org_id(), id).await?.connection;
        let model = model_of(&mut change.tx, &connection.id, model).await?.ok_or(Error::NotFound)?;
        connections::delete_model(&mut change.tx, Registrar::Permit(&permit), &connection.id, &model.id).await?;
        let detail = json!({ "model": model.name.as_str() });
        self.note(&mut change, "connection.model_removed", To::from(&connection), &detail).await?;
        change.tx.commit().await?;
        Ok(model)
    }

    /// Begins a change by somebody who decides about connections.
    pub(crate) async fn managing(&self, caller: &Caller, org: &str) -> Result<(Change, Permit), Error> {
        let change = self.change(caller, org).await?;
        change.actor().may_change(Permission::ManageConnections)?;
        let permit = decide(change.actor(), Action::ManageConnections, None)?;
        Ok((change, permit))
    }
}

/// The facts of a connection that the log tells.
pub(crate) fn told(connection: &Connection) -> serde_json::Value {
    let application = Some(&connection.application).filter(|application| !application.is_empty());
    json!({ "application": application, "role_name": connection.default_role.label() })
}

/// What of a connection is another now.
pub(crate) fn differences(before: &Connection, after: &Connection) -> Vec<&'static str> {
    let differs = [
        ("name", after.name != before.name),
        ("description", after.description != before.description),
        ("application", after.application != before.application),
        ("default role", after.default_role != before.default_role),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect()
}

/// The connection that a form describes.
///
/// # Errors
/// [`Error::Invalid`] by field.
pub(crate) fn described(
    id: ConnectionId,
    key: Result<ConnectionKey, InvalidKey>,
    form: &EditConnection,
) -> Result<Connection, Error> {
    let mut fields = Fields::default();
    let key = fields.take("key", key);
    let name = fields.take("name", ConnectionName::parse(&form.name));
    let description = fields.take("description", group::description(&form.description));
    let application = fields.take("application", application(&form.application));
    let default_role = match form.default_role.as_str() {
        "" => Ok(ConnectionRole::default()),
        code => ConnectionRole::from_code(code).ok_or("Choose a role."),
    };
    let default_role = fields.take("default_role", default_role);
    fields.check()?;
    match (key, name, description, application, default_role) {
        (Some(key), Some(name), Some(description), Some(application), Some(default_role)) => {
            Ok(Connection { id, key, name, description, application, default_role })
        }
        _ => Err(Error::Internal),
    }
}

/// Refuses one connection more than there may be.
pub(crate) async fn room_for_one(tx: &mut Tx, org_id: &OrgId) -> Result<(), Error> {
    if connections::count(tx, org_id).await? >= MOST as u64 {
        let why = format!("There can be {MOST} connections here. Delete one that nobody needs first.");
        return Err(Error::Conflict(why));
    }
    Ok(())
}

/// Refuses one model more than there may be.
pub(crate) fn room_for_a_model(of: &ConnectionRow) -> Result<(), Error> {
    if of.models >= MOST_MODELS as u64 {
        let why = format!("A connection can have {MOST_MODELS} models. Remove one that nobody needs first.");
        return Err(Error::Conflict(why));
    }
    Ok(())
}

/// A connection of an organization.
pub(crate) async fn connection_of<H: Handle>(h: &mut H, org_id: &OrgId, id: &str) -> Result<ConnectionRow, Error> {
    let id = Id::parse(id).map_err(|InvalidId| Error::NotFound)?;
    connections::by_id(h, org_id, &id).await?.ok_or(Error::NotFound)
}

/// A model of a connection.
pub(crate) async fn model_of(tx: &mut Tx, connection: &ConnectionId, id: &str) -> Result<Option<DataModel>, Error> {
    let Ok(id) = DataModelId::parse(id) else { return Ok(None) };
    Ok(connections::models(tx, connection).await?.into_iter().find(|model| model.id == id))
}

pub(crate) fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Taken => Error::field("key", "Another connection here has this key."),
        other => other.into(),
    }
}

pub(crate) fn name_taken(error: StoreError) -> Error {
    match error {
        StoreError::Taken => Error::field("name", "Another model of this connection has this name."),
        other => other.into(),
    }
}
