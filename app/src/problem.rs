//! What a server function answers instead of its result: a kind with its HTTP status, a sentence for the person, and
//! what is wrong with which field. The cause stays on the server.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// The kind of a refusal or failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// 422: entries need another look.
    Invalid,
    /// 401: nobody is signed in.
    NotSignedIn,
    /// 403: a password has to be chosen before anything opens (B5).
    PasswordDue,
    /// 403: not allowed.
    Forbidden,
    /// 404: not there, or not for you to know.
    NotFound,
    /// 409: does not fit the present state.
    Conflict,
    /// 410: was there once.
    Gone,
    /// 429: too many tries.
    TooMany,
    /// 503: busy, or the database is away, or its disk full.
    Unavailable,
    /// 500: a defect.
    Internal,
    /// The server could not be reached.
    Offline,
}

/// A refusal or failure, as it reaches the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which kind.
    pub kind: ProblemKind,
    /// For the person in front of the screen.
    pub message: String,
    /// What is wrong with which field.
    #[serde(default)]
    pub fields: Vec<(String, String)>,
    /// Seconds after which another try makes sense.
    #[serde(default)]
    pub retry_after_s: Option<u64>,
    /// By what a failure of ours is found in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl Problem {
    /// One without fields.
    pub fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), fields: Vec::new(), retry_after_s: None, reference: None }
    }
    pub(crate) fn incomplete() -> Self {
        Self::new(ProblemKind::Invalid, "This form was not complete. Reload the page and try again.")
    }
    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        match self.kind {
            ProblemKind::Invalid => 422,
            ProblemKind::NotSignedIn => 401,
            ProblemKind::Forbidden | ProblemKind::PasswordDue => 403,
            ProblemKind::NotFound => 404,
            ProblemKind::Conflict => 409,
            ProblemKind::Gone => 410,
            ProblemKind::TooMany => 429,
            ProblemKind::Unavailable | ProblemKind::Offline => 503,
            ProblemKind::Internal => 500,
        }
    }
    /// What is wrong with a field.
    pub fn of_field(&self, field: &str) -> Option<String> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, message)| message.clone())
    }
}

impl FromServerFnError for Problem {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => {
                Self::new(ProblemKind::Offline, "The server cannot be reached. Check your connection and try again.")
            }
            // What the server cannot read was sent so; what the browser cannot read was answered so.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => Self::incomplete(),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::incomplete(),
            _ => Self::new(ProblemKind::Internal, "Something went wrong on our side. Nothing was changed."),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(feature = "ssr")]
impl From<service::Error> for Problem {
    fn from(error: service::Error) -> Self {
        use service::Error as E;
        let kind = match &error {
            E::NotSignedIn => ProblemKind::NotSignedIn,
            E::PasswordDue => ProblemKind::PasswordDue,
            E::NotFound => ProblemKind::NotFound,
            E::Denied(model::Denial::State) | E::Conflict(_) => ProblemKind::Conflict,
            E::Denied(_) => ProblemKind::Forbidden,
            E::Invalid(_) => ProblemKind::Invalid,
            E::Gone(_) => ProblemKind::Gone,
            E::TooMany { .. } => ProblemKind::TooMany,
            E::Busy | E::Unavailable | E::Disk(_) | E::Interrupted | E::Unsettled => ProblemKind::Unavailable,
            E::Internal => ProblemKind::Internal,
        };
        let mut problem = Self::new(kind, error.to_string());
        match error {
            E::Invalid(fields) => problem.fields = fields.into_iter().map(|(f, m)| (f.to_owned(), m)).collect(),
            E::TooMany { retry_after_s } => problem.retry_after_s = Some(retry_after_s),
            E::Busy => problem.retry_after_s = Some(2),
            E::Interrupted => problem.retry_after_s = Some(0),
            _ => {}
        }
        problem
    }
}
