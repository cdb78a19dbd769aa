//! Light, dark, or as the system has it; kept in a cookie, so that the first byte of a page has the right colors.

use serde::{Deserialize, Serialize};

/// The choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// In the order of the menu.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];
    /// As in the cookie and on `<html data-theme>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
    /// The theme of a [`Self::code`]; anything else follows the system.
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|t| t.code() == code).unwrap_or_default()
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
    /// Its icon.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::System => "monitor",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }
}
