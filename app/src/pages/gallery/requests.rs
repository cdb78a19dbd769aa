//! Asking for an invitation, and the list that answers.

use leptos::prelude::*;
use model::{
    Email, PersonState,
    request::{OrgDoor, RequestRow, RequestsPage},
    time::{HOUR, MINUTE},
};

use super::{Sample, made_up};
use crate::{
    components::form::use_form,
    pages::{
        door::{AskForm, Asked},
        people::requests::{Answers, Rows},
    },
};

fn rows() -> Vec<RequestRow> {
    let messages = ["I work with Ada on the notes.\nShe knows me.", "", "", "My link has expired."];
    let standings = [None, Some(PersonState::Active), Some(PersonState::Invited), Some(PersonState::Expired)];
    made_up::people(7)
        .into_iter()
        .zip(messages)
        .zip(standings)
        .zip(1_u8..)
        .map(|(((person, message), standing), n)| RequestRow {
            id: made_up::id(n),
            email: person.email,
            name: person.name,
            message: message.to_owned(),
            asked_at: made_up::NOW.plus(-i64::from(n) * (7 * HOUR + 20 * MINUTE)),
            standing,
        })
        .collect()
}

pub(super) fn requests() -> AnyView {
    let door = || {
        let org = made_up::viewer().org;
        OrgDoor { slug: org.slug, name: org.name, takes_requests: true, of_own_domains: false }
    };
    let email = Email::parse("grace@navy.example").expect("made up well");
    let page = RequestsPage { rows: rows(), continued: false, older: Some(made_up::id(9)), now: made_up::NOW };
    view! {
        <Sample of="Asking"><AskForm door=door() form=use_form(None) /></Sample>
        <Sample of="Asked"><Asked door=door() email=email.to_string() /></Sample>
        <Sample of="The list">
            <Rows page=Signal::stored(page) forms=Answers::new("gallery".to_owned()) />
        </Sample>
    }
    .into_any()
}
