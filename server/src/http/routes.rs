//! The template of a request's route: `/o/{org}/users/{id}` for all people of all organizations. There are only so many
//! of them, and none holds an id or a token.

use axum::{
    extract::MatchedPath,
    http::{Method, Uri},
};
use std::{collections::HashSet, sync::LazyLock};

/// Stands for every address that is none.
pub(super) const UNMATCHED: &str = "unmatched";

/// Where server functions are called.
pub(super) const FUNCTIONS: &str = "/api/{*function}";

/// Folders of files, whose services axum does not name.
const FOLDERS: [(&str, &str); 2] = [("/pkg/", "/pkg/{*file}"), ("/fonts/", "/fonts/{*file}")];

/// What is known of a request before it is answered.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) uri: Uri,
    /// Of the router; the pages are Leptos's.
    pub(super) matched: Option<MatchedPath>,
}

/// The pages, known from the first request on that is to be named.
static PAGES: LazyLock<matchit::Router<String>> = LazyLock::new(|| {
    let mut pages = matchit::Router::new();
    for page in leptos_axum::generate_route_list(app::App) {
        // A template that is there twice is the same one.
        let _ = pages.insert(page.path(), page.path().to_owned());
    }
    pages
});

/// The server functions.
static KNOWN: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect());

impl Asked {
    /// The template.
    pub(super) fn route(&self) -> &str {
        let path = self.uri.path();
        match &self.matched {
            Some(matched) if matched.as_str() == FUNCTIONS => KNOWN.get(path).copied().unwrap_or(FUNCTIONS),
            Some(matched) => matched.as_str(),
            None => match FOLDERS.iter().find(|(folder, _)| path.starts_with(folder)) {
                Some((_, template)) => template,
                None => PAGES.at(path).map_or(UNMATCHED, |page| page.value.as_str()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_named_by_their_templates() {
        let _ = any_spawner::Executor::init_tokio();
        for (path, template) in [
            ("/", "/"),
            ("/login", "/login"),
            ("/invite/aSecretToken", "/invite/{token}"),
            ("/o/engines", "/o/{org}"),
            ("/o/engines/users", "/o/{org}/users"),
            ("/o/engines/users/new", "/o/{org}/users/new"),
            ("/o/engines/users/mem_1", "/o/{org}/users/{id}"),
            ("/o/engines/login/request", "/o/{org}/login/request"),
            ("/o/engines/no/such/page", "/o/{org}/{*any}"),
            ("/pkg/1/rollcall.css", "/pkg/{*file}"),
            ("/wp-login.php", UNMATCHED),
            ("//invite/aSecretToken", UNMATCHED),
        ] {
            let asked = Asked { method: Method::GET, uri: path.parse().unwrap(), matched: None };
            assert_eq!(asked.route(), template, "{path}");
        }
    }
}
