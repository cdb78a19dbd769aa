//! Explaining access (N6).

use leptos::prelude::*;
use model::{
    Permission,
    explain::{WhoCan, Why},
};

use crate::problem::Problem;

/// Why somebody may use a permission, or may not: now, or at the end of a day as `2026-11-05`.
#[server(prefix = "/api", endpoint = "explain/why")]
pub async fn explain_access(
    org: String,
    id: String,
    permission: Permission,
    #[server(default)] on: String,
) -> Result<Why, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.why(&cx.caller, &org, &id, permission, &on).await)
}

/// Who can use a permission, by name, from a place on.
#[server(prefix = "/api", endpoint = "explain/who")]
pub async fn list_holders(
    org: String,
    permission: Permission,
    #[server(default)] after: Option<String>,
) -> Result<WhoCan, Problem> {
    let cx = crate::ssr::context()?;
    let after = after.as_deref().and_then(model::people::Cursor::decode);
    cx.answer(cx.rollcall.who_can(&cx.caller, &org, permission, after.as_ref()).await)
}
