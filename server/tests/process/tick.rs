//! `rollcall tick` where no process lives on: a job that stands in the database is done by it alone, and its mail leaves.

use crate::{
    database::{one, run},
    import::{people, planned},
    kill::files,
    process::Installation,
    requests::set_up,
};

#[tokio::test]
async fn a_tick_finishes_an_import_and_sends_its_mail() {
    let installation = Installation::new(None);
    let url = installation.database_url();
    let server = installation.serve().await;
    let cookie = set_up(&server).await;
    let id = planned(&server, &cookie, &people(250)).await;
    assert!(server.terminate());
    confirm_behind_everybody(&url, &id).await;

    let told = installation.command(&["tick"]).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("250 mails sent, 0 waiting.") && told.contains(" of jobs done."), "{told}");
    assert_eq!(state(&url, &id).await, "done");
    assert_eq!(files(&installation).len(), 250);
    let again = installation.command(&["tick"]).output().unwrap();
    assert_eq!(String::from_utf8(again.stdout).unwrap(), "0 mails sent, 0 waiting.\n");
}

/// Lets a job run without any process having heard of it.
pub(crate) async fn confirm_behind_everybody(url: &str, id: &str) {
    let confirmed = format!("UPDATE jobs SET state = 'running' WHERE id = '{id}' AND state = 'planned'");
    assert_eq!(run(url, &confirmed).await, 1);
}

/// The state of a job.
pub(crate) async fn state(url: &str, id: &str) -> String {
    one(url, &format!("SELECT state FROM jobs WHERE id = '{id}'")).await
}
