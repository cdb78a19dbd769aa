//! Letting the vendor's staff in (B53), from the list of who is.

use leptos::prelude::*;
use model::{Action, Role, decide, people::Viewer, support::Supporter};

use super::dialogs::Foot;
use crate::{
    api::support::{GrantSupport, list_support_staff},
    components::{
        form::{Form, FormMessage, use_form},
        last_day::LastDayField,
        loaded::Loaded,
        person::sentence_of,
        ui::{Choice, ChoiceGroup, Dialog, Field, Icon, SelectField, options},
    },
};

/// What is said of the end of such access.
pub const UNTIL: &str = "Within three months. Afterwards they are out; you can move it later.";

/// Whether the viewer lets anybody in.
pub fn may_grant(viewer: &Viewer) -> bool {
    decide(&viewer.actor, Action::GrantSupport(Role::Viewer), None).is_ok()
}

/// Above the list: what these people are, and how they get there.
#[component]
pub fn SupportNote(viewer: Viewer, to_dialog: Signal<String>) -> impl IntoView {
    view! {
        <div class="tab-note">
            <p>
                "Support staff belong to the operator of this installation. They come in when you let them, until the day that \
                you say, and you can end it at any time."
            </p>
            {may_grant(&viewer)
                .then(|| {
                    view! {
                        <a class="button small" id="open-support" href=move || to_dialog.get()>
                            <Icon name="shield" />
                            "Grant support access"
                        </a>
                    }
                })}
        </div>
    }
}

/// "Grant support access".
#[component]
pub fn SupportDialog(viewer: Viewer, close_to: Signal<String>) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let found = Resource::new(move || org.clone(), list_support_staff);
    view! {
        <Dialog title="Grant support access" opener="open-support" close_to>
            <Loaded
                of=move || found
                waiting="Loading…"
                show=move |staff| {
                    if staff.is_empty() {
                        view! { <NoStaff close_to /> }.into_any()
                    } else {
                        view! { <SupportForm viewer=viewer.clone() staff close_to /> }.into_any()
                    }
                }
            />
        </Dialog>
    }
}

#[component]
fn NoStaff(close_to: Signal<String>) -> impl IntoView {
    view! {
        <p>
            "There is nobody to let in: the operator of this installation has named no support staff, or all of them have access \
            already."
        </p>
        <footer class="dialog-foot">
            <a class="button primary" href=close_to>"Close"</a>
        </footer>
    }
}

#[component]
pub fn SupportForm(viewer: Viewer, staff: Vec<Supporter>, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<GrantSupport>(Some(close_to));
    let chosen = form.value_or("role", Role::Viewer.code());
    let people = staff
        .into_iter()
        .map(|person| (person.id.to_string(), format!("{} ({})", person.name, person.email)))
        .collect();
    let roles = Role::EXTERNAL
        .into_iter()
        .filter(|role| decide(&viewer.actor, Action::GrantSupport(*role), None).is_ok())
        .map(|role| {
            let (label, sentence) = match role {
                Role::Admin => (
                    "Admin",
                    "Sees people and settings and keeps names and details in order, but never decides who has access, for how \
                     long, or by which rules.",
                ),
                _ => ("Viewer", sentence_of(Role::Viewer)),
            };
            view! { <Choice name="role" code=role.code() label sentence chosen=chosen.clone() /> }
        })
        .collect_view();
    view! {
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
            <SelectField id="support-user" name="user" label="Who" error=form.error("user") autofocus=true>
                {options(people, &form.value_or("user", ""))}
            </SelectField>
            <ChoiceGroup id="support-role" legend="Role" error=form.error("role")>
                {roles}
            </ChoiceGroup>
            <LastDayField form id="support-until" hint=UNTIL required=true />
            <Field
                id="support-reason"
                name="reason"
                label="Reason"
                value=form.value_or("reason", "")
                hint="Such as the number of a ticket. It stands in the audit log and on their profile."
                error=form.error("reason")
            />
            <Foot close_to button="Grant access" />
        </Form>
    }
}
