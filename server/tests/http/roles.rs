//! Custom roles (B41): made, given, changed, deleted; and that nobody gives by them what they do not hold (S31).

use model::{CustomRole, Permission, PermissionSet, Role, RoleChoice, people::PersonProfile};

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ORG, PASSWORD, changed, invite},
    engines::everything,
};

on_both_engines! {
    a_custom_role_is_made_and_given,
    what_is_taken_away_is_not_done,
    a_change_holds_for_everybody_who_has_it,
    a_role_in_use_is_deleted_for_another_one,
    nobody_gives_more_than_they_hold,
    wrong_roles_are_refused_beside_the_field,
    who_may_not_manage_roles_is_told,
    many_are_changed_by_base_role_alone,
    an_undone_change_gives_the_custom_role_back,
    the_custom_role_of_an_invitation_holds_on_acceptance,
    no_script_is_needed,
}

const ROLES: &str = "/o/analytical-engines/roles";

/// A form that makes a role of a base, less one permission.
fn desk(less: Permission) -> Vec<(&'static str, String)> {
    let keeps = Role::Admin.permissions().without(PermissionSet::of(&[less]));
    form("Help desk", Role::Admin, keeps)
}

fn form(name: &str, base: Role, keeps: PermissionSet) -> Vec<(&'static str, String)> {
    vec![
        ("org", ORG.to_owned()),
        ("name", name.to_owned()),
        ("base", base.code().to_owned()),
        ("keeps[]", keeps.codes().replace(' ', ",")),
    ]
}

async fn call(by: &Browser, path: &str, form: &[(&'static str, String)]) -> Answer {
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    by.call(path, &form).await
}

async fn roles(by: &Browser) -> Vec<CustomRole> {
    by.call("/api/roles/list", &[("org", ORG)]).await.expect(200).parsed()
}

/// Makes the role "Help desk" and yields it.
async fn made(by: &Browser, less: Permission) -> CustomRole {
    call(by, "/api/roles/create", &desk(less)).await.expect(200);
    roles(by).await.into_iter().find(|role| role.name.as_str() == "Help desk").unwrap()
}

async fn give(by: &Browser, to: &str, role: &str) -> Answer {
    by.call("/api/people/act", &[("org", ORG), ("id", to), ("op", "change_role"), ("role", role)]).await
}

async fn profile(by: &Browser, id: &str) -> PersonProfile {
    by.call("/api/people/profile", &[("org", ORG), ("id", id)]).await.expect(200).parsed()
}

async fn a_custom_role_is_made_and_given(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let role = made(&ada, Permission::RemovePeople).await;
    assert_eq!((role.grant.base, role.people), (Role::Admin, 0));
    assert_eq!(role.grant.withheld, PermissionSet::of(&[Permission::RemovePeople]));

    let answer = give(&ada, &grace.id, role.id.to_string().as_str()).await.expect(200);
    assert!(answer.says("grace Doe has the role Help desk now."), "{}", answer.body);
    let person = profile(&ada, &grace.id).await.row;
    assert_eq!(person.role_choice(), RoleChoice::Custom(role.id.clone()));
    assert_eq!((person.target.role, person.target.withheld), (Role::Admin, role.grant.withheld));
    assert_eq!(roles(&ada).await[0].people, 1);
    let page = ada.get(&format!("/o/analytical-engines/users/{}", grace.id)).await.expect(200);
    assert!(page.says("Help desk – Admin, less: Remove people"), "{}", page.body);
    assert!(page.says("changed the role of grace Doe from Member to Help desk"), "{}", page.body);
    assert!(ada.get("/o/analytical-engines/users").await.says("Help desk"));
    let page = ada.get(ROLES).await.expect(200);
    assert!(page.says("Admin, less: Remove people. 1 person has it."), "{}", page.body);
    // The same again is none.
    give(&ada, &grace.id, role.id.to_string().as_str()).await.expect(409);
}

async fn what_is_taken_away_is_not_done(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let role = made(&ada, Permission::InvitePeople).await;
    let invitation = [("org", ORG), ("emails", "x@y.example"), ("role", "member")];
    grace.browser.call("/api/invitations/send", &changed(&invitation, "emails", "w@y.example")).await.expect(200);
    give(&ada, &grace.id, role.id.to_string().as_str()).await.expect(200);
    // At once, with the session that she has; and she is told why.
    let refused = grace.browser.call("/api/invitations/send", &invitation).await.expect(403);
    assert!(refused.says("A custom role takes this away from you."), "{}", refused.body);
    let page = grace.browser.get("/o/analytical-engines/users").await.expect(200);
    assert!(!page.body.contains("dialog=invite"), "{}", page.body);
    // The rest of an Admin's work is hers.
    grace.browser.call("/api/policies/get", &[("org", ORG)]).await.expect(200);
}

async fn a_change_holds_for_everybody_who_has_it(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let role = made(&ada, Permission::RemovePeople).await;
    give(&ada, &grace.id, role.id.to_string().as_str()).await.expect(200);
    let mut form = form(
        "Front desk",
        Role::Admin,
        Role::Admin.permissions().without(PermissionSet::of(&[Permission::EditPolicies])),
    );
    form.push(("id", role.id.to_string()));
    call(&ada, "/api/roles/update", &form).await.expect(200);
    grace.browser.call("/api/policies/get", &[("org", ORG)]).await.expect(403);
    let person = profile(&ada, &grace.id).await.row;
    assert_eq!(person.role_label(), "Front desk");
    assert_eq!(person.target.withheld, PermissionSet::of(&[Permission::EditPolicies]));
    assert_eq!(app.count_of_audit("role.changed").await, 1);
    // Saving what is there already changes nothing.
    let before = everything(app.db()).await;
    call(&ada, "/api/roles/update", &form).await.expect(200);
    assert_eq!(everything(app.db()).await, before);
}

async fn a_role_in_use_is_deleted_for_another_one(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let role = made(&ada, Permission::RemovePeople).await;
    let less = PermissionSet::of(&[Permission::ViewAudit]);
    call(&ada, "/api/roles/create", &form("Clerk", Role::Admin, Role::Admin.permissions().without(less)))
        .await
        .expect(200);
    let less = PermissionSet::of(&[Permission::UseFeatures]);
    call(&ada, "/api/roles/create", &form("Reader", Role::Member, Role::Member.permissions().without(less)))
        .await
        .expect(200);
    let all = roles(&ada).await;
    let id = |name: &str| all.iter().find(|role| role.name.as_str() == name).unwrap().id.to_string();
    give(&ada, &grace.id, role.id.to_string().as_str()).await.expect(200);

    let delete = |id: String, instead: String| {
        let ada = ada.clone();
        async move {
            ada.call("/api/roles/delete", &[("org", ORG), ("id", id.as_str()), ("instead", instead.as_str())]).await
        }
    };
    for wrong in ["", "member", "rol_x", &role.id.to_string(), &id("Reader")] {
        let answer = delete(role.id.to_string(), wrong.to_owned()).await.expect(422);
        assert_eq!(answer.wrong_fields(), ["instead"], "{wrong}");
    }
    delete(role.id.to_string(), id("Clerk")).await.expect(200);
    assert_eq!(profile(&ada, &grace.id).await.row.role_label(), "Clerk");
    delete(id("Clerk"), "admin".to_owned()).await.expect(200);
    let person = profile(&ada, &grace.id).await.row;
    assert_eq!((person.role_label(), person.target.withheld.is_empty()), ("Admin", true));
    // Nobody gets anything where nobody has it.
    delete(id("Reader"), String::new()).await.expect(200);
    assert_eq!(roles(&ada).await, []);
    delete(id("Reader"), String::new()).await.expect(404);
}

async fn nobody_gives_more_than_they_hold(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let bob = app.join(&ada, "bob@navy.example", Role::Member).await;
    let role = made(&ada, Permission::RemovePeople).await;
    let less = PermissionSet::of(&[Permission::ViewAudit]);
    call(&ada, "/api/roles/create", &form("Clerk", Role::Admin, Role::Admin.permissions().without(less)))
        .await
        .expect(200);
    let clerk = roles(&ada).await.into_iter().find(|role| role.name.as_str() == "Clerk").unwrap();
    give(&ada, &grace.id, role.id.to_string().as_str()).await.expect(200);
    let before = everything(app.db()).await;

    let by = &grace.browser;
    for role in ["admin".to_owned(), clerk.id.to_string()] {
        let answer = give(by, &bob.id, &role).await.expect(403);
        assert!(answer.says("You cannot grant more than you hold yourself."), "{}", answer.body);
    }
    // Nor by making, changing or deleting a role; nor to herself.
    let full = Role::Admin.permissions().without(less);
    call(by, "/api/roles/create", &form("More", Role::Admin, full)).await.expect(403);
    let mut update = form("Help desk", Role::Admin, full);
    update.push(("id", role.id.to_string()));
    call(by, "/api/roles/update", &update).await.expect(403);
    let delete = [("org", ORG), ("id", &role.id.to_string()), ("instead", "admin")];
    by.call("/api/roles/delete", &delete).await.expect(403);
    give(by, &grace.id, "admin").await.expect(403);
    let invitation = [("org", ORG), ("emails", "x@y.example"), ("role", "admin")];
    by.call("/api/invitations/send", &invitation).await.expect(403);
    assert_eq!(everything(app.db()).await, before);
    // Nor does she take from others what she lacks, by giving a role another name.
    let mut rename = form("Clerks", Role::Admin, full.without(PermissionSet::of(&[Permission::RemovePeople])));
    rename.push(("id", clerk.id.to_string()));
    call(by, "/api/roles/update", &rename).await.expect(403);
    // What she holds she may give, and send on: who is invited with her own role joins by her link.
    give(by, &bob.id, role.id.to_string().as_str()).await.expect(200);
    let invited = invite(by, "carol@navy.example", Role::Member).await;
    give(by, &invited.id, role.id.to_string().as_str()).await.expect(200);
    let joins =
        [("token", invited.token.as_str()), ("first_name", "Carol"), ("last_name", "Shaw"), ("password", PASSWORD)];
    app.browser().call("/api/invitations/accept_new", &joins).await.expect(200);
    assert_eq!(profile(&ada, &invited.id).await.row.target.grant(), role.grant);
    // But not what somebody else has given.
    let invited = invite(&ada, "dave@navy.example", Role::Member).await;
    give(&ada, &invited.id, "admin").await.expect(200);
    by.call("/api/invitations/resend", &[("org", ORG), ("id", &invited.id)]).await.expect(403);
}

async fn wrong_roles_are_refused_beside_the_field(app: TestApp) {
    let ada = app.set_up().await;
    let role = made(&ada, Permission::RemovePeople).await;
    let before = everything(app.db()).await;
    let all = Role::Admin.permissions();
    let one = all.without(PermissionSet::of(&[Permission::ViewAudit]));
    for (wrong, fields) in [
        (form("", Role::Admin, one), &["name"][..]),
        (form("HELP DESK", Role::Admin, one), &["name"]),
        (form("Viewer", Role::Admin, one), &["name"]),
        (form(&"x".repeat(41), Role::Admin, one), &["name"]),
        (form("Everything", Role::Admin, all), &["keeps"]),
        (form("Nothing", Role::Admin, PermissionSet::default()), &["keeps"]),
        (form("Boss", Role::Owner, one), &["keeps"]),
        (form("", Role::Admin, all), &["name", "keeps"]),
        (vec![("org", ORG.to_owned()), ("name", "Odd".to_owned()), ("base", "emperor".to_owned())], &["base"]),
    ] {
        assert_eq!(call(&ada, "/api/roles/create", &wrong).await.expect(422).wrong_fields(), fields, "{wrong:?}");
    }
    let id = role.id.to_string();
    give(&ada, "mem_x", &id).await.expect(404);
    give(&ada, &id, "rol_x").await.expect(422);
    assert_eq!(everything(app.db()).await, before);
}

async fn who_may_not_manage_roles_is_told(app: TestApp) {
    let ada = app.set_up().await;
    let member = app.join(&ada, "member@engines.example", Role::Member).await;
    let narrowed = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let role = made(&ada, Permission::ManageRoles).await;
    give(&ada, &narrowed.id, role.id.to_string().as_str()).await.expect(200);
    for by in [&member.browser, &narrowed.browser] {
        call(by, "/api/roles/create", &desk(Permission::ViewAudit)).await.expect(403);
        let id = role.id.to_string();
        by.call("/api/roles/delete", &[("org", ORG), ("id", &id), ("instead", "admin")]).await.expect(403);
        for page in [format!("{ROLES}/new"), format!("{ROLES}/{id}")] {
            by.get(&page).await.expect(403);
        }
    }
    member.browser.call("/api/roles/list", &[("org", ORG)]).await.expect(403);
    let page = narrowed.browser.get(ROLES).await.expect(200);
    assert!(page.says("Help desk") && !page.body.contains("/roles/new"), "{}", page.body);
    assert_eq!(ada.get(&format!("{ROLES}/{}", role.id)).await.expect(200).value_of("name"), "Help desk");
    ada.get(&format!("{ROLES}/rol_x")).await.expect(404);
}

async fn many_are_changed_by_base_role_alone(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let role = made(&ada, Permission::RemovePeople).await;
    give(&ada, &grace.id, role.id.to_string().as_str()).await.expect(200);
    let start = [("org", ORG), ("op", "change_role"), ("role", "viewer"), ("select", grace.id.as_str())];
    let next = ada.call("/api/bulk/start", &start).await.expect(200).parsed::<serde_json::Value>();
    let page = ada.get(next["next"].as_str().unwrap()).await.expect(200);
    assert!(page.says("This person has a custom role. Change it on their profile."), "{}", page.body);
}

async fn an_undone_change_gives_the_custom_role_back(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let role = made(&ada, Permission::RemovePeople).await;
    give(&ada, &grace.id, role.id.to_string().as_str()).await.expect(200);
    let before = profile(&ada, &grace.id).await.row;
    ada.call("/api/people/act", &[("org", ORG), ("id", &grace.id), ("op", "revoke_admin")]).await.expect(200);
    let (op, to) = app::api::people::PersonOp::RevokeAdmin.undo(&before);
    let undo = [("org", ORG), ("id", &grace.id), ("op", op.code()), ("role", &to.unwrap().to_string())];
    ada.call("/api/people/act", &undo).await.expect(200);
    assert_eq!(profile(&ada, &grace.id).await.row.target, before.target);
}

async fn the_custom_role_of_an_invitation_holds_on_acceptance(app: TestApp) {
    let ada = app.set_up().await;
    let role = made(&ada, Permission::RemovePeople).await;
    let invited = invite(&ada, "grace@navy.example", Role::Member).await;
    give(&ada, &invited.id, role.id.to_string().as_str()).await.expect(200);
    let form =
        [("token", invited.token.as_str()), ("first_name", "Grace"), ("last_name", "Hopper"), ("password", PASSWORD)];
    let grace = app.browser();
    grace.call("/api/invitations/accept_new", &form).await.expect(200);
    let person = profile(&ada, &invited.id).await.row;
    assert_eq!((person.role_label(), person.target.grant()), ("Help desk", role.grant));
    grace.call("/api/policies/get", &[("org", ORG)]).await.expect(200);
}

async fn no_script_is_needed(app: TestApp) {
    let ada = app.set_up().await;
    let new = format!("{ROLES}/new");
    let page = ada.get(&new).await.expect(200);
    // The box of what there is not here is none, and takes nothing away.
    assert!(page.body.contains("type=\"hidden\" name=\"keeps[]\" value=\"view_partner_section\""), "{}", page.body);
    for part in ["name=\"keeps[]\"", "value=\"remove_people\"", "/roles/new?base=viewer"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    // Boxes of one name, each posted for itself.
    let form = [("org", ORG), ("name", "Reader"), ("base", "member"), ("keeps[]", "view_content"), ("keeps[]", "x")];
    assert_eq!(ada.submit(&new, "/api/roles/create", &form).await.location(), ROLES);
    let role = roles(&ada).await.remove(0);
    assert_eq!(role.grant.withheld, PermissionSet::of(&[Permission::UseFeatures]));
    // What is wrong is said, and what was entered stays.
    let form = [("org", ORG), ("name", "reader"), ("base", "member"), ("keeps[]", "view_content")];
    let page = ada.submit(&format!("{new}?base=member"), "/api/roles/create", &form).await.expect(422);
    assert!(page.says("Another role here has this name.") && page.value_of("name") == "reader", "{}", page.body);
    let page = ada.get(&format!("{ROLES}/{}?dialog=delete", role.id)).await.expect(200);
    assert!(page.says("Nobody has it."), "{}", page.body);
}
