//! Custom roles (B41): listing, making, changing and deleting them. Giving one is a change of role, see [`crate::people`].

use model::{
    Action, CustomRole, Permission, PermissionSet, Role, RoleChoice, RoleId,
    custom_role::{MOST, RoleName, vary},
    decide,
    explain::past::Was,
    id::{Id, InvalidId},
};
use serde_json::json;
use store::{StoreError, custom_roles, groups};

use crate::{Caller, Error, Rollcall, audit::To, change::Change, error::Fields};

/// A custom role, as entered.
#[derive(Debug, Clone, Default)]
pub struct DefineRole {
    /// Its name.
    pub name: String,
    /// The code of its base role; that of a role that there is stays as it is.
    pub base: String,
    /// The codes of the permissions that it keeps.
    pub keeps: Vec<String>,
}

impl Rollcall {
    /// The custom roles of an organization.
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who may not see people.
    pub async fn custom_roles(&self, caller: &Caller, org: &str) -> Result<Vec<CustomRole>, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        let mut conn = self.db.read().await?;
        Ok(custom_roles::of_organization(&mut conn, &viewer.actor.org_id).await?)
    }

    /// Makes a custom role.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::Conflict`] where there are as many as there may be.
    pub async fn create_role(&self, caller: &Caller, org: &str, form: DefineRole) -> Result<CustomRole, Error> {
        let mut change = self.change(caller, org).await?;
        // Before anything is said about what was entered.
        change.actor().may_change(Permission::ManageRoles)?;
        let mut fields = Fields::default();
        let name = fields.take("name", RoleName::parse(&form.name));
        let base = fields.take("base", Role::from_code(&form.base).ok_or("Choose a base role."));
        let grant = base.and_then(|base| fields.take("keeps", vary(base, withheld(base, &form.keeps))));
        fields.check()?;
        let (Some(name), Some(grant)) = (name, grant) else { return Err(Error::Internal) };
        let permit = decide(change.actor(), Action::DefineRole(grant), None)?;
        if custom_roles::count(&mut change.tx, permit.org_id()).await? >= MOST as u64 {
            let why = format!("There can be {MOST} custom roles here. Delete one that nobody needs first.");
            return Err(Error::Conflict(why));
        }
        let role = CustomRole { id: self.fresh(change.now), name, grant, people: 0, groups: 0 };
        custom_roles::insert(&mut change.tx, &permit, &role, change.now).await.map_err(taken)?;
        self.note(&mut change, "role.created", To::from(&role), &json!({ "role": grant.base.code() })).await?;
        change.tx.commit().await?;
        Ok(role)
    }

    /// Gives a custom role another name, and takes other permissions away from everybody who has it.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::NotFound`].
    pub async fn update_role(&self, caller: &Caller, org: &str, id: &str, form: DefineRole) -> Result<(), Error> {
        let mut change = self.change(caller, org).await?;
        change.actor().may_change(Permission::ManageRoles)?;
        let before = role_of(&mut change, id).await?;
        let base = before.grant.base;
        let mut fields = Fields::default();
        let name = fields.take("name", RoleName::parse(&form.name));
        let grant = fields.take("keeps", vary(base, withheld(base, &form.keeps)));
        fields.check()?;
        let (Some(name), Some(grant)) = (name, grant) else { return Err(Error::Internal) };
        // What the role gives is the actor's own, before as after: what they lack they do not take from others by the way.
        decide(change.actor(), Action::DefineRole(before.grant), None)?;
        let permit = decide(change.actor(), Action::DefineRole(grant), None)?;
        let role = CustomRole { name, grant, ..before.clone() };
        if role == before {
            return Ok(());
        }
        custom_roles::update(&mut change.tx, &permit, &role).await.map_err(taken)?;
        let given = labels(before.grant.withheld.without(grant.withheld));
        let taken = labels(grant.withheld.without(before.grant.withheld));
        let detail = json!({ "given": given, "taken": taken, "was": Was::from(&before) });
        self.note(&mut change, "role.changed", To::from(&role), &detail).await?;
        change.tx.commit().await?;
        Ok(())
    }

    /// Deletes a custom role. Who has it gets another one of the same base instead, or the base role itself.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a replacement has to be chosen, [`Error::Denied`] for one that gives more than the actor
    /// holds, [`Error::NotFound`].
    pub async fn delete_role(&self, caller: &Caller, org: &str, id: &str, instead: &str) -> Result<CustomRole, Error> {
        let mut change = self.change(caller, org).await?;
        change.actor().may_change(Permission::ManageRoles)?;
        let role = role_of(&mut change, id).await?;
        let choose = || Error::field("instead", "Choose which role the people who have it get instead.");
        let instead = match RoleChoice::try_from(instead.to_owned()) {
            Ok(RoleChoice::Base(base)) if base == role.grant.base => None,
            Ok(RoleChoice::Custom(other)) if other != role.id => {
                let other = custom_roles::by_id(&mut change.tx, &change.viewer.actor.org_id, &other).await?;
                Some(other.filter(|other| other.grant.base == role.grant.base).ok_or_else(choose)?)
            }
            // Nobody gets anything.
            Err(_) if role.is_unused() => None,
            _ => return Err(choose()),
        };
        // Who deletes what nobody has grants nothing by it.
        let grant = match &instead {
            Some(other) => other.grant,
            None if role.is_unused() => role.grant,
            None => role.grant.base.into(),
        };
        let permit = decide(change.actor(), Action::DeleteRole(grant), None)?;
        let was = Was { groups: groups::of_custom_role(&mut change.tx, &role.id).await?, ..Was::from(&role) };
        custom_roles::delete(&mut change.tx, &permit, &role, instead.as_ref()).await?;
        let to = instead.as_ref().map_or(role.grant.base.label(), |role| role.name.as_str());
        let detail = json!({ "role_name": (!role.is_unused()).then_some(to), "was": was });
        self.note(&mut change, "role.deleted", To::from(&role), &detail).await?;
        change.tx.commit().await?;
        Ok(role)
    }
}

/// A custom role of the actor's organization.
pub(crate) async fn role_of(change: &mut Change, id: &str) -> Result<CustomRole, Error> {
    let id: RoleId = Id::parse(id).map_err(|InvalidId| Error::NotFound)?;
    custom_roles::by_id(&mut change.tx, &change.viewer.actor.org_id, &id).await?.ok_or(Error::NotFound)
}

/// What is taken away where these are kept. Boxes of one name that were posted without scripts arrive as one text.
fn withheld(base: Role, keeps: &[String]) -> PermissionSet {
    let kept = PermissionSet::from_codes(&keeps.join(" ").replace(',', " "));
    base.permissions().without(kept)
}

fn labels(set: PermissionSet) -> Vec<&'static str> {
    set.iter().map(Permission::label).collect()
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Taken => Error::field("name", "Another role here has this name."),
        other => other.into(),
    }
}
