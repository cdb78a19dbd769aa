//! Selecting people on the page, and what can be done to all of them. The boxes are the form's own, so that they work
//! without a script; with one the page counts them, selects ranges, and sends them without leaving.

use leptos::{
    ev::MouseEvent, html, prelude::*, server_fn::ServerFn as _, wasm_bindgen::JsCast as _, web_sys::HtmlInputElement,
};
use model::{
    Role,
    bulk::{BulkOp, grantable, may_do_any, possible},
    people::{PeopleQuery, Viewer},
    text::thousands,
};

use super::{QueryInputs, shown::Shown};
use crate::{api::bulk::StartBulk, components::form::use_form};

/// The form that the boxes belong to, wherever on the page they stand.
const FORM: &str = "bulk";
/// The boxes of the rows.
const BOXES: &str = ".grid tbody input[name='select']";

/// Which boxes of the page are checked, as far as a script has to know.
#[derive(Clone, Copy)]
pub struct Picks {
    picked: RwSignal<usize>,
    /// The box that was clicked last.
    last: StoredValue<Option<String>>,
}

impl Picks {
    /// For the rows that are shown; `None` for somebody who may do nothing to many people.
    pub fn of(viewer: &Viewer, shown: Shown) -> Option<Self> {
        may_do_any(&viewer.actor).ok()?;
        let picks = Self { picked: RwSignal::new(0), last: StoredValue::new(None) };
        // Rows that leave the page take their boxes along.
        Effect::new(move |_| {
            shown.rows();
            request_animation_frame(move || picks.count());
        });
        Some(picks)
    }

    fn count(self) {
        let _ = self.picked.try_set(boxes().iter().filter(|tick| tick.checked()).count());
    }

    /// A click on anything in the table: on a box with Shift it reaches from the one before.
    pub fn clicked(self, event: &MouseEvent) {
        let Some(tick) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        if tick.name() != "select" {
            return;
        }
        let (all, id) = (boxes(), tick.value());
        let place = |id: &str| all.iter().position(|tick| tick.value() == id);
        let before = self.last.get_value().as_deref().and_then(place);
        if let (true, Some(from), Some(to)) = (event.shift_key(), before, place(&id)) {
            for other in &all[from.min(to)..=from.max(to)] {
                other.set_checked(tick.checked());
            }
        }
        self.last.set_value(Some(id));
        self.count();
    }

    fn all_on_page(self, checked: bool) {
        for tick in boxes() {
            tick.set_checked(checked);
        }
        self.count();
    }
}

fn boxes() -> Vec<HtmlInputElement> {
    boxes_of(BOXES)
}

/// The boxes that a selector finds, in their order on the page.
fn boxes_of(selector: &str) -> Vec<HtmlInputElement> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|i| found.item(i)?.dyn_into::<HtmlInputElement>().ok()).collect()
}

/// What the boxes of a selector stand for that are checked, by commas.
pub fn checked(selector: &str) -> String {
    let ids: Vec<_> = boxes_of(selector).iter().filter(|tick| tick.checked()).map(HtmlInputElement::value).collect();
    ids.join(",")
}

/// The box of a row.
#[component]
pub fn Pick(id: String, #[prop(into)] name: Signal<String>) -> impl IntoView {
    view! {
        <label class="pick">
            <input
                type="checkbox"
                name="select"
                value=id
                form=FORM
                autocomplete="off"
                aria-label=move || format!("Select {}", name.get())
            />
        </label>
    }
}

/// The box over the rows, for all of the page; it needs a script.
#[component]
pub fn PickPage(picks: Picks, shown: Shown) -> impl IntoView {
    let all = move || picks.picked.get() > 0 && picks.picked.get() == shown.rows().len();
    view! {
        <label class="pick needs-js">
            <input
                type="checkbox"
                autocomplete="off"
                aria-label="Select everybody on this page"
                prop:checked=all
                on:change=move |event| picks.all_on_page(event_target_checked(&event))
            />
        </label>
    }
}

/// What the button says that has nothing to choose beside it.
const fn label_of(op: BulkOp) -> &'static str {
    match op {
        BulkOp::Activate => "Activate",
        BulkOp::Resend => "Resend invitation",
        BulkOp::Revoke => "Revoke invitation",
        BulkOp::RevokeMembership => "Revoke membership",
        BulkOp::Delete => "Delete",
        // Those behind it are never among what is possible here.
        BulkOp::Deactivate
        | BulkOp::ChangeRole(_)
        | BulkOp::RestoreRoles
        | BulkOp::AddToGroup
        | BulkOp::RemoveFromGroup
        | BulkOp::Import => "Deactivate",
    }
}

/// What can be done to those who are selected. It is there while somebody is, which the style sees to.
#[component]
pub fn BulkBar(viewer: StoredValue<Viewer>, picks: Picks, shown: Shown) -> impl IntoView {
    let form = use_form::<StartBulk>(None);
    let role = NodeRef::<html::Select>::new();
    let group = NodeRef::<html::Select>::new();
    let all = NodeRef::<html::Input>::new();
    let list = move || shown.with(|query, _| query.restarted(|_| ()));
    let matching = move || match shown.with(|_: &PeopleQuery, page| page.matches) {
        Some(n) => format!("Select all {} that match", thousands(n)),
        None => "Select all that match".to_owned(),
    };
    let start = move |event: MouseEvent, op: BulkOp| {
        event.prevent_default();
        form.dispatch(StartBulk {
            org: viewer.with_value(|viewer| viewer.org.slug.as_str().to_owned()),
            op: op.code().to_owned(),
            role: role.get_untracked().map(|select| select.value()).unwrap_or_default(),
            group: group.get_untracked().map(|select| select.value()).unwrap_or_default(),
            select: checked(BOXES),
            all: all.get_untracked().filter(HtmlInputElement::checked).map(|_| "1".to_owned()),
            list: list().to_params().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        });
    };
    let button = move |label: &'static str, op: BulkOp| {
        view! {
            <button
                class="button small"
                name="_fn"
                value=format!("{}?op={}", StartBulk::PATH, op.code())
                on:click=move |event| start(event, op)
            >
                {label}
            </button>
        }
    };
    let (roles, ops) = viewer.with_value(|viewer| (grantable(&viewer.actor), possible(&viewer.actor)));
    let change = (!roles.is_empty()).then(|| {
        let choices =
            roles.iter().map(|role| view! { <option value=role.code()>{role.label()}</option> }).collect_view();
        view! {
            <span class="bulk-role">
                <select name="role" aria-label="Change to" node_ref=role autocomplete="off">
                    {choices}
                </select>
                {button("Change role", BulkOp::ChangeRole(Role::Viewer))}
            </span>
        }
    });
    let into_groups = viewer.with_value(|viewer| BulkOp::AddToGroup.may_be_done_by(&viewer.actor).is_ok());
    let groups = Memo::new(move |_| shown.with(|_, page| page.groups.clone()));
    let of_groups = move || {
        let all = groups.get();
        (into_groups && !all.is_empty()).then(|| {
            let choices = all
                .into_iter()
                .map(|group| view! { <option value=group.id.to_string()>{group.name.as_str().to_owned()}</option> })
                .collect_view();
            view! {
                <span class="bulk-role">
                    <select name="group" aria-label="Group" node_ref=group autocomplete="off">
                        {choices}
                    </select>
                    {button("Add to group", BulkOp::AddToGroup)}
                    {button("Take out of group", BulkOp::RemoveFromGroup)}
                </span>
            }
        })
    };
    let others = ops.into_iter().map(|op| button(label_of(op), op)).collect_view();
    view! {
        <form
            id=FORM
            class="bulk-bar"
            method="post"
            aria-label="Selected people"
            aria-busy=move || form.pending().get().then_some("true")
            on:submit=|event| event.prevent_default()
        >
            <input type="hidden" name="org" value=viewer.with_value(|viewer| viewer.org.slug.as_str().to_owned()) />
            {move || view! { <QueryInputs query=list() called=|name| format!("list[{name}]") /> }}
            <span class="bulk-count needs-js" role="status">
                {move || format!("{} selected", thousands(picks.picked.get() as u64))}
            </span>
            <label class="bulk-all">
                <input type="checkbox" name="all" value="1" autocomplete="off" node_ref=all />
                {matching}
            </label>
            {change}
            {of_groups}
            {others}
        </form>
    }
}
