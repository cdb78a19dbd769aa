//! Values of attributes: read from what people type, in a form that is the same however it was typed.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

use super::{Attribute, Count, MAX_VALUE_CHARS, MAX_VALUES, ValueType};
use crate::{
    Timestamp,
    name::{InvalidName, clean},
    text::fold,
};

/// The most digits of a number.
const MAX_DIGITS: usize = 38;
/// The longest form by which a value is searched, in characters; it has to fit into an index.
const MAX_TERM_CHARS: usize = 200;

/// The values that somebody has of one attribute, each once and in their order; empty where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(Vec<String>);

impl Values {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Each, in its canonical form.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
    /// One on each line, as they are stored and edited.
    pub fn lines(&self) -> String {
        self.0.join("\n")
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// Why a text is no value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValue {
    /// Over [`MAX_VALUE_CHARS`].
    #[error("This is too long; a value has at most {MAX_VALUE_CHARS} characters.")]
    TooLong,
    /// Control or direction-override characters.
    #[error("This contains characters that cannot be shown.")]
    Unprintable,
    /// Not a decimal number.
    #[error("“{0}” is not a number. Enter digits, with a point in front of decimals, such as 12 or 3.5.")]
    NoNumber(String),
    /// Over `MAX_DIGITS`.
    #[error("This number is too long; use at most {MAX_DIGITS} digits.")]
    TooManyDigits,
    /// Neither yes nor no.
    #[error("Choose yes or no.")]
    NeitherYesNorNo,
    /// Not among the options.
    #[error("“{0}” is not among the options.")]
    NoOption(String),
    /// Not a day of the calendar.
    #[error("“{0}” is not a date. Enter it as year-month-day, such as 2026-12-05.")]
    NoDate(String),
}

/// Why texts are no values of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValues {
    /// One of them is none.
    #[error(transparent)]
    One(#[from] InvalidValue),
    /// More than one, where there can be one.
    #[error("Enter one value.")]
    NotOne,
    /// Over [`MAX_VALUES`].
    #[error("Enter at most {MAX_VALUES} values.")]
    TooMany,
}

/// What a message quotes of a text.
fn quoted(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(40).collect()
}

impl Attribute {
    /// What was entered in its form: lines of a text where there can be several, or boxes, which arrive as one text by commas
    /// where they were posted without scripts.
    ///
    /// # Errors
    /// [`InvalidValues`], worded for the person who typed it.
    pub fn read(&self, text: &str, boxes: &[String]) -> Result<Values, InvalidValues> {
        let entered: Vec<&str> = match (self.count, self.value_type) {
            (Count::Many, ValueType::List) => {
                boxes.iter().map(String::as_str).chain([text]).flat_map(|all| all.split([',', '\n'])).collect()
            }
            (Count::Many, _) => text.lines().collect(),
            (Count::One, _) => vec![text],
        };
        self.parse(&entered)
    }

    /// Reads values; empty texts are none.
    ///
    /// # Errors
    /// [`InvalidValues`], worded for the person who typed them.
    pub fn parse(&self, entered: &[&str]) -> Result<Values, InvalidValues> {
        let entered = entered.iter().filter(|text| !text.trim().is_empty());
        let values: Vec<String> = entered.map(|text| self.parse_one(text)).collect::<Result<_, _>>()?;
        let values = self.in_order(values);
        match (self.count, values.len()) {
            (Count::One, 2..) => Err(InvalidValues::NotOne),
            (Count::Many, n) if n > MAX_VALUES => Err(InvalidValues::TooMany),
            _ => Ok(values),
        }
    }

    /// The canonical form of one value.
    ///
    /// # Errors
    /// [`InvalidValue`], worded for the person who typed it.
    pub fn parse_one(&self, text: &str) -> Result<String, InvalidValue> {
        match self.value_type {
            ValueType::Text => clean(text, MAX_VALUE_CHARS).map_err(|why| match why {
                InvalidName::TooLong(_) => InvalidValue::TooLong,
                InvalidName::Unprintable | InvalidName::Empty => InvalidValue::Unprintable,
            }),
            ValueType::Number => number(text),
            ValueType::YesNo => yes_or_no(text),
            ValueType::List => {
                let wanted = fold(&text.split_whitespace().collect::<Vec<_>>().join(" "));
                let option = self.options.iter().find(|option| fold(option) == wanted);
                option.cloned().ok_or_else(|| InvalidValue::NoOption(quoted(text)))
            }
            ValueType::Date => date(text),
        }
    }

    /// Values as they were stored, or as several groups give them: each once, in their order.
    pub fn in_order(&self, values: impl IntoIterator<Item = String>) -> Values {
        let mut found: Vec<String> = Vec::new();
        for value in values {
            if !found.iter().any(|other| self.term(other) == self.term(&value)) {
                found.push(value);
            }
        }
        found.sort_by(|a, b| self.compare(a, b));
        Values(found)
    }

    fn compare(&self, a: &str, b: &str) -> Ordering {
        let place = |value: &str| self.options.iter().position(|option| option == value).unwrap_or(usize::MAX);
        match self.value_type {
            ValueType::List => place(a).cmp(&place(b)).then_with(|| a.cmp(b)),
            ValueType::Number => compare_numbers(a, b),
            ValueType::Text | ValueType::YesNo | ValueType::Date => (self.term(a), a).cmp(&(self.term(b), b)),
        }
    }

    /// By what a value is found and told apart from others: of words neither case nor accents count.
    pub fn term(&self, value: &str) -> String {
        self.value_type.term(value)
    }

    /// Several values for people, in one line.
    pub fn shown_all(&self, values: &Values) -> String {
        self.value_type.shown_all(values)
    }
}

impl ValueType {
    /// See [`Attribute::term`].
    fn term(self, value: &str) -> String {
        match self {
            Self::Text | Self::List => {
                let folded: String = fold(value).chars().take(MAX_TERM_CHARS).collect();
                // What consists of accents alone is itself.
                if folded.is_empty() { value.to_owned() } else { folded }
            }
            Self::Number | Self::YesNo | Self::Date => value.to_owned(),
        }
    }

    /// By what people are found who have a value of this type; `None` for what can be none.
    pub fn searched(self, text: &str) -> Option<String> {
        let value = match self {
            // Whether it is one of the options does not matter: where it is none, nobody has it.
            Self::Text | Self::List => clean(text, usize::MAX).ok().filter(|value| !value.is_empty()),
            Self::Number => number(text).ok(),
            Self::YesNo => yes_or_no(text).ok(),
            Self::Date => date(text).ok(),
        };
        value.map(|value| self.term(&value))
    }

    /// A value for people.
    fn shown(self, value: &str) -> String {
        match (self, value) {
            (Self::YesNo, "yes") => "Yes".to_owned(),
            (Self::YesNo, "no") => "No".to_owned(),
            (Self::Date, day) => Timestamp::end_of_day(day).map_or_else(|| day.to_owned(), Timestamp::last_day_words),
            _ => value.to_owned(),
        }
    }

    /// Several values for people, in one line.
    pub fn shown_all(self, values: &Values) -> String {
        values.iter().map(|value| self.shown(value)).collect::<Vec<_>>().join(", ")
    }
}

fn yes_or_no(text: &str) -> Result<String, InvalidValue> {
    match fold(text.trim()).as_str() {
        "yes" | "true" | "1" => Ok("yes".to_owned()),
        "no" | "false" | "0" => Ok("no".to_owned()),
        _ => Err(InvalidValue::NeitherYesNorNo),
    }
}

fn date(text: &str) -> Result<String, InvalidValue> {
    let day = text.trim();
    // A day whose end there is, written as that end's day is written.
    let end = Timestamp::end_of_day(day).filter(|end| end.last_day() == day);
    end.map(Timestamp::last_day).ok_or_else(|| InvalidValue::NoDate(quoted(text)))
}

/// A decimal number without what changes nothing about it: a plus, zeros in front, and zeros behind the point.
fn number(text: &str) -> Result<String, InvalidValue> {
    let wrong = || InvalidValue::NoNumber(quoted(text));
    let text = text.trim();
    let (minus, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && part.is_empty() || !are_digits(whole) || !are_digits(part) {
        return Err(wrong());
    }
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    if whole.len() + part.len() > MAX_DIGITS {
        return Err(InvalidValue::TooManyDigits);
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if part.is_empty() { "" } else { "." };
    let sign = if minus && (whole != "0" || !part.is_empty()) { "-" } else { "" };
    Ok(format!("{sign}{whole}{point}{part}"))
}

/// By size; both as [`number`] writes them.
fn compare_numbers(a: &str, b: &str) -> Ordering {
    fn size(digits: &str) -> (usize, &str, &str) {
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        (whole.len(), whole, part)
    }
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (None, None) => size(a).cmp(&size(b)),
        (Some(a), Some(b)) => size(b).cmp(&size(a)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::attribute, *};
    use proptest::prelude::*;

    fn one(value_type: ValueType) -> Attribute {
        attribute(value_type, Count::One, &["EMEA", "North America", "Zoë"])
    }

    #[test]
    fn values_are_read_as_people_type_them() {
        for (value_type, text, expected) in [
            (ValueType::Text, "  Cost  center 7 ", Ok("Cost center 7")),
            (ValueType::Text, "a\u{202e}b", Err(InvalidValue::Unprintable)),
            (ValueType::Number, " 007.50 ", Ok("7.5")),
            (ValueType::Number, "+3", Ok("3")),
            (ValueType::Number, "-0.0", Ok("0")),
            (ValueType::Number, "\u{2212}2", Ok("-2")),
            (ValueType::Number, ".5", Ok("0.5")),
            (ValueType::Number, "5.", Ok("5")),
            (ValueType::Number, "0.1234567890123456789", Ok("0.1234567890123456789")),
            (ValueType::Number, "1,5", Err(InvalidValue::NoNumber("1,5".into()))),
            (ValueType::Number, "1e5", Err(InvalidValue::NoNumber("1e5".into()))),
            (ValueType::Number, ".", Err(InvalidValue::NoNumber(".".into()))),
            (ValueType::Number, "- 1", Err(InvalidValue::NoNumber("- 1".into()))),
            (ValueType::Number, "NaN", Err(InvalidValue::NoNumber("NaN".into()))),
            (ValueType::Number, &"9".repeat(39), Err(InvalidValue::TooManyDigits)),
            (ValueType::YesNo, "YES", Ok("yes")),
            (ValueType::YesNo, "false", Ok("no")),
            (ValueType::YesNo, "maybe", Err(InvalidValue::NeitherYesNorNo)),
            (ValueType::List, "emea", Ok("EMEA")),
            (ValueType::List, " north   america", Ok("North America")),
            (ValueType::List, "zoe", Ok("Zoë")),
            (ValueType::List, "LATAM", Err(InvalidValue::NoOption("LATAM".into()))),
            (ValueType::Date, " 2026-02-28 ", Ok("2026-02-28")),
            (ValueType::Date, "2026-02-29", Err(InvalidValue::NoDate("2026-02-29".into()))),
            (ValueType::Date, "2026-2-28", Err(InvalidValue::NoDate("2026-2-28".into()))),
            (ValueType::Date, "28.02.2026", Err(InvalidValue::NoDate("28.02.2026".into()))),
        ] {
            let expected = expected.map(str::to_owned);
            assert_eq!(one(value_type).parse_one(text), expected, "{value_type:?} {text:?}");
        }
        assert_eq!(one(ValueType::Text).parse_one(&"x".repeat(201)), Err(InvalidValue::TooLong));
    }

    #[test]
    fn several_values_stand_in_their_order_and_each_once() {
        let read = |value_type, text: &str, boxes: &[&str]| {
            let boxes: Vec<String> = boxes.iter().map(|of| (*of).to_owned()).collect();
            let of = attribute(value_type, Count::Many, &["EMEA", "APAC", "LATAM"]);
            of.read(text, &boxes).map(|values| values.lines())
        };
        for (value_type, text, boxes, expected) in [
            (ValueType::Text, "b\n\nA\na\r\nÄ", &[][..], Ok("A\nb")),
            (ValueType::Number, "10\n9\n-3\n-20\n9.0\n0.5\n0.25", &[], Ok("-20\n-3\n0.25\n0.5\n9\n10")),
            (ValueType::List, "", &["LATAM", "emea"], Ok("EMEA\nLATAM")),
            (ValueType::List, "LATAM,EMEA", &[], Ok("EMEA\nLATAM")),
            (ValueType::List, "", &["LATAM,APAC"], Ok("APAC\nLATAM")),
            (ValueType::Date, "2026-12-05\n2025-01-01", &[], Ok("2025-01-01\n2026-12-05")),
            (ValueType::Text, " \n ", &[], Ok("")),
        ] {
            assert_eq!(read(value_type, text, boxes), expected.map(str::to_owned), "{value_type:?} {text:?}");
        }
        let many: String = (0..=MAX_VALUES).map(|n| format!("{n}\n")).collect();
        assert_eq!(read(ValueType::Number, &many, &[]), Err(InvalidValues::TooMany));
        let two = one(ValueType::Text).parse(&["a", "b"]);
        assert_eq!(two, Err(InvalidValues::NotOne));
        assert_eq!(one(ValueType::Text).parse(&["a", "A", ""]).map(|values| values.len()), Ok(1));
    }

    #[test]
    fn values_are_shown_in_words() {
        assert_eq!(ValueType::YesNo.shown("no"), "No");
        assert_eq!(ValueType::Date.shown("2026-12-05"), "5 Dec 2026");
        let many = attribute(ValueType::Number, Count::Many, &[]);
        assert_eq!(many.shown_all(&many.parse(&["2", "1"]).unwrap()), "1, 2");
        assert_eq!(one(ValueType::Text).term("Straße Nord"), "strasse nord");
        assert_eq!(one(ValueType::Text).term("\u{301}"), "\u{301}", "what folds to nothing is itself");
    }

    #[test]
    fn people_are_looked_for_by_what_is_stored() {
        for (value_type, text, expected) in [
            (ValueType::Text, " Straße  Nord ", Some("strasse nord")),
            (ValueType::List, "emea", Some("emea")),
            (ValueType::Number, "07.50", Some("7.5")),
            (ValueType::Number, "seven", None),
            (ValueType::YesNo, "Yes", Some("yes")),
            (ValueType::Date, "2026-02-29", None),
            (ValueType::Text, " ", None),
        ] {
            assert_eq!(value_type.searched(text).as_deref(), expected, "{value_type:?} {text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_reads_back_as_it_is(text in "\\PC{0,40}", n in 0..ValueType::ALL.len()) {
            let of = one(ValueType::ALL[n]);
            if let Ok(value) = of.parse_one(&text) {
                prop_assert_eq!(of.parse_one(&value), Ok(value.clone()));
                prop_assert_eq!(of.value_type.searched(&text).unwrap_or_default(), of.term(&value));
                prop_assert!(of.term(&value).chars().count() <= MAX_TERM_CHARS);
            }
        }
        #[test]
        fn a_number_keeps_its_size(whole in 0_i64..1_000_000, part in 0_u32..1_000, minus: bool, zeros in 0_usize..3) {
            let sign = if minus { "-" } else { "" };
            let text = format!("{sign}{}{whole}.{part:03}{}", "0".repeat(zeros), "0".repeat(zeros));
            let read = one(ValueType::Number).parse_one(&text).unwrap();
            let milli = |text: &str| (text.parse::<f64>().unwrap() * 1_000.0).round();
            prop_assert!((milli(&read) - milli(&text)).abs() < 0.5, "{} {}", text, read);
        }
        #[test]
        fn numbers_stand_by_size(a in -10_000_i64..10_000, b in -10_000_i64..10_000) {
            let text = |n: i64| one(ValueType::Number).parse_one(&format!("{}.{}", n / 10, (n % 10).abs())).unwrap();
            // Of a number between -1 and 0 the sign is lost in this way of writing it.
            prop_assume!(!(-9..0).contains(&a) && !(-9..0).contains(&b));
            prop_assert_eq!(compare_numbers(&text(a), &text(b)), a.cmp(&b));
        }
    }
}
