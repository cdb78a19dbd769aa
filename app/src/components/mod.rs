//! What more than one page uses.

pub mod addresses;
pub mod ahead;
pub mod commands;
pub mod errors;
pub mod form;
pub mod founding;
pub mod frame;
pub mod invite_results;
pub mod keys;
pub mod landing;
pub mod last_day;
pub mod live;
pub mod loaded;
pub mod names;
pub mod palette;
pub mod password;
pub mod person;
pub mod scroll;
pub mod sessions;
pub mod switcher;
pub mod toasts;
pub mod ui;
