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
            // Connection exception, rolled back for others (deadlock), insufficient resources, operator intervention.
            sqlx::Error::Database(db)
                if db.code().is_some_and(|c| ["08", "40", "53", "57"].iter().any(|p| c.starts_with(p))) =>
            {
                Self::Unavailable(error)
            }
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error)
            }
            _ => Self::Statement(error),
        }
    }
}
