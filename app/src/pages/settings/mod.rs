//! The settings of an organization.

pub(crate) mod policies;
