//! Custom roles (B41).

use leptos::prelude::*;
use model::CustomRole;

use crate::{problem::Problem, reply::Reply};

/// The custom roles of an organization.
#[server(prefix = "/api", endpoint = "roles/list")]
pub async fn list_roles(org: String) -> Result<Vec<CustomRole>, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.custom_roles(&cx.caller, &org).await)
}

/// Makes a custom role out of a base role and the permissions that it keeps.
#[server(prefix = "/api", endpoint = "roles/create")]
pub async fn create_role(
    #[server(default)] org: String,
    #[server(default)] name: String,
    #[server(default)] base: String,
    #[server(default)] keeps: Vec<String>,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::DefineRole { name, base, keeps };
    let role = cx.answer(cx.rollcall.create_role(&cx.caller, &org, form).await)?;
    let said = Some(format!("The role {} is there. Give it to people on their profiles.", role.name.as_str()));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::roles(&org)) })
}

/// Gives a custom role another name and other permissions.
#[server(prefix = "/api", endpoint = "roles/update")]
pub async fn update_role(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] name: String,
    #[server(default)] keeps: Vec<String>,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::DefineRole { name, keeps, base: String::new() };
    cx.answer(cx.rollcall.update_role(&cx.caller, &org, &id, form).await)?;
    let said = Some("The role has been saved, for everybody who has it.".to_owned());
    Ok(Reply { toast: said, ..Reply::go(crate::paths::roles(&org)) })
}

/// Deletes a custom role; `instead` is what the people who have it get.
#[server(prefix = "/api", endpoint = "roles/delete")]
pub async fn delete_role(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] instead: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let role = cx.answer(cx.rollcall.delete_role(&cx.caller, &org, &id, &instead).await)?;
    let said = Some(format!("The role {} has been deleted.", role.name.as_str()));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::roles(&org)) })
}
