//! Where somebody who signed in with a temporary password chooses one of their own, before anything else opens (B5).

use leptos::prelude::*;
use leptos_router::components::Redirect;
use model::invitation::Welcome;

use crate::{
    api::{
        onboarding::{ChoosePassword, get_welcome, own_strength},
        session::LogOut,
    },
    components::{
        form::{Form, FormMessage, use_form},
        loaded::Loaded,
        password::NewPassword,
        ui::{Field, Icon, PageTitle, Time},
    },
};

/// `/welcome`
#[component]
pub fn WelcomePage() -> impl IntoView {
    let found = Resource::new(|| (), |()| get_welcome());
    view! {
        <PageTitle text="Choose a password" />
        <main class="card-page" id="main">
            <Loaded
                of=move || found
                show=|found| match found {
                    Some(welcome) => view! { <Choose welcome /> }.into_any(),
                    None => view! { <Redirect path="/" /> }.into_any(),
                }
            />
        </main>
    }
}

#[component]
fn Choose(welcome: Welcome) -> impl IntoView {
    let form = use_form::<ChoosePassword>(None);
    let log_out = use_form::<LogOut>(None);
    let org = welcome.org_name.as_str().to_owned();
    let greeting =
        if welcome.name.first.is_empty() { "Welcome".to_owned() } else { format!("Welcome, {}", welcome.name.first) };
    view! {
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <h1 dir="auto">{greeting}</h1>
            <p class="lead">
                "You have signed in with a temporary password, which others may have seen. Choose one of your own to join "
                <b dir="auto">{org}</b> ". The temporary one ends " <Time at=welcome.expires_at now=welcome.now /> "."
            </p>
            <FormMessage form />
            <Form form class="stack">
                <Field
                    id="email"
                    name="email"
                    label="Email"
                    kind="email"
                    autocomplete="username"
                    value=welcome.email.to_string()
                    error=Signal::stored(None)
                    readonly=true
                />
                <NewPassword
                    id="password"
                    label="Choose a password"
                    error=form.error("password")
                    ask=|text| Box::pin(own_strength(text))
                    autofocus=true
                />
                <button class="button primary large">"Save password and continue"</button>
            </Form>
            <Form form=log_out class="way-out">
                <button class="button ghost"><Icon name="log-out" />"Log out"</button>
            </Form>
        </div>
    }
}
