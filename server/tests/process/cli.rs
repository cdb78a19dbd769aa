//! The command line, as an operator meets it.

use std::process::Output;

use crate::process::{Installation, rollcall};

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn help_shows_every_setting_with_its_variable() {
    let help = said(&rollcall(&["--help"]).output().unwrap());
    let source = include_str!("../../src/config.rs");
    let variables: Vec<&str> = source.split("env = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(variables.len() >= 15, "{variables:?}");
    for variable in variables {
        assert!(help.contains(variable), "{variable} is missing in:\n{help}");
    }
    for command in ["serve", "migrate", "tick", "demo", "doctor"] {
        assert!(help.contains(command), "{command}");
    }
}

#[test]
fn migrating_twice_changes_nothing_the_second_time() {
    let installation = Installation::new(None);
    let migrate = || said(&installation.command(&["migrate"]).output().unwrap());
    assert!(migrate().contains("1 migrations run"));
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
    for (variable, value, hint) in [
        ("ROLLCALL_DATABASE_URL", "mysql://root:hunter2@db/x", "sqlite:// or postgres://"),
        ("ROLLCALL_DATABASE_URL", "postgres://root:hunter2@[broken", "postgres:// URL"),
        ("ROLLCALL_PUBLIC_URL", "example.com/people", "https://people.example.com"),
        ("ROLLCALL_SECRET_KEY", "hunter2", "64 hexadecimal digits"),
        ("ROLLCALL_SMTP_URL", "hunter2", "smtps://user:password@host"),
        ("ROLLCALL_MAIL_FROM", "nobody", "ROLLCALL_MAIL_FROM"),
    ] {
        let output = installation.command(&["serve"]).env(variable, value).output().unwrap();
        let text = said(&output);
        let line = text.lines().find(|line| line.starts_with("rollcall: ")).unwrap_or_default();
        assert!(!output.status.success() && line.contains(hint), "{variable}: {text}");
        assert!(!text.contains("hunter2"), "{variable}: {text}");
    }
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
async fn told_to_stop_the_server_ends_well() {
    let installation = Installation::new(None);
    let server = installation.serve().await;
    assert!(tokio::task::spawn_blocking(move || server.terminate()).await.unwrap());
}
