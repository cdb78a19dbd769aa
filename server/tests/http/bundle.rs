//! An organization as a file (N13): everything that is its own goes along, from either engine to either, and comes back the
//! same; what cannot be taken in leaves nothing behind.

use model::{
    Role,
    people::{PeopleQuery, Tab},
};
use service::BundleError;
use std::collections::{BTreeMap, BTreeSet};

use crate::{
    actions::act,
    app::TestApp,
    attributes,
    browser::Browser,
    cast::{ADA, Invited, ORG, PASSWORD, USERS, invite},
    connections,
    engines::{self, everything, number, raw},
    groups, mail_profile, policies,
};

on_both_engines! {
    an_organization_moves_and_comes_back_the_same,
    who_has_an_account_there_keeps_it,
    an_account_is_found_by_its_address_alone,
    an_account_that_nobody_has_proved_is_nobodys,
    rows_of_others_are_refused,
    what_support_staff_saved_and_where_they_stand_stays_behind,
    what_groups_and_custom_roles_cannot_be_is_refused,
    what_people_have_by_a_custom_role_is_what_the_role_says,
    who_has_left_goes_along_without_a_name,
    what_is_no_organization_leaves_nothing_behind,
}

/// An organization with rows in every table that goes along, and who is invited there.
async fn everything_there_is(app: &TestApp) -> (Browser, Invited) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let linus = app.join(&ada, "linus@engines.example", Role::Member).await;
    let margaret = invite(&ada, "margaret@engines.example", Role::Viewer).await;
    act(&ada, &linus.id, "deactivate").await.expect(200);
    let ends = [("org", ORG), ("id", grace.id.as_str()), ("access_until", "2030-01-01")];
    ada.call("/api/people/limit", &ends).await.expect(200);
    policies::save(&ada, &[("invitation_requests", "on"), ("max_owners", "2")]).await.expect(200);
    let request = [("org", ORG), ("email", "ask@else.example"), ("first_name", "Asta"), ("message", "Let me in, ü")];
    app.browser().call("/api/requests/ask", &request).await.expect(200);
    let view = [("org", ORG), ("name", "Admins"), ("query", "role=admin"), ("default", "on")];
    ada.call("/api/views/save", &view).await.expect(200);
    let offer = [("org", ORG), ("id", grace.id.as_str()), ("mode", "share"), ("password", PASSWORD)];
    ada.call("/api/ownership/offer", &offer).await.expect(200);
    let server = [
        ("host", "smtp.engines.example"),
        ("user", "engines"),
        ("smtp_password", "hunter2hunter2"),
        ("from_email", "people@engines.example"),
    ];
    mail_profile::edit(&ada, &server).await.expect(200);
    // One that stands under a group that was made later, and gives a custom role.
    let desk = groups::custom_role(app, 1, "admin", "invite_people").await;
    let support = groups::made(&ada, "Support", "", "").await;
    let company = groups::made(&ada, "Company", "", &desk).await;
    let under = [("org", ORG), ("id", support.as_str()), ("name", "Support"), ("parent", company.as_str())];
    ada.call("/api/groups/update", &under).await.expect(200);
    groups::add(&ada, &support, &[&grace.id]).await.expect(200);
    // A person has a value of their own, and a group says one.
    let region = attributes::defined(&ada, &attributes::REGION).await;
    attributes::give(&ada, &margaret.id, &region, "EMEA").await.expect(200);
    attributes::say(&ada, &support, &region, "North America").await.expect(200);
    // A connection with a model, on which a person and a group have roles.
    let warehouse = connections::made(&ada, "warehouse", "viewer").await;
    let sales = connections::model(&ada, &warehouse, "Sales").await;
    let blind = connections::custom(&ada, "Blind modeler", "modeler", &["view_content", "edit_models"]).await;
    connections::give(&ada, (&warehouse, &sales), &grace.id, &blind).await.expect(200);
    connections::give_group(&ada, (&warehouse, ""), &support, "querier").await.expect(200);
    (ada, margaret)
}

async fn written(app: &TestApp, slug: &str) -> String {
    let mut file = Vec::new();
    app.rollcall.export_organization(slug, &mut file).await.unwrap();
    String::from_utf8(file).unwrap()
}

/// How many rows of each table stand in a file.
fn tables(file: &str) -> BTreeMap<String, usize> {
    let mut tables = BTreeMap::new();
    for line in file.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        if let Some(table) = line["row"]["of"].as_str() {
            *tables.entry(table.to_owned()).or_default() += 1;
        }
    }
    tables
}

async fn an_organization_moves_and_comes_back_the_same(app: TestApp) {
    let (ada, margaret) = everything_there_is(&app).await;
    app.found("Other Works").await;
    let file = written(&app, ORG).await;
    let wanted: BTreeSet<_> = store::bundles::TABLES.iter().map(|table| table.name.to_owned()).collect();
    assert_eq!(tables(&file).into_keys().collect::<BTreeSet<_>>(), wanted, "something of each table");
    for secret in ["hunter2hunter2", "sealed", "Other Works", "owner@other-works.example"] {
        assert!(!file.contains(secret), "{secret}");
    }
    let people: Vec<_> = ada.rows(ORG, Tab::Standard).await;

    let first = file.clone();
    let taken_in = move |app: TestApp, file: String| async move {
        let before = number(app.db(), "SELECT count(*) FROM installation").await;
        let done = app.rollcall.import_organization(file.as_bytes(), None).await.unwrap();
        assert_eq!((before, done.slug.as_str(), done.accounts_here, done.own_mail_server), (0, ORG, 0, true));
        assert_eq!(done.rows, u64::try_from(tables(&file).values().sum::<usize>()).unwrap());
        assert_eq!(written(&app, ORG).await, file, "the same again");
        let again = app.rollcall.import_organization(file.as_bytes(), Some("other")).await;
        assert!(matches!(again, Err(BundleError::IsHere)), "{again:?}");
        app
    };
    engines::sqlite(move |there| async move {
        let there = taken_in(there, file.clone()).await;
        // The set-up is over, passwords and links are those of before, and what is made from the people was made.
        there.browser().get("/setup").await.expect(302);
        let ada = there.sign_in(ADA).await;
        assert_eq!(ada.rows(ORG, Tab::Standard).await, people);
        let found = PeopleQuery { q: "grace".to_owned(), ..PeopleQuery::default() };
        let page = ada.get(&format!("{USERS}?{}", found.to_query_string())).await.expect(200);
        assert!(page.body.contains("grace@engines.example"), "{}", page.body);
        assert!(there.browser().get(&margaret.page()).await.expect(200).says("Join"));
        let accept = [
            ("token", &*margaret.token),
            ("first_name", "Margaret"),
            ("last_name", "Hamilton"),
            ("password", PASSWORD),
        ];
        there.browser().call("/api/invitations/accept_new", &accept).await.expect(200);

        engines::postgres("bundle", move |elsewhere| async move {
            let elsewhere = taken_in(elsewhere, file).await;
            let back = written(&elsewhere, ORG).await;
            engines::sqlite(move |home| async move {
                taken_in(home, back.clone()).await;
                assert_eq!(back, first);
            })
            .await;
        })
        .await;
    })
    .await;
}

async fn who_has_an_account_there_keeps_it(app: TestApp) {
    everything_there_is(&app).await;
    let file = written(&app, ORG).await;
    engines::sqlite(|there| async move {
        let ada = there.set_up().await;
        raw(there.db(), "UPDATE users SET first_name = 'Countess'").await;
        let id =
            "SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.email = 'ada@engines.example'";
        assert_eq!(number(there.db(), id).await, 1);
        let taken = there.rollcall.import_organization(file.as_bytes(), None).await;
        assert!(matches!(&taken, Err(BundleError::SlugTaken(slug)) if slug == ORG), "{taken:?}");
        let wrong = there.rollcall.import_organization(file.as_bytes(), Some("No Slug")).await;
        assert!(matches!(wrong, Err(BundleError::InvalidSlug(_))), "{wrong:?}");
        assert_eq!(number(there.db(), id).await, 1, "nothing was taken in");

        let done = there.rollcall.import_organization(file.as_bytes(), Some("engines-moved")).await.unwrap();
        assert_eq!((done.slug.as_str(), done.accounts_here), ("engines-moved", 1));
        assert_eq!(number(there.db(), id).await, 2);
        let kept = "SELECT count(*) FROM users WHERE email = 'ada@engines.example' AND first_name = 'Countess'";
        assert_eq!(number(there.db(), kept).await, 1);
        // The session of before reaches both.
        for org in [ORG, "engines-moved"] {
            ada.get(&format!("/o/{org}/users")).await.expect(200);
        }
        // What she did there is hers.
        let lost = "SELECT count(*) FROM audit_events a WHERE a.actor_id IS NOT NULL \
                    AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = a.actor_id)";
        assert_eq!(number(there.db(), lost).await, 0);
        let ends = "SELECT count(*) FROM memberships m, users u WHERE u.email = 'ada@engines.example' \
                    AND m.ends LIKE '%' || u.id || '%'";
        assert_eq!(number(there.db(), ends).await, 1);
    })
    .await;
}

/// The id of the account of an address.
async fn account(app: &TestApp, email: &str) -> Option<String> {
    let email = model::Email::parse(email).unwrap();
    let found = store::users::by_email(&mut app.db().read().await.unwrap(), &email).await.unwrap();
    found.map(|(user, _)| user.id.to_string())
}

async fn an_account_is_found_by_its_address_alone(app: TestApp) {
    everything_there_is(&app).await;
    let file = written(&app, ORG).await;
    let grace = account(&app, "grace@engines.example").await.unwrap();
    // Nor is it by an id under which a file says that somebody is gone, and yet a member.
    let crafted = altered(&file, "users", "\"grace@engines.example\"", "\"eve@evil.example\"");
    let crafted = altered(&crafted, "memberships", "\"grace@engines.example\"", "\"eve@evil.example\"");
    let gone = crafted.lines().find(|line| line.contains("\"of\":\"users\"") && line.contains("eve@")).unwrap();
    let crafted = crafted.replacen(gone, &gone.replacen("\"erased_at\":null", "\"erased_at\":1", 1), 1);
    engines::sqlite({
        let grace = grace.clone();
        move |there| async move {
            let sql = format!(
                "INSERT INTO users (id, email, first_name, last_name, created_at) \
                 VALUES ('{grace}', 'hopper@navy.example', 'Grace', 'Hopper', 0)"
            );
            raw(there.db(), &sql).await;
            let before = everything(there.db()).await;
            let refused = there.rollcall.import_organization(crafted.as_bytes(), None).await.unwrap_err().to_string();
            assert!(refused.contains("a row that is not of this organization is not valid"), "{refused}");
            assert_eq!(everything(there.db()).await, before);
        }
    })
    .await;
    engines::sqlite(move |there| async move {
        // The same account came here before, and has another address by now.
        let sql = format!(
            "INSERT INTO users (id, email, first_name, last_name, created_at) \
                 VALUES ('{grace}', 'hopper@navy.example', 'Grace', 'Hopper', 0)"
        );
        raw(there.db(), &sql).await;
        there.rollcall.import_organization(file.as_bytes(), None).await.unwrap();
        let new = account(&there, "grace@engines.example").await.unwrap();
        assert_ne!(new, grace);
        let of = |id: &str| {
            format!("SELECT count(*) FROM memberships WHERE user_id = '{id}' AND email = 'grace@engines.example'")
        };
        assert_eq!((number(there.db(), &of(&new)).await, number(there.db(), &of(&grace)).await), (1, 0));
        there.sign_in("grace@engines.example").await.get(USERS).await.expect(200);
    })
    .await;
}

async fn an_account_that_nobody_has_proved_is_nobodys(app: TestApp) {
    everything_there_is(&app).await;
    let file = written(&app, ORG).await;
    engines::sqlite(|there| async move {
        there.set_up().await;
        let until = there.rollcall.now().plus(model::time::DAY).millis();
        raw(there.db(), &format!("UPDATE credentials SET temporary_until = {until}")).await;
        let before = everything(there.db()).await;
        let refused = there.rollcall.import_organization(file.as_bytes(), Some("moved")).await;
        assert!(matches!(&refused, Err(BundleError::UnusedAccount(email)) if email == ADA), "{refused:?}");
        assert_eq!(everything(there.db()).await, before);
    })
    .await;
}

/// A file in which something of the first row of a table that holds it is something else.
fn altered(file: &str, table: &str, from: &str, to: &str) -> String {
    let of = format!("\"of\":\"{table}\"");
    let line = file.lines().find(|line| line.contains(&of) && line.contains(from)).expect("such a row");
    file.replacen(line, &line.replacen(from, to, 1), 1)
}

async fn rows_of_others_are_refused(app: TestApp) {
    everything_there_is(&app).await;
    let file = written(&app, ORG).await;
    let (org, member) = ("\"org_id\":\"org_0", "_id\":\"mem_0");
    for (table, from, to) in [
        ("memberships", org, "\"org_id\":\"org_1"),
        ("mail_profiles", org, "\"org_id\":\"org_1"),
        ("memberships", "\"email\":\"grace@engines.example\"", "\"email\":\"eve@evil.example\""),
        ("users", "\"email\":\"grace@engines.example\"", "\"email\":\"eve@evil.example\""),
        ("credentials", "\"user_id\":\"usr_0", "\"user_id\":\"usr_1"),
        ("memberships", "\"user_id\":\"usr_0", "\"user_id\":\"usr_1"),
        ("invitations", &format!("\"membership{member}"), "\"membership_id\":\"mem_1"),
        ("default_views", &format!("\"membership{member}"), "\"membership_id\":\"mem_1"),
        ("saved_views", "\"made_by\":\"mem_0", "\"made_by\":\"mem_1"),
        ("ownership_offers", &format!("\"to{member}"), "\"to_id\":\"mem_1"),
        ("connections", org, "\"org_id\":\"org_1"),
        ("connection_models", "\"connection_id\":\"con_0", "\"connection_id\":\"con_1"),
        ("connection_people", &format!("\"membership{member}"), "\"membership_id\":\"mem_1"),
        ("connection_people", "\"model_id\":\"mdl_0", "\"model_id\":\"mdl_1"),
        ("connection_people", "\"custom_role_id\":\"cro_0", "\"custom_role_id\":\"cro_1"),
        ("connection_groups", "\"group_id\":\"grp_0", "\"group_id\":\"grp_1"),
    ] {
        let text = if table == "invitations" {
            let line = file
                .lines()
                .find(|line| line.contains("\"of\":\"invitations\"") && line.contains("\"state\":\"open\""));
            let line = line.expect("an open invitation");
            file.replacen(line, &line.replacen(from, to, 1), 1)
        } else {
            altered(&file, table, from, to)
        };
        engines::sqlite(move |there| async move {
            let empty = everything(there.db()).await;
            let said = there.rollcall.import_organization(text.as_bytes(), None).await.unwrap_err().to_string();
            assert!(said.contains("a row that is not of this organization is not valid"), "{table}, {to}: {said}");
            assert_eq!(everything(there.db()).await, empty, "{table}");
        })
        .await;
    }
}

async fn what_support_staff_saved_and_where_they_stand_stays_behind(app: TestApp) {
    let (ada, _) = everything_there_is(&app).await;
    let sam = app.join(&ada, "sam@vendor.example", Role::Admin).await;
    for (name, more) in [("Theirs", ("default", "on")), ("Everybody's", ("share", "on"))] {
        let view = [("org", ORG), ("name", name), ("query", "role=admin"), more];
        sam.browser.call("/api/views/save", &view).await.expect(200);
    }
    let answering = groups::made(&ada, "Answering", "", "viewer").await;
    groups::add(&ada, &answering, &[&sam.id]).await.expect(200);
    raw(app.db(), &format!("UPDATE memberships SET kind = 'support' WHERE id = '{}'", sam.id)).await;
    let file = written(&app, ORG).await;
    assert!(!file.contains("Theirs") && file.contains("Everybody's"), "{file}");
    engines::sqlite(|there| async move {
        there.rollcall.import_organization(file.as_bytes(), None).await.unwrap();
        assert_eq!(written(&there, ORG).await, file);
        let shared = "SELECT count(*) FROM saved_views WHERE made_by IS NULL AND private_to IS NULL";
        assert_eq!(number(there.db(), shared).await, 1);
    })
    .await;
}

async fn what_groups_and_custom_roles_cannot_be_is_refused(app: TestApp) {
    let (ada, _) = everything_there_is(&app).await;
    groups::made(&ada, "Zoo", "", "viewer").await;
    let file = written(&app, ORG).await;
    let refused = |text: String, why: &'static str| async move {
        engines::sqlite(move |there| async move {
            let empty = everything(there.db()).await;
            let said = there.rollcall.import_organization(text.as_bytes(), None).await.unwrap_err().to_string();
            assert!(said.contains(&format!("{why} is not valid")), "{said}, not {why}");
            assert_eq!(everything(there.db()).await, empty, "{why}");
        })
        .await;
    };
    for (table, from, to, why) in [
        ("groups", "\"role\":\"viewer\"", "\"role\":\"x\"", "role of a group"),
        ("groups", "\"role\":\"viewer\"", "\"role\":\"owner\"", "role of a group"),
        ("custom_roles", "\"base\":\"admin\"", "\"base\":\"owner\"", "custom role"),
        ("custom_roles", "\"base\":\"admin\"", "\"base\":\"x\"", "custom role"),
        ("custom_roles", "invite_people", "x;y:z", "custom role"),
        ("memberships", "\"kind\":\"standard\"", "\"kind\":\"support\"", "support access"),
        ("attributes", "\"value_type\":\"list\"", "\"value_type\":\"x\"", "definition of an attribute"),
        ("attributes", "\"value_type\":\"list\"", "\"value_type\":\"text\"", "definition of an attribute"),
        ("attributes", "\"edited_by\":\"admins\"", "\"edited_by\":\"person\"", "definition of an attribute"),
        ("person_attributes", "\"value\":\"EMEA\"", "\"value\":\"emea\"", "value of an attribute"),
        ("group_attributes", "\"value\":\"North America\"", "\"value\":\"Mars\"", "value of an attribute"),
        ("connection_roles", "\"base\":\"modeler\"", "\"base\":\"none\"", "role on a connection"),
        ("connection_roles", "\"withheld\":\"query\"", "\"withheld\":\"manage\"", "role on a connection"),
        ("connection_groups", "\"role\":\"querier\"", "\"role\":\"\"", "role on a connection"),
    ] {
        refused(altered(&file, table, from, to), why).await;
    }
    let deep = format!(
        "INSERT INTO groups (id, org_id, name, name_key, description, parent_id, created_at) \
         SELECT 'grp_{}', org_id, 'Deep', 'deep', '', id, 0 FROM groups WHERE name = 'Support'",
        "f".repeat(32)
    );
    for (sql, back, why) in [
        (&*deep, "DELETE FROM groups WHERE name = 'Deep'", "place of a group"),
        (
            "UPDATE groups SET name = '' WHERE name = 'Zoo'",
            "UPDATE groups SET name = 'Zoo' WHERE name = ''",
            "name of a group",
        ),
        ("UPDATE custom_roles SET name = 'Admin'", "UPDATE custom_roles SET name = 'Front desk 1'", "name of a role"),
        (
            "UPDATE connections SET default_role = 'x'",
            "UPDATE connections SET default_role = 'viewer'",
            "role on a connection",
        ),
        (
            "UPDATE connections SET key = 'Ware House'",
            "UPDATE connections SET key = 'warehouse'",
            "key of a connection",
        ),
    ] {
        raw(app.db(), sql).await;
        refused(written(&app, ORG).await, why).await;
        raw(app.db(), back).await;
    }
    assert_eq!(written(&app, ORG).await, file);
}

async fn what_people_have_by_a_custom_role_is_what_the_role_says(app: TestApp) {
    everything_there_is(&app).await;
    let desk = groups::custom_role(&app, 2, "member", "use_features").await;
    let linus = |set: &str| format!("UPDATE memberships SET {set} WHERE email = 'linus@engines.example'");
    raw(app.db(), &linus(&format!("custom_role_id = '{desk}', withheld = 'use_features'"))).await;
    let file = written(&app, ORG).await;
    raw(app.db(), &linus("role = 'owner', withheld = ''")).await;
    raw(app.db(), "UPDATE groups SET role = 'viewer' WHERE name = 'Company'").await;
    // Who has no custom role is kept from nothing.
    raw(app.db(), "UPDATE memberships SET withheld = 'view_people; :' WHERE custom_role_id IS NULL").await;
    let crafted = written(&app, ORG).await;
    assert_ne!(crafted, file);
    engines::sqlite(move |there| async move {
        there.rollcall.import_organization(crafted.as_bytes(), None).await.unwrap();
        assert_eq!(written(&there, ORG).await, file);
        let owners = "SELECT count(*) FROM people_counts WHERE role = 'owner' AND n <> 1";
        assert_eq!(number(there.db(), owners).await, 0);
        // Who is in a group has what comes through it.
        let through = "SELECT count(*) FROM memberships WHERE through_groups = 'admin:invite_people'";
        assert_eq!(number(there.db(), through).await, 1);
    })
    .await;
}

async fn who_has_left_goes_along_without_a_name(app: TestApp) {
    let (ada, _) = everything_there_is(&app).await;
    let alan = app.join(&ada, "alan@engines.example", Role::Admin).await;
    let joan = invite(&alan.browser, "joan@engines.example", Role::Member).await;
    app.browser()
        .call(
            "/api/invitations/accept_new",
            &[("token", &*joan.token), ("first_name", "Joan"), ("last_name", "Clarke"), ("password", PASSWORD)],
        )
        .await
        .expect(200);
    let revoke = [("org", ORG), ("id", alan.id.as_str()), ("how", "remove"), ("confirm", "alan@engines.example")];
    ada.call("/api/people/remove", &revoke).await.expect(200);
    let id = account(&app, "alan@engines.example").await.expect("the account stays");
    let file = written(&app, ORG).await;
    let line =
        file.lines().find(|line| line.contains("\"of\":\"users\"") && line.contains(&id)).expect("who invited stays");
    assert!(line.contains(&format!("{id}@deleted.invalid")) && !line.contains("alan@"), "{line}");
    engines::sqlite(|there| async move {
        there.rollcall.import_organization(file.as_bytes(), None).await.unwrap();
        assert_eq!(written(&there, ORG).await, file);
        assert_eq!(account(&there, "alan@engines.example").await, None);
    })
    .await;
}

async fn what_is_no_organization_leaves_nothing_behind(app: TestApp) {
    everything_there_is(&app).await;
    let none = app.rollcall.export_organization("nobody", Vec::new()).await;
    assert!(matches!(&none, Err(BundleError::NoSuchOrganization(slug)) if slug == "nobody"), "{none:?}");
    let file = written(&app, ORG).await;
    let lines: Vec<&str> = file.lines().collect();
    let without = |n: usize| [&lines[..n], &lines[n + 1..]].concat().join("\n") + "\n";
    let last = lines.len() - 1;
    let broken = [
        ("", "it was cut off or changed"),
        ("Full Name,Email\n", "cannot be read from line 1 on"),
        (&*file.replacen("\"schema\":", "\"schema\":1", 1), "use the same release"),
        (&*file.replacen("{\"bundle\":", "{\"else\":", 1), "cannot be read from line 1 on"),
        (&*file.replacen("\"format\":", "\"format\":4", 1), "has format 41"),
        (&*without(0), "cannot be read from line 1 on: it is no organization of Rollcall"),
        (&*without(1), "on: the order of the rows is not valid"),
        (&*without(last), "it was cut off or changed"),
        (&*without(last - 1), "it was cut off or changed"),
        (&file[..file.len() / 2], "cannot be read from line"),
        (&*file.replacen("Let me in", "Let me out", 1), "it was cut off or changed"),
        (&*file.replace("\"of\":\"credentials\"", "\"of\":\"sessions\""), "there is no table sessions"),
        (&*file.replace("\"role\":\"owner\"", "\"role\":\"boss\""), "role is not valid"),
        (&*file.replace("\"revision\":", "\"version\":"), "row of a bundle is not valid"),
        (&*file.replacen("{\"end\"", &format!("{}\n{{\"end\"", lines[last - 1]), 1), "it was cut off or changed"),
    ];
    for (text, why) in broken {
        engines::sqlite({
            let text = text.to_owned();
            move |there| async move {
                let empty = everything(there.db()).await;
                let said = there.rollcall.import_organization(text.as_bytes(), None).await.unwrap_err().to_string();
                assert!(said.contains(why), "{said}, not {why}");
                assert_eq!(everything(there.db()).await, empty, "{why}");
            }
        })
        .await;
    }
    raw(app.db(), "UPDATE memberships SET role = 'admin'").await;
    let headless = written(&app, ORG).await;
    engines::sqlite(move |there| async move {
        let said = there.rollcall.import_organization(headless.as_bytes(), None).await.unwrap_err().to_string();
        assert!(said.contains("an organization without an Owner is not valid"), "{said}");
        assert_eq!(number(there.db(), "SELECT count(*) FROM organizations").await, 0);
    })
    .await;
    raw(app.db(), "UPDATE memberships SET role = 'owner' WHERE email = 'ada@engines.example'").await;
    let before = everything(app.db()).await;
    let here = app.rollcall.import_organization(file.as_bytes(), None).await;
    assert!(matches!(here, Err(BundleError::IsHere)), "{here:?}");
    assert_eq!(everything(app.db()).await, before);
}
