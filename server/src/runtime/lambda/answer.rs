//! From a response to the answer of an invocation: whole, as JSON that holds it, or as a stream.

use axum::{
    body::{BodyDataStream, to_bytes},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use lambda_http::{
    Body,
    aws_lambda_events::apigw::ApiGatewayV2httpResponse,
    lambda_runtime::{FunctionResponse, MetadataPrelude, StreamResponse},
};
use serde::Serialize;

/// What Lambda takes as one whole answer, in bytes, less some for what stands around the body.
const LARGEST_WHOLE: usize = 6 * 1024 * 1024 - 64 * 1024;
/// What is said in place of a larger one.
const TOO_LARGE: &str =
    "This is more than this installation can send at once. Whoever runs it can turn streaming on.\n";

/// How answers leave. An event does not say how its caller waits, so the operator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// For HTTP APIs, and function URLs whose invoke mode is `BUFFERED`.
    Whole,
    /// For function URLs whose invoke mode is `RESPONSE_STREAM`.
    Streamed,
}

/// The answer of an invocation.
pub(super) type Answer = FunctionResponse<Whole, BodyDataStream>;

/// An answer in one piece.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Whole {
    /// To a request.
    Page(Box<ApiGatewayV2httpResponse>),
    /// To whoever reads what became of a scheduled event.
    Told(serde_json::Value),
}

/// Makes a response the answer.
///
/// # Errors
/// A body that breaks off.
pub(super) async fn of(response: Response, mode: Mode) -> Result<Answer, lambda_http::Error> {
    let (parts, body) = response.into_parts();
    let (headers, cookies) = split(&parts.headers);
    if mode == Mode::Streamed {
        let metadata_prelude = MetadataPrelude { status_code: parts.status, headers, cookies };
        let stream = body.into_data_stream();
        return Ok(FunctionResponse::StreamingResponse(StreamResponse { metadata_prelude, stream }));
    }
    let (body, is_base64_encoded) = match String::from_utf8(to_bytes(body, usize::MAX).await?.to_vec()) {
        Ok(text) => (text, false),
        Err(bytes) => (BASE64.encode(bytes.as_bytes()), true),
    };
    let mut page = ApiGatewayV2httpResponse::default();
    if body.len() > LARGEST_WHOLE {
        tracing::error!(
            http.body = body.len(),
            "an answer is too large to leave whole; set ROLLCALL_LAMBDA_STREAMING and the invoke mode RESPONSE_STREAM"
        );
        page.status_code = StatusCode::INTERNAL_SERVER_ERROR.as_u16().into();
        page.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        page.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        page.body = Some(Body::Text(TOO_LARGE.to_owned()));
    } else {
        page.status_code = parts.status.as_u16().into();
        (page.headers, page.cookies) = (headers, cookies);
        page.is_base64_encoded = is_base64_encoded;
        page.body = (!body.is_empty()).then_some(Body::Text(body));
    }
    Ok(FunctionResponse::BufferedResponse(Whole::Page(Box::new(page))))
}

/// The headers, each with all its values in one, since an answer holds one of each; and the cookies, which cannot be joined.
fn split(all: &HeaderMap) -> (HeaderMap, Vec<String>) {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let cookies = all.get_all(header::SET_COOKIE).iter().map(text).collect();
    let mut headers = HeaderMap::with_capacity(all.keys_len());
    for name in all.keys().filter(|name| **name != header::SET_COOKIE) {
        let values: Vec<String> = all.get_all(name).iter().map(text).collect();
        if let Ok(value) = HeaderValue::from_str(&values.join(", ")) {
            headers.insert(name, value);
        }
    }
    (headers, cookies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body as Bytes;
    use futures::StreamExt as _;
    use serde_json::{Value, json};

    fn response(body: impl Into<Bytes>) -> Response {
        let mut response = Response::new(body.into());
        for (name, value) in [
            ("set-cookie", "a=1; Path=/"),
            ("set-cookie", "b=2; Path=/"),
            ("vary", "accept-encoding"),
            ("vary", "cookie"),
            ("content-type", "text/csv"),
        ] {
            response.headers_mut().append(name, HeaderValue::from_static(value));
        }
        response
    }

    async fn whole(body: impl Into<Bytes>) -> Value {
        match of(response(body), Mode::Whole).await.unwrap() {
            FunctionResponse::BufferedResponse(whole) => serde_json::to_value(whole).unwrap(),
            FunctionResponse::StreamingResponse(_) => panic!("a stream"),
        }
    }

    #[tokio::test]
    async fn text_stays_text_and_bytes_travel_in_base64() {
        // The mark at the beginning is what makes a spreadsheet read the letters well.
        for (body, told, encoded) in [
            ("\u{feff}Zoë,1\r\n".as_bytes().to_vec(), json!("\u{feff}Zoë,1\r\n"), false),
            (vec![0, 1, 255], json!("AAH/"), true),
        ] {
            let answer = whole(body).await;
            assert_eq!((&answer["body"], &answer["isBase64Encoded"]), (&told, &json!(encoded)));
        }
        assert_eq!(whole("").await.get("body"), None);
    }

    #[tokio::test]
    async fn every_cookie_is_kept_and_every_value_of_a_header() {
        let answer = whole("x").await;
        assert_eq!(answer["statusCode"], 200);
        assert_eq!(answer["cookies"], json!(["a=1; Path=/", "b=2; Path=/"]));
        assert_eq!(answer["headers"], json!({ "vary": "accept-encoding, cookie", "content-type": "text/csv" }));
    }

    #[tokio::test]
    async fn what_is_too_large_says_so_in_place_of_breaking_off() {
        let answer = whole(vec![255; LARGEST_WHOLE]).await;
        assert_eq!(answer["statusCode"], 500);
        assert_eq!(answer["body"], TOO_LARGE);
        assert_eq!(answer["cookies"], json!([]));
        let fits = whole(vec![255; LARGEST_WHOLE / 4 * 3]).await;
        assert_eq!(fits["statusCode"], 200);
    }

    #[tokio::test]
    async fn a_stream_begins_with_status_headers_and_cookies() {
        let FunctionResponse::StreamingResponse(answer) = of(response("whole"), Mode::Streamed).await.unwrap() else {
            panic!("no stream")
        };
        let StreamResponse { metadata_prelude: told, stream } = answer;
        assert_eq!((told.status_code, told.cookies.len()), (StatusCode::OK, 2));
        assert_eq!(told.headers["vary"], "accept-encoding, cookie");
        assert!(!told.headers.contains_key("set-cookie"));
        let pieces: Vec<_> = stream.map(Result::unwrap).collect().await;
        assert_eq!(pieces.concat(), b"whole");
    }
}
