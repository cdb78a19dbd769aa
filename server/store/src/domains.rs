//! Domains of organizations (B50). Many organizations may name a domain, and one can have proven it.

use model::{
    DomainId, OrgId, Permit, Role, Timestamp, UserId,
    domain::{AutoJoin, CheckResult, Domain, DomainName},
    id::Id,
};

use crate::{
    Handle, StoreError, Tx,
    db::{execute, fetch_all, fetch_optional},
    error::one,
};

/// A domain as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Whose it is.
    pub org_id: OrgId,
    /// The domain.
    pub domain: Domain,
    /// Who chose how people come in by it, if anybody has.
    pub chosen_by: Option<UserId>,
}

/// A domain to be added.
#[derive(Debug, Clone)]
pub struct NewDomain {
    /// Its id.
    pub id: DomainId,
    /// Its name.
    pub name: DomainName,
    /// What its record has to say.
    pub token: String,
    /// When.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    org_id: String,
    name: String,
    token: String,
    added_at: i64,
    verified_at: Option<i64>,
    checked_at: Option<i64>,
    check_result: Option<String>,
    auto_join: String,
    role: String,
    chosen_by: Option<String>,
}

/// All of a domain, of those that are meant.
macro_rules! domains {
    ($which:literal) => {
        concat!(
            "SELECT id, org_id, name, token, added_at, verified_at, checked_at, check_result, auto_join, role, chosen_by \
             FROM domains WHERE ",
            $which
        )
    };
}

impl Row {
    fn read(self) -> Result<Stored, StoreError> {
        let result = self.check_result.as_deref().map(CheckResult::from_code);
        let checked = match (self.checked_at, result) {
            (None, None) => None,
            (Some(at), Some(Some(result))) => Some((Timestamp::from_millis(at), result)),
            _ => return Err(StoreError::Corrupt("check of a domain")),
        };
        let chosen_by = self.chosen_by.as_deref().map(UserId::parse);
        Ok(Stored {
            org_id: OrgId::parse(&self.org_id).map_err(|_| StoreError::Corrupt("organization id"))?,
            chosen_by: chosen_by.transpose().map_err(|_| StoreError::Corrupt("user id"))?,
            domain: Domain {
                id: DomainId::parse(&self.id).map_err(|_| StoreError::Corrupt("domain id"))?,
                name: DomainName::try_from(self.name).map_err(|_| StoreError::Corrupt("domain"))?,
                token: self.token,
                added_at: Timestamp::from_millis(self.added_at),
                verified_at: self.verified_at.map(Timestamp::from_millis),
                checked,
                auto_join: AutoJoin::from_code(&self.auto_join).ok_or(StoreError::Corrupt("auto-join"))?,
                role: Role::from_code(&self.role).ok_or(StoreError::Corrupt("role"))?,
            },
        })
    }
}

/// Adds a domain, which nobody has proven yet.
///
/// # Errors
/// [`StoreError::Taken`] when the organization has it already.
pub async fn insert(tx: &mut Tx, permit: &Permit, new: &NewDomain) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO domains (id, org_id, name, token, added_at, auto_join, role) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new.id.as_str(),
        permit.org_id().as_str(),
        new.name.as_str(),
        new.token.as_str(),
        new.at.millis(),
        AutoJoin::Off.code(),
        Role::Member.code()
    )?;
    Ok(())
}

/// The domains of the organization, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn of_organization<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Vec<Stored>, StoreError> {
    let rows: Vec<Row> = fetch_all!(h, domains!("org_id = $1 ORDER BY name"), org_id.as_str())?;
    rows.into_iter().map(Row::read).collect()
}

/// A domain of the organization, by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(h: &mut H, org_id: &OrgId, id: &DomainId) -> Result<Option<Stored>, StoreError> {
    let row: Option<Row> = fetch_optional!(h, domains!("org_id = $1 AND id = $2"), org_id.as_str(), id.as_str())?;
    row.map(Row::read).transpose()
}

/// The domain of a name, as it was proven by whichever organization.
///
/// # Errors
/// [`StoreError`].
pub async fn verified<H: Handle>(h: &mut H, name: &DomainName) -> Result<Option<Stored>, StoreError> {
    let row: Option<Row> = fetch_optional!(h, domains!("name = $1 AND verified_at IS NOT NULL"), name.as_str())?;
    row.map(Row::read).transpose()
}

/// Whether people come in by any domain of the organization in another way than everybody else.
///
/// # Errors
/// [`StoreError`].
pub async fn opens_any<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<bool, StoreError> {
    let row: Option<(String,)> = fetch_optional!(
        h,
        "SELECT id FROM domains WHERE org_id = $1 AND verified_at IS NOT NULL AND auto_join <> 'off' LIMIT 1",
        org_id.as_str()
    )?;
    Ok(row.is_some())
}

/// Notes what was found when the record of a domain was looked for.
///
/// # Errors
/// [`StoreError`].
pub async fn note_check(
    tx: &mut Tx,
    permit: &Permit,
    id: &DomainId,
    result: CheckResult,
    at: Timestamp,
) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE domains SET checked_at = $3, check_result = $4 WHERE id = $1 AND org_id = $2",
        id.as_str(),
        permit.org_id().as_str(),
        at.millis(),
        result.code()
    )?;
    one(n, "domain is gone")
}

/// Notes that a domain is the organization's.
///
/// # Errors
/// [`StoreError::Taken`] when another organization has proven it.
pub async fn verify(tx: &mut Tx, permit: &Permit, id: &DomainId, at: Timestamp) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE domains SET verified_at = $3 WHERE id = $1 AND org_id = $2 AND verified_at IS NULL",
        id.as_str(),
        permit.org_id().as_str(),
        at.millis()
    )?;
    one(n, "domain is gone, or was verified before")
}

/// Puts another choice in place of how people come in by a domain; the permit's actor is who chose it. `false` unless the
/// domain is there, and verified.
///
/// # Errors
/// [`StoreError`].
pub async fn set_auto_join(
    tx: &mut Tx,
    permit: &Permit,
    id: &DomainId,
    (auto_join, role): (AutoJoin, Role),
) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "UPDATE domains SET auto_join = $3, role = $4, chosen_by = $5 \
         WHERE id = $1 AND org_id = $2 AND verified_at IS NOT NULL",
        id.as_str(),
        permit.org_id().as_str(),
        auto_join.code(),
        role.code(),
        permit.actor().user_id.as_str()
    )?;
    Ok(n == 1)
}

/// Takes a domain away; `false` where somebody else had.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Tx, permit: &Permit, id: &DomainId) -> Result<bool, StoreError> {
    let n = execute!(tx, "DELETE FROM domains WHERE id = $1 AND org_id = $2", id.as_str(), permit.org_id().as_str())?;
    Ok(n == 1)
}
