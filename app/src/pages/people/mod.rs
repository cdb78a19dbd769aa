//! The people grid (B8–B15, B17, B18, B30–B33). Everything that one may want to share or go back to is in the URL.

mod attribute_menus;
mod bulk;
pub(super) mod dialogs;
pub(super) mod empty;
pub(super) mod export;
pub(super) mod facets;
pub(super) mod grid;
mod group_filter;
pub(super) mod limits;
pub(super) mod removal;
pub(super) mod requests;
pub(super) mod row;
pub(super) mod shown;
pub(super) mod support;
pub(super) mod toolbar;
pub(super) mod views;

use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use model::{
    Action, Role, decide,
    people::{PeopleQuery, Tab, Viewer},
};

use crate::{
    api::people::list_people,
    components::{
        live,
        loaded::Loaded,
        scroll::keep_scroll,
        ui::{Icon, PageTitle},
    },
    parts::{Person, part_of_page},
    paths,
};
pub(crate) use dialogs::{EditDialog, ListDialogs, RevokeDialog};
use export::ExportMenu;
use facets::{Chips, FilterMenus, ViewMenu};
use grid::Grid;
pub(crate) use shown::LastShown;
use support::SupportNote;
use toolbar::{Head, Search};
use views::ViewsButton;

/// `/o/:org/users`
#[component]
pub fn PeoplePage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let org = StoredValue::new(viewer.org.slug.as_str().to_owned());
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(asked));
    let here = Signal::derive(move || url(&org.get_value(), &query.get()));
    let names_dialog = Memo::new(move |_| params.with(|params| params.get(paths::DIALOG).is_some()));
    provide_context(Below { here, query });
    // Requests are no people: nothing of them is searched, filtered or exported.
    let of_people = Memo::new(move |_| query.with(|query| query.tab != Tab::Requests));
    let ways = WaysIn::of(&viewer);
    let words = viewer.org.policies.status_words;
    let kept = StoredValue::new(viewer.clone());
    let grid = move |asked, page, remembered| {
        view! { <Grid viewer=kept.get_value() page asked query here remembered ways /> }
    };
    keep_scroll(here);
    live::follow(org.get_value());
    let asked = query.get_untracked();
    let body = if let Some(page) = LastShown::of(&asked) {
        grid(asked, page, true).into_any()
    } else {
        let first = Resource::new(|| (), move |()| list_people(org.get_value(), query.get_untracked()));
        view! {
            <Loaded
                of=move || first
                waiting="Loading people…"
                show=move |page| grid(asked.clone(), page, false)
            />
        }
        .into_any()
    };
    view! {
        <PageTitle text=format!("People of {}", viewer.org.name.as_str()) />
        <Head viewer here ways />
        {move || {
            of_people
                .get()
                .then(|| {
                    view! {
                        <div class="toolbar">
                            <Search query org />
                            <FilterMenus query org words />
                            <span class="apart">
                                <ExportMenu query org here />
                                <ViewsButton here />
                                <ViewMenu query org words />
                            </span>
                        </div>
                        <Chips query org words />
                    }
                })
        }}
        {move || {
            (query.with(|query| query.tab) == Tab::External)
                .then(|| view! { <ExternalNote viewer=kept.get_value() here ways /> })
        }}
        {move || {
            let to_dialog = Signal::derive(move || dialog_url(&here.get(), "support", None));
            (query.with(|query| query.tab) == Tab::Support)
                .then(|| view! { <SupportNote viewer=kept.get_value() to_dialog /> })
        }}
        {body}
        {move || names_dialog.get().then(|| part_of_page(Person::ListDialogs))}
    }
}

/// The list below its dialogs.
#[derive(Debug, Clone, Copy)]
struct Below {
    /// Its URL, without a dialog.
    here: Signal<String>,
    query: Memo<PeopleQuery>,
}

/// How the viewer adds people (policy A).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WaysIn {
    /// By the dialogs "Add new user" and "Invite".
    by_link: bool,
    /// By the page "Create user".
    by_password: bool,
    /// People of other organizations, by link in any case (B45).
    externals: bool,
}

impl WaysIn {
    /// None for who may not.
    pub(crate) fn of(viewer: &Viewer) -> Self {
        let policies = &viewer.org.policies;
        let may = |action| decide(&viewer.actor, action, None).is_ok();
        let adds = may(Action::Invite(policies.default_role));
        Self {
            by_link: adds && policies.onboarding.by_link(),
            by_password: adds && policies.onboarding.by_password(),
            externals: may(Action::InviteExternal(Role::Viewer)),
        }
    }
    /// No way at all.
    pub(crate) const fn none() -> Self {
        Self { by_link: false, by_password: false, externals: false }
    }
    /// Whether the viewer adds people at all.
    pub(crate) const fn is_any(self) -> bool {
        self.by_link || self.by_password
    }
    /// Whether people are invited by link.
    pub(crate) const fn is_by_link(self) -> bool {
        self.by_link
    }
    /// Whether accounts are created with a temporary password.
    pub(crate) const fn is_by_password(self) -> bool {
        self.by_password
    }
    /// Whether people of other organizations are invited.
    pub(crate) const fn of_externals(self) -> bool {
        self.externals
    }
    /// Where a page that is empty leads to, and by which words; the grid is at `here`.
    pub(super) fn lead(self, org: &str, here: &str) -> Option<(String, &'static str)> {
        if self.by_link {
            Some((dialog_url(here, "invite", None), "Invite people"))
        } else {
            self.by_password.then(|| (paths::create_user(org), "Create user"))
        }
    }
}

/// Above the list of people of other organizations: how they get there, and where one's own people are such (B45).
#[component]
fn ExternalNote(viewer: Viewer, here: Signal<String>, ways: WaysIn) -> impl IntoView {
    let guests = decide(&viewer.actor, Action::ViewGuests, None).is_ok();
    view! {
        <div class="tab-note">
            <p>"External users belong to another organization, confirm your invitation, and sign in with their own account."</p>
            {ways
                .of_externals()
                .then(|| {
                    view! {
                        <a class="button small" id="open-external" href=move || dialog_url(&here.get(), "external", None)>
                            <Icon name="user-plus" />
                            "Invite external users"
                        </a>
                    }
                })}
            {guests
                .then(|| {
                    view! {
                        <a class="button small ghost" href=paths::guests(viewer.org.slug.as_str(), None)>
                            "Where your people are guests"
                        </a>
                    }
                })}
        </div>
    }
}

/// The question of a URL. What stands in it more than once counts together, as a form without a script sends it.
fn asked(params: &ParamsMap) -> PeopleQuery {
    PeopleQuery::from_params(|key| params.get_all(key).map(|all| all.join(",")))
}

/// A question to the grid, as a form sends it along.
#[component]
fn QueryInputs(
    query: PeopleQuery,
    /// What each of its parameters is called.
    #[prop(default = str::to_owned)]
    called: fn(&str) -> String,
) -> impl IntoView {
    query
        .to_params()
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=called(name) value=value /> })
        .collect_view()
}

/// The URL of a question to the grid.
fn url(org: &str, query: &PeopleQuery) -> String {
    paths::users_by(org, &query.to_query_string())
}

/// The URL of a dialog over the grid.
fn dialog_url(here: &str, dialog: &str, id: Option<&str>) -> String {
    let joint = if here.contains('?') { '&' } else { '?' };
    let id = id.map(|id| format!("&id={id}")).unwrap_or_default();
    format!("{here}{joint}{}={dialog}{id}", paths::DIALOG)
}
