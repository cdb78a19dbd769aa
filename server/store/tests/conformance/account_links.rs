//! Links about an account: each good once, for its purpose, until the next of its kind.

use model::{
    Timestamp, UserId,
    account::{LINK_TTL, LinkPurpose},
    rules::{LinkRecord, LinkState},
    time::DAY,
};
use store::{
    Db, StoreError,
    account_links::{self, Found, NewLink},
    outbox::{self, NewMessage},
    users,
};
use tokio::task::JoinSet;

use crate::support::{NOW, account, email, fresh, number, text, token};

fn link(user_id: &UserId, purpose: LinkPurpose) -> NewLink {
    NewLink {
        id: fresh(),
        user_id: user_id.clone(),
        purpose,
        token_hash: token(),
        new_email: purpose.other().map(|_| email("new@x.example")),
        at: NOW,
        expires_at: NOW.plus(LINK_TTL),
    }
}

async fn send(db: &Db, links: &[NewLink]) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    account_links::insert(&mut tx, links).await?;
    tx.commit().await
}

async fn sent(db: &Db, user_id: &UserId, purpose: LinkPurpose) -> NewLink {
    let link = link(user_id, purpose);
    send(db, std::slice::from_ref(&link)).await.unwrap();
    link
}

async fn by_token(db: &Db, hash: &str) -> Option<Found> {
    account_links::by_token(&mut db.read().await.unwrap(), hash).await.unwrap()
}

async fn state(db: &Db, link: &NewLink) -> LinkState {
    by_token(db, &link.token_hash).await.unwrap().record.state
}

async fn close(db: &Db, user_id: &UserId, purposes: &[LinkPurpose], how: LinkState) -> u64 {
    let mut tx = db.write().await.unwrap();
    let closed = account_links::close_open(&mut tx, user_id, purposes, how, NOW).await.unwrap();
    tx.commit().await.unwrap();
    closed
}

async fn a_link_says_what_it_is_for(db: Db) {
    let ada = account(&db, "ada@x.example").await;
    for purpose in LinkPurpose::ALL {
        let link = sent(&db, &ada.id, purpose).await;
        let found = by_token(&db, &link.token_hash).await.unwrap();
        let record = LinkRecord {
            user_id: ada.id.clone(),
            purpose,
            state: LinkState::Open,
            new_email: link.new_email,
            expires_at: link.expires_at,
        };
        assert_eq!(found, Found { id: link.id, record });
    }
}

async fn an_unknown_token_opens_nothing(db: Db) {
    let ada = account(&db, "ada@x.example").await;
    let link = sent(&db, &ada.id, LinkPurpose::ResetPassword).await;
    for wrong in ["", "%", &token(), &link.token_hash[1..], &link.token_hash.to_uppercase()] {
        assert_eq!(by_token(&db, wrong).await, None, "{wrong}");
    }
}

async fn a_token_is_one_links(db: Db) {
    let ada = account(&db, "ada@x.example").await;
    let first = sent(&db, &ada.id, LinkPurpose::ResetPassword).await;
    let double = NewLink { token_hash: first.token_hash, ..link(&ada.id, LinkPurpose::ConfirmOldEmail) };
    assert!(matches!(send(&db, &[double]).await, Err(StoreError::Taken)));
    assert!(send(&db, &[link(&fresh(), LinkPurpose::ResetPassword)]).await.is_err(), "nor is there one of nobody");
}

async fn of_many_at_once_one_uses_a_link(db: Db) {
    let ada = account(&db, "ada@x.example").await;
    let link = sent(&db, &ada.id, LinkPurpose::ResetPassword).await;
    let mut tasks = JoinSet::new();
    for n in 0..20 {
        let (db, link) = (db.clone(), link.clone());
        tasks.spawn(async move {
            let mut tx = db.write().await.unwrap();
            assert!(users::hold(&mut tx, &link.user_id).await.unwrap());
            let used = account_links::mark_used(&mut tx, &link.id, NOW.plus(n)).await.unwrap();
            tx.commit().await.unwrap();
            used
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|used| *used).count(), 1);
    assert_eq!(state(&db, &link).await, LinkState::Used);
}

async fn who_holds_an_account_sees_what_the_one_before_has_left(db: Db) {
    let ada = account(&db, "ada@x.example").await;
    let old = sent(&db, &ada.id, LinkPurpose::ConfirmOldEmail).await;
    let new = sent(&db, &ada.id, LinkPurpose::ConfirmNewEmail).await;
    // Both mailboxes agree at the same moment: one of them sees that the other has.
    let mut tasks = JoinSet::new();
    for own in [old, new] {
        let db = db.clone();
        tasks.spawn(async move {
            let mut tx = db.write().await.unwrap();
            users::hold(&mut tx, &own.user_id).await.unwrap();
            assert!(account_links::confirm(&mut tx, &own.id).await.unwrap());
            let other = own.purpose.other().unwrap();
            let other = account_links::standing(&mut tx, &own.user_id, other).await.unwrap().unwrap();
            tx.commit().await.unwrap();
            other.record.state
        });
    }
    let mut seen: Vec<&str> = tasks.join_all().await.into_iter().map(LinkState::code).collect();
    seen.sort_unstable();
    assert_eq!(seen, ["confirmed", "open"]);
    let mut tx = db.write().await.unwrap();
    assert!(!users::hold(&mut tx, &fresh()).await.unwrap(), "nobody is no account");
}

async fn a_link_is_confirmed_once_and_still_stands(db: Db) {
    let ada = account(&db, "ada@x.example").await;
    let link = sent(&db, &ada.id, LinkPurpose::ConfirmOldEmail).await;
    let mut tx = db.write().await.unwrap();
    assert!(account_links::confirm(&mut tx, &link.id).await.unwrap());
    assert!(!account_links::confirm(&mut tx, &link.id).await.unwrap());
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let standing = account_links::standing(&mut conn, &ada.id, LinkPurpose::ConfirmOldEmail).await.unwrap();
    assert_eq!(standing.map(|found| (found.id, found.record.state)), Some((link.id, LinkState::Confirmed)));
    assert_eq!(account_links::standing(&mut conn, &ada.id, LinkPurpose::ConfirmNewEmail).await.unwrap(), None);
}

async fn what_stands_is_voided_by_purpose_and_keeps_what_voided_it(db: Db) {
    let (ada, eve) = (account(&db, "ada@x.example").await, account(&db, "eve@x.example").await);
    let reset = sent(&db, &ada.id, LinkPurpose::ResetPassword).await;
    let (old, new) = (
        sent(&db, &ada.id, LinkPurpose::ConfirmOldEmail).await,
        sent(&db, &ada.id, LinkPurpose::ConfirmNewEmail).await,
    );
    let of_eve = sent(&db, &eve.id, LinkPurpose::ResetPassword).await;
    let mut tx = db.write().await.unwrap();
    account_links::confirm(&mut tx, &old.id).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(close(&db, &ada.id, &[LinkPurpose::ResetPassword], LinkState::Superseded).await, 1);
    assert_eq!(close(&db, &ada.id, &LinkPurpose::ALL, LinkState::Cancelled).await, 2);
    assert_eq!(close(&db, &ada.id, &LinkPurpose::ALL, LinkState::Superseded).await, 0);
    assert_eq!(state(&db, &reset).await, LinkState::Superseded);
    assert_eq!((state(&db, &old).await, state(&db, &new).await), (LinkState::Cancelled, LinkState::Cancelled));
    assert_eq!(state(&db, &of_eve).await, LinkState::Open);
    let mut tx = db.write().await.unwrap();
    for over in [&reset, &old] {
        assert!(!account_links::mark_used(&mut tx, &over.id, NOW).await.unwrap());
        assert!(!account_links::confirm(&mut tx, &over.id).await.unwrap());
    }
    assert_eq!(number(&db, "SELECT count(*) FROM account_links WHERE closed_at IS NULL").await, 1);
}

async fn the_mail_of_a_voided_link_does_not_leave(db: Db) {
    let (ada, eve) = (account(&db, "ada@x.example").await, account(&db, "eve@x.example").await);
    let first = sent(&db, &ada.id, LinkPurpose::ResetPassword).await;
    let of_eve = sent(&db, &eve.id, LinkPurpose::ResetPassword).await;
    let message = |link: Option<&NewLink>, at: Timestamp| NewMessage {
        id: fresh(),
        org_id: None,
        invitation_id: None,
        account_link_id: link.map(|link| link.id.clone()),
        sealed_body: "sealed".into(),
        at,
    };
    let (voided, notice, other) = (message(Some(&first), NOW), message(None, NOW), message(Some(&of_eve), NOW));
    let mut tx = db.write().await.unwrap();
    outbox::insert(&mut tx, &[voided.clone(), notice.clone(), other.clone()]).await.unwrap();
    tx.commit().await.unwrap();

    close(&db, &ada.id, &[LinkPurpose::ResetPassword], LinkState::Superseded).await;
    close(&db, &eve.id, &[LinkPurpose::ConfirmNewEmail], LinkState::Superseded).await;
    let mut tx = db.write().await.unwrap();
    for (user, cancelled) in [(&ada, 1), (&ada, 0), (&eve, 0)] {
        assert_eq!(outbox::cancel_of_closed_links(&mut tx, &user.id, NOW).await.unwrap(), cancelled);
    }
    let mut left: Vec<_> =
        outbox::lease(&mut tx, NOW, NOW.plus(1), 9).await.unwrap().into_iter().map(|l| l.id).collect();
    tx.commit().await.unwrap();
    left.sort_unstable();
    let mut expected = vec![notice.id, other.id];
    expected.sort_unstable();
    assert_eq!(left, expected);
    let body = format!("SELECT state || sealed_body FROM outbox WHERE id = '{}'", voided.id);
    assert_eq!(text(&db, &body).await.as_deref(), Some("cancelled"));
}

async fn housekeeping_takes_what_is_long_over(db: Db) {
    let ada = account(&db, "ada@x.example").await;
    let old = NewLink { expires_at: NOW.plus(-30 * DAY), ..link(&ada.id, LinkPurpose::ResetPassword) };
    let young = NewLink { expires_at: NOW.plus(1 - 30 * DAY), ..link(&ada.id, LinkPurpose::ConfirmOldEmail) };
    send(&db, &[old.clone(), young.clone()]).await.unwrap();
    let mut tx = db.write().await.unwrap();
    assert_eq!(account_links::purge(&mut tx, NOW.plus(-30 * DAY)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(by_token(&db, &old.token_hash).await, None);
    assert!(by_token(&db, &young.token_hash).await.is_some());
}

on_both_engines!(
    a_link_says_what_it_is_for,
    an_unknown_token_opens_nothing,
    a_token_is_one_links,
    of_many_at_once_one_uses_a_link,
    who_holds_an_account_sees_what_the_one_before_has_left,
    a_link_is_confirmed_once_and_still_stands,
    what_stands_is_voided_by_purpose_and_keeps_what_voided_it,
    the_mail_of_a_voided_link_does_not_leave,
    housekeeping_takes_what_is_long_over,
);
