//! Commissions and payouts of partner organizations (B44), and what they come to. The operator of the installation enters them,
//! whom no organization's permit covers; nothing in here is written for anybody else.
//!
//! Sums are kept beside the records, in the transaction that enters these. Each change of one says what it has become, which
//! whoever enters looks at: within the bounds of [`model::partner::Sums::is_kept`] there is always room for another change, so
//! that nothing overflows, on which the engines differ.

use model::{
    OrgId, RecordId, ReferralId, Slug, Timestamp,
    id::Id,
    partner::{Currency, Day, Money, Month, NewRecord, Record, RecordKind, RecordPlace, Reference, ReferralCode, Sums},
};

use crate::{
    Handle, StoreError, Tx, Value,
    bulk::select_in,
    db::{fetch_all, fetch_one},
    insert_many, organizations, partners,
};

/// A record to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entering {
    /// Its id.
    pub id: RecordId,
    /// What it tells.
    pub record: NewRecord,
    /// The customer by whom, if it is about one.
    pub referral: Option<ReferralId>,
}

/// Writes records down.
///
/// # Errors
/// [`StoreError::Taken`] where there is one of the same kind and reference.
pub async fn insert(tx: &mut Tx, org_id: &OrgId, entering: &[Entering], at: Timestamp) -> Result<(), StoreError> {
    let rows: Vec<Vec<Value>> = entering
        .iter()
        .map(|Entering { id, record, referral }| {
            vec![
                id.as_str().into(),
                org_id.as_str().into(),
                record.kind.code().into(),
                record.day.to_string().into(),
                record.money.currency.code().into(),
                record.money.amount.into(),
                Value::OptText(referral.as_ref().map(|id| id.as_str().to_owned())),
                record.reference.as_str().into(),
                at.millis().into(),
            ]
        })
        .collect();
    let columns = &["id", "org_id", "kind", "day", "currency", "amount", "referral_id", "reference", "created_at"];
    insert_many(tx, "partner_records", columns, &rows).await
}

/// Adds to the sums of a month; yields what they have become.
///
/// # Errors
/// [`StoreError`].
pub async fn add_to_month(
    tx: &mut Tx,
    org_id: &OrgId,
    (month, currency): (Month, Currency),
    by: Sums,
) -> Result<Sums, StoreError> {
    let (commissions, payouts): (i64, i64) = fetch_one!(
        tx,
        "INSERT INTO partner_months (org_id, month, currency, commissions, payouts) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (org_id, month, currency) DO UPDATE SET commissions = partner_months.commissions + excluded.commissions, \
         payouts = partner_months.payouts + excluded.payouts RETURNING commissions, payouts",
        org_id.as_str(),
        month.to_string(),
        currency.code(),
        by.commissions,
        by.payouts
    )?;
    Ok(Sums { commissions, payouts })
}

/// Adds to the sums of all time; yields what they have become.
///
/// # Errors
/// [`StoreError`].
pub async fn add_to_total(tx: &mut Tx, org_id: &OrgId, currency: Currency, by: Sums) -> Result<Sums, StoreError> {
    let (commissions, payouts): (i64, i64) = fetch_one!(
        tx,
        "INSERT INTO partner_totals (org_id, currency, commissions, payouts) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (org_id, currency) DO UPDATE SET commissions = partner_totals.commissions + excluded.commissions, \
         payouts = partner_totals.payouts + excluded.payouts RETURNING commissions, payouts",
        org_id.as_str(),
        currency.code(),
        by.commissions,
        by.payouts
    )?;
    Ok(Sums { commissions, payouts })
}

/// Adds to what was earned by a customer; yields what that has become.
///
/// # Errors
/// [`StoreError`].
pub async fn add_to_customer(tx: &mut Tx, referral: &ReferralId, by: Money) -> Result<i64, StoreError> {
    let (commissions,): (i64,) = fetch_one!(
        tx,
        "INSERT INTO referral_totals (referral_id, currency, commissions) VALUES ($1, $2, $3) \
         ON CONFLICT (referral_id, currency) DO UPDATE SET commissions = referral_totals.commissions + excluded.commissions \
         RETURNING commissions",
        referral.as_str(),
        by.currency.code(),
        by.amount
    )?;
    Ok(commissions)
}

/// A currency as stored.
pub(crate) fn currency(code: &str) -> Result<Currency, StoreError> {
    Currency::parse(code).map_err(|_| StoreError::Corrupt("currency"))
}

fn month(text: &str) -> Result<Month, StoreError> {
    Month::parse(text).ok_or(StoreError::Corrupt("month"))
}

/// What stands above the months of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// What its link ends with.
    pub code: Option<ReferralCode>,
    /// The sums of all time, in the order of the currencies.
    pub totals: Vec<(Currency, Sums)>,
    /// The first month in which anything happened.
    pub first: Option<Month>,
}

/// The same, in one question.
///
/// # Errors
/// [`StoreError`].
pub async fn ground<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Ground, StoreError> {
    const WRONG: StoreError = StoreError::Corrupt("sums of a partner");
    let (code, totals, first): (Option<String>, Option<String>, Option<String>) = fetch_one!(
        h,
        "SELECT (SELECT o.referral_code FROM organizations o WHERE o.id = $1) AS code, \
         (SELECT string_agg(t.currency || ' ' || t.commissions || ' ' || t.payouts, ';') FROM partner_totals t \
          WHERE t.org_id = $1) AS totals, \
         (SELECT min(m.month) FROM partner_months m WHERE m.org_id = $1) AS first",
        org_id.as_str()
    )?;
    let read = |sum: &str| {
        let mut parts = sum.split(' ');
        let of = currency(parts.next().ok_or(WRONG)?)?;
        let mut amount = || parts.next().and_then(|part| part.parse().ok()).ok_or(WRONG);
        Ok((of, Sums { commissions: amount()?, payouts: amount()? }))
    };
    let totals = totals.unwrap_or_default();
    let totals = totals.split(';').filter(|sum| !sum.is_empty()).map(read);
    let mut totals = totals.collect::<Result<Vec<(Currency, Sums)>, StoreError>>()?;
    totals.sort_unstable_by_key(|(currency, _)| *currency);
    Ok(Ground {
        code: code.as_deref().map(partners::code).transpose()?,
        totals,
        first: first.as_deref().map(month).transpose()?,
    })
}

/// The sums of the months from one to another.
///
/// # Errors
/// [`StoreError`].
pub async fn months<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    (from, until): (Month, Month),
) -> Result<Vec<(Month, Currency, Sums)>, StoreError> {
    let rows: Vec<(String, String, i64, i64)> = fetch_all!(
        h,
        "SELECT month, currency, commissions, payouts FROM partner_months \
         WHERE org_id = $1 AND month >= $2 AND month <= $3 ORDER BY month, currency",
        org_id.as_str(),
        from.to_string(),
        until.to_string()
    )?;
    rows.into_iter()
        .map(|(of, in_currency, commissions, payouts)| {
            Ok((month(&of)?, currency(&in_currency)?, Sums { commissions, payouts }))
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    day: String,
    currency: String,
    amount: i64,
    reference: String,
    customer: Option<String>,
    slug: Option<String>,
}

/// A record as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What a partner sees of it.
    pub record: Record,
    /// The slug of the customer, which is the operator's to know.
    pub customer: Option<Slug>,
}

fn reference(text: &str) -> Result<Reference, StoreError> {
    Reference::parse(text).map_err(|_| StoreError::Corrupt("reference"))
}

fn day(text: &str) -> Result<Day, StoreError> {
    Day::parse(text).ok_or(StoreError::Corrupt("day"))
}

impl Row {
    fn read(self) -> Result<Stored, StoreError> {
        let record = Record {
            id: RecordId::parse(&self.id).map_err(|_| StoreError::Corrupt("record id"))?,
            day: day(&self.day)?,
            money: Money { currency: currency(&self.currency)?, amount: self.amount },
            customer: self.customer.as_deref().map(organizations::name).transpose()?,
            reference: reference(&self.reference)?,
        };
        let slug = |slug: String| Slug::parse(&slug).ok_or(StoreError::Corrupt("slug"));
        Ok(Stored { record, customer: self.slug.map(slug).transpose()? })
    }
}

/// Which records are read.
#[derive(Debug, Clone, Copy)]
pub struct Which<'a> {
    /// Of which organization.
    pub org_id: &'a OrgId,
    /// Which of both kinds.
    pub kind: RecordKind,
    /// Of one month alone.
    pub month: Option<Month>,
    /// From before a place on.
    pub before: Option<&'a RecordPlace>,
}

/// A page of records, the newest day first.
///
/// # Errors
/// [`StoreError`].
pub async fn page<H: Handle>(h: &mut H, which: Which<'_>, limit: usize) -> Result<Vec<Stored>, StoreError> {
    // Days sort as texts, and behind the last of a month is what begins like it and goes on with something greater.
    let from = which.month.map(|month| month.to_string()).unwrap_or_default();
    let (day, id) = match (which.before, which.month) {
        (Some(place), _) => (place.day.to_string(), place.id.as_str()),
        (None, Some(month)) => (format!("{month}~"), ""),
        (None, None) => ("~".to_owned(), ""),
    };
    let rows: Vec<Row> = fetch_all!(
        h,
        "SELECT p.id, p.day, p.currency, p.amount, p.reference, c.name AS customer, c.slug FROM partner_records p \
         LEFT JOIN referrals r ON r.id = p.referral_id LEFT JOIN organizations c ON c.id = r.customer_id \
         WHERE p.org_id = $1 AND p.kind = $2 AND p.day >= $3 AND (p.day, p.id) < ($4, $5) \
         ORDER BY p.day DESC, p.id DESC LIMIT $6",
        which.org_id.as_str(),
        which.kind.code(),
        from.as_str(),
        day.as_str(),
        id,
        i64::try_from(limit).unwrap_or(i64::MAX)
    )?;
    rows.into_iter().map(Row::read).collect()
}

/// What was entered before under some references, of either kind.
///
/// # Errors
/// [`StoreError`].
pub async fn by_references<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    references: &[&str],
) -> Result<Vec<(NewRecord, Option<ReferralId>)>, StoreError> {
    type Row = (String, String, String, i64, String, Option<String>);
    const HEAD: &str = "SELECT p.kind, p.day, p.currency, p.amount, p.reference, p.referral_id \
                        FROM partner_records p WHERE p.org_id = ";
    let rows: Vec<Row> = select_in(h, HEAD, Some(org_id.as_str()), " AND p.reference IN ", references).await?;
    rows.into_iter()
        .map(|(kind, of, in_currency, amount, text, referral)| {
            let record = NewRecord {
                kind: RecordKind::from_code(&kind).ok_or(StoreError::Corrupt("kind of a record"))?,
                day: day(&of)?,
                money: Money { currency: currency(&in_currency)?, amount },
                customer: None,
                reference: reference(&text)?,
            };
            let referral = referral.as_deref().map(ReferralId::parse).transpose();
            Ok((record, referral.map_err(|_| StoreError::Corrupt("referral id"))?))
        })
        .collect()
}
