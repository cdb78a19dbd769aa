//! `/` and `/o/:org`: they lead on.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::Redirect};

use crate::{
    api::session::find_home,
    components::{errors::problem_alone, landing::Landing, loaded::Loaded},
};

/// Leads to set-up, sign-in, or the organization used last.
#[component]
pub fn Home() -> impl IntoView {
    let to = Resource::new(|| (), |()| find_home());
    view! {
        <Loaded of=move || to show=|path| view! { <Redirect path /> } or=problem_alone />
    }
}

/// Leads to the people of the organization, as who is signed in wants to see them first, or to what else they see.
#[component]
pub fn ToPeople() -> impl IntoView {
    let landing = expect_context::<Landing>();
    // Going back does not come by here again.
    let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
    view! { <Redirect path=untrack(|| landing.url()) options /> }
}
