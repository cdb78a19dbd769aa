//! Custom connection roles: roles on connections less some of what they give (B40, B41). Whoever was given one has its base stored
//! beside it.

use model::{
    ConnectionRoleId, OrgId, Permit, Timestamp,
    connection::{CustomConnectionRole, MOST_CUSTOM},
    id::Id as _,
};

use crate::{
    Handle, StoreError, Tx,
    connection_grants::custom_role,
    connections::role,
    db::{execute, fetch_all, fetch_optional},
    error::one,
};

/// So many are read: one more than there may be.
#[expect(clippy::cast_possible_wrap, reason = "there may be few")]
const MOST: i64 = MOST_CUSTOM as i64 + 1;

/// Also as the array that JSON makes of it.
type Row = (String, String, String, String);

/// The columns of [`OF_ORGANIZATION`] that make a row.
pub(crate) const COLUMNS: &str = "id, name, base, withheld";

/// Those of the organization of `page`, by name.
pub(crate) const OF_ORGANIZATION: &str = "SELECT r.id, r.name, r.base, r.withheld FROM connection_roles r \
     WHERE r.org_id = page.org_id ORDER BY r.org_id, r.name_key LIMIT 50";

pub(crate) fn from_row((id, name, base, withheld): Row) -> Result<CustomConnectionRole, StoreError> {
    custom_role(&id, &name, role(&base)?, &withheld)
}

/// Those of an organization, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn of_organization<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Vec<CustomConnectionRole>, StoreError> {
    let rows: Vec<Row> = fetch_all!(
        h,
        "SELECT r.id, r.name, r.base, r.withheld FROM connection_roles r WHERE r.org_id = $1 \
         ORDER BY r.org_id, r.name_key LIMIT $2",
        org_id.as_str(),
        MOST
    )?;
    rows.into_iter().map(from_row).collect()
}

/// One of an organization.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    id: &ConnectionRoleId,
) -> Result<Option<CustomConnectionRole>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        "SELECT r.id, r.name, r.base, r.withheld FROM connection_roles r WHERE r.org_id = $1 AND r.id = $2",
        org_id.as_str(),
        id.as_str()
    )?;
    row.map(from_row).transpose()
}

/// Makes one.
///
/// # Errors
/// [`StoreError::Taken`] when another one has its name.
pub async fn insert(
    tx: &mut Tx,
    permit: &Permit,
    role: &CustomConnectionRole,
    at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO connection_roles (id, org_id, name, name_key, base, withheld, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        role.id.as_str(),
        permit.org_id().as_str(),
        role.name.as_str(),
        role.name.key(),
        role.base.code(),
        role.withheld.codes(),
        at.millis()
    )?;
    Ok(())
}

/// Gives one another name, and takes other permissions away from everybody who has it. Its base stays.
///
/// # Errors
/// [`StoreError::Taken`] when another one has its name.
pub async fn update(tx: &mut Tx, permit: &Permit, role: &CustomConnectionRole) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE connection_roles SET name = $3, name_key = $4, withheld = $5 WHERE id = $1 AND org_id = $2",
        role.id.as_str(),
        permit.org_id().as_str(),
        role.name.as_str(),
        role.name.key(),
        role.withheld.codes()
    )?;
    one(n, GONE)
}

/// Deletes one. Whoever has it has its base from then on.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Tx, permit: &Permit, id: &ConnectionRoleId) -> Result<(), StoreError> {
    let (id, org_id) = (id.as_str(), permit.org_id().as_str());
    execute!(
        tx,
        "UPDATE connection_people SET custom_role_id = NULL WHERE custom_role_id = $1 AND org_id = $2",
        id,
        org_id
    )?;
    execute!(
        tx,
        "UPDATE connection_groups SET custom_role_id = NULL WHERE custom_role_id = $1 AND org_id = $2",
        id,
        org_id
    )?;
    let n = execute!(tx, "DELETE FROM connection_roles WHERE id = $1 AND org_id = $2", id, org_id)?;
    one(n, GONE)
}

const GONE: &str = "role on connections is gone";
