//! Twelve months of one currency: as bars for the eye, and beneath as a table with the same figures, which lead to the records.

use leptos::prelude::*;
use model::partner::{Account, Bar, HEIGHT, MonthSums, RecordKind, chart};

use crate::paths;

/// The width of a month in the drawing, and of each of its two bars, in units of its own.
const SLOT: usize = 100;
const WIDTH: usize = 32;

/// The bars and the table.
#[component]
pub fn Months(org: String, account: Account) -> impl IntoView {
    view! {
        <Bars account=account.clone() />
        <Table org account />
    }
}

#[component]
fn Bars(account: Account) -> impl IntoView {
    let Account { currency, months, .. } = &account;
    let (Some(first), Some(last)) = (months.first(), months.last()) else { return ().into_any() };
    let label = format!(
        "Chart: commissions and payouts in {currency} by month, from {} to {}. The table below has the same figures.",
        first.month.words(),
        last.month.words()
    );
    let drawn = chart(months);
    let bars = drawn
        .months
        .iter()
        .enumerate()
        .flat_map(|(month, bars)| bars.iter().zip(RecordKind::ALL).enumerate().map(move |(n, bar)| (month, n, bar)))
        .filter(|(.., (bar, _))| bar.height > 0)
        .map(|(month, n, (Bar { top, height }, kind))| {
            let x = month * SLOT + SLOT / 2 - WIDTH - 2 + n * (WIDTH + 4);
            view! {
                <rect
                    class=format!("bar {}", kind.code())
                    x=x.to_string()
                    y=top.to_string()
                    width=WIDTH.to_string()
                    height=height.to_string()
                ></rect>
            }
        })
        .collect_view();
    let width = months.len() * SLOT;
    let names = months.iter().map(|of| view! { <span>{of.month.name()}</span> }).collect_view();
    let keys = RecordKind::ALL
        .map(|kind| view! { <span class=format!("chart-key {}", kind.code())>{kind.label()}</span> })
        .collect_view();
    view! {
        <figure class="chart">
            <figcaption>{keys}</figcaption>
            <div role="img" aria-label=label>
                <svg
                    class="bars"
                    viewBox=format!("0 0 {width} {HEIGHT}")
                    preserveAspectRatio="none"
                    aria-hidden="true"
                    focusable="false"
                >
                    <line class="ground" x1="0" x2=width.to_string() y1=drawn.ground.to_string() y2=drawn.ground.to_string()></line>
                    {bars}
                </svg>
                <div class="chart-names" aria-hidden="true">{names}</div>
            </div>
        </figure>
    }
    .into_any()
}

#[component]
fn Table(org: String, account: Account) -> impl IntoView {
    let heads = RecordKind::ALL.map(|kind| view! { <th scope="col" class="number">{kind.label()}</th> }).collect_view();
    let rows = account
        .months
        .iter()
        .rev()
        .map(|MonthSums { month, sums }| {
            let cells = RecordKind::ALL
                .map(|kind| {
                    let amount = sums.of_kind(kind);
                    let shown = account.money(amount).to_string();
                    let cell = if amount == 0 {
                        view! { <span class="never">{shown}</span> }.into_any()
                    } else {
                        let label = format!("{shown}: {} of {}", kind.label(), month.words());
                        let href = paths::partner_records(&org, kind, Some(*month), None);
                        view! { <a class="link" href=href aria-label=label>{shown}</a> }.into_any()
                    };
                    view! { <td class="number">{cell}</td> }
                })
                .collect_view();
            view! {
                <tr>
                    <th scope="row">{month.words()}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="ledger">
            <caption class="visually-hidden">{format!("Commissions and payouts in {} by month", account.currency)}</caption>
            <thead>
                <tr>
                    <th scope="col">"Month"</th>
                    {heads}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
