//! What was done by and to a person, read from the audit log.

use model::{
    Action, AuditId,
    activity::{ACTIVITY_PAGE, Activity, ActivityPage, Detail},
    decide,
    id::{Id, InvalidId},
};
use store::{
    audit::{self, About, Line},
    memberships::Membership,
};

use crate::{Caller, Error, Rollcall, paging::cut};

impl Rollcall {
    /// A page of what was done in this organization by and to a person, the newest first, from before a line on.
    ///
    /// # Errors
    /// [`Error::Denied`] for who may not read the audit log; [`Error::NotFound`].
    pub async fn activity(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        before: Option<&AuditId>,
    ) -> Result<ActivityPage, Error> {
        let viewer = self.viewer(caller, org).await?;
        let id = Id::parse(id).map_err(|InvalidId| Error::NotFound)?;
        let now = self.now();
        let person = self.profile_of(caller, &viewer, &id).await?.membership;
        decide(&viewer.actor, Action::ViewAudit, Some(&person.target(now)))?;
        let about = About { org_id: &person.org_id, membership_id: &person.id, user_id: person.user_id.as_ref() };
        let mut conn = self.db.read().await?;
        let mut lines = audit::about(&mut conn, about, before, ACTIVITY_PAGE + 1).await?;
        let older = cut(&mut lines, ACTIVITY_PAGE).map(|line| line.id.clone());
        let lines = lines.into_iter().map(|line| told(line, &person)).collect();
        Ok(ActivityPage { lines, continued: before.is_some(), older, now })
    }
}

/// A stored line as it is told on the page of a person.
fn told(line: Line, person: &Membership) -> Activity {
    let by_them = line.actor_id.is_some() && line.actor_id.as_deref() == person.user_id.as_ref().map(Id::as_str);
    Activity {
        to_themselves: by_them && line.target_id.as_deref() == Some(person.id.as_str()),
        // What an older or newer release wrote may have other facts; the sentence does without.
        detail: serde_json::from_str::<Detail>(&line.detail).unwrap_or_default(),
        id: line.id,
        at: line.at,
        actor_name: line.actor_name,
        target_name: line.target_name,
        action: line.action,
    }
}
