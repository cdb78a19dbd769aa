//! To what somebody belongs across organizations.

use model::{
    Action, Kind, OrgKind, OrgName, Role, Status, decide,
    id::Id as _,
    organization::OrgDetails,
    people::{PendingExternals, PeopleQuery, Tab},
    rules::{self, InvitationRecord},
    time::{DAY, HOUR},
};
use store::{
    Db,
    belonging::{self, GUESTS_PAGE},
    invitations,
    memberships::{self, Membership, NewMembership},
    organizations, people,
    users::User,
};

use crate::{
    counters::{assert_counted_by_class, assert_counters_are_true},
    support::{NOW, Org, account, active, email, invited, profile, raw, user_of},
};

/// Somebody who belongs to an organization, with their account.
async fn joined(db: &Db, org: &Org, user: &User, new: NewMembership) -> Membership {
    let new = NewMembership { user_id: Some(user.id.clone()), email: user.email.clone(), ..new };
    org.put_one(db, new).await
}

/// Invites an account as an external, and accepts as the service does.
async fn guest(db: &Db, host: &Org, user: &User) -> Membership {
    let (person, link) = host.invite(db, user.email.as_str()).await.unwrap();
    let mut tx = db.write().await.unwrap();
    memberships::set_kind(&mut tx, &host.may_invite(), &person, Kind::External).await.unwrap();
    let found = invitations::by_token(&mut tx, &link.token_hash).await.unwrap().unwrap();
    let record = InvitationRecord {
        org_id: found.org_id,
        membership_id: found.membership_id,
        org_is_archived: found.org_is_archived,
        email: user.email.clone(),
        kind: Kind::External,
        role: Role::Viewer,
        state: found.state,
        expires_at: found.expires_at,
        inviter_may_still: true,
    };
    let home = belonging::native_to(&mut tx, &user.id, &host.id).await.unwrap().map(|(id, _)| id);
    let accepted = rules::accept(&record, user.id.clone(), &user.email, user.name.clone(), home, NOW).unwrap();
    let person = memberships::by_id(&mut tx, &host.id, &person.id).await.unwrap().unwrap();
    memberships::accept(&mut tx, &person, &accepted).await.unwrap();
    tx.commit().await.unwrap();
    host.person(db, &person.id).await.unwrap()
}

async fn the_last_used_comes_first(db: Db) {
    let user = account(&db, "ada@x.example").await;
    let (one, two) = (Org::found(&db, "one").await, Org::found(&db, "two").await);
    let in_one = joined(&db, &one, &user, active("ada@x.example", "Ada King")).await;
    let in_two = joined(&db, &two, &user, active("ada@x.example", "Ada King")).await;
    let order = async |db: &Db| {
        let orgs = belonging::of_user(&mut db.read().await.unwrap(), &user.id, NOW).await.unwrap();
        orgs.into_iter().map(|of| of.org.slug.as_str().to_owned()).collect::<Vec<_>>()
    };
    let mut tx = db.write().await.unwrap();
    memberships::touch_login(&mut tx, &in_one.id, NOW).await.unwrap();
    memberships::touch_login(&mut tx, &in_two.id, NOW.plus(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(order(&db).await, ["two", "one"]);
    let mut tx = db.write().await.unwrap();
    memberships::touch_use(&mut tx, &in_one.id, NOW.plus(2)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(order(&db).await, ["one", "two"]);
    let stored = one.person(&db, &in_one.id).await.unwrap();
    assert_eq!(stored.last_login_at, Some(NOW), "being there is no login");
    let beside = belonging::native_to(&mut db.read().await.unwrap(), &user.id, &one.id).await.unwrap();
    assert_eq!(beside.map(|(id, _)| id), Some(two.id));
}

async fn open_invitations_to_an_address_are_listed(db: Db) {
    let (one, two, three) =
        (Org::found(&db, "one").await, Org::found(&db, "two").await, Org::found(&db, "three").await);
    let address = email("grace@x.example");
    let (open, _) = one.invite(&db, "grace@x.example").await.unwrap();
    let (late, _) = two.invite(&db, "grace@x.example").await.unwrap();
    raw(&db, &format!("UPDATE invitations SET expires_at = 1 WHERE membership_id = '{}'", late.id)).await;
    three.invite(&db, "grace@x.example").await.unwrap();
    raw(&db, &format!("UPDATE organizations SET archived_at = 1 WHERE id = '{}'", three.id)).await;
    one.invite(&db, "ida@x.example").await.unwrap();
    let listed = belonging::invited(&mut db.read().await.unwrap(), &address, NOW).await.unwrap();
    let [line] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!((&line.membership_id, line.org_name.as_str(), line.kind), (&open.id, "one", Kind::Standard));
    assert_eq!(line.invited_by, "Some Body");
    // Once declined it is gone, and the counters are right.
    let mut tx = db.write().await.unwrap();
    assert!(memberships::delete_declined(&mut tx, &open, &email("eve@x.example")).await.is_err());
    memberships::delete_declined(&mut tx, &open, &address).await.unwrap();
    tx.commit().await.unwrap();
    assert_counters_are_true(&db, &one).await;
    assert!(one.person(&db, &open.id).await.is_none());
    let member = one.member(&db, "ada@x.example", Role::Member).await;
    let mut tx = db.write().await.unwrap();
    assert!(memberships::delete_declined(&mut tx, &member, &member.email).await.is_err(), "who has joined stays");
}

async fn an_external_comes_from_where_they_are_native(db: Db) {
    let (home, host) = (Org::found(&db, "agency").await, Org::found(&db, "shop").await);
    let user = account(&db, "ada@agency.example").await;
    let native = joined(&db, &home, &user, active("ada@agency.example", "Ada King")).await;
    let there = guest(&db, &host, &user).await;
    assert_eq!(there.kind, Kind::External);
    assert_counted_by_class(&db, &host, Kind::External).await;
    let from = async |db: &Db| profile(db, &host, &there.id).await.unwrap().home;
    assert_eq!(from(&db).await.as_ref().map(OrgName::as_str), Some("agency"));
    // The list says the same, and the Owner comes from nowhere else.
    let query = PeopleQuery { tab: Tab::External, ..PeopleQuery::default() };
    let mut conn = db.read().await.unwrap();
    let sizes = people::sizes(&mut conn, &host.id, &query, &[], NOW).await.unwrap();
    let page = people::page(&mut conn, &host.id, &query, &[], &sizes, NOW).await.unwrap();
    let homes: Vec<_> = page.rows.iter().map(|row| row.home.as_ref().map(OrgName::as_str)).collect();
    assert_eq!(homes, [Some("agency")]);
    drop(conn);
    // Who has left home comes from nowhere any more, and is no guest of its list.
    let permit = decide(&home.actor(), Action::ViewGuests, None).unwrap();
    let (guests, _) = belonging::guests(&mut db.read().await.unwrap(), &permit, None, NOW).await.unwrap();
    assert_eq!(
        guests.iter().map(|g| (&g.membership_id, g.org_name.as_str())).collect::<Vec<_>>(),
        [(&native.id, "shop")]
    );
    let mut tx = db.write().await.unwrap();
    let leaves = home.may(Action::RevokeMembership, &native);
    memberships::delete(&mut tx, &leaves, &native).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(from(&db).await, None);
    let (guests, _) = belonging::guests(&mut db.read().await.unwrap(), &permit, None, NOW).await.unwrap();
    assert!(guests.is_empty());
}

async fn guests_are_read_page_by_page(db: Db) {
    let (home, host) = (Org::found(&db, "agency").await, Org::found(&db, "shop").await);
    let other = Org::found(&db, "other").await;
    for n in 0..GUESTS_PAGE + 3 {
        let user = account(&db, &format!("p{n:03}@agency.example")).await;
        joined(&db, &home, &user, active("x@x.example", "Same Name")).await;
        guest(&db, &host, &user).await;
    }
    let stranger = account(&db, "stranger@other.example").await;
    joined(&db, &other, &stranger, active("x@x.example", "Same Name")).await;
    guest(&db, &host, &stranger).await;
    let permit = decide(&home.actor(), Action::ViewGuests, None).unwrap();
    let mut conn = db.read().await.unwrap();
    let (first, next) = belonging::guests(&mut conn, &permit, None, NOW).await.unwrap();
    let (second, end) = belonging::guests(&mut conn, &permit, next.as_ref(), NOW).await.unwrap();
    assert_eq!((first.len(), second.len(), end), (GUESTS_PAGE, 3, None));
    let mut seen: Vec<String> = first.into_iter().chain(second).map(|guest| guest.email.to_string()).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), GUESTS_PAGE + 3);
    assert!(seen.iter().all(|address| address.ends_with("@agency.example")));
}

async fn pending_externals_stand_on_their_list_where_the_policy_says_so(db: Db) {
    let org = Org::found(&db, "shop").await;
    let external = |address: &str| NewMembership { kind: Kind::External, ..invited(address) };
    let open = org.put_one(&db, external("open@x.example")).await;
    org.put_one(&db, NewMembership { open_until: Some(NOW.plus(-HOUR)), ..external("late@x.example") }).await;
    let there = NewMembership { kind: Kind::External, ..active("in@x.example", "Ingrid Inside") };
    let there = org.put_one(&db, there).await;
    org.put_one(&db, invited("member@x.example")).await;
    let query = PeopleQuery { tab: Tab::External, ..PeopleQuery::default() };
    let mut conn = db.read().await.unwrap();
    for (pending, expected) in
        [(PendingExternals::Apart, vec![&there.id]), (PendingExternals::Shown, vec![&there.id, &open.id])]
    {
        let sizes = people::sizes(&mut conn, &org.id, &query, &[], NOW).await.unwrap().listing(pending);
        assert_eq!(sizes.census.counts().of(Tab::External), expected.len() as u64);
        assert_eq!(sizes.census.counts().of(Tab::Invitations), 2);
        let page = people::page(&mut conn, &org.id, &query, &[], &sizes, NOW).await.unwrap();
        let ids: Vec<_> = page.rows.iter().map(|row| &row.target.membership_id).collect();
        assert_eq!(ids, expected, "{pending:?}");
    }
}

async fn details_and_archive_are_those_of_the_permits_organization(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let permit = decide(&ours.actor(), Action::EditOrganization, None).unwrap();
    let details = OrgDetails {
        version: 3,
        address: "1 Main St\nSpringfield".to_owned(),
        contact_email: Some(email("ada@x.example")),
        ..OrgDetails::default()
    };
    let name = OrgName::parse("Ours & Sons").unwrap();
    let mut tx = db.write().await.unwrap();
    organizations::set_details(&mut tx, &permit, (&name, OrgKind::Partner), &details).await.unwrap();
    let archives = decide(&ours.actor(), Action::ArchiveOrganization, None).unwrap();
    organizations::set_archived(&mut tx, &archives, Some(NOW.plus(DAY))).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let found = organizations::by_id(&mut conn, &ours.id).await.unwrap().unwrap();
    assert_eq!((found.name, found.kind, found.archived_at), (name, OrgKind::Partner, Some(NOW.plus(DAY))));
    assert_eq!(organizations::details(&mut conn, &ours.id).await.unwrap(), Some((details, NOW)));
    let other = organizations::by_id(&mut conn, &theirs.id).await.unwrap().unwrap();
    assert_eq!((other.name.as_str(), other.kind, other.archived_at), ("theirs", OrgKind::Customer, None));
    assert_eq!(organizations::details(&mut conn, &theirs.id).await.unwrap().unwrap().0, OrgDetails::default());
    // It is told wherever the organization is.
    let owner = user_of(&ours.owner);
    let listed = belonging::of_user(&mut conn, &owner, NOW).await.unwrap();
    assert!(listed[0].org.is_archived && listed[0].org.is_open() && !listed[0].org.is_in_use());
    let person = memberships::by_user(&mut conn, &ours.id, &owner).await.unwrap().unwrap();
    let org = organizations::by_id(&mut conn, &ours.id).await.unwrap().unwrap();
    assert!(person.actor(&org, NOW).unwrap().archived);
}

async fn another_kind_is_found_and_counted_as_such(db: Db) {
    let org = Org::found(&db, "shop").await;
    let person = org.put_one(&db, invited("grace@x.example")).await;
    let mut tx = db.write().await.unwrap();
    memberships::set_kind(&mut tx, &org.may_invite(), &person, Kind::External).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(org.person(&db, &person.id).await.unwrap().kind, Kind::External);
    for kind in [Kind::Standard, Kind::External] {
        assert_counted_by_class(&db, &org, kind).await;
    }
    let member =
        org.put_one(&db, NewMembership { status: Status::Active, ..active("ada@x.example", "Ada King") }).await;
    let mut tx = db.write().await.unwrap();
    let refused = memberships::set_kind(&mut tx, &org.may_invite(), &member, Kind::External).await;
    assert!(refused.is_err(), "who has joined stays what they are: {}", member.id.as_str());
}

on_both_engines! {
    the_last_used_comes_first,
    open_invitations_to_an_address_are_listed,
    an_external_comes_from_where_they_are_native,
    guests_are_read_page_by_page,
    pending_externals_stand_on_their_list_where_the_policy_says_so,
    details_and_archive_are_those_of_the_permits_organization,
    another_kind_is_found_and_counted_as_such,
}
