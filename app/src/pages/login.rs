//! Signing in.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::session::LogIn,
    components::{
        form::{Form, FormMessage, use_form},
        ui::{Field, PageTitle},
    },
    paths,
};

/// `/login`, and back to `?next=`.
#[component]
pub fn LoginPage() -> impl IntoView {
    let next = use_query_map().with_untracked(|q| q.get("next").unwrap_or_default());
    view! {
        <PageTitle text="Sign in" />
        <main class="card-page" id="main">
            <div class="card">
                <p class="wordmark">"Rollcall"</p>
                <h1>"Sign in"</h1>
                <LoginForm goes_on=("next", next) />
                <p class="card-foot"><a class="link" href=paths::forgot()>"Forgot your password?"</a></p>
            </div>
        </main>
    }
}

/// Address and password.
#[component]
pub fn LoginForm(
    /// Where it leads: a field of [`LogIn`], and its value.
    goes_on: (&'static str, String),
) -> impl IntoView {
    let form = use_form::<LogIn>(None);
    view! {
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name=goes_on.0 value=goes_on.1 />
            <Field
                id="email"
                name="email"
                label="Email"
                kind="email"
                autocomplete="username"
                value=form.value_or("email", "")
                error=form.error("email")
                autofocus=true
            />
            <Field
                id="password"
                name="password"
                label="Password"
                kind="password"
                autocomplete="current-password"
                error=form.error("password")
            />
            <button class="button primary large">"Sign in"</button>
        </Form>
    }
}
