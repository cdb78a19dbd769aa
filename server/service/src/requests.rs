//! Requests for invitations (B25, B26): asking at an organization's door or from an expired link, and the answers.
//!
//! Asking is answered alike for every address, in words, status and time, and the same is written for each (S32): who
//! stands under the address is looked at when the list is read. Nothing goes to the address that asks; the admins get a
//! digest, see [`crate::request_digest`].

use model::{
    Action, Denial, Email, Ends, Kind, OrgId, Permit, PersonName, RequestId, Role, Slug, Source, Timestamp, decide,
    domain::AtDoor,
    id::Id,
    invitation::{InvitationView, InviteOutcome, InviteResult, Recipient},
    people::{OrgSummary, Viewer},
    request::{MAX_ANSWERED, OrgDoor, REQUESTS_PAGE, RequestsPage, parse_message},
    rules::{self, AcceptError, Approval, InvitationState, RequestState},
    time::{DAY, HOUR},
};
use serde_json::json;
use std::{collections::HashMap, time::Duration};
use store::{
    Handle, Tx, domains, invitations, memberships, organizations,
    outbox::{self, NewMessage},
    requests::{self, NewRequest, Request},
};

use crate::{
    Caller, Error, Mail, Rollcall,
    audit::{By, To},
    change::Change,
    error::Fields,
    invitations::Granted,
    limits::{self, Limit},
    paging::cut,
    secrets::hash_token,
};

/// How often anything may be asked from one place within an hour.
const ASKED_BY_PLACE: u64 = 20;
/// How often may be asked for one address within an hour.
const ASKED_BY_EMAIL: u64 = 5;
/// How often one organization may be asked within an hour.
const ASKED_OF_ORG: u64 = 200;
/// What asking takes at least: longer than a digest, which not every request sends.
const AS_LONG: Duration = Duration::from_millis(150);

/// What the form "Request an invitation" holds.
#[derive(Debug, Clone, Default)]
pub struct AskForInvitation {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address.
    pub email: String,
    /// Why, in a few words.
    pub message: String,
}

/// Whether the viewer answers requests: by the right to invite.
pub(crate) fn may_answer_requests(viewer: &Viewer) -> Result<Permit, Denial> {
    decide(&viewer.actor, Action::Invite(viewer.org.policies.default_role), None)
}

/// What is counted of a request: by place, by address in the organization, by organization.
fn tries(caller: &Caller, org_id: &OrgId, email: &Email) -> [Limit; 3] {
    [
        (format!("request:place:{}", caller.address()), ASKED_BY_PLACE),
        (format!("request:email:{org_id}:{}", hash_token(email.as_str())), ASKED_BY_EMAIL),
        (format!("request:org:{org_id}"), ASKED_OF_ORG),
    ]
    .map(|(key, at_most)| Limit { key, at_most, window: HOUR })
}

/// Begins to write, if asking is not too much by now.
async fn unless_too_many(mut tx: Tx, caller: &Caller, limits: &[Limit], now: Timestamp) -> Result<Tx, Error> {
    if let Some(wait_ms) = limits::count(&mut tx, limits, now).await? {
        tx.commit().await?;
        tracing::warn!(client.address = caller.address(), "request for an invitation throttled");
        return Err(limits::too_many(wait_ms));
    }
    Ok(tx)
}

/// Refuses to answer none, or more than fit in one go.
fn selected(ids: &[RequestId]) -> Result<(), Error> {
    match ids.len() {
        0 => Err(Error::field("select", "Select at least one request.")),
        n if n > MAX_ANSWERED => Err(Error::field("select", format!("Select at most {MAX_ANSWERED} at a time."))),
        _ => Ok(()),
    }
}

/// From whom an organization takes requests for invitations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    /// From everybody (policy K).
    Everybody,
    /// From who has an address of one of its own domains, by what was chosen for that.
    OwnDomains,
}

/// Whether invitations to the organization can be asked for, and by whom.
async fn asking<H: Handle>(h: &mut H, (org_id, org): (&OrgId, &OrgSummary)) -> Result<Result<Asking, Denial>, Error> {
    Ok(match (org.archived_at, org.policies.invitation_requests) {
        (Some(_), _) => Err(Denial::Archived),
        (None, true) => Ok(Asking::Everybody),
        (None, false) if domains::opens_any(h, org_id).await? => Ok(Asking::OwnDomains),
        (None, false) => Err(Denial::RequestsOff),
    })
}

impl Rollcall {
    /// The sign-in page of an organization. Its name and address are no secret; who belongs to it is.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn door(&self, org: &str) -> Result<OrgDoor, Error> {
        let (org_id, org) = self.org_at(org).await?;
        let asking = asking(&mut self.db.read().await?, (&org_id, &org)).await?;
        let of_own_domains = asking == Ok(Asking::OwnDomains);
        Ok(OrgDoor { takes_requests: asking.is_ok(), of_own_domains, slug: org.slug, name: org.name })
    }

    async fn org_at(&self, org: &str) -> Result<(OrgId, OrgSummary), Error> {
        let slug = Slug::parse(org).ok_or(Error::NotFound)?;
        let mut conn = self.db.read().await?;
        organizations::by_slug(&mut conn, &slug).await?.ok_or(Error::NotFound)
    }

    /// Asks for an invitation (B25); what is answered does not tell who has one, or is a member (S32). An address that
    /// waits already renews its request. Yields the address as it was read.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::NotFound`], [`Error::TooMany`], [`Error::Denied`] where the organization
    /// takes no requests (policy K), and has no domain by which people come in.
    pub async fn ask_for_invitation(&self, caller: &Caller, org: &str, form: AskForInvitation) -> Result<Email, Error> {
        let (org_id, org) = self.org_at(org).await?;
        asking(&mut self.db.read().await?, (&org_id, &org)).await??;
        let mut fields = Fields::default();
        let name = fields.name(PersonName::parse(&form.first_name, &form.last_name));
        let email = fields.take("email", Email::parse(&form.email));
        let message = fields.take("message", parse_message(&form.message));
        fields.check()?;
        let (Some(name), Some(email), Some(message)) = (name, email, message) else { return Err(Error::Internal) };
        let filed = self.ask_at_door(caller, &org_id, (email.clone(), name, message));
        let (filed, ()) = tokio::join!(filed, tokio::time::sleep(AS_LONG));
        filed?;
        Ok(email)
    }

    async fn ask_at_door(
        &self,
        caller: &Caller,
        org_id: &OrgId,
        (email, name, message): (Email, PersonName, String),
    ) -> Result<(), Error> {
        let now = self.now();
        let limits = tries(caller, org_id, &email);
        let mut tx = unless_too_many(self.db.write().await?, caller, &limits, now).await?;
        organizations::bump_revision(&mut tx, org_id).await?;
        // Behind the revision: the policy may be another one by now.
        let org = organizations::by_id(&mut tx, org_id).await?.ok_or(Error::NotFound)?;
        asking(&mut tx, (org_id, &org)).await??;
        let (at_door, domain) = self.at_door(&mut tx, (org_id, &org), &email).await?;
        if at_door == AtDoor::Nothing {
            // Who belongs to a domain of theirs is nobody's business: it is answered as if the request had been filed.
            return Ok(tx.commit().await?);
        }
        let new = NewRequest { id: self.fresh(now), org_id: org_id.clone(), email, name, message, at: now };
        let request = self.file(&mut tx, caller, &new, To::nobody()).await?;
        let tx = match domain.filter(|_| at_door == AtDoor::LetIn) {
            Some(domain) => self.let_in_by(tx, &domain, &request).await?,
            None => tx,
        };
        self.filed(tx, (org_id, &org), now).await
    }

    /// Asks for a new invitation by the link of one that has expired (B21, N3), whatever policy K says: the organization
    /// has invited this address. The link, which proves the address, stays as it is.
    ///
    /// # Errors
    /// [`Error::Gone`] for a link that is over otherwise, [`Error::Conflict`] for one that is good, [`Error::NotFound`],
    /// [`Error::TooMany`].
    pub async fn ask_again(&self, caller: &Caller, token: &str) -> Result<(), Error> {
        match self.invitation(caller, token).await? {
            InvitationView::Expired { .. } => {}
            InvitationView::Open(_) => {
                return Err(Error::Conflict("This invitation is good. Reload the page to accept it.".to_owned()));
            }
            _ => return Err(self.gone(caller, token).await?),
        }
        let (now, hash) = (self.now(), hash_token(token));
        let mut tx = self.db.write().await?;
        let first = invitations::by_token(&mut tx, &hash).await?.ok_or(Error::NotFound)?;
        let asker = first.person.ok_or_else(withdrawn)?;
        let limits = tries(caller, &first.org_id, &asker.email);
        let mut tx = unless_too_many(tx, caller, &limits, now).await?;
        organizations::bump_revision(&mut tx, &first.org_id).await?;
        // Behind the revision: another one may have been sent, or all of it withdrawn.
        let found = invitations::by_token(&mut tx, &hash).await?.ok_or(Error::NotFound)?;
        let person = memberships::by_id(&mut tx, &found.org_id, &found.membership_id).await?.ok_or_else(withdrawn)?;
        if found.state != InvitationState::Open {
            return Err(Error::Gone(AcceptError::Superseded.to_string()));
        }
        let org = organizations::by_id(&mut tx, &found.org_id).await?.ok_or(Error::NotFound)?;
        if org.archived_at.is_some() {
            return Err(Error::Denied(Denial::Archived));
        }
        let new = NewRequest {
            id: self.fresh(now),
            org_id: found.org_id,
            email: person.email.clone(),
            name: person.name.clone(),
            message: String::new(),
            at: now,
        };
        self.file(&mut tx, caller, &new, To::from(&person)).await?;
        self.filed(tx, (&new.org_id, &org), now).await
    }

    /// Writes a request down, with its audit line.
    async fn file(&self, tx: &mut Tx, caller: &Caller, new: &NewRequest, to: To) -> Result<Request, Error> {
        let id = requests::file(tx, new).await?;
        let by = By { org_id: Some(&new.org_id), user_id: None, name: new.name.display(&new.email) };
        let event = self.event(new.at, &by, "request.filed", to, &json!({ "address": caller.address() }));
        self.record(tx, event).await?;
        Ok(Request { id, email: new.email.clone(), name: new.name.clone(), state: RequestState::Open })
    }

    /// Tells the admins of what was filed, if it is time to.
    async fn filed(&self, mut tx: Tx, org: (&OrgId, &OrgSummary), now: Timestamp) -> Result<(), Error> {
        self.tell_admins(&mut tx, org, now).await?;
        tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(())
    }

    /// A page of the requests that wait for an answer, the newest first (B26).
    ///
    /// # Errors
    /// [`Error::Denied`] for who may not invite.
    pub async fn requests(
        &self,
        caller: &Caller,
        org: &str,
        before: Option<&RequestId>,
    ) -> Result<RequestsPage, Error> {
        let viewer = self.viewer(caller, org).await?;
        may_answer_requests(&viewer)?;
        let now = self.now();
        let mut conn = self.db.read().await?;
        let mut rows = requests::page(&mut conn, &viewer.actor.org_id, before, now).await?;
        let older = cut(&mut rows, REQUESTS_PAGE).map(|row| row.id.clone());
        Ok(RequestsPage { rows, continued: before.is_some(), older, now })
    }

    /// Approves requests: each person is invited as by hand, or sent their invitation again (B26). What inviting says of
    /// an address is the line of its request, which then stays open; a member is refused with B20's error.
    ///
    /// # Errors
    /// [`Error::Denied`] for who may not invite, [`Error::NotFound`] for a request of another organization (S45),
    /// [`Error::Invalid`] for none or too many.
    pub async fn approve_requests(
        &self,
        caller: &Caller,
        org: &str,
        ids: &[RequestId],
    ) -> Result<Vec<InviteResult>, Error> {
        let viewer = self.viewer(caller, org).await?;
        may_answer_requests(&viewer)?;
        selected(ids)?;
        let mut prepared = Vec::new();
        if !viewer.org.policies.onboarding.by_link() {
            // Hashing takes its time, which nobody else should wait for.
            for _ in ids {
                prepared.push(self.temporary(None).await?);
            }
        }
        let mut change = self.change(caller, org).await?;
        change.prepared = prepared;
        let role = change.viewer.org.policies.default_role;
        let permit = may_answer_requests(&change.viewer)?;
        let mut results = Vec::with_capacity(ids.len());
        for request in found(&mut change, ids).await? {
            let outcome = match request.state {
                RequestState::Open => self.approve(&mut change, &permit, &request, role).await?,
                RequestState::Approved | RequestState::Dismissed => InviteOutcome::Answered,
            };
            results.push(InviteResult { entry: request.email.to_string(), outcome });
        }
        change.tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(results)
    }

    /// Does what approving a request is.
    pub(crate) async fn approve(
        &self,
        change: &mut Change,
        permit: &Permit,
        request: &Request,
        role: Role,
    ) -> Result<InviteOutcome, Error> {
        let email = std::slice::from_ref(&request.email);
        let person = memberships::by_emails(&mut change.tx, permit.org_id(), email).await?.pop();
        let standing = person.as_ref().map(|person| person.target(change.now).state);
        let barred = self.is_barred(change, &request.email, Kind::Standard).await?;
        let outcome = match (rules::approval(standing, barred, change.seats().await?), person) {
            (Approval::Refused(why), _) => return why.refusal().ok_or(Error::Internal),
            (Approval::SendAgain, Some(person)) => {
                let (person, permit) = change.permit_on(person.id.as_str(), Action::ResendInvitation).await?;
                match self.send_again(change, &permit, &person).await {
                    Err(Error::TooMany { .. }) => return Ok(InviteOutcome::TooOften),
                    sent => sent?,
                }
            }
            (Approval::Invite | Approval::SendAgain, _) => self.let_in(change, permit, request, role).await?,
        };
        if outcome.is_sent() {
            self.answer(change, permit, request, RequestState::Approved).await?;
        }
        Ok(outcome)
    }

    /// Invites who asked the way that the organization does.
    async fn let_in(
        &self,
        change: &mut Change,
        permit: &Permit,
        request: &Request,
        role: Role,
    ) -> Result<InviteOutcome, Error> {
        let (email, name) = (request.email.clone(), request.name.clone());
        if !change.viewer.org.policies.onboarding.by_link() {
            let temporary = match change.prepared.pop() {
                Some(temporary) => temporary,
                None => self.temporary(None).await?,
            };
            return self.create(change, permit, (name, email), (role, Ends::default()), temporary).await;
        }
        let terms = Granted { kind: Kind::Standard, role, until: None, source: Source::Invited };
        let mut results = self.invite_within(change, vec![Ok(Recipient { email, name })], terms).await?;
        Ok(results.pop().ok_or(Error::Internal)?.outcome)
    }

    /// Dismisses requests (B26), which is safe whatever has become of who asked: nothing of theirs changes. Who has no
    /// other way in is told, once a day at most. Yields who was dismissed, without those that somebody else answered.
    ///
    /// # Errors
    /// As [`Self::approve_requests`].
    pub async fn dismiss_requests(&self, caller: &Caller, org: &str, ids: &[RequestId]) -> Result<Vec<String>, Error> {
        let mut change = self.change(caller, org).await?;
        let permit = may_answer_requests(&change.viewer)?;
        selected(ids)?;
        let found = found(&mut change, ids).await?;
        let emails: Vec<Email> = found.iter().map(|request| request.email.clone()).collect();
        let people = memberships::by_emails(&mut change.tx, permit.org_id(), &emails).await?;
        let standing: HashMap<_, _> = people.iter().map(|m| (&m.email, m.target(change.now).state)).collect();
        let mut dismissed = Vec::with_capacity(found.len());
        for request in found {
            if !self.answer(&mut change, &permit, &request, RequestState::Dismissed).await? {
                continue;
            }
            if rules::tells_dismissal(standing.get(&request.email).copied()) {
                self.tell_dismissed(&mut change, &request.email).await?;
            }
            dismissed.push(request.name.display(&request.email));
        }
        change.tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(dismissed)
    }

    /// Tells an address that it will get no invitation. Anybody may have asked for it, so that it hears so once a day.
    async fn tell_dismissed(&self, change: &mut Change, email: &Email) -> Result<(), Error> {
        let org_id = change.viewer.actor.org_id.clone();
        let key = format!("request:dismissed:{org_id}:{}", hash_token(email.as_str()));
        if limits::count(&mut change.tx, &[Limit { key, at_most: 1, window: DAY }], change.now).await?.is_some() {
            return Ok(());
        }
        let mail = Mail::RequestDismissed { to: email.clone(), org_name: change.viewer.org.name.as_str().to_owned() };
        let message = NewMessage { org_id: Some(org_id), ..self.message(change.now, &mail) };
        Ok(outbox::insert(&mut change.tx, &[message]).await?)
    }

    /// Answers a request, with its audit line; `false` where it was answered before.
    async fn answer(
        &self,
        change: &mut Change,
        permit: &Permit,
        request: &Request,
        how: RequestState,
    ) -> Result<bool, Error> {
        if !requests::answer(&mut change.tx, permit, &request.id, how, change.now).await? {
            return Ok(false);
        }
        let action = if how == RequestState::Approved { "request.approved" } else { "request.dismissed" };
        let to = To { id: Some(request.id.to_string()), name: request.name.display(&request.email) };
        self.note(change, action, to, &json!({})).await?;
        Ok(true)
    }
}

/// The requests of some ids, in their order, all of which have to be of the organization (S45).
async fn found(change: &mut Change, ids: &[RequestId]) -> Result<Vec<Request>, Error> {
    let found = requests::by_ids(&mut change.tx, &change.viewer.actor.org_id, ids).await?;
    let mut found: HashMap<RequestId, Request> = found.into_iter().map(|r| (r.id.clone(), r)).collect();
    ids.iter().map(|id| found.remove(id).ok_or(Error::NotFound)).collect()
}

fn withdrawn() -> Error {
    Error::Gone(AcceptError::Revoked.to_string())
}
