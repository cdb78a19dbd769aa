//! Another tenant's things do not exist (S44, S45): every server function and every route is asked about another
//! organization, and about its ids under one's own. A function or route that is added has to be put on a list here.

use leptos::server_fn::axum::server_fn_paths;
use model::{JobId, Role, people::PeopleQuery};
use serde_json::{Value, json};
use std::collections::BTreeSet;

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ORG, PASSWORD, invite_to},
    engines::everything,
};

on_both_engines! {
    every_function_is_on_a_list,
    another_organization_is_not_found_by_any_function,
    the_ids_of_another_organization_are_not_found_by_any_function,
    another_organization_is_not_found_under_any_route,
}

/// What is asked of an organization: each with the name of the ids that it takes, if any.
const OF_ORGANIZATIONS: &[(&str, &[&str])] = &[
    ("/api/attributes/create", &[]),
    ("/api/attributes/delete", &["attribute"]),
    ("/api/attributes/list", &[]),
    ("/api/attributes/own", &[]),
    ("/api/attributes/set_of_group", &["group", "attribute"]),
    ("/api/attributes/set_of_person", &["member", "invited", "attribute"]),
    ("/api/attributes/update", &["attribute"]),
    ("/api/bulk/cancel", &["job"]),
    ("/api/bulk/confirm", &["job"]),
    ("/api/bulk/job", &["job"]),
    ("/api/bulk/jobs", &[]),
    ("/api/bulk/start", &[]),
    ("/api/bulk/undo", &["job"]),
    ("/api/connection_roles/create", &[]),
    ("/api/connection_roles/delete", &["connection role"]),
    ("/api/connection_roles/update", &["connection role"]),
    ("/api/connections/add_model", &["connection"]),
    ("/api/connections/create", &[]),
    ("/api/connections/delete", &["connection"]),
    ("/api/connections/get", &["connection"]),
    ("/api/connections/give_group", &["connection"]),
    ("/api/connections/give_person", &["connection"]),
    ("/api/connections/list", &[]),
    ("/api/connections/remove_model", &["connection"]),
    ("/api/connections/set_group", &["connection"]),
    ("/api/connections/set_person", &["connection"]),
    ("/api/connections/take_group", &["connection"]),
    ("/api/connections/take_person", &["connection"]),
    ("/api/connections/update", &["connection"]),
    ("/api/domains/add", &[]),
    ("/api/domains/auto_join", &["domain"]),
    ("/api/domains/check", &["domain"]),
    ("/api/domains/delete", &["domain"]),
    ("/api/domains/list", &[]),
    ("/api/explain/who", &[]),
    ("/api/explain/why", &["member", "owner", "invited"]),
    ("/api/groups/add", &["group"]),
    ("/api/groups/create", &[]),
    ("/api/groups/delete", &["group"]),
    ("/api/groups/find", &["group"]),
    ("/api/groups/get", &["group"]),
    ("/api/groups/list", &[]),
    ("/api/groups/remove", &["group"]),
    ("/api/groups/update", &["group"]),
    ("/api/imports/columns", &["job"]),
    ("/api/imports/row", &["job"]),
    ("/api/imports/start", &[]),
    ("/api/invitations/check", &[]),
    ("/api/invitations/resend", &["invited"]),
    ("/api/invitations/revoke", &["invited"]),
    ("/api/invitations/send", &[]),
    ("/api/invitations/send_one", &[]),
    ("/api/mail_profile/edit", &[]),
    ("/api/mail_profile/get", &[]),
    ("/api/mail_profile/logo", &[]),
    ("/api/mail_profile/remove_logo", &[]),
    ("/api/orgs/archive", &[]),
    ("/api/orgs/guests", &[]),
    ("/api/orgs/restore", &[]),
    ("/api/orgs/save", &[]),
    ("/api/orgs/settings", &[]),
    ("/api/ownership/accept", &["offer"]),
    ("/api/ownership/cancel", &["offer"]),
    ("/api/ownership/decline", &["offer"]),
    ("/api/ownership/get", &[]),
    ("/api/ownership/offer", &["member"]),
    ("/api/partner/customers", &[]),
    ("/api/partner/new_link", &[]),
    ("/api/partner/overview", &[]),
    ("/api/partner/records", &[]),
    ("/api/people/act", &["member", "owner"]),
    ("/api/people/activity", &["member", "owner"]),
    ("/api/people/limit", &["member"]),
    ("/api/people/page", &[]),
    ("/api/people/profile", &["member", "owner", "invited"]),
    ("/api/people/removal", &["member"]),
    ("/api/people/remove", &["member"]),
    ("/api/people/revision", &[]),
    ("/api/people/update", &["member", "invited"]),
    ("/api/policies/get", &[]),
    ("/api/policies/preview", &[]),
    ("/api/policies/save", &[]),
    ("/api/requests/approve", &["request"]),
    ("/api/requests/dismiss", &["request"]),
    ("/api/requests/list", &[]),
    ("/api/roles/create", &[]),
    ("/api/roles/delete", &["role"]),
    ("/api/roles/list", &[]),
    ("/api/roles/update", &["role"]),
    ("/api/session/viewer", &[]),
    ("/api/sessions/end", &["member"]),
    ("/api/sessions/end_all", &["member"]),
    ("/api/support/grant", &[]),
    ("/api/support/staff", &[]),
    ("/api/users/create", &[]),
    ("/api/users/strength", &[]),
    ("/api/views/change", &["view"]),
    ("/api/views/list", &[]),
    ("/api/views/save", &[]),
];

/// What is about one's own account, or about nobody before a link or a password has proven who it is; each with the name
/// of the ids of somebody else that it must not take.
const OF_ACCOUNTS: &[(&str, &[&str])] = &[
    ("/api/account/answer_email_link", &[]),
    ("/api/account/cancel_email", &[]),
    ("/api/account/email", &[]),
    ("/api/account/email_link", &[]),
    ("/api/account/end_others", &[]),
    ("/api/account/end_session", &["session"]),
    ("/api/account/password", &[]),
    ("/api/account/rename", &[]),
    ("/api/account/view", &[]),
    ("/api/appearance/theme", &[]),
    ("/api/domains/join", &["domain"]),
    ("/api/invitations/accept_existing", &[]),
    ("/api/invitations/accept_new", &[]),
    ("/api/invitations/accept_signed_in", &[]),
    ("/api/invitations/view", &[]),
    ("/api/orgs/accept", &["invited", "member"]),
    ("/api/orgs/decline", &["invited", "member"]),
    ("/api/orgs/found", &[]),
    ("/api/orgs/list", &[]),
    ("/api/passwords/forgot", &[]),
    ("/api/passwords/link", &[]),
    ("/api/passwords/reset", &[]),
    // What a link ends with that a partner has shared (B44).
    ("/api/referrals/open", &[]),
    // The door of an organization is open to everybody who knows its address (B25).
    ("/api/requests/ask", &[]),
    ("/api/requests/ask_again", &[]),
    ("/api/requests/door", &[]),
    ("/api/session/home", &[]),
    ("/api/session/login", &[]),
    ("/api/session/logout", &[]),
    ("/api/setup", &[]),
    ("/api/setup/open", &[]),
    ("/api/welcome/choose", &[]),
    ("/api/welcome/get", &[]),
    ("/api/welcome/strength", &[]),
];

/// What anybody sees who knows an organization's address, or, as of the template of a file, of whatever organization.
const OPEN: [&str; 3] = ["/o/:org/login", "/o/:org/login/request", "/o/:org/import/template.csv"];

/// An organization that has one of everything, none of which may show.
struct Theirs {
    slug: String,
    org_id: String,
    ids: Vec<(&'static str, String)>,
}

impl Theirs {
    async fn found(app: &TestApp) -> Self {
        let (slug, olive) = app.found("Difference Machines").await;
        let by = &olive.browser;
        crate::policies::save_of(&slug, by, &[("invitation_requests", "on"), ("max_owners", "3")]).await.expect(200);
        let invited = invite_to(&slug, by, "grace@secret.example", Role::Member).await;
        let joining = invite_to(&slug, by, "member@secret.example", Role::Admin).await;
        let member = app.browser();
        let form = [
            ("token", joining.token.as_str()),
            ("first_name", "Margaret"),
            ("last_name", "Secret"),
            ("password", PASSWORD),
        ];
        member.call("/api/invitations/accept_new", &form).await.expect(200);
        let org = slug.as_str();
        let view = [("org", org), ("name", "Secret view"), ("query", "q=x"), ("share", "on")];
        by.call("/api/views/save", &view).await.expect(200);
        let asks = [
            ("org", org),
            ("first_name", "Ida"),
            ("last_name", "Secret"),
            ("email", "ida@secret.example"),
            ("message", ""),
        ];
        app.browser().call("/api/requests/ask", &asks).await.expect(200);
        let offers = [("org", org), ("id", joining.id.as_str()), ("mode", "share"), ("password", PASSWORD)];
        by.call("/api/ownership/offer", &offers).await.expect(200);
        let group = [("org", org), ("name", "Secret group"), ("description", "Secret"), ("role", "viewer")];
        by.call("/api/groups/create", &group).await.expect(200);
        let attribute = [
            ("org", org),
            ("key", "secret_region"),
            ("label", "Secret region"),
            ("value_type", "text"),
            ("count", "one"),
            ("seen_by", "person"),
            ("edited_by", "person"),
        ];
        by.call("/api/attributes/create", &attribute).await.expect(200);
        let start = [("org", org), ("op", "deactivate"), ("select", joining.id.as_str())];
        let job = by.call("/api/bulk/start", &start).await.expect(200);
        let job = job.parsed::<Value>()["next"].as_str().and_then(|next| next.rsplit('/').next()).unwrap().to_owned();
        by.call("/api/domains/add", &[("org", org), ("domain", "secret.example")]).await.expect(200);
        let one = |what: &'static str, answer: Answer, path: &[&str]| {
            let value: Value = answer.expect(200).parsed();
            let found = path.iter().fold(&value, |value, key| match key.parse::<usize>() {
                Ok(n) => &value[n],
                Err(_) => &value[*key],
            });
            (what, found.as_str().unwrap_or_else(|| panic!("{what}: {value}")).to_owned())
        };
        let of_org = [("org", org)];
        let role = [("org", org), ("name", "Secret role"), ("base", "member"), ("keeps[]", "view_content")];
        by.call("/api/roles/create", &role).await.expect(200);
        let connection = [("org", org), ("key", "secret"), ("name", "Secret connection"), ("default_role", "viewer")];
        by.call("/api/connections/create", &connection).await.expect(200);
        let role = [("org", org), ("name", "Secret modeler"), ("base", "modeler"), ("keeps[]", "query")];
        by.call("/api/connection_roles/create", &role).await.expect(200);
        let profile = [("org", org), ("id", joining.id.as_str())];
        let ids = vec![
            ("owner", olive.id.clone()),
            ("member", joining.id.clone()),
            ("invited", invited.id.clone()),
            ("job", job),
            one("role", by.call("/api/roles/list", &of_org).await, &["0", "id"]),
            one("group", by.call("/api/groups/list", &of_org).await, &["groups", "0", "id"]),
            one("attribute", by.call("/api/attributes/list", &of_org).await, &["0", "attribute", "id"]),
            one("connection", by.call("/api/connections/list", &of_org).await, &["rows", "0", "connection", "id"]),
            one("connection role", by.call("/api/connections/list", &of_org).await, &["roles", "0", "id"]),
            one("view", by.call("/api/views/list", &of_org).await, &["mine", "0", "id"]),
            one("domain", by.call("/api/domains/list", &of_org).await, &["rows", "0", "domain", "id"]),
            one("request", by.call("/api/requests/list", &of_org).await, &["rows", "0", "id"]),
            one("offer", by.call("/api/ownership/get", &of_org).await, &["offers", "0", "id"]),
            one("session", by.call("/api/people/profile", &profile).await, &["sessions", "0", "id"]),
        ];
        let viewer = by.call("/api/session/viewer", &of_org).await.expect(200).parsed::<model::people::Viewer>();
        app.mails().await;
        Self { slug, org_id: viewer.actor.org_id.to_string(), ids }
    }
    fn id(&self, what: &str) -> &str {
        &self.ids.iter().find(|(name, _)| *name == what).unwrap().1
    }
}

/// Asks a function with whatever it may want to know.
async fn ask(by: &Browser, path: &str, org: &str, id: &str, session: &str) -> Answer {
    let form = [
        ("org", org),
        ("id", id),
        ("select", id),
        ("session", session),
        ("op", if path.starts_with("/api/views") { "share" } else { "deactivate" }),
        ("how", "remove"),
        ("first_name", "Eve"),
        ("last_name", "Eve"),
        ("email", "eve@evil.example"),
        ("emails", "eve@evil.example"),
        ("role", "viewer"),
        ("mode", "share"),
        ("permission", "view_audit"),
        ("password", PASSWORD),
        ("name", "Eve"),
        ("org_name", "Eve"),
        ("query", ""),
        ("file", "Email\neve@evil.example\n"),
        ("file_name", "eve.csv"),
        ("columns[0]", "email"),
        ("n", "1"),
    ];
    let answer = by.call(path, &form).await;
    if answer.status != 422 {
        return answer;
    }
    // What only JSON can say, and what takes no second list of choices.
    let body = json!({ "org": org, "id": id, "query": PeopleQuery::default(), "how": "remove", "cells": {} });
    by.call_json(path, &body).await
}

#[track_caller]
fn assert_silent(answer: &Answer, what: &str) {
    for secret in ["Difference", "Olive", "secret.example", "Secret", "Margaret"] {
        assert!(!answer.body.contains(secret), "{what}: {secret}\n{}", answer.body);
    }
}

async fn every_function_is_on_a_list(_: TestApp) {
    let there: BTreeSet<&str> = server_fn_paths().map(|(path, _)| path).collect();
    let listed: BTreeSet<&str> = OF_ORGANIZATIONS.iter().chain(OF_ACCOUNTS).map(|(path, _)| *path).collect();
    assert_eq!(there, listed);
}

async fn another_organization_is_not_found_by_any_function(app: TestApp) {
    let ada = app.set_up().await;
    let theirs = Theirs::found(&app).await;
    let before = everything(app.db()).await;
    for (path, ids) in OF_ORGANIZATIONS {
        let id = ids.first().map_or("", |what| theirs.id(what));
        let answer = ask(&ada, path, &theirs.slug, id, theirs.id("session")).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
        // Whether there is such an organization cannot be told.
        let nowhere = ask(&ada, path, "no-such-place", id, theirs.id("session")).await;
        assert_eq!((nowhere.status, &nowhere.body), (404, &answer.body), "{path}");
    }
    assert_eq!(everything(app.db()).await, before);
    assert_eq!(app.mails().await, []);
}

async fn the_ids_of_another_organization_are_not_found_by_any_function(app: TestApp) {
    let ada = app.set_up().await;
    let theirs = Theirs::found(&app).await;
    // Made once, so that what is asked below makes no rows of it.
    ada.get(crate::cast::USERS).await.expect(200);
    let before = everything(app.db()).await;
    for (path, ids) in OF_ORGANIZATIONS.iter().chain(OF_ACCOUNTS) {
        for what in *ids {
            let id = theirs.id(what);
            let answer = ask(&ada, path, ORG, id, theirs.id("session")).await;
            assert_eq!(answer.status, 404, "{path} {what}: {}", answer.body);
            assert_silent(&answer, path);
        }
    }
    // A group of theirs for people of one's own, by whatever way, and people of theirs in a group of one's own.
    let one = [("org", ORG), ("op", "add_to_group"), ("group", theirs.id("group")), ("all", "1")];
    ada.call("/api/bulk/start", &one).await.expect(404);
    let under = [("org", ORG), ("name", "Own"), ("parent", theirs.id("group"))];
    assert_eq!(ada.call("/api/groups/create", &under).await.expect(422).wrong_fields(), ["parent"]);
    let own = ada.call("/api/groups/create", &[("org", ORG), ("name", "Own")]).await.expect(200);
    let own = own.parsed::<Value>()["next"].as_str().and_then(|next| next.rsplit('/').next()).unwrap().to_owned();
    for path in ["/api/groups/add", "/api/groups/remove"] {
        let people = [("org", ORG), ("id", own.as_str()), ("select", theirs.id("member"))];
        ada.call(path, &people).await.expect(404);
    }
    // An attribute of theirs for a person and a group of one's own, and people and groups of theirs for one's own attribute.
    let define = [
        ("org", ORG),
        ("key", "own"),
        ("label", "Own"),
        ("value_type", "text"),
        ("count", "one"),
        ("seen_by", "admins"),
        ("edited_by", "admins"),
    ];
    ada.call("/api/attributes/create", &define).await.expect(200);
    let mine = ada.call("/api/attributes/list", &[("org", ORG)]).await.expect(200).parsed::<Value>();
    let mine = mine[0]["attribute"]["id"].as_str().unwrap().to_owned();
    let viewer = ada.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed::<model::people::Viewer>();
    let me = viewer.actor.membership_id.to_string();
    for (path, id, attribute) in [
        ("/api/attributes/set_of_person", me.as_str(), theirs.id("attribute")),
        ("/api/attributes/set_of_person", theirs.id("member"), mine.as_str()),
        ("/api/attributes/set_of_group", own.as_str(), theirs.id("attribute")),
        ("/api/attributes/set_of_group", theirs.id("group"), mine.as_str()),
    ] {
        let set = [("org", ORG), ("id", id), ("attribute", attribute), ("value", "x")];
        assert_silent(&ada.call(path, &set).await.expect(404), path);
    }
    // A group or a person of theirs on a connection of one's own.
    let connection = [("org", ORG), ("key", "own"), ("name", "Own")];
    let connection = ada.call("/api/connections/create", &connection).await.expect(200).parsed::<Value>()["next"]
        .as_str()
        .and_then(|next| next.rsplit('/').next())
        .unwrap()
        .to_owned();
    let on_own = [("org", ORG), ("id", connection.as_str()), ("role", "viewer")];
    let give = |field, what| [&on_own[..], &[(field, theirs.id(what))]].concat();
    for path in ["/api/connections/set_person", "/api/connections/take_person"] {
        ada.call(path, &give("person", "member")).await.expect(404);
    }
    for path in ["/api/connections/give_group", "/api/connections/set_group", "/api/connections/take_group"] {
        assert_eq!(ada.call(path, &give("group", "group")).await.expect(422).wrong_fields(), ["group"], "{path}");
    }
    let role = [("org", ORG), ("id", connection.as_str()), ("role", theirs.id("connection role"))];
    let role = [&role[..], &[("email", "ada@engines.example")]].concat();
    assert_eq!(ada.call("/api/connections/give_person", &role).await.expect(422).wrong_fields(), ["role"]);
    let by_address = [&on_own[..], &[("email", "member@secret.example")]].concat();
    assert_eq!(ada.call("/api/connections/give_person", &by_address).await.expect(422).wrong_fields(), ["email"]);
    // A session of somebody else's under a person of one's own, and people of theirs in a selection.
    let own = app.join(&ada, "own@engines.example", Role::Member).await;
    let session = [("org", ORG), ("id", own.id.as_str()), ("session", theirs.id("session"))];
    ada.call("/api/sessions/end", &session).await.expect(404);
    let selected = [("org", ORG), ("op", "deactivate"), ("select", theirs.id("member"))];
    let started = ada.call("/api/bulk/start", &selected).await.expect(200);
    let job: JobId = model::id::Id::parse(
        started.parsed::<Value>()["next"].as_str().and_then(|next| next.rsplit('/').next()).unwrap(),
    )
    .unwrap();
    let plan = ada.call("/api/bulk/job", &[("org", ORG), ("id", &job.to_string())]).await.expect(200);
    assert_silent(&plan, "a plan");
    let theirs_now: Vec<String> = of_theirs(&everything(app.db()).await, &theirs);
    assert_eq!(theirs_now, of_theirs(&before, &theirs), "nothing of theirs has changed");
    assert_eq!(app.mails().await.len(), 1, "but for the invitation of one's own");
}

/// The lines of the database that are theirs.
fn of_theirs(everything: &str, theirs: &Theirs) -> Vec<String> {
    everything.lines().filter(|line| line.contains(&theirs.org_id)).map(str::to_owned).collect()
}

async fn another_organization_is_not_found_under_any_route(app: TestApp) {
    let ada = app.set_up().await;
    let theirs = Theirs::found(&app).await;
    let pages = routes(include_str!("../../../app/src/lib.rs"), "path!(\"");
    let handlers = routes(include_str!("../../src/http/mod.rs"), ".route(\"");
    let inside = pages.iter().filter(|path| !path.starts_with('/') && !path.starts_with('*'));
    let inside = inside.map(|path| format!("/o/:org/{path}").trim_end_matches('/').to_owned());
    let whole = pages.iter().filter(|path| path.starts_with("/o/:org")).cloned();
    let of_org: Vec<String> = inside
        .chain(whole)
        .chain(handlers.iter().map(|path| path.replace("{org}", ":org")).filter(|path| path.contains(":org")))
        .filter(|path| !OPEN.contains(&path.as_str()))
        .collect();
    assert!(of_org.len() > 16, "{of_org:?}");
    // The first page still says welcome.
    ada.get("/orgs").await.expect(200);
    let before = everything(app.db()).await;
    for route in of_org {
        for what in ["member", "job", "group", "attribute", "connection"] {
            let filled = |slug: &str| {
                let path = route.replace(":org", slug).replace(":id", theirs.id(what)).replace("{id}", theirs.id(what));
                path.replace("{file}", "people.csv").replace("{template}", "invitation").replace("{part}", "html")
            };
            let found = ada.get(&filled(&theirs.slug)).await;
            let nowhere = ada.get(&filled("no-such-place")).await;
            assert_eq!((found.status, nowhere.status), (404, 404), "{route}: {}", found.body);
            assert_silent(&found, &route);
            let same = |page: &Answer, slug: &str| without_nonce(page).replace(slug, "SLUG");
            assert_eq!(same(&found, &theirs.slug), same(&nowhere, "no-such-place"), "{route}");
            // Nor what belongs to them, under one's own address.
            if route.contains("id") {
                let own = ada.get(&filled(ORG)).await;
                assert_eq!(own.status, 404, "{route}: {}", own.body);
                assert_silent(&own, &route);
            }
        }
    }
    assert_eq!(everything(app.db()).await, before);
}

/// The body of a page, whose every rendering has a nonce of its own; files have none.
fn without_nonce(page: &Answer) -> String {
    if page.header("content-security-policy").contains("'nonce-") {
        page.body.replace(page.nonce(), "NONCE")
    } else {
        page.body.clone()
    }
}

/// What stands between a beginning and the next quotation mark, wherever that is in a source.
fn routes(source: &str, begins: &str) -> Vec<String> {
    source.split(begins).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}
