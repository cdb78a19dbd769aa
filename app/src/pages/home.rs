//! `/` and `/o/:org`: they lead on.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::Redirect};

use crate::{
    api::session::find_home,
    components::{errors::ProblemPage, landing::Landing},
};

/// Leads to set-up, sign-in, or the organization used last.
#[component]
pub fn Home() -> impl IntoView {
    let to = Resource::new(|| (), |()| find_home());
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match to.await {
                    Ok(path) => view! { <Redirect path /> }.into_any(),
                    Err(problem) => view! { <main class="bare"><ProblemPage problem /></main> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Leads to the people of the organization, as who is signed in wants to see them first.
#[component]
pub fn ToPeople() -> impl IntoView {
    let landing = expect_context::<Landing>();
    // Going back does not come by here again.
    let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
    view! { <Redirect path=untrack(|| landing.url()) options /> }
}
