//! Inviting, resending, revoking, accepting (B16–B24).

use model::{
    Action, Denial, Email, Ends, MembershipId, Permit, PersonName, Role, Status, Timestamp, decide,
    ends::parse_last_day,
    invitation::{InvitationView, InviteOutcome, InviteResult, MAX_RECIPIENTS, OpenInvitation, Recipient, Unreadable},
    rules::{self, InvitationRecord, InvitationState},
    time::HOUR,
};
use serde_json::json;
use std::collections::HashMap;
use store::{
    Tx,
    audit::Event,
    ends,
    invitations::{self, Found, NewInvitation},
    memberships::{self, Membership, NewMembership},
    organizations,
    outbox::{self, NewMessage},
    requests,
    users::{self, User},
};

use crate::{
    Caller, Error, Mail, NewLogin, Rollcall, Token,
    audit::{By, To},
    change::Change,
    error::Fields,
    limits::{self, Limit},
    onboarding::{first_yours, is_by_password},
    passwords,
    secrets::hash_token,
};

/// How often one person's invitation can be sent again within an hour (S36).
const RESENDS_PER_HOUR: u64 = 5;

/// Everything of a batch that is written, collected so that it is written in few statements.
#[derive(Default)]
struct Outgoing {
    people: Vec<NewMembership>,
    links: Vec<NewInvitation>,
    messages: Vec<NewMessage>,
    events: Vec<Event>,
}

/// What the dialog "Invite user to team" holds (B17).
#[derive(Debug, Clone, Default)]
pub struct InviteUser {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address.
    pub email: String,
    /// The Admin box.
    pub admin: bool,
    /// The last day of access as `2026-12-05`; empty where it has no end (N5).
    pub access_until: String,
}

/// On which terms a batch of people is invited (B18).
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// With which role; without one, that of policy H.
    pub role: Option<Role>,
    /// The last day of their access as `2026-12-05`; empty where it has no end (N5).
    pub access_until: String,
}

/// How an invitation is accepted.
#[derive(Debug, Clone)]
pub enum AcceptAs {
    /// By making an account of the invited address.
    NewAccount {
        /// Given name.
        first_name: String,
        /// Family name.
        last_name: String,
        /// Chosen password.
        password: String,
    },
    /// With the password of the account that the address has.
    ExistingAccount {
        /// Its password.
        password: String,
    },
    /// As who is signed in.
    SignedIn,
}

impl Rollcall {
    /// Invites a batch of people on the same terms; each address gets its own result (B18, B20).
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty or too long list, [`Error::Denied`].
    pub async fn invite(
        &self,
        caller: &Caller,
        org: &str,
        batch: Vec<Result<Recipient, Unreadable>>,
        terms: Terms,
    ) -> Result<Vec<InviteResult>, Error> {
        if batch.is_empty() {
            return Err(Error::field("emails", "Enter at least one email address."));
        }
        if batch.len() > MAX_RECIPIENTS {
            return Err(Error::field("emails", format!("Enter at most {MAX_RECIPIENTS} addresses at a time.")));
        }
        let mut fields = Fields::default();
        let until = fields.take("access_until", parse_last_day(&terms.access_until, self.now())).flatten();
        fields.check()?;
        let mut change = self.change(caller, org).await?;
        let role = terms.role.unwrap_or(change.viewer.org.policies.default_role);
        let results = self.invite_within(&mut change, batch, (role, until)).await?;
        change.tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(results)
    }

    /// Invites inside a change, with a role and the end of access, if it has one.
    pub(crate) async fn invite_within(
        &self,
        change: &mut Change,
        batch: Vec<Result<Recipient, Unreadable>>,
        (role, until): (Role, Option<Timestamp>),
    ) -> Result<Vec<InviteResult>, Error> {
        let permit = decide(change.actor(), Action::Invite(role), None)?;
        let policies = change.viewer.org.policies.clone();
        if !policies.onboarding.by_link() {
            return Err(Error::Denied(Denial::LinksOff));
        }

        let emails: Vec<Email> = batch.iter().flatten().map(|r| r.email.clone()).collect();
        let standing = memberships::by_emails(&mut change.tx, permit.org_id(), &emails).await?;
        let mut standing: HashMap<Email, Membership> = standing.into_iter().map(|m| (m.email.clone(), m)).collect();
        let mut retired = self.retired(change, &emails).await?;
        let mut seats = change.seats().await?;
        let ends = Ends { access: until, set_by: until.map(|_| change.actor().user_id.clone()), ..Ends::default() };
        let expires_at = open_until(change, &ends)?;
        let mut out = Outgoing::default();
        let mut results = Vec::with_capacity(batch.len());
        for entry in batch {
            let recipient = match entry {
                Ok(recipient) => recipient,
                Err(u) => {
                    results.push(InviteResult { entry: u.entry, outcome: InviteOutcome::Unreadable(u.reason) });
                    continue;
                }
            };
            let person = standing.remove(&recipient.email);
            let state = person.as_ref().map(|m| m.target(change.now).state);
            let shown = recipient.email.to_string();
            let gone = retired.remove(&recipient.email);
            let outcome = match (rules::verdict(state, gone, seats).refusal(), person) {
                (Some(refused), _) => refused,
                (None, Some(person)) => {
                    // What was chosen then is not what is granted now.
                    if person.role != role {
                        self.put_role(change, &person.id.to_string(), role).await?;
                    }
                    if person.ends.access != until {
                        ends::set(&mut change.tx, &permit, &person, &ends, change.now).await?;
                    }
                    // A link was asked for, also for somebody who was created once.
                    let link = self.send_link_again(change, &permit, &person).await?;
                    seats = seats.less(1);
                    InviteOutcome::SentAgain { membership_id: person.id, link }
                }
                (None, None) => {
                    seats = seats.less(1);
                    self.compose(change, recipient, (role, expires_at, &ends), &mut out)
                }
            };
            results.push(InviteResult { entry: shown, outcome });
        }
        memberships::insert_invited(&mut change.tx, &permit, &out.people).await?;
        invitations::insert(&mut change.tx, &permit, &out.links).await?;
        outbox::insert(&mut change.tx, &out.messages).await?;
        store::audit::insert(&mut change.tx, &out.events).await?;
        Ok(results)
    }

    /// Invites one person by name (B17); what a batch would report beside an address is an error beside the field.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`].
    pub async fn invite_user(&self, caller: &Caller, org: &str, form: InviteUser) -> Result<InviteResult, Error> {
        let mut fields = Fields::default();
        let name = fields.name(PersonName::parse(&form.first_name, &form.last_name));
        let email = fields.take("email", Email::parse(&form.email));
        fields.check()?;
        let (Some(name), Some(email)) = (name, email) else { return Err(Error::Internal) };
        let terms = Terms { role: form.admin.then_some(Role::Admin), access_until: form.access_until };
        let mut results = self.invite(caller, org, vec![Ok(Recipient { email, name })], terms).await?;
        let result = results.pop().ok_or(Error::Internal)?;
        if result.outcome.is_sent() { Ok(result) } else { Err(Error::field("email", result.outcome.sentence())) }
    }

    /// Prepares the row, the link, the mail and the audit line of one new person.
    fn compose(
        &self,
        change: &Change,
        recipient: Recipient,
        (role, expires_at, ends): (Role, Timestamp, &Ends),
        out: &mut Outgoing,
    ) -> InviteOutcome {
        let now = change.now;
        let person = NewMembership {
            id: self.fresh(now),
            user_id: None,
            role,
            status: Status::Invited,
            source: model::Source::Invited,
            email: recipient.email,
            name: recipient.name,
            ends: ends.clone(),
            open_until: Some(expires_at),
            created_at: now,
            last_login_at: None,
        };
        let to = To { id: Some(person.id.to_string()), name: person.name.display(&person.email) };
        let (link, invitation, message) =
            self.link_and_mail(change, &person.id, (&person.email, &person.name), expires_at, role);
        out.events.push(self.event(
            now,
            &By::from(&change.viewer),
            "invitation.sent",
            to,
            &json!({ "role": role.code() }),
        ));
        out.links.push(invitation);
        out.messages.push(message);
        let membership_id = person.id.clone();
        out.people.push(person);
        InviteOutcome::Invited { membership_id, link }
    }

    /// A new link for a person, and the mail that carries it. The text of the link is yielded where it may be copied.
    pub(crate) fn link_and_mail(
        &self,
        change: &Change,
        membership_id: &MembershipId,
        (email, name): (&Email, &PersonName),
        expires_at: Timestamp,
        role: Role,
    ) -> (Option<String>, NewInvitation, NewMessage) {
        let now = change.now;
        let token = Token::fresh(&*self.entropy);
        let link = format!("{}/invite/{}", self.settings.public_url, token.expose());
        let invitation = NewInvitation {
            id: self.fresh(now),
            membership_id: membership_id.clone(),
            token_hash: token.hash(),
            at: now,
            expires_at,
        };
        let mail = Mail::Invitation {
            to: email.clone(),
            to_name: name.full(),
            org_name: change.viewer.org.name.as_str().to_owned(),
            invited_by: change.viewer.name.display(&change.viewer.email),
            role: role.label().to_owned(),
            link: link.clone(),
            expires_at,
        };
        let message = NewMessage {
            org_id: Some(change.viewer.actor.org_id.clone()),
            invitation_id: Some(invitation.id.clone()),
            ..self.message(now, &mail)
        };
        (change.viewer.org.policies.copy_links.then_some(link), invitation, message)
    }

    /// Sends somebody who has not accepted their invitation again, the way they came in (B24).
    pub(crate) async fn send_again(
        &self,
        change: &mut Change,
        permit: &Permit,
        person: &Membership,
    ) -> Result<InviteOutcome, Error> {
        let person = memberships::by_id(&mut change.tx, permit.org_id(), &person.id).await?.ok_or(Error::NotFound)?;
        let membership_id = person.id.clone();
        if !is_by_password(&change.viewer, &person) {
            let link = self.send_link_again(change, permit, &person).await?;
            return Ok(InviteOutcome::SentAgain { membership_id, link });
        }
        let (person, expires_at) = self.close_for_another(change, permit, &person).await?;
        let (invitation, message) = self.welcome_again(change, permit, &person, expires_at).await?;
        self.put_another(change, permit, &person, (invitation, message)).await?;
        Ok(InviteOutcome::CreatedAgain { membership_id })
    }

    /// Replaces the link of a person who has not accepted. The text of the new one is yielded where it may be copied.
    async fn send_link_again(
        &self,
        change: &mut Change,
        permit: &Permit,
        person: &Membership,
    ) -> Result<Option<String>, Error> {
        let (person, expires_at) = self.close_for_another(change, permit, person).await?;
        let known = (&person.email, &person.name);
        let (link, invitation, message) = self.link_and_mail(change, &person.id, known, expires_at, person.role);
        self.put_another(change, permit, &person, (invitation, message)).await?;
        Ok(link)
    }

    /// Makes way for another invitation of a person: the old link or password stops working, and its mail does not leave
    /// any more (S26). Yields the person as they are, and when the other one ends.
    async fn close_for_another(
        &self,
        change: &mut Change,
        permit: &Permit,
        person: &Membership,
    ) -> Result<(Membership, Timestamp), Error> {
        let now = change.now;
        let key = format!("resend:{}", person.id);
        let limit = Limit { key, at_most: RESENDS_PER_HOUR, window: HOUR };
        if let Some(wait_ms) = limits::count(&mut change.tx, &[limit], now).await? {
            return Err(limits::too_many(wait_ms));
        }
        // Read again: an edit in the same transaction may have moved the address.
        let person = memberships::by_id(&mut change.tx, permit.org_id(), &person.id).await?.ok_or(Error::NotFound)?;
        change.seat_for(&person, Action::ResendInvitation).await?;
        let expires_at = open_until(change, &person.ends)?;
        change.close_links(&person.id, InvitationState::Superseded).await?;
        change.drop_account(permit, &person).await?;
        memberships::reopen(&mut change.tx, permit, &person, expires_at).await?;
        Ok((person, expires_at))
    }

    /// Writes the other invitation down, to be sent.
    async fn put_another(
        &self,
        change: &mut Change,
        permit: &Permit,
        person: &Membership,
        (invitation, message): (NewInvitation, NewMessage),
    ) -> Result<(), Error> {
        invitations::insert(&mut change.tx, permit, &[invitation]).await?;
        outbox::insert(&mut change.tx, &[message]).await?;
        let event =
            self.event(change.now, &By::from(&change.viewer), "invitation.resent", To::from(person), &json!({}));
        self.record(&mut change.tx, event).await
    }

    /// Resend invitation (B24).
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who accepted meanwhile, [`Error::NotFound`], [`Error::TooMany`], [`Error::Conflict`]
    /// for an expired one when no seat is left.
    pub async fn resend_invitation(&self, caller: &Caller, org: &str, id: &str) -> Result<InviteResult, Error> {
        let prepared = self.prepared_for(caller, org, id).await?;
        let mut change = self.change(caller, org).await?;
        change.prepared = prepared;
        let (person, permit) = change.permit_on(id, Action::ResendInvitation).await?;
        let outcome = self.send_again(&mut change, &permit, &person).await?;
        change.tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(InviteResult { entry: person.email.to_string(), outcome })
    }

    /// Revoke invitation (B23): the link dies and the row goes; the address can be invited again.
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who accepted meanwhile, [`Error::NotFound`].
    pub async fn revoke_invitation(&self, caller: &Caller, org: &str, id: &str) -> Result<Email, Error> {
        let mut change = self.change(caller, org).await?;
        let person = self.withdraw(&mut change, id).await?;
        change.tx.commit().await?;
        Ok(person.email)
    }

    /// Revokes inside a change; yields the person as they were before.
    pub(crate) async fn withdraw(&self, change: &mut Change, id: &str) -> Result<Membership, Error> {
        let (person, permit) = change.permit_on(id, Action::RevokeInvitation).await?;
        change.close_links(&person.id, InvitationState::Revoked).await?;
        memberships::delete_invited(&mut change.tx, &permit, &person).await?;
        if let Some(user_id) = &person.user_id {
            users::delete_unused(&mut change.tx, user_id).await?;
        }
        let event =
            self.event(change.now, &By::from(&change.viewer), "invitation.revoked", To::from(&person), &json!({}));
        self.record(&mut change.tx, event).await?;
        Ok(person)
    }

    /// What the page of a link shows. Reads alone: opening a link never uses it up (N3, S30).
    ///
    /// # Errors
    /// [`Error::Unavailable`]; an unknown link is [`InvitationView::Unknown`].
    pub async fn invitation(&self, caller: &Caller, token: &str) -> Result<InvitationView, Error> {
        let now = self.now();
        let found = {
            let mut conn = self.db.read().await?;
            invitations::by_token(&mut conn, &hash_token(token)).await?
        };
        let Some(found) = found else { return Ok(InvitationView::Unknown) };
        let org_name = found.org_name;
        let asked = match &found.person {
            Some(person) if found.expires_at <= now => {
                let mut conn = self.db.read().await?;
                requests::is_open(&mut conn, &found.org_id, &person.email).await?
            }
            _ => false,
        };
        Ok(match (found.state, found.person) {
            (InvitationState::Accepted, _) => InvitationView::Used { org_name },
            (InvitationState::Superseded, _) => InvitationView::Superseded { org_name },
            (InvitationState::Revoked, _) | (InvitationState::Open, None) => InvitationView::Revoked { org_name },
            (InvitationState::Open, Some(_)) if found.expires_at <= now => InvitationView::Expired { org_name, asked },
            (InvitationState::Open, Some(person)) => {
                let signed_in_as = match self.signed(caller, None).await {
                    Ok(signed) => Some(signed.email),
                    Err(Error::NotSignedIn) => None,
                    Err(error) => return Err(error),
                };
                InvitationView::Open(Box::new(OpenInvitation {
                    org_name,
                    invited_by: found.invited_by_name,
                    email: person.email,
                    name: person.name,
                    role: person.role,
                    expires_at: found.expires_at,
                    now,
                    has_account: person.has_account,
                    signed_in_as,
                }))
            }
        })
    }

    /// Accepts an invitation and signs in (B22). A post without the person's input uses nothing up (N3).
    ///
    /// # Errors
    /// [`Error::Gone`] for a link that is over, [`Error::Invalid`] by field, [`Error::Conflict`] for another account.
    pub async fn accept_invitation(
        &self,
        caller: &Caller,
        token: &str,
        accept_as: AcceptAs,
    ) -> Result<NewLogin, Error> {
        // What the link is, before any password is asked for or hashed (Zitadel #8850).
        let InvitationView::Open(open) = self.invitation(caller, token).await? else {
            return Err(self.gone(caller, token).await?);
        };
        let (user, new_hash) = match accept_as {
            AcceptAs::NewAccount { .. } if open.has_account => {
                return Err(Error::Conflict(
                    "This address has an account by now. Reload the page to sign in with it.".to_owned(),
                ));
            }
            AcceptAs::NewAccount { first_name, last_name, password } => {
                let mut fields = Fields::default();
                let name = fields.name(PersonName::parse(&first_name, &last_name));
                let own = [open.org_name.as_str(), &first_name, &last_name, open.email.as_str()];
                fields.take("password", passwords::judge(&password, &own));
                fields.check()?;
                let hash = self.passwords.hash(password).await?;
                let user =
                    User { id: self.fresh(self.now()), email: open.email.clone(), name: name.ok_or(Error::Internal)? };
                (user, Some(hash))
            }
            AcceptAs::ExistingAccount { password } => {
                if password.is_empty() {
                    return Err(Error::field("password", "Enter the password of your account."));
                }
                let id = self.check_password(caller, &open.email, password).await?.user_id;
                if users::temporary_until(&mut self.db.read().await?, &id).await?.is_some() {
                    return Err(first_yours());
                }
                (User { id, email: open.email.clone(), name: open.name.clone() }, None)
            }
            AcceptAs::SignedIn => {
                let signed = self.signed(caller, None).await?;
                (User { id: signed.user_id, email: signed.email, name: open.name.clone() }, None)
            }
        };
        self.accept_as_user(caller, token, user, new_hash).await
    }

    /// Why a link cannot be used, in words.
    pub(crate) async fn gone(&self, caller: &Caller, token: &str) -> Result<Error, Error> {
        let words = match self.invitation(caller, token).await? {
            InvitationView::Expired { .. } => rules::AcceptError::Expired,
            InvitationView::Revoked { .. } => rules::AcceptError::Revoked,
            InvitationView::Superseded { .. } => rules::AcceptError::Superseded,
            InvitationView::Used { .. } => rules::AcceptError::Used,
            InvitationView::Unknown | InvitationView::Open(_) => return Ok(Error::NotFound),
        };
        Ok(Error::Gone(words.to_string()))
    }

    async fn accept_as_user(
        &self,
        caller: &Caller,
        token: &str,
        user: User,
        new_hash: Option<String>,
    ) -> Result<NewLogin, Error> {
        let now = self.now();
        let mut tx = self.db.write().await?;
        let token_hash = hash_token(token);
        let first = invitations::by_token(&mut tx, &token_hash).await?.ok_or(Error::NotFound)?;
        organizations::bump_revision(&mut tx, &first.org_id).await?;
        // An account that was there a moment ago may have been deleted since.
        if new_hash.is_none() && !users::hold(&mut tx, &user.id).await? {
            return Err(Error::NotSignedIn);
        }
        // Behind the revision, so that of many at once one wins (S21).
        let found = invitations::by_token(&mut tx, &token_hash).await?.ok_or(Error::NotFound)?;
        let membership = memberships::by_id(&mut tx, &found.org_id, &found.membership_id)
            .await?
            .ok_or_else(|| Error::Gone(rules::AcceptError::Revoked.to_string()))?;
        let record = self.invitation_record(&mut tx, &found, &membership, now).await?;
        // Whoever follows a link has proved the mailbox, which whoever set a temporary password has not: the account goes
        // over to them.
        let unused = match &new_hash {
            Some(_) => users::unused(&mut tx, &user.email).await?,
            None => None,
        };
        let user = User { id: unused.clone().unwrap_or(user.id), ..user };
        let known_name = match (&new_hash, membership.name.first.is_empty()) {
            (Some(_), _) => user.name.clone(),
            (None, false) => membership.name.clone(),
            (None, true) => users::by_email(&mut tx, &user.email)
                .await?
                .map_or_else(|| user.name.clone(), |(account, _)| account.name),
        };
        let acceptance =
            rules::accept(&record, user.id.clone(), &user.email, known_name, now).map_err(|error| match error {
                rules::AcceptError::WrongAccount | rules::AcceptError::InviterLostRight => {
                    Error::Conflict(error.to_string())
                }
                error => Error::Gone(error.to_string()),
            })?;
        if let Some(hash) = new_hash {
            if unused.is_some() {
                users::take_over(&mut tx, &user, &hash, now).await?;
            } else {
                users::insert(&mut tx, std::slice::from_ref(&user), now).await?;
                users::set_password_hash(&mut tx, &user.id, &hash, now).await?;
            }
        }
        memberships::accept(&mut tx, &membership, &acceptance).await?;
        let accepted = InvitationState::Accepted;
        invitations::close_open(&mut tx, &found.org_id, &found.membership_id, accepted, now).await?;
        let by =
            By { org_id: Some(&found.org_id), user_id: Some(&user.id), name: acceptance.name().display(&user.email) };
        let event = self.event(now, &by, "invitation.accepted", To::from(&membership), &json!({}));
        self.record(&mut tx, event).await?;
        let session = self.begin_session(&mut tx, caller, &user.id, now).await?;
        let org = organizations::by_id(&mut tx, &found.org_id).await?.ok_or(Error::Internal)?;
        tx.commit().await?;
        Ok(NewLogin { token: session, org: Some(org.slug), password_is_due: false })
    }

    pub(crate) async fn invitation_record(
        &self,
        tx: &mut Tx,
        found: &Found,
        membership: &Membership,
        now: Timestamp,
    ) -> Result<InvitationRecord, Error> {
        Ok(InvitationRecord {
            org_id: found.org_id.clone(),
            membership_id: found.membership_id.clone(),
            email: membership.email.clone(),
            role: membership.role,
            state: found.state,
            expires_at: found.expires_at,
            inviter_may_still: inviter_may_still(tx, found, membership.role, now).await?,
        })
    }
}

/// Until when an invitation that is sent now is open to somebody with these ends.
pub(crate) fn open_until(change: &Change, ends: &Ends) -> Result<Timestamp, Error> {
    let otherwise = rules::open_until(change.now, &change.viewer.org.policies);
    rules::open_within(otherwise, ends, change.now).map_err(|over| Error::Conflict(over.to_string()))
}

/// Whether who sent the link may still invite with this role (S31): asked of the same [`decide`].
async fn inviter_may_still(tx: &mut Tx, found: &Found, role: Role, now: Timestamp) -> Result<bool, Error> {
    let org = organizations::by_id(tx, &found.org_id).await?.ok_or(Error::Internal)?;
    let Some(inviter) = memberships::by_user(tx, &found.org_id, &found.invited_by).await? else { return Ok(false) };
    Ok(inviter.actor(&org, now).is_some_and(|actor| decide(&actor, Action::Invite(role), None).is_ok()))
}
