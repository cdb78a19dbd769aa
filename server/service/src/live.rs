//! Who looks at an organization's people hears of each change within [`LOOK_EVERY`], whichever process made it: all that
//! is asked is the organization's revision, once for everybody who watches on this process.

use model::{Action, OrgId, decide};
use std::{collections::HashMap, sync::Mutex, time::Duration};
use store::organizations;
use tokio::sync::watch;

use crate::{Caller, Error, Rollcall};

/// How often the revisions of watched organizations are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The organizations that are watched on this process.
#[derive(Debug, Default)]
pub(crate) struct Live(Mutex<Watched>);

#[derive(Debug, Default)]
struct Watched {
    orgs: HashMap<OrgId, watch::Sender<i64>>,
    /// Whether somebody looks.
    looking: bool,
    stopped: bool,
}

impl Live {
    fn with<T>(&self, work: impl FnOnce(&mut Watched) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

/// A browser that watches.
#[derive(Debug)]
pub struct Watching {
    caller: Caller,
    org: String,
    revision: watch::Receiver<i64>,
}

impl Rollcall {
    /// The present revision of an organization's people.
    ///
    /// # Errors
    /// As [`Self::watch`].
    pub async fn revision(&self, caller: &Caller, org: &str) -> Result<i64, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        self.revision_of(&viewer.actor.org_id).await
    }

    async fn revision_of(&self, org_id: &OrgId) -> Result<i64, Error> {
        let mut conn = self.db.read().await?;
        let found = organizations::revisions(&mut conn, std::slice::from_ref(org_id)).await?;
        found.first().map(|(_, revision)| *revision).ok_or(Error::NotFound)
    }

    /// Begins to watch an organization's people.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`], [`Error::NotFound`], [`Error::Denied`] for somebody who may not see people.
    pub async fn watch(&self, caller: Caller, org: String) -> Result<Watching, Error> {
        let viewer = self.viewer(&caller, &org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        let org_id = viewer.actor.org_id;
        let now = self.revision_of(&org_id).await?;
        let (revision, look) = self.live.with(|watched| {
            if watched.stopped {
                return Err(Error::Unavailable);
            }
            let sender = watched.orgs.entry(org_id).or_insert_with(|| watch::Sender::new(now));
            let receiver = sender.subscribe();
            Ok((receiver, !std::mem::replace(&mut watched.looking, true)))
        })?;
        if look {
            tokio::spawn(self.clone().look());
        }
        Ok(Watching { caller, org, revision })
    }

    /// Looks at the revisions as long as somebody watches.
    async fn look(self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let ids: Vec<OrgId> = self.live.with(|watched| {
                watched.orgs.retain(|_, sender| sender.receiver_count() > 0);
                watched.looking = !watched.orgs.is_empty();
                watched.orgs.keys().cloned().collect()
            });
            if ids.is_empty() {
                return;
            }
            let Ok(mut conn) = self.db.read().await else { continue };
            let Ok(found) = organizations::revisions(&mut conn, &ids).await else { continue };
            drop(conn);
            self.live.with(|watched| {
                for (id, revision) in found {
                    if let Some(sender) = watched.orgs.get(&id) {
                        sender.send_if_modified(|known| std::mem::replace(known, revision) != revision);
                    }
                }
            });
        }
    }

    /// How many browsers watch.
    pub(crate) fn live_streams(&self) -> usize {
        self.live.with(|watched| watched.orgs.values().map(watch::Sender::receiver_count).sum())
    }

    /// Ends all watching, so that a process that is told to stop can.
    pub fn stop_watching(&self) {
        self.live.with(|watched| {
            watched.stopped = true;
            watched.orgs.clear();
        });
    }
}

impl Watching {
    /// The revision as it is known now.
    pub fn now(&self) -> i64 {
        *self.revision.borrow()
    }

    /// Waits for the next revision. `None` when watching is over: the process stops, or who watches may no longer.
    pub async fn next(&mut self, rollcall: &Rollcall) -> Option<i64> {
        self.revision.changed().await.ok()?;
        let revision = *self.revision.borrow_and_update();
        // Asked anew, since the change may be that this very person lost their access.
        let viewer = rollcall.viewer(&self.caller.anew(), &self.org).await.ok()?;
        decide(&viewer.actor, Action::ViewPeople, None).ok()?;
        Some(revision)
    }
}
