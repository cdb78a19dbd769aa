//! Copies of SQLite's file, and what is wrong with one. For the operator: nobody waits for a page meanwhile, and a server
//! may be running on the file, unless it says otherwise. PostgreSQL brings tools of its own.

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::{Path, PathBuf},
    str::FromStr as _,
    time::Duration,
};

use crate::{DiskFault, StoreError, error::is_busy};

/// How long another process may keep the file locked.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many lines say what is wrong with a file.
const FAULTS: usize = 10;

/// The file that a database URL means; `None` where it means no SQLite.
///
/// # Errors
/// [`StoreError::Url`].
pub fn file_of(url: &str) -> Result<Option<PathBuf>, StoreError> {
    if !url.starts_with("sqlite:") {
        return Ok(None);
    }
    let options = SqliteConnectOptions::from_str(url).map_err(|e| StoreError::Url(e.to_string()))?;
    Ok(Some(options.get_filename().to_path_buf()))
}

/// A connection of its own: the pools of [`crate::Db`] would make the file where there is none, and change how it logs.
async fn open(file: &Path) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(false).busy_timeout(PATIENCE);
    Ok(SqliteConnection::connect_with(&options).await?)
}

/// Copies a database, as it is at one moment, into an empty file. Writers go on meanwhile.
///
/// # Errors
/// [`StoreError::Disk`] where the database is damaged or the copy has no space, [`StoreError::Unavailable`] where one of
/// them cannot be opened.
pub async fn copy(database: &Path, to: &Path) -> Result<(), StoreError> {
    let to = to.to_str().ok_or_else(|| StoreError::Url("the path of a copy has to be UTF-8".into()))?;
    let mut conn = open(database).await?;
    let copied = sqlx::query("VACUUM INTO $1").bind(to).execute(&mut conn).await;
    conn.close().await?;
    copied?;
    Ok(())
}

/// What is wrong with the structure of a file, in SQLite's words; nothing, where it is whole. Reads all of it.
///
/// # Errors
/// [`StoreError`] where it cannot be read at all.
pub async fn faults(file: &Path) -> Result<Vec<String>, StoreError> {
    match look(file).await {
        // Damaged so much that there is no looking at it: where the head says something else, SQLite takes it for a statement's fault.
        Err(StoreError::Disk(DiskFault::Damaged, cause) | StoreError::Statement(cause)) => Ok(vec![cause.to_string()]),
        looked => looked,
    }
}

async fn look(file: &Path) -> Result<Vec<String>, StoreError> {
    let mut conn = open(file).await?;
    let said: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut conn).await?;
    let orphans: Vec<(String, Option<i64>, String, i64)> =
        sqlx::query_as("PRAGMA foreign_key_check").fetch_all(&mut conn).await?;
    conn.close().await?;
    let orphans = orphans
        .into_iter()
        .map(|(table, _, parent, _)| format!("a row of {table} names one of {parent} that is missing"));
    // One answer may have several lines.
    let said = said.iter().flat_map(|said| said.lines()).filter(|line| *line != "ok").map(str::to_owned);
    Ok(said.chain(orphans).take(FAULTS).collect())
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// The version of its schema.
    pub version: i64,
    /// How many organizations.
    pub organizations: u64,
    /// How many people are in them, the invited ones among them.
    pub people: u64,
    /// How many mails have not left yet.
    pub waiting: u64,
}

/// Looks into a file, of whichever release; `None` where it is no database of Rollcall.
///
/// # Errors
/// [`StoreError`] where it cannot be read.
pub async fn contents(file: &Path) -> Result<Option<Contents>, StoreError> {
    let mut conn = open(file).await?;
    let found = sqlx::query_as::<_, (Option<i64>, i64, i64, i64)>(
        "SELECT (SELECT max(version) FROM _sqlx_migrations WHERE success), (SELECT count(*) FROM organizations), \
         (SELECT count(*) FROM memberships), (SELECT count(*) FROM outbox WHERE state = 'queued')",
    )
    .fetch_one(&mut conn)
    .await
    .map_err(StoreError::from);
    conn.close().await?;
    match found {
        Ok((None, ..)) | Err(StoreError::Statement(_)) => Ok(None),
        Ok((Some(version), organizations, people, waiting)) => {
            let count = |n| u64::try_from(n).unwrap_or(0);
            Ok(Some(Contents {
                version,
                organizations: count(organizations),
                people: count(people),
                waiting: count(waiting),
            }))
        }
        Err(error) => Err(error),
    }
}

/// Whether a database is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InUse {
    /// By another process.
    Yes,
    /// By nobody: all of it is in its one file now, without a log beside it.
    No,
    /// Nobody can tell, since it is damaged.
    Unknown,
}

/// Brings the log of a database back into its file, for which nobody else may have it open.
///
/// # Errors
/// [`StoreError`] where it cannot be opened or written.
pub async fn put_away(database: &Path) -> Result<InUse, StoreError> {
    let left: Result<String, sqlx::Error> = async {
        let options = SqliteConnectOptions::new().filename(database).busy_timeout(Duration::from_secs(1));
        let mut conn = SqliteConnection::connect_with(&options).await?;
        let left = sqlx::query_scalar("PRAGMA journal_mode = DELETE").fetch_one(&mut conn).await;
        conn.close().await?;
        left
    }
    .await;
    match left {
        Ok(mode) if mode == "delete" => Ok(InUse::No),
        Ok(_) => Ok(InUse::Yes),
        Err(error) if is_busy(&error) => Ok(InUse::Yes),
        Err(error) => match StoreError::from(error) {
            StoreError::Disk(DiskFault::Damaged, _) | StoreError::Statement(_) => Ok(InUse::Unknown),
            error => Err(error),
        },
    }
}
