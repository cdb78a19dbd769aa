//! Where somebody is signed in, and the buttons that end it.

use leptos::prelude::*;
use model::{
    people::{PersonProfile, Viewer},
    session::LiveSession,
};

use crate::{
    api::sessions::{EndAllSessions, EndSession},
    components::{
        form::{Form, FormMessage, use_form},
        sessions::SessionList,
        ui::Icon,
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
    let of = vec![("org", org.clone()), ("id", id.clone())];
    view! {
        <section class="panel" aria-labelledby="sessions">
            <h2 id="sessions">"Sessions"</h2>
            {none.then(|| view! { <p>"Not signed in anywhere."</p> })}
            <FormMessage form=end />
            <FormMessage form=end_all />
            <SessionList sessions now form=end of />
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
