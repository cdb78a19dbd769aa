//! Ownership passes by an offer that is accepted (B34, N4), and there is an Owner at every moment (S49).

use model::{
    Role,
    ownership::{OpenOffer, OwnershipView},
    people::Tab,
    time::DAY,
};
use service::Mail;

use crate::{
    actions::act,
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ADA, ORG, PASSWORD, Person, USERS, WRONG, invite},
    engines::number,
    policies::save,
};

on_both_engines! {
    ownership_passes_when_it_is_accepted,
    without_a_script_it_passes_as_well,
    ownership_is_shared_up_to_the_limit,
    an_offer_is_withdrawn_declined_replaced_or_runs_out,
    an_offer_is_its_two_peoples_matter,
    only_owners_offer_and_only_to_the_active,
    offering_asks_for_the_password,
    what_changed_since_the_offer_counts,
    who_goes_takes_their_offers_along,
    of_many_acceptances_at_once_one_wins,
    there_is_an_owner_at_every_moment_whatever_is_tried_at_once,
}

const PAGE: &str = "/o/analytical-engines/ownership";

async fn offer(by: &Browser, id: &str, mode: &str) -> Answer {
    let form = [("org", ORG), ("id", id), ("mode", mode), ("password", PASSWORD)];
    by.call("/api/ownership/offer", &form).await
}

async fn view(by: &Browser) -> OwnershipView {
    by.call("/api/ownership/get", &[("org", ORG)]).await.expect(200).parsed()
}

/// The offer that waits for somebody.
async fn waiting(by: &Browser) -> OpenOffer {
    view(by).await.offers.into_iter().next().expect("an offer")
}

async fn answer(by: &Browser, what: &str, id: &str) -> Answer {
    by.call(&format!("/api/ownership/{what}"), &[("org", ORG), ("id", id)]).await
}

async fn role(by: &Browser) -> Role {
    by.call("/api/session/viewer", &[("org", ORG)]).await.expect(200).parsed::<model::people::Viewer>().actor.role
}

async fn owners(app: &TestApp) -> i64 {
    let owners = "SELECT count(*) FROM memberships WHERE role = 'owner' AND status = 'active'";
    number(app.db(), owners).await
}

async fn ownership_passes_when_it_is_accepted(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    app.mails().await;
    let said = offer(&ada, &grace.id, "step_down").await.expect(200).toast();
    assert_eq!(said, "grace Doe has been offered the ownership, and gets an email.");
    let [Mail::OwnershipOffered { to, offered_by, link, .. }] = &app.mails().await[..] else { panic!("one mail") };
    assert_eq!((to.as_str(), offered_by.as_str()), (grace.email.as_str(), "Ada Lovelace"));
    assert!(link.ends_with(PAGE));
    assert_eq!((role(&ada).await, role(&grace.browser).await), (Role::Owner, Role::Member), "nothing has changed yet");
    assert!(grace.browser.get("/orgs").await.expect(200).says("You are offered the ownership."));

    let waits = waiting(&grace.browser).await;
    assert_eq!(waits, waiting(&ada).await, "both see the same");
    let said = answer(&grace.browser, "accept", waits.id.to_string().as_str()).await.expect(200).toast();
    assert_eq!(said, "You are Owner now. Ada Lovelace gets an email.");
    assert_eq!((role(&ada).await, role(&grace.browser).await), (Role::Admin, Role::Owner));
    let [Mail::OwnershipAnswered { to, accepted: true, .. }] = &app.mails().await[..] else { panic!("one mail") };
    assert_eq!(to.as_str(), ADA);
    let again = answer(&grace.browser, "accept", waits.id.to_string().as_str()).await.expect(410);
    assert_eq!(again.problem_text(), "You have accepted this offer already.");
    let census = "SELECT count(*) FROM people_counts WHERE role IN ('owner', 'admin') AND n = 1";
    assert_eq!(number(app.db(), census).await, 2, "the counters follow");
    for action in ["ownership.offered", "ownership.accepted"] {
        let lines = format!("SELECT count(*) FROM audit_events WHERE action = '{action}'");
        assert_eq!(number(app.db(), &lines).await, 1);
    }
}

async fn without_a_script_it_passes_as_well(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Viewer).await;
    let profile = format!("{USERS}/{}", grace.id);
    assert!(ada.get(&profile).await.expect(200).says("Transfer ownership"));
    let page = format!("{profile}?dialog=ownership");
    assert!(ada.get(&page).await.expect(200).says("You have the role Admin afterwards."));
    let form = [("org", ORG), ("id", grace.id.as_str()), ("mode", "step_down"), ("password", WRONG)];
    let wrong = ada.submit(&page, "/api/ownership/offer", &form).await.expect(422);
    assert!(wrong.beside("password").contains("This is not your current password."), "{}", wrong.beside("password"));
    let form = crate::cast::changed(&form, "password", PASSWORD);
    assert_eq!(ada.submit(&page, "/api/ownership/offer", &form).await.expect(303).location(), PAGE);
    assert!(ada.get(PAGE).await.expect(200).says("You offered ownership to grace Doe"));

    let shown = grace.browser.get(PAGE).await.expect(200);
    assert!(shown.says("Ada Lovelace offers you the ownership") && shown.says("Accept ownership"), "{}", shown.body);
    let id = waiting(&grace.browser).await.id.to_string();
    let form = [("org", ORG), ("id", id.as_str())];
    assert_eq!(grace.browser.submit(PAGE, "/api/ownership/accept", &form).await.expect(303).location(), PAGE);
    assert!(grace.browser.get(PAGE).await.expect(200).says("You are Owner now."));
    let over = grace.browser.submit(PAGE, "/api/ownership/decline", &form).await.expect(410);
    assert!(over.says("This offer is over already."));
}

async fn ownership_is_shared_up_to_the_limit(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let alan = app.join(&ada, "alan@x.example", Role::Member).await;
    let full = "This organization has as many Owners as its policies allow. Step down when it is accepted, or raise the \
                limit.";
    let refused = offer(&ada, &grace.id, "share").await.expect(422);
    assert_eq!(refused.problem().of_field("mode").as_deref(), Some(full));
    save(&ada, &[("max_owners", "2")]).await.expect(200);
    offer(&ada, &grace.id, "share").await.expect(200);
    let id = waiting(&grace.browser).await.id.to_string();
    answer(&grace.browser, "accept", &id).await.expect(200);
    assert_eq!((role(&ada).await, role(&grace.browser).await), (Role::Owner, Role::Owner));
    // A deactivated Owner is one still.
    act(&ada, &grace.id, "deactivate").await.expect(200);
    offer(&ada, &alan.id, "share").await.expect(422);
    act(&ada, &grace.id, "activate").await.expect(200);
    let grace = Person { browser: app.sign_in(&grace.email).await, ..grace };
    // Two of them offer the last place at once; who accepts second is too late.
    save(&ada, &[("max_owners", "3")]).await.expect(200);
    let zoe = app.join(&ada, "zoe@x.example", Role::Member).await;
    offer(&ada, &alan.id, "share").await.expect(200);
    offer(&grace.browser, &zoe.id, "share").await.expect(200);
    let (first, second) = (waiting(&alan.browser).await.id, waiting(&zoe.browser).await.id);
    answer(&alan.browser, "accept", &first.to_string()).await.expect(200);
    let late = answer(&zoe.browser, "accept", &second.to_string()).await.expect(409);
    assert!(late.problem_text().starts_with("By now this organization has as many Owners"), "{}", late.body);
    assert_eq!(owners(&app).await, 3);
}

async fn an_offer_is_withdrawn_declined_replaced_or_runs_out(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let alan = app.join(&ada, "alan@x.example", Role::Member).await;

    offer(&ada, &grace.id, "step_down").await.expect(200);
    let id = waiting(&grace.browser).await.id.to_string();
    assert_eq!(answer(&ada, "cancel", &id).await.expect(200).toast(), "The offer has been withdrawn.");
    assert!(view(&grace.browser).await.offers.is_empty());
    assert_eq!(answer(&grace.browser, "accept", &id).await.expect(410).problem_text(), "This offer was withdrawn.");
    answer(&ada, "cancel", &id).await.expect(410);

    offer(&ada, &grace.id, "step_down").await.expect(200);
    let id = waiting(&grace.browser).await.id.to_string();
    app.mails().await;
    assert_eq!(answer(&grace.browser, "decline", &id).await.expect(200).toast(), "You have declined the ownership.");
    let [Mail::OwnershipAnswered { accepted: false, .. }] = &app.mails().await[..] else { panic!("one mail") };
    assert_eq!(answer(&grace.browser, "accept", &id).await.expect(410).problem_text(), "You have declined this offer.");

    offer(&ada, &grace.id, "step_down").await.expect(200);
    let first = waiting(&grace.browser).await.id.to_string();
    offer(&ada, &alan.id, "step_down").await.expect(200);
    answer(&grace.browser, "accept", &first).await.expect(410);
    let second = waiting(&alan.browser).await.id.to_string();
    app.pass(7 * DAY - 1);
    let alan = app.sign_in(&alan.email).await;
    assert_eq!(view(&alan).await.offers.len(), 1);
    app.pass(1);
    assert!(view(&alan).await.offers.is_empty());
    let late = answer(&alan, "accept", &second).await.expect(410);
    assert_eq!(late.problem_text(), "This offer has expired. Ask for a new one.");
    assert_eq!(owners(&app).await, 1);
}

async fn an_offer_is_its_two_peoples_matter(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let eve = app.join(&ada, "eve@x.example", Role::Admin).await;
    let (other, olive) = app.found("Elsewhere").await;
    offer(&ada, &grace.id, "step_down").await.expect(200);
    let id = waiting(&grace.browser).await.id.to_string();
    for what in ["accept", "decline", "cancel"] {
        answer(&eve.browser, what, &id).await.expect(404);
        answer(&olive.browser, what, &id).await.expect(404);
        olive.browser.call(&format!("/api/ownership/{what}"), &[("org", &other), ("id", &id)]).await.expect(404);
        answer(&app.browser(), what, &id).await.expect(401);
        answer(&ada, what, "own_nonsense").await.expect(404);
    }
    answer(&ada, "accept", &id).await.expect(404);
    answer(&grace.browser, "cancel", &id).await.expect(404);
    assert!(view(&eve.browser).await.offers.is_empty());
    assert_eq!(view(&grace.browser).await.offers.len(), 1);
}

async fn only_owners_offer_and_only_to_the_active(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Admin).await;
    let alan = app.join(&ada, "alan@x.example", Role::Member).await;
    let guest = invite(&ada, "guest@x.example", Role::Member).await;
    let (_, olive) = app.found("Elsewhere").await;
    offer(&grace.browser, &alan.id, "step_down").await.expect(403);
    offer(&ada, &guest.id, "step_down").await.expect(409);
    offer(&ada, &olive.id, "step_down").await.expect(404);
    let me = ada.rows(ORG, Tab::Standard).await.into_iter().find(|row| row.target.role == Role::Owner).unwrap();
    offer(&ada, &me.target.membership_id.to_string(), "share").await.expect(409);
    act(&ada, &alan.id, "deactivate").await.expect(200);
    offer(&ada, &alan.id, "step_down").await.expect(409);
    let refused = offer(&ada, &grace.id, "give").await.expect(422);
    assert_eq!(refused.wrong_fields(), ["mode"]);
    assert_eq!(number(app.db(), "SELECT count(*) FROM ownership_offers").await, 0);
}

async fn offering_asks_for_the_password(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    for (password, why) in [("", "Enter your current password."), (WRONG, "This is not your current password.")] {
        let form = [("org", ORG), ("id", grace.id.as_str()), ("mode", "step_down"), ("password", password)];
        let answer = ada.call("/api/ownership/offer", &form).await.expect(422);
        assert_eq!(answer.problem().of_field("password").as_deref(), Some(why));
    }
    assert_eq!(number(app.db(), "SELECT count(*) FROM ownership_offers").await, 0);
}

async fn what_changed_since_the_offer_counts(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("max_owners", "3")]).await.expect(200);
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    let alan = app.join(&ada, "alan@x.example", Role::Member).await;
    offer(&ada, &grace.id, "share").await.expect(200);
    let id = waiting(&grace.browser).await.id.to_string();
    answer(&grace.browser, "accept", &id).await.expect(200);
    // Ada offers, and loses what she offers before it is accepted.
    offer(&ada, &alan.id, "step_down").await.expect(200);
    let id = waiting(&alan.browser).await.id.to_string();
    let rows = ada.rows(ORG, Tab::Standard).await;
    let adas = rows.into_iter().find(|row| row.email.as_str() == ADA).unwrap().target.membership_id.to_string();
    let demote = [("org", ORG), ("id", &adas), ("op", "change_role"), ("role", "viewer")];
    grace.browser.call("/api/people/act", &demote).await.expect(200);
    let gone = answer(&alan.browser, "accept", &id).await.expect(409);
    assert!(gone.problem_text().contains("no longer an Owner"), "{}", gone.body);
    assert_eq!((role(&alan.browser).await, owners(&app).await), (Role::Member, 1));
}

async fn who_goes_takes_their_offers_along(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    offer(&ada, &grace.id, "step_down").await.expect(200);
    let form = [("org", ORG), ("id", &grace.id), ("how", "remove")];
    let plan: model::removal::RemovalPlan = ada.call("/api/people/removal", &form).await.expect(200).parsed();
    assert_eq!(plan.impact.offers, 1);
    let form = [("org", ORG), ("id", &grace.id), ("how", "remove"), ("confirm", &grace.email)];
    ada.call("/api/people/remove", &form).await.expect(200);
    assert!(view(&ada).await.offers.is_empty());
    assert_eq!(number(app.db(), "SELECT count(*) FROM ownership_offers").await, 0);
}

async fn of_many_acceptances_at_once_one_wins(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@navy.example", Role::Member).await;
    offer(&ada, &grace.id, "step_down").await.expect(200);
    let id = waiting(&grace.browser).await.id.to_string();
    let tries: Vec<_> = (0..8).map(|_| answer(&grace.browser, "accept", &id)).collect();
    let mut codes: Vec<u16> = futures::future::join_all(tries).await.into_iter().map(|a| a.status).collect();
    codes.sort_unstable();
    assert_eq!(codes, [200, 410, 410, 410, 410, 410, 410, 410]);
    assert_eq!(owners(&app).await, 1);
}

/// A sequence of numbers that is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// Random commands about four people, three at a time, whoever they are by then: after each round somebody is Owner.
async fn there_is_an_owner_at_every_moment_whatever_is_tried_at_once(app: TestApp) {
    let ada = app.set_up().await;
    save(&ada, &[("max_owners", "3"), ("delete_scope", "any"), ("email_reuse", "always")]).await.expect(200);
    let adas = ada.rows(ORG, Tab::Standard).await[0].target.membership_id.to_string();
    let mut people = vec![Person { browser: ada, id: adas, email: ADA.to_owned() }];
    for address in ["b@x.example", "c@x.example", "d@x.example"] {
        let person = app.join(&people[0].browser, address, Role::Admin).await;
        people.push(person);
    }
    let mut dice = Dice(49);
    let mut passed = 0;
    for round in 0..40 {
        let commands: Vec<_> =
            (0..3).map(|_| (dice.roll(people.len()), dice.roll(people.len()), dice.roll(9))).collect();
        let tries = commands.iter().map(|(by, on, what)| command(&people[*by].browser, &people[*on], *what));
        let done = futures::future::join_all(tries).await;
        passed += done.iter().filter(|status| **status == 200).count();
        assert!(done.iter().all(|status| *status != 500), "{round}: {commands:?} {done:?}");
        let left = owners(&app).await;
        assert!((1..=3).contains(&left), "{round}: {left} owners after {commands:?} {done:?}");
        if round % 10 == 9 {
            // Who was locked out or deleted comes back, so that there is something to try.
            revive(&app, &mut people).await;
        }
    }
    assert!(passed > 10, "{passed} commands did something");
}

/// One command; yields the status of its answer.
async fn command(by: &Browser, on: &Person, what: usize) -> u16 {
    let remove = |how| [("org", ORG), ("id", on.id.as_str()), ("how", how), ("confirm", on.email.as_str())];
    let role = |role| [("org", ORG), ("id", on.id.as_str()), ("op", "change_role"), ("role", role)];
    match what {
        0 => act(by, &on.id, "deactivate").await.status,
        1 => act(by, &on.id, "activate").await.status,
        2 => by.call("/api/people/act", &role("admin")).await.status,
        3 => by.call("/api/people/act", &role("member")).await.status,
        4 => by.call("/api/people/remove", &remove("remove")).await.status,
        5 => by.call("/api/people/remove", &remove("delete")).await.status,
        6 => offer(by, &on.id, "share").await.status,
        _ => {
            // Whoever is offered something takes it.
            let offers = by.call("/api/ownership/get", &[("org", ORG)]).await;
            if offers.status != 200 {
                return offers.status;
            }
            match offers.parsed::<OwnershipView>().offers.first() {
                Some(offer) => answer(by, "accept", &offer.id.to_string()).await.status,
                None => offer_step_down(by, on).await,
            }
        }
    }
}

async fn offer_step_down(by: &Browser, on: &Person) -> u16 {
    offer(by, &on.id, "step_down").await.status
}

/// Brings everybody back, by whoever is Owner.
async fn revive(app: &TestApp, people: &mut [Person]) {
    let mut owner = None;
    for person in &*people {
        let viewer = person.browser.call("/api/session/viewer", &[("org", ORG)]).await;
        if viewer.status == 200 && viewer.parsed::<model::people::Viewer>().actor.role == Role::Owner {
            owner = Some(person.browser.clone());
        }
    }
    let owner = owner.expect("an Owner who is signed in");
    for person in people {
        if person.browser.call("/api/session/viewer", &[("org", ORG)]).await.status == 200 {
            continue;
        }
        act(&owner, &person.id, "activate").await;
        let login = [("email", person.email.as_str()), ("password", PASSWORD)];
        let again = app.browser();
        if again.call("/api/session/login", &login).await.status == 200
            && again.call("/api/session/viewer", &[("org", ORG)]).await.status == 200
        {
            person.browser = again;
            continue;
        }
        let invited = invite(&owner, &person.email, Role::Admin).await;
        let form = [("token", invited.token.as_str()), ("first_name", "Back"), ("password", PASSWORD)];
        let back = app.browser();
        if back.call("/api/invitations/accept_new", &form).await.status != 200 {
            back.call("/api/invitations/accept_existing", &form).await.expect(200);
        }
        person.browser = back;
        person.id = invited.id;
    }
}
