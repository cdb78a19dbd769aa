//! `/o/:org/users`: who may see the list, what its URL may hold, the ACTIVE switch (B31, B32), and roles (B33, B34).

use model::{PersonState, Role, people::Tab, time::DAY};

use crate::{
    answer::{Answer, escaped},
    app::TestApp,
    browser::Browser,
    cast::{ORG, Person, USERS, changed, invite},
    engines::{number, raw},
};

on_both_engines! {
    the_list_shows_everybody_with_role_status_and_last_login,
    members_viewers_and_partners_are_refused_with_a_reason,
    a_mangled_url_still_shows_people,
    what_was_searched_for_is_found_by_the_beginnings_of_words,
    long_lists_are_read_page_by_page,
    markup_in_names_and_searches_stays_text,
    the_switch_says_what_the_specification_says,
    turning_a_switch_twice_says_the_same_again,
    nobody_turns_their_own_switch_and_admins_not_the_owners,
    the_switch_of_somebody_invited_does_not_turn,
    the_last_owner_stays_whoever_is_quicker,
    admins_are_made_and_unmade,
    nobody_is_made_an_owner_or_changes_themselves,
    where_admins_cannot_be_granted_nothing_grants_them,
    a_role_that_was_taken_is_gone_at_the_next_request,
    what_is_done_is_in_the_audit_log,
}

async fn act(by: &Browser, id: &str, op: &str) -> Answer {
    by.call("/api/people/act", &[("org", ORG), ("id", id), ("op", op)]).await
}

/// The id of the Owner's membership.
async fn owner_id(ada: &Browser) -> String {
    let rows = ada.rows(ORG, Tab::Standard).await;
    rows.into_iter().find(|row| row.target.role == Role::Owner).unwrap().target.membership_id.to_string()
}

async fn the_list_shows_everybody_with_role_status_and_last_login(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let linus = app.join(&ada, "linus@engines.example", Role::Viewer).await;
    invite(&ada, "margaret@engines.example", Role::Member).await;
    act(&ada, &linus.id, "deactivate").await.expect(200);
    app.pass(2 * DAY);
    let page = ada.get(USERS).await.expect(200);
    for text in [
        "Ada Lovelace",
        "grace Doe",
        "linus Doe",
        "margaret@engines.example",
        "Owner",
        "Admin",
        "Viewer",
        "Member",
        "Active",
        "Deactivated",
        "Invited",
        "2 days ago",
        "Never",
        "1–4 of 4",
    ] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    assert!(page.body.contains(&format!("href=\"{USERS}/{}\"", grace.id)));
    let list = ada.list(ORG, &model::people::PeopleQuery::default()).await;
    assert_eq!((list.counts.standard, list.counts.invitations, list.counts.expired), (4, 1, 0));
    app.pass(5 * DAY);
    let page = ada.get(&format!("{USERS}?tab=expired")).await.expect(200);
    assert!(page.says("margaret@engines.example") && page.says("1–1 of 1") && !page.says("linus Doe"));
    let list = ada.list(ORG, &model::people::PeopleQuery::default()).await;
    assert_eq!((list.counts.standard, list.counts.invitations, list.counts.expired), (3, 0, 1));
}

async fn members_viewers_and_partners_are_refused_with_a_reason(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "margaret@engines.example", Role::Member).await;
    let reason = "Your role does not allow this. Ask an admin of your organization.";
    for role in [Role::Member, Role::Viewer, Role::Partner] {
        let person = app.join(&ada, &format!("{}@engines.example", role.code()), role).await;
        let browser = &person.browser;
        let before = crate::engines::everything(app.db()).await;
        for page in [
            USERS.to_owned(),
            format!("{USERS}?dialog=invite"),
            format!("{USERS}/{}", invited.id),
            format!("{USERS}/{}", person.id),
        ] {
            let page = browser.get(&page).await.expect(403);
            assert!(page.says(reason) && page.says("You do not have access"), "{}", page.body);
            assert!(!page.says("margaret@engines.example") && !page.says(crate::cast::ADA), "{}", page.body);
        }
        let list = serde_json::json!({ "org": ORG, "query": model::people::PeopleQuery::default() });
        assert_eq!(browser.call_json("/api/people/page", &list).await.expect(403).problem().message, reason);
        for (function, extra) in [
            ("/api/people/profile", vec![]),
            ("/api/people/act", vec![("op", "deactivate")]),
            ("/api/people/act", vec![("op", "activate")]),
            ("/api/people/act", vec![("op", "assign_admin")]),
            ("/api/people/act", vec![("op", "revoke_admin")]),
            ("/api/people/update", vec![("first_name", "Eve"), ("email", "eve@evil.example"), ("admin", "on")]),
            ("/api/invitations/send", vec![("emails", "eve@evil.example")]),
            ("/api/invitations/send_one", vec![("first_name", "Eve"), ("email", "eve@evil.example")]),
            ("/api/invitations/resend", vec![]),
            ("/api/invitations/revoke", vec![]),
        ] {
            let mut form = vec![("org", ORG), ("id", invited.id.as_str())];
            form.extend(extra);
            assert_eq!(browser.call(function, &form).await.expect(403).problem().message, reason, "{function}");
            let page = browser.submit(USERS, function, &form).await.expect(403);
            assert!(page.says(reason), "{}", page.body);
            // On themselves just as little (S48).
            let form = changed(&form, "id", &person.id);
            browser.call(function, &form).await.expect(403);
        }
        assert_eq!(crate::engines::everything(app.db()).await, before);
        // Their own organization is theirs all the same.
        browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(200);
    }
}

async fn a_mangled_url_still_shows_people(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "margaret@engines.example", Role::Member).await.id;
    let cursors = [
        format!("after={invited}~"),
        format!("after={invited}~%00"),
        format!("before={invited}~%FF"),
        format!("after={invited}~99999999999999999999999&sort=last_login"),
        format!("before={invited}~-1&sort=-last_login"),
        format!("after={invited}~a&before={invited}~z"),
        format!("after={invited}~a&page=4294967294"),
        format!("after={invited}~a&page=99999999999999"),
        format!("after={invited}~a&page=-1"),
        format!("before={invited}~a&page=0"),
        format!("after={}", "x".repeat(5_000)),
    ];
    let others = [
        "",
        "q=",
        "q=%00",
        "q=%",
        "q=%25",
        "q=%FF%FE",
        "q=%27%20OR%201=1%20--",
        "q=*",
        "q=_",
        "q=..%2F..",
        "q=%F0%9F%92%A9",
        "q=ada&q=grace",
        "q[]=ada",
        "tab=",
        "tab=everything",
        "tab=Standard",
        "tab=expired&tab=standard",
        "sort=",
        "sort=password_hash",
        "sort=-",
        "page=2",
        "page=-5",
        "page=NaN",
        "after=",
        "after=~",
        "after=usr_1~x",
        "before=mem_~",
        "dialog=",
        "dialog=nothing",
        "dialog=edit",
        "dialog=edit&id=",
        "dialog=revoke&id=%00",
        "&&&===",
        "a=b;c=d",
    ];
    for query in cursors.iter().map(String::as_str).chain(others) {
        let page = ada.get(&format!("{USERS}?{query}")).await;
        let expected = if query.starts_with("dialog=edit") { 404 } else { 200 };
        assert_eq!(page.status, expected, "{query}\n{}", page.body);
        assert!(page.body.contains("</html>"), "{query}");
    }
    let long = format!("{USERS}?q={}", "a%20".repeat(2_000));
    ada.get(&long).await.expect(200);
}

async fn what_was_searched_for_is_found_by_the_beginnings_of_words(app: TestApp) {
    let ada = app.set_up().await;
    app.join(&ada, "grace@engines.example", Role::Member).await;
    invite(&ada, "ice@engines.example", Role::Member).await;
    invite(&ada, "alice@engines.example", Role::Member).await;
    for (query, found) in [
        ("gra", vec!["grace@engines.example"]),
        ("DOE%20gr", vec!["grace@engines.example"]),
        ("ice@engines.example", vec!["ice@engines.example"]),
        ("lice", vec![]),
        ("gr%C3%A4ce", vec!["grace@engines.example"]),
        ("%25", vec![]),
    ] {
        let page = ada.get(&format!("{USERS}?q={query}")).await.expect(200);
        for address in ["grace@engines.example", "ice@engines.example", "alice@engines.example"] {
            let shown = page.body.contains(&format!(">{address}<"));
            assert_eq!(shown, found.contains(&address), "{query}: {address}\n{}", page.body);
        }
    }
}

async fn long_lists_are_read_page_by_page(app: TestApp) {
    let ada = app.set_up().await;
    let addresses: Vec<String> = (0..120).map(|n| format!("person{n:03}@engines.example")).collect();
    let form = [("org", ORG), ("emails", &*addresses.join(","))];
    ada.call("/api/invitations/send", &form).await.expect(200);
    let mut seen = Vec::new();
    let mut url = USERS.to_owned();
    for range in ["1–50 of 121", "51–100 of 121", "101–121 of 121"] {
        let page = ada.get(&url).await.expect(200);
        assert!(page.says(range), "{range}\n{}", page.body);
        seen.extend(addresses.iter().filter(|a| page.body.contains(&format!(">{a}<"))).cloned());
        let links = page.body.split("href=\"").map(|rest| rest.split('"').next().unwrap_or_default());
        let next = links.filter(|link| !link.contains("dialog=")).find(|link| link.contains("/users?after="));
        url = next.unwrap_or_default().replace("&amp;", "&");
    }
    assert_eq!(url, "");
    assert_eq!(seen, addresses);
}

async fn markup_in_names_and_searches_stays_text(app: TestApp) {
    let wild = "<script>alert('x')</script>\"&</title></textarea>";
    let form = changed(&changed(&crate::cast::SET_UP, "org_name", wild), "first_name", wild);
    let ada = app.browser();
    let home = ada.call("/api/setup", &form).await.expect(200);
    let home = home.parsed::<serde_json::Value>()["next"].as_str().unwrap().to_owned();
    let org = home.split('/').nth(2).unwrap();
    let form = [("org", org), ("first_name", wild), ("last_name", wild), ("email", "grace@engines.example")];
    let reply = ada.call("/api/invitations/send_one", &form).await.expect(200);
    let id = crate::cast::sent(reply.parsed()).pop().unwrap();
    let search = format!("{home}?q=%3Cscript%3Ealert(1)%3C/script%3E%3C/title%3E");
    for path in [
        home.clone(),
        search,
        format!("{home}/{}", id.id),
        format!("{home}/{}?dialog=edit", id.id),
        format!("{home}?dialog=edit&id={}", id.id),
        id.page(),
        "/orgs".to_owned(),
    ] {
        let page = ada.get(&path).await.expect(200);
        assert!(!page.body.contains("<script>") && !page.body.contains("alert('x')</script>"), "{path}\n{}", page.body);
        assert_eq!(page.body.matches("</title>").count(), 1, "{path}\n{}", page.body);
        assert!(page.body.contains("&lt;script&gt;"), "{path}\n{}", page.body);
        let title = page.body.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
        assert!(!title.contains('<'), "{title}");
    }
    // Comes back in a field as it was entered.
    let form = [("org", org), ("emails", wild)];
    let page = ada.submit(&format!("{home}?dialog=invite"), "/api/invitations/send", &form).await.expect(200);
    assert!(!page.body.contains("<script>") && page.says("This is not a valid email address."), "{}", page.body);
    let form = [("org", org), ("emails", wild), ("role", "owner")];
    let page = ada.submit(&format!("{home}?dialog=invite"), "/api/invitations/send", &form).await.expect(403);
    assert!(!page.body.contains("<script>") && page.body.contains(&escaped("</textarea>")), "{}", page.body);
}

async fn the_switch_says_what_the_specification_says(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    for (op, toast, state) in [
        ("deactivate", "User has been successfully deactivated.", PersonState::Deactivated),
        ("activate", "User has been successfully activated.", PersonState::Active),
    ] {
        assert_eq!(act(&ada, &grace.id, op).await.expect(200).toast(), toast);
        assert_eq!(ada.profile(ORG, &grace.id).await.row.target.state, state);
    }
    let here = format!("{USERS}?q=grace&sort=-name");
    for (op, toast, on) in [
        ("deactivate", "User has been successfully deactivated.", "false"),
        ("activate", "User has been successfully activated.", "true"),
    ] {
        let form = [("org", ORG), ("id", grace.id.as_str()), ("op", op)];
        let answer = ada.submit(&here, "/api/people/act", &form).await.expect(303);
        assert_eq!(answer.location(), here);
        let page = ada.get(answer.location()).await.expect(200);
        assert!(page.says(toast) && page.body.contains(&format!("aria-checked=\"{on}\"")), "{}", page.body);
        assert!(!ada.get(&here).await.says(toast));
    }
}

async fn turning_a_switch_twice_says_the_same_again(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    for op in ["activate", "deactivate", "deactivate", "activate", "activate"] {
        act(&ada, &grace.id, op).await.expect(200);
    }
    let turned = "SELECT count(*) FROM audit_events WHERE action IN ('membership.activated', 'membership.deactivated')";
    assert_eq!(number(app.db(), turned).await, 2, "what changes nothing leaves no line");
}

async fn nobody_turns_their_own_switch_and_admins_not_the_owners(app: TestApp) {
    let ada = app.set_up().await;
    let owner = owner_id(&ada).await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let protected = "The Owner's access cannot be changed here. Ownership has to be transferred first.";
    for (by, id, why) in [
        (&ada, &owner, "You cannot do this to yourself."),
        (&grace.browser, &grace.id, "You cannot do this to yourself."),
        (&grace.browser, &owner, protected),
    ] {
        assert_eq!(act(by, id, "deactivate").await.expect(403).problem().message, why);
        let form = [("org", ORG), ("id", id.as_str()), ("op", "deactivate")];
        assert!(by.submit(USERS, "/api/people/act", &form).await.expect(403).says(why));
    }
    for op in ["revoke_admin", "assign_admin"] {
        assert_eq!(act(&grace.browser, &owner, op).await.expect(403).problem().message, protected);
    }
    let form = [("org", ORG), ("id", owner.as_str()), ("first_name", "Eve"), ("email", "eve@evil.example")];
    assert_eq!(grace.browser.call("/api/people/update", &form).await.expect(403).problem().message, protected);
    // The page says so where the control is.
    let page = grace.browser.get(USERS).await;
    assert!(page.says(protected) && page.says("You cannot do this to yourself."));
}

async fn the_switch_of_somebody_invited_does_not_turn(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    for op in ["deactivate", "activate"] {
        let problem = act(&ada, &invited.id, op).await.expect(409).problem();
        assert_eq!(problem.message, "This is not possible while the person is in this state.");
    }
}

async fn the_last_owner_stays_whoever_is_quicker(app: TestApp) {
    let ada = app.set_up().await;
    let owner = owner_id(&ada).await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    // Ownership is transferred by a later release; two Owners are possible already (policy G).
    raw(app.db(), "UPDATE memberships SET role = 'owner'").await;
    let (first, second) = tokio::join!(act(&ada, &grace.id, "deactivate"), act(&grace.browser, &owner, "deactivate"));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200, "{} {}", first.body, second.body);
    assert!(matches!(statuses[1], 401 | 403 | 409), "{} {}", first.body, second.body);
    let owners = "SELECT count(*) FROM memberships WHERE role = 'owner' AND status = 'active'";
    assert_eq!(number(app.db(), owners).await, 1);
}

async fn admins_are_made_and_unmade(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Viewer).await;
    grace.browser.get(USERS).await.expect(403);
    assert_eq!(act(&ada, &grace.id, "assign_admin").await.expect(200).toast(), "grace Doe is an admin now.");
    let page = grace.browser.get(USERS).await.expect(200);
    assert!(page.says("Revoke admin role") || page.says("Admin"));
    assert!(ada.get(USERS).await.says("Revoke admin role"));
    let form = [("org", ORG), ("id", grace.id.as_str()), ("op", "revoke_admin")];
    let page = ada.submit(USERS, "/api/people/act", &form).await.expect(303);
    assert!(ada.get(page.location()).await.says("grace Doe is no longer an admin."));
    // Back to the organization's default role.
    assert_eq!(ada.profile(ORG, &grace.id).await.row.target.role, Role::Member);
    grace.browser.get(USERS).await.expect(403);
}

async fn nobody_is_made_an_owner_or_changes_themselves(app: TestApp) {
    let ada = app.set_up().await;
    let owner = owner_id(&ada).await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    for (by, id, op, status) in [
        (&ada, &owner, "revoke_admin", 403),
        (&ada, &owner, "assign_admin", 403),
        (&grace.browser, &grace.id, "revoke_admin", 403),
        (&grace.browser, &grace.id, "assign_admin", 403),
        (&ada, &grace.id, "assign_admin", 409),
    ] {
        act(by, id, op).await.expect(status);
    }
    let form = [("org", ORG), ("emails", "eve@evil.example"), ("role", "owner")];
    for by in [&ada, &grace.browser] {
        let problem = by.call("/api/invitations/send", &form).await.expect(403).problem();
        assert_eq!(problem.message, "Ownership is transferred, not assigned.");
    }
    assert_eq!(number(app.db(), "SELECT count(*) FROM memberships").await, 2);
}

async fn where_admins_cannot_be_granted_nothing_grants_them(app: TestApp) {
    let ada = app.set_up_as("admin_created_accounts").await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    let invited = invite(&ada, "margaret@engines.example", Role::Member).await;
    let why = "This organization does not allow more admins.";
    for id in [&grace.id, &invited.id] {
        assert_eq!(act(&ada, id, "assign_admin").await.expect(403).problem().message, why);
        let form = [("org", ORG), ("id", id), ("first_name", "Grace"), ("email", &grace.email), ("admin", "on")];
        let form = if *id == invited.id { changed(&form, "email", "margaret@engines.example") } else { form.to_vec() };
        assert_eq!(ada.call("/api/people/update", &form).await.expect(403).problem().message, why);
        assert_ne!(ada.profile(ORG, id).await.row.name.first, "Grace", "nothing of a refused form is kept");
    }
    let one = [("org", ORG), ("first_name", "Eve"), ("email", "eve@engines.example"), ("admin", "on")];
    assert_eq!(ada.call("/api/invitations/send_one", &one).await.expect(403).problem().message, why);
    let many = [("org", ORG), ("emails", "eve@engines.example"), ("role", "admin")];
    assert_eq!(ada.call("/api/invitations/send", &many).await.expect(403).problem().message, why);
    assert!(ada.get(&format!("{USERS}?dialog=add")).await.says(why));
    // Its words are those of its source.
    assert!(ada.get(USERS).await.says("Pending verification"));
}

async fn a_role_that_was_taken_is_gone_at_the_next_request(app: TestApp) {
    let ada = app.set_up().await;
    let Person { browser: grace, id, .. } = app.join(&ada, "grace@engines.example", Role::Admin).await;
    invite(&grace, "first@engines.example", Role::Member).await;
    grace.get(USERS).await.expect(200);
    act(&ada, &id, "revoke_admin").await.expect(200);
    let form = [("org", ORG), ("emails", "second@engines.example")];
    grace.call("/api/invitations/send", &form).await.expect(403);
    grace.submit(USERS, "/api/invitations/send", &form).await.expect(403);
    grace.get(USERS).await.expect(403);
    act(&ada, &id, "assign_admin").await.expect(200);
    grace.call("/api/invitations/send", &form).await.expect(200);
}

async fn what_is_done_is_in_the_audit_log(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    for op in ["assign_admin", "revoke_admin", "deactivate", "activate"] {
        act(&ada, &grace.id, op).await.expect(200);
    }
    act(&ada, &grace.id, "revoke_admin").await.expect(409);
    let all = crate::engines::everything(app.db()).await;
    let lines: Vec<&str> =
        all.lines().filter(|line| line.starts_with("audit_events ") && line.contains(&grace.id)).collect();
    for (action, times) in [
        ("invitation.sent", 1),
        ("invitation.accepted", 1),
        ("membership.role_changed", 2),
        ("membership.deactivated", 1),
        ("membership.activated", 1),
    ] {
        assert_eq!(lines.iter().filter(|line| line.contains(action)).count(), times, "{action}\n{all}");
    }
    assert!(lines.iter().all(|line| line.contains("Lovelace") || line.contains("invitation.accepted")));
}
