//! PostgreSQL: how connections are made and borrowed, how long the server works at something, and what is different where a
//! pooler in between lends a connection of the server for one transaction only (ADR 25).

use sqlx::{
    AssertSqlSafe, Postgres, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
};
use std::{str::FromStr, sync::Arc, time::Duration};

use crate::{DbOptions, StoreError, error::is_lost};

/// A connection that was not used for so long is asked whether it still stands. In front of each statement that would cost
/// a way to the server and back; whoever asks often has its connections used more often than this.
const UNUSED: Duration = Duration::from_millis(100);

/// Between two tries to reach a server that is away.
const BETWEEN_TRIES: Duration = Duration::from_millis(25);

/// How long the server waits for the next statement of a transaction, which holds what it has locked: for a process that was
/// frozen, or cut off. Nothing in a transaction waits for anything but the database.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(15);

/// What stands between this process and PostgreSQL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pooler {
    /// Nothing, or a pooler that lends a connection for as long as it is held.
    #[default]
    None,
    /// A pooler that lends a connection for one transaction, such as pgbouncer with `pool_mode = transaction`.
    Transaction,
}

impl Pooler {
    /// Whether a statement that was prepared is still there when it is asked for again.
    pub const fn keeps_statements(self) -> bool {
        matches!(self, Self::None)
    }
}

/// A pool of connections to PostgreSQL.
#[derive(Debug, Clone)]
pub struct PostgresDb {
    pool: PgPool,
    pooler: Pooler,
    /// How long somebody waits until something can be asked.
    patience: Duration,
    begin_write: Arc<str>,
    begin_read: Arc<str>,
    begin_snapshot: Arc<str>,
}

impl PostgresDb {
    /// Prepares the pool; the network is not touched.
    pub(crate) fn connect(options: &DbOptions) -> Result<Self, StoreError> {
        // The driver's message may quote the password in the URL, so it is not passed on.
        let connect = PgConnectOptions::from_str(&options.url)
            .map_err(|_| StoreError::Url("it is no valid postgres:// URL".into()))?
            // No column is a floating-point number, and poolers refuse what they do not know.
            .extra_float_digits(None);
        let limits = options.statement_timeout.map(|timeout| {
            [("statement_timeout", timeout), ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION)]
        });
        // A pooler does not pass on what a session begins with, so there each transaction begins with it.
        let (connect, limits) = match (options.pooler, limits) {
            (Pooler::None, Some(limits)) => {
                (connect.options(limits.map(|(name, time)| (name, time.as_millis()))), String::new())
            }
            (Pooler::None, None) => (connect, String::new()),
            (Pooler::Transaction, limits) => {
                let limits = limits.into_iter().flatten();
                let set = limits.map(|(name, time)| format!("; SET LOCAL {name} = {}", time.as_millis()));
                (connect.statement_cache_capacity(0), set.collect())
            }
        };
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .acquire_timeout(options.acquire_timeout)
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > UNUSED {
                        sqlx::Connection::ping(connection).await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(connect);
        Ok(Self {
            pool,
            pooler: options.pooler,
            patience: options.acquire_timeout,
            begin_write: format!("BEGIN{limits}").into(),
            begin_read: format!("BEGIN READ ONLY{limits}").into(),
            begin_snapshot: format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY{limits}").into(),
        })
    }

    /// The pool, for what no statement of the store does. Behind a pooler only whole transactions go by it.
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// What stands in between.
    pub const fn pooler(&self) -> Pooler {
        self.pooler
    }

    pub(crate) async fn acquire(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        self.patiently(|| self.pool.acquire()).await
    }

    pub(crate) async fn write(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        self.begin(&self.begin_write).await
    }

    /// Where a statement needs a transaction to find its own preparation again.
    pub(crate) async fn read(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        self.begin(&self.begin_read).await
    }

    pub(crate) async fn snapshot(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        self.begin(&self.begin_snapshot).await
    }

    async fn begin(&self, statements: &Arc<str>) -> Result<Transaction<'static, Postgres>, StoreError> {
        self.patiently(|| self.pool.begin_with(AssertSqlSafe(Arc::clone(statements)))).await
    }

    /// Tries until the server can be asked. Nothing was asked yet, so trying again does nothing twice: a connection that was
    /// lost is a reason to take another one, and a server that is just being restarted one to wait.
    async fn patiently<T, F>(&self, mut ask: impl FnMut() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, sqlx::Error>>,
    {
        let mut last = sqlx::Error::PoolTimedOut;
        let tries = async {
            loop {
                match ask().await {
                    Err(error) if is_lost(&error) => last = error,
                    other => return other,
                }
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
        };
        // A pooler takes connections while the server is away, and lets the first statement wait.
        match tokio::time::timeout(self.patience, tries).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(StoreError::Unavailable(last)),
        }
    }
}
