//! The schema's history: same-named pairs under `migrations/`, never edited once released.

use sqlx::{
    PgConnection, SqlSafeStr,
    migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator},
};
use std::borrow::Cow;

use crate::{Db, Pooler, StoreError, Tx};

struct Pair {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! pair {
    ($version:literal, $file:literal) => {
        Pair {
            version: $version,
            name: $file,
            sqlite: include_str!(concat!("../migrations/sqlite/", $file, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $file, ".sql")),
        }
    };
}

const PAIRS: &[Pair] = &[
    pair!(1, "0001_ground"),
    pair!(2, "0002_jobs"),
    pair!(3, "0003_views"),
    pair!(4, "0004_account"),
    pair!(5, "0005_onboarding"),
    pair!(6, "0006_removal"),
    pair!(7, "0007_requests"),
    pair!(8, "0008_mail_profile"),
    pair!(9, "0009_ends"),
    pair!(10, "0010_imports"),
    pair!(11, "0011_counts"),
    pair!(12, "0012_organizations"),
    pair!(13, "0013_custom_roles"),
    pair!(14, "0014_domains"),
    pair!(15, "0015_support"),
    pair!(16, "0016_groups"),
    pair!(17, "0017_attributes"),
    pair!(18, "0018_connections"),
    pair!(19, "0019_partner"),
    pair!(20, "0020_explain"),
    pair!(21, "0021_words"),
];

/// What [`Db::migrate`] found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// How many migrations were run just now.
    pub applied: usize,
    /// The version that the schema has now.
    pub version: i64,
}

fn migrator(sql: impl Fn(&Pair) -> &'static str) -> Migrator {
    Migrator::with_migrations(
        PAIRS
            .iter()
            .map(|p| {
                Migration::new(p.version, Cow::Borrowed(p.name), MigrationType::Simple, sql(p).into_sql_str(), false)
            })
            .collect(),
    )
}

/// The version of this release.
pub(crate) const VERSION: i64 = PAIRS[PAIRS.len() - 1].version;

async fn applied<C: Migrate>(conn: &mut C) -> Result<usize, MigrateError> {
    conn.ensure_migrations_table("_sqlx_migrations").await?;
    Ok(conn.list_applied_migrations("_sqlx_migrations").await?.len())
}

/// Runs what is missing and yields how much that was. The migrator's own lock is not used: SQLite has none, and on
/// PostgreSQL it outlives a refusal and does not pass a transaction-mode pooler.
async fn apply<C: Migrate>(conn: &mut C, sql: impl Fn(&Pair) -> &'static str) -> Result<usize, MigrateError> {
    let before = applied(conn).await?;
    let mut migrator = migrator(sql);
    migrator.set_locking(false);
    migrator.run_direct(None, conn, false).await?;
    Ok(applied(conn).await? - before)
}

/// The key of PostgreSQL's advisory lock for migrations; nothing else locks by key.
const LOCK: i64 = 0x726f_6c6c_6361_6c6c;

async fn forget_statements(conn: &mut PgConnection, pooler: Pooler) -> Result<(), StoreError> {
    if !pooler.keeps_statements() {
        sqlx::raw_sql("DEALLOCATE ALL").execute(conn).await?;
    }
    Ok(())
}

pub(crate) async fn run(db: &Db) -> Result<Migrated, StoreError> {
    // All in one transaction that begins by taking a lock: replicas that start together wait for one another.
    let mut tx = db.write().await?;
    let applied = match &mut tx {
        Tx::Sqlite(tx) => apply(&mut **tx, |p| p.sqlite).await,
        Tx::Postgres(tx, pooler) => {
            // A migration takes the time that it takes, and so does waiting for another process that does it.
            let unhurried = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
            sqlx::raw_sql(unhurried).execute(&mut **tx).await?;
            // The migrator always prepares its statements under names, which a pooler would lend to others.
            forget_statements(tx, *pooler).await?;
            sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).persistent(false).execute(&mut **tx).await?;
            let applied = apply(&mut **tx, |p| p.postgres).await;
            if applied.is_ok() {
                forget_statements(tx, *pooler).await?;
            }
            applied
        }
    }
    .map_err(StoreError::Schema)?;
    tx.commit().await?;
    Ok(Migrated { applied, version: VERSION })
}

pub(crate) async fn is_current(db: &Db) -> Result<bool, StoreError> {
    let mut conn = db.read().await?;
    let rows: Result<Vec<(i64,)>, _> =
        crate::db::fetch_all!(&mut conn, "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version");
    match rows {
        Ok(rows) => Ok(rows.iter().map(|r| r.0).eq(PAIRS.iter().map(|p| p.version))),
        // The table is missing: nothing was migrated yet.
        Err(StoreError::Statement(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
