//! What stands where there is nothing to show.

use leptos::prelude::*;

use super::Icon;

/// Why there is nothing to show, and the way on.
#[component]
pub fn EmptyState(
    /// Its icon.
    icon: &'static str,
    /// The heading, of the level that fits the page.
    heading: AnyView,
    /// What is the matter.
    #[prop(into)]
    text: String,
    /// Set where it has to be read out.
    #[prop(optional)]
    role: Option<&'static str>,
    /// Links and buttons that lead on.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="empty" role=role>
            <span class="empty-icon"><Icon name=icon /></span>
            {heading}
            <p>{text}</p>
            <p class="empty-actions">{children()}</p>
        </section>
    }
}
