//! Imports: the file of a job, its rows, and what is asked about them.

use model::{
    JobId,
    bulk::{BulkOp, ImportedFile, ImportedRow, ItemState, Job, JobItem, JobState, Selection},
    import::{Column, Mapping, Plan},
};
use store::{
    Db, StoreError, imports,
    jobs::{self, Asked, StoredJob},
};

use crate::{
    jobs::job,
    support::{NOW, Org, fresh, number},
};

on_both_engines! {
    a_row_is_kept_as_it_stands_in_the_file,
    an_address_is_found_where_it_stands_first,
    rows_that_take_a_seat_are_counted,
    of_a_row_that_is_rewritten_nothing_is_known,
    another_mapping_lets_every_row_be_checked_again,
    the_same_file_is_known_again_where_it_did_something,
    what_an_import_made_is_taken_back_and_nothing_else,
    with_its_job_a_file_is_forgotten,
}

fn file() -> ImportedFile {
    ImportedFile {
        name: "people.csv".to_owned(),
        header: ["Wer", "E-Mail"].map(str::to_owned).to_vec(),
        mapping: Mapping::new([None, Some(Column::Email)]),
        earlier: None,
    }
}

fn row(n: u64, state: ItemState, plan: Option<Plan>) -> JobItem {
    let email = format!("p{n}@x.example");
    JobItem {
        n,
        membership_id: None,
        name: String::new(),
        email: String::new(),
        role_to: None,
        state,
        row: Some(ImportedRow { cells: vec!["say \"Zoë\"\n".to_owned(), email], plan, difference: String::new() }),
    }
}

async fn put(db: &Db, org: &Org, digest: &str, rows: &[JobItem]) -> JobId {
    let mut job = StoredJob { selection: Selection::Rows, ..job(org, JobState::Planned) };
    job.job.op = BulkOp::Import;
    let mut tx = db.write().await.unwrap();
    jobs::insert(&mut tx, &job).await.unwrap();
    imports::insert(&mut tx, &org.id, &job.job.id, &file(), digest).await.unwrap();
    jobs::insert_items(&mut tx, &job.job.id, rows).await.unwrap();
    // What is known of a row comes after it was checked.
    for row in rows {
        let email = row.row.as_ref().unwrap().cells[1].clone();
        imports::mark(&mut tx, &job.job.id, &JobItem { email, ..row.clone() }).await.unwrap();
    }
    tx.commit().await.unwrap();
    job.job.id
}

async fn a_row_is_kept_as_it_stands_in_the_file(db: Db) {
    let org = Org::found(&db, "acme").await;
    let rows = [row(1, ItemState::Would, Some(Plan::Create)), row(2, ItemState::Failed("why".to_owned()), None)];
    let id = put(&db, &org, "d", &rows).await;
    let mut conn = db.read().await.unwrap();
    let with_email = |row: &JobItem| JobItem { email: row.row.as_ref().unwrap().cells[1].clone(), ..row.clone() };
    let asked = Asked { limit: 9, ..Asked::default() };
    assert_eq!(jobs::items(&mut conn, &id, &asked).await.unwrap(), rows.each_ref().map(with_email));
    assert_eq!(imports::row(&mut conn, &id, 2).await.unwrap(), Some(with_email(&rows[1])));
    assert_eq!(imports::row(&mut conn, &id, 3).await.unwrap(), None);
    assert_eq!(imports::file(&mut conn, &id).await.unwrap(), file());
    let missing = imports::file(&mut conn, &fresh()).await;
    assert!(matches!(missing, Err(StoreError::Corrupt(_))), "{missing:?}");
}

async fn an_address_is_found_where_it_stands_first(db: Db) {
    let org = Org::found(&db, "acme").await;
    let id = put(&db, &org, "d", &[1, 2, 3].map(|n| row(n, ItemState::Would, None))).await;
    let mut tx = db.write().await.unwrap();
    let twice = JobItem { email: "p1@x.example".to_owned(), ..row(3, ItemState::Would, None) };
    imports::mark(&mut tx, &id, &twice).await.unwrap();
    let found = imports::places(&mut tx, &id, &["p1@x.example", "p2@x.example", "p9@x.example"]).await.unwrap();
    let found: Vec<(&str, u64)> = found.iter().map(|(email, n)| (email.as_str(), *n)).collect();
    assert_eq!(found, [("p1@x.example", 1), ("p2@x.example", 2), ("p1@x.example", 3)]);
}

async fn rows_that_take_a_seat_are_counted(db: Db) {
    let org = Org::found(&db, "acme").await;
    let rows = [
        row(1, ItemState::Would, Some(Plan::Create)),
        row(2, ItemState::Would, Some(Plan::SendAgain)),
        row(3, ItemState::Would, Some(Plan::Update)),
        row(4, ItemState::Done, Some(Plan::Create)),
        row(5, ItemState::Would, None),
    ];
    let id = put(&db, &org, "d", &rows).await;
    assert_eq!(imports::to_create(&mut db.read().await.unwrap(), &id).await.unwrap(), 2);
}

async fn of_a_row_that_is_rewritten_nothing_is_known(db: Db) {
    let org = Org::found(&db, "acme").await;
    let id =
        put(&db, &org, "d", &[row(1, ItemState::Failed("why".to_owned()), None), row(2, ItemState::Would, None)]).await;
    let mut tx = db.write().await.unwrap();
    let cells = ["Zoë", "zoe@x.example"].map(str::to_owned);
    imports::rewrite(&mut tx, &id, 1, &cells).await.unwrap();
    let anew = imports::row(&mut tx, &id, 1).await.unwrap().unwrap();
    let known = ImportedRow { cells: cells.to_vec(), plan: None, difference: String::new() };
    assert_eq!((anew.email.as_str(), anew.state, anew.row), ("", ItemState::Would, Some(known)));
    assert_eq!(imports::row(&mut tx, &id, 2).await.unwrap().unwrap().email, "p2@x.example");
    assert!(imports::rewrite(&mut tx, &id, 3, &cells).await.is_err());
}

async fn another_mapping_lets_every_row_be_checked_again(db: Db) {
    let org = Org::found(&db, "acme").await;
    let rows = [row(1, ItemState::Would, Some(Plan::Create)), row(2, ItemState::Failed("why".to_owned()), None)];
    let id = put(&db, &org, "d", &rows).await;
    let other = ImportedFile { mapping: Mapping::new([Some(Column::FullName), Some(Column::Email)]), ..file() };
    let mut tx = db.write().await.unwrap();
    imports::remap(&mut tx, &id, &other).await.unwrap();
    assert_eq!(imports::file(&mut tx, &id).await.unwrap(), other);
    let asked = Asked { limit: 9, ..Asked::default() };
    let items = jobs::items(&mut tx, &id, &asked).await.unwrap();
    assert_eq!(items, [1, 2].map(|n| row(n, ItemState::Would, None)));
}

async fn the_same_file_is_known_again_where_it_did_something(db: Db) {
    let org = Org::found(&db, "acme").await;
    let other = Org::found(&db, "other").await;
    put(&db, &other, "same", &[]).await;
    let first = put(&db, &org, "same", &[]).await;
    let second = put(&db, &org, "same", &[]).await;
    let different = put(&db, &org, "different", &[]).await;
    let known = async |id: &JobId| imports::earlier(&mut db.read().await.unwrap(), &org.id, id).await.unwrap();
    assert_eq!(known(&second).await, None, "the first has done nothing yet");
    let mut tx = db.write().await.unwrap();
    let mut job = jobs::by_id(&mut tx, &org.id, &first).await.unwrap().unwrap();
    job.job.counts.done = 3;
    jobs::settle(&mut tx, &job).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(known(&second).await, Some((first.clone(), NOW)));
    assert_eq!((known(&first).await, known(&different).await), (None, None));
}

async fn what_an_import_made_is_taken_back_and_nothing_else(db: Db) {
    let org = Org::found(&db, "acme").await;
    let of = |n, plan| JobItem { membership_id: Some(fresh()), ..row(n, ItemState::Done, Some(plan)) };
    let rows = [of(1, Plan::Create), of(2, Plan::Update), of(3, Plan::SendAgain)];
    let id = put(&db, &org, "d", &rows).await;
    let mut tx = db.write().await.unwrap();
    let mut undo = jobs::by_id(&mut tx, &org.id, &id).await.unwrap().unwrap();
    undo.job = Job { id: fresh(), op: BulkOp::Revoke, undo_of: Some(id.clone()), ..undo.job };
    jobs::insert(&mut tx, &undo).await.unwrap();
    assert_eq!(jobs::insert_undone(&mut tx, &undo.job.id, &id).await.unwrap(), 2);
    let asked = Asked { limit: 9, ..Asked::default() };
    let items = jobs::items(&mut tx, &undo.job.id, &asked).await.unwrap();
    let ids: Vec<_> = items.iter().map(|item| item.membership_id.clone()).collect();
    assert_eq!(ids, [rows[0].membership_id.clone(), rows[2].membership_id.clone()]);
    assert!(items.iter().all(|item| item.row.is_none()));
}

async fn with_its_job_a_file_is_forgotten(db: Db) {
    let org = Org::found(&db, "acme").await;
    put(&db, &org, "d", &[row(1, ItemState::Would, None)]).await;
    let mut tx = db.write().await.unwrap();
    assert_eq!(jobs::purge(&mut tx, NOW.plus(1)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    for table in ["imports", "job_items"] {
        assert_eq!(number(&db, &format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
}
