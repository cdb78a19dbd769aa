//! The domains of an organization (B50): the record that proves each, and how people come in who have an address of one.

use leptos::{prelude::*, wasm_bindgen::JsCast as _, web_sys::HtmlInputElement};
use leptos_router::hooks::use_query_map;
use model::{
    Action, Policies, Timestamp, decide,
    domain::{AutoJoin, Domain, DomainRow, DomainState, DomainsPage as Page},
    people::Viewer,
};

use crate::{
    Reload,
    api::domains::{AddDomain, CheckDomain, DeleteDomain, SetAutoJoin, list_domains},
    components::{
        errors::Refused,
        form::{Form, FormMessage, FormState, use_form},
        loaded::Loaded,
        person::sentence_of,
        ui::{Choice, ChoiceGroup, CopyField, Dialog, Field, Icon, PageTitle, Time},
    },
    pages::people::dialogs::Foot,
    paths,
};

/// `/o/:org/settings/domains`
#[component]
pub fn DomainsPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Err(why) = decide(&viewer.actor, Action::ManageDomains, None) {
        return view! { <Refused why /> }.into_any();
    }
    let Reload(reload) = expect_context();
    let org = viewer.org.slug.as_str().to_owned();
    let found = Resource::new(move || (org.clone(), reload.get()), |(org, _)| list_domains(org));
    // Out here, since the list is read again after each answer, which has to stay.
    let check = use_form::<CheckDomain>(None);
    view! {
        <PageTitle text="Domains" />
        <div class="page-head">
            <div>
                <h1>"Domains"</h1>
                <p>
                    "Prove that a domain belongs to " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span>
                    ", and choose how people come in who have an address of it."
                </p>
            </div>
        </div>
        <AddForm org=viewer.org.slug.as_str().to_owned() />
        <FormMessage form=check />
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |page| view! { <Domains viewer=viewer.clone() page check /> }
        />
    }
    .into_any()
}

#[component]
fn AddForm(org: String) -> impl IntoView {
    let form = use_form::<AddDomain>(None);
    form.after(|| {
        if let Some(field) = document().get_element_by_id("domain") {
            field.unchecked_into::<HtmlInputElement>().set_value("");
        }
    });
    view! {
        <section class="panel" aria-labelledby="add-domain">
            <h2 id="add-domain">"Add a domain"</h2>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <Field
                    id="domain"
                    name="domain"
                    label="Domain"
                    kind="text"
                    value=form.value_or("domain", "")
                    hint="What stands behind the @ of your addresses, such as example.com."
                    error=form.error("domain")
                />
                <div class="form-foot">
                    <button class="button primary"><Icon name="plus" />"Add domain"</button>
                </div>
            </Form>
        </section>
    }
}

/// The list, with the dialog that the URL names.
#[component]
pub fn Domains(viewer: Viewer, page: Page, check: FormState<CheckDomain>) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let may = Rights {
        choose: decide(&viewer.actor, Action::EditPolicies, None).is_ok(),
        delete: decide(&viewer.actor, Action::DeleteDomain, None).is_ok(),
    };
    // Why what is not offered is not.
    let refused = decide(&viewer.actor, Action::DeleteDomain, None).err().filter(|_| !page.rows.is_empty());
    let now = page.now;
    let none = page.rows.is_empty().then(|| view! { <p class="hint">"No domain has been added yet."</p> });
    let here = paths::domains(&org);
    let close_to = {
        let here = here.clone();
        Signal::derive(move || here.clone())
    };
    let dialog = {
        let (viewer, rows, params) = (viewer.clone(), page.rows.clone(), use_query_map());
        move || {
            let (name, id) = params.with(|p| (p.get("dialog").unwrap_or_default(), p.get("id").unwrap_or_default()));
            let named = rows.iter().find(|row| row.domain.id.to_string() == id).map(|row| row.domain.clone());
            let viewer = viewer.clone();
            match (name.as_str(), named) {
                ("delete", Some(domain)) if may.delete => {
                    let org = viewer.org.slug.as_str().to_owned();
                    view! { <DeleteDialog org domain close_to /> }.into_any()
                }
                ("people", Some(domain)) if may.choose => {
                    view! { <AutoJoinDialog viewer domain close_to /> }.into_any()
                }
                _ => ().into_any(),
            }
        }
    };
    let panels = page.rows.into_iter().map(|row| view! { <Panel org=org.clone() row check may now /> }).collect_view();
    view! {
        {none}
        {panels}
        {refused.map(|why| view! { <p class="hint">{why.to_string()}</p> })}
        {dialog}
    }
}

/// What the viewer may do with a domain beside proving it.
#[derive(Clone, Copy)]
struct Rights {
    choose: bool,
    delete: bool,
}

#[component]
fn Panel(org: String, row: DomainRow, check: FormState<CheckDomain>, may: Rights, now: Timestamp) -> impl IntoView {
    let DomainRow { domain, lapsed } = row;
    let id = domain.id.to_string();
    let name = domain.name.to_string();
    let verified = domain.state() == DomainState::Verified;
    let link =
        |dialog: &str| paths::with_params(&paths::domains(&org), &[("dialog", dialog.to_owned()), ("id", id.clone())]);
    let result = domain.checked.map(|(at, result)| {
        view! { <p class="hint">"Last checked " <Time at now />": "{result.sentence()}</p> }
    });
    let choose = (verified && may.choose).then(|| {
        view! {
            <a
                class="button"
                id=format!("open-people-{id}")
                href=link("people")
                aria-label=format!("Choose how people of {name} come in")
            >
                <Icon name="user-plus" />
                "Choose"
            </a>
        }
    });
    let delete = may.delete.then(|| {
        view! {
            <a class="button danger" id=format!("open-delete-{id}") href=link("delete") aria-label=format!("Delete {name}")>
                <Icon name="trash-2" />
                "Delete"
            </a>
        }
    });
    let heading = format!("name-of-{id}");
    let labelled_by = heading.clone();
    let people = verified.then(|| view! { <Coming domain=domain.clone() lapsed /> });
    view! {
        <section class="panel" aria-labelledby=labelled_by>
            <h2 id=heading class="domain-name">
                <span>{name.clone()}</span>
                <span class=if verified { "badge active" } else { "badge invited" }>{domain.state().label()}</span>
            </h2>
            <Record domain=domain.clone() verified />
            {result}
            {people}
            <div class="form-foot">
                <Form form=check>
                    <input type="hidden" name="org" value=org />
                    <input type="hidden" name="id" value=id />
                    <button
                        class="button"
                        aria-label=format!("Check now: {name}")
                    >
                        <Icon name="refresh-cw" />
                        "Check now"
                    </button>
                </Form>
                {choose}
                {delete}
            </div>
        </section>
    }
}

/// The record to be put into DNS.
#[component]
fn Record(domain: Domain, verified: bool) -> impl IntoView {
    let intro = if verified {
        "Its record was found. It stays verified if the record vanishes; checking again tells whether it is still there."
    } else {
        "Put this TXT record into the DNS of the domain, then check. It tells nobody anything, and can stay there."
    };
    let name = domain.name.record_name();
    let value = domain.record_value();
    view! {
        <p>{intro}</p>
        <dl class="changes">
            <div>
                <dt>"Name"</dt>
                <dd><CopyField text=name label=format!("Name of the record of {}", domain.name) /></dd>
            </div>
            <div>
                <dt>"Value"</dt>
                <dd><CopyField text=value label=format!("Value of the record of {}", domain.name) /></dd>
            </div>
        </dl>
    }
}

/// How people come in by a domain.
#[component]
fn Coming(domain: Domain, lapsed: Option<String>) -> impl IntoView {
    let role = domain.auto_join.lets_in().then(|| format!(" Their role: {}.", domain.role.label()));
    view! {
        <p><b>{domain.auto_join.label()}"."</b> " " {domain.auto_join.sentence()} {role}</p>
        {lapsed
            .map(|name| {
                view! {
                    <p class="notice">
                        "Nobody is let in at the moment, and who asks waits for the admins: " <bdi>{name}</bdi>
                        ", who chose this, may not invite any more. Choose it again to let people in on your own behalf."
                    </p>
                }
            })}
    }
}

#[component]
pub fn AutoJoinDialog(viewer: Viewer, domain: Domain, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<SetAutoJoin>(Some(close_to));
    let id = domain.id.to_string();
    let chosen = form.value_or("mode", domain.auto_join.code());
    let role = form.value_or("role", domain.role.code());
    // Whoever lets people in invites them: those are offered whom the viewer may invite.
    let may_invite = |role| decide(&viewer.actor, Action::Invite(role), None);
    let roles: Vec<_> = Policies::FIRST_ROLES.into_iter().filter(|role| may_invite(*role).is_ok()).collect();
    let lets_in = !roles.is_empty();
    let why_not = may_invite(domain.role).err().filter(|_| !lets_in);
    let modes = AutoJoin::ALL
        .into_iter()
        .filter(|mode| lets_in || !mode.lets_in())
        .map(|mode| {
            view! { <Choice name="mode" code=mode.code() label=mode.label() sentence=mode.sentence() chosen=chosen.clone() /> }
        })
        .collect_view();
    let roles = if lets_in {
        let choices = roles
            .into_iter()
            .map(|of| {
                let sentence = sentence_of(of);
                view! { <Choice name="role" code=of.code() label=of.label() sentence chosen=role.clone() /> }
            })
            .collect_view();
        view! {
            <ChoiceGroup id="auto-join-role" legend="The role of who is let in" error=form.error("role")>
                {choices}
            </ChoiceGroup>
        }
        .into_any()
    } else {
        view! { <input type="hidden" name="role" value=domain.role.code() /> }.into_any()
    };
    view! {
        <Dialog title=format!("People of {}", domain.name) opener=format!("open-people-{id}") close_to>
            <p class="hint">
                "Seats, deleted addresses and the domains of the policies count as ever. Who is let in is invited in your name, as \
                long as you may invite."
            </p>
            {why_not
                .map(|why| view! { <p class="hint">"You cannot choose here that people are let in: " {why.to_string()}</p> })}
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
                <input type="hidden" name="id" value=id />
                <ChoiceGroup id="auto-join-mode" legend="How they come in" error=form.error("mode")>
                    {modes}
                </ChoiceGroup>
                {roles}
                <Foot close_to button="Save" />
            </Form>
        </Dialog>
    }
}

#[component]
pub fn DeleteDialog(org: String, domain: Domain, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<DeleteDomain>(Some(close_to));
    let id = domain.id.to_string();
    let name = domain.name.to_string();
    let confirm = (domain.state() == DomainState::Verified).then(|| {
        view! {
            <Field
                id="confirm-domain"
                name="confirm"
                label="To confirm, type the domain"
                hint=format!("Type {name} to confirm.")
                value=form.value_or("confirm", "")
                error=form.error("confirm")
                autofocus=true
            />
        }
    });
    view! {
        <Dialog title="Delete domain" opener=format!("open-delete-{id}") close_to>
            <p>
                "Nobody comes in by " <b>{name.clone()}</b>
                " any more, and another organization can verify it. Who is here stays. Adding it again takes another record."
            </p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=id />
                {confirm}
                <Foot close_to button="Delete domain" tone="danger" />
            </Form>
        </Dialog>
    }
}
