//! Groups (B38, B41): making them, who is in them, what comes through them, and that nobody gets more by one than who put
//! them there holds.

use app::reply::Reply;
use model::{
    Permission, Role,
    activity::ActivityPage,
    bulk::JobState,
    group::{AccessLine, Candidate, GroupPage, GroupsPage},
    id::Id as _,
    people::{Filters, PeopleQuery, PersonRow, Viewer},
};

use crate::{
    actions::act,
    answer::Answer,
    app::TestApp,
    browser::Browser,
    bulk::{run, started},
    cast::{ORG, changed, invite},
    engines::{everything, raw},
};

on_both_engines! {
    a_group_is_made_filled_changed_and_deleted,
    by_forms_alone_it_goes_all_the_way,
    what_is_wrong_stands_beside_the_field,
    groups_are_nested_one_level_deep,
    a_role_through_a_group_holds_at_once_and_is_told_where_it_comes_from,
    what_a_custom_role_of_a_group_takes_away_is_taken,
    nobody_gives_through_a_group_what_they_lack,
    nobody_changes_their_own_access_by_a_group,
    members_see_nothing_of_groups_and_externals_change_nothing,
    where_admins_are_not_granted_no_group_grants_them,
    many_are_put_into_a_group_and_taken_out_again,
    the_list_is_narrowed_down_to_a_group,
    in_an_archived_organization_no_group_changes,
}

const GROUPS: &str = "/o/analytical-engines/groups";
const SUPPORT: [(&str, &str); 5] =
    [("org", ORG), ("name", "Support"), ("description", "Who answers"), ("parent", ""), ("role", "")];

/// Makes a group, and yields its id.
pub(crate) async fn made(by: &Browser, name: &str, parent: &str, role: &str) -> String {
    let form = [("org", ORG), ("name", name), ("description", ""), ("parent", parent), ("role", role)];
    let next = by.call("/api/groups/create", &form).await.expect(200).parsed::<Reply>().next.unwrap();
    next.rsplit('/').next().unwrap().to_owned()
}

async fn group(by: &Browser, id: &str) -> GroupPage {
    by.call("/api/groups/get", &[("org", ORG), ("id", id)]).await.expect(200).parsed()
}

async fn groups(by: &Browser) -> GroupsPage {
    by.call("/api/groups/list", &[("org", ORG)]).await.expect(200).parsed()
}

async fn update(by: &Browser, id: &str, (name, parent, role): (&str, &str, &str)) -> Answer {
    let form = [("org", ORG), ("id", id), ("name", name), ("description", ""), ("parent", parent), ("role", role)];
    by.call("/api/groups/update", &form).await
}

async fn delete(by: &Browser, id: &str) -> Answer {
    by.call("/api/groups/delete", &[("org", ORG), ("id", id)]).await
}

pub(crate) async fn add(by: &Browser, id: &str, people: &[&str]) -> Answer {
    by.call("/api/groups/add", &[("org", ORG), ("id", id), ("select", &people.join(","))]).await
}

async fn remove(by: &Browser, id: &str, person: &str) -> Answer {
    by.call("/api/groups/remove", &[("org", ORG), ("id", id), ("select", person)]).await
}

/// What somebody may do, as their session has it.
async fn permits(by: &Browser, permission: Permission) -> bool {
    let viewer: Viewer = by.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed();
    viewer.actor.permissions().has(permission)
}

async fn told(by: &Browser, id: &str) -> Vec<String> {
    by.profile(ORG, id).await.access().lines.iter().map(AccessLine::sentence).collect()
}

/// Makes a custom role behind the pages, and yields its id.
pub(crate) async fn custom_role(app: &TestApp, n: u8, base: &str, withheld: &str) -> String {
    let id = format!("rol_{}", format!("{n:02x}").repeat(16));
    let sql = format!(
        "INSERT INTO custom_roles (id, org_id, name, name_key, base, withheld, created_at) \
         SELECT '{id}', id, 'Front desk {n}', 'front desk {n}', '{base}', '{withheld}', 0 FROM organizations"
    );
    raw(app.db(), &sql).await;
    id
}

/// Narrows somebody's own role to a custom one.
async fn narrowed(by: &Browser, id: &str, role: &str) {
    let form = [("org", ORG), ("id", id), ("op", "change_role"), ("role", role)];
    by.call("/api/people/act", &form).await.expect(200);
}

async fn a_group_is_made_filled_changed_and_deleted(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let ida = invite(&ada, "ida@engines.example", Role::Member).await;
    let page = ada.get(GROUPS).await.expect(200);
    assert!(page.says("No groups yet") && page.body.contains("dialog=new"), "{}", page.body);
    let answer = ada.call("/api/groups/create", &SUPPORT).await.expect(200);
    assert_eq!(answer.toast(), "The group Support is there. Add the people who belong to it.");
    let id = answer.parsed::<Reply>().next.unwrap().rsplit('/').next().unwrap().to_owned();
    // Somebody who is only invited belongs to it already (B19).
    assert_eq!(add(&ada, &id, &[&grace.id, &ida.id]).await.expect(200).toast(), "2 people added to Support.");
    assert_eq!(add(&ada, &id, &[&grace.id]).await.expect(200).toast(), "0 people added to Support.");
    let found = group(&ada, &id).await;
    let names: Vec<String> = found.rows.iter().map(PersonRow::display_name).collect();
    assert_eq!(names, ["grace Doe", "ida"]);
    assert_eq!((found.group.people, found.group.description.as_str()), (2, "Who answers"));
    let candidates: Vec<Candidate> =
        ada.call("/api/groups/find", &[("org", ORG), ("id", &id), ("q", "engines")]).await.expect(200).parsed();
    let inside: Vec<bool> = candidates.iter().map(|candidate| candidate.is_inside).collect();
    assert_eq!(inside.iter().filter(|inside| **inside).count(), 2);
    assert_eq!(inside.len(), 3);

    update(&ada, &id, ("Help", "", "viewer")).await.expect(200);
    let profile = ada.get(&format!("/o/{ORG}/users/{}", grace.id)).await.expect(200);
    assert!(profile.says("Help") && profile.says("Viewer – through Help"), "{}", profile.body);
    remove(&ada, &id, &ida.id).await.expect(200);
    assert_eq!(group(&ada, &id).await.rows.len(), 1);
    delete(&ada, &id).await.expect(200);
    delete(&ada, &id).await.expect(404);
    assert!(groups(&ada).await.groups.is_empty());
    let log: ActivityPage =
        ada.call("/api/people/activity", &[("org", ORG), ("id", &grace.id)]).await.expect(200).parsed();
    let lines: Vec<String> = log.lines.iter().map(model::activity::Activity::sentence).collect();
    assert!(lines.contains(&"Ada Lovelace put grace Doe into the group Support".to_owned()), "{lines:?}");
    for (action, times) in
        [("group.created", 1), ("group.joined", 2), ("group.left", 1), ("group.changed", 1), ("group.deleted", 1)]
    {
        assert_eq!(app.count_of_audit(action).await, times, "{action}");
    }
}

async fn by_forms_alone_it_goes_all_the_way(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let dialog = format!("{GROUPS}?dialog=new");
    assert!(ada.get(&dialog).await.expect(200).says("New group"));
    let wrong = ada.submit(&dialog, "/api/groups/create", &changed(&SUPPORT, "name", " ")).await.expect(422);
    assert!(wrong.says("Enter a name.") && wrong.says("Who answers"), "{}", wrong.body);
    let here = ada.submit(&dialog, "/api/groups/create", &SUPPORT).await.location().to_owned();
    let id = here.rsplit('/').next().unwrap().to_owned();
    let found = ada.get(&format!("{here}?q=grace")).await.expect(200);
    assert!(found.says("Add grace Doe"), "{}", found.body);
    let one = [("org", ORG), ("id", id.as_str()), ("select", grace.id.as_str())];
    ada.submit(&here, "/api/groups/add", &one).await.expect(303);
    assert!(ada.get(&here).await.expect(200).says("Take out grace Doe"));
    ada.submit(&here, "/api/groups/remove", &one).await.expect(303);
    assert!(ada.get(&here).await.expect(200).says("Nobody is in it yet."));
    assert!(ada.get(&format!("{here}?dialog=delete")).await.expect(200).says("will be gone"));
    let gone = ada.submit(&here, "/api/groups/delete", &one[..2]).await;
    assert_eq!(gone.location(), GROUPS);
}

async fn what_is_wrong_stands_beside_the_field(app: TestApp) {
    let ada = app.set_up().await;
    made(&ada, "Support", "", "").await;
    let before = everything(app.db()).await;
    let long = "x".repeat(301);
    for (field, value, said) in [
        ("name", " ", "Enter a name."),
        ("name", "SUPPORT", "Another group here has this name."),
        ("description", long.as_str(), "This is too long; use at most 300 characters."),
        ("parent", "grp_none", "Choose one of the groups."),
        ("role", "owner", "A group can give Admin, Member, Viewer or a custom role."),
        ("role", "partner", "A group can give Admin, Member, Viewer or a custom role."),
        ("role", "rol_00000000000000000000000000000000", "A group can give Admin, Member, Viewer or a custom role."),
    ] {
        let form = changed(&[("org", ORG), ("name", "Other")], field, value);
        let answer = ada.call("/api/groups/create", &form).await.expect(422);
        assert_eq!(answer.wrong_fields(), [field]);
        assert!(answer.body.contains(said), "{}", answer.body);
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn groups_are_nested_one_level_deep(app: TestApp) {
    let ada = app.set_up().await;
    let company = made(&ada, "Company", "", "").await;
    let support = made(&ada, "Support", &company, "").await;
    let other = made(&ada, "Other", "", "").await;
    for (id, name, parent) in
        [(&other, "Other", &support), (&company, "Company", &other), (&company, "Company", &company)]
    {
        let answer = update(&ada, id, (name, parent, "")).await.expect(422);
        assert_eq!(answer.wrong_fields(), ["parent"], "{name}");
    }
    let form = [("org", ORG), ("name", "Deep"), ("parent", support.as_str())];
    assert_eq!(ada.call("/api/groups/create", &form).await.expect(422).wrong_fields(), ["parent"]);
    let found = group(&ada, &company).await;
    let parts: Vec<&str> = found.subgroups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!((parts, found.parents.len()), (vec!["Support"], 0));
    delete(&ada, &company).await.expect(200);
    assert!(group(&ada, &support).await.group.parent.is_none());
}

async fn a_role_through_a_group_holds_at_once_and_is_told_where_it_comes_from(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    grace.browser.call("/api/groups/list", &[("org", ORG)]).await.expect(403);
    let company = made(&ada, "Company", "", "").await;
    let support = made(&ada, "Support", &company, "").await;
    add(&ada, &support, &[&grace.id]).await.expect(200);
    assert!(!permits(&grace.browser, Permission::InvitePeople).await);
    update(&ada, &company, ("Company", "", "admin")).await.expect(200);
    assert!(permits(&grace.browser, Permission::InvitePeople).await);
    groups(&grace.browser).await;
    invite(&grace.browser, "ida@engines.example", Role::Member).await;
    assert_eq!(
        told(&ada, &grace.id).await,
        ["Admin – through Company, of which Support is a part", "Member – own role"]
    );
    update(&ada, &support, ("Support", "", "")).await.expect(200);
    assert!(!permits(&grace.browser, Permission::InvitePeople).await);
    assert_eq!(told(&ada, &grace.id).await, ["Member – own role"]);
}

async fn what_a_custom_role_of_a_group_takes_away_is_taken(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let desk = custom_role(&app, 1, "admin", "invite_people").await;
    let support = made(&ada, "Support", "", &desk).await;
    add(&ada, &support, &[&grace.id]).await.expect(200);
    assert!(!permits(&grace.browser, Permission::InvitePeople).await);
    let form = [("org", ORG), ("emails", "ida@engines.example"), ("role", "member")];
    let refused = grace.browser.call("/api/invitations/send", &form).await.expect(403);
    assert!(refused.problem_text().contains("takes this away from you"), "{}", refused.body);
    assert_eq!(
        told(&ada, &grace.id).await,
        ["Admin – own role", "Front desk 1 – through Support", "less Invite people – through Support"]
    );
    // An Owner may be in it, and nothing is taken.
    let owner = ada.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed::<Viewer>();
    let other = app.join(&ada, "other@engines.example", Role::Admin).await;
    add(&other.browser, &support, &[owner.actor.membership_id.as_str()]).await.expect(200);
    assert!(permits(&ada, Permission::InvitePeople).await);
    assert_eq!(told(&ada, owner.actor.membership_id.as_str()).await, ["Owner – own role"]);
}

async fn nobody_gives_through_a_group_what_they_lack(app: TestApp) {
    let ada = app.set_up().await;
    let eve = app.join(&ada, "eve@engines.example", Role::Admin).await;
    let mallory = app.join(&ada, "mallory@engines.example", Role::Member).await;
    let narrow = custom_role(&app, 1, "admin", "remove_people").await;
    let alike = custom_role(&app, 2, "admin", "remove_people view_audit").await;
    let admins = made(&ada, "Admins", "", "admin").await;
    let desk = made(&ada, "Desk", "", &alike).await;
    let plain = made(&ada, "Plain", "", "").await;
    let inside = made(&ada, "Inside", &admins, "").await;
    narrowed(&ada, &eve.id, &narrow).await;
    let eve = eve.browser;
    let before = everything(app.db()).await;
    for id in [&admins, &inside] {
        let refused = add(&eve, id, &[&mallory.id]).await.expect(403);
        assert!(refused.problem_text().contains("more than you hold"), "{}", refused.body);
    }
    for (parent, role) in [("", "admin"), (admins.as_str(), "")] {
        let form = [("org", ORG), ("name", "New"), ("parent", parent), ("role", role)];
        eve.call("/api/groups/create", &form).await.expect(403);
    }
    update(&eve, &plain, ("Plain", "", "admin")).await.expect(403);
    update(&eve, &plain, ("Plain", &admins, "")).await.expect(403);
    assert_eq!(everything(app.db()).await, before);
    // What she holds, she gives.
    add(&eve, &desk, &[&mallory.id]).await.expect(200);
    assert!(permits(&mallory.browser, Permission::InvitePeople).await);
    assert!(!permits(&mallory.browser, Permission::RemovePeople).await);
    // What the group keeps back would come back by leaving it, by another role of it, or by its end.
    act(&ada, &mallory.id, "assign_admin").await.expect(200);
    assert!(!permits(&mallory.browser, Permission::RemovePeople).await);
    let before = everything(app.db()).await;
    remove(&eve, &desk, &mallory.id).await.expect(403);
    update(&eve, &desk, ("Desk", "", "viewer")).await.expect(403);
    delete(&eve, &desk).await.expect(403);
    assert_eq!(everything(app.db()).await, before);
    // Another name is no matter of that.
    update(&eve, &desk, ("Front", "", &alike)).await.expect(200);
    // Nor by a lower role of their own, where a group gives the higher one.
    add(&ada, &admins, &[&mallory.id]).await.expect(200);
    remove(&ada, &desk, &mallory.id).await.expect(200);
    narrowed(&ada, &mallory.id, &alike).await;
    let form = [("org", ORG), ("id", mallory.id.as_str()), ("op", "change_role"), ("role", "member")];
    eve.call("/api/people/act", &form).await.expect(403);
    assert!(!permits(&mallory.browser, Permission::RemovePeople).await);
}

async fn nobody_changes_their_own_access_by_a_group(app: TestApp) {
    let ada = app.set_up().await;
    let eve = app.join(&ada, "eve@engines.example", Role::Admin).await;
    let admins = made(&ada, "Admins", "", "admin").await;
    let plain = made(&ada, "Plain", "", "").await;
    // Without a role a group changes nobody's access.
    add(&eve.browser, &plain, &[&eve.id]).await.expect(200);
    let refused = add(&eve.browser, &admins, &[&eve.id]).await.expect(403);
    assert!(refused.problem_text().contains("to yourself"), "{}", refused.body);
    add(&ada, &admins, &[&eve.id]).await.expect(200);
    let before = everything(app.db()).await;
    remove(&eve.browser, &admins, &eve.id).await.expect(403);
    delete(&eve.browser, &admins).await.expect(403);
    update(&eve.browser, &admins, ("Admins", "", "member")).await.expect(403);
    update(&eve.browser, &plain, ("Plain", "", "admin")).await.expect(403);
    update(&eve.browser, &plain, ("Plain", &admins, "")).await.expect(403);
    assert_eq!(everything(app.db()).await, before);
    remove(&eve.browser, &plain, &eve.id).await.expect(200);
}

async fn members_see_nothing_of_groups_and_externals_change_nothing(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let id = made(&ada, "Support", "", "admin").await;
    let staff = made(&ada, "Staff", "", "member").await;
    for answer in [
        grace.browser.call("/api/groups/list", &[("org", ORG)]).await,
        grace.browser.call("/api/groups/get", &[("org", ORG), ("id", &id)]).await,
        grace.browser.call("/api/groups/create", &SUPPORT).await,
        add(&grace.browser, &id, &[&grace.id]).await,
        grace.browser.get(GROUPS).await,
    ] {
        answer.expect(403);
    }
    // Somebody of another organization, who is an admin through a group: the mask stays (B47).
    let guest = app.join(&ada, "guest@agency.example", Role::Viewer).await;
    raw(app.db(), &format!("UPDATE memberships SET kind = 'external' WHERE id = '{}'", guest.id)).await;
    add(&ada, &id, &[&guest.id]).await.expect(200);
    add(&ada, &staff, &[&guest.id]).await.expect(200);
    assert!(permits(&guest.browser, Permission::ViewPeople).await);
    assert!(!permits(&guest.browser, Permission::InvitePeople).await);
    // What people of their kind cannot have counts for nothing.
    assert!(told(&ada, &guest.id).await.contains(&"Member – through Staff, which counts for nothing here".to_owned()));
    groups(&guest.browser).await;
    for answer in [
        guest.browser.call("/api/groups/create", &SUPPORT).await,
        add(&guest.browser, &id, &[&grace.id]).await,
        remove(&guest.browser, &id, &guest.id).await,
        delete(&guest.browser, &staff).await,
    ] {
        assert!(answer.expect(403).problem_text().contains("another organization"));
    }
}

async fn where_admins_are_not_granted_no_group_grants_them(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let ida = app.join(&ada, "ida@engines.example", Role::Member).await;
    let id = made(&ada, "Admins", "", "admin").await;
    add(&ada, &id, &[&ida.id]).await.expect(200);
    crate::actions::grant_no_admins(&ada).await;
    assert!(add(&ada, &id, &[&grace.id]).await.expect(403).problem_text().contains("more admins"));
    let form = [("org", ORG), ("name", "More"), ("role", "admin")];
    ada.call("/api/groups/create", &form).await.expect(403);
    // Those who are there can go.
    remove(&ada, &id, &ida.id).await.expect(200);
    delete(&ada, &id).await.expect(200);
}

async fn many_are_put_into_a_group_and_taken_out_again(app: TestApp) {
    let ada = app.set_up().await;
    let eve = app.join(&ada, "eve@engines.example", Role::Admin).await;
    for n in 0..3 {
        app.join(&ada, &format!("p{n}@engines.example"), Role::Member).await;
    }
    let id = made(&ada, "Support", "", "viewer").await;
    let form = [("org", ORG), ("op", "add_to_group"), ("all", "1")];
    assert_eq!(ada.call("/api/bulk/start", &form).await.expect(422).wrong_fields(), ["group"]);
    add(&ada, &id, &[&eve.id]).await.expect(200);
    let job = started(&ada, &[("op", "add_to_group"), ("group", &id), ("all", "1")]).await;
    let page = run(&app, &ada, &job).await;
    assert_eq!(page.job.title(), "Add to the group Support");
    // Eve is in it already; an Owner may put herself into it, since it changes nothing for her.
    assert_eq!((page.job.counts.done, page.job.counts.unchanged, page.job.counts.left_out), (4, 1, 0));
    assert_eq!(group(&ada, &id).await.rows.len(), 5);
    // Undone for those for whom it was done.
    let undo = ada.call("/api/bulk/undo", &[("org", ORG), ("id", &job)]).await.expect(200);
    app.rollcall.advance_jobs(10).await.unwrap();
    let page = crate::bulk::job(&ada, &crate::bulk::id_of(&undo)).await;
    assert_eq!((page.job.state, page.job.counts.done), (JobState::Done, 4));
    let left: Vec<String> = group(&ada, &id).await.rows.iter().map(|row| row.email.to_string()).collect();
    assert_eq!(left, ["eve@engines.example"]);
    // A group that goes while a job waits leaves everybody as they are.
    let job = started(&ada, &[("op", "remove_from_group"), ("group", &id), ("select", &eve.id)]).await;
    delete(&ada, &id).await.expect(200);
    let page = run(&app, &ada, &job).await;
    assert_eq!((page.job.counts.left_out, page.items[0].state.reason()), (1, Some("This group is no longer there.")));
}

async fn the_list_is_narrowed_down_to_a_group(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    app.join(&ada, "ida@engines.example", Role::Member).await;
    let id = made(&ada, "Support", "", "").await;
    add(&ada, &id, &[&grace.id]).await.expect(200);
    let filters = Filters { group: model::GroupId::parse(&id).ok(), ..Filters::default() };
    let page = ada.list(ORG, &PeopleQuery { filters, ..PeopleQuery::default() }).await;
    assert_eq!((page.rows.len(), page.matches), (1, Some(1)));
    assert_eq!(page.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["Support"]);
    let html = ada.get(&format!("/o/{ORG}/users?group={id}")).await.expect(200);
    assert!(html.says("Group: Support") && !html.says("ida@engines.example"), "{}", html.body);
    // The file of it as well.
    let file = ada.get(&format!("/o/{ORG}/export/people.csv?group={id}")).await.expect(200);
    assert!(file.body.contains("grace@engines.example") && !file.body.contains("ida@engines.example"));
}

async fn in_an_archived_organization_no_group_changes(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let id = made(&ada, "Support", "", "").await;
    ada.call("/api/orgs/archive", &[("org", ORG), ("confirm", "Analytical Engines")]).await.expect(200);
    let before = everything(app.db()).await;
    for answer in [
        ada.call("/api/groups/create", &SUPPORT).await,
        update(&ada, &id, ("Other", "", "")).await,
        delete(&ada, &id).await,
        add(&ada, &id, &[&grace.id]).await,
        remove(&ada, &id, &grace.id).await,
    ] {
        assert!(answer.expect(403).problem_text().contains("archived"));
    }
    assert_eq!(everything(app.db()).await, before);
    let page = ada.get(&format!("{GROUPS}/{id}")).await.expect(200);
    assert!(page.says("Support") && !page.says("Edit group"));
}
