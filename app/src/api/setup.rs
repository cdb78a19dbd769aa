//! First run (B1).

use leptos::prelude::*;

use crate::{problem::Problem, reply::Reply};

/// Whether the first account still has to be made.
#[server(prefix = "/api", endpoint = "setup/open")]
pub async fn setup_is_open() -> Result<bool, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.setup_is_open().await)
}

/// Makes the first account and organization.
#[server(prefix = "/api", endpoint = "setup")]
pub async fn set_up(
    #[server(default)] org_name: String,
    #[server(default)] first_name: String,
    #[server(default)] last_name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] preset: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::SetUp { org_name, first_name, last_name, email, password, preset };
    let login = cx.answer(cx.rollcall.set_up(&cx.caller, form).await)?;
    cx.sign_in(&login.token);
    Ok(Reply { toast: Some("Welcome to Rollcall.".into()), ..Reply::go_fresh(crate::paths::home(login.org.as_ref())) })
}
