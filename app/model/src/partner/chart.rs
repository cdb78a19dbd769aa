//! The bars of a chart: places in a drawing of [`HEIGHT`] units, from the top. Pure arithmetic on whole numbers, so that server
//! and browser draw the same.

use super::{MonthSums, RecordKind};

/// How high the drawing is, in units of its own.
pub const HEIGHT: u32 = 1_000;
/// The least height of a bar that stands for something, so that it is seen beside a very large one.
const LEAST: u32 = 12;

/// A bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Its upper end.
    pub top: u32,
    /// How high it is.
    pub height: u32,
}

/// The bars of some months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Where nothing is: bars stand on it, and those of corrections hang from it.
    pub ground: u32,
    /// For each month, in their order, commissions and payouts.
    pub months: Vec<[Bar; 2]>,
}

/// Draws the sums of months.
pub fn chart(months: &[MonthSums]) -> Chart {
    let amounts = || months.iter().flat_map(|of| RecordKind::ALL.map(|kind| i128::from(of.sums.of_kind(kind))));
    let (highest, lowest) = (amounts().max().unwrap_or(0).max(0), amounts().min().unwrap_or(0).min(0));
    let span = highest - lowest;
    let height = i128::from(HEIGHT);
    // What stands on nothing stands at the foot.
    let share = |amount: i128| if span == 0 { 0 } else { u32::try_from(amount * height / span).unwrap_or(HEIGHT) };
    let ground = if span == 0 { HEIGHT } else { share(highest) };
    let bar = |amount: i64| match i128::from(amount) {
        0 => Bar { top: ground, height: 0 },
        up @ 1.. => {
            let height = share(up).max(LEAST).min(ground);
            Bar { top: ground - height, height }
        }
        down => Bar { top: ground, height: share(-down).max(LEAST).min(HEIGHT - ground) },
    };
    Chart { ground, months: months.iter().map(|of| RecordKind::ALL.map(|kind| bar(of.sums.of_kind(kind)))).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::{Month, Sums};
    use proptest::prelude::*;

    fn months(sums: &[(i64, i64)]) -> Vec<MonthSums> {
        let first = Month::parse("2026-01").unwrap();
        let at = |n: usize| first.back(-i32::try_from(n).unwrap());
        let of = |(n, (commissions, payouts)): (usize, &(i64, i64))| MonthSums {
            month: at(n),
            sums: Sums { commissions: *commissions, payouts: *payouts },
        };
        sums.iter().enumerate().map(of).collect()
    }

    #[test]
    fn bars_stand_on_the_ground_and_are_as_high_as_what_they_stand_for() {
        let bar = |top, height| Bar { top, height };
        for (sums, ground, expected) in [
            (&[(0, 0)][..], 1_000, vec![[bar(1_000, 0), bar(1_000, 0)]]),
            (&[(200, 100), (50, 0)], 1_000, vec![[bar(0, 1_000), bar(500, 500)], [bar(750, 250), bar(1_000, 0)]]),
            // A correction hangs below.
            (&[(300, -100)], 750, vec![[bar(0, 750), bar(750, 250)]]),
            (&[(-5, 0)], 0, vec![[bar(0, 1_000), bar(0, 0)]]),
            // Little beside much is still seen.
            (&[(i64::MAX, 1)], 1_000, vec![[bar(0, 1_000), bar(988, 12)]]),
        ] {
            assert_eq!(chart(&months(sums)), Chart { ground, months: expected }, "{sums:?}");
        }
        assert_eq!(chart(&[]), Chart { ground: 1_000, months: vec![] });
    }

    proptest! {
        #[test]
        fn every_bar_is_inside_of_the_drawing(sums in prop::collection::vec(any::<(i64, i64)>(), 0..13)) {
            let drawn = chart(&months(&sums));
            prop_assert_eq!(drawn.months.len(), sums.len());
            for (bars, (commissions, payouts)) in drawn.months.iter().zip(&sums) {
                for (bar, amount) in bars.iter().zip([commissions, payouts]) {
                    prop_assert!(bar.top + bar.height <= HEIGHT);
                    let touches = if *amount > 0 { bar.top + bar.height } else { bar.top };
                    prop_assert_eq!(touches, drawn.ground);
                }
            }
        }
    }
}
