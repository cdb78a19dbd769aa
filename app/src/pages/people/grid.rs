//! The grid: tabs with counts, a real table with sortable columns, its empty states, and paging by keyset.

use leptos::prelude::*;
use model::people::{From, PAGE_SIZE, PeoplePage, PeopleQuery, Sort, Tab, Viewer};

use super::{dialog_url, row::Row, thousands, url};
use crate::{
    api::people::ActOnPerson,
    components::{form::use_form, ui::Icon},
};

/// One page of people.
#[component]
pub fn Grid(viewer: Viewer, page: PeoplePage, query: PeopleQuery, may_invite: bool) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let here = url(&org, &query);
    let act = use_form::<ActOnPerson>(None);
    let resend = use_form::<crate::api::invitations::ResendInvitation>(None);
    let empty = page.rows.is_empty();
    let alone = may_invite && query.q.is_empty() && page.counts.standard == 1 && page.rows.len() == 1;
    let now = page.now;
    let rows = page
        .rows
        .iter()
        .cloned()
        .map(|person| view! { <Row viewer=viewer.clone() person now here=here.clone() act resend /> })
        .collect_view();
    view! {
        <Tabs org=org.clone() page=page.clone() query=query.clone() />
        <p class="visually-hidden" role="status">{summary(&page, &query)}</p>
        {if empty {
            view! { <Empty org=org.clone() query=query.clone() here may_invite /> }.into_any()
        } else {
            view! {
                <div class="grid">
                    <table>
                        <caption class="visually-hidden">{summary(&page, &query)}</caption>
                        <thead>
                            <tr>
                                <SortHead org=org.clone() query=query.clone() label="Full name" up=Sort::NameAsc down=Sort::NameDesc />
                                <th scope="col">"Role"</th>
                                <th scope="col">"Status"</th>
                                {if query.tab == Tab::Standard {
                                    view! {
                                        <SortHead
                                            org=org.clone()
                                            query=query.clone()
                                            label="Last login"
                                            up=Sort::LoginDesc
                                            down=Sort::LoginAsc
                                        />
                                    }
                                        .into_any()
                                } else {
                                    view! { <th scope="col">"Last login"</th> }.into_any()
                                }}
                                <th scope="col">"Active"</th>
                                <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                {alone.then(|| view! { <JustYou here /> })}
                <Pager org page query />
            }
                .into_any()
        }}
    }
}

/// Where on the list one is, in words.
fn summary(page: &PeoplePage, query: &PeopleQuery) -> String {
    let total = match (query.q.is_empty(), page.matches) {
        (true, _) => Some(page.counts.of(query.tab)),
        (false, matches) => matches,
    };
    let first = (query.page as usize).saturating_sub(1) * PAGE_SIZE + 1;
    let last = first + page.rows.len().saturating_sub(1);
    let range = format!("{}–{}", thousands(first as u64), thousands(last as u64));
    match total {
        _ if page.rows.is_empty() => "Nobody".to_owned(),
        Some(total) => format!("{range} of {}", thousands(total)),
        None => format!("{range} of many"),
    }
}

#[component]
fn Tabs(org: String, page: PeoplePage, query: PeopleQuery) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label="Lists">
            {Tab::ALL
                .map(|tab| {
                    let here = (tab == query.tab).then_some("page");
                    let href = url(&org, &query.restarted(|q| q.tab = tab));
                    view! {
                        <a href=href aria-current=here>
                            {tab.label()}
                            <span class="count">{thousands(page.counts.of(tab))}</span>
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

/// A column head that sorts: `up` at the first choice, `down` at the second.
#[component]
fn SortHead(org: String, query: PeopleQuery, label: &'static str, up: Sort, down: Sort) -> impl IntoView {
    let next = if query.sort == up { down } else { up };
    let sorted = match query.sort {
        sort if sort != up && sort != down => None,
        Sort::NameAsc | Sort::LoginAsc => Some(("ascending", "arrow-up")),
        Sort::NameDesc | Sort::LoginDesc => Some(("descending", "arrow-down")),
    };
    let href = url(&org, &query.restarted(|q| q.sort = next));
    view! {
        <th scope="col" aria-sort=sorted.map(|s| s.0)>
            <a href=href class="sort">
                {label} <Icon name=sorted.map_or("chevrons-up-down", |s| s.1) />
            </a>
        </th>
    }
}

#[component]
fn Pager(org: String, page: PeoplePage, query: PeopleQuery) -> impl IntoView {
    let to = |from: Option<From>, number: u32| {
        from.map(|from| url(&org, &PeopleQuery { from, page: number.max(1), ..query.clone() }))
    };
    let previous = to(page.previous.clone(), query.page.saturating_sub(1));
    let next = to(page.next.clone(), query.page + 1);
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{summary(&page, &query)}</span>
            <PagerLink href=previous icon="chevron-left" label="Previous" />
            <PagerLink href=next icon="chevron-right" label="Next" />
        </nav>
    }
}

#[component]
fn PagerLink(href: Option<String>, icon: &'static str, label: &'static str) -> impl IntoView {
    match href {
        Some(href) => view! { <a class="button small" href=href><Icon name=icon />{label}</a> }.into_any(),
        None => view! { <span class="button small" aria-disabled="true"><Icon name=icon />{label}</span> }.into_any(),
    }
}

/// The first run: nobody else yet.
#[component]
fn JustYou(here: String) -> impl IntoView {
    view! {
        <section class="empty">
            <span class="empty-icon"><Icon name="user-plus" /></span>
            <h2>"It is just you so far"</h2>
            <p>"Invite the people you work with. Each of them gets an email with a link that is valid for a few days."</p>
            <p class="empty-actions">
                <a class="button primary" href=dialog_url(&here, "invite", None)>"Invite people"</a>
            </p>
        </section>
    }
}

/// Nobody to show: why, and the way on.
#[component]
fn Empty(org: String, query: PeopleQuery, here: String, may_invite: bool) -> impl IntoView {
    let searched = !query.q.is_empty();
    let (icon, title, text) = match (searched, query.tab) {
        (true, _) => (
            "search",
            "No match".to_owned(),
            format!("Nobody here is called “{}”, or has it in their address.", query.q),
        ),
        (false, Tab::Invitations) => {
            ("mail", "No open invitations".to_owned(), "Whom you invite waits here until they accept.".to_owned())
        }
        (false, Tab::Expired) => (
            "clock",
            "Nothing has expired".to_owned(),
            "Invitations that nobody accepted in time end up here.".to_owned(),
        ),
        (false, Tab::Standard) => {
            ("users", "Nobody here".to_owned(), "This page is past the end of the list.".to_owned())
        }
    };
    let way_on = match (searched, query.tab) {
        (true, _) => {
            view! { <a class="button" href=url(&org, &query.restarted(|q| q.q = String::new()))>"Clear search"</a> }
                .into_any()
        }
        (false, Tab::Standard) => {
            view! { <a class="button" href=url(&org, &query.restarted(|_| ()))>"To the first page"</a> }.into_any()
        }
        (false, _) if may_invite => {
            view! { <a class="button primary" href=dialog_url(&here, "invite", None)>"Invite people"</a> }.into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <section class="empty">
            <span class="empty-icon"><Icon name=icon /></span>
            <h2>{title}</h2>
            <p>{text}</p>
            <p class="empty-actions">{way_on}</p>
        </section>
    }
}
