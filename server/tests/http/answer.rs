//! What came back, and ways to look at it.

use app::problem::Problem;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// Itself, if it has the status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:?}\n{}", self.headers, self.body);
        self
    }

    /// A header, or an empty text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where a redirect leads.
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        assert!(matches!(self.status, 302 | 303), "{} is no redirect\n{}", self.status, self.body);
        self.header("location")
    }

    /// The cookies that it sets.
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// The body as JSON of a type.
    #[track_caller]
    pub(crate) fn parsed<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}\n{}", self.body))
    }

    /// The problem of a call that failed.
    #[track_caller]
    pub(crate) fn problem(&self) -> Problem {
        let problem: Problem = self.parsed();
        assert_eq!(problem.status(), self.status);
        problem
    }

    /// What a call that was refused says, whatever its status.
    #[track_caller]
    pub(crate) fn problem_text(&self) -> String {
        self.parsed::<Problem>().message
    }

    /// The names of the fields that are wrong.
    #[track_caller]
    pub(crate) fn wrong_fields(&self) -> Vec<String> {
        self.problem().fields.into_iter().map(|(field, _)| field).collect()
    }

    /// The toast of a call that went well.
    #[track_caller]
    pub(crate) fn toast(&self) -> String {
        let reply: serde_json::Value = self.parsed();
        reply["toast"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether a text stands on the page.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.body.contains(&escaped(text))
    }

    /// What stands on the page between a field and the next one.
    #[track_caller]
    pub(crate) fn beside(&self, field: &str) -> &str {
        let name = format!(" name=\"{field}\"");
        let at = self.body.find(&name).unwrap_or_else(|| panic!("no field {field}\n{}", self.body));
        let rest = &self.body[at + name.len()..];
        let end = rest.find(" name=\"").unwrap_or(rest.len());
        &rest[..end]
    }

    /// What stands in a field when the page opens.
    #[track_caller]
    pub(crate) fn value_of(&self, field: &str) -> String {
        let beside = self.beside(field);
        let tag = &beside[..beside.find('>').unwrap()];
        let value = tag.split_once(" value=\"").map_or("", |(_, rest)| rest.split('"').next().unwrap());
        value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }

    /// The nonce of the page's policy.
    #[track_caller]
    pub(crate) fn nonce(&self) -> &str {
        let policy = self.header("content-security-policy");
        policy.split_once("'nonce-").and_then(|(_, rest)| rest.split('\'').next()).unwrap_or_else(|| panic!("{policy}"))
    }
}

/// A text as it stands in HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
