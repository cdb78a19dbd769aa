//! Accounts that an admin creates, and the first password that their owners choose.
#![expect(clippy::too_many_arguments, reason = "each is a field of the form")]

use leptos::prelude::*;
use model::{
    invitation::{InviteResult, Welcome},
    password::Strength,
};

use crate::{problem::Problem, reply::Reply};

/// "Create user" (B4). With `generate` the passwords count for nothing.
#[server(prefix = "/api", endpoint = "users/create")]
pub async fn create_user(
    #[server(default)] org: String,
    #[server(default)] first_name: String,
    #[server(default)] last_name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] password_again: String,
    #[server(default)] generate: Option<String>,
    #[server(default)] access_until: String,
) -> Result<Reply<InviteResult>, Problem> {
    let cx = crate::ssr::context()?;
    let generate = generate.is_some();
    let form = service::CreateUser { first_name, last_name, email, password, password_again, generate, access_until };
    cx.answer(cx.rollcall.create_user(&cx.caller, &org, form).await).map(Reply::show)
}

/// How hard a password is to guess that an admin types for somebody.
#[server(prefix = "/api", endpoint = "users/strength")]
pub async fn strength_for(
    org: String,
    first_name: String,
    last_name: String,
    email: String,
    password: String,
) -> Result<Strength, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::CreateUser { first_name, last_name, email, password, ..service::CreateUser::default() };
    cx.answer(cx.rollcall.strength_for(&cx.caller, &org, &form).await)
}

/// What the page shows on which somebody chooses their first password; nothing for whoever has one.
#[server(prefix = "/api", endpoint = "welcome/get")]
pub async fn get_welcome() -> Result<Option<Welcome>, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.welcome(&cx.caller).await)
}

/// Chooses a password in place of a temporary one (B5).
#[server(prefix = "/api", endpoint = "welcome/choose")]
pub async fn choose_password(#[server(default)] password: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let login = cx.answer(cx.rollcall.choose_password(&cx.caller, password).await)?;
    cx.sign_in(&login.token);
    let said = Some("Your password has been saved. Welcome.".to_owned());
    Ok(Reply { toast: said, ..Reply::go_fresh(crate::paths::home(login.org.as_ref())) })
}

/// How hard the password is to guess that somebody types in place of a temporary one.
#[server(prefix = "/api", endpoint = "welcome/strength")]
pub async fn own_strength(password: String) -> Result<Strength, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.own_strength(&cx.caller, &password).await)
}
