//! Mail servers of organizations. Their hosts are what somebody typed, so each is asked for its address first, and
//! connected to by the very address that was looked at (S55).

use lettre::{
    message::Mailbox,
    transport::smtp::{
        self, PoolConfig,
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use model::{
    OrgId, Timestamp,
    mail_profile::{OwnServer, PrivateServers, Security},
    time::MINUTE,
};
use service::{OrgMail, Outgoing, SendError};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::smtp::{Transport, refusal, send_by};

/// How long one mail may take. Shorter than what the outbox gives a batch: who else's mail is in it waits for no longer.
const TIMEOUT: Duration = Duration::from_secs(8);
/// How long connections are kept before the host is asked for its address again, in milliseconds.
const KEPT: i64 = 10 * MINUTE;
/// How long a server that cannot be used is left alone, in milliseconds: what waits for it fails at once meanwhile, and
/// holds nobody else's mail up.
const REST: i64 = MINUTE;

/// Why there is no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoAddress {
    /// The name leads nowhere.
    #[error("no server was found under this name")]
    NotFound,
    /// The name leads to this machine, or to the network around it.
    #[error("the mail server is at a private or local address")]
    Private,
}

/// The servers that are in use, by organization.
#[derive(Debug)]
pub(super) struct OwnServers {
    private: PrivateServers,
    known: Mutex<HashMap<OrgId, Known>>,
}

/// A server of a profile's version.
#[derive(Debug, Clone)]
struct Known {
    version: u32,
    until: Timestamp,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Open(Transport),
    /// It could not be used, for this reason.
    Down(SendError),
}

impl OwnServers {
    pub(super) fn new(private: PrivateServers) -> Self {
        Self { private, known: Mutex::default() }
    }

    /// Hands a mail to the server of its organization.
    pub(super) async fn send(
        &self,
        from: &Mailbox,
        out: &Outgoing,
        of: &OrgMail,
        server: &OwnServer,
    ) -> Result<String, SendError> {
        let message = super::message(from, out)?;
        let transport = match self.known(out.at, of) {
            Some(Way::Down(why)) => return Err(why),
            Some(Way::Open(transport)) => transport,
            None => match self.open(of, server).await {
                Ok(transport) => {
                    self.keep(out.at, KEPT, of, Way::Open(transport.clone()));
                    transport
                }
                Err(why) => return Err(self.rest(out.at, of, why)),
            },
        };
        match tokio::time::timeout(TIMEOUT, send_by(&transport, message)).await {
            Ok(Ok(said)) => Ok(said),
            Ok(Err(error)) if is_of_the_mail(&error) => Err(refusal(&error)),
            Ok(Err(error)) => Err(self.rest(out.at, of, for_now(refusal(&error).message))),
            Err(_) => Err(self.rest(out.at, of, for_now("the mail server did not answer in time".to_owned()))),
        }
    }

    fn known(&self, now: Timestamp, of: &OrgMail) -> Option<Way> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |known: &&Known| known.version == of.profile.version && now < known.until;
        known.get(&of.org_id).filter(fits).map(|known| known.way.clone())
    }

    fn keep(&self, now: Timestamp, for_ms: i64, of: &OrgMail, way: Way) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, known| now < known.until);
        known.insert(of.org_id.clone(), Known { version: of.profile.version, until: now.plus(for_ms), way });
    }

    fn rest(&self, now: Timestamp, of: &OrgMail, why: SendError) -> SendError {
        self.keep(now, REST, of, Way::Down(why.clone()));
        why
    }

    async fn open(&self, of: &OrgMail, server: &OwnServer) -> Result<Transport, SendError> {
        let resolved = tokio::time::timeout(TIMEOUT, self.resolve(server)).await;
        let address = resolved.unwrap_or(Err(NoAddress::NotFound)).map_err(|why| for_now(why.to_string()))?;
        let tls = match server.security {
            Security::None => Tls::None,
            Security::Tls => Tls::Wrapper(tls(server)?),
            Security::Starttls => Tls::Required(tls(server)?),
        };
        let builder = Transport::builder_dangerous(address.ip().to_string())
            .port(server.port)
            .tls(tls)
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(4));
        Ok(match credentials(of, server)? {
            Some(credentials) => builder.credentials(credentials).build(),
            None => builder.build(),
        })
    }

    /// The address of a server, if it may be connected to.
    pub(super) async fn resolve(&self, server: &OwnServer) -> Result<SocketAddr, NoAddress> {
        let found =
            tokio::net::lookup_host((server.host.as_str(), server.port)).await.map_err(|_| NoAddress::NotFound)?;
        let found: Vec<SocketAddr> = found.collect();
        match found.iter().find(|address| self.private.admits(address.ip())) {
            Some(address) => Ok(*address),
            None if found.is_empty() => Err(NoAddress::NotFound),
            None => Err(NoAddress::Private),
        }
    }
}

/// The server has to prove that it is the host that was typed, whatever address was connected to.
pub(super) fn tls(server: &OwnServer) -> Result<TlsParameters, SendError> {
    TlsParameters::new(server.host.clone()).map_err(|error| for_now(refusal(&error).message))
}

/// Who signs in.
pub(super) fn credentials(of: &OrgMail, server: &OwnServer) -> Result<Option<Credentials>, SendError> {
    match &of.password {
        _ if server.user.is_empty() => Ok(None),
        Some(password) => Ok(Some(Credentials::new(server.user.clone(), password.clone()))),
        None => Err(for_now(
            "the password of the mail server cannot be opened with this installation's key; enter it again".to_owned(),
        )),
    }
}

/// A failure of the server or of its settings, not of the mail: once they are mended it leaves.
fn for_now(message: String) -> SendError {
    SendError { message, permanent: false }
}

/// Whether a server's answer is about this mail, rather than about who sends it. 530 to 538 refuse signing in (RFC 4954);
/// a server that ends the conversation says 421 or 554 before anything was asked, which cannot be told from a refusal.
fn is_of_the_mail(error: &smtp::Error) -> bool {
    error.status().is_some_and(|code| !matches!(u16::from(code), 421 | 454 | 530..=538))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_unless_that_is_allowed() {
        let server = |host: &str| OwnServer {
            host: host.to_owned(),
            port: 25,
            security: Security::None,
            user: String::new(),
            from: model::Email::parse("people@engines.example").unwrap(),
        };
        let careful = OwnServers::new(PrivateServers::Refused);
        // The system reads other spellings of an address, too.
        for host in
            ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "::1", "::ffff:127.0.0.1", "10.0.0.1"]
        {
            let refused = careful.resolve(&server(host)).await;
            assert!(matches!(refused, Err(NoAddress::Private | NoAddress::NotFound)), "{host}: {refused:?}");
        }
        assert_eq!(careful.resolve(&server("localhost")).await, Err(NoAddress::Private));
        assert_eq!(careful.resolve(&server("no-such-host.invalid")).await, Err(NoAddress::NotFound));
        assert_eq!(careful.resolve(&server("1.1.1.1")).await.unwrap().to_string(), "1.1.1.1:25");
        let open = OwnServers::new(PrivateServers::Allowed);
        assert!(open.resolve(&server("localhost")).await.unwrap().ip().is_loopback());
    }
}
