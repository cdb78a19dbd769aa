//! First run (B1): the first account and organization, with one of the four presets.

use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::{
    api::setup::{SetUp, setup_is_open},
    components::{
        form::{Form, FormMessage, use_form},
        founding::PresetChoices,
        loaded::Loaded,
        names::NameFields,
        password::NewPasswordField,
        ui::{Field, PageTitle},
    },
};

/// `/setup`; afterwards closed.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let open = Resource::new(|| (), |()| setup_is_open());
    view! {
        <PageTitle text="Set up" />
        <main class="card-page" id="main">
            <Loaded
                of=move || open
                show=|open| {
                    if open {
                        view! { <SetUpForm /> }.into_any()
                    } else {
                        view! { <Redirect path="/login" /> }.into_any()
                    }
                }
            />
        </main>
    }
}

#[component]
fn SetUpForm() -> impl IntoView {
    let form = use_form::<SetUp>(None);
    view! {
        <div class="card wide">
            <p class="wordmark">"Rollcall"</p>
            <h1>"Set up your organization"</h1>
            <p class="lead">"The account you make here owns it. You can invite everybody else in a minute."</p>
            <FormMessage form />
            <Form form class="stack">
                <Field
                    id="org_name"
                    name="org_name"
                    label="Organization"
                    autocomplete="organization"
                    value=form.value_or("org_name", "")
                    error=form.error("org_name")
                    autofocus=true
                />
                <NameFields form own=true />
                <Field
                    id="email"
                    name="email"
                    label="Email"
                    kind="email"
                    autocomplete="username"
                    value=form.value_or("email", "")
                    error=form.error("email")
                />
                <NewPasswordField label="Password" error=form.error("password") />
                <PresetChoices form />
                <button class="button primary large">"Create organization"</button>
            </Form>
        </div>
    }
}
