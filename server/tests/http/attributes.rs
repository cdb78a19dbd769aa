//! Attributes (B39): defining them, values of people and of groups, which of them holds, and the list by them.

use model::{
    Role,
    activity::ActivityPage,
    attribute::{ListedAttribute, PersonAttribute},
    people::{AttributeFilter, Filters, Look, PeopleQuery},
};

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ORG, USERS, changed, invite},
    engines::{everything, raw},
    groups,
};

on_both_engines! {
    an_attribute_is_defined_changed_and_deleted,
    by_forms_alone_it_goes_all_the_way,
    what_is_wrong_stands_beside_the_field,
    values_contradict_no_definition,
    a_value_comes_from_the_person_a_group_or_the_default,
    values_of_every_type_are_read,
    what_is_left_to_the_person_is_theirs_to_change,
    members_see_their_own_and_externals_change_nothing,
    a_custom_role_takes_it_away,
    the_list_shows_attributes_and_is_narrowed_down_by_them,
    in_an_archived_organization_no_attribute_changes,
}

const ATTRIBUTES: &str = "/o/analytical-engines/attributes";
pub(crate) const REGION: [(&str, &str); 10] = [
    ("org", ORG),
    ("key", "region"),
    ("label", "Region"),
    ("description", "Where somebody sells"),
    ("value_type", "list"),
    ("options", "EMEA\nAPAC\nNorth America"),
    ("count", "one"),
    ("default", ""),
    ("seen_by", "admins"),
    ("edited_by", "admins"),
];

async fn all(by: &Browser) -> Vec<ListedAttribute> {
    by.call("/api/attributes/list", &[("org", ORG)]).await.expect(200).parsed()
}

/// Defines an attribute, and yields its id.
pub(crate) async fn defined(by: &Browser, form: &[(&str, &str)]) -> String {
    by.call("/api/attributes/create", form).await.expect(200);
    let key = form.iter().find(|(name, _)| *name == "key").unwrap().1;
    all(by).await.into_iter().find(|of| of.attribute.key.as_str() == key).unwrap().attribute.id.to_string()
}

/// One of one text, of these people's own.
fn text_of<'a>(key: &'a str, audience: &'a str) -> Vec<(&'a str, &'a str)> {
    [
        ("org", ORG),
        ("key", key),
        ("label", key),
        ("value_type", "text"),
        ("count", "one"),
        ("seen_by", audience),
        ("edited_by", audience),
    ]
    .to_vec()
}

pub(crate) async fn give(by: &Browser, person: &str, attribute: &str, value: &str) -> Answer {
    let form = [("org", ORG), ("id", person), ("attribute", attribute), ("value", value)];
    by.call("/api/attributes/set_of_person", &form).await
}

pub(crate) async fn say(by: &Browser, group: &str, attribute: &str, value: &str) -> Answer {
    let form = [("org", ORG), ("id", group), ("attribute", attribute), ("value", value)];
    by.call("/api/attributes/set_of_group", &form).await
}

async fn update(by: &Browser, id: &str, field: &str, value: &str) -> Answer {
    let form = changed(&REGION, "id", id);
    by.call("/api/attributes/update", &changed(&form, field, value)).await
}

async fn delete(by: &Browser, id: &str, confirm: &str) -> Answer {
    by.call("/api/attributes/delete", &[("org", ORG), ("id", id), ("confirm", confirm)]).await
}

fn in_words(of: &PersonAttribute) -> String {
    format!("{} – {}", of.effective.values.lines().replace('\n', "+"), of.effective.whence.in_words())
}

/// What holds for somebody: `EMEA – own value`.
async fn holds(by: &Browser, person: &str) -> Vec<String> {
    by.profile(ORG, person).await.attributes.iter().map(in_words).collect()
}

async fn an_attribute_is_defined_changed_and_deleted(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let page = ada.get(ATTRIBUTES).await.expect(200);
    assert!(page.says("No attributes yet") && page.body.contains("attributes/new"), "{}", page.body);
    let answer = ada.call("/api/attributes/create", &REGION).await.expect(200);
    assert!(answer.toast().starts_with("The attribute Region is there."), "{}", answer.toast());
    let listed = all(&ada).await;
    let id = listed[0].attribute.id.to_string();
    assert!(listed[0].usage.is_none() && listed[0].attribute.options.len() == 3);
    let page = ada.get(ATTRIBUTES).await.expect(200);
    assert!(page.says("Region") && page.says("Where somebody sells") && page.says("Values: nobody"), "{}", page.body);
    assert!(ada.get(&format!("{ATTRIBUTES}/{id}")).await.expect(200).says("Delete attribute"));

    update(&ada, &id, "label", "Area").await.expect(200);
    give(&ada, &grace.id, &id, "emea").await.expect(200);
    give(&ada, &grace.id, &id, "APAC").await.expect(200);
    give(&ada, &grace.id, &id, "").await.expect(200);
    give(&ada, &grace.id, &id, "EMEA").await.expect(200);
    let profile = ada.get(&format!("{USERS}/{}", grace.id)).await.expect(200);
    assert!(profile.says("Area") && profile.says("EMEA") && profile.says("own value"), "{}", profile.body);
    let wrong = delete(&ada, &id, "Region").await.expect(422);
    assert_eq!(wrong.wrong_fields(), ["confirm"]);
    assert!(ada.get(&format!("{ATTRIBUTES}/{id}?dialog=delete")).await.expect(200).says("1 person"));
    delete(&ada, &id, " region ").await.expect(200);
    delete(&ada, &id, "region").await.expect(404);
    assert!(all(&ada).await.is_empty() && holds(&ada, &grace.id).await.is_empty());
    let log: ActivityPage =
        ada.call("/api/people/activity", &[("org", ORG), ("id", &grace.id)]).await.expect(200).parsed();
    let lines: Vec<String> = log.lines.iter().map(model::activity::Activity::sentence).collect();
    for line in
        ["Ada Lovelace set Area of grace Doe to EMEA", "Ada Lovelace took the value of Area away from grace Doe"]
    {
        assert!(lines.contains(&line.to_owned()), "{lines:?}");
    }
    for (action, times) in
        [("attribute.created", 1), ("attribute.changed", 1), ("attribute.set", 4), ("attribute.deleted", 1)]
    {
        assert_eq!(app.count_of_audit(action).await, times, "{action}");
    }
}

async fn by_forms_alone_it_goes_all_the_way(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let new = format!("{ATTRIBUTES}/new?type=list");
    assert!(ada.get(&new).await.expect(200).says("Options"));
    let wrong = ada.submit(&new, "/api/attributes/create", &changed(&REGION, "key", "Région")).await.expect(422);
    assert!(wrong.says("Use lower-case letters") && wrong.says("Where somebody sells"), "{}", wrong.body);
    let many = changed(&REGION, "count", "many");
    assert_eq!(ada.submit(&new, "/api/attributes/create", &many).await.location(), ATTRIBUTES);
    let id = all(&ada).await[0].attribute.id.to_string();
    let here = format!("{USERS}/{}", grace.id);
    let dialog = format!("{here}?dialog=attribute-region");
    assert!(ada.get(&dialog).await.expect(200).says("North America"));
    let form = [("org", ORG), ("id", &*grace.id), ("attribute", &*id)];
    let with = |values: &[&'static str]| {
        let mut form = form.to_vec();
        form.extend(values.iter().map(|value| ("values[]", *value)));
        form
    };
    let wrong = ada.submit(&dialog, "/api/attributes/set_of_person", &with(&["LATAM"])).await.expect(422);
    assert!(wrong.says("“LATAM” is not among the options."), "{}", wrong.body);
    ada.submit(&dialog, "/api/attributes/set_of_person", &with(&["North America", "EMEA"])).await.expect(303);
    assert_eq!(holds(&ada, &grace.id).await, ["EMEA+North America – own value"]);
    // No box at all is nothing.
    ada.submit(&dialog, "/api/attributes/set_of_person", &form).await.expect(303);
    assert_eq!(holds(&ada, &grace.id).await, [" – no value"]);

    let staff = groups::made(&ada, "Staff", "", "").await;
    let of_group = format!("/o/{ORG}/groups/{staff}");
    assert!(ada.get(&of_group).await.expect(200).says("No value"));
    let dialog = format!("{of_group}?dialog=attribute-region");
    assert!(ada.get(&dialog).await.expect(200).says("North America"));
    let says = [("org", ORG), ("id", &*staff), ("attribute", &*id), ("values[]", "APAC")];
    ada.submit(&dialog, "/api/attributes/set_of_group", &says).await.expect(303);
    assert!(ada.get(&of_group).await.expect(200).says("APAC"));
    let edit = format!("{ATTRIBUTES}/{id}");
    let renamed = changed(&changed(&many, "id", &id), "label", "Area");
    assert_eq!(ada.submit(&edit, "/api/attributes/update", &renamed).await.location(), ATTRIBUTES);
    let gone = [("org", ORG), ("id", &*id), ("confirm", "region")];
    let answer = ada.submit(&format!("{edit}?dialog=delete"), "/api/attributes/delete", &gone).await;
    assert_eq!(answer.location(), ATTRIBUTES);
}

async fn what_is_wrong_stands_beside_the_field(app: TestApp) {
    let ada = app.set_up().await;
    defined(&ada, &changed(&REGION, "key", "taken")).await;
    let before = everything(app.db()).await;
    let long = "x".repeat(301);
    for (field, value, said) in [
        ("key", "", "Enter a key."),
        ("key", "1st", "Use lower-case letters"),
        ("key", "taken", "Another attribute here has this key."),
        ("label", " ", "Enter a name."),
        ("description", &long, "This is too long; use at most 300 characters."),
        ("value_type", "color", "Choose a type."),
        ("options", " ", "List at least one option"),
        ("options", "a,b", "contains a comma"),
        ("count", "", "Choose how many values there can be."),
        ("default", "LATAM", "is not among the options."),
        ("seen_by", "everybody", "Choose who sees it."),
        ("edited_by", "person", "Who changes a value has to see it."),
    ] {
        let answer = ada.call("/api/attributes/create", &changed(&REGION, field, value)).await.expect(422);
        assert_eq!(answer.wrong_fields(), [field], "{value}");
        assert!(answer.body.contains(said), "{}", answer.body);
    }
    let yes_no = changed(&changed(&REGION, "value_type", "yes_no"), "count", "many");
    assert_eq!(ada.call("/api/attributes/create", &yes_no).await.expect(422).wrong_fields(), ["count"]);
    assert_eq!(everything(app.db()).await, before);
    // There is an end to how many there can be.
    for n in 1..100 {
        let sql = format!(
            "INSERT INTO attributes (id, org_id, attribute_key, label, description, value_type, options, how_many, \
             default_value, seen_by, edited_by, created_at) SELECT 'att_{n:032}', id, 'a{n}', 'A', '', 'text', '', \
             'one', '', 'admins', 'admins', 0 FROM organizations"
        );
        raw(app.db(), &sql).await;
    }
    assert!(ada.call("/api/attributes/create", &REGION).await.expect(409).problem_text().contains("100 attributes"));
}

async fn values_contradict_no_definition(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let id = defined(&ada, &REGION).await;
    // As long as nobody has a value, everything but the key changes.
    update(&ada, &id, "count", "many").await.expect(200);
    update(&ada, &id, "value_type", "text").await.expect(200);
    update(&ada, &id, "key", "other").await.expect(200);
    assert_eq!(all(&ada).await[0].attribute.key.as_str(), "region");
    give(&ada, &grace.id, &id, "EMEA").await.expect(200);
    let staff = groups::made(&ada, "Staff", "", "").await;
    say(&ada, &staff, &id, "EMEA").await.expect(200);
    for (field, value, said) in [
        ("value_type", "text", "1 person and 1 group have a value already."),
        ("count", "many", "1 person and 1 group have a value already."),
        ("options", "APAC", "“EMEA” is in use: 1 person and 1 group have it."),
    ] {
        let answer = update(&ada, &id, field, value).await.expect(422);
        assert_eq!(answer.wrong_fields(), [field]);
        assert!(answer.body.contains(said), "{}", answer.body);
    }
    update(&ada, &id, "options", "EMEA\nLATAM").await.expect(200);
    assert_eq!(all(&ada).await[0].attribute.options, ["EMEA", "LATAM"]);
    let wrong = give(&ada, &grace.id, &id, "APAC").await.expect(422);
    assert_eq!(wrong.wrong_fields(), ["value"]);
}

async fn a_value_comes_from_the_person_a_group_or_the_default(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    // Somebody who is only invited has values already (B19).
    let ida = invite(&ada, "ida@engines.example", Role::Member).await;
    let id = defined(&ada, &changed(&REGION, "default", "North America")).await;
    let company = groups::made(&ada, "Company", "", "").await;
    let sales = groups::made(&ada, "Sales", &company, "").await;
    groups::add(&ada, &sales, &[&grace.id, &ida.id]).await.expect(200);
    assert_eq!(holds(&ada, &grace.id).await, ["North America – default"]);
    say(&ada, &company, &id, "APAC").await.expect(200);
    assert_eq!(holds(&ada, &grace.id).await, ["APAC – through Company, of which Sales is a part"]);
    say(&ada, &sales, &id, "EMEA").await.expect(200);
    assert_eq!(holds(&ada, &ida.id).await, ["EMEA – through Sales"]);
    give(&ada, &ida.id, &id, "North America").await.expect(200);
    assert_eq!(holds(&ada, &ida.id).await, ["North America – own value"]);
    let page = ada.get(&format!("{USERS}/{}", grace.id)).await.expect(200);
    assert!(page.says("EMEA") && page.says("through Sales"), "{}", page.body);
    ada.call("/api/groups/delete", &[("org", ORG), ("id", &sales)]).await.expect(200);
    assert_eq!(holds(&ada, &grace.id).await, ["North America – default"]);
    assert_eq!(app.count_of_audit("attribute.set_of_group").await, 2);
}

async fn values_of_every_type_are_read(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    for (value_type, good, kept, wrong, said) in [
        ("text", " Cost  center 7 ", "Cost center 7", "a\u{202e}b", "characters that cannot be shown"),
        ("number", "007.50", "7.5", "1,5", "is not a number"),
        ("yes_no", "Yes", "yes", "maybe", "Choose yes or no."),
        ("date", "2026-12-05", "2026-12-05", "2026-02-29", "is not a date"),
    ] {
        let form = changed(&text_of(value_type, "admins"), "value_type", value_type);
        let id = defined(&ada, &form).await;
        let answer = give(&ada, &grace.id, &id, wrong).await.expect(422);
        assert_eq!(answer.wrong_fields(), ["value"]);
        assert!(answer.body.contains(said), "{}", answer.body);
        give(&ada, &grace.id, &id, good).await.expect(200);
        let found = ada.profile(ORG, &grace.id).await.attributes;
        let of = found.iter().find(|of| of.attribute.id.to_string() == id).unwrap();
        assert_eq!(of.own.lines(), kept);
    }
    let many = changed(&text_of("skills", "admins"), "count", "many");
    let id = defined(&ada, &many).await;
    give(&ada, &grace.id, &id, "writing\nReading\nwriting").await.expect(200);
    let lines: String = (0..51).map(|n| format!("{n}\n")).collect();
    assert!(give(&ada, &grace.id, &id, &lines).await.expect(422).body.contains("at most 50 values"));
    assert!(holds(&ada, &grace.id).await.contains(&"Reading+writing – own value".to_owned()));
}

async fn what_is_left_to_the_person_is_theirs_to_change(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let ida = app.join(&ada, "ida@engines.example", Role::Member).await;
    let theirs = defined(&ada, &text_of("nickname", "person")).await;
    let seen = defined(&ada, &changed(&text_of("office", "person"), "edited_by", "admins")).await;
    let hidden = defined(&ada, &text_of("rating", "admins")).await;
    for id in [&seen, &hidden] {
        give(&ada, &grace.id, id, "north").await.expect(200);
    }
    let page = grace.browser.get(&format!("/o/{ORG}/me")).await.expect(200);
    assert!(page.says("nickname") && page.says("north") && !page.says("rating"), "{}", page.body);
    assert!(page.body.contains("dialog=attribute-nickname") && !page.body.contains("dialog=attribute-office"));
    give(&grace.browser, &grace.id, &theirs, "Amazing Grace").await.expect(200);
    let form = [("org", ORG), ("id", &*grace.id), ("attribute", &*theirs), ("value", "Gracie")];
    let dialog = format!("/o/{ORG}/me?dialog=attribute-nickname");
    assert!(grace.browser.get(&dialog).await.expect(200).says("Amazing Grace"));
    grace.browser.submit(&dialog, "/api/attributes/set_of_person", &form).await.expect(303);
    let own: Vec<PersonAttribute> =
        grace.browser.call("/api/attributes/own", &[("org", ORG)]).await.expect(200).parsed();
    assert_eq!(own.iter().map(in_words).collect::<Vec<_>>(), ["Gracie – own value", "north – own value"]);
    for (person, attribute) in [(&grace.id, &seen), (&grace.id, &hidden), (&ida.id, &theirs)] {
        give(&grace.browser, person, attribute, "mine").await.expect(403);
    }
    // An admin changes it as well.
    give(&ada, &grace.id, &theirs, "").await.expect(200);
    let log: ActivityPage =
        ada.call("/api/people/activity", &[("org", ORG), ("id", &grace.id)]).await.expect(200).parsed();
    let lines: Vec<String> = log.lines.iter().map(model::activity::Activity::sentence).collect();
    assert!(lines.contains(&"grace Doe set their own nickname to Gracie".to_owned()), "{lines:?}");
}

async fn members_see_their_own_and_externals_change_nothing(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let guest = app.join(&ada, "guest@agency.example", Role::Admin).await;
    raw(app.db(), &format!("UPDATE memberships SET kind = 'external' WHERE id = '{}'", guest.id)).await;
    let id = defined(&ada, &REGION).await;
    let staff = groups::made(&ada, "Staff", "", "").await;
    grace.browser.call("/api/attributes/list", &[("org", ORG)]).await.expect(403);
    grace.browser.get(ATTRIBUTES).await.expect(403);
    assert_eq!(all(&guest.browser).await.len(), 1);
    let page = guest.browser.get(ATTRIBUTES).await.expect(200);
    assert!(page.says("Region") && !page.says("New attribute"), "{}", page.body);
    guest.browser.get(&format!("{ATTRIBUTES}/new")).await.expect(403);
    guest.browser.get(&format!("{ATTRIBUTES}/{id}")).await.expect(403);
    let before = everything(app.db()).await;
    for by in [&grace.browser, &guest.browser] {
        for answer in [
            by.call("/api/attributes/create", &changed(&REGION, "key", "other")).await,
            update(by, &id, "label", "Other").await,
            delete(by, &id, "region").await,
            give(by, &grace.id, &id, "EMEA").await,
            say(by, &staff, &id, "EMEA").await,
        ] {
            answer.expect(403);
        }
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn a_custom_role_takes_it_away(app: TestApp) {
    let ada = app.set_up().await;
    let eve = app.join(&ada, "eve@engines.example", Role::Admin).await;
    let id = defined(&ada, &REGION).await;
    give(&eve.browser, &eve.id, &id, "EMEA").await.expect(200);
    let role = groups::custom_role(&app, 1, "admin", "manage_attributes").await;
    let form = [("org", ORG), ("id", &*eve.id), ("op", "change_role"), ("role", &*role)];
    ada.call("/api/people/act", &form).await.expect(200);
    assert!(give(&eve.browser, &eve.id, &id, "APAC").await.expect(403).problem_text().contains("custom role"));
    delete(&eve.browser, &id, "region").await.expect(403);
    assert!(!eve.browser.get(ATTRIBUTES).await.expect(200).says("New attribute"));
}

async fn the_list_shows_attributes_and_is_narrowed_down_by_them(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let ida = app.join(&ada, "ida@engines.example", Role::Member).await;
    let region = defined(&ada, &changed(&REGION, "default", "APAC")).await;
    let many = changed(&text_of("=skills", "admins"), "count", "many");
    let skills = defined(&ada, &changed(&many, "key", "skills")).await;
    let staff = groups::made(&ada, "Staff", "", "").await;
    groups::add(&ada, &staff, &[&grace.id]).await.expect(200);
    say(&ada, &staff, &region, "EMEA").await.expect(200);
    give(&ada, &ida.id, &skills, "=1+1\nReading, fast").await.expect(200);
    let key = |of: &str| model::attribute::AttributeKey::parse(of).unwrap();
    let by = |of: &str, value: &str| {
        let attributes = vec![AttributeFilter::new(key(of), value).unwrap()];
        let look = Look { attributes: vec![key("region"), key("skills")], ..Look::default() };
        PeopleQuery { filters: Filters { attributes, ..Filters::default() }, look, ..PeopleQuery::default() }
    };
    for (query, expected) in [
        (by("region", "emea"), &["grace@engines.example"][..]),
        (by("region", "APAC"), &["ada@engines.example", "ida@engines.example"]),
        (by("skills", "reading, fast"), &["ida@engines.example"]),
        (by("skills", "reading"), &[]),
        (by("gone", "x"), &[]),
    ] {
        let page = ada.list(ORG, &query).await;
        let found: Vec<&str> = page.rows.iter().map(|row| row.email.as_str()).collect();
        assert_eq!(found, expected, "{query:?}");
        assert_eq!(page.attributes.len(), 2);
    }
    let html = ada.get(&format!("{USERS}?attrs=region,skills&attr=region:EMEA")).await.expect(200);
    assert!(html.says("Region: EMEA") && html.says("grace@engines.example"), "{}", html.body);
    assert!(!html.says("ida@engines.example"), "{}", html.body);
    // The form of the filter adds to it.
    let html = ada.get(&format!("{USERS}?attr=region:EMEA&attr_key=skills&attr_value=x")).await.expect(200);
    assert!(html.says("=skills: x") && html.says("Region: EMEA"), "{}", html.body);
    // The file of it as well, with the columns that are shown.
    let query = "attrs=region,skills&attr=skills:Reading%5C%2C%20fast&field=email";
    let file = ada.get(&format!("/o/{ORG}/export/people.csv?{query}")).await.expect(200);
    assert_eq!(
        file.body.trim_start_matches('\u{feff}').lines().collect::<Vec<_>>(),
        ["Email,Region,'=skills", "ida@engines.example,APAC,\"'=1+1, Reading, fast\""]
    );
    let json: serde_json::Value = ada.get(&format!("/o/{ORG}/export/people.json?{query}")).await.expect(200).parsed();
    assert_eq!(json[0]["attributes"], serde_json::json!({ "region": ["APAC"], "skills": ["=1+1", "Reading, fast"] }));
}

async fn in_an_archived_organization_no_attribute_changes(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let id = defined(&ada, &text_of("nickname", "person")).await;
    let staff = groups::made(&ada, "Staff", "", "").await;
    ada.call("/api/orgs/archive", &[("org", ORG), ("confirm", "Analytical Engines")]).await.expect(200);
    let before = everything(app.db()).await;
    for answer in [
        ada.call("/api/attributes/create", &REGION).await,
        update(&ada, &id, "label", "Other").await,
        delete(&ada, &id, "nickname").await,
        give(&ada, &grace.id, &id, "x").await,
        give(&grace.browser, &grace.id, &id, "x").await,
        say(&ada, &staff, &id, "x").await,
    ] {
        assert!(answer.expect(403).problem_text().contains("archived"));
    }
    assert_eq!(everything(app.db()).await, before);
    let page = ada.get(ATTRIBUTES).await.expect(200);
    assert!(page.says("nickname") && !page.says("New attribute"));
}
