//! `kill -9` in the middle of a job: what was noted is what was done, and the next process finishes the rest.

use sqlx::{Connection, SqliteConnection};
use std::time::Duration;

use crate::{
    kill::set_up,
    process::{Installation, Server},
};

/// Made-up people, besides Ada.
const CROWD: u64 = 1_500;

#[tokio::test]
async fn a_job_is_finished_by_the_next_process_and_nothing_is_done_twice() {
    let installation = Installation::new(None);
    let mut server = installation.serve().await;
    let cookie = set_up(&server).await;
    let demo = ["demo", "--users", &CROWD.to_string(), "--org", "engines"];
    assert!(installation.command(&demo).status().unwrap().success());

    let next = call(&server, &cookie, "bulk/start", "all=1&op=change_role&role=viewer").await["next"].clone();
    let id = next.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let planned = until(&server, &cookie, &id, |job| job["state"] == "planned").await;
    let wanted = planned["counts"]["would"].as_u64().unwrap();
    assert!(wanted > CROWD / 2, "{planned}");
    call(&server, &cookie, "bulk/confirm", &format!("id={id}")).await;
    let begun = until(&server, &cookie, &id, |job| job["counts"]["done"].as_u64() > Some(0)).await;
    server.kill();
    assert_eq!(begun["state"], "running", "the job was over before the kill");

    // A worker that was killed held its job for half a minute.
    let server = installation.serve().await;
    let done = until(&server, &cookie, &id, |job| job["state"] == "done").await;
    assert_eq!(done["counts"]["done"].as_u64(), Some(wanted));
    let url = format!("sqlite://{}", installation.data().join("rollcall.db").display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let lines: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_events WHERE action = 'membership.role_changed'")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(u64::try_from(lines).unwrap(), wanted, "each once");
}

pub(crate) async fn call(server: &Server, cookie: &str, function: &str, form: &str) -> serde_json::Value {
    let answer = reqwest::Client::new()
        .post(format!("{}/api/{function}", server.url))
        .header("cookie", cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("org=engines&{form}"))
        .timeout(Duration::from_mins(1))
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{function}: {}", answer.status());
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// The job, as soon as it has come so far.
pub(crate) async fn until(
    server: &Server,
    cookie: &str,
    id: &str,
    far_enough: impl Fn(&serde_json::Value) -> bool,
) -> serde_json::Value {
    for _ in 0..4_000 {
        let page = call(server, cookie, "bulk/job", &format!("id={id}")).await;
        if far_enough(&page["job"]) {
            return page["job"].clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the job does not come on");
}
