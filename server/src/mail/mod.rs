//! How a mail looks and how it leaves: by SMTP, or as files where no server is set.

mod files;
mod render;
mod smtp;

pub use files::FileMailer;
pub use render::{Rendered, render};
pub use smtp::SmtpMailer;

use lettre::{
    Message,
    message::{Mailbox, MultiPart, header::ContentType},
};
use model::Timestamp;
use service::{Mail, Mailer, SendError};
use std::time::{Duration, UNIX_EPOCH};

use crate::config::Config;

/// The way out that the configuration names.
///
/// # Errors
/// A sender or server that cannot be used.
pub fn mailer(config: &Config) -> anyhow::Result<Box<dyn Mailer>> {
    let from: Mailbox = config
        .mail_from
        .parse()
        .map_err(|_| anyhow::anyhow!("ROLLCALL_MAIL_FROM has to look like `Rollcall <rollcall@example.com>`"))?;
    Ok(match &config.smtp_url {
        Some(url) => Box::new(SmtpMailer::new(url, from)?),
        None => Box::new(FileMailer::new(config.data_dir.join("mail"), from)),
    })
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

/// The message of a mail. The same id at every try makes the same Message-ID, by which repetitions are told.
fn message(from: &Mailbox, id: &str, at: Timestamp, mail: &Mail) -> Result<Message, SendError> {
    let broken = |what: &str| SendError { message: format!("the mail cannot be written: {what}"), permanent: true };
    let rendered = render(mail).map_err(|e| broken(&e.to_string()))?;
    let to = mail.to().as_str().parse().map_err(|_| broken("address"))?;
    let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(at.millis()).unwrap_or(0));
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(rendered.to_name, to))
        .subject(rendered.subject)
        .date(date)
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .multipart(
            MultiPart::alternative()
                .singlepart(lettre::message::SinglePart::builder().header(ContentType::TEXT_PLAIN).body(rendered.text))
                .singlepart(lettre::message::SinglePart::builder().header(ContentType::TEXT_HTML).body(rendered.html)),
        )
        .map_err(|e| broken(&e.to_string()))
}
