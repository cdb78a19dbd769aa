//! Mail by SMTP.

use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor, message::Mailbox, transport::smtp::PoolConfig};
use model::Timestamp;
use service::{Mail, Mailer, SendError, Sending};
use std::time::Duration;

/// How long the server may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Hands mails to a server, over a few connections that are kept.
#[derive(Debug)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

fn transport(url: &str) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    // The driver's message may quote the password in the URL, so it is not passed on.
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|_| anyhow::anyhow!("ROLLCALL_SMTP_URL has to look like smtps://user:password@host:465"))?;
    Ok(builder.timeout(Some(TIMEOUT)).pool_config(PoolConfig::new().max_size(8)).build())
}

impl SmtpMailer {
    /// By a server's URL.
    ///
    /// # Errors
    /// A URL that cannot be used.
    pub fn new(url: &str, from: Mailbox) -> anyhow::Result<Self> {
        Ok(Self { transport: transport(url)?, from })
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, id: &'a str, at: Timestamp, mail: &'a Mail) -> Sending<'a> {
        Box::pin(async move {
            let message = super::message(&self.from, id, at, mail)?;
            self.transport
                .send(message)
                .await
                .map(|_| ())
                .map_err(|error| SendError { permanent: error.is_permanent(), message: error.to_string() })
        })
    }
}

/// Whether the server answers, for `doctor`.
pub(super) async fn check(url: &str) -> Result<String, String> {
    match transport(url).map_err(|e| e.to_string())?.test_connection().await {
        Ok(true) => Ok("the SMTP server answers".to_owned()),
        Ok(false) => Err("the SMTP server does not accept a connection".to_owned()),
        Err(error) => Err(format!("the SMTP server cannot be reached: {error}")),
    }
}
