//! Connections (B40): named resources that the applications behind register, what somebody may do with one, and who was given
//! that. Beneath one stand its models, in the word of the tools that query data: what is asked about, not this crate.

mod custom;
mod effective;

use serde::{Deserialize, Serialize};

use crate::{
    ConnectionId, DataModelId, MembershipId, Slug, Timestamp,
    group::NamedGroup,
    id::Id as _,
    name::{InvalidName, clean, names},
    people::{PersonRow, people_in_words},
    text::counted,
};

pub use custom::{
    ConnectionPermissions, ConnectionRoleChoice, ConnectionRoleName, CustomConnectionRole, GivenRole,
    InvalidConnectionRoleName, InvalidVariation, MOST_CUSTOM, vary,
};
pub use effective::{Because, Effective, Given, Giver, Holder, PersonConnection, Source, effective};

/// The longest name of a connection or a model, in characters.
pub const MAX_CONNECTION_NAME_CHARS: usize = 60;
/// The longest name of an application, in characters.
pub const MAX_APPLICATION_CHARS: usize = 60;
/// How many connections an organization can have.
pub const MOST: usize = 200;
/// How many models a connection can have.
pub const MOST_MODELS: usize = 100;
/// How many roles of people stand on a page of a connection.
pub const PEOPLE_PAGE: usize = 50;

/// What somebody may do with a connection: a ladder, the lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionRole {
    /// Nothing at all. Where it was given, that is a denial.
    #[default]
    None,
    /// Sees what others have made of it.
    Viewer,
    /// Asks questions of their own as well.
    Querier,
    /// Changes its models as well.
    Modeler,
    /// Changes the connection itself as well.
    Admin,
}

impl ConnectionRole {
    /// Every role, the lowest first.
    pub const ALL: [Self; 5] = [Self::None, Self::Viewer, Self::Querier, Self::Modeler, Self::Admin];

    /// As stored and as sent: `querier`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Viewer => "viewer",
            Self::Querier => "querier",
            Self::Modeler => "modeler",
            Self::Admin => "admin",
        }
    }
    /// The role of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "No access",
            Self::Viewer => "Viewer",
            Self::Querier => "Querier",
            Self::Modeler => "Modeler",
            Self::Admin => "Connection admin",
        }
    }
    /// Whether it gives a permission: everything that the roles below it give, and more.
    pub fn may(self, permission: ConnectionPermission) -> bool {
        self >= permission.least_role()
    }
    /// All that it gives.
    pub fn permissions(self) -> ConnectionPermissions {
        ConnectionPermission::ALL.into_iter().filter(|of| self.may(*of)).collect()
    }
}

/// One thing that somebody may be allowed to do with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionPermission {
    /// See what was made of it.
    ViewContent,
    /// Query it.
    Query,
    /// Change its models.
    EditModels,
    /// Change the connection itself.
    Manage,
}

impl ConnectionPermission {
    /// Every permission, in the order of the table.
    pub const ALL: [Self; 4] = [Self::ViewContent, Self::Query, Self::EditModels, Self::Manage];

    /// As stored and as sent: `edit_models`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ViewContent => "view_content",
            Self::Query => "query",
            Self::EditModels => "edit_models",
            Self::Manage => "manage",
        }
    }
    /// The permission of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.code() == code)
    }
    /// The lowest role that gives it: the whole table.
    const fn least_role(self) -> ConnectionRole {
        match self {
            Self::ViewContent => ConnectionRole::Viewer,
            Self::Query => ConnectionRole::Querier,
            Self::EditModels => ConnectionRole::Modeler,
            Self::Manage => ConnectionRole::Admin,
        }
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ViewContent => "See content",
            Self::Query => "Query",
            Self::EditModels => "Edit models",
            Self::Manage => "Manage the connection",
        }
    }
    /// What it means, in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::ViewContent => "Open dashboards and reports that others have made of it.",
            Self::Query => "Ask questions of one’s own, and save them.",
            Self::EditModels => "Change what its models hold and how they belong together.",
            Self::Manage => "Change credentials and settings of the connection in its application.",
        }
    }
}

/// By what applications know a connection: like a part of an address, unique in the organization. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionKey(String);

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// Nothing.
    #[error("Enter a key.")]
    Empty,
    /// Not what a key is made of.
    #[error("Use 1 to 48 lower-case letters, digits and hyphens, such as “warehouse”.")]
    Malformed,
}

impl ConnectionKey {
    /// Reads a key as somebody types it.
    ///
    /// # Errors
    /// [`InvalidKey`], worded for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let text = text.trim().to_ascii_lowercase();
        if text.is_empty() {
            return Err(InvalidKey::Empty);
        }
        Slug::parse(&text).map(|slug| Self(slug.as_str().to_owned())).ok_or(InvalidKey::Malformed)
    }
    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Whether somebody has typed it, to confirm what cannot be undone.
    pub fn is_confirmed_by(&self, typed: &str) -> bool {
        Self::parse(typed).as_ref() == Ok(self)
    }
}

names! {
    /// What a connection is called. Several may be called the same; their keys tell them apart.
    ConnectionName: MAX_CONNECTION_NAME_CHARS;
    /// What a model is called, unlike the others of its connection.
    ModelName: MAX_CONNECTION_NAME_CHARS;
}

/// The application that a connection belongs to, as it is kept; empty where nobody said which.
///
/// # Errors
/// [`InvalidName`], worded for the person who typed it.
pub fn application(text: &str) -> Result<String, InvalidName> {
    clean(text, MAX_APPLICATION_CHARS)
}

/// A connection of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// By what applications know it.
    pub key: ConnectionKey,
    /// Its name.
    pub name: ConnectionName,
    /// What it is; empty where nobody said so.
    pub description: String,
    /// The application that it belongs to; empty where nobody said which.
    pub application: String,
    /// What members have to whom nothing was given.
    pub default_role: ConnectionRole,
}

/// A model of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataModel {
    /// Its id.
    pub id: DataModelId,
    /// Its name.
    pub name: ModelName,
}

/// A connection, and how much hangs on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionRow {
    /// Which.
    pub connection: Connection,
    /// How many models it has.
    pub models: u64,
    /// How many groups give a role on it.
    pub groups: u64,
    /// How many people have a role of their own on it, up to a bound.
    pub people: u64,
}

impl ConnectionRow {
    /// What goes with it when it is deleted, in words; `None` where nothing does.
    pub fn takes_along(&self) -> Option<String> {
        let groups = (self.groups > 0).then(|| format!("the roles of {}", counted(self.groups, "group", "groups")));
        let people = (self.people > 0).then(|| format!("the roles of {}", people_in_words(self.people)));
        let models = (self.models > 0).then(|| counted(self.models, "model", "models"));
        let all: Vec<String> = [models, groups, people].into_iter().flatten().collect();
        match all.as_slice() {
            [] => None,
            [rest @ .., last] if !rest.is_empty() => Some(format!("{} and {last}", rest.join(", "))),
            _ => all.into_iter().next(),
        }
    }
}

/// A role that a group gives on a connection, or on one of its models alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleOfGroup {
    /// Which group.
    pub group: NamedGroup,
    /// On which model alone; `None` for the connection.
    pub model: Option<DataModel>,
    /// Which role.
    pub role: GivenRole,
}

/// A role that a person has of their own on a connection, or on one of its models alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleOfPerson {
    /// Who.
    pub person: PersonRow,
    /// On which model alone; `None` for the connection.
    pub model: Option<DataModel>,
    /// Which role.
    pub role: GivenRole,
}

impl RoleOfPerson {
    /// The place behind it in the list.
    pub fn after(&self) -> After {
        After {
            key: self.person.name.sort_key(&self.person.email),
            person: self.person.target.membership_id.clone(),
            model: self.model.as_ref().map(|model| model.id.clone()),
        }
    }
}

/// A place in the list of the people of a connection, behind somebody's role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    /// By what the list is sorted.
    pub key: String,
    /// Who.
    pub person: MembershipId,
    /// The model that the role is about, if it is about one.
    pub model: Option<DataModelId>,
}

impl After {
    /// As in the URL.
    pub fn encode(&self) -> String {
        let model = self.model.as_ref().map_or("", |model| model.as_str());
        format!("{}!{model}~{}", self.person, self.key)
    }
    /// Reads [`Self::encode`]; `None` for anything else.
    pub fn decode(text: &str) -> Option<Self> {
        let (ids, key) = text.split_once('~')?;
        let (person, model) = ids.split_once('!')?;
        if key.chars().any(char::is_control) {
            return None;
        }
        let model = if model.is_empty() { None } else { Some(DataModelId::parse(model).ok()?) };
        Some(Self { key: key.to_owned(), person: MembershipId::parse(person).ok()?, model })
    }
}

/// The connections of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionsPage {
    /// By name.
    pub rows: Vec<ConnectionRow>,
    /// The custom connection roles, by name.
    pub roles: Vec<CustomConnectionRole>,
}

/// The page of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionPage {
    /// Which.
    pub row: ConnectionRow,
    /// Its models, by name.
    pub models: Vec<DataModel>,
    /// The roles that groups give, by the names of the groups.
    pub groups: Vec<RoleOfGroup>,
    /// Every group of the organization, by name.
    pub all_groups: Vec<NamedGroup>,
    /// The custom connection roles, by name.
    pub roles: Vec<CustomConnectionRole>,
    /// The roles of people by their names, at most [`PEOPLE_PAGE`].
    pub people: Vec<RoleOfPerson>,
    /// From where the next page is read, if there is one.
    pub next: Option<After>,
    /// The server's clock at reading.
    pub now: Timestamp,
}

/// A role that a group gives, as the page of the group tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupConnection {
    /// On which connection.
    pub id: ConnectionId,
    /// What that is called.
    pub name: ConnectionName,
    /// On which of its models alone; `None` for the connection.
    pub model: Option<ModelName>,
    /// Which role.
    pub role: GivenRole,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_gives_what_those_below_it_give() {
        let table: Vec<String> = ConnectionRole::ALL
            .iter()
            .map(|role| {
                let may = ConnectionPermission::ALL.iter().map(|of| if role.may(*of) { 'x' } else { '-' });
                format!("{} {}", may.collect::<String>(), role.code())
            })
            .collect();
        assert_eq!(table, ["---- none", "x--- viewer", "xx-- querier", "xxx- modeler", "xxxx admin"]);
        for role in ConnectionRole::ALL {
            assert_eq!(ConnectionRole::from_code(role.code()), Some(role));
        }
        assert_eq!(ConnectionRole::from_code("owner"), None);
    }

    #[test]
    fn a_key_is_read_as_people_write_it() {
        let long = "x".repeat(49);
        for (text, read) in [
            (" Warehouse ", Ok("warehouse")),
            ("eu-1", Ok("eu-1")),
            ("", Err(InvalidKey::Empty)),
            (" ", Err(InvalidKey::Empty)),
            ("-a", Err(InvalidKey::Malformed)),
            ("a_b", Err(InvalidKey::Malformed)),
            ("a b", Err(InvalidKey::Malformed)),
            ("ware/house", Err(InvalidKey::Malformed)),
            (&long, Err(InvalidKey::Malformed)),
        ] {
            assert_eq!(
                ConnectionKey::parse(text).map(|key| key.as_str().to_owned()),
                read.map(str::to_owned),
                "{text}"
            );
        }
        let key = ConnectionKey::parse("warehouse").unwrap();
        assert!(key.is_confirmed_by(" Warehouse") && !key.is_confirmed_by("") && !key.is_confirmed_by("warehous"));
    }

    #[test]
    fn names_are_told_apart_as_people_do() {
        assert_eq!(ConnectionName::parse("  Data   warehouse ").unwrap().as_str(), "Data warehouse");
        assert_eq!(ModelName::parse("Büro").unwrap().key(), ModelName::parse("BURO").unwrap().key());
        assert_eq!(ModelName::parse(" "), Err(InvalidName::Empty));
        assert_eq!(ConnectionName::parse(&"x".repeat(61)), Err(InvalidName::TooLong(60)));
        assert_eq!(application(" "), Ok(String::new()));
        assert_eq!(application("a\u{202e}b"), Err(InvalidName::Unprintable));
    }

    #[test]
    fn a_place_in_the_list_survives_the_url() {
        let now = Timestamp::from_millis(1);
        let person = MembershipId::fresh(now, [1; 10]);
        for model in [None, Some(DataModelId::fresh(now, [2; 10]))] {
            let after = After { key: "ada ~ lovelace!".to_owned(), person: person.clone(), model };
            assert_eq!(After::decode(&after.encode()), Some(after));
        }
        for text in
            ["", "~", "mem_1!~ada", &format!("{person}~ada"), &format!("{person}!x~ada"), &format!("{person}!~a\n")]
        {
            assert_eq!(After::decode(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_goes_with_a_connection_is_told() {
        let connection = Connection {
            id: ConnectionId::fresh(Timestamp::from_millis(1), [1; 10]),
            key: ConnectionKey::parse("warehouse").unwrap(),
            name: ConnectionName::parse("Warehouse").unwrap(),
            description: String::new(),
            application: String::new(),
            default_role: ConnectionRole::None,
        };
        for (models, groups, people, told) in [
            (0, 0, 0, None),
            (1, 0, 0, Some("1 model")),
            (0, 2, 1, Some("the roles of 2 groups and the roles of 1 person")),
            (3, 1, 1_000, Some("3 models, the roles of 1 group and the roles of 1,000 people or more")),
        ] {
            let row = ConnectionRow { connection: connection.clone(), models, groups, people };
            assert_eq!(row.takes_along().as_deref(), told);
        }
    }
}
