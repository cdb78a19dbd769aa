//! Log lines and traces: each names its request, and none a token.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use model::text::hex;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
    trace::v1::{ResourceSpans, Span},
};
use prost::Message as _;
use std::{
    fs::File,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use crate::{
    database::run,
    process::Installation,
    requests::{get, set_up},
};

/// What stands for a live token of an invitation.
pub(crate) const TOKEN: &str = "dG9rZW4tb2YtYW4taW52aXRhdGlvbi10aGF0LW5vYm9keS1oYXM";
/// The trace of a caller, and the span in it.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// What a collector was sent, and whether it takes it.
#[derive(Clone, Default)]
struct Received {
    batches: Arc<Mutex<Vec<(HeaderMap, ExportTraceServiceRequest)>>>,
    refuses: Arc<AtomicBool>,
}

impl Received {
    fn resources(&self) -> Vec<ResourceSpans> {
        self.batches.lock().unwrap().iter().flat_map(|(_, sent)| sent.resource_spans.clone()).collect()
    }
    fn spans(&self) -> Vec<Span> {
        let scopes = self.resources().into_iter().flat_map(|of| of.scope_spans);
        scopes.flat_map(|of| of.spans).collect()
    }
}

/// A collector that takes what comes by HTTP, and its address.
async fn collector() -> (Received, String) {
    async fn take(State(received): State<Received>, headers: HeaderMap, body: Bytes) -> StatusCode {
        if received.refuses.load(SeqCst) {
            return StatusCode::BAD_REQUEST;
        }
        let sent = ExportTraceServiceRequest::decode(body).unwrap();
        received.batches.lock().unwrap().push((headers, sent));
        StatusCode::OK
    }
    let received = Received::default();
    let router = Router::new().route("/v1/traces", post(take)).with_state(received.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (received, format!("http://{address}"))
}

fn value(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.clone()? {
        AnyValue { value: Some(Value::StringValue(text)) } => Some(text),
        AnyValue { value: Some(Value::IntValue(number)) } => Some(number.to_string()),
        other => panic!("{key} is {other:?}"),
    }
}

#[tokio::test]
async fn spans_arrive_with_route_and_request_id_and_without_tokens() {
    let (received, endpoint) = collector().await;
    let installation = Installation::new(None);
    let server = installation
        .serve_with(|command| {
            command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint);
            command.env("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=of-the-operator");
            command.env("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test");
            // What is logged is another matter.
            command.env("ROLLCALL_LOG", "error");
        })
        .await;
    let id = get(&server, "", &format!("/invite/{TOKEN}")).await.id;
    get(&server, "", "/no/such/page").await;
    // The end does not wait for the next batch.
    assert!(tokio::task::spawn_blocking(move || server.terminate()).await.unwrap());

    let spans = received.spans();
    let of = |key: &str, wanted: &str| {
        let found = spans.iter().find(|span| value(&span.attributes, key).as_deref() == Some(wanted));
        found.unwrap_or_else(|| panic!("no span has {key} {wanted}: {spans:?}"))
    };
    let span = of("request.id", &id);
    assert_eq!(span.name, "GET /invite/{token}");
    assert_eq!(span.kind, 2, "a server's");
    for (key, expected) in [
        ("http.request.method", "GET"),
        ("http.route", "/invite/{token}"),
        ("http.response.status_code", "404"),
        ("url.path", "/invite/…"),
    ] {
        assert_eq!(value(&span.attributes, key).as_deref(), Some(expected), "{key}");
    }
    let lost = of("url.path", "/no/such/page");
    assert_eq!((lost.name.as_str(), value(&lost.attributes, "http.route")), ("GET", None));
    assert!(!format!("{spans:?}").contains(TOKEN));

    let resource = received.resources()[0].resource.clone().unwrap();
    assert_eq!(value(&resource.attributes, "service.name").as_deref(), Some("rollcall"));
    assert_eq!(value(&resource.attributes, "deployment.environment").as_deref(), Some("test"));
    let headers = received.batches.lock().unwrap()[0].0.clone();
    assert_eq!(headers["x-api-key"], "of-the-operator");
    assert_eq!(headers["content-type"], "application/x-protobuf");
}

#[tokio::test]
async fn a_trace_goes_on_from_a_trusted_proxy_and_from_nobody_else() {
    for trusted in [true, false] {
        let (received, endpoint) = collector().await;
        let installation = Installation::new(None);
        let server = installation
            .serve_with(|command| {
                command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint).env("OTEL_SERVICE_NAME", "people");
                if trusted {
                    command.env("ROLLCALL_TRUSTED_PROXIES", "127.0.0.1");
                }
            })
            .await;
        let asked = reqwest::Client::new().get(format!("{}/login", server.url));
        let asked =
            asked.header("traceparent", format!("00-{TRACE}-{PARENT}-01")).header("x-request-id", "of-a-stranger");
        let answer = asked.send().await.unwrap();
        assert_ne!(answer.headers()["x-request-id"], "of-a-stranger");
        assert!(tokio::task::spawn_blocking(move || server.terminate()).await.unwrap());
        let spans = received.spans();
        let login = spans.iter().find(|span| span.name == "GET /login").unwrap();
        let is_continued = (hex(&login.trace_id), hex(&login.parent_span_id)) == (TRACE.to_owned(), PARENT.to_owned());
        assert_eq!(is_continued, trusted, "{login:?}");
        let resource = received.resources()[0].resource.clone().unwrap();
        assert_eq!(value(&resource.attributes, "service.name").as_deref(), Some("people"));
    }
}

#[tokio::test]
async fn a_collector_that_is_away_is_told_of_once_and_holds_nothing_up() {
    let installation = Installation::new(None);
    let log = installation.site().join("log");
    let server = installation
        .serve_with(|command| {
            // Nobody listens at the port of `discard`.
            command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9").env("OTEL_BSP_SCHEDULE_DELAY", "50");
            command.stderr(File::create(&log).unwrap());
        })
        .await;
    until_logged(&log, |text| text.contains("traces are lost")).await;
    for _ in 0..5 {
        assert_eq!(get(&server, "", "/login").await.status, 200);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(tokio::task::spawn_blocking(move || server.terminate()).await.unwrap());
    let text = std::fs::read_to_string(&log).unwrap();
    assert_eq!(text.matches("traces are lost").count(), 1, "{text}");
}

#[tokio::test]
async fn a_collector_that_refuses_is_told_of_once_and_so_is_that_it_takes_again() {
    let (received, endpoint) = collector().await;
    received.refuses.store(true, SeqCst);
    let installation = Installation::new(None);
    let log = installation.site().join("log");
    let server = installation
        .serve_with(|command| {
            command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint).env("OTEL_BSP_SCHEDULE_DELAY", "50");
            command.stderr(File::create(&log).unwrap());
        })
        .await;
    until_logged(&log, |text| text.contains("the collector refuses them")).await;
    received.refuses.store(false, SeqCst);
    get(&server, "", "/login").await;
    until_logged(&log, |text| text.contains("takes traces again")).await;
    assert!(received.spans().iter().any(|span| span.name == "GET /login"));
}

#[test]
fn a_wrong_endpoint_for_traces_is_one_clear_line() {
    let installation = Installation::new(None);
    let output =
        installation.command(&["serve"]).env("OTEL_EXPORTER_OTLP_ENDPOINT", "not an address").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "{said}");
}

#[tokio::test]
async fn every_line_names_its_request_and_so_does_the_page_of_a_failure() {
    let installation = Installation::new(None);
    let log = installation.site().join("log");
    let server = installation
        .serve_with(|command| {
            command.env("ROLLCALL_LOG", "info,sqlx=error,access=debug").env("ROLLCALL_LOG_JSON", "true");
            command.stderr(File::create(&log).unwrap());
        })
        .await;
    let cookie = set_up(&server).await;
    let well = get(&server, "", "/login").await;
    assert!(!well.body.contains(&well.id));
    // A table that is gone is a defect to the server.
    run(&installation.database_url(), "ALTER TABLE organizations RENAME TO gone").await;
    let ill = get(&server, &cookie, "/o/engines/users").await;
    assert_eq!(ill.status, 500);
    assert!(ill.body.contains(&format!("Reference for your administrator: {}", ill.id)), "{}", ill.body);

    until_logged(&log, |text| text.lines().any(|line| line.contains("request answered") && line.contains(&ill.id)))
        .await;
    let text = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let of = |id: &str, what: &str| {
        let found = lines.iter().find(|line| line["span"]["request.id"] == id && line["fields"]["message"] == what);
        found.unwrap_or_else(|| panic!("no line {what} of {id} in\n{text}"))
    };
    let answered = of(&well.id, "request answered");
    assert_eq!(answered["level"], "DEBUG");
    assert_eq!(answered["fields"]["route"], "/login");
    assert_eq!(answered["fields"]["status"], 200);
    assert!(answered["fields"]["duration_ms"].is_u64());
    assert_eq!(answered["span"]["http.request.method"], "GET");
    assert_eq!(of(&ill.id, "request answered")["level"], "INFO", "a failure is told of without being asked for");
    // Leptos reads the data of a page in a task of its own.
    assert_eq!(of(&ill.id, "the store failed")["level"], "ERROR");
    let one = |id: &str| lines.iter().filter(|l| l["span"]["request.id"] == id && l["target"] == "access").count();
    assert_eq!((one(&well.id), one(&ill.id)), (1, 1), "one line a request");
}

/// Waits until the log is as wanted.
async fn until_logged(log: &Path, wanted: impl Fn(&str) -> bool) {
    for _ in 0..600 {
        if wanted(&std::fs::read_to_string(log).unwrap()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the log never says it:\n{}", std::fs::read_to_string(log).unwrap());
}
