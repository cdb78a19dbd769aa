//! The dialogs over the grid: add one, invite many, edit, revoke, and the saved views. Which is open stands in the URL.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Action, Kind, Permission, Role, decide,
    invitation::BatchForecast,
    people::{PersonProfile, Viewer},
    removal::Removal,
};

use super::{
    Below, WaysIn,
    export::ExportDialog,
    limits::LimitsDialog,
    removal::RemovalDialog,
    support::{SupportDialog, may_grant},
    views::ViewsDialog,
};
use crate::{
    api::{
        invitations::{CheckInvitations, InvitePeople, InviteUser, RevokeInvitation},
        people::{UpdatePerson, get_person},
    },
    components::{
        addresses::AddressField,
        form::{Form, FormMessage, FormState, use_form},
        invite_results::InviteResults,
        last_day::LastDayField,
        loaded::Loaded,
        names::NameFields,
        ui::{Choice, ChoiceGroup, Dialog, Field},
    },
    paths::DIALOG,
};

/// The dialog that the URL names, if any, over the list that is there.
#[component]
pub fn ListDialogs() -> impl IntoView {
    let (viewer, Below { here, query }) = (expect_context::<Viewer>(), expect_context());
    let params = use_query_map();
    let open =
        Memo::new(move |_| params.with(|p| (p.get(DIALOG).unwrap_or_default(), p.get("id").unwrap_or_default())));
    let held = viewer.actor.permissions();
    let (may_invite, may_edit) = (held.has(Permission::InvitePeople), held.has(Permission::EditPeople));
    let may_limit = held.has(Permission::DeactivatePeople) || held.has(Permission::ChangeRoles);
    let adds = WaysIn::of(&viewer).is_by_link();
    let lets_in = may_grant(&viewer);
    let may_view = held.has(Permission::ViewPeople);
    move || {
        let viewer = viewer.clone();
        match open.get() {
            (dialog, _) if dialog == "views" && may_view => {
                view! { <ViewsDialog viewer=StoredValue::new(viewer) query close_to=here /> }.into_any()
            }
            (dialog, _) if dialog == "export" && may_view => {
                view! { <ExportDialog query org=viewer.org.slug.as_str().to_owned() close_to=here /> }.into_any()
            }
            (dialog, id) if dialog == "limits" && may_limit => {
                view! { <LimitsDialog opener=format!("menu-{id}") viewer id close_to=here /> }.into_any()
            }
            (dialog, _) if dialog == "support" && lets_in => {
                view! { <SupportDialog viewer close_to=here /> }.into_any()
            }
            (dialog, _) if !may_invite && dialog != "edit" => ().into_any(),
            (dialog, _) if !may_edit && dialog == "edit" => ().into_any(),
            (dialog, _) if dialog == "add" && adds => {
                view! { <AddDialog viewer=StoredValue::new(viewer) close_to=here /> }.into_any()
            }
            (dialog, _) if dialog == "invite" && adds => {
                view! { <InviteDialog viewer=StoredValue::new(viewer) kind=Kind::Standard close_to=here /> }.into_any()
            }
            (dialog, _) if dialog == "external" => {
                view! { <InviteDialog viewer=StoredValue::new(viewer) kind=Kind::External close_to=here /> }.into_any()
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
            <LastDayField form id="add-until" />
            <Foot close_to button="Invite user" />
        </Form>
    }
}

/// "Invite" (B18), and the same for people of other organizations (B45).
#[component]
fn InviteDialog(viewer: StoredValue<Viewer>, kind: Kind, close_to: Signal<String>) -> impl IntoView {
    let check = use_form::<CheckInvitations>(None);
    let form = use_form::<InvitePeople>(None).entered_in(check);
    let results = form.data();
    let forecast = Signal::from(check.data());
    let (title, opener) = match kind {
        Kind::External => ("Invite external users", "open-external"),
        _ => ("Invite people", "open-invite"),
    };
    view! {
        <Dialog title opener close_to>
            {move || match results.get() {
                Some(results) => view! { <Sent results close_to /> }.into_any(),
                None => view! { <InviteForm form viewer kind forecast close_to /> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
pub fn InviteForm(
    form: FormState<InvitePeople>,
    viewer: StoredValue<Viewer>,
    kind: Kind,
    forecast: Signal<Option<BatchForecast>>,
    close_to: Signal<String>,
) -> impl IntoView {
    let viewer = viewer.get_value();
    let role = match kind {
        Kind::External => view! { <ExternalRoles form viewer=viewer.clone() /> }.into_any(),
        _ => view! { <Roles form viewer=viewer.clone() /> }.into_any(),
    };
    view! {
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
            <input type="hidden" name="kind" value=kind.code() />
            {(kind == Kind::External)
                .then(|| {
                    view! {
                        <p>
                            "People of another organization, such as an agency: they confirm, keep their own account, and \
                            switch between both."
                        </p>
                    }
                })}
            <AddressField
                form
                org=viewer.org.slug.as_str().to_owned()
                kind
                forecast
                counts_seats=viewer.org.policies.seats.is_some()
            />
            {role}
            <LastDayField form id="invite-until" />
            <Foot close_to button="Send invitations" />
        </Form>
    }
}

/// The roles with which the viewer may invite.
#[component]
fn Roles(form: FormState<InvitePeople>, viewer: Viewer) -> impl IntoView {
    let chosen = form.value_or("role", viewer.org.policies.default_role.code());
    let roles = [Role::Member, Role::Viewer, Role::Partner, Role::Admin]
        .into_iter()
        .filter(|role| decide(&viewer.actor, Action::Invite(*role), None).is_ok())
        .map(|role| view! { <option value=role.code() selected=role.code() == chosen>{role.label()}</option> })
        .collect_view();
    view! {
        <div class="field">
            <label for="invite-role">"Role"</label>
            <select id="invite-role" name="role">{roles}</select>
        </div>
    }
}

/// User or admin: one of them has to be chosen (B46), and what an admin from elsewhere may not (B47) is told.
#[component]
fn ExternalRoles(form: FormState<InvitePeople>, viewer: Viewer) -> impl IntoView {
    let chosen = form.value_or("role", "");
    let error = form.error("role");
    let choices = Role::EXTERNAL
        .into_iter()
        .filter(|role| decide(&viewer.actor, Action::InviteExternal(*role), None).is_ok())
        .map(|role| {
            let (label, sentence) = match role {
                Role::Admin => (
                    "Admin",
                    "Full control, but for people, API keys, policies, and the details and domains of the organization.",
                ),
                _ => ("User", "Sees everything, and changes nothing."),
            };
            view! { <Choice name="role" code=role.code() label sentence chosen=chosen.clone() /> }
        })
        .collect_view();
    view! {
        <ChoiceGroup id="external-role" legend="Role" error>
            {choices}
        </ChoiceGroup>
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
    let default_role = viewer.org.policies.default_role.fitting(person.target.kind);
    let other = if role == Role::Admin { default_role } else { Role::Admin };
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
