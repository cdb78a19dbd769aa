//! Custom roles: a base role less some permissions, under a name of its own (B41).

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::{
    Kind, Permission, PermissionSet, Role, RoleId,
    id::Id as _,
    name::{InvalidName, clean_name, names},
    text::fold,
};

/// What a role gives: what its base role gives, less what a custom role takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// The base role.
    pub base: Role,
    /// What is taken away; nothing of it for the base role itself.
    pub withheld: PermissionSet,
}

impl Grant {
    /// What it comes to.
    #[must_use]
    pub const fn permissions(self) -> PermissionSet {
        self.base.permissions().without(self.withheld)
    }
    /// Whether it is less than its base role.
    pub const fn is_custom(self) -> bool {
        !self.withheld.is_empty()
    }
    /// In words, for somebody of a kind: its base role and what is taken away from it.
    pub fn less_in_words(self, kind: Kind) -> String {
        let base = self.base.label_as(kind);
        if !self.is_custom() {
            return base.to_owned();
        }
        format!("{base}, less: {}", self.withheld.in_words())
    }
    /// The name of a role that gives this, where it stands among others: a variation says of what.
    pub fn listed_as(self, name: &str) -> String {
        if self.is_custom() { format!("{name} (a variation of {})", self.base.label()) } else { name.to_owned() }
    }
}

impl From<Role> for Grant {
    fn from(base: Role) -> Self {
        Self { base, withheld: PermissionSet::default() }
    }
}

/// A role as somebody chooses it: a base role, or a custom one. Travels as one text, `admin` or `rol_…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RoleChoice {
    /// A base role.
    Base(Role),
    /// A custom role of the organization.
    Custom(RoleId),
}

impl From<Role> for RoleChoice {
    fn from(role: Role) -> Self {
        Self::Base(role)
    }
}

impl fmt::Display for RoleChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base(role) => f.write_str(role.code()),
            Self::Custom(id) => f.write_str(id.as_str()),
        }
    }
}

impl From<RoleChoice> for String {
    fn from(choice: RoleChoice) -> Self {
        choice.to_string()
    }
}

/// No role has this code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Choose one of the roles.")]
pub struct NoSuchRole;

impl TryFrom<String> for RoleChoice {
    type Error = NoSuchRole;
    fn try_from(code: String) -> Result<Self, NoSuchRole> {
        Role::from_code(&code).map(Self::Base).or_else(|| RoleId::parse(&code).ok().map(Self::Custom)).ok_or(NoSuchRole)
    }
}

/// The longest name of a custom role, in characters.
pub const MAX_ROLE_NAME_CHARS: usize = 40;

names! {
    /// The name of a custom role, unlike the names of the base roles.
    RoleName;
}

/// Why a text is no name of a custom role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRoleName {
    /// No name at all.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// The name of a base role.
    #[error("This is the name of a base role. Choose another one.")]
    Base,
}

impl RoleName {
    /// Reads a name of 1 to [`MAX_ROLE_NAME_CHARS`] characters.
    ///
    /// # Errors
    /// [`InvalidRoleName`], worded for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, InvalidRoleName> {
        let name = Self(clean_name(text, MAX_ROLE_NAME_CHARS)?);
        let is_base = Role::ALL.iter().any(|role| fold(role.label()) == name.key());
        if is_base { Err(InvalidRoleName::Base) } else { Ok(name) }
    }
}

/// A custom role of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomRole {
    /// Its id.
    pub id: RoleId,
    /// Its name.
    pub name: RoleName,
    /// What it gives.
    pub grant: Grant,
    /// How many people have it.
    pub people: u64,
    /// How many groups give it (B38).
    #[serde(default)]
    pub groups: u64,
}

impl CustomRole {
    /// Whether nobody has it, and nobody comes to it by a group.
    pub const fn is_unused(&self) -> bool {
        self.people == 0 && self.groups == 0
    }
}

/// Why permissions taken away make no custom role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGrant {
    /// The base role is none of [`BASES`].
    #[error("Choose Admin, Member or Viewer as the base role.")]
    Base,
    /// Nothing is taken away.
    #[error("Take at least one permission away. With all of them it is the base role itself.")]
    Nothing,
    /// Everything is taken away.
    #[error("Leave at least one permission. To keep somebody out, deactivate them.")]
    Everything,
}

/// The base roles of which there can be variations. The Owner holds everything, always; a Partner sees one section.
pub const BASES: [Role; 3] = [Role::Admin, Role::Member, Role::Viewer];

/// How many custom roles an organization can have.
pub const MOST: usize = 50;

/// What a custom role gives whose base role loses these permissions; what the base has not is left aside.
///
/// # Errors
/// [`InvalidGrant`], worded for whoever makes the role.
pub fn vary(base: Role, withheld: PermissionSet) -> Result<Grant, InvalidGrant> {
    if !BASES.contains(&base) {
        return Err(InvalidGrant::Base);
    }
    let withheld: Vec<Permission> = withheld.iter().filter(|of| base.permissions().has(*of)).collect();
    let grant = Grant { base, withheld: PermissionSet::of(&withheld) };
    match grant {
        grant if !grant.is_custom() => Err(InvalidGrant::Nothing),
        grant if grant.permissions().is_empty() => Err(InvalidGrant::Everything),
        grant => Ok(grant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    #[test]
    fn a_variation_takes_something_away_and_leaves_something() {
        let set = PermissionSet::of;
        for (base, withheld, expected) in [
            (Role::Admin, set(&[Permission::RemovePeople]), Ok(set(&[Permission::RemovePeople]))),
            // What the base has not cannot be taken away.
            (Role::Member, set(&[Permission::UseFeatures, Permission::ViewAudit]), Ok(set(&[Permission::UseFeatures]))),
            (Role::Member, set(&[Permission::ViewAudit]), Err(InvalidGrant::Nothing)),
            (Role::Admin, set(&[]), Err(InvalidGrant::Nothing)),
            (Role::Viewer, set(&[Permission::ViewContent]), Err(InvalidGrant::Everything)),
            (Role::Owner, set(&[Permission::ViewAudit]), Err(InvalidGrant::Base)),
            (Role::Partner, set(&[Permission::ViewPartnerSection]), Err(InvalidGrant::Base)),
        ] {
            assert_eq!(vary(base, withheld).map(|grant| grant.withheld), expected, "{base:?} {withheld:?}");
        }
        let grant = vary(Role::Member, set(&[Permission::UseFeatures])).unwrap();
        assert_eq!(grant.permissions(), set(&[Permission::ViewContent]));
    }

    #[test]
    fn a_variation_says_of_what_and_what_it_lacks() {
        let desk = vary(Role::Admin, PermissionSet::of(&[Permission::InvitePeople, Permission::ViewAudit])).unwrap();
        let less = [Permission::InvitePeople, Permission::ViewAudit].map(Permission::label).join(", ");
        for (grant, kind, in_words, listed) in [
            (desk, Kind::Standard, format!("Admin, less: {less}"), "Desk (a variation of Admin)"),
            (desk, Kind::External, format!("External admin, less: {less}"), "Desk (a variation of Admin)"),
            (Role::Viewer.into(), Kind::Standard, "Viewer".to_owned(), "Desk"),
        ] {
            assert_eq!(grant.less_in_words(kind), in_words);
            assert_eq!(grant.listed_as("Desk"), listed);
        }
    }

    #[test]
    fn names_are_told_apart_as_people_do() {
        assert_eq!(RoleName::parse("  Help  desk ").unwrap().as_str(), "Help desk");
        assert_eq!(RoleName::parse("Überblick").unwrap().key(), RoleName::parse("UBERBLICK").unwrap().key());
        for (typed, why) in [
            (" ", InvalidName::Empty.into()),
            ("ADMIN", InvalidRoleName::Base),
            (&"x".repeat(41), InvalidName::TooLong(40).into()),
        ] {
            assert_eq!(RoleName::parse(typed), Err(why), "{typed}");
        }
    }

    #[test]
    fn a_choice_is_one_text() {
        let custom = RoleChoice::Custom(RoleId::fresh(Timestamp::from_millis(1), [1; 10]));
        for choice in [RoleChoice::Base(Role::Admin), custom] {
            assert_eq!(RoleChoice::try_from(choice.to_string()), Ok(choice));
        }
        assert_eq!(RoleChoice::try_from("root".to_owned()), Err(NoSuchRole));
    }
}
