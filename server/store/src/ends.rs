//! Time-boxed access (N5): the ends of memberships, and the rows that have to follow the clock.

use model::{Ends, OrgId, Permit, Timestamp, id::Id, rules::Lapse};

use crate::{
    Handle, StoreError, Tx, counts,
    db::{execute, fetch_all},
    error::one,
    memberships::{self, GONE, Membership, Row, columns, counted_as, from_row},
};

/// As stored: JSON, empty where there are none.
pub(crate) fn to_text(ends: &Ends) -> String {
    if ends.is_empty() { String::new() } else { serde_json::to_string(ends).unwrap_or_default() }
}

pub(crate) fn from_text(text: &str) -> Result<Ends, StoreError> {
    if text.is_empty() {
        return Ok(Ends::default());
    }
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt("ends"))
}

/// Sets the ends of a person's access and role, on whom the permit was given.
///
/// # Errors
/// [`StoreError`].
pub async fn set(tx: &mut Tx, permit: &Permit, of: &Membership, ends: &Ends, now: Timestamp) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE memberships SET ends = $3, due_at = $4 WHERE id = $1 AND org_id = $2",
        of.id.as_str(),
        permit.org_id().as_str(),
        to_text(ends),
        ends.next_due(now).map(Timestamp::millis)
    )?;
    one(n, GONE)
}

/// Those of the organization about whose ends something is to be done, the longest due first.
///
/// # Errors
/// [`StoreError`].
pub async fn due<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Membership>, StoreError> {
    let rows: Vec<Row> = fetch_all!(
        h,
        concat!(
            "SELECT ",
            columns!(),
            " FROM memberships m WHERE m.due_at <= $1 AND m.org_id = $2 ORDER BY m.due_at, m.id LIMIT $3"
        ),
        now.millis(),
        org_id.as_str(),
        i64::from(limit)
    )?;
    rows.into_iter().map(from_row).collect()
}

/// The organizations in which something is to be done about ends; of very many the first hundred.
///
/// # Errors
/// [`StoreError`].
pub async fn organizations_due<H: Handle>(h: &mut H, now: Timestamp) -> Result<Vec<OrgId>, StoreError> {
    let rows: Vec<(String,)> = fetch_all!(
        h,
        "SELECT DISTINCT org_id FROM (SELECT org_id FROM memberships WHERE due_at <= $1 ORDER BY due_at LIMIT 1000) AS due \
         LIMIT 100",
        now.millis()
    )?;
    rows.into_iter().map(|(id,)| OrgId::parse(&id).map_err(|_| StoreError::Corrupt("organization id"))).collect()
}

/// Stores what the clock has made of somebody, and counts.
///
/// # Errors
/// [`StoreError`].
pub async fn lapse(tx: &mut Tx, of: &Membership, lapse: &Lapse) -> Result<(), StoreError> {
    if (&of.id, &of.org_id) != (lapse.membership_id(), lapse.org_id()) {
        return Err(StoreError::Corrupt("lapse of another"));
    }
    let n = execute!(
        tx,
        "UPDATE memberships SET role = $3, status = $4, ends = $5, due_at = $6, \
         custom_role_id = CASE WHEN role = $3 THEN custom_role_id END, \
         withheld = CASE WHEN role = $3 THEN withheld ELSE '' END WHERE id = $1 AND org_id = $2",
        of.id.as_str(),
        of.org_id.as_str(),
        lapse.role().code(),
        lapse.status().code(),
        to_text(lapse.ends()),
        lapse.due_at().map(Timestamp::millis)
    )?;
    one(n, GONE)?;
    let lapsed = of.counted().with(|class| {
        class.role = lapse.role();
        class.state = counted_as(lapse.status());
    });
    counts::shift(tx, &of.org_id, of.counted(), lapsed).await
}

/// Closes the invitation of somebody earlier than it was to end, as their access does.
///
/// # Errors
/// [`StoreError`].
pub async fn shorten_invitation(
    tx: &mut Tx,
    permit: &Permit,
    of: &Membership,
    end: Timestamp,
) -> Result<(), StoreError> {
    if of.open_until.is_none_or(|open_until| open_until <= end) {
        return Ok(());
    }
    memberships::reopen(tx, permit, of, end).await?;
    execute!(
        tx,
        "UPDATE invitations SET expires_at = $3 WHERE membership_id = $1 AND org_id = $2 AND state = 'open'",
        of.id.as_str(),
        permit.org_id().as_str(),
        end.millis()
    )?;
    Ok(())
}
