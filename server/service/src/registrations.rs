//! Connections as the operator registers them on the command line (B40), for applications that cannot ask yet. Registering the
//! same again changes nothing, so that it can stand in a script.

use model::{
    OrgId, Slug,
    connection::{Connection, ConnectionKey, ConnectionRow, DataModel, ModelName},
    people::OrgSummary,
};
use serde_json::json;
use store::{
    Tx,
    connections::{self, Registrar},
    organizations,
};

use crate::{
    EditConnection, Error, Rollcall,
    audit::{By, To},
    connections::{described, differences, name_taken, room_for_a_model, room_for_one, taken, told},
};

/// What registering came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// It was not there.
    New(Connection),
    /// It was there, and these of its details are others now; none where all was as it is.
    Known(Connection, Vec<&'static str>),
}

impl Rollcall {
    /// Registers a connection, or brings the name, application and description of the one with its key up to date. What
    /// people may do by default is chosen for a new one alone: from then on it is the organization's matter. An empty
    /// description leaves the one that is there.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such an organization, [`Error::Invalid`] by field, [`Error::Conflict`].
    pub async fn register_connection(&self, org: &str, form: EditConnection) -> Result<Registered, Error> {
        let (mut tx, org_id) = self.operating(org).await?;
        let now = self.now();
        let new = described(self.fresh(now), ConnectionKey::parse(&form.key), &form)?;
        let by = Registrar::Operator(&org_id);
        let Some(ConnectionRow { connection: before, .. }) = connections::by_key(&mut tx, &org_id, &new.key).await?
        else {
            room_for_one(&mut tx, &org_id).await?;
            connections::insert(&mut tx, by, &new, now).await.map_err(taken)?;
            self.operator_did(&mut tx, &org_id, "connection.registered", &new, &told(&new)).await?;
            tx.commit().await?;
            return Ok(Registered::New(new));
        };
        let description = if new.description.is_empty() { before.description.clone() } else { new.description };
        let after = Connection { name: new.name, application: new.application, description, ..before.clone() };
        let fields = differences(&before, &after);
        if !fields.is_empty() {
            connections::update(&mut tx, by, &after).await?;
            let detail = json!({ "fields": fields });
            self.operator_did(&mut tx, &org_id, "connection.changed", &after, &detail).await?;
            tx.commit().await?;
        }
        Ok(Registered::Known(after, fields))
    }

    /// The connections of an organization, each with its models.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such an organization.
    pub async fn registered(&self, org: &str) -> Result<Vec<(ConnectionRow, Vec<DataModel>)>, Error> {
        let mut conn = self.db.read().await?;
        let slug = Slug::parse(org).ok_or(Error::NotFound)?;
        let (org_id, _) = organizations::by_slug(&mut conn, &slug).await?.ok_or(Error::NotFound)?;
        let mut all = Vec::new();
        for row in connections::of_organization(&mut conn, &org_id).await? {
            let models = connections::models(&mut conn, &row.connection.id).await?;
            all.push((row, models));
        }
        Ok(all)
    }

    /// Deletes a connection with its models and every role on it; `None` where none has the key.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such an organization, [`Error::Conflict`].
    pub async fn unregister_connection(&self, org: &str, key: &str) -> Result<Option<ConnectionRow>, Error> {
        let (mut tx, org_id) = self.operating(org).await?;
        let Some(row) = with_key(&mut tx, &org_id, key).await? else { return Ok(None) };
        connections::delete(&mut tx, Registrar::Operator(&org_id), &row.connection.id).await?;
        self.operator_did(&mut tx, &org_id, "connection.deleted", &row.connection, &json!({})).await?;
        tx.commit().await?;
        Ok(Some(row))
    }

    /// Adds a model to a connection; yields whether it was not there, or `None` where no connection has the key.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such an organization, [`Error::Invalid`] by field, [`Error::Conflict`].
    pub async fn register_model(&self, org: &str, key: &str, name: &str) -> Result<Option<bool>, Error> {
        let (mut tx, org_id) = self.operating(org).await?;
        let Some(row) = with_key(&mut tx, &org_id, key).await? else { return Ok(None) };
        let name = ModelName::parse(name).map_err(|why| Error::field("name", why))?;
        let there = connections::models(&mut tx, &row.connection.id).await?;
        if there.iter().any(|model| model.name.key() == name.key()) {
            return Ok(Some(false));
        }
        room_for_a_model(&row)?;
        let (now, by) = (self.now(), Registrar::Operator(&org_id));
        let model = DataModel { id: self.fresh(now), name };
        connections::insert_model(&mut tx, by, &row.connection.id, &model, now).await.map_err(name_taken)?;
        let detail = json!({ "model": model.name.as_str() });
        self.operator_did(&mut tx, &org_id, "connection.model_added", &row.connection, &detail).await?;
        tx.commit().await?;
        Ok(Some(true))
    }

    /// Begins a change to an organization by its operator, behind its revision.
    async fn operating(&self, org: &str) -> Result<(Tx, OrgId), Error> {
        let slug = Slug::parse(org).ok_or(Error::NotFound)?;
        let mut tx = self.db.write().await?;
        let found: Option<(OrgId, OrgSummary)> = organizations::by_slug(&mut tx, &slug).await?;
        let (org_id, org) = found.ok_or(Error::NotFound)?;
        organizations::bump_revision(&mut tx, &org_id).await?;
        if org.archived_at.is_some() {
            return Err(Error::Conflict("This organization is archived: nothing changes in it.".to_owned()));
        }
        Ok((tx, org_id))
    }

    async fn operator_did(
        &self,
        tx: &mut Tx,
        org_id: &OrgId,
        action: &'static str,
        to: &Connection,
        detail: &serde_json::Value,
    ) -> Result<(), Error> {
        let by = By { org_id: Some(org_id), user_id: None, name: "The operator".to_owned() };
        let event = self.event(self.now(), &by, action, To::from(to), detail);
        self.record(tx, event).await
    }
}

async fn with_key(tx: &mut Tx, org_id: &OrgId, key: &str) -> Result<Option<ConnectionRow>, Error> {
    let Ok(key) = ConnectionKey::parse(key) else { return Ok(None) };
    Ok(connections::by_key(tx, org_id, &key).await?)
}
