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

/// Each measurement is taken in so many parts, in turn with those it is compared with: a machine that is slower for a
/// while is so for all of them.
pub(crate) const ROUNDS: u32 = 4;
/// Uncounted, at the beginning of each round.
const WARM_UP: Duration = Duration::from_millis(100);

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
    for _ in 0..ROUNDS {
        for load in &mut loads {
            load.round(settings.duration / ROUNDS).await?;
        }
    }
    loads.into_iter().map(Load::point).collect()
}

impl<'a> Load<'a> {
    fn new(server: &'a Server, work: &'a Work, connections: usize) -> Self {
        let sent = vec![0; work.connections(connections)];
        Self { server, work, sent, seen: Seen::default(), took: Duration::ZERO, processor: Duration::ZERO }
    }

    async fn round(&mut self, duration: Duration) -> anyhow::Result<()> {
        self.run(crate::now() + WARM_UP).await?;
        let before = self.server.processor_time()?;
        let began = crate::now();
        let seen = self.run(began + duration).await?;
        self.took += began.elapsed();
        self.processor += self.server.processor_time()?.saturating_sub(before);
        self.seen.add(seen);
        Ok(())
    }

    /// All workers at once, until then.
    async fn run(&mut self, until: Instant) -> anyhow::Result<Seen> {
        let mut workers = JoinSet::new();
        for (worker, &sent) in self.sent.iter().enumerate() {
            let requests = self.work.of_worker(worker);
            let expected = Arc::clone(&self.work.expected);
            let client = Client::connect(self.server.addr).await?;
            workers.spawn(async move { (worker, worker_loop(client, &requests, sent, &expected, until).await) });
        }
        let mut seen = Seen::default();
        while let Some(done) = workers.join_next().await {
            let (worker, done) = done?;
            let (sent, of_worker) = done?;
            self.sent[worker] = sent;
            seen.add(of_worker);
        }
        Ok(seen)
    }

    fn point(self) -> anyhow::Result<Point> {
        let Seen { mut latencies, failed, first_failure } = self.seen;
        let work = self.work.name;
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
/// what was changed is changed back. How many it has sent then, and what it saw.
async fn worker_loop(
    mut client: Client,
    requests: &[Vec<u8>],
    sent: usize,
    expected: &Expected,
    until: Instant,
) -> anyhow::Result<(usize, Seen)> {
    let mut seen = Seen { latencies: Vec::with_capacity(4_096), ..Seen::default() };
    let mut n = sent;
    loop {
        let at = n % requests.len();
        let began = crate::now();
        if began >= until && n > sent && (at == 0 || expected.may_break_off()) {
            return Ok((n, seen));
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
