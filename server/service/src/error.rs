//! What a use case can answer instead of its result. Every text is for the person in front of the screen; causes go to
//! the log (S61).

use model::{Denial, rules::AcceptError};
use store::{DiskFault, StoreError};

/// A refusal or a failure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the session is over.
    #[error("Sign in to continue.")]
    NotSignedIn,
    /// Whoever calls has a temporary password and has to choose one first (B5).
    #[error("Choose a password of your own first.")]
    PasswordDue,
    /// Not there, or in another organization (S44).
    #[error("We could not find this page.")]
    NotFound,
    /// The model denied it.
    #[error("{0}")]
    Denied(Denial),
    /// Entered values that cannot be used, by field.
    #[error("Some entries need another look.")]
    Invalid(Vec<(&'static str, String)>),
    /// It does not fit the present state.
    #[error("{0}")]
    Conflict(String),
    /// It was there once: an expired, revoked or used link.
    #[error("{0}")]
    Gone(String),
    /// Too many tries.
    #[error("Too many attempts. Try again {}.", wait_words(*.retry_after_s))]
    TooMany {
        /// Seconds until the next try counts.
        retry_after_s: u64,
    },
    /// More people sign in at once than this server hashes passwords for.
    #[error("Many people are signing in right now. Try again in a few seconds.")]
    Busy,
    /// The database does not answer; nothing was lost or done.
    #[error("The database is not available right now. Nothing was changed; try again in a moment.")]
    Unavailable,
    /// The disk below the database fails; nothing was lost or done.
    #[error("{} Nothing was changed; tell whoever runs this server, and try again later.", disk_words(*.0))]
    Disk(DiskFault),
    /// The database took back what was begun, in favor of others or because the connection was lost; nothing was done, and
    /// the same may go well at once.
    #[error("The database was interrupted. Nothing was changed; try again in a moment.")]
    Interrupted,
    /// The connection was lost while the database was writing.
    #[error(
        "The database was interrupted while saving this. Reload to see whether it was saved, before you try again."
    )]
    Unsettled,
    /// A defect; the cause is in the log.
    #[error("Something went wrong on our side. Nothing was changed.")]
    Internal,
}

fn wait_words(seconds: u64) -> String {
    match seconds {
        0..=90 => "in a minute".to_owned(),
        s => format!("in {} minutes", s.div_ceil(60)),
    }
}

const fn disk_words(fault: DiskFault) -> &'static str {
    match fault {
        DiskFault::Full => "The disk of this server is full.",
        DiskFault::ReadOnly => "The disk of this server can only be read right now.",
        DiskFault::Failing => "The disk of this server cannot be written to right now.",
        DiskFault::Damaged => "The database of this server is damaged.",
    }
}

impl Error {
    /// One field that cannot be used.
    pub fn field(field: &'static str, message: impl ToString) -> Self {
        Self::Invalid(vec![(field, message.to_string())])
    }

    /// Whether it is the database that did not answer, which may in a moment.
    pub(crate) const fn may_pass(&self) -> bool {
        matches!(self, Self::Unavailable | Self::Interrupted | Self::Unsettled)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        use std::error::Error as _;
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        match error {
            error if error.may_be_repeated() => {
                tracing::warn!(error.cause = %cause, "the database was interrupted");
                Self::Interrupted
            }
            StoreError::Unsettled(_) => {
                tracing::error!(error.cause = %cause, "the connection to the database was lost while it was writing");
                Self::Unsettled
            }
            StoreError::Unavailable(_) => {
                tracing::error!(error.cause = %cause, "the database is not available");
                Self::Unavailable
            }
            StoreError::Disk(fault, _) => {
                tracing::error!(error.cause = %cause, "{fault}");
                Self::Disk(fault)
            }
            StoreError::Taken => Self::Conflict("Somebody else just did the same. Reload to see it.".to_owned()),
            error => {
                tracing::error!(error.message = %error, error.cause = %cause, "the store failed");
                Self::Internal
            }
        }
    }
}

impl From<AcceptError> for Error {
    fn from(error: AcceptError) -> Self {
        let words = error.to_string();
        match error {
            // The link is over.
            AcceptError::Expired | AcceptError::Revoked | AcceptError::Superseded | AcceptError::Used => {
                Self::Gone(words)
            }
            // It may be good for somebody else, or another time.
            AcceptError::WrongAccount | AcceptError::Archived | AcceptError::InviterLostRight => Self::Conflict(words),
        }
    }
}

impl From<Denial> for Error {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::NotFound => Self::NotFound,
            denial => Self::Denied(denial),
        }
    }
}

/// Collects what is wrong with several fields, so that a person sees all of it at once.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(&'static str, String)>);

impl Fields {
    /// The value, or a note of what is wrong with its field.
    pub(crate) fn take<T, E: ToString>(&mut self, field: &'static str, result: Result<T, E>) -> Option<T> {
        result.map_err(|e| self.0.push((field, e.to_string()))).ok()
    }
    /// Notes where a password that has to be proven was left empty.
    pub(crate) fn current_password(&mut self, field: &'static str, password: &str) {
        if password.is_empty() {
            self.0.push((field, "Enter your current password.".to_owned()));
        }
    }
    /// A name of two fields.
    pub(crate) fn name(
        &mut self,
        result: Result<model::PersonName, (model::name::NamePart, model::name::InvalidName)>,
    ) -> Option<model::PersonName> {
        result
            .map_err(|(part, error)| {
                let field = match part {
                    model::name::NamePart::First => "first_name",
                    model::name::NamePart::Last => "last_name",
                };
                self.0.push((field, error.to_string()));
            })
            .ok()
    }
    /// Refuses when anything was noted.
    pub(crate) fn check(&mut self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(std::mem::take(&mut self.0))) }
    }
}
