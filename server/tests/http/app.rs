//! The application under test: the router that the binary serves, with a clock that is set by hand and mail that is
//! collected.

use axum::Router;
use clap::Parser as _;
use model::{Timestamp, UserId, id::Id as _};
use server::{
    cli::Cli,
    config::Config,
    dns,
    http::{AppState, router},
    mail::mailer,
};
use service::{Clock, Mail, Mailer, Outgoing, Rollcall, Sealer, SendError, Sending, System};
use std::{
    fs,
    io::{self, Write},
    path::Path,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering::SeqCst},
    },
};
use store::Db;

use crate::browser::Browser;

/// The origin of the installation.
pub(crate) const PUBLIC_URL: &str = "http://people.example.com";

/// A clock that stands until it is moved.
#[derive(Debug, Clone)]
struct SetClock(Arc<AtomicI64>);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(SeqCst))
    }
}

/// A mail server that keeps what it gets.
#[derive(Debug, Default)]
struct Collector {
    mails: Mutex<Vec<Outgoing>>,
    broken: AtomicBool,
}

impl Mailer for Collector {
    fn send<'a>(&'a self, out: &'a Outgoing) -> Sending<'a> {
        Box::pin(async move {
            if self.broken.load(SeqCst) {
                return Err(SendError { message: "451 try again later".to_owned(), permanent: false });
            }
            self.mails.lock().unwrap().push(out.clone());
            Ok("250 ok".to_owned())
        })
    }
}

/// An installation.
#[derive(Debug, Clone)]
pub(crate) struct TestApp {
    pub(crate) rollcall: Rollcall,
    config: Config,
    router: Router,
    clock: SetClock,
    mailer: Arc<Collector>,
    post: Post,
}

/// The ways out that the binary has.
#[derive(Clone)]
struct Post(Arc<dyn Mailer>);

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Post")
    }
}

impl TestApp {
    /// Puts the application together, with its browser files in `dir`.
    pub(crate) fn start(db: Db, dir: &Path) -> Self {
        LazyLock::force(&LOG);
        let site = dir.join("site");
        fs::create_dir_all(site.join("pkg/zx81")).unwrap();
        for (file, text) in [
            ("build", "zx81\n"),
            ("pkg/zx81/rollcall.css", "body { color: teal }"),
            ("pkg/zx81/rollcall.js", "export default async () => {}"),
            ("pkg/zx81/rollcall.wasm", "\0asm"),
            ("pkg/zx81/__wasm_split.js", "export default async () => {}"),
            ("pkg/zx81/split_organization.wasm", "\0asm"),
            (
                "pkg/zx81/__wasm_split_manifest.json",
                r#"{"entry": [], "person": [], "bulk": [], "organization": ["split_organization"]}"#,
            ),
            ("icons.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"),
        ] {
            fs::write(site.join(file), text).unwrap();
        }
        let site = site.display().to_string();
        let dir = dir.display().to_string();
        let arguments = ["rollcall", "--site-root", &site, "--data-dir", &dir, "--public-url", PUBLIC_URL, "serve"];
        let config = Cli::try_parse_from(arguments).unwrap().config;
        let clock = SetClock(Arc::new(AtomicI64::new(1_800_000_000_000)));
        Self::put_together(config, db, clock, Arc::default())
    }

    fn put_together(config: Config, db: Db, clock: SetClock, collector: Arc<Collector>) -> Self {
        let settings = config.settings().unwrap();
        let rollcall = Rollcall::new(db, Arc::new(clock.clone()), Arc::new(System), Sealer::new(&[7; 32]), settings);
        let post = Post(mailer(&config).unwrap());
        let rollcall = rollcall.with_mailer(Arc::clone(&post.0));
        let rollcall = match dns::resolver(&config) {
            Some(resolver) => rollcall.with_resolver(resolver),
            None => rollcall,
        };
        let router = router(AppState::new(&config, rollcall.clone()).unwrap()).unwrap();
        Self { rollcall, config, router, clock, mailer: collector, post }
    }

    /// The same installation after a restart with other settings.
    pub(crate) fn restarted(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.config.clone();
        change(&mut config);
        Self::put_together(config, self.db().clone(), self.clock.clone(), Arc::clone(&self.mailer))
    }

    /// The database.
    pub(crate) fn db(&self) -> &Db {
        self.rollcall.db()
    }

    /// How many lines of the audit log tell of an action.
    pub(crate) async fn count_of_audit(&self, action: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM audit_events WHERE action = '{action}'");
        crate::engines::number(self.db(), &sql).await
    }

    /// A browser without cookies.
    pub(crate) fn browser(&self) -> Browser {
        Browser::of(self.router.clone(), &self.rollcall.settings().public_url)
    }

    /// Lets so many milliseconds pass.
    pub(crate) fn pass(&self, millis: i64) {
        self.clock.0.fetch_add(millis, SeqCst);
    }

    /// Sends what waits, and yields the mails that arrived since this was asked the last time.
    pub(crate) async fn mails(&self) -> Vec<Mail> {
        self.outgoing().await.into_iter().map(|out| out.mail).collect()
    }

    /// The same, with how their organizations want them.
    pub(crate) async fn outgoing(&self) -> Vec<Outgoing> {
        self.rollcall.deliver_due(&*self.mailer, 1_000).await.unwrap();
        std::mem::take(&mut *self.mailer.mails.lock().unwrap())
    }

    /// Does what is done from time to time; the mails are there for [`Self::mails`].
    pub(crate) async fn tick(&self) {
        self.rollcall.tick(&*self.mailer, 1_000).await.unwrap();
    }

    /// Sends what waits as the binary does; yields how many left.
    pub(crate) async fn deliver(&self) -> u64 {
        self.rollcall.deliver_due(&*self.post.0, 1_000).await.unwrap()
    }

    /// The mails that the installation wrote into files, having no mail server.
    pub(crate) fn written(&self) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.config.data_dir.join("mail")) else { return Vec::new() };
        let mut paths: Vec<_> = files
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "eml"))
            .collect();
        paths.sort();
        paths.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    /// Breaks or mends the mail server.
    pub(crate) fn break_mail_server(&self, broken: Broken) {
        self.mailer.broken.store(broken == Broken::Yes, SeqCst);
    }

    /// An id that nobody has.
    pub(crate) fn unused<I: model::id::Id>(&self) -> I {
        I::fresh(self.rollcall.now(), [0xAB; 10])
    }

    /// A user id for an account made behind the server's back.
    pub(crate) fn user_id(&self) -> UserId {
        UserId::fresh(self.rollcall.now(), [0xCD; 10])
    }
}

/// Whether the mail server takes mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// It refuses, for now.
    Yes,
    /// It takes mail.
    No,
}

/// All that was logged by any test, at the level for debugging: tests look for what must never stand there.
static LOG: LazyLock<Arc<Log>> = LazyLock::new(|| {
    let log = Arc::new(Log::default());
    let level = tracing::Level::DEBUG;
    let started =
        tracing_subscriber::fmt().with_max_level(level).with_ansi(false).with_writer(Arc::clone(&log)).try_init();
    assert!(started.is_ok(), "nothing else starts logging in these tests");
    log
});

#[derive(Default)]
struct Log(Mutex<Vec<u8>>);

impl Write for &Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The log so far.
pub(crate) fn log() -> String {
    String::from_utf8_lossy(&LOG.0.lock().unwrap()).into_owned()
}
