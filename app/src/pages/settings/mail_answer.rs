//! What the page of the mail profile answers: a mail as it would look, or what became of a test.

use leptos::prelude::*;
use model::mail_profile::{MailPreview, TestOutcome, TestReport};

use crate::paths;

/// A mail as HTML and as text, each in a frame without scripts, without this origin, and without anything from elsewhere.
#[component]
pub fn PreviewFrames(org: String, preview: MailPreview) -> impl IntoView {
    let MailPreview { template, look, accent } = preview;
    let note = if template.is_of_organization() {
        accent
    } else {
        "This mail is about an account, which may belong to several organizations. It has the look of this installation, \
         whatever is chosen here."
            .to_owned()
    };
    let frame = |part: &'static str, label: &'static str| {
        view! {
            <div class="mail-frame">
                <h3>{label}</h3>
                <iframe
                    src=paths::mail_preview(&org, template.code(), part, &look)
                    title=format!("“{}” {}", template.label(), label.to_lowercase())
                    sandbox=""
                ></iframe>
            </div>
        }
    };
    view! {
        <p>{template.label()}", with made-up people. "{note}</p>
        {frame("html", "As HTML")}
        {frame("text", "As text")}
    }
}

/// What became of a test mail.
#[component]
pub fn Report(report: TestReport) -> impl IntoView {
    let good = report.outcome == TestOutcome::Accepted;
    let through = report.through.unwrap_or_else(|| "The mail server of this installation".to_owned());
    let said = if report.said.is_empty() { "Nothing".to_owned() } else { report.said };
    view! {
        <p class=if good { "notice" } else { "notice bad" } role="status">{report.outcome.sentence()}</p>
        <dl class="report">
            <div><dt>"To"</dt><dd>{report.to}</dd></div>
            <div><dt>"Through"</dt><dd>{through}</dd></div>
            <div><dt>"What was said"</dt><dd>{said}</dd></div>
        </dl>
    }
}
