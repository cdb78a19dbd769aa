//! Offers of ownership (B34, N4). What has become of one is decided behind the organization's revision.

use model::{
    MembershipId, OfferId, OrgId, Permit, Timestamp,
    id::Id,
    ownership::{OpenOffer, Who},
    rules::{Offer, OfferState, TransferMode},
};

use crate::{
    Handle, StoreError, Tx,
    db::{execute, fetch_all, fetch_optional},
};

/// An offer to be made.
#[derive(Debug, Clone)]
pub struct NewOffer {
    /// Its id.
    pub id: OfferId,
    /// What becomes of who gives.
    pub mode: TransferMode,
    /// When.
    pub at: Timestamp,
    /// Until when it can be accepted.
    pub expires_at: Timestamp,
}

/// Stores the offer of the permit's actor to its target.
///
/// # Errors
/// [`StoreError::Taken`] where the actor has an open one: [`cancel_of`] comes first.
pub async fn insert(tx: &mut Tx, permit: &Permit, new: &NewOffer) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO ownership_offers (id, org_id, from_id, to_id, mode, state, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, 'open', $6, $7)",
        new.id.as_str(),
        permit.org_id().as_str(),
        permit.actor().membership_id.as_str(),
        crate::memberships::target(permit)?.as_str(),
        new.mode.code(),
        new.at.millis(),
        new.expires_at.millis()
    )?;
    Ok(())
}

type Row = (String, String, String, String, i64);

fn from_row((from, to, mode, state, expires_at): Row) -> Result<Offer, StoreError> {
    let member = |id: &str| MembershipId::parse(id).map_err(|_| StoreError::Corrupt("membership id"));
    Ok(Offer {
        from: member(&from)?,
        to: member(&to)?,
        mode: TransferMode::from_code(&mode).ok_or(StoreError::Corrupt("mode of an offer"))?,
        state: OfferState::from_code(&state).ok_or(StoreError::Corrupt("state of an offer"))?,
        expires_at: Timestamp::from_millis(expires_at),
    })
}

/// An offer of the organization, by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(h: &mut H, org_id: &OrgId, id: &OfferId) -> Result<Option<Offer>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        "SELECT from_id, to_id, mode, state, expires_at FROM ownership_offers WHERE id = $1 AND org_id = $2",
        id.as_str(),
        org_id.as_str()
    )?;
    row.map(from_row).transpose()
}

/// Closes an open offer; `false` where it was closed before.
///
/// # Errors
/// [`StoreError`].
pub async fn close(tx: &mut Tx, id: &OfferId, how: OfferState, at: Timestamp) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "UPDATE ownership_offers SET state = $2, closed_at = $3 WHERE id = $1 AND state = 'open'",
        id.as_str(),
        how.code(),
        at.millis()
    )?;
    Ok(n == 1)
}

/// Takes back the open offer that somebody has made, if there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn cancel_of(tx: &mut Tx, from: &MembershipId, at: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE ownership_offers SET state = 'cancelled', closed_at = $2 WHERE from_id = $1 AND state = 'open'",
        from.as_str(),
        at.millis()
    )?;
    Ok(())
}

#[rustfmt::skip]
type OpenRow = (
    String, String, i64, i64,
    String, String, String, String,
    String, String, String, String,
);

/// The offers that wait for an answer: made by somebody, or to them.
///
/// # Errors
/// [`StoreError`].
pub async fn open_of<H: Handle>(h: &mut H, id: &MembershipId, now: Timestamp) -> Result<Vec<OpenOffer>, StoreError> {
    let rows: Vec<OpenRow> = fetch_all!(
        h,
        "SELECT f.id, f.mode, f.created_at, f.expires_at, \
         a.id, a.first_name, a.last_name, a.email, b.id, b.first_name, b.last_name, b.email \
         FROM (SELECT * FROM ownership_offers WHERE from_id = $1 AND state = 'open' AND expires_at > $2 UNION ALL \
         SELECT * FROM ownership_offers WHERE to_id = $1 AND state = 'open' AND expires_at > $2) f \
         JOIN memberships a ON a.id = f.from_id JOIN memberships b ON b.id = f.to_id ORDER BY f.id DESC",
        id.as_str(),
        now.millis()
    )?;
    rows.into_iter().map(open_from_row).collect()
}

fn open_from_row(row: OpenRow) -> Result<OpenOffer, StoreError> {
    let (id, mode, created_at, expires_at, from, from_first, from_last, from_email, to, to_first, to_last, to_email) =
        row;
    Ok(OpenOffer {
        id: OfferId::parse(&id).map_err(|_| StoreError::Corrupt("offer id"))?,
        from: who(&from, (from_first, from_last), from_email)?,
        to: who(&to, (to_first, to_last), to_email)?,
        mode: TransferMode::from_code(&mode).ok_or(StoreError::Corrupt("mode of an offer"))?,
        created_at: Timestamp::from_millis(created_at),
        expires_at: Timestamp::from_millis(expires_at),
    })
}

fn who(id: &str, (first, last): (String, String), email: String) -> Result<Who, StoreError> {
    let address = model::Email::parse(&email).map_err(|_| StoreError::Corrupt("email"))?;
    Ok(Who {
        membership_id: MembershipId::parse(id).map_err(|_| StoreError::Corrupt("membership id"))?,
        name: model::PersonName { first, last }.display(&address),
        email,
    })
}
