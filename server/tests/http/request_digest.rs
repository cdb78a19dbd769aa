//! What the admins hear of requests for invitations: a digest, at most one an hour, and none is forgotten (B26).

use model::{
    Role,
    people::{PeopleQuery, Tab},
    time::HOUR,
};
use service::Mail;

use crate::{
    actions::act,
    app::{PUBLIC_URL, TestApp},
    cast::{ADA, ORG, invite},
    engines::raw,
    requests::{GRACE, LIST, ask, set_up},
};

on_both_engines! {
    the_admins_get_a_digest_and_none_is_forgotten,
    the_digest_goes_to_who_may_answer,
}

/// Whom a digest names, and how many more there are.
fn named(mails: &[Mail]) -> (Vec<&str>, u64) {
    let [Mail::RequestDigest { to, waiting, more, list, .. }] = mails else { panic!("{mails:?}") };
    assert_eq!(to.as_str(), ADA);
    assert_eq!(*list, format!("{PUBLIC_URL}{LIST}"), "with the configured origin (S28)");
    let mut named: Vec<&str> = waiting.iter().map(|(_, email)| email.as_str()).collect();
    named.sort_unstable();
    (named, *more)
}

async fn the_admins_get_a_digest_and_none_is_forgotten(app: TestApp) {
    set_up(&app).await;
    ask(&app, "first@x.example").await.expect(200);
    assert_eq!(named(&app.mails().await), (vec!["first@x.example"], 0));
    // Within the hour there is no other one.
    app.pass(HOUR - 1);
    ask(&app, "second@x.example").await.expect(200);
    app.tick().await;
    assert_eq!(app.mails().await, []);
    // What had to wait rides with the next request.
    app.pass(1);
    ask(&app, "third@x.example").await.expect(200);
    assert_eq!(named(&app.mails().await), (vec!["first@x.example", "second@x.example", "third@x.example"], 0));
    // Or goes by itself; once.
    ask(&app, "fourth@x.example").await.expect(200);
    assert_eq!(app.mails().await, []);
    app.pass(HOUR);
    for told in [1, 0] {
        app.tick().await;
        assert_eq!(app.mails().await.len(), told);
    }
    // Asking again is no news, and who is stale asks for nothing.
    app.pass(HOUR);
    ask(&app, "first@x.example").await.expect(200);
    ask(&app, ADA).await.expect(200);
    app.tick().await;
    assert_eq!(app.mails().await, []);
    for n in 0..12 {
        ask(&app, &format!("p{n}@x.example")).await.expect(200);
        if n == 0 {
            assert_eq!(app.mails().await.len(), 1);
        }
    }
    app.pass(HOUR);
    app.tick().await;
    let (named, more) = {
        let mails = app.mails().await;
        let (named, more) = named(&mails);
        (named.len(), more)
    };
    assert_eq!((named, more), (10, 6), "sixteen wait");
}

async fn the_digest_goes_to_who_may_answer(app: TestApp) {
    let ada = set_up(&app).await;
    app.join(&ada, "admin@x.example", Role::Admin).await;
    app.join(&ada, "member@x.example", Role::Member).await;
    let gone = app.join(&ada, "gone@x.example", Role::Admin).await;
    act(&ada, &gone.id, "deactivate").await.expect(200);
    let guest = app.join(&ada, "guest@x.example", Role::Admin).await;
    raw(app.db(), &format!("UPDATE memberships SET kind = 'external' WHERE id = '{}'", guest.id)).await;
    invite(&ada, "invited@x.example", Role::Admin).await;
    app.mails().await;
    ask(&app, GRACE).await.expect(200);
    let mails = app.mails().await;
    let mut to: Vec<_> = mails.iter().map(|mail| mail.to().as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, [ADA, "admin@x.example"]);
    let guest = guest.browser;
    guest.call("/api/requests/list", &[("org", ORG)]).await.expect(403);
    assert_eq!(guest.list(ORG, &PeopleQuery::default()).await.counts.of(Tab::Requests), 0);
    assert!(guest.get(LIST).await.expect(403).says("You do not have access"));
}
