//! Jobs: one thing done to many people, in batches. A worker takes a job on a lease for one batch; what a batch did to
//! people and what it noted here is one transaction, so that nothing is done twice by whomever takes over.
//!
//! No write here asks for a permit: a job is a wish, and each change that it makes to a person asks for its own.

use model::{
    JobId, MembershipId, OrgId, Role, Timestamp, UserId,
    bulk::{BulkOp, ImportedRow, ItemState, Job, JobCounts, JobItem, JobState, Selection},
    id::Id,
    import::Plan,
};

use crate::{
    Handle, StoreError, Tx, Value,
    audit::AFTER_ALL,
    bulk::select_in,
    db::{execute, fetch_all, fetch_optional},
    error::one,
    groups, insert_many, users,
};
use std::collections::BTreeSet;

/// A job as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredJob {
    /// As its page shows it.
    pub job: Job,
    /// Its organization.
    pub org_id: OrgId,
    /// Who started it.
    pub created_by: UserId,
    /// To whom it is done.
    pub selection: Selection,
    /// How far the selection was read; empty at the start.
    pub cursor: String,
    /// Until when a worker holds it.
    pub leased_until: Timestamp,
}

macro_rules! columns {
    () => {
        "j.id, j.org_id, j.created_by, j.op, j.role_to, j.state, j.selection, j.cursor, j.undo_of, \
         (SELECT u.id FROM jobs u WHERE u.undo_of = j.id) AS undone_by, j.group_id, \
         (SELECT g.name FROM groups g WHERE g.id = j.group_id AND g.org_id = j.org_id) AS group_name, \
         j.would, j.unchanged, j.left_out, j.done, j.failed, j.created_at"
    };
}

macro_rules! item_columns {
    () => {
        "n, membership_id, name, email, role_to, state, reason, cells, plan, difference FROM job_items"
    };
}
pub(crate) use item_columns;

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    org_id: String,
    created_by: String,
    op: String,
    role_to: Option<String>,
    state: String,
    selection: String,
    cursor: String,
    undo_of: Option<String>,
    undone_by: Option<String>,
    group_id: Option<String>,
    group_name: Option<String>,
    would: i64,
    unchanged: i64,
    left_out: i64,
    done: i64,
    failed: i64,
    created_at: i64,
}

fn from_row(row: Row, leased_until: Timestamp) -> Result<StoredJob, StoreError> {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let group = match (&row.group_id, &row.group_name) {
        (Some(id), Some(name)) => Some(groups::named(id, name)?),
        _ => None,
    };
    Ok(StoredJob {
        job: Job {
            id: job_id(&row.id)?,
            op: BulkOp::from_code(&row.op, role(row.role_to)?).ok_or(StoreError::Corrupt("operation"))?,
            state: JobState::from_code(&row.state).ok_or(StoreError::Corrupt("state of a job"))?,
            counts: JobCounts {
                would: count(row.would),
                unchanged: count(row.unchanged),
                left_out: count(row.left_out),
                done: count(row.done),
                failed: count(row.failed),
            },
            group,
            undo_of: row.undo_of.as_deref().map(job_id).transpose()?,
            undone_by: row.undone_by.as_deref().map(job_id).transpose()?,
            created_at: Timestamp::from_millis(row.created_at),
        },
        org_id: OrgId::parse(&row.org_id).map_err(|_| StoreError::Corrupt("organization id"))?,
        created_by: UserId::parse(&row.created_by).map_err(|_| StoreError::Corrupt("user id"))?,
        selection: serde_json::from_str(&row.selection).map_err(|_| StoreError::Corrupt("selection"))?,
        cursor: row.cursor,
        leased_until,
    })
}

fn job_id(text: &str) -> Result<JobId, StoreError> {
    JobId::parse(text).map_err(|_| StoreError::Corrupt("job id"))
}

fn role(code: Option<String>) -> Result<Option<Role>, StoreError> {
    code.map(|code| Role::from_code(&code).ok_or(StoreError::Corrupt("role"))).transpose()
}

/// Puts a job in, without people yet, on the lease that it names.
///
/// # Errors
/// [`StoreError::Taken`] for the second that takes back the same job.
pub async fn insert(tx: &mut Tx, new: &StoredJob) -> Result<(), StoreError> {
    let selection = serde_json::to_string(&new.selection).map_err(|_| StoreError::Corrupt("selection"))?;
    execute!(
        tx,
        "INSERT INTO jobs (id, org_id, created_by, op, role_to, state, selection, cursor, undo_of, would, unchanged, \
         left_out, done, failed, created_at, updated_at, leased_until, group_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, 0, $10, $10, $11, $12)",
        new.job.id.as_str(),
        new.org_id.as_str(),
        new.created_by.as_str(),
        new.job.op.code(),
        new.job.op.role().map(Role::code),
        new.job.state.code(),
        selection.as_str(),
        new.cursor.as_str(),
        new.job.undo_of.as_ref().map(Id::as_str),
        new.job.created_at.millis(),
        new.leased_until.millis(),
        new.job.group.as_ref().map(|group| group.id.to_string())
    )?;
    Ok(())
}

/// A job of the organization.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(h: &mut H, org_id: &OrgId, id: &JobId) -> Result<Option<StoredJob>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        concat!("SELECT ", columns!(), " FROM jobs j WHERE j.id = $1 AND j.org_id = $2"),
        id.as_str(),
        org_id.as_str()
    )?;
    row.map(|row| from_row(row, Timestamp::from_millis(0))).transpose()
}

/// The newest jobs of an organization, from before one on, each with the name of who started it.
///
/// # Errors
/// [`StoreError`].
pub async fn of_organization<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    before: Option<&JobId>,
    limit: usize,
) -> Result<Vec<(StoredJob, String)>, StoreError> {
    let rows: Vec<Row> = fetch_all!(
        h,
        concat!("SELECT ", columns!(), " FROM jobs j WHERE j.org_id = $1 AND j.id < $2 ORDER BY j.id DESC LIMIT $3"),
        org_id.as_str(),
        before.map_or(AFTER_ALL, JobId::as_str),
        i64::try_from(limit).unwrap_or(i64::MAX)
    )?;
    let jobs = rows.into_iter().map(|row| from_row(row, Timestamp::from_millis(0)));
    let jobs = jobs.collect::<Result<Vec<_>, _>>()?;
    let starters: BTreeSet<&str> = jobs.iter().map(|job| job.created_by.as_str()).collect();
    let names = users::names(h, &Vec::from_iter(starters)).await?;
    let with_starter = |job: StoredJob| {
        let name = names.get(&job.created_by).cloned().unwrap_or_default();
        (job, name)
    };
    Ok(jobs.into_iter().map(with_starter).collect())
}

/// Takes the job that has waited longest until `until`, if any goes on by itself. Those of an archived organization wait until
/// it is restored.
///
/// # Errors
/// [`StoreError`].
pub async fn lease(tx: &mut Tx, now: Timestamp, until: Timestamp) -> Result<Option<StoredJob>, StoreError> {
    macro_rules! sql {
        ($locked:literal) => {
            concat!(
                "UPDATE jobs SET leased_until = $2 WHERE id = (SELECT j.id FROM jobs j \
                 WHERE j.state IN ('planning', 'running') AND j.leased_until <= $1 AND NOT EXISTS \
                 (SELECT 1 FROM organizations o WHERE o.id = j.org_id AND o.archived_at IS NOT NULL) \
                 ORDER BY j.updated_at, j.id LIMIT 1",
                $locked,
                ") RETURNING id"
            )
        };
    }
    // On PostgreSQL a worker would otherwise wait for the one that takes the same job, and go away with none (ADR 25).
    let sql = match tx {
        Tx::Sqlite(_) => sql!(""),
        Tx::Postgres(..) => sql!(" FOR UPDATE OF j SKIP LOCKED"),
    };
    let leased: Option<(String,)> = fetch_optional!(tx, sql, now.millis(), until.millis())?;
    let Some((id,)) = leased else { return Ok(None) };
    let row: Option<Row> =
        fetch_optional!(tx, concat!("SELECT ", columns!(), " FROM jobs j WHERE j.id = $1"), id.as_str())?;
    row.map(|row| from_row(row, until)).transpose()
}

/// Whether the job is still this worker's and in the same state; if so it stays so until the transaction ends.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(tx: &mut Tx, job: &StoredJob, now: Timestamp) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "UPDATE jobs SET updated_at = $4 WHERE id = $1 AND state = $2 AND leased_until = $3",
        job.job.id.as_str(),
        job.job.state.code(),
        job.leased_until.millis(),
        now.millis()
    )?;
    Ok(n == 1)
}

/// Notes how far a batch has come, and gives the job back.
///
/// # Errors
/// [`StoreError`].
pub async fn settle(tx: &mut Tx, job: &StoredJob) -> Result<(), StoreError> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let counts = job.job.counts;
    let n = execute!(
        tx,
        "UPDATE jobs SET state = $2, cursor = $3, would = $4, unchanged = $5, left_out = $6, done = $7, failed = $8, \
         leased_until = 0 WHERE id = $1",
        job.job.id.as_str(),
        job.job.state.code(),
        job.cursor.as_str(),
        count(counts.would),
        count(counts.unchanged),
        count(counts.left_out),
        count(counts.done),
        count(counts.failed)
    )?;
    one(n, "job vanished")
}

/// Moves a job of the organization on by hand; false when it is no longer in the state `from`.
///
/// # Errors
/// [`StoreError`].
pub async fn set_state(tx: &mut Tx, job: &StoredJob, to: JobState, now: Timestamp) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "UPDATE jobs SET state = $4, updated_at = $5 WHERE id = $1 AND org_id = $2 AND state = $3",
        job.job.id.as_str(),
        job.org_id.as_str(),
        job.job.state.code(),
        to.code(),
        now.millis()
    )?;
    Ok(n == 1)
}

/// Those of the people who are in the job already.
///
/// # Errors
/// [`StoreError`].
pub async fn known(tx: &mut Tx, id: &JobId, people: &[MembershipId]) -> Result<Vec<MembershipId>, StoreError> {
    let people: Vec<&str> = people.iter().map(Id::as_str).collect();
    let head = "SELECT i.membership_id FROM job_items i WHERE i.job_id = ";
    let rows: Vec<(String,)> = select_in(tx, head, Some(id.as_str()), " AND i.membership_id IN ", &people).await?;
    rows.into_iter().map(|(id,)| membership_id(&id)).collect()
}

fn membership_id(text: &str) -> Result<MembershipId, StoreError> {
    MembershipId::parse(text).map_err(|_| StoreError::Corrupt("membership id"))
}

/// Puts people into a job.
///
/// # Errors
/// [`StoreError::Taken`] when one of them is in it already.
pub async fn insert_items(tx: &mut Tx, id: &JobId, items: &[JobItem]) -> Result<(), StoreError> {
    let rows: Vec<Vec<Value>> = items
        .iter()
        .map(|item| {
            vec![
                id.as_str().into(),
                i64::try_from(item.n).unwrap_or(i64::MAX).into(),
                item.membership_id.as_ref().map(ToString::to_string).into(),
                item.name.clone().into(),
                item.email.clone().into(),
                Value::OptText(item.role_to.map(|role| role.code().to_owned())),
                item.state.code().into(),
                item.state.reason().unwrap_or_default().into(),
                item.row.as_ref().map(|row| cells_text(&row.cells)).into(),
            ]
        })
        .collect();
    let columns = &["job_id", "n", "membership_id", "name", "email", "role_to", "state", "reason", "cells"];
    insert_many(tx, "job_items", columns, &rows).await
}

/// Puts those to whom a job did something into the job that takes it back; each gets the role of before, where it was
/// noted. Who was there before an import and was changed by it is not among them. Yields how many they are.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_undone(tx: &mut Tx, id: &JobId, of: &JobId) -> Result<u64, StoreError> {
    execute!(
        tx,
        "INSERT INTO job_items (job_id, n, membership_id, name, email, role_to, state, reason) \
         SELECT $1, i.n, i.membership_id, i.name, i.email, i.role_before, 'would', '' FROM job_items i \
         WHERE i.job_id = $2 AND i.state = 'done' AND i.plan <> 'update'",
        id.as_str(),
        of.as_str()
    )
}

/// Which people of a job are read.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// In the state of this code; in any where it is `None`.
    pub state: Option<&'static str>,
    /// Behind this place.
    pub after: u64,
    /// At most so many.
    pub limit: usize,
}

/// People of a job, in their order. The job has to be one that was found in the organization of who asks.
///
/// # Errors
/// [`StoreError`].
pub async fn items<H: Handle>(h: &mut H, id: &JobId, asked: &Asked) -> Result<Vec<JobItem>, StoreError> {
    let after = i64::try_from(asked.after).unwrap_or(i64::MAX);
    let limit = i64::try_from(asked.limit).unwrap_or(i64::MAX);
    let rows: Vec<Item> = match asked.state {
        Some(state) => fetch_all!(
            h,
            concat!("SELECT ", item_columns!(), " WHERE job_id = $1 AND state = $2 AND n > $3 ORDER BY n LIMIT $4"),
            id.as_str(),
            state,
            after,
            limit
        )?,
        None => fetch_all!(
            h,
            concat!("SELECT ", item_columns!(), " WHERE job_id = $1 AND n > $2 ORDER BY n LIMIT $3"),
            id.as_str(),
            after,
            limit
        )?,
    };
    rows.into_iter().map(item).collect()
}

#[rustfmt::skip]
pub(crate) type Item = (
    i64, Option<String>, String, String, Option<String>, String, String,
    Option<String>, String, String,
);

pub(crate) fn item(row: Item) -> Result<JobItem, StoreError> {
    let (n, id, name, email, role_to, state, reason, cells, plan, difference) = row;
    let row = cells.map(|cells| {
        let cells = serde_json::from_str(&cells).map_err(|_| StoreError::Corrupt("cells of a row"))?;
        Ok::<_, StoreError>(ImportedRow { cells, plan: Plan::from_code(&plan), difference })
    });
    Ok(JobItem {
        n: u64::try_from(n).unwrap_or(0),
        membership_id: id.as_deref().map(membership_id).transpose()?,
        name,
        email,
        role_to: role(role_to)?,
        state: ItemState::from_code(&state, &reason).ok_or(StoreError::Corrupt("state of an item"))?,
        row: row.transpose()?,
    })
}

pub(crate) fn cells_text(cells: &[String]) -> String {
    serde_json::to_string(cells).unwrap_or_default()
}

/// Notes what became of somebody, and the role that they had before.
///
/// # Errors
/// [`StoreError`].
pub async fn mark(tx: &mut Tx, id: &JobId, item: &JobItem, role_before: Option<Role>) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE job_items SET state = $3, reason = $4, role_before = $5 WHERE job_id = $1 AND n = $2",
        id.as_str(),
        i64::try_from(item.n).unwrap_or(i64::MAX),
        item.state.code(),
        item.state.reason().unwrap_or_default(),
        role_before.map(Role::code)
    )?;
    one(n, "item of a job vanished")
}

/// Forgets jobs that nobody has touched since, and the names in them. Housekeeping alone.
///
/// # Errors
/// [`StoreError`].
pub async fn purge(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM jobs WHERE updated_at < $1 AND state IN ('planned', 'done', 'canceled')", before.millis())
}
