use proptest::prelude::*;

use super::*;
use crate::{Permission, PermissionSet, Role, custom_role::RoleName, ends::RoleEnd, group::ParentGroup};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn group_id(i: u8) -> GroupId {
    GroupId::fresh(at(1), [i; 10])
}

fn role_id(i: u8) -> RoleId {
    RoleId::fresh(at(1), [i; 10])
}

fn named(i: u8) -> NamedGroup {
    NamedGroup { id: group_id(i), name: GroupName::parse(&format!("Group {i}")).unwrap() }
}

/// What a change does, to the person or to what gives access.
#[derive(Debug, Clone)]
enum Op {
    ChangeRole(Pick),
    Switch,
    Limit(i64, i64),
    JoinOrLeave(u8),
    ChangeGroup(u8, Option<Pick>, Option<u8>),
    DeleteGroup(u8),
    ChangeCustom(u8, Permission),
    DeleteCustom(u8),
    ArchiveOrRestore,
}

/// A base role, or the custom role of a number.
#[derive(Debug, Clone, Copy)]
enum Pick {
    Base(Role),
    Custom(u8),
}

/// An organization with one person in it, and the log that is written as it changes.
#[derive(Debug, Clone)]
struct World {
    person: PersonWas,
    joined_at: Timestamp,
    inside: Vec<NamedGroup>,
    groups: Vec<Group>,
    roles: Vec<CustomRole>,
    archived: bool,
    log: Vec<Line>,
    definitions: Vec<Line>,
}

impl World {
    fn new() -> Self {
        let group = |i| Group {
            id: group_id(i),
            name: named(i).name,
            description: String::new(),
            parent: None,
            role: None,
            subgroups: 0,
            people: 0,
            connections: false,
        };
        let role = |i| CustomRole {
            id: role_id(i),
            name: RoleName::parse(&format!("Role {i}")).unwrap(),
            grant: Grant { base: Role::Admin, withheld: PermissionSet::of(&[Permission::ViewAudit]) },
            people: 0,
            groups: 0,
        };
        Self {
            person: PersonWas {
                choice: Role::Member.into(),
                grant: Role::Member.into(),
                status: Status::Active,
                ends: Ends::default(),
            },
            joined_at: at(20),
            inside: Vec::new(),
            groups: (1..4).map(group).collect(),
            roles: (1..3).map(role).collect(),
            archived: false,
            log: Vec::new(),
            definitions: Vec::new(),
        }
    }

    fn picked(&self, pick: Pick) -> Option<GroupRole> {
        match pick {
            Pick::Base(base) => Some(base.into()),
            Pick::Custom(i) => self.roles.iter().find(|role| role.id == role_id(i)).cloned().map(Into::into),
        }
    }

    /// What decides now, in the order and the words of [`facts_at`].
    fn facts(&self, now: Timestamp) -> Facts {
        let present = Present {
            person: self.person.clone(),
            kind: Kind::Standard,
            inside: self.inside.clone(),
            created_at: at(10),
            joined_at: Some(self.joined_at),
            groups: &self.groups,
            roles: &self.roles,
            org_kind: OrgKind::Customer,
            archived: self.archived,
        };
        facts_at(&present, Log { person: &[], definitions: &[] }, now).unwrap()
    }

    /// Does it, and writes what the service writes.
    fn apply(&mut self, op: &Op, now: Timestamp) {
        let line = |action: &str, target: &str, was: Was| Line {
            at: now,
            action: action.to_owned(),
            target_id: target.to_owned(),
            was,
            group: None,
            role: None,
        };
        let of_person = |world: &Self| Was { person: Some(world.person.clone()), ..Was::default() };
        match op {
            Op::ChangeRole(pick) => {
                let Some(role) = self.picked(*pick) else { return };
                let got = match &role.choice {
                    RoleChoice::Custom(id) => Some(id.clone()),
                    RoleChoice::Base(_) => None,
                };
                self.log.push(Line { role: got, ..line("membership.role_changed", "person", of_person(self)) });
                self.person.ends.role = None;
                (self.person.choice, self.person.grant) = (role.choice, role.grant);
            }
            Op::Switch => {
                let (to, action) = match self.person.status {
                    Status::Active => (Status::Deactivated, "membership.deactivated"),
                    _ => (Status::Active, "membership.activated"),
                };
                self.log.push(line(action, "person", of_person(self)));
                self.person.status = to;
            }
            Op::Limit(access, role) => {
                self.log.push(line("membership.limited", "person", of_person(self)));
                self.person.ends.access = Some(now.plus(*access));
                self.person.ends.role = Some(RoleEnd { at: now.plus(*role), then: Role::Viewer });
            }
            Op::JoinOrLeave(i) => {
                let Some(group) = self.groups.iter().find(|group| group.id == group_id(*i)).map(Group::named) else {
                    return;
                };
                let inside = self.inside.iter().position(|of| of.id == group.id);
                let action = if inside.is_some() { LEFT } else { JOINED };
                self.log.push(Line { group: Some(group.clone()), ..line(action, "person", Was::default()) });
                match inside {
                    Some(i) => drop(self.inside.remove(i)),
                    None => self.inside.push(group),
                }
            }
            Op::ChangeGroup(i, role, parent) => {
                let role = role.and_then(|pick| self.picked(pick));
                let parent =
                    parent.filter(|of| of != i).and_then(|of| self.groups.iter().find(|g| g.id == group_id(of)));
                let parent = parent.map(|of| ParentGroup { group: of.named(), role: None });
                let Some(group) = self.groups.iter_mut().find(|group| group.id == group_id(*i)) else { return };
                self.definitions.push(line(GROUP_CHANGED, group.id.as_str(), Was::from(&*group)));
                (group.role, group.parent) = (role, parent);
            }
            Op::DeleteGroup(i) => {
                let Some(at) = self.groups.iter().position(|group| group.id == group_id(*i)) else { return };
                let gone = self.groups.remove(at);
                let is_under = |group: &&mut Group| group.parent.as_ref().is_some_and(|of| of.group.id == gone.id);
                let mut under = Vec::new();
                for group in self.groups.iter_mut().filter(is_under) {
                    group.parent = None;
                    under.push(group.id.clone());
                }
                let was = Was { groups: under, ..Was::from(&gone) };
                self.definitions.push(line(GROUP_DELETED, gone.id.as_str(), was));
                self.inside.retain(|group| group.id != gone.id);
            }
            Op::ChangeCustom(i, permission) => {
                let Some(role) = self.roles.iter_mut().find(|role| role.id == role_id(*i)) else { return };
                self.definitions.push(line(ROLE_CHANGED, role.id.as_str(), Was::from(&*role)));
                role.grant.withheld = PermissionSet::of(&[*permission]);
                let role = role.clone();
                self.follow(&role.id, &role.clone().into());
            }
            Op::DeleteCustom(i) => {
                let Some(at) = self.roles.iter().position(|role| role.id == role_id(*i)) else { return };
                let gone = self.roles.remove(at);
                let giving = self.follow(&gone.id, &gone.grant.base.into());
                let was = Was { groups: giving, ..Was::from(&gone) };
                self.definitions.push(line(ROLE_DELETED, gone.id.as_str(), was));
            }
            Op::ArchiveOrRestore => {
                let action = if self.archived { "organization.restored" } else { ARCHIVED };
                self.definitions.push(line(action, "organization", Was::default()));
                self.archived = !self.archived;
            }
        }
    }

    /// Whoever had a custom role has another one, or what it gives now; yields the groups that gave it.
    fn follow(&mut self, of: &RoleId, now: &GroupRole) -> Vec<GroupId> {
        let is_it = |choice: &RoleChoice| *choice == RoleChoice::Custom(of.clone());
        if is_it(&self.person.choice) {
            (self.person.choice, self.person.grant) = (now.choice.clone(), now.grant);
        }
        let gives = |group: &&mut Group| group.role.as_ref().is_some_and(|role| is_it(&role.choice));
        let mut giving = Vec::new();
        for group in self.groups.iter_mut().filter(gives) {
            group.role = Some(now.clone());
            giving.push(group.id.clone());
        }
        giving
    }
}

fn any_pick() -> impl Strategy<Value = Pick> {
    prop_oneof![
        prop::sample::select(vec![Role::Admin, Role::Member, Role::Viewer]).prop_map(Pick::Base),
        (1_u8..3).prop_map(Pick::Custom),
    ]
}

fn any_op() -> impl Strategy<Value = Op> {
    let permissions = vec![Permission::ViewAudit, Permission::InvitePeople, Permission::EditPolicies];
    prop_oneof![
        any_pick().prop_map(Op::ChangeRole),
        Just(Op::Switch),
        (1_i64..200, 1_i64..200).prop_map(|(access, role)| Op::Limit(access, role)),
        (1_u8..4).prop_map(Op::JoinOrLeave),
        (1_u8..4).prop_map(Op::JoinOrLeave),
        (1_u8..4, prop::option::of(any_pick()), prop::option::of(1_u8..4))
            .prop_map(|(i, r, p)| Op::ChangeGroup(i, r, p)),
        (1_u8..4).prop_map(Op::DeleteGroup),
        (1_u8..3, prop::sample::select(permissions)).prop_map(|(i, p)| Op::ChangeCustom(i, p)),
        (1_u8..3).prop_map(Op::DeleteCustom),
        Just(Op::ArchiveOrRestore),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever happens afterwards, the log tells what was so at every moment.
    #[test]
    fn the_past_is_what_it_was(ops in prop::collection::vec(any_op(), 1..14)) {
        let mut world = World::new();
        let mut seen = Vec::new();
        for (i, op) in ops.iter().enumerate() {
            let now = at(100 + 10 * i64::try_from(i).unwrap());
            world.apply(op, now);
            seen.push((now.plus(5), world.facts(now.plus(5))));
        }
        let present = Present {
            person: world.person.clone(),
            kind: Kind::Standard,
            inside: world.inside.clone(),
            created_at: at(10),
            joined_at: Some(world.joined_at),
            groups: &world.groups,
            roles: &world.roles,
            org_kind: OrgKind::Customer,
            archived: world.archived,
        };
        for (moment, then) in seen {
            let after: Vec<Line> = world.definitions.iter().filter(|line| line.at > moment).cloned().collect();
            let told = facts_at(&present, Log { person: &world.log, definitions: &after }, moment);
            prop_assert_eq!(told, Ok(then), "at {:?} of {:?}", moment, ops);
        }
    }
}

#[test]
fn what_is_not_known_is_said_to_be_so() {
    let mut world = World::new();
    let ask = |world: &World, moment| {
        let present = Present {
            person: world.person.clone(),
            kind: Kind::Standard,
            inside: Vec::new(),
            created_at: at(10),
            joined_at: Some(world.joined_at),
            groups: &[],
            roles: &[],
            org_kind: OrgKind::Customer,
            archived: false,
        };
        facts_at(&present, Log { person: &world.log, definitions: &[] }, moment).map(|facts| facts.state)
    };
    assert_eq!(ask(&world, at(9)), Err(Unknown::NotHereYet));
    assert_eq!(ask(&world, at(15)), Ok(PersonState::Invited));
    assert_eq!(ask(&world, at(25)), Ok(PersonState::Active));
    world.apply(&Op::Switch, at(50));
    assert_eq!((ask(&world, at(49)), ask(&world, at(50))), (Ok(PersonState::Active), Ok(PersonState::Deactivated)));
    // As an older release has written it.
    world.log[0].was = Was::default();
    assert_eq!(ask(&world, at(49)), Err(Unknown::NotWritten));
    assert_eq!(ask(&world, at(50)), Ok(PersonState::Deactivated));
}

#[test]
fn a_day_that_is_asked_about_ends_or_is_today() {
    let noon = Timestamp::end_of_day("2026-11-21").unwrap().plus(-DAY / 2);
    for (typed, expected) in [
        ("", Ok(None)),
        ("2026-11-20", Ok(Some("2026-11-20T23:59:59Z"))),
        (" 2026-11-21 ", Ok(None)),
        ("2026-11-22", Err(Unknown::ToCome)),
        ("20.11.2026", Err(Unknown::NoDay)),
        ("2026-02-30", Err(Unknown::NoDay)),
    ] {
        let found = moment(typed, noon).map(|at| at.map(Timestamp::rfc3339));
        assert_eq!(found, expected.map(|at| at.map(str::to_owned)), "{typed}");
    }
    let midnight = Timestamp::end_of_day("2026-11-20").unwrap();
    assert_eq!(moment("2026-11-21", midnight), Ok(None));
    assert_eq!(moment("2026-11-22", midnight), Err(Unknown::ToCome));
}
