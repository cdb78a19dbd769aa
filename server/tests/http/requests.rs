//! `/o/:org/login`, asking for an invitation there, and the list that answers (B25, B26).

use app::reply::Reply;
use model::{
    PersonState, Role,
    invitation::{InviteOutcome, InviteResult},
    people::{PeopleQuery, Tab},
    request::{RequestRow, RequestsPage},
    time::{DAY, HOUR},
};
use service::Mail;
use std::time::{Duration, Instant};

use crate::{
    actions::act,
    answer::Answer,
    app::{TestApp, log},
    browser::{Browser, Pairs},
    cast::{ADA, HOME, ORG, PASSWORD, USERS, changed, invite, invite_to, token_of},
    engines::{everything, number, raw},
    policies::save,
};

on_both_engines! {
    the_door_names_the_organization_and_leads_into_it,
    an_unknown_door_is_not_found,
    where_no_requests_are_taken_the_form_is_not_there_and_posting_it_is_refused,
    asking_is_answered_alike_for_every_address,
    what_is_wrong_stands_beside_the_field_and_what_was_entered_stays,
    asking_again_keeps_one_open_request,
    asking_too_often_has_to_wait,
    from_the_request_to_the_member_without_a_script,
    many_are_approved_and_each_gets_its_own_result,
    who_became_a_member_meanwhile_is_stale_and_gets_the_error_of_inviting,
    dismissing_is_safe_and_told_once_a_day,
    without_the_right_to_invite_there_are_no_requests,
    of_another_organization_nothing_is_found,
    where_accounts_are_created_approving_creates_one,
    without_a_seat_the_request_stays,
    of_many_who_approve_at_once_one_invites,
    a_selection_that_makes_no_sense_is_refused,
    colleagues_hear_of_each_change,
    what_was_asked_and_answered_stands_in_the_audit_log,
    requests_are_paged,
    housekeeping_takes_what_was_answered_long_ago,
    no_address_or_token_stands_in_the_log,
}

/// The sign-in page of Ada's organization.
pub(crate) const DOOR: &str = "/o/analytical-engines/login";
/// Where an invitation to it is asked for.
pub(crate) const ASK: &str = "/o/analytical-engines/login/request";
pub(crate) const LIST: &str = "/o/analytical-engines/users?tab=requests";
pub(crate) const GRACE: &str = "grace@navy.example";

/// What the form holds.
const FORM: [(&str, &str); 5] =
    [("org", ORG), ("first_name", "Grace"), ("last_name", "Hopper"), ("email", GRACE), ("message", "I work with Ada.")];

/// Sets up with policy K on, and yields Ada's browser.
pub(crate) async fn set_up(app: &TestApp) -> Browser {
    let ada = app.set_up().await;
    save(&ada, &[("invitation_requests", "on")]).await.expect(200);
    ada
}

/// Asks from a place that nobody has asked from.
pub(crate) async fn ask(app: &TestApp, email: &str) -> Answer {
    let place = number(app.db(), "SELECT count(*) FROM rate_limits").await;
    let browser = app.browser().at_address(&format!("198.51.100.{}", place % 250));
    browser.call("/api/requests/ask", &changed(&FORM, "email", email)).await
}

async fn page(by: &Browser) -> RequestsPage {
    by.call("/api/requests/list", &[("org", ORG)]).await.expect(200).parsed()
}

pub(crate) async fn rows(by: &Browser) -> Vec<RequestRow> {
    page(by).await.rows
}

async fn counted(by: &Browser) -> u64 {
    by.list(ORG, &PeopleQuery::default()).await.counts.of(Tab::Requests)
}

/// The id of the open request of an address.
async fn id_of(by: &Browser, email: &str) -> String {
    rows(by).await.into_iter().find(|row| row.email.as_str() == email).expect("it is open").id.to_string()
}

async fn answer(by: &Browser, how: &str, select: &str) -> Answer {
    by.call(&format!("/api/requests/{how}"), &[("org", ORG), ("select", select)]).await
}

fn results(answer: &Answer) -> Vec<InviteResult> {
    answer.parsed::<Reply<Vec<InviteResult>>>().data.unwrap()
}

pub(crate) async fn approved(by: &Browser, email: &str) -> InviteOutcome {
    let id = id_of(by, email).await;
    results(&answer(by, "approve", &id).await.expect(200)).pop().unwrap().outcome
}

pub(crate) async fn accept(app: &TestApp, token: &str) -> Browser {
    let browser = app.browser();
    let form = [("token", token), ("first_name", "Grace"), ("last_name", "Hopper"), ("password", PASSWORD)];
    browser.call("/api/invitations/accept_new", &form).await.expect(200);
    browser
}

/// Lets an invitation run out, and yields Ada's new session.
pub(crate) async fn expire(app: &TestApp) -> Browser {
    app.pass(7 * DAY);
    app.sign_in(ADA).await
}

pub(crate) fn invitations(mails: &[Mail]) -> Vec<&Mail> {
    mails.iter().filter(|mail| matches!(mail, Mail::Invitation { .. })).collect()
}

async fn the_door_names_the_organization_and_leads_into_it(app: TestApp) {
    let ada = set_up(&app).await;
    let (other, olive) = app.found("Difference Machines").await;
    let link = invite_to(&other, &olive.browser, ADA, Role::Viewer).await;
    ada.call("/api/invitations/accept_signed_in", &[("token", &link.token)]).await.expect(200);
    let browser = app.browser();
    let door = browser.get(DOOR).await.expect(200);
    assert!(door.body.contains("<title>Sign in to Analytical Engines · Rollcall</title>"), "{}", door.body);
    assert!(door.says("Request an invitation") && door.body.contains(&format!("href=\"{ASK}\"")), "{}", door.body);
    assert!(!door.says("Difference Machines") && !door.says("Lovelace"));
    // Into the organization at whose door it was, whichever was used last.
    for (org, home) in [(ORG, HOME.to_owned()), (other.as_str(), format!("/o/{other}")), (ORG, HOME.to_owned())] {
        let form = [("org", org), ("email", ADA), ("password", PASSWORD)];
        let browser = app.browser();
        let page = browser.submit(&format!("/o/{org}/login"), "/api/session/login", &form).await.expect(303);
        assert_eq!(page.location(), home);
        let next = app.browser().call("/api/session/login", &form).await.expect(200).parsed::<Reply>().next;
        assert_eq!(next, Some(home));
    }
    // Who does not belong there goes home.
    let form = [("org", other.as_str()), ("email", "grace@x.example"), ("password", PASSWORD)];
    app.join(&ada, "grace@x.example", Role::Member).await;
    let next = app.browser().call("/api/session/login", &form).await.expect(200).parsed::<Reply>().next;
    assert_eq!(next.as_deref(), Some(HOME));
    // What is wrong is said as on any sign-in page.
    let form = [("org", ORG), ("email", ADA), ("password", "wrong")];
    let page = app.browser().submit(DOOR, "/api/session/login", &form).await.expect(422);
    assert!(page.says("Email or password is not right.") && page.value_of("email") == ADA, "{}", page.body);
}

async fn an_unknown_door_is_not_found(app: TestApp) {
    set_up(&app).await;
    for path in ["/o/nowhere/login", "/o/nowhere/login/request", "/o/%00/login"] {
        let page = app.browser().get(path).await.expect(404);
        assert!(page.says("Page not found") && !page.body.contains("name=\"email\""), "{}", page.body);
    }
    app.browser().call("/api/requests/door", &[("org", "nowhere")]).await.expect(404);
    let form = changed(&FORM, "org", "nowhere");
    app.browser().call("/api/requests/ask", &form).await.expect(404);
    app.browser().submit(ASK, "/api/requests/ask", &form).await.expect(404);
    assert_eq!(number(app.db(), "SELECT count(*) FROM invitation_requests").await, 0);
}

async fn where_no_requests_are_taken_the_form_is_not_there_and_posting_it_is_refused(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    assert!(!app.browser().get(DOOR).await.expect(200).says("Request an invitation"));
    assert!(!app.browser().get(ASK).await.expect(404).body.contains("name=\"email\""));
    let why = "This organization takes no requests for invitations. Ask an admin there to invite you.";
    for email in [ADA, GRACE, "nonsense"] {
        let form = changed(&FORM, "email", email);
        assert_eq!(app.browser().call("/api/requests/ask", &form).await.expect(403).problem_text(), why);
        app.browser().submit(ASK, "/api/requests/ask", &form).await.expect(404);
        app.browser().submit(DOOR, "/api/requests/ask", &form).await.expect(403);
    }
    assert_eq!(everything(app.db()).await, before);
    // The list is there all the same: it holds who asks by an expired link.
    assert!(ada.get(LIST).await.expect(200).says("No requests"));
    save(&ada, &[("invitation_requests", "on")]).await.expect(200);
    ask(&app, GRACE).await.expect(200);
    save(&ada, &[]).await.expect(200);
    ask(&app, GRACE).await.expect(403);
    assert_eq!(rows(&ada).await.len(), 1, "who has asked still waits for an answer");
}

#[expect(clippy::disallowed_methods, reason = "how long an answer really takes is what is asked")]
fn began() -> Instant {
    Instant::now()
}

async fn asking_is_answered_alike_for_every_address(app: TestApp) {
    let ada = set_up(&app).await;
    let late = invite(&ada, "late@engines.example", Role::Member).await;
    let ada = expire(&app).await;
    app.browser().get(&late.page()).await.expect(410);
    invite(&ada, "invited@engines.example", Role::Member).await;
    let gone = app.join(&ada, "gone@engines.example", Role::Member).await;
    act(&ada, &gone.id, "deactivate").await.expect(200);
    ask(&app, "asking@engines.example").await.expect(200);
    let (mut called, mut submitted, mut places) = (Vec::new(), Vec::new(), 0);
    for email in [
        "eve@engines.example",
        ADA,
        "invited@engines.example",
        "late@engines.example",
        &gone.email,
        "asking@engines.example",
    ] {
        places += 1;
        let browser = app.browser().at_address(&format!("192.0.2.{places}"));
        let form = changed(&FORM, "email", email);
        let began = began();
        let answer = browser.call("/api/requests/ask", &form).await.expect(200);
        assert!(began.elapsed() >= Duration::from_millis(150), "{:?}", began.elapsed());
        let page = browser.submit(ASK, "/api/requests/ask", &form).await.expect(200);
        assert!(page.says("Your request has been sent"), "{}", page.body);
        assert_eq!((answer.set_cookies().len(), page.set_cookies().len()), (0, 0));
        called.push(answer.body.replace(email, "EMAIL"));
        // Behind the page stands what was entered, in any order.
        let shown = page.body.split("<script").nth(1).unwrap();
        submitted.push((page.status, shown.replace(page.nonce(), "NONCE").replace(email, "EMAIL")));
        // The same is written for each, and nothing is sent there.
        let open = format!("SELECT count(*) FROM invitation_requests WHERE state = 'open' AND email = '{email}'");
        assert_eq!(number(app.db(), &open).await, 1);
    }
    assert!(called.windows(2).all(|two| two[0] == two[1]), "{called:?}");
    assert!(submitted.windows(2).all(|two| two[0] == two[1]));
    let told = app.mails().await;
    let digests = told.iter().filter(|mail| matches!(mail, Mail::RequestDigest { .. }));
    assert!(digests.clone().count() == 1 && digests.into_iter().all(|mail| mail.to().as_str() == ADA), "{told:?}");
    assert!(!told.iter().any(|mail| mail.to().as_str() == "eve@engines.example"));
}

async fn what_is_wrong_stands_beside_the_field_and_what_was_entered_stays(app: TestApp) {
    set_up(&app).await;
    let long = "x".repeat(501);
    for (field, value, why) in [
        ("first_name", "", "Enter a name."),
        ("email", "", "Enter an email address."),
        ("email", "grace", "This is not a valid email address. It should look like name@example.com."),
        ("message", long.as_str(), "Keep it to 500 characters."),
        ("message", "a\0b", "This has characters that cannot be shown."),
    ] {
        let form = changed(&FORM, field, value);
        let answer = app.browser().call("/api/requests/ask", &form).await.expect(422);
        assert_eq!(answer.problem().fields, [(field.to_owned(), why.to_owned())]);
        let page = app.browser().submit(ASK, "/api/requests/ask", &form).await.expect(422);
        assert!(page.beside(field).contains(why), "{field}\n{}", page.body);
        assert_eq!(page.value_of("last_name"), "Hopper");
    }
    let nothing = app.browser().call("/api/requests/ask", &[("org", ORG)]).await.expect(422);
    assert_eq!(nothing.wrong_fields(), ["first_name", "email"]);
    let shown = app.browser().submit(ASK, "/api/requests/ask", &changed(&FORM, "email", "grace")).await;
    assert!(shown.says("I work with Ada."), "{}", shown.body);
    assert_eq!(number(app.db(), "SELECT count(*) FROM invitation_requests").await, 0);
}

async fn asking_again_keeps_one_open_request(app: TestApp) {
    let ada = set_up(&app).await;
    ask(&app, GRACE).await.expect(200);
    app.pass(HOUR);
    let form = changed(&changed(&FORM, "first_name", "Amazing"), "message", "Still me.");
    app.browser().call("/api/requests/ask", &changed(&form, "email", " GRACE@navy.example ")).await.expect(200);
    let open = rows(&ada).await;
    assert_eq!((open.len(), counted(&ada).await), (1, 1));
    assert_eq!((open[0].display_name().as_str(), open[0].message.as_str()), ("Amazing Hopper", "Still me."));
    assert_eq!(open[0].asked_at, app.rollcall.now());
    let list = ada.get(LIST).await.expect(200);
    assert!(list.says("Amazing Hopper") && list.says("Still me.") && list.says(GRACE), "{}", list.body);
    // What others write is shown as text.
    let wild = changed(&changed(&FORM, "first_name", "<b>x</b>"), "message", "<script>alert(1)</script>");
    app.browser().call("/api/requests/ask", &wild).await.expect(200);
    let list = ada.get(LIST).await.expect(200);
    assert!(list.says("<script>alert(1)</script>") && !list.body.contains("<script>alert"), "{}", list.body);
}

async fn asking_too_often_has_to_wait(app: TestApp) {
    let ada = set_up(&app).await;
    // For one address, from anywhere, whoever it is.
    for email in [GRACE, ADA] {
        for n in 0..5 {
            let browser = app.browser().at_address(&format!("198.51.100.{n}"));
            browser.call("/api/requests/ask", &changed(&FORM, "email", email)).await.expect(200);
        }
        let (browser, form) = (app.browser().at_address("198.51.100.9"), changed(&FORM, "email", email));
        let refused = browser.call("/api/requests/ask", &form).await.expect(429);
        assert_eq!(refused.header("retry-after"), "3600");
        assert_eq!(refused.problem_text(), "Too many attempts. Try again in 60 minutes.");
    }
    // From one place: what the headers claim changes nothing (S35).
    raw(app.db(), "UPDATE rate_limits SET n = 20 WHERE key = 'request:place:198.51.100.1'").await;
    let place = app.browser().at_address("198.51.100.1");
    let form = changed(&FORM, "email", "new@x.example");
    place.call("/api/requests/ask", &form).await.expect(429);
    let page = place.with("x-forwarded-for", "192.0.2.1").submit(ASK, "/api/requests/ask", &form).await.expect(429);
    assert!(page.says("Too many attempts.") && page.value_of("email") == "new@x.example", "{}", page.body);
    // Of one organization, from everywhere.
    app.browser().call("/api/requests/ask", &form).await.expect(200);
    raw(app.db(), "UPDATE rate_limits SET n = 200 WHERE key LIKE 'request:org:%'").await;
    let before = rows(&ada).await.len();
    ask(&app, "other@x.example").await.expect(429);
    assert_eq!(rows(&ada).await.len(), before);
    app.pass(HOUR);
    ask(&app, "other@x.example").await.expect(200);
}

async fn from_the_request_to_the_member_without_a_script(app: TestApp) {
    let ada = set_up(&app).await;
    let grace = app.browser();
    let form = grace.get(ASK).await.expect(200);
    assert!(form.says("Request an invitation") && form.says("Analytical Engines"), "{}", form.body);
    let sent = grace.submit(ASK, "/api/requests/ask", &FORM).await.expect(200);
    assert!(sent.says("Your request has been sent") && sent.says(GRACE), "{}", sent.body);

    let tabs = ada.get(USERS).await.expect(200);
    assert!(tabs.body.contains("href=\"/o/analytical-engines/users?tab=requests\""), "{}", tabs.body);
    let list = ada.get(LIST).await.expect(200);
    assert!(list.says("Grace Hopper") && list.says("I work with Ada.") && !list.says("Stale"), "{}", list.body);
    // The button of the row brings its own selection.
    let id = id_of(&ada, GRACE).await;
    let button = format!("/api/requests/approve?select={id}");
    assert!(list.body.contains(&format!("value=\"{button}\"")), "{}", list.body);
    app.mails().await;
    let done = ada.submit(LIST, &button, &[("org", ORG)]).await.expect(200);
    assert!(done.says("Invitation sent.") && done.says("No requests"), "{}", done.body);
    assert_eq!(counted(&ada).await, 0);
    let mails = app.mails().await;
    let [Mail::Invitation { to, to_name, role, link, .. }] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!((to.as_str(), to_name.as_str(), role.as_str()), (GRACE, "Grace Hopper", "Member"));
    let form = [("token", token_of(link)), ("first_name", "Grace"), ("last_name", "Hopper"), ("password", PASSWORD)];
    grace.submit(&format!("/invite/{}", token_of(link)), "/api/invitations/accept_new", &form).await.expect(303);
    let row = ada.rows(ORG, Tab::Standard).await.into_iter().find(|row| row.email.as_str() == GRACE).unwrap();
    assert_eq!((row.target.state, row.target.role), (PersonState::Active, Role::Member));
    // Whoever comes back to the page asks nothing twice.
    let again = ada.submit(LIST, &button, &[("org", ORG)]).await.expect(200);
    assert!(again.says("This request has been answered already."), "{}", again.body);
    assert_eq!(app.mails().await, []);
}

async fn many_are_approved_and_each_gets_its_own_result(app: TestApp) {
    let ada = set_up(&app).await;
    save(&ada, &[("invitation_requests", "on"), ("default_role", "viewer")]).await.expect(200);
    let invited = invite(&ada, "invited@x.example", Role::Admin).await;
    let gone = app.join(&ada, "gone@x.example", Role::Member).await;
    act(&ada, &gone.id, "deactivate").await.expect(200);
    for email in [GRACE, "invited@x.example", &gone.email, ADA, "left@x.example"] {
        ask(&app, email).await.expect(200);
    }
    app.mails().await;
    let mut ids = Vec::new();
    for email in [GRACE, "invited@x.example", &gone.email, ADA] {
        ids.push(id_of(&ada, email).await);
    }
    // The boxes of a form without a script come one by one.
    let mut form = vec![("org", ORG)];
    form.extend(ids.iter().map(|id| ("select", id.as_str())));
    let page = ada.submit(LIST, "/api/requests/approve", &form).await.expect(200);
    for (email, sentence) in [
        (GRACE, "Invitation sent."),
        ("invited@x.example", "A new invitation was sent; the earlier link no longer works."),
        (gone.email.as_str(), "This user is deactivated. Activate the account from the list instead."),
        (ADA, "This user already exists in the organization."),
    ] {
        assert!(page.says(email) && page.says(sentence), "{email}: {sentence}\n{}", page.body);
    }
    assert!(page.says("2 of 4 invitations are on their way."), "{}", page.body);
    let mails = app.mails().await;
    assert_eq!(invitations(&mails).len(), 2, "{mails:?}");
    assert_eq!(ada.profile(ORG, &invited.id).await.row.target.role, Role::Admin, "sent again as it was");
    let row = ada.rows(ORG, Tab::Invitations).await.into_iter().find(|row| row.email.as_str() == GRACE).unwrap();
    assert_eq!(row.target.role, Role::Viewer, "by policy H");
    let mut left: Vec<_> = rows(&ada).await.into_iter().map(|row| row.email.to_string()).collect();
    left.sort_unstable();
    assert_eq!(left, [ADA, &gone.email, "left@x.example"]);
    // An invitation can be sent again five times an hour.
    for n in 0..6 {
        ask(&app, "invited@x.example").await;
        raw(app.db(), "DELETE FROM rate_limits WHERE key LIKE 'request:%'").await;
        let outcome = approved(&ada, "invited@x.example").await;
        assert_eq!(outcome.is_sent(), n < 4, "{n} {outcome:?}");
        if n == 5 {
            assert_eq!(outcome, InviteOutcome::TooOften);
        }
    }
}

async fn who_became_a_member_meanwhile_is_stale_and_gets_the_error_of_inviting(app: TestApp) {
    let ada = set_up(&app).await;
    save(&ada, &[("invitation_requests", "on"), ("onboarding", "both")]).await.expect(200);
    ask(&app, GRACE).await.expect(200);
    // In by another way: her account is created, and she signs in.
    let form = [
        ("org", ORG),
        ("first_name", "Grace"),
        ("email", GRACE),
        ("password", "ferry-lantern-42-mossy"),
        ("password_again", "ferry-lantern-42-mossy"),
    ];
    ada.call("/api/users/create", &form).await.expect(200);
    let grace = app.browser();
    let login = [("email", GRACE), ("password", "ferry-lantern-42-mossy")];
    grace.call("/api/session/login", &login).await.expect(200);
    assert!(!rows(&ada).await[0].is_stale());
    grace.call("/api/welcome/choose", &[("password", PASSWORD)]).await.expect(200);
    app.mails().await;
    assert!(rows(&ada).await[0].is_stale());
    let list = ada.get(LIST).await.expect(200);
    assert!(list.says("Stale") && list.says("Is a member by now, and can be dismissed."), "{}", list.body);
    assert_eq!(approved(&ada, GRACE).await, InviteOutcome::AlreadyMember);
    let button = format!("/api/requests/approve?select={}", id_of(&ada, GRACE).await);
    let page = ada.submit(LIST, &button, &[("org", ORG)]).await.expect(200);
    assert!(page.says("This user already exists in the organization.") && page.says("Stale"), "{}", page.body);
    // Dismissed safely: she stays who she is, and hears nothing of it.
    let before = ada.rows(ORG, Tab::Standard).await;
    let toast = answer(&ada, "dismiss", &id_of(&ada, GRACE).await).await.expect(200).toast();
    assert_eq!(toast, "The request of Grace Hopper has been dismissed.");
    assert_eq!((rows(&ada).await, app.mails().await), (vec![], vec![]));
    assert_eq!(ada.rows(ORG, Tab::Standard).await, before);
    grace.call("/api/session/viewer", &[("org", ORG)]).await.expect(200);
}

async fn dismissing_is_safe_and_told_once_a_day(app: TestApp) {
    let ada = set_up(&app).await;
    let told = |mails: &[Mail]| mails.iter().filter(|mail| matches!(mail, Mail::RequestDismissed { .. })).count();
    ask(&app, GRACE).await.expect(200);
    ask(&app, "eve@x.example").await.expect(200);
    let ids = [id_of(&ada, GRACE).await, id_of(&ada, "eve@x.example").await];
    let form = [("org", ORG), ("select", ids[0].as_str()), ("select", ids[1].as_str())];
    let page = ada.submit(LIST, "/api/requests/dismiss", &form).await.expect(303);
    assert_eq!(page.location(), LIST);
    let list = ada.get(LIST).await;
    assert!(list.says("2 requests have been dismissed.") && list.says("No requests"), "{}", list.body);
    assert_eq!(told(&app.mails().await), 2);
    let again = answer(&ada, "dismiss", &ids.join(",")).await.expect(200);
    assert_eq!(again.toast(), "Somebody else has answered this already.");
    // Who asks again stands there again; the mailbox, which may be a stranger's, hears of it once a day.
    ask(&app, GRACE).await.expect(200);
    answer(&ada, "dismiss", &id_of(&ada, GRACE).await).await.expect(200);
    assert_eq!(told(&app.mails().await), 0);
    app.pass(DAY);
    let ada = app.sign_in(ADA).await;
    ask(&app, GRACE).await.expect(200);
    answer(&ada, "dismiss", &id_of(&ada, GRACE).await).await.expect(200);
    assert_eq!(told(&app.mails().await), 1);
    // Whoever has an invitation is told nothing else, and it stays good.
    let invited = invite(&ada, "invited@x.example", Role::Member).await;
    ask(&app, "invited@x.example").await.expect(200);
    answer(&ada, "dismiss", &id_of(&ada, "invited@x.example").await).await.expect(200);
    assert_eq!(told(&app.mails().await), 0);
    app.browser().get(&invited.page()).await.expect(200);
}

/// Everything that answers requests, and a form for it.
const ANSWERS: [(&str, Pairs<'static>); 3] = [
    ("/api/requests/list", &[("org", ORG)]),
    ("/api/requests/approve", &[("org", ORG)]),
    ("/api/requests/dismiss", &[("org", ORG)]),
];

async fn without_the_right_to_invite_there_are_no_requests(app: TestApp) {
    let ada = set_up(&app).await;
    ask(&app, GRACE).await.expect(200);
    let id = id_of(&ada, GRACE).await;
    let member = app.join(&ada, "member@x.example", Role::Member).await.browser;
    let before = everything(app.db()).await;
    for (function, form) in ANSWERS {
        let form = [form, &[("select", id.as_str())]].concat();
        member.call(function, &form).await.expect(403);
        app.browser().call(function, &form).await.expect(401);
    }
    assert!(!member.get(LIST).await.expect(403).says(GRACE));
    assert!(app.browser().get(LIST).await.location().starts_with("/login?next="));
    assert_eq!(everything(app.db()).await, before);
    let admin = app.join(&ada, "admin@x.example", Role::Admin).await;
    act(&ada, &admin.id, "revoke_admin").await.expect(200);
    answer(&admin.browser, "approve", &id).await.expect(403);
}

async fn of_another_organization_nothing_is_found(app: TestApp) {
    let ada = set_up(&app).await;
    let (other, olive) = app.found("Difference Machines").await;
    ask(&app, GRACE).await.expect(200);
    ask(&app, "eve@x.example").await.expect(200);
    let (grace, eve) = (id_of(&ada, GRACE).await, id_of(&ada, "eve@x.example").await);
    raw(app.db(), "UPDATE invitation_requests SET org_id = (SELECT id FROM organizations WHERE slug = 'difference-machines') WHERE email = 'eve@x.example'").await;
    app.mails().await;
    let before = everything(app.db()).await;
    let unused = app.unused::<model::RequestId>().to_string();
    for how in ["approve", "dismiss"] {
        // Every element of a list is looked at (S45).
        for select in [eve.clone(), format!("{grace},{eve}"), unused.clone(), "mem_1".to_owned(), format!("{grace},x")]
        {
            let theirs = answer(&ada, how, &select).await.expect(404);
            assert_eq!(theirs.body, answer(&ada, how, &unused).await.body);
            let form = [("org", ORG), ("select", select.as_str())];
            ada.submit(LIST, &format!("/api/requests/{how}"), &form).await.expect(404);
        }
        let form = [("org", other.as_str()), ("select", eve.as_str())];
        ada.call(&format!("/api/requests/{how}"), &form).await.expect(404);
        let form = [("org", ORG), ("select", grace.as_str())];
        olive.browser.call(&format!("/api/requests/{how}"), &form).await.expect(404);
    }
    olive.browser.call("/api/requests/list", &[("org", ORG)]).await.expect(404);
    assert_eq!(everything(app.db()).await, before);
    assert_eq!((rows(&ada).await.len(), app.mails().await), (1, vec![]));
}

async fn where_accounts_are_created_approving_creates_one(app: TestApp) {
    let ada = app.set_up_as("admin_created_accounts").await;
    save(&ada, &[("invitation_requests", "on"), ("onboarding", "temporary_password")]).await.expect(200);
    ask(&app, GRACE).await.expect(200);
    ask(&app, "eve@x.example").await.expect(200);
    app.mails().await;
    let ids = [id_of(&ada, GRACE).await, id_of(&ada, "eve@x.example").await].join(",");
    let outcomes = results(&answer(&ada, "approve", &ids).await.expect(200));
    assert!(outcomes.iter().all(|r| matches!(r.outcome, InviteOutcome::Created { .. })), "{outcomes:?}");
    let mails = app.mails().await;
    let [Mail::Welcome { to, to_name, password, .. }, Mail::Welcome { .. }] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(to_name, "Grace Hopper");
    let login = [("email", to.as_str()), ("password", password.as_str())];
    let next = app.browser().call("/api/session/login", &login).await.expect(200).parsed::<Reply>().next;
    assert_eq!(next.as_deref(), Some("/welcome"));
    // Who has lost it asks, and gets another one.
    ask(&app, GRACE).await.expect(200);
    assert!(matches!(approved(&ada, GRACE).await, InviteOutcome::CreatedAgain { .. }));
}

async fn without_a_seat_the_request_stays(app: TestApp) {
    let ada = set_up(&app).await;
    save(&ada, &[("invitation_requests", "on"), ("seats", "2")]).await.expect(200);
    for email in [GRACE, "eve@x.example"] {
        ask(&app, email).await.expect(200);
    }
    let ids = [id_of(&ada, GRACE).await, id_of(&ada, "eve@x.example").await].join(",");
    let outcomes = results(&answer(&ada, "approve", &ids).await.expect(200));
    assert!(outcomes[0].outcome.is_sent() && outcomes[1].outcome == InviteOutcome::NoSeat, "{outcomes:?}");
    let left = rows(&ada).await;
    assert_eq!((left.len(), left[0].email.as_str()), (1, "eve@x.example"));
    save(&ada, &[("invitation_requests", "on")]).await.expect(200);
    assert!(approved(&ada, "eve@x.example").await.is_sent());
}

async fn of_many_who_approve_at_once_one_invites(app: TestApp) {
    let ada = set_up(&app).await;
    ask(&app, GRACE).await.expect(200);
    app.mails().await;
    let id = id_of(&ada, GRACE).await;
    let approvals = (0..8).map(|_| answer(&ada, "approve", &id));
    let dismissal = answer(&ada, "dismiss", &id);
    let (approvals, dismissal) = tokio::join!(futures::future::join_all(approvals), dismissal);
    let sent = approvals.iter().filter(|answer| results(answer)[0].outcome.is_sent()).count();
    let dismissed = !dismissal.toast().starts_with("Somebody else");
    assert_eq!(sent + usize::from(dismissed), 1, "{sent} {dismissed}");
    assert_eq!(number(app.db(), "SELECT count(*) FROM invitations").await, i64::try_from(sent).unwrap());
    assert_eq!(app.mails().await.len(), 1);
}

async fn a_selection_that_makes_no_sense_is_refused(app: TestApp) {
    let ada = set_up(&app).await;
    ask(&app, GRACE).await.expect(200);
    let id = id_of(&ada, GRACE).await;
    for how in ["approve", "dismiss"] {
        let nothing = answer(&ada, how, ",,").await.expect(422);
        assert_eq!(nothing.problem().of_field("select").as_deref(), Some("Select at least one request."));
        let page = ada.submit(LIST, &format!("/api/requests/{how}"), &[("org", ORG)]).await.expect(422);
        assert!(page.says("Select at least one request.") && page.says(GRACE), "{}", page.body);
        let many: Vec<String> = (0..=100)
            .map(|n| <model::RequestId as model::id::Id>::fresh(app.rollcall.now(), [n; 10]).to_string())
            .collect();
        let many = answer(&ada, how, &many.join(",")).await.expect(422);
        assert_eq!(many.problem().of_field("select").as_deref(), Some("Select at most 100 at a time."));
    }
    // Named twice it is one.
    assert_eq!(results(&answer(&ada, "approve", &format!("{id},{id}")).await.expect(200)).len(), 1);
}

async fn colleagues_hear_of_each_change(app: TestApp) {
    let ada = set_up(&app).await;
    let revision = async || ada.call("/api/people/revision", &[("org", ORG)]).await.expect(200).parsed::<i64>();
    let mut seen = vec![revision().await];
    ask(&app, GRACE).await.expect(200);
    seen.push(revision().await);
    ask(&app, "eve@x.example").await.expect(200);
    answer(&ada, "dismiss", &id_of(&ada, "eve@x.example").await).await.expect(200);
    seen.push(revision().await);
    approved(&ada, GRACE).await;
    seen.push(revision().await);
    assert!(seen.windows(2).all(|two| two[0] < two[1]), "{seen:?}");
    // Telling the admins changes nothing that a list shows.
    app.pass(HOUR);
    ask(&app, "new@x.example").await.expect(200);
    ask(&app, "newer@x.example").await.expect(200);
    // The invitation leaves first: that it has is shown.
    app.mails().await;
    let before = revision().await;
    app.pass(HOUR);
    app.tick().await;
    assert_eq!(revision().await, before);
}

async fn what_was_asked_and_answered_stands_in_the_audit_log(app: TestApp) {
    let ada = set_up(&app).await;
    let me = ada.call("/api/session/viewer", &[("org", ORG)]).await.parsed::<model::people::Viewer>().actor;
    let late = invite(&ada, "late@x.example", Role::Member).await;
    ask(&app, GRACE).await.expect(200);
    ask(&app, "eve@x.example").await.expect(200);
    approved(&ada, GRACE).await;
    answer(&ada, "dismiss", &id_of(&ada, "eve@x.example").await).await.expect(200);
    let told = async |by: &Browser, id: &str| {
        let form = [("org", ORG), ("id", id)];
        let page: model::activity::ActivityPage = by.call("/api/people/activity", &form).await.expect(200).parsed();
        page.lines.iter().map(model::activity::Activity::sentence).collect::<Vec<_>>()
    };
    let lines = told(&ada, &me.membership_id.to_string()).await;
    for line in [
        "Ada Lovelace approved the request of Grace Hopper for an invitation",
        "Ada Lovelace dismissed the request of Grace Hopper for an invitation",
        "Ada Lovelace invited Grace Hopper as Member",
    ] {
        assert!(lines.iter().any(|found| found == line), "{line} in {lines:?}");
    }
    assert_eq!(number(app.db(), "SELECT count(*) FROM audit_events WHERE action = 'request.filed'").await, 2);
    // By a link it is a line of the person.
    let ada = expire(&app).await;
    app.browser().call("/api/requests/ask_again", &[("token", &late.token)]).await.expect(200);
    assert_eq!(told(&ada, &late.id).await[0], "late asked for an invitation");
}

async fn requests_are_paged(app: TestApp) {
    let ada = set_up(&app).await;
    for n in 0..52 {
        if n % 15 == 0 {
            raw(app.db(), "DELETE FROM rate_limits WHERE key LIKE 'request:%'").await;
        }
        app.pass(1);
        ask(&app, &format!("p{n}@x.example")).await.expect(200);
    }
    let first = page(&ada).await;
    assert_eq!((first.rows.len(), first.continued, counted(&ada).await), (50, false, 52));
    assert_eq!(first.rows[0].email.as_str(), "p51@x.example", "the newest first");
    let older = first.older.expect("there are more").to_string();
    let list = ada.get(LIST).await.expect(200);
    let next = format!("{LIST}&amp;older={older}");
    assert!(list.body.contains(&format!("href=\"{next}\"")), "{}", list.body);
    let second = ada.get(&next.replace("&amp;", "&")).await.expect(200);
    assert!(second.says("p0@x.example") && second.says("p1@x.example") && !second.says("p2@x.example"));
    assert!(second.says("Back to the newest"), "{}", second.body);
    ada.get(&format!("{LIST}&older=nonsense")).await.expect(200);
}

async fn housekeeping_takes_what_was_answered_long_ago(app: TestApp) {
    let ada = set_up(&app).await;
    ask(&app, GRACE).await.expect(200);
    ask(&app, "eve@x.example").await.expect(200);
    answer(&ada, "dismiss", &id_of(&ada, GRACE).await).await.expect(200);
    let left = async || {
        app.tick().await;
        number(app.db(), "SELECT count(*) FROM invitation_requests").await
    };
    app.pass(30 * DAY - 1);
    assert_eq!(left().await, 2);
    app.pass(1);
    assert_eq!(left().await, 1);
}

async fn no_address_or_token_stands_in_the_log(app: TestApp) {
    let ada = set_up(&app).await;
    let mark = format!("q{}.private", app.db().engine_name());
    let late = invite(&ada, &format!("{mark}@x.example"), Role::Member).await;
    for _ in 0..6 {
        ask(&app, &format!("{mark}.asks@x.example")).await;
    }
    app.pass(7 * DAY);
    app.browser().call("/api/requests/ask_again", &[("token", &late.token)]).await.expect(200);
    app.mails().await;
    let log = log();
    assert!(log.contains("request for an invitation throttled"), "the log is kept");
    for secret in [mark.as_str(), &late.token] {
        assert!(!log.contains(secret), "{secret}");
    }
}
