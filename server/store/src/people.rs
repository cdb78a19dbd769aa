//! Reading the people grid: a page by keyset from an ordered index, or a search.
//!
//! A search has two plans, since each alone is slow at one end. Where a word has few hits, they are read from the index
//! over words, which carries all that the list sorts and filters by. Where it has many, the ordered index is walked and
//! each row probed, which finds a page soon because hits are dense. Both cost what a page costs, not what the
//! organization holds.
//!
//! On PostgreSQL these statements are not kept prepared: it would settle on one plan for all words and tabs, which for
//! most of them reads everything.

use model::{
    OrgId, Timestamp,
    id::Id,
    people::{Cursor, From, PAGE_SIZE, PeopleCounts, PeopleQuery, PersonRow, Sort, Tab},
    text,
};
use sqlx::{Encode, FromRow, QueryBuilder, Type, postgres::PgRow, sqlite::SqliteRow};

use crate::{
    Engine, FOREVER, Handle, StoreError,
    memberships::{self, Row, columns},
};

/// Up to how many hits of its rarest word a search reads the index over words.
const FEW_HITS: i64 = 2_000;

/// Rows of a page, in the order that was asked for.
#[derive(Debug, Clone)]
pub struct Found {
    /// At most [`PAGE_SIZE`].
    pub rows: Vec<PersonRow>,
    /// How many match the search; `None` where it was walked.
    pub matches: Option<u64>,
    /// Rows stand in front of these.
    pub has_previous: bool,
    /// Rows follow these.
    pub has_next: bool,
}

/// The window of `open_until` that a tab shows (exclusive below, inclusive above).
fn window(tab: Tab, now: Timestamp) -> (i64, i64) {
    match tab {
        Tab::Standard => (now.millis(), FOREVER),
        Tab::Invitations => (now.millis(), FOREVER - 1),
        Tab::Expired => (0, now.millis()),
    }
}

/// Counts of the tabs, and for each word of a search how many hits it has, up to a bound: one query.
///
/// # Errors
/// [`StoreError`].
pub async fn counts<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    words: &[String],
    now: Timestamp,
) -> Result<(PeopleCounts, Vec<i64>), StoreError> {
    let rows: Vec<(String, i64)> = match h.engine() {
        Engine::Sqlite(c) => counts_query::<sqlx::Sqlite>(org_id, words, now).build_query_as().fetch_all(c).await?,
        Engine::Postgres(c) => {
            counts_query::<sqlx::Postgres>(org_id, words, now).build_query_as().persistent(false).fetch_all(c).await?
        }
    };
    let n = |name: &str| rows.iter().find(|r| r.0 == name).map_or(0, |r| r.1);
    let expired = n("expired");
    let open = (n("invited") - expired).max(0);
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let counts = PeopleCounts {
        standard: count(n("active") + n("deactivated") + open),
        invitations: count(open),
        expired: count(expired),
    };
    Ok((counts, (0..words.len()).map(|i| n(&format!("word{i}"))).collect()))
}

fn counts_query<DB>(org_id: &OrgId, words: &[String], now: Timestamp) -> QueryBuilder<DB>
where
    DB: sqlx::Database,
    String: for<'q> Encode<'q, DB> + Type<DB>,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    let mut q = QueryBuilder::<DB>::new("SELECT status, n FROM people_counts WHERE kind = 'standard' AND org_id = ");
    q.push_bind(org_id.as_str().to_owned());
    q.push(" UNION ALL SELECT 'expired', count(*) FROM memberships WHERE kind = 'standard' AND status = 'invited' AND org_id = ");
    q.push_bind(org_id.as_str().to_owned());
    q.push(" AND open_until <= ");
    q.push_bind(now.millis());
    for (i, word) in words.iter().enumerate() {
        q.push(format!(
            " UNION ALL SELECT 'word{i}', count(*) FROM (SELECT 1 AS hit FROM membership_terms WHERE org_id = "
        ));
        q.push_bind(org_id.as_str().to_owned());
        q.push(" AND term >= ");
        q.push_bind(word.clone());
        q.push(" AND term < ");
        q.push_bind(text::prefix_end(word));
        q.push(format!(" LIMIT {}) AS hits{i}", FEW_HITS + 1));
    }
    q
}

/// What a page is read by.
struct Plan<'a> {
    org_id: &'a OrgId,
    query: &'a PeopleQuery,
    /// The rarest first.
    words: Vec<&'a str>,
    by_words: bool,
    window: (i64, i64),
}

/// One page. `hits` are the counts that [`counts`] found for the words of the query.
///
/// # Errors
/// [`StoreError`].
pub async fn page<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    query: &PeopleQuery,
    words: &[String],
    hits: &[i64],
    now: Timestamp,
) -> Result<Found, StoreError> {
    let mut by_rarity: Vec<(i64, &str)> = hits.iter().copied().zip(words.iter().map(String::as_str)).collect();
    by_rarity.sort_unstable();
    let plan = Plan {
        org_id,
        query,
        by_words: by_rarity.first().is_some_and(|(hits, _)| *hits <= FEW_HITS),
        words: by_rarity.into_iter().map(|(_, word)| word).collect(),
        window: window(query.tab, now),
    };
    let rows: Vec<Row> = run(h, &plan).await?;
    let mut people: Vec<PersonRow> = rows
        .into_iter()
        .map(|row| {
            let m = memberships::from_row(row)?;
            Ok(PersonRow { target: m.target(now), name: m.name, email: m.email, last_login_at: m.last_login_at })
        })
        .collect::<Result<_, StoreError>>()?;
    let more = people.len() > PAGE_SIZE;
    people.truncate(PAGE_SIZE);
    let (has_previous, has_next) = match query.from {
        From::Start => (false, more),
        From::After(_) => (true, more),
        From::Before(_) => {
            people.reverse();
            (more, true)
        }
    };
    let matches = if plan.by_words { Some(matches(h, &plan).await?) } else { None };
    Ok(Found { rows: people, matches, has_previous, has_next })
}

async fn run<H: Handle, R>(h: &mut H, plan: &Plan<'_>) -> Result<Vec<R>, StoreError>
where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    Ok(match h.engine() {
        Engine::Sqlite(c) => page_query::<sqlx::Sqlite>(plan).build_query_as().fetch_all(c).await?,
        Engine::Postgres(c) => {
            page_query::<sqlx::Postgres>(plan).build_query_as().persistent(false).fetch_all(c).await?
        }
    })
}

async fn matches<H: Handle>(h: &mut H, plan: &Plan<'_>) -> Result<u64, StoreError> {
    let (n,): (i64,) = match h.engine() {
        Engine::Sqlite(c) => matches_query::<sqlx::Sqlite>(plan).build_query_as().fetch_one(c).await?,
        Engine::Postgres(c) => {
            matches_query::<sqlx::Postgres>(plan).build_query_as().persistent(false).fetch_one(c).await?
        }
    };
    Ok(u64::try_from(n).unwrap_or(0))
}

/// The sort key of an order, as an expression over the table called `of`.
const fn key_of(sort: Sort) -> &'static str {
    match sort {
        Sort::NameAsc | Sort::NameDesc => "m.sort_name",
        Sort::LoginDesc => "COALESCE(m.last_login_at, 0)",
        Sort::LoginAsc => "COALESCE(m.last_login_at, 9223372036854775807)",
    }
}

fn page_query<DB>(plan: &Plan<'_>) -> QueryBuilder<DB>
where
    DB: sqlx::Database,
    String: for<'q> Encode<'q, DB> + Type<DB>,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    let sort = plan.query.sort;
    let by_name = matches!(sort, Sort::NameAsc | Sort::NameDesc);
    let (cursor, backwards) = match &plan.query.from {
        From::Start => (None, false),
        From::After(cursor) => (Some(cursor), false),
        From::Before(cursor) => (Some(cursor), true),
    };
    let descending = matches!(sort, Sort::NameDesc | Sort::LoginDesc) != backwards;
    let (order, beyond) = if descending { ("DESC", "<") } else { ("ASC", ">") };
    let limit = PAGE_SIZE + 1;

    let mut q = QueryBuilder::<DB>::new(concat!("SELECT ", columns!(), " FROM "));
    if plan.by_words && by_name {
        q.push("(SELECT DISTINCT t.sort_name, t.membership_id FROM membership_terms t WHERE ");
        push_hits(&mut q, plan);
        push_cursor(&mut q, cursor, by_name, sort, ("t.sort_name", "t.membership_id"), beyond);
        q.push(format!(" ORDER BY t.sort_name {order}, t.membership_id {order} LIMIT {limit}) AS hit "));
        q.push("JOIN memberships m ON m.id = hit.membership_id ");
        q.push(format!("ORDER BY hit.sort_name {order}, hit.membership_id {order}"));
        return q;
    }
    if plan.by_words {
        // The hits first, and their rows one by one: with an IN, PostgreSQL may walk the whole list and compare each
        // row with each hit. CROSS JOIN is what makes SQLite keep to this order.
        q.push("(SELECT DISTINCT t.membership_id FROM membership_terms t WHERE ");
        push_hits(&mut q, plan);
        q.push(") AS hit CROSS JOIN memberships m WHERE m.id = hit.membership_id");
        push_cursor(&mut q, cursor, by_name, sort, (key_of(sort), "m.id"), beyond);
        q.push(format!(" ORDER BY {} {order}, m.id {order} LIMIT {limit}", key_of(sort)));
        return q;
    }
    q.push("memberships m WHERE m.kind = 'standard' AND m.org_id = ");
    q.push_bind(plan.org_id.as_str().to_owned());
    push_window(&mut q, "m", plan.window);
    if plan.query.tab != Tab::Standard {
        q.push(" AND m.status = 'invited'");
    }
    for word in &plan.words {
        push_word(&mut q, ("m", "id"), word);
    }
    push_cursor(&mut q, cursor, by_name, sort, (key_of(sort), "m.id"), beyond);
    q.push(format!(" ORDER BY {} {order}, m.id {order} LIMIT {limit}", key_of(sort)));
    q
}

fn matches_query<DB>(plan: &Plan<'_>) -> QueryBuilder<DB>
where
    DB: sqlx::Database,
    String: for<'q> Encode<'q, DB> + Type<DB>,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    let mut q =
        QueryBuilder::<DB>::new("SELECT count(*) FROM (SELECT DISTINCT t.membership_id FROM membership_terms t WHERE ");
    push_hits(&mut q, plan);
    q.push(") AS hits");
    q
}

/// The hits of the rarest word that every other word finds as well.
fn push_hits<DB>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>)
where
    DB: sqlx::Database,
    String: for<'q> Encode<'q, DB> + Type<DB>,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    let rarest = plan.words.first().copied().unwrap_or_default();
    q.push("t.org_id = ");
    q.push_bind(plan.org_id.as_str().to_owned());
    q.push(" AND t.term >= ");
    q.push_bind(rarest.to_owned());
    q.push(" AND t.term < ");
    q.push_bind(text::prefix_end(rarest));
    q.push(" AND t.kind = 'standard'");
    push_window(q, "t", plan.window);
    for word in plan.words.iter().skip(1) {
        push_word(q, ("t", "membership_id"), word);
    }
}

/// That the row of `table` is found by the word as well. The organization follows from the id; it stands here because
/// PostgreSQL may read all hits of the word at once, and then has to read those of one organization alone.
fn push_word<DB>(q: &mut QueryBuilder<DB>, (table, id): (&'static str, &'static str), word: &str)
where
    DB: sqlx::Database,
    String: for<'q> Encode<'q, DB> + Type<DB>,
{
    q.push(format!(
        " AND EXISTS (SELECT 1 FROM membership_terms w WHERE w.membership_id = {table}.{id} AND w.org_id = {table}.org_id \
         AND w.term >= "
    ));
    q.push_bind(word.to_owned());
    q.push(" AND w.term < ");
    q.push_bind(text::prefix_end(word));
    q.push(")");
}

fn push_window<DB>(q: &mut QueryBuilder<DB>, table: &'static str, (above, up_to): (i64, i64))
where
    DB: sqlx::Database,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    q.push(format!(" AND {table}.open_until > "));
    q.push_bind(above);
    if up_to != FOREVER {
        q.push(format!(" AND {table}.open_until <= "));
        q.push_bind(up_to);
    }
}

fn push_cursor<DB>(
    q: &mut QueryBuilder<DB>,
    cursor: Option<&Cursor>,
    by_name: bool,
    sort: Sort,
    (key, id): (&'static str, &'static str),
    beyond: &'static str,
) where
    DB: sqlx::Database,
    String: for<'q> Encode<'q, DB> + Type<DB>,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    let Some(cursor) = cursor else { return };
    if by_name {
        q.push(format!(" AND ({key}, {id}) {beyond} ("));
        // From a URL; PostgreSQL refuses a text with NUL, and no name has one.
        q.push_bind(cursor.key.replace('\0', ""));
    } else {
        let never = if sort == Sort::LoginDesc { 0 } else { i64::MAX };
        let login: i64 = cursor.key.parse().unwrap_or(never);
        // Says nothing new; but SQLite enters an index over an expression by one value, and not by a pair.
        q.push(format!(" AND {key} {beyond}= "));
        q.push_bind(login);
        q.push(format!(" AND ({key}, {id}) {beyond} ("));
        q.push_bind(login);
    }
    q.push(", ");
    q.push_bind(cursor.id.as_str().to_owned());
    q.push(")");
}
