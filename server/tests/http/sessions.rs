//! Sessions: how they begin, change hands and end (S1–S10).

use model::{Role, time::DAY};

use crate::{
    app::TestApp,
    browser::Browser,
    cast::{ADA, ORG, PASSWORD, USERS},
    engines::{everything, number},
};

on_both_engines! {
    a_login_replaces_the_session_that_the_browser_had,
    a_session_that_the_browser_brought_along_is_not_adopted,
    logging_out_ends_the_session_on_the_server,
    an_unused_session_ends_after_seven_days,
    a_used_session_ends_after_thirty_days,
    the_operator_may_end_sessions_sooner,
    a_forged_session_cookie_is_nobodys,
    deactivating_somebody_ends_their_sessions_at_once,
    somebody_deactivated_in_one_organization_keeps_the_other,
    a_lost_session_leads_to_the_sign_in_and_back,
    a_form_sent_after_the_session_ended_changes_nothing,
    the_database_holds_no_session_token,
    an_organization_is_opened_where_one_was_last,
}

async fn assert_signed_out(browser: &Browser) {
    browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(401);
    browser.call("/api/orgs/list", &[]).await.expect(401);
    assert_eq!(browser.get(USERS).await.location(), "/login?next=%2Fo%2Fanalytical-engines%2Fusers");
}

async fn a_login_replaces_the_session_that_the_browser_had(app: TestApp) {
    let ada = app.set_up().await;
    let before = ada.fork();
    ada.call("/api/session/login", &[("email", ADA), ("password", PASSWORD)]).await.expect(200);
    assert_ne!(ada.session(), before.session());
    ada.get(USERS).await.expect(200);
    assert_signed_out(&before).await;
}

async fn a_session_that_the_browser_brought_along_is_not_adopted(app: TestApp) {
    app.set_up().await;
    let browser = app.browser();
    let planted = "A".repeat(43);
    browser.set_cookie("rollcall", &planted);
    browser.call("/api/session/login", &[("email", ADA), ("password", PASSWORD)]).await.expect(200);
    assert_ne!(browser.session(), planted);
    browser.set_cookie("rollcall", &planted);
    assert_signed_out(&browser).await;
}

async fn logging_out_ends_the_session_on_the_server(app: TestApp) {
    let ada = app.set_up().await;
    let elsewhere = app.sign_in(ADA).await;
    let kept = ada.fork();
    let answer = ada.submit(USERS, "/api/session/logout", &[]).await.expect(303);
    assert_eq!(answer.location(), "/login");
    assert_eq!(ada.cookie("rollcall"), None);
    assert_signed_out(&ada).await;
    assert_signed_out(&kept).await;
    elsewhere.get(USERS).await.expect(200);

    let kept = elsewhere.fork();
    elsewhere.call("/api/session/logout", &[]).await.expect(200);
    assert_signed_out(&kept).await;
    // Without a session there is nothing to do, and nothing to complain about.
    elsewhere.call("/api/session/logout", &[]).await.expect(200);
}

async fn an_unused_session_ends_after_seven_days(app: TestApp) {
    let ada = app.set_up().await;
    app.pass(7 * DAY - 1);
    ada.get(USERS).await.expect(200);
    app.pass(7 * DAY);
    assert_signed_out(&ada).await;
}

async fn a_used_session_ends_after_thirty_days(app: TestApp) {
    let ada = app.set_up().await;
    for _ in 0..5 {
        app.pass(6 * DAY - 1);
        ada.get(USERS).await.expect(200);
    }
    app.pass(5);
    assert_signed_out(&ada).await;
}

async fn the_operator_may_end_sessions_sooner(app: TestApp) {
    let app = app.restarted(|config| {
        config.session_idle_days = 1;
        config.session_days = 2;
    });
    let ada = app.set_up().await;
    app.pass(DAY);
    assert_signed_out(&ada).await;
    let ada = app.sign_in(ADA).await;
    for _ in 0..2 {
        app.pass(DAY - 1);
        ada.get(USERS).await.expect(200);
    }
    app.pass(2);
    assert_signed_out(&ada).await;
}

async fn a_forged_session_cookie_is_nobodys(app: TestApp) {
    let ada = app.set_up().await;
    let token = ada.session();
    let mut altered = token.clone();
    altered.replace_range(0..1, if token.starts_with('A') { "B" } else { "A" });
    for forged in [
        "",
        "x",
        &token[..42],
        &format!("{token}A"),
        &format!("{token}="),
        &format!("{token}%00"),
        &altered,
        &token.to_uppercase(),
        "' OR '1'='1",
        "' OR 1=1 --",
        "%27%20OR%201%3D1",
        "null",
        "../../etc/passwd",
        &"A".repeat(8_000),
    ] {
        let browser = app.browser();
        browser.set_cookie("rollcall", forged);
        assert_signed_out(&browser).await;
        browser.get("/login").await.expect(200);
        browser.get("/").await.expect(302);
    }
    // The stored hash is not a key either.
    let hash = everything(app.db()).await;
    let hash = hash.lines().find(|l| l.starts_with("sessions ")).unwrap().split(['|', ',']).nth(1).unwrap().to_owned();
    let browser = app.browser();
    browser.set_cookie("rollcall", &hash);
    assert_signed_out(&browser).await;
    ada.get(USERS).await.expect(200);
}

async fn deactivating_somebody_ends_their_sessions_at_once(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let phone = app.sign_in(&grace.email).await;
    grace.browser.get(USERS).await.expect(200);
    ada.call("/api/people/act", &[("org", ORG), ("id", &grace.id), ("op", "deactivate")]).await.expect(200);
    assert_signed_out(&grace.browser).await;
    assert_signed_out(&phone).await;
    // Nor do they come back with the access.
    ada.call("/api/people/act", &[("org", ORG), ("id", &grace.id), ("op", "activate")]).await.expect(200);
    assert_signed_out(&grace.browser).await;
    ada.get(USERS).await.expect(200);
}

async fn somebody_deactivated_in_one_organization_keeps_the_other(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let (other, olive) = app.found("Difference Machines").await;
    let invited = crate::cast::invite_to(&other, &olive.browser, &grace.email, Role::Admin).await;
    grace.browser.call("/api/invitations/accept_signed_in", &[("token", &invited.token)]).await.expect(200);
    ada.call("/api/people/act", &[("org", ORG), ("id", &grace.id), ("op", "deactivate")]).await.expect(200);

    let refused = grace.browser.get(USERS).await.expect(403);
    assert!(refused.says("Your access to this organization has ended."), "{}", refused.body);
    let form = [("org", ORG), ("emails", "x@engines.example")];
    grace.browser.call("/api/invitations/send", &form).await.expect(403);
    grace.browser.get(&format!("/o/{other}/users")).await.expect(200);
    let orgs = grace.browser.get("/orgs").await.expect(200);
    assert!(orgs.says("Your access is deactivated") && orgs.says("Difference Machines"));
    assert_eq!(app.sign_in(&grace.email).await.get("/").await.location(), format!("/o/{other}"));
}

async fn a_lost_session_leads_to_the_sign_in_and_back(app: TestApp) {
    app.set_up().await;
    let browser = app.browser();
    for (page, login) in [
        (
            "/o/analytical-engines/users?tab=expired&q=a%26b",
            "/login?next=%2Fo%2Fanalytical-engines%2Fusers%3Ftab%3Dexpired%26q%3Da%2526b",
        ),
        ("/o/analytical-engines/users/mem_1", "/login?next=%2Fo%2Fanalytical-engines%2Fusers%2Fmem_1"),
        ("/o/no-such-place/users", "/login?next=%2Fo%2Fno-such-place%2Fusers"),
        ("/orgs", "/login?next=%2Forgs"),
    ] {
        assert_eq!(browser.get(page).await.location(), login);
    }
}

async fn a_form_sent_after_the_session_ended_changes_nothing(app: TestApp) {
    let ada = app.set_up().await;
    app.pass(8 * DAY);
    let form = [("org", ORG), ("emails", "grace@engines.example")];
    let answer = ada.submit("/o/analytical-engines/users?dialog=invite", "/api/invitations/send", &form).await;
    assert!(answer.location().starts_with("/login?next="), "{}", answer.location());
    assert_eq!(ada.call("/api/invitations/send", &form).await.expect(401).problem().message, "Sign in to continue.");
    assert_eq!(number(app.db(), "SELECT count(*) FROM memberships").await, 1);
}

async fn the_database_holds_no_session_token(app: TestApp) {
    let ada = app.set_up().await;
    let all = everything(app.db()).await;
    assert!(all.contains("sessions ") && !all.contains(&ada.session()) && !all.contains(PASSWORD));
}

async fn an_organization_is_opened_where_one_was_last(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    app.pass(1_000);
    let invited = crate::cast::invite_to(&other, &olive.browser, ADA, Role::Member).await;
    ada.call("/api/invitations/accept_signed_in", &[("token", &invited.token)]).await.expect(200);
    assert_eq!(app.browser().get("/").await.location(), "/login");
    assert_eq!(ada.get("/").await.location(), format!("/o/{other}"));
}
