//! `rollcall connection`: registering connections of applications (B40), as it may stand in a script.

use anyhow::Context as _;
use clap::Subcommand;
use model::connection::ConnectionRole;
use service::{EditConnection, Error, Registered, Rollcall};

/// What can be done with the connections of an organization.
#[derive(Debug, Subcommand)]
pub enum ConnectionCommand {
    /// Register one, or bring the name and application of the one with this key up to date
    Add {
        /// Slug of the organization
        #[arg(long)]
        org: String,
        /// By what applications know it: lower-case letters, digits and hyphens
        #[arg(long)]
        key: String,
        /// Its name
        #[arg(long)]
        name: String,
        /// The application that it belongs to
        #[arg(long, default_value = "")]
        application: String,
        /// What it is
        #[arg(long, default_value = "")]
        description: String,
        /// What members may do to whom nothing was given, of a new one: none, viewer, querier, modeler or admin
        #[arg(long, default_value = "none", value_parser = role)]
        default: ConnectionRole,
    },
    /// List them, with their models
    List {
        /// Slug of the organization
        #[arg(long)]
        org: String,
    },
    /// Delete one, with its models and every role on it
    Remove {
        /// Slug of the organization
        #[arg(long)]
        org: String,
        /// Its key
        #[arg(long)]
        key: String,
    },
    /// Register models of one
    Model {
        /// What to do with them
        #[command(subcommand)]
        command: ModelCommand,
    },
}

/// What can be done with the models of a connection.
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Register one
    Add {
        /// Slug of the organization
        #[arg(long)]
        org: String,
        /// The key of the connection
        #[arg(long)]
        key: String,
        /// The name of the model
        #[arg(long)]
        name: String,
    },
}

fn role(code: &str) -> Result<ConnectionRole, &'static str> {
    ConnectionRole::from_code(code).ok_or("use none, viewer, querier, modeler or admin")
}

/// What went wrong, for who typed it.
fn told(error: Error, org: &str) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow::anyhow!("there is no organization {org} here"),
        Error::Invalid(fields) => {
            let fields: Vec<String> = fields.into_iter().map(|(field, why)| format!("--{field}: {why}")).collect();
            anyhow::anyhow!("{}", fields.join(" "))
        }
        other => other.into(),
    }
}

/// Does it.
///
/// # Errors
/// What went wrong, in words for the operator.
pub async fn run(app: &Rollcall, command: ConnectionCommand) -> anyhow::Result<()> {
    match command {
        ConnectionCommand::Add { org, key, name, application, description, default } => {
            let form = EditConnection { key, name, description, application, default_role: default.code().to_owned() };
            let done = app.register_connection(&org, form).await.map_err(|error| told(error, &org))?;
            match done {
                Registered::New(of) => {
                    println!("{} is registered as {} now.", of.name.as_str(), of.key.as_str());
                }
                Registered::Known(of, fields) if fields.is_empty() => {
                    println!("{} was registered as {} already; nothing changed.", of.name.as_str(), of.key.as_str());
                }
                Registered::Known(of, fields) => {
                    let (name, key) = (of.name.as_str(), of.key.as_str());
                    println!("{name} was registered as {key} already; changed: {}.", fields.join(", "));
                }
            }
        }
        ConnectionCommand::List { org } => {
            for (row, models) in app.registered(&org).await.map_err(|error| told(error, &org))? {
                let of = row.connection;
                let application =
                    if of.application.is_empty() { String::new() } else { format!(" of {}", of.application) };
                let default = of.default_role.label();
                println!("{}: {}{application}, default: {default}", of.key.as_str(), of.name.as_str());
                for model in models {
                    println!("  {}", model.name.as_str());
                }
            }
        }
        ConnectionCommand::Remove { org, key } => {
            let gone = app.unregister_connection(&org, &key).await.map_err(|error| told(error, &org))?;
            let row = gone.with_context(|| format!("no connection of {org} has the key {key}"))?;
            let along = row.takes_along().map(|along| format!(", and with it {along}")).unwrap_or_default();
            println!("{} is gone{along}.", row.connection.name.as_str());
        }
        ConnectionCommand::Model { command: ModelCommand::Add { org, key, name } } => {
            let done = app.register_model(&org, &key, &name).await.map_err(|error| told(error, &org))?;
            let is_new = done.with_context(|| format!("no connection of {org} has the key {key}"))?;
            println!("{name} is {} a model of {key}.", if is_new { "now" } else { "already" });
        }
    }
    Ok(())
}
