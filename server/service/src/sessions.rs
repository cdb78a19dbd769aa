//! The sessions of a person: all are of the person's one account, wherever they were begun.

use model::{
    Action, SessionId, UserId,
    id::{Id, InvalidId},
    session::{LiveSession, browser_name},
};
use serde_json::json;
use store::{
    Conn,
    sessions::{self, Session},
};

use crate::{
    Caller, Error, Rollcall,
    audit::{By, To},
    change::Change,
};

/// Where sessions were ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// In this browser too: who asked is signed out.
    Here,
    /// In other browsers alone.
    Elsewhere,
}

impl Rollcall {
    pub(crate) async fn live_sessions_of(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        user_id: &UserId,
    ) -> Result<Vec<LiveSession>, Error> {
        let live = sessions::of_user(conn, user_id, self.liveness(self.now())).await?;
        self.shown_sessions(caller, live).await
    }

    /// Sessions as they are listed; the one that asks is marked.
    pub(crate) async fn shown_sessions(&self, caller: &Caller, live: Vec<Session>) -> Result<Vec<LiveSession>, Error> {
        let own = self.signed(caller, None).await?.session_id;
        let shown = |session: Session| LiveSession {
            own: session.id == own,
            browser: browser_name(&session.user_agent),
            address: session.address,
            last_seen_at: session.last_seen_at,
            signed_in_at: session.created_at,
            id: session.id,
        };
        Ok(live.into_iter().map(shown).collect())
    }

    /// Ends one session of a person.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotFound`] for a person of another organization and for a session of somebody else
    /// (S44).
    pub async fn end_session(&self, caller: &Caller, org: &str, id: &str, session: &str) -> Result<Ended, Error> {
        let mut change = self.change(caller, org).await?;
        let (person, permit) = change.permit_on(id, Action::EndSessions).await?;
        let session = SessionId::parse(session).map_err(|InvalidId| Error::NotFound)?;
        let user_agent = sessions::end_of(&mut change.tx, &permit, &session).await?.ok_or(Error::NotFound)?;
        let detail = json!({ "browser": browser_name(&user_agent) });
        self.note(&mut change, "session.ended", To::from(&person), &detail).await?;
        let ended = if change.session_id.as_ref() == Some(&session) { Ended::Here } else { Ended::Elsewhere };
        change.tx.commit().await?;
        Ok(ended)
    }

    /// Ends every session of a person.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::NotFound`].
    pub async fn end_all_sessions(&self, caller: &Caller, org: &str, id: &str) -> Result<Ended, Error> {
        let mut change = self.change(caller, org).await?;
        let (person, permit) = change.permit_on(id, Action::EndSessions).await?;
        let count = sessions::end_all_of(&mut change.tx, &permit).await?;
        if count > 0 {
            let (by, detail) = (By::from(&change.viewer), json!({ "count": count }));
            let event = self.event(change.now, &by, "sessions.ended_all", To::from(&person), &detail);
            self.record(&mut change.tx, event).await?;
        }
        let own = person.user_id.as_ref() == Some(&change.actor().user_id);
        let Change { tx, .. } = change;
        tx.commit().await?;
        Ok(if own { Ended::Here } else { Ended::Elsewhere })
    }

    /// Ends one of one's own sessions (S8).
    ///
    /// # Errors
    /// [`Error::NotSignedIn`]; [`Error::NotFound`] for a session of somebody else (S44).
    pub async fn end_own_session(&self, caller: &Caller, session: &str) -> Result<Ended, Error> {
        let mut change = self.account_change(caller).await?;
        let session = SessionId::parse(session).map_err(|InvalidId| Error::NotFound)?;
        let user_agent =
            sessions::end_of_account(&mut change.tx, &change.user.id, &session).await?.ok_or(Error::NotFound)?;
        let detail = json!({ "browser": browser_name(&user_agent) });
        self.record_own(&mut change, "session.ended", &detail).await?;
        let ended = if change.session_id == session { Ended::Here } else { Ended::Elsewhere };
        change.tx.commit().await?;
        Ok(ended)
    }

    /// Ends all of one's own sessions but the one at hand (S8). Yields how many there were.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`].
    pub async fn end_other_sessions(&self, caller: &Caller) -> Result<u64, Error> {
        let mut change = self.account_change(caller).await?;
        let keep = Some(&change.session_id);
        let count = sessions::end_others_of_account(&mut change.tx, &change.user.id, keep).await?;
        if count > 0 {
            self.record_own(&mut change, "sessions.ended_others", &json!({ "count": count })).await?;
        }
        change.tx.commit().await?;
        Ok(count)
    }
}
