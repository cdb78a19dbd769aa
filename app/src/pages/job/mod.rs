//! One thing done to many people: first the plan, who is left out and why; then how far it has come; then the result for
//! each person, and the way back.

mod rows;

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    bulk::{BulkOp, ImportedRow, ItemState, Job, JobItem, JobPage as Page, JobState},
    people::Viewer,
    text::thousands,
};
use std::time::Duration;

use self::rows::{File, RowForm};
use crate::{
    Reload,
    api::{
        bulk::{CancelBulk, ConfirmBulk, UndoBulk, get_job},
        imports::{EditRow, MapColumns},
    },
    components::{
        form::{Form, FormMessage, FormState, use_form},
        loaded::Loaded,
        ui::{Field, Icon, PageTitle, refocus},
    },
    paths,
};

/// How often the page asks how far a job has come that goes on by itself.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// Which people of which job the URL asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// The id of the job.
    id: String,
    /// Those in this state.
    state: Option<String>,
    /// Those behind this place.
    after: u64,
    /// The row of a file that is being edited.
    edit: Option<u64>,
}

impl Asked {
    /// The address that asks for them.
    fn url(&self, org: &str) -> String {
        let state = self.state.clone().map(|state| ("state", state));
        let number = |name, n: Option<u64>| n.filter(|n| *n > 0).map(|n| (name, n.to_string()));
        let params = [state, number("after", Some(self.after)), number("edit", self.edit)];
        paths::with_params(&paths::job(org, &self.id), &params.into_iter().flatten().collect::<Vec<_>>())
    }
}

/// What can be done about a job, above the parts of the page that are read again.
#[derive(Clone, Copy)]
pub struct Forms {
    confirm: FormState<ConfirmBulk>,
    cancel: FormState<CancelBulk>,
    undo: FormState<UndoBulk>,
    columns: FormState<MapColumns>,
    row: FormState<EditRow>,
}

impl Forms {
    pub fn new() -> Self {
        Self {
            confirm: use_form(None),
            cancel: use_form(None),
            undo: use_form(None),
            columns: use_form(None),
            row: use_form(None),
        }
    }
}

/// `/o/:org/jobs/:id`
#[component]
pub fn JobPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let Reload(reload) = expect_context();
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| -> Asked {
        let number = |name| query.with(|q| q.get(name).and_then(|n| n.parse().ok()));
        Asked {
            id: params.with(|p| p.get("id").unwrap_or_default()),
            state: query.with(|q| q.get("state")),
            after: number("after").unwrap_or(0),
            edit: number("edit"),
        }
    });
    let org = StoredValue::new(viewer.org.slug.as_str().to_owned());
    let forms = Forms::new();
    let found = Resource::new(
        move || (asked.get(), reload.get()),
        move |(Asked { id, state, after, .. }, _)| get_job(org.get_value(), id, state, after),
    );
    view! {
        <a class="back" href=paths::jobs(&org.get_value())><Icon name="arrow-left" />"Bulk changes"</a>
        <FormMessage form=forms.confirm />
        <FormMessage form=forms.cancel />
        <FormMessage form=forms.undo />
        <FormMessage form=forms.columns />
        <FormMessage form=forms.row />
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |page| view! { <Found org page asked=asked.get_untracked() forms /> }
        />
    }
}

/// A job that was found, and which is asked about again while it goes on by itself.
#[component]
pub fn Found(org: StoredValue<String>, page: Page, asked: Asked, forms: Forms) -> impl IntoView {
    let title = page.job.title();
    let (op, after, edit) = (page.job.op, asked.after, asked.edit);
    let is_import = op == BulkOp::Import;
    let file = StoredValue::new(page.file.clone());
    let now = page.now;
    let may_edit = page.is_yours && page.job.state == JobState::Planned && is_import;
    let asked = StoredValue::new(asked);
    let shown = RwSignal::new(page);
    let job = Memo::new(move |_| shown.with(|page| page.job.clone()));
    let state = Memo::new(move |_| job.with(|job| job.state));
    follow(org, asked, shown);
    let is_open = Memo::new(move |_| state.get() == JobState::Planned && may_edit);
    let lines = move || {
        let open = is_open.get();
        let of = |item: &JobItem| {
            let here = asked.with_value(|asked| Asked { edit: Some(item.n), ..asked.clone() });
            let to_edit = open.then(|| here.url(&org.get_value()));
            let edits = open && edit == Some(item.n);
            view! {
                {line(op, item, to_edit)}
                {edits.then(|| view! { <RowForm org asked file item=item.clone() form=forms.row /> })}
            }
        };
        shown.with(|page| page.items.iter().map(of).collect_view())
    };
    let empty = Memo::new(move |_| shown.with(|page| page.items.is_empty()));
    let to_page = move |after: Option<u64>| {
        let asked = asked.with_value(|asked| Asked { after: after.unwrap_or(0), edit: None, ..asked.clone() });
        asked.url(&org.get_value())
    };
    let next = Memo::new(move |_| shown.with(|page| page.next.map(|next| to_page(Some(next)))));
    // What was pressed may be gone with how the job stood.
    Effect::new(move |_| on_cleanup(|| refocus("main".to_owned())));
    view! {
        <PageTitle text=title.clone() />
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                <p role="status">{move || job.with(Job::sentence)}</p>
            </div>
        </div>
        {move || state.get().is_under_way().then(|| view! { <Progress job /> })}
        <div class="job-actions">
            {move || {
                state.track();
                shown.with_untracked(|page| actions(org, page, forms, &to_page(Some(after))))
            }}
        </div>
        {is_import.then(|| view! { <File org asked file may_edit=is_open now form=forms.columns /> })}
        <Tabs org job asked />
        <table class="job-items" class:is-import=is_import>
            <caption class="visually-hidden">"What becomes of each person"</caption>
            <thead>
                <tr>
                    {is_import.then(|| view! { <th scope="col">"Row"</th> })}
                    <th scope="col">"Name"</th>
                    <th scope="col">"Email"</th>
                    <th scope="col">"Result"</th>
                    <th scope="col">"Reason"</th>
                </tr>
            </thead>
            <tbody>{lines}</tbody>
        </table>
        {move || empty.get().then(|| view! { <p class="job-nobody">"Nobody stands here."</p> })}
        <nav class="pager" aria-label="Pages">
            <span></span>
            {(after > 0).then(|| view! { <a class="button small" href=to_page(None)>"Back to the first"</a> })}
            {move || next.get().map(|href| view! { <a class="button small" href=href>"Next"<Icon name="chevron-right" /></a> })}
        </nav>
    }
}

/// Asks again, a while after each answer, as long as the job goes on by itself.
fn follow(org: StoredValue<String>, asked: StoredValue<Asked>, shown: RwSignal<Page>) {
    let under_way = Memo::new(move |_| shown.with(|page| page.job.state.is_under_way()));
    let answers = RwSignal::new(0u32);
    Effect::new(move |_| {
        answers.track();
        if !under_way.get() {
            return;
        }
        let ask = move || {
            let (Asked { id, state, after, .. }, org) = (asked.get_value(), org.get_value());
            spawn_local(async move {
                if let Ok(page) = get_job(org, id, state, after).await {
                    shown.try_set(page);
                }
                answers.try_update(|n| *n += 1);
            });
        };
        if let Ok(timer) = set_timeout_with_handle(ask, ASK_EVERY) {
            on_cleanup(move || timer.clear());
        }
    });
}

#[component]
fn Progress(job: Memo<Job>) -> impl IntoView {
    let total = move || job.with(|job| job.counts.total());
    let over = move || job.with(|job| job.counts.total() - job.counts.would);
    let running = Memo::new(move |_| job.with(|job| job.state == JobState::Running));
    view! {
        {move || {
            if running.get() {
                view! { <progress class="job-progress" max=total value=over aria-label="Progress"></progress> }.into_any()
            } else {
                view! { <progress class="job-progress" aria-label="Progress"></progress> }.into_any()
            }
        }}
    }
}

/// What the forms of a job hold.
#[component]
fn Ids(org: StoredValue<String>, id: StoredValue<String>) -> impl IntoView {
    view! {
        <input type="hidden" name="org" value=org.get_value() />
        <input type="hidden" name="id" value=id.get_value() />
    }
}

/// The buttons that make sense now.
fn actions(org: StoredValue<String>, page: &Page, forms: Forms, here: &str) -> AnyView {
    let job = &page.job;
    let id = StoredValue::new(job.id.to_string());
    let would = job.counts.would;
    let confirm = (job.state == JobState::Planned && page.is_yours && would > 0).then(|| {
        let tone = if job.op.takes_away() { "button danger" } else { "button primary" };
        let label = job.op.confirmation(would);
        // What is final asks for more than a click (B35).
        let typed = job.op.is_final().then(|| {
            view! {
                <Field
                    id="confirm-people"
                    name="people"
                    label="To confirm, type how many people will be deleted"
                    inputmode="numeric"
                    value=forms.confirm.value_or("people", "")
                    error=forms.confirm.error("people")
                />
            }
        });
        let class = if typed.is_some() { "stack narrow" } else { "" };
        view! { <Form form=forms.confirm class><Ids org id />{typed}<button class=tone>{label}</button></Form> }
    });
    let cancel = (!matches!(job.state, JobState::Done | JobState::Canceled)).then(|| {
        let label = if job.state == JobState::Running { "Stop" } else { "Cancel" };
        view! { <Form form=forms.cancel><Ids org id /><button class="button">{label}</button></Form> }
    });
    let undo = job.can_be_undone().then(|| {
        let label = if job.op == BulkOp::Import { "Undo: revoke what is still open" } else { "Undo" };
        view! { <Form form=forms.undo><Ids org id /><button class="button">{label}</button></Form> }
    });
    let over = matches!(job.state, JobState::Done | JobState::Canceled) || job.op == BulkOp::Import;
    let report = (over && job.counts.total() > 0).then(|| {
        let href = paths::job_report(&org.get_value(), &job.id.to_string());
        view! {
            <a class="button ghost" href=href rel="external" download>
                <Icon name="download" />
                "Download report"
            </a>
        }
    });
    let refresh = job
        .state
        .is_under_way()
        .then(|| view! { <a class="button without-js" href=here.to_owned()><Icon name="refresh-cw" />"Refresh"</a> });
    let other = |label: &'static str, id: &model::JobId| {
        let href = paths::job(&org.get_value(), &id.to_string());
        view! { <a class="button ghost" href=href>{label}</a> }
    };
    view! {
        {confirm}
        {cancel}
        {undo}
        {refresh}
        {report}
        {job.undone_by.as_ref().map(|id| other("It was undone: see how", id))}
        {job.undo_of.as_ref().map(|id| other("See what this undoes", id))}
    }
    .into_any()
}

/// One person; where rows of a file can still be mended, with the way there.
fn line(op: BulkOp, item: &JobItem, to_edit: Option<String>) -> AnyView {
    let reason = item.reason().map(str::to_owned);
    let number = item.row.as_ref().map(|_| view! { <td class="job-row">{item.n}</td> });
    let filled = |row: &ImportedRow| {
        let cells = row.cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
        cells.collect::<Vec<_>>().join(" · ")
    };
    let raw = item.row.as_ref().filter(|_| item.email.is_empty()).map(filled);
    let edit = to_edit.map(|href| {
        let label = format!("Edit row {}", item.n);
        view! { <a class="job-edit" href=href aria-label=label>"Edit"</a> }
    });
    view! {
        <tr>
            {number}
            <th scope="row" dir="auto">{raw.unwrap_or_else(|| item.name.clone())}</th>
            <td class="job-email">{item.email.clone()}</td>
            <td class=format!("job-result {}", item.state.code())>{item.result(op)}</td>
            <td class="job-reason">{reason} {edit}</td>
        </tr>
    }
    .into_any()
}

/// The people by what becomes of them. A tab that stays is the same one, so that it keeps the focus while numbers rise.
#[component]
fn Tabs(org: StoredValue<String>, job: Memo<Job>, asked: StoredValue<Asked>) -> impl IntoView {
    let tab = move |label: &'static str, code: Option<&'static str>, count: Signal<u64>| {
        let chosen = asked.with_value(|asked| asked.state.as_deref() == code);
        let of = asked.with_value(|asked| Asked {
            id: asked.id.clone(),
            state: code.map(str::to_owned),
            ..Asked::default()
        });
        let href = org.with_value(|org| of.url(org));
        view! {
            <a
                href=href
                aria-current=chosen.then_some("page")
                hidden=move || count.get() == 0 && !chosen && code.is_some()
            >
                {label}
                <span class="count">{move || thousands(count.get())}</span>
            </a>
        }
    };
    let is_import = job.with_untracked(|job| job.op == BulkOp::Import);
    let states = ItemState::CODES.into_iter().filter_map(|code| ItemState::from_code(code, ""));
    let tabs = states
        .map(|state| {
            let (label, code) = (if is_import { rows::tab(&state) } else { state.label() }, state.code());
            tab(label, Some(code), Signal::derive(move || job.with(|job| *job.counts.clone().of(&state))))
        })
        .collect_view();
    view! {
        <nav class="tabs" aria-label="Results">
            {tab("Everybody", None, Signal::derive(move || job.with(|job| job.counts.total())))}
            {tabs}
        </nav>
    }
}
