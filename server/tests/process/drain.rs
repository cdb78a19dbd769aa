//! SIGTERM: the process says at once that it stops, ends what runs, and leaves the rest to the next one.

use sqlx::{Connection, SqliteConnection};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    bulk::{call, until},
    kill::set_up,
    process::{Installation, Server},
};

/// Made-up people, besides Ada: several batches.
const CROWD: u64 = 1_000;

#[tokio::test]
async fn while_it_drains_a_process_is_alive_and_not_ready_and_still_answers() {
    let installation = Installation::new(None);
    // Longer than anything here takes; the second SIGTERM ends it.
    let server = installation.serve_with(|command| _ = command.env("ROLLCALL_DRAIN_SECONDS", "600")).await;
    let mut slow = TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap();
    let head = "POST /api/setup HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\
                Content-Length: 65536\r\n\r\n";
    slow.write_all(head.as_bytes()).await.unwrap();
    slow.write_all("a".repeat(30_000).as_bytes()).await.unwrap();
    server.tell_to_stop();
    let ready = until_answer(&server, "/readyz", 503).await;
    assert_eq!(ready, "stopping\n");
    assert_eq!(get(&server, "/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(get(&server, "/login").await.0, 200, "whoever is still led here is served");

    server.tell_to_stop();
    // Nobody new is let in, and who is there is answered.
    until_refused(&server).await;
    slow.write_all("a".repeat(35_536).as_bytes()).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 422 ") && answer.contains("org_name"), "{answer}");
    assert!(tokio::task::spawn_blocking(move || server.ended()).await.unwrap());
}

#[tokio::test]
async fn a_job_is_given_back_at_the_end_and_done_by_the_next_process() {
    let installation = Installation::new(None);
    let server = installation.serve().await;
    let cookie = set_up(&server).await;
    let demo = ["demo", "--users", &CROWD.to_string(), "--org", "engines"];
    assert!(installation.command(&demo).status().unwrap().success());
    let next = call(&server, &cookie, "bulk/start", "all=1&op=change_role&role=viewer").await["next"].clone();
    let id = next.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let planned = until(&server, &cookie, &id, |job| job["state"] == "planned").await;
    let wanted = planned["counts"]["would"].as_u64().unwrap();
    call(&server, &cookie, "bulk/confirm", &format!("id={id}")).await;
    until(&server, &cookie, &id, |job| job["counts"]["done"].as_u64() > Some(0)).await;
    server.tell_to_stop();
    assert!(tokio::task::spawn_blocking(move || server.ended()).await.unwrap());

    let url = format!("sqlite://{}", installation.data().join("rollcall.db").display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let left: (String, i64) =
        sqlx::query_as("SELECT state, leased_until FROM jobs").fetch_one(&mut conn).await.unwrap();
    assert_eq!(left, ("running".to_owned(), 0), "it is not over, and waits for no lease");

    let server = installation.serve().await;
    let done = until(&server, &cookie, &id, |job| job["state"] == "done").await;
    assert_eq!(done["counts"]["done"].as_u64(), Some(wanted));
    let lines: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_events WHERE action = 'membership.role_changed'")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(u64::try_from(lines).unwrap(), wanted, "each once");
}

async fn get(server: &Server, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("{}{path}", server.url)).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// What is answered with this status, as soon as it is.
async fn until_answer(server: &Server, path: &str, status: u16) -> String {
    for _ in 0..600 {
        let (now, text) = get(server, path).await;
        if now == status {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} is never answered with {status}");
}

async fn until_refused(server: &Server) {
    for _ in 0..600 {
        if TcpStream::connect(server.url.trim_start_matches("http://")).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the process goes on to listen");
}
