//! Time-boxed access (N5) as stored: what is due is found, followed and counted, each once.

use model::{Action, Ends, Role, Status, Timestamp, ends::RoleEnd, people::PeopleQuery, time::DAY};
use store::{
    Db, StoreError, ends, invitations,
    memberships::{self, Membership, NewMembership},
    people,
};

use crate::{
    counters::assert_counters_are_true,
    support::{NOW, Org, active, number},
};

fn until(end: Timestamp) -> Ends {
    Ends { access: Some(end), ..Ends::default() }
}

/// Whom the organization has to bring in step.
async fn due(db: &Db, org: &Org, now: Timestamp) -> Vec<Membership> {
    ends::due(&mut db.read().await.unwrap(), &org.id, now, 10).await.unwrap()
}

async fn ends_are_stored_and_found_when_they_are_due(db: Db) {
    let (org, other) = (Org::found(&db, "acme").await, Org::found(&db, "other").await);
    let ada = org.member(&db, "ada@x.example", Role::Admin).await;
    other.member(&db, "far@x.example", Role::Admin).await;
    assert!(ada.ends.is_empty() && ada.due_at.is_none());
    let both = Ends { role: Some(RoleEnd { at: NOW.plus(9 * DAY), then: Role::Viewer }), ..until(NOW.plus(20 * DAY)) };
    let mut tx = db.write().await.unwrap();
    ends::set(&mut tx, &org.may(Action::LimitAccess, &ada), &ada, &both, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let ada = org.person(&db, &ada.id).await.unwrap();
    assert_eq!((&ada.ends, ada.due_at), (&both, Some(NOW.plus(2 * DAY))), "the first reminder is due first");

    assert!(due(&db, &org, NOW.plus(2 * DAY - 1)).await.is_empty());
    assert_eq!(due(&db, &org, NOW.plus(2 * DAY)).await, std::slice::from_ref(&ada));
    assert!(due(&db, &other, NOW.plus(30 * DAY)).await.is_empty());
    let mut conn = db.read().await.unwrap();
    assert!(ends::organizations_due(&mut conn, NOW).await.unwrap().is_empty());
    assert_eq!(ends::organizations_due(&mut conn, NOW.plus(30 * DAY)).await.unwrap(), std::slice::from_ref(&org.id));
    let is_due = async |now: Timestamp| {
        people::sizes(&mut db.read().await.unwrap(), &org.id, &PeopleQuery::default(), &[], now).await.unwrap().is_due
    };
    assert!(!is_due(NOW).await && is_due(NOW.plus(2 * DAY)).await);
}

async fn what_the_clock_made_of_somebody_is_stored_and_counted(db: Db) {
    let org = Org::found(&db, "acme").await;
    let access = NewMembership { ends: until(NOW.plus(DAY)), ..active("a@x.example", "A B") };
    let role = Ends { role: Some(RoleEnd { at: NOW.plus(DAY), then: Role::Viewer }), ..Ends::default() };
    let role = NewMembership { role: Role::Admin, ends: role, ..active("r@x.example", "R B") };
    org.put(&db, &[access, role]).await;
    let now = NOW.plus(DAY);
    let before = due(&db, &org, now).await;
    assert_eq!(before.len(), 2);
    let mut tx = db.write().await.unwrap();
    for person in &before {
        ends::lapse(&mut tx, person, &person.lapse(now)).await.unwrap();
    }
    let wrong = ends::lapse(&mut tx, &before[0], &before[1].lapse(now)).await;
    assert!(matches!(wrong, Err(StoreError::Corrupt(_))), "nobody's lapse is another's");
    tx.commit().await.unwrap();
    assert_counters_are_true(&db, &org).await;
    assert!(due(&db, &org, now.plus(900 * DAY)).await.is_empty(), "it is over");
    let by_role = format!("SELECT count(*) FROM memberships WHERE org_id = '{}' AND role = 'viewer'", org.id);
    assert_eq!(number(&db, &by_role).await, 1);
    let ended = before.iter().find(|person| person.ends.access.is_some()).unwrap();
    let ended = org.person(&db, &ended.id).await.unwrap();
    assert_eq!((ended.status, ended.ends), (Status::Deactivated, until(now)), "why, stays");
}

async fn an_invitation_closes_with_the_access_it_gives(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (ada, link) = org.invite(&db, "ada@x.example").await.unwrap();
    let permit = org.may(Action::LimitAccess, &ada);
    let mut tx = db.write().await.unwrap();
    // It ends after a week by itself.
    ends::shorten_invitation(&mut tx, &permit, &ada, NOW.plus(9 * DAY)).await.unwrap();
    assert_eq!(memberships::by_id(&mut tx, &org.id, &ada.id).await.unwrap().unwrap().open_until, ada.open_until);
    ends::shorten_invitation(&mut tx, &permit, &ada, NOW.plus(2 * DAY)).await.unwrap();
    tx.commit().await.unwrap();
    let found = invitations::by_token(&mut db.read().await.unwrap(), &link.token_hash).await.unwrap().unwrap();
    assert_eq!(found.expires_at, NOW.plus(2 * DAY));
    assert_eq!(org.person(&db, &ada.id).await.unwrap().open_until, Some(NOW.plus(2 * DAY)));
    assert_counters_are_true(&db, &org).await;
}

async fn ends_are_those_of_the_permits_organization(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let far = theirs.member(&db, "far@x.example", Role::Member).await;
    let near = ours.member(&db, "near@x.example", Role::Member).await;
    let permit = ours.may(Action::LimitAccess, &near);
    let mut tx = db.write().await.unwrap();
    assert!(ends::set(&mut tx, &permit, &far, &until(NOW.plus(DAY)), NOW).await.is_err());
}

on_both_engines! {
    ends_are_stored_and_found_when_they_are_due,
    what_the_clock_made_of_somebody_is_stored_and_counted,
    an_invitation_closes_with_the_access_it_gives,
    ends_are_those_of_the_permits_organization,
}
