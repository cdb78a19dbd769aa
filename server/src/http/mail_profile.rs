//! What the page of the mail profile shows that is no page: the logo, and mails as they would look.
//!
//! A mail is somebody's HTML with styles of its own, which the policy of our pages forbids. So it comes as a document
//! apart, into a frame: no scripts, no origin, nothing from elsewhere, and in no other page than ours.

use app::problem::Problem;
use axum::{
    extract::{Path, Query, Request, State},
    http::{HeaderValue, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lettre::message::Mailbox;
use service::{Error, Outgoing};
use std::fmt::Write as _;

use super::{AppState, context, plain, respond};
use crate::mail::{self, Look, Rendered};

/// What a mail may do in its frame: look as it does.
const FRAME: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; \
                     frame-ancestors 'self'; sandbox";
/// What a picture may do, should somebody open it as a document.
const PICTURE: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/// `GET /o/{org}/settings/mail/logo`
pub(super) async fn logo(State(state): State<AppState>, Path(org): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let caller = context::of(&state, &parts).caller;
    match state.app.mail_logo(&caller, &org).await {
        Ok((logo, file)) => {
            let mut response = respond(file);
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(logo.kind.media_type()));
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PICTURE));
            headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
            response
        }
        Err(error) => refused(&state, error),
    }
}

/// The look that a preview brings along.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Looked {
    look: Option<String>,
}

/// `GET /o/{org}/settings/mail/preview/{template}/{part}`
pub(super) async fn preview(
    State(state): State<AppState>,
    Path((org, template, part)): Path<(String, String, String)>,
    Query(Looked { look }): Query<Looked>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let caller = context::of(&state, &parts).caller;
    let out = match state.app.previewed_mail(&caller, &org, &template, look.as_deref()).await {
        Ok(out) => out,
        Err(error) => return refused(&state, error),
    };
    let inside = |logo: &model::mail_profile::Logo, file: &[u8]| {
        format!("data:{};base64,{}", logo.kind.media_type(), STANDARD.encode(file))
    };
    let Ok(rendered) = mail::render_in(&out.mail, &Look::of(out.of.as_deref(), inside)) else {
        return refused(&state, Error::Internal);
    };
    let (kind, body) = match part.as_str() {
        "html" => ("text/html; charset=utf-8", rendered.html),
        "text" => ("text/plain; charset=utf-8", as_text(&state.sender, &out, &rendered)),
        _ => return refused(&state, Error::NotFound),
    };
    let mut response = respond(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(FRAME));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    response
}

/// The text of a mail below what stands in its head.
fn as_text(installation: &Mailbox, out: &Outgoing, rendered: &Rendered) -> String {
    let of = out.of.as_deref();
    let mut text = format!("From: {}\n", mail::sender(installation, of));
    if let Some(reply_to) = of.and_then(|of| of.profile.reply_to.as_ref()) {
        let _ = writeln!(text, "Reply-To: {reply_to}");
    }
    let name = rendered.to_name.as_ref().map(|name| format!("{name} ")).unwrap_or_default();
    let _ = write!(text, "To: {name}<{}>\nSubject: {}\n\n{}", out.mail.to(), rendered.subject, rendered.text);
    text
}

fn refused(state: &AppState, error: Error) -> Response {
    let problem = Problem::from(error);
    plain::page(state, problem.status(), "Nothing to show", &problem.message)
}
