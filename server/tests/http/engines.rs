//! An installation for each test: on a file in a directory that goes away, or on a database of the private PostgreSQL
//! server.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};
use store::{Db, DbOptions};
use tokio::sync::OnceCell;

use crate::app::TestApp;

/// Runs a case on a new SQLite file.
pub(crate) async fn sqlite<F, Fut>(case: F)
where
    F: FnOnce(TestApp) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rollcall.db");
    std::fs::write(&file, schema().await).unwrap();
    let db = connect(&format!("sqlite://{}", file.display())).await;
    let outcome = tokio::spawn(case(TestApp::start(db.clone(), dir.path()))).await;
    close(&db).await;
    drop(dir);
    pass_on(outcome);
}

/// Runs a case on a new PostgreSQL database.
pub(crate) async fn postgres<F, Fut>(name: &str, case: F)
where
    F: FnOnce(TestApp) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    static SERIAL: AtomicU32 = AtomicU32::new(0);
    let dir = tempfile::tempdir().unwrap();
    // PostgreSQL keeps 63 bytes of a name.
    let mut database = format!("rollcall_{}_{}_{name}", std::process::id(), SERIAL.fetch_add(1, Relaxed));
    database.truncate(63);
    create(&database, template().await).await;
    let db = connect(&url_of(&database)).await;
    let outcome = tokio::spawn(case(TestApp::start(db.clone(), dir.path()))).await;
    close(&db).await;
    // The server goes away with the tests anyway.
    let _ = admin(&format!("DROP DATABASE IF EXISTS \"{database}\" WITH (FORCE)")).await;
    drop(dir);
    pass_on(outcome);
}

async fn connect(url: &str) -> Db {
    // The machine that runs the tests may be busy with others, so patience says nothing about the server.
    let options = DbOptions { max_connections: 8, acquire_timeout: Duration::from_secs(30), ..DbOptions::new(url) };
    Db::connect(&options).await.unwrap()
}

async fn close(db: &Db) {
    // A task that a failed case left behind may hold its connection for ever.
    let _ = tokio::time::timeout(Duration::from_secs(5), db.close()).await;
}

fn pass_on(outcome: Result<(), tokio::task::JoinError>) {
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// A SQLite file with the schema, of which each test gets a copy: made once for each process.
async fn schema() -> &'static [u8] {
    static SCHEMA: OnceCell<Vec<u8>> = OnceCell::const_new();
    SCHEMA
        .get_or_init(|| async {
            let dir = tempfile::tempdir().unwrap();
            let file = dir.path().join("rollcall.db");
            let db = connect(&format!("sqlite://{}", file.display())).await;
            db.migrate().await.unwrap();
            // The last one to close it brings the log back into the file.
            close(&db).await;
            std::fs::read(file).unwrap()
        })
        .await
}

/// The database with the schema that all others are copies of: once for each process.
async fn template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let template = format!("rollcall_{}_template", std::process::id());
            create(&template, "template1").await;
            let db = connect(&url_of(&template)).await;
            db.migrate().await.unwrap();
            db.close().await;
            template
        })
        .await
}

async fn create(database: &str, template: &str) {
    // One of that name is left from an earlier process with the same id.
    admin(&format!("DROP DATABASE IF EXISTS \"{database}\" WITH (FORCE)")).await.unwrap();
    admin(&format!("CREATE DATABASE \"{database}\" TEMPLATE \"{template}\"")).await.unwrap();
}

async fn admin(sql: &str) -> Result<(), sqlx::Error> {
    let mut conn = PgConnection::connect(&server()).await?;
    sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await?;
    conn.close().await
}

fn server() -> String {
    std::env::var("ROLLCALL_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("ROLLCALL_TEST_POSTGRES is not set: run through `make test` or `.tools/with-postgres cargo test`")
    })
}

/// The server's URL with another database.
fn url_of(database: &str) -> String {
    let server = server();
    let (base, parameters) = server.split_once('?').unwrap_or((&server, ""));
    let (base, _) = base.rsplit_once('/').expect("a URL that names a database");
    format!("{base}/{database}?{parameters}")
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
