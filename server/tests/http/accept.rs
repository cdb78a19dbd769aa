//! `/invite/:token` (B22): opening a link uses nothing up, accepting works once, for the invited address alone.

use axum::http::Method;
use model::{PersonState, Role};

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ADA, HOME, Invited, ORG, PASSWORD, USERS, WRONG, changed, invite, invite_to},
    engines::{everything, number},
};

on_both_engines! {
    a_new_person_accepts_without_a_script_and_is_in,
    a_new_person_accepts_by_the_function_and_is_active,
    opening_a_link_uses_nothing_up,
    a_post_without_the_persons_input_uses_nothing_up,
    weak_passwords_are_refused_beside_the_field,
    long_and_unusual_passwords_are_taken_whole,
    of_twenty_acceptances_at_once_one_wins,
    a_used_link_says_so,
    somebody_with_an_account_accepts_with_its_password,
    guessing_the_password_of_an_account_by_a_link_is_slowed_down,
    somebody_signed_in_accepts_with_one_click,
    an_account_keeps_its_name_where_the_invitation_has_none,
    an_address_that_has_an_account_by_now_is_told,
    somebody_signed_in_as_another_cannot_accept,
    altered_links_are_unknown,
    a_session_is_no_invitation_and_an_invitation_no_session,
    an_inviter_who_was_demoted_grants_nothing_any_more,
    an_inviter_who_was_deactivated_grants_nothing_any_more,
    an_inviter_who_lost_the_right_to_a_role_does_not_grant_it,
    a_link_that_expires_while_its_page_is_open_says_so,
    a_new_session_replaces_the_one_that_the_browser_had,
}

const NEW: [(&str, &str); 3] = [("first_name", "Grace"), ("last_name", "Hopper"), ("password", PASSWORD)];

fn form<'a>(invited: &'a Invited, rest: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    std::iter::once(("token", invited.token.as_str())).chain(rest.iter().copied()).collect()
}

async fn accept_new(browser: &Browser, invited: &Invited) -> Answer {
    browser.call("/api/invitations/accept_new", &form(invited, &NEW)).await
}

async fn accept_signed_in(browser: &Browser, invited: &Invited) -> Answer {
    browser.call("/api/invitations/accept_signed_in", &form(invited, &[])).await
}

async fn accept_existing(browser: &Browser, invited: &Invited, password: &str) -> Answer {
    browser.call("/api/invitations/accept_existing", &form(invited, &[("password", password)])).await
}

async fn members(app: &TestApp) -> i64 {
    number(app.db(), "SELECT count(*) FROM memberships WHERE status = 'active'").await
}

async fn a_new_person_accepts_without_a_script_and_is_in(app: TestApp) {
    let ada = app.set_up().await;
    let line = [
        ("org", ORG),
        ("first_name", "Grace"),
        ("last_name", "Hopper"),
        ("email", "grace@engines.example"),
        ("admin", "on"),
    ];
    let invited =
        crate::cast::sent(ada.call("/api/invitations/send_one", &line).await.expect(200).parsed()).pop().unwrap();
    let grace = app.browser();
    let page = grace.get(&invited.page()).await.expect(200);
    for text in ["Analytical Engines", "Ada Lovelace", "invites you as", "Admin", "in 7 days"] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    assert_eq!((page.value_of("first_name"), page.value_of("email")), ("Grace".into(), "grace@engines.example".into()));
    let accepted =
        grace.submit(&invited.page(), "/api/invitations/accept_new", &form(&invited, &NEW)).await.expect(303);
    assert_eq!(accepted.location(), HOME);
    let list = grace.get(USERS).await.expect(200);
    assert!(list.says("You have joined.") && list.says("Grace Hopper"));
    assert_eq!(ada.profile(ORG, &invited.id).await.row.target.state, PersonState::Active);
    assert!(ada.get(USERS).await.says("Grace Hopper"));
    app.sign_in("grace@engines.example").await;
}

async fn a_new_person_accepts_by_the_function_and_is_active(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    let grace = app.browser();
    let reply: serde_json::Value = accept_new(&grace, &invited).await.expect(200).parsed();
    assert_eq!(reply, serde_json::json!({ "toast": "You have joined.", "next": HOME, "fresh": true, "data": null }));
    let profile = ada.profile(ORG, &invited.id).await;
    assert_eq!((profile.row.target.state, profile.row.target.role), (PersonState::Active, Role::Member));
    assert_eq!(profile.row.display_name(), "Grace Hopper");
    assert_eq!(profile.joined_at, Some(app.rollcall.now()));
    assert_eq!(profile.row.last_login_at, Some(app.rollcall.now()), "accepting is logging in");
    let viewer: model::people::Viewer = grace.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed();
    assert_eq!(viewer.actor.role, Role::Member);
}

async fn opening_a_link_uses_nothing_up(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    let before = everything(app.db()).await;
    let scanner = app.browser().without("sec-fetch-site").without("origin").with("user-agent", "MailScanner/1.0");
    for _ in 0..5 {
        scanner.get(&invited.page()).await.expect(200);
        scanner.with("sec-purpose", "prefetch").get(&invited.page()).await.expect(200);
        scanner.send(Method::HEAD, &invited.page(), None, String::new()).await.expect(200);
        scanner.send(Method::OPTIONS, &invited.page(), None, String::new()).await.expect(405);
        scanner.call("/api/invitations/view", &[("token", &invited.token)]).await.expect(200);
    }
    assert_eq!(scanner.cookie("rollcall"), None);
    assert_eq!(everything(app.db()).await, before);
    accept_new(&app.browser(), &invited).await.expect(200);
}

async fn a_post_without_the_persons_input_uses_nothing_up(app: TestApp) {
    let ada = app.set_up().await;
    app.join(&ada, "linus@engines.example", Role::Member).await;
    let (other, olive) = app.found("Difference Machines").await;
    let known = invite_to(&other, &olive.browser, "linus@engines.example", Role::Member).await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    let scanner = app.browser().without("sec-fetch-site").without("origin");
    let before = everything(app.db()).await;
    // As a scanner submits what it finds: every hidden field, nothing typed.
    let page = scanner.submit(&invited.page(), "/api/invitations/accept_new", &form(&invited, &[])).await.expect(422);
    assert!(page.beside("password").contains("Choose a password."), "{}", page.body);
    let named = form(&invited, &[("first_name", "Grace"), ("last_name", ""), ("password", "")]);
    scanner.submit(&invited.page(), "/api/invitations/accept_new", &named).await.expect(422);
    let page = scanner.submit(&known.page(), "/api/invitations/accept_existing", &form(&known, &[])).await.expect(422);
    assert!(page.beside("password").contains("Enter the password of your account."), "{}", page.body);
    scanner.submit(&invited.page(), "/api/invitations/accept_signed_in", &form(&invited, &[])).await;
    scanner.call("/api/invitations/accept_signed_in", &form(&invited, &[])).await.expect(401);
    scanner.send(Method::POST, &invited.page(), Some(crate::browser::FORM), String::new()).await.expect(400);
    assert_eq!(scanner.cookie("rollcall"), None);
    assert_eq!(everything(app.db()).await, before);
    accept_new(&app.browser(), &invited).await.expect(200);
    accept_existing(&app.browser(), &known, PASSWORD).await.expect(200);
}

async fn weak_passwords_are_refused_beside_the_field(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "gracehopper@engines.example", Role::Member).await;
    let guessable =
        "This password is easy to guess. Avoid common phrases, repetition, and your own or your organization's name.";
    for (password, why) in [
        ("", "Choose a password."),
        ("fourteen chars", "Use at least 15 characters. A few unrelated words work well."),
        ("passwordpassword", guessable),
        ("111111111111111111", guessable),
        ("qwertyuiopasdfghjkl", guessable),
        ("gracehoppergrace", guessable),
        ("analyticalengines", guessable),
        ("gracehopper@engines", guessable),
        (&"x y".repeat(400), "This password is too long; use at most 1024 bytes."),
    ] {
        let weak = changed(&form(&invited, &NEW), "password", password);
        let answer = app.browser().call("/api/invitations/accept_new", &weak).await.expect(422);
        assert_eq!(answer.problem().fields, [("password".to_owned(), why.to_owned())], "{password}");
        let browser = app.browser();
        let page = browser.submit(&invited.page(), "/api/invitations/accept_new", &weak).await.expect(422);
        assert!(page.beside("password").contains(why), "{}", page.body);
        assert_eq!((page.value_of("first_name"), page.value_of("password")), ("Grace".into(), String::new()));
        let known = "gracehopper@engines.example".contains(password);
        assert!(known || !page.body.contains(password));
        assert_eq!(browser.cookie("rollcall"), None);
    }
    // The name matters as well.
    let nameless = changed(&form(&invited, &NEW), "first_name", " ");
    let answer = app.browser().call("/api/invitations/accept_new", &nameless).await.expect(422);
    assert_eq!(answer.wrong_fields(), ["first_name"]);
    assert_eq!(members(&app).await, 1);
    accept_new(&app.browser(), &invited).await.expect(200);
}

async fn long_and_unusual_passwords_are_taken_whole(app: TestApp) {
    let ada = app.set_up().await;
    let long = format!("{}Z", "gravel otter ninth plum, ".repeat(8));
    for (n, password) in [long.as_str(), "pâte à modeler bleue 7", "Кот спит на тёплой печи"].into_iter().enumerate()
    {
        let email = format!("p{n}@engines.example");
        let invited = invite(&ada, &email, Role::Member).await;
        let chosen = changed(&form(&invited, &NEW), "password", password);
        app.browser().call("/api/invitations/accept_new", &chosen).await.expect(200);
        let log_in = async |password: &str| {
            app.browser().call("/api/session/login", &[("email", &email), ("password", password)]).await.status
        };
        assert_eq!(log_in(password).await, 200);
        let shorter: String = password.chars().take(password.chars().count() - 1).collect();
        assert_eq!(log_in(&shorter).await, 422, "nothing is cut off");
    }
}

async fn of_twenty_acceptances_at_once_one_wins(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    let browsers: Vec<Browser> = (0..20).map(|_| app.browser()).collect();
    let answers = futures::future::join_all(browsers.iter().map(|browser| accept_new(browser, &invited))).await;
    let won: Vec<&Browser> = browsers.iter().filter(|browser| browser.cookie("rollcall").is_some()).collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409 | 410)), "{answers:?}");
    assert_eq!(won.len(), 1);
    won[0].call("/api/session/viewer", &[("org", ORG)]).await.expect(200);
    assert_eq!(members(&app).await, 2);
    assert_eq!(number(app.db(), "SELECT count(*) FROM users").await, 2);
    assert_eq!(number(app.db(), "SELECT count(*) FROM audit_events WHERE action = 'invitation.accepted'").await, 1);
}

async fn a_used_link_says_so(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    let grace = app.browser();
    accept_new(&grace, &invited).await.expect(200);
    for browser in [&grace, &app.browser(), &ada] {
        let page = browser.get(&invited.page()).await.expect(410);
        assert!(page.says("This invitation has been used") && page.says("Analytical Engines"));
        let problem = accept_new(browser, &invited).await.expect(410).problem();
        assert_eq!(problem.message, "This invitation has already been used. Sign in instead.");
        accept_existing(browser, &invited, PASSWORD).await.expect(410);
        accept_signed_in(browser, &invited).await.expect(410);
    }
}

async fn somebody_with_an_account_accepts_with_its_password(app: TestApp) {
    app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let invited = invite_to(&other, &olive.browser, ADA, Role::Member).await;
    let browser = app.browser();
    let page = browser.get(&invited.page()).await.expect(200);
    assert!(page.says("You have an account here already.") && !page.body.contains("name=\"first_name\""));
    let wrong = accept_existing(&browser, &invited, WRONG).await.expect(422);
    assert_eq!(wrong.problem().of_field("password").as_deref(), Some("Email or password is not right."));
    let page = browser
        .submit(&invited.page(), "/api/invitations/accept_existing", &form(&invited, &[("password", WRONG)]))
        .await;
    assert!(page.expect(422).beside("password").contains("Email or password is not right."));
    let answer = browser
        .submit(&invited.page(), "/api/invitations/accept_existing", &form(&invited, &[("password", PASSWORD)]))
        .await
        .expect(303);
    assert_eq!(answer.location(), format!("/o/{other}"));
    let orgs = browser.get("/orgs").await.expect(200);
    assert!(orgs.says("Analytical Engines") && orgs.says("Difference Machines"), "one account, two organizations");
    assert_eq!(number(app.db(), "SELECT count(*) FROM users").await, 2);
}

async fn guessing_the_password_of_an_account_by_a_link_is_slowed_down(app: TestApp) {
    app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let invited = invite_to(&other, &olive.browser, ADA, Role::Member).await;
    let eve = app.browser().at_address("198.51.100.66");
    for n in 0..10 {
        let link = n % 2 == 0;
        let login = [("email", ADA), ("password", WRONG)];
        let answer = if link {
            accept_existing(&eve, &invited, WRONG).await
        } else {
            eve.call("/api/session/login", &login).await
        };
        answer.expect(422);
    }
    // One count for both doors (S34).
    assert!(!accept_existing(&eve, &invited, PASSWORD).await.expect(429).header("retry-after").is_empty());
    eve.call("/api/session/login", &[("email", ADA), ("password", PASSWORD)]).await.expect(429);
    accept_existing(&app.browser(), &invited, PASSWORD).await.expect(200);
}

async fn somebody_signed_in_accepts_with_one_click(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let invited = invite_to(&other, &olive.browser, ADA, Role::Admin).await;
    let page = ada.get(&invited.page()).await.expect(200);
    assert!(page.says("Join ") && !page.body.contains("type=\"password\""), "{}", page.body);
    let answer =
        ada.submit(&invited.page(), "/api/invitations/accept_signed_in", &form(&invited, &[])).await.expect(303);
    assert_eq!(answer.location(), format!("/o/{other}"));
    ada.get(ada.get(answer.location()).await.location()).await.expect(200);
    ada.get(USERS).await.expect(200);
}

async fn an_account_keeps_its_name_where_the_invitation_has_none(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let linus = app.join(&ada, "linus@engines.example", Role::Member).await;
    let nameless = invite_to(&other, &olive.browser, ADA, Role::Member).await;
    accept_signed_in(&ada, &nameless).await.expect(200);
    assert_eq!(olive.browser.profile(&other, &nameless.id).await.row.display_name(), "Ada Lovelace");
    let nameless = invite_to(&other, &olive.browser, &linus.email, Role::Member).await;
    accept_existing(&app.browser(), &nameless, PASSWORD).await.expect(200);
    assert_eq!(olive.browser.profile(&other, &nameless.id).await.row.display_name(), "linus Doe");
    assert!(
        olive.browser.get(&format!("/o/{other}/users?q=lovelace")).await.says("Ada Lovelace"),
        "and is found by it"
    );
}

async fn an_address_that_has_an_account_by_now_is_told(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let first = invite(&ada, "grace@engines.example", Role::Member).await;
    let second = invite_to(&other, &olive.browser, "grace@engines.example", Role::Member).await;
    // Both pages are open; one is sent.
    accept_new(&app.browser(), &first).await.expect(200);
    let problem = accept_new(&app.browser(), &second).await.expect(409).problem();
    assert_eq!(problem.message, "This address has an account by now. Reload the page to sign in with it.");
    let page =
        app.browser().submit(&second.page(), "/api/invitations/accept_new", &form(&second, &NEW)).await.expect(409);
    assert!(page.says("You have an account here already."), "{}", page.body);
    accept_existing(&app.browser(), &second, PASSWORD).await.expect(200);
}

async fn somebody_signed_in_as_another_cannot_accept(app: TestApp) {
    let ada = app.set_up().await;
    let eve = app.join(&ada, "eve@engines.example", Role::Member).await;
    let (other, olive) = app.found("Difference Machines").await;
    let invited = invite_to(&other, &olive.browser, "grace@engines.example", Role::Admin).await;
    let page = eve.browser.get(&invited.page()).await.expect(200);
    assert!(page.says("This invitation is for ") && page.says(&eve.email) && page.says("Sign out"));
    assert!(!page.body.contains("accept_signed_in"));
    let why = "This invitation is for another email address. Sign out first, or ask for an invitation to your address.";
    assert_eq!(accept_signed_in(&eve.browser, &invited).await.expect(409).problem().message, why);
    eve.browser.submit(&invited.page(), "/api/invitations/accept_signed_in", &form(&invited, &[])).await.expect(409);
    // The password of another account is none of the invited one's.
    accept_existing(&eve.browser, &invited, PASSWORD).await.expect(422);
    eve.browser.get(&format!("/o/{other}/users")).await.expect(404);
    assert_eq!(members(&app).await, 3);
    app.browser().get(&invited.page()).await.expect(200);
}

async fn altered_links_are_unknown(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    let token = &invited.token;
    let swapped = |at: usize| {
        let mut altered = token.clone();
        altered.replace_range(at..=at, if &token[at..=at] == "A" { "B" } else { "A" });
        altered
    };
    let before = everything(app.db()).await;
    for altered in [
        swapped(0),
        swapped(21),
        token[..42].to_owned(),
        format!("{token}A"),
        format!("{token}="),
        format!("{token}%20"),
        token.to_lowercase(),
        token.chars().rev().collect(),
        "%27%20OR%201=1%20--".to_owned(),
        "%00".to_owned(),
        "A".repeat(4_000),
    ] {
        let page = app.browser().get(&format!("/invite/{altered}")).await.expect(404);
        assert!(page.says("This link does not work") && !page.says("Analytical Engines"), "{}", page.body);
        let forged = Invited { id: String::new(), token: altered };
        for answer in [
            accept_new(&app.browser(), &forged).await,
            accept_existing(&app.browser(), &forged, PASSWORD).await,
            accept_signed_in(&ada, &forged).await,
        ] {
            answer.expect(404);
        }
    }
    app.browser().get("/invite/").await.expect(404);
    app.browser().call("/api/invitations/view", &[("token", "")]).await.expect(404);
    assert_eq!(everything(app.db()).await, before);
}

async fn a_session_is_no_invitation_and_an_invitation_no_session(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Admin).await;
    let session = Invited { id: String::new(), token: ada.session() };
    app.browser().get(&session.page()).await.expect(404);
    accept_new(&app.browser(), &session).await.expect(404);
    let browser = app.browser();
    browser.set_cookie("rollcall", &invited.token);
    browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(401);
    browser.get(USERS).await.expect(302);
    // It stays what it is.
    app.browser().get(&invited.page()).await.expect(200);
}

async fn an_inviter_who_was_demoted_grants_nothing_any_more(app: TestApp) {
    let ada = app.set_up().await;
    let eve = app.join(&ada, "eve@engines.example", Role::Admin).await;
    let invited = invite(&eve.browser, "grace@engines.example", Role::Member).await;
    ada.call("/api/people/act", &[("org", ORG), ("id", &eve.id), ("op", "revoke_admin")]).await.expect(200);
    let why = "The person who invited you may no longer grant this role. Ask for a new invitation.";
    assert_eq!(accept_new(&app.browser(), &invited).await.expect(409).problem().message, why);
    let page = app.browser().submit(&invited.page(), "/api/invitations/accept_new", &form(&invited, &NEW)).await;
    assert!(page.expect(409).says(why));
    assert_eq!(members(&app).await, 2);
    assert_eq!(number(app.db(), "SELECT count(*) FROM users").await, 2, "no account is left behind");
    // Somebody who may sends it again.
    let again = ada.call("/api/invitations/resend", &[("org", ORG), ("id", &invited.id)]).await.expect(200);
    let again = crate::cast::sent(again.parsed()).pop().unwrap();
    accept_new(&app.browser(), &again).await.expect(200);
}

async fn an_inviter_who_was_deactivated_grants_nothing_any_more(app: TestApp) {
    let ada = app.set_up().await;
    let eve = app.join(&ada, "eve@engines.example", Role::Admin).await;
    let invited = invite(&eve.browser, "grace@engines.example", Role::Viewer).await;
    let act =
        async |op: &str| ada.call("/api/people/act", &[("org", ORG), ("id", &eve.id), ("op", op)]).await.expect(200);
    act("deactivate").await;
    accept_new(&app.browser(), &invited).await.expect(409);
    assert_eq!(members(&app).await, 1);
    act("activate").await;
    accept_new(&app.browser(), &invited).await.expect(200);
}

async fn an_inviter_who_lost_the_right_to_a_role_does_not_grant_it(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Admin).await;
    let sql = "UPDATE organizations SET policies = replace(policies, '\"admin_grantable\":true', '\"admin_grantable\":false')";
    assert_eq!(crate::engines::raw(app.db(), sql).await, 1);
    accept_new(&app.browser(), &invited).await.expect(409);
    assert_eq!(members(&app).await, 1);
}

async fn a_link_that_expires_while_its_page_is_open_says_so(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    app.pass(7 * model::time::DAY - 1_000);
    let grace = app.browser();
    grace.get(&invited.page()).await.expect(200);
    app.pass(2_000);
    // Even with a password that would not do: what is over is said first (Zitadel #8850).
    let weak = changed(&form(&invited, &NEW), "password", "weak");
    grace.call("/api/invitations/accept_new", &weak).await.expect(410);
    let page = grace.submit(&invited.page(), "/api/invitations/accept_new", &form(&invited, &NEW)).await.expect(410);
    assert!(page.says("This invitation has expired"));
    assert_eq!(grace.cookie("rollcall"), None);
}

async fn a_new_session_replaces_the_one_that_the_browser_had(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let invited = invite_to(&other, &olive.browser, ADA, Role::Member).await;
    let before = ada.fork();
    accept_signed_in(&ada, &invited).await.expect(200);
    assert_ne!(ada.session(), before.session());
    before.call("/api/orgs/list", &[]).await.expect(401);
}
