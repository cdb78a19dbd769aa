//! Inviting, resending, revoking (B16–B21, B23, B24, B46).

use model::{
    Action, Denial, Email, Ends, Kind, MembershipId, Permit, PersonName, Role, Source, Status, Timestamp, decide,
    ends::parse_last_day,
    id::Id as _,
    invitation::{
        BatchForecast, Forecast, ForecastLine, InviteOutcome, InviteResult, MAX_RECIPIENTS, Recipient, Unreadable,
        read_recipients,
    },
    people::Viewer,
    rules::{self, Barred, InvitationState, Seats},
    text::thousands,
    time::HOUR,
};
use serde_json::json;
use std::collections::HashMap;
use store::{
    Handle,
    audit::Event,
    ends,
    invitations::{self, NewInvitation},
    memberships::{self, Membership, NewMembership},
    outbox::{self, NewMessage},
    users,
};

use crate::{
    Caller, Error, Mail, Rollcall, Token,
    audit::{By, To},
    change::{Change, seats},
    error::Fields,
    limits::{self, Limit},
    onboarding::is_by_password,
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
#[derive(Debug, Clone)]
pub struct Terms {
    /// As what: members of the organization itself, or people of another one (B45).
    pub kind: Kind,
    /// With which role; without one, that of policy H.
    pub role: Option<Role>,
    /// The last day of their access as `2026-12-05`; empty where it has no end (N5).
    pub access_until: String,
}

/// On which terms many are invited at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Granted {
    /// As what.
    pub kind: Kind,
    /// With which role.
    pub role: Role,
    /// The end of their access, if it has one (N5).
    pub until: Option<Timestamp>,
    /// How they came.
    pub source: Source,
}

/// What an invitation gives, and until when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grant {
    /// As what.
    pub kind: Kind,
    /// The role.
    pub role: Role,
    /// Until when it may be accepted.
    pub expires_at: Timestamp,
    /// When the access that it gives ends (N5).
    pub access_until: Option<Timestamp>,
}

impl Grant {
    /// What somebody gets who has not accepted yet, by an invitation that is open until `expires_at`.
    pub(crate) fn of(person: &Membership, expires_at: Timestamp) -> Self {
        Self { kind: person.kind, role: person.role, expires_at, access_until: person.ends.access }
    }
}

/// One entry of a batch: whom it is for and who stands under the address, or what is said instead of inviting.
struct Judged {
    entry: String,
    found: Result<(Recipient, Option<Membership>), InviteOutcome>,
}

/// By what addresses are judged.
pub(crate) struct Ground {
    /// Who stands under them.
    pub people: HashMap<Email, Membership>,
    /// Those under which nobody new can come in.
    pub barred: HashMap<Email, Barred>,
    /// The seats that are left.
    pub seats: Seats,
}

/// What inviting is for [`decide`].
pub(crate) const fn inviting(kind: Kind, role: Role) -> Action {
    if matches!(kind, Kind::External) { Action::InviteExternal(role) } else { Action::Invite(role) }
}

/// Allows inviting by link with this role. People of other organizations have to confirm (B48), so they always get a link.
fn may_invite(viewer: &Viewer, kind: Kind, role: Role) -> Result<Permit, Error> {
    let permit = decide(&viewer.actor, inviting(kind, role), None)?;
    let by_link = kind == Kind::External || viewer.org.policies.onboarding.by_link();
    if by_link { Ok(permit) } else { Err(Error::Denied(Denial::LinksOff)) }
}

/// The role that was chosen, or that of policy H; people of other organizations have none unless it is chosen (B46).
fn role_of(viewer: &Viewer, kind: Kind, chosen: Option<Role>) -> Result<Role, Error> {
    match (kind, chosen) {
        (_, Some(role)) => Ok(role),
        (Kind::External, None) => Err(Error::field("role", "Choose whether they come as a user or as an admin.")),
        (_, None) => Ok(viewer.org.policies.default_role),
    }
}

/// Somebody as they are once they are of a kind. A role that was to end was one of what they were before.
fn of_kind(person: &Membership, kind: Kind) -> Membership {
    let mut person = person.clone();
    if person.kind != kind {
        person.kind = kind;
        person.ends.role = None;
    }
    person
}

/// Whether somebody whose invitation has run out may get what is chosen for them now. Where that is another role than the one
/// before, it is a change of role as well.
pub(crate) fn may_grant_anew(
    viewer: &Viewer,
    person: &Membership,
    (kind, role): (Kind, Role),
    now: Timestamp,
) -> Result<(), Denial> {
    let target = of_kind(person, kind).target(now);
    if target.grant() == role.into() {
        return Ok(());
    }
    decide(&viewer.actor, Action::ChangeRole(role), Some(&target)).map(drop)
}

fn within_limit(batch: &[Result<Recipient, Unreadable>]) -> Result<(), Error> {
    if batch.len() <= MAX_RECIPIENTS {
        return Ok(());
    }
    let most = thousands(MAX_RECIPIENTS as u64);
    Err(Error::field("emails", format!("Enter at most {most} addresses at a time, or import a CSV file.")))
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
        within_limit(&batch)?;
        let mut fields = Fields::default();
        let until = fields.take("access_until", parse_last_day(&terms.access_until, self.now())).flatten();
        fields.check()?;
        let mut change = self.change(caller, org).await?;
        let role = role_of(&change.viewer, terms.kind, terms.role)?;
        let terms = Granted { kind: terms.kind, role, until, source: Source::Invited };
        let results = self.invite_within(&mut change, batch, terms).await?;
        change.tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(results)
    }

    /// Invites inside a change.
    pub(crate) async fn invite_within(
        &self,
        change: &mut Change,
        batch: Vec<Result<Recipient, Unreadable>>,
        Granted { kind, role, until, source }: Granted,
    ) -> Result<Vec<InviteResult>, Error> {
        let permit = may_invite(&change.viewer, kind, role)?;
        let asked = (batch, kind, role);
        let (judged, _) = self.judge_batch(&mut change.tx, &change.viewer, asked, change.now).await?;
        let ends = Ends::of_access(until, &change.actor().user_id);
        let grant = Grant { kind, role, expires_at: open_until(change, &ends)?, access_until: until };
        let mut out = Outgoing::default();
        let mut results = Vec::with_capacity(judged.len());
        for Judged { entry, found } in judged {
            let outcome = match found {
                Err(refused) => refused,
                Ok((_, Some(person))) => {
                    let person = self.become_kind(change, &permit, person, kind).await?;
                    self.grant_anew(change, (&person, &permit), role, &ends).await?;
                    // A link was asked for, also for somebody who was created once.
                    let link = self.send_link_again(change, &permit, &person).await?;
                    InviteOutcome::SentAgain { membership_id: person.id, link }
                }
                Ok((recipient, None)) => self.compose(change, recipient, grant, (source, &ends), &mut out),
            };
            results.push(InviteResult { entry, outcome });
        }
        memberships::insert_invited(&mut change.tx, &permit, &out.people).await?;
        invitations::insert(&mut change.tx, &permit, &out.links).await?;
        outbox::insert(&mut change.tx, &out.messages).await?;
        store::audit::insert(&mut change.tx, &out.events).await?;
        Ok(results)
    }

    /// What would become of each address of a batch if it were sent now, and how many seats would be left (N12). Nothing is
    /// changed.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a list that is too long, [`Error::Denied`].
    pub async fn check_invitations(
        &self,
        caller: &Caller,
        org: &str,
        emails: &str,
        (kind, role): (Kind, Option<Role>),
    ) -> Result<BatchForecast, Error> {
        let viewer = self.viewer(caller, org).await?;
        // The role may be chosen later. Until then it is said what holds for the lowest.
        let lowest = viewer.org.policies.default_role.fitting(kind);
        let role = role.unwrap_or(lowest);
        may_invite(&viewer, kind, role)?;
        let (batch, repeated) = read_recipients(emails);
        within_limit(&batch)?;
        let mut conn = self.db.read().await?;
        let (judged, seats) = self.judge_batch(&mut conn, &viewer, (batch, kind, role), self.now()).await?;
        let line = |Judged { entry, found }| {
            let forecast = match found {
                Ok((_, None)) => Forecast::Invite,
                Ok((_, Some(_))) => Forecast::SendAgain,
                Err(refused) => Forecast::Refused(refused),
            };
            ForecastLine { entry, forecast }
        };
        Ok(BatchForecast { lines: judged.into_iter().map(line).collect(), repeated, seats_left: seats.left() })
    }

    /// Judges each entry of a batch as if those before it were invited, and yields the seats that are left then.
    async fn judge_batch<H: Handle>(
        &self,
        h: &mut H,
        viewer: &Viewer,
        (batch, kind, role): (Vec<Result<Recipient, Unreadable>>, Kind, Role),
        now: Timestamp,
    ) -> Result<(Vec<Judged>, Seats), Error> {
        let emails: Vec<Email> = batch.iter().flatten().map(|r| r.email.clone()).collect();
        let Ground { mut people, mut barred, mut seats } = self.ground(h, viewer, (&emails, kind), now).await?;
        let mut judge = |recipient: Recipient| {
            let person = people.remove(&recipient.email);
            let state = person.as_ref().map(|person| person.target(now).state);
            let comes_over = person.as_ref().is_some_and(|person| person.kind != kind);
            let refused = rules::verdict_of((state, comes_over), barred.remove(&recipient.email), seats).refusal();
            let refused = refused.or_else(|| {
                let denied = may_grant_anew(viewer, person.as_ref()?, (kind, role), now).err()?;
                Some(InviteOutcome::NotAllowed(denied))
            });
            let entry = recipient.email.to_string();
            let found = refused.map_or_else(
                || {
                    seats = seats.less(1);
                    Ok((recipient, person))
                },
                Err,
            );
            Judged { entry, found }
        };
        let judged = batch
            .into_iter()
            .map(|entry| match entry {
                Ok(recipient) => judge(recipient),
                Err(u) => Judged { entry: u.entry, found: Err(InviteOutcome::Unreadable(u.reason)) },
            })
            .collect();
        Ok((judged, seats))
    }

    /// What is asked in order to judge addresses.
    pub(crate) async fn ground<H: Handle>(
        &self,
        h: &mut H,
        viewer: &Viewer,
        (emails, kind): (&[Email], Kind),
        now: Timestamp,
    ) -> Result<Ground, Error> {
        let people = memberships::by_emails(h, &viewer.actor.org_id, emails).await?;
        Ok(Ground {
            people: people.into_iter().map(|person| (person.email.clone(), person)).collect(),
            barred: self.barred(h, viewer, (emails, kind), now).await?,
            seats: seats(h, viewer, now).await?,
        })
    }

    /// Makes somebody whose invitation has run out one of the kind as which they are invited now; a role that was to end was
    /// one of what they were before. Yields the person as they are.
    pub(crate) async fn become_kind(
        &self,
        change: &mut Change,
        permit: &Permit,
        person: Membership,
        kind: Kind,
    ) -> Result<Membership, Error> {
        if person.kind == kind {
            return Ok(person);
        }
        memberships::set_kind(&mut change.tx, permit, &person, kind).await?;
        let after = of_kind(&person, kind);
        let before = Membership { kind, ..person };
        if after.ends != before.ends {
            ends::set(&mut change.tx, permit, &before, &after.ends, change.now).await?;
        }
        self.note(change, "invitation.kind_changed", To::from(&after), &json!({ "kind": kind })).await?;
        Ok(after)
    }

    /// Gives somebody who has not accepted what is chosen for them now: what was chosen before is not what is granted.
    pub(crate) async fn grant_anew(
        &self,
        change: &mut Change,
        (person, permit): (&Membership, &Permit),
        role: Role,
        ends: &Ends,
    ) -> Result<(), Error> {
        // A custom role is another one than its base.
        if person.target(change.now).grant() != role.into() {
            self.put_role(change, person.id.as_str(), role).await?;
        }
        if person.ends.access != ends.access {
            ends::set(&mut change.tx, permit, person, ends, change.now).await?;
        }
        Ok(())
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
        let role = form.admin.then_some(Role::Admin);
        let terms = Terms { kind: Kind::Standard, role, access_until: form.access_until };
        let mut results = self.invite(caller, org, vec![Ok(Recipient { email, name })], terms).await?;
        let result = results.pop().ok_or(Error::Internal)?;
        if result.outcome.is_sent() { Ok(result) } else { Err(Error::field("email", result.outcome.sentence())) }
    }

    /// Prepares the row, the link, the mail and the audit line of one new person.
    fn compose(
        &self,
        change: &Change,
        recipient: Recipient,
        grant: Grant,
        (source, ends): (Source, &Ends),
        out: &mut Outgoing,
    ) -> InviteOutcome {
        let now = change.now;
        let person = NewMembership {
            id: self.fresh(now),
            user_id: None,
            kind: grant.kind,
            role: grant.role,
            status: Status::Invited,
            source,
            email: recipient.email,
            name: recipient.name,
            ends: ends.clone(),
            open_until: Some(grant.expires_at),
            created_at: now,
            last_login_at: None,
        };
        let to = To { id: Some(person.id.to_string()), name: person.name.display(&person.email) };
        let (link, invitation, message) = self.link_and_mail(change, &person.id, (&person.email, &person.name), grant);
        out.events.push(self.event(now, &By::from(&change.viewer), "invitation.sent", to, &sent_as(grant)));
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
        grant: Grant,
    ) -> (Option<String>, NewInvitation, NewMessage) {
        let now = change.now;
        let token = Token::fresh(&*self.entropy);
        let link = format!("{}/invite/{}", self.settings.public_url, token.expose());
        let invitation = NewInvitation {
            id: self.fresh(now),
            membership_id: membership_id.clone(),
            token_hash: token.hash(),
            at: now,
            expires_at: grant.expires_at,
        };
        let mail = Mail::Invitation {
            to: email.clone(),
            to_name: name.full(),
            org_name: change.viewer.org.name.as_str().to_owned(),
            invited_by: change.viewer.name.display(&change.viewer.email),
            role: grant.role.label_as(grant.kind).to_owned(),
            link: link.clone(),
            expires_at: grant.expires_at,
            access_until: grant.access_until,
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
        let grant = Grant::of(&person, expires_at);
        let (link, invitation, message) = self.link_and_mail(change, &person.id, known, grant);
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
        self.note(change, "invitation.resent", To::from(person), &json!({})).await
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
        self.note(change, "invitation.revoked", To::from(&person), &json!({})).await?;
        Ok(person)
    }
}

/// What the audit log says of an invitation.
fn sent_as(Grant { kind, role, .. }: Grant) -> serde_json::Value {
    match kind {
        Kind::Standard => json!({ "role": role.code() }),
        kind => json!({ "role": role.code(), "kind": kind }),
    }
}

/// Until when an invitation that is sent now is open to somebody with these ends.
pub(crate) fn open_until(change: &Change, ends: &Ends) -> Result<Timestamp, Error> {
    let otherwise = rules::open_until(change.now, &change.viewer.org.policies);
    rules::open_within(otherwise, ends, change.now).map_err(|over| Error::Conflict(over.to_string()))
}
