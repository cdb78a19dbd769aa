//! What colleagues change is seen without a reload: the server tells the revision of the organization's people, and what
//! shows them reads again when it has risen.

use futures::StreamExt as _;
use gloo_net::eventsource::futures::EventSource;
use leptos::{ev, prelude::*, task::spawn_local_scoped_with_cancellation, web_sys::VisibilityState};
use std::time::Duration;

use crate::{Reload, api::people::people_revision, paths};

/// How long to wait after the connection broke, and between two questions where there is none.
const ASK_EVERY: Duration = Duration::from_secs(3);
/// How many questions to ask before trying to listen again. Where no stream is held open, each try is a request for nothing.
const ASK_TIMES: u32 = 20;

/// Follows the organization while the page is seen; a page behind others neither listens nor asks.
pub fn follow(org: String) {
    let Some(Reload(reload)) = use_context::<Reload>() else { return };
    let seen = RwSignal::new(true);
    let known = StoredValue::new(None::<i64>);
    let heard = move |revision: i64| {
        let before = known.try_get_value().flatten();
        if before.is_some_and(|before| before != revision) {
            reload.try_update(|n| *n += 1);
        }
        known.try_set_value(Some(revision));
    };
    Effect::new(move |_| {
        let visible = window_event_listener(ev::visibilitychange, move |_| seen.set(is_seen()));
        on_cleanup(move || visible.remove());
    });
    Effect::new(move |_| {
        let org = org.clone();
        if !seen.get() {
            return;
        }
        // The listening ends when the page is left or no longer seen.
        spawn_local_scoped_with_cancellation(listen(org, heard));
    });
}

fn is_seen() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// Listens, and asks from time to time while nothing can be heard.
async fn listen(org: String, heard: impl Fn(i64)) {
    loop {
        let mut has_missed = true;
        if let Ok(mut source) = EventSource::new(&paths::live(&org))
            && let Ok(mut events) = source.subscribe("revision")
        {
            while let Some(Ok((_, event))) = events.next().await {
                if let Some(revision) = event.data().as_string().and_then(|data| data.parse().ok()) {
                    has_missed = false;
                    heard(revision);
                }
            }
        }
        for _ in 0..ASK_TIMES {
            // Where nothing was heard, what has changed since the page was made is asked for at once.
            if !has_missed {
                wait(ASK_EVERY).await;
            }
            has_missed = false;
            match people_revision(org.clone()).await {
                Ok(revision) => heard(revision),
                // Whoever may no longer listen is told so when the page reads again.
                Err(problem) if problem.status() < 429 => return heard(i64::MIN),
                Err(_) => {}
            }
        }
        wait(ASK_EVERY).await;
    }
}

/// Waits so long, in the browser.
pub(crate) async fn wait(time: Duration) {
    let (done, waited) = futures::channel::oneshot::channel::<()>();
    set_timeout(move || drop(done), time);
    let _ = waited.await;
}
