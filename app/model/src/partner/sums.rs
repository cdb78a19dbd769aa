//! What records come to: by month, by currency, by customer. Sums are kept beside the records and never counted again, so each
//! of them stays within bounds that leave room for the next record.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{Currency, Money, Month, RecordKind};
use crate::ReferralId;

/// The largest sum, in minor units, without its sign. Two of them, and a record, can be added in 64 bits.
pub const MAX_SUM: i64 = 1_000_000_000_000_000_000;

/// A sum would leave its bounds. Nothing is entered then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sums in {0} would become too large to be kept")]
pub struct SumTooLarge(pub Currency);

/// What was earned and what was paid, in minor units of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Earned.
    pub commissions: i64,
    /// Paid out.
    pub payouts: i64,
}

fn is_kept(sum: i64) -> bool {
    (-MAX_SUM..=MAX_SUM).contains(&sum)
}

impl Sums {
    /// One record.
    pub const fn of(kind: RecordKind, amount: i64) -> Self {
        match kind {
            RecordKind::Commission => Self { commissions: amount, payouts: 0 },
            RecordKind::Payout => Self { commissions: 0, payouts: amount },
        }
    }
    /// Of one kind.
    pub const fn of_kind(self, kind: RecordKind) -> i64 {
        match kind {
            RecordKind::Commission => self.commissions,
            RecordKind::Payout => self.payouts,
        }
    }
    /// What is still to be paid.
    pub const fn balance(self) -> i64 {
        self.commissions.saturating_sub(self.payouts)
    }
    /// Both together; `None` where that leaves the bounds.
    pub fn plus(self, other: Self) -> Option<Self> {
        let sums = Self {
            commissions: self.commissions.checked_add(other.commissions)?,
            payouts: self.payouts.checked_add(other.payouts)?,
        };
        sums.is_kept().then_some(sums)
    }
    /// Whether they are within the bounds.
    pub fn is_kept(self) -> bool {
        is_kept(self.commissions) && is_kept(self.payouts)
    }
}

/// By how much records change the sums.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Of each month.
    pub months: BTreeMap<(Month, Currency), Sums>,
    /// Of all time.
    pub totals: BTreeMap<Currency, Sums>,
    /// Commissions by each customer.
    pub customers: BTreeMap<(ReferralId, Currency), i64>,
}

impl Tally {
    /// Counts a record in.
    ///
    /// # Errors
    /// [`SumTooLarge`].
    pub fn add(
        &mut self,
        (kind, money): (RecordKind, Money),
        month: Month,
        by: Option<&ReferralId>,
    ) -> Result<(), SumTooLarge> {
        let Money { currency, amount } = money;
        let (too_large, one) = (SumTooLarge(currency), Sums::of(kind, amount));
        let month = self.months.entry((month, currency)).or_default();
        *month = month.plus(one).ok_or(too_large)?;
        let total = self.totals.entry(currency).or_default();
        *total = total.plus(one).ok_or(too_large)?;
        if let (RecordKind::Commission, Some(customer)) = (kind, by) {
            let earned = self.customers.entry((customer.clone(), currency)).or_default();
            *earned = earned.checked_add(amount).filter(|sum| is_kept(*sum)).ok_or(too_large)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Timestamp, id::Id as _, partner::money::MAX_AMOUNT};
    use proptest::prelude::*;

    fn money(code: &str, amount: i64) -> Money {
        Money { currency: Currency::parse(code).unwrap(), amount }
    }

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap()
    }

    #[test]
    fn records_are_counted_by_month_currency_and_customer() {
        let customer = ReferralId::fresh(Timestamp::from_millis(1), [1; 10]);
        let mut tally = Tally::default();
        for (kind, of, in_month, by) in [
            (RecordKind::Commission, money("EUR", 1_250), "2026-11", Some(&customer)),
            (RecordKind::Commission, money("EUR", -250), "2026-10", Some(&customer)),
            (RecordKind::Commission, money("JPY", 9), "2026-11", None),
            (RecordKind::Payout, money("EUR", 800), "2026-11", Some(&customer)),
        ] {
            tally.add((kind, of), month(in_month), by).unwrap();
        }
        let eur = money("EUR", 0).currency;
        assert_eq!(tally.totals[&eur], Sums { commissions: 1_000, payouts: 800 });
        assert_eq!(tally.totals[&eur].balance(), 200);
        assert_eq!(tally.months[&(month("2026-11"), eur)], Sums { commissions: 1_250, payouts: 800 });
        assert_eq!(tally.customers, BTreeMap::from([((customer, eur), 1_000)]), "payouts are not earned");
        assert_eq!(tally.months.len(), 3);
    }

    #[test]
    fn no_sum_leaves_its_bounds() {
        let full = Sums { commissions: MAX_SUM, payouts: -MAX_SUM };
        assert_eq!(full.plus(Sums::of(RecordKind::Commission, 1)), None);
        assert_eq!(full.plus(Sums::of(RecordKind::Payout, -1)), None);
        assert!(full.plus(Sums::of(RecordKind::Commission, -1)).is_some());
        assert_eq!(full.balance(), 2 * MAX_SUM);
        assert_eq!(Sums { commissions: i64::MAX, payouts: 0 }.plus(Sums::of(RecordKind::Commission, 1)), None);
        let mut tally = Tally::default();
        let eur = money("EUR", MAX_SUM);
        tally.add((RecordKind::Commission, eur), month("2026-11"), None).unwrap();
        let over = tally.add((RecordKind::Commission, money("EUR", 1)), month("2026-12"), None);
        assert_eq!(over, Err(SumTooLarge(eur.currency)));
        assert!(
            tally.add((RecordKind::Commission, money("USD", 1)), month("2026-12"), None).is_ok(),
            "another currency"
        );
    }

    proptest! {
        #[test]
        fn sums_are_what_the_records_come_to(
            records in prop::collection::vec((any::<bool>(), 0..3_usize, 0..14_i32, -MAX_AMOUNT..=MAX_AMOUNT), 0..60)
        ) {
            let codes = ["EUR", "JPY", "USD"];
            let mut tally = Tally::default();
            for (pays, code, back, amount) in &records {
                let kind = if *pays { RecordKind::Payout } else { RecordKind::Commission };
                tally.add((kind, money(codes[*code], *amount)), month("2026-11").back(*back), None).unwrap();
            }
            for (n, code) in codes.iter().enumerate() {
                let currency = Currency::parse(code).unwrap();
                let sum = |pays| records.iter().filter(|(p, c, ..)| *p == pays && *c == n).map(|of| of.3).sum::<i64>();
                let total = tally.totals.get(&currency).copied().unwrap_or_default();
                prop_assert_eq!(total, Sums { commissions: sum(false), payouts: sum(true) });
                let months = tally.months.iter().filter(|((_, of), _)| *of == currency);
                let months = months.fold(Sums::default(), |all, (_, sums)| all.plus(*sums).unwrap());
                prop_assert_eq!(total, months);
            }
        }
    }
}
