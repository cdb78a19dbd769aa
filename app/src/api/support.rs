//! Support access (B53).

use leptos::prelude::*;
use model::support::Supporter;

use crate::{problem::Problem, reply::Reply};

/// The support staff that an organization can let in.
#[server(prefix = "/api", endpoint = "support/staff")]
pub async fn list_support_staff(org: String) -> Result<Vec<Supporter>, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.support_staff(&cx.caller, &org).await)
}

/// "Grant support access": a last day as `2026-12-05`.
#[server(prefix = "/api", endpoint = "support/grant")]
pub async fn grant_support(
    #[server(default)] org: String,
    #[server(default)] user: String,
    #[server(default)] role: String,
    #[server(default)] access_until: String,
    #[server(default)] reason: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::GrantSupport { user, role, access_until, reason };
    let granted = cx.rollcall.grant_support(&cx.caller, &org, form).await;
    cx.answer(granted).map(|name| Reply::toast(format!("{name} has support access now.")))
}
