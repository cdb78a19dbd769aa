//! The statements of the grid, one text for both engines.

use model::{
    OrgId, Timestamp,
    attribute::ValueType,
    id::Id,
    people::{Cursor, PeopleQuery, SortBy},
    text,
    time::DAY,
};
use sqlx::QueryBuilder;

use super::plan::{ByValue, COUNTED_LOGINS, COUNTED_MEMBERS, COUNTED_VALUES, Part, Plan, Read, Set, Way, counted};
use crate::{FOREVER, attributes, counts::day, memberships::columns};

/// Open requests are counted up to here: nobody answers more of them one by one.
const COUNTED_REQUESTS: u32 = 9_999;

/// In front of the number of a filter by an attribute, where its people are counted.
pub(super) const VALUE: &str = "v";

/// How far the mail of somebody who is invited has come (N3): of the latest link, once for each row of a page.
pub(super) const DELIVERY: &str = "CASE WHEN status = 'invited' THEN (SELECT i.delivery FROM invitations i \
    WHERE i.membership_id = page.id ORDER BY i.created_at DESC, i.id DESC LIMIT 1) END";

/// The organization that somebody of another one comes from (B45), as long as they are native there: once for each row.
pub(super) const HOME: &str = "CASE WHEN kind = 'external' THEN (SELECT h.name FROM memberships g \
    JOIN organizations h ON h.id = g.home_org_id \
    JOIN memberships n ON n.user_id = g.user_id AND n.org_id = h.id AND n.kind = 'standard' WHERE g.id = page.id) END";

/// The custom role that somebody has (B41): once for each row.
pub(super) const CUSTOM_ROLE: &str = "CASE WHEN custom_role_id IS NOT NULL THEN \
    (SELECT c.name FROM custom_roles c WHERE c.id = page.custom_role_id) END";

/// What the engines have to take, and what they call the functions that make JSON arrays of columns and of rows, and the one
/// that says where in a text another one stands (from 1, 0 for nowhere).
pub(super) trait Takes: sqlx::Database {
    const COLUMNS: &'static str;
    const ROWS: &'static str;
    const POSITION: &'static str;
    fn text(q: &mut QueryBuilder<Self>, text: &str);
    fn int(q: &mut QueryBuilder<Self>, n: i64);
}

macro_rules! takes {
    ($db:ty, $columns:literal, $rows:literal, $position:literal) => {
        impl Takes for $db {
            const COLUMNS: &'static str = $columns;
            const ROWS: &'static str = $rows;
            const POSITION: &'static str = $position;
            fn text(q: &mut QueryBuilder<Self>, text: &str) {
                // PostgreSQL refuses a text with NUL, and nothing that is stored has one.
                q.push_bind(text.replace('\0', ""));
            }
            fn int(q: &mut QueryBuilder<Self>, n: i64) {
                q.push_bind(n);
            }
        }
    };
}
takes!(sqlx::Sqlite, "json_array", "json_group_array", "instr");
takes!(sqlx::Postgres, "json_build_array", "json_agg", "strpos");

/// The rows of a statement as one JSON text of arrays, in their order: sqlx hands SQLite's rows over one by one, from one
/// thread to another, which makes a page several times as dear.
pub(super) fn as_json<DB: Takes>(columns: &str, statement: impl FnOnce(&mut QueryBuilder<DB>)) -> QueryBuilder<DB> {
    let (rows, array) = (DB::ROWS, DB::COLUMNS);
    let mut q = QueryBuilder::new(format!("SELECT CAST(COALESCE({rows}({array}({columns})), '[]') AS TEXT) FROM ("));
    statement(&mut q);
    q.push(") AS page");
    q
}

/// The counters and bounded counts of [`super::sizes`].
pub(super) fn sizes<DB: Takes>(
    org_id: &OrgId,
    query: &PeopleQuery,
    words: &[String],
    now: Timestamp,
) -> QueryBuilder<DB> {
    as_json("what, kind, status, role, source, n", |q| size_lines(q, org_id.as_str(), query, words, now))
}

fn size_lines<DB: Takes>(q: &mut QueryBuilder<DB>, org: &str, query: &PeopleQuery, words: &[String], now: Timestamp) {
    let today = day(now);
    q.push(format!(
        "SELECT CASE WHEN ends_on <> 0 AND ends_on < {today} THEN 'expired' ELSE 'class' END AS what, kind, status, \
         role, source, CAST(sum(n) AS BIGINT) AS n FROM people_counts WHERE org_id = "
    ));
    DB::text(q, org);
    q.push(
        " GROUP BY 1, 2, 3, 4, 5 UNION ALL SELECT 'late', kind, 'invited', role, source, count(*) FROM memberships \
         WHERE status = 'invited' AND org_id = ",
    );
    DB::text(q, org);
    range(q, "open_until", (today * DAY, now.millis() + 1));
    q.push(" GROUP BY kind, role, source");
    q.push(" UNION ALL SELECT 'requests', '', '', '', '', count(*) FROM (SELECT 1 AS hit FROM invitation_requests WHERE org_id = ");
    DB::text(q, org);
    q.push(format!(" AND state = 'open' LIMIT {COUNTED_REQUESTS}) AS hits_asked"));
    q.push(" UNION ALL SELECT 'due', '', '', '', '', count(*) FROM (SELECT 1 AS hit FROM memberships WHERE due_at <= ");
    DB::int(q, now.millis());
    q.push(" AND org_id = ");
    DB::text(q, org);
    q.push(" LIMIT 1) AS hits_due");
    q.push(
        " UNION ALL SELECT 'group', hits_named.id, hits_named.name, '', '', 0 FROM \
         (SELECT g.id, g.name FROM groups g WHERE g.org_id = ",
    );
    DB::text(q, org);
    q.push(format!(" ORDER BY g.org_id, g.name_key LIMIT {}) AS hits_named", model::group::MOST));
    let (array, defined) = (DB::COLUMNS, attributes::columns!());
    // As a text: what of JSON inside of JSON is still taken for it differs.
    q.push(format!(
        " UNION ALL SELECT * FROM (SELECT 'attribute', CAST({array}({defined}) AS TEXT) || '', '', '', '', 0 \
         FROM attributes a WHERE a.org_id = "
    ));
    DB::text(q, org);
    q.push(format!(" ORDER BY a.org_id, a.attribute_key LIMIT {}) AS hits_defined", model::attribute::MOST));
    for (i, filter) in query.filters.attributes.iter().enumerate() {
        let of = |value_type: ValueType| value_type.searched(&filter.value).unwrap_or_default();
        q.push(format!(
            " UNION ALL SELECT '{VALUE}{i}', '', '', '', '', count(*) FROM (SELECT 1 AS hit FROM attributes a \
             CROSS JOIN attribute_terms t WHERE a.org_id = "
        ));
        DB::text(q, org);
        q.push(" AND a.attribute_key = ");
        DB::text(q, filter.key.as_str());
        q.push(" AND t.attribute_id = a.id AND t.term = CASE a.value_type");
        for value_type in [ValueType::Number, ValueType::YesNo, ValueType::Date] {
            q.push(format!(" WHEN '{}' THEN ", value_type.code()));
            DB::text(q, &of(value_type));
        }
        q.push(" ELSE ");
        DB::text(q, &of(ValueType::Text));
        q.push(format!(" END LIMIT {COUNTED_VALUES}) AS hits_v{i}"));
    }
    if let Some(group) = &query.filters.group {
        q.push(" UNION ALL SELECT 'members', '', '', '', '', count(*) FROM (SELECT 1 AS hit FROM group_members x WHERE x.group_id = ");
        DB::text(q, group.as_str());
        q.push(" AND x.org_id = ");
        DB::text(q, org);
        q.push(format!(" LIMIT {COUNTED_MEMBERS}) AS hits_in"));
    }
    let counted = counted(query.sort, words.len());
    for (i, word) in words.iter().enumerate() {
        q.push(format!(
            " UNION ALL SELECT '{i}', '', '', '', '', count(*) FROM (SELECT 1 AS hit FROM membership_terms WHERE org_id = "
        ));
        DB::text(q, org);
        q.push(" AND term >= ");
        DB::text(q, word);
        q.push(" AND term < ");
        DB::text(q, &text::prefix_end(word));
        q.push(format!(" ORDER BY org_id, term LIMIT {counted}) AS hits{i}"));
    }
    if let (Some(login), Some(kind)) = (query.filters.login, query.tab.kind()) {
        q.push(
            " UNION ALL SELECT 'logins', '', '', '', '', count(*) FROM (SELECT 1 AS hit FROM memberships m WHERE m.org_id = ",
        );
        DB::text(q, org);
        q.push(format!(" AND m.kind = '{}'", kind.code()));
        range(q, "COALESCE(m.last_login_at, 0)", login.range(now));
        q.push(format!(" LIMIT {COUNTED_LOGINS}) AS hits"));
    }
}

/// The rows of one part beyond the cursor, each with how far its mail has come.
pub(super) fn page<DB: Takes>(
    plan: &Plan<'_>,
    part: Part,
    cursor: Option<&Cursor>,
    backwards: bool,
    limit: usize,
) -> QueryBuilder<DB> {
    let array = DB::COLUMNS;
    let person = columns!("");
    let values = values_of_rows::<DB>(plan);
    as_json(&format!("{array}({person}), {DELIVERY}, {HOME}, {CUSTOM_ROLE}, {values}"), |q| {
        page_lines(q, plan, part, cursor, backwards, limit);
    })
}

/// What a row has of the attributes that are shown, by themselves or groups.
fn values_of_rows<DB: Takes>(plan: &Plan<'_>) -> String {
    if plan.columns.is_empty() {
        return "NULL".to_owned();
    }
    let (array, rows) = (DB::COLUMNS, DB::ROWS);
    // Ids are hexadecimal digits behind their prefix.
    let ids: Vec<String> = plan.columns.iter().map(|of| format!("'{}'", of.id)).collect();
    format!(
        "CAST((SELECT {rows}({array}(t.attribute_id, t.value)) FROM attribute_terms t WHERE t.membership_id = page.id \
         AND t.attribute_id IN ({})) AS TEXT) || ''",
        ids.join(", ")
    )
}

fn page_lines<DB: Takes>(
    q: &mut QueryBuilder<DB>,
    plan: &Plan<'_>,
    part: Part,
    cursor: Option<&Cursor>,
    backwards: bool,
    limit: usize,
) {
    let (by, read) = (plan.query.sort.by(), plan.read());
    let descending = plan.query.sort.is_down() != backwards;
    let (order, beyond) = if descending { ("DESC", "<") } else { ("ASC", ">") };
    // What stands behind the rows: those beyond the cursor, in their order, up to the limit.
    let rest = |q: &mut QueryBuilder<DB>, keys: &[&str]| {
        beyond_cursor(q, cursor, by, keys, beyond);
        let order: Vec<String> = keys.iter().map(|key| format!("{key} {order}")).collect();
        q.push(format!(" ORDER BY {} LIMIT {limit}", order.join(", ")));
    };
    match (plan.way, plan.lead()) {
        // The index over words is in this order. A person may have several words that begin alike: the first counts.
        (Way::Hits, Some(lead)) => {
            q.push(concat!("SELECT ", columns!(), " FROM membership_terms t CROSS JOIN memberships m "));
            q.push("WHERE m.id = t.membership_id AND ");
            hits(q, plan, read);
            is_first_hit(q, lead);
            filtered(q, plan, read);
            rest(q, &["t.term", "t.sort_name", "t.membership_id"]);
        }
        (_, Some(lead)) => {
            q.push(concat!("SELECT ", columns!("hit."), " FROM (SELECT m.*, "));
            first_term(q, lead);
            q.push(" AS term FROM ");
            people(q, plan, read);
            q.push(") AS hit WHERE hit.term IS NOT NULL");
            rest(q, &["hit.term", "hit.sort_name", "hit.id"]);
        }
        // One list by name for each word of the filter, each cut to a page.
        (Way::WalkOf(set), None) => {
            q.push(concat!("SELECT ", columns!("hit."), " FROM ("));
            for (i, word) in set.words(&plan.query.filters).into_iter().enumerate() {
                q.push(if i == 0 {
                    "SELECT * FROM (SELECT m.* FROM "
                } else {
                    " UNION ALL SELECT * FROM (SELECT m.* FROM "
                });
                people(q, plan, read);
                q.push(format!(" AND m.{} = ", set.column()));
                DB::text(q, word);
                rest(q, &["m.sort_name", "m.id"]);
                q.push(format!(") AS hits{i}"));
            }
            q.push(format!(") AS hit ORDER BY hit.sort_name {order}, hit.id {order} LIMIT {limit}"));
        }
        // The list of a group carries the name, and so does that of a value: in that order each row is probed.
        (Way::WalkOfGroup | Way::WalkOfValue, None) => {
            q.push(concat!("SELECT ", columns!(), " FROM "));
            people(q, plan, read);
            rest(q, &["x.sort_name", "x.membership_id"]);
        }
        // The hits of words carry the name: where nothing else is asked, they are cut to a page before anybody is read.
        (Way::Words, None) if by == SortBy::Name && plan.query.filters.is_empty() => {
            q.push(concat!("SELECT ", columns!(), " FROM "));
            q.push("(SELECT DISTINCT t.sort_name, t.membership_id FROM membership_terms t WHERE ");
            hits(q, plan, read);
            rest(q, &["t.sort_name", "t.membership_id"]);
            q.push(") AS hit JOIN memberships m ON m.id = hit.membership_id ");
            q.push(format!("ORDER BY hit.sort_name {order}, hit.membership_id {order}"));
        }
        _ => {
            q.push(concat!("SELECT ", columns!(), " FROM "));
            people(q, plan, read);
            of_part(q, plan, part);
            logins(q, plan, part, cursor, beyond);
            rest(q, &sort_keys(by, part));
        }
    }
}

/// How many match.
pub(super) fn matches<DB: Takes>(plan: &Plan<'_>) -> QueryBuilder<DB> {
    if matches!(plan.way, Way::Words | Way::Hits) && plan.query.filters.is_empty() {
        let mut q = QueryBuilder::<DB>::new(
            "SELECT count(*) FROM (SELECT DISTINCT t.membership_id FROM membership_terms t WHERE ",
        );
        hits(&mut q, plan, Read::All);
        q.push(") AS hits");
        return q;
    }
    let mut q = QueryBuilder::<DB>::new("SELECT count(*) FROM ");
    people(&mut q, plan, Read::All);
    q
}

/// The sort keys of an order, the id last. What is the same throughout a part is no key.
fn sort_keys(by: SortBy, part: Part) -> Vec<&'static str> {
    let word = |column| match part {
        Part::Of(_) => vec!["m.sort_name"],
        _ => vec![column, "m.sort_name"],
    };
    let mut keys = match by {
        SortBy::Name => vec!["m.sort_name"],
        SortBy::Role => word("m.role"),
        SortBy::Status => word("m.status"),
        SortBy::Source => word("m.source"),
        // All alike: SQLite does not see that by itself, and would sort them.
        SortBy::LastLogin if part == Part::Never => Vec::new(),
        SortBy::LastLogin => vec!["COALESCE(m.last_login_at, 0)"],
        SortBy::Added => vec!["m.created_at"],
    };
    keys.push("m.id");
    keys
}

/// `table m WHERE …`: everybody who matches, by the way of the plan.
fn people<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>, read: Read) {
    // Those of the way first, and their rows one by one: with an IN, PostgreSQL may walk the whole list and compare each
    // row with each of them. CROSS JOIN is what makes SQLite keep to this order.
    match plan.way {
        Way::Walk | Way::WalkOf(_) => {
            q.push("memberships m WHERE m.org_id = ");
            DB::text(q, plan.org_id.as_str());
            if let Some(kind) = plan.query.tab.kind() {
                q.push(format!(" AND m.kind = '{}'", kind.code()));
            } else {
                q.push(" AND m.status = 'invited'");
            }
        }
        Way::Words | Way::Hits => {
            q.push("(SELECT DISTINCT t.membership_id FROM membership_terms t WHERE ");
            hits(q, plan, read);
            q.push(") AS hit CROSS JOIN memberships m WHERE m.id = hit.membership_id");
        }
        Way::Of(_) | Way::Logins => {
            let filters = &plan.query.filters;
            q.push("(SELECT d.id FROM memberships d WHERE d.org_id = ");
            DB::text(q, plan.org_id.as_str());
            if let Some(kind) = plan.query.tab.kind() {
                q.push(format!(" AND d.kind = '{}'", kind.code()));
            }
            if let Way::Of(set) = plan.way {
                one_of(q, &format!(" AND d.{}", set.column()), set.words(filters));
            } else if let Some(login) = filters.login {
                range(q, "COALESCE(d.last_login_at, 0)", login.range(plan.now));
            }
            q.push(") AS hit CROSS JOIN memberships m WHERE m.id = hit.id");
        }
        Way::Group | Way::WalkOfGroup => {
            q.push("group_members x CROSS JOIN memberships m WHERE m.id = x.membership_id AND x.group_id = ");
            DB::text(q, plan.query.filters.group.as_ref().map_or("", Id::as_str));
            q.push(" AND x.org_id = ");
            DB::text(q, plan.org_id.as_str());
            of_tab_by_row(q, plan);
        }
        Way::Value | Way::WalkOfValue => {
            q.push("attribute_terms x CROSS JOIN memberships m WHERE m.id = x.membership_id AND x.attribute_id = ");
            let rarest = plan.values.first();
            DB::text(q, rarest.map_or("", |of| of.attribute.id.as_str()));
            q.push(" AND x.term = ");
            DB::text(q, rarest.map_or("", |of| &of.term));
            q.push(" AND x.org_id = ");
            DB::text(q, plan.org_id.as_str());
            of_tab_by_row(q, plan);
        }
    }
    window(q, "m", plan);
    filtered(q, plan, read);
    if !matches!(plan.way, Way::Words | Way::Hits) {
        for word in &plan.words {
            has_word(q, read, word);
        }
    }
}

/// That somebody who was found by what is of all lists stands on the one of the tab; in a form that no index is entered by, and
/// that PostgreSQL takes to be passed by many, so that it does not begin with it.
fn of_tab_by_row<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>) {
    if let Some(kind) = plan.query.tab.kind() {
        q.push(format!(" AND CASE WHEN m.kind = '{}' THEN 1 ELSE 0 END > 0", kind.code()));
    } else {
        q.push(" AND CASE WHEN m.status = 'invited' THEN 1 ELSE 0 END > 0");
    }
}

/// What a part adds.
fn of_part<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>, part: Part) {
    match part {
        // By login, the range is pushed with the cursor.
        Part::Whole | Part::Came => {}
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

/// That a row passes the filters. In a form that no index is entered by: the way of the plan says which index is. Of
/// neither form PostgreSQL knows how many pass; it takes the first to be passed by few, the second by many.
fn filtered<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>, read: Read) {
    let filters = &plan.query.filters;
    for set in Set::ALL {
        let words = set.words(filters);
        if words.is_empty() || plan.way == Way::WalkOf(set) {
            continue;
        }
        match read {
            Read::All => one_of(q, &format!(" AND m.{} || ''", set.column()), words),
            Read::UntilEnough => {
                one_of(q, &format!(" AND CASE WHEN m.{}", set.column()), words);
                q.push(" THEN 1 ELSE 0 END > 0");
            }
        }
    }
    if let Some(login) = filters.login {
        range(q, "COALESCE(m.last_login_at, 0) + 0", login.range(plan.now));
    }
    if let Some(group) = filters.group.as_ref().filter(|_| !matches!(plan.way, Way::Group | Way::WalkOfGroup)) {
        in_group(q, read, group.as_str());
    }
    let led = usize::from(matches!(plan.way, Way::Value | Way::WalkOfValue));
    for of in plan.values.iter().skip(led) {
        has_value(q, read, of);
    }
}

/// That a row has a value of an attribute, or none at all where the value is the default; in the form that is taken to be passed
/// by few, or by many.
fn has_value<DB: Takes>(q: &mut QueryBuilder<DB>, read: Read, of: &ByValue<'_>) {
    if of.is_default {
        q.push(" AND NULLIF(COALESCE((SELECT max(CASE WHEN y.term = ");
        DB::text(q, &of.term);
        q.push(" THEN 1 ELSE 0 END) FROM attribute_terms y WHERE y.membership_id = m.id AND y.attribute_id = ");
        DB::text(q, of.attribute.id.as_str());
        q.push("), 1), 0)");
    } else {
        q.push(" AND (SELECT 1 FROM attribute_terms y WHERE y.membership_id = m.id AND y.attribute_id = ");
        DB::text(q, of.attribute.id.as_str());
        q.push(" AND y.term = ");
        DB::text(q, &of.term);
        q.push(" LIMIT 1)");
    }
    q.push(match read {
        Read::All => " = 1",
        Read::UntilEnough => " IS NOT NULL",
    });
}

/// That a row is in a group; as [`has_word`], in the form that is taken to be passed by few, or by many.
fn in_group<DB: Takes>(q: &mut QueryBuilder<DB>, read: Read, group: &str) {
    q.push(" AND (SELECT 1 FROM group_members y WHERE y.membership_id = m.id AND y.group_id = ");
    DB::text(q, group);
    q.push(match read {
        Read::All => " LIMIT 1) = 1",
        Read::UntilEnough => " LIMIT 1) IS NOT NULL",
    });
}

fn one_of<'a, DB: Takes>(q: &mut QueryBuilder<DB>, column: &str, words: impl IntoIterator<Item = &'a str>) {
    q.push(format!("{column} IN ("));
    for (i, word) in words.into_iter().enumerate() {
        if i > 0 {
            q.push(", ");
        }
        DB::text(q, word);
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
fn hits<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>, read: Read) {
    let rarest = plan.words.first().copied().unwrap_or_default();
    q.push("t.org_id = ");
    DB::text(q, plan.org_id.as_str());
    q.push(" AND t.term >= ");
    DB::text(q, rarest);
    q.push(" AND t.term < ");
    DB::text(q, &text::prefix_end(rarest));
    of_tab(q, plan);
    for word in plan.words.iter().skip(1) {
        has_word_beside(q, read, word);
    }
}

/// That the row of the index over words stands on the tab.
fn of_tab<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>) {
    if let Some(kind) = plan.query.tab.kind() {
        q.push(format!(" AND t.kind = '{}'", kind.code()));
    }
    window(q, "t", plan);
}

/// That whom the row of the index over words is about has another word that begins with one: each row has them all.
fn has_word_beside<DB: Takes>(q: &mut QueryBuilder<DB>, read: Read, word: &str) {
    q.push(" AND CASE WHEN ");
    place_of(q, word);
    q.push(match read {
        Read::All => " > 0 THEN 1 ELSE 0 END = 1",
        Read::UntilEnough => " > 0 THEN 1 ELSE 0 END > 0",
    });
}

/// That the row of the index over words is the first that somebody has for this beginning.
fn is_first_hit<DB: Takes>(q: &mut QueryBuilder<DB>, word: &str) {
    q.push(" AND ");
    place_of(q, word);
    // No word is before the first; said so, PostgreSQL takes this to be true often.
    q.push(format!(" >= {}(t.words, ' ' || t.term || ' ')", DB::POSITION));
}

/// Where among the words of a row of the index over words the first stands that begins with one.
fn place_of<DB: Takes>(q: &mut QueryBuilder<DB>, word: &str) {
    q.push(format!("{}(t.words, ", DB::POSITION));
    DB::text(q, &format!(" {word}"));
    q.push(")");
}

/// That somebody has a word that begins with one. Not by `EXISTS`, for which PostgreSQL may read all who have the word; and in
/// the form that it takes to be passed by few, or by many.
fn has_word<DB: Takes>(q: &mut QueryBuilder<DB>, read: Read, word: &str) {
    q.push(" AND (SELECT 1 FROM membership_terms w WHERE w.membership_id = m.id AND w.term >= ");
    DB::text(q, word);
    q.push(" AND w.term < ");
    DB::text(q, &text::prefix_end(word));
    q.push(" LIMIT 1)");
    q.push(match read {
        Read::All => " = 1",
        Read::UntilEnough => " IS NOT NULL",
    });
}

/// Somebody's first word that begins with one.
fn first_term<DB: Takes>(q: &mut QueryBuilder<DB>, word: &str) {
    q.push("(SELECT min(w.term) FROM membership_terms w WHERE w.membership_id = m.id AND w.term >= ");
    DB::text(q, word);
    q.push(" AND w.term < ");
    DB::text(q, &text::prefix_end(word));
    q.push(")");
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

/// The last logins between which a part lies: one range out of filter, part and cursor, since SQLite enters an index by one
/// lower and one upper bound alone, and takes the first it meets.
fn logins<DB: Takes>(q: &mut QueryBuilder<DB>, plan: &Plan<'_>, part: Part, cursor: Option<&Cursor>, beyond: &str) {
    if plan.query.sort.by() != SortBy::LastLogin || part == Part::Never {
        return;
    }
    let (mut from, mut to) = match (plan.query.filters.login, part) {
        (Some(login), _) => login.range(plan.now),
        (None, Part::Came) => (1, i64::MAX),
        (None, _) => (0, i64::MAX),
    };
    if let Some(at) = cursor.and_then(|cursor| cursor.key.parse::<i64>().ok()) {
        if beyond == ">" {
            from = from.max(at);
        } else {
            to = to.min(at.saturating_add(1));
        }
    }
    range(q, "COALESCE(m.last_login_at, 0)", (from, to));
}

fn beyond_cursor<DB: Takes>(
    q: &mut QueryBuilder<DB>,
    cursor: Option<&Cursor>,
    by: SortBy,
    keys: &[&str],
    beyond: &'static str,
) {
    let Some(cursor) = cursor else { return };
    q.push(format!(" AND ({}) {beyond} (", keys.join(", ")));
    match (by, keys.len()) {
        (SortBy::LastLogin | SortBy::Added, 2) => {
            DB::int(q, cursor.key.parse().unwrap_or(0));
            q.push(", ");
        }
        (SortBy::Name, 2) => {
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
