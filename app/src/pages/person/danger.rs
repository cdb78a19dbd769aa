//! At the foot of a profile: what takes access away, and the passing on of ownership.

use leptos::prelude::*;
use model::{
    Action, Target, decide,
    people::{PersonRow, Viewer},
    removal::Removal,
};

use crate::{
    components::ui::Icon,
    pages::{
        ownership::OfferDialog,
        people::{RevokeDialog, removal::RemovalDialog},
    },
};

/// One thing that can be done here: the dialog that asks, and what it does in words.
struct Step {
    action: Action,
    dialog: &'static str,
    icon: &'static str,
    label: &'static str,
    sentence: &'static str,
}

const STEPS: [Step; 4] = [
    Step {
        action: Action::OfferOwnership,
        dialog: "ownership",
        icon: "crown",
        label: "Transfer ownership",
        sentence: "They become Owner once they accept. Nothing changes before.",
    },
    Step {
        action: Action::RevokeInvitation,
        dialog: "revoke",
        icon: "ban",
        label: "Revoke invitation",
        sentence: "The link in the email stops working at once. The same address can be invited again.",
    },
    Step {
        action: Action::RevokeMembership,
        dialog: Removal::RevokeMembership.code(),
        icon: "user-minus",
        label: Removal::RevokeMembership.label(),
        sentence: "They lose access to this organization, and keep their account. What they had open is handed over.",
    },
    Step {
        action: Action::Delete,
        dialog: Removal::Delete.code(),
        icon: "trash-2",
        label: Removal::Delete.label(),
        sentence: "For good: this cannot be undone. If you are unsure, deactivate the person first.",
    },
];

fn may(viewer: &Viewer, target: &Target, action: Action) -> bool {
    decide(&viewer.actor, action, Some(target)).is_ok()
}

/// What may be done, each with a sentence and a button.
#[component]
pub fn DangerZone(viewer: Viewer, person: PersonRow, here: String) -> impl IntoView {
    let steps: Vec<Step> = STEPS.into_iter().filter(|step| may(&viewer, &person.target, step.action)).collect();
    (!steps.is_empty()).then(|| {
        let lines = steps
            .into_iter()
            .map(|step| {
                let tone = if step.action == Action::OfferOwnership { "button" } else { "button danger" };
                view! {
                    <li>
                        <div>
                            <b>{step.label}</b>
                            <p>{step.sentence}</p>
                        </div>
                        <a class=tone id=format!("open-{}", step.dialog) href=format!("{here}?dialog={}", step.dialog)>
                            <Icon name=step.icon />
                            {step.label}
                        </a>
                    </li>
                }
            })
            .collect_view();
        view! {
            <section class="panel danger-zone" aria-labelledby="danger">
                <h2 id="danger">"Danger zone"</h2>
                <ul class="steps">{lines}</ul>
            </section>
        }
    })
}

/// The dialog of a step, where it may be done.
pub fn dialog(name: &str, viewer: &Viewer, target: &Target, close_to: Signal<String>) -> AnyView {
    let step = STEPS.iter().find(|step| step.dialog == name);
    let Some(step) = step.filter(|step| may(viewer, target, step.action)) else { return ().into_any() };
    let (viewer, id) = (viewer.clone(), target.membership_id.to_string());
    let opener = format!("open-{}", step.dialog);
    match (step.action, Removal::from_code(step.dialog)) {
        (Action::OfferOwnership, _) => view! { <OfferDialog viewer id opener close_to /> }.into_any(),
        (_, Some(removal)) => view! { <RemovalDialog viewer id removal opener close_to /> }.into_any(),
        _ => view! { <RevokeDialog viewer id opener close_to /> }.into_any(),
    }
}
