//! Lucide icons from one sprite, which the browser keeps: a row of the grid carries their names alone.

use leptos::prelude::*;

/// An icon for the eye; what it means has to stand in words beside it or in a label.
#[component]
pub fn Icon(
    /// Its name in `public/icons.svg`.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=format!("/icons.svg#{name}")></use>
        </svg>
    }
}
