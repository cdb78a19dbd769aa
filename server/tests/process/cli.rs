//! The command line, as an operator meets it.

use std::{
    process::{Output, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    process::{Installation, rollcall},
    requests::{call, set_up},
};

pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn help_and_readme_show_every_setting_with_its_variable() {
    let help = said(&rollcall(&["--help"]).output().unwrap());
    let source = include_str!("../../src/config.rs");
    let variables: Vec<&str> = source.split("env = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(variables.len() >= 15, "{variables:?}");
    let readme = include_str!("../../../README.md");
    for variable in variables {
        assert!(help.contains(variable), "{variable} is missing in:\n{help}");
        assert!(readme.contains(&format!("| `{variable}` |")), "{variable} is missing in README.md");
    }
    for command in [
        "serve",
        "migrate",
        "tick",
        "demo",
        "export",
        "import",
        "backup",
        "restore",
        "support",
        "partner",
        "connection",
        "doctor",
        "ready",
    ] {
        assert!(help.contains(command), "{command}");
    }
}

#[test]
fn migrating_twice_changes_nothing_the_second_time() {
    let installation = Installation::new(None);
    let migrate = || said(&installation.command(&["migrate"]).output().unwrap());
    assert!(migrate().contains("21 migrations run"));
    assert!(migrate().contains("0 migrations run"));
}

#[test]
fn the_doctor_says_what_is_wrong_and_fails() {
    let installation = Installation::new(None);
    let before = installation.command(&["doctor"]).output().unwrap();
    assert!(!before.status.success() && said(&before).contains("rollcall migrate"), "{}", said(&before));
    installation.command(&["migrate"]).output().unwrap();
    let well = installation.command(&["doctor"]).output().unwrap();
    assert!(well.status.success(), "{}", said(&well));
    assert!(said(&well).contains("the first visitor becomes the Owner"));
    std::fs::remove_dir_all(installation.site()).unwrap();
    let ill = installation.command(&["doctor"]).output().unwrap();
    assert!(!ill.status.success() && said(&ill).contains("make build"), "{}", said(&ill));
}

#[test]
fn a_wrong_setting_is_one_clear_line_without_secrets() {
    let installation = Installation::new(None);
    let missing = format!("sqlite://{}/missing/hunter.db", installation.data().display());
    for (variable, value, hint) in [
        ("ROLLCALL_DATABASE_URL", "mysql://root:hunter2@db/x", "sqlite:// or postgres://"),
        ("ROLLCALL_DATABASE_URL", "postgres://root:hunter2@[broken", "postgres:// URL"),
        ("ROLLCALL_DATABASE_URL", "postgres://root:hunter2@127.0.0.1:1/x", "see ROLLCALL_DATABASE_URL"),
        ("ROLLCALL_DATABASE_URL", "hunter2", "see ROLLCALL_DATABASE_URL"),
        ("ROLLCALL_DATABASE_URL", &missing, "unable to open database file"),
        ("ROLLCALL_PUBLIC_URL", "example.com/people", "https://people.example.com"),
        ("ROLLCALL_PUBLIC_URL", "https://root:hunter2@people.example.com", "https://people.example.com"),
        ("ROLLCALL_PUBLIC_URL", "https://people.example.com/hunter2", "https://people.example.com"),
        ("ROLLCALL_SECRET_KEY", "hunter2", "64 hexadecimal digits"),
        ("ROLLCALL_SMTP_URL", "hunter2", "smtps://user:password@host"),
        ("ROLLCALL_MAIL_FROM", "nobody", "ROLLCALL_MAIL_FROM"),
        ("ROLLCALL_DATA_DIR", "/proc/nothing", "cannot write in /proc/nothing"),
        ("ROLLCALL_SITE_ROOT", "/proc/nothing", "make build"),
    ] {
        let output = installation.command(&["serve"]).env(variable, value).output().unwrap();
        let text = said(&output);
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("rollcall: ")).collect();
        assert!(!output.status.success() && lines.len() == 1 && lines[0].contains(hint), "{variable}={value}: {text}");
        assert!(!text.contains("hunter2"), "{variable}: {text}");
    }
}

#[test]
fn the_doctor_says_which_database_it_cannot_reach() {
    let installation = Installation::new(Some("postgres://root:hunter2@127.0.0.1:1/x".to_owned()));
    let ill = installation.command(&["doctor"]).output().unwrap();
    assert!(!ill.status.success() && said(&ill).contains("WRONG Database"), "{}", said(&ill));
    assert!(!said(&ill).contains("hunter2"));
}

#[test]
fn an_address_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Installation::new(None).command(&["serve", "--addr", &address]).output().unwrap();
    let expected = format!("rollcall: cannot listen on {address}");
    assert!(!output.status.success() && said(&output).contains(&expected), "{}", said(&output));
}

#[test]
fn demo_fills_and_tick_has_nothing_to_send() {
    let installation = Installation::new(None);
    let demo = said(&installation.command(&["demo", "--users", "120"]).output().unwrap());
    assert!(demo.contains("Sign in as") && demo.contains("with the password"), "{demo}");
    let tick = said(&installation.command(&["tick"]).output().unwrap());
    assert!(tick.contains("0 mails sent, 0 waiting"), "{tick}");
}

#[tokio::test]
async fn what_partners_earn_is_entered_listed_and_imported() {
    let installation = Installation::new(None);
    let run = |args: &[&str]| {
        let output = installation.command(&[&["partner"], args].concat()).output().unwrap();
        (output.status.success(), said(&output))
    };
    let add = |kind: &str, more: &[&str]| {
        let of = ["--org", "engines", "--currency", "EUR", "--date", "2026-11-01", "--reference", "INV-1"];
        run(&[&[kind, "add"], &of[..], more].concat())
    };
    let (well, said) = add("commission", &["--amount", "12.50"]);
    assert!(!well && said.contains("run rollcall migrate"), "{said}");
    let mut server = installation.serve().await;
    let cookie = set_up(&server).await;
    let (well, said) = add("commission", &["--amount", "12.50"]);
    assert!(!well && said.contains("rollcall: engines is no partner organization"), "{said}");
    call(&server, &cookie, "orgs/save", "version=0&org_name=Engines&kind=partner").await;

    // Beside a server that runs.
    let (well, said) = add("commission", &["--amount", "12.50"]);
    assert!(well && said.contains("The commission INV-1 is entered for engines."), "{said}");
    let (well, said) = add("commission", &["--amount", "12.50"]);
    assert!(well && said.contains("was entered for engines before"), "{said}");
    let (well, said) = add("payout", &["--amount", "-3"]);
    assert!(well && said.contains("The payout INV-1 is entered for engines."), "{said}");
    for (more, why) in [
        (&["--amount", "12,50"][..], "with a point before the decimals"),
        (&["--amount", "13"], "There is a commission with the reference INV-1 already"),
        (&["--amount", "13", "--customer", "nobody"], "nobody is no customer that this partner has referred."),
    ] {
        let (well, said) = add("commission", more);
        assert!(!well && said.contains(why), "{said}");
    }
    let (well, listed) = run(&["list", "--org", "engines"]);
    let expected = "kind,date,amount,currency,customer,reference\ncommission,2026-11-01,12.50,EUR,,INV-1\n\
                    payout,2026-11-01,-3.00,EUR,,INV-1\n";
    assert!(well && listed.starts_with(expected), "{listed}");

    let file = installation.data().join("records.csv");
    let import = |text: &str| {
        std::fs::write(&file, text).unwrap();
        run(&["import", "--org", "engines", file.to_str().unwrap()])
    };
    let wrong = format!("{expected}payout,2026-11-02,1.234,EUR,,A\nbonus,2026-11-02,1,EUR,,B\n");
    let (well, said) = import(&wrong);
    assert!(!well && said.contains("line 4: Amounts in EUR have at most two decimals."), "{said}");
    assert!(
        said.contains("line 5: The kind is") && said.contains("nothing was entered, since 2 lines are wrong"),
        "{said}"
    );
    let more = format!("{expected}payout,2026-11-02,1.23,EUR,,A\n");
    let (well, said) = import(&more);
    assert!(well && said.contains("0 commissions and 1 payout are entered") && said.contains("2 lines were"), "{said}");
    let (well, said) = import(&more);
    assert!(well && said.contains("0 commissions and 0 payouts") && said.contains("3 lines were"), "{said}");
    let (well, said) = run(&["import", "--org", "engines", "/nowhere.csv"]);
    assert!(!well && said.contains("cannot read /nowhere.csv"), "{said}");
    let page = call(&server, &cookie, "partner/overview", "").await;
    assert_eq!(
        (&page["accounts"][0]["total"]["commissions"], &page["accounts"][0]["total"]["payouts"]),
        (&1_250.into(), &(-177).into())
    );
    server.kill();
}

#[tokio::test]
async fn told_to_stop_the_server_ends_well() {
    let installation = Installation::new(None);
    let server = installation.serve().await;
    assert!(tokio::task::spawn_blocking(move || server.terminate()).await.unwrap());
}

#[tokio::test]
async fn a_request_that_runs_is_answered_before_the_end() {
    let installation = Installation::new(None);
    let server = installation.serve().await;
    let mut client = TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap();
    let head = "POST /api/setup HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 4\r\n\r\n";
    client.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let ended = tokio::task::spawn_blocking(move || server.terminate());
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!ended.is_finished());
    client.write_all(b"a=b&").await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 422 ") && answer.contains("org_name"), "{answer}");
    assert!(ended.await.unwrap());
}

#[tokio::test]
async fn a_client_that_never_finishes_does_not_keep_the_process_alive() {
    let installation = Installation::new(None);
    let server = installation.serve().await;
    let mut client = TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap();
    client.write_all(b"GET /login HTTP/1.1\r\nHost: ").await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let ended = tokio::task::spawn_blocking(move || server.terminate());
    // Container runtimes kill after ten seconds; here somebody else may be using the processors.
    let ended = tokio::time::timeout(Duration::from_secs(25), ended).await;
    assert!(ended.expect("the process ends").unwrap());
    drop(client);
}

#[test]
fn connections_are_registered_from_a_script_any_number_of_times() {
    let installation = Installation::new(None);
    installation.command(&["demo", "--users", "20"]).output().unwrap();
    let run = |args: &[&str]| {
        let output = installation.command(&[&["connection"][..], args].concat()).output().unwrap();
        (output.status.success(), said(&output))
    };
    let add = |more: &[&str]| {
        let args = ["add", "--org", "analytical-engines", "--key", "warehouse", "--name", "Warehouse"];
        run(&[&args[..], more].concat())
    };
    let model =
        |key: &str, name: &str| run(&["model", "add", "--org", "analytical-engines", "--key", key, "--name", name]);
    let list = || {
        let output = installation.command(&["connection", "list", "--org", "analytical-engines"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for ((well, text), expected) in [
        (add(&["--application", "Insight", "--default", "viewer"]), "Warehouse is registered as warehouse now."),
        (add(&["--application", "Insight"]), "Warehouse was registered as warehouse already; nothing changed."),
        (add(&["--application", "Outlook"]), "Warehouse was registered as warehouse already; changed: application."),
        (model("warehouse", "Sales"), "Sales is now a model of warehouse."),
        (model("warehouse", "Sales"), "Sales is already a model of warehouse."),
    ] {
        assert!(well && text.contains(expected), "{text}");
    }
    assert_eq!(list(), "warehouse: Warehouse of Outlook, default: Viewer\n  Sales\n");
    for ((well, text), expected) in [
        (run(&["add", "--org", "nowhere", "--key", "x", "--name", "X"]), "there is no organization nowhere here"),
        (run(&["add", "--org", "analytical-engines", "--key", "a b", "--name", "X"]), "--key: Use 1 to 48"),
        (add(&["--default", "owner"]), "use none, viewer, querier, modeler or admin"),
        (model("none", "Sales"), "no connection of analytical-engines has the key none"),
        (run(&["remove", "--org", "analytical-engines", "--key", "none"]), "has the key none"),
    ] {
        assert!(!well && text.contains(expected), "{text}");
    }
    let (well, text) = run(&["remove", "--org", "analytical-engines", "--key", "warehouse"]);
    assert!(well && text.contains("Warehouse is gone, and with it 1 model."), "{text}");
    assert_eq!(list(), "");
}

#[test]
fn the_doctor_sees_damage_in_the_database() {
    let installation = Installation::new(None);
    installation.command(&["demo", "--users", "300"]).output().unwrap();
    let well = installation.command(&["doctor"]).output().unwrap();
    for line in ["ok    Database file", "ok    Log of the database", "ok    Disk"] {
        assert!(well.status.success() && said(&well).contains(line), "{}", said(&well));
    }
    let file = installation.data().join("rollcall.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8_192].iter_mut().for_each(|byte| *byte ^= 0x55);
    std::fs::write(&file, &bytes).unwrap();
    let ill = installation.command(&["doctor"]).output().unwrap();
    let words = "WRONG Database file: it is damaged; stop the server and restore a backup";
    assert!(!ill.status.success() && said(&ill).contains(words), "{}", said(&ill));
    bytes[..512].fill(b'x');
    std::fs::write(&file, &bytes).unwrap();
    let worse = installation.command(&["doctor"]).output().unwrap();
    assert!(!worse.status.success() && said(&worse).contains(words), "{}", said(&worse));
}

#[tokio::test]
async fn a_health_check_asks_the_server_that_listens() {
    let installation = Installation::new(None);
    let ask = |url: &str| {
        let address = url.trim_start_matches("http://");
        let output = installation.command(&["ready", "--addr", address]).output().unwrap();
        (output.status.success(), said(&output))
    };
    let server = installation.serve().await;
    let url = server.url.clone();
    let (well, answer) = ask(&url);
    assert!(well && answer == "ready\n", "{answer}");
    let port = url.rsplit_once(':').unwrap().1;
    let (well, answer) = ask(&format!("0.0.0.0:{port}"));
    assert!(well, "{answer}");
    drop(server);
    let (well, answer) = ask(&url);
    assert!(!well && answer.contains("no server can be reached at"), "{answer}");
    // One that serves on a schema that nobody has made.
    let mut unready = installation.command(&["serve", "--no-migrate", "--addr", url.trim_start_matches("http://")]);
    unready.env("ROLLCALL_DATA_DIR", installation.site().join("empty")).stdout(Stdio::null()).stderr(Stdio::null());
    let mut unready = unready.spawn().unwrap();
    let mut answer = (true, String::new());
    for _ in 0..400 {
        answer = ask(&url);
        if !answer.1.contains("no server can be reached") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unready.kill().unwrap();
    unready.wait().unwrap();
    assert!(!answer.0 && answer.1.contains("is not ready: the schema is of another release"), "{}", answer.1);
}
