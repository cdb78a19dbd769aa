//! The Partner section (B44): links, who was founded through them, and records whose sums are what they come to, whoever enters
//! them at the same time.

use model::{
    Action, Actor, OrgKind, RecordId, ReferralId, decide,
    partner::{
        Currency, Customer, Day, Money, Month, NewRecord, RecordKind, RecordPlace, Reference, ReferralCode, Sums,
    },
};
use store::{
    Db, StoreError, organizations,
    partner_records::{self, Entering, Stored, Which},
    partners,
};
use tokio::task::JoinSet;

use crate::support::{NOW, Org, fresh, number, raw};

/// A code that no other number yields.
pub(crate) fn code(n: u8) -> ReferralCode {
    ReferralCode::fresh([n; 10])
}

/// Founds a partner organization with a link.
pub(crate) async fn partner(db: &Db, slug: &str, n: u8) -> Org {
    let org = Org::found(db, slug).await;
    raw(db, &format!("UPDATE organizations SET kind = 'partner' WHERE slug = '{slug}'")).await;
    let mut tx = db.write().await.unwrap();
    partners::begin_link(&mut tx, &org.id, &code(n)).await.unwrap();
    tx.commit().await.unwrap();
    org
}

/// Founds an organization through a link; the referral, where there is one.
pub(crate) async fn refer(db: &Db, slug: &str, n: u8) -> (Org, Option<ReferralId>) {
    let org = Org::found(db, slug).await;
    let id = fresh();
    let mut tx = db.write().await.unwrap();
    let referred = partners::refer(&mut tx, (&id, &code(n)), &org.id, NOW).await.unwrap();
    tx.commit().await.unwrap();
    (org, referred.map(|_| id))
}

fn money(code: &str, amount: i64) -> Money {
    Money { currency: Currency::parse(code).unwrap(), amount }
}

fn record(kind: RecordKind, day: &str, money: Money, reference: &str) -> NewRecord {
    let reference = Reference::parse(reference).unwrap();
    NewRecord { kind, day: Day::parse(day).unwrap(), money, customer: None, reference }
}

fn commission(day: &str, amount: i64, reference: &str) -> NewRecord {
    record(RecordKind::Commission, day, money("EUR", amount), reference)
}

/// Enters one record with its sums, as the service does.
async fn enter(db: &Db, org: &Org, record: NewRecord, referral: Option<ReferralId>) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    organizations::hold(&mut tx, &org.id).await?;
    let Money { currency, amount } = record.money;
    let (sums, month) = (Sums::of(record.kind, amount), record.day.month());
    let (kind, of) = (record.kind, referral.clone());
    let entering = Entering { id: fresh::<RecordId>(), record, referral };
    partner_records::insert(&mut tx, &org.id, &[entering], NOW).await?;
    partner_records::add_to_month(&mut tx, &org.id, (month, currency), sums).await?;
    partner_records::add_to_total(&mut tx, &org.id, currency, sums).await?;
    if let (RecordKind::Commission, Some(referral)) = (kind, of) {
        partner_records::add_to_customer(&mut tx, &referral, Money { currency, amount }).await?;
    }
    tx.commit().await
}

async fn page(db: &Db, org: &Org, kind: RecordKind, month: Option<Month>, before: Option<&RecordPlace>) -> Vec<Stored> {
    let which = Which { org_id: &org.id, kind, month, before };
    partner_records::page(&mut db.read().await.unwrap(), which, 2).await.unwrap()
}

fn references(of: &[Stored]) -> Vec<&str> {
    of.iter().map(|stored| stored.record.reference.as_str()).collect()
}

async fn customers(db: &Db, org: &Org) -> Vec<Customer> {
    let page = partners::customers(&mut db.read().await.unwrap(), &org.id, None, 50).await.unwrap();
    page.into_iter().map(|(_, customer)| customer).collect()
}

async fn a_link_is_of_one_open_partner_organization(db: Db) {
    let org = partner(&db, "partner", 1).await;
    let whose = async |n| partners::by_code(&mut db.read().await.unwrap(), &code(n)).await.unwrap();
    assert_eq!(whose(1).await.map(|name| name.as_str().to_owned()), Some("partner".to_owned()));
    assert_eq!(whose(2).await, None);
    // The first one stays when it is begun again, and is gone when another takes its place.
    let mut tx = db.write().await.unwrap();
    partners::begin_link(&mut tx, &org.id, &code(2)).await.unwrap();
    assert_eq!(partners::code_of(&mut tx, &org.id).await.unwrap(), Some(code(1)));
    let actor = Actor { org_kind: OrgKind::Partner, ..org.actor() };
    let permit = decide(&actor, Action::ReplaceReferralLink, None).unwrap();
    partners::replace_link(&mut tx, &permit, &code(3)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((whose(1).await, whose(3).await.is_some()), (None, true));
    // Only for as long as it is a partner, and open.
    for (sql, valid) in [
        ("UPDATE organizations SET archived_at = 1", false),
        ("UPDATE organizations SET archived_at = NULL", true),
        ("UPDATE organizations SET kind = 'customer'", false),
    ] {
        raw(&db, sql).await;
        assert_eq!(whose(3).await.is_some(), valid, "{sql}");
    }
}

async fn no_two_organizations_have_one_link(db: Db) {
    partner(&db, "first", 1).await;
    let second = Org::found(&db, "second").await;
    let mut tx = db.write().await.unwrap();
    assert!(matches!(partners::begin_link(&mut tx, &second.id, &code(1)).await, Err(StoreError::Taken)));
}

async fn an_organization_is_referred_once_and_never_by_itself(db: Db) {
    let (ours, theirs) = (partner(&db, "ours", 1).await, partner(&db, "theirs", 2).await);
    let (customer, referral) = refer(&db, "customer", 1).await;
    assert!(referral.is_some());
    let mut tx = db.write().await.unwrap();
    let again = partners::refer(&mut tx, (&fresh(), &code(2)), &customer.id, NOW).await;
    assert!(matches!(again, Err(StoreError::Taken)));
    drop(tx);
    let mut tx = db.write().await.unwrap();
    assert_eq!(partners::refer(&mut tx, (&fresh(), &code(1)), &ours.id, NOW).await.unwrap(), None, "itself");
    assert_eq!(partners::refer(&mut tx, (&fresh(), &code(9)), &theirs.id, NOW).await.unwrap(), None, "no link");
    drop(tx);
    assert_eq!((customers(&db, &ours).await.len(), customers(&db, &theirs).await.len()), (1, 0));
}

async fn customers_are_listed_by_their_name_of_today(db: Db) {
    let org = partner(&db, "partner", 1).await;
    let (_, first) = refer(&db, "first", 1).await;
    let (_, second) = refer(&db, "second", 1).await;
    let mut newest = [first.clone().unwrap(), second.clone().unwrap()];
    newest.sort();
    enter(&db, &org, commission("2026-11-01", 1_250, "a"), first.clone()).await.unwrap();
    enter(&db, &org, commission("2026-10-01", -250, "b"), first.clone()).await.unwrap();
    enter(&db, &org, record(RecordKind::Commission, "2026-10-01", money("JPY", 9), "c"), first).await.unwrap();
    raw(&db, "UPDATE organizations SET name = 'First & Sons', archived_at = 1 WHERE slug = 'first'").await;
    let listed = customers(&db, &org).await;
    let told: std::collections::BTreeSet<_> = listed
        .iter()
        .map(|of| {
            let earned: Vec<String> = of.earned.iter().map(ToString::to_string).collect();
            (of.name.as_str(), of.is_archived, earned.join(", "))
        })
        .collect();
    let expected = [("First & Sons", true, "10.00 EUR, 9 JPY".to_owned()), ("second", false, String::new())];
    assert_eq!(told, expected.into());
    // From before one on.
    let read = async |before: Option<&ReferralId>| {
        let mut conn = db.read().await.unwrap();
        partners::customers(&mut conn, &org.id, before, 1).await.unwrap().pop().map(|(id, _)| id)
    };
    let [older, newer] = newest;
    assert_eq!(read(None).await, Some(newer.clone()));
    assert_eq!(read(Some(&newer)).await, Some(older.clone()));
    assert_eq!(read(Some(&older)).await, None);
}

async fn records_are_read_by_month_and_the_newest_day_first(db: Db) {
    let (ours, theirs) = (partner(&db, "ours", 1).await, partner(&db, "theirs", 2).await);
    let (_, referral) = refer(&db, "corner-shop", 1).await;
    for (day, reference) in [("2026-10-31", "a"), ("2026-11-30", "b"), ("2026-11-01", "c"), ("2026-12-01", "d")] {
        enter(&db, &ours, commission(day, 100, reference), referral.clone()).await.unwrap();
    }
    enter(&db, &ours, record(RecordKind::Payout, "2026-11-05", money("EUR", 7), "a"), None).await.unwrap();
    enter(&db, &theirs, commission("2026-11-05", 7, "a"), None).await.unwrap();
    let (kind, november) = (RecordKind::Commission, Month::parse("2026-11"));
    let first = page(&db, &ours, kind, None, None).await;
    assert_eq!(references(&first), ["d", "b"]);
    let rest = page(&db, &ours, kind, None, Some(&first[1].record.place())).await;
    assert_eq!(references(&rest), ["c", "a"]);
    assert_eq!(references(&page(&db, &ours, kind, november, None).await), ["b", "c"]);
    let within = page(&db, &ours, kind, november, Some(&first[1].record.place())).await;
    assert_eq!(references(&within), ["c"], "a month ends where it begins");
    assert_eq!(references(&page(&db, &ours, RecordKind::Payout, november, None).await), ["a"]);
    assert_eq!(references(&page(&db, &theirs, kind, None, None).await), ["a"]);
    let Stored { record, customer } = &first[0];
    assert_eq!((record.day.words(), record.money.to_string()), ("1 Dec 2026".to_owned(), "1.00 EUR".to_owned()));
    assert_eq!(record.customer.as_ref().map(model::OrgName::as_str), Some("corner-shop"));
    assert_eq!(customer.as_ref().map(model::Slug::as_str), Some("corner-shop"));
}

async fn a_reference_is_unique_for_an_organization_and_kind(db: Db) {
    let (ours, theirs) = (partner(&db, "ours", 1).await, partner(&db, "theirs", 2).await);
    enter(&db, &ours, commission("2026-11-01", 100, "INV-1"), None).await.unwrap();
    let again = enter(&db, &ours, commission("2026-11-02", 200, "INV-1"), None).await;
    assert!(matches!(again, Err(StoreError::Taken)));
    enter(&db, &ours, record(RecordKind::Payout, "2026-11-02", money("EUR", 3), "INV-1"), None).await.unwrap();
    enter(&db, &theirs, commission("2026-11-02", 200, "INV-1"), None).await.unwrap();
    let found =
        partner_records::by_references(&mut db.read().await.unwrap(), &ours.id, &["INV-1", "INV-2"]).await.unwrap();
    let mut found: Vec<_> = found.iter().map(|(record, _)| (record.kind, record.money.amount)).collect();
    found.sort_unstable();
    assert_eq!(found, [(RecordKind::Commission, 100), (RecordKind::Payout, 3)]);
    // What was refused left no sum behind.
    let ground = partner_records::ground(&mut db.read().await.unwrap(), &ours.id).await.unwrap();
    assert_eq!(ground.totals, [(money("EUR", 0).currency, Sums { commissions: 100, payouts: 3 })]);
    let slugs = partners::by_slugs(&mut db.read().await.unwrap(), &ours.id, &["theirs", "nobody"]).await.unwrap();
    assert!(slugs.is_empty());
}

async fn sums_are_what_the_records_come_to_whoever_enters_at_once(db: Db) {
    let org = partner(&db, "partner", 1).await;
    let (_, referral) = refer(&db, "customer", 1).await;
    let mut tasks = JoinSet::new();
    for worker in 0..4_i64 {
        let (db, org, referral) = (db.clone(), org.clone(), referral.clone());
        tasks.spawn(async move {
            for n in 0..15 {
                let kind = if n % 3 == 0 { RecordKind::Payout } else { RecordKind::Commission };
                let of = money(if n % 4 == 0 { "JPY" } else { "EUR" }, 100 * worker + n - 40);
                let day = format!("2026-{:02}-15", 1 + (n + worker) % 5);
                let entered = record(kind, &day, of, &format!("{worker}-{n}"));
                enter(&db, &org, entered, referral.clone().filter(|_| n % 2 == 0)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(number(&db, "SELECT count(*) FROM partner_records").await, 60);
    let sum = "CAST(SUM(CASE WHEN kind = 'KIND' THEN amount ELSE 0 END) AS BIGINT)";
    let (commissions, payouts) = (sum.replace("KIND", "commission"), sum.replace("KIND", "payout"));
    let counted = format!("{commissions} AS commissions, {payouts} AS payouts FROM partner_records GROUP BY org_id");
    for (kept, again) in [
        (
            "SELECT org_id, month, currency, commissions, payouts FROM partner_months",
            format!("SELECT org_id, substr(day, 1, 7), currency, {counted}, substr(day, 1, 7), currency"),
        ),
        (
            "SELECT org_id, currency, commissions, payouts FROM partner_totals",
            format!("SELECT org_id, currency, {counted}, currency"),
        ),
        (
            "SELECT referral_id, currency, commissions FROM referral_totals",
            "SELECT referral_id, currency, CAST(SUM(amount) AS BIGINT) FROM partner_records \
             WHERE kind = 'commission' AND referral_id IS NOT NULL GROUP BY referral_id, currency"
                .to_owned(),
        ),
    ] {
        for (one, other) in [(kept, again.as_str()), (&again, kept)] {
            let differs = number(&db, &format!("SELECT count(*) FROM ({one} EXCEPT {other}) AS hits")).await;
            assert_eq!(differs, 0, "{one} EXCEPT {other}");
        }
    }
    let mut conn = db.read().await.unwrap();
    let (from, until) = (Month::parse("2026-02").unwrap(), Month::parse("2026-04").unwrap());
    let months = partner_records::months(&mut conn, &org.id, (from, until)).await.unwrap();
    assert!(
        months.iter().all(|(month, ..)| (from..=until).contains(month)) && months.is_sorted_by_key(|of| (of.0, of.1))
    );
    let ground = partner_records::ground(&mut conn, &org.id).await.unwrap();
    assert_eq!((ground.code, ground.first), (Some(code(1)), Month::parse("2026-01")));
    assert_eq!(ground.totals.iter().map(|(currency, _)| currency.code()).collect::<Vec<_>>(), ["EUR", "JPY"]);
    let nobody = partner_records::ground(&mut conn, &fresh()).await.unwrap();
    assert_eq!((nobody.code, nobody.totals, nobody.first), (None, vec![], None));
}

on_both_engines!(
    a_link_is_of_one_open_partner_organization,
    no_two_organizations_have_one_link,
    an_organization_is_referred_once_and_never_by_itself,
    customers_are_listed_by_their_name_of_today,
    records_are_read_by_month_and_the_newest_day_first,
    a_reference_is_unique_for_an_organization_and_kind,
    sums_are_what_the_records_come_to_whoever_enters_at_once,
);
