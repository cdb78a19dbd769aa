//! The grid: tabs with counts, a real table with sortable columns, and paging by keyset.

use leptos::{prelude::*, server_fn::ServerFn as _, web_sys};
use leptos_router::hooks::use_query_map;
use model::{
    people::{Column, From, PeopleCounts, PeoplePage, PeopleQuery, Sort, SortBy, Tab, Viewer},
    text::thousands,
};

use super::{
    QueryInputs, WaysIn,
    attribute_menus::AttributeMenus,
    bulk::{BulkBar, PickPage, Picks},
    empty::{Empty, JustYou},
    group_filter::GroupFilter,
    requests::Requests,
    row::{ActForm, Ground, Row},
    shown::Shown,
    url,
};
use crate::{
    api::{bulk::StartBulk, invitations::ResendInvitation, people::ActOnPerson},
    components::{
        errors::ProblemPage,
        form::use_form,
        ui::{Choosing, Icon, close_from_outside, refocus},
    },
    problem::{Problem, ProblemKind},
    reply::Submitted,
};

/// One page of people, which follows the URL from then on.
#[component]
pub fn Grid(
    viewer: Viewer,
    asked: PeopleQuery,
    page: PeoplePage,
    /// The question of the URL.
    query: Memo<PeopleQuery>,
    here: Signal<String>,
    /// The page is from memory and may be old.
    remembered: bool,
    ways: WaysIn,
) -> impl IntoView {
    let org = StoredValue::new(viewer.org.slug.as_str().to_owned());
    let shown = Shown::new(org, asked, page);
    shown.follow(query, remembered);
    let menu = RwSignal::new(use_query_map().with_untracked(|params| params.get("menu")));
    let open_menu = move || {
        let button = document().get_element_by_id(&format!("menu-{}", menu.try_get_untracked()??))?;
        button.parent_element()
    };
    close_from_outside(open_menu, Choosing::Closes, move || menu.set(None));
    let picks = Picks::of(&viewer, shown);
    let ground = Ground {
        viewer: StoredValue::new(viewer),
        shown,
        columns: Memo::new(move |_| shown.query().look.columns),
        attributes: Memo::new(move |_| shown.attributes()),
        here,
        menu,
        resend: use_form::<ResendInvitation>(None),
        selects: picks.is_some(),
    };
    // Who works by keyboard stays where they were when rows move.
    let focused = StoredValue::new(String::new());
    Effect::new(move |_| {
        shown.rows();
        refocus(focused.get_value());
    });
    let alone = Memo::new(move |_| {
        ways.is_any()
            && shown.with(|query, page| {
                !query.is_narrowed() && Tab::ALL.iter().map(|tab| page.counts.of(*tab)).sum::<u64>() == 1
            })
            && shown.rows().len() == 1
    });
    let empty = Memo::new(move |_| shown.is_empty());
    let asks = Memo::new(move |_| shown.with(|query, _| query.tab == Tab::Requests));
    let lost = Memo::new(move |_| shown.problem().filter(|problem| !may_come_back(problem)));
    let body = move || {
        if let Some(problem) = lost.get() {
            view! { <ProblemPage problem /> }.into_any()
        } else if asks.get() {
            view! { <Requests org /> }.into_any()
        } else if empty.get() {
            let query = shown.query();
            view! { <Empty org=org.get_value() query here=here.get() ways /> }.into_any()
        } else {
            view! { <Table org ground picks /> }.into_any()
        }
    };
    view! {
        {move || view! { <Tabs org=org.get_value() query=shown.query() counts=shown.counts() /> }}
        <p class="visually-hidden" role="status">{move || shown.summary()}</p>
        <Trouble shown />
        {move || {
            (!asks.get())
                .then(|| {
                    view! {
                        <GroupFilter org shown />
                        <AttributeMenus org shown />
                    }
                })
        }}
        <ButtonForms org query />
        <div
            class="grid-body"
            aria-busy=move || shown.is_loading().then_some("true")
            on:focusin=move |event| {
                let _ = focused.try_set_value(event_target::<web_sys::Element>(&event).id());
            }
        >
            {body}
        </div>
        {move || alone.get().then(|| view! { <JustYou org=org.get_value() here=here.get() ways /> })}
    }
}

/// Whether asking again may help.
fn may_come_back(problem: &Problem) -> bool {
    matches!(
        problem.kind,
        ProblemKind::Offline | ProblemKind::Unavailable | ProblemKind::Internal | ProblemKind::TooMany
    )
}

/// Why the rows may be old, and what a button of a row was refused for without a script.
#[component]
fn Trouble(shown: Shown) -> impl IntoView {
    let refused = use_context::<Submitted>()
        .filter(|submitted| {
            [ActOnPerson::PATH, ResendInvitation::PATH, StartBulk::PATH].contains(&submitted.path.as_str())
        })
        .and_then(|submitted| submitted.result.err())
        .map(|problem| view! { <p class="notice bad">{problem.message}</p> });
    view! {
        <div role="alert">
            {refused}
            {move || {
                shown
                    .problem()
                    .filter(may_come_back)
                    .map(|problem| {
                        view! {
                            <p class="notice bad">
                                {problem.message} " What you see may be old. "
                                <button class="button small" type="button" on:click=move |_| shown.retry()>
                                    "Try again"
                                </button>
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// The forms of the buttons in the rows, once for all of them.
#[component]
fn ButtonForms(org: StoredValue<String>, query: Memo<PeopleQuery>) -> impl IntoView {
    view! {
        <ActForm org=org.get_value() />
        <form id="menus" method="get">
            {move || view! { <QueryInputs query=query.get() /> }}
        </form>
    }
}

#[component]
pub fn Table(org: StoredValue<String>, ground: Ground, picks: Option<Picks>) -> impl IntoView {
    let shown = ground.shown;
    let head = move || {
        let query = shown.query();
        let org = org.get_value();
        let heads = ground
            .columns
            .get()
            .into_iter()
            .map(|column| {
                let class = column_class(column);
                match column.sorts_by().filter(|(by, _)| query.tab.sorts_by(*by)) {
                    Some((by, down)) => sort_head(&org, &query, (column.label(), class), (by, down), None),
                    None => view! { <th scope="col" class=class>{column.label()}</th> }.into_any(),
                }
            })
            .collect_view();
        let of_attributes = ground
            .attributes
            .get()
            .into_iter()
            .map(|of| view! { <th scope="col" class="col-attribute" dir="auto">{of.label.as_str().to_owned()}</th> })
            .collect_view();
        view! {
            <tr>
                {name_head(&org, &query, picks.map(|picks| (picks, shown)))} {heads} {of_attributes}
                <th scope="col" class="col-actions">
                    <span class="visually-hidden">"Actions"</span>
                </th>
            </tr>
        }
    };
    // What a component reads when it is made does not make it anew: that has to be read here.
    let pager = move || {
        let ways = shown.with(|query, page| {
            let to = |from: &Option<From>, number: u32| {
                let from = from.clone()?;
                Some(url(&org.get_value(), &PeopleQuery { from, page: number.max(1), ..query.clone() }))
            };
            [to(&page.previous, query.page.saturating_sub(1)), to(&page.next, query.page + 1)]
        });
        view! { <Pager summary=shown.summary() ways /> }
    };
    view! {
        <div
            class="grid"
            class:compact=move || shown.query().look.compact
            class:picks=ground.selects
            on:click=move |event| {
                if let Some(picks) = picks {
                    picks.clicked(&event);
                }
            }
        >
            <table>
                <caption class="visually-hidden">{move || shown.summary()}</caption>
                <thead>{head}</thead>
                <tbody>
                    <For each=move || shown.rows() key=|entry| entry.id.clone() let(entry)>
                        <Row entry ground />
                    </For>
                </tbody>
            </table>
        </div>
        {pager}
        {picks.map(|picks| view! { <BulkBar viewer=ground.viewer picks shown /> })}
    }
}

#[component]
pub fn Tabs(org: String, query: PeopleQuery, counts: PeopleCounts) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label="Lists">
            {Tab::ALL
                .iter()
                .copied()
                .map(|tab| {
                    let here = (tab == query.tab).then_some("page");
                    let href = url(&org, &query.restarted(|q| q.tab = tab));
                    view! {
                        <a href=href aria-current=here>
                            {tab.label()}
                            <span class="count">{thousands(counts.of(tab))}</span>
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

/// The class of a column's cells.
pub(super) const fn column_class(column: Column) -> &'static str {
    match column {
        Column::Role => "col-role",
        Column::Status => "col-status",
        Column::LastLogin => "col-login",
        Column::Active => "col-active",
        Column::Added => "col-added",
        Column::Source => "col-source",
    }
}

/// The head of the names, with the box that selects all of the page.
fn name_head(org: &str, query: &PeopleQuery, picks: Option<(Picks, Shown)>) -> AnyView {
    let pick = picks.map(|(picks, shown)| view! { <PickPage picks shown /> }.into_any());
    sort_head(org, query, ("Full name", "col-name"), (SortBy::Name, false), pick)
}

/// A column head that sorts, behind what else stands in it; the second of `by` is whether the first choice sorts
/// downwards.
fn sort_head(
    org: &str,
    query: &PeopleQuery,
    (label, class): (&'static str, &'static str),
    (by, down): (SortBy, bool),
    front: Option<AnyView>,
) -> AnyView {
    let sorted = match query.sort {
        Sort::Best if query.q.is_empty() && by == SortBy::Name => Some(("ascending", "arrow-up")),
        Sort::Up(at) if at == by => Some(("ascending", "arrow-up")),
        Sort::Down(at) if at == by => Some(("descending", "arrow-down")),
        _ => None,
    };
    let next = match sorted {
        Some(("ascending", _)) => Sort::Down(by),
        None if down => Sort::Down(by),
        // What stands in no URL is the same as this.
        _ if by == SortBy::Name && query.q.is_empty() => Sort::Best,
        _ => Sort::Up(by),
    };
    let href = url(org, &query.restarted(|q| q.sort = next));
    view! {
        <th scope="col" class=class aria-sort=sorted.map(|s| s.0)>
            {front}
            <a href=href class="sort">
                {label}
                <Icon name=sorted.map_or("chevrons-up-down", |s| s.1) />
            </a>
        </th>
    }
    .into_any()
}

#[component]
pub fn Pager(summary: String, ways: [Option<String>; 2]) -> impl IntoView {
    let [previous, next] = ways;
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{summary}</span>
            <PagerLink href=previous>
                <Icon name="chevron-left" />
                "Previous"
            </PagerLink>
            <PagerLink href=next>
                "Next"
                <Icon name="chevron-right" />
            </PagerLink>
        </nav>
    }
}

#[component]
fn PagerLink(href: Option<String>, children: Children) -> impl IntoView {
    match href {
        Some(href) => view! { <a class="button small" href=href>{children()}</a> }.into_any(),
        None => view! { <span class="button small" aria-disabled="true">{children()}</span> }.into_any(),
    }
}
