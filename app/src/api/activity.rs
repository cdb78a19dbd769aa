//! What was done, by and to a person.

use leptos::prelude::*;
use model::{AuditId, activity::ActivityPage};

use crate::problem::Problem;

/// A page of lines, the newest first, from before a line on.
#[server(prefix = "/api", endpoint = "people/activity")]
pub async fn list_activity(
    org: String,
    id: String,
    #[server(default)] before: Option<AuditId>,
) -> Result<ActivityPage, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.activity(&cx.caller, &org, &id, before.as_ref()).await)
}
