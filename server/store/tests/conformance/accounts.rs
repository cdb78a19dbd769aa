//! What an account changes about itself, and the copies of it that its memberships hold.

use model::{
    Email, Role, Timestamp,
    account::LinkPurpose,
    people::{PeopleQuery, Tab},
    rules::{Confirmation, EmailChange, LinkRecord, LinkState, confirm_email},
    text,
};
use store::{
    Db, StoreError,
    memberships::{self, NewMembership},
    people,
    sessions::{self, NewSession},
    users::{self, User},
};

use crate::{
    counters::assert_counters_are_true,
    support::{NOW, Org, account, active, email, fresh, invited, name, number, token},
};

/// Whom a search finds.
async fn found(db: &Db, org: &Org, q: &str) -> Vec<String> {
    let words = text::search_words(q);
    let mut conn = db.read().await.unwrap();
    let query = PeopleQuery { tab: Tab::Standard, q: q.into(), ..PeopleQuery::default() };
    let sizes = people::sizes(&mut conn, &org.id, &query, &words, NOW).await.unwrap();
    let page = people::page(&mut conn, &org.id, &query, &words, &sizes, NOW).await.unwrap();
    page.rows.into_iter().map(|row| row.email.to_string()).collect()
}

/// A change to which both mailboxes agreed.
fn agreed(user: &User, to: &Email) -> EmailChange {
    let link = |purpose| LinkRecord {
        user_id: user.id.clone(),
        purpose,
        state: LinkState::Confirmed,
        new_email: Some(to.clone()),
        expires_at: Timestamp::from_millis(1),
    };
    let (old, new) = (link(LinkPurpose::ConfirmOldEmail), link(LinkPurpose::ConfirmNewEmail));
    match confirm_email(&old, &new, None, Timestamp::from_millis(0)) {
        Ok(Confirmation::Both(change)) => change,
        other => panic!("{other:?}"),
    }
}

/// Somebody in two organizations, deactivated in one of them.
async fn in_two(db: &Db) -> (Org, Org, User) {
    let (one, two) = (Org::found(db, "one").await, Org::found(db, "two").await);
    let ada = account(db, "ada@x.example").await;
    for (org, status) in [(&one, model::Status::Active), (&two, model::Status::Deactivated)] {
        let person = NewMembership {
            user_id: Some(ada.id.clone()),
            status,
            role: Role::Member,
            ..active("ada@x.example", "Ada Byron")
        };
        org.put(db, &[person]).await;
    }
    (one, two, ada)
}

async fn an_account_is_found_by_its_id(db: Db) {
    let ada = account(&db, "ada@x.example").await;
    let mut tx = db.write().await.unwrap();
    assert_eq!(users::by_id(&mut tx, &ada.id).await.unwrap(), Some((ada.clone(), None)));
    users::set_password_hash(&mut tx, &ada.id, "$argon2id$", NOW).await.unwrap();
    assert_eq!(users::by_id(&mut tx, &ada.id).await.unwrap(), Some((ada, Some("$argon2id$".into()))));
    assert_eq!(users::by_id(&mut tx, &fresh()).await.unwrap(), None);
}

async fn memberships_follow_their_account(db: Db) {
    let (one, two, ada) = in_two(&db).await;
    let new = User { name: name("Zoë Lovelace"), email: email("zoe@new.example"), ..ada.clone() };
    let mut tx = db.write().await.unwrap();
    let own = memberships::of_account(&mut tx, &ada.id).await.unwrap();
    let mut orgs = [one.id.clone(), two.id.clone()];
    orgs.sort_unstable();
    assert_eq!(own.iter().map(|m| m.org_id.clone()).collect::<Vec<_>>(), orgs, "in the order of their locks");
    users::rename(&mut tx, &ada.id, &new.name).await.unwrap();
    users::move_email(&mut tx, &agreed(&ada, &new.email)).await.unwrap();
    for membership in &own {
        memberships::set_own_details(&mut tx, membership, &new).await.unwrap();
    }
    assert_eq!(users::by_id(&mut tx, &ada.id).await.unwrap().unwrap().0, new);
    tx.commit().await.unwrap();
    for org in [&one, &two] {
        assert_eq!(found(&db, org, "zoe lovelace").await, ["zoe@new.example"]);
        assert_eq!(found(&db, org, "new.example").await, ["zoe@new.example"]);
        assert!(found(&db, org, "byron").await.is_empty() && found(&db, org, "ada@x").await.is_empty());
        assert_counters_are_true(&db, org).await;
    }
    let sorted = "SELECT count(*) FROM memberships WHERE sort_name = 'zoe lovelace'";
    assert_eq!(number(&db, sorted).await, 2);
    let terms = "SELECT count(*) FROM membership_terms WHERE sort_name = 'zoe lovelace'";
    assert_eq!(number(&db, terms).await, 2 * 4, "zoe, lovelace, new, example");
}

async fn a_membership_of_another_account_is_left_alone(db: Db) {
    let (one, _, ada) = in_two(&db).await;
    let nobodys = one.put_one(&db, invited("ada.byron@x.example")).await;
    let mut tx = db.write().await.unwrap();
    for other in [&one.owner, &nobodys] {
        let result = memberships::set_own_details(&mut tx, other, &ada).await;
        assert!(matches!(result, Err(StoreError::Corrupt(_))), "{result:?}");
    }
}

async fn an_address_that_has_an_account_is_not_given_away(db: Db) {
    let (ada, eve) = (account(&db, "ada@x.example").await, account(&db, "eve@x.example").await);
    let mut tx = db.write().await.unwrap();
    let result = users::move_email(&mut tx, &agreed(&ada, &eve.email)).await;
    assert!(matches!(result, Err(StoreError::Taken)), "{result:?}");
    drop(tx);
    let mut tx = db.write().await.unwrap();
    let nobody = User { id: fresh(), ..ada };
    assert!(users::move_email(&mut tx, &agreed(&nobody, &email("new@x.example"))).await.is_err());
    assert!(users::rename(&mut tx, &nobody.id, &nobody.name).await.is_err());
}

async fn who_stands_under_the_new_address_is_in_the_way_in_own_organizations_alone(db: Db) {
    let (one, _, ada) = in_two(&db).await;
    let third = Org::found(&db, "three").await;
    let in_the_way = async |address: &str| {
        memberships::in_the_way_of(&mut db.read().await.unwrap(), &ada.id, &email(address)).await.unwrap()
    };
    third.put(&db, &[invited("new@x.example")]).await;
    assert_eq!(in_the_way("new@x.example").await, None, "nothing of hers");
    assert_eq!(in_the_way("ada@x.example").await, None, "that is she herself");
    one.put(&db, &[invited("new@x.example")]).await;
    assert_eq!(in_the_way("new@x.example").await.map(|org| org.as_str().to_owned()), Some("one".to_owned()));
    let mut tx = db.write().await.unwrap();
    let own = memberships::of_account(&mut tx, &ada.id).await.unwrap();
    let of_one = own.iter().find(|m| m.org_id == one.id).unwrap();
    let moved = User { email: email("new@x.example"), ..ada.clone() };
    let result = memberships::set_own_details(&mut tx, of_one, &moved).await;
    assert!(matches!(result, Err(StoreError::Taken)), "{result:?}");
}

async fn an_account_ends_its_own_sessions_alone(db: Db) {
    let (ada, eve) = (account(&db, "ada@x.example").await, account(&db, "eve@x.example").await);
    let mut made = Vec::new();
    let mut tx = db.write().await.unwrap();
    for user in [&ada, &ada, &ada, &ada, &eve] {
        let session = NewSession {
            id: fresh(),
            token_hash: token(),
            user_id: user.id.clone(),
            at: NOW,
            expires_at: NOW.plus(1),
            user_agent: "Firefox".into(),
            address: "::1".into(),
        };
        sessions::insert(&mut tx, &session).await.unwrap();
        made.push(session.id);
    }
    let [first, second, .., of_eve] = &made[..] else { panic!() };
    assert_eq!(sessions::end_of_account(&mut tx, &ada.id, of_eve).await.unwrap(), None);
    assert_eq!(sessions::end_of_account(&mut tx, &ada.id, first).await.unwrap().as_deref(), Some("Firefox"));
    assert_eq!(sessions::end_of_account(&mut tx, &ada.id, first).await.unwrap(), None);
    assert_eq!(sessions::end_others_of_account(&mut tx, &ada.id, Some(second)).await.unwrap(), 2);
    assert_eq!(sessions::end_others_of_account(&mut tx, &ada.id, Some(second)).await.unwrap(), 0);
    assert_eq!(
        sessions::end_others_of_account(&mut tx, &ada.id, Some(of_eve)).await.unwrap(),
        1,
        "that one is not hers"
    );
    assert_eq!(sessions::end_others_of_account(&mut tx, &ada.id, None).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(number(&db, "SELECT count(*) FROM sessions").await, 1);
}

on_both_engines!(
    an_account_is_found_by_its_id,
    memberships_follow_their_account,
    a_membership_of_another_account_is_left_alone,
    an_address_that_has_an_account_is_not_given_away,
    who_stands_under_the_new_address_is_in_the_way_in_own_organizations_alone,
    an_account_ends_its_own_sessions_alone,
);
