//! Forms without JavaScript. A form posts to its own page and names its server function in `_fn`; that function is called
//! here just as the browser's WebAssembly would, and its answer becomes a redirect or the same page again, with what was
//! entered and what is wrong beside it.

use app::{
    problem::{Problem, ProblemKind},
    reply::Submitted,
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::collections::{HashMap, hash_map::Entry};

use super::{AppState, MAX_BODY, api, pages, plain, uploads};

/// Parameters of a URL that open a dialog or menu; a form that succeeded leaves it.
const DIALOG_PARAMS: [&str; 3] = ["dialog", "id", "menu"];

/// The field of a form whose dialog stays open when it succeeded.
const STAYS: &str = "_stays";

/// Runs the form that a page posted to itself.
pub(super) async fn submit(state: &AppState, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let kind = api::media_type(&parts.headers);
    let brings_files = kind == uploads::MULTIPART && uploads::takes_files(parts.uri.path());
    if kind != api::FORM && !brings_files {
        return plain::page(state, 415, "Not a form", "Only forms are read here. Nothing was changed.");
    }
    let Ok(body) = to_bytes(body, uploads::max_body(state, &parts).await).await else {
        return plain::page(state, 413, "Too much at once", &api::too_large().message);
    };
    let form = if brings_files {
        // What cannot be read names no function, and is refused as such below.
        uploads::read(&parts.headers, body).await.unwrap_or_default()
    } else {
        let pairs = serde_urlencoded::from_bytes(&body).unwrap_or_default();
        uploads::Read { pairs, files: Vec::new() }
    };
    let uploads::Read { mut pairs, files } = form;
    // The last one counts: a button may name another function than its form, and bring fields of its own.
    let function = pairs.iter().rev().find(|(name, _)| name == "_fn").map(|(_, path)| path.clone()).unwrap_or_default();
    let (function, of_button) = function.split_once('?').unwrap_or((&function, ""));
    let function = function.to_owned();
    pairs.extend(serde_urlencoded::from_str::<Vec<(String, String)>>(of_button).unwrap_or_default());
    let stays = pairs.iter().any(|(name, _)| name == STAYS);
    pairs.retain(|(name, _)| name != "_fn" && name != STAYS);
    let pairs = joined(pairs);
    let body = serde_urlencoded::to_string(&pairs).unwrap_or_default();
    let target: Option<Uri> = function.starts_with("/api/").then(|| function.parse().ok()).flatten();
    let Some(target) = target else {
        return plain::page(
            state,
            400,
            "Not a form of ours",
            "This form is not complete. Go back, reload the page and try again.",
        );
    };

    let answer = api::run(state, call_parts(&parts, target), body.into()).await;
    let (answered, body) = answer.into_parts();
    let body = to_bytes(body, MAX_BODY * 8).await.unwrap_or_default();
    let result = read(answered.status, &body);
    let cookies: Vec<HeaderValue> = answered.headers.get_all(header::SET_COOKIE).iter().cloned().collect();

    let mut response = match &result {
        Ok(reply) if reply.get("data").is_none_or(serde_json::Value::is_null) => {
            let page = if stays { whole(&parts.uri) } else { without_dialog(&parts.uri) };
            redirect(state, page, reply)
        }
        _ => {
            let back = |name: &String| !name.contains("password") && !files.contains(name);
            let values = pairs.into_iter().filter(|(name, _)| back(name)).collect::<HashMap<_, _>>();
            pages::render(state, parts, Some(Submitted { path: function, values, result })).await
        }
    };
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    if let Some(wait) = answered.headers.get(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    response
}

/// What stands in a form or URL more than once counts together.
pub(super) fn joined(pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut joined: Vec<(String, String)> = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        match places.entry(name.clone()) {
            Entry::Occupied(place) => {
                let all = &mut joined[*place.get()].1;
                all.push(',');
                all.push_str(&value);
            }
            Entry::Vacant(place) => {
                place.insert(joined.len());
                joined.push((name, value));
            }
        }
    }
    joined
}

/// The same caller, asking for the function instead of the page.
fn call_parts(page: &Parts, target: Uri) -> Parts {
    let mut parts = page.clone();
    parts.uri = target;
    parts.method = Method::POST;
    // Also where it came in several parts.
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(api::FORM));
    parts
}

fn read(status: StatusCode, body: &Bytes) -> Result<serde_json::Value, Problem> {
    let broken = || Problem::new(ProblemKind::Internal, "Something went wrong on our side. Nothing was changed.");
    if status.is_success() {
        serde_json::from_slice(body).map_err(|_| broken())
    } else {
        Err(serde_json::from_slice(body).unwrap_or_else(|_| broken()))
    }
}

/// Post, redirect, get: to where the answer leads, or to the page itself.
fn redirect(state: &AppState, page: String, reply: &serde_json::Value) -> Response {
    let next = reply.get("next").and_then(|n| n.as_str()).and_then(app::paths::local).unwrap_or(page);
    let mut response = Response::builder()
        .status(StatusCode::SEE_OTHER)
        .header(header::LOCATION, next)
        .body(Body::empty())
        .unwrap_or_default();
    let toast = reply.get("toast").and_then(|t| t.as_str()).map(encode);
    if let Some(cookie) = toast.and_then(|toast| pages::flash_cookie(state, &toast)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn whole(page: &Uri) -> String {
    page.path_and_query().and_then(|page| app::paths::local(page.as_str())).unwrap_or_else(|| "/".to_owned())
}

fn without_dialog(page: &Uri) -> String {
    let kept: Vec<&str> = page
        .query()
        .unwrap_or("")
        .split('&')
        .filter(|pair| !pair.is_empty() && !DIALOG_PARAMS.contains(&pair.split('=').next().unwrap_or("")))
        .collect();
    // A path of two slashes would lead to another site.
    let path = app::paths::local(page.path()).unwrap_or_else(|| "/".to_owned());
    if kept.is_empty() { path } else { format!("{path}?{}", kept.join("&")) }
}

pub(super) fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// The text of a flash cookie.
pub(super) fn decode(cookie: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(cookie).ok()?).ok().filter(|text| text.len() <= 500)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_is_left_and_the_rest_of_the_url_stays() {
        for (from, to) in [
            ("/o/a/users", "/o/a/users"),
            ("/o/a/users?dialog=add", "/o/a/users"),
            ("//evil.example/x?q=1", "/?q=1"),
            ("/o/a/users?q=x&dialog=edit&id=mem_1&sort=-name", "/o/a/users?q=x&sort=-name"),
        ] {
            assert_eq!(without_dialog(&from.parse().unwrap()), to);
        }
    }

    #[test]
    fn a_dialog_that_stays_keeps_the_url_but_never_leaves_the_site() {
        for (from, to) in [
            ("/o/a/users?q=x&dialog=views", "/o/a/users?q=x&dialog=views"),
            ("http://x.example/o/a?dialog=views", "/o/a?dialog=views"),
            ("//evil.example/x?dialog=views", "/"),
        ] {
            assert_eq!(whole(&from.parse().unwrap()), to);
        }
    }

    #[test]
    fn what_is_checked_more_than_once_counts_together() {
        let pairs = [("select", "a"), ("org", "x"), ("select", "b")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        let expected = [("select", "a,b"), ("org", "x")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(joined(pairs.to_vec()), expected);
    }

    #[test]
    fn a_toast_survives_its_cookie() {
        assert_eq!(decode(&encode("Zoë; is=an admin\n")).as_deref(), Some("Zoë; is=an admin\n"));
        assert_eq!(decode("%%%"), None);
    }
}
