//! What goes with importing people that is no page: the template of a file, and what became of each row.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    response::Response,
};
use futures::{StreamExt as _, stream};
use model::import::template;
use std::io;

use super::{
    AppState, context,
    export::{CSV, attachment, csv, refused},
};

/// The heads of a report.
const REPORT: [&str; 5] = ["Row", "Name", "Email", "Result", "Reason"];

/// `GET /o/{org}/import/template.csv` (B27)
pub(super) async fn template_file() -> Response {
    // Spreadsheets take a file without the mark for one of another encoding.
    attachment(Body::from(format!("\u{feff}{}", template())), CSV, "people-template.csv")
}

/// `GET /o/{org}/jobs/{id}/report.csv`: everybody of a job with the reason, streamed.
pub(super) async fn report(
    State(state): State<AppState>,
    Path((org, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let caller = context::of(&state, &parts).caller;
    let report = match state.app.job_report(&caller, &org, &id).await {
        Ok(report) => report,
        Err(error) => return refused(&state, &parts, error),
    };
    let rows = stream::unfold(Some((report, true)), |state| async move {
        let (mut report, first) = state?;
        match report.next().await {
            Ok(Some(items)) => {
                let rows: Vec<_> = items.iter().map(|item| item.report(report.op())).collect();
                Some((csv(first.then_some(&REPORT[..]), &rows), Some((report, false))))
            }
            Ok(None) => None,
            // The file breaks off, and the browser says that the download failed: better than one that looks whole.
            Err(error) => Some((Err(io::Error::other(error)), None)),
        }
    });
    attachment(Body::from_stream(rows.fuse()), CSV, "report.csv")
}
