//! What is told of each request: its span, by which all log lines inside it carry its id, one line when it is answered,
//! and a count.

use any_spawner::{CustomExecutor, PinnedFuture, PinnedLocalFuture};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, StatusCode},
    middleware::Next,
    response::Response,
};
use model::text::hex;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tower_http::request_id::{MakeRequestId, RequestId};
use tracing::{Instrument as _, Level, Span};

use super::{
    AppState, context,
    routes::{Asked, UNMATCHED},
};
use crate::telemetry::{metrics::Metrics, traces};

/// Parts of a path that are longer are no words or ids of ours, and tokens are; in bytes.
const LONGEST_LOGGED: usize = 40;
/// A request that takes longer is told of without being asked for.
const SLOW: Duration = Duration::from_secs(1);

tokio::task_local! {
    /// The id of the request that this task answers.
    static ID: RequestId;
}

/// A request id of our own: whatever a client or proxy sends as one is no name for what happens here.
#[derive(Clone, Copy)]
pub(super) struct FreshRequestId;

impl MakeRequestId for FreshRequestId {
    fn make_request_id<B>(&mut self, _request: &axum::http::Request<B>) -> Option<RequestId> {
        use service::Entropy as _;
        let mut bytes = [0; 8];
        service::System.fill(&mut bytes);
        HeaderValue::from_str(&hex(&bytes)).ok().map(RequestId::new)
    }
}

/// What a client sends as a request id is never logged as one; the layer that makes ours would keep it.
pub(super) fn without_request_id(mut request: Request) -> Request {
    request.headers_mut().remove("x-request-id");
    request
}

fn text(id: &RequestId) -> &str {
    id.header_value().to_str().unwrap_or("")
}

/// By what the request that is being answered is found in the log.
pub(super) fn reference() -> Option<String> {
    ID.try_with(|id| text(id).to_owned()).ok()
}

/// The span of a request.
pub(super) fn span(state: &AppState, request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>().map_or("", text);
    // The path of an invitation holds its token, also where the rest of it was mangled.
    let path = request.uri().path();
    let path: Vec<&str> = path.split('/').map(|part| if part.len() > LONGEST_LOGGED { "…" } else { part }).collect();
    let path = path.join("/");
    // Of the highest level, so that an error has its request also where nothing but errors is logged.
    let span = tracing::error_span!(
        "request",
        request.id = id,
        http.request.method = %request.method(),
        url.path = path,
        otel.kind = state.traces.then_some("server"),
    );
    // Anybody could have their requests traced, and mixed into the traces of others.
    if state.traces && context::comes_from_proxy(request.extensions(), &state.trusted_proxies) {
        traces::continue_from(&span, request.headers());
    }
    span
}

/// Answers a request inside its span, and tells how it ended.
pub(super) async fn observe(State(state): State<Arc<AppState>>, request: Request, next: Next) -> Response {
    #[expect(clippy::disallowed_methods, reason = "nothing but how long an answer takes is measured by it")]
    let begun = Instant::now();
    let _running = state.metrics.as_deref().map(Metrics::begin);
    let asked = Asked {
        method: request.method().clone(),
        uri: request.uri().clone(),
        matched: request.extensions().get::<MatchedPath>().cloned(),
    };
    let response = match request.extensions().get::<RequestId>().cloned() {
        Some(id) => ID.scope(id, next.run(request)).await,
        None => next.run(request).await,
    };
    tell(&state, &asked, response.status(), begun.elapsed());
    response
}

fn tell(state: &AppState, asked: &Asked, status: StatusCode, took: Duration) {
    let is_loud = status.is_server_error() || took >= SLOW;
    let is_told = is_loud || tracing::enabled!(target: "access", Level::DEBUG);
    if !is_told && !state.traces && state.metrics.is_none() {
        return;
    }
    let route = asked.route();
    if let Some(metrics) = &state.metrics {
        metrics.answered(&asked.method, route, status, took);
    }
    if state.traces {
        let route = Some(route).filter(|route| *route != UNMATCHED);
        traces::answered(&Span::current(), &asked.method, route, status);
    }
    let code = status.as_u16();
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if is_loud {
        tracing::info!(target: "access", route, status = code, duration_ms, "request answered");
    } else {
        tracing::debug!(target: "access", route, status = code, duration_ms, "request answered");
    }
}

/// Runs what Leptos does aside. It reads a page's data in tasks of its own, whose log lines belong to the request as well.
pub(super) struct InSpan;

impl CustomExecutor for InSpan {
    fn spawn(&self, work: PinnedFuture<()>) {
        tokio::spawn(work.in_current_span());
    }
    fn spawn_local(&self, work: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(work.in_current_span());
    }
    fn poll_local(&self) {}
}
