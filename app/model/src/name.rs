//! Names of people and organizations, and the slug that stands for an organization in URLs.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::{Email, text::fold};

/// The longest first or last name, in characters.
pub const MAX_NAME_CHARS: usize = 100;
/// The most characters of a name that lists sort by: more than two names have, unless folding makes several of each.
pub const MAX_SORT_CHARS: usize = 256;
/// The longest organization name, in characters.
pub const MAX_ORG_NAME_CHARS: usize = 120;

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum InvalidName {
    /// Nothing but white space.
    #[error("Enter a name.")]
    Empty,
    /// Over the limit of this name.
    #[error("This name is too long; use at most {0} characters.")]
    TooLong(usize),
    /// Line breaks, control or direction-override characters.
    #[error("This name contains characters that cannot be shown.")]
    Unprintable,
}

/// Whether a character shows nothing, or turns around what stands beside it.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Normalizes to NFC with single spaces, and refuses what would break a mail header or spoof a row.
pub(crate) fn clean(text: &str, max: usize) -> Result<String, InvalidName> {
    let collapsed: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = collapsed.nfc().collect();
    if name.chars().any(is_unprintable) {
        return Err(InvalidName::Unprintable);
    }
    if name.chars().count() > max {
        return Err(InvalidName::TooLong(max));
    }
    Ok(name)
}

/// The same for a text of several lines, of which empty ones go.
pub(crate) fn clean_lines(text: &str, max: usize) -> Result<String, InvalidName> {
    let lines: Result<Vec<String>, InvalidName> = text.lines().map(|line| clean(line, max)).collect();
    let text = lines?.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    if text.chars().count() > max { Err(InvalidName::TooLong(max)) } else { Ok(text) }
}

/// [`clean`] for a name that has to be there.
pub(crate) fn clean_name(text: &str, max: usize) -> Result<String, InvalidName> {
    let name = clean(text, max)?;
    if name.is_empty() { Err(InvalidName::Empty) } else { Ok(name) }
}

/// Makes types of names. With the most characters it brings `parse`; without, the type has rules of its own.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident $(: $max:ident)?;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            $(
                #[doc = concat!("Reads a name of 1 to [`", stringify!($max), "`] characters.")]
                ///
                /// # Errors
                /// [`InvalidName`](crate::name::InvalidName), worded for the person who typed it.
                pub fn parse(text: &str) -> Result<Self, $crate::name::InvalidName> {
                    $crate::name::clean_name(text, $max).map(Self)
                }
            )?
            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
            /// By what it is sorted and told apart from others: neither case nor accents count.
            pub fn key(&self) -> String {
                $crate::text::fold(&self.0)
            }
        }
    )+};
}
pub(crate) use names;

/// A person's name in two parts (policy I); the full name is derived. Both parts may be empty while all we know of an
/// invited person is the address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub struct PersonName {
    /// Given name.
    pub first: String,
    /// Family name; empty for people who use one name.
    pub last: String,
}

impl PersonName {
    /// A name of which at least the first part is given.
    ///
    /// # Errors
    /// The part that is wrong, and why.
    pub fn parse(first: &str, last: &str) -> Result<Self, (NamePart, InvalidName)> {
        let name = Self::parse_optional(first, last)?;
        if name.first.is_empty() {
            return Err((NamePart::First, InvalidName::Empty));
        }
        Ok(name)
    }
    /// A name that may be unknown yet, as in an invitation by address alone.
    ///
    /// # Errors
    /// The part that is wrong, and why.
    pub fn parse_optional(first: &str, last: &str) -> Result<Self, (NamePart, InvalidName)> {
        Ok(Self {
            first: clean(first, MAX_NAME_CHARS).map_err(|e| (NamePart::First, e))?,
            last: clean(last, MAX_NAME_CHARS).map_err(|e| (NamePart::Last, e))?,
        })
    }
    /// Splits a full name at its last space (`Ada King` → `Ada` + `King`).
    pub fn from_full(full: &str) -> Self {
        let (first, last) = Self::split(full);
        Self::parse_optional(first, last).unwrap_or_default()
    }
    /// The two parts of a full name as they were written.
    pub fn split(full: &str) -> (&str, &str) {
        full.trim().rsplit_once(char::is_whitespace).unwrap_or((full.trim(), ""))
    }
    /// First and last name with a space; empty when neither is known.
    pub fn full(&self) -> String {
        [self.first.as_str(), self.last.as_str()].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
    }
    /// What to call the person: the full name, or the mailbox while no name is known.
    pub fn display(&self, email: &Email) -> String {
        let full = self.full();
        if full.is_empty() { email.local_part().to_owned() } else { full }
    }
    /// The folded text by which lists sort: full name, or the mailbox while no name is known. At most [`MAX_SORT_CHARS`].
    pub fn sort_key(&self, email: &Email) -> String {
        fold(&self.display(email)).chars().take(MAX_SORT_CHARS).collect()
    }
}

/// One of the two parts of a person's name; says which field an error belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamePart {
    /// Given name.
    First,
    /// Family name.
    Last,
}

names! {
    /// An organization's name.
    OrgName: MAX_ORG_NAME_CHARS;
}

/// An organization in URLs: lower-case letters, digits and inner hyphens, 1 to 48 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// The slug that a name suggests (`Analytical Engines Ltd.` → `analytical-engines-ltd`); `team` where the name has
    /// no Latin letter or digit.
    pub fn suggest(name: &OrgName) -> Self {
        let words: Vec<String> = fold(name.as_str())
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect();
        let joined: String = words.join("-").chars().take(48).collect();
        let slug = joined.trim_matches('-');
        Self(if slug.is_empty() { "team".to_owned() } else { slug.to_owned() })
    }
    /// Reads a slug from a URL; `None` for what can be no slug, which is answered as not found.
    pub fn parse(text: &str) -> Option<Self> {
        let valid = (1..=48).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        valid.then(|| Self(text.to_owned()))
    }
    /// The next slug to try when this one is taken: `team`, `team-2`, `team-3` …
    #[must_use]
    pub fn numbered(&self, n: u32) -> Self {
        let base: String = self.0.chars().take(40).collect();
        Self(format!("{}-{n}", base.trim_end_matches('-')))
    }
    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned_but_not_changed() {
        let name = PersonName::parse("  Maximiliane-Friederike ", "von\u{a0}Hohenlohe").expect("valid");
        assert_eq!(name.full(), "Maximiliane-Friederike von Hohenlohe");
        assert_eq!(PersonName::parse("أحمد", "زويل").map(|n| n.full()), Ok("أحمد زويل".to_owned()));
    }

    #[test]
    fn the_wrong_part_is_named() {
        assert_eq!(PersonName::parse(" ", "x"), Err((NamePart::First, InvalidName::Empty)));
        assert_eq!(PersonName::parse("x", &"y".repeat(101)), Err((NamePart::Last, InvalidName::TooLong(100))));
        assert_eq!(PersonName::parse("x\u{202e}y", ""), Err((NamePart::First, InvalidName::Unprintable)));
        assert_eq!(PersonName::parse("a\0b", ""), Err((NamePart::First, InvalidName::Unprintable)));
    }

    #[test]
    fn somebody_without_a_name_is_called_by_the_mailbox() {
        let email = Email::parse("grace@navy.example").expect("valid");
        assert_eq!(PersonName::default().display(&email), "grace");
    }

    #[test]
    fn slugs_come_from_names() {
        for (name, slug) in [
            ("Analytical Engines Ltd.", "analytical-engines-ltd"),
            ("Café Zoë", "cafe-zoe"),
            ("東京", "team"),
            ("--", "team"),
        ] {
            assert_eq!(Slug::suggest(&OrgName::parse(name).expect("valid")).as_str(), slug);
        }
        assert_eq!(Slug::parse("a-b").map(|s| s.numbered(2).as_str().to_owned()), Some("a-b-2".to_owned()));
        for wrong in ["", "-a", "a-", "A", "a b", "a/b", &"a".repeat(49)] {
            assert_eq!(Slug::parse(wrong), None, "{wrong}");
        }
    }
}
