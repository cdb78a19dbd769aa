//! Signed-in browsers.

use model::{
    Action, PersonState, Role, Slug, Status, Timestamp,
    time::{DAY, HOUR, MINUTE},
};
use store::{
    Db, StoreError,
    memberships::{Membership, NewMembership},
    sessions::{self, Liveness, NewSession, Session, Signed},
    users::User,
};

use crate::support::{NOW, Org, account, active, fresh, number, raw, token, user_of};

/// How long a session of these tests may be unused, and how long it may live.
const IDLE: i64 = HOUR;
const LIFE: i64 = DAY;

fn new(user: &User) -> NewSession {
    NewSession {
        id: fresh(),
        token_hash: token(),
        user_id: user.id.clone(),
        at: NOW,
        expires_at: NOW.plus(LIFE),
        user_agent: "Firefox ‘ünïcode’".into(),
        address: "2001:db8::1".into(),
    }
}

async fn sign_in(db: &Db, user: &User) -> NewSession {
    let session = new(user);
    let mut tx = db.write().await.unwrap();
    sessions::insert(&mut tx, &session).await.unwrap();
    tx.commit().await.unwrap();
    session
}

async fn at(db: &Db, token_hash: &str, slug: Option<&Slug>, now: Timestamp) -> Option<Signed> {
    let alive = Liveness { now, seen_since: now.plus(-IDLE) };
    sessions::by_token(&mut db.read().await.unwrap(), token_hash, slug, alive).await.unwrap()
}

async fn live(db: &Db, session: &NewSession) -> bool {
    at(db, &session.token_hash, None, NOW).await.is_some()
}

async fn the_right_token_alone_finds_a_session(db: Db) {
    let user = account(&db, "ada@x.example").await;
    let session = sign_in(&db, &user).await;
    let signed = at(&db, &session.token_hash, None, NOW).await.unwrap();
    assert_eq!((signed.session_id, signed.user_id, signed.email), (session.id, user.id, user.email));
    assert_eq!(signed.last_seen_at, NOW);
    assert!(signed.viewer.is_none(), "no organization was asked about");
    for wrong in ["", "%", &token(), &session.token_hash[1..], &session.token_hash.to_uppercase()] {
        assert!(at(&db, wrong, None, NOW).await.is_none(), "{wrong}");
    }
}

async fn a_session_ends_by_the_clock_however_much_it_is_used(db: Db) {
    let session = sign_in(&db, &account(&db, "ada@x.example").await).await;
    let mut tx = db.write().await.unwrap();
    sessions::touch(&mut tx, &session.id, NOW.plus(LIFE)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(at(&db, &session.token_hash, None, NOW.plus(LIFE - 1)).await.is_some());
    assert!(at(&db, &session.token_hash, None, NOW.plus(LIFE)).await.is_none());
}

async fn a_session_that_is_not_used_ends_sooner(db: Db) {
    let user = account(&db, "ada@x.example").await;
    let (busy, idle) = (sign_in(&db, &user).await, sign_in(&db, &user).await);
    assert!(at(&db, &busy.token_hash, None, NOW.plus(IDLE - 1)).await.is_some());
    let mut tx = db.write().await.unwrap();
    sessions::touch(&mut tx, &busy.id, NOW.plus(MINUTE)).await.unwrap();
    tx.commit().await.unwrap();
    let signed = at(&db, &busy.token_hash, None, NOW.plus(IDLE)).await.unwrap();
    assert_eq!(signed.last_seen_at, NOW.plus(MINUTE));
    assert!(at(&db, &idle.token_hash, None, NOW.plus(IDLE)).await.is_none());
    assert!(at(&db, &busy.token_hash, None, NOW.plus(IDLE + MINUTE)).await.is_none());
}

async fn a_session_sees_the_organization_that_is_asked_about(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let ada = ours.member(&db, "ada@x.example", Role::Admin).await;
    let user = User { id: user_of(&ada), email: ada.email.clone(), name: ada.name.clone() };
    let session = sign_in(&db, &user).await;

    let viewer = at(&db, &session.token_hash, Some(&ours.slug), NOW).await.unwrap().viewer.unwrap();
    assert_eq!((viewer.actor.user_id, viewer.actor.membership_id, viewer.actor.org_id), (user.id, ada.id, ours.id));
    assert_eq!(
        (viewer.actor.role, viewer.actor.kind, viewer.actor.state),
        (Role::Admin, ada.kind, PersonState::Active)
    );
    assert!(viewer.actor.admin_grantable);
    assert_eq!((viewer.name, viewer.email, viewer.org.slug), (ada.name, ada.email, ours.slug));

    for slug in [theirs.slug, Slug::parse("nowhere").unwrap()] {
        let signed = at(&db, &session.token_hash, Some(&slug), NOW).await.unwrap();
        assert!(signed.viewer.is_none(), "{slug:?}");
        assert_eq!(signed.email, user.email, "still signed in");
    }
}

async fn a_session_sees_at_once_what_its_user_may_no_longer(db: Db) {
    let org = Org::found(&db, "acme").await;
    let ada = org.member(&db, "ada@x.example", Role::Admin).await;
    let user = User { id: user_of(&ada), email: ada.email.clone(), name: ada.name.clone() };
    let session = sign_in(&db, &user).await;
    let actor = async || at(&db, &session.token_hash, Some(&org.slug), NOW).await.unwrap().viewer.unwrap().actor;
    raw(&db, &format!("UPDATE memberships SET role = 'viewer' WHERE id = '{}'", ada.id)).await;
    assert_eq!(actor().await.role, Role::Viewer);
    raw(&db, &format!("UPDATE memberships SET status = 'deactivated' WHERE id = '{}'", ada.id)).await;
    assert_eq!(actor().await.state, PersonState::Deactivated);
    raw(&db, r#"UPDATE organizations SET policies = '{"admin_grantable":false}'"#).await;
    assert!(!actor().await.admin_grantable);
}

async fn signing_out_ends_that_session_alone(db: Db) {
    let user = account(&db, "ada@x.example").await;
    let (here, there) = (sign_in(&db, &user).await, sign_in(&db, &user).await);
    let mut tx = db.write().await.unwrap();
    sessions::end(&mut tx, &here.token_hash).await.unwrap();
    sessions::end(&mut tx, &token()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!live(&db, &here).await);
    assert!(live(&db, &there).await);
}

async fn who_has_access_nowhere_is_signed_out_everywhere(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let ada = ours.member(&db, "ada@x.example", Role::Member).await;
    let eve = ours.member(&db, "eve@x.example", Role::Member).await;
    let [ada_user, eve_user] =
        [&ada, &eve].map(|m| User { id: user_of(m), email: m.email.clone(), name: m.name.clone() });
    let there = |user: &User, status| NewMembership {
        user_id: Some(user.id.clone()),
        status,
        ..active(user.email.as_str(), "A B")
    };
    theirs.put(&db, &[there(&ada_user, Status::Active), there(&eve_user, Status::Deactivated)]).await;
    let sessions = [sign_in(&db, &ada_user).await, sign_in(&db, &ada_user).await];
    let of_eve = [sign_in(&db, &eve_user).await, sign_in(&db, &eve_user).await];
    for user in [&ada_user, &eve_user] {
        let sql = format!(
            "UPDATE memberships SET status = 'deactivated' WHERE org_id = '{}' AND user_id = '{}'",
            ours.id, user.id
        );
        assert_eq!(raw(&db, &sql).await, 1);
        let mut tx = db.write().await.unwrap();
        sessions::end_all_without_access(&mut tx, &user.id).await.unwrap();
        tx.commit().await.unwrap();
    }
    for session in &sessions {
        assert!(live(&db, session).await, "ada is active elsewhere");
    }
    for session in &of_eve {
        assert!(!live(&db, session).await, "eve is active nowhere");
    }
}

async fn of(db: &Db, user: &User, now: Timestamp) -> Vec<Session> {
    let alive = Liveness { now, seen_since: now.plus(-IDLE) };
    sessions::of_user(&mut db.read().await.unwrap(), &user.id, alive).await.unwrap()
}

async fn the_live_sessions_of_a_user_come_last_used_first(db: Db) {
    let (ada, eve) = (account(&db, "ada@x.example").await, account(&db, "eve@x.example").await);
    let (first, second) = (sign_in(&db, &ada).await, sign_in(&db, &ada).await);
    let over = NewSession { expires_at: NOW.plus(MINUTE), ..new(&ada) };
    let mut tx = db.write().await.unwrap();
    sessions::insert(&mut tx, &over).await.unwrap();
    sessions::touch(&mut tx, &first.id, NOW.plus(2 * MINUTE)).await.unwrap();
    sessions::touch(&mut tx, &second.id, NOW.plus(MINUTE)).await.unwrap();
    tx.commit().await.unwrap();
    sign_in(&db, &eve).await;

    let live = of(&db, &ada, NOW.plus(MINUTE)).await;
    assert_eq!(live.iter().map(|s| &s.id).collect::<Vec<_>>(), [&first.id, &second.id]);
    let shown = Session {
        id: first.id.clone(),
        created_at: NOW,
        last_seen_at: NOW.plus(2 * MINUTE),
        user_agent: first.user_agent.clone(),
        address: first.address.clone(),
    };
    assert_eq!(live[0], shown);
    let left = of(&db, &ada, NOW.plus(IDLE + MINUTE)).await;
    assert_eq!(left.iter().map(|s| &s.id).collect::<Vec<_>>(), [&first.id], "the other was not used");
    assert!(of(&db, &ada, NOW.plus(LIFE)).await.is_empty());
}

async fn a_permit_ends_sessions_of_its_target_alone(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let ada = ours.member(&db, "ada@x.example", Role::Member).await;
    let eve = theirs.member(&db, "eve@x.example", Role::Member).await;
    let user = |m: &Membership| User { id: user_of(m), email: m.email.clone(), name: m.name.clone() };
    let of_ada = [sign_in(&db, &user(&ada)).await, sign_in(&db, &user(&ada)).await, sign_in(&db, &user(&ada)).await];
    let of_eve = sign_in(&db, &user(&eve)).await;
    let permit = ours.may(Action::EndSessions, &ada);

    let mut tx = db.write().await.unwrap();
    let ended = sessions::end_of(&mut tx, &permit, &of_ada[0].id).await.unwrap();
    assert_eq!(ended, Some(of_ada[0].user_agent.clone()));
    for other in [&of_ada[0].id, &of_eve.id, &fresh()] {
        assert_eq!(sessions::end_of(&mut tx, &permit, other).await.unwrap(), None);
    }
    tx.commit().await.unwrap();
    assert!(!live(&db, &of_ada[0]).await && live(&db, &of_ada[1]).await && live(&db, &of_eve).await);

    let mut tx = db.write().await.unwrap();
    assert_eq!(sessions::end_all_of(&mut tx, &permit).await.unwrap(), 2);
    assert_eq!(sessions::end_all_of(&mut tx, &permit).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert!(of(&db, &user(&ada), NOW).await.is_empty());
    assert!(live(&db, &of_eve).await);
}

async fn somebody_without_an_account_has_no_sessions_to_end(db: Db) {
    let org = Org::found(&db, "acme").await;
    let signed_in = sign_in(&db, &account(&db, "ada@x.example").await).await;
    let person = org.put_one(&db, active("eve@x.example", "Eve")).await;
    let permit = org.may(Action::EndSessions, &person);
    let mut tx = db.write().await.unwrap();
    assert_eq!(sessions::end_of(&mut tx, &permit, &signed_in.id).await.unwrap(), None);
    assert_eq!(sessions::end_all_of(&mut tx, &permit).await.unwrap(), 0);
}

async fn housekeeping_takes_what_is_over_alone(db: Db) {
    let user = account(&db, "ada@x.example").await;
    let (first, second) = (new(&user), NewSession { expires_at: NOW.plus(2 * LIFE), ..new(&user) });
    let mut tx = db.write().await.unwrap();
    sessions::insert(&mut tx, &first).await.unwrap();
    sessions::insert(&mut tx, &second).await.unwrap();
    assert_eq!(sessions::purge(&mut tx, NOW.plus(LIFE - 1)).await.unwrap(), 0);
    assert_eq!(sessions::purge(&mut tx, NOW.plus(LIFE)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(number(&db, "SELECT count(*) FROM sessions").await, 1);
    assert!(live(&db, &second).await);
}

async fn a_token_is_given_once_and_to_somebody(db: Db) {
    let user = account(&db, "ada@x.example").await;
    let session = sign_in(&db, &user).await;
    let double = NewSession { token_hash: session.token_hash.clone(), ..new(&user) };
    let result = sessions::insert(&mut db.write().await.unwrap(), &double).await;
    assert!(matches!(result, Err(StoreError::Taken)), "{result:?}");
    let of_nobody = NewSession { user_id: fresh(), ..new(&user) };
    assert!(sessions::insert(&mut db.write().await.unwrap(), &of_nobody).await.is_err());
}

on_both_engines!(
    the_right_token_alone_finds_a_session,
    a_session_ends_by_the_clock_however_much_it_is_used,
    a_session_that_is_not_used_ends_sooner,
    a_session_sees_the_organization_that_is_asked_about,
    a_session_sees_at_once_what_its_user_may_no_longer,
    signing_out_ends_that_session_alone,
    who_has_access_nowhere_is_signed_out_everywhere,
    the_live_sessions_of_a_user_come_last_used_first,
    a_permit_ends_sessions_of_its_target_alone,
    somebody_without_an_account_has_no_sessions_to_end,
    housekeeping_takes_what_is_over_alone,
    a_token_is_given_once_and_to_somebody,
);
