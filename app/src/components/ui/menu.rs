//! A menu that opens without JavaScript: `<details>`, closed by Escape, by a click elsewhere, or by choosing.

use leptos::{html, prelude::*, web_sys::HtmlDetailsElement};

use super::{Choosing, close_from_outside};

/// A button that opens a small panel of links and buttons.
#[component]
pub fn Menu(
    /// For people who do not see the button's content.
    #[prop(into)]
    label: Signal<String>,
    /// The button's, for a dialog that leads back to it.
    #[prop(optional)]
    id: Option<&'static str>,
    /// The classes of the button.
    #[prop(default = "button icon-only ghost")]
    class: &'static str,
    /// What the button shows.
    #[prop(into)]
    button: ViewFn,
    /// Choosing leaves it open: more than one thing may be chosen.
    #[prop(optional)]
    stays: bool,
    /// Is called whenever it was opened.
    #[prop(optional)]
    on_open: Option<Callback<()>>,
    /// The panel.
    children: Children,
) -> impl IntoView {
    let root = NodeRef::<html::Details>::new();
    let open = move || root.get_untracked().filter(HtmlDetailsElement::open).map(Into::into);
    let close = move || {
        if let Some(details) = root.get_untracked() {
            details.set_open(false);
        }
    };
    let opened = move |_| {
        if let Some(on_open) = on_open.filter(|_| open().is_some()) {
            on_open.run(());
        }
    };
    close_from_outside(open, if stays { Choosing::Stays } else { Choosing::Closes }, close);
    view! {
        <details class="menu" node_ref=root on:toggle=opened>
            <summary id=id class=class aria-label=label title=label>
                {button.run()}
            </summary>
            <div class="menu-panel">{children()}</div>
        </details>
    }
}
