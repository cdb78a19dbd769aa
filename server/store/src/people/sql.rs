//! The statements of the grid, one text for both engines.

use model::{
    OrgId, PersonState, Role, Source, Timestamp,
    id::Id,
    people::{Cursor, PeopleQuery, SortBy},
    text,
};
use sqlx::{Encode, QueryBuilder, Type};

use super::plan::{COUNTED_LOGINS, Part, Plan, Way, counted};
use crate::{FOREVER, memberships::columns};

/// What the engines have to take.
pub(super) trait Takes: sqlx::Database {
    fn text(q: &mut QueryBuilder<Self>, text: &str);
    fn int(q: &mut QueryBuilder<Self>, n: i64);
}

impl<DB> Takes for DB
where
    DB: sqlx::Database,
    String: for<'q> Encode<'q, DB> + Type<DB>,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    fn text(q: &mut QueryBuilder<Self>, text: &str) {
        // PostgreSQL refuses a text with NUL, and nothing that is stored has one.
        q.push_bind(text.replace('\0', ""));
    }
    fn int(q: &mut QueryBuilder<Self>, n: i64) {
        q.push_bind(n);
    }
}

/// The counters and bounded counts of [`super::sizes`].
pub(super) fn sizes<DB: Takes>(
    org_id: &OrgId,
    query: &PeopleQuery,
    words: &[String],
    now: Timestamp,
) -> QueryBuilder<DB> {
    let org = org_id.as_str();
    let mut q =
        QueryBuilder::<DB>::new("SELECT 'class', kind, status, role, source, n FROM people_counts WHERE org_id = ");
    DB::text(&mut q, org);
    q.push(
        " UNION ALL SELECT 'expired', kind, 'invited', role, source, count(*) FROM memberships \
         WHERE status = 'invited' AND org_id = ",
    );
    DB::text(&mut q, org);
    q.push(" AND open_until <= ");
    DB::int(&mut q, now.millis());
    q.push(" GROUP BY kind, role, source");
    for (i, word) in words.iter().enumerate() {
        q.push(format!(
            " UNION ALL SELECT '{i}', '', '', '', '', count(*) FROM (SELECT 1 AS hit FROM membership_terms WHERE org_id = "
        ));
        DB::text(&mut q, org);
        q.push(" AND term >= ");
        DB::text(&mut q, word);
        q.push(" AND term < ");
        DB::text(&mut q, &text::prefix_end(word));
        q.push(format!(" LIMIT {}) AS hits{i}", counted(words.len())));
    }
    if let (Some(login), Some(kind)) = (query.filters.login, query.tab.kind()) {
        q.push(
            " UNION ALL SELECT 'logins', '', '', '', '', count(*) FROM (SELECT 1 AS hit FROM memberships m WHERE m.org_id = ",
        );
        DB::text(&mut q, org);
        q.push(format!(" AND m.kind = '{}'", kind.code()));
        range(&mut q, "COALESCE(m.last_login_at, 0)", login.range(now));
        q.push(format!(" LIMIT {COUNTED_LOGINS}) AS hits"));
    }
    q
}

/// The rows of one part beyond the cursor.
pub(super) fn page<DB: Takes>(
    plan: &Plan<'_>,
    part: &Part,
    cursor: Option<&Cursor>,
    backwards: bool,
    limit: usize,
) -> QueryBuilder<DB> {
    let by = plan.query.sort.by();
    let descending = plan.query.sort.is_down() != backwards;
    let (order, beyond) = if descending { ("DESC", "<") } else { ("ASC", ">") };
    let mut q = QueryBuilder::<DB>::new(concat!("SELECT ", columns!(), " FROM "));
    // The hits of words carry the name: where nothing else is asked, they are cut to a page before anybody is read.
    let short = plan.way == Way::Words && by == SortBy::Name && plan.query.filters.is_empty();
    let keys = if *part == Part::WholeWords && matches!(plan.way, Way::Walk | Way::Words) {
        whole_words(&mut q, plan);
        ["t.sort_name", "t.membership_id"].map(str::to_owned).to_vec()
    } else if short {
        q.push("(SELECT DISTINCT t.sort_name, t.membership_id FROM membership_terms t WHERE ");
        hits(&mut q, plan);
        if *part == Part::Beginnings {
            not_whole_words(&mut q, plan, "t", "membership_id");
        }
        beyond_cursor(&mut q, cursor, by, &["t.sort_name".to_owned(), "t.membership_id".to_owned()], beyond);
        q.push(format!(" ORDER BY t.sort_name {order}, t.membership_id {order} LIMIT {limit}) AS hit "));
        q.push("JOIN memberships m ON m.id = hit.membership_id ");
        q.push(format!("ORDER BY hit.sort_name {order}, hit.membership_id {order}"));
        return q;
    } else {
        people(&mut q, plan);
        of_part(&mut q, plan, *part);
        times(&mut q, plan, *part, cursor, beyond);
        sort_keys(by, *part)
    };
    beyond_cursor(&mut q, cursor, by, &keys, beyond);
    let order: Vec<String> = keys.iter().map(|key| format!("{key} {order}")).collect();
    q.push(format!(" ORDER BY {} LIMIT {limit}", order.join(", ")));
    q
}

/// How many match.
pub(super) fn matches<DB: Takes>(plan: &Plan<'_>) -> QueryBuilder<DB> {
    if plan.way == Way::Words && plan.query.filters.is_empty() {
        let mut q = QueryBuilder::<DB>::new(
            "SELECT count(*) FROM (SELECT DISTINCT t.membership_id FROM membership_terms t WHERE ",
        );
        hits(&mut q, plan);
        q.push(") AS hits");
        return q;
    }
    let mut q = QueryBuilder::<DB>::new("SELECT count(*) FROM ");
    people(&mut q, plan);
    q
}

/// The sort keys of an order, the id last. What is the same throughout a part is no key.
fn sort_keys(by: SortBy, part: Part) -> Vec<String> {
    let word = |column: &str| match part {
        Part::Of(_) => vec!["m.sort_name".to_owned()],
        _ => vec![format!("m.{column}"), "m.sort_name".to_owned()],
    };
    let mut keys = match by {
        SortBy::Name => vec!["m.sort_name".to_owned()],
        SortBy::Role => word("role"),
        SortBy::Status => word("status"),
        SortBy::Source => word("source"),
        // All alike: SQLite does not see that by itself, and would sort them.
        SortBy::LastLogin if part == Part::Never => Vec::new(),
        SortBy::LastLogin => vec!["COALESCE(m.last_login_at, 0)".to_owned()],
        SortBy::Added => vec!["m.created_at".to_owned()],
    };
    keys.push("m.id".to_owned());
    keys
}

/// `table m WHERE …`: everybody who matches, by the way of the plan.
fn people<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>) {
    // Those of the way first, and their rows one by one: with an IN, PostgreSQL may walk the whole list and compare each
    // row with each of them. CROSS JOIN is what makes SQLite keep to this order.
    match plan.way {
        Way::Walk => {
            q.push("memberships m WHERE m.org_id = ");
            DB::text(q, plan.org_id.as_str());
            if let Some(kind) = plan.query.tab.kind() {
                q.push(format!(" AND m.kind = '{}'", kind.code()));
            } else {
                q.push(" AND m.status = 'invited'");
            }
        }
        Way::Words => {
            q.push("(SELECT DISTINCT t.membership_id FROM membership_terms t WHERE ");
            hits(q, plan);
            q.push(") AS hit CROSS JOIN memberships m WHERE m.id = hit.membership_id");
        }
        Way::Roles | Way::States | Way::Sources | Way::Logins => {
            let filters = &plan.query.filters;
            q.push("(SELECT d.id FROM memberships d WHERE d.org_id = ");
            DB::text(q, plan.org_id.as_str());
            if let Some(kind) = plan.query.tab.kind() {
                q.push(format!(" AND d.kind = '{}'", kind.code()));
            }
            match plan.way {
                Way::Roles => one_of(q, "d.role", filters.roles.iter().map(|role| role.code())),
                Way::States => one_of(q, "d.status", filters.states.iter().map(|state| state.stored().code())),
                Way::Sources => one_of(q, "d.source", filters.sources.iter().map(|source| source.code())),
                _ => {
                    if let Some(login) = filters.login {
                        range(q, "COALESCE(d.last_login_at, 0)", login.range(plan.now));
                    }
                }
            }
            q.push(") AS hit CROSS JOIN memberships m WHERE m.id = hit.id");
        }
    }
    window(q, "m", plan);
    filtered(q, plan);
    if plan.way != Way::Words {
        for word in &plan.words {
            has_word(q, ("m", "id"), word, false);
        }
    }
}

/// Those who have each word as a whole word, in the order of their names, which is that of the index over words.
fn whole_words<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>) {
    let rarest = plan.words.first().copied().unwrap_or_default();
    q.push("membership_terms t CROSS JOIN memberships m WHERE m.id = t.membership_id AND t.org_id = ");
    DB::text(q, plan.org_id.as_str());
    q.push(" AND t.term = ");
    DB::text(q, rarest);
    of_tab(q, plan);
    for word in plan.words.iter().skip(1) {
        has_word(q, ("t", "membership_id"), word, true);
    }
    filtered(q, plan);
}

/// What a part adds.
fn of_part<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>, part: Part) {
    match part {
        // By time, the range is pushed with the cursor.
        Part::Whole | Part::Came => {}
        Part::WholeWords => {
            for word in &plan.words {
                has_word(q, ("m", "id"), word, true);
            }
        }
        Part::Beginnings => not_whole_words(q, plan, "m", "id"),
        Part::Never => {
            q.push(" AND COALESCE(m.last_login_at, 0) = 0");
        }
        Part::Of(word) => {
            let column = match plan.query.sort.by() {
                SortBy::Status => "status",
                SortBy::Source => "source",
                _ => "role",
            };
            q.push(format!(" AND m.{column} = "));
            DB::text(q, word);
        }
    }
}

/// That a row passes the filters. In a form that no index is entered by: the way of the plan says which index is.
fn filtered<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>) {
    let filters = &plan.query.filters;
    let with = |q: &mut QueryBuilder<DB>, column: &'static str, words: Vec<&'static str>| {
        if !words.is_empty() {
            one_of(q, column, words.into_iter());
        }
    };
    with(q, "m.role || ''", filters.roles.iter().copied().map(Role::code).collect());
    with(q, "m.status || ''", filters.states.iter().map(|s: &PersonState| s.stored().code()).collect());
    with(q, "m.source || ''", filters.sources.iter().copied().map(Source::code).collect());
    if let Some(login) = filters.login {
        range(q, "COALESCE(m.last_login_at, 0) + 0", login.range(plan.now));
    }
}

fn one_of<DB: Takes>(q: &mut QueryBuilder<DB>, column: &str, words: impl Iterator<Item = impl AsRef<str>>) {
    q.push(format!(" AND {column} IN ("));
    for (i, word) in words.enumerate() {
        if i > 0 {
            q.push(", ");
        }
        DB::text(q, word.as_ref());
    }
    q.push(")");
}

fn range<DB: Takes>(q: &mut QueryBuilder<DB>, of: &str, (from, to): (i64, i64)) {
    q.push(format!(" AND {of} >= "));
    DB::int(q, from);
    q.push(format!(" AND {of} < "));
    DB::int(q, to);
}

/// The hits of the rarest word that every other word finds as well.
fn hits<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>) {
    let rarest = plan.words.first().copied().unwrap_or_default();
    q.push("t.org_id = ");
    DB::text(q, plan.org_id.as_str());
    q.push(" AND t.term >= ");
    DB::text(q, rarest);
    q.push(" AND t.term < ");
    DB::text(q, &text::prefix_end(rarest));
    of_tab(q, plan);
    for word in plan.words.iter().skip(1) {
        has_word(q, ("t", "membership_id"), word, false);
    }
}

/// That the row of the index over words stands on the tab.
fn of_tab<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>) {
    if let Some(kind) = plan.query.tab.kind() {
        q.push(format!(" AND t.kind = '{}'", kind.code()));
    }
    window(q, "t", plan);
}

/// That the row of `table` has the word, or one that begins with it. The organization follows from the id; it stands here
/// because PostgreSQL may read all hits of the word at once, and then has to read those of one organization alone.
fn has_word<DB: Takes>(q: &mut QueryBuilder<DB>, (table, id): (&'static str, &'static str), word: &str, whole: bool) {
    q.push(format!(
        " AND EXISTS (SELECT 1 FROM membership_terms w WHERE w.membership_id = {table}.{id} AND w.org_id = {table}.org_id AND w.term "
    ));
    q.push(if whole { "= " } else { ">= " });
    DB::text(q, word);
    if !whole {
        q.push(" AND w.term < ");
        DB::text(q, &text::prefix_end(word));
    }
    q.push(")");
}

/// That some word is not a whole one. A count of what one person has, since PostgreSQL would read all who have the words
/// rather than ask about each row.
fn not_whole_words<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>, table: &'static str, id: &'static str) {
    q.push(format!(" AND (SELECT count(*) FROM membership_terms w WHERE w.membership_id = {table}.{id}"));
    one_of(q, "w.term", plan.words.iter().copied());
    q.push(format!(") < {}", plan.words.len()));
}

fn window<DB: Takes>(q: &mut QueryBuilder<DB>, table: &'static str, plan: &Plan<'_>) {
    let (above, up_to) = plan.window();
    q.push(format!(" AND {table}.open_until > "));
    DB::int(q, above);
    if up_to != FOREVER {
        q.push(format!(" AND {table}.open_until <= "));
        DB::int(q, up_to);
    }
}

/// The times between which a part lies that is sorted by time: one range out of filter, part and cursor, since SQLite
/// enters an index by one lower and one upper bound alone, and takes the first it meets.
fn times<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>, part: Part, cursor: Option<&Cursor>, beyond: &str) {
    let key = match (plan.query.sort.by(), part) {
        (SortBy::LastLogin, Part::Whole | Part::Came) => "COALESCE(m.last_login_at, 0)",
        (SortBy::Added, _) => "m.created_at",
        _ => return,
    };
    let (mut from, mut to) = match (key, plan.query.filters.login, part) {
        ("m.created_at", ..) => (0, i64::MAX),
        (_, Some(login), _) => login.range(plan.now),
        (_, None, Part::Came) => (1, i64::MAX),
        (_, None, _) => (0, i64::MAX),
    };
    if let Some(at) = cursor.and_then(|cursor| cursor.key.parse::<i64>().ok()) {
        if beyond == ">" {
            from = from.max(at);
        } else {
            to = to.min(at.saturating_add(1));
        }
    }
    range(q, key, (from, to));
}

fn beyond_cursor<DB: Takes>(
    q: &mut QueryBuilder<DB>,
    cursor: Option<&Cursor>,
    by: SortBy,
    keys: &[String],
    beyond: &'static str,
) {
    let Some(cursor) = cursor else { return };
    q.push(format!(" AND ({}) {beyond} (", keys.join(", ")));
    match (by, keys.len()) {
        (SortBy::LastLogin | SortBy::Added, 2) => {
            DB::int(q, cursor.key.parse().unwrap_or(0));
            q.push(", ");
        }
        (SortBy::Name, _) => {
            DB::text(q, &cursor.key);
            q.push(", ");
        }
        (_, 1) => {}
        (_, keys) => {
            let (word, name) = cursor.key.split_once('~').unwrap_or(("", &cursor.key));
            if keys == 3 {
                DB::text(q, word);
                q.push(", ");
            }
            DB::text(q, name);
            q.push(", ");
        }
    }
    DB::text(q, cursor.id.as_str());
    q.push(")");
}
