//! People of other organizations (B45–B49): they are invited as user or admin, confirm, and can never touch people, however
//! high their role.

use app::reply::Reply;
use model::{
    Kind, PersonState, Role,
    activity::ActivityPage,
    invitation::{BatchForecast, Forecast, InvitationView, InviteOutcome, InviteResult},
    people::{GuestsPage, Tab},
    time::DAY,
};
use service::Mail;

use crate::{
    actions::act,
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ADA, ORG, PASSWORD, Person, USERS, invite, link_in, mine, sent, token_of},
    engines::{everything, number, raw},
    policies::save,
    reset::{NEW, reset_link},
};

on_both_engines! {
    an_external_is_invited_confirms_and_is_listed,
    a_role_has_to_be_chosen_and_is_user_or_admin,
    by_forms_alone_it_goes_all_the_way,
    an_external_admin_can_never_do_what_seed_002_forbids,
    an_external_confirms_from_the_list_of_organizations_or_declines,
    somebody_elses_invitation_is_not_found,
    access_ends_at_once_when_it_is_revoked,
    pending_externals_are_listed_where_the_policy_says_so,
    domains_are_for_ones_own_people,
    externals_take_seats,
    roles_of_externals_stay_what_externals_can_have,
    an_external_owns_nothing_and_keeps_their_sessions_to_themselves,
    where_ones_own_people_are_guests_is_listed,
    who_was_invited_before_in_another_way_is_invited_as_chosen,
    externals_get_a_link_where_accounts_are_created,
    an_invitation_falls_with_the_right_of_who_sent_it,
    who_has_not_proven_the_mailbox_is_told_by_mail_alone,
    whoever_comes_over_as_a_member_is_judged_as_new,
    an_external_whose_invitation_ran_out_is_created_as_a_member,
    an_external_has_nothing_to_look_for_in_an_archived_organization,
}

/// Invites an address as an external of Ada's organization.
async fn invite_external(by: &Browser, email: &str, role: &str) -> Answer {
    let form = [("org", ORG), ("kind", "external"), ("emails", email), ("role", role)];
    by.call("/api/invitations/send", &form).await
}

/// An organization beside Ada's, whose Owner Olive has proven her mailbox.
async fn founded(app: &TestApp) -> (String, Person) {
    let (slug, olive) = app.found("Difference Machines").await;
    raw(app.db(), &format!("UPDATE users SET email_proven_at = 1 WHERE email = '{}'", olive.email)).await;
    (slug, olive)
}

/// Olive, who owns another organization, comes to Ada's as an external.
async fn guest(app: &TestApp, ada: &Browser, role: &str) -> (String, Person) {
    let (slug, olive) = founded(app).await;
    let invited = sent(invite_external(ada, &olive.email, role).await.expect(200).parsed()).remove(0);
    olive.browser.call("/api/invitations/accept_signed_in", &[("token", &invited.token)]).await.expect(200);
    (slug, Person { id: invited.id, ..olive })
}

async fn an_external_is_invited_confirms_and_is_listed(app: TestApp) {
    let ada = app.set_up().await;
    let (_, olive) = founded(&app).await;
    let report = invite_external(&ada, &olive.email, "admin").await.expect(200).parsed::<Reply<Vec<InviteResult>>>();
    let invited = sent(report).remove(0);
    // The mail says as what.
    let mails = app.mails().await;
    let [mail @ Mail::Invitation { role, .. }] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(role, "External admin");
    let token = token_of(link_in(mail)).to_owned();
    // Until she confirms she stands under Invitations alone (B48).
    assert!(ada.rows(ORG, Tab::External).await.is_empty());
    let pending = ada.rows(ORG, Tab::Invitations).await;
    assert_eq!((pending[0].target.kind, pending[0].target.state), (Kind::External, PersonState::Invited));
    let line = ada.call("/api/people/activity", &[("org", ORG), ("id", &invited.id)]).await.expect(200);
    assert!(line.parsed::<ActivityPage>().lines[0].sentence().ends_with("as External admin"));
    // Her page tells what it means, and who hears of it.
    let view = olive.browser.call("/api/invitations/view", &[("token", &token)]).await.expect(200);
    let InvitationView::Open(open) = view.parsed() else { panic!("{}", view.body) };
    assert_eq!((open.kind, open.role), (Kind::External, Role::Admin));
    assert_eq!(open.home.unwrap().as_str(), "Difference Machines");
    let page = olive.browser.get(&format!("/invite/{token}")).await.expect(200);
    assert!(page.says("External admin") && page.says("They will see that you belong to"), "{}", page.body);
    // Somebody who is not signed in is not told where the address belongs.
    let nobody = app.browser().get(&format!("/invite/{token}")).await.expect(200);
    assert!(!nobody.says("Difference Machines"));
    // She keeps her account, and has one more organization.
    olive.browser.call("/api/invitations/accept_signed_in", &[("token", &token)]).await.expect(200);
    let listed = ada.rows(ORG, Tab::External).await;
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].target.kind, listed[0].target.role), (Kind::External, Role::Admin));
    assert_eq!(listed[0].home.as_ref().unwrap().as_str(), "Difference Machines");
    assert!(ada.rows(ORG, Tab::Standard).await.iter().all(|row| row.email.as_str() != olive.email));
    let list = ada.get(&format!("{USERS}?tab=external")).await.expect(200);
    assert!(list.says("from ") && list.says("Difference Machines"), "{}", list.body);
    let profile = ada.get(&format!("{USERS}/{}", invited.id)).await.expect(200);
    assert!(profile.says("External admin") && profile.says("Difference Machines"), "{}", profile.body);
    let mut names: Vec<_> = mine(&olive.browser).await.orgs.iter().map(|org| org.name.as_str().to_owned()).collect();
    names.sort();
    assert_eq!(names, ["Analytical Engines", "Difference Machines"]);
}

async fn a_role_has_to_be_chosen_and_is_user_or_admin(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    let none = invite_external(&ada, "olive@machines.example", "").await.expect(422);
    assert_eq!(none.wrong_fields(), ["role"]);
    for role in ["member", "owner", "partner"] {
        invite_external(&ada, "olive@machines.example", role).await.expect(403);
    }
    let unknown = invite_external(&ada, "olive@machines.example", "king").await.expect(422);
    assert_eq!(unknown.wrong_fields(), ["role"]);
    assert_eq!(everything(app.db()).await, before);
    // The forecast is the same before one is chosen.
    let form = [("org", ORG), ("kind", "external"), ("emails", "olive@machines.example, ada@engines.example")];
    let told =
        ada.call("/api/invitations/check", &form).await.expect(200).parsed::<Reply<BatchForecast>>().data.unwrap();
    assert_eq!(told.lines[0].forecast, Forecast::Invite);
    assert_eq!(told.lines[1].forecast, Forecast::Refused(InviteOutcome::AlreadyMember));
    // B20 for people of the organization itself.
    let report = invite_external(&ada, "ada@engines.example", "admin").await.expect(200);
    let outcome = report.parsed::<Reply<Vec<InviteResult>>>().data.unwrap().remove(0).outcome;
    assert_eq!(outcome, InviteOutcome::AlreadyMember);
}

async fn by_forms_alone_it_goes_all_the_way(app: TestApp) {
    let ada = app.set_up().await;
    let (_, olive) = founded(&app).await;
    let tab = format!("{USERS}?tab=external");
    let list = ada.get(&tab).await.expect(200);
    assert!(list.body.contains("dialog=external"), "{}", list.body);
    let dialog = format!("{tab}&dialog=external");
    let page = ada.get(&dialog).await.expect(200);
    assert!(page.says("Invite external users") && page.body.contains("value=\"viewer\""), "{}", page.body);
    assert!(!page.body.contains("checked"), "neither is chosen for them");
    let form = [("org", ORG), ("kind", "external"), ("emails", olive.email.as_str())];
    let refused = ada.submit(&dialog, "/api/invitations/send", &form).await.expect(422);
    assert!(refused.says("Choose whether they come as a user or as an admin.") && refused.says(&olive.email));
    let form = [&form[..], &[("role", "viewer")]].concat();
    let report = ada.submit(&dialog, "/api/invitations/send", &form).await.expect(200);
    assert!(report.says("Invitation sent."), "{}", report.body);
    // She confirms in her list of organizations.
    let waiting = olive.browser.get("/orgs").await.expect(200);
    assert!(waiting.says("Analytical Engines") && waiting.says("External user"), "{}", waiting.body);
    let id = mine(&olive.browser).await.invitations[0].membership_id.to_string();
    let accepted = olive.browser.submit("/orgs", "/api/orgs/accept", &[("id", &id)]).await;
    assert_eq!(accepted.location(), "/o/analytical-engines");
    // A user from elsewhere sees no people, as no viewer does.
    olive.browser.get(USERS).await.expect(403);
    assert_eq!(ada.rows(ORG, Tab::External).await.len(), 1);
}

async fn an_external_admin_can_never_do_what_seed_002_forbids(app: TestApp) {
    let ada = app.set_up().await;
    let member = app.join(&ada, "member@engines.example", Role::Member).await;
    let open = invite(&ada, "open@engines.example", Role::Member).await;
    let (_, olive) = guest(&app, &ada, "admin").await;
    app.mails().await;
    let by = &olive.browser;
    // She sees the people, and that and why she may not change them.
    let list = by.get(USERS).await.expect(200);
    let why = "You belong to another organization. External users cannot do this here, whatever their role.";
    assert!(list.says(why) && list.body.contains("disabled"), "{}", list.body);
    assert!(!list.body.contains("dialog=invite"));
    by.get(&format!("{USERS}/{}", member.id)).await.expect(200);
    let before = everything(app.db()).await;
    let person = [("org", ORG), ("id", member.id.as_str())];
    let invited = [("org", ORG), ("id", open.id.as_str())];
    let email = ("emails", "eve@evil.example");
    let name = [("first_name", "Eve"), ("last_name", "Eve"), ("email", "eve@evil.example"), ("password", PASSWORD)];
    for (function, form) in [
        // Add, invite, edit, delete users.
        ("/api/invitations/send", vec![("org", ORG), email]),
        ("/api/invitations/send", vec![("org", ORG), email, ("kind", "external"), ("role", "viewer")]),
        ("/api/invitations/send_one", [&[("org", ORG)], &name[..]].concat()),
        ("/api/users/create", [&[("org", ORG), ("password_again", PASSWORD)], &name[..]].concat()),
        ("/api/imports/start", vec![("org", ORG), ("file", "Email\neve@evil.example\n"), ("file_name", "x.csv")]),
        ("/api/invitations/resend", invited.to_vec()),
        ("/api/invitations/revoke", invited.to_vec()),
        ("/api/people/update", [&person, &name[..]].concat()),
        ("/api/people/act", [&person[..], &[("op", "deactivate")]].concat()),
        ("/api/people/act", [&person[..], &[("op", "assign_admin")]].concat()),
        ("/api/people/remove", [&person[..], &[("how", "remove"), ("confirm", &member.email)]].concat()),
        ("/api/people/remove", [&person[..], &[("how", "delete"), ("confirm", &member.email)]].concat()),
        ("/api/people/limit", [&person[..], &[("access_until", "2030-01-01")]].concat()),
        ("/api/sessions/end_all", person.to_vec()),
        ("/api/bulk/start", vec![("org", ORG), ("op", "deactivate"), ("select", &member.id)]),
        // Edit the organization, and what decides about all of the rest.
        ("/api/orgs/save", vec![("org", ORG), ("org_name", "Eve"), ("version", "0")]),
        ("/api/orgs/archive", vec![("org", ORG), ("confirm", "Analytical Engines")]),
        ("/api/policies/save", vec![("org", ORG), ("version", "0"), ("preset", "invitation_links")]),
        ("/api/mail_profile/edit", vec![("org", ORG), ("sender_name", "Eve")]),
        ("/api/ownership/offer", [&person[..], &[("mode", "share"), ("password", PASSWORD)]].concat()),
    ] {
        let refused = by.call(function, &form).await;
        assert_eq!(refused.status, 403, "{function} {form:?}: {}", refused.body);
    }
    for page in ["settings/general", "settings/policies", "settings/mail", "import", "guests"] {
        by.get(&format!("/o/{ORG}/{page}")).await.expect(403);
    }
    assert_eq!(everything(app.db()).await, before);
    assert_eq!(app.mails().await, []);
}

async fn an_external_confirms_from_the_list_of_organizations_or_declines(app: TestApp) {
    let ada = app.set_up().await;
    let (slug, olive) = founded(&app).await;
    let invited = sent(invite_external(&ada, &olive.email, "viewer").await.expect(200).parsed()).remove(0);
    let [waiting] = <[_; 1]>::try_from(mine(&olive.browser).await.invitations).expect("one");
    assert_eq!(
        (waiting.kind, waiting.role, waiting.invited_by.as_str()),
        (Kind::External, Role::Viewer, "Ada Lovelace")
    );
    // Declined it is as if it had been revoked, and the address can be invited again (B23).
    let declined = olive.browser.call("/api/orgs/decline", &[("id", &invited.id)]).await.expect(200);
    assert_eq!(declined.toast(), "You have declined the invitation to Analytical Engines.");
    assert!(mine(&olive.browser).await.invitations.is_empty());
    assert!(ada.rows(ORG, Tab::Invitations).await.is_empty());
    olive.browser.get(&invited.page()).await.expect(410);
    olive.browser.call("/api/orgs/decline", &[("id", &invited.id)]).await.expect(404);
    let log = app.count_of_audit("invitation.declined").await;
    assert_eq!(log, 1);
    let again = sent(invite_external(&ada, &olive.email, "viewer").await.expect(200).parsed()).remove(0);
    olive.browser.call("/api/orgs/accept", &[("id", &again.id)]).await.expect(200);
    assert_eq!(ada.rows(ORG, Tab::External).await.len(), 1);
    // What was used is over; who has joined leaves by other ways.
    olive.browser.call("/api/orgs/accept", &[("id", &again.id)]).await.expect(404);
    olive.browser.call("/api/orgs/decline", &[("id", &again.id)]).await.expect(404);
    // An expired one is not offered, and cannot be accepted.
    let late = app.join(&ada, "late@engines.example", Role::Member).await;
    let form = [("org", slug.as_str()), ("kind", "external"), ("emails", late.email.as_str()), ("role", "viewer")];
    let id = sent(olive.browser.call("/api/invitations/send", &form).await.expect(200).parsed()).remove(0).id;
    raw(app.db(), "UPDATE users SET email_proven_at = 1").await;
    app.pass(8 * DAY);
    let late = app.sign_in(&late.email).await;
    assert!(mine(&late).await.invitations.is_empty());
    late.call("/api/orgs/accept", &[("id", &id)]).await.expect(410);
}

async fn somebody_elses_invitation_is_not_found(app: TestApp) {
    let ada = app.set_up().await;
    let (_, olive) = founded(&app).await;
    let member = app.join(&ada, "member@engines.example", Role::Member).await;
    let invited = sent(invite_external(&ada, &olive.email, "admin").await.expect(200).parsed()).remove(0);
    let before = everything(app.db()).await;
    for by in [&ada, &member.browser] {
        for function in ["/api/orgs/accept", "/api/orgs/decline"] {
            by.call(function, &[("id", &invited.id)]).await.expect(404);
            by.submit("/orgs", function, &[("id", &invited.id)]).await.expect(404);
        }
        assert!(mine(by).await.invitations.is_empty());
    }
    for function in ["/api/orgs/accept", "/api/orgs/decline"] {
        app.browser().call(function, &[("id", &invited.id)]).await.expect(401);
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn access_ends_at_once_when_it_is_revoked(app: TestApp) {
    let ada = app.set_up().await;
    let (slug, olive) = guest(&app, &ada, "admin").await;
    olive.browser.get(USERS).await.expect(200);
    act(&ada, &olive.id, "deactivate").await.expect(200);
    olive.browser.get(USERS).await.expect(403);
    // At home nothing has changed.
    olive.browser.get(&format!("/o/{slug}/users")).await.expect(200);
    act(&ada, &olive.id, "activate").await.expect(200);
    olive.browser.get(USERS).await.expect(200);
    let form = [("org", ORG), ("id", olive.id.as_str()), ("how", "remove"), ("confirm", olive.email.as_str())];
    ada.call("/api/people/remove", &form).await.expect(200);
    olive.browser.get(USERS).await.expect(404);
    olive.browser.get(&format!("/o/{slug}/users")).await.expect(200);
    assert!(ada.rows(ORG, Tab::External).await.is_empty());
}

async fn pending_externals_are_listed_where_the_policy_says_so(app: TestApp) {
    let ada = app.set_up().await;
    invite_external(&ada, "olive@machines.example", "viewer").await.expect(200);
    let count = async |tab| ada.list(ORG, &model::people::PeopleQuery::default()).await.counts.of(tab);
    assert_eq!((count(Tab::External).await, count(Tab::Invitations).await), (0, 1));
    save(&ada, &[("show_pending_external", "on")]).await.expect(200);
    assert_eq!((count(Tab::External).await, count(Tab::Invitations).await), (1, 1));
    let listed = ada.rows(ORG, Tab::External).await;
    assert_eq!(listed[0].target.state, PersonState::Invited);
    // An export and a bulk change follow the list.
    let file = ada.get(&format!("/o/{ORG}/export/people.csv?tab=external")).await.expect(200);
    assert!(file.body.contains("olive@machines.example"), "{}", file.body);
}

async fn domains_are_for_ones_own_people(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("email_domains", "engines.example")]).await.expect(200);
    let form = [("org", ORG), ("emails", "olive@machines.example")];
    let own = ada.call("/api/invitations/send", &form).await.expect(200).parsed::<Reply<Vec<InviteResult>>>();
    assert!(matches!(own.data.unwrap()[0].outcome, InviteOutcome::Barred(_)));
    let external = invite_external(&ada, "olive@machines.example", "viewer").await.expect(200);
    assert_eq!(sent(external.parsed()).len(), 1);
}

async fn externals_take_seats(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("seats", "2")]).await.expect(200);
    let report = invite_external(&ada, "one@machines.example, two@machines.example", "viewer").await.expect(200);
    let outcomes = report.parsed::<Reply<Vec<InviteResult>>>().data.unwrap();
    assert!(outcomes[0].outcome.is_sent());
    assert_eq!(outcomes[1].outcome, InviteOutcome::NoSeat);
}

async fn roles_of_externals_stay_what_externals_can_have(app: TestApp) {
    let ada = app.set_up().await;
    let (_, olive) = guest(&app, &ada, "admin").await;
    // The first role of the organization is Member, which no external has: they become a viewer.
    act(&ada, &olive.id, "revoke_admin").await.expect(200);
    assert_eq!(ada.rows(ORG, Tab::External).await[0].target.role, Role::Viewer);
    act(&ada, &olive.id, "assign_admin").await.expect(200);
    let edited = [("org", ORG), ("id", olive.id.as_str()), ("first_name", "Olive"), ("last_name", "Owner")];
    let edited = [&edited[..], &[("email", olive.email.as_str())]].concat();
    ada.call("/api/people/update", &edited).await.expect(200);
    assert_eq!(ada.rows(ORG, Tab::External).await[0].target.role, Role::Viewer, "the box Admin was not checked");
    for role in ["member", "partner", "owner"] {
        let form = [("org", ORG), ("id", olive.id.as_str()), ("op", "change_role"), ("role", role)];
        ada.call("/api/people/act", &form).await.expect(403);
    }
    // In bulk those are left out, with the reason.
    let start = [("op", "change_role"), ("role", "member"), ("select", olive.id.as_str())];
    let id = crate::bulk::started(&ada, &start).await;
    let plan = crate::bulk::job(&ada, &id).await;
    assert_eq!((plan.job.counts.would, plan.job.counts.left_out), (0, 1));
}

async fn an_external_owns_nothing_and_keeps_their_sessions_to_themselves(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("max_owners", "3")]).await.expect(200);
    let (_, olive) = guest(&app, &ada, "admin").await;
    let offer = [("org", ORG), ("id", olive.id.as_str()), ("mode", "share"), ("password", PASSWORD)];
    ada.call("/api/ownership/offer", &offer).await.expect(403);
    assert!(ada.profile(ORG, &olive.id).await.sessions.is_none());
    ada.call("/api/sessions/end_all", &[("org", ORG), ("id", &olive.id)]).await.expect(403);
    // Her own she ends, there as well.
    assert!(olive.browser.profile(ORG, &olive.id).await.sessions.is_some());
    olive.browser.call("/api/sessions/end_all", &[("org", ORG), ("id", &olive.id)]).await.expect(200);
    olive.browser.get(USERS).await.location();
}

async fn where_ones_own_people_are_guests_is_listed(app: TestApp) {
    let ada = app.set_up().await;
    let member = app.join(&ada, "member@engines.example", Role::Member).await;
    let (slug, olive) = founded(&app).await;
    let form = [("org", slug.as_str()), ("kind", "external"), ("emails", member.email.as_str()), ("role", "admin")];
    let invited = sent(olive.browser.call("/api/invitations/send", &form).await.expect(200).parsed()).remove(0);
    let page = format!("/o/{ORG}/guests");
    assert!(ada.get(&page).await.expect(200).says("Nobody is a guest elsewhere"));
    member.browser.call("/api/invitations/accept_signed_in", &[("token", &invited.token)]).await.expect(200);
    let listed: GuestsPage = ada.call("/api/orgs/guests", &[("org", ORG)]).await.expect(200).parsed();
    let [guest] = &listed.guests[..] else { panic!("{listed:?}") };
    assert_eq!((guest.membership_id.to_string(), guest.org_name.as_str()), (member.id.clone(), "Difference Machines"));
    assert_eq!((guest.role, guest.state), (Role::Admin, PersonState::Active));
    let page = ada.get(&page).await.expect(200);
    assert!(page.says("Difference Machines") && page.body.contains(&format!("{USERS}/{}", member.id)), "{}", page.body);
    // Who keeps no people in order is not told, and the host's own people are no matter of theirs.
    member.browser.get(&format!("/o/{ORG}/guests")).await.expect(403);
    let theirs: GuestsPage = olive.browser.call("/api/orgs/guests", &[("org", &slug)]).await.expect(200).parsed();
    assert!(theirs.guests.is_empty());
}

async fn who_was_invited_before_in_another_way_is_invited_as_chosen(app: TestApp) {
    let ada = app.set_up().await;
    invite(&ada, "olive@machines.example", Role::Member).await;
    let report = invite_external(&ada, "olive@machines.example", "admin").await.expect(200);
    let outcome = report.parsed::<Reply<Vec<InviteResult>>>().data.unwrap().remove(0).outcome;
    assert_eq!(outcome, InviteOutcome::AlreadyInvited, "an open invitation stands");
    app.pass(8 * DAY);
    let ada = app.sign_in(ADA).await;
    let again = sent(invite_external(&ada, "olive@machines.example", "admin").await.expect(200).parsed()).remove(0);
    let row = ada.rows(ORG, Tab::Invitations).await.remove(0);
    assert_eq!((row.target.kind, row.target.role), (Kind::External, Role::Admin));
    let form = [("token", again.token.as_str()), ("first_name", "O"), ("last_name", "O"), ("password", PASSWORD)];
    app.browser().call("/api/invitations/accept_new", &form).await.expect(200);
    let row = ada.rows(ORG, Tab::External).await.remove(0);
    assert_eq!(row.home, None, "who belongs nowhere else comes from nowhere");
}

async fn externals_get_a_link_where_accounts_are_created(app: TestApp) {
    let ada = app.set_up_as("admin_created_accounts").await;
    // Admins cannot be granted there, by any way.
    invite_external(&ada, "olive@machines.example", "admin").await.expect(403);
    let invited = sent(invite_external(&ada, "olive@machines.example", "viewer").await.expect(200).parsed()).remove(0);
    let resent = ada.call("/api/invitations/resend", &[("org", ORG), ("id", &invited.id)]).await.expect(200);
    let again = sent(resent.parsed()).remove(0);
    let mails = app.mails().await;
    assert!(mails.iter().all(|mail| matches!(mail, Mail::Invitation { .. })), "{mails:?}");
    let form = [("token", again.token.as_str()), ("first_name", "O"), ("last_name", "O"), ("password", PASSWORD)];
    app.browser().call("/api/invitations/accept_new", &form).await.expect(200);
}

async fn an_invitation_falls_with_the_right_of_who_sent_it(app: TestApp) {
    let ada = app.set_up().await;
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    let (_, olive) = founded(&app).await;
    let invited = sent(invite_external(&admin.browser, &olive.email, "admin").await.expect(200).parsed()).remove(0);
    act(&ada, &admin.id, "revoke_admin").await.expect(200);
    let refused = olive.browser.call("/api/orgs/accept", &[("id", &invited.id)]).await.expect(409);
    assert!(refused.problem_text().contains("may no longer grant this role"), "{}", refused.body);
}

/// Somebody else may have set the first password (S25).
async fn who_has_not_proven_the_mailbox_is_told_by_mail_alone(app: TestApp) {
    let ada = app.set_up().await;
    let (_, olive) = app.found("Difference Machines").await;
    let invited = sent(invite_external(&ada, &olive.email, "admin").await.expect(200).parsed()).remove(0);
    assert!(mine(&olive.browser).await.invitations.is_empty());
    for function in ["/api/orgs/accept", "/api/orgs/decline"] {
        olive.browser.call(function, &[("id", &invited.id)]).await.expect(404);
    }
    // Nor does the link of an invitation prove it: who invites may have copied it.
    olive.browser.call("/api/invitations/accept_signed_in", &[("token", &invited.token)]).await.expect(200);
    let proven = "SELECT count(*) FROM users WHERE email_proven_at IS NOT NULL";
    assert_eq!(number(app.db(), proven).await, 0);
    let form = [("org", ORG), ("id", invited.id.as_str()), ("how", "remove"), ("confirm", olive.email.as_str())];
    ada.call("/api/people/remove", &form).await.expect(200);
    invite_external(&ada, &olive.email, "viewer").await.expect(200);
    // What goes to the mailbox alone does, for good.
    let token = reset_link(&app, &olive.email).await;
    app.browser().call("/api/passwords/reset", &[("token", &token), ("password", NEW)]).await.expect(200);
    assert_eq!(number(app.db(), proven).await, 1);
    let browser = app.browser();
    let form = [("email", olive.email.as_str()), ("password", NEW)];
    browser.call("/api/session/login", &form).await.expect(200);
    assert_eq!(mine(&browser).await.invitations.len(), 1);
}

async fn whoever_comes_over_as_a_member_is_judged_as_new(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("email_domains", "engines.example")]).await.expect(200);
    invite_external(&ada, "eve@other.example", "viewer").await.expect(200);
    app.pass(8 * DAY);
    let ada = app.sign_in(ADA).await;
    let form = [("org", ORG), ("emails", "eve@other.example"), ("role", "member")];
    let report = ada.call("/api/invitations/send", &form).await.expect(200).parsed::<Reply<Vec<InviteResult>>>();
    assert!(matches!(report.data.unwrap()[0].outcome, InviteOutcome::Barred(_)));
    // As what they were they are invited again.
    assert_eq!(sent(invite_external(&ada, "eve@other.example", "viewer").await.expect(200).parsed()).len(), 1);
}

async fn an_external_whose_invitation_ran_out_is_created_as_a_member(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("onboarding", "both")]).await.expect(200);
    invite_external(&ada, "eve@engines.example", "admin").await.expect(200);
    app.pass(8 * DAY);
    let ada = app.sign_in(ADA).await;
    let form = [
        ("org", ORG),
        ("first_name", "Eve"),
        ("last_name", "Eden"),
        ("email", "eve@engines.example"),
        ("password", "ferry-lantern-42-mossy"),
        ("password_again", "ferry-lantern-42-mossy"),
    ];
    ada.call("/api/users/create", &form).await.expect(200);
    let row = ada.rows(ORG, Tab::Invitations).await.remove(0);
    assert_eq!((row.target.kind, row.target.role), (Kind::Standard, Role::Member));
    assert_eq!(app.count_of_audit("invitation.kind_changed").await, 1);
}

async fn an_external_has_nothing_to_look_for_in_an_archived_organization(app: TestApp) {
    let ada = app.set_up().await;
    let (_, olive) = guest(&app, &ada, "admin").await;
    ada.call("/api/orgs/archive", &[("org", ORG), ("confirm", "Analytical Engines")]).await.expect(200);
    olive.browser.get(USERS).await.expect(403);
    olive.browser.get(&format!("/o/{ORG}/export/people.csv")).await.expect(403);
    ada.get(USERS).await.expect(200);
}
