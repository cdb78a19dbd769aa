//! Requests for invitations (B25, B26). An address has one open request in an organization: asking again renews it.

use model::{
    Email, OrgId, Permit, PersonName, PersonState, RequestId, Status, Timestamp,
    id::Id,
    request::{REQUESTS_PAGE, RequestRow},
    rules::RequestState,
};

use crate::{
    Handle, StoreError, Tx,
    bulk::select_in,
    db::{execute, fetch_all, fetch_one, fetch_optional},
};

/// A request to be filed.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// Its id, should there be none yet.
    pub id: RequestId,
    /// Of which organization an invitation is wanted.
    pub org_id: OrgId,
    /// By whom.
    pub email: Email,
    /// The name, where it is known.
    pub name: PersonName,
    /// What the person writes; may be empty.
    pub message: String,
    /// When.
    pub at: Timestamp,
}

/// Files a request, or renews the one that is open; what is empty in the new one stays as it was. Behind
/// [`crate::organizations::bump_revision`]. No permit: who asks is nobody there yet.
///
/// # Errors
/// [`StoreError`].
pub async fn file(tx: &mut Tx, new: &NewRequest) -> Result<RequestId, StoreError> {
    let (id,): (String,) = fetch_one!(
        tx,
        "INSERT INTO invitation_requests (id, org_id, email, first_name, last_name, message, state, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $7) ON CONFLICT (org_id, email) WHERE state = 'open' DO UPDATE SET \
         first_name = CASE WHEN $4 = '' THEN invitation_requests.first_name ELSE $4 END, \
         last_name = CASE WHEN $4 = '' THEN invitation_requests.last_name ELSE $5 END, \
         message = CASE WHEN $6 = '' THEN invitation_requests.message ELSE $6 END, updated_at = $7 RETURNING id",
        new.id.as_str(),
        new.org_id.as_str(),
        new.email.as_str(),
        new.name.first.as_str(),
        new.name.last.as_str(),
        new.message.as_str(),
        new.at.millis()
    )?;
    RequestId::parse(&id).map_err(|_| StoreError::Corrupt("request id"))
}

/// A request as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// By whom.
    pub email: Email,
    /// The name.
    pub name: PersonName,
    /// What has become of it.
    pub state: RequestState,
}

/// The requests of the organization that have any of the ids.
///
/// # Errors
/// [`StoreError`].
pub async fn by_ids<H: Handle>(h: &mut H, org_id: &OrgId, ids: &[RequestId]) -> Result<Vec<Request>, StoreError> {
    const HEAD: &str =
        "SELECT r.id, r.email, r.first_name, r.last_name, r.state FROM invitation_requests r WHERE r.org_id = ";
    let ids: Vec<&str> = ids.iter().map(Id::as_str).collect();
    let rows: Vec<(String, String, String, String, String)> =
        select_in(h, HEAD, Some(org_id.as_str()), " AND r.id IN ", &ids).await?;
    rows.into_iter()
        .map(|(id, email, first, last, state)| {
            Ok(Request {
                id: RequestId::parse(&id).map_err(|_| StoreError::Corrupt("request id"))?,
                email: Email::parse(&email).map_err(|_| StoreError::Corrupt("email"))?,
                name: PersonName { first, last },
                state: RequestState::from_code(&state).ok_or(StoreError::Corrupt("request state"))?,
            })
        })
        .collect()
}

/// Whether an address waits for an answer.
///
/// # Errors
/// [`StoreError`].
pub async fn is_open<H: Handle>(h: &mut H, org_id: &OrgId, email: &Email) -> Result<bool, StoreError> {
    let row: Option<(String,)> = fetch_optional!(
        h,
        "SELECT id FROM invitation_requests WHERE org_id = $1 AND email = $2 AND state = 'open'",
        org_id.as_str(),
        email.as_str()
    )?;
    Ok(row.is_some())
}

/// What is read of open requests, and who stands under each address; the newest first.
macro_rules! open {
    ($which:literal) => {
        concat!(
            "SELECT r.id, r.email, r.first_name, r.last_name, r.message, r.updated_at, m.status, m.open_until \
             FROM invitation_requests r LEFT JOIN memberships m ON m.org_id = r.org_id AND m.email = r.email \
             WHERE r.org_id = $1 AND r.state = 'open' AND ",
            $which,
            " ORDER BY r.id DESC LIMIT $2"
        )
    };
}

type Row = (String, String, String, String, String, i64, Option<String>, Option<i64>);

fn from_row(row: Row, now: Timestamp) -> Result<RequestRow, StoreError> {
    let (id, email, first, last, message, asked_at, status, open_until) = row;
    Ok(RequestRow {
        id: RequestId::parse(&id).map_err(|_| StoreError::Corrupt("request id"))?,
        email: Email::parse(&email).map_err(|_| StoreError::Corrupt("email"))?,
        name: PersonName { first, last },
        message,
        asked_at: Timestamp::from_millis(asked_at),
        standing: standing(status.as_deref(), open_until, now)?,
    })
}

/// One more than a page.
#[expect(clippy::cast_possible_wrap, reason = "a page is short")]
const AND_ONE: i64 = REQUESTS_PAGE as i64 + 1;

/// Open requests, the newest first, from before one on, and who stands under each address now; one more than a page where
/// there are.
///
/// # Errors
/// [`StoreError`].
pub async fn page<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    before: Option<&RequestId>,
    now: Timestamp,
) -> Result<Vec<RequestRow>, StoreError> {
    // No id is behind the sign.
    let before = before.map_or("~", Id::as_str);
    let rows: Vec<Row> = fetch_all!(h, open!("r.id < $3"), org_id.as_str(), AND_ONE, before)?;
    rows.into_iter().map(|row| from_row(row, now)).collect()
}

/// Open requests of which the admins have yet to be told, the newest first; of very many as many as [`page`] yields.
///
/// # Errors
/// [`StoreError`].
pub async fn news<H: Handle>(h: &mut H, org_id: &OrgId, now: Timestamp) -> Result<Vec<RequestRow>, StoreError> {
    let rows: Vec<Row> = fetch_all!(h, open!("r.told_at IS NULL"), org_id.as_str(), AND_ONE)?;
    rows.into_iter().map(|row| from_row(row, now)).collect()
}

fn standing(status: Option<&str>, until: Option<i64>, now: Timestamp) -> Result<Option<PersonState>, StoreError> {
    let Some(status) = status else { return Ok(None) };
    let status = Status::from_code(status).ok_or(StoreError::Corrupt("status"))?;
    Ok(Some(status.at(until.map(Timestamp::from_millis), now)))
}

/// Answers an open request; `false` where somebody else had.
///
/// # Errors
/// [`StoreError`].
pub async fn answer(
    tx: &mut Tx,
    permit: &Permit,
    id: &RequestId,
    how: RequestState,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "UPDATE invitation_requests SET state = $3, decided_at = $4, decided_by = $5 \
         WHERE id = $1 AND org_id = $2 AND state = 'open'",
        id.as_str(),
        permit.org_id().as_str(),
        how.code(),
        at.millis(),
        permit.actor().user_id.as_str()
    )?;
    Ok(n == 1)
}

/// When the admins were told of requests the last time.
///
/// # Errors
/// [`StoreError`].
pub async fn last_told<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Option<Timestamp>, StoreError> {
    let (at,): (Option<i64>,) =
        fetch_one!(h, "SELECT max(told_at) FROM invitation_requests WHERE org_id = $1", org_id.as_str())?;
    Ok(at.map(Timestamp::from_millis))
}

/// Notes that the admins are told of every open request; yields of how many they had not been.
///
/// # Errors
/// [`StoreError`].
pub async fn mark_told(tx: &mut Tx, org_id: &OrgId, at: Timestamp) -> Result<u64, StoreError> {
    execute!(
        tx,
        "UPDATE invitation_requests SET told_at = $2 WHERE org_id = $1 AND state = 'open' AND told_at IS NULL",
        org_id.as_str(),
        at.millis()
    )
}

/// The organizations whose admins have yet to be told of a request.
///
/// # Errors
/// [`StoreError`].
pub async fn untold<H: Handle>(h: &mut H) -> Result<Vec<OrgId>, StoreError> {
    let rows: Vec<(String,)> = fetch_all!(
        h,
        "SELECT DISTINCT org_id FROM invitation_requests WHERE state = 'open' AND told_at IS NULL ORDER BY org_id"
    )?;
    rows.iter().map(|(id,)| OrgId::parse(id).map_err(|_| StoreError::Corrupt("organization id"))).collect()
}

/// How many requests of the organization are open.
///
/// # Errors
/// [`StoreError`].
pub async fn count_open<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<u64, StoreError> {
    let (n,): (i64,) = fetch_one!(
        h,
        "SELECT count(*) FROM invitation_requests WHERE org_id = $1 AND state = 'open'",
        org_id.as_str()
    )?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// Forgets what was asked for an address, whatever has become of it: its user was deleted.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(tx: &mut Tx, permit: &Permit, email: &Email) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM invitation_requests WHERE org_id = $1 AND email = $2",
        permit.org_id().as_str(),
        email.as_str()
    )
}

/// Clears requests that were answered long ago. Housekeeping alone.
///
/// # Errors
/// [`StoreError`].
pub async fn purge(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM invitation_requests WHERE decided_at <= $1", before.millis())
}
