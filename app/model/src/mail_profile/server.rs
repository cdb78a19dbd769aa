//! A mail server of an organization's own.

use serde::{Deserialize, Serialize};

use std::net::IpAddr;

use crate::{Email, net::is_public};

/// The ports of mail servers; others could be anything.
pub const PORTS: [u16; 4] = [25, 465, 587, 2525];
/// The longest name of a host, in bytes (RFC 1035).
const MAX_HOST: usize = 253;
/// The longest name of a user, in characters.
const MAX_USER: usize = 200;

/// Whether the installation connects to mail servers at private and local addresses, and at any port. Who runs it says
/// so: otherwise organizations could reach what only the machine itself should (S55).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivateServers {
    /// It does not.
    #[default]
    Refused,
    /// It does.
    Allowed,
}

impl PrivateServers {
    /// Whether a server at this address may be connected to. Asked about the very address of the connection.
    pub fn admits(self, ip: IpAddr) -> bool {
        self == Self::Allowed || is_public(ip)
    }
}

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// From the first byte.
    #[default]
    Tls,
    /// After STARTTLS, which the server has to offer.
    Starttls,
    /// Not at all.
    None,
}

impl Security {
    /// The choices, the default first.
    pub const ALL: [Self; 3] = [Self::Tls, Self::Starttls, Self::None];

    /// As sent in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Starttls => "starttls",
            Self::None => "none",
        }
    }
    /// The choice of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.code() == code)
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Tls => "TLS (usually port 465)",
            Self::Starttls => "STARTTLS (usually port 587)",
            Self::None => "None: everybody on the way can read along",
        }
    }
}

/// A mail server, without the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnServer {
    /// Its name, or an address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// Who signs in; empty for nobody.
    pub user: String,
    /// The address that mail comes from; the server has to accept it.
    pub from: Email,
}

/// What is wrong with a mail server, worded for who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidServer {
    /// Not a host.
    #[error("Enter the host alone, such as smtp.example.com.")]
    Host,
    /// An address of this machine or of the network around it.
    #[error("This is a private or local address, to which this installation does not connect.")]
    Private,
    /// Not a number, or none of a mail server.
    #[error("Enter the port of a mail server: 25, 465, 587 or 2525.")]
    Port,
    /// Not a number.
    #[error("Enter a port from 1 to 65535.")]
    AnyPort,
    /// None of the choices.
    #[error("Choose one of these.")]
    Security,
    /// Too long, or with control characters.
    #[error("This is no user name of a mail server.")]
    User,
    /// A password would travel in the open.
    #[error("A password is only sent encrypted. Choose TLS or STARTTLS.")]
    Open,
    /// A password for nobody.
    #[error("Enter the user that the password belongs to.")]
    Nobody,
    /// A password is missing, or was typed for another server.
    #[error("Enter the password. It is asked for again when host, port, encryption or user change.")]
    Password,
    /// A password that is too long, or with control characters.
    #[error("This is no password of a mail server.")]
    BadPassword,
}

impl OwnServer {
    /// Reads a host: a name or an address. What a name leads to is asked when it is connected to.
    ///
    /// # Errors
    /// [`InvalidServer::Host`], [`InvalidServer::Private`].
    pub fn parse_host(text: &str, private: PrivateServers) -> Result<String, InvalidServer> {
        let text = text.trim().trim_end_matches('.').to_lowercase();
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(&text);
        let address = bare.parse::<IpAddr>().ok();
        if address.is_some_and(|ip| !private.admits(ip)) || (bare == "localhost" && private == PrivateServers::Refused)
        {
            return Err(InvalidServer::Private);
        }
        let is_label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        let is_name = !text.is_empty() && text.len() <= MAX_HOST && text.split('.').all(is_label);
        if address.is_some() || is_name { Ok(bare.to_owned()) } else { Err(InvalidServer::Host) }
    }

    /// Reads a port.
    ///
    /// # Errors
    /// [`InvalidServer::Port`], [`InvalidServer::AnyPort`].
    pub fn parse_port(text: &str, private: PrivateServers) -> Result<u16, InvalidServer> {
        let port = text.trim().parse::<u16>().ok().filter(|port| *port > 0);
        match private {
            PrivateServers::Refused => port.filter(|port| PORTS.contains(port)).ok_or(InvalidServer::Port),
            PrivateServers::Allowed => port.ok_or(InvalidServer::AnyPort),
        }
    }

    /// Reads who signs in, which may be nobody.
    ///
    /// # Errors
    /// [`InvalidServer::User`].
    pub fn parse_user(text: &str) -> Result<String, InvalidServer> {
        let text = text.trim();
        let fits = text.chars().count() <= MAX_USER && !text.chars().any(char::is_control);
        if fits { Ok(text.to_owned()) } else { Err(InvalidServer::User) }
    }

    /// Refuses what would send a password in the open, but to servers on the spot.
    ///
    /// # Errors
    /// [`InvalidServer::Open`].
    pub fn check_security(&self, private: PrivateServers) -> Result<(), InvalidServer> {
        let open = self.security == Security::None && !self.user.is_empty();
        if open && private == PrivateServers::Refused { Err(InvalidServer::Open) } else { Ok(()) }
    }

    /// Whether the password of this server is also that of the other. Whoever could send it to another host, or in the
    /// open, would read what the page never shows.
    pub fn shares_password_with(&self, other: &Self) -> bool {
        self.host == other.host && self.port == other.port && self.security == other.security && self.user == other.user
    }

    /// Host and port, as shown.
    pub fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// Reads a password that was typed; empty where none was.
///
/// # Errors
/// [`InvalidServer::BadPassword`].
fn parse_password(text: &str) -> Result<&str, InvalidServer> {
    let fits = text.len() <= 1000 && !text.chars().any(char::is_control);
    if fits { Ok(text) } else { Err(InvalidServer::BadPassword) }
}

impl OwnServer {
    /// Which password counts: what was typed, or else the one that is kept for the same server and user.
    ///
    /// # Errors
    /// [`InvalidServer`] beside the password, or beside the user for [`InvalidServer::Nobody`].
    pub fn password<'a>(&self, typed: &'a str, kept: Option<&Self>) -> Result<Password<'a>, InvalidServer> {
        match (parse_password(typed)?, self.user.is_empty()) {
            ("", true) => Ok(Password::None),
            (_, true) => Err(InvalidServer::Nobody),
            ("", false) if kept.is_some_and(|kept| kept.shares_password_with(self)) => Ok(Password::Kept),
            ("", false) => Err(InvalidServer::Password),
            (typed, false) => Ok(Password::Typed(typed)),
        }
    }
}

/// Which password counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Password<'a> {
    /// Nobody signs in.
    None,
    /// The one that is kept.
    Kept,
    /// The one that was typed.
    Typed(&'a str),
}

impl std::fmt::Debug for Password<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Kept => "Kept",
            Self::Typed(_) => "Typed(…)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> OwnServer {
        OwnServer {
            host: "smtp.engines.example".to_owned(),
            port: 465,
            security: Security::Tls,
            user: "ada".to_owned(),
            from: Email::parse("people@engines.example").unwrap(),
        }
    }

    #[test]
    fn a_host_is_a_name_or_an_address() {
        use InvalidServer::{Host, Private};
        for (text, host) in [
            (" SMTP.Engines.example. ", Ok("smtp.engines.example")),
            ("1.1.1.1", Ok("1.1.1.1")),
            ("[2606:4700:4700::1111]", Ok("2606:4700:4700::1111")),
            ("smtp_out.engines.example", Ok("smtp_out.engines.example")),
            ("localhost", Err(Private)),
            ("127.0.0.1", Err(Private)),
            ("[::1]", Err(Private)),
            ("::ffff:10.0.0.1", Err(Private)),
            ("169.254.169.254", Err(Private)),
            ("", Err(Host)),
            ("smtp://engines.example", Err(Host)),
            ("engines.example:465", Err(Host)),
            ("engines.example/x", Err(Host)),
            ("ada@engines.example", Err(Host)),
            ("-engines.example", Err(Host)),
            ("engines..example", Err(Host)),
            ("engines example", Err(Host)),
            ("engines.example\r\nx", Err(Host)),
            (&"a".repeat(254), Err(Host)),
        ] {
            assert_eq!(OwnServer::parse_host(text, PrivateServers::Refused), host.map(str::to_owned), "{text:?}");
        }
        for text in ["localhost", "127.0.0.1", "::1"] {
            assert_eq!(OwnServer::parse_host(text, PrivateServers::Allowed).as_deref(), Ok(text));
        }
    }

    #[test]
    fn ports_are_those_of_mail_servers_unless_others_are_allowed() {
        use PrivateServers::{Allowed, Refused};
        for (text, private, port) in [
            ("465", Refused, Ok(465)),
            (" 587 ", Refused, Ok(587)),
            ("25", Refused, Ok(25)),
            ("2525", Refused, Ok(2525)),
            ("22", Refused, Err(InvalidServer::Port)),
            ("6379", Refused, Err(InvalidServer::Port)),
            ("", Refused, Err(InvalidServer::Port)),
            ("1025", Allowed, Ok(1025)),
            ("0", Allowed, Err(InvalidServer::AnyPort)),
            ("65536", Allowed, Err(InvalidServer::AnyPort)),
        ] {
            assert_eq!(OwnServer::parse_port(text, private), port, "{text}");
        }
    }

    #[test]
    fn a_password_travels_encrypted_or_on_the_spot() {
        for (security, user, private, fits) in [
            (Security::Tls, "ada", PrivateServers::Refused, true),
            (Security::Starttls, "ada", PrivateServers::Refused, true),
            (Security::None, "", PrivateServers::Refused, true),
            (Security::None, "ada", PrivateServers::Refused, false),
            (Security::None, "ada", PrivateServers::Allowed, true),
        ] {
            let server = OwnServer { security, user: user.to_owned(), ..server() };
            assert_eq!(server.check_security(private).is_ok(), fits, "{security:?} {user}");
        }
    }

    #[test]
    fn a_password_that_is_kept_goes_to_no_other_server() {
        let kept = server();
        let with = |change: fn(&mut OwnServer)| {
            let mut server = server();
            change(&mut server);
            server
        };
        assert_eq!(kept.password("", Some(&kept)), Ok(Password::Kept));
        assert_eq!(kept.password("new", Some(&kept)), Ok(Password::Typed("new")));
        assert_eq!(kept.password("", None), Err(InvalidServer::Password));
        assert_eq!(kept.password("a\nb", None), Err(InvalidServer::BadPassword));
        let nobody = with(|server| server.user.clear());
        assert_eq!(nobody.password("", Some(&kept)), Ok(Password::None));
        assert_eq!(nobody.password("new", Some(&kept)), Err(InvalidServer::Nobody));
        for other in [
            with(|server| server.host = "smtp.evil.example".to_owned()),
            with(|server| server.port = 587),
            with(|server| server.security = Security::None),
            with(|server| server.user = "eve".to_owned()),
        ] {
            assert_eq!(other.password("", Some(&kept)), Err(InvalidServer::Password), "{other:?}");
        }
        let from = with(|server| server.from = Email::parse("other@engines.example").unwrap());
        assert_eq!(from.password("", Some(&kept)), Ok(Password::Kept));
    }

    #[test]
    fn an_address_reads_as_it_is_typed() {
        assert_eq!(server().address(), "smtp.engines.example:465");
        assert_eq!(OwnServer { host: "2001:db8::1".to_owned(), ..server() }.address(), "[2001:db8::1]:465");
        assert_eq!(format!("{:?}", Password::Typed("hush")), "Typed(…)");
    }
}
