//! Domains: named by many organizations, proven by one, and each the matter of its own alone.

use model::{
    Action, Permit, Role, Timestamp, decide,
    domain::{AutoJoin, CheckResult, Domain, DomainName},
};
use store::{
    Db, StoreError,
    domains::{self, NewDomain, Stored},
};

use crate::support::{NOW, Org, fresh};

fn named(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

fn permit(org: &Org, action: Action) -> Permit {
    decide(&org.actor(), action, None).unwrap()
}

async fn add(db: &Db, org: &Org, name: &str) -> Result<Domain, StoreError> {
    let new = NewDomain { id: fresh(), name: named(name), token: format!("token-of-{}", org.slug.as_str()), at: NOW };
    let mut tx = db.write().await?;
    domains::insert(&mut tx, &permit(org, Action::ManageDomains), &new).await?;
    tx.commit().await?;
    Ok(found(db, org, &new.id).await.unwrap().domain)
}

async fn found(db: &Db, org: &Org, id: &model::DomainId) -> Option<Stored> {
    domains::by_id(&mut db.read().await.unwrap(), &org.id, id).await.unwrap()
}

async fn verify(db: &Db, org: &Org, domain: &Domain) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    domains::verify(&mut tx, &permit(org, Action::ManageDomains), &domain.id, NOW.plus(1)).await?;
    tx.commit().await
}

async fn choose(db: &Db, org: &Org, domain: &Domain, choice: (AutoJoin, Role)) -> bool {
    let mut tx = db.write().await.unwrap();
    let chosen = domains::set_auto_join(&mut tx, &permit(org, Action::EditPolicies), &domain.id, choice).await.unwrap();
    tx.commit().await.unwrap();
    chosen
}

async fn verified(db: &Db, name: &str) -> Option<Stored> {
    domains::verified(&mut db.read().await.unwrap(), &named(name)).await.unwrap()
}

async fn an_organization_has_each_domain_once_and_lists_its_own_by_name(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let second = add(&db, &ours, "b.example").await.unwrap();
    let first = add(&db, &ours, "a.example").await.unwrap();
    assert!(matches!(add(&db, &ours, "a.example").await, Err(StoreError::Taken)));
    add(&db, &theirs, "a.example").await.unwrap();
    let listed = domains::of_organization(&mut db.read().await.unwrap(), &ours.id).await.unwrap();
    let expected =
        [&first, &second].map(|domain| Stored { org_id: ours.id.clone(), domain: domain.clone(), chosen_by: None });
    assert_eq!(listed, expected);
    assert_eq!(
        (first.verified_at, first.checked, first.auto_join, first.role),
        (None, None, AutoJoin::Off, Role::Member)
    );
    assert!(found(&db, &theirs, &first.id).await.is_none());
}

async fn many_name_a_domain_and_one_has_proven_it(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let (own, other) = (add(&db, &ours, "a.example").await.unwrap(), add(&db, &theirs, "a.example").await.unwrap());
    assert_eq!(verified(&db, "a.example").await, None);
    verify(&db, &ours, &own).await.unwrap();
    assert!(matches!(verify(&db, &theirs, &other).await, Err(StoreError::Taken)));
    assert!(matches!(verify(&db, &ours, &own).await, Err(StoreError::Corrupt(_))), "it keeps its first hour");
    let stored = verified(&db, "a.example").await.unwrap();
    assert_eq!((stored.org_id, stored.domain.verified_at), (ours.id.clone(), Some(NOW.plus(1))));
    // Once it is given up, the other may prove it.
    let mut tx = db.write().await.unwrap();
    assert!(!domains::delete(&mut tx, &permit(&theirs, Action::DeleteDomain), &own.id).await.unwrap(), "not theirs");
    assert!(domains::delete(&mut tx, &permit(&ours, Action::DeleteDomain), &own.id).await.unwrap());
    assert!(!domains::delete(&mut tx, &permit(&ours, Action::DeleteDomain), &own.id).await.unwrap(), "gone");
    tx.commit().await.unwrap();
    verify(&db, &theirs, &other).await.unwrap();
    assert_eq!(verified(&db, "a.example").await.unwrap().org_id, theirs.id);
}

async fn what_was_found_is_noted_in_its_own_organization(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let own = add(&db, &ours, "a.example").await.unwrap();
    let note = async |org: &Org, result, at: Timestamp| {
        let mut tx = db.write().await.unwrap();
        let noted = domains::note_check(&mut tx, &permit(org, Action::ManageDomains), &own.id, result, at).await;
        tx.commit().await.unwrap();
        noted
    };
    for (n, result) in CheckResult::ALL.into_iter().enumerate() {
        let at = NOW.plus(i64::try_from(n).unwrap());
        note(&ours, result, at).await.unwrap();
        assert_eq!(found(&db, &ours, &own.id).await.unwrap().domain.checked, Some((at, result)));
    }
    assert!(note(&theirs, CheckResult::Found, NOW).await.is_err());
}

async fn only_what_is_verified_opens_anything(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let opens = async |org: &Org| domains::opens_any(&mut db.read().await.unwrap(), &org.id).await.unwrap();
    let own = add(&db, &ours, "a.example").await.unwrap();
    assert!(!choose(&db, &ours, &own, (AutoJoin::Join, Role::Viewer)).await, "it is pending");
    verify(&db, &ours, &own).await.unwrap();
    assert!(!choose(&db, &theirs, &own, (AutoJoin::Join, Role::Viewer)).await, "it is not theirs");
    assert!(!opens(&ours).await);
    for (choice, expected) in
        [(AutoJoin::Request, true), (AutoJoin::Invite, true), (AutoJoin::Join, true), (AutoJoin::Off, false)]
    {
        assert!(choose(&db, &ours, &own, (choice, Role::Viewer)).await);
        assert_eq!((opens(&ours).await, opens(&theirs).await), (expected, false), "{choice:?}");
        let stored = verified(&db, "a.example").await.unwrap();
        assert_eq!((stored.domain.auto_join, stored.domain.role), (choice, Role::Viewer));
        assert_eq!(stored.chosen_by, Some(ours.actor().user_id));
    }
}

on_both_engines!(
    an_organization_has_each_domain_once_and_lists_its_own_by_name,
    many_name_a_domain_and_one_has_proven_it,
    what_was_found_is_noted_in_its_own_organization,
    only_what_is_verified_opens_anything,
);
