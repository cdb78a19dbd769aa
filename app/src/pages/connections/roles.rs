//! What each role on a connection gives, and custom ones: those of the ladder less some permissions (B40, B41).

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::connection::{ConnectionPermission, ConnectionPermissions, ConnectionRole, CustomConnectionRole};

use crate::{
    api::connection_roles::{CreateConnectionRole, DeleteConnectionRole, UpdateConnectionRole},
    components::{
        form::{Form, FormFn, FormMessage, FormState, use_form},
        ui::{Dialog, Field, FieldError, Icon, SelectField, options},
    },
    pages::{
        people::dialogs::Foot,
        roles::{Held, HeldMark},
    },
    paths,
};

/// What becomes of a permission in a custom role.
fn held(role: &CustomConnectionRole, permission: ConnectionPermission) -> Held {
    if role.permissions().has(permission) {
        Held::Yes
    } else if role.withheld.has(permission) {
        Held::Withheld
    } else {
        Held::No
    }
}

/// What each role gives.
#[component]
pub fn RoleMatrix(roles: Vec<CustomConnectionRole>) -> impl IntoView {
    let heads = ConnectionRole::ALL.map(|role| view! { <th scope="col">{role.label()}</th> }).collect_view();
    let custom_heads = roles
        .iter()
        .map(|role| view! { <th scope="col" dir="auto">{role.name.as_str().to_owned()}</th> })
        .collect_view();
    let rows = ConnectionPermission::ALL
        .map(|permission| {
            let marks = ConnectionRole::ALL
                .map(|role| if role.may(permission) { Held::Yes } else { Held::No })
                .into_iter()
                .chain(roles.iter().map(|role| held(role, permission)))
                .map(|held| view! { <td><HeldMark held /></td> })
                .collect_view();
            view! {
                <tr>
                    <th scope="row">
                        <b>{permission.label()}</b>
                        <span>{permission.sentence()}</span>
                    </th>
                    {marks}
                </tr>
            }
        })
        .collect_view();
    let key = (!roles.is_empty()).then(|| {
        view! { <p class="hint matrix-key"><HeldMark held=Held::Withheld /> "Taken away from the role that it is a variation of."</p> }
    });
    view! {
        <section class="panel" aria-labelledby="connection-roles">
            <h2 id="connection-roles">"What each role may do"</h2>
            <p>
                "What somebody was given themselves counts before what groups give them, the highest of those before the default. On a \
                 model, what was said of the model comes first. “No access” given to somebody keeps them out, whatever groups give."
            </p>
            <div class="matrix" role="region" aria-label="Permissions of each role on a connection" tabindex="0">
                <table>
                    <thead>
                        <tr><th scope="col">"Permission"</th>{heads}{custom_heads}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {key}
        </section>
    }
}

/// The custom roles, and making one.
#[component]
pub fn CustomRoles(org: String, roles: Vec<CustomConnectionRole>, manages: bool) -> impl IntoView {
    let here = paths::connections(&org);
    let none = roles.is_empty();
    let lines = roles
        .into_iter()
        .map(|role| {
            let name = role.name.as_str().to_owned();
            let link = |dialog: &str| {
                paths::with_params(&here, &[("dialog", dialog.to_owned()), ("role", role.id.to_string())])
            };
            let buttons = manages.then(|| {
                let (edit, delete) = (format!("Edit the role {name}"), format!("Delete the role {name}"));
                view! {
                    <div class="page-actions">
                        <a class="button" id=format!("open-role-{}", role.id) href=link("role-edit") aria-label=edit>
                            <Icon name="pencil" />
                            "Edit"
                        </a>
                        <a class="button danger" id=format!("open-delete-{}", role.id) href=link("role-delete") aria-label=delete>
                            <Icon name="trash-2" />
                            "Delete"
                        </a>
                    </div>
                }
            });
            view! {
                <li>
                    <div>
                        <b dir="auto">{name}</b>
                        <p>{role.less_in_words()}"."</p>
                    </div>
                    {buttons}
                </li>
            }
        })
        .collect_view();
    (manages || !none).then(|| {
        view! {
            <section class="panel" aria-labelledby="custom-connection-roles">
                <h2 id="custom-connection-roles">"Custom roles"</h2>
                <p>"One of the roles less some of what it gives, to be given to people and groups on connections."</p>
                <ul class="steps">{lines}</ul>
                {manages
                    .then(|| {
                        view! {
                            <p>
                                <a class="button" id="open-role" href=format!("{here}?dialog=role")>
                                    <Icon name="plus" />
                                    "New role"
                                </a>
                            </p>
                        }
                    })}
            </section>
        }
    })
}

/// The dialog about custom roles that the URL names, for who may.
#[component]
pub(super) fn RoleDialogs(org: String, roles: Vec<CustomConnectionRole>) -> impl IntoView {
    let query = use_query_map();
    let close_to = {
        let here = paths::connections(&org);
        Signal::derive(move || here.clone())
    };
    move || {
        let (dialog, id) = query.with(|q| (q.get("dialog").unwrap_or_default(), q.get("role").unwrap_or_default()));
        let named = roles.iter().find(|role| role.id.to_string() == id).cloned();
        let org = org.clone();
        match (dialog.as_str(), named) {
            ("role", _) => view! { <NewRole org close_to /> }.into_any(),
            ("role-edit", Some(role)) => view! { <EditRole org role close_to /> }.into_any(),
            ("role-delete", Some(role)) => view! { <DeleteRole org role close_to /> }.into_any(),
            _ => ().into_any(),
        }
    }
}

#[component]
fn NewRole(org: String, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<CreateConnectionRole>(Some(close_to));
    let bases = ConnectionRole::ALL.into_iter().skip(1).map(|role| (role.code().to_owned(), role.label().to_owned()));
    view! {
        <Dialog title="New role" opener="open-role" close_to>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <NameField form name="" />
                <SelectField
                    id="connection-role-base"
                    name="base"
                    label="Variation of"
                    hint="It keeps nothing that this role does not give. It cannot be changed later."
                    error=form.error("base")
                >
                    {options(bases.collect(), &form.value_or("base", ConnectionRole::Admin.code()))}
                </SelectField>
                <Keeps form offered=ConnectionRole::Admin.permissions() kept=ConnectionRole::Admin.permissions() />
                <Foot close_to button="Create role" />
            </Form>
        </Dialog>
    }
}

#[component]
fn EditRole(org: String, role: CustomConnectionRole, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<UpdateConnectionRole>(Some(close_to));
    let opener = format!("open-role-{}", role.id);
    view! {
        <Dialog title="Edit role" opener close_to>
            <p class="hint">{format!("A variation of {}.", role.base.label())}</p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=role.id.to_string() />
                <NameField form name=role.name.as_str() />
                <Keeps form offered=role.base.permissions() kept=role.permissions() />
                <Foot close_to button="Save" />
            </Form>
        </Dialog>
    }
}

#[component]
fn NameField<F: FormFn>(form: FormState<F>, #[prop(into)] name: String) -> impl IntoView {
    view! {
        <Field
            id="connection-role-name"
            name="name"
            label="Name"
            value=form.value_or("name", &name)
            error=form.error("name")
            autofocus=true
        />
    }
}

/// The permissions that are offered, each kept or taken away.
#[component]
fn Keeps<F: FormFn>(form: FormState<F>, offered: ConnectionPermissions, kept: ConnectionPermissions) -> impl IntoView {
    let posted = form.entered("keeps[]").or_else(|| form.entered("name").map(|_| String::new()));
    let kept = posted.map_or(kept, |codes| ConnectionPermissions::from_codes(&codes.replace(',', " ")));
    let error = form.error("keeps");
    let is_wrong = move || error.get().is_some();
    let boxes = offered
        .iter()
        .map(|of| {
            view! {
                <label class="check">
                    <input type="checkbox" name="keeps[]" value=of.code() checked=kept.has(of) autocomplete="off" />
                    <span><b>{of.label()}</b><span>{of.sentence()}</span></span>
                </label>
            }
        })
        .collect_view();
    view! {
        <div
            class="role-keeps"
            id="connection-keeps"
            role="group"
            tabindex="-1"
            aria-label="Permissions that it keeps"
            aria-invalid=move || is_wrong().then_some("true")
            aria-describedby=move || is_wrong().then_some("connection-keeps-error")
        >
            <p class="hint">"Uncheck what people with this role may not do."</p>
            <FieldError id="connection-keeps-error" error />
            {boxes}
        </div>
    }
}

#[component]
fn DeleteRole(org: String, role: CustomConnectionRole, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<DeleteConnectionRole>(Some(close_to));
    let opener = format!("open-delete-{}", role.id);
    view! {
        <Dialog title="Delete role" opener close_to>
            <p>
                "“" <bdi>{role.name.as_str().to_owned()}</bdi> "” will be gone. Whoever has it gets "
                <b>{role.base.label()}</b> " at once, with what was taken away: " {role.withheld.in_words()} "."
            </p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=role.id.to_string() />
                <Foot close_to button="Delete role" tone="danger" />
            </Form>
        </Dialog>
    }
}
