//! `/o/:org/users/:id`: where somebody is signed in, and what was done by and to them.

use model::{
    AuditId, PersonState, Role, SessionId,
    activity::{ACTIVITY_PAGE, ActivityPage},
    id::Id as _,
    people::Tab,
    session::LiveSession,
    time::{MINUTE, SECOND},
};

use crate::{
    actions::act,
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ADA, ORG, PASSWORD, Person, USERS, invite, invite_to},
    engines::{everything, number},
};

on_both_engines! {
    the_browsers_of_somebody_are_listed,
    an_ended_session_is_over_at_the_next_request,
    all_sessions_end_at_once,
    without_a_script_sessions_end_as_well,
    who_ends_the_session_at_hand_is_signed_out,
    an_owners_sessions_are_the_owners_alone,
    who_may_not_deactivate_ends_no_sessions_but_their_own,
    somebody_who_has_not_accepted_has_no_sessions,
    sessions_are_ended_of_the_named_person_alone,
    another_organizations_sessions_are_not_found,
    activity_tells_what_was_done,
    activity_is_read_a_page_at_a_time,
    activity_is_for_who_may_read_the_audit_log,
    activity_stays_in_its_organization,
}

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// Signs somebody in with Firefox from an address.
async fn with_firefox(app: &TestApp, email: &str) -> Browser {
    let browser = app.browser().with("user-agent", FIREFOX).at_address("198.51.100.7");
    browser.call("/api/session/login", &[("email", email), ("password", PASSWORD)]).await.expect(200);
    browser
}

async fn sessions(by: &Browser, id: &str) -> Vec<LiveSession> {
    by.profile(ORG, id).await.sessions.expect("they may be ended")
}

async fn end(by: &Browser, id: &str, session: &SessionId) -> Answer {
    by.call("/api/sessions/end", &[("org", ORG), ("id", id), ("session", session.as_str())]).await
}

async fn end_all(by: &Browser, id: &str) -> Answer {
    by.call("/api/sessions/end_all", &[("org", ORG), ("id", id)]).await
}

async fn own_id(browser: &Browser) -> String {
    let viewer: model::people::Viewer = browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed();
    viewer.actor.membership_id.to_string()
}

async fn activity(by: &Browser, id: &str, before: Option<&AuditId>) -> ActivityPage {
    let mut form = vec![("org", ORG), ("id", id)];
    form.extend(before.map(|before| ("before", before.as_str())));
    by.call("/api/people/activity", &form).await.expect(200).parsed()
}

async fn sentences(by: &Browser, id: &str) -> Vec<String> {
    activity(by, id, None).await.lines.iter().map(model::activity::Activity::sentence).collect()
}

async fn the_browsers_of_somebody_are_listed(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    app.pass(10 * MINUTE);
    with_firefox(&app, &grace.email).await;
    let live = sessions(&ada, &grace.id).await;
    let shown: Vec<_> = live.iter().map(|s| (s.browser.as_str(), s.address.as_str(), s.own)).collect();
    assert_eq!(
        shown,
        [("Firefox on Linux", "198.51.100.7", false), ("Unknown browser on Linux", "203.0.113.9", false)]
    );
    assert_eq!(live[0].signed_in_at, live[0].last_seen_at);
    let page = ada.get(&format!("{USERS}/{}", grace.id)).await.expect(200);
    for text in ["Sessions", "Firefox on Linux", "198.51.100.7", "10 minutes ago", "End all sessions"] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    assert!(!page.says("This is you, now"));

    let own = own_id(&ada).await;
    let live = sessions(&ada, &own).await;
    assert_eq!(live.iter().map(|s| s.own).collect::<Vec<_>>(), [true]);
    assert!(ada.get(&format!("{USERS}/{own}")).await.says("This is you, now"));
    // What is over is not listed.
    app.pass(8 * model::time::DAY);
    let ada = app.sign_in(ADA).await;
    assert_eq!(sessions(&ada, &grace.id).await, []);
    assert!(ada.get(&format!("{USERS}/{}", grace.id)).await.says("Not signed in anywhere."));
}

async fn an_ended_session_is_over_at_the_next_request(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    app.pass(SECOND);
    let firefox = with_firefox(&app, &grace.email).await;
    let live = sessions(&ada, &grace.id).await;
    app.pass(SECOND);
    assert_eq!(end(&ada, &grace.id, &live[0].id).await.expect(200).toast(), "The session has been ended.");
    firefox.call("/api/session/viewer", &[("org", ORG)]).await.expect(401);
    assert!(firefox.get(USERS).await.location().starts_with("/login?next="));
    grace.browser.get(USERS).await.expect(200);
    assert_eq!(sessions(&ada, &grace.id).await, live[1..]);
    // It is over; there is nothing left to end.
    end(&ada, &grace.id, &live[0].id).await.expect(404);
    assert_eq!(sentences(&ada, &grace.id).await[0], "Ada Lovelace ended a session of grace Doe (Firefox on Linux)");
}

async fn all_sessions_end_at_once(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let firefox = with_firefox(&app, &grace.email).await;
    app.pass(SECOND);
    for _ in 0..2 {
        assert_eq!(end_all(&ada, &grace.id).await.expect(200).toast(), "All sessions have been ended.");
    }
    for browser in [&grace.browser, &firefox] {
        browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(401);
    }
    ada.get(USERS).await.expect(200);
    assert_eq!(sessions(&ada, &grace.id).await, []);
    let ended = "SELECT count(*) FROM audit_events WHERE action = 'sessions.ended_all'";
    assert_eq!(number(app.db(), ended).await, 1, "what changes nothing leaves no line");
    assert_eq!(sentences(&ada, &grace.id).await[0], "Ada Lovelace ended all sessions of grace Doe");
    // Whoever knows the password comes back.
    app.sign_in(&grace.email).await.get(USERS).await.expect(200);
}

async fn without_a_script_sessions_end_as_well(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    app.pass(SECOND);
    let firefox = with_firefox(&app, &grace.email).await;
    let profile = format!("{USERS}/{}", grace.id);
    let live = sessions(&ada, &grace.id).await;
    let page = ada.get(&profile).await.expect(200);
    for field in ["/api/sessions/end", "/api/sessions/end_all", live[0].id.as_str()] {
        assert!(page.body.contains(&format!("value=\"{field}\"")), "{field}\n{}", page.body);
    }
    let form = [("org", ORG), ("id", grace.id.as_str()), ("session", live[0].id.as_str())];
    let answer = ada.submit(&profile, "/api/sessions/end", &form).await.expect(303);
    assert_eq!(answer.location(), profile);
    assert!(ada.get(&profile).await.says("The session has been ended."));
    firefox.get(USERS).await.expect(302);
    grace.browser.get(USERS).await.expect(200);
    // The page comes back and says why.
    let page = ada.submit(&profile, "/api/sessions/end", &form).await.expect(404);
    assert!(page.says("We could not find this page.") && page.says("Sessions"), "{}", page.body);
    let answer = ada.submit(&profile, "/api/sessions/end_all", &form[..2]).await.expect(303);
    assert_eq!(answer.location(), profile);
    assert!(ada.get(&profile).await.says("All sessions have been ended."));
    grace.browser.get(USERS).await.expect(302);
}

async fn who_ends_the_session_at_hand_is_signed_out(app: TestApp) {
    let ada = app.set_up().await;
    app.pass(SECOND);
    let firefox = with_firefox(&app, ADA).await;
    let own = own_id(&ada).await;
    let live = sessions(&ada, &own).await;
    let (others, at_hand): (Vec<_>, Vec<_>) = live.iter().partition(|session| !session.own);
    // One's own elsewhere: the session at hand stays.
    app.pass(SECOND);
    assert_eq!(end(&ada, &own, &others[0].id).await.expect(200).toast(), "The session has been ended.");
    firefox.get(USERS).await.expect(302);
    assert_eq!(sentences(&ada, &own).await[0], "Ada Lovelace ended one of their own sessions (Firefox on Linux)");

    let kept = ada.fork();
    let reply: app::reply::Reply = end(&ada, &own, &at_hand[0].id).await.expect(200).parsed();
    assert_eq!((reply.next.as_deref(), reply.fresh), (Some("/login"), true));
    assert_eq!(ada.cookie("rollcall"), None);
    kept.call("/api/session/viewer", &[("org", ORG)]).await.expect(401);

    let ada = app.sign_in(ADA).await;
    let profile = format!("{USERS}/{own}");
    assert!(ada.get(&profile).await.says("Ending all of them signs you out here, too."));
    let answer = ada.submit(&profile, "/api/sessions/end_all", &[("org", ORG), ("id", &own)]).await.expect(303);
    assert_eq!(answer.location(), "/login");
    assert_eq!(ada.cookie("rollcall"), None);
    assert!(ada.get("/login").await.says("All sessions have been ended."));
    ada.get(USERS).await.expect(302);
}

async fn an_owners_sessions_are_the_owners_alone(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let owner = own_id(&ada).await;
    let session = sessions(&ada, &owner).await[0].id.clone();
    for answer in [end(&grace.browser, &owner, &session).await, end_all(&grace.browser, &owner).await] {
        let why = "The Owner's access cannot be changed here. Ownership has to be transferred first.";
        assert_eq!(answer.expect(403).problem().message, why);
    }
    assert_eq!(grace.browser.profile(ORG, &owner).await.sessions, None);
    let page = grace.browser.get(&format!("{USERS}/{owner}")).await.expect(200);
    assert!(page.says("Activity") && !page.says("End all sessions") && !page.says("Signed in "), "{}", page.body);
    ada.get(USERS).await.expect(200);
    end_all(&ada, &grace.id).await.expect(200);
    grace.browser.get(USERS).await.expect(302);
}

async fn who_may_not_deactivate_ends_no_sessions_but_their_own(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let session = sessions(&ada, &grace.id).await[0].id.clone();
    for role in [Role::Member, Role::Viewer, Role::Partner] {
        let Person { browser, id, .. } = app.join(&ada, &format!("{}@engines.example", role.code()), role).await;
        let before = everything(app.db()).await;
        end(&browser, &grace.id, &session).await.expect(403).problem();
        end_all(&browser, &grace.id).await.expect(403).problem();
        let form = [("org", ORG), ("id", grace.id.as_str())];
        browser.submit("/orgs", "/api/sessions/end_all", &form).await.expect(403);
        assert_eq!(everything(app.db()).await, before);
        end_all(&browser, &id).await.expect(200);
        browser.call("/api/session/viewer", &[("org", ORG)]).await.expect(401);
    }
    grace.browser.get(USERS).await.expect(200);
    let nobody = app.browser();
    end(&nobody, &grace.id, &session).await.expect(401);
    end_all(&nobody, &grace.id).await.expect(401);
}

async fn somebody_who_has_not_accepted_has_no_sessions(app: TestApp) {
    let ada = app.set_up().await;
    let invited = invite(&ada, "grace@engines.example", Role::Member).await;
    assert_eq!(ada.profile(ORG, &invited.id).await.sessions, None);
    end_all(&ada, &invited.id).await.expect(409);
    let page = ada.get(&format!("{USERS}/{}", invited.id)).await.expect(200);
    assert!(!page.says("Sessions") && page.says("Ada Lovelace invited grace as Member"));
    // Somebody deactivated may be signed in elsewhere all the same.
    let alan = app.join(&ada, "alan@engines.example", Role::Member).await;
    act(&ada, &alan.id, "deactivate").await.expect(200);
    assert_eq!(ada.profile(ORG, &alan.id).await.row.target.state, PersonState::Deactivated);
    assert_eq!(sessions(&ada, &alan.id).await, []);
    end_all(&ada, &alan.id).await.expect(200);
}

async fn sessions_are_ended_of_the_named_person_alone(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    let alan = app.join(&ada, "alan@engines.example", Role::Member).await;
    let of_alan = sessions(&ada, &alan.id).await[0].id.clone();
    let of_ada = sessions(&ada, &own_id(&ada).await).await[0].id.clone();
    let before = everything(app.db()).await;
    // The id of somebody else's session does not become Grace's by being named beside her.
    for session in [of_alan.as_str(), of_ada.as_str(), app.unused::<SessionId>().as_str(), "", "ses_1", "'; --"] {
        let form = [("org", ORG), ("id", grace.id.as_str()), ("session", session)];
        for by in [&ada, &grace.browser] {
            by.call("/api/sessions/end", &form).await.expect(404).problem();
        }
        ada.submit(&format!("{USERS}/{}", grace.id), "/api/sessions/end", &form).await.expect(404);
    }
    for id in [app.unused::<model::MembershipId>().as_str(), "", "mem_1", "usr_01a3185c500072d5a7aa7baae7290e87"] {
        end(&ada, id, &of_alan).await.expect(404).problem();
        end_all(&ada, id).await.expect(404).problem();
        ada.call("/api/people/activity", &[("org", ORG), ("id", id)]).await.expect(404).problem();
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn another_organizations_sessions_are_not_found(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let profile: model::people::PersonProfile =
        olive.browser.call("/api/people/profile", &[("org", &other), ("id", &olive.id)]).await.expect(200).parsed();
    let session = profile.sessions.unwrap()[0].id.clone();
    let own = own_id(&ada).await;
    let before = everything(app.db()).await;
    for org in [ORG, other.as_str()] {
        let form = [("org", org), ("id", olive.id.as_str()), ("session", session.as_str())];
        ada.call("/api/sessions/end", &form).await.expect(404).problem();
        ada.call("/api/sessions/end_all", &form[..2]).await.expect(404).problem();
        ada.call("/api/people/activity", &form[..2]).await.expect(404).problem();
        ada.submit(USERS, "/api/sessions/end_all", &form[..2]).await.expect(404);
    }
    end(&ada, &own, &session).await.expect(404);
    assert_eq!(everything(app.db()).await, before);
    // Who belongs to both has one account, and so one set of sessions, in both.
    let invited = invite_to(&other, &olive.browser, "grace@engines.example", Role::Member).await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    grace.browser.call("/api/invitations/accept_signed_in", &[("token", &invited.token)]).await.expect(200);
    let form = [("org", other.as_str()), ("id", invited.id.as_str())];
    olive.browser.call("/api/sessions/end_all", &form).await.expect(200);
    grace.browser.get(USERS).await.expect(302);
    assert!(!sentences(&ada, &grace.id).await.iter().any(|line| line.contains("ended")), "told where it was done");
}

async fn activity_tells_what_was_done(app: TestApp) {
    let ada = app.set_up().await;
    app.pass(SECOND);
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    for op in ["assign_admin", "deactivate", "activate"] {
        app.pass(SECOND);
        act(&ada, &grace.id, op).await.expect(200);
    }
    app.pass(SECOND);
    let browser = app.sign_in(&grace.email).await;
    app.pass(SECOND);
    let invited = invite(&browser, "alan@engines.example", Role::Viewer).await;
    app.pass(SECOND);
    browser.call("/api/invitations/resend", &[("org", ORG), ("id", &invited.id)]).await.expect(200);
    app.pass(SECOND);
    browser.call("/api/invitations/revoke", &[("org", ORG), ("id", &invited.id)]).await.expect(200);
    app.pass(SECOND);
    let form = [("org", ORG), ("id", &grace.id), ("first_name", "Grace"), ("email", &grace.email), ("admin", "on")];
    ada.call("/api/people/update", &form).await.expect(200);
    let mut told = sentences(&ada, &grace.id).await;
    // The invitation and its acceptance are of one instant here, and so in no order.
    told[8..].sort();
    assert_eq!(
        told,
        [
            "Ada Lovelace updated the name of grace Doe",
            "grace Doe revoked the invitation of alan",
            "grace Doe sent the invitation of alan again",
            "grace Doe invited alan as Viewer",
            "grace Doe signed in",
            "Ada Lovelace activated grace Doe",
            "Ada Lovelace deactivated grace Doe",
            "Ada Lovelace changed the role of grace Doe from Member to Admin",
            "Ada Lovelace invited grace as Member",
            "grace Doe accepted the invitation",
        ]
    );
    let page = ada.get(&format!("{USERS}/{}", grace.id)).await.expect(200);
    for text in told {
        assert!(page.says(&text), "{text}\n{}", page.body);
    }
    assert!(!page.says("Show older") && !page.says("Show newest"));
    let of_ada = sentences(&ada, &own_id(&ada).await).await;
    assert_eq!(of_ada.last().unwrap(), "Ada Lovelace created the organization Analytical Engines");
    let known = |code: &str| !of_ada.iter().any(|line| line.contains(code));
    assert!(known("membership.") && known("invitation.") && known("session."), "{of_ada:?}");
}

async fn activity_is_read_a_page_at_a_time(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Member).await;
    for n in 0..45 {
        app.pass(SECOND);
        act(&ada, &grace.id, if n % 2 == 0 { "deactivate" } else { "activate" }).await.expect(200);
    }
    // 45 turns of the switch, the invitation and its acceptance.
    let first = activity(&ada, &grace.id, None).await;
    let second = activity(&ada, &grace.id, first.older.as_ref()).await;
    let third = activity(&ada, &grace.id, second.older.as_ref()).await;
    let sizes = [&first, &second, &third].map(|page| (page.lines.len(), page.older.is_some(), page.continued));
    assert_eq!(sizes, [(ACTIVITY_PAGE, true, false), (ACTIVITY_PAGE, true, true), (7, false, true)]);
    let ids: Vec<&AuditId> = [&first, &second, &third].into_iter().flat_map(|p| &p.lines).map(|l| &l.id).collect();
    assert!(ids.is_sorted_by(|a, b| a > b));

    // By the links alone.
    let profile = format!("{USERS}/{}", grace.id);
    let older = |id: &AuditId| format!("href=\"{profile}?before={id}#activity\"");
    let page = ada.get(&profile).await.expect(200);
    assert!(page.body.contains(&older(first.older.as_ref().unwrap())) && !page.says("Show newest"), "{}", page.body);
    let page = ada.get(&format!("{profile}?before={}", first.older.unwrap())).await.expect(200);
    assert!(page.body.contains(&older(second.older.as_ref().unwrap())) && page.says("Show newest"), "{}", page.body);
    let page = ada.get(&format!("{profile}?before={}", second.older.unwrap())).await.expect(200);
    assert!(page.says("grace Doe accepted the invitation") && !page.says("Show older"), "{}", page.body);
    // What is no place in the log is the beginning; one that nobody has is a place all the same.
    for nowhere in ["nonsense", "", "mem_1"] {
        let page = ada.get(&format!("{profile}?before={nowhere}")).await.expect(200);
        assert!(page.says("Show older") && !page.says("Show newest"), "{nowhere}");
    }
    let form = [("org", ORG), ("id", grace.id.as_str()), ("before", "nonsense")];
    ada.call("/api/people/activity", &form).await.expect(422);
    let oldest = AuditId::fresh(model::Timestamp::from_millis(1), [0; 10]);
    assert_eq!(activity(&ada, &grace.id, Some(&oldest)).await.lines, []);
    assert!(ada.get(&format!("{profile}?before={oldest}")).await.expect(200).says("Nothing is recorded here."));
}

async fn activity_is_for_who_may_read_the_audit_log(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    for role in [Role::Member, Role::Viewer, Role::Partner] {
        let Person { browser, id, .. } = app.join(&ada, &format!("{}@engines.example", role.code()), role).await;
        for of in [&grace.id, &id] {
            browser.call("/api/people/activity", &[("org", ORG), ("id", of)]).await.expect(403).problem();
        }
    }
    app.browser().call("/api/people/activity", &[("org", ORG), ("id", &grace.id)]).await.expect(401);
    // An admin reads that of the Owner, too.
    let owner = ada.rows(ORG, Tab::Standard).await.into_iter().find(|row| row.target.role == Role::Owner).unwrap();
    let told = sentences(&grace.browser, owner.target.membership_id.as_str()).await;
    assert!(told.contains(&"Ada Lovelace invited grace as Admin".to_owned()), "{told:?}");
}

async fn activity_stays_in_its_organization(app: TestApp) {
    let ada = app.set_up().await;
    let (other, olive) = app.found("Difference Machines").await;
    let invited = invite_to(&other, &olive.browser, ADA, Role::Admin).await;
    app.pass(SECOND);
    ada.call("/api/invitations/accept_signed_in", &[("token", &invited.token)]).await.expect(200);
    let form = [("org", other.as_str()), ("emails", "eve@machines.example")];
    ada.call("/api/invitations/send", &form).await.expect(200);
    // Where she was last is told by the clock, which stands between two requests here.
    app.pass(SECOND);
    let here = sentences(&ada, &own_id(&ada).await).await;
    assert_eq!(here, ["Ada Lovelace created the organization Analytical Engines"]);
    let form = [("org", other.as_str()), ("id", invited.id.as_str())];
    let there: ActivityPage = olive.browser.call("/api/people/activity", &form).await.expect(200).parsed();
    let there: Vec<String> = there.lines.iter().map(model::activity::Activity::sentence).collect();
    assert!(there.iter().any(|line| line.contains("invited eve as Member")), "{there:?}");
    assert!(!there.iter().any(|line| line.contains("Analytical Engines")), "{there:?}");
    // Signing in is told where it led: to where she was last.
    app.pass(11 * SECOND);
    ada.get(&format!("/o/{other}/users")).await.expect(200);
    app.pass(SECOND);
    app.sign_in(ADA).await;
    let there: ActivityPage = olive.browser.call("/api/people/activity", &form).await.expect(200).parsed();
    assert_eq!(there.lines[0].sentence(), "Ada Lovelace signed in");
    assert_eq!(sentences(&ada, &own_id(&ada).await).await.len(), 1);
}
