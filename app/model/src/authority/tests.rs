//! The exhaustive tables of [`decide`].

use super::*;
use crate::{Timestamp, id::Id};

/// Somebody active in an organization whose policies keep nobody from anything.
pub(crate) fn actor(role: Role, kind: Kind) -> Actor {
    Actor {
        user_id: UserId::fresh(Timestamp::from_millis(1), [1; 10]),
        membership_id: MembershipId::fresh(Timestamp::from_millis(1), [1; 10]),
        org_id: OrgId::fresh(Timestamp::from_millis(1), [1; 10]),
        role,
        withheld: crate::PermissionSet::default(),
        through_groups: crate::GroupGrants::default(),
        kind,
        state: PersonState::Active,
        org_kind: OrgKind::Customer,
        archived: false,
        admin_grantable: true,
        delete_scope: DeleteScope::Any,
    }
}

/// Somebody else there.
pub(crate) fn target(role: Role, state: PersonState) -> Target {
    Target {
        membership_id: MembershipId::fresh(Timestamp::from_millis(1), [2; 10]),
        org_id: OrgId::fresh(Timestamp::from_millis(1), [1; 10]),
        kind: Kind::Standard,
        role,
        withheld: crate::PermissionSet::default(),
        through_groups: crate::GroupGrants::default(),
        state,
    }
}

const fn less(base: Role, withheld: Permission) -> Grant {
    Grant { base, withheld: PermissionSet::of(&[withheld]) }
}

/// A group that gives this.
const fn giving(grant: Grant) -> GroupGives {
    GroupGives { own: Some(grant), parent: None, connections: false }
}

const NOTHING: GroupGives = GroupGives { own: None, parent: None, connections: false };
/// A group that gives roles on connections.
const CONNECTING: GroupGives = GroupGives { connections: true, ..NOTHING };

const ACTIONS: [Action; 55] = [
    Action::ViewPeople,
    Action::Invite(Role::Member),
    Action::Invite(Role::Admin),
    Action::Invite(Role::Partner),
    Action::InviteExternal(Role::Admin),
    Action::InviteExternal(Role::Member),
    Action::GrantSupport(Role::Admin),
    Action::GrantSupport(Role::Member),
    Action::ResendInvitation,
    Action::RevokeInvitation,
    Action::Edit,
    Action::ChangeRole(Role::Admin),
    Action::ChangeRole(Role::Member),
    Action::ChangeRole(Role::Owner),
    Action::GiveCustomRole(less(Role::Member, Permission::UseFeatures)),
    Action::GiveCustomRole(less(Role::Admin, Permission::RemovePeople)),
    Action::DefineRole(less(Role::Admin, Permission::RemovePeople)),
    Action::DeleteRole(less(Role::Admin, Permission::RemovePeople)),
    Action::DefineGroup(NOTHING),
    Action::DefineGroup(giving(less(Role::Admin, Permission::RemovePeople))),
    Action::DissolveGroup(giving(less(Role::Admin, Permission::RemovePeople))),
    Action::JoinGroup(NOTHING),
    Action::JoinGroup(giving(less(Role::Admin, Permission::RemovePeople))),
    Action::LeaveGroup(NOTHING),
    Action::LeaveGroup(giving(less(Role::Admin, Permission::RemovePeople))),
    Action::Deactivate,
    Action::Activate,
    Action::LimitAccess,
    Action::LimitRole(Role::Member),
    Action::LimitRole(Role::Admin),
    Action::Delete,
    Action::RevokeMembership,
    Action::OfferOwnership,
    Action::EndSessions,
    Action::ViewAudit,
    Action::ShareViews,
    Action::ViewGuests,
    Action::ViewOrganization,
    Action::EditOrganization,
    Action::ArchiveOrganization,
    Action::RestoreOrganization,
    Action::EditPolicies,
    Action::EditMailProfile,
    Action::ManageDomains,
    Action::DeleteDomain,
    Action::ViewPartnerSection,
    Action::ReplaceReferralLink,
    Action::ManageAttributes,
    Action::SetAttributes,
    Action::SetOwnAttributes,
    Action::DefineGroup(CONNECTING),
    Action::JoinGroup(CONNECTING),
    Action::LeaveGroup(CONNECTING),
    Action::ManageConnections,
    Action::GiveConnectionRole,
];

/// Every role × action × target role × target state, as one table that shows in review.
#[test]
fn the_whole_table_of_decisions() {
    let mut table = String::new();
    for role in Role::ALL {
        for action in ACTIONS {
            let actor = actor(role, Kind::Standard);
            if action.has_no_target() {
                let answer = decide(&actor, action, None).map(|_| "allowed");
                table.push_str(&format!("{role:?} {action:?}: {answer:?}\n"));
                continue;
            }
            for target_role in [Role::Owner, Role::Admin, Role::Member] {
                let answers: Vec<String> = PersonState::ALL
                    .iter()
                    .map(|state| match decide(&actor, action, Some(&target(target_role, *state))) {
                        Ok(_) => format!("{}=yes", state.code()),
                        Err(denial) => format!("{}={denial:?}", state.code()),
                    })
                    .collect();
                table.push_str(&format!("{role:?} {action:?} {target_role:?}: {}\n", answers.join(" ")));
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn another_organizations_person_is_not_found_whatever_the_role() {
    let mut stranger = target(Role::Member, PersonState::Active);
    stranger.org_id = OrgId::fresh(Timestamp::from_millis(1), [9; 10]);
    for role in Role::ALL {
        for action in ACTIONS {
            assert_eq!(decide(&actor(role, Kind::Standard), action, Some(&stranger)), Err(Denial::NotFound));
        }
    }
}

#[test]
fn the_inactive_may_do_nothing() {
    for state in [PersonState::Invited, PersonState::Expired, PersonState::Deactivated] {
        let actor = Actor { state, ..actor(Role::Owner, Kind::Standard) };
        assert_eq!(decide(&actor, Action::ViewPeople, None), Err(Denial::Inactive));
    }
}

#[test]
fn nobody_changes_their_own_access() {
    for role in [Role::Owner, Role::Admin] {
        let me = actor(role, Kind::Standard);
        let myself = Target { membership_id: me.membership_id.clone(), ..target(role, PersonState::Active) };
        let taking = [Action::Deactivate, Action::ChangeRole(Role::Member), Action::Delete, Action::RevokeMembership];
        for action in taking {
            assert_eq!(decide(&me, action, Some(&myself)), Err(Denial::Yourself));
        }
        assert!(decide(&me, Action::Edit, Some(&myself)).is_ok());
    }
}

#[test]
fn everybody_may_end_their_own_sessions() {
    for role in Role::ALL {
        for kind in [Kind::Standard, Kind::External] {
            let me = actor(role, kind);
            let myself = Target { membership_id: me.membership_id.clone(), ..target(role, PersonState::Active) };
            assert!(decide(&me, Action::EndSessions, Some(&myself)).is_ok(), "{role:?}");
        }
    }
    let gone = Actor { state: PersonState::Deactivated, ..actor(Role::Owner, Kind::Standard) };
    let myself = Target { membership_id: gone.membership_id.clone(), ..target(Role::Owner, PersonState::Deactivated) };
    assert_eq!(decide(&gone, Action::EndSessions, Some(&myself)), Err(Denial::Inactive));
}

#[test]
fn an_external_admin_never_touches_people() {
    let guest = Actor { org_kind: OrgKind::Partner, ..actor(Role::Admin, Kind::External) };
    let open = [Action::ViewPeople, Action::ViewAudit, Action::ManageDomains, Action::ViewPartnerSection];
    let masked = |a: &Action| !open.contains(a);
    for action in ACTIONS.into_iter().filter(masked) {
        let target = target(Role::Member, PersonState::Active);
        let target = (!action.has_no_target()).then_some(&target);
        let denied = decide(&guest, action, target).expect_err("masked");
        // The Owner's alone is no matter of where somebody belongs.
        let owners =
            matches!(action, Action::OfferOwnership | Action::ArchiveOrganization | Action::RestoreOrganization);
        assert_eq!(denied, if owners { Denial::Role } else { Denial::External }, "{action:?}");
    }
    assert!(decide(&guest, Action::ViewPeople, None).is_ok());
    assert!(decide(&guest, Action::ManageDomains, None).is_ok(), "B47 keeps them from deleting domains alone");
}

#[test]
fn externals_are_users_or_admins_and_never_owners() {
    let owner = actor(Role::Owner, Kind::Standard);
    let guest = |role| Target { kind: Kind::External, ..target(role, PersonState::Active) };
    for (role, fits) in Role::ALL.map(|role| (role, matches!(role, Role::Viewer | Role::Admin))) {
        let invited = decide(&owner, Action::InviteExternal(role), None).map(drop);
        assert_eq!(invited, if fits { Ok(()) } else { Err(Denial::NoExternalRole) }, "{role:?}");
    }
    for (now, action, expected) in [
        (Role::Viewer, Action::ChangeRole(Role::Admin), Ok(())),
        (Role::Admin, Action::ChangeRole(Role::Viewer), Ok(())),
        (Role::Admin, Action::ChangeRole(Role::Member), Err(Denial::NoExternalRole)),
        (Role::Admin, Action::LimitRole(Role::Member), Err(Denial::NoExternalRole)),
        (Role::Admin, Action::LimitRole(Role::Viewer), Ok(())),
        (Role::Admin, Action::OfferOwnership, Err(Denial::OwnerIsNative)),
        (Role::Admin, Action::EndSessions, Err(Denial::SessionsElsewhere)),
        (Role::Admin, Action::RevokeMembership, Ok(())),
        (Role::Admin, Action::Deactivate, Ok(())),
    ] {
        assert_eq!(decide(&owner, action, Some(&guest(now))).map(drop), expected, "{action:?}");
    }
}

#[test]
fn only_partner_organizations_have_partners() {
    let owner = actor(Role::Owner, Kind::Standard);
    let of_partners = Actor { org_kind: OrgKind::Partner, ..owner.clone() };
    let member = target(Role::Member, PersonState::Active);
    for (actor, expected) in [(&owner, Err(Denial::NoPartnerRole)), (&of_partners, Ok(()))] {
        assert_eq!(decide(actor, Action::Invite(Role::Partner), None).map(drop), expected);
        assert_eq!(decide(actor, Action::ChangeRole(Role::Partner), Some(&member)).map(drop), expected);
    }
}

#[test]
fn the_partner_section_is_in_partner_organizations_alone() {
    let (see, replace) = (Action::ViewPartnerSection, Action::ReplaceReferralLink);
    for (role, kind, sees, replaces) in [
        (Role::Owner, Kind::Standard, Ok(()), Ok(())),
        (Role::Admin, Kind::Standard, Ok(()), Ok(())),
        (Role::Member, Kind::Standard, Err(Denial::Role), Err(Denial::Role)),
        (Role::Viewer, Kind::Standard, Err(Denial::Role), Err(Denial::Role)),
        (Role::Partner, Kind::Standard, Ok(()), Err(Denial::Role)),
        (Role::Admin, Kind::External, Ok(()), Err(Denial::External)),
        (Role::Viewer, Kind::External, Err(Denial::Role), Err(Denial::Role)),
        (Role::Admin, Kind::Support, Ok(()), Ok(())),
    ] {
        let there = Actor { org_kind: OrgKind::Partner, ..actor(role, kind) };
        assert_eq!(decide(&there, see, None).map(drop), sees, "{role:?} {kind:?}");
        assert_eq!(decide(&there, replace, None).map(drop), replaces, "{role:?} {kind:?}");
        // In customer organizations there is no such thing, whoever asks.
        for action in [see, replace] {
            assert_eq!(decide(&actor(role, kind), action, None), Err(Denial::NotFound), "{role:?} {kind:?}");
        }
    }
    let withheld = PermissionSet::of(&[Permission::ViewPartnerSection]);
    let narrowed = Actor { withheld, org_kind: OrgKind::Partner, ..actor(Role::Admin, Kind::Standard) };
    assert_eq!(decide(&narrowed, see, None), Err(Denial::Withheld));
}

/// It can be read, and it can be brought back; nothing else.
#[test]
fn in_an_archived_organization_nothing_changes() {
    let owner = Actor { archived: true, org_kind: OrgKind::Partner, ..actor(Role::Owner, Kind::Standard) };
    let member = target(Role::Member, PersonState::Active);
    for action in ACTIONS {
        let target = (!action.has_no_target()).then_some(&member);
        let works = match action {
            Action::ViewPeople
            | Action::ViewAudit
            | Action::ViewGuests
            | Action::ViewOrganization
            | Action::RestoreOrganization
            | Action::ViewPartnerSection => Ok(()),
            _ => Err(Denial::Archived),
        };
        assert_eq!(decide(&owner, action, target).map(drop), works, "{action:?}");
        let admin = Actor { role: Role::Admin, ..owner.clone() };
        assert!(decide(&admin, action, target).is_err() || works.is_ok());
    }
    let guest = Actor { archived: true, ..actor(Role::Admin, Kind::External) };
    assert_eq!(decide(&guest, Action::ViewPeople, None), Err(Denial::Archived));
    let open = actor(Role::Owner, Kind::Standard);
    assert_eq!(decide(&open, Action::RestoreOrganization, None), Err(Denial::NotArchived));
    assert!(decide(&open, Action::ArchiveOrganization, None).is_ok());
    let admin = actor(Role::Admin, Kind::Standard);
    assert_eq!(decide(&admin, Action::ArchiveOrganization, None), Err(Denial::Role));
}

#[test]
fn where_admins_are_not_granted_even_the_owner_cannot() {
    let owner = Actor { admin_grantable: false, ..actor(Role::Owner, Kind::Standard) };
    assert_eq!(decide(&owner, Action::Invite(Role::Admin), None), Err(Denial::AdminNotGrantable));
    let member = target(Role::Member, PersonState::Active);
    assert_eq!(decide(&owner, Action::ChangeRole(Role::Admin), Some(&member)), Err(Denial::AdminNotGrantable));
}

#[test]
fn who_is_deleted_is_the_policys_matter() {
    use PersonState::{Active, Deactivated, Expired, Invited};
    for (scope, state, expected) in [
        (DeleteScope::Any, Active, Ok(())),
        (DeleteScope::Any, Invited, Ok(())),
        (DeleteScope::Unaccepted, Invited, Ok(())),
        (DeleteScope::Unaccepted, Expired, Ok(())),
        (DeleteScope::Unaccepted, Active, Err(Denial::DeletionAfterJoining)),
        (DeleteScope::Unaccepted, Deactivated, Err(Denial::DeletionAfterJoining)),
        (DeleteScope::Off, Active, Err(Denial::DeletionOff)),
        (DeleteScope::Off, Invited, Err(Denial::DeletionOff)),
    ] {
        let admin = Actor { delete_scope: scope, ..actor(Role::Admin, Kind::Standard) };
        let decided = decide(&admin, Action::Delete, Some(&target(Role::Member, state)));
        assert_eq!(decided.map(drop), expected, "{scope:?} {state:?}");
        let revoked = decide(&admin, Action::RevokeMembership, Some(&target(Role::Member, state)));
        assert_eq!(revoked.is_ok(), state.accepted(), "revoking is always there: {scope:?} {state:?}");
    }
}

#[test]
fn an_action_on_a_person_needs_the_person() {
    let owner = actor(Role::Owner, Kind::Standard);
    assert_eq!(decide(&owner, Action::Deactivate, None), Err(Denial::NotFound));
}

#[test]
fn a_permit_carries_the_actors_organization_and_the_target() {
    let admin = actor(Role::Admin, Kind::Standard);
    let person = target(Role::Member, PersonState::Active);
    let permit = decide(&admin, Action::Deactivate, Some(&person)).expect("allowed");
    assert_eq!(permit.org_id(), &admin.org_id);
    assert_eq!(permit.target(), Some(&person.membership_id));
    assert_eq!(permit.action(), Action::Deactivate);
    assert_eq!(permit.actor(), &admin);
}

#[test]
fn what_a_custom_role_takes_away_is_told_from_what_the_role_lacks() {
    let withheld = PermissionSet::of(&[Permission::InvitePeople]);
    let narrowed = Actor { withheld, ..actor(Role::Admin, Kind::Standard) };
    assert_eq!(decide(&narrowed, Action::Invite(Role::Member), None), Err(Denial::Withheld));
    assert!(decide(&narrowed, Action::ViewPeople, None).is_ok());
    let guest = Actor { kind: Kind::External, ..narrowed.clone() };
    assert_eq!(guest.lacks(Permission::EditPolicies), Some(Denial::External));
    assert_eq!(guest.lacks(Permission::InvitePeople), Some(Denial::Withheld));
    let member = Actor { role: Role::Member, ..narrowed.clone() };
    assert_eq!(member.lacks(Permission::RemovePeople), Some(Denial::Role));
    // Whatever is stored: nothing narrows an Owner.
    let owner = Actor { role: Role::Owner, ..narrowed };
    assert!(decide(&owner, Action::Invite(Role::Member), None).is_ok());
}

#[test]
fn nobody_gives_back_what_they_lack_themselves() {
    let withheld = PermissionSet::of(&[Permission::RemovePeople]);
    let narrowed = Actor { withheld, ..actor(Role::Admin, Kind::Standard) };
    let person = target(Role::Member, PersonState::Active);
    let give = |grant| decide(&narrowed, Action::GiveCustomRole(grant), Some(&person)).map(drop);
    assert_eq!(decide(&narrowed, Action::ChangeRole(Role::Admin), Some(&person)), Err(Denial::BeyondYourOwn));
    assert_eq!(give(less(Role::Admin, Permission::ViewAudit)), Err(Denial::BeyondYourOwn));
    assert_eq!(give(less(Role::Admin, Permission::RemovePeople)), Ok(()));
    let define = |grant| decide(&narrowed, Action::DefineRole(grant), None).map(drop);
    assert_eq!(define(less(Role::Admin, Permission::ViewAudit)), Err(Denial::BeyondYourOwn));
    assert_eq!(define(less(Role::Admin, Permission::RemovePeople)), Ok(()));
    assert_eq!(decide(&narrowed, Action::DeleteRole(Role::Admin.into()), None), Err(Denial::BeyondYourOwn));
}

#[test]
fn what_groups_give_counts_and_what_they_take_is_taken() {
    let groups = |grants: &[Grant], kind| GroupGrants::of(grants.iter().copied(), kind);
    let narrow = less(Role::Admin, Permission::InvitePeople);
    let through = |role, kind, grants: &[Grant]| Actor { through_groups: groups(grants, kind), ..actor(role, kind) };
    let member = through(Role::Member, Kind::Standard, &[narrow]);
    assert!(decide(&member, Action::ViewPeople, None).is_ok());
    assert_eq!(decide(&member, Action::Invite(Role::Member), None), Err(Denial::Withheld));
    // Of their own they would hold it; the group takes it.
    let admin = through(Role::Admin, Kind::Standard, &[narrow]);
    assert_eq!(decide(&admin, Action::Invite(Role::Member), None), Err(Denial::Withheld));
    let owner = through(Role::Owner, Kind::Standard, &[narrow]);
    assert!(decide(&owner, Action::Invite(Role::Member), None).is_ok());
    let guest = through(Role::Viewer, Kind::External, &[Role::Admin.into()]);
    assert!(decide(&guest, Action::ViewPeople, None).is_ok());
    assert_eq!(decide(&guest, Action::Invite(Role::Member), None), Err(Denial::External));
    assert_eq!(
        decide(&guest, Action::JoinGroup(NOTHING), Some(&target(Role::Member, PersonState::Active))),
        Err(Denial::External)
    );
}

#[test]
fn nobody_gives_through_a_group_what_they_lack_or_to_themselves() {
    let withheld = PermissionSet::of(&[Permission::RemovePeople]);
    let narrowed = Actor { withheld, ..actor(Role::Admin, Kind::Standard) };
    let person = target(Role::Member, PersonState::Active);
    let full = giving(Role::Admin.into());
    let alike = giving(less(Role::Admin, Permission::RemovePeople));
    let above = GroupGives { parent: Some(Role::Admin.into()), ..NOTHING };
    for (action, of, expected) in [
        (Action::JoinGroup(NOTHING), Some(&person), Ok(())),
        (Action::JoinGroup(alike), Some(&person), Ok(())),
        (Action::JoinGroup(full), Some(&person), Err(Denial::BeyondYourOwn)),
        (Action::JoinGroup(above), Some(&person), Err(Denial::BeyondYourOwn)),
        (Action::DefineGroup(full), None, Err(Denial::BeyondYourOwn)),
        (Action::DefineGroup(alike), None, Ok(())),
        // What it keeps from them would come back.
        (Action::LeaveGroup(alike), Some(&person), Err(Denial::BeyondYourOwn)),
        (Action::DissolveGroup(alike), None, Err(Denial::BeyondYourOwn)),
        (Action::DissolveGroup(giving(Role::Member.into())), None, Ok(())),
        (Action::DefineGroup(giving(Role::Owner.into())), None, Err(Denial::OwnerNotAssignable)),
        (Action::DefineGroup(giving(Role::Partner.into())), None, Err(Denial::NoPartnerRole)),
    ] {
        assert_eq!(decide(&narrowed, action, of).map(drop), expected, "{action:?}");
    }
    let me = actor(Role::Admin, Kind::Standard);
    let myself = Target { membership_id: me.membership_id.clone(), ..target(Role::Admin, PersonState::Active) };
    for (gives, expected) in [(NOTHING, Ok(())), (alike, Err(Denial::Yourself))] {
        assert_eq!(decide(&me, Action::JoinGroup(gives), Some(&myself)).map(drop), expected);
        assert_eq!(decide(&me, Action::LeaveGroup(gives), Some(&myself)).map(drop), expected);
    }
    // An Owner may be in groups, whoever puts them there.
    let admin = actor(Role::Admin, Kind::Standard);
    assert!(decide(&admin, Action::JoinGroup(full), Some(&target(Role::Owner, PersonState::Active))).is_ok());
    let ungrantable = Actor { admin_grantable: false, ..admin };
    assert_eq!(decide(&ungrantable, Action::JoinGroup(full), Some(&person)), Err(Denial::AdminNotGrantable));
    assert!(decide(&ungrantable, Action::LeaveGroup(full), Some(&person)).is_ok());
}

/// B39: an attribute that was left to the person is theirs to change, whatever their role, and nobody else's by that.
#[test]
fn attributes_left_to_the_person_are_their_own_matter() {
    let somebody = target(Role::Member, PersonState::Active);
    for (role, kind, archived, own, of_others) in [
        (Role::Owner, Kind::Standard, false, Ok(()), Ok(())),
        (Role::Admin, Kind::Standard, false, Ok(()), Ok(())),
        (Role::Member, Kind::Standard, false, Ok(()), Err(Denial::Role)),
        (Role::Admin, Kind::External, false, Ok(()), Err(Denial::External)),
        (Role::Admin, Kind::Support, false, Ok(()), Err(Denial::Support)),
        (Role::Member, Kind::Standard, true, Err(Denial::Archived), Err(Denial::Role)),
    ] {
        let me = Actor { archived, ..actor(role, kind) };
        let myself = Target { membership_id: me.membership_id.clone(), kind, ..target(role, PersonState::Active) };
        let may = |action, of| decide(&me, action, Some(of)).map(drop);
        assert_eq!(may(Action::SetOwnAttributes, &myself), own, "{role:?} {kind:?}");
        assert_eq!(may(Action::SetAttributes, &somebody), of_others, "{role:?} {kind:?}");
        assert!(may(Action::SetOwnAttributes, &somebody).is_err(), "{role:?} {kind:?}");
    }
    let gone = Actor { state: PersonState::Deactivated, ..actor(Role::Member, Kind::Standard) };
    let myself = Target { membership_id: gone.membership_id.clone(), ..target(Role::Member, PersonState::Active) };
    assert_eq!(decide(&gone, Action::SetOwnAttributes, Some(&myself)), Err(Denial::Inactive));
}

/// A lower role without the custom one's denial would let through what a group gives.
#[test]
fn nobody_frees_what_groups_give_and_a_role_keeps_back() {
    let withheld = PermissionSet::of(&[Permission::RemovePeople]);
    let narrowed = Actor { withheld, ..actor(Role::Admin, Kind::Standard) };
    let full = actor(Role::Admin, Kind::Standard);
    let person = Target {
        withheld,
        through_groups: GroupGrants::of([Role::Admin.into()], Kind::Standard),
        ..target(Role::Admin, PersonState::Active)
    };
    let other = less(Role::Admin, Permission::ViewAudit);
    for action in [Action::ChangeRole(Role::Member), Action::LimitRole(Role::Member), Action::GiveCustomRole(other)] {
        assert_eq!(decide(&narrowed, action, Some(&person)), Err(Denial::BeyondYourOwn), "{action:?}");
        assert!(decide(&full, action, Some(&person)).is_ok(), "{action:?}");
    }
}

#[test]
fn the_base_role_itself_is_another_one_for_who_has_less() {
    let admin = actor(Role::Admin, Kind::Standard);
    let withheld = PermissionSet::of(&[Permission::UseFeatures]);
    let narrowed = Target { withheld, ..target(Role::Member, PersonState::Active) };
    assert!(decide(&admin, Action::ChangeRole(Role::Member), Some(&narrowed)).is_ok());
    let plain = target(Role::Member, PersonState::Active);
    assert_eq!(decide(&admin, Action::ChangeRole(Role::Member), Some(&plain)), Err(Denial::State));
}

#[test]
fn the_vendors_staff_do_not_decide_about_access() {
    let staff = actor(Role::Admin, Kind::Support);
    for (action, target) in [
        (Action::GrantSupport(Role::Viewer), None),
        (Action::ChangeRole(Role::Admin), Some(target(Role::Member, PersonState::Active))),
        (Action::DefineRole(less(Role::Member, Permission::UseFeatures)), None),
        (Action::OfferOwnership, Some(target(Role::Member, PersonState::Active))),
    ] {
        let expected = if action == Action::OfferOwnership { Denial::Role } else { Denial::Support };
        assert_eq!(decide(&staff, action, target.as_ref()), Err(expected), "{action:?}");
    }
    // Nor does anybody come in by them, or one of them stay by another.
    assert_eq!(decide(&staff, Action::Invite(Role::Member), None), Err(Denial::Support));
    let other = Target { kind: Kind::Support, ..target(Role::Viewer, PersonState::Active) };
    for action in [Action::LimitAccess, Action::Deactivate, Action::RevokeMembership] {
        assert_eq!(decide(&staff, action, Some(&other)), Err(Denial::Support), "{action:?}");
    }
    for action in [Action::EditPolicies, Action::EditMailProfile] {
        assert_eq!(decide(&staff, action, None), Err(Denial::Support), "{action:?}");
    }
    assert!(decide(&staff, Action::EditOrganization, None).is_ok());
    let owner = actor(Role::Owner, Kind::Standard);
    let staff = Target { kind: Kind::Support, ..target(Role::Admin, PersonState::Active) };
    for (action, expected) in [
        (Action::Delete, Err(Denial::SupportNotDeleted)),
        (Action::EndSessions, Err(Denial::SessionsElsewhere)),
        (Action::ChangeRole(Role::Member), Err(Denial::NoExternalRole)),
        (Action::OfferOwnership, Err(Denial::OwnerIsNative)),
        (Action::RevokeMembership, Ok(())),
        (Action::LimitAccess, Ok(())),
    ] {
        assert_eq!(decide(&owner, action, Some(&staff)).map(drop), expected, "{action:?}");
    }
}

#[test]
fn who_sends_a_link_answers_for_all_that_comes_with_joining() {
    let withheld = PermissionSet::of(&[Permission::ManageGroups]);
    let narrowed = Actor { withheld, ..actor(Role::Admin, Kind::Standard) };
    let invited = |through_groups| Target { through_groups, ..target(Role::Viewer, PersonState::Invited) };
    let resend = |person: &Target| decide(&narrowed, Action::ResendInvitation, Some(person)).map(drop);
    assert_eq!(resend(&invited(GroupGrants::default())), Ok(()));
    let by_group = GroupGrants::of([Role::Admin.into()], Kind::Standard);
    assert_eq!(resend(&invited(by_group)), Err(Denial::BeyondYourOwn));
    // The very role that one has can be sent on.
    let alike = Target { withheld, ..target(Role::Admin, PersonState::Invited) };
    assert_eq!(resend(&alike), Ok(()));
    assert_eq!(resend(&target(Role::Admin, PersonState::Invited)), Err(Denial::BeyondYourOwn));
}

#[test]
fn the_end_of_the_role_that_one_has_oneself_is_moved_and_taken_away() {
    let withheld = PermissionSet::of(&[Permission::RemovePeople]);
    let narrowed = Actor { withheld, ..actor(Role::Admin, Kind::Standard) };
    let alike = Target { withheld, ..target(Role::Admin, PersonState::Active) };
    for then in [Role::Admin, Role::Member] {
        assert!(decide(&narrowed, Action::LimitRole(then), Some(&alike)).is_ok(), "{then:?}");
    }
    let full = target(Role::Admin, PersonState::Active);
    assert_eq!(decide(&narrowed, Action::LimitRole(Role::Member), Some(&full)), Err(Denial::BeyondYourOwn));
}

#[test]
fn an_owner_goes_in_and_out_of_groups() {
    let owner = actor(Role::Owner, Kind::Standard);
    let myself = Target { membership_id: owner.membership_id.clone(), ..target(Role::Owner, PersonState::Active) };
    let giving_admin = giving(Role::Admin.into());
    for action in [Action::JoinGroup(giving_admin), Action::LeaveGroup(giving_admin)] {
        assert!(decide(&owner, action, Some(&myself)).is_ok(), "{action:?}");
        let admin = Actor { role: Role::Admin, ..owner.clone() };
        assert_eq!(decide(&admin, action, Some(&myself)), Err(Denial::Yourself), "{action:?}");
    }
}

#[test]
fn who_decides_about_connections_gives_roles_on_them_to_others() {
    let (owner, admin) = (actor(Role::Owner, Kind::Standard), actor(Role::Admin, Kind::Standard));
    let withheld = PermissionSet::of(&[Permission::ManageConnections]);
    let narrowed = Actor { withheld, ..admin.clone() };
    let of = |actor: &Actor| Target {
        membership_id: actor.membership_id.clone(),
        ..target(actor.role, PersonState::Active)
    };
    let person = target(Role::Member, PersonState::Invited);
    let give = Action::GiveConnectionRole;
    for (by, action, to, expected) in [
        (&admin, Action::ManageConnections, None, Ok(())),
        (&admin, give, Some(person.clone()), Ok(())),
        (&admin, give, Some(target(Role::Member, PersonState::Deactivated)), Ok(())),
        (&admin, give, Some(of(&admin)), Err(Denial::Yourself)),
        (&admin, give, Some(target(Role::Owner, PersonState::Active)), Err(Denial::OwnerProtected)),
        (&owner, give, Some(of(&owner)), Ok(())),
        (&narrowed, Action::ManageConnections, None, Err(Denial::Withheld)),
        (&narrowed, give, Some(person.clone()), Err(Denial::Withheld)),
        // Nor by the way of groups that give some.
        (&narrowed, Action::JoinGroup(NOTHING), Some(person.clone()), Ok(())),
        (&narrowed, Action::JoinGroup(CONNECTING), Some(person.clone()), Err(Denial::BeyondYourOwn)),
        (&narrowed, Action::LeaveGroup(CONNECTING), Some(person.clone()), Err(Denial::BeyondYourOwn)),
        (&narrowed, Action::DefineGroup(CONNECTING), None, Err(Denial::BeyondYourOwn)),
        (&narrowed, Action::DissolveGroup(CONNECTING), None, Err(Denial::BeyondYourOwn)),
        (&admin, Action::JoinGroup(CONNECTING), Some(person), Ok(())),
        (&admin, Action::JoinGroup(CONNECTING), Some(of(&admin)), Err(Denial::Yourself)),
        (&owner, Action::JoinGroup(CONNECTING), Some(of(&owner)), Ok(())),
    ] {
        assert_eq!(decide(by, action, to.as_ref()).map(drop), expected, "{:?} {action:?}", by.role);
    }
    for (kind, why) in [(Kind::External, Denial::External), (Kind::Support, Denial::Support)] {
        let elsewhere = actor(Role::Admin, kind);
        assert_eq!(decide(&elsewhere, Action::ManageConnections, None), Err(why));
        assert!(decide(&elsewhere, Action::ViewPeople, None).is_ok());
    }
}

mod whatever_is_granted {
    use super::*;
    use proptest::{prelude::*, sample::select};

    fn sets() -> impl Strategy<Value = PermissionSet> {
        proptest::collection::vec(select(Permission::ALL), 0..6).prop_map(|list| PermissionSet::of(&list))
    }

    prop_compose! {
        fn actors()(
            role in select(&Role::ALL[..]),
            kind in select(vec![Kind::Standard, Kind::External, Kind::Support]),
            withheld in sets(),
            groups in proptest::collection::vec(grants(), 0..3),
        ) -> Actor {
            Actor { withheld, through_groups: GroupGrants::of(groups, kind), ..actor(role, kind) }
        }
    }

    prop_compose! {
        fn people()(
            role in select(&Role::ALL[..]),
            withheld in sets(),
            groups in proptest::collection::vec(grants(), 0..3),
        ) -> Target {
            let through_groups = GroupGrants::of(groups, Kind::Standard);
            Target { withheld, through_groups, ..target(role, PersonState::Active) }
        }
    }

    prop_compose! {
        fn gives()(
            own in proptest::option::of(grants()),
            parent in proptest::option::of(grants()),
            connections in any::<bool>(),
        ) -> GroupGives {
            GroupGives { own, parent, connections }
        }
    }

    prop_compose! {
        fn grants()(base in select(&Role::ALL[..]), withheld in sets()) -> Grant {
            Grant { base, withheld }
        }
    }

    /// Who decides about connections may hand out any role on them, and so may whoever moves people in and out of a group.
    fn with_connections(all: PermissionSet, gives: GroupGives) -> PermissionSet {
        let managing = [Permission::ManageConnections];
        if gives.connections { all.union(PermissionSet::of(&managing)) } else { all }
    }

    /// What an action hands to somebody else, if anything.
    fn handed(action: Action) -> Option<PermissionSet> {
        match action {
            Action::Invite(role)
            | Action::InviteExternal(role)
            | Action::GrantSupport(role)
            | Action::ChangeRole(role) => Some(role.permissions()),
            Action::GiveCustomRole(grant) | Action::DefineRole(grant) | Action::DeleteRole(grant) => {
                Some(grant.permissions())
            }
            Action::DefineGroup(gives) | Action::JoinGroup(gives) => {
                let all = gives.grants().fold(PermissionSet::default(), |all, grant| all.union(grant.permissions()));
                Some(with_connections(all, gives))
            }
            // What these keep people from comes back to them.
            Action::DissolveGroup(gives) | Action::LeaveGroup(gives) => {
                let kept = |grant: Grant| grant.base.permissions().without(grant.permissions());
                let all = gives.grants().fold(PermissionSet::default(), |all, grant| all.union(kept(grant)));
                Some(with_connections(all, gives))
            }
            _ => None,
        }
    }

    proptest! {
        /// By induction over any sequence of allowed commands: nobody comes to hold what nobody held.
        #[test]
        fn nobody_hands_on_more_than_they_hold(by in actors(), grant in grants(), gives in gives(), person in people()) {
            let actions = [
                (Action::Invite(grant.base), None),
                (Action::InviteExternal(grant.base), None),
                (Action::GrantSupport(grant.base), None),
                (Action::ChangeRole(grant.base), Some(&person)),
                (Action::GiveCustomRole(grant), Some(&person)),
                (Action::DefineRole(grant), None),
                (Action::DeleteRole(grant), None),
                (Action::DefineGroup(gives), None),
                (Action::DissolveGroup(gives), None),
                (Action::JoinGroup(gives), Some(&person)),
                (Action::LeaveGroup(gives), Some(&person)),
            ];
            for (action, target) in actions {
                if decide(&by, action, target).is_ok() {
                    prop_assert!(by.permissions().covers(handed(action).unwrap()), "{action:?}");
                }
            }
        }

        /// However what somebody has of their own and through groups work together.
        #[test]
        fn nobody_comes_to_more_by_another_role_than_who_gives_it_holds(by in actors(), grant in grants(), person in people()) {
            prop_assume!(person.role != Role::Owner);
            for (action, own) in [
                (Action::ChangeRole(grant.base), grant.base.into()),
                (Action::LimitRole(grant.base), grant.base.into()),
                (Action::GiveCustomRole(grant), grant),
            ] {
                // The role itself stands for no end, after which nothing follows (`rules::end_role`).
                if action == Action::LimitRole(person.role) {
                    continue;
                }
                if decide(&by, action, Some(&person)).is_ok() {
                    let before = person.through_groups.beside(person.grant());
                    let gained = person.through_groups.beside(own).without(before);
                    prop_assert!(by.permissions().covers(gained), "{action:?}");
                }
            }
        }

        /// Deny wins: what a custom role takes away is not done, whatever the role, the kind and the person.
        #[test]
        fn what_is_withheld_is_not_done(by in actors(), to in select(&Role::ALL[..]), state in select(&PersonState::ALL[..])) {
            prop_assume!(by.role != Role::Owner);
            let person = target(to, state);
            for action in ACTIONS.into_iter().filter(|action| by.holding().kept_back().has(needed(*action))) {
                let target = (!action.has_no_target()).then_some(&person);
                prop_assert!(decide(&by, action, target).is_err(), "{action:?}");
            }
        }

        /// B47, whatever else an external holds.
        #[test]
        fn an_external_never_does_what_the_mask_keeps(by in actors(), to in select(&Role::ALL[..])) {
            let guest = Actor { kind: Kind::External, ..by };
            let person = target(to, PersonState::Active);
            for action in ACTIONS.into_iter().filter(|action| crate::permission::EXTERNAL_MASK.has(needed(*action))) {
                let target = (!action.has_no_target()).then_some(&person);
                prop_assert!(decide(&guest, action, target).is_err(), "{action:?}");
            }
        }
    }
}
