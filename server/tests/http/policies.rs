//! The policies of an organization: what its page shows, what is told before they are saved, and that nobody's work is
//! written over.

use app::reply::Reply;
use model::{
    Policies, Preset, Role,
    activity::ActivityPage,
    policy::{Onboarding, PolicyPreview, StatusWords},
    time::{DAY, HOUR},
};

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{HOME, ORG, USERS, changed, invite},
    engines::{everything, number},
};

on_both_engines! {
    the_page_offers_what_takes_effect_and_nothing_else,
    nobody_but_owners_and_admins_sees_or_changes_policies,
    a_preview_tells_what_changes_and_saves_nothing,
    without_a_script_the_preview_is_a_step_of_the_same_page,
    what_is_wrong_stands_beside_the_field_and_what_was_entered_stays,
    what_was_previewed_is_saved_and_told_in_the_audit_log,
    a_preset_brings_all_of_its_policies,
    whoever_saves_second_is_told_and_keeps_what_they_entered,
    of_many_who_save_at_once_one_wins,
    the_words_of_the_statuses_are_those_that_were_chosen,
    a_first_role_and_a_time_count_from_the_next_invitation_on,
    saving_what_is_there_already_writes_nothing,
}

/// The page.
pub(crate) const PAGE: &str = "/o/analytical-engines/settings/policies";

/// The form of the page as it stands at first.
const FORM: [(&str, &str); 15] = [
    ("org", ORG),
    ("version", "0"),
    ("onboarding", "link"),
    ("email_domains", ""),
    ("ttl", "7"),
    ("ttl_unit", "days"),
    ("copy_links", "on"),
    ("default_role", "member"),
    ("admin_grantable", "on"),
    ("status_words", "deactivated"),
    ("seats", ""),
    ("max_owners", "1"),
    ("delete_scope", "unaccepted"),
    ("email_reuse", "never"),
    ("reuse_days", ""),
];

async fn policies(by: &Browser) -> Policies {
    by.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed::<model::people::Viewer>().org.policies
}

/// Saves the form with other values of some fields; the version is the one of now.
pub(crate) async fn save(by: &Browser, values: &[(&str, &str)]) -> Answer {
    save_of(ORG, by, values).await
}

/// The same in another organization.
pub(crate) async fn save_of(org: &str, by: &Browser, values: &[(&str, &str)]) -> Answer {
    let viewer = by.call("/api/session/viewer", &[("org", org)]).await.expect(200).parsed::<model::people::Viewer>();
    let version = viewer.org.policies.version.to_string();
    let mut form = changed(&changed(&FORM, "version", &version), "org", org);
    for (field, value) in values {
        form = changed(&form, field, value);
    }
    by.call("/api/policies/save", &form).await
}

async fn preview(by: &Browser, form: &[(&str, &str)]) -> PolicyPreview {
    by.call("/api/policies/preview", form).await.expect(200).parsed::<Reply<PolicyPreview>>().data.unwrap()
}

fn without<'a>(form: &[(&'a str, &'a str)], field: &str) -> Vec<(&'a str, &'a str)> {
    form.iter().copied().filter(|(name, _)| *name != field).collect()
}

async fn the_page_offers_what_takes_effect_and_nothing_else(app: TestApp) {
    let ada = app.set_up().await;
    let page = ada.get(PAGE).await.expect(200);
    for (field, value) in &FORM[1..] {
        assert!(page.body.contains(&format!("name=\"{field}\"")), "{field} {value}\n{}", page.body);
    }
    for text in [
        "How people join",
        "Domains",
        "Time to accept",
        "Copying of links",
        "First role",
        "Admin role",
        "Names of the statuses",
        "Seats",
        "1 taken now",
        "Owners",
        "Deleting people",
        "Addresses of deleted people",
        "New user invitations",
        "Your sign-in page: ",
        "Your policies are those of “",
        "In use",
        "Preview changes",
    ] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    assert!(!page.body.contains("name=\"sso\""), "what has no effect yet is no choice");
    assert!(page.body.contains("name=\"show_pending_external\""));
    assert!(
        page.body.contains("name=\"invitation_requests\"")
            && page.body.contains("href=\"/o/analytical-engines/login\"")
    );
    assert_eq!(page.value_of("ttl"), "7");
    assert!(ada.get(USERS).await.body.contains(&format!("href=\"{PAGE}\"")), "the sidebar leads there");
}

async fn nobody_but_owners_and_admins_sees_or_changes_policies(app: TestApp) {
    let ada = app.set_up().await;
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    admin.browser.get(PAGE).await.expect(200);
    for role in [Role::Member, Role::Viewer] {
        let person = app.join(&ada, &format!("{}@engines.example", role.code()), role).await;
        let before = everything(app.db()).await;
        let page = person.browser.get(PAGE).await.expect(403);
        assert!(page.says("You do not have access") && !page.body.contains("name=\"seats\""), "{}", page.body);
        assert!(!person.browser.get(HOME).await.body.contains(PAGE));
        for function in ["/api/policies/get", "/api/policies/preview", "/api/policies/save"] {
            person.browser.call(function, &FORM).await.expect(403);
            person.browser.submit(PAGE, function, &changed(&FORM, "seats", "1")).await.expect(403);
        }
        assert_eq!(everything(app.db()).await, before);
    }
    let (_, olive) = app.found("Difference Machines").await;
    for function in ["/api/policies/get", "/api/policies/preview", "/api/policies/save"] {
        app.browser().call(function, &FORM).await.expect(401);
        olive.browser.call(function, &FORM).await.expect(404);
    }
    assert!(app.browser().get(PAGE).await.location().starts_with("/login?next="));
}

async fn a_preview_tells_what_changes_and_saves_nothing(app: TestApp) {
    let ada = app.set_up().await;
    for n in 0..3 {
        invite(&ada, &format!("p{n}@engines.example"), Role::Member).await;
    }
    let before = everything(app.db()).await;
    let form = changed(&changed(&FORM, "ttl", "3"), "seats", "2");
    let told = preview(&ada, &form).await;
    assert_eq!(
        told.effects,
        [
            "What is sent from now on can be used for 3 days.",
            "3 open invitations keep the end they were sent with.",
            "4 of 2 seats are taken: nobody can be invited or activated until 3 more are freed. Nobody loses access.",
        ]
    );
    assert!(!told.saved_meanwhile);
    assert_eq!(told.policies, Policies { invitation_ttl_ms: 3 * DAY, seats: Some(2), ..Policies::default() });
    assert_eq!(preview(&ada, &FORM).await.changes, []);
    assert_eq!(everything(app.db()).await, before);
}

async fn without_a_script_the_preview_is_a_step_of_the_same_page(app: TestApp) {
    let ada = app.set_up().await;
    let form = changed(&changed(&FORM, "seats", "30"), "status_words", "disabled");
    let page = ada.submit(PAGE, "/api/policies/preview", &form).await.expect(200);
    for text in [
        "What this changes",
        "Statuses will be called Pending verification, Active, Disabled.",
        "1 of 30 seats are taken.",
        "Save policies",
    ] {
        assert!(page.says(text), "{text}\n{}", page.body);
    }
    // What was entered still stands in the form, behind the form that saves it.
    let fields = page.body.split("Each policy").nth(1).unwrap();
    assert!(fields.contains("value=\"30\""), "{fields}");
    assert!(!ada.get(PAGE).await.says("What this changes"));
    assert_eq!(policies(&ada).await, Policies::default());

    let answer = ada.submit(PAGE, "/api/policies/save", &form).await;
    assert_eq!(answer.location(), PAGE);
    let page = ada.get(PAGE).await.expect(200);
    assert!(page.says("The policies have been saved.") && page.body.contains("value=\"30\""), "{}", page.body);
    let saved = policies(&ada).await;
    assert_eq!((saved.seats, saved.status_words, saved.version), (Some(30), StatusWords::Disabled, 1));
}

async fn what_is_wrong_stands_beside_the_field_and_what_was_entered_stays(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    for (field, value, why) in [
        ("ttl", "31", "Enter a whole number, from 1 hour to 30 days."),
        ("ttl", "soon", "Enter a whole number, from 1 hour to 30 days."),
        ("seats", "0", "Enter a whole number from 1 to 10,000,000, or leave it empty for no limit."),
        ("seats", "many", "Enter a whole number from 1 to 10,000,000, or leave it empty for no limit."),
        ("onboarding", "carrier_pigeon", "Choose one of these."),
        ("default_role", "admin", "Choose one of these."),
        ("default_role", "owner", "Choose one of these."),
        ("default_role", "partner", "Choose one of these."),
        ("status_words", "", "Choose one of these."),
        ("preset", "everything", "Choose one of these."),
    ] {
        let form = changed(&FORM, field, value);
        for function in ["/api/policies/preview", "/api/policies/save"] {
            let answer = ada.call(function, &form).await.expect(422);
            assert_eq!(answer.problem().of_field(field).as_deref(), Some(why), "{field} {value}");
        }
        let page = ada.submit(PAGE, "/api/policies/preview", &form).await.expect(422);
        if matches!(field, "ttl" | "seats") {
            assert!(page.beside(field).contains(why) && page.value_of(field) == value, "{field}\n{}", page.body);
        }
        assert!(page.says(why), "{field}\n{}", page.body);
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn what_was_previewed_is_saved_and_told_in_the_audit_log(app: TestApp) {
    let ada = app.set_up().await;
    // Lines of one millisecond are in no order.
    app.pass(1);
    let form = without(&changed(&changed(&FORM, "ttl", "36"), "ttl_unit", "hours"), "copy_links");
    let form = changed(&without(&form, "admin_grantable"), "default_role", "viewer");
    assert_eq!(ada.call("/api/policies/save", &form).await.expect(200).toast(), "The policies have been saved.");
    assert_eq!(
        policies(&ada).await,
        Policies {
            version: 1,
            invitation_ttl_ms: 36 * HOUR,
            copy_links: false,
            admin_grantable: false,
            default_role: Role::Viewer,
            ..Policies::default()
        }
    );
    let viewer: model::people::Viewer = ada.call("/api/session/viewer", &[("org", ORG)]).await.parsed();
    let id = viewer.actor.membership_id.to_string();
    let page: ActivityPage = ada.call("/api/people/activity", &[("org", ORG), ("id", &id)]).await.expect(200).parsed();
    assert_eq!(
        page.lines[0].sentence(),
        "Ada Lovelace changed the policies: “Time to accept” from “7 days” to “36 hours”, “Copying of links” from \
         “Allowed” to “Not allowed”, “First role” from “Member” to “Viewer”, “Admin role” from “Can be granted” to \
         “Cannot be granted”"
    );
    let page = ada.get(PAGE).await.expect(200);
    assert!(page.says("Your policies are nearest to “") && page.says("Invitation links"), "{}", page.body);
}

async fn a_preset_brings_all_of_its_policies(app: TestApp) {
    let ada = app.set_up().await;
    for (version, preset) in [Preset::AdminCreatedAccounts, Preset::RequestsAndExpiry].into_iter().enumerate() {
        let shown = version.to_string();
        let form = [("org", ORG), ("version", &*shown), ("preset", preset.code())];
        let told = preview(&ada, &form).await;
        assert_eq!(told.preset, Some(preset));
        let page = ada.submit(PAGE, "/api/policies/preview", &form).await.expect(200);
        assert!(page.body.contains(&format!("name=\"preset\" value=\"{}\"", preset.code())), "{}", page.body);
        ada.submit(PAGE, "/api/policies/save", &form).await.expect(303);
        let version = u32::try_from(version).unwrap() + 1;
        assert_eq!(policies(&ada).await, Policies { version, ..preset.policies() });
    }
}

async fn whoever_saves_second_is_told_and_keeps_what_they_entered(app: TestApp) {
    let ada = app.set_up().await;
    let admin = app.join(&ada, "admin@engines.example", Role::Admin).await;
    save(&admin.browser, &[("seats", "30")]).await.expect(200);
    let before = everything(app.db()).await;
    // Ada has had the page open since before.
    let form = changed(&FORM, "ttl", "3");
    let problem = ada.call("/api/policies/save", &form).await.expect(409).problem();
    assert!(problem.message.starts_with("Somebody else changed the policies meanwhile"), "{}", problem.message);
    let page = ada.submit(PAGE, "/api/policies/save", &form).await.expect(409);
    assert!(page.says("Somebody else changed the policies meanwhile") && page.value_of("ttl") == "3", "{}", page.body);
    assert_eq!(everything(app.db()).await, before);
    // The preview says the same before it comes to that, and what she would undo.
    let told = preview(&ada, &form).await;
    assert!(told.saved_meanwhile);
    let changes: Vec<_> = told.changes.iter().map(|c| (c.policy.label(), c.from.as_str(), c.to.as_str())).collect();
    assert_eq!(changes, [("Time to accept", "7 days", "3 days"), ("Seats", "30", "Unlimited")]);
    let page = ada.submit(PAGE, "/api/policies/preview", &form).await.expect(200);
    assert!(page.says("Somebody else changed the policies while you had them open."), "{}", page.body);
    // She knows now, and saves.
    assert_eq!(told.policies.version, 1);
    ada.call("/api/policies/save", &changed(&form, "version", "1")).await.expect(200);
    assert_eq!(policies(&ada).await, Policies { version: 2, invitation_ttl_ms: 3 * DAY, ..Policies::default() });
}

async fn of_many_who_save_at_once_one_wins(app: TestApp) {
    let ada = app.set_up().await;
    let seats: Vec<String> = (1..=6).map(|n| n.to_string()).collect();
    let tries = seats.iter().map(|seats| {
        let ada = ada.clone();
        async move { ada.call("/api/policies/save", &changed(&FORM, "seats", seats)).await.status }
    });
    let mut statuses = futures::future::join_all(tries).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    assert_eq!(policies(&ada).await.version, 1);
    let events = number(app.db(), "SELECT count(*) FROM audit_events WHERE action = 'policies.changed'").await;
    assert_eq!(events, 1);
}

async fn the_words_of_the_statuses_are_those_that_were_chosen(app: TestApp) {
    let ada = app.set_up().await;
    invite(&ada, "grace@engines.example", Role::Member).await;
    let gone = app.join(&ada, "gone@engines.example", Role::Member).await;
    crate::actions::act(&ada, &gone.id, "deactivate").await.expect(200);
    for words in StatusWords::ALL {
        save(&ada, &[("status_words", words.code())]).await.expect(200);
        let page = ada.get(USERS).await.expect(200);
        for state in [model::PersonState::Invited, model::PersonState::Deactivated] {
            let badge = page.body.split(&format!("class=\"badge {}\">", state.code())).nth(1).expect("a badge");
            assert!(badge.starts_with(words.label(state)), "{badge}");
        }
    }
}

async fn a_first_role_and_a_time_count_from_the_next_invitation_on(app: TestApp) {
    let ada = app.set_up().await;
    let before = invite(&ada, "before@engines.example", Role::Member).await;
    save(&ada, &[("ttl", "2"), ("ttl_unit", "hours"), ("default_role", "viewer")]).await.expect(200);
    let form = [("org", ORG), ("first_name", "Grace"), ("email", "after@engines.example")];
    let after = crate::cast::sent(ada.call("/api/invitations/send_one", &form).await.expect(200).parsed());
    let profile = ada.profile(ORG, &after[0].id).await;
    assert_eq!(profile.row.target.role, Role::Viewer);
    assert_eq!(profile.invitation_expires_at, Some(app.rollcall.now().plus(2 * HOUR)));
    let resend = [("org", ORG), ("id", before.id.as_str())];
    app.pass(3 * HOUR);
    app.browser().get(&before.page()).await.expect(200);
    app.browser().get(&after[0].page()).await.expect(410);
    ada.call("/api/invitations/resend", &resend).await.expect(200);
    let end = ada.profile(ORG, &before.id).await.invitation_expires_at;
    assert_eq!(end, Some(app.rollcall.now().plus(2 * HOUR)));
}

async fn saving_what_is_there_already_writes_nothing(app: TestApp) {
    let ada = app.set_up().await;
    ada.get(PAGE).await.expect(200);
    let before = number(app.db(), "SELECT count(*) FROM audit_events").await;
    save(&ada, &[]).await.expect(200);
    assert_eq!(policies(&ada).await.version, 0);
    assert_eq!(number(app.db(), "SELECT count(*) FROM audit_events").await, before);
    assert_eq!(policies(&ada).await.onboarding, Onboarding::Link);
}
