//! What became of a mail that tries the settings out, in words.

use serde::{Deserialize, Serialize};

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestOutcome {
    /// The server has taken it.
    Accepted,
    /// The server is at a private or local address.
    Forbidden,
    /// The name leads to no server.
    NotFound,
    /// Nothing listens there.
    ConnectionRefused,
    /// There is no way there.
    Unreachable,
    /// No answer in time.
    Silent,
    /// No encrypted connection came about.
    TlsFailed,
    /// The server offers no STARTTLS.
    NoStarttls,
    /// What answers is no mail server, or does not want to talk.
    NoMailServer,
    /// User or password are wrong.
    AuthRefused,
    /// Nobody can sign in there in this way.
    NoAuth,
    /// The sender's address is refused.
    SenderRefused,
    /// The recipient's address is refused.
    RecipientRefused,
    /// The mail itself is refused.
    MailRefused,
    /// The installation's own way out failed.
    Failed,
}

impl TestOutcome {
    /// What happened, and what to do.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Accepted => {
                "The mail server has accepted the mail. If it does not arrive, look among spam and ask who runs the server."
            }
            Self::Forbidden => {
                "This host is at a private or local address, and this installation does not connect there. Enter the \
                 public host of a mail server."
            }
            Self::NotFound => "No server was found under this name. Check the host.",
            Self::ConnectionRefused => "The connection was refused: nothing listens at this port. Check host and port.",
            Self::Unreachable => "The server cannot be reached. Check the host, and whether it is up.",
            Self::Silent => {
                "The server did not answer in time. Check port and encryption: TLS usually goes with 465, STARTTLS with 587."
            }
            Self::TlsFailed => {
                "The encrypted connection failed. Check port and encryption, and that the server's certificate is valid for \
                 this host."
            }
            Self::NoStarttls => "The server does not offer STARTTLS at this port. Choose TLS, usually with port 465.",
            Self::NoMailServer => "What answers there does not talk as a mail server does. Check host and port.",
            Self::AuthRefused => {
                "The server refuses user and password. Check both; some servers want a password for apps."
            }
            Self::NoAuth => {
                "The server takes no password here. Leave the user empty, or choose an encrypted connection."
            }
            Self::SenderRefused => "The server refuses the sender's address. Enter one that this user may send from.",
            Self::RecipientRefused => "The server refuses your address as recipient.",
            Self::MailRefused => "The server refuses the mail itself.",
            Self::Failed => {
                "The mail server of this installation did not take the mail. Who runs it can find out more."
            }
        }
    }
}

/// What became of the mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestReport {
    /// How far it came.
    pub outcome: TestOutcome,
    /// What the server said; empty where it said nothing.
    pub said: String,
    /// To which address it went.
    pub to: String,
    /// Through which server, as `host:port`; `None` for the installation's.
    pub through: Option<String>,
}
