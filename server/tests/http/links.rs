//! What becomes of an invitation that was sent: again, withdrawn, expired (B21, B23, B24).

use model::{
    PersonState, Role,
    invitation::InviteOutcome,
    people::Tab,
    time::{DAY, MINUTE},
};
use service::Mail;

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ORG, USERS, changed, invite, sent, token_of},
    engines::number,
    invitations::{results, send},
};

on_both_engines! {
    resending_replaces_the_link,
    resending_without_a_script_shows_the_new_link,
    the_sixth_resend_within_an_hour_has_to_wait,
    who_has_accepted_is_not_invited_again,
    a_revoked_link_is_withdrawn_and_the_address_is_free_again,
    an_invitation_ends_after_seven_days_with_no_job_running,
    an_expired_invitation_is_sent_again_from_its_list,
    an_expired_address_in_a_batch_gets_the_role_that_was_chosen,
}

async fn resend(by: &Browser, id: &str) -> Answer {
    by.call("/api/invitations/resend", &[("org", ORG), ("id", id)]).await
}

async fn revoke(by: &Browser, id: &str) -> Answer {
    by.call("/api/invitations/revoke", &[("org", ORG), ("id", id)]).await
}

async fn resending_replaces_the_link(app: TestApp) {
    let ada = app.set_up().await;
    let first = invite(&ada, "grace@engines.example", Role::Admin).await;
    app.mails().await;
    app.pass(6 * DAY);
    let answer = resend(&ada, &first.id).await.expect(200);
    assert_eq!(answer.toast(), "A new invitation is on its way to grace@engines.example.");
    let second = sent(answer.parsed()).pop().unwrap();
    assert_eq!(second.id, first.id);
    assert_ne!(second.token, first.token);
    let mails = app.mails().await;
    assert!(
        matches!(&mails[..], [Mail::Invitation { link, role, .. }] if token_of(link) == second.token && role == "Admin")
    );

    let old = app.browser().get(&first.page()).await.expect(410);
    assert!(old.says("There is a newer invitation") && !old.says("Choose a password"));
    let form = [("token", first.token.as_str()), ("first_name", "Grace"), ("password", crate::cast::PASSWORD)];
    let refused = app.browser().call("/api/invitations/accept_new", &form).await.expect(410).problem();
    assert_eq!(refused.message, "A newer invitation was sent. Use the link in the latest email.");
    // The new one is valid for seven days of its own.
    app.pass(6 * DAY);
    app.browser().get(&second.page()).await.expect(200);
    let form = changed(&form, "token", &second.token);
    app.browser().call("/api/invitations/accept_new", &form).await.expect(200);
    app.browser().get(&first.page()).await.expect(410);
}

async fn resending_without_a_script_shows_the_new_link(app: TestApp) {
    let ada = app.set_up().await;
    let first = invite(&ada, "grace@engines.example", Role::Member).await;
    for page in [USERS.to_owned(), format!("{USERS}/{}", first.id)] {
        let form = [("org", ORG), ("id", first.id.as_str())];
        let page = ada.submit(&page, "/api/invitations/resend", &form).await.expect(200);
        assert!(page.says("A new invitation is on its way to grace@engines.example."), "{}", page.body);
    }
    let newest = app.mails().await;
    assert_eq!(newest.len(), 1, "the mails of links that were replaced before they left stay here");
}

async fn the_sixth_resend_within_an_hour_has_to_wait(app: TestApp) {
    let ada = app.set_up().await;
    let grace = invite(&ada, "grace@engines.example", Role::Member).await;
    let other = invite(&ada, "margaret@engines.example", Role::Member).await;
    let mut newest = grace.clone();
    for _ in 0..5 {
        newest = sent(resend(&ada, &grace.id).await.expect(200).parsed()).pop().unwrap();
        app.pass(MINUTE);
    }
    let refused = resend(&ada, &grace.id).await.expect(429);
    assert_eq!(refused.header("retry-after"), (55 * 60).to_string());
    assert_eq!(refused.problem().message, "Too many attempts. Try again in 55 minutes.");
    let form = [("org", ORG), ("id", grace.id.as_str())];
    assert!(ada.submit(USERS, "/api/invitations/resend", &form).await.expect(429).header("retry-after") == "3300");
    // What was refused changed nothing, and nobody else waits for it.
    app.browser().get(&newest.page()).await.expect(200);
    resend(&ada, &other.id).await.expect(200);
    app.pass(55 * MINUTE);
    resend(&ada, &grace.id).await.expect(200);
}

async fn who_has_accepted_is_not_invited_again(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    for answer in [resend(&ada, &grace.id).await, revoke(&ada, &grace.id).await] {
        let problem = answer.expect(409).problem();
        assert_eq!(problem.message, "This is not possible while the person is in this state.");
    }
    for function in ["/api/invitations/resend", "/api/invitations/revoke"] {
        ada.submit(USERS, function, &[("org", ORG), ("id", &grace.id)]).await.expect(409);
    }
    grace.browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(200);
}

async fn a_revoked_link_is_withdrawn_and_the_address_is_free_again(app: TestApp) {
    let ada = app.set_up().await;
    let first = invite(&ada, "grace@engines.example", Role::Member).await;
    let page = format!("{USERS}?dialog=revoke&id={}", first.id);
    assert!(ada.get(&page).await.expect(200).says("The link in the email stops working at once."));
    let answer = ada.submit(&page, "/api/invitations/revoke", &[("org", ORG), ("id", &first.id)]).await.expect(303);
    assert_eq!(answer.location(), USERS);
    let list = ada.get(USERS).await;
    assert!(list.says("The invitation of grace@engines.example has been revoked."));
    assert_eq!(ada.rows(ORG, Tab::Invitations).await, []);
    assert_eq!(app.mails().await, [], "the mail had not left yet");
    ada.get(&format!("{USERS}/{}", first.id)).await.expect(404);

    let old = app.browser().get(&first.page()).await.expect(410);
    assert!(old.says("This invitation was withdrawn"));
    let form = [("token", first.token.as_str()), ("first_name", "Grace"), ("password", crate::cast::PASSWORD)];
    let refused = app.browser().call("/api/invitations/accept_new", &form).await.expect(410).problem();
    assert_eq!(refused.message, "This invitation was withdrawn.");

    let second = invite(&ada, "grace@engines.example", Role::Admin).await;
    assert_ne!(second.id, first.id, "ids are not used again (S51)");
    assert_eq!(app.mails().await.len(), 1);
    app.browser().get(&first.page()).await.expect(410);
    app.browser().get(&second.page()).await.expect(200);
    assert_eq!(revoke(&ada, &second.id).await.expect(200).parsed::<serde_json::Value>()["next"], USERS);
    revoke(&ada, &second.id).await.expect(404);
}

async fn an_invitation_ends_after_seven_days_with_no_job_running(app: TestApp) {
    let ada = app.set_up().await;
    let grace = invite(&ada, "grace@engines.example", Role::Member).await;
    app.pass(7 * DAY - 1);
    app.browser().get(&grace.page()).await.expect(200);
    ada.get(USERS).await.expect(200);
    app.pass(1);
    let page = app.browser().get(&grace.page()).await.expect(410);
    assert!(
        page.says("This invitation has expired") && page.says("Analytical Engines") && !page.says("Choose a password")
    );
    let form = [("token", grace.token.as_str()), ("first_name", "Grace"), ("password", crate::cast::PASSWORD)];
    let refused = app.browser().call("/api/invitations/accept_new", &form).await.expect(410).problem();
    assert_eq!(refused.message, "This invitation has expired. Ask for a new one.");
    let submitted = app.browser().submit(&grace.page(), "/api/invitations/accept_new", &form).await.expect(410);
    assert!(submitted.says("This invitation has expired"));
    assert_eq!(number(app.db(), "SELECT count(*) FROM users").await, 1);
}

async fn an_expired_invitation_is_sent_again_from_its_list(app: TestApp) {
    let ada = app.set_up().await;
    let grace = invite(&ada, "grace@engines.example", Role::Viewer).await;
    app.pass(6 * DAY);
    ada.get(USERS).await.expect(200);
    app.pass(DAY);
    let expired = format!("{USERS}?tab=expired");
    let list = ada.get(&format!("{expired}&menu={}", grace.id)).await.expect(200);
    assert!(
        list.says("grace@engines.example") && list.says("Expired") && list.says("Resend invitation"),
        "{}",
        list.body
    );
    assert_eq!(ada.rows(ORG, Tab::Invitations).await, []);
    assert!(!ada.get(USERS).await.says("grace@engines.example"));
    let form = [("org", ORG), ("id", grace.id.as_str())];
    let page = ada.submit(&expired, "/api/invitations/resend", &form).await.expect(200);
    assert!(page.says("A new invitation is on its way to grace@engines.example."));
    assert_eq!(ada.rows(ORG, Tab::Expired).await, []);
    let row = ada.rows(ORG, Tab::Invitations).await.pop().unwrap();
    assert_eq!((row.target.state, row.target.role), (PersonState::Invited, Role::Viewer));
    let mails = app.mails().await;
    let Some(Mail::Invitation { link, .. }) = mails.last() else { panic!("{mails:?}") };
    app.browser().get(&format!("/invite/{}", token_of(link))).await.expect(200);
}

async fn an_expired_address_in_a_batch_gets_the_role_that_was_chosen(app: TestApp) {
    let ada = app.set_up().await;
    let grace = invite(&ada, "grace@engines.example", Role::Admin).await;
    app.mails().await;
    app.pass(6 * DAY);
    ada.get(USERS).await.expect(200);
    app.pass(DAY);
    let results = results(&send(&ada, "grace@engines.example").await.expect(200));
    let InviteOutcome::SentAgain { membership_id, link: Some(link) } = &results[0].outcome else {
        panic!("{results:?}")
    };
    assert_eq!(results[0].outcome.sentence(), "A new invitation was sent; the earlier link no longer works.");
    assert_eq!(membership_id.to_string(), grace.id);
    assert_eq!(ada.profile(ORG, &grace.id).await.row.target.role, Role::Member, "as chosen now, not as then");
    let mails = app.mails().await;
    assert!(matches!(&mails[..], [Mail::Invitation { role, .. }] if role == "Member"), "{mails:?}");
    app.browser().get(&grace.page()).await.expect(410);
    app.browser().get(&format!("/invite/{}", token_of(link))).await.expect(200);
}
