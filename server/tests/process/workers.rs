//! Two processes share the jobs and the outbox of one database, and one of them is killed in the middle of both: the other one
//! takes over what it held, everybody is invited once, and no mail is lost.

use crate::{
    database::{invited, number, on_postgresql, until_no_mail_waits},
    import::{people, planned},
    post::Post,
    process::Installation,
    requests::{call, set_up, until},
};

/// Rows of the file.
const ROWS: usize = 1_500;
/// Mails that a worker has in its hands at once; those may arrive twice when it is killed (ADR 4).
const IN_HAND: usize = 8;

#[tokio::test]
async fn one_of_two_processes_is_killed_and_the_other_finishes_on_sqlite() {
    kill_one_of_two(&Installation::new(None)).await;
}

#[tokio::test]
async fn one_of_two_processes_is_killed_and_the_other_finishes_on_postgresql() {
    on_postgresql("workers", async |url| kill_one_of_two(&Installation::new(Some(url))).await).await;
}

async fn kill_one_of_two(installation: &Installation) {
    let url = installation.database_url();
    let mut post = Post::open().await;
    let mut first = installation.serve_with(|command| post.serve(command)).await;
    let second = installation.serve_with(|command| post.serve(command)).await;
    let cookie = set_up(&first).await;
    let wanted = people(ROWS);
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
    assert_eq!(invited(&url).await, wanted, "each once");
    let lines = number(&url, "SELECT count(*) FROM audit_events WHERE action = 'invitation.sent'").await;
    assert_eq!(usize::try_from(lines).unwrap(), ROWS, "a line in the log for each");
    until_no_mail_waits(&url).await;
    let mailed = post.count();
    assert_eq!(post.recipients(), wanted, "a mail for each");
    assert!(post.repeated() <= IN_HAND, "{mailed} mails for {ROWS} people");
    assert!(second.terminate());
}
