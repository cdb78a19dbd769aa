//! The dialogs by which somebody goes: what becomes of what, who takes over, and the address typed once more (B35–B37).

use leptos::prelude::*;
use model::{
    Action,
    people::Viewer,
    removal::{Removal, RemovalPlan},
};

use super::dialogs::Foot;
use crate::{
    api::removal::{RemovePerson, plan_removal},
    components::{
        form::{Form, FormMessage, use_form},
        loaded::Loaded,
        ui::{Dialog, Field, Icon},
    },
};

/// A way in which somebody goes: the dialog that asks, and what it does in words.
pub struct WayOut {
    /// What [`model::decide`] is asked.
    pub action: Action,
    /// As the URL names the dialog.
    pub dialog: &'static str,
    /// Beside the words.
    pub icon: &'static str,
    /// As a choice and as a button.
    pub label: &'static str,
    /// What it means.
    pub sentence: &'static str,
}

/// All of them, in the order in which they are offered.
pub const WAYS_OUT: [WayOut; 3] = [
    WayOut {
        action: Action::RevokeInvitation,
        dialog: "revoke",
        icon: "ban",
        label: "Revoke invitation",
        sentence: "The link in the email stops working at once. The same address can be invited again.",
    },
    WayOut {
        action: Action::RevokeMembership,
        dialog: Removal::RevokeMembership.code(),
        icon: "user-minus",
        label: Removal::RevokeMembership.label(),
        sentence: "They lose access to this organization, and keep their account. What they had open is handed over.",
    },
    WayOut {
        action: Action::Delete,
        dialog: Removal::Delete.code(),
        icon: "trash-2",
        label: Removal::Delete.label(),
        sentence: "For good: this cannot be undone. If you are unsure, deactivate the person first.",
    },
];

/// "Delete user" or "Revoke membership".
#[component]
pub fn RemovalDialog(
    viewer: Viewer,
    id: String,
    removal: Removal,
    #[prop(into)] opener: String,
    close_to: Signal<String>,
) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let asked = org.clone();
    let found = Resource::new(
        move || (asked.clone(), id.clone()),
        move |(org, id)| plan_removal(org, id, removal.code().to_owned()),
    );
    view! {
        <Dialog title=removal.label() opener close_to>
            <Loaded
                of=move || found
                waiting="Loading…"
                show=move |plan| view! { <RemovalForm org=org.clone() plan close_to /> }
            />
        </Dialog>
    }
}

#[component]
pub fn RemovalForm(org: String, plan: RemovalPlan, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<RemovePerson>(Some(close_to));
    let name = plan.person.display_name();
    let email = plan.person.email.to_string();
    let joined = plan.person.target.state.accepted();
    let warnings = plan
        .warnings()
        .into_iter()
        .map(|warning| view! { <li><Icon name="triangle-alert" /><span>{warning}</span></li> })
        .collect_view();
    view! {
        <p><b dir="auto">{name}</b>" ("{email.clone()}")"</p>
        <ul class="effects">{warnings}</ul>
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=plan.person.target.membership_id.to_string() />
            <input type="hidden" name="how" value=plan.removal.code() />
            {plan
                .impact
                .is_handed_over()
                .then(|| {
                    view! {
                        <Field
                            id="heir"
                            name="heir"
                            label="Hand over to"
                            kind="email"
                            value=form.value_or("heir", plan.heir.as_str())
                            hint="The address of somebody here who may invite. They answer for what is open from now on."
                            error=form.error("heir")
                        />
                    }
                })}
            {joined
                .then(|| {
                    view! {
                        <Field
                            id="confirm"
                            name="confirm"
                            label="To confirm, type the email address of this person"
                            kind="email"
                            value=form.value_or("confirm", "")
                            error=form.error("confirm")
                            autofocus=true
                        />
                    }
                })}
            <Foot close_to button=plan.removal.label() tone="danger" />
        </Form>
    }
}
