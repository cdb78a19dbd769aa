//! PostgreSQL that ends a session, takes too long, or takes a transaction back for another: what comes of it, whether the same
//! may be done again, and that the next in line notices nothing. With and without a pooler in between, which from here is how
//! the store speaks; server/tests has a real one.

use std::time::Duration;
use store::{Db, DbOptions, Engine, Handle, Pooler, StoreError, Tx, rate_limits, users};

use crate::{
    engines::{Start, another_with, postgres},
    support::{NOW, email, fresh, name, number, raw},
};

/// How long a statement may take.
const LIMIT: Duration = Duration::from_millis(1_500);

/// Runs a case both ways.
macro_rules! both_ways {
    ($($case:ident),+ $(,)?) => {
        $(mod $case {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn directly() {
                postgres(Start::Migrated, concat!("d_", stringify!($case)), |db| run(db, Pooler::None)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn by_a_pooler() {
                postgres(Start::Migrated, concat!("p_", stringify!($case)), |db| run(db, Pooler::Transaction)).await;
            }

            async fn run(admin: Db, pooler: Pooler) {
                let limited = |url: String| DbOptions { pooler, statement_timeout: Some(LIMIT), ..DbOptions::new(url) };
                let db = another_with(&admin, limited).await;
                super::$case(&admin, &db).await;
                db.close().await;
            }
        })+
    };
}

/// Ends all sessions with the database but the one that does it, as a restart does.
async fn end_sessions(admin: &Db) {
    let others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    assert!(number(admin, others).await > 0);
}

async fn insert(tx: &mut Tx, address: &str) -> Result<(), StoreError> {
    let user = users::User { id: fresh(), email: email(address), name: name("Ada") };
    users::insert(tx, std::slice::from_ref(&user), NOW).await
}

async fn run_sql(handle: &mut impl Handle, sql: &'static str) -> Result<(), StoreError> {
    let Engine::Postgres(c, pooler) = handle.engine() else { unreachable!() };
    Ok(sqlx::query(sql).persistent(pooler.keeps_statements()).execute(c).await.map(|_| ())?)
}

async fn users_there(admin: &Db) -> i64 {
    number(admin, "SELECT count(*) FROM users").await
}

async fn lost_connections_are_replaced_before_anything_is_asked(admin: &Db, db: &Db) {
    for round in 0..3 {
        let mut held = Vec::new();
        for _ in 0..8 {
            held.push(db.write().await.unwrap());
        }
        drop(held);
        end_sessions(admin).await;
        let mut tx = db.write().await.expect("lost connections are no matter of who asks next");
        insert(&mut tx, &format!("p{round}@x.example")).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(users_there(admin).await, 3);
    drop(db.read().await.unwrap());
    end_sessions(admin).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut conn = db.read().await.unwrap();
    assert!(users::by_email(&mut conn, &email("p0@x.example")).await.unwrap().is_some());
}

async fn a_transaction_that_loses_its_connection_may_be_repeated(admin: &Db, db: &Db) {
    let mut tx = db.write().await.unwrap();
    insert(&mut tx, "ada@x.example").await.unwrap();
    end_sessions(admin).await;
    let lost = insert(&mut tx, "grace@x.example").await.unwrap_err();
    assert!(matches!(lost, StoreError::Unavailable(_)) && lost.may_be_repeated(), "{lost:?}");
    drop(tx);
    assert_eq!(users_there(admin).await, 0);
}

async fn a_commit_that_gets_no_answer_must_not_be_repeated(admin: &Db, db: &Db) {
    let mut tx = db.write().await.unwrap();
    insert(&mut tx, "ada@x.example").await.unwrap();
    end_sessions(admin).await;
    let unsettled = tx.commit().await.unwrap_err();
    assert!(matches!(unsettled, StoreError::Unsettled(_)) && !unsettled.may_be_repeated(), "{unsettled:?}");
}

async fn a_deadlock_is_one_that_gave_way_and_one_that_went_on(admin: &Db, db: &Db) {
    const A: &str = "UPDATE rate_limits SET n = n + 1 WHERE key = 'a'";
    const B: &str = "UPDATE rate_limits SET n = n + 1 WHERE key = 'b'";
    raw(admin, "INSERT INTO rate_limits (key, opened_at, n) VALUES ('a', 0, 0), ('b', 0, 0)").await;
    let (mut one, mut other) = (db.write().await.unwrap(), db.write().await.unwrap());
    for tx in [&mut one, &mut other] {
        // Otherwise the time for a statement may be over before anybody looks for a deadlock.
        run_sql(tx, "SET LOCAL deadlock_timeout = '50ms'").await.unwrap();
    }
    run_sql(&mut one, A).await.unwrap();
    run_sql(&mut other, B).await.unwrap();
    // Who gives way goes at once, and lets the other one go on.
    let (first, second) = tokio::join!(
        async {
            let outcome = run_sql(&mut one, B).await;
            if outcome.is_ok() {
                one.commit().await.unwrap();
            } else {
                drop(one);
            }
            outcome
        },
        async {
            let outcome = run_sql(&mut other, A).await;
            if outcome.is_ok() {
                other.commit().await.unwrap();
            } else {
                drop(other);
            }
            outcome
        }
    );
    let gave_way = match (first, second) {
        (Err(error), Ok(())) | (Ok(()), Err(error)) => error,
        both => panic!("{both:?}"),
    };
    assert!(matches!(gave_way, StoreError::Unavailable(_)) && gave_way.may_be_repeated(), "{gave_way:?}");
    assert_eq!(number(admin, "SELECT sum(n)::bigint FROM rate_limits").await, 2);
}

async fn a_statement_that_takes_too_long_ends_and_is_not_repeated(_: &Db, db: &Db) {
    let slow = run_sql(&mut db.write().await.unwrap(), "SELECT pg_sleep(60)").await.unwrap_err();
    assert!(matches!(slow, StoreError::Unavailable(_)) && !slow.may_be_repeated(), "{slow:?}");
    let slow = run_sql(&mut db.read().await.unwrap(), "SELECT pg_sleep(60)").await.unwrap_err();
    assert!(matches!(slow, StoreError::Unavailable(_)), "{slow:?}");
    let slow = run_sql(&mut db.snapshot().await.unwrap(), "SELECT pg_sleep(60)").await.unwrap_err();
    assert!(matches!(slow, StoreError::Unavailable(_)), "{slow:?}");
    // Waiting for somebody else's lock is no reason to work on for nobody either.
    let mut holder = db.write().await.unwrap();
    run_sql(&mut holder, "LOCK TABLE rate_limits IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let waited = rate_limits::purge(&mut db.write().await.unwrap(), NOW).await.unwrap_err();
    assert!(matches!(waited, StoreError::Unavailable(_)), "{waited:?}");
    drop(holder);
    rate_limits::purge(&mut db.write().await.unwrap(), NOW).await.unwrap();
}

async fn every_session_or_transaction_has_its_limits(_: &Db, db: &Db) {
    async fn setting(handle: &mut impl Handle, sql: &'static str) -> String {
        let Engine::Postgres(c, pooler) = handle.engine() else { unreachable!() };
        sqlx::query_scalar(sql).persistent(pooler.keeps_statements()).fetch_one(c).await.unwrap()
    }
    const WORK: &str = "SHOW statement_timeout";
    const IDLE: &str = "SHOW idle_in_transaction_session_timeout";
    let mut tx = db.write().await.unwrap();
    assert_eq!((setting(&mut tx, WORK).await.as_str(), setting(&mut tx, IDLE).await.as_str()), ("1500ms", "15s"));
    let mut tx = db.snapshot().await.unwrap();
    assert_eq!((setting(&mut tx, WORK).await.as_str(), setting(&mut tx, IDLE).await.as_str()), ("1500ms", "15s"));
    let mut conn = db.read().await.unwrap();
    assert_eq!((setting(&mut conn, WORK).await.as_str(), setting(&mut conn, IDLE).await.as_str()), ("1500ms", "15s"));
}

/// Also where it waits longer than a statement may take for another one that is under way.
async fn a_migration_takes_the_time_that_it_takes(admin: &Db, db: &Db) {
    let mut other = admin.write().await.unwrap();
    run_sql(&mut other, "LOCK TABLE _sqlx_migrations IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let (migrated, ()) = tokio::join!(db.migrate(), async {
        tokio::time::sleep(2 * LIMIT).await;
        drop(other);
    });
    assert_eq!(migrated.unwrap().applied, 0);
}

/// Behind a pooler a name would be met by whoever is lent the connection next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_a_pooler_no_statement_stays_prepared() {
    postgres(Start::Empty, "unprepared", |admin| async move {
        let one = |url: &str| DbOptions { pooler: Pooler::Transaction, max_connections: 1, ..DbOptions::new(url) };
        let db = another_with(&admin, |url| one(&url)).await;
        db.migrate().await.unwrap();
        let mut tx = db.write().await.unwrap();
        insert(&mut tx, "ada@x.example").await.unwrap();
        tx.commit().await.unwrap();
        assert!(users::by_email(&mut db.read().await.unwrap(), &email("ada@x.example")).await.unwrap().is_some());
        let mut tx = db.snapshot().await.unwrap();
        assert!(users::by_email(&mut tx, &email("ada@x.example")).await.unwrap().is_some());
        let Engine::Postgres(c, _) = tx.engine() else { unreachable!() };
        // Without parameters and as text, it is not prepared itself.
        let names = "SELECT name FROM pg_prepared_statements WHERE name <> ''";
        assert!(sqlx::raw_sql(names).fetch_optional(&mut *c).await.unwrap().is_none());
        drop(tx);
        db.close().await;
    })
    .await;
}

both_ways!(
    lost_connections_are_replaced_before_anything_is_asked,
    a_transaction_that_loses_its_connection_may_be_repeated,
    a_commit_that_gets_no_answer_must_not_be_repeated,
    a_deadlock_is_one_that_gave_way_and_one_that_went_on,
    a_statement_that_takes_too_long_ends_and_is_not_repeated,
    every_session_or_transaction_has_its_limits,
    a_migration_takes_the_time_that_it_takes,
);
