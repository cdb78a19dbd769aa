//! Several organizations of one account: founding, switching, details, archiving and restoring (B45, B50).

use model::{
    OrgKind, Role,
    activity::ActivityPage,
    organization::{Founding, OrgSettings},
    people::Tab,
    time::{DAY, MINUTE, SECOND},
};

use crate::{
    actions::act,
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ADA, HOME, ORG, PASSWORD, USERS, changed, invite, invite_to, mine},
    engines::{everything, raw},
};

on_both_engines! {
    an_owner_founds_another_organization,
    what_is_wrong_stands_beside_the_field_and_what_was_entered_stays,
    who_may_found_is_the_operators_matter,
    so_many_are_founded_a_day_and_no_more,
    the_organization_used_last_opens_first,
    coming_to_an_organization_is_a_login_there_once_in_a_session,
    details_are_saved_and_told_in_the_audit_log,
    wrong_details_are_refused_and_whoever_saves_second_is_told,
    members_see_no_details,
    a_partner_organization_stays_one_while_it_has_partners,
    an_archived_organization_is_read_and_nothing_changes,
    nobody_joins_an_archived_organization,
    owners_alone_archive_and_restore,
    the_page_of_roles_tells_what_each_may,
}

const NEW: &str = "/orgs/new";
const GENERAL: &str = "/o/analytical-engines/settings/general";
const FOUND: [(&str, &str); 3] =
    [("org_name", "Difference Machines"), ("kind", "customer"), ("preset", "agency_and_partners")];
const DETAILS: [(&str, &str); 8] = [
    ("org", ORG),
    ("version", "0"),
    ("org_name", "Analytical Engines & Sons"),
    ("kind", "partner"),
    ("address", "12 St James's Square\r\nLondon"),
    ("contact_name", "Ada King"),
    ("contact_email", "office@engines.example"),
    ("time_zone", "Europe/London"),
];

async fn found(by: &Browser) -> Answer {
    by.call("/api/orgs/found", &FOUND).await
}

async fn slugs(by: &Browser) -> Vec<String> {
    mine(by).await.orgs.into_iter().map(|org| org.slug.as_str().to_owned()).collect()
}

async fn archive(by: &Browser) -> Answer {
    by.call("/api/orgs/archive", &[("org", ORG), ("confirm", "Analytical Engines")]).await
}

async fn an_owner_founds_another_organization(app: TestApp) {
    let ada = app.set_up().await;
    let page = ada.get("/orgs").await.expect(200);
    assert!(page.body.contains("href=\"/orgs/new\""), "{}", page.body);
    assert!(ada.get(NEW).await.expect(200).says("New organization"));
    let answer = ada.submit(NEW, "/api/orgs/found", &FOUND).await;
    assert_eq!(answer.location(), "/o/difference-machines");
    let users = ada.get("/o/difference-machines/users").await.expect(200);
    assert!(users.says("It is just you so far") && users.says("Difference Machines"), "{}", users.body);
    assert_eq!(ada.rows("difference-machines", Tab::Standard).await[0].target.role, Role::Owner);
    // The preset is the new one's alone.
    let viewer = |org: &'static str| {
        let ada = ada.clone();
        async move { ada.call("/api/session/viewer", &[("org", org)]).await.expect(200).parsed::<model::people::Viewer>() }
    };
    assert_eq!(viewer("difference-machines").await.org.policies.default_role, Role::Viewer);
    assert_eq!(viewer(ORG).await.org.policies.default_role, Role::Member);
    // The same name twice gets another address.
    assert_eq!(ada.submit(NEW, "/api/orgs/found", &FOUND).await.location(), "/o/difference-machines-2");
    assert_eq!(app.count_of_audit("organization.created").await, 3);
}

async fn what_is_wrong_stands_beside_the_field_and_what_was_entered_stays(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    for (field, value) in [("org_name", " "), ("kind", "club"), ("preset", "none")] {
        let form = changed(&FOUND, field, value);
        assert_eq!(ada.call("/api/orgs/found", &form).await.expect(422).wrong_fields(), [field]);
        let page = ada.submit(NEW, "/api/orgs/found", &form).await.expect(422);
        let name = if field == "org_name" { "" } else { "Difference Machines" };
        assert_eq!(page.value_of("org_name").trim(), name, "{field}");
    }
    app.browser().call("/api/orgs/found", &FOUND).await.expect(401);
    assert_eq!(everything(app.db()).await, before);
}

async fn who_may_found_is_the_operators_matter(app: TestApp) {
    let ada = app.set_up().await;
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    let page = admin.browser.get(NEW).await.expect(200);
    assert!(
        page.says("Only the Owner of an organization can found another one here.") && !page.body.contains("org_name")
    );
    assert!(!admin.browser.get("/orgs").await.body.contains("href=\"/orgs/new\""));
    found(&admin.browser).await.expect(409);
    let anybody = app.restarted(|config| config.founding = Founding::Everybody);
    found(&admin.browser.on(&anybody)).await.expect(200);
    let nobody = app.restarted(|config| config.founding = Founding::Nobody);
    let refused = found(&ada.on(&nobody)).await.expect(409);
    assert!(refused.problem_text().contains("by whoever runs this installation"), "{}", refused.body);
    // Who owns nothing but what is archived owns nothing that counts.
    archive(&ada).await.expect(200);
    found(&ada).await.expect(409);
}

async fn so_many_are_founded_a_day_and_no_more(app: TestApp) {
    let ada = app.set_up().await;
    for _ in 0..model::organization::FOUNDED_A_DAY {
        found(&ada).await.expect(200);
    }
    let refused = found(&ada).await.expect(429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 3_600);
    app.pass(DAY + MINUTE);
    let ada = app.sign_in(ADA).await;
    found(&ada).await.expect(200);
}

async fn the_organization_used_last_opens_first(app: TestApp) {
    let ada = app.set_up().await;
    app.pass(MINUTE);
    found(&ada).await.expect(200);
    assert_eq!(slugs(&ada).await, ["difference-machines", ORG]);
    assert_eq!(ada.get("/").await.location(), "/o/difference-machines");
    // She goes over, and is noted to be there once she has been for a moment.
    app.pass(MINUTE);
    ada.get(USERS).await.expect(200);
    assert_eq!(slugs(&ada).await, [ORG, "difference-machines"]);
    assert_eq!(ada.get("/").await.location(), HOME);
    assert_eq!(app.sign_in(ADA).await.get("/").await.location(), HOME);
    app.pass(11 * SECOND);
    ada.get("/o/difference-machines/users").await.expect(200);
    assert_eq!(slugs(&ada).await, ["difference-machines", ORG]);
    let again = app.browser();
    let login = again.call("/api/session/login", &[("email", ADA), ("password", PASSWORD)]).await.expect(200);
    assert!(login.body.contains("/o/difference-machines"), "{}", login.body);
    // The menu of the shell leads to all of them without a script as well.
    let page = ada.get(USERS).await.expect(200);
    assert!(page.says("All organizations") && page.says("Analytical Engines: switch organization"), "{}", page.body);
}

async fn coming_to_an_organization_is_a_login_there_once_in_a_session(app: TestApp) {
    let ada = app.set_up().await;
    let (slug, olive) = app.found("Difference Machines").await;
    let invited = invite_to(&slug, &olive.browser, ADA, Role::Admin).await;
    ada.call("/api/invitations/accept_signed_in", &[("token", &invited.token)]).await.expect(200);
    let users = format!("/o/{slug}/users");
    let came = async |by: &Browser| by.profile(&slug, &invited.id).await.row.last_login_at.unwrap().millis();
    let joined = came(&olive.browser).await;
    app.pass(2 * DAY);
    ada.get(&users).await.expect(200);
    assert_eq!(came(&olive.browser).await, joined, "the same session");
    // Another session, that began elsewhere.
    let ada = app.sign_in(ADA).await;
    app.pass(MINUTE);
    ada.get(USERS).await.expect(200);
    app.pass(MINUTE);
    let olive = app.sign_in(&olive.email).await;
    let before = came(&olive).await;
    ada.get(&users).await.expect(200);
    let first = came(&olive).await;
    assert!(first > joined && first >= before);
    app.pass(10 * MINUTE);
    ada.get(&users).await.expect(200);
    assert_eq!(came(&olive).await, first, "going on is no login");
}

async fn details_are_saved_and_told_in_the_audit_log(app: TestApp) {
    let ada = app.set_up().await;
    let page = ada.get(GENERAL).await.expect(200);
    assert_eq!(page.value_of("org_name"), "Analytical Engines");
    assert!(ada.get(USERS).await.body.contains(&format!("href=\"{GENERAL}\"")), "the sidebar leads there");
    app.pass(SECOND);
    let saved = ada.submit(GENERAL, "/api/orgs/save", &DETAILS).await;
    assert_eq!(saved.location(), GENERAL);
    let settings: OrgSettings = ada.call("/api/orgs/settings", &[("org", ORG)]).await.expect(200).parsed();
    assert_eq!((settings.name.as_str(), settings.kind), ("Analytical Engines & Sons", OrgKind::Partner));
    assert_eq!(settings.details.address, "12 St James's Square\nLondon");
    assert_eq!(settings.details.contact_email.as_ref().unwrap().as_str(), "office@engines.example");
    assert_eq!((settings.details.time_zone.as_str(), settings.details.version), ("Europe/London", 1));
    // The address of its pages stays, the name is another one everywhere.
    assert!(ada.get(USERS).await.expect(200).says("Analytical Engines & Sons"));
    let own = ada.rows(ORG, Tab::Standard).await[0].target.membership_id.to_string();
    let lines: ActivityPage =
        ada.call("/api/people/activity", &[("org", ORG), ("id", &own)]).await.expect(200).parsed();
    let told = "Ada Lovelace changed the organization: name, kind, address, contact, time zone";
    assert_eq!(lines.lines[0].sentence(), told);
    // The same once more changes nothing.
    let before = everything(app.db()).await;
    ada.call("/api/orgs/save", &changed(&DETAILS, "version", "1")).await.expect(200);
    assert_eq!(everything(app.db()).await, before);
}

async fn wrong_details_are_refused_and_whoever_saves_second_is_told(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    let long = "x".repeat(501);
    for (field, value) in [
        ("org_name", ""),
        ("kind", "club"),
        ("address", long.as_str()),
        ("contact_name", "\u{202e}"),
        ("contact_email", "nobody"),
        ("time_zone", "Middle-earth/Shire"),
    ] {
        let form = changed(&DETAILS, field, value);
        assert_eq!(ada.call("/api/orgs/save", &form).await.expect(422).wrong_fields(), [field]);
        let page = ada.submit(GENERAL, "/api/orgs/save", &form).await.expect(422);
        if field != "contact_name" {
            assert_eq!(page.value_of("contact_name"), "Ada King", "{field}");
        }
    }
    assert_eq!(everything(app.db()).await, before);
    ada.call("/api/orgs/save", &DETAILS).await.expect(200);
    for version in ["0", "", "x"] {
        let refused = ada.call("/api/orgs/save", &changed(&DETAILS, "version", version)).await.expect(409);
        assert!(refused.problem_text().starts_with("Somebody else changed the organization meanwhile"));
    }
}

async fn members_see_no_details(app: TestApp) {
    let ada = app.set_up().await;
    let member = app.join(&ada, "member@engines.example", Role::Member).await;
    member.browser.get(GENERAL).await.expect(403);
    member.browser.call("/api/orgs/save", &DETAILS).await.expect(403);
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    admin.browser.call("/api/orgs/save", &DETAILS).await.expect(200);
}

async fn a_partner_organization_stays_one_while_it_has_partners(app: TestApp) {
    let ada = app.set_up().await;
    let form = [("org", ORG), ("emails", "paul@engines.example"), ("role", "partner")];
    ada.call("/api/invitations/send", &form).await.expect(403);
    ada.call("/api/orgs/save", &DETAILS).await.expect(200);
    let paul = invite(&ada, "paul@engines.example", Role::Partner).await;
    let back = changed(&changed(&DETAILS, "version", "1"), "kind", "customer");
    assert_eq!(ada.call("/api/orgs/save", &back).await.expect(422).wrong_fields(), ["kind"]);
    ada.call("/api/invitations/revoke", &[("org", ORG), ("id", &paul.id)]).await.expect(200);
    ada.call("/api/orgs/save", &back).await.expect(200);
}

async fn an_archived_organization_is_read_and_nothing_changes(app: TestApp) {
    let ada = app.set_up().await;
    let member = app.join(&ada, "member@engines.example", Role::Member).await;
    let open = invite(&ada, "open@engines.example", Role::Member).await;
    let other = found(&ada).await.expect(200);
    assert!(other.body.contains("difference-machines"));
    // Its name has to be typed.
    let wrong = ada.submit(GENERAL, "/api/orgs/archive", &[("org", ORG), ("confirm", "engines")]).await.expect(422);
    assert!(wrong.says("Type Analytical Engines to confirm."));
    archive(&ada).await.expect(200);
    app.mails().await;
    // It is read, with a word about why nothing can be done.
    let list = ada.get(USERS).await.expect(200);
    assert!(list.says("This organization is archived") && list.says("member@engines.example"), "{}", list.body);
    assert!(!list.body.contains("dialog=invite") && !list.body.contains("dialog=add"), "{}", list.body);
    let general = ada.get(GENERAL).await.expect(200);
    assert!(general.says("Restore organization") && !general.body.contains("name=\"address\""), "{}", general.body);
    let before = everything(app.db()).await;
    let person = [("org", ORG), ("id", member.id.as_str())];
    for (function, form) in [
        ("/api/invitations/send", vec![("org", ORG), ("emails", "eve@evil.example")]),
        ("/api/invitations/resend", vec![("org", ORG), ("id", open.id.as_str())]),
        ("/api/people/act", [&person[..], &[("op", "deactivate")]].concat()),
        ("/api/orgs/save", DETAILS.to_vec()),
        ("/api/orgs/archive", vec![("org", ORG), ("confirm", "Analytical Engines")]),
        ("/api/policies/save", vec![("org", ORG), ("version", "0"), ("preset", "agency_and_partners")]),
        ("/api/bulk/start", vec![("org", ORG), ("op", "deactivate"), ("select", member.id.as_str())]),
        ("/api/imports/start", vec![("org", ORG), ("file", "Email\neve@evil.example\n"), ("file_name", "x.csv")]),
        ("/api/ownership/offer", [&person[..], &[("mode", "step_down"), ("password", PASSWORD)]].concat()),
        ("/api/views/save", vec![("org", ORG), ("name", "Mine"), ("query", "")]),
        ("/api/people/remove", [&person[..], &[("how", "remove"), ("confirm", &member.email)]].concat()),
        ("/api/sessions/end_all", person.to_vec()),
    ] {
        let refused = ada.call(function, &form).await.expect(403);
        assert!(refused.problem_text().starts_with("This organization is archived"), "{function}: {}", refused.body);
    }
    assert_eq!(everything(app.db()).await, before);
    // It stands apart, and is not where one lands.
    let page = ada.get("/orgs").await.expect(200);
    assert!(page.says("Archived"), "{}", page.body);
    assert_eq!(ada.get("/").await.location(), "/o/difference-machines");
    // Restored, everything works again.
    let restored = ada.submit(GENERAL, "/api/orgs/restore", &[("org", ORG)]).await;
    assert_eq!(restored.location(), GENERAL);
    act(&ada, &member.id, "deactivate").await.expect(200);
    ada.call("/api/orgs/restore", &[("org", ORG)]).await.expect(403);
    assert_eq!(
        (app.count_of_audit("organization.archived").await, app.count_of_audit("organization.restored").await),
        (1, 1)
    );
}

async fn nobody_joins_an_archived_organization(app: TestApp) {
    let ada = app.set_up().await;
    crate::policies::save(&ada, &[("invitation_requests", "on")]).await.expect(200);
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    let (_, olive) = app.found("Difference Machines").await;
    raw(app.db(), "UPDATE users SET email_proven_at = 1").await;
    let listed = invite(&ada, &olive.email, Role::Viewer).await;
    archive(&ada).await.expect(200);
    let page = app.browser().get(&invited.page()).await.expect(409);
    assert!(page.says("This organization is archived"), "{}", page.body);
    let form = [("token", invited.token.as_str()), ("first_name", "G"), ("last_name", "H"), ("password", PASSWORD)];
    app.browser().call("/api/invitations/accept_new", &form).await.expect(409);
    assert!(mine(&olive.browser).await.invitations.is_empty());
    for function in ["/api/orgs/accept", "/api/orgs/decline"] {
        olive.browser.call(function, &[("id", &listed.id)]).await.expect(409);
    }
    let asks = [("org", ORG), ("first_name", "I"), ("last_name", "R"), ("email", "ida@x.example"), ("message", "")];
    app.browser().call("/api/requests/ask", &asks).await.expect(403);
    assert!(!app.browser().get(&format!("/o/{ORG}/login")).await.expect(200).says("Request an invitation"));
    // The invitation is kept until it ends.
    ada.call("/api/orgs/restore", &[("org", ORG)]).await.expect(200);
    app.browser().call("/api/invitations/accept_new", &form).await.expect(200);
}

async fn owners_alone_archive_and_restore(app: TestApp) {
    let ada = app.set_up().await;
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    archive(&admin.browser).await.expect(403);
    archive(&ada).await.expect(200);
    admin.browser.call("/api/orgs/restore", &[("org", ORG)]).await.expect(403);
    let page = admin.browser.get(GENERAL).await.expect(200);
    assert!(!page.says("Restore organization"));
}

async fn the_page_of_roles_tells_what_each_may(app: TestApp) {
    let ada = app.set_up().await;
    let page = format!("/o/{ORG}/roles");
    let roles = ada.get(&page).await.expect(200);
    for text in ["Owner", "External admin", "Invite people", "Transfer ownership", "Never for people of other"] {
        assert!(roles.says(text), "{text}\n{}", roles.body);
    }
    assert!(!roles.says("See the Partner section"));
    assert!(roles.body.contains("tab=external&amp;role=admin"), "each role leads to who has it: {}", roles.body);
    ada.call("/api/orgs/save", &DETAILS).await.expect(200);
    assert!(ada.get(&page).await.expect(200).says("See the Partner section"));
    let member = app.join(&ada, "member@engines.example", Role::Member).await;
    assert!(member.browser.get(&page).await.expect(403).says("Your role does not allow this."));
}
