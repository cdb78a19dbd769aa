//! The people of an organization.

use leptos::{
    prelude::*,
    server_fn::{ServerFn, codec::Json},
};
use model::{
    PermissionSet, PersonState, Role, RoleChoice,
    people::{PeoplePage, PeopleQuery, PersonProfile, PersonRow},
};
use serde::{Deserialize, Serialize};

use crate::{problem::Problem, reply::Reply};

/// One page of the grid.
#[server(prefix = "/api", endpoint = "people/page", input = Json)]
pub async fn list_people(org: String, query: PeopleQuery) -> Result<PeoplePage, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.people_page(&cx.caller, &org, &query).await.map(|(_, page)| page))
}

/// The revision of an organization's people: it rises with each change to them. For where `/live` cannot be kept open.
#[server(prefix = "/api", endpoint = "people/revision")]
pub async fn people_revision(org: String) -> Result<i64, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.revision(&cx.caller, &org).await)
}

/// A profile.
#[server(prefix = "/api", endpoint = "people/profile")]
pub async fn get_person(org: String, id: String) -> Result<PersonProfile, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.person(&cx.caller, &org, &id).await.map(|(_, profile)| profile))
}

/// What the menu of a row and the profile can do at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonOp {
    /// B31.
    Deactivate,
    /// B32.
    Activate,
    /// B33.
    AssignAdmin,
    /// B33.
    RevokeAdmin,
    /// Gives the role that stands beside it.
    ChangeRole,
}

/// The id of the form by which buttons act without a script, wherever on the page they stand.
pub const ACT_FORM: &str = "act";

/// What is done to a person: the operation, and for [`PersonOp::ChangeRole`] the role.
pub type PersonAct = (PersonOp, Option<RoleChoice>);

impl PersonOp {
    /// As the value of a button.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Deactivate => "deactivate",
            Self::Activate => "activate",
            Self::AssignAdmin => "assign_admin",
            Self::RevokeAdmin => "revoke_admin",
            Self::ChangeRole => "change_role",
        }
    }
    /// What takes it back for somebody who looked like this before.
    pub fn undo(self, before: &PersonRow) -> PersonAct {
        match self {
            Self::Deactivate => (Self::Activate, None),
            Self::Activate => (Self::Deactivate, None),
            Self::AssignAdmin | Self::RevokeAdmin | Self::ChangeRole => (Self::ChangeRole, Some(before.role_choice())),
        }
    }
    /// As the value of a button named `_fn` of the form [`ACT_FORM`], which makes its form do this to this person.
    pub fn button_value(self, id: &str) -> String {
        format!("{}?op={}&id={id}", <ActOnPerson as ServerFn>::PATH, self.code())
    }
}

/// What a person will look like, for showing before the server has answered.
pub fn applied((op, role): &PersonAct, person: &PersonRow, default_role: Role) -> PersonRow {
    let mut person = person.clone();
    match op {
        PersonOp::Deactivate => person.target.state = PersonState::Deactivated,
        PersonOp::Activate => person.target.state = PersonState::Active,
        PersonOp::AssignAdmin => person.target.role = Role::Admin,
        PersonOp::RevokeAdmin => person.target.role = default_role.fitting(person.target.kind),
        PersonOp::ChangeRole => {
            // What a custom one gives is not known here: it shows once the server has answered.
            if let Some(RoleChoice::Base(role)) = *role {
                person.target.role = role;
            }
        }
    }
    if !matches!(op, PersonOp::Deactivate | PersonOp::Activate) {
        person.ends.role = None;
        person.custom_role = None;
        person.target.withheld = PermissionSet::default();
    }
    person
}

/// Does one thing to one person.
#[server(prefix = "/api", endpoint = "people/act")]
pub async fn act_on_person(
    #[server(default)] org: String,
    #[server(default)] id: String,
    op: PersonOp,
    #[server(default)] role: Option<RoleChoice>,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let (rollcall, caller) = (&cx.rollcall, &cx.caller);
    let done = match op {
        PersonOp::Deactivate => {
            rollcall.deactivate(caller, &org, &id).await.map(|()| "User has been successfully deactivated.".to_owned())
        }
        PersonOp::Activate => {
            rollcall.activate(caller, &org, &id).await.map(|()| "User has been successfully activated.".to_owned())
        }
        PersonOp::AssignAdmin => {
            let changed = rollcall.change_role(caller, &org, &id, &Role::Admin.into()).await;
            changed.map(|(name, _)| format!("{name} is an admin now."))
        }
        PersonOp::ChangeRole => {
            let missing = || Problem {
                fields: vec![("role".into(), model::custom_role::NoSuchRole.to_string())],
                ..Problem::incomplete()
            };
            let role = role.ok_or_else(missing)?;
            let changed = rollcall.change_role(caller, &org, &id, &role).await;
            changed.map(|(name, role)| format!("{name} has the role {role} now."))
        }
        PersonOp::RevokeAdmin => {
            rollcall.revoke_admin(caller, &org, &id).await.map(|name| format!("{name} is no longer an admin."))
        }
    };
    cx.answer(done).map(Reply::toast)
}

/// "Edit user" (B30).
#[server(prefix = "/api", endpoint = "people/update")]
pub async fn update_person(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] first_name: String,
    #[server(default)] last_name: String,
    #[server(default)] email: String,
    #[server(default)] admin: Option<String>,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::EditPerson { first_name, last_name, email, admin: admin.is_some() };
    let done = cx.rollcall.update_person(&cx.caller, &org, &id, form).await;
    cx.answer(done).map(|name| Reply::toast(format!("{name} has been updated.")))
}

/// "Time limits" (N5): last days as `2026-12-05`, empty for none.
#[server(prefix = "/api", endpoint = "people/limit")]
pub async fn limit_person(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] access_until: String,
    #[server(default)] role_until: String,
    #[server(default)] role_then: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::SetEnds { access_until, role_until, role_then };
    let done = cx.rollcall.set_ends(&cx.caller, &org, &id, form).await;
    cx.answer(done).map(|name| Reply::toast(format!("The time limits of {name} have been saved.")))
}
