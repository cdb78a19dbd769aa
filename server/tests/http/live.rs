//! `/live/:org`: what a colleague changes is heard of, whichever process made it.

use axum::body::Body;
use http_body_util::BodyExt as _;
use model::Role;
use std::time::Duration;

use crate::{actions::act, app::TestApp, cast::ORG};

on_both_engines! {
    a_change_is_heard_of_within_two_seconds,
    who_loses_access_hears_no_more,
    who_may_not_see_people_does_not_hear_of_them,
}

/// The next revision that is told; `None` when the stream has ended.
async fn next(events: &mut Body, within: Duration) -> Option<i64> {
    let wait = async {
        loop {
            let frame = events.frame().await?.unwrap();
            let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
            // Signs of life are comments.
            if let Some(data) = text.lines().find_map(|line| line.strip_prefix("data: ")) {
                assert!(text.starts_with("event: revision\n"), "{text}");
                return Some(data.parse().unwrap());
            }
        }
    };
    tokio::time::timeout(within, wait).await.expect("nothing was heard in time")
}

const SOON: Duration = Duration::from_secs(5);

async fn a_change_is_heard_of_within_two_seconds(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let (status, mut events) = ada.listen(&format!("/live/{ORG}")).await;
    assert_eq!(status, 200);
    let first = next(&mut events, SOON).await.unwrap();
    // A second process on the same database.
    let elsewhere = app.restarted(|_| ());
    let there = elsewhere.sign_in(crate::cast::ADA).await;
    act(&there, &grace.id, "deactivate").await.expect(200);
    let second = next(&mut events, SOON).await.unwrap();
    assert!(second > first);
    let told: i64 = ada.call("/api/people/revision", &[("org", ORG)]).await.expect(200).parsed();
    assert_eq!(told, second);
}

async fn who_loses_access_hears_no_more(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let (_, mut events) = grace.browser.listen(&format!("/live/{ORG}")).await;
    assert!(next(&mut events, SOON).await.is_some());
    act(&ada, &grace.id, "deactivate").await.expect(200);
    assert_eq!(next(&mut events, SOON).await, None, "the stream ends");
    grace.browser.call("/api/people/revision", &[("org", ORG)]).await.expect(401);
}

async fn who_may_not_see_people_does_not_hear_of_them(app: TestApp) {
    let ada = app.set_up().await;
    let linus = app.join(&ada, "linus@engines.example", Role::Member).await;
    let (other, _) = app.found("Other Works").await;
    for (browser, org, status) in [
        (&app.browser(), ORG, 401),
        (&linus.browser, ORG, 403),
        (&ada, other.as_str(), 404),
        (&ada, "nowhere", 404),
        (&ada, "%00", 404),
    ] {
        assert_eq!(browser.listen(&format!("/live/{org}")).await.0, status, "{org}");
        browser.call("/api/people/revision", &[("org", org)]).await.expect(status);
    }
}
