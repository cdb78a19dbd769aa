//! Asking for a link to choose a new password. What is answered is the same for every address (S32).

use leptos::prelude::*;

use crate::{
    api::passwords::AskForReset,
    components::{
        form::{Form, FormMessage, FormState, use_form},
        ui::{Field, Icon, PageTitle},
    },
    paths,
};

/// `/forgot`
#[component]
pub fn ForgotPage() -> impl IntoView {
    let form = use_form::<AskForReset>(None);
    let sent = form.data();
    view! {
        <PageTitle text="Forgot your password" />
        <main class="card-page" id="main">
            <div class="card">
                <p class="wordmark">"Rollcall"</p>
                {move || match sent.get() {
                    Some(email) => view! { <Sent email=email.to_string() /> }.into_any(),
                    None => view! { <Ask form /> }.into_any(),
                }}
            </div>
        </main>
    }
}

#[component]
fn Ask(form: FormState<AskForReset>) -> impl IntoView {
    view! {
        <h1>"Forgot your password?"</h1>
        <p class="lead">"Enter the address that you sign in with. A link to choose a new password goes there."</p>
        <FormMessage form />
        <Form form class="stack">
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
            <button class="button primary large">"Send link"</button>
        </Form>
        <p class="card-foot"><a class="link" href=paths::login("")>"Back to sign in"</a></p>
    }
}

#[component]
fn Sent(email: String) -> impl IntoView {
    view! {
        <div role="status">
            <span class="empty-icon"><Icon name="mail" /></span>
            <h1>"Check your mail"</h1>
            <p class="lead">
                "If " <b>{email}</b>
                " has an account here, a link to choose a new password is on its way. It is good for an hour."
            </p>
        </div>
        <p class="hint">"Nothing there after a few minutes? Look in the spam folder, or ask again."</p>
        <div class="card-actions">
            <a class="button" href=paths::login("")>"Back to sign in"</a>
            // The same address once more: left to the browser.
            <a class="button ghost" href=paths::forgot() rel="external">"Ask again"</a>
        </div>
    }
}
