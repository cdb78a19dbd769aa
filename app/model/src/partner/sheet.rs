//! Commissions and payouts as a file: what the operator of an installation enters at once, and what `rollcall partner list`
//! writes. Its columns have fixed names, and a file is taken whole or not at all.

use std::{collections::HashMap, fmt::Display};

use super::{Currency, Day, Money, NewRecord, RecordKind, Reference};
use crate::{
    Slug, Timestamp,
    people::{plain_cell, safe_cell},
};

/// The largest file, in bytes.
const MAX_BYTES: usize = 10 << 20;
/// The most rows of a file.
pub const MAX_ROWS: usize = 50_000;

/// The columns, in the order in which they are written.
const COLUMNS: [&str; 6] = ["kind", "date", "amount", "currency", "customer", "reference"];
/// The one of them that may be missing.
const CUSTOMER: usize = 4;

/// A record as it was typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct RowText<'a> {
    /// `commission` or `payout`.
    pub kind: &'a str,
    /// `2026-11-30`.
    pub date: &'a str,
    /// `12.50`.
    pub amount: &'a str,
    /// `EUR`.
    pub currency: &'a str,
    /// The slug of the customer's organization; empty for none.
    pub customer: &'a str,
    /// By what it is told from others.
    pub reference: &'a str,
}

/// Why a file cannot be read at all, worded for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableSheet {
    /// Over `MAX_BYTES`.
    #[error("the file is larger than 10 MB; split it")]
    TooLarge,
    /// Over [`MAX_ROWS`].
    #[error("the file has more than {MAX_ROWS} rows; split it")]
    TooManyRows,
    /// Not text.
    #[error("the file is no text in UTF-8; save it as a CSV file in UTF-8")]
    NoText,
    /// No line.
    #[error("the file is empty; its first line names the columns {}", COLUMNS.join(","))]
    Empty,
    /// No line below the first.
    #[error("the file has no rows below its first line")]
    NoRows,
    /// A column that has to be there.
    #[error("the first line names no column {0}; it names the columns {all}", all = COLUMNS.join(","))]
    Missing(&'static str),
    /// A column that nothing is known of, or that is there already.
    #[error("the first line names a column “{0}” that is not known, or twice; it names the columns {all}", all = COLUMNS.join(","))]
    Unknown(String),
}

/// A row that cannot be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongRow {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// What is wrong with it, in sentences.
    pub why: String,
}

impl RowText<'_> {
    /// Reads all of it.
    ///
    /// # Errors
    /// Everything that is wrong with it, in sentences.
    pub fn read(self, now: Timestamp) -> Result<NewRecord, String> {
        let mut wrong = Vec::new();
        let kind = RecordKind::from_code(&self.kind.trim().to_ascii_lowercase());
        let kind = note(&mut wrong, kind.ok_or("The kind is commission or payout."));
        let day = note(&mut wrong, Day::of_record(self.date, now));
        let currency = note(&mut wrong, Currency::parse(self.currency));
        // Without a currency nothing is known of its decimals.
        let money = currency.and_then(|currency| note(&mut wrong, Money::parse(self.amount, currency)));
        let customer = match self.customer.trim() {
            "" => Some(None),
            slug => {
                note(&mut wrong, Slug::parse(slug).map(Some).ok_or(format!("“{slug}” is no slug of an organization.")))
            }
        };
        let reference = note(&mut wrong, Reference::parse(self.reference));
        match (kind, day, money, customer, reference) {
            (Some(kind), Some(day), Some(money), Some(customer), Some(reference)) => {
                Ok(NewRecord { kind, day, money, customer, reference })
            }
            _ => Err(wrong.join(" ")),
        }
    }
}

fn note<T, E: Display>(wrong: &mut Vec<String>, result: Result<T, E>) -> Option<T> {
    result.map_err(|why| wrong.push(why.to_string())).ok()
}

/// Reads a file: each record with its line. Columns are separated by commas, or by semicolons as some spreadsheets do.
///
/// # Errors
/// Why it cannot be read at all; inside, the rows that are wrong.
#[expect(clippy::type_complexity, reason = "either all of it, or what is wrong with it")]
pub fn read_sheet(
    bytes: &[u8],
    now: Timestamp,
) -> Result<Result<Vec<(u64, NewRecord)>, Vec<WrongRow>>, UnreadableSheet> {
    if bytes.len() > MAX_BYTES {
        return Err(UnreadableSheet::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| UnreadableSheet::NoText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().find(|line| !line.trim().is_empty()).ok_or(UnreadableSheet::Empty)?;
    let separator = if first.contains(';') { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut places: Option<[Option<usize>; COLUMNS.len()]> = None;
    let (mut read, mut wrong, mut known) = (Vec::new(), Vec::new(), HashMap::new());
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    for cells in reader.records() {
        let cells = cells.map_err(|_| UnreadableSheet::NoText)?;
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let Some(places) = &places else {
            places = Some(columns(&cells)?);
            continue;
        };
        if read.len() + wrong.len() == MAX_ROWS {
            return Err(UnreadableSheet::TooManyRows);
        }
        let cell = |n: usize| plain_cell(places[n].and_then(|place| cells.get(place)).unwrap_or_default());
        let [kind, date, amount, currency, customer, reference] = [0, 1, 2, 3, 4, 5].map(cell);
        let line = lines.of(cells.position().map_or(0, csv::Position::byte));
        match (RowText { kind, date, amount, currency, customer, reference }).read(now) {
            Err(why) => wrong.push(WrongRow { line, why }),
            Ok(record) => match known.insert((record.kind, record.reference.clone()), line) {
                Some(earlier) => {
                    let why = format!("Line {earlier} has the same kind and reference.");
                    wrong.push(WrongRow { line, why });
                }
                None => read.push((line, record)),
            },
        }
    }
    match (places.is_some(), read.is_empty() && wrong.is_empty()) {
        (false, _) => Err(UnreadableSheet::Empty),
        (true, true) => Err(UnreadableSheet::NoRows),
        (true, false) => Ok(if wrong.is_empty() { Ok(read) } else { Err(wrong) }),
    }
}

/// Counts lines. The reader of CSV counts them too, but not where a line ends with two characters.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of what begins at, or behind the ends of lines from, a byte that is no earlier than that of the last question.
    fn of(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(b) = self.text.get(self.at)
            && (self.at < byte || matches!(b, b'\r' | b'\n'))
        {
            self.line += u64::from(*b == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// Where each column stands.
fn columns(heads: &csv::StringRecord) -> Result<[Option<usize>; COLUMNS.len()], UnreadableSheet> {
    let mut places = [None; COLUMNS.len()];
    for (place, head) in heads.iter().enumerate() {
        let name = head.trim().to_ascii_lowercase();
        let known = COLUMNS.iter().position(|column| *column == name).filter(|n| places[*n].is_none());
        places[known.ok_or(UnreadableSheet::Unknown(head.trim().to_owned()))?] = Some(place);
    }
    match (0..COLUMNS.len()).find(|n| places[*n].is_none() && *n != CUSTOMER) {
        Some(missing) => Err(UnreadableSheet::Missing(COLUMNS[missing])),
        None => Ok(places),
    }
}

/// The first line of a file that [`read_sheet`] reads.
pub fn sheet_head() -> String {
    line(&COLUMNS.map(str::to_owned))
}

/// The line of a record.
pub fn sheet_line(record: &NewRecord) -> String {
    line(&[
        record.kind.code().to_owned(),
        record.day.to_string(),
        record.money.plain(),
        record.money.currency.to_string(),
        record.customer.as_ref().map_or(String::new(), |slug| slug.as_str().to_owned()),
        safe_cell(record.reference.as_str()).into_owned(),
    ])
}

fn line(cells: &[String]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Memory takes everything.
    let _ = writer.write_record(cells);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_219_200_000); // 2026-11-21T00:00Z

    type Read = Result<Vec<(u64, NewRecord)>, Vec<(u64, String)>>;

    fn sheet(text: &str) -> Read {
        let told = |wrong: Vec<WrongRow>| wrong.into_iter().map(|row| (row.line, row.why)).collect();
        read_sheet(text.as_bytes(), NOW).unwrap().map_err(told)
    }

    #[test]
    fn a_file_is_read_row_by_row() {
        let text = "\u{feff}Kind, Reference ,date,AMOUNT,currency,customer\r\n\
                    commission,INV-1,2026-11-01,12.50,eur,corner-shop\r\n\
                    \r\n\
                    Payout,\"two\nlines\",2026-11-02,-3,JPY\r\n\
                    payout,INV-1,2026-11-03,4,JPY,\r\n";
        let read = sheet(text).unwrap();
        let told: Vec<String> = read.iter().map(|(line, record)| format!("{line} {}", sheet_line(record))).collect();
        assert_eq!(
            told,
            [
                "2 commission,2026-11-01,12.50,EUR,corner-shop,INV-1\n",
                "4 payout,2026-11-02,-3,JPY,,two lines\n",
                "6 payout,2026-11-03,4,JPY,,INV-1\n",
            ]
        );
        let semicolons = "kind;date;amount;currency;reference\npayout;2026-11-02;1.5;EUR;a,b\n";
        assert_eq!(sheet(semicolons).unwrap()[0].1.reference.as_str(), "a,b");
    }

    #[test]
    fn each_wrong_line_is_told_with_its_reasons() {
        let text = "kind,date,amount,currency,customer,reference\n\
                    commission,2026-11-01,12.50,EUR,,A\n\
                    bonus,soon,1,EUR,,B\n\
                    commission,2026-11-01,1.234,EUR,Corner Shop,\n\
                    commission,2026-11-01,1,Euro,,C\n\
                    commission,2026-11-02,9,EUR,,A\n\
                    payout,2027-11-02,9,EUR,,A\n";
        assert_eq!(
            sheet(text).unwrap_err(),
            [
                (
                    3,
                    "The kind is commission or payout. Write the date as year, month and day, such as 2026-11-30."
                        .to_owned()
                ),
                (
                    4,
                    "Amounts in EUR have at most two decimals. “Corner Shop” is no slug of an organization. \
                 Say what it is by a reference. It keeps the same from being entered twice."
                        .to_owned()
                ),
                (5, "Enter the currency by its three letters (ISO 4217), such as EUR.".to_owned()),
                (6, "Line 2 has the same kind and reference.".to_owned()),
                (7, "This date is still to come. Records tell what has happened.".to_owned()),
            ]
        );
    }

    #[test]
    fn what_is_no_such_file_is_said() {
        let read = |bytes: &[u8]| read_sheet(bytes, NOW).unwrap_err();
        let head = "kind,date,amount,currency,reference";
        for (text, expected) in [
            ("", UnreadableSheet::Empty),
            (" \n\n", UnreadableSheet::Empty),
            (head, UnreadableSheet::NoRows),
            ("kind,date,amount,currency\nx", UnreadableSheet::Missing("reference")),
            ("commission,2026-11-01,12.50,EUR,,A", UnreadableSheet::Unknown("commission".to_owned())),
            ("kind,kind\nx,y", UnreadableSheet::Unknown("kind".to_owned())),
            ("kind,date,amount,currency,reference,note\nx", UnreadableSheet::Unknown("note".to_owned())),
        ] {
            assert_eq!(read(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(read(b"kind\xff"), UnreadableSheet::NoText);
        assert_eq!(read(&vec![b' '; MAX_BYTES + 1]), UnreadableSheet::TooLarge);
        let rows = "payout,2026-11-01,1,EUR,A\n".repeat(MAX_ROWS + 1);
        assert_eq!(read(format!("{head}\n{rows}").as_bytes()), UnreadableSheet::TooManyRows);
    }

    proptest! {
        #[test]
        fn what_was_written_reads_back(
            amount in 1_i64..1_000_000,
            reference in "[ -~äß山'=+@\"-]{1,30}",
            pays in any::<bool>(),
        ) {
            let Ok(reference) = Reference::parse(&reference) else { return Ok(()) };
            let record = NewRecord {
                kind: if pays { RecordKind::Payout } else { RecordKind::Commission },
                day: Day::parse("2026-11-01").unwrap(),
                money: Money { currency: Currency::parse("EUR").unwrap(), amount: -amount },
                customer: Slug::parse("corner-shop"),
                reference,
            };
            prop_assert_eq!(sheet(&(sheet_head() + &sheet_line(&record))), Ok(vec![(2, record)]));
        }

        #[test]
        fn no_file_breaks(bytes in prop::collection::vec(any::<u8>(), 0..400), head in any::<bool>()) {
            let head = if head { sheet_head() } else { String::new() };
            let _ = read_sheet(&[head.as_bytes(), &bytes].concat(), NOW);
        }
    }
}
