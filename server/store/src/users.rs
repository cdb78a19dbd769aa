//! Accounts and their credentials.

use model::{Email, PersonName, Timestamp, UserId, id::Id, rules::EmailChange};

use crate::{
    Handle, StoreError, Tx, Value,
    bulk::select_in,
    db::{execute, fetch_optional},
    error::one,
    insert_many,
};
use std::collections::HashMap;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Its address.
    pub email: Email,
    /// Its name.
    pub name: PersonName,
}

/// Makes accounts.
///
/// # Errors
/// [`StoreError::Taken`] when an address has an account already.
pub async fn insert(tx: &mut Tx, users: &[User], at: Timestamp) -> Result<(), StoreError> {
    insert_at(tx, users.iter().map(|u| (u, at))).await
}

/// Makes accounts that are said to be of earlier days and that nobody can sign in to.
///
/// # Errors
/// [`StoreError::Taken`] when an address has an account already.
pub async fn insert_demo(tx: &mut Tx, users: &[(User, Timestamp)]) -> Result<(), StoreError> {
    insert_at(tx, users.iter().map(|(u, at)| (u, *at))).await
}

async fn insert_at(tx: &mut Tx, users: impl Iterator<Item = (&User, Timestamp)>) -> Result<(), StoreError> {
    let rows: Vec<Vec<Value>> = users
        .map(|(u, at)| {
            vec![
                u.id.as_str().into(),
                u.email.as_str().into(),
                u.name.first.clone().into(),
                u.name.last.clone().into(),
                at.millis().into(),
            ]
        })
        .collect();
    insert_many(tx, "users", &["id", "email", "first_name", "last_name", "created_at"], &rows).await
}

/// Stores the hash of a chosen password (PHC string), in place of any earlier one.
///
/// # Errors
/// [`StoreError`].
pub async fn set_password_hash(tx: &mut Tx, user_id: &UserId, hash: &str, at: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO credentials (user_id, password_hash, changed_at) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id) DO UPDATE SET password_hash = $2, changed_at = $3, temporary_until = NULL",
        user_id.as_str(),
        hash,
        at.millis()
    )?;
    Ok(())
}

/// Stores another hash of the same password (S19): what is known of the password stays.
///
/// # Errors
/// [`StoreError`].
pub async fn rehash(tx: &mut Tx, user_id: &UserId, hash: &str) -> Result<(), StoreError> {
    execute!(tx, "UPDATE credentials SET password_hash = $2 WHERE user_id = $1", user_id.as_str(), hash)?;
    Ok(())
}

/// Stores the hash of a password that somebody else has set, with when it was and until when it can be used.
///
/// # Errors
/// [`StoreError`]; [`StoreError::Taken`] for an account that has a password.
pub async fn set_temporary_password(
    tx: &mut Tx,
    user_id: &UserId,
    hash: &str,
    (at, until): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO credentials (user_id, password_hash, changed_at, temporary_until) VALUES ($1, $2, $3, $4)",
        user_id.as_str(),
        hash,
        at.millis(),
        until.millis()
    )?;
    Ok(())
}

/// Until when the password of an account can be used, where its owner has not chosen it.
///
/// # Errors
/// [`StoreError`].
pub async fn temporary_until<H: Handle>(h: &mut H, user_id: &UserId) -> Result<Option<Timestamp>, StoreError> {
    let row: Option<(i64,)> = fetch_optional!(
        h,
        "SELECT temporary_until FROM credentials WHERE user_id = $1 AND temporary_until IS NOT NULL",
        user_id.as_str()
    )?;
    Ok(row.map(|(until,)| Timestamp::from_millis(until)))
}

/// The account of an address that was created for somebody who has not chosen a password.
///
/// # Errors
/// [`StoreError`].
pub async fn unused<H: Handle>(h: &mut H, email: &Email) -> Result<Option<UserId>, StoreError> {
    let row: Option<(String,)> = fetch_optional!(
        h,
        "SELECT u.id FROM users u JOIN credentials c ON c.user_id = u.id \
         WHERE u.email = $1 AND c.temporary_until IS NOT NULL",
        email.as_str()
    )?;
    row.map(|(id,)| UserId::parse(&id).map_err(|_| StoreError::Corrupt("user id"))).transpose()
}

/// Stores the hash of a chosen password in place of a temporary one. `false` where that was replaced before.
///
/// # Errors
/// [`StoreError`].
pub async fn replace_temporary(tx: &mut Tx, user_id: &UserId, hash: &str, at: Timestamp) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "UPDATE credentials SET password_hash = $2, changed_at = $3, temporary_until = NULL \
         WHERE user_id = $1 AND temporary_until IS NOT NULL",
        user_id.as_str(),
        hash,
        at.millis()
    )?;
    Ok(n == 1)
}

/// Gives an unused account to whoever has proved to own its address: their name and password, no session, and no
/// membership that was begun with it.
///
/// # Errors
/// [`StoreError::Taken`] where its owner has chosen a password meanwhile.
pub async fn take_over(tx: &mut Tx, user: &User, hash: &str, at: Timestamp) -> Result<(), StoreError> {
    if !replace_temporary(tx, &user.id, hash, at).await? {
        return Err(StoreError::Taken);
    }
    let id = user.id.as_str();
    execute!(tx, "DELETE FROM sessions WHERE user_id = $1", id)?;
    execute!(tx, "UPDATE memberships SET user_id = NULL WHERE user_id = $1 AND status = 'invited'", id)?;
    let (first, last) = (user.name.first.as_str(), user.name.last.as_str());
    execute!(tx, "UPDATE users SET first_name = $2, last_name = $3 WHERE id = $1", id, first, last)?;
    Ok(())
}

/// Takes an account away whose owner has not chosen a password, and that belongs nowhere any more. Anything else stays.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_unused(tx: &mut Tx, user_id: &UserId) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM users WHERE id = $1 \
         AND EXISTS (SELECT 1 FROM credentials c WHERE c.user_id = $1 AND c.temporary_until IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = $1)",
        user_id.as_str()
    )?;
    Ok(())
}

type Row = (String, String, String, String, Option<String>);

fn from_row((id, email, first, last, hash): Row) -> Result<(User, Option<String>), StoreError> {
    let user = User {
        id: UserId::parse(&id).map_err(|_| StoreError::Corrupt("user id"))?,
        email: Email::parse(&email).map_err(|_| StoreError::Corrupt("email"))?,
        name: PersonName { first, last },
    };
    Ok((user, hash))
}

/// The account of an address, with the hash of its password where it has one.
///
/// # Errors
/// [`StoreError`].
pub async fn by_email<H: Handle>(h: &mut H, email: &Email) -> Result<Option<(User, Option<String>)>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        "SELECT u.id, u.email, u.first_name, u.last_name, c.password_hash FROM users u \
         LEFT JOIN credentials c ON c.user_id = u.id WHERE u.email = $1",
        email.as_str()
    )?;
    row.map(from_row).transpose()
}

/// Notes that whoever holds an account has proven to read its mailbox, by a link that went there alone. The link of an
/// invitation is none: who invites may have copied it.
///
/// # Errors
/// [`StoreError`].
pub async fn prove_email(tx: &mut Tx, id: &UserId, at: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE users SET email_proven_at = COALESCE(email_proven_at, $2) WHERE id = $1",
        id.as_str(),
        at.millis()
    )?;
    Ok(())
}

/// Whether whoever holds an account has proven to read its mailbox.
///
/// # Errors
/// [`StoreError`].
pub async fn has_proven_email<H: Handle>(h: &mut H, id: &UserId) -> Result<bool, StoreError> {
    let proven: Option<(i64,)> = fetch_optional!(
        h,
        "SELECT email_proven_at FROM users WHERE id = $1 AND email_proven_at IS NOT NULL",
        id.as_str()
    )?;
    Ok(proven.is_some())
}

/// The account of an id, with the hash of its password where it has one.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(h: &mut H, id: &UserId) -> Result<Option<(User, Option<String>)>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        "SELECT u.id, u.email, u.first_name, u.last_name, c.password_hash FROM users u \
         LEFT JOIN credentials c ON c.user_id = u.id WHERE u.id = $1",
        id.as_str()
    )?;
    row.map(from_row).transpose()
}

/// Makes the writers of one account wait for each other; the first statement of every change to it. What is read
/// afterwards is what the one before has left. Yields whether there is such an account, and it was not deleted.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(tx: &mut Tx, id: &UserId) -> Result<bool, StoreError> {
    Ok(execute!(tx, "UPDATE users SET created_at = created_at WHERE id = $1 AND erased_at IS NULL", id.as_str())? == 1)
}

/// Gives an account another name. Its memberships hold copies: [`crate::memberships::set_own_details`].
///
/// # Errors
/// [`StoreError`].
pub async fn rename(tx: &mut Tx, id: &UserId, name: &PersonName) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE users SET first_name = $2, last_name = $3 WHERE id = $1",
        id.as_str(),
        name.first.as_str(),
        name.last.as_str()
    )?;
    one(n, "account is gone")
}

/// Gives an account the address that both mailboxes agreed to. Its memberships hold copies, as of its name.
///
/// # Errors
/// [`StoreError::Taken`] when another account has the address.
pub async fn move_email(tx: &mut Tx, change: &EmailChange) -> Result<(), StoreError> {
    let n = execute!(tx, "UPDATE users SET email = $2 WHERE id = $1", change.user_id().as_str(), change.to().as_str())?;
    one(n, "account is gone")
}

/// Takes everything personal from an account that belongs to no organization any more (B35): name, address, password,
/// sessions, links and the mail that carries them. A shell stays, so that its id is never used again (S51). `false` where
/// it belongs somewhere; nothing changes then.
///
/// # Errors
/// [`StoreError`].
pub async fn erase(tx: &mut Tx, user: &User, at: Timestamp) -> Result<bool, StoreError> {
    let id = user.id.as_str();
    // First of all the address, which on PostgreSQL waits for whoever is about to let this account join somewhere; what is
    // asked afterwards sees them.
    let nobodys = format!("{id}@deleted.invalid");
    let n = execute!(tx, "UPDATE users SET email = $2 WHERE id = $1", id, nobodys)?;
    one(n, "account is gone")?;
    let elsewhere: Option<(String,)> =
        fetch_optional!(tx, "SELECT m.id FROM memberships m WHERE m.user_id = $1 LIMIT 1", id)?;
    if elsewhere.is_some() {
        execute!(tx, "UPDATE users SET email = $2 WHERE id = $1", id, user.email.as_str())?;
        return Ok(false);
    }
    execute!(
        tx,
        "UPDATE users SET first_name = 'Deleted', last_name = 'user', erased_at = $2 WHERE id = $1",
        id,
        at.millis()
    )?;
    execute!(
        tx,
        "UPDATE outbox SET state = 'cancelled', closed_at = $2, sealed_body = '' WHERE state = 'queued' \
         AND account_link_id IN (SELECT l.id FROM account_links l WHERE l.user_id = $1)",
        id,
        at.millis()
    )?;
    execute!(tx, "DELETE FROM account_links WHERE user_id = $1", id)?;
    execute!(tx, "DELETE FROM sessions WHERE user_id = $1", id)?;
    execute!(tx, "DELETE FROM credentials WHERE user_id = $1", id)?;
    Ok(true)
}

/// What accounts are called; those that are gone are left out.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn names<H: Handle>(h: &mut H, ids: &[&str]) -> Result<HashMap<UserId, String>, StoreError> {
    let head = "SELECT u.id, u.email, u.first_name, u.last_name FROM users u";
    let rows: Vec<(String, String, String, String)> = select_in(h, head, None, " WHERE u.id IN ", ids).await?;
    rows.into_iter()
        .map(|(id, email, first, last)| {
            let email = Email::parse(&email).map_err(|_| StoreError::Corrupt("email"))?;
            let id = UserId::parse(&id).map_err(|_| StoreError::Corrupt("user id"))?;
            Ok((id, PersonName { first, last }.display(&email)))
        })
        .collect()
}
