//! Money: an exact number of the smallest units of a currency. Nothing here goes through a floating-point number.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::text::thousands;

/// The largest amount of a record, in minor units, without its sign.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000_000;

/// The codes of ISO 4217 (list one, 2025) by which countries pay, in order; without funds, metals and test codes. BGN is in it,
/// which ended with that year: what was earned before is entered later.
const CODES: &str = "AEDAFNALLAMDAOAARSAUDAWGAZNBAMBBDBDTBGNBHDBIFBMDBNDBOBBRLBSDBTNBWPBYNBZDCADCDFCHFCLPCNYCOPCRCCUPCVE\
    CZKDJFDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMDGNFGTQGYDHKDHNLHTGHUFIDRILSINRIQDIRRISKJMDJODJPYKESKGSKHRKMFKPWKRW\
    KWDKYDKZTLAKLBPLKRLRDLSLLYDMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXNMYRMZNNADNGNNIONOKNPRNZDOMRPABPENPGKPHPPKRPLNPYGQAR\
    RONRSDRUBRWFSARSBDSCRSDGSEKSGDSHPSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTNDTOPTRYTTDTWDTZSUAHUGXUSDUYUUZSVEDVESVNDVUVWST\
    XAFXCDXCGXOFXPFYERZARZMWZWG";
/// Those without minor units (ISO 4217, column "Minor unit").
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Those with three decimals; all others have two.
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// A currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(u8);

/// A text that is no code of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter the currency by its three letters (ISO 4217), such as EUR.")]
pub struct InvalidCurrency;

impl Currency {
    /// Reads a code; small letters do as well.
    ///
    /// # Errors
    /// [`InvalidCurrency`].
    pub fn parse(text: &str) -> Result<Self, InvalidCurrency> {
        let code = text.trim().to_ascii_uppercase();
        let place = CODES.as_bytes().chunks(3).position(|known| known == code.as_bytes());
        place.and_then(|place| u8::try_from(place).ok()).map(Self).ok_or(InvalidCurrency)
    }
    /// Its three letters.
    pub fn code(self) -> &'static str {
        let at = usize::from(self.0) * 3;
        CODES.get(at..at + 3).unwrap_or_default()
    }
    /// How many decimals its amounts have.
    pub fn decimals(self) -> usize {
        if WHOLE.contains(self.code()) {
            0
        } else if THOUSANDTHS.contains(self.code()) {
            3
        } else {
            2
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidCurrency;
    fn try_from(text: String) -> Result<Self, InvalidCurrency> {
        Self::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Of what; first, so that lists are in the order of currencies.
    pub currency: Currency,
    /// How many minor units; with a minus it corrects an earlier amount.
    pub amount: i64,
}

/// Why a text is no amount, worded for who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAmount {
    /// Not digits with at most one point.
    #[error(
        "Write the amount in digits, with a point before the decimals and nothing between thousands, such as 1234.50."
    )]
    Unreadable,
    /// More decimals than the currency has.
    #[error("Amounts in {currency} have {most}.", currency = .0, most = decimals_in_words(*.0))]
    TooManyDecimals(Currency),
    /// Nothing.
    #[error("The amount is zero. Leave the record out.")]
    Zero,
    /// Over [`MAX_AMOUNT`].
    #[error("This amount is too large.")]
    TooLarge,
}

fn decimals_in_words(of: Currency) -> &'static str {
    match of.decimals() {
        0 => "no decimals",
        3 => "at most three decimals",
        _ => "at most two decimals",
    }
}

impl Money {
    /// Reads an amount as `-1234.50`, exactly.
    ///
    /// # Errors
    /// [`InvalidAmount`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, InvalidAmount> {
        let text = text.trim();
        let (digits, negative) = match text.strip_prefix('-') {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole) || decimals.is_some_and(|decimals| !is_number(decimals)) {
            return Err(InvalidAmount::Unreadable);
        }
        let decimals = decimals.unwrap_or_default();
        let missing = currency.decimals().checked_sub(decimals.len());
        let missing = missing.ok_or(InvalidAmount::TooManyDecimals(currency))?;
        let digits = whole.bytes().chain(decimals.bytes()).chain(std::iter::repeat_n(b'0', missing));
        let amount = digits
            .map(|b| i64::from(b - b'0'))
            .try_fold(0_i64, |amount, digit| amount.checked_mul(10)?.checked_add(digit))
            .filter(|amount| *amount <= MAX_AMOUNT)
            .ok_or(InvalidAmount::TooLarge)?;
        match amount {
            0 => Err(InvalidAmount::Zero),
            amount => Ok(Self { currency, amount: if negative { -amount } else { amount } }),
        }
    }
    /// The amount for machines: `-1234.50`.
    pub fn plain(self) -> String {
        let (whole, decimals) = self.parts();
        format!("{}{whole}{decimals}", self.sign())
    }
    fn sign(self) -> &'static str {
        if self.amount < 0 { "-" } else { "" }
    }
    /// What stands before the point, and what behind it with the point.
    fn parts(self) -> (u64, String) {
        let amount = self.amount.unsigned_abs();
        match self.currency.decimals() {
            0 => (amount, String::new()),
            decimals => {
                let unit = 10_u64.pow(u32::try_from(decimals).unwrap_or(0));
                (amount / unit, format!(".{:0decimals$}", amount % unit))
            }
        }
    }
}

/// For people, exact and with its currency: `1,234.50 EUR`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, decimals) = self.parts();
        write!(f, "{}{}{decimals} {}", self.sign(), thousands(whole), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn every_code_is_read_and_stands_in_order() {
        assert!(CODES.len().is_multiple_of(3));
        let codes: Vec<&str> = (0..CODES.len() / 3).map(|n| &CODES[n * 3..n * 3 + 3]).collect();
        assert!(codes.is_sorted() && codes.windows(2).all(|pair| pair[0] != pair[1]), "{codes:?}");
        for code in &codes {
            assert_eq!(currency(code).code(), *code);
            assert_eq!(currency(&code.to_lowercase()).code(), *code);
        }
        for code in WHOLE.split(' ').chain(THOUSANDTHS.split(' ')) {
            assert!(codes.contains(&code), "{code}");
        }
        for wrong in ["", "EU", "EURO", "XXX", "XAU", "ZZZ", "€", "EUR USD", "UR"] {
            assert_eq!(Currency::parse(wrong), Err(InvalidCurrency), "{wrong}");
        }
    }

    #[test]
    fn amounts_are_read_exactly_and_written_back() {
        for (text, code, expected) in [
            ("12.50", "EUR", Ok((1_250, "12.50 EUR", "12.50"))),
            ("12.5", "eur", Ok((1_250, "12.50 EUR", "12.50"))),
            (" 12 ", "EUR", Ok((1_200, "12.00 EUR", "12.00"))),
            ("0.01", "USD", Ok((1, "0.01 USD", "0.01"))),
            ("-0.05", "USD", Ok((-5, "-0.05 USD", "-0.05"))),
            ("-1234567.89", "CHF", Ok((-123_456_789, "-1,234,567.89 CHF", "-1234567.89"))),
            ("007", "JPY", Ok((7, "7 JPY", "7"))),
            ("1500", "JPY", Ok((1_500, "1,500 JPY", "1500"))),
            ("1.234", "KWD", Ok((1_234, "1.234 KWD", "1.234"))),
            ("1", "KWD", Ok((1_000, "1.000 KWD", "1.000"))),
            ("10000000000000.00", "EUR", Ok((MAX_AMOUNT, "10,000,000,000,000.00 EUR", "10000000000000.00"))),
            ("10000000000000.01", "EUR", Err(InvalidAmount::TooLarge)),
            ("99999999999999999999999999", "EUR", Err(InvalidAmount::TooLarge)),
            ("12.505", "EUR", Err(InvalidAmount::TooManyDecimals(currency("EUR")))),
            ("12.00", "JPY", Err(InvalidAmount::TooManyDecimals(currency("JPY")))),
            ("0", "EUR", Err(InvalidAmount::Zero)),
            ("-0.00", "EUR", Err(InvalidAmount::Zero)),
            ("", "EUR", Err(InvalidAmount::Unreadable)),
            ("-", "EUR", Err(InvalidAmount::Unreadable)),
            (".5", "EUR", Err(InvalidAmount::Unreadable)),
            ("5.", "EUR", Err(InvalidAmount::Unreadable)),
            ("1,234.50", "EUR", Err(InvalidAmount::Unreadable)),
            ("12,50", "EUR", Err(InvalidAmount::Unreadable)),
            ("1 000", "EUR", Err(InvalidAmount::Unreadable)),
            ("+5", "EUR", Err(InvalidAmount::Unreadable)),
            ("--5", "EUR", Err(InvalidAmount::Unreadable)),
            ("1e3", "EUR", Err(InvalidAmount::Unreadable)),
            ("1.2.3", "EUR", Err(InvalidAmount::Unreadable)),
            ("١٢", "EUR", Err(InvalidAmount::Unreadable)),
            ("12.50 EUR", "EUR", Err(InvalidAmount::Unreadable)),
        ] {
            let read = Money::parse(text, currency(code));
            let told = read.map(|money| (money.amount, money.to_string(), money.plain()));
            assert_eq!(
                told,
                expected.map(|(n, shown, plain)| (n, shown.to_owned(), plain.to_owned())),
                "{text} {code}"
            );
        }
    }

    #[test]
    fn what_is_wrong_with_decimals_is_said_in_words() {
        for (code, words) in
            [("JPY", "no decimals"), ("EUR", "at most two decimals"), ("BHD", "at most three decimals")]
        {
            let wrong = InvalidAmount::TooManyDecimals(currency(code)).to_string();
            assert_eq!(wrong, format!("Amounts in {code} have {words}."));
        }
    }

    #[test]
    fn the_extremes_are_written_and_travel() {
        for (amount, shown) in
            [(i64::MIN, "-92,233,720,368,547,758.08 EUR"), (i64::MAX, "92,233,720,368,547,758.07 EUR")]
        {
            let money = Money { currency: currency("EUR"), amount };
            assert_eq!(money.to_string(), shown);
            let json = serde_json::to_string(&money).unwrap();
            assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        }
        assert!(serde_json::from_str::<Money>(r#"{"currency":"XXX","amount":1}"#).is_err());
    }

    proptest! {
        #[test]
        fn what_was_written_reads_back(amount in -MAX_AMOUNT..=MAX_AMOUNT, place in 0..(CODES.len() / 3)) {
            prop_assume!(amount != 0);
            let money = Money { currency: Currency(u8::try_from(place).unwrap()), amount };
            prop_assert_eq!(Money::parse(&money.plain(), money.currency), Ok(money));
            let shown = money.to_string();
            let (digits, code) = shown.split_once(' ').unwrap();
            prop_assert_eq!(Currency::parse(code), Ok(money.currency));
            prop_assert_eq!(Money::parse(&digits.replace(',', ""), money.currency), Ok(money));
        }

        #[test]
        fn no_text_breaks(text in ".{0,40}", place in 0..(CODES.len() / 3)) {
            let _ = Money::parse(&text, Currency(u8::try_from(place).unwrap()));
            let _ = Currency::parse(&text);
        }
    }
}
