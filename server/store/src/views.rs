//! Saved views of the people grid, and on which of them each person lands.
//!
//! A view that is private stands so by whom it is private to: with that membership it goes. A shared view is nobody's
//! and outlives its maker's membership.

use model::{
    Actor, Email, MembershipId, Permit, PersonName, Timestamp, ViewId,
    id::Id,
    people::{Maker, PeopleQuery, SavedView, ViewName},
};

use crate::{
    Handle, StoreError, Tx,
    db::{execute, fetch_all, fetch_optional},
    error::one,
};

/// Something about who made a view; looked up for each, since for a join PostgreSQL reads thousands of people whole.
macro_rules! of_maker {
    ($column:literal) => {
        concat!("(SELECT m.", $column, " FROM memberships m WHERE m.id = hits.made_by), ")
    };
}

/// What is read of some views, as the membership `$1` of the organization `$2` sees them.
macro_rules! select {
    ($hits:literal, $rest:literal) => {
        concat!(
            "SELECT hits.id, hits.name, hits.query, hits.private_to, hits.made_by, ",
            of_maker!("first_name"),
            of_maker!("last_name"),
            of_maker!("email"),
            "d.view_id FROM ",
            $hits,
            " hits LEFT JOIN default_views d ON d.membership_id = $1 AND d.view_id = hits.id ",
            $rest
        )
    };
}

/// What is wrong where a statement about a view meets none.
const GONE: &str = "view of a permit is gone";

#[rustfmt::skip]
type Row = (
    String, String, String, Option<String>,
    Option<String>, Option<String>, Option<String>, Option<String>, Option<String>,
);

fn from_row(row: Row) -> Result<SavedView, StoreError> {
    let (id, name, query, private_to, made_by, first, last, email, default) = row;
    let maker = match (made_by, first, last, email) {
        (Some(id), Some(first), Some(last), Some(email)) => {
            let email = Email::parse(&email).map_err(|_| StoreError::Corrupt("email"))?;
            Some(Maker {
                membership_id: MembershipId::parse(&id).map_err(|_| StoreError::Corrupt("membership id"))?,
                name: PersonName { first, last }.display(&email),
            })
        }
        _ => None,
    };
    Ok(SavedView {
        id: ViewId::parse(&id).map_err(|_| StoreError::Corrupt("view id"))?,
        name: ViewName::parse(&name).map_err(|_| StoreError::Corrupt("view name"))?,
        query: PeopleQuery::from_query_string(&query),
        maker,
        is_shared: private_to.is_none(),
        is_default: default.is_some(),
    })
}

/// The views that somebody made, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn made_by<H: Handle>(h: &mut H, actor: &Actor) -> Result<Vec<SavedView>, StoreError> {
    let rows: Vec<Row> = fetch_all!(
        h,
        select!("saved_views", "WHERE hits.made_by = $1 AND hits.org_id = $2 ORDER BY hits.name_key"),
        actor.membership_id.as_str(),
        actor.org_id.as_str()
    )?;
    rows.into_iter().map(from_row).collect()
}

/// The views that others share, by name; of very many the first hundred.
///
/// # Errors
/// [`StoreError`].
pub async fn shared_with<H: Handle>(h: &mut H, actor: &Actor) -> Result<Vec<SavedView>, StoreError> {
    let rows: Vec<Row> = fetch_all!(
        h,
        select!(
            // Limited before anything is joined, so that the index of the order is read no further.
            "(SELECT * FROM saved_views v WHERE v.org_id = $2 AND v.private_to IS NULL \
             AND (v.made_by IS NULL OR v.made_by <> $1) ORDER BY v.name_key, v.id LIMIT 100)",
            "ORDER BY hits.name_key, hits.id"
        ),
        actor.membership_id.as_str(),
        actor.org_id.as_str()
    )?;
    rows.into_iter().map(from_row).collect()
}

/// A view of the actor's organization. What somebody else keeps private is not there (S44).
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(h: &mut H, actor: &Actor, id: &ViewId) -> Result<Option<SavedView>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        select!(
            "saved_views",
            "WHERE hits.id = $3 AND hits.org_id = $2 AND (hits.private_to IS NULL OR hits.private_to = $1)"
        ),
        actor.membership_id.as_str(),
        actor.org_id.as_str(),
        id.as_str()
    )?;
    row.map(from_row).transpose()
}

/// A view to be made.
#[derive(Debug, Clone)]
pub struct NewView {
    /// Its id.
    pub id: ViewId,
    /// Its name.
    pub name: ViewName,
    /// What it asks.
    pub query: PeopleQuery,
    /// When.
    pub at: Timestamp,
}

/// Makes a private view of the permit's actor.
///
/// # Errors
/// [`StoreError::Taken`] when the actor has one of that name.
pub async fn insert(tx: &mut Tx, permit: &Permit, new: &NewView) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO saved_views (id, org_id, made_by, private_to, name, name_key, query, created_at) \
         VALUES ($1, $2, $3, $3, $4, $5, $6, $7)",
        new.id.as_str(),
        permit.org_id().as_str(),
        permit.actor().membership_id.as_str(),
        new.name.as_str(),
        new.name.key().as_str(),
        new.query.to_query_string().as_str(),
        new.at.millis()
    )?;
    Ok(())
}

/// Gives a view another name.
///
/// # Errors
/// [`StoreError::Taken`] when its maker has another one of that name.
pub async fn rename(tx: &mut Tx, permit: &Permit, id: &ViewId, name: &ViewName) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE saved_views SET name = $3, name_key = $4 WHERE id = $1 AND org_id = $2",
        id.as_str(),
        permit.org_id().as_str(),
        name.as_str(),
        name.key().as_str()
    )?;
    one(n, GONE)
}

/// Gives a view another question.
///
/// # Errors
/// [`StoreError`].
pub async fn replace(tx: &mut Tx, permit: &Permit, id: &ViewId, query: &PeopleQuery) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE saved_views SET query = $3 WHERE id = $1 AND org_id = $2",
        id.as_str(),
        permit.org_id().as_str(),
        query.to_query_string().as_str()
    )?;
    one(n, GONE)
}

/// Shares a view.
///
/// # Errors
/// [`StoreError`].
pub async fn share(tx: &mut Tx, permit: &Permit, id: &ViewId) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE saved_views SET private_to = NULL WHERE id = $1 AND org_id = $2",
        id.as_str(),
        permit.org_id().as_str()
    )?;
    one(n, GONE)
}

/// Keeps a view to its maker. Whoever else lands on it keeps it as the default that it will be when it is shared again.
///
/// # Errors
/// [`StoreError::Corrupt`] where the maker has left.
pub async fn unshare(tx: &mut Tx, permit: &Permit, id: &ViewId) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE saved_views SET private_to = made_by WHERE id = $1 AND org_id = $2 AND made_by IS NOT NULL",
        id.as_str(),
        permit.org_id().as_str()
    )?;
    one(n, GONE)
}

/// Takes a view away; whoever lands on it lands on everybody again.
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Tx, permit: &Permit, id: &ViewId) -> Result<(), StoreError> {
    let n =
        execute!(tx, "DELETE FROM saved_views WHERE id = $1 AND org_id = $2", id.as_str(), permit.org_id().as_str())?;
    one(n, GONE)
}

/// Lets the permit's actor land on a view.
///
/// # Errors
/// [`StoreError`].
pub async fn make_default(tx: &mut Tx, permit: &Permit, id: &ViewId) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "INSERT INTO default_views (membership_id, view_id) \
         SELECT $1, v.id FROM saved_views v WHERE v.id = $2 AND v.org_id = $3 \
         ON CONFLICT (membership_id) DO UPDATE SET view_id = excluded.view_id",
        permit.actor().membership_id.as_str(),
        id.as_str(),
        permit.org_id().as_str()
    )?;
    one(n, GONE)
}

/// Lets the permit's actor land on everybody, if it was this view until now.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_default(tx: &mut Tx, permit: &Permit, id: &ViewId) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM default_views WHERE membership_id = $1 AND view_id = $2",
        permit.actor().membership_id.as_str(),
        id.as_str()
    )?;
    Ok(())
}
