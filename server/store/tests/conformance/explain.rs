//! What explaining access asks: among whom to look for who can, and what the log tells of access.

use model::{Kind, MembershipId, Role, Status, people::PersonRow};
use store::{
    Db,
    audit::{self, Event, Line},
    memberships::NewMembership,
    people::{self, Among},
};

use crate::{
    audit::event,
    support::{NOW, Org, active, fresh, raw},
};

fn look<'a>(roles: &'a [(Kind, Role)], after: Option<&'a model::people::Cursor>, limit: usize) -> Among<'a> {
    Among { roles, after, limit, now: NOW }
}

async fn found(db: &Db, org: &Org, look: Among<'_>) -> Vec<PersonRow> {
    people::holders(&mut db.read().await.unwrap(), &org.id, look).await.unwrap()
}

fn names(rows: &[PersonRow]) -> Vec<String> {
    rows.iter().map(PersonRow::display_name).collect()
}

on_both_engines! {
    who_may_hold_something_is_found_by_name_and_nobody_twice,
    nobody_of_another_organization_is_found,
    the_log_of_access_comes_the_oldest_first,
}

async fn who_may_hold_something_is_found_by_name_and_nobody_twice(db: Db) {
    let org = Org::found(&db, "one").await;
    for (address, name, role, kind) in [
        ("a@x.example", "Ada Zorn", Role::Admin, Kind::Standard),
        ("b@x.example", "Bob Young", Role::Member, Kind::Standard),
        ("c@x.example", "Cleo Xu", Role::Viewer, Kind::External),
        ("d@x.example", "Dora Xu", Role::Admin, Kind::External),
        ("e@x.example", "Eve Adams", Role::Admin, Kind::Standard),
    ] {
        let status = if name == "Eve Adams" { Status::Deactivated } else { Status::Active };
        org.put_one(&db, NewMembership { role, kind, status, ..active(address, name) }).await;
    }
    raw(&db, "UPDATE memberships SET through_groups = 'admin:' WHERE email IN ('a@x.example', 'b@x.example')").await;
    let roles = [(Kind::Standard, Role::Owner), (Kind::Standard, Role::Admin), (Kind::External, Role::Admin)];
    let all = found(&db, &org, look(&roles, None, 10)).await;
    // By the last name first, as in the lists; who is deactivated is the model's matter.
    assert_eq!(names(&all), ["Ada Zorn", "Bob Young", "Dora Xu", "Eve Adams", "Olive Owner"]);
    let first = found(&db, &org, look(&roles, None, 2)).await;
    let place = first[1].cursor(model::people::Sort::Up(model::people::SortBy::Name), None);
    assert_eq!(names(&found(&db, &org, look(&roles, Some(&place), 2)).await), ["Dora Xu", "Eve Adams"]);
    assert_eq!(names(&found(&db, &org, look(&[], None, 10)).await), ["Ada Zorn", "Bob Young"]);
}

async fn nobody_of_another_organization_is_found(db: Db) {
    let (org, other) = (Org::found(&db, "one").await, Org::found(&db, "two").await);
    other.put_one(&db, NewMembership { role: Role::Admin, ..active("a@x.example", "Ada Zorn") }).await;
    raw(&db, "UPDATE memberships SET through_groups = 'admin:'").await;
    let roles = [(Kind::Standard, Role::Owner), (Kind::Standard, Role::Admin)];
    let found = found(&db, &org, look(&roles, None, 10)).await;
    assert_eq!(found.into_iter().map(|row| row.target.membership_id).collect::<Vec<_>>(), [org.owner.id]);
}

async fn the_log_of_access_comes_the_oldest_first(db: Db) {
    let (org, other) = (Org::found(&db, "one").await, Org::found(&db, "two").await);
    let at = |ms, action, target: &MembershipId| Event {
        id: model::id::Id::fresh(NOW.plus(ms), [1; 10]),
        at: NOW.plus(ms),
        action,
        target_id: Some(target.to_string()),
        ..event(&org)
    };
    let somebody: MembershipId = fresh();
    let lines = [
        at(3, "membership.role_changed", &somebody),
        at(1, "group.joined", &somebody),
        at(2, "session.created", &somebody),
        at(4, "membership.role_changed", &fresh()),
        at(5, "ownership.taken", &somebody),
        at(6, "role.changed", &fresh()),
        at(7, "role.created", &fresh()),
        at(8, "organization.archived", &fresh()),
        Event { org_id: Some(other.id.clone()), ..at(9, "role.changed", &fresh()) },
        Event { org_id: Some(other.id.clone()), ..at(10, "group.joined", &somebody) },
    ];
    let mut tx = db.write().await.unwrap();
    audit::insert(&mut tx, &lines).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let told = |lines: Vec<Line>| lines.into_iter().map(|line| line.at.millis() - NOW.millis()).collect::<Vec<_>>();
    let of_person = audit::of_access(&mut conn, (&org.id, &somebody), 10).await.unwrap();
    assert_eq!(told(of_person), [1, 3, 5]);
    assert_eq!(told(audit::of_access(&mut conn, (&org.id, &somebody), 2).await.unwrap()), [1, 3]);
    let after = |ms| NOW.plus(ms);
    assert_eq!(told(audit::of_definitions(&mut conn, &org.id, after(0), 10).await.unwrap()), [6, 8]);
    assert_eq!(told(audit::of_definitions(&mut conn, &org.id, after(6), 10).await.unwrap()), [8]);
    assert_eq!(told(audit::of_definitions(&mut conn, &org.id, after(0), 1).await.unwrap()), [6]);
}
