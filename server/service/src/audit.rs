//! Lines of the audit log, as the use cases write them.

use model::{OrgId, Timestamp, UserId, people::Viewer};
use store::{Tx, audit::Event, memberships::Membership};

use crate::{Error, Rollcall};

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

impl Rollcall {
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
