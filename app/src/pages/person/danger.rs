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
        people::{
            RevokeDialog,
            removal::{RemovalDialog, WAYS_OUT, WayOut},
        },
    },
};

const OWNERSHIP: WayOut = WayOut {
    action: Action::OfferOwnership,
    dialog: "ownership",
    icon: "crown",
    label: "Transfer ownership",
    sentence: "They become Owner once they accept. Nothing changes before.",
};

/// What can be done at the foot of a profile, where it may be.
fn steps(viewer: &Viewer, target: &Target) -> impl Iterator<Item = WayOut> {
    [OWNERSHIP].into_iter().chain(WAYS_OUT).filter(|step| decide(&viewer.actor, step.action, Some(target)).is_ok())
}

/// What may be done, each with a sentence and a button.
#[component]
pub fn DangerZone(viewer: Viewer, person: PersonRow, here: String) -> impl IntoView {
    let steps: Vec<_> = steps(&viewer, &person.target).collect();
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
    let Some(step) = steps(viewer, target).find(|step| step.dialog == name) else { return ().into_any() };
    let (viewer, id) = (viewer.clone(), target.membership_id.to_string());
    let opener = format!("open-{}", step.dialog);
    match (step.action, Removal::from_code(step.dialog)) {
        (Action::OfferOwnership, _) => view! { <OfferDialog viewer id opener close_to /> }.into_any(),
        (_, Some(removal)) => view! { <RemovalDialog viewer id removal opener close_to /> }.into_any(),
        _ => view! { <RevokeDialog viewer id opener close_to /> }.into_any(),
    }
}
