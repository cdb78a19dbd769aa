//! Those among whom somebody who has a permission is to be found (N6): people with a role that may give it, and everybody who has
//! something through groups. Whether one does have it, the model says.

use model::{
    Kind, OrgId, Role, Timestamp,
    id::Id,
    people::{Cursor, PersonRow},
};
use sqlx::QueryBuilder;

use super::{
    of_json, rows_of,
    sql::{CUSTOM_ROLE, HOME, Takes, as_json},
};
use crate::{
    Engine, Handle, StoreError, custom_roles,
    memberships::{self, Row, columns},
    organizations,
};

/// Where to look: behind a place, and so many people far.
#[derive(Debug, Clone, Copy)]
pub struct Among<'a> {
    /// Which roles of which kinds of people may give it.
    pub roles: &'a [(Kind, Role)],
    /// Behind which place, by name.
    pub after: Option<&'a Cursor>,
    /// How many people are looked at.
    pub limit: usize,
    /// The clock.
    pub now: Timestamp,
}

/// People by name.
///
/// # Errors
/// [`StoreError`].
pub async fn holders<H: Handle>(h: &mut H, org_id: &OrgId, look: Among<'_>) -> Result<Vec<PersonRow>, StoreError> {
    let json: String = match h.engine() {
        Engine::Sqlite(c) => statement::<sqlx::Sqlite>(org_id, look).build_query_scalar().fetch_one(c).await?,
        Engine::Postgres(c, _) => {
            statement::<sqlx::Postgres>(org_id, look).build_query_scalar().persistent(false).fetch_one(c).await?
        }
    };
    let read = |(person,): (String,)| {
        let (row, home, custom_role): (Row, Option<String>, Option<String>) = of_json(&person)?;
        let person = memberships::from_row(row)?;
        let custom_role = custom_role.and_then(|name| custom_roles::named(&person, &name, look.now));
        let home = home.as_deref().map(organizations::name).transpose()?;
        Ok(PersonRow { custom_role, home, ..person.into_row(look.now) })
    };
    rows_of(&json)?.into_iter().map(read).collect()
}

/// Each role of each kind is a range of an index, and so are those who have something through groups. Nobody twice.
fn statement<DB: Takes>(org_id: &OrgId, look: Among<'_>) -> QueryBuilder<DB> {
    let (array, person) = (DB::COLUMNS, columns!(""));
    // Who it is comes first, and what stands in their rows afterwards, as texts of their own: see [`super::profile`].
    let columns = format!(
        "CAST((SELECT {array}({array}({person}), {HOME}, {CUSTOM_ROLE}) FROM memberships page WHERE page.id = who) AS TEXT) || ''"
    );
    let ranges =
        look.roles.iter().map(|(kind, role)| format!("m.kind = '{}' AND m.role = '{}'", kind.code(), role.code()));
    let ranges = ranges.chain([String::from("m.through_groups <> ''")]);
    let order = |of: &str| format!(" ORDER BY {of}sort_name, {of}id LIMIT {}", look.limit);
    as_json(&columns, |q| {
        q.push("SELECT id AS who FROM (");
        for (i, range) in ranges.enumerate() {
            let and = if i == 0 { "" } else { " UNION " };
            q.push(format!("{and}SELECT * FROM (SELECT m.id, m.sort_name FROM memberships m WHERE m.org_id = "));
            DB::text(q, org_id.as_str());
            q.push(format!(" AND {range}"));
            if let Some(after) = look.after {
                q.push(" AND (m.sort_name, m.id) > (");
                DB::text(q, &after.key);
                q.push(", ");
                DB::text(q, after.id.as_str());
                q.push(")");
            }
            q.push(format!("{}) AS hits{i}", order("m.")));
        }
        q.push(format!(") AS hits{}", order("")));
    })
}
