//! First run (B1): the first account becomes the Owner of the first organization; afterwards the door is closed.

use model::{Email, OrgKind, OrgName, PersonName, Preset, password::WeakPassword};
use store::{
    organizations,
    users::{self, User},
};

use crate::{Caller, Error, NewLogin, Rollcall, error::Fields, organizations::Beginning, passwords};

/// What the form of `/setup` holds.
#[derive(Debug, Clone, Default)]
pub struct SetUp {
    /// The organization's name.
    pub org_name: String,
    /// Given name of its first Owner.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address.
    pub email: String,
    /// Chosen password.
    pub password: String,
    /// Code of a [`Preset`].
    pub preset: String,
}

impl Rollcall {
    /// Whether the first account still has to be made.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn setup_is_open(&self) -> Result<bool, Error> {
        let mut conn = self.db.read().await?;
        Ok(!organizations::is_set_up(&mut conn).await?)
    }

    /// Makes the first account and organization, and signs the Owner in.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field; [`Error::Gone`] once somebody was faster.
    pub async fn set_up(&self, caller: &Caller, form: SetUp) -> Result<NewLogin, Error> {
        if !self.setup_is_open().await? {
            return Err(closed());
        }
        let mut fields = Fields::default();
        let org_name = fields.take("org_name", OrgName::parse(&form.org_name));
        let name = fields.name(PersonName::parse(&form.first_name, &form.last_name));
        let email = fields.take("email", Email::parse(&form.email));
        let preset = fields.take("preset", Preset::from_code(&form.preset).ok_or("Choose one of the four."));
        let own = [&form.org_name, &form.first_name, &form.last_name, &form.email].map(String::as_str);
        let judged: Result<(), WeakPassword> = passwords::judge(&form.password, &own);
        fields.take("password", judged);
        fields.check()?;
        let (Some(org_name), Some(name), Some(email), Some(preset)) = (org_name, name, email, preset) else {
            return Err(Error::Internal);
        };

        let hash = self.passwords.hash(form.password).await?;
        let now = self.now();
        let user = User { id: self.fresh(now), email, name };

        let mut tx = self.db.write().await?;
        if !organizations::claim_installation(&mut tx, now).await? {
            return Err(closed());
        }
        users::insert(&mut tx, std::slice::from_ref(&user), now).await?;
        users::set_password_hash(&mut tx, &user.id, &hash, now).await?;
        let beginning = Beginning { name: org_name, kind: OrgKind::Customer, preset };
        let (_, slug) = self.begin_organization(&mut tx, beginning, &user, now).await?;
        let token = self.begin_session(&mut tx, caller, &user.id, now).await?;
        tx.commit().await?;
        tracing::info!(org.slug = slug.as_str(), user.id = %user.id, "set up");
        Ok(NewLogin { token, org: Some(slug), password_is_due: false })
    }
}

fn closed() -> Error {
    Error::Gone("Rollcall is already set up. Sign in instead.".to_owned())
}
