//! E-mail addresses: parsed at the edge, valid inside.

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest address that mail servers carry (RFC 5321 §4.5.3.1.3, erratum 1690).
const MAX_BYTES: usize = 254;

/// Why a text is not an e-mail address we can write to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum InvalidEmail {
    /// Nothing was entered.
    #[error("Enter an email address.")]
    Empty,
    /// Longer than mail servers carry.
    #[error("This email address is too long.")]
    TooLong,
    /// Not of the form `name@domain.tld`.
    #[error("This is not a valid email address. It should look like name@example.com.")]
    Malformed,
}

/// A mailbox (RFC 5321/6531), lower-cased: two spellings of one mailbox are one person. Quoted local parts and
/// address literals are refused, since no team writes them on purpose.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address, forgiving surrounding white space and capitals.
    ///
    /// # Errors
    /// [`InvalidEmail`], worded for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidEmail::Empty);
        }
        if text.len() > MAX_BYTES {
            return Err(InvalidEmail::TooLong);
        }
        let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
        let address = EmailAddress::parse_with_options(text, options).map_err(|_| InvalidEmail::Malformed)?;
        if address.local_part().starts_with('"') || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(InvalidEmail::Malformed);
        }
        Ok(Self(text.to_lowercase()))
    }
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
/// Addresses stay out of logs: the debug form shows the domain alone.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email(…@{})", self.domain())
    }
}
impl TryFrom<String> for Email {
    type Error = InvalidEmail;
    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        Self::parse(&text)
    }
}
impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_folded_to_one_spelling() {
        assert_eq!(Email::parse(" Ada@Example.COM\n").map(String::from), Ok("ada@example.com".to_owned()));
        assert_eq!(Email::parse("Jürgen@Übung.de").map(String::from), Ok("jürgen@übung.de".to_owned()));
    }

    #[test]
    fn what_is_not_an_address_says_why() {
        let long = format!("{}@example.com", "a".repeat(250));
        for (text, why) in [
            ("", InvalidEmail::Empty),
            ("   ", InvalidEmail::Empty),
            (long.as_str(), InvalidEmail::TooLong),
            ("ada", InvalidEmail::Malformed),
            ("ada@", InvalidEmail::Malformed),
            ("@example.com", InvalidEmail::Malformed),
            ("ada@localhost", InvalidEmail::Malformed),
            ("ada@@example.com", InvalidEmail::Malformed),
            ("ada love@example.com", InvalidEmail::Malformed),
            ("\"ada\"@example.com", InvalidEmail::Malformed),
            ("ada@[127.0.0.1]", InvalidEmail::Malformed),
            ("Ada <ada@example.com>", InvalidEmail::Malformed),
            ("ada@exa\nmple.com", InvalidEmail::Malformed),
            ("ada@example.com\r\nBcc: x@y.z", InvalidEmail::Malformed),
        ] {
            assert_eq!(Email::parse(text).map(String::from), Err(why), "{text:?}");
        }
    }

    #[test]
    fn the_debug_form_keeps_the_mailbox_out_of_logs() {
        assert_eq!(format!("{:?}", Email::parse("ada@example.com")), "Ok(Email(…@example.com))");
    }
}
