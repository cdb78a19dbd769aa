//! A password that somebody chooses: the field, and a meter that asks the server, which judges by the same measure when the
//! form is sent. Without a script there is no meter, and the judgment comes with the answer.

use leptos::{prelude::*, task::spawn_local};
use model::password::Strength;
use std::{future::Future, pin::Pin, time::Duration};

use super::ui::Field;
use crate::problem::Problem;

/// A field named `password` for one that is chosen: the same wherever it is, since all of them are judged alike (S16–S18).
#[component]
pub fn NewPasswordField(
    /// Above the field.
    label: &'static str,
    /// Unique on the page.
    #[prop(default = "password")]
    id: &'static str,
    /// What is wrong with it.
    error: Signal<Option<String>>,
    /// Has the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    view! {
        <Field
            id
            name="password"
            label
            kind="password"
            autocomplete="new-password"
            hint="At least 15 characters. A few unrelated words work well; spaces count."
            error
            autofocus
        />
    }
}

/// How long after the last key the server is asked.
const ASK_AFTER: Duration = Duration::from_millis(300);

/// The answer of the server about a text.
pub type Asked = Pin<Box<dyn Future<Output = Result<Strength, Problem>>>>;

/// A field for a new password, with its meter.
#[component]
pub fn NewPassword(
    /// Unique on the page.
    id: &'static str,
    /// Above the field.
    label: &'static str,
    /// What is wrong with it.
    error: Signal<Option<String>>,
    /// Asks the server how hard a text is to guess.
    ask: fn(String) -> Asked,
    /// Has the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let strength = RwSignal::new(None::<Strength>);
    // An answer that a later question has overtaken is dropped.
    let asked = StoredValue::new(0_u32);
    let mut ask_soon = debounce(ASK_AFTER, move |text: String| {
        let number = asked.get_value().wrapping_add(1);
        asked.set_value(number);
        if text.is_empty() {
            strength.set(None);
            return;
        }
        spawn_local(async move {
            let answer = ask(text).await;
            if asked.try_get_value() == Some(number) {
                let _ = strength.try_set(answer.ok());
            }
        });
    });
    view! {
        <div class="new-password" on:input=move |event| ask_soon(event_target_value(&event))>
            <NewPasswordField id label error autofocus />
            <Meter strength />
        </div>
    }
}

/// How hard what was typed is to guess: by length, and in words.
#[component]
pub fn Meter(
    /// Nothing while nothing is typed.
    #[prop(into)]
    strength: Signal<Option<Strength>>,
) -> impl IntoView {
    let parts = move || strength.get().map_or(0, Strength::parts);
    view! {
        <div class="meter needs-js" data-parts=parts>
            <span aria-hidden="true"></span>
            <span aria-hidden="true"></span>
            <span aria-hidden="true"></span>
            <span aria-hidden="true"></span>
            <p role="status">{move || strength.get().map(Strength::words)}</p>
        </div>
    }
}
