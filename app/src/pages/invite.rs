//! The page behind an invitation link (B21, B22): who invites you to what, and the way in. Opening it changes nothing.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{
    Kind, OrgName,
    invitation::{InvitationView, OpenInvitation},
};

use crate::{
    api::{
        invitations::{AcceptExisting, AcceptNew, AcceptSignedIn, open_invitation},
        requests::AskAgain,
        session::LogOut,
    },
    components::{
        form::{Form, FormMessage, use_form},
        loaded::Loaded,
        names::NameFields,
        password::NewPasswordField,
        person::{COMING_AS_EXTERNAL, LastDay},
        ui::{Field, Icon, PageTitle, Time},
    },
};

/// `/invite/:token`
#[component]
pub fn InvitePage() -> impl IntoView {
    let token = use_params_map().with_untracked(|p| p.get("token").unwrap_or_default());
    let asked = token.clone();
    let found = Resource::new(move || asked.clone(), open_invitation);
    view! {
        <PageTitle text="Invitation" />
        <main class="card-page" id="main">
            <Loaded
                of=move || found
                show=move |found| match found {
                    InvitationView::Open(open) => view! { <OpenCard open=*open token=token.clone() /> }.into_any(),
                    InvitationView::Expired { org_name, asked } => {
                        view! { <ExpiredCard org_name asked token=token.clone() /> }.into_any()
                    }
                    closed => view! { <ClosedCard closed /> }.into_any(),
                }
            />
        </main>
    }
}

#[component]
fn OpenCard(open: OpenInvitation, token: String) -> impl IntoView {
    let org = open.org_name.as_str().to_owned();
    let way_in = match (&open.signed_in_as, open.has_account) {
        (Some(email), _) if *email == open.email => view! { <AcceptAsSelf token org=org.clone() /> }.into_any(),
        (Some(email), _) => {
            view! { <WrongAccount signed_in=email.to_string() invited=open.email.to_string() /> }.into_any()
        }
        (None, true) => view! { <AcceptWithPassword token email=open.email.to_string() /> }.into_any(),
        (None, false) => view! { <AcceptWithNewAccount token open=open.clone() /> }.into_any(),
    };
    view! {
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <h1>"Join " <span dir="auto">{org}</span></h1>
            <p class="lead">
                <b dir="auto">{open.invited_by}</b> " invites you as " <b>{open.role.label_as(open.kind)}</b>
                ". The invitation ends " <Time at=open.expires_at now=open.now /> "."
                {open.access_until.map(|end| view! { " Your access lasts until " <LastDay end /> "." })}
            </p>
            {(open.kind == Kind::External)
                .then(|| view! { <AsExternal home=open.home.clone() has_account=open.has_account /> })}
            {way_in}
        </div>
    }
}

/// What it means to come from another organization, before somebody confirms it (B48).
#[component]
fn AsExternal(home: Option<OrgName>, has_account: bool) -> impl IntoView {
    let told = match (home, has_account) {
        (Some(home), _) => view! {
            "They will see that you belong to "
            <b dir="auto">{home.as_str().to_owned()}</b>
            ", and its admins that you are a guest here."
        }
        .into_any(),
        // Who is not signed in is not told where the address belongs.
        (None, true) => COMING_AS_EXTERNAL.into_any(),
        (None, false) => ().into_any(),
    };
    let keeps = if has_account {
        "You come as somebody of another organization: you keep your account, and switch between both. "
    } else {
        "You come as somebody from outside of the organization. "
    };
    view! { <p class="notice">{keeps} {told}</p> }
}

#[component]
fn AcceptWithNewAccount(token: String, open: OpenInvitation) -> impl IntoView {
    let form = use_form::<AcceptNew>(None);
    view! {
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="token" value=token />
            <Field
                id="email"
                name="email"
                label="Email"
                kind="email"
                autocomplete="username"
                value=open.email.to_string()
                error=Signal::stored(None)
                readonly=true
            />
            <NameFields form name=open.name.clone() own=true />
            <NewPasswordField label="Choose a password" error=form.error("password") />
            <button class="button primary large">"Accept invitation"</button>
        </Form>
    }
}

#[component]
fn AcceptWithPassword(token: String, email: String) -> impl IntoView {
    let form = use_form::<AcceptExisting>(None);
    view! {
        <p>"You have an account here already. Sign in with it to accept."</p>
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="token" value=token />
            <Field
                id="email"
                name="email"
                label="Email"
                kind="email"
                autocomplete="username"
                value=email
                error=Signal::stored(None)
                readonly=true
            />
            <Field
                id="password"
                name="password"
                label="Password"
                kind="password"
                autocomplete="current-password"
                error=form.error("password")
                autofocus=true
            />
            <button class="button primary large">"Sign in and accept"</button>
        </Form>
    }
}

#[component]
fn AcceptAsSelf(token: String, org: String) -> impl IntoView {
    let form = use_form::<AcceptSignedIn>(None);
    view! {
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="token" value=token />
            <button class="button primary large">"Join " {org}</button>
        </Form>
    }
}

#[component]
fn WrongAccount(signed_in: String, invited: String) -> impl IntoView {
    let form = use_form::<LogOut>(None);
    view! {
        <p class="notice">
            "This invitation is for " <b>{invited}</b> ", and you are signed in as " <b>{signed_in}</b>
            ". Sign out, then open the link again."
        </p>
        <Form form class="stack">
            <button class="button primary large">"Sign out"</button>
        </Form>
    }
}

/// The way on from an invitation that has expired: a new one is asked for in one click (B21, N3).
#[component]
fn ExpiredCard(org_name: OrgName, asked: bool, token: String) -> impl IntoView {
    let form = use_form::<AskAgain>(None);
    let asked = RwSignal::new(asked);
    form.after(move || asked.set(true));
    let org = StoredValue::new(org_name.as_str().to_owned());
    let token = StoredValue::new(token);
    let way_on = move || {
        if asked.get() {
            return view! {
                <p class="lead" role="status">
                    "You have asked for a new invitation. As soon as an admin of " <b dir="auto">{org.get_value()}</b>
                    " approves it, it comes by email."
                </p>
            }
            .into_any();
        }
        view! {
            <p class="lead">
                "Ask for a new one: the admins of " <b dir="auto">{org.get_value()}</b> " send it with one click."
            </p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="token" value=token.get_value() />
                <button class="button primary large">"Ask for a new invitation"</button>
            </Form>
        }
        .into_any()
    };
    view! {
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <span class="empty-icon"><Icon name="clock" /></span>
            <h1>"This invitation has expired"</h1>
            {way_on}
            <p class="card-foot"><a class="link" href="/login">"Sign in"</a></p>
        </div>
    }
}

#[component]
fn ClosedCard(closed: InvitationView) -> impl IntoView {
    let from = |org: OrgName| org.as_str().to_owned();
    let (title, icon, text) = match closed {
        InvitationView::Revoked { org_name } => (
            "This invitation was withdrawn",
            "ban",
            format!("If you think this is a mistake, ask an admin of {}.", from(org_name)),
        ),
        InvitationView::Archived { org_name } => (
            "This organization is archived",
            "lock",
            format!(
                "Nobody can join {} before its Owner has restored it. Your invitation is kept until it ends.",
                from(org_name)
            ),
        ),
        InvitationView::Superseded { org_name } => (
            "There is a newer invitation",
            "mail",
            format!("{} has sent you another email since. Use the link in the latest one.", from(org_name)),
        ),
        InvitationView::Used { org_name } => {
            ("This invitation has been used", "circle-check", format!("If it was you, sign in to {}.", from(org_name)))
        }
        InvitationView::Unknown | InvitationView::Open(_) | InvitationView::Expired { .. } => (
            "This link does not work",
            "link",
            "Check that it was copied whole, or ask whoever invited you to send it again.".to_owned(),
        ),
    };
    view! {
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <span class="empty-icon"><Icon name=icon /></span>
            <h1>{title}</h1>
            <p class="lead">{text}</p>
            <a class="button" href="/login">"Sign in"</a>
        </div>
    }
}
