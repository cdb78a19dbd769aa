//! Above the grid: heading, invite buttons and search.

use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    Action, Denial, decide,
    people::{PeopleQuery, Viewer},
};
use std::time::Duration;

use super::{QueryInputs, WaysIn, dialog_url, url};
use crate::{
    components::ui::{Icon, Menu},
    paths,
};

/// How long after the last key the search starts.
const SEARCH_AFTER: Duration = Duration::from_millis(150);

/// The heading, and what adds people.
#[component]
pub fn Head(viewer: Viewer, here: Signal<String>, ways: WaysIn) -> impl IntoView {
    let slug = viewer.org.slug.as_str().to_owned();
    let to_create = paths::create_user(&slug);
    let externals = ways.of_externals().then(|| Signal::derive(move || dialog_url(&here.get(), "external", None)));
    let create = move |class| view! { <a class=class href=to_create.clone()><Icon name="plus" />"Create user"</a> };
    let org = viewer.org.name.as_str().to_owned();
    let invites = Action::Invite(viewer.org.policies.default_role);
    // What an admin of another organization sees and may not do is told, not hidden (B47).
    let barred = decide(&viewer.actor, invites, None).err().filter(|why| *why == Denial::External);
    view! {
        <div class="page-head">
            <div>
                <h1>"People"</h1>
                <p>"Everybody who has access to " <span dir="auto">{org}</span> ", and everybody on the way."</p>
            </div>
            {barred
                .map(|why| {
                    view! {
                        <div class="page-actions barred">
                            <p class="hint" id="barred-invite">{why.to_string()}</p>
                            <button class="button" disabled aria-describedby="barred-invite">
                                <Icon name="mail" />
                                "Invite"
                            </button>
                            <button class="button primary" disabled aria-describedby="barred-invite">
                                <Icon name="user-plus" />
                                "Add new user"
                            </button>
                        </div>
                    }
                })}
            {ways
                .is_any()
                .then(|| {
                    view! {
                        <div class="page-actions">
                            {ways
                                .is_by_link()
                                .then(|| {
                                    view! {
                                        <a class="button" id="open-invite" href=move || dialog_url(&here.get(), "invite", None)>
                                            <Icon name="mail" />
                                            "Invite"
                                        </a>
                                    }
                                })}
                            {(ways.is_by_password() && ways.is_by_link()).then(|| create("button"))}
                            <div class="split">
                                {(!ways.is_by_link()).then(|| create("button primary"))}
                                {ways
                                    .is_by_link()
                                    .then(|| {
                                        view! {
                                            <a class="button primary" id="open-add" href=move || dialog_url(&here.get(), "add", None)>
                                                <Icon name="user-plus" />
                                                "Add new user"
                                            </a>
                                        }
                                    })}
                                <FromFile slug externals />
                            </div>
                        </div>
                    }
                })}
        </div>
    }
}

/// The other ways to add people, such as from a file (B27), beside the button that adds one.
#[component]
fn FromFile(slug: String, externals: Option<Signal<String>>) -> impl IntoView {
    view! {
        <Menu
            label="More ways to add people"
            class="button primary icon-only"
            button=|| view! { <Icon name="chevron-down" /> }
        >
            <a class="menu-item" href=paths::import(&slug)>
                <Icon name="upload" />
                "Import CSV file"
            </a>
            <a class="menu-item" href=paths::import_template(&slug) rel="external" download>
                <Icon name="download" />
                "Download CSV template"
            </a>
            {externals
                .map(|href| {
                    view! {
                        <a class="menu-item" href=href>
                            <Icon name="building-2" />
                            "Invite external users"
                        </a>
                    }
                })}
        </Menu>
    }
}

/// Search as you type; a plain GET form without a script.
#[component]
pub fn Search(query: Memo<PeopleQuery>, org: StoredValue<String>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    let search = move |text: String| {
        let query = query.get_untracked();
        if text.trim() != query.q {
            let target = url(&org.get_value(), &query.restarted(|q| text.trim().clone_into(&mut q.q)));
            navigate(&target, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
    };
    let mut search_soon = debounce(SEARCH_AFTER, search.clone());
    // The URL is the truth, but never while somebody types.
    Effect::new(move |_| {
        let text = query.get().q;
        if let Some(input) = input.get_untracked()
            && document().active_element().as_ref() != Some(input.as_ref())
        {
            input.set_value(&text);
        }
    });
    let start = query.get_untracked();
    view! {
        <form
            class="search"
            role="search"
            method="get"
            action=paths::users(&org.get_value())
            on:submit=move |event| {
                event.prevent_default();
                if let Some(input) = input.get_untracked() {
                    search(input.value());
                }
            }
        >
            <QueryInputs query=start.restarted(|q| q.q = String::new()) />
            <Icon name="search" />
            <input
                node_ref=input
                type="search"
                name="q"
                value=start.q
                placeholder="Search name or email"
                aria-label="Search people by name or email"
                autocomplete="off"
                spellcheck="false"
                maxlength="200"
                on:input=move |event| search_soon(event_target_value(&event))
            />
            <button class="button small search-button">"Search"</button>
        </form>
    }
}
