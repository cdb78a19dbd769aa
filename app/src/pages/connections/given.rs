//! On the page of a connection: the roles that groups give and those that people have of their own, and giving more.

use leptos::prelude::*;
use model::{
    Action,
    connection::{
        ConnectionPage as Page, ConnectionRole, CustomConnectionRole, DataModel, GivenRole, RoleOfGroup, RoleOfPerson,
    },
    decide,
    people::Viewer,
};

use super::{may_manage, role_options};
use crate::{
    api::connections::{GiveGroupRole, GivePersonRole, SetGroupRole, SetPersonRole, TakeGroupRole, TakePersonRole},
    components::{
        form::{Form, FormFn, FormMessage, FormState, use_form},
        person::StatusBadge,
        ui::{Field, Icon, Pager, SelectField, options},
    },
    paths,
};

/// The forms about groups, one of each for all of them.
#[derive(Clone, Copy)]
pub(super) struct GroupForms {
    pub(super) give: FormState<GiveGroupRole>,
    pub(super) set: FormState<SetGroupRole>,
    pub(super) take: FormState<TakeGroupRole>,
}

impl GroupForms {
    pub(super) fn new() -> Self {
        Self { give: use_form(None), set: use_form(None), take: use_form(None) }
    }
}

/// The same of people.
#[derive(Clone, Copy)]
pub(super) struct PeopleForms {
    pub(super) give: FormState<GivePersonRole>,
    pub(super) set: FormState<SetPersonRole>,
    pub(super) take: FormState<TakePersonRole>,
}

impl PeopleForms {
    pub(super) fn new() -> Self {
        Self { give: use_form(None), set: use_form(None), take: use_form(None) }
    }
}

/// Where a line stands, and what it is about.
#[derive(Clone)]
struct About {
    org: String,
    connection: String,
    /// `person` or `group`.
    who: &'static str,
    id: String,
    name: String,
    model: Option<DataModel>,
    role: GivenRole,
}

impl About {
    /// What the forms of the line name.
    fn fields(&self) -> impl IntoView + use<> {
        let model = self.model.as_ref().map(|model| model.id.to_string()).unwrap_or_default();
        view! {
            <input type="hidden" name="org" value=self.org.clone() />
            <input type="hidden" name="id" value=self.connection.clone() />
            <input type="hidden" name=self.who value=self.id.clone() />
            <input type="hidden" name="model" value=model />
        }
    }
    /// As it is called where it stands alone.
    fn label(&self) -> String {
        match &self.model {
            Some(model) => format!("{} for {}", self.name, model.name.as_str()),
            None => self.name.clone(),
        }
    }
    /// The role, and for what.
    fn role_in_words(&self) -> String {
        match &self.model {
            Some(model) => format!("{}, for {} alone", self.role.label(), model.name.as_str()),
            None => self.role.label().to_owned(),
        }
    }
}

/// Changing the role of a line, and taking it away.
#[component]
fn LineForms<S: FormFn, T: FormFn>(
    about: About,
    roles: Vec<CustomConnectionRole>,
    set: FormState<S>,
    take: FormState<T>,
) -> impl IntoView {
    let (role, change, take_away) = {
        let label = about.label();
        (format!("Role of {label}"), format!("Change the role of {label}"), format!("Take away the role of {label}"))
    };
    let (of_set, of_take) = (about.fields(), about.fields());
    view! {
        <Form form=set class="inline-role">
            {of_set}
            <select name="role" autocomplete="off" aria-label=role>
                {role_options(&roles, &about.role.choice().to_string())}
            </select>
            <button class="button small" aria-label=change>"Change"</button>
        </Form>
        <Form form=take>
            {of_take}
            <button class="button small" aria-label=take_away>"Take away"</button>
        </Form>
    }
}

/// On which model a role is given; nothing where there is none.
#[component]
fn ModelField<F: FormFn>(id: &'static str, form: FormState<F>, models: Vec<DataModel>) -> impl IntoView {
    (!models.is_empty()).then(|| {
        let choices = models.into_iter().map(|of| (of.id.to_string(), of.name.as_str().to_owned())).collect();
        view! {
            <SelectField id name="model" label="On" error=form.error("model")>
                <option value="">"The connection"</option>
                {options(choices, &form.value_or("model", ""))}
            </SelectField>
        }
    })
}

#[component]
fn RoleField<F: FormFn>(id: &'static str, form: FormState<F>, roles: Vec<CustomConnectionRole>) -> impl IntoView {
    view! {
        <SelectField id name="role" label="Role" error=form.error("role")>
            {role_options(&roles, &form.value_or("role", ConnectionRole::Viewer.code()))}
        </SelectField>
    }
}

/// The roles that groups give.
#[component]
pub(super) fn GivenToGroups(viewer: Viewer, page: Page, forms: GroupForms) -> impl IntoView {
    let GroupForms { give, set, take } = forms;
    let org = viewer.org.slug.as_str().to_owned();
    let manages = may_manage(&viewer);
    let connection = page.row.connection.id.to_string();
    let none = page.groups.is_empty().then(|| view! { <p>"No group gives a role on it."</p> });
    let lines = page
        .groups
        .into_iter()
        .map(|RoleOfGroup { group, model, role }| {
            let name = group.name.as_str().to_owned();
            let (org, id, connection) = (org.clone(), group.id.to_string(), connection.clone());
            let href = paths::group(&org, &id, None);
            let about = About { org, connection, who: "group", id, name: name.clone(), model, role };
            let words = about.role_in_words();
            let buttons = manages.then(|| view! { <LineForms about roles=page.roles.clone() set take /> });
            view! {
                <li>
                    <Icon name="group" />
                    <div>
                        <a class="link" href=href dir="auto">{name}</a>
                        <p dir="auto">{words}</p>
                    </div>
                    {buttons}
                </li>
            }
        })
        .collect_view();
    let groups: Vec<_> =
        page.all_groups.into_iter().map(|group| (group.id.to_string(), group.name.as_str().to_owned())).collect();
    let no_groups = (manages && groups.is_empty())
        .then(|| view! { <p><a class="link" href=paths::groups(&org)>"Make a group first"</a></p> });
    let form = (manages && !groups.is_empty()).then(|| {
        view! {
            <FormMessage form=give />
            <Form form=give class="give">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=connection />
                <SelectField id="give-group" name="group" label="Group" error=give.error("group")>
                    <option value="">"Choose a group"</option>
                    {options(groups, &give.value_or("group", ""))}
                </SelectField>
                <ModelField id="give-group-model" form=give models=page.models />
                <RoleField id="give-group-role" form=give roles=page.roles />
                <button class="button"><Icon name="plus" />"Give to group"</button>
            </Form>
        }
    });
    view! {
        <section class="panel" aria-labelledby="groups">
            <h2 id="groups">"Groups"</h2>
            <p>"Everybody in a group, and in a group that is part of it, has what it gives."</p>
            {none}
            <FormMessage form=set />
            <FormMessage form=take />
            <ul class="sessions grants" aria-label="Groups with a role">{lines}</ul>
            {no_groups}
            {form}
        </section>
    }
}

/// The roles that people have of their own.
#[component]
pub(super) fn GivenToPeople(
    viewer: Viewer,
    page: Page,
    /// Whether the list begins here.
    is_first: bool,
    forms: PeopleForms,
) -> impl IntoView {
    let PeopleForms { give, set, take } = forms;
    let org = viewer.org.slug.as_str().to_owned();
    let manages = may_manage(&viewer);
    let connection = page.row.connection.id.to_string();
    let here = paths::connection(&org, &connection);
    let next = page.next.map(|after| paths::with_params(&here, &[("after", after.encode())]));
    let first = (!is_first).then_some(here);
    let none = page.people.is_empty().then(|| view! { <p>"Nobody has a role of their own on it."</p> });
    let lines = page
        .people
        .into_iter()
        .map(|RoleOfPerson { person, model, role }| {
            let name = person.display_name();
            let (org, id, connection) = (org.clone(), person.target.membership_id.to_string(), connection.clone());
            let href = paths::user(&org, &id);
            let about = About { org, connection, who: "person", id, name: name.clone(), model, role };
            let words = about.role_in_words();
            let may = decide(&viewer.actor, Action::GiveConnectionRole, Some(&person.target)).is_ok();
            let buttons = may.then(|| view! { <LineForms about roles=page.roles.clone() set take /> });
            view! {
                <li>
                    <Icon name="user" />
                    <div>
                        <a class="link" href=href dir="auto">{name}</a>
                        <p>
                            <span dir="auto">{words}</span>
                            <span>{person.email.to_string()}</span>
                            <StatusBadge state=person.target.state words=viewer.org.policies.status_words />
                        </p>
                    </div>
                    {buttons}
                </li>
            }
        })
        .collect_view();
    let form = manages.then(|| {
        view! {
            <FormMessage form=give />
            <Form form=give class="give">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=connection />
                <Field
                    id="give-email"
                    name="email"
                    label="Email"
                    kind="email"
                    value=give.value_or("email", "")
                    hint="Of somebody here, also while they are only invited."
                    error=give.error("email")
                />
                <ModelField id="give-person-model" form=give models=page.models />
                <RoleField id="give-person-role" form=give roles=page.roles />
                <button class="button"><Icon name="plus" />"Give to person"</button>
            </Form>
        }
    });
    view! {
        <section class="panel" aria-labelledby="people">
            <h2 id="people">"People"</h2>
            <p>"Those who have a role of their own, which counts before what groups give."</p>
            {form}
            {none}
            <FormMessage form=set />
            <FormMessage form=take />
            <ul class="sessions grants" aria-label="People with a role">{lines}</ul>
            <Pager first next />
        </section>
    }
}

/// Both lists, for the gallery.
#[cfg(feature = "ssr")]
pub(in crate::pages) fn sample(viewer: Viewer, page: Page) -> impl IntoView {
    let (groups, people) = (GroupForms::new(), PeopleForms::new());
    view! {
        <GivenToGroups viewer=viewer.clone() page=page.clone() forms=groups />
        <GivenToPeople viewer page is_first=true forms=people />
    }
}
