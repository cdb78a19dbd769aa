//! Links that are mailed about an account: for a new password, and to both mailboxes of a change of address.

use model::{
    AccountLinkId, Email, Timestamp, UserId,
    account::LinkPurpose,
    id::Id,
    rules::{LinkRecord, LinkState},
};

use crate::{
    Handle, StoreError, Tx, Value,
    db::{execute, fetch_optional},
    insert_many,
};

/// A link to be sent.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Its id.
    pub id: AccountLinkId,
    /// About whose account.
    pub user_id: UserId,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Of the token.
    pub token_hash: String,
    /// The address that the account is to have.
    pub new_email: Option<Email>,
    /// When.
    pub at: Timestamp,
    /// Until when it may be used.
    pub expires_at: Timestamp,
}

/// Stores links.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Tx, new: &[NewLink]) -> Result<(), StoreError> {
    let rows: Vec<Vec<Value>> = new
        .iter()
        .map(|link| {
            vec![
                link.id.as_str().into(),
                link.user_id.as_str().into(),
                link.purpose.code().into(),
                link.token_hash.clone().into(),
                Value::OptText(link.new_email.as_ref().map(|email| email.as_str().to_owned())),
                LinkState::Open.code().into(),
                link.at.millis().into(),
                link.expires_at.millis().into(),
            ]
        })
        .collect();
    let columns = &["id", "user_id", "purpose", "token_hash", "new_email", "state", "created_at", "expires_at"];
    insert_many(tx, "account_links", columns, &rows).await
}

/// A link as found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: AccountLinkId,
    /// What the rules need to know of it.
    pub record: LinkRecord,
}

type Row = (String, String, String, String, Option<String>, i64);

fn from_row((id, user_id, purpose, state, new_email, expires_at): Row) -> Result<Found, StoreError> {
    Ok(Found {
        id: AccountLinkId::parse(&id).map_err(|_| StoreError::Corrupt("link id"))?,
        record: LinkRecord {
            user_id: UserId::parse(&user_id).map_err(|_| StoreError::Corrupt("user id"))?,
            purpose: LinkPurpose::from_code(&purpose).ok_or(StoreError::Corrupt("link purpose"))?,
            state: LinkState::from_code(&state).ok_or(StoreError::Corrupt("link state"))?,
            new_email: new_email.map(|e| Email::parse(&e)).transpose().map_err(|_| StoreError::Corrupt("email"))?,
            expires_at: Timestamp::from_millis(expires_at),
        },
    })
}

/// The link of a token, whatever it is for.
///
/// # Errors
/// [`StoreError`].
pub async fn by_token<H: Handle>(h: &mut H, token_hash: &str) -> Result<Option<Found>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        "SELECT id, user_id, purpose, state, new_email, expires_at FROM account_links WHERE token_hash = $1",
        token_hash
    )?;
    row.map(from_row).transpose()
}

/// The link of an account for a purpose that nothing has become of yet: one at most, since asking again voids the earlier.
/// Its time may be over.
///
/// # Errors
/// [`StoreError`].
pub async fn standing<H: Handle>(
    h: &mut H,
    user_id: &UserId,
    purpose: LinkPurpose,
) -> Result<Option<Found>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        "SELECT id, user_id, purpose, state, new_email, expires_at FROM account_links \
         WHERE user_id = $1 AND purpose = $2 AND state IN ('open', 'confirmed')",
        user_id.as_str(),
        purpose.code()
    )?;
    row.map(from_row).transpose()
}

/// Notes that a link was confirmed and waits for the other one; `false` where it was before, or is over.
///
/// # Errors
/// [`StoreError`].
pub async fn confirm(tx: &mut Tx, id: &AccountLinkId) -> Result<bool, StoreError> {
    let n = execute!(tx, "UPDATE account_links SET state = 'confirmed' WHERE id = $1 AND state = 'open'", id.as_str())?;
    Ok(n == 1)
}

/// Notes that a link did what it is for; `false` where it had already (S21).
///
/// # Errors
/// [`StoreError`].
pub async fn mark_used(tx: &mut Tx, id: &AccountLinkId, at: Timestamp) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "UPDATE account_links SET state = 'used', closed_at = $2 WHERE id = $1 AND state IN ('open', 'confirmed')",
        id.as_str(),
        at.millis()
    )?;
    Ok(n == 1)
}

/// Voids what is left of an account's links for some purposes (S26); yields how many there were.
///
/// # Errors
/// [`StoreError`].
pub async fn close_open(
    tx: &mut Tx,
    user_id: &UserId,
    purposes: &[LinkPurpose],
    as_state: LinkState,
    at: Timestamp,
) -> Result<u64, StoreError> {
    let mut closed = 0;
    for purpose in purposes {
        closed += execute!(
            tx,
            "UPDATE account_links SET state = $3, closed_at = $4 \
             WHERE user_id = $1 AND purpose = $2 AND state IN ('open', 'confirmed')",
            user_id.as_str(),
            purpose.code(),
            as_state.code(),
            at.millis()
        )?;
    }
    Ok(closed)
}

/// Clears links that are long over. Housekeeping alone: whether a link is good is decided when it is used (S22).
///
/// # Errors
/// [`StoreError`].
pub async fn purge(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM account_links WHERE expires_at <= $1", before.millis())
}
