//! Lines of the audit log, as the use cases write them.

use model::{
    CustomRole, OrgId, Timestamp, UserId,
    attribute::Attribute,
    connection::{Connection, CustomConnectionRole},
    explain::past::Was,
    group::Group,
    people::Viewer,
};
use store::{Tx, audit::Event, memberships::Membership};

use crate::{Error, Rollcall, change::Change};

/// Who did something.
pub(crate) struct By<'a> {
    pub(crate) org_id: Option<&'a OrgId>,
    pub(crate) user_id: Option<&'a UserId>,
    pub(crate) name: String,
}

impl<'a> From<&'a Viewer> for By<'a> {
    fn from(viewer: &'a Viewer) -> Self {
        By {
            org_id: Some(&viewer.actor.org_id),
            user_id: Some(&viewer.actor.user_id),
            name: viewer.name.display(&viewer.email),
        }
    }
}

impl<'a> By<'a> {
    /// Nobody: the installation itself, as a rule or the clock wants it.
    pub(crate) fn itself(org_id: &'a OrgId) -> Self {
        By { org_id: Some(org_id), user_id: None, name: "Rollcall".to_owned() }
    }
}

/// To whom something was done.
pub(crate) struct To {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
}

impl To {
    pub(crate) fn nobody() -> Self {
        Self { id: None, name: String::new() }
    }
}

impl From<&Membership> for To {
    fn from(person: &Membership) -> Self {
        Self { id: Some(person.id.to_string()), name: person.name.display(&person.email) }
    }
}

impl From<&CustomRole> for To {
    fn from(role: &CustomRole) -> Self {
        Self { id: Some(role.id.to_string()), name: role.name.as_str().to_owned() }
    }
}

impl From<&Attribute> for To {
    fn from(attribute: &Attribute) -> Self {
        Self { id: Some(attribute.id.to_string()), name: attribute.label.as_str().to_owned() }
    }
}

impl From<&Group> for To {
    fn from(group: &Group) -> Self {
        Self { id: Some(group.id.to_string()), name: group.name.as_str().to_owned() }
    }
}

impl From<&Connection> for To {
    fn from(connection: &Connection) -> Self {
        Self { id: Some(connection.id.to_string()), name: connection.name.as_str().to_owned() }
    }
}

impl From<&CustomConnectionRole> for To {
    fn from(role: &CustomConnectionRole) -> Self {
        Self { id: Some(role.id.to_string()), name: role.name.as_str().to_owned() }
    }
}

/// What somebody was before a change of their access, for the line of it (N6).
pub(crate) fn was(person: &Membership) -> Was {
    Was { person: Some(person.was()), ..Was::default() }
}

impl Rollcall {
    /// Writes down what whoever acts has done, in the transaction of it.
    pub(crate) async fn note(
        &self,
        change: &mut Change,
        action: &'static str,
        to: To,
        detail: &serde_json::Value,
    ) -> Result<(), Error> {
        let event = self.event(change.now, &By::from(&change.viewer), action, to, detail);
        self.record(&mut change.tx, event).await
    }

    pub(crate) fn event(
        &self,
        at: Timestamp,
        by: &By<'_>,
        action: &'static str,
        to: To,
        detail: &serde_json::Value,
    ) -> Event {
        Event {
            id: self.fresh(at),
            org_id: by.org_id.cloned(),
            at,
            actor_id: by.user_id.cloned(),
            actor_name: by.name.clone(),
            action,
            target_id: to.id,
            target_name: to.name,
            detail: detail.to_string(),
        }
    }

    pub(crate) async fn record(&self, tx: &mut Tx, event: Event) -> Result<(), Error> {
        Ok(store::audit::insert(tx, &[event]).await?)
    }
}
