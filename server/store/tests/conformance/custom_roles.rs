//! Custom roles, and who has them.

use model::{
    Action, CustomRole, Permission, PermissionSet, Role, Timestamp,
    custom_role::{RoleName, vary},
    decide,
    ends::{Ends, RoleEnd},
    people::PeopleQuery,
    time::DAY,
};
use store::{
    Db, StoreError, custom_roles, ends,
    memberships::{self, Membership},
    people,
};

use crate::{
    counters::assert_counters_are_true,
    support::{NOW, Org, active, fresh},
};

fn role(name: &str, base: Role, withheld: Permission) -> CustomRole {
    let grant = vary(base, PermissionSet::of(&[withheld])).unwrap();
    CustomRole { id: fresh(), name: RoleName::parse(name).unwrap(), grant, people: 0, groups: 0 }
}

async fn make(db: &Db, org: &Org, role: &CustomRole) -> Result<(), StoreError> {
    let permit = decide(&org.actor(), Action::DefineRole(role.grant), None).unwrap();
    let mut tx = db.write().await.unwrap();
    custom_roles::insert(&mut tx, &permit, role, NOW).await?;
    tx.commit().await
}

async fn give(db: &Db, org: &Org, to: &Membership, role: &CustomRole) -> Membership {
    let permit = decide(&org.actor(), Action::GiveCustomRole(role.grant), Some(&to.target(NOW))).unwrap();
    let mut tx = db.write().await.unwrap();
    memberships::set_custom_role(&mut tx, &permit, to, role).await.unwrap();
    tx.commit().await.unwrap();
    org.person(db, &to.id).await.unwrap()
}

async fn roles(db: &Db, org: &Org) -> Vec<CustomRole> {
    custom_roles::of_organization(&mut db.read().await.unwrap(), &org.id).await.unwrap()
}

async fn somebody_has_what_their_role_says(db: Db) {
    let org = Org::found(&db, "one").await;
    let ada = org.put_one(&db, active("ada@x.example", "Ada King")).await;
    let desk = role("Help desk", Role::Admin, Permission::RemovePeople);
    make(&db, &org, &desk).await.unwrap();
    let ada = give(&db, &org, &ada, &desk).await;
    assert_eq!((ada.role, ada.custom_role.as_ref(), ada.withheld), (Role::Admin, Some(&desk.id), desk.grant.withheld));
    assert_counters_are_true(&db, &org).await;
    assert_eq!(roles(&db, &org).await, [CustomRole { people: 1, ..desk.clone() }]);

    // The grid tells its name.
    let mut conn = db.read().await.unwrap();
    let (query, words) = (PeopleQuery::default(), Vec::new());
    let sizes = people::sizes(&mut conn, &org.id, &query, &words, NOW).await.unwrap();
    let page = people::page(&mut conn, &org.id, &query, &words, &sizes, NOW).await.unwrap();
    let named: Vec<_> = page.rows.iter().filter_map(|row| row.custom_role.as_ref()).collect();
    assert_eq!(named.iter().map(|role| (&role.id, role.name.as_str())).collect::<Vec<_>>(), [(&desk.id, "Help desk")]);
    drop(conn);

    // A base role is no custom one.
    let permit = decide(&org.actor(), Action::ChangeRole(Role::Admin), Some(&ada.target(NOW))).unwrap();
    let mut tx = db.write().await.unwrap();
    memberships::set_role(&mut tx, &permit, &ada, Role::Admin).await.unwrap();
    tx.commit().await.unwrap();
    let ada = org.person(&db, &ada.id).await.unwrap();
    assert_eq!((ada.custom_role, ada.withheld.is_empty()), (None, true));
    assert_counters_are_true(&db, &org).await;
}

async fn a_change_of_a_role_is_one_of_everybody_who_has_it(db: Db) {
    let org = Org::found(&db, "one").await;
    let ada = org.put_one(&db, active("ada@x.example", "Ada King")).await;
    let bob = org.put_one(&db, active("bob@x.example", "Bob Ray")).await;
    let desk = role("Help desk", Role::Admin, Permission::RemovePeople);
    let other = role("Auditor", Role::Admin, Permission::InvitePeople);
    for role in [&desk, &other] {
        make(&db, &org, role).await.unwrap();
    }
    give(&db, &org, &ada, &desk).await;
    give(&db, &org, &bob, &other).await;

    let changed =
        CustomRole { name: RoleName::parse("Front desk").unwrap(), ..role("x", Role::Admin, Permission::ViewAudit) };
    let changed = CustomRole { id: desk.id.clone(), ..changed };
    let permit = decide(&org.actor(), Action::DefineRole(changed.grant), None).unwrap();
    let mut tx = db.write().await.unwrap();
    custom_roles::update(&mut tx, &permit, &changed).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(org.person(&db, &ada.id).await.unwrap().withheld, changed.grant.withheld);
    assert_eq!(org.person(&db, &bob.id).await.unwrap().withheld, other.grant.withheld);

    // Taken away, for another one of its base, and then for the base itself.
    for (gone, instead) in [(&changed, Some(&other)), (&other, None)] {
        let mut tx = db.write().await.unwrap();
        custom_roles::delete(&mut tx, &permit, gone, instead).await.unwrap();
        tx.commit().await.unwrap();
        for person in [&ada, &bob] {
            let person = org.person(&db, &person.id).await.unwrap();
            assert_eq!(person.custom_role, instead.map(|role| role.id.clone()));
            assert_eq!(person.withheld, instead.map(|role| role.grant.withheld).unwrap_or_default());
            assert_eq!(person.role, Role::Admin);
        }
    }
    assert_eq!(roles(&db, &org).await, []);
    assert_counters_are_true(&db, &org).await;
}

async fn a_name_is_had_once_in_an_organization(db: Db) {
    let (one, two) = (Org::found(&db, "one").await, Org::found(&db, "two").await);
    make(&db, &one, &role("Help desk", Role::Admin, Permission::ViewAudit)).await.unwrap();
    let twin = role("HELP DESK", Role::Member, Permission::UseFeatures);
    assert!(matches!(make(&db, &one, &twin).await, Err(StoreError::Taken)));
    make(&db, &two, &twin).await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert!(custom_roles::by_id(&mut conn, &one.id, &twin.id).await.unwrap().is_none(), "of another organization");
    assert!(custom_roles::by_id(&mut conn, &two.id, &twin.id).await.unwrap().is_some());
}

async fn a_custom_role_ends_with_what_it_takes_away(db: Db) {
    let org = Org::found(&db, "one").await;
    let ada = org.put_one(&db, active("ada@x.example", "Ada King")).await;
    let desk = role("Help desk", Role::Admin, Permission::RemovePeople);
    make(&db, &org, &desk).await.unwrap();
    let ada = give(&db, &org, &ada, &desk).await;
    let end = Timestamp::from_millis(NOW.millis() + DAY);
    let limits = Ends { role: Some(RoleEnd { at: end, then: Role::Member }), ..Ends::default() };
    let permit = decide(&org.actor(), Action::LimitRole(Role::Member), Some(&ada.target(NOW))).unwrap();
    let mut tx = db.write().await.unwrap();
    ends::set(&mut tx, &permit, &ada, &limits, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let ada = org.person(&db, &ada.id).await.unwrap();
    assert_eq!((ada.target(NOW).grant(), ada.target(end).grant()), (desk.grant, Role::Member.into()));

    let mut tx = db.write().await.unwrap();
    ends::lapse(&mut tx, &ada, &ada.lapse(end)).await.unwrap();
    tx.commit().await.unwrap();
    let ada = org.person(&db, &ada.id).await.unwrap();
    assert_eq!((ada.role, ada.custom_role, ada.withheld.is_empty()), (Role::Member, None, true));
    assert_counters_are_true(&db, &org).await;
}

on_both_engines!(
    somebody_has_what_their_role_says,
    a_change_of_a_role_is_one_of_everybody_who_has_it,
    a_name_is_had_once_in_an_organization,
    a_custom_role_ends_with_what_it_takes_away,
);
