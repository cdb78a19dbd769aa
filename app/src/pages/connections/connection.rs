//! A connection: what it is, its models, who was given which role on it, and what can be done with it.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    Action,
    connection::{After, Connection, ConnectionPage as Page, ConnectionRow, DataModel},
    decide,
    id::Id as _,
    people::Viewer,
};

use super::{
    ConnectionFields,
    given::{GivenToGroups, GivenToPeople, GroupForms, PeopleForms},
    may_manage,
};
use crate::{
    Reload,
    api::connections::{AddModel, DeleteConnection, RemoveModel, UpdateConnection, get_connection},
    components::{
        errors::Refused,
        form::{Form, FormFn, FormMessage, FormState, use_form},
        loaded::Loaded,
        ui::{Dialog, Field, Icon, PageTitle, refocus},
    },
    pages::people::dialogs::Foot,
    paths,
};

/// The forms of the page. They outlive it, since it is read again after each answer, which has to stay.
#[derive(Clone, Copy)]
struct Forms {
    add: FormState<AddModel>,
    remove: FormState<RemoveModel>,
    groups: GroupForms,
    people: PeopleForms,
    /// Where the focus goes once the page has been read again: the button that was pressed may be gone.
    answered: StoredValue<&'static str>,
}

impl Forms {
    fn new() -> Self {
        let forms = Self {
            add: use_form(None),
            remove: use_form(None),
            groups: GroupForms::new(),
            people: PeopleForms::new(),
            answered: StoredValue::new(""),
        };
        forms.leads_to(forms.add, "model-name");
        forms.leads_to(forms.remove, "model-name");
        forms.leads_to(forms.groups.give, "give-group");
        forms.leads_to(forms.groups.set, "give-group");
        forms.leads_to(forms.groups.take, "give-group");
        forms.leads_to(forms.people.give, "give-email");
        forms.leads_to(forms.people.set, "give-email");
        forms.leads_to(forms.people.take, "give-email");
        forms
    }
    fn leads_to<F: FormFn>(self, form: FormState<F>, field: &'static str) {
        form.after(move || self.answered.set_value(field));
    }
}

/// `/o/:org/connections/:id`
#[component]
pub fn ConnectionPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Err(why) = decide(&viewer.actor, Action::ViewPeople, None) {
        return view! { <Refused why /> }.into_any();
    }
    let Reload(reload) = expect_context();
    let (params, query) = (use_params_map(), use_query_map());
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let after = Memo::new(move |_| query.with(|q| After::decode(&q.get("after")?)));
    let org = StoredValue::new(viewer.org.slug.as_str().to_owned());
    let found = Resource::new(
        move || (id.get(), after.get(), reload.get()),
        move |(id, after, _)| get_connection(org.get_value(), id, after.map(|after| after.encode())),
    );
    let forms = Forms::new();
    view! {
        <a class="back" href=paths::connections(&org.get_value())><Icon name="arrow-left" />"Connections"</a>
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |page| {
                let is_first = after.get_untracked().is_none();
                view! { <Shown viewer=viewer.clone() page is_first forms /> }
            }
        />
    }
    .into_any()
}

#[component]
fn Shown(viewer: Viewer, page: Page, is_first: bool, forms: Forms) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let connection = page.row.connection.clone();
    let here = paths::connection(&org, connection.id.as_str());
    let name = connection.name.as_str().to_owned();
    let manages = may_manage(&viewer);
    Effect::new(move |_| {
        on_cleanup(move || {
            let field = forms.answered.try_get_value().unwrap_or_default();
            if !field.is_empty() {
                forms.answered.set_value("");
                refocus(field.to_owned());
            }
        });
    });
    let dialog = {
        let (query, org, here, row) = (use_query_map(), org.clone(), here.clone(), page.row.clone());
        move || {
            let (org, here) = (org.clone(), here.clone());
            let close_to = Signal::derive(move || here.clone());
            match query.with(|q| q.get("dialog").unwrap_or_default()).as_str() {
                "edit" if manages => view! { <EditDialog org connection=row.connection.clone() close_to /> }.into_any(),
                "delete" if manages => view! { <DeleteDialog org row=row.clone() close_to /> }.into_any(),
                _ => ().into_any(),
            }
        }
    };
    view! {
        <PageTitle text=name.clone() />
        <div class="page-head">
            <div>
                <h1 dir="auto">{name}</h1>
                {(!connection.description.is_empty())
                    .then(|| view! { <p class="lines" dir="auto">{connection.description.clone()}</p> })}
            </div>
            {manages
                .then(|| {
                    view! {
                        <div class="page-actions">
                            <a class="button" id="open-edit" href=format!("{here}?dialog=edit")>
                                <Icon name="pencil" />
                                "Edit connection"
                            </a>
                            <a class="button danger" id="open-delete" href=format!("{here}?dialog=delete")>
                                <Icon name="trash-2" />
                                "Delete connection"
                            </a>
                        </div>
                    }
                })}
        </div>
        <Facts connection=connection.clone() />
        <Models org models=page.models.clone() connection manages forms />
        <GivenToGroups viewer=viewer.clone() page=page.clone() forms=forms.groups />
        <GivenToPeople viewer page is_first forms=forms.people />
        {dialog}
    }
}

#[component]
fn Facts(connection: Connection) -> impl IntoView {
    let application = if connection.application.is_empty() { "Not said".to_owned() } else { connection.application };
    view! {
        <section class="panel" aria-labelledby="about">
            <h2 id="about">"About"</h2>
            <dl class="facts">
                <div><dt>"Key"</dt><dd><code>{connection.key.as_str().to_owned()}</code></dd></div>
                <div><dt>"Application"</dt><dd dir="auto">{application}</dd></div>
                <div><dt>"Default for all members"</dt><dd>{connection.default_role.label()}</dd></div>
            </dl>
        </section>
    }
}

/// Its models, and adding one.
#[component]
fn Models(org: String, connection: Connection, models: Vec<DataModel>, manages: bool, forms: Forms) -> impl IntoView {
    let Forms { add, remove, .. } = forms;
    let id = connection.id.to_string();
    let none = models.is_empty().then(|| view! { <p>"It has none."</p> });
    let lines = models
        .into_iter()
        .map(|model| {
            let name = model.name.as_str().to_owned();
            let (org, id, label) = (org.clone(), id.clone(), format!("Remove the model {name}"));
            let button = manages.then(|| {
                view! {
                    <Form form=remove>
                        <input type="hidden" name="org" value=org />
                        <input type="hidden" name="id" value=id />
                        <input type="hidden" name="model" value=model.id.to_string() />
                        <button class="button small" aria-label=label>"Remove"</button>
                    </Form>
                }
            });
            view! { <li><Icon name="layers" /><div dir="auto">{name}</div>{button}</li> }
        })
        .collect_view();
    let form = manages.then(|| {
        view! {
            <FormMessage form=add />
            <Form form=add class="give">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=id />
                <Field
                    id="model-name"
                    name="name"
                    label="New model"
                    value=add.value_or("name", "")
                    error=add.error("name")
                />
                <button class="button"><Icon name="plus" />"Add model"</button>
            </Form>
        }
    });
    view! {
        <section class="panel" aria-labelledby="models">
            <h2 id="models">"Models"</h2>
            <p>"Somebody can be given another role on one of them alone. Removing a model takes the roles on it along."</p>
            {none}
            <FormMessage form=remove />
            <ul class="sessions" aria-label="Models of the connection">{lines}</ul>
            {form}
        </section>
    }
}

#[component]
fn EditDialog(org: String, connection: Connection, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<UpdateConnection>(Some(close_to));
    view! {
        <Dialog title="Edit connection" opener="open-edit" close_to>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=connection.id.to_string() />
                <ConnectionFields form connection=Some(connection) />
                <Foot close_to button="Save" />
            </Form>
        </Dialog>
    }
}

#[component]
fn DeleteDialog(org: String, row: ConnectionRow, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<DeleteConnection>(Some(close_to));
    let key = row.connection.key.as_str().to_owned();
    let along = match row.takes_along() {
        Some(along) => format!("With it go {along}."),
        None => "Nothing hangs on it.".to_owned(),
    };
    view! {
        <Dialog title="Delete connection" opener="open-delete" close_to>
            <p>
                "“" <bdi>{row.connection.name.as_str().to_owned()}</bdi> "” will be gone. " {along}
                " This cannot be undone. Whoever is in a group or the organization stays there."
            </p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=row.connection.id.to_string() />
                <Field
                    id="confirm-key"
                    name="confirm"
                    label="To confirm, type the key"
                    hint=format!("Type {key} to confirm.")
                    value=form.value_or("confirm", "")
                    error=form.error("confirm")
                    autofocus=true
                />
                <Foot close_to button="Delete connection" tone="danger" />
            </Form>
        </Dialog>
    }
}
