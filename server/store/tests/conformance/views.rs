//! Saved views: each seen by whom it concerns, unique by maker and name, and what becomes of them when somebody leaves.

use model::{
    Action, Actor, Kind, MembershipId, Permit, PersonState, Role, ViewId, decide,
    people::{PeopleQuery, SavedView, Tab, ViewName},
    policy::DeleteScope,
    time::DAY,
};
use store::{
    Db, StoreError,
    memberships::Membership,
    sessions::{self, Liveness, NewSession},
    views::{self, NewView},
};

use crate::support::{NOW, Org, fresh, number, raw, token, user_of};

fn actor(person: &Membership, role: Role) -> Actor {
    Actor {
        user_id: user_of(person),
        membership_id: person.id.clone(),
        org_id: person.org_id.clone(),
        role,
        withheld: model::PermissionSet::default(),
        through_groups: model::GroupGrants::default(),
        kind: Kind::Standard,
        state: PersonState::Active,
        org_kind: model::OrgKind::Customer,
        archived: false,
        admin_grantable: true,
        delete_scope: DeleteScope::Any,
    }
}

fn may(actor: &Actor) -> Permit {
    decide(actor, Action::ShareViews, None).unwrap()
}

fn name(text: &str) -> ViewName {
    ViewName::parse(text).unwrap()
}

fn guests() -> PeopleQuery {
    PeopleQuery { tab: Tab::External, q: "zoë & co".to_owned(), page: 1, ..PeopleQuery::default() }
}

/// Runs one write of the store in a transaction of its own.
macro_rules! write {
    ($db:expr, |$tx:ident| $write:expr) => {{
        let mut tx = $db.write().await.unwrap();
        let $tx = &mut tx;
        let done = $write.await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done
    }};
}

async fn save(db: &Db, actor: &Actor, text: &str) -> Result<ViewId, StoreError> {
    let new = NewView { id: fresh(), name: name(text), query: guests(), at: NOW };
    write!(db, |tx| views::insert(tx, &may(actor), &new)).map(|()| new.id)
}

async fn share(db: &Db, actor: &Actor, text: &str) -> ViewId {
    let id = save(db, actor, text).await.unwrap();
    write!(db, |tx| views::share(tx, &may(actor), &id)).unwrap();
    id
}

async fn seen(db: &Db, actor: &Actor, id: &ViewId) -> Option<SavedView> {
    views::by_id(&mut db.read().await.unwrap(), actor, id).await.unwrap()
}

/// The names of the own views, and of those that others share.
async fn lists(db: &Db, actor: &Actor) -> [Vec<String>; 2] {
    let mut conn = db.read().await.unwrap();
    let names = |views: Vec<SavedView>| views.iter().map(|view| view.name.as_str().to_owned()).collect();
    [names(views::made_by(&mut conn, actor).await.unwrap()), names(views::shared_with(&mut conn, actor).await.unwrap())]
}

/// The query string that somebody lands on.
async fn landing(db: &Db, org: &Org, person: &Membership) -> String {
    let session = NewSession {
        id: fresh(),
        token_hash: token(),
        user_id: user_of(person),
        at: NOW,
        expires_at: NOW.plus(DAY),
        user_agent: String::new(),
        address: String::new(),
    };
    write!(db, |tx| sessions::insert(tx, &session)).unwrap();
    let alive = Liveness { now: NOW, seen_since: NOW.plus(-DAY) };
    let mut conn = db.read().await.unwrap();
    let signed = sessions::by_token(&mut conn, &session.token_hash, Some(&org.slug), alive).await.unwrap().unwrap();
    signed.viewer.unwrap().landing
}

async fn leave(db: &Db, id: &MembershipId) {
    assert_eq!(raw(db, &format!("DELETE FROM memberships WHERE id = '{id}'")).await, 1);
}

async fn a_view_reads_back_as_it_was_saved(db: Db) {
    let org = Org::found(&db, "acme").await;
    let owner = org.actor();
    let id = save(&db, &owner, "Gäste").await.unwrap();
    let view = seen(&db, &owner, &id).await.unwrap();
    assert_eq!((view.name.as_str(), &view.query), ("Gäste", &guests()));
    assert_eq!((view.is_shared, view.is_default), (false, false));
    assert_eq!(view.maker.unwrap().name, "Olive Owner");

    write!(db, |tx| views::rename(tx, &may(&owner), &id, &name("Others"))).unwrap();
    write!(db, |tx| views::replace(tx, &may(&owner), &id, &PeopleQuery::default())).unwrap();
    let view = seen(&db, &owner, &id).await.unwrap();
    assert_eq!((view.name.as_str(), view.query.to_query_string().as_str()), ("Others", ""));
    write!(db, |tx| views::delete(tx, &may(&owner), &id)).unwrap();
    assert_eq!(seen(&db, &owner, &id).await, None);
}

async fn a_private_view_is_seen_by_its_maker_and_a_shared_one_in_its_organization(db: Db) {
    let (org, other) = (Org::found(&db, "acme").await, Org::found(&db, "other").await);
    let grace = actor(&org.member(&db, "grace@x.example", Role::Admin).await, Role::Admin);
    let owner = org.actor();
    let private = save(&db, &owner, "b").await.unwrap();
    let shared = share(&db, &owner, "c").await;
    save(&db, &owner, "É first").await.unwrap();
    save(&db, &grace, "mine").await.unwrap();
    assert_eq!(lists(&db, &owner).await, [vec!["b", "c", "É first"], vec![]]);
    assert_eq!(lists(&db, &grace).await, [vec!["mine"], vec!["c"]]);
    assert_eq!(lists(&db, &other.actor()).await, [const { Vec::<String>::new() }; 2]);
    for (who, sees_private, sees_shared) in
        [(&owner, true, true), (&grace, false, true), (&other.actor(), false, false)]
    {
        assert_eq!(seen(&db, who, &private).await.is_some(), sees_private);
        assert_eq!(seen(&db, who, &shared).await.is_some(), sees_shared);
    }
    write!(db, |tx| views::unshare(tx, &may(&grace), &shared)).unwrap();
    assert_eq!(seen(&db, &grace, &shared).await, None);
    assert!(!seen(&db, &owner, &shared).await.unwrap().is_shared, "it is its maker's again, whoever did it");
}

async fn nothing_of_another_organization_is_written_to(db: Db) {
    let (org, other) = (Org::found(&db, "acme").await, Org::found(&db, "other").await);
    let id = share(&db, &org.actor(), "c").await;
    let permit = may(&other.actor());
    let corrupt = |result: Result<(), StoreError>| assert!(matches!(result, Err(StoreError::Corrupt(_))), "{result:?}");
    corrupt(write!(db, |tx| views::rename(tx, &permit, &id, &name("x"))));
    corrupt(write!(db, |tx| views::replace(tx, &permit, &id, &PeopleQuery::default())));
    corrupt(write!(db, |tx| views::share(tx, &permit, &id)));
    corrupt(write!(db, |tx| views::unshare(tx, &permit, &id)));
    corrupt(write!(db, |tx| views::delete(tx, &permit, &id)));
    corrupt(write!(db, |tx| views::make_default(tx, &permit, &id)));
    let view = seen(&db, &org.actor(), &id).await.unwrap();
    assert_eq!((view.name.as_str(), view.is_shared), ("c", true));
    assert_eq!(number(&db, "SELECT count(*) FROM default_views").await, 0);
}

async fn a_maker_has_one_view_of_a_name(db: Db) {
    let org = Org::found(&db, "acme").await;
    let grace = actor(&org.member(&db, "grace@x.example", Role::Admin).await, Role::Admin);
    let owner = org.actor();
    share(&db, &owner, "Zoë").await;
    assert!(matches!(save(&db, &owner, "ZOE").await, Err(StoreError::Taken)));
    save(&db, &grace, "zoë").await.expect("somebody else's");
    let id = save(&db, &owner, "b").await.unwrap();
    let renamed = write!(db, |tx| views::rename(tx, &may(&owner), &id, &name("zoe")));
    assert!(matches!(renamed, Err(StoreError::Taken)));
    write!(db, |tx| views::rename(tx, &may(&owner), &id, &name("B"))).expect("its own name, written otherwise");
}

async fn each_person_lands_on_one_view_that_they_see(db: Db) {
    let org = Org::found(&db, "acme").await;
    let member = org.member(&db, "grace@x.example", Role::Admin).await;
    let (owner, grace) = (org.actor(), actor(&member, Role::Admin));
    let (first, second) = (share(&db, &owner, "a").await, share(&db, &owner, "b").await);
    write!(db, |tx| views::replace(tx, &may(&owner), &second, &PeopleQuery::from_query_string("q=x"))).unwrap();
    assert_eq!(landing(&db, &org, &member).await, "");
    for (id, expected) in [(&first, "tab=external&q=zo%C3%AB%20%26%20co"), (&second, "q=x"), (&second, "q=x")] {
        write!(db, |tx| views::make_default(tx, &may(&grace), id)).unwrap();
        assert_eq!(landing(&db, &org, &member).await, expected);
    }
    assert!(seen(&db, &grace, &second).await.unwrap().is_default);
    assert!(!seen(&db, &owner, &second).await.unwrap().is_default, "the default of somebody else");
    assert_eq!(landing(&db, &org, &org.owner).await, "");

    // Another one than the default takes nothing away.
    write!(db, |tx| views::drop_default(tx, &may(&grace), &first)).unwrap();
    assert_eq!(landing(&db, &org, &member).await, "q=x");
    write!(db, |tx| views::unshare(tx, &may(&owner), &second)).unwrap();
    assert_eq!(landing(&db, &org, &member).await, "", "it is not seen any more");
    write!(db, |tx| views::share(tx, &may(&owner), &second)).unwrap();
    assert_eq!(landing(&db, &org, &member).await, "q=x");
    write!(db, |tx| views::drop_default(tx, &may(&grace), &second)).unwrap();
    assert_eq!(landing(&db, &org, &member).await, "");

    write!(db, |tx| views::make_default(tx, &may(&grace), &first)).unwrap();
    write!(db, |tx| views::delete(tx, &may(&owner), &first)).unwrap();
    assert_eq!(landing(&db, &org, &member).await, "");
    assert_eq!(number(&db, "SELECT count(*) FROM default_views").await, 0);
}

async fn who_leaves_takes_private_views_along_and_leaves_shared_ones(db: Db) {
    let org = Org::found(&db, "acme").await;
    let member = org.member(&db, "grace@x.example", Role::Admin).await;
    let grace = actor(&member, Role::Admin);
    let owner = org.actor();
    let private = save(&db, &grace, "private").await.unwrap();
    let shared = share(&db, &grace, "shared").await;
    let other = share(&db, &owner, "other").await;
    for (who, id) in [(&grace, &other), (&owner, &shared)] {
        write!(db, |tx| views::make_default(tx, &may(who), id)).unwrap();
    }
    leave(&db, &member.id).await;
    assert_eq!(number(&db, &format!("SELECT count(*) FROM saved_views WHERE id = '{private}'")).await, 0);
    let view = seen(&db, &owner, &shared).await.unwrap();
    assert_eq!((view.is_shared, view.is_default, view.maker), (true, true, None));
    assert_eq!(lists(&db, &owner).await, [vec!["other"], vec!["shared"]]);
    assert_eq!(number(&db, "SELECT count(*) FROM default_views").await, 1);
    let unshared = write!(db, |tx| views::unshare(tx, &may(&owner), &shared));
    assert!(matches!(unshared, Err(StoreError::Corrupt(_))), "there is nobody to keep it to");
    // Another one of the name of a view without a maker is no second one of anybody.
    share(&db, &owner, "shared").await;
    write!(db, |tx| views::delete(tx, &may(&owner), &shared)).unwrap();
}

on_both_engines!(
    a_view_reads_back_as_it_was_saved,
    a_private_view_is_seen_by_its_maker_and_a_shared_one_in_its_organization,
    nothing_of_another_organization_is_written_to,
    a_maker_has_one_view_of_a_name,
    each_person_lands_on_one_view_that_they_see,
    who_leaves_takes_private_views_along_and_leaves_shared_ones,
);
