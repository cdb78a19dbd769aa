//! Connections of applications, their models, and who was given which role on them; not those to the database.

use model::{
    Action, GroupGives, MembershipId, Permit, Role,
    connection::{
        After, Connection, ConnectionKey, ConnectionName, ConnectionPermission, ConnectionRole, ConnectionRoleName,
        CustomConnectionRole, DataModel, GivenRole, Holder, ModelName, RoleOfPerson,
    },
    decide,
    group::{Group, GroupName, ParentGroup},
};
use store::{
    Db, StoreError,
    connection_grants::{self, On},
    connection_roles,
    connections::{self, Registrar},
    groups,
    memberships::{self, Membership},
};

use crate::support::{NOW, Org, active, fresh, name, number, profile};

fn connection(key: &str, name: &str) -> Connection {
    Connection {
        id: fresh(),
        key: ConnectionKey::parse(key).unwrap(),
        name: ConnectionName::parse(name).unwrap(),
        description: "All that was sold".to_owned(),
        application: "Insight".to_owned(),
        default_role: ConnectionRole::Viewer,
    }
}

fn model(name: &str) -> DataModel {
    DataModel { id: fresh(), name: ModelName::parse(name).unwrap() }
}

fn may_manage(org: &Org) -> Permit {
    decide(&org.actor(), Action::ManageConnections, None).unwrap()
}

async fn register(db: &Db, org: &Org, connection: &Connection) -> Result<(), StoreError> {
    let mut tx = db.write().await.unwrap();
    connections::insert(&mut tx, Registrar::Permit(&may_manage(org)), connection, NOW).await?;
    tx.commit().await
}

async fn add_model(db: &Db, org: &Org, of: &Connection, model: &DataModel) -> Result<(), StoreError> {
    let mut tx = db.write().await.unwrap();
    connections::insert_model(&mut tx, Registrar::Operator(&org.id), &of.id, model, NOW).await?;
    tx.commit().await
}

/// On a connection, or on a model of it.
fn on<'a>(connection: &'a Connection, model: Option<&'a DataModel>) -> On<'a> {
    On { connection: &connection.id, model: model.map(|model| &model.id) }
}

async fn give(db: &Db, org: &Org, on: On<'_>, person: &Membership, role: Option<ConnectionRole>) {
    give_any(db, org, on, person, role.map(GivenRole::from)).await;
}

async fn give_any(db: &Db, org: &Org, on: On<'_>, person: &Membership, role: Option<GivenRole>) {
    let permit = org.may(Action::GiveConnectionRole, person);
    let mut tx = db.write().await.unwrap();
    connection_grants::set_role_of_person(&mut tx, &permit, on, person, role.as_ref()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn give_group(db: &Db, org: &Org, on: On<'_>, group: &Group, role: Option<ConnectionRole>) {
    let role = role.map(GivenRole::from);
    let mut tx = db.write().await.unwrap();
    connection_grants::set_role_of_group(&mut tx, &may_manage(org), on, &group.id, role.as_ref()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Makes a group in which somebody is.
async fn group(db: &Db, org: &Org, called: &str, parent: Option<&Group>, person: Option<&Membership>) -> Group {
    let group = Group {
        id: fresh(),
        name: GroupName::parse(called).unwrap(),
        description: String::new(),
        parent: parent.map(|parent| ParentGroup { group: parent.named(), role: None }),
        role: None,
        subgroups: 0,
        people: 0,
        connections: false,
    };
    let permit = decide(&org.actor(), Action::DefineGroup(GroupGives::default()), None).unwrap();
    let mut tx = db.write().await.unwrap();
    groups::insert(&mut tx, &permit, &group, NOW).await.unwrap();
    if let Some(person) = person {
        let permit = org.may(Action::JoinGroup(group.gives()), person);
        groups::add(&mut tx, &permit, &group, person).await.unwrap();
    }
    tx.commit().await.unwrap();
    group
}

async fn a_key_is_had_once_in_an_organization(db: Db) {
    let (org, other) = (Org::found(&db, "one").await, Org::found(&db, "two").await);
    let (house, second) = (connection("warehouse", "Warehouse"), connection("archive", "Warehouse"));
    register(&db, &org, &house).await.unwrap();
    assert!(matches!(register(&db, &org, &connection("warehouse", "x")).await, Err(StoreError::Taken)));
    register(&db, &other, &connection("warehouse", "Theirs")).await.unwrap();
    register(&db, &org, &second).await.unwrap();
    let mut conn = db.read().await.unwrap();
    let found = connections::by_id(&mut conn, &org.id, &house.id).await.unwrap().unwrap();
    assert_eq!((&found.connection, found.models, found.groups, found.people), (&house, 0, 0, 0));
    assert_eq!(connections::by_key(&mut conn, &org.id, &second.key).await.unwrap().unwrap().connection, second);
    assert_eq!(connections::by_key(&mut conn, &other.id, &second.key).await.unwrap(), None);
    assert_eq!(connections::by_id(&mut conn, &other.id, &house.id).await.unwrap(), None, "of another organization");
    assert_eq!(connections::count(&mut conn, &org.id).await.unwrap(), 2);
    drop(conn);
    let changed = Connection {
        name: ConnectionName::parse("Äther").unwrap(),
        application: String::new(),
        default_role: ConnectionRole::None,
        ..house.clone()
    };
    let mut tx = db.write().await.unwrap();
    let (ours, theirs) = (Registrar::Operator(&org.id), Registrar::Operator(&other.id));
    assert!(connections::update(&mut tx, theirs, &changed).await.is_err());
    assert!(connections::delete(&mut tx, theirs, &house.id).await.is_err());
    connections::update(&mut tx, ours, &changed).await.unwrap();
    let listed = connections::of_organization(&mut tx, &org.id).await.unwrap();
    let listed: Vec<_> = listed.into_iter().map(|row| row.connection).collect();
    assert_eq!(listed, [changed, second], "by name, without accents");
    tx.commit().await.unwrap();
}

async fn models_go_with_the_roles_on_them(db: Db) {
    let org = Org::found(&db, "one").await;
    let ada = org.member(&db, "ada@x.example", Role::Member).await;
    let staff = group(&db, &org, "Staff", None, None).await;
    let (house, other) = (connection("warehouse", "Warehouse"), connection("other", "Other"));
    register(&db, &org, &house).await.unwrap();
    register(&db, &org, &other).await.unwrap();
    let (sales, finance) = (model("Sales"), model("Finance"));
    add_model(&db, &org, &house, &sales).await.unwrap();
    add_model(&db, &org, &house, &finance).await.unwrap();
    assert!(matches!(add_model(&db, &org, &house, &model("SALES")).await, Err(StoreError::Taken)));
    add_model(&db, &org, &other, &model("Sales")).await.unwrap();
    for on in [on(&house, None), on(&house, Some(&sales)), on(&house, Some(&finance))] {
        give(&db, &org, on, &ada, Some(ConnectionRole::Querier)).await;
        give_group(&db, &org, on, &staff, Some(ConnectionRole::Viewer)).await;
    }
    let mut tx = db.write().await.unwrap();
    assert_eq!(connections::models(&mut tx, &house.id).await.unwrap(), [finance.clone(), sales.clone()]);
    assert_eq!(connection_grants::count_of_groups(&mut tx, &house.id).await.unwrap(), 3);
    let by = Registrar::Operator(&org.id);
    assert!(connections::delete_model(&mut tx, by, &other.id, &sales.id).await.is_err(), "of another connection");
    connections::delete_model(&mut tx, by, &house.id, &sales.id).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let of_person = connection_grants::role_of_person(&mut conn, on(&house, Some(&sales)), &ada.id).await.unwrap();
    let of_group = connection_grants::role_of_group(&mut conn, on(&house, Some(&sales)), &staff.id).await.unwrap();
    assert_eq!((of_person, of_group), (None, None));
    let of_person = connection_grants::role_of_person(&mut conn, on(&house, Some(&finance)), &ada.id).await.unwrap();
    let of_group = connection_grants::role_of_group(&mut conn, on(&house, None), &staff.id).await.unwrap();
    assert_eq!((of_person, of_group), (Some(ConnectionRole::Querier.into()), Some(ConnectionRole::Viewer.into())));
    let row = connections::by_id(&mut conn, &org.id, &house.id).await.unwrap().unwrap();
    assert_eq!((row.models, row.groups, row.people), (1, 1, 1));
    drop(conn);
    let mut tx = db.write().await.unwrap();
    connections::delete(&mut tx, by, &house.id).await.unwrap();
    tx.commit().await.unwrap();
    for table in ["connection_people", "connection_groups"] {
        assert_eq!(number(&db, &format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
    assert_eq!(number(&db, "SELECT count(*) FROM connection_models").await, 1, "of the other one");
}

async fn a_profile_knows_what_came_from_where(db: Db) {
    let (org, other) = (Org::found(&db, "one").await, Org::found(&db, "two").await);
    let ada = org.member(&db, "ada@x.example", Role::Member).await;
    let bob = org.member(&db, "bob@x.example", Role::Member).await;
    let company = group(&db, &org, "Company", None, Some(&bob)).await;
    let analysts = group(&db, &org, "Analysts", Some(&company), Some(&ada)).await;
    group(&db, &org, "Chess", None, Some(&ada)).await;
    let (house, plain) = (connection("warehouse", "Warehouse"), connection("plain", "Plain"));
    for of in [&house, &plain] {
        register(&db, &org, of).await.unwrap();
    }
    register(&db, &other, &connection("theirs", "Theirs")).await.unwrap();
    let sales = model("Sales");
    add_model(&db, &org, &house, &sales).await.unwrap();
    give(&db, &org, on(&house, Some(&sales)), &ada, Some(ConnectionRole::Admin)).await;
    give_group(&db, &org, on(&house, None), &analysts, Some(ConnectionRole::Querier)).await;
    give_group(&db, &org, on(&house, None), &company, Some(ConnectionRole::Modeler)).await;
    give_group(&db, &org, on(&house, Some(&sales)), &company, Some(ConnectionRole::None)).await;

    let who = Holder::from(&ada.target(NOW));
    let found = profile(&db, &org, &ada.id).await.unwrap().connections;
    let told: Vec<_> = found.iter().map(|of| (of.connection.key.as_str(), of.effective(who).role)).collect();
    assert_eq!(told, [("plain", ConnectionRole::Viewer), ("warehouse", ConnectionRole::Modeler)]);
    let why: Vec<String> = found[1].effective(who).because.iter().map(model::connection::Because::sentence).collect();
    assert_eq!(why, ["Modeler – through Company, of which Analysts is a part", "Querier – through Analysts"]);
    assert_eq!(found[1].on_models(who)[0].1.role, ConnectionRole::Admin);
    assert_eq!((found[1].given.len(), found[0].given.len()), (4, 0));
    assert_eq!(Connection { description: String::new(), ..house.clone() }, found[1].connection);
    let of_bob = profile(&db, &org, &bob.id).await.unwrap().connections;
    assert_eq!(of_bob[1].given.len(), 2);

    // Groups say whether any come with them, and which.
    let mut conn = db.read().await.unwrap();
    let all = groups::of_organization(&mut conn, &org.id).await.unwrap();
    let told: Vec<_> = all.iter().map(|group| (group.name.as_str(), group.connections)).collect();
    assert_eq!(told, [("Analysts", true), ("Chess", false), ("Company", true)]);
    let of_group = connection_grants::of_group(&mut conn, &company.id, 10).await.unwrap();
    let told = of_group.iter().map(|of| (of.name.as_str(), of.model.as_ref().map(ModelName::as_str), of.role.base()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [("Warehouse", None, ConnectionRole::Modeler), ("Warehouse", Some("Sales"), ConnectionRole::None)]
    );
    assert_eq!(connection_grants::of_group(&mut conn, &company.id, 1).await.unwrap().len(), 1);
    let listed = connection_grants::roles_of_groups(&mut conn, &house.id).await.unwrap();
    let told: Vec<_> = listed.iter().map(|of| (of.group.name.as_str(), of.model.is_some())).collect();
    assert_eq!(told, [("Analysts", false), ("Company", false), ("Company", true)]);
    assert!(connection_grants::come_to(&mut conn, &ada.id).await.unwrap());
    assert!(connection_grants::come_to(&mut conn, &bob.id).await.unwrap());
    assert!(!connection_grants::come_to(&mut conn, &org.owner.id).await.unwrap());
    drop(conn);

    // A group above alone is enough, and it goes with the group.
    give_group(&db, &org, on(&house, None), &analysts, None).await;
    assert!(connection_grants::come_to(&mut db.read().await.unwrap(), &ada.id).await.unwrap());
    let mut tx = db.write().await.unwrap();
    let permit = decide(&org.actor(), Action::DefineGroup(GroupGives::default()), None).unwrap();
    groups::delete(&mut tx, &permit, &company).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(profile(&db, &org, &ada.id).await.unwrap().connections[1].given.len(), 1);
    assert_eq!(number(&db, "SELECT count(*) FROM connection_groups").await, 0);
}

/// The people of a connection, page after page.
async fn paged(db: &Db, org: &Org, of: &Connection, limit: usize) -> Vec<RoleOfPerson> {
    let (mut found, mut after): (Vec<RoleOfPerson>, Option<After>) = (Vec::new(), None);
    loop {
        let mut conn = db.read().await.unwrap();
        let which = (&org.id, &of.id);
        let page = connection_grants::roles_of_people(&mut conn, which, after.as_ref(), limit, NOW).await.unwrap();
        let Some(last) = page.last() else { return found };
        after = Some(last.after());
        found.extend(page);
    }
}

async fn people_are_listed_by_name_and_gone_with_their_membership(db: Db) {
    let org = Org::found(&db, "one").await;
    let house = connection("warehouse", "Warehouse");
    register(&db, &org, &house).await.unwrap();
    let sales = model("Sales");
    add_model(&db, &org, &house, &sales).await.unwrap();
    let mut ids: Vec<MembershipId> = Vec::new();
    for (address, full) in [("zoe@x.example", "Zoë Ray"), ("ada@x.example", "ada King"), ("bob@x.example", "Bob Ray")]
    {
        let person = org.put_one(&db, active(address, full)).await;
        give(&db, &org, on(&house, None), &person, Some(ConnectionRole::Viewer)).await;
        ids.push(person.id);
    }
    let ada = org.person(&db, &ids[1]).await.unwrap();
    give(&db, &org, on(&house, Some(&sales)), &ada, Some(ConnectionRole::Admin)).await;
    give(&db, &org, on(&house, None), &ada, Some(ConnectionRole::None)).await;
    let expected = [(1, false), (1, true), (2, false), (0, false)].map(|(n, of_model)| (ids[n].clone(), of_model));
    for limit in [1, 2, 10] {
        let found = paged(&db, &org, &house, limit).await;
        let found: Vec<_> =
            found.into_iter().map(|of| (of.person.target.membership_id.clone(), of.model.is_some())).collect();
        assert_eq!(found, expected, "{limit}");
    }
    let found = paged(&db, &org, &house, 10).await;
    assert_eq!((found[0].role.base(), found[1].role.base()), (ConnectionRole::None, ConnectionRole::Admin));
    assert_eq!(found[1].model, Some(sales));
    // By another name somebody stands elsewhere.
    let mut tx = db.write().await.unwrap();
    memberships::set_details(&mut tx, &org.may(Action::Edit, &ada), &name("Zz Top"), &ada.email).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(paged(&db, &org, &house, 2).await[0].person.target.membership_id, ids[2]);
    let ada = org.person(&db, &ids[1]).await.unwrap();
    let mut tx = db.write().await.unwrap();
    memberships::delete(&mut tx, &org.may(Action::Delete, &ada), &ada).await.unwrap();
    tx.commit().await.unwrap();
    let row = connections::by_id(&mut db.read().await.unwrap(), &org.id, &house.id).await.unwrap().unwrap();
    assert_eq!((row.people, paged(&db, &org, &house, 10).await.len()), (2, 2));
    let bob = org.person(&db, &ids[2]).await.unwrap();
    give(&db, &org, on(&house, None), &bob, None).await;
    give(&db, &org, on(&house, None), &bob, None).await;
    assert_eq!(paged(&db, &org, &house, 10).await.len(), 1);
}

async fn a_custom_role_changes_for_whoever_has_it(db: Db) {
    let (org, other) = (Org::found(&db, "one").await, Org::found(&db, "two").await);
    let ada = org.member(&db, "ada@x.example", Role::Member).await;
    let staff = group(&db, &org, "Staff", None, Some(&ada)).await;
    let house = connection("warehouse", "Warehouse");
    register(&db, &org, &house).await.unwrap();
    let role = CustomConnectionRole {
        id: fresh(),
        name: ConnectionRoleName::parse("Blind modeler").unwrap(),
        base: ConnectionRole::Modeler,
        withheld: std::iter::once(ConnectionPermission::Query).collect(),
    };
    let permit = may_manage(&org);
    let mut tx = db.write().await.unwrap();
    connection_roles::insert(&mut tx, &permit, &role, NOW).await.unwrap();
    let again = CustomConnectionRole { id: fresh(), ..role.clone() };
    connection_roles::insert(&mut tx, &may_manage(&other), &again, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = db.write().await.unwrap();
    let taken = CustomConnectionRole { id: fresh(), ..role.clone() };
    assert!(matches!(connection_roles::insert(&mut tx, &permit, &taken, NOW).await, Err(StoreError::Taken)));
    drop(tx);
    let given = GivenRole::Custom(role.clone());
    give_any(&db, &org, on(&house, None), &ada, Some(given.clone())).await;
    let mut tx = db.write().await.unwrap();
    connection_grants::set_role_of_group(&mut tx, &permit, on(&house, None), &staff.id, Some(&given)).await.unwrap();
    tx.commit().await.unwrap();
    let seen = async || {
        let mut conn = db.read().await.unwrap();
        let of_group = connection_grants::role_of_group(&mut conn, on(&house, None), &staff.id).await.unwrap();
        let listed = connection_grants::roles_of_groups(&mut conn, &house.id).await.unwrap().remove(0).role;
        let on_page = connection_grants::of_group(&mut conn, &staff.id, 5).await.unwrap().remove(0).role;
        drop(conn);
        let of_person = paged(&db, &org, &house, 5).await.remove(0).role;
        let profile = profile(&db, &org, &ada.id).await.unwrap();
        let of_profile = profile.connections[0].given.iter().map(|given| given.role.clone());
        let mut all: Vec<GivenRole> =
            of_group.into_iter().chain([listed, on_page, of_person]).chain(of_profile).collect();
        all.dedup();
        all
    };
    assert_eq!(seen().await, [given]);
    let known = profile(&db, &org, &ada.id).await.unwrap().connection_roles;
    assert_eq!(known, std::slice::from_ref(&role));
    let changed = CustomConnectionRole {
        name: ConnectionRoleName::parse("Half blind").unwrap(),
        withheld: std::iter::once(ConnectionPermission::ViewContent).collect(),
        ..role.clone()
    };
    let mut tx = db.write().await.unwrap();
    assert!(connection_roles::update(&mut tx, &may_manage(&other), &changed).await.is_err());
    assert!(connection_roles::delete(&mut tx, &may_manage(&other), &role.id).await.is_err());
    assert_eq!(connection_roles::by_id(&mut tx, &other.id, &role.id).await.unwrap(), None);
    connection_roles::update(&mut tx, &permit, &changed).await.unwrap();
    assert_eq!(connection_roles::by_id(&mut tx, &org.id, &role.id).await.unwrap().as_ref(), Some(&changed));
    tx.commit().await.unwrap();
    assert_eq!(seen().await, [GivenRole::Custom(changed)]);
    // One of the ladder instead is no longer that role.
    give(&db, &org, on(&house, None), &ada, Some(ConnectionRole::Modeler)).await;
    assert_eq!(paged(&db, &org, &house, 5).await[0].role, ConnectionRole::Modeler.into());
    let mut tx = db.write().await.unwrap();
    connection_roles::delete(&mut tx, &permit, &role.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(seen().await, [GivenRole::from(ConnectionRole::Modeler)]);
    let mut conn = db.read().await.unwrap();
    assert_eq!(connection_roles::of_organization(&mut conn, &org.id).await.unwrap(), []);
    assert_eq!(connection_roles::of_organization(&mut conn, &other.id).await.unwrap(), [again]);
}

on_both_engines!(
    a_custom_role_changes_for_whoever_has_it,
    a_key_is_had_once_in_an_organization,
    models_go_with_the_roles_on_them,
    a_profile_knows_what_came_from_where,
    people_are_listed_by_name_and_gone_with_their_membership,
);
