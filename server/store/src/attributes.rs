//! Attributes of people (B39): their definitions, what people and groups have of them, and what holds for somebody by that,
//! which is made anew by one statement whenever something changes of it.

use model::{
    AttributeId, GroupId, MembershipId, OrgId, Permit, Timestamp,
    attribute::{
        Attribute, AttributeKey, AttributeLabel, Audience, Count, GroupSource, GroupValues, MOST, PersonAttribute,
        Usage, ValueType, Values, effective,
    },
    id::Id,
    people::COUNTED_PEOPLE,
};
use serde::Deserialize;

use crate::{
    Handle, StoreError, Tx, Value,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    error::one,
    groups, insert_many,
    memberships::target,
};

/// The columns of [`Row`].
macro_rules! columns {
    () => {
        "id, attribute_key, label, description, value_type, options, how_many, default_value, seen_by, edited_by"
    };
}
pub(crate) use columns;

/// A definition as stored; also as the array that JSON makes of it.
#[derive(Debug, sqlx::FromRow, Deserialize)]
pub(crate) struct Row {
    id: String,
    attribute_key: String,
    label: String,
    description: String,
    value_type: String,
    options: String,
    how_many: String,
    default_value: String,
    seen_by: String,
    edited_by: String,
}

pub(crate) fn from_row(row: Row) -> Result<Attribute, StoreError> {
    let corrupt = |what| StoreError::Corrupt(what);
    let mut attribute = Attribute {
        id: id(&row.id)?,
        key: AttributeKey::parse(&row.attribute_key).map_err(|_| corrupt("key of an attribute"))?,
        label: AttributeLabel::parse(&row.label).map_err(|_| corrupt("label of an attribute"))?,
        description: row.description,
        value_type: ValueType::from_code(&row.value_type).ok_or(corrupt("type of an attribute"))?,
        options: row.options.lines().map(str::to_owned).collect(),
        count: Count::from_code(&row.how_many).ok_or(corrupt("number of values"))?,
        default: Values::default(),
        seen_by: Audience::from_code(&row.seen_by).ok_or(corrupt("audience of an attribute"))?,
        edited_by: Audience::from_code(&row.edited_by).ok_or(corrupt("audience of an attribute"))?,
    };
    attribute.default = attribute.in_order(row.default_value.lines().map(str::to_owned));
    Ok(attribute)
}

fn id(text: &str) -> Result<AttributeId, StoreError> {
    AttributeId::parse(text).map_err(|_| StoreError::Corrupt("attribute id"))
}

/// Attributes as they are listed.
pub(crate) fn sorted(rows: impl IntoIterator<Item = Row>) -> Result<Vec<Attribute>, StoreError> {
    let mut all: Vec<Attribute> = rows.into_iter().map(from_row).collect::<Result<_, _>>()?;
    all.sort_by_cached_key(|of| (model::text::fold(of.label.as_str()), of.key.clone()));
    Ok(all)
}

/// Those of an organization, by label.
///
/// # Errors
/// [`StoreError`].
pub async fn of_organization<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Vec<Attribute>, StoreError> {
    let rows: Vec<Row> = fetch_all!(
        h,
        concat!("SELECT ", columns!(), " FROM attributes a WHERE a.org_id = $1 ORDER BY a.attribute_key LIMIT $2"),
        org_id.as_str(),
        i64::try_from(MOST).unwrap_or(i64::MAX)
    )?;
    sorted(rows)
}

/// How many an organization has.
///
/// # Errors
/// [`StoreError`].
pub async fn count<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<u64, StoreError> {
    let (n,): (i64,) = fetch_one!(h, "SELECT count(*) FROM attributes WHERE org_id = $1", org_id.as_str())?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// One of an organization.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(h: &mut H, org_id: &OrgId, id: &AttributeId) -> Result<Option<Attribute>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        concat!("SELECT ", columns!(), " FROM attributes a WHERE a.org_id = $1 AND a.id = $2"),
        org_id.as_str(),
        id.as_str()
    )?;
    row.map(from_row).transpose()
}

/// How many people and groups have values of each attribute of an organization, by id. People are counted up to a bound.
///
/// # Errors
/// [`StoreError`].
pub async fn usages<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Vec<(AttributeId, Usage)>, StoreError> {
    let rows: Vec<(String, i64, i64)> = fetch_all!(
        h,
        "SELECT a.id, \
         (SELECT count(*) FROM (SELECT DISTINCT v.membership_id FROM person_attributes v WHERE v.attribute_id = a.id \
          LIMIT $2) AS hits), \
         (SELECT count(DISTINCT v.group_id) FROM group_attributes v WHERE v.attribute_id = a.id) \
         FROM attributes a WHERE a.org_id = $1 ORDER BY a.org_id, a.attribute_key LIMIT $3",
        org_id.as_str(),
        COUNTED_PEOPLE.cast_signed(),
        i64::try_from(MOST).unwrap_or(i64::MAX)
    )?;
    rows.into_iter().map(|(of, people, groups)| Ok((id(&of)?, usage_of(people, groups)))).collect()
}

/// How many have one value of an attribute.
///
/// # Errors
/// [`StoreError`].
pub async fn usage_of_value<H: Handle>(h: &mut H, of: &Attribute, value: &str) -> Result<Usage, StoreError> {
    let (people, groups): (i64, i64) = fetch_one!(
        h,
        "SELECT (SELECT count(*) FROM (SELECT 1 AS hit FROM person_attributes v WHERE v.attribute_id = $1 AND v.term = $2 \
         LIMIT $3) AS hits), \
         (SELECT count(*) FROM group_attributes v WHERE v.attribute_id = $1 AND v.term = $2)",
        of.id.as_str(),
        of.term(value),
        COUNTED_PEOPLE.cast_signed()
    )?;
    Ok(usage_of(people, groups))
}

fn usage_of(people: i64, groups: i64) -> Usage {
    Usage { people: u64::try_from(people).unwrap_or(0), groups: u64::try_from(groups).unwrap_or(0) }
}

/// Makes an attribute.
///
/// # Errors
/// [`StoreError::Taken`] when another one has its key.
pub async fn insert(tx: &mut Tx, permit: &Permit, of: &Attribute, at: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO attributes (id, org_id, attribute_key, label, description, value_type, options, how_many, \
         default_value, seen_by, edited_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        of.id.as_str(),
        permit.org_id().as_str(),
        of.key.as_str(),
        of.label.as_str(),
        of.description.as_str(),
        of.value_type.code(),
        of.options.join("\n"),
        of.count.code(),
        of.default.lines(),
        of.seen_by.code(),
        of.edited_by.code(),
        at.millis()
    )?;
    Ok(())
}

/// Changes an attribute, all but its key.
///
/// # Errors
/// [`StoreError`].
pub async fn update(tx: &mut Tx, permit: &Permit, of: &Attribute) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE attributes SET label = $3, description = $4, value_type = $5, options = $6, how_many = $7, \
         default_value = $8, seen_by = $9, edited_by = $10 WHERE id = $1 AND org_id = $2",
        of.id.as_str(),
        permit.org_id().as_str(),
        of.label.as_str(),
        of.description.as_str(),
        of.value_type.code(),
        of.options.join("\n"),
        of.count.code(),
        of.default.lines(),
        of.seen_by.code(),
        of.edited_by.code()
    )?;
    one(n, GONE)
}

/// Deletes an attribute with all its values.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Tx, permit: &Permit, id: &AttributeId) -> Result<(), StoreError> {
    let n =
        execute!(tx, "DELETE FROM attributes WHERE id = $1 AND org_id = $2", id.as_str(), permit.org_id().as_str())?;
    one(n, GONE)
}

const GONE: &str = "attribute is gone";

/// Makes anew what holds for people; which people and which attributes, stands behind it. The own values come first, then those
/// of the groups that somebody is in, then those of the groups above; of groups that are alike in that, the first by name says
/// what a single value is, and several values are those of all. As [`model::attribute::effective`] has it.
/// CROSS JOIN is what keeps SQLite from beginning with all groups that have one above.
macro_rules! remake {
    ($tx:expr, $people:literal, $attributes:literal $(, $bind:expr)*) => {{
        execute!(
            $tx,
            concat!("DELETE FROM attribute_terms WHERE membership_id ", $people, " AND attribute_id ", $attributes)
            $(, $bind)*
        )?;
        execute!(
            $tx,
            concat!(
                "INSERT INTO attribute_terms (attribute_id, membership_id, org_id, term, value, sort_name) \
                 SELECT hits_best.attribute_id, hits_best.membership_id, hits_best.org_id, hits_best.term, \
                 hits_best.value, m.sort_name FROM (\
                 SELECT hits_near.*, row_number() OVER (PARTITION BY hits_near.attribute_id, hits_near.membership_id, \
                 hits_near.term ORDER BY hits_near.name_key, hits_near.value) AS nth \
                 FROM (SELECT hits_said.*, min(hits_said.place) OVER (PARTITION BY hits_said.attribute_id, \
                 hits_said.membership_id) AS nearest \
                 FROM (\
                 SELECT v.attribute_id, v.membership_id, v.org_id, v.term, v.value, '' AS name_key, '0' AS place \
                 FROM person_attributes v WHERE v.membership_id ", $people, " AND v.attribute_id ", $attributes,
                " UNION ALL \
                 SELECT v.attribute_id, x.membership_id, v.org_id, v.term, v.value, g.name_key, \
                 CASE WHEN a.how_many = 'many' THEN '1' ELSE '1' || g.name_key END \
                 FROM group_members x JOIN groups g ON g.id = x.group_id JOIN group_attributes v ON v.group_id = g.id \
                 JOIN attributes a ON a.id = v.attribute_id \
                 WHERE x.membership_id ", $people, " AND v.attribute_id ", $attributes,
                " UNION ALL \
                 SELECT v.attribute_id, x.membership_id, v.org_id, v.term, v.value, g.name_key, \
                 CASE WHEN a.how_many = 'many' THEN '2' ELSE '2' || g.name_key END \
                 FROM group_members x CROSS JOIN groups c CROSS JOIN groups g CROSS JOIN group_attributes v \
                 CROSS JOIN attributes a WHERE c.id = x.group_id AND g.id = c.parent_id AND v.group_id = g.id \
                 AND a.id = v.attribute_id AND x.membership_id ", $people, " AND v.attribute_id ", $attributes,
                ") AS hits_said) AS hits_near WHERE hits_near.place = hits_near.nearest) AS hits_best \
                 JOIN memberships m ON m.id = hits_best.membership_id WHERE hits_best.nth = 1"
            )
            $(, $bind)*
        )?;
    }};
}

/// Gives the permit's target these values of their own, or none.
///
/// # Errors
/// [`StoreError`].
pub async fn set_of_person(tx: &mut Tx, permit: &Permit, of: &Attribute, values: &Values) -> Result<(), StoreError> {
    let person = target(permit)?;
    execute!(
        tx,
        "DELETE FROM person_attributes WHERE attribute_id = $1 AND membership_id = $2 AND org_id = $3",
        of.id.as_str(),
        person.as_str(),
        permit.org_id().as_str()
    )?;
    let rows = rows(of, person.as_str(), permit.org_id(), values);
    insert_many(tx, "person_attributes", OF_PEOPLE, &rows).await?;
    remake!(tx, "= $1", "= $2", person.as_str(), of.id.as_str());
    Ok(())
}

/// The columns of values, in the order in which [`rows`] makes them.
const OF_PEOPLE: &[&str] = &["attribute_id", "membership_id", "org_id", "term", "value"];
const OF_GROUPS: &[&str] = &["attribute_id", "group_id", "org_id", "term", "value"];

fn rows(of: &Attribute, whose: &str, org_id: &OrgId, values: &Values) -> Vec<Vec<Value>> {
    let row = |value: &str| -> Vec<Value> {
        vec![of.id.as_str().into(), whose.into(), org_id.as_str().into(), of.term(value).into(), value.into()]
    };
    values.iter().map(row).collect()
}

/// Gives a group these values, or none; who is in it or in one under it has them by that, as far as nothing nearer says otherwise.
///
/// # Errors
/// [`StoreError`].
pub async fn set_of_group(
    tx: &mut Tx,
    permit: &Permit,
    group: &GroupId,
    of: &Attribute,
    values: &Values,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM group_attributes WHERE attribute_id = $1 AND group_id = $2 AND org_id = $3",
        of.id.as_str(),
        group.as_str(),
        permit.org_id().as_str()
    )?;
    let rows = rows(of, group.as_str(), permit.org_id(), values);
    insert_many(tx, "group_attributes", OF_GROUPS, &rows).await?;
    remake!(
        tx,
        "IN (SELECT y.membership_id FROM group_members y WHERE y.group_id = $1 \
         UNION SELECT y.membership_id FROM groups s JOIN group_members y ON y.group_id = s.id WHERE s.parent_id = $1)",
        "= $2",
        group.as_str(),
        of.id.as_str()
    );
    Ok(())
}

/// What holds for somebody who came into a group or left it, of what it and the one above it say.
pub(crate) async fn remake_for(
    tx: &mut Tx,
    person: &MembershipId,
    (group, above): (&GroupId, Option<&GroupId>),
) -> Result<(), StoreError> {
    remake!(
        tx,
        "= $1",
        "IN (SELECT h.attribute_id FROM group_attributes h WHERE h.group_id IN ($2, $3))",
        person.as_str(),
        group.as_str(),
        above.map_or("", Id::as_str)
    );
    Ok(())
}

/// The same for everybody in a group or in one under it, after it got another name or place; with the groups above it, before
/// and after.
pub(crate) async fn remake_of(tx: &mut Tx, group: &GroupId, above: [Option<&str>; 2]) -> Result<(), StoreError> {
    let [before, after] = above.map(Option::unwrap_or_default);
    remake!(
        tx,
        "IN (SELECT y.membership_id FROM group_members y WHERE y.group_id = $1 \
         UNION SELECT y.membership_id FROM groups s JOIN group_members y ON y.group_id = s.id WHERE s.parent_id = $1)",
        "IN (SELECT h.attribute_id FROM group_attributes h WHERE h.group_id IN ($1, $2, $3))",
        group.as_str(),
        before,
        after
    );
    Ok(())
}

/// Takes all values of a group away, as long as it is known who is in it.
pub(crate) async fn clear_group(tx: &mut Tx, permit: &Permit, group: &GroupId) -> Result<(), StoreError> {
    for (of, values) in of_group(tx, permit.org_id(), group).await? {
        if !values.is_empty() {
            set_of_group(tx, permit, group, &of, &Values::default()).await?;
        }
    }
    Ok(())
}

/// Makes anew what holds for everybody of an organization that was taken in.
pub(crate) async fn remake_all(tx: &mut Tx, org_id: &OrgId) -> Result<(), StoreError> {
    remake!(
        tx,
        "IN (SELECT o.id FROM memberships o WHERE o.org_id = $1)",
        "IN (SELECT d.id FROM attributes d WHERE d.org_id = $1)",
        org_id.as_str()
    );
    Ok(())
}

/// Gives somebody another name in the lists by values.
pub(crate) async fn rename(tx: &mut Tx, id: &MembershipId, sort_name: &str) -> Result<(), StoreError> {
    execute!(tx, "UPDATE attribute_terms SET sort_name = $2 WHERE membership_id = $1", id.as_str(), sort_name)?;
    Ok(())
}

/// The attributes of an organization, each with what a group says.
///
/// # Errors
/// [`StoreError`].
pub async fn of_group<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    group: &GroupId,
) -> Result<Vec<(Attribute, Values)>, StoreError> {
    let all = of_organization(h, org_id).await?;
    let rows: Vec<(String, String)> = fetch_all!(
        h,
        "SELECT v.attribute_id, v.value FROM group_attributes v WHERE v.group_id = $1 AND v.org_id = $2",
        group.as_str(),
        org_id.as_str()
    )?;
    Ok(all.into_iter().map(|of| (values_of(&of, &rows), of)).map(|(values, of)| (of, values)).collect())
}

fn values_of(of: &Attribute, rows: &[(String, String)]) -> Values {
    of.in_order(rows.iter().filter(|(id, _)| *id == of.id.as_str()).map(|(_, value)| value.clone()))
}

/// What holds for somebody of the attributes that are shown: what they have by themselves or groups, or else the default.
pub(crate) fn shown(columns: &[&Attribute], rows: &[(String, String)]) -> Vec<(AttributeKey, Values)> {
    let of_one = |of: &&Attribute| {
        let values = values_of(of, rows);
        let values = if values.is_empty() { of.default.clone() } else { values };
        (of.key.clone(), values)
    };
    columns.iter().map(of_one).filter(|(_, values)| !values.is_empty()).collect()
}

/// The own values of `page.id`.
pub(crate) const OWN: &str = "SELECT v.attribute_id, v.value FROM person_attributes v WHERE v.membership_id = page.id";

/// The columns of [`THROUGH_GROUPS`], which make a [`GroupRow`].
pub(crate) const THROUGH_GROUPS_COLUMNS: &str = "attribute_id, value, id, name, via_id, via_name";

/// What the groups say that `page.id` is in, and those above them.
pub(crate) const THROUGH_GROUPS: &str = "SELECT v.attribute_id, v.value, g.id, g.name, NULL AS via_id, NULL AS via_name \
     FROM group_members x JOIN groups g ON g.id = x.group_id JOIN group_attributes v ON v.group_id = g.id \
     WHERE x.membership_id = page.id \
     UNION ALL \
     SELECT v.attribute_id, v.value, g.id, g.name, c.id, c.name \
     FROM group_members x CROSS JOIN groups c CROSS JOIN groups g CROSS JOIN group_attributes v \
     WHERE x.membership_id = page.id AND c.id = x.group_id AND g.id = c.parent_id AND v.group_id = g.id";

/// The definitions of the organization of `page`.
pub(crate) const DEFINED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM attributes a WHERE a.org_id = page.org_id ORDER BY a.org_id, a.attribute_key LIMIT 100"
);

/// A value that somebody has through a group, as the array that JSON makes of it.
#[derive(Deserialize)]
pub(crate) struct GroupRow {
    attribute_id: String,
    value: String,
    id: String,
    name: String,
    via_id: Option<String>,
    via_name: Option<String>,
}

/// What holds for somebody, and where it comes from.
pub(crate) fn of_person(
    defined: Vec<Row>,
    own: &[(String, String)],
    through_groups: &[GroupRow],
) -> Result<Vec<PersonAttribute>, StoreError> {
    let of_one = |of: Attribute| {
        let own = values_of(&of, own);
        let mut said: Vec<(&GroupRow, Vec<String>)> = Vec::new();
        for row in through_groups.iter().filter(|row| row.attribute_id == of.id.as_str()) {
            match said.iter_mut().find(|(other, _)| other.id == row.id && other.via_id == row.via_id) {
                Some((_, values)) => values.push(row.value.clone()),
                None => said.push((row, vec![row.value.clone()])),
            }
        }
        let groups = said
            .into_iter()
            .map(|(row, values)| {
                let via = match (&row.via_id, &row.via_name) {
                    (Some(id), Some(name)) => Some(groups::named(id, name)?),
                    _ => None,
                };
                let source = GroupSource { group: groups::named(&row.id, &row.name)?, via };
                Ok(GroupValues { source, values: of.in_order(values) })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let effective = effective(&of, &own, &groups);
        Ok(PersonAttribute { attribute: of, own, effective })
    };
    sorted(defined)?.into_iter().map(of_one).collect()
}
