//! Support access (B53): who is let in, for how long, what they may not, and that the operator's word ends it everywhere.

use model::{
    Action, Email, Kind, PersonState, Role, decide,
    people::{PersonProfile, Tab, Viewer},
    support::Supporter,
    time::DAY,
};

use crate::{
    actions::act,
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ORG, Person, changed, mine},
    engines::{everything, raw},
};

on_both_engines! {
    an_organization_lets_somebody_of_the_staff_in,
    support_access_always_has_an_end,
    what_is_wrong_stands_beside_the_field,
    nobody_else_is_let_in,
    the_staff_never_decide_about_access,
    the_operator_ends_it_everywhere,
    support_access_stays_behind_when_an_organization_moves,
    no_script_is_needed,
}

const SUPPORT: &str = "/o/analytical-engines/users?tab=support";

/// The vendor's Sam, who belongs to an organization of his own; and Ada.
async fn cast(app: &TestApp) -> (Browser, Person, String) {
    let ada = app.set_up().await;
    let (_, sam) = app.found("Vendor").await;
    let email = Email::parse(&sam.email).unwrap();
    // Somebody else may have made the account.
    assert!(matches!(app.rollcall.add_support(&email).await, Err(service::Error::Conflict(_))));
    raw(app.db(), &format!("UPDATE users SET email_proven_at = 1 WHERE email = '{email}'")).await;
    assert!(!app.rollcall.add_support(&Email::parse(&sam.email).unwrap()).await.unwrap());
    let staff = staff(&ada).await;
    let [one] = &staff[..] else { panic!("{staff:?}") };
    assert_eq!((one.name.as_str(), one.email.as_str()), ("Olive Owner", sam.email.as_str()));
    (ada, sam, one.id.to_string())
}

async fn staff(by: &Browser) -> Vec<Supporter> {
    by.call("/api/support/staff", &[("org", ORG)]).await.expect(200).parsed()
}

fn form(user: &str) -> [(&'static str, &str); 5] {
    [("org", ORG), ("user", user), ("role", "admin"), ("access_until", "2027-01-25"), ("reason", "Ticket 4711")]
}

async fn grant(by: &Browser, user: &str) -> Answer {
    by.call("/api/support/grant", &form(user)).await
}

async fn only(by: &Browser) -> PersonProfile {
    let rows = by.rows(ORG, Tab::Support).await;
    let [row] = &rows[..] else { panic!("{rows:?}") };
    by.profile(ORG, row.target.membership_id.to_string().as_str()).await
}

async fn an_organization_lets_somebody_of_the_staff_in(app: TestApp) {
    let (ada, sam, id) = cast(&app).await;
    assert!(ada.get(SUPPORT).await.expect(200).says("Grant support access"));
    let answer = grant(&ada, &id).await.expect(200);
    assert!(answer.says("Olive Owner has support access now."), "{}", answer.body);

    // He is listed apart, takes no seat, and everybody sees until when and why.
    let person = only(&ada).await;
    assert_eq!((person.row.target.kind, person.row.target.role), (Kind::Support, Role::Admin));
    assert_eq!(person.row.ends.access.unwrap().last_day(), "2027-01-25");
    assert_eq!(person.support.as_ref().unwrap().reason.as_str(), "Ticket 4711");
    let page = ada.get(&format!("/o/{ORG}/users/{}", person.row.target.membership_id)).await.expect(200);
    for text in ["Ticket 4711", "granted by", "gave Olive Owner support access as Admin until 25 Jan 2027: Ticket 4711"]
    {
        assert!(page.says(text), "{text}: {}", page.body);
    }
    assert_eq!(ada.rows(ORG, Tab::Standard).await.len(), 1);
    assert_eq!(staff(&ada).await, []);

    // With his own session, at once, beside his own organization.
    sam.browser.call("/api/people/page", &[]).await.expect(422);
    sam.browser.get(&format!("/o/{ORG}/users")).await.expect(200);
    assert_eq!(mine(&sam.browser).await.orgs.len(), 2);

    // And out when it ends, by the clock alone; or when it is ended.
    app.pass(20 * DAY);
    let sam = app.sign_in(&sam.email).await;
    sam.get(&format!("/o/{ORG}/users")).await.expect(403);
}

async fn support_access_always_has_an_end(app: TestApp) {
    let (ada, sam, id) = cast(&app).await;
    for day in ["", "2027-12-31", "2027-01-01", "soon"] {
        let answer = ada.call("/api/support/grant", &changed(&form(&id), "access_until", day)).await.expect(422);
        assert_eq!(answer.wrong_fields(), ["access_until"], "{day}");
    }
    grant(&ada, &id).await.expect(200);
    let person = only(&ada).await.row.target.membership_id.to_string();
    let limit = |day: &'static str| {
        let (ada, person) = (ada.clone(), person.clone());
        async move {
            let form =
                [("org", ORG), ("id", &person), ("access_until", day), ("role_until", ""), ("role_then", "viewer")];
            ada.call("/api/people/limit", &form).await
        }
    };
    for day in ["", "2027-12-31"] {
        assert_eq!(limit(day).await.expect(422).wrong_fields(), ["access_until"], "{day}");
    }
    limit("2027-02-10").await.expect(200);
    // What is over is not opened for ever by the switch.
    app.pass(60 * DAY);
    let ada = app.sign_in(crate::cast::ADA).await;
    let answer = act(&ada, &person, "activate").await.expect(409);
    assert!(answer.says("Set another last day first."), "{}", answer.body);
    app.sign_in(&sam.email).await.get(&format!("/o/{ORG}/users")).await.expect(403);
}

async fn what_is_wrong_stands_beside_the_field(app: TestApp) {
    let (ada, _, id) = cast(&app).await;
    let before = everything(app.db()).await;
    let adas = ada.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed::<Viewer>().actor.user_id;
    for (field, value) in
        [("user", "usr_x"), ("user", adas.to_string().as_str()), ("role", "emperor"), ("reason", "  ")]
    {
        let answer = ada.call("/api/support/grant", &changed(&form(&id), field, value)).await.expect(422);
        assert_eq!(answer.wrong_fields(), [field], "{value}");
    }
    ada.call("/api/support/grant", &changed(&form(&id), "role", "owner")).await.expect(403);
    ada.call("/api/support/grant", &changed(&form(&id), "role", "member")).await.expect(403);
    assert_eq!(everything(app.db()).await, before);
    grant(&ada, &id).await.expect(200);
    assert_eq!(grant(&ada, &id).await.expect(422).wrong_fields(), ["user"]);
}

async fn nobody_else_is_let_in(app: TestApp) {
    let (ada, _, id) = cast(&app).await;
    let member = app.join(&ada, "member@engines.example", Role::Member).await;
    member.browser.call("/api/support/staff", &[("org", ORG)]).await.expect(403);
    grant(&member.browser, &id).await.expect(403);
    assert!(!member.browser.get(SUPPORT).await.body.contains("open-support"));
}

async fn the_staff_never_decide_about_access(app: TestApp) {
    let (ada, sam, id) = cast(&app).await;
    let bob = app.join(&ada, "bob@engines.example", Role::Member).await;
    grant(&ada, &id).await.expect(200);
    let person = only(&ada).await.row.target.membership_id.to_string();
    let sam = &sam.browser;
    let refused = act(sam, &bob.id, "assign_admin").await.expect(403);
    assert!(refused.says("Support staff cannot do this here"), "{}", refused.body);
    sam.call("/api/support/staff", &[("org", ORG)]).await.expect(403);
    let longer = [("org", ORG), ("id", &person), ("access_until", "2027-02-10"), ("role_until", ""), ("role_then", "")];
    sam.call("/api/people/limit", &longer).await.expect(403);
    for role in ["admin", "member"] {
        let invitation = [("org", ORG), ("emails", "sam@home.example"), ("role", role)];
        sam.call("/api/invitations/send", &invitation).await.expect(403);
    }
    act(sam, &bob.id, "deactivate").await.expect(403);
    sam.call("/api/people/remove", &[("org", ORG), ("id", &bob.id), ("how", "remove")]).await.expect(403);
    sam.call("/api/mail_profile/get", &[("org", ORG)]).await.expect(403);
    sam.call("/api/policies/get", &[("org", ORG)]).await.expect(403);
    sam.call("/api/orgs/settings", &[("org", ORG)]).await.expect(200);
    // Nor is he Ada's to delete, or his sessions hers to end; and her switch ends it at once.
    let viewer = ada.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed::<Viewer>();
    let target = only(&ada).await.row.target;
    assert!(decide(&viewer.actor, Action::Delete, Some(&target)).is_err());
    ada.call("/api/people/remove", &[("org", ORG), ("id", &person), ("how", "delete")]).await.expect(403);
    ada.call("/api/sessions/end_all", &[("org", ORG), ("id", &person)]).await.expect(403);
    act(&ada, &person, "deactivate").await.expect(200);
    sam.get(&format!("/o/{ORG}/users")).await.expect(403);
    sam.get("/o/vendor/users").await.expect(200);
}

async fn the_operator_ends_it_everywhere(app: TestApp) {
    let (ada, sam, id) = cast(&app).await;
    grant(&ada, &id).await.expect(200);
    let email = Email::parse(&sam.email).unwrap();
    assert!(app.rollcall.add_support(&email).await.unwrap(), "he is already");
    assert_eq!(app.rollcall.remove_support(&email).await.unwrap(), 1);
    assert_eq!(ada.rows(ORG, Tab::Support).await, []);
    sam.browser.get(&format!("/o/{ORG}/users")).await.expect(404);
    sam.browser.get("/o/vendor/users").await.expect(200);
    assert_eq!(app.count_of_audit("support.withdrawn").await, 1);
    assert!(matches!(app.rollcall.remove_support(&email).await, Err(service::Error::NotFound)));
    let nobody = Email::parse("nobody@x.example").unwrap();
    assert!(matches!(app.rollcall.add_support(&nobody).await, Err(service::Error::NotFound)));
    assert_eq!(grant(&ada, &id).await.expect(422).wrong_fields(), ["user"]);
}

async fn support_access_stays_behind_when_an_organization_moves(app: TestApp) {
    let (ada, sam, id) = cast(&app).await;
    grant(&ada, &id).await.expect(200);
    let mut file = Vec::new();
    app.rollcall.export_organization(ORG, &mut file).await.unwrap();
    let text = String::from_utf8(file).unwrap();
    assert!(!text.contains(&format!("\"{}\"", sam.email)), "{text}");
    assert!(!text.contains("\"support\""), "{text}");
}

async fn no_script_is_needed(app: TestApp) {
    let (ada, _, id) = cast(&app).await;
    let dialog = format!("{SUPPORT}&dialog=support");
    let page = ada.get(&dialog).await.expect(200);
    assert!(page.says("Olive Owner (owner@vendor.example)"), "{}", page.body);
    let page = ada.submit(&dialog, "/api/support/grant", &changed(&form(&id), "access_until", "")).await.expect(422);
    assert!(
        page.says("Support access always has an end.") && page.value_of("reason") == "Ticket 4711",
        "{}",
        page.body
    );
    let answer = ada.submit(&dialog, "/api/support/grant", &form(&id)).await;
    assert_eq!(answer.location(), SUPPORT);
    assert_eq!(only(&ada).await.row.target.state, PersonState::Active);
    assert!(ada.get(&dialog).await.expect(200).says("There is nobody to let in"));
}
