//! Signed-in browsers. Only a hash of the token is stored (S1).

use model::{
    Actor, Email, Grant, Kind, MembershipId, PermissionSet, Permit, PersonName, Role, SessionId, Slug, Status,
    Timestamp, UserId,
    id::Id,
    people::{PeopleQuery, Viewer},
};

use crate::{
    Handle, StoreError, Tx,
    db::{execute, fetch_all, fetch_optional},
    ends, groups,
    memberships::target,
    organizations::{self, org_columns},
};

/// A session to be made.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Of the token.
    pub token_hash: String,
    /// Whose.
    pub user_id: UserId,
    /// When.
    pub at: Timestamp,
    /// The absolute end (S4).
    pub expires_at: Timestamp,
    /// What the browser calls itself, shortened.
    pub user_agent: String,
    /// From where.
    pub address: String,
}

/// Makes a session.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Tx, new: &NewSession) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, user_agent, address) \
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7)",
        new.id.as_str(),
        new.token_hash.as_str(),
        new.user_id.as_str(),
        new.at.millis(),
        new.expires_at.millis(),
        new.user_agent.as_str(),
        new.address.as_str()
    )?;
    Ok(())
}

/// A live session, and what its user is in the organization that was asked about.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The session.
    pub session_id: SessionId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// Whose.
    pub user_id: UserId,
    /// The user's address.
    pub email: Email,
    /// Whether they have proven to read its mailbox; who knows the password alone may be somebody else (S25).
    pub email_is_proven: bool,
    /// The user's last login to the organization (B11).
    pub came_at: Option<Timestamp>,
    /// When the user was last noted to be there.
    pub used_at: Option<Timestamp>,
    /// The user in the organization; `None` without a membership there, or where no organization was asked about.
    pub viewer: Option<Viewer>,
}

/// Since when a session may be unused, and the time at which it is asked.
#[derive(Debug, Clone, Copy)]
pub struct Liveness {
    /// Now.
    pub now: Timestamp,
    /// Sessions last used before this are over (S4).
    pub seen_since: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    session_id: String,
    session_created_at: i64,
    session_seen_at: i64,
    user_id: String,
    email: String,
    email_proven_at: Option<i64>,
    org_id: Option<String>,
    org_slug: Option<String>,
    org_name: Option<String>,
    org_kind: Option<String>,
    org_archived_at: Option<i64>,
    org_policies: Option<String>,
    membership_id: Option<String>,
    role: Option<String>,
    withheld: Option<String>,
    through_groups: Option<String>,
    kind: Option<String>,
    status: Option<String>,
    open_until: Option<i64>,
    first_name: Option<String>,
    last_name: Option<String>,
    ends: Option<String>,
    last_login_at: Option<i64>,
    last_used_at: Option<i64>,
    landing: Option<String>,
}

/// The live session of a token, with the user's membership in the organization of `slug` and the view that they land on
/// there, as long as they see it: one query for each request. Whoever has a temporary password is not found: nothing opens
/// to them (B5), see [`due`].
///
/// # Errors
/// [`StoreError`].
pub async fn by_token<H: Handle>(
    h: &mut H,
    token_hash: &str,
    slug: Option<&Slug>,
    alive: Liveness,
) -> Result<Option<Signed>, StoreError> {
    const SQL: &str = concat!(
        "SELECT s.id AS session_id, s.created_at AS session_created_at, s.last_seen_at AS session_seen_at, \
         u.id AS user_id, u.email, u.email_proven_at, ",
        org_columns!(),
        ", m.id AS membership_id, m.role, m.withheld, m.through_groups, m.kind, m.status, m.open_until, m.first_name, m.last_name, \
         m.ends, m.last_login_at, m.last_used_at, v.query AS landing \
         FROM sessions s JOIN users u ON u.id = s.user_id \
         LEFT JOIN credentials c ON c.user_id = u.id \
         LEFT JOIN organizations o ON o.slug = $4 \
         LEFT JOIN memberships m ON m.user_id = u.id AND m.org_id = o.id \
         LEFT JOIN default_views d ON d.membership_id = m.id \
         LEFT JOIN saved_views v ON v.id = d.view_id AND (v.private_to IS NULL OR v.private_to = m.id) \
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $3 AND c.temporary_until IS NULL"
    );
    let row: Option<Row> = fetch_optional!(
        h,
        SQL,
        token_hash,
        alive.now.millis(),
        alive.seen_since.millis(),
        slug.map_or("", Slug::as_str)
    )?;
    row.map(|row| from_row(row, alive.now)).transpose()
}

fn from_row(row: Row, now: Timestamp) -> Result<Signed, StoreError> {
    let user_id = UserId::parse(&row.user_id).map_err(|_| StoreError::Corrupt("user id"))?;
    let email = Email::parse(&row.email).map_err(|_| StoreError::Corrupt("email"))?;
    let org = match (row.org_id, row.org_slug, row.org_name, row.org_kind, row.org_policies) {
        (Some(id), Some(slug), Some(name), Some(kind), Some(policies)) => {
            Some(organizations::read(&id, &slug, &name, &kind, (row.org_archived_at, &policies))?)
        }
        _ => None,
    };
    let viewer = match (org, row.membership_id, row.role, row.kind, row.status) {
        (Some((org_id, org)), Some(member), Some(role), Some(kind), Some(status)) => {
            let ends = ends::from_text(&row.ends.unwrap_or_default())?;
            let role = Role::from_code(&role).ok_or(StoreError::Corrupt("role"))?;
            let withheld = PermissionSet::from_codes(&row.withheld.unwrap_or_default());
            let grant = ends.grant_at(Grant { base: role, withheld }, now);
            let kind = Kind::from_code(&kind).ok_or(StoreError::Corrupt("kind"))?;
            let status = Status::from_code(&status).ok_or(StoreError::Corrupt("status"))?;
            Some(Viewer {
                actor: Actor {
                    user_id: user_id.clone(),
                    membership_id: MembershipId::parse(&member).map_err(|_| StoreError::Corrupt("membership id"))?,
                    org_id,
                    role: grant.base,
                    withheld: grant.withheld,
                    through_groups: groups::through(&row.through_groups.unwrap_or_default(), kind)?,
                    kind,
                    state: ends.state_at(status.at(row.open_until.map(Timestamp::from_millis), now), now),
                    org_kind: org.kind,
                    archived: org.archived_at.is_some(),
                    admin_grantable: org.policies.admin_grantable,
                    delete_scope: org.policies.delete_scope,
                },
                name: PersonName { first: row.first_name.unwrap_or_default(), last: row.last_name.unwrap_or_default() },
                email: email.clone(),
                org,
                landing: row
                    .landing
                    .map(|text| PeopleQuery::from_query_string(&text).to_query_string())
                    .unwrap_or_default(),
            })
        }
        _ => None,
    };
    Ok(Signed {
        session_id: SessionId::parse(&row.session_id).map_err(|_| StoreError::Corrupt("session id"))?,
        created_at: Timestamp::from_millis(row.session_created_at),
        last_seen_at: Timestamp::from_millis(row.session_seen_at),
        user_id,
        email,
        email_is_proven: row.email_proven_at.is_some(),
        came_at: row.last_login_at.map(Timestamp::from_millis),
        used_at: row.last_used_at.map(Timestamp::from_millis),
        viewer,
    })
}

/// A live session of somebody who has a temporary password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Whose.
    pub user_id: UserId,
    /// The user's address.
    pub email: Email,
    /// Until when the temporary password can be used.
    pub until: Timestamp,
    /// Its hash.
    pub password_hash: String,
}

/// The live session of a token, where its user has still to choose a password (B5).
///
/// # Errors
/// [`StoreError`].
pub async fn due<H: Handle>(h: &mut H, token_hash: &str, alive: Liveness) -> Result<Option<Due>, StoreError> {
    let row: Option<(String, String, i64, String)> = fetch_optional!(
        h,
        "SELECT u.id, u.email, c.temporary_until, c.password_hash \
         FROM sessions s JOIN users u ON u.id = s.user_id JOIN credentials c ON c.user_id = u.id \
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $3 AND c.temporary_until IS NOT NULL",
        token_hash,
        alive.now.millis(),
        alive.seen_since.millis()
    )?;
    row.map(|(user, email, until, password_hash)| {
        Ok(Due {
            user_id: UserId::parse(&user).map_err(|_| StoreError::Corrupt("user id"))?,
            email: Email::parse(&email).map_err(|_| StoreError::Corrupt("email"))?,
            until: Timestamp::from_millis(until),
            password_hash,
        })
    })
    .transpose()
}

/// Notes that a session is in use.
///
/// # Errors
/// [`StoreError`].
pub async fn touch(tx: &mut Tx, id: &SessionId, at: Timestamp) -> Result<(), StoreError> {
    execute!(tx, "UPDATE sessions SET last_seen_at = $2 WHERE id = $1", id.as_str(), at.millis())?;
    Ok(())
}

/// Ends one session by its token (S5).
///
/// # Errors
/// [`StoreError`].
pub async fn end(tx: &mut Tx, token_hash: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM sessions WHERE token_hash = $1", token_hash)?;
    Ok(())
}

/// Ends all sessions of a user.
///
/// # Errors
/// [`StoreError`].
pub async fn end_all(tx: &mut Tx, user_id: &UserId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM sessions WHERE user_id = $1", user_id.as_str())?;
    Ok(())
}

/// Ends all sessions of a user who has no active membership left (S6).
///
/// # Errors
/// [`StoreError`].
pub async fn end_all_without_access(tx: &mut Tx, user_id: &UserId) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM sessions WHERE user_id = $1 \
         AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = $1 AND m.status = 'active')",
        user_id.as_str()
    )?;
    Ok(())
}

/// A live session as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// What the browser calls itself.
    pub user_agent: String,
    /// From where it was made.
    pub address: String,
}

/// The columns of a [`Listed`]; a macro, so that `concat!` makes one static text of it.
macro_rules! listed {
    () => {
        "id, created_at, last_seen_at, user_agent, address"
    };
}
pub(crate) use listed;

pub(crate) type Listed = (String, i64, i64, String, String);

pub(crate) fn from_listed((id, created_at, last_seen_at, user_agent, address): Listed) -> Result<Session, StoreError> {
    Ok(Session {
        id: SessionId::parse(&id).map_err(|_| StoreError::Corrupt("session id"))?,
        created_at: Timestamp::from_millis(created_at),
        last_seen_at: Timestamp::from_millis(last_seen_at),
        user_agent,
        address,
    })
}

/// The live sessions of a user, the last used first; of very many the first hundred.
///
/// # Errors
/// [`StoreError`].
pub async fn of_user<H: Handle>(h: &mut H, user_id: &UserId, alive: Liveness) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<Listed> = fetch_all!(
        h,
        concat!(
            "SELECT ",
            listed!(),
            " FROM sessions WHERE user_id = $1 AND expires_at > $2 AND last_seen_at > $3 \
             ORDER BY last_seen_at DESC, id DESC LIMIT 100"
        ),
        user_id.as_str(),
        alive.now.millis(),
        alive.seen_since.millis()
    )?;
    rows.into_iter().map(from_listed).collect()
}

/// Ends one session of the permit's target. Yields what its browser calls itself; `None` where the target has no such
/// session (S44).
///
/// # Errors
/// [`StoreError`].
pub async fn end_of(tx: &mut Tx, permit: &Permit, id: &SessionId) -> Result<Option<String>, StoreError> {
    let ended: Option<(String,)> = fetch_optional!(
        tx,
        "DELETE FROM sessions WHERE id = $3 \
         AND user_id = (SELECT m.user_id FROM memberships m WHERE m.id = $1 AND m.org_id = $2) RETURNING user_agent",
        target(permit)?.as_str(),
        permit.org_id().as_str(),
        id.as_str()
    )?;
    Ok(ended.map(|(user_agent,)| user_agent))
}

/// Ends all sessions of the permit's target. Yields how many there were.
///
/// # Errors
/// [`StoreError`].
pub async fn end_all_of(tx: &mut Tx, permit: &Permit) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM sessions \
         WHERE user_id = (SELECT m.user_id FROM memberships m WHERE m.id = $1 AND m.org_id = $2)",
        target(permit)?.as_str(),
        permit.org_id().as_str()
    )
}

/// Ends one session of an account, as its own doing. Yields what its browser calls itself; `None` where the account has
/// no such session.
///
/// # Errors
/// [`StoreError`].
pub async fn end_of_account(tx: &mut Tx, user_id: &UserId, id: &SessionId) -> Result<Option<String>, StoreError> {
    let ended: Option<(String,)> = fetch_optional!(
        tx,
        "DELETE FROM sessions WHERE id = $2 AND user_id = $1 RETURNING user_agent",
        user_id.as_str(),
        id.as_str()
    )?;
    Ok(ended.map(|(user_agent,)| user_agent))
}

/// Ends all sessions of an account but the one to keep, if one is (S7). Yields how many there were.
///
/// # Errors
/// [`StoreError`].
pub async fn end_others_of_account(tx: &mut Tx, user_id: &UserId, keep: Option<&SessionId>) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM sessions WHERE user_id = $1 AND id <> $2",
        user_id.as_str(),
        keep.map_or("", SessionId::as_str)
    )
}

/// Clears sessions that are over. Housekeeping alone: whether a session is live is decided when it is used.
///
/// # Errors
/// [`StoreError`].
pub async fn purge(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM sessions WHERE expires_at <= $1", now.millis())
}
