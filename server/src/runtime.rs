//! The two ways to run: as a long-lived process, which listens, has timers and ends in order; and as a function ([`lambda`]).

pub mod lambda;

use service::Rollcall;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::Notify};

use crate::{config::Config, dns, http, mail, telemetry::metrics};

/// How often the outbox is looked at even when nothing woke it: tries that wait, and other processes' messages.
const OUTBOX_EVERY: Duration = Duration::from_secs(2);
/// How often jobs are looked at even when nothing woke this process: those of other processes that died.
const JOBS_EVERY: Duration = Duration::from_secs(2);
/// How often what is over is cleared.
const CLEAR_EVERY: Duration = Duration::from_hours(1);
/// How long requests that run may still take when the process is told to stop; container runtimes give ten seconds in all.
const DRAIN: Duration = Duration::from_secs(7);
/// How long the database's connections may take to close.
const CLOSE: Duration = Duration::from_secs(2);
/// Batches that one waking sends at the most.
const BATCHES: u32 = 10_000;

/// One provider of TLS for everything.
pub fn install_tls() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// Serves, by a socket or, in a function, by invocations, until the process is told to stop; requests that run are finished first.
///
/// # Errors
/// What cannot be used or reached, in words.
pub async fn serve(config: &Config, app: Rollcall) -> anyhow::Result<()> {
    let mailer: Arc<dyn service::Mailer> = mail::mailer(config)?;
    let app = app.with_mailer(Arc::clone(&mailer));
    let app = match dns::resolver(config) {
        Some(resolver) => app.with_resolver(resolver),
        None => app,
    };
    if lambda::is_function() {
        return lambda::serve(config, app, mailer).await;
    }
    let state = http::AppState::new(config, app.clone())?;
    let counted = state.metrics.clone();
    let router = http::router(state)?;
    let listener = TcpListener::bind(config.listen_on())
        .await
        .map_err(|e| anyhow::anyhow!("cannot listen on {}: {e}; choose another with --addr", config.listen_on()))?;
    if let (Some(at), Some(counted)) = (config.metrics_addr, counted) {
        metrics::serve(at, counted, app.clone()).await?;
    }
    let workers = [tokio::spawn(keep_delivering(app.clone(), mailer)), tokio::spawn(keep_working(app.clone()))];
    let url = &app.settings().public_url;
    tracing::info!("serving {url}");
    let open = app.setup_is_open().await.unwrap_or(false);
    println!("Rollcall is at {url}{}", if open { "/setup: open it to create the first account" } else { "" });
    if config.smtp_url.is_none() {
        println!("Mail is written to {} (set ROLLCALL_SMTP_URL to send it)", config.data_dir.join("mail").display());
    }
    let stopping = Arc::new(Notify::new());
    let told = {
        let (stopping, app) = (Arc::clone(&stopping), app.clone());
        let pause = Duration::from_secs(config.drain_seconds);
        async move {
            told_to_stop().await;
            tracing::info!("stopping: finishing what runs");
            app.stop();
            if !pause.is_zero() {
                // Whoever says it twice does not want to wait.
                tokio::select! { () = tokio::time::sleep(pause) => {}, () = told_to_stop() => {} }
            }
            app.stop_watching();
            stopping.notify_one();
        }
    };
    let serving = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(told)
        .into_future();
    let ended = async {
        serving.await?;
        for worker in workers {
            let _ = worker.await;
        }
        Ok::<_, std::io::Error>(())
    };
    let patience = async {
        stopping.notified().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        done = ended => done?,
        // Neither a client that never finishes its request nor a mail server that is silent keeps the process alive.
        () = patience => tracing::warn!("some requests or mails did not end in time"),
    }
    let _ = tokio::time::timeout(CLOSE, app.db().close()).await;
    Ok(())
}

async fn keep_delivering(app: Rollcall, mailer: Arc<dyn service::Mailer>) {
    let mut clear = tokio::time::interval(CLEAR_EVERY);
    loop {
        let done = tokio::select! {
            () = app.stopping() => return,
            () = app.outbox_ready() => app.deliver_due(&*mailer, BATCHES).await.map(|_| ()),
            () = tokio::time::sleep(OUTBOX_EVERY) => app.deliver_due(&*mailer, BATCHES).await.map(|_| ()),
            _ = clear.tick() => app.tick(&*mailer, BATCHES).await.map(|_| ()),
        };
        if done.is_err() {
            // The store has logged why; the next round tries again.
            tokio::time::sleep(OUTBOX_EVERY).await;
        }
    }
}

async fn keep_working(app: Rollcall) {
    loop {
        tokio::select! {
            () = app.stopping() => return,
            () = app.jobs_ready() => {},
            () = tokio::time::sleep(JOBS_EVERY) => {},
        }
        if app.advance_jobs(BATCHES).await.is_err() {
            // What was logged is tried again when the lease runs out.
            tokio::time::sleep(JOBS_EVERY).await;
        }
    }
}

async fn told_to_stop() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            signal.recv().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}
