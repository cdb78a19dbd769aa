//! Text to take elsewhere.

use leptos::prelude::*;

use super::Icon;

/// A text to hand over by other means: in a field to select, and with a button where there is a clipboard.
#[component]
pub fn CopyField(
    /// The text.
    #[prop(into)]
    text: String,
    /// What it is, for who does not see what stands around it.
    #[prop(into)]
    label: String,
    /// What the button says.
    #[prop(default = "Copy")]
    button: &'static str,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = text.clone();
    view! {
        <div class="copy">
            <input type="text" readonly value=text aria-label=label />
            <button
                type="button"
                class="button small needs-js"
                on:click=move |_| {
                    let _ = window().navigator().clipboard().write_text(&copy);
                    copied.set(true);
                }
            >
                <Icon name="copy" />
                {move || if copied.get() { "Copied" } else { button }}
            </button>
        </div>
    }
}
