//! The organizations of who is signed in.

use leptos::prelude::*;
use model::{PersonState, people::OrgMembership};

use crate::{
    api::session::{LogOut, list_my_orgs},
    components::{
        form::{Form, use_form},
        loaded::Loaded,
        ui::{Icon, PageTitle},
    },
    paths,
};

/// `/orgs`
#[component]
pub fn OrgsPage() -> impl IntoView {
    let orgs = Resource::new(|| (), |()| list_my_orgs());
    view! {
        <PageTitle text="Organizations" />
        <main class="card-page" id="main">
            <Loaded of=move || orgs show=|orgs| view! { <OrgList orgs /> } />
        </main>
    }
}

#[component]
fn OrgList(orgs: Vec<OrgMembership>) -> impl IntoView {
    let log_out = use_form::<LogOut>(None);
    let none = orgs.is_empty();
    view! {
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <h1>"Your organizations"</h1>
            {none.then(|| view! { <p class="lead">"You do not belong to any organization at the moment."</p> })}
            <ul class="org-list">
                {orgs
                    .into_iter()
                    .map(|org| {
                        let name = org.name.as_str().to_owned();
                        let open = org.state == PersonState::Active;
                        let inside = view! {
                            <span class="org-mark" aria-hidden="true">
                                {name.chars().next().map(|c| c.to_uppercase().to_string())}
                            </span>
                            <span>
                                <b dir="auto">{name.clone()}</b>
                                <span>{if open { org.role.label() } else { "Your access is deactivated" }}</span>
                            </span>
                        };
                        let offered = (open && org.is_offered_ownership)
                            .then(|| {
                                let href = paths::ownership(org.slug.as_str());
                                view! {
                                    <a class="org-offer" href=href>
                                        <Icon name="crown" />
                                        "You are offered the ownership. Look at the offer."
                                    </a>
                                }
                            });
                        if open {
                            view! {
                                <li>
                                    <a class="org-line" href=paths::org(org.slug.as_str())>
                                        {inside} <Icon name="chevron-right" />
                                    </a>
                                    {offered}
                                </li>
                            }
                                .into_any()
                        } else {
                            view! { <li><span class="org-line closed">{inside}</span></li> }.into_any()
                        }
                    })
                    .collect_view()}
            </ul>
            <div class="card-actions">
                <a class="button ghost" href=paths::account(None)><Icon name="user" />"Your account"</a>
                <Form form=log_out>
                    <button class="button ghost"><Icon name="log-out" />"Log out"</button>
                </Form>
            </div>
        </div>
    }
}
