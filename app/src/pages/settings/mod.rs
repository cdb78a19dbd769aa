//! The settings of an organization.

pub(crate) mod domains;
pub(crate) mod general;
pub(crate) mod mail;
pub(crate) mod mail_answer;
pub(crate) mod policies;
