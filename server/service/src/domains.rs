//! Domains of an organization (B50): added, proven by a record in DNS, given up; and how people come in who have an address
//! of one.
//!
//! What was chosen for a domain is done on behalf of who chose it, as they are when somebody comes: who may not invite any more
//! lets nobody in. It goes the ways that inviting, approving and accepting go.

use model::{
    Action, DomainId, Email, Kind, Permit, Policies, Role, Slug, Source, Timestamp, decide,
    domain::{
        AtDoor, AutoJoin, CheckResult, Domain, DomainName, DomainRow, DomainsPage, JoinOffer, TooManyDomains, at_door,
        compare,
    },
    id::{Id as _, InvalidId},
    invitation::{InviteOutcome, Recipient},
    people::{OrgSummary, Viewer},
    policy::MAX_DOMAINS,
    rules::{self, InvitationState},
    text::hex,
    time::HOUR,
};
use serde_json::json;
use store::{
    Handle, StoreError, Tx,
    domains::{self, NewDomain, Stored},
    invitations, memberships, organizations, outbox,
    requests::Request,
    sessions::{self, Signed},
    users,
};

use crate::{
    Caller, Error, Rollcall,
    audit::{By, To},
    change::{Change, on_behalf_of},
    error::Fields,
    invitations::{Granted, may_grant_anew},
    limits::{self, Limit},
    onboarding::is_by_password,
};

const CHOOSE: &str = "Choose one of these.";
/// How often one person may have records looked for within an hour.
const CHECKS_BY_PERSON: u64 = 30;
/// How often an organization may.
const CHECKS_BY_ORGANIZATION: u64 = 60;
/// How many are let in at an organization's door within an hour. Anybody can type any address, and each takes a seat: who
/// comes after that waits for the admins.
const LET_IN_BY_ORGANIZATION: u64 = 30;

/// What the dialog of how people come in holds.
#[derive(Debug, Clone, Default)]
pub struct SetAutoJoin {
    /// Which domain.
    pub id: String,
    /// Code of an [`AutoJoin`].
    pub mode: String,
    /// Code of a role.
    pub role: String,
}

fn parse_id(id: &str) -> Result<DomainId, Error> {
    DomainId::parse(id).map_err(|InvalidId| Error::NotFound)
}

impl From<&Domain> for To {
    fn from(domain: &Domain) -> Self {
        Self { id: Some(domain.id.to_string()), name: domain.name.to_string() }
    }
}

impl Change {
    /// A domain of the actor's organization.
    async fn domain(&mut self, id: &str) -> Result<Domain, Error> {
        let found = domains::by_id(&mut self.tx, &self.viewer.actor.org_id, &parse_id(id)?).await?;
        Ok(found.ok_or(Error::NotFound)?.domain)
    }
}

impl Rollcall {
    /// The domains of an organization.
    ///
    /// # Errors
    /// [`Error::Denied`] for who may not add any.
    pub async fn domains(&self, caller: &Caller, org: &str) -> Result<DomainsPage, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ManageDomains, None)?;
        let now = self.now();
        let mut conn = self.db.read().await?;
        let mut rows = Vec::new();
        for stored in domains::of_organization(&mut conn, &viewer.actor.org_id).await? {
            let lapsed = if stored.domain.auto_join.lets_in() && sponsor(&mut conn, &stored, now).await?.is_none() {
                Some(called(&mut conn, &stored).await?)
            } else {
                None
            };
            rows.push(DomainRow { domain: stored.domain, lapsed });
        }
        Ok(DomainsPage { rows, now })
    }

    /// Adds a domain, which is pending then. Whether another organization has it is told by nothing here.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`].
    pub async fn add_domain(&self, caller: &Caller, org: &str, name: &str) -> Result<DomainName, Error> {
        let mut change = self.change_beside_people(caller, org).await?;
        let permit = decide(change.actor(), Action::ManageDomains, None)?;
        let mut fields = Fields::default();
        let name = fields.take("domain", DomainName::parse(name));
        fields.check()?;
        let name = name.ok_or(Error::Internal)?;
        let there = domains::of_organization(&mut change.tx, permit.org_id()).await?;
        if there.iter().any(|stored| stored.domain.name == name) {
            return Err(Error::field("domain", format!("{name} is on the list already.")));
        }
        if there.len() >= MAX_DOMAINS {
            return Err(Error::field("domain", TooManyDomains));
        }
        let mut token = [0; 16];
        self.entropy.fill(&mut token);
        let token = hex(&token);
        let new = NewDomain { id: self.fresh(change.now), name: name.clone(), token, at: change.now };
        domains::insert(&mut change.tx, &permit, &new).await?;
        let to = To { id: Some(new.id.to_string()), name: name.to_string() };
        self.note(&mut change, "domain.added", to, &json!({})).await?;
        change.tx.commit().await?;
        Ok(name)
    }

    /// Looks for the record of a domain, which is the organization's from then on if it is there. One that was verified
    /// stays so.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a domain of another organization, [`Error::Denied`], [`Error::TooMany`] after a few tries.
    pub async fn check_domain(&self, caller: &Caller, org: &str, id: &str) -> Result<(Domain, CheckResult), Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ManageDomains, None)?;
        let org_id = &viewer.actor.org_id;
        let wanted = {
            let mut conn = self.db.read().await?;
            domains::by_id(&mut conn, org_id, &parse_id(id)?).await?.ok_or(Error::NotFound)?.domain
        };
        let limits = [
            (format!("domain_check:person:{}", viewer.actor.user_id), CHECKS_BY_PERSON),
            (format!("domain_check:organization:{org_id}"), CHECKS_BY_ORGANIZATION),
        ]
        .map(|(key, at_most)| Limit { key, at_most, window: HOUR });
        let mut tx = self.db.write().await?;
        let wait = limits::count(&mut tx, &limits, self.now()).await?;
        tx.commit().await?;
        if let Some(wait) = wait {
            return Err(limits::too_many(wait));
        }
        // Between two transactions: nobody waits for somebody else's DNS.
        let texts = match &self.resolver {
            Some(resolver) => resolver.texts(&wanted.name.record_name()).await.ok(),
            None => None,
        };
        let found = compare(texts.as_deref(), &wanted.record_value());

        let mut change = self.change_beside_people(caller, org).await?;
        let permit = decide(change.actor(), Action::ManageDomains, None)?;
        // It may be gone meanwhile, and have been added again with another record.
        let domain =
            Some(change.domain(id).await?).filter(|domain| domain.token == wanted.token).ok_or(Error::NotFound)?;
        let result = match (found, domain.verified_at) {
            (CheckResult::Found, None) => self.prove(&mut change, &permit, &domain).await?,
            (found, _) => found,
        };
        domains::note_check(&mut change.tx, &permit, &domain.id, result, change.now).await?;
        let proven = domain.verified_at.is_none() && result == CheckResult::Found;
        let action = if proven { "domain.verified" } else { "domain.checked" };
        let detail = json!({ "result": result.code() });
        self.note(&mut change, action, To::from(&domain), &detail).await?;
        change.tx.commit().await?;
        Ok((domain, result))
    }

    /// Makes a domain the organization's whose record was found, unless another one's it is.
    async fn prove(&self, change: &mut Change, permit: &Permit, domain: &Domain) -> Result<CheckResult, Error> {
        if domains::verified(&mut change.tx, &domain.name).await?.is_some() {
            return Ok(CheckResult::Taken);
        }
        match domains::verify(&mut change.tx, permit, &domain.id, change.now).await {
            Ok(()) => Ok(CheckResult::Found),
            // In this very moment; what was written is lost, and the next look tells.
            Err(StoreError::Taken) => Err(Error::Conflict(CheckResult::Taken.sentence().to_owned())),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a domain away. Whoever came in by it stays.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the name of a verified one was typed, [`Error::NotFound`], [`Error::Denied`].
    pub async fn delete_domain(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        confirm: &str,
    ) -> Result<DomainName, Error> {
        let mut change = self.change_beside_people(caller, org).await?;
        let permit = decide(change.actor(), Action::DeleteDomain, None)?;
        let domain = change.domain(id).await?;
        let typed = DomainName::parse(confirm).is_ok_and(|typed| typed == domain.name);
        if domain.verified_at.is_some() && !typed {
            return Err(Error::field("confirm", format!("Type {} to confirm.", domain.name)));
        }
        if !domains::delete(&mut change.tx, &permit, &domain.id).await? {
            return Err(Error::NotFound);
        }
        let detail = json!({ "state": domain.state() });
        self.note(&mut change, "domain.deleted", To::from(&domain), &detail).await?;
        change.tx.commit().await?;
        Ok(domain.name)
    }

    /// Chooses how people come in who have an address of a verified domain. It is a policy, and who lets people in without
    /// looking has to be allowed to invite them.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::NotFound`], [`Error::Denied`], [`Error::Conflict`] for one that is pending.
    pub async fn set_auto_join(&self, caller: &Caller, org: &str, form: SetAutoJoin) -> Result<DomainName, Error> {
        let mut change = self.change_beside_people(caller, org).await?;
        let permit = decide(change.actor(), Action::EditPolicies, None)?;
        let domain = change.domain(&form.id).await?;
        let mut fields = Fields::default();
        let mode = fields.take("mode", AutoJoin::from_code(&form.mode).ok_or(CHOOSE));
        let role = Role::from_code(&form.role).filter(|role| Policies::FIRST_ROLES.contains(role));
        let role = fields.take("role", role.ok_or(CHOOSE));
        fields.check()?;
        let (Some(mode), Some(role)) = (mode, role) else { return Err(Error::Internal) };
        if mode.lets_in() {
            decide(change.actor(), Action::Invite(role), None)?;
        }
        if !domains::set_auto_join(&mut change.tx, &permit, &domain.id, (mode, role)).await? {
            return Err(Error::Conflict("Verify the domain first: until then it may be anybody's.".to_owned()));
        }
        let detail = json!({ "from": domain.auto_join.code(), "to": mode.code(), "role": role.code() });
        self.note(&mut change, "domain.auto_join_changed", To::from(&domain), &detail).await?;
        change.tx.commit().await?;
        Ok(domain.name)
    }

    /// What comes of asking with an address at the door of an organization, and by which domain.
    pub(crate) async fn at_door<H: Handle>(
        &self,
        h: &mut H,
        (org_id, org): (&model::OrgId, &OrgSummary),
        email: &Email,
    ) -> Result<(AtDoor, Option<Stored>), Error> {
        let of_email = match DomainName::of(email) {
            Some(name) => domains::verified(h, &name).await?.filter(|stored| stored.org_id == *org_id),
            None => None,
        };
        let choice = of_email.as_ref().map(|stored| stored.domain.auto_join);
        Ok((at_door(&org.policies, choice), of_email))
    }

    /// Approves what somebody has just asked for, on behalf of who chose so for the domain of the address. Where that cannot
    /// be, for whatever reason, the request stays for the admins, and who asked is told the same.
    pub(crate) async fn let_in_by(&self, mut tx: Tx, stored: &Stored, request: &Request) -> Result<Tx, Error> {
        let now = self.now();
        let Some((viewer, permit)) = sponsor(&mut tx, stored, now).await? else { return Ok(tx) };
        self.lapse_due(&mut tx, &stored.org_id).await?;
        let email = std::slice::from_ref(&request.email);
        let person = memberships::by_emails(&mut tx, &stored.org_id, email).await?.pop();
        // Another temporary password takes its time to be hashed, by which it could be told who has one.
        if person.is_some_and(|person| is_by_password(&viewer, &person)) {
            return Ok(tx);
        }
        let key = format!("domain_let_in:{}", stored.org_id);
        let limit = Limit { key, at_most: LET_IN_BY_ORGANIZATION, window: HOUR };
        if limits::count(&mut tx, &[limit], now).await?.is_some() {
            return Ok(tx);
        }
        let mut change = Change { tx, viewer, session_id: None, now, prepared: Vec::new() };
        let outcome = match self.approve(&mut change, &permit, request, stored.domain.role).await {
            Ok(outcome) => outcome,
            Err(error) if error.may_pass() || matches!(error, Error::Disk(_) | Error::Internal) => return Err(error),
            // Such as of somebody whose access would end before the invitation did.
            Err(_) => return Ok(change.tx),
        };
        if outcome.is_sent() {
            let to = To { id: Some(request.id.to_string()), name: request.name.display(&request.email) };
            let detail = json!({ "domain": stored.domain.name });
            let event = self.event(now, &By::itself(&stored.org_id), "domain.let_in", to, &detail);
            self.record(&mut change.tx, event).await?;
        }
        Ok(change.tx)
    }

    /// The organization that somebody can join by the domain of their address.
    pub(crate) async fn joinable<H: Handle>(&self, h: &mut H, signed: &Signed) -> Result<Option<JoinOffer>, Error> {
        let now = self.now();
        let Some(stored) = opened_to(h, signed).await? else { return Ok(None) };
        let Some((viewer, _)) = sponsor(h, &stored, now).await? else { return Ok(None) };
        if !viewer.org.policies.onboarding.by_link() {
            return Ok(None);
        }
        let emails = std::slice::from_ref(&signed.email);
        let mut ground = self.ground(h, &viewer, (emails, Kind::Standard), now).await?;
        let person = ground.people.remove(&signed.email);
        let standing = person.as_ref().map(|person| person.target(now).state);
        let comes_over = person.as_ref().is_some_and(|person| person.kind != Kind::Standard);
        let barred = ground.barred.remove(&signed.email);
        let refused = rules::verdict_of((standing, comes_over), barred, ground.seats).refusal();
        let Domain { id, name, role, .. } = stored.domain;
        let terms = (Kind::Standard, role);
        let may_come = person.is_none_or(|person| may_grant_anew(&viewer, &person, terms, now).is_ok());
        Ok((refused.is_none() && may_come).then_some(JoinOffer { id, name, org_name: viewer.org.name, role }))
    }

    /// Joins an organization by a domain: whoever is signed in with an address of it and has proven to read its mailbox is
    /// invited, and accepts, in one transaction.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whom it is not open, [`Error::Conflict`] with what inviting the address says.
    pub async fn join_by_domain(&self, caller: &Caller, id: &str) -> Result<Slug, Error> {
        let signed = self.signed(caller, None).await?;
        let id = parse_id(id)?;
        let is_meant = |stored: &Stored| stored.domain.id == id;
        let now = self.now();
        let mut tx = self.db.write().await?;
        let stored = opened_to(&mut tx, &signed).await?.filter(is_meant).ok_or(Error::NotFound)?;
        organizations::bump_revision(&mut tx, &stored.org_id).await?;
        if !users::hold(&mut tx, &signed.user_id).await? {
            return Err(Error::NotSignedIn);
        }
        // Behind the revision and the account: another choice may have been made, and another address be theirs by now.
        let stored = opened_to(&mut tx, &signed).await?.filter(is_meant).ok_or(Error::NotFound)?;
        let (account, _) = users::by_id(&mut tx, &signed.user_id).await?.ok_or(Error::NotSignedIn)?;
        let sponsor = sponsor(&mut tx, &stored, now).await?.filter(|_| account.email == signed.email);
        let (viewer, _) = sponsor.ok_or(Error::NotFound)?;
        self.lapse_due(&mut tx, &stored.org_id).await?;
        let mut change = Change { tx, viewer, session_id: None, now, prepared: Vec::new() };
        let terms = Granted { kind: Kind::Standard, role: stored.domain.role, until: None, source: Source::Invited };
        let recipient = Recipient { email: account.email.clone(), name: account.name.clone() };
        let outcome = self.invite_within(&mut change, vec![Ok(recipient)], terms).await?.pop();
        let membership_id = match outcome.ok_or(Error::Internal)?.outcome {
            InviteOutcome::Invited { membership_id, .. } | InviteOutcome::SentAgain { membership_id, .. } => {
                membership_id
            }
            refused => return Err(Error::Conflict(refused.sentence())),
        };
        let Change { mut tx, viewer, .. } = change;
        let person = memberships::by_id(&mut tx, &stored.org_id, &membership_id).await?.ok_or(Error::Internal)?;
        let sent = invitations::open(&mut tx, &membership_id).await?.ok_or(Error::Internal)?;
        let record = self.invitation_record(&mut tx, &sent, &person, now).await?;
        let acceptance = rules::accept(&record, account.id.clone(), &account.email, account.name.clone(), None, now)?;
        memberships::accept(&mut tx, &person, &acceptance).await?;
        let accepted = InvitationState::Accepted;
        invitations::close_open(&mut tx, &stored.org_id, &membership_id, accepted, now).await?;
        // The mail with the link, which nobody needs any more.
        outbox::cancel_of_closed(&mut tx, &stored.org_id, &membership_id, now).await?;
        let name = account.name.display(&account.email);
        let by = By { org_id: Some(&stored.org_id), user_id: Some(&account.id), name };
        let detail = json!({ "domain": stored.domain.name });
        let event = self.event(now, &by, "domain.joined", To::from(&person), &detail);
        self.record(&mut tx, event).await?;
        sessions::touch(&mut tx, &signed.session_id, now).await?;
        tx.commit().await?;
        Ok(viewer.org.slug)
    }
}

/// Who chose that people are let in by a domain, with their permit to invite them, as long as they have it.
async fn sponsor<H: Handle>(h: &mut H, stored: &Stored, now: Timestamp) -> Result<Option<(Viewer, Permit)>, Error> {
    let Some(user_id) = &stored.chosen_by else { return Ok(None) };
    let Some(viewer) = on_behalf_of(h, (&stored.org_id, user_id), now).await? else { return Ok(None) };
    let permit = decide(&viewer.actor, Action::Invite(stored.domain.role), None);
    Ok(permit.ok().map(|permit| (viewer, permit)))
}

/// What who chose it is called.
async fn called<H: Handle>(h: &mut H, stored: &Stored) -> Result<String, Error> {
    let account = match &stored.chosen_by {
        Some(user_id) => users::by_id(h, user_id).await?,
        None => None,
    };
    Ok(account.map_or_else(|| "Somebody".to_owned(), |(user, _)| user.name.display(&user.email)))
}

/// The domain by which whoever is signed in can join, having proven the mailbox.
async fn opened_to<H: Handle>(h: &mut H, signed: &Signed) -> Result<Option<Stored>, Error> {
    let name = DomainName::of(&signed.email).filter(|_| signed.email_is_proven);
    let Some(name) = name else { return Ok(None) };
    let stored = domains::verified(h, &name).await?;
    Ok(stored.filter(|stored| stored.domain.auto_join == AutoJoin::Join))
}
