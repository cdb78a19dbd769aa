//! Bulk: one thing done to many people, planned first and done after somebody has looked at the plan.
//!
//! Everything stands in the database. A batch takes the job on a lease, and what it does to people, the lines of the
//! audit log, the messages, and the note that it was done are one transaction: a process that is killed loses nothing, and
//! whoever takes over does nothing twice. Each person is decided about again inside that transaction, as the one who
//! started the job is then.

use model::{
    Action, Denial, JobId, MembershipId, Role, Timestamp,
    bulk::{
        BulkOp, ImportedFile, ItemState, JOB_PAGE, JOBS_PAGE, Job, JobCounts, JobItem, JobLine, JobPage, JobState,
        JobsPage, MAX_NAMED, MAX_PEOPLE, Room, Selection, may_do_any, verdict,
    },
    group::Group,
    id::{Id, InvalidId},
    people::{Cursor, From, PeopleQuery, PersonRow, Viewer},
    removal::Removal,
    rules::{Seats, needs_seat},
    text,
    time::MINUTE,
};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use store::{
    Handle, StoreError, Tx, groups, imports,
    jobs::{self, Asked, StoredJob},
    memberships, organizations, people,
};

use crate::{
    Budget, Caller, Error, Rollcall,
    audit::{By, To},
    change::{Change, on_behalf_of, seats},
    groups::group_of,
    import::need_passwords,
    onboarding::{Temporary, is_by_password},
    people::walked,
};

/// People of one transaction: a few tenths of a second, so that others who change the organization need not wait.
const BATCH: usize = 100;
/// The same where each of them gets a temporary password, which has to be hashed before.
const BATCH_OF_PASSWORDS: usize = 10;
/// People that a report reads at once.
const REPORTED_AT_ONCE: usize = 500;
/// Why somebody was given up on.
const OURS: &str = "Something went wrong on our side. Nothing was changed for this person.";

/// How a job goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// Many at once.
    Batch,
    /// The next person alone.
    One,
    /// Past the next person, who cannot be done.
    GiveUp,
}
/// How long a worker holds a job, in milliseconds: far longer than a batch takes.
const LEASE: i64 = MINUTE / 2;
/// What is said of everybody once the group has gone.
const NO_GROUP: &str = "This group is no longer there.";
/// What is said of somebody who went between the plan and its turn.
const GONE: &str = "This person is no longer in the organization.";

impl Rollcall {
    /// Begins to plan: nothing is done to anybody before [`Self::confirm_bulk`]. A small selection is planned at once.
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who may do this to nobody, [`Error::Conflict`] for no or too many people.
    pub async fn start_bulk(
        &self,
        caller: &Caller,
        org: &str,
        selection: Selection,
        (op, group): (BulkOp, &str),
    ) -> Result<JobId, Error> {
        let viewer = self.viewer(caller, org).await?;
        op.may_be_done_by(&viewer.actor)?;
        if op.is_of_group() && group.is_empty() {
            return Err(Error::field("group", "Choose one of the groups."));
        }
        let selection = match selection {
            Selection::Named(ids) if ids.is_empty() => {
                return Err(Error::Conflict("Select the people first.".to_owned()));
            }
            Selection::Named(ids) if ids.len() > MAX_NAMED => {
                return Err(Error::Conflict(format!("Select at most {MAX_NAMED} people one by one.")));
            }
            Selection::Matching(query) => Selection::Matching(walked(&query)),
            named @ Selection::Named(_) => named,
            Selection::Rows => return Err(Error::NotFound),
        };
        let now = self.now();
        let mut job = self.new_job(&viewer, op, JobState::Planning, selection);
        let mut tx = self.db.write().await?;
        if op.is_of_group() {
            let group = group_of(&mut tx, &viewer.actor.org_id, group).await?;
            job.job.group = Some(group.named());
        }
        jobs::insert(&mut tx, &job).await?;
        plan(&mut tx, &mut job, Some(&viewer), now).await?;
        tx.commit().await?;
        self.jobs_ready.notify_one();
        Ok(job.job.id)
    }

    /// A job without people that somebody starts; no worker has it.
    pub(crate) fn new_job(&self, viewer: &Viewer, op: BulkOp, state: JobState, selection: Selection) -> StoredJob {
        let now = self.now();
        StoredJob {
            job: Job {
                id: self.fresh(now),
                op,
                state,
                counts: JobCounts::default(),
                group: None,
                undo_of: None,
                undone_by: None,
                created_at: now,
            },
            org_id: viewer.actor.org_id.clone(),
            created_by: viewer.actor.user_id.clone(),
            selection,
            cursor: String::new(),
            leased_until: now,
        }
    }

    /// A job with some of its people: those in the state of a code, behind a place.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a job of another organization (S44), [`Error::Denied`] as for the operation.
    pub async fn job(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        state: Option<&str>,
        after: u64,
    ) -> Result<JobPage, Error> {
        let (viewer, found) = self.found_job(caller, org, id).await?;
        let state = ItemState::CODES.into_iter().find(|code| Some(*code) == state);
        let mut conn = self.db.read().await?;
        let mut items = jobs::items(&mut conn, &found.job.id, &Asked { state, after, limit: JOB_PAGE + 1 }).await?;
        let more = items.len() > JOB_PAGE;
        items.truncate(JOB_PAGE);
        let next = items.last().filter(|_| more).map(|item| item.n);
        let file = if found.job.op == BulkOp::Import {
            let earlier = imports::earlier(&mut conn, &viewer.actor.org_id, &found.job.id).await?;
            Some(ImportedFile { earlier, ..imports::file(&mut conn, &found.job.id).await? })
        } else {
            None
        };
        let is_yours = found.created_by == viewer.actor.user_id;
        Ok(JobPage { is_yours, job: found.job, items, next, file, now: self.now() })
    }

    /// Everybody of a job, for a file.
    ///
    /// # Errors
    /// As [`Self::job`].
    pub async fn job_report(&self, caller: &Caller, org: &str, id: &str) -> Result<JobReport, Error> {
        let (_, job) = self.found_job(caller, org, id).await?;
        Ok(JobReport { rollcall: self.clone(), job: job.job, after: 0 })
    }

    /// What was done to many people in the organization, the newest first, from before a job on.
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who may do none of it.
    pub async fn jobs(&self, caller: &Caller, org: &str, before: Option<&JobId>) -> Result<JobsPage, Error> {
        let viewer = self.viewer(caller, org).await?;
        may_do_any(&viewer.actor)?;
        let mut conn = self.db.read().await?;
        // One more than is shown tells whether a page follows.
        let mut found = jobs::of_organization(&mut conn, &viewer.actor.org_id, before, JOBS_PAGE + 1).await?;
        let more = found.len() > JOBS_PAGE;
        found.truncate(JOBS_PAGE);
        let older = found.last().filter(|_| more).map(|(stored, _)| stored.job.id.clone());
        let may_see = |(stored, _): &(StoredJob, String)| stored.job.op.may_be_done_by(&viewer.actor).is_ok();
        let lines = found.into_iter().filter(may_see).map(|(stored, by)| JobLine { job: stored.job, by });
        Ok(JobsPage { jobs: lines.collect(), continued: before.is_some(), older, now: self.now() })
    }

    pub(crate) async fn found_job(&self, caller: &Caller, org: &str, id: &str) -> Result<(Viewer, StoredJob), Error> {
        let viewer = self.viewer(caller, org).await?;
        let id = Id::parse(id).map_err(|InvalidId| Error::NotFound)?;
        let mut conn = self.db.read().await?;
        let found = jobs::by_id(&mut conn, &viewer.actor.org_id, &id).await?.ok_or(Error::NotFound)?;
        found.job.op.may_be_done_by(&viewer.actor)?;
        Ok((viewer, found))
    }

    /// Lets a planned job run, as the one who started it; nobody else may.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is not planned any more or somebody else's, [`Error::Invalid`] where it is final and
    /// `typed` is not how many people it is about; else as [`Self::job`].
    pub async fn confirm_bulk(&self, caller: &Caller, org: &str, id: &str, typed: &str) -> Result<(), Error> {
        let (viewer, found) = self.found_job(caller, org, id).await?;
        if found.created_by != viewer.actor.user_id {
            return Err(Error::Conflict("Only the person who prepared this can confirm it.".to_owned()));
        }
        let would = found.job.counts.would;
        if found.job.op.is_final() && found.job.state == JobState::Planned && typed.trim().parse() != Ok(would) {
            return Err(Error::field("people", format!("Type {would} to confirm.")));
        }
        let detail = json!({ "op": found.job.op.code(), "people": would });
        let confirmed = found.job.state == JobState::Planned;
        if !confirmed || !self.move_on(&viewer, &found, JobState::Running, ("bulk.confirmed", detail)).await? {
            return Err(Error::Conflict("This was confirmed or canceled already.".to_owned()));
        }
        self.jobs_ready.notify_one();
        Ok(())
    }

    /// Stops a job; what it has done until then stays.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is over; else as [`Self::job`].
    pub async fn cancel_bulk(&self, caller: &Caller, org: &str, id: &str) -> Result<(), Error> {
        // It may move on between the reading and the writing: from planning to planned, or to done.
        for _ in 0..3 {
            let (viewer, found) = self.found_job(caller, org, id).await?;
            if matches!(found.job.state, JobState::Done | JobState::Canceled) {
                break;
            }
            let detail = json!({ "op": found.job.op.code() });
            if self.move_on(&viewer, &found, JobState::Canceled, ("bulk.canceled", detail)).await? {
                return Ok(());
            }
        }
        Err(Error::Conflict("This is over already.".to_owned()))
    }

    async fn move_on(
        &self,
        viewer: &Viewer,
        job: &StoredJob,
        to: JobState,
        (what, detail): (&'static str, serde_json::Value),
    ) -> Result<bool, Error> {
        let now = self.now();
        let mut tx = self.db.write().await?;
        let moved = jobs::set_state(&mut tx, job, to, now).await?;
        if moved {
            let about = To { id: Some(job.job.id.to_string()), name: job.job.title() };
            self.record(&mut tx, self.event(now, &By::from(viewer), what, about, &detail)).await?;
            tx.commit().await?;
        }
        Ok(moved)
    }

    /// Takes a job back: a new one does the opposite to those to whom it was done, and runs at once.
    ///
    /// # Errors
    /// [`Error::Conflict`] for what cannot be taken back or was already; else as [`Self::job`].
    pub async fn undo_bulk(&self, caller: &Caller, org: &str, id: &str) -> Result<JobId, Error> {
        let (viewer, found) = self.found_job(caller, org, id).await?;
        let undone = || Error::Conflict("This cannot be undone, or was already.".to_owned());
        let op = found.job.op.undo().filter(|_| found.job.can_be_undone()).ok_or_else(undone)?;
        op.may_be_done_by(&viewer.actor)?;
        let now = self.now();
        let mut job = self.new_job(&viewer, op, JobState::Running, found.selection);
        job.job.undo_of = Some(found.job.id.clone());
        job.job.group = found.job.group;
        let mut tx = self.db.write().await?;
        match jobs::insert(&mut tx, &job).await {
            Err(StoreError::Taken) => return Err(undone()),
            other => other?,
        }
        job.job.counts.would = jobs::insert_undone(&mut tx, &job.job.id, &found.job.id).await?;
        if job.job.counts.would == 0 {
            let why = "This import has invited nobody, so there is nothing to revoke.";
            return Err(Error::Conflict(why.to_owned()));
        }
        jobs::settle(&mut tx, &job).await?;
        let about = To { id: Some(job.job.id.to_string()), name: job.job.title() };
        let detail = json!({ "op": op.code(), "undo_of": found.job.id, "people": job.job.counts.would });
        self.record(&mut tx, self.event(now, &By::from(&viewer), "bulk.confirmed", about, &detail)).await?;
        tx.commit().await?;
        self.jobs_ready.notify_one();
        Ok(job.job.id)
    }

    /// Goes on with jobs, batch by batch and in turns, until none has anything to do or the budget is spent. Yields
    /// how many batches were done.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; what was leased comes again when the lease runs out.
    pub async fn advance_jobs(&self, budget: impl Into<Budget>) -> Result<u32, Error> {
        let budget = budget.into();
        let mut done = 0;
        while budget.allows_after(done, self.now()) {
            let now = self.now();
            let mut tx = self.db.write().await?;
            let leased = jobs::lease(&mut tx, now, now.plus(LEASE)).await?;
            tx.commit().await?;
            match leased {
                Some(job) if job.job.state == JobState::Planning => self.plan_on(job).await?,
                Some(job) => self.run_on(job).await?,
                None => break,
            }
            done += 1;
        }
        Ok(done)
    }

    async fn plan_on(&self, mut job: StoredJob) -> Result<(), Error> {
        let now = self.now();
        let mut tx = self.db.write().await?;
        if jobs::hold(&mut tx, &job, now).await? {
            let starter = starter(&mut tx, &job, now).await?;
            match (&job.selection, &starter) {
                (Selection::Rows, Some(viewer)) => self.plan_rows(&mut tx, &mut job, viewer, now).await?,
                _ => plan(&mut tx, &mut job, starter.as_ref(), now).await?,
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// One batch. Where somebody in it cannot be done for a reason of ours, one by one, so that nobody else is held up.
    async fn run_on(&self, job: StoredJob) -> Result<(), Error> {
        for pace in [Pace::Batch, Pace::One, Pace::GiveUp] {
            match self.run_at(pace, job.clone()).await {
                Err(Error::Internal) => {
                    tracing::error!(job.id = %job.job.id, job.pace = ?pace, "a batch of a job failed");
                }
                other => return other,
            }
        }
        Err(Error::Internal)
    }

    async fn run_at(&self, pace: Pace, mut job: StoredJob) -> Result<(), Error> {
        let prepared = if sends(job.job.op) { self.prepare(&job).await? } else { Vec::new() };
        let now = self.now();
        let mut tx = self.db.write().await?;
        organizations::bump_revision(&mut tx, &job.org_id).await?;
        // Canceled meanwhile, or another worker's.
        if !jobs::hold(&mut tx, &job, now).await? {
            return Ok(());
        }
        let starter = starter(&mut tx, &job, now).await?;
        // Of later rows nobody has looked yet whether they need a password.
        let creates = job.job.op == BulkOp::Import && starter.as_ref().is_some_and(creates_accounts);
        let limit = match pace {
            Pace::Batch if prepared.is_empty() && !creates => BATCH,
            Pace::Batch => BATCH_OF_PASSWORDS,
            Pace::One | Pace::GiveUp => 1,
        };
        let asked = Asked { state: Some(ItemState::Would.code()), after: 0, limit };
        let items = jobs::items(&mut tx, &job.job.id, &asked).await?;
        if items.len() < limit {
            job.job.state = JobState::Done;
        }
        let Some(viewer) = starter else {
            let why = ItemState::LeftOut(Denial::Inactive.to_string());
            for item in items {
                note(&mut tx, &mut job, JobItem { state: why.clone(), ..item }, None).await?;
            }
            jobs::settle(&mut tx, &job).await?;
            return Ok(tx.commit().await?);
        };
        let mut change = Change { tx, viewer, session_id: None, now, prepared };
        if job.job.op == BulkOp::Import && pace != Pace::GiveUp {
            self.do_rows(&mut change, &mut job, items).await?;
        } else {
            let group = group_of_job(&mut change.tx, &job).await?;
            for item in items {
                let (state, role_before) = match pace {
                    Pace::Batch | Pace::One => self.do_one(&mut change, job.job.op, group.as_ref(), &item).await?,
                    Pace::GiveUp => (ItemState::Failed(OURS.to_owned()), None),
                };
                note(&mut change.tx, &mut job, JobItem { state, ..item }, role_before).await?;
            }
        }
        jobs::settle(&mut change.tx, &job).await?;
        change.tx.commit().await?;
        if sends(job.job.op) {
            self.outbox_ready.notify_one();
        }
        Ok(())
    }

    /// Temporary passwords for those of the next people who get one, hashed while nobody waits for it.
    async fn prepare(&self, job: &StoredJob) -> Result<Vec<Temporary>, Error> {
        let now = self.now();
        let by_password = {
            let mut conn = self.db.read().await?;
            let Some(viewer) = starter(&mut conn, job, now).await? else { return Ok(Vec::new()) };
            let asked = Asked { state: Some(ItemState::Would.code()), after: 0, limit: BATCH_OF_PASSWORDS };
            let next = jobs::items(&mut conn, &job.job.id, &asked).await?;
            if job.job.op == BulkOp::Import {
                if creates_accounts(&viewer) { need_passwords(&next) } else { 0 }
            } else {
                let ids: Vec<MembershipId> = next.into_iter().filter_map(|item| item.membership_id).collect();
                let people = memberships::by_ids(&mut conn, &job.org_id, &ids).await?;
                people.iter().filter(|person| is_by_password(&viewer, person)).count()
            }
        };
        let mut prepared = Vec::with_capacity(by_password);
        for _ in 0..by_password {
            prepared.push(self.temporary(None).await?);
        }
        Ok(prepared)
    }

    /// Does it to one person, if it may and can be done now; and the role that they had before.
    async fn do_one(
        &self,
        change: &mut Change,
        op: BulkOp,
        group: Option<&Group>,
        item: &JobItem,
    ) -> Result<(ItemState, Option<Role>), Error> {
        if op.is_of_group() && group.is_none() {
            return Ok((ItemState::LeftOut(NO_GROUP.to_owned()), None));
        }
        let gives = group.map(Group::gives).unwrap_or_default();
        let action = op.action(item.role_to, gives).ok_or(Error::Internal)?;
        let org_id = change.viewer.actor.org_id.clone();
        let membership_id = item.membership_id.as_ref().ok_or(Error::Internal)?;
        let Some(person) = memberships::by_id(&mut change.tx, &org_id, membership_id).await? else {
            return Ok((ItemState::LeftOut(GONE.to_owned()), None));
        };
        let target = person.target(change.now);
        let active_owners = memberships::active_owners(&mut change.tx, &org_id).await?;
        let seats = if needs_seat(action, target.state) { change.seats().await? } else { Seats::unlimited() };
        let state = verdict(change.actor(), action, &target, Room { active_owners, seats });
        if state != ItemState::Would {
            return Ok((state, None));
        }
        let id = membership_id.as_str();
        if let Some(group) = group.filter(|_| op.is_of_group()) {
            let moved = self.put_in_or_out(change, group, id, op).await?;
            return Ok((if moved { ItemState::Done } else { ItemState::Unchanged }, None));
        }
        let done = match action {
            Action::ChangeRole(role) => self.put_role(change, id, role).await.map(drop),
            Action::Deactivate | Action::Activate => self.put_switch(change, id, action).await.map(drop),
            Action::ResendInvitation => self.put_again(change, id).await,
            Action::RevokeInvitation => self.withdraw(change, id).await.map(drop),
            Action::Delete => self.put_away(change, id, Removal::Delete, None).await.map(drop),
            Action::RevokeMembership => self.put_away(change, id, Removal::RevokeMembership, None).await.map(drop),
            Action::ViewPeople
            | Action::Invite(_)
            | Action::InviteExternal(_)
            | Action::GrantSupport(_)
            | Action::GiveCustomRole(_)
            | Action::DefineRole(_)
            | Action::DeleteRole(_)
            | Action::DefineGroup(_)
            | Action::DissolveGroup(_)
            | Action::JoinGroup(_)
            | Action::LeaveGroup(_)
            | Action::ViewGuests
            | Action::ViewOrganization
            | Action::EditOrganization
            | Action::ArchiveOrganization
            | Action::RestoreOrganization
            | Action::Edit
            | Action::LimitAccess
            | Action::LimitRole(_)
            | Action::EndSessions
            | Action::ViewAudit
            | Action::ShareViews
            | Action::OfferOwnership
            | Action::EditPolicies
            | Action::EditMailProfile
            | Action::ManageDomains
            | Action::DeleteDomain
            | Action::ViewPartnerSection
            | Action::ReplaceReferralLink
            | Action::ManageAttributes
            | Action::SetAttributes
            | Action::SetOwnAttributes
            | Action::ManageConnections
            | Action::GiveConnectionRole => return Err(Error::Internal),
        };
        Ok(match done {
            Ok(()) => (ItemState::Done, Some(person.role)),
            Err(Error::Conflict(why)) => (ItemState::LeftOut(why), None),
            Err(why @ Error::TooMany { .. }) => (ItemState::Failed(why.to_string()), None),
            Err(other) => return Err(other),
        })
    }

    async fn put_again(&self, change: &mut Change, id: &str) -> Result<(), Error> {
        let (person, permit) = change.permit_on(id, Action::ResendInvitation).await?;
        self.send_again(change, &permit, &person).await.map(drop)
    }
}

/// Everybody of a job, read piece after piece.
#[derive(Debug)]
pub struct JobReport {
    rollcall: Rollcall,
    job: Job,
    after: u64,
}

impl JobReport {
    /// What is done to them.
    pub fn op(&self) -> BulkOp {
        self.job.op
    }

    /// The next people; `None` after the last, but never at first.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database went away.
    pub async fn next(&mut self) -> Result<Option<Vec<JobItem>>, Error> {
        let asked = Asked { state: None, after: self.after, limit: REPORTED_AT_ONCE };
        let mut conn = self.rollcall.db.read().await?;
        let items = jobs::items(&mut conn, &self.job.id, &asked).await?;
        let first = self.after == 0;
        self.after = items.last().map_or(u64::MAX, |item| item.n);
        Ok((first || !items.is_empty()).then_some(items))
    }
}

/// Whether an operation may give people temporary passwords, and sends mail.
const fn sends(op: BulkOp) -> bool {
    matches!(op, BulkOp::Resend | BulkOp::Import)
}

/// Whether whoever is new gets an account with a temporary password, and no link (policy A).
const fn creates_accounts(viewer: &Viewer) -> bool {
    !viewer.org.policies.onboarding.by_link()
}

/// Who started a job, as they are now; `None` when they have left.
async fn starter<H: Handle>(tx: &mut H, job: &StoredJob, now: Timestamp) -> Result<Option<Viewer>, Error> {
    on_behalf_of(tx, (&job.org_id, &job.created_by), now).await
}

/// Notes what became of somebody.
async fn note(tx: &mut Tx, job: &mut StoredJob, item: JobItem, role_before: Option<Role>) -> Result<(), Error> {
    jobs::mark(tx, &job.job.id, &item, role_before).await?;
    job.job.counts.shift(&ItemState::Would, &item.state);
    Ok(())
}

/// Looks the next people of a selection up, and judges them.
async fn plan(tx: &mut Tx, job: &mut StoredJob, starter: Option<&Viewer>, now: Timestamp) -> Result<(), Error> {
    let Some(viewer) = starter else {
        job.job.state = JobState::Canceled;
        return Ok(jobs::settle(tx, job).await?);
    };
    let found = match &job.selection {
        Selection::Named(ids) => named(tx, job, ids, now).await?,
        Selection::Matching(query) => matching(tx, job, query, viewer, now).await?,
        Selection::Rows => return Err(Error::Internal),
    };
    let ids: Vec<MembershipId> = found.rows.iter().map(|row| row.target.membership_id.clone()).collect();
    // Who moves to a later place of the list while it is read comes by twice.
    let known: HashSet<MembershipId> = jobs::known(tx, &job.job.id, &ids).await?.into_iter().collect();
    let active_owners = memberships::active_owners(tx, &job.org_id).await?;
    let group = group_of_job(tx, job).await?;
    if job.job.op.is_of_group() && group.is_none() {
        job.job.state = JobState::Canceled;
        return Ok(jobs::settle(tx, job).await?);
    }
    let gives = group.as_ref().map(Group::gives).unwrap_or_default();
    let action = job.job.op.action(None, gives).ok_or(Error::Internal)?;
    let inside: HashSet<MembershipId> = match &group {
        Some(group) => groups::among(tx, &group.id, &ids).await?.into_iter().collect(),
        None => HashSet::new(),
    };
    let mut seats = seats(tx, viewer, now).await?;
    if job.job.op == BulkOp::Activate {
        // Those of the batches before this one.
        seats = seats.less(job.job.counts.would);
    }
    let mut items = Vec::with_capacity(found.rows.len());
    for row in found.rows.into_iter().filter(|row| !known.contains(&row.target.membership_id)) {
        let is_inside = inside.contains(&row.target.membership_id);
        let state = match (job.job.op, is_inside) {
            (BulkOp::AddToGroup, true) | (BulkOp::RemoveFromGroup, false) => ItemState::Unchanged,
            _ => verdict(&viewer.actor, action, &row.target, Room { active_owners, seats }),
        };
        if state == ItemState::Would && needs_seat(action, row.target.state) {
            seats = seats.less(1);
        }
        *job.job.counts.of(&state) += 1;
        items.push(JobItem {
            n: job.job.counts.total(),
            name: row.display_name(),
            membership_id: Some(row.target.membership_id),
            email: row.email.to_string(),
            role_to: None,
            state,
            row: None,
        });
    }
    jobs::insert_items(tx, &job.job.id, &items).await?;
    job.cursor = found.cursor;
    job.job.state = if job.job.counts.total() > MAX_PEOPLE {
        JobState::Canceled
    } else if job.cursor.is_empty() {
        JobState::Planned
    } else {
        JobState::Planning
    };
    Ok(jobs::settle(tx, job).await?)
}

/// The group that a job is about, as it is now.
async fn group_of_job(tx: &mut Tx, job: &StoredJob) -> Result<Option<Group>, Error> {
    let Some(group) = &job.job.group else { return Ok(None) };
    Ok(groups::by_id(tx, &job.org_id, &group.id).await?)
}

/// People of a selection, and from where the next are read; an empty text after the last.
struct Batch {
    rows: Vec<PersonRow>,
    cursor: String,
}

async fn named(tx: &mut Tx, job: &StoredJob, ids: &[MembershipId], now: Timestamp) -> Result<Batch, Error> {
    let found = memberships::by_ids(tx, &job.org_id, ids).await?;
    let mut found: HashMap<MembershipId, PersonRow> =
        found.into_iter().map(|person| (person.id.clone(), person.into_row(now))).collect();
    // In the order in which they were named, each once.
    let rows = ids.iter().filter_map(|id| found.remove(id)).collect();
    Ok(Batch { rows, cursor: String::new() })
}

async fn matching(
    tx: &mut Tx,
    job: &StoredJob,
    query: &PeopleQuery,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Batch, Error> {
    let words = text::search_words(&query.q);
    let from = Cursor::decode(&job.cursor).map_or(From::Start, From::After);
    let query = PeopleQuery { from, ..query.clone() };
    let pending = viewer.org.policies.pending_externals();
    let sizes = people::sizes(tx, &job.org_id, &query, &words, now).await?.listing(pending);
    let found = people::rows(tx, &job.org_id, &query, &words, &sizes, now).await?;
    let cursor = found.behind(query.sort).map(|cursor| cursor.encode()).unwrap_or_default();
    Ok(Batch { rows: found.rows, cursor })
}
