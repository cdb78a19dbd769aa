//! What other policies would change, what stands beside a password that somebody else has set, what became of a test mail,
//! and domains.

use leptos::prelude::*;
use model::{
    Policies, Preset, Role, Timestamp,
    domain::{AutoJoin, CheckResult, Domain, DomainName, DomainRow, DomainsPage},
    mail_profile::{TestOutcome, TestReport},
    policy::{PeopleNow, PolicyPreview, effects},
    time::{DAY, HOUR},
};

use super::{Sample, made_up};
use crate::{
    components::{form::use_form, password::NewPasswordField, ui::FileField},
    pages::{
        create_user::Notes,
        settings::{
            domains::{AutoJoinDialog, DeleteDialog, Domains},
            mail_answer::Report,
            policies::Preview,
        },
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

fn domain(n: u8, name: &str, verified_at: Option<Timestamp>) -> Domain {
    Domain {
        id: made_up::id(n),
        name: DomainName::parse(name).expect("made up well"),
        token: "6f1c0e5a9b7d42c8a3e4f5061728394a".to_owned(),
        added_at: made_up::NOW.plus(-9 * DAY),
        verified_at,
        checked: None,
        auto_join: AutoJoin::Off,
        role: Role::Member,
    }
}

pub(super) fn domains() -> AnyView {
    let close_to = Signal::stored(super::PATH.to_owned());
    let (now, org) = (made_up::NOW, || "gallery".to_owned());
    let verified = move || domain(3, "engines.example", Some(now.plus(-DAY)));
    let checked = |of: Domain, result| Domain { checked: Some((now.plus(-HOUR), result)), ..of };
    let row = |domain: Domain, lapsed: Option<&str>| DomainRow { domain, lapsed: lapsed.map(str::to_owned) };
    let page = DomainsPage {
        rows: vec![
            row(domain(1, "analytical-engines.example", None), None),
            row(checked(domain(2, "difference.example", None), CheckResult::Other), None),
            row(Domain { auto_join: AutoJoin::Join, ..checked(verified(), CheckResult::Missing) }, None),
            row(
                Domain { auto_join: AutoJoin::Invite, ..domain(4, "machines.example", Some(now.plus(-DAY))) },
                Some("Grace Hopper"),
            ),
        ],
        now,
    };
    let none = DomainsPage { rows: Vec::new(), now };
    view! {
        <Sample of="Pending, checked, verified, and without anybody to answer for it">
            <Domains viewer=made_up::viewer() page check=use_form(None) />
        </Sample>
        <Sample of="None"><Domains viewer=made_up::viewer() page=none check=use_form(None) /></Sample>
        <div class="gallery-columns">
            <Sample of="How people come in"><AutoJoinDialog viewer=made_up::viewer() domain=verified() close_to /></Sample>
            <Sample of="Deleting one that is verified"><DeleteDialog org=org() domain=verified() close_to /></Sample>
        </div>
    }
    .into_any()
}
