//! The mail profile of an organization (B2): what its page shows, who may change it, and what mails make of it.

use app::{api::mail_profile::MailAnswer, reply::Reply};
use model::{
    Role,
    activity::ActivityPage,
    mail_profile::{MailPreview, MailProfile, MailSettings, MailTemplate},
};

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ADA, HOME, ORG, USERS, changed, invite, invite_to},
    engines::{everything, number, raw},
};

on_both_engines! {
    the_page_offers_all_of_the_profile,
    nobody_but_owners_and_admins_sees_or_changes_the_profile,
    an_external_admin_does_not_choose_where_links_go,
    what_is_wrong_stands_beside_the_field_and_what_was_entered_stays,
    what_was_saved_is_there_and_told_in_the_audit_log,
    without_a_script_it_goes_all_the_way,
    whoever_saves_second_is_told_and_keeps_what_they_entered,
    of_many_who_save_at_once_one_wins,
    saving_what_is_there_already_writes_nothing,
    a_preview_shows_what_was_entered_and_saves_nothing,
    every_mail_can_be_previewed,
    a_preview_is_a_document_that_does_nothing,
    nobody_makes_a_preview_show_what_they_like,
    mails_of_the_organization_have_its_look_and_others_have_not,
}

/// The page.
pub(crate) const PAGE: &str = "/o/analytical-engines/settings/mail";
/// The function of its form.
pub(crate) const EDIT: &str = "/api/mail_profile/edit";

/// The form of the page, filled in, without a server.
pub(crate) const FORM: [(&str, &str); 14] = [
    ("org", ORG),
    ("version", "0"),
    ("sender_name", "Engines People"),
    ("reply_to", "help@engines.example"),
    ("accent", "#ffd400"),
    ("footer", "Engines Ltd.\r\n12 St James's Square"),
    ("host", ""),
    ("port", "465"),
    ("security", "tls"),
    ("user", ""),
    ("smtp_password", ""),
    ("from_email", ""),
    ("template", "invitation"),
    ("op", "save"),
];

pub(crate) async fn settings(by: &Browser) -> MailSettings {
    by.call("/api/mail_profile/get", &[("org", ORG)]).await.expect(200).parsed()
}

/// Does something with the form, with other values of some fields; the version is the one of now.
pub(crate) async fn edit(by: &Browser, values: &[(&str, &str)]) -> Answer {
    let version = settings(by).await.profile.version.to_string();
    let mut form = changed(&FORM, "version", &version);
    for (field, value) in values {
        form = changed(&form, field, value);
    }
    by.call(EDIT, &form).await
}

async fn preview(by: &Browser, values: &[(&str, &str)]) -> MailPreview {
    let mut all = vec![("op", "preview")];
    all.extend(values);
    let reply: Reply<MailAnswer> = edit(by, &all).await.expect(200).parsed();
    match reply.data {
        Some(MailAnswer::Preview(preview)) => preview,
        other => panic!("{other:?}"),
    }
}

fn frame(template: &str, part: &str, look: &str) -> String {
    app::paths::mail_preview(ORG, template, part, look)
}

async fn the_page_offers_all_of_the_profile(app: TestApp) {
    let ada = app.set_up().await;
    let page = ada.get(PAGE).await.expect(200);
    for field in FORM.map(|(field, _)| field) {
        assert!(page.body.contains(&format!("name=\"{field}\"")), "{field}\n{}", page.body);
    }
    for value in ["save", "test", "preview"] {
        assert!(page.body.contains(&format!("name=\"op\" value=\"{value}\"")), "{value}\n{}", page.body);
    }
    for template in MailTemplate::ALL {
        assert!(page.says(template.label()), "{template:?}");
    }
    assert!(page.body.contains("name=\"logo\"") && page.body.contains("enctype=\"multipart/form-data\""));
    assert_eq!((page.value_of("accent").as_str(), page.value_of("sender_name").as_str()), ("#3b55d9", ""));
    assert!(ada.get(USERS).await.body.contains(&format!("href=\"{PAGE}\"")), "the sidebar leads there");
}

async fn nobody_but_owners_and_admins_sees_or_changes_the_profile(app: TestApp) {
    let ada = app.set_up().await;
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    admin.browser.get(PAGE).await.expect(200);
    let preview = preview(&ada, &[]).await;
    let frame = frame("invitation", "html", &preview.look);
    let ops = ["save", "preview", "test"];
    let functions = ["/api/mail_profile/get", "/api/mail_profile/logo", "/api/mail_profile/remove_logo"];
    for role in [Role::Member, Role::Viewer] {
        let person = app.join(&ada, &format!("{}@engines.example", role.code()), role).await;
        let before = everything(app.db()).await;
        let page = person.browser.get(PAGE).await.expect(403);
        assert!(page.says("You do not have access") && !page.body.contains("name=\"host\""), "{}", page.body);
        assert!(!person.browser.get(HOME).await.body.contains(PAGE));
        for op in ops {
            person.browser.call(EDIT, &changed(&FORM, "op", op)).await.expect(403);
            person.browser.submit(PAGE, EDIT, &changed(&FORM, "op", op)).await.expect(403);
        }
        for function in functions {
            person.browser.call(function, &FORM).await.expect(403);
        }
        person.browser.get(&frame).await.expect(403);
        person.browser.get(&format!("{PAGE}/logo")).await.expect(403);
        assert_eq!(everything(app.db()).await, before);
    }
    let (_, olive) = app.found("Difference Machines").await;
    for function in functions {
        app.browser().call(function, &FORM).await.expect(401);
        olive.browser.call(function, &FORM).await.expect(404);
    }
    for op in ops {
        app.browser().call(EDIT, &changed(&FORM, "op", op)).await.expect(401);
        olive.browser.call(EDIT, &changed(&FORM, "op", op)).await.expect(404);
    }
    for path in [frame, format!("{PAGE}/logo")] {
        app.browser().get(&path).await.expect(401);
        olive.browser.get(&path).await.expect(404);
    }
    assert!(app.browser().get(PAGE).await.location().starts_with("/login?next="));
}

async fn an_external_admin_does_not_choose_where_links_go(app: TestApp) {
    let ada = app.set_up().await;
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    raw(app.db(), &format!("UPDATE memberships SET kind = 'external' WHERE id = '{}'", admin.id)).await;
    admin.browser.get(PAGE).await.expect(403);
    admin.browser.call(EDIT, &FORM).await.expect(403);
}

async fn what_is_wrong_stands_beside_the_field_and_what_was_entered_stays(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    let long = "x".repeat(501);
    for (field, value, why) in [
        ("sender_name", "a\u{202e}b", "This name contains characters that cannot be shown."),
        ("reply_to", "nobody", "This is not a valid email address. It should look like name@example.com."),
        ("accent", "red", "Enter a color of six hexadecimal digits, such as #3b55d9."),
        ("accent", "#fff;background:url(//evil.example)", "Enter a color of six hexadecimal digits, such as #3b55d9."),
        ("footer", &long, "This footer is too long; use at most 500 characters in 10 lines."),
    ] {
        for op in ["save", "preview", "test"] {
            let answer = edit(&ada, &[(field, value), ("op", op)]).await.expect(422);
            assert_eq!(answer.problem().of_field(field).as_deref(), Some(why), "{field} {value}");
            let form = changed(&changed(&FORM, field, value), "op", op);
            let page = ada.submit(PAGE, EDIT, &form).await.expect(422);
            assert!(page.says(why) && page.body.contains("Engines Ltd.") == (field != "footer"), "{}", page.body);
            if field != "footer" {
                assert_eq!(page.value_of(field), value);
            }
        }
    }
    let answer = edit(&ada, &[("op", "preview"), ("template", "nothing")]).await.expect(422);
    assert_eq!(answer.wrong_fields(), ["template"]);
    assert_eq!(everything(app.db()).await, before);
}

async fn what_was_saved_is_there_and_told_in_the_audit_log(app: TestApp) {
    let ada = app.set_up().await;
    app.pass(1_000);
    assert_eq!(edit(&ada, &[]).await.expect(200).toast(), "The mail profile has been saved.");
    let MailSettings { profile, has_password, .. } = settings(&ada).await;
    assert_eq!((profile.version, profile.sender_name.as_str(), has_password), (1, "Engines People", false));
    assert_eq!(profile.reply_to.unwrap().as_str(), "help@engines.example");
    assert_eq!(
        (profile.accent.to_string().as_str(), profile.footer.as_str()),
        ("#ffd400", "Engines Ltd.\n12 St James's Square")
    );
    let page = ada.get(PAGE).await.expect(200);
    assert_eq!(
        (page.value_of("accent").as_str(), page.value_of("reply_to").as_str()),
        ("#ffd400", "help@engines.example")
    );
    assert!(page.says("12 St James's Square"), "{}", page.body);
    let viewer: model::people::Viewer = ada.call("/api/session/viewer", &[("org", ORG)]).await.parsed();
    let id = viewer.actor.membership_id.to_string();
    let page: ActivityPage = ada.call("/api/people/activity", &[("org", ORG), ("id", &id)]).await.expect(200).parsed();
    assert_eq!(
        page.lines[0].sentence(),
        "Ada Lovelace changed the mail profile: sender name, reply-to address, accent color, footer"
    );
}

async fn without_a_script_it_goes_all_the_way(app: TestApp) {
    let ada = app.set_up().await;
    let page = ada.submit(PAGE, EDIT, &changed(&FORM, "op", "preview")).await.expect(200);
    for text in ["Buttons of #ffd400 carry black text, with a contrast of 14.6 to 1.", "As HTML", "As text"] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    assert_eq!(page.body.matches("<iframe").count(), 2);
    assert_eq!(page.body.matches("sandbox=\"\"").count(), 2);
    assert_eq!(page.value_of("accent"), "#ffd400", "what was entered is still there");
    assert_eq!(settings(&ada).await.profile, MailProfile::default());
    let src = page.body.split("<iframe").nth(1).and_then(|tag| tag.split("src=\"").nth(1)).unwrap();
    let src = src.split('"').next().unwrap().replace("&amp;", "&");
    assert!(ada.get(&src).await.expect(200).body.contains("background:#ffd400;color:#000000"));

    let page = ada.submit(PAGE, EDIT, &changed(&FORM, "op", "test")).await.expect(200);
    assert!(page.says("The mail server has accepted the mail.") && page.says(ADA), "{}", page.body);

    assert_eq!(ada.submit(PAGE, EDIT, &FORM).await.location(), PAGE);
    let page = ada.get(PAGE).await.expect(200);
    assert!(page.says("The mail profile has been saved.") && page.value_of("accent") == "#ffd400", "{}", page.body);
}

async fn whoever_saves_second_is_told_and_keeps_what_they_entered(app: TestApp) {
    let ada = app.set_up().await;
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    edit(&admin.browser, &[]).await.expect(200);
    let before = everything(app.db()).await;
    // Ada has had the page open since before.
    let form = changed(&FORM, "sender_name", "Mine");
    let problem = ada.call(EDIT, &form).await.expect(409).problem();
    assert!(problem.message.starts_with("Somebody else changed the mail profile meanwhile"), "{}", problem.message);
    let page = ada.submit(PAGE, EDIT, &form).await.expect(409);
    assert!(page.says("Somebody else changed the mail profile meanwhile") && page.value_of("sender_name") == "Mine");
    assert_eq!(everything(app.db()).await, before);
    edit(&ada, &[("sender_name", "Mine")]).await.expect(200);
    assert_eq!(settings(&ada).await.profile.version, 2);
}

async fn of_many_who_save_at_once_one_wins(app: TestApp) {
    let ada = app.set_up().await;
    let names: Vec<String> = (1..=6).map(|n| format!("Name {n}")).collect();
    let tries = names.iter().map(|name| {
        let ada = ada.clone();
        async move { ada.call(EDIT, &changed(&FORM, "sender_name", name)).await.status }
    });
    let mut statuses = futures::future::join_all(tries).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    assert_eq!(settings(&ada).await.profile.version, 1);
    let events = number(app.db(), "SELECT count(*) FROM audit_events WHERE action = 'mail_profile.changed'").await;
    assert_eq!(events, 1);
}

async fn saving_what_is_there_already_writes_nothing(app: TestApp) {
    let ada = app.set_up().await;
    edit(&ada, &[]).await.expect(200);
    let before = number(app.db(), "SELECT count(*) FROM audit_events").await;
    edit(&ada, &[]).await.expect(200);
    assert_eq!(settings(&ada).await.profile.version, 1);
    assert_eq!(number(app.db(), "SELECT count(*) FROM audit_events").await, before);
}

async fn a_preview_shows_what_was_entered_and_saves_nothing(app: TestApp) {
    let ada = app.set_up().await;
    edit(&ada, &[]).await.expect(200);
    let before = everything(app.db()).await;
    let shown =
        preview(&ada, &[("accent", "#0a0"), ("footer", "<script>alert(1)</script>"), ("sender_name", "Other")]).await;
    let html = ada.get(&frame("invitation", "html", &shown.look)).await.expect(200);
    for part in ["background:#00aa00;color:#000000", "&#60;script&#62;alert(1)", "Join Analytical Engines"] {
        assert!(html.body.contains(part), "{part}\n{}", html.body);
    }
    assert!(!html.body.contains("<script"));
    let text = ada.get(&frame("invitation", "text", &shown.look)).await.expect(200);
    assert!(text.body.starts_with("From: Other <rollcall@localhost>\nReply-To: help@engines.example\nTo: Grace Hopper <grace@example.com>\nSubject: Ada Lovelace invites you to Analytical Engines\n\nHello Grace Hopper,"), "{}", text.body);
    assert!(text.body.ends_with("-- \n<script>alert(1)</script>\n"), "{}", text.body);
    // What is saved shows without a look.
    let saved = ada.get(&format!("{PAGE}/preview/invitation/html")).await.expect(200);
    assert!(saved.body.contains("background:#ffd400;color:#000000") && saved.body.contains("12 St James"));
    assert_eq!(everything(app.db()).await, before);
}

async fn every_mail_can_be_previewed(app: TestApp) {
    let ada = app.set_up().await;
    for template in MailTemplate::ALL {
        let shown = preview(&ada, &[("template", template.code())]).await;
        assert_eq!(shown.template, template);
        let html = ada.get(&frame(template.code(), "html", &shown.look)).await.expect(200);
        let text = ada.get(&frame(template.code(), "text", &shown.look)).await.expect(200);
        // What is about an account is the installation's.
        let own = template.is_of_organization();
        assert_eq!(html.body.contains("12 St James"), own, "{template:?}");
        assert_eq!(text.body.contains("From: Engines People"), own, "{template:?}");
    }
    for path in ["/preview/nothing/html", "/preview/invitation/pdf", "/logo"] {
        ada.get(&format!("{PAGE}{path}")).await.expect(404);
    }
}

async fn a_preview_is_a_document_that_does_nothing(app: TestApp) {
    let ada = app.set_up().await;
    for part in ["html", "text"] {
        let answer = ada.get(&format!("{PAGE}/preview/invitation/{part}")).await.expect(200);
        let policy = answer.header("content-security-policy").to_owned();
        let rules: Vec<&str> = policy.split("; ").map(str::trim).collect();
        for rule in [
            "default-src 'none'",
            "img-src data:",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
            "sandbox",
        ] {
            assert!(rules.contains(&rule), "{rule} in {policy}");
        }
        assert!(!policy.contains("script-src") && !policy.contains("allow-"), "{policy}");
        assert_eq!(
            (answer.header("x-frame-options"), answer.header("x-content-type-options")),
            ("SAMEORIGIN", "nosniff")
        );
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let page = ada.get(PAGE).await;
    assert!(page.header("content-security-policy").contains("frame-src 'self';"));
    assert_eq!(page.header("x-frame-options"), "DENY");
}

async fn nobody_makes_a_preview_show_what_they_like(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let form = changed(&changed(&FORM, "org", &other), "op", "preview");
    let reply: Reply<MailAnswer> = olive.browser.call(EDIT, &form).await.expect(200).parsed();
    let Some(MailAnswer::Preview(theirs)) = reply.data else { panic!("no preview") };
    olive.browser.get(&app::paths::mail_preview(&other, "invitation", "html", &theirs.look)).await.expect(200);
    // Neither a look of one's own making nor that of another organization is shown.
    for look in [theirs.look.as_str(), "eyJmb290ZXIiOiJFdmUifQ", "x", ""] {
        ada.get(&frame("invitation", "html", look)).await.expect(404);
    }
}

async fn mails_of_the_organization_have_its_look_and_others_have_not(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    edit(&ada, &[]).await.expect(200);
    invite(&ada, "grace@navy.example", Role::Member).await;
    invite_to(&other, &olive.browser, "grace@navy.example", Role::Member).await;
    app.browser().call("/api/passwords/forgot", &[("email", ADA)]).await.expect(200);
    let all = app.outgoing().await;
    let names: Vec<_> = all
        .iter()
        .map(|out| (out.mail.template().code(), out.of.as_ref().map(|of| of.profile.sender_name.as_str())))
        .collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [("invitation", None), ("invitation", Some("Engines People")), ("password_reset", None)]);

    // As they stand in the files.
    invite(&ada, "margaret@nasa.example", Role::Member).await;
    assert_eq!(app.deliver().await, 1);
    let written = app.written();
    let mail = written.iter().find(|mail| mail.contains("margaret@nasa.example")).unwrap();
    assert!(
        mail.contains("From: \"Engines People\" <rollcall@localhost>")
            && mail.contains("Reply-To: help@engines.example"),
        "{mail}"
    );
}
