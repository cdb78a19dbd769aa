//! A disk that is full, or that can only be read, under a server that works: real ones, made for the test. Where nobody may
//! mount them, the limit of the size of files stands in, which makes every write fail as well.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use crate::{
    backup::names,
    cli::said,
    database::{invited, number, until_no_mail_waits},
    kill::{files, recipients},
    process::{Installation, Server},
    requests::{invite, page, set_up},
};

/// Requests under way at once.
const AT_ONCE: usize = 8;
/// Answers of a kind after which it is believed.
const SOME: usize = 20;
/// The words of SQLite's errors, as people read them.
const FULL: &str = "The disk of this server is full. Nothing was changed";
const FAILING: &str = "The disk of this server cannot be written to right now. Nothing was changed";
const READ_ONLY: &str = "The disk of this server can only be read right now. Nothing was changed";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_and_the_server_goes_on_as_soon_as_there_is_space() {
    let installation = Installation::new(None);
    let Some(disk) = Mounted::tmpfs(&installation.data(), "16m") else {
        return files_that_may_not_grow("where nobody may mount a disk").await;
    };
    let log = installation.site().join("log");
    let server = installation
        .serve_with(|command| {
            command.stderr(File::create(&log).unwrap());
        })
        .await;
    let ballast = disk.at.join("ballast");
    refuse_and_go_on(
        &installation,
        &server,
        FULL,
        || fill(&ballast),
        || fs::remove_file(&ballast).unwrap(),
        || {
            let doctor = said(&installation.command(&["doctor"]).output().unwrap());
            assert!(doctor.contains("WRONG Disk") && doctor.contains("make space"), "{doctor}");
            let before = names(&disk.at);
            let to = disk.at.join("backup.db").display().to_string();
            let backup = installation.command(&["backup", &to]).output().unwrap();
            assert!(!backup.status.success() && said(&backup).contains("the disk is full"), "{}", said(&backup));
            let new = |name: &String| !before.contains(name) && name.contains("backup");
            assert!(!names(&disk.at).iter().any(new), "nothing of the backup stays: {:?}", names(&disk.at));
        },
    )
    .await;
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.contains("the disk is full; make space"), "the operator reads why:\n{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_loses_nothing_and_the_server_goes_on_as_soon_as_it_works() {
    files_that_may_not_grow("always").await;
}

async fn files_that_may_not_grow(when: &str) {
    eprintln!("writes are made to fail by the limit of the size of files, {when}");
    let installation = Installation::new(None);
    let server = installation.serve_with(bear_the_limit).await;
    let id = server.id();
    refuse_and_go_on(&installation, &server, FAILING, || limit(id, "0"), || limit(id, "unlimited"), || ()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_becomes_read_only_still_shows_pages_and_refuses_changes_in_words() {
    let installation = Installation::new(None);
    let image = installation.site().join("disk.img");
    let disk = Mounted::ext4(&image, &installation.data());
    let mut server = installation.serve_with(bear_the_limit).await;
    let cookie = set_up(&server).await;
    let inviting = Inviting::start(&server, &cookie, "before");
    inviting.until("answered well", |answers| answers.accepted.len() >= SOME).await;
    let answers = inviting.finish().await;

    match &disk {
        Some(disk) => disk.break_down(),
        None => limit(server.id(), "0"),
    }
    // Who writes first meets the error, and is replaced by a connection that finds the disk as it is.
    refuses_and_shows(&server, &cookie, &[FAILING, READ_ONLY]).await;
    server.kill();
    if let Some(disk) = disk {
        // Also when it is started there: its log, which a killed process leaves, has all that was answered.
        let mut server = installation.serve().await;
        refuses_and_shows(&server, &cookie, &[READ_ONLY]).await;
        server.kill();
        drop(disk);
    }
    let _disk = image.exists().then(|| Mounted::again(&image, &installation.data()));
    let server = installation.serve().await;
    let invited = invited(&installation.database_url()).await;
    assert_eq!(invited, answers.accepted, "everybody who was answered well, and nobody else");
    let answer = invite(&server.url, &cookie, "after@burst.example").await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

async fn refuses_and_shows(server: &Server, cookie: &str, words: &[&str]) {
    // The first page of a session notes its use, which fails here.
    let people = page(server, cookie, "/o/engines/users").await;
    assert!(people.contains("@burst.example"), "the people are shown");
    let answer = invite(&server.url, cookie, "refused@burst.example").await;
    assert!(answer.status == 503 && words.iter().any(|words| answer.body.contains(words)), "{answer:?}");
}

/// Fills the disk in the middle of a burst of invitations, and makes space again, with the same server.
async fn refuse_and_go_on(
    installation: &Installation,
    server: &Server,
    words: &str,
    fill: impl FnOnce(),
    free: impl FnOnce(),
    meanwhile: impl FnOnce(),
) {
    let cookie = set_up(server).await;
    let inviting = Inviting::start(server, &cookie, "p");
    inviting.until("answered well", |answers| answers.accepted.len() >= SOME).await;
    fill();
    inviting.until("refused", |answers| answers.refused.len() >= SOME).await;
    assert!(page(server, &cookie, "/o/engines/users").await.contains("@burst.example"), "pages are still shown");
    meanwhile();
    free();
    let before = inviting.count();
    inviting.until("answered well again", |answers| answers.accepted.len() >= before + SOME).await;
    let answers = inviting.finish().await;
    for (email, said) in &answers.refused {
        assert!(said.contains(words), "{email}: {said}");
    }
    let url = installation.database_url();
    assert_eq!(invited(&url).await, answers.accepted, "everybody who was answered well, and nobody else");
    // What could not be written or noted is tried again after half a minute.
    until_no_mail_waits(&url).await;
    assert_eq!(number(&url, "SELECT count(*) FROM outbox WHERE state <> 'sent'").await, 0, "all mail has left");
    assert_eq!(recipients(installation), answers.accepted, "everybody has a mail");
    let names = names(&installation.data().join("mail"));
    assert!(names.len() == answers.accepted.len() && names.iter().all(|name| !name.starts_with('.')), "{names:?}");
    assert!(files(installation).iter().all(|mail| mail.trim_end().ends_with("--")), "each is whole");
}

/// What became of invitations.
#[derive(Default, Clone)]
struct Answers {
    accepted: BTreeSet<String>,
    refused: BTreeMap<String, String>,
}

/// Invites one after the other until it is told to stop.
struct Inviting {
    answers: Arc<Mutex<Answers>>,
    stop: Arc<AtomicBool>,
    senders: Vec<tokio::task::JoinHandle<()>>,
}

impl Inviting {
    fn start(server: &Server, cookie: &str, name: &'static str) -> Self {
        let (answers, stop, next) =
            (Arc::<Mutex<Answers>>::default(), Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let senders = (0..AT_ONCE)
            .map(|_| {
                let (answers, stop, next) = (Arc::clone(&answers), Arc::clone(&stop), Arc::clone(&next));
                let (url, cookie) = (server.url.clone(), cookie.to_owned());
                tokio::spawn(async move {
                    while !stop.load(SeqCst) {
                        let email = format!("{name}{}@burst.example", next.fetch_add(1, SeqCst));
                        let answer = invite(&url, &cookie, &email).await;
                        match answer.status {
                            200 => drop(answers.lock().unwrap().accepted.insert(email)),
                            503 => {
                                answers.lock().unwrap().refused.insert(email, answer.body);
                                tokio::time::sleep(Duration::from_millis(50)).await;
                            }
                            _ => panic!("{answer:?}"),
                        }
                    }
                })
            })
            .collect();
        Self { answers, stop, senders }
    }
    fn count(&self) -> usize {
        self.answers.lock().unwrap().accepted.len()
    }
    async fn until(&self, what: &str, enough: impl Fn(&Answers) -> bool) {
        for _ in 0..6_000 {
            if enough(&self.answers.lock().unwrap()) {
                return;
            }
            assert!(!self.senders.iter().any(tokio::task::JoinHandle::is_finished), "a sender has met another answer");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("too few were {what}");
    }
    async fn finish(self) -> Answers {
        self.stop.store(true, SeqCst);
        for sender in self.senders {
            sender.await.unwrap();
        }
        self.answers.lock().unwrap().clone()
    }
}

/// Takes all the space that is left, to the last byte.
fn fill(ballast: &Path) {
    let mut file = File::create(ballast).unwrap();
    for size in [1 << 20, 1 << 12, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

/// What is limited gets an error, and not the signal that would end it.
fn bear_the_limit(command: &mut Command) {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(command.get_program()).args(command.get_args());
    shell.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
    *command = shell;
}

/// Limits the size of the files that a process writes.
fn limit(process: u32, bytes: &str) {
    let process = process.to_string();
    let status = Command::new("prlimit").args(["--pid", &process, &format!("--fsize={bytes}:")]).status().unwrap();
    assert!(status.success());
}

/// A disk of its own; gone when dropped.
struct Mounted {
    at: PathBuf,
}

impl Mounted {
    /// `None` where nobody may mount one.
    fn tmpfs(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs", at.to_str().unwrap()], at)
    }
    /// A file as a disk, which the system makes read-only when it breaks. `None` where nobody may mount one.
    fn ext4(image: &Path, at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        File::create(image).unwrap().set_len(32 << 20).unwrap();
        let made = Command::new("/sbin/mkfs.ext4").args(["-q", "-F"]).arg(image).status();
        let mounted = made
            .is_ok_and(|made| made.success())
            .then(|| mount(&["-o", "loop,errors=remount-ro", image.to_str().unwrap(), at.to_str().unwrap()], at))
            .flatten();
        if mounted.as_ref().is_none_or(|disk| !disk.breaker().exists()) {
            eprintln!("no disk can be mounted here that breaks: the limit of the size of files stands in");
            fs::remove_file(image).unwrap();
            return None;
        }
        mounted
    }
    /// The same disk, as after a repair.
    fn again(image: &Path, at: &Path) -> Self {
        mount(&["-o", "loop", image.to_str().unwrap(), at.to_str().unwrap()], at).expect("it could be mounted before")
    }
    fn breaker(&self) -> PathBuf {
        let mounts = fs::read_to_string("/proc/mounts").unwrap();
        let at = format!(" {} ", self.at.display());
        let line = mounts.lines().find(|line| line.contains(&at)).expect("it is mounted");
        let device = line.split(' ').next().unwrap().trim_start_matches("/dev/");
        Path::new("/sys/fs/ext4").join(device).join("trigger_fs_error")
    }
    /// From now on it can only be read, also by who has its files open.
    fn break_down(&self) {
        fs::write(self.breaker(), "1").unwrap();
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Whole, where that is possible: one that was only taken out of sight would be mounted again as it is, broken.
        for _ in 0..50 {
            if Command::new("umount").arg(&self.at).output().is_ok_and(|done| done.status.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

fn mount(args: &[&str], at: &Path) -> Option<Mounted> {
    let tried = Command::new("mount").args(args).output();
    match tried {
        Ok(tried) if tried.status.success() => Some(Mounted { at: at.to_owned() }),
        Ok(tried) => {
            eprintln!("mount: {}", said(&tried));
            None
        }
        Err(error) => {
            eprintln!("mount: {error}");
            None
        }
    }
}
