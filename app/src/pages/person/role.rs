//! "Change role" on a profile: base roles and the organization's custom ones (B33, B41).

use leptos::prelude::*;
use model::{
    Action, CustomRole, Role, RoleChoice, decide,
    people::{PersonRow, Viewer},
};

use crate::{
    api::{
        people::{ActOnPerson, PersonOp},
        roles::list_roles,
    },
    components::{
        form::{Form, FormMessage, use_form},
        loaded::Loaded,
        ui::Dialog,
    },
    pages::people::dialogs::Foot,
};

/// Whether the viewer may give this person another role: a base role, or else a custom one of what they hold themselves.
pub fn may_change_role(viewer: &Viewer, person: &PersonRow) -> bool {
    let own = Action::GiveCustomRole(model::Grant { base: viewer.actor.role, withheld: viewer.actor.withheld });
    let bases = BASES.map(Action::ChangeRole).into_iter();
    bases.chain([own]).any(|action| decide(&viewer.actor, action, Some(&person.target)).is_ok())
}

/// Those that can be given, the lowest first.
const BASES: [Role; 4] = [Role::Viewer, Role::Member, Role::Partner, Role::Admin];

/// The dialog over a profile.
#[component]
pub fn RoleDialog(viewer: Viewer, person: PersonRow, close_to: Signal<String>) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let found = Resource::new(move || org.clone(), list_roles);
    view! {
        <Dialog title="Change role" opener="open-role" close_to>
            <Loaded
                of=move || found
                waiting="Loading…"
                show=move |roles| view! { <RoleForm viewer=viewer.clone() person=person.clone() roles close_to /> }
            />
        </Dialog>
    }
}

#[component]
fn RoleForm(viewer: Viewer, person: PersonRow, roles: Vec<CustomRole>, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<ActOnPerson>(Some(close_to));
    let has = person.role_choice();
    let chosen = form.value_or("role", &has.to_string());
    let may = |action| decide(&viewer.actor, action, Some(&person.target)).is_ok();
    let option = |choice: RoleChoice, label: String| {
        let selected = choice.to_string() == chosen;
        view! { <option value=choice.to_string() selected=selected>{label}</option> }
    };
    let bases = BASES
        .into_iter()
        .filter(|role| has == RoleChoice::Base(*role) || may(Action::ChangeRole(*role)))
        .map(|role| option(role.into(), role.label_as(person.target.kind).to_owned()))
        .collect_view();
    let custom: Vec<_> = roles
        .into_iter()
        .filter(|role| has == RoleChoice::Custom(role.id.clone()) || may(Action::GiveCustomRole(role.grant)))
        .map(|role| {
            let label = format!("{} ({}, less)", role.name.as_str(), role.grant.base.label());
            option(RoleChoice::Custom(role.id), label)
        })
        .collect();
    view! {
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
            <input type="hidden" name="id" value=person.target.membership_id.to_string() />
            <input type="hidden" name="op" value=PersonOp::ChangeRole.code() />
            <div class="field">
                <label for="role">"Role"</label>
                <select id="role" name="role" autofocus>
                    {bases}
                    {(!custom.is_empty()).then(|| view! { <optgroup label="Custom roles">{custom}</optgroup> })}
                </select>
                <p class="hint">"It holds at once. An end that the role before had is gone with it."</p>
            </div>
            <Foot close_to button="Change role" />
        </Form>
    }
}
