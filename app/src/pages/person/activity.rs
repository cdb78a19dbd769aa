//! What was done by and to somebody, a page at a time; which page stands in the URL.

use leptos::prelude::*;
use model::activity::ActivityPage;

use crate::{components::ui::Time, paths, problem::Problem};

/// The section "Activity", for who may read the audit log.
#[component]
pub fn ActivityLog(
    /// The page without its query.
    here: String,
    found: Result<ActivityPage, Problem>,
) -> impl IntoView {
    let lines = match found {
        Ok(page) => view! { <Lines here page /> }.into_any(),
        Err(problem) => view! { <p class="notice bad">{problem.message}</p> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="activity">
            <h2 id="activity">"Activity"</h2>
            {lines}
        </section>
    }
}

#[component]
fn Lines(here: String, page: ActivityPage) -> impl IntoView {
    let now = page.now;
    let none = page.lines.is_empty();
    let newest = format!("{here}#activity");
    let older = page.older.map(|id| format!("{}#activity", paths::with_params(&here, &[("before", id.to_string())])));
    view! {
        {none.then(|| view! { <p>"Nothing is recorded here."</p> })}
        <ol class="activity">
            {page
                .lines
                .into_iter()
                .map(|line| {
                    view! {
                        <li>
                            <span dir="auto">{line.sentence()}</span>
                            <Time at=line.at now />
                        </li>
                    }
                })
                .collect_view()}
        </ol>
        <div class="activity-pager">
            {page.continued.then(|| view! { <a class="button small" href=newest>"Show newest"</a> })}
            {older.map(|older| view! { <a class="button small" href=older>"Show older"</a> })}
        </div>
    }
}
