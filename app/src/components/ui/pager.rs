//! The way through a list that shows the newest first.

use leptos::prelude::*;

use super::Icon;

/// Back to the newest, and on to what is older.
#[component]
pub fn OlderPager(
    /// Where the newest are, on a page behind them.
    newest: Option<String>,
    /// Where the older ones are, if there are any.
    older: Option<String>,
) -> impl IntoView {
    view! {
        <nav class="pager" aria-label="Pages">
            <span></span>
            {newest.map(|href| view! { <a class="button small" href=href>"Back to the newest"</a> })}
            {older.map(|href| view! { <a class="button small" href=href>"Older"<Icon name="chevron-right" /></a> })}
        </nav>
    }
}
