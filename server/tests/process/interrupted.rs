//! A change that PostgreSQL interrupts: done again where nothing was written, and not where it may have been.

use sqlx::{Connection, PgConnection};
use std::{collections::BTreeSet, time::Duration};
use tokio::task::JoinHandle;

use crate::{
    database::{invited, number, on_postgresql},
    process::Installation,
    requests::{Answer, invite, set_up},
};

#[tokio::test]
async fn what_is_interrupted_before_its_commit_is_done_again_and_what_is_interrupted_in_it_is_not() {
    on_postgresql("interrupted", async |url| {
        let server = Installation::new(Some(url.clone())).serve().await;
        let cookie = set_up(&server).await;
        let invited_aside = |email: &'static str| -> JoinHandle<Answer> {
            let (url, cookie) = (server.url.clone(), cookie.clone());
            tokio::spawn(async move { invite(&url, &cookie, email).await })
        };

        // It holds the organization and waits for the log, which somebody holds who comes to wait for the organization.
        let mut other = holding_the_log(&url).await;
        let answer = invited_aside("deadlock@x.example");
        waits_for_the_log(&url).await;
        run(&mut other, "UPDATE organizations SET revision = revision + 1").await;
        run(&mut other, "COMMIT").await;
        let answer = answer.await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");

        let mut other = holding_the_log(&url).await;
        let answer = invited_aside("lost@x.example");
        waits_for_the_log(&url).await;
        run(&mut other, END_WHO_WAITS).await;
        waits_for_the_log(&url).await;
        run(&mut other, "COMMIT").await;
        let answer = answer.await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");

        // A commit that takes its time.
        run(
            &mut other,
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END'",
        )
        .await;
        let trigger = "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON audit_events DEFERRABLE INITIALLY DEFERRED \
                       FOR EACH ROW EXECUTE FUNCTION slow()";
        run(&mut other, trigger).await;
        let answer = invited_aside("commit@x.example");
        until_some(&url, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query = 'COMMIT'")
            .await;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        run(&mut other, end).await;
        let answer = answer.await.unwrap();
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(answer.body.contains("Reload to see whether it was saved"), "{answer:?}");
        run(&mut other, "DROP TRIGGER slow ON audit_events").await;

        let there = ["deadlock@x.example", "lost@x.example"].map(str::to_owned);
        assert_eq!(invited(&url).await, BTreeSet::from(there));
        assert_eq!(
            number(&url, "SELECT count(*) FROM audit_events WHERE action = 'invitation.sent'").await,
            2,
            "once each"
        );
        other.close().await.unwrap();
    })
    .await;
}

const END_WHO_WAITS: &str = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted \
                             AND relation = 'audit_events'::regclass";

/// Somebody who holds the log, and is not the one to give way.
async fn holding_the_log(url: &str) -> PgConnection {
    let mut conn = PgConnection::connect(url).await.unwrap();
    for sql in ["BEGIN", "SET LOCAL deadlock_timeout = '1h'", "LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE"] {
        run(&mut conn, sql).await;
    }
    conn
}

async fn waits_for_the_log(url: &str) {
    until_some(url, "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'audit_events'::regclass").await;
}

async fn until_some(url: &str, sql: &'static str) {
    for _ in 0..600 {
        if number(url, sql).await > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {sql}");
}

async fn run(conn: &mut PgConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(conn).await.unwrap();
}
