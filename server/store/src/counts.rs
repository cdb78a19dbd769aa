//! Maintained counters: how many people of each class an organization has. An invitation whose time ran out is counted
//! as one still; reading takes those out.

use model::{OrgId, id::Id, people::Class};

use crate::{StoreError, Tx, db::execute};

/// So many people more.
///
/// # Errors
/// [`StoreError`].
pub async fn add(tx: &mut Tx, org_id: &OrgId, of: Class, people: u32) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO people_counts (org_id, kind, status, role, source, n) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (org_id, kind, status, role, source) DO UPDATE SET n = people_counts.n + $6",
        org_id.as_str(),
        of.kind.code(),
        of.state.stored().code(),
        of.role.code(),
        of.source.code(),
        i64::from(people),
    )?;
    Ok(())
}

/// One person less.
///
/// # Errors
/// [`StoreError`]; a counter never falls below zero.
pub async fn remove(tx: &mut Tx, org_id: &OrgId, of: Class) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE people_counts SET n = n - 1 WHERE org_id = $1 AND kind = $2 AND status = $3 AND role = $4 AND source = $5",
        org_id.as_str(),
        of.kind.code(),
        of.state.stored().code(),
        of.role.code(),
        of.source.code(),
    )?;
    if n == 1 { Ok(()) } else { Err(StoreError::Corrupt("a counter is missing")) }
}

/// Moves one person from one class to another.
///
/// # Errors
/// [`StoreError`].
pub async fn shift(tx: &mut Tx, org_id: &OrgId, from: Class, to: Class) -> Result<(), StoreError> {
    if from != to {
        remove(tx, org_id, from).await?;
        add(tx, org_id, to, 1).await?;
    }
    Ok(())
}
