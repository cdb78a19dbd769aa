//! Saved views of the people grid.

use leptos::prelude::*;
use model::people::{ViewLists, ViewOp};

use crate::{problem::Problem, reply::Reply};

/// The views that who asks sees.
#[server(prefix = "/api", endpoint = "views/list")]
pub async fn list_views(org: String) -> Result<ViewLists, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.views(&cx.caller, &org).await)
}

/// Saves a question to the grid, by its query string, under a name. With `replace` it takes the place of the one that a
/// view of that name asks, with `share` everybody sees it, with `default` one lands on it.
#[server(prefix = "/api", endpoint = "views/save")]
pub async fn save_view(
    #[server(default)] org: String,
    #[server(default)] name: String,
    #[server(default)] query: String,
    #[server(default)] replace: Option<String>,
    #[server(default)] share: Option<String>,
    #[server(default)] default: Option<String>,
) -> Result<Reply, Problem> {
    use model::people::{PeopleQuery, Twin};
    let cx = crate::ssr::context()?;
    let form = service::SaveView {
        name,
        query: PeopleQuery::from_query_string(&query),
        twin: if replace.is_some() { Twin::Replace } else { Twin::Keep },
        share: share.is_some(),
        make_default: default.is_some(),
    };
    let name = cx.answer(cx.rollcall.save_view(&cx.caller, &org, form).await)?;
    Ok(Reply::toast(format!("The view “{}” has been saved.", name.as_str())))
}

/// Does something with a view: `name` is for renaming it, `query` for giving it another question.
#[server(prefix = "/api", endpoint = "views/change")]
pub async fn change_view(
    #[server(default)] org: String,
    #[server(default)] id: String,
    op: ViewOp,
    #[server(default)] name: String,
    #[server(default)] query: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::ChangeView { op, name, query: model::people::PeopleQuery::from_query_string(&query) };
    let name = cx.answer(cx.rollcall.change_view(&cx.caller, &org, &id, form).await)?;
    let name = name.as_str();
    Ok(Reply::toast(match op {
        ViewOp::MakeDefault => format!("People opens with “{name}” from now on."),
        ViewOp::DropDefault => "People opens with everybody from now on.".to_owned(),
        ViewOp::Share => format!("The view “{name}” is shared now."),
        ViewOp::Unshare => format!("The view “{name}” is private now."),
        ViewOp::Rename => format!("The view is called “{name}” now."),
        ViewOp::Replace => format!("The view “{name}” shows now what you see."),
        ViewOp::Delete => format!("The view “{name}” has been deleted."),
    }))
}
