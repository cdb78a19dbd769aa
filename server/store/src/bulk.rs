//! Many rows in few statements: a batch of 5 000 invitations is a few hundred statements, not fifty thousand.

use sqlx::{AssertSqlSafe, Encode, FromRow, QueryBuilder, Type, postgres::PgRow, query::Query, sqlite::SqliteRow};
use std::{fmt::Write as _, sync::Arc};

use crate::{Engine, Handle, StoreError};

/// A value of a row to insert.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Text.
    Text(String),
    /// An integer.
    Int(i64),
    /// An integer, or nothing.
    OptInt(Option<i64>),
    /// Text, or nothing.
    OptText(Option<String>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}
impl From<Option<i64>> for Value {
    fn from(n: Option<i64>) -> Self {
        Self::OptInt(n)
    }
}
impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::OptText(text)
    }
}

/// Rows of one statement: few enough for both engines' limits on parameters, and always the same number but for the
/// last, so that the prepared statement is used again.
const CHUNK: usize = 200;

/// Inserts rows of the same columns. Table and columns are constants of the store, never data.
///
/// # Errors
/// [`StoreError::Taken`] on a taken key; nothing of the transaction stays then.
pub async fn insert_many<H: Handle>(
    handle: &mut H,
    table: &'static str,
    columns: &'static [&'static str],
    rows: &[Vec<Value>],
) -> Result<(), StoreError> {
    let mut sql: (usize, Arc<str>) = (0, Arc::from(""));
    for chunk in rows.chunks(CHUNK) {
        let engine = handle.engine();
        if sql.0 != chunk.len() {
            sql = (chunk.len(), statement(&engine, table, columns, chunk.len()));
        }
        let safe = AssertSqlSafe(Arc::clone(&sql.1));
        match engine {
            Engine::Sqlite(c) => bind_all(sqlx::query::<sqlx::Sqlite>(safe), chunk).execute(c).await.map(|_| ())?,
            Engine::Postgres(c, pooler) => {
                let query = bind_all(sqlx::query::<sqlx::Postgres>(safe), chunk);
                query.persistent(pooler.keeps_statements()).execute(c).await.map(|_| ())?;
            }
        }
    }
    Ok(())
}

/// `INSERT INTO table (columns) VALUES ($1, $2), ($3, $4) …`. SQLite looks every name of a place up among all of them,
/// which takes longer than the insert, so it gets places without names.
fn statement(engine: &Engine<'_>, table: &str, columns: &[&str], rows: usize) -> Arc<str> {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    for place in 0..rows * columns.len() {
        sql.push_str(match (place, place % columns.len()) {
            (0, _) => "(",
            (_, 0) => "), (",
            _ => ", ",
        });
        match engine {
            Engine::Sqlite(_) => sql.push('?'),
            Engine::Postgres(..) => {
                let _ = write!(sql, "${}", place + 1);
            }
        }
    }
    sql.push(')');
    sql.into()
}

type Statement<'q, DB> = Query<'q, DB, <DB as sqlx::Database>::Arguments>;

fn bind_all<'q, DB>(mut query: Statement<'q, DB>, rows: &'q [Vec<Value>]) -> Statement<'q, DB>
where
    DB: sqlx::Database,
    &'q str: Encode<'q, DB> + Type<DB>,
    Option<&'q str>: Encode<'q, DB> + Type<DB>,
    i64: Encode<'q, DB> + Type<DB>,
    Option<i64>: Encode<'q, DB> + Type<DB>,
{
    for value in rows.iter().flatten() {
        query = match value {
            Value::Text(text) => query.bind(text.as_str()),
            Value::Int(n) => query.bind(*n),
            Value::OptInt(n) => query.bind(*n),
            Value::OptText(text) => query.bind(text.as_deref()),
        };
    }
    query
}

/// The rows whose key is in a list: `head`, the tenant where there is one, `between`, then the keys in chunks. All texts
/// are constants.
pub(crate) async fn select_in<H, R>(
    handle: &mut H,
    head: &'static str,
    tenant: Option<&str>,
    between: &'static str,
    keys: &[&str],
) -> Result<Vec<R>, StoreError>
where
    H: Handle,
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut found = Vec::new();
    for chunk in keys.chunks(CHUNK) {
        let rows = match handle.engine() {
            Engine::Sqlite(c) => {
                among::<sqlx::Sqlite>(head, tenant, between, chunk).build_query_as().fetch_all(c).await?
            }
            Engine::Postgres(c, pooler) => {
                let mut query = among::<sqlx::Postgres>(head, tenant, between, chunk);
                query.build_query_as().persistent(pooler.keeps_statements()).fetch_all(c).await?
            }
        };
        found.extend::<Vec<R>>(rows);
    }
    Ok(found)
}

fn among<DB>(head: &str, tenant: Option<&str>, between: &'static str, keys: &[&str]) -> QueryBuilder<DB>
where
    DB: sqlx::Database,
    String: for<'q> Encode<'q, DB> + Type<DB>,
{
    let mut query = QueryBuilder::<DB>::new(head);
    if let Some(tenant) = tenant {
        query.push_bind(tenant.to_owned());
    }
    query.push(between);
    query.push("(");
    let mut list = query.separated(", ");
    for key in keys {
        list.push_bind((*key).to_owned());
    }
    query.push(")");
    query
}
