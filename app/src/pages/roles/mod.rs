//! What each role may do (B41, B44, B47), from the very table that decides; and the custom roles of the organization.

mod role;

use leptos::prelude::*;
use model::{
    Action, Area, CustomRole, Grant, Kind, OrgKind, Permission, Role, decide,
    id::Id as _,
    people::{Filters, PeopleQuery, Tab, Viewer},
};

use self::role::who_has;
pub use self::role::{NewRolePage, RolePage};
use crate::{
    Reload,
    api::roles::list_roles,
    components::{
        errors::Refused,
        loaded::Loaded,
        ui::{Icon, PageTitle},
    },
    paths,
};

/// Somebody of a kind with a role: a column of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Holder {
    kind: Kind,
    grant: Grant,
    label: String,
    /// Where more of it is shown.
    href: Option<String>,
}

impl Holder {
    /// Those of the base roles that there can be in an organization.
    fn bases(org: &str, of: OrgKind) -> Vec<Self> {
        let native = Role::ALL.into_iter().filter(|role| *role != Role::Partner || of == OrgKind::Partner);
        let native = native.map(|role| (Kind::Standard, role));
        let mut external = Role::EXTERNAL;
        external.reverse();
        let all = native.chain(external.map(|role| (Kind::External, role)));
        all.map(|(kind, role)| Self {
            kind,
            grant: role.into(),
            label: role.label_as(kind).to_owned(),
            href: Some(people_of(org, kind, role)),
        })
        .collect()
    }
    /// A custom role.
    fn custom(role: &CustomRole, href: Option<String>) -> Self {
        Self { kind: Kind::Standard, grant: role.grant, label: role.name.as_str().to_owned(), href }
    }
    /// What becomes of a permission.
    fn holds(&self, permission: Permission) -> Held {
        let given = self.grant.permissions();
        if given.masked(self.kind).has(permission) {
            Held::Yes
        } else if given.has(permission) {
            Held::Masked
        } else if self.grant.withheld.has(permission) {
            Held::Withheld
        } else {
            Held::No
        }
    }
}

/// The list of the people of a kind who have a base role.
fn people_of(org: &str, kind: Kind, role: Role) -> String {
    let tab = if kind == Kind::External { Tab::External } else { Tab::Standard };
    let filters = Filters { roles: vec![role], ..Filters::default() };
    paths::users_by(org, &PeopleQuery { tab, filters, ..PeopleQuery::default() }.to_query_string())
}

/// Whether somebody may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    Yes,
    No,
    /// The base role would, but this variation does not.
    Withheld,
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
    let manages = viewer.actor.may_change(Permission::ManageRoles).is_ok();
    let Reload(reload) = expect_context();
    let org = viewer.org.slug.as_str().to_owned();
    let found = {
        let org = org.clone();
        Resource::new(move || (org.clone(), reload.get()), |(org, _)| list_roles(org))
    };
    view! {
        <PageTitle text="Roles" />
        <div class="page-head">
            <div>
                <h1>"Roles"</h1>
                <p>
                    "What everybody may do in " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span>
                    ". Grant Admin sparingly; nobody gives what they do not hold. A permission leads to who has it."
                </p>
            </div>
            {manages
                .then(|| {
                    view! {
                        <a class="button primary" href=paths::new_role(&org, None)><Icon name="plus" />"New role"</a>
                    }
                })}
        </div>
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |roles| {
                view! {
                    <CustomRoles org=org.clone() roles=roles.clone() manages />
                    <Matrix org=org.clone() kind=viewer.org.kind roles manages />
                }
            }
        />
    }
    .into_any()
}

/// The custom roles, each with what it takes away.
#[component]
pub fn CustomRoles(org: String, roles: Vec<CustomRole>, manages: bool) -> impl IntoView {
    (!roles.is_empty()).then(|| {
        let lines = roles
            .into_iter()
            .map(|role| {
                let name = role.name.as_str().to_owned();
                view! {
                    <li>
                        <div>
                            <b dir="auto">{name.clone()}</b>
                            <p>{format!("{}. {}", role.grant.less_in_words(Kind::Standard), who_has(&role))}</p>
                        </div>
                        {manages
                            .then(|| {
                                let href = paths::role(&org, role.id.as_str());
                                view! {
                                    <a class="button" href=href aria-label=format!("Edit the role {name}")>
                                        <Icon name="pencil" />
                                        "Edit"
                                    </a>
                                }
                            })}
                    </li>
                }
            })
            .collect_view();
        view! {
            <section class="panel" aria-labelledby="custom-roles">
                <h2 id="custom-roles">"Custom roles"</h2>
                <ul class="steps">{lines}</ul>
            </section>
        }
    })
}

/// Every permission of every role.
#[component]
pub fn Matrix(org: String, kind: OrgKind, roles: Vec<CustomRole>, manages: bool) -> impl IntoView {
    let mut holders = Holder::bases(&org, kind);
    let custom = roles.iter().map(|role| Holder::custom(role, manages.then(|| paths::role(&org, role.id.as_str()))));
    holders.extend(custom);
    let is_varied = !roles.is_empty();
    let columns = holders.len() + 1;
    let heads = holders
        .iter()
        .map(|holder| {
            let label = holder.label.clone();
            let name = match &holder.href {
                Some(href) => view! { <a dir="auto" href=href.clone()>{label}</a> }.into_any(),
                None => view! { <span dir="auto">{label}</span> }.into_any(),
            };
            view! { <th scope="col">{name}</th> }
        })
        .collect_view();
    let areas = Area::ALL
        .into_iter()
        .map(|area| {
            let rows = Permission::of(kind)
                .filter(|permission| permission.area() == area)
                .map(|permission| view! { <Line org=org.clone() permission holders=holders.clone() /> })
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
        {is_varied
            .then(|| {
                view! { <p class="hint matrix-key"><HeldMark held=Held::Withheld /> "Taken away from the base role."</p> }
            })}
        <p class="hint matrix-key">
            <HeldMark held=Held::Masked /> "Never for people of other organizations, whatever their role."
        </p>
    }
}

#[component]
fn Line(org: String, permission: Permission, holders: Vec<Holder>) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <a href=paths::who_can(&org, Some(permission), None) title="Who can?">{permission.label()}</a>
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
pub(crate) fn HeldMark(held: Held) -> impl IntoView {
    match held {
        Held::Yes => {
            view! { <span class="held yes"><Icon name="check" /><span class="visually-hidden">"Yes"</span></span> }
                .into_any()
        }
        Held::No => view! { <span class="held no" aria-label="No" role="img">"–"</span> }.into_any(),
        Held::Withheld => {
            view! { <span class="held withheld"><Icon name="x" /><span class="visually-hidden">"Taken away"</span></span> }
                .into_any()
        }
        Held::Masked => {
            view! { <span class="held masked"><Icon name="lock" /><span class="visually-hidden">"Never"</span></span> }
                .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{PermissionSet, custom_role::vary};

    #[test]
    fn partners_stand_where_there_can_be_some() {
        let roles = |of| Holder::bases("acme", of).into_iter().map(|of| of.label).collect::<Vec<_>>();
        let everywhere = ["Owner", "Admin", "Member", "Viewer", "External admin", "External user"];
        assert_eq!(roles(OrgKind::Customer), everywhere);
        assert!(roles(OrgKind::Partner).contains(&"Partner".to_owned()));
    }

    #[test]
    fn what_one_may_not_is_told_apart_by_its_reason() {
        let holder = |kind, grant| Holder { kind, grant, label: String::new(), href: None };
        let guest = |role: Role| holder(Kind::External, role.into());
        assert_eq!(guest(Role::Admin).holds(Permission::ViewPeople), Held::Yes);
        assert_eq!(guest(Role::Admin).holds(Permission::InvitePeople), Held::Masked);
        assert_eq!(guest(Role::Viewer).holds(Permission::InvitePeople), Held::No);
        let desk = holder(Kind::Standard, vary(Role::Admin, PermissionSet::of(&[Permission::ViewAudit])).unwrap());
        assert_eq!(desk.holds(Permission::ViewAudit), Held::Withheld);
        assert_eq!(desk.holds(Permission::TransferOwnership), Held::No);
    }
}
