//! How much of everything is taken, and what happens beyond.

use axum::http::Method;

use crate::{
    app::TestApp,
    browser::FORM,
    cast::{ORG, SET_UP, USERS, WRONG, changed},
    engines::everything,
};

on_both_engines! {
    a_body_over_a_mebibyte_is_refused_with_a_sentence,
    a_flood_of_logins_is_turned_away_while_others_work,
    fields_have_an_end,
}

async fn a_body_over_a_mebibyte_is_refused_with_a_sentence(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    let why = "That is more than fits in one go. Send it in smaller parts.";
    let body = format!("org={ORG}&emails=eve%40evil.example,{}", "x".repeat(1 << 20));
    let answer = ada.send(Method::POST, "/api/invitations/send", Some(FORM), body.clone()).await.expect(413);
    assert_eq!(answer.problem_text(), why);
    let page = ada.send(Method::POST, USERS, Some(FORM), format!("_fn=/api/invitations/send&{body}")).await.expect(413);
    assert!(page.says(why));
    let json = format!("{{\"org\":\"{}\"}}", "x".repeat(1 << 20));
    ada.send(Method::POST, "/api/people/page", Some("application/json"), json).await.expect(413);
    app.browser().send(Method::POST, "/login", Some(FORM), format!("_fn=/api/session/login&{body}")).await.expect(413);
    assert_eq!(everything(app.db()).await, before);
    // A mebibyte itself is read.
    let head = format!("org={ORG}&emails=");
    let fits = format!("{head}{}", "x".repeat((1 << 20) - head.len()));
    let answer = ada.send(Method::POST, "/api/invitations/send", Some(FORM), fits).await.expect(200);
    assert!(answer.body.contains("unreadable") && answer.body.len() < 1_000, "{}", answer.body.len());
}

async fn a_flood_of_logins_is_turned_away_while_others_work(app: TestApp) {
    let ada = app.set_up().await;
    let app = app.restarted(|config| config.concurrent_hashes = Some(1));
    let flood = (0..100).map(|n| {
        let browser = app.browser().at_address(&format!("198.51.100.{n}"));
        tokio::spawn(async move {
            let form = [("email", "guess@engines.example"), ("password", WRONG)];
            browser.call("/api/session/login", &form).await
        })
    });
    let flood = futures::future::join_all(flood.collect::<Vec<_>>());
    let work = async {
        for _ in 0..5 {
            ada.get(USERS).await.expect(200);
            ada.call("/api/orgs/list", &[]).await.expect(200);
        }
    };
    let (answers, ()) = tokio::join!(flood, work);
    let (mut busy, mut tried) = (0, 0);
    for answer in answers {
        let answer = answer.unwrap();
        match answer.status {
            422 => tried += 1,
            503 => {
                assert_eq!(answer.header("retry-after"), "2");
                let busy_text = "Many people are signing in right now. Try again in a few seconds.";
                assert_eq!(answer.problem().message, busy_text);
                busy += 1;
            }
            // The account's own limit.
            429 => {}
            other => panic!("{other}: {}", answer.body),
        }
    }
    assert!(busy >= 1 && tried >= 1, "{busy} turned away, {tried} tried");
}

async fn fields_have_an_end(app: TestApp) {
    let huge = "x".repeat(100_000);
    for field in ["org_name", "first_name", "last_name", "email", "password", "preset"] {
        let answer = app.browser().call("/api/setup", &changed(&SET_UP, field, &huge)).await.expect(422);
        assert!(answer.wrong_fields().contains(&field.to_owned()));
        assert!(answer.body.len() < 2_000, "what was entered is not sent back");
    }
    let ada = app.set_up().await;
    let page = ada.get(&format!("{USERS}?q={}", "x".repeat(30_000))).await.expect(200);
    assert!(page.body.len() < 40_000, "{}", page.body.len());
    let long = "x".repeat(30_000);
    for query in [format!("after={long}"), format!("sort={long}"), format!("dialog={long}"), format!("id={long}")] {
        ada.get(&format!("{USERS}?{query}")).await.expect(200);
    }
    let agent = ada.with("user-agent", &"M".repeat(8_000));
    agent
        .call("/api/session/login", &[("email", crate::cast::ADA), ("password", crate::cast::PASSWORD)])
        .await
        .expect(200);
}
