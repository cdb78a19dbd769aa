//! Mail as `.eml` files, for an installation that has no mail server yet.

use lettre::message::Mailbox;
use service::{Mailer, Outgoing, SendError, Sending};
use std::{
    io,
    path::{Path, PathBuf},
};
use tokio::io::AsyncWriteExt as _;

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

/// On the disk when it comes back: the message in the database is forgotten then.
async fn keep(aside: &Path, file: &Path, mail: &[u8]) -> io::Result<()> {
    let mut out = tokio::fs::File::create(aside).await?;
    out.write_all(mail).await?;
    // What went wrong with writing is told here, and not by what comes after.
    out.flush().await?;
    out.sync_all().await?;
    tokio::fs::rename(aside, file).await
}

impl Mailer for FileMailer {
    fn send<'a>(&'a self, out: &'a Outgoing) -> Sending<'a> {
        Box::pin(async move {
            let message = super::message(&self.from, out)?;
            let failed = |e: io::Error| SendError { message: e.to_string(), permanent: false };
            tokio::fs::create_dir_all(&self.folder).await.map_err(failed)?;
            // Whoever watches the folder sees whole files alone.
            let aside = self.folder.join(format!(".{}.tmp", out.id));
            if let Err(error) = keep(&aside, &self.folder.join(format!("{}.eml", out.id)), &message.formatted()).await {
                // On a full disk half of it may be there, and takes space from others.
                let _ = tokio::fs::remove_file(&aside).await;
                return Err(failed(error));
            }
            Ok("This installation has no mail server: the mail was written into a file.".to_owned())
        })
    }
}
