//! `/metrics`, as Prometheus reads it.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::Duration;

use crate::{
    bulk::call,
    kill::{on_postgresql, set_up},
    process::{Installation, Server, free_address},
};

/// What stands for a live token of an invitation.
const TOKEN: &str = "dG9rZW4tb2YtYW4taW52aXRhdGlvbi10aGF0LW5vYm9keS1oYXM";

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
    assert_eq!(public.0, 404, "what is public tells no numbers");

    // The mail leaves after the answer.
    let text = until_scraped(&metrics, r#"rollcall_mails_total{outcome="sent"} 1"#).await;
    for line in [
        r#"http_requests_total{method="GET",route="/o/{org}/users",status="200"} 2"#,
        r#"http_requests_total{method="GET",route="/invite/{token}",status="404"} 1"#,
        r#"http_requests_total{method="GET",route="unmatched",status="404"} 3"#,
        r#"http_requests_total{method="POST",route="/api/invitations/send",status="200"} 1"#,
        r#"http_request_duration_seconds_count{method="GET",route="/o/{org}/users"} 2"#,
        "http_requests_in_flight 0",
        "rollcall_database_up 1",
        r#"rollcall_outbox_messages{state="due"} 0"#,
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
        let mut admin = PgConnection::connect(&format!("{rest}/postgres")).await.unwrap();
        let gone = format!("DROP DATABASE {name} WITH (FORCE)");
        sqlx::query(AssertSqlSafe(gone)).execute(&mut admin).await.unwrap();
        let text = until_scraped(&metrics, "rollcall_database_up 0").await;
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

/// The metrics, as soon as this line is among them.
async fn until_scraped(metrics: &str, line: &str) -> String {
    let mut text = String::new();
    for _ in 0..300 {
        text = scrape(metrics).await;
        if text.lines().any(|found| found == line) {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{line} never stands in\n{text}");
}

async fn get(server: &Server, cookie: &str, path: &str) -> (u16, String) {
    let asked = reqwest::Client::new().get(format!("{}{path}", server.url)).header("cookie", cookie);
    let answer = asked.header("accept", "text/html").send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}
