//! Custom roles and what every role may do, how one is given, where access comes from through groups, and support access.

use leptos::prelude::*;
use model::{
    CustomRole, Grant, OrgKind, Permission, PermissionSet, Role, RoleChoice,
    custom_role::{RoleName, vary},
    group::{GroupName, GroupOf, GroupRole, NamedGroup},
    people::{PersonProfile, PersonRow},
    support::Supporter,
};

use super::{Sample, made_up};
use crate::{
    components::ui::Dialog,
    pages::{
        people::support::SupportForm,
        person::{access::AccessPanel, role::RoleForm},
        roles::{CustomRoles, Matrix},
    },
};

/// An admin who invites nobody.
fn desk() -> Grant {
    vary(Role::Admin, PermissionSet::of(&[Permission::InvitePeople, Permission::RemovePeople])).expect("made up well")
}

fn custom() -> CustomRole {
    let name = RoleName::parse("Help desk").expect("made up well");
    CustomRole { id: made_up::id(1), name, grant: desk(), people: 12, groups: 1 }
}

/// Somebody in two groups, of which the one gives a role and the other takes away.
pub(super) fn in_groups(row: PersonRow) -> PersonProfile {
    let group = |n, name: &str, label: &str, choice: RoleChoice, grant| GroupOf {
        group: NamedGroup { id: made_up::id(n), name: GroupName::parse(name).expect("made up well") },
        via: None,
        role: Some(GroupRole { choice, label: label.to_owned(), grant }),
    };
    PersonProfile {
        row,
        joined_at: Some(made_up::NOW),
        access_ended_at: None,
        invitation_expires_at: None,
        delivery_error: None,
        support: None,
        groups: vec![
            group(1, "Company", "Admin", Role::Admin.into(), Role::Admin.into()),
            group(2, "First line", "Help desk", RoleChoice::Custom(custom().id), desk()),
        ],
        attributes: Vec::new(),
        connections: Vec::new(),
        connection_roles: Vec::new(),
        sessions: None,
        now: made_up::NOW,
    }
}

pub(super) fn roles() -> AnyView {
    let close_to = Signal::stored(super::PATH.to_owned());
    let viewer = made_up::viewer;
    let org = || "gallery".to_owned();
    let of = |n| made_up::people(10).swap_remove(n);
    let profile = in_groups(of(5));
    let Some(sam) = made_up::people(11).into_iter().nth(4) else { return ().into_any() };
    let staff = vec![Supporter { id: made_up::id(7), name: sam.display_name(), email: sam.email }];
    view! {
        <Sample of="A custom role"><CustomRoles org=org() roles=vec![custom()] manages=true /></Sample>
        <Sample of="What each role may do">
            <Matrix org=org() kind=OrgKind::Customer roles=vec![custom()] manages=true />
        </Sample>
        <div class="gallery-columns">
            <Sample of="Another role for an Owner">
                <Dialog title="Change role" opener="made-up-role" close_to>
                    <RoleForm viewer=viewer() person=PersonRow { target: model::Target { role: Role::Owner, ..of(1).target }, ..of(1) } roles=vec![custom()] close_to />
                </Dialog>
            </Sample>
            <Sample of="Where access comes from"><AccessPanel profile /></Sample>
            <Sample of="Support access">
                <Dialog title="Grant support access" opener="made-up-support" close_to>
                    <SupportForm viewer=viewer() staff close_to />
                </Dialog>
            </Sample>
        </div>
    }
    .into_any()
}
