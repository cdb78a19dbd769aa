//! `kill -9` in the middle of a job: what was noted is what was done, and the next process finishes the rest.

use crate::{
    database::number,
    process::{Installation, Server},
    requests::{call, set_up, started, until},
};

/// Made-up people, besides Ada.
const CROWD: u64 = 1_500;

#[tokio::test]
async fn a_job_is_finished_by_the_next_process_and_nothing_is_done_twice() {
    let installation = Installation::new(None);
    let mut server = installation.serve().await;
    let cookie = set_up(&server).await;
    let (id, wanted) = change_many(&installation, &server, &cookie, CROWD).await;
    assert!(wanted > CROWD / 2, "{wanted}");
    let begun = until(&server, &cookie, &id, |job| job["counts"]["done"].as_u64() > Some(0)).await;
    server.kill();
    assert_eq!(begun["state"], "running", "the job was over before the kill");

    // A worker that was killed held its job for half a minute.
    let server = installation.serve().await;
    finishes(&installation, &server, &cookie, &id, wanted).await;
}

/// Fills in people and begins to change the role of all of them. Yields the job, and of how many it is.
pub(crate) async fn change_many(
    installation: &Installation,
    server: &Server,
    cookie: &str,
    people: u64,
) -> (String, u64) {
    let demo = ["demo", "--users", &people.to_string(), "--org", "engines"];
    assert!(installation.command(&demo).status().unwrap().success());
    let id = started(server, cookie, "bulk/start", "all=1&op=change_role&role=viewer").await;
    let planned = until(server, cookie, &id, |job| job["state"] == "planned").await;
    call(server, cookie, "bulk/confirm", &format!("id={id}")).await;
    (id, planned["counts"]["would"].as_u64().unwrap())
}

/// Waits for the end of such a job, after which each role was changed, and once.
pub(crate) async fn finishes(installation: &Installation, server: &Server, cookie: &str, id: &str, wanted: u64) {
    let done = until(server, cookie, id, |job| job["state"] == "done").await;
    assert_eq!(done["counts"]["done"].as_u64(), Some(wanted));
    let lines = "SELECT count(*) FROM audit_events WHERE action = 'membership.role_changed'";
    let lines = number(&installation.database_url(), lines).await;
    assert_eq!(u64::try_from(lines).unwrap(), wanted, "each once");
}
