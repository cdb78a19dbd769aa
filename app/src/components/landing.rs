//! Where the links to the people of an organization lead: to the view that who is signed in made the default, or to
//! everybody. The plain address always means everybody. Who sees the Partner section alone lands there (B44).

use leptos::{prelude::*, task::spawn_local};
use model::people::Viewer;

use crate::{api::session::get_viewer, paths};

/// The landing in one organization.
#[derive(Debug, Clone, Copy)]
pub struct Landing(RwSignal<String>);

fn url(viewer: &Viewer) -> String {
    if viewer.sees_partner_section_alone() {
        return paths::partner(viewer.org.slug.as_str());
    }
    paths::users_by(viewer.org.slug.as_str(), &viewer.landing)
}

impl Landing {
    /// For the pages of the organization that this viewer sees.
    pub fn provide(viewer: &Viewer) -> Self {
        let landing = Self(RwSignal::new(url(viewer)));
        provide_context(landing);
        landing
    }
    /// The URL to land on.
    pub fn url(self) -> String {
        self.0.get()
    }
    /// Asks the server again, after views of the organization were changed.
    pub fn read_again(self, org: String) {
        let request = get_viewer(org);
        spawn_local(async move {
            if let Ok(viewer) = request.await {
                let _ = self.0.try_set(url(&viewer));
            }
        });
    }
}
