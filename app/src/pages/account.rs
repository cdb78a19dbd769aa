//! A person's own account: name, address, password, where they are signed in, and how the console looks to them.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    PersonName, Timestamp,
    account::{Account, PendingEmail},
    people::OrgMembership,
    session::LiveSession,
};

use crate::{
    Reload,
    api::account::{
        AskForEmail, CancelEmailChange, ChangePassword, EndOtherSessions, EndOwnSession, RenameAccount, get_account,
    },
    components::{
        form::{Form, FormMessage, use_form},
        frame::ThemeChoice,
        loaded::Loaded,
        names::NameFields,
        password::NewPasswordField,
        person::Avatar,
        sessions::SessionList,
        ui::{Field, Icon, PageTitle, Time},
    },
    paths,
};

/// `/account`, which leads back to the organization of `?org=`.
#[component]
pub fn AccountPage() -> impl IntoView {
    let Reload(reload) = expect_context();
    let from = use_query_map().with_untracked(|q| q.get("org").unwrap_or_default());
    let found = Resource::new(move || reload.get(), |_| get_account());
    view! {
        <PageTitle text="Your account" />
        <main class="account" id="main">
            <Loaded
                of=move || found
                waiting="Loading…"
                show=move |account| view! { <Sections from=from.clone() account /> }
            />
        </main>
    }
}

#[component]
fn Sections(from: String, account: Account) -> impl IntoView {
    let email = account.email.to_string();
    let name = account.name.display(&account.email);
    view! {
        <Back from orgs=account.orgs />
        <header class="profile-head">
            <Avatar name=name.clone() />
            <div>
                <h1>"Your account"</h1>
                <p><span dir="auto">{name}</span>" · "{email.clone()}</p>
            </div>
        </header>
        <NamePanel name=account.name />
        <EmailPanel email=email.clone() pending=account.pending now=account.now />
        <PasswordPanel email />
        <SessionsPanel sessions=account.sessions now=account.now />
        <section class="panel" aria-labelledby="appearance">
            <div>
                <h2 id="appearance">"Appearance"</h2>
                <p>"Kept in this browser."</p>
            </div>
            <ThemeChoice />
        </section>
    }
}

/// To where one came from, or to the organizations.
#[component]
fn Back(from: String, orgs: Vec<OrgMembership>) -> impl IntoView {
    let (to, label) = orgs.into_iter().find(|org| org.slug.as_str() == from).map_or_else(
        || (paths::orgs(), "Organizations".to_owned()),
        |org| (paths::org(org.slug.as_str()), org.name.as_str().to_owned()),
    );
    view! {
        <a class="back" href=to><Icon name="arrow-left" /><span dir="auto">{label}</span></a>
    }
}

#[component]
fn NamePanel(name: PersonName) -> impl IntoView {
    let form = use_form::<RenameAccount>(None);
    view! {
        <section class="panel" aria-labelledby="name">
            <div>
                <h2 id="name">"Name"</h2>
                <p>"What you are called in all your organizations."</p>
            </div>
            <div>
                <FormMessage form />
                <Form form class="stack">
                    <NameFields form name own=true />
                    <button class="button">"Save name"</button>
                </Form>
            </div>
        </section>
    }
}

#[component]
fn EmailPanel(email: String, pending: Option<PendingEmail>, now: Timestamp) -> impl IntoView {
    let form = use_form::<AskForEmail>(None);
    view! {
        <section class="panel" aria-labelledby="email">
            <div>
                <h2 id="email">"Email"</h2>
                <p>"You sign in as "<b>{email}</b>". A link goes to this address and to the new one; both have to agree."</p>
            </div>
            <div>
                {pending.map(|pending| view! { <Pending pending now /> })}
                <FormMessage form />
                <Form form class="stack">
                    <Field
                        id="new_email"
                        name="email"
                        label="New email"
                        kind="email"
                        autocomplete="email"
                        value=form.value_or("email", "")
                        error=form.error("email")
                    />
                    <Field
                        id="email_password"
                        name="password"
                        label="Your password"
                        kind="password"
                        autocomplete="current-password"
                        error=form.error("password")
                    />
                    <button class="button">"Change email"</button>
                </Form>
            </div>
        </section>
    }
}

/// What is asked for and not done yet, and which of the two mailboxes has agreed.
#[component]
fn Pending(pending: PendingEmail, now: Timestamp) -> impl IntoView {
    let cancel = use_form::<CancelEmailChange>(None);
    let line = |confirmed: bool, whose: &'static str| {
        let (icon, said) = if confirmed { ("circle-check", "has agreed") } else { ("clock", "has to agree yet") };
        view! { <li><Icon name=icon />{whose}" "{said}</li> }
    };
    view! {
        <div class="notice pending">
            <p>"To be changed to "<b>{pending.to.to_string()}</b>". The links end "<Time at=pending.expires_at now />"."</p>
            <ul>
                {line(pending.old_confirmed, "Your present address")}
                {line(pending.new_confirmed, "The new address")}
            </ul>
            <Form form=cancel>
                <button class="button small">"Cancel the change"</button>
            </Form>
        </div>
    }
}

#[component]
fn PasswordPanel(email: String) -> impl IntoView {
    let form = use_form::<ChangePassword>(None);
    view! {
        <section class="panel" aria-labelledby="password-change">
            <div>
                <h2 id="password-change">"Password"</h2>
                <p>"Everywhere else you are signed out then."</p>
            </div>
            <div>
                <FormMessage form />
                <Form form class="stack">
                    // For password managers, which keep a password under a name.
                    <input type="text" autocomplete="username" value=email readonly hidden />
                    <Field
                        id="current_password"
                        name="current_password"
                        label="Current password"
                        kind="password"
                        autocomplete="current-password"
                        error=form.error("current_password")
                    />
                    <NewPasswordField label="New password" error=form.error("password") />
                    <div class="form-end">
                        <button class="button">"Change password"</button>
                        <a class="link" href=paths::forgot()>"Forgot it?"</a>
                    </div>
                </Form>
            </div>
        </section>
    }
}

#[component]
fn SessionsPanel(sessions: Vec<LiveSession>, now: Timestamp) -> impl IntoView {
    let end = use_form::<EndOwnSession>(None);
    let end_others = use_form::<EndOtherSessions>(None);
    let others = sessions.len() > 1;
    view! {
        <section class="panel" aria-labelledby="sessions">
            <div>
                <h2 id="sessions">"Sessions"</h2>
                <p>"Where you are signed in."</p>
            </div>
            <div>
                <FormMessage form=end />
                <FormMessage form=end_others />
                <SessionList sessions now form=end />
                {others
                    .then(|| {
                        view! {
                            <Form form=end_others>
                                <button class="button"><Icon name="log-out" />"End all other sessions"</button>
                            </Form>
                        }
                    })}
            </div>
        </section>
    }
}
