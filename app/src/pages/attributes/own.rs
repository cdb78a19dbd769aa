//! What whoever is signed in sees of their own attributes, whatever their role (B39).

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{Target, attribute::PersonAttribute, people::Viewer};

use super::values::{PersonValues, person_dialog};
use crate::{
    Reload,
    api::attributes::own_attributes,
    components::{loaded::Loaded, ui::PageTitle},
    paths,
};

/// `/o/:org/me`
#[component]
pub fn OwnAttributesPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let Reload(reload) = expect_context();
    let org = viewer.org.slug.as_str().to_owned();
    let found = Resource::new(move || (org.clone(), reload.get()), |(org, _)| own_attributes(org));
    view! {
        <PageTitle text="Your attributes" />
        <div class="page-head">
            <div>
                <h1>"Your attributes"</h1>
                <p>
                    "What " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span>
                    " tells the applications behind about you, as far as you see it."
                </p>
            </div>
        </div>
        <Loaded of=move || found waiting="Loading…" show=move |all| view! { <Own viewer=viewer.clone() all /> } />
    }
}

#[component]
fn Own(viewer: Viewer, all: Vec<PersonAttribute>) -> impl IntoView {
    let here = paths::own_attributes(viewer.org.slug.as_str());
    let target = Target {
        membership_id: viewer.actor.membership_id.clone(),
        org_id: viewer.actor.org_id.clone(),
        kind: viewer.actor.kind,
        role: viewer.actor.role,
        withheld: viewer.actor.withheld,
        through_groups: viewer.actor.through_groups,
        state: viewer.actor.state,
    };
    let dialog = {
        let (query, here, viewer, target, all) =
            (use_query_map(), here.clone(), viewer.clone(), target.clone(), all.clone());
        move || {
            let here = here.clone();
            let close_to = Signal::derive(move || here.clone());
            person_dialog(&query.with(|q| q.get("dialog").unwrap_or_default()), &viewer, &target, &all, close_to)
        }
    };
    view! {
        {all.is_empty().then(|| view! { <p>"There is nothing to see here."</p> })}
        <PersonValues viewer target all here />
        {dialog}
    }
}
