//! What is asked of a running server, as the browser's code asks it, in the organization of these tests.

use serde_json::Value;
use std::time::Duration;

use crate::process::Server;

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The request's id.
    pub(crate) id: String,
    pub(crate) body: String,
}

impl Answer {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = request.timeout(Duration::from_mins(1)).send().await.unwrap();
        let id = answer.headers().get("x-request-id").map(|id| id.to_str().unwrap().to_owned()).unwrap_or_default();
        Self { status: answer.status().as_u16(), id, body: answer.text().await.unwrap() }
    }
}

/// Asks for a page.
pub(crate) async fn get(server: &Server, cookie: &str, path: &str) -> Answer {
    let request = reqwest::Client::new().get(format!("{}{path}", server.url));
    Answer::of(request.header("cookie", cookie).header("accept", "text/html")).await
}

/// A page that there is.
pub(crate) async fn page(server: &Server, cookie: &str, path: &str) -> String {
    let answer = get(server, cookie, path).await;
    assert_eq!(answer.status, 200, "{path}");
    answer.body
}

/// Calls a server function.
pub(crate) async fn ask(url: &str, cookie: &str, function: &str, form: &str) -> Answer {
    let request = reqwest::Client::new()
        .post(format!("{url}/api/{function}"))
        .header("cookie", cookie)
        .header("content-type", "application/x-www-form-urlencoded");
    Answer::of(request.body(format!("org=engines&{form}"))).await
}

/// Calls a server function that goes well, and reads what it says.
pub(crate) async fn call(server: &Server, cookie: &str, function: &str, form: &str) -> Value {
    let answer = ask(&server.url, cookie, function, form).await;
    assert!((200..300).contains(&answer.status), "{function}: {}", answer.status);
    serde_json::from_str(&answer.body).unwrap()
}

/// Invites somebody.
pub(crate) async fn invite(url: &str, cookie: &str, email: &str) -> Answer {
    ask(url, cookie, "invitations/send", &format!("role=member&emails={email}")).await
}

/// The id of the job that was started by a server function.
pub(crate) async fn started(server: &Server, cookie: &str, function: &str, form: &str) -> String {
    let next = call(server, cookie, function, form).await["next"].clone();
    next.as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// The job, as soon as it has come so far.
pub(crate) async fn until(server: &Server, cookie: &str, id: &str, far_enough: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..4_000 {
        let page = call(server, cookie, "bulk/job", &format!("id={id}")).await;
        if far_enough(&page["job"]) {
            return page["job"].clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the job does not come on");
}

/// Makes the first account and the organization, and yields Ada's cookie.
pub(crate) async fn set_up(server: &Server) -> String {
    let answer = reqwest::Client::new()
        .post(format!("{}/api/setup", server.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(
            "org_name=Engines&first_name=Ada&last_name=Lovelace&email=ada%40analytical.example\
             &password=gravel-otter-ninth-plum&preset=invitation_links",
        )
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    let cookie = answer.headers().get("set-cookie").unwrap().to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}
