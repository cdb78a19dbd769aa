//! A new password for who forgot theirs.

use leptos::prelude::*;
use model::{Email, account::ResetView};

use crate::{problem::Problem, reply::Reply};

/// Asks for a link. What is answered does not tell whether the address has an account (S32).
#[server(prefix = "/api", endpoint = "passwords/forgot")]
pub async fn ask_for_reset(#[server(default)] email: String) -> Result<Reply<Email>, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.ask_for_reset(&cx.caller, &email).await).map(Reply::show)
}

/// What the page of a link shows. Uses nothing up (S30).
#[server(prefix = "/api", endpoint = "passwords/link")]
pub async fn open_reset(token: String) -> Result<ResetView, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.reset_view(&token).await)
}

/// Chooses a new password by a link; signs nobody in (S29).
#[server(prefix = "/api", endpoint = "passwords/reset")]
pub async fn reset_password(
    #[server(default)] token: String,
    #[server(default)] password: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.reset_password(&cx.caller, &token, password).await)?;
    Ok(Reply {
        toast: Some("Your password has been changed. Sign in with it.".to_owned()),
        ..Reply::go_fresh("/login")
    })
}
