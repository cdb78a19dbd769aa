//! What leaves after the transaction that wrote it: at least once, and once in the ordinary case.
//!
//! A worker takes due messages on a lease. A worker that dies loses the lease when its time runs out, and another one
//! takes over; the message's id is its Message-ID, so that a mail server or a person can tell a repetition.

use model::{AccountLinkId, InvitationId, MembershipId, OrgId, OutboxId, Timestamp, UserId, id::Id};

use crate::{
    StoreError, Tx, Value,
    db::{execute, fetch_all},
    insert_many,
};

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Its id.
    pub id: OutboxId,
    /// Of which organization; `None` for what is about an account.
    pub org_id: Option<OrgId>,
    /// The invitation that it carries; its delivery is noted there.
    pub invitation_id: Option<InvitationId>,
    /// The link about an account that it carries.
    pub account_link_id: Option<AccountLinkId>,
    /// What is to be sent, sealed: it may hold a live token.
    pub sealed_body: String,
    /// When.
    pub at: Timestamp,
}

/// Queues messages.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Tx, messages: &[NewMessage]) -> Result<(), StoreError> {
    let rows: Vec<Vec<Value>> = messages
        .iter()
        .map(|m| {
            vec![
                m.id.as_str().into(),
                Value::OptText(m.org_id.as_ref().map(|o| o.as_str().to_owned())),
                Value::OptText(m.invitation_id.as_ref().map(|i| i.as_str().to_owned())),
                Value::OptText(m.account_link_id.as_ref().map(|l| l.as_str().to_owned())),
                m.sealed_body.clone().into(),
                "queued".into(),
                0.into(),
                m.at.millis().into(),
                0.into(),
                m.at.millis().into(),
            ]
        })
        .collect();
    let columns = &[
        "id",
        "org_id",
        "invitation_id",
        "account_link_id",
        "sealed_body",
        "state",
        "attempts",
        "next_attempt_at",
        "leased_until",
        "created_at",
    ];
    insert_many(tx, "outbox", columns, &rows).await
}

/// A message on a worker's lease.
#[derive(Debug, Clone)]
pub struct Leased {
    /// Its id.
    pub id: OutboxId,
    /// Of which organization, whose look it has; `None` for what is about an account.
    pub org_id: Option<OrgId>,
    /// The link that it carries.
    pub invitation_id: Option<InvitationId>,
    /// What is to be sent, sealed.
    pub sealed_body: String,
    /// Which try this is, from 1.
    pub attempt: u32,
}

/// Id, organization, invitation, body and number of tries.
type LeasedRow = (String, Option<String>, Option<String>, String, i64);

/// Takes up to `limit` due messages until `until`.
///
/// # Errors
/// [`StoreError`].
pub async fn lease(tx: &mut Tx, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<Leased>, StoreError> {
    macro_rules! sql {
        ($locked:literal) => {
            concat!(
                "WITH due AS MATERIALIZED (SELECT id FROM outbox WHERE state = 'queued' AND next_attempt_at <= $1 \
                 AND leased_until <= $1 ORDER BY next_attempt_at, id LIMIT $3",
                $locked,
                ") UPDATE outbox SET leased_until = $2, attempts = attempts + 1 WHERE id IN (SELECT id FROM due) \
                 RETURNING id, org_id, invitation_id, sealed_body, attempts"
            )
        };
    }
    // On PostgreSQL workers would otherwise wait for one another, and all but one go away with nothing (ADR 25).
    let sql = match tx {
        Tx::Sqlite(_) => sql!(""),
        Tx::Postgres(..) => sql!(" FOR UPDATE SKIP LOCKED"),
    };
    let rows: Vec<LeasedRow> = fetch_all!(tx, sql, now.millis(), until.millis(), i64::from(limit))?;
    rows.into_iter()
        .map(|(id, org, invitation, sealed_body, attempts)| {
            Ok(Leased {
                id: OutboxId::parse(&id).map_err(|_| StoreError::Corrupt("outbox id"))?,
                org_id: org
                    .map(|o| OrgId::parse(&o))
                    .transpose()
                    .map_err(|_| StoreError::Corrupt("organization id"))?,
                invitation_id: invitation
                    .map(|i| InvitationId::parse(&i))
                    .transpose()
                    .map_err(|_| StoreError::Corrupt("invitation id"))?,
                sealed_body,
                attempt: u32::try_from(attempts).unwrap_or(u32::MAX),
            })
        })
        .collect()
}

/// Notes that a message left; its body is forgotten.
///
/// # Errors
/// [`StoreError`].
pub async fn mark_sent(tx: &mut Tx, id: &OutboxId, at: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE outbox SET state = 'sent', closed_at = $2, sealed_body = '', last_error = NULL WHERE id = $1",
        id.as_str(),
        at.millis()
    )?;
    Ok(())
}

/// Notes a failed try: again at `next`, or never where that is `None`. False, and nothing noted, where the lease had run out
/// and somebody else has taken the message since: their try is the one that counts.
///
/// # Errors
/// [`StoreError`].
pub async fn mark_failed(
    tx: &mut Tx,
    message: &Leased,
    at: Timestamp,
    next: Option<Timestamp>,
    error: &str,
) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "UPDATE outbox SET state = $2, next_attempt_at = $3, leased_until = 0, last_error = $4, closed_at = $5, \
         sealed_body = CASE WHEN $2 = 'failed' THEN '' ELSE sealed_body END WHERE id = $1 AND attempts = $6",
        message.id.as_str(),
        if next.is_some() { "queued" } else { "failed" },
        next.unwrap_or(at).millis(),
        error,
        next.is_none().then_some(at.millis()),
        i64::from(message.attempt)
    )?;
    Ok(n == 1)
}

/// Takes the messages that carry closed links of a membership out of the queue, unless they are leaving this moment.
///
/// # Errors
/// [`StoreError`].
pub async fn cancel_of_closed(
    tx: &mut Tx,
    org_id: &OrgId,
    membership_id: &MembershipId,
    at: Timestamp,
) -> Result<u64, StoreError> {
    execute!(
        tx,
        "UPDATE outbox SET state = 'cancelled', closed_at = $3, sealed_body = '' WHERE state = 'queued' \
         AND leased_until <= $3 AND invitation_id IN (SELECT i.id FROM invitations i \
         WHERE i.membership_id = $2 AND i.org_id = $1 AND i.state <> 'open')",
        org_id.as_str(),
        membership_id.as_str(),
        at.millis()
    )
}

/// Takes the messages that carry links of an account which are over out of the queue, unless they are leaving this moment.
///
/// # Errors
/// [`StoreError`].
pub async fn cancel_of_closed_links(tx: &mut Tx, user_id: &UserId, at: Timestamp) -> Result<u64, StoreError> {
    execute!(
        tx,
        "UPDATE outbox SET state = 'cancelled', closed_at = $2, sealed_body = '' WHERE state = 'queued' \
         AND leased_until <= $2 AND account_link_id IN (SELECT l.id FROM account_links l \
         WHERE l.user_id = $1 AND l.state NOT IN ('open', 'confirmed'))",
        user_id.as_str(),
        at.millis()
    )
}
