//! Connections (B40).

use leptos::prelude::*;
use model::connection::{ConnectionPage, ConnectionsPage};
use serde::{Deserialize, Serialize};

use crate::{problem::Problem, reply::Reply};

/// The connections of an organization, and its custom connection roles.
#[server(prefix = "/api", endpoint = "connections/list")]
pub async fn list_connections(org: String) -> Result<ConnectionsPage, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.connections(&cx.caller, &org).await)
}

/// A connection with a page of the people who have a role on it, from a place on.
#[server(prefix = "/api", endpoint = "connections/get")]
pub async fn get_connection(
    org: String,
    id: String,
    #[server(default)] after: Option<String>,
) -> Result<ConnectionPage, Problem> {
    let cx = crate::ssr::context()?;
    let after = after.as_deref().and_then(model::connection::After::decode);
    cx.answer(cx.rollcall.connection(&cx.caller, &org, &id, after.as_ref()).await)
}

/// What the form of a connection holds, as entered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionForm {
    /// By what applications know it.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// The application that it belongs to.
    pub application: String,
    /// The code of the role that members have to whom nothing was given.
    pub default_role: String,
}

#[cfg(feature = "ssr")]
impl From<ConnectionForm> for service::EditConnection {
    fn from(form: ConnectionForm) -> Self {
        let ConnectionForm { key, name, description, application, default_role } = form;
        Self { key, name, description, application, default_role }
    }
}

/// Registers a connection, and leads to it; of an application as of a person.
#[server(prefix = "/api", endpoint = "connections/create")]
pub async fn create_connection(
    #[server(default)] org: String,
    #[server(flatten)] form: ConnectionForm,
) -> Result<Reply, Problem> {
    use model::id::Id as _;
    let cx = crate::ssr::context()?;
    let connection = cx.answer(cx.rollcall.create_connection(&cx.caller, &org, form.into()).await)?;
    let said = Some(format!("The connection {} is there. Say who may do what with it.", connection.name.as_str()));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::connection(&org, connection.id.as_str())) })
}

/// Changes a connection.
#[server(prefix = "/api", endpoint = "connections/update")]
pub async fn update_connection(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(flatten)] form: ConnectionForm,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let connection = cx.answer(cx.rollcall.update_connection(&cx.caller, &org, &id, form.into()).await)?;
    let said = Some(format!("The connection {} has been saved.", connection.name.as_str()));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::connection(&org, &id)) })
}

/// Deletes a connection; `confirm` is its key, as typed.
#[server(prefix = "/api", endpoint = "connections/delete")]
pub async fn delete_connection(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] confirm: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let connection = cx.answer(cx.rollcall.delete_connection(&cx.caller, &org, &id, &confirm).await)?;
    let said = Some(format!("The connection {} has been deleted.", connection.name.as_str()));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::connections(&org)) })
}

/// Adds a model to a connection.
#[server(prefix = "/api", endpoint = "connections/add_model")]
pub async fn add_model(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] name: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let model = cx.answer(cx.rollcall.add_model(&cx.caller, &org, &id, &name).await)?;
    Ok(Reply::toast(format!("The model {} is there.", model.name.as_str())))
}

/// Takes a model away.
#[server(prefix = "/api", endpoint = "connections/remove_model")]
pub async fn remove_model(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] model: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let model = cx.answer(cx.rollcall.remove_model(&cx.caller, &org, &id, &model).await)?;
    Ok(Reply::toast(format!("The model {} has been removed.", model.name.as_str())))
}

/// Gives somebody a role, by their address.
#[server(prefix = "/api", endpoint = "connections/give_person")]
pub async fn give_person_role(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] email: String,
    #[server(default)] model: String,
    #[server(default)] role: String,
) -> Result<Reply, Problem> {
    put(&org, &id, service::RoleFor::Address(&email), (&model, Some(&role))).await
}

/// Gives somebody who stands on the page a role, or another one.
#[server(prefix = "/api", endpoint = "connections/set_person")]
pub async fn set_person_role(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] person: String,
    #[server(default)] model: String,
    #[server(default)] role: String,
) -> Result<Reply, Problem> {
    put(&org, &id, service::RoleFor::Person(&person), (&model, Some(&role))).await
}

/// Takes the role away that somebody has of their own.
#[server(prefix = "/api", endpoint = "connections/take_person")]
pub async fn take_person_role(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] person: String,
    #[server(default)] model: String,
) -> Result<Reply, Problem> {
    put(&org, &id, service::RoleFor::Person(&person), (&model, None)).await
}

/// Lets a group give a role.
#[server(prefix = "/api", endpoint = "connections/give_group")]
pub async fn give_group_role(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] group: String,
    #[server(default)] model: String,
    #[server(default)] role: String,
) -> Result<Reply, Problem> {
    put(&org, &id, service::RoleFor::Group(&group), (&model, Some(&role))).await
}

/// Lets a group that stands on the page give another role.
#[server(prefix = "/api", endpoint = "connections/set_group")]
pub async fn set_group_role(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] group: String,
    #[server(default)] model: String,
    #[server(default)] role: String,
) -> Result<Reply, Problem> {
    put(&org, &id, service::RoleFor::Group(&group), (&model, Some(&role))).await
}

/// Lets a group give no role any more.
#[server(prefix = "/api", endpoint = "connections/take_group")]
pub async fn take_group_role(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] group: String,
    #[server(default)] model: String,
) -> Result<Reply, Problem> {
    put(&org, &id, service::RoleFor::Group(&group), (&model, None)).await
}

/// Gives a role on a connection, or on a model of it, and says what came of it.
#[cfg(feature = "ssr")]
async fn put(
    org: &str,
    id: &str,
    to: service::RoleFor<'_>,
    (model, role): (&str, Option<&str>),
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let give = service::GiveConnectionRole { to, model, role };
    let given = cx.answer(cx.rollcall.give_connection_role(&cx.caller, org, id, give).await)?;
    let service::GivenConnectionRole { name, on, role } = given;
    Ok(Reply::toast(match role {
        Some(role) => format!("{name}: {} on {on}.", role.label()),
        None => format!("The role of {name} on {on} has been taken away."),
    }))
}
