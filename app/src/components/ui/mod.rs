//! The plain parts: they know nothing of people or organizations.

mod choice;
mod copy;
mod dialog;
mod empty;
mod field;
mod focus;
mod icon;
mod menu;
mod modal;
mod outside;
mod pager;
mod settle;
mod text;

pub use choice::{Choice, ChoiceGroup};
pub use copy::CopyField;
pub use dialog::Dialog;
pub use empty::EmptyState;
pub use field::{Field, FieldError, FileField, SelectField, TextAreaField, options};
pub use focus::{focus, refocus};
pub use icon::Icon;
pub use menu::Menu;
pub use modal::{Modal, close_modal};
pub use outside::{Choosing, close_from_outside};
pub use pager::{OlderPager, Pager};
pub use settle::once_settled;
pub use text::{PageTitle, Time};
