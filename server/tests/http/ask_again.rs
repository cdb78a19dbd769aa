//! `/invite/:token` of an invitation that has expired: it asks for a new one in one click, and nothing else does (B21, N3).

use model::{PersonState, Role, invitation::InviteOutcome, time::DAY};
use service::Mail;

use crate::{
    app::TestApp,
    cast::{ADA, Invited, ORG, USERS, invite, link_in, token_of},
    engines::{everything, number},
    requests::{GRACE, LIST, accept, approved, expire, invitations, rows},
};

on_both_engines! {
    an_expired_link_asks_for_a_new_one_in_one_click,
    an_expired_link_asks_by_the_functions_and_is_sent_again_as_it_was,
    only_an_expired_link_asks,
}

async fn an_expired_link_asks_for_a_new_one_in_one_click(app: TestApp) {
    // Whatever policy K says: it is off.
    let ada = app.set_up().await;
    let grace = invite(&ada, GRACE, Role::Member).await;
    let ada = expire(&app).await;
    app.mails().await;
    let before = everything(app.db()).await;
    let page = app.browser().get(&grace.page()).await.expect(410);
    assert!(page.says("This invitation has expired") && page.says("Ask for a new invitation"), "{}", page.body);
    assert_eq!(everything(app.db()).await, before, "opening it asks for nothing");

    let browser = app.browser();
    let form = [("token", grace.token.as_str())];
    let asked = browser.submit(&grace.page(), "/api/requests/ask_again", &form).await.expect(303);
    assert_eq!(asked.location(), grace.page());
    let page = browser.get(&grace.page()).await.expect(410);
    assert!(page.says("You have asked for a new invitation."), "{}", page.body);
    assert!(!page.body.contains("/api/requests/ask_again"), "{}", page.body);
    let row = rows(&ada).await.pop().unwrap();
    assert_eq!((row.email.as_str(), row.standing), (GRACE, Some(PersonState::Expired)));
    let list = ada.get(LIST).await.expect(200);
    assert!(list.says("Had an invitation that has expired. Approving sends it again."), "{}", list.body);
    let digest = app.mails().await;
    assert!(matches!(&digest[..], [Mail::RequestDigest { to, .. }] if to.as_str() == ADA), "{digest:?}");

    assert!(matches!(approved(&ada, GRACE).await, InviteOutcome::SentAgain { link: Some(_), .. }));
    let mails = app.mails().await;
    let link = token_of(link_in(invitations(&mails)[0]));
    assert!(browser.get(&grace.page()).await.expect(410).says("There is a newer invitation"));
    accept(&app, link).await.get(USERS).await;
    assert_eq!(ada.profile(ORG, &grace.id).await.row.target.state, PersonState::Active);
}

async fn an_expired_link_asks_by_the_functions_and_is_sent_again_as_it_was(app: TestApp) {
    let ada = app.set_up().await;
    let grace = invite(&ada, GRACE, Role::Admin).await;
    let ada = expire(&app).await;
    let form = [("token", grace.token.as_str())];
    for _ in 0..2 {
        let answer = app.browser().call("/api/requests/ask_again", &form).await.expect(200);
        assert_eq!(answer.toast(), "You have asked for a new invitation.");
        assert!(!answer.body.contains(&grace.token));
    }
    assert_eq!(rows(&ada).await.len(), 1);
    approved(&ada, GRACE).await;
    let row = ada.profile(ORG, &grace.id).await.row;
    assert_eq!((row.target.role, row.target.state), (Role::Admin, PersonState::Invited));
    // Asking has its limit here as well.
    let late = invite(&ada, "late@x.example", Role::Member).await;
    let ada = expire(&app).await;
    let form = [("token", late.token.as_str())];
    for n in 0..6 {
        let status = if n < 5 { 200 } else { 429 };
        app.browser().call("/api/requests/ask_again", &form).await.expect(status);
    }
    // The page keeps its own status: what it is about is over.
    let page = app.browser().submit(&late.page(), "/api/requests/ask_again", &form).await.expect(410);
    assert_eq!(page.header("retry-after"), "3600");
    assert_eq!(rows(&ada).await.len(), 1);
}

async fn only_an_expired_link_asks(app: TestApp) {
    let ada = app.set_up().await;
    let asks = async |link: &Invited, status: u16| {
        let form = [("token", link.token.as_str())];
        app.browser().submit(&link.page(), "/api/requests/ask_again", &form).await.expect(status);
        app.browser().call("/api/requests/ask_again", &form).await.expect(status).problem_text()
    };
    let open = invite(&ada, "open@x.example", Role::Member).await;
    let replaced = invite(&ada, "replaced@x.example", Role::Member).await;
    let used = invite(&ada, "used@x.example", Role::Member).await;
    let revoked = invite(&ada, "revoked@x.example", Role::Member).await;
    ada.call("/api/invitations/resend", &[("org", ORG), ("id", &replaced.id)]).await.expect(200);
    ada.call("/api/invitations/revoke", &[("org", ORG), ("id", &revoked.id)]).await.expect(200);
    accept(&app, &used.token).await;
    let before = everything(app.db()).await;
    assert_eq!(asks(&open, 409).await, "This invitation is good. Reload the page to accept it.");
    for late in [false, true] {
        for (link, why) in [
            (&replaced, "A newer invitation was sent. Use the link in the latest email."),
            (&used, "This invitation has already been used. Sign in instead."),
            (&revoked, "This invitation was withdrawn."),
        ] {
            assert_eq!(asks(link, 410).await, why);
        }
        let unknown = Invited { token: "A".repeat(43), ..open.clone() };
        asks(&unknown, 404).await;
        asks(&Invited { token: String::new(), ..unknown }, 404).await;
        if !late {
            assert_eq!(everything(app.db()).await, before);
            app.pass(7 * DAY);
        }
    }
    assert_eq!(number(app.db(), "SELECT count(*) FROM invitation_requests").await, 0);
    // Revoked after it had expired, it asks no more.
    let ada = app.sign_in(ADA).await;
    ada.call("/api/invitations/revoke", &[("org", ORG), ("id", &open.id)]).await.expect(200);
    assert_eq!(asks(&open, 410).await, "This invitation was withdrawn.");
}
