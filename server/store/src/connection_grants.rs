//! Who was given which role on connections and their models (B40): people and groups. What of it comes to somebody is the matter
//! of [`model::connection::effective`].

use model::{
    ConnectionId, ConnectionRoleId, DataModelId, GroupId, MembershipId, OrgId, Permit, Timestamp,
    connection::{
        After, ConnectionPermissions, ConnectionRoleName, CustomConnectionRole, DataModel, Given, GivenRole, Giver,
        GroupConnection, ModelName, RoleOfGroup, RoleOfPerson,
    },
    id::Id,
};
use serde::Deserialize;
use std::collections::HashMap;

use crate::{
    Handle, StoreError, Tx,
    connections::{connection_id, connection_name, data_model, role},
    db::{execute, fetch_all, fetch_one, fetch_optional},
    groups,
    memberships::{self, Membership, columns, target},
};

/// The model that a role is about, where it is about one.
fn on_model(id: &str, name: Option<&str>) -> Result<Option<DataModel>, StoreError> {
    match (id, name) {
        ("", _) => Ok(None),
        (id, Some(name)) => data_model(id, name).map(Some),
        (_, None) => Err(StoreError::Corrupt("model of a role")),
    }
}

fn stored(model: Option<&DataModelId>) -> &str {
    model.map_or("", |id| id.as_str())
}

/// A role as it is stored: that of the ladder, and the custom one of which it is the base.
type Stored = (&'static str, Option<String>);

fn to_store(role: &GivenRole) -> Stored {
    match role {
        GivenRole::Base(role) => (role.code(), None),
        GivenRole::Custom(role) => (role.base.code(), Some(role.id.to_string())),
    }
}

/// What of a custom role stands beside a given one.
#[derive(sqlx::FromRow)]
struct CustomRow {
    custom_id: Option<String>,
    custom_name: Option<String>,
    less: Option<String>,
}

/// The columns of it. Memberships have a `withheld` of their own.
macro_rules! custom {
    () => {
        "r.id AS custom_id, r.name AS custom_name, r.withheld AS less"
    };
}

fn given_role(base: &str, custom: &CustomRow) -> Result<GivenRole, StoreError> {
    let base = role(base)?;
    let (Some(id), Some(name), Some(withheld)) = (&custom.custom_id, &custom.custom_name, &custom.less) else {
        return Ok(base.into());
    };
    custom_role(id, name, base, withheld).map(GivenRole::Custom)
}

/// A custom role by what is stored of it.
pub(crate) fn custom_role(
    id: &str,
    name: &str,
    base: model::connection::ConnectionRole,
    withheld: &str,
) -> Result<CustomConnectionRole, StoreError> {
    Ok(CustomConnectionRole {
        id: ConnectionRoleId::parse(id).map_err(|_| StoreError::Corrupt("id of a role on connections"))?,
        name: ConnectionRoleName::parse(name).map_err(|_| StoreError::Corrupt("name of a role on connections"))?,
        base,
        withheld: ConnectionPermissions::from_codes(withheld),
    })
}

/// On what a role is given: a connection, or one of its models alone.
#[derive(Debug, Clone, Copy)]
pub struct On<'a> {
    /// Which connection.
    pub connection: &'a ConnectionId,
    /// Which of its models, if one alone.
    pub model: Option<&'a DataModelId>,
}

/// The role that a group gives.
///
/// # Errors
/// [`StoreError`].
pub async fn role_of_group<H: Handle>(h: &mut H, on: On<'_>, group: &GroupId) -> Result<Option<GivenRole>, StoreError> {
    let row: Option<RoleRow> = fetch_optional!(
        h,
        concat!(
            "SELECT x.role, ",
            custom!(),
            " FROM connection_groups x LEFT JOIN connection_roles r ON r.id = x.custom_role_id \
             WHERE x.connection_id = $1 AND x.group_id = $2 AND x.model_id = $3"
        ),
        on.connection.as_str(),
        group.as_str(),
        stored(on.model)
    )?;
    row.map(|row| given_role(&row.role, &row.custom)).transpose()
}

/// The role that somebody has of their own.
///
/// # Errors
/// [`StoreError`].
pub async fn role_of_person<H: Handle>(
    h: &mut H,
    on: On<'_>,
    person: &MembershipId,
) -> Result<Option<GivenRole>, StoreError> {
    let row: Option<RoleRow> = fetch_optional!(
        h,
        concat!(
            "SELECT x.role, ",
            custom!(),
            " FROM connection_people x LEFT JOIN connection_roles r ON r.id = x.custom_role_id \
             WHERE x.connection_id = $1 AND x.membership_id = $2 AND x.model_id = $3"
        ),
        on.connection.as_str(),
        person.as_str(),
        stored(on.model)
    )?;
    row.map(|row| given_role(&row.role, &row.custom)).transpose()
}

/// Lets a group of the organization give a role, or none any more.
///
/// # Errors
/// [`StoreError`].
pub async fn set_role_of_group(
    tx: &mut Tx,
    permit: &Permit,
    on: On<'_>,
    group: &GroupId,
    role: Option<&GivenRole>,
) -> Result<(), StoreError> {
    let (connection, model, org_id) = (on.connection.as_str(), stored(on.model), permit.org_id().as_str());
    match role.map(to_store) {
        Some((base, custom)) => execute!(
            tx,
            "INSERT INTO connection_groups (connection_id, group_id, model_id, org_id, role, custom_role_id) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (connection_id, group_id, model_id) \
             DO UPDATE SET role = excluded.role, custom_role_id = excluded.custom_role_id",
            connection,
            group.as_str(),
            model,
            org_id,
            base,
            custom
        )?,
        None => execute!(
            tx,
            "DELETE FROM connection_groups WHERE connection_id = $1 AND group_id = $2 AND model_id = $3 AND org_id = $4",
            connection,
            group.as_str(),
            model,
            org_id
        )?,
    };
    Ok(())
}

/// Gives the permit's target a role of their own, or takes it away.
///
/// # Errors
/// [`StoreError`].
pub async fn set_role_of_person(
    tx: &mut Tx,
    permit: &Permit,
    on: On<'_>,
    person: &Membership,
    role: Option<&GivenRole>,
) -> Result<(), StoreError> {
    let (connection, model, org_id) = (on.connection.as_str(), stored(on.model), permit.org_id().as_str());
    let who = target(permit)?.as_str();
    match role.map(to_store) {
        Some((base, custom)) => execute!(
            tx,
            "INSERT INTO connection_people (connection_id, membership_id, model_id, org_id, role, custom_role_id, sort_name) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (connection_id, membership_id, model_id) \
             DO UPDATE SET role = excluded.role, custom_role_id = excluded.custom_role_id",
            connection,
            who,
            model,
            org_id,
            base,
            custom,
            person.name.sort_key(&person.email)
        )?,
        None => execute!(
            tx,
            "DELETE FROM connection_people WHERE connection_id = $1 AND membership_id = $2 AND model_id = $3 \
             AND org_id = $4",
            connection,
            who,
            model,
            org_id
        )?,
    };
    Ok(())
}

/// Gives somebody another name in the lists of their connections.
pub(crate) async fn rename(tx: &mut Tx, id: &MembershipId, sort_name: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE connection_people SET sort_name = $2 WHERE membership_id = $1 AND sort_name <> $2",
        id.as_str(),
        sort_name
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct RoleRow {
    role: String,
    #[sqlx(flatten)]
    custom: CustomRow,
}

#[derive(sqlx::FromRow)]
struct GroupRow {
    id: String,
    name: String,
    model_id: String,
    model_name: Option<String>,
    role: String,
    #[sqlx(flatten)]
    custom: CustomRow,
}

/// The roles that groups give on a connection of the organization and its models, by the names of the groups.
///
/// # Errors
/// [`StoreError`].
pub async fn roles_of_groups<H: Handle>(h: &mut H, id: &ConnectionId) -> Result<Vec<RoleOfGroup>, StoreError> {
    let rows: Vec<GroupRow> = fetch_all!(
        h,
        concat!(
            "SELECT g.id, g.name, x.model_id, d.name AS model_name, x.role, ",
            custom!(),
            " FROM connection_groups x JOIN groups g ON g.id = x.group_id \
             LEFT JOIN connection_models d ON d.id = x.model_id \
             LEFT JOIN connection_roles r ON r.id = x.custom_role_id \
             WHERE x.connection_id = $1 ORDER BY g.name_key, g.id, COALESCE(d.name_key, '')"
        ),
        id.as_str()
    )?;
    rows.iter()
        .map(|row| {
            Ok(RoleOfGroup {
                group: groups::named(&row.id, &row.name)?,
                model: on_model(&row.model_id, row.model_name.as_deref())?,
                role: given_role(&row.role, &row.custom)?,
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct OfGroupRow {
    id: String,
    name: String,
    model_name: Option<String>,
    role: String,
    #[sqlx(flatten)]
    custom: CustomRow,
}

/// The roles that a group of the organization gives on connections, by the names of those, up to so many.
///
/// # Errors
/// [`StoreError`].
pub async fn of_group<H: Handle>(h: &mut H, group: &GroupId, limit: usize) -> Result<Vec<GroupConnection>, StoreError> {
    let rows: Vec<OfGroupRow> = fetch_all!(
        h,
        concat!(
            "SELECT c.id, c.name, d.name AS model_name, x.role, ",
            custom!(),
            " FROM connection_groups x JOIN connections c ON c.id = x.connection_id \
             LEFT JOIN connection_models d ON d.id = x.model_id \
             LEFT JOIN connection_roles r ON r.id = x.custom_role_id \
             WHERE x.group_id = $1 ORDER BY c.name_key, c.id, COALESCE(d.name_key, '') LIMIT $2"
        ),
        group.as_str(),
        i64::try_from(limit).unwrap_or(i64::MAX)
    )?;
    rows.iter()
        .map(|row| {
            let model = row.model_name.as_deref().map(ModelName::parse).transpose();
            Ok(GroupConnection {
                id: connection_id(&row.id)?,
                name: connection_name(&row.name)?,
                model: model.map_err(|_| StoreError::Corrupt("name of a model"))?,
                role: given_role(&row.role, &row.custom)?,
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    #[sqlx(flatten)]
    person: memberships::Row,
    model_id: String,
    model_name: Option<String>,
    connection_role: String,
    #[sqlx(flatten)]
    custom: CustomRow,
}

/// The roles of people on a connection by their names, behind a place, up to so many.
///
/// # Errors
/// [`StoreError`].
pub async fn roles_of_people<H: Handle>(
    h: &mut H,
    (org_id, id): (&OrgId, &ConnectionId),
    after: Option<&After>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<RoleOfPerson>, StoreError> {
    let rows: Vec<PersonRow> = fetch_all!(
        h,
        concat!(
            "SELECT ",
            columns!(),
            ", x.model_id, d.name AS model_name, x.role AS connection_role, r.id AS custom_id, r.name AS custom_name, \
             r.withheld AS less FROM connection_people x CROSS JOIN memberships m \
             LEFT JOIN connection_models d ON d.id = x.model_id \
             LEFT JOIN connection_roles r ON r.id = x.custom_role_id WHERE m.id = x.membership_id AND m.org_id = $6 AND x.connection_id = $1 \
             AND (x.sort_name, x.membership_id, x.model_id) > ($2, $3, $4) \
             ORDER BY x.sort_name, x.membership_id, x.model_id LIMIT $5"
        ),
        id.as_str(),
        after.map_or("", |after| after.key.as_str()),
        after.map_or("", |after| after.person.as_str()),
        after.map_or("", |after| stored(after.model.as_ref())),
        i64::try_from(limit).unwrap_or(i64::MAX),
        org_id.as_str()
    )?;
    rows.into_iter()
        .map(|row| {
            Ok(RoleOfPerson {
                model: on_model(&row.model_id, row.model_name.as_deref())?,
                role: given_role(&row.connection_role, &row.custom)?,
                person: memberships::from_row(row.person)?.into_row(now),
            })
        })
        .collect()
}

/// How many roles groups give on a connection and its models.
///
/// # Errors
/// [`StoreError`].
pub async fn count_of_groups<H: Handle>(h: &mut H, id: &ConnectionId) -> Result<u64, StoreError> {
    let (n,): (i64,) =
        fetch_one!(h, "SELECT count(*) FROM connection_groups x WHERE x.connection_id = $1", id.as_str())?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// Whether roles on connections come to somebody: of their own, or through their groups.
///
/// # Errors
/// [`StoreError`].
pub async fn come_to<H: Handle>(h: &mut H, person: &MembershipId) -> Result<bool, StoreError> {
    let row: Option<(String,)> = fetch_optional!(
        h,
        "SELECT x.connection_id FROM connection_people x WHERE x.membership_id = $1 \
         UNION ALL \
         SELECT x.connection_id FROM group_members m CROSS JOIN groups g CROSS JOIN connection_groups x \
         WHERE m.membership_id = $1 AND g.id = m.group_id AND x.group_id IN (g.id, g.parent_id) LIMIT 1",
        person.as_str()
    )?;
    Ok(row.is_some())
}

/// The columns of [`OF_PERSON`] that make a [`GivenRow`].
pub(crate) const GIVEN_COLUMNS: &str =
    "connection_id, model_id, model_name, group_id, group_name, via_id, via_name, role, custom_id, custom_name, less";

/// The roles on connections that came to `page.id`: of their own, by their groups, and by those above them. CROSS JOIN keeps
/// SQLite from beginning with all groups that have one above.
pub(crate) const OF_PERSON: &str = "SELECT x.connection_id, x.model_id, d.name AS model_name, NULL AS group_id, \
     NULL AS group_name, NULL AS via_id, NULL AS via_name, x.role, r.id AS custom_id, r.name AS custom_name, \
     r.withheld AS less FROM connection_people x LEFT JOIN connection_models d ON d.id = x.model_id \
     LEFT JOIN connection_roles r ON r.id = x.custom_role_id WHERE x.membership_id = page.id \
     UNION ALL \
     SELECT x.connection_id, x.model_id, d.name, g.id, g.name, NULL, NULL, x.role, r.id, r.name, r.withheld \
     FROM group_members m CROSS JOIN groups g CROSS JOIN connection_groups x \
     LEFT JOIN connection_models d ON d.id = x.model_id LEFT JOIN connection_roles r ON r.id = x.custom_role_id \
     WHERE m.membership_id = page.id AND g.id = m.group_id AND x.group_id = g.id \
     UNION ALL \
     SELECT x.connection_id, x.model_id, d.name, g.id, g.name, c.id, c.name, x.role, r.id, r.name, r.withheld \
     FROM group_members m CROSS JOIN groups c CROSS JOIN groups g CROSS JOIN connection_groups x \
     LEFT JOIN connection_models d ON d.id = x.model_id LEFT JOIN connection_roles r ON r.id = x.custom_role_id \
     WHERE m.membership_id = page.id AND c.id = m.group_id AND g.id = c.parent_id AND x.group_id = g.id";

/// A row of it, as the array that JSON makes of it.
#[derive(Deserialize)]
pub(crate) struct GivenRow {
    connection_id: String,
    model_id: String,
    model_name: Option<String>,
    group_id: Option<String>,
    group_name: Option<String>,
    via_id: Option<String>,
    via_name: Option<String>,
    role: String,
    custom_id: Option<String>,
    custom_name: Option<String>,
    less: Option<String>,
}

fn given(row: &GivenRow) -> Result<Given, StoreError> {
    let group = |id: &Option<String>, name: &Option<String>| match (id, name) {
        (Some(id), Some(name)) => groups::named(id, name).map(Some),
        _ => Ok(None),
    };
    let by = match group(&row.group_id, &row.group_name)? {
        Some(of) => Giver::Group { group: of, via: group(&row.via_id, &row.via_name)? },
        None => Giver::Own,
    };
    let (custom_id, custom_name, less) = (row.custom_id.clone(), row.custom_name.clone(), row.less.clone());
    let role = given_role(&row.role, &CustomRow { custom_id, custom_name, less })?;
    Ok(Given { by, model: on_model(&row.model_id, row.model_name.as_deref())?, role })
}

/// What came to somebody, by the ids of the connections: the own first, then by the names of the groups.
pub(crate) fn by_connection(rows: &[GivenRow]) -> Result<HashMap<&str, Vec<Given>>, StoreError> {
    let mut found: HashMap<&str, Vec<Given>> = HashMap::new();
    for row in rows {
        found.entry(&row.connection_id).or_default().push(given(row)?);
    }
    // Here rather than in SQL, where three lists would be sorted each.
    for given in found.values_mut() {
        given.sort_by_cached_key(|of| {
            let (group, via) = match &of.by {
                Giver::Own => (None, None),
                Giver::Group { group, via } => (Some(group.name.key()), via.as_ref().map(|via| via.name.key())),
            };
            (group, via, of.model.as_ref().map(|model| model.name.key()))
        });
    }
    Ok(found)
}
