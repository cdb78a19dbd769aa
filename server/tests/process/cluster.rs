//! A PostgreSQL of a test's own, which it may stop as it likes, and a pgbouncer in front of it with the settings that
//! docs/postgresql.md recommends.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{
    collections::HashMap,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering::SeqCst},
};
use tempfile::TempDir;

/// The name of the database in the settings that are recommended.
const DATABASE: &str = "rollcall";

/// How a cluster goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Whoever is connected is told, and what is not committed is taken back.
    Fast,
    /// As by a failure of the machine: it recovers from its log when it comes up.
    Immediate,
}

/// A running PostgreSQL with one empty database; gone when dropped.
pub(crate) struct Cluster {
    dir: TempDir,
    port: u16,
}

impl Cluster {
    pub(crate) async fn start() -> Self {
        // Not under TMPDIR: it may be closed to the other user, or too deep for the name of a socket.
        let dir = tempfile::Builder::new().prefix("rollcall-cluster.").tempdir_in("/tmp").unwrap();
        lend(dir.path());
        let cluster = Self { dir, port: free_port() };
        // What it writes while it runs waits for the disk, as everywhere.
        cluster.run(
            "initdb",
            &["-D", "data", "-U", "rollcall", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
        );
        cluster.up();
        let mut conn = PgConnection::connect(&cluster.url_of("postgres")).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {DATABASE}"))).execute(&mut conn).await.unwrap();
        cluster
    }

    pub(crate) fn up(&self) {
        let dir = self.dir.path().display();
        let options = format!("-p {} -k {dir} -c listen_addresses=127.0.0.1 -c max_connections=60", self.port);
        self.run("pg_ctl", &["-D", "data", "-l", "server.log", "-w", "-s", "-o", &options, "start"]);
    }

    pub(crate) fn down(&self, how: Stop) {
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        self.run("pg_ctl", &["-D", "data", "-w", "-s", "-m", mode, "stop"]);
    }

    /// The way to it that no pooler is in.
    pub(crate) fn url(&self) -> String {
        self.url_of(DATABASE)
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://rollcall@127.0.0.1:{}/{database}", self.port)
    }

    fn run(&self, program: &str, args: &[&str]) {
        let ended = lent(program, self.dir.path()).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let log = || std::fs::read_to_string(self.dir.path().join("server.log")).unwrap_or_default();
        assert!(ended.is_ok_and(|status| status.success()), "{program} {args:?}: {}", log());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = ["-D", "data", "-s", "-m", "immediate", "stop"];
        let _ = lent("pg_ctl", self.dir.path()).args(stop).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// A pgbouncer in transaction mode; ends when dropped.
pub(crate) struct Bouncer {
    child: Child,
    port: u16,
    _dir: TempDir,
}

/// How many connections of the server the pooler lends: far fewer than the processes behind it would open.
pub(crate) const LENT: i64 = 4;

impl Bouncer {
    pub(crate) async fn start(cluster: &Cluster) -> Self {
        let dir = tempfile::Builder::new().prefix("rollcall-bouncer.").tempdir_in("/tmp").unwrap();
        let port = free_port();
        let users = dir.path().join("users.txt");
        std::fs::write(&users, "\"rollcall\" \"\"\n").unwrap();
        let here = HashMap::from([
            (DATABASE, format!("host=127.0.0.1 port={}", cluster.port)),
            ("listen_addr", "127.0.0.1".to_owned()),
            ("listen_port", port.to_string()),
            ("auth_type", "trust".to_owned()),
            ("auth_file", users.display().to_string()),
            ("default_pool_size", LENT.to_string()),
        ]);
        std::fs::write(dir.path().join("bouncer.ini"), recommended(&here) + "unix_socket_dir =\n").unwrap();
        lend(dir.path());
        let mut command = lent("pgbouncer", dir.path());
        // Debian keeps it where only root looks for programs.
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin"));
        let quiet = command.arg("bouncer.ini").stdout(Stdio::null()).stderr(Stdio::null());
        let child = quiet.spawn().expect("pgbouncer is missing: run .tools/setup test");
        let bouncer = Self { child, port, _dir: dir };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return bouncer;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("pgbouncer does not come up");
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://rollcall@127.0.0.1:{}/{DATABASE}", self.port)
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The settings that the documentation recommends, with other values where this machine is another.
fn recommended(here: &HashMap<&str, String>) -> String {
    let page = include_str!("../../../docs/postgresql.md");
    let settings = page.split("```ini\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let mut replaced = 0;
    let mut lines = String::new();
    for line in settings.lines() {
        match line.split_once(" = ").and_then(|(name, _)| Some((name, here.get(name)?))) {
            Some((name, value)) => {
                replaced += 1;
                lines += &format!("{name} = {value}\n");
            }
            None => lines += &format!("{line}\n"),
        }
    }
    assert_eq!(replaced, here.len(), "{settings}");
    assert!(lines.contains("pool_mode = transaction\n"), "{settings}");
    lines
}

/// A port below those from which the kernel takes the ports of outgoing connections, so that it is still free after a restart.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 12_000).unwrap();
    loop {
        let port = 20_000 + (first + NEXT.fetch_add(1, SeqCst)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Neither PostgreSQL nor pgbouncer runs as root, so root lends what they need to another user.
fn lender() -> Option<(String, String)> {
    let said = |args: &[&str]| {
        let output = Command::new("id").args(args).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    };
    if said(&["-u"]).as_deref() != Some("0") {
        return None;
    }
    let user = if said(&["-u", "postgres"]).is_some() { "postgres" } else { "nobody" };
    Some((user.to_owned(), said(&["-g", user]).unwrap()))
}

fn lend(dir: &Path) {
    if let Some((user, _)) = lender() {
        assert!(Command::new("chown").args(["-R", &user]).arg(dir).status().unwrap().success());
    }
}

fn lent(program: &str, dir: &Path) -> Command {
    let mut command = match lender() {
        Some((user, group)) => {
            let mut command = Command::new("setpriv");
            command
                .args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".to_owned()])
                .arg(program);
            command
        }
        None => Command::new(program),
    };
    command.current_dir(dir);
    command
}
