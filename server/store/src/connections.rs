//! Connections of the applications behind, and their models (B40). Who was given which role on them: [`crate::connection_grants`].

use model::{
    ConnectionId, DataModelId, OrgId, Permit, Timestamp,
    connection::{
        Connection, ConnectionKey, ConnectionName, ConnectionRole, ConnectionRow, DataModel, ModelName,
        PersonConnection,
    },
    id::Id,
    people::COUNTED_PEOPLE,
};
use serde::Deserialize;

use crate::{
    Handle, StoreError, Tx,
    connection_grants::{self, GivenRow},
    db::{execute, fetch_all, fetch_one, fetch_optional},
    error::one,
};

/// On whose word connections are registered: as somebody in the organization may, or as the operator says on the command
/// line, who holds the database.
#[derive(Debug, Clone, Copy)]
pub enum Registrar<'a> {
    /// Somebody in the organization.
    Permit(&'a Permit),
    /// The operator, in this organization.
    Operator(&'a OrgId),
}

impl Registrar<'_> {
    pub(crate) fn org_id(&self) -> &str {
        match self {
            Self::Permit(permit) => permit.org_id().as_str(),
            Self::Operator(org_id) => org_id.as_str(),
        }
    }
}

macro_rules! connection {
    ($which:literal) => {
        concat!(
            "SELECT c.id, c.key, c.name, c.description, c.application, c.default_role, \
             (SELECT count(*) FROM connection_models d WHERE d.connection_id = c.id) AS models, \
             (SELECT count(DISTINCT x.group_id) FROM connection_groups x WHERE x.connection_id = c.id) AS groups_of, \
             (SELECT count(*) FROM (SELECT DISTINCT x.membership_id FROM connection_people x WHERE x.connection_id = c.id \
             LIMIT $2) AS hits) AS people \
             FROM connections c WHERE c.org_id = $1",
            $which
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    key: String,
    name: String,
    description: String,
    application: String,
    default_role: String,
    models: i64,
    groups_of: i64,
    people: i64,
}

pub(crate) fn role(code: &str) -> Result<ConnectionRole, StoreError> {
    ConnectionRole::from_code(code).ok_or(StoreError::Corrupt("role on a connection"))
}

pub(crate) fn connection_id(text: &str) -> Result<ConnectionId, StoreError> {
    ConnectionId::parse(text).map_err(|_| StoreError::Corrupt("connection id"))
}

pub(crate) fn connection_name(text: &str) -> Result<ConnectionName, StoreError> {
    ConnectionName::parse(text).map_err(|_| StoreError::Corrupt("name of a connection"))
}

pub(crate) fn data_model(id: &str, name: &str) -> Result<DataModel, StoreError> {
    Ok(DataModel {
        id: DataModelId::parse(id).map_err(|_| StoreError::Corrupt("model id"))?,
        name: ModelName::parse(name).map_err(|_| StoreError::Corrupt("name of a model"))?,
    })
}

fn from_row(row: Row) -> Result<ConnectionRow, StoreError> {
    let key = ConnectionKey::parse(&row.key).ok().filter(|key| key.as_str() == row.key);
    Ok(ConnectionRow {
        connection: Connection {
            id: connection_id(&row.id)?,
            key: key.ok_or(StoreError::Corrupt("key of a connection"))?,
            name: connection_name(&row.name)?,
            description: row.description,
            application: row.application,
            default_role: role(&row.default_role)?,
        },
        models: u64::try_from(row.models).unwrap_or(0),
        groups: u64::try_from(row.groups_of).unwrap_or(0),
        people: u64::try_from(row.people).unwrap_or(0),
    })
}

/// Those of an organization, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn of_organization<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Vec<ConnectionRow>, StoreError> {
    let rows: Vec<Row> =
        fetch_all!(h, connection!(" ORDER BY c.name_key, c.id"), org_id.as_str(), COUNTED_PEOPLE.cast_signed())?;
    rows.into_iter().map(from_row).collect()
}

/// How many an organization has.
///
/// # Errors
/// [`StoreError`].
pub async fn count<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<u64, StoreError> {
    let (n,): (i64,) = fetch_one!(h, "SELECT count(*) FROM connections WHERE org_id = $1", org_id.as_str())?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// One of an organization.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    id: &ConnectionId,
) -> Result<Option<ConnectionRow>, StoreError> {
    let row: Option<Row> =
        fetch_optional!(h, connection!(" AND c.id = $3"), org_id.as_str(), COUNTED_PEOPLE.cast_signed(), id.as_str())?;
    row.map(from_row).transpose()
}

/// The one that applications know by a key.
///
/// # Errors
/// [`StoreError`].
pub async fn by_key<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    key: &ConnectionKey,
) -> Result<Option<ConnectionRow>, StoreError> {
    let (org_id, counted) = (org_id.as_str(), COUNTED_PEOPLE.cast_signed());
    let row: Option<Row> = fetch_optional!(h, connection!(" AND c.key = $3"), org_id, counted, key.as_str())?;
    row.map(from_row).transpose()
}

/// The models of a connection of the organization, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn models<H: Handle>(h: &mut H, id: &ConnectionId) -> Result<Vec<DataModel>, StoreError> {
    let rows: Vec<(String, String)> = fetch_all!(
        h,
        "SELECT d.id, d.name FROM connection_models d WHERE d.connection_id = $1 ORDER BY d.connection_id, d.name_key",
        id.as_str()
    )?;
    rows.iter().map(|(id, name)| data_model(id, name)).collect()
}

/// Registers a connection.
///
/// # Errors
/// [`StoreError::Taken`] when another one has its key.
pub async fn insert(tx: &mut Tx, by: Registrar<'_>, connection: &Connection, at: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO connections (id, org_id, key, name, name_key, description, application, default_role, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        connection.id.as_str(),
        by.org_id(),
        connection.key.as_str(),
        connection.name.as_str(),
        connection.name.key(),
        connection.description.as_str(),
        connection.application.as_str(),
        connection.default_role.code(),
        at.millis()
    )?;
    Ok(())
}

/// Changes a connection; its key stays.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Tx, by: Registrar<'_>, connection: &Connection) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE connections SET name = $3, name_key = $4, description = $5, application = $6, default_role = $7 \
         WHERE id = $1 AND org_id = $2",
        connection.id.as_str(),
        by.org_id(),
        connection.name.as_str(),
        connection.name.key(),
        connection.description.as_str(),
        connection.application.as_str(),
        connection.default_role.code()
    )?;
    one(n, GONE)
}

/// Deletes a connection, its models, and every role on it.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Tx, by: Registrar<'_>, id: &ConnectionId) -> Result<(), StoreError> {
    let n = execute!(tx, "DELETE FROM connections WHERE id = $1 AND org_id = $2", id.as_str(), by.org_id())?;
    one(n, GONE)
}

const GONE: &str = "connection is gone";

/// Adds a model to a connection of the organization.
///
/// # Errors
/// [`StoreError::Taken`] when another one of the connection has its name.
pub async fn insert_model(
    tx: &mut Tx,
    by: Registrar<'_>,
    of: &ConnectionId,
    model: &DataModel,
    at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO connection_models (id, org_id, connection_id, name, name_key, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        model.id.as_str(),
        by.org_id(),
        of.as_str(),
        model.name.as_str(),
        model.name.key(),
        at.millis()
    )?;
    Ok(())
}

/// Takes a model away, with every role on it alone.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_model(
    tx: &mut Tx,
    by: Registrar<'_>,
    of: &ConnectionId,
    id: &DataModelId,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM connection_people WHERE connection_id = $1 AND model_id = $2 AND org_id = $3",
        of.as_str(),
        id.as_str(),
        by.org_id()
    )?;
    execute!(
        tx,
        "DELETE FROM connection_groups WHERE connection_id = $1 AND model_id = $2 AND org_id = $3",
        of.as_str(),
        id.as_str(),
        by.org_id()
    )?;
    let n = execute!(
        tx,
        "DELETE FROM connection_models WHERE id = $1 AND connection_id = $2 AND org_id = $3",
        id.as_str(),
        of.as_str(),
        by.org_id()
    )?;
    one(n, "model is gone")
}

/// The columns of [`OF_ORGANIZATION`] that make a [`ListedRow`].
pub(crate) const LISTED_COLUMNS: &str = "id, key, name, application, default_role";

/// The connections of the organization of `page`, by name.
pub(crate) const OF_ORGANIZATION: &str = "SELECT c.id, c.key, c.name, c.application, c.default_role FROM connections c \
     WHERE c.org_id = page.org_id ORDER BY c.org_id, c.name_key, c.id LIMIT 200";

/// A row of it, as the array that JSON makes of it.
#[derive(Deserialize)]
pub(crate) struct ListedRow(String, String, String, String, String);

/// The connections of an organization, each with what came to somebody on it.
pub(crate) fn of_person(listed: Vec<ListedRow>, rows: &[GivenRow]) -> Result<Vec<PersonConnection>, StoreError> {
    let mut by_connection = connection_grants::by_connection(rows)?;
    listed
        .into_iter()
        .map(|ListedRow(id, key, name, application, default_role)| {
            let given = by_connection.remove(&*id).unwrap_or_default();
            let (models, groups_of, people, description) = (0, 0, 0, String::new());
            let row = Row { id, key, name, description, application, default_role, models, groups_of, people };
            Ok(PersonConnection { connection: from_row(row)?.connection, given })
        })
        .collect()
}
