//! "Create user" (B4, B6, B7): an account with a temporary password, which goes out by mail.

use leptos::prelude::*;
use model::{Action, Denial, decide, invitation::InviteResult, people::Viewer};

use crate::{
    api::onboarding::{CreateUser, strength_for},
    components::{
        errors::Refused,
        form::{Form, FormMessage, FormState, use_form},
        invite_results::ResultLine,
        last_day::LastDayField,
        names::NameFields,
        password::{Asked, NewPassword},
        ui::{Field, Icon, PageTitle},
    },
    paths,
};

/// `/o/:org/users/new`
#[component]
pub fn CreateUserPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let org = viewer.org.slug.as_str().to_owned();
    let policies = &viewer.org.policies;
    let barred = match decide(&viewer.actor, Action::Invite(policies.default_role), None) {
        Err(why) => Some(why),
        Ok(_) => (!policies.onboarding.by_password()).then_some(Denial::PasswordsOff),
    };
    if let Some(why) = barred {
        return view! { <Refused why /> }.into_any();
    }
    let form = use_form::<CreateUser>(None);
    let done = form.data();
    let people = paths::users(&org);
    view! {
        <PageTitle text="Create user" />
        <a class="back" href=people><Icon name="arrow-left" />"People"</a>
        <div class="page-head">
            <div>
                <h1>"Create user"</h1>
                <p>"An account with a temporary password, which goes out by email at once."</p>
            </div>
        </div>
        {move || match done.get() {
            Some(result) => view! { <Created result org=org.clone() /> }.into_any(),
            None => view! { <CreateForm form org=org.clone() /> }.into_any(),
        }}
    }
    .into_any()
}

/// What the server is asked about a password: the words around it are those in the other fields.
fn ask(password: String) -> Asked {
    let entered = |id: &str| {
        let field = document().get_element_by_id(id);
        let field = field.and_then(|field| {
            use leptos::wasm_bindgen::JsCast as _;
            field.dyn_into::<leptos::web_sys::HtmlInputElement>().ok()
        });
        field.map(|field| field.value()).unwrap_or_default()
    };
    let [org, first, last, email] = ["create-org", "create-first", "create-last", "create-email"].map(entered);
    Box::pin(strength_for(org, first, last, email, password))
}

#[component]
fn CreateForm(form: FormState<CreateUser>, org: String) -> impl IntoView {
    view! {
        <section class="panel" aria-label="The new account">
            <FormMessage form />
            <Form form class="stack narrow">
                <input type="hidden" name="org" id="create-org" value=org />
                <NameFields form ids=["create-first", "create-last"] autofocus=true />
                <Field
                    id="create-email"
                    name="email"
                    label="Email"
                    kind="email"
                    value=form.value_or("email", "")
                    hint="Also the login name. Somebody who has an account here already keeps their own password and gets a link instead."
                    error=form.error("email")
                />
                <label class="check">
                    <input
                        type="checkbox"
                        name="generate"
                        id="create-generate"
                        checked=form.checked_or("generate", false)
                    />
                    <span>
                        <b>"Generate a temporary password"</b>
                        <span>"Only the mail holds it; you do not see it."</span>
                    </span>
                </label>
                <div class="typed-password stack">
                    <NewPassword
                        id="create-password"
                        label="Temporary password"
                        error=form.error("password")
                        ask=ask
                    />
                    <Field
                        id="create-again"
                        name="password_again"
                        label="Confirm temporary password"
                        kind="password"
                        autocomplete="new-password"
                        error=form.error("password_again")
                    />
                </div>
                <LastDayField form id="create-until" />
                <Notes />
                <div class="form-foot">
                    <button class="button primary">"Create user"</button>
                </div>
            </Form>
        </section>
    }
}

/// What is risky about it, and what helps (B7).
#[component]
pub fn Notes() -> impl IntoView {
    view! {
        <div class="notes">
            <p>
                <Icon name="shield" />
                <span>
                    <b>"Security note. "</b>
                    "Somebody else knows this password, and whoever can read the mailbox, or a copy of the mail, could use it \
                    first. Ask the person to sign in and change it at once; nothing else opens before they do."
                </span>
            </p>
            <p>
                <Icon name="mail" />
                <span>
                    <b>"No mail? "</b>
                    "Have them look into the spam or junk folder. “Resend invitation” in the list sends a new password; the \
                    old one stops working."
                </span>
            </p>
        </div>
    }
}

/// What became of it.
#[component]
fn Created(result: InviteResult, org: String) -> impl IntoView {
    view! {
        <section class="panel" aria-label="What was done">
            <div role="status">
                <ul class="results"><ResultLine result /></ul>
            </div>
            <Notes />
            <div class="form-foot">
                <a class="button primary" href=paths::users(&org)>"Done"</a>
                <a class="button" href=paths::create_user(&org) rel="external">"Create another user"</a>
            </div>
        </section>
    }
}
