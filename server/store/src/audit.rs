//! The audit log: written in the transaction of what it tells (S59), never changed.

use model::{AuditId, MembershipId, OrgId, Timestamp, UserId, id::Id};

use crate::{Handle, StoreError, Tx, Value, db::fetch_all, insert_many};

/// One line.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its id.
    pub id: AuditId,
    /// Where; `None` for what happens outside of any organization.
    pub org_id: Option<OrgId>,
    /// When.
    pub at: Timestamp,
    /// Who; `None` for somebody not signed in.
    pub actor_id: Option<UserId>,
    /// The name at the time.
    pub actor_name: String,
    /// What, as `noun.verb`.
    pub action: &'static str,
    /// To whom or what.
    pub target_id: Option<String>,
    /// The name at the time.
    pub target_name: String,
    /// Further facts as JSON; no secrets (S58).
    pub detail: String,
}

/// Writes lines.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
    let rows: Vec<Vec<Value>> = events
        .iter()
        .map(|e| {
            vec![
                e.id.as_str().into(),
                Value::OptText(e.org_id.as_ref().map(|o| o.as_str().to_owned())),
                e.at.millis().into(),
                Value::OptText(e.actor_id.as_ref().map(|a| a.as_str().to_owned())),
                e.actor_name.clone().into(),
                e.action.into(),
                Value::OptText(e.target_id.clone()),
                e.target_name.clone().into(),
                e.detail.clone().into(),
            ]
        })
        .collect();
    let columns = &["id", "org_id", "at", "actor_id", "actor_name", "action", "target_id", "target_name", "detail"];
    insert_many(tx, "audit_events", columns, &rows).await
}

/// A line as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who; `None` for somebody not signed in.
    pub actor_id: Option<String>,
    /// The name at the time.
    pub actor_name: String,
    /// What, as `noun.verb`.
    pub action: String,
    /// To whom or what.
    pub target_id: Option<String>,
    /// The name at the time.
    pub target_name: String,
    /// Further facts as JSON.
    pub detail: String,
}

/// Of which person lines are read.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The organization; nothing of another one is read.
    pub org_id: &'a OrgId,
    /// As whom things were done to the person.
    pub membership_id: &'a MembershipId,
    /// As whom the person did things; `None` before there is an account.
    pub user_id: Option<&'a UserId>,
}

#[rustfmt::skip]
type Row = (String, i64, Option<String>, String, String, Option<String>, String, String);

/// The newest lines of what was done to and by a person, from before a line on.
///
/// # Errors
/// [`StoreError`].
pub async fn about<H: Handle>(
    h: &mut H,
    person: About<'_>,
    before: Option<&AuditId>,
    limit: usize,
) -> Result<Vec<Line>, StoreError> {
    // Each half is a range of an index and stops at the limit; a single question with OR would read all of both.
    let rows: Vec<Row> = fetch_all!(
        h,
        "SELECT id, at, actor_id, actor_name, action, target_id, target_name, detail FROM ( \
         SELECT * FROM (SELECT * FROM audit_events WHERE org_id = $1 AND target_id = $2 AND id < $4 \
         ORDER BY id DESC LIMIT $5) hits_to \
         UNION SELECT * FROM (SELECT * FROM audit_events WHERE org_id = $1 AND actor_id = $3 AND id < $4 \
         ORDER BY id DESC LIMIT $5) hits_by) hits ORDER BY id DESC LIMIT $5",
        person.org_id.as_str(),
        person.membership_id.as_str(),
        person.user_id.map(UserId::as_str),
        before.map_or(AFTER_ALL, AuditId::as_str),
        i64::try_from(limit).unwrap_or(i64::MAX)
    )?;
    rows.into_iter().map(from_row).collect()
}

/// The lines that may tell of somebody's access, the oldest first, up to so many.
///
/// # Errors
/// [`StoreError`].
pub async fn of_access<H: Handle>(
    h: &mut H,
    (org_id, id): (&OrgId, &MembershipId),
    limit: usize,
) -> Result<Vec<Line>, StoreError> {
    let rows: Vec<Row> = fetch_all!(
        h,
        "SELECT id, at, actor_id, actor_name, action, target_id, target_name, detail FROM audit_events \
         WHERE org_id = $1 AND target_id = $2 \
         AND (action LIKE 'membership.%' OR action LIKE 'group.%' OR action LIKE 'ownership.%') ORDER BY id LIMIT $3",
        org_id.as_str(),
        id.as_str(),
        i64::try_from(limit).unwrap_or(i64::MAX)
    )?;
    rows.into_iter().map(from_row).collect()
}

/// The lines after a moment by which roles, groups or the organization itself have become others, the oldest first, up to so many.
///
/// # Errors
/// [`StoreError`].
pub async fn of_definitions<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    after: Timestamp,
    limit: usize,
) -> Result<Vec<Line>, StoreError> {
    let rows: Vec<Row> = fetch_all!(
        h,
        // In the words of the index.
        "SELECT id, at, actor_id, actor_name, action, target_id, target_name, detail FROM audit_events \
         WHERE org_id = $1 AND at > $2 AND action IN ('role.changed', 'role.deleted', 'group.changed', 'group.deleted', \
         'organization.archived', 'organization.restored') ORDER BY at, id LIMIT $3",
        org_id.as_str(),
        after.millis(),
        i64::try_from(limit).unwrap_or(i64::MAX)
    )?;
    rows.into_iter().map(from_row).collect()
}

fn from_row((id, at, actor_id, actor_name, action, target_id, target_name, detail): Row) -> Result<Line, StoreError> {
    Ok(Line {
        id: AuditId::parse(&id).map_err(|_| StoreError::Corrupt("audit id"))?,
        at: Timestamp::from_millis(at),
        actor_id,
        actor_name,
        action,
        target_id,
        target_name,
        detail,
    })
}

/// Behind every id.
pub(crate) const AFTER_ALL: &str = "~";
