//! The page behind a link for a new password (S21–S30). Opening it changes nothing, and using it signs nobody in.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{Timestamp, account::ResetView, rules::LinkError};

use crate::{
    api::passwords::{ResetPassword, open_reset},
    components::{
        form::{Form, FormMessage, use_form},
        loaded::Loaded,
        password::NewPasswordField,
        ui::{Field, Icon, PageTitle, Time},
    },
    paths,
};

/// `/reset/:token`
#[component]
pub fn ResetPage() -> impl IntoView {
    let token = use_params_map().with_untracked(|p| p.get("token").unwrap_or_default());
    let asked = token.clone();
    let found = Resource::new(move || asked.clone(), open_reset);
    let show = move |view| match view {
        ResetView::Open { email, expires_at, now } => {
            view! { <Choose token=token.clone() email=email.to_string() expires_at now /> }.into_any()
        }
        ResetView::Closed(why) => view! { <Closed why=Some(why) /> }.into_any(),
        ResetView::Unknown => view! { <Closed why=None /> }.into_any(),
    };
    view! {
        <PageTitle text="New password" />
        <main class="card-page" id="main">
            <Loaded of=move || found show />
        </main>
    }
}

#[component]
fn Choose(token: String, email: String, expires_at: Timestamp, now: Timestamp) -> impl IntoView {
    let form = use_form::<ResetPassword>(None);
    view! {
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <h1>"Choose a new password"</h1>
            <p class="lead">
                "You are signed out everywhere then. The link ends " <Time at=expires_at now /> "."
            </p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="token" value=token />
                <Field
                    id="email"
                    name="email"
                    label="Email"
                    kind="email"
                    autocomplete="username"
                    value=email
                    error=Signal::stored(None)
                    readonly=true
                />
                <NewPasswordField label="New password" error=form.error("password") autofocus=true />
                <button class="button primary large">"Change password"</button>
            </Form>
        </div>
    }
}

/// What became of a link that is over, or that is none.
#[component]
fn Closed(why: Option<LinkError>) -> impl IntoView {
    // Of the page alone: to the browser's code a server function that answers so has failed.
    #[cfg(feature = "ssr")]
    crate::ssr::set_status(if why.is_some() { 410 } else { 404 });
    let (title, icon, text) = match why {
        Some(LinkError::Expired) => {
            ("This link has expired", "clock", "It was good for an hour. Ask for a new one; it takes a minute.")
        }
        Some(LinkError::Used) => (
            "This link has been used",
            "circle-check",
            "A new password was chosen with it. If that was not you, ask for a new link at once.",
        ),
        Some(LinkError::Superseded) => {
            ("There is a newer link", "mail", "Another one was sent since. Use the one in the latest email.")
        }
        Some(LinkError::Cancelled) => (
            "This link is no longer good",
            "ban",
            "The account was changed since it was sent. Ask for a new one if you still need it.",
        ),
        None => ("This link does not work", "link", "Check that it was copied whole, or ask for a new one."),
    };
    view! {
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <span class="empty-icon"><Icon name=icon /></span>
            <h1>{title}</h1>
            <p class="lead">{text}</p>
            <div class="card-actions">
                <a class="button primary" href=paths::forgot()>"Ask for a new link"</a>
                <a class="button ghost" href=paths::login("")>"Sign in"</a>
            </div>
        </div>
    }
}
