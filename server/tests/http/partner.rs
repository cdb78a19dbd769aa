//! The Partner section (B44): who sees it, what a Partner sees beside it, referring by a link through founding, and what the
//! operator enters.

use model::{
    Role, Slug,
    organization::Founding,
    partner::{CustomersPage, PartnerOverview, RecordsPage, ReferralDoor, RowText},
    people::Viewer,
    time::{DAY, MINUTE},
};
use service::{Entered, PartnerError};

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{HOME, ORG, PASSWORD, Person, USERS, changed},
    engines::{everything, number, raw},
};

on_both_engines! {
    the_section_is_in_partner_organizations_alone,
    who_has_the_role_partner_lands_there_and_sees_nothing_else,
    a_link_is_made_replaced_and_no_longer_valid,
    who_follows_a_link_founds_a_customer_without_a_script,
    who_follows_a_link_founds_a_customer_with_scripts,
    a_link_that_is_not_valid_keeps_nobody_from_founding,
    who_may_not_found_is_told_at_the_link,
    a_partner_sees_of_a_customer_what_is_a_partners_matter,
    what_is_entered_stands_in_figures_months_and_lists,
    what_cannot_be_entered_is_said_and_leaves_nothing_behind,
    a_file_is_taken_whole_and_once,
    long_lists_are_read_page_by_page,
    what_is_anothers_is_not_seen,
    in_an_archived_organization_the_section_is_read,
}

const PARTNER: &str = "/o/analytical-engines/partner";
const CUSTOMERS: &str = "/o/analytical-engines/partner/customers";
const COMMISSIONS: &str = "/o/analytical-engines/partner/commissions";
const PAYOUTS: &str = "/o/analytical-engines/partner/payouts";
const REASON: &str = "Your role does not allow this. Ask an admin of your organization.";
const FOUND: [(&str, &str); 3] = [("org_name", "Corner Shop"), ("kind", "customer"), ("preset", "invitation_links")];

/// Ada's organization, as a partner.
async fn partner(app: &TestApp) -> Browser {
    let ada = app.set_up().await;
    become_partner(&ada, ORG, "Analytical Engines").await;
    ada
}

async fn become_partner(by: &Browser, org: &str, name: &str) {
    let details = [("org", org), ("version", "0"), ("org_name", name), ("kind", "partner"), ("address", "")];
    by.call("/api/orgs/save", &details).await.expect(200);
}

async fn overview(by: &Browser) -> PartnerOverview {
    by.call("/api/partner/overview", &[("org", ORG)]).await.expect(200).parsed()
}

async fn customers(by: &Browser) -> CustomersPage {
    by.call("/api/partner/customers", &[("org", ORG)]).await.expect(200).parsed()
}

/// What the link of Ada's organization ends with.
async fn code(by: &Browser) -> String {
    overview(by).await.link.unwrap().rsplit('/').next().unwrap().to_owned()
}

async fn door(by: &Browser, code: &str) -> Option<ReferralDoor> {
    by.call("/api/referrals/open", &[("code", code)]).await.expect(200).parsed()
}

/// Founds an organization through a link.
async fn found(by: &Browser, name: &str, code: &str) -> Answer {
    by.call("/api/orgs/found", &changed(&changed(&FOUND, "org_name", name), "referral", code)).await
}

/// Somebody who owns another organization, and so may found one.
async fn olive(app: &TestApp) -> Person {
    app.found("Difference Machines").await.1
}

const COMMISSION: RowText<'static> = RowText {
    kind: "commission",
    date: "2026-11-30",
    amount: "12.50",
    currency: "EUR",
    customer: "",
    reference: "INV-1",
};

async fn enter(app: &TestApp, text: RowText<'_>) -> Result<Entered, PartnerError> {
    app.rollcall.enter_partner_record(ORG, text).await
}

async fn the_section_is_in_partner_organizations_alone(app: TestApp) {
    let ada = app.set_up().await;
    let pages = [PARTNER, CUSTOMERS, COMMISSIONS, PAYOUTS];
    let functions = ["overview", "customers", "records", "new_link"].map(|name| format!("/api/partner/{name}"));
    let form = [("org", ORG), ("list", "commissions")];
    let before = everything(app.db()).await;
    for page in pages {
        let answer = ada.get(page).await.expect(404);
        assert!(answer.says("Page not found") && !answer.body.contains(&format!("href=\"{PARTNER}\"")), "{page}");
    }
    for function in &functions {
        ada.call(function, &form).await.expect(404);
    }
    assert_eq!(everything(app.db()).await, before);
    assert!(!ada.get(USERS).await.body.contains(&format!("href=\"{PARTNER}\"")));

    become_partner(&ada, ORG, "Analytical Engines").await;
    for page in pages {
        ada.get(page).await.expect(200);
    }
    assert!(ada.get(USERS).await.body.contains(&format!("href=\"{PARTNER}\"")), "the sidebar leads there");
    ada.get(&format!("{PARTNER}/nothing")).await.expect(404);
    ada.call("/api/partner/records", &[("org", ORG), ("list", "customers")]).await.expect(404);
    for role in [Role::Member, Role::Viewer] {
        let person = app.join(&ada, &format!("{}@engines.example", role.code()), role).await;
        for page in pages {
            assert!(person.browser.get(page).await.expect(403).says(REASON));
        }
        for function in &functions {
            assert_eq!(person.browser.call(function, &form).await.expect(403).problem().message, REASON);
        }
    }
    app.browser().call("/api/partner/overview", &form).await.expect(401);
    let login = app.browser().get(PARTNER).await;
    assert!(login.location().starts_with("/login?next="), "{}", login.location());
    // Where the custom role takes the section away, that is said.
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    admin.browser.get(PARTNER).await.expect(200);
    raw(app.db(), "UPDATE memberships SET withheld = 'view_partner_section' WHERE email = 'admin@engines.example'")
        .await;
    assert!(admin.browser.get(PARTNER).await.expect(403).says("A custom role takes this away from you."));
}

async fn who_has_the_role_partner_lands_there_and_sees_nothing_else(app: TestApp) {
    let ada = partner(&app).await;
    let paul = app.join(&ada, "paul@engines.example", Role::Partner).await;
    // After signing in, at the start, and by the organization's own address.
    let again = app.browser();
    let login = [("email", "paul@engines.example"), ("password", PASSWORD)];
    assert!(again.call("/api/session/login", &login).await.expect(200).body.contains(&format!("\"{HOME}\"")));
    assert_eq!(again.get("/").await.location(), HOME);
    assert_eq!(again.get(HOME).await.location(), PARTNER);
    let page = paul.browser.get(PARTNER).await.expect(200);
    for link in ["users", "groups", "roles", "jobs", "settings/general", "settings/policies", "ownership"] {
        assert!(!page.body.contains(&format!("href=\"{HOME}/{link}")), "{link}\n{}", page.body);
    }
    for link in [PARTNER, "/orgs", "/account?org=analytical-engines"] {
        assert!(page.body.contains(&format!("href=\"{link}\"")), "{link}\n{}", page.body);
    }
    for link in ["users", "users/new", "groups", "roles", "jobs", "import", "guests", "settings/general"] {
        assert_eq!(paul.browser.get(&format!("{HOME}/{link}")).await.status, 403, "{link}");
    }
    for link in ["settings/policies", "settings/mail", "settings/domains"] {
        assert_eq!(paul.browser.get(&format!("{HOME}/{link}")).await.status, 403, "{link}");
    }
    let viewer: Viewer = paul.browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed();
    assert!(viewer.sees_partner_section_alone());
    // The link is theirs to share, and not to replace.
    assert!(page.body.contains("/r/") && !page.says("Replace link"), "{}", page.body);
    paul.browser.call("/api/partner/new_link", &[("org", ORG)]).await.expect(403);
    // Who sees people lands on them, as ever.
    assert_eq!(ada.get(HOME).await.location(), USERS);
}

async fn a_link_is_made_replaced_and_no_longer_valid(app: TestApp) {
    let ada = partner(&app).await;
    let first = code(&ada).await;
    let link = format!("{}/r/{first}", crate::app::PUBLIC_URL);
    let page = ada.get(PARTNER).await.expect(200);
    assert!(page.body.contains(&format!("value=\"{link}\"")), "a field to copy without a script: {}", page.body);
    // Saving the details again leaves it.
    let details =
        [("org", ORG), ("version", "1"), ("org_name", "Engines & Sons"), ("kind", "partner"), ("address", "")];
    ada.call("/api/orgs/save", &details).await.expect(200);
    assert_eq!(code(&ada).await, first);

    // Whoever opens it changes nothing.
    let before = everything(app.db()).await;
    let shown = app.browser().get(&format!("/r/{first}")).await.expect(200);
    assert!(shown.says("You were referred by") && shown.says("Engines & Sons"), "{}", shown.body);
    assert!(shown.body.contains(&format!("href=\"/orgs/new?ref={first}\"")), "{}", shown.body);
    assert_eq!(everything(app.db()).await, before);

    assert!(ada.get(&format!("{PARTNER}?dialog=replace")).await.expect(200).says("Replace the referral link"));
    let answer = ada.submit(&format!("{PARTNER}?dialog=replace"), "/api/partner/new_link", &[("org", ORG)]).await;
    assert_eq!(answer.location(), PARTNER);
    assert!(ada.get(PARTNER).await.says("The referral link is another one now."));
    let second = code(&ada).await;
    assert_ne!(second, first);
    for old in [first.as_str(), "nothing", "zzzzzzzzzzzzzzzz"] {
        let page = app.browser().get(&format!("/r/{old}")).await.expect(410);
        assert!(page.says("This link is no longer valid") && page.body.contains("href=\"/orgs/new\""), "{old}");
        assert_eq!(door(&app.browser(), old).await, None);
    }
    assert_eq!(door(&app.browser(), &second).await.unwrap().by.as_str(), "Engines & Sons");
    assert_eq!(app.count_of_audit("partner.link_replaced").await, 1);

    // Where none was made yet, who may edit the organization makes it.
    raw(app.db(), "UPDATE organizations SET referral_code = NULL").await;
    let paul = app.join(&ada, "paul@engines.example", Role::Partner).await;
    assert!(paul.browser.get(PARTNER).await.says("There is none yet."));
    assert!(ada.get(PARTNER).await.says("Create link"));
    let made = ada.call("/api/partner/new_link", &[("org", ORG)]).await.expect(200);
    assert_eq!(made.toast(), "The referral link is there.");
    assert_eq!(app.count_of_audit("partner.link_created").await, 1);
    // One that is founded as a partner has one from the beginning.
    ada.call("/api/orgs/found", &changed(&FOUND, "kind", "partner")).await.expect(200);
    let page = ada.call("/api/partner/overview", &[("org", "corner-shop")]).await.expect(200);
    assert!(page.parsed::<PartnerOverview>().link.is_some());
}

async fn who_follows_a_link_founds_a_customer_without_a_script(app: TestApp) {
    let ada = partner(&app).await;
    let olive = olive(&app).await;
    let code = code(&ada).await;
    let new = format!("/orgs/new?ref={code}");
    // Through sign-in, which keeps the code.
    let login = app.browser().get(&new).await;
    assert_eq!(login.location(), format!("/login?next=%2Forgs%2Fnew%3Fref%3D{code}"));
    let before = everything(app.db()).await;
    let page = olive.browser.get(&new).await.expect(200);
    assert!(page.says("You were referred by") && page.says("Analytical Engines"), "{}", page.body);
    assert_eq!(page.value_of("referral"), code);
    assert_eq!(everything(app.db()).await, before);
    let form = changed(&FOUND, "referral", &code);
    let wrong = olive.browser.submit(&new, "/api/orgs/found", &changed(&form, "org_name", " ")).await.expect(422);
    assert_eq!(wrong.value_of("referral"), code);
    let answer = olive.browser.submit(&new, "/api/orgs/found", &form).await;
    assert_eq!(answer.location(), "/o/corner-shop");
    let users = olive.browser.get("/o/corner-shop/users").await.expect(200);
    assert!(users.says("Your organization is there, referred by Analytical Engines."), "{}", users.body);
    let page = customers(&ada).await;
    assert_eq!(page.customers.iter().map(|of| of.name.as_str()).collect::<Vec<_>>(), ["Corner Shop"]);
    assert_eq!(app.count_of_audit("partner.customer_referred").await, 1);
    // In the partner's log, where nobody of the customer is named.
    let ours = "SELECT count(*) FROM audit_events e JOIN organizations o ON o.id = e.org_id AND o.slug = 'analytical-engines' \
                WHERE e.action = 'partner.customer_referred' AND e.target_name = 'Corner Shop' AND e.actor_id IS NULL \
                AND e.actor_name = 'Rollcall'";
    assert_eq!(number(app.db(), ours).await, 1);
}

async fn who_follows_a_link_founds_a_customer_with_scripts(app: TestApp) {
    let ada = partner(&app).await;
    let olive = olive(&app).await;
    let code = code(&ada).await;
    let answer = found(&olive.browser, "Corner Shop", &code).await.expect(200);
    assert_eq!(answer.toast(), "Your organization is there, referred by Analytical Engines.");
    // As often as the link is followed; each organization is referred once.
    found(&olive.browser, "Book Shop", &code).await.expect(200);
    assert_eq!(customers(&ada).await.customers.len(), 2);
    let without = found(&olive.browser, "Tea Shop", "").await.expect(200);
    assert_eq!(without.toast(), "Your organization is there.");
    assert_eq!(number(app.db(), "SELECT count(*) FROM referrals").await, 2);
}

async fn a_link_that_is_not_valid_keeps_nobody_from_founding(app: TestApp) {
    let ada = partner(&app).await;
    let olive = olive(&app).await;
    let outdated = code(&ada).await;
    let new = format!("/orgs/new?ref={outdated}");
    olive.browser.get(&new).await.expect(200);
    // It is replaced while the page is open.
    ada.call("/api/partner/new_link", &[("org", ORG)]).await.expect(200);
    let said = "Your organization is there. The referral link was no longer valid, so no referral was recorded.";
    let answer = olive.browser.submit(&new, "/api/orgs/found", &changed(&FOUND, "referral", &outdated)).await;
    assert_eq!(answer.location(), "/o/corner-shop");
    assert!(olive.browser.get("/o/corner-shop/users").await.says(said));
    for (name, code) in [("Book Shop", "nothing"), ("Tea Shop", "' OR 1=1 --"), ("Ink Shop", &outdated)] {
        assert_eq!(found(&olive.browser, name, code).await.expect(200).toast(), said);
    }
    // The page says so before, and offers the same form.
    let page = olive.browser.get(&new).await.expect(200);
    assert!(page.says("no longer valid") && page.body.contains("name=\"org_name\""), "{}", page.body);
    // Nor does the link of a partner that is archived, or is none any more.
    let current = code(&ada).await;
    for (n, sql) in [
        "UPDATE organizations SET archived_at = 1 WHERE slug = 'analytical-engines'",
        "UPDATE organizations SET archived_at = NULL, kind = 'customer' WHERE slug = 'analytical-engines'",
    ]
    .iter()
    .enumerate()
    {
        raw(app.db(), sql).await;
        assert_eq!(found(&olive.browser, &format!("Shop {n}"), &current).await.expect(200).toast(), said);
        app.browser().get(&format!("/r/{current}")).await.expect(410);
    }
    assert_eq!(number(app.db(), "SELECT count(*) FROM referrals").await, 0);
    assert_eq!(app.count_of_audit("partner.customer_referred").await, 0);
}

async fn who_may_not_found_is_told_at_the_link(app: TestApp) {
    let ada = partner(&app).await;
    let member = app.join(&ada, "member@engines.example", Role::Member).await;
    let code = code(&ada).await;
    let link = format!("/r/{code}");
    let owners = app.browser().get(&link).await.expect(200);
    assert!(owners.says("Only the Owner of an organization can found another one here."), "{}", owners.body);
    let page = member.browser.get(&format!("/orgs/new?ref={code}")).await.expect(200);
    assert!(page.says("Only the Owner of an organization") && !page.body.contains("name=\"org_name\""));
    found(&member.browser, "Corner Shop", &code).await.expect(409);
    let nobody = app.restarted(|config| config.founding = Founding::Nobody);
    let shut = nobody.browser().get(&link).await.expect(200);
    assert!(shut.says("by whoever runs this installation") && !shut.body.contains("/orgs/new"), "{}", shut.body);
    let everybody = app.restarted(|config| config.founding = Founding::Everybody);
    assert!(!everybody.browser().get(&link).await.says("Only the Owner"));
    found(&member.browser.on(&everybody), "Corner Shop", &code).await.expect(200);
    assert_eq!(customers(&ada).await.customers.len(), 1);
}

async fn a_partner_sees_of_a_customer_what_is_a_partners_matter(app: TestApp) {
    let ada = partner(&app).await;
    let olive = olive(&app).await;
    assert!(ada.get(CUSTOMERS).await.says("No customers yet"));
    found(&olive.browser, "Corner Shop", &code(&ada).await).await.expect(200);
    let commission = RowText { customer: "corner-shop", ..COMMISSION };
    enter(&app, commission).await.unwrap();
    enter(&app, RowText { amount: "-2", reference: "INV-1 corrected", ..commission }).await.unwrap();
    enter(&app, RowText { currency: "JPY", amount: "98000", reference: "INV-2", ..commission }).await.unwrap();
    app.pass(2 * DAY);
    let ada = app.sign_in(crate::cast::ADA).await;
    let page = ada.get(CUSTOMERS).await.expect(200);
    for text in ["Corner Shop", "2 days ago", "Active", "10.50 EUR", "98,000 JPY"] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    let told = ada.call("/api/partner/customers", &[("org", ORG)]).await.expect(200);
    for secret in ["corner-shop", "Olive", "difference", "owner@"] {
        assert!(!told.body.contains(secret) && !page.body.contains(secret), "{secret}\n{}", told.body);
    }
    assert!(!told.body.contains("org_"), "{}", told.body);
    // By its name of today, and as what it is today.
    raw(app.db(), "UPDATE organizations SET name = 'Corner & Sons', archived_at = 1 WHERE slug = 'corner-shop'").await;
    let page = ada.get(CUSTOMERS).await.expect(200);
    assert!(page.says("Corner & Sons") && page.says("Archived") && !page.says("Corner Shop"), "{}", page.body);
    assert!(ada.get(COMMISSIONS).await.expect(200).says("Corner & Sons"));
    // It is theirs alone: nothing else of it opens.
    ada.get("/o/corner-shop/users").await.expect(404);
}

async fn what_is_entered_stands_in_figures_months_and_lists(app: TestApp) {
    let ada = partner(&app).await;
    let nothing = ada.get(PARTNER).await.expect(200);
    assert!(nothing.says("No commissions or payouts yet") && !nothing.body.contains("role=\"img\""));
    assert!(ada.get(COMMISSIONS).await.says("No commissions yet") && ada.get(PAYOUTS).await.says("No payouts yet"));
    for (kind, date, amount, currency, reference) in [
        ("commission", "2026-11-30", "1234.50", "EUR", "INV-1"),
        ("commission", "2026-11-01", "-34.50", "EUR", "INV-0 corrected"),
        ("commission", "2027-01-15", "100", "EUR", "INV-2"),
        ("commission", "2025-01-31", "7", "EUR", "Long ago"),
        ("payout", "2026-12-24", "1000", "EUR", "INV-1"),
        ("commission", "2027-01-01", "5000", "JPY", "INV-3"),
    ] {
        let entered = enter(&app, RowText { kind, date, amount, currency, reference, customer: "" }).await.unwrap();
        assert_eq!(entered.known, 0, "{reference}");
    }
    let page = ada.get(PARTNER).await.expect(200);
    for text in
        ["1,307.00 EUR", "1,000.00 EUR", "307.00 EUR", "5,000 JPY", "Earlier months", "Nov 2026", "1,200.00 EUR"]
    {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    assert_eq!(page.body.matches("role=\"img\"").count(), 2, "a chart for each currency");
    assert!(page.says("Chart: commissions and payouts in EUR by month, from Feb 2026 to Jan 2027."), "{}", page.body);
    let november = format!("{COMMISSIONS}?month=2026-11");
    assert!(page.body.contains(&format!("href=\"{november}\"")), "{}", page.body);
    let list = ada.get(&november).await.expect(200);
    assert!(
        list.says("INV-1") && list.says("30 Nov 2026") && list.says("-34.50 EUR") && !list.says("INV-2"),
        "{}",
        list.body
    );
    assert!(ada.get(&format!("{PAYOUTS}?month=2026-11")).await.says("No payouts in Nov 2026"));
    let payouts = ada.get(PAYOUTS).await.expect(200);
    assert!(payouts.says("INV-1") && payouts.says("24 Dec 2026") && !payouts.says("INV-2"), "{}", payouts.body);
    // The twelve months before, as far as there is anything.
    let shown = overview(&ada).await;
    let earlier = shown.earlier.unwrap().to_string();
    assert_eq!((earlier.as_str(), shown.later), ("2026-01", None));
    let form = [("org", ORG), ("until", earlier.as_str())];
    let before: PartnerOverview = ada.call("/api/partner/overview", &form).await.expect(200).parsed();
    assert_eq!(
        (before.earlier.map(|m| m.to_string()), before.later.map(|m| m.to_string())),
        (Some("2025-01".into()), Some("2027-01".into()))
    );
    for until in ["2025-01", "2024-12", "1990-01", "nothing"] {
        let form = [("org", ORG), ("until", until)];
        let page: PartnerOverview = ada.call("/api/partner/overview", &form).await.expect(200).parsed();
        let expected = if until == "nothing" { "2027-01" } else { "2025-01" };
        assert_eq!(page.until.to_string(), expected, "{until}");
    }
    // Each is in the log, by nobody's name.
    assert_eq!(app.count_of_audit("partner.commission_entered").await, 5);
    assert_eq!(app.count_of_audit("partner.payout_entered").await, 1);
}

async fn what_cannot_be_entered_is_said_and_leaves_nothing_behind(app: TestApp) {
    let ada = partner(&app).await;
    let olive = olive(&app).await;
    found(&olive.browser, "Corner Shop", &code(&ada).await).await.expect(200);
    enter(&app, COMMISSION).await.unwrap();
    let before = everything(app.db()).await;
    let again = enter(&app, COMMISSION).await.unwrap();
    assert_eq!(again, Entered { known: 1, ..Entered::default() });
    for (text, says) in [
        (RowText { kind: "bonus", ..COMMISSION }, "The kind is commission or payout."),
        (RowText { date: "2027-02-30", ..COMMISSION }, "Write the date as year, month and day"),
        (RowText { date: "2027-01-17", ..COMMISSION }, "This date is still to come."),
        (RowText { amount: "12,50", ..COMMISSION }, "with a point before the decimals"),
        (RowText { amount: "12.505", ..COMMISSION }, "Amounts in EUR have at most two decimals."),
        (RowText { currency: "EURO", ..COMMISSION }, "by its three letters (ISO 4217)"),
        (RowText { reference: " ", ..COMMISSION }, "Say what it is by a reference."),
        (
            RowText { customer: "difference-machines", reference: "B", ..COMMISSION },
            "no customer that this partner has referred",
        ),
        (RowText { customer: "nobody", reference: "B", ..COMMISSION }, "no customer that this partner has referred"),
        (
            RowText { amount: "13", ..COMMISSION },
            "There is a commission with the reference INV-1 already, of 12.50 EUR on 2026-11-30",
        ),
        (RowText { customer: "corner-shop", ..COMMISSION }, "and it is another one."),
    ] {
        let refused = enter(&app, text).await.unwrap_err().to_string();
        assert!(refused.contains(says), "{text:?}: {refused}");
    }
    let elsewhere = async |org: &str| app.rollcall.enter_partner_record(org, COMMISSION).await.unwrap_err().to_string();
    assert_eq!(elsewhere("nobody").await, "there is no organization nobody here");
    assert_eq!(elsewhere("no such").await, "there is no organization no such here");
    assert!(elsewhere("corner-shop").await.starts_with("corner-shop is no partner organization"));
    assert_eq!(everything(app.db()).await, before);
    // Sums stay within bounds in which nothing overflows; the last that does not fit is refused with all of its file.
    raw(app.db(), "UPDATE partner_totals SET commissions = 999999999999999999").await;
    let before = everything(app.db()).await;
    let over = enter(&app, RowText { reference: "INV-9", amount: "0.02", ..COMMISSION }).await.unwrap_err();
    assert_eq!(over.to_string(), "nothing was entered: the sums in EUR would become too large to be kept");
    assert_eq!(everything(app.db()).await, before);
    enter(&app, RowText { reference: "INV-9", amount: "0.01", ..COMMISSION }).await.unwrap();
}

async fn a_file_is_taken_whole_and_once(app: TestApp) {
    let ada = partner(&app).await;
    let olive = olive(&app).await;
    found(&olive.browser, "Corner Shop", &code(&ada).await).await.expect(200);
    let import = async |file: &str| app.rollcall.import_partner_records(ORG, file.as_bytes()).await;
    let head = "kind,date,amount,currency,customer,reference\n";
    let file = format!(
        "{head}commission,2026-11-01,12.50,EUR,corner-shop,INV-1\ncommission,2026-11-02,7,EUR,,=INV-2\n\
         payout,2026-11-30,15,EUR,,INV-1\n"
    );
    let before = everything(app.db()).await;
    let wrong = format!("{file}payout,2026-11-30,15,EUR,nobody,INV-8\npayout,soon,15,EUR,,INV-9\n");
    match import(&wrong).await {
        Err(PartnerError::WrongRows(rows)) => assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [6]),
        other => panic!("{other:?}"),
    }
    let wrong = format!("{file}payout,2026-11-30,15,EUR,nobody,INV-8\n");
    let refused = import(&wrong).await.unwrap_err();
    assert_eq!(refused.to_string(), "nothing was entered, since 1 line is wrong");
    assert!(import("x").await.unwrap_err().to_string().contains("it names the columns"));
    assert_eq!(everything(app.db()).await, before);

    let taken = import(&file).await.unwrap();
    assert_eq!(taken, Entered { commissions: 2, payouts: 1, known: 0 });
    assert_eq!(taken.in_words(), "2 commissions and 1 payout");
    let after = everything(app.db()).await;
    assert_eq!(import(&file).await.unwrap(), Entered { known: 3, ..Entered::default() });
    assert_eq!(everything(app.db()).await, after, "the same file again enters nothing");
    assert_eq!(app.count_of_audit("partner.records_imported").await, 1);
    let [account] = &overview(&ada).await.accounts[..] else { panic!("one currency") };
    assert_eq!((account.total.commissions, account.total.payouts, account.total.balance()), (1_950, 1_500, 450));
    // One that changes a line that was taken is refused whole.
    let changed = file.replace("12.50", "12.51") + "payout,2026-12-01,1,EUR,,INV-3\n";
    assert!(
        matches!(import(&changed).await, Err(PartnerError::WrongRows(rows)) if rows.len() == 1 && rows[0].line == 2)
    );
    assert_eq!(everything(app.db()).await, after);
    // What is listed is such a file.
    let mut listed = Vec::new();
    app.rollcall.list_partner_records(ORG, &mut listed).await.unwrap();
    let listed = String::from_utf8(listed).unwrap();
    let expected = format!(
        "{head}commission,2026-11-02,7.00,EUR,,'=INV-2\ncommission,2026-11-01,12.50,EUR,corner-shop,INV-1\n\
         payout,2026-11-30,15.00,EUR,,INV-1\n"
    );
    assert_eq!(listed, expected);
    assert_eq!(import(&listed).await.unwrap().known, 3);
    let nowhere = app.rollcall.list_partner_records("corner-shop", Vec::new()).await.unwrap_err();
    assert!(matches!(nowhere, PartnerError::NoPartner(_)));
}

async fn long_lists_are_read_page_by_page(app: TestApp) {
    let ada = partner(&app).await;
    let rows: String =
        (0..120).map(|n| format!("commission,2026-{:02}-10,{}.00,EUR,R{n}\n", 1 + n % 12, n + 1)).collect();
    let file = format!("kind,date,amount,currency,reference\n{rows}");
    app.rollcall.import_partner_records(ORG, file.as_bytes()).await.unwrap();
    let (mut seen, mut before, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let form = [("org", ORG), ("list", "commissions"), ("before", before.as_str())];
        let page: RecordsPage = ada.call("/api/partner/records", &form).await.expect(200).parsed();
        seen.extend(page.records.iter().map(|record| (record.day, record.id.clone())));
        pages += 1;
        match page.older {
            Some(place) => before = place.encode(),
            None => break,
        }
    }
    assert_eq!((seen.len(), pages), (120, 3));
    assert!(seen.is_sorted_by(|a, b| a > b));
    let first = ada.get(COMMISSIONS).await.expect(200);
    assert!(first.body.contains("before=2026-") && !first.says("Back to the newest"), "{}", first.body);
    // As many customers, behind the pages.
    raw(
        app.db(),
        "INSERT INTO organizations (id, slug, name, policies, revision, created_at, kind) \
         SELECT 'org_' || substr(id, 5), 'c' || substr(id, 5), 'Customer', '{}', 0, 0, 'customer' FROM partner_records",
    )
    .await;
    raw(
        app.db(),
        "INSERT INTO referrals SELECT 'ref_' || substr(id, 5), org_id, 'org_' || substr(id, 5), 0 FROM partner_records",
    )
    .await;
    let (mut seen, mut before) = (0, String::new());
    loop {
        let form = [("org", ORG), ("before", before.as_str())];
        let page: CustomersPage = ada.call("/api/partner/customers", &form).await.expect(200).parsed();
        assert_eq!(page.continued, !before.is_empty());
        seen += page.customers.len();
        match page.older {
            Some(id) => before = id.to_string(),
            None => break,
        }
    }
    assert_eq!(seen, 120);
    let behind = ada.get(&format!("{CUSTOMERS}?before={before}")).await.expect(200);
    assert!(behind.says("Back to the newest"), "{}", behind.body);
}

async fn what_is_anothers_is_not_seen(app: TestApp) {
    let ada = partner(&app).await;
    let (slug, olive) = app.found("Difference Machines").await;
    become_partner(&olive.browser, &slug, "Difference Machines").await;
    found(&olive.browser, "Secret Shop", &code(&ada).await).await.expect(200);
    enter(&app, RowText { customer: "secret-shop", reference: "SECRET-1", ..COMMISSION }).await.unwrap();
    app.pass(MINUTE);
    for (list, secret) in [("", "12.50"), ("/customers", "Secret"), ("/commissions", "SECRET"), ("/payouts", "SECRET")]
    {
        let page = olive.browser.get(&format!("/o/{slug}/partner{list}")).await.expect(200);
        assert!(!page.body.contains(secret), "{list}\n{}", page.body);
        olive.browser.get(&format!("{PARTNER}{list}")).await.expect(404);
    }
    // A place of another's list leads nowhere but into one's own.
    let form = [("org", ORG), ("list", "commissions")];
    let theirs: RecordsPage = ada.call("/api/partner/records", &form).await.expect(200).parsed();
    let place = theirs.records[0].place().encode();
    let form = [("org", slug.as_str()), ("list", "commissions"), ("before", place.as_str())];
    let own: RecordsPage = olive.browser.call("/api/partner/records", &form).await.expect(200).parsed();
    assert!(own.records.is_empty());
    // Nobody enters anything about a customer of somebody else.
    let text = RowText { customer: "secret-shop", ..COMMISSION };
    let refused = app.rollcall.enter_partner_record(&slug, text).await.unwrap_err();
    assert_eq!(refused.to_string(), "secret-shop is no customer that this partner has referred.");
    assert!(Slug::parse(&slug).is_some());
}

async fn in_an_archived_organization_the_section_is_read(app: TestApp) {
    let ada = partner(&app).await;
    let paul = app.join(&ada, "paul@engines.example", Role::Partner).await;
    enter(&app, COMMISSION).await.unwrap();
    ada.call("/api/orgs/archive", &[("org", ORG), ("confirm", "Analytical Engines")]).await.expect(200);
    for by in [&ada, &paul.browser] {
        let page = by.get(PARTNER).await.expect(200);
        assert!(page.says("12.50 EUR") && !page.says("Replace link"), "{}", page.body);
        by.get(COMMISSIONS).await.expect(200);
    }
    ada.call("/api/partner/new_link", &[("org", ORG)]).await.expect(403);
    // What is owed is owed all the same.
    enter(&app, RowText { kind: "payout", ..COMMISSION }).await.unwrap();
    assert!(paul.browser.get(PAYOUTS).await.expect(200).says("12.50 EUR"));
}
