//! `rollcall backup` beside a server that is busy, and `rollcall restore` of what it wrote, or of what it did not.

use sqlx::{
    Connection as _, SqlSafeStr as _, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::SqliteConnectOptions,
};
use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use crate::{
    cli::said,
    database::{invited, number, until_no_mail_waits},
    kill::{BURST, burst, files},
    process::Installation,
    requests::{page, set_up},
};

/// Runs a command, and yields whether it went well and what it said.
async fn run(installation: &Installation, args: &[&str]) -> (bool, String) {
    let mut command = installation.command(args);
    // The server and its callers go on meanwhile.
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    (output.status.success(), said(&output))
}

async fn refused(installation: &Installation, args: &[&str], words: &str) {
    let (well, said) = run(installation, args).await;
    assert!(!well && said.contains(words), "{args:?} says {said}");
}

fn database(installation: &Installation) -> PathBuf {
    installation.data().join("rollcall.db")
}

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// What a folder holds, by name.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A demo organization and its backup, with nobody serving.
async fn backed_up(dir: &Path) -> (Installation, String) {
    let installation = Installation::new(None);
    let (well, said) = run(&installation, &["demo", "--users", "300"]).await;
    assert!(well, "{said}");
    let file = dir.join("backup.db").display().to_string();
    let (well, said) = run(&installation, &["backup", &file]).await;
    assert!(well && said.contains("1 organization with 301 people"), "{said}");
    (installation, file)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_in_the_middle_of_a_burst_has_everything_that_was_answered_before_and_is_served_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let first = Installation::new(None);
    let server = first.serve().await;
    let cookie = set_up(&server).await;
    let burst = burst(&server, &cookie, 40).await;
    let before = burst.answered();
    assert!(before.len() < BURST, "the burst was over before the backup");
    let copy = dir.path().join("backup.db");
    let file = copy.to_str().unwrap();
    let (well, said) = run(&first, &["backup", file, "--with-key"]).await;
    assert!(well && said.contains("1 organization with"), "{said}");
    let after = burst.finish().await;
    assert_eq!(after.len(), BURST, "nobody was refused because of the backup");

    assert_eq!(names(dir.path()), ["backup.db", "backup.db.key", "backup.db.sha256"], "and nothing is left aside");
    for name in names(dir.path()) {
        assert_eq!(fs::metadata(dir.path().join(&name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    let sums =
        std::process::Command::new("sha256sum").args(["-c", "backup.db.sha256"]).current_dir(dir.path()).output();
    assert!(sums.unwrap().status.success(), "the checksum is what others make of it");
    let kept = invited(&url(&copy)).await;
    assert!(before.is_subset(&kept) && kept.is_subset(&after), "{} answered, {} kept", before.len(), kept.len());
    let waiting = number(&url(&copy), "SELECT count(*) FROM outbox WHERE state = 'queued'").await;

    refused(&first, &["restore", file], "exists already").await;
    refused(&first, &["restore", file, "--force"], "is in use").await;
    let second = Installation::new(None);
    let (well, said) = run(&second, &["restore", file]).await;
    assert!(well && said.contains("1 organization with") && !said.contains("No key came with it"), "{said}");
    assert_eq!(names(&second.data()), ["rollcall.db", "secret.key"]);
    assert_eq!(fs::read(second.data().join("secret.key")).unwrap(), fs::read(first.data().join("secret.key")).unwrap());

    let elsewhere = second.serve().await;
    let answer = reqwest::Client::new()
        .post(format!("{}/api/session/login", elsewhere.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("email=ada%40analytical.example&password=gravel-otter-ninth-plum")
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(page(&elsewhere, &cookie, "/o/engines/users").await.contains("@burst.example"));
    assert_eq!(invited(&second.database_url()).await, kept);
    // The mail that waited is opened by the key that came with it. What the other server was just sending waits for its lease.
    let url = second.database_url();
    until_no_mail_waits(&url).await;
    assert_eq!(number(&url, "SELECT count(*) FROM outbox WHERE state <> 'sent'").await, 0);
    assert_eq!(i64::try_from(files(&second).len()).unwrap(), waiting);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_there_is_replaced_when_that_is_said_and_kept_under_another_name() {
    let dir = tempfile::tempdir().unwrap();
    let (installation, file) = backed_up(dir.path()).await;
    refused(&installation, &["backup", &file], "add --overwrite").await;
    let (well, said) = run(&installation, &["backup", &file, "--overwrite"]).await;
    assert!(well && said.contains("secret.key is not in it"), "{said}");
    assert_eq!(names(dir.path()), ["backup.db", "backup.db.sha256"]);

    refused(&installation, &["restore", &file], "add --force").await;
    let (well, said) = run(&installation, &["restore", &file, "--force"]).await;
    assert!(well && said.contains("rollcall.db.replaced now"), "{said}");
    // Also one that is damaged beyond looking at, unless its log is there: who knows whether somebody has it open.
    let server = installation.serve().await;
    let mut damaged = fs::File::options().write(true).open(database(&installation)).unwrap();
    damaged.write_all(&[b'x'; 4_096]).unwrap();
    refused(&installation, &["restore", &file, "--force"], "in use").await;
    drop(server);
    // Also where its database is gone: it would be written into the new one.
    let log = installation.data().join("rollcall.db-wal");
    assert!(log.exists(), "a killed server leaves its log");
    let elsewhere = Installation::new(None);
    fs::create_dir_all(elsewhere.data()).unwrap();
    fs::copy(&log, elsewhere.data().join("rollcall.db-wal")).unwrap();
    refused(&elsewhere, &["restore", &file], "move it away by hand").await;
    assert_eq!(names(&elsewhere.data()), ["rollcall.db-wal"]);
    fs::remove_file(log).unwrap();
    let _ = fs::remove_file(installation.data().join("rollcall.db-shm"));
    let (well, said) = run(&installation, &["restore", &file, "--force"]).await;
    assert!(well && said.contains("is damaged") && said.contains("rollcall.db.replaced-2 now"), "{said}");
    assert_eq!(
        names(&installation.data()),
        ["rollcall.db", "rollcall.db.replaced", "rollcall.db.replaced-2", "secret.key"]
    );
    let (well, said) = run(&installation, &["doctor"]).await;
    assert!(well && said.contains("ok    Database file"), "{said}");
}

#[tokio::test]
async fn another_key_is_not_written_over_unless_that_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let (installation, file) = backed_up(dir.path()).await;
    let (well, said) = run(&installation, &["backup", &file, "--overwrite", "--with-key"]).await;
    assert!(well && said.contains("The key is in"), "{said}");
    let other = Installation::new(None);
    fs::create_dir_all(other.data()).unwrap();
    fs::write(other.data().join("secret.key"), "0f".repeat(32)).unwrap();
    refused(&other, &["restore", &file], "is another key").await;
    assert_eq!(names(&other.data()), ["secret.key"]);
    let (well, said) = run(&other, &["restore", &file, "--force"]).await;
    assert!(well && said.contains("secret.key.replaced now"), "{said}");
    assert_eq!(
        fs::read(other.data().join("secret.key")).unwrap(),
        fs::read(installation.data().join("secret.key")).unwrap()
    );

    let third = Installation::new(None);
    let mut given = third.command(&["restore", &file]);
    let output = given.env("ROLLCALL_SECRET_KEY", "0f".repeat(32)).output().unwrap();
    assert!(crate::cli::said(&output).contains("ROLLCALL_SECRET_KEY is another key"), "{output:?}");
    let mut with_key = installation.command(&["backup", &file, "--overwrite", "--with-key"]);
    with_key.env("ROLLCALL_SECRET_KEY", "0f".repeat(32)).output().unwrap();
    assert_eq!(fs::read_to_string(format!("{file}.key")).unwrap(), "0f".repeat(32), "the one in use");
}

#[tokio::test]
async fn a_damaged_backup_is_refused_and_leaves_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    let (_installation, file) = backed_up(dir.path()).await;
    let whole = fs::read(&file).unwrap();
    let elsewhere = Installation::new(None);
    let middle = whole.len() / 2;
    // One letter of somebody's name, which SQLite cannot know to be wrong.
    let mut typo = whole.clone();
    let at = typo.windows(8).position(|word| word == b".example").unwrap();
    typo[at + 1] ^= 1;
    let mut flipped = whole.clone();
    flipped[middle..middle + 4_096].iter_mut().for_each(|byte| *byte ^= 0x55);
    for (damaged, words) in
        [(&typo, "is not what"), (&flipped, "is not what"), (&whole[..middle].to_vec(), "is not what")]
    {
        fs::write(&file, damaged).unwrap();
        refused(&elsewhere, &["restore", &file], words).await;
        refused(&elsewhere, &["restore", &file], "is damaged, and nothing was changed").await;
    }
    fs::remove_file(format!("{file}.sha256")).unwrap();
    for damaged in [flipped, whole[..middle].to_vec(), b"no database".to_vec()] {
        fs::write(&file, damaged).unwrap();
        refused(&elsewhere, &["restore", &file], "is damaged, and nothing was changed").await;
    }
    assert!(names(&elsewhere.data()).is_empty());
    fs::write(&file, whole).unwrap();
    let (well, said) = run(&elsewhere, &["restore", &file]).await;
    assert!(well && said.contains("structure alone was checked") && said.contains("No key came with it"), "{said}");
}

#[tokio::test]
async fn what_is_no_backup_is_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("backup.db").display().to_string();
    let empty = Installation::new(None);
    refused(&empty, &["backup", &file], "there is no database at").await;
    refused(&empty, &["restore", &file], "cannot read").await;
    assert!(!database(&empty).exists(), "none is made by asking");

    let other = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut conn = SqliteConnection::connect_with(&other).await.unwrap();
    sqlx::query("CREATE TABLE t (a)").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    refused(&empty, &["restore", &file], "is no database of Rollcall").await;

    let running = Installation::new(None);
    let _server = running.serve().await;
    let copied = database(&running).display().to_string();
    refused(&empty, &["restore", &copied], "no backup; `rollcall backup` makes one").await;
    let nowhere = dir.path().join("missing/backup.db").display().to_string();
    refused(&running, &["backup", &nowhere], "cannot write").await;

    let postgres = Installation::new(Some("postgres://root:hunter2@127.0.0.1:1/x".to_owned()));
    for (command, tool) in [("backup", "pg_dump"), ("restore", "pg_restore")] {
        let (well, said) = run(&postgres, &[command, &file]).await;
        assert!(!well && said.contains(tool) && !said.contains("hunter2"), "{said}");
    }
}

#[tokio::test]
async fn a_backup_of_an_older_release_is_brought_up_and_one_of_a_newer_is_refused() {
    macro_rules! migration {
        ($version:literal, $name:literal) => {
            Migration::new(
                $version,
                $name.into(),
                MigrationType::Simple,
                include_str!(concat!("../../store/migrations/sqlite/", $name, ".sql")).into_sql_str(),
                false,
            )
        };
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("old.db");
    let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&file).create_if_missing(true))
        .await
        .unwrap();
    let earlier = vec![migration!(1, "0001_ground"), migration!(2, "0002_jobs"), migration!(3, "0003_views")];
    Migrator::with_migrations(earlier).run(&mut conn).await.unwrap();
    sqlx::query("INSERT INTO organizations VALUES ('org_1', 'acme', 'Acme', '{}', 0, 0)")
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    let old = fs::read(&file).unwrap();
    let installation = Installation::new(None);
    let (well, said) = run(&installation, &["restore", file.to_str().unwrap()]).await;
    assert!(
        well && said.contains("It was of an older release")
            && said.contains("1 organization with 0 people, schema version 2"),
        "{said}"
    );
    assert_eq!(fs::read(&file).unwrap(), old, "the backup is as it was");
    let server = installation
        .serve_with(|command| {
            command.env("ROLLCALL_NO_MIGRATE", "true");
        })
        .await;
    drop(server);
    assert_eq!(number(&installation.database_url(), "SELECT count(*) FROM organizations WHERE slug = 'acme'").await, 1);

    let newer = dir.path().join("new.db");
    let (well, said) = run(&installation, &["backup", newer.to_str().unwrap()]).await;
    assert!(well, "{said}");
    let mut conn = SqliteConnection::connect(&url(&newer)).await.unwrap();
    let future = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                  VALUES (9999, 'of the future', TRUE, 'x', 0)";
    sqlx::query(future).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    fs::remove_file(dir.path().join("new.db.sha256")).unwrap();
    let elsewhere = Installation::new(None);
    refused(&elsewhere, &["restore", newer.to_str().unwrap()], "is of a newer release (schema version 9999").await;
    assert!(names(&elsewhere.data()).is_empty());
}
