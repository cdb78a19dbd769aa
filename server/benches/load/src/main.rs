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

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use engine::Engine;
use load::Point;
use process::{Memory, Server};
use report::{Facts, Report, Row};
use settings::Settings;
use work::{Plan, Work};

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
    // Everything is filled in first, and then each kind of work is put on all sizes of an engine in turn: sizes are compared
    // by what was measured within seconds.
    let mut engines = Vec::new();
    for name in &settings.engines {
        let mut sizes = Vec::new();
        for &users in &settings.users {
            sizes.push(Engine::prepare(&settings, name, users).await?);
        }
        engines.push(sizes);
    }
    for sizes in engines {
        let measured = measure(&settings, &sizes).await;
        if measured.is_err() {
            for engine in &sizes {
                eprintln!("{}, {} people: {}", engine.label, engine.users, engine.log());
            }
        }
        for (engine, (rows, facts)) in sizes.iter().zip(measured?) {
            report.add(engine, rows, facts);
        }
        if let Some(largest) = sizes.last() {
            report.ceilings(ceilings::measure(&settings, largest).await?);
        }
        for engine in sizes {
            engine.clear_away().await?;
        }
    }
    report.finish(&settings)
}

/// A server of one size, and the work that is put on it.
struct Measured {
    server: Server,
    start: Duration,
    idle: Memory,
    plan: Plan,
    rows: Vec<Row>,
}

/// Everything that is measured of one engine, by size.
async fn measure(settings: &Settings, sizes: &[Engine]) -> anyhow::Result<Vec<(Vec<Row>, Facts)>> {
    let mut measured = Vec::new();
    for engine in sizes {
        let mut starts = Vec::new();
        for _ in 0..4 {
            let server = Server::start(settings, engine).await?;
            starts.push(server.started_in);
            server.stop()?;
        }
        let server = Server::start(settings, engine).await?;
        starts.push(server.started_in);
        starts.sort_unstable();
        let (start, idle) = (starts[starts.len() / 2], server.memory()?);
        let plan = work::plan(&server, engine).await?;
        measured.push(Measured { server, start, idle, plan, rows: Vec::new() });
    }
    // The same work in each plan, in the same order.
    for n in 0..measured.first().map_or(0, |first| first.plan.works.len()) {
        let on: Vec<(&Server, &Work)> = measured.iter().map(|m| (&m.server, &m.plan.works[n])).collect();
        let by_size = put(settings, &on).await?;
        for ((engine, of_size), points) in sizes.iter().zip(&mut measured).zip(by_size) {
            let row = Row { work: of_size.plan.works[n].name, points };
            eprintln!("  {:<10} {:>9} {}", engine.label, engine.users, row.line());
            of_size.rows.push(row);
        }
    }
    let mut all = Vec::new();
    for (engine, Measured { server, start, idle, plan, rows }) in sizes.iter().zip(measured) {
        let (filled_in, stored, loaded) = (engine.filled_in, engine.stored().await?, server.memory()?);
        server.stop()?;
        all.push((rows, Facts { start, filled_in, stored, idle, loaded, sizes: plan.sizes }));
    }
    Ok(all)
}

/// At each number of connections; for each server its points.
async fn put(settings: &Settings, on: &[(&Server, &Work)]) -> anyhow::Result<Vec<Vec<Point>>> {
    let mut by_server: Vec<Vec<Point>> = vec![Vec::new(); on.len()];
    for &connections in &settings.connections {
        // Of work of which there is only so much at a time, the same number twice is one measurement.
        let same = |(points, (_, work)): (&Vec<Point>, &(&Server, &Work))| {
            points.last().filter(|point| point.connections == work.connections(connections)).copied()
        };
        let again: Option<Vec<Point>> = by_server.iter().zip(on).map(same).collect();
        let measured = match again {
            Some(points) => points,
            None => load::put(settings, on, connections).await?,
        };
        for (points, point) in by_server.iter_mut().zip(measured) {
            points.push(point);
        }
    }
    Ok(by_server)
}
