//! What the console is loaded in: the list of people in its frame at once, everything else when it is opened for the first time
//! (ADR 28). On the server all of it is there.

use futures::future::{Either, select};
use leptos::prelude::*;
use leptos_router::{ChooseView, hooks::use_url};
use std::{pin::pin, time::Duration};
use wasm_split_helpers::{SplitLoaderError, wasm_split};
use web_sys::Element;

use crate::{components::live::wait, pages};

/// How long a part may take before the server is asked for the whole page.
const PATIENCE: Duration = Duration::from_secs(15);
/// What `<html>` has while a part is on its way.
const FETCHING: &str = "data-fetching";

/// A part could not be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotLoaded;

impl From<SplitLoaderError> for NotLoaded {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// Parts by the names of their files, and the pages that each holds. A route shows a page of one: `view=Organization::Mail`.
macro_rules! parts {
    ($($(#[$doc:meta])* $module:ident: $part:ident { $($page:ident => $view:path),* $(,)? })*) => {
        /// A part of the console that has a file of its own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Part {
            $($(#[$doc])* $part,)*
        }

        impl Part {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$part),*];

            /// The name under which the build lists its files.
            pub const fn module(self) -> &'static str {
                match self {
                    $(Self::$part => stringify!($module),)*
                }
            }
            /// Fetches it, unless it is there.
            ///
            /// # Errors
            /// [`NotLoaded`]; another try asks again.
            pub async fn load(self) -> Result<(), NotLoaded> {
                match self {
                    $(Self::$part => Ok($module::load().await?),)*
                }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub(crate) enum $part {
                $($page,)*
            }

            impl ChooseView for $part {
                async fn choose(self) -> AnyView {
                    shown($module::view(self)).await
                }
                // What is fetched here is lost where somebody goes on to the same route meanwhile (leptos#4784); waiting in
                // `choose` shows what was asked for last.
                async fn preload(&self) {}
            }

            mod $module {
                use super::*;

                // One function a part: each has what loads it.
                #[wasm_split($module, fallible, preload(load))]
                pub(super) fn view(page: super::$part) -> Result<AnyView, NotLoaded> {
                    Ok(match page {
                        $(super::$part::$page => $view().into_any(),)*
                    })
                }
            }
        )*
    };
}

parts! {
    /// Coming in, and what belongs to an account rather than to an organization.
    entry: Entry {
        SetUp => pages::setup::SetUpPage,
        Login => pages::login::LoginPage,
        Forgot => pages::forgot::ForgotPage,
        Reset => pages::reset::ResetPage,
        Account => pages::account::AccountPage,
        EmailLink => pages::email_link::EmailLinkPage,
        Welcome => pages::welcome::WelcomePage,
        Orgs => pages::orgs::OrgsPage,
        Found => pages::orgs::FoundPage,
        Referral => pages::referral::ReferralPage,
        Invite => pages::invite::InvitePage,
        Door => pages::door::DoorPage,
        Ask => pages::door::AskPage,
    }
    /// One person.
    person: Person {
        Profile => pages::person::PersonPage,
        Create => pages::create_user::CreateUserPage,
        Guests => pages::guests::GuestsPage,
    }
    /// What is done to many people.
    bulk: Bulk {
        Import => pages::import::ImportPage,
        Jobs => pages::jobs::JobsPage,
        Job => pages::job::JobPage,
    }
    /// The organization: what gives people access, what is known of them, what holds for all.
    organization: Organization {
        Roles => pages::roles::RolesPage,
        NewRole => pages::roles::NewRolePage,
        Role => pages::roles::RolePage,
        WhoCan => pages::explain::WhoCanPage,
        Groups => pages::groups::GroupsPage,
        Group => pages::groups::GroupPage,
        Attributes => pages::attributes::AttributesPage,
        NewAttribute => pages::attributes::NewAttributePage,
        Attribute => pages::attributes::AttributePage,
        Own => pages::attributes::OwnAttributesPage,
        Connections => pages::connections::ConnectionsPage,
        Connection => pages::connections::ConnectionPage,
        General => pages::settings::general::GeneralPage,
        Domains => pages::settings::domains::DomainsPage,
        Policies => pages::settings::policies::PoliciesPage,
        Mail => pages::settings::mail::MailPage,
        Ownership => pages::ownership::OwnershipPage,
        Partner => pages::partner::PartnerPage,
        PartnerList => pages::partner::PartnerListPage,
    }
}

impl Part {
    /// The part that the page of a path is in; `None` where it is in the first.
    pub fn of(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match segments[..] {
            [] | ["o", _] | ["o", _, "users"] => None,
            ["o", _, "login", ..] => Some(Self::Entry),
            ["o", _, "users" | "guests", ..] => Some(Self::Person),
            ["o", _, "import" | "jobs", ..] => Some(Self::Bulk),
            ["o", _, ..] => Some(Self::Organization),
            _ => Some(Self::Entry),
        }
    }
}

/// Fetches the part that the page of this browser is in.
///
/// # Errors
/// [`NotLoaded`].
pub async fn load_of_page() -> Result<(), NotLoaded> {
    let path = window().location().pathname().unwrap_or_default();
    match Part::of(&path) {
        Some(part) => part.load().await,
        None => Ok(()),
    }
}

/// The view of a page. Where its part cannot be fetched, because the network is away or a newer release stands on the server, the
/// browser asks the server for the whole page.
async fn shown(view: impl Future<Output = Result<AnyView, NotLoaded>>) -> AnyView {
    // What is there is looked at first; on the server that is all there is.
    if let Either::Left((Ok(view), _)) = select(pin!(view), pin!(too_long())).await {
        return view;
    }
    let wanted = use_url().with_untracked(|url| match url.search() {
        "" => url.path().to_owned(),
        search => format!("{}?{search}", url.path()),
    });
    let location = window().location();
    let here = location.pathname().and_then(|path| Ok(path + &location.search()?));
    // To go to where one is may be a jump within the page.
    let _ = if here.is_ok_and(|here| here == wanted) { location.reload() } else { location.assign(&wanted) };
    std::future::pending().await
}

/// Shows that a part is on its way, as long as somebody waits for it.
async fn too_long() {
    let _on_its_way = OnItsWay::begin();
    wait(PATIENCE).await;
}

/// While it lives, `<html data-fetching>` stands.
struct OnItsWay(Option<Element>);

impl OnItsWay {
    fn begin() -> Self {
        let root = document().document_element();
        if let Some(root) = &root {
            let _ = root.set_attribute(FETCHING, "");
        }
        Self(root)
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        if let Some(root) = &self.0 {
            let _ = root.remove_attribute(FETCHING);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the browser finds in the page of a path it has to have loaded before it takes the page over.
    #[test]
    fn every_route_is_in_the_part_that_its_path_names() {
        let source = include_str!("lib.rs");
        let routes = source.lines().filter_map(|line| line.trim().strip_prefix("<Route path=path!(\""));
        assert_eq!(routes.clone().count(), source.matches("<Route ").count());
        for route in routes {
            let (path, rest) = route.split_once('"').unwrap();
            let view = rest.split_once("view=").unwrap().1;
            let part = Part::ALL.iter().find(|part| view.starts_with(&format!("{part:?}::"))).copied();
            let inside = if path.starts_with('/') { path.to_owned() } else { format!("/o/acme/{path}") };
            // The address of no page leads to no page, whichever part it loads.
            if path != "*any" {
                assert_eq!(Part::of(&inside), part, "{inside}");
                assert_eq!(Part::of(&format!("{inside}/")), part, "{inside}/");
            }
        }
    }
}
