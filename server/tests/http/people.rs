//! `/o/:org/users`: who may see the list, and what its URL may hold. What is done to people there is in `actions.rs`.

use model::{
    Role,
    people::{PeopleCounts, Tab},
    time::DAY,
};

use crate::{
    actions::act,
    answer::escaped,
    app::TestApp,
    cast::{ORG, USERS, changed, invite},
};

on_both_engines! {
    the_list_shows_everybody_with_role_status_and_last_login,
    members_viewers_and_partners_are_refused_with_a_reason,
    a_mangled_url_still_shows_people,
    what_was_searched_for_is_found_by_the_beginnings_of_words,
    long_lists_are_read_page_by_page,
    markup_in_names_and_searches_stays_text,
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
    assert_eq!(shown(&list.counts), [4, 1, 0]);
    app.pass(5 * DAY);
    let page = ada.get(&format!("{USERS}?tab=expired")).await.expect(200);
    assert!(page.says("margaret@engines.example") && page.says("1–1 of 1") && !page.says("linus Doe"));
    let list = ada.list(ORG, &model::people::PeopleQuery::default()).await;
    assert_eq!(shown(&list.counts), [3, 0, 1]);
}

fn shown(counts: &PeopleCounts) -> [u64; 3] {
    [Tab::Standard, Tab::Invitations, Tab::Expired].map(|tab| counts.of(tab))
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
            let shown = ["<mark>", "</mark>", "<!>"]
                .iter()
                .fold(page.body.clone(), |body, tag| body.replace(tag, ""))
                .contains(&format!(">{address}<"));
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
        let pager = page.body.split("class=\"pager\"").nth(1).unwrap_or_default();
        let links = pager.split("href=\"").map(|rest| rest.split('"').next().unwrap_or_default());
        let next = links.filter(|link| !link.contains("dialog=")).find(|link| link.contains("?after="));
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
    let list = format!("{home}/users");
    let form = [("org", org), ("first_name", wild), ("last_name", wild), ("email", "grace@engines.example")];
    let reply = ada.call("/api/invitations/send_one", &form).await.expect(200);
    let id = crate::cast::sent(reply.parsed()).pop().unwrap();
    let search = format!("{list}?q=%3Cscript%3Ealert(1)%3C/script%3E%3C/title%3E");
    for path in [
        list.clone(),
        search,
        format!("{list}/{}", id.id),
        format!("{list}/{}?dialog=edit", id.id),
        format!("{list}?dialog=edit&id={}", id.id),
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
    let page = ada.submit(&format!("{list}?dialog=invite"), "/api/invitations/send", &form).await.expect(200);
    assert!(!page.body.contains("<script>") && page.says("This is not a valid email address."), "{}", page.body);
    let form = [("org", org), ("emails", wild), ("role", "owner")];
    let page = ada.submit(&format!("{list}?dialog=invite"), "/api/invitations/send", &form).await.expect(403);
    assert!(!page.body.contains("<script>") && page.body.contains(&escaped("</textarea>")), "{}", page.body);
}
