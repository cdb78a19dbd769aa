//! Importing people from a file: the file, its columns, and its rows. What becomes of it is a job, see [`super::bulk`].

use leptos::prelude::*;
use std::collections::BTreeMap;

use crate::{problem::Problem, reply::Reply};

/// Reads a file and leads to what would become of its rows. `file` is in URL-safe base64 without padding; a form of several
/// parts brings its name in `file_name`.
#[server(prefix = "/api", endpoint = "imports/start")]
pub async fn start_import(
    #[server(default)] org: String,
    #[server(default)] file: String,
    #[server(default)] file_name: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let file = service::ImportFile { name: file_name, content: file };
    let id = cx.answer(cx.rollcall.start_import(&cx.caller, &org, file).await)?;
    Ok(Reply::go(crate::paths::job(&org, &id.to_string())))
}

/// Says what the columns of the file hold: under `c` and the place of each, the code of what stands in it, or nothing.
#[server(prefix = "/api", endpoint = "imports/columns")]
pub async fn map_columns(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] columns: BTreeMap<String, String>,
) -> Result<Reply, Problem> {
    use model::import::{Column, MAX_COLUMNS};
    let cx = crate::ssr::context()?;
    let held = |place: usize| Column::from_code(columns.get(&format!("c{place}"))?);
    let columns = (0..MAX_COLUMNS).map(held).collect();
    cx.answer(cx.rollcall.map_columns(&cx.caller, &org, &id, columns).await)?;
    Ok(Reply::go(crate::paths::job(&org, &id)))
}

/// Puts something else into the cells of a row: under the code of each column, what stands in it.
#[server(prefix = "/api", endpoint = "imports/row")]
pub async fn edit_row(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] n: u64,
    #[server(default)] cells: BTreeMap<String, String>,
    #[server(default)] back: String,
) -> Result<Reply, Problem> {
    use model::import::Column;
    let cx = crate::ssr::context()?;
    let cells = cells.into_iter().filter_map(|(code, text)| Some((Column::from_code(&code)?, text)));
    cx.answer(cx.rollcall.edit_row(&cx.caller, &org, &id, n, cells.collect()).await)?;
    Ok(Reply::go(crate::paths::local(&back).unwrap_or_else(|| crate::paths::job(&org, &id))))
}
