//! Text to take elsewhere.

use leptos::prelude::*;
use std::time::Duration;

use super::Icon;

/// How long a button says that it has copied.
const SAID_FOR: Duration = Duration::from_secs(4);

/// A text to hand over by other means: in a field to select, and with a button where there is a clipboard.
#[component]
pub fn CopyField(
    /// The text.
    #[prop(into)]
    text: String,
    /// What it is, for who does not see what stands around it: the field's name, and part of the button's.
    #[prop(into)]
    label: String,
    /// What the button says.
    #[prop(default = "Copy")]
    button: &'static str,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = text.clone();
    let of = format!(": {label}");
    view! {
        <div class="copy">
            <input type="text" readonly value=text aria-label=label />
            <button
                type="button"
                class="button small needs-js"
                on:click=move |_| {
                    let _ = window().navigator().clipboard().write_text(&copy);
                    copied.set(true);
                    let again = move || {
                        let _ = copied.try_set(false);
                    };
                    set_timeout(again, SAID_FOR);
                }
            >
                <Icon name="copy" />
                {move || if copied.get() { "Copied" } else { button }}
                <span class="visually-hidden">{of}</span>
            </button>
        </div>
    }
}
