//! The policies of an organization.
#![expect(clippy::too_many_arguments, reason = "each is a field of the form")]

use leptos::prelude::*;
use model::policy::{PolicyPreview, PolicySettings};

use crate::{problem::Problem, reply::Reply};

/// The policies as they are.
#[server(prefix = "/api", endpoint = "policies/get")]
pub async fn get_policies(org: String) -> Result<PolicySettings, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.policies(&cx.caller, &org).await)
}

/// What would change; nothing is saved. A `preset` counts instead of everything else.
#[server(prefix = "/api", endpoint = "policies/preview")]
pub async fn preview_policies(
    #[server(default)] org: String,
    #[server(default)] version: u32,
    #[server(default)] preset: String,
    #[server(default)] onboarding: String,
    #[server(default)] ttl: String,
    #[server(default)] ttl_unit: String,
    #[server(default)] copy_links: Option<String>,
    #[server(default)] default_role: String,
    #[server(default)] admin_grantable: Option<String>,
    #[server(default)] status_words: String,
    #[server(default)] seats: String,
    #[server(default)] invitation_requests: Option<String>,
) -> Result<Reply<PolicyPreview>, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::EditPolicies {
        version,
        preset,
        onboarding,
        ttl,
        ttl_unit,
        copy_links: copy_links.is_some(),
        default_role,
        admin_grantable: admin_grantable.is_some(),
        status_words,
        seats,
        invitation_requests: invitation_requests.is_some(),
    };
    cx.answer(cx.rollcall.preview_policies(&cx.caller, &org, &form).await).map(Reply::show)
}

/// Saves what was previewed. Everything that is shown follows the policies, so the page is loaded anew.
#[server(prefix = "/api", endpoint = "policies/save")]
pub async fn save_policies(
    #[server(default)] org: String,
    #[server(default)] version: u32,
    #[server(default)] preset: String,
    #[server(default)] onboarding: String,
    #[server(default)] ttl: String,
    #[server(default)] ttl_unit: String,
    #[server(default)] copy_links: Option<String>,
    #[server(default)] default_role: String,
    #[server(default)] admin_grantable: Option<String>,
    #[server(default)] status_words: String,
    #[server(default)] seats: String,
    #[server(default)] invitation_requests: Option<String>,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::EditPolicies {
        version,
        preset,
        onboarding,
        ttl,
        ttl_unit,
        copy_links: copy_links.is_some(),
        default_role,
        admin_grantable: admin_grantable.is_some(),
        status_words,
        seats,
        invitation_requests: invitation_requests.is_some(),
    };
    cx.answer(cx.rollcall.save_policies(&cx.caller, &org, &form).await)?;
    let said = Some("The policies have been saved.".to_owned());
    Ok(Reply { toast: said, ..Reply::go_fresh(crate::paths::policies(&org)) })
}
