//! Requests for invitations: asking for one, and answering (B25, B26).

use leptos::prelude::*;
use model::{
    Email, RequestId,
    invitation::InviteResult,
    request::{OrgDoor, RequestsPage},
};

use crate::{problem::Problem, reply::Reply};

/// The sign-in page of an organization.
#[server(prefix = "/api", endpoint = "requests/door")]
pub async fn open_door(#[server(default)] org: String) -> Result<OrgDoor, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.door(&org).await)
}

/// Asks for an invitation. What is answered does not tell who has one, or is a member (S32).
#[server(prefix = "/api", endpoint = "requests/ask")]
pub async fn ask_for_invitation(
    #[server(default)] org: String,
    #[server(default)] first_name: String,
    #[server(default)] last_name: String,
    #[server(default)] email: String,
    #[server(default)] message: String,
) -> Result<Reply<Email>, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::AskForInvitation { first_name, last_name, email, message };
    cx.answer(cx.rollcall.ask_for_invitation(&cx.caller, &org, form).await).map(Reply::show)
}

/// Asks for a new invitation by the link of one that has expired (B21). Uses nothing up (N3).
#[server(prefix = "/api", endpoint = "requests/ask_again")]
pub async fn ask_again(#[server(default)] token: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.ask_again(&cx.caller, &token).await)?;
    Ok(Reply::toast("You have asked for a new invitation."))
}

/// A page of the requests that wait, the newest first, from before one on.
#[server(prefix = "/api", endpoint = "requests/list")]
pub async fn list_requests(
    #[server(default)] org: String,
    #[server(default)] before: Option<RequestId>,
) -> Result<RequestsPage, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.requests(&cx.caller, &org, before.as_ref()).await)
}

/// Approves requests (B26). `select` holds their ids, by commas; each gets its own result.
#[server(prefix = "/api", endpoint = "requests/approve")]
pub async fn approve_requests(
    #[server(default)] org: String,
    #[server(default)] select: String,
) -> Result<Reply<Vec<InviteResult>>, Problem> {
    let cx = crate::ssr::context()?;
    let ids = cx.answer(selected(&select))?;
    cx.answer(cx.rollcall.approve_requests(&cx.caller, &org, &ids).await).map(Reply::show)
}

/// Dismisses requests (B26). `select` holds their ids, by commas.
#[server(prefix = "/api", endpoint = "requests/dismiss")]
pub async fn dismiss_requests(
    #[server(default)] org: String,
    #[server(default)] select: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let ids = cx.answer(selected(&select))?;
    let dismissed = cx.answer(cx.rollcall.dismiss_requests(&cx.caller, &org, &ids).await)?;
    Ok(Reply::toast(match &dismissed[..] {
        [] => "Somebody else has answered this already.".to_owned(),
        [name] => format!("The request of {name} has been dismissed."),
        many => format!("{} requests have been dismissed.", many.len()),
    }))
}

/// The ids of a selection, each once.
#[cfg(feature = "ssr")]
fn selected(select: &str) -> Result<Vec<RequestId>, service::Error> {
    use model::id::{Id as _, InvalidId};
    let mut ids = Vec::new();
    for id in select.split(',').filter(|id| !id.is_empty()) {
        let id = RequestId::parse(id).map_err(|InvalidId| service::Error::NotFound)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}
