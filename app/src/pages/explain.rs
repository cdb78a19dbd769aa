//! Who can do something in an organization (N6): a permission, and everybody who holds it, whichever way.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Action, Area, OrgKind, Permission, decide,
    explain::{Holder, WhoCan},
    people::{Cursor, Viewer},
    text::counted,
};

use crate::{
    api::explain::list_holders,
    components::{
        errors::Refused,
        loaded::Loaded,
        person::Identity,
        ui::{Icon, PageTitle, Pager, SelectField},
    },
    paths,
};

/// `/o/:org/access`
#[component]
pub fn WhoCanPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Err(why) = decide(&viewer.actor, Action::ViewPeople, None) {
        return view! { <Refused why /> }.into_any();
    }
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|q| Permission::from_code(&q.get("can")?)));
    let after = Memo::new(move |_| query.with(|q| Cursor::decode(&q.get("after")?)));
    let org = viewer.org.slug.as_str().to_owned();
    let found = {
        let org = org.clone();
        Resource::new(
            move || (asked.get(), after.get()),
            move |(asked, after)| {
                let org = org.clone();
                async move {
                    match asked {
                        Some(permission) => {
                            list_holders(org, permission, after.map(|cursor| cursor.encode())).await.map(Some)
                        }
                        None => Ok(None),
                    }
                }
            },
        )
    };
    view! {
        <a class="back" href=paths::roles(&org)><Icon name="arrow-left" />"Roles"</a>
        <PageTitle text="Who can" />
        <div class="page-head">
            <div>
                <h1>"Who can"</h1>
                <p>"Everybody who may do something here, whether by their own role or through a group."</p>
            </div>
        </div>
        <form class="panel ask" method="get" action=paths::who_can(&org, None, None)>
            {move || view! { <PermissionField name="can" label="What" kind=viewer.org.kind chosen=asked.get() /> }}
            <button class="button primary">"Show who can"</button>
        </form>
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |found| {
                found.map(|found| view! { <Found org=org.clone() found continued=after.get_untracked().is_some() /> })
            }
        />
    }
    .into_any()
}

/// A permission to be chosen, by what it is about.
#[component]
pub fn PermissionField(
    /// As posted.
    name: &'static str,
    /// Above it.
    label: &'static str,
    /// What the organization is.
    kind: OrgKind,
    /// The one that is chosen.
    chosen: Option<Permission>,
) -> impl IntoView {
    let areas = Area::ALL
        .into_iter()
        .map(|area| {
            let options = Permission::of(kind)
                .filter(|of| of.area() == area)
                .map(|of| view! { <option value=of.code() selected=chosen == Some(of)>{of.label()}</option> })
                .collect_view();
            view! { <optgroup label=area.label()>{options}</optgroup> }
        })
        .collect_view();
    view! {
        <SelectField id=format!("choose-{name}") name label error=Signal::stored(None)>
            {areas}
        </SelectField>
    }
}

/// Who can.
#[component]
pub fn Found(
    /// The organization's slug.
    org: String,
    /// A page of them.
    found: WhoCan,
    /// Whether it is not the first.
    continued: bool,
) -> impl IntoView {
    let WhoCan { permission, people, next, .. } = found;
    let said = match (people.len() as u64, next.is_some() || continued) {
        (0, false) => "Nobody can.".to_owned(),
        (0, true) => "Nobody on this page.".to_owned(),
        (n, false) => format!("{} can.", counted(n, "person", "people")),
        (n, true) => format!("{} on this page can.", counted(n, "person", "people")),
    };
    let lines = people
        .into_iter()
        .map(|Holder { person, by_own_role }| {
            let id = person.target.membership_id.to_string();
            let whence = if by_own_role {
                format!("by the own role: {}", person.role_label())
            } else {
                "through a group".to_owned()
            };
            let name = person.display_name();
            let href = paths::user(&org, &id);
            view! {
                <li>
                    <Identity person href you=false />
                    <p class="whence" dir="auto">{whence}</p>
                    <a class="button small" href=paths::why(&org, &id, permission) aria-label=format!("Why can {name}?")>
                        "Why?"
                    </a>
                </li>
            }
        })
        .collect_view();
    let first = continued.then(|| paths::who_can(&org, Some(permission), None));
    let next = next.map(|cursor| paths::who_can(&org, Some(permission), Some(&cursor)));
    view! {
        <section class="panel" aria-labelledby="holders">
            <h2 id="holders">{permission.label()}</h2>
            <p>{permission.sentence()}</p>
            <p role="status">{said}</p>
            <ul class="holders" aria-label="Who can">{lines}</ul>
            <Pager first next />
        </section>
    }
}
