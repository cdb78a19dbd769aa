//! `/account`: one's own name, password and sessions, wherever one belongs.

use model::{
    Role,
    account::Account,
    id::Id as _,
    people::{PeopleQuery, Tab},
    session::LiveSession,
};
use service::Mail;

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ADA, ORG, PASSWORD, USERS, WRONG, invite, invite_to},
    engines::{everything, number},
    reset::NEW,
};

on_both_engines! {
    the_page_shows_who_is_signed_in_and_leads_back,
    who_is_not_signed_in_is_led_to_the_sign_in_and_back,
    a_name_changes_in_every_organization,
    a_name_that_cannot_be_used_is_said_beside_its_field,
    a_password_changes_with_the_current_one,
    without_a_script_a_password_changes_as_well,
    what_is_wrong_with_a_change_of_password_is_said_beside_its_field,
    guessing_the_current_password_is_slowed_down,
    of_many_changes_at_once_the_session_is_good_for_one,
    ones_own_sessions_are_listed_and_ended,
    somebody_elses_sessions_are_not_found,
    without_a_script_sessions_end_as_well,
    a_theme_is_chosen_on_the_page,
    who_belongs_nowhere_has_an_account_all_the_same,
}

const PAGE: &str = "/account";

pub(crate) async fn account(browser: &Browser) -> Account {
    browser.call("/api/account/view", &[]).await.expect(200).parsed()
}

async fn change(browser: &Browser, current: &str, password: &str) -> Answer {
    browser.call("/api/account/password", &[("current_password", current), ("password", password)]).await
}

async fn rename(browser: &Browser, first: &str, last: &str) -> Answer {
    browser.call("/api/account/rename", &[("first_name", first), ("last_name", last)]).await
}

/// Ada in a second organization as well; its slug, its Owner's browser and the id of her row there.
pub(crate) async fn second_organization(app: &TestApp, ada: &Browser) -> (String, Browser, String) {
    let (other, olive) = app.found("Difference Machines").await;
    let invited = invite_to(&other, &olive.browser, ADA, Role::Member).await;
    ada.call("/api/invitations/accept_signed_in", &[("token", &invited.token)]).await.expect(200);
    (other, olive.browser, invited.id)
}

async fn the_page_shows_who_is_signed_in_and_leads_back(app: TestApp) {
    let ada = app.set_up().await;
    let page = ada.get(&format!("{PAGE}?org={ORG}")).await.expect(200);
    for text in ["Your account", "Ada Lovelace", ADA, "This is you, now", "Analytical Engines", "Appearance"] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    assert_eq!((page.value_of("first_name"), page.value_of("last_name")), ("Ada".into(), "Lovelace".into()));
    assert!(page.body.contains(&format!("href=\"/o/{ORG}\" class=\"back\"")), "{}", page.body);
    // Not to where one does not belong, nor off the site.
    for from in ["", "?org=nowhere", "?org=//evil.example", "?org=%22%3E%3Cscript%3E"] {
        let page = ada.get(&format!("{PAGE}{from}")).await.expect(200);
        assert!(page.body.contains("href=\"/orgs\" class=\"back\"") && !page.body.contains("evil"), "{from}");
    }
    // The way here from every organization, and from the list of them.
    assert!(ada.get(USERS).await.body.contains(&format!("href=\"/account?org={ORG}\"")));
    assert!(ada.get("/orgs").await.body.contains("href=\"/account\""));
}

async fn who_is_not_signed_in_is_led_to_the_sign_in_and_back(app: TestApp) {
    app.set_up().await;
    let nobody = app.browser();
    assert_eq!(nobody.get(PAGE).await.location(), "/login?next=%2Faccount");
    let before = everything(app.db()).await;
    for (function, form) in [
        ("/api/account/view", &[][..]),
        ("/api/account/rename", &[("first_name", "Eve")]),
        ("/api/account/password", &[("current_password", PASSWORD), ("password", NEW)]),
        ("/api/account/email", &[("email", "eve@new.example"), ("password", PASSWORD)]),
        ("/api/account/cancel_email", &[]),
        ("/api/account/end_session", &[("session", "ses_1")]),
        ("/api/account/end_others", &[]),
    ] {
        assert_eq!(nobody.call(function, form).await.expect(401).problem().message, "Sign in to continue.");
        let login = nobody.submit(PAGE, function, form).await;
        assert_eq!(
            login.location(),
            if function.ends_with("view") { "/login?next=%2Faccount" } else { login.location() }
        );
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn a_name_changes_in_every_organization(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive, _) = second_organization(&app, &ada).await;
    let revisions = "SELECT CAST(sum(revision) AS BIGINT) FROM organizations";
    let before = number(app.db(), revisions).await;
    let form = [("first_name", " Augusta  Ada "), ("last_name", "King")];
    let done = ada.submit("/account?org=x", "/api/account/rename", &form).await.expect(303);
    assert_eq!(done.location(), "/account?org=x");
    let page = ada.get(PAGE).await.expect(200);
    assert!(page.says("Your name has been saved.") && page.says("Augusta Ada King"));
    assert_eq!(number(app.db(), revisions).await, before + 2, "whoever looks at a list hears of it");
    for (org, by) in [(ORG, &ada), (other.as_str(), &olive)] {
        for (q, found) in [("augusta king", 1), ("lovelace", 0)] {
            let query = PeopleQuery { tab: Tab::Standard, q: q.into(), ..PeopleQuery::default() };
            assert_eq!(by.list(org, &query).await.rows.len(), found, "{q} in {org}");
        }
    }
    assert!(ada.get(USERS).await.says("Augusta Ada King"));
    let lines = "SELECT count(*) FROM audit_events WHERE action = 'membership.updated'";
    assert_eq!(number(app.db(), lines).await, 2);
    // By a script as well, and without a last name.
    assert_eq!(rename(&ada, "Ada", "").await.expect(200).toast(), "Your name has been saved.");
    assert_eq!(account(&ada).await.name.full(), "Ada");
}

async fn a_name_that_cannot_be_used_is_said_beside_its_field(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    let long = "x".repeat(101);
    for (first, last, field) in [
        ("", "King", "first_name"),
        ("A\0da", "King", "first_name"),
        ("Ada", &long, "last_name"),
        ("\u{202e}", "", "first_name"),
    ] {
        assert_eq!(rename(&ada, first, last).await.expect(422).wrong_fields(), [field]);
        let form = [("first_name", first), ("last_name", last)];
        let page = ada.submit(PAGE, "/api/account/rename", &form).await.expect(422);
        assert!(page.beside(field).contains("field-error"), "{}", page.body);
        assert_eq!(page.value_of("last_name"), last);
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn a_password_changes_with_the_current_one(app: TestApp) {
    let ada = app.set_up().await;
    let phone = app.sign_in(ADA).await;
    let before = ada.fork();
    let said = change(&ada, PASSWORD, NEW).await.expect(200).toast();
    assert_eq!(said, "Your password has been changed. Everywhere else you are signed out.");
    // This session goes on under a new token (S2), the others are over (S7).
    assert_ne!(ada.session(), before.session());
    ada.get(USERS).await.expect(200);
    for over in [&before, &phone] {
        over.call("/api/orgs/list", &[]).await.expect(401);
    }
    let mails = app.mails().await;
    assert!(matches!(&mails[..], [Mail::PasswordChanged { to, .. }] if to.as_str() == ADA), "{mails:?}");
    let log_in = async |password: &str| {
        app.browser().call("/api/session/login", &[("email", ADA), ("password", password)]).await.status
    };
    assert_eq!((log_in(PASSWORD).await, log_in(NEW).await), (422, 200));
    assert_eq!(number(app.db(), "SELECT count(*) FROM audit_events WHERE action = 'password.changed'").await, 1);
    assert!(!everything(app.db()).await.contains(NEW));
}

async fn without_a_script_a_password_changes_as_well(app: TestApp) {
    let ada = app.set_up().await;
    let before = ada.session();
    let form = [("current_password", PASSWORD), ("password", NEW)];
    let done = ada.submit("/account?org=x", "/api/account/password", &form).await.expect(303);
    assert_eq!(done.location(), "/account?org=x");
    assert_ne!(ada.session(), before);
    assert!(ada.get(PAGE).await.expect(200).says("Your password has been changed."));
}

async fn what_is_wrong_with_a_change_of_password_is_said_beside_its_field(app: TestApp) {
    let ada = app.set_up().await;
    for (current, password, wrong) in [
        ("", "", &[("current_password", "Enter your current password."), ("password", "Choose a password.")][..]),
        (WRONG, NEW, &[("current_password", "This is not your current password.")]),
        (PASSWORD, "short", &[("password", "Use at least 15 characters. A few unrelated words work well.")]),
        (PASSWORD, PASSWORD, &[("password", "This is the password that you have now. Choose another one.")]),
        (PASSWORD, "adalovelaceanalyticalengines", &[("password", "This password is easy to guess.")]),
    ] {
        let answer = change(&ada, current, password).await.expect(422);
        let form = [("current_password", current), ("password", password)];
        let page = ada.submit(PAGE, "/api/account/password", &form).await.expect(422);
        assert_eq!(answer.problem().fields.len(), wrong.len(), "{}", answer.body);
        for (field, why) in wrong {
            assert!(answer.problem().of_field(field).unwrap().starts_with(why), "{}", answer.body);
            // The form for another address has a field of that name in front.
            let own = &page.body[page.body.find("id=\"password-change\"").unwrap()..];
            assert!(own.contains(why), "{why}\n{own}");
        }
        assert!(!page.body.contains(PASSWORD) && !page.body.contains(NEW));
    }
    ada.get(USERS).await.expect(200);
    assert_eq!(app.mails().await, []);
    app.sign_in(ADA).await;
}

async fn guessing_the_current_password_is_slowed_down(app: TestApp) {
    let ada = app.set_up().await;
    for n in 0..10 {
        let answer = if n % 2 == 0 {
            change(&ada, WRONG, NEW).await
        } else {
            ada.call("/api/account/email", &[("email", "ada@new.example"), ("password", WRONG)]).await
        };
        answer.expect(422);
    }
    // One count for all doors (S34).
    assert!(!change(&ada, PASSWORD, NEW).await.expect(429).header("retry-after").is_empty());
    ada.call("/api/session/login", &[("email", ADA), ("password", PASSWORD)]).await.expect(429);
}

async fn of_many_changes_at_once_the_session_is_good_for_one(app: TestApp) {
    let ada = app.set_up().await;
    let passwords: Vec<String> = (0..6).map(|n| format!("{NEW} number {n}")).collect();
    let tries = passwords.iter().map(|password| {
        let browser = ada.fork();
        async move { change(&browser, PASSWORD, password).await.status }
    });
    let answers = futures::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| matches!(status, 200 | 401 | 422)), "{answers:?}");
    assert_eq!(number(app.db(), "SELECT count(*) FROM sessions").await, 1);
}

async fn ones_own_sessions_are_listed_and_ended(app: TestApp) {
    let ada = app.set_up().await;
    let (phone, tablet, old) = (app.sign_in(ADA).await, app.sign_in(ADA).await, app.sign_in(ADA).await);
    assert!(ada.get(PAGE).await.says("End all other sessions"));
    let live = account(&ada).await.sessions;
    assert_eq!((live.len(), live.iter().filter(|session| session.own).count()), (4, 1));
    let of_phone = own(&phone).await;
    let form = [("session", of_phone.id.as_str())];
    let ended = ada.call("/api/account/end_session", &form).await.expect(200);
    assert_eq!(ended.toast(), "The session has been ended.");
    phone.call("/api/orgs/list", &[]).await.expect(401);
    ada.call("/api/account/end_session", &form).await.expect(404);

    assert_eq!(
        ada.call("/api/account/end_others", &[]).await.expect(200).toast(),
        "Everywhere else you are signed out."
    );
    for over in [&tablet, &old] {
        over.call("/api/orgs/list", &[]).await.expect(401);
    }
    ada.call("/api/account/end_others", &[]).await.expect(200);
    let ended = "SELECT count(*) FROM audit_events WHERE action = 'sessions.ended_others'";
    assert_eq!(number(app.db(), ended).await, 1, "what changes nothing leaves no line");
    assert!(!ada.get(PAGE).await.says("End all other sessions"));
    // The one at hand: it is signing out.
    let last = own(&ada).await;
    let reply: serde_json::Value =
        ada.call("/api/account/end_session", &[("session", last.id.as_str())]).await.expect(200).parsed();
    assert_eq!((reply["next"].as_str(), ada.cookie("rollcall")), (Some("/login"), None));
}

async fn own(browser: &Browser) -> LiveSession {
    account(browser).await.sessions.into_iter().find(|session| session.own).unwrap()
}

async fn somebody_elses_sessions_are_not_found(app: TestApp) {
    let ada = app.set_up().await;
    let eve = app.join(&ada, "eve@engines.example", Role::Admin).await;
    let of_ada = own(&ada).await;
    for session in [of_ada.id.as_str(), "ses_1", "", "' OR 1=1 --"] {
        eve.browser.call("/api/account/end_session", &[("session", session)]).await.expect(404);
    }
    eve.browser.call("/api/account/end_others", &[]).await.expect(200);
    ada.get(USERS).await.expect(200);
}

async fn without_a_script_sessions_end_as_well(app: TestApp) {
    let ada = app.set_up().await;
    let (phone, tablet) = (app.sign_in(ADA).await, app.sign_in(ADA).await);
    let of_phone = own(&phone).await;
    let form = [("session", of_phone.id.as_str())];
    assert_eq!(ada.submit(PAGE, "/api/account/end_session", &form).await.location(), PAGE);
    phone.call("/api/orgs/list", &[]).await.expect(401);
    assert_eq!(ada.submit(PAGE, "/api/account/end_others", &[]).await.location(), PAGE);
    tablet.call("/api/orgs/list", &[]).await.expect(401);
    let of_ada = own(&ada).await;
    let form = [("session", of_ada.id.as_str())];
    assert_eq!(ada.submit(PAGE, "/api/account/end_session", &form).await.location(), "/login");
    assert_eq!(ada.cookie("rollcall"), None);
}

async fn a_theme_is_chosen_on_the_page(app: TestApp) {
    let ada = app.set_up().await;
    let to = ada.submit("/account?org=x", "/api/appearance/theme", &[("theme", "dark")]).await.location().to_owned();
    assert_eq!(to, "/account?org=x");
    assert!(ada.get(PAGE).await.body.contains("data-theme=\"dark\""));
}

async fn who_belongs_nowhere_has_an_account_all_the_same(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    invite(&ada, "somebody@engines.example", Role::Member).await;
    let gone = format!("DELETE FROM memberships WHERE id = '{}'", grace.id);
    assert_eq!(crate::engines::raw(app.db(), &gone).await, 1);
    grace.browser.get(PAGE).await.expect(200);
    rename(&grace.browser, "Amazing", "Grace").await.expect(200);
    change(&grace.browser, PASSWORD, NEW).await.expect(200);
    let lines = "SELECT count(*) FROM audit_events WHERE org_id IS NULL AND action = 'password.changed'";
    assert_eq!(number(app.db(), lines).await, 1);
}
