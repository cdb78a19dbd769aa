//! The tenants, and the one installation.

use model::{OrgName, Preset, Slug};
use store::{
    Db, StoreError,
    organizations::{self, NewOrganization},
};
use tokio::task::JoinSet;

use crate::support::{NOW, Org, fresh, number};

fn new(slug: &str) -> NewOrganization {
    NewOrganization {
        id: fresh(),
        name: OrgName::parse("Analytical Engines").unwrap(),
        slug: Slug::parse(slug).unwrap(),
        kind: model::OrgKind::Customer,
        policies: Preset::AgencyAndPartners.policies(),
        at: NOW,
    }
}

async fn insert(db: &Db, new: &NewOrganization) -> Result<String, StoreError> {
    let mut tx = db.write().await?;
    let slug = organizations::insert(&mut tx, new).await?;
    tx.commit().await?;
    Ok(slug.as_str().to_owned())
}

async fn policies_are_those_of_the_permits_organization(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let permit = model::decide(&ours.actor(), model::Action::EditPolicies, None).unwrap();
    let policies = model::Policies { version: 1, seats: Some(30), ..Preset::RequestsAndExpiry.policies() };
    let mut tx = db.write().await.unwrap();
    organizations::set_policies(&mut tx, &permit, &policies).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    for (org, expected) in [(&ours, policies), (&theirs, model::Policies::default())] {
        assert_eq!(organizations::by_id(&mut conn, &org.id).await.unwrap().unwrap().policies, expected);
    }
}

async fn an_installation_is_claimed_once(db: Db) {
    assert!(!organizations::is_set_up(&mut db.read().await.unwrap()).await.unwrap());
    let mut dropped = db.write().await.unwrap();
    assert!(organizations::claim_installation(&mut dropped, NOW).await.unwrap());
    drop(dropped);
    assert!(!organizations::is_set_up(&mut db.read().await.unwrap()).await.unwrap(), "never committed");

    for expected in [true, false, false] {
        let mut tx = db.write().await.unwrap();
        assert_eq!(organizations::claim_installation(&mut tx, NOW).await.unwrap(), expected);
        tx.commit().await.unwrap();
        assert!(organizations::is_set_up(&mut db.read().await.unwrap()).await.unwrap());
    }
}

async fn of_ten_who_claim_at_once_one_gets_it(db: Db) {
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let db = db.clone();
        tasks.spawn(async move {
            let mut tx = db.write().await.unwrap();
            let claimed = organizations::claim_installation(&mut tx, NOW).await.unwrap();
            tx.commit().await.unwrap();
            claimed
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|claimed| *claimed).count(), 1);
}

async fn a_claim_that_is_given_up_falls_to_the_next(db: Db) {
    let mut first = db.write().await.unwrap();
    assert!(organizations::claim_installation(&mut first, NOW).await.unwrap());
    let waiting = tokio::spawn({
        let db = db.clone();
        async move {
            let mut tx = db.write().await.unwrap();
            let claimed = organizations::claim_installation(&mut tx, NOW).await.unwrap();
            tx.commit().await.unwrap();
            claimed
        }
    });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    drop(first);
    assert!(waiting.await.unwrap());
}

async fn a_taken_slug_gets_the_next_number(db: Db) {
    for expected in ["acme", "acme-2", "acme-3"] {
        assert_eq!(insert(&db, &new("acme")).await.unwrap(), expected);
    }
    let long = "a".repeat(48);
    assert_eq!(insert(&db, &new(&long)).await.unwrap(), long);
    assert_eq!(insert(&db, &new(&long)).await.unwrap(), format!("{}-2", "a".repeat(40)));
}

async fn organizations_founded_at_once_get_slugs_of_their_own(db: Db) {
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let db = db.clone();
        tasks.spawn(async move { insert(&db, &new("acme")).await.unwrap() });
    }
    let mut slugs = tasks.join_all().await;
    slugs.sort_unstable();
    assert_eq!(slugs, ["acme", "acme-2", "acme-3", "acme-4", "acme-5", "acme-6", "acme-7", "acme-8"]);
}

async fn an_id_that_is_taken_is_refused_and_not_numbered(db: Db) {
    let first = new("acme");
    insert(&db, &first).await.unwrap();
    let again = NewOrganization { id: first.id.clone(), ..new("other") };
    assert!(matches!(insert(&db, &again).await, Err(StoreError::Taken)));
}

async fn an_organization_is_found_by_its_id_with_its_policies(db: Db) {
    let new = new("acme");
    insert(&db, &new).await.unwrap();
    insert(&db, &NewOrganization { id: fresh(), policies: Preset::InvitationLinks.policies(), ..new.clone() })
        .await
        .unwrap();
    let mut conn = db.read().await.unwrap();
    let found = organizations::by_id(&mut conn, &new.id).await.unwrap().unwrap();
    assert_eq!((found.slug, found.name, found.policies), (new.slug, new.name, new.policies));
    assert!(organizations::by_id(&mut conn, &fresh()).await.unwrap().is_none());
}

async fn every_write_to_people_moves_the_revision_of_their_organization_alone(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let before = revision(&db, &theirs).await;
    let mut tx = db.write().await.unwrap();
    let at_start = revision(&db, &ours).await;
    organizations::bump_revision(&mut tx, &ours.id).await.unwrap();
    organizations::bump_revision(&mut tx, &ours.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(revision(&db, &ours).await, at_start + 2);
    ours.invite(&db, "ada@x.example").await.unwrap();
    assert!(revision(&db, &ours).await > at_start + 2);
    assert_eq!(revision(&db, &theirs).await, before);
}

async fn the_revision_of_an_unknown_organization_cannot_move(db: Db) {
    let mut tx = db.write().await.unwrap();
    let result = organizations::bump_revision(&mut tx, &fresh()).await;
    assert!(matches!(result, Err(StoreError::Corrupt(_))), "{result:?}");
}

async fn revision(db: &Db, org: &Org) -> i64 {
    number(db, &format!("SELECT revision FROM organizations WHERE id = '{}'", org.id)).await
}

on_both_engines!(
    policies_are_those_of_the_permits_organization,
    an_installation_is_claimed_once,
    of_ten_who_claim_at_once_one_gets_it,
    a_claim_that_is_given_up_falls_to_the_next,
    a_taken_slug_gets_the_next_number,
    organizations_founded_at_once_get_slugs_of_their_own,
    an_id_that_is_taken_is_refused_and_not_numbered,
    an_organization_is_found_by_its_id_with_its_policies,
    every_write_to_people_moves_the_revision_of_their_organization_alone,
    the_revision_of_an_unknown_organization_cannot_move,
);
