//! Metrics in Prometheus' text format. Requests are counted as they end, by the template of their route; everything else
//! is read when somebody asks. No label holds who or which organization it was: what an operator's monitoring keeps for
//! years is no place for people.

use axum::{
    Router,
    extract::State,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, prometheus_text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use service::{Backlog, Rollcall};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;

use super::process;

/// Upper bounds of the histogram of durations, in seconds.
const BOUNDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The requests of this process.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    running: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
}

/// A request that runs, until it is dropped.
pub(crate) struct Running<'a>(&'a Gauge);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// None yet.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::default();
        let answered = Family::default();
        let durations = Family::new_with_constructor((|| Histogram::new(BOUNDS)) as fn() -> Histogram);
        let running = Gauge::default();
        registry.register("http_requests", "Requests that were answered", answered.clone());
        registry.register("http_request_duration_seconds", "Time until a request's answer began", durations.clone());
        registry.register("http_requests_in_flight", "Requests that are being answered", running.clone());
        Self { registry, answered, durations, running }
    }

    /// Counts a request as running.
    pub(crate) fn begin(&self) -> Running<'_> {
        self.running.inc();
        Running(&self.running)
    }

    /// Counts a request that was answered.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let method = known(method);
        let route = Route { method, route: route.to_owned() };
        self.durations.get_or_create(&route).observe(took.as_secs_f64());
        self.answered.get_or_create(&Answered { method, route: route.route, status: status.as_u16() }).inc();
    }

    /// Everything, as it is now. What the database would have to say is missing while it does not answer.
    async fn text(&self, app: &Rollcall) -> Result<String, std::fmt::Error> {
        let backlog = app.backlog().await.ok();
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        prometheus_text::encode(&mut text, &present(app, backlog))?;
        Ok(text)
    }
}

/// Whoever asks may invent methods, each of which would be kept for ever.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}

/// What is read at the moment of asking.
fn present(app: &Rollcall, backlog: Option<Backlog>) -> Registry {
    let mut registry = Registry::default();
    let stats = app.stats();
    let build = [("version", env!("CARGO_PKG_VERSION")), ("engine", app.db().engine_name())];
    labelled(&mut registry, "rollcall_build_info", "The release that runs, always 1", [(build.to_vec(), 1)]);
    gauge(&mut registry, "rollcall_database_up", "Whether the database answers", u64::from(backlog.is_some()));
    let pools = app.db().pools();
    let connections =
        pools.iter().flat_map(|pool| [("used", pool.used), ("idle", pool.idle)].map(|(state, n)| (pool, state, n)));
    let connections = connections.map(|(pool, state, n)| (vec![("pool", pool.name), ("state", state)], u64::from(n)));
    labelled(&mut registry, "db_pool_connections", "Open database connections", connections);
    let most = pools.iter().map(|pool| (vec![("pool", pool.name)], u64::from(pool.max)));
    labelled(&mut registry, "db_pool_connections_max", "The most database connections", most);
    if let Some(backlog) = backlog {
        let mails = [("due", backlog.messages_due), ("later", backlog.messages_later)];
        let mails = mails.map(|(state, n)| (vec![("state", state)], n));
        labelled(
            &mut registry,
            "rollcall_outbox_messages",
            "Mails that leave now, and that wait for another try",
            mails,
        );
        let due_for = backlog.due_since.map_or(0, |since| (app.now().millis() - since.millis()).max(0));
        let help = "For how long the mail is due that is due the longest";
        gauge(&mut registry, "rollcall_outbox_overdue_seconds", help, u64::try_from(due_for / 1_000).unwrap_or(0));
        let jobs = [("running", backlog.jobs_running), ("waiting", backlog.jobs_waiting)];
        let jobs = jobs.map(|(state, n)| (vec![("state", state)], n));
        labelled(&mut registry, "rollcall_jobs", "Jobs that a worker of any process has, and that wait for one", jobs);
    }
    let hashes = [("running", stats.hashes_running), ("waiting", stats.hashes_waiting)];
    let hashes = hashes.map(|(state, n)| (vec![("state", state)], n as u64));
    labelled(&mut registry, "rollcall_password_hashes", "Passwords that are hashed, and that wait for it", hashes);
    let help = "Passwords for which the queue had no room";
    counter(&mut registry, "rollcall_password_hashes_refused", help, stats.hashes_refused);
    let mails = Family::<Vec<(&str, &str)>, Counter>::default();
    let outcomes = [("sent", stats.mails_sent), ("put_off", stats.mails_put_off), ("given_up", stats.mails_given_up)];
    for (outcome, n) in outcomes {
        mails.get_or_create(&vec![("outcome", outcome)]).inc_by(n);
    }
    registry.register("rollcall_mails", "Tries to send a mail, by what became of it", mails);
    gauge(&mut registry, "rollcall_live_streams", "Browsers that hear of changes", stats.live_streams as u64);
    process::register(&mut registry);
    registry
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: u64) {
    let gauge: Gauge = Gauge::default();
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
    registry.register(name, help, gauge);
}

fn counter(registry: &mut Registry, name: &str, help: &str, value: u64) {
    let counter: Counter = Counter::default();
    counter.inc_by(value);
    registry.register(name, help, counter);
}

/// A gauge with labels.
fn labelled(
    registry: &mut Registry,
    name: &str,
    help: &str,
    values: impl IntoIterator<Item = (Vec<(&'static str, &'static str)>, u64)>,
) {
    let family = Family::<Vec<(&'static str, &'static str)>, Gauge>::default();
    for (labels, value) in values {
        family.get_or_create(&labels).set(i64::try_from(value).unwrap_or(i64::MAX));
    }
    registry.register(name, help, family);
}

/// Answers `GET /metrics` at an address of its own, which the operator keeps from the public.
///
/// # Errors
/// An address that cannot be had, in words.
pub(crate) async fn serve(at: SocketAddr, metrics: Arc<Metrics>, app: Rollcall) -> anyhow::Result<()> {
    let listener = TcpListener::bind(at)
        .await
        .map_err(|e| anyhow::anyhow!("cannot listen on {at} for metrics: {e}; choose another with --metrics-addr"))?;
    let router = Router::new().route("/metrics", get(answer)).with_state((metrics, app));
    tokio::spawn(axum::serve(listener, router).into_future());
    Ok(())
}

async fn answer(State((metrics, app)): State<(Arc<Metrics>, Rollcall)>) -> Response {
    match metrics.text(&app).await {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus_text::CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_method_makes_no_label() {
        let metrics = Metrics::new();
        for method in ["GET", "BREW", "WHEN"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            metrics.answered(&method, "/login", StatusCode::OK, Duration::from_millis(3));
        }
        let mut text = String::new();
        prometheus_text::encode(&mut text, &metrics.registry).unwrap();
        for line in [
            r#"http_requests_total{method="GET",route="/login",status="200"} 1"#,
            r#"http_requests_total{method="_OTHER",route="/login",status="200"} 2"#,
            r#"http_request_duration_seconds_bucket{method="GET",route="/login",le="0.0025"} 0"#,
            r#"http_request_duration_seconds_bucket{method="GET",route="/login",le="0.005"} 1"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn a_request_runs_until_it_is_dropped() {
        let metrics = Metrics::new();
        let running = [metrics.begin(), metrics.begin()];
        assert_eq!(metrics.running.get(), 2);
        drop(running);
        assert_eq!(metrics.running.get(), 0);
    }
}
