//! Time-boxed access (N5): setting ends, and following the clock. What somebody is at a moment is computed whenever they are
//! read, so nothing here has to run in time for an end to hold; it keeps lists, counts, seats, the audit log and the mail in
//! step. Whoever reads a list or changes people does that on the way, and housekeeping does it for the rest.

use model::{
    Action, Ends, Kind, OrgId, Permit, Role, Status, Timestamp, decide, ends::parse_last_day, people::OrgSummary,
    rules, support::bounded,
};
use serde_json::json;
use store::{
    Tx, ends,
    memberships::{self, Membership},
    organizations,
    outbox::{self, NewMessage},
    sessions,
};

use crate::{
    Caller, Error, Mail, Rollcall,
    audit::{By, To, was},
    change::Change,
    error::Fields,
};

/// How many people are brought in step at a time.
const AT_ONCE: u32 = 100;

/// What the dialog "Time limits" holds: last days as `2026-12-05`, empty where there is none.
#[derive(Debug, Clone, Default)]
pub struct SetEnds {
    /// Of access.
    pub access_until: String,
    /// Of the role.
    pub role_until: String,
    /// The role afterwards.
    pub role_then: String,
}

impl Rollcall {
    /// Lets access and role of somebody end, each on its day, or not (N5). Yields the person's name.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::NotFound`].
    pub async fn set_ends(&self, caller: &Caller, org: &str, id: &str, form: SetEnds) -> Result<String, Error> {
        let now = self.now();
        let mut fields = Fields::default();
        let access = fields.take("access_until", parse_last_day(&form.access_until, now));
        let role_at = fields.take("role_until", parse_last_day(&form.role_until, now));
        let mut change = self.change(caller, org).await?;
        let (person, _) = change.permit_on(id, Action::ViewPeople).await?;
        let role = match role_at {
            Some(Some(at)) => {
                let then = Role::from_code(&form.role_then).ok_or("Choose the role that follows.".to_owned());
                let end = then.and_then(|then| rules::end_role(person.role, at, then).map_err(|why| why.to_string()));
                fields.take("role_then", end).map(Some)
            }
            other => other.map(|_| None),
        };
        fields.check()?;
        let (Some(access), Some(role)) = (access, role) else { return Err(Error::Internal) };
        let held = person.ends.pending(now);
        let mut permit = None;
        if access != held.access {
            permit = Some(change.permit_on(id, Action::LimitAccess).await?.1);
        }
        if role != held.role {
            let then = role.map_or(person.role, |end| end.then);
            permit = Some(change.permit_on(id, Action::LimitRole(then)).await?.1);
        }
        let name = person.name.display(&person.email);
        let Some(permit) = permit else { return Ok(name) };
        let wanted = Ends { access, role, set_by: Some(change.actor().user_id.clone()) };
        self.put_ends(&mut change, (&person, &permit), &wanted).await?;
        change.tx.commit().await?;
        Ok(name)
    }

    /// Puts ends in place inside a change.
    pub(crate) async fn put_ends(
        &self,
        change: &mut Change,
        (person, permit): (&Membership, &Permit),
        wanted: &Ends,
    ) -> Result<(), Error> {
        if person.kind == Kind::Support {
            bounded(wanted.access, change.now).map_err(|why| Error::field("access_until", why))?;
        }
        ends::set(&mut change.tx, permit, person, wanted, change.now).await?;
        if let (Status::Invited, Some(end)) = (person.status, wanted.access) {
            ends::shorten_invitation(&mut change.tx, permit, person, end).await?;
        }
        let detail = json!({
            "access_until": wanted.access.map(Timestamp::last_day_words),
            "role_until": wanted.role.map(|end| end.at.last_day_words()),
            "to": wanted.role.map(|end| end.then.code()),
            "was": was(person),
        });
        self.note(change, "membership.limited", To::from(person), &detail).await
    }

    /// Brings the organization in step with the clock, for who reads its list. As far as that is possible: what cannot be
    /// written can still be read, and each row is judged by the clock.
    pub(crate) async fn follow_clock(&self, org_id: &OrgId) {
        if let Err(error) = self.try_follow_clock(org_id).await {
            tracing::warn!(error.message = %error, "whose access has ended is counted as before");
        }
    }

    async fn try_follow_clock(&self, org_id: &OrgId) -> Result<(), Error> {
        let mut tx = self.db.write().await?;
        organizations::bump_revision(&mut tx, org_id).await?;
        self.lapse_due(&mut tx, org_id).await?;
        tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(())
    }

    /// Brings every organization in step in which something is due.
    pub(crate) async fn follow_clock_everywhere(&self) -> Result<(), Error> {
        let due = {
            let mut conn = self.db.read().await?;
            ends::organizations_due(&mut conn, self.now()).await?
        };
        for org_id in due {
            self.try_follow_clock(&org_id).await?;
        }
        Ok(())
    }

    /// Stores what the clock has made of people of the organization, behind its revision, and writes to those whose end
    /// comes near.
    pub(crate) async fn lapse_due(&self, tx: &mut Tx, org_id: &OrgId) -> Result<(), Error> {
        let now = self.now();
        let due = ends::due(tx, org_id, now, AT_ONCE).await?;
        if due.is_empty() {
            return Ok(());
        }
        let org = organizations::by_id(tx, org_id).await?.ok_or(Error::Internal)?;
        for person in due {
            let lapse = person.lapse(now);
            ends::lapse(tx, &person, &lapse).await?;
            if lapse.role() != person.role {
                let detail = json!({ "from": person.role.code(), "to": lapse.role().code(), "was": was(&person) });
                let event = self.event(now, &By::itself(org_id), "membership.role_ended", To::from(&person), &detail);
                self.record(tx, event).await?;
            }
            if lapse.status() != person.status {
                if let Some(user_id) = &person.user_id {
                    sessions::end_all_without_access(tx, user_id).await?;
                }
                let detail = json!({ "was": was(&person) });
                let event = self.event(now, &By::itself(org_id), "membership.access_ended", To::from(&person), &detail);
                self.record(tx, event).await?;
            }
            if let Some(soon) = lapse.reminder() {
                self.remind(tx, &org, &person, soon, now).await?;
            }
        }
        Ok(())
    }

    /// Writes to somebody that an end comes near, and to who set it while that person may still move it.
    async fn remind(
        &self,
        tx: &mut Tx,
        org: &OrgSummary,
        person: &Membership,
        soon: &Ends,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mail = |to: &Membership, whose: Option<String>, link: String| Mail::AccessEnds {
            to: to.email.clone(),
            to_name: to.name.full(),
            org_name: org.name.as_str().to_owned(),
            whose,
            access: soon.access,
            role: soon.role.map(|end| (person.role.label().to_owned(), end.at, end.then.label().to_owned())),
            link,
        };
        let org_url = format!("{}/o/{}", self.settings.public_url, org.slug.as_str());
        let mut mails = vec![mail(person, None, org_url.clone())];
        let setter = match &soon.set_by {
            Some(user_id) => memberships::by_user(tx, &person.org_id, user_id).await?,
            None => None,
        };
        let may_still = |setter: &Membership| {
            setter
                .actor(org, now)
                .is_some_and(|actor| decide(&actor, Action::LimitAccess, Some(&person.target(now))).is_ok())
        };
        if let Some(setter) = setter.filter(may_still) {
            let whose = person.name.display(&person.email);
            mails.push(mail(&setter, Some(whose), format!("{org_url}/users/{}", person.id)));
        }
        let messages: Vec<NewMessage> = mails
            .iter()
            .map(|mail| NewMessage { org_id: Some(person.org_id.clone()), ..self.message(now, mail) })
            .collect();
        Ok(outbox::insert(tx, &messages).await?)
    }
}
