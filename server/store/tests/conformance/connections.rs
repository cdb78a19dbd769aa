//! URLs, and databases that cannot be reached or written.

use std::time::Duration;
use store::{Db, DbOptions, DiskFault, Engine, Handle, StoreError, users};

use crate::support::{NOW, email, fresh, name, token};

#[tokio::test]
async fn a_url_of_no_known_form_is_refused_without_quoting_it() {
    for url in ["", "mysql://root:secret@host/db", "rollcall.db", "postgres://user:secret@host:port/db"] {
        let error = Db::connect(&DbOptions::new(url)).await.expect_err(url);
        assert!(matches!(error, StoreError::Url(_)), "{url}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_unavailable() {
    let db = Db::connect(&DbOptions {
        acquire_timeout: Duration::from_millis(300),
        ..DbOptions::new("postgres://nobody@127.0.0.1:1/nothing")
    })
    .await
    .expect("nothing is asked before the first use");
    assert!(matches!(db.read().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(db.write().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(db.is_current().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(db.migrate().await, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_unavailable() {
    let nowhere = DbOptions::new("sqlite:///nonexistent/directory/rollcall.db");
    assert!(matches!(Db::connect(&nowhere).await, Err(StoreError::Unavailable(_))));
}

async fn a_dropped_connection_serves_the_next_request(db: Db) {
    for _ in 0..50 {
        let mut conn = db.read().await.unwrap();
        assert!(users::by_email(&mut conn, &email("nobody@x.example")).await.unwrap().is_none());
    }
}

async fn a_transaction_that_fails_leaves_its_connection_usable(db: Db) {
    for _ in 0..40 {
        let user = users::User { id: fresh(), email: email("ada@x.example"), name: name("Ada") };
        let mut tx = db.write().await.unwrap();
        users::insert(&mut tx, std::slice::from_ref(&user), NOW).await.unwrap();
        let again = users::insert(&mut tx, std::slice::from_ref(&user), NOW).await;
        assert!(matches!(again, Err(StoreError::Taken)), "{again:?}");
    }
    assert!(users::by_email(&mut db.read().await.unwrap(), &email("ada@x.example")).await.unwrap().is_none());
}

async fn a_closed_database_is_unavailable(db: Db) {
    db.close().await;
    assert!(matches!(db.read().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(db.write().await, Err(StoreError::Unavailable(_))));
}

/// SQLite's readers must not be able to wait for, or hold, the write lock.
#[tokio::test]
async fn a_reader_of_sqlite_cannot_write() {
    crate::engines::sqlite(crate::engines::Start::Migrated, |db| async move {
        let mut conn = db.read().await.unwrap();
        let Engine::Sqlite(c) = conn.engine() else { unreachable!() };
        let error = sqlx::query("INSERT INTO rate_limits (key, opened_at, n) VALUES ($1, 0, 0)")
            .bind(token())
            .execute(c)
            .await
            .expect_err("read-only");
        assert!(matches!(StoreError::from(error), StoreError::Disk(DiskFault::ReadOnly, _)));
    })
    .await;
}

on_both_engines!(
    a_dropped_connection_serves_the_next_request,
    a_transaction_that_fails_leaves_its_connection_usable,
    a_closed_database_is_unavailable,
);
