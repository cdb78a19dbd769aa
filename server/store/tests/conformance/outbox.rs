//! Messages on their way out: to one worker at a time, and to another one when that worker dies.

use model::{InvitationId, OutboxId, Timestamp, rules::InvitationState, time::MINUTE};
use std::time::Duration;
use store::{
    Db, backlog, invitations,
    outbox::{self, Leased, NewMessage},
};
use tokio::task::JoinSet;

use crate::support::{Link, NOW, Org, fresh, number, text};

/// How long the leases of these tests last.
const LEASE: i64 = MINUTE;

fn message(org: &Org, link: Option<&Link>, due: Timestamp) -> NewMessage {
    NewMessage {
        id: fresh(),
        org_id: Some(org.id.clone()),
        invitation_id: link.map(|l| l.id.clone()),
        account_link_id: None,
        sealed_body: format!("sealed {due:?}"),
        at: due,
    }
}

async fn queue(db: &Db, messages: &[NewMessage]) {
    let mut tx = db.write().await.unwrap();
    outbox::insert(&mut tx, messages).await.unwrap();
    tx.commit().await.unwrap();
}

async fn lease(db: &Db, now: Timestamp, limit: u32) -> Vec<Leased> {
    let mut tx = db.write().await.unwrap();
    let leased = outbox::lease(&mut tx, now, now.plus(LEASE), limit).await.unwrap();
    tx.commit().await.unwrap();
    leased
}

fn ids(leased: &[Leased]) -> Vec<OutboxId> {
    let mut ids: Vec<OutboxId> = leased.iter().map(|l| l.id.clone()).collect();
    ids.sort_unstable();
    ids
}

async fn state(db: &Db, id: &OutboxId) -> String {
    text(db, &format!("SELECT state FROM outbox WHERE id = '{id}'")).await.unwrap()
}

async fn waiting(db: &Db) -> u64 {
    backlog::read(&mut db.read().await.unwrap(), NOW).await.unwrap().messages()
}

async fn next_due(db: &Db) -> Option<Timestamp> {
    let due = "SELECT COALESCE(MIN(CASE WHEN leased_until > next_attempt_at THEN leased_until ELSE next_attempt_at END), -1) \
               FROM outbox WHERE state = 'queued'";
    Some(number(db, due).await).filter(|due| *due >= 0).map(Timestamp::from_millis)
}

async fn a_due_message_goes_to_one_worker_as_it_was_queued(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (_, link) = org.invite(&db, "ada@x.example").await.unwrap();
    assert_eq!((waiting(&db).await, next_due(&db).await), (0, None));
    let (due, later) = (message(&org, Some(&link), NOW), message(&org, None, NOW.plus(1)));
    queue(&db, &[later.clone(), due.clone()]).await;
    assert_eq!((waiting(&db).await, next_due(&db).await), (2, Some(NOW)));
    assert!(lease(&db, NOW.plus(-1), 10).await.is_empty(), "nothing is due yet");

    let leased = lease(&db, NOW, 10).await;
    assert_eq!(ids(&leased), [due.id]);
    assert_eq!((leased[0].sealed_body.clone(), leased[0].attempt), (due.sealed_body, 1));
    assert_eq!((leased[0].invitation_id.clone(), leased[0].org_id.clone()), (Some(link.id), Some(org.id.clone())));
    assert!(lease(&db, NOW, 10).await.is_empty());
    assert_eq!(next_due(&db).await, Some(NOW.plus(1)));
    let leased = lease(&db, NOW.plus(1), 10).await;
    assert_eq!(ids(&leased), [later.id]);
    assert_eq!(leased[0].invitation_id, None);
}

async fn a_worker_takes_no_more_than_it_asked_for_the_oldest_first(db: Db) {
    let org = Org::found(&db, "acme").await;
    let messages: Vec<_> = (0..9).map(|i| message(&org, None, NOW.plus(-i))).collect();
    queue(&db, &messages).await;
    for three in messages.rchunks(3) {
        let mut expected: Vec<_> = three.iter().map(|m| m.id.clone()).collect();
        expected.sort_unstable();
        assert_eq!(ids(&lease(&db, NOW, 3).await), expected);
    }
    assert!(lease(&db, NOW, 3).await.is_empty());
}

async fn eight_workers_share_the_messages_and_nobody_gets_one_twice(db: Db) {
    let org = Org::found(&db, "acme").await;
    let messages: Vec<_> = (0..300).map(|i| message(&org, None, NOW.plus(-(i % 7)))).collect();
    queue(&db, &messages).await;
    let mut workers = JoinSet::new();
    for worker in 0..8 {
        let db = db.clone();
        workers.spawn(async move {
            let mut got = Vec::new();
            loop {
                // Of different greed, so that what they reach for overlaps in many ways.
                let leased = lease(&db, NOW, 5 + worker * 3).await;
                if leased.is_empty() {
                    return got;
                }
                got.extend(leased);
            }
        });
    }
    let got: Vec<Leased> = workers.join_all().await.into_iter().flatten().collect();
    assert!(got.iter().all(|l| l.attempt == 1));
    let mut expected: Vec<_> = messages.iter().map(|m| m.id.clone()).collect();
    expected.sort_unstable();
    assert_eq!(ids(&got), expected);
}

async fn a_lease_that_runs_out_gives_the_message_to_another(db: Db) {
    let org = Org::found(&db, "acme").await;
    let due = message(&org, None, NOW);
    queue(&db, std::slice::from_ref(&due)).await;
    assert_eq!(lease(&db, NOW, 1).await[0].attempt, 1);
    assert_eq!(next_due(&db).await, Some(NOW.plus(LEASE)));
    assert!(lease(&db, NOW.plus(LEASE - 1), 1).await.is_empty());
    let again = lease(&db, NOW.plus(LEASE), 1).await;
    assert_eq!((again[0].id.clone(), again[0].attempt, again[0].sealed_body.clone()), (due.id, 2, due.sealed_body));
}

async fn a_lease_that_was_rolled_back_was_none(db: Db) {
    let org = Org::found(&db, "acme").await;
    queue(&db, &[message(&org, None, NOW)]).await;
    let mut tx = db.write().await.unwrap();
    assert_eq!(outbox::lease(&mut tx, NOW, NOW.plus(LEASE), 1).await.unwrap().len(), 1);
    drop(tx);
    // It is rolled back behind the drop, and a lease passes by what somebody still holds.
    let mut leased = lease(&db, NOW, 1).await;
    for _ in 0..500 {
        if !leased.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        leased = lease(&db, NOW, 1).await;
    }
    assert_eq!(leased[0].attempt, 1);
}

async fn of_what_was_sent_the_body_is_forgotten(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (sent, other) = (message(&org, None, NOW), message(&org, None, NOW));
    queue(&db, &[sent.clone(), other.clone()]).await;
    lease(&db, NOW, 2).await;
    let mut tx = db.write().await.unwrap();
    outbox::mark_sent(&mut tx, &sent.id, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let body = |id: &OutboxId| format!("SELECT sealed_body FROM outbox WHERE id = '{id}'");
    assert_eq!((state(&db, &sent.id).await, text(&db, &body(&sent.id)).await), ("sent".into(), Some(String::new())));
    assert_eq!(state(&db, &other.id).await, "queued");
    assert_eq!(text(&db, &body(&other.id)).await, Some(other.sealed_body));
    assert_eq!(waiting(&db).await, 1);
    assert_eq!(ids(&lease(&db, NOW.plus(LEASE), 2).await), [other.id], "what was sent never comes again");
}

async fn a_failed_try_comes_again_when_it_should(db: Db) {
    let org = Org::found(&db, "acme").await;
    let due = message(&org, None, NOW);
    queue(&db, std::slice::from_ref(&due)).await;
    let leased = lease(&db, NOW, 1).await.remove(0);
    let next = NOW.plus(5 * LEASE);
    let mut tx = db.write().await.unwrap();
    assert!(outbox::mark_failed(&mut tx, &leased, NOW, Some(next), "451 greylisted").await.unwrap());
    tx.commit().await.unwrap();
    let error = format!("SELECT last_error FROM outbox WHERE id = '{}'", due.id);
    assert_eq!(text(&db, &error).await, Some("451 greylisted".into()));
    assert_eq!((state(&db, &due.id).await, next_due(&db).await), ("queued".into(), Some(next)));
    assert!(lease(&db, next.plus(-1), 1).await.is_empty());
    let again = lease(&db, next, 1).await;
    assert_eq!((again[0].attempt, again[0].sealed_body.clone()), (2, due.sealed_body));
    let mut tx = db.write().await.unwrap();
    outbox::mark_sent(&mut tx, &due.id, next).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(text(&db, &error).await, None);
}

async fn what_is_given_up_never_comes_again_and_its_body_is_forgotten(db: Db) {
    let org = Org::found(&db, "acme").await;
    let due = message(&org, None, NOW);
    queue(&db, std::slice::from_ref(&due)).await;
    let leased = lease(&db, NOW, 1).await.remove(0);
    let mut tx = db.write().await.unwrap();
    assert!(outbox::mark_failed(&mut tx, &leased, NOW, None, "550 no such user").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(state(&db, &due.id).await, "failed");
    assert_eq!(text(&db, "SELECT sealed_body FROM outbox").await, Some(String::new()));
    assert_eq!(number(&db, "SELECT closed_at FROM outbox").await, NOW.millis());
    assert!(lease(&db, NOW.plus(100 * LEASE), 1).await.is_empty());
    assert_eq!((waiting(&db).await, next_due(&db).await), (0, None));
}

async fn a_failure_is_not_noted_once_somebody_else_has_the_message(db: Db) {
    let org = Org::found(&db, "acme").await;
    queue(&db, &[message(&org, None, NOW)]).await;
    let late = lease(&db, NOW, 1).await.remove(0);
    let later = NOW.plus(LEASE);
    let other = lease(&db, later, 1).await.remove(0);
    let mut tx = db.write().await.unwrap();
    assert!(!outbox::mark_failed(&mut tx, &late, later, Some(later), "451 greylisted").await.unwrap());
    tx.commit().await.unwrap();
    assert!(lease(&db, later, 1).await.is_empty(), "it is leaving by the hand of the other");
    let mut tx = db.write().await.unwrap();
    assert!(outbox::mark_failed(&mut tx, &other, later, Some(later), "451 greylisted").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(lease(&db, later, 1).await.len(), 1);
}

async fn messages_of_closed_links_are_taken_back_unless_they_are_leaving(db: Db) {
    let (org, other) = (Org::found(&db, "acme").await, Org::found(&db, "other").await);
    let mut links = Vec::new();
    for i in 0..4 {
        links.push(org.invite(&db, &format!("p{i}@x.example")).await.unwrap());
    }
    let (far, far_link) = other.invite(&db, "far@x.example").await.unwrap();
    // Closed; closed and leaving; open; sent long ago; closed in another organization; without a link.
    let later = NOW.plus(1);
    let closed = message(&org, Some(&links[0].1), later);
    let leaving = message(&org, Some(&links[1].1), NOW);
    let open = message(&org, Some(&links[2].1), later);
    let sent = message(&org, Some(&links[3].1), later);
    let elsewhere = message(&other, Some(&far_link), later);
    let plain = message(&org, None, later);
    queue(&db, &[&closed, &leaving, &open, &sent, &elsewhere, &plain].map(Clone::clone)).await;
    assert_eq!(ids(&lease(&db, NOW, 1).await), std::slice::from_ref(&leaving.id));

    let mut tx = db.write().await.unwrap();
    outbox::mark_sent(&mut tx, &sent.id, NOW).await.unwrap();
    for (person, _) in [&links[0], &links[1], &links[3]] {
        invitations::close_open(&mut tx, &org.id, &person.id, InvitationState::Revoked, NOW).await.unwrap();
    }
    invitations::close_open(&mut tx, &other.id, &far.id, InvitationState::Revoked, NOW).await.unwrap();
    for (person, cancelled) in
        [(&links[0].0, 1), (&links[0].0, 0), (&links[1].0, 0), (&links[2].0, 0), (&links[3].0, 0)]
    {
        assert_eq!(outbox::cancel_of_closed(&mut tx, &org.id, &person.id, NOW).await.unwrap(), cancelled);
    }
    assert_eq!(outbox::cancel_of_closed(&mut tx, &org.id, &far.id, NOW).await.unwrap(), 0, "theirs");
    tx.commit().await.unwrap();
    for (message, expected) in [
        (&closed, "cancelled"),
        (&leaving, "queued"),
        (&open, "queued"),
        (&sent, "sent"),
        (&elsewhere, "queued"),
        (&plain, "queued"),
    ] {
        assert_eq!(state(&db, &message.id).await, expected);
    }
    let body = format!("SELECT sealed_body FROM outbox WHERE id = '{}'", closed.id);
    assert_eq!(text(&db, &body).await, Some(String::new()));

    // A worker that died with a closed link in hand leaves it to be cancelled when its lease is over.
    let mut tx = db.write().await.unwrap();
    let of = &links[1].0.id;
    assert_eq!(outbox::cancel_of_closed(&mut tx, &org.id, of, NOW.plus(LEASE)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(state(&db, &leaving.id).await, "cancelled");
}

async fn a_batch_of_messages_goes_in(db: Db) {
    let org = Org::found(&db, "acme").await;
    let messages: Vec<_> = (0..450)
        .map(|_| NewMessage { invitation_id: Some(fresh::<InvitationId>()), ..message(&org, None, NOW) })
        .collect();
    queue(&db, &messages).await;
    assert_eq!(waiting(&db).await, 450);
    assert_eq!(lease(&db, NOW, 1_000).await.len(), 450);
}

on_both_engines!(
    a_due_message_goes_to_one_worker_as_it_was_queued,
    a_worker_takes_no_more_than_it_asked_for_the_oldest_first,
    eight_workers_share_the_messages_and_nobody_gets_one_twice,
    a_lease_that_runs_out_gives_the_message_to_another,
    a_lease_that_was_rolled_back_was_none,
    of_what_was_sent_the_body_is_forgotten,
    a_failed_try_comes_again_when_it_should,
    a_failure_is_not_noted_once_somebody_else_has_the_message,
    what_is_given_up_never_comes_again_and_its_body_is_forgotten,
    messages_of_closed_links_are_taken_back_unless_they_are_leaving,
    a_batch_of_messages_goes_in,
);
