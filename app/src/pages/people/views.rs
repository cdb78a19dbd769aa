//! Saved views: those of who is signed in and those that others share, what can be done with each, and saving what the
//! grid shows now.

use leptos::{html, prelude::*, task::spawn_local};
use model::{
    Action, ViewId, decide,
    id::Id as _,
    people::{PeopleQuery, SavedView, ViewLists, ViewOp, Viewer},
};

use super::{dialog_url, url};
use crate::{
    Reload,
    api::views::{ChangeView, SaveView, list_views},
    components::{
        form::{Form, FormMessage, FormState, use_form},
        landing::Landing,
        loaded::Loaded,
        ui::{Dialog, Field, Icon, refocus},
    },
};

/// The id of the link that opens the dialog.
const OPENER: &str = "open-views";
/// The id of the lists.
const LISTS: &str = "views-lists";

/// Opens the dialog.
#[component]
pub fn ViewsButton(here: Signal<String>) -> impl IntoView {
    view! {
        <a class="button small" id=OPENER href=move || dialog_url(&here.get(), "views", None) data-noscroll>
            <Icon name="bookmark" />
            "Views"
        </a>
    }
}

/// The dialog over the grid.
#[component]
pub fn ViewsDialog(viewer: StoredValue<Viewer>, query: Memo<PeopleQuery>, close_to: Signal<String>) -> impl IntoView {
    let org = StoredValue::new(viewer.with_value(|viewer| viewer.org.slug.as_str().to_owned()));
    let first = Resource::new(|| (), move |()| list_views(org.get_value()));
    view! {
        <Dialog title="Views" opener=OPENER close_to>
            <Loaded
                of=move || first
                waiting="Loading…"
                show=move |lists| view! { <Inside viewer org query lists close_to /> }
            />
        </Dialog>
    }
}

/// What all views of the dialog stand on.
#[derive(Clone, Copy)]
struct Ground {
    viewer: StoredValue<Viewer>,
    org: StoredValue<String>,
    /// What the grid shows, from the beginning of the list.
    asked: Memo<PeopleQuery>,
    act: FormState<ChangeView>,
    /// The view whose choices are open; it stays open while the view changes.
    open: RwSignal<Option<ViewId>>,
    landing: Landing,
}

#[component]
pub fn Inside(
    viewer: StoredValue<Viewer>,
    org: StoredValue<String>,
    query: Memo<PeopleQuery>,
    lists: ViewLists,
    close_to: Signal<String>,
) -> impl IntoView {
    let (act, landing) = (use_form::<ChangeView>(None), expect_context::<Landing>());
    act.after(move || landing.read_again(org.get_value()));
    let asked = Memo::new(move |_| query.with(|query| query.restarted(|_| ())));
    let posted = act.entered("id").and_then(|id| ViewId::parse(&id).ok());
    let ground = Ground { viewer, org, asked, act, open: RwSignal::new(posted), landing };
    let lists = RwSignal::new(lists);
    let Reload(reload) = expect_context();
    Effect::new(move |before: Option<()>| {
        reload.track();
        if before.is_some() {
            let request = list_views(org.get_value());
            spawn_local(async move {
                if let Ok(found) = request.await {
                    let _ = lists.try_set(found);
                }
            });
        }
    });
    // Who works by keyboard stays where they were when a view changes, and near it when it goes.
    let focused = StoredValue::new(String::new());
    Effect::new(move |before: Option<()>| {
        lists.track();
        if before.is_some() {
            refocus(focused.get_value());
            refocus(LISTS.to_owned());
        }
    });
    let rows = move |list: fn(&ViewLists) -> &Vec<SavedView>| {
        view! {
            <ul class="views">
                <For each=move || lists.with(|lists| list(lists).clone()) key=SavedView::clone let:view>
                    <ViewLine view ground />
                </For>
            </ul>
        }
    };
    let none_mine = move || {
        let text = "None yet. Search, filter or sort the list, then save it below under a name.";
        lists.with(|lists| lists.mine.is_empty()).then(|| view! { <p class="hint">{text}</p> })
    };
    let none_shared = move || {
        let text = "Nobody else shares one.";
        lists.with(|lists| lists.shared.is_empty()).then(|| view! { <p class="hint">{text}</p> })
    };
    let lands_on_all = move || lists.with(|lists| !lists.mine.iter().chain(&lists.shared).any(|view| view.is_default));
    view! {
        <FormMessage form=act />
        <div
            class="views-lists"
            id=LISTS
            tabindex="-1"
            on:focusin=move |event| {
                let _ = focused.try_set_value(event_target::<leptos::web_sys::Element>(&event).id());
            }
        >
            <ul class="views">
                <li class="view">
                    <Opens name="Everybody".to_owned() query=PeopleQuery::from_query_string("") ground />
                    {move || lands_on_all().then(|| view! { <span class="view-mark">"Default"</span> })}
                </li>
            </ul>
            <section aria-labelledby="views-mine">
                <h3 id="views-mine">"Mine"</h3>
                {rows(|lists| &lists.mine)}
                {none_mine}
            </section>
            <section aria-labelledby="views-shared">
                <h3 id="views-shared">"Shared"</h3>
                {rows(|lists| &lists.shared)}
                {none_shared}
            </section>
        </div>
        <SaveForm ground close_to />
    }
}

/// The link that opens a view.
#[component]
fn Opens(name: String, query: PeopleQuery, ground: Ground) -> impl IntoView {
    let href = ground.org.with_value(|org| url(org, &query));
    let shown = move || ground.asked.with(|asked| *asked == query).then_some("true");
    view! {
        <a class="view-open" href=href aria-current=shown>
            <Icon name="check" />
            <span dir="auto">{name}</span>
        </a>
    }
}

/// A view, and below it what can be done with it.
#[component]
fn ViewLine(view: SavedView, ground: Ground) -> impl IntoView {
    let Ground { viewer, org, asked, act, open, .. } = ground;
    let own = viewer.with_value(|viewer| view.is_of(&viewer.actor));
    let by = match &view.maker {
        _ if own => String::new(),
        Some(maker) => format!("by {}", maker.name),
        None => "by somebody who has left".to_owned(),
    };
    let (id, name) = (view.id.clone(), view.name.as_str().to_owned());
    let may = |op| viewer.with_value(|viewer| view.may(&viewer.actor, op).is_ok());
    let default = if view.is_default {
        (ViewOp::DropDefault, "No longer default")
    } else {
        (ViewOp::MakeDefault, "Make default")
    };
    let sharing = if view.is_shared { (ViewOp::Unshare, "Stop sharing") } else { (ViewOp::Share, "Share") };
    let button = |(op, label): (ViewOp, &'static str), what: &str| {
        let id = format!("{what}-{id}");
        may(op).then(|| view! { <button class="button small" id=id name="op" value=op.code()>{label}</button> })
    };
    let (default, sharing) = (button(default, "default"), button(sharing, "sharing"));
    let delete = button((ViewOp::Delete, "Delete"), "delete");
    let replace = {
        let (shows, may) = (view.query.clone(), may(ViewOp::Replace));
        let id = format!("replace-{id}");
        move || {
            (may && asked.with(|asked| *asked != shows)).then(|| {
                view! {
                    <button class="button small" id=id.clone() name="op" value=ViewOp::Replace.code()>
                        "Replace with what you see"
                    </button>
                }
            })
        }
    };
    let rename = may(ViewOp::Rename).then(|| view! { <RenameForm view=view.clone() ground /> });
    let choices = NodeRef::<html::Details>::new();
    let (of_open, of_toggle) = (id.clone(), id.clone());
    let is_open = Memo::new(move |_| open.with(|open| open.as_ref() == Some(&of_open)));
    let toggled = move |_| {
        if choices.get_untracked().is_some_and(|choices| choices.open()) {
            open.set(Some(of_toggle.clone()));
        } else if is_open.get_untracked() {
            open.set(None);
        }
    };
    view! {
        <li class="view">
            <Opens name=name.clone() query=view.query.clone() ground />
            {(!by.is_empty()).then(|| view! { <span class="view-by">{by}</span> })}
            {(own && view.is_shared).then(|| view! { <span class="view-mark">"Shared"</span> })}
            {view.is_default.then(|| view! { <span class="view-mark">"Default"</span> })}
            <details class="view-choices" node_ref=choices open=move || is_open.get() on:toggle=toggled>
                <summary
                    class="button icon-only ghost"
                    id=format!("choices-{id}")
                    aria-label=format!("Change {name}")
                    title=format!("Change {name}")
                >
                    <Icon name="ellipsis" />
                </summary>
                <div class="view-panel">
                    {rename}
                    <Form form=act class="view-acts">
                        <input type="hidden" name="org" value=org.get_value() />
                        <input type="hidden" name="id" value=id.to_string() />
                        <input type="hidden" name="query" value=move || asked.with(PeopleQuery::to_query_string) />
                        <input type="hidden" name="_stays" value="" />
                        {default}
                        {sharing}
                        {replace}
                        {delete}
                    </Form>
                </div>
            </details>
        </li>
    }
}

#[component]
fn RenameForm(view: SavedView, ground: Ground) -> impl IntoView {
    let org = ground.org;
    let id = view.id.to_string();
    let form = use_form::<ChangeView>(None).of("id", &id);
    view! {
        <Form form class="view-rename">
            <input type="hidden" name="org" value=org.get_value() />
            <input type="hidden" name="id" value=id.clone() />
            <input type="hidden" name="op" value=ViewOp::Rename.code() />
            <input type="hidden" name="_stays" value="" />
            <Field
                id=format!("rename-{id}")
                name="name"
                label="Name"
                value=form.value_or("name", view.name.as_str())
                error=form.error("name")
            />
            <button class="button">"Rename"</button>
        </Form>
    }
}

/// Saves what the grid shows.
#[component]
fn SaveForm(ground: Ground, close_to: Signal<String>) -> impl IntoView {
    let Ground { viewer, org, asked, landing, .. } = ground;
    let form = use_form::<SaveView>(Some(close_to));
    form.after(move || landing.read_again(org.get_value()));
    let may_share = viewer.with_value(|viewer| decide(&viewer.actor, Action::ShareViews, None).is_ok());
    let share = may_share.then(|| {
        let everybody = viewer.with_value(|viewer| format!("Share with everybody in {}", viewer.org.name.as_str()));
        let checked = form.checked_or("share", false);
        view! { <Check name="share" label=everybody hint="Who may see people there can open it." checked /> }
    });
    let twin = form.error("replace");
    let replace = move || {
        let checked = form.checked_or("replace", false);
        let hint = "It keeps its name, and shows what you see now.";
        twin.get().map(|_| view! { <Check name="replace" label="Replace it".to_owned() hint checked /> })
    };
    view! {
        <section class="views-save" aria-labelledby="views-save">
            <h3 id="views-save">"Save what you see"</h3>
            <p class="hint">"The list with its search, filters, order and columns, as they are now."</p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org.get_value() />
                <input type="hidden" name="query" value=move || asked.with(PeopleQuery::to_query_string) />
                <Field
                    id="view-name"
                    name="name"
                    label="Name"
                    value=form.value_or("name", "")
                    error=form.error("name")
                />
                {replace}
                {share}
                <Check
                    name="default"
                    label="Make it my default".to_owned()
                    hint="What you see first when you come to People."
                    checked=form.checked_or("default", false)
                />
                <footer class="dialog-foot">
                    <a class="button" href=close_to>"Cancel"</a>
                    <button class="button primary">"Save view"</button>
                </footer>
            </Form>
        </section>
    }
}

#[component]
fn Check(name: &'static str, label: String, hint: &'static str, checked: bool) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name=name checked=checked />
            <span>
                <b dir="auto">{label}</b>
                <span>{hint}</span>
            </span>
        </label>
    }
}
