//! What waits for the workers, as who watches the installation sees it.

use model::{OutboxId, Timestamp, bulk::JobState, time::MINUTE};
use store::{
    Db,
    backlog::{self, Backlog},
    jobs,
    outbox::{self, NewMessage},
};

use crate::{
    jobs::job,
    support::{NOW, Org, fresh, raw},
};

async fn at(db: &Db, now: Timestamp) -> Backlog {
    backlog::read(&mut db.read().await.unwrap(), now).await.unwrap()
}

async fn nothing_waits_at_first(db: Db) {
    Org::found(&db, "acme").await;
    let nothing = Backlog { messages_due: 0, messages_later: 0, due_since: None, jobs_running: 0, jobs_waiting: 0 };
    assert_eq!(at(&db, NOW).await, nothing);
}

async fn messages_wait_until_they_have_left(db: Db) {
    let message = |at: Timestamp| NewMessage {
        id: fresh(),
        org_id: None,
        invitation_id: None,
        account_link_id: None,
        sealed_body: "sealed".to_owned(),
        at,
    };
    let (late, due) = (message(NOW.plus(MINUTE)), message(NOW));
    let ids: [OutboxId; 2] = [due.id.clone(), late.id.clone()];
    let mut tx = db.write().await.unwrap();
    outbox::insert(&mut tx, &[late, due]).await.unwrap();
    tx.commit().await.unwrap();
    let seen = |waits: Backlog| (waits.messages_due, waits.messages_later, waits.due_since);
    assert_eq!(seen(at(&db, NOW.plus(-1)).await), (0, 2, None));
    assert_eq!(seen(at(&db, NOW).await), (1, 1, Some(NOW)));
    assert_eq!(seen(at(&db, NOW.plus(MINUTE)).await), (2, 0, Some(NOW)));
    for (id, left) in ids.iter().zip([(0, 1, None), (0, 0, None)]) {
        let mut tx = db.write().await.unwrap();
        outbox::mark_sent(&mut tx, id, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(seen(at(&db, NOW).await), left);
    }
}

async fn jobs_run_while_somebody_holds_them_and_wait_otherwise(db: Db) {
    let (org, archived) = (Org::found(&db, "acme").await, Org::found(&db, "archived").await);
    let mut tx = db.write().await.unwrap();
    for state in [JobState::Planning, JobState::Running, JobState::Planned, JobState::Done, JobState::Canceled] {
        jobs::insert(&mut tx, &job(&org, state)).await.unwrap();
        jobs::insert(&mut tx, &job(&archived, state)).await.unwrap();
    }
    tx.commit().await.unwrap();
    raw(&db, &format!("UPDATE organizations SET archived_at = 1 WHERE id = '{}'", archived.id)).await;
    let seen = |waits: Backlog| (waits.jobs_running, waits.jobs_waiting);
    assert_eq!(seen(at(&db, NOW).await), (0, 2), "what goes on by itself");
    let mut tx = db.write().await.unwrap();
    assert!(jobs::lease(&mut tx, NOW, NOW.plus(MINUTE)).await.unwrap().is_some());
    tx.commit().await.unwrap();
    assert_eq!(seen(at(&db, NOW).await), (1, 1));
    assert_eq!(seen(at(&db, NOW.plus(MINUTE)).await), (0, 2), "a lease that ran out holds nothing");
}

on_both_engines!(
    nothing_waits_at_first,
    messages_wait_until_they_have_left,
    jobs_run_while_somebody_holds_them_and_wait_otherwise,
);
