//! The schema comes up once, by whomever, and a newer one is left alone.

use sqlx::{
    SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};
use store::{Db, DbOptions, Migrated, StoreError};
use tokio::task::JoinSet;

use crate::{
    engines::another,
    support::{number, raw},
};

const VERSION: i64 = 9;

async fn migrating_twice_does_the_work_once(db: Db) {
    assert!(!db.is_current().await.unwrap(), "nothing was migrated yet");
    let first = db.migrate().await.unwrap();
    assert_eq!(first.version, VERSION);
    assert!(first.applied >= 1);
    assert!(db.is_current().await.unwrap());
    assert_eq!(db.migrate().await.unwrap(), Migrated { applied: 0, version: VERSION });
    assert!(db.is_current().await.unwrap());
}

async fn a_newer_schema_is_refused_and_is_not_current(db: Db) {
    db.migrate().await.unwrap();
    raw(&db, NEWER).await;
    assert!(!db.is_current().await.unwrap());
    assert!(matches!(db.migrate().await, Err(StoreError::Schema(_))));
    assert_eq!(number(&db, "SELECT count(*) FROM _sqlx_migrations").await, VERSION + 1, "the refusal changed nothing");
}

async fn a_schema_changed_by_hand_is_refused(db: Db) {
    db.migrate().await.unwrap();
    raw(&db, &format!("UPDATE _sqlx_migrations SET checksum = {BYTES} WHERE version = 1")).await;
    assert!(matches!(db.migrate().await, Err(StoreError::Schema(_))));
}

async fn a_refused_migration_keeps_nobody_else_waiting(db: Db) {
    db.migrate().await.unwrap();
    raw(&db, NEWER).await;
    let refused = db.migrate().await;
    assert!(matches!(refused, Err(StoreError::Schema(_))));
    raw(&db, "DELETE FROM _sqlx_migrations WHERE version > 9000").await;
    let other = another(&db).await;
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(10), other.migrate()).await;
    assert_eq!(in_time.expect("the lock of the refused migration is gone").unwrap().applied, 0);
    other.close().await;
}

/// As a release before 0004 left it: with a message that waits, of an organization.
async fn what_waits_to_leave_outlives_the_migration_of_the_outbox(db: Db) {
    macro_rules! earlier {
        ($engine:literal) => {
            [
                (1, "0001_ground", include_str!(concat!("../../migrations/", $engine, "/0001_ground.sql"))),
                (2, "0002_jobs", include_str!(concat!("../../migrations/", $engine, "/0002_jobs.sql"))),
                (3, "0003_views", include_str!(concat!("../../migrations/", $engine, "/0003_views.sql"))),
            ]
        };
    }
    let of_engine = |earlier: [(i64, &'static str, &'static str); 3]| {
        Migrator::with_migrations(
            earlier
                .map(|(version, name, sql)| {
                    Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
                })
                .to_vec(),
        )
    };
    match &db {
        Db::Sqlite { write, .. } => of_engine(earlier!("sqlite")).run(write).await.unwrap(),
        Db::Postgres(pool) => of_engine(earlier!("postgres")).run(pool).await.unwrap(),
    }
    raw(&db, "INSERT INTO organizations VALUES ('org_1', 'acme', 'Acme', '{}', 0, 0)").await;
    raw(&db, "INSERT INTO outbox VALUES ('msg_1', 'org_1', 'inv_1', 'sealed', 'queued', 2, 3, 4, 5, NULL, 'later')")
        .await;
    assert_eq!(db.migrate().await.unwrap(), Migrated { applied: 6, version: VERSION });
    let kept = "SELECT count(*) FROM outbox WHERE id = 'msg_1' AND org_id = 'org_1' AND invitation_id = 'inv_1' \
                AND account_link_id IS NULL AND sealed_body = 'sealed' AND state = 'queued' AND attempts = 2 \
                AND next_attempt_at = 3 AND leased_until = 4 AND created_at = 5 AND closed_at IS NULL AND last_error = 'later'";
    assert_eq!(number(&db, kept).await, 1);
}

async fn processes_that_start_together_migrate_once(db: Db) {
    let mut tasks = JoinSet::new();
    for _ in 0..6 {
        let db = db.clone();
        tasks.spawn(async move {
            let process = another(&db).await;
            let migrated = process.migrate().await;
            process.close().await;
            migrated.map(|m| m.applied)
        });
    }
    let applied: Vec<usize> = tasks.join_all().await.into_iter().collect::<Result<_, _>>().unwrap();
    assert_eq!(i64::try_from(applied.iter().sum::<usize>()).unwrap(), VERSION, "{applied:?}");
    assert!(db.is_current().await.unwrap());
}

/// A new file is also switched to write-ahead logging by whoever comes first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_together_on_a_new_file_migrate_once() {
    for _ in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let options = DbOptions::new(format!("sqlite://{}", dir.path().join("new.db").display()));
        let mut tasks = JoinSet::new();
        for _ in 0..6 {
            let options = options.clone();
            tasks.spawn(async move {
                let process = Db::connect(&options).await?;
                let migrated = process.migrate().await;
                process.close().await;
                migrated.map(|m| m.applied)
            });
        }
        let applied: Vec<usize> = tasks.join_all().await.into_iter().collect::<Result<_, _>>().unwrap();
        assert_eq!(i64::try_from(applied.iter().sum::<usize>()).unwrap(), VERSION, "{applied:?}");
    }
}

/// A version that some later release may have.
const NEWER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                     VALUES (9999, 'of the future', TRUE, 'x', 0)";
/// Means some bytes to both engines.
const BYTES: &str = "'x'";

on_both_engines!(Empty:
    migrating_twice_does_the_work_once,
    a_newer_schema_is_refused_and_is_not_current,
    a_schema_changed_by_hand_is_refused,
    a_refused_migration_keeps_nobody_else_waiting,
    what_waits_to_leave_outlives_the_migration_of_the_outbox,
    processes_that_start_together_migrate_once,
);
