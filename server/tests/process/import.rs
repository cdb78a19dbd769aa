//! `kill -9` in the middle of an import: everybody of the file is invited once, and gets one mail.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use std::{collections::BTreeSet, time::Duration};

use crate::{
    database::{invited, on_postgresql},
    kill::{files, recipients},
    process::{Installation, Server},
    requests::{call, set_up, started, until},
};

/// Rows of the file.
const ROWS: usize = 5_000;

#[tokio::test]
async fn an_import_is_finished_by_the_next_process_on_sqlite() {
    import_and_kill(&Installation::new(None)).await;
}

#[tokio::test]
async fn an_import_is_finished_by_the_next_process_on_postgresql() {
    on_postgresql("import", async |url| import_and_kill(&Installation::new(Some(url))).await).await;
}

async fn import_and_kill(installation: &Installation) {
    let mut server = installation.serve().await;
    let cookie = set_up(&server).await;
    let wanted = people(ROWS);
    let id = planned(&server, &cookie, &wanted).await;
    call(&server, &cookie, "bulk/confirm", &format!("id={id}")).await;
    let begun = until(&server, &cookie, &id, |job| job["counts"]["done"].as_u64() > Some(0)).await;
    server.kill();
    assert_eq!(begun["state"], "running", "the import was over before the kill");

    // A worker that was killed held its job, and its messages, for half a minute.
    let server = installation.serve().await;
    let done = until(&server, &cookie, &id, |job| job["state"] == "done").await;
    assert_eq!(done["counts"]["done"], ROWS, "{done}");
    assert_eq!(invited(&installation.database_url()).await, wanted, "each once");
    let mut mailed = 0;
    for _ in 0..900 {
        mailed = files(installation).len();
        if mailed == wanted.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!((mailed, recipients(installation)), (wanted.len(), wanted), "one mail each");
}

/// The addresses of so many people.
pub(crate) fn people(rows: usize) -> BTreeSet<String> {
    (0..rows).map(|n| format!("p{n}@import.example")).collect()
}

/// The id of an import that would invite these people, and waits to be confirmed.
pub(crate) async fn planned(server: &Server, cookie: &str, emails: &BTreeSet<String>) -> String {
    let rows: String = emails.iter().map(|email| format!("{email},Member\n")).collect();
    let file = BASE64.encode(format!("Email,Role\n{rows}"));
    let id = started(server, cookie, "imports/start", &format!("file={file}")).await;
    let planned = until(server, cookie, &id, |job| job["state"] == "planned").await;
    assert_eq!(planned["counts"]["would"], emails.len(), "{planned}");
    id
}
