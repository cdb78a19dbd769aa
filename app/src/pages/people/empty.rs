//! What the grid says when it has nobody to show: why, and the way on.

use leptos::prelude::*;
use model::people::{PeopleQuery, Tab};

use super::{dialog_url, url};
use crate::components::ui::Icon;

/// The first run: nobody else yet.
#[component]
pub fn JustYou(here: String) -> impl IntoView {
    view! {
        <section class="empty">
            <span class="empty-icon"><Icon name="user-plus" /></span>
            <h2>"It is just you so far"</h2>
            <p>"Invite the people you work with. Each of them gets an email with a link that is valid for a few days."</p>
            <p class="empty-actions">
                <a class="button primary" href=dialog_url(&here, "invite", None)>"Invite people"</a>
            </p>
        </section>
    }
}

/// Nobody to show: why, and the way on.
#[component]
pub fn Empty(org: String, query: PeopleQuery, here: String, may_invite: bool) -> impl IntoView {
    let searched = !query.q.is_empty();
    let (icon, title, text) = match (searched, query.tab) {
        (true, _) => (
            "search",
            "No match".to_owned(),
            format!("Nobody here is called “{}”, or has it in their address.", query.q),
        ),
        (false, Tab::Invitations) => {
            ("mail", "No open invitations".to_owned(), "Whom you invite waits here until they accept.".to_owned())
        }
        (false, Tab::Expired) => (
            "clock",
            "Nothing has expired".to_owned(),
            "Invitations that nobody accepted in time end up here.".to_owned(),
        ),
        (false, Tab::Standard) => {
            ("users", "Nobody here".to_owned(), "This page is past the end of the list.".to_owned())
        }
    };
    let way_on = match (searched, query.tab) {
        (true, _) => {
            view! { <a class="button" href=url(&org, &query.restarted(|q| q.q = String::new()))>"Clear search"</a> }
                .into_any()
        }
        (false, Tab::Standard) => {
            view! { <a class="button" href=url(&org, &query.restarted(|_| ()))>"To the first page"</a> }.into_any()
        }
        (false, _) if may_invite => {
            view! { <a class="button primary" href=dialog_url(&here, "invite", None)>"Invite people"</a> }.into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <section class="empty">
            <span class="empty-icon"><Icon name=icon /></span>
            <h2>{title}</h2>
            <p>{text}</p>
            <p class="empty-actions">{way_on}</p>
        </section>
    }
}
