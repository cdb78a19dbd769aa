//! How an open menu is left: by a click elsewhere, by choosing, or by Escape.

use leptos::{
    ev,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{Element, HtmlElement},
};

use super::focus::is_lost;

/// What becomes of an open menu when something in it is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choosing {
    /// It closes.
    Closes,
    /// It stays: more than one thing may be chosen.
    Stays,
}

/// Closes the open menu when somebody clicks elsewhere, chooses, or presses Escape. `open` finds it, if one is: an element
/// with the button and, beside it, the `.menu-panel`. A focus that would be lost with the panel goes back to the button.
pub fn close_from_outside(
    open: impl Fn() -> Option<Element> + Copy + 'static,
    choosing: Choosing,
    close: impl Fn() + Copy + 'static,
) {
    let leave = move || {
        if let Some(menu) = open() {
            let inside = document().active_element().is_some_and(|active| menu.contains(Some(&active)));
            close();
            if let (true, Ok(Some(button))) = (inside || is_lost(), menu.query_selector("summary, button")) {
                let _ = button.unchecked_into::<HtmlElement>().focus();
            }
        }
    };
    Effect::new(move |_| {
        let clicks = window_event_listener(ev::click, move |event| {
            let Some(menu) = open() else { return };
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let Some(target) = target.filter(|target| menu.contains(Some(target))) else { return close() };
            let chosen = target.closest(".menu-panel").is_ok_and(|panel| panel.is_some());
            if chosen && choosing == Choosing::Closes {
                // The choice is a link or a button, and has to be there until it has done its work.
                request_animation_frame(leave);
            }
        });
        let keys = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                leave();
            }
        });
        on_cleanup(move || {
            clicks.remove();
            keys.remove();
        });
    });
}
