//! Labelled fields with their error beside them.

use leptos::prelude::*;

use super::Icon;
use super::text::raw_text;

/// What is wrong with a field, below it.
#[component]
pub fn FieldError(#[prop(into)] id: String, error: Signal<Option<String>>) -> impl IntoView {
    view! {
        {move || {
            error
                .get()
                .map(|message| {
                    view! {
                        <p class="field-error" id=id.clone()>
                            <Icon name="circle-alert" />
                            {message}
                        </p>
                    }
                })
        }}
    }
}

fn describe(id: &str, hint: &str, error: Signal<Option<String>>) -> impl Fn() -> Option<String> + Clone + use<> {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let hinted = !hint.is_empty();
    move || match (error.get().is_some(), hinted) {
        (true, true) => Some(format!("{error_id} {hint_id}")),
        (true, false) => Some(error_id.clone()),
        (false, true) => Some(hint_id.clone()),
        (false, false) => None,
    }
}

/// One line of text.
#[component]
pub fn Field(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// As posted.
    name: &'static str,
    /// Above the field.
    label: &'static str,
    /// `text`, `email`, `password`, `date`.
    #[prop(default = "text")]
    kind: &'static str,
    /// For password managers and browsers.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What stands in it at first.
    #[prop(into, optional)]
    value: String,
    /// Below the field.
    #[prop(into, optional)]
    hint: String,
    /// What is wrong with it.
    error: Signal<Option<String>>,
    /// Cannot be changed; the hint says why.
    #[prop(optional)]
    readonly: bool,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// Has the focus when the page or dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// Which keys a screen offers: `numeric`.
    #[prop(optional)]
    inputmode: Option<&'static str>,
) -> impl IntoView {
    let described_by = describe(&id, &hint, error);
    view! {
        <div class="field">
            <label for=id.clone()>
                {label} {optional.then(|| view! { <span class="optional">" optional"</span> })}
            </label>
            <input
                id=id.clone()
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                readonly=readonly
                autofocus=autofocus
                inputmode=inputmode
                maxlength="1024"
                spellcheck="false"
                autocapitalize=if kind == "text" { "words" } else { "none" }
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=described_by
            />
            <FieldError id=format!("{id}-error") error />
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
        </div>
    }
}

/// Several lines of text.
#[component]
pub fn TextAreaField(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// As posted.
    name: &'static str,
    /// Above the field.
    label: &'static str,
    /// What stands in it at first.
    #[prop(into)]
    value: String,
    /// Below the field.
    hint: &'static str,
    /// What is wrong with it.
    error: Signal<Option<String>>,
    /// Has the focus when the page or dialog opens.
    #[prop(default = true)]
    autofocus: bool,
) -> impl IntoView {
    let described_by = describe(&id, hint, error);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea
                id=id.clone()
                name=name
                rows="4"
                autofocus=autofocus
                spellcheck="false"
                autocapitalize="none"
                prop:value=value.clone()
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=described_by
            >
                {raw_text(&value)}
            </textarea>
            <FieldError id=format!("{id}-error") error />
            <p class="hint" id=format!("{id}-hint")>{hint}</p>
        </div>
    }
}

/// One of several.
#[component]
pub fn SelectField(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// As posted.
    name: &'static str,
    /// Above the field.
    label: &'static str,
    /// Below the field.
    #[prop(into, optional)]
    hint: String,
    /// What is wrong with it.
    error: Signal<Option<String>>,
    /// Has the focus when the page or dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// Its options, by [`options`] or by hand.
    children: Children,
) -> impl IntoView {
    let described_by = describe(&id, &hint, error);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select
                id=id.clone()
                name=name
                autofocus=autofocus
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=described_by
            >
                {children()}
            </select>
            <FieldError id=format!("{id}-error") error />
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
        </div>
    }
}

/// The options of a [`SelectField`], each by what is posted and what is shown.
pub fn options(choices: Vec<(String, String)>, chosen: &str) -> impl IntoView + use<> {
    choices
        .into_iter()
        .map(|(code, label)| view! { <option value=code.clone() selected=code == chosen>{label}</option> })
        .collect_view()
}

/// A file.
#[component]
pub fn FileField(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// As posted.
    name: &'static str,
    /// Above the field.
    label: &'static str,
    /// The media types that are offered.
    accept: &'static str,
    /// Below the field.
    hint: &'static str,
    /// What is wrong with it.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let described_by = describe(&id, hint, error);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id.clone()
                name=name
                type="file"
                accept=accept
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=described_by
            />
            <FieldError id=format!("{id}-error") error />
            <p class="hint" id=format!("{id}-hint")>{hint}</p>
        </div>
    }
}
