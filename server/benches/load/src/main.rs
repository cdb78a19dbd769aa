//! Puts load on the release build and says what it bears: requests a second and latencies, on SQLite and PostgreSQL, at
//! several sizes of the organization, beside what the same machine does at best at that moment. `make bench` runs it.
//!
//! Only ratios within one run mean something on a machine that does other things as well, so the ceilings are always
//! measured in the same go. Server and load generator have a processor each where there are two.

mod ceilings;
mod client;
mod engine;
mod goals;
mod load;
mod process;
mod report;
mod settings;
mod work;

use std::{process::ExitCode, time::Instant};

use engine::Engine;
use process::Server;
use report::Report;
use settings::Settings;

/// The clock of measurements.
#[expect(clippy::disallowed_methods, reason = "a benchmark is about the clock")]
fn now() -> Instant {
    Instant::now()
}

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without a backtrace: what went wrong is outside of this program.
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> anyhow::Result<()> {
    // Beside the benchmark itself: the smallest axum server, in a process of its own as Rollcall is.
    if std::env::args().nth(1).as_deref() == Some(ceilings::HELLO) {
        return tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(ceilings::serve_hello());
    }
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let settings = Settings::from_env()?;
    let mut report = Report::new(&settings);
    // Everything is filled in first, so that what is compared is measured within minutes.
    let mut engines = Vec::new();
    for name in &settings.engines {
        for &users in &settings.users {
            engines.push(Engine::prepare(&settings, name, users).await?);
        }
    }
    for engine in engines {
        eprintln!("{}, {} people", engine.label, engine.users);
        let measured = measure(&settings, &engine).await;
        if measured.is_err() {
            eprintln!("{}", engine.log());
        }
        let (rows, facts) = measured?;
        report.add(&engine, rows, facts);
        if settings.users.last() == Some(&engine.users) {
            report.ceilings(ceilings::measure(&settings, &engine).await?);
        }
        engine.clear_away().await?;
    }
    report.finish(&settings)
}

/// Everything that is measured of one database.
async fn measure(settings: &Settings, engine: &Engine) -> anyhow::Result<(Vec<report::Row>, report::Facts)> {
    let mut starts = Vec::new();
    for _ in 0..4 {
        let server = Server::start(settings, engine).await?;
        starts.push(server.started_in);
        server.stop()?;
    }
    let server = Server::start(settings, engine).await?;
    starts.push(server.started_in);
    starts.sort_unstable();
    let idle = server.memory()?;
    let plan = work::plan(&server, engine).await?;
    let mut rows = Vec::new();
    for work in &plan.works {
        let mut points: Vec<load::Point> = Vec::new();
        for &connections in &settings.connections {
            let connections = work.connections(connections);
            // Of work of which there is only so much at a time, the same number twice is one measurement.
            let same = points.last().filter(|point| point.connections == connections).copied();
            points.push(match same {
                Some(same) => same,
                None => load::put(settings, &server, work, connections).await?,
            });
        }
        let row = report::Row { work: work.name, points };
        eprintln!("  {}", row.line());
        rows.push(row);
    }
    let facts = report::Facts {
        start: starts[starts.len() / 2],
        filled_in: engine.filled_in,
        stored: engine.stored().await?,
        idle,
        loaded: server.memory()?,
        sizes: plan.sizes,
    };
    server.stop()?;
    Ok((rows, facts))
}
