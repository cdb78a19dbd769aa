//! The rules for a password that a person chooses (S16, S17): long, any characters, nothing truncated. Whether it is
//! a *guessable* one is estimated on the server, which holds the dictionaries.

use serde::{Deserialize, Serialize};

/// The fewest characters while the password is the only factor (NIST SP 800-63B-4 §3.1.1.2).
pub const MIN_CHARS: usize = 15;
/// The most bytes; far over any passphrase, and a bound on hashing work.
pub const MAX_BYTES: usize = 1024;

/// Why a password cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum WeakPassword {
    /// Nothing was entered.
    #[error("Choose a password.")]
    Empty,
    /// Under [`MIN_CHARS`].
    #[error("Use at least 15 characters. A few unrelated words work well.")]
    TooShort,
    /// Over [`MAX_BYTES`].
    #[error("This password is too long; use at most 1024 bytes.")]
    TooLong,
    /// Common, repetitive, or made of the person's or the organization's own words (S18).
    #[error(
        "This password is easy to guess. Avoid common phrases, repetition, and your own or your organization's name."
    )]
    Guessable,
}

/// How hard a password is to guess, as a meter shows it while somebody types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// It cannot be taken.
    Refused(WeakPassword),
    /// It is taken.
    Good,
    /// It is taken, with room to spare.
    Strong,
}

impl Strength {
    /// How much of the meter is filled, of four parts.
    pub const fn parts(self) -> u8 {
        match self {
            Self::Refused(WeakPassword::Empty) => 0,
            Self::Refused(WeakPassword::TooShort | WeakPassword::TooLong) => 1,
            Self::Refused(WeakPassword::Guessable) => 2,
            Self::Good => 3,
            Self::Strong => 4,
        }
    }
    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::Refused(why) => why.to_string(),
            Self::Good => "Good: hard to guess.".to_owned(),
            Self::Strong => "Strong: very hard to guess.".to_owned(),
        }
    }
}

/// Checks the length of a chosen password.
///
/// # Errors
/// [`WeakPassword`], worded for the person who typed it.
pub fn check_length(password: &str) -> Result<(), WeakPassword> {
    match password {
        "" => Err(WeakPassword::Empty),
        p if p.len() > MAX_BYTES => Err(WeakPassword::TooLong),
        p if p.chars().count() < MIN_CHARS => Err(WeakPassword::TooShort),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_fills_with_strength() {
        let refused = Strength::Refused;
        for (strength, parts) in [
            (refused(WeakPassword::Empty), 0),
            (refused(WeakPassword::TooShort), 1),
            (refused(WeakPassword::TooLong), 1),
            (refused(WeakPassword::Guessable), 2),
            (Strength::Good, 3),
            (Strength::Strong, 4),
        ] {
            assert_eq!(strength.parts(), parts);
            assert!(strength.words().ends_with('.'));
        }
    }

    #[test]
    fn length_alone_decides_here() {
        for (password, answer) in [
            (String::new(), Err(WeakPassword::Empty)),
            ("a".repeat(14), Err(WeakPassword::TooShort)),
            ("a".repeat(15), Ok(())),
            ("ä".repeat(15), Ok(())),
            (" ".repeat(15), Ok(())),
            ("a".repeat(1024), Ok(())),
            ("a".repeat(1025), Err(WeakPassword::TooLong)),
        ] {
            assert_eq!(check_length(&password), answer, "{} characters", password.len());
        }
    }
}
