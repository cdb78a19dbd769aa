//! Connections (B40): registering them, models beneath, who was given which role, what that comes to and why, and that
//! nobody comes to a role by whom it is no matter of.

use app::reply::Reply;
use model::{
    Kind, Permission, Role,
    activity::{Activity, ActivityPage},
    connection::{
        Because, ConnectionPage, ConnectionRole, ConnectionRow, ConnectionsPage, Holder, MOST, MOST_CUSTOM, MOST_MODELS,
    },
    group::GroupPage,
    id::Id as _,
    people::{PersonProfile, Viewer},
};
use service::{EditConnection, Error, Registered};

use crate::{
    actions::act,
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ORG, changed, invite},
    engines::{everything, raw},
    groups,
};

on_both_engines! {
    a_connection_is_registered_changed_and_deleted,
    by_forms_alone_it_goes_all_the_way,
    what_is_wrong_stands_beside_the_field,
    what_somebody_may_do_with_it_is_told_with_where_it_comes_from,
    on_a_model_somebody_can_have_another_role,
    what_goes_takes_roles_along,
    who_is_invited_has_it_once_they_join,
    who_comes_from_elsewhere_has_no_default,
    nobody_gives_themselves_a_role_and_nobody_but_owners_touches_owners,
    groups_that_give_roles_are_the_matter_of_who_decides_about_connections,
    an_invitation_with_roles_is_not_sent_elsewhere_by_others,
    members_see_nothing_and_externals_change_nothing,
    there_are_as_many_as_there_may_be,
    the_people_of_a_connection_stand_on_pages,
    a_custom_role_is_made_given_changed_and_deleted,
    what_is_wrong_with_a_custom_role_stands_beside_the_field,
    the_operator_registers_the_same_twice,
    in_an_archived_organization_no_connection_changes,
}

const CONNECTIONS: &str = "/o/analytical-engines/connections";
const WAREHOUSE: [(&str, &str); 6] = [
    ("org", ORG),
    ("key", "warehouse"),
    ("name", "Warehouse"),
    ("description", "All that was sold"),
    ("application", "Insight"),
    ("default_role", "viewer"),
];

fn last(reply: &Answer) -> String {
    reply.parsed::<Reply>().next.unwrap().rsplit('/').next().unwrap().to_owned()
}

/// Registers a connection, and yields its id.
pub(crate) async fn made(by: &Browser, key: &str, default: &str) -> String {
    let form = [("org", ORG), ("key", key), ("name", key), ("application", ""), ("default_role", default)];
    last(&by.call("/api/connections/create", &form).await.expect(200))
}

async fn page(by: &Browser, id: &str) -> ConnectionPage {
    by.call("/api/connections/get", &[("org", ORG), ("id", id)]).await.expect(200).parsed()
}

async fn list(by: &Browser) -> ConnectionsPage {
    by.call("/api/connections/list", &[("org", ORG)]).await.expect(200).parsed()
}

async fn all(by: &Browser) -> Vec<ConnectionRow> {
    list(by).await.rows
}

/// Makes a custom connection role, and yields its id.
pub(crate) async fn custom(by: &Browser, name: &str, base: &str, keeps: &[&str]) -> String {
    let mut form = vec![("org", ORG), ("name", name), ("base", base)];
    form.extend(keeps.iter().map(|code| ("keeps[]", *code)));
    by.call("/api/connection_roles/create", &form).await.expect(200);
    list(by).await.roles.into_iter().find(|role| role.name.as_str() == name).unwrap().id.to_string()
}

/// Adds a model, and yields its id.
pub(crate) async fn model(by: &Browser, id: &str, name: &str) -> String {
    by.call("/api/connections/add_model", &[("org", ORG), ("id", id), ("name", name)]).await.expect(200);
    page(by, id).await.models.into_iter().find(|of| of.name.as_str() == name).unwrap().id.to_string()
}

/// Gives a person a role on a connection, or on a model of it.
pub(crate) async fn give(by: &Browser, (id, model): (&str, &str), person: &str, role: &str) -> Answer {
    let form = [("org", ORG), ("id", id), ("person", person), ("model", model), ("role", role)];
    by.call("/api/connections/set_person", &form).await
}

async fn take(by: &Browser, (id, model): (&str, &str), person: &str) -> Answer {
    let form = [("org", ORG), ("id", id), ("person", person), ("model", model)];
    by.call("/api/connections/take_person", &form).await
}

/// Lets a group give a role.
pub(crate) async fn give_group(by: &Browser, (id, model): (&str, &str), group: &str, role: &str) -> Answer {
    let form = [("org", ORG), ("id", id), ("group", group), ("model", model), ("role", role)];
    by.call("/api/connections/give_group", &form).await
}

async fn take_group(by: &Browser, (id, model): (&str, &str), group: &str) -> Answer {
    let form = [("org", ORG), ("id", id), ("group", group), ("model", model)];
    by.call("/api/connections/take_group", &form).await
}

/// What somebody may do with the first connection, and why, as their profile tells it.
async fn told(by: &Browser, person: &str) -> (ConnectionRole, Vec<String>) {
    let profile: PersonProfile = by.profile(ORG, person).await;
    let found = profile.connections[0].effective(Holder::from(&profile.row.target));
    (found.role, found.because.iter().map(Because::sentence).collect())
}

async fn role_of(by: &Browser, person: &str) -> ConnectionRole {
    told(by, person).await.0
}

async fn me(by: &Browser) -> Viewer {
    by.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed()
}

/// Takes a permission away from somebody who is an admin.
async fn narrowed(app: &TestApp, by: &Browser, id: &str, n: u8, withheld: &str) {
    let role = groups::custom_role(app, n, "admin", withheld).await;
    let form = [("org", ORG), ("id", id), ("op", "change_role"), ("role", role.as_str())];
    by.call("/api/people/act", &form).await.expect(200);
}

async fn a_connection_is_registered_changed_and_deleted(app: TestApp) {
    let ada = app.set_up().await;
    let empty = ada.get(CONNECTIONS).await.expect(200);
    assert!(empty.says("No connections yet") && empty.says("Edit models"), "{}", empty.body);
    let answer = ada.call("/api/connections/create", &WAREHOUSE).await.expect(200);
    assert_eq!(answer.toast(), "The connection Warehouse is there. Say who may do what with it.");
    let id = last(&answer);
    let rows = all(&ada).await;
    let ConnectionRow { connection, models: 0, groups: 0, people: 0 } = &rows[0] else { panic!("{rows:?}") };
    assert_eq!((connection.key.as_str(), connection.application.as_str()), ("warehouse", "Insight"));
    assert_eq!((connection.id.as_str(), connection.default_role), (id.as_str(), ConnectionRole::Viewer));
    let listed = ada.get(CONNECTIONS).await.expect(200);
    for text in ["Warehouse", "Insight", "No roles given", "Default: Viewer"] {
        assert!(listed.says(text), "{text}: {}", listed.body);
    }
    let here = ada.get(&format!("{CONNECTIONS}/{id}")).await.expect(200);
    for text in ["All that was sold", "Nobody has a role of their own on it.", "It has none."] {
        assert!(here.says(text), "{text}: {}", here.body);
    }
    // Its key stays, whatever comes along.
    let form = [("org", ORG), ("id", id.as_str()), ("key", "other"), ("name", "House"), ("default_role", "none")];
    ada.call("/api/connections/update", &form).await.expect(200);
    ada.call("/api/connections/update", &form).await.expect(200);
    let after = page(&ada, &id).await.row.connection;
    assert_eq!((after.key.as_str(), after.name.as_str(), after.description.as_str()), ("warehouse", "House", ""));
    let delete = |typed: &'static str| {
        let (ada, id) = (ada.clone(), id.clone());
        async move {
            let form = [("org", ORG), ("id", id.as_str()), ("confirm", typed)];
            ada.call("/api/connections/delete", &form).await
        }
    };
    assert_eq!(delete("hous").await.expect(422).wrong_fields(), ["confirm"]);
    assert_eq!(delete(" Warehouse ").await.expect(200).toast(), "The connection House has been deleted.");
    delete("warehouse").await.expect(404);
    assert!(all(&ada).await.is_empty());
    for (action, times) in [("connection.registered", 1), ("connection.changed", 1), ("connection.deleted", 1)] {
        assert_eq!(app.count_of_audit(action).await, times, "{action}");
    }
}

async fn by_forms_alone_it_goes_all_the_way(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let group = groups::made(&ada, "Analysts", "", "").await;
    let dialog = format!("{CONNECTIONS}?dialog=new");
    assert!(ada.get(&dialog).await.expect(200).says("Default for all members"));
    let wrong = ada.submit(&dialog, "/api/connections/create", &changed(&WAREHOUSE, "key", "a b")).await.expect(422);
    assert!(wrong.says("Use 1 to 48 lower-case letters") && wrong.says("All that was sold"), "{}", wrong.body);
    let here = ada.submit(&dialog, "/api/connections/create", &WAREHOUSE).await.location().to_owned();
    let id = here.rsplit('/').next().unwrap().to_owned();
    let of = |more: &[(&'static str, String)]| {
        let mut form = vec![("org", ORG.to_owned()), ("id", id.clone())];
        form.extend(more.iter().cloned());
        form
    };
    let submit = |function: &'static str, form: Vec<(&'static str, String)>| {
        let (ada, here) = (ada.clone(), here.clone());
        async move {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            ada.submit(&here, function, &form).await
        }
    };
    submit("/api/connections/add_model", of(&[("name", "Sales".into())])).await.expect(303);
    let sales = page(&ada, &id).await.models[0].id.to_string();
    let nobody = of(&[("email", "nobody@engines.example".into()), ("role", "querier".into())]);
    let wrong = submit("/api/connections/give_person", nobody).await.expect(422);
    assert!(wrong.says("Nobody here has this address."), "{}", wrong.body);
    assert_eq!(wrong.value_of("email"), "nobody@engines.example");
    let by_address = of(&[("email", "Grace@Engines.example".into()), ("role", "querier".into())]);
    submit("/api/connections/give_person", by_address).await.expect(303);
    let to_group = of(&[("group", group), ("model", sales.clone()), ("role", "modeler".into())]);
    submit("/api/connections/give_group", to_group.clone()).await.expect(303);
    let shown = ada.get(&here).await.expect(200);
    for text in ["grace@engines.example", "Querier", "Modeler, for Sales alone", "Take away"] {
        assert!(shown.says(text), "{text}: {}", shown.body);
    }
    let person = of(&[("person", grace.id.clone()), ("role", "none".into())]);
    submit("/api/connections/set_person", person.clone()).await.expect(303);
    assert_eq!(page(&ada, &id).await.people[0].role.base(), ConnectionRole::None);
    submit("/api/connections/set_group", changed_to(to_group.clone(), "role", "viewer")).await.expect(303);
    assert_eq!(page(&ada, &id).await.groups[0].role.base(), ConnectionRole::Viewer);
    submit("/api/connections/take_person", person).await.expect(303);
    submit("/api/connections/take_group", to_group).await.expect(303);
    let left = page(&ada, &id).await;
    assert!(left.people.is_empty() && left.groups.is_empty());

    // The same on the profile.
    let profile = format!("/o/{ORG}/users/{}", grace.id);
    let form = [("org", ORG), ("person", grace.id.as_str()), ("id", ""), ("role", "querier")];
    let wrong = ada.submit(&profile, "/api/connections/set_person", &form).await.expect(422);
    assert!(wrong.says("Choose a connection."), "{}", wrong.body);
    ada.submit(&profile, "/api/connections/set_person", &changed(&form, "id", &id)).await.expect(303);
    let shown = ada.get(&profile).await.expect(200);
    assert!(shown.says("Querier – own role"), "{}", shown.body);
    ada.submit(&profile, "/api/connections/take_person", &changed(&form, "id", &id)).await.expect(303);
    assert!(ada.get(&profile).await.expect(200).says("Viewer – the default of the connection"));

    submit("/api/connections/remove_model", of(&[("model", sales)])).await.expect(303);
    assert!(ada.get(&format!("{here}?dialog=delete")).await.expect(200).says("Nothing hangs on it."));
    let gone = submit("/api/connections/delete", of(&[("confirm", "warehouse".into())])).await;
    assert_eq!(gone.location(), CONNECTIONS);
}

fn changed_to(form: Vec<(&'static str, String)>, field: &str, value: &str) -> Vec<(&'static str, String)> {
    form.into_iter().map(|(name, old)| (name, if name == field { value.to_owned() } else { old })).collect()
}

async fn what_is_wrong_stands_beside_the_field(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let id = made(&ada, "warehouse", "none").await;
    model(&ada, &id, "Sales").await;
    let other = made(&ada, "other", "none").await;
    let elsewhere = model(&ada, &other, "Elsewhere").await;
    let before = everything(app.db()).await;
    let long = "x".repeat(301);
    for (field, value, said) in [
        ("key", "", "Enter a key."),
        ("key", "Warehouse", "Another connection here has this key."),
        ("key", "ware_house", "Use 1 to 48 lower-case letters"),
        ("name", " ", "Enter a name."),
        ("description", long.as_str(), "This is too long; use at most 300 characters."),
        ("application", &long[..61], "This name is too long; use at most 60 characters."),
        ("default_role", "owner", "Choose a role."),
    ] {
        let form = changed(&[("org", ORG), ("key", "new"), ("name", "Other")], field, value);
        let answer = ada.call("/api/connections/create", &form).await.expect(422);
        assert_eq!(answer.wrong_fields(), [field]);
        assert!(answer.body.contains(said), "{}", answer.body);
    }
    for (name, said) in [(" ", "Enter a name."), ("SALES", "Another model of this connection has this name.")] {
        let form = [("org", ORG), ("id", id.as_str()), ("name", name)];
        let answer = ada.call("/api/connections/add_model", &form).await.expect(422);
        assert!(answer.wrong_fields() == ["name"] && answer.body.contains(said), "{}", answer.body);
    }
    for (email, model, role, wrong) in [
        ("grace@engines.example", "", "", vec!["role"]),
        ("grace@engines.example", "", "owner", vec!["role"]),
        ("grace@engines.example", "mdl_none", "viewer", vec!["model"]),
        ("grace@engines.example", elsewhere.as_str(), "viewer", vec!["model"]),
        ("nobody@engines.example", "", "viewer", vec!["email"]),
        ("nobody", "", "", vec!["role", "email"]),
    ] {
        let form = [("org", ORG), ("id", id.as_str()), ("email", email), ("model", model), ("role", role)];
        let answer = ada.call("/api/connections/give_person", &form).await.expect(422);
        assert_eq!(answer.wrong_fields(), wrong, "{email} {model} {role}");
    }
    for group in ["", "grp_none", "grp_00000000000000000000000000000000"] {
        assert_eq!(give_group(&ada, (&id, ""), group, "viewer").await.expect(422).wrong_fields(), ["group"]);
    }
    // A model is one of its own connection alone.
    let form = [("org", ORG), ("id", id.as_str()), ("model", elsewhere.as_str())];
    ada.call("/api/connections/remove_model", &form).await.expect(404);
    give(&ada, (&id, ""), "mem_none", "viewer").await.expect(404);
    take(&ada, (&other, ""), &grace.id).await.expect(200);
    // Nothing was written but that something was asked for.
    assert_eq!(without_revision(&everything(app.db()).await), without_revision(&before));
}

/// Everything but how often the organization was touched.
fn without_revision(everything: &str) -> Vec<&str> {
    everything.lines().filter(|line| !line.contains("Analytical Engines")).collect()
}

async fn what_somebody_may_do_with_it_is_told_with_where_it_comes_from(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let id = made(&ada, "warehouse", "viewer").await;
    let on = (id.as_str(), "");
    let why = |role, lines: &[&str]| (role, lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
    let default = why(ConnectionRole::Viewer, &["Viewer – the default of the connection"]);
    assert_eq!(told(&ada, &grace.id).await, default);
    let company = groups::made(&ada, "Company", "", "").await;
    let analysts = groups::made(&ada, "Analysts", &company, "").await;
    groups::add(&ada, &analysts, &[&grace.id]).await.expect(200);
    give_group(&ada, on, &analysts, "querier").await.expect(200);
    let said = give_group(&ada, on, &company, "modeler").await.expect(200);
    assert_eq!(said.toast(), "Company: Modeler on warehouse.");
    assert_eq!(
        told(&ada, &grace.id).await,
        why(
            ConnectionRole::Modeler,
            &["Modeler – through Company, of which Analysts is a part", "Querier – through Analysts"]
        )
    );
    // On the page of the group as well.
    let of_group: GroupPage =
        ada.call("/api/groups/get", &[("org", ORG), ("id", &analysts)]).await.expect(200).parsed();
    assert_eq!((of_group.connections.len(), of_group.group.connections), (1, true));
    let shown = ada.get(&format!("/o/{ORG}/groups/{analysts}")).await.expect(200);
    assert!(shown.says("Querier") && shown.says("warehouse"), "{}", shown.body);

    assert_eq!(give(&ada, on, &grace.id, "none").await.expect(200).toast(), "grace Doe: No access on warehouse.");
    assert_eq!(told(&ada, &grace.id).await, why(ConnectionRole::None, &["No access – taken away from them"]));
    let shown = ada.get(&format!("/o/{ORG}/users/{}", grace.id)).await.expect(200);
    assert!(shown.says("No access – taken away from them"), "{}", shown.body);
    take(&ada, on, &grace.id).await.expect(200);
    assert_eq!(role_of(&ada, &grace.id).await, ConnectionRole::Modeler);
    act(&ada, &grace.id, "deactivate").await.expect(200);
    assert_eq!(told(&ada, &grace.id).await, why(ConnectionRole::None, &["No access – deactivated"]));
    act(&ada, &grace.id, "activate").await.expect(200);
    take_group(&ada, on, &company).await.expect(200);
    take_group(&ada, on, &analysts).await.expect(200);
    assert_eq!(told(&ada, &grace.id).await, default);
    // What is so already is not written down again.
    take_group(&ada, on, &analysts).await.expect(200);
    for (action, times) in [
        ("connection.role_given", 1),
        ("connection.role_taken", 1),
        ("connection.group_role_given", 2),
        ("connection.group_role_taken", 2),
    ] {
        assert_eq!(app.count_of_audit(action).await, times, "{action}");
    }
    let log: ActivityPage =
        ada.call("/api/people/activity", &[("org", ORG), ("id", &grace.id)]).await.expect(200).parsed();
    let lines: Vec<String> = log.lines.iter().map(Activity::sentence).collect();
    assert!(lines.contains(&"Ada Lovelace gave grace Doe the role No access on warehouse".to_owned()), "{lines:?}");
}

async fn on_a_model_somebody_can_have_another_role(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let id = made(&ada, "warehouse", "none").await;
    let sales = model(&ada, &id, "Sales").await;
    let finance = model(&ada, &id, "Finance").await;
    give(&ada, (&id, ""), &grace.id, "querier").await.expect(200);
    let said = give(&ada, (&id, &sales), &grace.id, "modeler").await.expect(200);
    assert_eq!(said.toast(), "grace Doe: Modeler on Sales of warehouse.");
    give(&ada, (&id, &finance), &grace.id, "none").await.expect(200);
    let profile = ada.profile(ORG, &grace.id).await;
    let who = Holder::from(&profile.row.target);
    assert_eq!(profile.connections[0].effective(who).role, ConnectionRole::Querier);
    let models: Vec<_> = profile.connections[0].on_models(who).into_iter().map(|(of, is)| (of.name, is.role)).collect();
    let models: Vec<_> = models.iter().map(|(name, role)| (name.as_str(), *role)).collect();
    assert_eq!(models, [("Finance", ConnectionRole::None), ("Sales", ConnectionRole::Modeler)]);
    let shown = ada.get(&format!("/o/{ORG}/users/{}", grace.id)).await.expect(200);
    assert!(shown.says("Modeler – own role, for Sales"), "{}", shown.body);
    // One line for each on the page of the connection.
    let listed = page(&ada, &id).await;
    assert_eq!((listed.people.len(), listed.row.people, listed.row.models), (3, 1, 2));
    let gone = [("org", ORG), ("id", id.as_str()), ("model", sales.as_str())];
    assert_eq!(
        ada.call("/api/connections/remove_model", &gone).await.expect(200).toast(),
        "The model Sales has been removed."
    );
    assert_eq!(page(&ada, &id).await.people.len(), 2);
    assert_eq!(ada.profile(ORG, &grace.id).await.connections[0].given.len(), 2);
}

async fn what_goes_takes_roles_along(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let alan = app.join(&ada, "alan@engines.example", Role::Member).await;
    let id = made(&ada, "warehouse", "none").await;
    let sales = model(&ada, &id, "Sales").await;
    let analysts = groups::made(&ada, "Analysts", "", "").await;
    groups::add(&ada, &analysts, &[&alan.id]).await.expect(200);
    give_group(&ada, (&id, ""), &analysts, "viewer").await.expect(200);
    give(&ada, (&id, &sales), &grace.id, "viewer").await.expect(200);
    give(&ada, (&id, ""), &alan.id, "admin").await.expect(200);
    assert!(
        ada.get(&format!("{CONNECTIONS}/{id}?dialog=delete"))
            .await
            .expect(200)
            .says("With it go 1 model, the roles of 1 group and the roles of 2 people.")
    );
    let remove = [("org", ORG), ("id", grace.id.as_str()), ("how", "remove"), ("confirm", "grace@engines.example")];
    ada.call("/api/people/remove", &remove).await.expect(200);
    assert_eq!(page(&ada, &id).await.row.people, 1);
    ada.call("/api/groups/delete", &[("org", ORG), ("id", &analysts)]).await.expect(200);
    assert_eq!(page(&ada, &id).await.groups, []);
    let rename = [("org", ORG), ("id", alan.id.as_str()), ("first_name", "Zoe"), ("last_name", "Turing")];
    let rename = [&rename[..], &[("email", "alan@engines.example")]].concat();
    ada.call("/api/people/update", &rename).await.expect(200);
    let listed = page(&ada, &id).await.people;
    assert_eq!(listed[0].after().key, "zoe turing");
    let delete = [("org", ORG), ("id", id.as_str()), ("confirm", "warehouse")];
    ada.call("/api/connections/delete", &delete).await.expect(200);
    for table in ["connections", "connection_models", "connection_people", "connection_groups"] {
        let left = crate::engines::number(app.db(), &format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(left, 0, "{table}");
    }
    assert_eq!(ada.profile(ORG, &alan.id).await.connections, []);
}

async fn who_is_invited_has_it_once_they_join(app: TestApp) {
    let ada = app.set_up().await;
    let id = made(&ada, "warehouse", "none").await;
    let grace = invite(&ada, "grace@engines.example", Role::Member).await;
    give(&ada, (&id, ""), &grace.id, "modeler").await.expect(200);
    assert!(ada.get(&format!("{CONNECTIONS}/{id}")).await.expect(200).says("grace@engines.example"));
    let form = [
        ("token", grace.token.as_str()),
        ("first_name", "Grace"),
        ("last_name", "Hopper"),
        ("password", crate::cast::PASSWORD),
    ];
    app.browser().call("/api/invitations/accept_new", &form).await.expect(200);
    assert_eq!(role_of(&ada, &grace.id).await, ConnectionRole::Modeler);
    assert_eq!(page(&ada, &id).await.people[0].person.display_name(), "Grace Hopper");
    assert_eq!(page(&ada, &id).await.people[0].after().key, "grace hopper");
}

async fn who_comes_from_elsewhere_has_no_default(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Viewer).await;
    let id = made(&ada, "warehouse", "querier").await;
    assert_eq!(role_of(&ada, &grace.id).await, ConnectionRole::Querier);
    for kind in [Kind::External, Kind::Support] {
        raw(app.db(), &format!("UPDATE memberships SET kind = '{}' WHERE id = '{}'", kind.code(), grace.id)).await;
        assert_eq!(role_of(&ada, &grace.id).await, ConnectionRole::None, "{kind:?}");
        give(&ada, (&id, ""), &grace.id, "viewer").await.expect(200);
        assert_eq!(role_of(&ada, &grace.id).await, ConnectionRole::Viewer, "{kind:?}");
        take(&ada, (&id, ""), &grace.id).await.expect(200);
    }
}

async fn nobody_gives_themselves_a_role_and_nobody_but_owners_touches_owners(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let alan = app.join(&ada, "alan@engines.example", Role::Member).await;
    let id = made(&grace.browser, "warehouse", "none").await;
    let on = (id.as_str(), "");
    let owner = me(&ada).await.actor.membership_id.to_string();
    give(&grace.browser, on, &alan.id, "admin").await.expect(200);
    for (person, said) in [(&grace.id, "You cannot do this to yourself."), (&owner, "The Owner's access")] {
        let refused = give(&grace.browser, on, person, "admin").await.expect(403);
        assert!(refused.problem_text().contains(said), "{}", refused.body);
        let address = if *person == owner { crate::cast::ADA } else { grace.email.as_str() };
        let form = [("org", ORG), ("id", id.as_str()), ("email", address), ("role", "admin")];
        grace.browser.call("/api/connections/give_person", &form).await.expect(403);
    }
    let own = groups::made(&ada, "Own", "", "").await;
    groups::add(&ada, &own, &[&grace.id]).await.expect(200);
    give_group(&grace.browser, on, &own, "admin").await.expect(403);
    take_group(&grace.browser, on, &own).await.expect(403);
    give(&ada, on, &owner, "admin").await.expect(200);
    give_group(&ada, on, &own, "viewer").await.expect(200);
    assert_eq!(role_of(&ada, &grace.id).await, ConnectionRole::Viewer);
    assert_eq!(role_of(&ada, &owner).await, ConnectionRole::Admin);
}

async fn groups_that_give_roles_are_the_matter_of_who_decides_about_connections(app: TestApp) {
    let ada = app.set_up().await;
    let eve = app.join(&ada, "eve@engines.example", Role::Admin).await;
    let alan = app.join(&ada, "alan@engines.example", Role::Member).await;
    let id = made(&ada, "warehouse", "none").await;
    let other = made(&ada, "other", "none").await;
    let top = groups::made(&ada, "Top", "", "").await;
    let second = groups::made(&ada, "Second", "", "").await;
    let plain = groups::made(&ada, "Plain", "", "").await;
    give_group(&ada, (&id, ""), &top, "admin").await.expect(200);
    give_group(&ada, (&other, ""), &second, "admin").await.expect(200);
    narrowed(&app, &ada, &eve.id, 1, "manage_connections").await;
    assert!(!me(&eve.browser).await.actor.permissions().has(Permission::ManageConnections));
    let by = &eve.browser;
    give(by, (&id, ""), &alan.id, "viewer").await.expect(403);
    give_group(by, (&id, ""), &plain, "viewer").await.expect(403);
    by.call("/api/connections/create", &WAREHOUSE).await.expect(403);
    // Nor does she put anybody into one that gives some, or under one, or takes them out.
    groups::add(by, &plain, &[&alan.id]).await.expect(200);
    groups::add(by, &top, &[&alan.id]).await.expect(403);
    groups::add(by, &top, &[&eve.id]).await.expect(403);
    let under = |id: &str, name: &'static str, parent: &str| {
        let form = [("org", ORG), ("id", id), ("name", name), ("parent", parent)];
        form.map(|(name, value)| (name, value.to_owned()))
    };
    let update = |by: &Browser, form: [(&'static str, String); 4]| {
        let by = by.clone();
        async move {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            by.call("/api/groups/update", &form).await
        }
    };
    update(by, under(&plain, "Plain", &top)).await.expect(403);
    update(&ada, under(&plain, "Plain", &top)).await.expect(200);
    assert_eq!(role_of(&ada, &alan.id).await, ConnectionRole::None, "of the connection that is first by name");
    let connections = ada.profile(ORG, &alan.id).await.connections;
    assert_eq!(connections.iter().map(|of| of.given.len()).collect::<Vec<_>>(), [0, 1]);
    update(by, under(&plain, "Plain", "")).await.expect(403);
    // From one that gives some to another that gives others.
    update(by, under(&plain, "Plain", &second)).await.expect(403);
    let remove = [("org", ORG), ("id", plain.as_str()), ("select", alan.id.as_str())];
    by.call("/api/groups/remove", &remove).await.expect(403);
    by.call("/api/groups/delete", &[("org", ORG), ("id", &top)]).await.expect(403);
    // Another name is no matter of it.
    update(by, under(&plain, "Plainer", &top)).await.expect(200);
    by.call("/api/groups/delete", &[("org", ORG), ("id", &second)]).await.expect(200);
}

async fn an_invitation_with_roles_is_not_sent_elsewhere_by_others(app: TestApp) {
    let ada = app.set_up().await;
    let eve = app.join(&ada, "eve@engines.example", Role::Admin).await;
    let id = made(&ada, "warehouse", "none").await;
    let grace = invite(&ada, "grace@engines.example", Role::Member).await;
    narrowed(&app, &ada, &eve.id, 1, "manage_connections").await;
    let moved = |to: &'static str| {
        let (by, id) = (eve.browser.clone(), grace.id.clone());
        async move {
            let form = [("org", ORG), ("id", id.as_str()), ("first_name", "G"), ("last_name", "H"), ("email", to)];
            by.call("/api/people/update", &form).await
        }
    };
    moved("hopper@engines.example").await.expect(200);
    give(&ada, (&id, ""), &grace.id, "admin").await.expect(200);
    moved("eve@evil.example").await.expect(403);
    take(&ada, (&id, ""), &grace.id).await.expect(200);
    let analysts = groups::made(&ada, "Analysts", "", "").await;
    groups::add(&ada, &analysts, &[&grace.id]).await.expect(200);
    moved("grace@engines.example").await.expect(200);
    give_group(&ada, (&id, ""), &analysts, "admin").await.expect(200);
    moved("eve@evil.example").await.expect(403);
}

async fn members_see_nothing_and_externals_change_nothing(app: TestApp) {
    let ada = app.set_up().await;
    let member = app.join(&ada, "member@engines.example", Role::Member).await;
    let guest = app.join(&ada, "guest@engines.example", Role::Admin).await;
    raw(app.db(), &format!("UPDATE memberships SET kind = 'external' WHERE id = '{}'", guest.id)).await;
    let id = made(&ada, "warehouse", "none").await;
    let here = format!("{CONNECTIONS}/{id}");
    for path in [CONNECTIONS, here.as_str()] {
        member.browser.get(path).await.expect(403);
        let seen = guest.browser.get(path).await.expect(200);
        assert!(!seen.body.contains("dialog=") && !seen.body.contains("/api/connections/"), "{}", seen.body);
    }
    member.browser.call("/api/connections/list", &[("org", ORG)]).await.expect(403);
    guest.browser.call("/api/connections/create", &WAREHOUSE).await.expect(403);
    give(&guest.browser, (&id, ""), &member.id, "viewer").await.expect(403);
    for by in [&guest.browser, &member.browser] {
        let form = [("org", ORG), ("id", id.as_str()), ("confirm", "warehouse")];
        by.call("/api/connections/delete", &form).await.expect(403);
        by.call("/api/connections/update", &changed(&WAREHOUSE, "id", &id)).await.expect(403);
        by.call("/api/connections/add_model", &[("org", ORG), ("id", &id), ("name", "x")]).await.expect(403);
    }
    assert_eq!(all(&ada).await.len(), 1);
}

async fn there_are_as_many_as_there_may_be(app: TestApp) {
    let ada = app.set_up().await;
    let id = made(&ada, "warehouse", "none").await;
    let many = |n: usize, sql: &str| {
        (1..n).map(|n| sql.replace("{id}", &format!("{n:032x}")).replace("{n}", &n.to_string())).collect::<Vec<_>>()
    };
    for sql in many(
        MOST,
        "INSERT INTO connections SELECT 'con_{id}', org_id, 'n{n}', name, name_key, '', '', 'none', 0 FROM connections \
         WHERE key = 'warehouse'",
    ) {
        raw(app.db(), &sql).await;
    }
    for sql in many(
        MOST_MODELS + 1,
        "INSERT INTO connection_models SELECT 'mdl_{id}', org_id, id, 'n{n}', 'n{n}', 0 FROM connections \
         WHERE key = 'warehouse'",
    ) {
        raw(app.db(), &sql).await;
    }
    let full = ada.call("/api/connections/create", &changed(&WAREHOUSE, "key", "more")).await.expect(409);
    assert_eq!(full.problem_text(), "There can be 200 connections here. Delete one that nobody needs first.");
    let form = [("org", ORG), ("id", id.as_str()), ("name", "More")];
    let full = ada.call("/api/connections/add_model", &form).await.expect(409);
    assert_eq!(full.problem_text(), "A connection can have 100 models. Remove one that nobody needs first.");
    // As a form it says so above its fields, and keeps what was typed.
    let dialog = format!("{CONNECTIONS}?dialog=new");
    let shown = ada.submit(&dialog, "/api/connections/create", &changed(&WAREHOUSE, "key", "more")).await.expect(409);
    assert!(shown.says("There can be 200 connections here.") && shown.says("All that was sold"), "{}", shown.body);
}

async fn the_people_of_a_connection_stand_on_pages(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let zoe = app.join(&ada, "zoe@engines.example", Role::Member).await;
    let id = made(&ada, "warehouse", "none").await;
    give(&ada, (&id, ""), &zoe.id, "viewer").await.expect(200);
    give(&ada, (&id, ""), &grace.id, "viewer").await.expect(200);
    for n in 1..=60 {
        let sql = format!(
            "INSERT INTO connection_models SELECT 'mdl_{n:032x}', org_id, id, 'Model {n}', 'model {n}', 0 FROM connections"
        );
        raw(app.db(), &sql).await;
    }
    let sql = "INSERT INTO connection_people SELECT m.connection_id, p.membership_id, m.id, p.org_id, 'querier', NULL, \
               p.sort_name FROM connection_models m, connection_people p WHERE p.sort_name LIKE 'grace%'";
    raw(app.db(), sql).await;
    // A page may end in the middle of somebody.
    let first = page(&ada, &id).await;
    let next = first.next.unwrap();
    assert_eq!((first.people.len(), first.row.people, first.row.models), (50, 2, 60));
    let form = [("org", ORG), ("id", id.as_str()), ("after", &next.encode())];
    let second: ConnectionPage = ada.call("/api/connections/get", &form).await.expect(200).parsed();
    let addresses: Vec<&str> = second.people.iter().map(|of| of.person.email.as_str()).collect();
    assert_eq!((addresses.len(), addresses[0], addresses[11]), (12, "grace@engines.example", "zoe@engines.example"));
    assert_eq!(second.next, None);
    let here = format!("{CONNECTIONS}/{id}");
    let shown = ada.get(&here).await.expect(200);
    assert!(shown.body.contains("after=") && !shown.says("zoe@engines.example"), "{}", shown.body);
    let path = app::paths::with_params(&here, &[("after", next.encode())]);
    let shown = ada.get(&path).await.expect(200);
    assert!(shown.says("zoe@engines.example") && shown.says("Back to the first"), "{}", shown.body);
    // What is no place is the beginning.
    assert!(!ada.get(&format!("{here}?after=x")).await.expect(200).says("zoe@engines.example"));
}

async fn a_custom_role_is_made_given_changed_and_deleted(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let id = made(&ada, "warehouse", "none").await;
    let group = groups::made(&ada, "Analysts", "", "").await;
    groups::add(&ada, &group, &[&grace.id]).await.expect(200);
    let dialog = format!("{CONNECTIONS}?dialog=role");
    assert!(ada.get(&dialog).await.expect(200).says("Variation of"));
    let keeps = [("keeps[]", "view_content"), ("keeps[]", "edit_models")];
    let form = [&[("org", ORG), ("name", "Blind modeler"), ("base", "modeler")][..], &keeps].concat();
    assert_eq!(ada.submit(&dialog, "/api/connection_roles/create", &form).await.location(), CONNECTIONS);
    let role = list(&ada).await.roles[0].id.to_string();
    let shown = ada.get(CONNECTIONS).await.expect(200);
    for text in ["Blind modeler", "Modeler, less: Query", "Taken away"] {
        assert!(shown.says(text), "{text}: {}", shown.body);
    }
    assert_eq!(
        give_group(&ada, (&id, ""), &group, &role).await.expect(200).toast(),
        "Analysts: Blind modeler on warehouse."
    );
    let why = ["Blind modeler (less: Query) – through Analysts".to_owned()];
    assert_eq!(told(&ada, &grace.id).await, (ConnectionRole::Modeler, why.to_vec()));
    give(&ada, (&id, ""), &grace.id, &role).await.expect(200);
    let listed = page(&ada, &id).await;
    assert_eq!((listed.people[0].role.label(), listed.groups[0].role.label()), ("Blind modeler", "Blind modeler"));
    let shown = ada.get(&format!("/o/{ORG}/users/{}", grace.id)).await.expect(200);
    assert!(shown.says("Modeler, less: Query") && shown.says("a variation of Modeler"), "{}", shown.body);

    // Whoever has it has what it gives from then on.
    let here = format!("{CONNECTIONS}?dialog=role-edit&role={role}");
    let open = ada.get(&here).await.expect(200);
    assert!(open.says("A variation of Modeler.") && !open.body.contains("value=\"manage\""), "{}", open.body);
    let form =
        [("org", ORG), ("id", role.as_str()), ("name", "Half blind"), ("keeps[]", "query"), ("keeps[]", "edit_models")];
    ada.submit(&here, "/api/connection_roles/update", &form).await.expect(303);
    ada.call("/api/connection_roles/update", &form).await.expect(200);
    assert_eq!(told(&ada, &grace.id).await.1, ["Half blind (less: See content) – own role"]);
    let here = format!("{CONNECTIONS}?dialog=role-delete&role={role}");
    assert!(ada.get(&here).await.expect(200).says("See content"));
    let gone = ada.submit(&here, "/api/connection_roles/delete", &form[..2]).await;
    assert_eq!(gone.location(), CONNECTIONS);
    ada.call("/api/connection_roles/delete", &form[..2]).await.expect(404);
    assert_eq!(told(&ada, &grace.id).await.1, ["Modeler – own role"]);
    assert_eq!(page(&ada, &id).await.groups[0].role.label(), "Modeler");
    for action in ["created", "changed", "deleted"] {
        assert_eq!(app.count_of_audit(&format!("connection_role.{action}")).await, 1, "{action}");
    }
}

async fn what_is_wrong_with_a_custom_role_stands_beside_the_field(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let role = custom(&ada, "Blind", "modeler", &["view_content"]).await;
    for (name, base, keeps, wrong) in [
        ("", "modeler", "view_content", vec!["name"]),
        ("BLIND", "modeler", "view_content", vec!["name"]),
        ("Connection admin", "modeler", "view_content", vec!["name"]),
        ("Other", "none", "view_content", vec!["base"]),
        ("Other", "", "view_content", vec!["base"]),
        ("Other", "viewer", "view_content", vec!["keeps"]),
        ("Other", "viewer", "", vec!["keeps"]),
        (" ", "modeler", "manage", vec!["name", "keeps"]),
    ] {
        let form = [("org", ORG), ("name", name), ("base", base), ("keeps[]", keeps)];
        let answer = ada.call("/api/connection_roles/create", &form).await.expect(422);
        assert_eq!(answer.wrong_fields(), wrong, "{name} {base} {keeps}");
    }
    narrowed(&app, &ada, &grace.id, 1, "manage_connections").await;
    let one = [("org", ORG), ("id", role.as_str()), ("name", "Eve"), ("keeps[]", "query")];
    for path in ["update", "delete", "create"] {
        grace.browser.call(&format!("/api/connection_roles/{path}"), &one).await.expect(403);
    }
    let unknown = [("org", ORG), ("id", "cro_00000000000000000000000000000000"), ("name", "x")];
    ada.call("/api/connection_roles/update", &unknown).await.expect(404);
    for n in 1..MOST_CUSTOM {
        let sql = format!(
            "INSERT INTO connection_roles SELECT 'cro_{n:032x}', org_id, 'n{n}', 'n{n}', base, withheld, 0 \
             FROM connection_roles WHERE name = 'Blind'"
        );
        raw(app.db(), &sql).await;
    }
    let form = [("org", ORG), ("name", "More"), ("base", "admin"), ("keeps[]", "query")];
    let full = ada.call("/api/connection_roles/create", &form).await.expect(409);
    assert_eq!(full.problem_text(), "There can be 50 custom connection roles. Delete one that nobody needs first.");
}

async fn the_operator_registers_the_same_twice(app: TestApp) {
    let ada = app.set_up().await;
    let form = |name: &str, default: &str| EditConnection {
        key: "warehouse".to_owned(),
        name: name.to_owned(),
        application: "Insight".to_owned(),
        description: String::new(),
        default_role: default.to_owned(),
    };
    let register =
        |name: &'static str, default: &'static str| app.rollcall.register_connection(ORG, form(name, default));
    assert!(matches!(register("Warehouse", "querier").await.unwrap(), Registered::New(_)));
    let again = register("Warehouse", "none").await.unwrap();
    assert!(matches!(&again, Registered::Known(_, fields) if fields.is_empty()), "{again:?}");
    let renamed = register("House", "none").await.unwrap();
    assert!(matches!(&renamed, Registered::Known(_, fields) if *fields == ["name"]), "{renamed:?}");
    let there = all(&ada).await.remove(0).connection;
    assert_eq!((there.name.as_str(), there.default_role), ("House", ConnectionRole::Querier));
    assert_eq!(app.rollcall.register_model(ORG, "warehouse", "Sales").await.unwrap(), Some(true));
    assert_eq!(app.rollcall.register_model(ORG, "warehouse", "SALES").await.unwrap(), Some(false));
    assert_eq!(app.rollcall.register_model(ORG, "none", "Sales").await.unwrap(), None);
    assert_eq!(app.rollcall.registered(ORG).await.unwrap()[0].1.len(), 1);
    let wrong = app.rollcall.register_connection(ORG, form(" ", "none")).await;
    assert!(matches!(wrong, Err(Error::Invalid(fields)) if fields[0].0 == "name"));
    assert!(matches!(app.rollcall.register_model("nowhere", "x", "y").await, Err(Error::NotFound)));
    assert!(app.rollcall.unregister_connection(ORG, "warehouse").await.unwrap().is_some());
    assert!(app.rollcall.unregister_connection(ORG, "warehouse").await.unwrap().is_none());
    for (action, times) in [
        ("connection.registered", 1),
        ("connection.changed", 1),
        ("connection.model_added", 1),
        ("connection.deleted", 1),
    ] {
        assert_eq!(app.count_of_audit(action).await, times, "{action}");
    }
}

async fn in_an_archived_organization_no_connection_changes(app: TestApp) {
    let ada = app.set_up().await;
    let id = made(&ada, "warehouse", "none").await;
    raw(app.db(), "UPDATE organizations SET archived_at = 1").await;
    let seen = ada.get(&format!("{CONNECTIONS}/{id}")).await.expect(200);
    assert!(!seen.body.contains("dialog="), "{}", seen.body);
    ada.call("/api/connections/create", &WAREHOUSE).await.expect(403);
    let refused = app.rollcall.unregister_connection(ORG, "warehouse").await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    assert_eq!(all(&ada).await.len(), 1);
}
