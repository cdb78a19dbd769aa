//! `/o/:org/settings/domains`, and how people come in by what was verified there (B50, B47).

use app::reply::Reply;
use model::{
    Kind, Role,
    activity::ActivityPage,
    domain::{CheckResult, DomainRow, DomainState, DomainsPage},
    people::Tab,
    time::HOUR,
};
use service::Mail;
use std::time::{Duration, Instant};

use crate::{
    actions::act,
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ADA, ORG, PASSWORD, USERS, changed, invite, link_in, mine, sent, token_of},
    dns_server::{DnsServer, Said},
    engines::{everything, number, raw},
    policies::save,
    requests::{ASK, DOOR, rows as requests},
};

on_both_engines! {
    a_domain_is_added_checked_and_verified_without_a_script,
    what_is_no_domain_of_an_organization_is_refused,
    what_dns_says_is_told,
    a_domain_is_verified_by_one_organization,
    checking_too_often_has_to_wait,
    a_verified_domain_stays_so_when_its_record_vanishes,
    a_verified_domain_is_deleted_by_typing_its_name,
    an_external_admin_adds_domains_and_neither_deletes_them_nor_opens_them,
    who_is_no_admin_has_no_domains,
    what_is_pending_opens_nothing,
    in_an_archived_organization_domains_open_nothing,
    where_people_may_ask_the_door_takes_requests_of_the_domain_alone,
    who_asks_is_invited_at_once,
    asking_is_answered_alike_for_every_address,
    what_keeps_people_out_keeps_them_out_here_too,
    who_chose_it_has_to_be_allowed_to_invite,
    so_many_are_let_in_and_the_others_wait,
    who_has_proven_the_address_joins,
    nobody_else_joins,
    each_act_stands_in_the_audit_log,
}

const DOMAINS: &str = "/o/analytical-engines/settings/domains";
const NAME: &str = "engines.example";
const RECORD: &str = "_rollcall-challenge.engines.example";

/// The same installation, which asks this DNS server.
fn asking(app: &TestApp, dns: &DnsServer) -> TestApp {
    app.restarted(|config| config.dns = Some(dns.at))
}

async fn list(by: &Browser) -> Vec<DomainRow> {
    by.call("/api/domains/list", &[("org", ORG)]).await.expect(200).parsed::<DomainsPage>().rows
}

async fn add(by: &Browser, name: &str) -> DomainRow {
    by.call("/api/domains/add", &[("org", ORG), ("domain", name)]).await.expect(200);
    list(by).await.into_iter().find(|row| row.domain.name.as_str() == name).unwrap()
}

async fn check(by: &Browser, row: &DomainRow) -> Answer {
    by.call("/api/domains/check", &[("org", ORG), ("id", row.domain.id.to_string().as_str())]).await
}

async fn choose(by: &Browser, row: &DomainRow, mode: &str) -> Answer {
    let id = row.domain.id.to_string();
    by.call("/api/domains/auto_join", &[("org", ORG), ("id", &id), ("mode", mode), ("role", "viewer")]).await
}

/// Ada's organization has verified its domain, and this is chosen for it.
async fn verified(app: &TestApp, ada: &Browser, mode: &str) -> DomainRow {
    let dns = DnsServer::start().await;
    let ada = ada.on(&asking(app, &dns));
    let row = add(&ada, NAME).await;
    dns.put(RECORD, &row.domain.record_value());
    check(&ada, &row).await.expect(200);
    choose(&ada, &row, mode).await.expect(200);
    row
}

/// Asks at the door from a place that nobody has asked from.
async fn ask(app: &TestApp, email: &str) -> Answer {
    let place = number(app.db(), "SELECT count(*) FROM rate_limits").await;
    let browser = app.browser().at_address(&format!("198.51.100.{}", place % 250));
    browser.call("/api/requests/ask", &form(email)).await
}

fn form(email: &str) -> [(&str, &str); 5] {
    [("org", ORG), ("first_name", "Grace"), ("last_name", "Hopper"), ("email", email), ("message", "")]
}

/// Those to whom an invitation has gone since this was asked the last time.
async fn invited(app: &TestApp) -> Vec<Mail> {
    app.mails().await.into_iter().filter(|mail| matches!(mail, Mail::Invitation { .. })).collect()
}

async fn a_domain_is_added_checked_and_verified_without_a_script(app: TestApp) {
    let dns = DnsServer::start().await;
    let ada = app.set_up().await.on(&asking(&app, &dns));
    assert!(ada.get(USERS).await.body.contains(&format!("href=\"{DOMAINS}\"")), "the sidebar leads there");
    assert!(ada.get(DOMAINS).await.expect(200).says("No domain has been added yet."));
    let added = ada.submit(DOMAINS, "/api/domains/add", &[("org", ORG), ("domain", " @Engines.EXAMPLE. ")]).await;
    assert_eq!(added.location(), DOMAINS);
    let row = list(&ada).await.remove(0);
    assert_eq!((row.domain.name.as_str(), row.domain.state()), (NAME, DomainState::Pending));
    let page = ada.get(DOMAINS).await.expect(200);
    let value = row.domain.record_value();
    assert!(page.says("Pending") && page.body.contains(RECORD) && page.body.contains(&value), "{}", page.body);
    let id = row.domain.id.to_string();
    let missing = ada.submit(DOMAINS, "/api/domains/check", &[("org", ORG), ("id", &id)]).await;
    assert_eq!(missing.location(), DOMAINS);
    let page = ada.get(DOMAINS).await.expect(200);
    assert!(page.says("Pending") && page.says("Last checked") && page.says("No record was found."), "{}", page.body);
    dns.put(RECORD, &value);
    ada.submit(DOMAINS, "/api/domains/check", &[("org", ORG), ("id", &id)]).await.expect(303);
    let page = ada.get(DOMAINS).await.expect(200);
    assert!(page.says("engines.example is verified.") && page.says("Verified"), "{}", page.body);
    // How people come in is chosen in a dialog that a link opens.
    let dialog = format!("{DOMAINS}?dialog=people&id={id}");
    assert!(ada.get(&dialog).await.expect(200).says("Who asks is invited"));
    let wrong = [("org", ORG), ("id", id.as_str()), ("mode", "teleport"), ("role", "owner")];
    let page = ada.submit(&dialog, "/api/domains/auto_join", &wrong).await.expect(422);
    assert!(page.says("Choose one of these."), "{}", page.body);
    let chosen = [("org", ORG), ("id", id.as_str()), ("mode", "invite"), ("role", "viewer")];
    assert_eq!(ada.submit(&dialog, "/api/domains/auto_join", &chosen).await.location(), DOMAINS);
    assert!(ada.get(DOMAINS).await.says("Their role: Viewer."));
}

async fn what_is_no_domain_of_an_organization_is_refused(app: TestApp) {
    let ada = app.set_up().await;
    add(&ada, NAME).await;
    let before = everything(app.db()).await;
    for (domain, why) in [
        ("", "Enter a domain."),
        ("localhost", "This is not a domain. Enter what stands behind the @, such as example.com."),
        ("127.0.0.1", "This is the address of a machine. Enter a domain, such as example.com."),
        (
            "gmail.com",
            "Anybody can have an address of gmail.com, so it belongs to no organization. Enter a domain of your own.",
        ),
        ("ENGINES.example", "engines.example is on the list already."),
    ] {
        let form = [("org", ORG), ("domain", domain)];
        let answer = ada.call("/api/domains/add", &form).await.expect(422);
        assert_eq!(answer.problem().fields, [("domain".to_owned(), why.to_owned())]);
        let page = ada.submit(DOMAINS, "/api/domains/add", &form).await.expect(422);
        assert!(page.says(why) && page.value_of("domain") == domain, "{}", page.body);
    }
    assert_eq!(everything(app.db()).await, before);
    for n in 1..model::policy::MAX_DOMAINS {
        add(&ada, &format!("d{n}.example")).await;
    }
    let form = [("org", ORG), ("domain", "one-too-many.example")];
    assert_eq!(ada.call("/api/domains/add", &form).await.expect(422).wrong_fields(), ["domain"]);
}

async fn what_dns_says_is_told(app: TestApp) {
    let dns = DnsServer::start().await;
    let ada = app.set_up().await.on(&asking(&app, &dns));
    let row = add(&ada, NAME).await;
    let value = row.domain.record_value();
    let texts = |texts: &[&str]| Said::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
    for (said, result) in [
        (texts(&[]), CheckResult::Missing),
        (texts(&["v=spf1 -all", "rollcall-verification=0"]), CheckResult::Other),
        (Said::Failed, CheckResult::Silent),
        (Said::Nothing, CheckResult::Silent),
        (texts(&["v=spf1 -all", &"x".repeat(300), &value]), CheckResult::Found),
    ] {
        dns.say(RECORD, said.clone());
        let began = began();
        let answer = check(&ada, &row).await.expect(200);
        assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
        let told = if result == CheckResult::Found { "engines.example is verified." } else { result.sentence() };
        assert!(answer.toast().contains(told), "{said:?}: {}", answer.toast());
        let now = list(&ada).await.remove(0).domain;
        assert_eq!(now.checked.map(|(_, result)| result), Some(result), "{said:?}");
        assert_eq!(now.verified_at.is_some(), result == CheckResult::Found);
    }
}

#[expect(clippy::disallowed_methods, reason = "how long an answer really takes is what is asked")]
fn began() -> Instant {
    Instant::now()
}

async fn a_domain_is_verified_by_one_organization(app: TestApp) {
    let ada = app.set_up().await;
    verified(&app, &ada, "join").await;
    let (slug, olive) = app.found("Difference Machines").await;
    let dns = DnsServer::start().await;
    let olive = olive.browser.on(&asking(&app, &dns));
    // That somebody has it is told to nobody who has not proven it as well.
    olive.call("/api/domains/add", &[("org", &slug), ("domain", NAME)]).await.expect(200);
    let of_org = [("org", slug.as_str())];
    let rows = olive.call("/api/domains/list", &of_org).await.expect(200).parsed::<DomainsPage>().rows;
    let id = rows[0].domain.id.to_string();
    let checks = [("org", slug.as_str()), ("id", id.as_str())];
    let missing = olive.call("/api/domains/check", &checks).await.expect(200);
    assert!(missing.toast().contains(CheckResult::Missing.sentence()));
    dns.put(RECORD, &rows[0].domain.record_value());
    let taken = olive.call("/api/domains/check", &checks).await.expect(200);
    assert!(taken.toast().contains(CheckResult::Taken.sentence()), "{}", taken.toast());
    let chosen = [("org", slug.as_str()), ("id", id.as_str()), ("mode", "invite"), ("role", "member")];
    olive.call("/api/domains/auto_join", &chosen).await.expect(409);
    // Once it was given up, it is free.
    let own = list(&ada).await.remove(0).domain.id.to_string();
    ada.call("/api/domains/delete", &[("org", ORG), ("id", &own), ("confirm", NAME)]).await.expect(200);
    let free = olive.call("/api/domains/check", &checks).await.expect(200);
    assert_eq!(free.toast(), "engines.example is verified.");
}

async fn checking_too_often_has_to_wait(app: TestApp) {
    let dns = DnsServer::start().await;
    let ada = app.set_up().await.on(&asking(&app, &dns));
    let row = add(&ada, NAME).await;
    for _ in 0..30 {
        check(&ada, &row).await.expect(200);
    }
    let refused = check(&ada, &row).await.expect(429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 3_000);
    app.pass(HOUR);
    check(&ada, &row).await.expect(200);
}

async fn a_verified_domain_stays_so_when_its_record_vanishes(app: TestApp) {
    let ada = app.set_up().await;
    let row = verified(&app, &ada, "invite").await;
    let nothing = DnsServer::start().await;
    let answer = check(&ada.on(&asking(&app, &nothing)), &row).await.expect(200);
    assert!(answer.toast().contains(CheckResult::Missing.sentence()));
    let now = list(&ada).await.remove(0).domain;
    assert_eq!(now.state(), DomainState::Verified);
    assert!(ada.get(DOMAINS).await.expect(200).says("It stays verified if the record vanishes"));
    ask(&app, "grace@engines.example").await.expect(200);
    assert_eq!(invited(&app).await.len(), 1);
}

async fn a_verified_domain_is_deleted_by_typing_its_name(app: TestApp) {
    let ada = app.set_up().await;
    let row = verified(&app, &ada, "invite").await;
    let id = row.domain.id.to_string();
    let dialog = format!("{DOMAINS}?dialog=delete&id={id}");
    assert!(ada.get(&dialog).await.expect(200).says("Who is here stays."));
    for typed in ["", "example"] {
        let form = [("org", ORG), ("id", id.as_str()), ("confirm", typed)];
        let page = ada.submit(&dialog, "/api/domains/delete", &form).await.expect(422);
        assert!(page.says("Type engines.example to confirm."), "{}", page.body);
    }
    let form = [("org", ORG), ("id", id.as_str()), ("confirm", "Engines.example ")];
    assert_eq!(ada.submit(&dialog, "/api/domains/delete", &form).await.location(), DOMAINS);
    assert!(list(&ada).await.is_empty());
    ada.call("/api/domains/delete", &form).await.expect(404);
    ada.call("/api/domains/check", &form[..2]).await.expect(404);
    ask(&app, "grace@engines.example").await.expect(403);
    // What is pending needs no second thought.
    let pending = add(&ada, "other.example").await.domain.id.to_string();
    ada.call("/api/domains/delete", &[("org", ORG), ("id", &pending)]).await.expect(200);
}

async fn an_external_admin_adds_domains_and_neither_deletes_them_nor_opens_them(app: TestApp) {
    let ada = app.set_up().await;
    let (_, olive) = app.found("Difference Machines").await;
    let terms = [("org", ORG), ("kind", "external"), ("emails", olive.email.as_str()), ("role", "admin")];
    let guest = sent(ada.call("/api/invitations/send", &terms).await.expect(200).parsed()).remove(0);
    olive.browser.call("/api/invitations/accept_signed_in", &[("token", &guest.token)]).await.expect(200);
    let dns = DnsServer::start().await;
    let olive = olive.browser.on(&asking(&app, &dns));
    let row = add(&olive, NAME).await;
    dns.put(RECORD, &row.domain.record_value());
    check(&olive, &row).await.expect(200);
    assert_eq!(list(&olive).await[0].domain.state(), DomainState::Verified);
    let why = "You belong to another organization. External users cannot do this here, whatever their role.";
    let id = row.domain.id.to_string();
    let delete = [("org", ORG), ("id", id.as_str()), ("confirm", NAME)];
    assert_eq!(olive.call("/api/domains/delete", &delete).await.expect(403).problem_text(), why);
    assert_eq!(choose(&olive, &row, "join").await.expect(403).problem_text(), why);
    let page = olive.get(&format!("{DOMAINS}?dialog=delete&id={id}")).await.expect(200);
    assert!(
        page.says(why) && !page.body.contains("dialog=delete&amp;id") && !page.says("Delete domain"),
        "{}",
        page.body
    );
    assert!(!olive.get(&format!("{DOMAINS}?dialog=people&id={id}")).await.says("How they come in"));
}

async fn who_is_no_admin_has_no_domains(app: TestApp) {
    let ada = app.set_up().await;
    let row = add(&ada, NAME).await;
    let id = row.domain.id.to_string();
    for role in [Role::Member, Role::Viewer] {
        let person = app.join(&ada, &format!("{}@x.example", role.code()), role).await.browser;
        person.get(DOMAINS).await.expect(403);
        for (function, form) in [
            ("/api/domains/list", vec![("org", ORG)]),
            ("/api/domains/add", vec![("org", ORG), ("domain", "x.example")]),
            ("/api/domains/check", vec![("org", ORG), ("id", id.as_str())]),
            ("/api/domains/delete", vec![("org", ORG), ("id", id.as_str())]),
            ("/api/domains/auto_join", vec![("org", ORG), ("id", id.as_str()), ("mode", "join"), ("role", "member")]),
        ] {
            person.call(function, &form).await.expect(403);
        }
    }
    app.browser().call("/api/domains/list", &[("org", ORG)]).await.expect(401);
    let admin = app.join(&ada, "admin@x.example", Role::Admin).await.browser;
    admin.call("/api/domains/delete", &[("org", ORG), ("id", &id)]).await.expect(200);
}

async fn what_is_pending_opens_nothing(app: TestApp) {
    let ada = app.set_up().await;
    let row = add(&ada, NAME).await;
    let refused = choose(&ada, &row, "invite").await.expect(409);
    assert!(refused.problem_text().starts_with("Verify the domain first"), "{}", refused.body);
    ask(&app, "grace@engines.example").await.expect(403);
}

async fn in_an_archived_organization_domains_open_nothing(app: TestApp) {
    let ada = app.set_up().await;
    let row = verified(&app, &ada, "join").await;
    let id = row.domain.id.to_string();
    let grace = proven(&app, "grace@engines.example").await;
    assert!(mine(&grace).await.joinable.is_some());
    ada.call("/api/orgs/archive", &[("org", ORG), ("confirm", "Analytical Engines")]).await.expect(200);
    ask(&app, "eve@engines.example").await.expect(403);
    assert!(mine(&grace).await.joinable.is_none());
    grace.call("/api/domains/join", &[("id", &id)]).await.expect(404);
    choose(&ada, &row, "off").await.expect(403);
    ada.get(DOMAINS).await.expect(403);
}

async fn where_people_may_ask_the_door_takes_requests_of_the_domain_alone(app: TestApp) {
    let ada = app.set_up().await;
    assert!(!app.browser().get(DOOR).await.expect(200).says("Request an invitation"));
    let row = verified(&app, &ada, "request").await;
    assert!(app.browser().get(DOOR).await.expect(200).says("Request an invitation"));
    assert!(app.browser().get(ASK).await.expect(200).says("For people with an email address of"));
    ask(&app, "grace@engines.example").await.expect(200);
    // A subdomain is another domain.
    for other in ["eve@evil.example", "eve@sub.engines.example", "eve@gmail.com"] {
        ask(&app, other).await.expect(200);
    }
    let waiting: Vec<String> = requests(&ada).await.into_iter().map(|row| row.email.to_string()).collect();
    assert_eq!(waiting, ["grace@engines.example"]);
    assert!(invited(&app).await.is_empty());
    // Policy K takes them of everybody.
    save(&ada, &[("invitation_requests", "on")]).await.expect(200);
    ask(&app, "eve@evil.example").await.expect(200);
    assert_eq!(requests(&ada).await.len(), 2);
    assert!(app.browser().get(ASK).await.expect(200).says("see your request and decide"));
    save(&ada, &[]).await.expect(200);
    choose(&ada, &row, "off").await.expect(200);
    ask(&app, "grace@engines.example").await.expect(403);
}

async fn who_asks_is_invited_at_once(app: TestApp) {
    let ada = app.set_up().await;
    verified(&app, &ada, "invite").await;
    let page = app.browser().submit(ASK, "/api/requests/ask", &form("grace@engines.example")).await.expect(200);
    assert!(page.says("Your request has been sent"), "{}", page.body);
    let mails = invited(&app).await;
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(mail.to().as_str(), "grace@engines.example");
    assert!(requests(&ada).await.is_empty(), "nobody has to answer it");
    let rows = ada.rows(ORG, Tab::Invitations).await;
    assert_eq!((rows[0].target.role, rows[0].target.kind), (Role::Viewer, Kind::Standard));
    // Asking again sends the invitation again, as it was; of those the last one works.
    ask(&app, "grace@engines.example").await.expect(200);
    let again = invited(&app).await.pop().unwrap();
    let token = token_of(link_in(&again)).to_owned();
    assert_ne!(token, token_of(link_in(mail)));
    crate::requests::accept(&app, &token).await;
    assert_eq!(ada.rows(ORG, Tab::Standard).await.len(), 2);
    // A member who asks is a stale request, as ever.
    ask(&app, "grace@engines.example").await.expect(200);
    assert!(invited(&app).await.is_empty());
    assert!(requests(&ada).await[0].is_stale());
}

async fn asking_is_answered_alike_for_every_address(app: TestApp) {
    let ada = app.set_up().await;
    invite(&ada, "invited@engines.example", Role::Member).await;
    let gone = app.join(&ada, "gone@engines.example", Role::Member).await;
    act(&ada, &gone.id, "deactivate").await.expect(200);
    for mode in ["request", "invite", "join"] {
        if list(&ada).await.is_empty() {
            verified(&app, &ada, mode).await;
        } else {
            choose(&ada, &list(&ada).await[0], mode).await.expect(200);
        }
        let (mut called, mut submitted) = (Vec::new(), Vec::new());
        let new = format!("new-{mode}@engines.example");
        for email in [new.as_str(), ADA, "invited@engines.example", &gone.email, "eve@evil.example", "eve@gmail.com"] {
            // From a place and at a time of its own, so that no limit is met.
            app.pass(HOUR + 1);
            let browser = app.browser();
            let began = began();
            let answer = browser.call("/api/requests/ask", &form(email)).await.expect(200);
            assert!(began.elapsed() >= Duration::from_millis(150), "{:?}", began.elapsed());
            let page = browser.submit(ASK, "/api/requests/ask", &form(email)).await.expect(200);
            assert_eq!((answer.set_cookies().len(), page.set_cookies().len()), (0, 0));
            called.push(answer.body.replace(email, "EMAIL"));
            let shown = page.body.split("<script").nth(1).unwrap();
            submitted.push((page.status, shown.replace(page.nonce(), "NONCE").replace(email, "EMAIL")));
        }
        assert!(called.windows(2).all(|two| two[0] == two[1]), "{mode}: {called:?}");
        assert!(submitted.windows(2).all(|two| two[0] == two[1]), "{mode}");
    }
}

async fn what_keeps_people_out_keeps_them_out_here_too(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("delete_scope", "any"), ("email_reuse", "never")]).await.expect(200);
    let gone = app.join(&ada, "gone@engines.example", Role::Member).await;
    let form = [("org", ORG), ("id", gone.id.as_str()), ("how", "delete"), ("confirm", gone.email.as_str())];
    ada.call("/api/people/remove", &form).await.expect(200);
    verified(&app, &ada, "invite").await;
    app.mails().await;
    // Deleted before.
    ask(&app, &gone.email).await.expect(200);
    assert!(invited(&app).await.is_empty());
    // Outside the domains of the policies.
    save(&ada, &[("email_domains", "other.example")]).await.expect(200);
    ask(&app, "grace@engines.example").await.expect(200);
    assert!(invited(&app).await.is_empty());
    // Without a seat.
    save(&ada, &[("seats", "1")]).await.expect(200);
    ask(&app, "ida@engines.example").await.expect(200);
    assert!(invited(&app).await.is_empty());
    // Where nobody is invited by link.
    save(&ada, &[("onboarding", "temporary_password")]).await.expect(200);
    ask(&app, "joan@engines.example").await.expect(200);
    assert!(app.mails().await.iter().all(|mail| mail.to().as_str() == ADA));
    // All of them wait for an admin.
    assert_eq!(requests(&ada).await.len(), 4);
}

async fn who_chose_it_has_to_be_allowed_to_invite(app: TestApp) {
    let ada = app.set_up().await;
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    let row = verified(&app, &ada, "off").await;
    choose(&admin.browser, &row, "invite").await.expect(200);
    app.mails().await;
    ask(&app, "grace@engines.example").await.expect(200);
    let mails = invited(&app).await;
    assert_eq!(mails.len(), 1);
    let role = [("org", ORG), ("id", admin.id.as_str()), ("op", "revoke_admin")];
    ada.call("/api/people/act", &role).await.expect(200);
    ask(&app, "ida@engines.example").await.expect(200);
    assert!(invited(&app).await.is_empty());
    assert_eq!(requests(&ada).await.len(), 1);
    let page = ada.get(DOMAINS).await.expect(200);
    assert!(page.says("Nobody is let in at the moment") && page.says("admin Doe"), "{}", page.body);
    choose(&ada, &row, "invite").await.expect(200);
    ask(&app, "ida@engines.example").await.expect(200);
    assert_eq!(invited(&app).await.len(), 1);
}

async fn so_many_are_let_in_and_the_others_wait(app: TestApp) {
    let ada = app.set_up().await;
    verified(&app, &ada, "invite").await;
    for n in 0..32 {
        ask(&app, &format!("p{n}@engines.example")).await.expect(200);
    }
    assert_eq!(invited(&app).await.len(), 30);
    assert_eq!(requests(&ada).await.len(), 2);
}

/// Somebody with an account of another organization whose mailbox is proven.
async fn proven(app: &TestApp, email: &str) -> Browser {
    let (slug, olive) = app.found("Difference Machines").await;
    let invited = crate::cast::invite_to(&slug, &olive.browser, email, Role::Member).await;
    let browser = crate::requests::accept(app, &invited.token).await;
    raw(app.db(), &format!("UPDATE users SET email_proven_at = 1 WHERE email = '{email}'")).await;
    app.mails().await;
    browser
}

async fn who_has_proven_the_address_joins(app: TestApp) {
    let ada = app.set_up().await;
    let row = verified(&app, &ada, "join").await;
    let id = row.domain.id.to_string();
    let grace = proven(&app, "grace@engines.example").await;
    let page = grace.get("/orgs").await.expect(200);
    assert!(page.says("Open to you") && page.body.contains("aria-label=\"Join Analytical Engines\""), "{}", page.body);
    let joined = grace.submit("/orgs", "/api/domains/join", &[("id", &id)]).await;
    assert_eq!(joined.location(), crate::cast::HOME);
    let member =
        ada.rows(ORG, Tab::Standard).await.into_iter().find(|row| row.email.as_str() == "grace@engines.example");
    let target = member.unwrap().target;
    assert_eq!((target.role, target.kind, target.state), (Role::Viewer, Kind::Standard, model::PersonState::Active));
    assert!(app.mails().await.is_empty(), "nobody needs a link");
    assert!(mine(&grace).await.joinable.is_none());
    grace.call("/api/domains/join", &[("id", &id)]).await.expect(409);
    // Who has no account is invited at the door.
    ask(&app, "ida@engines.example").await.expect(200);
    assert_eq!(invited(&app).await.len(), 1);
}

async fn nobody_else_joins(app: TestApp) {
    let ada = app.set_up().await;
    let row = verified(&app, &ada, "invite").await;
    let id = row.domain.id.to_string();
    let grace = proven(&app, "grace@engines.example").await;
    let join = async |by: &Browser| by.call("/api/domains/join", &[("id", id.as_str())]).await;
    // Invited is not joined.
    assert!(mine(&grace).await.joinable.is_none());
    join(&grace).await.expect(404);
    choose(&ada, &row, "join").await.expect(200);
    for (set, unset, status) in [
        // An address that is not proven, and one of another domain.
        (
            "UPDATE users SET email_proven_at = NULL WHERE email = 'grace@engines.example'",
            "UPDATE users SET email_proven_at = 1 WHERE email = 'grace@engines.example'",
            404,
        ),
        (
            "UPDATE users SET email = 'grace@x.example' WHERE email = 'grace@engines.example'",
            "UPDATE users SET email = 'grace@engines.example' WHERE email = 'grace@x.example'",
            404,
        ),
        // What was given up.
        ("UPDATE domains SET verified_at = NULL", "UPDATE domains SET verified_at = 1", 404),
        ("UPDATE domains SET chosen_by = NULL", "", 404),
    ] {
        raw(app.db(), set).await;
        assert!(mine(&grace).await.joinable.is_none(), "{set}");
        join(&grace).await.expect(status);
        if !unset.is_empty() {
            raw(app.db(), unset).await;
        }
    }
    choose(&ada, &row, "join").await.expect(200);
    for (policy, value) in [("seats", "1"), ("email_domains", "x.example"), ("onboarding", "temporary_password")] {
        save(&ada, &[(policy, value)]).await.expect(200);
        assert!(mine(&grace).await.joinable.is_none(), "{policy}");
        let refused = join(&grace).await;
        assert!(matches!(refused.status, 403 | 409), "{policy}: {}", refused.body);
    }
    save(&ada, &[]).await.expect(200);
    assert!(mine(&grace).await.joinable.is_some());
    app.browser().call("/api/domains/join", &[("id", &id)]).await.expect(401);
    assert_eq!(ada.rows(ORG, Tab::Standard).await.len(), 1);
    // Who is invited accepts that.
    invite(&ada, "grace@engines.example", Role::Member).await;
    assert!(mine(&grace).await.joinable.is_none());
    join(&grace).await.expect(409);
    // Two at once: one of them.
    let ida = proven_in(&app, &ada, "ida@engines.example").await;
    let (one, two) = tokio::join!(join(&ida), join(&ida));
    let mut both = [one.status, two.status];
    both.sort_unstable();
    assert_eq!(both, [200, 409]);
}

/// The same, where the other organization is there already.
async fn proven_in(app: &TestApp, ada: &Browser, email: &str) -> Browser {
    ada.call("/api/orgs/found", &[("org_name", "Third"), ("kind", "customer"), ("preset", "invitation_links")])
        .await
        .expect(200);
    let invited = crate::cast::invite_to("third", ada, email, Role::Member).await;
    let browser = app.browser();
    let form = [("token", invited.token.as_str()), ("first_name", "I"), ("last_name", "R"), ("password", PASSWORD)];
    browser.call("/api/invitations/accept_new", &form).await.expect(200);
    raw(app.db(), &format!("UPDATE users SET email_proven_at = 1 WHERE email = '{email}'")).await;
    browser
}

async fn each_act_stands_in_the_audit_log(app: TestApp) {
    let ada = app.set_up().await;
    let row = verified(&app, &ada, "join").await;
    let grace = proven(&app, "grace@engines.example").await;
    grace.call("/api/domains/join", &[("id", &row.domain.id.to_string())]).await.expect(200);
    ask(&app, "ida@engines.example").await.expect(200);
    check(&ada, &row).await.expect(200);
    let id = row.domain.id.to_string();
    ada.call("/api/domains/delete", &[("org", ORG), ("id", &id), ("confirm", NAME)]).await.expect(200);
    for (action, n) in [
        ("domain.added", 1),
        ("domain.verified", 1),
        ("domain.checked", 1),
        ("domain.auto_join_changed", 1),
        ("domain.joined", 1),
        ("domain.let_in", 1),
        ("domain.deleted", 1),
    ] {
        assert_eq!(app.count_of_audit(action).await, n, "{action}");
    }
    let own = ada.rows(ORG, Tab::Standard).await;
    let own =
        own.iter().find(|row| row.email.as_str() == "grace@engines.example").unwrap().target.membership_id.to_string();
    let lines: ActivityPage =
        ada.call("/api/people/activity", &[("org", ORG), ("id", &own)]).await.expect(200).parsed();
    let told: Vec<String> = lines.lines.iter().map(model::activity::Activity::sentence).collect();
    assert!(told.contains(&"Grace Hopper joined by an address of the domain engines.example".to_owned()), "{told:?}");
    let reply: Reply =
        ada.call("/api/domains/add", &changed(&[("org", ORG)], "domain", NAME)).await.expect(200).parsed();
    assert!(reply.toast.unwrap().starts_with("engines.example has been added."));
}
