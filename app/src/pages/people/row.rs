//! One person in the grid: what is known, the ACTIVE switch, Manage, and the menu of what may be done.

use leptos::prelude::*;
use model::{
    Action, Denial, Role, Timestamp, decide,
    people::{PersonRow, Viewer},
};

use super::dialog_url;
use crate::{
    api::{
        invitations::ResendInvitation,
        people::{ActOnPerson, PersonOp},
    },
    components::{
        form::{Form, FormState},
        person::{Identity, LastLogin, StatusBadge},
        ui::{Icon, Menu},
    },
    paths,
};

/// Whether a control shows, and why it does not work where it shows all the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Control {
    Hidden,
    Works,
    Barred(Denial),
}

/// What the model says becomes what the person sees: what makes no sense is hidden, what is forbidden says why.
fn control(viewer: &Viewer, person: &PersonRow, action: Action) -> Control {
    match decide(&viewer.actor, action, Some(&person.target)) {
        Ok(_) => Control::Works,
        Err(Denial::Role | Denial::State | Denial::NotFound | Denial::Inactive) => Control::Hidden,
        Err(why) => Control::Barred(why),
    }
}

/// A row.
#[component]
pub fn Row(
    viewer: Viewer,
    person: PersonRow,
    now: Timestamp,
    here: String,
    act: FormState<ActOnPerson>,
    resend: FormState<ResendInvitation>,
) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let id = person.target.membership_id.to_string();
    let name = person.display_name();
    let profile = paths::user(&org, &id);
    let you = viewer.actor.membership_id == person.target.membership_id;
    view! {
        <tr>
            <th scope="row" class="cell-who">
                <Identity person=person.clone() href=profile.clone() you />
            </th>
            <td class="cell-role">{person.target.role.label()}</td>
            <td class="cell-status"><StatusBadge state=person.target.state words=viewer.org.policies.status_words /></td>
            <td class="cell-login"><LastLogin at=person.last_login_at now /></td>
            <td class="cell-active"><ActiveSwitch viewer=viewer.clone() person=person.clone() act /></td>
            <td class="cell-actions">
                <a class="button small manage" href=profile aria-label=format!("Manage {name}")>"Manage"</a>
                <RowMenu viewer person here act resend />
            </td>
        </tr>
    }
}

/// The switch of somebody who has accepted (B15, B31, B32).
#[component]
pub(crate) fn ActiveSwitch(viewer: Viewer, person: PersonRow, act: FormState<ActOnPerson>) -> impl IntoView {
    if !person.target.state.accepted() {
        return ().into_any();
    }
    let on = person.target.state == model::PersonState::Active;
    let op = if on { PersonOp::Deactivate } else { PersonOp::Activate };
    let action = if on { Action::Deactivate } else { Action::Activate };
    let id = person.target.membership_id.to_string();
    let name = person.display_name();
    let barred = match control(&viewer, &person, action) {
        Control::Works => None,
        Control::Barred(why) => Some(why.to_string()),
        Control::Hidden => Some(Denial::Role.to_string()),
    };
    view! {
        <Form form=act>
            <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
            <input type="hidden" name="id" value=id.clone() />
            <button
                class="switch"
                id=format!("switch-{id}")
                role="switch"
                name="op"
                value=op.code()
                aria-checked=if on { "true" } else { "false" }
                aria-label=format!("Active account of {name}")
                title=barred.clone()
                disabled=barred.is_some()
            ></button>
        </Form>
    }
    .into_any()
}

/// The hidden fields that name a person.
#[component]
fn Whom(whom: StoredValue<(String, String)>) -> impl IntoView {
    let (org, id) = whom.get_value();
    view! {
        <input type="hidden" name="org" value=org />
        <input type="hidden" name="id" value=id />
    }
}

#[component]
fn RowMenu(
    viewer: Viewer,
    person: PersonRow,
    here: String,
    act: FormState<ActOnPerson>,
    resend: FormState<ResendInvitation>,
) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let id = person.target.membership_id.to_string();
    let name = person.display_name();
    let is = |action: Action| control(&viewer, &person, action);
    let admin = if person.target.role == Role::Admin {
        (
            is(Action::ChangeRole(viewer.org.policies.default_role)),
            PersonOp::RevokeAdmin,
            "shield-off",
            "Revoke admin role",
        )
    } else {
        (is(Action::ChangeRole(Role::Admin)), PersonOp::AssignAdmin, "shield", "Assign admin role")
    };
    let ops = [
        admin,
        (is(Action::Deactivate), PersonOp::Deactivate, "power-off", "Deactivate user"),
        (is(Action::Activate), PersonOp::Activate, "power", "Activate user"),
    ];
    let edit = is(Action::Edit);
    let (again, revoke) = (is(Action::ResendInvitation), is(Action::RevokeInvitation));
    let whom = StoredValue::new((org.clone(), id.clone()));
    view! {
        <Menu id=format!("menu-{id}") label=format!("Actions for {name}") button=|| view! { <Icon name="ellipsis" /> }>
            <a class="menu-item" href=paths::user(&org, &id)><Icon name="user" />"Open profile"</a>
            {(edit == Control::Works)
                .then(|| {
                    view! {
                        <a class="menu-item" href=dialog_url(&here, "edit", Some(&id))><Icon name="pencil" />"Edit user"</a>
                    }
                })}
            {(again == Control::Works)
                .then(|| {
                    view! {
                        <Form form=resend>
                            <Whom whom /> <button class="menu-item"><Icon name="send" />"Resend invitation"</button>
                        </Form>
                    }
                })}
            <Form form=act>
                <Whom whom />
                {ops
                    .into_iter()
                    .filter(|(control, ..)| *control != Control::Hidden)
                    .map(|(control, op, icon, label)| {
                        let why = if let Control::Barred(why) = control { Some(why.to_string()) } else { None };
                        let off = why.is_some();
                        view! {
                            <button class="menu-item" name="op" value=op.code() disabled=off>
                                <Icon name=icon />
                                <span>{label} {why.map(|why| view! { <small>{why}</small> })}</span>
                            </button>
                        }
                    })
                    .collect_view()}
            </Form>
            {(revoke == Control::Works)
                .then(|| {
                    view! {
                        <hr />
                        <a class="menu-item danger" href=dialog_url(&here, "revoke", Some(&id))>
                            <Icon name="ban" />
                            "Revoke invitation"
                        </a>
                    }
                })}
        </Menu>
    }
}
