//! A person with all that their profile shows (B29), by one statement: what hangs on a person is little, and each question of
//! its own would be another way to the database and back.

use model::{
    MembershipId, OrgId, OrgName,
    attribute::PersonAttribute,
    connection::{CustomConnectionRole, PersonConnection},
    group::GroupOf,
    id::Id,
    people::{Delivery, NamedRole},
    support::SupportGrant,
};
use sqlx::QueryBuilder;

use super::{
    rows_of,
    sql::{CUSTOM_ROLE, DELIVERY, HOME, Takes, as_json},
};
use crate::{
    Engine, Handle, StoreError, attributes, connection_grants, connection_roles, connections, custom_roles, groups,
    invitations,
    memberships::{self, Membership, Row, columns},
    organizations,
    sessions::{self, Liveness, Session},
    support,
};

/// Why the mail of the latest link has not come further at the last try, as the mail server put it.
const DELIVERY_ERROR: &str = "CASE WHEN status = 'invited' THEN (SELECT COALESCE(i.delivery_error, \
    (SELECT o.last_error FROM outbox o WHERE o.invitation_id = i.id AND o.state = 'queued')) \
    FROM invitations i WHERE i.membership_id = page.id ORDER BY i.created_at DESC, i.id DESC LIMIT 1) END";

/// A person, and what hangs on them.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The person.
    pub membership: Membership,
    /// How far the mail of the latest link has come, for who is invited.
    pub delivery: Option<Delivery>,
    /// Why it has not come further.
    pub delivery_error: Option<String>,
    /// The organization that somebody of another one comes from (B45).
    pub home: Option<OrgName>,
    /// The custom role that the person has (B41).
    pub custom_role: Option<NamedRole>,
    /// With what somebody of the vendor's staff was let in (B53).
    pub support: Option<SupportGrant>,
    /// The groups that the person is in, by name, and those above them (B38).
    pub groups: Vec<GroupOf>,
    /// The attributes of the organization, with what holds for the person (B39).
    pub attributes: Vec<PersonAttribute>,
    /// The connections of the organization by name, and what of them came to the person (B40).
    pub connections: Vec<PersonConnection>,
    /// The custom connection roles of the organization, by name.
    pub connection_roles: Vec<CustomConnectionRole>,
    /// The live sessions of the account, the last used first; of very many the first hundred.
    pub sessions: Vec<Session>,
}

/// A person of the organization with all that their profile shows.
///
/// # Errors
/// [`StoreError`].
pub async fn profile<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    id: &MembershipId,
    alive: Liveness,
) -> Result<Option<Profile>, StoreError> {
    type Text = Option<String>;
    /// Those of attributes, then those of connections.
    type Lists = (Text, Text, Text, Text, Text, Text);
    type Line = (Row, Text, Text, Text, Text, Text, Text, Text, Lists);
    let json: String = match h.engine() {
        Engine::Sqlite(c) => statement::<sqlx::Sqlite>(org_id, id, alive).build_query_scalar().fetch_one(c).await?,
        Engine::Postgres(c, pooler) => {
            let mut query = statement::<sqlx::Postgres>(org_id, id, alive);
            query.build_query_scalar().persistent(pooler.keeps_statements()).fetch_one(c).await?
        }
    };
    let line = rows_of::<Line>(&json)?.into_iter().next();
    let read = |line: Line| {
        let (row, delivery, home, custom_role, delivery_error, support, groups, sessions, lists) = line;
        let (defined, own, through, listed, given, roles) = lists;
        let membership = memberships::from_row(row)?;
        let custom_role = custom_role.and_then(|name| custom_roles::named(&membership, &name, alive.now));
        Ok(Profile {
            delivery: delivery.as_deref().map(invitations::delivery).transpose()?,
            delivery_error,
            home: home.as_deref().map(organizations::name).transpose()?,
            custom_role,
            support: support.as_deref().map(support::from_json).transpose()?,
            groups: rows_of(groups.as_deref().unwrap_or("[]"))?
                .into_iter()
                .map(groups::of_row)
                .collect::<Result<_, _>>()?,
            sessions: rows_of(sessions.as_deref().unwrap_or("[]"))?
                .into_iter()
                .map(sessions::from_listed)
                .collect::<Result<_, _>>()?,
            attributes: attributes::of_person(
                rows_of(defined.as_deref().unwrap_or("[]"))?,
                &rows_of::<(String, String)>(own.as_deref().unwrap_or("[]"))?,
                &rows_of(through.as_deref().unwrap_or("[]"))?,
            )?,
            connections: connections::of_person(
                rows_of(listed.as_deref().unwrap_or("[]"))?,
                &rows_of::<connection_grants::GivenRow>(given.as_deref().unwrap_or("[]"))?,
            )?,
            connection_roles: rows_of(roles.as_deref().unwrap_or("[]"))?
                .into_iter()
                .map(connection_roles::from_row)
                .collect::<Result<_, _>>()?,
            membership,
        })
    };
    line.map(read).transpose()
}

/// The lists in it are texts of their own: the engines differ in what of JSON inside of JSON they still take for it. SQLite
/// forgets that by a concatenation alone, not by a cast.
fn statement<DB: Takes>(org_id: &OrgId, id: &MembershipId, alive: Liveness) -> QueryBuilder<DB> {
    let (array, rows) = (DB::COLUMNS, DB::ROWS);
    let (person, of_groups, of_sessions) = (columns!(""), groups::OF_PERSON, sessions::listed!());
    let (now, seen_since) = (alive.now.millis(), alive.seen_since.millis());
    let list = |columns: &str, of: &str| {
        format!("CAST((SELECT {rows}({array}({columns})) FROM ({of}) AS hits) AS TEXT) || ''")
    };
    let groups = list(groups::OF_PERSON_COLUMNS, of_groups);
    let sessions = list(
        of_sessions,
        &format!(
            "SELECT {of_sessions} FROM sessions s WHERE s.user_id = page.user_id AND s.expires_at > {now} \
             AND s.last_seen_at > {seen_since} ORDER BY s.last_seen_at DESC, s.id DESC LIMIT 100"
        ),
    );
    let lists = [
        list(attributes::columns!(), attributes::DEFINED),
        list("attribute_id, value", attributes::OWN),
        list(attributes::THROUGH_GROUPS_COLUMNS, attributes::THROUGH_GROUPS),
        list(connections::LISTED_COLUMNS, connections::OF_ORGANIZATION),
        list(connection_grants::GIVEN_COLUMNS, connection_grants::OF_PERSON),
        list(connection_roles::COLUMNS, connection_roles::OF_ORGANIZATION),
    ]
    .join(", ");
    let support = format!(
        "CAST((SELECT {array}(g.reason, g.granted_by, g.granted_at) FROM support_grants g \
         WHERE g.membership_id = page.id) AS TEXT) || ''"
    );
    let columns = format!(
        "{array}({person}), {DELIVERY}, {HOME}, {CUSTOM_ROLE}, {DELIVERY_ERROR}, {support}, {groups}, {sessions}, \
         {array}({lists})"
    );
    as_json(&columns, |q| {
        q.push(concat!("SELECT ", columns!(), " FROM memberships m WHERE m.id = "));
        DB::text(q, id.as_str());
        q.push(" AND m.org_id = ");
        DB::text(q, org_id.as_str());
    })
}
