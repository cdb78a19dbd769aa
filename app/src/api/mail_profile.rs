//! How the mail of an organization looks and by which server it leaves (B2).
#![expect(clippy::too_many_arguments, reason = "each is a field of the form")]

use leptos::prelude::*;
use model::mail_profile::{MailPreview, MailSettings, TestReport};
use serde::{Deserialize, Serialize};

use crate::{problem::Problem, reply::Reply};

/// What the page shows below the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailAnswer {
    /// What a mail would look like.
    Preview(MailPreview),
    /// What became of a mail.
    Test(TestReport),
}

/// The profile as it is.
#[server(prefix = "/api", endpoint = "mail_profile/get")]
pub async fn get_mail_settings(org: String) -> Result<MailSettings, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.mail_settings(&cx.caller, &org).await)
}

/// Does with what was entered what the button says: previews it, sends a test mail by it, or saves it. One form, since a
/// password that was typed is never sent back to be sent again by another.
#[server(prefix = "/api", endpoint = "mail_profile/edit")]
pub async fn edit_mail_profile(
    #[server(default)] org: String,
    #[server(default)] version: u32,
    #[server(default)] sender_name: String,
    #[server(default)] reply_to: String,
    #[server(default)] accent: String,
    #[server(default)] footer: String,
    #[server(default)] host: String,
    #[server(default)] port: String,
    #[server(default)] security: String,
    #[server(default)] user: String,
    #[server(default)] smtp_password: String,
    #[server(default)] from_email: String,
    #[server(default)] template: String,
    #[server(default)] op: String,
) -> Result<Reply<MailAnswer>, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::EditMailProfile {
        version,
        sender_name,
        reply_to,
        accent,
        footer,
        host,
        port,
        security,
        user,
        smtp_password,
        from_email,
    };
    match op.as_str() {
        "preview" => {
            let preview = cx.answer(cx.rollcall.preview_mail(&cx.caller, &org, &form, &template).await)?;
            Ok(Reply::show(MailAnswer::Preview(preview)))
        }
        "test" => {
            let report = cx.answer(cx.rollcall.try_mail(&cx.caller, &org, &form).await)?;
            Ok(Reply::show(MailAnswer::Test(report)))
        }
        _ => {
            cx.answer(cx.rollcall.save_mail_profile(&cx.caller, &org, &form).await)?;
            Ok(saved("The mail profile has been saved.", &org))
        }
    }
}

/// Puts another logo in place. The file comes from a form of several parts, which the server makes base64 of.
#[server(prefix = "/api", endpoint = "mail_profile/logo")]
pub async fn set_mail_logo(
    #[server(default)] org: String,
    #[server(default)] version: u32,
    #[server(default)] logo: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.set_mail_logo(&cx.caller, &org, version, &logo).await)?;
    Ok(saved("The logo has been saved.", &org))
}

/// Takes the logo away.
#[server(prefix = "/api", endpoint = "mail_profile/remove_logo")]
pub async fn remove_mail_logo(
    #[server(default)] org: String,
    #[server(default)] version: u32,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.remove_mail_logo(&cx.caller, &org, version).await)?;
    Ok(saved("The logo has been removed.", &org))
}

/// The page is loaded anew: its forms say which version they were made from.
#[cfg(feature = "ssr")]
fn saved<T>(said: &str, org: &str) -> Reply<T> {
    Reply { toast: Some(said.to_owned()), ..Reply::go_fresh(crate::paths::mail(org)) }
}
