//! Files of SQLite: copied while they are written, looked at, damaged, full.

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use std::path::{Path, PathBuf};
use store::{
    Db, DbOptions, DiskFault, StoreError,
    backup::{self, InUse},
};

use crate::support::{number, raw};

async fn database(dir: &Path) -> (PathBuf, Db) {
    let file = dir.join("rollcall?100%.db");
    let db = Db::connect(&DbOptions::of_file(&file)).await.unwrap();
    db.migrate().await.unwrap();
    assert!(file.exists(), "whatever its name");
    (file, db)
}

async fn fill(db: &Db, from: u32, to: u32) {
    let rows: Vec<String> =
        (from..to).map(|n| format!("('org_{n:06}', 'slug-{n:06}', 'Name {n}', '{{}}', 0, 0)")).collect();
    let columns = "id, slug, name, policies, revision, created_at";
    raw(db, &format!("INSERT INTO organizations ({columns}) VALUES {}", rows.join(", "))).await;
}

#[tokio::test]
async fn a_url_means_a_file_or_none() {
    assert_eq!(backup::file_of("postgres://root@db/x").unwrap(), None);
    assert_eq!(backup::file_of("sqlite:///var/my%20data/x.db").unwrap(), Some("/var/my data/x.db".into()));
    assert_eq!(backup::file_of("sqlite://data/x.db").unwrap(), Some("data/x.db".into()));
}

#[tokio::test]
async fn a_copy_has_what_was_committed_before_and_does_not_keep_writers_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let (file, db) = database(dir.path()).await;
    fill(&db, 0, 500).await;
    let mut open = db.write().await.unwrap();
    let store::Engine::Sqlite(conn) = store::Handle::engine(&mut open) else { unreachable!() };
    sqlx::query("DELETE FROM organizations").execute(conn).await.unwrap();
    let to = dir.path().join("copy.db");
    backup::copy(&file, &to).await.unwrap();
    open.commit().await.unwrap();
    let copy = backup::contents(&to).await.unwrap().unwrap();
    assert_eq!((copy.organizations, copy.people, copy.waiting, copy.version), (500, 0, 0, db.schema()));
    assert!(backup::faults(&to).await.unwrap().is_empty());
    assert_eq!(number(&db, "SELECT count(*) FROM organizations").await, 0);
    let again = backup::copy(&file, &to).await;
    assert!(again.is_err(), "a file that is there is not written over");
    assert!(matches!(backup::copy(&dir.path().join("none.db"), &to).await, Err(StoreError::Unavailable(_))));
    db.close().await;
}

#[tokio::test]
async fn damage_is_seen_wherever_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let (file, db) = database(dir.path()).await;
    fill(&db, 0, 3_000).await;
    db.close().await;
    let whole = std::fs::read(&file).unwrap();
    for at in [0, 40, whole.len() / 2, whole.len() - 4096] {
        let mut damaged = whole.clone();
        damaged[at..at + 2_048].iter_mut().for_each(|byte| *byte ^= 0x55);
        std::fs::write(&file, damaged).unwrap();
        assert!(!backup::faults(&file).await.unwrap().is_empty(), "{at}");
    }
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert!(!backup::faults(&file).await.unwrap().is_empty(), "half of it");
    std::fs::write(&file, "no database, but words, and more of them than SQLite needs to see that").unwrap();
    assert!(!backup::faults(&file).await.unwrap().is_empty());
    assert_eq!(backup::put_away(&file).await.unwrap(), InUse::Unknown);
    assert!(matches!(backup::contents(&file).await, Err(StoreError::Disk(DiskFault::Damaged, _))));
    let connected = Db::connect(&DbOptions::of_file(&file)).await;
    assert!(matches!(connected, Err(StoreError::Disk(DiskFault::Damaged, _))), "{connected:?}");
}

#[tokio::test]
async fn a_row_that_names_a_missing_one_is_a_fault() {
    let dir = tempfile::tempdir().unwrap();
    let (file, db) = database(dir.path()).await;
    db.close().await;
    let mut conn = SqliteConnection::connect(&format!("sqlite://{}", dir.path().join("x.db").display())).await;
    assert!(conn.is_err(), "nothing is made by looking");
    conn = SqliteConnection::connect(&DbOptions::of_file(&file).url).await;
    let mut conn = conn.unwrap();
    for sql in [
        "PRAGMA foreign_keys = OFF",
        "INSERT INTO outbox (id, org_id, sealed_body, state, attempts, next_attempt_at, leased_until, created_at) \
         VALUES ('msg_1', 'org_none', '', 'queued', 0, 0, 0, 0)",
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    }
    conn.close().await.unwrap();
    assert_eq!(backup::faults(&file).await.unwrap(), ["a row of outbox names one of organizations that is missing"]);
}

#[tokio::test]
async fn another_database_is_none_of_rollcall() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("other.db");
    let db = Db::connect(&DbOptions::of_file(&file)).await.unwrap();
    raw(&db, "CREATE TABLE t (a)").await;
    db.close().await;
    assert_eq!(backup::contents(&file).await.unwrap(), None);
}

#[tokio::test]
async fn a_database_is_put_away_when_nobody_has_it_open() {
    let dir = tempfile::tempdir().unwrap();
    let (file, db) = database(dir.path()).await;
    fill(&db, 0, 10).await;
    assert_eq!(backup::put_away(&file).await.unwrap(), InUse::Yes);
    fill(&db, 10, 20).await;
    db.close().await;
    assert_eq!(backup::put_away(&file).await.unwrap(), InUse::No);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no log is beside it");
    assert_eq!(backup::contents(&file).await.unwrap().unwrap().organizations, 20);
}

/// SQLite ends a transaction by itself where it finds no space. The one connection that writes has to bear that.
#[tokio::test]
async fn a_full_file_refuses_and_is_written_again_as_soon_as_there_is_space() {
    let dir = tempfile::tempdir().unwrap();
    let (_, db) = database(dir.path()).await;
    for _ in 0..3 {
        let pages = number(&db, "PRAGMA page_count").await;
        raw(&db, &format!("PRAGMA max_page_count = {pages}")).await;
        let mut tx = db.write().await.unwrap();
        let store::Engine::Sqlite(conn) = store::Handle::engine(&mut tx) else { unreachable!() };
        let large = "INSERT INTO organizations (id, slug, name, policies, revision, created_at) \
                     VALUES ('org_large', 'large', 'Large', hex(zeroblob(1000000)), 0, 0)";
        let refused = StoreError::from(sqlx::query(large).execute(conn).await.expect_err("no space"));
        assert!(matches!(refused, StoreError::Disk(DiskFault::Full, _)), "{refused:?}");
        drop(tx);
        // The limit was that of the connection, which is gone.
        let tx = db.write().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(number(&db, "SELECT count(*) FROM organizations").await, 0);
    }
    fill(&db, 0, 1_000).await;
    db.close().await;
}
