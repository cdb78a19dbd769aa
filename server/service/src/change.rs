//! The beginning and the end of every change to people: who acts is read again inside the transaction, behind the
//! organization's revision, so that a right lost a moment ago is not used (S47).

use model::{
    Action, Actor, Denial, MembershipId, OrgId, Permit, PersonState, Role, SessionId, Slug, Timestamp, UserId, decide,
    id::{Id, InvalidId},
    people::Viewer,
    rules::{self, InvitationState, Seats},
};
use store::{
    Handle, Tx, invitations,
    memberships::{self, Membership},
    organizations, outbox, people, sessions,
};

use crate::{Caller, Error, Rollcall, onboarding::Temporary};

/// A change in progress.
pub(crate) struct Change {
    pub(crate) tx: Tx,
    pub(crate) viewer: Viewer,
    /// The session of who acts; `None` where a job goes on without them.
    pub(crate) session_id: Option<SessionId>,
    pub(crate) now: Timestamp,
    /// Temporary passwords for whom they are sent again, hashed before the transaction began.
    pub(crate) prepared: Vec<Temporary>,
}

impl Rollcall {
    /// The person behind a request, in an organization: 401 without a session, 404 without a membership there.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`], [`Error::NotFound`], [`Error::Denied`] for somebody whose access ended.
    pub async fn viewer(&self, caller: &Caller, org: &str) -> Result<Viewer, Error> {
        let slug = Slug::parse(org).ok_or(Error::NotFound)?;
        let viewer = self.signed(caller, Some(&slug)).await?.viewer.ok_or(Error::NotFound)?;
        if viewer.actor.state == PersonState::Active { Ok(viewer) } else { Err(Error::Denied(Denial::Inactive)) }
    }

    /// Begins a change to an organization: to its people, or to what governs them.
    ///
    /// # Errors
    /// [`Error::Denied`] where it is archived.
    pub(crate) async fn change(&self, caller: &Caller, org: &str) -> Result<Change, Error> {
        open(self.change_of_any(caller, org).await?)
    }

    /// The same, of one that may be archived.
    pub(crate) async fn change_of_any(&self, caller: &Caller, org: &str) -> Result<Change, Error> {
        // Asked without the write lock first: nobody who may not even read holds up the writers.
        let before = self.viewer(caller, org).await?;
        let mut tx = self.db.write().await?;
        organizations::bump_revision(&mut tx, &before.actor.org_id).await?;
        self.lapse_due(&mut tx, &before.actor.org_id).await?;
        self.acting(caller, &before, tx).await
    }

    /// Begins a change to what no list of people shows: the organization's revision stays where it is, so that nobody
    /// reads their list again for it.
    ///
    /// # Errors
    /// [`Error::Denied`] where the organization is archived.
    pub(crate) async fn change_beside_people(&self, caller: &Caller, org: &str) -> Result<Change, Error> {
        let before = self.viewer(caller, org).await?;
        let tx = self.db.write().await?;
        open(self.acting(caller, &before, tx).await?)
    }

    async fn acting(&self, caller: &Caller, before: &Viewer, mut tx: Tx) -> Result<Change, Error> {
        let now = self.now();
        let token_hash = caller.token_hash().ok_or(Error::NotSignedIn)?;
        let signed = sessions::by_token(&mut tx, token_hash, Some(&before.org.slug), self.liveness(now))
            .await?
            .ok_or(Error::NotSignedIn)?;
        let viewer = signed.viewer.ok_or(Error::NotFound)?;
        Ok(Change { tx, viewer, session_id: Some(signed.session_id), now, prepared: Vec::new() })
    }
}

/// Refuses a change to an archived organization.
fn open(change: Change) -> Result<Change, Error> {
    if change.actor().archived { Err(Error::Denied(Denial::Archived)) } else { Ok(change) }
}

impl Change {
    pub(crate) fn actor(&self) -> &Actor {
        &self.viewer.actor
    }

    /// The person of an id in the actor's organization, and the permit to do something to them.
    pub(crate) async fn permit_on(&mut self, id: &str, action: Action) -> Result<(Membership, Permit), Error> {
        let id = Id::parse(id).map_err(|InvalidId| Error::NotFound)?;
        let person = memberships::by_id(&mut self.tx, &self.viewer.actor.org_id, &id).await?.ok_or(Error::NotFound)?;
        let permit = decide(self.actor(), action, Some(&person.target(self.now)))?;
        Ok((person, permit))
    }

    /// The seats of the organization, as they are behind its revision (policy M).
    pub(crate) async fn seats(&mut self) -> Result<Seats, Error> {
        seats(&mut self.tx, &self.viewer, self.now).await
    }

    /// Refuses what would make somebody take a seat where none is left.
    pub(crate) async fn seat_for(&mut self, person: &Membership, action: Action) -> Result<(), Error> {
        let state = person.target(self.now).state;
        if rules::needs_seat(action, state) && rules::takes_seat(person.kind, PersonState::Active) {
            self.seats().await?.take().map_err(|why| Error::Conflict(why.to_string()))?;
        }
        Ok(())
    }

    /// Closes the open links of a person (S26), and takes their mail out of the queue.
    pub(crate) async fn close_links(&mut self, of: &MembershipId, how: InvitationState) -> Result<(), Error> {
        let org_id = &self.viewer.actor.org_id;
        invitations::close_open(&mut self.tx, org_id, of, how, self.now).await?;
        outbox::cancel_of_closed(&mut self.tx, org_id, of, self.now).await?;
        Ok(())
    }
}

/// The role that the box "Admin" means for somebody: checked is Admin; unchecked leaves a lower role as it is.
pub(crate) fn role_of_box(admin: bool, now: Role, default: Role) -> Role {
    match (admin, now) {
        (_, Role::Owner) => Role::Owner,
        (true, _) => Role::Admin,
        (false, Role::Admin) => default,
        (false, role) => role,
    }
}

/// Somebody as they are in an organization now, on whose behalf something goes on without them; `None` when they have left.
pub(crate) async fn on_behalf_of<H: Handle>(
    h: &mut H,
    (org_id, user_id): (&OrgId, &UserId),
    now: Timestamp,
) -> Result<Option<Viewer>, Error> {
    let Some(person) = memberships::by_user(h, org_id, user_id).await? else { return Ok(None) };
    let org = organizations::by_id(h, org_id).await?.ok_or(Error::Internal)?;
    let landing = String::new();
    let viewer =
        |actor| Viewer { actor, name: person.name.clone(), email: person.email.clone(), org: org.clone(), landing };
    Ok(person.actor(&org, now).map(viewer))
}

/// The seats of the viewer's organization (policy M).
pub(crate) async fn seats<H: Handle>(h: &mut H, viewer: &Viewer, now: Timestamp) -> Result<Seats, Error> {
    let census = people::census(h, &viewer.actor.org_id, now).await?;
    Ok(Seats::new(&viewer.org.policies, census.seats_taken()))
}
