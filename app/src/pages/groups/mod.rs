//! The groups of an organization (B38), and making one.

mod group;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Action, Permission, decide,
    group::{Group, GroupGives, GroupName, GroupRole, GroupsPage as Page, NamedGroup},
    id::Id as _,
    people::{Viewer, people_in_words},
};

pub use self::group::GroupPage;
use super::people::dialogs::Foot;
use crate::{
    Reload,
    api::groups::{CreateGroup, list_groups},
    components::{
        errors::Refused,
        form::{Form, FormFn, FormMessage, FormState, use_form},
        loaded::Loaded,
        ui::{Dialog, EmptyState, Field, Icon, PageTitle, SelectField, TextAreaField, options},
    },
    paths,
};

/// `/o/:org/groups`
#[component]
pub fn GroupsPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Err(why) = decide(&viewer.actor, Action::ViewPeople, None) {
        return view! { <Refused why /> }.into_any();
    }
    let Reload(reload) = expect_context();
    let query = use_query_map();
    let org = viewer.org.slug.as_str().to_owned();
    let manages = may_manage(&viewer);
    let found = {
        let org = org.clone();
        Resource::new(move || (org.clone(), reload.get()), |(org, _)| list_groups(org))
    };
    let makes = Memo::new(move |_| manages && query.with(|q| q.get("dialog").is_some_and(|dialog| dialog == "new")));
    view! {
        <PageTitle text="Groups" />
        <div class="page-head">
            <div>
                <h1>"Groups"</h1>
                <p>
                    "People of " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span>
                    " under one name, who may have a role through it."
                </p>
            </div>
            {manages
                .then(|| {
                    view! {
                        <a class="button primary" id="open-new" href=format!("{}?dialog=new", paths::groups(&org))>
                            <Icon name="plus" />
                            "New group"
                        </a>
                    }
                })}
        </div>
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |page| {
                let (viewer, org, roles) = (viewer.clone(), org.clone(), page.roles.clone());
                let parents = page.groups.iter().filter(|group| group.may_hold_groups().is_ok());
                let parents: Vec<NamedGroup> = parents.map(Group::named).collect();
                view! {
                    <Groups org=org.clone() page />
                    {move || {
                        makes
                            .get()
                            .then(|| {
                                let viewer = viewer.clone();
                                view! { <NewGroup viewer parents=parents.clone() roles=roles.clone() /> }
                            })
                    }}
                }
            }
        />
    }
    .into_any()
}

/// Whether the viewer may make groups and put people into them.
fn may_manage(viewer: &Viewer) -> bool {
    viewer.actor.may_change(Permission::ManageGroups).is_ok()
}

/// Groups by their names, each leading to its page.
#[component]
pub(super) fn GroupLinks(org: String, groups: Vec<NamedGroup>) -> impl IntoView {
    let links = groups
        .into_iter()
        .map(|group| {
            let href = paths::group(&org, group.id.as_str(), None);
            view! { <li><a class="link" href=href dir="auto">{group.name.as_str().to_owned()}</a></li> }
        })
        .collect_view();
    view! { <ul class="plain">{links}</ul> }
}

/// All groups.
#[component]
pub fn Groups(org: String, page: Page) -> impl IntoView {
    if page.groups.is_empty() {
        let heading = view! { <h2>"No groups yet"</h2> }.into_any();
        let text = "A group puts people under one name, such as a team. It can give them a role as well.";
        return view! {
            <EmptyState icon="group" heading text>
                <a class="button" href=paths::users(&org)>"Go to people"</a>
            </EmptyState>
        }
        .into_any();
    }
    let lines = page
        .groups
        .into_iter()
        .map(|group| {
            let people = people_in_words(group.people);
            let parent = group.parent.map(|parent| {
                view! { <span>"Part of " <bdi>{parent.group.name.as_str().to_owned()}</bdi></span> }
            });
            let role = group.role.map(|role| view! { <span>"Gives " <bdi>{role.label}</bdi></span> });
            view! {
                <li class="job-line">
                    <div>
                        <a href=paths::group(&org, group.id.as_str(), None) dir="auto">{group.name.as_str().to_owned()}</a>
                        {(!group.description.is_empty())
                            .then(|| view! { <p class="lines" dir="auto">{group.description}</p> })}
                    </div>
                    <p class="job-by">{parent}{role}<span>{people}</span></p>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="job-lines" aria-label="Groups">{lines}</ul> }.into_any()
}

#[component]
fn NewGroup(viewer: Viewer, parents: Vec<NamedGroup>, roles: Vec<GroupRole>) -> impl IntoView {
    let form = use_form::<CreateGroup>(None);
    let org = viewer.org.slug.as_str().to_owned();
    let close_to = {
        let here = paths::groups(&org);
        Signal::derive(move || here.clone())
    };
    view! {
        <Dialog title="New group" opener="open-new" close_to>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <GroupFields viewer form name=None description="" parents parent="" roles role="" />
                <Foot close_to button="Create group" />
            </Form>
        </Dialog>
    }
}

/// What a group is made of.
#[component]
fn GroupFields<F: FormFn>(
    viewer: Viewer,
    form: FormState<F>,
    /// Its name so far.
    name: Option<GroupName>,
    /// Its description so far.
    #[prop(into)]
    description: String,
    /// Those that it can be a part of.
    parents: Vec<NamedGroup>,
    /// The id of the one that it is a part of; empty for none.
    #[prop(into)]
    parent: String,
    /// Those that a group can give.
    roles: Vec<GroupRole>,
    /// The one that it gives, as it is chosen; empty for none.
    #[prop(into)]
    role: String,
) -> impl IntoView {
    let parents = parents.into_iter().map(|group| (group.id.to_string(), group.name.as_str().to_owned())).collect();
    let may_give = |grant| {
        let gives = GroupGives { own: Some(grant), ..GroupGives::default() };
        decide(&viewer.actor, Action::DefineGroup(gives), None).is_ok()
    };
    let roles = roles
        .into_iter()
        .map(|of| (of.choice.to_string(), of))
        // What it gives already it may go on giving.
        .filter(|(code, of)| *code == role || may_give(of.grant))
        .map(|(code, of)| (code, of.grant.listed_as(&of.label)))
        .collect();
    view! {
        <Field
            id="group-name"
            name="name"
            label="Name"
            value=form.value_or("name", name.as_ref().map_or("", GroupName::as_str))
            error=form.error("name")
        />
        <TextAreaField
            id="group-description"
            name="description"
            label="Description"
            value=form.value_or("description", &description)
            hint="What the group is for. May stay empty."
            error=form.error("description")
            autofocus=false
        />
        <SelectField
            id="group-parent"
            name="parent"
            label="Part of"
            hint="Who is in it has what that group gives as well."
            error=form.error("parent")
        >
            <option value="">"No other group"</option>
            {options(parents, &form.value_or("parent", &parent))}
        </SelectField>
        <SelectField
            id="group-role"
            name="role"
            label="Role"
            hint="Everybody in the group has it, beside their own. What a custom role takes away is taken, whoever gives it."
            error=form.error("role")
        >
            <option value="">"No role"</option>
            {options(roles, &form.value_or("role", &role))}
        </SelectField>
    }
}
