//! What would become of a batch is told for each address before anything is sent (N12), and the domains from which people
//! can be invited hold on every way in.

use app::reply::Reply;
use model::{
    Role,
    invitation::{BatchForecast, Forecast},
    time::DAY,
};

use crate::{
    actions::act,
    app::TestApp,
    browser::Browser,
    cast::{ADA, ORG, USERS, invite},
    engines::{everything, number},
    invitations::{results, send},
    policies::save,
};

on_both_engines! {
    each_address_is_judged_before_anything_is_sent,
    without_a_script_a_button_tells_it_and_keeps_what_was_entered,
    who_may_not_invite_is_told_nothing,
    only_addresses_of_the_domains_get_in,
}

const CHECK: &str = "/api/invitations/check";
const DIALOG: &str = "/o/analytical-engines/users?dialog=invite";
const OUTSIDE: &str = "This address is outside the domains from which people can be invited. The policies list them.";

async fn forecast(by: &Browser, emails: &str) -> BatchForecast {
    let form = [("org", ORG), ("emails", emails)];
    by.call(CHECK, &form).await.expect(200).parsed::<Reply<BatchForecast>>().data.unwrap()
}

/// The forecast in short: each address with why it gets nothing.
fn short(forecast: &BatchForecast) -> Vec<(&str, &str)> {
    let said = |of| match of {
        &Forecast::Invite => "",
        &Forecast::SendAgain => "again",
        Forecast::Refused(why) => why.reason(),
    };
    forecast.lines.iter().map(|line| (line.entry.as_str(), said(&line.forecast))).collect()
}

async fn each_address_is_judged_before_anything_is_sent(app: TestApp) {
    let ada = app.set_up().await;
    invite(&ada, "late@x.example", Role::Member).await;
    app.pass(7 * DAY);
    let ada = app.sign_in(ADA).await;
    let gone = app.join(&ada, "gone@x.example", Role::Member).await;
    act(&ada, &gone.id, "deactivate").await.expect(200);
    invite(&ada, "open@x.example", Role::Member).await;
    save(&ada, &[("seats", "4"), ("delete_scope", "any"), ("email_reuse", "never")]).await.expect(200);
    let deleted = app.join(&ada, "deleted@x.example", Role::Member).await;
    let delete = [("org", ORG), ("id", deleted.id.as_str()), ("how", "delete"), ("confirm", "deleted@x.example")];
    ada.call("/api/people/remove", &delete).await.expect(200);

    let before = everything(app.db()).await;
    let batch = "Bo <bo@x.example>, BO@x.example; nobody gone@x.example\nopen@x.example ada@engines.example \
                 deleted@x.example late@x.example cy@x.example";
    let told = forecast(&ada, batch).await;
    assert_eq!(
        short(&told),
        [
            ("bo@x.example", ""),
            ("nobody", "not an address"),
            ("gone@x.example", "deactivated"),
            ("open@x.example", "invited already"),
            ("ada@engines.example", "a member already"),
            ("deleted@x.example", "deleted before"),
            ("late@x.example", "again"),
            ("cy@x.example", "no seat left"),
        ]
    );
    assert_eq!((told.repeated, told.seats_left, told.going_out()), (1, Some(0), 2));
    assert_eq!(told.summary(), "2 of 8 invitations go out. 1 repeated address counts once. No seat is left then.");
    assert_eq!(everything(app.db()).await, before, "nothing was changed");
    assert_eq!(forecast(&ada, "").await, BatchForecast { seats_left: Some(2), ..BatchForecast::default() });
    // Sending does what was told.
    let sent: Vec<bool> = results(&send(&ada, batch).await.expect(200)).iter().map(|r| r.outcome.is_sent()).collect();
    assert_eq!(sent, [true, false, false, false, false, false, true, false]);
}

async fn without_a_script_a_button_tells_it_and_keeps_what_was_entered(app: TestApp) {
    let ada = app.set_up().await;
    let entered = [
        ("org", ORG),
        ("emails", "bo@x.example, ada@engines.example"),
        ("role", "viewer"),
        ("access_until", "2031-05-06"),
    ];
    let page = ada.submit(DIALOG, CHECK, &entered).await.expect(200);
    for text in ["1 of 2 invitations go out.", "a member already"] {
        assert!(page.says(text), "{text}: {}", page.body);
    }
    for kept in ["bo@x.example, ada@engines.example</textarea>", "value=\"viewer\" selected", "value=\"2031-05-06\""] {
        assert!(page.body.contains(kept), "{kept}: {}", page.body);
    }
    assert!(app.mails().await.is_empty());
    let many: String = (0..10_001).map(|n| format!("p{n}@x.example ")).collect();
    let problem = ada.call(CHECK, &[("org", ORG), ("emails", &many)]).await.expect(422).problem();
    let said = "Enter at most 10,000 addresses at a time, or import a CSV file.";
    assert_eq!(problem.of_field("emails").as_deref(), Some(said));
    ada.call(CHECK, &[("org", ORG), ("emails", "a@x.example"), ("role", "boss")]).await.expect(422);
}

async fn who_may_not_invite_is_told_nothing(app: TestApp) {
    let ada = app.set_up().await;
    let linus = app.join(&ada, "linus@x.example", Role::Member).await;
    let (other, olive) = app.found("Other Works").await;
    let asked = |org| [("org", org), ("emails", "a@x.example")];
    linus.browser.call(CHECK, &asked(ORG)).await.expect(403);
    olive.browser.call(CHECK, &asked(ORG)).await.expect(404);
    ada.call(CHECK, &asked(&other)).await.expect(404);
    app.browser().call(CHECK, &asked(ORG)).await.expect(401);
    save(&ada, &[("onboarding", "temporary_password")]).await.expect(200);
    ada.call(CHECK, &asked(ORG)).await.expect(403);
}

async fn only_addresses_of_the_domains_get_in(app: TestApp) {
    let ada = app.set_up().await;
    let late = invite(&ada, "late@else.example", Role::Member).await;
    let wrong = save(&ada, &[("email_domains", "x.example, nothing")]).await.expect(422).problem();
    let said = "“nothing” is not a domain. Enter what stands behind the @, such as example.com.";
    assert_eq!(wrong.of_field("email_domains").as_deref(), Some(said));
    save(&ada, &[("email_domains", "@X.example, y.example"), ("onboarding", "both"), ("invitation_requests", "on")])
        .await
        .expect(200);

    let told = forecast(&ada, "a@x.example b@else.example c@sub.x.example late@else.example").await;
    let expected = [
        ("a@x.example", ""),
        ("b@else.example", "other domain"),
        ("c@sub.x.example", "other domain"),
        ("late@else.example", "invited already"),
    ];
    assert_eq!(short(&told), expected);
    let sent = results(&send(&ada, "a@x.example, b@else.example").await.expect(200));
    assert_eq!((sent[0].outcome.is_sent(), sent[1].outcome.sentence()), (true, OUTSIDE.to_owned()));
    // Neither by creating, nor by another address for somebody who was invited, nor by approving a request.
    let name = [("org", ORG), ("first_name", "Bo"), ("last_name", "B"), ("email", "b@else.example")];
    let problem = ada.call("/api/invitations/send_one", &name).await.expect(422).problem();
    assert_eq!(problem.of_field("email").as_deref(), Some(OUTSIDE));
    let create = [&name[..], &[("generate", "on")]].concat();
    let problem = ada.call("/api/users/create", &create).await.expect(422).problem();
    assert_eq!(problem.of_field("email").as_deref(), Some(OUTSIDE));
    let id = sent[0].outcome.membership_id().unwrap().to_string();
    let move_to = [&name[..], &[("id", &*id)]].concat();
    let problem = ada.call("/api/people/update", &move_to).await.expect(422).problem();
    assert_eq!(problem.of_field("email").as_deref(), Some(OUTSIDE));
    assert_eq!(number(app.db(), "SELECT count(*) FROM memberships WHERE email = 'b@else.example'").await, 0);
    // Who was invited before is invited.
    ada.call("/api/invitations/resend", &[("org", ORG), ("id", &late.id)]).await.expect(200);
    let page = ada.get(&format!("{USERS}?dialog=invite")).await.expect(200);
    assert!(page.body.contains("Email addresses"));
}
