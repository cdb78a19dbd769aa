//! Domains of an organization (B50): added, verified, given up, and how people come in by them.

use leptos::prelude::*;
use model::domain::DomainsPage;

use crate::{problem::Problem, reply::Reply};

/// The domains of an organization.
#[server(prefix = "/api", endpoint = "domains/list")]
pub async fn list_domains(org: String) -> Result<DomainsPage, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.domains(&cx.caller, &org).await)
}

/// Adds one.
#[server(prefix = "/api", endpoint = "domains/add")]
pub async fn add_domain(#[server(default)] org: String, #[server(default)] domain: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let name = cx.answer(cx.rollcall.add_domain(&cx.caller, &org, &domain).await)?;
    Ok(Reply::toast(format!("{name} has been added. Put its record into DNS, then check it.")))
}

/// Looks for its record.
#[server(prefix = "/api", endpoint = "domains/check")]
pub async fn check_domain(#[server(default)] org: String, #[server(default)] id: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let (domain, result) = cx.answer(cx.rollcall.check_domain(&cx.caller, &org, &id).await)?;
    Ok(Reply::toast(domain.told(result)))
}

/// Takes one away, once the name of a verified one was typed.
#[server(prefix = "/api", endpoint = "domains/delete")]
pub async fn delete_domain(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] confirm: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let name = cx.answer(cx.rollcall.delete_domain(&cx.caller, &org, &id, &confirm).await)?;
    Ok(Reply::toast(format!("{name} has been deleted.")))
}

/// Chooses how people come in who have an address of one. `mode` is the code of a [`model::domain::AutoJoin`].
#[server(prefix = "/api", endpoint = "domains/auto_join")]
pub async fn set_auto_join(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] mode: String,
    #[server(default)] role: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::SetAutoJoin { id, mode, role };
    let name = cx.answer(cx.rollcall.set_auto_join(&cx.caller, &org, form).await)?;
    Ok(Reply::toast(format!("How people of {name} come in has been saved.")))
}

/// Joins an organization by the domain of one's address.
#[server(prefix = "/api", endpoint = "domains/join")]
pub async fn join_by_domain(#[server(default)] id: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let slug = cx.answer(cx.rollcall.join_by_domain(&cx.caller, &id).await)?;
    Ok(Reply { toast: Some("You have joined.".to_owned()), ..Reply::go_fresh(crate::paths::home(Some(&slug))) })
}
