//! How a person looks everywhere: avatar, name and address, status, role, last login.

use leptos::prelude::*;
use model::{
    Kind, OrgName, PersonState, Role, Timestamp,
    people::{Delivery, PersonRow},
    policy::StatusWords,
    text::{hue, initials, pieces},
};

use super::ui::Time;

/// Initials on a color that follows from the name.
#[component]
pub fn Avatar(
    /// Whose.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    // The initials are decoration: as an attribute that the style shows, they are no text that a label has to contain.
    view! { <span class=format!("avatar hue-{}", hue(&name)) data-initials=initials(&name) aria-hidden="true"></span> }
}

/// A status by shape and word, never by color alone (B10).
#[component]
pub fn StatusBadge(
    /// The status.
    state: PersonState,
    /// In the organization's words (policy F).
    words: StatusWords,
) -> impl IntoView {
    view! { <span class=format!("badge {}", state.code())>{words.label(state)}</span> }
}

/// "2 days ago", or "Never" (B11).
#[component]
pub fn LastLogin(
    /// When.
    at: Option<Timestamp>,
    /// The server's clock.
    now: Timestamp,
) -> impl IntoView {
    match at {
        Some(at) => view! { <Time at now /> }.into_any(),
        None => view! { <span class="never">"Never"</span> }.into_any(),
    }
}

/// Avatar, name and address.
#[component]
pub fn Identity(
    /// Who.
    person: PersonRow,
    /// Where the name leads.
    href: String,
    /// Whether it is who looks at it.
    you: bool,
) -> impl IntoView {
    let name = person.display_name();
    let hits = person.hits.unwrap_or_default();
    view! {
        <div class="identity">
            <Avatar name=name.clone() />
            <span>
                <a class="identity-name" href=href dir="auto">
                    {marked(&name, &hits.name)}
                </a>
                <span class="identity-under">
                    <span class="identity-email">{marked(person.email.as_str(), &hits.email)}</span>
                    <ComesFrom kind=person.target.kind home=person.home />
                </span>
            </span>
            {you.then(|| view! { <span class="you">"You"</span> })}
        </div>
    }
}

/// What whoever comes as an external is told before they do (B48).
pub const COMING_AS_EXTERNAL: &str =
    "They will see which organization you belong to, and its admins that you are a guest there.";

/// From where somebody of another organization comes, as far as it is known (B45); nothing for the others.
#[component]
pub fn ComesFrom(kind: Kind, home: Option<OrgName>) -> impl IntoView {
    (kind == Kind::External).then(|| match home {
        Some(home) => {
            let name = home.as_str().to_owned();
            view! { <small class="home" title=name.clone()>"from " <bdi>{name.clone()}</bdi></small> }.into_any()
        }
        None => view! { <small class="home">"External"</small> }.into_any(),
    })
}

/// A text with the hits of a search marked.
fn marked(text: &str, hits: &[(usize, usize)]) -> AnyView {
    if hits.is_empty() {
        return text.to_owned().into_any();
    }
    pieces(text, hits)
        .into_iter()
        .map(|(piece, hit)| {
            let piece = piece.to_owned();
            if hit { view! { <mark>{piece}</mark> }.into_any() } else { piece.into_any() }
        })
        .collect_view()
        .into_any()
}

/// How far the mail of an invitation has come (N3), beside the status.
#[component]
pub fn Delivered(delivery: Delivery) -> impl IntoView {
    view! {
        <small class=format!("delivery {}", delivery.code()) title=delivery.label()>
            <span class="visually-hidden">", mail "</span>
            {delivery.code()}
        </small>
    }
}

/// The last day that an end leaves.
#[component]
pub fn LastDay(end: Timestamp) -> impl IntoView {
    view! { <time datetime=end.rfc3339() title=end.exact()>{end.last_day_words()}</time> }
}

/// Until when something lasts, where it has an end (N5); in a line of its own.
#[component]
pub fn Until(end: Option<Timestamp>) -> impl IntoView {
    end.map(|end| {
        view! {
            <small class="until">
                "until " <LastDay end />
            </small>
        }
    })
}

/// What one of the roles below Admin means, beside its name.
pub const fn sentence_of(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Sees, and changes nothing.",
        _ => "All features of the applications behind, no team settings.",
    }
}
