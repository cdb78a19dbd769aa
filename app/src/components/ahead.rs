//! Fetches the part behind a link while somebody points at it, so that it is there when they follow it.

use leptos::{
    ev,
    leptos_dom::helpers::TimeoutHandle,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::JsCast as _,
    web_sys::{Element, EventTarget, HtmlAnchorElement},
};
use std::time::Duration;

use crate::parts::Part;

/// How long somebody points at what they mean rather than pass over it.
const MEANT: Duration = Duration::from_millis(80);

/// Links that the browser follows itself, as to files, lead to no page of the console.
const LINKS: &str = "a[href]:not([download], [rel~=external], [target])";

/// Watches what is pointed at or focused from now on.
pub fn fetch_ahead() {
    let soon = StoredValue::new(None::<TimeoutHandle>);
    let aim = move |at: Option<EventTarget>| {
        if let Some(before) = soon.try_update_value(Option::take).flatten() {
            before.clear();
        }
        if let Some(part) = at.and_then(part_behind) {
            // What does not come now is asked for again when it is needed.
            let fetch = move || {
                spawn_local(async move {
                    let _ = part.load().await;
                });
            };
            soon.try_set_value(set_timeout_with_handle(fetch, MEANT).ok());
        }
    };
    Effect::new(move |_| {
        let pointed = window_event_listener(ev::pointerover, move |event| aim(event.target()));
        let focused = window_event_listener(ev::focusin, move |event| aim(event.target()));
        on_cleanup(move || {
            pointed.remove();
            focused.remove();
        });
    });
}

/// The part of the page to which a link leads, by something in it.
fn part_behind(target: EventTarget) -> Option<Part> {
    let link = target.dyn_into::<Element>().ok()?.closest(LINKS).ok()??;
    let link = link.dyn_into::<HtmlAnchorElement>().ok()?;
    let is_ours = window().location().origin().is_ok_and(|origin| origin == link.origin());
    is_ours.then(|| Part::of(&link.pathname(), &link.search())).flatten()
}
