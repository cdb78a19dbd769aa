//! Seats (policy M): who takes one, and that no path and no race gives out one more than there are.

use model::{PersonState, Role, rules::NoSeat, time::DAY};

use crate::{
    actions::act,
    app::TestApp,
    cast::{ORG, USERS, invite},
    engines::number,
    invitations::{results, send},
    policies::save,
};

on_both_engines! {
    each_address_of_a_batch_takes_a_seat_while_there_are_any,
    an_expired_invitation_frees_its_seat_and_needs_one_to_be_sent_again,
    counting_days_together_that_are_over_changes_nobodys_seat,
    who_is_deactivated_frees_a_seat_and_needs_one_to_come_back,
    accepting_needs_no_further_seat,
    fewer_seats_than_people_take_nobodys_access,
    of_many_at_once_no_more_get_in_than_there_are_seats,
    in_bulk_the_seats_are_given_out_and_the_others_left_out,
}

async fn each_address_of_a_batch_takes_a_seat_while_there_are_any(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("seats", "3")]).await.expect(200);
    let batch = "a@x.example, nobody, ada@engines.example, a@x.example, b@x.example, c@x.example, d@x.example";
    let report: Vec<_> = results(&send(&ada, batch).await.expect(200)).iter().map(|r| r.outcome.is_sent()).collect();
    assert_eq!(report, [true, false, false, true, false, false]);
    let again = results(&send(&ada, "a@x.example, c@x.example").await.expect(200));
    let words: Vec<_> = again.iter().map(|r| r.outcome.sentence()).collect();
    assert_eq!(words, ["Already invited. Resend the invitation from the list if it got lost.", &NoSeat.to_string()]);
    assert_eq!(app.mails().await.len(), 2);
    let form = [("org", ORG), ("emails", "c@x.example")];
    let page = ada.submit(&format!("{USERS}?dialog=invite"), "/api/invitations/send", &form).await.expect(200);
    assert!(page.says("No seat is left. Free a seat or raise the limit."), "{}", page.body);
    // Revoking frees one.
    let id = ada.rows(ORG, model::people::Tab::Invitations).await[0].target.membership_id.to_string();
    ada.call("/api/invitations/revoke", &[("org", ORG), ("id", &id)]).await.expect(200);
    assert!(results(&send(&ada, "c@x.example").await.expect(200))[0].outcome.is_sent());
}

async fn an_expired_invitation_frees_its_seat_and_needs_one_to_be_sent_again(app: TestApp) {
    let ada = app.set_up().await;
    let late = invite(&ada, "late@x.example", Role::Member).await;
    save(&ada, &[("seats", "2")]).await.expect(200);
    let resend = [("org", ORG), ("id", late.id.as_str())];
    ada.call("/api/invitations/resend", &resend).await.expect(200);
    app.pass(7 * DAY);
    let ada = app.sign_in(crate::cast::ADA).await;
    let next = invite(&ada, "next@x.example", Role::Member).await;
    let problem = ada.call("/api/invitations/resend", &resend).await.expect(409).problem();
    assert_eq!(problem.message, NoSeat.to_string());
    let page = ada.submit(&format!("{USERS}/{}", late.id), "/api/invitations/resend", &resend).await.expect(409);
    assert!(page.says(&NoSeat.to_string()), "{}", page.body);
    let edit = [("first_name", "Late"), ("email", "later@x.example")];
    ada.call("/api/people/update", &[&resend[..], &edit].concat()).await.expect(409);
    assert_eq!(results(&send(&ada, "late@x.example").await)[0].outcome.sentence(), NoSeat.to_string());
    assert_eq!(ada.profile(ORG, &late.id).await.row.email.as_str(), "late@x.example");

    ada.call("/api/invitations/revoke", &[("org", ORG), ("id", &next.id)]).await.expect(200);
    ada.call("/api/invitations/resend", &resend).await.expect(200);
}

async fn counting_days_together_that_are_over_changes_nobodys_seat(app: TestApp) {
    let ada = app.set_up().await;
    let late = invite(&ada, "late@x.example", Role::Member).await;
    invite(&ada, "later@x.example", Role::Viewer).await;
    save(&ada, &[("seats", "2")]).await.expect(200);
    app.pass(40 * DAY);
    let ada = app.sign_in(crate::cast::ADA).await;
    let by_day = "SELECT count(*) FROM people_counts WHERE ends_on > 0";
    assert_eq!(number(app.db(), by_day).await, 2);
    app.tick().await;
    assert_eq!(number(app.db(), by_day).await, 0);
    assert_eq!(ada.rows(ORG, model::people::Tab::Expired).await.len(), 2);
    ada.call("/api/invitations/resend", &[("org", ORG), ("id", &late.id)]).await.expect(200);
    assert_eq!(results(&send(&ada, "more@x.example").await)[0].outcome.sentence(), NoSeat.to_string());
    ada.call("/api/invitations/revoke", &[("org", ORG), ("id", &late.id)]).await.expect(200);
    assert!(results(&send(&ada, "more@x.example").await)[0].outcome.is_sent());
    let counted = "SELECT CAST(sum(n) AS BIGINT) FROM people_counts WHERE status = 'invited'";
    assert_eq!(number(app.db(), counted).await, 2);
}

async fn who_is_deactivated_frees_a_seat_and_needs_one_to_come_back(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@x.example", Role::Member).await;
    save(&ada, &[("seats", "2")]).await.expect(200);
    act(&ada, &grace.id, "deactivate").await.expect(200);
    let next = invite(&ada, "next@x.example", Role::Member).await;
    let problem = act(&ada, &grace.id, "activate").await.expect(409).problem();
    assert_eq!(problem.message, NoSeat.to_string());
    let form = [("org", ORG), ("id", grace.id.as_str()), ("op", "activate")];
    assert!(ada.submit(USERS, "/api/people/act", &form).await.expect(409).says(&NoSeat.to_string()));
    assert_eq!(ada.profile(ORG, &grace.id).await.row.target.state, PersonState::Deactivated);
    // Turning it twice is no error, and takes nothing.
    act(&ada, &grace.id, "deactivate").await.expect(200);
    ada.call("/api/invitations/revoke", &[("org", ORG), ("id", &next.id)]).await.expect(200);
    act(&ada, &grace.id, "activate").await.expect(200);
    act(&ada, &grace.id, "activate").await.expect(200);
}

async fn accepting_needs_no_further_seat(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("seats", "2")]).await.expect(200);
    app.join(&ada, "grace@x.example", Role::Member).await;
    assert!(!results(&send(&ada, "next@x.example").await)[0].outcome.is_sent());
}

async fn fewer_seats_than_people_take_nobodys_access(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@x.example", Role::Admin).await;
    let open = invite(&ada, "open@x.example", Role::Member).await;
    save(&ada, &[("seats", "1")]).await.expect(200);
    grace.browser.get(USERS).await.expect(200);
    let form = [("token", open.token.as_str()), ("first_name", "Open"), ("password", crate::cast::PASSWORD)];
    app.browser().call("/api/invitations/accept_new", &form).await.expect(200);
    assert!(!results(&send(&ada, "next@x.example").await)[0].outcome.is_sent());
}

async fn of_many_at_once_no_more_get_in_than_there_are_seats(app: TestApp) {
    let ada = app.set_up().await;
    let gone = app.join(&ada, "gone@x.example", Role::Member).await;
    act(&ada, &gone.id, "deactivate").await.expect(200);
    save(&ada, &[("seats", "3")]).await.expect(200);
    let addresses: Vec<String> = (0..6).map(|n| format!("p{n}@x.example")).collect();
    let invites = addresses.iter().map(|address| {
        let ada = ada.clone();
        async move { results(&send(&ada, address).await.expect(200))[0].outcome.is_sent() }
    });
    let back = async { act(&ada, &gone.id, "activate").await.status == 200 };
    let (sent, back) = futures::join!(futures::future::join_all(invites), back);
    let taken = sent.iter().filter(|sent| **sent).count() + usize::from(back);
    assert_eq!(taken, 2, "{sent:?} {back}");
}

async fn in_bulk_the_seats_are_given_out_and_the_others_left_out(app: TestApp) {
    let ada = app.set_up().await;
    for n in 0..3 {
        let person = app.join(&ada, &format!("p{n}@x.example"), Role::Member).await;
        act(&ada, &person.id, "deactivate").await.expect(200);
    }
    save(&ada, &[("seats", "3")]).await.expect(200);
    let id = crate::bulk::started(&ada, &[("op", "activate"), ("all", "1")]).await;
    let counts = crate::bulk::job(&ada, &id).await.job.counts;
    assert_eq!((counts.would, counts.left_out, counts.unchanged), (2, 1, 1));
    // One goes while nobody looks: the plan is a forecast, and what counts is what is there then.
    invite(&ada, "quick@x.example", Role::Member).await;
    let counts = crate::bulk::run(&app, &ada, &id).await.job.counts;
    assert_eq!((counts.done, counts.left_out, counts.failed), (1, 2, 0));
}
