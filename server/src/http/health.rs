//! For load balancers and service managers.

use axum::{extract::State, http::StatusCode, response::IntoResponse};

use super::AppState;

/// The process lives.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers and has this release's schema, and the process was not told to end.
pub(super) async fn ready(State(state): State<AppState>) -> impl IntoResponse {
    if state.app.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match state.app.db().is_current().await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "the schema is of another release\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
