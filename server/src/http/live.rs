//! Server-Sent Events: the revision of an organization's people, now and at each change. The page reads its rows again by
//! itself, through the same server function as ever; nothing but the number leaves here.

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
    response::{
        Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{StreamExt as _, stream};
use std::{convert::Infallible, time::Duration};

use super::{AppState, api, context, respond};

/// A sign of life, so that proxies keep the connection.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

/// `GET /live/{org}`
pub(super) async fn revisions(State(state): State<AppState>, Path(org): Path<String>, request: Request) -> Response {
    if !state.live_updates {
        // After this very answer a browser does not come again by itself, and the page asks instead.
        return respond(StatusCode::NO_CONTENT);
    }
    let (parts, _) = request.into_parts();
    let caller = context::of(&state, &parts).caller;
    let rollcall = state.app.clone();
    let watching = match rollcall.watch(caller, org).await {
        Ok(watching) => watching,
        Err(error) => return api::refusal(&error.into()),
    };
    let first = watching.now();
    let events = stream::unfold((watching, Some(first)), move |(mut watching, first)| {
        let rollcall = rollcall.clone();
        async move {
            let revision = match first {
                Some(revision) => revision,
                None => watching.next(&rollcall).await?,
            };
            let event = Event::default().event("revision").data(revision.to_string());
            Some((Ok::<_, Infallible>(event), (watching, None)))
        }
    });
    respond(Sse::new(events.fuse()).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)))
}
