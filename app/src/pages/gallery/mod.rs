//! `/dev/gallery`: every component in every state, for who works on them and for the pictures that the tests keep.
//!
//! Rendered by the server alone, from the very components of the console and from people who are made up; the browser's
//! WebAssembly knows nothing of it. A section is a function that stands in `SECTIONS`.

mod attributes;
mod connections;
mod controls;
mod explained;
mod feedback;
mod leaving;
mod made_up;
mod overlays;
mod partner;
mod people;
mod requests;
mod roles;
mod settings;
mod tokens;
mod work;

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::Router;

use crate::{
    Assets, Handed, Reload,
    components::{commands::Commands, frame::ThemeChoice, keys::Keys, landing::Landing, toasts::Toasts, ui::PageTitle},
    head,
};

/// Where it is.
pub const PATH: &str = "/dev/gallery";
/// Where its own style is.
pub const STYLE: &str = "/dev/gallery.css";

/// A section: its anchor, its heading, and what it shows.
struct Section {
    id: &'static str,
    title: &'static str,
    show: fn() -> AnyView,
}

const SECTIONS: [Section; 34] = [
    Section { id: "colors", title: "Colors", show: tokens::colors },
    Section { id: "type", title: "Type", show: tokens::sizes_of_type },
    Section { id: "space", title: "Space and corners", show: tokens::space },
    Section { id: "icons", title: "Icons", show: tokens::icons },
    Section { id: "buttons", title: "Buttons", show: controls::buttons },
    Section { id: "fields", title: "Fields", show: controls::fields },
    Section { id: "choices", title: "Choices", show: controls::choices },
    Section { id: "menu", title: "Menus", show: controls::menus },
    Section { id: "navigation", title: "Navigation", show: controls::navigation },
    Section { id: "person", title: "A person", show: people::parts },
    Section { id: "toolbar", title: "Above the list", show: people::toolbar },
    Section { id: "rows", title: "The list", show: people::rows },
    Section { id: "compact", title: "The list, compact and searched", show: people::compact },
    Section { id: "row-menus", title: "Menus of rows", show: people::row_menus },
    Section { id: "dialogs", title: "Dialogs", show: overlays::dialogs },
    Section { id: "leaving", title: "Going", show: leaving::removals },
    Section { id: "ownership", title: "Ownership", show: leaving::ownership },
    Section { id: "views", title: "Saved views", show: leaving::views },
    Section { id: "search", title: "Palette", show: overlays::palette },
    Section { id: "shortcuts", title: "Keys", show: overlays::keys },
    Section { id: "messages", title: "Messages", show: feedback::messages },
    Section { id: "nothing", title: "Nothing to show", show: feedback::nothing },
    Section { id: "job", title: "One thing done to many", show: work::jobs },
    Section { id: "job-list", title: "Earlier bulk changes", show: work::job_list },
    Section { id: "asking", title: "Requests for invitations", show: requests::requests },
    Section { id: "policies", title: "Policies and new accounts", show: settings::policies },
    Section { id: "domains", title: "Domains", show: settings::domains },
    Section { id: "roles", title: "Roles and groups", show: roles::roles },
    Section { id: "explained", title: "Access explained", show: explained::explained },
    Section { id: "partner", title: "The Partner section", show: partner::partner },
    Section { id: "attribute-parts", title: "Attributes", show: attributes::attributes },
    Section { id: "resources", title: "Connections", show: connections::connections },
    Section { id: "profile", title: "On a profile", show: work::profile },
    Section { id: "mail", title: "The mail profile", show: settings::mail },
];

/// The document. It looks as it does once scripts have taken over, and has none.
pub fn document(assets: &Assets) -> impl IntoView + use<> {
    let theme = use_context::<Handed>().unwrap_or_default().theme;
    provide_meta_context();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.code() data-hydrated="">
            <head>
                {head(assets)}
                <link rel="stylesheet" href=STYLE />
                <MetaTags />
            </head>
            <body>
                <Gallery />
            </body>
        </html>
    }
}

#[component]
fn Gallery() -> impl IntoView {
    provide_context(RwSignal::new(use_context::<Handed>().unwrap_or_default().theme));
    provide_context(Reload(RwSignal::new(0)));
    Toasts::provide(None);
    view! {
        <Router>
            <Contents />
        </Router>
    }
}

#[component]
fn Contents() -> impl IntoView {
    let viewer = made_up::viewer();
    Keys::provide(Commands::provide(&viewer, Landing::provide(&viewer)));
    provide_context(viewer);
    view! {
        <div class="gallery">
            <header class="gallery-side">
                <p class="wordmark">"Rollcall"</p>
                <ThemeChoice />
                <nav aria-label="Sections">
                    <ul>
                        {SECTIONS
                            .map(|Section { id, title, .. }| view! { <li><a href=format!("#{id}")>{title}</a></li> })
                            .collect_view()}
                    </ul>
                </nav>
            </header>
            // Otherwise the first field of a dialog would have the focus, and the page would begin there.
            <main class="gallery-main" tabindex="-1" autofocus>
                <h1>"Components"</h1>
                {SECTIONS
                    .map(|Section { id, title, show }| {
                        view! {
                            <section id=id class="gallery-section" aria-labelledby=format!("{id}-title")>
                                <h2 id=format!("{id}-title")>{title}</h2>
                                {show()}
                            </section>
                        }
                    })
                    .collect_view()}
            </main>
        </div>
        // The last one counts; some of what is shown has a title of its own.
        <PageTitle text="Components" />
    }
}

/// One thing, and what it shows.
#[component]
fn Sample(
    /// In which state it is.
    #[prop(into)]
    of: String,
    /// The thing.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="gallery-sample">
            <h3>{of}</h3>
            <div class="gallery-stage">{children()}</div>
        </div>
    }
}
