//! One of several, of which one is chosen.

use leptos::prelude::*;

/// A choice with its name and what it means.
#[component]
pub fn Choice(
    /// As posted; the same for all of several.
    name: &'static str,
    /// What is posted where it is chosen.
    code: &'static str,
    /// Its name.
    #[prop(into)]
    label: String,
    /// What it means; may be empty.
    #[prop(into)]
    sentence: String,
    /// The code of the one that is chosen.
    chosen: String,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="radio" name=name value=code checked=code == chosen />
            <span><b>{label}</b><span>{sentence}</span></span>
        </label>
    }
}
