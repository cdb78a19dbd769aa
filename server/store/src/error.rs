//! What can go wrong below. The text of a driver stays in here and in the logs; nobody outside sees it (S61).

use sqlx::error::DatabaseError;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique key is taken; the caller knows which one it wrote.
    #[error("a unique key is already taken")]
    Taken,
    /// The database does not answer: nothing was written.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// The disk below SQLite does not do what it should: nothing was written.
    #[error("{0}")]
    Disk(DiskFault, #[source] sqlx::Error),
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

/// What is wrong with the disk below SQLite, or with the file on it; the words are for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DiskFault {
    /// No space is left.
    #[error("the disk is full; make space, and Rollcall goes on by itself")]
    Full,
    /// The file was opened where it can only be read.
    #[error("the database can only be read; make its disk writable and restart Rollcall")]
    ReadOnly,
    /// Reading or writing failed; also where a disk has become read-only under an open file, or a quota is used up.
    #[error("the disk cannot be read or written as it should; look into the system's log")]
    Failing,
    /// The file is not as SQLite left it.
    #[error("the database file is damaged; stop Rollcall, run `rollcall doctor`, and restore a backup")]
    Damaged,
}

impl DiskFault {
    /// From SQLite's code, which carries the primary one in the low byte.
    const fn of(code: u32) -> Option<Self> {
        match code & 0xff {
            13 => Some(Self::Full),
            8 => Some(Self::ReadOnly),
            10 => Some(Self::Failing),
            // Corrupt, and no database at all.
            11 | 26 => Some(Self::Damaged),
            _ => None,
        }
    }
}

/// SQLite's code of an error; `None` for anything else.
fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let error = error.as_database_error()?;
    error.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    error.code()?.parse().ok()
}

/// Whether somebody else holds what SQLite needed.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    sqlite_code(error).is_some_and(|code| code & 0xff == 5)
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
        if let Some(code) = sqlite_code(&error) {
            return match DiskFault::of(code) {
                Some(fault) => Self::Disk(fault, error),
                None if error.as_database_error().is_some_and(DatabaseError::is_unique_violation) => Self::Taken,
                // Busy, and cannot be opened.
                None if matches!(code & 0xff, 5 | 14) => Self::Unavailable(error),
                None => Self::Statement(error),
            };
        }
        match &error {
            sqlx::Error::Database(db) if db.is_unique_violation() => Self::Taken,
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
