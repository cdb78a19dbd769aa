//! Signing in and out.
//!
//! Tries are counted in the database before any hashing: by account and address together, by address, and, far higher,
//! by account, so that a guesser is slowed at once and nobody is locked out by somebody else for long (S32, S33).

use model::{Email, Slug, Timestamp, UserId, time::MINUTE};
use serde_json::json;
use store::{Tx, belonging, memberships, organizations, rate_limits, sessions, users};

use crate::{
    Caller, Error, Rollcall, Token, audit,
    limits::{self, Limit},
    onboarding,
    passwords::Verified,
    secrets::hash_token,
};

/// The window in which tries are counted.
const WINDOW: i64 = 15 * MINUTE;
/// Tries for one account from one address.
const TRIES_BY_PAIR: u64 = 10;
/// Tries from one address.
const TRIES_BY_ADDRESS: u64 = 100;
/// Tries for one account from everywhere.
const TRIES_BY_ACCOUNT: u64 = 100;

/// Somebody who just signed in.
#[derive(Debug, Clone)]
pub struct NewLogin {
    /// For the session cookie.
    pub token: Token,
    /// The organization to open: the one used last.
    pub org: Option<Slug>,
    /// Whether a password has to be chosen before anything opens (B5).
    pub password_is_due: bool,
}

/// Whose password was right, and the hash by which it was.
pub(crate) struct Proven {
    pub(crate) user_id: UserId,
    hash: Option<String>,
}

fn refused() -> Error {
    Error::Invalid(vec![("password", "Email or password is not right.".to_owned())])
}

/// Holds the account, if its password is still the one that was compared: a reset that came between would otherwise leave
/// behind a session of who knew the old one, or the old one itself.
async fn unchanged(tx: &mut Tx, user_id: &UserId, verified_by: Option<&str>) -> Result<(), Error> {
    users::hold(tx, user_id).await?;
    let now = users::by_id(tx, user_id).await?.and_then(|(_, hash)| hash);
    if now.as_deref() == verified_by { Ok(()) } else { Err(refused()) }
}

/// What is counted of a try: by account and address together, by address, by account.
fn tries(caller: &Caller, email: &Email) -> [Limit; 3] {
    let account = hash_token(email.as_str());
    [
        (format!("login:pair:{account}:{}", caller.address()), TRIES_BY_PAIR),
        (format!("login:address:{}", caller.address()), TRIES_BY_ADDRESS),
        (format!("login:account:{account}"), TRIES_BY_ACCOUNT),
    ]
    .map(|(key, at_most)| Limit { key, at_most, window: WINDOW })
}

/// Forgets the wrong tries for an account, once its holder has proven to be that by other means.
pub(crate) async fn forget_tries(tx: &mut Tx, caller: &Caller, email: &Email) -> Result<(), Error> {
    let [pair, _, account] = tries(caller, email);
    rate_limits::clear(tx, &pair.key).await?;
    rate_limits::clear(tx, &account.key).await?;
    Ok(())
}

/// Said to who is kept out wherever they belong (B31).
const DEACTIVATED: &str = "Your access has been deactivated. Ask an admin of your organization to activate it.";
/// Said to who belongs nowhere any more (B37).
const NOWHERE: &str = "Your account belongs to no organization any more. Ask an admin to invite you.";

impl Rollcall {
    /// Signs in with an address and a password, at the door of an organization where `at` is its slug.
    ///
    /// # Errors
    /// [`Error::Invalid`] with one text for a wrong password and for an unknown address; [`Error::TooMany`];
    /// [`Error::Busy`]; [`Error::Conflict`] for somebody who is right and deactivated everywhere; [`Error::Gone`] for a
    /// temporary password that is right and expired.
    pub async fn log_in(
        &self,
        caller: &Caller,
        email: &str,
        password: String,
        at: Option<Slug>,
    ) -> Result<NewLogin, Error> {
        let Ok(email) = Email::parse(email) else {
            return Err(if password.is_empty() && email.trim().is_empty() {
                Error::Invalid(vec![
                    ("email", "Enter your email address.".to_owned()),
                    ("password", "Enter your password.".to_owned()),
                ])
            } else {
                Error::field("email", "Enter your email address, like name@example.com.")
            });
        };
        if password.is_empty() {
            return Err(Error::field("password", "Enter your password."));
        }
        let Proven { user_id, hash } = self.check_password(caller, &email, password).await?;

        let now = self.now();
        let mut tx = self.db.write().await?;
        unchanged(&mut tx, &user_id, hash.as_deref()).await?;
        if let Some(until) = users::temporary_until(&mut tx, &user_id).await? {
            return self.log_in_to_choose(tx, caller, &user_id, until).await;
        }
        let mut orgs = belonging::of_user(&mut tx, &user_id, now).await?;
        if !orgs.iter().any(|o| o.org.is_open())
            && let Some(person) = memberships::created(&mut tx, &user_id).await?
        {
            // Whoever was created and has chosen a password by mail, because the temporary one was lost, joins here.
            organizations::bump_revision(&mut tx, &person.org_id).await?;
            self.join(&mut tx, &user_id, now).await?;
            orgs = belonging::of_user(&mut tx, &user_id, now).await?;
        }
        let open = || orgs.iter().filter(|o| o.org.is_open());
        // The one whose door it was, or else the one used last; an archived one where there is no other.
        let used = || open().min_by_key(|o| o.org.is_archived);
        let Some(open) = open().find(|o| at.as_ref() == Some(&o.org.slug)).or_else(used) else {
            let why = if orgs.is_empty() { NOWHERE } else { DEACTIVATED };
            return Err(Error::Conflict(why.to_owned()));
        };
        memberships::touch_login(&mut tx, &open.membership_id, now).await?;
        let token = self.begin_session(&mut tx, caller, &user_id, now).await?;
        let by = audit::By { org_id: Some(&open.org_id), user_id: Some(&user_id), name: open.called.clone() };
        let event =
            self.event(now, &by, "session.created", audit::To::nobody(), &json!({ "address": caller.address() }));
        self.record(&mut tx, event).await?;
        tx.commit().await?;
        Ok(NewLogin { token, org: Some(open.org.slug.clone()), password_is_due: false })
    }

    /// Signs in with a temporary password: to nothing but the page where another one is chosen (B5).
    async fn log_in_to_choose(
        &self,
        mut tx: Tx,
        caller: &Caller,
        user_id: &UserId,
        until: Timestamp,
    ) -> Result<NewLogin, Error> {
        let now = self.now();
        if until <= now {
            return Err(onboarding::expired());
        }
        let person = memberships::created(&mut tx, user_id).await?.ok_or_else(refused)?;
        let token = self.put_session(&mut tx, caller, user_id, (Token::marked(&*self.entropy), now)).await?;
        let name = person.name.display(&person.email);
        let by = audit::By { org_id: Some(&person.org_id), user_id: Some(user_id), name };
        let event =
            self.event(now, &by, "session.created", audit::To::nobody(), &json!({ "address": caller.address() }));
        self.record(&mut tx, event).await?;
        tx.commit().await?;
        Ok(NewLogin { token, org: None, password_is_due: true })
    }

    /// Counts the try, compares, and clears the count when it was right.
    pub(crate) async fn check_password(
        &self,
        caller: &Caller,
        email: &Email,
        password: String,
    ) -> Result<Proven, Error> {
        let now = self.now();
        let limits = tries(caller, email);
        let mut tx = self.db.write().await?;
        let wait = limits::count(&mut tx, &limits, now).await?;
        tx.commit().await?;
        if let Some(wait_ms) = wait {
            tracing::warn!(client.address = caller.address(), "login throttled");
            return Err(limits::too_many(wait_ms));
        }

        let account = {
            let mut conn = self.db.read().await?;
            users::by_email(&mut conn, email).await?
        };
        let (user, verified_by) = account.map_or((None, None), |(user, hash)| (Some(user), hash));
        let verified = self.passwords.verify(password.clone(), verified_by.clone()).await?;
        let stronger = match verified {
            Verified::RightButWeak => Some(self.passwords.hash(password).await?),
            _ => None,
        };
        let mut tx = self.db.write().await?;
        match (user, verified) {
            (Some(user), Verified::Right | Verified::RightButWeak) => {
                let [pair, address, account] = &limits;
                rate_limits::clear(&mut tx, &pair.key).await?;
                rate_limits::clear(&mut tx, &account.key).await?;
                // Many people may share an address: what succeeds does not count against the others.
                rate_limits::forgive(&mut tx, &address.key).await?;
                if let Some(hash) = &stronger {
                    unchanged(&mut tx, &user.id, verified_by.as_deref()).await?;
                    users::rehash(&mut tx, &user.id, hash).await?;
                }
                tx.commit().await?;
                Ok(Proven { user_id: user.id, hash: stronger.or(verified_by) })
            }
            (user, _) => {
                let by = audit::By { org_id: None, user_id: user.as_ref().map(|u| &u.id), name: String::new() };
                let detail = json!({ "address": caller.address() });
                let event = self.event(now, &by, "session.refused", audit::To::nobody(), &detail);
                self.record(&mut tx, event).await?;
                tx.commit().await?;
                Err(refused())
            }
        }
    }

    /// A new session in place of the one that the browser presented, if any (S2).
    pub(crate) async fn begin_session(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        user_id: &UserId,
        now: Timestamp,
    ) -> Result<Token, Error> {
        self.put_session(tx, caller, user_id, (Token::fresh(&*self.entropy), now)).await
    }

    async fn put_session(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        user_id: &UserId,
        (token, now): (Token, Timestamp),
    ) -> Result<Token, Error> {
        if let Some(old) = caller.token_hash() {
            sessions::end(tx, old).await?;
        }
        let absolute = i64::try_from(self.settings.session_absolute.as_millis()).unwrap_or(i64::MAX);
        let session = sessions::NewSession {
            id: self.fresh(now),
            token_hash: token.hash(),
            user_id: user_id.clone(),
            at: now,
            expires_at: now.plus(absolute),
            user_agent: caller.user_agent().to_owned(),
            address: caller.address().to_owned(),
        };
        sessions::insert(tx, &session).await?;
        Ok(token)
    }

    /// Ends the session on the server (S5). Without one there is nothing to do.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn log_out(&self, caller: &Caller) -> Result<(), Error> {
        if let Some(token_hash) = caller.token_hash() {
            let mut tx = self.db.write().await?;
            sessions::end(&mut tx, token_hash).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
