//! `/metrics`, as Prometheus reads it.

use std::time::Duration;

use crate::{
    database::{on_postgresql, run},
    process::{Installation, Server, free_address},
    requests::{call, get, set_up},
    telemetry::TOKEN,
};

#[tokio::test]
async fn metrics_tell_what_happened_and_nothing_of_whom() {
    let installation = Installation::new(None);
    let (server, metrics) = serve_with_metrics(&installation).await;
    let cookie = set_up(&server).await;
    for path in ["/o/engines/users", "/o/engines/users?q=ada", &format!("/invite/{TOKEN}"), "/wp-login.php", "/metrics"]
    {
        get(&server, &cookie, path).await;
    }
    call(&server, &cookie, "invitations/send", "role=member&emails=grace%40private.example").await;
    let public = get(&server, &cookie, "/metrics").await;
    assert_eq!(public.status, 404, "what is public tells no numbers");

    // The mail leaves after the answer, and what became of it is stored after that.
    let done = [r#"rollcall_mails_total{outcome="sent"} 1"#, r#"rollcall_outbox_messages{state="due"} 0"#];
    let text = until_scraped(&metrics, &done).await;
    for line in [
        r#"http_requests_total{method="GET",route="/o/{org}/users",status="200"} 2"#,
        r#"http_requests_total{method="GET",route="/invite/{token}",status="404"} 1"#,
        r#"http_requests_total{method="GET",route="unmatched",status="404"} 3"#,
        r#"http_requests_total{method="POST",route="/api/invitations/send",status="200"} 1"#,
        r#"http_request_duration_seconds_count{method="GET",route="/o/{org}/users"} 2"#,
        "http_requests_in_flight 0",
        "rollcall_database_up 1",
        "rollcall_outbox_overdue_seconds 0",
        r#"rollcall_jobs{state="waiting"} 0"#,
        r#"rollcall_password_hashes{state="running"} 0"#,
        "rollcall_password_hashes_refused_total 0",
        "rollcall_live_streams 0",
        r#"db_pool_connections_max{pool="write"} 1"#,
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
    }
    for name in ["process_resident_memory_bytes ", "process_cpu_seconds_total ", "rollcall_build_info{"] {
        assert!(text.lines().any(|found| found.starts_with(name)), "{name} in\n{text}");
    }
    for secret in [TOKEN, "engines", "ada", "grace", "private.example", "analytical"] {
        assert!(!text.to_lowercase().contains(&secret.to_lowercase()), "{secret} in\n{text}");
    }
}

#[tokio::test]
async fn metrics_are_there_while_the_database_is_away() {
    on_postgresql("metrics", async |url| {
        let installation = Installation::new(Some(url.clone()));
        let (_server, metrics) = serve_with_metrics(&installation).await;
        assert!(scrape(&metrics).await.contains("rollcall_database_up 1\n"));
        let (rest, name) = url.rsplit_once('/').unwrap();
        run(&format!("{rest}/postgres"), &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        let text = until_scraped(&metrics, &["rollcall_database_up 0"]).await;
        assert!(text.contains("http_requests_in_flight 0") && !text.contains("rollcall_outbox"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn an_address_for_metrics_that_is_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let installation = Installation::new(None);
    let mut serve = installation.command(&["serve", "--addr", &free_address(), "--metrics-addr", &address]);
    let output = tokio::task::spawn_blocking(move || serve.output().unwrap()).await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let expected = format!("rollcall: cannot listen on {address} for metrics");
    assert!(!output.status.success() && said.contains(&expected), "{said}");
}

async fn serve_with_metrics(installation: &Installation) -> (Server, String) {
    let address = free_address();
    let server = installation.serve_with(|command| _ = command.env("ROLLCALL_METRICS_ADDR", &address)).await;
    (server, format!("http://{address}/metrics"))
}

async fn scrape(metrics: &str) -> String {
    let answer = reqwest::get(metrics).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    answer.text().await.unwrap()
}

/// The metrics, as soon as these lines are among them.
async fn until_scraped(metrics: &str, lines: &[&str]) -> String {
    let mut text = String::new();
    for _ in 0..300 {
        text = scrape(metrics).await;
        if lines.iter().all(|line| text.lines().any(|found| found == *line)) {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{lines:?} never stand together in\n{text}");
}
