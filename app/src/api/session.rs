//! Signing in and out, and who is signed in.

use leptos::prelude::*;
use model::people::Viewer;

use crate::{problem::Problem, reply::Reply};

/// Signs in with an address and a password, and goes on to `next`, to the organization `org` at whose door it was, or to
/// the one used last.
#[server(prefix = "/api", endpoint = "session/login")]
pub async fn log_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
    #[server(default)] org: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let login = cx.answer(cx.rollcall.log_in(&cx.caller, &email, password, model::Slug::parse(&org)).await)?;
    cx.sign_in(&login.token);
    if login.password_is_due {
        return Ok(Reply::go_fresh(crate::paths::welcome()));
    }
    let home = crate::paths::home(login.org.as_ref());
    Ok(Reply::go_fresh(crate::paths::local(&next).unwrap_or(home)))
}

/// Ends the session, on the server too.
#[server(prefix = "/api", endpoint = "session/logout")]
pub async fn log_out() -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.log_out(&cx.caller).await)?;
    cx.sign_out();
    Ok(Reply::go_fresh("/login"))
}

/// Who is signed in, as the organization sees them.
#[server(prefix = "/api", endpoint = "session/viewer")]
pub async fn get_viewer(org: String) -> Result<Viewer, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.viewer(&cx.caller, &org).await)
}

/// Where `/` leads: set-up, sign-in, or the organization used last.
#[server(prefix = "/api", endpoint = "session/home")]
pub async fn find_home() -> Result<String, Problem> {
    let cx = crate::ssr::context()?;
    if cx.answer(cx.rollcall.setup_is_open().await)? {
        return Ok("/setup".to_owned());
    }
    match cx.rollcall.orgs_of(&cx.caller).await {
        Ok(orgs) => {
            let open = orgs.iter().filter(|org| org.is_open()).min_by_key(|org| org.is_archived);
            Ok(crate::paths::home(open.map(|o| &o.slug)))
        }
        Err(service::Error::NotSignedIn) => Ok("/login".to_owned()),
        Err(service::Error::PasswordDue) => Ok(crate::paths::welcome()),
        Err(error) => cx.answer(Err(error)),
    }
}
