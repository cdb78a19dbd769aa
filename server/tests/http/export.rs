//! `/o/:org/export/:file`: the list as a file, whole and safe.

use model::Role;

use crate::{
    actions::act,
    app::TestApp,
    cast::{ORG, invite},
    engines::number,
};

on_both_engines! {
    the_file_holds_whom_the_list_shows,
    names_that_look_like_formulas_are_made_safe,
    a_long_list_is_whole_and_each_person_stands_in_it_once,
    columns_and_the_kind_of_the_file_can_be_chosen,
    who_may_not_see_the_list_gets_no_file,
}

fn csv(file: &str) -> String {
    format!("/o/{ORG}/export/people.csv?{file}")
}

async fn the_file_holds_whom_the_list_shows(app: TestApp) {
    let ada = app.set_up().await;
    let grace = app.join(&ada, "grace@engines.example", Role::Admin).await;
    invite(&ada, "margaret@engines.example", Role::Member).await;
    act(&ada, &grace.id, "deactivate").await.expect(200);

    let file = ada.get(&csv("")).await.expect(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"{ORG}-people.csv\""));
    let lines: Vec<&str> = file.body.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "\u{feff}Full Name,First name,Last name,Email,Role,Status,Last login,Added,Source,Access until,Role until"
    );
    assert!(lines[1].starts_with("Ada Lovelace,Ada,Lovelace,ada@engines.example,Owner,Active,20"), "{}", lines[1]);
    assert!(lines[2].contains("grace@engines.example,Admin,Deactivated,"), "{}", lines[2]);
    assert!(lines[3].contains("margaret@engines.example,Member,Invited,,20"), "{}", lines[3]);
    assert_eq!(lines.len(), 5, "{}", file.body);

    let file = ada.get(&csv("role=admin&q=gra")).await.expect(200);
    assert_eq!(file.body.lines().count(), 2, "{}", file.body);
    let none = ada.get(&csv("q=nobody")).await.expect(200);
    assert_eq!(none.body.lines().count(), 1, "{}", none.body);

    let json = ada.get(&format!("/o/{ORG}/export/people.json?status=invited")).await.expect(200);
    let people: serde_json::Value = json.parsed();
    assert_eq!(people[0]["email"], "margaret@engines.example");
    assert_eq!(people[0]["last_login"], serde_json::Value::Null);
    assert_eq!(people.as_array().map(Vec::len), Some(1));
    let none: serde_json::Value = ada.get(&format!("/o/{ORG}/export/people.json?q=nobody")).await.expect(200).parsed();
    assert_eq!(none, serde_json::json!([]));
    let said = "SELECT count(*) FROM audit_events WHERE action = 'people.exported'";
    assert_eq!(number(app.db(), said).await, 5);
}

async fn columns_and_the_kind_of_the_file_can_be_chosen(app: TestApp) {
    let ada = app.set_up().await;
    invite(&ada, "margaret@engines.example", Role::Member).await;
    let page = ada.get(&format!("/o/{ORG}/users?dialog=export&sort=-name")).await.expect(200);
    for shown in ["name=\"field\"", "value=\"last_login\"", "people.jsonl", "name=\"sort\" value=\"-name\""] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    let file = ada.get(&csv("field=email&field=role&field=password&sort=-name")).await.expect(200);
    assert_eq!(file.body, "\u{feff}Email,Role\r\nmargaret@engines.example,Member\r\nada@engines.example,Owner\r\n");
    let file = ada.get(&csv("field=nothing&q=margaret")).await.expect(200);
    assert!(file.body.starts_with("\u{feff}Full Name,First name,"), "{}", file.body);

    let lines = ada.get(&format!("/o/{ORG}/export/people.jsonl?field=role&field=email")).await.expect(200);
    assert_eq!(lines.header("content-type"), "application/x-ndjson");
    assert_eq!(
        lines.body,
        "{\"email\":\"ada@engines.example\",\"role\":\"Owner\"}\n{\"email\":\"margaret@engines.example\",\"role\":\"Member\"}\n"
    );
    let none = ada.get(&format!("/o/{ORG}/export/people.jsonl?q=nobody")).await.expect(200);
    assert_eq!(none.body, "");
    let whole = ada.get(&format!("/o/{ORG}/export/people.jsonl?q=ada")).await.expect(200);
    let one: serde_json::Value = whole.parsed();
    assert_eq!((&one["full_name"], &one["access_until"]), (&"Ada Lovelace".into(), &serde_json::Value::Null));
    assert!(one["id"].as_str().is_some_and(|id| id.starts_with("mem_")), "{one}");
}

async fn names_that_look_like_formulas_are_made_safe(app: TestApp) {
    let ada = app.set_up().await;
    let form =
        [("org", ORG), ("first_name", "=cmd|' /C calc'!A0"), ("last_name", "@x,\"y\""), ("email", "eve@x.example")];
    ada.call("/api/invitations/send_one", &form).await.expect(200);
    let file = ada.get(&csv("q=eve")).await.expect(200);
    let line = file.body.lines().nth(1).unwrap();
    assert!(line.starts_with("\"'=cmd|' /C calc'!A0 @x,\"\"y\"\"\",'=cmd|' /C calc'!A0,\"'@x,\"\"y\"\"\","), "{line}");
}

async fn a_long_list_is_whole_and_each_person_stands_in_it_once(app: TestApp) {
    let ada = app.set_up().await;
    let addresses: Vec<String> = (0..450).map(|n| format!("person{n:03}@engines.example")).collect();
    let form = [("org", ORG), ("emails", &*addresses.join(","))];
    ada.call("/api/invitations/send", &form).await.expect(200);
    for sort in ["", "sort=-name", "sort=role", "sort=-added", "sort=last_login", "q=person"] {
        let file = ada.get(&csv(sort)).await.expect(200);
        let mut seen: Vec<&str> = file.body.lines().skip(1).filter_map(|line| line.split(',').nth(3)).collect();
        seen.retain(|email| email.starts_with("person"));
        seen.sort_unstable();
        assert_eq!(seen, addresses, "{sort}");
    }
}

async fn who_may_not_see_the_list_gets_no_file(app: TestApp) {
    let ada = app.set_up().await;
    let linus = app.join(&ada, "linus@engines.example", Role::Member).await;
    let (other, _) = app.found("Other Works").await;
    let refused = linus.browser.get(&csv("")).await.expect(403);
    assert!(refused.says("Your role does not allow this."));
    ada.get(&format!("/o/{other}/export/people.csv")).await.expect(404);
    ada.get(&format!("/o/{ORG}/export/people.exe")).await.expect(404);
    let out = app.browser().get(&csv("q=a")).await.expect(303);
    assert_eq!(out.location(), "/login?next=%2Fo%2Fanalytical-engines%2Fexport%2Fpeople.csv%3Fq%3Da");
}
