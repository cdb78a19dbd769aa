//! What lies over a page: dialogs, the palette and the sheet of the keys.

use leptos::{context::Provider, prelude::*, server_fn::ServerFn};
use model::{
    Kind,
    invitation::{BatchForecast, Forecast, ForecastLine, InviteOutcome, InviteResult},
    people::{Delivery, PeopleQuery, PersonProfile, PersonRow},
};
use std::collections::HashMap;

use super::{Sample, made_up};
use crate::{
    api::invitations::{InviteUser, RevokeInvitation},
    components::{
        form::use_form,
        keys::help::Sheet,
        palette::{Inside, search::Search},
        ui::Dialog,
    },
    pages::people::{
        dialogs::{AddForm, EditForm, InviteForm, RevokeDialog, Sent},
        limits::LimitsForm,
    },
    problem::{Problem, ProblemKind},
    reply::Submitted,
};

/// A form that came back: what was entered, and what is wrong with which field.
pub(super) fn refused<F: ServerFn>(message: &str, fields: &[(&str, &str, &str)]) -> Submitted {
    let of =
        |(name, _, wrong): &(&str, &str, &str)| (!wrong.is_empty()).then(|| ((*name).to_owned(), (*wrong).to_owned()));
    let problem =
        Problem { fields: fields.iter().filter_map(of).collect(), ..Problem::new(ProblemKind::Invalid, message) };
    let values: HashMap<_, _> =
        fields.iter().map(|(name, value, _)| ((*name).to_owned(), (*value).to_owned())).collect();
    Submitted { path: F::PATH.to_owned(), values, result: Err(problem) }
}

/// What becomes of the addresses of a batch.
fn results() -> Vec<InviteResult> {
    let link = "https://people.example.com/invite/made-up-and-good-for-nothing".to_owned();
    let invited = InviteOutcome::Invited { membership_id: made_up::member(6, 1), link: Some(link) };
    let unreadable = InviteOutcome::Unreadable("This is not an email address.".to_owned());
    [
        ("grace@navy.example", invited),
        ("ada@analytical.example", InviteOutcome::AlreadyMember),
        ("ida.rhodes@nbs.example", InviteOutcome::AlreadyInvited),
        ("a-rather-long-address-without-an-at-sign-observatory.example", unreadable),
    ]
    .map(|(entry, outcome)| InviteResult { entry: entry.to_owned(), outcome })
    .to_vec()
}

/// What would become of them.
fn forecast() -> BatchForecast {
    let unreadable = InviteOutcome::Unreadable("This is not an email address.".to_owned());
    let lines = [
        ("grace@navy.example", Forecast::Invite),
        ("ada@analytical.example", Forecast::Refused(InviteOutcome::AlreadyMember)),
        ("ida.rhodes@nbs.example", Forecast::SendAgain),
        ("a-rather-long-address-without-an-at-sign-observatory.example", Forecast::Refused(unreadable)),
    ];
    let line = |(entry, forecast): (&str, Forecast)| ForecastLine { entry: entry.to_owned(), forecast };
    BatchForecast { lines: lines.map(line).to_vec(), repeated: 1, seats_left: Some(3) }
}

pub(super) fn dialogs() -> AnyView {
    let close_to = Signal::stored(super::PATH.to_owned());
    let viewer = StoredValue::new(made_up::viewer());
    let wrong = refused::<InviteUser>(
        "",
        &[
            ("first_name", "Grace", ""),
            ("email", "grace@", "Enter an email address such as ada@example.com."),
            ("admin", "on", ""),
        ],
    );
    let gone = refused::<RevokeInvitation>("This invitation has been accepted meanwhile.", &[]);
    let profile = PersonProfile {
        row: PersonRow { delivery: Some(Delivery::Sent), ..made_up::people(6).swap_remove(1) },
        joined_at: None,
        access_ended_at: None,
        invitation_expires_at: None,
        delivery_error: None,
        support: None,
        groups: Vec::new(),
        attributes: Vec::new(),
        connections: Vec::new(),
        connection_roles: Vec::new(),
        sessions: None,
        now: made_up::NOW,
    };
    let limited = profile.clone();
    view! {
        <div class="gallery-columns">
            <Sample of="A form with errors">
                <Provider value=wrong>
                    <Dialog title="Invite user to team" opener="made-up-add" close_to>
                        <AddForm form=use_form(None) viewer close_to />
                    </Dialog>
                </Provider>
            </Sample>
            <Sample of="A form">
                <Dialog title="Invite people" opener="made-up-invite" close_to>
                    <InviteForm form=use_form(None) viewer kind=Kind::Standard forecast=Signal::stored(Some(forecast())) close_to />
                </Dialog>
            </Sample>
            <Sample of="Results">
                <Dialog title="Invite people" opener="made-up-sent" close_to>
                    <Sent results=results() close_to />
                </Dialog>
            </Sample>
            <Sample of="A form of somebody">
                <Dialog title="Edit user" opener="made-up-edit" close_to>
                    <EditForm viewer=viewer.get_value() profile close_to />
                </Dialog>
            </Sample>
            <Sample of="Time limits">
                <Dialog title="Time limits" opener="made-up-limits" close_to>
                    <LimitsForm viewer=viewer.get_value() profile=limited close_to />
                </Dialog>
            </Sample>
            <Sample of="A question, and a refusal">
                <Provider value=gone>
                    <RevokeDialog viewer=viewer.get_value() id="none".to_owned() opener="made-up-revoke" close_to />
                </Provider>
            </Sample>
        </div>
    }
    .into_any()
}

/// The palette after something was typed into it.
fn typed(text: &str, answer: Option<Result<(), Problem>>) -> Search {
    let search = Search::new();
    search.type_in(text.to_owned());
    let query = PeopleQuery { q: text.to_owned(), ..PeopleQuery::default() };
    if let Some(answer) = answer {
        search.take(text.to_owned(), answer.map(|()| made_up::page(7, &query)));
    }
    search
}

pub(super) fn palette() -> AnyView {
    let offline =
        Problem::new(ProblemKind::Offline, "The server cannot be reached. Check your connection and try again.");
    let palette = |search| view! { <div class="palette"><Inside search /></div> };
    view! {
        <Sample of="With pages, actions and people">{palette(typed("a", Some(Ok(()))))}</Sample>
        <Sample of="With nothing that matches">{palette(typed("zzyzx", Some(Ok(()))))}</Sample>
        <Sample of="While the server cannot be reached">{palette(typed("grace", Some(Err(offline))))}</Sample>
    }
    .into_any()
}

pub(super) fn keys() -> AnyView {
    view! { <div class="dialog key-sheet"><Sheet /></div> }.into_any()
}
