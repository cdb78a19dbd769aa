//! An invitation in the hands of whom it is for: the page behind its link, accepting it by the link or from the list of
//! one's organizations, and declining it (B22, B48).

use model::{
    Action, Kind, MembershipId, OrgName, PersonName, Status, Timestamp, decide,
    id::{Id as _, InvalidId},
    invitation::{InvitationView, OpenInvitation},
    rules::{self, AcceptError, InvitationRecord, InvitationState},
};
use serde_json::json;
use store::{
    Tx, belonging,
    invitations::{self, Found},
    memberships::{self, Membership},
    organizations, outbox, requests,
    sessions::Signed,
    users::{self, User},
};

use crate::{
    Caller, Error, NewLogin, Rollcall,
    audit::{By, To},
    error::Fields,
    onboarding::first_yours,
    passwords,
    secrets::hash_token,
};

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
            (InvitationState::Open, Some(_)) if found.org_is_archived => InvitationView::Archived { org_name },
            (InvitationState::Open, Some(_)) if found.expires_at <= now => InvitationView::Expired { org_name, asked },
            (InvitationState::Open, Some(person)) => {
                let signed = match self.signed(caller, None).await {
                    Ok(signed) => Some(signed),
                    Err(Error::NotSignedIn) => None,
                    Err(error) => return Err(error),
                };
                let home = match &signed {
                    Some(signed) if person.kind == Kind::External && signed.email == person.email => {
                        let mut conn = self.db.read().await?;
                        belonging::native_to(&mut conn, &signed.user_id, &found.org_id).await?.map(|(_, name)| name)
                    }
                    _ => None,
                };
                InvitationView::Open(Box::new(OpenInvitation {
                    org_name,
                    invited_by: found.invited_by_name,
                    email: person.email,
                    name: person.name,
                    kind: person.kind,
                    role: person.role,
                    home,
                    expires_at: found.expires_at,
                    access_until: person.ends.access,
                    now,
                    has_account: person.has_account,
                    signed_in_as: signed.map(|signed| signed.email),
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
        self.accept_as_user(caller, &hash_token(token), user, new_hash).await
    }

    /// Why a link cannot be used, in words.
    pub(crate) async fn gone(&self, caller: &Caller, token: &str) -> Result<Error, Error> {
        Ok(match self.invitation(caller, token).await? {
            InvitationView::Expired { .. } => AcceptError::Expired.into(),
            InvitationView::Revoked { .. } => AcceptError::Revoked.into(),
            InvitationView::Superseded { .. } => AcceptError::Superseded.into(),
            InvitationView::Archived { .. } => AcceptError::Archived.into(),
            InvitationView::Used { .. } => AcceptError::Used.into(),
            InvitationView::Unknown | InvitationView::Open(_) => Error::NotFound,
        })
    }

    /// Accepts an invitation from the list of one's organizations, for whoever has proven the mailbox that it was sent to
    /// (B48, S25).
    ///
    /// # Errors
    /// [`Error::NotFound`] for an invitation of somebody else, [`Error::Gone`] for one that is over, [`Error::Conflict`].
    pub async fn accept_listed(&self, caller: &Caller, id: &str) -> Result<NewLogin, Error> {
        let (signed, token_hash) = self.invited_here(caller, id).await?;
        let user = User { id: signed.user_id, email: signed.email, name: PersonName::default() };
        self.accept_as_user(caller, &token_hash, user, None).await
    }

    /// Declines one: the link dies and the row goes, as if it had been revoked. Yields the organization's name.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an invitation of somebody else, and for one that was accepted.
    pub async fn decline_invitation(&self, caller: &Caller, id: &str) -> Result<OrgName, Error> {
        let (signed, token_hash) = self.invited_here(caller, id).await?;
        let now = self.now();
        let mut tx = self.db.write().await?;
        let found = invitations::by_token(&mut tx, &token_hash).await?.ok_or(Error::NotFound)?;
        let (org_id, id) = (&found.org_id, &found.membership_id);
        organizations::bump_revision(&mut tx, org_id).await?;
        // Behind the revision: it may have been accepted, withdrawn, or sent to another address meanwhile.
        let person = memberships::by_id(&mut tx, org_id, id).await?.ok_or(Error::NotFound)?;
        if person.status != Status::Invited || person.user_id.is_some() || person.email != signed.email {
            return Err(Error::NotFound);
        }
        if found.org_is_archived {
            return Err(AcceptError::Archived.into());
        }
        invitations::close_open(&mut tx, org_id, id, InvitationState::Revoked, now).await?;
        outbox::cancel_of_closed(&mut tx, org_id, id, now).await?;
        memberships::delete_declined(&mut tx, &person, &signed.email).await?;
        let name = person.name.display(&person.email);
        let by = By { org_id: Some(org_id), user_id: Some(&signed.user_id), name };
        let event = self.event(now, &by, "invitation.declined", To::from(&person), &json!({}));
        self.record(&mut tx, event).await?;
        tx.commit().await?;
        Ok(found.org_name)
    }

    /// Who is signed in, and by what an open invitation of theirs is found.
    async fn invited_here(&self, caller: &Caller, id: &str) -> Result<(Signed, String), Error> {
        let signed = self.signed(caller, None).await?;
        let id = MembershipId::parse(id).map_err(|InvalidId| Error::NotFound)?;
        let mut conn = self.db.read().await?;
        let token_hash = invitations::open_token(&mut conn, &id).await?.ok_or(Error::NotFound)?;
        let found = invitations::by_token(&mut conn, &token_hash).await?.ok_or(Error::NotFound)?;
        match found.person {
            Some(person) if signed.email_is_proven && person.email == signed.email => Ok((signed, token_hash)),
            _ => Err(Error::NotFound),
        }
    }

    async fn accept_as_user(
        &self,
        caller: &Caller,
        token_hash: &str,
        user: User,
        new_hash: Option<String>,
    ) -> Result<NewLogin, Error> {
        let now = self.now();
        let mut tx = self.db.write().await?;
        let first = invitations::by_token(&mut tx, token_hash).await?.ok_or(Error::NotFound)?;
        organizations::bump_revision(&mut tx, &first.org_id).await?;
        // An account that was there a moment ago may have been deleted since.
        if new_hash.is_none() && !users::hold(&mut tx, &user.id).await? {
            return Err(Error::NotSignedIn);
        }
        // Behind the revision, so that of many at once one wins (S21).
        let found = invitations::by_token(&mut tx, token_hash).await?.ok_or(Error::NotFound)?;
        let membership =
            memberships::by_id(&mut tx, &found.org_id, &found.membership_id).await?.ok_or(AcceptError::Revoked)?;
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
        let home = belonging::native_to(&mut tx, &user.id, &found.org_id).await?.map(|(id, _)| id);
        let acceptance = rules::accept(&record, user.id.clone(), &user.email, known_name, home, now)?;
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
            org_is_archived: found.org_is_archived,
            email: membership.email.clone(),
            kind: membership.kind,
            role: membership.role,
            state: found.state,
            expires_at: found.expires_at,
            inviter_may_still: inviter_may_still(tx, found, membership, now).await?,
        })
    }
}

/// Whether who sent the link might still send it, with all that comes with joining (S31): asked of the same [`decide`].
async fn inviter_may_still(tx: &mut Tx, found: &Found, of: &Membership, now: Timestamp) -> Result<bool, Error> {
    let org = organizations::by_id(tx, &found.org_id).await?.ok_or(Error::Internal)?;
    let Some(inviter) = memberships::by_user(tx, &found.org_id, &found.invited_by).await? else { return Ok(false) };
    let target = of.target(now);
    let may = |actor: model::Actor| decide(&actor, Action::ResendInvitation, Some(&target)).is_ok();
    Ok(inviter.actor(&org, now).is_some_and(may))
}
