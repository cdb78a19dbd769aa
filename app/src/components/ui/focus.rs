//! A focus that is never lost: where the element that had it is gone, it goes to one that is told by its id.

use leptos::{prelude::*, wasm_bindgen::JsCast as _, web_sys::HtmlElement};

/// Gives the focus to the element of an id, if nothing else has it once the page has settled.
pub fn refocus(id: String) {
    request_animation_frame(move || {
        request_animation_frame(move || {
            let lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
            if lost && !id.is_empty() {
                focus(&id);
            }
        });
    });
}

/// Gives the focus to the element of an id, if there is one.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}
