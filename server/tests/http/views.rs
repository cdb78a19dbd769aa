//! Saved views: who sees, saves, shares and changes them, and where they lead somebody who comes in.

use model::{
    Role,
    activity::{Activity, ActivityPage},
    people::{MAX_VIEWS, SavedView, ViewLists, Viewer},
};

use crate::{
    answer::Answer,
    app::TestApp,
    browser::{Browser, Pairs},
    cast::{ADA, HOME, ORG, PASSWORD, Person, USERS},
    engines::{everything, number, raw},
};

on_both_engines! {
    a_view_is_saved_from_the_page_and_opened_again,
    a_name_that_cannot_be_used_is_refused_beside_its_field,
    a_name_that_one_has_is_refused_or_replaced,
    nobody_has_more_than_so_many,
    what_is_stored_reads_back_as_something_sane,
    a_shared_view_is_everybodys_and_in_the_audit_log,
    who_may_not_share_keeps_views_to_themselves,
    a_maker_who_may_no_longer_share_leaves_the_shared_view_alone,
    members_viewers_and_partners_have_no_views,
    the_views_of_others_and_of_other_organizations_are_not_found,
    the_default_is_landed_on_from_outside_and_the_plain_address_is_everybody,
    a_default_that_is_gone_is_everybody,
    a_shared_view_whose_maker_left_can_be_deleted_but_not_made_private,
    a_dialog_that_stays_comes_back_with_what_is_wrong,
    an_unknown_operation_is_refused,
    saving_a_view_lets_nobody_read_their_list_again,
}

const QUESTION: &str = "q=gr%C3%A4ce&role=admin&sort=-name";

async fn save(by: &Browser, name: &str, more: Pairs<'_>) -> Answer {
    let form = [&[("org", ORG), ("name", name), ("query", QUESTION)], more].concat();
    by.call("/api/views/save", &form).await
}

async fn change(by: &Browser, view: &SavedView, op: &str, more: Pairs<'_>) -> Answer {
    let id = view.id.to_string();
    by.call("/api/views/change", &[&[("org", ORG), ("id", &id), ("op", op)], more].concat()).await
}

async fn lists(by: &Browser) -> ViewLists {
    by.call("/api/views/list", &[("org", ORG)]).await.expect(200).parsed()
}

/// The one own view.
async fn own(by: &Browser) -> SavedView {
    let [view] = <[SavedView; 1]>::try_from(lists(by).await.mine).expect("one view");
    view
}

async fn landing(by: &Browser) -> String {
    by.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed::<Viewer>().landing
}

async fn admin(app: &TestApp, ada: &Browser) -> Person {
    app.join(ada, "grace@engines.example", Role::Admin).await
}

/// An admin from another organization, who sees people but touches nothing.
async fn guest(app: &TestApp, ada: &Browser) -> Person {
    let guest = app.join(ada, "guest@elsewhere.example", Role::Admin).await;
    raw(app.db(), &format!("UPDATE memberships SET kind = 'external' WHERE id = '{}'", guest.id)).await;
    guest
}

async fn audited(app: &TestApp) -> Vec<String> {
    let all = everything(app.db()).await;
    let of_views =
        |line: &str| line.split(['|', ',']).map(str::trim).find(|word| word.starts_with("view.")).map(str::to_owned);
    let mut found: Vec<_> = all.lines().filter(|line| line.starts_with("audit_events ")).filter_map(of_views).collect();
    found.sort_unstable();
    found
}

async fn a_view_is_saved_from_the_page_and_opened_again(app: TestApp) {
    let ada = app.set_up().await;
    let page = format!("{USERS}?q=gr%C3%A4ce&sort=-name&dialog=views");
    let dialog = ada.get(&page).await.expect(200);
    for text in ["Save what you see", "Mine", "Shared", "None yet.", "Share with everybody in Analytical Engines"] {
        assert!(dialog.says(text), "{text}\n{}", dialog.body);
    }
    let query = dialog.value_of("query");
    assert_eq!(query, "q=gr%C3%A4ce&sort=-name");
    let form = [("org", ORG), ("query", &query), ("name", "  The   Graces ")];
    let answer = ada.submit(&page, "/api/views/save", &form).await.expect(303);
    assert_eq!(answer.location(), format!("{USERS}?q=gr%C3%A4ce&sort=-name"), "the dialog is left, the list stays");
    assert!(ada.get(answer.location()).await.says("The view “The Graces” has been saved."));

    let view = own(&ada).await;
    assert_eq!((view.name.as_str(), view.is_shared, view.is_default), ("The Graces", false, false));
    let dialog = ada.get(&format!("{USERS}?dialog=views")).await.expect(200);
    assert!(
        dialog.says("The Graces") && dialog.body.contains(&format!("href=\"{USERS}?{}\"", query.replace('&', "&amp;")))
    );
    assert_eq!(audited(&app).await, [] as [String; 0]);
}

async fn a_name_that_cannot_be_used_is_refused_beside_its_field(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    let long = "x".repeat(61);
    let page = format!("{USERS}?role=admin&dialog=views");
    for (name, why) in [
        ("", "Enter a name."),
        (" \t ", "Enter a name."),
        (long.as_str(), "This name is too long; use at most 60 characters."),
        ("a\0b", "This name contains characters that cannot be shown."),
    ] {
        let problem = save(&ada, name, &[]).await.expect(422).problem();
        assert_eq!(problem.fields, [("name".to_owned(), why.to_owned())], "{name:?}");
        let form = [("org", ORG), ("name", name), ("query", QUESTION), ("default", "on")];
        let answer = ada.submit(&page, "/api/views/save", &form).await.expect(422);
        assert!(answer.beside("name").contains(why), "{}", answer.body);
        assert!(answer.beside("default").starts_with(" checked"), "{}", answer.beside("default"));
        if name == long {
            assert!(answer.body.contains(&format!("value=\"{long}\"")), "what was typed is there");
        }
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn a_name_that_one_has_is_refused_or_replaced(app: TestApp) {
    let ada = app.set_up().await;
    let page = format!("{USERS}?dialog=views");
    assert!(!ada.get(&page).await.body.contains("name=\"replace\""), "offered only where it is needed");
    save(&ada, "Guests", &[]).await.expect(200);
    let before = own(&ada).await;
    let refused = save(&ada, "gUESTS ", &[]).await.expect(422);
    assert_eq!(refused.wrong_fields(), ["name", "replace"]);
    let form = [("org", ORG), ("name", "guests"), ("query", "")];
    let answer = ada.submit(&page, "/api/views/save", &form).await.expect(422);
    assert!(answer.says("There is a view of this name already.") && answer.says("Replace it"), "{}", answer.body);
    assert_eq!(own(&ada).await, before);

    let form = [&form[..], &[("replace", "on")]].concat();
    ada.submit(&page, "/api/views/save", &form).await.expect(303);
    let after = own(&ada).await;
    assert_eq!((&after.id, after.name.as_str(), after.query.to_query_string().as_str()), (&before.id, "Guests", ""));

    // A rename to the name of another one is refused as well.
    save(&ada, "Admins", &[]).await.expect(200);
    let admins = lists(&ada).await.mine.into_iter().find(|view| view.name.as_str() == "Admins").unwrap();
    let refused = change(&ada, &admins, "rename", &[("name", "GUESTS")]).await.expect(422);
    assert_eq!(refused.wrong_fields(), ["name"]);
    change(&ada, &admins, "rename", &[("name", "ADMINS")]).await.expect(200);
}

async fn nobody_has_more_than_so_many(app: TestApp) {
    let ada = app.set_up().await;
    for n in 0..MAX_VIEWS {
        save(&ada, &format!("View {n}"), &[]).await.expect(200);
    }
    let full = "You have 50 views, which is as many as there can be. Delete one to save another.";
    assert_eq!(save(&ada, "Another", &[]).await.expect(409).problem().message, full);
    let form = [("org", ORG), ("name", "Another"), ("query", "")];
    let answer = ada.submit(&format!("{USERS}?dialog=views"), "/api/views/save", &form).await.expect(409);
    assert!(answer.says(full) && answer.body.contains("value=\"Another\""));
    save(&ada, "view 7", &[("replace", "on")]).await.expect(200);
    let views = lists(&ada).await.mine;
    assert_eq!(views.len(), MAX_VIEWS);
    change(&ada, &views[0], "delete", &[]).await.expect(200);
    save(&ada, "Another", &[]).await.expect(200);
}

async fn what_is_stored_reads_back_as_something_sane(app: TestApp) {
    let ada = app.set_up().await;
    for (query, kept) in [
        ("q=a&after=mem_x~&page=7&dialog=edit&tab=external", "tab=external&q=a"),
        ("role=admin,emperor&sort=%00&per=7&cols=", "role=admin&cols="),
        ("%&&=%zz&q=%FF", ""),
        ("<script>", ""),
    ] {
        let form = [("org", ORG), ("name", "X"), ("query", query), ("replace", "on"), ("default", "on")];
        ada.call("/api/views/save", &form).await.expect(200);
        assert_eq!(own(&ada).await.query.to_query_string(), kept);
        assert_eq!(landing(&ada).await, kept);
    }
    // What another release, or a hand, wrote there.
    raw(app.db(), "UPDATE saved_views SET query = 'tab=moon&sort=-name&q=%'").await;
    assert_eq!(landing(&ada).await, "sort=-name");
    assert_eq!(ada.get(HOME).await.location(), format!("{USERS}?sort=-name"));
}

async fn a_shared_view_is_everybodys_and_in_the_audit_log(app: TestApp) {
    let ada = app.set_up().await;
    let grace = admin(&app, &ada).await;
    let guest = guest(&app, &ada).await;
    save(&ada, "Private", &[]).await.expect(200);
    save(&ada, "Guests", &[("share", "on")]).await.expect(200);
    for browser in [&grace.browser, &guest.browser] {
        let ViewLists { mine, shared } = lists(browser).await;
        assert_eq!(mine, []);
        let [view] = <[SavedView; 1]>::try_from(shared).expect("one view");
        assert_eq!((view.name.as_str(), view.maker.unwrap().name.as_str()), ("Guests", "Ada Lovelace"));
        let page = browser.get(&format!("{USERS}?dialog=views")).await.expect(200);
        assert!(page.says("Guests") && page.says("by Ada Lovelace") && !page.says("Private"), "{}", page.body);
    }
    let view = lists(&grace.browser).await.shared.remove(0);
    for (op, more) in [
        ("rename", [("name", "Visitors")].as_slice()),
        ("replace", &[("query", "q=x")]),
        ("share", &[]),
        ("unshare", &[]),
    ] {
        change(&grace.browser, &view, op, more).await.expect(200);
    }
    let visitors = lists(&ada).await.mine.into_iter().find(|view| view.name.as_str() == "Visitors").unwrap();
    assert_eq!((visitors.query.to_query_string().as_str(), visitors.is_shared), ("q=x", false));
    assert_eq!(lists(&grace.browser).await.shared, []);
    change(&ada, &visitors, "replace", &[("query", "")]).await.expect(200);
    save(&ada, "visitors", &[("replace", "on"), ("share", "on")]).await.expect(200);
    change(&grace.browser, &view, "delete", &[]).await.expect(200);
    let expected = ["view.changed", "view.changed", "view.deleted", "view.shared", "view.shared", "view.unshared"];
    assert_eq!(audited(&app).await, expected);
    let form = [("org", ORG), ("id", grace.id.as_str())];
    let page: ActivityPage = ada.call("/api/people/activity", &form).await.expect(200).parsed();
    let told: Vec<String> = page.lines.iter().map(Activity::sentence).collect();
    for sentence in [
        "grace Doe deleted the shared view Visitors",
        "grace Doe stopped sharing the view Visitors",
        "grace Doe changed the shared view Visitors",
        "grace Doe changed the shared view Guests",
    ] {
        assert!(told.iter().any(|line| line == sentence), "{sentence} {told:#?}");
    }
}

async fn who_may_not_share_keeps_views_to_themselves(app: TestApp) {
    let ada = app.set_up().await;
    let guest = guest(&app, &ada).await;
    save(&ada, "Guests", &[("share", "on")]).await.expect(200);
    let shared = own(&ada).await;
    let page = guest.browser.get(&format!("{USERS}?dialog=views")).await.expect(200);
    assert!(!page.says("Share with everybody") && !page.body.contains("name=\"share\""), "{}", page.body);
    let reason = "You belong to another organization. External users cannot do this here, whatever their role.";
    let before = everything(app.db()).await;
    assert_eq!(save(&guest.browser, "Mine", &[("share", "on")]).await.expect(403).problem().message, reason);
    for op in ["share", "unshare", "rename", "replace", "delete"] {
        let refused = change(&guest.browser, &shared, op, &[("name", "Stolen")]).await.expect(403);
        assert_eq!(refused.problem().message, reason, "{op}");
    }
    assert_eq!(everything(app.db()).await, before, "nothing of it was saved");

    save(&guest.browser, "Mine", &[]).await.expect(200);
    let mine = own(&guest.browser).await;
    change(&guest.browser, &mine, "share", &[]).await.expect(403);
    for (op, more) in
        [("rename", [("name", "My own")].as_slice()), ("replace", &[("query", "q=x")]), ("make_default", &[])]
    {
        change(&guest.browser, &mine, op, more).await.expect(200);
    }
    change(&guest.browser, &shared, "make_default", &[]).await.expect(200);
    assert_eq!(landing(&guest.browser).await, QUESTION);
    change(&guest.browser, &mine, "delete", &[]).await.expect(200);
    assert_eq!(audited(&app).await, ["view.shared"]);
}

async fn a_maker_who_may_no_longer_share_leaves_the_shared_view_alone(app: TestApp) {
    let ada = app.set_up().await;
    let grace = admin(&app, &ada).await;
    save(&grace.browser, "Guests", &[("share", "on")]).await.expect(200);
    let view = own(&grace.browser).await;
    raw(app.db(), &format!("UPDATE memberships SET kind = 'external' WHERE id = '{}'", grace.id)).await;
    for op in ["unshare", "rename", "replace", "delete"] {
        change(&grace.browser, &view, op, &[("name", "x")]).await.expect(403);
    }
    save(&grace.browser, "guests", &[("replace", "on")]).await.expect(403);
    assert_eq!(own(&grace.browser).await, view);
    change(&ada, &view, "delete", &[]).await.expect(200);
}

async fn members_viewers_and_partners_have_no_views(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, "Guests", &[("share", "on")]).await.expect(200);
    let view = own(&ada).await;
    for role in [Role::Member, Role::Viewer, Role::Partner] {
        let person = app.join(&ada, &format!("{}@engines.example", role.code()), role).await;
        let before = everything(app.db()).await;
        person.browser.call("/api/views/list", &[("org", ORG)]).await.expect(403);
        save(&person.browser, "x", &[]).await.expect(403);
        save(&person.browser, "", &[]).await.expect(403);
        for op in ["make_default", "drop_default", "share", "delete"] {
            change(&person.browser, &view, op, &[]).await.expect(403);
        }
        let page = person.browser.get(&format!("{USERS}?dialog=views")).await.expect(403);
        assert!(!page.says("Guests"));
        assert_eq!(everything(app.db()).await, before);
    }
}

async fn the_views_of_others_and_of_other_organizations_are_not_found(app: TestApp) {
    let ada = app.set_up().await;
    let grace = admin(&app, &ada).await;
    let (other, olive) = app.found("Difference Machines").await;
    save(&grace.browser, "Private", &[]).await.expect(200);
    let private = own(&grace.browser).await.id.to_string();
    let form = [("org", other.as_str()), ("name", "Shared"), ("query", ""), ("share", "on")];
    olive.browser.call("/api/views/save", &form).await.expect(200);
    let lists: ViewLists = olive.browser.call("/api/views/list", &[("org", other.as_str())]).await.expect(200).parsed();
    let foreign = lists.mine[0].id.to_string();
    let nobody = app.unused::<model::ViewId>().to_string();
    let before = everything(app.db()).await;
    for op in ["make_default", "drop_default", "share", "unshare", "rename", "replace", "delete"] {
        let form = |id| [("org", ORG), ("id", id), ("op", op), ("name", "Stolen"), ("query", "q=x")];
        let unused = ada.call("/api/views/change", &form(&nobody)).await.expect(404);
        for id in [private.as_str(), &foreign, "", "viw_1", &olive.id] {
            assert_eq!(ada.call("/api/views/change", &form(id)).await.expect(404).body, unused.body, "{op} {id}");
            ada.submit(&format!("{USERS}?dialog=views"), "/api/views/change", &form(id)).await.expect(404);
        }
        let elsewhere = [("org", other.as_str()), ("id", foreign.as_str()), ("op", op), ("name", "Stolen")];
        ada.call("/api/views/change", &elsewhere).await.expect(404);
    }
    ada.call("/api/views/list", &[("org", other.as_str())]).await.expect(404);
    ada.call("/api/views/save", &[("org", other.as_str()), ("name", "x"), ("query", "")]).await.expect(404);
    app.browser().call("/api/views/list", &[("org", ORG)]).await.expect(401);
    app.browser().call("/api/views/save", &[("org", ORG), ("name", "x")]).await.expect(401);
    assert_eq!(everything(app.db()).await, before);
}

async fn the_default_is_landed_on_from_outside_and_the_plain_address_is_everybody(app: TestApp) {
    let ada = app.set_up().await;
    admin(&app, &ada).await;
    assert_eq!(ada.get(HOME).await.location(), USERS);
    save(&ada, "Nobody", &[("default", "on")]).await.expect(200);
    let target = format!("{USERS}?{QUESTION}");
    let again = app.browser();
    let form = [("email", ADA), ("password", PASSWORD), ("next", "")];
    let answer = again.submit("/login", "/api/session/login", &form).await.expect(303);
    assert_eq!(again.get(answer.location()).await.location(), target);
    assert_eq!(again.get(again.get("/").await.location()).await.location(), target);
    let shown = again.get(USERS).await.expect(200);
    assert!(shown.says("grace@engines.example") && shown.says("1–2 of 2"), "everybody is there");
    let links = shown.body.matches(&format!("href=\"{}\"", target.replace('&', "&amp;"))).count();
    assert_eq!(links, 2, "the sidebar and the profile menu\n{}", shown.body);
    let orgs = again.get("/orgs").await.expect(200);
    assert!(orgs.body.contains(&format!("href=\"{HOME}\"")), "{}", orgs.body);
    // Where somebody wanted to go weighs more.
    let form = [("email", ADA), ("password", PASSWORD), ("next", USERS)];
    assert_eq!(app.browser().submit("/login", "/api/session/login", &form).await.location(), USERS);

    let view = own(&ada).await;
    let page = format!("{USERS}?dialog=views");
    let id = view.id.to_string();
    let form = [("org", ORG), ("id", &id), ("op", "drop_default"), ("_stays", "")];
    let answer = ada.submit(&page, "/api/views/change", &form).await.expect(303);
    assert_eq!(answer.location(), page, "the dialog stays");
    assert!(ada.get(&page).await.says("People opens with everybody from now on."));
    assert_eq!(ada.get(HOME).await.location(), USERS);
}

async fn a_default_that_is_gone_is_everybody(app: TestApp) {
    let ada = app.set_up().await;
    let grace = admin(&app, &ada).await;
    save(&ada, "Guests", &[("share", "on")]).await.expect(200);
    let view = own(&ada).await;
    change(&grace.browser, &view, "make_default", &[]).await.expect(200);
    assert_eq!((landing(&grace.browser).await.as_str(), landing(&ada).await.as_str()), (QUESTION, ""));
    change(&ada, &view, "replace", &[("query", "q=x")]).await.expect(200);
    assert_eq!(landing(&grace.browser).await, "q=x");
    change(&ada, &view, "unshare", &[]).await.expect(200);
    assert_eq!(landing(&grace.browser).await, "");
    assert_eq!(grace.browser.get(HOME).await.location(), USERS);
    change(&ada, &view, "share", &[]).await.expect(200);
    assert_eq!(landing(&grace.browser).await, "q=x");
    change(&ada, &view, "delete", &[]).await.expect(200);
    assert_eq!(grace.browser.get(HOME).await.location(), USERS);
    assert_eq!(number(app.db(), "SELECT count(*) FROM default_views").await, 0);
}

async fn a_shared_view_whose_maker_left_can_be_deleted_but_not_made_private(app: TestApp) {
    let ada = app.set_up().await;
    let grace = admin(&app, &ada).await;
    save(&grace.browser, "Guests", &[("share", "on")]).await.expect(200);
    save(&grace.browser, "Private", &[]).await.expect(200);
    raw(app.db(), &format!("DELETE FROM memberships WHERE id = '{}'", grace.id)).await;
    assert_eq!(number(app.db(), "SELECT count(*) FROM saved_views").await, 1);
    let view = lists(&ada).await.shared.remove(0);
    assert_eq!((view.name.as_str(), &view.maker), ("Guests", &None));
    let page = ada.get(&format!("{USERS}?dialog=views")).await.expect(200);
    assert!(page.says("by somebody who has left") && !page.says("Stop sharing"), "{}", page.body);
    let why = "Who made this view has left, so there is nobody to keep it to. You can delete it.";
    assert_eq!(change(&ada, &view, "unshare", &[]).await.expect(409).problem().message, why);
    change(&ada, &view, "rename", &[("name", "Kept")]).await.expect(200);
    change(&ada, &view, "delete", &[]).await.expect(200);
}

async fn a_dialog_that_stays_comes_back_with_what_is_wrong(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, "Guests", &[]).await.expect(200);
    save(&ada, "Others", &[]).await.expect(200);
    let [guests, others] = <[SavedView; 2]>::try_from(lists(&ada).await.mine).unwrap();
    let page = format!("{USERS}?q=a&dialog=views");
    let id = others.id.to_string();
    let form = [("org", ORG), ("id", &id), ("op", "rename"), ("name", "guests"), ("_stays", "")];
    let answer = ada.submit(&page, "/api/views/change", &form).await.expect(422);
    assert_eq!(answer.body.matches("class=\"field-error\"").count(), 1, "beside its own field alone");
    let at = |text: &str| answer.body.find(text).unwrap_or_else(|| panic!("{text}\n{}", answer.body));
    let line = at(&format!("id=\"rename-{id}\""));
    assert!(line < at("There is a view of this name already.") && answer.body[line..].contains("value=\"guests\""));
    assert!(answer.body[at(&format!("id=\"rename-{}\"", guests.id))..].contains("value=\"Guests\""));
    assert_eq!(answer.body.matches("<details open class=\"view-choices\"").count(), 1, "{}", answer.body);

    let form = [("org", ORG), ("id", &id), ("op", "rename"), ("name", "Third"), ("_stays", "")];
    let answer = ada.submit(&page, "/api/views/change", &form).await.expect(303);
    assert_eq!(answer.location(), page);
    assert!(ada.get(&page).await.says("The view is called “Third” now."));
}

async fn an_unknown_operation_is_refused(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, "Guests", &[]).await.expect(200);
    let view = own(&ada).await;
    for op in ["", "explode", "Delete", "delete,share"] {
        change(&ada, &view, op, &[]).await.expect(422);
    }
    assert_eq!(own(&ada).await, view);
}

async fn saving_a_view_lets_nobody_read_their_list_again(app: TestApp) {
    let ada = app.set_up().await;
    let revision = "SELECT revision FROM organizations";
    let before = number(app.db(), revision).await;
    save(&ada, "Guests", &[("share", "on"), ("default", "on")]).await.expect(200);
    change(&ada, &own(&ada).await, "delete", &[]).await.expect(200);
    assert_eq!(number(app.db(), revision).await, before);
}
