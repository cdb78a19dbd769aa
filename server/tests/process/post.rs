//! What processes have mailed: over SMTP, where a mail that leaves twice arrives twice, which a folder would not show.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use crate::smtp_server::{Manner, SmtpServer};

/// A mail server, and what it got.
pub(crate) struct Post {
    server: SmtpServer,
    /// The Message-IDs of what each person got, in order.
    got: BTreeMap<String, Vec<String>>,
}

impl Post {
    pub(crate) async fn open() -> Self {
        Self { server: SmtpServer::start(Manner::Open).await, got: BTreeMap::new() }
    }

    /// Lets a process send by it.
    pub(crate) fn serve(&self, command: &mut Command) {
        command.env("ROLLCALL_SMTP_URL", format!("smtp://127.0.0.1:{}", self.server.port));
    }

    /// How many mails came until now.
    pub(crate) fn count(&mut self) -> usize {
        for mail in self.server.mails() {
            let header = |name: &str| {
                let line = mail.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{mail}"));
                line.trim().to_owned()
            };
            self.got.entry(header("To: ")).or_default().push(header("Message-ID: "));
        }
        self.got.values().map(Vec::len).sum()
    }

    /// Who got any.
    pub(crate) fn recipients(&self) -> BTreeSet<String> {
        self.got.keys().cloned().collect()
    }

    /// How often a mail came again; each time as one that can be told to be a repetition.
    pub(crate) fn repeated(&self) -> usize {
        for (to, ids) in &self.got {
            assert!(ids.iter().all(|id| *id == ids[0]), "{to} got two different mails: {ids:?}");
        }
        self.got.values().map(|ids| ids.len() - 1).sum()
    }
}
