//! A filled database of its own for each measurement, and what belongs to it.

use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use std::{fs, process::Stdio, time::Duration};

use crate::settings::Settings;

/// A database with a made-up organization.
#[derive(Debug)]
pub(crate) struct Engine {
    /// As shown.
    pub(crate) label: &'static str,
    /// How many people were made up.
    pub(crate) users: u32,
    pub(crate) url: String,
    pub(crate) owner_email: String,
    pub(crate) owner_password: String,
    /// How long that took.
    pub(crate) filled_in: Duration,
    /// The data folder.
    pub(crate) dir: tempfile::TempDir,
    /// The server of which the database is to be taken away again, and its name.
    postgres: Option<(String, String)>,
}

impl Engine {
    pub(crate) async fn prepare(settings: &Settings, name: &str, users: u32) -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("rollcall-bench").tempdir()?;
        let (label, url, postgres) = match name {
            "sqlite" => ("SQLite", format!("sqlite://{}/rollcall.db", dir.path().display()), None),
            "postgres" => {
                let admin = settings.postgres.clone().context("no PostgreSQL; run .tools/bench")?;
                let database = format!("rollcall_bench_{}_{users}", std::process::id());
                execute(&admin, &format!("CREATE DATABASE {database}")).await?;
                let (server, _) = admin.rsplit_once('/').context("the URL of PostgreSQL names no database")?;
                ("PostgreSQL", format!("{server}/{database}"), Some((admin, database)))
            }
            other => anyhow::bail!("BENCH_ENGINES knows sqlite and postgres, not {other}"),
        };
        eprintln!("{label}: filling in {users} people");
        let began = crate::now();
        let output = std::process::Command::new(&settings.binary)
            .args(["demo", "--users", &users.to_string()])
            .env("ROLLCALL_DATABASE_URL", &url)
            .env("ROLLCALL_DATA_DIR", dir.path())
            .env("ROLLCALL_LOG", "warn")
            .env_remove("PORT")
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("{} does not run", settings.binary.display()))?;
        let filled_in = began.elapsed();
        let said = String::from_utf8_lossy(&output.stdout);
        anyhow::ensure!(output.status.success(), "rollcall demo failed: {said}");
        let (owner_email, owner_password) = said
            .lines()
            .find_map(|line| line.strip_prefix("Sign in as ")?.split_once(" with the password "))
            .with_context(|| format!("rollcall demo named no owner: {said}"))?;
        let (owner_email, owner_password) = (owner_email.to_owned(), owner_password.trim().to_owned());
        Ok(Self { label, users, url, owner_email, owner_password, filled_in, dir, postgres })
    }

    /// What the server wrote to its log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("server.log")).unwrap_or_default()
    }

    /// What the filled database takes on disk, in bytes.
    pub(crate) async fn stored(&self) -> anyhow::Result<u64> {
        let Some((admin, database)) = &self.postgres else {
            return Ok(fs::metadata(self.dir.path().join("rollcall.db"))?.len());
        };
        let mut connection = PgConnection::connect(admin).await.context("PostgreSQL does not answer")?;
        let bytes: i64 =
            sqlx::query_scalar("SELECT pg_database_size($1)").bind(database).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(u64::try_from(bytes)?)
    }

    pub(crate) async fn clear_away(self) -> anyhow::Result<()> {
        if let Some((admin, database)) = &self.postgres {
            execute(admin, &format!("DROP DATABASE {database} WITH (FORCE)")).await?;
        }
        self.dir.close()?;
        Ok(())
    }
}

async fn execute(admin: &str, sql: &str) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(admin).await.context("PostgreSQL does not answer")?;
    connection.execute(AssertSqlSafe(sql.to_owned())).await?;
    connection.close().await?;
    Ok(())
}
