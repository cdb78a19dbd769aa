//! The dialogs over the grid: add one, invite many, edit, revoke, and the saved views. Which is open stands in the URL.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Action, Permission, Role, decide,
    people::{PeopleQuery, PersonProfile, Viewer},
    removal::Removal,
};

use super::{
    WaysIn,
    limits::{LastDay, LimitsDialog},
    removal::RemovalDialog,
    views::ViewsDialog,
};
use crate::{
    api::{
        invitations::{InvitePeople, InviteUser, RevokeInvitation},
        people::{UpdatePerson, get_person},
    },
    components::{
        form::{Form, FormMessage, FormState, use_form},
        invite_results::InviteResults,
        loaded::Loaded,
        names::NameFields,
        ui::{Dialog, Field, TextAreaField},
    },
};

/// The dialog that the URL names, if any.
#[component]
pub fn Dialogs(here: Signal<String>, query: Memo<PeopleQuery>) -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let params = use_query_map();
    let open =
        Memo::new(move |_| params.with(|p| (p.get("dialog").unwrap_or_default(), p.get("id").unwrap_or_default())));
    let held = viewer.actor.role.permissions_as(viewer.actor.kind);
    let (may_invite, may_edit) = (held.has(Permission::InvitePeople), held.has(Permission::EditPeople));
    let may_limit = held.has(Permission::DeactivatePeople) || held.has(Permission::ChangeRoles);
    let adds = WaysIn::of(&viewer).is_by_link();
    let may_view = held.has(Permission::ViewPeople);
    move || {
        let viewer = viewer.clone();
        match open.get() {
            (dialog, _) if dialog == "views" && may_view => {
                view! { <ViewsDialog viewer=StoredValue::new(viewer) query close_to=here /> }.into_any()
            }
            (dialog, id) if dialog == "limits" && may_limit => {
                view! { <LimitsDialog opener=format!("menu-{id}") viewer id close_to=here /> }.into_any()
            }
            (dialog, _) if !may_invite && dialog != "edit" => ().into_any(),
            (dialog, _) if !may_edit && dialog == "edit" => ().into_any(),
            (dialog, _) if dialog == "add" && adds => {
                view! { <AddDialog viewer=StoredValue::new(viewer) close_to=here /> }.into_any()
            }
            (dialog, _) if dialog == "invite" && adds => {
                view! { <InviteDialog viewer=StoredValue::new(viewer) close_to=here /> }.into_any()
            }
            (dialog, id) if dialog == "edit" => {
                view! { <EditDialog opener=format!("menu-{id}") viewer id close_to=here /> }.into_any()
            }
            (dialog, id) if let Some(removal) = Removal::from_code(&dialog) => {
                view! { <RemovalDialog opener=format!("menu-{id}") viewer id removal close_to=here /> }.into_any()
            }
            (dialog, id) if dialog == "revoke" => {
                view! { <RevokeDialog opener=format!("menu-{id}") viewer id close_to=here /> }.into_any()
            }
            _ => ().into_any(),
        }
    }
}

#[component]
pub fn Foot(
    close_to: Signal<String>,
    button: &'static str,
    #[prop(default = "primary")] tone: &'static str,
) -> impl IntoView {
    view! {
        <footer class="dialog-foot">
            <a class="button" href=close_to>"Cancel"</a>
            <button class=format!("button {tone}")>{button}</button>
        </footer>
    }
}

#[component]
fn AdminBox(checked: bool, barred: Option<String>) -> impl IntoView {
    let off = barred.is_some();
    view! {
        <label class="check">
            <input type="checkbox" name="admin" checked=checked disabled=off />
            <span>
                <b>"Admin"</b>
                <span>{barred.unwrap_or_else(|| "Full control, except over the Owner. Grant it sparingly.".to_owned())}</span>
            </span>
        </label>
    }
}

/// "Invite user to team" (B17).
#[component]
fn AddDialog(viewer: StoredValue<Viewer>, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<InviteUser>(None);
    let results = form.data();
    view! {
        <Dialog title="Invite user to team" opener="open-add" close_to>
            {move || match results.get() {
                Some(results) => view! { <Sent results close_to /> }.into_any(),
                None => view! { <AddForm form viewer close_to /> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
pub fn AddForm(form: FormState<InviteUser>, viewer: StoredValue<Viewer>, close_to: Signal<String>) -> impl IntoView {
    let viewer = viewer.get_value();
    let barred = decide(&viewer.actor, Action::Invite(Role::Admin), None).err().map(|why| why.to_string());
    view! {
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
            <NameFields form ids=["add-first", "add-last"] autofocus=true />
            <Field
                id="add-email"
                name="email"
                label="Email"
                kind="email"
                value=form.value_or("email", "")
                error=form.error("email")
            />
            <AdminBox checked=form.checked_or("admin", false) barred />
            <LastDay form id="add-until" />
            <Foot close_to button="Invite user" />
        </Form>
    }
}

/// "Invite" (B18).
#[component]
fn InviteDialog(viewer: StoredValue<Viewer>, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<InvitePeople>(None);
    let results = form.data();
    view! {
        <Dialog title="Invite people" opener="open-invite" close_to>
            {move || match results.get() {
                Some(results) => view! { <Sent results close_to /> }.into_any(),
                None => view! { <InviteForm form viewer close_to /> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
pub fn InviteForm(
    form: FormState<InvitePeople>,
    viewer: StoredValue<Viewer>,
    close_to: Signal<String>,
) -> impl IntoView {
    let viewer = viewer.get_value();
    let chosen = form.value_or("role", viewer.org.policies.default_role.code());
    let roles = [Role::Member, Role::Viewer, Role::Admin]
        .into_iter()
        .filter(|role| decide(&viewer.actor, Action::Invite(*role), None).is_ok())
        .map(|role| view! { <option value=role.code() selected=role.code() == chosen>{role.label()}</option> })
        .collect_view();
    view! {
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
            <TextAreaField
                id="invite-emails"
                name="emails"
                label="Email addresses"
                value=form.value_or("emails", "")
                hint="Separated by commas, spaces or lines; “Ada Lovelace <ada@example.com>” works too."
                error=form.error("emails")
            />
            <div class="field">
                <label for="invite-role">"Role"</label>
                <select id="invite-role" name="role">{roles}</select>
            </div>
            <LastDay form id="invite-until" />
            <Foot close_to button="Send invitations" />
        </Form>
    }
}

#[component]
pub fn Sent(results: Vec<model::invitation::InviteResult>, close_to: Signal<String>) -> impl IntoView {
    view! {
        <InviteResults results />
        <footer class="dialog-foot">
            <a class="button primary" href=close_to>"Done"</a>
        </footer>
    }
}

/// "Edit user" (B30).
#[component]
pub fn EditDialog(viewer: Viewer, id: String, #[prop(into)] opener: String, close_to: Signal<String>) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let asked = id.clone();
    let found = Resource::new(move || (org.clone(), asked.clone()), |(org, id)| get_person(org, id));
    view! {
        <Dialog title="Edit user" opener close_to>
            <Loaded
                of=move || found
                waiting="Loading…"
                show=move |profile| view! { <EditForm viewer=viewer.clone() profile close_to /> }
            />
        </Dialog>
    }
}

#[component]
pub fn EditForm(viewer: Viewer, profile: PersonProfile, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<UpdatePerson>(Some(close_to));
    let person = profile.row;
    let role = person.target.role;
    let other = if role == Role::Admin { viewer.org.policies.default_role } else { Role::Admin };
    let barred = match decide(&viewer.actor, Action::ChangeRole(other), Some(&person.target)) {
        Ok(_) => None,
        Err(why) => Some(why.to_string()),
    };
    // A box that is barred is not posted; what it stands for must not be lost by that.
    let keeps_admin = barred.is_some() && role == Role::Admin;
    let accepted = person.target.state.accepted();
    view! {
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
            <input type="hidden" name="id" value=person.target.membership_id.to_string() />
            {keeps_admin.then(|| view! { <input type="hidden" name="admin" value="on" /> })}
            <NameFields form ids=["edit-first", "edit-last"] name=person.name.clone() autofocus=true />
            <Field
                id="edit-email"
                name="email"
                label="Email"
                kind="email"
                value=form.value_or("email", person.email.as_str())
                error=form.error("email")
                readonly=accepted
                hint=if accepted {
                    "This person has an account and changes the address themselves."
                } else {
                    "Another address gets a new invitation; the earlier link stops working."
                }
            />
            <AdminBox checked=form.checked_or("admin", role == Role::Admin) barred />
            <Foot close_to button="Update user" />
        </Form>
    }
}

/// Revoke invitation (B23), asked once more.
#[component]
pub fn RevokeDialog(
    viewer: Viewer,
    id: String,
    #[prop(into)] opener: String,
    close_to: Signal<String>,
) -> impl IntoView {
    let form = use_form::<RevokeInvitation>(Some(close_to));
    view! {
        <Dialog title="Revoke invitation" opener close_to>
            <p>"The link in the email stops working at once. You can invite the same address again later."</p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
                <input type="hidden" name="id" value=id />
                <Foot close_to button="Revoke invitation" tone="danger" />
            </Form>
        </Dialog>
    }
}
