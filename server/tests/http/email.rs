//! `/email/:token`: another address for an account, once both mailboxes have agreed.

use axum::http::Method;
use model::{
    Role,
    people::{PeopleQuery, Tab},
    time::HOUR,
};
use service::Mail;

use crate::{
    account::{account, second_organization},
    answer::Answer,
    app::{PUBLIC_URL, TestApp},
    browser::Browser,
    cast::{ADA, ORG, PASSWORD, USERS, WRONG, invite, token_of},
    engines::{everything, number},
    reset::reset_link,
};

on_both_engines! {
    an_address_changes_once_both_mailboxes_have_agreed,
    without_a_script_it_changes_as_well,
    one_mailbox_alone_changes_nothing,
    asking_needs_the_password,
    what_is_wrong_is_said_beside_its_field,
    opening_a_link_changes_nothing_and_a_post_without_an_answer_neither,
    either_mailbox_can_refuse,
    it_can_be_taken_back_on_the_page,
    both_links_end_after_an_hour,
    asking_again_voids_the_earlier_links,
    an_address_that_has_an_account_is_told_to_its_holder_alone,
    an_address_that_is_taken_meanwhile_is_not_given_away,
    an_invitation_in_the_way_is_named_and_can_be_cleared_away,
    of_many_answers_at_once_one_changes_it,
    other_sessions_and_links_are_over_afterwards,
    a_new_password_voids_a_change_that_waits,
    mails_for_it_are_limited,
}

const NEW: &str = "ada@new.example";

async fn ask(browser: &Browser, email: &str) -> Answer {
    browser.call("/api/account/email", &[("email", email), ("password", PASSWORD)]).await
}

/// Asks, and yields the tokens of the two links: for the present address and for the new one.
async fn links(app: &TestApp, browser: &Browser, email: &str) -> (String, String) {
    app.mails().await;
    ask(browser, email).await.expect(200);
    let (mut old, mut new) = (None, None);
    for mail in app.mails().await {
        match &mail {
            Mail::ConfirmOldEmail { to, new_email, link, .. } => {
                assert_eq!((to.as_str(), new_email.as_str()), (ADA, email));
                old = Some(token_of(link).to_owned());
            }
            Mail::ConfirmNewEmail { to, link, .. } => {
                assert_eq!(to.as_str(), email);
                new = Some(token_of(link).to_owned());
            }
            other => panic!("{other:?}"),
        }
        assert!(mail.link().unwrap().starts_with(&format!("{PUBLIC_URL}/email/")));
    }
    (old.unwrap(), new.unwrap())
}

async fn answer(browser: &Browser, token: &str, answer: &str) -> Answer {
    browser.call("/api/account/answer_email_link", &[("token", token), ("answer", answer)]).await
}

fn page(token: &str) -> String {
    format!("/email/{token}")
}

async fn log_in(app: &TestApp, email: &str) -> u16 {
    app.browser().call("/api/session/login", &[("email", email), ("password", PASSWORD)]).await.status
}

async fn an_address_changes_once_both_mailboxes_have_agreed(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive, id) = second_organization(&app, &ada).await;
    let (old, new) = links(&app, &ada, NEW).await;
    let waits = answer(&app.browser(), &new, "confirm").await.expect(200);
    assert_eq!(waits.toast(), "Confirmed. The other address has to confirm as well.");
    assert_eq!(app.mails().await, []);
    let done = answer(&app.browser(), &old, "confirm").await.expect(200);
    assert_eq!(done.toast(), "Your address is ada@new.example now. Sign in with it from now on.");

    assert_eq!((log_in(&app, ADA).await, log_in(&app, NEW).await), (422, 200));
    let mut told: Vec<String> = Vec::new();
    for mail in app.mails().await {
        let Mail::EmailChanged { to, to_name, new_email, .. } = mail else { panic!("{mail:?}") };
        assert_eq!((to_name.as_str(), new_email.as_str()), ("Ada Lovelace", NEW));
        told.push(to.to_string());
    }
    told.sort_unstable();
    assert_eq!(told, [ADA, NEW]);
    let ada = app.browser();
    ada.call("/api/session/login", &[("email", NEW), ("password", PASSWORD)]).await.expect(200);
    for (org, by) in [(ORG, &ada), (other.as_str(), &olive)] {
        for (q, found) in [("new.example", 1), (ADA, 0)] {
            let query = PeopleQuery { tab: Tab::Standard, q: q.into(), ..PeopleQuery::default() };
            assert_eq!(by.list(org, &query).await.rows.len(), found, "{q} in {org}");
        }
    }
    assert_eq!(olive.profile(&other, &id).await.row.email.as_str(), NEW);
    let lines = "SELECT count(DISTINCT org_id) FROM audit_events WHERE action = 'email.changed'";
    assert_eq!(number(app.db(), lines).await, 2);
    // The old address is free.
    let next = invite(&ada, ADA, Role::Member).await;
    assert!(app.browser().get(&next.page()).await.expect(200).says("Choose a password"));
}

async fn without_a_script_it_changes_as_well(app: TestApp) {
    let ada = app.set_up().await;
    let form = [("email", NEW), ("password", PASSWORD)];
    let asked = ada.submit("/account?org=x", "/api/account/email", &form).await.expect(303);
    assert_eq!(asked.location(), "/account?org=x");
    let shown = ada.get("/account").await.expect(200);
    for text in [
        "A link is on its way to ada@new.example, and one to your present address.",
        "To be changed to",
        "Your present address has to agree yet",
        "in 1 hour",
    ] {
        assert!(shown.says(text) || shown.body.replace("<!>", "").contains(text), "{text}\n{}", shown.body);
    }
    let (old, new) = links(&app, &ada, NEW).await;
    let opened = ada.get(&page(&old)).await.expect(200);
    for text in ["Change your email?", NEW, "It was me: change it", "It was not me: cancel it", "in 1 hour"] {
        assert!(opened.says(text), "{text}\n{}", opened.body);
    }
    let form = [("token", old.as_str()), ("answer", "confirm")];
    let waits = ada.submit(&page(&old), "/api/account/answer_email_link", &form).await.expect(303);
    assert_eq!(waits.location(), page(&old));
    let waiting = ada.get(&page(&old)).await.expect(200);
    assert!(
        waiting.says("This address has agreed")
            && waiting.says("Confirmed.")
            && !waiting.body.contains("type=\"radio\"")
    );
    let opened = app.browser().get(&page(&new)).await.expect(200);
    assert!(opened.says("Use this email?") && !opened.says(ADA), "{}", opened.body);
    let form = [("token", new.as_str()), ("answer", "confirm")];
    let done = ada.submit(&page(&new), "/api/account/answer_email_link", &form).await.expect(303);
    assert_eq!(done.location(), "/account");
    let shown = ada.get("/account").await.expect(200);
    assert!(shown.says("Your address is ada@new.example now.") && !shown.says(ADA), "{}", shown.body);
    for token in [&old, &new] {
        assert!(app.browser().get(&page(token)).await.expect(410).says("This change is done"));
        // Asked by the page's code, which goes by the status, it is no failure.
        let view = app.browser().call("/api/account/email_link", &[("token", token)]).await.expect(200);
        assert_eq!(view.body, r#"{"closed":"used"}"#);
        answer(&app.browser(), token, "confirm").await.expect(410);
    }
}

async fn one_mailbox_alone_changes_nothing(app: TestApp) {
    let ada = app.set_up().await;
    let (old, new) = links(&app, &ada, NEW).await;
    for token in [&new, &new] {
        answer(&app.browser(), token, "confirm").await.expect(200);
    }
    let pending = account(&ada).await.pending.unwrap();
    assert_eq!((pending.to.as_str(), pending.old_confirmed, pending.new_confirmed), (NEW, false, true));
    assert_eq!((log_in(&app, ADA).await, log_in(&app, NEW).await), (200, 422));
    assert_eq!(app.mails().await, []);
    answer(&app.browser(), &old, "confirm").await.expect(200);
    assert_eq!(log_in(&app, NEW).await, 200);
}

async fn asking_needs_the_password(app: TestApp) {
    let ada = app.set_up().await;
    for (password, why) in [("", "Enter your current password."), (WRONG, "This is not your current password.")] {
        let form = [("email", NEW), ("password", password)];
        let refused = ada.call("/api/account/email", &form).await.expect(422);
        assert_eq!(refused.problem().fields, [("password".to_owned(), why.to_owned())]);
        let shown = ada.submit("/account", "/api/account/email", &form).await.expect(422);
        assert!(shown.beside("password").contains(why) && shown.value_of("email") == NEW, "{}", shown.body);
    }
    assert_eq!(app.mails().await, []);
    assert_eq!(account(&ada).await.pending, None);
}

async fn what_is_wrong_is_said_beside_its_field(app: TestApp) {
    let ada = app.set_up().await;
    for (email, why) in [
        ("", "Enter an email address."),
        ("ada", "This is not a valid email address."),
        (" ADA@engines.example ", "This is the address that you have now."),
    ] {
        let problem = ask(&ada, email).await.expect(422).problem();
        assert!(problem.of_field("email").unwrap().starts_with(why), "{problem:?}");
    }
    assert_eq!(app.mails().await, []);
}

async fn opening_a_link_changes_nothing_and_a_post_without_an_answer_neither(app: TestApp) {
    let ada = app.set_up().await;
    let (old, new) = links(&app, &ada, NEW).await;
    let before = everything(app.db()).await;
    let scanner = app.browser().without("sec-fetch-site").without("origin").with("user-agent", "MailScanner/1.0");
    for token in [&old, &new] {
        scanner.get(&page(token)).await.expect(200);
        scanner.with("sec-purpose", "prefetch").get(&page(token)).await.expect(200);
        scanner.send(Method::HEAD, &page(token), None, String::new()).await.expect(200);
        scanner.call("/api/account/email_link", &[("token", token)]).await.expect(200);
        // As a scanner submits what it finds: every hidden field, nothing chosen.
        let form = [("token", token.as_str())];
        let shown = scanner.submit(&page(token), "/api/account/answer_email_link", &form).await.expect(422);
        assert!(shown.says("Choose one of the two."), "{}", shown.body);
        for nonsense in ["", "yes", "Confirm", "confirm,refuse"] {
            assert_eq!(answer(&scanner, token, nonsense).await.expect(422).wrong_fields(), ["answer"]);
        }
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn either_mailbox_can_refuse(app: TestApp) {
    let ada = app.set_up().await;
    for refused_by_old in [true, false] {
        let (old, new) = links(&app, &ada, NEW).await;
        let (refuses, agrees) = if refused_by_old { (&old, &new) } else { (&new, &old) };
        answer(&app.browser(), agrees, "confirm").await.expect(200);
        let form = [("token", refuses.as_str()), ("answer", "refuse")];
        let browser = app.browser();
        let done = browser.submit(&page(refuses), "/api/account/answer_email_link", &form).await.expect(303);
        let shown = browser.get(done.location()).await.expect(410);
        assert!(
            shown.says("Cancelled. Nothing was changed.") && shown.says("This change was cancelled"),
            "{}",
            shown.body
        );
        for token in [&old, &new] {
            app.browser().get(&page(token)).await.expect(410);
            answer(&app.browser(), token, "confirm").await.expect(410);
        }
        assert_eq!(account(&ada).await.pending, None);
    }
    assert_eq!((log_in(&app, ADA).await, log_in(&app, NEW).await), (200, 422));
    // A stranger in the new mailbox is not taken for Ada.
    let lines = |by: &str| {
        format!("SELECT count(*) FROM audit_events WHERE action = 'email.change_cancelled' AND actor_id {by}")
    };
    assert_eq!(number(app.db(), &lines("IS NULL")).await, 1);
    assert_eq!(number(app.db(), &lines("IS NOT NULL")).await, 1);
}

async fn it_can_be_taken_back_on_the_page(app: TestApp) {
    let ada = app.set_up().await;
    let (old, new) = links(&app, &ada, NEW).await;
    assert!(ada.get("/account").await.says("Cancel the change"));
    let done = ada.submit("/account", "/api/account/cancel_email", &[]).await.expect(303);
    assert_eq!(done.location(), "/account");
    let shown = ada.get("/account").await;
    assert!(shown.says("Your address stays as it is.") && !shown.says("Cancel the change"));
    for token in [&old, &new] {
        answer(&app.browser(), token, "confirm").await.expect(410);
    }
    // Without anything to take back there is nothing to complain about, nor to note.
    ada.call("/api/account/cancel_email", &[]).await.expect(200);
    let lines = "SELECT count(*) FROM audit_events WHERE action = 'email.change_cancelled'";
    assert_eq!(number(app.db(), lines).await, 1);
}

async fn both_links_end_after_an_hour(app: TestApp) {
    let ada = app.set_up().await;
    let (old, new) = links(&app, &ada, NEW).await;
    app.pass(HOUR - 1);
    answer(&app.browser(), &new, "confirm").await.expect(200);
    app.pass(1);
    for token in [&old, &new] {
        let shown = app.browser().get(&page(token)).await.expect(410);
        assert!(shown.says("This link has expired"));
        let refused = answer(&app.browser(), token, "confirm").await.expect(410).problem();
        assert_eq!(refused.message, "This link has expired. Ask for a new one.");
    }
    assert_eq!(account(&ada).await.pending, None);
    assert_eq!(log_in(&app, ADA).await, 200);
}

async fn asking_again_voids_the_earlier_links(app: TestApp) {
    let ada = app.set_up().await;
    let (old, new) = links(&app, &ada, "first@new.example").await;
    answer(&app.browser(), &new, "confirm").await.expect(200);
    // The mails of links that are replaced before they left stay here.
    ask(&ada, "second@new.example").await.expect(200);
    let (later_old, later_new) = links(&app, &ada, NEW).await;
    for token in [&old, &new] {
        assert!(app.browser().get(&page(token)).await.expect(410).says("There is a newer link"));
        answer(&app.browser(), token, "confirm").await.expect(410);
    }
    // What was confirmed of another address counts for nothing.
    answer(&app.browser(), &later_old, "confirm").await.expect(200);
    assert_eq!(log_in(&app, NEW).await, 422);
    answer(&app.browser(), &later_new, "confirm").await.expect(200);
    assert_eq!(log_in(&app, NEW).await, 200);
}

async fn an_address_that_has_an_account_is_told_to_its_holder_alone(app: TestApp) {
    let ada = app.set_up().await;
    let (_, olive) = app.found("Difference Machines").await;
    let free = ask(&ada, NEW).await.expect(200).body.replace(NEW, "EMAIL");
    let taken = ask(&ada, &olive.email).await.expect(200).body.replace(&olive.email, "EMAIL");
    assert_eq!(free, taken);
    let (old, new) = links(&app, &ada, &olive.email).await;
    // Who asked learns nothing, however often they look and confirm.
    for _ in 0..2 {
        let shown = ada.get(&page(&old)).await.expect(200);
        assert!(!shown.says("account of its own"), "{}", shown.body);
        answer(&ada, &old, "confirm").await.expect(200);
    }
    let before = everything(app.db()).await;
    let why = "This address has an account of its own here. Nothing was changed; ask for another address.";
    let shown = olive.browser.get(&page(&new)).await.expect(200);
    assert!(shown.says("This address cannot be used") && shown.says(why), "{}", shown.body);
    assert_eq!(answer(&olive.browser, &new, "confirm").await.expect(409).problem().message, why);
    let form = [("token", new.as_str()), ("answer", "confirm")];
    olive.browser.submit(&page(&new), "/api/account/answer_email_link", &form).await.expect(409);
    assert_eq!(everything(app.db()).await, before);
    assert_eq!((log_in(&app, ADA).await, log_in(&app, &olive.email).await), (200, 200));
}

async fn an_address_that_is_taken_meanwhile_is_not_given_away(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive, _) = second_organization(&app, &ada).await;
    let (old, new) = links(&app, &ada, NEW).await;
    answer(&app.browser(), &new, "confirm").await.expect(200);
    let invited = crate::cast::invite_to(&other, &olive, NEW, Role::Member).await;
    let form = [("token", invited.token.as_str()), ("first_name", "Eve"), ("password", PASSWORD)];
    app.browser().call("/api/invitations/accept_new", &form).await.expect(200);
    // The new mailbox had agreed, so it may be said now.
    let before = everything(app.db()).await;
    assert!(app.browser().get(&page(&old)).await.expect(200).says("account of its own"));
    answer(&app.browser(), &old, "confirm").await.expect(409);
    assert_eq!(everything(app.db()).await, before);
    assert_eq!(log_in(&app, ADA).await, 200);
}

async fn an_invitation_in_the_way_is_named_and_can_be_cleared_away(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, NEW, Role::Member).await;
    let (old, new) = links(&app, &ada, NEW).await;
    answer(&app.browser(), &old, "confirm").await.expect(200);
    let before = everything(app.db()).await;
    let shown = app.browser().get(&page(&new)).await.expect(200);
    for text in
        ["This address cannot be used", "Analytical Engines has invited this address", "revoke that", "Try again"]
    {
        assert!(shown.says(text), "{text}\n{}", shown.body);
    }
    let refused = answer(&app.browser(), &new, "confirm").await.expect(409).problem();
    assert!(refused.message.starts_with("Analytical Engines has invited this address"), "{refused:?}");
    assert_eq!(everything(app.db()).await, before);
    ada.call("/api/invitations/revoke", &[("org", ORG), ("id", &invited.id)]).await.expect(200);
    answer(&app.browser(), &new, "confirm").await.expect(200);
    assert_eq!(log_in(&app, NEW).await, 200);
}

async fn of_many_answers_at_once_one_changes_it(app: TestApp) {
    let ada = app.set_up().await;
    let (old, new) = links(&app, &ada, NEW).await;
    let answers = (0..20).map(|n| {
        let (browser, token) = (app.browser(), if n % 2 == 0 { old.clone() } else { new.clone() });
        tokio::spawn(async move { answer(&browser, &token, "confirm").await })
    });
    let answers = futures::future::join_all(answers.collect::<Vec<_>>()).await;
    let changed = answers.iter().filter(|answer| {
        let answer = answer.as_ref().unwrap();
        assert!(matches!(answer.status, 200 | 410), "{answer:?}");
        answer.status == 200 && answer.toast().starts_with("Your address is")
    });
    assert_eq!(changed.count(), 1);
    assert_eq!(app.mails().await.len(), 2);
    assert_eq!(number(app.db(), "SELECT count(*) FROM audit_events WHERE action = 'email.changed'").await, 1);
    assert_eq!(log_in(&app, NEW).await, 200);
}

async fn other_sessions_and_links_are_over_afterwards(app: TestApp) {
    let ada = app.set_up().await;
    let phone = app.sign_in(ADA).await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let reset = reset_link(&app, ADA).await;
    let (old, new) = links(&app, &ada, NEW).await;
    answer(&app.browser(), &new, "confirm").await.expect(200);
    // Long after the session was last used, which is noted before the change is begun.
    app.pass(10 * model::time::MINUTE);
    answer(&ada, &old, "confirm").await.expect(200);
    ada.get(USERS).await.expect(200);
    grace.browser.get(USERS).await.expect(200);
    phone.call("/api/orgs/list", &[]).await.expect(401);
    app.browser().get(&format!("/reset/{reset}")).await.expect(410);
    // By a browser that is nobody's all of them end.
    let (old, new) = {
        app.mails().await;
        ask(&ada, ADA).await.expect(200);
        let mails = app.mails().await;
        let token = |mail: &Mail| token_of(mail.link().unwrap()).to_owned();
        (token(&mails[0]), token(&mails[1]))
    };
    for token in [&old, &new] {
        answer(&grace.browser, token, "confirm").await.expect(200);
    }
    ada.call("/api/orgs/list", &[]).await.expect(401);
    grace.browser.get(USERS).await.expect(200);
    assert_eq!(log_in(&app, ADA).await, 200);
}

async fn a_new_password_voids_a_change_that_waits(app: TestApp) {
    let ada = app.set_up().await;
    let (old, new) = links(&app, &ada, NEW).await;
    answer(&app.browser(), &new, "confirm").await.expect(200);
    let form = [("current_password", PASSWORD), ("password", crate::reset::NEW)];
    ada.call("/api/account/password", &form).await.expect(200);
    assert!(app.browser().get(&page(&old)).await.expect(410).says("This change was cancelled"));
    answer(&app.browser(), &old, "confirm").await.expect(410);
    assert_eq!(account(&ada).await.email.as_str(), ADA);
}

async fn mails_for_it_are_limited(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    for _ in 0..5 {
        ask(&ada, NEW).await.expect(200);
    }
    let refused = ask(&ada, "other@new.example").await.expect(429);
    assert_eq!(refused.header("retry-after"), (60 * 60).to_string());
    // Nor does a mailbox get more because others ask for it too (S36).
    ask(&grace.browser, NEW).await.expect(429);
    ask(&grace.browser, "grace@new.example").await.expect(200);
    app.pass(HOUR);
    ask(&ada, NEW).await.expect(200);
}
