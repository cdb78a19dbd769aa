//! A new password for who forgot theirs: a link to the account's mailbox, good once and for an hour.
//!
//! Asking is answered alike for every address, in words, status and time, and mail goes to accounts alone (S32).

use model::{
    Email, Timestamp,
    account::{LINK_TTL, LinkPurpose, ResetView},
    rules::LinkState,
    time::HOUR,
};
use serde_json::json;
use std::time::Duration;
use store::{
    Handle,
    account_links::{self, Found, NewLink},
    outbox::{self, NewMessage},
    users::{self, User},
};

use crate::{
    Caller, Error, Mail, Rollcall, Token,
    account::{Doer, close_links, judge, own_words},
    audit::{By, To},
    limits::{self, Limit},
    login,
    secrets::hash_token,
};

/// How often one address may be asked about from one place within an hour.
const ASKED_BY_PAIR: u64 = 5;
/// How often anything may be asked from one place within an hour.
const ASKED_BY_ADDRESS: u64 = 30;
/// How many mails one account gets within an hour, whoever asks (S36). The window is as long as a link is good: who is
/// made to wait has the last of them.
const ASKED_BY_ACCOUNT: u64 = 10;
/// What asking takes at least: longer than the writing that an account alone makes necessary.
const AS_LONG: Duration = Duration::from_millis(150);

impl Rollcall {
    /// Mails a link for a new password, if the address has an account; what is answered does not tell (S32). Earlier
    /// links stop working (S26). Yields the address as it was read.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no address; [`Error::TooMany`].
    pub async fn ask_for_reset(&self, caller: &Caller, email: &str) -> Result<Email, Error> {
        let email = Email::parse(email).map_err(|why| Error::field("email", why))?;
        let (sent, ()) = tokio::join!(self.send_reset(caller, &email), tokio::time::sleep(AS_LONG));
        sent?;
        Ok(email)
    }

    async fn send_reset(&self, caller: &Caller, email: &Email) -> Result<(), Error> {
        let now = self.now();
        let account = hash_token(email.as_str());
        let limits = [
            (format!("reset:pair:{account}:{}", caller.address()), ASKED_BY_PAIR),
            (format!("reset:address:{}", caller.address()), ASKED_BY_ADDRESS),
            (format!("reset:account:{account}"), ASKED_BY_ACCOUNT),
        ]
        .map(|(key, at_most)| Limit { key, at_most, window: HOUR });
        let mut tx = self.db.write().await?;
        if let Some(wait_ms) = limits::count(&mut tx, &limits, now).await? {
            tx.commit().await?;
            tracing::warn!(client.address = caller.address(), "reset throttled");
            return Err(limits::too_many(wait_ms));
        }
        let detail = json!({ "address": caller.address() });
        let action = "password.reset_requested";
        if let Some((user, _)) = users::by_email(&mut tx, email).await? {
            users::hold(&mut tx, &user.id).await?;
            close_links(&mut tx, &user, &[LinkPurpose::ResetPassword], LinkState::Superseded, now).await?;
            let (link, message) = self.reset_link(&user, now);
            account_links::insert(&mut tx, &[link]).await?;
            outbox::insert(&mut tx, &[message]).await?;
            self.record_of_account(&mut tx, &user, Doer::Somebody, (action, &detail), now).await?;
        } else {
            let nobody = By { org_id: None, user_id: None, name: String::new() };
            let event = self.event(now, &nobody, action, To::nobody(), &detail);
            self.record(&mut tx, event).await?;
        }
        tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(())
    }

    fn reset_link(&self, user: &User, now: Timestamp) -> (NewLink, NewMessage) {
        let token = Token::fresh(&*self.entropy);
        let expires_at = now.plus(LINK_TTL);
        let link = NewLink {
            id: self.fresh(now),
            user_id: user.id.clone(),
            purpose: LinkPurpose::ResetPassword,
            token_hash: token.hash(),
            new_email: None,
            at: now,
            expires_at,
        };
        let mail = Mail::PasswordReset {
            to: user.email.clone(),
            to_name: user.name.full(),
            link: format!("{}/reset/{}", self.settings.public_url, token.expose()),
            expires_at,
        };
        let message = NewMessage { account_link_id: Some(link.id.clone()), ..self.message(now, &mail) };
        (link, message)
    }

    /// What the page of a link shows. Reads alone (S30).
    ///
    /// # Errors
    /// [`Error::Unavailable`]; an unknown link is [`ResetView::Unknown`].
    pub async fn reset_view(&self, token: &str) -> Result<ResetView, Error> {
        let now = self.now();
        let mut conn = self.db.read().await?;
        let Some(found) = reset_of(&mut conn, token).await? else { return Ok(ResetView::Unknown) };
        if let Err(why) = found.record.usable(now) {
            return Ok(ResetView::Closed(why));
        }
        let account = users::by_id(&mut conn, &found.record.user_id).await?;
        Ok(account.map_or(ResetView::Unknown, |(user, _)| ResetView::Open {
            email: user.email,
            expires_at: found.record.expires_at,
            now,
        }))
    }

    /// Chooses a new password by a link: ends every session of the account (S7) and begins none (S29).
    ///
    /// # Errors
    /// [`Error::Gone`] for a link that is over, [`Error::NotFound`] for one that is none, [`Error::Invalid`],
    /// [`Error::Busy`].
    pub async fn reset_password(&self, caller: &Caller, token: &str, password: String) -> Result<(), Error> {
        // What the link is, before any password is judged or hashed.
        let own_words = {
            let mut conn = self.db.read().await?;
            let found = reset_of(&mut conn, token).await?.ok_or(Error::NotFound)?;
            found.record.usable(self.now()).map_err(|why| Error::Gone(why.to_string()))?;
            let (user, _) = users::by_id(&mut conn, &found.record.user_id).await?.ok_or(Error::NotFound)?;
            own_words(&mut conn, &user, self.now()).await?
        };
        judge(&password, &own_words).map_err(|why| Error::field("password", why))?;
        let hash = self.passwords.hash(password).await?;

        let mut tx = self.db.write().await?;
        let first = reset_of(&mut tx, token).await?.ok_or(Error::NotFound)?;
        users::hold(&mut tx, &first.record.user_id).await?;
        // Behind the account, so that of many at once one wins (S21).
        let found = reset_of(&mut tx, token).await?.ok_or(Error::NotFound)?;
        let now = self.now();
        found.record.usable(now).map_err(|why| Error::Gone(why.to_string()))?;
        let (user, _) = users::by_id(&mut tx, &found.record.user_id).await?.ok_or(Error::NotFound)?;
        account_links::mark_used(&mut tx, &found.id, now).await?;
        users::set_password_hash(&mut tx, &user.id, &hash, now).await?;
        users::prove_email(&mut tx, &user.id, now).await?;
        self.after_new_password(&mut tx, &user, now).await?;
        login::forget_tries(&mut tx, caller, &user.email).await?;
        let detail = json!({ "address": caller.address() });
        self.record_of_account(&mut tx, &user, Doer::Themselves, ("password.reset", &detail), now).await?;
        tx.commit().await?;
        self.outbox_ready.notify_one();
        tracing::info!(user.id = %user.id, "password reset");
        Ok(())
    }
}

/// The link of a token, if it is one for a new password (S23).
async fn reset_of<H: Handle>(h: &mut H, token: &str) -> Result<Option<Found>, Error> {
    let found = account_links::by_token(h, &hash_token(token)).await?;
    Ok(found.filter(|found| found.record.purpose == LinkPurpose::ResetPassword))
}
