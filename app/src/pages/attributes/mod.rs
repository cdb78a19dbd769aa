//! The attributes of an organization (B39), and what whoever is signed in sees of their own.

mod definition;
mod own;
pub(super) mod values;

use leptos::prelude::*;
use model::{
    Action, Permission,
    attribute::{Attribute, Audience, ListedAttribute},
    decide,
    id::Id as _,
    people::Viewer,
};

pub use self::{
    definition::{AttributePage, NewAttributePage},
    own::OwnAttributesPage,
};
use crate::{
    Reload,
    api::attributes::list_attributes,
    components::{
        errors::Refused,
        loaded::Loaded,
        ui::{EmptyState, Icon, PageTitle},
    },
    paths,
};

/// Which value holds, for who reads about it for the first time.
const PRECEDENCE: &str = "A value of one’s own comes first. Else the groups that somebody is in say it, and else the groups \
    above those: of several groups, the one whose name comes first says a single value, and many values are put together. \
    Else the default holds.";

/// `/o/:org/attributes`
#[component]
pub fn AttributesPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Err(why) = decide(&viewer.actor, Action::ViewPeople, None) {
        return view! { <Refused why /> }.into_any();
    }
    let manages = may_manage(&viewer);
    let Reload(reload) = expect_context();
    let org = viewer.org.slug.as_str().to_owned();
    let found = {
        let org = org.clone();
        Resource::new(move || (org.clone(), reload.get()), |(org, _)| list_attributes(org))
    };
    view! {
        <PageTitle text="Attributes" />
        <div class="page-head">
            <div>
                <h1>"Attributes"</h1>
                <p>
                    "What is known of people of " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span>
                    " beyond their role, for the applications behind."
                </p>
            </div>
            {manages
                .then(|| {
                    view! {
                        <a class="button primary" href=paths::new_attribute(&org, None)>
                            <Icon name="plus" />
                            "New attribute"
                        </a>
                    }
                })}
        </div>
        <p class="hint">{PRECEDENCE}</p>
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |all| view! { <Attributes org=org.clone() all manages /> }
        />
    }
    .into_any()
}

/// Whether the viewer may define attributes, and give people and groups values of them.
pub(super) fn may_manage(viewer: &Viewer) -> bool {
    viewer.actor.may_change(Permission::ManageAttributes).is_ok()
}

/// What the values of an attribute are, in a few words: `List, many values`.
fn kind_in_words(of: &Attribute) -> String {
    let many = if of.is_many() { ", many values" } else { "" };
    format!("{}{many}", of.value_type.label())
}

/// All attributes.
#[component]
pub fn Attributes(org: String, all: Vec<ListedAttribute>, manages: bool) -> impl IntoView {
    if all.is_empty() {
        let heading = view! { <h2>"No attributes yet"</h2> }.into_any();
        let text =
            "An attribute says something of each person that applications go by, such as a region or a cost center.";
        return view! {
            <EmptyState icon="file-text" heading text>
                {if manages {
                    view! { <a class="button" href=paths::new_attribute(&org, None)>"New attribute"</a> }
                } else {
                    view! { <a class="button" href=paths::users(&org)>"Go to people"</a> }
                }}
            </EmptyState>
        }
        .into_any();
    }
    let lines = all
        .into_iter()
        .map(|ListedAttribute { attribute, usage }| {
            let label = attribute.label.as_str().to_owned();
            let name = if manages {
                let href = paths::attribute(&org, attribute.id.as_str());
                view! { <a href=href dir="auto">{label}</a> }.into_any()
            } else {
                view! { <b dir="auto">{label}</b> }.into_any()
            };
            let default = (!attribute.default.is_empty()).then(|| {
                view! { <span>"Default " <bdi>{attribute.shown_all(&attribute.default)}</bdi></span> }
            });
            let of_person = match (attribute.seen_by, attribute.edited_by) {
                (Audience::Admins, _) => None,
                (_, Audience::Admins) => Some(view! { <span>"Seen by the person"</span> }),
                (_, Audience::Person) => Some(view! { <span>"Edited by the person"</span> }),
            };
            view! {
                <li class="job-line">
                    <div>
                        {name} " " <code>{attribute.key.as_str().to_owned()}</code>
                        {(!attribute.description.is_empty())
                            .then(|| view! { <p class="lines" dir="auto">{attribute.description.clone()}</p> })}
                    </div>
                    <p class="job-by">
                        <span>{kind_in_words(&attribute)}</span>
                        {default}
                        {of_person}
                        <span>{format!("Values: {}", usage.in_words())}</span>
                    </p>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="job-lines" aria-label="Attributes">{lines}</ul> }.into_any()
}
