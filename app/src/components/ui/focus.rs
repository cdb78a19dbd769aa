//! A focus that is never lost: where the element that had it is gone, it goes to one that is told by its id.

use leptos::{prelude::*, wasm_bindgen::JsCast as _, web_sys::HtmlElement};
use std::time::Duration;

use super::once_settled;

/// How long after the page has settled it is looked once more, where what had the focus went late.
const LATE: Duration = Duration::from_millis(300);

/// Gives the focus to the element of an id, if nothing else has it once the page has settled.
pub fn refocus(id: String) {
    let look = move || {
        if !id.is_empty() && is_lost() {
            focus(&id);
        }
    };
    once_settled(look.clone());
    set_timeout(look, LATE);
}

/// Whether nothing has the focus.
pub(super) fn is_lost() -> bool {
    document().active_element().is_none_or(|active| active.tag_name() == "BODY")
}

/// Gives the focus to the element of an id, if there is one.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}
