//! `rollcall backup` and `rollcall restore`: SQLite's file, whole or not at all.
//!
//! Beside FILE lie `FILE.sha256`, since SQLite sees what is wrong with the structure of a file and not a byte that has changed
//! in a name, and, where that was asked for, `FILE.key`: never in it, so that the two can be kept apart
//! ([ADR 26](../../../docs/adr/0026-backups.md)).

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use model::text::{counted, hex, thousands};
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};
use store::{
    Db, DbOptions, StoreError,
    backup::{self, Contents, InUse},
};

use crate::{
    config::Config,
    disk::{InTheWay, aside, beside, folder, put, size, sync_folder},
};

/// Where a backup goes.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file, readable by its owner alone; its checksum goes beside it, into FILE.sha256
    file: PathBuf,
    /// Put it in the place of a file that is there
    #[arg(long)]
    overwrite: bool,
    /// Keep the key that seals queued mail and passwords of mail servers beside it, in FILE.key
    #[arg(long)]
    with_key: bool,
}

/// What is restored.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The file that `rollcall backup` wrote
    file: PathBuf,
    /// Put it in the place of the database that is there, which is kept under another name
    #[arg(long)]
    force: bool,
}

/// Copies the database while others use it.
///
/// # Errors
/// Why there is no backup, in words; nothing is left behind then.
pub async fn back_up(config: &Config, args: &BackupArgs) -> anyhow::Result<()> {
    let BackupArgs { file, overwrite, with_key } = args;
    let database = database_file(config, "pg_dump --format=custom --file=rollcall.dump \"$ROLLCALL_DATABASE_URL\"")?;
    ensure!(database.exists(), "there is no database at {}", database.display());
    let in_the_way = if *overwrite { InTheWay::Goes } else { InTheWay::Stays };
    ensure!(*overwrite || !file.exists(), "{} exists already; name another file, or add --overwrite", file.display());
    let key = if *with_key { Some(present_key(config)?) } else { None };

    let cannot = || format!("cannot write {}", file.display());
    let copy = aside(file).with_context(cannot)?;
    backup::copy(&database, copy.path()).await.with_context(|| format!("cannot copy {}", database.display()))?;
    let faults = backup::faults(copy.path()).await?;
    ensure!(
        faults.is_empty(),
        "the copy is damaged; look at the database with `rollcall doctor`:\n{}",
        faults.join("\n")
    );
    let contents = backup::contents(copy.path()).await?;
    let contents = contents.with_context(|| format!("{} has no tables of Rollcall yet", database.display()))?;
    let written = File::open(copy.path()).with_context(cannot)?;
    let bytes = written.metadata().with_context(cannot)?.len();
    let sum = pass_on(written, io::sink()).with_context(cannot)?;

    // An old checksum beside a new file would say that it is damaged; a missing one says nothing.
    remove(&beside(file, ".sha256")).with_context(cannot)?;
    put(copy, file, in_the_way).with_context(cannot)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    write_beside(file, ".sha256", &format!("{sum}  {name}\n")).with_context(cannot)?;
    if let Some(key) = &key {
        write_beside(file, ".key", key).with_context(cannot)?;
    }
    println!("{}: {}, {}.", file.display(), size(bytes), words(&contents));
    if key.is_some() {
        println!("The key is in {}. Who has both reads all of it.", beside(file, ".key").display());
    } else if config.secret_key.is_some() {
        println!("ROLLCALL_SECRET_KEY is not in it: keep it as well.");
    } else {
        println!(
            "The key in {} is not in it. Keep it as well, or add --with-key: without it queued mail, the passwords of mail \
             servers and the marks of deleted addresses are lost.",
            config.key_file().display()
        );
    }
    Ok(())
}

/// Puts a backup where the database belongs, in this release's schema.
///
/// # Errors
/// Why it is refused, in words; everything is as it was then.
pub async fn restore(config: &Config, args: &RestoreArgs) -> anyhow::Result<()> {
    let RestoreArgs { file, force } = args;
    let to = database_file(config, "pg_restore --clean --if-exists --dbname=\"$ROLLCALL_DATABASE_URL\" rollcall.dump")?;
    let log = beside(file, "-wal");
    ensure!(
        fs::metadata(&log).map_or(0, |log| log.len()) == 0,
        "{} belongs to {}: that is a database in use, or a bare copy of one, and no backup; `rollcall backup` makes one",
        log.display(),
        file.display()
    );
    if !to.exists() && folder(&to) == config.data_dir {
        config.prepare_data_dir()?;
    }
    ensure!(*force || !to.exists(), "{} exists already; stop the server and add --force to replace it", to.display());
    let key = key_to_take(config, file)?;
    if let Some((_, present)) = &key {
        ensure!(
            *force || !present.exists(),
            "{} is another key than the one beside {}; move it away, or add --force",
            present.display(),
            file.display()
        );
    }

    let copy = checked_copy(file, &to).await?;
    let contents = brought_up(copy.path(), file).await?;
    if to.exists() {
        let kept = set_aside(&to).await?;
        println!("The database that was there is {} now.", kept.display());
    }
    alone(&to)?;
    put(copy, &to, InTheWay::Stays).with_context(|| format!("cannot write {}", to.display()))?;
    if let Some((key, present)) = &key {
        if present.exists() {
            let kept = free_name(present);
            fs::rename(present, &kept).with_context(|| format!("cannot rename {}", present.display()))?;
            println!("The key that was there is {} now.", kept.display());
        }
        write_beside(present, "", key).with_context(|| format!("cannot write {}", present.display()))?;
    }
    println!("{} holds {} now.", to.display(), words(&contents));
    if contents.waiting > 0 {
        let mails = counted(contents.waiting, "mail", "mails");
        println!("{mails} had not left when the backup was made, and will leave; what has left since leaves again.");
    }
    if config.secret_key.is_none() && !config.key_file().exists() {
        println!(
            "No key came with it: put that installation's key at {} before you serve, or what it sealed is lost.",
            config.key_file().display()
        );
    }
    Ok(())
}

/// A copy in the folder of the database, of a file that is whole.
async fn checked_copy(file: &Path, to: &Path) -> anyhow::Result<tempfile::NamedTempFile> {
    let input = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut copy = aside(to).with_context(|| format!("cannot write in {}", folder(to).display()))?;
    let sum = pass_on(input, copy.as_file_mut()).with_context(|| format!("cannot copy {}", file.display()))?;
    let refused = "is damaged, and nothing was changed: take another backup";
    match fs::read_to_string(beside(file, ".sha256")) {
        Ok(noted) if noted.split_whitespace().next() == Some(&sum) => {}
        Ok(_) => bail!("{} {refused} (it is not what {}.sha256 was written for)", file.display(), file.display()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            println!("There is no {}.sha256: its structure alone was checked.", file.display());
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}.sha256", file.display())),
    }
    let faults = backup::faults(copy.path()).await?;
    ensure!(faults.is_empty(), "{} {refused}:\n{}", file.display(), faults.join("\n"));
    Ok(copy)
}

/// Brings the copy to this release's schema, and yields what it holds.
async fn brought_up(copy: &Path, file: &Path) -> anyhow::Result<Contents> {
    let none = || format!("{} is no database of Rollcall", file.display());
    let contents = backup::contents(copy).await?.with_context(none)?;
    let db = Db::connect(&DbOptions::of_file(copy)).await?;
    let migrated = db.migrate().await;
    // Takes the log back into the file.
    db.close().await;
    match migrated {
        Ok(done) => {
            if done.applied > 0 {
                println!("It was of an older release: {} migrations run.", done.applied);
            }
            Ok(Contents { version: done.version, ..contents })
        }
        Err(StoreError::Schema(_)) if contents.version > db.schema() => bail!(
            "{} is of a newer release (schema version {}, and this release knows {}); restore it with that release",
            file.display(),
            contents.version,
            db.schema()
        ),
        Err(error) => Err(error).with_context(|| format!("cannot migrate {}", file.display())),
    }
}

/// Takes a database out of the way that nobody uses. Yields its new name.
async fn set_aside(database: &Path) -> anyhow::Result<PathBuf> {
    match backup::put_away(database).await? {
        InUse::Yes => bail!("{} is in use, and nothing was changed: stop the server first", database.display()),
        InUse::No => {}
        InUse::Unknown => println!("The database that is there is damaged."),
    }
    alone(database)?;
    let kept = free_name(database);
    fs::rename(database, &kept).with_context(|| format!("cannot rename {}", database.display()))?;
    Ok(kept)
}

/// A log that is left beside the place of a database would be taken for one of the new database, and written into it.
fn alone(database: &Path) -> anyhow::Result<()> {
    for log in [beside(database, "-wal"), beside(database, "-journal")] {
        ensure!(
            !log.exists(),
            "{} belongs to a database in use, or was left by a damaged one, and nothing was changed: stop the server; if none \
             runs, move it away by hand, and its database with it",
            log.display()
        );
    }
    Ok(())
}

/// `FILE.replaced`, or with a number where that is taken.
fn free_name(file: &Path) -> PathBuf {
    let numbered = (2..).map(|n| beside(file, &format!(".replaced-{n}")));
    let mut names = std::iter::once(beside(file, ".replaced")).chain(numbered);
    names.find(|name| !name.exists()).unwrap_or_else(|| beside(file, ".replaced"))
}

/// The file of the database; a refusal that names the tool, where it has none.
fn database_file(config: &Config, tool: &str) -> anyhow::Result<PathBuf> {
    let file = backup::file_of(&config.database_url()).context("see ROLLCALL_DATABASE_URL")?;
    file.with_context(|| format!("this is for SQLite. PostgreSQL brings its own tools:\n  {tool}"))
}

/// The key of this installation, wherever it has it from.
fn present_key(config: &Config) -> anyhow::Result<String> {
    if let Some(given) = &config.secret_key {
        return Ok(given.clone());
    }
    let file = config.key_file();
    fs::read_to_string(&file).with_context(|| format!("cannot read the key in {}", file.display()))
}

/// The key beside a backup, and where it is to go; `None` where there is none, or where it is there already.
fn key_to_take(config: &Config, file: &Path) -> anyhow::Result<Option<(String, PathBuf)>> {
    let key = match fs::read_to_string(beside(file, ".key")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read.with_context(|| format!("cannot read {}.key", file.display()))?,
    };
    if let Some(given) = &config.secret_key {
        ensure!(given == key.trim(), "ROLLCALL_SECRET_KEY is another key than the one in {}.key", file.display());
        return Ok(None);
    }
    let present = config.key_file();
    let is_there = fs::read_to_string(&present).is_ok_and(|there| there.trim() == key.trim());
    Ok((!is_there).then_some((key, present)))
}

fn words(contents: &Contents) -> String {
    let organizations = counted(contents.organizations, "organization", "organizations");
    let people =
        if contents.people == 1 { "1 person".to_owned() } else { format!("{} people", thousands(contents.people)) };
    format!("{organizations} with {people}, schema version {}", contents.version)
}

fn write_beside(file: &Path, ending: &str, text: &str) -> io::Result<()> {
    let mut out = aside(file)?;
    out.write_all(text.as_bytes())?;
    put(out, &beside(file, ending), InTheWay::Goes)
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(()) => sync_folder(file),
        error => error,
    }
}

/// Copies everything, and yields its SHA-256 in hexadecimal digits.
fn pass_on(mut from: impl Read, mut to: impl Write) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match from.read(&mut buffer)? {
            0 => break,
            n => {
                digest.update(&buffer[..n]);
                to.write_all(&buffer[..n])?;
            }
        }
    }
    to.flush()?;
    Ok(hex(&digest.finalize()))
}
