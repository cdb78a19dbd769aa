//! A file that is read in the browser, a few hundred rows at a time, so that the page stays alive meanwhile.

use leptos::{prelude::*, task::spawn_local, web_sys};
use model::{
    Email, Timestamp,
    import::{Column, MAX_BYTES, Mapping, Sheet, SheetReader, UnreadableFile, UnreadableRow, read_row, repeated},
    text::counted,
};
use std::{collections::HashMap, time::Duration};

/// Rows that are read, and rows that are looked at, before the browser has its turn.
const ROWS_AT_ONCE: usize = 500;

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// Waits for a file; the last one could not be read for this reason.
    Choosing(Option<UnreadableFile>),
    /// So many rows were read.
    Reading(u64),
    /// It is shown.
    Shown,
}

impl Stage {
    pub(super) fn is_shown(&self) -> bool {
        *self == Self::Shown
    }
    pub(super) fn error(&self) -> Option<String> {
        match self {
            Self::Choosing(why) => why.map(|why| why.to_string()),
            Self::Reading(_) | Self::Shown => None,
        }
    }
    pub(super) fn progress(&self) -> Option<String> {
        match self {
            Self::Reading(rows) => Some(format!("Reading: {} so far.", counted(*rows, "row", "rows"))),
            Self::Choosing(_) | Self::Shown => None,
        }
    }
}

/// What is known of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    /// It can be checked.
    Ready,
    /// It is left aside, and why.
    Aside(String),
    /// It is wrong, where and why.
    Wrong(Column, String),
}

impl Finding {
    pub(super) fn words(&self) -> Option<&str> {
        match self {
            Self::Ready => None,
            Self::Aside(why) | Self::Wrong(_, why) => Some(why),
        }
    }
    pub(super) fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong(..))
    }
}

/// A file as it is in the browser: nothing of it has been sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) sheet: Option<Sheet>,
    pub(super) mapping: Mapping,
    /// One for each row.
    pub(super) findings: Vec<Finding>,
    /// The row in which an address stands first.
    places: HashMap<Email, usize>,
}

impl Draft {
    pub(super) fn rows(&self) -> &[Vec<String>] {
        self.sheet.as_ref().map_or(&[], |sheet| &sheet.rows)
    }
    /// How many rows are ready, left aside, and wrong.
    pub(super) fn counts(&self) -> [usize; 3] {
        let count = |is: fn(&Finding) -> bool| self.findings.iter().filter(|finding| is(finding)).count();
        let (ready, wrong) = (count(|finding| *finding == Finding::Ready), count(Finding::is_wrong));
        [ready, self.findings.len() - ready - wrong, wrong]
    }
    /// Looks at one row.
    fn look_at(&mut self, place: usize, now: Timestamp) -> Finding {
        let Some(cells) = self.sheet.as_ref().and_then(|sheet| sheet.rows.get(place)) else { return Finding::Ready };
        match read_row(cells, &self.mapping, now) {
            Err(why @ UnreadableRow::Example) => Finding::Aside(why.to_string()),
            Err(why) => Finding::Wrong(why.column(), why.to_string()),
            Ok(entry) => match *self.places.entry(entry.email).or_insert(place) {
                first if first != place => Finding::Aside(repeated(first as u64 + 1)),
                _ => Finding::Ready,
            },
        }
    }
    /// Puts something else into a cell, and looks at the row again.
    pub(super) fn edit(&mut self, place: usize, column: usize, text: String, now: Timestamp) {
        let cell = self.sheet.as_mut().and_then(|sheet| sheet.rows.get_mut(place)?.get_mut(column));
        let Some(cell) = cell else { return };
        *cell = text;
        self.places.retain(|_, first| *first != place);
        self.findings[place] = self.look_at(place, now);
    }
    /// The file as it is sent: the columns that are read, under the heads that the server knows.
    pub(super) fn text(&self) -> String {
        let columns = self.mapping.columns().iter().enumerate();
        let columns: Vec<_> = columns.filter_map(|(place, column)| Some((place, (*column)?.label()))).collect();
        self.sheet.as_ref().map_or_else(String::new, |sheet| sheet.write(&columns))
    }
}

/// The browser's clock: for what is shown alone, the server judges by its own.
pub(super) fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
    Timestamp::from_millis(js_sys::Date::now() as i64)
}

/// Reads a file, and shows it when it is there.
pub(super) fn read_file(file: web_sys::File, stage: RwSignal<Stage>, draft: StoredValue<Draft>) {
    stage.set(Stage::Reading(0));
    spawn_local(async move {
        let over = match read(&file, stage).await {
            Ok(sheet) => {
                let mapping = Mapping::guess(&sheet);
                let read = Draft { name: file.name(), sheet: Some(sheet), mapping, ..Draft::default() };
                draft.try_set_value(read);
                look(draft).await;
                Stage::Shown
            }
            Err(why) => Stage::Choosing(Some(why)),
        };
        // The page may have been left meanwhile.
        stage.try_set(over);
    });
}

async fn read(file: &web_sys::File, stage: RwSignal<Stage>) -> Result<Sheet, UnreadableFile> {
    #[expect(clippy::cast_precision_loss, reason = "ten million are exact")]
    if file.size() > MAX_BYTES as f64 {
        return Err(UnreadableFile::TooLarge);
    }
    let buffer = wasm_bindgen_futures::JsFuture::from(file.array_buffer()).await;
    let bytes = js_sys::Uint8Array::new(&buffer.map_err(|_| UnreadableFile::Binary)?).to_vec();
    let mut reader = SheetReader::open(&bytes)?;
    drop(bytes);
    while reader.read(ROWS_AT_ONCE)? {
        stage.try_set(Stage::Reading(reader.len() as u64));
        breathe().await;
    }
    reader.finish()
}

/// Looks at every row, by what the columns hold now.
pub(super) async fn look(draft: StoredValue<Draft>) {
    let rows = draft
        .try_update_value(|draft| {
            draft.places.clear();
            draft.findings.clear();
            draft.rows().len()
        })
        .unwrap_or(0);
    let now = now();
    for start in (0..rows).step_by(ROWS_AT_ONCE) {
        draft.try_update_value(|draft| {
            for place in start..rows.min(start + ROWS_AT_ONCE) {
                let finding = draft.look_at(place, now);
                draft.findings.push(finding);
            }
        });
        breathe().await;
    }
}

/// Lets the browser do what waits.
async fn breathe() {
    let (done, turn) = futures::channel::oneshot::channel();
    set_timeout(
        move || {
            let _ = done.send(());
        },
        Duration::ZERO,
    );
    let _ = turn.await;
}
