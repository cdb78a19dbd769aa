//! Rollcall as a process: started, watched, stopped.

use anyhow::Context as _;
use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{client::Client, engine::Engine, settings::Settings};

/// Ticks of the kernel's accounts a second; 100 on every Linux for user space.
const TICKS_PER_SECOND: u32 = 100;
const PATIENCE: Duration = Duration::from_secs(20);

/// Memory in mebibytes: now, and the most so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) now: f64,
    pub(crate) most: f64,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// What it serves, in words.
    pub(crate) of: String,
    pub(crate) addr: SocketAddr,
    /// Its public URL, which is what requests have to come from.
    pub(crate) origin: String,
    /// From the start of the process to its first answer.
    pub(crate) started_in: Duration,
}

impl Server {
    pub(crate) async fn start(settings: &Settings, engine: &Engine) -> anyhow::Result<Self> {
        let addr = free_address()?;
        let origin = format!("http://{addr}");
        let mut command = settings.on_servers_processor(&settings.binary);
        command
            .arg("serve")
            .env_remove("PORT")
            .env("ROLLCALL_ADDR", addr.to_string())
            .env("ROLLCALL_PUBLIC_URL", &origin)
            .env("ROLLCALL_DATABASE_URL", &engine.url)
            .env("ROLLCALL_DATA_DIR", engine.dir.path())
            .env("ROLLCALL_SITE_ROOT", &settings.site_root)
            // Logins come from many addresses here, or they would be throttled.
            .env("ROLLCALL_TRUSTED_PROXIES", "127.0.0.1")
            .stdout(Stdio::null())
            .stderr(File::create(engine.dir.path().join("server.log"))?);
        let mut server = Self::spawn(command, addr, "/healthz").await?;
        server.origin = origin;
        server.of = format!("{}, {} people", engine.label, engine.users);
        server.answers("/readyz").await?;
        Ok(server)
    }

    /// Starts a command and waits until it answers.
    pub(crate) async fn spawn(mut command: Command, addr: SocketAddr, path: &str) -> anyhow::Result<Self> {
        let began = crate::now();
        let child = command.spawn().with_context(|| format!("{command:?} does not start"))?;
        let mut server = Self { child, of: String::new(), addr, origin: String::new(), started_in: Duration::ZERO };
        server.answers(path).await?;
        server.started_in = began.elapsed();
        Ok(server)
    }

    async fn answers(&mut self, path: &str) -> anyhow::Result<()> {
        let began = crate::now();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.addr);
        loop {
            if let Ok(mut client) = Client::connect(self.addr).await
                && let Ok(answer) = client.send(request.as_bytes()).await
                && answer.status == 200
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("the server has ended: {status}");
            }
            anyhow::ensure!(began.elapsed() < PATIENCE, "the server does not answer at {path}");
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
    }

    /// Processor time used so far.
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after_name = stat.rsplit_once(')').context("/proc/PID/stat")?.1;
        // Fields 14 and 15, of which the first here is 3.
        let ticks: u32 = after_name.split_whitespace().skip(11).take(2).filter_map(|f| f.parse::<u32>().ok()).sum();
        Ok(Duration::from_secs(1) * ticks / TICKS_PER_SECOND)
    }

    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let of = |name: &str| -> Option<f64> {
            let line = status.lines().find(|line| line.starts_with(name))?;
            let kib: u32 = line.split_whitespace().nth(1)?.parse().ok()?;
            Some(f64::from(kib) / 1024.0)
        };
        let memory = of("VmRSS:").zip(of("VmHWM:")).context("/proc/PID/status")?;
        Ok(Memory { now: memory.0, most: memory.1 })
    }

    /// Tells it to stop and waits.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let told = Command::new("kill").arg(self.child.id().to_string()).status()?;
        anyhow::ensure!(told.success(), "the server could not be told to stop");
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    /// After an error: nothing is left running. One that has stopped is not found any more.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address on which nothing listens.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
