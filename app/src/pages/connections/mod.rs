//! The connections of an organization (B40), what each role on one gives, and registering one.

mod connection;
mod given;
mod roles;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Action, Permission,
    connection::{Connection, ConnectionRole, ConnectionRow, ConnectionsPage as Page, CustomConnectionRole},
    decide,
    id::Id as _,
    people::{Viewer, people_in_words},
    text::counted,
};

#[cfg(feature = "ssr")]
pub(in crate::pages) use self::given::sample as given_sample;

pub use self::connection::ConnectionPage;
use self::roles::RoleDialogs;
pub use self::roles::{CustomRoles, RoleMatrix};
use super::people::dialogs::Foot;
use crate::{
    Reload,
    api::connections::{CreateConnection, list_connections},
    components::{
        errors::Refused,
        form::{Form, FormFn, FormMessage, FormState, use_form},
        loaded::Loaded,
        ui::{Dialog, EmptyState, Field, Icon, PageTitle, SelectField, TextAreaField, options},
    },
    paths,
};

/// `/o/:org/connections`
#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Err(why) = decide(&viewer.actor, Action::ViewPeople, None) {
        return view! { <Refused why /> }.into_any();
    }
    let Reload(reload) = expect_context();
    let query = use_query_map();
    let org = viewer.org.slug.as_str().to_owned();
    let manages = may_manage(&viewer);
    let found = {
        let org = org.clone();
        Resource::new(move || (org.clone(), reload.get()), |(org, _)| list_connections(org))
    };
    let makes = Memo::new(move |_| manages && query.with(|q| q.get("dialog").is_some_and(|dialog| dialog == "new")));
    let dialog = {
        let org = org.clone();
        move || makes.get().then(|| view! { <NewConnection org=org.clone() /> })
    };
    view! {
        <PageTitle text="Connections" />
        <div class="page-head">
            <div>
                <h1>"Connections"</h1>
                <p>
                    "What the applications of " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span>
                    " are connected to, and who may do what with it."
                </p>
            </div>
            {manages
                .then(|| {
                    view! {
                        <a class="button primary" id="open-new" href=format!("{}?dialog=new", paths::connections(&org))>
                            <Icon name="plus" />
                            "Add connection"
                        </a>
                    }
                })}
        </div>
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |Page { rows, roles }| {
                view! {
                    <Connections org=org.clone() rows />
                    <CustomRoles org=org.clone() roles=roles.clone() manages />
                    <RoleMatrix roles=roles.clone() />
                    {manages.then(|| view! { <RoleDialogs org=org.clone() roles /> })}
                }
            }
        />
        {dialog}
    }
    .into_any()
}

/// Whether the viewer may register connections and give roles on them.
pub(super) fn may_manage(viewer: &Viewer) -> bool {
    viewer.actor.may_change(Permission::ManageConnections).is_ok()
}

/// All connections.
#[component]
pub fn Connections(org: String, rows: Vec<ConnectionRow>) -> impl IntoView {
    if rows.is_empty() {
        let heading = view! { <h2>"No connections yet"</h2> }.into_any();
        let text = "A connection is what an application works with, such as a data warehouse. Applications register theirs, or you \
                    add one here.";
        return view! {
            <EmptyState icon="plug" heading text>
                <a class="button" href=paths::groups(&org)>"Go to groups"</a>
            </EmptyState>
        }
        .into_any();
    }
    let lines = rows
        .into_iter()
        .map(|row| {
            let ConnectionRow { connection, models, groups, people } = row;
            let application = (!connection.application.is_empty())
                .then(|| view! { <span dir="auto">{connection.application.clone()}</span> });
            let models = (models > 0).then(|| view! { <span>{counted(models, "model", "models")}</span> });
            let given = match (groups, people) {
                (0, 0) => "No roles given".to_owned(),
                (0, people) => people_in_words(people),
                (groups, 0) => counted(groups, "group", "groups"),
                (groups, people) => format!("{}, {}", counted(groups, "group", "groups"), people_in_words(people)),
            };
            view! {
                <li class="job-line">
                    <div>
                        <a href=paths::connection(&org, connection.id.as_str()) dir="auto">
                            {connection.name.as_str().to_owned()}
                        </a>
                        <p><code>{connection.key.as_str().to_owned()}</code></p>
                    </div>
                    <p class="job-by">
                        {application} {models} <span>{given}</span>
                        <span>{format!("Default: {}", connection.default_role.label())}</span>
                    </p>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="job-lines" aria-label="Connections">{lines}</ul> }.into_any()
}

#[component]
fn NewConnection(org: String) -> impl IntoView {
    let form = use_form::<CreateConnection>(None);
    let close_to = {
        let here = paths::connections(&org);
        Signal::derive(move || here.clone())
    };
    view! {
        <Dialog title="Add connection" opener="open-new" close_to>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <Field
                    id="connection-key"
                    name="key"
                    label="Key"
                    value=form.value_or("key", "")
                    hint="By what applications know it, such as “warehouse”. It cannot be changed later."
                    error=form.error("key")
                    autofocus=true
                />
                <ConnectionFields form connection=None />
                <Foot close_to button="Add connection" />
            </Form>
        </Dialog>
    }
}

/// What of a connection can be changed.
#[component]
fn ConnectionFields<F: FormFn>(
    form: FormState<F>,
    /// As it is so far.
    connection: Option<Connection>,
) -> impl IntoView {
    let so_far = |of: fn(&Connection) -> &str| connection.as_ref().map_or("", of).to_owned();
    let default_role = connection.as_ref().map_or(ConnectionRole::None, |connection| connection.default_role);
    view! {
        <Field
            id="connection-name"
            name="name"
            label="Name"
            value=form.value_or("name", &so_far(|of| of.name.as_str()))
            error=form.error("name")
        />
        <Field
            id="connection-application"
            name="application"
            label="Application"
            value=form.value_or("application", &so_far(|of| &of.application))
            hint="The application that it belongs to."
            error=form.error("application")
            optional=true
        />
        <TextAreaField
            id="connection-description"
            name="description"
            label="Description"
            value=form.value_or("description", &so_far(|of| &of.description))
            hint="What it holds. May stay empty."
            error=form.error("description")
            autofocus=false
        />
        <SelectField
            id="connection-default"
            name="default_role"
            label="Default for all members"
            hint="What members may do to whom nothing was given. Not for external users and support staff."
            error=form.error("default_role")
        >
            {ladder(&form.value_or("default_role", default_role.code()))}
        </SelectField>
    }
}

/// The roles of the ladder.
fn ladder(chosen: &str) -> impl IntoView + use<> {
    options(ConnectionRole::ALL.map(|role| (role.code().to_owned(), role.label().to_owned())).to_vec(), chosen)
}

/// The roles on a connection, to choose from.
pub(in crate::pages) fn role_options(custom: &[CustomConnectionRole], chosen: &str) -> impl IntoView + use<> {
    let listed = |role: &CustomConnectionRole| {
        (role.id.to_string(), format!("{} (a variation of {})", role.name.as_str(), role.base.label()))
    };
    let custom: Vec<(String, String)> = custom.iter().map(listed).collect();
    let custom =
        (!custom.is_empty()).then(|| view! { <optgroup label="Custom roles">{options(custom, chosen)}</optgroup> });
    view! {
        {ladder(chosen)}
        {custom}
    }
}
