//! Pages: everything that is no file and no server function. A GET renders; a POST runs a form first.

use app::{Handed, reply::Submitted, shell};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::Response,
};
use axum_extra::extract::CookieJar;
use leptos::prelude::{IntoView, provide_context, use_context};
use leptos_axum::ResponseOptions;
use std::sync::Arc;

use super::{AppState, context, forms, headers, owner, plain, respond};

/// The name of the cookie that carries a toast over a redirect.
pub(super) const FLASH: &str = "flash";

/// The cookie that carries a toast; an empty one takes it away.
pub(super) fn flash_cookie(state: &AppState, toast: &str) -> Option<HeaderValue> {
    let age = if toast.is_empty() { 0 } else { 60 };
    let secure = if state.cookies.secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{FLASH}={toast}; Path=/; SameSite=Lax; HttpOnly{secure}; Max-Age={age}")).ok()
}

/// Answers a request for a page.
pub(super) async fn serve(State(state): State<AppState>, request: Request) -> Response {
    match *request.method() {
        Method::GET | Method::HEAD => {
            let (parts, _) = request.into_parts();
            render(&state, parts, None).await
        }
        Method::POST => forms::submit(&state, request).await,
        _ => plain::page(&state, 405, "Not possible", "This page can be read and its forms sent, nothing else."),
    }
}

/// Renders the page of a path, around a form's answer if there is one.
pub(super) async fn render(state: &AppState, parts: Parts, submitted: Option<Submitted>) -> Response {
    if let Some(elsewhere) = password_first(state, &parts).await {
        return elsewhere;
    }
    let jar = CookieJar::from_headers(&parts.headers);
    let flash = jar.get(FLASH).and_then(|cookie| forms::decode(cookie.value()));
    let flashed = flash.is_some();
    let status = submitted.as_ref().and_then(|s| s.result.as_ref().err()).map(app::problem::Problem::status);
    let handed = Handed { theme: context::theme(&parts.headers), flash, submitted };
    let request_context = context::of(state, &parts);
    let assets = Arc::clone(&state.assets);
    let provide = move || {
        provide_context(request_context.clone());
        provide_context(handed.clone());
    };
    let mut response = document(parts, provide, move || shell(&assets)).await;
    if let Some(status) = status.and_then(|s| StatusCode::from_u16(s).ok())
        && response.status().is_success()
    {
        *response.status_mut() = status;
    }
    // A page that leads on has said nothing yet.
    if let Some(gone) = flash_cookie(state, "").filter(|_| flashed && !response.status().is_redirection()) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    response
}

/// Leads whoever has a temporary password to where they choose another one (B5). The pages of an organization lead there by
/// themselves, since they ask who it is anyway, but for its door.
async fn password_first(state: &AppState, parts: &Parts) -> Option<Response> {
    let path = parts.uri.path();
    let welcome = app::paths::welcome();
    let inside = path.starts_with("/o/") && !path.ends_with("/login") && !path.ends_with("/login/request");
    if path == welcome || inside {
        return None;
    }
    match state.app.password_is_due(&context::of(state, parts).caller).await {
        Ok(true) => Some(respond((StatusCode::SEE_OTHER, [(header::LOCATION, welcome)]))),
        // A page says itself that the database is away.
        Ok(false) | Err(_) => None,
    }
}

/// Renders a document, in whose context stands what `provide` puts there.
pub(super) async fn document<V: IntoView + 'static>(
    mut parts: Parts,
    provide: impl Fn() + Clone + Send + Sync + 'static,
    view: impl Fn() -> V + Clone + Send + Sync + 'static,
) -> Response {
    let root = owner::Root::default();
    let keep_root = root.clone();
    let additional = move || {
        keep_root.keep();
        provide();
        let nonce = leptos::nonce::use_nonce().map(|n| n.to_string()).unwrap_or_default();
        if let (Some(response), Some(policy)) =
            (use_context::<ResponseOptions>(), headers::content_security_policy(&nonce))
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    };
    parts.method = Method::GET;
    // A redirect of a page is a redirect, whatever the client says it accepts.
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("text/html"));
    let request = Request::from_parts(parts, Body::empty());
    owner::rendered_by(root, async move {
        let response = leptos_axum::render_app_async_with_context(additional, view)(request).await;
        // The page is whole by now; what follows it in the stream is read while its owner lives.
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        Response::from_parts(parts, Body::from(body))
    })
    .await
}
