//! Time is an instant in epoch milliseconds (UTC). Nothing in the model reads a clock: `now` is always a parameter.

use jiff::{
    Timestamp as Instant,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

/// One second, in milliseconds.
pub const SECOND: i64 = 1_000;
/// One minute, in milliseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour, in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day of 24 hours, in milliseconds.
pub const DAY: i64 = 24 * HOUR;

// Written out here: a formatter of patterns weighs more in the browser than all of this module.
pub(crate) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month(of: DateTime) -> &'static str {
    MONTHS.get(usize::try_from(of.month()).unwrap_or(1) - 1).copied().unwrap_or_default()
}

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant so many milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }
    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }
    /// The instant `millis` milliseconds later (earlier when negative), held at the ends of the range.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
    pub(crate) fn utc(self) -> DateTime {
        TimeZone::UTC.to_datetime(Instant::from_millisecond(self.0).unwrap_or(Instant::UNIX_EPOCH))
    }
    /// RFC 3339, for `<time datetime>` and for machines: `2026-11-21T20:15:00Z`.
    pub fn rfc3339(self) -> String {
        let t = self.utc();
        let (date, time) = ((t.year(), t.month(), t.day()), (t.hour(), t.minute(), t.second()));
        format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", date.0, date.1, date.2, time.0, time.1, time.2)
    }
    /// The instant of an RFC 3339 text; `None` for anything else.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<Instant>().ok().map(|instant| Self(instant.as_millisecond()))
    }
    /// The exact time for people: `21 Nov 2026, 20:15 UTC`.
    pub fn exact(self) -> String {
        let t = self.utc();
        format!("{} {} {}, {:02}:{:02} UTC", t.day(), month(t), t.year(), t.hour(), t.minute())
    }
    /// The end in UTC of a day that is given as `2026-12-05`; `None` for anything else.
    pub fn end_of_day(day: &str) -> Option<Self> {
        // The parser also takes a time behind the day, and days without hyphens.
        let day: Date = if day.len() == 10 { day.parse().ok()? } else { return None };
        let begins = TimeZone::UTC.to_timestamp(day.to_datetime(Time::midnight())).ok()?;
        Some(Self(begins.as_millisecond()).plus(DAY))
    }
    /// The last day before this instant, in UTC, for a field: `2026-12-05`.
    pub fn last_day(self) -> String {
        let t = self.plus(-1).utc();
        format!("{:04}-{:02}-{:02}", t.year(), t.month(), t.day())
    }
    /// The last day before this instant, in UTC, for people: `5 Dec 2026`.
    pub fn last_day_words(self) -> String {
        let t = self.plus(-1).utc();
        format!("{} {} {}", t.day(), month(t), t.year())
    }
    /// Relative words as seen from `now` (B11): `just now`, `3 minutes ago`, `yesterday`, `2 days ago`, `in 6 days`.
    pub fn relative(self, now: Self) -> String {
        let distance = now.0.saturating_sub(self.0);
        let span = distance.saturating_abs();
        if span < MINUTE {
            return "just now".to_owned();
        }
        if (DAY..2 * DAY).contains(&span) {
            return if distance > 0 { "yesterday" } else { "tomorrow" }.to_owned();
        }
        let (count, unit) = match span {
            s if s < HOUR => (s / MINUTE, "minute"),
            s if s < DAY => (s / HOUR, "hour"),
            s if s < 14 * DAY => (s / DAY, "day"),
            s if s < 60 * DAY => (s / (7 * DAY), "week"),
            s if s < 365 * DAY => (s / (30 * DAY), "month"),
            s => (s / (365 * DAY), "year"),
        };
        let plural = if count == 1 { "" } else { "s" };
        if distance > 0 { format!("{count} {unit}{plural} ago") } else { format!("in {count} {unit}{plural}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_time_reads_as_a_person_would_say_it() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        for (ago, words) in [
            (0, "just now"),
            (59 * SECOND, "just now"),
            (MINUTE, "1 minute ago"),
            (59 * MINUTE, "59 minutes ago"),
            (HOUR, "1 hour ago"),
            (23 * HOUR, "23 hours ago"),
            (DAY, "yesterday"),
            (2 * DAY, "2 days ago"),
            (13 * DAY, "13 days ago"),
            (14 * DAY, "2 weeks ago"),
            (60 * DAY, "2 months ago"),
            (365 * DAY, "1 year ago"),
            (-DAY, "tomorrow"),
            (-6 * DAY, "in 6 days"),
            (-2 * HOUR, "in 2 hours"),
        ] {
            assert_eq!(now.plus(-ago).relative(now), words);
        }
    }

    #[test]
    fn exact_time_and_rfc_3339_are_in_utc() {
        let at = Timestamp::from_millis(1_795_292_100_000);
        assert_eq!(at.rfc3339(), "2026-11-21T20:15:00Z");
        assert_eq!(at.exact(), "21 Nov 2026, 20:15 UTC");
    }
}
