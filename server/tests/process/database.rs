//! The database behind the servers' backs, on either engine.

use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection, SqliteConnection, postgres::PgRow, sqlite::SqliteRow};
use std::{collections::BTreeSet, time::Duration};

/// One value, as committed.
pub(crate) async fn one<T>(url: &str, sql: &str) -> T
where
    T: Send + Unpin,
    (T,): for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
{
    all(url, sql).await.pop().unwrap()
}

/// The values of a column, as committed.
pub(crate) async fn all<T>(url: &str, sql: &str) -> Vec<T>
where
    T: Send + Unpin,
    (T,): for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
{
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite") {
        sqlx::query_scalar(sql).fetch_all(&mut SqliteConnection::connect(url).await.unwrap()).await.unwrap()
    } else {
        sqlx::query_scalar(sql).fetch_all(&mut PgConnection::connect(url).await.unwrap()).await.unwrap()
    }
}

/// Runs a statement, and yields how many rows it has changed.
pub(crate) async fn run(url: &str, sql: &str) -> u64 {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite") {
        let mut conn = SqliteConnection::connect(url).await.unwrap();
        sqlx::query(sql).execute(&mut conn).await.unwrap().rows_affected()
    } else {
        let mut conn = PgConnection::connect(url).await.unwrap();
        sqlx::query(sql).execute(&mut conn).await.unwrap().rows_affected()
    }
}

/// One number, as committed.
pub(crate) async fn number(url: &str, sql: &str) -> i64 {
    one(url, sql).await
}

/// Who is invited, as committed.
pub(crate) async fn invited(url: &str) -> BTreeSet<String> {
    all(url, "SELECT email FROM memberships WHERE status = 'invited'").await.into_iter().collect()
}

/// Waits for mail to leave. What a worker held that was killed, or could not be written, takes half a minute.
pub(crate) async fn until_no_mail_waits(url: &str) {
    for _ in 0..1_200 {
        if number(url, "SELECT count(*) FROM outbox WHERE state = 'queued'").await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("mail waits and does not leave");
}

/// Lends a database of PostgreSQL of this name, which is gone afterwards.
pub(crate) async fn on_postgresql(name: &str, case: impl AsyncFnOnce(String)) {
    let admin = std::env::var("ROLLCALL_TEST_POSTGRES")
        .expect("ROLLCALL_TEST_POSTGRES is not set: run through `make test` or `.tools/with-postgres cargo test`");
    let name = format!("rollcall_{name}_{}", std::process::id());
    let gone = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    run(&admin, &gone).await;
    run(&admin, &format!("CREATE DATABASE {name}")).await;
    case(format!("{}/{name}", admin.rsplit_once('/').unwrap().0)).await;
    run(&admin, &gone).await;
}
