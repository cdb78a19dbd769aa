//! The policies of an organization (table A–M): read, tried out, and saved.

use model::{
    Action, Policies, Preset, Role, decide,
    policy::{
        DeleteScope, EmailDomains, Onboarding, PeopleNow, PolicyPreview, PolicySettings, StatusWords, effects,
        parse_owners, parse_reuse, parse_seats, parse_ttl,
    },
};
use serde_json::json;
use store::{organizations, people};

use crate::{Caller, Error, Rollcall, audit::To, error::Fields};

/// What the page of policies holds, as entered.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a box of the page")]
pub struct EditPolicies {
    /// The version that was looked at.
    pub version: u32,
    /// Code of a [`Preset`], which then counts instead of everything below.
    pub preset: String,
    /// Code of an [`Onboarding`].
    pub onboarding: String,
    /// The domains from which people can be invited, separated by commas or spaces; empty for any.
    pub email_domains: String,
    /// How many of the unit an invitation is valid.
    pub ttl: String,
    /// The unit.
    pub ttl_unit: String,
    /// Whether links can be copied.
    pub copy_links: bool,
    /// Code of a role.
    pub default_role: String,
    /// Whether the Admin role can be granted.
    pub admin_grantable: bool,
    /// Code of [`StatusWords`].
    pub status_words: String,
    /// A number, or nothing.
    pub seats: String,
    /// How many Owners there may be.
    pub max_owners: String,
    /// Code of a [`DeleteScope`].
    pub delete_scope: String,
    /// Code of a [`model::policy::EmailReuse`].
    pub email_reuse: String,
    /// The days of it, where it has any.
    pub reuse_days: String,
    /// Whether invitations can be asked for.
    pub invitation_requests: bool,
    /// Whether people of other organizations are listed before they have accepted.
    pub show_pending_external: bool,
}

const CHOOSE: &str = "Choose one of these.";

/// The policies that were entered. What the page does not offer stays as it is; a preset brings all of its own.
fn entered(form: &EditPolicies, now: &Policies) -> Result<Policies, Error> {
    let mut fields = Fields::default();
    if !form.preset.is_empty() {
        let preset = fields.take("preset", Preset::from_code(&form.preset).ok_or(CHOOSE));
        fields.check()?;
        let policies = preset.ok_or(Error::Internal)?.policies();
        return Ok(Policies { version: now.version, ..policies });
    }
    let onboarding = fields.take("onboarding", Onboarding::from_code(&form.onboarding).ok_or(CHOOSE));
    let email_domains = fields.take("email_domains", EmailDomains::parse(&form.email_domains));
    let ttl = fields.take("ttl", parse_ttl(&form.ttl, &form.ttl_unit));
    let role = Role::from_code(&form.default_role).filter(|role| Policies::FIRST_ROLES.contains(role));
    let default_role = fields.take("default_role", role.ok_or(CHOOSE));
    let status_words = fields.take("status_words", StatusWords::from_code(&form.status_words).ok_or(CHOOSE));
    let seats = fields.take("seats", parse_seats(&form.seats));
    let max_owners = fields.take("max_owners", parse_owners(&form.max_owners));
    let delete_scope = fields.take("delete_scope", DeleteScope::from_code(&form.delete_scope).ok_or(CHOOSE));
    let email_reuse = match fields.take("reuse_days", parse_reuse(&form.email_reuse, &form.reuse_days)) {
        Some(reuse) => fields.take("email_reuse", reuse.ok_or(CHOOSE)),
        None => None,
    };
    fields.check()?;
    let (Some(onboarding), Some(ttl), Some(default_role), Some(status_words), Some(seats)) =
        (onboarding, ttl, default_role, status_words, seats)
    else {
        return Err(Error::Internal);
    };
    let (Some(max_owners), Some(delete_scope), Some(email_reuse), Some(email_domains)) =
        (max_owners, delete_scope, email_reuse, email_domains)
    else {
        return Err(Error::Internal);
    };
    Ok(Policies {
        onboarding,
        invitation_ttl_ms: ttl,
        copy_links: form.copy_links,
        default_role,
        admin_grantable: form.admin_grantable,
        status_words,
        seats,
        max_owners,
        delete_scope,
        email_reuse,
        invitation_requests: form.invitation_requests,
        show_pending_external: form.show_pending_external,
        email_domains,
        ..now.clone()
    })
}

impl Rollcall {
    /// The policies as they are.
    ///
    /// # Errors
    /// [`Error::Denied`] for who may not choose them.
    pub async fn policies(&self, caller: &Caller, org: &str) -> Result<PolicySettings, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::EditPolicies, None)?;
        let mut conn = self.db.read().await?;
        let census = people::census(&mut conn, &viewer.actor.org_id, self.now()).await?;
        Ok(PolicySettings { policies: viewer.org.policies, seats_taken: census.seats_taken() })
    }

    /// What would change, and for whom; nothing is saved.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`].
    pub async fn preview_policies(
        &self,
        caller: &Caller,
        org: &str,
        form: &EditPolicies,
    ) -> Result<PolicyPreview, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::EditPolicies, None)?;
        let now = viewer.org.policies;
        let policies = entered(form, &now)?;
        let mut conn = self.db.read().await?;
        let census = people::census(&mut conn, &viewer.actor.org_id, self.now()).await?;
        Ok(PolicyPreview {
            changes: now.changes_to(&policies),
            effects: effects(&now, &policies, &PeopleNow::of(&census)),
            preset: Preset::from_code(&form.preset),
            saved_meanwhile: form.version != now.version,
            policies,
        })
    }

    /// Saves what was entered, unless somebody else was faster.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::Conflict`] when they are not those any more that were
    /// looked at.
    pub async fn save_policies(&self, caller: &Caller, org: &str, form: &EditPolicies) -> Result<(), Error> {
        let mut change = self.change(caller, org).await?;
        let permit = decide(change.actor(), Action::EditPolicies, None)?;
        let now = change.viewer.org.policies.clone();
        let policies = entered(form, &now)?;
        if form.version != now.version {
            return Err(Error::Conflict(
                "Somebody else changed the policies meanwhile, and nothing was saved. What you entered is still here: \
                 preview it again to see what it would change now."
                    .to_owned(),
            ));
        }
        if policies == now {
            return Ok(());
        }
        let changes = now.changes_to(&policies);
        let policies = Policies { version: now.version.saturating_add(1), ..policies };
        organizations::set_policies(&mut change.tx, &permit, &policies).await?;
        let to = To { id: Some(permit.org_id().to_string()), name: change.viewer.org.name.as_str().to_owned() };
        let detail = json!({ "version": policies.version, "changes": changes });
        self.note(&mut change, "policies.changed", to, &detail).await?;
        change.tx.commit().await?;
        Ok(())
    }
}
