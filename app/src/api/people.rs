//! The people of an organization.

use leptos::{prelude::*, server_fn::codec::Json};
use model::people::{PeoplePage, PeopleQuery, PersonProfile};
use serde::{Deserialize, Serialize};

use crate::{problem::Problem, reply::Reply};

/// One page of the grid.
#[server(prefix = "/api", endpoint = "people/page", input = Json)]
pub async fn list_people(org: String, query: PeopleQuery) -> Result<PeoplePage, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.people_page(&cx.caller, &org, &query).await.map(|(_, page)| page))
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
}

impl PersonOp {
    /// As the value of a button.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Deactivate => "deactivate",
            Self::Activate => "activate",
            Self::AssignAdmin => "assign_admin",
            Self::RevokeAdmin => "revoke_admin",
        }
    }
}

/// Does one thing to one person.
#[server(prefix = "/api", endpoint = "people/act")]
pub async fn act_on_person(
    #[server(default)] org: String,
    #[server(default)] id: String,
    op: PersonOp,
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
            let name = rollcall.change_role(caller, &org, &id, model::Role::Admin).await;
            name.map(|name| format!("{name} is an admin now."))
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
