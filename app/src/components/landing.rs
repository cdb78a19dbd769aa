//! Where the links to the people of an organization lead: to the view that who is signed in made the default, or to
//! everybody. The plain address always means everybody.

use leptos::{prelude::*, task::spawn_local};
use model::people::Viewer;

use crate::{api::session::get_viewer, paths};

/// The landing in one organization.
#[derive(Debug, Clone, Copy)]
pub struct Landing {
    org: StoredValue<String>,
    query_string: RwSignal<String>,
}

impl Landing {
    /// For the pages of the organization that this viewer sees.
    pub fn provide(viewer: &Viewer) -> Self {
        let landing = Self {
            org: StoredValue::new(viewer.org.slug.as_str().to_owned()),
            query_string: RwSignal::new(viewer.landing.clone()),
        };
        provide_context(landing);
        landing
    }
    /// The URL to land on.
    pub fn url(self) -> String {
        self.org.with_value(|org| self.query_string.with(|query| paths::users_by(org, query)))
    }
    /// Asks the server again, after views were changed.
    pub fn read_again(self) {
        let request = get_viewer(self.org.get_value());
        spawn_local(async move {
            if let Ok(viewer) = request.await {
                let _ = self.query_string.try_set(viewer.landing);
            }
        });
    }
}
