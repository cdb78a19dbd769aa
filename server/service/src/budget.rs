//! How much of the work that nobody waits for is done in one go.

use std::time::{Duration, Instant};

/// Where such work stops: after so many batches, or with the last batch that began in time. A batch that has begun is finished,
/// since half of one is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    batches: u32,
    until: Option<Instant>,
}

impl Budget {
    /// So many batches, however long they take.
    pub const fn batches(batches: u32) -> Self {
        Self { batches, until: None }
    }

    /// As many batches as begin from now on within a time.
    pub fn time(time: Duration) -> Self {
        Self { batches: u32::MAX, until: Instant::now().checked_add(time) }
    }

    /// Half of the time that is left, so that what comes first leaves something to what comes behind it.
    #[must_use]
    pub fn half(self) -> Self {
        let now = Instant::now();
        Self { until: self.until.map(|until| now + until.saturating_duration_since(now) / 2), ..self }
    }

    /// Whether the time is over; never where there is no bound of time.
    pub fn is_over(self) -> bool {
        self.until.is_some_and(|until| until <= Instant::now())
    }

    /// Whether another batch may begin after so many.
    pub(crate) fn allows_after(self, done: u32) -> bool {
        done < self.batches && !self.is_over()
    }
}

impl From<u32> for Budget {
    fn from(batches: u32) -> Self {
        Self::batches(batches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_counted_and_time_runs_out() {
        let two = Budget::from(2);
        assert_eq!([0, 1, 2, 3].map(|done| two.allows_after(done)), [true, true, false, false]);
        assert!(!two.is_over() && two.half() == two);
        let day = Budget::time(Duration::from_hours(24));
        assert!(day.allows_after(1_000_000) && !day.is_over());
        let none = Budget::time(Duration::ZERO);
        assert!(!none.allows_after(0) && none.is_over() && none.half().is_over());
    }

    #[test]
    fn half_of_the_time_ends_before_all_of_it() {
        let all = Budget::time(Duration::from_hours(24));
        assert!(all.half().until < all.until && !all.half().is_over());
    }
}
