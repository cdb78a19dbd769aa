//! The binary as a function, behind a real emulator of Lambda: what works by a socket works by invocations.

use reqwest::{Client, Response, header::HeaderMap, redirect::Policy};
use serde_json::json;
use std::{collections::BTreeSet, process::Command, time::Duration};

use crate::{
    database::{on_postgresql, one},
    emulator::Emulator,
    import::{people, planned},
    kill::{files, recipients},
    process::{Installation, Server},
    requests::{call, set_up, until},
    tick::{confirm_behind_everybody, state},
};

/// Every byte there is, so that what takes an asset for text is found out.
fn every_byte() -> Vec<u8> {
    (0..=255).rev().cycle().take(70_000).collect()
}

#[tokio::test]
async fn two_functions_on_postgresql_do_what_a_server_does() {
    on_postgresql("lambda", async |url| {
        let installation = Installation::new(Some(url.clone()));
        let emulator = Emulator::start().await;
        let first = emulator.function(&installation, |_| {});
        let before = get(&first, "/readyz", &[]).await;
        assert_eq!((before.status().as_u16(), before.text().await.unwrap().contains("another release")), (503, true));
        assert!(installation.command(&["migrate"]).status().unwrap().success());
        first.until_ready().await;
        let cookie = set_up(&first).await;
        // While there is one function, which does nothing beside an invocation, it is the event alone that does what is due.
        a_scheduled_event_does_what_is_due(&emulator, &installation, &first, &cookie, &url).await;

        let _second = emulator.function(&installation, |_| {});
        signs_in_and_reads_a_page(&first, &cookie).await;
        cookies_come_with_a_redirect(&first, &cookie).await;
        mail_leaves_behind_the_answer(&installation).await;
        a_file_is_uploaded_and_its_job_goes_on_between_invocations(&first, &cookie).await;
        assets_arrive_byte_for_byte(&installation, &first).await;
        the_page_is_told_to_ask(&first, &cookie).await;
        the_address_is_the_events(&emulator, &url).await;
        another_event_is_refused(&emulator).await;
        assert!(first.terminate(), "told to stop, it ends in order");
    })
    .await;
}

#[tokio::test]
async fn a_function_answers_by_streams_where_it_is_told_to() {
    let installation = Installation::new(None);
    let emulator = Emulator::start().await;
    let function = emulator.function(&installation, |function| {
        function.env("ROLLCALL_LAMBDA_STREAMING", "true").env("ROLLCALL_LAMBDA_MIGRATE", "true");
    });
    function.until_ready().await;
    let cookie = set_up(&function).await;
    let page = get(&function, "/o/engines/users", &[("cookie", &cookie)]).await;
    assert_eq!(page.headers()["lambda-runtime-function-response-mode"], "streaming");
    assert!(page.text().await.unwrap().contains("Ada Lovelace"));
    signs_in_and_reads_a_page(&function, &cookie).await;
    cookies_come_with_a_redirect(&function, &cookie).await;
    mail_leaves_behind_the_answer(&installation).await;
    assets_arrive_byte_for_byte(&installation, &function).await;
    // Of an answer without a body the emulator hangs up on the stream, now and then before its end. Whatever becomes of that
    // answer, the function goes on.
    for _ in 0..50 {
        let request = client().get(format!("{}/live/engines", function.url)).header("cookie", &cookie);
        let _ = request.timeout(Duration::from_secs(5)).send().await;
    }
    function.until_ready().await;
    assert_eq!(emulator.tick().await["waiting"], 0);
}

#[tokio::test]
async fn what_a_function_would_lose_is_refused_in_words() {
    let installation = Installation::new(None);
    let emulator = Emulator::start().await;
    let refused = |more: &dyn Fn(&mut Command)| {
        let mut command = emulator.environment(&installation);
        more(&mut command);
        let output = command.output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let key = "0f".repeat(32);
    let postgres = "postgres://nobody@127.0.0.1:1/x";
    let said = refused(&|_| {});
    assert!(said.contains("a SQLite file would be lost") && said.contains("ROLLCALL_DATABASE_URL"), "{said}");
    let said = refused(&|function| {
        function.env("ROLLCALL_DATABASE_URL", postgres);
    });
    assert!(said.contains("each instance would make a key of its own"), "{said}");
    let said = refused(&|function| {
        function.env("ROLLCALL_DATABASE_URL", postgres).env("ROLLCALL_SECRET_KEY", &key);
    });
    assert!(said.contains("set ROLLCALL_SMTP_URL"), "{said}");
    let said = refused(&|function| {
        function.env_remove("ROLLCALL_PUBLIC_URL");
    });
    assert!(said.contains("set ROLLCALL_PUBLIC_URL to the origin"), "{said}");
    let said = refused(&|function| {
        function.env_remove("AWS_LAMBDA_FUNCTION_NAME");
    });
    assert!(said.contains("AWS_LAMBDA_FUNCTION_NAME is not"), "{said}");
    assert!(!installation.data().exists(), "nothing was made before it was refused");
}

#[test]
fn without_arguments_help_is_printed_where_there_is_no_function() {
    let output = Installation::new(None).command(&[]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("Usage: rollcall"));
}

/// A client that goes nowhere by itself.
fn client() -> Client {
    Client::builder().redirect(Policy::none()).timeout(Duration::from_mins(1)).build().unwrap()
}

async fn get(function: &Server, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = client().get(format!("{}{path}", function.url));
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

async fn post(function: &Server, path: &str, (cookie, kind): (&str, &str), body: impl Into<reqwest::Body>) -> Response {
    let request =
        client().post(format!("{}{path}", function.url)).header("cookie", cookie).header("content-type", kind);
    request.header("accept", "text/html").body(body).send().await.unwrap()
}

const FORM: &str = "application/x-www-form-urlencoded";

/// The names of the cookies that an answer sets.
fn set_cookies(headers: &HeaderMap) -> BTreeSet<String> {
    let names = headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().split('=').next().unwrap());
    names.map(ToOwned::to_owned).collect()
}

async fn signs_in_and_reads_a_page(function: &Server, cookie: &str) {
    let login = "_fn=/api/session/login&email=ada%40analytical.example&password=gravel-otter-ninth-plum";
    let answer = post(function, "/login", ("", FORM), login).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "/o/engines");
    assert!(set_cookies(answer.headers()).contains("rollcall"), "{:?}", answer.headers());
    for cookie in [cookie, &format!("theme=dark; {cookie}")] {
        let page = get(function, "/o/engines/users?q=ada", &[("cookie", cookie)]).await;
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        assert!(page.headers().contains_key("content-security-policy"));
        assert!(page.text().await.unwrap().contains("Ada Lovelace"));
    }
    let away = get(function, "/o/engines/users", &[]).await;
    assert!(away.status().is_redirection() && away.headers()["location"].to_str().unwrap().starts_with("/login"));
    let elsewhere = client().post(format!("{}/api/people/revision", function.url)).header("cookie", cookie);
    let elsewhere = elsewhere.header("origin", "https://evil.example").header("content-type", FORM).body("org=engines");
    assert_eq!(elsewhere.send().await.unwrap().status(), 403);
}

async fn cookies_come_with_a_redirect(function: &Server, cookie: &str) {
    let form = "first_name=Grace&last_name=Hopper&email=grace%40navy.example";
    let sent = call(function, cookie, "invitations/send_one", form).await;
    let link = sent["data"][0]["outcome"]["invited"]["link"].as_str().unwrap().to_owned();
    let token = link.rsplit('/').next().unwrap();
    let form = format!(
        "_fn=/api/invitations/accept_new&token={token}&first_name=Zo%C3%AB&last_name=Hopper&password=velvet+mango+27+tractors"
    );
    let answer = post(function, &format!("/invite/{token}"), ("", FORM), form).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(set_cookies(answer.headers()), BTreeSet::from(["flash".to_owned(), "rollcall".to_owned()]));
    let page = get(function, "/o/engines/users?q=hopper", &[("cookie", cookie)]).await;
    assert!(page.text().await.unwrap().contains("Zoë"));
}

/// No process lives on to send it, and no scheduled event has come.
async fn mail_leaves_behind_the_answer(installation: &Installation) {
    for _ in 0..400 {
        if recipients(installation).iter().any(|to| to.contains("<grace@navy.example>")) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the invitation did not leave: {:?}", recipients(installation));
}

async fn a_file_is_uploaded_and_its_job_goes_on_between_invocations(function: &Server, cookie: &str) {
    let people: String = (0..300).map(|n| format!("J{n};u{n}@upload.example\r\n")).collect();
    let mut body = b"--x\r\nContent-Disposition: form-data; name=\"_fn\"\r\n\r\n/api/imports/start\r\n\
        --x\r\nContent-Disposition: form-data; name=\"org\"\r\n\r\nengines\r\n\
        --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.csv\"\r\nContent-Type: text/csv\r\n\r\n\
        Name;E-Mail\r\nJ\xf6rg M\xfcller;joerg@upload.example\r\n"
        .to_vec();
    body.extend([people.as_bytes(), b"\r\n--x--\r\n"].concat());
    let answer = post(function, "/o/engines/import", (cookie, "multipart/form-data; boundary=x"), body).await;
    assert_eq!(answer.status(), 303);
    let here = answer.headers()["location"].to_str().unwrap().to_owned();
    let id = here.rsplit('/').next().unwrap();
    let planned = until(function, cookie, id, |job| job["state"] == "planned").await;
    assert_eq!(planned["counts"]["would"], 301, "{planned}");
    let page = get(function, &here, &[("cookie", cookie)]).await;
    assert!(page.text().await.unwrap().contains("Jörg Müller"), "the bytes of the file arrived as they were");
    call(function, cookie, "bulk/confirm", &format!("id={id}")).await;
    let done = until(function, cookie, id, |job| job["state"] == "done").await;
    assert_eq!(done["counts"]["done"], 301, "{done}");
    let report = get(function, &format!("{here}/report.csv"), &[("cookie", cookie)]).await;
    assert!(report.text().await.unwrap().contains("Jörg Müller"));
}

async fn assets_arrive_byte_for_byte(installation: &Installation, function: &Server) {
    let (plain, packed) = (every_byte(), every_byte().split_off(1));
    std::fs::write(installation.site().join("pkg/1/rollcall.wasm"), &plain).unwrap();
    std::fs::write(installation.site().join("pkg/1/rollcall.wasm.br"), &packed).unwrap();
    std::fs::create_dir_all(installation.site().join("fonts")).unwrap();
    std::fs::write(installation.site().join("fonts/a.woff2"), &plain).unwrap();
    for (path, accepted, encoding, kind, bytes) in [
        ("/pkg/1/rollcall.wasm", "gzip, br", Some("br"), "application/wasm", &packed),
        ("/pkg/1/rollcall.wasm", "identity", None, "application/wasm", &plain),
        ("/fonts/a.woff2", "identity", None, "font/woff2", &plain),
    ] {
        let answer = get(function, path, &[("accept-encoding", accepted)]).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers().get("content-encoding").map(|v| v.to_str().unwrap()), encoding, "{path}");
        assert_eq!(answer.headers()["content-type"], kind);
        assert!(answer.headers().contains_key("cache-control"));
        assert!(answer.bytes().await.unwrap() == bytes.as_slice(), "{path} {encoding:?}");
    }
}

/// A function cannot hold a stream; after this answer a browser does not try again by itself, and the page asks.
async fn the_page_is_told_to_ask(function: &Server, cookie: &str) {
    let answer = get(function, "/live/engines", &[("cookie", cookie), ("accept", "text/event-stream")]).await;
    assert_eq!(answer.status(), 204);
    assert!(call(function, cookie, "people/revision", "").await.is_i64());
}

async fn the_address_is_the_events(emulator: &Emulator, url: &str) {
    let event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/api/session/login", "rawQueryString": "",
        "headers": { "host": "people.example.com", "content-type": FORM, "x-forwarded-for": "198.51.100.1" },
        "requestContext": {
            "http": { "method": "POST", "path": "/api/session/login", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9", "userAgent": "x" },
            "stage": "$default", "timeEpoch": 1
        },
        "body": "email=ada%40analytical.example&password=gravel-otter-ninth-plum", "isBase64Encoded": false
    });
    let (status, answer) = emulator.invoke(&event).await;
    assert_eq!((status, &answer["statusCode"]), (200, &json!(200)), "{answer}");
    assert!(answer["cookies"][0].as_str().unwrap().starts_with("rollcall="), "{answer}");
    assert_eq!(one::<String>(url, "SELECT address FROM sessions ORDER BY id DESC LIMIT 1").await, "203.0.113.9");
}

async fn a_scheduled_event_does_what_is_due(
    emulator: &Emulator,
    installation: &Installation,
    function: &Server,
    cookie: &str,
    url: &str,
) {
    let before = files(installation).len();
    let id = planned(function, cookie, &people(250)).await;
    confirm_behind_everybody(url, &id).await;
    assert_eq!((state(url, &id).await.as_str(), files(installation).len()), ("running", before), "nobody knows of it");
    until_nothing_waits(emulator).await;
    assert_eq!((state(url, &id).await.as_str(), files(installation).len()), ("done", before + 250));
}

/// One event is enough, but on a machine that is very busy.
async fn until_nothing_waits(emulator: &Emulator) {
    for _ in 0..20 {
        let told = emulator.tick().await;
        if told["waiting"] == 0 && told["batches"] == 0 {
            return;
        }
    }
    panic!("there is no end of what is due");
}

async fn another_event_is_refused(emulator: &Emulator) {
    let (status, told) = emulator.invoke(&json!({ "Records": [{ "eventSource": "aws:sqs" }] })).await;
    assert_eq!(status, 500);
    assert!(told["errorMessage"].as_str().unwrap().contains("neither a scheduled event nor a request"), "{told}");
    // The next one is answered.
    emulator.tick().await;
}
