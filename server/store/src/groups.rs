//! Groups, and who is in them (B38). What comes to somebody through groups stands in their membership as well, and is made
//! anew by one statement whenever something changes of it.

use model::{
    Grant, GroupGrants, GroupId, Kind, MembershipId, OrgId, PermissionSet, Permit, Role, RoleChoice, RoleId, Timestamp,
    group::{Group, GroupName, GroupOf, GroupRole, MOST, NamedGroup, ParentGroup},
    id::Id,
    people::{COUNTED_PEOPLE, Cursor, PersonRow},
};

use serde::Deserialize;

use crate::{
    Handle, StoreError, Tx, attributes,
    bulk::select_in,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    error::one,
    memberships::{self, Membership, columns, target},
};

macro_rules! group {
    ($which:literal) => {
        concat!(
            "SELECT g.id, g.name, g.description, g.role, g.custom_role_id, r.name AS role_name, r.withheld, \
             p.id AS parent_id, p.name AS parent_name, p.role AS parent_role, p.custom_role_id AS parent_custom_role_id, \
             pr.name AS parent_role_name, pr.withheld AS parent_withheld, \
             (SELECT count(*) FROM groups c WHERE c.parent_id = g.id) AS subgroups, \
             (SELECT count(*) FROM (SELECT 1 AS hit FROM group_members x WHERE x.group_id = g.id LIMIT $2) AS hits) AS people, \
             (SELECT count(*) FROM (SELECT 1 AS hit FROM connection_groups x WHERE x.group_id IN (g.id, g.parent_id) LIMIT 1) \
             AS hits) AS connections \
             FROM groups g LEFT JOIN custom_roles r ON r.id = g.custom_role_id \
             LEFT JOIN groups p ON p.id = g.parent_id LEFT JOIN custom_roles pr ON pr.id = p.custom_role_id \
             WHERE g.org_id = $1",
            $which
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    description: String,
    role: Option<String>,
    custom_role_id: Option<String>,
    role_name: Option<String>,
    withheld: Option<String>,
    parent_id: Option<String>,
    parent_name: Option<String>,
    parent_role: Option<String>,
    parent_custom_role_id: Option<String>,
    parent_role_name: Option<String>,
    parent_withheld: Option<String>,
    subgroups: i64,
    people: i64,
    connections: i64,
}

/// A group by its stored id and name.
pub(crate) fn named(id: &str, name: &str) -> Result<NamedGroup, StoreError> {
    Ok(NamedGroup {
        id: GroupId::parse(id).map_err(|_| StoreError::Corrupt("group id"))?,
        name: GroupName::parse(name).map_err(|_| StoreError::Corrupt("name of a group"))?,
    })
}

/// The role that a group gives: its base, and the id, the name and the losses of a custom one.
fn role(
    base: Option<&str>,
    custom: (Option<&str>, Option<String>),
    withheld: Option<&str>,
) -> Result<Option<GroupRole>, StoreError> {
    let Some(base) = base else { return Ok(None) };
    let base = Role::from_code(base).ok_or(StoreError::Corrupt("role"))?;
    let grant = Grant { base, withheld: PermissionSet::from_codes(withheld.unwrap_or_default()) };
    Ok(Some(match custom {
        (Some(id), Some(label)) => {
            let id = RoleId::parse(id).map_err(|_| StoreError::Corrupt("role id"))?;
            GroupRole { choice: RoleChoice::Custom(id), label, grant }
        }
        _ => GroupRole { choice: base.into(), label: base.label().to_owned(), grant },
    }))
}

fn from_row(row: Row) -> Result<Group, StoreError> {
    let NamedGroup { id, name } = named(&row.id, &row.name)?;
    let parent = match (&row.parent_id, &row.parent_name) {
        (Some(id), Some(name)) => Some(ParentGroup {
            group: named(id, name)?,
            role: role(
                row.parent_role.as_deref(),
                (row.parent_custom_role_id.as_deref(), row.parent_role_name),
                row.parent_withheld.as_deref(),
            )?,
        }),
        _ => None,
    };
    Ok(Group {
        id,
        name,
        description: row.description,
        parent,
        role: role(row.role.as_deref(), (row.custom_role_id.as_deref(), row.role_name), row.withheld.as_deref())?,
        subgroups: u64::try_from(row.subgroups).unwrap_or(0),
        people: u64::try_from(row.people).unwrap_or(0),
        connections: row.connections > 0,
    })
}

/// Those of an organization, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn of_organization<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Vec<Group>, StoreError> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let rows: Vec<Row> = fetch_all!(
        h,
        group!(" ORDER BY g.org_id, g.name_key LIMIT $3"),
        org_id.as_str(),
        COUNTED_PEOPLE.cast_signed(),
        most
    )?;
    rows.into_iter().map(from_row).collect()
}

/// How many an organization has.
///
/// # Errors
/// [`StoreError`].
pub async fn count<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<u64, StoreError> {
    let (n,): (i64,) = fetch_one!(h, "SELECT count(*) FROM groups WHERE org_id = $1", org_id.as_str())?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// One of an organization.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(h: &mut H, org_id: &OrgId, id: &GroupId) -> Result<Option<Group>, StoreError> {
    let row: Option<Row> =
        fetch_optional!(h, group!(" AND g.id = $3"), org_id.as_str(), COUNTED_PEOPLE.cast_signed(), id.as_str())?;
    row.map(from_row).transpose()
}

/// What stands in a membership comes to this for somebody of a kind.
pub(crate) fn through(text: &str, kind: Kind) -> Result<GroupGrants, StoreError> {
    let read = |grant: &str| {
        let (base, withheld) = grant.split_once(':')?;
        Some(Grant { base: Role::from_code(base)?, withheld: PermissionSet::from_codes(withheld) })
    };
    let grants = text.split(';').filter(|grant| !grant.is_empty()).map(read).collect::<Option<Vec<Grant>>>();
    Ok(GroupGrants::of(grants.ok_or(StoreError::Corrupt("what groups give"))?, kind))
}

/// Makes what comes to people through groups anew; which people, stands behind it. What one gives who is in a group, and what
/// the group above it gives, each once. CROSS JOIN is what keeps SQLite from beginning with all groups that have one above.
macro_rules! remake {
    ($which:literal) => {
        concat!(
            "UPDATE memberships SET through_groups = COALESCE((SELECT string_agg(hits.gives, ';') FROM (\
             SELECT g.role || ':' || COALESCE(r.withheld, '') AS gives FROM group_members x \
             JOIN groups g ON g.id = x.group_id LEFT JOIN custom_roles r ON r.id = g.custom_role_id \
             WHERE x.membership_id = memberships.id AND g.role IS NOT NULL \
             UNION \
             SELECT g.role || ':' || COALESCE(r.withheld, '') AS gives FROM group_members x \
             CROSS JOIN groups c CROSS JOIN groups g LEFT JOIN custom_roles r ON r.id = g.custom_role_id \
             WHERE x.membership_id = memberships.id AND c.id = x.group_id AND g.id = c.parent_id AND g.role IS NOT NULL \
             ORDER BY 1) AS hits), '') WHERE ",
            $which
        )
    };
}

/// Of everybody who is in a group, or in one under it.
pub(crate) async fn remake_of(tx: &mut Tx, id: &GroupId) -> Result<(), StoreError> {
    execute!(
        tx,
        remake!(
            "id IN (SELECT x.membership_id FROM group_members x WHERE x.group_id = $1 \
             UNION SELECT x.membership_id FROM groups c JOIN group_members x ON x.group_id = c.id WHERE c.parent_id = $1)"
        ),
        id.as_str()
    )?;
    Ok(())
}

async fn remake_for(tx: &mut Tx, id: &MembershipId) -> Result<(), StoreError> {
    execute!(tx, remake!("id = $1"), id.as_str())?;
    Ok(())
}

/// The groups that give a custom role.
///
/// # Errors
/// [`StoreError`].
pub async fn of_custom_role(tx: &mut Tx, id: &RoleId) -> Result<Vec<GroupId>, StoreError> {
    let rows: Vec<(String,)> =
        fetch_all!(tx, "SELECT g.id FROM groups g WHERE g.custom_role_id = $1 ORDER BY g.id", id.as_str())?;
    rows.into_iter().map(|(id,)| GroupId::parse(&id).map_err(|_| StoreError::Corrupt("group id"))).collect()
}

/// The base role and the custom one, as they are stored.
fn stored(role: Option<&GroupRole>) -> (Option<&'static str>, Option<String>) {
    match role {
        None => (None, None),
        Some(GroupRole { choice: RoleChoice::Base(base), .. }) => (Some(base.code()), None),
        Some(GroupRole { choice: RoleChoice::Custom(id), grant, .. }) => {
            (Some(grant.base.code()), Some(id.to_string()))
        }
    }
}

/// Makes a group.
///
/// # Errors
/// [`StoreError::Taken`] when another one has its name.
pub async fn insert(tx: &mut Tx, permit: &Permit, group: &Group, at: Timestamp) -> Result<(), StoreError> {
    let (base, custom) = stored(group.role.as_ref());
    execute!(
        tx,
        "INSERT INTO groups (id, org_id, name, name_key, description, parent_id, role, custom_role_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        group.id.as_str(),
        permit.org_id().as_str(),
        group.name.as_str(),
        group.name.key(),
        group.description.as_str(),
        group.parent.as_ref().map(|parent| parent.group.id.to_string()),
        base,
        custom,
        at.millis()
    )?;
    Ok(())
}

/// Changes a group, and what comes to everybody who is in it or in one under it, where that is another.
///
/// # Errors
/// [`StoreError::Taken`] when another one has its name.
pub async fn update(tx: &mut Tx, permit: &Permit, group: &Group) -> Result<(), StoreError> {
    let (base, custom) = stored(group.role.as_ref());
    let parent = group.parent.as_ref().map(|parent| parent.group.id.to_string());
    let before: Option<(Option<String>, Option<String>, Option<String>)> = fetch_optional!(
        tx,
        "SELECT parent_id, role, custom_role_id FROM groups WHERE id = $1 AND org_id = $2",
        group.id.as_str(),
        permit.org_id().as_str()
    )?;
    let after = (parent.clone(), base.map(str::to_owned), custom.clone());
    let n = execute!(
        tx,
        "UPDATE groups SET name = $3, name_key = $4, description = $5, parent_id = $6, role = $7, custom_role_id = $8 \
         WHERE id = $1 AND org_id = $2",
        group.id.as_str(),
        permit.org_id().as_str(),
        group.name.as_str(),
        group.name.key(),
        group.description.as_str(),
        parent.as_deref(),
        base,
        custom
    )?;
    one(n, GONE)?;
    // Of several groups the name decides as well, which value of an attribute holds.
    let above = before.as_ref().and_then(|(parent, ..)| parent.as_deref());
    attributes::remake_of(tx, &group.id, [above, parent.as_deref()]).await?;
    // Another name of a large group is no reason to write all its people anew.
    if before == Some(after) { Ok(()) } else { remake_of(tx, &group.id).await }
}

/// The groups that stand under one.
///
/// # Errors
/// [`StoreError`].
pub async fn under(tx: &mut Tx, id: &GroupId) -> Result<Vec<GroupId>, StoreError> {
    let rows: Vec<(String,)> =
        fetch_all!(tx, "SELECT g.id FROM groups g WHERE g.parent_id = $1 ORDER BY g.id", id.as_str())?;
    rows.into_iter().map(|(id,)| GroupId::parse(&id).map_err(|_| StoreError::Corrupt("group id"))).collect()
}

/// Deletes a group. Its people lose what it gave, and the groups under it stand alone.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Tx, permit: &Permit, group: &Group) -> Result<(), StoreError> {
    // As long as it is known who is in it.
    let alone = Group { role: None, parent: None, connections: false, ..group.clone() };
    update(tx, permit, &alone).await?;
    attributes::clear_group(tx, permit, &group.id).await?;
    execute!(
        tx,
        "UPDATE groups SET parent_id = NULL WHERE parent_id = $1 AND org_id = $2",
        group.id.as_str(),
        permit.org_id().as_str()
    )?;
    let n =
        execute!(tx, "DELETE FROM groups WHERE id = $1 AND org_id = $2", group.id.as_str(), permit.org_id().as_str())?;
    one(n, GONE)
}

const GONE: &str = "group is gone";

/// Puts the permit's target into a group; false where they are in it.
///
/// # Errors
/// [`StoreError`].
pub async fn add(tx: &mut Tx, permit: &Permit, group: &Group, person: &Membership) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "INSERT INTO group_members (group_id, membership_id, org_id, sort_name) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (group_id, membership_id) DO NOTHING",
        group.id.as_str(),
        target(permit)?.as_str(),
        permit.org_id().as_str(),
        person.name.sort_key(&person.email)
    )?;
    if n > 0 {
        moved(tx, permit, group).await?;
    }
    Ok(n > 0)
}

/// What changes for the permit's target by coming into a group or leaving it.
async fn moved(tx: &mut Tx, permit: &Permit, group: &Group) -> Result<(), StoreError> {
    let person = target(permit)?;
    if !group.gives().is_nothing() {
        remake_for(tx, person).await?;
    }
    attributes::remake_for(tx, person, (&group.id, group.parent.as_ref().map(|parent| &parent.group.id))).await
}

/// Takes the permit's target out of a group; false where they are not in it.
///
/// # Errors
/// [`StoreError`].
pub async fn remove(tx: &mut Tx, permit: &Permit, group: &Group) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "DELETE FROM group_members WHERE group_id = $1 AND membership_id = $2 AND org_id = $3",
        group.id.as_str(),
        target(permit)?.as_str(),
        permit.org_id().as_str()
    )?;
    if n > 0 {
        moved(tx, permit, group).await?;
    }
    Ok(n > 0)
}

/// Gives somebody another name in the lists of their groups.
pub(crate) async fn rename(tx: &mut Tx, id: &MembershipId, sort_name: &str) -> Result<(), StoreError> {
    execute!(tx, "UPDATE group_members SET sort_name = $2 WHERE membership_id = $1", id.as_str(), sort_name)?;
    Ok(())
}

/// Those of the people who are in a group of the organization.
///
/// # Errors
/// [`StoreError`].
pub async fn among<H: Handle>(
    h: &mut H,
    id: &GroupId,
    people: &[MembershipId],
) -> Result<Vec<MembershipId>, StoreError> {
    const HEAD: &str = "SELECT x.membership_id FROM group_members x WHERE x.group_id = ";
    let people: Vec<&str> = people.iter().map(Id::as_str).collect();
    let rows: Vec<(String,)> = select_in(h, HEAD, Some(id.as_str()), " AND x.membership_id IN ", &people).await?;
    rows.into_iter().map(|(id,)| MembershipId::parse(&id).map_err(|_| StoreError::Corrupt("membership id"))).collect()
}

/// Whether somebody is in a group, or in one under it.
///
/// # Errors
/// [`StoreError`].
pub async fn reaches<H: Handle>(h: &mut H, id: &GroupId, person: &MembershipId) -> Result<bool, StoreError> {
    let row: Option<(String,)> = fetch_optional!(
        h,
        "SELECT x.group_id FROM group_members x JOIN groups g ON g.id = x.group_id \
         WHERE x.membership_id = $2 AND (g.id = $1 OR g.parent_id = $1) LIMIT 1",
        id.as_str(),
        person.as_str()
    )?;
    Ok(row.is_some())
}

/// People of a group by name, behind a place, up to so many.
///
/// # Errors
/// [`StoreError`].
pub async fn people<H: Handle>(
    h: &mut H,
    (org_id, id): (&OrgId, &GroupId),
    after: Option<&Cursor>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<PersonRow>, StoreError> {
    let rows: Vec<memberships::Row> = fetch_all!(
        h,
        concat!(
            "SELECT ",
            columns!(),
            " FROM group_members x CROSS JOIN memberships m WHERE m.id = x.membership_id AND m.org_id = $5 \
             AND x.group_id = $1 AND (x.sort_name, x.membership_id) > ($2, $3) \
             ORDER BY x.sort_name, x.membership_id LIMIT $4"
        ),
        id.as_str(),
        after.map_or("", |cursor| cursor.key.as_str()),
        after.map_or("", |cursor| cursor.id.as_str()),
        i64::try_from(limit).unwrap_or(i64::MAX),
        org_id.as_str()
    )?;
    rows.into_iter().map(|row| Ok(memberships::from_row(row)?.into_row(now))).collect()
}

/// The columns of [`OF_PERSON`] that make an [`OfRow`].
pub(crate) const OF_PERSON_COLUMNS: &str = "id, name, via_id, via_name, role, custom_role_id, role_name, withheld";

/// The groups that `page.id` is in, by name, and those above them. CROSS JOIN keeps SQLite from beginning with all groups that
/// have one above.
pub(crate) const OF_PERSON: &str = "SELECT g.id, g.name, NULL AS via_id, NULL AS via_name, g.role, g.custom_role_id, \
     r.name AS role_name, r.withheld, g.name_key FROM group_members x JOIN groups g ON g.id = x.group_id \
     LEFT JOIN custom_roles r ON r.id = g.custom_role_id WHERE x.membership_id = page.id \
     UNION ALL \
     SELECT g.id, g.name, c.id, c.name, g.role, g.custom_role_id, r.name, r.withheld, g.name_key \
     FROM group_members x CROSS JOIN groups c CROSS JOIN groups g LEFT JOIN custom_roles r ON r.id = g.custom_role_id \
     WHERE x.membership_id = page.id AND c.id = x.group_id AND g.id = c.parent_id ORDER BY 9, 1, 3";

/// A row of it, as the array that JSON makes of it.
#[derive(Deserialize)]
pub(crate) struct OfRow {
    id: String,
    name: String,
    via_id: Option<String>,
    via_name: Option<String>,
    role: Option<String>,
    custom_role_id: Option<String>,
    role_name: Option<String>,
    withheld: Option<String>,
}

pub(crate) fn of_row(row: OfRow) -> Result<GroupOf, StoreError> {
    let via = match (&row.via_id, &row.via_name) {
        (Some(id), Some(name)) => Some(named(id, name)?),
        _ => None,
    };
    let custom = (row.custom_role_id.as_deref(), row.role_name);
    let role = role(row.role.as_deref(), custom, row.withheld.as_deref())?;
    Ok(GroupOf { group: named(&row.id, &row.name)?, via, role })
}

/// Brings everybody of an organization that was taken in in step with its groups.
pub(crate) async fn remake_all(tx: &mut Tx, org_id: &OrgId) -> Result<(), StoreError> {
    execute!(tx, remake!("id IN (SELECT x.membership_id FROM group_members x WHERE x.org_id = $1)"), org_id.as_str())?;
    Ok(())
}
