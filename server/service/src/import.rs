//! Importing people from a file (B27, B28, N2): a job whose people are rows. They are checked against who is there before
//! anybody confirms, and each is judged once more when its turn comes, so that the same file imported again changes nothing.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use model::{
    Action, Email, Ends, JobId, Kind, MembershipId, Source, Timestamp,
    bulk::{BulkOp, ImportedFile, ImportedRow, ItemState, JobCounts, JobItem, JobState, Room, Selection},
    decide,
    id::Id as _,
    import::{
        Column, Difference, Entry, MAX_BYTES, MAX_CELL, Mapping, Plan, Sheet, Standing, UnreadableFile, UnreadableRow,
        Verdict, judge, read_row,
    },
    invitation::{InviteOutcome, Recipient},
    people::Viewer,
};
use std::collections::{BTreeMap, HashMap};
use store::{
    Tx, imports,
    jobs::{self, Asked, StoredJob},
    memberships::{self, Membership},
};

use crate::{
    Caller, Error, Rollcall,
    change::Change,
    invitations::{Granted, Ground},
    secrets::digest,
};

/// Rows that are checked in one transaction.
const CHECKED_AT_ONCE: usize = 500;
/// The longest name of a file that is kept, in characters.
const MAX_FILE_NAME: usize = 120;

/// A file as a form brings it.
#[derive(Debug, Clone, Default)]
pub struct ImportFile {
    /// What it is called.
    pub name: String,
    /// What is in it, in URL-safe base64 without padding.
    pub content: String,
}

/// What somebody types in place of a row's cells.
pub type Cells = BTreeMap<Column, String>;

impl Rollcall {
    /// Reads a file and begins to check its rows; nothing is done to anybody before
    /// [`confirm_bulk`](Self::confirm_bulk). A small file is checked at once.
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who may invite nobody, [`Error::Invalid`] for what is no such file.
    pub async fn start_import(&self, caller: &Caller, org: &str, file: ImportFile) -> Result<JobId, Error> {
        let viewer = self.viewer(caller, org).await?;
        BulkOp::Import.may_be_done_by(&viewer.actor)?;
        if file.content.is_empty() {
            return Err(Error::field("file", "Choose a CSV file."));
        }
        if file.content.len() > MAX_BYTES.div_ceil(3) * 4 {
            return Err(Error::field("file", UnreadableFile::TooLarge));
        }
        let bytes = BASE64.decode(&file.content).map_err(|_| Error::field("file", UnreadableFile::Binary))?;
        // Thousands of rows: not on a thread that others wait for.
        let read = tokio::task::spawn_blocking(move || (digest(&bytes), Sheet::read(&bytes)));
        let (digest, sheet) = read.await.map_err(|_| Error::Internal)?;
        let sheet = sheet.map_err(|why| Error::field("file", why))?;
        let mapping = Mapping::guess(&sheet);
        let name = file.name.chars().filter(|c| !c.is_control()).take(MAX_FILE_NAME).collect();
        let about = ImportedFile { name, header: sheet.header, mapping, earlier: None };
        let now = self.now();
        let rows: Vec<JobItem> = sheet.rows.into_iter().zip(1..).map(|(cells, n)| unchecked(n, cells)).collect();
        let counts = JobCounts { would: rows.len() as u64, ..JobCounts::default() };
        let mut job = self.new_job(&viewer, BulkOp::Import, JobState::Planning, Selection::Rows);
        job.job.counts = counts;
        let mut tx = self.db.write().await?;
        jobs::insert(&mut tx, &job).await?;
        imports::insert(&mut tx, &job.org_id, &job.job.id, &about, &digest).await?;
        jobs::insert_items(&mut tx, &job.job.id, &rows).await?;
        self.plan_rows(&mut tx, &mut job, &viewer, now).await?;
        tx.commit().await?;
        self.jobs_ready.notify_one();
        Ok(job.job.id)
    }

    /// Says what the columns of a file hold; all rows are checked again.
    ///
    /// # Errors
    /// As [`Self::edit_row`].
    pub async fn map_columns(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        columns: Vec<Option<Column>>,
    ) -> Result<(), Error> {
        let (viewer, mut job, mut tx) = self.own_import(caller, org, id).await?;
        let now = self.now();
        let file = imports::file(&mut tx, &job.job.id).await?;
        let mapping = Mapping::new(columns.into_iter().take(file.header.len()));
        imports::remap(&mut tx, &job.job.id, &ImportedFile { mapping, ..file }).await?;
        job.job.counts = JobCounts { would: job.job.counts.total(), ..JobCounts::default() };
        job.job.state = JobState::Planning;
        job.cursor = String::new();
        self.plan_rows(&mut tx, &mut job, &viewer, now).await?;
        tx.commit().await?;
        self.jobs_ready.notify_one();
        Ok(())
    }

    /// Puts something else into the cells of a row, and checks it again.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is not planned any more or somebody else's; else as [`job`](Self::job).
    pub async fn edit_row(&self, caller: &Caller, org: &str, id: &str, n: u64, cells: Cells) -> Result<(), Error> {
        let (viewer, mut job, mut tx) = self.own_import(caller, org, id).await?;
        let now = self.now();
        let file = imports::file(&mut tx, &job.job.id).await?;
        let item = imports::row(&mut tx, &job.job.id, n).await?.ok_or(Error::NotFound)?;
        let mut row = item.row.map(|row| row.cells).unwrap_or_default();
        for (column, text) in cells {
            if let Some(cell) = file.mapping.place(column).and_then(|place| row.get_mut(place)) {
                *cell = text.chars().take(MAX_CELL / 4).collect();
            }
        }
        // It takes no seat while it is judged.
        imports::rewrite(&mut tx, &job.job.id, n, &row).await?;
        job.job.counts.shift(&item.state, &ItemState::Would);
        let anew = unchecked(n, row);
        self.check_rows(&mut tx, &mut job, &viewer, vec![anew], now).await?;
        jobs::settle(&mut tx, &job).await?;
        tx.commit().await?;
        Ok(())
    }

    /// An import that waits to be confirmed by who asks, behind a lock on it.
    async fn own_import(&self, caller: &Caller, org: &str, id: &str) -> Result<(Viewer, StoredJob, Tx), Error> {
        let (viewer, _) = self.found_job(caller, org, id).await?;
        let mut tx = self.db.write().await?;
        let id = JobId::parse(id).map_err(|_| Error::NotFound)?;
        let job = jobs::by_id(&mut tx, &viewer.actor.org_id, &id).await?.ok_or(Error::NotFound)?;
        if job.selection != Selection::Rows {
            return Err(Error::NotFound);
        }
        let planned = job.job.state == JobState::Planned;
        if !planned || job.created_by != viewer.actor.user_id || !jobs::hold(&mut tx, &job, self.now()).await? {
            let why = "This import was confirmed or canceled already, or is somebody else’s.";
            return Err(Error::Conflict(why.to_owned()));
        }
        Ok((viewer, job, tx))
    }

    /// Checks the next rows of an import.
    pub(crate) async fn plan_rows(
        &self,
        tx: &mut Tx,
        job: &mut StoredJob,
        viewer: &Viewer,
        now: Timestamp,
    ) -> Result<(), Error> {
        let after = job.cursor.parse().unwrap_or(0);
        let asked = Asked { state: Some(ItemState::Would.code()), after, limit: CHECKED_AT_ONCE };
        let items = jobs::items(tx, &job.job.id, &asked).await?;
        let is_last = items.len() < CHECKED_AT_ONCE;
        if let Some(last) = items.last() {
            job.cursor = last.n.to_string();
        }
        self.check_rows(tx, job, viewer, items, now).await?;
        if is_last {
            job.job.state = JobState::Planned;
            job.cursor = String::new();
        }
        Ok(jobs::settle(tx, job).await?)
    }

    /// Checks rows, and notes what would become of them.
    async fn check_rows(
        &self,
        tx: &mut Tx,
        job: &mut StoredJob,
        viewer: &Viewer,
        items: Vec<JobItem>,
        now: Timestamp,
    ) -> Result<(), Error> {
        // Those that were checked before take the seats that they were promised.
        let promised = match viewer.org.policies.seats {
            Some(_) => imports::to_create(tx, &job.job.id).await?,
            None => 0,
        };
        let judged = self.judge_rows(tx, job, viewer, items, promised, now).await?;
        let items = judged.into_iter().map(|row| row.checked(None, None));
        note(tx, job, items.collect()).await
    }

    /// What would become of rows, where so many seats are promised to others.
    async fn judge_rows(
        &self,
        tx: &mut Tx,
        job: &StoredJob,
        viewer: &Viewer,
        items: Vec<JobItem>,
        promised: u64,
        now: Timestamp,
    ) -> Result<Vec<Judged>, Error> {
        let mapping = imports::file(tx, &job.job.id).await?.mapping;
        let said = |item: &JobItem| read_row(item.row.as_ref().map_or(&[], |row| &row.cells[..]), &mapping, now);
        let rows: Vec<(Result<Entry, UnreadableRow>, JobItem)> =
            items.into_iter().map(|item| (said(&item), item)).collect();
        let emails: Vec<Email> = rows.iter().filter_map(|(said, _)| Some(said.as_ref().ok()?.email.clone())).collect();
        let Ground { mut people, barred, seats } = self.ground(tx, viewer, (&emails, Kind::Standard), now).await?;
        let addresses: Vec<&str> = emails.iter().map(Email::as_str).collect();
        let mut places: HashMap<String, u64> = HashMap::new();
        for (email, n) in imports::places(tx, &job.job.id, &addresses).await? {
            places.entry(email).or_insert(n);
        }
        let mut room = Room {
            active_owners: memberships::active_owners(tx, &viewer.actor.org_id).await?,
            seats: seats.less(promised),
        };
        let mut judged = Vec::with_capacity(rows.len());
        for (said, item) in rows {
            let entry = match said {
                Ok(entry) => entry,
                Err(why) => {
                    judged.push(Judged { item, entry: None, person: None, verdict: Verdict::unreadable(&why) });
                    continue;
                }
            };
            let first = *places.entry(entry.email.to_string()).or_insert(item.n);
            if first != item.n {
                judged.push(Judged { item, entry: Some(entry), person: None, verdict: Verdict::repeated(first) });
                continue;
            }
            let person = people.remove(&entry.email);
            let standing = person.as_ref().map(|person| standing(person, now));
            let barred = barred.get(&entry.email).copied();
            let verdict =
                judge(&viewer.actor, &entry, standing.as_ref(), barred, viewer.org.policies.default_role, room);
            if verdict.plan.is_some_and(Plan::needs_seat) {
                room.seats = room.seats.less(1);
            }
            judged.push(Judged { item, entry: Some(entry), person, verdict });
        }
        Ok(judged)
    }

    /// Does rows, each judged once more; new people in as few statements as there are terms among them.
    pub(crate) async fn do_rows(
        &self,
        change: &mut Change,
        job: &mut StoredJob,
        items: Vec<JobItem>,
    ) -> Result<(), Error> {
        let default_role = change.viewer.org.policies.default_role;
        let judged = self.judge_rows(&mut change.tx, job, &change.viewer, items, 0, change.now).await?;
        let mut over: Vec<JobItem> = Vec::with_capacity(judged.len());
        let mut new: Vec<(Granted, Vec<(Judged, Recipient)>)> = Vec::new();
        for row in judged {
            match (row.verdict.plan, &row.entry, &row.person) {
                (Some(Plan::Create), Some(entry), _) => {
                    let role = entry.role.unwrap_or(default_role);
                    let terms = Granted { kind: Kind::Standard, role, until: entry.until, source: Source::Csv };
                    let recipient = Recipient { email: entry.email.clone(), name: entry.name.clone() };
                    match new.iter_mut().find(|(of, _)| *of == terms) {
                        Some((_, rows)) => rows.push((row, recipient)),
                        None => new.push((terms, vec![(row, recipient)])),
                    }
                }
                (Some(plan), Some(entry), Some(person)) => {
                    let state = state_of(self.do_row(change, plan, entry, person).await)?;
                    let id = person.id.clone();
                    over.push(row.checked(Some(state), Some(id)));
                }
                _ => over.push(row.checked(None, None)),
            }
        }
        for (terms, rows) in new {
            over.extend(self.do_new(change, terms, rows).await?);
        }
        note(&mut change.tx, job, over).await
    }

    /// Invites new people on the same terms, or makes them accounts (policy A).
    async fn do_new(
        &self,
        change: &mut Change,
        terms: Granted,
        rows: Vec<(Judged, Recipient)>,
    ) -> Result<Vec<JobItem>, Error> {
        let (rows, recipients): (Vec<Judged>, Vec<Recipient>) = rows.into_iter().unzip();
        let outcomes: Vec<Result<InviteOutcome, Error>> = if change.viewer.org.policies.onboarding.by_link() {
            let results = self.invite_within(change, recipients.into_iter().map(Ok).collect(), terms).await?;
            results.into_iter().map(|result| Ok(result.outcome)).collect()
        } else {
            let mut outcomes = Vec::with_capacity(recipients.len());
            for recipient in recipients {
                outcomes.push(self.create_of_row(change, terms, recipient).await);
            }
            outcomes
        };
        let done = rows.into_iter().zip(outcomes).map(|(row, outcome)| {
            let id = outcome.as_ref().ok().and_then(InviteOutcome::membership_id).cloned();
            let state = match outcome {
                Ok(refused) if id.is_none() => ItemState::LeftOut(refused.sentence()),
                other => state_of(other.map(drop))?,
            };
            Ok(row.checked(Some(state), id))
        });
        done.collect()
    }

    async fn create_of_row(
        &self,
        change: &mut Change,
        terms: Granted,
        recipient: Recipient,
    ) -> Result<InviteOutcome, Error> {
        let permit = decide(change.actor(), Action::Invite(terms.role), None)?;
        let temporary = self.next_temporary(change).await?;
        let ends = Ends::of_access(terms.until, &change.actor().user_id);
        self.create(change, &permit, (recipient.name, recipient.email), (terms.role, ends), temporary).await
    }

    /// Changes somebody who is there, or sends them their invitation again.
    async fn do_row(&self, change: &mut Change, plan: Plan, entry: &Entry, person: &Membership) -> Result<(), Error> {
        let standing = standing(person, change.now);
        let difference = Difference::of(entry, &standing);
        let id = person.id.to_string();
        // What is over already would end the new invitation at once.
        let limits = difference.until.is_some() || plan == Plan::SendAgain && standing.is_over;
        // All that may be refused is asked before anything is written, so that nothing is done by halves.
        let asked = [
            difference.role.map(Action::ChangeRole),
            difference.name.is_some().then_some(Action::Edit),
            limits.then_some(Action::LimitAccess),
            (plan == Plan::SendAgain).then_some(Action::ResendInvitation),
        ];
        for action in asked.into_iter().flatten() {
            change.permit_on(&id, action).await?;
        }
        if let Some(role) = difference.role {
            self.put_role(change, &id, role).await?;
        }
        if let Some(name) = &difference.name {
            let (person, permit) = change.permit_on(&id, Action::Edit).await?;
            self.put_details(change, (&person, &permit), name, &person.email).await?;
        }
        if limits {
            let (person, permit) = change.permit_on(&id, Action::LimitAccess).await?;
            let held = person.ends.pending(change.now);
            let set_by = Some(change.actor().user_id.clone());
            let wanted = Ends { access: difference.until.or(held.access), set_by, ..held };
            self.put_ends(change, (&person, &permit), &wanted).await?;
        }
        if plan == Plan::SendAgain {
            let (person, permit) = change.permit_on(&id, Action::ResendInvitation).await?;
            self.send_again(change, &permit, &person).await?;
        }
        Ok(())
    }
}

/// A row that was judged: what it says, and who stands under its address.
struct Judged {
    item: JobItem,
    entry: Option<Entry>,
    person: Option<Membership>,
    verdict: Verdict,
}

impl Judged {
    /// As it is noted: with what became of it, where something was done, and whose membership that was.
    fn checked(self, done: Option<ItemState>, membership_id: Option<MembershipId>) -> JobItem {
        let Self { item, entry, verdict, .. } = self;
        let (name, email) = match &entry {
            Some(entry) => (entry.name.display(&entry.email), entry.email.to_string()),
            None => (item.name, item.email),
        };
        let row = item.row.map(|row| ImportedRow { plan: verdict.plan, difference: verdict.difference, ..row });
        JobItem { n: item.n, membership_id, name, email, role_to: None, state: done.unwrap_or(verdict.state), row }
    }
}

/// Notes what became of rows of which nothing was known.
async fn note(tx: &mut Tx, job: &mut StoredJob, items: Vec<JobItem>) -> Result<(), Error> {
    for item in items {
        job.job.counts.shift(&ItemState::Would, &item.state);
        imports::mark(tx, &job.job.id, &item).await?;
    }
    Ok(())
}

fn standing(person: &Membership, now: Timestamp) -> Standing {
    Standing {
        target: person.target(now),
        name: person.name.clone(),
        ends: person.ends.pending(now),
        is_over: person.ends.is_over(now),
    }
}

/// A row of which nothing is known yet.
fn unchecked(n: u64, cells: Vec<String>) -> JobItem {
    JobItem {
        n,
        membership_id: None,
        name: String::new(),
        email: String::new(),
        role_to: None,
        state: ItemState::Would,
        row: Some(ImportedRow { cells, plan: None, difference: String::new() }),
    }
}

/// What became of a row: what one person cannot have holds up nobody else.
fn state_of(done: Result<(), Error>) -> Result<ItemState, Error> {
    match done {
        Ok(()) => Ok(ItemState::Done),
        Err(Error::Conflict(why)) => Ok(ItemState::LeftOut(why)),
        Err(Error::Denied(why)) => Ok(ItemState::LeftOut(why.to_string())),
        Err(why @ Error::TooMany { .. }) => Ok(ItemState::Failed(why.to_string())),
        Err(other) => Err(other),
    }
}

/// How many of the next rows need a temporary password.
pub(crate) fn need_passwords(next: &[JobItem]) -> usize {
    let plans = next.iter().filter_map(|item| item.row.as_ref()?.plan);
    plans.filter(|plan| plan.needs_seat()).count()
}
