use proptest::prelude::*;

use super::*;
use crate::{
    Action, Actor, Grant, GroupId, MembershipId, OrgId, PermissionSet, UserId,
    authority::{decide, needed, tests::actor},
    ends::RoleEnd,
    group::{GroupName, GroupRole, NamedGroup},
    id::Id as _,
};

fn named(name: &str) -> NamedGroup {
    let seed = [u8::try_from(name.len()).unwrap(); 10];
    NamedGroup { id: GroupId::fresh(Timestamp::from_millis(1), seed), name: GroupName::parse(name).unwrap() }
}

fn giving(base: Role, withheld: &[Permission], label: &str) -> GroupRole {
    let grant = Grant { base, withheld: PermissionSet::of(withheld) };
    GroupRole { choice: base.into(), label: label.to_owned(), grant }
}

fn through(group: &str, via: Option<&str>, role: GroupRole) -> GroupOf {
    GroupOf { group: named(group), via: via.map(named), role: Some(role) }
}

fn facts(own: Role) -> Facts {
    Facts {
        own: OwnRole { label: own.label().to_owned(), grant: own.into() },
        groups: Vec::new(),
        kind: Kind::Standard,
        state: PersonState::Active,
        access_ended_at: None,
        ends: Ends::default(),
        org_kind: OrgKind::Customer,
        archived: false,
    }
}

fn told(of: &Facts, permission: Permission) -> (Option<Denial>, Vec<String>) {
    let found = explain(of, permission);
    (found.denial, found.steps.iter().map(Step::sentence).collect())
}

#[test]
fn each_reason_is_a_sentence() {
    let desk = giving(Role::Admin, &[Permission::EditPolicies], "Help desk");
    let helper = Facts {
        groups: vec![
            through("Company", Some("Support"), desk),
            through("Staff", None, giving(Role::Viewer, &[], "Viewer")),
        ],
        ..facts(Role::Member)
    };
    let day = Timestamp::end_of_day("2026-12-05").unwrap();
    let with = |change: fn(&mut Facts)| {
        let mut of = helper.clone();
        change(&mut of);
        of
    };
    for (of, permission, denial, sentences) in [
        (
            helper.clone(),
            Permission::InvitePeople,
            None,
            vec![
                "Help desk gives it – through Company, of which Support is a part.",
                "Member does not give it – own role.",
                "Viewer does not give it – through Staff.",
            ],
        ),
        (
            with(|of| of.own = OwnRole { label: "Admin".to_owned(), grant: Role::Admin.into() }),
            Permission::EditPolicies,
            Some(Denial::Withheld),
            vec![
                "Help desk takes it away – through Company, of which Support is a part. What one role takes away, no other gives back.",
                "Admin gives it – own role.",
                "Viewer does not give it – through Staff.",
            ],
        ),
        (
            with(|of| of.kind = Kind::External),
            Permission::InvitePeople,
            Some(Denial::External),
            vec![
                "People of other organizations never get it, whatever their role.",
                "Help desk gives it – through Company, of which Support is a part.",
                "Member does not give it – own role.",
                "Viewer does not give it – through Staff.",
            ],
        ),
        (
            Facts { archived: true, ..facts(Role::Viewer) },
            Permission::ViewAudit,
            Some(Denial::Role),
            vec![
                "Viewer does not give it – own role.",
                "Roles that give it: Owner, Admin.",
                "The organization is archived: people can be seen, and nothing changes.",
            ],
        ),
        (
            Facts { state: PersonState::Deactivated, access_ended_at: Some(day), ..facts(Role::Viewer) },
            Permission::ViewContent,
            Some(Denial::Inactive),
            vec!["Their access ended: 5 Dec 2026 was its last day.", "Viewer gives it – own role."],
        ),
        (
            Facts { state: PersonState::Deactivated, ..facts(Role::Viewer) },
            Permission::ViewContent,
            Some(Denial::Inactive),
            vec!["They are deactivated.", "Viewer gives it – own role."],
        ),
        (
            Facts { state: PersonState::Expired, ..facts(Role::Viewer) },
            Permission::ViewContent,
            Some(Denial::Inactive),
            vec!["They have not joined yet.", "Viewer gives it – own role."],
        ),
        (
            Facts {
                ends: Ends { access: Some(day), role: Some(RoleEnd { at: day, then: Role::Viewer }), set_by: None },
                ..facts(Role::Admin)
            },
            Permission::ViewAudit,
            None,
            vec![
                "Admin gives it – own role.",
                "Their access ends: 5 Dec 2026 is its last day.",
                "Their own role ends: 5 Dec 2026 is its last day, then Viewer.",
            ],
        ),
    ] {
        let (why_not, steps) = told(&of, permission);
        assert_eq!(
            (why_not, steps.iter().map(String::as_str).collect::<Vec<_>>()),
            (denial, sentences),
            "{permission:?}"
        );
    }
}

#[test]
fn what_somebody_of_a_kind_cannot_have_counts_for_nothing() {
    let guest = Facts {
        kind: Kind::External,
        groups: vec![through("Staff", None, giving(Role::Member, &[], "Member"))],
        ..facts(Role::Viewer)
    };
    let (denial, steps) = told(&guest, Permission::UseFeatures);
    assert_eq!(denial, Some(Denial::Role));
    assert_eq!(
        steps,
        [
            "Viewer does not give it – own role.",
            "Member counts for nothing – through Staff: people of this kind cannot have that role.",
            "Roles that give it: Admin.",
        ]
    );
    let staff = Facts { kind: Kind::Support, ..facts(Role::Admin) };
    assert_eq!(told(&staff, Permission::EditPolicies).1[0], "Support staff never get it, whatever their role.");
    let reader = Facts { kind: Kind::EmailOnly, ..facts(Role::Viewer) };
    assert_eq!(told(&reader, Permission::ViewContent).1[0], "People without an account here never get it.");
}

#[test]
fn nothing_narrows_an_owner() {
    let owner = Facts {
        groups: vec![through("Staff", None, giving(Role::Admin, &[Permission::ViewAudit], "Desk"))],
        ..facts(Role::Owner)
    };
    assert_eq!(told(&owner, Permission::ViewAudit), (None, vec!["Owner gives it – own role.".to_owned()]));
}

#[test]
fn among_whom_to_look_for_who_can() {
    assert_eq!(roles_to_look_at(Permission::ViewAudit, Kind::Standard), [Role::Owner, Role::Admin]);
    assert_eq!(roles_to_look_at(Permission::TransferOwnership, Kind::Standard), [Role::Owner]);
    assert_eq!(roles_to_look_at(Permission::InvitePeople, Kind::External), []);
    assert_eq!(
        roles_to_look_at(Permission::ViewContent, Kind::External),
        [Role::Owner, Role::Admin, Role::Member, Role::Viewer]
    );
    assert_eq!(roles_to_look_at(Permission::ViewContent, Kind::EmailOnly), []);
}

fn any_role() -> impl Strategy<Value = Role> {
    prop::sample::select(Role::ALL.to_vec())
}

fn any_grant() -> impl Strategy<Value = Grant> {
    (any_role(), prop::collection::vec(prop::sample::select(Permission::ALL.to_vec()), 0..4))
        .prop_map(|(base, withheld)| Grant { base, withheld: PermissionSet::of(&withheld) })
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let group = (any_grant(), any::<bool>()).prop_map(|(grant, via)| {
        let role = GroupRole { choice: grant.base.into(), label: "Some role".to_owned(), grant };
        through("Group", via.then_some("Inner"), role)
    });
    let kinds = vec![Kind::Standard, Kind::Standard, Kind::External, Kind::Support, Kind::Embed, Kind::EmailOnly];
    let states = vec![
        PersonState::Active,
        PersonState::Active,
        PersonState::Active,
        PersonState::Deactivated,
        PersonState::Invited,
    ];
    (
        any_grant(),
        prop::collection::vec(group, 0..4),
        prop::sample::select(kinds),
        prop::sample::select(states),
        any::<bool>(),
    )
        .prop_map(|(grant, groups, kind, state, archived)| Facts {
            own: OwnRole { label: "Own".to_owned(), grant },
            groups,
            kind,
            state,
            archived,
            ..facts(Role::Viewer)
        })
}

/// Somebody of whom the same is true, as one who acts.
fn acting(of: &Facts) -> Actor {
    let holding = of.holding();
    Actor {
        user_id: UserId::fresh(Timestamp::from_millis(1), [1; 10]),
        membership_id: MembershipId::fresh(Timestamp::from_millis(1), [1; 10]),
        org_id: OrgId::fresh(Timestamp::from_millis(1), [1; 10]),
        withheld: holding.own.withheld,
        through_groups: holding.through_groups,
        state: of.state,
        archived: of.archived,
        ..actor(of.own.grant.base, of.kind)
    }
}

/// Something that needs each permission that anything needs, and can be done to nobody in particular.
const DONE_TO_NOBODY: [Action; 12] = [
    Action::ViewPeople,
    Action::Invite(Role::Viewer),
    Action::GrantSupport(Role::Viewer),
    Action::ShareViews,
    Action::ViewGuests,
    Action::ViewAudit,
    Action::ViewOrganization,
    Action::EditOrganization,
    Action::EditPolicies,
    Action::EditMailProfile,
    Action::ManageDomains,
    Action::DeleteDomain,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// An explanation says what `decide` does (N6), and its reasons add up to its answer.
    #[test]
    fn an_explanation_agrees_with_decide(of in any_facts(), which in 0..DONE_TO_NOBODY.len()) {
        let action = DONE_TO_NOBODY[which];
        let permission = needed(action);
        let found = explain(&of, permission);
        let decided = decide(&acting(&of), action, None);
        let about_holding = |why: &Denial| {
            matches!(why, Denial::Inactive | Denial::Role | Denial::Withheld | Denial::External | Denial::Support)
        };
        match &decided {
            Ok(_) => prop_assert!(found.is_allowed()),
            Err(why) if about_holding(why) => prop_assert_eq!(found.denial, Some(*why)),
            // Kept from this very act by something else than what they hold.
            Err(_) => prop_assert!(found.is_allowed(), "{:?}", decided),
        }
    }

    #[test]
    fn the_reasons_add_up_to_the_answer(of in any_facts(), permission in prop::sample::select(Permission::ALL.to_vec())) {
        let found = explain(&of, permission);
        let gives = found.steps.iter().any(|step| matches!(step, Step::Gives(_)));
        let denies = found.steps.iter().any(Step::denies);
        prop_assert_eq!(found.is_allowed(), gives && !denies, "{:?}", found);
        prop_assert_eq!(found.denial.is_none(), acting(&of).permissions().has(permission) && of.state == PersonState::Active);
        // Who can is found where it is looked for: by the own role, or through a group.
        if found.is_allowed() {
            let by_role = roles_to_look_at(permission, of.kind).contains(&of.own.grant.base);
            prop_assert!(by_role || !of.groups.is_empty());
        }
    }
}
