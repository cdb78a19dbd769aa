//! A mail server of an organization's own: tried out, sent through, kept from where it must not reach, and its password
//! kept to itself. The servers of these tests speak SMTP over real sockets.

use app::{api::mail_profile::MailAnswer, reply::Reply};
use model::{
    Role,
    mail_profile::{TestOutcome, TestReport},
    time::MINUTE,
};
use std::time::{Duration, Instant};

use crate::{
    app::{TestApp, log},
    browser::Browser,
    cast::{ADA, ORG, USERS, invite, invite_to},
    engines::{everything, number, raw},
    mail_profile::{EDIT, FORM, PAGE, edit, settings},
    smtp_server::{Manner, SmtpServer},
};

on_both_engines! {
    a_test_tells_what_the_server_said,
    a_test_is_over_in_time,
    a_test_goes_by_what_is_typed_and_saves_nothing,
    tests_are_limited,
    a_server_is_read_field_by_field,
    servers_at_home_are_refused,
    a_password_never_comes_back,
    a_password_goes_to_no_other_server,
    the_password_of_another_organization_does_not_open,
    mails_leave_by_the_organizations_server,
    another_version_goes_by_another_server,
    a_refused_recipient_is_noted_with_the_servers_reason,
    wrong_settings_lose_no_mail,
    a_silent_server_holds_up_nobody_else,
}

/// The same installation, which lets organizations send through servers on this machine.
fn at_home(app: &TestApp) -> TestApp {
    app.restarted(|config| config.private_mail_servers = true)
}

/// The fields of a server on this machine.
fn server(port: &str) -> [(&str, &str); 6] {
    [
        ("host", "127.0.0.1"),
        ("port", port),
        ("security", "none"),
        ("user", "ada"),
        ("smtp_password", "hush"),
        ("from_email", "people@engines.example"),
    ]
}

fn with<'a>(fields: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().copied().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    kept.chain(more.iter().copied()).collect()
}

async fn tried(by: &Browser, fields: &[(&str, &str)]) -> TestReport {
    let reply: Reply<MailAnswer> = edit(by, &with(fields, &[("op", "test")])).await.expect(200).parsed();
    match reply.data {
        Some(MailAnswer::Test(report)) => report,
        other => panic!("{other:?}"),
    }
}

async fn a_test_tells_what_the_server_said(app: TestApp) {
    let ada = app.set_up().await;
    let app = at_home(&app);
    let ada = ada.on(&app);
    let smtp = SmtpServer::start(Manner::Guarded).await;
    let port = smtp.port.to_string();
    let right = server(&port);
    let report = tried(&ada, &right).await;
    assert_eq!((report.outcome, report.said.as_str()), (TestOutcome::Accepted, "250 2.0.0 queued as TEST1"));
    assert_eq!((report.to.as_str(), report.through), (ADA, Some(format!("127.0.0.1:{port}"))));
    let mail = smtp.mails().pop().unwrap();
    for part in [
        "people@engines.example",
        "To: \"Ada Lovelace\"",
        "Subject: The mail of Analytical Engines works",
        "Reply-To: help@engines.example",
    ] {
        assert!(mail.contains(part), "{part}\n{mail}");
    }

    let wrong = tried(&ada, &with(&right, &[("smtp_password", "loud")])).await;
    assert_eq!(
        (wrong.outcome, wrong.said.as_str()),
        (TestOutcome::AuthRefused, "535 5.7.8 user or password are wrong")
    );
    for (manner, fields, outcome, said) in [
        (Manner::Open, &[][..], TestOutcome::NoAuth, ""),
        (Manner::Open, &[("user", ""), ("smtp_password", "")], TestOutcome::Accepted, "250 2.0.0 queued as TEST1"),
        (
            Manner::Guarded,
            &[("user", ""), ("smtp_password", "")],
            TestOutcome::SenderRefused,
            "530 5.7.0 sign in first",
        ),
        (Manner::Open, &[("security", "starttls")], TestOutcome::NoStarttls, ""),
        (Manner::Closed, &[], TestOutcome::NoMailServer, "554 5.7.1 not for you"),
    ] {
        smtp.becomes(manner);
        let report = tried(&ada, &with(&right, fields)).await;
        assert_eq!((report.outcome, report.said.as_str()), (outcome, said), "{manner:?}");
    }
    // What is at the other end of the wire does not speak TLS.
    raw(app.db(), "DELETE FROM rate_limits").await;
    smtp.becomes(Manner::Open);
    assert_eq!(tried(&ada, &with(&right, &[("security", "tls")])).await.outcome, TestOutcome::TlsFailed);
    let nobody = [("user", ""), ("smtp_password", "")];
    for (manner, outcome, said) in [
        (Manner::NoSenders, TestOutcome::SenderRefused, "553 5.7.1 not from you"),
        (Manner::NoRecipients, TestOutcome::RecipientRefused, "550 5.1.1 no such mailbox <ada@engines.example>"),
        (Manner::NoMails, TestOutcome::MailRefused, "554 5.7.1 this reads like spam"),
    ] {
        smtp.becomes(manner);
        let report = tried(&ada, &with(&right, &nobody)).await;
        assert_eq!((report.outcome, report.said.as_str()), (outcome, said), "{manner:?}");
    }
    // Port 1 of this machine is nobody's.
    assert_eq!(tried(&ada, &with(&right, &[("port", "1")])).await.outcome, TestOutcome::ConnectionRefused);
    let nowhere = tried(&ada, &with(&right, &[("host", "no-such-host.invalid")])).await;
    assert_eq!(nowhere.outcome, TestOutcome::NotFound);
    // Without a server of one's own it goes by the installation's, which writes files here.
    let report = tried(&ada, &[]).await;
    assert_eq!((report.outcome, report.through), (TestOutcome::Accepted, None));
    assert!(app.written().pop().unwrap().contains("The mail of Analytical Engines works"));
}

async fn a_test_is_over_in_time(app: TestApp) {
    let ada = app.set_up().await;
    let ada = ada.on(&at_home(&app));
    let smtp = SmtpServer::start(Manner::Silent).await;
    let began = now();
    let report = tried(&ada, &server(&smtp.port.to_string())).await;
    assert_eq!(report.outcome, TestOutcome::Silent);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[expect(clippy::disallowed_methods, reason = "how long something takes is what is tested")]
fn now() -> Instant {
    Instant::now()
}

async fn a_test_goes_by_what_is_typed_and_saves_nothing(app: TestApp) {
    let ada = app.set_up().await;
    let ada = ada.on(&at_home(&app));
    let (saved, typed) = (SmtpServer::start(Manner::Guarded).await, SmtpServer::start(Manner::Guarded).await);
    edit(&ada, &server(&saved.port.to_string())).await.expect(200);
    let before = settings(&ada).await;
    assert_eq!(tried(&ada, &server(&typed.port.to_string())).await.outcome, TestOutcome::Accepted);
    assert_eq!((saved.connections(), typed.mails().len()), (0, 1));
    // Saved ones need no password, which is kept.
    let port = saved.port.to_string();
    let kept = tried(&ada, &with(&server(&port), &[("smtp_password", "")])).await;
    assert_eq!((kept.outcome, saved.mails().len()), (TestOutcome::Accepted, 1));
    assert_eq!(settings(&ada).await, before);
    assert_eq!(number(app.db(), "SELECT count(*) FROM audit_events WHERE action = 'mail_profile.changed'").await, 1);
}

async fn tests_are_limited(app: TestApp) {
    let ada = app.set_up().await;
    for _ in 0..10 {
        assert_eq!(tried(&ada, &[]).await.outcome, TestOutcome::Accepted);
    }
    let refused = edit(&ada, &[("op", "test")]).await.expect(429);
    assert_eq!(refused.header("retry-after"), "3600");
    app.pass(61 * MINUTE);
    assert_eq!(tried(&ada, &[]).await.outcome, TestOutcome::Accepted);
}

async fn a_server_is_read_field_by_field(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    let right = with(&server("465"), &[("host", "smtp.engines.example"), ("security", "tls")]);
    for (field, value, why) in [
        ("host", "smtp://engines.example", "Enter the host alone, such as smtp.example.com."),
        ("port", "22", "Enter the port of a mail server: 25, 465, 587 or 2525."),
        ("port", "", "Enter the port of a mail server: 25, 465, 587 or 2525."),
        ("security", "rot13", "Choose one of these."),
        ("security", "none", "A password is only sent encrypted. Choose TLS or STARTTLS."),
        ("user", "", "Enter the user that the password belongs to."),
        ("smtp_password", "", "Enter the password. It is asked for again when host, port, encryption or user change."),
        ("smtp_password", "a\u{0}b", "This is no password of a mail server."),
        ("from_email", "", "Enter the address that mail comes from. Your server has to accept it."),
    ] {
        for op in ["save", "test"] {
            let fields = with(&right, &[(field, value), ("op", op)]);
            let answer = edit(&ada, &fields).await.expect(422);
            assert_eq!(answer.problem().of_field(field).as_deref(), Some(why), "{field} {value:?}");
            let page = ada.submit(PAGE, EDIT, &with(&FORM, &fields)).await.expect(422);
            assert!(page.says(why) && !page.body.contains("value=\"hush\""), "{}", page.body);
        }
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn servers_at_home_are_refused(app: TestApp) {
    let ada = app.set_up().await;
    let smtp = SmtpServer::start(Manner::Open).await;
    let nobody = [("user", ""), ("smtp_password", ""), ("port", "2525")];
    let private = "This is a private or local address, to which this installation does not connect.";
    for host in
        ["localhost", "127.0.0.1", "[::1]", "::ffff:127.0.0.1", "10.0.0.8", "169.254.169.254", "0.0.0.0", "fd00::1"]
    {
        for op in ["save", "test"] {
            let fields = with(&server("2525"), &with(&nobody, &[("host", host), ("op", op)]));
            let answer = edit(&ada, &fields).await.expect(422);
            assert_eq!(answer.problem().of_field("host").as_deref(), Some(private), "{host}");
        }
    }
    // Names and other spellings of an address are asked for what they lead to, at the time of the connection.
    for host in ["2130706433", "0x7f000001", "127.1"] {
        let report = tried(&ada, &with(&server("2525"), &with(&nobody, &[("host", host)]))).await;
        assert!(matches!(report.outcome, TestOutcome::Forbidden | TestOutcome::NotFound), "{host}: {report:?}");
    }
    // What was saved while it was allowed is not connected to when it no longer is.
    let open = at_home(&app);
    let port = smtp.port.to_string();
    edit(&ada.on(&open), &with(&server(&port), &[("user", ""), ("smtp_password", "")])).await.expect(200);
    invite(&ada, "grace@navy.example", Role::Member).await;
    assert_eq!((app.deliver().await, smtp.connections()), (0, 0));
    let why = "SELECT count(*) FROM outbox WHERE state = 'queued' AND last_error = 'the mail server is at a private or local address'";
    assert_eq!(number(app.db(), why).await, 1);
    open.pass(2 * MINUTE);
    assert_eq!((open.deliver().await, smtp.mails().len()), (1, 1));
}

async fn a_password_never_comes_back(app: TestApp) {
    let ada = app.set_up().await;
    let ada = ada.on(&at_home(&app));
    let secret = format!("s3cret-{}-horse", app.db().engine_name());
    let smtp = SmtpServer::start(Manner::Guarded).await;
    let port = smtp.port.to_string();
    let fields = with(&server(&port), &[("smtp_password", &secret)]);
    let mut bodies = vec![edit(&ada, &fields).await.expect(200).body];
    assert!(settings(&ada).await.has_password);
    for op in ["save", "preview", "test"] {
        bodies.push(edit(&ada, &with(&fields, &[("op", op)])).await.expect(200).body);
        let form = with(&FORM, &with(&fields, &[("op", op), ("accent", "red")]));
        bodies.push(ada.submit(PAGE, EDIT, &form).await.expect(422).body);
    }
    bodies.push(ada.submit(PAGE, EDIT, &with(&FORM, &with(&fields, &[("op", "test")]))).await.expect(200).body);
    bodies.push(ada.get(PAGE).await.expect(200).body);
    bodies.push(ada.call("/api/mail_profile/get", &[("org", ORG)]).await.expect(200).body);
    bodies.push(ada.get(USERS).await.expect(200).body);
    bodies.push(everything(app.db()).await);
    invite(&ada, "grace@navy.example", Role::Member).await;
    at_home(&app).deliver().await;
    bodies.push(everything(app.db()).await);
    bodies.push(log());
    for body in bodies {
        assert!(!body.contains(&secret), "{body}");
    }
    let page = ada.get(PAGE).await;
    assert_eq!(page.value_of("smtp_password"), "");
    assert!(page.says("One is saved, and is never shown. Leave it empty to keep it."), "{}", page.body);
    let kept = "SELECT count(*) FROM mail_profiles WHERE sealed_password IS NOT NULL";
    assert_eq!(number(app.db(), kept).await, 1);
    // It goes with the server.
    edit(&ada, &[]).await.expect(200);
    assert_eq!(number(app.db(), kept).await, 0);
}

async fn a_password_goes_to_no_other_server(app: TestApp) {
    let ada = app.set_up().await;
    let ada = ada.on(&at_home(&app));
    let (smtp, evil) = (SmtpServer::start(Manner::Guarded).await, SmtpServer::start(Manner::Guarded).await);
    let (port, theirs) = (smtp.port.to_string(), evil.port.to_string());
    edit(&ada, &server(&port)).await.expect(200);
    let kept = with(&server(&port), &[("smtp_password", "")]);
    for other in [("port", theirs.as_str()), ("host", "localhost"), ("user", "eve"), ("security", "starttls")] {
        for op in ["save", "test"] {
            let answer = edit(&ada, &with(&kept, &[other, ("op", op)])).await.expect(422);
            assert_eq!(answer.wrong_fields(), ["smtp_password"], "{other:?}");
        }
    }
    assert_eq!((evil.connections(), smtp.connections()), (0, 0));
    // The rest can change without it.
    edit(&ada, &with(&kept, &[("from_email", "other@engines.example"), ("footer", "")])).await.expect(200);
    assert!(settings(&ada).await.has_password);
    assert_eq!(tried(&ada, &kept).await.outcome, TestOutcome::Accepted);
}

async fn the_password_of_another_organization_does_not_open(app: TestApp) {
    let ada = app.set_up().await;
    let app = at_home(&app);
    let ada = ada.on(&app);
    let (other, olive) = app.found("Difference Machines").await;
    let smtp = SmtpServer::start(Manner::Guarded).await;
    edit(&ada, &server(&smtp.port.to_string())).await.expect(200);
    // As somebody would who can write to the database, and has no key.
    let copy = format!(
        "INSERT INTO mail_profiles SELECT o.id, p.version, p.profile, p.sealed_password, p.logo, p.updated_at \
         FROM mail_profiles p, organizations o WHERE o.slug = '{other}'"
    );
    raw(app.db(), &copy).await;
    invite_to(&other, &olive.browser, "grace@navy.example", Role::Member).await;
    assert_eq!(app.deliver().await, 0);
    let why = "SELECT count(*) FROM outbox WHERE state = 'queued' AND last_error LIKE 'the password of the mail server cannot be opened%'";
    assert_eq!((number(app.db(), why).await, smtp.heard()), (1, String::new()));
}

async fn mails_leave_by_the_organizations_server(app: TestApp) {
    let ada = app.set_up().await;
    let app = at_home(&app);
    let ada = ada.on(&app);
    let (other, olive) = app.found("Difference Machines").await;
    let smtp = SmtpServer::start(Manner::Guarded).await;
    edit(&ada, &server(&smtp.port.to_string())).await.expect(200);
    for n in 0..6 {
        invite(&ada, &format!("p{n}@navy.example"), Role::Member).await;
    }
    invite_to(&other, &olive.browser, "grace@navy.example", Role::Member).await;
    app.browser().call("/api/passwords/forgot", &[("email", ADA)]).await.expect(200);
    assert_eq!(app.deliver().await, 8);
    let mails = smtp.mails();
    assert_eq!((mails.len(), app.written().len()), (6, 2), "the installation's mail is its own matter");
    assert!(mails.iter().all(|mail| mail.contains("From: \"Engines People\" <people@engines.example>")), "{mails:?}");
    // The next ones go over the connections that stand.
    let before = smtp.connections();
    invite(&ada, "margaret@nasa.example", Role::Member).await;
    assert_eq!((app.deliver().await, smtp.mails().len(), smtp.connections()), (1, 1, before));
}

async fn another_version_goes_by_another_server(app: TestApp) {
    let ada = app.set_up().await;
    let app = at_home(&app);
    let ada = ada.on(&app);
    let (first, second) = (SmtpServer::start(Manner::Guarded).await, SmtpServer::start(Manner::Guarded).await);
    for (smtp, other, name) in [(&first, &second, "p1@navy.example"), (&second, &first, "p2@navy.example")] {
        edit(&ada, &server(&smtp.port.to_string())).await.expect(200);
        invite(&ada, name, Role::Member).await;
        assert_eq!(app.deliver().await, 1);
        assert_eq!((smtp.mails().len(), other.mails().len()), (1, 0));
    }
}

async fn a_refused_recipient_is_noted_with_the_servers_reason(app: TestApp) {
    let ada = app.set_up().await;
    let app = at_home(&app);
    let ada = ada.on(&app);
    let smtp = SmtpServer::start(Manner::NoRecipients).await;
    let port = smtp.port.to_string();
    edit(&ada, &with(&server(&port), &[("user", ""), ("smtp_password", "")])).await.expect(200);
    let grace = invite(&ada, "grace@navy.example", Role::Member).await;
    assert_eq!(app.deliver().await, 0);
    let page = ada.get(&format!("{USERS}/{}", grace.id)).await.expect(200);
    assert!(page.says("Failed: the mail server refused it"), "{}", page.body);
    let why = "SELECT count(*) FROM invitations WHERE delivery = 'failed' AND delivery_error LIKE '%(550): 5.1.1 no such mailbox <…>'";
    assert_eq!(number(app.db(), why).await, 1);
    assert!(!log().contains("<grace@navy.example>"));
    // It was that mail's matter: others leave at once.
    smtp.becomes(Manner::Open);
    invite(&ada, "margaret@nasa.example", Role::Member).await;
    app.pass(11 * MINUTE);
    assert_eq!((app.deliver().await, smtp.mails().len()), (1, 1));
}

async fn wrong_settings_lose_no_mail(app: TestApp) {
    let ada = app.set_up().await;
    let app = at_home(&app);
    let ada = ada.on(&app);
    let smtp = SmtpServer::start(Manner::Guarded).await;
    let port = smtp.port.to_string();
    edit(&ada, &with(&server(&port), &[("smtp_password", "loud")])).await.expect(200);
    invite(&ada, "grace@navy.example", Role::Member).await;
    invite(&ada, "margaret@nasa.example", Role::Member).await;
    assert_eq!(app.deliver().await, 0);
    let waiting = "SELECT count(*) FROM outbox WHERE state = 'queued' AND last_error LIKE '%535%'";
    assert_eq!(number(app.db(), waiting).await, 2);
    // Meanwhile nobody hammers at the server's door.
    let before = smtp.connections();
    invite(&ada, "ida@nasa.example", Role::Member).await;
    assert_eq!((app.deliver().await, smtp.connections()), (0, before));
    // Mended, everything leaves.
    edit(&ada, &server(&port)).await.expect(200);
    app.pass(10 * MINUTE);
    assert_eq!((app.deliver().await, smtp.mails().len()), (3, 3));
}

async fn a_silent_server_holds_up_nobody_else(app: TestApp) {
    let ada = app.set_up().await;
    let app = at_home(&app);
    let ada = ada.on(&app);
    let (other, olive) = app.found("Difference Machines").await;
    let smtp = SmtpServer::start(Manner::Silent).await;
    let port = smtp.port.to_string();
    edit(&ada, &with(&server(&port), &[("user", ""), ("smtp_password", "")])).await.expect(200);
    let many: Vec<String> = (0..40).map(|n| format!("p{n}@navy.example")).collect();
    ada.call("/api/invitations/send", &[("org", ORG), ("emails", &many.join(", ")), ("role", "member")])
        .await
        .expect(200);
    invite_to(&other, &olive.browser, "grace@navy.example", Role::Member).await;
    let began = now();
    assert_eq!(app.deliver().await, 1);
    // Five batches wait for it, of which the first finds out.
    assert!(began.elapsed() < Duration::from_secs(16), "{:?}", began.elapsed());
    let waiting =
        "SELECT count(*) FROM outbox WHERE state = 'queued' AND last_error = 'the mail server did not answer in time'";
    assert_eq!(number(app.db(), waiting).await, 40);
}
