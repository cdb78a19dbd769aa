//! One file (or folder) for each page.

pub(crate) mod account;
pub(crate) mod attributes;
pub(crate) mod create_user;
pub(crate) mod door;
pub(crate) mod email_link;
pub(crate) mod forgot;
#[cfg(feature = "ssr")]
pub mod gallery;
pub(crate) mod groups;
pub(crate) mod guests;
pub(crate) mod home;
pub(crate) mod import;
pub(crate) mod invite;
pub(crate) mod job;
pub(crate) mod jobs;
pub(crate) mod login;
pub(crate) mod orgs;
pub(crate) mod ownership;
pub(crate) mod people;
pub(crate) mod person;
pub(crate) mod reset;
pub(crate) mod roles;
pub(crate) mod settings;
pub(crate) mod setup;
pub(crate) mod welcome;
