//! The command line.

mod backup;
mod connections;
mod partner;
mod ready;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use model::text::{counted, thousands};
use service::{Db, DbOptions, Rollcall, Sealer, System};
use std::{
    ffi::OsString,
    fs,
    io::{self, BufReader, BufWriter},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};
use store::Migrated;

pub use backup::{BackupArgs, RestoreArgs};
pub use connections::{ConnectionCommand, ModelCommand};

use crate::{
    config::Config,
    doctor, mail,
    runtime::{self, lambda},
    telemetry,
};
pub use partner::{PartnerCommand, RecordArgs, RecordCommand};

/// Self-hosted people management for organizations.
#[derive(Debug, Parser)]
#[command(name = "rollcall", version, about, max_term_width = 110)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
    /// Settings
    #[command(flatten)]
    pub config: Config,
}

/// What the binary was started with. A function starts it without arguments, and is to serve then.
pub fn arguments() -> Vec<OsString> {
    let mut given: Vec<OsString> = std::env::args_os().collect();
    if given.len() <= 1 && lambda::is_function() {
        given.resize(1, "rollcall".into());
        given.push("serve".into());
    }
    given
}

/// What the binary can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the console
    Serve {
        /// Do not bring the schema to this release first
        #[arg(long, env = "ROLLCALL_NO_MIGRATE")]
        no_migrate: bool,
    },
    /// Bring the database's schema to this release
    Migrate,
    /// Send mail that is due, go on with jobs and clear what is over; for hosts where no process lives on
    Tick,
    /// Fill an organization with made-up people
    Demo {
        /// How many
        #[arg(long, default_value_t = 1000)]
        users: u32,
        /// Slug of the organization [default: the first one; made when there is none]
        #[arg(long)]
        org: Option<String>,
    },
    /// Write an organization to a file, to move it to another installation
    Export {
        /// Slug of the organization
        org: String,
        /// The file, which must not exist yet; it holds password hashes, so it is readable by its owner alone
        file: PathBuf,
    },
    /// Take in an organization that another installation has written to a file
    Import {
        /// The file
        file: PathBuf,
        /// Another slug for the organization, where its own is taken
        #[arg(long)]
        slug: Option<String>,
    },
    /// Copy the database to a file, whole, while the server runs (SQLite)
    Backup(BackupArgs),
    /// Put a backup where the database belongs, while no server runs (SQLite)
    Restore(RestoreArgs),
    /// Say who is of the support staff that organizations can let in
    Support {
        /// What to do with them
        #[command(subcommand)]
        command: SupportCommand,
    },
    /// Enter what partner organizations have earned and were paid
    Partner {
        /// What to do
        #[command(subcommand)]
        command: PartnerCommand,
    },
    /// Register connections of applications in an organization
    Connection {
        /// What to do with them
        #[command(subcommand)]
        command: ConnectionCommand,
    },
    /// Check the installation and say what is wrong
    Doctor,
    /// Ask the server that listens at these settings whether it is ready; for the health checks of containers
    Ready,
}

/// What can be done with the support staff.
#[derive(Debug, Subcommand)]
pub enum SupportCommand {
    /// Add somebody who has an account here
    Add {
        /// Their address
        email: String,
    },
    /// Remove somebody; their support access to every organization ends at once
    Remove {
        /// Their address
        email: String,
    },
    /// List them
    List,
}

async fn support(app: &Rollcall, command: SupportCommand) -> anyhow::Result<()> {
    let read = |email: &str| model::Email::parse(email).with_context(|| format!("{email} is no email address"));
    match command {
        SupportCommand::Add { email } => {
            let email = read(&email)?;
            let was = match app.add_support(&email).await {
                Err(service::Error::NotFound) => anyhow::bail!("nobody has an account as {email}"),
                Err(service::Error::Conflict(why)) => anyhow::bail!("{email}: {why}"),
                other => other?,
            };
            println!("{email} is {} support staff.", if was { "already" } else { "now" });
        }
        SupportCommand::Remove { email } => {
            let email = read(&email)?;
            let left = app.remove_support(&email).await.with_context(|| format!("{email} is no support staff"))?;
            let organizations = counted(left as u64, "organization", "organizations");
            println!("{email} is no support staff any more, and has left {organizations}.");
        }
        SupportCommand::List => {
            for person in app.all_support_staff().await? {
                println!("{} <{}>", person.name, person.email);
            }
        }
    }
    Ok(())
}

/// A new file that nobody else can read.
fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// What filling in a million people may keep in memory, in KiB.
const DEMO_CACHE_KIB: u32 = 1 << 20;

/// The application of a configuration.
///
/// # Errors
/// What cannot be used or reached, in words.
pub async fn application(config: &Config) -> anyhow::Result<Rollcall> {
    let options = DbOptions::new(config.database_url());
    application_on(config, options).await
}

/// The same for what nobody waits for in front of a screen: statements take the time that they take.
async fn unhurried(config: &Config) -> anyhow::Result<Rollcall> {
    application_on(config, DbOptions { statement_timeout: None, ..DbOptions::new(config.database_url()) }).await
}

async fn application_on(config: &Config, mut options: DbOptions) -> anyhow::Result<Rollcall> {
    if config.needs_data_dir() {
        config.prepare_data_dir()?;
    }
    options.max_connections = config.database_connections;
    options.pooler = config.database_pooler;
    let db = Db::connect(&options).await.context("cannot use the database, see ROLLCALL_DATABASE_URL")?;
    let sealer = Sealer::new(&config.secret_key(&System)?);
    Ok(Rollcall::new(db, Arc::new(System), Arc::new(System), sealer, config.settings()?))
}

async fn migrate(app: &Rollcall) -> anyhow::Result<Migrated> {
    app.db().migrate().await.context("cannot migrate the database, see ROLLCALL_DATABASE_URL")
}

/// Does what the command line says.
///
/// # Errors
/// What went wrong, in words for the operator.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    runtime::install_tls();
    let telemetry = telemetry::start(&cli.config)?;
    let done = Box::pin(execute(cli)).await;
    telemetry.finish().await;
    done
}

async fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = &cli.config;
    match cli.command {
        Command::Serve { no_migrate } => {
            let migrates = if lambda::is_function() {
                lambda::check(config)?;
                config.lambda_migrate
            } else {
                !no_migrate
            };
            let app = application(config).await?;
            if migrates {
                migrate(&app).await?;
            }
            runtime::serve(config, app).await?;
        }
        Command::Migrate => {
            let app = application(config).await?;
            let done = migrate(&app).await?;
            println!("Schema version {}; {} migrations run.", done.version, done.applied);
        }
        Command::Tick => {
            let app = application(config).await?;
            let mailer = mail::mailer(config)?;
            let done = app.tick(&*mailer, 1_000).await?;
            println!("{} mails sent, {} waiting.", done.sent, done.waiting);
            if done.batches > 0 {
                println!("{} of jobs done.", counted(done.batches.into(), "batch", "batches"));
            }
        }
        Command::Demo { users, org } => {
            let options = DbOptions {
                writer_cache_kib: DEMO_CACHE_KIB,
                statement_timeout: None,
                ..DbOptions::new(config.database_url())
            };
            let app = application_on(config, options).await?;
            migrate(&app).await?;
            let report = app.demo(users, org.as_deref()).await?;
            println!("{} people are in {} now.", report.people, report.org.as_str());
            if let Some((email, password)) = report.owner {
                println!("Sign in as {email} with the password {password}");
            }
        }
        Command::Export { org, file } => {
            let app = unhurried(config).await?;
            anyhow::ensure!(app.db().is_current().await?, "the schema is not of this release; run rollcall migrate");
            let out = private_file(&file).with_context(|| format!("cannot write {}", file.display()))?;
            let done = app.export_organization(&org, BufWriter::new(out)).await;
            if done.is_err() {
                // What was written is of no use.
                let _ = fs::remove_file(&file);
            }
            let done = done?;
            println!("{} is in {} now: {} rows.", done.name.as_str(), file.display(), thousands(done.rows));
            if done.own_mail_server {
                println!("The password of its mail server stays here; enter it again where it goes.");
            }
        }
        Command::Import { file, slug } => {
            let input = fs::File::open(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let app = unhurried(config).await?;
            migrate(&app).await?;
            let done = app.import_organization(BufReader::new(input), slug.as_deref()).await?;
            println!("{} is at /o/{} now: {} rows.", done.name.as_str(), done.slug.as_str(), thousands(done.rows));
            if done.accounts_here > 0 {
                let accounts = counted(done.accounts_here as u64, "person has", "people have");
                println!("{accounts} an account here already, and keep it with its password.");
            }
            if done.own_mail_server {
                println!("Its mail leaves by a server of its own: enter its password under Settings, Mail.");
            }
        }
        Command::Backup(args) => backup::back_up(config, &args).await?,
        Command::Restore(args) => backup::restore(config, &args).await?,
        Command::Support { command } => {
            let app = application(config).await?;
            anyhow::ensure!(app.db().is_current().await?, "the schema is not of this release; run rollcall migrate");
            support(&app, command).await?;
        }
        Command::Partner { command } => {
            let app = application(config).await?;
            anyhow::ensure!(app.db().is_current().await?, "the schema is not of this release; run rollcall migrate");
            partner::run(&app, command).await?;
        }
        Command::Connection { command } => {
            let app = application(config).await?;
            anyhow::ensure!(app.db().is_current().await?, "the schema is not of this release; run rollcall migrate");
            connections::run(&app, command).await?;
        }
        Command::Doctor => return Ok(doctor::examine(config).await),
        Command::Ready => ready::ask(config).await?,
    }
    Ok(ExitCode::SUCCESS)
}
