//! Groups: people under one name, and roles that they have through it (B38, B41). A group can stand under another one, one
//! level deep; who is in it is in the other as well.

use serde::{Deserialize, Serialize};

use crate::{
    CustomRole, Grant, GroupId, Kind, PermissionSet, Role, RoleChoice, Timestamp,
    attribute::{Attribute, Values},
    connection::GroupConnection,
    custom_role::BASES,
    name::{InvalidName, clean_lines, names},
    people::{Cursor, PersonRow},
};

/// The longest name of a group, in characters.
pub const MAX_GROUP_NAME_CHARS: usize = 60;
/// The longest description, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 300;
/// How many groups an organization can have.
pub const MOST: usize = 100;
/// How many people are put into a group by one request; more are a job.
pub const MOST_AT_ONCE: usize = 500;
/// How many people a search for who could be put into a group finds at most.
pub const FOUND: usize = 20;
/// People on a page of a group.
pub const MEMBERS_PAGE: usize = 50;
/// How many of the roles that a group gives on connections stand on its page.
pub const CONNECTIONS_SHOWN: usize = 200;

names! {
    /// The name of a group.
    GroupName: MAX_GROUP_NAME_CHARS;
}

/// Why a text cannot describe a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDescription {
    /// Over [`MAX_DESCRIPTION_CHARS`].
    #[error("This is too long; use at most {MAX_DESCRIPTION_CHARS} characters.")]
    TooLong,
    /// Control or direction-override characters.
    #[error("This contains characters that cannot be shown.")]
    Unprintable,
}

/// A description as it is kept; empty where there is none.
///
/// # Errors
/// [`InvalidDescription`], worded for the person who typed it.
pub fn description(text: &str) -> Result<String, InvalidDescription> {
    clean_lines(text, MAX_DESCRIPTION_CHARS).map_err(|why| match why {
        InvalidName::Unprintable => InvalidDescription::Unprintable,
        InvalidName::TooLong(_) | InvalidName::Empty => InvalidDescription::TooLong,
    })
}

/// A group by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedGroup {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: GroupName,
}

/// A role that a group gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRole {
    /// As it was chosen.
    pub choice: RoleChoice,
    /// As shown.
    pub label: String,
    /// What it gives.
    pub grant: Grant,
}

impl From<Role> for GroupRole {
    fn from(base: Role) -> Self {
        Self { choice: base.into(), label: base.label().to_owned(), grant: base.into() }
    }
}

impl From<CustomRole> for GroupRole {
    fn from(role: CustomRole) -> Self {
        Self { choice: RoleChoice::Custom(role.id), label: role.name.as_str().to_owned(), grant: role.grant }
    }
}

/// The group that another one stands under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentGroup {
    /// Which.
    pub group: NamedGroup,
    /// The role that it gives.
    pub role: Option<GroupRole>,
}

/// A group of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: GroupName,
    /// What it is for; empty where nobody said so.
    pub description: String,
    /// What it stands under.
    pub parent: Option<ParentGroup>,
    /// The role that its people have through it.
    pub role: Option<GroupRole>,
    /// How many groups stand under it.
    pub subgroups: u64,
    /// How many people are in it, up to a bound; not those of the groups under it.
    pub people: u64,
    /// Whether roles on connections come with it, by itself or by the group above (B40).
    #[serde(default)]
    pub connections: bool,
}

impl Group {
    /// By its name.
    pub fn named(&self) -> NamedGroup {
        NamedGroup { id: self.id.clone(), name: self.name.clone() }
    }
    /// What its people have through it.
    pub fn gives(&self) -> GroupGives {
        let grant = |role: &GroupRole| role.grant;
        let parent = self.parent.as_ref().and_then(|parent| parent.role.as_ref());
        GroupGives { own: self.role.as_ref().map(grant), parent: parent.map(grant), connections: self.connections }
    }
    /// Whether nobody has anything through it.
    pub fn is_without_people(&self) -> bool {
        self.people == 0 && self.subgroups == 0
    }
    /// Whether it may stand under another one: one level, and no more (B38).
    ///
    /// # Errors
    /// [`Misplaced`], worded for whoever chose it.
    pub fn may_stand_under(&self, parent: &Self) -> Result<(), Misplaced> {
        if parent.id == self.id {
            Err(Misplaced::UnderItself)
        } else if self.subgroups > 0 {
            Err(Misplaced::HasSubgroups)
        } else {
            parent.may_hold_groups()
        }
    }
    /// Whether a new group may stand under it.
    ///
    /// # Errors
    /// [`Misplaced`], worded for whoever chose it.
    pub fn may_hold_groups(&self) -> Result<(), Misplaced> {
        if self.parent.is_some() { Err(Misplaced::TooDeep) } else { Ok(()) }
    }
}

/// The groups of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupsPage {
    /// By name.
    pub groups: Vec<Group>,
    /// The roles that they can give.
    pub roles: Vec<GroupRole>,
}

/// A group with a page of its people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPage {
    /// Which.
    pub group: Group,
    /// The groups that it can stand under, by name.
    pub parents: Vec<NamedGroup>,
    /// Those under it, by name.
    pub subgroups: Vec<NamedGroup>,
    /// The roles that it can give.
    pub roles: Vec<GroupRole>,
    /// The attributes of the organization, with what it says (B39).
    #[serde(default)]
    pub attributes: Vec<(Attribute, Values)>,
    /// The roles that it gives on connections, by the names of those, at most [`CONNECTIONS_SHOWN`] (B40).
    #[serde(default)]
    pub connections: Vec<GroupConnection>,
    /// Its people by name, at most [`MEMBERS_PAGE`].
    pub rows: Vec<PersonRow>,
    /// From where the next page is read, if there is one.
    pub next: Option<Cursor>,
    /// The server's clock at reading.
    pub now: Timestamp,
}

/// Somebody who may be put into a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub person: PersonRow,
    /// Whether they are in it.
    pub is_inside: bool,
}

/// Why a group cannot stand under another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misplaced {
    /// The same one.
    #[error("A group cannot be part of itself.")]
    UnderItself,
    /// Groups stand under it already.
    #[error("Other groups are part of this one, so it cannot be part of another.")]
    HasSubgroups,
    /// The other one stands under a third.
    #[error("This group is part of another one already. Groups are nested one level deep.")]
    TooDeep,
}

/// What somebody has through one group: by its own role and by that of the group above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct GroupGives {
    /// By its own role.
    pub own: Option<Grant>,
    /// By that of the group above.
    pub parent: Option<Grant>,
    /// Whether roles on connections come with it, whichever (B40).
    #[serde(default)]
    pub connections: bool,
}

impl GroupGives {
    /// Both, as far as they are there.
    pub fn grants(self) -> impl Iterator<Item = Grant> {
        [self.own, self.parent].into_iter().flatten()
    }
    /// Whether it changes nobody's access.
    pub const fn is_nothing(self) -> bool {
        self.own.is_none() && self.parent.is_none() && !self.connections
    }
}

/// What somebody has through all their groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct GroupGrants {
    /// What the base roles of all of them give together.
    pub granted: PermissionSet,
    /// What any of them takes away.
    pub withheld: PermissionSet,
}

impl GroupGrants {
    /// What these come to for somebody of a kind. A role that the kind cannot have counts for nothing, and a group makes nobody
    /// an Owner or a Partner.
    pub fn of(grants: impl IntoIterator<Item = Grant>, kind: Kind) -> Self {
        grants.into_iter().filter(|grant| counts(*grant, kind)).fold(Self::default(), |all, grant| Self {
            granted: all.granted.union(grant.base.permissions()),
            withheld: all.withheld.union(grant.withheld),
        })
    }
    /// What somebody holds who has this beside a role of their own. Deny wins, but over an Owner, whom nothing narrows.
    #[must_use]
    pub fn beside(self, own: Grant) -> PermissionSet {
        match own.base {
            Role::Owner => own.base.permissions(),
            base => base.permissions().union(self.granted).without(own.withheld.union(self.withheld)),
        }
    }
}

/// Whether a role that a group gives counts for somebody of a kind.
pub(crate) fn counts(grant: Grant, kind: Kind) -> bool {
    BASES.contains(&grant.base) && grant.base.fits(kind)
}

/// A group that somebody is in, and what they have through it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupOf {
    /// Which.
    pub group: NamedGroup,
    /// The group under it in which they are, where it is not this one itself.
    pub via: Option<NamedGroup>,
    /// The role that it gives.
    pub role: Option<GroupRole>,
}

impl GroupOf {
    /// In words, as where something comes from.
    pub fn whence(&self) -> String {
        match &self.via {
            Some(via) => format!("through {}, of which {} is a part", self.group.name.as_str(), via.name.as_str()),
            None => format!("through {}", self.group.name.as_str()),
        }
    }
}

/// The role that somebody has of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRole {
    /// As shown.
    pub label: String,
    /// What it gives.
    pub grant: Grant,
}

/// What a line of [`Access`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Gives a role.
    Gives,
    /// Takes permissions away.
    TakesAway,
    /// Would give a role that people of this kind cannot have.
    Nothing,
}

/// One reason for what somebody may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLine {
    /// What it does.
    pub effect: Effect,
    /// The role, or what is taken away.
    pub what: String,
    /// From where it comes.
    pub whence: String,
}

impl AccessLine {
    /// As one text: `less Edit policies – through Help desk`.
    pub fn sentence(&self) -> String {
        let Self { what, whence, .. } = self;
        match self.effect {
            Effect::Gives => format!("{what} – {whence}"),
            Effect::TakesAway => format!("less {what} – {whence}"),
            Effect::Nothing => format!("{what} – {whence}, which counts for nothing here"),
        }
    }
}

/// What somebody may do, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The highest of their base roles.
    pub role: Role,
    /// Whether something of that is taken away.
    pub is_narrowed: bool,
    /// Why: what gives it first, the highest in front, then what takes away.
    pub lines: Vec<AccessLine>,
}

/// Explains what somebody of a kind may do, who has a role of their own and is in groups (B41). By the same rules as
/// [`crate::Actor::permissions`], but for the mask of the kind.
pub fn access(own: &OwnRole, groups: &[GroupOf], kind: Kind) -> Access {
    if own.grant.base == Role::Owner {
        let line = AccessLine { effect: Effect::Gives, what: own.label.clone(), whence: OWN.to_owned() };
        return Access { role: Role::Owner, is_narrowed: false, lines: vec![line] };
    }
    let mut sources = vec![(own.grant, own.label.clone(), OWN.to_owned())];
    let mut lost = Vec::new();
    for of in groups {
        let Some(role) = &of.role else { continue };
        let whence = of.whence();
        if counts(role.grant, kind) {
            sources.push((role.grant, role.label.clone(), whence));
        } else {
            lost.push(AccessLine { effect: Effect::Nothing, what: role.label.clone(), whence });
        }
    }
    // The highest first; of those that are alike the own one, then as the groups came.
    sources.sort_by_key(|(grant, ..)| grant.base);
    let all = sources.iter().fold(PermissionSet::default(), |all, (grant, ..)| all.union(grant.base.permissions()));
    let gives = sources.iter().map(|(_, label, whence)| AccessLine {
        effect: Effect::Gives,
        what: label.clone(),
        whence: whence.clone(),
    });
    let takes = sources.iter().filter(|(grant, ..)| grant.is_custom()).map(|(grant, _, whence)| {
        let what: Vec<_> = grant.withheld.iter().filter(|of| all.has(*of)).map(crate::Permission::label).collect();
        AccessLine { effect: Effect::TakesAway, what: what.join(", "), whence: whence.clone() }
    });
    let lines: Vec<AccessLine> = gives.chain(takes).chain(lost).collect();
    Access {
        role: sources.first().map_or(own.grant.base, |(grant, ..)| grant.base),
        is_narrowed: sources.iter().any(|(grant, ..)| grant.is_custom()),
        lines,
    }
}

pub(crate) const OWN: &str = "own role";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Permission, id::Id as _};

    fn named(name: &str) -> NamedGroup {
        NamedGroup {
            id: GroupId::fresh(Timestamp::from_millis(1), [u8::try_from(name.len()).unwrap(); 10]),
            name: GroupName::parse(name).unwrap(),
        }
    }

    fn group(name: &str) -> Group {
        let NamedGroup { id, name } = named(name);
        let (description, parent, role) = (String::new(), None, None);
        Group { id, name, description, parent, role, subgroups: 0, people: 0, connections: false }
    }

    fn role(base: Role, withheld: &[Permission], label: &str) -> GroupRole {
        let grant = Grant { base, withheld: PermissionSet::of(withheld) };
        GroupRole { choice: base.into(), label: label.to_owned(), grant }
    }

    #[test]
    fn names_are_told_apart_as_people_do() {
        assert_eq!(GroupName::parse("  Help  desk ").unwrap().as_str(), "Help desk");
        assert_eq!(GroupName::parse("Zoë").unwrap().key(), GroupName::parse("ZOE").unwrap().key());
        assert_eq!(GroupName::parse(" "), Err(InvalidName::Empty));
        assert_eq!(GroupName::parse(&"x".repeat(61)), Err(InvalidName::TooLong(60)));
        assert_eq!(description(" a \n\n b "), Ok("a\nb".to_owned()));
        assert_eq!(description(&"x".repeat(301)), Err(InvalidDescription::TooLong));
        assert_eq!(description("a\u{202e}b"), Err(InvalidDescription::Unprintable));
    }

    #[test]
    fn groups_are_nested_one_level_deep() {
        let (top, other) = (group("Top"), group("Other"));
        let parent = ParentGroup { group: top.named(), role: None };
        let inner = Group { parent: Some(parent), ..group("Inside") };
        let holder = Group { subgroups: 1, ..group("Holding") };
        for (of, under, expected) in [
            (&other, &top, Ok(())),
            (&inner, &other, Ok(())),
            (&other, &holder, Ok(())),
            (&top, &top, Err(Misplaced::UnderItself)),
            (&other, &inner, Err(Misplaced::TooDeep)),
            (&holder, &top, Err(Misplaced::HasSubgroups)),
        ] {
            assert_eq!(of.may_stand_under(under), expected, "{:?} {:?}", of.name, under.name);
        }
    }

    #[test]
    fn what_groups_give_adds_up_and_what_one_takes_is_taken() {
        let grant = |base, withheld: &[Permission]| Grant { base, withheld: PermissionSet::of(withheld) };
        let audit = [Permission::ViewAudit];
        for (grants, kind, granted, withheld) in [
            (vec![], Kind::Standard, PermissionSet::default(), PermissionSet::default()),
            (
                vec![grant(Role::Viewer, &[]), grant(Role::Member, &[])],
                Kind::Standard,
                Role::Member.permissions(),
                PermissionSet::default(),
            ),
            (
                vec![grant(Role::Admin, &audit), grant(Role::Admin, &[])],
                Kind::Standard,
                Role::Admin.permissions(),
                PermissionSet::of(&audit),
            ),
            // Externals are users or admins.
            (
                vec![grant(Role::Member, &[Permission::UseFeatures]), grant(Role::Viewer, &[])],
                Kind::External,
                Role::Viewer.permissions(),
                PermissionSet::default(),
            ),
            // Whatever is stored.
            (
                vec![grant(Role::Owner, &[]), grant(Role::Partner, &[])],
                Kind::Standard,
                PermissionSet::default(),
                PermissionSet::default(),
            ),
        ] {
            assert_eq!(GroupGrants::of(grants.clone(), kind), GroupGrants { granted, withheld }, "{grants:?}");
        }
    }

    #[test]
    fn where_a_role_comes_from_is_told() {
        let own = OwnRole { label: "Member".to_owned(), grant: Role::Member.into() };
        let of = |group: &str, via: Option<&str>, role: Option<GroupRole>| GroupOf {
            group: named(group),
            via: via.map(named),
            role,
        };
        let groups = [
            of("Chess", None, None),
            of("Support", None, Some(role(Role::Admin, &[], "Admin"))),
            of("Company", Some("Support"), Some(role(Role::Admin, &[Permission::EditPolicies], "Help desk"))),
        ];
        let told = |found: &Access| found.lines.iter().map(AccessLine::sentence).collect::<Vec<_>>();
        let found = access(&own, &groups, Kind::Standard);
        assert_eq!((found.role, found.is_narrowed), (Role::Admin, true));
        assert_eq!(
            told(&found),
            [
                "Admin – through Support",
                "Help desk – through Company, of which Support is a part",
                "Member – own role",
                "less Edit policies – through Company, of which Support is a part",
            ]
        );
        let alone = access(&own, &groups[..1], Kind::Standard);
        assert_eq!((alone.role, told(&alone)), (Role::Member, vec!["Member – own role".to_owned()]));
        let owner = OwnRole { label: "Owner".to_owned(), grant: Role::Owner.into() };
        assert_eq!(told(&access(&owner, &groups, Kind::Standard)), ["Owner – own role"]);
        let guest = OwnRole { label: "External user".to_owned(), grant: Role::Viewer.into() };
        let members = [of("Staff", None, Some(role(Role::Member, &[], "Member")))];
        assert_eq!(
            told(&access(&guest, &members, Kind::External)),
            ["External user – own role", "Member – through Staff, which counts for nothing here"]
        );
    }
}
