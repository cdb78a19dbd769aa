//! Hashing and judging of passwords (S16–S19): argon2id with OWASP's parameters, off the async threads, and only so many
//! at once as the machine bears; who comes when the queue is full is told to come back (promise 4 of security.md).

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash};
use model::password::{Strength, WeakPassword, check_length};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};
use tokio::sync::Semaphore;

use crate::{Entropy, Error};

/// 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet).
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many may wait for each that hashes: about two seconds.
const WAITING_PER_HASH: usize = 64;
/// zxcvbn's score, 0 to 4, from which a password is taken: "safely unguessable".
const MIN_SCORE: u8 = 3;

/// How many characters of a password have to be no word of the person's or the organization's own.
const MIN_OTHER_CHARS: usize = 8;

/// A hash of nobody's password, with the parameters above: unknown accounts cost what known ones do (S32).
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$cm9sbGNhbGwtbm9ib2R5IQ$IgoNYqRVwQRfBHQFZGJvw7Hx2GNzNRfvXhHgWLdT7kM";

/// The outcome of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verified {
    /// The password is right.
    Right,
    /// It is right and its hash is weaker than today's (S19).
    RightButWeak,
    /// It is wrong, or there is no such account.
    Wrong,
}

/// Hashes, compares and judges passwords.
#[derive(Clone)]
pub struct Passwords {
    entropy: Arc<dyn Entropy>,
    at_once: usize,
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    refused: Arc<AtomicU64>,
}

/// How full the queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Queue {
    /// At work.
    pub(crate) running: usize,
    /// Behind them.
    pub(crate) waiting: usize,
    /// Turned away since the process started.
    pub(crate) refused: u64,
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("constant parameters are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

impl Passwords {
    pub(crate) fn new(entropy: Arc<dyn Entropy>, at_once: usize) -> Self {
        let at_once = at_once.max(1);
        Self {
            entropy,
            at_once,
            running: Arc::new(Semaphore::new(at_once)),
            admitted: Arc::new(Semaphore::new(at_once * (WAITING_PER_HASH + 1))),
            refused: Arc::default(),
        }
    }

    /// How full the queue is at this moment.
    pub(crate) fn queue(&self) -> Queue {
        let running = self.at_once.saturating_sub(self.running.available_permits());
        let admitted = (self.at_once * (WAITING_PER_HASH + 1)).saturating_sub(self.admitted.available_permits());
        Queue { running, waiting: admitted.saturating_sub(running), refused: self.refused.load(Relaxed) }
    }

    /// Runs hashing work on a thread that may block, when it is its turn.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| {
            self.refused.fetch_add(1, Relaxed);
            Error::Busy
        })?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Error::Internal)?;
        tokio::task::spawn_blocking(move || {
            // Held inside: a caller who hangs up does not let another hash start beside this one.
            let _turn = turn;
            work()
        })
        .await
        .map_err(|_| Error::Internal)
    }

    /// The PHC string of a password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Error> {
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        self.run(move || argon2().hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string()))
            .await?
            .map_err(|error| {
                tracing::error!(error.message = %error, "argon2 failed");
                Error::Internal
            })
    }

    /// Compares a password with a stored hash; with nobody's hash where there is none.
    pub(crate) async fn verify(&self, password: String, stored: Option<String>) -> Result<Verified, Error> {
        self.run(move || {
            let known = stored.is_some();
            let phc = stored.unwrap_or_else(|| NOBODY.to_owned());
            let Ok(hash) = PasswordHash::new(&phc) else { return Verified::Wrong };
            let right = argon2().verify_password(password.as_bytes(), &hash).is_ok();
            match (known && right, is_todays(&phc)) {
                (true, true) => Verified::Right,
                (true, false) => Verified::RightButWeak,
                (false, _) => Verified::Wrong,
            }
        })
        .await
    }
}

fn is_todays(phc: &str) -> bool {
    phc.starts_with(&format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"))
}

/// Judges a password that somebody chooses; `own_words` are names and addresses around the person (S18).
pub(crate) fn judge(password: &str, own_words: &[&str]) -> Result<(), WeakPassword> {
    match strength(password, own_words) {
        Strength::Refused(why) => Err(why),
        Strength::Good | Strength::Strong => Ok(()),
    }
}

/// How hard a password is to guess, by the same measure.
pub(crate) fn strength(password: &str, own_words: &[&str]) -> Strength {
    if let Err(why) = check_length(password) {
        return Strength::Refused(why);
    }
    let own: Vec<&str> = own_words.iter().flat_map(|w| w.split(['@', '.', ' ', '-'])).filter(|w| w.len() > 2).collect();
    let mut inputs = own_words.to_vec();
    inputs.extend(own);
    let score = u8::from(zxcvbn::zxcvbn(password, &inputs).score());
    let other = without(password, &inputs).chars().count();
    match score {
        ..MIN_SCORE => Strength::Refused(WeakPassword::Guessable),
        _ if other < MIN_OTHER_CHARS => Strength::Refused(WeakPassword::Guessable),
        MIN_SCORE => Strength::Good,
        _ => Strength::Strong,
    }
}

/// Characters that are not taken for one another when a password is read and typed.
const READABLE: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// A password of 99 random bits, in groups that can be typed: `k7mwp-3xq9t-…`.
pub(crate) fn generate(entropy: &dyn Entropy) -> String {
    let mut chosen = Vec::with_capacity(23);
    let mut bytes = [0; 32];
    while chosen.len() < 23 {
        entropy.fill(&mut bytes);
        // What does not divide evenly is thrown away, so that no character is likelier than another.
        for byte in bytes.into_iter().filter(|byte| usize::from(*byte) < 256 / READABLE.len() * READABLE.len()) {
            if chosen.len() == 23 {
                break;
            }
            if chosen.len() % 6 == 5 {
                chosen.push('-');
            }
            chosen.push(char::from(READABLE[usize::from(byte) % READABLE.len()]));
        }
    }
    chosen.into_iter().collect()
}

/// What a password holds beside the words that everybody knows of the person.
fn without(password: &str, own_words: &[&str]) -> String {
    let mut words: Vec<String> = own_words.iter().map(|w| w.to_lowercase()).filter(|w| w.chars().count() > 2).collect();
    words.sort_unstable_by_key(|w| std::cmp::Reverse(w.len()));
    words.iter().fold(password.to_lowercase(), |rest, word| rest.replace(word.as_str(), ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::System;

    fn passwords() -> Passwords {
        Passwords::new(Arc::new(System), 2)
    }

    #[tokio::test]
    async fn a_hash_verifies_its_password_and_no_other() {
        let phc = passwords().hash("correct horse battery".into()).await.expect("hashes");
        assert!(is_todays(&phc));
        for (password, verified) in [
            ("correct horse battery", Verified::Right),
            ("correct horse batterY", Verified::Wrong),
            ("correct horse battery ", Verified::Wrong),
        ] {
            assert_eq!(passwords().verify(password.into(), Some(phc.clone())).await.expect("runs"), verified);
        }
    }

    #[tokio::test]
    async fn nobodys_hash_is_well_formed_and_matches_nothing() {
        assert!(is_todays(NOBODY) && PasswordHash::new(NOBODY).is_ok());
        assert_eq!(passwords().verify("anything at all".into(), None).await.expect("runs"), Verified::Wrong);
    }

    #[tokio::test]
    async fn a_weaker_hash_is_recognized() {
        let params = Params::new(8_192, 1, 1, None).expect("valid");
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let phc = weak.hash_password_with_salt(b"an old password", &[1; 16]).expect("hashes").to_string();
        let verified = passwords().verify("an old password".into(), Some(phc)).await.expect("runs");
        assert_eq!(verified, Verified::RightButWeak);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let full = Passwords { admitted: Arc::new(Semaphore::new(0)), ..passwords() };
        assert!(matches!(full.hash("whatever it is".into()).await, Err(Error::Busy)));
        assert_eq!(full.queue().refused, 1);
    }

    #[tokio::test]
    async fn the_queue_tells_who_works_and_who_waits() {
        let passwords = passwords();
        let idle = Queue { running: 0, waiting: 0, refused: 0 };
        assert_eq!(passwords.queue(), idle);
        // Two are at work, and three come.
        let turns = Arc::clone(&passwords.running).acquire_many_owned(2).await.expect("turns");
        let admitted = Arc::clone(&passwords.admitted).acquire_many_owned(2).await.expect("room");
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let passwords = passwords.clone();
                tokio::spawn(async move { passwords.hash("correct horse battery".into()).await.is_ok() })
            })
            .collect();
        while passwords.admitted.available_permits() > 2 * (WAITING_PER_HASH + 1) - 5 {
            tokio::task::yield_now().await;
        }
        assert_eq!(passwords.queue(), Queue { running: 2, waiting: 3, refused: 0 });
        drop((turns, admitted));
        for hashed in waiting {
            assert!(hashed.await.expect("runs"));
        }
        assert_eq!(passwords.queue(), idle);
    }

    #[test]
    fn a_generated_password_is_strong_readable_and_never_the_same() {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..200 {
            let password = generate(&System);
            let groups: Vec<&str> = password.split('-').collect();
            assert!(groups.len() == 4 && groups.iter().all(|group| group.len() == 5), "{password}");
            assert!(password.bytes().all(|b| b == b'-' || READABLE.contains(&b)), "{password}");
            assert_eq!(strength(&password, &[]), Strength::Strong, "{password}");
            assert!(seen.insert(password));
        }
    }

    #[test]
    fn guessable_passwords_are_refused() {
        let own = ["Ada Lovelace", "ada@analytical.example", "Analytical Engines"];
        for (password, answer) in [
            ("short", Err(WeakPassword::TooShort)),
            ("passwordpassword", Err(WeakPassword::Guessable)),
            ("aaaaaaaaaaaaaaaaaaaa", Err(WeakPassword::Guessable)),
            ("qwertyuiopasdfghjkl", Err(WeakPassword::Guessable)),
            ("adalovelaceada123", Err(WeakPassword::Guessable)),
            ("analyticalengines", Err(WeakPassword::Guessable)),
            ("gravel-otter-ninth-plum", Ok(())),
            ("pâte à modeler bleue 7", Ok(())),
        ] {
            assert_eq!(judge(password, &own), answer, "{password}");
        }
    }
}
