//! The field in which a new password is chosen: the same at set-up, at an invitation, at a reset and on the account's page,
//! since all of them judge it alike (S16–S18).

use leptos::prelude::*;

use super::ui::Field;

/// A field named `password` for one that is chosen.
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
