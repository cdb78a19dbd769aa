//! A person's own account.

use leptos::prelude::*;
use model::account::{Account, EmailLinkView};

use crate::{problem::Problem, reply::Reply};

/// The account of who is signed in.
#[server(prefix = "/api", endpoint = "account/view")]
pub async fn get_account() -> Result<Account, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.account(&cx.caller).await)
}

/// Gives oneself another name.
#[server(prefix = "/api", endpoint = "account/rename")]
pub async fn rename_account(
    #[server(default)] first_name: String,
    #[server(default)] last_name: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.rename_account(&cx.caller, &first_name, &last_name).await)?;
    Ok(Reply::toast("Your name has been saved."))
}

/// Chooses another password (S20).
#[server(prefix = "/api", endpoint = "account/password")]
pub async fn change_password(
    #[server(default)] current_password: String,
    #[server(default)] password: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::ChangePassword { current: current_password, password };
    let token = cx.answer(cx.rollcall.change_password(&cx.caller, form).await)?;
    cx.sign_in(&token);
    Ok(Reply::toast("Your password has been changed. Everywhere else you are signed out."))
}

/// Ends one of one's own sessions.
#[server(prefix = "/api", endpoint = "account/end_session")]
pub async fn end_own_session(#[server(default)] session: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let ended = cx.answer(cx.rollcall.end_own_session(&cx.caller, &session).await)?;
    Ok(super::sessions::after(&cx, ended, "The session has been ended."))
}

/// Ends all of one's own sessions but the one at hand.
#[server(prefix = "/api", endpoint = "account/end_others")]
pub async fn end_other_sessions() -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.end_other_sessions(&cx.caller).await)?;
    Ok(Reply::toast("Everywhere else you are signed out."))
}

/// Asks for another address; both mailboxes have to agree.
#[server(prefix = "/api", endpoint = "account/email")]
pub async fn ask_for_email(
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let email = cx.answer(cx.rollcall.ask_for_email(&cx.caller, &email, password).await)?;
    Ok(Reply::toast(format!("A link is on its way to {email}, and one to your present address.")))
}

/// Takes back what was asked for.
#[server(prefix = "/api", endpoint = "account/cancel_email")]
pub async fn cancel_email_change() -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.cancel_email_change(&cx.caller).await)?;
    Ok(Reply::toast("Your address stays as it is."))
}

/// What the page behind a link for another address shows. Changes nothing (S30).
#[server(prefix = "/api", endpoint = "account/email_link")]
pub async fn open_email_link(token: String) -> Result<EmailLinkView, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.email_link_view(&token).await)
}

/// Answers such a link.
#[server(prefix = "/api", endpoint = "account/answer_email_link")]
pub async fn answer_email_link(
    #[server(default)] token: String,
    #[server(default)] answer: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let answer = model::account::EmailAnswer::from_code(&answer);
    Ok(match cx.answer(cx.rollcall.answer_email_link(&cx.caller, &token, answer).await)? {
        service::EmailAnswered::Waits => Reply::toast("Confirmed. The other address has to confirm as well."),
        service::EmailAnswered::Changed(email) => Reply {
            toast: Some(format!("Your address is {email} now. Sign in with it from now on.")),
            ..Reply::go_fresh(crate::paths::account(None))
        },
        service::EmailAnswered::Refused => Reply::toast("Cancelled. Nothing was changed."),
    })
}
