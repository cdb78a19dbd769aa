//! The people of a list as a file, streamed: what is in memory at a time is one page, however long the list.

use app::problem::Problem;
use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use futures::{StreamExt as _, stream};
use model::people::{ExportField, ExportRow, GridAttribute, PeopleQuery, safe_cell};
use service::{Error, Export};
use std::{borrow::Cow, collections::HashMap, io, sync::Arc};

use super::{AppState, context, forms, plain, respond};

/// The media type of such files.
pub(super) const CSV: &str = "text/csv; charset=utf-8";

/// The kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
    JsonLines,
}

impl Format {
    fn of(file: &str) -> Option<Self> {
        match file {
            "people.csv" => Some(Self::Csv),
            "people.json" => Some(Self::Json),
            "people.jsonl" => Some(Self::JsonLines),
            _ => None,
        }
    }
    /// The columns where none was chosen. Ids are for programs.
    fn fields(self) -> &'static [ExportField] {
        match self {
            Self::Csv => &ExportField::ALL[1..],
            Self::Json | Self::JsonLines => &ExportField::ALL,
        }
    }
    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => CSV,
            Self::Json => "application/json",
            Self::JsonLines => "application/x-ndjson",
        }
    }
}

/// `GET /o/{org}/export/{file}`, with the parameters of the list, and in `field` the columns where not all are wanted.
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
    let chosen = ExportField::chosen(params.get("field").map_or("", String::as_str));
    let fields = chosen.unwrap_or_else(|| format.fields().to_vec());
    let caller = context::of(&state, &parts).caller;
    match state.app.export(&caller, &org, &query).await {
        Ok(export) => file_of(export, format, fields, &format!("{org}-{file}")),
        Err(error) => refused(&state, &parts, error),
    }
}

/// The answer to who gets no file: the way to sign in, or why not.
pub(super) fn refused(state: &AppState, parts: &Parts, error: Error) -> Response {
    if matches!(error, Error::NotSignedIn) {
        let from = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        return respond((StatusCode::SEE_OTHER, [(header::LOCATION, app::paths::login(&from))]));
    }
    let problem = Problem::from(error);
    plain::page(state, problem.status(), "No file", &problem.message)
}

fn file_of(export: Export, format: Format, fields: Vec<ExportField>, name: &str) -> Response {
    let fields: Arc<[ExportField]> = fields.into();
    let attributes: Arc<[GridAttribute]> = export.attributes().into();
    let rows = stream::unfold(Some((export, fields, attributes, true)), move |state| async move {
        let (mut export, fields, attributes, first) = state?;
        let words = export.org().policies.status_words;
        match export.next().await {
            Ok(Some(rows)) => {
                let row = |row| ExportRow { row, words, fields: &fields, attributes: &attributes };
                let rows: Vec<ExportRow> = rows.iter().map(row).collect();
                let heads = fields.iter().map(|field| field.head().to_owned());
                let heads: Vec<String> =
                    heads.chain(attributes.iter().map(|of| safe_cell(of.label.as_str()).into_owned())).collect();
                let text = text(format, &heads, &rows, first);
                Some((text, Some((export, fields, attributes, false))))
            }
            Ok(None) => (format == Format::Json).then(|| (Ok(b"\n]\n".to_vec()), None)),
            // The file breaks off, and the browser says that the download failed: better than one that looks whole.
            Err(error) => Some((Err(io::Error::other(error)), None)),
        }
    });
    attachment(Body::from_stream(rows.fuse()), format.media_type(), name)
}

/// A file to be saved under a name.
pub(super) fn attachment(body: Body, media_type: &'static str, name: &str) -> Response {
    let mut response = respond(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

fn text(format: Format, heads: &[String], rows: &[ExportRow], first: bool) -> io::Result<Vec<u8>> {
    match format {
        Format::Csv => {
            let rows: Vec<_> = rows.iter().map(ExportRow::cells).collect();
            let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
            csv(first.then_some(&heads[..]), &rows)
        }
        Format::JsonLines => {
            let mut text = Vec::new();
            for row in rows {
                serde_json::to_writer(&mut text, row)?;
                text.push(b'\n');
            }
            Ok(text)
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

/// Lines of a CSV file; the first ones with the heads in front.
pub(super) fn csv<'a>(heads: Option<&[&str]>, rows: &[impl AsRef<[Cow<'a, str>]>]) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if let Some(heads) = heads {
        writer.write_record(heads)?;
    }
    for row in rows {
        writer.write_record(row.as_ref().iter().map(|cell| cell.as_bytes()))?;
    }
    let text = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    // Spreadsheets take a file without the mark for one of another encoding.
    Ok(if heads.is_some() { [b"\xef\xbb\xbf".as_slice(), &text].concat() } else { text })
}
