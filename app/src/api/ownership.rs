//! Ownership: who has it, and how it passes (B34, N4).

use leptos::prelude::*;
use model::ownership::OwnershipView;

use crate::{problem::Problem, reply::Reply};

/// The Owners, and the offers that wait for the viewer.
#[server(prefix = "/api", endpoint = "ownership/get")]
pub async fn get_ownership(org: String) -> Result<OwnershipView, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.ownership(&cx.caller, &org).await)
}

/// Offers ownership to a person. `mode` is the code of a [`model::rules::TransferMode`].
#[server(prefix = "/api", endpoint = "ownership/offer")]
pub async fn offer_ownership(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] mode: String,
    #[server(default)] password: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::OfferOwnership { mode, password };
    let name = cx.answer(cx.rollcall.offer_ownership(&cx.caller, &org, &id, form).await)?;
    let said = format!("{name} has been offered the ownership, and gets an email.");
    Ok(Reply { next: Some(crate::paths::ownership(&org)), ..Reply::toast(said) })
}

/// Takes over what was offered. Everything that is shown follows the role, so the page is loaded anew.
#[server(prefix = "/api", endpoint = "ownership/accept")]
pub async fn accept_ownership(#[server(default)] org: String, #[server(default)] id: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let name = cx.answer(cx.rollcall.accept_ownership(&cx.caller, &org, &id).await)?;
    let said = Some(format!("You are Owner now. {name} gets an email."));
    Ok(Reply { toast: said, ..Reply::go_fresh(crate::paths::ownership(&org)) })
}

/// Refuses what was offered.
#[server(prefix = "/api", endpoint = "ownership/decline")]
pub async fn decline_ownership(
    #[server(default)] org: String,
    #[server(default)] id: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.decline_ownership(&cx.caller, &org, &id).await)?;
    Ok(Reply { next: Some(crate::paths::ownership(&org)), ..Reply::toast("You have declined the ownership.") })
}

/// Takes one's own offer back.
#[server(prefix = "/api", endpoint = "ownership/cancel")]
pub async fn cancel_ownership(#[server(default)] org: String, #[server(default)] id: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.cancel_ownership(&cx.caller, &org, &id).await)?;
    Ok(Reply { next: Some(crate::paths::ownership(&org)), ..Reply::toast("The offer has been withdrawn.") })
}
