//! A database for each test: a file in a directory that goes away, or a database on the private PostgreSQL server. The
//! tests of the server begin with the same.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};
use store::{Db, DbOptions};
use tokio::sync::OnceCell;

/// What a case finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// A database without a table.
    Empty,
    /// The schema of this release, and no rows.
    Migrated,
}

/// Runs a case on a new SQLite file.
pub(crate) async fn sqlite<F, Fut>(start: Start, case: F)
where
    F: FnOnce(Db) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rollcall.db");
    if start == Start::Migrated {
        std::fs::write(&file, schema().await).unwrap();
    }
    let db = connect(&format!("sqlite://{}", file.display())).await;
    let outcome = tokio::spawn(case(db.clone())).await;
    close(&db).await;
    drop(dir);
    pass_on(outcome);
}

/// Runs a case on a new PostgreSQL database.
pub(crate) async fn postgres<F, Fut>(start: Start, name: &str, case: F)
where
    F: FnOnce(Db) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    static SERIAL: AtomicU32 = AtomicU32::new(0);
    let template = match start {
        Start::Empty => "template1",
        Start::Migrated => template().await,
    };
    // PostgreSQL keeps 63 bytes of a name.
    let mut database = format!("rollcall_{}_{}_{name}", std::process::id(), SERIAL.fetch_add(1, Relaxed));
    database.truncate(63);
    create(&database, template).await;
    let db = connect(&url_of(&database)).await;
    let outcome = tokio::spawn(case(db.clone())).await;
    close(&db).await;
    // The server goes away with the tests anyway.
    let _ = admin(&format!("DROP DATABASE IF EXISTS \"{database}\" WITH (FORCE)")).await;
    pass_on(outcome);
}

/// A second connection to the database of `db`, as another process would have it.
pub(crate) async fn another(db: &Db) -> Db {
    match db {
        Db::Sqlite { write, .. } => {
            connect(&format!("sqlite://{}", write.connect_options().get_filename().display())).await
        }
        Db::Postgres(db) => connect(&url_of(db.pool().connect_options().get_database().unwrap())).await,
    }
}

/// The same on PostgreSQL, with settings of its own.
pub(crate) async fn another_with(db: &Db, options: impl FnOnce(String) -> DbOptions) -> Db {
    let Db::Postgres(db) = db else { unreachable!() };
    let url = url_of(db.pool().connect_options().get_database().unwrap());
    Db::connect(&options(url)).await.unwrap()
}

async fn connect(url: &str) -> Db {
    // The machine that runs the tests may be busy with others, so patience says nothing about the store.
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
