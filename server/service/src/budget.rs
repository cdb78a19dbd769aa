//! How much of the work that nobody waits for is done in one go.

use model::Timestamp;
use std::time::Duration;

use crate::Rollcall;

/// Where such work stops: after so many batches, or with the last batch that began in time. A batch that has begun is finished,
/// since half of one is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    batches: u32,
    until: Option<Timestamp>,
}

impl Rollcall {
    /// As many batches as begin from now on within a time.
    pub fn budget(&self, time: Duration) -> Budget {
        let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        Budget { batches: u32::MAX, until: Some(self.now().plus(time)) }
    }
}

impl Budget {
    /// Half of the time that is left, so that what comes first leaves something to what comes behind it.
    #[must_use]
    pub fn half(self, now: Timestamp) -> Self {
        let half = |until: Timestamp| now.plus((until.millis() - now.millis()).max(0) / 2);
        Self { until: self.until.map(half), ..self }
    }

    /// Whether the time is over; never where there is no bound of time.
    pub fn is_over(self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// Whether another batch may begin after so many.
    pub(crate) fn allows_after(self, done: u32, now: Timestamp) -> bool {
        done < self.batches && !self.is_over(now)
    }
}

/// So many batches, however long they take.
impl From<u32> for Budget {
    fn from(batches: u32) -> Self {
        Self { batches, until: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_counted_and_time_runs_out() {
        let at = Timestamp::from_millis;
        let two = Budget::from(2);
        assert_eq!([0, 1, 2, 3].map(|done| two.allows_after(done, at(9))), [true, true, false, false]);
        assert!(!two.is_over(at(9)) && two.half(at(9)) == two);
        let until = Budget { batches: u32::MAX, until: Some(at(100)) };
        assert_eq!([0, 99, 100, 101].map(|now| until.allows_after(1_000, at(now))), [true, true, false, false]);
        let half = until.half(at(50));
        assert_eq!([74, 75].map(|now| half.is_over(at(now))), [false, true]);
        assert!(until.half(at(200)).is_over(at(200)));
    }
}
