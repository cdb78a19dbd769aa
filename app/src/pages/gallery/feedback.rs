//! What the console says: that something went well or did not, that it is on its way, that there is nothing.

use leptos::prelude::*;
use model::people::{Filters, PeopleQuery, Tab};

use super::{Sample, made_up};
use crate::{
    components::{
        errors::ProblemState,
        toasts::{ToastCard, Tone},
    },
    pages::people::{
        WaysIn,
        empty::{Empty, JustYou},
    },
    problem::{Problem, ProblemKind},
};

pub(super) fn messages() -> AnyView {
    let undo = || Some(Callback::new(|()| ()));
    let toasts = [
        (Tone::Good, "User has been successfully deactivated.", undo()),
        (Tone::Good, "Grace Hopper has been updated.", None),
        (Tone::Bad, "The Owner's access cannot be changed here. Ownership has to be transferred first.", None),
    ];
    view! {
        <Sample of="Toasts">
            {toasts
                .map(|(tone, text, undo)| view! { <ToastCard tone text=text.to_owned() undo dismiss=|()| () /> })
                .collect_view()}
        </Sample>
        <Sample of="Notices">
            <p class="notice">
                "This invitation is for " <b>"grace@navy.example"</b> ", and you are signed in as somebody else."
            </p>
            <p class="notice bad">"Email or password is not right."</p>
            <p class="notice bad">
                "The server cannot be reached. What you see may be old. "
                <button type="button" class="button small">"Try again"</button>
            </p>
        </Sample>
        <Sample of="Loading"><p class="loading">"Loading people…"</p></Sample>
    }
    .into_any()
}

pub(super) fn nothing() -> AnyView {
    let ways = WaysIn::of(&made_up::viewer());
    let here = || super::PATH.to_owned();
    let empty = move |query| view! { <Empty org="gallery".to_owned() query here=here() ways /> };
    let of_tab = move |tab| empty(PeopleQuery { tab, ..PeopleQuery::default() });
    let nobody = PeopleQuery {
        q: "zzyzx".to_owned(),
        filters: Filters { roles: vec![model::Role::Admin], ..Filters::default() },
        ..PeopleQuery::default()
    };
    let problems = [
        (ProblemKind::NotFound, "There is nothing at this address. It may have moved, or the link is incomplete."),
        (ProblemKind::Forbidden, "Your role does not allow this. Ask an admin of your organization."),
        (ProblemKind::Offline, "The server cannot be reached. Check your connection and try again."),
    ];
    view! {
        <div class="gallery-columns">
            <Sample of="The first run"><JustYou org="gallery".to_owned() here=here() ways /></Sample>
            <Sample of="No match">{empty(nobody)}</Sample>
            {[Tab::Invitations, Tab::External]
                .map(|tab| view! { <Sample of=tab.label()>{of_tab(tab)}</Sample> })
                .collect_view()}
            {problems
                .map(|(kind, text)| {
                    view! {
                        <Sample of=format!("{kind:?}")><ProblemState problem=Problem::new(kind, text) /></Sample>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}
