//! Accounts that an admin creates (B4–B7, policy A): a temporary password goes out by mail, and whoever signs in with it
//! chooses one of their own before anything else opens.
//!
//! Somebody who has an account already is given no password by anybody: they get a link instead, and whoever created them
//! is told the same. What an account was created with counts for nothing where its owner proves the mailbox by a link: they
//! take it over, and the temporary password is gone (S25).

use model::{
    Action, Email, Ends, Kind, MembershipId, Permit, PersonName, Role, Source, Status, Timestamp, UserId, decide,
    ends::parse_last_day,
    id::Id,
    invitation::{InviteOutcome, InviteResult, Welcome},
    password::{Strength, WeakPassword},
    people::Viewer,
    rules::{self, InvitationState},
};
use serde_json::json;
use store::{
    Tx,
    invitations::{self, NewInvitation},
    memberships::{self, Membership, NewMembership},
    organizations,
    outbox::{self, NewMessage},
    sessions::{self, Due},
    users::{self, User},
};

use crate::{
    Caller, Error, Mail, NewLogin, Rollcall, Token,
    audit::{By, To},
    change::Change,
    error::Fields,
    invitations::{Grant, open_until},
    passwords::{self, Verified},
};

/// What the page "Create user" holds (B4).
#[derive(Debug, Clone, Default)]
pub struct CreateUser {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address.
    pub email: String,
    /// The temporary password.
    pub password: String,
    /// The same once more.
    pub password_again: String,
    /// Whether one is generated instead.
    pub generate: bool,
    /// The last day of access as `2026-12-05`; empty where it has no end (N5).
    pub access_until: String,
}

/// A temporary password and its hash, made before anything is locked.
pub(crate) struct Temporary {
    password: String,
    hash: String,
}

/// What has become of an account, and what tells its owner.
struct Provided {
    user: Option<User>,
    invitation: NewInvitation,
    message: NewMessage,
}

/// Said where an address or a password is used that is not one's own yet.
const FIRST_YOURS: &str =
    "Your password is a temporary one. Sign in with it and choose your own, then open this link again.";

impl Rollcall {
    /// A temporary password: as typed, or a new one that nobody sees but who gets the mail (S20).
    pub(crate) async fn temporary(&self, typed: Option<String>) -> Result<Temporary, Error> {
        let password = typed.unwrap_or_else(|| passwords::generate(&*self.entropy));
        let hash = self.passwords.hash(password.clone()).await?;
        Ok(Temporary { password, hash })
    }

    /// The next temporary password that was hashed before the change began.
    pub(crate) async fn next_temporary(&self, change: &mut Change) -> Result<Temporary, Error> {
        match change.prepared.pop() {
            Some(temporary) => Ok(temporary),
            None => self.temporary(None).await,
        }
    }

    /// Creates the account of one person (B4–B6).
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`].
    pub async fn create_user(&self, caller: &Caller, org: &str, form: CreateUser) -> Result<InviteResult, Error> {
        let viewer = self.viewer(caller, org).await?;
        may_create(&viewer)?;
        let mut fields = Fields::default();
        let name = fields.name(PersonName::parse(&form.first_name, &form.last_name));
        let email = fields.take("email", Email::parse(&form.email));
        let typed = (!form.generate).then(|| form.password.clone());
        if let Some(typed) = &typed {
            let own = [viewer.org.name.as_str(), &form.first_name, &form.last_name, &form.email];
            let judged = match passwords::judge(typed, &own) {
                Err(WeakPassword::Empty) => Err("Enter a temporary password, or have one generated.".to_owned()),
                judged => judged.map_err(|why| why.to_string()),
            };
            if fields.take("password", judged).is_some() && form.password_again != *typed {
                fields.take::<(), _>("password_again", Err("This is not the same password."));
            }
        }
        let until = fields.take("access_until", parse_last_day(&form.access_until, self.now())).flatten();
        fields.check()?;
        let (Some(name), Some(email)) = (name, email) else { return Err(Error::Internal) };
        // Also for somebody who will not be given one, so that the answer takes as long (S32).
        let temporary = self.temporary(typed).await?;

        let mut change = self.change(caller, org).await?;
        let role = may_create(&change.viewer)?;
        let permit = decide(change.actor(), Action::Invite(role), None)?;
        let standing = memberships::by_emails(&mut change.tx, permit.org_id(), std::slice::from_ref(&email)).await?;
        let person = standing.into_iter().next();
        let state = person.as_ref().map(|person| person.target(change.now).state);
        let barred = self.is_barred(&mut change, &email, Kind::Standard).await?;
        let comes_over = person.as_ref().is_some_and(|person| person.kind != Kind::Standard);
        if let Some(refused) = rules::verdict_of((state, comes_over), barred, change.seats().await?).refusal() {
            return Err(Error::field("email", refused.sentence()));
        }
        let entry = email.to_string();
        let ends = Ends::of_access(until, &change.actor().user_id);
        let outcome = if let Some(person) = person {
            let person = self.become_kind(&mut change, &permit, person, Kind::Standard).await?;
            memberships::set_created(&mut change.tx, &permit, &person, &name).await?;
            self.grant_anew(&mut change, (&person, &permit), role, &ends).await?;
            change.prepared.push(temporary);
            self.send_again(&mut change, &permit, &person).await?
        } else {
            self.create(&mut change, &permit, (name, email), (role, ends), temporary).await?
        };
        change.tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(InviteResult { entry, outcome })
    }

    /// Creates somebody inside a change.
    pub(crate) async fn create(
        &self,
        change: &mut Change,
        permit: &Permit,
        (name, email): (PersonName, Email),
        (role, ends): (Role, Ends),
        temporary: Temporary,
    ) -> Result<InviteOutcome, Error> {
        let (now, id) = (change.now, self.fresh::<MembershipId>(change.now));
        let grant =
            Grant { kind: Kind::Standard, role, expires_at: open_until(change, &ends)?, access_until: ends.access };
        let provided = self.provide(change, &id, (&email, &name), grant, temporary).await?;
        let person = NewMembership {
            id: id.clone(),
            user_id: provided.user.map(|user| user.id),
            kind: Kind::Standard,
            role,
            status: Status::Invited,
            source: Source::Created,
            email,
            name,
            ends,
            open_until: Some(grant.expires_at),
            created_at: now,
            last_login_at: None,
        };
        let to = To { id: Some(id.to_string()), name: person.name.display(&person.email) };
        memberships::insert_invited(&mut change.tx, permit, &[person]).await?;
        invitations::insert(&mut change.tx, permit, &[provided.invitation]).await?;
        outbox::insert(&mut change.tx, &[provided.message]).await?;
        let detail = json!({ "role": role.code() });
        let event = self.event(now, &By::from(&change.viewer), "account.created", to, &detail);
        self.record(&mut change.tx, event).await?;
        Ok(InviteOutcome::Created { membership_id: id })
    }

    /// Makes the account of an invited person, with a temporary password and the mail that carries it; where the address
    /// has an account, a link and its mail instead.
    async fn provide(
        &self,
        change: &mut Change,
        id: &MembershipId,
        (email, name): (&Email, &PersonName),
        grant: Grant,
        temporary: Temporary,
    ) -> Result<Provided, Error> {
        let now = change.now;
        if users::by_email(&mut change.tx, email).await?.is_some() {
            let (_, invitation, message) = self.link_and_mail(change, id, (email, name), grant);
            return Ok(Provided { user: None, invitation, message });
        }
        let user = User { id: self.fresh(now), email: email.clone(), name: name.clone() };
        users::insert(&mut change.tx, std::slice::from_ref(&user), now).await?;
        users::set_temporary_password(&mut change.tx, &user.id, &temporary.hash, (now, grant.expires_at)).await?;
        // A link that nobody gets: by it the mail's delivery is noted, and it closes like any other.
        let invitation = NewInvitation {
            id: self.fresh(now),
            membership_id: id.clone(),
            token_hash: Token::fresh(&*self.entropy).hash(),
            at: now,
            expires_at: grant.expires_at,
        };
        let mail = Mail::Welcome {
            to: email.clone(),
            to_name: name.full(),
            org_name: change.viewer.org.name.as_str().to_owned(),
            created_by: change.viewer.name.display(&change.viewer.email),
            password: temporary.password,
            link: format!("{}/login", self.settings.public_url),
            expires_at: grant.expires_at,
            access_until: grant.access_until,
        };
        let message = NewMessage {
            org_id: Some(change.viewer.actor.org_id.clone()),
            invitation_id: Some(invitation.id.clone()),
            ..self.message(now, &mail)
        };
        Ok(Provided { user: Some(user), invitation, message })
    }

    /// What has to be ready before somebody is sent their invitation again: hashing takes its time, which nobody else
    /// should wait for.
    pub(crate) async fn prepared_for(&self, caller: &Caller, org: &str, id: &str) -> Result<Vec<Temporary>, Error> {
        let viewer = self.viewer(caller, org).await?;
        let Ok(id) = Id::parse(id) else { return Ok(Vec::new()) };
        let person = {
            let mut conn = self.db.read().await?;
            memberships::by_id(&mut conn, &viewer.actor.org_id, &id).await?
        };
        let again = |person: &Membership| {
            is_by_password(&viewer, person)
                && decide(&viewer.actor, Action::ResendInvitation, Some(&person.target(self.now()))).is_ok()
        };
        match person {
            Some(person) if again(&person) => Ok(vec![self.temporary(None).await?]),
            _ => Ok(Vec::new()),
        }
    }

    /// Sends a person who was created, and has not signed in yet, a new welcome with a new password; the old one stops
    /// working, and so does every session that was begun with it.
    pub(crate) async fn welcome_again(
        &self,
        change: &mut Change,
        permit: &Permit,
        person: &Membership,
        expires_at: Timestamp,
    ) -> Result<(NewInvitation, NewMessage), Error> {
        let temporary = self.next_temporary(change).await?;
        let known = (&person.email, &person.name);
        let provided = self.provide(change, &person.id, known, Grant::of(person, expires_at), temporary).await?;
        if let Some(user) = provided.user {
            memberships::set_account(&mut change.tx, permit, &person.id, Some(&user.id)).await?;
        }
        Ok((provided.invitation, provided.message))
    }

    /// The session behind a request, where its account still waits for a password of its owner's own.
    async fn due(&self, caller: &Caller) -> Result<Option<Due>, Error> {
        let Some(token_hash) = caller.token_hash() else { return Ok(None) };
        let mut conn = self.db.read().await?;
        Ok(sessions::due(&mut conn, token_hash, self.liveness(self.now())).await?)
    }

    /// Whether whoever calls has to choose a password before anything else opens (B5).
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn password_is_due(&self, caller: &Caller) -> Result<bool, Error> {
        Ok(caller.is_marked() && self.due(caller).await?.is_some())
    }

    /// What the page on which somebody chooses their first password shows; `None` for whoever has one.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`].
    pub async fn welcome(&self, caller: &Caller) -> Result<Option<Welcome>, Error> {
        let Some(due) = self.due(caller).await? else {
            self.signed(caller, None).await?;
            return Ok(None);
        };
        let mut conn = self.db.read().await?;
        let person = memberships::created(&mut conn, &due.user_id).await?.ok_or(Error::NotSignedIn)?;
        let org = organizations::by_id(&mut conn, &person.org_id).await?.ok_or(Error::Internal)?;
        let expires_at = due.until;
        Ok(Some(Welcome { org_name: org.name, name: person.name, email: due.email, expires_at, now: self.now() }))
    }

    /// Takes the password that somebody chose in place of the temporary one, makes them a member, and signs them in anew
    /// (B5, S2). Every other session of the account ends.
    ///
    /// # Errors
    /// [`Error::Invalid`] for one that is weak or is the temporary one; [`Error::Gone`] when it took too long;
    /// [`Error::Conflict`] for whoever has chosen already; [`Error::NotSignedIn`].
    pub async fn choose_password(&self, caller: &Caller, password: String) -> Result<NewLogin, Error> {
        let Some(welcome) = self.welcome(caller).await? else { return Err(chosen_already()) };
        let due = self.due(caller).await?.ok_or(Error::NotSignedIn)?;
        let own = [welcome.org_name.as_str(), &welcome.name.first, &welcome.name.last, due.email.as_str()];
        passwords::judge(&password, &own).map_err(|why| Error::field("password", why))?;
        if self.passwords.verify(password.clone(), Some(due.password_hash.clone())).await? != Verified::Wrong {
            return Err(Error::field("password", "This is the temporary password. Choose another one, of your own."));
        }
        let hash = self.passwords.hash(password).await?;

        let now = self.now();
        let mut tx = self.db.write().await?;
        let first = memberships::created(&mut tx, &due.user_id).await?.ok_or(Error::NotSignedIn)?;
        organizations::bump_revision(&mut tx, &first.org_id).await?;
        // Behind the revision: somebody may have sent another password, or withdrawn it all.
        let token_hash = caller.token_hash().ok_or(Error::NotSignedIn)?;
        let due = sessions::due(&mut tx, token_hash, self.liveness(now)).await?.ok_or(Error::NotSignedIn)?;
        if !users::replace_temporary(&mut tx, &due.user_id, &hash, now).await? {
            return Err(chosen_already());
        }
        self.join(&mut tx, &due.user_id, now).await?;
        sessions::end_all(&mut tx, &due.user_id).await?;
        let token = self.begin_session(&mut tx, caller, &due.user_id, now).await?;
        let org = organizations::by_id(&mut tx, &first.org_id).await?.ok_or(Error::Internal)?;
        tx.commit().await?;
        Ok(NewLogin { token, org: Some(org.slug), password_is_due: false })
    }

    /// Makes a created person a member, by the same rule as whoever follows a link.
    pub(crate) async fn join(&self, tx: &mut Tx, user_id: &UserId, now: Timestamp) -> Result<(), Error> {
        let person = memberships::created(tx, user_id).await?.ok_or(Error::NotSignedIn)?;
        let sent = invitations::open(tx, &person.id).await?.ok_or(Error::Internal)?;
        let record = self.invitation_record(tx, &sent, &person, now).await?;
        let acceptance = rules::accept(&record, user_id.clone(), &person.email, person.name.clone(), None, now);
        let acceptance = acceptance.map_err(|error| match error {
            rules::AcceptError::Expired => expired(),
            error => error.into(),
        })?;
        memberships::accept(tx, &person, &acceptance).await?;
        invitations::close_open(tx, &person.org_id, &person.id, InvitationState::Accepted, now).await?;
        let name = person.name.display(&person.email);
        let by = By { org_id: Some(&person.org_id), user_id: Some(user_id), name };
        let event = self.event(now, &by, "password.chosen", To::from(&person), &json!({}));
        self.record(tx, event).await
    }

    /// How hard a password is to guess that an admin types for somebody.
    ///
    /// # Errors
    /// [`Error::Denied`] for who creates nobody.
    pub async fn strength_for(&self, caller: &Caller, org: &str, form: &CreateUser) -> Result<Strength, Error> {
        let viewer = self.viewer(caller, org).await?;
        may_create(&viewer)?;
        let own = [viewer.org.name.as_str(), &form.first_name, &form.last_name, &form.email];
        Ok(passwords::strength(&form.password, &own))
    }

    /// How hard the password is to guess that somebody types in place of a temporary one.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`], [`Error::Conflict`] for whoever has chosen already.
    pub async fn own_strength(&self, caller: &Caller, password: &str) -> Result<Strength, Error> {
        let welcome = self.welcome(caller).await?.ok_or_else(chosen_already)?;
        let own = [welcome.org_name.as_str(), &welcome.name.first, &welcome.name.last, welcome.email.as_str()];
        Ok(passwords::strength(password, &own))
    }
}

impl Change {
    /// Takes the account away that was made for somebody and that nobody has signed in to and kept.
    pub(crate) async fn drop_account(&mut self, permit: &Permit, person: &Membership) -> Result<(), Error> {
        if let Some(user_id) = &person.user_id {
            memberships::set_account(&mut self.tx, permit, &person.id, None).await?;
            users::delete_unused(&mut self.tx, user_id).await?;
        }
        Ok(())
    }
}

/// The role with which the viewer may create somebody.
fn may_create(viewer: &Viewer) -> Result<Role, Error> {
    let role = viewer.org.policies.default_role;
    decide(&viewer.actor, Action::Invite(role), None)?;
    if viewer.org.policies.onboarding.by_password() {
        Ok(role)
    } else {
        Err(Error::Denied(model::Denial::PasswordsOff))
    }
}

/// Whether somebody is sent a temporary password: who was created, where the organization still does that.
pub(crate) fn is_by_password(viewer: &Viewer, person: &Membership) -> bool {
    person.source == Source::Created && person.kind != Kind::External && viewer.org.policies.onboarding.by_password()
}

/// A temporary password that nobody used in time.
pub(crate) fn expired() -> Error {
    Error::Gone(
        "Your temporary password has expired. Ask an admin of your organization to send it again; it takes them one click."
            .to_owned(),
    )
}

/// What is said to whoever would use a temporary password for more than choosing another one.
pub(crate) fn first_yours() -> Error {
    Error::Conflict(FIRST_YOURS.to_owned())
}

fn chosen_already() -> Error {
    Error::Conflict("You have a password of your own already.".to_owned())
}
