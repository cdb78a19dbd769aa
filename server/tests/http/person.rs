//! `/o/:org/users/:id`: the profile (B29) and the dialog "Edit user" (B30).

use model::{
    PersonState, Role,
    people::{Delivery, Tab},
};

use crate::{
    answer::Answer,
    app::{Broken, TestApp},
    browser::Browser,
    cast::{ADA, ORG, USERS, changed, invite, token_of},
};

on_both_engines! {
    a_profile_shows_who_somebody_is_here,
    a_profile_tells_how_far_the_mail_has_come,
    names_and_the_admin_box_are_edited,
    without_a_script_the_dialog_closes_behind_what_it_did,
    wrong_entries_are_named_beside_their_fields,
    another_address_of_somebody_invited_moves_the_invitation,
    the_address_of_an_account_is_its_owners_matter,
    an_address_that_somebody_has_is_refused,
    an_admin_edits_themselves_but_not_their_role,
    the_owner_stays_owner_whatever_the_box_says,
    an_id_that_is_none_is_not_found,
}

fn form<'a>(id: &'a str, first_name: &'a str, email: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("org", ORG), ("id", id), ("first_name", first_name), ("last_name", "Hopper"), ("email", email)]
}

async fn update(by: &Browser, form: &[(&str, &str)]) -> Answer {
    by.call("/api/people/update", form).await
}

async fn a_profile_shows_who_somebody_is_here(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Viewer).await;
    let page = ada.get(&format!("{USERS}/{}", grace.id)).await.expect(200);
    for text in ["grace Doe", "grace@engines.example", "Viewer", "Active", "Joined", "just now", "Edit user"] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    assert!(page.body.contains("<title>grace Doe · Rollcall</title>"));
    assert!(!page.says("Revoke invitation"));
    let invited = invite(&ada, "margaret@engines.example", Role::Member).await;
    let page = ada.get(&format!("{USERS}/{}", invited.id)).await.expect(200);
    for text in ["Invited", "Expires", "in 7 days", "Resend invitation", "Revoke invitation"] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
}

async fn a_profile_tells_how_far_the_mail_has_come(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    let path = format!("{USERS}/{}", invited.id);
    assert_eq!(ada.profile(ORG, &invited.id).await.row.delivery, Some(Delivery::Queued));
    assert!(ada.get(&path).await.says("Queued"));
    app.break_mail_server(Broken::Yes);
    assert_eq!(app.mails().await, []);
    let waiting = ada.profile(ORG, &invited.id).await;
    assert_eq!(waiting.row.delivery, Some(Delivery::Queued), "another try follows");
    assert_eq!(waiting.delivery_error.as_deref(), Some("451 try again later"));
    let page = ada.get(&path).await;
    assert!(page.says("The mail server said") && page.says("451 try again later"), "{}", page.body);
    app.break_mail_server(Broken::No);
    app.pass(model::time::MINUTE);
    assert_eq!(app.mails().await.len(), 1);
    assert_eq!(ada.profile(ORG, &invited.id).await.row.delivery, Some(Delivery::Sent));
    let page = ada.get(&path).await;
    assert!(page.says("Sent") && !page.says("451 try again later"), "{}", page.body);
}

async fn names_and_the_admin_box_are_edited(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Viewer).await;
    let plain = form(&grace.id, "Grace Brewster", &grace.email);
    assert_eq!(update(&ada, &plain).await.expect(200).toast(), "Grace Brewster Hopper has been updated.");
    assert_eq!(ada.profile(ORG, &grace.id).await.row.target.role, Role::Viewer, "an empty box lifts nobody");
    assert_eq!(ada.rows(ORG, Tab::Standard).await[1].display_name(), "Grace Brewster Hopper");
    update(&ada, &changed(&plain, "admin", "on")).await.expect(200);
    assert_eq!(ada.profile(ORG, &grace.id).await.row.target.role, Role::Admin);
    update(&ada, &plain).await.expect(200);
    assert_eq!(ada.profile(ORG, &grace.id).await.row.target.role, Role::Member);
    let found = ada.get(&format!("{USERS}?q=brewster")).await;
    assert!(found.says("Grace Brewster Hopper"));
}

async fn without_a_script_the_dialog_closes_behind_what_it_did(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    for (page, after) in [
        (format!("{USERS}?q=g&dialog=edit&id={}", grace.id), format!("{USERS}?q=g")),
        (format!("{USERS}/{}?dialog=edit", grace.id), format!("{USERS}/{}", grace.id)),
    ] {
        let dialog = ada.get(&page).await.expect(200);
        assert_eq!(
            (dialog.value_of("first_name"), dialog.value_of("email")),
            ("grace".to_owned(), grace.email.clone())
        );
        let answer = ada.submit(&page, "/api/people/update", &form(&grace.id, "grace", &grace.email)).await.expect(303);
        assert_eq!(answer.location(), after);
        assert!(ada.get(&after).await.says("grace Hopper has been updated."));
    }
}

async fn wrong_entries_are_named_beside_their_fields(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    let page = format!("{USERS}?dialog=edit&id={}", invited.id);
    let good = form(&invited.id, "Grace", "grace@engines.example");
    let long = "x".repeat(101);
    for (field, value) in
        [("first_name", ""), ("first_name", &long), ("last_name", &long), ("email", ""), ("email", "grace")]
    {
        let wrong = changed(&good, field, value);
        let answer = update(&ada, &wrong).await.expect(422);
        assert_eq!(answer.wrong_fields(), [field]);
        let page = ada.submit(&page, "/api/people/update", &wrong).await.expect(422);
        assert!(page.beside(field).contains(&answer.problem().of_field(field).unwrap()), "{}", page.body);
        assert_eq!(page.value_of(field), value);
    }
    assert_eq!(ada.profile(ORG, &invited.id).await.row.name.first, "");
}

async fn another_address_of_somebody_invited_moves_the_invitation(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    app.mails().await;
    let answer = update(&ada, &form(&invited.id, "Grace", "Grace.Hopper@navy.example")).await.expect(200);
    assert!(!answer.body.contains("/invite/"), "an edit shows no link: {}", answer.body);
    let mails = app.mails().await;
    let [service::Mail::Invitation { to, to_name, link, .. }] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!((to.as_str(), to_name.as_str()), ("grace.hopper@navy.example", "Grace Hopper"));

    let old = app.browser().get(&invited.page()).await.expect(410);
    assert!(old.says("There is a newer invitation"));
    let refused = [("token", invited.token.as_str()), ("first_name", "Grace"), ("password", crate::cast::PASSWORD)];
    app.browser().call("/api/invitations/accept_new", &refused).await.expect(410);
    let new = app.browser().get(&format!("/invite/{}", token_of(link))).await.expect(200);
    assert!(new.says("grace.hopper@navy.example") || new.value_of("email") == "grace.hopper@navy.example");
    // The mail that had not left yet does not leave any more.
    update(&ada, &form(&invited.id, "Grace", "one@navy.example")).await.expect(200);
    update(&ada, &form(&invited.id, "Grace", "two@navy.example")).await.expect(200);
    let mails = app.mails().await;
    assert_eq!(mails.iter().map(|mail| mail.to().as_str()).collect::<Vec<_>>(), ["two@navy.example"]);
    // A name alone leaves the link as it is.
    let token = mails.iter().filter_map(service::Mail::link).map(|link| token_of(link).to_owned()).next().unwrap();
    update(&ada, &form(&invited.id, "Amazing Grace", "two@navy.example")).await.expect(200);
    assert_eq!(app.mails().await, []);
    app.browser().get(&format!("/invite/{token}")).await.expect(200);
}

async fn the_address_of_an_account_is_its_owners_matter(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let why = "This person has an account and changes the address themselves.";
    let moved = form(&grace.id, "Grace", "eve@evil.example");
    assert_eq!(update(&ada, &moved).await.expect(422).problem().of_field("email").as_deref(), Some(why));
    let page = format!("{USERS}?dialog=edit&id={}", grace.id);
    let page = ada.submit(&page, "/api/people/update", &moved).await.expect(422);
    assert!(page.beside("email").contains(why));
    let row = ada.profile(ORG, &grace.id).await.row;
    assert_eq!((row.email.as_str(), row.name.first.as_str()), (grace.email.as_str(), "grace"));
    // Another spelling of the same address is the same address.
    update(&ada, &form(&grace.id, "Grace", " GRACE@Engines.Example ")).await.expect(200);
}

async fn an_address_that_somebody_has_is_refused(app: TestApp) {
    let ada = app.set_up().await;
    let grace = invite(&ada, "grace@engines.example", Role::Member).await;
    invite(&ada, "margaret@engines.example", Role::Member).await;
    for taken in [ADA, "margaret@engines.example"] {
        let moved = form(&grace.id, "Grace", taken);
        let answer = update(&ada, &moved).await.expect(422);
        assert_eq!(
            answer.problem().of_field("email").as_deref(),
            Some("This user already exists in the organization.")
        );
        let page = ada.submit(&format!("{USERS}?dialog=edit&id={}", grace.id), "/api/people/update", &moved).await;
        assert!(page.expect(422).beside("email").contains("already exists in the organization"));
    }
    app.browser().get(&grace.page()).await.expect(200);
    assert_eq!(ada.profile(ORG, &grace.id).await.row.name.first, "");
}

async fn an_admin_edits_themselves_but_not_their_role(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let own = changed(&form(&grace.id, "Amazing Grace", &grace.email), "admin", "on");
    update(&grace.browser, &own).await.expect(200);
    assert_eq!(ada.profile(ORG, &grace.id).await.row.name.first, "Amazing Grace");
    // The dialog keeps the box as it is where it is barred.
    let dialog = grace.browser.get(&format!("{USERS}?dialog=edit&id={}", grace.id)).await.expect(200);
    assert!(dialog.says("You cannot do this to yourself."));
    assert!(
        dialog.body.contains("type=\"hidden\" name=\"admin\"") || dialog.body.contains("name=\"admin\" value=\"on\"")
    );
    let problem = update(&grace.browser, &form(&grace.id, "Grace", &grace.email)).await.expect(403).problem();
    assert_eq!(problem.message, "You cannot do this to yourself.");
    let row = ada.profile(ORG, &grace.id).await.row;
    assert_eq!((row.target.role, row.name.first.as_str()), (Role::Admin, "Amazing Grace"));
}

async fn the_owner_stays_owner_whatever_the_box_says(app: TestApp) {
    let ada = app.set_up().await;
    let owner = ada.rows(ORG, Tab::Standard).await[0].target.membership_id.to_string();
    for admin in [false, true] {
        let own = form(&owner, "Augusta Ada", ADA);
        let own = if admin { changed(&own, "admin", "on") } else { own };
        update(&ada, &own).await.expect(200);
        let target = ada.profile(ORG, &owner).await.row.target;
        assert_eq!((target.role, target.state), (Role::Owner, PersonState::Active));
    }
}

async fn an_id_that_is_none_is_not_found(app: TestApp) {
    let ada = app.set_up().await;
    let unused: model::MembershipId = app.unused();
    for id in [
        unused.to_string().as_str(),
        "mem_",
        "mem_1",
        "usr_01a3185c500072d5a7aa7baae7290e87",
        "mem_01A3185C500072D5A7AA7BAAE7290E87",
        "%20",
        "mem_%27--",
    ] {
        let page = ada.get(&format!("{USERS}/{id}")).await.expect(404);
        assert!(page.says("Page not found"), "{id}\n{}", page.body);
        ada.get(&format!("{USERS}?dialog=edit&id={id}")).await.expect(404);
        for (function, extra) in [
            ("/api/people/profile", vec![]),
            ("/api/people/act", vec![("op", "deactivate")]),
            ("/api/people/update", vec![("first_name", "Eve"), ("email", "eve@evil.example")]),
            ("/api/invitations/resend", vec![]),
            ("/api/invitations/revoke", vec![]),
        ] {
            let mut form = vec![("org", ORG), ("id", id)];
            form.extend(extra);
            ada.call(function, &form).await.expect(404).problem();
            ada.submit(USERS, function, &form).await.expect(404);
        }
    }
}
