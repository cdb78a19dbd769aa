//! Invitations: sending, resending, revoking, and the page behind the link.

use leptos::prelude::*;
use model::invitation::{BatchForecast, InvitationView, InviteResult};

use crate::{problem::Problem, reply::Reply};

/// "Invite" (B18): a field of addresses, one role; each address gets its own result. As `external`, people of other
/// organizations are invited (B45), whose role has to be chosen.
#[server(prefix = "/api", endpoint = "invitations/send")]
pub async fn invite_people(
    #[server(default)] org: String,
    #[server(default)] emails: String,
    #[server(default)] role: String,
    #[server(default)] access_until: String,
    #[server(default)] kind: String,
) -> Result<Reply<Vec<InviteResult>>, Problem> {
    let cx = crate::ssr::context()?;
    let batch = model::invitation::parse_recipients(&emails);
    let role = cx.answer(chosen_role(&role))?;
    let terms = service::Terms { kind: invited_as(&kind), role, access_until };
    cx.answer(cx.rollcall.invite(&cx.caller, &org, batch, terms).await).map(Reply::show)
}

/// What would become of each address if they were invited now (N12); nothing is sent.
#[server(prefix = "/api", endpoint = "invitations/check")]
pub async fn check_invitations(
    #[server(default)] org: String,
    #[server(default)] emails: String,
    #[server(default)] role: String,
    #[server(default)] kind: String,
) -> Result<Reply<BatchForecast>, Problem> {
    let cx = crate::ssr::context()?;
    let terms = (invited_as(&kind), cx.answer(chosen_role(&role))?);
    cx.answer(cx.rollcall.check_invitations(&cx.caller, &org, &emails, terms).await).map(Reply::show)
}

/// As what people are invited.
#[cfg(feature = "ssr")]
fn invited_as(code: &str) -> model::Kind {
    if code == model::Kind::External.code() { model::Kind::External } else { model::Kind::Standard }
}

/// The role of a form; nothing means that of policy H.
#[cfg(feature = "ssr")]
fn chosen_role(code: &str) -> Result<Option<model::Role>, service::Error> {
    match model::Role::from_code(code) {
        None if !code.is_empty() => Err(service::Error::field("role", "Choose one of the roles.")),
        chosen => Ok(chosen),
    }
}

/// "Add new user" (B17): one person with a name.
#[server(prefix = "/api", endpoint = "invitations/send_one")]
pub async fn invite_user(
    #[server(default)] org: String,
    #[server(default)] first_name: String,
    #[server(default)] last_name: String,
    #[server(default)] email: String,
    #[server(default)] admin: Option<String>,
    #[server(default)] access_until: String,
) -> Result<Reply<Vec<InviteResult>>, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::InviteUser { first_name, last_name, email, admin: admin.is_some(), access_until };
    cx.answer(cx.rollcall.invite_user(&cx.caller, &org, form).await).map(|result| Reply::show(vec![result]))
}

/// "Resend invitation" (B24).
#[server(prefix = "/api", endpoint = "invitations/resend")]
pub async fn resend_invitation(
    #[server(default)] org: String,
    #[server(default)] id: String,
) -> Result<Reply<Vec<InviteResult>>, Problem> {
    let cx = crate::ssr::context()?;
    let result = cx.answer(cx.rollcall.resend_invitation(&cx.caller, &org, &id).await)?;
    let toast = format!("A new invitation is on its way to {}.", result.entry);
    Ok(Reply { toast: Some(toast), ..Reply::show(vec![result]) })
}

/// "Revoke invitation" (B23).
#[server(prefix = "/api", endpoint = "invitations/revoke")]
pub async fn revoke_invitation(
    #[server(default)] org: String,
    #[server(default)] id: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let email = cx.answer(cx.rollcall.revoke_invitation(&cx.caller, &org, &id).await)?;
    Ok(Reply {
        next: Some(crate::paths::users(&org)),
        ..Reply::toast(format!("The invitation of {email} has been revoked."))
    })
}

/// What the page of a link shows. Uses nothing up (N3).
#[server(prefix = "/api", endpoint = "invitations/view")]
pub async fn open_invitation(token: String) -> Result<InvitationView, Problem> {
    let cx = crate::ssr::context()?;
    let view = cx.answer(cx.rollcall.invitation(&cx.caller, &token).await)?;
    match view {
        InvitationView::Open(_) => {}
        InvitationView::Unknown => crate::ssr::set_status(404),
        InvitationView::Archived { .. } => crate::ssr::set_status(409),
        _ => crate::ssr::set_status(410),
    }
    Ok(view)
}

/// Accepts by making an account (B22).
#[server(prefix = "/api", endpoint = "invitations/accept_new")]
pub async fn accept_new(
    #[server(default)] token: String,
    #[server(default)] first_name: String,
    #[server(default)] last_name: String,
    #[server(default)] password: String,
) -> Result<Reply, Problem> {
    accept(&token, service::AcceptAs::NewAccount { first_name, last_name, password }).await
}

/// Accepts with the password of the account that the address has.
#[server(prefix = "/api", endpoint = "invitations/accept_existing")]
pub async fn accept_existing(
    #[server(default)] token: String,
    #[server(default)] password: String,
) -> Result<Reply, Problem> {
    accept(&token, service::AcceptAs::ExistingAccount { password }).await
}

/// Accepts as who is signed in.
#[server(prefix = "/api", endpoint = "invitations/accept_signed_in")]
pub async fn accept_signed_in(#[server(default)] token: String) -> Result<Reply, Problem> {
    accept(&token, service::AcceptAs::SignedIn).await
}

#[cfg(feature = "ssr")]
async fn accept(token: &str, accept_as: service::AcceptAs) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let login = cx.answer(cx.rollcall.accept_invitation(&cx.caller, token, accept_as).await)?;
    cx.sign_in(&login.token);
    Ok(Reply { toast: Some("You have joined.".into()), ..Reply::go_fresh(crate::paths::home(login.org.as_ref())) })
}
