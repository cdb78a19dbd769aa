//! What stands in a page's place when it cannot be shown: why, and the way on.

use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_url};
use model::Denial;

use super::ui::{EmptyState, PageTitle};
use crate::{
    paths,
    problem::{Problem, ProblemKind},
};

/// A problem in a page's place. Somebody who is not signed in is led to the sign-in page and back, and somebody with a
/// temporary password to where they choose another one.
#[component]
pub fn ProblemPage(
    /// What is the matter.
    problem: Problem,
) -> impl IntoView {
    if problem.kind == ProblemKind::NotSignedIn {
        let from = use_url().with_untracked(|u| {
            let search = u.search();
            if search.is_empty() { u.path().to_owned() } else { format!("{}?{search}", u.path()) }
        });
        return view! { <Redirect path=paths::login(&from) /> }.into_any();
    }
    if problem.kind == ProblemKind::PasswordDue {
        return view! { <Redirect path=paths::welcome() /> }.into_any();
    }
    view! {
        <PageTitle text=title_of(problem.kind).0 />
        <ProblemState problem />
    }
    .into_any()
}

/// A page that somebody may not see, and why.
#[component]
pub fn Refused(why: Denial) -> impl IntoView {
    let problem = Problem::new(ProblemKind::Forbidden, why.to_string());
    #[cfg(feature = "ssr")]
    crate::ssr::set_status(problem.status());
    view! { <ProblemPage problem /> }
}

/// A problem in the place of a page's content.
pub fn problem_inside(problem: Problem) -> AnyView {
    view! { <ProblemPage problem /> }.into_any()
}

/// A problem in the place of a whole page.
pub fn problem_alone(problem: Problem) -> AnyView {
    view! { <main class="bare" id="main"><ProblemPage problem /></main> }.into_any()
}

/// The heading of a problem, and its icon.
const fn title_of(kind: ProblemKind) -> (&'static str, &'static str) {
    match kind {
        ProblemKind::NotFound => ("Page not found", "search"),
        ProblemKind::Forbidden => ("You do not have access", "lock"),
        ProblemKind::Offline => ("No connection", "refresh-cw"),
        _ => ("Something went wrong", "triangle-alert"),
    }
}

/// A problem, and the way on.
#[component]
pub fn ProblemState(
    /// What is the matter.
    problem: Problem,
) -> impl IntoView {
    let (title, icon) = title_of(problem.kind);
    let retry = matches!(problem.kind, ProblemKind::Offline | ProblemKind::Unavailable | ProblemKind::Internal);
    let text = match problem.reference {
        Some(reference) => format!("{} Reference for your administrator: {reference}", problem.message),
        None => problem.message,
    };
    view! {
        <EmptyState icon heading=view! { <h1>{title}</h1> }.into_any() text role="alert">
            {retry.then(|| view! { <a class="button primary" href="" rel="external">"Try again"</a> })}
            <a class="button" href="/" rel="external">"Go to the start"</a>
        </EmptyState>
    }
}

/// What stands at a path that is none.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::ssr::set_status(404);
    let problem = Problem::new(
        ProblemKind::NotFound,
        "There is nothing at this address. It may have moved, or the link is incomplete.",
    );
    problem_alone(problem)
}
