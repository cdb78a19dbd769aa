//! What is measured, from the environment; `.tools/bench` sets it.

use anyhow::Context as _;
use std::{env, fmt::Display, path::PathBuf, process::Command, str::FromStr, time::Duration};

/// What is measured and with what.
#[derive(Debug)]
pub(crate) struct Settings {
    /// `sqlite`, `postgres`.
    pub(crate) engines: Vec<String>,
    /// Sizes of the organization, the smallest first.
    pub(crate) users: Vec<u32>,
    /// Connections at the same time.
    pub(crate) connections: Vec<usize>,
    /// For how long each is measured.
    pub(crate) duration: Duration,
    /// The release build.
    pub(crate) binary: PathBuf,
    /// Its browser files.
    pub(crate) site_root: PathBuf,
    /// A PostgreSQL in which databases can be made.
    pub(crate) postgres: Option<String>,
    /// Where the report is written, beside the terminal.
    pub(crate) write_to: Option<PathBuf>,
    /// Where the table of what imports cost is, measured through the browser before.
    pub(crate) imports: Option<PathBuf>,
    /// When, on what, with what.
    pub(crate) heading: Vec<String>,
    /// Whether server and load generator have a processor each; the load generator is on its own already.
    pinned: bool,
}

impl Settings {
    pub(crate) fn from_env() -> anyhow::Result<Self> {
        let engines: Vec<String> = list("BENCH_ENGINES", "sqlite postgres")?;
        let mut users: Vec<u32> = list("BENCH_USERS", "10000 100000")?;
        users.sort_unstable();
        let seconds: f64 = one("BENCH_SECONDS", "1.5")?;
        Ok(Self {
            engines,
            users,
            connections: list("BENCH_CONNECTIONS", "1 16 64")?,
            duration: Duration::try_from_secs_f64(seconds).context("BENCH_SECONDS")?,
            binary: env::var_os("ROLLCALL_BIN").context("ROLLCALL_BIN is not set; run .tools/bench")?.into(),
            site_root: env::var_os("ROLLCALL_SITE_ROOT").context("ROLLCALL_SITE_ROOT is not set")?.into(),
            postgres: env::var("ROLLCALL_TEST_POSTGRES").ok(),
            write_to: env::var_os("BENCH_WRITE").filter(|path| !path.is_empty()).map(PathBuf::from),
            imports: env::var_os("BENCH_IMPORTS").filter(|path| !path.is_empty()).map(PathBuf::from),
            heading: env::var("BENCH_HEADING").unwrap_or_default().lines().map(str::to_owned).collect(),
            pinned: env::var("BENCH_PINNED").is_ok_and(|v| v == "1"),
        })
    }

    /// A command for the processor of servers.
    pub(crate) fn on_servers_processor(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        if !self.pinned {
            return Command::new(program);
        }
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).arg(program);
        command
    }
}

fn one<T: FromStr<Err: Display>>(name: &str, default: &str) -> anyhow::Result<T> {
    let text = env::var(name).unwrap_or_else(|_| default.to_owned());
    text.trim().parse().map_err(|e| anyhow::anyhow!("{name}={text}: {e}"))
}

fn list<T: FromStr<Err: Display>>(name: &str, default: &str) -> anyhow::Result<Vec<T>> {
    let text = env::var(name).unwrap_or_else(|_| default.to_owned());
    let items: Result<Vec<T>, _> = text.split_whitespace().map(str::parse).collect();
    let items = items.map_err(|e| anyhow::anyhow!("{name}={text}: {e}"))?;
    anyhow::ensure!(!items.is_empty(), "{name} is empty");
    Ok(items)
}
