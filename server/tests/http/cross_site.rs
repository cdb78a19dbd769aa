//! Requests that another site causes (S11–S14): refused before anything is read, on server functions and forms alike.

use axum::http::Method;

use crate::{
    app::{PUBLIC_URL, TestApp},
    browser::{Browser, FORM},
    cast::{ADA, ORG, PASSWORD, SET_UP, USERS},
    engines::everything,
};

on_both_engines! {
    what_another_site_sends_is_refused,
    what_this_site_sends_is_answered,
    a_client_that_says_nothing_of_sites_is_answered,
    no_server_function_answers_a_get,
    bodies_that_a_foreign_page_can_send_unasked_change_nothing,
    only_forms_are_read_on_pages,
    a_form_names_a_function_of_ours,
    no_redirect_leaves_the_site,
}

/// Every path under `/api`.
fn functions() -> Vec<&'static str> {
    let mut paths: Vec<_> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    paths.sort_unstable();
    assert!(paths.len() >= 15 && paths.iter().all(|path| path.starts_with("/api/")), "{paths:?}");
    paths
}

/// The same browser, led by another site.
fn lured(browser: &Browser) -> Vec<Browser> {
    let by = |site: &str| browser.with("sec-fetch-site", site);
    vec![
        by("cross-site").with("origin", "https://evil.example"),
        by("cross-site").without("origin"),
        by("cross-site").with("origin", "null"),
        by("same-site").with("origin", "http://other.example.com"),
        by("same-site").without("origin"),
        browser.without("sec-fetch-site").with("origin", "https://evil.example"),
        browser.without("sec-fetch-site").with("origin", "http://people.example.com.evil.example"),
        browser.without("sec-fetch-site").with("origin", "http://evil.example/people.example.com"),
        browser.without("sec-fetch-site").with("origin", "http://people.example.com:8080"),
        browser.without("sec-fetch-site").with("origin", "null"),
    ]
}

async fn what_another_site_sends_is_refused(app: TestApp) {
    let nobody = app.browser();
    for lured in lured(&nobody) {
        lured.call("/api/setup", &SET_UP).await.expect(403);
        lured.submit("/setup", "/api/setup", &SET_UP).await.expect(403);
    }
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    for lured in lured(&ada) {
        for function in functions() {
            let refused = lured.call(function, &[("org", ORG), ("emails", "eve@evil.example")]).await.expect(403);
            assert!(refused.says("This request came from another site and was refused. Nothing was changed."));
            assert_eq!(refused.set_cookies(), Vec::<&str>::new());
        }
        for (page, function) in
            [(USERS, "/api/invitations/send"), ("/login", "/api/session/login"), ("/orgs", "/api/session/logout")]
        {
            let form = [("org", ORG), ("emails", "eve@evil.example"), ("email", ADA), ("password", PASSWORD)];
            let refused = lured.submit(page, function, &form).await.expect(403);
            assert_eq!(refused.set_cookies(), Vec::<&str>::new());
        }
    }
    assert_eq!(everything(app.db()).await, before);
    ada.get(USERS).await.expect(200);
}

async fn what_this_site_sends_is_answered(app: TestApp) {
    let ada = app.set_up().await;
    for ours in [
        ada.clone(),
        ada.without("origin"),
        ada.without("sec-fetch-site"),
        ada.with("sec-fetch-site", "none").without("origin"),
        // Behind a proxy that passes on another host, the configured origin is still ours.
        ada.without("sec-fetch-site").with("host", "10.0.0.7:3000"),
    ] {
        ours.call("/api/appearance/theme", &[("theme", "dark")]).await.expect(200);
        ours.submit(USERS, "/api/appearance/theme", &[("theme", "dark")]).await.expect(303);
    }
    // A link on another site may be followed: reading changes nothing.
    ada.with("sec-fetch-site", "cross-site").without("origin").get(USERS).await.expect(200);
}

async fn a_client_that_says_nothing_of_sites_is_answered(app: TestApp) {
    let ada = app.set_up().await.without("origin").without("sec-fetch-site");
    ada.call("/api/orgs/list", &[]).await.expect(200);
    ada.submit(USERS, "/api/session/logout", &[]).await.expect(303);
}

async fn no_server_function_answers_a_get(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    for function in functions() {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::PATCH, Method::DELETE] {
            let path = format!("{function}?org={ORG}&emails=eve%40evil.example&theme=dark");
            let answer = ada.send(method.clone(), &path, None, String::new()).await.expect(405);
            assert_eq!(answer.header("allow"), "POST", "{method}");
        }
        // Nor does a POST read the query in the body's place.
        let answer = ada.call(&format!("{function}?org={ORG}&emails=eve%40evil.example"), &[]).await;
        assert!(answer.status < 500, "{function}: {}", answer.body);
        if function == "/api/session/logout" {
            ada.call("/api/session/login", &[("email", ADA), ("password", PASSWORD)]).await.expect(200);
        }
    }
    assert!(!everything(app.db()).await.contains("evil.example"), "{before}");
    assert_eq!(app.mails().await, []);
    app.browser().call("/api/no/such/function", &[]).await.expect(404).problem();
    app.browser().get("/api/").await.expect(404);
}

async fn bodies_that_a_foreign_page_can_send_unasked_change_nothing(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    let form = format!("org={ORG}&emails=eve%40evil.example");
    let boundary = "multipart/form-data; boundary=x";
    let multipart = format!("--x\r\nContent-Disposition: form-data; name=\"org\"\r\n\r\n{ORG}\r\n--x--\r\n");
    for (kind, body) in [
        ("text/plain", form.as_str()),
        ("text/plain;charset=UTF-8", form.as_str()),
        ("TEXT/PLAIN", "{\"org\":\"analytical-engines\"}"),
        (boundary, &multipart),
        ("application/xml", "<org/>"),
        ("application/octet-stream", form.as_str()),
    ] {
        for function in functions() {
            let answer = ada.send(Method::POST, function, Some(kind), body.to_owned()).await.expect(415);
            assert_eq!(answer.problem_text(), "Only forms and JSON are read here.");
        }
        ada.send(Method::POST, USERS, Some(kind), body.to_owned()).await.expect(415);
    }
    assert_eq!(everything(app.db()).await, before);
    let spelled = "application/X-WWW-Form-URLencoded; charset=utf-8";
    ada.send(Method::POST, "/api/orgs/list", Some(spelled), String::new()).await.expect(200);
}

async fn only_forms_are_read_on_pages(app: TestApp) {
    let ada = app.set_up().await;
    ada.send(Method::POST, USERS, Some("application/json"), "{}".to_owned()).await.expect(415);
    ada.send(Method::POST, USERS, None, String::new()).await.expect(415);
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        ada.send(method, USERS, Some(FORM), String::new()).await.expect(405);
    }
}

async fn a_form_names_a_function_of_ours(app: TestApp) {
    let ada = app.set_up().await;
    for function in [
        "",
        "/",
        "api/setup",
        "/api",
        "/pkg/rollcall.js",
        "https://evil.example/api/setup",
        "/api/ setup",
        "//api/setup",
    ] {
        ada.submit(USERS, function, &[]).await.expect(400);
    }
    for function in ["/api/", "/api/nothing", "/api/../setup", "/api/setup/", "/api/setup?x=1#y"] {
        let answer = ada.submit(USERS, function, &[]).await;
        assert!(matches!(answer.status, 404 | 410), "{function}: {}", answer.status);
    }
    let plain = ada.send(Method::POST, USERS, Some(FORM), "org=x".to_owned()).await.expect(400);
    assert!(plain.says("Go back, reload the page and try again."));
    // A function that no form belongs to does no harm.
    assert!(ada.submit(USERS, "/api/orgs/list", &[]).await.status < 400);
    ada.submit(USERS, "/api/people/page", &[("org", ORG)]).await.expect(422);
}

async fn no_redirect_leaves_the_site(app: TestApp) {
    let ada = app.set_up().await;
    for page in ["//evil.example/", "//evil.example/o/x", "/\\evil.example", "/%5Cevil.example", "/%2F%2Fevil.example"]
    {
        let answer = ada.submit(page, "/api/appearance/theme", &[("theme", "dark")]).await;
        assert!(answer.status == 303, "{}", answer.status);
        let to = answer.location();
        assert!(to.starts_with('/') && !to.starts_with("//") && !to.contains('\\'), "{page}: {to}");
        for lost in [ada.get(page).await, app.browser().get(page).await] {
            assert_eq!(lost.status, 404, "{page}: {:?}", lost.headers);
        }
    }
    let path = format!("{PUBLIC_URL}{USERS}");
    ada.get(&path).await.expect(200);
}
