//! Somebody goes: what hangs on them is counted and handed over, an account leaves nothing personal, and ownership passes in
//! one step.

use model::{
    Action, Kind, Role, Status,
    account::LinkPurpose,
    decide,
    ownership::OpenOffer,
    removal::Impact,
    rules::{OfferState, OwnerRoom, TransferMode, accept_ownership},
    time::DAY,
};
use store::{
    Db, StoreError, account_links, invitations,
    memberships::{self, Membership, NewMembership},
    organizations, ownership,
    ownership::NewOffer,
    removal,
    sessions::{self, NewSession},
    users::{self, User},
};

use crate::support::{NOW, Org, active, email, fresh, name, number, raw, token, user_of};

on_both_engines! {
    what_hangs_on_somebody_is_counted_by_kind,
    open_invitations_are_handed_over_and_no_others,
    a_deleted_membership_takes_what_is_its_own_along,
    an_erased_account_is_a_shell,
    an_account_that_belongs_somewhere_is_not_erased,
    an_erased_account_is_not_held_any_more,
    of_an_acceptance_and_an_erasure_at_once_the_account_is_one_or_the_other,
    a_tombstone_is_of_its_organization,
    an_offer_is_open_until_it_is_closed_or_over,
    one_offer_at_a_time,
    ownership_passes_in_one_step,
}

async fn impact(db: &Db, of: &Membership) -> Impact {
    removal::impact(&mut db.read().await.unwrap(), of, NOW).await.unwrap()
}

/// An admin, who has sent an invitation.
async fn admin_who_invited(db: &Db, org: &Org, address: &str) -> Membership {
    let admin = org.member(db, address, Role::Admin).await;
    let actor =
        model::Actor { user_id: user_of(&admin), membership_id: admin.id.clone(), role: Role::Admin, ..org.actor() };
    let permit = decide(&actor, Action::Invite(Role::Member), None).unwrap();
    let guest = crate::support::invited(&format!("guest-of-{address}"));
    let mut tx = db.write().await.unwrap();
    memberships::insert_invited(&mut tx, &permit, std::slice::from_ref(&guest)).await.unwrap();
    invitations::insert(&mut tx, &permit, &[org.link(&guest.id)]).await.unwrap();
    tx.commit().await.unwrap();
    admin
}

fn offer(mode: TransferMode) -> NewOffer {
    NewOffer { id: fresh(), mode, at: NOW, expires_at: NOW.plus(7 * DAY) }
}

async fn make(db: &Db, org: &Org, to: &Membership, offer: &NewOffer) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    ownership::insert(&mut tx, &org.may(Action::OfferOwnership, to), offer).await?;
    tx.commit().await
}

async fn open_of(db: &Db, of: &Membership, days: i64) -> Vec<OpenOffer> {
    ownership::open_of(&mut db.read().await.unwrap(), &of.id, NOW.plus(days * DAY)).await.unwrap()
}

async fn what_hangs_on_somebody_is_counted_by_kind(db: Db) {
    let org = Org::found(&db, "ours").await;
    let grace = admin_who_invited(&db, &org, "grace@x.example").await;
    assert_eq!(impact(&db, &grace).await, Impact { invitations: 1, ..Impact::default() });
    make(&db, &org, &grace, &offer(TransferMode::StepDown)).await.unwrap();
    let (org_id, id, user) = (&org.id, &grace.id, user_of(&grace));
    for (view, private_to) in [("a", format!("'{id}'")), ("b", "NULL".to_owned()), ("c", "NULL".to_owned())] {
        raw(
            &db,
            &format!(
                "INSERT INTO saved_views (id, org_id, made_by, private_to, name, name_key, query, created_at) \
                 VALUES ('{view}', '{org_id}', '{id}', {private_to}, '{view}', '{view}', '', 0)"
            ),
        )
        .await;
    }
    for (job, state) in [("p", "planned"), ("r", "running"), ("d", "done"), ("c", "canceled")] {
        raw(
            &db,
            &format!(
                "INSERT INTO jobs (id, org_id, created_by, op, state, selection, cursor, would, unchanged, left_out, done, \
                 failed, created_at, updated_at, leased_until) \
                 VALUES ('{job}', '{org_id}', '{user}', 'deactivate', '{state}', '', '', 0, 0, 0, 0, 0, 0, 0, 0)"
            ),
        )
        .await;
    }
    let all = Impact { invitations: 1, lost_invitations: 0, shared_views: 2, private_views: 1, jobs: 2, offers: 1 };
    assert_eq!(impact(&db, &grace).await, all);
    let later = removal::impact(&mut db.read().await.unwrap(), &grace, NOW.plus(8 * DAY)).await.unwrap();
    assert_eq!((later.invitations, later.offers), (0, 0), "what is over is no loss");
    let mut tx = db.write().await.unwrap();
    let permit = org.may(Action::RevokeMembership, &grace);
    assert_eq!(removal::stop_jobs(&mut tx, &permit, &user, NOW).await.unwrap(), 2);
}

async fn open_invitations_are_handed_over_and_no_others(db: Db) {
    let (org, other) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let grace = admin_who_invited(&db, &org, "grace@x.example").await;
    let alan = admin_who_invited(&db, &org, "alan@x.example").await;
    let user = user_of(&grace);
    // The same account, in another organization.
    let there = NewMembership { user_id: Some(user.clone()), role: Role::Admin, ..active("grace@x.example", "G") };
    let there = other.put_one(&db, there).await;
    raw(&db, &format!("UPDATE invitations SET org_id = '{}' WHERE invited_by = '{}'", other.id, user_of(&alan))).await;
    raw(&db, &format!("UPDATE invitations SET invited_by = '{user}'")).await;
    let permit = org.may(Action::RevokeMembership, &grace);
    let mut tx = db.write().await.unwrap();
    let terms = removal::invited_as(&mut tx, &org.id, &user, NOW).await.unwrap();
    let [terms] = terms[..] else { panic!("{terms:?}") };
    assert_eq!(terms.open, 1);
    let owner = user_of(&org.owner);
    let others = removal::InvitedAs { kind: model::Kind::External, ..terms };
    assert_eq!(removal::hand_over(&mut tx, &permit, (&user, &owner), others).await.unwrap(), 0);
    assert_eq!(removal::hand_over(&mut tx, &permit, (&user, &owner), terms).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!((impact(&db, &grace).await.invitations, impact(&db, &there).await.invitations), (0, 1));
    assert_eq!(impact(&db, &org.owner).await.invitations, 1);
}

async fn a_deleted_membership_takes_what_is_its_own_along(db: Db) {
    let org = Org::found(&db, "ours").await;
    let grace = org.member(&db, "grace@x.example", Role::Member).await;
    make(&db, &org, &grace, &offer(TransferMode::Share)).await.unwrap();
    let before = number(&db, "SELECT count(*) FROM membership_terms").await;
    let permit = org.may(Action::Delete, &grace);
    let mut tx = db.write().await.unwrap();
    organizations::bump_revision(&mut tx, &org.id).await.unwrap();
    memberships::delete(&mut tx, &permit, &grace).await.unwrap();
    assert!(matches!(memberships::delete(&mut tx, &permit, &grace).await, Err(StoreError::Corrupt(_))));
    drop(tx);
    let mut tx = db.write().await.unwrap();
    memberships::delete(&mut tx, &permit, &grace).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(org.person(&db, &grace.id).await, None);
    assert!(number(&db, "SELECT count(*) FROM membership_terms").await < before);
    assert_eq!(number(&db, "SELECT count(*) FROM ownership_offers").await, 0);
    assert_eq!(number(&db, "SELECT CAST(sum(n) AS BIGINT) FROM people_counts").await, 1);
}

/// An account with everything that an account can have.
async fn full_account(db: &Db, address: &str) -> User {
    let user = User { id: fresh(), email: email(address), name: name("Grace Hopper") };
    let link = account_links::NewLink {
        id: fresh(),
        user_id: user.id.clone(),
        purpose: LinkPurpose::ResetPassword,
        token_hash: token(),
        new_email: None,
        at: NOW,
        expires_at: NOW.plus(DAY),
    };
    let session = NewSession {
        id: fresh(),
        token_hash: token(),
        user_id: user.id.clone(),
        at: NOW,
        expires_at: NOW.plus(DAY),
        user_agent: "Firefox".to_owned(),
        address: "203.0.113.9".to_owned(),
    };
    let mut tx = db.write().await.unwrap();
    users::insert(&mut tx, std::slice::from_ref(&user), NOW).await.unwrap();
    users::set_password_hash(&mut tx, &user.id, "$hash", NOW).await.unwrap();
    account_links::insert(&mut tx, &[link]).await.unwrap();
    sessions::insert(&mut tx, &session).await.unwrap();
    tx.commit().await.unwrap();
    user
}

async fn erase(db: &Db, user: &User) -> bool {
    let mut tx = db.write().await.unwrap();
    let erased = users::erase(&mut tx, user, NOW).await.unwrap();
    tx.commit().await.unwrap();
    erased
}

async fn by_email(db: &Db, address: &str) -> Option<(User, Option<String>)> {
    users::by_email(&mut db.read().await.unwrap(), &email(address)).await.unwrap()
}

async fn an_erased_account_is_a_shell(db: Db) {
    let user = full_account(&db, "grace@x.example").await;
    full_account(&db, "alan@x.example").await;
    assert!(erase(&db, &user).await);
    assert_eq!(by_email(&db, "grace@x.example").await, None);
    for table in ["credentials", "sessions", "account_links"] {
        assert_eq!(number(&db, &format!("SELECT count(*) FROM {table}")).await, 1, "{table}: another's stay");
    }
    let (shell, hash) = users::by_id(&mut db.read().await.unwrap(), &user.id).await.unwrap().unwrap();
    assert_eq!((shell.name.full(), hash), ("Deleted user".to_owned(), None));
    let again = full_account(&db, "grace@x.example").await;
    assert_ne!(again.id, user.id);
}

async fn an_account_that_belongs_somewhere_is_not_erased(db: Db) {
    let org = Org::found(&db, "ours").await;
    let user = full_account(&db, "grace@x.example").await;
    let member = NewMembership { user_id: Some(user.id.clone()), ..active("grace@x.example", "Grace Hopper") };
    org.put_one(&db, member).await;
    assert!(!erase(&db, &user).await);
    assert_eq!(by_email(&db, "grace@x.example").await, Some((user, Some("$hash".to_owned()))));
    assert_eq!(number(&db, "SELECT count(*) FROM sessions").await, 1);
}

async fn an_erased_account_is_not_held_any_more(db: Db) {
    let user = full_account(&db, "grace@x.example").await;
    let mut tx = db.write().await.unwrap();
    assert!(users::hold(&mut tx, &user.id).await.unwrap());
    drop(tx);
    erase(&db, &user).await;
    let mut tx = db.write().await.unwrap();
    assert!(!users::hold(&mut tx, &user.id).await.unwrap());
    assert!(!users::hold(&mut tx, &fresh()).await.unwrap());
}

/// Somebody accepts an invitation somewhere while their account is being deleted: either there is nobody to accept, or the
/// account stays.
async fn of_an_acceptance_and_an_erasure_at_once_the_account_is_one_or_the_other(db: Db) {
    for round in 0..8 {
        let org = Org::found(&db, &format!("ours-{round}")).await;
        let address = format!("grace{round}@x.example");
        let user = full_account(&db, &address).await;
        let (person, _) = org.invite(&db, &address).await.unwrap();
        let join = async {
            let mut tx = db.write().await.unwrap();
            organizations::bump_revision(&mut tx, &org.id).await.unwrap();
            if !users::hold(&mut tx, &user.id).await.unwrap() {
                return false;
            }
            raw_in(&mut tx, &format!("UPDATE memberships SET user_id = '{}' WHERE id = '{}'", user.id, person.id))
                .await;
            tx.commit().await.unwrap();
            true
        };
        let (joined, erased) = tokio::join!(join, erase(&db, &user));
        assert_ne!(joined, erased, "{round}");
        assert_eq!(by_email(&db, &address).await.is_some(), joined, "{round}");
    }
}

/// Runs a statement inside a transaction, behind the store's back.
async fn raw_in(tx: &mut store::Tx, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql);
    match tx {
        store::Tx::Sqlite(tx) => drop(sqlx::query(sql).execute(&mut **tx).await.unwrap()),
        store::Tx::Postgres(tx, _) => drop(sqlx::query(sql).execute(&mut **tx).await.unwrap()),
    }
}

async fn a_tombstone_is_of_its_organization(db: Db) {
    let (org, other) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let grace = org.member(&db, "grace@x.example", Role::Member).await;
    let permit = org.may(Action::Delete, &grace);
    let asked = |address: &str, hash: &str| (email(address), hash.to_owned());
    let both = [asked("grace@x.example", "h1"), asked("alan@x.example", "h2")];
    for at in [NOW.plus(-DAY), NOW] {
        let mut tx = db.write().await.unwrap();
        removal::bury(&mut tx, &permit, "h1", at).await.unwrap();
        tx.commit().await.unwrap();
        let found = removal::buried(&mut db.read().await.unwrap(), &org.id, &both).await.unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [(email("grace@x.example"), at)], "the latest counts");
    }
    assert!(removal::buried(&mut db.read().await.unwrap(), &other.id, &both).await.unwrap().is_empty());
    assert!(removal::buried(&mut db.read().await.unwrap(), &org.id, &[]).await.unwrap().is_empty());
}

async fn an_offer_is_open_until_it_is_closed_or_over(db: Db) {
    let (org, other) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let grace = org.member(&db, "grace@x.example", Role::Member).await;
    let new = offer(TransferMode::Share);
    make(&db, &org, &grace, &new).await.unwrap();
    let stored = ownership::by_id(&mut db.read().await.unwrap(), &org.id, &new.id).await.unwrap().unwrap();
    assert_eq!((&stored.from, &stored.to, stored.mode), (&org.owner.id, &grace.id, TransferMode::Share));
    assert_eq!((stored.state, stored.expires_at), (OfferState::Open, NOW.plus(7 * DAY)));
    assert_eq!(ownership::by_id(&mut db.read().await.unwrap(), &other.id, &new.id).await.unwrap(), None);

    for who in [&org.owner, &grace] {
        let [open] = &open_of(&db, who, 6).await[..] else { panic!("one offer") };
        assert_eq!(
            (&open.id, open.from.name.as_str(), open.to.email.as_str()),
            (&new.id, "Olive Owner", "grace@x.example")
        );
        assert!(open_of(&db, who, 7).await.is_empty());
    }
    let mut tx = db.write().await.unwrap();
    assert!(ownership::close(&mut tx, &new.id, OfferState::Declined, NOW).await.unwrap());
    assert!(!ownership::close(&mut tx, &new.id, OfferState::Accepted, NOW).await.unwrap());
    tx.commit().await.unwrap();
    assert!(open_of(&db, &grace, 0).await.is_empty());
    let of_owner = store::belonging::of_user(&mut db.read().await.unwrap(), &user_of(&grace), NOW).await.unwrap();
    assert!(!of_owner[0].org.is_offered_ownership);
    make(&db, &org, &grace, &offer(TransferMode::Share)).await.unwrap();
    let offered = store::belonging::of_user(&mut db.read().await.unwrap(), &user_of(&grace), NOW).await.unwrap();
    assert!(offered[0].org.is_offered_ownership);
}

async fn one_offer_at_a_time(db: Db) {
    let org = Org::found(&db, "ours").await;
    let grace = org.member(&db, "grace@x.example", Role::Member).await;
    make(&db, &org, &grace, &offer(TransferMode::Share)).await.unwrap();
    assert!(matches!(make(&db, &org, &grace, &offer(TransferMode::Share)).await, Err(StoreError::Taken)));
    let mut tx = db.write().await.unwrap();
    ownership::cancel_of(&mut tx, &org.owner.id, NOW).await.unwrap();
    tx.commit().await.unwrap();
    make(&db, &org, &grace, &offer(TransferMode::StepDown)).await.unwrap();
    assert_eq!(open_of(&db, &grace, 0).await.len(), 1);
}

async fn ownership_passes_in_one_step(db: Db) {
    let org = Org::found(&db, "ours").await;
    let grace = org.member(&db, "grace@x.example", Role::Viewer).await;
    let alan = org.member(&db, "alan@x.example", Role::Viewer).await;
    let new = offer(TransferMode::StepDown);
    make(&db, &org, &grace, &new).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let stored = ownership::by_id(&mut tx, &org.id, &new.id).await.unwrap().unwrap();
    let room = OwnerRoom { owners: 1, max_owners: 1 };
    let (giver, taker) = (Some((Role::Owner, Status::Active)), (Kind::Standard, Role::Viewer, Status::Active));
    let transfer = accept_ownership(&stored, giver, taker, room, Role::Admin, NOW).unwrap();
    let others = memberships::transfer_ownership(&mut tx, &org.owner, &alan, &transfer).await;
    assert!(matches!(others, Err(StoreError::Corrupt(_))), "a transfer is between its two people");
    memberships::transfer_ownership(&mut tx, &org.owner, &grace, &transfer).await.unwrap();
    tx.commit().await.unwrap();
    let owners = memberships::owners(&mut db.read().await.unwrap(), &org.id).await.unwrap();
    assert_eq!(owners.iter().map(|owner| &owner.id).collect::<Vec<_>>(), [&grace.id]);
    assert_eq!(org.person(&db, &org.owner.id).await.unwrap().role, Role::Admin);
    for (role, n) in [("owner", 1), ("admin", 1), ("viewer", 1)] {
        let counted = format!("SELECT CAST(sum(n) AS BIGINT) FROM people_counts WHERE role = '{role}'");
        assert_eq!(number(&db, &counted).await, n, "{role}");
    }
}
