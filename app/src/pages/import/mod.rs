//! Importing people from a CSV file (B27, B28): choose or drop it, look at it, and have it checked. With a script the file
//! is read in the browser, where it can be looked at and mended before anything is sent; without one it is sent as it is,
//! and looked at on the page of the job.

mod preview;
mod reading;

use leptos::{html, prelude::*, web_sys};
use model::{Action, decide, import::Column, people::Viewer};

use crate::{
    api::imports::StartImport,
    components::{
        errors::Refused,
        form::{FormMessage, FormState, UploadForm, use_form},
        ui::{FileField, Icon, PageTitle},
    },
    paths,
};
use preview::Preview;
use reading::{Draft, Stage, read_file};

/// `/o/:org/import`
#[component]
pub fn ImportPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let org = viewer.org.slug.as_str().to_owned();
    if let Err(why) = decide(&viewer.actor, Action::Invite(viewer.org.policies.default_role), None) {
        return view! { <Refused why /> }.into_any();
    }
    let form = use_form::<StartImport>(None);
    let stage = RwSignal::new(Stage::Choosing(None));
    // What is being read changes many times a second; the panel around it stays.
    let is_shown = Memo::new(move |_| stage.with(Stage::is_shown));
    let draft = StoredValue::new(Draft::default());
    let (people, template) = (paths::users(&org), paths::import_template(&org));
    let org = StoredValue::new(org);
    view! {
        <PageTitle text="Import people" />
        <a class="back" href=people><Icon name="arrow-left" />"People"</a>
        <div class="page-head">
            <div>
                <h1>"Import people"</h1>
                <p>"From a CSV file, as spreadsheets and directories write it. Nobody is invited before you have seen what would happen."</p>
            </div>
            <div class="page-actions">
                <a class="button" href=template rel="external" download>
                    <Icon name="download" />
                    "Download template"
                </a>
            </div>
        </div>
        <FormMessage form />
        {move || {
            if is_shown.get() {
                view! { <Preview form stage draft org /> }.into_any()
            } else {
                view! { <Choose form stage draft org /> }.into_any()
            }
        }}
    }
    .into_any()
}

/// The file: chosen, or dropped onto the panel.
#[component]
fn Choose(
    form: FormState<StartImport>,
    stage: RwSignal<Stage>,
    draft: StoredValue<Draft>,
    org: StoredValue<String>,
) -> impl IntoView {
    let panel = NodeRef::<html::Section>::new();
    let over = RwSignal::new(false);
    let take = move |file: Option<web_sys::File>| {
        if let Some(file) = file {
            read_file(file, stage, draft);
        }
    };
    // Also where the file was chosen before the page came alive.
    Effect::new(move |_| {
        if let Some(panel) = panel.get()
            && let Ok(Some(input)) = panel.query_selector("input[type=file]")
        {
            take(first_file(&input));
        }
    });
    let refused = form.error("file");
    let error = Signal::derive(move || stage.with(Stage::error).or_else(|| refused.get()));
    view! {
        <section
            class="panel import-choose"
            class:is-over=move || over.get()
            aria-label="The file"
            node_ref=panel
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                over.set(false);
                take(event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0)));
            }
            on:change=move |event| take(first_file(&event_target(&event)))
        >
            <UploadForm form class="stack narrow">
                <input type="hidden" name="org" value=org.get_value() />
                <FileField
                    id="import-file"
                    name="file"
                    label="CSV file"
                    accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
                    hint="Up to 50,000 rows and 10 MB. It needs a column with the addresses; names, roles and end dates are read where there are columns for them. You can also drop the file here."
                    error
                />
                <div class="form-foot">
                    <button class="button primary">"Check this file"</button>
                </div>
            </UploadForm>
            <p class="import-reading" role="status">
                {move || stage.with(Stage::progress)}
            </p>
        </section>
    }
}

fn first_file(input: &web_sys::Element) -> Option<web_sys::File> {
    use leptos::wasm_bindgen::JsCast as _;
    input.dyn_ref::<web_sys::HtmlInputElement>()?.files()?.get(0)
}

/// What a column may hold, as choices.
#[component]
pub(super) fn ColumnChoices(#[prop(into)] held: Signal<Option<Column>>) -> impl IntoView {
    let choices = Column::ALL.map(|column| {
        view! { <option value=column.code() selected=move || held.get() == Some(column)>{column.label()}</option> }
    });
    view! {
        <option value="" selected=move || held.get().is_none()>"Not imported"</option>
        {choices.collect_view()}
    }
}
