//! `/login`: right, wrong, too often, and where it leads.

use model::{Role, time::MINUTE};

use crate::{
    app::TestApp,
    browser::Browser,
    cast::{ADA, HOME, ORG, PASSWORD, USERS, WRONG},
    engines::number,
};

on_both_engines! {
    the_right_password_opens_the_organization,
    capitals_and_spaces_around_an_address_do_not_matter,
    a_wrong_password_and_an_unknown_address_cannot_be_told_apart,
    missing_entries_are_named_beside_their_fields,
    the_eleventh_try_within_the_window_has_to_wait_and_then_counts_again,
    a_right_password_starts_the_count_anew,
    without_a_script_too_many_tries_say_when_to_come_back,
    rotating_addresses_inside_an_ipv6_network_does_not_evade_the_limit,
    a_forged_forwarded_address_does_not_evade_the_limit,
    behind_a_configured_proxy_the_forwarded_address_counts,
    many_accounts_from_one_address_are_slowed_down_too,
    somebody_else_cannot_lock_an_account_from_elsewhere,
    the_way_back_is_followed_on_this_site_alone,
    a_deactivated_person_is_told_so_only_with_the_right_password,
    the_last_login_is_noted,
    logins_and_refusals_are_in_the_audit_log_without_secrets,
}

async fn log_in(browser: &Browser, email: &str, password: &str) -> crate::answer::Answer {
    browser.call("/api/session/login", &[("email", email), ("password", password)]).await
}

async fn the_right_password_opens_the_organization(app: TestApp) {
    app.set_up().await;
    let called = app.browser();
    let answer = log_in(&called, ADA, PASSWORD).await.expect(200);
    assert_eq!(answer.parsed::<serde_json::Value>()["next"], HOME);
    called.get(USERS).await.expect(200);

    let submitted = app.browser();
    submitted.get("/login").await.expect(200);
    let form = [("email", ADA), ("password", PASSWORD), ("next", "")];
    let answer = submitted.submit("/login", "/api/session/login", &form).await.expect(303);
    assert_eq!(answer.location(), HOME);
    submitted.get(USERS).await.expect(200);
}

async fn capitals_and_spaces_around_an_address_do_not_matter(app: TestApp) {
    app.set_up().await;
    log_in(&app.browser(), "  ADA@Engines.Example ", PASSWORD).await.expect(200);
    // Those of the password do (S16).
    log_in(&app.browser(), ADA, &PASSWORD.to_uppercase()).await.expect(422);
    log_in(&app.browser(), ADA, &format!("{PASSWORD} ")).await.expect(422);
    log_in(&app.browser(), ADA, &PASSWORD[..PASSWORD.len() - 1]).await.expect(422);
}

async fn a_wrong_password_and_an_unknown_address_cannot_be_told_apart(app: TestApp) {
    app.set_up().await;
    let unknown = "eve@engines.example";
    let wrong = log_in(&app.browser(), ADA, WRONG).await.expect(422);
    let nobody = log_in(&app.browser(), unknown, WRONG).await.expect(422);
    assert_eq!(wrong.body, nobody.body);
    assert_eq!(wrong.problem().of_field("password").as_deref(), Some("Email or password is not right."));

    let page = async |email: &str| {
        let form = [("email", email), ("password", WRONG)];
        let answer = app.browser().submit("/login", "/api/session/login", &form).await.expect(422);
        assert!(answer.beside("password").contains("Email or password is not right."));
        assert_eq!(answer.value_of("email"), email);
        assert!(!answer.body.contains(WRONG) && answer.set_cookies().is_empty());
        answer.body.replace(answer.nonce(), "NONCE").replace(email, "EMAIL")
    };
    assert_eq!(page(ADA).await, page(unknown).await);
}

async fn missing_entries_are_named_beside_their_fields(app: TestApp) {
    app.set_up().await;
    for (email, password, wrong) in [
        ("", "", &["email", "password"][..]),
        ("", WRONG, &["email"]),
        ("ada", WRONG, &["email"]),
        ("ada\0@engines.example", WRONG, &["email"]),
        (ADA, "", &["password"]),
    ] {
        let answer = log_in(&app.browser(), email, password).await.expect(422);
        assert_eq!(answer.wrong_fields(), wrong);
        let form = [("email", email), ("password", password)];
        let page = app.browser().submit("/login", "/api/session/login", &form).await.expect(422);
        for (field, message) in answer.problem().fields {
            assert!(page.beside(&field).contains(&message), "{message}\n{}", page.body);
        }
    }
    log_in(&app.browser(), ADA, &"x".repeat(100_000)).await.expect(422);
}

async fn the_eleventh_try_within_the_window_has_to_wait_and_then_counts_again(app: TestApp) {
    app.set_up().await;
    let browser = app.browser();
    for _ in 0..10 {
        log_in(&browser, ADA, WRONG).await.expect(422);
    }
    app.pass(MINUTE);
    // The right one does not help: a guesser would learn that it is right.
    let answer = log_in(&browser, ADA, PASSWORD).await.expect(429);
    assert_eq!(answer.header("retry-after"), (14 * 60).to_string());
    assert_eq!(answer.problem().message, "Too many attempts. Try again in 14 minutes.");
    assert_eq!(browser.cookie("rollcall"), None);
    // An unknown account is slowed down just so (S32).
    for _ in 0..10 {
        log_in(&browser, "eve@engines.example", WRONG).await.expect(422);
    }
    log_in(&browser, "eve@engines.example", WRONG).await.expect(429);

    app.pass(14 * MINUTE);
    log_in(&browser, ADA, PASSWORD).await.expect(200);
}

async fn a_right_password_starts_the_count_anew(app: TestApp) {
    app.set_up().await;
    let browser = app.browser();
    for _ in 0..2 {
        for _ in 0..9 {
            log_in(&browser, ADA, WRONG).await.expect(422);
        }
        log_in(&browser, ADA, PASSWORD).await.expect(200);
    }
}

async fn without_a_script_too_many_tries_say_when_to_come_back(app: TestApp) {
    app.set_up().await;
    let browser = app.browser();
    let form = [("email", ADA), ("password", WRONG)];
    for _ in 0..10 {
        browser.submit("/login", "/api/session/login", &form).await.expect(422);
    }
    let page = browser.submit("/login", "/api/session/login", &form).await.expect(429);
    assert!(page.says("Too many attempts. Try again in 15 minutes.") && !page.header("retry-after").is_empty());
    assert_eq!(page.value_of("email"), ADA);
}

async fn rotating_addresses_inside_an_ipv6_network_does_not_evade_the_limit(app: TestApp) {
    app.set_up().await;
    for host in 1..=10 {
        log_in(&app.browser().at_address(&format!("2001:db8:1:2:{host}::{host}")), ADA, WRONG).await.expect(422);
    }
    log_in(&app.browser().at_address("2001:db8:1:2:ffff::1"), ADA, WRONG).await.expect(429);
    log_in(&app.browser().at_address("2001:db8:1:3::1"), ADA, WRONG).await.expect(422);
    // An IPv4 address is the same one when it is written as IPv6.
    for _ in 0..10 {
        log_in(&app.browser().at_address("198.51.100.7"), ADA, WRONG).await.expect(422);
    }
    log_in(&app.browser().at_address("::ffff:198.51.100.7"), ADA, WRONG).await.expect(429);
}

async fn a_forged_forwarded_address_does_not_evade_the_limit(app: TestApp) {
    app.set_up().await;
    for n in 1..=11 {
        let forged = app
            .browser()
            .with("x-forwarded-for", &format!("198.51.100.{n}"))
            .with("forwarded", &format!("for=198.51.100.{n}"));
        let forged = forged.with("x-real-ip", &format!("198.51.100.{n}"));
        log_in(&forged, ADA, WRONG).await.expect(if n <= 10 { 422 } else { 429 });
    }
}

async fn behind_a_configured_proxy_the_forwarded_address_counts(app: TestApp) {
    app.set_up().await;
    let app = app.restarted(|config| config.trusted_proxies = vec!["10.0.0.1".parse().unwrap()]);
    let behind =
        |n: i32| app.browser().at_address("10.0.0.1").with("x-forwarded-for", &format!("1.1.1.{n}, 198.51.100.{n}"));
    for _ in 0..10 {
        log_in(&behind(1), ADA, WRONG).await.expect(422);
    }
    log_in(&behind(1), ADA, WRONG).await.expect(429);
    log_in(&behind(2), ADA, WRONG).await.expect(422);
    // What stands in front of the proxy's own entry is the client's invention.
    let invented = app.browser().at_address("10.0.0.1").with("x-forwarded-for", "8.8.8.8, 198.51.100.1");
    log_in(&invented, ADA, WRONG).await.expect(429);
}

async fn many_accounts_from_one_address_are_slowed_down_too(app: TestApp) {
    app.set_up().await;
    let tries = (0..100).map(|n| {
        let browser = app.browser();
        async move { log_in(&browser, &format!("guess{n}@engines.example"), WRONG).await.status }
    });
    assert!(futures::future::join_all(tries).await.iter().all(|status| *status == 422));
    log_in(&app.browser(), "guess100@engines.example", WRONG).await.expect(429);
    log_in(&app.browser().at_address("198.51.100.7"), ADA, PASSWORD).await.expect(200);
}

async fn somebody_else_cannot_lock_an_account_from_elsewhere(app: TestApp) {
    app.set_up().await;
    let eve = app.browser().at_address("198.51.100.66");
    for _ in 0..30 {
        log_in(&eve, ADA, WRONG).await;
    }
    log_in(&app.browser(), ADA, PASSWORD).await.expect(200);
}

async fn the_way_back_is_followed_on_this_site_alone(app: TestApp) {
    app.set_up().await;
    let wanted = "/o/analytical-engines/users?q=gr%C3%A4ce&sort=-name";
    let asked = app.browser().get(wanted).await;
    let page = app.browser().get(asked.location()).await.expect(200);
    for (next, followed) in [
        (page.value_of("next").as_str(), wanted),
        (wanted, wanted),
        ("/orgs", "/orgs"),
        ("/orgs?q=a b", "/orgs?q=a%20b"),
        ("/orgs\0", "/orgs%00"),
        ("", HOME),
        ("orgs", HOME),
        ("//evil.example", HOME),
        ("/\\evil.example", HOME),
        ("/\t/evil.example", HOME),
        ("https://evil.example/", HOME),
        ("javascript:alert(1)", HOME),
        ("/orgs\r\nSet-Cookie: rollcall=x", HOME),
    ] {
        let form = [("email", ADA), ("password", PASSWORD), ("next", next)];
        let called = app.browser().call("/api/session/login", &form).await.expect(200);
        assert_eq!(called.parsed::<serde_json::Value>()["next"], followed, "{next}");
        let submitted = app.browser().submit("/login", "/api/session/login", &form).await.expect(303);
        assert_eq!(submitted.location(), followed, "{next}");
    }
}

async fn a_deactivated_person_is_told_so_only_with_the_right_password(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    ada.call("/api/people/act", &[("org", ORG), ("id", &grace.id), ("op", "deactivate")]).await.expect(200);
    let browser = app.browser();
    let right = log_in(&browser, &grace.email, PASSWORD).await.expect(409);
    assert!(right.problem().message.contains("deactivated"), "{}", right.body);
    assert_eq!(browser.cookie("rollcall"), None);
    let wrong = log_in(&browser, &grace.email, WRONG).await.expect(422);
    assert_eq!(wrong.body, log_in(&browser, ADA, WRONG).await.body);
    let form = [("email", grace.email.as_str()), ("password", PASSWORD)];
    assert!(
        browser
            .submit("/login", "/api/session/login", &form)
            .await
            .expect(409)
            .says("Your access has been deactivated.")
    );
    // B32: no new verification.
    ada.call("/api/people/act", &[("org", ORG), ("id", &grace.id), ("op", "activate")]).await.expect(200);
    log_in(&browser, &grace.email, PASSWORD).await.expect(200);
}

async fn the_last_login_is_noted(app: TestApp) {
    let ada = app.set_up().await;
    app.pass(3 * model::time::DAY);
    assert!(ada.get(USERS).await.says("3 days ago"));
    let again = app.sign_in(ADA).await;
    assert!(again.get(USERS).await.says("just now"));
}

async fn logins_and_refusals_are_in_the_audit_log_without_secrets(app: TestApp) {
    app.set_up().await;
    app.sign_in(ADA).await;
    log_in(&app.browser(), ADA, WRONG).await.expect(422);
    log_in(&app.browser(), "eve@engines.example", WRONG).await.expect(422);
    let count = async |action: &str| {
        number(app.db(), &format!("SELECT count(*) FROM audit_events WHERE action = '{action}'")).await
    };
    assert_eq!((count("session.created").await, count("session.refused").await), (1, 2));
    let spilled =
        format!("SELECT count(*) FROM audit_events WHERE detail LIKE '%{WRONG}%' OR detail LIKE '%{PASSWORD}%'");
    assert_eq!(number(app.db(), &spilled).await, 0);
}
