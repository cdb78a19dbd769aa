//! Explaining access (N6): why somebody may do something, now and at the end of a past day, and who can.

use model::{
    Denial, PersonState, Role,
    explain::{Step, WhoCan, Why, past::Unknown},
    people::{PeopleQuery, PersonRow},
    time::DAY,
};

use crate::{
    actions::act,
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ADA, ORG, PASSWORD, accept, changed, invite},
    engines::raw,
    groups::{add, custom_role, made},
};

on_both_engines! {
    each_reason_is_told_on_the_profile,
    who_can_is_found_whichever_way_they_can,
    who_can_goes_on_from_page_to_page,
    the_past_is_told_from_the_log,
    what_a_custom_role_and_a_group_were_is_told_from_the_log,
    who_owned_the_organization_is_told_from_the_log,
    a_day_that_cannot_be_answered_is_refused_beside_the_field,
    the_past_is_for_who_may_read_the_log,
    members_are_told_nothing,
}

async fn ask(by: &Browser, id: &str, permission: &str, on: &str) -> Answer {
    by.call("/api/explain/why", &[("org", ORG), ("id", id), ("permission", permission), ("on", on)]).await
}

async fn why(by: &Browser, id: &str, permission: &str, on: &str) -> Why {
    ask(by, id, permission, on).await.expect(200).parsed()
}

/// The reasons as told; whether they may, first.
async fn told(by: &Browser, id: &str, permission: &str, on: &str) -> (bool, Vec<String>) {
    let found = why(by, id, permission, on).await.answer.unwrap();
    (found.is_allowed(), found.steps.iter().map(Step::sentence).collect())
}

async fn who(by: &Browser, permission: &str, after: &str) -> WhoCan {
    by.call("/api/explain/who", &[("org", ORG), ("permission", permission), ("after", after)])
        .await
        .expect(200)
        .parsed()
}

async fn names(by: &Browser, permission: &str) -> Vec<(String, bool)> {
    let found = who(by, permission, "").await;
    found.people.iter().map(|holder| (holder.person.display_name(), holder.by_own_role)).collect()
}

/// The day that it is, in a field.
fn today(app: &TestApp) -> String {
    app.rollcall.now().plus(1).last_day()
}

async fn give(by: &Browser, id: &str, role: &str) {
    let form = [("org", ORG), ("id", id), ("op", "change_role"), ("role", role)];
    by.call("/api/people/act", &form).await.expect(200);
}

async fn each_reason_is_told_on_the_profile(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let page = format!("/o/{ORG}/users/{}", grace.id);
    assert!(ada.get(&page).await.expect(200).says("Explain access"));
    let desk = custom_role(&app, 1, "admin", "view_audit").await;
    let support = made(&ada, "Support", "", &desk).await;
    add(&ada, &support, &[&grace.id]).await.expect(200);
    let shown = ada.get(&format!("{page}?why=invite_people")).await.expect(200);
    assert!(shown.says("Front desk 1 gives it – through Support."), "{}", shown.body);
    assert!(shown.says("Member does not give it – own role."), "{}", shown.body);
    assert_eq!(
        told(&ada, &grace.id, "view_audit", "").await,
        (
            false,
            vec![
                "Front desk 1 takes it away – through Support. What one role takes away, no other gives back."
                    .to_owned(),
                "Member does not give it – own role.".to_owned(),
                "Roles that give it: Owner, Admin.".to_owned(),
            ]
        )
    );
    // It says what the server does: Grace invites, and reads no log.
    assert!(grace.browser.get(&page).await.expect(200).says("Explain access"));
    ask(&grace.browser, &grace.id, "invite_people", &today(&app)).await.expect(200);
    invite(&grace.browser, "ida@engines.example", Role::Member).await;
    grace.browser.call("/api/people/activity", &[("org", ORG), ("id", &grace.id)]).await.expect(403);
    act(&ada, &grace.id, "deactivate").await.expect(200);
    let found = why(&ada, &grace.id, "invite_people", "").await.answer.unwrap();
    assert_eq!(found.denial, Some(Denial::Inactive));
    assert_eq!(found.steps[0], Step::NotActive { state: PersonState::Deactivated, ended_at: None });
    // What nobody knows is not asked.
    assert!(!ada.get(&format!("{page}?why=teleport")).await.expect(200).says("Roles that give it"));
}

async fn who_can_is_found_whichever_way_they_can(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let ida = app.join(&ada, "ida@engines.example", Role::Admin).await;
    let joan = app.join(&ada, "joan@engines.example", Role::Admin).await;
    invite(&ada, "kay@engines.example", Role::Admin).await;
    let support = made(&ada, "Support", "", "admin").await;
    add(&ada, &support, &[&grace.id]).await.expect(200);
    let own = |name: &str| (name.to_owned(), true);
    let all = [own("Ada Lovelace"), ("grace Doe".to_owned(), false), own("ida Doe"), own("joan Doe")];
    assert_eq!(names(&ada, "view_audit").await, all);
    let desk = custom_role(&app, 1, "admin", "view_audit").await;
    give(&ada, &ida.id, &desk).await;
    act(&ada, &joan.id, "deactivate").await.expect(200);
    assert_eq!(names(&ada, "view_audit").await, all[..2]);
    assert_eq!(names(&ada, "transfer_ownership").await, all[..1]);
    assert_eq!(names(&ada, "view_partner_section").await, all[..3]);
    // On the page, with a way to why; and from the table of roles.
    let page = ada.get(&format!("/o/{ORG}/access?can=view_audit")).await.expect(200);
    assert!(page.says("2 people can.") && page.says("through a group"), "{}", page.body);
    assert!(page.body.contains(&format!("/o/{ORG}/users/{}?why=view_audit#why", grace.id)), "{}", page.body);
    assert!(!page.says("ida Doe"), "{}", page.body);
    assert!(ada.get(&format!("/o/{ORG}/access")).await.expect(200).says("Show who can"));
    assert!(ada.get(&format!("/o/{ORG}/roles")).await.expect(200).body.contains("access?can=view_audit"));
}

async fn who_can_goes_on_from_page_to_page(app: TestApp) {
    let ada = app.set_up().await;
    // Two hundred and more stand in front who might, and cannot.
    for batch in 0..3 {
        let emails: Vec<String> = (0..80).map(|i| format!("a{batch}{i:02}@a.example")).collect();
        let form = [("org", ORG), ("emails", &emails.join(",")), ("role", "admin")];
        ada.call("/api/invitations/send", &form).await.expect(200);
    }
    raw(app.db(), "UPDATE memberships SET status = 'active', withheld = 'view_audit' WHERE role = 'admin'").await;
    let first = who(&ada, "view_audit", "").await;
    assert!(first.people.is_empty(), "nobody of the first two hundred can");
    let next = first.next.expect("a page follows").encode();
    let last = who(&ada, "view_audit", &next).await;
    assert_eq!(last.people.iter().map(|of| of.person.display_name()).collect::<Vec<_>>(), ["Ada Lovelace"]);
    assert!(last.next.is_none());
    let page = ada.get(&format!("/o/{ORG}/access?can=view_audit")).await.expect(200);
    assert!(page.says("Nobody on this page.") && page.says("Next"), "{}", page.body);
    let page = ada.get(&format!("/o/{ORG}/access?can=view_audit&after={next}")).await.expect(200);
    assert!(page.says("1 person on this page can.") && page.says("Back to the first"), "{}", page.body);
}

async fn the_past_is_told_from_the_log(app: TestApp) {
    let ada = app.set_up().await;
    let invited_on = today(&app);
    let waits = invite(&ada, "grace@engines.example", Role::Member).await;
    app.pass(2 * DAY);
    let waiting_on = app.rollcall.now().plus(-DAY).plus(1).last_day();
    let grace = accept(&app, "grace@engines.example", waits).await;
    let ada = app.sign_in(ADA).await;
    let member_on = today(&app);
    app.pass(DAY);
    act(&ada, &grace.id, "assign_admin").await.expect(200);
    let admin_on = today(&app);
    app.pass(DAY);
    act(&ada, &grace.id, "deactivate").await.expect(200);
    let out_on = today(&app);
    app.pass(DAY);
    act(&ada, &grace.id, "activate").await.expect(200);
    act(&ada, &grace.id, "revoke_admin").await.expect(200);
    for (on, denial) in [
        (invited_on.as_str(), Some(Denial::Inactive)),
        (&waiting_on, Some(Denial::Inactive)),
        (&member_on, Some(Denial::Role)),
        (&admin_on, None),
        (&out_on, Some(Denial::Inactive)),
        (&today(&app), Some(Denial::Role)),
        ("", Some(Denial::Role)),
    ] {
        let found = why(&ada, &grace.id, "view_audit", on).await.answer.unwrap();
        assert_eq!(found.denial, denial, "{on}: {:?}", found.steps);
    }
    let page = ada.get(&format!("/o/{ORG}/users/{}?why=view_audit&on={admin_on}", grace.id)).await.expect(200);
    assert!(page.says("could:") && page.says("Admin gives it – own role."), "{}", page.body);
}

async fn what_a_custom_role_and_a_group_were_is_told_from_the_log(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let company = made(&ada, "Company", "", "viewer").await;
    let role = [("org", ORG), ("name", "Desk"), ("base", "admin"), ("keeps[]", "view_people,invite_people,view_audit")];
    ada.call("/api/roles/create", &role).await.expect(200);
    let roles: Vec<model::CustomRole> = ada.call("/api/roles/list", &[("org", ORG)]).await.expect(200).parsed();
    let desk = model::id::Id::as_str(&roles[0].id).to_owned();
    let support = made(&ada, "Support", &company, &desk).await;
    add(&ada, &support, &[&grace.id]).await.expect(200);
    let then = today(&app);
    app.pass(DAY);
    let ada = app.sign_in(ADA).await;
    let keeps_less = changed(&changed(&role, "id", &desk), "keeps[]", "view_people");
    ada.call("/api/roles/update", &keeps_less).await.expect(200);
    ada.call("/api/roles/delete", &[("org", ORG), ("id", &desk), ("instead", "admin")]).await.expect(200);
    ada.call("/api/groups/delete", &[("org", ORG), ("id", &support)]).await.expect(200);
    ada.call("/api/groups/delete", &[("org", ORG), ("id", &company)]).await.expect(200);
    assert!(!why(&ada, &grace.id, "invite_people", "").await.answer.unwrap().is_allowed());
    assert_eq!(
        told(&ada, &grace.id, "invite_people", &then).await,
        (
            true,
            vec![
                "Desk gives it – through Support.".to_owned(),
                "Member does not give it – own role.".to_owned(),
                "Viewer does not give it – through Company, of which Support is a part.".to_owned(),
            ]
        )
    );
}

async fn who_owned_the_organization_is_told_from_the_log(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let then = today(&app);
    app.pass(DAY);
    let ada = app.sign_in(ADA).await;
    let offer = [("org", ORG), ("id", grace.id.as_str()), ("mode", "step_down"), ("password", PASSWORD)];
    ada.call("/api/ownership/offer", &offer).await.expect(200);
    let grace_now = app.sign_in(&grace.email).await;
    let offers: serde_json::Value = grace_now.call("/api/ownership/get", &[("org", ORG)]).await.expect(200).parsed();
    let offer = offers["offers"][0]["id"].as_str().unwrap().to_owned();
    grace_now.call("/api/ownership/accept", &[("org", ORG), ("id", &offer)]).await.expect(200);
    let owners = |of: Why| of.answer.unwrap().is_allowed();
    assert!(owners(why(&grace_now, &grace.id, "transfer_ownership", "").await));
    assert!(!owners(why(&grace_now, &grace.id, "transfer_ownership", &then).await));
    let people = grace_now.list(ORG, &PeopleQuery::default()).await;
    let was: &PersonRow = people.rows.iter().find(|row| row.email.as_str() == ADA).unwrap();
    let ada = was.target.membership_id.to_string();
    assert!(owners(why(&grace_now, &ada, "transfer_ownership", &then).await));
    assert!(!owners(why(&grace_now, &ada, "transfer_ownership", "").await));
}

async fn a_day_that_cannot_be_answered_is_refused_beside_the_field(app: TestApp) {
    let ada = app.set_up().await;
    let before = app.rollcall.now().plus(-5 * DAY).last_day();
    let ahead = app.rollcall.now().plus(5 * DAY).last_day();
    app.pass(DAY);
    let ada_then = app.sign_in(ADA).await;
    let grace = app.join(&ada_then, "grace@engines.example", Role::Member).await;
    drop(ada);
    for (on, unknown) in [
        ("yesterday", Unknown::NoDay),
        ("2026-02-31", Unknown::NoDay),
        (ahead.as_str(), Unknown::ToCome),
        (&before, Unknown::NotHereYet),
    ] {
        assert_eq!(why(&ada_then, &grace.id, "view_audit", on).await.answer, Err(unknown), "{on}");
        let page = ada_then.get(&format!("/o/{ORG}/users/{}?why=view_audit&on={on}", grace.id)).await.expect(200);
        assert!(page.says(&unknown.to_string()), "{}", page.body);
        assert!(page.body.contains(&format!("value=\"{on}\"")), "{}", page.body);
    }
    ask(&ada_then, &grace.id, "teleport", "").await.expect(422);
    // As an older release has written it.
    act(&ada_then, &grace.id, "assign_admin").await.expect(200);
    let then = today(&app);
    app.pass(2 * DAY);
    let ada = app.sign_in(ADA).await;
    act(&ada, &grace.id, "revoke_admin").await.expect(200);
    raw(app.db(), "UPDATE audit_events SET detail = '{\"from\":\"admin\"}' WHERE action = 'membership.role_changed'")
        .await;
    assert_eq!(why(&ada, &grace.id, "view_audit", &then).await.answer, Err(Unknown::NotWritten));
}

async fn the_past_is_for_who_may_read_the_log(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let desk = custom_role(&app, 1, "admin", "view_audit").await;
    give(&ada, &grace.id, &desk).await;
    let then = today(&app);
    app.pass(DAY);
    let by = app.sign_in(&grace.email).await;
    ask(&by, &grace.id, "view_audit", &then).await.expect(403);
    ask(&by, &grace.id, "view_audit", "").await.expect(200);
    let page = by.get(&format!("/o/{ORG}/users/{}?why=view_audit", grace.id)).await.expect(200);
    assert!(!page.says("At the end of") && page.says("takes it away"), "{}", page.body);
}

async fn members_are_told_nothing(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    ask(&grace.browser, &grace.id, "view_audit", "").await.expect(403);
    let form = [("org", ORG), ("permission", "view_audit"), ("after", "")];
    grace.browser.call("/api/explain/who", &form).await.expect(403);
    grace.browser.get(&format!("/o/{ORG}/access?can=view_audit")).await.expect(403);
}
