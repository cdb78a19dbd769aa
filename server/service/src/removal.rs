//! Taking somebody out of an organization (B35–B37): what hangs on them is told before, handed over in the same
//! transaction, and what remains of an address that was deleted is a keyed hash.

use model::{
    Actor, Email, Kind, OrgId, Permission, Permit, PersonState, Timestamp, decide,
    id::{Id, InvalidId},
    people::Viewer,
    policy::EmailDomains,
    removal::{Removal, RemovalPlan},
    rules::{self, Barred, InvitationState},
};
use serde_json::json;
use std::collections::HashMap;
use store::{
    Handle,
    memberships::{self, Membership},
    removal::{self, InvitedAs},
    requests, sessions,
    users::{self, User},
};

use crate::{
    Caller, Error, Rollcall,
    audit::{By, To},
    change::Change,
    error::Fields,
    invitations::inviting,
};

/// What [`crate::Sealer::mark`] is told that a hash is for.
const MARKED_AS_TOMBSTONE: &str = "tombstone";

/// What the dialog holds.
#[derive(Debug, Clone, Default)]
pub struct RemovePerson {
    /// The address, typed once more, of somebody who has joined.
    pub confirm: String,
    /// The address of who takes over; nothing means who removes.
    pub heir: String,
}

impl Rollcall {
    /// What would become of whom, told before anybody goes (B35, B37).
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Denied`].
    pub async fn plan_removal(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        removal: Option<Removal>,
    ) -> Result<RemovalPlan, Error> {
        let viewer = self.viewer(caller, org).await?;
        let removal = removal.ok_or(Error::NotFound)?;
        let id = Id::parse(id).map_err(|InvalidId| Error::NotFound)?;
        let now = self.now();
        let mut conn = self.db.read().await?;
        let person = memberships::by_id(&mut conn, &viewer.actor.org_id, &id).await?.ok_or(Error::NotFound)?;
        decide(&viewer.actor, removal.action(), Some(&person.target(now)))?;
        let mut impact = removal::impact(&mut conn, &person, now).await?;
        let passing: u64 = passing_on(&mut conn, &viewer, &person, now).await?.iter().map(|terms| terms.open).sum();
        impact.lost_invitations = impact.invitations.saturating_sub(passing);
        impact.invitations = passing;
        Ok(RemovalPlan {
            removal,
            impact,
            has_account: person.user_id.is_some(),
            heir: viewer.email,
            email_reuse: viewer.org.policies.email_reuse,
            person: person.into_row(now),
        })
    }

    /// Deletes somebody for good, or takes them out of the organization. Yields what they were called.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::NotFound`], [`Error::Denied`], [`Error::Conflict`] for the last Owner.
    pub async fn remove_person(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        removal: Option<Removal>,
        form: RemovePerson,
    ) -> Result<String, Error> {
        let mut change = self.change(caller, org).await?;
        let removal = removal.ok_or(Error::NotFound)?;
        let (person, _) = change.permit_on(id, removal.action()).await?;
        let mut fields = Fields::default();
        if person.target(change.now).state.accepted() {
            fields.take("confirm", confirmed(&form.confirm, &person.email));
        }
        let heir = heir(&mut change, &person, form.heir.trim()).await?;
        let heir = fields.take("heir", heir);
        fields.check()?;
        let heir = heir.ok_or(Error::Internal)?;
        let person = self.put_away(&mut change, id, removal, heir.as_ref()).await?;
        change.tx.commit().await?;
        Ok(person.name.display(&person.email))
    }

    /// Removes inside a change, and hands over to the heir, or else to who acts; yields the person as they were before.
    pub(crate) async fn put_away(
        &self,
        change: &mut Change,
        id: &str,
        how: Removal,
        heir: Option<&Membership>,
    ) -> Result<Membership, Error> {
        let (person, permit) = change.permit_on(id, how.action()).await?;
        let standing = memberships::standing(&mut change.tx, &person).await?;
        rules::remove(standing).map_err(|e| Error::Conflict(e.to_string()))?;
        change.close_links(&person.id, InvitationState::Revoked).await?;
        let mut handed_over = 0;
        if let Some(user_id) = &person.user_id {
            let to = heir.and_then(|heir| heir.user_id.as_ref()).unwrap_or(&change.viewer.actor.user_id);
            for terms in passing_on(&mut change.tx, &change.viewer, &person, change.now).await? {
                handed_over += removal::hand_over(&mut change.tx, &permit, (user_id, to), terms).await?;
            }
            removal::stop_jobs(&mut change.tx, &permit, user_id, change.now).await?;
        }
        memberships::delete(&mut change.tx, &permit, &person).await?;
        if how == Removal::Delete {
            self.forget(change, &permit, &person).await?;
        }
        if let Some(user_id) = &person.user_id {
            sessions::end_all_without_access(&mut change.tx, user_id).await?;
        }
        let heir = heir.map_or_else(|| By::from(&change.viewer).name, |heir| heir.name.display(&heir.email));
        let detail = match handed_over {
            0 => json!({ "status": person.status.code() }),
            n => json!({ "status": person.status.code(), "handed_over": n, "to_heir": heir }),
        };
        let action = match how {
            Removal::Delete => "membership.deleted",
            Removal::RevokeMembership => "membership.revoked",
        };
        self.note(change, action, To::from(&person), &detail).await?;
        Ok(person)
    }

    /// Leaves nothing of somebody who was deleted but a tombstone, and of their account a shell, where it belongs nowhere
    /// else.
    async fn forget(&self, change: &mut Change, permit: &Permit, person: &Membership) -> Result<(), Error> {
        requests::forget(&mut change.tx, permit, &person.email).await?;
        let Some(user_id) = &person.user_id else { return Ok(()) };
        let hash = self.tombstone_of(permit.org_id(), &person.email);
        removal::bury(&mut change.tx, permit, &hash, change.now).await?;
        let account = User { id: user_id.clone(), email: person.email.clone(), name: person.name.clone() };
        users::erase(&mut change.tx, &account, change.now).await?;
        Ok(())
    }

    /// What is stored of an address whose user was deleted: without the installation's key it cannot be told from any
    /// other, and two organizations' are not alike.
    fn tombstone_of(&self, org_id: &OrgId, email: &Email) -> String {
        self.sealer.mark(MARKED_AS_TOMBSTONE, &format!("{org_id}\n{email}"))
    }

    /// Those of the addresses under which nobody new can come into the organization (policy C, and its domains).
    pub(crate) async fn barred<H: Handle>(
        &self,
        h: &mut H,
        viewer: &Viewer,
        (emails, kind): (&[Email], Kind),
        now: Timestamp,
    ) -> Result<HashMap<Email, Barred>, Error> {
        let (org_id, policies) = (&viewer.actor.org_id, &viewer.org.policies);
        let marked: Vec<(Email, String)> =
            emails.iter().map(|email| (email.clone(), self.tombstone_of(org_id, email))).collect();
        let buried = removal::buried(h, org_id, &marked).await?;
        // Who belongs to another organization has an address of that one.
        let domains = if kind == Kind::External { &EmailDomains::ANY } else { &policies.email_domains };
        let judged = emails.iter().filter_map(|email| {
            let retired = rules::retired(buried.get(email).copied(), policies.email_reuse, now);
            Some((email.clone(), rules::barred(email, retired, domains)?))
        });
        Ok(judged.collect())
    }

    /// The same of one address.
    pub(crate) async fn is_barred(
        &self,
        change: &mut Change,
        email: &Email,
        kind: Kind,
    ) -> Result<Option<Barred>, Error> {
        let Change { tx, viewer, now, .. } = change;
        Ok(self.barred(tx, viewer, (std::slice::from_ref(email), kind), *now).await?.remove(email))
    }
}

/// The terms of those invitations of somebody who goes that stay good when somebody else answers for them. Who goes must still
/// be able to send them, so that none comes to life again by it; and who lets somebody answer for them must be able to as well,
/// so that nobody grants by it what they may not. Behind the others stands nobody any more, so that they are not accepted.
async fn passing_on<H: Handle>(
    h: &mut H,
    viewer: &Viewer,
    of: &Membership,
    now: Timestamp,
) -> Result<Vec<InvitedAs>, Error> {
    let Some((user_id, sender)) = of.user_id.as_ref().zip(of.actor(&viewer.org, now)) else { return Ok(Vec::new()) };
    let mut terms = removal::invited_as(h, &of.org_id, user_id, now).await?;
    let may = |actor: &Actor, as_what: &InvitedAs| decide(actor, inviting(as_what.kind, as_what.role), None).is_ok();
    terms.retain(|as_what| may(&sender, as_what) && may(&viewer.actor, as_what));
    Ok(terms)
}

/// Whether the address was typed once more.
fn confirmed(typed: &str, email: &Email) -> Result<(), String> {
    match Email::parse(typed) {
        Ok(typed) if typed == *email => Ok(()),
        _ => Err(format!("Type {email} to confirm.")),
    }
}

/// Who takes over: `Ok(None)` where nobody was named.
async fn heir(
    change: &mut Change,
    person: &Membership,
    named: &str,
) -> Result<Result<Option<Membership>, &'static str>, Error> {
    if named.is_empty() {
        return Ok(Ok(None));
    }
    let Ok(email) = Email::parse(named) else { return Ok(Err("Enter the address of a person in this organization.")) };
    let org_id = change.viewer.actor.org_id.clone();
    let found = memberships::by_emails(&mut change.tx, &org_id, &[email]).await?.into_iter().next();
    Ok(match found {
        Some(heir) if heir.id == person.id => Err("This is the person who goes. Name somebody who stays."),
        Some(heir) => {
            let actor = heir.actor(&change.viewer.org, change.now).filter(|a| a.state == PersonState::Active);
            match actor {
                Some(actor) if actor.permissions().has(Permission::InvitePeople) => Ok(Some(heir)),
                Some(_) => Err("This person may not invite, and so cannot answer for invitations. Name an admin."),
                None => Err("This person is not active here. Name somebody who is."),
            }
        }
        None => Err("Nobody in this organization has this address."),
    })
}
