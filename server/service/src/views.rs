//! Saved views of the people grid: listing, saving, and what else can be done with one. What happens to shared views is
//! in the audit log; private ones are nobody else's business.

use model::{
    Action, Denial, ViewId, decide,
    id::{Id, InvalidId},
    people::{PeopleQuery, SavedView, Twin, ViewError, ViewLists, ViewName, ViewOp, saving},
};
use serde_json::json;
use store::{StoreError, views};

use crate::{Caller, Error, Rollcall, audit::To, change::Change};

/// What is saved.
#[derive(Debug, Clone)]
pub struct SaveView {
    /// Under which name.
    pub name: String,
    /// What the grid is asked; the place is left out.
    pub query: PeopleQuery,
    /// What to do where there is one of that name.
    pub twin: Twin,
    /// Whether it is to be shared.
    pub share: bool,
    /// Whether to land on it from now on.
    pub make_default: bool,
}

/// What is to be done with a view.
#[derive(Debug, Clone)]
pub struct ChangeView {
    /// What.
    pub op: ViewOp,
    /// The new name, for [`ViewOp::Rename`].
    pub name: String,
    /// The new question, for [`ViewOp::Replace`].
    pub query: PeopleQuery,
}

impl Rollcall {
    /// The views that the caller sees.
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who may not see people.
    pub async fn views(&self, caller: &Caller, org: &str) -> Result<ViewLists, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        let mut conn = self.db.read().await?;
        let mine = views::made_by(&mut conn, &viewer.actor).await?;
        let shared = views::shared_with(&mut conn, &viewer.actor).await?;
        Ok(ViewLists { mine, shared })
    }

    /// Saves a view of the caller's own. Yields its name.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that cannot be used or is taken, [`Error::Conflict`] for somebody who has as many
    /// as there may be, [`Error::Denied`].
    pub async fn save_view(&self, caller: &Caller, org: &str, form: SaveView) -> Result<ViewName, Error> {
        let name = ViewName::parse(&form.name);
        let mut change = self.change_beside_people(caller, org).await?;
        let permit = decide(change.actor(), Action::ViewPeople, None)?;
        let name = name.map_err(|why| Error::field("name", why))?;
        let query = form.query.restarted(|_| ());
        let mine = views::made_by(&mut change.tx, permit.actor()).await?;
        let (id, name) = match saving(&mine, &name, form.twin) {
            Err(ViewError::Taken) => return Err(taken(&["name", "replace"])),
            Err(full @ ViewError::Full) => return Err(Error::Conflict(full.to_string())),
            Ok(Some(twin)) => {
                self.put(&mut change, twin, &Put::Replace(Box::new(query))).await?;
                (twin.id.clone(), twin.name.clone())
            }
            Ok(None) => {
                let new = views::NewView { id: self.fresh(change.now), name: name.clone(), query, at: change.now };
                views::insert(&mut change.tx, &permit, &new)
                    .await
                    .map_err(|error| named(error, &["name", "replace"]))?;
                (new.id, name)
            }
        };
        for put in [form.share.then_some(Put::Share), form.make_default.then_some(Put::MakeDefault)].iter().flatten() {
            let view = found(&mut change, &id).await?;
            self.put(&mut change, &view, put).await?;
        }
        change.tx.commit().await?;
        Ok(name)
    }

    /// Does something with a view. Yields its name afterwards.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a view of another organization and for what somebody else keeps private (S44),
    /// [`Error::Denied`], [`Error::Invalid`] for a name that cannot be used or is taken, [`Error::Conflict`].
    pub async fn change_view(&self, caller: &Caller, org: &str, id: &str, form: ChangeView) -> Result<ViewName, Error> {
        let name = ViewName::parse(&form.name);
        let mut change = self.change_beside_people(caller, org).await?;
        decide(change.actor(), Action::ViewPeople, None)?;
        let id = ViewId::parse(id).map_err(|InvalidId| Error::NotFound)?;
        let view = found(&mut change, &id).await?;
        let put = match form.op {
            ViewOp::MakeDefault => Put::MakeDefault,
            ViewOp::DropDefault => Put::DropDefault,
            ViewOp::Share => Put::Share,
            ViewOp::Unshare => Put::Unshare,
            ViewOp::Rename => {
                view.may(change.actor(), ViewOp::Rename)?;
                Put::Rename(name.map_err(|why| Error::field("name", why))?)
            }
            ViewOp::Replace => Put::Replace(Box::new(form.query.restarted(|_| ()))),
            ViewOp::Delete => Put::Delete,
        };
        self.put(&mut change, &view, &put).await?;
        change.tx.commit().await?;
        Ok(if let Put::Rename(name) = put { name } else { view.name })
    }

    /// Does one thing with a view inside a change.
    async fn put(&self, change: &mut Change, view: &SavedView, put: &Put) -> Result<(), Error> {
        let permit = view.may(change.actor(), put.op()).map_err(|denial| match denial {
            Denial::State => Error::Conflict(
                "Who made this view has left, so there is nobody to keep it to. You can delete it.".to_owned(),
            ),
            denial => Error::from(denial),
        })?;
        let (tx, id) = (&mut change.tx, &view.id);
        let told = match put {
            Put::MakeDefault => {
                views::make_default(tx, &permit, id).await?;
                None
            }
            Put::DropDefault => {
                views::drop_default(tx, &permit, id).await?;
                None
            }
            // What is wanted is so already.
            Put::Share if view.is_shared => None,
            Put::Unshare if !view.is_shared => None,
            Put::Share => {
                views::share(tx, &permit, id).await?;
                Some("view.shared")
            }
            Put::Unshare => {
                views::unshare(tx, &permit, id).await?;
                Some("view.unshared")
            }
            Put::Rename(name) => {
                views::rename(tx, &permit, id, name).await.map_err(|error| named(error, &["name"]))?;
                Some("view.changed")
            }
            Put::Replace(query) => {
                views::replace(tx, &permit, id, query).await?;
                Some("view.changed")
            }
            Put::Delete => {
                views::delete(tx, &permit, id).await?;
                Some("view.deleted")
            }
        };
        let of_all = view.is_shared || matches!(put, Put::Share);
        if let Some(action) = told.filter(|_| of_all) {
            let about = To { id: Some(view.id.to_string()), name: view.name.as_str().to_owned() };
            let detail = if let Put::Rename(name) = put { json!({ "renamed": name }) } else { json!({}) };
            self.note(change, action, about, &detail).await?;
        }
        Ok(())
    }
}

/// An operation with what it needs.
enum Put {
    MakeDefault,
    DropDefault,
    Share,
    Unshare,
    Rename(ViewName),
    Replace(Box<PeopleQuery>),
    Delete,
}

impl Put {
    const fn op(&self) -> ViewOp {
        match self {
            Self::MakeDefault => ViewOp::MakeDefault,
            Self::DropDefault => ViewOp::DropDefault,
            Self::Share => ViewOp::Share,
            Self::Unshare => ViewOp::Unshare,
            Self::Rename(_) => ViewOp::Rename,
            Self::Replace(_) => ViewOp::Replace,
            Self::Delete => ViewOp::Delete,
        }
    }
}

async fn found(change: &mut Change, id: &ViewId) -> Result<SavedView, Error> {
    let Change { tx, viewer, .. } = change;
    views::by_id(tx, &viewer.actor, id).await?.ok_or(Error::NotFound)
}

/// A name that is taken is said beside these fields.
fn taken(fields: &[&'static str]) -> Error {
    Error::Invalid(fields.iter().map(|field| (*field, ViewError::Taken.to_string())).collect())
}

/// The one unique key of views is the name.
fn named(error: StoreError, fields: &[&'static str]) -> Error {
    match error {
        StoreError::Taken => taken(fields),
        error => error.into(),
    }
}
