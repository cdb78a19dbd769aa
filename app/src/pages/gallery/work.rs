//! Jobs in their states, and what stands on a profile beside the facts.

use leptos::prelude::*;
use model::{
    Role,
    activity::{Activity, ActivityPage, Detail},
    bulk::{
        BulkOp, ImportedFile, ImportedRow, ItemState, Job, JobCounts, JobItem, JobLine, JobPage, JobState, JobsPage,
    },
    import::{Column, Mapping, Plan},
    people::PersonProfile,
    session::LiveSession,
    time::{DAY, HOUR, MINUTE},
};

use super::{Sample, made_up};
use crate::pages::{
    job::{Asked, Forms, Found},
    jobs::Jobs,
    person::{activity::ActivityLog, sessions::Sessions},
};

fn job(op: BulkOp, state: JobState, counts: JobCounts, items: &[ItemState]) -> JobPage {
    let items = made_up::people(8).into_iter().zip(items).zip(1..).map(|((person, state), n)| JobItem {
        n,
        membership_id: Some(person.target.membership_id.clone()),
        name: person.display_name(),
        email: person.email.to_string(),
        role_to: None,
        state: state.clone(),
        row: None,
    });
    let id = made_up::id(1);
    let job = Job { id, op, state, counts, group: None, undo_of: None, undone_by: None, created_at: made_up::NOW };
    JobPage { job, is_yours: true, items: items.collect(), next: Some(50), file: None, now: made_up::NOW }
}

pub(super) fn jobs() -> AnyView {
    use ItemState::{Done, Failed, LeftOut, Unchanged, Would};
    let left_out = || LeftOut("You cannot do this to yourself.".to_owned());
    let failed = || Failed("This is not possible while the person is in this state.".to_owned());
    let none = JobCounts::default();
    let states = [
        (
            "Planned",
            BulkOp::Deactivate,
            JobState::Planned,
            JobCounts { would: 1_201, left_out: 2, unchanged: 13, ..none },
            [left_out(), Would, Unchanged],
        ),
        (
            "Planned, and final",
            BulkOp::Delete,
            JobState::Planned,
            JobCounts { would: 12, left_out: 1, ..none },
            [left_out(), Would, Would],
        ),
        (
            "Running",
            BulkOp::Deactivate,
            JobState::Running,
            JobCounts { would: 400, done: 810, failed: 4, left_out: 2, ..none },
            [left_out(), Done, Would],
        ),
        (
            "Done",
            BulkOp::ChangeRole(Role::Viewer),
            JobState::Done,
            JobCounts { done: 1_203, failed: 4, unchanged: 9, ..none },
            [Unchanged, Done, failed()],
        ),
    ];
    let forms = Forms::new();
    let org = StoredValue::new("gallery".to_owned());
    let asked = Asked::default;
    let import = import();
    view! {
        {states
            .map(|(of, op, state, counts, items)| {
                let page = job(op, state, counts, &items);
                view! { <Sample of><Found org page asked=asked() forms /></Sample> }
            })
            .collect_view()}
        <Sample of="Import, planned"><Found org page=import asked=asked() forms /></Sample>
    }
    .into_any()
}

/// An import with a row of each kind.
fn import() -> JobPage {
    use ItemState::{Failed, LeftOut, Would};
    let states = [
        Would,
        Would,
        Failed("Enter an email address.".to_owned()),
        LeftOut("Row 1 has this address already.".to_owned()),
    ];
    let counts = JobCounts { would: 2, left_out: 1, failed: 1, ..JobCounts::default() };
    let page = job(BulkOp::Import, JobState::Planned, counts, &states);
    let plans = [(Some(Plan::Create), ""), (Some(Plan::Update), "Role Member → Admin"), (None, ""), (None, "")];
    let items = page.items.into_iter().zip(plans).map(|(item, (plan, difference))| {
        let cells = vec![item.name.clone(), item.email.clone()];
        let row = ImportedRow { cells, plan, difference: difference.to_owned() };
        let email = if matches!(item.state, Failed(_)) { String::new() } else { item.email };
        JobItem { email, row: Some(row), ..item }
    });
    let file = ImportedFile {
        name: "people.csv".to_owned(),
        header: ["Full Name", "Email"].map(str::to_owned).to_vec(),
        mapping: Mapping::new([Some(Column::FullName), Some(Column::Email)]),
        earlier: Some((made_up::id(2), made_up::NOW.plus(-2 * DAY))),
    };
    JobPage { items: items.collect(), file: Some(file), ..page }
}

pub(super) fn job_list() -> AnyView {
    let counts = |would, done, left_out| JobCounts { would, done, left_out, ..JobCounts::default() };
    let lines = [
        (BulkOp::Delete, JobState::Planned, counts(12, 0, 1), "Ada Lovelace"),
        (BulkOp::Deactivate, JobState::Running, counts(400, 810, 2), "Grace Hopper"),
        (BulkOp::ChangeRole(Role::Viewer), JobState::Done, counts(0, 1_203, 4), "Ada Lovelace"),
        (BulkOp::Resend, JobState::Canceled, counts(3, 0, 0), "أحمد زويل"),
    ];
    let lines = lines.into_iter().zip(1_u8..).map(|((op, state, counts, by), n)| JobLine {
        job: Job {
            id: made_up::id(n),
            created_at: made_up::NOW.plus(-i64::from(n) * DAY),
            ..job(op, state, counts, &[]).job
        },
        by: by.to_owned(),
    });
    let page = JobsPage { jobs: lines.collect(), continued: true, older: Some(made_up::id(9)), now: made_up::NOW };
    let none = JobsPage { jobs: Vec::new(), continued: false, older: None, now: made_up::NOW };
    let org = || "gallery".to_owned();
    view! {
        <Sample of="Some"><Jobs org=org() page /></Sample>
        <Sample of="None"><Jobs org=org() page=none /></Sample>
    }
    .into_any()
}

fn sessions() -> Vec<LiveSession> {
    [("Firefox on Linux", 2 * MINUTE, true), ("Safari on iPhone", 3 * DAY, false)]
        .into_iter()
        .zip(1..)
        .map(|((browser, ago, own), n)| LiveSession {
            id: made_up::id(n),
            browser: browser.to_owned(),
            address: "192.0.2.7".to_owned(),
            last_seen_at: made_up::NOW.plus(-ago),
            signed_in_at: made_up::NOW.plus(-ago - 5 * HOUR),
            own,
        })
        .collect()
}

fn lines() -> Vec<Activity> {
    let roles = Detail { from: Some("member".to_owned()), to: Some("admin".to_owned()), ..Detail::default() };
    [
        ("membership.role_changed", roles),
        ("membership.updated", Detail { email_changed: true, ..Detail::default() }),
        ("invitation.accepted", Detail::default()),
        ("invitation.sent", Detail { role: Some("member".to_owned()), ..Detail::default() }),
    ]
    .into_iter()
    .zip(1_u8..)
    .map(|((action, detail), n)| Activity {
        id: made_up::id(n),
        at: made_up::NOW.plus(-i64::from(n) * 7 * HOUR),
        actor_name: if action == "invitation.accepted" { "Grace Hopper" } else { "Ada Lovelace" }.to_owned(),
        target_name: "Grace Hopper".to_owned(),
        to_themselves: false,
        action: action.to_owned(),
        detail,
    })
    .collect()
}

pub(super) fn profile() -> AnyView {
    let viewer = made_up::viewer();
    let profile = PersonProfile {
        row: made_up::people(1).swap_remove(0),
        joined_at: Some(made_up::NOW),
        access_ended_at: None,
        invitation_expires_at: None,
        delivery_error: None,
        support: None,
        groups: Vec::new(),
        attributes: Vec::new(),
        connections: Vec::new(),
        connection_roles: Vec::new(),
        sessions: None,
        now: made_up::NOW,
    };
    let page = ActivityPage { lines: lines(), continued: true, older: Some(made_up::id(9)), now: made_up::NOW };
    view! {
        <Sessions viewer profile sessions=sessions() />
        <ActivityLog here=super::PATH.to_owned() found=Ok(page) />
    }
    .into_any()
}
