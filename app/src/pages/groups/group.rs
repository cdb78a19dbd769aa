//! A group: what it is, who is in it, and what can be done with it.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    Action, Kind,
    connection::GroupConnection,
    decide,
    group::{Candidate, FOUND, Group, GroupPage as Page},
    id::Id as _,
    people::{Cursor, Filters, PeopleQuery, PersonRow, Viewer, people_in_words},
};

use super::{GroupFields, GroupLinks, may_manage};
use crate::{
    Reload,
    api::groups::{AddToGroup, DeleteGroup, RemoveFromGroup, UpdateGroup, find_for_group, get_group},
    components::{
        errors::Refused,
        form::{Form, FormMessage, FormState, use_form},
        loaded::Loaded,
        person::StatusBadge,
        ui::{Dialog, Icon, PageTitle, Pager, refocus},
    },
    pages::{
        attributes::{
            self,
            values::{GroupSays, group_dialog},
        },
        people::dialogs::Foot,
    },
    paths,
};

/// The id of the search for people who are not in it yet.
const SEARCH: &str = "group-search";

/// The forms beside each person, one of each for all of them.
#[derive(Clone, Copy)]
struct Forms {
    add: FormState<AddToGroup>,
    remove: FormState<RemoveFromGroup>,
    /// Whether one of them was answered, and nothing else asked for since.
    answered: StoredValue<bool>,
}

/// What is shown of it.
#[derive(Clone)]
struct At {
    org: String,
    group: Group,
    /// What is searched for among those who are not in it.
    q: String,
    /// After whom its people begin.
    after: Option<Cursor>,
}

impl At {
    fn new(viewer: &Viewer, group: &Group, q: String, after: Option<Cursor>) -> Self {
        Self { org: viewer.org.slug.as_str().to_owned(), group: group.clone(), q, after }
    }
    /// The page, with a dialog over it.
    fn with(&self, dialog: Option<&str>) -> String {
        let mut params = Vec::new();
        params.extend((!self.q.is_empty()).then(|| ("q", self.q.clone())));
        params.extend(self.after.as_ref().map(|cursor| ("after", cursor.encode())));
        params.extend(dialog.map(|name| ("dialog", name.to_owned())));
        paths::with_params(&paths::group(&self.org, self.group.id.as_str(), None), &params)
    }
    /// The page, with its people from another place on.
    fn people_after(&self, after: Option<Cursor>) -> String {
        Self { after, ..self.clone() }.with(None)
    }
}

/// `/o/:org/groups/:id`
#[component]
pub fn GroupPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Err(why) = decide(&viewer.actor, Action::ViewPeople, None) {
        return view! { <Refused why /> }.into_any();
    }
    let Reload(reload) = expect_context();
    let (params, query) = (use_params_map(), use_query_map());
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let after = Memo::new(move |_| query.with(|q| Cursor::decode(&q.get("after")?)));
    let q = Memo::new(move |_| query.with(|q| q.get("q").unwrap_or_default()));
    let org = StoredValue::new(viewer.org.slug.as_str().to_owned());
    let found = Resource::new(
        move || (id.get(), after.get(), reload.get()),
        move |(id, after, _)| get_group(org.get_value(), id, after.map(|cursor| cursor.encode())),
    );
    // Asked for by whoever searches alone.
    let candidates = Resource::new(
        move || (id.get(), q.get(), reload.get()),
        move |(id, q, _)| async move {
            if q.trim().is_empty() { Ok(Vec::new()) } else { find_for_group(org.get_value(), id, q).await }
        },
    );
    let forms = Forms { add: use_form(None), remove: use_form(None), answered: StoredValue::new(false) };
    forms.add.after(move || forms.answered.set_value(true));
    forms.remove.after(move || forms.answered.set_value(true));
    Effect::new(move |_| {
        after.track();
        q.track();
        forms.answered.set_value(false);
    });
    view! {
        <a class="back" href=paths::groups(&org.get_value())><Icon name="arrow-left" />"Groups"</a>
        <Loaded
            of=move || async move { Ok((found.await?, candidates.await?)) }
            waiting="Loading…"
            show=move |(page, candidates)| {
                let at = At::new(&viewer, &page.group, q.get_untracked(), after.get_untracked());
                view! { <Shown viewer=viewer.clone() page candidates at forms /> }
            }
        />
    }
    .into_any()
}

#[component]
fn Shown(viewer: Viewer, page: Page, candidates: Vec<Candidate>, at: At, forms: Forms) -> impl IntoView {
    let org = at.org.clone();
    let group = page.group.clone();
    let name = group.name.as_str().to_owned();
    let manages = may_manage(&viewer);
    let sets = attributes::may_manage(&viewer);
    // Who was added or taken out stands elsewhere now, and the button that was pressed is gone with the old page.
    Effect::new(move |_| {
        on_cleanup(move || {
            if forms.answered.try_get_value() == Some(true) {
                refocus(SEARCH.to_owned());
            }
        });
    });
    let (to_edit, to_delete) = (at.with(Some("edit")), at.with(Some("delete")));
    let dialog = {
        let (query, viewer, page, here) = (use_query_map(), viewer.clone(), page.clone(), at.with(None));
        move || {
            let (viewer, here) = (viewer.clone(), here.clone());
            let close_to = Signal::derive(move || here.clone());
            match query.with(|q| q.get("dialog").unwrap_or_default()).as_str() {
                "edit" if manages => view! { <EditDialog viewer page=page.clone() close_to /> }.into_any(),
                "delete" if manages => {
                    let org = viewer.org.slug.as_str().to_owned();
                    view! { <DeleteDialog org group=page.group.clone() close_to /> }.into_any()
                }
                other if sets => {
                    let whose = (viewer.org.slug.as_str().to_owned(), page.group.id.to_string());
                    group_dialog(other, whose, &page.attributes, close_to).unwrap_or_else(|| ().into_any())
                }
                _ => ().into_any(),
            }
        }
    };
    view! {
        <PageTitle text=name.clone() />
        <div class="page-head">
            <div>
                <h1 dir="auto">{name}</h1>
                {(!group.description.is_empty())
                    .then(|| view! { <p class="lines" dir="auto">{group.description.clone()}</p> })}
            </div>
            {manages
                .then(|| {
                    view! {
                        <div class="page-actions">
                            <a class="button" id="open-edit" href=to_edit>
                                <Icon name="pencil" />
                                "Edit group"
                            </a>
                            <a class="button danger" id="open-delete" href=to_delete>
                                <Icon name="trash-2" />
                                "Delete group"
                            </a>
                        </div>
                    }
                })}
        </div>
        <Facts org=org.clone() page=page.clone() />
        <GroupSays all=page.attributes.clone() manages=sets here=at.with(None) />
        <Connections org page=page.clone() />
        {manages
            .then(|| view! { <AddPeople viewer=viewer.clone() candidates at=at.clone() form=forms.add /> })}
        <People viewer page manages at form=forms.remove />
        {dialog}
    }
}

/// What it gives, and how it stands to others.
#[component]
fn Facts(org: String, page: Page) -> impl IntoView {
    let Page { group, subgroups, .. } = page;
    let parent = group.parent.clone().map(|parent| {
        let href = paths::group(&org, parent.group.id.as_str(), None);
        let also = parent.role.map(|role| format!(", which gives {}", role.label));
        view! {
            <div>
                <dt>"Part of"</dt>
                <dd><a class="link" href=href dir="auto">{parent.group.name.as_str().to_owned()}</a>{also}</dd>
            </div>
        }
    });
    let subgroups = (!subgroups.is_empty()).then(|| {
        view! {
            <div>
                <dt>"Parts"</dt>
                <dd><GroupLinks org groups=subgroups /></dd>
            </div>
        }
    });
    let role = match group.role {
        Some(role) if role.grant.is_custom() => {
            format!("{} – {}", role.label, role.grant.less_in_words(Kind::Standard))
        }
        Some(role) => role.label,
        None => "None".to_owned(),
    };
    view! {
        <section class="panel" aria-labelledby="about">
            <h2 id="about">"About"</h2>
            <dl class="facts">
                <div><dt>"Role"</dt><dd dir="auto">{role}</dd></div>
                <div><dt>"People"</dt><dd>{people_in_words(group.people)}</dd></div>
                {parent}
                {subgroups}
            </dl>
        </section>
    }
}

/// The roles that it gives on connections; nothing where it gives none itself.
#[component]
fn Connections(org: String, page: Page) -> impl IntoView {
    (!page.connections.is_empty()).then(|| {
        let lines = page
            .connections
            .into_iter()
            .map(|GroupConnection { id, name, model, role }| {
                let on = model.map(|model| format!(", for {} alone", model.as_str())).unwrap_or_default();
                view! {
                    <li>
                        <Icon name="plug" />
                        <div>
                            <a class="link" href=paths::connection(&org, id.as_str()) dir="auto">{name.as_str().to_owned()}</a>
                            <p dir="auto">{role.label().to_owned()}{on}</p>
                        </div>
                    </li>
                }
            })
            .collect_view();
        view! {
            <section class="panel" aria-labelledby="connections">
                <h2 id="connections">"Connections"</h2>
                <p>"Everybody in the group has these roles. They are changed on the pages of the connections."</p>
                <ul class="sessions" aria-label="Connections of the group">{lines}</ul>
            </section>
        }
    })
}

/// The search for people who are not in it yet.
#[component]
fn AddPeople(viewer: Viewer, candidates: Vec<Candidate>, at: At, form: FormState<AddToGroup>) -> impl IntoView {
    let At { org, group, q, .. } = at;
    let here = paths::group(&org, group.id.as_str(), None);
    let said = match candidates.len() {
        0 if !q.is_empty() => Some("Nobody is found by that.".to_owned()),
        FOUND.. => Some(format!("The first {FOUND} are shown. Type more of the name to narrow them down.")),
        _ => None,
    };
    let lines = candidates
        .into_iter()
        .map(|Candidate { person, is_inside }| {
            let name = person.display_name();
            let action = Action::JoinGroup(group.gives());
            let ids = ids(&org, &group, &person);
            let button = match decide(&viewer.actor, action, Some(&person.target)) {
                _ if is_inside => view! { <span class="hint">"In the group"</span> }.into_any(),
                Err(why) => view! { <span class="hint">{why.to_string()}</span> }.into_any(),
                Ok(_) => view! {
                    <Form form>
                        {ids}
                        <button class="button small" aria-label=format!("Add {name}")>"Add"</button>
                    </Form>
                }
                .into_any(),
            };
            view! { <Line viewer=viewer.clone() person>{button}</Line> }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="add">
            <h2 id="add">"Add people"</h2>
            <p>"Many at once are added from the list of people: select them there."</p>
            <FormMessage form />
            <form class="search" role="search" method="get" action=here>
                <Icon name="search" />
                <input
                    id=SEARCH
                    type="search"
                    name="q"
                    value=q
                    placeholder="Search name or email"
                    aria-label="Search people to add by name or email"
                    autocomplete="off"
                    spellcheck="false"
                    maxlength="200"
                />
                <button class="button">"Search"</button>
            </form>
            {said.map(|text| view! { <p class="hint">{text}</p> })}
            <ul class="sessions" aria-label="People found">{lines}</ul>
        </section>
    }
}

/// What a form beside a person names.
fn ids(org: &str, group: &Group, person: &PersonRow) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="org" value=org.to_owned() />
        <input type="hidden" name="id" value=group.id.to_string() />
        <input type="hidden" name="select" value=person.target.membership_id.to_string() />
    }
}

/// A person, and what can be done beside them.
#[component]
fn Line(viewer: Viewer, person: PersonRow, children: Children) -> impl IntoView {
    let href = paths::user(viewer.org.slug.as_str(), person.target.membership_id.as_str());
    view! {
        <li>
            <Icon name="user" />
            <div>
                <a class="link" href=href dir="auto">{person.display_name()}</a>
                <p>
                    <span>{person.email.to_string()}</span>
                    <StatusBadge state=person.target.state words=viewer.org.policies.status_words />
                </p>
            </div>
            {children()}
        </li>
    }
}

/// Who is in it.
#[component]
fn People(viewer: Viewer, page: Page, manages: bool, at: At, form: FormState<RemoveFromGroup>) -> impl IntoView {
    let org = at.org.clone();
    let Page { group, rows, next, .. } = page;
    let next = next.map(|cursor| at.people_after(Some(cursor)));
    let first = at.after.is_some().then(|| at.people_after(None));
    let filters = Filters { group: Some(group.id.clone()), ..Filters::default() };
    let in_list = paths::users_by(&org, &PeopleQuery { filters, ..PeopleQuery::default() }.to_query_string());
    let nobody = rows.is_empty();
    // The link leads to the organization's own people; externals stand in a list of theirs.
    let natives = rows.iter().any(|person| person.target.kind == Kind::Standard);
    let lines = rows
        .into_iter()
        .map(|person| {
            let name = person.display_name();
            let may = decide(&viewer.actor, Action::LeaveGroup(group.gives()), Some(&person.target)).is_ok();
            let ids = ids(&org, &group, &person);
            let button = (manages && may).then(|| {
                view! {
                    <Form form>
                        {ids}
                        <button class="button small" aria-label=format!("Take out {name}")>"Take out"</button>
                    </Form>
                }
            });
            view! { <Line viewer=viewer.clone() person>{button}</Line> }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="people">
            <h2 id="people">"People"</h2>
            <FormMessage form />
            {nobody.then(|| view! { <p>"Nobody is in it yet."</p> })}
            {natives.then(|| view! { <p><a class="link" href=in_list>"Show its members in the list of people"</a></p> })}
            <ul class="sessions" aria-label="People of the group">{lines}</ul>
            <Pager first next />
        </section>
    }
}

#[component]
fn EditDialog(viewer: Viewer, page: Page, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<UpdateGroup>(Some(close_to));
    let org = viewer.org.slug.as_str().to_owned();
    let Page { group, parents, roles, .. } = page;
    let parent = group.parent.map(|parent| parent.group.id.to_string()).unwrap_or_default();
    let role = group.role.map(|role| role.choice.to_string()).unwrap_or_default();
    view! {
        <Dialog title="Edit group" opener="open-edit" close_to>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=group.id.to_string() />
                <GroupFields
                    viewer
                    form
                    name=Some(group.name)
                    description=group.description
                    parents
                    parent
                    roles
                    role
                />
                <Foot close_to button="Save" />
            </Form>
        </Dialog>
    }
}

#[component]
fn DeleteDialog(org: String, group: Group, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<DeleteGroup>(Some(close_to));
    let loses = if group.is_without_people() {
        "Nobody is in it."
    } else if group.gives().is_nothing() {
        "Its people stay in the organization, and groups that are part of it stand alone."
    } else {
        "Its people stay in the organization and lose at once what it gives them. Groups that are part of it stand alone."
    };
    view! {
        <Dialog title="Delete group" opener="open-delete" close_to>
            <p>"“" <bdi>{group.name.as_str().to_owned()}</bdi> "” will be gone. " {loses}</p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=group.id.to_string() />
                <Foot close_to button="Delete group" tone="danger" />
            </Form>
        </Dialog>
    }
}
