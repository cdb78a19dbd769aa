//! What the grid says when it has nobody to show: why, and the way on.

use leptos::prelude::*;
use model::people::{Filters, PeopleQuery, Tab};

use super::{WaysIn, dialog_url, url};
use crate::{
    components::ui::{EmptyState, Icon},
    paths,
};

/// The first run: nobody else yet.
#[component]
pub fn JustYou(org: String, here: String, ways: WaysIn) -> impl IntoView {
    let text = if ways.is_by_link() {
        "Invite the people you work with. Each of them gets an email with a link that is valid for a few days."
    } else {
        "Create the accounts of the people you work with. Each of them gets an email with a temporary password."
    };
    view! {
        <EmptyState
            icon="user-plus"
            heading=view! { <h2>"It is just you so far"</h2> }.into_any()
            text
        >
            {ways.lead(&org, &here).map(|(to, label)| view! { <a class="button primary" href=to>{label}</a> })}
            {ways
                .is_any()
                .then(|| view! { <a class="button" href=paths::import(&org)><Icon name="upload" />"Import CSV file"</a> })}
        </EmptyState>
    }
}

/// Nobody to show: why, and the way on.
#[component]
pub fn Empty(org: String, query: PeopleQuery, here: String, ways: WaysIn) -> impl IntoView {
    let of_tab = |icon: &'static str, title: &str, text: &str| (icon, title.to_owned(), text.to_owned());
    let (icon, title, text) = match (query.q.is_empty(), query.filters.is_empty(), query.tab) {
        (false, ..) => (
            "search",
            "No match".to_owned(),
            format!("Nobody here is called “{}”, or has it in their address.", query.q),
        ),
        (true, false, _) => of_tab("search", "No match", "Nobody on this list passes the filters."),
        (.., Tab::Standard) => of_tab("users", "Nobody here", "This page is past the end of the list."),
        (.., Tab::Embed) => {
            of_tab("link", "No embed users", "Who comes in through an application that embeds yours stands here.")
        }
        (.., Tab::EmailOnly) => of_tab(
            "mail",
            "No email-only people",
            "Who receives a delivery but has no account stands here. They take no seat.",
        ),
        (.., Tab::Support) => {
            of_tab("shield", "No support staff", "Nobody of the vendor has access to this organization.")
        }
        (.., Tab::External) => of_tab(
            "building-2",
            "No external users",
            "Who belongs to another organization and has accepted your invitation stands here.",
        ),
        (.., Tab::Invitations) => {
            of_tab("mail", "No open invitations", "Whom you invite waits here until they accept.")
        }
        (.., Tab::Expired) => {
            of_tab("clock", "Nothing has expired", "Invitations that nobody accepted in time end up here.")
        }
        (.., Tab::Requests) => {
            of_tab("inbox", "No requests", "Who asks to be invited on your sign-in page waits here for an answer.")
        }
    };
    let to = |label: &'static str, query: PeopleQuery| {
        let href = url(&org, &query);
        view! { <a class="button" href=href>{label}</a> }.into_any()
    };
    let way_on = match (query.q.is_empty(), query.filters.is_empty(), query.tab) {
        (false, true, _) => to("Clear search", query.restarted(|q| q.q = String::new())),
        (true, false, _) => to("Clear filters", query.restarted(|q| q.filters = Filters::default())),
        (false, false, _) => {
            to("Clear search and filters", query.restarted(|q| (q.q, q.filters) = (String::new(), Filters::default())))
        }
        (.., Tab::Standard) => to("To the first page", query.restarted(|_| ())),
        (.., Tab::Invitations | Tab::Expired) => {
            ways.lead(&org, &here).map(|(to, label)| view! { <a class="button primary" href=to>{label}</a> }).into_any()
        }
        (.., Tab::External) if ways.of_externals() => {
            let to = dialog_url(&here, "external", None);
            view! { <a class="button primary" href=to>"Invite external users"</a> }.into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <EmptyState icon heading=view! { <h2>{title}</h2> }.into_any() text>
            {way_on}
        </EmptyState>
    }
}
