//! On a profile: the groups that somebody is in, and where what they may do comes from (B38, B41).

use leptos::prelude::*;
use model::{group::AccessLine, people::PersonProfile};

use crate::pages::groups::GroupLinks;

/// The groups that somebody is in; nothing for who is in none.
#[component]
pub fn GroupsFact(org: String, profile: PersonProfile) -> impl IntoView {
    let groups: Vec<_> = profile.groups.into_iter().filter(|of| of.via.is_none()).map(|of| of.group).collect();
    (!groups.is_empty()).then(|| {
        view! {
            <div>
                <dt>"Groups"</dt>
                <dd><GroupLinks org groups /></dd>
            </div>
        }
    })
}

/// Where the role comes from that somebody has in effect; nothing where it is all their own.
#[component]
pub fn AccessPanel(profile: PersonProfile) -> impl IntoView {
    let access = profile.access();
    let own_alone = profile.groups.iter().all(|of| of.role.is_none());
    (!own_alone).then(|| {
        let less = if access.is_narrowed { ", less what is taken away" } else { "" };
        let kind = profile.row.target.kind;
        let lines = access.lines.iter().map(AccessLine::sentence).map(|line| view! { <li dir="auto">{line}</li> });
        view! {
            <div class="access">
                <p><b>{format!("In effect: {}{less}", access.role.label_as(kind))}</b></p>
                <ul aria-label="Where access comes from">{lines.collect_view()}</ul>
            </div>
        }
    })
}
