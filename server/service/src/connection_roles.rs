//! Custom connection roles (B40, B41): making, changing and deleting them. Giving one is giving a role, see
//! [`crate::connections`].

use model::{
    ConnectionRoleId,
    connection::{
        ConnectionPermission, ConnectionPermissions, ConnectionRole, ConnectionRoleName, CustomConnectionRole,
        MOST_CUSTOM, vary,
    },
    id::{Id, InvalidId},
};
use serde_json::json;
use store::{StoreError, connection_roles};

use crate::{Caller, Error, Rollcall, audit::To, change::Change, error::Fields};

/// A custom connection role, as entered.
#[derive(Debug, Clone, Default)]
pub struct DefineConnectionRole {
    /// Its name.
    pub name: String,
    /// The code of the role that it is a variation of; of one that is there it stays what it is.
    pub base: String,
    /// The codes of the permissions that it keeps.
    pub keeps: Vec<String>,
}

impl Rollcall {
    /// Makes a custom connection role.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::Conflict`] where there are as many as there may be.
    pub async fn create_connection_role(
        &self,
        caller: &Caller,
        org: &str,
        form: DefineConnectionRole,
    ) -> Result<CustomConnectionRole, Error> {
        let (mut change, permit) = self.managing(caller, org).await?;
        let id = self.fresh(change.now);
        let role = defined(id, ConnectionRole::from_code(&form.base), &form)?;
        if connection_roles::of_organization(&mut change.tx, permit.org_id()).await?.len() >= MOST_CUSTOM {
            let why =
                format!("There can be {MOST_CUSTOM} custom connection roles. Delete one that nobody needs first.");
            return Err(Error::Conflict(why));
        }
        connection_roles::insert(&mut change.tx, &permit, &role, change.now).await.map_err(taken)?;
        let detail = json!({ "role_name": role.base.label() });
        self.note(&mut change, "connection_role.created", To::from(&role), &detail).await?;
        change.tx.commit().await?;
        Ok(role)
    }

    /// Gives one another name and other permissions, for everybody who has it.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::NotFound`].
    pub async fn update_connection_role(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        form: DefineConnectionRole,
    ) -> Result<CustomConnectionRole, Error> {
        let (mut change, permit) = self.managing(caller, org).await?;
        let before = role_of(&mut change, id).await?;
        let after = defined(before.id.clone(), Some(before.base), &form)?;
        if after == before {
            return Ok(after);
        }
        connection_roles::update(&mut change.tx, &permit, &after).await.map_err(taken)?;
        let labels = |set: ConnectionPermissions| set.iter().map(ConnectionPermission::label).collect::<Vec<_>>();
        let detail = json!({
            "given": labels(before.withheld.without(after.withheld)),
            "taken": labels(after.withheld.without(before.withheld)),
        });
        self.note(&mut change, "connection_role.changed", To::from(&after), &detail).await?;
        change.tx.commit().await?;
        Ok(after)
    }

    /// Deletes one. Whoever has it has the role that it is a variation of.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::NotFound`].
    pub async fn delete_connection_role(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
    ) -> Result<CustomConnectionRole, Error> {
        let (mut change, permit) = self.managing(caller, org).await?;
        let role = role_of(&mut change, id).await?;
        connection_roles::delete(&mut change.tx, &permit, &role.id).await?;
        let detail = json!({ "role_name": role.base.label() });
        self.note(&mut change, "connection_role.deleted", To::from(&role), &detail).await?;
        change.tx.commit().await?;
        Ok(role)
    }
}

/// The role that a form describes.
fn defined(
    id: ConnectionRoleId,
    base: Option<ConnectionRole>,
    form: &DefineConnectionRole,
) -> Result<CustomConnectionRole, Error> {
    // Boxes of one name that were posted without scripts arrive as one text.
    let keeps = ConnectionPermissions::from_codes(&form.keeps.join(" ").replace(',', " "));
    let mut fields = Fields::default();
    let name = fields.take("name", ConnectionRoleName::parse(&form.name));
    let base = fields.take("base", base.filter(|base| *base != ConnectionRole::None).ok_or("Choose a role."));
    let withheld = base.and_then(|base| fields.take("keeps", vary(base, base.permissions().without(keeps))));
    fields.check()?;
    match (name, base, withheld) {
        (Some(name), Some(base), Some(withheld)) => Ok(CustomConnectionRole { id, name, base, withheld }),
        _ => Err(Error::Internal),
    }
}

/// A role of the actor's organization.
async fn role_of(change: &mut Change, id: &str) -> Result<CustomConnectionRole, Error> {
    let id = Id::parse(id).map_err(|InvalidId| Error::NotFound)?;
    let org_id = change.viewer.actor.org_id.clone();
    connection_roles::by_id(&mut change.tx, &org_id, &id).await?.ok_or(Error::NotFound)
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Taken => Error::field("name", "Another connection role here has this name."),
        other => other.into(),
    }
}
