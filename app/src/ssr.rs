//! What a request brings on the server: the application, who calls, and how to answer.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use service::{Caller, Error, Rollcall, Token};

use crate::problem::{Problem, ProblemKind};

/// The context of one request, provided by the server to pages and server functions alike.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// The application.
    pub rollcall: Rollcall,
    /// Who calls.
    pub caller: Caller,
    /// How the session cookie is named and flagged.
    pub cookies: Cookies,
    /// By what the request is found in the log.
    pub reference: Option<String>,
}

/// The session cookie: with the `__Host-` prefix and `Secure` where the public URL is https (S10).
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    /// Whether the public URL is https.
    pub secure: bool,
}

impl Cookies {
    /// The name of the session cookie.
    pub const fn session_name(self) -> &'static str {
        if self.secure { "__Host-rollcall" } else { "rollcall" }
    }
    fn set(self, name: &str, value: &str, max_age: Option<i64>, http_only: bool) -> String {
        let age = max_age.map(|s| format!("; Max-Age={s}")).unwrap_or_default();
        let secure = if self.secure { "; Secure" } else { "" };
        let http_only = if http_only { "; HttpOnly" } else { "" };
        format!("{name}={value}; Path=/; SameSite=Lax{http_only}{secure}{age}")
    }
}

/// The context of the request at hand.
///
/// # Errors
/// [`ProblemKind::Internal`] outside of a request, which is a defect of the server's set-up.
pub fn context() -> Result<RequestContext, Problem> {
    use_context::<RequestContext>()
        .ok_or_else(|| Problem::new(ProblemKind::Internal, "Something went wrong on our side."))
}

/// Sets the status of the answer.
pub fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

impl RequestContext {
    /// Passes a result on; an error becomes a problem and sets the status of the answer.
    ///
    /// # Errors
    /// The problem.
    pub fn answer<T>(&self, result: Result<T, Error>) -> Result<T, Problem> {
        result.map_err(|error| {
            let mut problem = Problem::from(error);
            problem.reference = self.reference.clone().filter(|_| problem.status() >= 500);
            set_status(problem.status());
            if let Some(seconds) = problem.retry_after_s {
                append_header(header::RETRY_AFTER, &seconds.to_string());
            }
            problem
        })
    }
    /// Signs the browser in.
    pub fn sign_in(&self, token: &Token) {
        let age = i64::try_from(self.rollcall.settings().session_absolute.as_secs()).ok();
        let cookie = self.cookies.set(self.cookies.session_name(), token.expose(), age, true);
        append_header(header::SET_COOKIE, &cookie);
    }
    /// Signs the browser out; what the browser holds of private pages goes as well.
    pub fn sign_out(&self) {
        append_header(header::SET_COOKIE, &self.cookies.set(self.cookies.session_name(), "", Some(0), true));
    }
    /// Keeps the choice of the theme for a year.
    pub fn keep_theme(&self, theme: crate::theme::Theme) {
        append_header(header::SET_COOKIE, &self.cookies.set("theme", theme.code(), Some(31_536_000), false));
    }
}

fn append_header(name: HeaderName, value: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
        response.append_header(name, value);
    }
}
