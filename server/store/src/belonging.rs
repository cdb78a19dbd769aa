//! To what somebody belongs across organizations: all of one account's, those that invite it, and where an organization's
//! own people are guests (B45).

use model::{
    Email, Kind, MembershipId, OrgId, OrgName, Permit, PersonName, Role, Status, Timestamp, UserId,
    id::Id,
    people::{Cursor, Guest, OrgInvitation, OrgMembership},
};

use crate::{
    Handle, StoreError,
    db::{fetch_all, fetch_optional},
    ends,
    organizations::{self, org_columns},
};

/// One of a user's organizations.
#[derive(Debug, Clone)]
pub struct OfUser {
    /// The user's membership there.
    pub membership_id: MembershipId,
    /// The organization.
    pub org_id: OrgId,
    /// What the user is called there.
    pub called: String,
    /// What the switcher shows.
    pub org: OrgMembership,
}

#[derive(sqlx::FromRow)]
struct OfUserRow {
    id: String,
    first_name: String,
    last_name: String,
    email: String,
    kind: String,
    role: String,
    status: String,
    open_until: i64,
    ends: String,
    offers: i64,
    #[sqlx(flatten)]
    org: organizations::Row,
}

/// The memberships of a user, the last used first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_user<H: Handle>(h: &mut H, user_id: &UserId, now: Timestamp) -> Result<Vec<OfUser>, StoreError> {
    const SQL: &str = concat!(
        "SELECT m.id, m.first_name, m.last_name, m.email, m.kind, m.role, m.status, m.open_until, m.ends, \
         (SELECT count(*) FROM ownership_offers f \
          WHERE f.to_id = m.id AND f.state = 'open' AND f.expires_at > $2) AS offers, ",
        org_columns!(),
        " FROM memberships m JOIN organizations o ON o.id = m.org_id WHERE m.user_id = $1 \
         ORDER BY COALESCE(m.last_used_at, m.last_login_at, 0) DESC, m.id"
    );
    let rows: Vec<OfUserRow> = fetch_all!(h, SQL, user_id.as_str(), now.millis())?;
    rows.into_iter()
        .map(|row| {
            let email = Email::parse(&row.email).map_err(|_| StoreError::Corrupt("email"))?;
            let (org_id, org) = row.org.read()?;
            let status = Status::from_code(&row.status).ok_or(StoreError::Corrupt("status"))?;
            let role = Role::from_code(&row.role).ok_or(StoreError::Corrupt("role"))?;
            let ends = ends::from_text(&row.ends)?;
            Ok(OfUser {
                membership_id: MembershipId::parse(&row.id).map_err(|_| StoreError::Corrupt("membership id"))?,
                org_id,
                called: PersonName { first: row.first_name, last: row.last_name }.display(&email),
                org: OrgMembership {
                    slug: org.slug,
                    name: org.name,
                    is_archived: org.archived_at.is_some(),
                    kind: Kind::from_code(&row.kind).ok_or(StoreError::Corrupt("kind"))?,
                    role: ends.role_at(role, now),
                    state: ends.state_at(status.at(Some(Timestamp::from_millis(row.open_until)), now), now),
                    is_offered_ownership: row.offers > 0,
                },
            })
        })
        .collect()
}

/// The organizations that have invited an address, whose invitations are open; of very many the first hundred.
///
/// # Errors
/// [`StoreError`].
pub async fn invited<H: Handle>(h: &mut H, email: &Email, now: Timestamp) -> Result<Vec<OrgInvitation>, StoreError> {
    type Row = (String, String, String, String, String, String, i64);
    let rows: Vec<Row> = fetch_all!(
        h,
        "SELECT m.id, o.name, b.first_name, b.last_name, m.kind, m.role, i.expires_at FROM memberships m \
         JOIN organizations o ON o.id = m.org_id AND o.archived_at IS NULL \
         JOIN invitations i ON i.membership_id = m.id AND i.state = 'open' AND i.expires_at > $2 \
         JOIN users b ON b.id = i.invited_by \
         WHERE m.email = $1 AND m.status = 'invited' AND m.user_id IS NULL ORDER BY i.created_at DESC, m.id LIMIT 100",
        email.as_str(),
        now.millis()
    )?;
    rows.into_iter()
        .map(|(id, org_name, first, last, kind, role, expires_at)| {
            Ok(OrgInvitation {
                membership_id: MembershipId::parse(&id).map_err(|_| StoreError::Corrupt("membership id"))?,
                org_name: organizations::name(&org_name)?,
                invited_by: PersonName { first, last }.full(),
                kind: Kind::from_code(&kind).ok_or(StoreError::Corrupt("kind"))?,
                role: Role::from_code(&role).ok_or(StoreError::Corrupt("role"))?,
                expires_at: Timestamp::from_millis(expires_at),
            })
        })
        .collect()
}

/// Where an account is native, beside one organization: of several the last used.
///
/// # Errors
/// [`StoreError`].
pub async fn native_to<H: Handle>(
    h: &mut H,
    user_id: &UserId,
    beside: &OrgId,
) -> Result<Option<(OrgId, OrgName)>, StoreError> {
    let row: Option<(String, String)> = fetch_optional!(
        h,
        "SELECT o.id, o.name FROM memberships m JOIN organizations o ON o.id = m.org_id \
         WHERE m.user_id = $1 AND m.org_id <> $2 AND m.kind = 'standard' AND m.status = 'active' \
         ORDER BY COALESCE(m.last_used_at, m.last_login_at, 0) DESC, m.id LIMIT 1",
        user_id.as_str(),
        beside.as_str()
    )?;
    row.map(|(id, name)| {
        Ok((OrgId::parse(&id).map_err(|_| StoreError::Corrupt("organization id"))?, organizations::name(&name)?))
    })
    .transpose()
}

/// How many guests a page holds.
pub const GUESTS_PAGE: usize = 50;

#[derive(sqlx::FromRow)]
struct GuestRow {
    id: String,
    native_id: String,
    first_name: String,
    last_name: String,
    email: String,
    sort_name: String,
    org_name: String,
    role: String,
    status: String,
    open_until: i64,
    ends: String,
    joined_at: Option<i64>,
}

/// Where people of the permit's organization are guests: by name, behind a place, and from where to go on.
///
/// # Errors
/// [`StoreError`].
pub async fn guests<H: Handle>(
    h: &mut H,
    permit: &Permit,
    after: Option<&Cursor>,
    now: Timestamp,
) -> Result<(Vec<Guest>, Option<Cursor>), StoreError> {
    let mut rows: Vec<GuestRow> = fetch_all!(
        h,
        "SELECT g.id, n.id AS native_id, n.first_name, n.last_name, n.email, g.sort_name, o.name AS org_name, g.role, \
         g.status, g.open_until, g.ends, g.joined_at FROM memberships g \
         JOIN memberships n ON n.user_id = g.user_id AND n.org_id = g.home_org_id AND n.kind = 'standard' \
         JOIN organizations o ON o.id = g.org_id \
         WHERE g.home_org_id = $1 AND g.kind = 'external' AND (g.sort_name, g.id) > ($2, $3) \
         ORDER BY g.sort_name, g.id LIMIT $4",
        permit.org_id().as_str(),
        after.map_or("", |cursor| cursor.key.as_str()),
        after.map_or("", |cursor| cursor.id.as_str()),
        i64::try_from(GUESTS_PAGE + 1).unwrap_or(i64::MAX)
    )?;
    let more = rows.len() > GUESTS_PAGE;
    rows.truncate(GUESTS_PAGE);
    let place = |row: &GuestRow| {
        let id = MembershipId::parse(&row.id).map_err(|_| StoreError::Corrupt("membership id"))?;
        Ok::<_, StoreError>(Cursor { key: row.sort_name.clone(), id, second: false })
    };
    let next = rows.last().filter(|_| more).map(place).transpose()?;
    let guests = rows.into_iter().map(|row| row.read(now)).collect::<Result<_, _>>()?;
    Ok((guests, next))
}

impl GuestRow {
    fn read(self, now: Timestamp) -> Result<Guest, StoreError> {
        let email = Email::parse(&self.email).map_err(|_| StoreError::Corrupt("email"))?;
        let status = Status::from_code(&self.status).ok_or(StoreError::Corrupt("status"))?;
        let role = Role::from_code(&self.role).ok_or(StoreError::Corrupt("role"))?;
        let ends = ends::from_text(&self.ends)?;
        Ok(Guest {
            membership_id: MembershipId::parse(&self.native_id).map_err(|_| StoreError::Corrupt("membership id"))?,
            name: PersonName { first: self.first_name, last: self.last_name }.display(&email),
            email,
            org_name: organizations::name(&self.org_name)?,
            role: ends.role_at(role, now),
            state: ends.state_at(status.at(Some(Timestamp::from_millis(self.open_until)), now), now),
            since: self.joined_at.map(Timestamp::from_millis),
        })
    }
}
