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
        ui::{Dialog, SelectField, options},
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
pub fn RoleForm(viewer: Viewer, person: PersonRow, roles: Vec<CustomRole>, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<ActOnPerson>(Some(close_to));
    let has = person.role_choice();
    let chosen = form.value_or("role", &has.to_string());
    let may = |action| decide(&viewer.actor, action, Some(&person.target)).is_ok();
    let bases: Vec<_> = BASES
        .into_iter()
        .filter(|role| has == RoleChoice::Base(*role) || may(Action::ChangeRole(*role)))
        .map(|role| (role.code().to_owned(), role.label_as(person.target.kind).to_owned()))
        .collect();
    let custom: Vec<_> = roles
        .into_iter()
        .filter(|role| has == RoleChoice::Custom(role.id.clone()) || may(Action::GiveCustomRole(role.grant)))
        .map(|role| (role.id.to_string(), role.grant.listed_as(role.name.as_str())))
        .collect();
    // The role of a co-Owner is given by nobody here; without this the browser would take the first of the others.
    let none = (!bases.iter().chain(&custom).any(|(code, _)| *code == chosen))
        .then(|| view! { <option value="" selected>"Choose a role"</option> });
    let custom =
        (!custom.is_empty()).then(|| view! { <optgroup label="Custom roles">{options(custom, &chosen)}</optgroup> });
    view! {
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
            <input type="hidden" name="id" value=person.target.membership_id.to_string() />
            <input type="hidden" name="op" value=PersonOp::ChangeRole.code() />
            <SelectField
                id="role"
                name="role"
                label="Role"
                hint="It holds at once. An end that the role before had is gone with it."
                error=form.error("role")
                autofocus=true
            >
                {none}
                {options(bases, &chosen)}
                {custom}
            </SelectField>
            <Foot close_to button="Change role" />
        </Form>
    }
}
