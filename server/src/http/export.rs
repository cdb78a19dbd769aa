//! The people of a list as a file, streamed: what is in memory at a time is one page, however long the list.

use app::problem::Problem;
use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use futures::{StreamExt as _, stream};
use model::people::{EXPORT_COLUMNS, ExportRow, PeopleQuery};
use service::{Error, Export};
use std::{collections::HashMap, io};

use super::{AppState, context, forms, plain, respond};

/// The kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
}

impl Format {
    fn of(file: &str) -> Option<Self> {
        match file {
            "people.csv" => Some(Self::Csv),
            "people.json" => Some(Self::Json),
            _ => None,
        }
    }
    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// `GET /o/{org}/export/{file}`, with the parameters of the list.
pub(super) async fn people(
    State(state): State<AppState>,
    Path((org, file)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let Some(format) = Format::of(&file) else {
        return plain::page(&state, 404, "Page not found", "There is no such file.");
    };
    let params = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default();
    let params: HashMap<String, String> = forms::joined(params).into_iter().collect();
    let query = PeopleQuery::from_params(|key| params.get(key).cloned());
    let caller = context::of(&state, &parts).caller;
    match state.app.export(&caller, &org, &query).await {
        Ok(export) => file_of(export, format, &org, &file),
        Err(Error::NotSignedIn) => {
            let from = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
            respond((StatusCode::SEE_OTHER, [(header::LOCATION, app::paths::login(&from))]))
        }
        Err(error) => {
            let problem = Problem::from(error);
            plain::page(&state, problem.status(), "No file", &problem.message)
        }
    }
}

fn file_of(export: Export, format: Format, org: &str, file: &str) -> Response {
    let rows = stream::unfold(Some((export, true)), move |state| async move {
        let (mut export, first) = state?;
        let words = export.org().policies.status_words;
        match export.next().await {
            Ok(Some(rows)) => {
                let rows: Vec<ExportRow> = rows.iter().map(|row| ExportRow::new(row, words)).collect();
                Some((text(format, &rows, first), Some((export, false))))
            }
            Ok(None) => (format == Format::Json).then(|| (Ok(b"\n]\n".to_vec()), None)),
            // The file breaks off, and the browser says that the download failed: better than one that looks whole.
            Err(error) => Some((Err(io::Error::other(error)), None)),
        }
    });
    let mut response = respond(Body::from_stream(rows.fuse()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{org}-{file}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

fn text(format: Format, rows: &[ExportRow], first: bool) -> io::Result<Vec<u8>> {
    match format {
        Format::Csv => {
            let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
            if first {
                writer.write_record(EXPORT_COLUMNS)?;
            }
            for row in rows {
                writer.write_record(row.cells().iter().map(|cell| cell.as_bytes()))?;
            }
            let text = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
            // Spreadsheets take a file without the mark for one of another encoding.
            Ok(if first { [b"\xef\xbb\xbf".as_slice(), &text].concat() } else { text })
        }
        Format::Json => {
            let mut text = Vec::new();
            for (i, row) in rows.iter().enumerate() {
                text.extend_from_slice(if first && i == 0 { b"[\n" } else { b",\n" });
                serde_json::to_writer(&mut text, row)?;
            }
            if first && rows.is_empty() {
                text.push(b'[');
            }
            Ok(text)
        }
    }
}
