//! What can go wrong below. The text of a driver stays in here and in the logs; nobody outside sees it (S61).

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique key is taken; the caller knows which one it wrote.
    #[error("a unique key is already taken")]
    Taken,
    /// The database does not answer, is full or read-only: nothing was written.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// The connection was lost between the request to commit and its answer: all of it was written, or nothing.
    #[error("the database did not say whether it has written a change")]
    Unsettled(#[source] sqlx::Error),
    /// What stands in the database does not parse as what it should be.
    #[error("unexpected content in the database: {0}")]
    Corrupt(&'static str),
    /// The schema was made by a newer release, or changed by hand.
    #[error("the schema of the database does not fit this release")]
    Schema(#[source] sqlx::migrate::MigrateError),
    /// Anything else; a defect.
    #[error("the database refused a statement")]
    Statement(#[source] sqlx::Error),
    /// The connection string cannot be used.
    #[error("the database URL cannot be used: {0}")]
    Url(String),
}

/// A statement about one row has to have met it.
///
/// # Errors
/// [`StoreError::Corrupt`], saying what is wrong otherwise.
pub(crate) fn one(rows: u64, otherwise: &'static str) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Corrupt(otherwise)) }
}

/// Whether the server went away, with the connection or before there was one, or ended the session: whoever asks again, on
/// another connection, may be answered.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        // Connection exception, also as poolers tell it; too many connections; a session that was idle in a transaction;
        // shut down, crashed, or starting up.
        sqlx::Error::Database(db) => db.code().is_some_and(|code| {
            code.starts_with("08") || matches!(code.as_ref(), "53300" | "25P03" | "57P01" | "57P02" | "57P03")
        }),
        _ => false,
    }
}

/// Whether PostgreSQL took a transaction back so that others could go on: a serialization failure, or a deadlock.
fn gave_way(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("40001" | "40P01"))
}

impl StoreError {
    /// Whether the same may go well at once, and does nothing twice: nothing was written, since the transaction gave way to
    /// others or lost its connection before the commit.
    pub fn may_be_repeated(&self) -> bool {
        matches!(self, Self::Unavailable(error) if is_lost(error) || gave_way(error))
    }

    /// What went wrong with a commit.
    pub(crate) fn of_commit(error: sqlx::Error) -> Self {
        if is_lost(&error) { Self::Unsettled(error) } else { error.into() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(db) if db.is_unique_violation() => Self::Taken,
            // 5 busy, 8 read-only, 10 I/O error, 13 full, 14 cannot open; extended codes carry these in the low byte.
            sqlx::Error::Database(db)
                if db.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
                    && db
                        .code()
                        .and_then(|c| c.parse::<u32>().ok())
                        .is_some_and(|c| matches!(c & 0xff, 5 | 8 | 10 | 13 | 14)) =>
            {
                Self::Unavailable(error)
            }
            // Connection exception, rolled back for others (deadlock), insufficient resources, operator intervention (also a
            // statement that took too long); a server that only reads, since another one took over.
            sqlx::Error::Database(db)
                if db
                    .code()
                    .is_some_and(|c| ["08", "40", "53", "57"].iter().any(|p| c.starts_with(p)) || c == "25006") =>
            {
                Self::Unavailable(error)
            }
            _ if is_lost(&error) => Self::Unavailable(error),
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error)
            }
            _ => Self::Statement(error),
        }
    }
}
