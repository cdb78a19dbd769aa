//! Where somebody is signed in, line by line, each with the button that ends it.

use leptos::prelude::*;
use model::{Timestamp, session::LiveSession};

use super::{
    form::{Form, FormFn, FormState},
    ui::{Icon, Time},
};

/// The sessions of somebody.
#[component]
pub fn SessionList<F: FormFn>(
    /// The last used first.
    sessions: Vec<LiveSession>,
    /// The server's clock.
    now: Timestamp,
    /// The form that ends the one of its field `session`.
    form: FormState<F>,
    /// What else the form has to name.
    #[prop(optional)]
    of: Vec<(&'static str, String)>,
) -> impl IntoView {
    let lines =
        sessions.into_iter().map(|session| view! { <SessionLine session now form of=of.clone() /> }).collect_view();
    view! { <ul class="sessions">{lines}</ul> }
}

#[component]
fn SessionLine<F: FormFn>(
    session: LiveSession,
    now: Timestamp,
    form: FormState<F>,
    of: Vec<(&'static str, String)>,
) -> impl IntoView {
    let label = format!("End the session of {}", session.browser);
    view! {
        <li>
            <Icon name="monitor" />
            <div>
                <b>{session.browser}</b>
                {session.own.then(|| view! { <span class="you">"This is you, now"</span> })}
                <p>
                    <span>{session.address}</span>
                    <span>"Last used "<Time at=session.last_seen_at now /></span>
                    <span>"Signed in "<Time at=session.signed_in_at now /></span>
                </p>
            </div>
            <Form form>
                {of.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()}
                <input type="hidden" name="session" value=session.id.to_string() />
                <button class="button small" aria-label=label>"End"</button>
            </Form>
        </li>
    }
}
