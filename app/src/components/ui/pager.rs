//! The way through a list of several pages.

use leptos::prelude::*;

use super::Icon;

/// Back to the beginning of a list, and on; nothing where all of it is on one page.
#[component]
pub fn Pager(
    /// Where the list begins, on a page behind its first.
    first: Option<String>,
    /// Where it goes on, if it does.
    next: Option<String>,
) -> impl IntoView {
    (first.is_some() || next.is_some()).then(|| ways(("Back to the first", first), ("Next", next)))
}

/// Back to the newest, and on to what is older.
#[component]
pub fn OlderPager(
    /// Where the newest are, on a page behind them.
    newest: Option<String>,
    /// Where the older ones are, if there are any.
    older: Option<String>,
) -> impl IntoView {
    ways(("Back to the newest", newest), ("Older", older))
}

/// The links of a pager, each where it leads somewhere.
fn ways((back, to_back): (&'static str, Option<String>), (on, to_on): (&'static str, Option<String>)) -> impl IntoView {
    view! {
        <nav class="pager" aria-label="Pages">
            <span></span>
            {to_back.map(|href| view! { <a class="button small" href=href>{back}</a> })}
            {to_on.map(|href| view! { <a class="button small" href=href>{on}<Icon name="chevron-right" /></a> })}
        </nav>
    }
}
