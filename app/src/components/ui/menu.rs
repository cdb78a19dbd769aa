//! A menu that opens without JavaScript: `<details>`, closed by Escape, by a click elsewhere, or by choosing.

use leptos::prelude::*;

/// A button that opens a small panel of links and buttons.
#[component]
pub fn Menu(
    /// For people who do not see the button's content.
    #[prop(into)]
    label: String,
    /// The classes of the button.
    #[prop(default = "button icon-only ghost")]
    class: &'static str,
    /// What the button shows.
    #[prop(into)]
    button: ViewFn,
    /// Choosing leaves it open: more than one thing may be chosen.
    #[prop(optional)]
    stays: bool,
    /// The panel.
    children: Children,
) -> impl IntoView {
    let root = NodeRef::<leptos::html::Details>::new();
    close_from_outside(root, stays);
    view! {
        <details class="menu" node_ref=root>
            <summary class=class aria-label=label.clone() title=label>
                {button.run()}
            </summary>
            <div class="menu-panel">{children()}</div>
        </details>
    }
}

/// Closes an open menu when somebody clicks elsewhere, chooses, or presses Escape.
fn close_from_outside(root: NodeRef<leptos::html::Details>, stays: bool) {
    use leptos::{ev, wasm_bindgen::JsCast};
    let close = move |refocus: bool| {
        if let Some(details) = root.get_untracked()
            && details.open()
        {
            details.set_open(false);
            if let (true, Ok(Some(summary))) = (refocus, details.query_selector("summary")) {
                let _ = summary.unchecked_into::<leptos::web_sys::HtmlElement>().focus();
            }
        }
    };
    let clicks = window_event_listener(ev::click, move |event| {
        let target = event.target().and_then(|t| t.dyn_into::<leptos::web_sys::Node>().ok());
        let details = root.get_untracked();
        let inside = target.as_ref().zip(details.as_ref()).is_some_and(|(t, d)| d.contains(Some(t)));
        let on_summary = target.as_ref().zip(details.as_ref()).is_some_and(|(t, d)| {
            d.query_selector("summary").ok().flatten().is_some_and(|summary| summary.contains(Some(t)))
        });
        if !(on_summary || inside && stays) {
            // What was chosen disappears with the panel; a dialog that it opens gives the focus back to the button.
            close(inside);
        }
    });
    let keys = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            close(true);
        }
    });
    on_cleanup(move || {
        clicks.remove();
        keys.remove();
    });
}
