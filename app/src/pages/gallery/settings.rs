//! What other policies would change, what stands beside a password that somebody else has set, and what became of a test
//! mail.

use leptos::prelude::*;
use model::{
    Policies, Preset,
    mail_profile::{TestOutcome, TestReport},
    policy::{PeopleNow, PolicyPreview, effects},
};

use super::Sample;
use crate::{
    components::{form::use_form, password::NewPasswordField, ui::FileField},
    pages::{
        create_user::Notes,
        settings::{mail_answer::Report, policies::Preview},
    },
};

pub(super) fn policies() -> AnyView {
    let now = Policies::default();
    let people = PeopleNow { seats_taken: 37, open_links: 12, admins: 3, deactivated: 5, ..PeopleNow::default() };
    let preview = |policies: Policies, preset| PolicyPreview {
        changes: now.changes_to(&policies),
        effects: effects(&now, &policies, &people),
        saved_meanwhile: false,
        preset,
        policies,
    };
    let changed = preview(Policies { seats: Some(30), copy_links: false, ..now.clone() }, None);
    let preset = PolicyPreview {
        saved_meanwhile: true,
        ..preview(Preset::AdminCreatedAccounts.policies(), Some(Preset::AdminCreatedAccounts))
    };
    let same = preview(now.clone(), None);
    let weak = Signal::stored(Some("This password is easy to guess. Add a few unrelated words.".to_owned()));
    let org = || "gallery".to_owned();
    view! {
        <Sample of="A change"><Preview org=org() preview=changed form=use_form(None) /></Sample>
        <Sample of="A preset, while somebody else saved"><Preview org=org() preview=preset form=use_form(None) /></Sample>
        <Sample of="Nothing to change"><Preview org=org() preview=same form=use_form(None) /></Sample>
        <Sample of="Beside a temporary password"><Notes /></Sample>
        <Sample of="A password that is chosen">
            <NewPasswordField label="New password" id="made-up-password" error=Signal::stored(None) />
        </Sample>
        <Sample of="One that is refused">
            <NewPasswordField label="New password" id="made-up-weak-password" error=weak />
        </Sample>
    }
    .into_any()
}

pub(super) fn mail() -> AnyView {
    let report = |outcome, said: &str, through: Option<&str>| TestReport {
        outcome,
        said: said.to_owned(),
        to: "ada@engines.example".to_owned(),
        through: through.map(str::to_owned),
    };
    let own = Some("smtp.engines.example:465");
    let accepted = report(TestOutcome::Accepted, "250 2.0.0 queued as 4FzX2p", own);
    let refused = report(TestOutcome::AuthRefused, "535 5.7.8 user or password are wrong", own);
    let nothing = report(TestOutcome::Failed, "", None);
    let file = |id: &'static str, error: Option<&'static str>| {
        let error = Signal::stored(error.map(str::to_owned));
        view! {
            <FileField id name="logo" label="Picture" accept="image/png" hint="PNG, JPEG or WebP of at most 100 KB." error />
        }
    };
    view! {
        <Sample of="A test that arrived"><Report report=accepted /></Sample>
        <Sample of="One that was refused"><Report report=refused /></Sample>
        <Sample of="One that said nothing"><Report report=nothing /></Sample>
        <Sample of="A file">{file("file", None)}</Sample>
        <Sample of="Another than is wanted">
            {file("file-wrong", Some("This is no picture that can be used. Choose a PNG, JPEG or WebP file."))}
        </Sample>
    }
    .into_any()
}
