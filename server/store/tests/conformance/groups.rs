//! Groups, who is in them, and what comes to somebody through them.

use model::{
    Action, CustomRole, Grant, GroupGives, GroupGrants, Kind, MembershipId, Permission, PermissionSet, Permit, Role,
    RoleChoice, Timestamp,
    custom_role::{RoleName, vary},
    decide,
    group::{Group, GroupName, GroupRole, ParentGroup},
    people::{Cursor, Filters, From, PageSize, PeopleQuery, Sort, SortBy},
    text,
    time::DAY,
};
use store::{
    Db, StoreError, custom_roles, groups,
    memberships::{self, Membership, NewMembership},
    people,
    sessions::{self, Liveness, NewSession},
};

use crate::support::{NOW, Org, active, fresh, name, profile, raw, token, user_of};

fn base(role: Role) -> GroupRole {
    GroupRole { choice: role.into(), label: role.label().to_owned(), grant: role.into() }
}

fn group(name: &str, role: Option<GroupRole>) -> Group {
    Group {
        id: fresh(),
        name: GroupName::parse(name).unwrap(),
        description: String::new(),
        parent: None,
        role,
        subgroups: 0,
        people: 0,
        connections: false,
    }
}

fn under(parent: &Group, group: Group) -> Group {
    Group { parent: Some(ParentGroup { group: parent.named(), role: parent.role.clone() }), ..group }
}

fn less(base: Role, withheld: &[Permission]) -> CustomRole {
    let grant = vary(base, PermissionSet::of(withheld)).unwrap();
    CustomRole { id: fresh(), name: RoleName::parse("Help desk").unwrap(), grant, people: 0, groups: 0 }
}

fn giving(role: &CustomRole) -> GroupRole {
    GroupRole { choice: RoleChoice::Custom(role.id.clone()), label: role.name.as_str().to_owned(), grant: role.grant }
}

fn may_define(org: &Org) -> Permit {
    decide(&org.actor(), Action::DefineGroup(GroupGives::default()), None).unwrap()
}

async fn make(db: &Db, org: &Org, group: &Group) -> Result<(), StoreError> {
    let mut tx = db.write().await.unwrap();
    groups::insert(&mut tx, &may_define(org), group, NOW).await?;
    tx.commit().await
}

async fn make_role(db: &Db, org: &Org, role: &CustomRole) {
    let permit = decide(&org.actor(), Action::DefineRole(role.grant), None).unwrap();
    let mut tx = db.write().await.unwrap();
    custom_roles::insert(&mut tx, &permit, role, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

async fn put(db: &Db, org: &Org, group: &Group, person: &Membership) -> bool {
    let permit = org.may(Action::JoinGroup(group.gives()), person);
    let mut tx = db.write().await.unwrap();
    let added = groups::add(&mut tx, &permit, group, person).await.unwrap();
    tx.commit().await.unwrap();
    added
}

async fn take(db: &Db, org: &Org, group: &Group, person: &Membership) -> bool {
    let permit = org.may(Action::LeaveGroup(group.gives()), person);
    let mut tx = db.write().await.unwrap();
    let removed = groups::remove(&mut tx, &permit, group).await.unwrap();
    tx.commit().await.unwrap();
    removed
}

async fn change(db: &Db, org: &Org, group: &Group) {
    let mut tx = db.write().await.unwrap();
    groups::update(&mut tx, &may_define(org), group).await.unwrap();
    tx.commit().await.unwrap();
}

async fn all(db: &Db, org: &Org) -> Vec<Group> {
    groups::of_organization(&mut db.read().await.unwrap(), &org.id).await.unwrap()
}

async fn through(db: &Db, org: &Org, person: &Membership) -> GroupGrants {
    org.person(db, &person.id).await.unwrap().through_groups
}

fn comes_to(grants: &[Grant]) -> GroupGrants {
    GroupGrants::of(grants.iter().copied(), Kind::Standard)
}

async fn nobody_is_written_anew_where_nothing_comes_to_them(db: Db) {
    let org = Org::found(&db, "one").await;
    let ada = org.member(&db, "ada@x.example", Role::Member).await;
    let desk = less(Role::Admin, &[Permission::ViewAudit]);
    make_role(&db, &org, &desk).await;
    let support = group("Support", Some(giving(&desk)));
    make(&db, &org, &support).await.unwrap();
    assert!(put(&db, &org, &support, &ada).await);
    assert_eq!(groups::count(&mut db.read().await.unwrap(), &org.id).await.unwrap(), 1);
    assert_eq!(custom_roles::count(&mut db.read().await.unwrap(), &org.id).await.unwrap(), 1);
    // Whoever is written anew loses this mark.
    raw(&db, "UPDATE memberships SET through_groups = 'viewer:' WHERE through_groups <> ''").await;
    let marked = comes_to(&[Role::Viewer.into()]);
    let support = Group { description: "Who answers".to_owned(), name: GroupName::parse("Help").unwrap(), ..support };
    change(&db, &org, &support).await;
    assert_eq!(through(&db, &org, &ada).await, marked, "a description");
    let change_role = async |role: &CustomRole| {
        let permit = decide(&org.actor(), Action::DefineRole(role.grant), None).unwrap();
        let mut tx = db.write().await.unwrap();
        custom_roles::update(&mut tx, &permit, role).await.unwrap();
        tx.commit().await.unwrap();
    };
    let desk = CustomRole { name: RoleName::parse("Desk").unwrap(), ..desk };
    change_role(&desk).await;
    assert_eq!(through(&db, &org, &ada).await, marked, "another name");
    let grant = vary(Role::Admin, PermissionSet::of(&[Permission::RemovePeople])).unwrap();
    change_role(&CustomRole { grant, ..desk }).await;
    assert_eq!(through(&db, &org, &ada).await, comes_to(&[grant]));
    change(&db, &org, &Group { role: None, ..support }).await;
    assert_eq!(through(&db, &org, &ada).await, GroupGrants::default());
}

async fn what_comes_through_groups_stands_beside_the_person(db: Db) {
    let org = Org::found(&db, "one").await;
    let ada = org.member(&db, "ada@x.example", Role::Member).await;
    let bob = org.put_one(&db, active("bob@x.example", "Bob Ray")).await;
    let desk = less(Role::Admin, &[Permission::ViewAudit, Permission::EditPolicies]);
    make_role(&db, &org, &desk).await;
    let company = group("Company", Some(base(Role::Viewer)));
    let support = under(&company, group("Support", Some(giving(&desk))));
    let chess = group("Chess", None);
    for group in [&company, &support, &chess] {
        make(&db, &org, group).await.unwrap();
    }
    assert_eq!(through(&db, &org, &ada).await, GroupGrants::default());
    assert!(put(&db, &org, &chess, &ada).await);
    assert_eq!(through(&db, &org, &ada).await, GroupGrants::default());
    assert!(put(&db, &org, &support, &ada).await);
    assert!(!put(&db, &org, &support, &ada).await, "twice is once");
    assert!(put(&db, &org, &company, &bob).await);
    assert_eq!(through(&db, &org, &ada).await, comes_to(&[desk.grant, Role::Viewer.into()]));
    assert_eq!(through(&db, &org, &bob).await, comes_to(&[Role::Viewer.into()]));

    // The list says so too, and a session knows it without another question.
    let listed = all(&db, &org).await;
    let told: Vec<_> = listed.iter().map(|group| (group.name.as_str(), group.people, group.subgroups)).collect();
    assert_eq!(told, [("Chess", 1, 0), ("Company", 1, 1), ("Support", 1, 0)]);
    assert_eq!(listed[2], Group { people: 1, ..support.clone() });
    let roles = custom_roles::of_organization(&mut db.read().await.unwrap(), &org.id).await.unwrap();
    assert_eq!((roles[0].people, roles[0].groups, roles[0].is_unused()), (0, 1, false));
    let session = NewSession {
        id: fresh(),
        token_hash: token(),
        user_id: user_of(&ada),
        at: NOW,
        expires_at: NOW.plus(DAY),
        user_agent: String::new(),
        address: String::new(),
    };
    let mut tx = db.write().await.unwrap();
    sessions::insert(&mut tx, &session).await.unwrap();
    tx.commit().await.unwrap();
    let alive = Liveness { now: NOW, seen_since: NOW.plus(-DAY) };
    let mut conn = db.read().await.unwrap();
    let signed = sessions::by_token(&mut conn, &session.token_hash, Some(&org.slug), alive).await.unwrap().unwrap();
    let actor = signed.viewer.unwrap().actor;
    assert_eq!(actor.through_groups, comes_to(&[desk.grant, Role::Viewer.into()]));
    assert!(actor.permissions().has(Permission::RemovePeople) && !actor.permissions().has(Permission::ViewAudit));
    let of: Vec<_> = profile(&db, &org, &ada.id)
        .await
        .unwrap()
        .groups
        .into_iter()
        .map(|of| (of.group.name.as_str().to_owned(), of.via.map(|via| via.name.as_str().to_owned()), of.role))
        .collect();
    let told = |name: &str, via: Option<&str>, role| (name.to_owned(), via.map(str::to_owned), role);
    assert_eq!(
        of,
        [
            told("Chess", None, None),
            told("Company", Some("Support"), Some(base(Role::Viewer))),
            told("Support", None, Some(giving(&desk))),
        ]
    );
    drop(conn);

    assert!(take(&db, &org, &support, &ada).await);
    assert!(!take(&db, &org, &support, &ada).await);
    assert_eq!(through(&db, &org, &ada).await, GroupGrants::default());
}

async fn a_change_of_a_group_is_one_of_everybody_in_it(db: Db) {
    let org = Org::found(&db, "one").await;
    let ada = org.put_one(&db, active("ada@x.example", "Ada King")).await;
    let bob = org.put_one(&db, active("bob@x.example", "Bob Ray")).await;
    let company = group("Company", None);
    let support = group("Support", Some(base(Role::Viewer)));
    for group in [&company, &support] {
        make(&db, &org, group).await.unwrap();
    }
    put(&db, &org, &company, &ada).await;
    put(&db, &org, &support, &bob).await;
    let both = async || (through(&db, &org, &ada).await, through(&db, &org, &bob).await);

    // It comes to stand under the other one, which gives something then.
    change(&db, &org, &under(&company, support.clone())).await;
    assert_eq!(both().await, (comes_to(&[]), comes_to(&[Role::Viewer.into()])));
    let company = Group { role: Some(base(Role::Admin)), ..company };
    change(&db, &org, &company).await;
    assert_eq!(both().await, (comes_to(&[Role::Admin.into()]), comes_to(&[Role::Admin.into(), Role::Viewer.into()])));

    // Deleted, it leaves nothing, and the other one stands alone.
    let mut tx = db.write().await.unwrap();
    groups::delete(&mut tx, &may_define(&org), &company).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(both().await, (comes_to(&[]), comes_to(&[Role::Viewer.into()])));
    assert_eq!(all(&db, &org).await, [Group { people: 1, ..support }]);
}

async fn a_custom_role_changes_for_whom_a_group_gives_it(db: Db) {
    let org = Org::found(&db, "one").await;
    let ada = org.put_one(&db, active("ada@x.example", "Ada King")).await;
    let bob = org.put_one(&db, active("bob@x.example", "Bob Ray")).await;
    let desk = less(Role::Admin, &[Permission::ViewAudit]);
    make_role(&db, &org, &desk).await;
    let company = group("Company", Some(giving(&desk)));
    let support = under(&company, group("Support", None));
    for group in [&company, &support] {
        make(&db, &org, group).await.unwrap();
    }
    put(&db, &org, &company, &ada).await;
    put(&db, &org, &support, &bob).await;
    let permit = decide(&org.actor(), Action::DefineRole(desk.grant), None).unwrap();
    let changed = CustomRole { id: desk.id.clone(), ..less(Role::Admin, &[Permission::RemovePeople]) };
    let mut tx = db.write().await.unwrap();
    custom_roles::update(&mut tx, &permit, &changed).await.unwrap();
    tx.commit().await.unwrap();
    for person in [&ada, &bob] {
        assert_eq!(through(&db, &org, person).await, comes_to(&[changed.grant]));
    }
    let mut tx = db.write().await.unwrap();
    custom_roles::delete(&mut tx, &permit, &changed, None).await.unwrap();
    tx.commit().await.unwrap();
    for person in [&ada, &bob] {
        assert_eq!(through(&db, &org, person).await, comes_to(&[Role::Admin.into()]));
    }
    assert_eq!(all(&db, &org).await[0].role, Some(base(Role::Admin)));
}

async fn a_name_is_had_once_in_an_organization(db: Db) {
    let (one, two) = (Org::found(&db, "one").await, Org::found(&db, "two").await);
    make(&db, &one, &group("Help desk", None)).await.unwrap();
    let twin = group("HELP DESK", None);
    assert!(matches!(make(&db, &one, &twin).await, Err(StoreError::Taken)));
    make(&db, &two, &twin).await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert!(groups::by_id(&mut conn, &one.id, &twin.id).await.unwrap().is_none(), "of another organization");
    assert!(groups::by_id(&mut conn, &two.id, &twin.id).await.unwrap().is_some());
}

/// Ids of a page of a group, and so on to its end.
async fn paged(db: &Db, org: &Org, group: &Group, limit: usize) -> Vec<MembershipId> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let mut conn = db.read().await.unwrap();
        let page = groups::people(&mut conn, (&org.id, &group.id), after.as_ref(), limit, NOW).await.unwrap();
        let Some(last) = page.last() else { return found };
        after = Some(Cursor { key: last.sort_key(SortBy::Name), id: last.target.membership_id.clone(), second: false });
        found.extend(page.into_iter().map(|row| row.target.membership_id));
    }
}

async fn people_of_a_group_are_listed_by_name_and_gone_with_their_membership(db: Db) {
    let org = Org::found(&db, "one").await;
    let staff = group("Staff", Some(base(Role::Viewer)));
    make(&db, &org, &staff).await.unwrap();
    let mut ids = Vec::new();
    for full in ["Cleo Wu", "Ada King", "Bob Ray", "Bob Ray"] {
        let person = org.put_one(&db, active(&format!("p{}@x.example", ids.len()), full)).await;
        put(&db, &org, &staff, &person).await;
        ids.push(person.id);
    }
    let bobs = if ids[2] < ids[3] { [&ids[2], &ids[3]] } else { [&ids[3], &ids[2]] };
    let expected = [&ids[1], bobs[0], bobs[1], &ids[0]].map(Clone::clone);
    for limit in [1, 2, 10] {
        assert_eq!(paged(&db, &org, &staff, limit).await, expected, "{limit}");
    }
    // By another name somebody stands elsewhere.
    let ada = org.person(&db, &ids[1]).await.unwrap();
    let mut tx = db.write().await.unwrap();
    memberships::set_details(&mut tx, &org.may(Action::Edit, &ada), &name("Zoe King"), &ada.email).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(paged(&db, &org, &staff, 10).await.last(), Some(&ids[1]));
    let ada = org.person(&db, &ids[1]).await.unwrap();
    let mut tx = db.write().await.unwrap();
    memberships::delete(&mut tx, &org.may(Action::Delete, &ada), &ada).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((paged(&db, &org, &staff, 10).await.len(), all(&db, &org).await[0].people), (3, 3));
    let mut conn = db.read().await.unwrap();
    let inside = groups::among(&mut conn, &staff.id, &ids).await.unwrap();
    assert_eq!(inside.len(), 3);
    assert!(groups::reaches(&mut conn, &staff.id, &ids[0]).await.unwrap());
    assert!(!groups::reaches(&mut conn, &staff.id, &org.owner.id).await.unwrap());
}

/// The names of who is found, page after page.
async fn grid(db: &Db, org: &Org, query: &PeopleQuery, members: i64) -> (Vec<String>, Option<u64>) {
    let words = text::search_words(&query.q);
    let (mut found, mut query, mut matches) = (Vec::new(), query.clone(), None);
    loop {
        let mut conn = db.read().await.unwrap();
        let mut sizes = people::sizes(&mut conn, &org.id, &query, &words, NOW).await.unwrap();
        if members > 0 {
            sizes.members = members;
        }
        let page = people::page(&mut conn, &org.id, &query, &words, &sizes, NOW).await.unwrap();
        matches = matches.or(page.matches);
        found.extend(page.rows.iter().map(model::people::PersonRow::display_name));
        let Some(next) = page.behind(query.sort) else { return (found, matches) };
        query.from = From::After(next);
    }
}

async fn the_grid_is_narrowed_down_to_a_group_by_whatever_way(db: Db) {
    let (org, other) = (Org::found(&db, "one").await, Org::found(&db, "two").await);
    let staff = group("Staff", None);
    make(&db, &org, &staff).await.unwrap();
    make(&db, &org, &group("Empty", None)).await.unwrap();
    let people: Vec<NewMembership> = (0..140)
        .map(|i| NewMembership {
            role: if i % 3 == 0 { Role::Viewer } else { Role::Member },
            created_at: Timestamp::from_millis(NOW.millis() - i),
            ..active(&format!("p{i}@x.example"), &format!("Person N{i:03}"))
        })
        .collect();
    org.put(&db, &people).await;
    for person in people.iter().step_by(2) {
        let person = org.person(&db, &person.id).await.unwrap();
        put(&db, &org, &staff, &person).await;
    }
    let filters = Filters { group: Some(staff.id.clone()), ..Filters::default() };
    let names = |step: usize| (0..140).step_by(step).map(|i| format!("Person N{i:03}")).collect::<Vec<_>>();
    let query =
        |filters: &Filters| PeopleQuery { filters: filters.clone(), size: PageSize::P50, ..PeopleQuery::default() };
    // As it is; and as if there were very many, by the list of the group, or past everybody.
    for (members, sort) in [
        (0, Sort::Best),
        (0, Sort::Down(SortBy::Added)),
        (1_000_000, Sort::Best),
        (1_000_000, Sort::Down(SortBy::Added)),
        (1_000_000, Sort::Up(SortBy::Name)),
    ] {
        let asked = PeopleQuery { sort, ..query(&filters) };
        let (found, matches) = grid(&db, &org, &asked, members).await;
        assert_eq!(found, names(2), "{members} {sort:?}");
        assert!(matches.is_none_or(|n| n == 70), "{matches:?}");
        let viewers = Filters { roles: vec![Role::Viewer], ..filters.clone() };
        let (found, _) = grid(&db, &org, &PeopleQuery { sort, ..query(&viewers) }, members).await;
        assert_eq!(found, names(6), "{members} {sort:?}");
        let asked = PeopleQuery { q: "n01".to_owned(), ..asked };
        let expected = ["Person N010", "Person N012", "Person N014", "Person N016", "Person N018"];
        assert_eq!(grid(&db, &org, &asked, members).await.0, expected, "{members} {sort:?}");
    }
    assert_eq!(grid(&db, &org, &query(&filters), 0).await.1, Some(70));
    // Another organization has no such group, and nobody is in an empty one.
    assert_eq!(grid(&db, &other, &query(&filters), 0).await.0, [""; 0]);
    let mut conn = db.read().await.unwrap();
    let sizes = people::sizes(&mut conn, &org.id, &PeopleQuery::default(), &[], NOW).await.unwrap();
    let told: Vec<_> = sizes.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(told, ["Empty", "Staff"]);
}

on_both_engines!(
    what_comes_through_groups_stands_beside_the_person,
    nobody_is_written_anew_where_nothing_comes_to_them,
    a_change_of_a_group_is_one_of_everybody_in_it,
    a_custom_role_changes_for_whom_a_group_gives_it,
    a_name_is_had_once_in_an_organization,
    people_of_a_group_are_listed_by_name_and_gone_with_their_membership,
    the_grid_is_narrowed_down_to_a_group_by_whatever_way,
);
