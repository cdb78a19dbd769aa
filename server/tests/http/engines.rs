//! An installation for each test: on a file in a directory that goes away, or on a database of the private PostgreSQL
//! server.

use sqlx::AssertSqlSafe;
use store::Db;

use crate::{
    app::TestApp,
    databases::{self, Start},
};

/// Runs a case on a new SQLite file.
pub(crate) async fn sqlite<F, Fut>(case: F)
where
    F: FnOnce(TestApp) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let dir = tempfile::tempdir().unwrap();
    databases::sqlite(Start::Migrated, |db| case(TestApp::start(db, dir.path()))).await;
}

/// Runs a case on a new PostgreSQL database.
pub(crate) async fn postgres<F, Fut>(name: &str, case: F)
where
    F: FnOnce(TestApp) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let dir = tempfile::tempdir().unwrap();
    databases::postgres(Start::Migrated, name, |db| case(TestApp::start(db, dir.path()))).await;
}

/// Runs a statement behind the server's back.
pub(crate) async fn raw(db: &Db, sql: &str) -> u64 {
    match db {
        Db::Sqlite { write, .. } => sqlx::query(AssertSqlSafe(sql)).execute(write).await.unwrap().rows_affected(),
        Db::Postgres(db) => sqlx::query(AssertSqlSafe(sql)).execute(db.pool()).await.unwrap().rows_affected(),
    }
}

/// Reads one number behind the server's back, as committed.
pub(crate) async fn number(db: &Db, sql: &str) -> i64 {
    match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(read).await.unwrap(),
        Db::Postgres(db) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(db.pool()).await.unwrap(),
    }
}

/// Everything that stands in the database, as text.
pub(crate) async fn everything(db: &Db) -> String {
    const TABLES: [&str; 32] = [
        "installation",
        "organizations",
        "users",
        "credentials",
        "memberships",
        "membership_terms",
        "people_counts",
        "invitations",
        "account_links",
        "sessions",
        "audit_events",
        "outbox",
        "rate_limits",
        "jobs",
        "job_items",
        "imports",
        "saved_views",
        "default_views",
        "tombstones",
        "ownership_offers",
        "invitation_requests",
        "mail_profiles",
        "referrals",
        "referral_totals",
        "partner_records",
        "partner_months",
        "partner_totals",
        "connections",
        "connection_models",
        "connection_roles",
        "connection_people",
        "connection_groups",
    ];
    let mut all = String::new();
    for table in TABLES {
        let rows: Vec<String> = match db {
            Db::Sqlite { read, .. } => {
                let names = format!(
                    "SELECT group_concat('coalesce(' || name || ', '''')', ' || ''|'' || ') FROM pragma_table_info('{table}')"
                );
                let columns: String = sqlx::query_scalar(AssertSqlSafe(names)).fetch_one(read).await.unwrap();
                let sql = format!("SELECT {columns} || '' FROM {table} ORDER BY 1");
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(read).await.unwrap()
            }
            Db::Postgres(db) => {
                let sql = format!("SELECT t::text FROM {table} t ORDER BY 1");
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(db.pool()).await.unwrap()
            }
        };
        for row in rows {
            all.push_str(table);
            all.push(' ');
            all.push_str(&row);
            all.push('\n');
        }
    }
    all
}
