//! The domains from which people can be invited.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::Email;

/// The most domains that can be named.
pub const MAX_DOMAINS: usize = 50;

/// The domains whose addresses can be invited; none named means any. Whoever is here already stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailDomains(Vec<String>);

/// Not domains as they stand behind the `@`, worded for who entered them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDomains {
    /// Holds the one that is none.
    #[error("“{0}” is not a domain. Enter what stands behind the @, such as example.com.")]
    Malformed(String),
    /// Over [`MAX_DOMAINS`].
    #[error("Enter at most {MAX_DOMAINS} domains.")]
    TooMany,
}

impl EmailDomains {
    /// Any address.
    pub const ANY: Self = Self(Vec::new());

    /// Reads domains separated by commas, spaces or lines, with or without `@` in front. One that stands twice counts once.
    ///
    /// # Errors
    /// [`InvalidDomains`].
    pub fn parse(text: &str) -> Result<Self, InvalidDomains> {
        let mut domains: Vec<String> = Vec::new();
        for entry in text.split([',', ';', ' ', '\t', '\r', '\n']).filter(|entry| !entry.is_empty()) {
            let wrong = || InvalidDomains::Malformed(entry.chars().take(80).collect());
            let bare = entry.strip_prefix('@').unwrap_or(entry);
            let address = Email::parse(&format!("anybody@{bare}")).map_err(|_| wrong())?;
            if !domains.iter().any(|known| known == address.domain()) {
                domains.push(address.domain().to_owned());
            }
        }
        if domains.len() > MAX_DOMAINS { Err(InvalidDomains::TooMany) } else { Ok(Self(domains)) }
    }
    /// Whether an address can be invited. A subdomain is another domain.
    pub fn let_in(&self, email: &Email) -> bool {
        self.0.is_empty() || self.0.iter().any(|domain| domain == email.domain())
    }
    /// Whether any address can be invited.
    pub const fn is_any(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for EmailDomains {
    /// As it is entered.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_read_as_people_write_them() {
        for (text, read) in [
            ("", Ok("")),
            (" ,\n ", Ok("")),
            ("example.com", Ok("example.com")),
            (
                "@Example.COM, sub.example.org\nexample.com;xn--bcher-kva.example",
                Ok("example.com, sub.example.org, xn--bcher-kva.example"),
            ),
            ("übung.de", Ok("übung.de")),
            ("example", Err("example")),
            ("example.com ada@example.com", Err("ada@example.com")),
            ("*.example.com", Err("*.example.com")),
        ] {
            let expected = read.map(str::to_owned).map_err(|entry: &str| InvalidDomains::Malformed(entry.to_owned()));
            assert_eq!(EmailDomains::parse(text).map(|domains| domains.to_string()), expected, "{text:?}");
        }
        let many: Vec<String> = (0..=MAX_DOMAINS).map(|n| format!("d{n}.example")).collect();
        assert_eq!(EmailDomains::parse(&many.join(" ")), Err(InvalidDomains::TooMany));
    }

    #[test]
    fn a_domain_lets_in_its_own_addresses_alone() {
        let email = |text| Email::parse(text).expect("an address");
        let own = EmailDomains::parse("x.io, y.io").expect("domains");
        for (address, expected) in
            [("a@x.io", true), ("a@Y.io", true), ("a@sub.x.io", false), ("a@notx.io", false), ("x.io@z.io", false)]
        {
            assert_eq!(own.let_in(&email(address)), expected, "{address}");
            assert!(EmailDomains::ANY.let_in(&email(address)));
        }
    }
}
