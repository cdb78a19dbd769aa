//! Tokens, their hashes, and sealing of what has to be readable later and by nobody else.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hmac,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sha2::{Digest, Sha256};
use std::fmt;

use crate::Entropy;

/// A secret of 256 random bits, as URL-safe text (S1). Never printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// What the token of a session begins with that opens nothing yet.
const MARK: &str = "first.";

impl Token {
    /// A new one.
    pub(crate) fn fresh(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(BASE64.encode(bytes))
    }
    /// A new one for a session that opens nothing but the page of the first password. It says so itself, so that no page
    /// has to ask the database about anybody else; whether it is true is asked all the same.
    pub(crate) fn marked(entropy: &dyn Entropy) -> Self {
        Self(format!("{MARK}{}", Self::fresh(entropy).0))
    }
    /// Whether a presented token says that of itself.
    pub(crate) fn is_marked(text: &str) -> bool {
        text.starts_with(MARK)
    }
    /// The text for a cookie or a link; the only place where it leaves.
    pub fn expose(&self) -> &str {
        &self.0
    }
    /// What is stored in its place.
    pub(crate) fn hash(&self) -> String {
        hash_token(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The stored form of a presented token. A plain hash is enough for 256 random bits.
pub(crate) fn hash_token(text: &str) -> String {
    digest(text.as_bytes())
}

/// SHA-256, as text.
pub(crate) fn digest(bytes: &[u8]) -> String {
    fingerprint(Sha256::new_with_prefix(bytes))
}

/// SHA-256 of everything that went in, as text.
pub(crate) fn fingerprint(digest: Sha256) -> String {
    BASE64.encode(digest.finalize())
}

/// Seals with the installation's key (AES-256-GCM), and marks with one that is derived from it (HMAC-SHA256).
pub struct Sealer {
    seal: RandomizedNonceKey,
    mark: hmac::Key,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// A sealer of a key of 32 bytes.
    ///
    /// # Panics
    /// Never: the key has the algorithm's length.
    pub fn new(key: &[u8; 32]) -> Self {
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), b"rollcall marks");
        Self {
            seal: RandomizedNonceKey::new(&AES_256_GCM, key).expect("the key has the algorithm's length"),
            mark: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()),
        }
    }
    /// Seals a text for one purpose; it opens for the same purpose alone.
    pub(crate) fn seal(&self, purpose: &str, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        let nonce = self
            .seal
            .seal_in_place_append_tag(Aad::from(purpose.as_bytes()), &mut bytes)
            .expect("the text is far under the algorithm's limit");
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut bytes);
        BASE64.encode(sealed)
    }
    /// Opens what was sealed; `None` for another key, another purpose or altered bytes.
    pub(crate) fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let bytes = BASE64.decode(sealed).ok()?;
        let (nonce, body) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let text = self.seal.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut body).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

impl Sealer {
    /// A keyed hash of a text for one purpose: equal for equal texts, and telling nothing to who lacks the key.
    pub(crate) fn mark(&self, purpose: &str, text: &str) -> String {
        let mut context = hmac::Context::with_key(&self.mark);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(text.as_bytes());
        BASE64.encode(context.sign())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_of_its_key_and_purpose_alone() {
        let key = Sealer::new(&[7; 32]);
        let mark = key.mark("tombstone", "ada@x.example");
        assert_eq!(key.mark("tombstone", "ada@x.example"), mark);
        assert_eq!(mark.len(), 43);
        for other in [
            key.mark("tombstone", "eve@x.example"),
            key.mark("tombston", "eada@x.example"),
            key.mark("other", "ada@x.example"),
            Sealer::new(&[8; 32]).mark("tombstone", "ada@x.example"),
        ] {
            assert_ne!(other, mark);
        }
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_and_purpose_alone() {
        let key = Sealer::new(&[7; 32]);
        let sealed = key.seal("mail", "the link");
        assert!(!sealed.contains("link"));
        assert_eq!(key.open("mail", &sealed).as_deref(), Some("the link"));
        assert_eq!(key.open("webhook", &sealed), None);
        assert_eq!(Sealer::new(&[8; 32]).open("mail", &sealed), None);
        let mut altered = sealed.clone();
        altered.replace_range(20..21, if &sealed[20..21] == "A" { "B" } else { "A" });
        assert_eq!(key.open("mail", &altered), None);
        assert_eq!(key.open("mail", "x"), None);
    }

    #[test]
    fn a_token_shows_itself_only_when_asked() {
        let token = Token::fresh(&crate::System);
        assert_eq!(token.expose().len(), 43);
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert_ne!(token.hash(), token.expose());
        assert_ne!(token, Token::fresh(&crate::System));
        let marked = Token::marked(&crate::System);
        assert!(Token::is_marked(marked.expose()) && !Token::is_marked(token.expose()));
        assert_eq!(marked.expose().len(), MARK.len() + 43);
    }
}
