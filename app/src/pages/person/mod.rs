//! The profile of a person (B29): who they are here, their invitation, where they are signed in, what was done, and at the
//! foot what takes access away.

pub(super) mod access;
pub(super) mod activity;
pub(super) mod connections;
mod danger;
pub(super) mod role;
pub(super) mod sessions;
pub(super) mod why;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    Action, AuditId, Permission, PersonState,
    activity::ActivityPage,
    decide,
    explain::Why,
    id::Id as _,
    people::{Delivery, PersonProfile, PersonRow, Viewer},
};

use self::{
    access::{AccessPanel, GroupsFact},
    activity::ActivityLog,
    connections::{ConnectionForms, ConnectionsPanel},
    danger::DangerZone,
    role::{RoleDialog, may_change_role},
    sessions::Sessions,
    why::{Asked, WhyPanel},
};
use super::{
    attributes::values::{PersonValues, person_dialog},
    people::{
        EditDialog,
        limits::{LimitsDialog, may_limit},
        row::{ActForm, active_switch},
    },
};
use crate::{
    Reload,
    api::{
        activity::list_activity,
        explain::explain_access,
        invitations::ResendInvitation,
        people::{ActOnPerson, get_person},
    },
    components::{
        form::{Form, FormMessage, FormState, use_form},
        invite_results::InviteResults,
        loaded::Loaded,
        person::{Avatar, ComesFrom, LastLogin, StatusBadge, Until},
        ui::{Icon, PageTitle, Time},
    },
    paths,
    problem::Problem,
};

/// `/o/:org/users/:id`
#[component]
pub fn PersonPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let Reload(reload) = expect_context();
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let before = Memo::new(move |_| query.with(|q| AuditId::parse(&q.get("before")?).ok()));
    let org = viewer.org.slug.as_str().to_owned();
    let asked = org.clone();
    // Out here, since the profile is read again when the invitation was sent, and its report has to stay.
    let resend = use_form::<ResendInvitation>(None);
    let connections = ConnectionForms::new();
    let found = Resource::new(move || (id.get(), reload.get()), move |(id, _)| get_person(asked.clone(), id));
    // Not asked for where it would be refused: the refusal would be the status of the whole page.
    let activity = decide(&viewer.actor, Action::ViewAudit, None).is_ok().then(|| {
        let org = org.clone();
        Resource::new(
            move || (id.get(), before.get(), reload.get()),
            move |(id, before, _)| list_activity(org.clone(), id, before),
        )
    });
    let asked = Memo::new(move |_| {
        query.with(|q| Asked {
            permission: q.get("why").as_deref().and_then(Permission::from_code),
            on: q.get("on").unwrap_or_default(),
        })
    });
    let why = {
        let org = org.clone();
        Resource::new(
            move || (id.get(), asked.get(), reload.get()),
            move |(id, asked, _)| {
                let org = org.clone();
                async move {
                    match asked.permission {
                        Some(permission) => Some(explain_access(org, id, permission, asked.on).await),
                        None => None,
                    }
                }
            },
        )
    };
    view! {
        <a class="back" href=paths::users(&org)><Icon name="arrow-left" />"People"</a>
        <Loaded
            of=move || async move {
                let profile = found.await?;
                let activity = match activity {
                    Some(activity) => Some(activity.await),
                    None => None,
                };
                Ok((profile, activity, why.await))
            }
            waiting="Loading…"
            show=move |(profile, activity, why)| {
                let asked = asked.get_untracked();
                view! { <Profile viewer=viewer.clone() profile activity resend asked why connections /> }
            }
        />
    }
}

#[component]
fn Profile(
    viewer: Viewer,
    profile: PersonProfile,
    /// For who may read it.
    activity: Option<Result<ActivityPage, Problem>>,
    resend: FormState<ResendInvitation>,
    /// What the page is asked to explain.
    asked: Asked,
    /// The answer to it.
    why: Option<Result<Why, Problem>>,
    connections: ConnectionForms,
) -> impl IntoView {
    let person = profile.row.clone();
    let name = person.display_name();
    let org = viewer.org.slug.as_str().to_owned();
    let id = person.target.membership_id.to_string();
    let here = paths::user(&org, &id);
    let act = use_form::<ActOnPerson>(None);
    let toggle = {
        let (org, id) = (org.clone(), id.clone());
        Callback::new(move |op| act.dispatch(ActOnPerson { org: org.clone(), id: id.clone(), op, role: None }))
    };
    let may = |action| decide(&viewer.actor, action, Some(&person.target)).is_ok();
    let (may_edit, may_resend) = (may(Action::Edit), may(Action::ResendInvitation));
    let limits = may_limit(&viewer, &person);
    let changes_role = may_change_role(&viewer, &person);
    let now = profile.now;
    let close_to = {
        let here = here.clone();
        Signal::derive(move || here.clone())
    };
    let dialog = {
        let (viewer, person, params) = (viewer.clone(), person.clone(), use_query_map());
        let attributes = profile.attributes.clone();
        move || {
            let (viewer, id) = (viewer.clone(), id.clone());
            match params.with(|p| p.get("dialog").unwrap_or_default()).as_str() {
                "edit" if may_edit => view! { <EditDialog viewer id opener="open-edit" close_to /> }.into_any(),
                "limits" if limits => view! { <LimitsDialog viewer id opener="open-limits" close_to /> }.into_any(),
                "role" if changes_role => view! { <RoleDialog viewer person=person.clone() close_to /> }.into_any(),
                other => person_dialog(other, &viewer, &person.target, &attributes, close_to)
                    .unwrap_or_else(|| danger::dialog(other, &viewer, &person.target, close_to)),
            }
        }
    };
    view! {
        <PageTitle text=name.clone() />
        <header class="profile-head">
            <Avatar name=name.clone() />
            <div>
                <h1 dir="auto">{name}</h1>
                <p>{person.email.to_string()}</p>
                <ComesFrom kind=person.target.kind home=person.home.clone() />
            </div>
            <StatusBadge state=person.target.state words=viewer.org.policies.status_words />
            {may_edit
                .then(|| view! { <a class="button" id="open-edit" href=format!("{here}?dialog=edit")><Icon name="pencil" />"Edit user"</a> })}
        </header>
        <ActForm org=org.clone() />
        <section class="panel" aria-labelledby="access">
            <h2 id="access">"Access"</h2>
            <dl class="facts">
                <div>
                    <dt>"Role"</dt>
                    <dd>
                        {role_in_words(&person)}
                        {person
                            .ends
                            .role
                            .map(|end| view! { " " <Until end=Some(end.at) /> ", then " {end.then.label()} })}
                    </dd>
                </div>
                <GroupsFact org=org.clone() profile=profile.clone() />
                <div><dt>"Last login"</dt><dd><LastLogin at=person.last_login_at now /></dd></div>
                <div>
                    <dt>{if profile.joined_at.is_some() { "Joined" } else { "Invited" }}</dt>
                    <dd><Time at=profile.joined_at.unwrap_or(person.added_at) now /></dd>
                </div>
                {profile
                    .support
                    .clone()
                    .map(|support| {
                        view! {
                            <div>
                                <dt>"Support access"</dt>
                                <dd>
                                    <bdi>{support.reason.as_str().to_owned()}</bdi>
                                    " – granted by " <bdi>{support.granted_by}</bdi> ", "
                                    <Time at=support.granted_at now />
                                </dd>
                            </div>
                        }
                    })}
                {match (person.ends.access, profile.access_ended_at) {
                    (Some(end), _) => {
                        view! { <div><dt>"Access"</dt><dd><Until end=Some(end) /></dd></div> }.into_any()
                    }
                    (None, Some(end)) => {
                        view! { <div><dt>"Access ended"</dt><dd><Time at=end now /></dd></div> }.into_any()
                    }
                    (None, None) => ().into_any(),
                }}
                {person
                    .target
                    .state
                    .accepted()
                    .then(|| {
                        view! {
                            <div>
                                <dt>"Active"</dt>
                                <dd>{active_switch(&viewer, &person, toggle)}</dd>
                            </div>
                        }
                    })}
            </dl>
            <AccessPanel profile=profile.clone() />
            <div class="panel-foot">
                {changes_role
                    .then(|| {
                        view! {
                            <a class="button" id="open-role" href=format!("{here}?dialog=role")>
                                <Icon name="shield" />
                                "Change role"
                            </a>
                        }
                    })}
                {limits
                    .then(|| {
                        view! {
                            <a class="button" id="open-limits" href=format!("{here}?dialog=limits")>
                                <Icon name="clock" />
                                "Time limits"
                            </a>
                        }
                    })}
            </div>
        </section>
        <PersonValues
            viewer=viewer.clone()
            target=person.target.clone()
            all=profile.attributes.clone()
            here=here.clone()
        />
        <WhyPanel viewer=viewer.clone() profile=profile.clone() here=here.clone() asked answer=why />
        {(!person.target.state.accepted())
            .then(|| view! { <Invitation viewer=viewer.clone() profile=profile.clone() may_resend form=resend /> })}
        <ConnectionsPanel viewer=viewer.clone() profile=profile.clone() forms=connections />
        {profile
            .sessions
            .clone()
            .map(|sessions| view! { <Sessions viewer=viewer.clone() profile=profile.clone() sessions /> })}
        {activity.map(|found| view! { <ActivityLog here=here.clone() found /> })}
        <DangerZone viewer=viewer.clone() person=person.clone() here=here.clone() />
        {dialog}
    }
}

/// The role, and what a custom one takes away.
fn role_in_words(person: &PersonRow) -> String {
    let in_words = person.target.grant().less_in_words(person.target.kind);
    match &person.custom_role {
        Some(role) => format!("{} – {in_words}", role.name.as_str()),
        None => in_words,
    }
}

#[component]
fn Invitation(
    viewer: Viewer,
    profile: PersonProfile,
    may_resend: bool,
    form: FormState<ResendInvitation>,
) -> impl IntoView {
    let results = form.data();
    let now = profile.now;
    let expired = profile.row.target.state == PersonState::Expired;
    let delivery = profile.row.delivery.map(|delivery| match delivery {
        Delivery::Queued => "Queued: waits for the mail server",
        Delivery::Sent => "Sent: the mail server has taken it",
        Delivery::Failed => "Failed: the mail server refused it",
    });
    let why = profile.delivery_error.clone().map(|why| {
        view! {
            <div>
                <dt>"The mail server said"</dt>
                <dd>{why}</dd>
            </div>
        }
    });
    view! {
        <section class="panel" aria-labelledby="invitation">
            <h2 id="invitation">"Invitation"</h2>
            <dl class="facts">
                <div><dt>"Mail"</dt><dd>{delivery}</dd></div>
                {why}
                {profile
                    .invitation_expires_at
                    .map(|at| {
                        view! {
                            <div>
                                <dt>{if expired { "Expired" } else { "Expires" }}</dt>
                                <dd><Time at now /></dd>
                            </div>
                        }
                    })}
            </dl>
            {move || results.get().map(|results| view! { <InviteResults results /> })}
            {may_resend
                .then(|| {
                    view! {
                        <FormMessage form />
                        <Form form>
                            <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
                            <input type="hidden" name="id" value=profile.row.target.membership_id.to_string() />
                            <button class="button"><Icon name="send" />"Resend invitation"</button>
                        </Form>
                    }
                })}
        </section>
    }
}
