//! On a profile: why somebody may do something, or may not, now or at the end of a past day (N6).

use leptos::prelude::*;
use model::{
    Action, Permission, decide,
    explain::{Explanation, Step, Why},
    people::{PersonProfile, Viewer},
};

use crate::{
    components::ui::{Field, Icon},
    pages::explain::PermissionField,
    problem::Problem,
};

/// What was asked, as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// About what.
    pub permission: Option<Permission>,
    /// At the end of which day; empty for now.
    pub on: String,
}

/// The question, and the answer to it.
#[component]
pub fn WhyPanel(
    viewer: Viewer,
    profile: PersonProfile,
    /// The page of the person.
    here: String,
    asked: Asked,
    /// For who has asked.
    answer: Option<Result<Why, Problem>>,
) -> impl IntoView {
    // The past stands in the log alone.
    let sees_past = decide(&viewer.actor, Action::ViewAudit, Some(&profile.row.target)).is_ok();
    let error = match &answer {
        Some(Ok(Why { answer: Err(unknown), .. })) => Some(unknown.to_string()),
        Some(Err(problem)) => Some(problem.message.clone()),
        _ => None,
    };
    let shown = match answer {
        Some(Ok(Why { as_of, answer: Ok(explanation) })) => {
            let day = as_of.map(|at| at.plus(1).last_day_words());
            Some(view! { <Answer name=profile.row.display_name() explanation day /> })
        }
        _ => None,
    };
    let on = sees_past.then(|| {
        view! {
            <Field
                id="why-on"
                name="on"
                label="At the end of"
                kind="date"
                value=asked.on.clone()
                optional=true
                error=Signal::stored(error.clone())
            />
        }
    });
    let elsewhere = (!sees_past).then_some(error).flatten();
    view! {
        <section class="panel" id="why" aria-labelledby="why-heading">
            <h2 id="why-heading">"Explain access"</h2>
            <form class="ask" method="get" action=format!("{here}#why")>
                <PermissionField name="why" label="Why can they, or can they not" kind=viewer.org.kind chosen=asked.permission />
                {on}
                <button class="button">"Explain"</button>
            </form>
            {elsewhere.map(|message| view! { <p class="field-error"><Icon name="circle-alert" />{message}</p> })}
            {shown}
        </section>
    }
}

/// Whether they may, and each reason.
#[component]
pub fn Answer(
    /// What the person is called.
    name: String,
    explanation: Explanation,
    /// At the end of which day; now, where there is none.
    day: Option<String>,
) -> impl IntoView {
    let may = explanation.is_allowed();
    let what = explanation.permission.label();
    let verdict = match (&day, may) {
        (None, true) => " can: ",
        (None, false) => " cannot: ",
        (Some(_), true) => " could: ",
        (Some(_), false) => " could not: ",
    };
    let when = day.map(|day| format!(" (at the end of {day}, in UTC)"));
    let steps = explanation
        .steps
        .into_iter()
        .map(|step| {
            let (class, icon) = match &step {
                Step::Gives(_) => ("gives", "check"),
                step if step.denies() => ("denies", "x"),
                Step::AccessEnds(_) | Step::RoleEnds { .. } => ("", "clock"),
                Step::Archived => ("", "lock"),
                _ => ("", "minus"),
            };
            view! { <li class=class dir="auto"><Icon name=icon />{step.sentence()}</li> }
        })
        .collect_view();
    view! {
        <div class="answer" role="status">
            <p class=if may { "verdict yes" } else { "verdict no" }>
                <Icon name=if may { "check" } else { "x" } />
                <span><bdi>{name}</bdi>{verdict}<b>{what}</b>{when}"."</span>
            </p>
            <ul aria-label="Why">{steps}</ul>
        </div>
    }
}
