//! A custom role, to be made, changed or deleted (B41).

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    Action, Area, CustomRole, Grant, Kind, OrgKind, Permission, Role,
    custom_role::{BASES, MAX_ROLE_NAME_CHARS},
    decide,
    id::Id as _,
    people::{Viewer, people_in_words},
};

use crate::{
    api::roles::{CreateRole, DeleteRole, UpdateRole, list_roles},
    components::{
        errors::{NotFound, Refused},
        form::{Form, FormFn, FormMessage, FormState, use_form},
        loaded::Loaded,
        ui::{Dialog, Field, FieldError, Icon, PageTitle, SelectField, options},
    },
    pages::people::dialogs::Foot,
    paths,
};

/// `/o/:org/roles/new`
#[component]
pub fn NewRolePage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Err(why) = viewer.actor.may_change(Permission::ManageRoles) {
        return view! { <Refused why /> }.into_any();
    }
    let query = use_query_map();
    let base = Memo::new(move |_| {
        let asked = query.with(|q| Role::from_code(&q.get("base")?));
        asked.filter(|base| BASES.contains(base)).unwrap_or(Role::Admin)
    });
    view! {
        <PageTitle text="New role" />
        <a class="back" href=paths::roles(viewer.org.slug.as_str())><Icon name="arrow-left" />"Roles"</a>
        <div class="page-head">
            <div>
                <h1>"New role"</h1>
                <p>"A base role, less the permissions that you take away."</p>
            </div>
        </div>
        // Another base is another list of permissions: a form of its own, so that none of its boxes stays from before.
        {move || view! { <NewRole viewer=viewer.clone() base=base.get() /> }}
    }
    .into_any()
}

#[component]
fn NewRole(viewer: Viewer, base: Role) -> impl IntoView {
    let form = use_form::<CreateRole>(None);
    let org = viewer.org.slug.as_str().to_owned();
    let bases = BASES
        .map(|role| {
            let current = (role == base).then_some("page");
            view! { <a href=paths::new_role(&org, Some(role)) aria-current=current>{role.label()}</a> }
        })
        .collect_view();
    let error = form.error("base");
    view! {
        <nav class="tabs" aria-label="Base role">{bases}</nav>
        <FormMessage form />
        <FieldError id="role-base-error" error />
        <Form form class="stack role-form">
            <input type="hidden" name="org" value=org.clone() />
            <input type="hidden" name="base" value=base.code() />
            <NameField form name="" />
            <Keeps form viewer=viewer.clone() grant=base.into() />
            <div class="form-foot">
                <button class="button primary">"Create role"</button>
                <a class="button ghost" href=paths::roles(&org)>"Cancel"</a>
            </div>
        </Form>
    }
}

/// `/o/:org/roles/:id`
#[component]
pub fn RolePage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Err(why) = viewer.actor.may_change(Permission::ManageRoles) {
        return view! { <Refused why /> }.into_any();
    }
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let org = viewer.org.slug.as_str().to_owned();
    let found = {
        let org = org.clone();
        Resource::new(move || org.clone(), list_roles)
    };
    view! {
        <a class="back" href=paths::roles(&org)><Icon name="arrow-left" />"Roles"</a>
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |roles| {
                let id = id.get();
                let (mut mine, others): (Vec<_>, Vec<_>) = roles.into_iter().partition(|role| role.id.as_str() == id);
                match mine.pop() {
                    Some(role) => view! { <EditRole viewer=viewer.clone() role others /> }.into_any(),
                    None => view! { <NotFound /> }.into_any(),
                }
            }
        />
    }
    .into_any()
}

#[component]
fn EditRole(viewer: Viewer, role: CustomRole, others: Vec<CustomRole>) -> impl IntoView {
    let form = use_form::<UpdateRole>(None);
    let query = use_query_map();
    let org = viewer.org.slug.as_str().to_owned();
    let here = paths::role(&org, role.id.as_str());
    let name = role.name.as_str().to_owned();
    let has_it = who_has(&role);
    let why_not = decide(&viewer.actor, Action::DefineRole(role.grant), None).err();
    let may_delete = decide(&viewer.actor, Action::DeleteRole(role.grant), None).is_ok();
    let dialog = {
        let (viewer, role, here) = (viewer.clone(), role.clone(), here.clone());
        move || {
            let asked = query.with(|q| q.get("dialog").is_some_and(|dialog| dialog == "delete"));
            (asked && may_delete).then(|| {
                let here = here.clone();
                let close_to = Signal::derive(move || here.clone());
                view! { <DeleteDialog viewer=viewer.clone() role=role.clone() others=others.clone() close_to /> }
            })
        }
    };
    let delete = may_delete.then(|| {
        view! {
            <a class="button danger" id="open-delete" href=format!("{here}?dialog=delete")>
                <Icon name="trash-2" />
                "Delete role"
            </a>
        }
    });
    let (title, heading) = (name.clone(), name.clone());
    let body = match why_not {
        Some(why) => view! {
            <p class="notice">{why.to_string()}</p>
            <p>{format!("{}.", role.grant.less_in_words(Kind::Standard))}</p>
            {delete.map(|delete| view! { <div class="form-foot">{delete}</div> })}
        }
        .into_any(),
        None => view! {
            <FormMessage form />
            <Form form class="stack role-form">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=role.id.to_string() />
                <NameField form name />
                <Keeps form viewer grant=role.grant />
                <div class="form-foot"><button class="button primary">"Save"</button> {delete}</div>
            </Form>
        }
        .into_any(),
    };
    view! {
        <PageTitle text=title />
        <div class="page-head">
            <div>
                <h1 dir="auto">{heading}</h1>
                <p>{format!("A variation of {}. {has_it}", role.grant.base.label())}</p>
            </div>
        </div>
        {body}
        {dialog}
    }
}

/// In a sentence or two. Nobody is counted beyond what the list counts.
pub(super) fn who_has(role: &CustomRole) -> String {
    let groups = match role.groups {
        0 => None,
        1 => Some("1 group gives it.".to_owned()),
        n => Some(format!("{n} groups give it.")),
    };
    let have = if role.people > 1 { "have" } else { "has" };
    let people = people_in_words(role.people);
    match groups {
        None => format!("{people} {have} it."),
        Some(groups) if role.people == 0 => format!("No person has it themselves; {groups}"),
        Some(groups) => format!("{people} {have} it. {groups}"),
    }
}

#[component]
fn NameField<F: FormFn>(form: FormState<F>, #[prop(into)] name: String) -> impl IntoView {
    view! {
        <Field
            id="role-name"
            name="name"
            label="Name"
            value=form.value_or("name", &name)
            hint=format!("At most {MAX_ROLE_NAME_CHARS} characters, such as “Help desk”.")
            error=form.error("name")
        />
    }
}

/// The permissions of the base role, each kept or taken away.
#[component]
fn Keeps<F: FormFn>(form: FormState<F>, viewer: Viewer, grant: Grant) -> impl IntoView {
    let posted = form.entered("keeps[]").or_else(|| form.entered("name").map(|_| String::new()));
    let keeps = posted.map_or(grant.permissions(), |codes| model::PermissionSet::from_codes(&codes.replace(',', " ")));
    let held = viewer.actor.permissions();
    let error = form.error("keeps");
    let is_wrong = move || error.get().is_some();
    // Where there is no such section, nobody is asked about it, and nothing is taken away by that.
    let has_partner_section = viewer.org.kind == OrgKind::Partner;
    let unasked = (!has_partner_section && grant.permissions().has(Permission::ViewPartnerSection))
        .then(|| view! { <input type="hidden" name="keeps[]" value=Permission::ViewPartnerSection.code() /> });
    let areas = Area::ALL
        .into_iter()
        .map(|area| {
            let boxes = grant
                .base
                .permissions()
                .iter()
                .filter(|of| of.area() == area)
                .filter(|of| *of != Permission::ViewPartnerSection || has_partner_section)
                .map(|of| {
                    let lacks = !held.has(of);
                    let why =
                        if lacks { "You do not hold this yourself, so you cannot give it." } else { of.sentence() };
                    view! {
                        <label class="check">
                            <input
                                type="checkbox"
                                name="keeps[]"
                                value=of.code()
                                checked=keeps.has(of) && !lacks
                                disabled=lacks
                                autocomplete="off"
                            />
                            <span><b>{of.label()}</b><span>{why}</span></span>
                        </label>
                    }
                })
                .collect::<Vec<_>>();
            (!boxes.is_empty()).then(|| {
                view! {
                    <fieldset class="role-area">
                        <legend>{area.label()}</legend>
                        {boxes}
                    </fieldset>
                }
            })
        })
        .collect_view();
    view! {
        <div
            class="role-keeps"
            id="keeps"
            role="group"
            tabindex="-1"
            aria-label="Permissions that it keeps"
            aria-invalid=move || is_wrong().then_some("true")
            aria-describedby=move || is_wrong().then_some("keeps-error")
        >
            <p class="hint">"Uncheck what people with this role may not do."</p>
            <FieldError id="keeps-error" error />
            {unasked}
            {areas}
        </div>
    }
}

/// Deleting, with what the people who have it get instead.
#[component]
fn DeleteDialog(viewer: Viewer, role: CustomRole, others: Vec<CustomRole>, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<DeleteRole>(Some(close_to));
    let org = viewer.org.slug.as_str().to_owned();
    let base = role.grant.base;
    let may = |grant: Grant| decide(&viewer.actor, Action::DeleteRole(grant), None).is_ok();
    let of_base = others.into_iter().filter(|other| other.grant.base == base && may(other.grant));
    let mut choices: Vec<(String, String)> =
        of_base.map(|other| (other.id.to_string(), other.name.as_str().to_owned())).collect();
    if may(base.into()) {
        choices.insert(0, (base.code().to_owned(), base.label().to_owned()));
    }
    let replacement = (!role.is_unused()).then(|| {
        view! {
            <SelectField id="role-instead" name="instead" label="Instead of it" error=form.error("instead")>
                <option value="">"Choose a role"</option>
                {options(choices, &form.value_or("instead", ""))}
            </SelectField>
        }
    });
    view! {
        <Dialog title="Delete role" opener="open-delete" close_to>
            <p>
                "“" <bdi>{role.name.as_str().to_owned()}</bdi> "” will be gone. "
                {who_has(&role)}
                {(!role.is_unused()).then_some(" What they get instead holds at once.")}
            </p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=role.id.to_string() />
                {replacement}
                <Foot close_to button="Delete role" tone="danger" />
            </Form>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{PermissionSet, Timestamp, custom_role::RoleName};

    #[test]
    fn who_has_a_role_is_said_of_people_and_of_groups() {
        for (people, groups, expected) in [
            (0, 0, "Nobody has it."),
            (0, 1, "No person has it themselves; 1 group gives it."),
            (1, 0, "1 person has it."),
            (2, 2, "2 people have it. 2 groups give it."),
            (1_000, 0, "1,000 people or more have it."),
        ] {
            let role = CustomRole {
                id: model::id::Id::fresh(Timestamp::from_millis(1), [1; 10]),
                name: RoleName::parse("Help desk").expect("a name"),
                grant: Grant { base: Role::Admin, withheld: PermissionSet::of(&[Permission::InvitePeople]) },
                people,
                groups,
            };
            assert_eq!(who_has(&role), expected);
        }
    }
}
