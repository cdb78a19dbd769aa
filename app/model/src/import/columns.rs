//! What the columns of a file hold, and the template that has all of them.

use serde::{Deserialize, Serialize};

use super::Sheet;
use crate::{Email, text::fold};

/// What a column of a file can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Both names.
    FullName,
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// Address.
    Email,
    /// Role.
    Role,
    /// The last day of access (N5).
    EndDate,
}

impl Column {
    /// All, in the order of the template.
    pub const ALL: [Self; 6] =
        [Self::FullName, Self::Email, Self::Role, Self::FirstName, Self::LastName, Self::EndDate];

    /// As in forms and as stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FullName => "full_name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::Role => "role",
            Self::EndDate => "end_date",
        }
    }
    /// The column of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.code() == code)
    }
    /// As shown, and as the heads of the template (B28).
    pub const fn label(self) -> &'static str {
        match self {
            Self::FullName => "Full Name",
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::Email => "Email",
            Self::Role => "Role",
            Self::EndDate => "End date",
        }
    }
    /// The column that a head names, however it is written.
    fn of_head(head: &str) -> Option<Self> {
        let head: String = fold(head).chars().filter(|c| c.is_alphanumeric()).collect();
        Some(match head.as_str() {
            "fullname" | "name" | "displayname" | "username" | "person" => Self::FullName,
            "firstname" | "givenname" | "forename" | "first" | "vorname" => Self::FirstName,
            "lastname" | "surname" | "familyname" | "last" | "nachname" => Self::LastName,
            "email" | "emailaddress" | "mail" | "emails" | "address" | "login" => Self::Email,
            "role" | "roles" | "rolle" => Self::Role,
            "enddate" | "end" | "until" | "accessuntil" | "lastday" | "lastdayofaccess" | "expires" => Self::EndDate,
            _ => return None,
        })
    }
}

/// What each column of a file holds, in its order; `None` for what is left aside.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(Vec<Option<Column>>);

impl Mapping {
    /// By the choices of somebody. Of two columns for one thing the first counts.
    pub fn new(choices: impl IntoIterator<Item = Option<Column>>) -> Self {
        let mut columns: Vec<Option<Column>> = Vec::new();
        for choice in choices {
            columns.push(choice.filter(|column| !columns.contains(&Some(*column))));
        }
        Self(columns)
    }
    /// By the heads alone.
    pub fn of_header(header: &[String]) -> Self {
        Self::new(header.iter().map(|head| Column::of_head(head)))
    }
    /// By the heads, and where none names the addresses, by the column that holds some.
    pub fn guess(sheet: &Sheet) -> Self {
        let mut mapping = Self::of_header(&sheet.header);
        let start = &sheet.rows[..sheet.rows.len().min(50)];
        let hits = |place: usize, is: fn(&str) -> bool| start.iter().filter(|row| is(&row[place])).count();
        let mut find = |column: Column, is: fn(&str) -> bool| {
            if mapping.place(column).is_some() {
                return;
            }
            let free = (0..mapping.0.len()).filter(|place| mapping.0[*place].is_none());
            let best =
                free.map(|place| (hits(place, is), place)).max_by_key(|(hits, place)| (*hits, usize::MAX - place));
            if let Some((hits, place)) = best
                && hits * 2 > start.len()
            {
                mapping.0[place] = Some(column);
            }
        };
        find(Column::Email, |cell| Email::parse(cell).is_ok());
        if sheet.header.iter().enumerate().all(|(n, head)| *head == format!("Column {}", n + 1)) {
            find(Column::Role, |cell| super::role_of(cell).is_some());
            find(Column::FullName, |cell| cell.chars().any(char::is_alphabetic));
        }
        mapping
    }
    /// The columns, in the order of the file.
    pub fn columns(&self) -> &[Option<Column>] {
        &self.0
    }
    /// How many columns hold something that is read.
    pub fn known(&self) -> usize {
        self.0.iter().flatten().count()
    }
    /// Where something stands.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.0.iter().position(|held| *held == Some(column))
    }
    /// What a row says about something; nothing where no column holds it.
    pub fn cell<'a>(&self, cells: &'a [String], column: Column) -> &'a str {
        self.place(column).and_then(|place| cells.get(place)).map_or("", |cell| cell.trim())
    }
}

/// The address of the row that the template shows how to fill in; no mail server has it (RFC 2606 §3).
pub const EXAMPLE_EMAIL: &str = "grace.hopper@example.com";

/// The template (B27, B28): heads, and a row that an import leaves aside.
pub fn template() -> String {
    let example = |column: &Column| match column {
        Column::FullName => "Grace Hopper",
        Column::Email => EXAMPLE_EMAIL,
        Column::Role => "Member",
        Column::FirstName | Column::LastName | Column::EndDate => "",
    };
    let line = |cells: [&str; 6]| cells.join(",") + "\r\n";
    line(Column::ALL.map(Column::label)) + &line(Column::ALL.each_ref().map(example))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Sheet {
        Sheet::read(text.as_bytes()).expect("a sheet")
    }

    fn mapped(text: &str) -> Vec<Option<&'static str>> {
        Mapping::guess(&sheet(text)).columns().iter().map(|column| column.map(Column::code)).collect()
    }

    #[test]
    fn columns_are_found_by_their_heads_in_any_order_and_case() {
        for (text, columns) in [
            ("Full Name,Email,Role\n,a@x.io,\n", vec![Some("full_name"), Some("email"), Some("role")]),
            (
                "ROLE;e-mail address;FIRST NAME;Last_Name\n;a@x.io;;\n",
                vec![Some("role"), Some("email"), Some("first_name"), Some("last_name")],
            ),
            ("Email,Mail,Team,End date\na@x.io,b@x.io,,\n", vec![Some("email"), None, None, Some("end_date")]),
            ("Vorname,Nachname,E-Mail\nA,B,a@x.io\n", vec![Some("first_name"), Some("last_name"), Some("email")]),
            ("Who,Contact\nAda,ada@x.io\n", vec![None, Some("email")]),
            ("Who,Contact\nAda,none\nBob,b@x.io\nEve,-\n", vec![None, None]),
            ("Ada Lovelace,ada@x.io,admin\nBob,b@x.io,Member\n", vec![Some("full_name"), Some("email"), Some("role")]),
        ] {
            assert_eq!(mapped(text), columns, "{text}");
        }
        for column in Column::ALL {
            assert_eq!(Column::from_code(column.code()), Some(column));
            assert_eq!(Mapping::of_header(&[column.label().to_owned()]).place(column), Some(0));
        }
        let twice = Mapping::new([Some(Column::Email), Some(Column::Email), None]);
        assert_eq!(twice.columns(), [Some(Column::Email), None, None]);
    }
}
