//! What has to be asked for before it can be shown.

use leptos::{prelude::*, tachys::reactive_graph::OwnedView};
use std::future::IntoFuture;

use super::errors::problem_inside;
use crate::problem::Problem;

/// Shows what was asked for once it is there, or why it is not. When it is asked for again, the old stays until the new is
/// there.
///
/// On the server the page waits for it. In place of Leptos's `Suspense`, which walks its children up to three times before
/// it writes them, and makes everything in them anew each time, so that what they ask for is asked for three times as well.
#[component]
pub fn Loaded<Ask, Answer, T, Show, V>(
    /// Asks; what resources it awaits make it ask again.
    of: Ask,
    /// What is said for as long as the first answer takes in the browser.
    #[prop(default = "")]
    waiting: &'static str,
    /// Shows the answer.
    show: Show,
    /// Shows why there is none.
    #[prop(default = problem_inside)]
    or: fn(Problem) -> AnyView,
) -> impl IntoView
where
    Ask: Fn() -> Answer + Clone + Send + 'static,
    Answer: IntoFuture<Output = Result<T, Problem>>,
    Answer::IntoFuture: Send + 'static,
    T: Send + 'static,
    Show: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    // What the server has written is there already.
    let asks = Owner::current_shared_context().is_some_and(|at| at.is_browser() && !at.during_hydration());
    let waits = RwSignal::new(asks && !waiting.is_empty());
    let body = move || {
        let (answer, show) = (of().into_future(), show.clone());
        Suspend::new(async move {
            let answer = answer.await;
            let _ = waits.try_set(false);
            let view = match answer {
                Ok(value) => show(value).into_any(),
                Err(problem) => or(problem),
            };
            OwnedView::new(view)
        })
    };
    view! {
        {move || waits.get().then(|| view! { <p class="loading" aria-live="polite">{waiting}</p> })}
        {body}
    }
}
