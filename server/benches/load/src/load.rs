//! Puts one kind of work on the server for a while.

use std::{
    ops::Range,
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

/// What is measured one request after the other, and compared, is measured in so many parts, in turn with the other sizes: a
/// machine that is slower for a while is so for all of them.
pub(crate) const ROUNDS: u32 = 4;

/// How long nothing counts at the beginning: until the queue is as long as it stays, since each connection waits for all
/// others, some eight milliseconds for each.
fn warm_up(connections: usize) -> Duration {
    Duration::from_millis(100 + 8 * connections as u64)
}

/// One kind of work on one server, and what was seen of it so far.
#[derive(Debug)]
pub(crate) struct Load<'a> {
    server: &'a Server,
    work: &'a Work,
    /// How many requests each worker has sent; it goes on where it was.
    sent: Vec<usize>,
    seen: Seen,
    took: Duration,
    processor: Duration,
}

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

/// Puts this on servers in turn, round by round. Every answer that counts is whole, right and what was asked for: errors
/// are never taken for speed.
pub(crate) async fn put(
    settings: &Settings,
    on: &[(&Server, &Work)],
    connections: usize,
) -> anyhow::Result<Vec<Point>> {
    let mut loads: Vec<Load<'_>> = on.iter().map(|(server, work)| Load::new(server, work, connections)).collect();
    let rounds = if connections == 1 { ROUNDS } else { 1 };
    for _ in 0..rounds {
        for load in &mut loads {
            load.round(settings.duration / rounds).await?;
        }
    }
    loads.into_iter().map(Load::point).collect()
}

impl<'a> Load<'a> {
    fn new(server: &'a Server, work: &'a Work, connections: usize) -> Self {
        let sent = vec![0; work.connections(connections)];
        Self { server, work, sent, seen: Seen::default(), took: Duration::ZERO, processor: Duration::ZERO }
    }

    /// What is answered between the end of the warming up and the end of the round counts, whenever it was asked.
    async fn round(&mut self, duration: Duration) -> anyhow::Result<()> {
        let from = crate::now() + warm_up(self.sent.len());
        let until = from + duration;
        let mut workers = JoinSet::new();
        for (worker, &sent) in self.sent.iter().enumerate() {
            let requests = self.work.of_worker(worker);
            let expected = Arc::clone(&self.work.expected);
            let client = Client::connect(self.server.addr).await?;
            let counted = from..until;
            workers.spawn(async move { (worker, worker_loop(client, &requests, sent, &expected, counted).await) });
        }
        tokio::time::sleep_until(from.into()).await;
        let before = self.server.processor_time()?;
        tokio::time::sleep_until(until.into()).await;
        self.processor += self.server.processor_time()?.saturating_sub(before);
        self.took += duration;
        while let Some(done) = workers.join_next().await {
            let (worker, done) = done?;
            let (sent, seen) = done?;
            self.sent[worker] = sent;
            self.seen.add(seen);
        }
        Ok(())
    }

    fn point(self) -> anyhow::Result<Point> {
        let Seen { mut latencies, failed, first_failure } = self.seen;
        let work = format!("{}, {}", self.work.name, self.server.of);
        if let Some(failure) = first_failure {
            eprintln!("  {work}: {failed} of {} failed: {failure}", latencies.len());
        }
        anyhow::ensure!(!latencies.is_empty(), "{work}: nothing was answered right");
        latencies.sort_unstable();
        let n = u32::try_from(latencies.len())?;
        let at = |per_cent: usize| latencies[(latencies.len() - 1) * per_cent / 100];
        Ok(Point {
            connections: self.sent.len(),
            per_second: f64::from(n) / self.took.as_secs_f64(),
            p50: at(50),
            p99: at(99),
            processor: self.processor / (n + failed),
            failed,
        })
    }
}

/// Runs through its requests in turn, from the one after those it has sent; what belongs together is finished, so that
/// what was changed is changed back. How many it has sent then, and what it saw of those that count.
async fn worker_loop(
    mut client: Client,
    requests: &[Vec<u8>],
    sent: usize,
    expected: &Expected,
    counted: Range<Instant>,
) -> anyhow::Result<(usize, Seen)> {
    let mut seen = Seen { latencies: Vec::with_capacity(4_096), ..Seen::default() };
    let mut n = sent;
    loop {
        let at = n % requests.len();
        let began = crate::now();
        if began >= counted.end && (at == 0 || expected.may_break_off()) {
            return Ok((n, seen));
        }
        let answer = client.send(&requests[at]).await?;
        let answered = crate::now();
        match expected.check(&answer) {
            Ok(()) if counted.contains(&answered) => seen.latencies.push(answered - began),
            Ok(()) => {}
            Err(error) => {
                seen.failed += 1;
                seen.first_failure.get_or_insert_with(|| error.to_string());
            }
        }
        n += 1;
    }
}
