//! The console, compiled twice: rendered on the server, then hydrated in the browser.
#![recursion_limit = "512"]

pub mod api;
mod components;
mod pages;
pub mod paths;
pub mod problem;
pub mod reply;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod theme;

#[cfg(feature = "ssr")]
pub use pages::gallery;

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    location::RequestUrl,
    path,
};
use serde::{Deserialize, Serialize};

use components::{
    errors::NotFound,
    frame::OrgFrame,
    scroll::provide_scrolls,
    toasts::{ToastRegion, Toasts},
};
use reply::Submitted;
use theme::Theme;

/// The built files with their content hashes, read once when the server starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assets {
    /// `/pkg/rollcall.….css`
    pub css: String,
    /// `/pkg/rollcall.….js`
    pub js: String,
    /// `/pkg/rollcall.….wasm`
    pub wasm: String,
}

/// What a request brings that both sides have to know alike; the server writes it into the page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Handed {
    /// The choice of the cookie.
    pub theme: Theme,
    /// What a redirect left to say.
    pub flash: Option<String>,
    /// The form that this page answers.
    pub submitted: Option<Submitted>,
}

/// Rises when data was changed; what shows data reads again then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reload(pub(crate) RwSignal<u32>);

/// The document around the console, on the server alone.
pub fn shell(assets: &Assets) -> impl IntoView + use<> {
    let theme = use_context::<Handed>().unwrap_or_default().theme;
    let nonce = leptos::nonce::use_nonce();
    let start = format!(
        "import('{}').then(m=>m.default({{module_or_path:'{}'}}).then(()=>m.hydrate()))",
        assets.js, assets.wasm
    );
    // Outside the console forms alone are used, which need no script: it comes when everything else is there, and is
    // then at hand for the console.
    let at_once = use_context::<RequestUrl>().is_some_and(|url| url.as_ref().contains("/o/"));
    let start = if at_once {
        start
    } else {
        format!(
            "const start=()=>{start};addEventListener('load',()=>(self.requestIdleCallback||setTimeout)(start,{{timeout:2000}}))"
        )
    };
    let early = at_once.then(|| {
        view! {
            <link rel="modulepreload" href=assets.js.clone() nonce=nonce.clone() />
            <link rel="preload" href=assets.wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.code()>
            <head>
                {head(assets)}
                {early}
                <script type="module" nonce=nonce>{start}</script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// What stands in the head of every document.
fn head(assets: &Assets) -> impl IntoView + use<> {
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="preload" href="/fonts/inter-latin.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous" />
        <link rel="stylesheet" href=assets.css.clone() />
        <link rel="icon" href="/favicon.svg" r#type="image/svg+xml" />
    }
}

/// The console.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let handed = SharedValue::new(|| use_context::<Handed>().unwrap_or_default()).into_inner();
    let said =
        handed.submitted.as_ref().and_then(|s| s.result.as_ref().ok()?.get("toast")?.as_str().map(str::to_owned));
    Toasts::provide(handed.flash.or(said));
    provide_context(RwSignal::new(handed.theme));
    provide_context(Reload(RwSignal::new(0)));
    if let Some(submitted) = handed.submitted {
        provide_context(submitted);
    }
    provide_scrolls();
    follow_theme();
    mark_hydrated();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=pages::home::Home ssr=SsrMode::Async />
                <Route path=path!("/setup") view=pages::setup::SetUpPage ssr=SsrMode::Async />
                <Route path=path!("/login") view=pages::login::LoginPage ssr=SsrMode::Async />
                <Route path=path!("/forgot") view=pages::forgot::ForgotPage ssr=SsrMode::Async />
                <Route path=path!("/reset/:token") view=pages::reset::ResetPage ssr=SsrMode::Async />
                <Route path=path!("/account") view=pages::account::AccountPage ssr=SsrMode::Async />
                <Route path=path!("/email/:token") view=pages::email_link::EmailLinkPage ssr=SsrMode::Async />
                <Route path=path!("/welcome") view=pages::welcome::WelcomePage ssr=SsrMode::Async />
                <Route path=path!("/orgs") view=pages::orgs::OrgsPage ssr=SsrMode::Async />
                <Route path=path!("/orgs/new") view=pages::orgs::FoundPage ssr=SsrMode::Async />
                <Route path=path!("/r/:code") view=pages::referral::ReferralPage ssr=SsrMode::Async />
                <Route path=path!("/invite/:token") view=pages::invite::InvitePage ssr=SsrMode::Async />
                <Route path=path!("/o/:org/login") view=pages::door::DoorPage ssr=SsrMode::Async />
                <Route path=path!("/o/:org/login/request") view=pages::door::AskPage ssr=SsrMode::Async />
                <ParentRoute path=path!("/o/:org") view=OrgFrame ssr=SsrMode::Async>
                    <Route path=path!("") view=pages::home::ToPeople />
                    <Route path=path!("users") view=pages::people::PeoplePage />
                    <Route path=path!("users/new") view=pages::create_user::CreateUserPage />
                    <Route path=path!("users/:id") view=pages::person::PersonPage />
                    <Route path=path!("import") view=pages::import::ImportPage />
                    <Route path=path!("jobs") view=pages::jobs::JobsPage />
                    <Route path=path!("jobs/:id") view=pages::job::JobPage />
                    <Route path=path!("roles") view=pages::roles::RolesPage />
                    <Route path=path!("roles/new") view=pages::roles::NewRolePage />
                    <Route path=path!("roles/:id") view=pages::roles::RolePage />
                    <Route path=path!("access") view=pages::explain::WhoCanPage />
                    <Route path=path!("groups") view=pages::groups::GroupsPage />
                    <Route path=path!("groups/:id") view=pages::groups::GroupPage />
                    <Route path=path!("partner") view=pages::partner::PartnerPage />
                    <Route path=path!("partner/:list") view=pages::partner::PartnerListPage />
                    <Route path=path!("attributes") view=pages::attributes::AttributesPage />
                    <Route path=path!("attributes/new") view=pages::attributes::NewAttributePage />
                    <Route path=path!("attributes/:id") view=pages::attributes::AttributePage />
                    <Route path=path!("me") view=pages::attributes::OwnAttributesPage />
                    <Route path=path!("connections") view=pages::connections::ConnectionsPage />
                    <Route path=path!("connections/:id") view=pages::connections::ConnectionPage />
                    <Route path=path!("guests") view=pages::guests::GuestsPage />
                    <Route path=path!("ownership") view=pages::ownership::OwnershipPage />
                    <Route path=path!("settings/general") view=pages::settings::general::GeneralPage />
                    <Route path=path!("settings/domains") view=pages::settings::domains::DomainsPage />
                    <Route path=path!("settings/policies") view=pages::settings::policies::PoliciesPage />
                    <Route path=path!("settings/mail") view=pages::settings::mail::MailPage />
                    <Route path=path!("*any") view=NotFound />
                </ParentRoute>
            </Routes>
        </Router>
        <ToastRegion />
    }
}

/// Keeps `<html data-theme>` at the choice, without waiting for the server.
fn follow_theme() {
    let theme = expect_context::<RwSignal<Theme>>();
    Effect::new(move |before: Option<Theme>| {
        let now = theme.get();
        if before.is_some_and(|before| before != now)
            && let Some(root) = document().document_element()
        {
            let _ = root.set_attribute("data-theme", now.code());
        }
        now
    });
}

/// Says that the page is alive, to styles (what needs a script appears) and to tests.
fn mark_hydrated() {
    Effect::new(move |_| {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "");
        }
    });
}
