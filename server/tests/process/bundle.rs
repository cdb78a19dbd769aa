//! `rollcall export` and `rollcall import`: an organization from SQLite to PostgreSQL and back, identical (N13).

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use crate::{cli::said, database::on_postgresql, process::Installation};

/// Runs a command, and yields whether it went well and what it said.
fn run(installation: &Installation, args: &[&str]) -> (bool, String) {
    let output = installation.command(args).output().unwrap();
    (output.status.success(), said(&output))
}

fn export(installation: &Installation, to: &Path) -> String {
    let (well, said) = run(installation, &["export", "analytical-engines", to.to_str().unwrap()]);
    assert!(well && said.contains("rows"), "{said}");
    assert_eq!(fs::metadata(to).unwrap().permissions().mode() & 0o777, 0o600, "it holds the hashes of passwords");
    fs::read_to_string(to).unwrap()
}

#[tokio::test]
async fn an_organization_moves_between_engines_and_comes_back_identical() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name);
    let first = Installation::new(None);
    let (well, said) = run(&first, &["demo", "--users", "1500"]);
    assert!(well, "{said}");
    let written = export(&first, &file("first"));
    assert!(written.lines().count() > 3_000, "{}", written.lines().count());

    // A file is not written over, and nobody is a reason to make one.
    let (well, said) = run(&first, &["export", "analytical-engines", file("first").to_str().unwrap()]);
    assert!(!well && said.contains("cannot write"), "{said}");
    let (well, said) = run(&first, &["export", "nobody", file("nobody").to_str().unwrap()]);
    assert!(!well && said.contains("there is no organization nobody here") && !file("nobody").exists(), "{said}");
    let (well, said) = run(&first, &["import", file("nobody").to_str().unwrap()]);
    assert!(!well && said.contains("cannot read"), "{said}");
    let (well, said) = run(&first, &["import", file("first").to_str().unwrap()]);
    assert!(!well && said.contains("is here already"), "{said}");

    on_postgresql("bundle", async |url| {
        let second = Installation::new(Some(url));
        let (well, said) = run(&second, &["import", file("first").to_str().unwrap()]);
        assert!(well && said.contains("/o/analytical-engines now"), "{said}");
        assert_eq!(export(&second, &file("second")), written, "on PostgreSQL");
    })
    .await;
    let third = Installation::new(None);
    let (well, said) = run(&third, &["import", file("second").to_str().unwrap()]);
    assert!(well, "{said}");
    assert_eq!(export(&third, &file("third")), written, "back on SQLite");
    let (well, said) = run(&third, &["doctor"]);
    assert!(well, "{said}");
}
