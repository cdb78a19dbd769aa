//! The people of an organization. All that a person may want to share or go back to stands in the URL.

mod dialogs;
mod grid;
pub(crate) mod row;
mod toolbar;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Action, decide,
    people::{PeopleQuery, Viewer},
};

use crate::{
    Reload,
    api::people::list_people,
    components::{errors::ProblemPage, ui::PageTitle},
    paths,
};
use dialogs::Dialogs;
pub(crate) use dialogs::{EditDialog, RevokeDialog};
use grid::Grid;
use toolbar::{Head, Search};

/// `/o/:org/users`
#[component]
pub fn PeoplePage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let Reload(reload) = expect_context();
    let org = StoredValue::new(viewer.org.slug.as_str().to_owned());
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(|p| PeopleQuery::from_params(|key| p.get(key))));
    let here = Signal::derive(move || url(&org.get_value(), &query.get()));
    let page =
        Resource::new(move || (query.get(), reload.get()), move |(query, _)| list_people(org.get_value(), query));
    // Rows are made anew when they change; whoever works by keyboard stays where they were.
    let focused = StoredValue::new(String::new());
    Effect::new(move |_| {
        page.track();
        request_animation_frame(move || {
            request_animation_frame(move || focus_again(&focused.try_get_value().unwrap_or_default()));
        });
    });
    let may_invite = decide(&viewer.actor, Action::Invite(viewer.org.policies.default_role), None).is_ok();
    view! {
        <PageTitle text=format!("People of {}", viewer.org.name.as_str()) />
        <Head viewer=viewer.clone() here may_invite />
        <Search query org />
        <div on:focusin=move |event| {
            let _ = focused.try_set_value(event_target::<leptos::web_sys::Element>(&event).id());
        }>
        <Transition fallback=|| view! { <p class="loading" aria-live="polite">"Loading people…"</p> }>
            {move || {
                let viewer = viewer.clone();
                Suspend::new(async move {
                    let asked = query.get_untracked();
                    match page.await {
                        Ok(page) => view! { <Grid viewer page query=asked may_invite /> }.into_any(),
                        Err(problem) => view! { <ProblemPage problem /> }.into_any(),
                    }
                })
            }}
        </Transition>
        </div>
        <Dialogs here />
    }
}

/// Gives the focus back to the element of an id, if it was lost with the element that had it.
fn focus_again(id: &str) {
    use leptos::wasm_bindgen::JsCast as _;
    let lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
    if let (true, Some(element)) = (lost && !id.is_empty(), document().get_element_by_id(id)) {
        let _ = element.unchecked_into::<leptos::web_sys::HtmlElement>().focus();
    }
}

/// The URL of a question to the grid.
fn url(org: &str, query: &PeopleQuery) -> String {
    paths::with_params(&paths::users(org), &query.to_params())
}

/// The URL of a dialog over the grid.
fn dialog_url(here: &str, dialog: &str, id: Option<&str>) -> String {
    let joint = if here.contains('?') { '&' } else { '?' };
    let id = id.map(|id| format!("&id={id}")).unwrap_or_default();
    format!("{here}{joint}dialog={dialog}{id}")
}

/// A number with its thousands set apart.
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (n, text) in [(0, "0"), (999, "999"), (1_284, "1,284"), (1_000_000, "1,000,000")] {
            assert_eq!(thousands(n), text);
        }
    }
}
