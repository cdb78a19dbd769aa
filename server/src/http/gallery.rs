//! The gallery of components: for who works on them. It needs no session and knows nothing of the installation.

use app::{Handed, api::appearance::SetTheme, gallery};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::header,
    response::Response,
    routing::get,
};
use leptos::server_fn::ServerFn as _;
use std::sync::Arc;

use super::{AppState, MAX_BODY, context, forms, pages, plain, respond};

/// What stands around the components alone; no part of the console's own style.
const STYLE: &str = include_str!("../../../style/gallery.css");

/// The page and its style.
pub(super) fn routes() -> Router<AppState> {
    Router::new().route(gallery::PATH, get(show).post(choose_theme)).route(gallery::STYLE, get(style))
}

async fn show(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let handed = Handed { theme: context::theme(&parts.headers), ..Handed::default() };
    let assets = Arc::clone(&state.assets);
    pages::document(parts, move || leptos::prelude::provide_context(handed.clone()), move || gallery::document(&assets))
        .await
}

async fn style() -> Response {
    respond(([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE))
}

/// The theme can be chosen as everywhere; the other forms are there to be looked at.
async fn choose_theme(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.unwrap_or_default();
    if !names_the_theme_alone(&body) {
        return plain::page(&state, 405, "Only for show", "The forms of the gallery do nothing.");
    }
    forms::submit(&state, Request::from_parts(parts, Body::from(body))).await
}

/// Whether a form posts to the theme's function and to no other; elsewhere the last name counts.
fn names_the_theme_alone(form: &[u8]) -> bool {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(form).unwrap_or_default();
    let functions: Vec<&str> = pairs.iter().filter(|(name, _)| name == "_fn").map(|(_, path)| path.as_str()).collect();
    !functions.is_empty() && functions.iter().all(|path| *path == SetTheme::PATH)
}
