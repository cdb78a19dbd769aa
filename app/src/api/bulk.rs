//! One thing done to many people: the plan, its confirmation, its result, and the way back.

use leptos::prelude::*;
use model::{
    JobId,
    bulk::{JobPage, JobsPage},
};
use std::collections::BTreeMap;

use crate::{problem::Problem, reply::Reply};

/// Begins to plan, and leads to the plan. `select` holds the ids of people, by commas; with `all` it is everybody on the
/// list that `list` names with the parameters of its URL. `role` and `group` are asked for where `op` is about one.
#[server(prefix = "/api", endpoint = "bulk/start")]
pub async fn start_bulk(
    #[server(default)] org: String,
    #[server(default)] op: String,
    #[server(default)] role: String,
    #[server(default)] group: String,
    #[server(default)] select: String,
    #[server(default)] all: Option<String>,
    #[server(default)] list: BTreeMap<String, String>,
) -> Result<Reply, Problem> {
    use model::{
        GroupGives, Role,
        bulk::{BulkOp, Selection},
        id::{Id as _, InvalidId},
        people::PeopleQuery,
    };
    let cx = crate::ssr::context()?;
    let op =
        BulkOp::from_code(&op, Role::from_code(&role)).filter(|op| op.action(None, GroupGives::default()).is_some());
    let op = cx.answer(op.ok_or_else(|| service::Error::field("op", "Choose what to do.")))?;
    let selection = if all.is_some() {
        Selection::Matching(PeopleQuery::from_params(|key| list.get(key).cloned()))
    } else {
        let ids = select.split(',').filter(|id| !id.is_empty()).map(model::MembershipId::parse);
        let ids: Result<Vec<_>, _> = ids.collect();
        Selection::Named(cx.answer(ids.map_err(|InvalidId| service::Error::NotFound))?)
    };
    let id = cx.answer(cx.rollcall.start_bulk(&cx.caller, &org, selection, (op, &group)).await)?;
    Ok(Reply::go(crate::paths::job(&org, &id.to_string())))
}

/// A job with some of its people.
#[server(prefix = "/api", endpoint = "bulk/job")]
pub async fn get_job(
    org: String,
    id: String,
    #[server(default)] state: Option<String>,
    #[server(default)] after: u64,
) -> Result<JobPage, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.job(&cx.caller, &org, &id, state.as_deref(), after).await)
}

/// A page of jobs, the newest first, from before one on.
#[server(prefix = "/api", endpoint = "bulk/jobs")]
pub async fn list_jobs(org: String, #[server(default)] before: Option<JobId>) -> Result<JobsPage, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.jobs(&cx.caller, &org, before.as_ref()).await)
}

/// Lets a planned job run. `people` is how many, typed once more, where it is final.
#[server(prefix = "/api", endpoint = "bulk/confirm")]
pub async fn confirm_bulk(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] people: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.confirm_bulk(&cx.caller, &org, &id, &people).await)?;
    Ok(Reply::go(crate::paths::job(&org, &id)))
}

/// Stops a job.
#[server(prefix = "/api", endpoint = "bulk/cancel")]
pub async fn cancel_bulk(#[server(default)] org: String, #[server(default)] id: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.cancel_bulk(&cx.caller, &org, &id).await)?;
    Ok(Reply::go(crate::paths::job(&org, &id)))
}

/// Takes a job back by another one, and leads to that.
#[server(prefix = "/api", endpoint = "bulk/undo")]
pub async fn undo_bulk(#[server(default)] org: String, #[server(default)] id: String) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let undo = cx.answer(cx.rollcall.undo_bulk(&cx.caller, &org, &id).await)?;
    Ok(Reply::go(crate::paths::job(&org, &undo.to_string())))
}
