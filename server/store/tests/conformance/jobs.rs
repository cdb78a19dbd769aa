//! Jobs: found in their own organization alone, done by one worker at a time, and read page by page.

use model::{
    JobId, MembershipId, Role, Timestamp,
    bulk::{BulkOp, ItemState, Job, JobCounts, JobItem, JobState, Selection},
    id::Id as _,
    people::PeopleQuery,
    time::{DAY, MINUTE},
};
use store::{
    Db, StoreError,
    jobs::{self, Asked, StoredJob},
};
use tokio::task::JoinSet;

use crate::support::{NOW, Org, fresh, number, user_of};

pub(crate) fn job(org: &Org, state: JobState) -> StoredJob {
    StoredJob {
        job: Job {
            id: fresh(),
            op: BulkOp::ChangeRole(Role::Viewer),
            state,
            counts: JobCounts::default(),
            group: None,
            undo_of: None,
            undone_by: None,
            created_at: NOW,
        },
        org_id: org.id.clone(),
        created_by: user_of(&org.owner),
        selection: Selection::Matching(PeopleQuery { q: "ada".to_owned(), ..PeopleQuery::default() }),
        cursor: String::new(),
        leased_until: Timestamp::from_millis(0),
    }
}

fn item(n: u64, state: ItemState) -> JobItem {
    JobItem {
        n,
        membership_id: Some(fresh()),
        name: format!("Person {n}"),
        email: format!("p{n}@x.example"),
        role_to: None,
        state,
        row: None,
    }
}

async fn put(db: &Db, job: &StoredJob, items: &[JobItem]) {
    let mut tx = db.write().await.unwrap();
    jobs::insert(&mut tx, job).await.unwrap();
    jobs::insert_items(&mut tx, &job.job.id, items).await.unwrap();
    tx.commit().await.unwrap();
}

async fn read(db: &Db, org: &Org, id: &JobId) -> Option<StoredJob> {
    jobs::by_id(&mut db.read().await.unwrap(), &org.id, id).await.unwrap()
}

async fn lease(db: &Db, now: Timestamp) -> Option<StoredJob> {
    let mut tx = db.write().await.unwrap();
    let leased = jobs::lease(&mut tx, now, now.plus(MINUTE)).await.unwrap();
    tx.commit().await.unwrap();
    leased
}

async fn page(db: &Db, id: &JobId, state: Option<&'static str>, after: u64) -> Vec<u64> {
    let asked = Asked { state, after, limit: 2 };
    let items = jobs::items(&mut db.read().await.unwrap(), id, &asked).await.unwrap();
    items.into_iter().map(|item| item.n).collect()
}

async fn a_job_is_found_in_its_own_organization_alone(db: Db) {
    let (org, other) = (Org::found(&db, "acme").await, Org::found(&db, "other").await);
    let job = job(&org, JobState::Planning);
    put(&db, &job, &[]).await;
    assert_eq!(read(&db, &org, &job.job.id).await, Some(job.clone()));
    assert_eq!(read(&db, &other, &job.job.id).await, None);
    assert_eq!(read(&db, &org, &fresh()).await, None);
    let elsewhere = StoredJob { org_id: other.id.clone(), ..job.clone() };
    let mut tx = db.write().await.unwrap();
    assert!(!jobs::set_state(&mut tx, &elsewhere, JobState::Canceled, NOW).await.unwrap());
    assert!(jobs::set_state(&mut tx, &job, JobState::Canceled, NOW).await.unwrap());
    assert!(!jobs::set_state(&mut tx, &job, JobState::Canceled, NOW).await.unwrap(), "it is so already");
}

async fn people_are_read_by_state_from_a_place_on(db: Db) {
    let org = Org::found(&db, "acme").await;
    let job = job(&org, JobState::Planned);
    let why = || ItemState::LeftOut("It is the only Owner.".to_owned());
    let items: Vec<JobItem> = (1..=6).map(|n| item(n, if n % 2 == 0 { why() } else { ItemState::Would })).collect();
    put(&db, &job, &items).await;
    let id = &job.job.id;
    assert_eq!(page(&db, id, None, 0).await, [1, 2]);
    assert_eq!(page(&db, id, None, 4).await, [5, 6]);
    assert_eq!(page(&db, id, Some("left_out"), 0).await, [2, 4]);
    assert_eq!(page(&db, id, Some("left_out"), 4).await, [6]);
    assert_eq!(page(&db, id, Some("done"), 0).await, [] as [u64; 0]);
    let asked = Asked { limit: 10, ..Asked::default() };
    assert_eq!(jobs::items(&mut db.read().await.unwrap(), id, &asked).await.unwrap(), items);

    let mut tx = db.write().await.unwrap();
    let people: Vec<MembershipId> = vec![items[3].membership_id.clone().unwrap(), fresh()];
    assert_eq!(jobs::known(&mut tx, id, &people).await.unwrap(), people[..1]);
    let again = JobItem { n: 7, ..items[0].clone() };
    assert!(matches!(jobs::insert_items(&mut tx, id, &[again]).await, Err(StoreError::Taken)));
}

async fn two_workers_never_hold_the_same_job(db: Db) {
    let org = Org::found(&db, "acme").await;
    for state in [JobState::Planning, JobState::Running, JobState::Planned, JobState::Done, JobState::Canceled] {
        put(&db, &job(&org, state), &[]).await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..6 {
        let db = db.clone();
        workers.spawn(async move { lease(&db, NOW).await.map(|job| job.job.id) });
    }
    let mut held: Vec<JobId> = workers.join_all().await.into_iter().flatten().collect();
    held.sort_unstable();
    held.dedup();
    // On PostgreSQL workers that choose the same job at the same time go away with nothing, and come again.
    while let Some(job) = lease(&db, NOW).await {
        assert!(!held.contains(&job.job.id));
        held.push(job.job.id);
    }
    assert_eq!(held.len(), 2, "what goes on by itself, once each");
    // The lease of a worker that died runs out, and the job is no longer its own.
    let late = NOW.plus(MINUTE);
    let taken = lease(&db, late).await.unwrap();
    let before = StoredJob { leased_until: NOW.plus(MINUTE), ..taken.clone() };
    let mut tx = db.write().await.unwrap();
    assert!(!jobs::hold(&mut tx, &before, late).await.unwrap());
    assert!(jobs::hold(&mut tx, &taken, late).await.unwrap());
}

async fn a_batch_notes_how_far_it_has_come_and_gives_the_job_back(db: Db) {
    let org = Org::found(&db, "acme").await;
    let new = job(&org, JobState::Running);
    let items = [item(1, ItemState::Would), item(2, ItemState::Would)];
    put(&db, &new, &items).await;
    let mut held = lease(&db, NOW).await.unwrap();
    assert!(lease(&db, NOW).await.is_none());
    held.job.counts = JobCounts { would: 1, done: 1, ..JobCounts::default() };
    "further".clone_into(&mut held.cursor);
    let mut tx = db.write().await.unwrap();
    assert!(jobs::hold(&mut tx, &held, NOW.plus(1)).await.unwrap());
    let done = JobItem { state: ItemState::Done, ..items[0].clone() };
    jobs::mark(&mut tx, &held.job.id, &done, Some(Role::Admin)).await.unwrap();
    jobs::settle(&mut tx, &held).await.unwrap();
    tx.commit().await.unwrap();
    let now = read(&db, &org, &held.job.id).await.unwrap();
    assert_eq!((now.job.counts, now.cursor.as_str()), (held.job.counts, "further"));
    assert_eq!(page(&db, &held.job.id, Some("would"), 0).await, [2]);
    assert!(lease(&db, NOW).await.is_some(), "the lease is over");
}

async fn a_job_is_taken_back_once_with_the_roles_of_before(db: Db) {
    let org = Org::found(&db, "acme").await;
    let first = job(&org, JobState::Done);
    let items = [item(1, ItemState::Would), item(2, ItemState::Would), item(3, ItemState::Unchanged)];
    put(&db, &first, &items).await;
    let id = &first.job.id;
    let mut tx = db.write().await.unwrap();
    for (item, role) in items.iter().zip([Role::Admin, Role::Member]) {
        let done = JobItem { state: ItemState::Done, ..item.clone() };
        jobs::mark(&mut tx, id, &done, Some(role)).await.unwrap();
    }
    let mut undo = job(&org, JobState::Running);
    undo.job.op = BulkOp::RestoreRoles;
    undo.job.undo_of = Some(id.clone());
    jobs::insert(&mut tx, &undo).await.unwrap();
    assert_eq!(jobs::insert_undone(&mut tx, &undo.job.id, id).await.unwrap(), 2);
    tx.commit().await.unwrap();
    let asked = Asked { limit: 9, ..Asked::default() };
    let back = jobs::items(&mut db.read().await.unwrap(), &undo.job.id, &asked).await.unwrap();
    let back: Vec<_> = back.into_iter().map(|item| (item.email, item.role_to, item.state)).collect();
    let expected = [("p1@x.example", Role::Admin), ("p2@x.example", Role::Member)];
    assert_eq!(back, expected.map(|(email, role)| (email.to_owned(), Some(role), ItemState::Would)));
    assert_eq!(read(&db, &org, id).await.unwrap().job.undone_by, Some(undo.job.id.clone()));

    let mut again = job(&org, JobState::Running);
    again.job.undo_of = Some(id.clone());
    let mut tx = db.write().await.unwrap();
    assert!(matches!(jobs::insert(&mut tx, &again).await, Err(StoreError::Taken)));
}

async fn what_is_long_over_is_forgotten_with_the_names_in_it(db: Db) {
    let org = Org::found(&db, "acme").await;
    for state in [JobState::Done, JobState::Running] {
        put(&db, &job(&org, state), &[item(1, ItemState::Done)]).await;
    }
    let mut tx = db.write().await.unwrap();
    assert_eq!(jobs::purge(&mut tx, NOW).await.unwrap(), 0);
    assert_eq!(jobs::purge(&mut tx, NOW.plus(DAY)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(number(&db, "SELECT count(*) FROM job_items").await, 1);
}

async fn jobs_are_listed_the_newest_first_with_who_started_them(db: Db) {
    let (org, other) = (Org::found(&db, "acme").await, Org::found(&db, "other").await);
    put(&db, &job(&other, JobState::Planned), &[]).await;
    let mut all = Vec::new();
    for n in 1..=3 {
        let new = StoredJob {
            job: Job { id: JobId::fresh(NOW.plus(n), [7; 10]), ..job(&org, JobState::Planned).job },
            ..job(&org, JobState::Planned)
        };
        put(&db, &new, &[]).await;
        all.push(new.job.id);
    }
    all.reverse();
    let mut conn = db.read().await.unwrap();
    let first = jobs::of_organization(&mut conn, &org.id, None, 2).await.unwrap();
    let ids: Vec<&JobId> = first.iter().map(|(stored, _)| &stored.job.id).collect();
    assert_eq!(ids, all[..2].iter().collect::<Vec<_>>());
    assert!(first.iter().all(|(_, by)| *by == "Some Body"), "{first:?}");
    let rest = jobs::of_organization(&mut conn, &org.id, Some(&all[1]), 2).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].0.job.id, all[2]);
    assert!(jobs::of_organization(&mut conn, &org.id, Some(&all[2]), 2).await.unwrap().is_empty());
}

on_both_engines!(
    a_job_is_found_in_its_own_organization_alone,
    jobs_are_listed_the_newest_first_with_who_started_them,
    people_are_read_by_state_from_a_place_on,
    two_workers_never_hold_the_same_job,
    a_batch_notes_how_far_it_has_come_and_gives_the_job_back,
    a_job_is_taken_back_once_with_the_roles_of_before,
    what_is_long_over_is_forgotten_with_the_names_in_it,
);
