//! SIGTERM: the process says at once that it stops, ends what runs, and leaves the rest to the next one.

use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    bulk::{change_many, finishes},
    database::{number, one},
    process::{Installation, Server},
    requests::{get, page, set_up, until},
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
    assert_eq!(page(&server, "", "/healthz").await, "ok\n");
    page(&server, "", "/login").await;

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
    let (id, wanted) = change_many(&installation, &server, &cookie, CROWD).await;
    until(&server, &cookie, &id, |job| job["counts"]["done"].as_u64() > Some(0)).await;
    server.tell_to_stop();
    assert!(tokio::task::spawn_blocking(move || server.ended()).await.unwrap());

    let url = installation.database_url();
    assert_eq!(one::<String>(&url, "SELECT state FROM jobs").await, "running", "it is not over");
    assert_eq!(number(&url, "SELECT leased_until FROM jobs").await, 0, "and waits for no lease");

    let server = installation.serve().await;
    finishes(&installation, &server, &cookie, &id, wanted).await;
}

/// What is answered with this status, as soon as it is.
async fn until_answer(server: &Server, path: &str, status: u16) -> String {
    for _ in 0..600 {
        let answer = get(server, "", path).await;
        if answer.status == status {
            return answer.body;
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
