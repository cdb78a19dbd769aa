//! Where somebody is signed in, and the buttons that end it.

use leptos::prelude::*;
use model::{
    Timestamp,
    people::{PersonProfile, Viewer},
    session::LiveSession,
};

use crate::{
    api::sessions::{EndAllSessions, EndSession},
    components::{
        form::{Form, FormMessage, FormState, use_form},
        ui::{Icon, Time},
    },
};

/// The section "Sessions", for who may end them.
#[component]
pub fn Sessions(viewer: Viewer, profile: PersonProfile, sessions: Vec<LiveSession>) -> impl IntoView {
    let end = use_form::<EndSession>(None);
    let end_all = use_form::<EndAllSessions>(None);
    let org = viewer.org.slug.as_str().to_owned();
    let id = profile.row.target.membership_id.to_string();
    let own = viewer.actor.membership_id == profile.row.target.membership_id;
    let now = profile.now;
    let none = sessions.is_empty();
    let lines = {
        let (org, id) = (org.clone(), id.clone());
        sessions
            .into_iter()
            .map(move |session| view! { <SessionLine org=org.clone() id=id.clone() session now form=end /> })
            .collect_view()
    };
    view! {
        <section class="panel" aria-labelledby="sessions">
            <h2 id="sessions">"Sessions"</h2>
            {none.then(|| view! { <p>"Not signed in anywhere."</p> })}
            <FormMessage form=end />
            <FormMessage form=end_all />
            <ul class="sessions">{lines}</ul>
            {(!none)
                .then(|| {
                    view! {
                        {own.then(|| view! { <p>"Ending all of them signs you out here, too."</p> })}
                        <Form form=end_all>
                            <input type="hidden" name="org" value=org />
                            <input type="hidden" name="id" value=id />
                            <button class="button"><Icon name="log-out" />"End all sessions"</button>
                        </Form>
                    }
                })}
        </section>
    }
}

#[component]
fn SessionLine(
    org: String,
    id: String,
    session: LiveSession,
    now: Timestamp,
    form: FormState<EndSession>,
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
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="session" value=session.id.to_string() />
                <button class="button small" aria-label=label>"End"</button>
            </Form>
        </li>
    }
}
