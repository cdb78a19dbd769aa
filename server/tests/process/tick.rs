//! `rollcall tick` where no process lives on: a job that stands in the database is done by it alone, and its mail leaves.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::{
    bulk::{call, until},
    kill::{files, set_up},
    process::{Installation, Server},
};

#[tokio::test]
async fn a_tick_finishes_an_import_and_sends_its_mail() {
    let installation = Installation::new(None);
    let url = format!("sqlite://{}", installation.data().join("rollcall.db").display());
    let server = installation.serve().await;
    let cookie = set_up(&server).await;
    let id = planned_import(&server, &cookie, 250).await;
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

/// An import that has been looked at and not been confirmed yet.
pub(crate) async fn planned_import(server: &Server, cookie: &str, rows: u64) -> String {
    let people: String = (0..rows).map(|n| format!("p{n}@import.example,Member\n")).collect();
    let file = BASE64.encode(format!("Email,Role\n{people}"));
    let next = call(server, cookie, "imports/start", &format!("file={file}")).await["next"].clone();
    let id = next.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let planned = until(server, cookie, &id, |job| job["state"] == "planned").await;
    assert_eq!(planned["counts"]["would"], rows, "{planned}");
    id
}

/// Lets a job run without any process having heard of it.
pub(crate) async fn confirm_behind_everybody(url: &str, id: &str) {
    let sql = format!("UPDATE jobs SET state = 'running' WHERE id = '{id}' AND state = 'planned'");
    let changed = if url.starts_with("sqlite") {
        let mut conn = SqliteConnection::connect(url).await.unwrap();
        sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap().rows_affected()
    } else {
        let mut conn = PgConnection::connect(url).await.unwrap();
        sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap().rows_affected()
    };
    assert_eq!(changed, 1);
}

/// The state of a job.
pub(crate) async fn state(url: &str, id: &str) -> String {
    one(url, &format!("SELECT state FROM jobs WHERE id = '{id}'")).await
}

/// One text from the database.
pub(crate) async fn one(url: &str, sql: &str) -> String {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite") {
        sqlx::query_scalar(sql).fetch_one(&mut SqliteConnection::connect(url).await.unwrap()).await.unwrap()
    } else {
        sqlx::query_scalar(sql).fetch_one(&mut PgConnection::connect(url).await.unwrap()).await.unwrap()
    }
}
