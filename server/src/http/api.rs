//! Server functions, as the browser's WebAssembly calls them. POST alone (S12), and only with a body that another site
//! cannot send without being noticed (S13).

use app::problem::{Problem, ProblemKind};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use leptos::prelude::provide_context;
use std::time::Duration;

use super::{AppState, MAX_BODY, context, owner, respond, uploads};

/// The media type of a form.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Calls a server function.
pub(super) async fn call(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, uploads::max_body(&state, &parts).await).await else {
        return problem(StatusCode::PAYLOAD_TOO_LARGE, &too_large());
    };
    with_flash(&state, run(&state, parts, body).await).await
}

/// What is said to somebody who goes on as somebody else is said on the next page, since this one is left at once.
async fn with_flash(state: &AppState, response: Response) -> Response {
    if !response.status().is_success() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if body.len() < 2_000
        && let Ok(reply) = serde_json::from_slice::<app::reply::Reply<serde_json::Value>>(&body)
        && let (true, Some(toast)) = (reply.fresh, reply.toast)
        && let Some(cookie) = super::pages::flash_cookie(state, &super::forms::encode(&toast))
    {
        parts.headers.append(header::SET_COOKIE, cookie);
    }
    Response::from_parts(parts, Body::from(body))
}

/// The media type of a body, without its parameters; capitals do not matter in it (RFC 9110 §8.3.1).
pub(super) fn media_type(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

pub(super) fn too_large() -> Problem {
    Problem::new(ProblemKind::Invalid, "That is more than fits in one go. Send it in smaller parts.")
}

/// How often a request is tried that the database has interrupted.
const TRIES: u32 = 3;
/// Between two of them: whoever it gave way to goes on meanwhile.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Runs the server function of the request's path. The answer is always JSON, with the right status.
///
/// What the database took back before its commit is done again: it is what the person would do next. What may have been
/// written is not, and neither is what had to wait (ADR 25).
pub(super) async fn run(state: &AppState, parts: Parts, body: Bytes) -> Response {
    for _ in 1..TRIES {
        let response = run_once(state, parts.clone(), body.clone()).await;
        if !was_interrupted(&response) {
            return response;
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
    run_once(state, parts, body).await
}

/// Whether the same may go well at once, as only [`service::Error::Interrupted`] says.
fn was_interrupted(response: &Response) -> bool {
    response.status() == StatusCode::SERVICE_UNAVAILABLE
        && response.headers().get(header::RETRY_AFTER).is_some_and(|seconds| seconds == "0")
}

async fn run_once(state: &AppState, mut parts: Parts, body: Bytes) -> Response {
    if !matches!(media_type(&parts.headers).as_str(), FORM | "application/json") {
        let text = "Only forms and JSON are read here.";
        return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, &Problem::new(ProblemKind::Invalid, text));
    }
    // Otherwise Leptos would answer a plain form with a redirect to the Referer; forms.rs does that better.
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let known = leptos::server_fn::axum::get_server_fn_service(parts.uri.path(), parts.method.clone()).is_some();
    if !known {
        return refusal(&Problem::new(ProblemKind::NotFound, "There is no such function."));
    }
    let context = context::of(state, &parts);
    let mut request = Request::from_parts(parts, Body::from(body));
    // Bodies are bounded where they are read, by what each function may take.
    DefaultBodyLimit::disable().apply(&mut request);
    let work = leptos_axum::handle_server_fns_with_context(move || provide_context(context.clone()), request);
    let response = respond(owner::alone(work).await);
    with_status(response).await
}

/// A failure that arose before the function's own code, such as arguments that do not parse, has Leptos' blanket 500.
async fn with_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_BODY).await.unwrap_or_default();
    let status = serde_json::from_slice::<Problem>(&body).ok().and_then(|p| StatusCode::from_u16(p.status()).ok());
    parts.status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Response::from_parts(parts, Body::from(body))
}

/// A problem with the status of its kind.
pub(super) fn refusal(refused: &Problem) -> Response {
    problem(StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), refused)
}

fn problem(status: StatusCode, problem: &Problem) -> Response {
    respond((status, axum::Json(problem)))
}
