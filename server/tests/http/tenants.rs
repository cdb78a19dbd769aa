//! What belongs to one organization does not exist for the admins of another (S44, S45).

use model::{Role, people::PeopleQuery};
use serde_json::json;

use crate::{
    app::TestApp,
    cast::{ADA, ORG, USERS, invite, invite_to},
    engines::everything,
};

on_both_engines! {
    another_organizations_pages_are_not_found,
    another_organizations_people_are_not_found_by_their_ids,
    another_organizations_people_are_not_found_by_searching,
    the_path_of_a_page_does_not_lend_its_rights_to_a_form,
    one_person_may_have_another_role_elsewhere,
    pages_rendered_at_the_same_time_do_not_mix,
}

async fn another_organizations_pages_are_not_found(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let invited = invite_to(&other, &olive.browser, "grace@machines.example", Role::Member).await;
    // The first page still says welcome.
    ada.get(USERS).await.expect(200);
    let nowhere = ada.get("/o/no-such-place/users").await.expect(404);
    for path in [
        format!("/o/{other}/users"),
        format!("/o/{other}/users?q=olive"),
        format!("/o/{other}/users?dialog=invite"),
        format!("/o/{other}/users/{}", olive.id),
        format!("/o/{other}/users/{}", invited.id),
    ] {
        let page = ada.get(&path).await.expect(404);
        for secret in ["Difference Machines", "Olive", "grace@machines.example"] {
            assert!(!page.says(secret), "{secret}\n{}", page.body);
        }
    }
    // Whether a slug is taken cannot be told.
    let found = ada.get(&format!("/o/{other}/users")).await;
    let same = |page: &crate::answer::Answer| page.body.replace(page.nonce(), "NONCE");
    assert_eq!(same(&found), same(&nowhere).replace("no-such-place", &other));
    olive.browser.get(USERS).await.expect(404);
    olive.browser.get(&format!("/o/{other}/users")).await.expect(200);
}

async fn another_organizations_people_are_not_found_by_their_ids(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let invited = invite_to(&other, &olive.browser, "grace@machines.example", Role::Member).await;
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    app.mails().await;
    let before = everything(app.db()).await;
    let nobody = app.unused::<model::MembershipId>().to_string();
    for by in [&ada, &admin.browser] {
        for org in [ORG, other.as_str()] {
            for id in [&olive.id, &invited.id] {
                for (function, extra) in [
                    ("/api/people/profile", vec![]),
                    ("/api/people/act", vec![("op", "deactivate")]),
                    ("/api/people/act", vec![("op", "activate")]),
                    ("/api/people/act", vec![("op", "assign_admin")]),
                    ("/api/people/act", vec![("op", "revoke_admin")]),
                    ("/api/people/update", vec![("first_name", "Eve"), ("email", "eve@evil.example")]),
                    ("/api/people/update", vec![]),
                    ("/api/invitations/resend", vec![]),
                    ("/api/invitations/revoke", vec![]),
                ] {
                    let form = |id| [vec![("org", org), ("id", id)], extra.clone()].concat();
                    let answer = by.call(function, &form(id)).await.expect(404);
                    let unused = by.call(function, &form(&nobody)).await.expect(404);
                    assert_eq!(answer.body, unused.body, "{function}");
                    by.submit(USERS, function, &form(id)).await.expect(404);
                }
                by.get(&format!("{USERS}/{id}")).await.expect(404);
                by.get(&format!("{USERS}/{id}?dialog=edit")).await.expect(404);
                by.get(&format!("{USERS}?dialog=edit&id={id}")).await.expect(404);
            }
        }
        for function in ["/api/invitations/send", "/api/invitations/send_one", "/api/session/viewer"] {
            let form = [
                ("org", other.as_str()),
                ("emails", "eve@evil.example"),
                ("first_name", "Eve"),
                ("email", "eve@evil.example"),
            ];
            by.call(function, &form).await.expect(404);
        }
        by.call_json("/api/people/page", &json!({ "org": other, "query": PeopleQuery::default() })).await.expect(404);
    }
    assert_eq!(everything(app.db()).await, before);
    assert_eq!(app.mails().await, []);
    app.browser().get(&invited.page()).await.expect(200);
}

async fn another_organizations_people_are_not_found_by_searching(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    invite_to(&other, &olive.browser, "grace@machines.example", Role::Member).await;
    invite(&ada, "grace@engines.example", Role::Member).await;
    for query in
        ["q=olive", "q=grace", "q=machines", "", &format!("after={}~", olive.id), &format!("before={}~zzz", olive.id)]
    {
        let page = ada.get(&format!("{USERS}?{query}")).await.expect(200);
        assert!(!page.says("Olive") && !page.says("machines.example"), "{query}\n{}", page.body);
    }
    // The same address may be invited to both; neither hears of the other.
    let form = [("org", ORG), ("emails", "grace@machines.example")];
    assert!(ada.call("/api/invitations/send", &form).await.expect(200).body.contains("\"invited\""));
}

async fn the_path_of_a_page_does_not_lend_its_rights_to_a_form(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let form = [("org", other.as_str()), ("emails", "eve@evil.example")];
    ada.submit(USERS, "/api/invitations/send", &form).await.expect(404);
    let form = [("org", ORG), ("emails", "eve@evil.example")];
    olive.browser.submit(&format!("/o/{other}/users"), "/api/invitations/send", &form).await.expect(404);
    assert!(!everything(app.db()).await.contains("eve@evil.example"));
}

async fn one_person_may_have_another_role_elsewhere(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let invited = invite_to(&other, &olive.browser, ADA, Role::Viewer).await;
    ada.call("/api/invitations/accept_signed_in", &[("token", &invited.token)]).await.expect(200);
    ada.get(USERS).await.expect(200);
    ada.get(&format!("/o/{other}/users")).await.expect(403);
    let form = [("org", other.as_str()), ("id", olive.id.as_str()), ("op", "deactivate")];
    ada.call("/api/people/act", &form).await.expect(403);
    let orgs = ada.get("/orgs").await.expect(200);
    assert!(orgs.says("Analytical Engines") && orgs.says("Difference Machines") && orgs.says("Viewer"));
}

/// Leptos keeps what it renders by the thread; see `server::http::owner`.
async fn pages_rendered_at_the_same_time_do_not_mix(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let theirs = format!("/o/{other}/users");
    let profile = format!("{theirs}/{}", olive.id);
    let pages = [
        (ada.clone(), USERS, "<title>People of Analytical Engines · Rollcall</title>", "Olive"),
        (olive.browser.clone(), theirs.as_str(), "<title>People of Difference Machines · Rollcall</title>", "Lovelace"),
        (olive.browser.clone(), profile.as_str(), "<title>Olive Owner · Rollcall</title>", "Lovelace"),
        (app.browser(), "/login", "<title>Sign in · Rollcall</title>", "Olive"),
        (app.browser(), "/invite/nothing", "<title>Invitation · Rollcall</title>", "Lovelace"),
    ];
    for _ in 0..12 {
        let readers = pages.iter().cycle().take(15).map(|(browser, path, title, foreign)| {
            let (browser, path, title, foreign) = (browser.clone(), (*path).to_owned(), *title, *foreign);
            tokio::spawn(async move {
                let page = browser.get(&path).await;
                assert!(page.body.contains(title) && !page.says(foreign), "{path}: {} {}", page.status, page.body);
            })
        });
        for reader in futures::future::join_all(readers).await {
            reader.unwrap();
        }
    }
}
