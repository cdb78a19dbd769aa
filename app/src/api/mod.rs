//! Server functions, one file per noun: each reads its form, asks the service, and says what came of it.

#![expect(missing_docs, reason = "the macro makes a public field of every argument; the function says what they mean")]

pub mod account;
pub mod activity;
pub mod appearance;
pub mod attributes;
pub mod bulk;
pub mod connection_roles;
pub mod connections;
pub mod domains;
pub mod explain;
pub mod groups;
pub mod imports;
pub mod invitations;
pub mod mail_profile;
pub mod onboarding;
pub mod organizations;
pub mod ownership;
pub mod partner;
pub mod passwords;
pub mod people;
pub mod policies;
pub mod removal;
pub mod requests;
pub mod roles;
pub mod session;
pub mod sessions;
pub mod setup;
pub mod support;
pub mod views;
