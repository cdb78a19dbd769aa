//! What hangs on somebody who goes, who takes it over, and the tombstones that deletions leave (B35–B37).

use model::{Email, Kind, OrgId, Permit, Role, Timestamp, UserId, id::Id, removal::Impact};
use std::collections::HashMap;

use crate::{
    Handle, StoreError, Tx,
    bulk::select_in,
    db::{execute, fetch_all, fetch_one},
    memberships::Membership,
};

/// What hangs on a person in their organization, in one question; as if all invitations could be handed over.
///
/// # Errors
/// [`StoreError`].
pub async fn impact<H: Handle>(h: &mut H, of: &Membership, now: Timestamp) -> Result<Impact, StoreError> {
    let row: (i64, i64, i64, i64, i64) = fetch_one!(
        h,
        "SELECT \
         (SELECT count(*) FROM invitations i WHERE i.org_id = $1 AND i.invited_by = $2 AND i.state = 'open' \
          AND i.expires_at > $4), \
         (SELECT count(*) FROM saved_views v WHERE v.made_by = $3 AND v.private_to IS NULL), \
         (SELECT count(*) FROM saved_views v WHERE v.private_to = $3), \
         (SELECT count(*) FROM jobs j WHERE j.org_id = $1 AND j.created_by = $2 \
          AND j.state IN ('planning', 'planned', 'running')), \
         (SELECT count(*) FROM ownership_offers f WHERE f.from_id = $3 AND f.state = 'open' AND f.expires_at > $4) + \
         (SELECT count(*) FROM ownership_offers f WHERE f.to_id = $3 AND f.state = 'open' AND f.expires_at > $4)",
        of.org_id.as_str(),
        of.user_id.as_ref().map_or("", Id::as_str),
        of.id.as_str(),
        now.millis()
    )?;
    let n = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(Impact {
        invitations: n(row.0),
        lost_invitations: 0,
        shared_views: n(row.1),
        private_views: n(row.2),
        jobs: n(row.3),
        offers: n(row.4),
    })
}

/// People whom somebody invited on the same terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitedAs {
    /// As what.
    pub kind: Kind,
    /// With which role.
    pub role: Role,
    /// How many of their invitations can be accepted at the moment.
    pub open: u64,
}

/// On which terms somebody invited those who have not accepted.
///
/// # Errors
/// [`StoreError`].
pub async fn invited_as<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    by: &UserId,
    now: Timestamp,
) -> Result<Vec<InvitedAs>, StoreError> {
    let rows: Vec<(String, String, i64)> = fetch_all!(
        h,
        "SELECT m.kind, m.role, sum(CASE WHEN i.expires_at > $3 THEN 1 ELSE 0 END) \
         FROM invitations i JOIN memberships m ON m.id = i.membership_id \
         WHERE i.org_id = $1 AND i.invited_by = $2 AND i.state = 'open' GROUP BY m.kind, m.role ORDER BY 1, 2",
        org_id.as_str(),
        by.as_str(),
        now.millis()
    )?;
    let read = |(kind, role, open): (String, String, i64)| {
        Ok(InvitedAs {
            kind: Kind::from_code(&kind).ok_or(StoreError::Corrupt("kind"))?,
            role: Role::from_code(&role).ok_or(StoreError::Corrupt("role"))?,
            open: u64::try_from(open).unwrap_or(0),
        })
    };
    rows.into_iter().map(read).collect()
}

/// Makes somebody answer for the open invitations that another one sent on these terms in the permit's organization.
///
/// # Errors
/// [`StoreError`].
pub async fn hand_over(
    tx: &mut Tx,
    permit: &Permit,
    (from, to): (&UserId, &UserId),
    terms: InvitedAs,
) -> Result<u64, StoreError> {
    execute!(
        tx,
        "UPDATE invitations SET invited_by = $3 WHERE org_id = $1 AND invited_by = $2 AND state = 'open' \
         AND EXISTS (SELECT 1 FROM memberships m WHERE m.id = invitations.membership_id AND m.kind = $4 AND m.role = $5)",
        permit.org_id().as_str(),
        from.as_str(),
        to.as_str(),
        terms.kind.code(),
        terms.role.code()
    )
}

/// Stops what somebody does to many in the permit's organization.
///
/// # Errors
/// [`StoreError`].
pub async fn stop_jobs(tx: &mut Tx, permit: &Permit, of: &UserId, at: Timestamp) -> Result<u64, StoreError> {
    execute!(
        tx,
        "UPDATE jobs SET state = 'canceled', updated_at = $3 WHERE org_id = $1 AND created_by = $2 \
         AND state IN ('planning', 'planned', 'running')",
        permit.org_id().as_str(),
        of.as_str(),
        at.millis()
    )
}

/// Leaves a tombstone in place of an address: its keyed hash, and when its user was deleted.
///
/// # Errors
/// [`StoreError`].
pub async fn bury(tx: &mut Tx, permit: &Permit, email_hash: &str, at: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO tombstones (org_id, email_hash, deleted_at) VALUES ($1, $2, $3) \
         ON CONFLICT (org_id, email_hash) DO UPDATE SET deleted_at = $3",
        permit.org_id().as_str(),
        email_hash,
        at.millis()
    )?;
    Ok(())
}

/// When the users of addresses were deleted in an organization; those of whom nothing is known are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn buried<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    asked: &[(Email, String)],
) -> Result<HashMap<Email, Timestamp>, StoreError> {
    let hashes: Vec<&str> = asked.iter().map(|(_, hash)| hash.as_str()).collect();
    let head = "SELECT t.email_hash, t.deleted_at FROM tombstones t WHERE t.org_id = ";
    let rows: Vec<(String, i64)> = select_in(h, head, Some(org_id.as_str()), " AND t.email_hash IN ", &hashes).await?;
    let found: HashMap<String, i64> = rows.into_iter().collect();
    let at = |(email, hash): &(Email, String)| found.get(hash).map(|at| (email.clone(), Timestamp::from_millis(*at)));
    Ok(asked.iter().filter_map(at).collect())
}
