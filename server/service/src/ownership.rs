//! Ownership passes by an offer that the other person accepts (B34, N4): made with the password once more, valid for a week,
//! taken back or declined at any time. There is an Owner at every moment, since one step makes both changes.

use model::{
    Action, OfferId, Role, decide,
    id::{Id, InvalidId},
    ownership::{OwnershipView, Who},
    people::Viewer,
    rules::{self, OfferError, OfferState, OwnerRoom, TransferMode},
};
use serde_json::json;
use store::{
    memberships::{self, Membership},
    outbox, ownership,
    ownership::NewOffer,
};

use crate::{
    Caller, Error, Mail, Rollcall,
    audit::{By, To, was},
    change::Change,
    error::Fields,
};

/// What the dialog holds.
#[derive(Debug, Clone, Default)]
pub struct OfferOwnership {
    /// Code of a [`TransferMode`].
    pub mode: String,
    /// The password of who offers.
    pub password: String,
}

/// How somebody answers an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Decline,
    Cancel,
}

impl Rollcall {
    /// Who the Owners are, and which offers wait for the viewer.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Denied`].
    pub async fn ownership(&self, caller: &Caller, org: &str) -> Result<OwnershipView, Error> {
        let viewer = self.viewer(caller, org).await?;
        let now = self.now();
        let mut conn = self.db.read().await?;
        let owners = memberships::owners(&mut conn, &viewer.actor.org_id).await?;
        let offers = ownership::open_of(&mut conn, &viewer.actor.membership_id, now).await?;
        Ok(OwnershipView {
            owners: owners.iter().map(who).collect(),
            max_owners: viewer.org.policies.max_owners,
            offers,
            now,
        })
    }

    /// Offers ownership to somebody; an earlier offer of the same person is taken back. Yields what they are called.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::NotFound`], [`Error::TooMany`], [`Error::Busy`].
    pub async fn offer_ownership(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        form: OfferOwnership,
    ) -> Result<String, Error> {
        let viewer = self.viewer(caller, org).await?;
        // Before a password is asked for: who may not offer has nothing to prove.
        self.may_offer(&viewer, id).await?;
        let mut fields = Fields::default();
        let mode = fields.take("mode", TransferMode::from_code(&form.mode).ok_or("Choose one of these."));
        fields.current_password("password", &form.password);
        fields.check()?;
        let mode = mode.ok_or(Error::Internal)?;
        self.prove_password(caller, &viewer.email, form.password, "password").await?;

        let mut change = self.change(caller, org).await?;
        let (person, permit) = change.permit_on(id, Action::OfferOwnership).await?;
        if person.kind != model::Kind::Standard {
            return Err(Error::Conflict(OfferError::CannotOwn.to_string()));
        }
        let room = room(&mut change).await?;
        let expires_at = rules::offer_ownership(mode, room, change.now).map_err(|full| Error::field("mode", full))?;
        ownership::cancel_of(&mut change.tx, &permit.actor().membership_id, change.now).await?;
        let offer = NewOffer { id: self.fresh(change.now), mode, at: change.now, expires_at };
        ownership::insert(&mut change.tx, &permit, &offer).await?;
        let by = By::from(&change.viewer);
        let mail = Mail::OwnershipOffered {
            to: person.email.clone(),
            to_name: person.name.full(),
            org_name: change.viewer.org.name.as_str().to_owned(),
            offered_by: by.name.clone(),
            link: self.ownership_link(&change.viewer),
            expires_at,
        };
        let event =
            self.event(change.now, &by, "ownership.offered", To::from(&person), &json!({ "mode": mode.code() }));
        self.tell(&mut change, &mail).await?;
        self.record(&mut change.tx, event).await?;
        change.tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(person.name.display(&person.email))
    }

    async fn may_offer(&self, viewer: &Viewer, id: &str) -> Result<(), Error> {
        let id = Id::parse(id).map_err(|InvalidId| Error::NotFound)?;
        let mut conn = self.db.read().await?;
        let person = memberships::by_id(&mut conn, &viewer.actor.org_id, &id).await?.ok_or(Error::NotFound)?;
        decide(&viewer.actor, Action::OfferOwnership, Some(&person.target(self.now())))?;
        Ok(())
    }

    /// Takes over what was offered. Yields what the giver is called.
    ///
    /// # Errors
    /// [`Error::NotFound`] for somebody else's offer, [`Error::Gone`] for one that is over, [`Error::Conflict`] where it
    /// cannot be.
    pub async fn accept_ownership(&self, caller: &Caller, org: &str, id: &str) -> Result<String, Error> {
        let mut change = self.change(caller, org).await?;
        let (id, offer) = found(&mut change, id).await?;
        let org_id = change.viewer.actor.org_id.clone();
        let me = &change.viewer.actor.membership_id;
        if offer.to != *me {
            return Err(Error::NotFound);
        }
        let taker = memberships::by_id(&mut change.tx, &org_id, &offer.to).await?.ok_or(Error::NotFound)?;
        let giver = memberships::by_id(&mut change.tx, &org_id, &offer.from).await?;
        let room = room(&mut change).await?;
        let policies = &change.viewer.org.policies;
        let steps_down_to = if policies.admin_grantable { Role::Admin } else { policies.default_role };
        let transfer = rules::accept_ownership(
            &offer,
            giver.as_ref().map(|giver| (giver.role, giver.status)),
            (taker.kind, taker.role, taker.status),
            room,
            steps_down_to,
            change.now,
        )
        .map_err(|error| match error {
            OfferError::NothingToGive | OfferError::CannotOwn | OfferError::Full => Error::Conflict(error.to_string()),
            OfferError::Expired | OfferError::Accepted | OfferError::Declined | OfferError::Cancelled => {
                Error::Gone(error.to_string())
            }
        })?;
        let giver = giver.ok_or(Error::Internal)?;
        ownership::close(&mut change.tx, &id, OfferState::Accepted, change.now).await?;
        memberships::transfer_ownership(&mut change.tx, &giver, &taker, &transfer).await?;
        if transfer.giver_becomes() != Role::Owner {
            // What else they offered was never theirs to give after this.
            ownership::cancel_of(&mut change.tx, &giver.id, change.now).await?;
        }
        let detail = json!({
            "mode": offer.mode.code(),
            "from": giver.role.code(),
            "to": transfer.giver_becomes().code(),
            "was": was(&giver),
        });
        self.answered(&mut change, &giver, true).await?;
        self.note(&mut change, "ownership.accepted", To::from(&giver), &detail).await?;
        let detail = json!({ "was": was(&taker) });
        self.note(&mut change, "ownership.taken", To::from(&taker), &detail).await?;
        change.tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(giver.name.display(&giver.email))
    }

    /// Refuses what was offered.
    ///
    /// # Errors
    /// As [`Self::accept_ownership`].
    pub async fn decline_ownership(&self, caller: &Caller, org: &str, id: &str) -> Result<(), Error> {
        self.close_offer(caller, org, id, Answer::Decline).await
    }

    /// Takes an offer of one's own back.
    ///
    /// # Errors
    /// As [`Self::accept_ownership`].
    pub async fn cancel_ownership(&self, caller: &Caller, org: &str, id: &str) -> Result<(), Error> {
        self.close_offer(caller, org, id, Answer::Cancel).await
    }

    async fn close_offer(&self, caller: &Caller, org: &str, id: &str, answer: Answer) -> Result<(), Error> {
        let mut change = self.change(caller, org).await?;
        let (id, offer) = found(&mut change, id).await?;
        let (mine, other, how, action) = match answer {
            Answer::Decline => (&offer.to, &offer.from, OfferState::Declined, "ownership.declined"),
            Answer::Cancel => (&offer.from, &offer.to, OfferState::Cancelled, "ownership.cancelled"),
        };
        if *mine != change.viewer.actor.membership_id {
            return Err(Error::NotFound);
        }
        if !ownership::close(&mut change.tx, &id, how, change.now).await? {
            return Err(Error::Gone("This offer is over already.".to_owned()));
        }
        let org_id = change.viewer.actor.org_id.clone();
        let other = memberships::by_id(&mut change.tx, &org_id, other).await?.ok_or(Error::Internal)?;
        if answer == Answer::Decline {
            self.answered(&mut change, &other, false).await?;
        }
        self.note(&mut change, action, To::from(&other), &json!({})).await?;
        change.tx.commit().await?;
        self.outbox_ready.notify_one();
        Ok(())
    }

    /// Tells who made an offer what became of it.
    async fn answered(&self, change: &mut Change, giver: &Membership, accepted: bool) -> Result<(), Error> {
        let mail = Mail::OwnershipAnswered {
            to: giver.email.clone(),
            to_name: giver.name.full(),
            org_name: change.viewer.org.name.as_str().to_owned(),
            answered_by: change.viewer.name.display(&change.viewer.email),
            accepted,
            link: self.ownership_link(&change.viewer),
            at: change.now,
        };
        self.tell(change, &mail).await
    }

    async fn tell(&self, change: &mut Change, mail: &Mail) -> Result<(), Error> {
        let message =
            outbox::NewMessage { org_id: Some(change.viewer.actor.org_id.clone()), ..self.message(change.now, mail) };
        Ok(outbox::insert(&mut change.tx, &[message]).await?)
    }

    fn ownership_link(&self, viewer: &Viewer) -> String {
        format!("{}/o/{}/ownership", self.settings.public_url, viewer.org.slug.as_str())
    }
}

/// An offer in the actor's organization.
async fn found(change: &mut Change, id: &str) -> Result<(OfferId, rules::Offer), Error> {
    let id = OfferId::parse(id).map_err(|InvalidId| Error::NotFound)?;
    let org_id = change.viewer.actor.org_id.clone();
    let offer = ownership::by_id(&mut change.tx, &org_id, &id).await?.ok_or(Error::NotFound)?;
    Ok((id, offer))
}

/// How many Owners there are and may be, behind the organization's revision.
async fn room(change: &mut Change) -> Result<OwnerRoom, Error> {
    let org_id = change.viewer.actor.org_id.clone();
    let owners = memberships::owners(&mut change.tx, &org_id).await?.len();
    Ok(OwnerRoom {
        owners: u64::try_from(owners).unwrap_or(u64::MAX),
        max_owners: change.viewer.org.policies.max_owners,
    })
}

fn who(person: &Membership) -> Who {
    Who { membership_id: person.id.clone(), name: person.name.display(&person.email), email: person.email.to_string() }
}
