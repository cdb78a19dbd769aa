//! The page behind a referral link (B44): who refers, and the way on. Opening it changes nothing.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{
    organization::{Founding, FoundingDenied},
    partner::ReferralDoor,
};

use crate::{
    api::partner::open_referral,
    components::{loaded::Loaded, ui::PageTitle},
    paths,
};

/// `/r/:code`
#[component]
pub fn ReferralPage() -> impl IntoView {
    let code = use_params_map().with_untracked(|p| p.get("code").unwrap_or_default());
    let asked = code.clone();
    let found = Resource::new(move || asked.clone(), open_referral);
    view! {
        <main class="card-page" id="main">
            <Loaded
                of=move || found
                show=move |door| match door {
                    Some(door) => view! { <Door door code=code.clone() /> }.into_any(),
                    None => view! { <Outdated /> }.into_any(),
                }
            />
        </main>
    }
}

#[component]
fn Door(door: ReferralDoor, code: String) -> impl IntoView {
    let by = door.by.as_str().to_owned();
    let on = match door.founding {
        Founding::Nobody => view! {
            <p class="notice">{FoundingDenied::ByTheOperator.to_string()}</p>
            <div class="card-actions"><a class="button" href="/">"Go to the start"</a></div>
        }
        .into_any(),
        founding => view! {
            {(founding == Founding::Owners)
                .then(|| view! { <p class="notice">{FoundingDenied::NotAnOwner.to_string()}</p> })}
            <div class="card-actions">
                <a class="button primary large" href=paths::found_referred(&code)>"Create an organization"</a>
            </div>
            <p class="hint">"If you are not signed in, you are asked to do so first."</p>
        }
        .into_any(),
    };
    view! {
        <PageTitle text="Referral" />
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <h1>"Welcome to Rollcall"</h1>
            <p class="lead">
                "You were referred by " <b dir="auto">{by.clone()}</b>
                ". The organization that you create becomes their customer: they see its name, and whether it is archived."
            </p>
            {on}
        </div>
    }
}

/// A link that was replaced, or never was one.
#[component]
fn Outdated() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::ssr::set_status(410);
    view! {
        <PageTitle text="Referral" />
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <h1>"This link is no longer valid"</h1>
            <p class="lead">
                "It was replaced by another one, or it is incomplete. Ask whoever gave it to you for their new link, or go on \
                without."
            </p>
            <div class="card-actions">
                <a class="button primary" href=paths::found_org()>"Create an organization"</a>
                <a class="button" href="/">"Go to the start"</a>
            </div>
        </div>
    }
}
