//! What a process does and what waits, as plain numbers, for who watches an installation from outside. None of them holds
//! or grows with who the people are.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use store::{backlog, backlog::Backlog};

use crate::{Error, Rollcall};

/// What became of mails since the process started.
#[derive(Debug, Default)]
pub(crate) struct MailCounts {
    sent: AtomicU64,
    put_off: AtomicU64,
    given_up: AtomicU64,
}

impl MailCounts {
    pub(crate) fn sent(&self) {
        self.sent.fetch_add(1, Relaxed);
    }
    pub(crate) fn put_off(&self) {
        self.put_off.fetch_add(1, Relaxed);
    }
    pub(crate) fn given_up(&self) {
        self.given_up.fetch_add(1, Relaxed);
    }
}

/// What this process does now, and did since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Passwords that are hashed at this moment.
    pub hashes_running: usize,
    /// Passwords that wait for it.
    pub hashes_waiting: usize,
    /// Passwords for which there was no room.
    pub hashes_refused: u64,
    /// Mails that a mail server took.
    pub mails_sent: u64,
    /// Tries after which a mail waits for another one.
    pub mails_put_off: u64,
    /// Mails that were given up.
    pub mails_given_up: u64,
    /// Browsers that hear of changes at once.
    pub live_streams: usize,
}

impl Rollcall {
    /// The numbers of this process; asks nobody.
    pub fn stats(&self) -> Stats {
        let hashing = self.passwords.queue();
        Stats {
            hashes_running: hashing.running,
            hashes_waiting: hashing.waiting,
            hashes_refused: hashing.refused,
            mails_sent: self.mail_counts.sent.load(Relaxed),
            mails_put_off: self.mail_counts.put_off.load(Relaxed),
            mails_given_up: self.mail_counts.given_up.load(Relaxed),
            live_streams: self.live_streams(),
        }
    }

    /// What waits for the workers of all processes.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn backlog(&self) -> Result<Backlog, Error> {
        let mut conn = self.db.read().await?;
        Ok(backlog::read(&mut conn, self.now()).await?)
    }
}
