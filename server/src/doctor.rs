//! `rollcall doctor`: one line for each thing that can be wrong, and what to do about it.

use std::process::ExitCode;

use crate::{cli::application, config::Config, http::assets, mail};

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

/// Looks at everything, and fails when anything is wrong.
pub(crate) async fn examine(config: &Config) -> ExitCode {
    let mut findings = Findings { healthy: true };
    findings.note("Public URL", config.public_url().map_err(|e| e.to_string()));
    findings.note("Browser files", assets::find(&config.site_root()).map(|a| a.wasm).map_err(|e| e.to_string()));
    findings.note("Mail", mail::check(config).await);
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
