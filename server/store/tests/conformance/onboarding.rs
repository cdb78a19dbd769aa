//! Accounts that were created with a temporary password: what opens to them, and what is left of them.

use model::{PersonState, Source, Status, time::DAY};
use store::{
    Db, StoreError, invitations,
    memberships::{self, Membership, NewMembership},
    people,
    sessions::{self, Due, Liveness, NewSession},
    users::{self, User},
};

use crate::support::{NOW, Org, active, email, fresh, invited, name, number, token, user_of};

const GRACE: &str = "grace@x.example";

/// Creates somebody's account as the service does; the password can be used for a day.
async fn create(db: &Db, org: &Org, address: &str) -> Membership {
    let user = User { id: fresh(), email: email(address), name: name("Grace Hopper") };
    let person = NewMembership {
        user_id: Some(user.id.clone()),
        source: Source::Created,
        name: name("Grace Hopper"),
        open_until: Some(NOW.plus(DAY)),
        ..invited(address)
    };
    let mut tx = db.write().await.unwrap();
    users::insert(&mut tx, std::slice::from_ref(&user), NOW).await.unwrap();
    users::set_temporary_password(&mut tx, &user.id, "$temporary", (NOW, NOW.plus(DAY))).await.unwrap();
    memberships::insert_invited(&mut tx, &org.may_invite(), std::slice::from_ref(&person)).await.unwrap();
    invitations::insert(&mut tx, &org.may_invite(), &[org.link(&person.id)]).await.unwrap();
    tx.commit().await.unwrap();
    org.person(db, &person.id).await.unwrap()
}

async fn sign_in(db: &Db, person: &Membership) -> String {
    let session = NewSession {
        id: fresh(),
        token_hash: token(),
        user_id: user_of(person),
        at: NOW,
        expires_at: NOW.plus(DAY),
        user_agent: String::new(),
        address: String::new(),
    };
    let mut tx = db.write().await.unwrap();
    sessions::insert(&mut tx, &session).await.unwrap();
    tx.commit().await.unwrap();
    session.token_hash
}

const ALIVE: Liveness = Liveness { now: NOW, seen_since: NOW.plus(-DAY) };

async fn due(db: &Db, token_hash: &str) -> Option<Due> {
    sessions::due(&mut db.read().await.unwrap(), token_hash, ALIVE).await.unwrap()
}

async fn opens(db: &Db, token_hash: &str) -> bool {
    sessions::by_token(&mut db.read().await.unwrap(), token_hash, None, ALIVE).await.unwrap().is_some()
}

async fn a_session_of_a_temporary_password_opens_nothing(db: Db) {
    let org = Org::found(&db, "ours").await;
    let (grace, eve) = (create(&db, &org, GRACE).await, create(&db, &org, "eve@x.example").await);
    let (session, other) = (sign_in(&db, &grace).await, sign_in(&db, &eve).await);
    assert!(!opens(&db, &session).await);
    let expected = Due {
        user_id: user_of(&grace),
        email: email(GRACE),
        until: NOW.plus(DAY),
        password_hash: "$temporary".to_owned(),
    };
    assert_eq!(due(&db, &session).await, Some(expected));
    let owners = sign_in(&db, &org.owner).await;
    assert_eq!(due(&db, &owners).await, None);
    let over = Liveness { now: NOW.plus(DAY), seen_since: NOW };
    assert_eq!(sessions::due(&mut db.read().await.unwrap(), &session, over).await.unwrap(), None);

    let mut tx = db.write().await.unwrap();
    assert!(users::replace_temporary(&mut tx, &user_of(&grace), "$chosen", NOW).await.unwrap());
    assert!(!users::replace_temporary(&mut tx, &user_of(&grace), "$again", NOW).await.unwrap(), "it was replaced");
    assert!(!users::replace_temporary(&mut tx, &user_of(&org.owner), "$again", NOW).await.unwrap());
    tx.commit().await.unwrap();
    assert!(opens(&db, &session).await && due(&db, &session).await.is_none());
    assert!(!opens(&db, &other).await && due(&db, &other).await.is_some(), "nobody else's");
    let (_, hash) = users::by_email(&mut db.read().await.unwrap(), &email(GRACE)).await.unwrap().unwrap();
    assert_eq!(hash.as_deref(), Some("$chosen"));
}

async fn what_is_known_of_a_password_outlives_another_hash_of_it(db: Db) {
    let org = Org::found(&db, "ours").await;
    let grace = create(&db, &org, GRACE).await;
    let id = user_of(&grace);
    let mut tx = db.write().await.unwrap();
    assert_eq!(users::temporary_until(&mut tx, &id).await.unwrap(), Some(NOW.plus(DAY)));
    users::rehash(&mut tx, &id, "$stronger").await.unwrap();
    assert_eq!(users::temporary_until(&mut tx, &id).await.unwrap(), Some(NOW.plus(DAY)));
    assert_eq!(users::unused(&mut tx, &grace.email).await.unwrap(), Some(id.clone()));
    // Nobody is given a second one.
    users::set_password_hash(&mut tx, &id, "$chosen", NOW).await.unwrap();
    assert_eq!(users::temporary_until(&mut tx, &id).await.unwrap(), None);
    assert_eq!(users::unused(&mut tx, &grace.email).await.unwrap(), None);
    let second = users::set_temporary_password(&mut tx, &id, "$second", (NOW, NOW)).await;
    assert!(matches!(second, Err(StoreError::Taken)), "{second:?}");
}

async fn an_unused_account_goes_and_a_used_one_stays(db: Db) {
    let org = Org::found(&db, "ours").await;
    let (grace, used) = (create(&db, &org, GRACE).await, create(&db, &org, "used@x.example").await);
    let session = sign_in(&db, &grace).await;
    let mut tx = db.write().await.unwrap();
    users::set_password_hash(&mut tx, &user_of(&used), "$chosen", NOW).await.unwrap();
    users::delete_unused(&mut tx, &user_of(&grace)).await.unwrap();
    assert!(users::by_email(&mut tx, &grace.email).await.unwrap().is_some(), "it belongs to a membership");
    for person in [&grace, &used] {
        memberships::set_account(&mut tx, &org.may_invite(), &person.id, None).await.unwrap();
        users::delete_unused(&mut tx, &user_of(person)).await.unwrap();
    }
    users::delete_unused(&mut tx, &user_of(&org.owner)).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert!(users::by_email(&mut conn, &grace.email).await.unwrap().is_none());
    assert!(users::by_email(&mut conn, &used.email).await.unwrap().is_some());
    assert!(users::by_email(&mut conn, &org.owner.email).await.unwrap().is_some());
    assert_eq!(due(&db, &session).await, None, "its sessions went with it");
    assert_eq!(number(&db, "SELECT count(*) FROM credentials").await, 1);
}

async fn whoever_owns_the_mailbox_takes_an_unused_account_over(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let grace = create(&db, &ours, GRACE).await;
    let session = sign_in(&db, &grace).await;
    let (_, link) = theirs.invite(&db, GRACE).await.unwrap();
    let has_account = async |db: &Db| {
        let found = invitations::by_token(&mut db.read().await.unwrap(), &link.token_hash).await.unwrap().unwrap();
        found.person.unwrap().has_account
    };
    assert!(!has_account(&db).await, "what somebody else made is no account of hers");
    let user = User { id: user_of(&grace), email: email(GRACE), name: name("Amazing Grace") };
    let mut tx = db.write().await.unwrap();
    users::take_over(&mut tx, &user, "$hers", NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert!(has_account(&db).await);
    let found = users::by_email(&mut db.read().await.unwrap(), &email(GRACE)).await.unwrap();
    assert_eq!(found, Some((user.clone(), Some("$hers".to_owned()))));
    assert!(!opens(&db, &session).await && due(&db, &session).await.is_none());
    assert_eq!(ours.person(&db, &grace.id).await.unwrap().user_id, None);
    let mut tx = db.write().await.unwrap();
    let again = users::take_over(&mut tx, &user, "$other", NOW).await;
    assert!(matches!(again, Err(StoreError::Taken)), "{again:?}");
}

async fn the_membership_of_a_created_account_is_found_until_it_is_accepted(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let grace = create(&db, &ours, GRACE).await;
    let mut conn = db.read().await.unwrap();
    assert_eq!(memberships::created(&mut conn, &user_of(&grace)).await.unwrap(), Some(grace.clone()));
    assert_eq!(memberships::created(&mut conn, &user_of(&ours.owner)).await.unwrap(), None);
    let sent = invitations::open(&mut conn, &grace.id).await.unwrap().unwrap();
    assert_eq!((sent.membership_id, sent.invited_by), (grace.id.clone(), user_of(&ours.owner)));
    assert!(invitations::open(&mut conn, &theirs.owner.id).await.unwrap().is_none());
    drop(conn);
    // Neither another organization's permit nor an accepted membership is moved.
    let mut tx = db.write().await.unwrap();
    assert!(memberships::set_account(&mut tx, &theirs.may_invite(), &grace.id, None).await.is_err());
    assert!(memberships::set_account(&mut tx, &ours.may_invite(), &ours.owner.id, None).await.is_err());
    drop(tx);
    assert_eq!(ours.person(&db, &grace.id).await.unwrap().user_id, grace.user_id);
}

async fn who_was_invited_becomes_who_is_created_and_is_counted_so(db: Db) {
    let ours = Org::found(&db, "ours").await;
    let (grace, _) = ours.invite(&db, GRACE).await.unwrap();
    let eve = ours.put_one(&db, active("eve@x.example", "Eve")).await;
    let mut tx = db.write().await.unwrap();
    let permit = ours.may_invite();
    memberships::set_created(&mut tx, &permit, &grace, &name("Grace Hopper")).await.unwrap();
    assert!(memberships::set_created(&mut tx, &permit, &eve, &name("Eve")).await.is_err(), "she has accepted");
    drop(tx);
    let mut tx = db.write().await.unwrap();
    memberships::set_created(&mut tx, &permit, &grace, &name("Grace Hopper")).await.unwrap();
    tx.commit().await.unwrap();
    let now = ours.person(&db, &grace.id).await.unwrap();
    assert_eq!((now.source, now.name.full().as_str(), now.status), (Source::Created, "Grace Hopper", Status::Invited));
    let census = people::census(&mut db.read().await.unwrap(), &ours.id, NOW).await.unwrap();
    assert_eq!(census.count(|of| of.source == Source::Created), 1);
    assert_eq!(census.count(|of| of.source == Source::Invited && of.state == PersonState::Invited), 0);
    assert_eq!(number(&db, "SELECT count(*) FROM membership_terms WHERE term = 'hopper'").await, 1);
}

on_both_engines!(
    a_session_of_a_temporary_password_opens_nothing,
    what_is_known_of_a_password_outlives_another_hash_of_it,
    an_unused_account_goes_and_a_used_one_stays,
    whoever_owns_the_mailbox_takes_an_unused_account_over,
    the_membership_of_a_created_account_is_found_until_it_is_accepted,
    who_was_invited_becomes_who_is_created_and_is_counted_so,
);
