//! Attributes of people: what holds for somebody by their own values and those of groups, kept in step with both, and the list
//! narrowed down by it.

use model::{
    Action, GroupGives, MembershipId, Permit, Role, Timestamp,
    attribute::{Attribute, AttributeKey, AttributeLabel, Audience, Count, Usage, ValueType, Values, Whence},
    decide,
    group::{Group, GroupName, ParentGroup},
    people::{AttributeFilter, Filters, From, Look, PageSize, PeopleQuery, PersonRow, Sort, SortBy},
    text,
};
use store::{
    Db, StoreError, attributes, groups,
    memberships::{self, Membership, NewMembership},
    people,
};

use crate::support::{Dice, NOW, Org, active, fresh, name, number, profile, text as told};

pub(crate) fn attribute(key: &str, value_type: ValueType, count: Count) -> Attribute {
    Attribute {
        id: fresh(),
        key: AttributeKey::parse(key).unwrap(),
        label: AttributeLabel::parse(&key.to_uppercase()).unwrap(),
        description: String::new(),
        value_type,
        options: Vec::new(),
        count,
        default: Values::default(),
        seen_by: Audience::Admins,
        edited_by: Audience::Admins,
    }
}

fn group(name: &str) -> Group {
    Group {
        id: fresh(),
        name: GroupName::parse(name).unwrap(),
        description: String::new(),
        parent: None,
        role: None,
        subgroups: 0,
        people: 0,
        connections: false,
    }
}

fn under(parent: &Group, group: &Group) -> Group {
    Group { parent: Some(ParentGroup { group: parent.named(), role: None }), ..group.clone() }
}

pub(crate) fn may_manage(org: &Org) -> Permit {
    decide(&org.actor(), Action::ManageAttributes, None).unwrap()
}

fn may_define(org: &Org) -> Permit {
    decide(&org.actor(), Action::DefineGroup(GroupGives::default()), None).unwrap()
}

async fn define(db: &Db, org: &Org, of: &Attribute) -> Result<(), StoreError> {
    let mut tx = db.write().await.unwrap();
    attributes::insert(&mut tx, &may_manage(org), of, NOW).await?;
    tx.commit().await
}

async fn make(db: &Db, org: &Org, group: &Group) {
    let mut tx = db.write().await.unwrap();
    groups::insert(&mut tx, &may_define(org), group, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

async fn change(db: &Db, org: &Org, group: &Group) {
    let mut tx = db.write().await.unwrap();
    groups::update(&mut tx, &may_define(org), group).await.unwrap();
    tx.commit().await.unwrap();
}

async fn put(db: &Db, org: &Org, group: &Group, person: &Membership) {
    let mut tx = db.write().await.unwrap();
    groups::add(&mut tx, &org.may(Action::JoinGroup(group.gives()), person), group, person).await.unwrap();
    tx.commit().await.unwrap();
}

async fn take(db: &Db, org: &Org, group: &Group, person: &Membership) {
    let mut tx = db.write().await.unwrap();
    groups::remove(&mut tx, &org.may(Action::LeaveGroup(group.gives()), person), group).await.unwrap();
    tx.commit().await.unwrap();
}

async fn give(db: &Db, org: &Org, of: &Attribute, person: &Membership, values: &[&str]) {
    let mut tx = db.write().await.unwrap();
    let permit = org.may(Action::SetAttributes, person);
    attributes::set_of_person(&mut tx, &permit, of, &of.parse(values).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn say(db: &Db, org: &Org, of: &Attribute, group: &Group, values: &[&str]) {
    let mut tx = db.write().await.unwrap();
    let values = of.parse(values).unwrap();
    attributes::set_of_group(&mut tx, &may_manage(org), &group.id, of, &values).await.unwrap();
    tx.commit().await.unwrap();
}

/// What holds for somebody, as the profile explains it: `EMEA – own value`.
async fn holds(db: &Db, org: &Org, of: &Attribute, person: &MembershipId) -> String {
    let all = profile(db, org, person).await.unwrap().attributes;
    let found = all.into_iter().find(|one| one.attribute.id == of.id).unwrap();
    format!("{} – {}", found.effective.values.lines().replace('\n', "+"), found.effective.whence.in_words())
}

/// What the index says of somebody, in the order of terms.
async fn indexed(db: &Db, of: &Attribute, person: &MembershipId) -> Vec<String> {
    let sql = format!(
        "SELECT COALESCE(string_agg(hits.value, '+'), '') FROM (SELECT t.value FROM attribute_terms t \
         WHERE t.attribute_id = '{}' AND t.membership_id = '{person}' ORDER BY t.term) AS hits",
        of.id
    );
    let text = told(db, &sql).await.unwrap_or_default();
    text.split('+').filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

async fn the_nearest_value_holds_and_is_explained(db: Db) {
    let org = Org::found(&db, "one").await;
    let ada = org.put_one(&db, active("ada@x.example", "Ada King")).await;
    let plain = attribute("region", ValueType::Text, Count::One);
    let region = Attribute { default: plain.parse(&["everywhere"]).unwrap(), ..plain };
    let skills = attribute("skills", ValueType::Text, Count::Many);
    for of in [&region, &skills] {
        define(&db, &org, of).await.unwrap();
    }
    let company = group("Company");
    make(&db, &org, &company).await;
    let (sales, books) = (under(&company, &group("Sales")), group("Books"));
    for group in [&sales, &books] {
        make(&db, &org, group).await;
    }
    assert_eq!(holds(&db, &org, &region, &ada.id).await, "everywhere – default");
    assert_eq!(holds(&db, &org, &skills, &ada.id).await, " – no value");
    say(&db, &org, &region, &company, &["World"]).await;
    assert_eq!(holds(&db, &org, &region, &ada.id).await, "everywhere – default");
    put(&db, &org, &sales, &ada).await;
    assert_eq!(holds(&db, &org, &region, &ada.id).await, "World – through Company, of which Sales is a part");
    say(&db, &org, &region, &sales, &["West"]).await;
    put(&db, &org, &books, &ada).await;
    assert_eq!(holds(&db, &org, &region, &ada.id).await, "West – through Sales");
    say(&db, &org, &region, &books, &["North"]).await;
    assert_eq!(holds(&db, &org, &region, &ada.id).await, "North – through Books");
    // By another name another group comes first.
    let books = Group { name: GroupName::parse("Tales").unwrap(), ..books };
    change(&db, &org, &books).await;
    assert_eq!(holds(&db, &org, &region, &ada.id).await, "West – through Sales");
    assert_eq!(indexed(&db, &region, &ada.id).await, ["West"]);
    give(&db, &org, &region, &ada, &["mine"]).await;
    assert_eq!(holds(&db, &org, &region, &ada.id).await, "mine – own value");
    give(&db, &org, &region, &ada, &[]).await;
    assert_eq!(holds(&db, &org, &region, &ada.id).await, "West – through Sales");

    say(&db, &org, &skills, &sales, &["Talking", "writing"]).await;
    say(&db, &org, &skills, &books, &["Writing", "reading"]).await;
    assert_eq!(holds(&db, &org, &skills, &ada.id).await, "reading+Talking+writing – through Sales; Tales");
    assert_eq!(indexed(&db, &skills, &ada.id).await, ["reading", "Talking", "writing"]);
    let mut tx = db.write().await.unwrap();
    groups::delete(&mut tx, &may_define(&org), &sales).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(holds(&db, &org, &skills, &ada.id).await, "reading+Writing – through Tales");
    assert_eq!(holds(&db, &org, &region, &ada.id).await, "North – through Tales");
    // Who goes leaves nothing.
    let ada = org.person(&db, &ada.id).await.unwrap();
    let mut tx = db.write().await.unwrap();
    memberships::delete(&mut tx, &org.may(Action::Delete, &ada), &ada).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(number(&db, "SELECT count(*) FROM attribute_terms").await, 0);
}

/// However people and groups move, the index says what the model says.
async fn the_index_is_what_the_model_makes_of_it(db: Db) {
    let org = Org::found(&db, "one").await;
    let mut dice = Dice(11);
    let mut people = Vec::new();
    for n in 0..4 {
        people.push(org.put_one(&db, active(&format!("p{n}@x.example"), "A B")).await);
    }
    let all = [
        attribute("one", ValueType::Text, Count::One),
        attribute("many", ValueType::Text, Count::Many),
        attribute("number", ValueType::Number, Count::Many),
    ];
    for of in &all {
        define(&db, &org, of).await.unwrap();
    }
    for name in ["Apes", "Bees", "Cats", "Dogs"] {
        make(&db, &org, &group(name)).await;
    }
    for step in 0..120 {
        let listed = groups::of_organization(&mut db.read().await.unwrap(), &org.id).await.unwrap();
        let (person, of) = (&people[dice.roll(people.len())], &all[dice.roll(all.len())]);
        let one = &listed[dice.roll(listed.len())];
        let words = if of.value_type == ValueType::Number { ["1", "2", "03"] } else { ["x", "X", "y"] };
        let most = if of.is_many() { 3 } else { 1 };
        let values: Vec<&str> = (0..dice.roll(most + 1)).map(|_| words[dice.roll(3)]).collect();
        match dice.roll(8) {
            0 => give(&db, &org, of, person, &values).await,
            1 | 2 => say(&db, &org, of, one, &values).await,
            3 | 4 => put(&db, &org, one, person).await,
            5 => take(&db, &org, one, person).await,
            6 => {
                let name = format!("{}{step}", ["Ants", "Bats", "Cows", "Eels"][dice.roll(4)]);
                change(&db, &org, &Group { name: GroupName::parse(&name).unwrap(), ..one.clone() }).await;
            }
            _ => {
                let parent = &listed[dice.roll(listed.len())];
                if one.may_stand_under(parent).is_ok() {
                    change(&db, &org, &under(parent, one)).await;
                } else if one.parent.is_some() {
                    change(&db, &org, &Group { parent: None, ..one.clone() }).await;
                }
            }
        }
        for person in &people {
            for told in profile(&db, &org, &person.id).await.unwrap().attributes {
                let expected: Vec<String> = match told.effective.whence {
                    Whence::Own | Whence::Groups(_) => {
                        let mut values: Vec<String> = told.effective.values.iter().map(str::to_owned).collect();
                        values.sort_by_key(|value| told.attribute.term(value));
                        values
                    }
                    Whence::Default | Whence::Nothing => Vec::new(),
                };
                let found = indexed(&db, &told.attribute, &person.id).await;
                assert_eq!(found, expected, "after {step}: {told:?}");
            }
        }
    }
    // As a bundle makes it anew.
    let before = told(&db, "SELECT count(*) || '' FROM attribute_terms").await;
    assert_ne!(before.as_deref(), Some("0"));
}

async fn definitions_are_kept_as_they_are_and_counted(db: Db) {
    let (org, other) = (Org::found(&db, "one").await, Org::found(&db, "two").await);
    let plain = Attribute {
        options: vec!["EMEA".into(), "North America".into()],
        description: "Where\nsomebody sells".into(),
        seen_by: Audience::Person,
        ..attribute("region", ValueType::List, Count::Many)
    };
    let region = Attribute { default: plain.parse(&["EMEA", "north america"]).unwrap(), ..plain };
    define(&db, &org, &region).await.unwrap();
    let listed = async |org: &Org| attributes::of_organization(&mut db.read().await.unwrap(), &org.id).await.unwrap();
    assert_eq!(listed(&org).await, std::slice::from_ref(&region));
    assert_eq!(listed(&other).await, []);
    let twin = attribute("region", ValueType::Text, Count::One);
    assert!(matches!(define(&db, &org, &twin).await, Err(StoreError::Taken)));
    define(&db, &other, &twin).await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert!(attributes::by_id(&mut conn, &org.id, &twin.id).await.unwrap().is_none(), "of another organization");
    assert_eq!(attributes::count(&mut conn, &org.id).await.unwrap(), 1);
    drop(conn);
    let changed = Attribute {
        label: AttributeLabel::parse("Area").unwrap(),
        options: vec!["EMEA".into(), "APAC".into()],
        default: Values::default(),
        ..region.clone()
    };
    let mut tx = db.write().await.unwrap();
    attributes::update(&mut tx, &may_manage(&org), &changed).await.unwrap();
    assert!(attributes::update(&mut tx, &may_manage(&other), &changed).await.is_err(), "of another organization");
    drop(tx);
    let mut tx = db.write().await.unwrap();
    attributes::update(&mut tx, &may_manage(&org), &changed).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(listed(&org).await, std::slice::from_ref(&changed));

    let ada = org.put_one(&db, active("ada@x.example", "Ada King")).await;
    let staff = group("Staff");
    make(&db, &org, &staff).await;
    give(&db, &org, &changed, &ada, &["EMEA", "APAC"]).await;
    say(&db, &org, &changed, &staff, &["EMEA"]).await;
    let mut conn = db.read().await.unwrap();
    let used = Usage { people: 1, groups: 1 };
    assert_eq!(attributes::usages(&mut conn, &org.id).await.unwrap(), [(changed.id.clone(), used)]);
    for (value, expected) in [("emea", used), ("APAC", Usage { people: 1, groups: 0 }), ("LATAM", Usage::default())] {
        assert_eq!(attributes::usage_of_value(&mut conn, &changed, value).await.unwrap(), expected, "{value}");
    }
    let of_group = attributes::of_group(&mut conn, &org.id, &staff.id).await.unwrap();
    assert_eq!(of_group, [(changed.clone(), changed.parse(&["EMEA"]).unwrap())]);
    drop(conn);
    let mut tx = db.write().await.unwrap();
    assert!(attributes::delete(&mut tx, &may_manage(&other), &changed.id).await.is_err(), "of another organization");
    drop(tx);
    let mut tx = db.write().await.unwrap();
    attributes::delete(&mut tx, &may_manage(&org), &changed.id).await.unwrap();
    tx.commit().await.unwrap();
    for table in ["person_attributes", "group_attributes", "attribute_terms"] {
        assert_eq!(number(&db, &format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
    assert_eq!(listed(&org).await, []);
}

/// Who is found, page after page, each with what the columns show.
async fn grid(db: &Db, org: &Org, query: &PeopleQuery, people: i64) -> (Vec<(String, String)>, Option<u64>) {
    let words = text::search_words(&query.q);
    let (mut found, mut query, mut matches) = (Vec::new(), query.clone(), None);
    let cell = |row: &PersonRow| {
        let values: Vec<String> = row.attributes.iter().map(|(_, values)| values.lines().replace('\n', "+")).collect();
        (row.display_name(), values.join("|"))
    };
    loop {
        let mut conn = db.read().await.unwrap();
        let mut sizes = people::sizes(&mut conn, &org.id, &query, &words, NOW).await.unwrap();
        if people > 0 {
            sizes.values.iter_mut().filter(|n| **n > 0).for_each(|n| *n = people);
        }
        let page = people::page(&mut conn, &org.id, &query, &words, &sizes, NOW).await.unwrap();
        matches = matches.or(page.matches);
        found.extend(page.rows.iter().map(cell));
        let Some(next) = page.behind(query.sort) else { return (found, matches) };
        query.from = From::After(next);
    }
}

async fn the_grid_shows_attributes_and_is_narrowed_down_by_them_by_whatever_way(db: Db) {
    let (org, other) = (Org::found(&db, "one").await, Org::found(&db, "two").await);
    let plain = attribute("level", ValueType::Number, Count::One);
    let level = Attribute { default: plain.parse(&["1"]).unwrap(), ..plain };
    let skills = attribute("skills", ValueType::Text, Count::Many);
    for of in [&level, &skills] {
        define(&db, &org, of).await.unwrap();
    }
    let staff = group("Staff");
    make(&db, &org, &staff).await;
    say(&db, &org, &skills, &staff, &["Reading"]).await;
    let people: Vec<NewMembership> = (0..140)
        .map(|i| NewMembership {
            role: if i % 3 == 0 { Role::Viewer } else { Role::Member },
            created_at: Timestamp::from_millis(NOW.millis() - i),
            ..active(&format!("p{i}@x.example"), &format!("Person N{i:03}"))
        })
        .collect();
    org.put(&db, &people).await;
    for (i, person) in people.iter().enumerate() {
        let person = org.person(&db, &person.id).await.unwrap();
        if i % 2 == 0 {
            put(&db, &org, &staff, &person).await;
        }
        if i % 4 == 1 {
            give(&db, &org, &level, &person, &["2"]).await;
        }
        if i % 20 == 0 {
            give(&db, &org, &skills, &person, &["reading", "Straße, fast"]).await;
        }
    }
    let key = |of: &Attribute| of.key.clone();
    let by = |filters: &[(&Attribute, &str)]| {
        let attributes = filters.iter().map(|(of, value)| AttributeFilter::new(key(of), value).unwrap()).collect();
        Filters { attributes, ..Filters::default() }
    };
    let query = |filters: Filters| PeopleQuery { filters, size: PageSize::P50, ..PeopleQuery::default() };
    let names = |wanted: fn(usize) -> bool| {
        (0..140).filter(|i| wanted(*i)).map(|i| format!("Person N{i:03}")).collect::<Vec<_>>()
    };
    let sorts = [Sort::Best, Sort::Down(SortBy::Added), Sort::Up(SortBy::Name)];
    // As it is, and as if there were very many.
    for people in [0, 1_000_000] {
        for sort in sorts {
            let found = async |filters: Filters| {
                let (found, matches) = grid(&db, &org, &PeopleQuery { sort, ..query(filters) }, people).await;
                let found: Vec<String> = found.into_iter().map(|(name, _)| name).collect();
                assert!(matches.is_none_or(|n| n == found.len() as u64), "{matches:?} {}", found.len());
                found
            };
            let what = format!("{people} {sort:?}");
            assert_eq!(found(by(&[(&skills, "READING")])).await, names(|i| i % 2 == 0), "{what}");
            assert_eq!(found(by(&[(&skills, "strasse, FAST")])).await, names(|i| i % 20 == 0), "{what}");
            assert_eq!(found(by(&[(&level, "02.0")])).await, names(|i| i % 4 == 1), "{what}");
            let both = by(&[(&skills, "reading"), (&skills, "strasse, fast")]);
            assert_eq!(found(both).await.len(), 7, "{what}");
            assert_eq!(found(by(&[(&level, "2"), (&skills, "reading")])).await, [""; 0], "{what}");
            // Who has the default has it for want of another value.
            let by_default = found(by(&[(&level, "1")])).await;
            let others: Vec<String> = by_default.into_iter().filter(|name| name.starts_with("Person ")).collect();
            assert_eq!(others, names(|i| i % 4 != 1), "{what}");
            let by_both = found(by(&[(&level, "1"), (&skills, "reading")])).await;
            assert_eq!(by_both, names(|i| i % 2 == 0), "{what}");
            let viewers = Filters { roles: vec![Role::Viewer], ..by(&[(&skills, "reading")]) };
            assert_eq!(found(viewers).await, names(|i| i % 6 == 0), "{what}");
            let in_group = Filters { group: Some(staff.id.clone()), ..by(&[(&skills, "strasse, fast")]) };
            assert_eq!(found(in_group).await, names(|i| i % 20 == 0), "{what}");
            for nobody in [(&level, "3"), (&level, "many"), (&skills, "read")] {
                assert_eq!(found(by(&[nobody])).await, [""; 0], "{what} {nobody:?}");
            }
            let searched = PeopleQuery { sort, q: "n01".to_owned(), ..query(by(&[(&skills, "reading")])) };
            let names: Vec<String> = grid(&db, &org, &searched, people).await.0.into_iter().map(|of| of.0).collect();
            let expected = ["Person N010", "Person N012", "Person N014", "Person N016", "Person N018"];
            assert_eq!(names, expected, "{what}");
        }
    }
    assert_eq!(grid(&db, &org, &query(by(&[(&skills, "reading")])), 0).await.1, Some(70));
    // Another organization has no such attribute.
    assert_eq!(grid(&db, &other, &query(by(&[(&skills, "reading")])), 0).await.0, []);

    let look = Look { attributes: vec![key(&skills), key(&level)], ..Look::default() };
    let shown = PeopleQuery { look, q: "n02".to_owned(), ..query(Filters::default()) };
    let expected = [
        ("Person N020", "reading+Straße, fast|1"),
        ("Person N021", "2"),
        ("Person N022", "Reading|1"),
        ("Person N023", "1"),
    ];
    let expected = expected.map(|(name, values)| (name.to_owned(), values.to_owned()));
    assert_eq!(grid(&db, &org, &shown, 0).await.0[..4], expected);

    // By another name somebody stands elsewhere in the list of a value as well.
    let person = org.person(&db, &people[0].id).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let edit = org.may(Action::Edit, &person);
    memberships::set_details(&mut tx, &edit, &name("Zoe King"), &person.email).await.unwrap();
    tx.commit().await.unwrap();
    for people in [0, 1_000_000] {
        let found = grid(&db, &org, &query(by(&[(&skills, "reading")])), people).await.0;
        assert_eq!(found.last().map(|of| of.0.as_str()), Some("Zoe King"), "{people}");
    }
    let mut conn = db.read().await.unwrap();
    let sizes = people::sizes(&mut conn, &org.id, &PeopleQuery::default(), &[], NOW).await.unwrap();
    assert_eq!(sizes.attributes, [level, skills]);
}

on_both_engines!(
    the_nearest_value_holds_and_is_explained,
    the_index_is_what_the_model_makes_of_it,
    definitions_are_kept_as_they_are_and_counted,
    the_grid_shows_attributes_and_is_narrowed_down_by_them_by_whatever_way,
);
