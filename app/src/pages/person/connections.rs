//! On a profile: what somebody may do with each connection, why, and giving them a role of their own (B40).

use leptos::prelude::*;
use model::{
    Action,
    connection::{Because, Effective, Holder, PersonConnection},
    decide,
    id::Id as _,
    people::{PersonProfile, Viewer},
};

use crate::{
    api::connections::{SetPersonRole, TakePersonRole},
    components::{
        form::{Form, FormMessage, FormState, use_form},
        ui::{Icon, SelectField, options},
    },
    pages::connections::role_options,
    paths,
};

/// Up to how many connections without access are named; more are counted.
const NAMED: usize = 3;

/// The forms of the section. They outlive the profile, which is read again after each answer.
#[derive(Clone, Copy)]
pub struct ConnectionForms {
    set: FormState<SetPersonRole>,
    take: FormState<TakePersonRole>,
}

impl ConnectionForms {
    /// For one page.
    pub fn new() -> Self {
        Self { set: use_form(None), take: use_form(None) }
    }
}

/// The connections that somebody has something to do with; nothing where the organization has none.
#[component]
pub fn ConnectionsPanel(viewer: Viewer, profile: PersonProfile, forms: ConnectionForms) -> impl IntoView {
    let PersonProfile { row: person, connections, connection_roles, .. } = profile;
    let org = viewer.org.slug.as_str().to_owned();
    let who = Holder::from(&person.target);
    let may_give = decide(&viewer.actor, Action::GiveConnectionRole, Some(&person.target)).is_ok();
    let id = person.target.membership_id.to_string();
    let ConnectionForms { set, take } = forms;
    (!connections.is_empty()).then(|| {
        let choices: Vec<_> = connections
            .iter()
            .map(|of| (of.connection.id.to_string(), of.connection.name.as_str().to_owned()))
            .collect();
        let (those, others): (Vec<_>, Vec<_>) = connections.into_iter().partition(|of| of.matters(who));
        let none = those.is_empty().then(|| view! { <p>"No access to any connection."</p> });
        let others = (!those.is_empty() && !others.is_empty()).then(|| {
            let words = match &*others {
                few if few.len() <= NAMED => {
                    few.iter().map(|of| of.connection.name.as_str()).collect::<Vec<_>>().join(", ")
                }
                many => format!("{} others", many.len()),
            };
            view! { <p class="hint" dir="auto">"No access to "{words}"."</p> }
        });
        let lines = those
            .into_iter()
            .map(|of| {
                let button = (may_give && of.own().is_some()).then(|| {
                    let label = format!("Take away the own role on {}", of.connection.name.as_str());
                    let (org, connection, person) = (org.clone(), of.connection.id.to_string(), id.clone());
                    view! {
                        <Form form=take>
                            <input type="hidden" name="org" value=org />
                            <input type="hidden" name="id" value=connection />
                            <input type="hidden" name="person" value=person />
                            <button class="button small" aria-label=label>"Take away"</button>
                        </Form>
                    }
                });
                view! { <Line org=org.clone() of who>{button}</Line> }
            })
            .collect_view();
        let form = may_give.then(|| {
            let (org, id) = (org.clone(), id.clone());
            view! {
                <FormMessage form=set />
                <Form form=set class="give">
                    <input type="hidden" name="org" value=org />
                    <input type="hidden" name="person" value=id />
                    <SelectField id="give-connection" name="id" label="Connection" error=set.error("id")>
                        <option value="">"Choose a connection"</option>
                        {options(choices, &set.value_or("id", ""))}
                    </SelectField>
                    <SelectField id="give-connection-role" name="role" label="Own role" error=set.error("role")>
                        {role_options(&connection_roles, &set.value_or("role", "viewer"))}
                    </SelectField>
                    <button class="button">"Give role"</button>
                </Form>
            }
        });
        view! {
            <section class="panel" aria-labelledby="connections">
                <h2 id="connections">"Connections"</h2>
                {none}
                <FormMessage form=take />
                <ul class="sessions grants" aria-label="Connections of this person">{lines}</ul>
                {others}
                {form}
            </section>
        }
    })
}

/// A connection, and what somebody may do with it.
#[component]
fn Line(org: String, of: PersonConnection, who: Holder, children: Children) -> impl IntoView {
    let href = paths::connection(&org, of.connection.id.as_str());
    let name = of.connection.name.as_str().to_owned();
    let models = of
        .on_models(who)
        .into_iter()
        .map(|(model, found)| {
            let why = whence(&found);
            view! { <li><bdi>{model.name.as_str().to_owned()}</bdi>": "{found.in_words()}" ("{why}")"</li> }
        })
        .collect::<Vec<_>>();
    let models = (!models.is_empty()).then(|| view! { <ul aria-label=format!("Models of {name}")>{models}</ul> });
    let found = of.effective(who);
    let reasons = found.because.iter().map(Because::sentence).map(|text| view! { <li dir="auto">{text}</li> });
    let reasons = reasons.collect_view();
    view! {
        <li>
            <Icon name="plug" />
            <div>
                <a class="link" href=href dir="auto">{name.clone()}</a>
                ": " <b>{found.in_words()}</b>
                <ul aria-label=format!("Where access to {name} comes from")>{reasons}</ul>
                {models}
            </div>
            {children()}
        </li>
    }
}

/// All reasons as one text.
fn whence(found: &Effective) -> String {
    found.because.iter().map(Because::sentence).collect::<Vec<_>>().join("; ")
}
