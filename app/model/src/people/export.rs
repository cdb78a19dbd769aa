//! People as rows of a file, for other programs.

use serde::{Serialize, Serializer, ser::SerializeMap as _};
use std::{borrow::Cow, collections::BTreeMap};

use super::{GridAttribute, PersonRow};
use crate::{Timestamp, id::Id as _, policy::StatusWords};

/// A column of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExportField {
    /// The membership.
    Id,
    /// Both names, or the mailbox where there is none.
    FullName,
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// Address.
    Email,
    /// Role.
    Role,
    /// Status in the organization's words (policy F).
    Status,
    /// Last login there.
    LastLogin,
    /// When invited or made.
    Added,
    /// How the person came.
    Source,
    /// When access ends (N5).
    AccessUntil,
    /// When the role ends (N5).
    RoleUntil,
}

impl ExportField {
    /// All, in their order.
    pub const ALL: [Self; 12] = [
        Self::Id,
        Self::FullName,
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::Role,
        Self::Status,
        Self::LastLogin,
        Self::Added,
        Self::Source,
        Self::AccessUntil,
        Self::RoleUntil,
    ];
    /// In URLs, and as the key in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::FullName => "full_name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::Role => "role",
            Self::Status => "status",
            Self::LastLogin => "last_login",
            Self::Added => "added",
            Self::Source => "source",
            Self::AccessUntil => "access_until",
            Self::RoleUntil => "role_until",
        }
    }
    /// The head of its column; an import knows those that it reads.
    pub const fn head(self) -> &'static str {
        match self {
            Self::Id => "ID",
            Self::FullName => "Full Name",
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::Email => "Email",
            Self::Role => "Role",
            Self::Status => "Status",
            Self::LastLogin => "Last login",
            Self::Added => "Added",
            Self::Source => "Source",
            Self::AccessUntil => "Access until",
            Self::RoleUntil => "Role until",
        }
    }
    /// The columns that were chosen, in their order, if any was. What is not known is passed over.
    pub fn chosen(codes: &str) -> Option<Vec<Self>> {
        let codes: Vec<&str> = codes.split(',').collect();
        let chosen: Vec<Self> = Self::ALL.into_iter().filter(|field| codes.contains(&field.code())).collect();
        (!chosen.is_empty()).then_some(chosen)
    }
}

/// One person, as exported. Times are RFC 3339; absent where there is none.
#[derive(Debug, Clone, Copy)]
pub struct ExportRow<'a> {
    /// Who.
    pub row: &'a PersonRow,
    /// The organization's words for their status (policy F).
    pub words: StatusWords,
    /// What is told.
    pub fields: &'a [ExportField],
    /// The attributes that stand behind that (B39).
    pub attributes: &'a [GridAttribute],
}

impl ExportRow<'_> {
    fn value(&self, field: ExportField) -> Option<Cow<'_, str>> {
        let Self { row, words, .. } = self;
        let time = |at: Timestamp| Cow::Owned(at.rfc3339());
        Some(match field {
            ExportField::Id => row.target.membership_id.as_str().into(),
            ExportField::FullName => row.display_name().into(),
            ExportField::FirstName => row.name.first.as_str().into(),
            ExportField::LastName => row.name.last.as_str().into(),
            ExportField::Email => row.email.as_str().into(),
            ExportField::Role => row.target.role.label().into(),
            ExportField::Status => words.label(row.target.state).into(),
            ExportField::LastLogin => time(row.last_login_at?),
            ExportField::Added => time(row.added_at),
            ExportField::Source => row.source.label().into(),
            ExportField::AccessUntil => time(row.ends.access?),
            ExportField::RoleUntil => time(row.ends.role.as_ref()?.at),
        })
    }
    /// The cells under the heads of its fields, safe for spreadsheets.
    pub fn cells(&self) -> Vec<Cow<'_, str>> {
        let cell = |field: &ExportField| match self.value(*field).unwrap_or_default() {
            Cow::Borrowed(text) => safe_cell(text),
            Cow::Owned(text) => Cow::Owned(safe_cell(&text).into_owned()),
        };
        let of_attribute = |of: &GridAttribute| Cow::Owned(safe_cell(&self.values_of(of).join(", ")).into_owned());
        self.fields.iter().map(cell).chain(self.attributes.iter().map(of_attribute)).collect()
    }
    /// In their canonical form, for programs.
    fn values_of(&self, of: &GridAttribute) -> Vec<&str> {
        self.row.values_of(&of.key).map(|values| values.iter().collect()).unwrap_or_default()
    }
}

/// An object of its fields, in their order.
impl Serialize for ExportRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        for field in self.fields {
            object.serialize_entry(field.code(), &self.value(*field))?;
        }
        if !self.attributes.is_empty() {
            let values: BTreeMap<&str, Vec<&str>> =
                self.attributes.iter().map(|of| (of.key.as_str(), self.values_of(of))).collect();
            object.serialize_entry("attributes", &values)?;
        }
        object.end()
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

/// A cell as it was before [`safe_cell`] put an apostrophe in front of it.
pub fn plain_cell(text: &str) -> &str {
    text.strip_prefix('\'').filter(|plain| safe_cell(plain) == text).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_chosen_by_their_codes_and_stand_in_their_order() {
        for field in ExportField::ALL {
            assert_eq!(ExportField::chosen(field.code()), Some(vec![field]));
        }
        assert_eq!(ExportField::chosen("role,email,password"), Some(vec![ExportField::Email, ExportField::Role]));
        for nothing in ["", "password"] {
            assert_eq!(ExportField::chosen(nothing), None);
        }
    }

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
            assert_eq!((safe_cell(text).as_ref(), plain_cell(safe)), (safe, text));
        }
    }
}
