//! The vendor's staff (B53): who is of it, and with what organizations have let them in.

use model::{
    Email, Kind, OrgId, Permit, PersonName, Timestamp, UserId,
    id::Id,
    support::{Reason, SupportGrant, Supporter},
};

use crate::{
    Handle, StoreError, Tx, counts,
    db::{execute, fetch_all, fetch_optional},
    error::one,
    memberships::{self, GONE, Membership, NewMembership},
};

/// So many of the staff are shown, by name.
const MOST: i64 = 200;

/// Says that an account is of the staff, or is not any more. Yields whether that was so already.
///
/// # Errors
/// [`StoreError`].
pub async fn mark(tx: &mut Tx, id: &UserId, since: Option<Timestamp>) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "UPDATE users SET support_since = $2 WHERE id = $1 AND (support_since IS NULL) <> ($2 IS NULL)",
        id.as_str(),
        since.map(Timestamp::millis)
    )?;
    Ok(n == 0)
}

/// The staff, by name; beside an organization those who do not stand there yet.
///
/// # Errors
/// [`StoreError`].
pub async fn staff<H: Handle>(h: &mut H, beside: Option<&OrgId>) -> Result<Vec<Supporter>, StoreError> {
    let rows: Vec<(String, String, String, String)> = fetch_all!(
        h,
        "SELECT u.id, u.email, u.first_name, u.last_name FROM users u \
         WHERE u.support_since IS NOT NULL AND u.erased_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.org_id = $1) \
         ORDER BY u.first_name, u.last_name, u.id LIMIT $2",
        beside.map_or("", OrgId::as_str),
        MOST
    )?;
    rows.into_iter()
        .map(|(id, email, first, last)| {
            let email = Email::parse(&email).map_err(|_| StoreError::Corrupt("email"))?;
            let name = PersonName { first, last }.display(&email);
            Ok(Supporter { id: UserId::parse(&id).map_err(|_| StoreError::Corrupt("user id"))?, name, email })
        })
        .collect()
}

/// Whether an account is of the staff.
///
/// # Errors
/// [`StoreError`].
pub async fn is_staff<H: Handle>(h: &mut H, id: &UserId) -> Result<bool, StoreError> {
    let found: Option<(i64,)> = fetch_optional!(
        h,
        "SELECT support_since FROM users WHERE id = $1 AND support_since IS NOT NULL AND erased_at IS NULL",
        id.as_str()
    )?;
    Ok(found.is_some())
}

/// Lets somebody of the staff in, as the permit's actor grants it.
///
/// # Errors
/// [`StoreError::Taken`] for somebody who stands there already.
pub async fn grant(tx: &mut Tx, permit: &Permit, new: NewMembership, grant: &SupportGrant) -> Result<(), StoreError> {
    if new.kind != Kind::Support || new.ends.access.is_none() {
        return Err(StoreError::Corrupt("support without an end"));
    }
    memberships::insert_invited(tx, permit, std::slice::from_ref(&new)).await?;
    execute!(
        tx,
        "INSERT INTO support_grants (membership_id, org_id, reason, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5)",
        new.id.as_str(),
        permit.org_id().as_str(),
        grant.reason.as_str(),
        grant.granted_by.as_str(),
        grant.granted_at.millis()
    )?;
    Ok(())
}

/// With what somebody was let in, as the array that JSON makes of reason, name and time.
pub(crate) fn from_json(text: &str) -> Result<SupportGrant, StoreError> {
    let (reason, granted_by, at): (String, String, i64) =
        serde_json::from_str(text).map_err(|_| StoreError::Corrupt("grant of support"))?;
    let reason = Reason::parse(&reason).map_err(|_| StoreError::Corrupt("reason"))?;
    Ok(SupportGrant { reason, granted_by, granted_at: Timestamp::from_millis(at) })
}

/// Takes the access of somebody away who is not of the staff any more: the operator's matter, which no organization's permit
/// covers, and so nothing but support access goes by it.
///
/// # Errors
/// [`StoreError`].
pub async fn withdraw(tx: &mut Tx, of: &Membership) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "DELETE FROM memberships WHERE id = $1 AND org_id = $2 AND kind = 'support'",
        of.id.as_str(),
        of.org_id.as_str()
    )?;
    one(n, GONE)?;
    counts::remove(tx, &of.org_id, of.counted()).await
}
