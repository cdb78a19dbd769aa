//! What is done to people from the list: the ACTIVE switch (B31, B32) and the Admin role (B33, B34).

use model::{PersonState, Role, people::Tab};

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ORG, Person, USERS, changed, invite},
    engines::{number, raw},
};

on_both_engines! {
    the_switch_says_what_the_specification_says,
    turning_a_switch_twice_says_the_same_again,
    nobody_turns_their_own_switch_and_admins_not_the_owners,
    the_switch_of_somebody_invited_does_not_turn,
    the_last_owner_stays_whoever_is_quicker,
    admins_are_made_and_unmade,
    nobody_is_made_an_owner_or_changes_themselves,
    where_admins_cannot_be_granted_nothing_grants_them,
    a_role_that_was_taken_is_gone_at_the_next_request,
    what_is_done_is_in_the_audit_log,
}

/// Chooses an entry of a person's menu.
pub(crate) async fn act(by: &Browser, id: &str, op: &str) -> Answer {
    by.call("/api/people/act", &[("org", ORG), ("id", id), ("op", op)]).await
}

/// Sets policy G so that nobody is made an admin; otherwise as the preset of seed 000 has it, but that people can be invited by
/// link as well.
pub(crate) async fn grant_no_admins(by: &Browser) {
    let policies = [
        ("org", ORG),
        ("version", "0"),
        ("onboarding", "both"),
        ("ttl", "7"),
        ("ttl_unit", "days"),
        ("copy_links", "on"),
        ("default_role", "member"),
        ("status_words", "disabled"),
        ("max_owners", "1"),
        ("delete_scope", "any"),
        ("email_reuse", "never"),
    ];
    by.call("/api/policies/save", &policies).await.expect(200);
}

/// The id of the Owner's membership.
async fn owner_id(ada: &Browser) -> String {
    let rows = ada.rows(ORG, Tab::Standard).await;
    rows.into_iter().find(|row| row.target.role == Role::Owner).unwrap().target.membership_id.to_string()
}

async fn the_switch_says_what_the_specification_says(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    for (op, toast, state) in [
        ("deactivate", "User has been successfully deactivated.", PersonState::Deactivated),
        ("activate", "User has been successfully activated.", PersonState::Active),
    ] {
        assert_eq!(act(&ada, &grace.id, op).await.expect(200).toast(), toast);
        assert_eq!(ada.profile(ORG, &grace.id).await.row.target.state, state);
    }
    let here = format!("{USERS}?q=grace&sort=-name");
    for (op, toast, on) in [
        ("deactivate", "User has been successfully deactivated.", "false"),
        ("activate", "User has been successfully activated.", "true"),
    ] {
        let form = [("org", ORG), ("id", grace.id.as_str()), ("op", op)];
        let answer = ada.submit(&here, "/api/people/act", &form).await.expect(303);
        assert_eq!(answer.location(), here);
        let page = ada.get(answer.location()).await.expect(200);
        assert!(page.says(toast) && page.body.contains(&format!("aria-checked=\"{on}\"")), "{}", page.body);
        assert!(!ada.get(&here).await.says(toast));
    }
}

async fn turning_a_switch_twice_says_the_same_again(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    for op in ["activate", "deactivate", "deactivate", "activate", "activate"] {
        act(&ada, &grace.id, op).await.expect(200);
    }
    let turned = "SELECT count(*) FROM audit_events WHERE action IN ('membership.activated', 'membership.deactivated')";
    assert_eq!(number(app.db(), turned).await, 2, "what changes nothing leaves no line");
}

async fn nobody_turns_their_own_switch_and_admins_not_the_owners(app: TestApp) {
    let ada = app.set_up().await;
    let owner = owner_id(&ada).await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let protected = "The Owner's access cannot be changed here. Ownership has to be transferred first.";
    for (by, id, why) in [
        (&ada, &owner, "You cannot do this to yourself."),
        (&grace.browser, &grace.id, "You cannot do this to yourself."),
        (&grace.browser, &owner, protected),
    ] {
        assert_eq!(act(by, id, "deactivate").await.expect(403).problem().message, why);
        let form = [("org", ORG), ("id", id.as_str()), ("op", "deactivate")];
        assert!(by.submit(USERS, "/api/people/act", &form).await.expect(403).says(why));
    }
    for op in ["revoke_admin", "assign_admin"] {
        assert_eq!(act(&grace.browser, &owner, op).await.expect(403).problem().message, protected);
    }
    let form = [("org", ORG), ("id", owner.as_str()), ("first_name", "Eve"), ("email", "eve@evil.example")];
    assert_eq!(grace.browser.call("/api/people/update", &form).await.expect(403).problem().message, protected);
    // The page says so where the control is.
    let page = grace.browser.get(USERS).await;
    assert!(page.says(protected) && page.says("You cannot do this to yourself."));
}

async fn the_switch_of_somebody_invited_does_not_turn(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    for op in ["deactivate", "activate"] {
        let problem = act(&ada, &invited.id, op).await.expect(409).problem();
        assert_eq!(problem.message, "This is not possible while the person is in this state.");
    }
}

async fn the_last_owner_stays_whoever_is_quicker(app: TestApp) {
    let ada = app.set_up().await;
    let owner = owner_id(&ada).await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    // Ownership is transferred by a later release; two Owners are possible already (policy G).
    raw(app.db(), "UPDATE memberships SET role = 'owner', source = 'setup'").await;
    raw(app.db(), "DELETE FROM people_counts WHERE role <> 'owner'").await;
    raw(app.db(), "UPDATE people_counts SET n = 2").await;
    let (first, second) = tokio::join!(act(&ada, &grace.id, "deactivate"), act(&grace.browser, &owner, "deactivate"));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200, "{} {}", first.body, second.body);
    assert!(matches!(statuses[1], 401 | 403 | 409), "{} {}", first.body, second.body);
    let owners = "SELECT count(*) FROM memberships WHERE role = 'owner' AND status = 'active'";
    assert_eq!(number(app.db(), owners).await, 1);
}

async fn admins_are_made_and_unmade(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Viewer).await;
    grace.browser.get(USERS).await.expect(403);
    assert_eq!(act(&ada, &grace.id, "assign_admin").await.expect(200).toast(), "grace Doe is an admin now.");
    let page = grace.browser.get(USERS).await.expect(200);
    assert!(page.says("Revoke admin role") || page.says("Admin"));
    assert!(ada.get(&format!("{USERS}?menu={}", grace.id)).await.says("Revoke admin role"));
    let form = [("org", ORG), ("id", grace.id.as_str()), ("op", "revoke_admin")];
    let page = ada.submit(USERS, "/api/people/act", &form).await.expect(303);
    assert!(ada.get(page.location()).await.says("grace Doe is no longer an admin."));
    // Back to the organization's default role.
    assert_eq!(ada.profile(ORG, &grace.id).await.row.target.role, Role::Member);
    grace.browser.get(USERS).await.expect(403);
}

async fn nobody_is_made_an_owner_or_changes_themselves(app: TestApp) {
    let ada = app.set_up().await;
    let owner = owner_id(&ada).await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    for (by, id, op, status) in [
        (&ada, &owner, "revoke_admin", 403),
        (&ada, &owner, "assign_admin", 403),
        (&grace.browser, &grace.id, "revoke_admin", 403),
        // An admin already: that there is nothing to do is said before whose it is.
        (&grace.browser, &grace.id, "assign_admin", 409),
        (&ada, &grace.id, "assign_admin", 409),
    ] {
        act(by, id, op).await.expect(status);
    }
    let form = [("org", ORG), ("emails", "eve@evil.example"), ("role", "owner")];
    for by in [&ada, &grace.browser] {
        let problem = by.call("/api/invitations/send", &form).await.expect(403).problem();
        assert_eq!(problem.message, "Ownership is transferred, not assigned.");
    }
    assert_eq!(number(app.db(), "SELECT count(*) FROM memberships").await, 2);
}

async fn where_admins_cannot_be_granted_nothing_grants_them(app: TestApp) {
    let ada = app.set_up_as("admin_created_accounts").await;
    grant_no_admins(&ada).await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let invited = invite(&ada, "margaret@engines.example", Role::Member).await;
    let why = "This organization does not allow more admins.";
    for id in [&grace.id, &invited.id] {
        assert_eq!(act(&ada, id, "assign_admin").await.expect(403).problem().message, why);
        let form = [("org", ORG), ("id", id), ("first_name", "Grace"), ("email", &grace.email), ("admin", "on")];
        let form = if *id == invited.id { changed(&form, "email", "margaret@engines.example") } else { form.to_vec() };
        assert_eq!(ada.call("/api/people/update", &form).await.expect(403).problem().message, why);
        assert_ne!(ada.profile(ORG, id).await.row.name.first, "Grace", "nothing of a refused form is kept");
    }
    let one = [("org", ORG), ("first_name", "Eve"), ("email", "eve@engines.example"), ("admin", "on")];
    assert_eq!(ada.call("/api/invitations/send_one", &one).await.expect(403).problem().message, why);
    let many = [("org", ORG), ("emails", "eve@engines.example"), ("role", "admin")];
    assert_eq!(ada.call("/api/invitations/send", &many).await.expect(403).problem().message, why);
    assert!(ada.get(&format!("{USERS}?dialog=add")).await.says(why));
    // Its words are those of its source.
    assert!(ada.get(USERS).await.says("Pending verification"));
}

async fn a_role_that_was_taken_is_gone_at_the_next_request(app: TestApp) {
    let ada = app.set_up().await;
    let Person { browser: grace, id, .. } = app.join(&ada, "grace@engines.example", Role::Admin).await;
    invite(&grace, "first@engines.example", Role::Member).await;
    grace.get(USERS).await.expect(200);
    act(&ada, &id, "revoke_admin").await.expect(200);
    let form = [("org", ORG), ("emails", "second@engines.example")];
    grace.call("/api/invitations/send", &form).await.expect(403);
    grace.submit(USERS, "/api/invitations/send", &form).await.expect(403);
    grace.get(USERS).await.expect(403);
    act(&ada, &id, "assign_admin").await.expect(200);
    grace.call("/api/invitations/send", &form).await.expect(200);
}

async fn what_is_done_is_in_the_audit_log(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    for op in ["assign_admin", "revoke_admin", "deactivate", "activate"] {
        act(&ada, &grace.id, op).await.expect(200);
    }
    act(&ada, &grace.id, "revoke_admin").await.expect(409);
    let all = crate::engines::everything(app.db()).await;
    let lines: Vec<&str> =
        all.lines().filter(|line| line.starts_with("audit_events ") && line.contains(&grace.id)).collect();
    for (action, times) in [
        ("invitation.sent", 1),
        ("invitation.accepted", 1),
        ("membership.role_changed", 2),
        ("membership.deactivated", 1),
        ("membership.activated", 1),
    ] {
        assert_eq!(lines.iter().filter(|line| line.contains(action)).count(), times, "{action}\n{all}");
    }
    assert!(lines.iter().all(|line| line.contains("Lovelace") || line.contains("invitation.accepted")));
}
