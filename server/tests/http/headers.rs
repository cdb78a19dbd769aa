//! Headers that protect what is answered (S60, S61), and what may be kept by whom.

use axum::http::Method;

use crate::{
    answer::Answer,
    app::{TestApp, log},
    cast::{ADA, ORG, SET_UP, USERS, WRONG},
};

on_both_engines! {
    every_answer_is_protected,
    a_page_runs_the_scripts_of_its_nonce_alone,
    no_nonce_is_used_twice,
    a_form_that_comes_back_is_as_protected_as_a_page,
    nothing_private_is_kept_by_a_cache,
    files_of_a_build_are_kept_for_a_year,
    a_page_names_the_files_of_its_part_and_of_no_other,
    files_of_a_build_for_debugging_are_asked_for_anew,
    a_file_that_has_not_changed_is_still_kept,
    files_outside_of_the_site_are_not_served,
    every_answer_has_a_request_id_of_our_own,
    https_is_remembered_for_a_year,
    the_health_of_the_process_and_of_the_database_is_told,
    what_is_not_there_says_so,
    a_head_request_has_the_headers_of_the_page,
}

fn assert_protected(answer: &Answer) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    for power in ["camera", "geolocation", "microphone", "payment", "usb"] {
        assert!(answer.header("permissions-policy").contains(&format!("{power}=()")));
    }
    let policy = answer.header("content-security-policy");
    for rule in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
        assert!(policy.split("; ").any(|found| found == rule), "{rule} in {policy}");
    }
    for hole in ["'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "http:", "data:"] {
        assert!(!policy.contains(hole), "{hole} in {policy}");
    }
    assert_eq!(answer.header("x-powered-by"), "");
    assert_eq!(answer.header("server"), "");
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1);
    assert_eq!(answer.headers.get_all("cache-control").iter().count(), 1);
}

async fn every_answer_is_protected(app: TestApp) {
    let ada = app.set_up().await;
    for path in [
        "/",
        "/setup",
        "/login",
        "/orgs",
        "/invite/nothing",
        "/forgot",
        "/reset/nothing",
        "/email/nothing",
        "/account",
        crate::requests::DOOR,
        crate::requests::ASK,
        USERS,
        "/o/analytical-engines/users?dialog=invite",
        "/o/analytical-engines/users/mem_1",
        "/o/analytical-engines/settings/mail",
        "/o/analytical-engines/settings/mail/logo",
        "/o/nowhere/users",
        "/no/such/page",
        "/dev/gallery",
        "/dev/gallery.css",
        "/api/orgs/list",
        "/pkg/zx81/rollcall.js",
        "/pkg/zx81/missing.js",
        "/icons.svg",
        "/robots.txt",
        "/healthz",
        "/readyz",
    ] {
        assert_protected(&ada.get(path).await);
    }
    assert_protected(&ada.call("/api/orgs/list", &[]).await.expect(200));
    assert_protected(&ada.call("/api/session/viewer", &[("org", "nowhere")]).await.expect(404));
    assert_protected(&ada.call("/api/setup", &SET_UP).await.expect(410));
    assert_protected(
        &ada.with("sec-fetch-site", "cross-site").without("origin").call("/api/orgs/list", &[]).await.expect(403),
    );
    assert_protected(&ada.send(Method::POST, USERS, Some("text/plain"), String::new()).await.expect(415));
    assert_protected(&ada.send(Method::DELETE, USERS, None, String::new()).await.expect(405));
    assert_protected(&ada.submit(USERS, "/api/appearance/theme", &[("theme", "dark")]).await.expect(303));
}

async fn a_page_runs_the_scripts_of_its_nonce_alone(app: TestApp) {
    let ada = app.set_up().await;
    for path in [
        "/login",
        USERS,
        "/orgs",
        "/invite/nothing",
        "/forgot",
        "/reset/nothing",
        "/account",
        crate::requests::DOOR,
        crate::requests::ASK,
        "/no/such/page",
        "/dev/gallery",
    ] {
        let page = ada.get(path).await;
        let nonce = page.nonce();
        assert!(nonce.len() >= 22, "{nonce}");
        let policy = page.header("content-security-policy");
        let scripts = policy.split("; ").find(|rule| rule.starts_with("script-src ")).unwrap();
        assert_eq!(scripts, format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"));
        assert!(policy.contains("object-src 'none'") && policy.contains("style-src 'self';"), "{policy}");
        let mut count = 0;
        for tag in page.body.split("<script").skip(1) {
            let tag = tag.split('>').next().unwrap();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{tag}");
            count += 1;
        }
        assert!(count >= 1, "{}", page.body);
        for inline in [" onclick=", " onload=", " onerror=", "javascript:", " style=\"", "<style"] {
            assert!(!page.body.contains(inline), "{inline} in {}", page.body);
        }
    }
}

async fn no_nonce_is_used_twice(app: TestApp) {
    let mut seen = std::collections::HashSet::new();
    for _ in 0..20 {
        assert!(seen.insert(app.browser().get("/login").await.nonce().to_owned()));
    }
}

async fn a_form_that_comes_back_is_as_protected_as_a_page(app: TestApp) {
    app.set_up().await;
    let form = [("email", ADA), ("password", WRONG)];
    let page = app.browser().submit("/login", "/api/session/login", &form).await.expect(422);
    assert_protected(&page);
    assert!(page.body.contains(&format!("nonce=\"{}\"", page.nonce())));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
}

async fn nothing_private_is_kept_by_a_cache(app: TestApp) {
    let ada = app.set_up().await;
    for path in [
        "/",
        "/login",
        "/orgs",
        "/invite/nothing",
        "/account",
        crate::requests::DOOR,
        crate::requests::ASK,
        "/reset/nothing",
        "/email/nothing",
        USERS,
        "/no/such/page",
        "/readyz",
    ] {
        assert_eq!(ada.get(path).await.header("cache-control"), "no-store", "{path}");
    }
    for (function, pairs) in [("/api/orgs/list", vec![]), ("/api/session/viewer", vec![("org", ORG)])] {
        assert_eq!(ada.call(function, &pairs).await.expect(200).header("cache-control"), "no-store");
    }
}

async fn files_of_a_build_are_kept_for_a_year(app: TestApp) {
    let browser = app.browser();
    let page = browser.get("/login").await;
    for (file, kind) in [("css", "text/css"), ("js", "text/javascript"), ("wasm", "application/wasm")] {
        let path = format!("/pkg/zx81/rollcall.{file}");
        assert!(page.body.contains(&path));
        let answer = browser.get(&path).await.expect(200);
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(answer.header("content-type").starts_with(kind), "{}", answer.header("content-type"));
    }
    assert_eq!(browser.get("/icons.svg").await.expect(200).header("cache-control"), "public, max-age=86400");
    // What is not there today may be there after an update.
    assert_eq!(browser.get("/pkg/zx82/rollcall.js").await.expect(404).header("cache-control"), "no-store");
}

async fn a_page_names_the_files_of_its_part_and_of_no_other(app: TestApp) {
    let ada = app.set_up().await;
    let names = async |path: &str| {
        let page = ada.get(path).await.expect(200).body;
        ["rollcall.wasm", "__wasm_split.js", "split_organization.wasm"]
            .map(|file| page.contains(&format!("href=\"/pkg/zx81/{file}\"")))
    };
    assert_eq!(names("/o/analytical-engines/settings/general?q=/o/x/users").await, [true, true, true]);
    assert_eq!(names("/o/analytical-engines/users?q=/settings/").await, [true, true, false]);
    // Outside of the console nothing is fetched before the page is read.
    assert_eq!(names("/account").await, [false, false, false]);
}

async fn files_of_a_build_for_debugging_are_asked_for_anew(app: TestApp) {
    let app = app.restarted(|config| {
        let site = config.site_root();
        std::fs::remove_file(site.join("build")).unwrap();
        for file in std::fs::read_dir(site.join("pkg/zx81")).unwrap() {
            let file = file.unwrap();
            std::fs::rename(file.path(), site.join("pkg").join(file.file_name())).unwrap();
        }
    });
    let browser = app.browser();
    assert!(browser.get("/login").await.body.contains("/pkg/rollcall.js"));
    assert_eq!(browser.get("/pkg/rollcall.js").await.expect(200).header("cache-control"), "no-cache");
}

async fn a_file_that_has_not_changed_is_still_kept(app: TestApp) {
    let browser = app.browser();
    for (path, kept) in
        [("/icons.svg", "public, max-age=86400"), ("/pkg/zx81/rollcall.js", "public, max-age=31536000, immutable")]
    {
        let known = browser.get(path).await.expect(200).header("last-modified").to_owned();
        let same = browser.with("if-modified-since", &known).get(path).await.expect(304);
        assert_eq!(same.header("cache-control"), kept, "{path}");
    }
}

async fn files_outside_of_the_site_are_not_served(app: TestApp) {
    let browser = app.browser();
    for path in [
        "/pkg/../rollcall.db",
        "/pkg/..%2f..%2frollcall.db",
        "/pkg/%2e%2e/%2e%2e/rollcall.db",
        "/pkg/..%5c..%5crollcall.db",
        "/fonts/../../secret.key",
        "/pkg//etc/passwd",
        "/pkg/%00",
        "/pkg/",
        "/pkg",
    ] {
        let answer = browser.get(path).await;
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
    }
}

async fn every_answer_has_a_request_id_of_our_own(app: TestApp) {
    let ada = app.set_up().await;
    let mut seen = std::collections::HashSet::new();
    for forged in ["forged-request-id-1", "x\" level=ERROR"] {
        for path in ["/login", USERS, "/pkg/zx81/rollcall.js", "/no/such/page", "/api/orgs/list"] {
            let answer = ada.with("x-request-id", forged).get(path).await;
            let id = answer.header("x-request-id").to_owned();
            assert!(id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{path}: {id}");
            assert!(seen.insert(id));
        }
        assert!(!log().contains(forged));
    }
}

async fn https_is_remembered_for_a_year(app: TestApp) {
    assert_eq!(app.browser().get("/login").await.header("strict-transport-security"), "");
    let app = app.restarted(|config| config.public_url = Some("https://people.example.com".to_owned()));
    for path in ["/login", "/pkg/zx81/rollcall.js", "/no/such/page", "/healthz"] {
        let answer = app.browser().get(path).await;
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000; includeSubDomains", "{path}");
    }
}

async fn the_health_of_the_process_and_of_the_database_is_told(app: TestApp) {
    let browser = app.browser();
    assert_eq!(browser.get("/healthz").await.expect(200).body, "ok\n");
    assert_eq!(browser.get("/readyz").await.expect(200).body, "ready\n");
    app.db().close().await;
    assert_eq!(browser.get("/healthz").await.expect(200).body, "ok\n");
    assert_eq!(browser.get("/readyz").await.expect(503).body, "the database does not answer\n");
    // S61: what the driver says stays in the log.
    for path in ["/", "/setup"] {
        let page = browser.get(path).await.expect(503);
        assert!(page.says("The database is not available right now. Nothing was changed; try again in a moment."));
    }
    let problem = browser.call("/api/setup", &SET_UP).await.expect(503).problem();
    assert!(!problem.message.to_lowercase().contains("pool"));
    let page = browser.submit("/login", "/api/session/login", &[("email", ADA), ("password", WRONG)]).await.expect(503);
    assert_eq!(page.value_of("email"), ADA);
}

async fn what_is_not_there_says_so(app: TestApp) {
    let ada = app.set_up().await;
    for path in [
        "/no/such/page",
        "/login/x",
        "/o",
        "/o/analytical-engines/nothing",
        "/wp-admin.php",
        "/.env",
        "/o/analytical-engines/users/a/b",
    ] {
        let page = ada.get(path).await.expect(404);
        assert!(page.says("Page not found") && page.body.contains("<html"), "{path}: {}", page.body);
    }
    for path in ["/no/such/page", "/.git/config"] {
        app.browser().get(path).await.expect(404);
    }
}

async fn a_head_request_has_the_headers_of_the_page(app: TestApp) {
    let ada = app.set_up().await;
    for path in ["/login", USERS, "/pkg/zx81/rollcall.js", "/no/such/page"] {
        let head = ada.send(Method::HEAD, path, None, String::new()).await;
        assert_eq!(head.status, ada.get(path).await.status, "{path}");
        assert_protected(&head);
    }
}
