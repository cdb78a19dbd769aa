//! The console, compiled twice: rendered on the server, then hydrated in the browser.
#![recursion_limit = "512"]

pub mod api;
mod components;
mod pages;
pub mod parts;
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
use parts::{Bulk, Entry, Organization, Part, Person};
use reply::Submitted;
use theme::Theme;

/// The built files, read once when the server starts. They fit each other alone, so all lie in one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assets {
    /// `/pkg/…/rollcall.css`
    pub css: String,
    /// `/pkg/…/rollcall.js`
    pub js: String,
    /// `/pkg/…/rollcall.wasm`
    pub wasm: String,
    /// The script that fetches parts; the first one asks for it.
    pub loader: String,
    /// Of each part its WebAssembly.
    pub parts: Vec<(Part, Vec<String>)>,
}

impl Assets {
    /// The files that the page of a URL needs besides the first.
    fn of_page(&self, path: &str, search: &str) -> &[String] {
        let part = Part::of(path, search);
        self.parts.iter().find(|(of, _)| Some(*of) == part).map_or(&[], |(_, files)| files)
    }
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
    let url = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    let (path, search) = url.as_ref().map_or(("/", ""), |url| (url.path(), url.search()));
    let at_once = path.starts_with("/o/");
    let start = if at_once {
        start
    } else {
        format!(
            "const start=()=>{start};addEventListener('load',()=>(self.requestIdleCallback||setTimeout)(start,{{timeout:2000}}))"
        )
    };
    let early = at_once.then(|| {
        let scripts = [&assets.js, &assets.loader];
        let code = [&assets.wasm].into_iter().chain(assets.of_page(path, search));
        let scripts = scripts.map(|js| view! { <link rel="modulepreload" href=js.clone() nonce=nonce.clone() /> });
        let code = code.map(|wasm| {
            view! { <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" /> }
        });
        (scripts.into_iter().collect_view(), code.collect_view())
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
                <Route path=path!("/setup") view=Entry::SetUp ssr=SsrMode::Async />
                <Route path=path!("/login") view=Entry::Login ssr=SsrMode::Async />
                <Route path=path!("/forgot") view=Entry::Forgot ssr=SsrMode::Async />
                <Route path=path!("/reset/:token") view=Entry::Reset ssr=SsrMode::Async />
                <Route path=path!("/account") view=Entry::Account ssr=SsrMode::Async />
                <Route path=path!("/email/:token") view=Entry::EmailLink ssr=SsrMode::Async />
                <Route path=path!("/welcome") view=Entry::Welcome ssr=SsrMode::Async />
                <Route path=path!("/orgs") view=Entry::Orgs ssr=SsrMode::Async />
                <Route path=path!("/orgs/new") view=Entry::Found ssr=SsrMode::Async />
                <Route path=path!("/r/:code") view=Entry::Referral ssr=SsrMode::Async />
                <Route path=path!("/invite/:token") view=Entry::Invite ssr=SsrMode::Async />
                <Route path=path!("/o/:org/login") view=Entry::Door ssr=SsrMode::Async />
                <Route path=path!("/o/:org/login/request") view=Entry::Ask ssr=SsrMode::Async />
                <ParentRoute path=path!("/o/:org") view=OrgFrame ssr=SsrMode::Async>
                    <Route path=path!("") view=pages::home::ToPeople />
                    <Route path=path!("users") view=pages::people::PeoplePage />
                    <Route path=path!("users/new") view=Person::Create />
                    <Route path=path!("users/:id") view=Person::Profile />
                    <Route path=path!("import") view=Bulk::Import />
                    <Route path=path!("jobs") view=Bulk::Jobs />
                    <Route path=path!("jobs/:id") view=Bulk::Job />
                    <Route path=path!("roles") view=Organization::Roles />
                    <Route path=path!("roles/new") view=Organization::NewRole />
                    <Route path=path!("roles/:id") view=Organization::Role />
                    <Route path=path!("access") view=Organization::WhoCan />
                    <Route path=path!("groups") view=Organization::Groups />
                    <Route path=path!("groups/:id") view=Organization::Group />
                    <Route path=path!("partner") view=Organization::Partner />
                    <Route path=path!("partner/:list") view=Organization::PartnerList />
                    <Route path=path!("attributes") view=Organization::Attributes />
                    <Route path=path!("attributes/new") view=Organization::NewAttribute />
                    <Route path=path!("attributes/:id") view=Organization::Attribute />
                    <Route path=path!("me") view=Organization::Own />
                    <Route path=path!("connections") view=Organization::Connections />
                    <Route path=path!("connections/:id") view=Organization::Connection />
                    <Route path=path!("guests") view=Person::Guests />
                    <Route path=path!("ownership") view=Organization::Ownership />
                    <Route path=path!("settings/general") view=Organization::General />
                    <Route path=path!("settings/domains") view=Organization::Domains />
                    <Route path=path!("settings/policies") view=Organization::Policies />
                    <Route path=path!("settings/mail") view=Organization::Mail />
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
