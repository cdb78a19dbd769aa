//! The lists of the section: customers, commissions and payouts.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    Timestamp,
    partner::{Customer, CustomersPage, Month, Record, RecordKind, RecordPlace, RecordsPage},
    people::Viewer,
};

use super::{Head, Part, kept_out, not_there};
use crate::{
    api::partner::{list_partner_records, list_referred_customers},
    components::{
        loaded::Loaded,
        ui::{EmptyState, Icon, OlderPager, Time},
    },
    paths,
};

/// `/o/:org/partner/:list`
#[component]
pub fn PartnerListPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Some(instead) = kept_out(&viewer) {
        return instead;
    }
    let params = use_params_map();
    let part = Memo::new(move |_| params.with(|p| Part::of_path(&p.get("list").unwrap_or_default())));
    let viewer = StoredValue::new(viewer);
    (move || {
        let viewer = viewer.get_value();
        match part.get() {
            Some(Part::Customers) => view! { <CustomersList viewer /> }.into_any(),
            Some(Part::Records(kind)) => view! { <RecordsList viewer kind /> }.into_any(),
            Some(Part::Overview) | None => not_there(),
        }
    })
    .into_any()
}

#[component]
fn CustomersList(viewer: Viewer) -> impl IntoView {
    let query = use_query_map();
    let org = StoredValue::new(viewer.org.slug.as_str().to_owned());
    let before = Memo::new(move |_| query.with(|q| q.get("before")));
    let found = Resource::new(move || before.get(), move |before| list_referred_customers(org.get_value(), before));
    view! {
        <Head viewer part=Part::Customers />
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |page| view! { <Customers org=org.get_value() page /> }
        />
    }
}

/// A page of customers.
#[component]
pub fn Customers(org: String, page: CustomersPage) -> impl IntoView {
    let CustomersPage { customers, continued, older, now } = page;
    if customers.is_empty() && !continued {
        let heading = view! { <h2>"No customers yet"</h2> }.into_any();
        let text =
            "Share your link: who founds an organization through it stands here, with what you have earned by it.";
        return view! {
            <EmptyState icon="handshake" heading text>
                <a class="button primary" href=paths::partner(&org)>"Get your link"</a>
            </EmptyState>
        }
        .into_any();
    }
    let rows = customers.into_iter().map(|customer| view! { <CustomerRow customer now /> }).collect_view();
    let older = older.map(|id| paths::partner_customers(&org, Some(&id)));
    view! {
        <table class="ledger cards">
            <caption class="visually-hidden">"Referred customers, the newest first"</caption>
            <thead>
                <tr>
                    <th scope="col">"Customer"</th>
                    <th scope="col">"Referred"</th>
                    <th scope="col">"State"</th>
                    <th scope="col" class="number">"Commission so far"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <OlderPager newest=continued.then(|| paths::partner_customers(&org, None)) older />
    }
    .into_any()
}

#[component]
fn CustomerRow(customer: Customer, now: Timestamp) -> impl IntoView {
    let Customer { name, referred_at, is_archived, earned } = customer;
    let earned = if earned.is_empty() {
        view! { <span class="never">"None"</span> }.into_any()
    } else {
        earned
            .into_iter()
            .map(|money| view! { <span class="money">{money.to_string()}</span> })
            .collect_view()
            .into_any()
    };
    let (class, state) = if is_archived { ("badge deactivated", "Archived") } else { ("badge active", "Active") };
    view! {
        <tr>
            <th scope="row" dir="auto">{name.as_str().to_owned()}</th>
            <td data-of="Referred"><Time at=referred_at now /></td>
            <td><span class=class>{state}</span></td>
            <td class="number" data-of="Commission so far">{earned}</td>
        </tr>
    }
}

#[component]
fn RecordsList(viewer: Viewer, kind: RecordKind) -> impl IntoView {
    let query = use_query_map();
    let org = StoredValue::new(viewer.org.slug.as_str().to_owned());
    let asked = Memo::new(move |_| {
        let place = |q: &leptos_router::params::ParamsMap| RecordPlace::decode(&q.get("before")?);
        query.with(|q| (q.get("month").and_then(|month| Month::parse(&month)), place(q)))
    });
    let found = Resource::new(
        move || asked.get(),
        move |(month, before)| {
            let (month, before) = (month.map(|month| month.to_string()), before.map(|place| place.encode()));
            list_partner_records(org.get_value(), kind.path().to_owned(), month, before)
        },
    );
    view! {
        <Head viewer part=Part::Records(kind) />
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |page| view! { <Records org=org.get_value() page /> }
        />
    }
}

/// A page of commissions or payouts.
#[component]
pub fn Records(org: String, page: RecordsPage) -> impl IntoView {
    let RecordsPage { kind, month, records, continued, older } = page;
    let all = paths::partner_records(&org, kind, None, None);
    let chip = month.map(|month| {
        let words = month.words();
        view! {
            <ul class="chips" aria-label="Filters">
                <li>
                    <a class="chip" href=all.clone() aria-label=format!("Month: {words}, remove filter")>
                        {format!("Month: {words}")}
                        <Icon name="x" />
                    </a>
                </li>
            </ul>
        }
    });
    if records.is_empty() && !continued {
        let what = kind.label().to_lowercase();
        let (heading, text) = match month {
            Some(month) => {
                (format!("No {what} in {}", month.words()), format!("All {what} stand in the list without a filter."))
            }
            None => (
                format!("No {what} yet"),
                match kind {
                    RecordKind::Commission => {
                        "What you earn by your customers is entered by whoever runs this installation."
                    }
                    RecordKind::Payout => "What is paid to you is entered by whoever runs this installation.",
                }
                .to_owned(),
            ),
        };
        let (href, leads) =
            if month.is_some() { (all, "Show all") } else { (paths::partner(&org), "Go to the overview") };
        return view! {
            {chip}
            <EmptyState icon="handshake" heading=view! { <h2>{heading}</h2> }.into_any() text>
                <a class="button" href=href>{leads}</a>
            </EmptyState>
        }
        .into_any();
    }
    let rows = records.into_iter().map(|record| view! { <RecordRow record /> }).collect_view();
    let newest = continued.then(|| paths::partner_records(&org, kind, month, None));
    let older = older.map(|place| paths::partner_records(&org, kind, month, Some(&place)));
    view! {
        {chip}
        <table class="ledger cards">
            <caption class="visually-hidden">{format!("{}, the newest first", kind.label())}</caption>
            <thead>
                <tr>
                    <th scope="col">"Reference"</th>
                    <th scope="col">"Date"</th>
                    <th scope="col">"Customer"</th>
                    <th scope="col" class="number">"Amount"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <OlderPager newest older />
    }
    .into_any()
}

#[component]
fn RecordRow(record: Record) -> impl IntoView {
    let Record { day, money, customer, reference, .. } = record;
    let customer = match customer {
        Some(name) => view! { <span dir="auto">{name.as_str().to_owned()}</span> }.into_any(),
        None => view! { <span class="never">"None"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row" dir="auto">{reference.to_string()}</th>
            <td data-of="Date"><time datetime=day.to_string()>{day.words()}</time></td>
            <td data-of="Customer">{customer}</td>
            <td class="number" data-of="Amount">{money.to_string()}</td>
        </tr>
    }
}
