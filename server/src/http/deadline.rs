//! No request is waited for without end.

use app::problem::{Problem, ProblemKind};
use axum::{extract::Request, middleware::Next, response::Response};
use std::time::Duration;

use super::{api, observe};

/// For how long. A statement of PostgreSQL is given up before that, and says why.
const LIMIT: Duration = Duration::from_secs(30);
/// What is given up may have been waiting for word of its commit.
const LATE: &str = "This took too long. It may have been done all the same: look before you try again.";

/// Answers in time, if only that there is no answer: to a server function as JSON, otherwise as a page.
pub(super) async fn keep(page: impl FnOnce(&str) -> Response, request: Request, next: Next) -> Response {
    let is_function = request.uri().path().starts_with("/api/");
    if let Ok(response) = tokio::time::timeout(LIMIT, next.run(request)).await {
        return response;
    }
    tracing::error!("a request took too long");
    if is_function {
        let late = Problem::new(ProblemKind::Unavailable, LATE);
        api::refusal(&Problem { reference: observe::reference(), ..late })
    } else {
        page(LATE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{
        Router,
        body::{Body, to_bytes},
        middleware::from_fn,
        routing::get,
    };
    use http::StatusCode;
    use tower::ServiceExt as _;

    async fn ask(path: &str) -> (StatusCode, String) {
        let page = |text: &str| Response::builder().status(503).body(Body::from(format!("<p>{text}"))).unwrap();
        let router = Router::new()
            .route("/quick", get(async || "here"))
            .route("/slow", get(std::future::pending::<()>))
            .route("/api/slow", get(std::future::pending::<()>))
            .layer(from_fn(move |request, next| keep(page, request, next)));
        let answer = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        (parts.status, String::from_utf8(to_bytes(body, 1_000).await.unwrap().to_vec()).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_says_so_to_whoever_asked() {
        let began = tokio::time::Instant::now();
        assert_eq!(ask("/quick").await, (StatusCode::OK, "here".to_owned()));
        assert_eq!(ask("/slow").await, (StatusCode::SERVICE_UNAVAILABLE, format!("<p>{LATE}")));
        let (status, body) = ask("/api/slow").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        let problem: Problem = serde_json::from_str(&body).unwrap();
        assert_eq!((problem.kind, problem.message.as_str()), (ProblemKind::Unavailable, LATE));
        assert_eq!(began.elapsed(), LIMIT * 2);
    }
}
