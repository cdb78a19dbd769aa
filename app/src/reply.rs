//! What a form's server function answers when it went well, the same with and without JavaScript: what to say, where to
//! go on, and what to show.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use crate::problem::Problem;

/// The good answer to a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply<T = ()> {
    /// Shown as a toast.
    pub toast: Option<String>,
    /// Where to go on; the same page when absent.
    pub next: Option<String>,
    /// Whether who is signed in changed, so that nothing of the page may be kept.
    #[serde(default)]
    pub fresh: bool,
    /// What the page shows in the form's place.
    pub data: Option<T>,
}

impl<T> Reply<T> {
    /// Says something and stays.
    pub fn toast(text: impl Into<String>) -> Self {
        Self { toast: Some(text.into()), next: None, fresh: false, data: None }
    }
    /// Goes on elsewhere.
    pub fn go(next: impl Into<String>) -> Self {
        Self { toast: None, next: Some(next.into()), fresh: false, data: None }
    }
    /// Goes on elsewhere as somebody else.
    pub fn go_fresh(next: impl Into<String>) -> Self {
        Self { fresh: true, ..Self::go(next) }
    }
    /// Shows something in the form's place.
    pub fn show(data: T) -> Self {
        Self { toast: None, next: None, fresh: false, data: Some(data) }
    }
}

/// A form that was posted without JavaScript, and what became of it; the page is rendered around it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    /// The server function's path.
    pub path: String,
    /// What was entered, but for passwords.
    pub values: HashMap<String, String>,
    /// The answer.
    pub result: Result<serde_json::Value, Problem>,
}
