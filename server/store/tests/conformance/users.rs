//! Accounts and their credentials.

use store::{
    Db, StoreError,
    users::{self, User},
};

use crate::support::{NOW, account, email, fresh, name, number};

async fn by_email(db: &Db, address: &str) -> Option<(User, Option<String>)> {
    users::by_email(&mut db.read().await.unwrap(), &email(address)).await.unwrap()
}

async fn set_hash(db: &Db, user: &User, hash: &str, after: i64) {
    let mut tx = db.write().await.unwrap();
    users::set_password_hash(&mut tx, &user.id, hash, NOW.plus(after)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn an_account_is_found_by_its_address_alone(db: Db) {
    let user = User { id: fresh(), email: email("Ada@Navy.example"), name: name("Ngô Bảo Châu") };
    let mut tx = db.write().await.unwrap();
    users::insert(&mut tx, std::slice::from_ref(&user), NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(by_email(&db, "ada@navy.EXAMPLE").await, Some((user, None)), "without a password");
    for other in ["ada@navy.examples", "da@navy.example", "a%@navy.example", "ad_@navy.example"] {
        assert_eq!(by_email(&db, other).await, None, "{other}");
    }
}

async fn an_account_is_found_with_the_password_it_has_now(db: Db) {
    let (ada, grace) = (account(&db, "ada@x.example").await, account(&db, "grace@x.example").await);
    set_hash(&db, &ada, "$argon2id$first", 0).await;
    assert_eq!(by_email(&db, "ada@x.example").await, Some((ada.clone(), Some("$argon2id$first".into()))));
    set_hash(&db, &ada, "$argon2id$second", 5).await;
    assert_eq!(by_email(&db, "ada@x.example").await, Some((ada, Some("$argon2id$second".into()))));
    assert_eq!(by_email(&db, "grace@x.example").await, Some((grace, None)));
    assert_eq!(number(&db, "SELECT count(*) FROM credentials").await, 1, "the first is gone");
    assert_eq!(number(&db, "SELECT changed_at FROM credentials").await, NOW.millis() + 5);
}

async fn a_password_of_nobody_is_refused(db: Db) {
    let mut tx = db.write().await.unwrap();
    assert!(users::set_password_hash(&mut tx, &fresh(), "$argon2id$", NOW).await.is_err());
}

async fn an_address_has_one_account(db: Db) {
    account(&db, "ada@x.example").await;
    let double = User { id: fresh(), email: email("ada@x.example"), name: name("Eve") };
    let other = User { id: fresh(), email: email("grace@x.example"), name: name("Grace") };
    let mut tx = db.write().await.unwrap();
    let result = users::insert(&mut tx, &[other, double], NOW).await;
    assert!(matches!(result, Err(StoreError::Taken)), "{result:?}");
    drop(tx);
    assert_eq!(number(&db, "SELECT count(*) FROM users").await, 1, "nor does the other one of the batch stay");
}

async fn a_batch_of_any_size_goes_in(db: Db) {
    for (batch, size) in [0, 1, 199, 200, 201, 650].into_iter().enumerate() {
        let users: Vec<User> = (0..size)
            .map(|i| User { id: fresh(), email: email(&format!("p{i}@b{batch}.example")), name: name("A B") })
            .collect();
        let mut tx = db.write().await.unwrap();
        users::insert(&mut tx, &users, NOW).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(number(&db, "SELECT count(*) FROM users").await, 1 + 199 + 200 + 201 + 650);
    assert!(by_email(&db, "p649@b5.example").await.is_some());
}

on_both_engines!(
    an_account_is_found_by_its_address_alone,
    an_account_is_found_with_the_password_it_has_now,
    a_password_of_nobody_is_refused,
    an_address_has_one_account,
    a_batch_of_any_size_goes_in,
);
