//! A CSV file as a sheet of cells: its encoding and its separator are guessed, and read as spreadsheets write them. The same
//! code runs in the browser, before anything is sent, and on the server (N2).

use std::io::Cursor;

use super::Mapping;
use crate::{Email, people::plain_cell, text::thousands};

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 10 << 20;
/// The most rows of a file.
pub const MAX_ROWS: usize = 50_000;
/// The most columns of a file.
pub const MAX_COLUMNS: usize = 60;
/// The longest cell, in bytes.
pub const MAX_CELL: usize = 2_000;

/// Why a file cannot be read, worded for the person who chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableFile {
    /// Nothing in it.
    #[error("This file is empty.")]
    Empty,
    /// A heading and nothing below.
    #[error("This file has a heading and no rows below it.")]
    NoRows,
    /// Over [`MAX_BYTES`].
    #[error("This file is larger than 10 MB. Split it, and import one part after the other.")]
    TooLarge,
    /// Over [`MAX_ROWS`].
    #[error("This file has more than {} rows. Split it, and import one part after the other.", thousands(MAX_ROWS as u64))]
    TooManyRows,
    /// Over [`MAX_COLUMNS`].
    #[error("This file has more than {MAX_COLUMNS} columns. Delete those that are not needed.")]
    TooManyColumns,
    /// Over [`MAX_CELL`]. Holds the row, counted from 1 below the heading.
    #[error("Row {0} has a cell that is too long. Is a quotation mark missing before it?")]
    CellTooLong(usize),
    /// A workbook, not a table as text.
    #[error("This is a spreadsheet, not a CSV file. Choose “Save as” there, then “CSV”.")]
    Workbook,
    /// No text at all.
    #[error("This is not a CSV file.")]
    Binary,
}

/// How the text of a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// With or without a mark in front.
    Utf8,
    /// Low byte first.
    Utf16Le,
    /// High byte first.
    Utf16Be,
    /// What older Windows programs write.
    Windows1252,
}

impl Encoding {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        }
    }
    /// The encoding of a file, and how long the mark in front of it is. Without a mark: text of ASCII letters in UTF-16 has
    /// zeros on one side alone; what is no UTF-8 is Windows-1252, in which everything is something.
    fn of(bytes: &[u8]) -> (Self, usize) {
        match bytes {
            [0xef, 0xbb, 0xbf, ..] => return (Self::Utf8, 3),
            [0xff, 0xfe, ..] => return (Self::Utf16Le, 2),
            [0xfe, 0xff, ..] => return (Self::Utf16Be, 2),
            _ => {}
        }
        let start = &bytes[..bytes.len().min(4_096)];
        let zeros = |offset: usize| start.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
        match (zeros(0), zeros(1)) {
            (0, odd) if odd * 4 > start.len() => (Self::Utf16Le, 0),
            (even, 0) if even * 4 > start.len() => (Self::Utf16Be, 0),
            _ if std::str::from_utf8(bytes).is_ok() => (Self::Utf8, 0),
            _ => (Self::Windows1252, 0),
        }
    }
    fn decode(self, bytes: &[u8]) -> String {
        let pairs = |join: fn([u8; 2]) -> u16| {
            let units = bytes.as_chunks::<2>().0.iter().map(|pair| join(*pair));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        };
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Utf16Le => pairs(u16::from_le_bytes),
            Self::Utf16Be => pairs(u16::from_be_bytes),
            Self::Windows1252 => bytes.iter().map(|b| windows_1252(*b)).collect(),
        }
    }
}

/// The characters from 0x80 to 0x9f, where Windows-1252 is not Latin-1 (WHATWG Encoding, index windows-1252).
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        byte => char::from(byte),
    }
}

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
}

impl Separator {
    const ALL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];

    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Comma => "commas",
            Self::Semicolon => "semicolons",
            Self::Tab => "tabs",
        }
    }
    /// The one by which the first lines fall into columns that are known, else into the most that all of them have.
    fn of(text: &str) -> Self {
        let score = |separator: Self| {
            let rows: Vec<Vec<String>> = records(text.as_bytes(), separator)
                .byte_records()
                .take(10)
                .filter_map(Result::ok)
                .map(|record| record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect())
                .collect();
            let known = rows.first().map_or(0, |header| Mapping::of_header(header).known());
            (known, rows.iter().map(Vec::len).min().unwrap_or(0))
        };
        // Of equals the last is the greatest: commas.
        Self::ALL.into_iter().rev().max_by_key(|separator| score(*separator)).unwrap_or(Self::Comma)
    }
}

fn records<R: std::io::Read>(from: R, separator: Separator) -> csv::Reader<R> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator.byte()).from_reader(from)
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// How it is written.
    pub encoding: Encoding,
    /// What stands between its cells.
    pub separator: Separator,
    /// The heads of the columns; numbered where the file has none.
    pub header: Vec<String>,
    /// The cells of each row below, as many as there are heads.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Reads a whole file.
    ///
    /// # Errors
    /// [`UnreadableFile`].
    pub fn read(bytes: &[u8]) -> Result<Self, UnreadableFile> {
        let mut reader = SheetReader::open(bytes)?;
        while reader.read(MAX_ROWS)? {}
        reader.finish()
    }
    /// Some of its columns as a file again, as [`Self::read`] reads it, under other heads.
    pub fn write(&self, columns: &[(usize, &str)]) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let heads = columns.iter().map(|(_, head)| *head);
        // Memory takes everything, and each row has as many cells as there are columns.
        let _ = writer.write_record(heads);
        for row in &self.rows {
            let _ = writer.write_record(columns.iter().map(|(place, _)| row.get(*place).map_or("", String::as_str)));
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}

/// Reads a file a few rows at a time, so that a page stays alive meanwhile.
pub struct SheetReader {
    encoding: Encoding,
    separator: Separator,
    records: csv::Reader<Cursor<Vec<u8>>>,
    record: csv::StringRecord,
    header: Option<Vec<String>>,
    rows: Vec<Vec<String>>,
}

impl SheetReader {
    /// Looks at a file, and reads nothing yet.
    ///
    /// # Errors
    /// [`UnreadableFile`].
    pub fn open(bytes: &[u8]) -> Result<Self, UnreadableFile> {
        if bytes.len() > MAX_BYTES {
            return Err(UnreadableFile::TooLarge);
        }
        // A zip archive or an OLE file: what spreadsheets save unless they are told otherwise.
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return Err(UnreadableFile::Workbook);
        }
        let (encoding, mark) = Encoding::of(bytes);
        let text = encoding.decode(&bytes[mark..]);
        if text.contains('\0') {
            return Err(UnreadableFile::Binary);
        }
        let (said, text) = said_separator(&text);
        let separator = said.unwrap_or_else(|| Separator::of(text));
        let records = records(Cursor::new(text.as_bytes().to_vec()), separator);
        Ok(Self { encoding, separator, records, record: csv::StringRecord::new(), header: None, rows: Vec::new() })
    }
    /// Reads at most so many rows; false where none is left.
    ///
    /// # Errors
    /// [`UnreadableFile`].
    pub fn read(&mut self, rows: usize) -> Result<bool, UnreadableFile> {
        for _ in 0..rows {
            if !self.records.read_record(&mut self.record).map_err(|_| UnreadableFile::Binary)? {
                return Ok(false);
            }
            let cells = &self.record;
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if cells.len() > MAX_COLUMNS {
                return Err(UnreadableFile::TooManyColumns);
            }
            if cells.iter().any(|cell| cell.len() > MAX_CELL) {
                return Err(UnreadableFile::CellTooLong(self.rows.len() + 1));
            }
            let cells: Vec<String> = cells.iter().map(|cell| plain_cell(cell).to_owned()).collect();
            match &self.header {
                None if cells.iter().any(|cell| Email::parse(cell).is_ok()) => {
                    self.header = Some((1..=cells.len()).map(|n| format!("Column {n}")).collect());
                    self.rows.push(cells);
                }
                None => self.header = Some(cells),
                Some(_) if self.rows.len() == MAX_ROWS => return Err(UnreadableFile::TooManyRows),
                Some(_) => self.rows.push(cells),
            }
        }
        Ok(true)
    }
    /// How many rows were read so far.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// All that was read.
    ///
    /// # Errors
    /// [`UnreadableFile`] where that is nothing.
    pub fn finish(self) -> Result<Sheet, UnreadableFile> {
        let mut header = self.header.ok_or(UnreadableFile::Empty)?;
        let mut rows = self.rows;
        if rows.is_empty() {
            return Err(UnreadableFile::NoRows);
        }
        // Rows may be shorter or longer than the heading.
        let width = rows.iter().map(Vec::len).max().unwrap_or(0).max(header.len());
        header.extend((header.len()..width).map(|n| format!("Column {}", n + 1)));
        for row in &mut rows {
            row.resize(width, String::new());
        }
        Ok(Sheet { encoding: self.encoding, separator: self.separator, header, rows })
    }
}

/// The separator that a first line `sep=;` names, as Excel understands it, and what follows.
fn said_separator(text: &str) -> (Option<Separator>, &str) {
    let Some(rest) = text.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| &text[4..]) else {
        return (None, text);
    };
    let said = Separator::ALL.into_iter().find(|separator| rest.as_bytes().first() == Some(&separator.byte()));
    let behind = rest.find('\n').map_or("", |end| &rest[end + 1..]);
    said.map_or((None, text), |said| (Some(said), behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
        Sheet::read(bytes).expect("a sheet").rows
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn what_programs_write_is_read() {
        let text = "Name,Email\nZoë Łem,zoe@x.io\n";
        let expected = [["Zoë Łem", "zoe@x.io"]];
        let marked = |text: &str| format!("\u{feff}{text}");
        for (what, bytes, encoding) in [
            ("plain", text.as_bytes().to_vec(), Encoding::Utf8),
            ("marked", marked(text).into_bytes(), Encoding::Utf8),
            ("UTF-16 LE marked", utf16(&marked(text), u16::to_le_bytes), Encoding::Utf16Le),
            ("UTF-16 BE marked", utf16(&marked(text), u16::to_be_bytes), Encoding::Utf16Be),
            ("UTF-16 LE", utf16(text, u16::to_le_bytes), Encoding::Utf16Le),
            ("UTF-16 BE", utf16(text, u16::to_be_bytes), Encoding::Utf16Be),
        ] {
            let sheet = Sheet::read(&bytes).expect(what);
            assert_eq!(
                (sheet.encoding, &sheet.rows[..]),
                (encoding, &expected.map(|r| r.map(str::to_owned).to_vec())[..])
            );
        }
        let older = Sheet::read(b"Name;Email\r\n\x8aar\xfcnas \x96 O\x92Hara;s@x.io\r\n").expect("a sheet");
        assert_eq!((older.encoding, older.separator), (Encoding::Windows1252, Separator::Semicolon));
        assert_eq!(older.rows, [["Šarünas – O’Hara", "s@x.io"]]);
    }

    /// Against the implementation that browsers use.
    #[test]
    fn windows_1252_is_that_of_the_standard() {
        for byte in 0..=u8::MAX {
            let (theirs, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
            assert_eq!(theirs.chars().collect::<Vec<_>>(), [windows_1252(byte)], "{byte:x}");
        }
    }

    #[test]
    fn the_separator_is_guessed() {
        for (text, separator) in [
            ("Full Name,Email,Role\nAda; the first,a@x.io,Member\n", Separator::Comma),
            ("Full Name;Email;Role\nLovelace, Ada;a@x.io;Member\n", Separator::Semicolon),
            ("Full Name\tEmail\nAda, Countess\ta@x.io\n", Separator::Tab),
            ("\"Full Name, long\";Email\nAda;a@x.io\n", Separator::Semicolon),
            ("Email\na@x.io\n", Separator::Comma),
            ("a@x.io;Ada\nb@x.io;Bob\n", Separator::Semicolon),
            ("sep=;\nEmail,Name;x\na@x.io;1\n", Separator::Semicolon),
            ("SEP=\t\r\nEmail\ta,b,c,d\r\na@x.io\t1,2,3,4\r\n", Separator::Tab),
        ] {
            assert_eq!(Sheet::read(text.as_bytes()).expect("a sheet").separator, separator, "{text}");
        }
    }

    #[test]
    fn quotes_line_breaks_and_odd_rows() {
        for (text, expected) in [
            ("Email,Note\na@x.io,\"two\nlines\"\n", vec![vec!["a@x.io", "two\nlines"]]),
            ("Email,Note\r\na@x.io,\"say \"\"hi\"\"\"\r\n", vec![vec!["a@x.io", "say \"hi\""]]),
            ("Email,Note\ra@x.io,1\rb@x.io,2", vec![vec!["a@x.io", "1"], vec!["b@x.io", "2"]]),
            ("Email,Note\n\n , \na@x.io\n", vec![vec!["a@x.io", ""]]),
            ("Email\na@x.io,more,cells\n", vec![vec!["a@x.io", "more", "cells"]]),
            ("Email,Name\na@x.io,\"'=cmd\"\nb@x.io,'Ada\n", vec![vec!["a@x.io", "=cmd"], vec!["b@x.io", "'Ada"]]),
            ("Email,Name\na@x.io,'-1\n", vec![vec!["a@x.io", "-1"]]),
        ] {
            assert_eq!(rows(text.as_bytes()), expected, "{text:?}");
        }
        let sheet = Sheet::read(b"a@x.io,Ada\nb@x.io,Bob\n").expect("a sheet");
        assert_eq!(
            (sheet.header.as_slice(), sheet.rows.len()),
            (&["Column 1".to_owned(), "Column 2".to_owned()][..], 2)
        );
    }

    #[test]
    fn what_is_no_list_of_people_is_refused_in_words() {
        let long = format!("Email\n{}\n", "x".repeat(MAX_CELL + 1));
        let many = format!("Email\n{}", "a@x.io\n".repeat(MAX_ROWS + 1));
        let just = format!("Email\n{}", "a@x.io\n".repeat(MAX_ROWS));
        let wide = ["x"; MAX_COLUMNS + 1].join(",");
        for (bytes, why) in [
            (&b""[..], UnreadableFile::Empty),
            (b"\xef\xbb\xbf", UnreadableFile::Empty),
            (b"\n\n", UnreadableFile::Empty),
            (b"Email,Name\n", UnreadableFile::NoRows),
            (b"PK\x03\x04rest", UnreadableFile::Workbook),
            (b"\xd0\xcf\x11\xe0rest", UnreadableFile::Workbook),
            (b"\x00\x00\x00\x01\x00\x00\x00\x00\x00", UnreadableFile::Binary),
            (long.as_bytes(), UnreadableFile::CellTooLong(1)),
            (many.as_bytes(), UnreadableFile::TooManyRows),
            (wide.as_bytes(), UnreadableFile::TooManyColumns),
            (&vec![b'x'; MAX_BYTES + 1], UnreadableFile::TooLarge),
        ] {
            assert_eq!(Sheet::read(bytes), Err(why));
        }
        assert_eq!(rows(just.as_bytes()).len(), MAX_ROWS);
        assert!(UnreadableFile::TooManyRows.to_string().contains("50,000 rows"));
    }

    #[test]
    fn a_file_read_in_pieces_is_the_same() {
        let text = format!("Full Name,Email\n{}", (0..2_345).map(|n| format!("P {n},p{n}@x.io\n")).collect::<String>());
        let mut reader = SheetReader::open(text.as_bytes()).expect("a sheet");
        let mut turns = 0;
        while reader.read(100).expect("rows") {
            turns += 1;
        }
        assert_eq!((turns, reader.len()), (23, 2_345));
        assert_eq!(reader.finish(), Sheet::read(text.as_bytes()));
    }

    /// Files of the npm package `csv-spectrum`, and what their JSON says.
    #[test]
    fn the_spectrum_of_csv_is_read() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/csv-spectrum");
        let mut seen = 0;
        for file in std::fs::read_dir(folder.join("csvs")).expect("the folder") {
            let path = file.expect("a file").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let expected = std::fs::read(folder.join("json").join(format!("{name}.json"))).expect("its JSON");
            let expected: serde_json::Value = serde_json::from_slice(&expected).expect("JSON");
            let sheet = Sheet::read(&std::fs::read(&path).expect("the file")).expect("a sheet");
            let read: Vec<serde_json::Map<String, serde_json::Value>> = sheet
                .rows
                .iter()
                .map(|row| sheet.header.iter().cloned().zip(row.iter().cloned().map(Into::into)).collect())
                .collect();
            // A single row stands there without a list around it.
            let read = if expected.is_object() { serde_json::json!(read[0]) } else { serde_json::json!(read) };
            assert_eq!(read, expected, "{name}");
            seen += 1;
        }
        assert_eq!(seen, 12);
    }

    proptest::proptest! {
        #[test]
        fn no_file_breaks_the_reader(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
            if let Ok(sheet) = Sheet::read(&bytes) {
                proptest::prop_assert!(!sheet.rows.is_empty());
                proptest::prop_assert!(sheet.rows.iter().all(|row| row.len() == sheet.header.len()));
            }
        }

        #[test]
        fn what_is_written_is_read_again(rows in proptest::collection::vec(
            proptest::collection::vec("[ -~\n\r;\täÅ“€]{0,12}", 3), 1..20,
        )) {
            let rows: Vec<Vec<String>> = rows
                .into_iter()
                .map(|row| row.iter().map(|cell| plain_cell(cell).to_owned()).collect::<Vec<_>>())
                .filter(|row| row.iter().any(|cell| !cell.trim().is_empty()))
                .collect();
            let sheet = Sheet {
                encoding: Encoding::Utf8,
                separator: Separator::Comma,
                header: ["Full Name", "Email", "Role"].map(str::to_owned).to_vec(),
                rows,
            };
            let text = sheet.write(&[(0, "Full Name"), (1, "Email"), (2, "Role")]);
            match Sheet::read(text.as_bytes()) {
                Ok(read) => proptest::prop_assert_eq!(read, sheet),
                Err(why) => proptest::prop_assert!(sheet.rows.is_empty() && why == UnreadableFile::NoRows),
            }
        }
    }
}
