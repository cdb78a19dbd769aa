//! Tries a mail server of an organization out, step by step, so that it can be told at which one it failed.

use lettre::{
    message::Mailbox,
    transport::smtp::{
        self,
        authentication::Mechanism,
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use model::mail_profile::{OwnServer, Security, TestOutcome, TestReport};
use service::{OrgMail, Outgoing};
use std::{error::Error as _, io, time::Duration};

use super::{
    own::{NoAddress, OwnServers, credentials, tls},
    smtp::{said, shown},
};

/// How long all of it may take; a request may take longer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// In the order of preference.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// At which step it failed, and what the server said.
type Failed = (TestOutcome, String);

/// Sends one mail over a connection of its own.
pub(super) async fn probe(
    servers: &OwnServers,
    from: &Mailbox,
    out: &Outgoing,
    of: &OrgMail,
    server: &OwnServer,
) -> TestReport {
    let tried = tokio::time::timeout(TIMEOUT, deliver(servers, from, out, of, server)).await;
    let (outcome, said) = match tried {
        Ok(Ok(said)) => (TestOutcome::Accepted, said),
        Ok(Err(failed)) => failed,
        Err(_) => (TestOutcome::Silent, String::new()),
    };
    TestReport { outcome, said, to: out.mail.to().to_string(), through: Some(server.address()) }
}

async fn deliver(
    servers: &OwnServers,
    from: &Mailbox,
    out: &Outgoing,
    of: &OrgMail,
    server: &OwnServer,
) -> Result<String, Failed> {
    let message = super::message(from, out).map_err(|error| (TestOutcome::Failed, error.message))?;
    let credentials = credentials(of, server).map_err(|error| (TestOutcome::AuthRefused, error.message))?;
    let address = servers.resolve(server).await.map_err(|why| {
        let outcome = match why {
            NoAddress::NotFound => TestOutcome::NotFound,
            NoAddress::Private => TestOutcome::Forbidden,
        };
        (outcome, String::new())
    })?;
    let parameters = || tls(server).map_err(|error| (TestOutcome::TlsFailed, error.message));
    let hello = ClientId::default();
    let wrapper: Option<TlsParameters> = match server.security {
        Security::Tls => Some(parameters()?),
        Security::Starttls | Security::None => None,
    };
    let mut connection = AsyncSmtpConnection::connect_tokio1(address, Some(TIMEOUT), &hello, wrapper, None)
        .await
        .map_err(|error| unconnected(&error, server.security))?;
    if server.security == Security::Starttls {
        if !connection.can_starttls() {
            connection.abort().await;
            return Err((TestOutcome::NoStarttls, String::new()));
        }
        let upgraded = connection.starttls(parameters()?, &hello).await;
        upgraded.map_err(|error| (TestOutcome::TlsFailed, words(&error)))?;
    }
    if let Some(credentials) = credentials {
        if connection.server_info().get_auth_mechanism(&MECHANISMS).is_none() {
            connection.abort().await;
            return Err((TestOutcome::NoAuth, String::new()));
        }
        let signed_in = connection.auth(&MECHANISMS, &credentials).await;
        signed_in.map_err(|error| refused(&error, TestOutcome::AuthRefused))?;
    }
    let body = message.formatted();
    let mut parameters = Vec::new();
    let ascii = |address: &lettre::Address| address.to_string().is_ascii();
    if !message.envelope().to().iter().chain(message.envelope().from()).all(ascii) {
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !body.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let sender = message.envelope().from().cloned();
    let accepted = connection.command(Mail::new(sender, parameters)).await;
    accepted.map_err(|error| refused(&error, TestOutcome::SenderRefused))?;
    for recipient in message.envelope().to() {
        let accepted = connection.command(Rcpt::new(recipient.clone(), Vec::new())).await;
        accepted.map_err(|error| refused(&error, TestOutcome::RecipientRefused))?;
    }
    let refused_mail = |error: smtp::Error| refused(&error, TestOutcome::MailRefused);
    connection.command(Data).await.map_err(refused_mail)?;
    let response = connection.message(&body).await.map_err(refused_mail)?;
    // Whether the server says goodbye says nothing about the mail.
    let _ = connection.quit().await;
    Ok(said(&response))
}

/// Why no conversation began.
fn unconnected(error: &smtp::Error, security: Security) -> Failed {
    if error.status().is_some() || error.is_response() {
        return (TestOutcome::NoMailServer, words(error));
    }
    let cause = cause(error);
    let outcome = match cause.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => TestOutcome::ConnectionRefused,
        Some(io::ErrorKind::TimedOut) => TestOutcome::Silent,
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => TestOutcome::Unreachable,
        _ if security == Security::Tls => TestOutcome::TlsFailed,
        _ => TestOutcome::NoMailServer,
    };
    // What TLS says helps; of the rest the outcome says all there is.
    let said = if outcome == TestOutcome::TlsFailed { words(error) } else { String::new() };
    (outcome, said)
}

/// What a server answered to a step, or that it broke off.
fn refused(error: &smtp::Error, outcome: TestOutcome) -> Failed {
    match cause(error).map(io::Error::kind) {
        Some(io::ErrorKind::TimedOut) => (TestOutcome::Silent, String::new()),
        _ => (outcome, words(error)),
    }
}

/// The system's error beneath.
fn cause(error: &smtp::Error) -> Option<&io::Error> {
    let mut next = error.source();
    while let Some(source) = next {
        if let Some(found) = source.downcast_ref::<io::Error>() {
            return Some(found);
        }
        next = source.source();
    }
    None
}

/// The code and the words of a server's answer, or the innermost cause.
fn words(error: &smtp::Error) -> String {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    match error.status() {
        Some(code) => shown(&format!("{code} {cause}")),
        None => shown(&cause),
    }
}
