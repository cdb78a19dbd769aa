//! The only place with SQL. One text runs on SQLite and on PostgreSQL; every module holds the statements of one noun,
//! and every write that belongs to an organization asks for the [`model::Permit`] that allows it.

mod bulk;
mod db;
mod error;
mod migrations;
mod pools;
mod postgres;

pub mod account_links;
pub mod attributes;
pub mod audit;
pub mod backlog;
pub mod backup;
pub mod belonging;
pub mod bundles;
pub mod connection_grants;
pub mod connection_roles;
pub mod connections;
pub mod counts;
pub mod custom_roles;
pub mod domains;
pub mod ends;
pub mod groups;
pub mod imports;
pub mod invitations;
pub mod jobs;
pub mod mail_profiles;
pub mod memberships;
pub mod organizations;
pub mod outbox;
pub mod ownership;
pub mod partner_records;
pub mod partners;
pub mod people;
pub mod rate_limits;
pub mod removal;
pub mod requests;
pub mod sessions;
pub mod support;
pub mod users;
pub mod views;

pub use bulk::{Value, insert_many};
pub use db::{Conn, Db, DbOptions, Engine, Handle, Tx};
pub use error::{DiskFault, StoreError};
pub use migrations::Migrated;
pub use pools::PoolState;
pub use postgres::{Pooler, PostgresDb};

/// Stands for "for ever" in columns that hold an end.
pub const FOREVER: i64 = i64::MAX;
