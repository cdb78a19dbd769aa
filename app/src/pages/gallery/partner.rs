//! The Partner section: the link, figures and bars, and its lists.

use leptos::prelude::*;
use model::{
    OrgKind,
    partner::{
        Account, Currency, Customer, CustomersPage, Day, MONTHS_SHOWN, Money, Month, PartnerOverview, Record,
        RecordKind, RecordsPage, Reference, Sums,
    },
    people::Viewer,
    time::DAY,
};

use super::{Sample, made_up};
use crate::pages::partner::{
    lists::{Customers, Records},
    overview::Overview,
};

fn viewer() -> Viewer {
    let viewer = made_up::viewer();
    Viewer { actor: model::Actor { org_kind: OrgKind::Partner, ..viewer.actor }, ..viewer }
}

fn money(code: &str, amount: i64) -> Money {
    Money { currency: Currency::parse(code).expect("made up well"), amount }
}

/// With a month of nothing, and one in which more was taken back than earned.
fn overview() -> PartnerOverview {
    let until = Month::of(made_up::NOW);
    let months = [(125_000, 0), (98_000, 100_000), (0, 0), (-31_000, 0), (210_050, 90_000), (177_525, 190_000)];
    let euros = money("EUR", 0).currency;
    let sums = |(commissions, payouts)| Sums { commissions, payouts };
    let known: Vec<_> = (0..).map(|n| until.back(n)).zip(months).map(|(month, of)| (month, euros, sums(of))).collect();
    let total = Sums { commissions: 1_248_075, payouts: 1_100_000 };
    PartnerOverview {
        link: Some("https://people.example.com/r/7h2kq0v9c4m1x8dz".to_owned()),
        accounts: Account::of(vec![(euros, total)], until.back(MONTHS_SHOWN - 1), &known),
        until,
        earlier: Some(until.back(MONTHS_SHOWN)),
        later: None,
    }
}

fn customers() -> CustomersPage {
    let customer = |name: &str, ago: i64, is_archived, earned: &[Money]| Customer {
        name: made_up::org_name(name),
        referred_at: made_up::NOW.plus(-ago * DAY),
        is_archived,
        earned: earned.to_vec(),
    };
    CustomersPage {
        customers: vec![
            customer("Corner Shop", 3, false, &[]),
            customer("Difference Machines & Daughters", 40, false, &[money("EUR", 125_000), money("JPY", 98_000)]),
            customer("Stargazers", 400, true, &[money("EUR", 1_250)]),
        ],
        continued: false,
        older: Some(made_up::id(9)),
        now: made_up::NOW,
    }
}

fn records(month: Option<Month>) -> RecordsPage {
    let record = |n, day: &str, amount, customer: Option<&str>, reference: &str| Record {
        id: made_up::id(n),
        day: Day::parse(day).expect("made up well"),
        money: money("EUR", amount),
        customer: customer.map(made_up::org_name),
        reference: Reference::parse(reference).expect("made up well"),
    };
    let all = [
        record(1, "2026-11-30", 125_000, Some("Corner Shop"), "INV-2026-117"),
        record(2, "2026-11-12", -1_250, Some("Stargazers"), "Correction of INV-2026-98"),
        record(3, "2026-10-02", 31_000, None, "Bonus of the third quarter"),
    ];
    let records = if month.is_some() { Vec::new() } else { all.to_vec() };
    RecordsPage { kind: RecordKind::Commission, month, records, continued: false, older: None }
}

pub(super) fn partner() -> AnyView {
    let org = || "gallery".to_owned();
    let nothing = PartnerOverview { link: None, accounts: Vec::new(), earlier: None, ..overview() };
    let nobody = CustomersPage { customers: Vec::new(), older: None, ..customers() };
    view! {
        <Sample of="Overview"><Overview viewer=viewer() page=overview() /></Sample>
        <Sample of="Nothing yet"><Overview viewer=viewer() page=nothing /></Sample>
        <Sample of="Customers"><Customers org=org() page=customers() /></Sample>
        <Sample of="None"><Customers org=org() page=nobody /></Sample>
        <Sample of="Commissions"><Records org=org() page=records(None) /></Sample>
        <Sample of="Of a month without any"><Records org=org() page=records(Month::parse("2026-05")) /></Sample>
    }
    .into_any()
}
