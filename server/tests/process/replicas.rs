//! Two replicas on one PostgreSQL behind a pgbouncer in transaction mode, which goes away and crashes in the middle of an import
//! while people work: both come back by themselves, what was answered well is there, what was refused is not, and everybody is
//! invited once and gets one mail.

use serde_json::Value;
use std::{
    collections::BTreeSet,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::task::block_in_place;

use crate::{
    cluster::{Bouncer, Cluster, LENT, Stop},
    database::{invited, number, until_no_mail_waits},
    import::{people as crowd, planned},
    post::Post,
    process::{Installation, Server},
    requests::{Answer, ask, call, invite, set_up, until},
};

/// Rows of the file.
const ROWS: usize = 1_500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_outlives_the_restarts_of_the_database_with_nothing_lost_and_nothing_twice() {
    let cluster = Cluster::start().await;
    let bouncer = Bouncer::start(&cluster).await;
    let mut post = Post::open().await;
    let installation = Installation::new(Some(bouncer.url()));
    let settings = |command: &mut Command| {
        command.env("ROLLCALL_DATABASE_POOLER", "transaction").env("ROLLCALL_NO_MIGRATE", "true");
        post.serve(command);
    };
    let replicas = [installation.launch(settings), installation.launch(settings)];
    the_schema_comes_by_a_step_of_its_own(&installation, &replicas).await;
    let [first, second] = &replicas;
    let cookie = set_up(first).await;
    let wanted = crowd(ROWS);
    let id = planned(first, &cookie, &wanted).await;
    let stop = Arc::new(AtomicBool::new(false));
    let people = ["ada", "grace", "alan"].map(|who| {
        let urls = [first.url.clone(), second.url.clone()];
        tokio::spawn(keep_inviting(urls, cookie.clone(), who, Arc::clone(&stop)))
    });
    call(first, &cookie, "bulk/confirm", &format!("id={id}")).await;
    let begun = until(first, &cookie, &id, |job| job["counts"]["done"].as_u64() > Some(0)).await;
    block_in_place(|| cluster.down(Stop::Fast));
    assert_eq!(begun["state"], "running", "the import was over before the database went");

    let gone = "the database does not answer\n";
    let refused = invite(&second.url, &cookie, "nobody@refused.example");
    let ((), (), refused) = tokio::join!(says(first, 503, gone), says(second, 503, gone), refused);
    assert!(refused.status == 503 && refused.body.contains("Nothing was changed"), "{refused:?}");
    block_in_place(|| cluster.up());
    for replica in &replicas {
        says(replica, 200, "ready\n").await;
    }
    let before = job(first, &cookie, &id, |_| true).await["counts"]["done"].as_u64();
    let again = job(second, &cookie, &id, |job| job["counts"]["done"].as_u64() > before).await;
    block_in_place(|| cluster.down(Stop::Immediate));
    block_in_place(|| cluster.up());
    assert_eq!(again["state"], "running", "the import was over before the database crashed");

    let done = job(first, &cookie, &id, |job| job["state"] == "done").await;
    assert_eq!(done["counts"]["done"], ROWS, "{done}");
    let url = cluster.url();
    let connections = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'rollcall' AND pid <> pg_backend_pid()";
    assert!((1..=LENT).contains(&number(&url, connections).await), "it is the pooler that everything went through");
    stop.store(true, SeqCst);
    let invited = settle(&url, wanted, people).await;
    until_no_mail_waits(&url).await;
    assert_eq!(post.count(), invited.len(), "one mail each");
    assert_eq!((post.recipients(), post.repeated()), (invited, 0));
    for replica in replicas {
        assert!(replica.terminate());
    }
}

/// Replicas that do not migrate are not ready before somebody did, which goes by the pooler as well, and more than once.
async fn the_schema_comes_by_a_step_of_its_own(installation: &Installation, replicas: &[Server]) {
    for replica in replicas {
        says(replica, 503, "the schema is of another release\n").await;
    }
    let migrate = || {
        let mut command = installation.command(&["migrate"]);
        command.env("ROLLCALL_DATABASE_POOLER", "transaction");
        tokio::task::spawn_blocking(move || command.output().unwrap())
    };
    let (one, other) = tokio::join!(migrate(), migrate());
    for output in [one.unwrap(), other.unwrap(), migrate().await.unwrap()] {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    for replica in replicas {
        says(replica, 200, "ready\n").await;
    }
}

/// Who is invited in the end: those of the file, everybody of whom it was said, and nobody of whom the contrary was.
async fn settle(
    url: &str,
    mut wanted: BTreeSet<String>,
    people: [tokio::task::JoinHandle<Told>; 3],
) -> BTreeSet<String> {
    let all = futures::future::join_all(people).await;
    let invited = invited(url).await;
    let mut unsure = BTreeSet::new();
    for told in all {
        let told = told.unwrap();
        assert!(!told.yes.is_empty());
        wanted.extend(told.yes);
        unsure.extend(told.perhaps);
        let all_the_same: Vec<_> = invited.intersection(&told.no).collect();
        assert!(all_the_same.is_empty(), "refused with the word that nothing was changed: {all_the_same:?}");
    }
    let lost: Vec<_> = wanted.difference(&invited).collect();
    assert!(lost.is_empty(), "answered well and not in the database: {lost:?}");
    let strange: Vec<_> = invited.iter().filter(|email| !wanted.contains(*email) && !unsure.contains(*email)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    // A line in the log for each, in the transaction of each.
    let lines = "SELECT count(*) FROM audit_events WHERE action = 'invitation.sent'";
    assert_eq!(usize::try_from(number(url, lines).await).unwrap(), invited.len());
    invited
}

/// What somebody was told about those whom they invited.
#[derive(Default)]
struct Told {
    yes: BTreeSet<String>,
    no: BTreeSet<String>,
    /// Reload to see.
    perhaps: BTreeSet<String>,
}

/// Invites one after the other, now by one replica and now by the other, and looks at the list, whatever happens.
async fn keep_inviting(urls: [String; 2], cookie: String, who: &'static str, stop: Arc<AtomicBool>) -> Told {
    let mut told = Told::default();
    for n in 0.. {
        if stop.load(SeqCst) {
            break;
        }
        let url = &urls[n % 2];
        let email = format!("{who}{n}@load.example");
        let Answer { status, body, .. } = invite(url, &cookie, &email).await;
        let list = match (status, body) {
            (200, _) => &mut told.yes,
            (503, said) if said.contains("Nothing was changed") => &mut told.no,
            (503, said) if said.contains("Reload to see whether it was saved") => &mut told.perhaps,
            (status, said) => panic!("{status}: {said}"),
        };
        list.insert(email);
        let page = reqwest::Client::new().get(format!("{url}/o/engines/users")).header("cookie", &cookie).send().await;
        let status = page.unwrap().status().as_u16();
        assert!(matches!(status, 200 | 503), "{status}");
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    told
}

/// The job as soon as it has come so far, from a replica that may be without its database for a while.
async fn job(replica: &Server, cookie: &str, id: &str, far_enough: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..2_000 {
        let answer = ask(&replica.url, cookie, "bulk/job", &format!("id={id}")).await;
        assert!(matches!(answer.status, 200 | 503), "{answer:?}");
        if answer.status == 200 {
            let page: Value = serde_json::from_str(&answer.body).unwrap();
            if far_enough(&page["job"]) {
                return page["job"].clone();
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the job does not come on");
}

/// Waits until a replica says so of itself.
async fn says(replica: &Server, status: u16, body: &str) {
    let mut last = None;
    for _ in 0..300 {
        if let Ok(answer) = reqwest::get(format!("{}/readyz", replica.url)).await {
            let answer = (answer.status().as_u16(), answer.text().await.unwrap());
            if answer == (status, body.to_owned()) {
                return;
            }
            last = Some(answer);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{last:?} instead of {status} {body}");
}
