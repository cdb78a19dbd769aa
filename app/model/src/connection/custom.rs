//! Custom connection roles (B40, B41): a role of the ladder less some of what it gives, under a name of the organization's own.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::{ConnectionPermission, ConnectionRole};
use crate::{
    ConnectionRoleId,
    custom_role::MAX_ROLE_NAME_CHARS,
    id::Id as _,
    name::{InvalidName, clean_name, names},
    set::set,
    text::fold,
};

/// How many custom connection roles an organization can have.
pub const MOST_CUSTOM: usize = 50;

set! {
    /// What somebody may do with a connection.
    ConnectionPermissions(u8) of ConnectionPermission
}

names! {
    /// The name of a custom connection role, unlike those of the ladder.
    ConnectionRoleName;
}

/// Why a text is no such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidConnectionRoleName {
    /// No name at all.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// The name of one of the ladder.
    #[error("There is a role of this name already. Choose another name.")]
    Base,
}

impl ConnectionRoleName {
    /// Reads a name of 1 to [`MAX_ROLE_NAME_CHARS`] characters.
    ///
    /// # Errors
    /// [`InvalidConnectionRoleName`], worded for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, InvalidConnectionRoleName> {
        let name = Self(clean_name(text, MAX_ROLE_NAME_CHARS)?);
        let is_base = ConnectionRole::ALL.iter().any(|role| fold(role.label()) == name.key());
        if is_base { Err(InvalidConnectionRoleName::Base) } else { Ok(name) }
    }
}

/// A custom connection role of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomConnectionRole {
    /// Its id.
    pub id: ConnectionRoleId,
    /// Its name.
    pub name: ConnectionRoleName,
    /// The role of the ladder that it is a variation of.
    pub base: ConnectionRole,
    /// What is taken away from that.
    pub withheld: ConnectionPermissions,
}

impl CustomConnectionRole {
    /// What it gives.
    pub fn permissions(&self) -> ConnectionPermissions {
        self.base.permissions().without(self.withheld)
    }
    /// In words: its base and what is taken away.
    pub fn less_in_words(&self) -> String {
        format!("{}, less: {}", self.base.label(), self.withheld.in_words())
    }
}

/// A role on a connection, as it is given: one of the ladder, or a custom one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GivenRole {
    /// One of the ladder.
    Base(ConnectionRole),
    /// A variation of one.
    Custom(CustomConnectionRole),
}

impl From<ConnectionRole> for GivenRole {
    fn from(role: ConnectionRole) -> Self {
        Self::Base(role)
    }
}

impl GivenRole {
    /// The role of the ladder, or the one that it is a variation of.
    pub const fn base(&self) -> ConnectionRole {
        match self {
            Self::Base(role) => *role,
            Self::Custom(role) => role.base,
        }
    }
    /// What it takes away, whoever gives the rest.
    pub fn withheld(&self) -> ConnectionPermissions {
        match self {
            Self::Base(_) => ConnectionPermissions::default(),
            Self::Custom(role) => role.withheld,
        }
    }
    /// As shown.
    pub fn label(&self) -> &str {
        match self {
            Self::Base(role) => role.label(),
            Self::Custom(role) => role.name.as_str(),
        }
    }
    /// As it is chosen.
    pub fn choice(&self) -> ConnectionRoleChoice {
        match self {
            Self::Base(role) => ConnectionRoleChoice::Base(*role),
            Self::Custom(role) => ConnectionRoleChoice::Custom(role.id.clone()),
        }
    }
}

/// A role on a connection as somebody chooses it. Travels as one text, `querier` or `cro_…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionRoleChoice {
    /// One of the ladder.
    Base(ConnectionRole),
    /// A custom one of the organization.
    Custom(ConnectionRoleId),
}

impl ConnectionRoleChoice {
    /// Reads what [`fmt::Display`] writes; `None` for anything else.
    pub fn parse(code: &str) -> Option<Self> {
        let custom = || ConnectionRoleId::parse(code).ok().map(Self::Custom);
        ConnectionRole::from_code(code).map(Self::Base).or_else(custom)
    }
}

impl fmt::Display for ConnectionRoleChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base(role) => f.write_str(role.code()),
            Self::Custom(id) => f.write_str(id.as_str()),
        }
    }
}

/// Why permissions taken away make no custom connection role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVariation {
    /// Of no access there are no variations.
    #[error("Choose the role that it is a variation of.")]
    Base,
    /// Nothing is taken away.
    #[error("Take at least one permission away. With all of them it is the role itself.")]
    Nothing,
    /// Everything is taken away.
    #[error("Leave at least one permission. To keep somebody out, give “No access”.")]
    Everything,
}

/// What a custom connection role takes away whose base loses these permissions; what the base has not is left aside.
///
/// # Errors
/// [`InvalidVariation`], worded for whoever makes the role.
pub fn vary(base: ConnectionRole, withheld: ConnectionPermissions) -> Result<ConnectionPermissions, InvalidVariation> {
    let given = base.permissions();
    let withheld: ConnectionPermissions = withheld.iter().filter(|of| given.has(*of)).collect();
    if given.is_empty() {
        Err(InvalidVariation::Base)
    } else if withheld.is_empty() {
        Err(InvalidVariation::Nothing)
    } else if given.without(withheld).is_empty() {
        Err(InvalidVariation::Everything)
    } else {
        Ok(withheld)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use ConnectionPermission::{EditModels, Manage, Query, ViewContent};

    fn set(list: &[ConnectionPermission]) -> ConnectionPermissions {
        list.iter().copied().collect()
    }

    #[test]
    fn a_variation_takes_something_away_and_leaves_something() {
        for (base, withheld, expected) in [
            (ConnectionRole::Modeler, set(&[Query]), Ok(set(&[Query]))),
            // What the base has not cannot be taken away.
            (ConnectionRole::Modeler, set(&[Query, Manage]), Ok(set(&[Query]))),
            (ConnectionRole::Modeler, set(&[Manage]), Err(InvalidVariation::Nothing)),
            (ConnectionRole::Admin, set(&[]), Err(InvalidVariation::Nothing)),
            (ConnectionRole::Viewer, set(&[ViewContent]), Err(InvalidVariation::Everything)),
            (ConnectionRole::None, set(&[ViewContent]), Err(InvalidVariation::Base)),
        ] {
            assert_eq!(vary(base, withheld), expected, "{base:?} {withheld:?}");
        }
    }

    #[test]
    fn a_set_survives_the_database_and_the_wire() {
        let some = set(&[EditModels, Query]);
        assert_eq!((some.codes().as_str(), some.in_words().as_str()), ("query edit_models", "Query, Edit models"));
        assert_eq!(ConnectionPermissions::from_codes("edit_models no_such_thing query"), some);
        let json = serde_json::to_string(&some).unwrap();
        assert_eq!(json, r#"["query","edit_models"]"#);
        assert_eq!(serde_json::from_str::<ConnectionPermissions>(&json).unwrap(), some);
    }

    #[test]
    fn a_choice_is_one_text_and_a_name_is_its_own() {
        let custom = ConnectionRoleChoice::Custom(ConnectionRoleId::fresh(Timestamp::from_millis(1), [1; 10]));
        for choice in [ConnectionRoleChoice::Base(ConnectionRole::Querier), custom] {
            assert_eq!(ConnectionRoleChoice::parse(&choice.to_string()), Some(choice));
        }
        assert_eq!(ConnectionRoleChoice::parse("owner"), None);
        for (typed, why) in [
            (" ", InvalidName::Empty.into()),
            ("connection ADMIN", InvalidConnectionRoleName::Base),
            (&"x".repeat(41), InvalidName::TooLong(40).into()),
        ] {
            assert_eq!(ConnectionRoleName::parse(typed), Err(why), "{typed}");
        }
        assert_eq!(ConnectionRoleName::parse(" Blind  modeler ").unwrap().as_str(), "Blind modeler");
    }
}
