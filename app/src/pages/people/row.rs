//! One person in the grid: what is known, the ACTIVE switch, Manage, and the menu of what may be done.

use leptos::prelude::*;
use model::{
    Action, Denial, PersonState, Role, decide,
    people::{Column, GridAttribute, PersonRow, Viewer},
};

use super::{
    bulk::Pick,
    dialog_url,
    grid::column_class,
    limits::may_limit,
    removal::{WAYS_OUT, WayOut},
    shown::{Entry, Shown},
};
use crate::{
    api::{
        invitations::ResendInvitation,
        people::{ACT_FORM, PersonOp},
    },
    components::{
        form::{Form, FormState},
        person::{Delivered, Identity, LastLogin, StatusBadge, Until},
        ui::{Icon, Time},
    },
    paths,
};

/// What every row stands on.
#[derive(Clone, Copy)]
pub struct Ground {
    pub viewer: StoredValue<Viewer>,
    pub shown: Shown,
    /// The columns beside the name.
    pub columns: Memo<Vec<Column>>,
    /// The attributes behind those (B39).
    pub attributes: Memo<Vec<GridAttribute>>,
    /// The URL of the page, without a dialog or menu.
    pub here: Signal<String>,
    /// Whose menu is open.
    pub menu: RwSignal<Option<String>>,
    pub resend: FormState<ResendInvitation>,
    /// Whether people are selected by boxes: where the viewer may do anything to many.
    pub selects: bool,
}

impl Ground {
    fn profile(self, id: &str) -> String {
        self.viewer.with_value(|viewer| paths::user(viewer.org.slug.as_str(), id))
    }
    fn act(self, entry: &Entry, op: PersonOp) {
        let default_role = self.viewer.with_value(|viewer| viewer.org.policies.default_role);
        self.shown.act(entry, (op, None), default_role);
    }
}

/// Whether a control shows, and why it does not work where it shows all the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Control {
    Hidden,
    Works,
    Barred(Denial),
}

/// What the model says becomes what the person sees: what makes no sense is hidden, what is forbidden says why.
fn control(viewer: &Viewer, person: &PersonRow, action: Action) -> Control {
    match decide(&viewer.actor, action, Some(&person.target)) {
        Ok(_) => Control::Works,
        Err(
            Denial::Role
            | Denial::State
            | Denial::NotFound
            | Denial::Inactive
            | Denial::DeletionOff
            | Denial::DeletionAfterJoining,
        ) => Control::Hidden,
        Err(why) => Control::Barred(why),
    }
}

/// A row.
#[component]
pub fn Row(entry: Entry, ground: Ground) -> impl IntoView {
    let id = entry.id.to_string();
    let profile = ground.profile(&id);
    let you = ground.viewer.with_value(|viewer| viewer.actor.membership_id == entry.id);
    let person = entry.person.clone();
    let identity = {
        let (person, profile) = (person.clone(), profile.clone());
        move || view! { <Identity person=person.get() href=profile.clone() you /> }
    };
    let cells = {
        let entry = entry.clone();
        move || ground.columns.get().into_iter().map(|column| cell(column, &entry, ground)).collect_view()
    };
    let of_attributes = {
        let person = person.clone();
        move || ground.attributes.get().into_iter().map(|of| attribute_cell(of, person.clone())).collect_view()
    };
    let name = {
        let person = person.clone();
        Signal::derive(move || person.with(PersonRow::display_name))
    };
    let pick = ground.selects.then(|| view! { <Pick id=id.clone() name /> });
    let manage = move || person.with(|person| format!("Manage {}", person.display_name()));
    view! {
        <tr>
            <th scope="row" class="col-name">
                {pick}
                {identity}
            </th>
            {cells}
            {of_attributes}
            <td class="col-actions">
                <a class="button small manage" href=profile aria-label=manage>
                    "Manage"
                </a>
                <RowMenu entry id ground />
            </td>
        </tr>
    }
}

/// One cell; what it shows follows the person.
fn cell(column: Column, entry: &Entry, ground: Ground) -> AnyView {
    let person = entry.person.clone();
    let class = column_class(column);
    match column {
        Column::Role => {
            let role = move || {
                person.with(|person| {
                    let end = person.ends.role.map(|end| end.at);
                    view! {
                        {person.role_label().to_owned()}
                        <Until end />
                    }
                })
            };
            view! { <td class=class>{role}</td> }.into_any()
        }
        Column::Status => {
            let words = ground.viewer.with_value(|viewer| viewer.org.policies.status_words);
            let status = move || {
                person.with(|person| {
                    view! {
                        <StatusBadge state=person.target.state words />
                        {(person.target.state == PersonState::Invited)
                            .then_some(person.delivery)
                            .flatten()
                            .map(|delivery| {
                                view! { <Delivered delivery /> }
                            })}
                        <Until end=person.ends.access />
                    }
                })
            };
            view! { <td class=class>{status}</td> }.into_any()
        }
        Column::LastLogin => {
            let login =
                move || view! { <LastLogin at=person.with(|person| person.last_login_at) now=ground.shown.now() /> };
            view! { <td class=class>{login}</td> }.into_any()
        }
        Column::Active => {
            let entry = entry.clone();
            let switch = move || {
                let entry = entry.clone();
                let toggle = Callback::new(move |op| ground.act(&entry, op));
                ground.viewer.with_value(|viewer| person.with(|person| active_switch(viewer, person, toggle)))
            };
            view! { <td class=class>{switch}</td> }.into_any()
        }
        Column::Added => {
            let added = move || view! { <Time at=person.with(|person| person.added_at) now=ground.shown.now() /> };
            view! { <td class=class>{added}</td> }.into_any()
        }
        Column::Source => {
            view! { <td class=class>{move || person.with(|person| person.source.label())}</td> }.into_any()
        }
    }
}

/// The cell of an attribute: what holds for the person.
fn attribute_cell(of: GridAttribute, person: ArcRwSignal<PersonRow>) -> impl IntoView {
    let label = of.label.as_str().to_owned();
    let value = move || {
        let shown = person.with(|person| person.values_of(&of.key).map(|values| of.value_type.shown_all(values)));
        let title = shown.clone();
        view! { <span class="cell-value" dir="auto" title=title>{shown}</span> }
    };
    view! { <td class="col-attribute" data-label=label>{value}</td> }
}

/// The form of the buttons that act on people, once for all of them.
#[component]
pub fn ActForm(org: String) -> impl IntoView {
    view! {
        <form id=ACT_FORM method="post">
            <input type="hidden" name="org" value=org />
        </form>
    }
}

/// The switch of somebody who has accepted (B15, B31, B32). A button of the form [`ACT_FORM`], which has to be on the page.
pub fn active_switch(viewer: &Viewer, person: &PersonRow, toggle: Callback<PersonOp>) -> AnyView {
    if !person.target.state.accepted() {
        return ().into_any();
    }
    let on = person.target.state == PersonState::Active;
    let (op, action) =
        if on { (PersonOp::Deactivate, Action::Deactivate) } else { (PersonOp::Activate, Action::Activate) };
    let id = person.target.membership_id.to_string();
    let barred = match control(viewer, person, action) {
        Control::Works => None,
        Control::Barred(why) => Some(why.to_string()),
        Control::Hidden => Some(Denial::Role.to_string()),
    };
    view! {
        <button
            class="switch"
            id=format!("switch-{id}")
            role="switch"
            form=ACT_FORM
            name="_fn"
            value=op.button_value(&id)
            aria-checked=if on { "true" } else { "false" }
            aria-label=format!("Active account of {}", person.display_name())
            title=barred.clone()
            disabled=barred.is_some()
            on:click=move |event| {
                event.prevent_default();
                toggle.run(op);
            }
        ></button>
    }
    .into_any()
}

/// The three dots (B14). Without a script they ask for the page once more, with this menu open.
#[component]
fn RowMenu(entry: Entry, id: String, ground: Ground) -> impl IntoView {
    let open = {
        let id = id.clone();
        Memo::new(move |_| ground.menu.with(|open| open.as_ref() == Some(&id)))
    };
    let label = {
        let person = entry.person.clone();
        move || person.with(|person| format!("Actions for {}", person.display_name()))
    };
    let toggle = {
        let id = id.clone();
        move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            ground.menu.set((!open.get_untracked()).then(|| id.clone()));
        }
    };
    view! {
        <div class="menu">
            <button
                class="button icon-only ghost"
                id=format!("menu-{id}")
                form="menus"
                name="menu"
                value=id
                aria-label=label
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=toggle
            >
                <Icon name="ellipsis" />
            </button>
            {move || open.get().then(|| view! { <MenuPanel entry=entry.clone() ground /> })}
        </div>
    }
}

#[component]
pub fn MenuPanel(entry: Entry, ground: Ground) -> impl IntoView {
    let id = entry.id.to_string();
    let person = entry.person.get();
    let here = ground.here.get_untracked();
    let (org, default_role) =
        ground.viewer.with_value(|viewer| (viewer.org.slug.as_str().to_owned(), viewer.org.policies.default_role));
    let default_role = default_role.fitting(person.target.kind);
    let is = |action: Action| ground.viewer.with_value(|viewer| control(viewer, &person, action));
    let (edit, again) = (is(Action::Edit), is(Action::ResendInvitation));
    let limits = ground.viewer.with_value(|viewer| may_limit(viewer, &person));
    let going: Vec<_> = WAYS_OUT.into_iter().filter(|way| is(way.action) == Control::Works).collect();
    let admin = if person.target.role == Role::Admin {
        (is(Action::ChangeRole(default_role)), PersonOp::RevokeAdmin, "shield-off", "Revoke admin role")
    } else {
        (is(Action::ChangeRole(Role::Admin)), PersonOp::AssignAdmin, "shield", "Assign admin role")
    };
    let ops = [
        admin,
        (is(Action::Deactivate), PersonOp::Deactivate, "power-off", "Deactivate user"),
        (is(Action::Activate), PersonOp::Activate, "power", "Activate user"),
    ];
    let ops = ops
        .into_iter()
        .filter(|(control, ..)| *control != Control::Hidden)
        .map(|(control, op, icon, label)| {
            let why = if let Control::Barred(why) = control { Some(why.to_string()) } else { None };
            let (entry, off) = (entry.clone(), why.is_some());
            view! {
                <button
                    class="menu-item"
                    form=ACT_FORM
                    name="_fn"
                    value=op.button_value(&id)
                    disabled=off
                    on:click=move |event| {
                        event.prevent_default();
                        ground.act(&entry, op);
                    }
                >
                    <Icon name=icon />
                    <span>{label} {why.map(|why| view! { <small>{why}</small> })}</span>
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="menu-panel">
            <a class="menu-item" href=ground.profile(&id) autofocus>
                <Icon name="user" />
                "Open profile"
            </a>
            {(edit == Control::Works)
                .then(|| {
                    view! {
                        <a class="menu-item" href=dialog_url(&here, "edit", Some(&id))>
                            <Icon name="pencil" />
                            "Edit user"
                        </a>
                    }
                })}
            {limits
                .then(|| {
                    view! {
                        <a class="menu-item" href=dialog_url(&here, "limits", Some(&id))>
                            <Icon name="clock" />
                            "Time limits"
                        </a>
                    }
                })}
            {(again == Control::Works)
                .then(|| {
                    let id = id.clone();
                    view! {
                        <Form form=ground.resend>
                            <input type="hidden" name="org" value=org />
                            <input type="hidden" name="id" value=id />
                            <button class="menu-item">
                                <Icon name="send" />
                                "Resend invitation"
                            </button>
                        </Form>
                    }
                })} {ops}
            {(!going.is_empty()).then(|| view! { <hr /> })}
            {going
                .into_iter()
                .map(|WayOut { dialog, icon, label, .. }| {
                    view! {
                        <a class="menu-item danger" href=dialog_url(&here, dialog, Some(&id))>
                            <Icon name=icon />
                            {label}
                        </a>
                    }
                })
                .collect_view()}
        </div>
    }
}
