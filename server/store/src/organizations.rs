//! Organizations: the tenants.

use model::{OrgId, OrgName, Permit, Policies, Slug, Timestamp, UserId, id::Id, people::OrgSummary};

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
            "INSERT INTO organizations (id, slug, name, policies, revision, created_at) \
             VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT (slug) DO NOTHING",
            new.id.as_str(),
            slug.as_str(),
            new.name.as_str(),
            policies.as_str(),
            new.at.millis(),
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

/// An organization by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(handle: &mut H, id: &OrgId) -> Result<Option<OrgSummary>, StoreError> {
    let row: Option<(String, String, String)> =
        fetch_optional!(handle, "SELECT slug, name, policies FROM organizations WHERE id = $1", id.as_str())?;
    row.map(|(slug, name, policies)| summary(&slug, &name, &policies)).transpose()
}

/// An organization by its slug.
///
/// # Errors
/// [`StoreError`].
pub async fn by_slug<H: Handle>(handle: &mut H, slug: &Slug) -> Result<Option<(OrgId, OrgSummary)>, StoreError> {
    let row: Option<(String, String, String)> =
        fetch_optional!(handle, "SELECT id, name, policies FROM organizations WHERE slug = $1", slug.as_str())?;
    row.map(|(id, name, policies)| {
        let id = OrgId::parse(&id).map_err(|_| StoreError::Corrupt("organization id"))?;
        Ok((id, summary(slug.as_str(), &name, &policies)?))
    })
    .transpose()
}

/// The organization of a slug, or the oldest, with one of its Owners: for a made-up crowd.
///
/// # Errors
/// [`StoreError`].
pub async fn of_slug_or_oldest<H: Handle>(
    handle: &mut H,
    slug: Option<&Slug>,
) -> Result<Option<(OrgId, OrgSummary, UserId)>, StoreError> {
    let row: Option<(String, String, String, String, String)> = fetch_optional!(
        handle,
        "SELECT o.id, o.slug, o.name, o.policies, m.user_id FROM organizations o \
         JOIN memberships m ON m.org_id = o.id AND m.role = 'owner' AND m.user_id IS NOT NULL \
         WHERE $1 = '' OR o.slug = $1 ORDER BY o.created_at, o.id, m.id LIMIT 1",
        slug.map_or("", Slug::as_str)
    )?;
    row.map(|(id, slug, name, policies, owner)| {
        Ok((
            OrgId::parse(&id).map_err(|_| StoreError::Corrupt("organization id"))?,
            summary(&slug, &name, &policies)?,
            UserId::parse(&owner).map_err(|_| StoreError::Corrupt("user id"))?,
        ))
    })
    .transpose()
}

pub(crate) fn summary(slug: &str, name: &str, policies: &str) -> Result<OrgSummary, StoreError> {
    Ok(OrgSummary {
        slug: Slug::parse(slug).ok_or(StoreError::Corrupt("slug"))?,
        name: OrgName::parse(name).map_err(|_| StoreError::Corrupt("organization name"))?,
        policies: serde_json::from_str(policies).map_err(|_| StoreError::Corrupt("policies"))?,
    })
}
