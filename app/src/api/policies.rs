//! The policies of an organization.

use leptos::prelude::*;
use model::policy::{PolicyPreview, PolicySettings};
use serde::{Deserialize, Serialize};

use crate::{problem::Problem, reply::Reply};

/// What the page holds, as entered; a box that is not checked is not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyForm {
    /// The version that was looked at.
    pub version: String,
    /// A preset, which counts instead of everything below.
    pub preset: String,
    /// Policy A.
    pub onboarding: String,
    /// The domains from which people can be invited.
    pub email_domains: String,
    /// Policy E, in units.
    pub ttl: String,
    /// The unit of it.
    pub ttl_unit: String,
    /// S27.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_links: Option<String>,
    /// Policy H.
    pub default_role: String,
    /// Policy G.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_grantable: Option<String>,
    /// Policy G.
    pub max_owners: String,
    /// Policy F.
    pub status_words: String,
    /// Policy M.
    pub seats: String,
    /// Policy B.
    pub delete_scope: String,
    /// Policy C.
    pub email_reuse: String,
    /// The days of it.
    pub reuse_days: String,
    /// Policy K.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation_requests: Option<String>,
    /// Policy J.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_pending_external: Option<String>,
}

#[cfg(feature = "ssr")]
impl From<PolicyForm> for service::EditPolicies {
    fn from(form: PolicyForm) -> Self {
        Self {
            // No version is one that nobody has looked at.
            version: form.version.parse().unwrap_or(u32::MAX),
            preset: form.preset,
            onboarding: form.onboarding,
            email_domains: form.email_domains,
            ttl: form.ttl,
            ttl_unit: form.ttl_unit,
            copy_links: form.copy_links.is_some(),
            default_role: form.default_role,
            admin_grantable: form.admin_grantable.is_some(),
            max_owners: form.max_owners,
            status_words: form.status_words,
            seats: form.seats,
            delete_scope: form.delete_scope,
            email_reuse: form.email_reuse,
            reuse_days: form.reuse_days,
            invitation_requests: form.invitation_requests.is_some(),
            show_pending_external: form.show_pending_external.is_some(),
        }
    }
}

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
    #[server(flatten)] form: PolicyForm,
) -> Result<Reply<PolicyPreview>, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.preview_policies(&cx.caller, &org, &form.into()).await).map(Reply::show)
}

/// Saves what was previewed. Everything that is shown follows the policies, so the page is loaded anew.
#[server(prefix = "/api", endpoint = "policies/save")]
pub async fn save_policies(
    #[server(default)] org: String,
    #[server(flatten)] form: PolicyForm,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.save_policies(&cx.caller, &org, &form.into()).await)?;
    let said = Some("The policies have been saved.".to_owned());
    Ok(Reply { toast: said, ..Reply::go_fresh(crate::paths::policies(&org)) })
}
