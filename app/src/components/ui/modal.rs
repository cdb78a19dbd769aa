//! A dialog that scripts alone open and the URL knows nothing of: made in the browser, gone once it is closed.

use leptos::{html, prelude::*, wasm_bindgen::JsCast as _, web_sys};

/// A modal dialog, there while `open` says so. Escape and a click beside it close it.
#[component]
pub fn Modal(
    /// Unique on the page; by it [`close_modal`] finds it.
    id: &'static str,
    /// Its classes.
    class: &'static str,
    /// By what it is called.
    label: &'static str,
    /// Whether it is there.
    open: RwSignal<bool>,
    /// What it holds.
    children: ChildrenFn,
) -> impl IntoView {
    move || {
        let children = children.clone();
        open.get().then(|| view! { <Opened id class label open children /> })
    }
}

#[component]
fn Opened(
    id: &'static str,
    class: &'static str,
    label: &'static str,
    open: RwSignal<bool>,
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            // By a click beside it, where browsers know that.
            let _ = dialog.set_attribute("closedby", "any");
            let _ = dialog.show_modal();
        }
    });
    view! {
        <dialog id=id class=class node_ref=dialog aria-label=label on:close=move |_| open.set(false)>
            {children()}
        </dialog>
    }
}

/// Closes the modal dialog of an id, if it is open; the focus is back where it was when this returns.
pub fn close_modal(id: &str) {
    if let Some(dialog) = document().get_element_by_id(id) {
        dialog.unchecked_into::<web_sys::HtmlDialogElement>().close();
    }
}
