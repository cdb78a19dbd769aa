//! From an event to what is asked: a page, or that time has passed.

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
};
use http::Uri;
use lambda_http::request::RequestContext;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};

/// What an event asks for.
#[derive(Debug)]
pub(super) enum Asked {
    /// A request of somebody's browser.
    Page(Box<Request>),
    /// That what is due is done.
    Tick,
}

/// What tells an event of a schedule: a rule of `EventBridge` (`aws.events`) or its scheduler (`aws.scheduler`).
#[derive(Deserialize)]
struct Scheduled {
    source: String,
    #[serde(rename = "detail-type")]
    kind: String,
}

/// Reads an event.
///
/// # Errors
/// One of another kind.
pub(super) fn read(event: &str) -> Result<Asked, lambda_http::Error> {
    if let Ok(Scheduled { source, kind }) = serde_json::from_str(event)
        && matches!(source.as_str(), "aws.events" | "aws.scheduler")
        && kind == "Scheduled Event"
    {
        return Ok(Asked::Tick);
    }
    let request = lambda_http::request::from_str(event).map_err(
        |_| "this is neither a scheduled event nor a request of a function URL or an HTTP API with payload format 2.0",
    )?;
    Ok(Asked::Page(Box::new(as_by_socket(request))))
}

/// The request as it would have come by a socket: its target without scheme and host, and the address of who asks, which the
/// event tells, beside it.
fn as_by_socket(request: lambda_http::Request) -> Request {
    let (mut parts, body) = request.into_parts();
    if let Some(target) = parts.uri.path_and_query() {
        parts.uri = Uri::from(target.clone());
    }
    if let Some(RequestContext::ApiGatewayV2(context)) = parts.extensions.get()
        && let Some(ip) = context.http.source_ip.as_deref().and_then(|ip| ip.parse::<IpAddr>().ok())
    {
        parts.extensions.insert(ConnectInfo(SocketAddr::new(ip, 0)));
    }
    let body = match body {
        lambda_http::Body::Empty => Body::empty(),
        lambda_http::Body::Text(text) => Body::from(text),
        lambda_http::Body::Binary(bytes) => Body::from(bytes),
        other => Body::from(other.to_vec()),
    };
    Request::from_parts(parts, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use serde_json::json;

    fn page(event: &serde_json::Value) -> Request {
        match read(&event.to_string()).unwrap() {
            Asked::Page(request) => *request,
            Asked::Tick => panic!("a tick"),
        }
    }

    #[tokio::test]
    async fn a_request_is_what_it_would_have_been_by_a_socket() {
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/o/acme/users", "rawQueryString": "q=a%20b&sort=name",
            "cookies": ["rollcall=token", "theme=dark"],
            "headers": { "host": "people.example.com", "content-type": "multipart/form-data; boundary=x", "x-forwarded-for": "198.51.100.1" },
            "requestContext": {
                "accountId": "anonymous", "apiId": "x", "domainName": "people.example.com", "domainPrefix": "people",
                "http": { "method": "POST", "path": "/o/acme/users", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9", "userAgent": "x" },
                "requestId": "1", "routeKey": "$default", "stage": "$default", "time": "27/Nov/2026:02:00:00 +0000", "timeEpoch": 1
            },
            "body": "AAH/", "isBase64Encoded": true
        });
        let (parts, body) = page(&event).into_parts();
        assert_eq!(
            (parts.method.as_str(), parts.uri.to_string().as_str()),
            ("POST", "/o/acme/users?q=a%20b&sort=name")
        );
        assert_eq!(parts.headers["cookie"], "rollcall=token; theme=dark");
        assert_eq!(parts.headers["host"], "people.example.com");
        let peer: &ConnectInfo<SocketAddr> = parts.extensions.get().unwrap();
        assert_eq!(peer.0.ip().to_string(), "203.0.113.9", "never the header's");
        assert_eq!(to_bytes(body, 10).await.unwrap().as_ref(), [0, 1, 255]);
    }

    #[test]
    fn scheduled_events_of_both_kinds_are_ticks() {
        for source in ["aws.events", "aws.scheduler"] {
            let event = json!({ "version": "0", "source": source, "detail-type": "Scheduled Event", "detail": {} });
            assert!(matches!(read(&event.to_string()).unwrap(), Asked::Tick), "{source}");
        }
    }

    #[test]
    fn other_events_are_refused_in_words() {
        for event in [
            json!({}),
            json!({ "Records": [{ "eventSource": "aws:sqs", "body": "x" }] }),
            json!({ "source": "aws.s3", "detail-type": "Scheduled Event" }),
            json!({ "source": "aws.events", "detail-type": "EC2 Instance State-change Notification" }),
        ] {
            let refused = read(&event.to_string()).unwrap_err().to_string();
            assert!(refused.contains("neither a scheduled event nor a request"), "{event}: {refused}");
        }
    }
}
