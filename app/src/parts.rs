//! What the console is loaded in: the list of people in its frame at once, everything else when it is opened for the first time
//! (ADR 28). On the server all of it is there.

use futures::{
    FutureExt as _,
    future::{Either, select},
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use leptos_router::{
    ChooseView,
    hooks::{use_location, use_url},
    location::Url,
};
use std::{pin::pin, time::Duration};
use wasm_split_helpers::{SplitLoaderError, wasm_split};
use web_sys::Element;

use crate::{components::live::wait, pages, paths::DIALOG};

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

/// A view that is in a part.
pub(crate) trait InPart: Copy + Send + 'static {
    const PART: Part;
    /// Its view, when its code is there.
    async fn view(self) -> Result<AnyView, NotLoaded>;
}

/// Parts by the names of their files, and the views that each holds. A route shows one of them, `view=Organization::Mail`, and
/// so does a page that is there already: `part_of_page(Person::ListDialogs)`.
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

            impl InPart for $part {
                const PART: Part = Part::$part;
                async fn view(self) -> Result<AnyView, NotLoaded> {
                    $module::view(self).await
                }
            }

            impl ChooseView for $part {
                async fn choose(self) -> AnyView {
                    let url = use_url();
                    arrived(self.view(), url).await
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
    /// One person, and what opens over the list of them.
    person: Person {
        ListDialogs => pages::people::ListDialogs,
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
    /// The part that the page of a URL is in, by its path and what stands behind the question mark; `None` where it is in the
    /// first.
    pub fn of(path: &str, search: &str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match segments[..] {
            ["o", _, "users"] => names_dialog(search).then_some(Self::Person),
            [] | ["o", _] => None,
            ["o", _, "login", ..] => Some(Self::Entry),
            ["o", _, "users" | "guests", ..] => Some(Self::Person),
            ["o", _, "import" | "jobs", ..] => Some(Self::Bulk),
            ["o", _, ..] => Some(Self::Organization),
            _ => Some(Self::Entry),
        }
    }
}

/// Whether a dialog is open over the page of a URL.
fn names_dialog(search: &str) -> bool {
    let names = search.trim_start_matches('?').split('&').filter_map(|pair| pair.split('=').next());
    names.map(Url::unescape).any(|name| name == DIALOG)
}

/// Fetches the part that the page of this browser is in.
///
/// # Errors
/// [`NotLoaded`].
pub async fn load_of_page() -> Result<(), NotLoaded> {
    let location = window().location();
    let (path, search) = (location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    match Part::of(&path, &search) {
        Some(part) => part.load().await,
        None => Ok(()),
    }
}

/// A view that opens inside a page: at once where its part is there, otherwise when it has come.
pub(crate) fn part_of_page<T: InPart>(view: T) -> impl IntoView {
    let (url, came) = (use_url(), RwSignal::new(()));
    // The router's: a page that is left keeps its own URL until the next one is there.
    let path = use_location().pathname;
    let page = path.get_untracked();
    move || {
        came.track();
        // The browser takes a page over in one step; on the server everything is there.
        let mut load = Box::pin(T::PART.load());
        if let Some(Ok(())) = load.as_mut().now_or_never()
            && let Some(Ok(view)) = view.view().now_or_never()
        {
            return view;
        }
        // Nobody waits for it any more who has closed it or gone on.
        if path.get() == page {
            spawn_local_scoped_with_cancellation(async move {
                arrived(load, url).await;
                came.set(());
            });
        }
        ().into_any()
    }
}

/// What a part brings. Where it cannot be fetched, because the network is away or a newer release stands on the server, the
/// browser asks the server for the whole page.
async fn arrived<T>(of: impl Future<Output = Result<T, NotLoaded>>, url: ReadSignal<Url>) -> T {
    // What is there is looked at first; on the server that is all there is.
    if let Either::Left((Ok(it), _)) = select(pin!(of), pin!(too_long())).await {
        return it;
    }
    let wanted = url.with_untracked(|url| match url.search() {
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
                for search in ["", "?q=dialog&page=2"] {
                    assert_eq!(Part::of(&inside, search), part, "{inside}{search}");
                    assert_eq!(Part::of(&format!("{inside}/"), search), part, "{inside}/{search}");
                }
            }
        }
    }

    #[test]
    fn what_opens_over_the_list_is_in_the_part_of_a_person() {
        for search in ["dialog=add", "?dialog=add", "?q=ada&dialog=edit&id=x", "?d%69alog"] {
            assert_eq!(Part::of("/o/acme/users", search), Some(Part::Person), "{search}");
            assert_eq!(Part::of("/o/acme/groups/x", search), Some(Part::Organization), "{search}");
        }
    }
}
