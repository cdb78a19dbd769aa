//! Connections: the list, what each role may do, the page of one, and what a profile tells.

use leptos::prelude::*;
use model::{
    connection::{
        Connection, ConnectionKey, ConnectionName, ConnectionPage, ConnectionPermission, ConnectionRole,
        ConnectionRoleName, ConnectionRow, CustomConnectionRole, DataModel, Given, GivenRole, Giver, ModelName,
        PersonConnection, RoleOfGroup, RoleOfPerson,
    },
    group::{GroupName, NamedGroup},
    people::PersonProfile,
};

use super::{Sample, made_up};
use crate::pages::{
    connections::{Connections, CustomRoles, RoleMatrix, given_sample},
    person::connections::{ConnectionForms, ConnectionsPanel},
};

fn connection(n: u8, key: &str, name: &str, default_role: ConnectionRole) -> Connection {
    Connection {
        id: made_up::id(n),
        key: ConnectionKey::parse(key).expect("made up well"),
        name: ConnectionName::parse(name).expect("made up well"),
        description: "Everything that was sold".to_owned(),
        application: if n == 1 { "Insight".to_owned() } else { String::new() },
        default_role,
    }
}

/// A modeler who queries nothing.
fn custom() -> CustomConnectionRole {
    CustomConnectionRole {
        id: made_up::id(1),
        name: ConnectionRoleName::parse("Blind modeler").expect("made up well"),
        base: ConnectionRole::Modeler,
        withheld: std::iter::once(ConnectionPermission::Query).collect(),
    }
}

fn sales() -> DataModel {
    DataModel { id: made_up::id(1), name: ModelName::parse("Sales").expect("made up well") }
}

fn group(n: u8, name: &str) -> NamedGroup {
    NamedGroup { id: made_up::id(n), name: GroupName::parse(name).expect("made up well") }
}

/// Somebody with a role through two groups, another one on a model, and one that was taken away.
fn profile() -> PersonProfile {
    let given = |by, model, role: ConnectionRole| Given { by, model, role: role.into() };
    let through = |of, via| Giver::Group { group: of, via };
    PersonProfile {
        row: made_up::people(10).swap_remove(5),
        joined_at: Some(made_up::NOW),
        access_ended_at: None,
        invitation_expires_at: None,
        delivery_error: None,
        support: None,
        groups: Vec::new(),
        attributes: Vec::new(),
        connections: vec![
            PersonConnection {
                connection: connection(2, "archive", "Archive", ConnectionRole::Viewer),
                given: vec![given(Giver::Own, None, ConnectionRole::None)],
            },
            PersonConnection {
                connection: connection(1, "warehouse", "Warehouse", ConnectionRole::None),
                given: vec![
                    Given {
                        role: GivenRole::Custom(custom()),
                        ..given(through(group(1, "Analysts"), None), None, ConnectionRole::Querier)
                    },
                    given(through(group(2, "Company"), Some(group(1, "Analysts"))), None, ConnectionRole::Modeler),
                    given(Giver::Own, Some(sales()), ConnectionRole::Admin),
                ],
            },
            PersonConnection { connection: connection(3, "lake", "Lake", ConnectionRole::None), given: Vec::new() },
        ],
        connection_roles: vec![custom()],
        sessions: None,
        now: made_up::NOW,
    }
}

fn page() -> ConnectionPage {
    let mut people = made_up::people(10);
    let (ida, grace) = (people.swap_remove(5), people.swap_remove(2));
    ConnectionPage {
        row: ConnectionRow {
            connection: connection(1, "warehouse", "Warehouse", ConnectionRole::Viewer),
            models: 1,
            groups: 1,
            people: 2,
        },
        models: vec![sales()],
        groups: vec![RoleOfGroup { group: group(1, "Analysts"), model: None, role: GivenRole::Custom(custom()) }],
        all_groups: vec![group(1, "Analysts"), group(2, "Company")],
        roles: vec![custom()],
        people: vec![
            RoleOfPerson { person: grace, model: None, role: ConnectionRole::Admin.into() },
            RoleOfPerson { person: ida, model: Some(sales()), role: ConnectionRole::None.into() },
        ],
        next: None,
        now: made_up::NOW,
    }
}

pub(super) fn connections() -> AnyView {
    let org = || "gallery".to_owned();
    let viewer = made_up::viewer;
    let rows = vec![
        ConnectionRow {
            connection: connection(2, "archive", "Archive", ConnectionRole::Viewer),
            models: 0,
            groups: 0,
            people: 0,
        },
        page().row,
    ];
    view! {
        <Sample of="Connections"><Connections org=org() rows /></Sample>
        <Sample of="What each role on one may do"><RoleMatrix roles=vec![custom()] /></Sample>
        <Sample of="Custom roles"><CustomRoles org=org() roles=vec![custom()] manages=true /></Sample>
        <Sample of="Roles on a connection">{given_sample(viewer(), page())}</Sample>
        <Sample of="On a profile">
            <ConnectionsPanel viewer=viewer() profile=profile() forms=ConnectionForms::new() />
        </Sample>
    }
    .into_any()
}
