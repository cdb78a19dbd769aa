//! What is done to people who stand in an organization.

use model::{
    Action, MembershipId, Permit, PersonState, Role, Status, Timestamp,
    people::{PeopleQuery, Tab},
    rules::InvitationState,
    text,
    time::DAY,
};
use store::{
    Db, StoreError, Tx, invitations,
    memberships::{self, Membership, NewMembership},
    people,
};

use crate::{
    acceptance::accept,
    counters::{assert_counters_are_true, counter},
    support::{NOW, Org, account, active, email, fresh, invited, name},
};

async fn commit(tx: Tx) {
    tx.commit().await.unwrap();
}

/// Whom a search finds.
async fn found(db: &Db, org: &Org, tab: Tab, q: &str, now: Timestamp) -> Vec<MembershipId> {
    let words = text::search_words(q);
    let mut conn = db.read().await.unwrap();
    let query = PeopleQuery { tab, q: q.into(), ..PeopleQuery::default() };
    let sizes = people::sizes(&mut conn, &org.id, &query, &words, now).await.unwrap();
    let page = people::page(&mut conn, &org.id, &query, &words, &sizes, now).await.unwrap();
    page.rows.into_iter().map(|r| r.target.membership_id).collect()
}

async fn a_role_is_changed_of_the_target_alone(db: Db) {
    let org = Org::found(&db, "acme").await;
    let ada = org.member(&db, "ada@x.example", Role::Member).await;
    let eve = org.member(&db, "eve@x.example", Role::Member).await;
    let mut tx = db.write().await.unwrap();
    let permit = org.may(Action::ChangeRole(Role::Admin), &ada);
    memberships::set_role(&mut tx, &permit, &ada, Role::Admin).await.unwrap();
    let standing = memberships::standing(&mut tx, &ada).await.unwrap();
    assert_eq!(standing.active_owners, 1);
    commit(tx).await;
    assert_eq!(org.person(&db, &ada.id).await.unwrap().role, Role::Admin);
    assert_eq!(org.person(&db, &eve.id).await.unwrap().role, Role::Member);
}

async fn a_switch_that_is_turned_moves_the_counters(db: Db) {
    let org = Org::found(&db, "acme").await;
    let ada = org.member(&db, "ada@x.example", Role::Member).await;
    let before = (counter(&db, &org, Status::Active).await, counter(&db, &org, Status::Deactivated).await);
    assert_eq!(before, (2, 0));
    for (action, to, after) in
        [(Action::Deactivate, Status::Deactivated, (1, 1)), (Action::Activate, Status::Active, (2, 0))]
    {
        let now = org.person(&db, &ada.id).await.unwrap();
        let mut tx = db.write().await.unwrap();
        memberships::set_status(&mut tx, &org.may(action, &now), &now, to).await.unwrap();
        commit(tx).await;
        assert_eq!(org.person(&db, &ada.id).await.unwrap().status, to);
        let counters = (counter(&db, &org, Status::Active).await, counter(&db, &org, Status::Deactivated).await);
        assert_eq!(counters, after);
    }
    assert_counters_are_true(&db, &org).await;
}

async fn a_corrected_name_is_found_and_the_old_one_no_longer(db: Db) {
    let org = Org::found(&db, "acme").await;
    let ada = org.put_one(&db, active("byron@x.example", "Ada Byron")).await;
    let eve = org.put_one(&db, active("eve@x.example", "Eve Byron")).await;
    assert_eq!(found(&db, &org, Tab::Standard, "byron", NOW).await, [ada.id.clone(), eve.id.clone()]);

    let mut tx = db.write().await.unwrap();
    let permit = org.may(Action::Edit, &ada);
    memberships::set_details(&mut tx, &permit, &name("Zoë Lovelace"), &email("zoe@x.example")).await.unwrap();
    commit(tx).await;

    let stored = org.person(&db, &ada.id).await.unwrap();
    assert_eq!((stored.name, stored.email), (name("Zoë Lovelace"), email("zoe@x.example")));
    assert_eq!(found(&db, &org, Tab::Standard, "byron", NOW).await, std::slice::from_ref(&eve.id));
    assert_eq!(found(&db, &org, Tab::Standard, "zoe lovel", NOW).await, std::slice::from_ref(&ada.id));
    assert_eq!(found(&db, &org, Tab::Standard, "", NOW).await, [eve.id, org.owner.id, ada.id], "sorted anew");
}

async fn an_address_that_stands_already_is_refused_to_a_correction(db: Db) {
    let org = Org::found(&db, "acme").await;
    let ada = org.put_one(&db, active("ada@x.example", "Ada")).await;
    org.put(&db, &[active("eve@x.example", "Eve")]).await;
    let mut tx = db.write().await.unwrap();
    let result =
        memberships::set_details(&mut tx, &org.may(Action::Edit, &ada), &ada.name, &email("eve@x.example")).await;
    assert!(matches!(result, Err(StoreError::Taken)), "{result:?}");
    drop(tx);
    assert_eq!(org.person(&db, &ada.id).await.unwrap(), ada);
    assert_eq!(found(&db, &org, Tab::Standard, "ada", NOW).await, [ada.id]);
}

async fn an_expired_invitation_that_is_reopened_changes_its_tab(db: Db) {
    let org = Org::found(&db, "acme").await;
    let ada = org.put_one(&db, NewMembership { open_until: Some(NOW), ..invited("ada@x.example") }).await;
    assert_eq!(found(&db, &org, Tab::Expired, "ada", NOW).await, std::slice::from_ref(&ada.id));
    let mut tx = db.write().await.unwrap();
    let permit = org.may(Action::ResendInvitation, &ada);
    memberships::reopen(&mut tx, &permit, &ada, NOW.plus(DAY)).await.unwrap();
    commit(tx).await;
    for q in ["", "ada"] {
        assert!(found(&db, &org, Tab::Expired, q, NOW).await.is_empty());
        assert_eq!(found(&db, &org, Tab::Invitations, q, NOW).await, std::slice::from_ref(&ada.id));
        assert_eq!(
            found(&db, &org, Tab::Expired, q, NOW.plus(DAY)).await,
            std::slice::from_ref(&ada.id),
            "and a day later"
        );
    }
    assert_eq!(org.person(&db, &ada.id).await.unwrap().open_until, Some(NOW.plus(DAY)));
}

async fn what_is_no_invitation_is_not_reopened(db: Db) {
    let (org, theirs) = (Org::found(&db, "acme").await, Org::found(&db, "theirs").await);
    let (ada, _) = org.invite(&db, "ada@x.example").await.unwrap();
    let (far, _) = theirs.invite(&db, "far@x.example").await.unwrap();
    let permit = org.may(Action::ResendInvitation, &ada);
    let owner = org.person(&db, &org.owner.id).await.unwrap();
    let unknown = Membership { id: fresh(), ..ada.clone() };
    for person in [&owner, &far, &unknown] {
        let mut tx = db.write().await.unwrap();
        let result = memberships::reopen(&mut tx, &permit, person, NOW.plus(DAY)).await;
        assert!(matches!(result, Err(StoreError::Corrupt(_))), "{result:?}");
    }
    assert_eq!(theirs.person(&db, &far.id).await.unwrap(), far);
}

async fn a_withdrawn_address_can_be_invited_again(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (ada, _) = org.invite(&db, "ada@x.example").await.unwrap();
    let mut tx = db.write().await.unwrap();
    let permit = org.may(Action::RevokeInvitation, &ada);
    memberships::delete_invited(&mut tx, &permit, &ada).await.unwrap();
    invitations::close_open(&mut tx, &org.id, &ada.id, InvitationState::Revoked, NOW).await.unwrap();
    commit(tx).await;
    assert!(org.person(&db, &ada.id).await.is_none());
    assert!(found(&db, &org, Tab::Standard, "ada", NOW).await.is_empty());
    assert_counters_are_true(&db, &org).await;

    let (again, _) = org.invite(&db, "ada@x.example").await.unwrap();
    assert_ne!(again.id, ada.id);
    assert_eq!(found(&db, &org, Tab::Standard, "ada", NOW).await, [again.id]);
    assert_counters_are_true(&db, &org).await;
}

async fn a_member_is_not_withdrawn(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (ada, link) = org.invite(&db, "ada@x.example").await.unwrap();
    let permit = org.may(Action::RevokeInvitation, &ada);
    let user = account(&db, "ada@x.example").await;
    accept(&db, &link.token_hash, &user).await.unwrap().unwrap();
    let mut tx = db.write().await.unwrap();
    let result = memberships::delete_invited(&mut tx, &permit, &ada).await;
    assert!(matches!(result, Err(StoreError::Corrupt(_))), "{result:?}");
    drop(tx);
    assert_eq!(org.person(&db, &ada.id).await.unwrap().status, Status::Active);
}

async fn who_accepts_becomes_a_member_under_the_chosen_name(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (ada, link) = org.invite(&db, "ada@x.example").await.unwrap();
    let user = account(&db, "ada@x.example").await;
    accept(&db, &link.token_hash, &user).await.unwrap().unwrap();
    let stored = org.person(&db, &ada.id).await.unwrap();
    assert_eq!(
        (stored.status, stored.user_id.clone(), stored.name.clone()),
        (Status::Active, Some(user.id), user.name)
    );
    assert_eq!((stored.open_until, stored.joined_at, stored.last_login_at), (None, Some(NOW), Some(NOW)));
    assert_eq!(stored.target(NOW.plus(100 * DAY)).state, PersonState::Active, "there is nothing left to expire");
    assert!(found(&db, &org, Tab::Invitations, "", NOW).await.is_empty());
    assert_eq!(found(&db, &org, Tab::Standard, "some body", NOW).await, [ada.id]);
    assert_counters_are_true(&db, &org).await;
}

async fn a_permit_whose_target_is_gone_changes_nothing(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (ada, _) = org.invite(&db, "ada@x.example").await.unwrap();
    let revoke = org.may(Action::RevokeInvitation, &ada);
    let edit = org.may(Action::Edit, &ada);
    let mut tx = db.write().await.unwrap();
    memberships::delete_invited(&mut tx, &revoke, &ada).await.unwrap();
    commit(tx).await;

    let corrupt = |result: Result<(), StoreError>| assert!(matches!(result, Err(StoreError::Corrupt(_))), "{result:?}");
    corrupt(memberships::set_role(&mut db.write().await.unwrap(), &edit, &ada, Role::Admin).await);
    corrupt(memberships::set_status(&mut db.write().await.unwrap(), &edit, &ada, Status::Active).await);
    corrupt(memberships::set_details(&mut db.write().await.unwrap(), &edit, &ada.name, &ada.email).await);
    corrupt(memberships::delete_invited(&mut db.write().await.unwrap(), &revoke, &ada).await);
    corrupt(memberships::set_role(&mut db.write().await.unwrap(), &org.may_invite(), &ada, Role::Admin).await);
    assert_counters_are_true(&db, &org).await;
}

async fn a_permit_of_one_organization_does_not_reach_into_another(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let far = theirs.member(&db, "far@x.example", Role::Member).await;
    // Nobody gets such a permit; were one to appear, the statement itself keeps to the actor's organization.
    let mut forged = far.target(NOW);
    forged.org_id = ours.id.clone();
    let permit: Permit = model::decide(&ours.actor(), Action::Edit, Some(&forged)).unwrap();
    let mut tx = db.write().await.unwrap();
    assert!(memberships::set_role(&mut tx, &permit, &far, Role::Admin).await.is_err());
    drop(tx);
    let mut tx = db.write().await.unwrap();
    assert!(memberships::set_details(&mut tx, &permit, &name("X"), &far.email).await.is_err());
    drop(tx);
    assert_eq!(theirs.person(&db, &far.id).await.unwrap(), far);
}

on_both_engines!(
    a_role_is_changed_of_the_target_alone,
    a_switch_that_is_turned_moves_the_counters,
    a_corrected_name_is_found_and_the_old_one_no_longer,
    an_address_that_stands_already_is_refused_to_a_correction,
    an_expired_invitation_that_is_reopened_changes_its_tab,
    what_is_no_invitation_is_not_reopened,
    a_withdrawn_address_can_be_invited_again,
    a_member_is_not_withdrawn,
    who_accepts_becomes_a_member_under_the_chosen_name,
    a_permit_whose_target_is_gone_changes_nothing,
    a_permit_of_one_organization_does_not_reach_into_another,
);
