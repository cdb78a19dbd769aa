//! What each role may do (B41, B44, B47), from the very table that decides.

use leptos::prelude::*;
use model::{
    Action, Area, Kind, OrgKind, Permission, Role, decide,
    people::{Filters, PeopleQuery, Tab, Viewer},
};

use crate::{
    components::{
        errors::Refused,
        ui::{Icon, PageTitle},
    },
    paths,
};

/// Somebody of a kind with a role: a column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Holder {
    kind: Kind,
    role: Role,
}

impl Holder {
    /// Those that there can be in an organization.
    fn all(org: OrgKind) -> Vec<Self> {
        let native = Role::ALL.into_iter().filter(|role| *role != Role::Partner || org == OrgKind::Partner);
        let native = native.map(|role| Self { kind: Kind::Standard, role });
        let mut external = Role::EXTERNAL;
        external.reverse();
        native.chain(external.map(|role| Self { kind: Kind::External, role })).collect()
    }
    /// The list of the people who are it.
    fn people(self, org: &str) -> String {
        let tab = if self.kind == Kind::External { Tab::External } else { Tab::Standard };
        let filters = Filters { roles: vec![self.role], ..Filters::default() };
        paths::users_by(org, &PeopleQuery { tab, filters, ..PeopleQuery::default() }.to_query_string())
    }
    /// What becomes of a permission.
    fn holds(self, permission: Permission) -> Held {
        match (self.role.permissions_as(self.kind).has(permission), self.role.permissions().has(permission)) {
            (true, _) => Held::Yes,
            (false, true) => Held::Masked,
            (false, false) => Held::No,
        }
    }
}

/// Whether somebody may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Yes,
    No,
    /// The role would, but never for people of other organizations.
    Masked,
}

/// `/o/:org/roles`
#[component]
pub fn RolesPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Err(why) = decide(&viewer.actor, Action::ViewPeople, None) {
        return view! { <Refused why /> }.into_any();
    }
    let org = viewer.org.slug.as_str().to_owned();
    view! {
        <PageTitle text="Roles" />
        <div class="page-head">
            <div>
                <h1>"Roles"</h1>
                <p>
                    "What everybody may do in " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span>
                    ". Grant Admin sparingly; nobody gives what they do not hold."
                </p>
            </div>
        </div>
        <Matrix org kind=viewer.org.kind />
    }
    .into_any()
}

/// Every permission of every role.
#[component]
pub fn Matrix(org: String, kind: OrgKind) -> impl IntoView {
    let holders = Holder::all(kind);
    let columns = holders.len() + 1;
    let heads = holders
        .iter()
        .map(|holder| {
            view! {
                <th scope="col">
                    <a href=holder.people(&org)>{holder.role.label_as(holder.kind)}</a>
                </th>
            }
        })
        .collect_view();
    let areas = Area::ALL
        .into_iter()
        .map(|area| {
            let rows = Permission::ALL
                .iter()
                .filter(|permission| permission.area() == area)
                // There is no such section elsewhere.
                .filter(|permission| **permission != Permission::ViewPartnerSection || kind == OrgKind::Partner)
                .map(|permission| view! { <Line permission=*permission holders=holders.clone() /> })
                .collect_view();
            view! {
                <tbody>
                    <tr class="matrix-area"><th scope="rowgroup" colspan=columns>{area.label()}</th></tr>
                    {rows}
                </tbody>
            }
        })
        .collect_view();
    view! {
        <div class="matrix" role="region" aria-label="Permissions of each role" tabindex="0">
            <table>
                <thead>
                    <tr><th scope="col">"Permission"</th>{heads}</tr>
                </thead>
                {areas}
            </table>
        </div>
        <p class="hint matrix-key">
            <HeldMark held=Held::Masked /> "Never for people of other organizations, whatever their role."
        </p>
    }
}

#[component]
fn Line(permission: Permission, holders: Vec<Holder>) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <b>{permission.label()}</b>
                <span>{permission.sentence()}</span>
            </th>
            {holders
                .into_iter()
                .map(|holder| view! { <td><HeldMark held=holder.holds(permission) /></td> })
                .collect_view()}
        </tr>
    }
}

/// By shape and word.
#[component]
fn HeldMark(held: Held) -> impl IntoView {
    match held {
        Held::Yes => {
            view! { <span class="held yes"><Icon name="check" /><span class="visually-hidden">"Yes"</span></span> }
                .into_any()
        }
        Held::No => view! { <span class="held no" aria-label="No" role="img">"–"</span> }.into_any(),
        Held::Masked => {
            view! { <span class="held masked"><Icon name="lock" /><span class="visually-hidden">"Never"</span></span> }
                .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partners_stand_where_there_can_be_some() {
        let roles = |org| Holder::all(org).iter().map(|of| of.role.label_as(of.kind)).collect::<Vec<_>>();
        let everywhere = ["Owner", "Admin", "Member", "Viewer", "External admin", "External user"];
        assert_eq!(roles(OrgKind::Customer), everywhere);
        assert!(roles(OrgKind::Partner).contains(&"Partner"));
    }

    #[test]
    fn what_an_external_never_may_is_told_from_what_the_role_lacks() {
        let guest = |role| Holder { kind: Kind::External, role };
        assert_eq!(guest(Role::Admin).holds(Permission::ViewPeople), Held::Yes);
        assert_eq!(guest(Role::Admin).holds(Permission::InvitePeople), Held::Masked);
        assert_eq!(guest(Role::Viewer).holds(Permission::InvitePeople), Held::No);
    }
}
