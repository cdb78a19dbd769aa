//! What the operator can set. Every value works by default; `--help` lists all of them with their variables.

use clap::Args;
use model::{mail_profile::PrivateServers, organization::Founding, text::hex};
use service::Pooler;
use std::{
    fs,
    io::{self, Write as _},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use crate::disk::{self, InTheWay};

/// Settings, by flag or by environment variable.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct Config {
    /// Folder for the embedded database, the key and, without an SMTP server, the mail
    #[arg(long, env = "ROLLCALL_DATA_DIR", default_value = "data", global = true)]
    pub data_dir: PathBuf,

    /// `sqlite://FILE` or `postgres://USER@HOST/DATABASE` [default: `sqlite://DATA_DIR/rollcall.db`]
    #[arg(long, env = "ROLLCALL_DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,

    /// The most database connections of this process
    #[arg(long, env = "ROLLCALL_DATABASE_CONNECTIONS", default_value_t = 16, global = true)]
    pub database_connections: u32,

    /// `transaction` where a pooler stands between this process and PostgreSQL that lends a connection for one transaction, such as pgbouncer with `pool_mode = transaction`; else `none`
    #[arg(long, env = "ROLLCALL_DATABASE_POOLER", default_value = "none", value_parser = pooler, global = true)]
    pub database_pooler: Pooler,

    /// Address to listen on
    #[arg(long, env = "ROLLCALL_ADDR", default_value = "127.0.0.1:3000", global = true)]
    pub addr: SocketAddr,

    /// Port to listen on, on all addresses; wins over --addr, as hosting platforms expect
    #[arg(long, env = "PORT", global = true)]
    pub port: Option<u16>,

    /// The origin under which people reach this installation; links in mails begin with it [default: `http://ADDR`]
    #[arg(long, env = "ROLLCALL_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,

    /// Key of 64 hexadecimal digits that seals queued mail and passwords of mail servers [default: made once, in `DATA_DIR/secret.key`]
    #[arg(long, env = "ROLLCALL_SECRET_KEY", hide_env_values = true, global = true)]
    pub secret_key: Option<String>,

    /// Mail server, such as `smtps://user:password@host` or `smtp://localhost:1025` [default: .eml files in `DATA_DIR/mail`]
    #[arg(long, env = "ROLLCALL_SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<String>,

    /// Sender of mail
    #[arg(long, env = "ROLLCALL_MAIL_FROM", default_value = "Rollcall <rollcall@localhost>", global = true)]
    pub mail_from: String,

    /// Let organizations name mail servers of their own at private and loopback addresses, and at any port
    #[arg(long, env = "ROLLCALL_PRIVATE_MAIL_SERVERS", global = true)]
    pub private_mail_servers: bool,

    /// Who may found further organizations: `owners` of one, `everybody` with an account, or `nobody`
    #[arg(long, env = "ROLLCALL_FOUNDING", default_value = "owners", value_parser = founding, global = true)]
    pub founding: Founding,

    /// DNS server as `IP:PORT`, by which domains of organizations are verified [default: those of /etc/resolv.conf]
    #[arg(long, env = "ROLLCALL_DNS", global = true)]
    pub dns: Option<SocketAddr>,

    /// Reverse proxies whose `X-Forwarded-For` is believed, by address, separated by commas
    #[arg(long, env = "ROLLCALL_TRUSTED_PROXIES", value_delimiter = ',', global = true)]
    pub trusted_proxies: Vec<IpAddr>,

    /// Days after which an unused session ends
    #[arg(long, env = "ROLLCALL_SESSION_IDLE_DAYS", default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=30), global = true)]
    pub session_idle_days: u64,

    /// Days after which every session ends
    #[arg(long, env = "ROLLCALL_SESSION_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=30), global = true)]
    pub session_days: u64,

    /// How many passwords are hashed at once, 19 MiB each [default: the number of processors]
    #[arg(long, env = "ROLLCALL_CONCURRENT_HASHES", global = true)]
    pub concurrent_hashes: Option<usize>,

    /// Folder with the built browser files [default: `site` beside the binary or its parent folder]
    #[arg(long, env = "ROLLCALL_SITE_ROOT", global = true)]
    pub site_root: Option<PathBuf>,

    /// What is logged, as `level` or `module=level,…`
    #[arg(long, env = "ROLLCALL_LOG", default_value = "info,sqlx=error", global = true)]
    pub log: String,

    /// Log lines as JSON
    #[arg(long, env = "ROLLCALL_LOG_JSON", global = true)]
    pub log_json: bool,

    /// Address that answers `/metrics` for Prometheus; keep it from the public [default: none]
    #[arg(long, env = "ROLLCALL_METRICS_ADDR", global = true)]
    pub metrics_addr: Option<SocketAddr>,

    /// Seconds between the wish to stop, which `/readyz` tells at once, and the end of listening, for load balancers to notice
    #[arg(long, env = "ROLLCALL_DRAIN_SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=600), global = true)]
    pub drain_seconds: u64,

    /// Show the gallery of components at `/dev/gallery`; a debug build shows it anyway
    #[arg(long, env = "ROLLCALL_DEV_GALLERY", global = true)]
    pub dev_gallery: bool,

    /// In a function: answer by streams, for a function URL whose invoke mode is `RESPONSE_STREAM`
    #[arg(long, env = "ROLLCALL_LAMBDA_STREAMING", global = true)]
    pub lambda_streaming: bool,

    /// In a function: bring the schema to this release at start, which otherwise is a step of its own
    #[arg(long, env = "ROLLCALL_LAMBDA_MIGRATE", global = true)]
    pub lambda_migrate: bool,

    /// In a function: accept that what is written to its disk (a SQLite file, a key, mail) is not kept
    #[arg(long, env = "ROLLCALL_LAMBDA_EPHEMERAL", global = true)]
    pub lambda_ephemeral: bool,
}

fn pooler(code: &str) -> Result<Pooler, String> {
    match code {
        "none" => Ok(Pooler::None),
        "transaction" => Ok(Pooler::Transaction),
        _ => Err("choose one of none, transaction".to_owned()),
    }
}

fn founding(code: &str) -> Result<Founding, String> {
    Founding::from_code(code).ok_or_else(|| {
        let codes: Vec<&str> = Founding::ALL.iter().map(|choice| choice.code()).collect();
        format!("choose one of {}", codes.join(", "))
    })
}

/// A setting that cannot be used, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The secret key has another form.
    #[error("ROLLCALL_SECRET_KEY has to be 64 hexadecimal digits; `openssl rand -hex 32` makes one")]
    SecretKey,
    /// The key's file holds something else.
    #[error("{0} does not hold a key of 64 hexadecimal digits; restore it from a backup")]
    SecretFile(PathBuf),
    /// The public URL has another form.
    #[error("ROLLCALL_PUBLIC_URL has to be an origin such as https://people.example.com, without a path")]
    PublicUrl,
    /// The data folder cannot be written.
    #[error("cannot write in {path}: {source}")]
    DataDir {
        /// Which folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Config {
    /// Where to listen.
    pub fn listen_on(&self) -> SocketAddr {
        self.port.map_or(self.addr, |port| SocketAddr::from(([0, 0, 0, 0], port)))
    }

    /// The database.
    pub fn database_url(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| format!("sqlite://{}", self.data_dir.join("rollcall.db").display()))
    }

    /// The origin of links, without a slash at the end. Without one it is where this machine reaches the server: an address
    /// that stands for all of them leads nowhere in a mail.
    ///
    /// # Errors
    /// [`ConfigError::PublicUrl`].
    pub fn public_url(&self) -> Result<String, ConfigError> {
        let Some(url) = &self.public_url else {
            let mut at = self.listen_on();
            if at.ip().is_unspecified() {
                at.set_ip(Ipv4Addr::LOCALHOST.into());
            }
            return Ok(format!("http://{at}"));
        };
        let origin = url.trim_end_matches('/');
        let uri: http::Uri = origin.parse().map_err(|_| ConfigError::PublicUrl)?;
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        match uri.scheme_str() {
            Some("http" | "https") if bare && uri.authority().is_some_and(|a| !a.as_str().contains('@')) => {
                Ok(origin.to_owned())
            }
            _ => Err(ConfigError::PublicUrl),
        }
    }

    /// What the service takes.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn settings(&self) -> Result<service::Settings, ConfigError> {
        let days = |n: u64| Duration::from_secs(n * 86_400);
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(service::Settings {
            public_url: self.public_url()?,
            session_idle: days(self.session_idle_days),
            session_absolute: days(self.session_days),
            concurrent_hashes: self.concurrent_hashes.unwrap_or(processors).max(1),
            private_mail_servers: self.private_servers(),
            founding: self.founding,
        })
    }

    /// Whether organizations may name mail servers at private addresses.
    pub const fn private_servers(&self) -> PrivateServers {
        if self.private_mail_servers { PrivateServers::Allowed } else { PrivateServers::Refused }
    }

    /// Whether anything is kept in the data folder from the start; a function's read-only disk needs none.
    pub const fn needs_data_dir(&self) -> bool {
        self.database_url.is_none() || self.secret_key.is_none()
    }

    /// Makes the data folder where something will be put into it.
    ///
    /// # Errors
    /// [`ConfigError::DataDir`].
    pub fn prepare_data_dir(&self) -> Result<(), ConfigError> {
        fs::create_dir_all(&self.data_dir)
            .map_err(|source| ConfigError::DataDir { path: self.data_dir.clone(), source })
    }

    /// The key that seals queued mail and passwords of mail servers; made once and kept, where none is given.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn secret_key(&self, entropy: &dyn service::Entropy) -> Result<[u8; 32], ConfigError> {
        if let Some(hex) = &self.secret_key {
            return from_hex(hex).ok_or(ConfigError::SecretKey);
        }
        let path = self.key_file();
        let failed = |source| ConfigError::DataDir { path: path.clone(), source };
        match fs::read_to_string(&path) {
            Ok(hex) => return from_hex(hex.trim()).ok_or_else(|| ConfigError::SecretFile(path.clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        let mut key = [0; 32];
        entropy.fill(&mut key);
        // Put into place whole: of two processes that start at once, both end with the same key.
        let mut aside = disk::aside(&path).map_err(failed)?;
        aside.write_all(hex(&key).as_bytes()).map_err(failed)?;
        match disk::put(aside, &path, InTheWay::Stays) {
            Ok(()) => Ok(key),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let hex = fs::read_to_string(&path).map_err(failed)?;
                from_hex(hex.trim()).ok_or(ConfigError::SecretFile(path))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Where the key is kept that no setting gives.
    pub fn key_file(&self) -> PathBuf {
        self.data_dir.join("secret.key")
    }

    /// Where the built browser files lie.
    pub fn site_root(&self) -> PathBuf {
        if let Some(root) = &self.site_root {
            return root.clone();
        }
        let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(PathBuf::from)).unwrap_or_default();
        let candidates = [beside.join("site"), beside.join("../site"), PathBuf::from("target/site")];
        candidates.iter().find(|c| c.join("pkg").is_dir()).cloned().unwrap_or_else(|| PathBuf::from("target/site"))
    }
}

fn from_hex(hex: &str) -> Option<[u8; 32]> {
    if hex.len() != 64 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut key = [0; 32];
    for (i, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        config: Config,
    }

    fn config(args: &[&str]) -> Config {
        Only::parse_from(["rollcall"].iter().chain(args)).config
    }

    #[test]
    fn links_begin_with_an_origin_and_nothing_else() {
        for (url, origin) in [
            ("https://people.example.com/", Some("https://people.example.com")),
            ("http://127.0.0.1:3000", Some("http://127.0.0.1:3000")),
            ("https://example.com/path", None),
            ("https://user@example.com", None),
            ("ftp://example.com", None),
            ("example.com", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(config(&["--public-url", url]).public_url().ok().as_deref(), origin, "{url}");
        }
    }

    #[test]
    fn the_key_is_made_once_and_read_by_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let config = config(&["--data-dir", dir.path().to_str().unwrap()]);
        let key = config.secret_key(&service::System).unwrap();
        assert_eq!(config.secret_key(&service::System).unwrap(), key);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(dir.path().join("secret.key")).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(dir.path().join("secret.key"), "short").unwrap();
        assert!(matches!(config.secret_key(&service::System), Err(ConfigError::SecretFile(_))));
    }

    #[test]
    fn a_given_key_has_64_digits() {
        let hex = "0f".repeat(32);
        assert_eq!(config(&["--secret-key", &hex]).secret_key(&service::System).unwrap(), [15; 32]);
        let short = config(&["--secret-key", "0f"]).secret_key(&service::System);
        assert!(matches!(short, Err(ConfigError::SecretKey)));
    }

    #[test]
    fn a_pooler_is_named_by_what_it_lends_a_connection_for() {
        assert_eq!(config(&[]).database_pooler, Pooler::None);
        assert_eq!(config(&["--database-pooler", "transaction"]).database_pooler, Pooler::Transaction);
        let unknown = Only::try_parse_from(["rollcall", "--database-pooler", "statement"]).map(|_| ()).unwrap_err();
        assert!(unknown.to_string().contains("choose one of none, transaction"), "{unknown}");
    }

    #[test]
    fn a_platforms_port_wins() {
        assert_eq!(config(&["--port", "8080"]).listen_on().to_string(), "0.0.0.0:8080");
        assert_eq!(config(&[]).listen_on().to_string(), "127.0.0.1:3000");
        for (args, url) in [
            (&["--port", "8080"][..], "http://127.0.0.1:8080"),
            (&["--addr", "[::]:80"], "http://127.0.0.1:80"),
            (&["--addr", "10.0.0.8:80"], "http://10.0.0.8:80"),
            (&[], "http://127.0.0.1:3000"),
        ] {
            assert_eq!(config(args).public_url().unwrap(), url);
        }
    }
}
