//! Deleting people and revoking memberships (B35–B37).

use leptos::prelude::*;
use model::removal::RemovalPlan;

use crate::{problem::Problem, reply::Reply};

/// What would become of whom; nothing is done. `how` is the code of a [`model::removal::Removal`].
#[server(prefix = "/api", endpoint = "people/removal")]
pub async fn plan_removal(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] how: String,
) -> Result<RemovalPlan, Problem> {
    let cx = crate::ssr::context()?;
    let how = model::removal::Removal::from_code(&how);
    cx.answer(cx.rollcall.plan_removal(&cx.caller, &org, &id, how).await)
}

/// Deletes somebody, or takes them out of the organization. `confirm` is their address, typed once more; `heir` the address
/// of who takes over.
#[server(prefix = "/api", endpoint = "people/remove")]
pub async fn remove_person(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] how: String,
    #[server(default)] confirm: String,
    #[server(default)] heir: String,
) -> Result<Reply, Problem> {
    use model::removal::Removal;
    let cx = crate::ssr::context()?;
    let how = Removal::from_code(&how);
    let form = service::RemovePerson { confirm, heir };
    let name = cx.answer(cx.rollcall.remove_person(&cx.caller, &org, &id, how, form).await)?;
    let said = if how == Some(Removal::Delete) {
        format!("{name} has been deleted.")
    } else {
        format!("{name} has no access to this organization any more.")
    };
    Ok(Reply { next: Some(crate::paths::users(&org)), ..Reply::toast(said) })
}
