//! Waiting until the page stands still.

use leptos::prelude::*;

/// Does something once views, the router and dialogs have done their work: in the frame after the next.
pub fn once_settled(work: impl FnOnce() + 'static) {
    request_animation_frame(move || request_animation_frame(work));
}
