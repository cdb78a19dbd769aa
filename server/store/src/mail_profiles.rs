//! How the mail of organizations looks and by which server it leaves. The password is sealed by who writes it, and the
//! logo is read only where a mail, or the logo itself, is asked for.

use model::{OrgId, Permit, Timestamp, id::Id, mail_profile::MailProfile};

use crate::{
    Handle, StoreError, Tx,
    bulk::select_in,
    db::{execute, fetch_optional},
};

/// A profile as stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stored {
    /// What everybody may see who may change it.
    pub profile: MailProfile,
    /// The password of its mail server, sealed.
    pub sealed_password: Option<String>,
}

fn stored(profile: &str, sealed_password: Option<String>) -> Result<Stored, StoreError> {
    let profile = serde_json::from_str(profile).map_err(|_| StoreError::Corrupt("mail profile"))?;
    Ok(Stored { profile, sealed_password })
}

fn json(profile: &MailProfile) -> Result<String, StoreError> {
    serde_json::to_string(profile).map_err(|_| StoreError::Corrupt("mail profile"))
}

/// The profile of an organization; the default where it never saved one.
///
/// # Errors
/// [`StoreError`].
pub async fn of_organization<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Stored, StoreError> {
    let row: Option<(String, Option<String>)> =
        fetch_optional!(h, "SELECT profile, sealed_password FROM mail_profiles WHERE org_id = $1", org_id.as_str())?;
    row.map(|(profile, password)| stored(&profile, password)).transpose().map(Option::unwrap_or_default)
}

/// The file of an organization's logo, in base64; empty where it has none.
///
/// # Errors
/// [`StoreError`].
pub async fn logo<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<String, StoreError> {
    let row: Option<(String,)> =
        fetch_optional!(h, "SELECT logo FROM mail_profiles WHERE org_id = $1", org_id.as_str())?;
    Ok(row.map(|row| row.0).unwrap_or_default())
}

/// What mails of some organizations need: the profiles that there are, with the files of their logos.
///
/// # Errors
/// [`StoreError`].
pub async fn for_sending<H: Handle>(h: &mut H, org_ids: &[OrgId]) -> Result<Vec<(OrgId, Stored, String)>, StoreError> {
    let ids: Vec<&str> = org_ids.iter().map(Id::as_str).collect();
    let select = "SELECT p.org_id, p.profile, p.sealed_password, p.logo FROM mail_profiles p WHERE ";
    let rows: Vec<(String, String, Option<String>, String)> = select_in(h, select, None, "p.org_id IN ", &ids).await?;
    rows.into_iter()
        .map(|(id, profile, password, logo)| {
            let id = OrgId::parse(&id).map_err(|_| StoreError::Corrupt("organization id"))?;
            Ok((id, stored(&profile, password)?, logo))
        })
        .collect()
}

/// Puts a profile in place of the one before it, whose logo stays. False where that is not the one before any more.
///
/// # Errors
/// [`StoreError`].
pub async fn save(tx: &mut Tx, permit: &Permit, new: &Stored, at: Timestamp) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "INSERT INTO mail_profiles (org_id, version, profile, sealed_password, logo, updated_at) \
         VALUES ($1, $2, $3, $4, '', $5) ON CONFLICT (org_id) DO UPDATE \
         SET version = $2, profile = $3, sealed_password = $4, updated_at = $5 WHERE mail_profiles.version = $2 - 1",
        permit.org_id().as_str(),
        i64::from(new.profile.version),
        json(&new.profile)?,
        new.sealed_password.as_deref(),
        at.millis()
    )?;
    Ok(n == 1)
}

/// Puts another logo in place, as a file in base64 or nothing; the profile says what is known of it. False where the
/// profile is not the one after that before any more.
///
/// # Errors
/// [`StoreError`].
pub async fn set_logo(
    tx: &mut Tx,
    permit: &Permit,
    profile: &MailProfile,
    logo: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let n = execute!(
        tx,
        "INSERT INTO mail_profiles (org_id, version, profile, logo, updated_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (org_id) DO UPDATE SET version = $2, profile = $3, logo = $4, updated_at = $5 \
         WHERE mail_profiles.version = $2 - 1",
        permit.org_id().as_str(),
        i64::from(profile.version),
        json(profile)?,
        logo,
        at.millis()
    )?;
    Ok(n == 1)
}
