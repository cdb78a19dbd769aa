//! Two processes share the jobs and the outbox of one database, and one of them is killed in the middle of both: the other one
//! takes over what it held, everybody is invited once, and no mail is lost.

use sqlx::{Connection, PgConnection, SqliteConnection};
use std::{collections::BTreeSet, time::Duration};

use crate::{
    bulk::{call, until},
    import::planned,
    kill::{invited, on_postgresql, set_up},
    post::Post,
    process::Installation,
};

/// Rows of the file.
const ROWS: usize = 1_500;
/// Mails that a worker has in its hands at once; those may arrive twice when it is killed (ADR 4).
const IN_HAND: usize = 8;

#[tokio::test]
async fn one_of_two_processes_is_killed_and_the_other_finishes_on_sqlite() {
    let installation = Installation::new(None);
    let url = format!("sqlite://{}", installation.data().join("rollcall.db").display());
    kill_one_of_two(&installation, &url).await;
}

#[tokio::test]
async fn one_of_two_processes_is_killed_and_the_other_finishes_on_postgresql() {
    on_postgresql("workers", async |url| kill_one_of_two(&Installation::new(Some(url.clone())), &url).await).await;
}

async fn kill_one_of_two(installation: &Installation, url: &str) {
    let mut post = Post::open().await;
    let mut first = installation.serve_with(|command| post.serve(command)).await;
    let second = installation.serve_with(|command| post.serve(command)).await;
    let cookie = set_up(&first).await;
    let wanted: BTreeSet<String> = (0..ROWS).map(|n| format!("p{n}@workers.example")).collect();
    let id = planned(&first, &cookie, &wanted).await;
    call(&second, &cookie, "bulk/confirm", &format!("id={id}")).await;
    let mut begun = until(&first, &cookie, &id, |job| job["counts"]["done"].as_u64() > Some(0)).await;
    while post.count() == 0 {
        begun = until(&first, &cookie, &id, |_| true).await;
    }
    first.kill();
    assert_eq!(begun["state"], "running", "the import was over before the kill");

    // Whichever of the two held the job and the messages: what the killed one held is free after half a minute.
    let done = until(&second, &cookie, &id, |job| job["state"] == "done").await;
    assert_eq!(done["counts"]["done"], ROWS, "{done}");
    assert_eq!(invited(url).await, wanted, "each once");
    let lines = number(url, "SELECT count(*) FROM audit_events WHERE action = 'invitation.sent'").await;
    assert_eq!(usize::try_from(lines).unwrap(), ROWS, "a line in the log for each");
    for _ in 0..900 {
        if number(url, "SELECT count(*) FROM outbox WHERE state = 'queued'").await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mailed = post.count();
    assert_eq!(post.recipients(), wanted, "a mail for each");
    assert!(post.repeated() <= IN_HAND, "{mailed} mails for {ROWS} people");
    assert!(second.terminate());
}

/// One number, as committed.
pub(crate) async fn number(url: &str, sql: &'static str) -> i64 {
    if url.starts_with("sqlite") {
        let mut conn = SqliteConnection::connect(url).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
    } else {
        let mut conn = PgConnection::connect(url).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
    }
}
