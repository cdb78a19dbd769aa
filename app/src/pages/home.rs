//! `/` and `/o/:org`: they lead on.

use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_params_map};

use crate::{api::session::find_home, components::errors::ProblemPage, paths};

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

/// Leads to the people of the organization.
#[component]
pub fn ToPeople() -> impl IntoView {
    let org = use_params_map().with_untracked(|p| p.get("org").unwrap_or_default());
    view! { <Redirect path=paths::users(&org) /> }
}
