//! What more than one page uses.

pub mod commands;
pub mod errors;
pub mod form;
pub mod frame;
pub mod invite_results;
pub mod keys;
pub mod landing;
pub mod live;
pub mod loaded;
pub mod names;
pub mod palette;
pub mod password;
pub mod person;
pub mod scroll;
pub mod sessions;
pub mod toasts;
pub mod ui;
