//! The audit log: written in the transaction of what it tells (S59), never changed.

use model::{AuditId, OrgId, Timestamp, UserId, id::Id};

use crate::{StoreError, Tx, Value, insert_many};

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
