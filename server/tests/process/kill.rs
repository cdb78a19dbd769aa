//! `kill -9` in the middle of a burst of invitations: every request that was answered well is in the database afterwards,
//! and every mail leaves.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use crate::{
    database::{invited, on_postgresql},
    process::{Installation, Server},
    requests::set_up,
};

/// Requests of a burst.
pub(crate) const BURST: usize = 200;
/// Requests under way at once.
const AT_ONCE: usize = 8;

#[tokio::test]
async fn nothing_accepted_is_lost_when_the_process_is_killed_on_sqlite() {
    // Side by side, because each may have to wait for the messages that the killed worker held.
    let rounds = [15, 90, 170].map(|answered| async move {
        let installation = Installation::new(None);
        burst_and_kill(&installation, answered).await;
    });
    futures::future::join_all(rounds).await;
}

#[tokio::test]
async fn nothing_accepted_is_lost_when_the_process_is_killed_on_postgresql() {
    on_postgresql("kill", async |url| burst_and_kill(&Installation::new(Some(url)), 90).await).await;
}

async fn burst_and_kill(installation: &Installation, kill_after: usize) {
    let mut server = installation.serve().await;
    let cookie = set_up(&server).await;
    let accepted = burst(&server, &cookie, kill_after).await;
    server.kill();
    let accepted = accepted.finish().await;
    assert!(accepted.len() >= kill_after, "only {} were answered before the kill", accepted.len());
    assert!(accepted.len() < BURST, "the burst was over before the kill");

    let _server = installation.serve().await;
    let invited = invited(&installation.database_url()).await;
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
