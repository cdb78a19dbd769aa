//! Requests for invitations: one open for each address, answered once, and told to the admins.

use model::{
    PersonState, Role,
    id::Id as _,
    people::PeopleQuery,
    request::{REQUESTS_PAGE, RequestRow},
    rules::RequestState,
    time::DAY,
};
use store::{
    Db, memberships, organizations, people,
    requests::{self, NewRequest},
};
use tokio::task::JoinSet;

use crate::support::{NOW, Org, active, email, fresh, invited, name, number};

const GRACE: &str = "grace@x.example";

fn request(org: &Org, address: &str) -> NewRequest {
    NewRequest {
        id: fresh(),
        org_id: org.id.clone(),
        email: email(address),
        name: name("Grace Hopper"),
        message: "Please.".to_owned(),
        at: NOW,
    }
}

async fn file(db: &Db, new: &NewRequest) -> model::RequestId {
    let mut tx = db.write().await.unwrap();
    organizations::bump_revision(&mut tx, &new.org_id).await.unwrap();
    let id = requests::file(&mut tx, new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn page(db: &Db, org: &Org, before: Option<&model::RequestId>) -> Vec<RequestRow> {
    requests::page(&mut db.read().await.unwrap(), &org.id, before, NOW).await.unwrap()
}

async fn counted(db: &Db, org: &Org) -> u64 {
    let query = PeopleQuery::default();
    people::sizes(&mut db.read().await.unwrap(), &org.id, &query, &[], NOW).await.unwrap().requests
}

async fn answer(db: &Db, org: &Org, id: &model::RequestId, how: RequestState) -> bool {
    let mut tx = db.write().await.unwrap();
    let answered = requests::answer(&mut tx, &org.may_invite(), id, how, NOW.plus(5)).await.unwrap();
    tx.commit().await.unwrap();
    answered
}

async fn an_address_has_one_open_request_which_asking_again_renews(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let first = file(&db, &request(&ours, GRACE)).await;
    file(&db, &request(&theirs, GRACE)).await;
    let later = NewRequest {
        name: name("Amazing Grace"),
        message: "Soon?".to_owned(),
        at: NOW.plus(DAY),
        ..request(&ours, GRACE)
    };
    assert_eq!(file(&db, &later).await, first);
    let row = RequestRow {
        id: first.clone(),
        email: email(GRACE),
        name: name("Amazing Grace"),
        message: "Soon?".to_owned(),
        asked_at: NOW.plus(DAY),
        standing: None,
    };
    assert_eq!(page(&db, &ours, None).await, std::slice::from_ref(&row));
    // What is not known takes nothing away that was.
    let bare = NewRequest { name: name(""), message: String::new(), at: NOW.plus(2 * DAY), ..request(&ours, GRACE) };
    assert_eq!(file(&db, &bare).await, first);
    assert_eq!(page(&db, &ours, None).await, [RequestRow { asked_at: NOW.plus(2 * DAY), ..row }]);
    assert_eq!((counted(&db, &ours).await, counted(&db, &theirs).await), (1, 1));
    // Once it is answered, another one opens.
    assert!(answer(&db, &ours, &first, RequestState::Dismissed).await);
    assert_eq!((counted(&db, &ours).await, page(&db, &ours, None).await), (0, vec![]));
    assert_ne!(file(&db, &request(&ours, GRACE)).await, first);
    assert_eq!(counted(&db, &ours).await, 1);
}

async fn of_many_at_once_one_request_is_left(db: Db) {
    let ours = Org::found(&db, "ours").await;
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let (db, new) = (db.clone(), request(&ours, GRACE));
        tasks.spawn(async move { file(&db, &new).await });
    }
    let ids = tasks.join_all().await;
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(number(&db, "SELECT count(*) FROM invitation_requests").await, 1);
}

async fn a_page_tells_who_stands_under_each_address(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    theirs.put_one(&db, active("nobody@x.example", "No Body")).await;
    ours.put_one(&db, active("active@x.example", "Ac Tive")).await;
    ours.put_one(&db, invited("invited@x.example")).await;
    let mut expired = invited("expired@x.example");
    expired.open_until = Some(NOW);
    ours.put_one(&db, expired).await;
    let gone = ours.member(&db, "gone@x.example", Role::Member).await;
    let mut tx = db.write().await.unwrap();
    let permit = ours.may(model::Action::Deactivate, &gone);
    memberships::set_status(&mut tx, &permit, &gone, model::Status::Deactivated).await.unwrap();
    tx.commit().await.unwrap();
    for (address, standing) in [
        ("nobody@x.example", None),
        ("active@x.example", Some(PersonState::Active)),
        ("invited@x.example", Some(PersonState::Invited)),
        ("expired@x.example", Some(PersonState::Expired)),
        ("gone@x.example", Some(PersonState::Deactivated)),
    ] {
        let id = file(&db, &request(&ours, address)).await;
        let rows = page(&db, &ours, None).await;
        let row = rows.iter().find(|row| row.id == id).unwrap();
        assert_eq!((row.email.as_str(), row.standing), (address, standing));
    }
}

async fn pages_go_from_the_newest_back(db: Db) {
    let ours = Org::found(&db, "ours").await;
    let mut ids = Vec::new();
    for n in 0..=REQUESTS_PAGE {
        ids.push(file(&db, &request(&ours, &format!("p{n}@x.example"))).await);
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    let rows: Vec<_> = page(&db, &ours, None).await.into_iter().map(|row| row.id).collect();
    assert_eq!(rows, ids, "one more than a page, so that it is known that there are more");
    let rows: Vec<_> = page(&db, &ours, Some(&ids[REQUESTS_PAGE - 1])).await.into_iter().map(|row| row.id).collect();
    assert_eq!(rows, ids[REQUESTS_PAGE..]);
    assert_eq!(requests::count_open(&mut db.read().await.unwrap(), &ours.id).await.unwrap(), 51);
    assert_eq!(counted(&db, &ours).await, 51);
}

async fn a_request_is_answered_once_and_by_its_own_organization(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let id = file(&db, &request(&ours, GRACE)).await;
    assert!(!answer(&db, &theirs, &id, RequestState::Approved).await);
    assert!(
        requests::by_ids(&mut db.read().await.unwrap(), &theirs.id, std::slice::from_ref(&id))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(requests::is_open(&mut db.read().await.unwrap(), &ours.id, &email(GRACE)).await.unwrap());
    assert!(!requests::is_open(&mut db.read().await.unwrap(), &theirs.id, &email(GRACE)).await.unwrap());
    assert!(answer(&db, &ours, &id, RequestState::Approved).await);
    assert!(!answer(&db, &ours, &id, RequestState::Dismissed).await);
    assert!(!requests::is_open(&mut db.read().await.unwrap(), &ours.id, &email(GRACE)).await.unwrap());
    let found = requests::by_ids(&mut db.read().await.unwrap(), &ours.id, &[id, fresh()]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].state, found[0].name.full().as_str()), (RequestState::Approved, "Grace Hopper"));
    let by = format!("decided_at = {} AND decided_by = '{}'", NOW.plus(5).millis(), ours.actor().user_id);
    assert_eq!(number(&db, &format!("SELECT count(*) FROM invitation_requests WHERE {by}")).await, 1);
}

async fn admins_are_told_of_each_request_once(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let untold = async |db: &Db| requests::untold(&mut db.read().await.unwrap()).await.unwrap();
    let last = async |db: &Db| requests::last_told(&mut db.read().await.unwrap(), &ours.id).await.unwrap();
    let tell = async |db: &Db, at| {
        let mut tx = db.write().await.unwrap();
        assert!(organizations::hold(&mut tx, &ours.id).await.unwrap());
        let told = requests::mark_told(&mut tx, &ours.id, at).await.unwrap();
        tx.commit().await.unwrap();
        told
    };
    assert_eq!((untold(&db).await, last(&db).await), (vec![], None));
    file(&db, &request(&ours, GRACE)).await;
    file(&db, &request(&ours, "eve@x.example")).await;
    file(&db, &request(&theirs, GRACE)).await;
    let mut both = vec![ours.id.clone(), theirs.id.clone()];
    both.sort_unstable();
    assert_eq!(untold(&db).await, both);
    let news = async |db: &Db| requests::news(&mut db.read().await.unwrap(), &ours.id, NOW).await.unwrap();
    assert_eq!(news(&db).await, page(&db, &ours, None).await);
    assert_eq!((tell(&db, NOW).await, tell(&db, NOW.plus(1)).await), (2, 0));
    assert_eq!((news(&db).await.len(), page(&db, &ours, None).await.len()), (0, 2));
    assert_eq!((untold(&db).await, last(&db).await), (vec![theirs.id.clone()], Some(NOW)));
    // Asking again is no news.
    file(&db, &request(&ours, GRACE)).await;
    assert_eq!(untold(&db).await, std::slice::from_ref(&theirs.id));
    file(&db, &request(&ours, "new@x.example")).await;
    assert_eq!(tell(&db, NOW.plus(7)).await, 1);
    assert_eq!(last(&db).await, Some(NOW.plus(7)));
    assert!(!organizations::hold(&mut db.write().await.unwrap(), &fresh()).await.unwrap());
}

async fn holding_an_organization_moves_no_revision(db: Db) {
    let ours = Org::found(&db, "ours").await;
    let before = number(&db, "SELECT revision FROM organizations").await;
    let mut tx = db.write().await.unwrap();
    organizations::hold(&mut tx, &ours.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(number(&db, "SELECT revision FROM organizations").await, before);
    let by_slug = organizations::by_slug(&mut db.read().await.unwrap(), &ours.slug).await.unwrap();
    assert_eq!(by_slug.map(|(id, org)| (id, org.slug)), Some((ours.id, ours.slug)));
    let nowhere = model::Slug::parse("nowhere").unwrap();
    assert!(organizations::by_slug(&mut db.read().await.unwrap(), &nowhere).await.unwrap().is_none());
}

async fn admins_are_those_who_are_active_the_owners_first(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let admin = ours.member(&db, "admin@x.example", Role::Admin).await;
    ours.member(&db, "member@x.example", Role::Member).await;
    theirs.member(&db, "their-admin@x.example", Role::Admin).await;
    let mut waits = invited("waits@x.example");
    waits.role = Role::Admin;
    ours.put_one(&db, waits).await;
    let found = memberships::admins(&mut db.read().await.unwrap(), &ours.id).await.unwrap();
    assert_eq!(found.iter().map(|m| &m.id).collect::<Vec<_>>(), [&ours.owner.id, &admin.id]);
}

async fn answered_requests_are_cleared_and_open_ones_stay(db: Db) {
    let ours = Org::found(&db, "ours").await;
    let id = file(&db, &request(&ours, GRACE)).await;
    file(&db, &request(&ours, "eve@x.example")).await;
    answer(&db, &ours, &id, RequestState::Approved).await;
    let purge = async |before| {
        let mut tx = db.write().await.unwrap();
        let purged = requests::purge(&mut tx, before).await.unwrap();
        tx.commit().await.unwrap();
        purged
    };
    assert_eq!((purge(NOW.plus(4)).await, purge(NOW.plus(5)).await, purge(NOW.plus(30 * DAY)).await), (0, 1, 0));
    assert_eq!(page(&db, &ours, None).await.len(), 1);
    assert!(id.as_str().starts_with("req_"));
}

async fn what_was_asked_for_an_address_is_forgotten_in_one_organization(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let id = file(&db, &request(&ours, GRACE)).await;
    answer(&db, &ours, &id, RequestState::Dismissed).await;
    for (org, address) in [(&ours, GRACE), (&ours, "eve@x.example"), (&theirs, GRACE)] {
        file(&db, &request(org, address)).await;
    }
    let mut tx = db.write().await.unwrap();
    assert_eq!(requests::forget(&mut tx, &ours.may_invite(), &email(GRACE)).await.unwrap(), 2);
    tx.commit().await.unwrap();
    assert_eq!(page(&db, &ours, None).await.len(), 1);
    assert_eq!(page(&db, &theirs, None).await.len(), 1);
}

on_both_engines!(
    an_address_has_one_open_request_which_asking_again_renews,
    of_many_at_once_one_request_is_left,
    a_page_tells_who_stands_under_each_address,
    pages_go_from_the_newest_back,
    a_request_is_answered_once_and_by_its_own_organization,
    admins_are_told_of_each_request_once,
    holding_an_organization_moves_no_revision,
    admins_are_those_who_are_active_the_owners_first,
    answered_requests_are_cleared_and_open_ones_stay,
    what_was_asked_for_an_address_is_forgotten_in_one_organization,
);
