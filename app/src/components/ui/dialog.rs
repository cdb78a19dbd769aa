//! A dialog whose being open stands in the URL: a link opens it, Back closes it, and it works before WebAssembly does.

use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{Icon, refocus};

/// A dialog over the page. Rendered only while it is open.
#[component]
pub fn Dialog(
    /// Its heading, by which it is labelled.
    #[prop(into)]
    title: String,
    /// The id of what modal it, which has the focus again afterwards.
    #[prop(into)]
    opener: String,
    /// The URL of the page without it.
    #[prop(into)]
    close_to: Signal<String>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let title_id = format!("title-of-{opener}");
    let navigate = use_navigate();
    let leave = move |_| {
        navigate(
            &close_to.get_untracked(),
            NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() },
        );
    };
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            // Rendered open, so that it is there without a script; made modal as soon as there is one.
            dialog.close();
            let _ = dialog.show_modal();
        }
    });
    // What led here may be gone, as the choice of a menu is; then the menu's button has to do.
    Effect::new(move |_| {
        let opener = opener.clone();
        on_cleanup(move || refocus(opener));
    });
    // The event of `close()` leads on to `leave`.
    let dismiss = move |event: leptos::ev::MouseEvent| {
        if let Some(dialog) = dialog.get_untracked() {
            event.prevent_default();
            dialog.close();
        }
    };
    let modal = StoredValue::new(false);
    view! {
        <dialog
            class="dialog"
            open
            node_ref=dialog
            aria-labelledby=title_id.clone()
            on:close=move |event| {
                // The first close is the one that makes it modal.
                if modal.get_value() { leave(event) } else { modal.set_value(true) }
            }
        >
            <header class="dialog-head">
                <h2 id=title_id.clone()>{title}</h2>
                <a class="button icon-only ghost" href=close_to aria-label="Close" on:click=dismiss>
                    <Icon name="x" />
                </a>
            </header>
            {children()}
        </dialog>
    }
}
