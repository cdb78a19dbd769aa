//! How the mail of an organization looks and by which server it leaves (B2): sender name, reply-to, accent color, logo,
//! footer, and a mail server of its own.
//!
//! What is stored outlives releases: a key that is missing has the default. The password of the mail server is no part of
//! it: whoever holds a profile may be shown all of it.

mod color;
mod logo;
mod outcome;
mod server;
mod template;

pub use color::{Color, InvalidColor};
pub use logo::{InvalidLogo, LOGO_HEIGHT, LOGO_WIDTH, Logo, LogoKind, MAX_LOGO_BYTES, MAX_LOGO_SIDE};
pub use outcome::{TestOutcome, TestReport};
pub use server::{InvalidServer, OwnServer, PORTS, Password, PrivateServers, Security};
pub use template::MailTemplate;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    Email,
    name::{InvalidName, clean},
};

/// The longest footer, in characters.
pub const MAX_FOOTER_CHARS: usize = 500;
/// The most lines of a footer.
pub const MAX_FOOTER_LINES: usize = 10;
/// The longest sender name, in characters.
pub const MAX_SENDER_CHARS: usize = 80;

/// How the mail of an organization looks and leaves. The default is that of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MailProfile {
    /// How often it was changed; who saves says which version they looked at.
    pub version: u32,
    /// The name beside the sender's address; empty for the installation's.
    pub sender_name: String,
    /// Where answers go.
    pub reply_to: Option<Email>,
    /// The color of buttons and links.
    pub accent: Color,
    /// What stands above every mail; the file itself is kept apart.
    pub logo: Option<Logo>,
    /// What stands below every mail, in lines.
    pub footer: String,
    /// The server by which mail leaves; `None` for the installation's.
    pub server: Option<OwnServer>,
}

/// Why a text is no footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFooter {
    /// Too much of it.
    #[error("This footer is too long; use at most {MAX_FOOTER_CHARS} characters in {MAX_FOOTER_LINES} lines.")]
    TooLong,
    /// Control or direction-override characters.
    #[error("This footer contains characters that cannot be shown.")]
    Unprintable,
}

/// Reads a sender name, which may be empty.
///
/// # Errors
/// [`InvalidName`], worded for who typed it.
pub fn parse_sender_name(text: &str) -> Result<String, InvalidName> {
    clean(text, MAX_SENDER_CHARS)
}

/// Reads an address to which answers go, which may be missing.
///
/// # Errors
/// Why it is no address.
pub fn parse_reply_to(text: &str) -> Result<Option<Email>, crate::email::InvalidEmail> {
    if text.trim().is_empty() { Ok(None) } else { Email::parse(text).map(Some) }
}

/// Reads a footer, line by line, which may be empty.
///
/// # Errors
/// [`InvalidFooter`].
pub fn parse_footer(text: &str) -> Result<String, InvalidFooter> {
    let text: String = text.replace("\r\n", "\n").replace('\r', "\n").nfc().collect();
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    if lines.len() > MAX_FOOTER_LINES || text.trim().chars().count() > MAX_FOOTER_CHARS {
        return Err(InvalidFooter::TooLong);
    }
    if lines.iter().any(|line| clean(line, MAX_FOOTER_CHARS).is_err()) {
        return Err(InvalidFooter::Unprintable);
    }
    Ok(lines.join("\n"))
}

impl MailProfile {
    /// What another profile has otherwise, in words for the audit log; no values, some of which are private.
    pub fn changes_to(&self, other: &Self) -> Vec<String> {
        let changes = [
            ("sender name", self.sender_name != other.sender_name),
            ("reply-to address", self.reply_to != other.reply_to),
            ("accent color", self.accent != other.accent),
            ("logo", self.logo != other.logo),
            ("footer", self.footer != other.footer),
            ("mail server", self.server != other.server),
        ];
        changes.into_iter().filter(|(_, changed)| *changed).map(|(what, _)| what.to_owned()).collect()
    }
}

/// What the page of the mail profile shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSettings {
    /// The profile as it is.
    pub profile: MailProfile,
    /// Whether a password of the mail server is kept; it is never shown.
    pub has_password: bool,
    /// Whether the installation connects to servers at private addresses.
    pub private_servers: PrivateServers,
}

/// A preview of a mail, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPreview {
    /// Which mail.
    pub template: MailTemplate,
    /// The look that was entered, sealed for the address of the frames.
    pub look: String,
    /// What became of the accent color, in a sentence.
    pub accent: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_footer_is_a_few_lines_of_text() {
        for (text, footer) in [
            ("", Ok("")),
            ("  \r\n ", Ok("")),
            ("Engines Ltd.\r\n12 St James's Square  \n", Ok("Engines Ltd.\n12 St James's Square")),
            ("a\n\nb", Ok("a\n\nb")),
            ("a\u{202e}b", Err(InvalidFooter::Unprintable)),
            ("a\0b", Err(InvalidFooter::Unprintable)),
            (&"x".repeat(MAX_FOOTER_CHARS), Ok(&*"x".repeat(MAX_FOOTER_CHARS))),
            (&"x".repeat(MAX_FOOTER_CHARS + 1), Err(InvalidFooter::TooLong)),
            (&"x\n".repeat(MAX_FOOTER_LINES + 1), Err(InvalidFooter::TooLong)),
        ] {
            assert_eq!(parse_footer(text), footer.map(str::to_owned), "{text:?}");
        }
    }

    #[test]
    fn a_sender_name_breaks_no_header() {
        for (text, name) in [
            (" Analytical   Engines ", Some("Analytical Engines")),
            ("", Some("")),
            ("Engines\r\nBcc: eve@evil.example", Some("Engines Bcc: eve@evil.example")),
            ("Engines\0", None),
            (&"x".repeat(MAX_SENDER_CHARS + 1), None),
        ] {
            assert_eq!(parse_sender_name(text).ok().as_deref(), name, "{text:?}");
        }
    }

    #[test]
    fn an_address_for_answers_may_be_missing_but_not_wrong() {
        assert_eq!(parse_reply_to("  "), Ok(None));
        assert_eq!(parse_reply_to("Help@Engines.example").unwrap().unwrap().as_str(), "help@engines.example");
        for wrong in ["help", "a@b.example, c@d.example", "a@b.example\r\nBcc: x@y.example"] {
            assert!(parse_reply_to(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn changes_are_told_without_their_values() {
        let before = MailProfile::default();
        assert_eq!(before.changes_to(&before), Vec::<String>::new());
        let after = MailProfile {
            version: 1,
            sender_name: "Engines".to_owned(),
            footer: "secret".to_owned(),
            accent: Color::parse("#000000").unwrap(),
            ..before.clone()
        };
        assert_eq!(before.changes_to(&after), ["sender name", "accent color", "footer"]);
    }

    #[test]
    fn what_an_earlier_release_stored_is_still_read() {
        assert_eq!(serde_json::from_str::<MailProfile>("{}").unwrap(), MailProfile::default());
        let some = r##"{"version":3,"accent":"#aa0000","of_the_future":1}"##;
        let profile: MailProfile = serde_json::from_str(some).unwrap();
        assert_eq!((profile.version, profile.accent.to_string().as_str()), (3, "#aa0000"));
        assert!(serde_json::from_str::<MailProfile>(r#"{"accent":"url(x)"}"#).is_err());
    }
}
