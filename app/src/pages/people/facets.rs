//! What can be switched in the URL: filters, columns, and how the rows look. Each switch is a link, so that it works
//! without a script and can be opened, copied and gone back from.

use leptos::prelude::*;
use model::{
    PersonState, Role, Source,
    people::{Column, FILTER_STATES, Filters, LoginFilter, PageSize, PeopleQuery},
    policy::StatusWords,
};

use super::url;
use crate::components::ui::{Icon, Menu};

/// One switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    Role(Role),
    State(PersonState),
    Login(LoginFilter),
    Source(Source),
    Column(Column),
    Size(PageSize),
    Compact(bool),
}

fn switch<T: PartialEq>(list: &mut Vec<T>, item: T) {
    match list.iter().position(|other| *other == item) {
        Some(i) => drop(list.remove(i)),
        None => list.push(item),
    }
}

impl Facet {
    /// Whether it is on.
    pub fn is_on(self, query: &PeopleQuery) -> bool {
        match self {
            Self::Role(role) => query.filters.roles.contains(&role),
            Self::State(state) => query.filters.states.contains(&state),
            Self::Login(login) => query.filters.login == Some(login),
            Self::Source(source) => query.filters.sources.contains(&source),
            Self::Column(column) => query.look.columns.contains(&column),
            Self::Size(size) => query.size == size,
            Self::Compact(compact) => query.look.compact == compact,
        }
    }
    /// The question with it switched.
    pub fn switched(self, query: &PeopleQuery) -> PeopleQuery {
        match self {
            Self::Role(role) => query.restarted(|q| switch(&mut q.filters.roles, role)),
            Self::State(state) => query.restarted(|q| switch(&mut q.filters.states, state)),
            Self::Login(login) => {
                query.restarted(|q| q.filters.login = (q.filters.login != Some(login)).then_some(login))
            }
            Self::Source(source) => query.restarted(|q| switch(&mut q.filters.sources, source)),
            Self::Size(size) => query.restarted(|q| q.size = size),
            Self::Column(column) => query.looking(|look| switch(&mut look.columns, column)),
            Self::Compact(compact) => query.looking(|look| look.compact = compact),
        }
    }
    fn label(self, words: StatusWords) -> String {
        match self {
            Self::Role(role) => role.label().to_owned(),
            Self::State(state) => words.label(state).to_owned(),
            Self::Login(login) => login.label().to_owned(),
            Self::Source(source) => source.label().to_owned(),
            Self::Column(column) => column.label().to_owned(),
            Self::Size(size) => format!("{} rows", size.rows()),
            Self::Compact(compact) => if compact { "Compact" } else { "Comfortable" }.to_owned(),
        }
    }
    /// What it is about, in front of its label where it stands alone.
    const fn about(self) -> &'static str {
        match self {
            Self::Role(_) => "Role",
            Self::State(_) => "Status",
            Self::Login(_) => "Last login",
            Self::Source(_) => "Source",
            Self::Column(_) | Self::Size(_) | Self::Compact(_) => "View",
        }
    }
}

fn filters() -> [(&'static str, Vec<Facet>); 4] {
    [
        ("Role", Role::ALL.map(Facet::Role).to_vec()),
        ("Status", FILTER_STATES.map(Facet::State).to_vec()),
        ("Last login", LoginFilter::ALL.iter().copied().map(Facet::Login).collect()),
        ("Source", Source::ALL.map(Facet::Source).to_vec()),
    ]
}

/// A switch in a menu.
#[component]
fn Switch(facet: Facet, query: Memo<PeopleQuery>, org: StoredValue<String>, words: StatusWords) -> impl IntoView {
    let href = move || url(&org.get_value(), &query.with(|query| facet.switched(query)));
    view! {
        <a
            class="menu-item check-item"
            href=href
            data-noscroll
            aria-current=move || query.with(|query| facet.is_on(query)).then_some("true")
        >
            <Icon name="check" />
            {facet.label(words)}
        </a>
    }
}

/// The menus of filters.
#[component]
pub fn FilterMenus(query: Memo<PeopleQuery>, org: StoredValue<String>, words: StatusWords) -> impl IntoView {
    filters()
        .into_iter()
        .map(|(label, facets)| {
            let of_accepted = matches!(label, "Status" | "Last login");
            let on = {
                let facets = facets.clone();
                Memo::new(move |_| query.with(|query| facets.iter().filter(|facet| facet.is_on(query)).count()))
            };
            let button = move || {
                view! {
                    {label}
                    " "
                    {move || (on.get() > 0).then(|| view! { <span class="on">{on.get()}</span> })}
                    <Icon name="chevron-down" />
                }
            };
            // What the button shows has to be part of its name (WCAG 2.5.3).
            let name = Signal::derive(move || match on.get() {
                0 => format!("Filter by {}", label.to_lowercase()),
                n => format!("Filter by {}: {n} on", label.to_lowercase()),
            });
            let switches = facets.into_iter().map(|facet| view! { <Switch facet query org words /> }).collect_view();
            view! {
                <span class="filter" hidden=move || of_accepted && query.with(|query| query.tab.is_of_invitations())>
                    <Menu label=name class="button small" button stays=true>
                        {switches}
                    </Menu>
                </span>
            }
        })
        .collect_view()
}

/// The filters that are on, each with the way to take it off. Those by group and by attributes have theirs beside their menus.
#[component]
pub fn Chips(query: Memo<PeopleQuery>, org: StoredValue<String>, words: StatusWords) -> impl IntoView {
    let chips = move || {
        let query = query.get();
        if (Filters { group: None, attributes: Vec::new(), ..query.filters.clone() }).is_empty() {
            return ().into_any();
        }
        let chips = filters()
            .into_iter()
            .flat_map(|(_, facets)| facets)
            .filter(|facet| facet.is_on(&query))
            .map(|facet| {
                let label = format!("{}: {}", facet.about(), facet.label(words));
                view! {
                    <li>
                        <a
                            class="chip"
                            href=url(&org.get_value(), &facet.switched(&query))
                            aria-label=format!("{label}, remove filter")
                        >
                            {label.clone()}
                            <Icon name="x" />
                        </a>
                    </li>
                }
            })
            .collect_view();
        let clear = url(&org.get_value(), &query.restarted(|q| q.filters = Filters::default()));
        view! {
            <ul class="chips" aria-label="Filters">
                {chips}
                <li>
                    <a class="chip-clear" href=clear>
                        "Clear filters"
                    </a>
                </li>
            </ul>
        }
        .into_any()
    };
    view! { {chips} }
}

/// The menu of columns, their order, the height of rows and their number.
#[component]
pub fn ViewMenu(query: Memo<PeopleQuery>, org: StoredValue<String>, words: StatusWords) -> impl IntoView {
    let switches = move |facets: Vec<Facet>| {
        facets.into_iter().map(|facet| view! { <Switch facet query org words /> }).collect_view()
    };
    let columns = Column::ALL
        .iter()
        .copied()
        .map(|column| {
            let ways = move || {
                let way = |back: bool| {
                    let (icon, to) = if back { ("arrow-up", "earlier") } else { ("arrow-down", "later") };
                    query.with(|query| moved(query, column, back)).map(|query| {
                        view! {
                            <a
                                class="button icon-only ghost"
                                href=url(&org.get_value(), &query)
                                data-noscroll
                                aria-label=format!("Move {} {to}", column.label())
                            >
                                <Icon name=icon />
                            </a>
                        }
                    })
                };
                view! {
                    {way(true)}
                    {way(false)}
                }
            };
            view! {
                <div class="menu-row">
                    <Switch facet=Facet::Column(column) query org words />
                    {ways}
                </div>
            }
        })
        .collect_view();
    view! {
        <Menu
            label="View"
            class="button small"
            button=|| {
                view! {
                    <Icon name="settings" />
                    "View"
                }
            }
            stays=true
        >
            <p class="menu-head">"Columns"</p>
            {columns}
            <hr />
            <p class="menu-head">"Rows"</p>
            {switches(vec![Facet::Compact(false), Facet::Compact(true)])}
            <hr />
            <p class="menu-head">"On a page"</p>
            {switches(PageSize::ALL.map(Facet::Size).to_vec())}
        </Menu>
    }
}

/// The question with a column one place further to the front or back, if it is shown and can be.
fn moved(query: &PeopleQuery, column: Column, back: bool) -> Option<PeopleQuery> {
    let at = query.look.columns.iter().position(|other| *other == column)?;
    let to = if back { at.checked_sub(1)? } else { at + 1 };
    (to < query.look.columns.len()).then(|| query.looking(|look| look.columns.swap(at, to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_goes_on_and_off_again() {
        let facets = filters().into_iter().flat_map(|(_, facets)| facets).chain([Facet::Column(Column::Added)]);
        for facet in facets {
            let start = PeopleQuery { page: 1, ..PeopleQuery::default() };
            assert!(!facet.is_on(&start));
            let on = facet.switched(&start);
            assert!(facet.is_on(&on), "{facet:?}");
            assert_eq!(facet.switched(&on), start, "{facet:?}");
        }
    }

    #[test]
    fn columns_move_within_what_is_shown() {
        let start = PeopleQuery::default();
        assert!(moved(&start, Column::Role, true).is_none());
        assert!(moved(&start, Column::Source, false).is_none());
        let later = moved(&start, Column::Role, false).map(|query| query.look.columns);
        assert_eq!(later.as_deref(), Some(&[Column::Status, Column::Role, Column::LastLogin, Column::Active][..]));
    }
}
