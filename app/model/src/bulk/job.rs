//! A job: how far it has come, with whom, and how it is listed.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::{BulkOp, ItemState, MAX_PEOPLE};
use crate::{
    JobId, MembershipId, Role, Timestamp,
    group::NamedGroup,
    import::{Mapping, Plan},
    people::safe_cell,
    text::{counted, thousands},
};

/// People on a page of a job.
pub const JOB_PAGE: usize = 50;
/// Jobs on a page of them.
pub const JOBS_PAGE: usize = 50;

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Looks up whom it is about.
    Planning,
    /// Waits to be confirmed.
    Planned,
    /// Does it.
    Running,
    /// Has done it.
    Done,
    /// Was canceled; what was done until then stays.
    Canceled,
}

impl JobState {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Done => "done",
            Self::Canceled => "canceled",
        }
    }
    /// The state of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Planning, Self::Planned, Self::Running, Self::Done, Self::Canceled]
            .into_iter()
            .find(|state| state.code() == code)
    }
    /// Whether it goes on by itself.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Planning | Self::Running)
    }
}

/// How many people of a job are in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JobCounts {
    /// [`ItemState::Would`]
    pub would: u64,
    /// [`ItemState::Unchanged`]
    pub unchanged: u64,
    /// [`ItemState::LeftOut`]
    pub left_out: u64,
    /// [`ItemState::Done`]
    pub done: u64,
    /// [`ItemState::Failed`]
    pub failed: u64,
}

impl JobCounts {
    /// The number behind a state's code.
    pub fn of(&mut self, state: &ItemState) -> &mut u64 {
        match state {
            ItemState::Would => &mut self.would,
            ItemState::Unchanged => &mut self.unchanged,
            ItemState::LeftOut(_) => &mut self.left_out,
            ItemState::Done => &mut self.done,
            ItemState::Failed(_) => &mut self.failed,
        }
    }
    /// One person who was in one state is in another now.
    pub fn shift(&mut self, from: &ItemState, to: &ItemState) {
        *self.of(from) -= 1;
        *self.of(to) += 1;
    }
    /// All of them.
    pub const fn total(self) -> u64 {
        self.would + self.unchanged + self.left_out + self.done + self.failed
    }
}

/// A job, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What is done.
    pub op: BulkOp,
    /// How far it has come.
    pub state: JobState,
    /// How many are how far.
    pub counts: JobCounts,
    /// The group that it is about, as long as there is one.
    #[serde(default)]
    pub group: Option<NamedGroup>,
    /// The job that this one takes back.
    pub undo_of: Option<JobId>,
    /// The job that has taken this one back.
    pub undone_by: Option<JobId>,
    /// When it was begun.
    pub created_at: Timestamp,
}

impl Job {
    /// As its heading.
    pub fn title(&self) -> String {
        match (self.op, &self.group) {
            (BulkOp::AddToGroup, Some(group)) => format!("Add to the group {}", group.name.as_str()),
            (BulkOp::RemoveFromGroup, Some(group)) => format!("Take out of the group {}", group.name.as_str()),
            (op, _) => op.title(),
        }
    }
    /// How a job stands, in words.
    pub fn sentence(&self) -> String {
        let counts = self.counts;
        let mut words = match self.state {
            JobState::Planning if self.op == BulkOp::Import => {
                return format!("Checking {} of the file.", counted(counts.total(), "row", "rows"));
            }
            JobState::Planning => return format!("Looking up the people: {} so far.", thousands(counts.total())),
            JobState::Planned if counts.would == 0 => "There is nothing to do.".to_owned(),
            JobState::Planned => self.op.forecast(counts.would),
            JobState::Running => {
                let over = counts.total() - counts.would;
                format!("{} of {} so far.", thousands(over), thousands(counts.total()))
            }
            JobState::Canceled if counts.total() > MAX_PEOPLE => {
                return format!("More than {} people match. Narrow the list down first.", thousands(MAX_PEOPLE));
            }
            JobState::Canceled if counts.done == 0 => return "Canceled. Nothing was changed.".to_owned(),
            JobState::Canceled => format!("Canceled. {}", self.op.report(counts.done)),
            JobState::Done if counts.done == 0 => "Nothing was changed.".to_owned(),
            JobState::Done => self.op.report(counts.done),
        };
        let are = |n: u64| if n == 1 { "is" } else { "are" };
        if counts.left_out > 0 {
            words.push_str(&format!(" {} {} left out.", thousands(counts.left_out), are(counts.left_out)));
        }
        let unreadable = self.op == BulkOp::Import && self.state == JobState::Planned;
        match (counts.failed, unreadable) {
            (0, _) => {}
            (1, true) => words.push_str(" 1 row has an error."),
            (n, true) => words.push_str(&format!(" {} rows have errors.", thousands(n))),
            (n, false) => words.push_str(&format!(" {} failed.", thousands(n))),
        }
        words
    }
    /// Whether it can be taken back: once, when it is over, and where anything was done.
    pub const fn can_be_undone(&self) -> bool {
        let over = matches!(self.state, JobState::Done | JobState::Canceled);
        over && self.op.undo().is_some() && self.counts.done > 0 && self.undone_by.is_none() && self.undo_of.is_none()
    }
}

/// One person of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobItem {
    /// The place among the people of the job, from 1.
    pub n: u64,
    /// Whose membership; `None` for a row of a file that has made nobody one.
    pub membership_id: Option<MembershipId>,
    /// The name at the time.
    pub name: String,
    /// The address at the time.
    pub email: String,
    /// The role that this person gets, where each gets their own.
    pub role_to: Option<Role>,
    /// What becomes of them.
    pub state: ItemState,
    /// The row of a file that this is.
    pub row: Option<ImportedRow>,
}

impl JobItem {
    /// What becomes of them in a few words.
    pub fn result(&self, op: BulkOp) -> String {
        let plan = self.row.as_ref().and_then(|row| row.plan);
        match (&self.state, plan) {
            (ItemState::Would, Some(plan)) => plan.label(false).to_owned(),
            (ItemState::Done, Some(plan)) => plan.label(true).to_owned(),
            (ItemState::Would, None) if op == BulkOp::Import => "Not checked yet".to_owned(),
            (ItemState::Failed(_), _) if op == BulkOp::Import => "Error".to_owned(),
            (state, _) => op.result(self.role_to, state),
        }
    }
    /// The cells of a line about them: place, name, address, result, reason.
    pub fn report(&self, op: BulkOp) -> [Cow<'static, str>; 5] {
        let safe = |text: &str| Cow::Owned(safe_cell(text).into_owned());
        [
            Cow::Owned(self.n.to_string()),
            safe(&self.name),
            safe(&self.email),
            Cow::Owned(self.result(op)),
            safe(self.reason().unwrap_or_default()),
        ]
    }
    /// Why, or what changes.
    pub fn reason(&self) -> Option<&str> {
        let changes = || self.row.as_ref().map(|row| row.difference.as_str()).filter(|words| !words.is_empty());
        self.state.reason().or_else(changes)
    }
}

/// A row of a file (B28).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedRow {
    /// Its cells, as in the file.
    pub cells: Vec<String>,
    /// What is done with it, once it was checked.
    pub plan: Option<Plan>,
    /// What changes about somebody who is there.
    pub difference: String,
}

/// The file that a job imports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedFile {
    /// What it was called.
    pub name: String,
    /// The heads of its columns.
    pub header: Vec<String>,
    /// What its columns hold.
    pub mapping: Mapping,
    /// The job that imported the same file before, and when it was begun.
    pub earlier: Option<(JobId, Timestamp)>,
}

/// A job with some of its people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobPage {
    /// The job.
    pub job: Job,
    /// Whether who looks at it started it; nobody else may confirm it.
    pub is_yours: bool,
    /// At most [`JOB_PAGE`].
    pub items: Vec<JobItem>,
    /// After which place the next ones are read, if there are any.
    pub next: Option<u64>,
    /// The file that it imports.
    pub file: Option<ImportedFile>,
    /// The server's clock.
    pub now: Timestamp,
}

/// A job among others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobLine {
    /// The job.
    pub job: Job,
    /// The name of who started it.
    pub by: String,
}

/// The jobs of an organization, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobsPage {
    /// At most [`JOBS_PAGE`].
    pub jobs: Vec<JobLine>,
    /// Newer ones stand in front of these.
    pub continued: bool,
    /// Before which job older ones are read, if there are any.
    pub older: Option<JobId>,
    /// The server's clock.
    pub now: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id as _;

    #[test]
    fn how_a_job_stands_is_said_in_sentences() {
        let at = Timestamp::from_millis(1);
        let job = |state, counts| Job {
            id: JobId::fresh(at, [1; 10]),
            op: BulkOp::ChangeRole(Role::Viewer),
            state,
            counts,
            group: None,
            undo_of: None,
            undone_by: None,
            created_at: at,
        };
        let none = JobCounts::default();
        for (state, counts, text) in [
            (JobState::Planning, JobCounts { would: 1_200, ..none }, "Looking up the people: 1,200 so far."),
            (
                JobState::Planned,
                JobCounts { would: 12, left_out: 2, unchanged: 3, ..none },
                "12 people will have the role Viewer. 2 are left out.",
            ),
            (JobState::Planned, JobCounts { left_out: 1, ..none }, "There is nothing to do. 1 is left out."),
            (JobState::Running, JobCounts { would: 40, done: 60, ..none }, "60 of 100 so far."),
            (JobState::Done, JobCounts { done: 1, failed: 2, ..none }, "1 person has the role Viewer now. 2 failed."),
            (JobState::Canceled, JobCounts { would: 4, ..none }, "Canceled. Nothing was changed."),
            (
                JobState::Canceled,
                JobCounts { would: 100_001, ..none },
                "More than 100,000 people match. Narrow the list down first.",
            ),
        ] {
            assert_eq!(job(state, counts).sentence(), text);
        }
    }
}
