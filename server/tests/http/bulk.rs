//! One thing done to many people: the plan says what becomes of each, nothing is done before it is confirmed, and roles
//! and switches can be taken back.

use app::reply::Reply;
use model::{
    MembershipId, PersonState, Role, Status,
    bulk::{ItemState, JobPage, JobState, JobsPage},
    id::Id as _,
    people::Tab,
};
use std::collections::BTreeMap;
use store::memberships::{self, NewMembership};

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ORG, USERS, invite},
    engines::{number, raw},
};

on_both_engines! {
    a_plan_says_what_becomes_of_each_and_changes_nothing,
    nothing_is_done_before_the_plan_is_confirmed_and_then_it_is_done_once,
    everybody_who_matches_is_everybody_on_the_list_and_nobody_else,
    what_was_done_is_taken_back_to_the_very_roles_of_before,
    switches_are_turned_and_turned_back,
    invitations_are_sent_again_and_revoked,
    a_job_that_is_stopped_does_nothing_more,
    by_forms_alone_it_goes_all_the_way,
    what_was_done_is_listed,
    of_another_organization_nothing_is_found,
    whoever_may_do_it_to_nobody_is_refused,
    a_right_that_is_lost_on_the_way_leaves_the_rest_out,
    who_changed_since_the_plan_is_judged_again,
    somebody_who_cannot_be_read_does_not_hold_up_the_others,
    a_selection_that_makes_no_sense_is_refused,
    five_thousand_people_are_done_batch_by_batch,
}

/// Begins, and yields where the answer leads.
async fn start(by: &Browser, fields: &[(&str, &str)]) -> Answer {
    let mut form = vec![("org", ORG)];
    form.extend(fields);
    by.call("/api/bulk/start", &form).await
}

/// Begins, and yields the id of the job.
pub(crate) async fn started(by: &Browser, fields: &[(&str, &str)]) -> String {
    id_of(&start(by, fields).await.expect(200))
}

pub(crate) fn id_of(answer: &Answer) -> String {
    let next = answer.parsed::<Reply>().next.expect("it leads to the job");
    next.strip_prefix("/o/analytical-engines/jobs/").expect("a job").to_owned()
}

pub(crate) async fn job(by: &Browser, id: &str) -> JobPage {
    by.call("/api/bulk/job", &[("org", ORG), ("id", id)]).await.expect(200).parsed()
}

async fn to_job(by: &Browser, what: &str, id: &str) -> Answer {
    by.call(&format!("/api/bulk/{what}"), &[("org", ORG), ("id", id)]).await
}

/// Confirms a job and lets it run to its end.
pub(crate) async fn run(app: &TestApp, by: &Browser, id: &str) -> JobPage {
    to_job(by, "confirm", id).await.expect(200);
    finish(app, by, id).await
}

async fn finish(app: &TestApp, by: &Browser, id: &str) -> JobPage {
    app.rollcall.advance_jobs(1_000).await.unwrap();
    let page = job(by, id).await;
    assert_eq!(page.job.state, JobState::Done);
    page
}

/// What becomes of each, by the beginning of their address.
fn outcomes(page: &JobPage) -> BTreeMap<String, (&'static str, String)> {
    page.items
        .iter()
        .map(|item| {
            let name = item.email.split('@').next().unwrap().to_owned();
            (name, (item.state.code(), item.state.reason().unwrap_or_default().to_owned()))
        })
        .collect()
}

fn names(page: &JobPage, code: &str) -> Vec<String> {
    outcomes(page).into_iter().filter(|(_, (state, _))| *state == code).map(|(name, _)| name).collect()
}

/// Everybody's role and state, by the beginning of their address.
async fn everybody(by: &Browser) -> BTreeMap<String, (Role, PersonState)> {
    by.rows(ORG, Tab::Standard)
        .await
        .into_iter()
        .map(|row| (row.email.as_str().split('@').next().unwrap().to_owned(), (row.target.role, row.target.state)))
        .collect()
}

async fn audited(app: &TestApp, action: &str) -> i64 {
    app.count_of_audit(action).await
}

const ALL: (&str, &str) = ("all", "1");
const TO_VIEWER: [(&str, &str); 3] = [("op", "change_role"), ("role", "viewer"), ALL];
const DEACTIVATE: [(&str, &str); 2] = [("op", "deactivate"), ALL];

/// Ada the Owner, Barbara an admin, Grace a member, Vera a viewer, and Ida who is invited.
async fn cast(app: &TestApp) -> (Browser, Browser) {
    let ada = app.set_up().await;
    let barbara = app.join(&ada, "barbara@engines.example", Role::Admin).await;
    app.join(&ada, "grace@engines.example", Role::Member).await;
    app.join(&ada, "vera@engines.example", Role::Viewer).await;
    invite(&ada, "ida@engines.example", Role::Member).await;
    (ada, barbara.browser)
}

async fn a_plan_says_what_becomes_of_each_and_changes_nothing(app: TestApp) {
    let (ada, barbara) = cast(&app).await;
    let before = everybody(&ada).await;
    let yourself = "You cannot do this to yourself.";
    let owner = "The Owner's access cannot be changed here. Ownership has to be transferred first.";
    let state = "This is not possible while the person is in this state.";
    for (by, fields, expected) in [
        (
            &barbara,
            &TO_VIEWER[..],
            [
                ("ada", "left_out", owner),
                ("barbara", "left_out", yourself),
                ("grace", "would", ""),
                ("ida", "would", ""),
                ("vera", "unchanged", ""),
            ],
        ),
        (
            &ada,
            &DEACTIVATE[..],
            [
                ("ada", "left_out", yourself),
                ("barbara", "would", ""),
                ("grace", "would", ""),
                ("ida", "left_out", state),
                ("vera", "would", ""),
            ],
        ),
    ] {
        let id = started(by, fields).await;
        let page = job(by, &id).await;
        assert_eq!((page.job.state, page.is_yours), (JobState::Planned, true), "a small one is planned at once");
        let expected = expected.map(|(name, code, why)| (name.to_owned(), (code, why.to_owned())));
        assert_eq!(outcomes(&page), BTreeMap::from(expected));
        let seen = by.get(&format!("/o/{ORG}/jobs/{id}")).await.expect(200);
        assert!(seen.says(yourself) && seen.says("left out."), "{}", seen.body);
        let left_out = by.get(&format!("/o/{ORG}/jobs/{id}?state=left_out")).await.expect(200);
        assert!(left_out.says(yourself) && !left_out.says("grace@engines.example"));
    }
    assert_eq!(everybody(&ada).await, before);
}

async fn nothing_is_done_before_the_plan_is_confirmed_and_then_it_is_done_once(app: TestApp) {
    let (ada, barbara) = cast(&app).await;
    let before = everybody(&ada).await;
    let id = started(&ada, &TO_VIEWER).await;
    app.rollcall.advance_jobs(100).await.unwrap();
    assert_eq!(everybody(&ada).await, before);
    let why = "Only the person who prepared this can confirm it.";
    assert_eq!(to_job(&barbara, "confirm", &id).await.expect(409).problem_text(), why);
    let page = run(&app, &ada, &id).await;
    assert_eq!(names(&page, "done"), ["barbara", "grace", "ida"]);
    to_job(&ada, "confirm", &id).await.expect(409);
    to_job(&ada, "cancel", &id).await.expect(409);
    assert_eq!(app.rollcall.advance_jobs(100).await.unwrap(), 0);
    let now = everybody(&ada).await;
    for name in ["barbara", "grace", "ida", "vera"] {
        assert_eq!(now[name].0, Role::Viewer, "{name}");
    }
    assert_eq!(now["ada"].0, Role::Owner);
    assert_eq!(audited(&app, "membership.role_changed").await, 3, "one line for each");
    assert!(ada.get(&format!("/o/{ORG}/jobs/{id}")).await.says("3 people have the role Viewer now."));
}

async fn everybody_who_matches_is_everybody_on_the_list_and_nobody_else(app: TestApp) {
    let (ada, _) = cast(&app).await;
    for (list, expected) in [
        (vec![("list[q]", "gra")], vec!["grace"]),
        (vec![("list[q]", "engines"), ("list[role]", "member,viewer")], vec!["grace", "ida", "vera"]),
        (vec![("list[tab]", "invitations")], vec!["ida"]),
        (vec![("list[q]", "...")], vec![]),
        (
            vec![("list[status]", "active"), ("list[per]", "50"), ("list[sort]", "-name")],
            vec!["ada", "barbara", "grace", "vera"],
        ),
    ] {
        let mut fields = DEACTIVATE.to_vec();
        fields.extend(&list);
        let page = job(&ada, &started(&ada, &fields).await).await;
        assert_eq!(outcomes(&page).into_keys().collect::<Vec<_>>(), expected, "{list:?}");
    }
}

async fn what_was_done_is_taken_back_to_the_very_roles_of_before(app: TestApp) {
    let (ada, _) = cast(&app).await;
    let before = everybody(&ada).await;
    let id = started(&ada, &TO_VIEWER).await;
    to_job(&ada, "undo", &id).await.expect(409);
    run(&app, &ada, &id).await;
    assert_ne!(everybody(&ada).await, before);
    let undo = id_of(&to_job(&ada, "undo", &id).await.expect(200));
    let page = finish(&app, &ada, &undo).await;
    assert_eq!(names(&page, "done"), ["barbara", "grace", "ida"]);
    assert_eq!(everybody(&ada).await, before);
    // Once, and not in circles.
    to_job(&ada, "undo", &id).await.expect(409);
    to_job(&ada, "undo", &undo).await.expect(409);
    let first = job(&ada, &id).await.job;
    assert_eq!((first.can_be_undone(), first.undone_by), (false, Some(page.job.id)));
}

async fn switches_are_turned_and_turned_back(app: TestApp) {
    let (ada, barbara) = cast(&app).await;
    let before = everybody(&ada).await;
    let id = started(&ada, &DEACTIVATE).await;
    assert_eq!(names(&run(&app, &ada, &id).await, "done"), ["barbara", "grace", "vera"]);
    assert_eq!(everybody(&ada).await["grace"].1, PersonState::Deactivated);
    // The sessions of those who have no access elsewhere ended with it.
    barbara.call("/api/people/revision", &[("org", ORG)]).await.expect(401);
    assert_eq!(audited(&app, "membership.deactivated").await, 3);
    let undo = id_of(&to_job(&ada, "undo", &id).await.expect(200));
    finish(&app, &ada, &undo).await;
    assert_eq!(everybody(&ada).await, before);
}

async fn invitations_are_sent_again_and_revoked(app: TestApp) {
    let (ada, _) = cast(&app).await;
    invite(&ada, "lise@engines.example", Role::Member).await;
    assert_eq!(app.mails().await.len(), 5);
    let list = [ALL, ("list[tab]", "invitations")];
    let id = started(&ada, &[("op", "resend"), list[0], list[1]]).await;
    assert!(app.mails().await.is_empty());
    let page = run(&app, &ada, &id).await;
    assert_eq!(names(&page, "done"), ["ida", "lise"]);
    assert!(!page.job.can_be_undone());
    let mut mailed: Vec<_> = app.mails().await.iter().map(|mail| mail.to().to_string()).collect();
    mailed.sort_unstable();
    assert_eq!(mailed, ["ida@engines.example", "lise@engines.example"]);
    assert_eq!(audited(&app, "invitation.resent").await, 2);

    let id = started(&ada, &[("op", "revoke"), list[0], list[1]]).await;
    assert_eq!(names(&run(&app, &ada, &id).await, "done"), ["ida", "lise"]);
    assert_eq!(number(app.db(), "SELECT count(*) FROM memberships WHERE status = 'invited'").await, 0);
    to_job(&ada, "undo", &id).await.expect(409);
    assert!(ada.get(&format!("/o/{ORG}/jobs/{id}")).await.expect(200).says("ida@engines.example"));
}

async fn a_job_that_is_stopped_does_nothing_more(app: TestApp) {
    let (ada, _) = cast(&app).await;
    let before = everybody(&ada).await;
    let id = started(&ada, &TO_VIEWER).await;
    to_job(&ada, "cancel", &id).await.expect(200);
    to_job(&ada, "confirm", &id).await.expect(409);
    let id = started(&ada, &TO_VIEWER).await;
    to_job(&ada, "confirm", &id).await.expect(200);
    to_job(&ada, "cancel", &id).await.expect(200);
    assert_eq!(app.rollcall.advance_jobs(100).await.unwrap(), 0);
    assert_eq!(everybody(&ada).await, before);
    assert!(ada.get(&format!("/o/{ORG}/jobs/{id}")).await.says("Canceled. Nothing was changed."));
}

async fn by_forms_alone_it_goes_all_the_way(app: TestApp) {
    let (ada, _) = cast(&app).await;
    let page = ada.get(USERS).await.expect(200);
    assert!(page.body.contains("aria-label=\"Select grace Doe\"") && page.says("Select all 5 that match"));
    let ids: BTreeMap<_, _> = ada
        .rows(ORG, Tab::Standard)
        .await
        .into_iter()
        .map(|row| (row.email.to_string(), row.target.membership_id.to_string()))
        .collect();
    let (grace, vera) = (ids["grace@engines.example"].as_str(), ids["vera@engines.example"].as_str());
    let before = everybody(&ada).await;
    let button = "/api/bulk/start?op=change_role";
    let form = [("org", ORG), ("role", "admin"), ("select", grace), ("select", vera)];
    let plan = ada.submit(USERS, button, &form).await.expect(303);
    let path = plan.location().to_owned();
    let page = ada.get(&path).await.expect(200);
    assert!(page.says("2 people will have the role Admin.") && page.says("Change 2 people"), "{}", page.body);
    let id = path.rsplit('/').next().unwrap();
    let fields = [("org", ORG), ("id", id)];
    assert_eq!(ada.submit(&path, "/api/bulk/confirm", &fields).await.expect(303).location(), path);
    assert!(ada.get(&path).await.says("Refresh"));
    app.rollcall.advance_jobs(10).await.unwrap();
    let page = ada.get(&path).await.expect(200);
    assert!(page.says("2 people have the role Admin now.") && page.says("Is Admin now") && page.says("Undo"));
    let undo = ada.submit(&path, "/api/bulk/undo", &fields).await.expect(303).location().to_owned();
    assert_ne!(undo, path);
    app.rollcall.advance_jobs(10).await.unwrap();
    assert!(ada.get(&undo).await.says("2 people have their earlier role again."));
    assert_eq!(everybody(&ada).await, before);
    let why = "Select the people first.";
    assert!(ada.submit(USERS, "/api/bulk/start?op=deactivate", &[("org", ORG)]).await.expect(409).says(why));
}

async fn what_was_done_is_listed(app: TestApp) {
    let jobs = format!("/o/{ORG}/jobs");
    let (ada, barbara) = cast(&app).await;
    let page = ada.get(&jobs).await.expect(200);
    assert!(page.says("Nothing yet"), "{}", page.body);
    let first = started(&ada, &TO_VIEWER).await;
    app.pass(1_000);
    let second = started(&barbara, &DEACTIVATE).await;
    let page = ada.get(&jobs).await.expect(200);
    for text in ["Change role to Viewer", "Ada Lovelace", "Deactivate", "barbara Doe"] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    let place = |id: &str| page.body.find(&format!("href=\"{jobs}/{id}\"")).expect("a link");
    assert!(place(&second) < place(&first), "the newest first");
    let older = ada.get(&format!("{jobs}?before={second}")).await.expect(200);
    assert!(older.says("Change role to Viewer") && !older.says("Deactivate") && older.says("Back to the newest"));
    let (other, olive) = app.found("Difference Machines").await;
    let list = olive.browser.call("/api/bulk/jobs", &[("org", &other)]).await.expect(200).parsed::<JobsPage>();
    assert!(list.jobs.is_empty());
    olive.browser.get(&jobs).await.expect(404);
}

async fn of_another_organization_nothing_is_found(app: TestApp) {
    let (ada, _) = cast(&app).await;
    let (other, olive) = app.found("Difference Machines").await;
    let id = started(&ada, &TO_VIEWER).await;
    for (org, function) in
        [&other[..], ORG].into_iter().flat_map(|org| ["job", "confirm", "cancel", "undo"].map(|f| (org, f)))
    {
        let fields = [("org", org), ("id", id.as_str())];
        olive.browser.call(&format!("/api/bulk/{function}"), &fields).await.expect(404);
    }
    olive.browser.get(&format!("/o/{other}/jobs/{id}")).await.expect(404);
    olive.browser.get(&format!("/o/{ORG}/jobs/{id}")).await.expect(404);
    for id in ["job_0198c0de00007000800000000000000f", "job_1", "x"] {
        ada.get(&format!("/o/{ORG}/jobs/{id}")).await.expect(404);
    }
    // People of other organizations are not among those who are named.
    let id = started(&ada, &[("op", "deactivate"), ("select", &olive.id)]).await;
    assert!(job(&ada, &id).await.items.is_empty());
}

async fn whoever_may_do_it_to_nobody_is_refused(app: TestApp) {
    let ada = app.set_up().await;
    let id = started(&ada, &TO_VIEWER).await;
    for role in [Role::Member, Role::Viewer] {
        let somebody = app.join(&ada, &format!("{}@engines.example", role.code()), role).await.browser;
        for op in ["deactivate", "activate", "resend", "revoke"] {
            start(&somebody, &[("op", op), ALL]).await.expect(403);
        }
        start(&somebody, &TO_VIEWER).await.expect(403);
        somebody.get(&format!("/o/{ORG}/jobs/{id}")).await.expect(403);
        somebody.get(&format!("/o/{ORG}/jobs")).await.expect(403);
        somebody.call("/api/bulk/jobs", &[("org", ORG)]).await.expect(403);
        for function in ["job", "confirm", "cancel", "undo"] {
            to_job(&somebody, function, &id).await.expect(403);
        }
    }
    app.browser().call("/api/bulk/start", &[("org", ORG), ("op", "revoke"), ALL]).await.expect(401);
}

async fn a_right_that_is_lost_on_the_way_leaves_the_rest_out(app: TestApp) {
    let (ada, barbara) = cast(&app).await;
    let id = started(&barbara, &TO_VIEWER).await;
    to_job(&barbara, "confirm", &id).await.expect(200);
    let rows = ada.rows(ORG, Tab::Standard).await;
    let her = rows.iter().find(|row| row.email.as_str() == "barbara@engines.example").unwrap();
    let her = her.target.membership_id.to_string();
    ada.call("/api/people/act", &[("org", ORG), ("id", &her), ("op", "revoke_admin")]).await.expect(200);
    let page = finish(&app, &ada, &id).await;
    let why = "Your role does not allow this. Ask an admin of your organization.";
    assert_eq!(outcomes(&page)["grace"], ("left_out", why.to_owned()));
    assert_eq!(everybody(&ada).await["grace"].0, Role::Member);
}

async fn who_changed_since_the_plan_is_judged_again(app: TestApp) {
    let (ada, _) = cast(&app).await;
    let id = started(&ada, &TO_VIEWER).await;
    let rows = ada.rows(ORG, Tab::Standard).await;
    let id_of = |name: &str| {
        let row = rows.iter().find(|row| row.email.as_str().starts_with(name)).unwrap();
        row.target.membership_id.to_string()
    };
    let to_viewer = [("org", ORG), ("id", &id_of("grace")), ("op", "change_role"), ("role", "viewer")];
    ada.call("/api/people/act", &to_viewer).await.expect(200);
    ada.call("/api/invitations/revoke", &[("org", ORG), ("id", &id_of("ida"))]).await.expect(200);
    let page = run(&app, &ada, &id).await;
    let outcomes = outcomes(&page);
    assert_eq!(outcomes["grace"].0, "unchanged");
    assert_eq!(outcomes["ida"], ("left_out", "This person is no longer in the organization.".to_owned()));
    assert_eq!(names(&page, "done"), ["barbara"]);
}

async fn somebody_who_cannot_be_read_does_not_hold_up_the_others(app: TestApp) {
    let (ada, _) = cast(&app).await;
    let id = started(&ada, &TO_VIEWER).await;
    raw(app.db(), "UPDATE memberships SET source = 'nonsense' WHERE email = 'grace@engines.example'").await;
    let page = run(&app, &ada, &id).await;
    assert_eq!(names(&page, "done"), ["barbara", "ida"]);
    let why = "Something went wrong on our side. Nothing was changed for this person.";
    assert_eq!(outcomes(&page)["grace"], ("failed", why.to_owned()));
    assert_eq!(audited(&app, "membership.role_changed").await, 2, "each once");
}

async fn a_selection_that_makes_no_sense_is_refused(app: TestApp) {
    let ada = app.set_up().await;
    let many = vec![app.unused::<MembershipId>().to_string(); 201].join(",");
    for (fields, status) in [
        (&[("op", "deactivate")][..], 409),
        (&[("op", "deactivate"), ("select", &many)][..], 409),
        (&[("op", "deactivate"), ("select", "mem_1")][..], 404),
        (&[("op", "restore_roles"), ALL][..], 422),
        (&[("op", "promote"), ALL][..], 422),
        (&[("op", "change_role"), ALL][..], 422),
        (&[("op", "change_role"), ("role", "owner"), ALL][..], 403),
    ] {
        start(&ada, fields).await.expect(status);
    }
    assert_eq!(number(app.db(), "SELECT count(*) FROM jobs").await, 0);
}

async fn five_thousand_people_are_done_batch_by_batch(app: TestApp) {
    const PEOPLE: u64 = 5_000;
    let ada = app.set_up().await;
    let now = app.rollcall.now();
    let org_id = ada.rows(ORG, Tab::Standard).await[0].target.org_id.clone();
    let people: Vec<NewMembership> = (0..PEOPLE)
        .map(|n| {
            let mut random = [0; 10];
            random[2..].copy_from_slice(&n.to_be_bytes());
            NewMembership {
                id: MembershipId::fresh(now, random),
                user_id: None,
                kind: model::Kind::Standard,
                role: if n % 3 == 0 { Role::Admin } else { Role::Member },
                status: Status::Active,
                source: model::Source::Csv,
                email: model::Email::parse(&format!("p{n}@crowd.example")).unwrap(),
                name: model::PersonName::from_full(&format!("Person{n} Crowd")),
                ends: model::Ends::default(),
                open_until: None,
                created_at: now,
                last_login_at: None,
            }
        })
        .collect();
    let mut tx = app.db().write().await.unwrap();
    memberships::insert_demo(&mut tx, &org_id, &people).await.unwrap();
    tx.commit().await.unwrap();

    let id = started(&ada, &TO_VIEWER).await;
    let page = job(&ada, &id).await;
    assert_eq!(
        (page.job.state, page.job.counts.total()),
        (JobState::Planning, 200),
        "the first batch is planned at once"
    );
    assert!(ada.get(&format!("/o/{ORG}/jobs/{id}")).await.says("Looking up the people: 200 so far."));
    app.rollcall.advance_jobs(1_000).await.unwrap();
    let page = job(&ada, &id).await;
    assert_eq!((page.job.state, page.job.counts.would, page.job.counts.left_out), (JobState::Planned, PEOPLE, 1));
    assert_eq!((page.items.len(), page.next), (50, Some(50)));

    to_job(&ada, "confirm", &id).await.expect(200);
    // A worker that comes and goes, and the application that is started again in between.
    app.rollcall.advance_jobs(7).await.unwrap();
    let page = job(&ada, &id).await;
    assert_eq!((page.job.state, page.job.counts.done), (JobState::Running, 700));
    let again = app.restarted(|_| ());
    let (first, second) = tokio::join!(app.rollcall.advance_jobs(1_000), again.rollcall.advance_jobs(1_000));
    first.unwrap();
    second.unwrap();
    let page = finish(&app, &ada, &id).await;
    assert_eq!(page.job.counts.done, PEOPLE);
    assert!(page.items.iter().any(|item| item.state == ItemState::Done));
    let lines = i64::try_from(PEOPLE).unwrap();
    assert_eq!(audited(&app, "membership.role_changed").await, lines, "each once");
    assert_eq!(number(app.db(), "SELECT count(*) FROM memberships WHERE role = 'viewer'").await, lines);
    assert_eq!(number(app.db(), "SELECT CAST(sum(n) AS BIGINT) FROM people_counts WHERE role = 'viewer'").await, lines);
}
