//! The function: the same router, asked by Lambda's Runtime API in place of a socket, with nothing behind it that lives on.
//!
//! A function freezes as soon as it asks for the next invocation. So what the other runtime does by timer is done here between
//! the answer and that question, within `BEHIND_AN_ANSWER`, and by the scheduled event
//! (ADR 24).

mod answer;
mod request;

use anyhow::ensure;
use axum::Router;
use futures::FutureExt as _;
use lambda_http::{
    LambdaEvent,
    lambda_runtime::{FunctionResponse, Runtime},
    service_fn,
};
use serde_json::value::RawValue;
use service::{Mailer, Rollcall};
use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};
use tower::{ServiceExt as _, util::ThenLayer};
use tracing::Instrument as _;

use super::{CLOSE, told_to_stop};
use crate::{config::Config, http};
use answer::{Answer, Mode};
use request::Asked;

/// For how long an invocation goes on with mail and jobs after it has answered. The answer has left by then; what is bounded is how long
/// this instance takes no other request, and what is billed. What is left goes on behind the next answer, or at the scheduled event.
const BEHIND_AN_ANSWER: Duration = Duration::from_secs(2);
/// For how long a scheduled event goes on with mail and jobs; the function's timeout has to be longer.
const AT_A_SCHEDULED_EVENT: Duration = Duration::from_secs(20);

/// The variable by which a function is known, and what else Lambda sets and its runtime needs.
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";
const SET_BY_LAMBDA: [&str; 3] =
    ["AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"];

/// Whether this process is a function.
pub fn is_function() -> bool {
    std::env::var_os(RUNTIME_API).is_some()
}

/// Refuses what would be lost or wrong in a function, before anything is opened.
///
/// # Errors
/// What to set, in words.
pub fn check(config: &Config) -> anyhow::Result<()> {
    for name in SET_BY_LAMBDA {
        ensure!(std::env::var_os(name).is_some(), "{RUNTIME_API} is set, but {name} is not; Lambda sets both");
    }
    ensure!(
        config.public_url.is_some(),
        "set ROLLCALL_PUBLIC_URL to the origin that people type: a function does not know its own"
    );
    if config.lambda_ephemeral {
        return Ok(());
    }
    let insist = "or accept that with ROLLCALL_LAMBDA_EPHEMERAL=true";
    ensure!(
        !config.database_url().starts_with("sqlite:"),
        "the disk of a function is not kept, and a SQLite file would be lost with it; \
         set ROLLCALL_DATABASE_URL to a PostgreSQL database, {insist}"
    );
    ensure!(
        config.secret_key.is_some(),
        "the disk of a function is not kept, and each instance would make a key of its own; \
         set ROLLCALL_SECRET_KEY (`openssl rand -hex 32` makes one), {insist}"
    );
    ensure!(
        config.smtp_url.is_some(),
        "the disk of a function is not kept, and mail written to files would be lost with it; set ROLLCALL_SMTP_URL, {insist}"
    );
    Ok(())
}

/// Answers invocations until the process is told to stop.
///
/// # Errors
/// What cannot be used or reached, in words.
pub(super) async fn serve(config: &Config, app: Rollcall, mailer: Arc<dyn Mailer>) -> anyhow::Result<()> {
    let state = http::AppState::new(config, app.clone())?.without_live_updates();
    let router = http::router(state)?;
    if matches!(app.db().is_current().await, Ok(false)) {
        // Served all the same: while a deployment goes on, one release meets the schema of the other.
        tracing::error!("the database's schema is of another release; `rollcall migrate` is a step of the deployment");
    }
    let mode = if config.lambda_streaming { Mode::Streamed } else { Mode::Whole };
    let function = Arc::new(Function { router, app: app.clone(), mailer, mode, left: AtomicBool::new(false) });
    let handler = {
        let function = Arc::clone(&function);
        service_fn(move |event| Arc::clone(&function).handle(event))
    };
    let asked = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&asked);
    let behind = ThenLayer::new(move |answered: Result<(), lambda_http::Error>| {
        counted.fetch_add(1, Relaxed);
        let function = Arc::clone(&function);
        async move {
            if let Err(error) = answered {
                // Somebody hung up before the end of a stream, say. That is the end of this answer and not of the function; where
                // nobody is there at all, the next question finds out.
                tracing::warn!("an answer did not arrive: {error}");
            }
            function.work().await;
            Ok(())
        }
    });
    tracing::info!("answering invocations");
    let answering = async {
        loop {
            let before = asked.load(Relaxed);
            let Err(error) = Runtime::new(handler.clone()).layer(behind.clone()).run().await else { return Ok(()) };
            // A connection that was closed between two questions is no reason to start cold; one that is never there is.
            if asked.load(Relaxed) == before {
                return Err(anyhow::Error::from_boxed(error).context("Lambda's Runtime API does not answer"));
            }
            tracing::warn!("the connection to the Runtime API was lost: {error}");
        }
    };
    tokio::select! {
        ended = answering => ended?,
        () = told_to_stop() => {}
    }
    let _ = tokio::time::timeout(CLOSE, app.db().close()).await;
    Ok(())
}

struct Function {
    router: Router,
    app: Rollcall,
    mailer: Arc<dyn Mailer>,
    mode: Mode,
    /// Whether the last invocation has left something to do.
    left: AtomicBool,
}

impl Function {
    async fn handle(self: Arc<Self>, event: LambdaEvent<Box<RawValue>>) -> Result<Answer, lambda_http::Error> {
        let span = tracing::info_span!("invocation", aws.request_id = event.context.request_id);
        self.answer(event.payload.get()).instrument(span).await
    }

    async fn answer(&self, event: &str) -> Result<Answer, lambda_http::Error> {
        match request::read(event)? {
            Asked::Page(request) => {
                let response =
                    self.router.clone().oneshot(*request).await.unwrap_or_else(|never: Infallible| match never {});
                answer::of(response, self.mode).await
            }
            Asked::Tick => {
                let done = self.app.tick(&*self.mailer, self.app.budget(AT_A_SCHEDULED_EVENT)).await?;
                tracing::info!(mail.sent = done.sent, mail.waiting = done.waiting, jobs.batches = done.batches, "tick");
                let told = serde_json::json!({ "sent": done.sent, "waiting": done.waiting, "batches": done.batches });
                Ok(FunctionResponse::BufferedResponse(answer::Whole::Told(told)))
            }
        }
    }

    /// Goes on with what this process has queued, and with what it has left from before.
    async fn work(&self) {
        let mail = self.app.outbox_ready().now_or_never().is_some();
        let jobs = self.app.jobs_ready().now_or_never().is_some();
        if !mail && !jobs && !self.left.load(Relaxed) {
            return;
        }
        let budget = self.app.budget(BEHIND_AN_ANSWER);
        let worked = async {
            self.app.advance_jobs(budget.half(self.app.now())).await?;
            self.app.deliver_due(&*self.mailer, budget).await
        };
        // What failed was logged by the store, and is tried again.
        self.left.store(worked.await.is_err() || budget.is_over(self.app.now()), Relaxed);
    }
}
