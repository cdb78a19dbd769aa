//! The door of an organization: its own sign-in page, and where an invitation is asked for (B25). What asking is answered is
//! the same for every address (S32).

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::request::OrgDoor;

use super::login::LoginForm;
use crate::{
    api::requests::{AskForInvitation, open_door},
    components::{
        errors::{NotFound, problem_alone},
        form::{Form, FormMessage, FormState, use_form},
        loaded::Loaded,
        names::NameFields,
        ui::{Field, Icon, PageTitle, TextAreaField},
    },
    paths,
    problem::Problem,
};

/// The organization of the URL.
fn found() -> Resource<Result<OrgDoor, Problem>> {
    let org = use_params_map().with_untracked(|p| p.get("org").unwrap_or_default());
    Resource::new(move || org.clone(), open_door)
}

/// `/o/:org/login`
#[component]
pub fn DoorPage() -> impl IntoView {
    let found = found();
    view! { <Loaded of=move || found show=|door| view! { <Door door /> } or=problem_alone /> }
}

#[component]
fn Door(door: OrgDoor) -> impl IntoView {
    let org = door.name.as_str().to_owned();
    let slug = door.slug.as_str().to_owned();
    let ask = door.takes_requests.then(|| {
        let href = paths::ask_for_invitation(&slug);
        view! {
            <p class="card-foot">
                "No account yet? " <a class="link" href=href>"Request an invitation"</a>
            </p>
        }
    });
    view! {
        <PageTitle text=format!("Sign in to {org}") />
        <main class="card-page" id="main">
            <div class="card">
                <p class="wordmark">"Rollcall"</p>
                <h1>"Sign in to " <span dir="auto">{org}</span></h1>
                <LoginForm goes_on=("org", slug) />
                <p class="card-foot"><a class="link" href=paths::forgot()>"Forgot your password?"</a></p>
                {ask}
            </div>
        </main>
    }
}

/// `/o/:org/login/request`; where no requests are taken there is nothing at this address.
#[component]
pub fn AskPage() -> impl IntoView {
    let found = found();
    let form = use_form::<AskForInvitation>(None);
    let show = move |door: OrgDoor| {
        if door.takes_requests { view! { <Ask door form /> }.into_any() } else { view! { <NotFound /> }.into_any() }
    };
    view! { <Loaded of=move || found show or=problem_alone /> }
}

#[component]
fn Ask(door: OrgDoor, form: FormState<AskForInvitation>) -> impl IntoView {
    let sent = form.data();
    let org = StoredValue::new(door);
    view! {
        <PageTitle text="Request an invitation" />
        <main class="card-page" id="main">
            <div class="card">
                <p class="wordmark">"Rollcall"</p>
                {move || {
                    let door = org.get_value();
                    match sent.get() {
                        Some(email) => view! { <Asked door email=email.to_string() /> }.into_any(),
                        None => view! { <AskForm door form /> }.into_any(),
                    }
                }}
            </div>
        </main>
    }
}

/// The form "Request an invitation".
#[component]
pub fn AskForm(door: OrgDoor, form: FormState<AskForInvitation>) -> impl IntoView {
    let slug = door.slug.as_str().to_owned();
    let back = paths::door(&slug);
    view! {
        <h1>"Request an invitation"</h1>
        {if door.of_own_domains {
            view! {
                <p class="lead">
                    "For people with an email address of " <b dir="auto">{door.name.as_str().to_owned()}</b>
                    ". Requests of others reach nobody."
                </p>
            }
                .into_any()
        } else {
            view! {
                <p class="lead">
                    "The admins of " <b dir="auto">{door.name.as_str().to_owned()}</b> " see your request and decide."
                </p>
            }
                .into_any()
        }}
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="org" value=slug />
            <NameFields form own=true autofocus=true />
            <Field
                id="email"
                name="email"
                label="Email"
                kind="email"
                autocomplete="email"
                value=form.value_or("email", "")
                error=form.error("email")
            />
            <TextAreaField
                id="message"
                name="message"
                label="Message"
                value=form.value_or("message", "")
                hint="Optional: who you are, in a few words. At most 500 characters."
                error=form.error("message")
                autofocus=false
            />
            <button class="button primary large">"Send request"</button>
        </Form>
        <p class="card-foot"><a class="link" href=back>"Back to sign in"</a></p>
    }
}

/// What was asked, the same for every address.
#[component]
pub fn Asked(door: OrgDoor, email: String) -> impl IntoView {
    view! {
        <div role="status">
            <span class="empty-icon"><Icon name="inbox" /></span>
            <h1>"Your request has been sent"</h1>
            {if door.of_own_domains {
                view! {
                    <p class="lead">
                        "If " <b>{email}</b> " is an address of " <b dir="auto">{door.name.as_str().to_owned()}</b>
                        ", an invitation goes there: at once, or when an admin approves it."
                    </p>
                }
                    .into_any()
            } else {
                view! {
                    <p class="lead">
                        "If the admins of " <b dir="auto">{door.name.as_str().to_owned()}</b>
                        " approve it, an invitation goes to " <b>{email}</b> "."
                    </p>
                }
                    .into_any()
            }}
        </div>
        <p class="hint">"You need not stay here. Asking again changes nothing but your words."</p>
        <div class="card-actions">
            <a class="button" href=paths::door(door.slug.as_str())>"Back to sign in"</a>
        </div>
    }
}
