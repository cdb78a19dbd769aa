//! Counters of tries.

use model::{Timestamp, time::MINUTE};
use store::{
    Db,
    rate_limits::{self, Count},
};
use tokio::task::JoinSet;

use crate::support::{NOW, number};

/// The window of these tests.
const WINDOW: i64 = 10 * MINUTE;

async fn hit(db: &Db, key: &str, now: Timestamp) -> Count {
    let mut tx = db.write().await.unwrap();
    let count = rate_limits::hit(&mut tx, key, now, now.plus(-WINDOW)).await.unwrap();
    tx.commit().await.unwrap();
    count
}

async fn peek(db: &Db, key: &str, now: Timestamp) -> Option<Count> {
    rate_limits::peek(&mut db.read().await.unwrap(), key, now.plus(-WINDOW)).await.unwrap()
}

async fn tries_count_within_a_window_and_by_key(db: Db) {
    assert_eq!(peek(&db, "login:ada", NOW).await, None);
    for n in 1..=3 {
        let later = NOW.plus(MINUTE * i64::try_from(n).unwrap());
        let expected = Count { n, opened_at: NOW.plus(MINUTE) };
        assert_eq!(hit(&db, "login:ada", later).await, expected);
        assert_eq!(peek(&db, "login:ada", later).await, Some(expected));
    }
    assert_eq!(hit(&db, "login:eve", NOW).await.n, 1);
    assert_eq!(peek(&db, "login:ad", NOW).await, None, "a key is no prefix");
}

async fn a_window_that_is_over_opens_anew(db: Db) {
    hit(&db, "key", NOW).await;
    hit(&db, "key", NOW).await;
    let last = NOW.plus(WINDOW - 1);
    assert_eq!(hit(&db, "key", last).await, Count { n: 3, opened_at: NOW });
    assert_eq!(peek(&db, "key", last).await.map(|c| c.n), Some(3));
    let over = NOW.plus(WINDOW);
    assert_eq!(peek(&db, "key", over).await, None);
    assert_eq!(hit(&db, "key", over).await, Count { n: 1, opened_at: over });
    assert_eq!(hit(&db, "key", over).await, Count { n: 2, opened_at: over });
}

async fn a_cleared_counter_starts_again_and_others_stay(db: Db) {
    hit(&db, "key", NOW).await;
    hit(&db, "key", NOW).await;
    hit(&db, "other", NOW).await;
    let mut tx = db.write().await.unwrap();
    rate_limits::clear(&mut tx, "key").await.unwrap();
    rate_limits::clear(&mut tx, "nothing").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(peek(&db, "key", NOW).await, None);
    assert_eq!(peek(&db, "other", NOW).await.map(|c| c.n), Some(1));
    assert_eq!(hit(&db, "key", NOW).await.n, 1);
}

async fn a_try_that_is_forgiven_no_longer_counts(db: Db) {
    let forgive = async |key: &str| {
        let mut tx = db.write().await.unwrap();
        rate_limits::forgive(&mut tx, key).await.unwrap();
        tx.commit().await.unwrap();
    };
    hit(&db, "key", NOW).await;
    hit(&db, "key", NOW).await;
    hit(&db, "other", NOW).await;
    forgive("key").await;
    assert_eq!(peek(&db, "key", NOW).await, Some(Count { n: 1, opened_at: NOW }));
    for _ in 0..3 {
        forgive("key").await;
    }
    assert_eq!(peek(&db, "key", NOW).await.map(|c| c.n), Some(0), "never below nothing");
    forgive("nothing").await;
    assert_eq!(hit(&db, "key", NOW).await.n, 1);
    assert_eq!(peek(&db, "other", NOW).await.map(|c| c.n), Some(1));
}

async fn tries_at_the_same_moment_all_count(db: Db) {
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let db = db.clone();
        tasks.spawn(async move { hit(&db, "key", NOW).await.n });
    }
    let mut counts = tasks.join_all().await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=20).collect::<Vec<u64>>());
    assert_eq!(peek(&db, "key", NOW).await, Some(Count { n: 20, opened_at: NOW }));
}

async fn a_try_that_is_rolled_back_does_not_count(db: Db) {
    hit(&db, "key", NOW).await;
    let mut tx = db.write().await.unwrap();
    assert_eq!(rate_limits::hit(&mut tx, "key", NOW, NOW.plus(-WINDOW)).await.unwrap().n, 2);
    drop(tx);
    assert_eq!(peek(&db, "key", NOW).await.map(|c| c.n), Some(1));
}

async fn housekeeping_takes_what_is_long_over(db: Db) {
    hit(&db, "old", NOW.plus(-WINDOW)).await;
    hit(&db, "young", NOW).await;
    let mut tx = db.write().await.unwrap();
    assert_eq!(rate_limits::purge(&mut tx, NOW.plus(-WINDOW)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(number(&db, "SELECT count(*) FROM rate_limits").await, 1);
    assert!(peek(&db, "young", NOW).await.is_some());
}

on_both_engines!(
    tries_count_within_a_window_and_by_key,
    a_window_that_is_over_opens_anew,
    a_cleared_counter_starts_again_and_others_stay,
    a_try_that_is_forgiven_no_longer_counts,
    tries_at_the_same_moment_all_count,
    a_try_that_is_rolled_back_does_not_count,
    housekeeping_takes_what_is_long_over,
);
