//! What a partner organization has referred (B44): its link, and who was founded through it. What was earned and paid stands in
//! [`crate::partner_records`].

use model::{
    OrgId, OrgName, Permit, ReferralId, Slug, Timestamp,
    id::Id,
    partner::{Customer, Money, ReferralCode},
};
use std::collections::HashMap;

use crate::{
    Handle, StoreError, Tx,
    audit::AFTER_ALL,
    bulk::select_in,
    db::{execute, fetch_all, fetch_optional},
    error::one,
    organizations,
    partner_records::currency,
};

/// Gives an organization that has become a partner its first link; one that it has had before stays.
///
/// # Errors
/// [`StoreError`].
pub async fn begin_link(tx: &mut Tx, org_id: &OrgId, code: &ReferralCode) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE organizations SET referral_code = $2 WHERE id = $1 AND referral_code IS NULL",
        org_id.as_str(),
        code.as_str()
    )?;
    Ok(())
}

/// Puts another link in place of that of the permit's organization, if it has one.
///
/// # Errors
/// [`StoreError`].
pub async fn replace_link(tx: &mut Tx, permit: &Permit, code: &ReferralCode) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE organizations SET referral_code = $2 WHERE id = $1",
        permit.org_id().as_str(),
        code.as_str()
    )?;
    one(n, "organization of a permit is gone")
}

/// What the link of an organization ends with; `None` until it has one.
///
/// # Errors
/// [`StoreError`].
pub async fn code_of<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Option<ReferralCode>, StoreError> {
    let row: Option<(Option<String>,)> =
        fetch_optional!(h, "SELECT referral_code FROM organizations WHERE id = $1", org_id.as_str())?;
    row.and_then(|(code,)| code).map(|code| self::code(&code)).transpose()
}

/// A code as stored.
pub(crate) fn code(text: &str) -> Result<ReferralCode, StoreError> {
    ReferralCode::parse(text).ok_or(StoreError::Corrupt("referral code"))
}

/// Whose link ends with a code: a partner organization that is open, as it is called now.
///
/// # Errors
/// [`StoreError`].
pub async fn by_code<H: Handle>(h: &mut H, code: &ReferralCode) -> Result<Option<OrgName>, StoreError> {
    let row: Option<(String,)> = fetch_optional!(
        h,
        "SELECT o.name FROM organizations o \
         WHERE o.referral_code = $1 AND o.kind = 'partner' AND o.archived_at IS NULL",
        code.as_str()
    )?;
    row.map(|(name,)| organizations::name(&name)).transpose()
}

/// Records that an organization was founded through the link of another one. Yields which that is; `None` where the code is no
/// link's (any more), and nothing is recorded.
///
/// # Errors
/// [`StoreError::Taken`] where it was referred before.
pub async fn refer(
    tx: &mut Tx,
    (id, code): (&ReferralId, &ReferralCode),
    customer: &OrgId,
    at: Timestamp,
) -> Result<Option<OrgId>, StoreError> {
    let row: Option<(String,)> = fetch_optional!(
        tx,
        "INSERT INTO referrals (id, org_id, customer_id, referred_at) \
         SELECT $1, o.id, $3, $4 FROM organizations o \
         WHERE o.referral_code = $2 AND o.kind = 'partner' AND o.archived_at IS NULL AND o.id <> $3 RETURNING org_id",
        id.as_str(),
        code.as_str(),
        customer.as_str(),
        at.millis()
    )?;
    row.map(|(partner,)| OrgId::parse(&partner).map_err(|_| StoreError::Corrupt("organization id"))).transpose()
}

/// The customers of a partner from before one on, the newest first, each with its place in the list.
///
/// # Errors
/// [`StoreError`].
pub async fn customers<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    before: Option<&ReferralId>,
    limit: usize,
) -> Result<Vec<(ReferralId, Customer)>, StoreError> {
    type Row = (String, String, i64, Option<i64>, Option<String>);
    let rows: Vec<Row> = fetch_all!(
        h,
        "SELECT r.id, c.name, r.referred_at, c.archived_at, \
         (SELECT string_agg(t.currency || ' ' || t.commissions, ';') FROM referral_totals t WHERE t.referral_id = r.id) \
         AS earned FROM referrals r JOIN organizations c ON c.id = r.customer_id \
         WHERE r.org_id = $1 AND r.id < $2 ORDER BY r.id DESC LIMIT $3",
        org_id.as_str(),
        before.map_or(AFTER_ALL, ReferralId::as_str),
        i64::try_from(limit).unwrap_or(i64::MAX)
    )?;
    rows.into_iter()
        .map(|(id, name, at, archived_at, earned)| {
            let id = ReferralId::parse(&id).map_err(|_| StoreError::Corrupt("referral id"))?;
            let customer = Customer {
                name: organizations::name(&name)?,
                referred_at: Timestamp::from_millis(at),
                is_archived: archived_at.is_some(),
                earned: self::earned(&earned.unwrap_or_default())?,
            };
            Ok((id, customer))
        })
        .collect()
}

/// What `EUR 1250;JPY 9` says, by currency.
fn earned(text: &str) -> Result<Vec<Money>, StoreError> {
    const WRONG: StoreError = StoreError::Corrupt("sums of a customer");
    let read = |sum: &str| {
        let (of, amount) = sum.split_once(' ').ok_or(WRONG)?;
        Ok(Money { currency: currency(of)?, amount: amount.parse().map_err(|_| WRONG)? })
    };
    let mut sums =
        text.split(';').filter(|sum| !sum.is_empty()).map(read).collect::<Result<Vec<Money>, StoreError>>()?;
    sums.sort_unstable();
    Ok(sums)
}

/// Those of some organizations that a partner has referred, by their slugs.
///
/// # Errors
/// [`StoreError`].
pub async fn by_slugs<H: Handle>(
    h: &mut H,
    org_id: &OrgId,
    slugs: &[&str],
) -> Result<HashMap<Slug, ReferralId>, StoreError> {
    const HEAD: &str =
        "SELECT c.slug, r.id FROM organizations c JOIN referrals r ON r.customer_id = c.id WHERE r.org_id = ";
    let rows: Vec<(String, String)> = select_in(h, HEAD, Some(org_id.as_str()), " AND c.slug IN ", slugs).await?;
    rows.into_iter()
        .map(|(slug, id)| {
            let slug = Slug::parse(&slug).ok_or(StoreError::Corrupt("slug"))?;
            Ok((slug, ReferralId::parse(&id).map_err(|_| StoreError::Corrupt("referral id"))?))
        })
        .collect()
}
