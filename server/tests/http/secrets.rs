//! Nothing that opens a door stands in an answer, a log or the database (S1, S27, S58), but for the one answer that
//! yields it.

use model::{Role, people::PeopleQuery};
use serde_json::json;
use service::Mail;

use crate::{
    app::{Broken, TestApp, log},
    cast::{ADA, ORG, PASSWORD, USERS, WRONG, invite, sent, token_of},
    engines::everything,
};

on_both_engines! {
    no_answer_holds_a_token_or_a_password,
    no_log_line_holds_a_token_a_password_or_an_address,
    the_database_holds_no_token_and_no_password,
    no_hash_leaves_the_server,
}

async fn no_answer_holds_a_token_or_a_password(app: TestApp) {
    let ada = app.set_up().await;
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    let first = invite(&ada, "grace@engines.example", Role::Member).await;
    let resent = ada.call("/api/invitations/resend", &[("org", ORG), ("id", &first.id)]).await.expect(200);
    let second = sent(resent.parsed()).pop().unwrap();
    let mut tokens = vec![first.token.clone(), second.token.clone(), ada.session(), admin.browser.session()];
    tokens.extend(app.mails().await.iter().filter_map(Mail::link).map(|link| token_of(link).to_owned()));
    tokens.extend([PASSWORD.to_owned(), WRONG.to_owned()]);
    let profile = format!("{USERS}/{}", first.id);
    let mut bodies = Vec::new();
    for by in [&ada, &admin.browser] {
        for path in [
            "/",
            "/orgs",
            "/login",
            USERS,
            "/o/analytical-engines/users?tab=invitations",
            "/o/analytical-engines/users?q=grace",
            "/o/analytical-engines/users?dialog=invite",
            &profile,
            &format!("{profile}?dialog=edit"),
            &format!("{USERS}?dialog=revoke&id={}", first.id),
        ] {
            bodies.push((path.to_owned(), by.get(path).await.body));
        }
        for (function, form) in [
            ("/api/people/profile", vec![("org", ORG), ("id", first.id.as_str())]),
            ("/api/session/viewer", vec![("org", ORG)]),
            ("/api/orgs/list", vec![]),
            ("/api/session/home", vec![]),
            (
                "/api/people/update",
                vec![("org", ORG), ("id", &first.id), ("first_name", "Grace"), ("email", "grace@engines.example")],
            ),
            ("/api/invitations/send", vec![("org", ORG), ("emails", "grace@engines.example")]),
        ] {
            bodies.push((function.to_owned(), by.call(function, &form).await.expect(200).body));
        }
        let list = json!({ "org": ORG, "query": PeopleQuery::default() });
        bodies.push(("list".to_owned(), by.call_json("/api/people/page", &list).await.expect(200).body));
        let seen = by.call("/api/invitations/view", &[("token", &second.token)]).await.expect(200);
        bodies.push(("view".to_owned(), seen.body));
    }
    let nobody = app.browser();
    let login = [("email", ADA), ("password", WRONG), ("next", USERS)];
    bodies.push(("login".to_owned(), nobody.submit("/login", "/api/session/login", &login).await.expect(422).body));
    let weak = [("token", second.token.as_str()), ("first_name", ""), ("password", PASSWORD)];
    let accept = nobody.call("/api/invitations/accept_new", &weak).await.expect(422);
    bodies.push(("accept".to_owned(), accept.body));
    for (path, body) in bodies {
        for token in &tokens {
            assert!(!body.contains(token.as_str()), "{token} in {path}: {body}");
        }
    }
}

async fn no_log_line_holds_a_token_a_password_or_an_address(app: TestApp) {
    // Addresses of this test alone: the log is that of all tests.
    let mark = format!("m{}", app.db().engine_name());
    let (known, unknown) = (format!("{mark}.known@private.example"), format!("{mark}.unknown@private.example"));
    let ada = app.set_up().await;
    let invited = invite(&ada, &known, Role::Admin).await;
    app.break_mail_server(Broken::Yes);
    app.mails().await;
    app.break_mail_server(Broken::No);
    let browser = app.browser();
    browser.get(&invited.page()).await.expect(200);
    browser.get(&format!("{}?utm=1", invited.page())).await.expect(200);
    browser.get(&format!("/invite//{}", invited.token)).await;
    browser.get(&format!("//invite/{}", invited.token)).await;
    browser.get(&format!("/invite/{}/", invited.token)).await;
    browser.get(&format!("/%69nvite/{}", invited.token)).await;
    browser.get(&format!("/o/x/users?q={known}")).await;
    let secret = format!("{mark} secret password 73");
    let form =
        [("token", invited.token.as_str()), ("first_name", "Grace"), ("last_name", ""), ("password", secret.as_str())];
    browser.submit(&invited.page(), "/api/invitations/accept_new", &form).await.expect(303);
    let session = browser.session();
    for email in [&known, &unknown] {
        for _ in 0..11 {
            let tried = app.browser();
            tried.call("/api/session/login", &[("email", email), ("password", &format!("{secret}!"))]).await;
        }
    }
    app.browser()
        .with("sec-fetch-site", "cross-site")
        .without("origin")
        .submit("/login", "/api/session/login", &form)
        .await
        .expect(403);
    browser.call("/api/people/act", &[("org", ORG), ("id", &invited.token), ("op", "deactivate")]).await;
    app.db().close().await;
    browser.get(USERS).await.expect(503);
    browser.submit(&invited.page(), "/api/invitations/accept_new", &form).await.expect(503);
    let log = log();
    assert!(
        log.contains("login throttled") && log.contains("mail not sent") && log.contains("/invite/…"),
        "the log is kept"
    );
    for secret in [invited.token.as_str(), &session, &secret, &known, &unknown, &mark] {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} in {}", line.unwrap_or_default());
    }
}

async fn the_database_holds_no_token_and_no_password(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let waiting = invite(&ada, "margaret@engines.example", Role::Member).await;
    let all = everything(app.db()).await;
    assert!(all.contains("outbox ") && all.contains("invitations ") && all.contains("credentials "));
    for secret in [&ada.session(), &grace.browser.session(), &waiting.token, PASSWORD, "/invite/"] {
        assert!(!all.contains(secret), "{secret} in\n{all}");
    }
    let sealed = all.lines().filter(|line| line.starts_with("outbox "));
    assert!(sealed.into_iter().all(|line| !line.contains("margaret@")), "a queued mail is sealed");
    assert!(all.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
    // What was sent is not kept either.
    app.mails().await;
    let all = everything(app.db()).await;
    for link in app.mails().await.iter().filter_map(Mail::link) {
        assert!(!all.contains(token_of(link)));
    }
}

async fn no_hash_leaves_the_server(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    for path in [USERS.to_owned(), format!("{USERS}/{}", invited.id), "/orgs".to_owned(), invited.page()] {
        let page = ada.get(&path).await.expect(200);
        for word in ["$argon2", "token_hash", "password_hash", "sealed_body"] {
            assert!(!page.body.contains(word), "{word} in {path}");
        }
    }
}
