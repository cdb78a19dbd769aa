//! Another address for an account: asked for with the password (S9), and done once both mailboxes have agreed within an
//! hour. Until the new mailbox has, nobody learns whether its address has an account here (S32).

use model::{
    Email, Timestamp,
    account::{EmailAnswer, EmailLinkView, LINK_TTL, LinkPurpose, Mailbox, OpenEmailLink},
    rules::{self, ConfirmError, Confirmation, EmailChange, InTheWay, LinkError, LinkState},
    time::HOUR,
};
use serde_json::json;
use store::{
    Handle, StoreError, Tx,
    account_links::{self, Found, NewLink},
    memberships,
    outbox::{self, NewMessage},
    sessions,
    users::{self, User},
};

use crate::{
    Caller, Error, Mail, Rollcall, Token,
    account::{AccountChange, Doer, close_links, lock_own},
    error::Fields,
    limits::{self, Limit},
    secrets::hash_token,
};

/// How often one account may ask for another address within an hour.
const ASKED_BY_ACCOUNT: u64 = 5;
/// How many mails an address gets for that within an hour, whoever asks (S36).
const ASKED_FOR_ADDRESS: u64 = 5;

/// What became of an answer to a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmailAnswered {
    /// The other mailbox has to agree as well.
    Waits,
    /// The account has this address now.
    Changed(Email),
    /// Nothing comes of it.
    Refused,
}

impl Rollcall {
    /// Asks for another address: a link goes to both, and earlier ones stop working (S26). The answer is the same for an
    /// address that has an account (S32). Yields the address as it was read.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::NotSignedIn`], [`Error::TooMany`], [`Error::Busy`].
    pub async fn ask_for_email(&self, caller: &Caller, email: &str, password: String) -> Result<Email, Error> {
        let signed = self.signed(caller, None).await?;
        let mut fields = Fields::default();
        let email = fields.take("email", Email::parse(email));
        fields.current_password("password", &password);
        if email.as_ref() == Some(&signed.email) {
            fields.take::<(), _>("email", Err("This is the address that you have now."));
        }
        fields.check()?;
        let email = email.ok_or(Error::Internal)?;
        self.prove_password(caller, &signed.email, password, "password").await?;

        let mut change = self.account_change(caller).await?;
        let limits = [
            (format!("email:account:{}", change.user.id), ASKED_BY_ACCOUNT),
            (format!("email:address:{}", hash_token(email.as_str())), ASKED_FOR_ADDRESS),
        ]
        .map(|(key, at_most)| Limit { key, at_most, window: HOUR });
        if let Some(wait_ms) = limits::count(&mut change.tx, &limits, change.now).await? {
            change.tx.commit().await?;
            return Err(limits::too_many(wait_ms));
        }
        let AccountChange { tx, user, now, .. } = &mut change;
        close_links(tx, user, &LinkPurpose::OF_EMAIL, LinkState::Superseded, *now).await?;
        for purpose in LinkPurpose::OF_EMAIL {
            let (link, message) = self.email_link(user, purpose, &email, *now);
            account_links::insert(tx, &[link]).await?;
            outbox::insert(tx, &[message]).await?;
        }
        self.record_own(&mut change, "email.change_requested", &json!({ "address": caller.address() })).await?;
        change.tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(email)
    }

    fn email_link(&self, user: &User, purpose: LinkPurpose, to: &Email, now: Timestamp) -> (NewLink, NewMessage) {
        let token = Token::fresh(&*self.entropy);
        let expires_at = now.plus(LINK_TTL);
        let link = format!("{}/email/{}", self.settings.public_url, token.expose());
        let mail = if purpose == LinkPurpose::ConfirmNewEmail {
            Mail::ConfirmNewEmail { to: to.clone(), link, expires_at }
        } else {
            let (new_email, to_name) = (to.clone(), user.name.full());
            Mail::ConfirmOldEmail { to: user.email.clone(), to_name, new_email, link, expires_at }
        };
        let link = NewLink {
            id: self.fresh(now),
            user_id: user.id.clone(),
            purpose,
            token_hash: token.hash(),
            new_email: Some(to.clone()),
            at: now,
            expires_at,
        };
        let message = NewMessage { account_link_id: Some(link.id.clone()), ..self.message(now, &mail) };
        (link, message)
    }

    /// Takes back what was asked for; without anything there is nothing to do.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`].
    pub async fn cancel_email_change(&self, caller: &Caller) -> Result<(), Error> {
        let mut change = self.account_change(caller).await?;
        let AccountChange { tx, user, now, .. } = &mut change;
        if close_links(tx, user, &LinkPurpose::OF_EMAIL, LinkState::Cancelled, *now).await? > 0 {
            self.record_own(&mut change, "email.change_cancelled", &json!({})).await?;
        }
        change.tx.commit().await?;
        Ok(())
    }

    /// What the page of a link shows. Reads alone (S30).
    ///
    /// # Errors
    /// [`Error::Unavailable`]; an unknown link is [`EmailLinkView::Unknown`].
    pub async fn email_link_view(&self, token: &str) -> Result<EmailLinkView, Error> {
        let now = self.now();
        let mut conn = self.db.read().await?;
        let Some(link) = email_link_of(&mut conn, token).await? else { return Ok(EmailLinkView::Unknown) };
        let other = match other_of(&mut conn, &link, now).await? {
            Ok(other) => other,
            Err(why) => return Ok(EmailLinkView::Closed(why)),
        };
        let (Some(mailbox), Some(to)) = (Mailbox::of(link.record.purpose), link.record.new_email.clone()) else {
            return Ok(EmailLinkView::Unknown);
        };
        let in_the_way = in_the_way(&mut conn, &link).await?;
        Ok(EmailLinkView::Open(Box::new(OpenEmailLink {
            mailbox,
            to,
            confirmed: link.record.state == LinkState::Confirmed,
            in_the_way: rules::tellable(&link.record, &other.record, in_the_way),
            expires_at: link.record.expires_at,
            now,
        })))
    }

    /// Answers a link. Both mailboxes have to confirm; either can refuse. A post without the person's answer changes
    /// nothing (N3).
    ///
    /// # Errors
    /// [`Error::Invalid`] without an answer, [`Error::Gone`] for a link that is over, [`Error::NotFound`] for one that is
    /// none, [`Error::Conflict`] where something is in the way.
    pub async fn answer_email_link(
        &self,
        caller: &Caller,
        token: &str,
        answer: Option<EmailAnswer>,
    ) -> Result<EmailAnswered, Error> {
        // Before the write lock, since noting a session's use asks for it.
        let here = match self.signed(caller, None).await {
            Ok(signed) => Some(signed),
            Err(Error::NotSignedIn) => None,
            Err(error) => return Err(error),
        };
        let mut tx = self.db.write().await?;
        let first = email_link_of(&mut tx, token).await?.ok_or(Error::NotFound)?;
        users::hold(&mut tx, &first.record.user_id).await?;
        // Behind the account, so that of two answers at once the second sees the first.
        let link = email_link_of(&mut tx, token).await?.ok_or(Error::NotFound)?;
        let now = self.now();
        let other = other_of(&mut tx, &link, now).await?.map_err(|why| Error::Gone(why.to_string()))?;
        let answer = answer.ok_or_else(|| Error::field("answer", "Choose one of the two."))?;
        let (user, _) = users::by_id(&mut tx, &link.record.user_id).await?.ok_or(Error::NotFound)?;
        let answered = match answer {
            EmailAnswer::Refuse => {
                close_links(&mut tx, &user, &LinkPurpose::OF_EMAIL, LinkState::Cancelled, now).await?;
                // Who reads the new mailbox may be a stranger.
                let by = match Mailbox::of(link.record.purpose) {
                    Some(Mailbox::Old) => Doer::Themselves,
                    _ => Doer::Somebody,
                };
                self.record_of_account(&mut tx, &user, by, ("email.change_cancelled", &json!({})), now).await?;
                EmailAnswered::Refused
            }
            EmailAnswer::Confirm => {
                let in_the_way = in_the_way(&mut tx, &link).await?;
                let confirmed = rules::confirm_email(&link.record, &other.record, in_the_way, now);
                match confirmed.map_err(refusal)? {
                    Confirmation::Waits => {
                        account_links::confirm(&mut tx, &link.id).await?;
                        EmailAnswered::Waits
                    }
                    Confirmation::Both(change) => {
                        for used in [&link.id, &other.id] {
                            account_links::mark_used(&mut tx, used, now).await?;
                        }
                        self.move_email(&mut tx, &user, &change, now).await?;
                        // Whoever may have signed in by the old address has to do it anew (S7).
                        let keep = here.as_ref().filter(|signed| signed.user_id == user.id);
                        sessions::end_others_of_account(&mut tx, &user.id, keep.map(|signed| &signed.session_id))
                            .await?;
                        let (doer, detail) = (Doer::Themselves, json!({ "address": caller.address() }));
                        self.record_of_account(&mut tx, &user, doer, ("email.changed", &detail), now).await?;
                        EmailAnswered::Changed(change.to().clone())
                    }
                }
            }
        };
        tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(answered)
    }

    /// Gives the account its new address, everywhere; other links are void (S26), and both mailboxes are told.
    async fn move_email(&self, tx: &mut Tx, user: &User, change: &EmailChange, now: Timestamp) -> Result<(), Error> {
        let own = lock_own(tx, user).await?;
        let moved = User { email: change.to().clone(), ..user.clone() };
        // Asked before, but somebody may have been faster.
        let taken = |error: StoreError, why: InTheWay| match error {
            StoreError::Taken => Error::Conflict(why.to_string()),
            error => error.into(),
        };
        users::move_email(tx, change).await.map_err(|error| taken(error, InTheWay::Account))?;
        users::prove_email(tx, change.user_id(), now).await?;
        if let Some(org) = memberships::in_the_way_of(tx, &user.id, change.to()).await? {
            return Err(Error::Conflict(InTheWay::Invitation(org).to_string()));
        }
        for membership in &own {
            memberships::set_own_details(tx, membership, &User { name: membership.name.clone(), ..moved.clone() })
                .await?;
        }
        close_links(tx, user, &LinkPurpose::ALL, LinkState::Cancelled, now).await?;
        let notices = [&user.email, change.to()].map(|to| {
            let (to_name, new_email) = (user.name.full(), change.to().clone());
            self.message(now, &Mail::EmailChanged { to: to.clone(), to_name, new_email, at: now })
        });
        outbox::insert(tx, &notices).await?;
        tracing::info!(user.id = %user.id, "email changed");
        Ok(())
    }
}

/// The link of a token, if it is one for another address (S23).
async fn email_link_of<H: Handle>(h: &mut H, token: &str) -> Result<Option<Found>, Error> {
    let found = account_links::by_token(h, &hash_token(token)).await?;
    Ok(found.filter(|found| found.record.purpose.other().is_some()))
}

/// The other link of the change, as long as both are good.
async fn other_of<H: Handle>(h: &mut H, link: &Found, now: Timestamp) -> Result<Result<Found, LinkError>, Error> {
    if let Err(why) = link.record.usable(now) {
        return Ok(Err(why));
    }
    let other = match link.record.purpose.other() {
        Some(purpose) => account_links::standing(h, &link.record.user_id, purpose).await?,
        None => None,
    };
    Ok(other.ok_or(LinkError::Cancelled))
}

/// What keeps the account of a link from having its address.
async fn in_the_way<H: Handle>(h: &mut H, link: &Found) -> Result<Option<InTheWay>, Error> {
    let Some(to) = &link.record.new_email else { return Ok(None) };
    if let Some((holder, _)) = users::by_email(h, to).await?
        && holder.id != link.record.user_id
    {
        return Ok(Some(InTheWay::Account));
    }
    let org = memberships::in_the_way_of(h, &link.record.user_id, to).await?;
    Ok(org.map(InTheWay::Invitation))
}

fn refusal(error: ConfirmError) -> Error {
    match error {
        ConfirmError::Link(why) => Error::Gone(why.to_string()),
        ConfirmError::InTheWay(why) => Error::Conflict(why.to_string()),
    }
}
