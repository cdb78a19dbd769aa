//! The Partner section (B44): the link by which customers are referred, what is earned by them, and what was paid out. What
//! may be seen of it stands in [`crate::authority`].

mod chart;
mod money;
mod month;
mod sheet;
mod sums;

pub use chart::{Bar, Chart, HEIGHT, chart};
pub use money::{Currency, InvalidAmount, InvalidCurrency, MAX_AMOUNT, Money};
pub use month::{Day, InvalidDay, Month};
pub use sheet::{MAX_ROWS, RowText, UnreadableSheet, WrongRow, read_sheet, sheet_head, sheet_line};
pub use sums::{MAX_SUM, SumTooLarge, Sums, Tally};

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::{
    OrgName, RecordId, ReferralId, Slug, Timestamp,
    id::Id,
    name::{InvalidName, clean},
    organization::Founding,
    people::plain_cell,
};

/// How many customers or records a page shows.
pub const PARTNER_PAGE: usize = 50;
/// How many months are shown at a time.
pub const MONTHS_SHOWN: i32 = 12;
/// The longest reference of a record, in characters.
pub const MAX_REFERENCE_CHARS: usize = 120;
/// How many characters a referral link ends with.
const CODE_CHARS: usize = 16;

/// What a referral link ends with: random, and not the organization's name, so that it can be replaced.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReferralCode(String);

impl ReferralCode {
    /// A code of 80 random bits, in letters and digits that are not taken for one another (Crockford's base 32).
    pub fn fresh(random: [u8; 10]) -> Self {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let bits = random.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let letter = |n: usize| ALPHABET[usize::try_from(bits >> (5 * n) & 31).unwrap_or(0)];
        Self((0..CODE_CHARS).rev().map(|n| char::from(letter(n))).collect())
    }
    /// Reads a code from a URL; `None` for what can be none.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        (text.len() == CODE_CHARS && text.bytes().all(fits)).then(|| Self(text.to_owned()))
    }
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is behind a referral link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralDoor {
    /// Who refers.
    pub by: OrgName,
    /// Who founds organizations here.
    pub founding: Founding,
}

/// What a record tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// Something was earned.
    Commission,
    /// Something was paid to the partner.
    Payout,
}

impl RecordKind {
    /// Both, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Commission, Self::Payout];

    /// As stored and as in files.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Commission => "commission",
            Self::Payout => "payout",
        }
    }
    /// The kind of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
    /// Several of them, as in URLs: `commissions`.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Commission => "commissions",
            Self::Payout => "payouts",
        }
    }
    /// The kind of a [`Self::path`].
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.path() == path)
    }
    /// Several of them, as shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Commission => "Commissions",
            Self::Payout => "Payouts",
        }
    }
}

/// What tells a record from others of its kind: the number of an invoice, the purpose of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(String);

/// Why a text is no reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReference {
    /// Nothing.
    #[error("Say what it is by a reference. It keeps the same from being entered twice.")]
    Missing,
    /// Too long.
    #[error("This reference is too long; use at most {0} characters.")]
    TooLong(usize),
    /// Not to be shown.
    #[error("This reference contains characters that cannot be shown.")]
    Unprintable,
}

impl Reference {
    /// Reads a reference of 1 to [`MAX_REFERENCE_CHARS`] characters.
    ///
    /// # Errors
    /// [`InvalidReference`], worded for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, InvalidReference> {
        let text = clean(plain_cell(text), MAX_REFERENCE_CHARS).map_err(|error| match error {
            InvalidName::TooLong(most) => InvalidReference::TooLong(most),
            InvalidName::Empty | InvalidName::Unprintable => InvalidReference::Unprintable,
        })?;
        if text.is_empty() { Err(InvalidReference::Missing) } else { Ok(Self(text)) }
    }
    /// The reference.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A commission or payout to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// Which of both.
    pub kind: RecordKind,
    /// When.
    pub day: Day,
    /// How much; with a minus it corrects an earlier record.
    pub money: Money,
    /// The customer by whom, if it is about one.
    pub customer: Option<Slug>,
    /// By what it is told from others; nothing is entered twice under one.
    pub reference: Reference,
}

/// A commission or payout, as a partner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// When.
    pub day: Day,
    /// How much.
    pub money: Money,
    /// What the customer is called now, if it is about one.
    pub customer: Option<OrgName>,
    /// By what it is told from others.
    pub reference: Reference,
}

impl Record {
    /// Its place in the list.
    pub fn place(&self) -> RecordPlace {
        RecordPlace { day: self.day, id: self.id.clone() }
    }
}

/// A place in a list of records, the newest day first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordPlace {
    /// The day of the last one shown.
    pub day: Day,
    /// Its id.
    pub id: RecordId,
}

impl RecordPlace {
    /// For URLs.
    pub fn encode(&self) -> String {
        format!("{}~{}", self.day, self.id)
    }
    /// What [`Self::encode`] wrote; `None` for anything else.
    pub fn decode(text: &str) -> Option<Self> {
        let (day, id) = text.split_once('~')?;
        Some(Self { day: Day::parse(day)?, id: RecordId::parse(id).ok()? })
    }
}

/// What happened in a month, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthSums {
    /// Which.
    pub month: Month,
    /// What was earned and paid.
    pub sums: Sums,
}

/// What was earned and paid in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// In which.
    pub currency: Currency,
    /// Since ever.
    pub total: Sums,
    /// The months that are shown, each of them, the earliest first.
    pub months: Vec<MonthSums>,
}

impl Account {
    /// The accounts of some totals, with the months from one on; months in which nothing happened are there as well.
    pub fn of(totals: Vec<(Currency, Sums)>, from: Month, known: &[(Month, Currency, Sums)]) -> Vec<Self> {
        let months = |currency: Currency| {
            let month = |n: i32| {
                let month = from.back(-n);
                let found = known.iter().find(|(of, in_currency, _)| *of == month && *in_currency == currency);
                MonthSums { month, sums: found.map(|(.., sums)| *sums).unwrap_or_default() }
            };
            (0..MONTHS_SHOWN).map(month).collect()
        };
        let account = |(currency, total)| Self { currency, total, months: months(currency) };
        totals.into_iter().map(account).collect()
    }
    /// An amount of it.
    pub const fn money(&self, amount: i64) -> Money {
        Money { currency: self.currency, amount }
    }
}

/// The first page of the section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerOverview {
    /// The link to share; `None` until one was made.
    pub link: Option<String>,
    /// By currency.
    pub accounts: Vec<Account>,
    /// The last month that is shown.
    pub until: Month,
    /// The last of those before, if anything happened in them.
    pub earlier: Option<Month>,
    /// The last of those behind, on a page that is not the newest.
    pub later: Option<Month>,
}

/// An organization that was founded through the link. Nothing else of it is a partner's matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// What it is called now.
    pub name: OrgName,
    /// When it was founded.
    pub referred_at: Timestamp,
    /// Whether it is archived.
    pub is_archived: bool,
    /// What was earned by it so far, by currency.
    pub earned: Vec<Money>,
}

/// A page of customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomersPage {
    /// The newest first.
    pub customers: Vec<Customer>,
    /// Whether newer ones may have been left out.
    pub continued: bool,
    /// Before which the next page goes on, if there is one.
    pub older: Option<ReferralId>,
    /// The server's clock at reading.
    pub now: Timestamp,
}

/// A page of commissions or payouts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordsPage {
    /// Which of both.
    pub kind: RecordKind,
    /// The month that they are of, where not all are meant.
    pub month: Option<Month>,
    /// The newest day first.
    pub records: Vec<Record>,
    /// Whether newer ones may have been left out.
    pub continued: bool,
    /// Before which the next page goes on, if there is one.
    pub older: Option<RecordPlace>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_made_of_all_their_bits_and_read_back() {
        for (random, text) in [
            ([0; 10], "0000000000000000"),
            ([0xff; 10], "zzzzzzzzzzzzzzzz"),
            ([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1], "g000000000000001"),
            ([0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0], "0000001000000000"),
        ] {
            let code = ReferralCode::fresh(random);
            assert_eq!(code.as_str(), text);
            assert_eq!(ReferralCode::parse(text), Some(code));
        }
        for wrong in
            ["", "zzzzzzzzzzzzzzz", "zzzzzzzzzzzzzzzzz", "ZZZZZZZZZZZZZZZZ", "zzzz-zzzzzzzzzzz", "zzzzzzzzzzzzzzé"]
        {
            assert_eq!(ReferralCode::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn references_are_cleaned_and_survive_a_spreadsheet() {
        let read = |text: &str| Reference::parse(text).map(|of| of.as_str().to_owned());
        assert_eq!(read("  INV  7 "), Ok("INV 7".to_owned()));
        // As a file has it that was made safe.
        assert_eq!(read("'=SUM"), Ok("=SUM".to_owned()));
        assert_eq!(read(" "), Err(InvalidReference::Missing));
        assert_eq!(read(&"x".repeat(121)), Err(InvalidReference::TooLong(120)));
        assert_eq!(read("a\u{202e}b"), Err(InvalidReference::Unprintable));
    }

    #[test]
    fn kinds_and_places_read_back() {
        for kind in RecordKind::ALL {
            assert_eq!(RecordKind::from_code(kind.code()), Some(kind));
            assert_eq!(RecordKind::from_path(kind.path()), Some(kind));
        }
        assert_eq!((RecordKind::from_code("commissions"), RecordKind::from_path("customers")), (None, None));
        let id = RecordId::fresh(Timestamp::from_millis(1), [7; 10]);
        let place = RecordPlace { day: Day::parse("2026-11-30").unwrap(), id };
        assert_eq!(RecordPlace::decode(&place.encode()), Some(place));
        for wrong in ["", "2026-11-30", "2026-11-30~", "~rec_1", "2026-02-30~rec_1"] {
            assert_eq!(RecordPlace::decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_account_has_every_month_that_is_shown() {
        let (eur, usd) = (Currency::parse("EUR").unwrap(), Currency::parse("USD").unwrap());
        let sums = |commissions, payouts| Sums { commissions, payouts };
        let month = |text: &str| Month::parse(text).unwrap();
        let known = [
            (month("2026-02"), eur, sums(5, 0)),
            (month("2026-11"), eur, sums(7, 9)),
            (month("2026-11"), usd, sums(1, 1)),
        ];
        let accounts = Account::of(vec![(eur, sums(12, 9)), (usd, sums(1, 1))], month("2025-12"), &known);
        let [euros, dollars] = &accounts[..] else { panic!("{accounts:?}") };
        assert_eq!((euros.months.len(), dollars.months.len()), (12, 12));
        let told: Vec<_> = euros.months.iter().filter(|of| of.sums != Sums::default()).collect();
        assert_eq!(
            told.iter().map(|of| (of.month.to_string(), of.sums)).collect::<Vec<_>>(),
            [("2026-02".to_owned(), sums(5, 0)), ("2026-11".to_owned(), sums(7, 9)),]
        );
        assert_eq!(dollars.months[11].sums, sums(1, 1));
        assert_eq!(euros.money(euros.total.balance()).to_string(), "0.03 EUR");
    }
}
