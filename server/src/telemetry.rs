//! What an operator sees of a running process: its log, its traces and its metrics. docs/operations.md says how they are
//! read; none of them ever holds a token, a password or an address.

pub(crate) mod metrics;
mod process;
pub(crate) mod traces;

use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer, fmt, layer::SubscriberExt as _, registry::LookupSpan, util::SubscriberInitExt as _,
};

use crate::config::Config;
use traces::Traces;

/// What has to be finished at the end.
#[derive(Debug)]
pub struct Telemetry {
    traces: Option<Traces>,
}

/// Starts logging to standard error and, where `OTEL_EXPORTER_OTLP_ENDPOINT` is set, exporting traces.
///
/// # Errors
/// A setting of OpenTelemetry that cannot be used, in words.
pub fn start(config: &Config) -> anyhow::Result<Telemetry> {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let traces = traces::are_wanted().then(Traces::start).transpose()?;
    let registry = tracing_subscriber::registry();
    // A second start, as in tests, keeps the first.
    let _ = match &traces {
        // One filter for all is cheaper than one for each layer.
        None => registry.with(filter).with(lines(config)).try_init(),
        Some(traces) => registry.with(lines(config).with_filter(filter)).with(traces.layer()).try_init(),
    };
    Ok(Telemetry { traces })
}

/// Writes what is logged.
fn lines<S>(config: &Config) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    if config.log_json {
        fmt::layer().json().with_writer(std::io::stderr).boxed()
    } else {
        fmt::layer().with_writer(std::io::stderr).with_target(false).boxed()
    }
}

impl Telemetry {
    /// Sends what is still to be sent.
    pub async fn finish(self) {
        if let Some(traces) = self.traces {
            traces.finish().await;
        }
    }
}
