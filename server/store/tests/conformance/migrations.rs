//! The schema comes up once, by whomever, and a newer one is left alone.

use sqlx::{
    SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};
use store::{Db, DbOptions, Migrated, StoreError};
use tokio::task::JoinSet;

use crate::{
    engines::{Start, another, postgres, sqlite},
    support::{Org, active, number, raw, texts},
};

const VERSION: i64 = 21;

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
        Db::Postgres(db) => of_engine(earlier!("postgres")).run(db.pool()).await.unwrap(),
    }
    raw(&db, "INSERT INTO organizations VALUES ('org_1', 'acme', 'Acme', '{}', 0, 0)").await;
    raw(&db, "INSERT INTO outbox VALUES ('msg_1', 'org_1', 'inv_1', 'sealed', 'queued', 2, 3, 4, 5, NULL, 'later')")
        .await;
    assert_eq!(db.migrate().await.unwrap(), Migrated { applied: 18, version: VERSION });
    let kept = "SELECT count(*) FROM outbox WHERE id = 'msg_1' AND org_id = 'org_1' AND invitation_id = 'inv_1' \
                AND account_link_id IS NULL AND sealed_body = 'sealed' AND state = 'queued' AND attempts = 2 \
                AND next_attempt_at = 3 AND leased_until = 4 AND created_at = 5 AND closed_at IS NULL AND last_error = 'later'";
    assert_eq!(number(&db, kept).await, 1);
}

/// As a release before 0021 left it, which found people by each word alone.
async fn whoever_was_there_before_is_found_by_words_together(db: Db) {
    const WORDS: &str = "SELECT membership_id || ' ' || term || ':' || words FROM membership_terms ORDER BY 1";
    db.migrate().await.unwrap();
    let org = Org::found(&db, "acme").await;
    org.put(&db, &[active("ada@x.example", "Ada Lovelace"), active("ngo@x.example", "Ngô Bảo Châu")]).await;
    let written = texts(&db, WORDS).await;
    assert!(written.iter().any(|line| line.ends_with(" lovelace: ada example lovelace x ")), "{written:#?}");

    raw(&db, "ALTER TABLE membership_terms DROP COLUMN words").await;
    raw(&db, "DELETE FROM _sqlx_migrations WHERE version >= 21").await;
    assert_eq!(db.migrate().await.unwrap(), Migrated { applied: 1, version: VERSION });
    assert_eq!(texts(&db, WORDS).await, written);
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

/// The twins may get there differently, and differ in what the engines need (collation, storage, what an index carries
/// besides); never in tables, columns, keys, references or indexes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_twins_make_the_same_schema() {
    let (send, mut made) = tokio::sync::mpsc::unbounded_channel();
    let told = send.clone();
    sqlite(Start::Migrated, |db| async move { told.send(schema(&db, SQLITE_SCHEMA).await).unwrap() }).await;
    postgres(Start::Migrated, "schema", |db| async move { send.send(schema(&db, POSTGRES_SCHEMA).await).unwrap() })
        .await;
    let (of_sqlite, of_postgres) = (made.recv().await.unwrap(), made.recv().await.unwrap());
    for kind in ["column ", "primary key ", "unique ", "reference ", "index "] {
        assert!(of_sqlite.iter().any(|line| line.starts_with(kind)), "no {kind}was found");
    }
    let only_in = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter().filter(|line| !other.contains(line)).cloned().collect()
    };
    assert_eq!(
        (only_in(&of_sqlite, &of_postgres), only_in(&of_postgres, &of_sqlite)),
        (vec![], vec![]),
        "on the left what SQLite alone has, on the right what PostgreSQL alone has"
    );
}

/// What the catalogue says, a line for each thing. Of the condition of a partial index the words count: the engines write
/// the same one differently.
async fn schema(db: &Db, catalogue: &str) -> Vec<String> {
    let line = |line: String| match line.split_once(" WHERE ") {
        None => line,
        Some((index, condition)) => {
            let mut words: Vec<_> = condition
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|word| !["", "AND", "ANY", "ARRAY", "IN", "IS", "text"].contains(word))
                .collect();
            words.sort_unstable();
            format!("{index} where {}", words.join(" "))
        }
    };
    texts(db, catalogue).await.into_iter().map(line).collect()
}

const SQLITE_SCHEMA: &str = r#"
WITH tables AS (SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '_sqlx%')
SELECT 'column ' || t.name || '.' || c.name || ' ' || c.type || CASE WHEN c."notnull" OR c.pk THEN ' NOT NULL' ELSE '' END
       || COALESCE(' DEFAULT ' || c.dflt_value, '')
  FROM tables t, pragma_table_info(t.name) c
UNION ALL
SELECT 'primary key ' || t.name || ' (' || group_concat(c.name, ', ' ORDER BY c.pk) || ')'
  FROM tables t, pragma_table_info(t.name) c WHERE c.pk > 0 GROUP BY t.name
UNION ALL
SELECT 'reference ' || t.name || '.' || f."from" || ' ' || f."table" || '.' || f."to" || ' ' || f.on_delete
  FROM tables t, pragma_foreign_key_list(t.name) f
UNION ALL
SELECT CASE WHEN i.origin = 'u' THEN 'unique ' || t.name ELSE 'index ' || i.name || ' ' || t.name END
       || ' (' || group_concat(COALESCE(c.name, '()') || CASE WHEN c."desc" THEN ' DESC' ELSE '' END, ', ' ORDER BY c.seqno) || ')'
       || CASE WHEN i.origin = 'c' AND i."unique" THEN ' UNIQUE' ELSE '' END
       || COALESCE((SELECT substr(s.sql, instr(s.sql, ' WHERE ')) FROM sqlite_schema s WHERE s.name = i.name AND i.partial), '')
  FROM tables t, pragma_index_list(t.name) i, pragma_index_xinfo(i.name) c
 WHERE i.origin <> 'pk' AND c."key" GROUP BY t.name, i.name"#;

const POSTGRES_SCHEMA: &str = r"
WITH tables AS (SELECT oid, relname AS name FROM pg_class
                 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT LIKE '\_sqlx%')
SELECT 'column ' || table_name || '.' || column_name || ' ' || upper(data_type)
       || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
       || COALESCE(' DEFAULT ' || replace(column_default, '::text', ''), '')
  FROM information_schema.columns JOIN tables ON name = table_name WHERE table_schema = 'public'
UNION ALL
SELECT CASE c.contype WHEN 'p' THEN 'primary key ' ELSE 'unique ' END || t.name
       || ' (' || string_agg(a.attname, ', ' ORDER BY k.n) || ')'
  FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype IN ('p', 'u'),
       unnest(c.conkey) WITH ORDINALITY k (att, n) JOIN pg_attribute a ON a.attnum = k.att
 WHERE a.attrelid = t.oid GROUP BY t.name, c.oid, c.contype
UNION ALL
SELECT 'reference ' || t.name || '.' || a.attname || ' ' || c.confrelid::regclass || '.' || r.attname || ' '
       || CASE c.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'RESTRICT' END
  FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f',
       unnest(c.conkey, c.confkey) k (att, ref)
       JOIN pg_attribute a ON a.attnum = k.att JOIN pg_attribute r ON r.attnum = k.ref
 WHERE a.attrelid = t.oid AND r.attrelid = c.confrelid
UNION ALL
SELECT 'index ' || x.relname || ' ' || t.name
       || ' (' || string_agg(COALESCE(a.attname, '()') || CASE WHEN i.indoption[k.n - 1] & 1 = 1 THEN ' DESC' ELSE '' END,
                             ', ' ORDER BY k.n) || ')'
       || CASE WHEN i.indisunique THEN ' UNIQUE' ELSE '' END
       || COALESCE(' WHERE ' || pg_get_expr(i.indpred, t.oid), '')
  FROM tables t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class x ON x.oid = i.indexrelid,
       unnest(i.indkey) WITH ORDINALITY k (att, n) LEFT JOIN pg_attribute a ON a.attnum = k.att AND a.attnum > 0
 WHERE k.n <= i.indnkeyatts AND (a.attrelid IS NULL OR a.attrelid = t.oid)
   AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
 GROUP BY t.name, x.relname, i.indexrelid, i.indisunique, i.indpred, t.oid";

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
    whoever_was_there_before_is_found_by_words_together,
    processes_that_start_together_migrate_once,
);
