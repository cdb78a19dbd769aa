//! Entering commissions and payouts of partner organizations (B44), by the operator of the installation on the command line.
//! What is entered together is entered as a whole or not at all, once, and its sums with it.

use model::{
    OrgId, OrgKind, RecordId, ReferralId, Slug, Timestamp,
    partner::{
        Money, NewRecord, RecordKind, RecordPlace, Reference, RowText, SumTooLarge, Sums, Tally, UnreadableSheet,
        WrongRow, read_sheet, sheet_head, sheet_line,
    },
    text::counted,
};
use serde_json::json;
use std::{
    collections::{HashMap, HashSet},
    io::{self, Write},
};
use store::{
    Tx, organizations,
    partner_records::{self, Entering, Which},
    partners,
};

use crate::{
    Rollcall, StoreError,
    audit::{By, To},
};

/// How many records are read at a time to be listed.
const AT_ONCE: usize = 1_000;

/// Why nothing was entered or listed, worded for the operator.
#[derive(Debug, thiserror::Error)]
pub enum PartnerError {
    /// No organization has the slug.
    #[error("there is no organization {0} here")]
    NoSuchOrganization(String),
    /// It is a customer.
    #[error("{0} is no partner organization; whoever may edit it chooses its kind under Settings, General")]
    NoPartner(String),
    /// What was typed cannot be entered.
    #[error("{0}")]
    Wrong(String),
    /// The file cannot be read at all.
    #[error(transparent)]
    Unreadable(#[from] UnreadableSheet),
    /// Some of its lines cannot be entered.
    #[error("nothing was entered, since {} wrong", counted(.0.len() as u64, "line is", "lines are"))]
    WrongRows(Vec<WrongRow>),
    /// A sum would leave its bounds.
    #[error("nothing was entered: {0}")]
    TooLarge(#[from] SumTooLarge),
    /// Where the list goes.
    #[error("the list cannot be written: {0}")]
    Io(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entered {
    /// Commissions.
    pub commissions: u64,
    /// Payouts.
    pub payouts: u64,
    /// Records that stood there already, word for word.
    pub known: u64,
}

impl Entered {
    /// What is new, in words.
    pub fn in_words(self) -> String {
        let commissions = counted(self.commissions, "commission", "commissions");
        let payouts = counted(self.payouts, "payout", "payouts");
        format!("{commissions} and {payouts}")
    }
    const fn total(self) -> u64 {
        self.commissions + self.payouts
    }
}

/// A partner organization, held so that nobody else enters anything meanwhile.
struct Partner {
    tx: Tx,
    id: OrgId,
}

impl Rollcall {
    /// Enters a commission or payout.
    ///
    /// # Errors
    /// [`PartnerError`].
    pub async fn enter_partner_record(&self, org: &str, text: RowText<'_>) -> Result<Entered, PartnerError> {
        let record = text.read(self.now()).map_err(PartnerError::Wrong)?;
        self.enter(org, vec![(0, record)], How::One).await.map_err(|error| match error {
            PartnerError::WrongRows(rows) => {
                PartnerError::Wrong(rows.into_iter().map(|row| row.why).collect::<Vec<_>>().join(" "))
            }
            other => other,
        })
    }

    /// Enters all records of a file. What stands there already, word for word, is not entered again, so the same file can be
    /// taken twice.
    ///
    /// # Errors
    /// [`PartnerError`]; nothing of the file was entered then.
    pub async fn import_partner_records(&self, org: &str, file: &[u8]) -> Result<Entered, PartnerError> {
        let records = read_sheet(file, self.now())?.map_err(PartnerError::WrongRows)?;
        self.enter(org, records, How::Many).await
    }

    /// Writes all commissions and payouts of a partner as a file that [`Self::import_partner_records`] reads, the newest of each
    /// kind first.
    ///
    /// # Errors
    /// [`PartnerError`].
    pub async fn list_partner_records(&self, org: &str, mut out: impl Write) -> Result<(), PartnerError> {
        let mut tx = self.db.snapshot().await?;
        let org_id = partner(&mut tx, org).await?;
        out.write_all(sheet_head().as_bytes())?;
        for kind in RecordKind::ALL {
            let mut before: Option<RecordPlace> = None;
            loop {
                let which = Which { org_id: &org_id, kind, month: None, before: before.as_ref() };
                let page = partner_records::page(&mut tx, which, AT_ONCE).await?;
                for stored in &page {
                    let record = NewRecord {
                        kind,
                        day: stored.record.day,
                        money: stored.record.money,
                        customer: stored.customer.clone(),
                        reference: stored.record.reference.clone(),
                    };
                    out.write_all(sheet_line(&record).as_bytes())?;
                }
                match page.last() {
                    Some(last) if page.len() == AT_ONCE => before = Some(last.record.place()),
                    _ => break,
                }
            }
        }
        Ok(out.flush()?)
    }

    async fn enter(&self, org: &str, records: Vec<(u64, NewRecord)>, how: How) -> Result<Entered, PartnerError> {
        let now = self.now();
        let mut partner = self.hold_partner(org).await?;
        let (entering, mut entered) = self.new_ones(&mut partner, records, now).await?;
        let mut tally = Tally::default();
        for Entering { record, referral, .. } in &entering {
            tally.add((record.kind, record.money), record.day.month(), referral.as_ref())?;
            match record.kind {
                RecordKind::Commission => entered.commissions += 1,
                RecordKind::Payout => entered.payouts += 1,
            }
        }
        if entered.total() == 0 {
            return Ok(entered);
        }
        partner_records::insert(&mut partner.tx, &partner.id, &entering, now).await?;
        keep_sums(&mut partner, &tally).await?;
        let (action, to, what) = match (how, &entering[..]) {
            (How::One, [Entering { id, record, .. }]) => {
                let to = To { id: Some(id.to_string()), name: record.reference.as_str().to_owned() };
                (entered_one(record.kind), to, record.money.to_string())
            }
            _ => ("partner.records_imported", To::nobody(), entered.in_words()),
        };
        let event = self.event(now, &By::itself(&partner.id), action, to, &json!({ "entered": what }));
        store::audit::insert(&mut partner.tx, &[event]).await?;
        partner.tx.commit().await?;
        Ok(entered)
    }

    /// The partner of a slug, behind which writers wait for each other.
    async fn hold_partner(&self, org: &str) -> Result<Partner, PartnerError> {
        let mut tx = self.db.write().await?;
        let id = partner(&mut tx, org).await?;
        organizations::hold(&mut tx, &id).await?;
        // It may have become something else before it was held.
        partner(&mut tx, org).await?;
        Ok(Partner { tx, id })
    }

    /// Those of some records that do not stand there yet, and how many do.
    async fn new_ones(
        &self,
        partner: &mut Partner,
        records: Vec<(u64, NewRecord)>,
        now: Timestamp,
    ) -> Result<(Vec<Entering>, Entered), PartnerError> {
        let slugs: HashSet<&str> = records.iter().filter_map(|(_, of)| Some(of.customer.as_ref()?.as_str())).collect();
        let slugs: Vec<&str> = slugs.into_iter().collect();
        let customers: HashMap<Slug, ReferralId> = partners::by_slugs(&mut partner.tx, &partner.id, &slugs).await?;
        let references: Vec<&str> = records.iter().map(|(_, of)| of.reference.as_str()).collect();
        let known = partner_records::by_references(&mut partner.tx, &partner.id, &references).await?;
        let known: HashMap<(RecordKind, Reference), (NewRecord, Option<ReferralId>)> =
            known.into_iter().map(|of| ((of.0.kind, of.0.reference.clone()), of)).collect();
        let (mut entering, mut entered, mut wrong) = (Vec::new(), Entered::default(), Vec::new());
        for (line, record) in records {
            let referral = record.customer.as_ref().and_then(|slug| customers.get(slug)).cloned();
            if let (Some(slug), None) = (&record.customer, &referral) {
                let why = format!("{} is no customer that this partner has referred.", slug.as_str());
                wrong.push(WrongRow { line, why });
                continue;
            }
            match known.get(&(record.kind, record.reference.clone())) {
                Some((before, by)) if is_same(before, &record) && *by == referral => entered.known += 1,
                Some((before, _)) => wrong.push(WrongRow { line, why: taken(before) }),
                None => {
                    let id: RecordId = self.fresh(now);
                    entering.push(Entering { id, record, referral });
                }
            }
        }
        if wrong.is_empty() { Ok((entering, entered)) } else { Err(PartnerError::WrongRows(wrong)) }
    }
}

/// How records came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// Typed.
    One,
    /// In a file.
    Many,
}

const fn entered_one(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Commission => "partner.commission_entered",
        RecordKind::Payout => "partner.payout_entered",
    }
}

fn is_same(a: &NewRecord, b: &NewRecord) -> bool {
    a.day == b.day && a.money == b.money
}

fn taken(by: &NewRecord) -> String {
    format!(
        "There is a {} with the reference {} already, of {} on {}, and it is another one.",
        by.kind.code(),
        by.reference,
        by.money,
        by.day
    )
}

/// The partner organization of a slug.
async fn partner(tx: &mut Tx, org: &str) -> Result<OrgId, PartnerError> {
    let none = || PartnerError::NoSuchOrganization(org.to_owned());
    let slug = Slug::parse(org).ok_or_else(none)?;
    let (id, found) = organizations::by_slug(tx, &slug).await?.ok_or_else(none)?;
    if found.kind == OrgKind::Partner { Ok(id) } else { Err(PartnerError::NoPartner(org.to_owned())) }
}

/// Adds to the sums that are kept, and looks at what they have become.
async fn keep_sums(partner: &mut Partner, tally: &Tally) -> Result<(), PartnerError> {
    let Partner { tx, id } = partner;
    for (at, by) in &tally.months {
        let sums = partner_records::add_to_month(tx, id, *at, *by).await?;
        within(sums, SumTooLarge(at.1))?;
    }
    for (currency, by) in &tally.totals {
        let sums = partner_records::add_to_total(tx, id, *currency, *by).await?;
        within(sums, SumTooLarge(*currency))?;
    }
    for ((referral, currency), by) in &tally.customers {
        let by = Money { currency: *currency, amount: *by };
        let commissions = partner_records::add_to_customer(tx, referral, by).await?;
        within(Sums::of(RecordKind::Commission, commissions), SumTooLarge(*currency))?;
    }
    Ok(())
}

fn within(sums: Sums, otherwise: SumTooLarge) -> Result<(), SumTooLarge> {
    if sums.is_kept() { Ok(()) } else { Err(otherwise) }
}
