//! People in organizations: how they come in, and how they are found.

use model::{Email, MembershipId, OrgName, PersonState, Role, Status, time::DAY};
use store::{
    Db, StoreError, audit, invitations,
    memberships::{self, NewMembership},
    organizations::{self, NewOrganization},
    outbox::{self, NewMessage},
    people,
    users::{self, User},
};

use crate::{
    audit::event,
    support::{NOW, Org, account, active, email, fresh, invited, name, number, user_of},
};

async fn the_first_owner_is_active_from_the_start(db: Db) {
    let user = account(&db, "ada@x.example").await;
    let new = NewOrganization {
        id: fresh(),
        name: OrgName::parse("Acme").unwrap(),
        slug: model::Slug::parse("acme").unwrap(),
        kind: model::OrgKind::Customer,
        policies: model::Policies::default(),
        at: NOW,
    };
    let mut tx = db.write().await.unwrap();
    organizations::insert(&mut tx, &new).await.unwrap();
    // Whatever the caller says, the first is an Owner and active.
    let owner = NewMembership { user_id: Some(user.id.clone()), open_until: None, ..invited("ada@x.example") };
    memberships::insert_first_owner(&mut tx, &new.id, owner.clone()).await.unwrap();
    let stored = memberships::by_id(&mut tx, &new.id, &owner.id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert_eq!((stored.role, stored.status, stored.user_id), (Role::Owner, Status::Active, Some(user.id)));
    assert_eq!((stored.joined_at, stored.open_until), (Some(NOW), None));
}

async fn a_first_owner_needs_the_organization(db: Db) {
    let mut tx = db.write().await.unwrap();
    let result = memberships::insert_first_owner(&mut tx, &fresh(), invited("ada@x.example")).await;
    assert!(result.is_err());
}

async fn the_invited_stand_in_the_organization_of_the_permit(db: Db) {
    let org = Org::found(&db, "acme").await;
    let people = [
        NewMembership { name: name("Ada Lovelace"), role: Role::Viewer, ..invited("ada@x.example") },
        NewMembership { open_until: Some(NOW), ..invited("late@x.example") },
    ];
    let mut tx = db.write().await.unwrap();
    memberships::insert_invited(&mut tx, &org.may_invite(), &people).await.unwrap();
    tx.commit().await.unwrap();

    let ada = org.person(&db, &people[0].id).await.unwrap();
    assert_eq!(ada.org_id, org.id);
    assert_eq!((ada.role, ada.status, ada.joined_at), (Role::Viewer, Status::Invited, None));
    assert_eq!((ada.name.full(), ada.email.clone()), ("Ada Lovelace".into(), people[0].email.clone()));
    assert_eq!((ada.open_until, ada.user_id.clone()), (people[0].open_until, None));
    assert_eq!(ada.target(NOW).state, PersonState::Invited);
    assert_eq!(org.person(&db, &people[1].id).await.unwrap().target(NOW).state, PersonState::Expired);
}

async fn an_address_stands_once_in_an_organization_and_again_in_another(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    ours.invite(&db, "ada@x.example").await.unwrap();
    let again = ours.invite(&db, "ada@x.example").await;
    assert!(matches!(again, Err(StoreError::Taken)), "{again:?}");
    theirs.invite(&db, "ada@x.example").await.unwrap();

    let twice_in_a_batch = [invited("eve@x.example"), invited("eve@x.example")];
    let mut tx = db.write().await.unwrap();
    let result = memberships::insert_invited(&mut tx, &ours.may_invite(), &twice_in_a_batch).await;
    assert!(matches!(result, Err(StoreError::Taken)), "{result:?}");
}

async fn nothing_stays_of_a_transaction_that_failed(db: Db) {
    let org = Org::found(&db, "acme").await;
    org.invite(&db, "ada@x.example").await.unwrap();
    let tables = [
        "users",
        "memberships",
        "membership_terms",
        "people_counts",
        "invitations",
        "outbox",
        "audit_events",
        "organizations",
    ];
    let mut before = Vec::new();
    for table in tables {
        before.push(number(&db, &format!("SELECT count(*) FROM {table}")).await);
    }
    let revision = number(&db, "SELECT revision FROM organizations").await;

    let mut tx = db.write().await.unwrap();
    let user = User { id: fresh(), email: email("grace@x.example"), name: name("Grace Hopper") };
    users::insert(&mut tx, &[user], NOW).await.unwrap();
    audit::insert(&mut tx, &[event(&org)]).await.unwrap();
    let grace = invited("grace@x.example");
    memberships::insert_invited(&mut tx, &org.may_invite(), std::slice::from_ref(&grace)).await.unwrap();
    let link = org.link(&grace.id);
    invitations::insert(&mut tx, &org.may_invite(), std::slice::from_ref(&link)).await.unwrap();
    let message = NewMessage {
        id: fresh(),
        org_id: Some(org.id.clone()),
        account_link_id: None,
        invitation_id: Some(link.id),
        sealed_body: "sealed".into(),
        at: NOW,
    };
    outbox::insert(&mut tx, &[message]).await.unwrap();
    let result = memberships::insert_invited(&mut tx, &org.may_invite(), &[invited("ada@x.example")]).await;
    assert!(matches!(result, Err(StoreError::Taken)), "{result:?}");
    drop(tx);

    for (table, before) in tables.into_iter().zip(before) {
        assert_eq!(number(&db, &format!("SELECT count(*) FROM {table}")).await, before, "{table}");
    }
    assert_eq!(number(&db, "SELECT revision FROM organizations").await, revision);
}

async fn another_organizations_person_is_not_found_by_id(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let (ada, _) = theirs.invite(&db, "ada@x.example").await.unwrap();
    assert!(theirs.person(&db, &ada.id).await.is_some());
    assert!(ours.person(&db, &ada.id).await.is_none());
    assert!(ours.person(&db, &theirs.owner.id).await.is_none());
    assert!(ours.person(&db, &fresh()).await.is_none());
}

async fn many_addresses_are_looked_up_at_once_and_in_one_organization(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let people: Vec<_> = (0..450).map(|i| active(&format!("p{i}@x.example"), "A B")).collect();
    ours.put(&db, &people).await;
    theirs.put(&db, &[active("only-there@x.example", "A B"), active("p7@x.example", "A B")]).await;

    let addresses: Vec<Email> = people.iter().map(|p| p.email.clone()).collect();
    let mut conn = db.read().await.unwrap();
    let mut look_up = async |addresses: &[Email]| -> Vec<MembershipId> {
        let mut ids: Vec<_> = memberships::by_emails(&mut conn, &ours.id, addresses)
            .await
            .unwrap()
            .into_iter()
            .map(|m| {
                assert_eq!(m.org_id, ours.id);
                m.id
            })
            .collect();
        ids.sort_unstable();
        ids
    };
    assert!(look_up(&[]).await.is_empty());
    assert_eq!(look_up(&addresses[7..8]).await, [people[7].id.clone()]);
    let mut all: Vec<_> = people.iter().map(|p| p.id.clone()).collect();
    all.sort_unstable();
    assert_eq!(look_up(&addresses).await, all);
    assert!(look_up(&[email("only-there@x.example"), email("nobody@x.example")]).await.is_empty());
}

async fn a_user_sees_their_organizations_the_last_used_first(db: Db) {
    let ours = Org::found(&db, "ours").await;
    let ada = ours.member(&db, "ada@x.example", Role::Member).await;
    let user = User { id: user_of(&ada), email: ada.email.clone(), name: ada.name.clone() };
    let founded = Org::found_by(&db, "founded", &user).await;
    let theirs = Org::found(&db, "theirs").await;
    let left = NewMembership {
        user_id: Some(user.id.clone()),
        status: Status::Deactivated,
        last_login_at: Some(NOW.plus(-DAY)),
        ..active("ada@x.example", "Ada")
    };
    theirs.put(&db, &[left]).await;
    let mut tx = db.write().await.unwrap();
    memberships::touch_login(&mut tx, &founded.owner.id, NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(founded.person(&db, &founded.owner.id).await.unwrap().last_login_at, Some(NOW));

    let mut conn = db.read().await.unwrap();
    let seen: Vec<_> = store::belonging::of_user(&mut conn, &user.id, NOW)
        .await
        .unwrap()
        .into_iter()
        .map(|o| (o.org.slug.as_str().to_owned(), o.org.role, o.org.state))
        .collect();
    assert_eq!(
        seen,
        [
            ("founded".to_owned(), Role::Owner, PersonState::Active),
            ("theirs".to_owned(), Role::Member, PersonState::Deactivated),
            ("ours".to_owned(), Role::Member, PersonState::Active),
        ]
    );
    assert!(store::belonging::of_user(&mut conn, &fresh(), NOW).await.unwrap().is_empty());
}

async fn seats_are_taken_by_the_active_and_the_invited(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    theirs.invite(&db, "ada@x.example").await.unwrap();
    ours.invite(&db, "ada@x.example").await.unwrap();
    let gone = NewMembership { status: Status::Deactivated, ..active("gone@x.example", "Gone") };
    // One that ran out days ago, and one that runs out within the day.
    let late = NewMembership { open_until: Some(NOW.plus(-2 * DAY)), ..invited("late@x.example") };
    let soon = NewMembership { open_until: Some(NOW.plus(1)), ..invited("soon@x.example") };
    ours.put(&db, &[gone, active("eve@x.example", "Eve"), late, soon]).await;
    let mut conn = db.read().await.unwrap();
    for (at, seats) in [(NOW, 4), (NOW.plus(1), 3), (NOW.plus(7 * DAY), 2)] {
        assert_eq!(people::census(&mut conn, &ours.id, at).await.unwrap().seats_taken(), seats);
    }
    assert_eq!(people::census(&mut conn, &fresh(), NOW).await.unwrap().seats_taken(), 0);
}

on_both_engines!(
    the_first_owner_is_active_from_the_start,
    a_first_owner_needs_the_organization,
    the_invited_stand_in_the_organization_of_the_permit,
    an_address_stands_once_in_an_organization_and_again_in_another,
    nothing_stays_of_a_transaction_that_failed,
    another_organizations_person_is_not_found_by_id,
    many_addresses_are_looked_up_at_once_and_in_one_organization,
    a_user_sees_their_organizations_the_last_used_first,
    seats_are_taken_by_the_active_and_the_invited,
);
