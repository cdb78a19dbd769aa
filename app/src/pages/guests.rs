//! Where an organization's own people are guests of other ones (B45).

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Kind,
    id::Id as _,
    people::{Cursor, Guest, GuestsPage as Page, Viewer},
};

use crate::{
    api::organizations::list_guests,
    components::{
        loaded::Loaded,
        person::StatusBadge,
        ui::{EmptyState, PageTitle, Pager, Time},
    },
    paths,
};

/// `/o/:org/guests`
#[component]
pub fn GuestsPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let query = use_query_map();
    let org = StoredValue::new(viewer.org.slug.as_str().to_owned());
    let after = Memo::new(move |_| query.with(|q| Cursor::decode(&q.get("after")?)));
    let found = Resource::new(
        move || after.get(),
        move |after| list_guests(org.get_value(), after.map(|cursor| cursor.encode())),
    );
    view! {
        <PageTitle text="Guests elsewhere" />
        <div class="page-head">
            <div>
                <h1>"Guests elsewhere"</h1>
                <p>
                    "People of " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span>
                    " who are external users of other organizations here."
                </p>
            </div>
        </div>
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |page| view! { <Guests viewer=viewer.clone() page continued=after.get_untracked().is_some() /> }
        />
    }
}

/// A page of guests.
#[component]
pub fn Guests(viewer: Viewer, page: Page, continued: bool) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    if page.guests.is_empty() {
        let heading = view! { <h2>"Nobody is a guest elsewhere"</h2> }.into_any();
        let text = "Who of your people accepts the invitation of another organization as an external user stands here.";
        return view! {
            <EmptyState icon="building-2" heading text>
                <a class="button" href=paths::users(&org)>"Go to people"</a>
            </EmptyState>
        }
        .into_any();
    }
    let now = page.now;
    let words = viewer.org.policies.status_words;
    let next = page.next.map(|cursor| paths::guests(&org, Some(&cursor)));
    let first = continued.then(|| paths::guests(&org, None));
    let lines = page
        .guests
        .into_iter()
        .map(|Guest { membership_id, name, email, org_name, role, state, since }| {
            view! {
                <li class="job-line">
                    <div>
                        <a href=paths::user(&org, membership_id.as_str()) dir="auto">{name}</a>
                        <p>{email.to_string()}</p>
                    </div>
                    <p class="job-by">
                        <span>
                            {role.label_as(Kind::External)} " of " <bdi>{org_name.as_str().to_owned()}</bdi> " "
                            <StatusBadge state words />
                        </span>
                        {since.map(|at| view! { <Time at now /> })}
                    </p>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul class="job-lines">{lines}</ul>
        <Pager first next />
    }
    .into_any()
}
