//! Lambda on this machine: `cargo lambda watch` has the Runtime API, at which the real binary is a function, and a function URL
//! in front of it.

use serde_json::{Value, json};
use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

use crate::process::{Installation, Server, free_address};

/// A running emulator; killed when dropped.
pub(crate) struct Emulator {
    child: Child,
    /// The function's URL.
    pub(crate) url: String,
    _package: TempDir,
}

impl Emulator {
    /// Starts one, and waits until it answers.
    pub(crate) async fn start() -> Self {
        // It wants to stand in some package of Cargo, and builds nothing of it.
        let package = tempfile::tempdir().unwrap();
        let manifest = "[package]\nname = \"emulated\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
        std::fs::write(package.path().join("Cargo.toml"), manifest).unwrap();
        std::fs::create_dir(package.path().join("src")).unwrap();
        std::fs::write(package.path().join("src/main.rs"), "fn main() {}").unwrap();
        let address = free_address();
        let (ip, port) = address.split_once(':').unwrap();
        let child = Command::new("cargo-lambda")
            .args(["lambda", "watch", "--only-lambda-apis", "--disable-cors"])
            .args(["--invoke-address", ip, "--invoke-port", port])
            .current_dir(package.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("cargo-lambda is not here: run `.tools/setup test`, and `. .tools/env` to have it on PATH");
        let emulator = Self { child, url: format!("http://{address}"), _package: package };
        for _ in 0..400 {
            if tokio::net::TcpStream::connect(&address).await.is_ok() {
                return emulator;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the emulator did not start");
    }

    /// Starts the binary as Lambda does: without arguments, and with what a function's environment has. Its disk is kept here.
    pub(crate) fn function(&self, installation: &Installation, more: impl FnOnce(&mut Command)) -> Server {
        let mut command = self.environment(installation);
        command.env("ROLLCALL_LAMBDA_EPHEMERAL", "true").stdout(Stdio::null()).stderr(Stdio::null());
        more(&mut command);
        Server { child: command.spawn().unwrap(), url: self.url.clone() }
    }

    /// The binary with what Lambda sets.
    pub(crate) fn environment(&self, installation: &Installation) -> Command {
        let mut command = installation.command(&[]);
        command
            .env("AWS_LAMBDA_RUNTIME_API", format!("{}/.rt", self.url))
            .env("AWS_LAMBDA_FUNCTION_NAME", "_")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("ROLLCALL_PUBLIC_URL", &self.url);
        command
    }

    /// Invokes the function with an event, and yields status and answer of the invocation.
    pub(crate) async fn invoke(&self, event: &Value) -> (u16, Value) {
        let url = format!("{}/2015-03-31/functions/_/invocations", self.url);
        let answer = reqwest::Client::new().post(url).body(event.to_string()).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }

    /// What `EventBridge` sends each minute.
    pub(crate) async fn tick(&self) -> Value {
        let event = json!({
            "version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "1",
            "time": "2026-11-27T02:00:00Z", "region": "eu-central-1", "resources": [], "detail": {}
        });
        let (status, told) = self.invoke(&event).await;
        assert_eq!(status, 200, "{told}");
        told
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
