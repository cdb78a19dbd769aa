//! A page that needs nothing: for what goes wrong around the application rather than in it.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::Response,
};

use super::{AppState, observe, respond};

#[derive(Template)]
#[template(path = "plain_error.html")]
struct PlainError<'a> {
    css: &'a str,
    title: &'a str,
    text: &'a str,
    /// By what it is found in the log, where the failure is ours.
    reference: Option<String>,
}

/// The page of an error.
pub(super) fn page(state: &AppState, status: u16, title: &str, text: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let reference = observe::reference().filter(|_| status.is_server_error());
    let html =
        PlainError { css: &state.assets.css, title, text, reference }.render().unwrap_or_else(|_| text.to_owned());
    respond((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html))
}
