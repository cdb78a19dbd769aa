//! The Partner section (B44), and what is behind a referral link.

use leptos::prelude::*;
use model::partner::{CustomersPage, PartnerOverview, RecordsPage, ReferralDoor};

use crate::{problem::Problem, reply::Reply};

/// The first page of the section, with twelve months up to one; the present one where none is said.
#[server(prefix = "/api", endpoint = "partner/overview")]
pub async fn get_partner_overview(
    org: String,
    #[server(default)] until: Option<String>,
) -> Result<PartnerOverview, Problem> {
    let cx = crate::ssr::context()?;
    let until = until.as_deref().and_then(model::partner::Month::parse);
    cx.answer(cx.rollcall.partner_overview(&cx.caller, &org, until).await)
}

/// The customers that were referred, from before one on.
#[server(prefix = "/api", endpoint = "partner/customers")]
pub async fn list_referred_customers(
    org: String,
    #[server(default)] before: Option<String>,
) -> Result<CustomersPage, Problem> {
    let cx = crate::ssr::context()?;
    let before = before.as_deref().and_then(|id| model::id::Id::parse(id).ok());
    cx.answer(cx.rollcall.referred_customers(&cx.caller, &org, before.as_ref()).await)
}

/// The `commissions` or `payouts`, of a month or of all, from before a place on.
#[server(prefix = "/api", endpoint = "partner/records")]
pub async fn list_partner_records(
    org: String,
    #[server(default)] list: String,
    #[server(default)] month: Option<String>,
    #[server(default)] before: Option<String>,
) -> Result<RecordsPage, Problem> {
    let cx = crate::ssr::context()?;
    let kind = model::partner::RecordKind::from_path(&list);
    let month = month.as_deref().and_then(model::partner::Month::parse);
    let before = before.as_deref().and_then(model::partner::RecordPlace::decode);
    cx.answer(cx.rollcall.partner_records(&cx.caller, &org, kind, (month, before.as_ref())).await)
}

/// Puts another referral link in place of the one that there is, or makes the first.
#[server(prefix = "/api", endpoint = "partner/new_link")]
pub async fn new_referral_link(#[server(default)] org: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let replaced = cx.answer(cx.rollcall.new_referral_link(&cx.caller, &org).await)?;
    let said = if replaced {
        "The referral link is another one now. The one before is no longer valid."
    } else {
        "The referral link is there."
    };
    Ok(Reply { toast: Some(said.to_owned()), ..Reply::go(crate::paths::partner(&org)) })
}

/// What is behind a referral link; nothing where it is not valid (any more).
#[server(prefix = "/api", endpoint = "referrals/open")]
pub async fn open_referral(#[server(default)] code: String) -> Result<Option<ReferralDoor>, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.referral_door(&code).await)
}
