//! How far a page was scrolled, for going back to it. The browser cannot know it by itself where rows come later.

use leptos::{ev, prelude::*};

use super::ui::once_settled;

/// The latest scroll position of each page that keeps it, by URL, and whether the browser's Back or Forward led here.
#[derive(Debug, Clone, Copy)]
struct Scrolls {
    at: StoredValue<Option<(String, f64)>>,
    went_back: StoredValue<bool>,
}

/// For all pages.
pub fn provide_scrolls() {
    let scrolls = Scrolls { at: StoredValue::new(None), went_back: StoredValue::new(false) };
    provide_context(scrolls);
    Effect::new(move |_| {
        let back = window_event_listener(ev::popstate, move |_| scrolls.went_back.set_value(true));
        let on = window_event_listener(ev::click, move |_| scrolls.went_back.set_value(false));
        on_cleanup(move || {
            back.remove();
            on.remove();
        });
    });
}

/// Keeps how far this page is scrolled, and returns there if the browser's Back leads to the same URL.
pub fn keep_scroll(here: Signal<String>) {
    let Some(scrolls) = use_context::<Scrolls>() else { return };
    Effect::new(move |_| {
        let was =
            scrolls.at.get_value().filter(|(url, _)| scrolls.went_back.get_value() && *url == here.get_untracked());
        if let Some((_, y)) = was {
            // After the router has scrolled to the top.
            once_settled(move || window().scroll_to_with_x_and_y(0.0, y));
        }
        let watch = window_event_listener(ev::scroll, move |_| {
            let y = window().scroll_y().unwrap_or_default();
            let _ = here.try_get_untracked().map(|url| scrolls.at.set_value(Some((url, y))));
        });
        on_cleanup(move || watch.remove());
    });
}

/// Does something to the page that may move its rows, and scrolls so that the element which matches the selector stays
/// where it is on the screen.
pub fn anchored(selector: &str, work: impl FnOnce()) {
    let anchor = document().query_selector(selector).ok().flatten();
    let before = anchor.as_ref().map(|element| element.get_bounding_client_rect().top());
    work();
    if let Some((anchor, before)) = anchor.zip(before) {
        request_animation_frame(move || {
            if anchor.is_connected() {
                window().scroll_by_with_x_and_y(0.0, anchor.get_bounding_client_rect().top() - before);
            }
        });
    }
}
