//! Days and months as calendars have them: without an hour, and so in no time zone. As text they sort as they follow each
//! other, which is how they are stored.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

use crate::{
    Timestamp,
    time::{DAY, MONTHS},
};

/// Nothing was earned before: what is entered with an earlier day was typed wrong.
const FIRST_YEAR: i32 = 2000;
/// The first year of which months are read: twelve of them are shown up to any in which something was earned.
const FIRST_SHOWN: i32 = FIRST_YEAR - 10;
/// The last year of which days and months are read.
const LAST_YEAR: i32 = 9998;

/// A month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(i32);

/// A text that is no month or day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no day or month")]
pub struct NoDate;

impl Month {
    const fn new(year: i32, month: i32) -> Self {
        Self(year * 12 + month - 1)
    }
    /// Reads `2026-11`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let number = |text: &str, length| {
            (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<i32>().ok())?
        };
        let (year, month) = (number(year, 4)?, number(month, 2)?);
        ((FIRST_SHOWN..=LAST_YEAR).contains(&year) && (1..=12).contains(&month)).then_some(Self::new(year, month))
    }
    /// The month of an instant, in UTC.
    pub fn of(at: Timestamp) -> Self {
        Day::of(at).month
    }
    /// So many months earlier.
    #[must_use]
    pub const fn back(self, months: i32) -> Self {
        Self(self.0 - months)
    }
    /// The one that follows.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
    const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }
    /// Its short name: `Nov`.
    pub fn name(self) -> &'static str {
        usize::try_from(self.0.rem_euclid(12)).ok().and_then(|n| MONTHS.get(n)).copied().unwrap_or_default()
    }
    /// For people: `Nov 2026`.
    pub fn words(self) -> String {
        format!("{} {}", self.name(), self.year())
    }
}

/// As stored and as in URLs: `2026-11`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.0.rem_euclid(12) + 1)
    }
}

impl TryFrom<String> for Month {
    type Error = NoDate;
    fn try_from(text: String) -> Result<Self, NoDate> {
        Self::parse(&text).ok_or(NoDate)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day {
    month: Month,
    day: i8,
}

/// Why a record cannot have a day, worded for who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDay {
    /// Not a day of the calendar.
    #[error("Write the date as year, month and day, such as 2026-11-30.")]
    Unreadable,
    /// Still to come.
    #[error("This date is still to come. Records tell what has happened.")]
    Future,
    /// Longer ago than anything was earned.
    #[error("This date is before the year {FIRST_YEAR}.")]
    TooEarly,
}

impl Day {
    /// The day of an instant, in UTC.
    pub fn of(at: Timestamp) -> Self {
        Self::from(at.utc().date())
    }
    /// Reads `2026-11-30`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        // The parser also takes a time behind the day, and days without hyphens.
        let day: Date = if text.len() == 10 { text.parse().ok()? } else { return None };
        (FIRST_YEAR..=LAST_YEAR).contains(&i32::from(day.year())).then(|| day.into())
    }
    /// Reads the day of a record. Somewhere it is tomorrow already.
    ///
    /// # Errors
    /// [`InvalidDay`].
    pub fn of_record(text: &str, now: Timestamp) -> Result<Self, InvalidDay> {
        let text = text.trim();
        let early = text.len() == 10 && text.parse::<Date>().is_ok_and(|day| i32::from(day.year()) < FIRST_YEAR);
        if early {
            return Err(InvalidDay::TooEarly);
        }
        let day = Self::parse(text).ok_or(InvalidDay::Unreadable)?;
        if day > Self::of(now.plus(DAY)) { Err(InvalidDay::Future) } else { Ok(day) }
    }
    /// Its month.
    pub const fn month(self) -> Month {
        self.month
    }
    /// For people: `30 Nov 2026`.
    pub fn words(self) -> String {
        format!("{} {}", self.day, self.month.words())
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self { month: Month::new(i32::from(date.year()), i32::from(date.month())), day: date.day() }
    }
}

/// As stored and for machines: `2026-11-30`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.month, self.day)
    }
}

impl TryFrom<String> for Day {
    type Error = NoDate;
    fn try_from(text: String) -> Result<Self, NoDate> {
        Self::parse(&text).ok_or(NoDate)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_219_200_000); // 2026-11-21T00:00Z

    #[test]
    fn months_are_read_counted_and_said() {
        let month = Month::of(NOW);
        assert_eq!((month.to_string().as_str(), month.words().as_str(), month.name()), ("2026-11", "Nov 2026", "Nov"));
        for (months, text) in [(0, "2026-11"), (10, "2026-01"), (11, "2025-12"), (23, "2024-12"), (-2, "2027-01")] {
            assert_eq!(month.back(months).to_string(), text);
        }
        assert_eq!(month.next().next().words(), "Jan 2027");
        for wrong in
            ["", "2026", "2026-13", "2026-00", "2026-1", "26-11", "2026-11-01", "1989-12", "+026-11", "2026-+1"]
        {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (text, expected) in [
            ("2026-11-21", Ok("21 Nov 2026")),
            (" 2026-02-28 ", Ok("28 Feb 2026")),
            ("2024-02-29", Ok("29 Feb 2024")),
            ("2026-11-22", Ok("22 Nov 2026")),
            ("2026-11-23", Err(InvalidDay::Future)),
            ("2026-02-29", Err(InvalidDay::Unreadable)),
            ("2026-2-9", Err(InvalidDay::Unreadable)),
            ("21.11.2026", Err(InvalidDay::Unreadable)),
            ("20261121", Err(InvalidDay::Unreadable)),
            ("2026-11-21T00:00", Err(InvalidDay::Unreadable)),
            ("", Err(InvalidDay::Unreadable)),
            ("0026-11-21", Err(InvalidDay::TooEarly)),
            ("1999-12-31", Err(InvalidDay::TooEarly)),
            ("2000-01-01", Ok("1 Jan 2000")),
        ] {
            assert_eq!(Day::of_record(text, NOW).map(Day::words), expected.map(str::to_owned), "{text}");
        }
    }

    proptest! {
        #[test]
        fn as_texts_they_follow_each_other(a in 0_i64..200_000_000_000_000, b in 0_i64..200_000_000_000_000) {
            // From the year 2000 on.
            let at = |ms: i64| Timestamp::from_millis(ms + 946_684_800_000);
            let (a, b) = (Day::of(at(a)), Day::of(at(b)));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
            prop_assert_eq!(a.month().cmp(&b.month()), a.month().to_string().cmp(&b.month().to_string()));
            prop_assert_eq!(Day::parse(&a.to_string()), Some(a));
            prop_assert_eq!(Month::parse(&a.month().to_string()), Some(a.month()));
            prop_assert_eq!(a.month().next().back(1), a.month());
        }

        #[test]
        fn no_text_breaks(text in ".{0,20}") {
            let _ = (Month::parse(&text), Day::parse(&text), Day::of_record(&text, NOW));
        }
    }
}
