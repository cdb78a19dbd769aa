//! Organizations: those of who is signed in and those that invite them, founding, details, archiving, and where an
//! organization's own people are guests.

use leptos::prelude::*;
use model::{
    organization::OrgSettings,
    people::{GuestsPage, MyOrgs},
};
use serde::{Deserialize, Serialize};

use crate::{problem::Problem, reply::Reply};

/// The organizations of who is signed in, and those that have invited them.
#[server(prefix = "/api", endpoint = "orgs/list")]
pub async fn list_my_orgs() -> Result<MyOrgs, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.my_orgs(&cx.caller).await)
}

/// Founds another organization, through a referral link where one led there (B44).
#[server(prefix = "/api", endpoint = "orgs/found")]
pub async fn found_organization(
    #[server(default)] org_name: String,
    #[server(default)] kind: String,
    #[server(default)] preset: String,
    #[server(default)] referral: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::FoundOrganization { org_name, kind, preset, referral };
    let (slug, referred) = cx.answer(cx.rollcall.found_organization(&cx.caller, form).await)?;
    let said = match referred {
        service::Referred::Not => "Your organization is there.".to_owned(),
        service::Referred::By(partner) => format!("Your organization is there, referred by {}.", partner.as_str()),
        service::Referred::Outdated => {
            "Your organization is there. The referral link was no longer valid, so no referral was recorded.".to_owned()
        }
    };
    Ok(Reply { toast: Some(said), ..Reply::go_fresh(crate::paths::home(Some(&slug))) })
}

/// Accepts an invitation from the list of one's organizations (B48).
#[server(prefix = "/api", endpoint = "orgs/accept")]
pub async fn accept_listed(#[server(default)] id: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let login = cx.answer(cx.rollcall.accept_listed(&cx.caller, &id).await)?;
    cx.sign_in(&login.token);
    Ok(Reply { toast: Some("You have joined.".to_owned()), ..Reply::go_fresh(crate::paths::home(login.org.as_ref())) })
}

/// Declines one.
#[server(prefix = "/api", endpoint = "orgs/decline")]
pub async fn decline_invitation(#[server(default)] id: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let name = cx.answer(cx.rollcall.decline_invitation(&cx.caller, &id).await)?;
    Ok(Reply::toast(format!("You have declined the invitation to {}.", name.as_str())))
}

/// Name, kind and details of an organization (B50).
#[server(prefix = "/api", endpoint = "orgs/settings")]
pub async fn get_organization(org: String) -> Result<OrgSettings, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.organization(&cx.caller, &org).await)
}

/// What the page of an organization's details holds, as entered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrgForm {
    /// The version that was looked at.
    pub version: String,
    /// Its name.
    pub org_name: String,
    /// What it is.
    pub kind: String,
    /// The postal address.
    pub address: String,
    /// Whom to turn to.
    pub contact_name: String,
    /// The address of that person.
    pub contact_email: String,
    /// The IANA name of the time zone; empty for UTC.
    pub time_zone: String,
}

#[cfg(feature = "ssr")]
impl From<OrgForm> for service::EditOrganization {
    fn from(form: OrgForm) -> Self {
        Self {
            // No version is one that nobody has looked at.
            version: form.version.parse().unwrap_or(u32::MAX),
            org_name: form.org_name,
            kind: form.kind,
            address: form.address,
            contact_name: form.contact_name,
            contact_email: form.contact_email,
            time_zone: form.time_zone,
        }
    }
}

/// Saves them. The name stands in every page, so the page is loaded anew.
#[server(prefix = "/api", endpoint = "orgs/save")]
pub async fn save_organization(
    #[server(default)] org: String,
    #[server(flatten)] form: OrgForm,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.save_organization(&cx.caller, &org, form.into()).await)?;
    let said = Some("The organization has been saved.".to_owned());
    Ok(Reply { toast: said, ..Reply::go_fresh(crate::paths::general(&org)) })
}

/// Closes an organization, once its name was typed.
#[server(prefix = "/api", endpoint = "orgs/archive")]
pub async fn archive_organization(
    #[server(default)] org: String,
    #[server(default)] confirm: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.archive_organization(&cx.caller, &org, &confirm).await)?;
    let said = Some("The organization is archived.".to_owned());
    Ok(Reply { toast: said, ..Reply::go_fresh(crate::paths::general(&org)) })
}

/// Opens an archived organization again.
#[server(prefix = "/api", endpoint = "orgs/restore")]
pub async fn restore_organization(#[server(default)] org: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.restore_organization(&cx.caller, &org).await)?;
    let said = Some("The organization is open again.".to_owned());
    Ok(Reply { toast: said, ..Reply::go_fresh(crate::paths::general(&org)) })
}

/// Where people of an organization are guests (B45), from a place on.
#[server(prefix = "/api", endpoint = "orgs/guests")]
pub async fn list_guests(org: String, #[server(default)] after: Option<String>) -> Result<GuestsPage, Problem> {
    let cx = crate::ssr::context()?;
    let after = after.as_deref().and_then(model::people::Cursor::decode);
    cx.answer(cx.rollcall.guests(&cx.caller, &org, after.as_ref()).await)
}
