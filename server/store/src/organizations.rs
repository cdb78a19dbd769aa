//! Organizations: the tenants.

use model::{
    OrgId, OrgKind, OrgName, Permit, Policies, Slug, Timestamp, UserId, id::Id, organization::OrgDetails,
    people::OrgSummary,
};

use crate::{
    Handle, StoreError, Tx,
    bulk::select_in,
    db::{execute, fetch_optional},
    error::one,
};

/// Closes the set-up: true for the one caller who got there first (B1).
///
/// # Errors
/// [`StoreError`].
pub async fn claim_installation(tx: &mut Tx, now: Timestamp) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "INSERT INTO installation (id, set_up_at) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
        now.millis()
    )?;
    Ok(n == 1)
}

/// Whether the first account was made.
///
/// # Errors
/// [`StoreError`].
pub async fn is_set_up<H: Handle>(handle: &mut H) -> Result<bool, StoreError> {
    let row: Option<(i64,)> = fetch_optional!(handle, "SELECT id FROM installation WHERE id = 1")?;
    Ok(row.is_some())
}

/// The revisions of organizations: each change to their people raises it.
///
/// # Errors
/// [`StoreError`].
pub async fn revisions<H: Handle>(handle: &mut H, ids: &[OrgId]) -> Result<Vec<(OrgId, i64)>, StoreError> {
    let ids: Vec<&str> = ids.iter().map(Id::as_str).collect();
    let rows: Vec<(String, i64)> =
        select_in(handle, "SELECT o.id, o.revision FROM organizations o WHERE ", None, "o.id IN ", &ids).await?;
    rows.into_iter()
        .map(|(id, revision)| Ok((OrgId::parse(&id).map_err(|_| StoreError::Corrupt("organization id"))?, revision)))
        .collect()
}

/// A new organization.
#[derive(Debug, Clone)]
pub struct NewOrganization {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: OrgName,
    /// For URLs; the first free number is appended where it is taken.
    pub slug: Slug,
    /// What it is.
    pub kind: OrgKind,
    /// What governs its people.
    pub policies: Policies,
    /// When.
    pub at: Timestamp,
}

/// Makes an organization and yields the slug that it got.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(tx: &mut Tx, new: &NewOrganization) -> Result<Slug, StoreError> {
    let policies = serde_json::to_string(&new.policies).map_err(|_| StoreError::Corrupt("policies"))?;
    let mut slug = new.slug.clone();
    for n in 2.. {
        let inserted = execute!(
            tx,
            "INSERT INTO organizations (id, slug, name, policies, revision, created_at, kind) \
             VALUES ($1, $2, $3, $4, 0, $5, $6) ON CONFLICT (slug) DO NOTHING",
            new.id.as_str(),
            slug.as_str(),
            new.name.as_str(),
            policies.as_str(),
            new.at.millis(),
            new.kind.code(),
        )?;
        if inserted == 1 {
            break;
        }
        slug = new.slug.numbered(n);
    }
    Ok(slug)
}

/// Moves the organization on by one revision. The first statement of every write to memberships: it makes writers of
/// one organization wait for each other, so that the last Owner is counted right, and it is what live updates watch.
///
/// # Errors
/// [`StoreError`].
pub async fn bump_revision(tx: &mut Tx, org_id: &OrgId) -> Result<(), StoreError> {
    let n = execute!(tx, "UPDATE organizations SET revision = revision + 1 WHERE id = $1", org_id.as_str())?;
    one(n, "organization of a permit is gone")
}

/// Makes whoever else would change the organization wait, without a change that its lists would read again for; `false`
/// where there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn hold(tx: &mut Tx, org_id: &OrgId) -> Result<bool, StoreError> {
    let n = execute!(tx, "UPDATE organizations SET revision = revision WHERE id = $1", org_id.as_str())?;
    Ok(n == 1)
}

/// Puts other policies in place of those of the permit's organization.
///
/// # Errors
/// [`StoreError`].
pub async fn set_policies(tx: &mut Tx, permit: &Permit, policies: &Policies) -> Result<(), StoreError> {
    let policies = serde_json::to_string(policies).map_err(|_| StoreError::Corrupt("policies"))?;
    let n = execute!(
        tx,
        "UPDATE organizations SET policies = $2 WHERE id = $1",
        permit.org_id().as_str(),
        policies.as_str()
    )?;
    one(n, "organization of a permit is gone")
}

/// The columns of [`Row`], of the organization `o`; a macro, so that `concat!` makes one static text of it.
macro_rules! org_columns {
    () => {
        "o.id AS org_id, o.slug AS org_slug, o.name AS org_name, o.kind AS org_kind, \
         o.archived_at AS org_archived_at, o.policies AS org_policies"
    };
}
pub(crate) use org_columns;

/// An organization as read beside something else.
#[derive(sqlx::FromRow)]
#[expect(clippy::struct_field_names, reason = "they stand beside columns of other tables")]
pub(crate) struct Row {
    org_id: String,
    org_slug: String,
    org_name: String,
    org_kind: String,
    org_archived_at: Option<i64>,
    org_policies: String,
}

impl Row {
    pub(crate) fn read(self) -> Result<(OrgId, OrgSummary), StoreError> {
        read(&self.org_id, &self.org_slug, &self.org_name, &self.org_kind, (self.org_archived_at, &self.org_policies))
    }
}

/// A name as stored.
pub(crate) fn name(text: &str) -> Result<OrgName, StoreError> {
    OrgName::parse(text).map_err(|_| StoreError::Corrupt("organization name"))
}

pub(crate) fn read(
    id: &str,
    slug: &str,
    name: &str,
    kind: &str,
    (archived_at, policies): (Option<i64>, &str),
) -> Result<(OrgId, OrgSummary), StoreError> {
    let id = OrgId::parse(id).map_err(|_| StoreError::Corrupt("organization id"))?;
    let summary = OrgSummary {
        slug: Slug::parse(slug).ok_or(StoreError::Corrupt("slug"))?,
        name: self::name(name)?,
        kind: OrgKind::from_code(kind).ok_or(StoreError::Corrupt("kind of an organization"))?,
        archived_at: archived_at.map(Timestamp::from_millis),
        policies: serde_json::from_str(policies).map_err(|_| StoreError::Corrupt("policies"))?,
    };
    Ok((id, summary))
}

/// An organization by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(handle: &mut H, id: &OrgId) -> Result<Option<OrgSummary>, StoreError> {
    const SQL: &str = concat!("SELECT ", org_columns!(), " FROM organizations o WHERE o.id = $1");
    let row: Option<Row> = fetch_optional!(handle, SQL, id.as_str())?;
    row.map(|row| Ok(row.read()?.1)).transpose()
}

/// An organization by its slug.
///
/// # Errors
/// [`StoreError`].
pub async fn by_slug<H: Handle>(handle: &mut H, slug: &Slug) -> Result<Option<(OrgId, OrgSummary)>, StoreError> {
    const SQL: &str = concat!("SELECT ", org_columns!(), " FROM organizations o WHERE o.slug = $1");
    let row: Option<Row> = fetch_optional!(handle, SQL, slug.as_str())?;
    row.map(Row::read).transpose()
}

/// The organization of a slug, or the oldest, with one of its Owners: for a made-up crowd.
///
/// # Errors
/// [`StoreError`].
pub async fn of_slug_or_oldest<H: Handle>(
    handle: &mut H,
    slug: Option<&Slug>,
) -> Result<Option<(OrgId, OrgSummary, UserId)>, StoreError> {
    let ids: Option<(String, String)> = fetch_optional!(
        handle,
        "SELECT o.id, m.user_id FROM organizations o \
         JOIN memberships m ON m.org_id = o.id AND m.role = 'owner' AND m.user_id IS NOT NULL \
         WHERE $1 = '' OR o.slug = $1 ORDER BY o.created_at, o.id, m.id LIMIT 1",
        slug.map_or("", Slug::as_str)
    )?;
    let Some((id, owner)) = ids else { return Ok(None) };
    let id = OrgId::parse(&id).map_err(|_| StoreError::Corrupt("organization id"))?;
    let owner = UserId::parse(&owner).map_err(|_| StoreError::Corrupt("user id"))?;
    Ok(by_id(handle, &id).await?.map(|org| (id, org, owner)))
}

/// The details of an organization, and when it was founded.
///
/// # Errors
/// [`StoreError`].
pub async fn details<H: Handle>(handle: &mut H, id: &OrgId) -> Result<Option<(OrgDetails, Timestamp)>, StoreError> {
    let row: Option<(String, i64)> =
        fetch_optional!(handle, "SELECT details, created_at FROM organizations WHERE id = $1", id.as_str())?;
    row.map(|(details, at)| {
        let details = serde_json::from_str(&details).map_err(|_| StoreError::Corrupt("details"))?;
        Ok((details, Timestamp::from_millis(at)))
    })
    .transpose()
}

/// Puts another name, kind and details in place of those of the permit's organization.
///
/// # Errors
/// [`StoreError`].
pub async fn set_details(
    tx: &mut Tx,
    permit: &Permit,
    (name, kind): (&OrgName, OrgKind),
    details: &OrgDetails,
) -> Result<(), StoreError> {
    let details = serde_json::to_string(details).map_err(|_| StoreError::Corrupt("details"))?;
    let n = execute!(
        tx,
        "UPDATE organizations SET name = $2, kind = $3, details = $4 WHERE id = $1",
        permit.org_id().as_str(),
        name.as_str(),
        kind.code(),
        details.as_str()
    )?;
    one(n, "organization of a permit is gone")
}

/// Archives the permit's organization, or brings it back.
///
/// # Errors
/// [`StoreError`].
pub async fn set_archived(tx: &mut Tx, permit: &Permit, at: Option<Timestamp>) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE organizations SET archived_at = $2 WHERE id = $1",
        permit.org_id().as_str(),
        at.map(Timestamp::millis)
    )?;
    one(n, "organization of a permit is gone")
}
