//! How a mail looks and how it leaves: by the server of its organization, by the installation's, or as files where no
//! server is set.

mod files;
mod look;
mod message;
mod own;
mod probe;
mod render;
mod smtp;

pub use files::FileMailer;
pub use look::Look;
pub(crate) use message::sender;
pub use render::{Rendered, render, render_in};
pub use smtp::SmtpMailer;

use lettre::message::Mailbox;
use model::mail_profile::OwnServer;
use service::{Mailer, OrgMail, Outgoing, Sending, Trying};
use std::sync::Arc;

use crate::config::Config;
use message::message;
use own::OwnServers;

/// All ways out: the installation's, and those of organizations with a server of their own.
struct Post {
    from: Mailbox,
    installation: Box<dyn Mailer>,
    own: OwnServers,
}

/// The server by which a mail leaves, where its organization has one.
fn own_server(out: &Outgoing) -> Option<(&OrgMail, &OwnServer)> {
    let of = out.of.as_deref()?;
    Some((of, of.profile.server.as_ref()?))
}

impl Mailer for Post {
    fn send<'a>(&'a self, out: &'a Outgoing) -> Sending<'a> {
        match own_server(out) {
            Some((of, server)) => Box::pin(self.own.send(&self.from, out, of, server)),
            None => self.installation.send(out),
        }
    }
    fn try_out<'a>(&'a self, out: &'a Outgoing) -> Trying<'a> {
        match own_server(out) {
            Some((of, server)) => Box::pin(probe::probe(&self.own, &self.from, out, of, server)),
            None => self.installation.try_out(out),
        }
    }
}

/// The sender that the configuration names.
///
/// # Errors
/// One that cannot be used.
pub(crate) fn installation_sender(config: &Config) -> anyhow::Result<Mailbox> {
    config
        .mail_from
        .parse()
        .map_err(|_| anyhow::anyhow!("ROLLCALL_MAIL_FROM has to look like `Rollcall <rollcall@example.com>`"))
}

/// The ways out that the configuration names.
///
/// # Errors
/// A sender or server that cannot be used.
pub fn mailer(config: &Config) -> anyhow::Result<Arc<dyn Mailer>> {
    let from = installation_sender(config)?;
    let installation: Box<dyn Mailer> = match &config.smtp_url {
        Some(url) => Box::new(SmtpMailer::new(url, from.clone())?),
        None => Box::new(FileMailer::new(config.data_dir.join("mail"), from.clone())),
    };
    Ok(Arc::new(Post { from, installation, own: OwnServers::new(config.private_servers()) }))
}

/// Whether mail can leave, for `doctor`.
///
/// # Errors
/// Why not, in words.
pub async fn check(config: &Config) -> Result<String, String> {
    mailer(config).map_err(|e| e.to_string())?;
    match &config.smtp_url {
        Some(url) => smtp::check(url).await,
        None => Ok(format!("files in {}", config.data_dir.join("mail").display())),
    }
}
