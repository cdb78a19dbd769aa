//! Somebody goes (B35–B37): under which policy, what is told and handed over before, what ends at once, and what stays of
//! them.

use model::{
    Policies, Role,
    activity::ActivityPage,
    people::Tab,
    policy::{DeleteScope, EmailReuse},
    removal::{Impact, RemovalPlan},
    time::DAY,
};

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{HOME, ORG, PASSWORD, Person, USERS, changed, invite, invite_to},
    engines::{everything, number, raw},
    policies::save,
};

on_both_engines! {
    who_is_deleted_can_do_nothing_any_more_and_nothing_personal_stays,
    the_address_of_the_deleted_is_refused_as_the_policy_says,
    who_has_not_joined_is_deleted_without_a_trace,
    the_policy_says_who_can_be_deleted,
    a_revoked_membership_leaves_the_account_and_the_address,
    what_is_open_is_handed_over,
    what_who_goes_could_not_send_any_more_is_not_handed_over,
    who_can_take_over_and_who_cannot,
    what_is_final_is_confirmed_by_the_address,
    without_a_script_the_dialog_is_a_page_and_keeps_what_was_typed,
    the_last_owner_the_owners_and_oneself_stay,
    nobody_else_removes_and_nobody_of_another_organization,
    an_account_of_two_organizations_goes_on_in_the_other,
    of_two_who_delete_at_once_one_wins,
    many_are_deleted_after_their_number_was_typed,
    many_lose_their_membership_at_once,
}

/// Asks for somebody to be removed.
async fn remove(by: &Browser, who: &Person, how: &str) -> Answer {
    remove_with(by, &who.id, how, &[("confirm", &who.email)]).await
}

async fn remove_with(by: &Browser, id: &str, how: &str, more: &[(&str, &str)]) -> Answer {
    let form = [&[("org", ORG), ("id", id), ("how", how)], more].concat();
    by.call("/api/people/remove", &form).await
}

async fn plan(by: &Browser, id: &str, how: &str) -> RemovalPlan {
    by.call("/api/people/removal", &[("org", ORG), ("id", id), ("how", how)]).await.expect(200).parsed()
}

/// What becomes of an invitation of this address.
async fn invited(by: &Browser, email: &str) -> String {
    let form = [("org", ORG), ("emails", email)];
    let reply: app::reply::Reply<Vec<model::invitation::InviteResult>> =
        by.call("/api/invitations/send", &form).await.expect(200).parsed();
    reply.data.unwrap()[0].outcome.sentence()
}

const RETIRED: &str = "This address was that of a user who was deleted. It cannot be used for a new account.";

/// Ada's organization, in which anybody can be deleted.
async fn where_anybody_goes(app: &TestApp) -> Browser {
    let ada = app.set_up().await;
    save(&ada, &[("delete_scope", "any")]).await.expect(200);
    ada
}

async fn who_is_deleted_can_do_nothing_any_more_and_nothing_personal_stays(app: TestApp) {
    let ada = where_anybody_goes(&app).await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    invite(&grace.browser, "guest@x.example", Role::Member).await;
    grace.browser.call("/api/passwords/forgot", &[("email", &grace.email)]).await;
    app.mails().await;
    // Lines of one millisecond are in no order.
    app.pass(1);
    assert_eq!(remove(&ada, &grace, "delete").await.expect(200).toast(), "grace Doe has been deleted.");

    grace.browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(401);
    let login = [("email", grace.email.as_str()), ("password", PASSWORD)];
    let answer = app.browser().call("/api/session/login", &login).await.expect(422);
    let never =
        app.browser().call("/api/session/login", &changed(&login, "email", "never@x.example")).await.expect(422);
    assert_eq!(answer.body, never.body, "as if there had never been such an account");
    assert!(ada.rows(ORG, Tab::Standard).await.iter().all(|row| row.email.as_str() != grace.email));
    assert_eq!(ada.rows(ORG, Tab::Standard).await.len(), 2, "Ada, and the guest");

    let audit = "SELECT count(*) FROM audit_events WHERE target_name = 'grace Doe' AND action = 'membership.deleted'";
    assert_eq!(number(app.db(), audit).await, 1, "the audit log keeps the name of the time");
    let shell = "SELECT count(*) FROM users WHERE erased_at IS NOT NULL AND first_name = 'Deleted'";
    assert_eq!(number(app.db(), shell).await, 1, "the id is never used again (S51)");
    let me: model::people::Viewer = ada.call("/api/session/viewer", &[("org", ORG)]).await.parsed();
    let id = me.actor.membership_id.to_string();
    let activity: ActivityPage = ada.call("/api/people/activity", &[("org", ORG), ("id", &id)]).await.parsed();
    assert_eq!(activity.lines[0].sentence(), "Ada Lovelace deleted grace Doe");

    // The audit log keeps what people were called when something was done, and where they had no name yet, by the address.
    raw(app.db(), "UPDATE audit_events SET target_name = '', actor_name = ''").await;
    let left = everything(app.db()).await;
    assert!(!left.contains("grace@navy.example"), "the address is nowhere else");
    assert!(!left.contains("grace") && !left.contains("Doe"), "nor is the name");
}

async fn the_address_of_the_deleted_is_refused_as_the_policy_says(app: TestApp) {
    let ada = where_anybody_goes(&app).await;
    save(&ada, &[("delete_scope", "any"), ("onboarding", "both")]).await.expect(200);
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    remove(&ada, &grace, "delete").await.expect(200);
    assert_eq!(invited(&ada, "Grace@Navy.example").await, RETIRED);

    let alan = invite(&ada, "alan@x.example", Role::Member).await;
    let edit = [("org", ORG), ("id", &alan.id), ("first_name", "Alan"), ("email", &grace.email)];
    let answer = ada.call("/api/people/update", &edit).await.expect(422);
    assert_eq!(answer.problem().of_field("email").as_deref(), Some(RETIRED));
    let create = [("org", ORG), ("first_name", "Grace"), ("email", grace.email.as_str()), ("generate", "on")];
    let answer = ada.call("/api/users/create", &create).await.expect(422);
    assert_eq!(answer.problem().of_field("email").as_deref(), Some(RETIRED));

    let policy = |reuse, days| [("delete_scope", "any"), ("email_reuse", reuse), ("reuse_days", days)];
    save(&ada, &policy("after_days", "30")).await.expect(200);
    let until = invited(&ada, &grace.email).await;
    assert!(until.contains("It can be used for a new account from "), "{until}");
    app.pass(30 * DAY - 1);
    assert_eq!(invited(&app.sign_in(crate::cast::ADA).await, &grace.email).await, until);
    app.pass(1);
    let ada = app.sign_in(crate::cast::ADA).await;
    save(&ada, &policy("never", "")).await.expect(200);
    assert_eq!(invited(&ada, &grace.email).await, RETIRED);
    save(&ada, &policy("always", "")).await.expect(200);
    let again = app.join(&ada, &grace.email, Role::Viewer).await;
    assert_ne!(again.id, grace.id);
    assert_eq!(remove(&ada, &again, "delete").await.expect(200).toast(), "grace Doe has been deleted.");
    assert_eq!(number(app.db(), "SELECT count(*) FROM tombstones").await, 1, "one for an address");
}

async fn who_has_not_joined_is_deleted_without_a_trace(app: TestApp) {
    let ada = app.set_up_as("admin_created_accounts").await;
    let both = [("delete_scope", "unaccepted"), ("onboarding", "both")];
    save(&ada, &both).await.expect(200);
    let guest = invite(&ada, "guest@x.example", Role::Member).await;
    let planned = plan(&ada, &guest.id, "delete").await;
    assert!(!planned.has_account && planned.impact == Impact::default());
    remove_with(&ada, &guest.id, "delete", &[]).await.expect(200);
    assert!(app.browser().get(&guest.page()).await.expect(410).says("withdrawn"));
    assert_eq!(invited(&ada, "guest@x.example").await, "Invitation sent.", "no account, no tombstone");

    let create = [("org", ORG), ("first_name", "Zoë"), ("email", "zoe@x.example"), ("generate", "on")];
    ada.call("/api/users/create", &create).await.expect(200);
    let zoe = ada.rows(ORG, Tab::Invitations).await.into_iter().find(|row| row.email.as_str() == "zoe@x.example");
    let id = zoe.unwrap().target.membership_id.to_string();
    assert!(plan(&ada, &id, "delete").await.has_account);
    remove_with(&ada, &id, "delete", &[]).await.expect(200);
    assert_eq!(invited(&ada, "zoe@x.example").await, RETIRED, "an account was deleted");
}

async fn the_policy_says_who_can_be_deleted(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let guest = invite(&ada, "guest@x.example", Role::Member).await;
    let joined =
        "Only people who have not joined yet can be deleted here. Deactivate the person, or revoke the membership.";
    let off = "This organization does not delete people. Deactivate the person, or revoke the membership.";
    let menu = |id: &str| format!("{USERS}?menu={id}");
    for (scope, member, invited) in [
        (DeleteScope::Unaccepted, Err(joined), Ok(())),
        (DeleteScope::Off, Err(off), Err(off)),
        (DeleteScope::Any, Ok(()), Ok(())),
    ] {
        save(&ada, &[("delete_scope", scope.code())]).await.expect(200);
        for (id, expected, menu) in [
            (&grace.id, member, menu(&grace.id)),
            (&guest.id, invited, format!("{USERS}?tab=invitations&menu={}", guest.id)),
        ] {
            let planned = ada.call("/api/people/removal", &[("org", ORG), ("id", id), ("how", "delete")]).await;
            match expected {
                Ok(()) => drop(planned.expect(200)),
                Err(why) => {
                    assert_eq!(planned.expect(403).problem_text(), why);
                    let answer = remove_with(&ada, id, "delete", &[("confirm", &grace.email)]).await;
                    assert_eq!(answer.expect(403).problem_text(), why);
                }
            }
            // What is not possible is not offered (B36).
            let page = ada.get(&menu).await.expect(200);
            assert_eq!(page.body.contains("dialog=delete"), expected.is_ok(), "{scope:?} {menu}");
        }
    }
}

async fn a_revoked_membership_leaves_the_account_and_the_address(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let said = remove(&ada, &grace, "remove").await.expect(200).toast();
    assert_eq!(said, "grace Doe has no access to this organization any more.");
    grace.browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(401);
    let login = [("email", grace.email.as_str()), ("password", PASSWORD)];
    let nowhere = app.browser().call("/api/session/login", &login).await.expect(409);
    assert_eq!(nowhere.problem_text(), "Your account belongs to no organization any more. Ask an admin to invite you.");
    let again = invite(&ada, &grace.email, Role::Viewer).await;
    let form = [("token", again.token.as_str()), ("password", PASSWORD)];
    app.browser().call("/api/invitations/accept_existing", &form).await.expect(200);
    app.sign_in(&grace.email).await.get(HOME).await.expect(302);
    let again = Person { id: again.id, ..grace.clone() };
    remove(&ada, &again, "remove").await.expect(200);
    assert_eq!(invited(&ada, &grace.email).await, "Invitation sent.");
    let lost = "SELECT count(*) FROM audit_events WHERE action = 'membership.revoked'";
    assert_eq!(number(app.db(), lost).await, 2);
}

async fn what_is_open_is_handed_over(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let alan = app.join(&ada, "alan@x.example", Role::Admin).await;
    let by_grace = invite(&grace.browser, "guest@x.example", Role::Member).await;
    let mine = invite(&ada, "mine@x.example", Role::Member).await;
    for (name, shared) in [("Theirs", None), ("Everybody's", Some("on"))] {
        let form = [("org", ORG), ("name", name), ("query", "role=admin")];
        let form = [&form[..], &shared.map(|on| ("share", on)).into_iter().collect::<Vec<_>>()].concat();
        grace.browser.call("/api/views/save", &form).await.expect(200);
    }
    let job = [("org", ORG), ("op", "deactivate"), ("select", alan.id.as_str())];
    grace.browser.call("/api/bulk/start", &job).await.expect(200);

    let planned = plan(&ada, &grace.id, "remove").await;
    let impact = planned.impact;
    assert_eq!((impact.invitations, impact.shared_views, impact.private_views, impact.jobs), (1, 1, 1, 1));
    assert!(planned.warnings().contains(&"1 open invitation that they sent is handed over.".to_owned()));
    let more = [("confirm", grace.email.as_str()), ("heir", "Alan@X.example")];
    remove_with(&ada, &grace.id, "remove", &more).await.expect(200);

    let by = "SELECT count(*) FROM invitations i JOIN memberships m ON m.user_id = i.invited_by \
              WHERE i.state = 'open' AND m.email = 'alan@x.example'";
    assert_eq!(number(app.db(), by).await, 1, "the others stay who they are of");
    for open in [&by_grace, &mine] {
        let form = [("token", open.token.as_str()), ("first_name", "Guest"), ("password", PASSWORD)];
        app.browser().call("/api/invitations/accept_new", &form).await.expect(200);
    }
    assert_eq!(number(app.db(), "SELECT count(*) FROM jobs WHERE state = 'canceled'").await, 1);
    assert_eq!(number(app.db(), "SELECT count(*) FROM saved_views").await, 1, "what was shared stays");
    let told = "SELECT count(*) FROM audit_events WHERE detail LIKE '%handed_over%1%alan Doe%'";
    assert_eq!(number(app.db(), told).await, 1);
}

async fn what_who_goes_could_not_send_any_more_is_not_handed_over(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let by_grace = invite(&grace.browser, "guest@x.example", Role::Member).await;
    crate::actions::act(&ada, &grace.id, "revoke_admin").await.expect(200);
    let planned = plan(&ada, &grace.id, "remove").await;
    assert_eq!((planned.impact.invitations, planned.impact.lost_invitations), (0, 1));
    let said = "1 open invitation that they sent can no longer be accepted. Resend it from the list.";
    assert!(planned.warnings().contains(&said.to_owned()), "{:?}", planned.warnings());
    remove(&ada, &grace, "remove").await.expect(200);
    let form = [("token", by_grace.token.as_str()), ("first_name", "Guest"), ("password", PASSWORD)];
    let refused = app.browser().call("/api/invitations/accept_new", &form).await;
    assert!(refused.status >= 400, "{}", refused.body);
    let told = "SELECT count(*) FROM audit_events WHERE detail LIKE '%handed_over%'";
    assert_eq!(number(app.db(), told).await, 0);
    // Who resends it answers for it.
    let resend = [("org", ORG), ("id", by_grace.id.as_str())];
    ada.call("/api/invitations/resend", &resend).await.expect(200);
}

async fn who_can_take_over_and_who_cannot(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let alan = app.join(&ada, "alan@x.example", Role::Member).await;
    let off = app.join(&ada, "off@x.example", Role::Admin).await;
    crate::actions::act(&ada, &off.id, "deactivate").await.expect(200);
    invite(&ada, "guest@x.example", Role::Admin).await;
    invite(&grace.browser, "by-grace@x.example", Role::Member).await;
    for (heir, why) in [
        ("not an address", "Enter the address of a person in this organization."),
        ("stranger@x.example", "Nobody in this organization has this address."),
        (grace.email.as_str(), "This is the person who goes. Name somebody who stays."),
        (alan.email.as_str(), "This person may not invite, and so cannot answer for invitations. Name an admin."),
        (off.email.as_str(), "This person is not active here. Name somebody who is."),
        ("guest@x.example", "This person is not active here. Name somebody who is."),
    ] {
        let more = [("confirm", grace.email.as_str()), ("heir", heir)];
        let answer = remove_with(&ada, &grace.id, "remove", &more).await.expect(422);
        assert_eq!(answer.problem().of_field("heir").as_deref(), Some(why), "{heir}");
    }
    assert_eq!(ada.profile(ORG, &grace.id).await.row.email.as_str(), grace.email, "nothing has changed");
    remove(&ada, &grace, "remove").await.expect(200);
    let by = "SELECT count(*) FROM invitations i JOIN memberships m ON m.user_id = i.invited_by \
              WHERE i.state = 'open' AND m.role = 'owner'";
    assert_eq!(number(app.db(), by).await, 2, "nobody named: who removes takes over");
}

async fn what_is_final_is_confirmed_by_the_address(app: TestApp) {
    let ada = where_anybody_goes(&app).await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    for typed in ["", "grace", "yes", "ada@engines.example"] {
        for how in ["delete", "remove"] {
            let answer = remove_with(&ada, &grace.id, how, &[("confirm", typed)]).await.expect(422);
            assert_eq!(answer.problem().of_field("confirm").as_deref(), Some("Type grace@navy.example to confirm."));
        }
    }
    remove_with(&ada, &grace.id, "delete", &[("confirm", "  GRACE@navy.example ")]).await.expect(200);
    remove_with(&ada, &grace.id, "vanish", &[]).await.expect(404);
}

async fn without_a_script_the_dialog_is_a_page_and_keeps_what_was_typed(app: TestApp) {
    let ada = where_anybody_goes(&app).await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    invite(&grace.browser, "by-grace@x.example", Role::Member).await;
    for page in [format!("{USERS}?dialog=delete&id={}", grace.id), format!("{USERS}/{}?dialog=delete", grace.id)] {
        let shown = ada.get(&page).await.expect(200);
        for text in [
            "Deleting a user cannot be undone.",
            "The same email address cannot be used to create a new account.",
            "If you are unsure, deactivate the user first",
            "1 open invitation that they sent is handed over.",
        ] {
            assert!(shown.says(text), "{text}: {}", shown.body);
        }
        let form = [("org", ORG), ("id", &grace.id), ("how", "delete"), ("confirm", "grace"), ("heir", "no@x.example")];
        let again = ada.submit(&page, "/api/people/remove", &form).await.expect(422);
        assert!(again.beside("confirm").contains("Type grace@navy.example to confirm."), "{}", again.beside("confirm"));
        assert_eq!(
            (again.value_of("confirm"), again.value_of("heir")),
            ("grace".to_owned(), "no@x.example".to_owned())
        );
    }
    let page = format!("{USERS}/{}?dialog=delete", grace.id);
    let form = [("org", ORG), ("id", grace.id.as_str()), ("how", "delete"), ("confirm", &grace.email)];
    let done = ada.submit(&page, "/api/people/remove", &form).await.expect(303);
    assert_eq!(done.location(), USERS);
    assert!(ada.get(USERS).await.expect(200).says("grace Doe has been deleted."));
    ada.get(&page).await.expect(404);
}

async fn the_last_owner_the_owners_and_oneself_stay(app: TestApp) {
    let ada = where_anybody_goes(&app).await;
    let rows = ada.rows(ORG, Tab::Standard).await;
    let owner = rows[0].target.membership_id.to_string();
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let protected = "The Owner's access cannot be changed here. Ownership has to be transferred first.";
    for how in ["delete", "remove"] {
        for (by, id, why) in [
            (&ada, &owner, "You cannot do this to yourself."),
            (&grace.browser, &grace.id, "You cannot do this to yourself."),
            (&grace.browser, &owner, protected),
        ] {
            let answer = remove_with(by, id, how, &[("confirm", crate::cast::ADA)]).await.expect(403);
            assert_eq!(answer.problem_text(), why);
        }
    }
    raw(app.db(), "UPDATE memberships SET role = 'owner'").await;
    raw(app.db(), "UPDATE people_counts SET role = 'owner' WHERE role = 'admin'").await;
    raw(app.db(), "UPDATE memberships SET status = 'deactivated' WHERE email LIKE 'ada%'").await;
    let answer = remove_with(&ada, &grace.id, "delete", &[("confirm", &grace.email)]).await;
    answer.expect(403);
    assert_eq!(number(app.db(), "SELECT count(*) FROM memberships").await, 2);
}

async fn nobody_else_removes_and_nobody_of_another_organization(app: TestApp) {
    let ada = where_anybody_goes(&app).await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let alan = app.join(&ada, "alan@x.example", Role::Viewer).await;
    let (_, olive) = app.found("Elsewhere").await;
    for how in ["delete", "remove"] {
        remove(&grace.browser, &alan, how).await.expect(403);
        grace.browser.call("/api/people/removal", &[("org", ORG), ("id", &alan.id), ("how", how)]).await.expect(403);
        remove(&ada, &olive, how).await.expect(404);
        ada.call("/api/people/removal", &[("org", ORG), ("id", &olive.id), ("how", how)]).await.expect(404);
        remove(&app.browser(), &grace, how).await.expect(401);
    }
    assert_eq!(ada.rows(ORG, Tab::Standard).await.len(), 3);
}

async fn an_account_of_two_organizations_goes_on_in_the_other(app: TestApp) {
    let ada = where_anybody_goes(&app).await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let (other, olive) = app.found("Elsewhere").await;
    let there = invite_to(&other, &olive.browser, &grace.email, Role::Member).await;
    grace.browser.call("/api/invitations/accept_signed_in", &[("token", &there.token)]).await.expect(200);
    remove(&ada, &grace, "delete").await.expect(200);
    grace.browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(404);
    grace.browser.call("/api/session/viewer", &[("org", &other)]).await.expect(200);
    app.sign_in(&grace.email).await.call("/api/session/viewer", &[("org", &other)]).await.expect(200);
    assert_eq!(invited(&ada, &grace.email).await, RETIRED);
    assert_eq!(number(app.db(), "SELECT count(*) FROM users WHERE erased_at IS NOT NULL").await, 0);
}

async fn of_two_who_delete_at_once_one_wins(app: TestApp) {
    let ada = where_anybody_goes(&app).await;
    let alan = app.join(&ada, "alan@x.example", Role::Admin).await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let (one, two) = tokio::join!(remove(&ada, &grace, "delete"), remove(&alan.browser, &grace, "remove"));
    let mut codes = [one.status, two.status];
    codes.sort_unstable();
    assert_eq!(codes, [200, 404]);
    let gone = "SELECT count(*) FROM audit_events WHERE action IN ('membership.deleted', 'membership.revoked')";
    assert_eq!(number(app.db(), gone).await, 1);
    let counted = "SELECT sum(n) FROM people_counts WHERE status = 'active'";
    assert_eq!(number(app.db(), &format!("SELECT CAST(({counted}) AS BIGINT)")).await, 2);
}

/// Starts a bulk change, runs it to its plan, and yields the path of its page.
async fn started(by: &Browser, op: &str, select: &str) -> (String, String) {
    let form = [("org", ORG), ("op", op), ("select", select)];
    let reply: app::reply::Reply = by.call("/api/bulk/start", &form).await.expect(200).parsed();
    let page = reply.next.unwrap();
    let id = page.rsplit('/').next().unwrap().to_owned();
    (page, id)
}

async fn many_are_deleted_after_their_number_was_typed(app: TestApp) {
    let ada = where_anybody_goes(&app).await;
    let mut ids = vec![ada.rows(ORG, Tab::Standard).await[0].target.membership_id.to_string()];
    for address in ["a@x.example", "b@x.example"] {
        ids.push(app.join(&ada, address, Role::Member).await.id);
    }
    let (page, id) = started(&ada, "delete", &ids.join(",")).await;
    let shown = ada.get(&page).await.expect(200);
    assert!(shown.says("2 people will be deleted, which cannot be undone."), "{}", shown.body);
    assert!(shown.says("You cannot do this to yourself."));
    for typed in ["", "3", "two"] {
        let form = [("org", ORG), ("id", id.as_str()), ("people", typed)];
        let answer = ada.submit(&page, "/api/bulk/confirm", &form).await.expect(422);
        assert!(answer.beside("people").contains("Type 2 to confirm."), "{}", answer.beside("people"));
    }
    ada.call("/api/bulk/confirm", &[("org", ORG), ("id", &id), ("people", " 2 ")]).await.expect(200);
    app.rollcall.advance_jobs(10).await.unwrap();
    assert!(ada.get(&page).await.expect(200).says("2 people were deleted."));
    assert_eq!(ada.rows(ORG, Tab::Standard).await.len(), 1);
    assert_eq!(invited(&ada, "a@x.example").await, RETIRED);
    ada.call("/api/bulk/undo", &[("org", ORG), ("id", &id)]).await.expect(409);
}

async fn many_lose_their_membership_at_once(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let guest = invite(&ada, "guest@x.example", Role::Member).await;
    let (page, id) = started(&ada, "remove", &format!("{},{}", grace.id, guest.id)).await;
    assert!(ada.get(&page).await.expect(200).says("1 person will lose access to this organization."));
    ada.call("/api/bulk/confirm", &[("org", ORG), ("id", &id)]).await.expect(200);
    app.rollcall.advance_jobs(10).await.unwrap();
    grace.browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(401);
    assert_eq!(ada.rows(ORG, Tab::Invitations).await.len(), 1, "who has not joined has no membership to lose");
    let kept = Policies::default();
    assert_eq!((kept.delete_scope, kept.email_reuse), (DeleteScope::Unaccepted, EmailReuse::Never));
    assert_eq!(invited(&ada, &grace.email).await, "Invitation sent.");
}
