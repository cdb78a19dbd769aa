//! Access explained: why somebody may do something or may not, and who can.

use leptos::prelude::*;
use model::{
    Denial, Permission,
    explain::{Explanation, Facts, Holder, Step, WhoCan, Why, explain, past::Unknown},
    people::Viewer,
};

use super::{Sample, made_up, roles::in_groups};
use crate::pages::{
    explain::Found,
    person::why::{Answer, Asked, WhyPanel},
};

pub(super) fn explained() -> AnyView {
    let viewer: Viewer = made_up::viewer();
    let mut people = made_up::people(10);
    let profile = in_groups(people.swap_remove(5));
    let of = |permission| explain(&Facts::now(&profile, &viewer.org), permission);
    let (yes, no) = (of(Permission::EditPolicies), of(Permission::InvitePeople));
    let named = StoredValue::new(profile.row.display_name());
    let ended = Explanation {
        permission: Permission::UseFeatures,
        denial: Some(Denial::Inactive),
        steps: vec![
            Step::NotActive { state: model::PersonState::Deactivated, ended_at: Some(made_up::NOW) },
            Step::Archived,
        ],
    };
    let asked = Asked { permission: Some(Permission::ViewAudit), on: "2026-02-30".to_owned() };
    let unknown = Some(Ok(Why { as_of: None, answer: Err(Unknown::NoDay) }));
    let holders = people.into_iter().take(3).enumerate();
    let holders = holders.map(|(i, person)| Holder { person, by_own_role: i != 1 }).collect();
    let found = WhoCan { permission: Permission::ViewAudit, people: holders, next: None, now: made_up::NOW };
    let nobody = WhoCan { people: Vec::new(), ..found.clone() };
    view! {
        <div class="gallery-columns">
            <Sample of="Yes"><Answer name=named.get_value() explanation=yes day=None /></Sample>
            <Sample of="No"><Answer name=named.get_value() explanation=no day=None /></Sample>
            <Sample of="At the end of a day that is over">
                <Answer name=named.get_value() explanation=ended day=Some("5 Nov 2026".to_owned()) />
            </Sample>
            <Sample of="A day that is none">
                <WhyPanel viewer profile here=super::PATH.to_owned() asked answer=unknown />
            </Sample>
        </div>
        <Sample of="Who can"><Found org="gallery".to_owned() found continued=false /></Sample>
        <Sample of="Nobody"><Found org="gallery".to_owned() found=nobody continued=true /></Sample>
    }
    .into_any()
}
