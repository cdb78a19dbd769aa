//! What other policies would change, and what stands beside a password that somebody else has set.

use leptos::prelude::*;
use model::{
    Policies, Preset,
    policy::{PeopleNow, PolicyPreview, effects},
};

use super::Sample;
use crate::{
    components::{form::use_form, password::NewPasswordField},
    pages::{create_user::Notes, settings::policies::Preview},
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
