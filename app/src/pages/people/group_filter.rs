//! The filter by group (B38). It stands with the rows, which come with the names of the groups.

use leptos::prelude::*;
use model::{group::NamedGroup, people::PeopleQuery};

use super::{shown::Shown, url};
use crate::components::ui::{Icon, Menu};

/// The menu of groups, and the one that is on with the way to take it off; nothing where there are no groups.
#[component]
pub fn GroupFilter(org: StoredValue<String>, shown: Shown) -> impl IntoView {
    let groups = Memo::new(move |_| shown.with(|_, page| page.groups.clone()));
    let chosen = Memo::new(move |_| shown.with(|query, _| query.filters.group.clone()));
    let to = move |group: Option<&NamedGroup>| {
        let id = group.map(|group| group.id.clone());
        shown.with(|query: &PeopleQuery, _| url(&org.get_value(), &query.restarted(|q| q.filters.group = id)))
    };
    let chip = move || {
        let id = chosen.get()?;
        let name = groups.with(|all| all.iter().find(|group| group.id == id).map(|of| of.name.as_str().to_owned()));
        let label = format!("Group: {}", name.as_deref().unwrap_or("deleted"));
        Some(view! {
            <a class="chip" href=to(None) aria-label=format!("{label}, remove filter")>
                {label.clone()}
                <Icon name="x" />
            </a>
        })
    };
    move || {
        let all = groups.get();
        (!all.is_empty() || chosen.with(Option::is_some)).then(|| {
            let items = all
                .into_iter()
                .map(|group| {
                    let name = group.name.as_str().to_owned();
                    let id = group.id.clone();
                    let href = move || to(Some(&group));
                    let current = move || chosen.with(|chosen| chosen.as_ref() == Some(&id)).then_some("true");
                    view! {
                        <a class="menu-item check-item" href=href data-noscroll aria-current=current>
                            <Icon name="check" />
                            <span dir="auto">{name}</span>
                        </a>
                    }
                })
                .collect_view();
            view! {
                <div class="toolbar">
                    <span class="filter">
                        <Menu
                            label="Filter by group"
                            class="button small"
                            button=|| {
                                view! {
                                    "Group"
                                    <Icon name="chevron-down" />
                                }
                            }
                        >
                            {items}
                        </Menu>
                    </span>
                    {chip}
                </div>
            }
        })
    }
}
