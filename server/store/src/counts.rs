//! Maintained counters: how many people of each kind and status an organization has.

use model::{Kind, OrgId, Status, id::Id};

use crate::{StoreError, Tx, db::execute};

/// So many people more.
///
/// # Errors
/// [`StoreError`].
pub async fn add(tx: &mut Tx, org_id: &OrgId, of: (Kind, Status), people: u32) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO people_counts (org_id, kind, status, n) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (org_id, kind, status) DO UPDATE SET n = people_counts.n + $4",
        org_id.as_str(),
        of.0.code(),
        of.1.code(),
        i64::from(people),
    )?;
    Ok(())
}

/// One person less.
///
/// # Errors
/// [`StoreError`]; a counter never falls below zero.
pub async fn remove(tx: &mut Tx, org_id: &OrgId, of: (Kind, Status)) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE people_counts SET n = n - 1 WHERE org_id = $1 AND kind = $2 AND status = $3",
        org_id.as_str(),
        of.0.code(),
        of.1.code(),
    )?;
    if n == 1 { Ok(()) } else { Err(StoreError::Corrupt("a counter is missing")) }
}

/// Moves one person from one status to another.
///
/// # Errors
/// [`StoreError`].
pub async fn shift(tx: &mut Tx, org_id: &OrgId, kind: Kind, from: Status, to: Status) -> Result<(), StoreError> {
    if from != to {
        remove(tx, org_id, (kind, from)).await?;
        add(tx, org_id, (kind, to), 1).await?;
    }
    Ok(())
}
