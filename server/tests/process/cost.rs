//! What a page costs: the statements that one request makes, as the running server logs them (performance.md, 9).

use std::{fs::File, time::Duration};

use crate::{
    process::Installation,
    requests::{call, page, set_up},
};

#[tokio::test]
async fn a_page_asks_the_database_a_few_things_once() {
    let installation = Installation::new(None);
    let log = installation.site().join("log");
    let server = installation
        .serve_with(|command| {
            command.env("ROLLCALL_LOG", "sqlx::query=debug").env("ROLLCALL_LOG_JSON", "true");
            command.stderr(File::create(&log).unwrap());
        })
        .await;
    let cookie = set_up(&server).await;
    let statements = || {
        let text = std::fs::read_to_string(&log).unwrap();
        // What the timers ask, and what a new connection is told, has nothing to do with the page.
        let asked = |line: &&str| {
            line.contains("\"db.statement\"") && !["outbox", "jobs", "PRAGMA"].iter().any(|other| line.contains(other))
        };
        text.lines().filter(asked).map(str::to_owned).collect::<Vec<_>>()
    };
    let people = page(&server, &cookie, "/o/engines/users").await;
    let profile = people.split("/o/engines/users/mem_").nth(1).unwrap().split('"').next().unwrap().to_owned();
    call(&server, &cookie, "orgs/save", "version=0&org_name=Engines&kind=partner").await;
    let link = call(&server, &cookie, "partner/overview", "").await["link"].as_str().unwrap().to_owned();
    let code = link.rsplit('/').next().unwrap();
    for (path, most) in [
        ("/o/engines/users".to_owned(), 3),
        ("/o/engines/users?q=ada".to_owned(), 4),
        ("/o/engines/users?dialog=views".to_owned(), 5),
        (format!("/o/engines/users/mem_{profile}"), 3),
        ("/o/engines/groups".to_owned(), 3),
        ("/o/engines/users?attrs=region&attr=region:x".to_owned(), 3),
        ("/o/engines/attributes".to_owned(), 3),
        ("/o/engines/me".to_owned(), 2),
        ("/o/engines/connections".to_owned(), 3),
        ("/o/engines/settings/mail".to_owned(), 2),
        ("/orgs".to_owned(), 3),
        ("/orgs/new".to_owned(), 3),
        ("/o/engines/settings/general".to_owned(), 3),
        ("/o/engines/settings/domains".to_owned(), 2),
        ("/o/engines/guests".to_owned(), 2),
        ("/o/engines/partner".to_owned(), 3),
        ("/o/engines/partner/customers".to_owned(), 2),
        ("/o/engines/partner/commissions".to_owned(), 2),
        (format!("/r/{code}"), 1),
        (format!("/orgs/new?ref={code}"), 4),
        ("/o/engines/users?tab=requests".to_owned(), 3),
        ("/login".to_owned(), 0),
        // Policy K is off, so its domains are asked.
        ("/o/engines/login".to_owned(), 2),
    ] {
        let before = statements().len();
        page(&server, &cookie, &path).await;
        // The log is written by another thread.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let asked = statements().split_off(before);
        assert!(asked.len() <= most, "{path} makes {} statements:\n{}", asked.len(), asked.join("\n"));
    }
}
