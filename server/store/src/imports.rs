//! Imports of people from a file: jobs whose items are rows (see [`crate::jobs`]), and the file that these came from.

use model::{
    JobId, MembershipId, OrgId, Timestamp,
    bulk::{ImportedFile, JobItem},
    id::Id,
    import::Plan,
};

use crate::{
    Handle, StoreError, Tx,
    bulk::select_in,
    db::{execute, fetch_one, fetch_optional},
    error::one,
    jobs::{self, cells_text, item_columns},
};

/// Notes the file of a job. `digest` is the SHA-256 of the whole of it.
///
/// # Errors
/// [`StoreError::Taken`] for a job that has one.
pub async fn insert(
    tx: &mut Tx,
    org_id: &OrgId,
    id: &JobId,
    file: &ImportedFile,
    digest: &str,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO imports (job_id, org_id, file_name, digest, header, mapping) VALUES ($1, $2, $3, $4, $5, $6)",
        id.as_str(),
        org_id.as_str(),
        file.name.as_str(),
        digest,
        cells_text(&file.header),
        mapping_text(file)
    )?;
    Ok(())
}

fn mapping_text(file: &ImportedFile) -> String {
    serde_json::to_string(&file.mapping).unwrap_or_default()
}

/// The file of a job; for its forerunner see [`earlier`].
///
/// # Errors
/// [`StoreError::Corrupt`] for a job without one.
pub async fn file<H: Handle>(h: &mut H, id: &JobId) -> Result<ImportedFile, StoreError> {
    let row: Option<(String, String, String)> =
        fetch_optional!(h, "SELECT file_name, header, mapping FROM imports WHERE job_id = $1", id.as_str())?;
    let (name, header, mapping) = row.ok_or(StoreError::Corrupt("import without a file"))?;
    Ok(ImportedFile {
        name,
        header: serde_json::from_str(&header).map_err(|_| StoreError::Corrupt("heads of a file"))?,
        mapping: serde_json::from_str(&mapping).map_err(|_| StoreError::Corrupt("mapping of a file"))?,
        earlier: None,
    })
}

/// The last job that imported the same file before this one did, and when it was begun. One that did nothing counts for
/// nothing.
///
/// # Errors
/// [`StoreError`].
pub async fn earlier<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    id: &JobId,
) -> Result<Option<(JobId, Timestamp)>, StoreError> {
    let row: Option<(String, i64)> = fetch_optional!(
        h,
        "SELECT j.id, j.created_at FROM imports i JOIN jobs j ON j.id = i.job_id \
         WHERE i.org_id = $1 AND i.digest = (SELECT digest FROM imports WHERE job_id = $2) AND j.id <> $2 AND j.done > 0 \
         AND j.created_at <= (SELECT created_at FROM jobs WHERE id = $2) ORDER BY j.created_at DESC, j.id DESC LIMIT 1",
        org_id.as_str(),
        id.as_str()
    )?;
    row.map(|(id, at)| {
        let id = JobId::parse(&id).map_err(|_| StoreError::Corrupt("job id"))?;
        Ok((id, Timestamp::from_millis(at)))
    })
    .transpose()
}

/// The rows of a job that hold one of these addresses, the first of each in front: address and place.
///
/// # Errors
/// [`StoreError`].
pub async fn places<H: Handle>(h: &mut H, id: &JobId, emails: &[&str]) -> Result<Vec<(String, u64)>, StoreError> {
    let head = "SELECT email, n FROM job_items WHERE job_id = ";
    let between = " AND cells IS NOT NULL AND email IN ";
    let mut rows: Vec<(String, i64)> = select_in(h, head, Some(id.as_str()), between, emails).await?;
    rows.sort_unstable_by_key(|(_, n)| *n);
    Ok(rows.into_iter().map(|(email, n)| (email, u64::try_from(n).unwrap_or(0))).collect())
}

/// How many rows of a job are to make somebody take a seat.
///
/// # Errors
/// [`StoreError`].
pub async fn to_create<H: Handle>(h: &mut H, id: &JobId) -> Result<u64, StoreError> {
    let (n,): (i64,) = fetch_one!(
        h,
        "SELECT count(*) FROM job_items WHERE job_id = $1 AND state = 'would' AND plan IN ('create', 'again')",
        id.as_str()
    )?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// One row.
///
/// # Errors
/// [`StoreError`].
pub async fn row<H: Handle>(h: &mut H, id: &JobId, n: u64) -> Result<Option<JobItem>, StoreError> {
    let row: Option<jobs::Item> = fetch_optional!(
        h,
        concat!("SELECT ", item_columns!(), " WHERE job_id = $1 AND n = $2 AND cells IS NOT NULL"),
        id.as_str(),
        i64::try_from(n).unwrap_or(i64::MAX)
    )?;
    row.map(jobs::item).transpose()
}

/// Notes what a row says and what becomes of it. Its cells stay as they are.
///
/// # Errors
/// [`StoreError`].
pub async fn mark(tx: &mut Tx, id: &JobId, item: &JobItem) -> Result<(), StoreError> {
    let row = item.row.as_ref();
    let n = execute!(
        tx,
        "UPDATE job_items SET membership_id = $3, name = $4, email = $5, state = $6, reason = $7, plan = $8, \
         difference = $9 WHERE job_id = $1 AND n = $2 AND cells IS NOT NULL",
        id.as_str(),
        i64::try_from(item.n).unwrap_or(i64::MAX),
        item.membership_id.as_ref().map(MembershipId::to_string),
        item.name.as_str(),
        item.email.as_str(),
        item.state.code(),
        item.state.reason().unwrap_or_default(),
        row.and_then(|row| row.plan).map_or("", Plan::code),
        row.map_or("", |row| &row.difference)
    )?;
    one(n, "row of an import vanished")
}

/// Puts other cells into a row, of which nothing is known then.
///
/// # Errors
/// [`StoreError`].
pub async fn rewrite(tx: &mut Tx, id: &JobId, n: u64, cells: &[String]) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE job_items SET cells = $3, name = '', email = '', state = 'would', reason = '', plan = '', difference = '' \
         WHERE job_id = $1 AND n = $2 AND cells IS NOT NULL",
        id.as_str(),
        i64::try_from(n).unwrap_or(i64::MAX),
        cells_text(cells)
    )?;
    one(n, "row of an import vanished")
}

/// Lets the columns of a file hold something else, and every row be checked again.
///
/// # Errors
/// [`StoreError`].
pub async fn remap(tx: &mut Tx, id: &JobId, file: &ImportedFile) -> Result<(), StoreError> {
    execute!(tx, "UPDATE imports SET mapping = $2 WHERE job_id = $1", id.as_str(), mapping_text(file))?;
    execute!(
        tx,
        "UPDATE job_items SET name = '', email = '', state = 'would', reason = '', plan = '', difference = '' \
         WHERE job_id = $1",
        id.as_str()
    )?;
    Ok(())
}
