//! "Time limits": until when somebody has access, and until when a role (N5).

use leptos::prelude::*;
use model::{
    Action, Kind, Role, Timestamp, decide,
    people::{PersonProfile, PersonRow, Viewer},
};

use super::{dialogs::Foot, support};
use crate::{
    api::people::{LimitPerson, get_person},
    components::{
        form::{Form, FormMessage, use_form},
        last_day::{LastDayField, MAY_STAY_EMPTY},
        loaded::Loaded,
        ui::{Dialog, SelectField, options},
    },
};

/// Whether the viewer may set any of them for somebody.
pub fn may_limit(viewer: &Viewer, person: &PersonRow) -> bool {
    let may = |action| decide(&viewer.actor, action, Some(&person.target)).is_ok();
    may(Action::LimitAccess) || may(Action::LimitRole(person.target.role))
}

/// The dialog over the list and over a profile.
#[component]
pub fn LimitsDialog(
    viewer: Viewer,
    id: String,
    #[prop(into)] opener: String,
    close_to: Signal<String>,
) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let asked = id.clone();
    let found = Resource::new(move || (org.clone(), asked.clone()), |(org, id)| get_person(org, id));
    view! {
        <Dialog title="Time limits" opener close_to>
            <Loaded
                of=move || found
                waiting="Loading…"
                show=move |profile| view! { <LimitsForm viewer=viewer.clone() profile close_to /> }
            />
        </Dialog>
    }
}

#[component]
pub fn LimitsForm(viewer: Viewer, profile: PersonProfile, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<LimitPerson>(Some(close_to));
    let person = profile.row;
    let role = person.target.role;
    let may = |action| decide(&viewer.actor, action, Some(&person.target)).is_ok();
    let (limits_access, limits_role) = (may(Action::LimitAccess), may(Action::LimitRole(role)));
    let then = person.ends.role.map_or(viewer.org.policies.default_role, |end| end.then);
    let then = form.value_or("role_then", then.code());
    let following = Role::ALL
        .into_iter()
        .filter(|other| *other != role && may(Action::LimitRole(*other)))
        .map(|other| (other.code().to_owned(), other.label().to_owned()))
        .collect();
    // The vendor's staff never stay for good (B53).
    let (hint, required) =
        if person.target.kind == Kind::Support { (support::UNTIL, true) } else { (MAY_STAY_EMPTY, false) };
    let role_end = person.ends.role.map(|end| end.at);
    view! {
        <FormMessage form />
        <Form form class="stack">
            <p>
                <bdi>{person.display_name()}</bdi>
                " gets a mail a week and a day before an end, and so do you. Days are counted in UTC."
            </p>
            <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
            <input type="hidden" name="id" value=person.target.membership_id.to_string() />
            <LastDayField
                form
                id="limit-access"
                hint
                end=person.ends.access
                readonly=!limits_access
                autofocus=true
                required
            />
            {if limits_role {
                view! {
                    <LastDayField
                        form
                        id="limit-role"
                        name="role_until"
                        label="Last day of this role"
                        hint=format!("Their role is {}. Leave it empty for no end.", role.label())
                        end=role_end
                    />
                    <SelectField id="limit-then" name="role_then" label="Role afterwards" error=form.error("role_then")>
                        {options(following, &then)}
                    </SelectField>
                }
                    .into_any()
            } else {
                // What cannot be changed here must not be lost by saving the rest.
                view! {
                    <input type="hidden" name="role_until" value=role_end.map(Timestamp::last_day) />
                    <input type="hidden" name="role_then" value=then />
                }
                    .into_any()
            }}
            <Foot close_to button="Save" />
        </Form>
    }
}
