//! The sessions of a person, as an admin or the person ends them.

use leptos::prelude::*;

use crate::{problem::Problem, reply::Reply};

/// Ends one session of a person.
#[server(prefix = "/api", endpoint = "sessions/end")]
pub async fn end_session(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] session: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let ended = cx.answer(cx.rollcall.end_session(&cx.caller, &org, &id, &session).await)?;
    Ok(after(&cx, ended, "The session has been ended."))
}

/// Ends every session of a person.
#[server(prefix = "/api", endpoint = "sessions/end_all")]
pub async fn end_all_sessions(#[server(default)] org: String, #[server(default)] id: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let ended = cx.answer(cx.rollcall.end_all_sessions(&cx.caller, &org, &id).await)?;
    Ok(after(&cx, ended, "All sessions have been ended."))
}

/// Who ended the session at hand goes on as nobody.
#[cfg(feature = "ssr")]
pub(super) fn after(cx: &crate::ssr::RequestContext, ended: service::Ended, said: &str) -> Reply {
    match ended {
        service::Ended::Here => {
            cx.sign_out();
            Reply { toast: Some(said.to_owned()), ..Reply::go_fresh("/login") }
        }
        service::Ended::Elsewhere => Reply::toast(said),
    }
}
