//! Forms that bring a file. The file becomes a field in URL-safe base64 and its name another one, and the form one like any
//! other.

use axum::{
    body::Bytes,
    http::{HeaderMap, header, request::Parts},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use futures::stream;
use model::import::MAX_BYTES;
use std::convert::Infallible;

use super::{AppState, MAX_BODY, context};

/// The media type of such a form.
pub(super) const MULTIPART: &str = "multipart/form-data";
/// The most fields of such a form.
const MAX_PARTS: usize = 20;

/// The largest body that brings a file to import, in bytes: in base64 it takes a third more.
const MAX_UPLOAD: usize = MAX_BYTES / 3 * 4 + (64 << 10);

/// How large the body of a request may be, in bytes. A file to import may be large, and nobody but who is signed in brings
/// one.
pub(super) async fn max_body(state: &AppState, parts: &Parts) -> usize {
    let path = parts.uri.path().trim_matches('/');
    let imports = matches!(path.split('/').collect::<Vec<_>>()[..], ["o", _, "import"] | ["api", "imports", "start"]);
    if imports && state.app.is_signed_in(&context::of(state, parts).caller).await { MAX_UPLOAD } else { MAX_BODY }
}

/// Whether the forms of a page may bring files. Everywhere else such a body is refused unread (S13).
pub(super) fn takes_files(path: &str) -> bool {
    let path: Vec<&str> = path.trim_matches('/').split('/').collect();
    matches!(path[..], ["o", _, "settings", "mail"] | ["o", _, "import"])
}

/// A form that was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    /// Every field.
    pub(super) pairs: Vec<(String, String)>,
    /// The names of those that are files: no page gets them back.
    pub(super) files: Vec<String>,
}

/// Reads the form; `None` for what is none.
pub(super) async fn read(headers: &HeaderMap, body: Bytes) -> Option<Read> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let boundary = multer::parse_boundary(kind).ok()?;
    let mut form = multer::Multipart::new(stream::iter([Ok::<_, Infallible>(body)]), boundary);
    let mut read = Read::default();
    while let Some(part) = form.next_field().await.ok()? {
        let name = part.name()?.to_owned();
        if read.pairs.len() >= MAX_PARTS {
            return None;
        }
        let value = if let Some(file_name) = part.file_name() {
            read.pairs.push((format!("{name}_name"), file_name.to_owned()));
            read.files.push(name.clone());
            BASE64.encode(part.bytes().await.ok()?)
        } else {
            String::from_utf8(part.bytes().await.ok()?.to_vec()).ok()?
        };
        read.pairs.push((name, value));
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_of(kind: &str, body: &str) -> Option<Read> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        read(&headers, Bytes::from(body.to_owned())).await
    }

    #[tokio::test]
    async fn a_file_becomes_a_field() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"org\"\r\n\r\nacme\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\nContent-Type: text/html\r\n\r\nPNG\r\n--x--\r\n";
        let form = read_of("multipart/form-data; boundary=x", body).await.unwrap();
        let expected = [("org", "acme"), ("logo_name", "a.png"), ("logo", "UE5H")];
        assert_eq!(form.pairs, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
        assert_eq!(form.files, ["logo"]);
    }

    #[tokio::test]
    async fn what_is_no_form_is_not_read() {
        let whole = "--x\r\nContent-Disposition: form-data; name=\"org\"\r\n\r\nacme\r\n--x--\r\n";
        for (kind, body) in [
            ("multipart/form-data", whole),
            ("multipart/form-data; boundary=y", whole),
            ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"org\"\r\n\r\nacme"),
            ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data\r\n\r\nacme\r\n--x--\r\n"),
            ("multipart/form-data; boundary=x", &whole.replace("--x--\r\n", "").repeat(MAX_PARTS + 1)),
        ] {
            assert_eq!(read_of(kind, body).await, None, "{kind} {body}");
        }
    }

    #[test]
    fn files_are_taken_by_two_pages_alone() {
        for (path, takes) in [
            ("/o/acme/settings/mail", true),
            ("/o/acme/settings/mail/", true),
            ("/o/acme/import", true),
            ("/o/acme/import/template.csv", false),
            ("/o/acme/users", false),
            ("/o/acme/settings/policies", false),
            ("/o/acme/settings/mail/logo", false),
            ("/settings/mail", false),
        ] {
            assert_eq!(takes_files(path), takes, "{path}");
        }
    }
}
