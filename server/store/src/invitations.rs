//! Invitation links. A person's row lives in [`crate::memberships`]; here stands what became of each link.

use model::{
    Email, Ends, InvitationId, Kind, MembershipId, OrgId, OrgName, Permit, PersonName, Role, Timestamp, UserId, id::Id,
    people::Delivery, rules::InvitationState,
};

use crate::{
    Handle, StoreError, Tx, Value,
    db::{execute, fetch_optional},
    ends, insert_many, organizations,
};

/// A link to be sent.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Its id.
    pub id: InvitationId,
    /// For whom.
    pub membership_id: MembershipId,
    /// Of the token.
    pub token_hash: String,
    /// When.
    pub at: Timestamp,
    /// Until when it may be accepted.
    pub expires_at: Timestamp,
}

/// Stores links that the permit's actor sends.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Tx, permit: &Permit, new: &[NewInvitation]) -> Result<(), StoreError> {
    insert_links(tx, (permit.org_id(), &permit.actor().user_id), "queued", new).await
}

/// Stores links of a made-up crowd, as if they had been sent.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_demo(
    tx: &mut Tx,
    org_id: &OrgId,
    invited_by: &UserId,
    new: &[NewInvitation],
) -> Result<(), StoreError> {
    insert_links(tx, (org_id, invited_by), "sent", new).await
}

async fn insert_links(
    tx: &mut Tx,
    (org_id, invited_by): (&OrgId, &UserId),
    delivery: &'static str,
    new: &[NewInvitation],
) -> Result<(), StoreError> {
    let rows: Vec<Vec<Value>> = new
        .iter()
        .map(|i| {
            vec![
                i.id.as_str().into(),
                org_id.as_str().into(),
                i.membership_id.as_str().into(),
                i.token_hash.clone().into(),
                InvitationState::Open.code().into(),
                invited_by.as_str().into(),
                i.at.millis().into(),
                i.expires_at.millis().into(),
                delivery.into(),
            ]
        })
        .collect();
    let columns =
        &["id", "org_id", "membership_id", "token_hash", "state", "invited_by", "created_at", "expires_at", "delivery"];
    insert_many(tx, "invitations", columns, &rows).await
}

/// A link as found by its token, with what its page shows.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its id.
    pub id: InvitationId,
    /// Who invites.
    pub org_id: OrgId,
    /// Its name.
    pub org_name: OrgName,
    /// Whether it is archived.
    pub org_is_archived: bool,
    /// For whom.
    pub membership_id: MembershipId,
    /// What became of it.
    pub state: InvitationState,
    /// Until when it may be accepted.
    pub expires_at: Timestamp,
    /// Who sent it.
    pub invited_by: UserId,
    /// That person's name.
    pub invited_by_name: String,
    /// The invited person, as long as the row stands.
    pub person: Option<Person>,
}

/// The invited person of a link.
#[derive(Debug, Clone)]
pub struct Person {
    /// Address.
    pub email: Email,
    /// Name.
    pub name: PersonName,
    /// As what they are invited.
    pub kind: Kind,
    /// The role that waits.
    pub role: Role,
    /// The ends of role and access (N5).
    pub ends: Ends,
    /// Whether the address has an account on this installation, with a password that its owner has chosen.
    pub has_account: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    org_id: String,
    org_name: String,
    org_archived_at: Option<i64>,
    membership_id: String,
    state: String,
    expires_at: i64,
    invited_by: String,
    by_first: String,
    by_last: String,
    email: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    kind: Option<String>,
    role: Option<String>,
    ends: Option<String>,
    account: Option<String>,
}

/// By what the link of a membership is found that is neither used nor withdrawn.
///
/// # Errors
/// [`StoreError`].
pub async fn open_token<H: Handle>(h: &mut H, id: &MembershipId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = fetch_optional!(
        h,
        "SELECT token_hash FROM invitations WHERE membership_id = $1 AND state = 'open' ORDER BY created_at DESC LIMIT 1",
        id.as_str()
    )?;
    Ok(row.map(|(token_hash,)| token_hash))
}

/// The link of a membership that is neither used nor withdrawn; its time may have run out.
///
/// # Errors
/// [`StoreError`].
pub async fn open<H: Handle>(h: &mut H, id: &MembershipId) -> Result<Option<Found>, StoreError> {
    match open_token(h, id).await? {
        Some(token_hash) => by_token(h, &token_hash).await,
        None => Ok(None),
    }
}

/// The link of a token.
///
/// # Errors
/// [`StoreError`].
pub async fn by_token<H: Handle>(h: &mut H, token_hash: &str) -> Result<Option<Found>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        "SELECT i.id, i.org_id, o.name AS org_name, o.archived_at AS org_archived_at, i.membership_id, i.state, \
         i.expires_at, i.invited_by, b.first_name AS by_first, b.last_name AS by_last, m.email, m.first_name, \
         m.last_name, m.kind, m.role, m.ends, CASE WHEN c.temporary_until IS NULL THEN u.id END AS account \
         FROM invitations i JOIN organizations o ON o.id = i.org_id JOIN users b ON b.id = i.invited_by \
         LEFT JOIN memberships m ON m.id = i.membership_id LEFT JOIN users u ON u.email = m.email \
         LEFT JOIN credentials c ON c.user_id = u.id \
         WHERE i.token_hash = $1",
        token_hash
    )?;
    row.map(from_row).transpose()
}

fn from_row(row: Row) -> Result<Found, StoreError> {
    let person = match (row.email, row.kind, row.role) {
        (Some(email), Some(kind), Some(role)) => Some(Person {
            email: Email::parse(&email).map_err(|_| StoreError::Corrupt("email"))?,
            name: PersonName { first: row.first_name.unwrap_or_default(), last: row.last_name.unwrap_or_default() },
            kind: Kind::from_code(&kind).ok_or(StoreError::Corrupt("kind"))?,
            role: Role::from_code(&role).ok_or(StoreError::Corrupt("role"))?,
            ends: ends::from_text(&row.ends.unwrap_or_default())?,
            has_account: row.account.is_some(),
        }),
        _ => None,
    };
    Ok(Found {
        id: InvitationId::parse(&row.id).map_err(|_| StoreError::Corrupt("invitation id"))?,
        org_id: OrgId::parse(&row.org_id).map_err(|_| StoreError::Corrupt("organization id"))?,
        org_name: organizations::name(&row.org_name)?,
        org_is_archived: row.org_archived_at.is_some(),
        membership_id: MembershipId::parse(&row.membership_id).map_err(|_| StoreError::Corrupt("membership id"))?,
        state: InvitationState::from_code(&row.state).ok_or(StoreError::Corrupt("invitation state"))?,
        expires_at: Timestamp::from_millis(row.expires_at),
        invited_by: UserId::parse(&row.invited_by).map_err(|_| StoreError::Corrupt("user id"))?,
        invited_by_name: PersonName { first: row.by_first, last: row.by_last }.full(),
        person,
    })
}

/// Closes the open links of a membership (S26); yields how many there were.
///
/// # Errors
/// [`StoreError`].
pub async fn close_open(
    tx: &mut Tx,
    org_id: &OrgId,
    membership_id: &MembershipId,
    as_state: InvitationState,
    at: Timestamp,
) -> Result<u64, StoreError> {
    execute!(
        tx,
        "UPDATE invitations SET state = $3, closed_at = $4 WHERE membership_id = $1 AND org_id = $2 AND state = 'open'",
        membership_id.as_str(),
        org_id.as_str(),
        as_state.code(),
        at.millis()
    )
}

pub(crate) fn delivery(code: &str) -> Result<Delivery, StoreError> {
    Delivery::from_code(code).ok_or(StoreError::Corrupt("delivery"))
}

/// Notes how far the mail of a link has come.
///
/// # Errors
/// [`StoreError`].
pub async fn set_delivery(
    tx: &mut Tx,
    id: &InvitationId,
    delivery: Delivery,
    error: Option<&str>,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE invitations SET delivery = $2, delivery_error = $3 WHERE id = $1",
        id.as_str(),
        delivery.code(),
        error.map(str::to_owned)
    )?;
    Ok(())
}
