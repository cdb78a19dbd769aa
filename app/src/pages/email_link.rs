//! The page behind a link for another address. Opening it changes nothing: it is answered by a choice and a button, so
//! that a mail scanner that sends the form as it stands changes nothing either (S30, N3).

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{
    account::{EmailAnswer, EmailLinkView, Mailbox, OpenEmailLink},
    rules::{InTheWay, LinkError},
};

use crate::{
    Reload,
    api::account::{AnswerEmailLink, open_email_link},
    components::{
        form::{Form, FormMessage, use_form},
        loaded::Loaded,
        ui::{Choice, Icon, PageTitle, Time},
    },
    paths,
};

/// `/email/:token`
#[component]
pub fn EmailLinkPage() -> impl IntoView {
    let Reload(reload) = expect_context();
    let token = use_params_map().with_untracked(|p| p.get("token").unwrap_or_default());
    let asked = token.clone();
    let found = Resource::new(move || (asked.clone(), reload.get()), |(token, _)| open_email_link(token));
    let show = move |view| match view {
        EmailLinkView::Open(link) => match (&link.in_the_way, link.confirmed) {
            (Some(why), _) => view! { <Blocked why=why.clone() /> }.into_any(),
            (None, true) => view! { <Waiting link=*link /> }.into_any(),
            (None, false) => view! { <Answer token=token.clone() link=*link /> }.into_any(),
        },
        EmailLinkView::Closed(why) => view! { <Closed why=Some(why) /> }.into_any(),
        EmailLinkView::Unknown => view! { <Closed why=None /> }.into_any(),
    };
    view! {
        <PageTitle text="Change of email" />
        <main class="card-page" id="main">
            <Loaded of=move || found show />
        </main>
    }
}

#[component]
fn Answer(token: String, link: OpenEmailLink) -> impl IntoView {
    let form = use_form::<AnswerEmailLink>(None);
    let error = form.error("answer");
    let to = link.to.to_string();
    let (title, lead, yes, no) = match link.mailbox {
        Mailbox::Old => (
            "Change your email?",
            "Somebody asked that your account should no longer have this address, but ",
            ("It was me: change it", "You sign in with the new address from then on."),
            (
                "It was not me: cancel it",
                "Nothing is changed. Whoever asked knows your password, so choose a new one afterwards.",
            ),
        ),
        Mailbox::New => (
            "Use this email?",
            "Somebody asked that their account should have the address ",
            ("It was me: use it", "You sign in with this address from then on."),
            ("It was not me: cancel it", "Nothing is changed, and you need not do anything else."),
        ),
    };
    let chosen = form.value_or("answer", "");
    let choice = move |answer: EmailAnswer, (label, sentence): (&'static str, &'static str)| {
        view! { <Choice name="answer" code=answer.code() label sentence chosen=chosen.clone() /> }
    };
    view! {
        <div class="card wide">
            <p class="wordmark">"Rollcall"</p>
            <h1>{title}</h1>
            <p class="lead">
                {lead} <b>{to}</b> ". Both addresses have to agree; the links end "
                <Time at=link.expires_at now=link.now /> "."
            </p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="token" value=token />
                <fieldset class="choices">
                    <legend>"Was it you?"</legend>
                    <div role="alert">
                        {move || {
                            error
                                .get()
                                .map(|text| view! { <p class="field-error"><Icon name="circle-alert" />{text}</p> })
                        }}
                    </div>
                    {choice.clone()(EmailAnswer::Confirm, yes)}
                    {choice(EmailAnswer::Refuse, no)}
                </fieldset>
                <button class="button primary large">"Send answer"</button>
            </Form>
        </div>
    }
}

/// Confirmed, and nothing is changed before the other mailbox has agreed as well.
#[component]
fn Waiting(link: OpenEmailLink) -> impl IntoView {
    let other = match link.mailbox {
        Mailbox::Old => view! { <b>{link.to.to_string()}</b> }.into_any(),
        Mailbox::New => "the address that the account has now".into_any(),
    };
    view! {
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <span class="empty-icon"><Icon name="circle-check" /></span>
            <h1>"This address has agreed"</h1>
            <p class="lead">
                "The other one has to agree as well: open the link in the mail to " {other} ". It ends "
                <Time at=link.expires_at now=link.now /> ", and until then nothing is changed."
            </p>
            <a class="button" href=paths::account(None)>"Your account"</a>
        </div>
    }
}

/// The address cannot be had as things are.
#[component]
fn Blocked(why: InTheWay) -> impl IntoView {
    let text = why.to_string();
    let again = matches!(why, InTheWay::Invitation(_));
    view! {
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <span class="empty-icon"><Icon name="ban" /></span>
            <h1>"This address cannot be used"</h1>
            <p class="lead">{text}</p>
            <div class="card-actions">
                {again.then(|| view! { <a class="button primary" href="" rel="external">"Try again"</a> })}
                <a class="button" href=paths::account(None)>"Your account"</a>
            </div>
        </div>
    }
}

/// What became of a link that is over, or that is none.
#[component]
fn Closed(why: Option<LinkError>) -> impl IntoView {
    // Of the page alone: to the browser's code a server function that answers so has failed.
    #[cfg(feature = "ssr")]
    crate::ssr::set_status(if why.is_some() { 410 } else { 404 });
    let (title, icon, text) = match why {
        Some(LinkError::Expired) => {
            ("This link has expired", "clock", "Nothing was changed. Ask again on the page of your account.")
        }
        Some(LinkError::Used) => {
            ("This change is done", "circle-check", "The account has its new address. Sign in with it.")
        }
        Some(LinkError::Superseded) => {
            ("There is a newer link", "mail", "Another one was sent since. Use the one in the latest email.")
        }
        Some(LinkError::Cancelled) => (
            "This change was cancelled",
            "ban",
            "Nothing was changed. If somebody else had asked for it, they know your password: choose a new one.",
        ),
        None => ("This link does not work", "link", "Check that it was copied whole."),
    };
    let forgot = why == Some(LinkError::Cancelled);
    view! {
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <span class="empty-icon"><Icon name=icon /></span>
            <h1>{title}</h1>
            <p class="lead">{text}</p>
            <div class="card-actions">
                <a class="button" href=paths::account(None)>"Your account"</a>
                {forgot.then(|| view! { <a class="button ghost" href=paths::forgot()>"Choose a new password"</a> })}
            </div>
        </div>
    }
}
