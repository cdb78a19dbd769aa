//! Importing people from a file: nothing is done before it is confirmed, each row says what becomes of it, and the same
//! file once more changes nothing.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use model::{
    PersonState, Role, Source,
    bulk::{JobPage, JobState},
    import::{Plan, template},
    people::Tab,
    time::DAY,
};
use service::Mail;
use std::collections::BTreeMap;

use crate::{
    actions::act,
    answer::Answer,
    app::TestApp,
    browser::Browser,
    bulk::{id_of, job, run},
    cast::{ADA, ORG, USERS, invite, invite_to},
    engines::{everything, number},
    policies::save,
};

on_both_engines! {
    a_file_is_checked_and_nothing_is_done_before_it_is_confirmed,
    the_same_file_once_more_changes_nothing_and_says_so,
    people_who_are_there_are_updated,
    what_was_exported_is_imported_without_a_change,
    an_import_is_taken_back_where_nobody_has_accepted,
    columns_are_mapped_and_rows_are_mended_before,
    without_a_script_a_file_is_uploaded_and_goes_all_the_way,
    what_is_no_such_file_is_refused_beside_the_field,
    where_accounts_are_created_rows_make_accounts,
    seats_are_told_before_and_kept,
    an_expired_invitation_is_sent_again,
    who_may_change_no_roles_gives_none_by_an_import,
    of_another_organization_nothing_is_found,
    whoever_may_invite_nobody_imports_nothing,
    a_right_that_is_lost_on_the_way_leaves_the_rest_out,
    the_report_and_the_template_are_files,
    a_large_file_is_taken_from_who_is_signed_in_alone,
    ten_thousand_rows_are_imported_batch_by_batch,
}

const PAGE: &str = "/o/analytical-engines/import";
const START: &str = "/api/imports/start";

async fn start(by: &Browser, text: &str) -> Answer {
    by.call(START, &[("org", ORG), ("file", &BASE64.encode(text)), ("file_name", "people.csv")]).await
}

/// Starts, and yields the checked rows.
async fn check(app: &TestApp, by: &Browser, text: &str) -> (String, JobPage) {
    let id = id_of(&start(by, text).await.expect(200));
    app.rollcall.advance_jobs(1_000).await.unwrap();
    let page = job(by, &id).await;
    assert_eq!(page.job.state, JobState::Planned);
    (id, page)
}

/// What becomes of each row, and why.
fn rows(page: &JobPage) -> Vec<(String, String)> {
    page.items.iter().map(|item| (item.result(page.job.op), item.reason().unwrap_or_default().to_owned())).collect()
}

fn said(lines: &[(&str, &str)]) -> Vec<(String, String)> {
    lines.iter().map(|(result, why)| ((*result).to_owned(), (*why).to_owned())).collect()
}

async fn people(by: &Browser) -> BTreeMap<String, (String, Role, PersonState)> {
    let mut all = by.rows(ORG, Tab::Standard).await;
    all.extend(by.rows(ORG, Tab::Invitations).await);
    all.into_iter()
        .map(|row| (row.email.to_string(), (row.display_name(), row.target.role, row.target.state)))
        .collect()
}

const FILE: &str = "Full Name,Email,Role,Team\n\
    Grace Hopper,grace@navy.example,Admin,Navy\n\
    ,alan@bletchley.example,,\n\
    Nobody,nobody,Member,\n\
    Boss,boss@x.example,Boss,\n\
    Owner,owner@x.example,Owner,\n\
    Grace again,GRACE@navy.example,,\n\
    Ada Lovelace,ada@engines.example,,\n";

async fn a_file_is_checked_and_nothing_is_done_before_it_is_confirmed(app: TestApp) {
    let ada = app.set_up().await;
    let (id, page) = check(&app, &ada, FILE).await;
    assert_eq!(
        rows(&page),
        said(&[
            ("Will be invited", ""),
            ("Will be invited", ""),
            ("Error", "This is not a valid email address. It should look like name@example.com."),
            ("Error", "There is no role “Boss”. Use Admin, Member or Viewer."),
            ("Left out", "Ownership is transferred, not assigned."),
            ("Left out", "Row 1 has this address already."),
            ("Unchanged", ""),
        ])
    );
    let said = page.job.sentence();
    assert_eq!(said, "2 people will be invited or updated. 2 are left out. 2 rows have errors.");
    assert_eq!((people(&ada).await.len(), app.mails().await), (1, vec![]));

    let done = run(&app, &ada, &id).await;
    assert_eq!(done.job.sentence(), "2 people were invited or updated. 2 are left out. 2 failed.");
    let there = people(&ada).await;
    let invited = |name: &str, role| (name.to_owned(), role, PersonState::Invited);
    assert_eq!(there["grace@navy.example"], invited("Grace Hopper", Role::Admin));
    assert_eq!(there["alan@bletchley.example"], invited("alan", Role::Member));
    assert_eq!(there.len(), 3);
    let sources: Vec<Source> = ada.rows(ORG, Tab::Invitations).await.iter().map(|row| row.source).collect();
    assert_eq!(sources, [Source::Csv, Source::Csv]);
    let mails = app.mails().await;
    assert!(mails.len() == 2 && mails.iter().all(|mail| matches!(mail, Mail::Invitation { .. })), "{mails:?}");
}

async fn the_same_file_once_more_changes_nothing_and_says_so(app: TestApp) {
    let ada = app.set_up().await;
    let (first, page) = check(&app, &ada, FILE).await;
    assert!(page.file.is_some_and(|file| file.earlier.is_none()));
    run(&app, &ada, &first).await;
    app.mails().await;
    let before = people(&ada).await;
    let (again, page) = check(&app, &ada, FILE).await;
    assert_eq!((page.job.counts.would, page.job.counts.unchanged), (0, 3));
    assert_eq!(page.file.and_then(|file| file.earlier).map(|(id, _)| id.to_string()), Some(first));
    let shown = ada.get(&format!("/o/{ORG}/jobs/{again}")).await.expect(200);
    assert!(shown.says("This file was imported") && shown.says("There is nothing to do."), "{}", shown.body);
    // Confirmed all the same, nothing happens either.
    ada.call("/api/bulk/confirm", &[("org", ORG), ("id", &again)]).await.expect(200);
    app.rollcall.advance_jobs(10).await.unwrap();
    assert_eq!((people(&ada).await, app.mails().await), (before, vec![]));
}

async fn people_who_are_there_are_updated(app: TestApp) {
    let ada = app.set_up().await;
    app.join(&ada, "grace@navy.example", Role::Member).await;
    invite(&ada, "alan@x.example", Role::Member).await;
    app.mails().await;
    let text = "First name,Last name,Email,Role,End date\n\
        Grace,Hopper,grace@navy.example,Viewer,\n\
        Alan,Turing,alan@x.example,,2030-01-31\n\
        Ada,Byron,ada@engines.example,Member,\n";
    let (id, page) = check(&app, &ada, text).await;
    let before = people(&ada).await["grace@navy.example"].0.clone();
    assert_eq!(
        rows(&page),
        said(&[
            ("Will be updated", &format!("Role Member → Viewer, name {before} → Grace Hopper")),
            ("Will be updated", "Name Alan Turing, access until 31 Jan 2030"),
            ("Left out", "You cannot do this to yourself."),
        ])
    );
    let page = run(&app, &ada, &id).await;
    assert_eq!(page.job.counts.done, 2);
    let there = people(&ada).await;
    assert_eq!(there["grace@navy.example"], ("Grace Hopper".to_owned(), Role::Viewer, PersonState::Active));
    assert_eq!(there["alan@x.example"].0, "Alan Turing");
    let alan = ada.rows(ORG, Tab::Invitations).await.pop().unwrap();
    assert_eq!(alan.ends.access.map(model::Timestamp::last_day).as_deref(), Some("2030-01-31"));
    assert_eq!(app.mails().await, [], "whoever is there gets no mail");
    // Undoing an import revokes what it invited, and it has invited nobody.
    let undo = ada.call("/api/bulk/undo", &[("org", ORG), ("id", &id)]).await.expect(409);
    assert_eq!(undo.problem_text(), "This import has invited nobody, so there is nothing to revoke.");
}

async fn what_was_exported_is_imported_without_a_change(app: TestApp) {
    let ada = app.set_up().await;
    app.join(&ada, "grace@navy.example", Role::Member).await;
    let name = [("first_name", "-Alan"), ("last_name", "Türing")];
    let form = [&[("org", ORG), ("email", "alan@x.example"), ("access_until", "2030-01-31")][..], &name].concat();
    ada.call("/api/invitations/send_one", &form).await.expect(200);
    for (tab, people) in [("", 3), ("?tab=invitations", 1)] {
        let file = ada.get(&format!("/o/{ORG}/export/people.csv{tab}")).await.expect(200);
        let (_, page) = check(&app, &ada, &file.body).await;
        assert_eq!((page.job.counts.unchanged, page.job.counts.total()), (people, people), "{:?}", rows(&page));
    }
}

async fn an_import_is_taken_back_where_nobody_has_accepted(app: TestApp) {
    let ada = app.set_up().await;
    let text = "Email,Full Name\na@x.example,A\nb@x.example,B\nada@engines.example,Ada L\n";
    let (id, _) = check(&app, &ada, text).await;
    run(&app, &ada, &id).await;
    let mails = app.mails().await;
    let Mail::Invitation { link, to, .. } = &mails[0] else { panic!("{mails:?}") };
    let token = crate::cast::token_of(link);
    let form = [("token", token), ("first_name", "A"), ("last_name", ""), ("password", crate::cast::PASSWORD)];
    app.browser().call("/api/invitations/accept_new", &form).await.expect(200);
    let joined = to.to_string();

    let undo = id_of(&ada.call("/api/bulk/undo", &[("org", ORG), ("id", &id)]).await.expect(200));
    app.rollcall.advance_jobs(10).await.unwrap();
    let page = job(&ada, &undo).await;
    let by_email: BTreeMap<&str, &str> =
        page.items.iter().map(|item| (item.email.as_str(), item.state.code())).collect();
    assert_eq!(by_email.len(), 2, "who was there before is not taken back");
    assert_eq!(by_email[joined.as_str()], "left_out");
    let there = people(&ada).await;
    assert_eq!(there.len(), 2);
    assert!(there.contains_key(&joined));
}

async fn columns_are_mapped_and_rows_are_mended_before(app: TestApp) {
    let ada = app.set_up().await;
    let text = "Wer;Kontakt;Was\nGrace Hopper;grace(at)navy.example;Member\nAlan;none;\n";
    let (id, page) = check(&app, &ada, text).await;
    assert!(rows(&page).iter().all(|(result, why)| result == "Error" && why == "Enter an email address."));
    let shown = ada.get(&format!("/o/{ORG}/jobs/{id}")).await.expect(200);
    for text in ["What the columns hold", "Wer", "Kontakt", "Check again", "Edit row 1"] {
        assert!(shown.body.contains(text), "{text}\n{}", shown.body);
    }
    let columns = [("columns[c0]", "full_name"), ("columns[c1]", "email"), ("columns[c2]", "role")];
    let form = [&[("org", ORG), ("id", id.as_str())][..], &columns].concat();
    ada.call("/api/imports/columns", &form).await.expect(200);
    let page = job(&ada, &id).await;
    assert_eq!(page.job.counts.failed, 2);
    let edit = |n: &'static str, email: &'static str| [("org", ORG), ("n", n), ("cells[email]", email)];
    let mend = |n, email| [&edit(n, email)[..], &[("id", id.as_str())]].concat();
    ada.call("/api/imports/row", &mend("1", "grace@navy.example")).await.expect(200);
    ada.call("/api/imports/row", &mend("2", "grace@navy.example")).await.expect(200);
    let page = job(&ada, &id).await;
    assert_eq!(rows(&page), said(&[("Will be invited", ""), ("Left out", "Row 1 has this address already.")]));
    assert_eq!((page.job.counts.would, page.job.counts.left_out, page.job.counts.failed), (1, 1, 0));
    ada.call("/api/imports/row", &mend("2", "ada@engines.example")).await.expect(200);
    ada.call("/api/imports/row", &mend("7", "x@x.example")).await.expect(404);
    let page = run(&app, &ada, &id).await;
    assert_eq!(people(&ada).await["grace@navy.example"].0, "Grace Hopper");
    assert_eq!(page.job.counts.done, 2, "{:?}", rows(&page));
    // What has run is mended no more.
    ada.call("/api/imports/row", &mend("1", "b@x.example")).await.expect(409);
    ada.call("/api/imports/columns", &form).await.expect(409);
}

async fn without_a_script_a_file_is_uploaded_and_goes_all_the_way(app: TestApp) {
    let ada = app.set_up().await;
    let page = ada.get(PAGE).await.expect(200);
    for text in ["enctype=\"multipart/form-data\"", "name=\"file\"", "Check this file", "Download template"] {
        assert!(page.body.contains(text), "{text}\n{}", page.body);
    }
    assert!(ada.get(USERS).await.says("Import CSV file"));
    let windows = b"Name;E-Mail\r\nJ\xf6rg M\xfcller;joerg@x.example\r\n";
    let answer = ada.upload(PAGE, START, &[("org", ORG)], ("file", "people.csv", windows)).await.expect(303);
    let here = answer.location().to_owned();
    let shown = ada.get(&here).await.expect(200);
    assert!(
        shown.says("Jörg Müller") && shown.says("Will be invited") && shown.says("Import 1 person"),
        "{}",
        shown.body
    );
    let id = here.rsplit('/').next().unwrap();
    let edited = ada.get(&format!("{here}?edit=1")).await.expect(200);
    assert_eq!(edited.value_of("cells[email]"), "joerg@x.example");
    let form = [("org", ORG), ("id", id), ("n", "1"), ("cells[email]", "jm@x.example"), ("back", &here)];
    assert_eq!(ada.submit(&here, "/api/imports/row", &form).await.expect(303).location(), here);
    ada.submit(&here, "/api/bulk/confirm", &[("org", ORG), ("id", id)]).await.expect(303);
    app.rollcall.advance_jobs(10).await.unwrap();
    let done = ada.get(&here).await.expect(200);
    assert!(done.says("1 person was invited or updated.") && done.body.contains("report.csv"), "{}", done.body);
    assert_eq!(people(&ada).await["jm@x.example"].0, "Jörg Müller");
}

async fn what_is_no_such_file_is_refused_beside_the_field(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    for (bytes, why) in [
        (&b""[..], "Choose a CSV file."),
        (b"\n", "This file is empty."),
        (b"Email\n", "This file has a heading and no rows below it."),
        (b"PK\x03\x04", "This is a spreadsheet, not a CSV file. Choose “Save as” there, then “CSV”."),
        (b"\0\0\0\x01", "This is not a CSV file."),
    ] {
        let form = [("org", ORG), ("file", &BASE64.encode(bytes)), ("file_name", "x.csv")];
        let answer = ada.call(START, &form).await.expect(422);
        assert_eq!(answer.problem().of_field("file").as_deref(), Some(why));
        let page = ada.upload(PAGE, START, &[("org", ORG)], ("file", "people.csv", bytes)).await.expect(422);
        assert!(page.beside("file").contains(why), "{why}\n{}", page.body);
    }
    let none = ada.call(START, &[("org", ORG), ("file", "no base64!")]).await.expect(422);
    assert!(none.problem().of_field("file").is_some());
    assert_eq!(everything(app.db()).await, before);
}

async fn where_accounts_are_created_rows_make_accounts(app: TestApp) {
    let ada = app.set_up_as("admin_created_accounts").await;
    let text: String = (0..12).map(|n| format!("p{n}@x.example,P {n}\n")).collect();
    let (id, _) = check(&app, &ada, &format!("Email,Name\n{text}")).await;
    let page = run(&app, &ada, &id).await;
    assert_eq!(page.job.counts.done, 12, "{:?}", rows(&page));
    let mails = app.mails().await;
    assert_eq!(mails.iter().filter(|mail| matches!(mail, Mail::Welcome { .. })).count(), 12);
    let (_, page) = check(&app, &ada, &format!("Email,Name\n{text}")).await;
    assert_eq!(page.job.counts.unchanged, 12);
}

async fn seats_are_told_before_and_kept(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("seats", "3")]).await;
    let text = "Email\na@x.example\nb@x.example\nc@x.example\nada@engines.example\n";
    let (id, page) = check(&app, &ada, text).await;
    let no_seat = "No seat is left. Free a seat or raise the limit.";
    assert_eq!(
        rows(&page),
        said(&[("Will be invited", ""), ("Will be invited", ""), ("Left out", no_seat), ("Unchanged", "")])
    );
    // A row that is mended keeps the seat that it has.
    let mended = [("org", ORG), ("id", id.as_str()), ("n", "1"), ("cells[email]", "a2@x.example")];
    ada.call("/api/imports/row", &mended).await.expect(200);
    assert_eq!(rows(&job(&ada, &id).await)[0].0, "Will be invited");
    // Somebody takes a seat between the plan and the run.
    invite(&ada, "first@x.example", Role::Member).await;
    let page = run(&app, &ada, &id).await;
    assert_eq!(rows(&page)[..2], said(&[("Invited", ""), ("Left out", no_seat)]));
}

async fn an_expired_invitation_is_sent_again(app: TestApp) {
    let ada = app.set_up().await;
    invite(&ada, "grace@navy.example", Role::Member).await;
    app.mails().await;
    app.pass(8 * DAY);
    let ada = app.sign_in(ADA).await;
    let (id, page) = check(&app, &ada, "Email,Name,Role\ngrace@navy.example,Grace Hopper,Admin\n").await;
    assert_eq!(rows(&page), said(&[("Will be invited again", "Role Member → Admin, name Grace Hopper")]));
    assert_eq!(page.items[0].row.as_ref().and_then(|row| row.plan), Some(Plan::SendAgain));
    run(&app, &ada, &id).await;
    let there = people(&ada).await;
    assert_eq!(there["grace@navy.example"], ("Grace Hopper".to_owned(), Role::Admin, PersonState::Invited));
    assert_eq!(app.mails().await.len(), 1);
}

async fn who_may_change_no_roles_gives_none_by_an_import(app: TestApp) {
    let ada = app.set_up().await;
    invite(&ada, "late@navy.example", Role::Member).await;
    app.pass(8 * DAY);
    let ada = app.sign_in(ADA).await;
    let desk = crate::groups::custom_role(&app, 1, "admin", "change_roles").await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let give = [("org", ORG), ("id", grace.id.as_str()), ("op", "change_role"), ("role", desk.as_str())];
    ada.call("/api/people/act", &give).await.expect(200);
    let text = "Email,Name,Role\nlate@navy.example,Late Riser,Viewer\nnew@navy.example,New,Viewer\n";
    let (id, page) = check(&app, &grace.browser, text).await;
    let why = model::Denial::Withheld.to_string();
    assert_eq!(rows(&page), said(&[("Left out", &why), ("Will be invited", "")]));
    run(&app, &grace.browser, &id).await;
    let as_before =
        "SELECT count(*) FROM memberships WHERE email = 'late@navy.example' AND role = 'member' AND first_name = ''";
    assert_eq!(number(app.db(), as_before).await, 1);
}

async fn of_another_organization_nothing_is_found(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    invite_to(&other, &olive.browser, "grace@machines.example", Role::Member).await;
    let (id, _) = check(&app, &ada, FILE).await;
    let before = everything(app.db()).await;
    for org in [ORG, other.as_str()] {
        let form = [("org", org), ("id", id.as_str()), ("n", "1"), ("cells[email]", "x@x.example")];
        olive.browser.call("/api/imports/row", &form).await.expect(404);
        olive.browser.call("/api/imports/columns", &form).await.expect(404);
        olive.browser.get(&format!("/o/{org}/jobs/{id}/report.csv")).await.expect(404);
    }
    assert_eq!(everything(app.db()).await, before);
    // Who is there elsewhere counts for nothing here.
    let (_, page) = check(&app, &ada, "Email\ngrace@machines.example\n").await;
    assert_eq!(rows(&page), said(&[("Will be invited", "")]));
}

async fn whoever_may_invite_nobody_imports_nothing(app: TestApp) {
    let ada = app.set_up().await;
    let (id, _) = check(&app, &ada, FILE).await;
    let barbara = app.join(&ada, "barbara@engines.example", Role::Admin).await;
    let columns = [("org", ORG), ("id", id.as_str()), ("columns[c0]", "email")];
    let own = barbara.browser.call("/api/imports/columns", &columns).await.expect(409);
    assert!(own.problem_text().contains("somebody else’s"), "{}", own.problem_text());
    for role in [Role::Member, Role::Viewer] {
        let person = app.join(&ada, &format!("{}@engines.example", role.code()), role).await;
        start(&person.browser, FILE).await.expect(403);
        person.browser.get(PAGE).await.expect(403);
        person.browser.call("/api/imports/columns", &columns).await.expect(403);
        person.browser.get(&format!("/o/{ORG}/jobs/{id}/report.csv")).await.expect(403);
    }
    let nobody = app.browser();
    start(&nobody, FILE).await.expect(401);
    assert!(nobody.get(&format!("/o/{ORG}/jobs/{id}/report.csv")).await.expect(303).location().starts_with("/login"));
}

async fn a_right_that_is_lost_on_the_way_leaves_the_rest_out(app: TestApp) {
    let ada = app.set_up().await;
    let barbara = app.join(&ada, "barbara@engines.example", Role::Admin).await;
    app.mails().await;
    let (id, _) = check(&app, &barbara.browser, FILE).await;
    barbara.browser.call("/api/bulk/confirm", &[("org", ORG), ("id", &id)]).await.expect(200);
    act(&ada, &barbara.id, "revoke_admin").await.expect(200);
    app.rollcall.advance_jobs(10).await.unwrap();
    let page = job(&ada, &id).await;
    assert_eq!((page.job.state, page.job.counts.done), (JobState::Done, 0));
    assert_eq!(app.mails().await, []);
}

async fn the_report_and_the_template_are_files(app: TestApp) {
    let ada = app.set_up().await;
    let file = ada.get(&format!("{PAGE}/template.csv")).await.expect(200);
    assert_eq!(file.body, format!("\u{feff}{}", template()));
    assert!(file.header("content-disposition").contains("people-template.csv"));
    let (_, page) = check(&app, &ada, &file.body).await;
    assert_eq!(rows(&page), said(&[("Left out", "This is the example row of the template.")]));

    let (id, _) = check(&app, &ada, "Email,Name\ngrace@navy.example,=cmd()\nnobody,N\n").await;
    run(&app, &ada, &id).await;
    let report = ada.get(&format!("/o/{ORG}/jobs/{id}/report.csv")).await.expect(200);
    assert_eq!(
        report.body,
        "\u{feff}Row,Name,Email,Result,Reason\r\n\
         1,'=cmd(),grace@navy.example,Invited,\r\n\
         2,,,Error,This is not a valid email address. It should look like name@example.com.\r\n"
    );
}

async fn a_large_file_is_taken_from_who_is_signed_in_alone(app: TestApp) {
    let ada = app.set_up().await;
    let row = |n: usize| format!("p{n}@x.example,{}\n", "x".repeat(80));
    let text = format!("Email,Note\n{}", (0..20_000).map(row).collect::<String>());
    assert!(text.len() > 1 << 20);
    start(&ada, &text).await.expect(200);
    start(&app.browser(), &text).await.expect(413);
    ada.call("/api/invitations/send", &[("org", ORG), ("emails", &text)]).await.expect(413);
    let too_large = format!("Email\n{}", "a@x.example\n".repeat(1_000_000));
    let answer = start(&ada, &too_large).await;
    assert!([413, 422].contains(&answer.status), "{}", answer.status);
}

async fn ten_thousand_rows_are_imported_batch_by_batch(app: TestApp) {
    let ada = app.set_up().await;
    let text: String = (0..10_000).map(|n| format!("p{n}@x.example,Person {n}\n")).collect();
    let id = id_of(&start(&ada, &format!("Email,Full Name\n{text}")).await.expect(200));
    assert_eq!(job(&ada, &id).await.job.state, JobState::Planning);
    app.rollcall.advance_jobs(1_000).await.unwrap();
    assert_eq!(job(&ada, &id).await.job.counts.would, 10_000);
    ada.call("/api/bulk/confirm", &[("org", ORG), ("id", &id)]).await.expect(200);
    app.rollcall.advance_jobs(1_000).await.unwrap();
    let page = job(&ada, &id).await;
    assert_eq!((page.job.state, page.job.counts.done), (JobState::Done, 10_000));
    assert_eq!(number(app.db(), "SELECT count(*) FROM memberships WHERE status = 'invited'").await, 10_000);
    assert_eq!(number(app.db(), "SELECT count(*) FROM outbox").await, 10_000);
    assert_eq!(number(app.db(), "SELECT count(DISTINCT invitation_id) FROM outbox").await, 10_000);
}
