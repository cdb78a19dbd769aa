//! Connections and transactions on either engine, and the macros that run one SQL text on both.

use sqlx::{
    Connection as _, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, str::FromStr, time::Duration};

use crate::{Pooler, PostgresDb, StoreError, error::is_busy, migrations};

/// How long PostgreSQL works at a statement for a request: shorter than requests are waited for, so that it does not go on
/// for somebody who was told long ago that it took too long.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(20);

/// How much of the file a connection to SQLite keeps in memory, in KiB.
const CACHE_KIB: u32 = 4096;

/// How to connect.
#[derive(Debug, Clone)]
pub struct DbOptions {
    /// `sqlite://path/to/file.db` or `postgres://user@host/database`.
    pub url: String,
    /// The most connections of this process (readers, on SQLite: never more than help its processors).
    pub max_connections: u32,
    /// How much of the file the one writer of SQLite keeps in memory, in KiB: little for requests, much for who fills in
    /// many people at once, whose pages lie everywhere.
    pub writer_cache_kib: u32,
    /// How long a request waits for a connection before it is told that the database is busy.
    pub acquire_timeout: Duration,
    /// What stands between this process and PostgreSQL.
    pub pooler: Pooler,
    /// How long PostgreSQL works at one statement, waiting for locks included; for ever where it is `None`.
    pub statement_timeout: Option<Duration>,
}

impl DbOptions {
    /// The defaults for a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 16,
            writer_cache_kib: CACHE_KIB,
            acquire_timeout: Duration::from_secs(5),
            pooler: Pooler::None,
            statement_timeout: Some(STATEMENT_TIMEOUT),
        }
    }
    /// The defaults for a file of SQLite, whatever its name.
    pub fn of_file(file: &Path) -> Self {
        let name = file.display().to_string().replace('%', "%25").replace('?', "%3F");
        Self::new(format!("sqlite://{name}"))
    }
}

/// As many readers of SQLite as can be busy: each works on a processor, and none waits for a network.
fn readers() -> u32 {
    let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    u32::try_from(processors).unwrap_or(u32::MAX).saturating_mul(2).max(4)
}

/// A database: SQLite in the process, or PostgreSQL.
#[derive(Debug, Clone)]
pub enum Db {
    /// Many readers and one writer on a file in WAL mode.
    Sqlite {
        /// Read-only connections.
        read: SqlitePool,
        /// The one writer; waiting for it is fair, unlike waiting for SQLite's lock.
        write: SqlitePool,
    },
    /// A pool of connections.
    Postgres(PostgresDb),
}

/// A connection that reads.
#[derive(Debug)]
pub enum Conn {
    /// From the readers' pool.
    Sqlite(PoolConnection<Sqlite>),
    /// From the pool.
    Postgres(PoolConnection<Postgres>),
    /// Behind a pooler that lends a connection for a transaction: one that only reads, and ends when it is dropped.
    Pooled(Transaction<'static, Postgres>),
}

/// A transaction that writes; dropped without [`Tx::commit`] it leaves no trace.
#[derive(Debug)]
pub enum Tx {
    /// Begun `IMMEDIATE`: it holds the write lock from the start.
    Sqlite(Transaction<'static, Sqlite>),
    /// Read committed; the organization's row serializes what must not interleave.
    Postgres(Transaction<'static, Postgres>, Pooler),
}

/// What the statement macros run on.
#[derive(Debug)]
pub enum Engine<'a> {
    /// SQLite.
    Sqlite(&'a mut SqliteConnection),
    /// PostgreSQL, and what stands in between.
    Postgres(&'a mut PgConnection, Pooler),
}

/// A connection or a transaction.
pub trait Handle: Send {
    /// The engine's own connection.
    fn engine(&mut self) -> Engine<'_>;
}

impl Handle for Conn {
    fn engine(&mut self) -> Engine<'_> {
        match self {
            Self::Sqlite(c) => Engine::Sqlite(c),
            Self::Postgres(c) => Engine::Postgres(c, Pooler::None),
            Self::Pooled(c) => Engine::Postgres(c, Pooler::Transaction),
        }
    }
}

impl Handle for Tx {
    fn engine(&mut self) -> Engine<'_> {
        match self {
            Self::Sqlite(c) => Engine::Sqlite(c),
            Self::Postgres(c, pooler) => Engine::Postgres(c, *pooler),
        }
    }
}

impl Tx {
    /// Makes everything written so far durable and visible.
    ///
    /// # Errors
    /// [`StoreError::Unsettled`] where PostgreSQL has not said what became of it; with any other nothing was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => Ok(tx.commit().await?),
            Self::Postgres(tx, _) => tx.commit().await.map_err(StoreError::of_commit),
        }
    }
}

impl Db {
    /// Prepares the pools. SQLite's file is made when missing; the network is not touched before the first use.
    ///
    /// # Errors
    /// [`StoreError::Url`] for a URL of no known form; [`StoreError::Unavailable`] where the file cannot be opened, and
    /// [`StoreError::Disk`] where it is damaged.
    pub async fn connect(options: &DbOptions) -> Result<Self, StoreError> {
        let url = options.url.as_str();
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return PostgresDb::connect(options).map(Self::Postgres);
        }
        if !url.starts_with("sqlite:") {
            return Err(StoreError::Url("it should begin with sqlite:// or postgres://".into()));
        }
        let connect = SqliteConnectOptions::from_str(url)
            .map_err(|e| StoreError::Url(e.to_string()))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(options.acquire_timeout)
            .pragma("cache_size", format!("-{CACHE_KIB}"))
            .pragma("temp_store", "memory");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(options.acquire_timeout)
            // There is no network on which a connection could be lost.
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(can_begin(connection)));
        let mut tries = 0;
        let write = loop {
            let connect = connect.clone().pragma("cache_size", format!("-{}", options.writer_cache_kib));
            match writer.clone().connect_with(connect).await {
                // Processes that meet on a new file all switch it to WAL, and SQLite lets all but one fail at once.
                Err(error) if tries < 100 && is_busy(&error) => tries += 1,
                connected => break connected?,
            }
        };
        let read = SqlitePoolOptions::new()
            .max_connections(options.max_connections.min(readers()))
            .acquire_timeout(options.acquire_timeout)
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(can_begin(connection)))
            .connect_lazy_with(connect.pragma("query_only", "on"));
        Ok(Self::Sqlite { read, write })
    }

    /// A connection to read from.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn read(&self) -> Result<Conn, StoreError> {
        Ok(match self {
            Self::Sqlite { read, .. } => Conn::Sqlite(read.acquire().await?),
            Self::Postgres(db) => match db.pooler() {
                Pooler::None => Conn::Postgres(db.acquire().await?),
                Pooler::Transaction => Conn::Pooled(db.read().await?),
            },
        })
    }

    /// A transaction to write in.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(db) => Tx::Postgres(db.write().await?, db.pooler()),
        })
    }

    /// A transaction that reads everything as it is at one moment, whatever is written meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn snapshot(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin_with("BEGIN DEFERRED").await?),
            Self::Postgres(db) => Tx::Postgres(db.snapshot().await?, db.pooler()),
        })
    }

    /// Brings the schema to this release.
    ///
    /// # Errors
    /// [`StoreError::Schema`] when the database is of a newer release, or when a statement fails (nothing of that
    /// migration stays then).
    pub async fn migrate(&self) -> Result<migrations::Migrated, StoreError> {
        migrations::run(self).await
    }

    /// The version of this release's schema.
    pub const fn schema(&self) -> i64 {
        migrations::VERSION
    }

    /// Whether the schema is of this release; for `/readyz` and `doctor`.
    ///
    /// # Errors
    /// [`StoreError`] where the database cannot be asked.
    pub async fn is_current(&self) -> Result<bool, StoreError> {
        migrations::is_current(self).await
    }

    /// `sqlite` or `postgres`.
    pub const fn engine_name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// Refreshes the planner's statistics after much was written; PostgreSQL's own housekeeping does the same in its time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn analyze(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { write, .. } => sqlx::query("ANALYZE").execute(write).await.map(drop)?,
            // Also notes which pages everybody sees, without which an index alone answers nothing. In no transaction, and
            // therefore as text, which needs no preparing.
            Self::Postgres(db) => sqlx::raw_sql("VACUUM (ANALYZE)").execute(db.pool()).await.map(drop)?,
        }
        Ok(())
    }

    /// The planner's account of a statement, for tests that forbid full scans.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn explain(&self, sql: &str) -> Result<String, StoreError> {
        use sqlx::{AssertSqlSafe, Row};
        Ok(match self {
            Self::Sqlite { read, .. } => sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
                .fetch_all(read)
                .await?
                .iter()
                .map(|row| row.get::<String, _>("detail") + "\n")
                .collect(),
            Self::Postgres(db) => sqlx::query(AssertSqlSafe(format!("EXPLAIN {sql}")))
                .fetch_all(db.pool())
                .await?
                .iter()
                .map(|row| row.get::<String, _>(0) + "\n")
                .collect(),
        })
    }

    /// Closes every connection, after those in use came back.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(db) => db.pool().close().await,
        }
    }
}

/// Whether a connection can begin a transaction. Where the disk fails SQLite ends the one that runs by itself; sqlx, whose
/// ROLLBACK is refused then, takes it for running for ever. Such a connection would refuse everything, so a new one is made.
async fn can_begin(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // One that was dropped is rolled back by the connection's own thread, in front of this.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// Runs one SQL text on either engine; the last word is sqlx's method (`fetch_all`, `fetch_optional`, `fetch_one`).
macro_rules! query {
    ($fetch:ident, $handle:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $crate::Handle::engine($handle) {
            $crate::Engine::Sqlite(c) =>
                sqlx::query_as::<sqlx::Sqlite, _>($sql)$(.bind($bind))*.$fetch(c).await,
            $crate::Engine::Postgres(c, pooler) => sqlx::query_as::<sqlx::Postgres, _>($sql)$(.bind($bind))*
                .persistent(pooler.keeps_statements()).$fetch(c).await,
        }.map_err($crate::StoreError::from)
    };
}

/// All rows, as tuples.
macro_rules! fetch_all { ($($t:tt)*) => { $crate::db::query!(fetch_all, $($t)*) }; }
/// The first row, if any, as a tuple.
macro_rules! fetch_optional { ($($t:tt)*) => { $crate::db::query!(fetch_optional, $($t)*) }; }
/// Exactly one row, as a tuple.
macro_rules! fetch_one { ($($t:tt)*) => { $crate::db::query!(fetch_one, $($t)*) }; }

/// Runs one SQL text on either engine and yields the number of rows that it changed.
macro_rules! execute {
    ($handle:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $crate::Handle::engine($handle) {
            $crate::Engine::Sqlite(c) =>
                sqlx::query::<sqlx::Sqlite>($sql)$(.bind($bind))*.execute(c).await.map(|done| done.rows_affected()),
            $crate::Engine::Postgres(c, pooler) => sqlx::query::<sqlx::Postgres>($sql)$(.bind($bind))*
                .persistent(pooler.keeps_statements()).execute(c).await.map(|done| done.rows_affected()),
        }.map_err($crate::StoreError::from)
    };
}

pub(crate) use {execute, fetch_all, fetch_one, fetch_optional, query};
