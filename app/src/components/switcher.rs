//! The organization that one is in, and the way to one's others (B45). The list is asked for when it is opened: no page costs
//! a question more for it. Without scripts the panel leads to the page of all organizations.

use leptos::{prelude::*, task::spawn_local};
use model::people::{MyOrgs, Viewer};

use super::ui::{Icon, Menu};
use crate::{api::organizations::list_my_orgs, paths, problem::Problem};

/// How many organizations are listed, the last used first; the rest is a page away.
const LISTED: usize = 8;

/// The first letter of an organization in a square.
#[component]
pub fn OrgMark(
    /// Its name.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    // Decoration: as an attribute that the style shows, it is no text that a label has to contain.
    view! {
        <span
            class="org-mark"
            data-initial=name.chars().next().map(|c| c.to_uppercase().to_string())
            aria-hidden="true"
        ></span>
    }
}

/// The menu of one's organizations.
#[component]
pub fn OrgSwitcher(viewer: Viewer) -> impl IntoView {
    let name = viewer.org.name.as_str().to_owned();
    let here = viewer.org.slug.as_str().to_owned();
    let found = RwSignal::new(None::<Result<MyOrgs, Problem>>);
    let load = Callback::new(move |()| {
        // A failure is asked for anew.
        if !found.with_untracked(|found| matches!(found, Some(Ok(_)))) {
            spawn_local(async move {
                let answer = list_my_orgs().await;
                let _ = found.try_set(Some(answer));
            });
        }
    });
    let shown = name.clone();
    let list = move || match found.get() {
        Some(Ok(mine)) => view! { <Others mine here=here.clone() /> }.into_any(),
        Some(Err(problem)) => view! { <p class="menu-note">{problem.message}</p> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <Menu
            label=format!("{name}: switch organization")
            class="org"
            on_open=load
            button=move || {
                view! {
                    <OrgMark name=shown.clone() />
                    <span class="org-name" dir="auto">{shown.clone()}</span>
                    <Icon name="chevrons-up-down" />
                }
            }
        >
            {list}
            <a class="menu-item" href=paths::orgs()><Icon name="building-2" />"All organizations"</a>
        </Menu>
    }
}

#[component]
fn Others(mine: MyOrgs, here: String) -> impl IntoView {
    let open: Vec<_> = mine.orgs.into_iter().filter(model::people::OrgMembership::is_in_use).collect();
    let lines = open
        .into_iter()
        .take(LISTED)
        .map(|org| {
            let name = org.name.as_str().to_owned();
            let current = (org.slug.as_str() == here).then_some("true");
            // Loaded anew, so that nothing of the one stays while the other is shown.
            view! {
                <a class="menu-item org-item" href=paths::org(org.slug.as_str()) rel="external" aria-current=current>
                    <OrgMark name=name.clone() />
                    <span>
                        <b dir="auto">{name}</b>
                        <small>{org.role.label_as(org.kind)}</small>
                    </span>
                    {current.map(|_| view! { <Icon name="check" /> })}
                </a>
            }
        })
        .collect_view();
    let invited = match mine.invitations.len() {
        0 => None,
        1 => Some("1 invitation waits for you".to_owned()),
        n => Some(format!("{n} invitations wait for you")),
    };
    view! {
        {lines}
        <hr />
        {invited
            .map(|text| {
                view! {
                    <a class="menu-item" href=paths::orgs()>
                        <Icon name="mail" />
                        {text}
                    </a>
                }
            })}
        {mine
            .founding
            .is_ok()
            .then(|| {
                view! {
                    <a class="menu-item" href=paths::found_org()>
                        <Icon name="plus" />
                        "New organization"
                    </a>
                }
            })}
    }
}
