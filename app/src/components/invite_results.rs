//! What became of each address of a batch (B18, B20), with the link to copy where one was made.

use leptos::prelude::*;
use model::invitation::{InviteOutcome, InviteResult};

use super::ui::{CopyField, Icon};

/// The report of a batch.
#[component]
pub fn InviteResults(
    /// Its lines.
    results: Vec<InviteResult>,
) -> impl IntoView {
    let sent = results.iter().filter(|r| r.outcome.is_sent()).count();
    let other = results.len() - sent;
    let summary = match (sent, other) {
        (1, 0) => "1 invitation is on its way.".to_owned(),
        (n, 0) => format!("{n} invitations are on their way."),
        (0, 1) => "No invitation was sent.".to_owned(),
        (0, n) => format!("None of {n} invitations was sent."),
        (n, m) => format!("{n} of {} invitations are on their way.", n + m),
    };
    // Those that need a look stand first.
    let (mut lines, fine): (Vec<_>, Vec<_>) = results.into_iter().partition(|r| !r.outcome.is_sent());
    lines.extend(fine);
    view! {
        <p class="results-summary" role="status">{summary}</p>
        <ul class="results">{lines.into_iter().map(|result| view! { <ResultLine result /> }).collect_view()}</ul>
    }
}

/// What became of one address.
#[component]
pub fn ResultLine(result: InviteResult) -> impl IntoView {
    let sent = result.outcome.is_sent();
    let sentence = result.outcome.sentence();
    let link = match result.outcome {
        InviteOutcome::Invited { link, .. } | InviteOutcome::SentAgain { link, .. } => link,
        _ => None,
    };
    view! {
        <li class=if sent { "result good" } else { "result bad" }>
            <Icon name=if sent { "circle-check" } else { "circle-alert" } />
            <div>
                <b>{result.entry.clone()}</b>
                <p>{sentence}</p>
                {link
                    .map(|link| {
                        view! { <CopyField text=link label=format!("Invitation link for {}", result.entry) button="Copy link" /> }
                    })}
            </div>
        </li>
    }
}
