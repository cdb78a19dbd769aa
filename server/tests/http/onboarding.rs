//! Accounts that an admin creates (B4–B7): the temporary password goes out by mail and nowhere else, opens nothing but the
//! page where another one is chosen, and is gone afterwards.

use app::reply::Reply;
use leptos::server_fn::axum::server_fn_paths;
use model::{
    PersonState, Role, Source,
    invitation::{InviteOutcome, InviteResult},
    password::{Strength, WeakPassword},
    people::{Delivery, PeopleQuery, Tab},
    time::{DAY, HOUR},
};
use serde_json::json;
use service::Mail;

use crate::{
    actions::act,
    answer::Answer,
    app::{PUBLIC_URL, TestApp, log},
    browser::Browser,
    cast::{ADA, HOME, ORG, PASSWORD, USERS, changed, invite, invite_to, link_in, sent, token_of},
    engines::{everything, number, raw},
    invitations::{results, send},
    policies::save,
};

on_both_engines! {
    an_admin_creates_an_account_and_the_mail_says_how_to_sign_in,
    a_password_is_generated_where_that_is_asked_for,
    what_is_wrong_stands_beside_the_field,
    where_people_join_by_link_nobody_creates_accounts,
    where_accounts_are_created_nobody_invites_by_link,
    both_ways_stand_beside_each_other,
    nothing_opens_before_a_password_is_chosen,
    whoever_chooses_a_password_is_a_member_from_then_on,
    the_chosen_password_is_judged_and_is_not_the_temporary_one,
    without_a_script_it_goes_all_the_way,
    logging_out_works_and_signing_in_leads_back,
    a_temporary_password_ends_and_says_so,
    sending_it_again_replaces_the_password,
    another_address_gets_another_account,
    revoking_takes_the_account_away,
    who_has_an_account_keeps_their_password_and_the_admin_hears_nothing,
    a_link_proves_the_mailbox_and_takes_an_unused_account_over,
    a_temporary_password_accepts_no_link,
    of_many_who_choose_at_once_one_wins,
    created_people_take_seats,
    who_may_no_longer_create_lets_nobody_in,
    whoever_chose_a_password_by_mail_joins_by_signing_in,
    many_are_sent_again_in_bulk,
    the_meter_judges_as_the_form_does,
    no_answer_log_or_table_holds_a_temporary_password,
}

/// The page.
const NEW: &str = "/o/analytical-engines/users/new";
/// What an admin types for somebody.
const TEMPORARY: &str = "ferry-lantern-42-mossy";
const GRACE: &str = "grace@navy.example";

const FORM: [(&str, &str); 6] = [
    ("org", ORG),
    ("first_name", "Grace"),
    ("last_name", "Hopper"),
    ("email", GRACE),
    ("password", TEMPORARY),
    ("password_again", TEMPORARY),
];

async fn set_up(app: &TestApp) -> Browser {
    app.set_up_as("admin_created_accounts").await
}

/// Creates Grace's account; yields the id of her row.
async fn create(by: &Browser) -> String {
    created(&by.call("/api/users/create", &FORM).await.expect(200))
}

fn created(answer: &Answer) -> String {
    match answer.parsed::<Reply<InviteResult>>().data.unwrap().outcome {
        InviteOutcome::Created { membership_id } | InviteOutcome::CreatedAgain { membership_id } => {
            membership_id.to_string()
        }
        other => panic!("{other:?}"),
    }
}

async fn sign_in(app: &TestApp, password: &str) -> (Browser, Answer) {
    let browser = app.browser();
    let answer = browser.call("/api/session/login", &[("email", GRACE), ("password", password)]).await;
    (browser, answer)
}

/// Signs Grace in with the password that was typed for her.
async fn waiting(app: &TestApp) -> Browser {
    let (grace, answer) = sign_in(app, TEMPORARY).await;
    assert_eq!(answer.expect(200).parsed::<Reply>().next.as_deref(), Some("/welcome"));
    grace
}

#[track_caller]
fn password_in(mail: &Mail) -> String {
    let Mail::Welcome { password, .. } = mail else { panic!("no welcome: {}", mail.to()) };
    password.clone()
}

async fn an_admin_creates_an_account_and_the_mail_says_how_to_sign_in(app: TestApp) {
    let ada = set_up(&app).await;
    let list = ada.get(USERS).await.expect(200);
    assert!(list.body.contains(&format!("href=\"{NEW}\"")) && list.says("Create user"), "{}", list.body);
    let page = ada.get(NEW).await.expect(200);
    for text in [
        "First name",
        "Last name",
        "Email",
        "Temporary password",
        "Confirm temporary password",
        "Generate a temporary password",
        "Security note.",
        "spam or junk folder",
        "Create user",
    ] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    let id = create(&ada).await;
    let row = ada.rows(ORG, Tab::Invitations).await.pop().unwrap();
    assert_eq!(
        (row.display_name().as_str(), row.target.role, row.target.state, row.source),
        ("Grace Hopper", Role::Member, PersonState::Invited, Source::Created)
    );
    assert!(ada.get(USERS).await.says("Pending verification"));
    let mails = app.mails().await;
    let [Mail::Welcome { to, to_name, org_name, created_by, password, link, expires_at, access_until: None }] =
        &mails[..]
    else {
        panic!("{}", mails.len())
    };
    assert_eq!((to.as_str(), to_name.as_str(), org_name.as_str()), (GRACE, "Grace Hopper", "Analytical Engines"));
    assert_eq!((created_by.as_str(), password.as_str()), ("Ada Lovelace", TEMPORARY));
    assert_eq!(
        (link.as_str(), *expires_at),
        (format!("{PUBLIC_URL}/login").as_str(), app.rollcall.now().plus(7 * DAY))
    );
    assert_eq!(ada.profile(ORG, &id).await.row.delivery, Some(Delivery::Sent));
    let activity = ada.get(&format!("{USERS}/{id}")).await.expect(200);
    assert!(activity.says("Ada Lovelace created the account of Grace Hopper as Member"), "{}", activity.body);
}

async fn a_password_is_generated_where_that_is_asked_for(app: TestApp) {
    let ada = set_up(&app).await;
    let form = [("org", ORG), ("first_name", "Grace"), ("email", GRACE), ("generate", "on")];
    let answer = ada.call("/api/users/create", &form).await.expect(200);
    let password = password_in(&app.mails().await[0]);
    assert!(password.len() == 23 && !answer.body.contains(&password));
    sign_in(&app, &password).await.1.expect(200);
    // What stands in the fields counts for nothing then.
    let form = changed(&changed(&FORM, "email", "margaret@nasa.example"), "generate", "on");
    let page = ada.submit(NEW, "/api/users/create", &form).await.expect(200);
    let other = password_in(&app.mails().await[0]);
    assert!(other != password && other != TEMPORARY && !page.body.contains(&other));
}

async fn what_is_wrong_stands_beside_the_field(app: TestApp) {
    let ada = set_up(&app).await;
    invite_by_hand(&ada).await;
    app.mails().await;
    let before = everything(app.db()).await;
    for (field, value, why) in [
        ("first_name", "", None),
        ("email", "grace", Some("This is not a valid email address. It should look like name@example.com.")),
        ("email", ADA, Some("This user already exists in the organization.")),
        ("email", "open@x.example", Some("Already invited. Resend the invitation from the list if it got lost.")),
        ("password", "", Some("Enter a temporary password, or have one generated.")),
        ("password", "short", Some("Use at least 15 characters. A few unrelated words work well.")),
        ("password_again", "something else entirely", Some("This is not the same password.")),
        ("password_again", "", Some("This is not the same password.")),
    ] {
        let form = changed(&FORM, field, value);
        let answer = ada.call("/api/users/create", &form).await.expect(422);
        let message = answer.problem().of_field(field).unwrap_or_else(|| panic!("{field} {}", answer.body));
        assert!(why.is_none_or(|why| message == why), "{message}");
        let page = ada.submit(NEW, "/api/users/create", &form).await.expect(422);
        assert!(page.beside(field).contains(&message), "{field}: {message}\n{}", page.body);
        assert!(page.body.contains("value=\"Hopper\"") && !page.body.contains(TEMPORARY), "{}", page.body);
    }
    // Common words, and those of the person and the organization.
    for weak in ["passwordpassword", "gracehoppergracehopper", "analyticalengines1"] {
        let form = changed(&changed(&FORM, "password", weak), "password_again", weak);
        let answer = ada.call("/api/users/create", &form).await.expect(422);
        assert_eq!(answer.problem().of_field("password"), Some(WeakPassword::Guessable.to_string()), "{weak}");
    }
    assert_eq!(everything(app.db()).await, before);
    assert_eq!(app.mails().await, []);
}

/// Somebody else who is created.
async fn invite_by_hand(ada: &Browser) {
    ada.call("/api/users/create", &changed(&FORM, "email", "open@x.example")).await.expect(200);
}

async fn where_people_join_by_link_nobody_creates_accounts(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    let why = "This organization invites by link and creates no accounts. Invite the person instead.";
    for function in ["/api/users/create", "/api/users/strength"] {
        assert_eq!(ada.call(function, &FORM).await.expect(403).problem_text(), why);
    }
    let page = ada.get(NEW).await.expect(403);
    assert!(page.says(why) && !page.body.contains("password_again"), "{}", page.body);
    assert!(!ada.get(USERS).await.body.contains(NEW));
    ada.submit(NEW, "/api/users/create", &FORM).await.expect(403);
    assert_eq!(everything(app.db()).await, before);
    save(&ada, &[("onboarding", "both")]).await.expect(200);
    for role in [Role::Member, Role::Viewer] {
        let person = app.join(&ada, &format!("{}@engines.example", role.code()), role).await;
        person.browser.get(NEW).await.expect(403);
        for function in ["/api/users/create", "/api/users/strength"] {
            person.browser.call(function, &FORM).await.expect(403);
        }
    }
    app.browser().call("/api/users/create", &FORM).await.expect(401);
    let (_, olive) = app.found("Difference Machines").await;
    olive.browser.call("/api/users/create", &FORM).await.expect(404);
}

async fn where_accounts_are_created_nobody_invites_by_link(app: TestApp) {
    let ada = set_up(&app).await;
    let why = "This organization does not invite by link. Create the user instead.";
    assert_eq!(send(&ada, GRACE).await.expect(403).problem_text(), why);
    let form = [("org", ORG), ("first_name", "Grace"), ("email", GRACE)];
    assert_eq!(ada.call("/api/invitations/send_one", &form).await.expect(403).problem_text(), why);
    for dialog in ["add", "invite"] {
        assert!(!ada.get(&format!("{USERS}?dialog={dialog}")).await.body.contains("<dialog"));
    }
    let list = ada.get(USERS).await;
    assert!(!list.body.contains("open-add") && !list.body.contains("open-invite"), "{}", list.body);
    assert!(list.says("Create the accounts of the people you work with."), "{}", list.body);
}

async fn both_ways_stand_beside_each_other(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("onboarding", "both")]).await.expect(200);
    let list = ada.get(USERS).await;
    for found in ["open-add", "open-invite", NEW] {
        assert!(list.body.contains(found), "{found}");
    }
    create(&ada).await;
    invite(&ada, "margaret@nasa.example", Role::Member).await;
    assert_eq!(app.mails().await.len(), 2);
}

/// What anybody may ask, whoever they are; it tells nothing about who asks. The last eight are for who cannot sign in, or
/// holds a link from a mail.
const OPEN: [&str; 15] = [
    // Anybody may look where a referral link leads.
    "/api/referrals/open",
    "/api/session/login",
    "/api/session/logout",
    "/api/session/home",
    "/api/appearance/theme",
    "/api/setup/open",
    "/api/setup",
    "/api/passwords/forgot",
    "/api/passwords/link",
    "/api/passwords/reset",
    "/api/account/email_link",
    "/api/account/answer_email_link",
    "/api/requests/door",
    "/api/requests/ask",
    "/api/requests/ask_again",
];
/// What is there for whoever has to choose a password.
const WELCOME: [&str; 3] = ["/api/welcome/get", "/api/welcome/choose", "/api/welcome/strength"];

async fn nothing_opens_before_a_password_is_chosen(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("onboarding", "both")]).await.expect(200);
    let id = create(&ada).await;
    let other = invite(&ada, "margaret@nasa.example", Role::Member).await;
    let grace = waiting(&app).await;
    let before = everything(app.db()).await;

    // Every function that there is, with whatever it may want to know.
    let any = [
        ("org", ORG),
        ("id", id.as_str()),
        ("token", other.token.as_str()),
        ("session", "x"),
        ("op", "deactivate"),
        ("permission", "view_audit"),
        ("first_name", "Eve"),
        ("last_name", "Eve"),
        ("email", "eve@evil.example"),
        ("emails", "eve@evil.example"),
        ("password", PASSWORD),
        ("name", "x"),
        ("query", ""),
        ("all", "1"),
        ("q", "x"),
    ];
    let mut asked = 0;
    for (path, _) in server_fn_paths() {
        if OPEN.contains(&path) || WELCOME.contains(&path) {
            continue;
        }
        let mut answer = grace.call(path, &any).await;
        if answer.status == 422 {
            let body = json!({ "org": ORG, "id": id, "query": PeopleQuery::default() });
            answer = grace.call_json(path, &body).await;
        }
        if answer.status == 422 {
            let op = [("org", ORG), ("id", id.as_str()), ("op", "share"), ("name", "x"), ("query", "")];
            answer = grace.call(path, &op).await;
        }
        assert_eq!(answer.status, 403, "{path}: {}", answer.body);
        assert_eq!(answer.problem_text(), "Choose a password of your own first.", "{path}");
        asked += 1;
    }
    assert!(asked > 15, "{asked}");
    // Pages of every kind, the files and the stream.
    let profile = format!("{USERS}/{id}");
    for path in [
        "/",
        "/login",
        "/setup",
        "/orgs",
        "/account",
        "/nowhere",
        HOME,
        USERS,
        NEW,
        &profile,
        crate::policies::PAGE,
        crate::requests::DOOR,
        crate::requests::ASK,
        &other.page(),
        "/o/no-such-place/users",
    ] {
        assert_eq!(grace.get(path).await.location(), "/welcome", "{path}");
    }
    for file in ["people.csv", "people.json"] {
        grace.get(&format!("/o/{ORG}/export/{file}")).await.expect(403);
    }
    assert_eq!(grace.listen(&format!("/live/{ORG}")).await.0, 403);
    // Nor by a form on the page of another.
    let form = [("org", ORG), ("emails", "eve@evil.example")];
    for page in [USERS, "/welcome", "/orgs"] {
        let answer = grace.submit(page, "/api/invitations/send", &form).await;
        assert!(matches!(answer.status, 302 | 303 | 403), "{page} {}", answer.status);
    }
    assert_eq!(everything(app.db()).await, before);
    let home: String = grace.call("/api/session/home", &[]).await.expect(200).parsed();
    assert_eq!(home, "/welcome");
    let page = grace.get("/welcome").await.expect(200);
    for text in ["Welcome, Grace", "Analytical Engines", GRACE, "Choose a password", "in 7 days", "Log out"] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    // Whoever has a password of their own has nothing to do there.
    assert_eq!(ada.get("/welcome").await.location(), "/");
    assert!(app.browser().get("/welcome").await.location().starts_with("/login"));
}

async fn whoever_chooses_a_password_is_a_member_from_then_on(app: TestApp) {
    let ada = set_up(&app).await;
    let id = create(&ada).await;
    let (first, second) = (waiting(&app).await, waiting(&app).await);
    let old = first.session();
    app.pass(HOUR);
    let reply: Reply = first.call("/api/welcome/choose", &[("password", PASSWORD)]).await.expect(200).parsed();
    assert_eq!((reply.next.as_deref(), reply.fresh), (Some(HOME), true));
    assert_ne!(first.session(), old, "a new session (S2)");
    assert_eq!(first.get("/orgs").await.expect(200).status, 200);
    let stale = app.browser();
    stale.set_cookie("rollcall", &old);
    for over in [&stale, &second] {
        over.call("/api/orgs/list", &[]).await.expect(401);
        over.call("/api/welcome/choose", &[("password", PASSWORD)]).await.expect(401);
    }
    let profile = ada.profile(ORG, &id).await;
    assert_eq!(profile.row.target.state, PersonState::Active);
    assert_eq!(profile.joined_at, Some(app.rollcall.now()));
    sign_in(&app, TEMPORARY).await.1.expect(422);
    let (_, again) = sign_in(&app, PASSWORD).await;
    assert_eq!(again.expect(200).parsed::<Reply>().next.as_deref(), Some(HOME));
    first.call("/api/welcome/choose", &[("password", PASSWORD)]).await.expect(409);
    let activity = ada.get(&format!("{USERS}/{id}")).await;
    assert!(activity.says("Grace Hopper chose a password of their own and joined"), "{}", activity.body);
    assert_eq!(number(app.db(), "SELECT count(*) FROM invitations WHERE state = 'accepted'").await, 1);
    // The switch is there now, and works as for anybody.
    assert_eq!(act(&ada, &id, "deactivate").await.expect(200).toast(), "User has been successfully deactivated.");
    sign_in(&app, PASSWORD).await.1.expect(409);
    assert_eq!(act(&ada, &id, "activate").await.expect(200).toast(), "User has been successfully activated.");
    let (_, again) = sign_in(&app, PASSWORD).await;
    assert_eq!(again.expect(200).parsed::<Reply>().next.as_deref(), Some(HOME), "with no new verification");
}

async fn the_chosen_password_is_judged_and_is_not_the_temporary_one(app: TestApp) {
    let ada = set_up(&app).await;
    create(&ada).await;
    let grace = waiting(&app).await;
    let before = everything(app.db()).await;
    for (password, why) in [
        ("", "Choose a password."),
        ("short", "Use at least 15 characters. A few unrelated words work well."),
        ("gracehoppergracehopper", &*WeakPassword::Guessable.to_string()),
        (TEMPORARY, "This is the temporary password. Choose another one, of your own."),
    ] {
        let form = [("password", password)];
        let answer = grace.call("/api/welcome/choose", &form).await.expect(422);
        assert_eq!(answer.problem().of_field("password").as_deref(), Some(why));
        let page = grace.submit("/welcome", "/api/welcome/choose", &form).await.expect(422);
        assert!(page.beside("password").contains(why), "{why}\n{}", page.body);
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn without_a_script_it_goes_all_the_way(app: TestApp) {
    let ada = set_up(&app).await;
    let page = ada.submit(NEW, "/api/users/create", &FORM).await.expect(200);
    assert!(
        page.says("Created. The welcome email is on its way.") && page.says("spam or junk folder"),
        "{}",
        page.body
    );
    assert!(!page.body.contains(TEMPORARY));
    let grace = app.browser();
    let login = [("email", GRACE), ("password", TEMPORARY), ("next", USERS)];
    assert_eq!(grace.submit("/login", "/api/session/login", &login).await.location(), "/welcome");
    let chosen = grace.submit("/welcome", "/api/welcome/choose", &[("password", PASSWORD)]).await;
    assert_eq!(chosen.location(), HOME);
    assert!(grace.get("/orgs").await.expect(200).says("Your password has been saved. Welcome."));
}

async fn logging_out_works_and_signing_in_leads_back(app: TestApp) {
    let ada = set_up(&app).await;
    create(&ada).await;
    let grace = waiting(&app).await;
    assert_eq!(grace.submit("/welcome", "/api/session/logout", &[]).await.location(), "/login");
    assert_eq!(grace.cookie("rollcall"), None);
    grace.get("/login").await.expect(200);
    assert_eq!(number(app.db(), "SELECT count(*) FROM sessions").await, 1, "Ada's");
    waiting(&app).await;
}

async fn a_temporary_password_ends_and_says_so(app: TestApp) {
    let ada = set_up(&app).await;
    save(&ada, &[("onboarding", "temporary_password"), ("ttl", "2"), ("ttl_unit", "hours")]).await.expect(200);
    let id = create(&ada).await;
    let early = waiting(&app).await;
    app.pass(2 * HOUR);
    let why = "Your temporary password has expired. Ask an admin of your organization to send it again; it takes them one \
               click.";
    assert_eq!(sign_in(&app, TEMPORARY).await.1.expect(410).problem_text(), why);
    let login = [("email", GRACE), ("password", TEMPORARY)];
    assert!(app.browser().submit("/login", "/api/session/login", &login).await.expect(410).says(why));
    // Nobody but who knows the password hears of it.
    sign_in(&app, "some other guess 41").await.1.expect(422);
    // Nor does a session outlive it that was begun in time.
    assert_eq!(early.call("/api/welcome/choose", &[("password", PASSWORD)]).await.expect(410).problem_text(), why);
    assert_eq!(ada.profile(ORG, &id).await.row.target.state, PersonState::Expired);
    let ada = app.sign_in(ADA).await;
    let resend = [("org", ORG), ("id", id.as_str())];
    app.mails().await;
    ada.call("/api/invitations/resend", &resend).await.expect(200);
    let password = password_in(&app.mails().await[0]);
    sign_in(&app, &password).await.1.expect(200);
}

async fn sending_it_again_replaces_the_password(app: TestApp) {
    let ada = set_up(&app).await;
    let id = create(&ada).await;
    let grace = waiting(&app).await;
    // The first mail has not left yet, and never does.
    let resend = [("org", ORG), ("id", id.as_str())];
    let answer = ada.call("/api/invitations/resend", &resend).await.expect(200);
    let line = answer.parsed::<Reply<Vec<InviteResult>>>().data.unwrap().pop().unwrap();
    assert!(matches!(line.outcome, InviteOutcome::CreatedAgain { .. }), "{line:?}");
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1);
    let password = password_in(&mails[0]);
    assert!(password != TEMPORARY && !answer.body.contains(&password));
    sign_in(&app, TEMPORARY).await.1.expect(422);
    grace.call("/api/welcome/choose", &[("password", PASSWORD)]).await.expect(401);
    let page = ada.submit(&format!("{USERS}/{id}"), "/api/invitations/resend", &resend).await.expect(200);
    assert!(page.says("A new welcome email was sent; what the earlier one held no longer works."), "{}", page.body);
    sign_in(&app, &password).await.1.expect(422);
    let (grace, answer) = sign_in(&app, &password_in(&app.mails().await[0])).await;
    answer.expect(200);
    grace.call("/api/welcome/choose", &[("password", PASSWORD)]).await.expect(200);
    assert_eq!(number(app.db(), "SELECT count(*) FROM users").await, 2);
    // Who has joined is sent nothing.
    ada.call("/api/invitations/resend", &resend).await.expect(409);
    // Where people join by link from now on, that is what is sent.
    let other = created(&ada.call("/api/users/create", &changed(&FORM, "email", "margaret@nasa.example")).await);
    save(&ada, &[("onboarding", "link")]).await.expect(200);
    app.mails().await;
    ada.call("/api/invitations/resend", &[("org", ORG), ("id", &other)]).await.expect(200);
    let mails = app.mails().await;
    let form = [("token", token_of(link_in(&mails[0]))), ("first_name", "Margaret"), ("password", PASSWORD)];
    app.browser().call("/api/invitations/accept_new", &form).await.expect(200);
}

async fn another_address_gets_another_account(app: TestApp) {
    let ada = set_up(&app).await;
    let id = create(&ada).await;
    app.mails().await;
    let moved = "hopper@navy.example";
    let form = [("org", ORG), ("id", id.as_str()), ("first_name", "Grace"), ("last_name", "Hopper"), ("email", moved)];
    ada.call("/api/people/update", &form).await.expect(200);
    sign_in(&app, TEMPORARY).await.1.expect(422);
    let mails = app.mails().await;
    assert_eq!(mails[0].to().as_str(), moved);
    let browser = app.browser();
    let login = [("email", moved), ("password", &*password_in(&mails[0]))];
    browser.call("/api/session/login", &login).await.expect(200);
    browser.call("/api/welcome/choose", &[("password", PASSWORD)]).await.expect(200);
    assert_eq!(number(app.db(), "SELECT count(*) FROM users").await, 2, "nothing is left of the first");
}

async fn revoking_takes_the_account_away(app: TestApp) {
    let ada = set_up(&app).await;
    let id = create(&ada).await;
    let grace = waiting(&app).await;
    ada.call("/api/invitations/revoke", &[("org", ORG), ("id", &id)]).await.expect(200);
    grace.call("/api/welcome/choose", &[("password", PASSWORD)]).await.expect(401);
    sign_in(&app, TEMPORARY).await.1.expect(422);
    assert_eq!(app.mails().await, [], "its mail does not leave any more");
    assert_eq!(number(app.db(), "SELECT count(*) FROM users").await, 1);
    // The address is as good as new.
    create(&ada).await;
    waiting(&app).await;
}

async fn who_has_an_account_keeps_their_password_and_the_admin_hears_nothing(app: TestApp) {
    let ada = set_up(&app).await;
    let (_, olive) = app.found("Difference Machines").await;
    app.mails().await;
    let answers = [
        ada.call("/api/users/create", &changed(&FORM, "email", &olive.email)).await.expect(200),
        ada.call("/api/users/create", &FORM).await.expect(200),
    ];
    let [known, unknown] = answers.each_ref().map(created);
    let same = |text: &str| {
        text.replace(&known, "ID").replace(&unknown, "ID").replace(&olive.email, "EMAIL").replace(GRACE, "EMAIL")
    };
    assert_eq!(same(&answers[0].body), same(&answers[1].body));
    let resent = [&known, &unknown].map(|id| vec![("org", ORG), ("id", id.as_str())]);
    let mut bodies = Vec::new();
    for form in &resent {
        bodies.push(ada.call("/api/invitations/resend", form).await.expect(200).body);
        let profile = json!(ada.profile(ORG, form[1].1).await.row);
        bodies.push(profile.to_string());
    }
    assert_eq!(same(&bodies[0]), same(&bodies[2]));
    assert_eq!(same(&bodies[1]), same(&bodies[3]));
    // Olive's password is hers, and the link is hers to follow.
    let mails = app.mails().await;
    let hers = mails.iter().rfind(|mail| mail.to().as_str() == olive.email).unwrap();
    let login = [("email", olive.email.as_str()), ("password", TEMPORARY)];
    app.browser().call("/api/session/login", &login).await.expect(422);
    olive.browser.call("/api/invitations/accept_signed_in", &[("token", token_of(link_in(hers)))]).await.expect(200);
    assert_eq!(ada.profile(ORG, &known).await.row.target.state, PersonState::Active);
}

async fn a_link_proves_the_mailbox_and_takes_an_unused_account_over(app: TestApp) {
    let ada = set_up(&app).await;
    let id = create(&ada).await;
    let eve = waiting(&app).await;
    let (other, olive) = app.found("Difference Machines").await;
    let link = invite_to(&other, &olive.browser, GRACE, Role::Member).await;
    // To whom the mailbox belongs, an account that somebody else made is none.
    let grace = app.browser();
    assert!(grace.get(&link.page()).await.expect(200).says("Choose a password"));
    let form = [("token", link.token.as_str()), ("first_name", "Grace"), ("last_name", "H."), ("password", PASSWORD)];
    grace.call("/api/invitations/accept_new", &form).await.expect(200);
    grace.get(&format!("/o/{other}")).await;
    // Whoever knew the temporary password is out.
    eve.call("/api/orgs/list", &[]).await.expect(401);
    sign_in(&app, TEMPORARY).await.1.expect(422);
    assert_eq!(number(app.db(), "SELECT count(*) FROM users").await, 3);
    // In the first organization she waits as before, and is sent a link.
    assert_eq!(ada.profile(ORG, &id).await.row.target.state, PersonState::Invited);
    app.mails().await;
    ada.call("/api/invitations/resend", &[("org", ORG), ("id", &id)]).await.expect(200);
    let mails = app.mails().await;
    grace.call("/api/invitations/accept_signed_in", &[("token", token_of(link_in(&mails[0])))]).await.expect(200);
    grace.get(HOME).await;
    assert_eq!(ada.profile(ORG, &id).await.row.target.state, PersonState::Active);
}

async fn a_temporary_password_accepts_no_link(app: TestApp) {
    let ada = set_up(&app).await;
    create(&ada).await;
    let (other, olive) = app.found("Difference Machines").await;
    let link = invite_to(&other, &olive.browser, GRACE, Role::Member).await;
    let form = [("token", link.token.as_str()), ("password", TEMPORARY)];
    let problem = app.browser().call("/api/invitations/accept_existing", &form).await.expect(409).problem();
    assert!(problem.message.starts_with("Your password is a temporary one."), "{}", problem.message);
    let grace = waiting(&app).await;
    grace.call("/api/invitations/accept_signed_in", &form).await.expect(403);
}

async fn of_many_who_choose_at_once_one_wins(app: TestApp) {
    let ada = set_up(&app).await;
    create(&ada).await;
    let grace = waiting(&app).await;
    let passwords: Vec<String> = (0..5).map(|n| format!("{PASSWORD} {n}")).collect();
    let tries = passwords.iter().map(|password| {
        let grace = grace.fork();
        async move { grace.call("/api/welcome/choose", &[("password", password)]).await.status }
    });
    let mut statuses = futures::future::join_all(tries).await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(statuses[1..].iter().all(|status| matches!(status, 401 | 409)), "{statuses:?}");
    let chosen = number(app.db(), "SELECT count(*) FROM audit_events WHERE action = 'password.chosen'").await;
    assert_eq!(chosen, 1);
}

async fn created_people_take_seats(app: TestApp) {
    let ada = set_up(&app).await;
    save(&ada, &[("onboarding", "both"), ("seats", "2")]).await.expect(200);
    let id = create(&ada).await;
    let form = changed(&FORM, "email", "margaret@nasa.example");
    let problem = ada.call("/api/users/create", &form).await.expect(422).problem();
    assert_eq!(problem.of_field("email").as_deref(), Some("No seat is left. Free a seat or raise the limit."));
    app.pass(7 * DAY);
    let ada = app.sign_in(ADA).await;
    ada.call("/api/users/create", &form).await.expect(200);
    ada.call("/api/invitations/resend", &[("org", ORG), ("id", &id)]).await.expect(409);
    let late = ada.call("/api/users/create", &FORM).await.expect(422).problem();
    assert_eq!(late.of_field("email").as_deref(), Some("No seat is left. Free a seat or raise the limit."));
    // Whose time ran out is created again, or invited, whichever one likes.
    save(&ada, &[("onboarding", "both"), ("seats", "")]).await.expect(200);
    app.mails().await;
    assert_eq!(created(&ada.call("/api/users/create", &FORM).await.expect(200)), id);
    waiting(&app).await;
    app.pass(7 * DAY);
    let ada = app.sign_in(ADA).await;
    let links = sent(send(&ada, GRACE).await.expect(200).parsed());
    assert_eq!(links[0].id, id);
    sign_in(&app, TEMPORARY).await.1.expect(422);
    let form = [("token", links[0].token.as_str()), ("first_name", "Grace"), ("password", PASSWORD)];
    app.browser().call("/api/invitations/accept_new", &form).await.expect(200);
    assert!(results(&send(&ada, GRACE).await)[0].outcome == InviteOutcome::AlreadyMember);
}

async fn who_may_no_longer_create_lets_nobody_in(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("onboarding", "both")]).await.expect(200);
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    create(&admin.browser).await;
    let grace = waiting(&app).await;
    act(&ada, &admin.id, "revoke_admin").await.expect(200);
    let problem = grace.call("/api/welcome/choose", &[("password", PASSWORD)]).await.expect(409).problem();
    assert!(problem.message.starts_with("The person who invited you may no longer"), "{}", problem.message);
    grace.call("/api/orgs/list", &[]).await.expect(403);
}

async fn whoever_chose_a_password_by_mail_joins_by_signing_in(app: TestApp) {
    let ada = set_up(&app).await;
    let id = create(&ada).await;
    // As the way for who has forgotten a password leaves it.
    raw(app.db(), "UPDATE credentials SET temporary_until = NULL").await;
    let (grace, answer) = sign_in(&app, TEMPORARY).await;
    assert_eq!(answer.expect(200).parsed::<Reply>().next.as_deref(), Some(HOME));
    grace.get("/orgs").await.expect(200);
    assert_eq!(ada.profile(ORG, &id).await.row.target.state, PersonState::Active);
    // Where nothing waits any more, it is said as ever.
    act(&ada, &id, "deactivate").await.expect(200);
    sign_in(&app, TEMPORARY).await.1.expect(409);
}

async fn many_are_sent_again_in_bulk(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("onboarding", "both")]).await.expect(200);
    for n in 0..3 {
        let email = format!("p{n}@x.example");
        ada.call("/api/users/create", &changed(&FORM, "email", &email)).await.expect(200);
    }
    invite(&ada, "link@x.example", Role::Member).await;
    app.mails().await;
    let id = crate::bulk::started(&ada, &[("op", "resend"), ("all", "1")]).await;
    let counts = crate::bulk::run(&app, &ada, &id).await.job.counts;
    assert_eq!((counts.done, counts.failed), (4, 0));
    let mails = app.mails().await;
    let welcomes: std::collections::HashSet<String> =
        mails.iter().filter(|mail| matches!(mail, Mail::Welcome { .. })).map(password_in).collect();
    assert_eq!((mails.len(), welcomes.len()), (4, 3));
    assert!(!welcomes.contains(TEMPORARY));
}

async fn the_meter_judges_as_the_form_does(app: TestApp) {
    let ada = set_up(&app).await;
    create(&ada).await;
    let grace = waiting(&app).await;
    for (password, strength) in [
        ("short", Strength::Refused(WeakPassword::TooShort)),
        ("gracehoppergracehopper", Strength::Refused(WeakPassword::Guessable)),
        (PASSWORD, Strength::Strong),
    ] {
        let told: Strength = grace.call("/api/welcome/strength", &[("password", password)]).await.expect(200).parsed();
        assert_eq!(told, strength, "{password}");
        let form = changed(&FORM, "password", password);
        let told: Strength = ada.call("/api/users/strength", &form).await.expect(200).parsed();
        assert_eq!(told, strength, "{password}");
    }
    app.browser().call("/api/welcome/strength", &[("password", PASSWORD)]).await.expect(401);
    ada.call("/api/welcome/strength", &[("password", PASSWORD)]).await.expect(409);
}

async fn no_answer_log_or_table_holds_a_temporary_password(app: TestApp) {
    let ada = set_up(&app).await;
    let mark = format!("zephyr-{}-quill-ninety", app.db().engine_name());
    let form = changed(&changed(&FORM, "password", &mark), "password_again", &mark);
    let mut bodies = vec![ada.submit(NEW, "/api/users/create", &form).await.expect(200).body];
    let id = ada.rows(ORG, Tab::Invitations).await[0].target.membership_id.to_string();
    let grace = app.browser();
    grace.call("/api/session/login", &[("email", GRACE), ("password", &mark)]).await.expect(200);
    for (by, path) in [
        (&ada, USERS.to_owned()),
        (&ada, format!("{USERS}/{id}")),
        (&ada, format!("{USERS}/{id}?dialog=edit")),
        (&ada, NEW.to_owned()),
        (&grace, "/welcome".to_owned()),
    ] {
        bodies.push(by.get(&path).await.body);
    }
    let wrong = changed(&form, "email", "nobody");
    bodies.push(ada.submit(NEW, "/api/users/create", &wrong).await.expect(422).body);
    bodies.push(ada.call("/api/invitations/resend", &[("org", ORG), ("id", &id)]).await.expect(200).body);
    bodies.push(everything(app.db()).await);
    app.mails().await;
    bodies.push(everything(app.db()).await);
    bodies.push(log());
    for body in bodies {
        assert!(!body.contains(&mark), "{body}");
    }
}
