//! How full the pools of connections are.

use sqlx::{Database, Pool};

use crate::Db;

/// A pool of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolState {
    /// `read` and `write` of SQLite, `all` of PostgreSQL.
    pub name: &'static str,
    /// Connections that somebody works with.
    pub used: u32,
    /// Connections that are open and at rest.
    pub idle: u32,
    /// How many there can be.
    pub max: u32,
}

impl PoolState {
    fn of<D: Database>(name: &'static str, pool: &Pool<D>) -> Self {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Self { name, used: pool.size().saturating_sub(idle), idle, max: pool.options().get_max_connections() }
    }
}

impl Db {
    /// The pools of this process; asks nobody.
    pub fn pools(&self) -> Vec<PoolState> {
        match self {
            Self::Sqlite { read, write } => vec![PoolState::of("read", read), PoolState::of("write", write)],
            Self::Postgres(postgres) => vec![PoolState::of("all", postgres.pool())],
        }
    }
}
