//! Puts one kind of work on the server for a while.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

use crate::{
    client::Client,
    process::Server,
    settings::Settings,
    work::{Expected, Work},
};

/// What a server bore at so many connections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) connections: usize,
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// Processor time of the server's process for each request; hardly moved by what else the machine does.
    pub(crate) processor: Duration,
}

/// Uncounted, at the beginning.
const WARM_UP: Duration = Duration::from_millis(150);

/// Every answer has to be whole, right and what was asked for: errors are never counted as speed.
pub(crate) async fn put(
    settings: &Settings,
    server: &Server,
    work: &Work,
    connections: usize,
) -> anyhow::Result<Point> {
    let warm = crate::now() + WARM_UP;
    run(server, work, connections, warm).await?;
    let before = server.processor_time()?;
    let began = crate::now();
    let mut latencies = run(server, work, connections, began + settings.duration).await?;
    let took = began.elapsed();
    let processor = server.processor_time()?.saturating_sub(before);
    latencies.sort_unstable();
    let n = u32::try_from(latencies.len())?.max(1);
    let at = |per_cent: usize| latencies[(latencies.len() - 1) * per_cent / 100];
    Ok(Point {
        connections,
        per_second: f64::from(n) / took.as_secs_f64(),
        p50: at(50),
        p99: at(99),
        processor: processor / n,
    })
}

async fn run(server: &Server, work: &Work, connections: usize, until: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut workers = JoinSet::new();
    for worker in 0..connections {
        let requests = work.of_worker(worker);
        let expected = Arc::clone(&work.expected);
        let client = Client::connect(server.addr).await?;
        let name = work.name;
        workers.spawn(async move {
            let done = worker_loop(client, &requests, &expected, until).await;
            done.map_err(|e| anyhow::anyhow!("{name}: {e}"))
        });
    }
    let mut latencies = Vec::new();
    while let Some(done) = workers.join_next().await {
        latencies.extend(done??);
    }
    Ok(latencies)
}

/// Runs through its requests in turn; a round that was begun is finished, so that what was changed is changed back.
async fn worker_loop(
    mut client: Client,
    requests: &[Vec<u8>],
    expected: &Expected,
    until: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::with_capacity(4_096);
    for (i, request) in (0..requests.len()).cycle().map(|i| (i, &requests[i])) {
        let began = crate::now();
        if began >= until && (i == 0 || expected.rounds_may_break()) && !latencies.is_empty() {
            break;
        }
        let answer = client.send(request).await?;
        latencies.push(began.elapsed());
        expected.check(&answer)?;
    }
    Ok(latencies)
}
