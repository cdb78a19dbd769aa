//! The Partner section (B44): the referral link, who was referred, and what was earned and paid. The records themselves are the
//! operator's to enter, see [`crate::partner_records`].

use model::{
    Action, OrgId, OrgName, ReferralId, Timestamp, decide,
    partner::{
        Account, CustomersPage, MONTHS_SHOWN, Month, PARTNER_PAGE, PartnerOverview, RecordKind, RecordPlace,
        RecordsPage, ReferralCode, ReferralDoor,
    },
    people::Viewer,
};
use serde_json::json;
use store::{
    Tx, organizations,
    partner_records::{self, Which},
    partners,
};

use crate::{
    Caller, Error, Rollcall,
    audit::{By, To},
    paging::cut,
};

/// What became of the link through which an organization was founded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Referred {
    /// There was none.
    Not,
    /// Its partner, as it is called now, has a customer more.
    By(OrgName),
    /// It was not valid (any more), so nothing was recorded.
    Outdated,
}

impl Rollcall {
    /// The viewer of the Partner section.
    async fn partner_viewer(&self, caller: &Caller, org: &str) -> Result<Viewer, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPartnerSection, None)?;
        Ok(viewer)
    }

    /// The first page of the Partner section: the link, and twelve months up to one, which is the present one unless it is said.
    ///
    /// # Errors
    /// [`Error::NotFound`] in an organization that is no partner, [`Error::Denied`].
    pub async fn partner_overview(
        &self,
        caller: &Caller,
        org: &str,
        until: Option<Month>,
    ) -> Result<PartnerOverview, Error> {
        let viewer = self.partner_viewer(caller, org).await?;
        let org_id = &viewer.actor.org_id;
        let present = Month::of(self.now());
        let mut conn = self.db.read().await?;
        let ground = partner_records::ground(&mut conn, org_id).await?;
        // A record may be of tomorrow, which may be next month; that shows once it has begun. Before the first there is nothing.
        let until = until.unwrap_or(present).max(ground.first.unwrap_or(present)).min(present);
        let from = until.back(MONTHS_SHOWN - 1);
        let known = partner_records::months(&mut conn, org_id, (from, until)).await?;
        Ok(PartnerOverview {
            link: ground.code.map(|code| self.referral_link(&code)),
            accounts: Account::of(ground.totals, from, &known),
            until,
            earlier: ground.first.filter(|first| *first < from).map(|_| from.back(1)),
            later: (until < present).then(|| until.back(-MONTHS_SHOWN).min(present)),
        })
    }

    fn referral_link(&self, code: &ReferralCode) -> String {
        format!("{}/r/{}", self.settings.public_url, code.as_str())
    }

    /// The customers of a partner organization, the newest first, from before one on.
    ///
    /// # Errors
    /// As [`Self::partner_overview`].
    pub async fn referred_customers(
        &self,
        caller: &Caller,
        org: &str,
        before: Option<&ReferralId>,
    ) -> Result<CustomersPage, Error> {
        let viewer = self.partner_viewer(caller, org).await?;
        let mut conn = self.db.read().await?;
        let mut rows = partners::customers(&mut conn, &viewer.actor.org_id, before, PARTNER_PAGE + 1).await?;
        let older = cut(&mut rows, PARTNER_PAGE).map(|(id, _)| id.clone());
        let customers = rows.into_iter().map(|(_, customer)| customer).collect();
        Ok(CustomersPage { customers, continued: before.is_some(), older, now: self.now() })
    }

    /// The commissions or payouts of a partner organization, the newest first, of a month or of all, from before a place on.
    ///
    /// # Errors
    /// As [`Self::partner_overview`]; [`Error::NotFound`] for a kind that there is not.
    pub async fn partner_records(
        &self,
        caller: &Caller,
        org: &str,
        kind: Option<RecordKind>,
        (month, before): (Option<Month>, Option<&RecordPlace>),
    ) -> Result<RecordsPage, Error> {
        let viewer = self.partner_viewer(caller, org).await?;
        let kind = kind.ok_or(Error::NotFound)?;
        let which = Which { org_id: &viewer.actor.org_id, kind, month, before };
        let mut conn = self.db.read().await?;
        let mut rows = partner_records::page(&mut conn, which, PARTNER_PAGE + 1).await?;
        let older = cut(&mut rows, PARTNER_PAGE).map(|stored| stored.record.place());
        let records = rows.into_iter().map(|stored| stored.record).collect();
        Ok(RecordsPage { kind, month, records, continued: before.is_some(), older })
    }

    /// Puts another referral link in place of that of a partner organization, or makes the first. Yields whether there was one.
    ///
    /// # Errors
    /// [`Error::NotFound`] in an organization that is no partner, [`Error::Denied`].
    pub async fn new_referral_link(&self, caller: &Caller, org: &str) -> Result<bool, Error> {
        let mut change = self.change_beside_people(caller, org).await?;
        let permit = decide(change.actor(), Action::ReplaceReferralLink, None)?;
        let before = partners::code_of(&mut change.tx, permit.org_id()).await?;
        partners::replace_link(&mut change.tx, &permit, &self.fresh_code()).await?;
        let action = if before.is_some() { "partner.link_replaced" } else { "partner.link_created" };
        self.note(&mut change, action, To::nobody(), &json!({})).await?;
        change.tx.commit().await?;
        Ok(before.is_some())
    }

    fn fresh_code(&self) -> ReferralCode {
        ReferralCode::fresh(self.entropy.bytes10())
    }

    /// Gives an organization that has become a partner a referral link, unless it has one from an earlier time.
    pub(crate) async fn begin_referring(&self, tx: &mut Tx, org_id: &OrgId) -> Result<(), Error> {
        Ok(partners::begin_link(tx, org_id, &self.fresh_code()).await?)
    }

    /// What is behind a referral link, for anybody; `None` for one that is not valid (any more). Nothing is changed by it.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn referral_door(&self, code: &str) -> Result<Option<ReferralDoor>, Error> {
        let Some(code) = ReferralCode::parse(code) else { return Ok(None) };
        let by = partners::by_code(&mut self.db.read().await?, &code).await?;
        Ok(by.map(|by| ReferralDoor { by, founding: self.settings.founding }))
    }

    /// Records through whose link an organization was founded. A link that is not valid keeps nobody from founding.
    pub(crate) async fn refer(
        &self,
        tx: &mut Tx,
        code: &str,
        (customer, name): (&OrgId, &OrgName),
        now: Timestamp,
    ) -> Result<Referred, Error> {
        if code.trim().is_empty() {
            return Ok(Referred::Not);
        }
        let Some(code) = ReferralCode::parse(code.trim()) else { return Ok(Referred::Outdated) };
        let id: ReferralId = self.fresh(now);
        let Some(partner) = partners::refer(tx, (&id, &code), customer, now).await? else {
            return Ok(Referred::Outdated);
        };
        // In the partner's log, where nobody of the customer is named.
        let to = To { id: Some(id.to_string()), name: name.as_str().to_owned() };
        let event = self.event(now, &By::itself(&partner), "partner.customer_referred", to, &json!({}));
        self.record(tx, event).await?;
        let partner = organizations::by_id(tx, &partner).await?.ok_or(Error::Internal)?;
        Ok(Referred::By(partner.name))
    }
}
