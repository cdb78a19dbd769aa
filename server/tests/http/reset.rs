//! `/forgot` and `/reset/:token`: asking tells nothing, a link is good once, and a new password ends what the old one
//! began (S21–S36).

use axum::http::Method;
use model::{
    Role,
    time::{HOUR, MINUTE},
};
use service::Mail;
use std::time::{Duration, Instant};

use crate::{
    answer::Answer,
    app::{PUBLIC_URL, TestApp, log},
    browser::Browser,
    cast::{ADA, ORG, PASSWORD, USERS, WRONG, invite, invite_to, token_of},
    engines::{everything, number},
};

on_both_engines! {
    a_forgotten_password_is_chosen_anew_without_a_script,
    a_forgotten_password_is_chosen_anew_by_the_functions,
    asking_is_answered_alike_for_every_address,
    mail_goes_to_accounts_alone,
    what_is_no_address_is_said_beside_the_field,
    opening_a_link_uses_nothing_up,
    a_post_without_a_password_uses_nothing_up,
    weak_passwords_are_refused_beside_the_field,
    of_twenty_resets_at_once_one_wins,
    a_link_that_is_over_says_so_at_once_and_leads_to_a_new_one,
    asking_again_voids_the_earlier_link_and_its_mail,
    a_new_password_ends_every_session_and_begins_none,
    a_login_with_the_old_password_does_not_outlive_the_reset,
    the_person_is_told_and_each_of_their_organizations_notes_it,
    a_link_is_good_for_its_purpose_alone,
    altered_links_are_unknown,
    asking_too_often_has_to_wait_whoever_it_is_about,
    many_addresses_asked_about_from_one_place_are_slowed_down,
    who_guessed_too_often_gets_in_by_a_new_password,
    links_begin_with_the_configured_origin,
    no_token_stands_in_an_answer_the_database_or_the_log,
    housekeeping_takes_links_that_are_long_over,
}

/// What Ada chooses.
pub(crate) const NEW: &str = "velvet mango 27 tractors";

async fn ask(browser: &Browser, email: &str) -> Answer {
    browser.call("/api/passwords/forgot", &[("email", email)]).await
}

/// Asks for a link as a browser of nobody, and yields its token.
pub(crate) async fn reset_link(app: &TestApp, email: &str) -> String {
    app.mails().await;
    ask(&app.browser(), email).await.expect(200);
    let mails = app.mails().await;
    let [Mail::PasswordReset { to, link, .. }] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(to.as_str(), email);
    token_of(link).to_owned()
}

async fn reset(browser: &Browser, token: &str, password: &str) -> Answer {
    browser.call("/api/passwords/reset", &[("token", token), ("password", password)]).await
}

fn page(token: &str) -> String {
    format!("/reset/{token}")
}

async fn log_in(app: &TestApp, password: &str) -> u16 {
    app.browser().call("/api/session/login", &[("email", ADA), ("password", password)]).await.status
}

async fn a_forgotten_password_is_chosen_anew_without_a_script(app: TestApp) {
    app.set_up().await;
    let ada = app.browser();
    let login = ada.get("/login").await.expect(200);
    assert!(login.body.contains("href=\"/forgot\"") && login.says("Forgot your password?"));
    ada.get("/forgot").await.expect(200);
    let asked = ada.submit("/forgot", "/api/passwords/forgot", &[("email", " ADA@engines.example")]).await.expect(200);
    assert!(asked.says("Check your mail") && asked.says(ADA), "{}", asked.body);
    let mails = app.mails().await;
    let [Mail::PasswordReset { to_name, link, expires_at, .. }] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!((to_name.as_str(), *expires_at), ("Ada Lovelace", app.rollcall.now().plus(HOUR)));
    assert!(link.starts_with(&format!("{PUBLIC_URL}/reset/")) && token_of(link).len() == 43);

    let page = page(token_of(link));
    let shown = ada.get(&page).await.expect(200);
    assert!(shown.says("Choose a new password") && shown.says("in 1 hour"), "{}", shown.body);
    assert_eq!(shown.value_of("email"), ADA);
    let form = [("token", token_of(link)), ("password", NEW)];
    let done = ada.submit(&page, "/api/passwords/reset", &form).await.expect(303);
    assert_eq!(done.location(), "/login");
    assert!(ada.get("/login").await.says("Your password has been changed. Sign in with it."));
    assert_eq!((log_in(&app, PASSWORD).await, log_in(&app, NEW).await), (422, 200));
}

async fn a_forgotten_password_is_chosen_anew_by_the_functions(app: TestApp) {
    app.set_up().await;
    let browser = app.browser();
    let asked: serde_json::Value = ask(&browser, ADA).await.expect(200).parsed();
    assert_eq!(asked, serde_json::json!({ "toast": null, "next": null, "fresh": false, "data": ADA }));
    let token = reset_link(&app, ADA).await;
    let done = reset(&browser, &token, NEW).await.expect(200);
    let reply: serde_json::Value = done.parsed();
    assert_eq!((reply["next"].as_str(), reply["fresh"].as_bool()), (Some("/login"), Some(true)));
    assert_eq!((log_in(&app, PASSWORD).await, log_in(&app, NEW).await), (422, 200));
}

async fn asking_is_answered_alike_for_every_address(app: TestApp) {
    let ada = app.set_up().await;
    invite(&ada, "invited@engines.example", Role::Member).await;
    let gone = app.join(&ada, "gone@engines.example", Role::Member).await;
    ada.call("/api/people/act", &[("org", ORG), ("id", &gone.id), ("op", "deactivate")]).await.expect(200);
    let (mut called, mut submitted) = (Vec::new(), Vec::new());
    for email in [ADA, "eve@engines.example", "invited@engines.example", &gone.email] {
        let browser = app.browser();
        let began = began();
        let answer = ask(&browser, email).await.expect(200);
        // The writing that an account alone makes necessary is hidden behind a time that everybody waits.
        assert!(began.elapsed() >= Duration::from_millis(150), "{:?}", began.elapsed());
        let form = [("email", email)];
        let page = browser.submit("/forgot", "/api/passwords/forgot", &form).await.expect(200);
        assert_eq!((answer.set_cookies().len(), page.set_cookies().len()), (0, 0));
        called.push(answer.body.replace(email, "EMAIL"));
        submitted.push(page.body.replace(page.nonce(), "NONCE").replace(email, "EMAIL"));
    }
    assert!(called.windows(2).all(|two| two[0] == two[1]), "{called:?}");
    assert!(submitted.windows(2).all(|two| two[0] == two[1]));
}

#[expect(clippy::disallowed_methods, reason = "how long an answer really takes is what is asked")]
fn began() -> Instant {
    Instant::now()
}

async fn mail_goes_to_accounts_alone(app: TestApp) {
    let ada = app.set_up().await;
    invite(&ada, "invited@engines.example", Role::Member).await;
    app.mails().await;
    for email in ["eve@engines.example", "invited@engines.example", "ada@engines.example.org"] {
        ask(&app.browser(), email).await.expect(200);
    }
    assert_eq!(app.mails().await, []);
    assert_eq!(number(app.db(), "SELECT count(*) FROM account_links").await, 0);
    // Who is deactivated has an account: they may be activated again.
    let gone = app.join(&ada, "gone@engines.example", Role::Member).await;
    ada.call("/api/people/act", &[("org", ORG), ("id", &gone.id), ("op", "deactivate")]).await.expect(200);
    let token = reset_link(&app, &gone.email).await;
    reset(&app.browser(), &token, NEW).await.expect(200);
    app.browser().call("/api/session/login", &[("email", &gone.email), ("password", NEW)]).await.expect(409);
}

async fn what_is_no_address_is_said_beside_the_field(app: TestApp) {
    app.set_up().await;
    for email in ["", "ada", "ada\0@engines.example", &"x".repeat(100_000)] {
        let answer = ask(&app.browser(), email).await.expect(422);
        assert_eq!(answer.wrong_fields(), ["email"]);
        let why = answer.problem().of_field("email").unwrap();
        let page = app.browser().submit("/forgot", "/api/passwords/forgot", &[("email", email)]).await.expect(422);
        assert!(page.beside("email").contains(&why), "{}", page.body);
    }
}

async fn opening_a_link_uses_nothing_up(app: TestApp) {
    app.set_up().await;
    let token = reset_link(&app, ADA).await;
    let before = everything(app.db()).await;
    let scanner = app.browser().without("sec-fetch-site").without("origin").with("user-agent", "MailScanner/1.0");
    for _ in 0..3 {
        scanner.get(&page(&token)).await.expect(200);
        scanner.with("sec-purpose", "prefetch").get(&page(&token)).await.expect(200);
        scanner.send(Method::HEAD, &page(&token), None, String::new()).await.expect(200);
        scanner.send(Method::OPTIONS, &page(&token), None, String::new()).await.expect(405);
        scanner.call("/api/passwords/link", &[("token", &token)]).await.expect(200);
    }
    assert_eq!(everything(app.db()).await, before);
    reset(&app.browser(), &token, NEW).await.expect(200);
}

async fn a_post_without_a_password_uses_nothing_up(app: TestApp) {
    app.set_up().await;
    let token = reset_link(&app, ADA).await;
    let before = everything(app.db()).await;
    let scanner = app.browser().without("sec-fetch-site").without("origin");
    let answered = scanner.submit(&page(&token), "/api/passwords/reset", &[("token", &token)]).await.expect(422);
    assert!(answered.beside("password").contains("Choose a password."), "{}", answered.body);
    reset(&scanner, &token, "").await.expect(422);
    assert_eq!(everything(app.db()).await, before);
    reset(&app.browser(), &token, NEW).await.expect(200);
}

async fn weak_passwords_are_refused_beside_the_field(app: TestApp) {
    app.set_up().await;
    let token = reset_link(&app, ADA).await;
    let guessable =
        "This password is easy to guess. Avoid common phrases, repetition, and your own or your organization's name.";
    for (password, why) in [
        ("", "Choose a password."),
        ("fourteen chars", "Use at least 15 characters. A few unrelated words work well."),
        ("passwordpassword", guessable),
        ("adalovelaceadalovelace", guessable),
        ("ada@engines.example", guessable),
        ("analyticalengines", guessable),
        (&"x y".repeat(400), "This password is too long; use at most 1024 bytes."),
    ] {
        let answer = reset(&app.browser(), &token, password).await.expect(422);
        assert_eq!(answer.problem().fields, [("password".to_owned(), why.to_owned())], "{password}");
        let form = [("token", token.as_str()), ("password", password)];
        let shown = app.browser().submit(&page(&token), "/api/passwords/reset", &form).await.expect(422);
        assert!(shown.beside("password").contains(why), "{}", shown.body);
        assert!(password == ADA || !shown.body.contains(&format!("value=\"{password}\"")) || password.is_empty());
    }
    assert_eq!(log_in(&app, PASSWORD).await, 200);
    reset(&app.browser(), &token, NEW).await.expect(200);
}

async fn of_twenty_resets_at_once_one_wins(app: TestApp) {
    app.set_up().await;
    let token = reset_link(&app, ADA).await;
    let passwords: Vec<String> = (0..20).map(|n| format!("{NEW} number {n}")).collect();
    let tries = passwords.iter().map(|password| {
        let (browser, token) = (app.browser(), token.clone());
        async move { reset(&browser, &token, password).await }
    });
    let answers = futures::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 410)), "{answers:?}");
    let won = answers.iter().position(|answer| answer.status == 200).unwrap();
    assert_eq!(log_in(&app, &passwords[won]).await, 200);
    let lost = (won + 1) % 20;
    assert_eq!(log_in(&app, &passwords[lost]).await, 422);
    assert_eq!(number(app.db(), "SELECT count(*) FROM audit_events WHERE action = 'password.reset'").await, 1);
    assert_eq!(app.mails().await.len(), 1, "one notice");
}

async fn a_link_that_is_over_says_so_at_once_and_leads_to_a_new_one(app: TestApp) {
    app.set_up().await;
    let expired = reset_link(&app, ADA).await;
    app.pass(HOUR - 1);
    app.browser().get(&page(&expired)).await.expect(200);
    app.pass(1);
    let old = reset_link(&app, ADA).await;
    let used = reset_link(&app, ADA).await;
    reset(&app.browser(), &used, NEW).await.expect(200);
    let voided = reset_link(&app, ADA).await;
    let ada = app.browser();
    ada.call("/api/session/login", &[("email", ADA), ("password", NEW)]).await.expect(200);
    let form = [("current_password", NEW), ("password", PASSWORD)];
    ada.call("/api/account/password", &form).await.expect(200);
    // The first was replaced, which weighs more than its time.
    for (token, title, why) in [
        (&old, "There is a newer link", "A newer link was sent. Use the one in the latest email."),
        (&used, "This link has been used", "This link has already been used."),
        (
            &voided,
            "This link is no longer good",
            "This link is no longer needed: it was cancelled, or the account was changed since.",
        ),
    ] {
        assert_over(&app, token, title, why).await;
    }
    let last = reset_link(&app, ADA).await;
    app.pass(HOUR);
    // With no job running (S22).
    assert_over(&app, &last, "This link has expired", "This link has expired. Ask for a new one.").await;
    assert_eq!(log_in(&app, PASSWORD).await, 200);
}

async fn assert_over(app: &TestApp, token: &str, title: &str, why: &str) {
    let shown = app.browser().get(&page(token)).await.expect(410);
    assert!(shown.says(title) && shown.body.contains("href=\"/forgot\""), "{}", shown.body);
    assert!(!shown.body.contains("type=\"password\"") && !shown.says(ADA));
    // Even with a password that would not do: what is over is said first.
    for password in ["weak", WRONG] {
        assert_eq!(reset(&app.browser(), token, password).await.expect(410).problem().message, why);
        let form = [("token", token), ("password", password)];
        let shown = app.browser().submit(&page(token), "/api/passwords/reset", &form).await.expect(410);
        assert!(shown.says(title), "{}", shown.body);
    }
}

async fn asking_again_voids_the_earlier_link_and_its_mail(app: TestApp) {
    app.set_up().await;
    for _ in 0..3 {
        ask(&app.browser(), ADA).await.expect(200);
    }
    let mails = app.mails().await;
    let [Mail::PasswordReset { link, .. }] = &mails[..] else { panic!("{mails:?}") };
    let open = "SELECT count(*) FROM account_links WHERE state = 'open'";
    assert_eq!(number(app.db(), open).await, 1);
    reset(&app.browser(), token_of(link), NEW).await.expect(200);
    assert_eq!(number(app.db(), open).await, 0);
}

async fn a_new_password_ends_every_session_and_begins_none(app: TestApp) {
    let ada = app.set_up().await;
    let phone = app.sign_in(ADA).await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let token = reset_link(&app, ADA).await;
    let browser = app.browser();
    reset(&browser, &token, NEW).await.expect(200);
    assert_eq!(browser.cookie("rollcall"), None);
    for over in [&ada, &phone] {
        over.call("/api/session/viewer", &[("org", ORG)]).await.expect(401);
    }
    grace.browser.get(USERS).await.expect(200);
    // Nor is somebody else signed out who opens the link.
    let token = reset_link(&app, ADA).await;
    let form = [("token", token.as_str()), ("password", PASSWORD)];
    grace.browser.submit(&page(&token), "/api/passwords/reset", &form).await.expect(303);
    grace.browser.get(USERS).await.expect(200);
}

async fn a_login_with_the_old_password_does_not_outlive_the_reset(app: TestApp) {
    app.set_up().await;
    let token = reset_link(&app, ADA).await;
    let browsers: Vec<Browser> = (0..8).map(|_| app.browser()).collect();
    let logins = browsers.iter().map(|browser| {
        let browser = browser.clone();
        tokio::spawn(async move { browser.call("/api/session/login", &[("email", ADA), ("password", PASSWORD)]).await })
    });
    let logins = futures::future::join_all(logins.collect::<Vec<_>>());
    let forgetful = app.browser();
    let (_, reset) = tokio::join!(logins, reset(&forgetful, &token, NEW));
    reset.expect(200);
    for browser in browsers {
        browser.call("/api/orgs/list", &[]).await.expect(401);
    }
    assert_eq!(number(app.db(), "SELECT count(*) FROM sessions").await, 0);
}

async fn the_person_is_told_and_each_of_their_organizations_notes_it(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let invited = invite_to(&other, &olive.browser, ADA, Role::Member).await;
    ada.call("/api/invitations/accept_signed_in", &[("token", &invited.token)]).await.expect(200);
    let token = reset_link(&app, ADA).await;
    reset(&app.browser(), &token, NEW).await.expect(200);
    let mails = app.mails().await;
    let [Mail::PasswordChanged { to, to_name, at, forgot }] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!((to.as_str(), to_name.as_str(), *at), (ADA, "Ada Lovelace", app.rollcall.now()));
    assert_eq!(forgot, &format!("{PUBLIC_URL}/forgot"));
    for action in ["password.reset_requested", "password.reset"] {
        let sql = format!("SELECT count(DISTINCT org_id) FROM audit_events WHERE action = '{action}'");
        assert_eq!(number(app.db(), &sql).await, 2, "{action}");
    }
    let form = [("org", other.as_str()), ("id", invited.id.as_str())];
    let activity = olive.browser.call("/api/people/activity", &form).await.expect(200);
    let page: model::activity::ActivityPage = activity.parsed();
    let told: Vec<String> = page.lines.iter().map(model::activity::Activity::sentence).collect();
    for sentence in [
        "Ada Lovelace chose a new password by a link in an email",
        "Somebody asked for a link to reset the password of Ada Lovelace",
    ] {
        assert!(told.contains(&sentence.to_owned()), "{told:?}");
    }
}

async fn a_link_is_good_for_its_purpose_alone(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Admin).await;
    let form = [("email", "ada@new.example"), ("password", PASSWORD)];
    app.mails().await;
    ada.call("/api/account/email", &form).await.expect(200);
    let of_email: Vec<String> =
        app.mails().await.iter().filter_map(Mail::link).map(|link| token_of(link).to_owned()).collect();
    let [one, two] = &of_email[..] else { panic!("{of_email:?}") };
    let of_reset = reset_link(&app, ADA).await;
    let session = ada.session();
    let before = everything(app.db()).await;
    let browser = app.browser();
    for token in [&invited.token, one, two, &session] {
        browser.get(&page(token)).await.expect(404);
        reset(&browser, token, NEW).await.expect(404);
    }
    for token in [&invited.token, &of_reset, &session] {
        browser.get(&format!("/email/{token}")).await.expect(404);
        let form = [("token", token.as_str()), ("answer", "confirm")];
        browser.call("/api/account/answer_email_link", &form).await.expect(404);
    }
    for token in [&of_reset, one, two, &session] {
        browser.get(&format!("/invite/{token}")).await.expect(404);
        let form = [("token", token.as_str()), ("first_name", "Eve"), ("password", NEW)];
        browser.call("/api/invitations/accept_new", &form).await.expect(404);
        let thief = app.browser();
        thief.set_cookie("rollcall", if *token == session { one } else { token });
        thief.call("/api/orgs/list", &[]).await.expect(401);
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn altered_links_are_unknown(app: TestApp) {
    app.set_up().await;
    let token = reset_link(&app, ADA).await;
    let before = everything(app.db()).await;
    let mut swapped = token.clone();
    swapped.replace_range(0..1, if token.starts_with('A') { "B" } else { "A" });
    for altered in [swapped, token[..42].to_owned(), format!("{token}A"), token.to_lowercase(), "%00".to_owned()] {
        let shown = app.browser().get(&page(&altered)).await.expect(404);
        assert!(shown.says("This link does not work") && shown.body.contains("href=\"/forgot\""), "{}", shown.body);
        reset(&app.browser(), &altered, NEW).await.expect(404);
    }
    let unknown = app.browser().call("/api/passwords/link", &[("token", "")]).await.expect(200);
    assert_eq!(unknown.body, "\"unknown\"");
    assert_eq!(everything(app.db()).await, before);
}

async fn asking_too_often_has_to_wait_whoever_it_is_about(app: TestApp) {
    app.set_up().await;
    for email in [ADA, "eve@engines.example"] {
        for _ in 0..5 {
            ask(&app.browser(), email).await.expect(200);
        }
        app.pass(MINUTE);
        let refused = ask(&app.browser(), email).await.expect(429);
        assert_eq!(refused.header("retry-after"), (59 * 60).to_string());
        assert_eq!(refused.problem().message, "Too many attempts. Try again in 59 minutes.");
        let form = [("email", email)];
        let shown = app.browser().submit("/forgot", "/api/passwords/forgot", &form).await.expect(429);
        assert!(shown.says("Too many attempts.") && shown.value_of("email") == email);
        // From elsewhere it can still be asked, though not for ever: mails are counted by address (S36), IPv6 by network.
        for host in 1..=3 {
            ask(&app.browser().at_address(&format!("2001:db8:1:2:{host}::1")), email).await.expect(200);
        }
        ask(&app.browser().at_address("198.51.100.7"), email).await.expect(429);
    }
    assert_eq!(app.mails().await.len(), 1, "of all of them the last link is good");
    app.pass(HOUR);
    ask(&app.browser(), ADA).await.expect(200);
}

async fn many_addresses_asked_about_from_one_place_are_slowed_down(app: TestApp) {
    app.set_up().await;
    let asked = (0..30).map(|n| {
        let browser = app.browser();
        async move { ask(&browser, &format!("guess{n}@engines.example")).await.status }
    });
    assert!(futures::future::join_all(asked).await.iter().all(|status| *status == 200));
    ask(&app.browser(), ADA).await.expect(429);
    ask(&app.browser().with("x-forwarded-for", "198.51.100.7"), ADA).await.expect(429);
    ask(&app.browser().at_address("198.51.100.7"), ADA).await.expect(200);
}

async fn who_guessed_too_often_gets_in_by_a_new_password(app: TestApp) {
    app.set_up().await;
    for _ in 0..11 {
        log_in(&app, WRONG).await;
    }
    assert_eq!(log_in(&app, PASSWORD).await, 429);
    let token = reset_link(&app, ADA).await;
    reset(&app.browser(), &token, NEW).await.expect(200);
    assert_eq!(log_in(&app, NEW).await, 200);
}

async fn links_begin_with_the_configured_origin(app: TestApp) {
    app.set_up().await;
    let forged = app
        .browser()
        .with("host", "evil.example")
        .with("x-forwarded-host", "evil.example")
        .with("forwarded", "host=evil.example")
        .without("origin");
    ask(&forged, ADA).await.expect(200);
    let mails = app.mails().await;
    assert!(mails[0].link().unwrap().starts_with(&format!("{PUBLIC_URL}/reset/")), "{mails:?}");
}

async fn no_token_stands_in_an_answer_the_database_or_the_log(app: TestApp) {
    let ada = app.set_up().await;
    let mark = format!("r{}", app.db().engine_name());
    let person = app.join(&ada, &format!("{mark}@private.example"), Role::Member).await;
    let waiting = ask(&app.browser(), &person.email).await.expect(200);
    let queued = everything(app.db()).await;
    assert!(!queued.contains("/reset/"), "a queued mail is sealed");
    let mails = app.mails().await;
    let of_reset = |mail: &&Mail| matches!(mail, Mail::PasswordReset { .. });
    let token = token_of(mails.iter().find(of_reset).and_then(Mail::link).unwrap());
    let browser = app.browser();
    browser.get(&format!("{}?utm=1", page(token))).await.expect(200);
    browser.get(&format!("/reset//{token}")).await;
    let refused = reset(&browser, token, "weak").await.expect(422);
    let form = [("token", token), ("password", NEW)];
    let done = browser.submit(&page(token), "/api/passwords/reset", &form).await.expect(303);
    let view = browser.call("/api/passwords/link", &[("token", token)]).await.expect(200);
    for answer in [&waiting, &refused, &done, &view] {
        assert!(!answer.body.contains(token) && !answer.body.contains(NEW), "{}", answer.body);
    }
    for over in [browser.get(&page(token)).await, app.browser().get("/login").await] {
        assert!(!over.body.contains(token), "{}", over.body);
    }
    let all = everything(app.db()).await;
    assert!(!all.contains(token) && !all.contains(NEW) && !queued.contains(token));
    let log = log();
    assert!(log.contains("/reset/…") && log.contains("password reset"), "the log is kept");
    for secret in [token, mark.as_str()] {
        assert!(!log.contains(secret), "{secret}");
    }
}

async fn housekeeping_takes_links_that_are_long_over(app: TestApp) {
    app.set_up().await;
    let token = reset_link(&app, ADA).await;
    let tick = async || {
        app.mails().await;
        app.rollcall.tick(&Nowhere, 10).await.unwrap();
        number(app.db(), "SELECT count(*) FROM account_links").await
    };
    app.pass(30 * model::time::DAY);
    assert_eq!(tick().await, 1, "it still says what became of it");
    app.browser().get(&page(&token)).await.expect(410);
    app.pass(HOUR);
    assert_eq!(tick().await, 0);
    app.browser().get(&page(&token)).await.expect(404);
}

/// A mail server that nothing is sent to.
struct Nowhere;

impl service::Mailer for Nowhere {
    fn send<'a>(&'a self, out: &'a service::Outgoing) -> service::Sending<'a> {
        panic!("{out:?}")
    }
}
