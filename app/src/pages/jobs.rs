//! What was done to many people at once, the newest first: for whoever closed the page of a job.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    JobId,
    bulk::{JobLine, JobsPage as Page},
    id::Id as _,
    people::Viewer,
};

use crate::{
    api::bulk::list_jobs,
    components::{
        loaded::Loaded,
        ui::{EmptyState, OlderPager, PageTitle, Time},
    },
    paths,
};

/// `/o/:org/jobs`
#[component]
pub fn JobsPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let query = use_query_map();
    let org = StoredValue::new(viewer.org.slug.as_str().to_owned());
    let before = Memo::new(move |_| query.with(|q| JobId::parse(&q.get("before")?).ok()));
    let found = Resource::new(move || before.get(), move |before| list_jobs(org.get_value(), before));
    view! {
        <PageTitle text="Bulk changes" />
        <div class="page-head">
            <div>
                <h1>"Bulk changes"</h1>
                <p>"What was prepared for many people at once, and what became of it. Kept for 30 days."</p>
            </div>
        </div>
        <Loaded of=move || found waiting="Loading…" show=move |page| view! { <Jobs org=org.get_value() page /> } />
    }
}

/// A page of jobs.
#[component]
pub fn Jobs(org: String, page: Page) -> impl IntoView {
    if page.jobs.is_empty() {
        let heading = view! { <h2>"Nothing yet"</h2> }.into_any();
        let text = "Select people in the list and choose what to do with them: the plan and its result stand here.";
        return view! {
            <EmptyState icon="layers" heading text>
                <a class="button primary" href=paths::users(&org)>"Go to people"</a>
            </EmptyState>
        }
        .into_any();
    }
    let now = page.now;
    let here = paths::jobs(&org);
    let older = page.older.map(|id| paths::with_params(&here, &[("before", id.to_string())]));
    let lines = page
        .jobs
        .into_iter()
        .map(|JobLine { job, by }| {
            let href = paths::job(&org, job.id.as_str());
            view! {
                <li class="job-line">
                    <div>
                        <a href=href>{job.title()}</a>
                        <p>{job.sentence()}</p>
                    </div>
                    <p class="job-by">
                        <span dir="auto">{by}</span>
                        <Time at=job.created_at now />
                    </p>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul class="job-lines">{lines}</ul>
        <OlderPager newest=page.continued.then_some(here) older />
    }
    .into_any()
}
