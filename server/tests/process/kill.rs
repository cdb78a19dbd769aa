//! `kill -9` in the middle of a burst of invitations: every request that was answered well is in the database afterwards,
//! and every mail leaves.

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use crate::process::{Installation, Server};

/// Requests of a burst.
pub(crate) const BURST: usize = 200;
/// Requests under way at once.
const AT_ONCE: usize = 8;

#[tokio::test]
async fn nothing_accepted_is_lost_when_the_process_is_killed_on_sqlite() {
    // Side by side, because each may have to wait for the messages that the killed worker held.
    let rounds = [15, 90, 170].map(|answered| async move {
        let installation = Installation::new(None);
        let url = format!("sqlite://{}", installation.data().join("rollcall.db").display());
        burst_and_kill(&installation, &url, answered).await;
    });
    futures::future::join_all(rounds).await;
}

#[tokio::test]
async fn nothing_accepted_is_lost_when_the_process_is_killed_on_postgresql() {
    on_postgresql("kill", async |url| burst_and_kill(&Installation::new(Some(url.clone())), &url, 90).await).await;
}

/// Lends a database of PostgreSQL of this name, which is gone afterwards.
pub(crate) async fn on_postgresql(name: &str, case: impl AsyncFnOnce(String)) {
    let admin = std::env::var("ROLLCALL_TEST_POSTGRES")
        .expect("ROLLCALL_TEST_POSTGRES is not set: run through `make test` or `.tools/with-postgres cargo test`");
    let name = format!("rollcall_{name}_{}", std::process::id());
    let mut conn = PgConnection::connect(&admin).await.unwrap();
    for sql in [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    }
    let url = format!("{}/{name}", admin.rsplit_once('/').unwrap().0);
    case(url).await;
    let gone = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    sqlx::query(AssertSqlSafe(gone)).execute(&mut conn).await.unwrap();
}

async fn burst_and_kill(installation: &Installation, database_url: &str, kill_after: usize) {
    let mut server = installation.serve().await;
    let cookie = set_up(&server).await;
    let accepted = burst(&server, &cookie, kill_after).await;
    server.kill();
    let accepted = accepted.finish().await;
    assert!(accepted.len() >= kill_after, "only {} were answered before the kill", accepted.len());
    assert!(accepted.len() < BURST, "the burst was over before the kill");

    let _server = installation.serve().await;
    let invited = invited(database_url).await;
    let lost: Vec<_> = accepted.difference(&invited).collect();
    assert!(lost.is_empty(), "answered well and not in the database: {lost:?}");
    // A worker that was killed held its messages for half a minute.
    let mut mailed = BTreeSet::new();
    for _ in 0..600 {
        mailed = recipients(installation);
        if mailed == invited {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(mailed, invited, "everybody in the database has a mail, and nobody else");
    assert_eq!(files(installation).len(), invited.len(), "one mail each");
}

pub(crate) struct Burst {
    accepted: Arc<Mutex<BTreeSet<String>>>,
    senders: Vec<tokio::task::JoinHandle<()>>,
}

impl Burst {
    /// Who was invited by answers so far.
    pub(crate) fn answered(&self) -> BTreeSet<String> {
        self.accepted.lock().unwrap().clone()
    }
    pub(crate) async fn finish(self) -> BTreeSet<String> {
        for sender in self.senders {
            sender.await.unwrap();
        }
        self.accepted.lock().unwrap().clone()
    }
}

/// Starts the burst and comes back when so many were answered.
pub(crate) async fn burst(server: &Server, cookie: &str, answered: usize) -> Burst {
    let accepted = Arc::new(Mutex::new(BTreeSet::new()));
    let next = Arc::new(AtomicUsize::new(0));
    let senders = (0..AT_ONCE)
        .map(|_| {
            let (accepted, next) = (Arc::clone(&accepted), Arc::clone(&next));
            let (url, cookie) = (format!("{}/api/invitations/send", server.url), cookie.to_owned());
            tokio::spawn(async move {
                let client = reqwest::Client::new();
                loop {
                    let n = next.fetch_add(1, SeqCst);
                    if n >= BURST {
                        return;
                    }
                    let email = format!("p{n}@burst.example");
                    let answer = client
                        .post(&url)
                        .header("cookie", &cookie)
                        .header("content-type", "application/x-www-form-urlencoded")
                        .body(format!("org=engines&role=member&emails={email}"))
                        .send()
                        .await;
                    match answer {
                        Ok(answer) if answer.status().is_success() => {
                            accepted.lock().unwrap().insert(email);
                        }
                        Ok(answer) => panic!("refused: {}", answer.status()),
                        Err(_) => return,
                    }
                }
            })
        })
        .collect();
    let burst = Burst { accepted, senders };
    while burst.accepted.lock().unwrap().len() < answered {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    burst
}

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

/// Who is invited, as committed.
pub(crate) async fn invited(database_url: &str) -> BTreeSet<String> {
    const SQL: &str = "SELECT email FROM memberships WHERE status = 'invited'";
    let emails: Vec<String> = if database_url.starts_with("sqlite") {
        let mut conn = SqliteConnection::connect(database_url).await.unwrap();
        sqlx::query_scalar(SQL).fetch_all(&mut conn).await.unwrap()
    } else {
        let mut conn = PgConnection::connect(database_url).await.unwrap();
        sqlx::query_scalar(SQL).fetch_all(&mut conn).await.unwrap()
    };
    emails.into_iter().collect()
}

pub(crate) fn files(installation: &Installation) -> Vec<String> {
    std::fs::read_dir(installation.data().join("mail"))
        .map(|folder| {
            folder
                // Whoever watches the folder looks at whole files alone.
                .map(|file| file.unwrap().path())
                .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
                .filter_map(|path| std::fs::read_to_string(path).ok())
                .filter(|text| text.contains("To: "))
                .collect()
        })
        .unwrap_or_default()
}

pub(crate) fn recipients(installation: &Installation) -> BTreeSet<String> {
    files(installation)
        .iter()
        .filter_map(|mail| mail.lines().find_map(|line| line.strip_prefix("To: ")).map(|to| to.trim().to_owned()))
        .collect()
}
