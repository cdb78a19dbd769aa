//! What more than one page uses.

pub mod errors;
pub mod form;
pub mod frame;
pub mod invite_results;
pub mod live;
pub mod person;
pub mod scroll;
pub mod toasts;
pub mod ui;
