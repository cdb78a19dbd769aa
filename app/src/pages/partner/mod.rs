//! The Partner section (B44): the referral link, what is earned by whom, and what was paid. Everything that one may want to
//! share or go back to is in the URL.

pub(super) mod lists;
mod months;
pub(super) mod overview;

use leptos::prelude::*;
use model::{Action, Denial, decide, partner::RecordKind, people::Viewer};

pub use lists::PartnerListPage;
pub use overview::PartnerPage;

use crate::{
    components::{
        errors::{Refused, problem_inside},
        ui::PageTitle,
    },
    paths,
    problem::{Problem, ProblemKind},
};

/// Why the viewer does not see the section, in its place; `None` for who does.
fn kept_out(viewer: &Viewer) -> Option<AnyView> {
    Some(match decide(&viewer.actor, Action::ViewPartnerSection, None) {
        Ok(_) => return None,
        Err(Denial::NotFound) => not_there(),
        Err(why) => view! { <Refused why /> }.into_any(),
    })
}

/// What stands at an address that is none, inside of the console.
fn not_there() -> AnyView {
    #[cfg(feature = "ssr")]
    crate::ssr::set_status(404);
    problem_inside(Problem::new(ProblemKind::NotFound, "We could not find this page."))
}

/// A part of the section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Overview,
    Customers,
    Records(RecordKind),
}

impl Part {
    const ALL: [Self; 4] =
        [Self::Overview, Self::Customers, Self::Records(RecordKind::Commission), Self::Records(RecordKind::Payout)];

    /// The part of what stands behind the section's own address.
    fn of_path(path: &str) -> Option<Self> {
        match path {
            "customers" => Some(Self::Customers),
            path => RecordKind::from_path(path).map(Self::Records),
        }
    }
    const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Customers => "Customers",
            Self::Records(kind) => kind.label(),
        }
    }
    fn url(self, org: &str) -> String {
        match self {
            Self::Overview => paths::partner(org),
            Self::Customers => paths::partner_customers(org, None),
            Self::Records(kind) => paths::partner_records(org, kind, None, None),
        }
    }
}

/// The head of each page of the section.
#[component]
fn Head(viewer: Viewer, part: Part) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let title = match part {
        Part::Overview => "Partner".to_owned(),
        part => format!("Partner: {}", part.label()),
    };
    let tabs = Part::ALL
        .map(|of| {
            let current = (of == part).then_some("page");
            view! { <a href=of.url(&org) aria-current=current>{of.label()}</a> }
        })
        .collect_view();
    view! {
        <PageTitle text=title />
        <div class="page-head">
            <div>
                <h1>"Partner"</h1>
                <p>
                    "Customers that " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span>
                    " has referred, what was earned by them, and what was paid."
                </p>
            </div>
        </div>
        <nav class="tabs" aria-label="Partner section">{tabs}</nav>
    }
}
