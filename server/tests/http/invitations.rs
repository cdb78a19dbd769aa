//! Inviting (B16–B20), and the mail that goes with it. What becomes of the links is in `links.rs`.

use app::reply::Reply;
use model::{
    Denial, PersonState, Role,
    invitation::{BatchForecast, Forecast, InviteOutcome, InviteResult},
    people::{Delivery, Tab},
    time::{DAY, HOUR, MINUTE},
};
use service::Mail;

use crate::{
    answer::{Answer, escaped},
    app::{Broken, PUBLIC_URL, TestApp},
    browser::Browser,
    cast::{ADA, ORG, USERS, changed, invite, sent, token_of},
    engines::{everything, number, raw},
    groups,
};

on_both_engines! {
    each_address_of_a_batch_gets_its_own_result,
    who_may_change_no_roles_invites_everybody_else_of_a_batch,
    who_is_invited_anew_has_the_role_that_is_chosen_then,
    without_a_script_the_dialog_shows_the_report,
    an_empty_field_is_named,
    more_than_ten_thousand_addresses_are_refused,
    one_person_is_invited_by_name,
    what_is_wrong_with_one_person_stands_beside_the_field,
    addresses_that_contain_each_other_are_different_people,
    an_address_invited_twice_at_once_is_invited_once,
    the_mail_holds_the_link_and_no_markup_of_others,
    forged_hosts_do_not_reach_the_link,
    a_mail_leaves_once_and_after_a_failure_again_later,
    nothing_leaves_when_the_transaction_fails,
    the_organizations_policies_decide_over_time_links_and_seats,
    a_dialog_opens_by_its_url,
}

/// Invites a batch of members.
pub(crate) async fn send(by: &Browser, emails: &str) -> Answer {
    by.call("/api/invitations/send", &[("org", ORG), ("emails", emails), ("role", "member")]).await
}

/// The lines of a report.
pub(crate) fn results(answer: &Answer) -> Vec<InviteResult> {
    answer.parsed::<Reply<Vec<InviteResult>>>().data.unwrap()
}

fn addresses(mails: &[Mail]) -> Vec<&str> {
    let mut all: Vec<&str> = mails.iter().map(|mail| mail.to().as_str()).collect();
    all.sort_unstable();
    all
}

/// Changes a policy of every organization.
async fn set_policy(app: &TestApp, from: &str, to: &str) {
    let sql = format!("UPDATE organizations SET policies = replace(policies, '{from}', '{to}')");
    assert_eq!(raw(app.db(), &sql).await, 1);
}

/// What the batches of two tests hold, and the sentence for each address.
const BATCH: &str = "new@engines.example, NEW@Engines.Example;Grace Hopper <named@engines.example>\n\
                     ada@engines.example invited@engines.example, gone@engines.example, not-an-address, \
                     \"Lovelace, Byron\" <byron@engines.example>";
const REPORT: [(&str, &str); 7] = [
    ("new@engines.example", "Invitation sent."),
    ("named@engines.example", "Invitation sent."),
    (ADA, "This user already exists in the organization."),
    ("invited@engines.example", "Already invited. Resend the invitation from the list if it got lost."),
    ("gone@engines.example", "This user is deactivated. Activate the account from the list instead."),
    ("not-an-address", "This is not a valid email address. It should look like name@example.com."),
    ("byron@engines.example", "Invitation sent."),
];

async fn cast_of_the_batch(app: &TestApp) -> Browser {
    let ada = app.set_up().await;
    invite(&ada, "invited@engines.example", Role::Member).await;
    let gone = app.join(&ada, "gone@engines.example", Role::Member).await;
    ada.call("/api/people/act", &[("org", ORG), ("id", &gone.id), ("op", "deactivate")]).await.expect(200);
    app.mails().await;
    ada
}

async fn each_address_of_a_batch_gets_its_own_result(app: TestApp) {
    let ada = cast_of_the_batch(&app).await;
    let results = results(&send(&ada, BATCH).await.expect(200));
    let report: Vec<_> = results.iter().map(|r| (r.entry.clone(), r.outcome.sentence())).collect();
    assert_eq!(report, REPORT.map(|(entry, sentence)| (entry.to_owned(), sentence.to_owned())));
    let mails = app.mails().await;
    assert_eq!(addresses(&mails), ["byron@engines.example", "named@engines.example", "new@engines.example"]);
    for row in ada.rows(ORG, Tab::Invitations).await {
        assert_eq!((row.target.role, row.target.state), (Role::Member, PersonState::Invited));
    }
    assert!(ada.get(USERS).await.says("Grace Hopper"));
    // Once more, and nobody is left to invite.
    let again = send(&ada, BATCH).await.expect(200);
    assert!(!again.body.contains("\"link\"") && app.mails().await.is_empty());
}

/// Somebody who may invite, and do everything else that an admin does but change roles.
async fn who_changes_no_roles(app: &TestApp, ada: &Browser) -> Browser {
    let desk = groups::custom_role(app, 1, "admin", "change_roles").await;
    let grace = app.join(ada, "grace@engines.example", Role::Member).await;
    let give = [("org", ORG), ("id", grace.id.as_str()), ("op", "change_role"), ("role", desk.as_str())];
    ada.call("/api/people/act", &give).await.expect(200);
    grace.browser
}

async fn who_may_change_no_roles_invites_everybody_else_of_a_batch(app: TestApp) {
    let ada = app.set_up().await;
    invite(&ada, "late@x.example", Role::Viewer).await;
    invite(&ada, "same@x.example", Role::Member).await;
    app.pass(8 * DAY);
    let ada = app.sign_in(ADA).await;
    let grace = who_changes_no_roles(&app, &ada).await;
    let form =
        [("org", ORG), ("emails", "a@x.example, late@x.example, same@x.example, b@x.example"), ("role", "member")];
    let told = grace.call("/api/invitations/check", &form).await.expect(200);
    let told: BatchForecast = told.parsed::<Reply<BatchForecast>>().data.unwrap();
    let denied = InviteOutcome::NotAllowed(Denial::Withheld);
    let wanted = [Forecast::Invite, Forecast::Refused(denied.clone()), Forecast::SendAgain, Forecast::Invite];
    assert_eq!(told.lines.into_iter().map(|line| line.forecast).collect::<Vec<_>>(), wanted);
    let sent = results(&grace.call("/api/invitations/send", &form).await.expect(200));
    assert_eq!(sent.iter().map(|result| result.outcome.is_sent()).collect::<Vec<_>>(), [true, false, true, true]);
    assert_eq!(sent[1].outcome, denied);
}

async fn who_is_invited_anew_has_the_role_that_is_chosen_then(app: TestApp) {
    let ada = app.set_up().await;
    let late = invite(&ada, "late@x.example", Role::Member).await;
    let desk = groups::custom_role(&app, 1, "admin", "change_roles").await;
    let give = [("org", ORG), ("id", late.id.as_str()), ("op", "change_role"), ("role", desk.as_str())];
    ada.call("/api/people/act", &give).await.expect(200);
    app.pass(8 * DAY);
    let ada = app.sign_in(ADA).await;
    invite(&ada, "late@x.example", Role::Admin).await;
    let target = ada.profile(ORG, &late.id).await.row.target;
    assert_eq!(target.grant(), Role::Admin.into());
}

async fn without_a_script_the_dialog_shows_the_report(app: TestApp) {
    let ada = cast_of_the_batch(&app).await;
    let form = [("org", ORG), ("emails", BATCH), ("role", "viewer")];
    let page = ada.submit(&format!("{USERS}?dialog=invite"), "/api/invitations/send", &form).await.expect(200);
    assert!(page.says("3 of 7 invitations are on their way."), "{}", page.body);
    for (entry, sentence) in REPORT {
        assert!(page.says(entry) && page.says(sentence), "{entry}: {sentence}\n{}", page.body);
    }
    assert_eq!(page.body.matches(&format!("value=\"{PUBLIC_URL}/invite/")).count(), 3, "each link to copy, once");
    // Behind the dialog the list is up to date, and the links are gone with the next look.
    assert!(page.says("new@engines.example"));
    assert!(!ada.get(USERS).await.body.contains("/invite/"));
    assert_eq!(app.mails().await.len(), 3);
}

async fn an_empty_field_is_named(app: TestApp) {
    let ada = app.set_up().await;
    for nothing in ["", "   ", ", ;\n,,"] {
        let answer = send(&ada, nothing).await.expect(422);
        assert_eq!(answer.problem().of_field("emails").as_deref(), Some("Enter at least one email address."));
        let form = [("org", ORG), ("emails", nothing), ("role", "viewer")];
        let page = ada.submit(&format!("{USERS}?dialog=invite"), "/api/invitations/send", &form).await.expect(422);
        assert!(page.beside("emails").contains("Enter at least one email address."));
    }
}

async fn more_than_ten_thousand_addresses_are_refused(app: TestApp) {
    use std::fmt::Write as _;
    let ada = app.set_up().await;
    let mut many = String::new();
    for n in 0..=10_000 {
        write!(many, "p{n}@x.io,").unwrap();
    }
    let answer = send(&ada, &many).await.expect(422);
    let why = "Enter at most 10,000 addresses at a time, or import a CSV file.";
    assert_eq!(answer.problem().of_field("emails").as_deref(), Some(why));
    let form = [("org", ORG), ("emails", many.as_str())];
    let page = ada.submit(&format!("{USERS}?dialog=invite"), "/api/invitations/send", &form).await.expect(422);
    assert!(page.says(why) && page.body.contains("p9999@x.io"), "what was entered is not lost");
    assert_eq!(number(app.db(), "SELECT count(*) FROM memberships").await, 1);
    assert_eq!(app.mails().await, []);
}

async fn one_person_is_invited_by_name(app: TestApp) {
    let ada = app.set_up().await;
    let form = [
        ("org", ORG),
        ("first_name", "Grace"),
        ("last_name", "Hopper"),
        ("email", "Grace@Navy.example"),
        ("admin", "on"),
    ];
    let results = results(&ada.call("/api/invitations/send_one", &form).await.expect(200));
    assert!(
        matches!(&results[..], [InviteResult { entry, outcome: InviteOutcome::Invited { link: Some(_), .. } }] if entry == "grace@navy.example")
    );
    let row = ada.rows(ORG, Tab::Invitations).await.pop().unwrap();
    assert_eq!((row.display_name().as_str(), row.target.role), ("Grace Hopper", Role::Admin));

    let form = changed(&form[..4], "email", "margaret@nasa.example");
    let page = ada.submit(&format!("{USERS}?dialog=add"), "/api/invitations/send_one", &form).await.expect(200);
    assert!(page.says("1 invitation is on its way.") && page.body.contains(&format!("value=\"{PUBLIC_URL}/invite/")));
    let mails = app.mails().await;
    assert_eq!(addresses(&mails), ["grace@navy.example", "margaret@nasa.example"]);
}

async fn what_is_wrong_with_one_person_stands_beside_the_field(app: TestApp) {
    let ada = app.set_up().await;
    invite(&ada, "invited@engines.example", Role::Member).await;
    let good = [("org", ORG), ("first_name", "Grace"), ("last_name", "Hopper"), ("email", "grace@navy.example")];
    let long = "x".repeat(101);
    for (field, value, why) in [
        ("first_name", "", None),
        ("first_name", long.as_str(), None),
        ("last_name", long.as_str(), None),
        ("email", "", Some("Enter an email address.")),
        ("email", "grace", Some("This is not a valid email address. It should look like name@example.com.")),
        ("email", ADA, Some("This user already exists in the organization.")),
        (
            "email",
            "invited@engines.example",
            Some("Already invited. Resend the invitation from the list if it got lost."),
        ),
    ] {
        let form = changed(&good, field, value);
        let answer = ada.call("/api/invitations/send_one", &form).await.expect(422);
        assert_eq!(answer.wrong_fields(), [field]);
        let message = answer.problem().of_field(field).unwrap();
        assert!(why.is_none_or(|why| message == why), "{message}");
        let form = changed(&form, "admin", "on");
        let page = ada.submit(&format!("{USERS}?dialog=add"), "/api/invitations/send_one", &form).await.expect(422);
        assert!(page.beside(field).contains(&message), "{message}\n{}", page.body);
        for (kept, entered) in good.iter().skip(1).filter(|(name, _)| *name != field) {
            assert_eq!(page.value_of(kept), *entered);
        }
        assert!(page.beside("admin").split('>').next().unwrap().contains("checked"), "{}", page.body);
    }
    assert_eq!(app.mails().await.len(), 1);
}

async fn addresses_that_contain_each_other_are_different_people(app: TestApp) {
    let ada = app.set_up().await;
    for address in [
        "alice@engines.example",
        "ice@engines.example",
        "ice@engines.example.org",
        "a.lice@engines.example",
        "alice+tag@engines.example",
    ] {
        assert!(send(&ada, address).await.expect(200).body.contains("\"invited\""), "{address}");
    }
}

async fn an_address_invited_twice_at_once_is_invited_once(app: TestApp) {
    let ada = app.set_up().await;
    let tries = (0..6).map(|_| send(&ada, "grace@engines.example"));
    let answers = futures::future::join_all(tries).await;
    let won = answers.iter().filter(|answer| answer.body.contains("\"link\"")).count();
    assert_eq!(won, 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)), "{answers:?}");
    assert_eq!(app.mails().await.len(), 1);
    assert_eq!(number(app.db(), "SELECT count(*) FROM invitations").await, 1);
}

async fn the_mail_holds_the_link_and_no_markup_of_others(app: TestApp) {
    let wild = "<img src=x onerror=alert(1)>";
    let ada = app.browser();
    let set_up = changed(&changed(&crate::cast::SET_UP, "org_name", wild), "first_name", wild);
    let home = ada.call("/api/setup", &set_up).await.expect(200).parsed::<serde_json::Value>();
    let org = home["next"].as_str().unwrap().split('/').nth(2).unwrap().to_owned();
    let form = [
        ("org", org.as_str()),
        ("first_name", wild),
        ("last_name", "Hopper"),
        ("email", "grace@navy.example"),
        ("admin", "on"),
    ];
    let link = match results(&ada.call("/api/invitations/send_one", &form).await.expect(200)).pop().unwrap().outcome {
        InviteOutcome::Invited { link, .. } => link.unwrap(),
        other => panic!("{other:?}"),
    };
    assert!(link.starts_with(&format!("{PUBLIC_URL}/invite/")) && token_of(&link).len() == 43, "256 bits: {link}");
    let mails = app.mails().await;
    let mail = server::mail::render(&mails[0]).unwrap();
    assert!(mail.html.contains(&link) && mail.text.contains(&link));
    assert!(!mail.html.contains("<img"), "{}", mail.html);
    assert!(mail.html.contains("Admin") && mail.text.contains("Admin"));
    // Until when, in words: seven days from the day of the tests.
    assert!(mail.text.contains("22 Jan 2027") && mail.html.contains("22 Jan 2027"), "{}", mail.text);
    assert!(!mail.subject.contains(['\r', '\n']));
}

async fn forged_hosts_do_not_reach_the_link(app: TestApp) {
    let ada = app.set_up().await;
    for (n, (name, value)) in [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-host", "evil.example"),
        ("x-forwarded-server", "evil.example"),
        ("x-original-url", "https://evil.example/"),
        ("forwarded", "for=1.2.3.4;host=evil.example;proto=https"),
        ("x-forwarded-proto", "https"),
        ("referer", "https://evil.example/o/x"),
    ]
    .into_iter()
    .enumerate()
    {
        let forged = ada.with(name, value);
        let email = format!("p{n}@engines.example");
        let answer = send(&forged, &email).await.expect(200);
        let form = [("org", ORG), ("emails", &format!("q{n}@engines.example"))];
        let page = forged.submit(&format!("{USERS}?dialog=invite"), "/api/invitations/send", &form).await.expect(200);
        for body in [&answer.body, &page.body] {
            assert!(
                body.contains(&format!("{PUBLIC_URL}/invite/")) && !body.contains("evil.example"),
                "{name}: {body}"
            );
        }
        let id = sent(answer.parsed()).pop().unwrap().id;
        assert!(
            !forged
                .call("/api/invitations/resend", &[("org", ORG), ("id", &id)])
                .await
                .expect(200)
                .body
                .contains("evil.example")
        );
        assert!(!forged.get(USERS).await.body.contains("evil.example"));
    }
    let mails = app.mails().await;
    assert!(mails.len() >= 16);
    for link in mails.iter().map(|mail| mail.link().unwrap()) {
        assert!(link.starts_with(&format!("{PUBLIC_URL}/invite/")), "{link}");
    }
}

async fn a_mail_leaves_once_and_after_a_failure_again_later(app: TestApp) {
    let ada = app.set_up().await;
    let ids: Vec<String> = sent(send(&ada, "a@x.example, b@x.example, c@x.example").await.expect(200).parsed())
        .into_iter()
        .map(|i| i.id)
        .collect();
    app.break_mail_server(Broken::Yes);
    assert_eq!(app.mails().await, []);
    app.break_mail_server(Broken::No);
    assert_eq!(app.mails().await, [], "a mail server in trouble is left alone for a while");
    app.pass(MINUTE);
    assert_eq!(addresses(&app.mails().await), ["a@x.example", "b@x.example", "c@x.example"]);
    for _ in 0..3 {
        app.pass(HOUR);
        assert_eq!(app.mails().await, []);
    }
    for id in ids {
        assert_eq!(ada.profile(ORG, &id).await.row.delivery, Some(Delivery::Sent));
    }
}

async fn nothing_leaves_when_the_transaction_fails(app: TestApp) {
    let ada = app.set_up().await;
    // The last thing that an invitation writes is its line in the audit log (S59).
    match app.db() {
        store::Db::Sqlite { .. } => {
            let sql = "CREATE TRIGGER refuse BEFORE INSERT ON audit_events WHEN NEW.action LIKE 'invitation.%' \
                       BEGIN SELECT RAISE(ABORT, 'secret detail of the database'); END";
            raw(app.db(), sql).await;
        }
        store::Db::Postgres(_) => {
            raw(
                app.db(),
                "ALTER TABLE audit_events ADD CONSTRAINT secret_detail CHECK (action NOT LIKE 'invitation.%')",
            )
            .await;
        }
    }
    let before = everything(app.db()).await;
    let problem = send(&ada, "grace@engines.example").await.expect(500).problem();
    assert_eq!(problem.message, "Something went wrong on our side. Nothing was changed.");
    let form = [("org", ORG), ("emails", "grace@engines.example")];
    let page = ada.submit(&format!("{USERS}?dialog=invite"), "/api/invitations/send", &form).await.expect(500);
    assert!(page.says("Something went wrong on our side. Nothing was changed."), "{}", page.body);
    assert!(page.says("grace@engines.example"), "what was entered is not lost");
    assert!(!page.body.to_lowercase().contains("secret") && !page.body.contains("audit_events"), "{}", page.body);
    assert_eq!(everything(app.db()).await, before);
    assert_eq!(app.mails().await, []);
}

async fn the_organizations_policies_decide_over_time_links_and_seats(app: TestApp) {
    let ada = app.set_up().await;
    set_policy(&app, "\"invitation_ttl_ms\":604800000", "\"invitation_ttl_ms\":3600000").await;
    let grace = invite(&ada, "grace@engines.example", Role::Member).await;
    app.pass(HOUR);
    app.browser().get(&grace.page()).await.expect(410);

    set_policy(&app, "\"copy_links\":true", "\"copy_links\":false").await;
    app.mails().await;
    let answer = send(&ada, "margaret@engines.example").await.expect(200);
    assert!(matches!(results(&answer)[0].outcome, InviteOutcome::Invited { link: None, .. }));
    let form = [("org", ORG), ("emails", "katherine@engines.example")];
    let page = ada.submit(&format!("{USERS}?dialog=invite"), "/api/invitations/send", &form).await.expect(200);
    assert!(!answer.body.contains("/invite/") && !page.body.contains("/invite/"));
    assert_eq!(app.mails().await.len(), 2, "the mail holds the link all the same");

    // Ada, Margaret and Katherine; Grace's invitation has expired.
    set_policy(&app, "\"seats\":null", "\"seats\":4").await;
    let report = results(&send(&ada, "fifth@engines.example, sixth@engines.example").await.expect(200));
    assert!(report[0].outcome.is_sent());
    assert_eq!(report[1].outcome.sentence(), "No seat is left. Free a seat or raise the limit.");
    let one = [("org", ORG), ("first_name", "Six"), ("email", "sixth@engines.example")];
    let answer = ada.call("/api/invitations/send_one", &one).await.expect(422);
    assert_eq!(answer.problem().of_field("email").as_deref(), Some("No seat is left. Free a seat or raise the limit."));
}

async fn a_dialog_opens_by_its_url(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    for (dialog, texts) in [
        ("add", ["Invite user to team", "First name", "Admin", "Invite user"]),
        ("invite", ["Invite people", "Email addresses", "Role", "Send invitations"]),
    ] {
        for by in [&ada, &grace.browser] {
            let page = by.get(&format!("{USERS}?dialog={dialog}")).await.expect(200);
            assert!(page.body.contains("<dialog"), "{}", page.body);
            for text in texts {
                assert!(page.says(&escaped(text)), "{text}\n{}", page.body);
            }
            assert!(!page.body.contains("value=\"owner\""));
        }
    }
}
