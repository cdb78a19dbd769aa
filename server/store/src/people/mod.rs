//! Reading the people grid: a page by keyset from an ordered index, or from what few people a search or filter leaves.
//!
//! There are several ways to a page, since each alone is slow at one end. Where a word or a filter leaves few people, they
//! are read from its index and sorted. Where all leave many, the ordered index is walked and each row probed, which finds
//! a page soon because hits are dense. A search is in the order of the index over words. Counters and bounded counts tell
//! which way is best; see `plan.rs`. All cost what a page costs, not what the organization holds.
//!
//! Some orders fall into parts that stand one behind the other, each with an index of its own: those who came before
//! those who never did, one role after the other.
//!
//! On PostgreSQL these statements are not kept prepared: it would settle on one plan for all words and tabs, which for
//! most of them reads everything.

mod holders;
mod plan;
mod profile;
mod sql;

pub use holders::{Among, holders};
pub use profile::{Profile, profile};

use crate::{
    Engine, Handle, StoreError, attributes, custom_roles, groups, invitations,
    memberships::{self, Row, counted_as},
    organizations,
};
use model::{
    Kind, OrgId, PersonState, Role, Source, Status, Timestamp,
    attribute::Attribute,
    group::NamedGroup,
    people::{Census, Class, Cursor, From, PendingExternals, PeopleQuery, PersonRow, Sort, Tab},
};
use plan::{ByValue, Plan};
use serde::de::DeserializeOwned;

/// The one value that a statement of [`sql`] yields on either engine; on PostgreSQL it is not kept prepared.
macro_rules! value {
    ($h:expr, $statement:ident($($value:expr),*)) => {
        match $h.engine() {
            Engine::Sqlite(c) => sql::$statement::<sqlx::Sqlite>($($value),*).build_query_scalar().fetch_one(c).await?,
            Engine::Postgres(c, _) => {
                sql::$statement::<sqlx::Postgres>($($value),*).build_query_scalar().persistent(false).fetch_one(c).await?
            }
        }
    };
}

/// The rows of a statement that yields them as JSON.
fn rows_of<T: DeserializeOwned>(json: &str) -> Result<Vec<T>, StoreError> {
    of_json(json)
}

fn of_json<T: DeserializeOwned>(json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Corrupt("rows as JSON"))
}

/// Rows of a page, in the order that was asked for.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// At most as many as were asked for.
    pub rows: Vec<PersonRow>,
    /// How many match search and filters; `None` where they were not counted.
    pub matches: Option<u64>,
    /// Rows stand in front of these.
    pub has_previous: bool,
    /// Rows follow these.
    pub has_next: bool,
    /// The word of the search whose hits are the order, if any.
    pub lead: Option<String>,
}

impl Found {
    /// From where the rows behind these are read, if there are any; for the sort of the same question.
    pub fn behind(&self, sort: Sort) -> Option<Cursor> {
        self.rows.last().filter(|_| self.has_next).map(|row| row.cursor(sort, self.lead.as_deref()))
    }
    /// From where the rows in front of these are read, if there are any.
    pub fn in_front(&self, sort: Sort) -> Option<Cursor> {
        self.rows.first().filter(|_| self.has_previous).map(|row| row.cursor(sort, self.lead.as_deref()))
    }
}

/// What tells how a page is best read.
#[derive(Debug, Clone, Default)]
pub struct Sizes {
    /// Of every class.
    pub census: Census,
    /// How many hits each word of the search has, up to a bound.
    pub words: Vec<i64>,
    /// How many the filter by last login lets through, up to a bound.
    pub logins: i64,
    /// How many people the group of the filter has (B38), up to a bound.
    pub members: i64,
    /// How many people have the value of each filter by an attribute (B39), as theirs or by groups, up to a bound.
    pub values: Vec<i64>,
    /// The groups of the organization, by name.
    pub groups: Vec<NamedGroup>,
    /// Its attributes, by label.
    pub attributes: Vec<Attribute>,
    /// How many open requests there are (B26), up to a bound.
    pub requests: u64,
    /// Whether the clock has made something of somebody that is not stored and counted yet (N5).
    pub is_due: bool,
}

impl Sizes {
    /// The same, for lists of an organization with this policy J.
    #[must_use]
    pub fn listing(self, pending: PendingExternals) -> Self {
        Self { census: self.census.listing(pending), ..self }
    }
}

/// Counters, bounded counts of what a search and the filters by last login and group leave, and the groups: one query.
///
/// # Errors
/// [`StoreError`].
pub async fn sizes<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    query: &PeopleQuery,
    words: &[String],
    now: Timestamp,
) -> Result<Sizes, StoreError> {
    type Line = (String, String, String, String, String, i64);
    let json: String = value!(h, sizes(org_id, query, words, now));
    let rows: Vec<Line> = rows_of(&json)?;
    let (mut counted, mut late) = (Vec::new(), Vec::new());
    let values = vec![0; query.filters.attributes.len()];
    let mut sizes = Sizes { words: vec![0; words.len()], values, ..Sizes::default() };
    let mut defined = Vec::new();
    for (what, kind, status, role, source, n) in rows {
        let class = || {
            Ok::<_, StoreError>(Class {
                kind: Kind::from_code(&kind).ok_or(StoreError::Corrupt("kind"))?,
                state: counted_as(Status::from_code(&status).ok_or(StoreError::Corrupt("status"))?),
                role: Role::from_code(&role).ok_or(StoreError::Corrupt("role"))?,
                source: Source::from_code(&source).ok_or(StoreError::Corrupt("source"))?,
            })
        };
        let people = u64::try_from(n).unwrap_or(0);
        match what.as_str() {
            "class" => counted.push((class()?, people)),
            "expired" => counted.push((Class { state: PersonState::Expired, ..class()? }, people)),
            "late" => late.push((class()?, people)),
            "logins" => sizes.logins = n,
            "members" => sizes.members = n,
            // What is told of a group stands in the places of what is told of a class.
            "group" => sizes.groups.push(groups::named(&kind, &status)?),
            "attribute" => defined.push(serde_json::from_str(&kind).map_err(|_| StoreError::Corrupt("attribute"))?),
            "requests" => sizes.requests = people,
            "due" => sizes.is_due = n > 0,
            word => {
                let hits = match word.strip_prefix(sql::VALUE) {
                    Some(value) => value.parse::<usize>().ok().and_then(|i| sizes.values.get_mut(i)),
                    None => word.parse::<usize>().ok().and_then(|i| sizes.words.get_mut(i)),
                };
                if let Some(hits) = hits {
                    *hits = n;
                }
            }
        }
    }
    sizes.groups.sort_by_key(|group| group.name.key());
    sizes.attributes = attributes::sorted(defined)?;
    sizes.census = Census::new(counted, &late);
    Ok(sizes)
}

/// How many there are of every class, as the counters and the clock have it; exact behind the organization's revision.
///
/// # Errors
/// [`StoreError`].
pub async fn census<H: Handle>(h: &mut H, org_id: &OrgId, now: Timestamp) -> Result<Census, StoreError> {
    Ok(sizes(h, org_id, &PeopleQuery::default(), &[], now).await?.census)
}

/// One page, and how many match. The sizes are those that [`sizes`] found for the same question.
///
/// # Errors
/// [`StoreError`].
pub async fn page<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    query: &PeopleQuery,
    words: &[String],
    sizes: &Sizes,
    now: Timestamp,
) -> Result<Found, StoreError> {
    let Some(plan) = plan(org_id, query, words, sizes, now) else {
        return Ok(Found { matches: Some(0), ..Found::default() });
    };
    let found = beside(h, &plan).await?;
    let filters = &query.filters;
    let is_by_class = filters.login.is_none() && filters.group.is_none() && filters.attributes.is_empty();
    let matches = if words.is_empty() && is_by_class {
        Some(sizes.census.of(query.tab, &query.filters))
    } else if plan.is_counted {
        let n: i64 = value!(h, matches(&plan));
        Some(u64::try_from(n).unwrap_or(0))
    } else {
        None
    };
    Ok(Found { matches, ..found })
}

/// How the page is read; `None` where nobody can match.
fn plan<'a>(
    org_id: &'a OrgId,
    query: &'a PeopleQuery,
    words: &'a [String],
    sizes: &'a Sizes,
    now: Timestamp,
) -> Option<Plan<'a>> {
    let values = ByValue::of(query, sizes)?;
    (!finds_nobody(query, words, sizes)).then(|| Plan::new(org_id, query, words, values, sizes, now))
}

/// Whether nobody can match: requests are no memberships, a search of punctuation alone has no words, which finds nobody
/// rather than everybody, and what was counted as nobody needs no look.
fn finds_nobody(query: &PeopleQuery, words: &[String], sizes: &Sizes) -> bool {
    query.tab == Tab::Requests
        || words.is_empty() && !query.q.is_empty()
        || sizes.words.contains(&0)
        || query.filters.group.is_some() && sizes.members == 0
        || sizes.census.of(query.tab, &query.filters) == 0
}

/// One page without counting who matches, for whoever reads on and on.
///
/// # Errors
/// [`StoreError`].
pub async fn rows<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    query: &PeopleQuery,
    words: &[String],
    sizes: &Sizes,
    now: Timestamp,
) -> Result<Found, StoreError> {
    let Some(plan) = plan(org_id, query, words, sizes, now) else { return Ok(Found::default()) };
    beside(h, &plan).await
}

/// The rows on the side of the cursor that was asked for.
async fn beside<H: Handle>(h: &mut H, plan: &Plan<'_>) -> Result<Found, StoreError> {
    let (query, size) = (plan.query, plan.query.size.rows());
    let (cursor, backwards) = match &query.from {
        From::Start => (None, false),
        From::After(cursor) => (Some(cursor), false),
        From::Before(cursor) => (Some(cursor), true),
    };
    let mut people = read(h, plan, cursor, backwards, size + 1).await?;
    let more = people.len() > size;
    people.truncate(size);
    if backwards {
        people.reverse();
    }
    let (has_previous, has_next) = match query.from {
        From::Start => (false, more),
        From::After(_) => (true, more),
        From::Before(_) => (more, true),
    };
    Ok(Found { rows: people, matches: None, has_previous, has_next, lead: plan.lead().map(str::to_owned) })
}

/// The rows beyond the cursor, part after part until there are enough.
async fn read<H: Handle>(
    h: &mut H,
    plan: &Plan<'_>,
    cursor: Option<&Cursor>,
    backwards: bool,
    enough: usize,
) -> Result<Vec<PersonRow>, StoreError> {
    type Line = (Row, Option<String>, Option<String>, Option<String>, Option<String>);
    let mut parts = plan.parts();
    if backwards {
        parts.reverse();
    }
    let begin = cursor.and_then(|cursor| parts.iter().position(|part| part.holds(cursor))).unwrap_or(0);
    let mut people = Vec::new();
    for (i, part) in parts.iter().copied().enumerate().skip(begin) {
        let cursor = cursor.filter(|_| i == begin);
        let limit = enough - people.len();
        let json: String = value!(h, page(plan, part, cursor, backwards, limit));
        for (row, delivery, home, custom_role, values) in rows_of::<Line>(&json)? {
            let membership = memberships::from_row(row)?;
            let custom_role = custom_role.as_deref().and_then(|name| custom_roles::named(&membership, name, plan.now));
            let mut person = membership.into_row(plan.now);
            person.custom_role = custom_role;
            person.home = home.as_deref().map(organizations::name).transpose()?;
            person.delivery = delivery.as_deref().map(invitations::delivery).transpose()?;
            person.attributes = attributes::shown(&plan.columns, &rows_of(values.as_deref().unwrap_or("[]"))?);
            people.push(person);
        }
        if people.len() >= enough {
            break;
        }
    }
    Ok(people)
}
