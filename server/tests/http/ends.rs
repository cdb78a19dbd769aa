//! Time-boxed access (N5): ends hold by the clock alone, with nothing running; lists, counts, seats, the audit log and the
//! mail follow it.

use model::{
    PersonState, Role, Timestamp,
    activity::ActivityPage,
    people::{PeoplePage, PeopleQuery, PersonRow, Tab, Viewer},
    time::{DAY, HOUR},
};
use service::Mail;

use crate::{
    actions::{act, grant_no_admins},
    answer::Answer,
    app::{PUBLIC_URL, TestApp},
    browser::Browser,
    cast::{ADA, ORG, PASSWORD, USERS, invite, invite_to},
    engines::number,
    invitations::results,
    policies::save,
};

on_both_engines! {
    access_ends_by_the_clock_with_nothing_running,
    a_role_ends_by_the_clock_and_another_follows,
    the_tick_follows_the_clock_where_nobody_looks,
    a_week_and_a_day_before_the_person_and_who_set_it_are_told,
    ends_are_moved_and_taken_away,
    an_invitation_lasts_no_longer_than_the_access_it_gives,
    who_is_invited_with_an_end_has_it_after_joining,
    an_account_that_is_created_with_an_end_has_it,
    activating_takes_an_end_away_that_is_over,
    whose_access_has_ended_takes_no_seat,
    what_is_wrong_stands_beside_the_field,
    without_a_script_the_dialog_is_a_page_and_keeps_what_was_typed,
    what_cannot_be_changed_is_kept_by_saving_the_rest,
    an_owner_has_no_end,
    nobody_limits_themselves_or_beyond_their_own,
}

/// A day so many days from now, as in a field.
fn day(app: &TestApp, days: i64) -> String {
    // The end of that day is within the day after it.
    app.rollcall.now().plus(days * DAY + 1).last_day()
}

/// The end of that day.
fn end_of(day: &str) -> Timestamp {
    Timestamp::end_of_day(day).unwrap()
}

/// Passes the time until a moment.
fn pass_until(app: &TestApp, at: Timestamp) {
    app.pass(at.millis() - app.rollcall.now().millis());
}

async fn limit(by: &Browser, id: &str, fields: &[(&str, &str)]) -> Answer {
    let form = [&[("org", ORG), ("id", id)], fields].concat();
    by.call("/api/people/limit", &form).await
}

async fn row(by: &Browser, id: &str) -> PersonRow {
    by.profile(ORG, id).await.row
}

async fn told(by: &Browser, id: &str) -> Vec<String> {
    let page: ActivityPage = by.call("/api/people/activity", &[("org", ORG), ("id", id)]).await.parsed();
    page.lines.iter().map(model::activity::Activity::sentence).collect()
}

async fn standard(by: &Browser) -> PeoplePage {
    by.list(ORG, &PeopleQuery::default()).await
}

fn deactivated(page: &PeoplePage) -> usize {
    page.rows.iter().filter(|row| row.target.state == PersonState::Deactivated).count()
}

async fn access_ends_by_the_clock_with_nothing_running(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let tomorrow = day(&app, 1);
    let answer = limit(&ada, &grace.id, &[("access_until", &tomorrow)]).await.expect(200);
    assert_eq!(answer.toast(), "The time limits of grace Doe have been saved.");
    assert_eq!(row(&ada, &grace.id).await.ends.access, Some(end_of(&tomorrow)));
    assert_eq!(
        standard(&ada).await.rows.iter().find(|r| r.email.as_str() == grace.email).unwrap().ends.access,
        Some(end_of(&tomorrow))
    );

    let file = ada.get(&format!("/o/{ORG}/export/people.csv")).await.expect(200);
    assert!(file.body.contains(&end_of(&tomorrow).rfc3339()), "{}", file.body);

    pass_until(&app, end_of(&tomorrow).plus(-1));
    let viewer = [("org", ORG)];
    grace.browser.call("/api/session/viewer", &viewer).await.expect(200);
    app.pass(1);
    // The very next request, and nothing has been stored yet.
    let refused = grace.browser.call("/api/session/viewer", &viewer).await.expect(403);
    assert_eq!(refused.problem_text(), "Your access to this organization has ended.");
    let stored = "SELECT count(*) FROM memberships WHERE status = 'deactivated'";
    assert_eq!(number(app.db(), stored).await, 0, "computed, not stored");
    assert_eq!(row(&ada, &grace.id).await.target.state, PersonState::Deactivated);
    assert_eq!(number(app.db(), stored).await, 0);
    let login = [("email", grace.email.as_str()), ("password", PASSWORD)];
    let answer = app.browser().call("/api/session/login", &login).await;
    assert_ne!(answer.status, 200, "nor can she come in anew");

    // Who reads the list brings it in step: rows, filter and counts agree.
    let page = standard(&ada).await;
    assert_eq!(deactivated(&page), 1);
    assert_eq!(number(app.db(), stored).await, 1);
    let mut only = PeopleQuery::default();
    only.filters.states = vec![PersonState::Active];
    let page = ada.list(ORG, &only).await;
    assert_eq!((page.rows.len(), page.matches), (1, Some(1)));
    assert_eq!(told(&ada, &grace.id).await[0], "Rollcall let the access of grace Doe end, as its time was over");
    let profile = ada.profile(ORG, &grace.id).await;
    assert_eq!(profile.access_ended_at, Some(end_of(&tomorrow)));
    assert!(profile.row.ends.is_empty(), "what has come is not still to come");
}

async fn a_role_ends_by_the_clock_and_another_follows(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let tomorrow = day(&app, 1);
    limit(&ada, &grace.id, &[("role_until", &tomorrow), ("role_then", "viewer")]).await.expect(200);
    let admin: Viewer = grace.browser.call("/api/session/viewer", &[("org", ORG)]).await.parsed();
    assert_eq!(admin.actor.role, Role::Admin);
    invite(&grace.browser, "first@x.example", Role::Member).await;

    pass_until(&app, end_of(&tomorrow));
    let viewer: Viewer = grace.browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed();
    assert_eq!(viewer.actor.role, Role::Viewer);
    grace.browser.call("/api/invitations/send", &[("org", ORG), ("emails", "second@x.example")]).await.expect(403);
    // Whoever was invited by an admin who is none any more does not come in (S31).
    let page = standard(&ada).await;
    let shown = page.rows.iter().find(|row| row.email.as_str() == grace.email).unwrap();
    assert_eq!((shown.target.role, shown.target.state), (Role::Viewer, PersonState::Active));
    assert!(shown.ends.is_empty());
    let mut viewers = PeopleQuery::default();
    viewers.filters.roles = vec![Role::Viewer];
    assert_eq!(ada.list(ORG, &viewers).await.matches, Some(1), "counted as what she is");
    assert_eq!(
        told(&ada, &grace.id).await[0],
        "Rollcall let the role Admin of grace Doe end, as its time was over; it is Viewer now"
    );
}

async fn the_tick_follows_the_clock_where_nobody_looks(app: TestApp) {
    let ada = app.set_up().await;
    let tomorrow = day(&app, 1);
    let mut ids = Vec::new();
    for email in ["a@x.example", "b@x.example"] {
        let person = app.join(&ada, email, Role::Member).await;
        limit(&ada, &person.id, &[("access_until", &tomorrow)]).await.expect(200);
        ids.push(person.id);
    }
    pass_until(&app, end_of(&tomorrow));
    app.tick().await;
    let stored = "SELECT count(*) FROM memberships WHERE status = 'deactivated' AND due_at IS NULL";
    assert_eq!(number(app.db(), stored).await, 2);
    let sessions = "SELECT count(*) FROM sessions";
    assert_eq!(number(app.db(), sessions).await, 1, "theirs are over; Ada's is not");
    let lines = "SELECT count(*) FROM audit_events WHERE action = 'membership.access_ended'";
    assert_eq!(number(app.db(), lines).await, 2);
    app.tick().await;
    standard(&ada).await;
    assert_eq!(number(app.db(), lines).await, 2, "once each");
}

async fn a_week_and_a_day_before_the_person_and_who_set_it_are_told(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    app.mails().await;
    let (last, role_last) = (day(&app, 12), day(&app, 10));
    let form = [("access_until", last.as_str()), ("role_until", &role_last), ("role_then", "member")];
    limit(&ada, &grace.id, &form).await.expect(200);
    app.tick().await;
    assert!(app.mails().await.is_empty(), "not yet");
    let about = |mails: &[Mail]| -> Vec<(String, bool, bool, bool)> {
        let mut found: Vec<_> = mails
            .iter()
            .filter_map(|mail| match mail {
                Mail::AccessEnds { to, whose, access, role, .. } => {
                    Some((to.to_string(), whose.is_some(), access.is_some(), role.is_some()))
                }
                _ => None,
            })
            .collect();
        found.sort();
        found
    };
    let both = |access: bool, role: bool| {
        vec![
            ("ada@engines.example".to_owned(), true, access, role),
            ("grace@navy.example".to_owned(), false, access, role),
        ]
    };
    pass_until(&app, end_of(&role_last).plus(-7 * DAY));
    app.tick().await;
    assert_eq!(about(&app.mails().await), both(false, true), "the role first; its end is nearer");
    app.tick().await;
    assert!(app.mails().await.is_empty(), "once");
    pass_until(&app, end_of(&last).plus(-7 * DAY));
    app.tick().await;
    assert_eq!(about(&app.mails().await), both(true, true));
    pass_until(&app, end_of(&last).plus(-DAY + HOUR));
    app.tick().await;
    assert_eq!(about(&app.mails().await), both(true, false), "a day before, the role has ended already");

    // Sessions do not last so long.
    let ada = app.sign_in(ADA).await;
    // Somebody who is deactivated meanwhile is not told of what is over for them.
    let alan = app.join(&ada, "alan@x.example", Role::Member).await;
    limit(&ada, &alan.id, &[("access_until", &day(&app, 12))]).await.expect(200);
    act(&ada, &alan.id, "deactivate").await.expect(200);
    app.mails().await;
    app.pass(8 * DAY);
    app.tick().await;
    assert!(about(&app.mails().await).is_empty());
}

async fn ends_are_moved_and_taken_away(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let (soon, later) = (day(&app, 1), day(&app, 3));
    limit(&ada, &grace.id, &[("access_until", &soon), ("role_until", &soon), ("role_then", "member")])
        .await
        .expect(200);
    limit(&ada, &grace.id, &[("access_until", &later)]).await.expect(200);
    let ends = row(&ada, &grace.id).await.ends;
    assert_eq!((ends.access, ends.role), (Some(end_of(&later)), None));
    pass_until(&app, end_of(&soon));
    grace.browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(200);
    limit(&ada, &grace.id, &[]).await.expect(200);
    assert_eq!(told(&ada, &grace.id).await[0], "Ada Lovelace took the time limits of grace Doe away");
    pass_until(&app, end_of(&later));
    grace.browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(200);
    let lines = number(app.db(), "SELECT count(*) FROM audit_events WHERE action = 'membership.limited'").await;
    limit(&ada, &grace.id, &[]).await.expect(200);
    let again = number(app.db(), "SELECT count(*) FROM audit_events WHERE action = 'membership.limited'").await;
    assert_eq!(lines, again, "what changes nothing is not written down");

    // Another role has no end of the one before.
    limit(&ada, &grace.id, &[("role_until", &day(&app, 2)), ("role_then", "member")]).await.expect(200);
    act(&ada, &grace.id, "revoke_admin").await.expect(200);
    assert!(row(&ada, &grace.id).await.ends.is_empty());
    act(&ada, &grace.id, "assign_admin").await.expect(200);
    app.pass(5 * DAY);
    assert_eq!(row(&ada, &grace.id).await.target.role, Role::Admin);
}

async fn an_invitation_lasts_no_longer_than_the_access_it_gives(app: TestApp) {
    let ada = app.set_up().await;
    let grace = invite(&ada, "grace@navy.example", Role::Member).await;
    let tomorrow = day(&app, 1);
    limit(&ada, &grace.id, &[("access_until", &tomorrow)]).await.expect(200);
    assert_eq!(ada.profile(ORG, &grace.id).await.invitation_expires_at, Some(end_of(&tomorrow)));
    pass_until(&app, end_of(&tomorrow));
    let accept = [("token", grace.token.as_str()), ("first_name", "Grace"), ("password", PASSWORD)];
    app.browser().call("/api/invitations/accept_new", &accept).await.expect(410);
    assert!(app.browser().get(&grace.page()).await.expect(410).says("This invitation has expired"));
    assert_eq!(ada.rows(ORG, Tab::Expired).await.len(), 1);
    let again = ada.call("/api/invitations/resend", &[("org", ORG), ("id", &grace.id)]).await.expect(409);
    assert!(again.problem_text().starts_with("Their access was to end on "), "{}", again.problem_text());
    limit(&ada, &grace.id, &[("access_until", &day(&app, 2))]).await.expect(200);
    ada.call("/api/invitations/resend", &[("org", ORG), ("id", &grace.id)]).await.expect(200);
    assert_eq!(ada.profile(ORG, &grace.id).await.invitation_expires_at, Some(end_of(&day(&app, 2))));
}

async fn who_is_invited_with_an_end_has_it_after_joining(app: TestApp) {
    let ada = app.set_up().await;
    let last = day(&app, 10);
    let form = [("org", ORG), ("emails", "grace@navy.example, alan@x.example"), ("access_until", last.as_str())];
    let sent = results(&ada.call("/api/invitations/send", &form).await.expect(200));
    assert!(sent.iter().all(|result| result.outcome.is_sent()));
    let one = [("org", ORG), ("first_name", "Ida"), ("email", "ida@x.example"), ("access_until", last.as_str())];
    ada.call("/api/invitations/send_one", &one).await.expect(200);
    let mails = app.mails().await;
    assert_eq!(mails.len(), 3);
    for mail in mails {
        let Mail::Invitation { access_until, link, .. } = mail else { panic!("no invitation") };
        assert_eq!(access_until, Some(end_of(&last)));
        let page = app.browser().get(link.strip_prefix(PUBLIC_URL).unwrap()).await.expect(200);
        assert!(page.says("Your access lasts until") && page.says(&end_of(&last).last_day_words()), "{}", page.body);
    }
    for person in ada.rows(ORG, Tab::Invitations).await {
        assert_eq!(person.ends.access, Some(end_of(&last)), "{}", person.email);
    }
    // Invited once more without an end, somebody has none; with another one, that.
    app.pass(8 * DAY);
    let ada = app.sign_in(ADA).await;
    let other = day(&app, 20);
    let again = [("org", ORG), ("emails", "grace@navy.example"), ("access_until", other.as_str())];
    let sent = results(&ada.call("/api/invitations/send", &again).await.expect(200));
    let model::invitation::InviteOutcome::SentAgain { link: Some(link), .. } = &sent[0].outcome else {
        panic!("{:?}", sent[0].outcome)
    };
    let token = link.rsplit('/').next().unwrap();
    let accept = [("token", token), ("first_name", "Grace"), ("last_name", "Hopper"), ("password", PASSWORD)];
    let grace = app.browser();
    grace.call("/api/invitations/accept_new", &accept).await.expect(200);
    let joined = ada.rows(ORG, Tab::Standard).await;
    let joined = joined.iter().find(|row| row.email.as_str() == "grace@navy.example").unwrap();
    assert_eq!((joined.target.state, joined.ends.access), (PersonState::Active, Some(end_of(&other))));
    pass_until(&app, end_of(&other));
    let sign_in =
        app.browser().call("/api/session/login", &[("email", "grace@navy.example"), ("password", PASSWORD)]).await;
    assert_ne!(sign_in.status, 200);
}

async fn activating_takes_an_end_away_that_is_over(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let tomorrow = day(&app, 1);
    limit(&ada, &grace.id, &[("access_until", &tomorrow)]).await.expect(200);
    pass_until(&app, end_of(&tomorrow));
    // With nothing stored yet: the change itself follows the clock first.
    act(&ada, &grace.id, "activate").await.expect(200);
    let profile = ada.profile(ORG, &grace.id).await;
    assert_eq!((profile.row.target.state, profile.access_ended_at), (PersonState::Active, None));
    app.sign_in(&grace.email).await;
    app.pass(30 * DAY);
    assert_eq!(row(&app.sign_in(ADA).await, &grace.id).await.target.state, PersonState::Active);
}

async fn whose_access_has_ended_takes_no_seat(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    save(&ada, &[("seats", "2")]).await.expect(200);
    let tomorrow = day(&app, 1);
    limit(&ada, &grace.id, &[("access_until", &tomorrow)]).await.expect(200);
    let sent = |email: &'static str| {
        let ada = ada.clone();
        async move {
            results(&ada.call("/api/invitations/send", &[("org", ORG), ("emails", email)]).await)[0].outcome.is_sent()
        }
    };
    assert!(!sent("alan@x.example").await);
    pass_until(&app, end_of(&tomorrow));
    assert!(sent("alan@x.example").await, "her seat is free at that moment");
    act(&ada, &grace.id, "activate").await.expect(409);
}

async fn what_is_wrong_stands_beside_the_field(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let tomorrow = day(&app, 1);
    for (fields, wrong, why) in [
        (vec![("access_until", "soon")], "access_until", "Enter a day as year, month and day, such as 2026-12-31."),
        (vec![("access_until", "2001-01-01")], "access_until", "This day is over. Choose today or a later day."),
        (vec![("access_until", "9000-01-01")], "access_until", "Choose a day within the next ten years."),
        (vec![("role_until", "31.12.")], "role_until", "Enter a day as year, month and day, such as 2026-12-31."),
        (vec![("role_until", tomorrow.as_str())], "role_then", "Choose the role that follows."),
        (vec![("role_until", &tomorrow), ("role_then", "king")], "role_then", "Choose the role that follows."),
        (
            vec![("role_until", &tomorrow), ("role_then", "member")],
            "role_then",
            "This is their role already. Choose the one that follows it.",
        ),
    ] {
        let problem = limit(&ada, &grace.id, &fields).await.expect(422).problem();
        assert_eq!(problem.of_field(wrong).as_deref(), Some(why), "{fields:?}");
    }
    let both = limit(&ada, &grace.id, &[("access_until", "x"), ("role_until", "y")]).await.expect(422);
    assert_eq!(both.wrong_fields(), ["access_until", "role_until"]);
    assert!(row(&ada, &grace.id).await.ends.is_empty());
    for function in ["/api/invitations/send", "/api/invitations/send_one"] {
        let form = [
            ("org", ORG),
            ("emails", "a@x.example"),
            ("email", "a@x.example"),
            ("first_name", "A"),
            ("access_until", "never"),
        ];
        let problem = ada.call(function, &form).await.expect(422).problem();
        assert!(problem.of_field("access_until").is_some(), "{function}");
    }
    assert!(ada.rows(ORG, Tab::Invitations).await.is_empty());
}

async fn an_account_that_is_created_with_an_end_has_it(app: TestApp) {
    let ada = app.set_up_as("admin_created_accounts").await;
    let create = async |ada: &Browser, until: &str| {
        let form = [("org", ORG), ("first_name", "Grace"), ("email", "grace@navy.example"), ("generate", "on")];
        ada.call("/api/users/create", &[&form[..], &[("access_until", until)]].concat()).await
    };
    let problem = create(&ada, "soon").await.expect(422).problem();
    assert!(problem.of_field("access_until").is_some(), "{problem:?}");
    let last = day(&app, 3);
    create(&ada, &last).await.expect(200);
    let mails = app.mails().await;
    let [Mail::Welcome { access_until, expires_at, .. }] = &mails[..] else { panic!("{mails:?}") };
    // The temporary password does not outlast the access.
    assert_eq!((*access_until, *expires_at), (Some(end_of(&last)), end_of(&last)));
    let people = ada.rows(ORG, Tab::Invitations).await;
    assert_eq!(people.iter().map(|row| row.ends.access).collect::<Vec<_>>(), [Some(end_of(&last))]);
    // Created once more after that has run out: with another end, and with none.
    let later = day(&app, 30);
    for (until, end) in [(later.as_str(), Some(end_of(&later))), ("", None)] {
        app.pass(8 * DAY);
        let ada = app.sign_in(ADA).await;
        create(&ada, until).await.expect(200);
        let mails = app.mails().await;
        let [Mail::Welcome { access_until, .. }] = &mails[..] else { panic!("{mails:?}") };
        assert_eq!(*access_until, end);
    }
}

async fn without_a_script_the_dialog_is_a_page_and_keeps_what_was_typed(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let page = format!("{USERS}?dialog=limits&id={}", grace.id);
    let tomorrow = day(&app, 1);
    assert!(ada.get(&page).await.expect(200).says("Last day of access"));
    let form = |access: &'static str| {
        [
            ("org", ORG),
            ("id", grace.id.as_str()),
            ("access_until", access),
            ("role_until", tomorrow.as_str()),
            ("role_then", "viewer"),
        ]
    };
    let answer = ada.submit(&page, "/api/people/limit", &form("yesterday")).await.expect(422);
    assert_eq!(answer.value_of("access_until"), "yesterday");
    assert_eq!(answer.value_of("role_until"), tomorrow);
    assert!(answer.beside("access_until").contains("Enter a day as year, month and day"));
    ada.submit(&page, "/api/people/limit", &form("")).await.expect(303);
    let list = ada.get(USERS).await.expect(200);
    assert!(list.says(&format!("datetime=\"{}\"", end_of(&tomorrow).rfc3339())), "{}", list.body);
}

async fn what_cannot_be_changed_is_kept_by_saving_the_rest(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let (soon, later) = (day(&app, 1), day(&app, 3));
    limit(&ada, &grace.id, &[("role_until", &soon), ("role_then", "viewer")]).await.expect(200);
    // From now on nobody makes admins, and so nobody moves the end of one.
    grant_no_admins(&ada).await;
    let page = format!("{USERS}?dialog=limits&id={}", grace.id);
    let dialog = ada.get(&page).await.expect(200);
    assert!(!dialog.says("Last day of this role"));
    let (until, then) = (dialog.value_of("role_until"), dialog.value_of("role_then"));
    assert_eq!((until.as_str(), then.as_str()), (soon.as_str(), "viewer"));
    let form =
        [("org", ORG), ("id", &*grace.id), ("access_until", &*later), ("role_until", &*until), ("role_then", &*then)];
    ada.submit(&page, "/api/people/limit", &form).await.expect(303);
    let ends = row(&ada, &grace.id).await.ends;
    assert_eq!((ends.access, ends.role.map(|end| end.at)), (Some(end_of(&later)), Some(end_of(&soon))));
}

async fn an_owner_has_no_end(app: TestApp) {
    let ada = app.set_up().await;
    let me: Viewer = ada.call("/api/session/viewer", &[("org", ORG)]).await.parsed();
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let tomorrow = day(&app, 1);
    let own = me.actor.membership_id.to_string();
    for by in [&ada, &grace.browser] {
        let answer = limit(by, &own, &[("access_until", &tomorrow)]).await;
        assert_eq!(answer.status, 403, "{}", answer.body);
    }
    assert!(row(&ada, &own).await.ends.is_empty());
    // Whoever becomes Owner has none from then on.
    limit(&ada, &grace.id, &[("access_until", &tomorrow), ("role_until", &tomorrow), ("role_then", "viewer")])
        .await
        .expect(200);
    let offer = [("org", ORG), ("id", grace.id.as_str()), ("mode", "step_down"), ("password", PASSWORD)];
    ada.call("/api/ownership/offer", &offer).await.expect(200);
    let offers = "SELECT count(*) FROM ownership_offers WHERE state = 'open'";
    assert_eq!(number(app.db(), offers).await, 1);
    let found: model::ownership::OwnershipView =
        grace.browser.call("/api/ownership/get", &[("org", ORG)]).await.expect(200).parsed();
    let id = found.offers[0].id.to_string();
    grace.browser.call("/api/ownership/accept", &[("org", ORG), ("id", &id)]).await.expect(200);
    pass_until(&app, end_of(&tomorrow));
    let owner: Viewer = grace.browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed();
    assert_eq!(owner.actor.role, Role::Owner);
}

async fn nobody_limits_themselves_or_beyond_their_own(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let alan = app.join(&ada, "alan@x.example", Role::Member).await;
    let tomorrow = day(&app, 1);
    let until = [("access_until", tomorrow.as_str())];
    limit(&grace.browser, &grace.id, &until).await.expect(403);
    limit(&alan.browser, &grace.id, &until).await.expect(403);
    app.browser().call("/api/people/limit", &[("org", ORG), ("id", &grace.id)]).await.expect(401);
    // Owner is not what follows, nor is an admin where none may be granted.
    let then = |role: &'static str| [("role_until", tomorrow.as_str()), ("role_then", role)];
    limit(&ada, &alan.id, &then("owner")).await.expect(403);
    grant_no_admins(&ada).await;
    limit(&ada, &alan.id, &then("admin")).await.expect(403);
    limit(&ada, &grace.id, &then("member")).await.expect(403);
    assert!(row(&ada, &grace.id).await.ends.is_empty());
    // Another organization's people are not found (S44).
    let (other, olive) = app.found("Difference Engines").await;
    let far = invite_to(&other, &olive.browser, "far@x.example", Role::Member).await;
    limit(&ada, &far.id, &until).await.expect(404);
}
