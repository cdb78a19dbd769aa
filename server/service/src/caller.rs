//! Who asks: the session cookie and the address of a request, and, once looked up, the person behind.

use model::{
    PersonState, Slug, Timestamp,
    time::{MINUTE, SECOND},
};
use std::{net::IpAddr, sync::Arc};
use store::{
    memberships,
    people::Profile,
    sessions::{self, Liveness, Signed},
};
use tokio::sync::{Mutex, MutexGuard};

use crate::{Error, Rollcall, Token, secrets::hash_token};

/// A session's last use is noted at most so often, so that reading pages writes nothing.
const TOUCH_EVERY: i64 = 5 * MINUTE;

/// The same of somebody who goes to and fro between organizations.
const SWITCH_EVERY: i64 = 10 * SECOND;

/// The origin of one request. Remembers the looked-up session, so that a page of several parts asks the database once.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    token_hash: Option<String>,
    /// Whether the cookie says that a password has to be chosen first.
    marked: bool,
    address: String,
    user_agent: String,
    known: Arc<Mutex<Option<Known>>>,
    /// The person whose profile was asked for, of whom a page asks in several parts.
    shown: Arc<Mutex<Option<Profile>>>,
}

/// A session as it was looked up, and for which organization.
#[derive(Debug)]
struct Known {
    of: Option<Slug>,
    signed: Signed,
}

impl Caller {
    /// From the session cookie, the address (see [`client_address`]) and the `User-Agent`.
    pub fn new(session_token: Option<&str>, address: String, user_agent: &str) -> Self {
        Self {
            token_hash: session_token.map(hash_token),
            marked: session_token.is_some_and(Token::is_marked),
            address,
            user_agent: user_agent.chars().filter(|c| !c.is_control()).take(200).collect(),
            known: Arc::default(),
            shown: Arc::default(),
        }
    }
    /// The same origin, of whom nothing is remembered.
    pub(crate) fn anew(&self) -> Self {
        Self { known: Arc::default(), shown: Arc::default(), ..self.clone() }
    }
    /// Held while it is asked for, so that whoever comes second finds it.
    pub(crate) async fn shown(&self) -> MutexGuard<'_, Option<Profile>> {
        self.shown.lock().await
    }
    pub(crate) fn token_hash(&self) -> Option<&str> {
        self.token_hash.as_deref()
    }
    pub(crate) fn is_marked(&self) -> bool {
        self.marked
    }
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
    pub(crate) fn user_agent(&self) -> &str {
        &self.user_agent
    }
}

/// The form of an address that limits count by: IPv4 whole, IPv6 by its /64, v4-mapped as IPv4 (S35).
pub fn client_address(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

impl Rollcall {
    /// Sessions live at `now` and were used lately enough.
    pub(crate) fn liveness(&self, now: Timestamp) -> Liveness {
        let idle = i64::try_from(self.settings.session_idle.as_millis()).unwrap_or(i64::MAX);
        Liveness { now, seen_since: now.plus(-idle) }
    }

    /// Whether anybody is signed in behind a request; nobody is while the database is away.
    pub async fn is_signed_in(&self, caller: &Caller) -> bool {
        self.signed(caller, None).await.is_ok()
    }

    /// The live session behind a request, with the user's membership in the organization.
    pub(crate) async fn signed(&self, caller: &Caller, slug: Option<&Slug>) -> Result<Signed, Error> {
        let mut known = caller.known.lock().await;
        if let Some(known) = known.as_ref()
            && (known.of.as_ref() == slug || slug.is_none())
        {
            return Ok(known.signed.clone());
        }
        let token_hash = caller.token_hash().ok_or(Error::NotSignedIn)?;
        let now = self.now();
        let signed = {
            let mut conn = self.db.read().await?;
            match sessions::by_token(&mut conn, token_hash, slug, self.liveness(now)).await? {
                Some(signed) => signed,
                None if sessions::due(&mut conn, token_hash, self.liveness(now)).await?.is_some() => {
                    return Err(Error::PasswordDue);
                }
                None => return Err(Error::NotSignedIn),
            }
        };
        if is_to_be_noted(&signed, now) {
            // Best effort: a database that cannot be written to can still be read.
            if let Err(error) = self.touch(&signed, now).await {
                tracing::warn!(error.message = %error, "a session's use was not noted");
            }
        }
        *known = Some(Known { of: slug.cloned(), signed: signed.clone() });
        Ok(signed)
    }
}

impl Rollcall {
    async fn touch(&self, signed: &Signed, now: Timestamp) -> Result<(), store::StoreError> {
        let mut tx = self.db.write().await?;
        // In the order of whoever takes access away: the membership, then its sessions.
        if let Some(viewer) = signed.viewer.as_ref().filter(|viewer| viewer.actor.state == PersonState::Active) {
            let id = &viewer.actor.membership_id;
            if comes_first(signed) {
                memberships::touch_login(&mut tx, id, now).await?;
            } else {
                memberships::touch_use(&mut tx, id, now).await?;
            }
        }
        sessions::touch(&mut tx, &signed.session_id, now).await?;
        tx.commit().await
    }
}

/// Whether somebody has not come to the organization that they ask about since they signed in: the first time is a login
/// there (B11).
fn comes_first(signed: &Signed) -> bool {
    signed.came_at.is_none_or(|came| came < signed.created_at)
}

/// Whether the use of a session is noted now: from time to time; at once, where somebody comes to an organization for the
/// first time in it; and soon, where they have gone over from another one.
fn is_to_be_noted(signed: &Signed, now: Timestamp) -> bool {
    let is_inside = signed.viewer.as_ref().is_some_and(|viewer| viewer.actor.state == PersonState::Active);
    let used = signed.used_at.or(signed.came_at);
    let was_elsewhere = is_inside && used.is_none_or(|used| used < signed.last_seen_at);
    let every = if was_elsewhere { SWITCH_EVERY } else { TOUCH_EVERY };
    is_inside && comes_first(signed) || signed.last_seen_at.plus(every) <= now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_one_person_can_change_at_will_count_as_one() {
        for (ip, counted) in [
            ("203.0.113.9", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ] {
            assert_eq!(client_address(ip.parse().expect("an address")), counted);
        }
    }
}
