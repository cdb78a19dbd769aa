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
    /// Answers that were not what was asked for; they count for nothing else.
    pub(crate) failed: u32,
}

/// Uncounted, at the beginning.
const WARM_UP: Duration = Duration::from_millis(150);

/// What the workers saw.
#[derive(Debug, Default)]
struct Seen {
    latencies: Vec<Duration>,
    failed: u32,
    first_failure: Option<String>,
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.failed += other.failed;
        self.first_failure = self.first_failure.take().or(other.first_failure);
    }
}

/// Every answer that counts is whole, right and what was asked for: errors are never taken for speed.
pub(crate) async fn put(
    settings: &Settings,
    server: &Server,
    work: &Work,
    connections: usize,
) -> anyhow::Result<Point> {
    run(server, work, connections, crate::now() + WARM_UP).await?;
    let before = server.processor_time()?;
    let began = crate::now();
    let mut seen = run(server, work, connections, began + settings.duration).await?;
    let took = began.elapsed();
    let processor = server.processor_time()?.saturating_sub(before);
    if let Some(failure) = &seen.first_failure {
        eprintln!("  {}: {} of {} failed: {failure}", work.name, seen.failed, seen.latencies.len());
    }
    anyhow::ensure!(!seen.latencies.is_empty(), "{}: nothing was answered right", work.name);
    seen.latencies.sort_unstable();
    let n = u32::try_from(seen.latencies.len())?;
    let at = |per_cent: usize| seen.latencies[(seen.latencies.len() - 1) * per_cent / 100];
    Ok(Point {
        connections,
        per_second: f64::from(n) / took.as_secs_f64(),
        p50: at(50),
        p99: at(99),
        processor: processor / (n + seen.failed),
        failed: seen.failed,
    })
}

async fn run(server: &Server, work: &Work, connections: usize, until: Instant) -> anyhow::Result<Seen> {
    let mut workers = JoinSet::new();
    for worker in 0..connections {
        let requests = work.of_worker(worker);
        let expected = Arc::clone(&work.expected);
        let client = Client::connect(server.addr).await?;
        workers.spawn(async move { worker_loop(client, &requests, &expected, until).await });
    }
    let mut seen = Seen::default();
    while let Some(done) = workers.join_next().await {
        seen.add(done??);
    }
    Ok(seen)
}

/// Runs through its requests in turn; a round that was begun is finished, so that what was changed is changed back.
async fn worker_loop(
    mut client: Client,
    requests: &[Vec<u8>],
    expected: &Expected,
    until: Instant,
) -> anyhow::Result<Seen> {
    let mut seen = Seen { latencies: Vec::with_capacity(4_096), ..Seen::default() };
    let mut n = 0;
    loop {
        let at = n % requests.len();
        let began = crate::now();
        if began >= until && n > 0 && (at == 0 || expected.rounds_may_break()) {
            return Ok(seen);
        }
        let answer = client.send(&requests[at]).await?;
        let took = began.elapsed();
        match expected.check(&answer) {
            Ok(()) => seen.latencies.push(took),
            Err(error) => {
                seen.failed += 1;
                seen.first_failure.get_or_insert_with(|| error.to_string());
            }
        }
        n += 1;
    }
}
