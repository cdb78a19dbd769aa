//! Input that no browser of ours sends: wrong types, mangled encodings, missing and doubled fields. It gets the right
//! status and changes nothing.

use axum::http::Method;
use serde_json::json;

use crate::{
    app::TestApp,
    browser::FORM,
    cast::{ORG, PASSWORD, USERS},
    engines::everything,
};

on_both_engines! {
    mangled_json_is_refused_with_a_sentence,
    mangled_forms_are_refused_with_a_sentence,
    functions_without_their_fields_say_so,
    unknown_choices_are_refused,
    text_that_a_database_cannot_hold_is_refused_beside_its_field,
    privileged_fields_are_not_read,
    wild_cookies_and_headers_do_not_matter,
}

const INCOMPLETE: &str = "This form was not complete. Reload the page and try again.";

async fn mangled_json_is_refused_with_a_sentence(app: TestApp) {
    let ada = app.set_up().await;
    for body in [
        "",
        "{",
        "null",
        "[]",
        "{\"org\":5}",
        "{\"org\":\"analytical-engines\"}",
        "{\"org\":\"analytical-engines\",\"query\":{}}",
        "{\"org\":\"analytical-engines\",\"query\":{\"tab\":\"all\",\"q\":\"\",\"sort\":\"name_asc\",\"from\":\"start\",\"page\":1}}",
        "{\"org\":\"analytical-engines\",\"query\":{\"tab\":\"standard\",\"q\":\"\",\"sort\":\"name_asc\",\"from\":\"start\",\"page\":-1}}",
        "{\"org\":\"\u{0}\",\"query\":null}",
    ] {
        let answer =
            ada.send(Method::POST, "/api/people/page", Some("application/json"), body.to_owned()).await.expect(422);
        assert_eq!(answer.problem().message, INCOMPLETE, "{body}");
    }
}

async fn mangled_forms_are_refused_with_a_sentence(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    for body in ["%", "org=%zz", "org=%ff%fe", "=&=&=", "org[]=x", "org[a][b]=x", "org=a&org=b", "&&&", "\u{0}"] {
        for function in ["/api/people/act", "/api/people/profile", "/api/invitations/send", "/api/people/update"] {
            let answer = ada.send(Method::POST, function, Some(FORM), body.to_owned()).await;
            assert!(matches!(answer.status, 404 | 422), "{function} {body}: {} {}", answer.status, answer.body);
            answer.problem();
            let page = ada.send(Method::POST, USERS, Some(FORM), format!("_fn={function}&{body}")).await;
            assert!(matches!(page.status, 404 | 422), "{function} {body}: {}", page.status);
        }
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn functions_without_their_fields_say_so(app: TestApp) {
    let ada = app.set_up().await;
    for (function, status) in [
        ("/api/people/act", 422),
        ("/api/people/profile", 422),
        ("/api/people/update", 404),
        ("/api/invitations/send", 422),
        ("/api/invitations/send_one", 422),
        ("/api/invitations/resend", 404),
        ("/api/invitations/revoke", 404),
        ("/api/invitations/view", 422),
        ("/api/invitations/accept_new", 404),
        ("/api/invitations/accept_existing", 404),
        ("/api/invitations/accept_signed_in", 404),
        ("/api/session/viewer", 422),
        ("/api/session/login", 422),
        ("/api/appearance/theme", 422),
        ("/api/passwords/forgot", 422),
        ("/api/passwords/link", 422),
        ("/api/passwords/reset", 404),
        ("/api/account/rename", 422),
        ("/api/account/password", 422),
        ("/api/account/email", 422),
        ("/api/account/end_session", 404),
        ("/api/account/email_link", 422),
        ("/api/account/answer_email_link", 404),
        ("/api/requests/door", 404),
        ("/api/requests/ask", 404),
        ("/api/requests/ask_again", 404),
        ("/api/requests/list", 404),
        ("/api/requests/approve", 404),
        ("/api/requests/dismiss", 404),
    ] {
        let answer = ada.call(function, &[]).await;
        assert_eq!(answer.status, status, "{function}: {}", answer.body);
        assert!(!answer.problem().message.is_empty());
    }
}

async fn unknown_choices_are_refused(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    for op in ["", "delete", "Deactivate", "assign_owner"] {
        let form = [("org", ORG), ("id", "mem_1"), ("op", op)];
        assert_eq!(ada.call("/api/people/act", &form).await.expect(422).problem().message, INCOMPLETE);
        ada.submit(USERS, "/api/people/act", &form).await.expect(422);
    }
    for role in ["superuser", "ADMIN", "admin ", "1"] {
        let form = [("org", ORG), ("emails", "grace@engines.example"), ("role", role)];
        let answer = ada.call("/api/invitations/send", &form).await.expect(422);
        assert_eq!(answer.wrong_fields(), ["role"], "{role}");
    }
    ada.call("/api/appearance/theme", &[("theme", "pink")]).await.expect(422);
    assert_eq!(everything(app.db()).await, before);
}

async fn text_that_a_database_cannot_hold_is_refused_beside_its_field(app: TestApp) {
    let ada = app.set_up().await;
    for (field, value) in [("first_name", "Gr\0ce"), ("last_name", "Hop\u{7}per"), ("email", "grace\0@engines.example")]
    {
        let form = crate::cast::changed(
            &[("org", ORG), ("first_name", "Grace"), ("last_name", "Hopper"), ("email", "grace@engines.example")],
            field,
            value,
        );
        let answer = ada.call("/api/invitations/send_one", &form).await.expect(422);
        assert_eq!(answer.wrong_fields(), [field]);
    }
    for (org, status) in [("a\0b", 404), ("../..", 404), ("", 404), (&"x".repeat(10_000), 404)] {
        ada.call("/api/session/viewer", &[("org", org)]).await.expect(status);
        ada.call_json("/api/people/page", &json!({ "org": org, "query": model::people::PeopleQuery::default() }))
            .await
            .expect(status);
    }
    ada.get("/o/a%00b/users").await.expect(404);
    ada.get("/o/%FF/users").await.expect(404);
    ada.get("/o/analytical-engines/users/%00").await.expect(404);
    ada.get("/invite/%00").await.expect(404);
    // In a password every character counts, and none does harm.
    let form = [("email", crate::cast::ADA), ("password", "\0\u{202e}'; DROP TABLE users; --")];
    app.browser().call("/api/session/login", &form).await.expect(422);
}

async fn privileged_fields_are_not_read(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", model::Role::Member).await;
    let form = [
        ("org", ORG),
        ("id", grace.id.as_str()),
        ("first_name", "Grace"),
        ("last_name", "Hopper"),
        ("email", grace.email.as_str()),
        ("role", "owner"),
        ("status", "deactivated"),
        ("org_id", "org_00000000000000000000000000000000"),
        ("user_id", "usr_00000000000000000000000000000000"),
    ];
    ada.call("/api/people/update", &form).await.expect(200);
    let target = ada.profile(ORG, &grace.id).await.row.target;
    assert_eq!((target.role, target.state), (model::Role::Member, model::PersonState::Active));
    // Nor on the way in.
    let invited = crate::cast::invite(&ada, "eve@engines.example", model::Role::Viewer).await;
    let form = [
        ("token", invited.token.as_str()),
        ("first_name", "Eve"),
        ("last_name", ""),
        ("password", PASSWORD),
        ("email", "ceo@engines.example"),
        ("role", "owner"),
        ("admin", "on"),
    ];
    app.browser().call("/api/invitations/accept_new", &form).await.expect(200);
    let row = ada.profile(ORG, &invited.id).await.row;
    assert_eq!((row.target.role, row.email.as_str()), (model::Role::Viewer, "eve@engines.example"));
}

async fn wild_cookies_and_headers_do_not_matter(app: TestApp) {
    let ada = app.set_up().await;
    for (name, value) in [
        ("theme", "\"><script>"),
        ("theme", "dark"),
        ("flash", "%%%"),
        ("flash", "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg"),
        ("flash", &"A".repeat(3_000)),
        ("rollcall2", "x"),
        ("__Host-rollcall", "x"),
    ] {
        let browser = ada.fork();
        browser.set_cookie(name, value);
        let page = browser.get(USERS).await.expect(200);
        assert!(!page.body.contains("<script>"), "{}", page.body);
    }
    for (name, value) in [
        ("accept", "*/*, text/html;q=abc"),
        ("accept-encoding", "br;q=x, *"),
        ("user-agent", "<script>alert(1)</script>"),
        ("x-forwarded-for", "not an address, ::1, ' OR 1=1"),
        ("referer", "https://evil.example/"),
        ("islands-router", "true"),
        ("range", "bytes=0-1"),
    ] {
        ada.with(name, value).get(USERS).await.expect(200);
        ada.with(name, value).call("/api/orgs/list", &[]).await.expect(200);
    }
}
