//! What the admins hear of requests for invitations (B26): a digest, at most one an hour. It is written in the transaction
//! that files a request; what came within the hour is told with the next request, or by housekeeping, whichever is first.

use model::{Action, OrgId, Timestamp, decide, people::OrgSummary, request::RequestRow, rules};
use store::{
    Tx, memberships, organizations,
    outbox::{self, NewMessage},
    requests,
};

use crate::{Error, Mail, Rollcall};

/// How many of those who wait a digest names.
const NAMED: usize = 10;

impl Rollcall {
    /// Tells the admins who waits, where they have yet to hear of somebody and the last time was long enough ago. Who is
    /// stale waits for nothing.
    pub(crate) async fn tell_admins(
        &self,
        tx: &mut Tx,
        (org_id, org): (&OrgId, &OrgSummary),
        now: Timestamp,
    ) -> Result<(), Error> {
        // Told once it is restored.
        if org.archived_at.is_some()
            || !rules::digest_is_due(requests::last_told(tx, org_id).await?, now)
            || requests::news(tx, org_id, now).await?.iter().all(RequestRow::is_stale)
        {
            return Ok(());
        }
        requests::mark_told(tx, org_id, now).await?;
        let mut newest = requests::page(tx, org_id, None, now).await?;
        let unseen = requests::count_open(tx, org_id).await?.saturating_sub(newest.len() as u64);
        newest.retain(|row| !row.is_stale());
        let named: Vec<_> = newest.iter().take(NAMED).map(|row| (row.display_name(), row.email.clone())).collect();
        let more = unseen + (newest.len() - named.len()) as u64;
        let list = format!("{}/o/{}/users?tab=requests", self.settings.public_url, org.slug.as_str());
        let role = org.policies.default_role;
        let admins = memberships::admins(tx, org_id).await?;
        let may_invite = |actor: &model::Actor| decide(actor, Action::Invite(role), None).is_ok();
        let messages: Vec<NewMessage> = admins
            .into_iter()
            .filter(|admin| admin.actor(org, now).as_ref().is_some_and(may_invite))
            .map(|admin| {
                let mail = Mail::RequestDigest {
                    to: admin.email,
                    to_name: admin.name.full(),
                    org_name: org.name.as_str().to_owned(),
                    waiting: named.clone(),
                    more,
                    list: list.clone(),
                };
                NewMessage { org_id: Some(org_id.clone()), ..self.message(now, &mail) }
            })
            .collect();
        Ok(outbox::insert(tx, &messages).await?)
    }

    /// Sends the digests that had to wait.
    pub(crate) async fn tell_of_requests(&self) -> Result<(), Error> {
        let waiting = {
            let mut conn = self.db.read().await?;
            requests::untold(&mut conn).await?
        };
        for org_id in waiting {
            let now = self.now();
            let mut tx = self.db.write().await?;
            organizations::hold(&mut tx, &org_id).await?;
            if let Some(org) = organizations::by_id(&mut tx, &org_id).await? {
                self.tell_admins(&mut tx, (&org_id, &org), now).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }
}
