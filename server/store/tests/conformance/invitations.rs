//! Links: what each says when it is opened, and what became of it.

use model::{Action, InvitationId, people::Delivery, rules::InvitationState, time::DAY};
use store::{
    Db, StoreError,
    invitations::{self, Found, NewInvitation},
    memberships::{self, Membership, NewMembership},
};

use crate::support::{NOW, Org, account, email, fresh, invited, name, number, profile, text, token, user_of};

async fn by_token(db: &Db, token_hash: &str) -> Option<Found> {
    invitations::by_token(&mut db.read().await.unwrap(), token_hash).await.unwrap()
}

async fn close(db: &Db, org: &Org, person: &Membership, state: InvitationState) -> u64 {
    let mut tx = db.write().await.unwrap();
    let closed = invitations::close_open(&mut tx, &org.id, &person.id, state, NOW).await.unwrap();
    tx.commit().await.unwrap();
    closed
}

async fn send(db: &Db, org: &Org, link: &NewInvitation) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    invitations::insert(&mut tx, &org.may_invite(), std::slice::from_ref(link)).await?;
    tx.commit().await
}

async fn a_link_says_who_invites_whom(db: Db) {
    let org = Org::found(&db, "acme").await;
    let person = NewMembership { name: name("Ada Lovelace"), ..invited("ada@x.example") };
    let ada = org.put_one(&db, person).await;
    let link = org.link(&ada.id);
    send(&db, &org, &link).await.unwrap();

    let found = by_token(&db, &link.token_hash).await.unwrap();
    assert_eq!((found.id, found.org_id, found.org_name.as_str()), (link.id, org.id.clone(), "acme"));
    assert_eq!((found.state, found.expires_at), (InvitationState::Open, link.expires_at));
    assert_eq!((found.membership_id, found.invited_by), (ada.id, user_of(&org.owner)));
    assert_eq!(found.invited_by_name, "Some Body");
    let person = found.person.unwrap();
    assert_eq!((person.email, person.name, person.role), (email("ada@x.example"), name("Ada Lovelace"), ada.role));
    assert!(!person.has_account);

    account(&db, "ada@x.example").await;
    assert!(by_token(&db, &link.token_hash).await.unwrap().person.unwrap().has_account);
}

async fn an_unknown_token_opens_nothing(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (_, link) = org.invite(&db, "ada@x.example").await.unwrap();
    assert!(by_token(&db, &link.token_hash).await.is_some());
    for wrong in ["", "%", &token(), &link.token_hash[1..], &link.token_hash.to_uppercase()] {
        assert!(by_token(&db, wrong).await.is_none(), "{wrong}");
    }
}

async fn a_token_is_used_once(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (ada, link) = org.invite(&db, "ada@x.example").await.unwrap();
    let double = NewInvitation { token_hash: link.token_hash, ..org.link(&ada.id) };
    let result = send(&db, &org, &double).await;
    assert!(matches!(result, Err(StoreError::Taken)), "{result:?}");
}

async fn a_withdrawn_link_still_says_so_without_the_person(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (ada, link) = org.invite(&db, "ada@x.example").await.unwrap();
    let mut tx = db.write().await.unwrap();
    memberships::delete_invited(&mut tx, &org.may(Action::RevokeInvitation, &ada), &ada).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(close(&db, &org, &ada, InvitationState::Revoked).await, 1);
    let found = by_token(&db, &link.token_hash).await.unwrap();
    assert_eq!((found.state, found.org_name.as_str()), (InvitationState::Revoked, "acme"));
    assert!(found.person.is_none());
}

async fn open_links_close_once_and_keep_what_closed_them(db: Db) {
    let (org, other) = (Org::found(&db, "acme").await, Org::found(&db, "other").await);
    let (ada, first) = org.invite(&db, "ada@x.example").await.unwrap();
    let (eve, of_eve) = org.invite(&db, "eve@x.example").await.unwrap();
    assert_eq!(close(&db, &other, &ada, InvitationState::Revoked).await, 0, "not by another organization");
    assert_eq!(close(&db, &org, &ada, InvitationState::Superseded).await, 1);
    let second = org.link(&ada.id);
    let third = org.link(&ada.id);
    send(&db, &org, &second).await.unwrap();
    send(&db, &org, &third).await.unwrap();
    assert_eq!(close(&db, &org, &ada, InvitationState::Accepted).await, 2);
    assert_eq!(close(&db, &org, &ada, InvitationState::Revoked).await, 0, "nothing is open any more");
    let state = async |hash: &str| by_token(&db, hash).await.unwrap().state;
    assert_eq!(state(&first.token_hash).await, InvitationState::Superseded);
    assert_eq!(state(&second.token_hash).await, InvitationState::Accepted);
    assert_eq!(state(&of_eve.token_hash).await, InvitationState::Open);
    assert_eq!(close(&db, &org, &eve, InvitationState::Revoked).await, 1);
    assert_eq!(number(&db, "SELECT count(*) FROM invitations WHERE closed_at IS NULL").await, 0);
}

async fn the_delivery_that_shows_is_that_of_the_latest_link(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (ada, first) = org.invite(&db, "ada@x.example").await.unwrap();
    let delivery = async || {
        let profile = profile(&db, &org, &ada.id).await.unwrap();
        profile.delivery.map(|delivery| (delivery, profile.delivery_error))
    };
    let note = async |id: &InvitationId, delivery, error| {
        let mut tx = db.write().await.unwrap();
        invitations::set_delivery(&mut tx, id, delivery, error).await.unwrap();
        tx.commit().await.unwrap();
    };
    assert_eq!(delivery().await, Some((Delivery::Queued, None)));
    note(&first.id, Delivery::Failed, Some("mailbox full")).await;
    assert_eq!(delivery().await, Some((Delivery::Failed, Some("mailbox full".to_owned()))));
    let error = format!("SELECT delivery_error FROM invitations WHERE id = '{}'", first.id);
    assert_eq!(text(&db, &error).await, Some("mailbox full".into()));

    let second = NewInvitation { at: NOW.plus(DAY), ..org.link(&ada.id) };
    send(&db, &org, &second).await.unwrap();
    assert_eq!(delivery().await, Some((Delivery::Queued, None)));
    note(&second.id, Delivery::Sent, None).await;
    assert_eq!(delivery().await, Some((Delivery::Sent, None)));
    note(&first.id, Delivery::Sent, None).await;
    assert_eq!(text(&db, &error).await, None, "a later success forgets the error");
    assert!(profile(&db, &org, &fresh()).await.is_none());
}

async fn a_batch_of_links_goes_in(db: Db) {
    let org = Org::found(&db, "acme").await;
    let people: Vec<_> = (0..450).map(|i| invited(&format!("p{i}@x.example"))).collect();
    let links: Vec<_> = people.iter().map(|p| org.link(&p.id)).collect();
    let mut tx = db.write().await.unwrap();
    memberships::insert_invited(&mut tx, &org.may_invite(), &people).await.unwrap();
    invitations::insert(&mut tx, &org.may_invite(), &links).await.unwrap();
    tx.commit().await.unwrap();
    let found = by_token(&db, &links[449].token_hash).await.unwrap();
    assert_eq!(found.person.unwrap().email, people[449].email);
    assert_eq!(number(&db, "SELECT count(*) FROM invitations").await, 450);
}

on_both_engines!(
    a_link_says_who_invites_whom,
    an_unknown_token_opens_nothing,
    a_token_is_used_once,
    a_withdrawn_link_still_says_so_without_the_person,
    open_links_close_once_and_keep_what_closed_them,
    the_delivery_that_shows_is_that_of_the_latest_link,
    a_batch_of_links_goes_in,
);
