//! A person's own account: name, password, and what every change to it has in common.

use model::{
    Email, PersonName, SessionId, Timestamp,
    account::{Account, LinkPurpose, PendingEmail},
    rules::LinkState,
};
use serde_json::json;
use store::{
    Handle, Tx, account_links,
    audit::Event,
    belonging,
    memberships::{self, Membership},
    organizations, outbox, sessions,
    users::{self, User},
};

use crate::{
    Caller, Error, Mail, Rollcall, Token,
    audit::{By, To},
    error::Fields,
    passwords,
};

/// A change of one's own account in progress. Who acts is read again inside the transaction, behind the account, so that
/// a session that was ended a moment ago changes nothing.
pub(crate) struct AccountChange {
    pub(crate) tx: Tx,
    pub(crate) user: User,
    pub(crate) session_id: SessionId,
    pub(crate) now: Timestamp,
}

/// What the form for another password holds.
#[derive(Clone, Default)]
pub struct ChangePassword {
    /// The one that the account has (S20).
    pub current: String,
    /// The one that it is to have.
    pub password: String,
}

impl std::fmt::Debug for ChangePassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChangePassword(…)")
    }
}

impl Rollcall {
    /// The account of who is signed in.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`].
    pub async fn account(&self, caller: &Caller) -> Result<Account, Error> {
        let signed = self.signed(caller, None).await?;
        let now = self.now();
        let mut conn = self.db.read().await?;
        let (user, _) = users::by_id(&mut conn, &signed.user_id).await?.ok_or(Error::NotSignedIn)?;
        let orgs = belonging::of_user(&mut conn, &user.id, now).await?;
        let old = account_links::standing(&mut conn, &user.id, LinkPurpose::ConfirmOldEmail).await?;
        let new = account_links::standing(&mut conn, &user.id, LinkPurpose::ConfirmNewEmail).await?;
        let pending = match (old.map(|found| found.record), new.map(|found| found.record)) {
            (Some(old), Some(new)) if old.usable(now).is_ok() && new.usable(now).is_ok() => {
                new.new_email.map(|to| PendingEmail {
                    to,
                    old_confirmed: old.state == LinkState::Confirmed,
                    new_confirmed: new.state == LinkState::Confirmed,
                    expires_at: new.expires_at,
                })
            }
            _ => None,
        };
        let sessions = self.live_sessions_of(&mut conn, caller, &user.id).await?;
        let orgs = orgs.into_iter().map(|o| o.org).collect();
        Ok(Account { name: user.name, email: user.email, pending, sessions, orgs, now })
    }

    /// Gives oneself another name, in every organization that one belongs to.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::NotSignedIn`].
    pub async fn rename_account(&self, caller: &Caller, first_name: &str, last_name: &str) -> Result<(), Error> {
        let mut fields = Fields::default();
        let name = fields.name(PersonName::parse(first_name, last_name));
        fields.check()?;
        let mut change = self.account_change(caller).await?;
        let name = name.ok_or(Error::Internal)?;
        let own = lock_own(&mut change.tx, &change.user).await?;
        users::rename(&mut change.tx, &change.user.id, &name).await?;
        let renamed = User { name, ..change.user.clone() };
        for membership in &own {
            memberships::set_own_details(&mut change.tx, membership, &renamed).await?;
        }
        self.record_own(&mut change, "membership.updated", &json!({ "email_changed": false })).await?;
        change.tx.commit().await?;
        Ok(())
    }

    /// Chooses another password (S20). All other sessions end, and this one goes on under a new token (S2, S7).
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::NotSignedIn`], [`Error::TooMany`], [`Error::Busy`].
    pub async fn change_password(&self, caller: &Caller, form: ChangePassword) -> Result<Token, Error> {
        let signed = self.signed(caller, None).await?;
        let own_words = {
            let mut conn = self.db.read().await?;
            let (user, _) = users::by_id(&mut conn, &signed.user_id).await?.ok_or(Error::NotSignedIn)?;
            own_words(&mut conn, &user, self.now()).await?
        };
        let mut fields = Fields::default();
        fields.current_password("current_password", &form.current);
        fields.take("password", judge(&form.password, &own_words));
        fields.check()?;
        self.prove_password(caller, &signed.email, form.current.clone(), "current_password").await?;
        if form.current == form.password {
            return Err(Error::field("password", "This is the password that you have now. Choose another one."));
        }
        let hash = self.passwords.hash(form.password).await?;

        let mut change = self.account_change(caller).await?;
        let (user, now) = (change.user.clone(), change.now);
        users::set_password_hash(&mut change.tx, &user.id, &hash, now).await?;
        self.after_new_password(&mut change.tx, &user, now).await?;
        let token = self.begin_session(&mut change.tx, caller, &user.id, now).await?;
        self.record_own(&mut change, "password.changed", &json!({ "address": caller.address() })).await?;
        change.tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(token)
    }

    /// What follows from a new password, however it was chosen: all sessions end, all links are void (S7, S26), and the
    /// person is told.
    pub(crate) async fn after_new_password(&self, tx: &mut Tx, user: &User, now: Timestamp) -> Result<(), Error> {
        sessions::end_others_of_account(tx, &user.id, None).await?;
        close_links(tx, user, &LinkPurpose::ALL, LinkState::Cancelled, now).await?;
        let mail = Mail::PasswordChanged {
            to: user.email.clone(),
            to_name: user.name.full(),
            at: now,
            forgot: format!("{}/forgot", self.settings.public_url),
        };
        outbox::insert(tx, &[self.message(now, &mail)]).await?;
        Ok(())
    }

    /// Asks for the password of who is signed in once more (S9, S20). Counted as at signing in (S34).
    pub(crate) async fn prove_password(
        &self,
        caller: &Caller,
        email: &Email,
        password: String,
        field: &'static str,
    ) -> Result<(), Error> {
        match self.check_password(caller, email, password).await {
            Ok(_) => Ok(()),
            Err(Error::Invalid(_)) => Err(Error::field(field, "This is not your current password.")),
            Err(error) => Err(error),
        }
    }

    /// Begins a change of one's own account.
    pub(crate) async fn account_change(&self, caller: &Caller) -> Result<AccountChange, Error> {
        let before = self.signed(caller, None).await?;
        let mut tx = self.db.write().await?;
        users::hold(&mut tx, &before.user_id).await?;
        let now = self.now();
        let token_hash = caller.token_hash().ok_or(Error::NotSignedIn)?;
        let signed =
            sessions::by_token(&mut tx, token_hash, None, self.liveness(now)).await?.ok_or(Error::NotSignedIn)?;
        let (user, _) = users::by_id(&mut tx, &signed.user_id).await?.ok_or(Error::NotSignedIn)?;
        Ok(AccountChange { tx, user, session_id: signed.session_id, now })
    }

    /// A line about one's own account, by oneself.
    pub(crate) async fn record_own(
        &self,
        change: &mut AccountChange,
        action: &'static str,
        detail: &serde_json::Value,
    ) -> Result<(), Error> {
        let (user, now) = (change.user.clone(), change.now);
        self.record_of_account(&mut change.tx, &user, Doer::Themselves, (action, detail), now).await
    }

    /// A line about an account, in each organization that it belongs to: what happens to it concerns all of them.
    pub(crate) async fn record_of_account(
        &self,
        tx: &mut Tx,
        user: &User,
        by: Doer,
        (action, detail): (&'static str, &serde_json::Value),
        now: Timestamp,
    ) -> Result<(), Error> {
        let line = |org_id, to: To| {
            let (user_id, name) = match by {
                Doer::Themselves => (Some(&user.id), to.name.clone()),
                Doer::Somebody => (None, String::new()),
            };
            self.event(now, &By { org_id, user_id, name }, action, to, detail)
        };
        let own = memberships::of_account(tx, &user.id).await?;
        let mut lines: Vec<Event> = own.iter().map(|m| line(Some(&m.org_id), To::from(m))).collect();
        if lines.is_empty() {
            lines.push(line(None, To { id: Some(user.id.to_string()), name: user.name.display(&user.email) }));
        }
        Ok(store::audit::insert(tx, &lines).await?)
    }
}

/// Who did something to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doer {
    /// Its holder, signed in or by a link that was mailed to them.
    Themselves,
    /// Somebody who only named its address.
    Somebody,
}

/// The memberships of an account, behind the revisions of their organizations.
pub(crate) async fn lock_own(tx: &mut Tx, user: &User) -> Result<Vec<Membership>, Error> {
    for membership in memberships::of_account(tx, &user.id).await? {
        organizations::bump_revision(tx, &membership.org_id).await?;
    }
    Ok(memberships::of_account(tx, &user.id).await?)
}

/// Voids links of an account, and takes their mail out of the queue.
pub(crate) async fn close_links(
    tx: &mut Tx,
    user: &User,
    purposes: &[LinkPurpose],
    how: LinkState,
    now: Timestamp,
) -> Result<u64, Error> {
    let closed = account_links::close_open(tx, &user.id, purposes, how, now).await?;
    outbox::cancel_of_closed_links(tx, &user.id, now).await?;
    Ok(closed)
}

/// The words that a person's password may not be made of (S18): their own, and those of their organizations.
pub(crate) async fn own_words<H: Handle>(h: &mut H, user: &User, now: Timestamp) -> Result<Vec<String>, Error> {
    let orgs = belonging::of_user(h, &user.id, now).await?;
    let mut words: Vec<String> = orgs.into_iter().map(|o| o.org.name.as_str().to_owned()).collect();
    words.extend([user.name.first.clone(), user.name.last.clone(), user.email.to_string()]);
    Ok(words)
}

/// Judges a password by such words.
pub(crate) fn judge(password: &str, own_words: &[String]) -> Result<(), model::password::WeakPassword> {
    let own_words: Vec<&str> = own_words.iter().map(String::as_str).collect();
    passwords::judge(password, &own_words)
}
