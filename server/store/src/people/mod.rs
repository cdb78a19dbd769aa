//! Reading the people grid: a page by keyset from an ordered index, or from what few people a search or filter leaves.
//!
//! There are several ways to a page, since each alone is slow at one end. Where a word or a filter leaves few people, they
//! are read from its index and sorted. Where all leave many, the ordered index is walked and each row probed, which finds
//! a page soon because hits are dense. Counters and bounded counts tell which; see `plan.rs`. All cost what a page costs,
//! not what the organization holds.
//!
//! Some orders fall into parts that stand one behind the other, each with an index of its own: whole words before
//! beginnings of words, those who came before those who never did, one role after the other.
//!
//! On PostgreSQL these statements are not kept prepared: it would settle on one plan for all words and tabs, which for
//! most of them reads everything.

mod plan;
mod sql;

use model::{
    Kind, OrgId, Role, Source, Status, Timestamp,
    people::{Census, Class, Cursor, From, PeopleQuery, PersonRow, Tab},
};
use sqlx::{FromRow, postgres::PgRow, sqlite::SqliteRow};

use crate::{
    Engine, Handle, StoreError,
    memberships::{self, Row, counted_as},
};
use plan::Plan;

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
}

/// Counters, and bounded counts of what a search and the filter by last login leave: one query.
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
    let rows: Vec<Line> = match h.engine() {
        Engine::Sqlite(c) => {
            sql::sizes::<sqlx::Sqlite>(org_id, query, words, now).build_query_as().fetch_all(c).await?
        }
        Engine::Postgres(c) => {
            let sizes = &mut sql::sizes::<sqlx::Postgres>(org_id, query, words, now);
            sizes.build_query_as().persistent(false).fetch_all(c).await?
        }
    };
    let (mut counted, mut expired) = (Vec::new(), Vec::new());
    let mut sizes = Sizes { words: vec![0; words.len()], ..Sizes::default() };
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
            "expired" => expired.push((Class { state: model::PersonState::Expired, ..class()? }, people)),
            "logins" => sizes.logins = n,
            word => {
                if let Some(hits) = word.parse::<usize>().ok().and_then(|i| sizes.words.get_mut(i)) {
                    *hits = n;
                }
            }
        }
    }
    sizes.census = Census::new(counted, &expired);
    Ok(sizes)
}

/// One page. The sizes are those that [`sizes`] found for the same question.
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
    if query.tab == Tab::Requests {
        return Ok(Found { matches: Some(0), ..Found::default() });
    }
    let plan = Plan::new(org_id, query, words, sizes, now);
    let size = query.size.rows();
    let (cursor, backwards) = match &query.from {
        From::Start => (None, false),
        From::After(cursor) => (Some(cursor), false),
        From::Before(cursor) => (Some(cursor), true),
    };
    let mut people = read(h, &plan, cursor, backwards, size + 1).await?;
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
    let matches = if words.is_empty() && query.filters.login.is_none() {
        Some(sizes.census.of(query.tab, &query.filters))
    } else if plan.is_counted() {
        Some(matches(h, &plan).await?)
    } else {
        None
    };
    Ok(Found { rows: people, matches, has_previous, has_next })
}

/// The rows beyond the cursor, part after part until there are enough.
async fn read<H: Handle>(
    h: &mut H,
    plan: &Plan<'_>,
    cursor: Option<&Cursor>,
    backwards: bool,
    enough: usize,
) -> Result<Vec<PersonRow>, StoreError> {
    let mut parts = plan.parts();
    if backwards {
        parts.reverse();
    }
    let begin = cursor.and_then(|cursor| parts.iter().position(|part| part.holds(cursor))).unwrap_or(0);
    let mut people = Vec::new();
    for (i, part) in parts.iter().enumerate().skip(begin) {
        let cursor = cursor.filter(|_| i == begin);
        let limit = enough - people.len();
        let rows: Vec<Row> = match h.engine() {
            Engine::Sqlite(c) => all(sql::page::<sqlx::Sqlite>(plan, part, cursor, backwards, limit), c).await?,
            Engine::Postgres(c) => {
                let page = &mut sql::page::<sqlx::Postgres>(plan, part, cursor, backwards, limit);
                page.build_query_as().persistent(false).fetch_all(c).await?
            }
        };
        for row in rows {
            people.push(memberships::from_row(row)?.into_row(plan.now));
        }
        if people.len() >= enough {
            break;
        }
    }
    Ok(people)
}

async fn all<R>(
    mut query: sqlx::QueryBuilder<sqlx::Sqlite>,
    connection: &mut sqlx::SqliteConnection,
) -> Result<Vec<R>, StoreError>
where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    Ok(query.build_query_as().fetch_all(connection).await?)
}

async fn matches<H: Handle>(h: &mut H, plan: &Plan<'_>) -> Result<u64, StoreError> {
    let (n,): (i64,) = match h.engine() {
        Engine::Sqlite(c) => sql::matches::<sqlx::Sqlite>(plan).build_query_as().fetch_one(c).await?,
        Engine::Postgres(c) => {
            sql::matches::<sqlx::Postgres>(plan).build_query_as().persistent(false).fetch_one(c).await?
        }
    };
    Ok(u64::try_from(n).unwrap_or(0))
}
