//! Groups (B38).

use leptos::prelude::*;
use model::group::{Candidate, GroupPage, GroupsPage};
use serde::{Deserialize, Serialize};

use crate::{problem::Problem, reply::Reply};

/// The groups of an organization.
#[server(prefix = "/api", endpoint = "groups/list")]
pub async fn list_groups(org: String) -> Result<GroupsPage, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.groups(&cx.caller, &org).await)
}

/// A group with a page of its people, from a place on.
#[server(prefix = "/api", endpoint = "groups/get")]
pub async fn get_group(
    org: String,
    id: String,
    #[server(default)] after: Option<String>,
) -> Result<GroupPage, Problem> {
    let cx = crate::ssr::context()?;
    let after = after.as_deref().and_then(model::people::Cursor::decode);
    cx.answer(cx.rollcall.group(&cx.caller, &org, &id, after.as_ref()).await)
}

/// People who may be put into a group, as far as a search finds them.
#[server(prefix = "/api", endpoint = "groups/find")]
pub async fn find_for_group(org: String, id: String, #[server(default)] q: String) -> Result<Vec<Candidate>, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.candidates(&cx.caller, &org, &id, &q).await)
}

/// What the form of a group holds, as entered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupForm {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The id of the group that it is a part of; empty for none.
    pub parent: String,
    /// The role that it gives, as it is chosen; empty for none.
    pub role: String,
}

#[cfg(feature = "ssr")]
impl From<GroupForm> for service::EditGroup {
    fn from(form: GroupForm) -> Self {
        Self { name: form.name, description: form.description, parent: form.parent, role: form.role }
    }
}

/// Makes a group, and leads to it.
#[server(prefix = "/api", endpoint = "groups/create")]
pub async fn create_group(
    #[server(default)] org: String,
    #[server(flatten)] form: GroupForm,
) -> Result<Reply, Problem> {
    use model::id::Id as _;
    let cx = crate::ssr::context()?;
    let group = cx.answer(cx.rollcall.create_group(&cx.caller, &org, form.into()).await)?;
    let said = Some(format!("The group {} is there. Add the people who belong to it.", group.name.as_str()));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::group(&org, group.id.as_str(), None)) })
}

/// Changes a group.
#[server(prefix = "/api", endpoint = "groups/update")]
pub async fn update_group(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(flatten)] form: GroupForm,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let group = cx.answer(cx.rollcall.update_group(&cx.caller, &org, &id, form.into()).await)?;
    let said = Some(format!("The group {} has been saved.", group.name.as_str()));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::group(&org, &id, None)) })
}

/// Deletes a group.
#[server(prefix = "/api", endpoint = "groups/delete")]
pub async fn delete_group(#[server(default)] org: String, #[server(default)] id: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let group = cx.answer(cx.rollcall.delete_group(&cx.caller, &org, &id).await)?;
    let said = Some(format!("The group {} has been deleted.", group.name.as_str()));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::groups(&org)) })
}

/// Puts people into a group. `select` holds their ids, by commas.
#[server(prefix = "/api", endpoint = "groups/add")]
pub async fn add_to_group(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] select: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let people: Vec<&str> = select.split(',').filter(|id| !id.is_empty()).collect();
    let (group, added) = cx.answer(cx.rollcall.add_to_group(&cx.caller, &org, &id, &people).await)?;
    let added = model::text::counted(added, "person", "people");
    Ok(Reply::toast(format!("{added} added to {}.", group.name.as_str())))
}

/// Takes somebody out of a group. `select` holds their id.
#[server(prefix = "/api", endpoint = "groups/remove")]
pub async fn remove_from_group(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] select: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let group = cx.answer(cx.rollcall.remove_from_group(&cx.caller, &org, &id, &select).await)?;
    Ok(Reply::toast(format!("Taken out of {}.", group.name.as_str())))
}
