//! Starting and stopping the real binary on a folder of its own.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// For how long one try to find out whether a server is ready waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// A folder with data and with browser files that nobody will load.
pub(crate) struct Installation {
    dir: TempDir,
    database_url: Option<String>,
}

impl Installation {
    pub(crate) fn new(database_url: Option<String>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let site = dir.path().join("site");
        std::fs::create_dir_all(site.join("pkg/1")).unwrap();
        for file in ["rollcall.css", "rollcall.js", "rollcall.wasm", "__wasm_split.js"] {
            std::fs::write(site.join("pkg/1").join(file), "").unwrap();
        }
        let manifest = r#"{"entry": [], "person": [], "bulk": [], "organization": []}"#;
        std::fs::write(site.join("pkg/1/__wasm_split_manifest.json"), manifest).unwrap();
        std::fs::write(site.join("build"), "1").unwrap();
        Self { dir, database_url }
    }
    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }
    pub(crate) fn site(&self) -> PathBuf {
        self.dir.path().join("site")
    }
    /// Where its database is.
    pub(crate) fn database_url(&self) -> String {
        let embedded = || format!("sqlite://{}", self.data().join("rollcall.db").display());
        self.database_url.clone().unwrap_or_else(embedded)
    }
    /// The binary with this folder's settings and none from outside.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = rollcall(args);
        command.env("ROLLCALL_DATA_DIR", self.data()).env("ROLLCALL_SITE_ROOT", self.site());
        if let Some(url) = &self.database_url {
            command.env("ROLLCALL_DATABASE_URL", url);
        }
        command
    }
    /// Serves, and waits until it is ready.
    pub(crate) async fn serve(&self) -> Server {
        self.serve_with(|_| {}).await
    }
    /// Serves with more settings.
    pub(crate) async fn serve_with(&self, more: impl FnOnce(&mut Command)) -> Server {
        let server = self.launch(more);
        server.until_ready().await;
        server
    }
    /// Begins to serve, and waits for nothing.
    pub(crate) fn launch(&self, more: impl FnOnce(&mut Command)) -> Server {
        let address = free_address();
        let url = format!("http://{address}");
        let mut command = self.command(&["serve", "--addr", &address]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        more(&mut command);
        Server { child: command.spawn().unwrap(), url }
    }
}

/// An address of this machine where nobody listens.
pub(crate) fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// The binary without any setting of the tests' own environment.
pub(crate) fn rollcall(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    command.args(args).env_clear().current_dir(Path::new("/"));
    command
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
    /// Waits until it is ready.
    pub(crate) async fn until_ready(&self) {
        let client = reqwest::Client::new();
        for _ in 0..400 {
            if client
                .get(format!("{}/readyz", self.url))
                .timeout(PATIENCE)
                .send()
                .await
                .is_ok_and(|r| r.status().is_success())
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server did not become ready");
    }
    /// SIGKILL: no time to put anything in order.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
    /// SIGTERM: yields whether the process ended well.
    pub(crate) fn terminate(self) -> bool {
        self.tell_to_stop();
        self.ended()
    }
    /// SIGTERM alone.
    pub(crate) fn tell_to_stop(&self) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
    }
    /// Waits for the end: yields whether it was a good one.
    pub(crate) fn ended(mut self) -> bool {
        self.child.wait().unwrap().success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
