//! Custom connection roles (B40, B41).

use leptos::prelude::*;

use crate::{problem::Problem, reply::Reply};

/// Makes a custom connection role out of one of the ladder and the permissions that it keeps.
#[server(prefix = "/api", endpoint = "connection_roles/create")]
pub async fn create_connection_role(
    #[server(default)] org: String,
    #[server(default)] name: String,
    #[server(default)] base: String,
    #[server(default)] keeps: Vec<String>,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::DefineConnectionRole { name, base, keeps };
    let role = cx.answer(cx.rollcall.create_connection_role(&cx.caller, &org, form).await)?;
    let said = Some(format!("The role {} is there. Give it to people and groups on connections.", role.name.as_str()));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::connections(&org)) })
}

/// Gives one another name and other permissions.
#[server(prefix = "/api", endpoint = "connection_roles/update")]
pub async fn update_connection_role(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] name: String,
    #[server(default)] keeps: Vec<String>,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::DefineConnectionRole { name, keeps, base: String::new() };
    cx.answer(cx.rollcall.update_connection_role(&cx.caller, &org, &id, form).await)?;
    let said = Some("The role has been saved, for everybody who has it.".to_owned());
    Ok(Reply { toast: said, ..Reply::go(crate::paths::connections(&org)) })
}

/// Deletes one; whoever has it has the role that it is a variation of.
#[server(prefix = "/api", endpoint = "connection_roles/delete")]
pub async fn delete_connection_role(
    #[server(default)] org: String,
    #[server(default)] id: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let role = cx.answer(cx.rollcall.delete_connection_role(&cx.caller, &org, &id).await)?;
    let said = Some(format!("The role {} has been deleted.", role.name.as_str()));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::connections(&org)) })
}
