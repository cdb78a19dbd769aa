//! The two questions that are asked when an organization is founded, the same wherever they are.

use leptos::prelude::*;
use model::{OrgKind, Preset};

use super::{
    form::{FormFn, FormState},
    ui::{Choice, ChoiceGroup},
};

/// What kind of organization it is (B50).
#[component]
pub fn KindChoices<F: FormFn>(
    /// The form that they stand in.
    form: FormState<F>,
    /// The question.
    legend: &'static str,
    /// The one that is chosen at first.
    kind: OrgKind,
    /// What else is said below them.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let chosen = form.value_or("kind", kind.code());
    view! {
        <ChoiceGroup id="kind" legend error=form.error("kind")>
            {OrgKind::ALL
                .map(|of| {
                    view! { <Choice name="kind" code=of.code() label=of.label() sentence=of.sentence() chosen=chosen.clone() /> }
                })
                .collect_view()}
            {children.map(|children| children())}
        </ChoiceGroup>
    }
}

/// With which preset of policies it begins.
#[component]
pub fn PresetChoices<F: FormFn>(
    /// The form that they stand in.
    form: FormState<F>,
) -> impl IntoView {
    let chosen = form.value_or("preset", Preset::ALL[0].code());
    view! {
        <ChoiceGroup
            id="preset"
            legend="How do people join?"
            hint="Sets all policies in one go; each can be changed later."
            error=form.error("preset")
        >
            {Preset::ALL
                .map(|of| {
                    view! { <Choice name="preset" code=of.code() label=of.label() sentence=of.sentence() chosen=chosen.clone() /> }
                })
                .collect_view()}
        </ChoiceGroup>
    }
}
