//! Traces, exported by OTLP over HTTP as the standard variables of OpenTelemetry say. Where they say nothing, nothing of
//! this runs.

use anyhow::Context as _;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use opentelemetry::{
    KeyValue,
    propagation::TextMapPropagator as _,
    trace::{Status, TraceContextExt as _, TracerProvider as _},
};
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    runtime::Tokio,
    trace::{SdkTracerProvider, span_processor_with_async_runtime::BatchSpanProcessor},
};
use std::{
    env,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};
use tracing::{Level, Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

/// How long a batch may take where `OTEL_EXPORTER_OTLP_TIMEOUT` says nothing, as the specification has it.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long the last batch may take: the process was told to end.
const LAST: Duration = Duration::from_secs(2);
/// What a collector's answer may hold, in bytes.
const ANSWER: usize = 1 << 20;
/// Whose spans are exported. Libraries make spans of their own, some for every poll.
const OURS: [&str; 4] = ["server", "service", "store", "app"];

/// Whether the environment asks for traces.
pub(crate) fn are_wanted() -> bool {
    let is_set = |name| env::var(name).is_ok_and(|value| !value.is_empty());
    let is_off = env::var("OTEL_SDK_DISABLED").is_ok_and(|value| value.eq_ignore_ascii_case("true"))
        || env::var("OTEL_TRACES_EXPORTER").is_ok_and(|value| value == "none");
    (is_set("OTEL_EXPORTER_OTLP_ENDPOINT") || is_set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) && !is_off
}

/// The export of traces.
#[derive(Debug)]
pub(crate) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Starts it, as the environment says.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new())
            .build()
            .context("traces cannot be exported as OTEL_EXPORTER_OTLP_ENDPOINT and its like say")?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let mut resource = Resource::builder().with_attribute(version);
        let is_named = env::var("OTEL_SERVICE_NAME").is_ok_and(|name| !name.is_empty())
            || env::var("OTEL_RESOURCE_ATTRIBUTES").is_ok_and(|all| all.contains("service.name="));
        if !is_named {
            resource = resource.with_service_name("rollcall");
        }
        let provider = SdkTracerProvider::builder()
            .with_span_processor(BatchSpanProcessor::builder(exporter, Tokio).build())
            .with_resource(resource.build())
            .build();
        Ok(Self { provider })
    }

    /// Makes traces of our own spans, whatever is logged, and of the warnings inside them.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let tracer = self.provider.tracer("rollcall");
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            // Where in our code it happens, and on which thread, is of no use to who operates it.
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(is_exported))
    }

    /// Sends the spans that wait, unless the collector takes too long.
    pub(crate) async fn finish(self) {
        // Blocks until the batch is sent by the runtime.
        let sent = tokio::task::spawn_blocking(move || self.provider.shutdown());
        if tokio::time::timeout(LAST, sent).await.is_err() {
            tracing::warn!("the last traces could not be sent in time");
        }
    }
}

fn is_exported(what: &Metadata<'_>) -> bool {
    let ours = OURS.contains(&what.target().split("::").next().unwrap_or(""));
    ours && (what.is_span() || *what.level() <= Level::WARN)
}

/// Makes a span the child of the one that the caller names in `traceparent`, if any.
pub(crate) fn continue_from(span: &Span, headers: &HeaderMap) {
    let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    // Fails where the span is not exported.
    let _ = span.set_parent(parent);
}

/// Says of the span of a request how it ended, in the words of OpenTelemetry's semantic conventions.
pub(crate) fn answered(span: &Span, method: &Method, route: Option<&str>, status: StatusCode) {
    let name = match route {
        Some(route) => {
            span.set_attribute("http.route", route.to_owned());
            format!("{method} {route}")
        }
        None => method.to_string(),
    };
    // A field of the span would come too late: it was begun under another name.
    span.context().span().update_name(name);
    span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.set_status(Status::error(""));
    }
}

/// Whoever takes the traces.
#[derive(Debug)]
struct Collector {
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    timeout: Duration,
    /// Whether the last batch was refused: an outage is told once, not with every batch.
    failing: AtomicBool,
}

impl Collector {
    fn new() -> Self {
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let millis = |name| env::var(name).ok()?.parse().ok().map(Duration::from_millis);
        Self {
            http: Client::builder(TokioExecutor::new()).build(connector),
            timeout: millis("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT")
                .or_else(|| millis("OTEL_EXPORTER_OTLP_TIMEOUT"))
                .unwrap_or(TIMEOUT),
            failing: AtomicBool::new(false),
        }
    }

    async fn send(&self, batch: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.http.request(batch.map(Full::new)).await?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, ANSWER).collect().await?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }
}

#[async_trait::async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, batch: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = match tokio::time::timeout(self.timeout, self.send(batch)).await {
            Ok(sent) => sent,
            Err(late) => Err(late.into()),
        };
        let is_taken = sent.as_ref().is_ok_and(|answer| answer.status().is_success());
        if self.failing.swap(!is_taken, Relaxed) == is_taken {
            match &sent {
                Ok(_) if is_taken => tracing::info!("the collector takes traces again"),
                Ok(answer) => {
                    tracing::warn!(http.status = %answer.status(), "traces are lost: the collector refuses them");
                }
                Err(error) => {
                    tracing::warn!(error.message = %error, "traces are lost: the collector cannot be reached");
                }
            }
        }
        sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_not_traced() {
        use tracing::subscriber::with_default;
        use tracing_subscriber::{Registry, layer::SubscriberExt as _};
        with_default(
            Registry::default().with(tracing_subscriber::fmt::layer().with_filter(filter_fn(is_exported))),
            || {
                assert!(tracing::enabled!(target: "server::http", tracing::Level::WARN));
                assert!(!tracing::enabled!(target: "server::http", tracing::Level::INFO));
                assert!(!tracing::enabled!(target: "sqlx::query", tracing::Level::WARN));
                assert!(tracing::error_span!(target: "hyper", "poll").is_disabled());
                assert!(!tracing::debug_span!(target: "service", "batch").is_disabled());
            },
        );
    }
}
