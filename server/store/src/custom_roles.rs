//! Custom roles: base roles less some permissions (B41). What one takes away stands in the memberships that have it as well.

use model::{
    CustomRole, Grant, OrgId, PermissionSet, Permit, Role, RoleId, Timestamp,
    custom_role::RoleName,
    id::Id,
    people::{COUNTED_PEOPLE, NamedRole},
};

use crate::{
    Handle, StoreError, Tx,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    error::one,
    groups,
    memberships::Membership,
};

macro_rules! role {
    ($which:literal) => {
        concat!(
            "SELECT c.id, c.name, c.base, c.withheld, \
             (SELECT count(*) FROM (SELECT 1 AS hit FROM memberships m WHERE m.custom_role_id = c.id LIMIT $2) AS hits) AS people, \
             (SELECT count(*) FROM groups g WHERE g.custom_role_id = c.id) AS groups_of \
             FROM custom_roles c WHERE c.org_id = $1",
            $which
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    base: String,
    withheld: String,
    people: i64,
    groups_of: i64,
}

fn from_row(row: Row) -> Result<CustomRole, StoreError> {
    Ok(CustomRole {
        id: RoleId::parse(&row.id).map_err(|_| StoreError::Corrupt("role id"))?,
        name: RoleName::parse(&row.name).map_err(|_| StoreError::Corrupt("name of a role"))?,
        grant: Grant {
            base: Role::from_code(&row.base).ok_or(StoreError::Corrupt("role"))?,
            withheld: PermissionSet::from_codes(&row.withheld),
        },
        people: u64::try_from(row.people).unwrap_or(0),
        groups: u64::try_from(row.groups_of).unwrap_or(0),
    })
}

/// Those of an organization, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn of_organization<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Vec<CustomRole>, StoreError> {
    let rows: Vec<Row> = fetch_all!(h, role!(" ORDER BY c.name_key"), org_id.as_str(), COUNTED_PEOPLE.cast_signed())?;
    rows.into_iter().map(from_row).collect()
}

/// How many an organization has.
///
/// # Errors
/// [`StoreError`].
pub async fn count<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<u64, StoreError> {
    let (n,): (i64,) = fetch_one!(h, "SELECT count(*) FROM custom_roles WHERE org_id = $1", org_id.as_str())?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// One of an organization.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(h: &mut H, org_id: &OrgId, id: &RoleId) -> Result<Option<CustomRole>, StoreError> {
    let row: Option<Row> =
        fetch_optional!(h, role!(" AND c.id = $3"), org_id.as_str(), COUNTED_PEOPLE.cast_signed(), id.as_str())?;
    row.map(from_row).transpose()
}

/// The custom role of a membership, by its name, where it has one that has not ended.
pub(crate) fn named(of: &Membership, name: &str, now: Timestamp) -> Option<NamedRole> {
    let id = of.custom_role.clone().filter(|_| of.target(now).grant().is_custom())?;
    Some(NamedRole { id, name: RoleName::parse(name).ok()? })
}

/// Makes a custom role.
///
/// # Errors
/// [`StoreError::Taken`] when another one has its name.
pub async fn insert(tx: &mut Tx, permit: &Permit, role: &CustomRole, at: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO custom_roles (id, org_id, name, name_key, base, withheld, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        role.id.as_str(),
        permit.org_id().as_str(),
        role.name.as_str(),
        role.name.key(),
        role.grant.base.code(),
        role.grant.withheld.codes(),
        at.millis()
    )?;
    Ok(())
}

/// Gives a custom role another name, and takes other permissions away from everybody who has it, also through a group. Its base stays.
///
/// # Errors
/// [`StoreError::Taken`] when another one has its name.
pub async fn update(tx: &mut Tx, permit: &Permit, role: &CustomRole) -> Result<(), StoreError> {
    let before: Option<(String,)> = fetch_optional!(
        tx,
        "SELECT withheld FROM custom_roles WHERE id = $1 AND org_id = $2",
        role.id.as_str(),
        permit.org_id().as_str()
    )?;
    let n = execute!(
        tx,
        "UPDATE custom_roles SET name = $3, name_key = $4, withheld = $5 WHERE id = $1 AND org_id = $2 AND base = $6",
        role.id.as_str(),
        permit.org_id().as_str(),
        role.name.as_str(),
        role.name.key(),
        role.grant.withheld.codes(),
        role.grant.base.code()
    )?;
    one(n, GONE)?;
    // Another name is no reason to write everybody anew who has it.
    if before.is_some_and(|(withheld,)| withheld == role.grant.withheld.codes()) {
        return Ok(());
    }
    execute!(
        tx,
        "UPDATE memberships SET withheld = $3 WHERE custom_role_id = $1 AND org_id = $2 AND withheld <> $3",
        role.id.as_str(),
        permit.org_id().as_str(),
        role.grant.withheld.codes()
    )?;
    for group in groups::of_custom_role(tx, &role.id).await? {
        groups::remake_of(tx, &group).await?;
    }
    Ok(())
}

/// Takes a custom role away. Who has it, and what group gives it, gets another one of the same base instead, or the base role
/// itself, so that nobody is counted anew.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(
    tx: &mut Tx,
    permit: &Permit,
    role: &CustomRole,
    instead: Option<&CustomRole>,
) -> Result<(), StoreError> {
    if instead.is_some_and(|instead| instead.grant.base != role.grant.base) {
        return Err(StoreError::Corrupt("replacement of another base"));
    }
    execute!(
        tx,
        "UPDATE memberships SET custom_role_id = $3, withheld = $4 WHERE custom_role_id = $1 AND org_id = $2",
        role.id.as_str(),
        permit.org_id().as_str(),
        instead.map(|role| role.id.as_str().to_owned()),
        instead.map(|role| role.grant.withheld.codes()).unwrap_or_default()
    )?;
    let giving = groups::of_custom_role(tx, &role.id).await?;
    execute!(
        tx,
        "UPDATE groups SET custom_role_id = $3 WHERE custom_role_id = $1 AND org_id = $2",
        role.id.as_str(),
        permit.org_id().as_str(),
        instead.map(|role| role.id.as_str().to_owned())
    )?;
    for group in giving {
        groups::remake_of(tx, &group).await?;
    }
    let n = execute!(
        tx,
        "DELETE FROM custom_roles WHERE id = $1 AND org_id = $2",
        role.id.as_str(),
        permit.org_id().as_str()
    )?;
    one(n, GONE)
}

const GONE: &str = "custom role is gone";
