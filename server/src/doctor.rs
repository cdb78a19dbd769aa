//! `rollcall doctor`: one line for each thing that can be wrong, and what to do about it.

use std::{fs, path::Path, process::ExitCode};
use store::backup;

use crate::{
    cli::application,
    config::Config,
    disk::{beside, free, size},
    http::assets,
    mail,
};

/// A log of SQLite that is larger does not get back into its file: it does so by itself at 4 MB.
const LARGEST_LOG: u64 = 256_000_000;
/// With less space left, things are about to be refused.
const LEAST_SPACE: u64 = 100_000_000;

struct Findings {
    healthy: bool,
}

impl Findings {
    fn note(&mut self, what: &str, found: Result<String, String>) {
        match found {
            Ok(text) => println!("  ok    {what}: {text}"),
            Err(text) => {
                self.healthy = false;
                println!("  WRONG {what}: {text}");
            }
        }
    }
}

/// SQLite's file, its log, and the disk below; before anything opens it and makes it where it is missing.
async fn look_at_file(config: &Config, findings: &mut Findings) {
    let Ok(Some(file)) = backup::file_of(&config.database_url()) else { return };
    let Ok(there) = fs::metadata(&file) else { return };
    findings.note("Database file", whole(&file).await.map(|()| format!("{}, whole", size(there.len()))));
    let log = fs::metadata(beside(&file, "-wal")).map_or(0, |log| log.len());
    findings.note("Log of the database", log_of(log));
    findings.note("Disk", free(&file).map_err(|e| e.to_string()).and_then(space));
}

async fn whole(file: &Path) -> Result<(), String> {
    let faults = backup::faults(file).await.map_err(|e| format!("{:#}", anyhow::Error::from(e)))?;
    if faults.is_empty() {
        return Ok(());
    }
    let faults = faults.join("\n          ");
    Err(format!("it is damaged; stop the server and restore a backup with `rollcall restore`\n          {faults}"))
}

fn log_of(bytes: u64) -> Result<String, String> {
    if bytes > LARGEST_LOG {
        let size = size(bytes);
        return Err(format!(
            "{size}: something keeps reading at one moment of the past; look for programs that have it open"
        ));
    }
    Ok(size(bytes))
}

fn space(free: u64) -> Result<String, String> {
    let left = format!("{} free", size(free));
    if free < LEAST_SPACE { Err(format!("{left}; make space before changes are refused")) } else { Ok(left) }
}

/// Looks at everything, and fails when anything is wrong.
pub(crate) async fn examine(config: &Config) -> ExitCode {
    let mut findings = Findings { healthy: true };
    findings.note("Public URL", config.public_url().map_err(|e| e.to_string()));
    findings.note("Browser files", assets::find(&config.site_root()).map(|a| a.wasm).map_err(|e| e.to_string()));
    findings.note("Mail", mail::check(config).await);
    look_at_file(config, &mut findings).await;
    match application(config).await {
        Err(error) => findings.note("Database", Err(format!("{error:#}"))),
        Ok(app) => {
            let current = match app.db().is_current().await {
                Ok(true) => Ok(format!("{}, schema is current", app.db().engine_name())),
                Ok(false) => Err("the schema is of another release; run `rollcall migrate`".to_owned()),
                Err(error) => Err(format!("{:#}", anyhow::Error::from(error))),
            };
            let usable = current.is_ok();
            findings.note("Database", current);
            if usable {
                let open = app.setup_is_open().await.map_err(|e| e.to_string());
                let words = |open| if open { "open: the first visitor becomes the Owner" } else { "done" };
                findings.note("Set-up", open.map(|open| words(open).to_owned()));
                findings.note(
                    "Outbox",
                    app.outbox_waiting().await.map(|n| format!("{n} waiting")).map_err(|e| e.to_string()),
                );
            }
        }
    }
    if findings.healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_log_and_a_small_rest_are_wrong() {
        assert_eq!(log_of(4_100_000), Ok("4.1 MB".to_owned()));
        assert!(log_of(LARGEST_LOG + 1).is_err());
        assert_eq!(space(20_000_000_000), Ok("20.0 GB free".to_owned()));
        assert_eq!(space(1_000_000), Err("1.0 MB free; make space before changes are refused".to_owned()));
    }
}
