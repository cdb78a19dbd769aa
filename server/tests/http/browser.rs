//! A browser: a cookie jar, the headers that browsers send, and both ways of sending a form.

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header, response::Parts},
};
use http_body_util::BodyExt as _;
use model::people::{PeoplePage, PeopleQuery, PersonProfile, PersonRow, Tab};
use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};
use tower::ServiceExt as _;

use crate::answer::Answer;

/// What a form holds, field by field.
pub(crate) type Pairs<'a> = &'a [(&'a str, &'a str)];

/// The media type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// One browser; clones share the cookies.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    router: Router,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    headers: HeaderMap,
    peer: IpAddr,
}

impl Browser {
    /// One that looks at the installation of an origin.
    pub(crate) fn of(router: Router, origin: &str) -> Self {
        let host = origin.split_once("//").map_or("", |(_, host)| host);
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (header::HOST, host),
            (header::ORIGIN, origin),
            (header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64) Test"),
            (HeaderName::from_static("sec-fetch-site"), "same-origin"),
        ] {
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        Self { router, cookies: Arc::default(), headers, peer: IpAddr::from([203, 0, 113, 9]) }
    }

    /// The same, with another value of a header.
    pub(crate) fn with(&self, name: &'static str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        other
    }

    /// The same, on an installation that was started anew.
    pub(crate) fn on(&self, app: &crate::app::TestApp) -> Self {
        Self { router: app.browser().router, ..self.clone() }
    }

    /// The same, without a header.
    pub(crate) fn without(&self, name: &'static str) -> Self {
        let mut other = self.clone();
        other.headers.remove(HeaderName::from_static(name));
        other
    }

    /// The same, connected from another address.
    pub(crate) fn at_address(&self, ip: &str) -> Self {
        Self { peer: ip.parse().unwrap(), ..self.clone() }
    }

    /// Another browser that was given the same cookies.
    pub(crate) fn fork(&self) -> Self {
        let cookies = self.cookies.lock().unwrap().clone();
        Self { cookies: Arc::new(Mutex::new(cookies)), ..self.clone() }
    }

    /// A cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Puts a cookie into the jar.
    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// The text of the session cookie.
    pub(crate) fn session(&self) -> String {
        self.cookie("rollcall").expect("somebody is signed in")
    }

    /// Opens a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, String::new()).await
    }

    /// Calls a server function as the browser's code does.
    pub(crate) async fn call(&self, function: &str, pairs: Pairs<'_>) -> Answer {
        let body = serde_urlencoded::to_string(pairs).unwrap();
        let browser = self.with("accept", "application/json");
        browser.send(Method::POST, function, Some(FORM), body).await
    }

    /// Calls a server function that reads JSON.
    pub(crate) async fn call_json(&self, function: &str, body: &serde_json::Value) -> Answer {
        let browser = self.with("accept", "application/json");
        browser.send(Method::POST, function, Some("application/json"), body.to_string()).await
    }

    /// Posts a form to its page, as a browser without JavaScript does.
    pub(crate) async fn submit(&self, page: &str, function: &str, pairs: Pairs<'_>) -> Answer {
        let all: Vec<(&str, &str)> = std::iter::once(("_fn", function)).chain(pairs.iter().copied()).collect();
        let browser = self.with("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        browser.send(Method::POST, page, Some(FORM), serde_urlencoded::to_string(all).unwrap()).await
    }

    /// Posts a form with a file to its page, as every browser does.
    pub(crate) async fn upload(
        &self,
        page: &str,
        function: &str,
        pairs: Pairs<'_>,
        file: (&str, &str, &[u8]),
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in std::iter::once(&("_fn", function)).chain(pairs) {
            body.extend(format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        let (field, name, bytes) = file;
        let head = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n"
        );
        body.extend([head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat());
        let browser = self.with("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        browser.send(Method::POST, page, Some("multipart/form-data; boundary=x"), body).await
    }

    /// Sends any request.
    pub(crate) async fn send(&self, method: Method, path: &str, kind: Option<&str>, body: impl Into<Body>) -> Answer {
        let (parts, body) = self.begin(method, path, kind, body.into()).await;
        let body = body.collect().await.unwrap().to_bytes();
        let answer = Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        self.keep(&answer);
        answer
    }

    /// Opens a stream of events; the body is read as it comes.
    pub(crate) async fn listen(&self, path: &str) -> (u16, Body) {
        let (parts, body) = self.begin(Method::GET, path, None, Body::empty()).await;
        (parts.status.as_u16(), body)
    }

    async fn begin(&self, method: Method, path: &str, kind: Option<&str>, body: Body) -> (Parts, Body) {
        let mut request = Request::builder().method(method).uri(path).body(body).unwrap();
        *request.headers_mut() = self.headers.clone();
        if let Some(kind) = kind {
            request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap());
        }
        let cookies: Vec<String> =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, HeaderValue::from_str(&cookies.join("; ")).unwrap());
        }
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.peer, 50_000)));
        self.router.clone().oneshot(request).await.unwrap().into_parts()
    }

    fn keep(&self, answer: &Answer) {
        let mut jar = self.cookies.lock().unwrap();
        for cookie in answer.set_cookies() {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// A page of the list.
    pub(crate) async fn list(&self, org: &str, query: &PeopleQuery) -> PeoplePage {
        let body = serde_json::json!({ "org": org, "query": query });
        self.call_json("/api/people/page", &body).await.expect(200).parsed()
    }

    /// The rows of a tab.
    pub(crate) async fn rows(&self, org: &str, tab: Tab) -> Vec<PersonRow> {
        self.list(org, &PeopleQuery { tab, ..PeopleQuery::default() }).await.rows
    }

    /// A profile.
    pub(crate) async fn profile(&self, org: &str, id: &str) -> PersonProfile {
        self.call("/api/people/profile", &[("org", org), ("id", id)]).await.expect(200).parsed()
    }
}
