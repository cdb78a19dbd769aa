//! How people look, alone and in the list.

use leptos::prelude::*;
use model::{
    PersonState, Role, Source,
    people::{Column, Filters, LoginFilter, Look, PeopleQuery},
    policy::StatusWords,
    text::hue,
    time::{DAY, HOUR, MINUTE},
};

use super::{Sample, made_up};
use crate::{
    components::{
        person::{Avatar, Identity, LastLogin, StatusBadge},
        ui::Time,
    },
    pages::people::{
        WaysIn,
        export::ExportMenu,
        facets::{Chips, FilterMenus, ViewMenu},
        grid::{Grid, Table},
        row::MenuPanel,
        toolbar::{Head, Search},
    },
};

/// First names, among which every hue is.
const NAMES: [&str; 26] = [
    "Ada", "Grace", "Alan", "Ida", "Kurt", "Emmy", "Hedy", "Karen", "Jean", "Betty", "Fran", "Ruth", "Kay", "Edsger",
    "Donald", "Barbara", "Tony", "Niklaus", "John", "Annie", "Radia", "Sophie", "Lynn", "Adele", "Mary", "Evelyn",
];

pub(super) fn parts() -> AnyView {
    let vocabularies = [StatusWords::Deactivated, StatusWords::Disabled, StatusWords::Suspended];
    let of_hue = |wanted| NAMES.into_iter().find(|name| hue(name) == wanted);
    let ago = [0, 3 * MINUTE, 5 * HOUR, DAY, 6 * DAY, 40 * DAY, 400 * DAY, -6 * DAY];
    view! {
        <Sample of="Status, in three vocabularies">
            <ul class="gallery-badges">
                {vocabularies
                    .into_iter()
                    .flat_map(|words| PersonState::ALL.map(|state| view! { <li><StatusBadge state words /></li> }))
                    .collect_view()}
            </ul>
        </Sample>
        <Sample of="Avatars of every hue">
            {(0..12).filter_map(of_hue).map(|name| view! { <Avatar name /> }).collect_view()}
        </Sample>
        <Sample of="Name and address">
            {made_up::people(2)
                .into_iter()
                .take(3)
                .map(|person| view! { <Identity you=person.target.role == Role::Owner person href="#person".to_owned() /> })
                .collect_view()}
        </Sample>
        <Sample of="Times">
            {ago.map(|ms| view! { <Time at=made_up::NOW.plus(-ms) now=made_up::NOW /> }).collect_view()}
            <LastLogin at=None now=made_up::NOW />
        </Sample>
    }
    .into_any()
}

pub(super) fn toolbar() -> AnyView {
    let words = StatusWords::Deactivated;
    let org = StoredValue::new("gallery".to_owned());
    let filters = Filters {
        roles: vec![Role::Admin, Role::Owner],
        states: vec![PersonState::Active],
        login: Some(LoginFilter::Over30Days),
        sources: vec![Source::Csv],
        group: None,
        attributes: Vec::new(),
    };
    let plain = Memo::new(|_| PeopleQuery::default());
    let narrowed =
        Memo::new(move |_| PeopleQuery { q: "grace".to_owned(), filters: filters.clone(), ..PeopleQuery::default() });
    let here = Signal::stored(super::PATH.to_owned());
    let tools = move |query| {
        view! {
            <div class="toolbar">
                <Search query org />
                <FilterMenus query org words />
                <span class="apart">
                    <ExportMenu query org here />
                    <ViewMenu query org words />
                </span>
            </div>
            <Chips query org words />
        }
    };
    view! {
        <Sample of="Heading"><Head viewer=made_up::viewer() here ways=WaysIn::of(&made_up::viewer()) /></Sample>
        <Sample of="Search and filters">{tools(plain)}</Sample>
        <Sample of="With filters that are on">{tools(narrowed)}</Sample>
    }
    .into_any()
}

pub(super) fn rows() -> AnyView {
    let asked = PeopleQuery::default();
    let page = made_up::page(1, &asked);
    let query = Memo::new(|_| PeopleQuery::default());
    let here = Signal::stored(super::PATH.to_owned());
    view! { <Grid viewer=made_up::viewer() asked page query here remembered=false ways=WaysIn::of(&made_up::viewer()) /> }.into_any()
}

pub(super) fn compact() -> AnyView {
    let columns = [Column::Status, Column::Role, Column::Added, Column::Source, Column::Active];
    let query = move |q: &str| PeopleQuery {
        q: q.to_owned(),
        look: Look { columns: columns.to_vec(), compact: true, ..Look::default() },
        ..PeopleQuery::default()
    };
    let org = StoredValue::new("gallery".to_owned());
    let table = move |list, q| view! { <Table org ground=made_up::ground(list, query(q)) picks=None /> };
    view! {
        <Sample of="Compact, other columns">{table(3, "")}</Sample>
        <Sample of="What a search found">{table(4, "gra hop max")}</Sample>
    }
    .into_any()
}

pub(super) fn row_menus() -> AnyView {
    let ground = made_up::ground(5, PeopleQuery::default());
    let panel = |(n, of): (usize, &'static str)| {
        let entry = ground.shown.rows().into_iter().nth(n)?;
        Some(view! { <Sample of><MenuPanel entry ground /></Sample> })
    };
    let of = [(1, "An admin"), (2, "Somebody deactivated"), (3, "Somebody invited")];
    let yourself = {
        let ground = made_up::ground(1, PeopleQuery::default());
        let entry = ground.shown.rows().into_iter().next();
        entry.map(|entry| view! { <Sample of="Yourself"><MenuPanel entry ground /></Sample> })
    };
    view! { <div class="gallery-columns">{of.map(panel).collect_view()} {yourself}</div> }.into_any()
}
