//! Mail as `.eml` files, for an installation that has no mail server yet.

use lettre::message::Mailbox;
use service::{Mailer, Outgoing, SendError, Sending};
use std::path::PathBuf;

/// Writes each mail into a file named after its id: a repetition overwrites itself.
#[derive(Debug, Clone)]
pub struct FileMailer {
    folder: PathBuf,
    from: Mailbox,
}

impl FileMailer {
    /// Into a folder, made when missing.
    pub fn new(folder: PathBuf, from: Mailbox) -> Self {
        Self { folder, from }
    }
}

impl Mailer for FileMailer {
    fn send<'a>(&'a self, out: &'a Outgoing) -> Sending<'a> {
        Box::pin(async move {
            let message = super::message(&self.from, out)?;
            let failed = |e: std::io::Error| SendError { message: e.to_string(), permanent: false };
            tokio::fs::create_dir_all(&self.folder).await.map_err(failed)?;
            // Whoever watches the folder sees whole files alone.
            let aside = self.folder.join(format!(".{}.tmp", out.id));
            tokio::fs::write(&aside, message.formatted()).await.map_err(failed)?;
            tokio::fs::rename(&aside, self.folder.join(format!("{}.eml", out.id))).await.map_err(failed)?;
            Ok("This installation has no mail server: the mail was written into a file.".to_owned())
        })
    }
}
