//! Mail by SMTP.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{self, PoolConfig, response::Response},
};
use service::{Mailer, Outgoing, SendError, Sending};
use std::time::Duration;

/// How long the server may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest text of a mail server that is kept, in characters.
const LONGEST: usize = 300;

/// A server, over a few connections that are kept.
pub(super) type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Hands mails to a server, over a few connections that are kept.
#[derive(Debug)]
pub struct SmtpMailer {
    transport: Transport,
    from: Mailbox,
}

fn transport(url: &str) -> anyhow::Result<Transport> {
    // The driver's message may quote the password in the URL, so it is not passed on.
    let builder = Transport::from_url(url)
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
    fn send<'a>(&'a self, out: &'a Outgoing) -> Sending<'a> {
        Box::pin(async move {
            let message = super::message(&self.from, out)?;
            send_by(&self.transport, message).await.map_err(|error| refusal(&error))
        })
    }
}

/// Sends a message; yields what the server said.
pub(super) async fn send_by(transport: &Transport, message: Message) -> Result<String, smtp::Error> {
    transport.send(message).await.map(|response| said(&response))
}

/// An error of a server as the outbox notes it.
pub(super) fn refusal(error: &smtp::Error) -> SendError {
    SendError { permanent: error.is_permanent(), message: shown(&error.to_string()) }
}

/// What a server said, code and all.
pub(super) fn said(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    shown(&format!("{} {}", response.code(), lines.join(" ")))
}

/// A text of a mail server as a person may see it: on one line, and not too long.
pub(super) fn shown(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

/// Whether the server answers, for `doctor`.
pub(super) async fn check(url: &str) -> Result<String, String> {
    match transport(url).map_err(|e| e.to_string())?.test_connection().await {
        Ok(true) => Ok("the SMTP server answers".to_owned()),
        Ok(false) => Err("the SMTP server does not accept a connection".to_owned()),
        Err(error) => Err(format!("the SMTP server cannot be reached: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_a_line() {
        assert_eq!(shown("  250 ok\r\n\u{1b}[31mqueued  as X\0 "), "250 ok [31mqueued as X");
        assert_eq!(shown(&"x".repeat(1000)).len(), LONGEST);
    }
}
