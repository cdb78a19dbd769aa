//! People as rows of a file, for other programs.

use serde::Serialize;
use std::borrow::Cow;

use super::PersonRow;
use crate::{Timestamp, policy::StatusWords};

/// The heads of the columns.
pub const EXPORT_COLUMNS: [&str; 11] = [
    "Full Name",
    "First name",
    "Last name",
    "Email",
    "Role",
    "Status",
    "Last login",
    "Added",
    "Source",
    "Access until",
    "Role until",
];

/// One person, as exported. Times are RFC 3339; absent where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportRow {
    /// The membership.
    pub id: String,
    /// Both names, or the mailbox where there is none.
    pub full_name: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address.
    pub email: String,
    /// Role.
    pub role: &'static str,
    /// Status in the organization's words (policy F).
    pub status: &'static str,
    /// Last login there.
    pub last_login: Option<String>,
    /// When invited or made.
    pub added: String,
    /// How the person came.
    pub source: &'static str,
    /// When access ends (N5).
    pub access_until: Option<String>,
    /// When the role ends (N5).
    pub role_until: Option<String>,
}

impl ExportRow {
    /// From a row of the grid.
    pub fn new(row: &PersonRow, words: StatusWords) -> Self {
        Self {
            id: row.target.membership_id.to_string(),
            full_name: row.display_name(),
            first_name: row.name.first.clone(),
            last_name: row.name.last.clone(),
            email: row.email.to_string(),
            role: row.target.role.label(),
            status: words.label(row.target.state),
            last_login: row.last_login_at.map(Timestamp::rfc3339),
            added: row.added_at.rfc3339(),
            source: row.source.label(),
            access_until: row.ends.access.map(Timestamp::rfc3339),
            role_until: row.ends.role.map(|end| end.at.rfc3339()),
        }
    }
    /// The cells under [`EXPORT_COLUMNS`].
    pub fn cells(&self) -> [Cow<'_, str>; 11] {
        [
            &self.full_name,
            &self.first_name,
            &self.last_name,
            &self.email,
            self.role,
            self.status,
            self.last_login.as_deref().unwrap_or_default(),
            &self.added,
            self.source,
            self.access_until.as_deref().unwrap_or_default(),
            self.role_until.as_deref().unwrap_or_default(),
        ]
        .map(safe_cell)
    }
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe in front (OWASP, CSV
/// injection).
pub fn safe_cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_made_safe() {
        for (text, safe) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@sum", "'@sum"),
            ("\tx", "'\tx"),
            ("＝1", "'＝1"),
            ("Ada = Lovelace", "Ada = Lovelace"),
            ("", ""),
        ] {
            assert_eq!(safe_cell(text), safe);
        }
    }
}
