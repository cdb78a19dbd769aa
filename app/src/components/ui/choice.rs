//! One of several, of which one is chosen.

use leptos::prelude::*;

use super::FieldError;

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

/// Several choices under a question, with what is wrong beside them; where something is, the focus is led there.
#[component]
pub fn ChoiceGroup(
    /// Unique on the page.
    id: &'static str,
    /// The question.
    legend: &'static str,
    /// Below it.
    #[prop(optional)]
    hint: &'static str,
    /// What is wrong.
    error: Signal<Option<String>>,
    /// The choices.
    children: Children,
) -> impl IntoView {
    let is_wrong = move || error.get().is_some();
    view! {
        <fieldset
            class="choices"
            id=id
            role="radiogroup"
            tabindex="-1"
            aria-invalid=move || is_wrong().then_some("true")
            aria-describedby=move || is_wrong().then(|| format!("{id}-error"))
        >
            <legend>{legend}</legend>
            {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
            <FieldError id=format!("{id}-error") error />
            {children()}
        </fieldset>
    }
}
