//! The tab "Invitation requests" (B26): who asks to be invited, and the answers, one by one or for those who are selected.

use leptos::{ev::MouseEvent, prelude::*, server_fn::ServerFn as _, task::spawn_local};
use leptos_router::hooks::use_query_map;
use model::{
    RequestId, Timestamp,
    id::Id as _,
    people::{PeopleQuery, Tab},
    request::{RequestRow, RequestsPage},
};

use super::{WaysIn, bulk::checked, empty::Empty};
use crate::{
    Reload,
    api::requests::{ApproveRequests, DismissRequests, list_requests},
    components::{
        form::{FormState, use_form},
        invite_results::InviteResults,
        loaded::Loaded,
        person::Avatar,
        ui::{Icon, OlderPager, Time},
    },
    paths,
};

/// The form of the boxes and of the bar below the list.
const MANY: &str = "requests";
/// The form of the buttons in the rows, so that what is selected does not count there.
const ONE: &str = "request";
/// The boxes of the rows.
const BOXES: &str = ".requests input[name='select']";

/// The tab, from before the request on that the URL names.
#[component]
pub fn Requests(org: StoredValue<String>) -> impl IntoView {
    let params = use_query_map();
    let older = Memo::new(move |_| params.with(|p| RequestId::parse(&p.get("older")?).ok()));
    let forms = Answers::new(org.get_value());
    let first = Resource::new(move || older.get(), move |older| list_requests(org.get_value(), older));
    view! {
        <Said forms />
        <Loaded
            of=move || first
            waiting="Loading requests…"
            show=move |page| view! { <List page older forms /> }
        />
    }
}

/// The two answers to a request.
#[derive(Clone, Copy)]
pub struct Answers {
    org: StoredValue<String>,
    approve: FormState<ApproveRequests>,
    dismiss: FormState<DismissRequests>,
}

impl Answers {
    /// Nothing is answered yet.
    pub fn new(org: String) -> Self {
        Self { org: StoredValue::new(org), approve: use_form(None), dismiss: use_form(None) }
    }
    fn approve(self, select: String) {
        self.approve.dispatch(ApproveRequests { org: self.org.get_value(), select });
    }
    fn dismiss(self, select: String) {
        self.dismiss.dispatch(DismissRequests { org: self.org.get_value(), select });
    }
}

/// What became of the last answers, or why there are none.
#[component]
fn Said(forms: Answers) -> impl IntoView {
    let results = forms.approve.data();
    let wrong = [
        forms.approve.error("select"),
        forms.dismiss.error("select"),
        forms.approve.message(),
        forms.dismiss.message(),
    ];
    view! {
        <div role="alert">
            {move || wrong.iter().find_map(Signal::get).map(|text| view! { <p class="notice bad">{text}</p> })}
        </div>
        {move || results.get().map(|results| view! { <div class="requests-said"><InviteResults results /></div> })}
    }
}

#[component]
fn List(page: RequestsPage, older: Memo<Option<RequestId>>, forms: Answers) -> impl IntoView {
    let org = forms.org;
    let page = RwSignal::new(page);
    let Reload(reload) = expect_context();
    // The rows stay while they are read again, and with them what is selected.
    Effect::new(move |before: Option<()>| {
        reload.track();
        if before.is_some() {
            let request = list_requests(org.get_value(), older.get_untracked());
            spawn_local(async move {
                if let Ok(found) = request.await {
                    let _ = page.try_set(found);
                }
            });
        }
    });
    let none = Memo::new(move |_| page.with(|page| page.rows.is_empty()));
    move || {
        if none.get() {
            let query = PeopleQuery { tab: Tab::Requests, ..PeopleQuery::default() };
            let org = org.get_value();
            return view! { <Empty here=paths::users(&org) org query ways=WaysIn::none() /> }.into_any();
        }
        view! { <Rows page forms /> }.into_any()
    }
}

/// The requests of a page, and what can be done with those that are selected.
#[component]
pub fn Rows(#[prop(into)] page: Signal<RequestsPage>, forms: Answers) -> impl IntoView {
    let org = forms.org;
    let now = Signal::derive(move || page.with(|page| page.now));
    let pager = move || {
        let (continued, older) = page.with(|page| (page.continued, page.older.clone()));
        let org = org.get_value();
        let newest = continued.then(|| paths::requests(&org, None));
        let older = older.map(|id| paths::requests(&org, Some(&id)));
        (newest.is_some() || older.is_some()).then(|| view! { <OlderPager newest older /> })
    };
    view! {
        <form id=ONE method="post">
            <input type="hidden" name="org" value=org.get_value() />
        </form>
        <ul class="requests">
            <For each=move || page.with(|page| page.rows.clone()) key=RequestRow::clone let(row)>
                <Line row now forms />
            </For>
        </ul>
        <form id=MANY class="requests-bar" method="post" aria-label="Selected requests" on:submit=|event| event.prevent_default()>
            <input type="hidden" name="org" value=org.get_value() />
            <span>"Those that are selected:"</span>
            <button
                class="button small primary"
                name="_fn"
                value=ApproveRequests::PATH
                on:click=move |event| {
                    event.prevent_default();
                    forms.approve(checked(BOXES));
                }
            >
                "Approve"
            </button>
            <button
                class="button small"
                name="_fn"
                value=DismissRequests::PATH
                on:click=move |event| {
                    event.prevent_default();
                    forms.dismiss(checked(BOXES));
                }
            >
                "Dismiss"
            </button>
        </form>
        {pager}
    }
}

/// One request.
#[component]
fn Line(row: RequestRow, now: Signal<Timestamp>, forms: Answers) -> impl IntoView {
    let (id, name) = (row.id.to_string(), row.display_name());
    let stale = row.is_stale().then(|| view! { <span class="badge deactivated">"Stale"</span> });
    let remark =
        row.remark().map(|text| view! { <p class="request-remark"><Icon name="info" /><span>{text}</span></p> });
    let message =
        (!row.message.is_empty()).then(|| view! { <p class="request-message" dir="auto">{row.message.clone()}</p> });
    let button = |label: &'static str, class: &'static str, path: &'static str, act: Callback<String>| {
        let (of, select) = (format!("{label} the request of {name}"), id.clone());
        view! {
            <button
                class=class
                form=ONE
                name="_fn"
                value=format!("{path}?select={id}")
                aria-label=of
                on:click=move |event: MouseEvent| {
                    event.prevent_default();
                    act.run(select.clone());
                }
            >
                {label}
            </button>
        }
    };
    let approve = Callback::new(move |select| forms.approve(select));
    let dismiss = Callback::new(move |select| forms.dismiss(select));
    view! {
        <li class="request">
            <label class="request-pick">
                <input
                    type="checkbox"
                    name="select"
                    value=id.clone()
                    form=MANY
                    autocomplete="off"
                    aria-label=format!("Select the request of {name}")
                />
            </label>
            <Avatar name=name.clone() />
            <div class="request-who">
                <p class="request-name"><b dir="auto">{name.clone()}</b> {stale}</p>
                <p class="request-email">{row.email.to_string()} " · asked " {move || view! { <Time at=row.asked_at now=now.get() /> }}</p>
                {message}
                {remark}
            </div>
            <div class="request-acts">
                {button("Approve", "button small", ApproveRequests::PATH, approve)}
                {button("Dismiss", "button small ghost", DismissRequests::PATH, dismiss)}
            </div>
        </li>
    }
}
