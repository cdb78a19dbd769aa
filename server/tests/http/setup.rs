//! `/setup` (B1): the first account owns the first organization, and then the door is closed.

use model::{PersonState, Role, people::Tab};

use crate::{
    app::TestApp,
    cast::{ADA, HOME, ORG, PASSWORD, SET_UP, USERS, changed},
    engines::number,
};

on_both_engines! {
    without_a_script_the_first_account_becomes_the_owner_and_is_signed_in,
    by_its_function_the_first_account_becomes_the_owner_and_is_signed_in,
    on_plain_http_the_session_cookie_is_lax_and_closed_to_scripts,
    on_https_the_session_cookie_is_secure_and_bound_to_the_host,
    each_wrong_entry_is_named_beside_its_field_and_the_others_are_kept,
    everything_that_is_wrong_is_named_at_once,
    each_preset_can_be_chosen,
    a_second_set_up_is_refused_and_leads_to_the_sign_in,
    of_ten_set_ups_at_once_one_wins,
    the_start_leads_to_set_up_then_to_sign_in_then_to_the_people,
}

async fn without_a_script_the_first_account_becomes_the_owner_and_is_signed_in(app: TestApp) {
    let ada = app.browser();
    let page = ada.get("/setup").await.expect(200);
    assert!(page.says("Set up your organization"));
    assert!(page.body.contains("name=\"_fn\" value=\"/api/setup\""), "{}", page.body);

    let answer = ada.submit("/setup", "/api/setup", &SET_UP).await.expect(303);
    assert_eq!(answer.location(), HOME);
    let list = ada.get(USERS).await.expect(200);
    for text in ["Ada Lovelace", ADA, "Owner", "Active", "Welcome to Rollcall."] {
        assert!(list.says(text), "{text}\n{}", list.body);
    }
    assert!(!ada.get(USERS).await.says("Welcome to Rollcall."), "a toast is shown once");
}

async fn by_its_function_the_first_account_becomes_the_owner_and_is_signed_in(app: TestApp) {
    let ada = app.browser();
    let answer = ada.call("/api/setup", &SET_UP).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    let reply: serde_json::Value = answer.parsed();
    assert_eq!(
        reply,
        serde_json::json!({ "toast": "Welcome to Rollcall.", "next": HOME, "fresh": true, "data": null })
    );
    let rows = ada.rows(ORG, Tab::Standard).await;
    let [owner] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((owner.target.role, owner.target.state), (Role::Owner, PersonState::Active));
    assert!(owner.last_login_at.is_some());
}

async fn on_plain_http_the_session_cookie_is_lax_and_closed_to_scripts(app: TestApp) {
    let answer = app.browser().submit("/setup", "/api/setup", &SET_UP).await;
    for cookie in answer.set_cookies() {
        let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
        assert!(
            attributes.contains(&"HttpOnly") && attributes.contains(&"SameSite=Lax") && attributes.contains(&"Path=/")
        );
        assert!(!attributes.contains(&"Secure") && !cookie.contains("Domain"), "{cookie}");
    }
    let session = answer.set_cookies().into_iter().find(|c| c.starts_with("rollcall=")).expect("a session");
    // 256 bits in base64 (S1).
    assert_eq!(session["rollcall=".len()..].split(';').next().unwrap().len(), 43);
    assert_eq!(answer.header("strict-transport-security"), "");
}

async fn on_https_the_session_cookie_is_secure_and_bound_to_the_host(app: TestApp) {
    let app = app.restarted(|config| config.public_url = Some("https://people.example.com".to_owned()));
    let ada = app.browser();
    let answer = ada.submit("/setup", "/api/setup", &SET_UP).await.expect(303);
    assert!(answer.set_cookies().iter().any(|c| c.starts_with("__Host-rollcall=")), "{:?}", answer.headers);
    for cookie in answer.set_cookies() {
        let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
        assert!(
            attributes.contains(&"Secure") && attributes.contains(&"HttpOnly") && attributes.contains(&"Path=/"),
            "{cookie}"
        );
    }
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000; includeSubDomains");
    ada.get(USERS).await.expect(200);
    // A cookie that a sibling host could have set is not read.
    let other = app.browser();
    other.set_cookie("rollcall", &ada.cookie("__Host-rollcall").unwrap());
    assert_eq!(other.get(USERS).await.location(), "/login?next=%2Fo%2Fanalytical-engines%2Fusers");
}

async fn each_wrong_entry_is_named_beside_its_field_and_the_others_are_kept(app: TestApp) {
    let (long, huge) = ("x".repeat(101), "x".repeat(5_000));
    for (field, value) in [
        ("org_name", ""),
        ("org_name", " \t "),
        ("org_name", &huge),
        ("org_name", "Analytical\0Engines"),
        ("first_name", ""),
        ("first_name", &long),
        ("first_name", "Ada\u{202e}"),
        ("last_name", &long),
        ("email", ""),
        ("email", "ada"),
        ("email", "ada@engines.example\r\nBcc: eve@evil.example"),
        ("password", ""),
        ("password", "fourteen chars"),
        ("password", "passwordpassword"),
        ("password", "analyticalengines"),
        ("password", "adalovelaceada"),
        ("password", &huge),
        ("preset", ""),
        ("preset", "everything"),
    ] {
        let form = changed(&SET_UP, field, value);
        let called = app.browser().call("/api/setup", &form).await.expect(422);
        assert_eq!(called.wrong_fields(), [field], "{value}");
        let message = called.problem().of_field(field).unwrap();

        let browser = app.browser();
        let page = browser.submit("/setup", "/api/setup", &form).await.expect(422);
        if field == "preset" {
            assert!(page.says(&message));
        } else {
            assert!(page.beside(field).contains(&message), "{field}: {message}\n{}", page.body);
        }
        for (kept, entered) in SET_UP.into_iter().take(4).filter(|(name, _)| *name != field) {
            assert_eq!(page.value_of(kept), entered);
        }
        assert!(!page.body.contains(PASSWORD) && page.value_of("password").is_empty());
        assert_eq!(browser.cookie("rollcall"), None);
    }
    assert_eq!(number(app.db(), "SELECT count(*) FROM organizations").await, 0);
    assert_eq!(number(app.db(), "SELECT count(*) FROM users").await, 0);
}

async fn everything_that_is_wrong_is_named_at_once(app: TestApp) {
    let answer = app.browser().call("/api/setup", &[]).await.expect(422);
    assert_eq!(answer.wrong_fields(), ["org_name", "first_name", "email", "preset", "password"]);
}

async fn each_preset_can_be_chosen(app: TestApp) {
    let page = app.browser().get("/setup").await;
    for preset in model::Preset::ALL {
        assert!(page.body.contains(&format!("value=\"{}\"", preset.code())) && page.says(preset.label()));
    }
    let ada = app.set_up_as("requests_and_expiry").await;
    let viewer: model::people::Viewer = ada.call("/api/session/viewer", &[("org", ORG)]).await.parsed();
    assert_eq!(viewer.org.policies, model::Preset::RequestsAndExpiry.policies());
}

async fn a_second_set_up_is_refused_and_leads_to_the_sign_in(app: TestApp) {
    app.set_up().await;
    let eve = app.browser();
    let form = changed(&SET_UP, "email", "eve@evil.example");
    let problem = eve.call("/api/setup", &form).await.expect(410).problem();
    assert_eq!(problem.message, "Rollcall is already set up. Sign in instead.");
    assert_eq!(eve.get("/setup").await.location(), "/login");
    assert_eq!(eve.submit("/setup", "/api/setup", &form).await.location(), "/login");
    assert_eq!(eve.cookie("rollcall"), None);
    assert_eq!(number(app.db(), "SELECT count(*) FROM users").await, 1);
}

async fn of_ten_set_ups_at_once_one_wins(app: TestApp) {
    let addresses: Vec<String> = (0..10).map(|n| format!("ada{n}@engines.example")).collect();
    let tries = addresses.iter().map(|address| {
        let browser = app.browser();
        async move { browser.call("/api/setup", &changed(&SET_UP, "email", address)).await.status }
    });
    let mut statuses = futures::future::join_all(tries).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 410, 410, 410, 410, 410, 410, 410, 410, 410]);
    for table in ["organizations", "users", "memberships", "sessions", "credentials"] {
        assert_eq!(number(app.db(), &format!("SELECT count(*) FROM {table}")).await, 1, "{table}");
    }
}

async fn the_start_leads_to_set_up_then_to_sign_in_then_to_the_people(app: TestApp) {
    let ada = app.browser();
    assert_eq!(ada.get("/").await.location(), "/setup");
    ada.call("/api/setup", &SET_UP).await.expect(200);
    assert_eq!(app.browser().get("/").await.location(), "/login");
    assert_eq!(ada.get("/").await.location(), HOME);
    assert_eq!(ada.get(HOME).await.location(), USERS);
}
