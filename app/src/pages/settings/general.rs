//! The name, kind and details of an organization (B50), and closing it.

use leptos::prelude::*;
use model::{Action, decide, organization::OrgSettings, people::Viewer};

use crate::{
    api::organizations::{ArchiveOrganization, RestoreOrganization, SaveOrganization, get_organization},
    components::{
        form::{Form, FormMessage, FormState, use_form},
        founding::KindChoices,
        loaded::Loaded,
        ui::{Field, FieldError, Icon, PageTitle, TextAreaField, Time},
    },
};

/// `/o/:org/settings/general`
#[component]
pub fn GeneralPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let org = viewer.org.slug.as_str().to_owned();
    let found = Resource::new(move || org.clone(), get_organization);
    view! {
        <PageTitle text="General" />
        <div class="page-head">
            <div>
                <h1>"General"</h1>
                <p>"What " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span> " is called, and whom to turn to."</p>
            </div>
        </div>
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |settings| view! { <General viewer=viewer.clone() settings /> }
        />
    }
}

#[component]
fn General(viewer: Viewer, settings: OrgSettings) -> impl IntoView {
    let may = |action| decide(&viewer.actor, action, None).is_ok();
    let closing = if may(Action::ArchiveOrganization) {
        view! { <Archive viewer=viewer.clone() /> }.into_any()
    } else if may(Action::RestoreOrganization) {
        view! { <Restore viewer=viewer.clone() /> }.into_any()
    } else {
        ().into_any()
    };
    let details = if may(Action::EditOrganization) {
        view! { <DetailsForm org=viewer.org.slug.as_str().to_owned() settings /> }.into_any()
    } else {
        view! { <Details settings /> }.into_any()
    };
    view! {
        {details}
        {closing}
    }
}

/// The details, to be changed.
#[component]
pub fn DetailsForm(org: String, settings: OrgSettings) -> impl IntoView {
    let form = use_form::<SaveOrganization>(None);
    let OrgSettings { name, kind, details, time_zones, has_partners, created_at, now } = settings;
    let email = details.contact_email.as_ref().map(ToString::to_string).unwrap_or_default();
    view! {
        <section class="panel" aria-labelledby="details">
            <h2 id="details">"Details"</h2>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org.clone() />
                // The one that was looked at, also where the page comes back with what was entered.
                <input type="hidden" name="version" value=form.value_or("version", &details.version.to_string()) />
                <Field
                    id="org_name"
                    name="org_name"
                    label="Name"
                    autocomplete="organization"
                    value=form.value_or("org_name", name.as_str())
                    hint=format!("In URLs it stays “{org}”, so that no link breaks.")
                    error=form.error("org_name")
                />
                <KindChoices form legend="Kind" kind>
                    {has_partners
                        .then(|| view! { <p class="hint">"Somebody here has the role Partner, so it stays a partner organization."</p> })}
                </KindChoices>
                <TextAreaField
                    id="address"
                    name="address"
                    label="Address"
                    value=form.value_or("address", &details.address)
                    hint="Where post reaches the organization."
                    error=form.error("address")
                    autofocus=false
                />
                <Field
                    id="contact_name"
                    name="contact_name"
                    label="Contact"
                    value=form.value_or("contact_name", &details.contact_name)
                    error=form.error("contact_name")
                    optional=true
                />
                <Field
                    id="contact_email"
                    name="contact_email"
                    label="Email of the contact"
                    kind="email"
                    value=form.value_or("contact_email", &email)
                    error=form.error("contact_email")
                    optional=true
                />
                <TimeZoneField form now_in=details.time_zone names=time_zones />
                <div class="form-foot">
                    <button class="button primary">"Save"</button>
                    <p class="hint">"Founded " <Time at=created_at now />"."</p>
                </div>
            </Form>
        </section>
    }
}

#[component]
fn TimeZoneField(form: FormState<SaveOrganization>, now_in: String, names: Vec<String>) -> impl IntoView {
    let chosen = form.value_or("time_zone", &now_in);
    let error = form.error("time_zone");
    let options = names
        .into_iter()
        .map(|name| {
            let selected = name == chosen;
            view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for="time_zone">"Time zone"</label>
            <select
                id="time_zone"
                name="time_zone"
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=move || error.get().is_some().then_some("time_zone-error")
            >
                <option value="">"UTC"</option>
                {options}
            </select>
            <FieldError id="time_zone-error" error />
        </div>
    }
}

/// The details of an organization in which nothing changes.
#[component]
fn Details(settings: OrgSettings) -> impl IntoView {
    let OrgSettings { name, kind, details, .. } = settings;
    let facts = [
        ("Name", name.as_str().to_owned()),
        ("Kind", kind.label().to_owned()),
        ("Address", details.address),
        ("Contact", details.contact_name),
        ("Email of the contact", details.contact_email.map(|email| email.to_string()).unwrap_or_default()),
        ("Time zone", if details.time_zone.is_empty() { "UTC".to_owned() } else { details.time_zone }),
    ];
    let facts = facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(term, value)| view! { <div><dt>{term}</dt><dd class="lines" dir="auto">{value}</dd></div> })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="details">
            <h2 id="details">"Details"</h2>
            <dl class="facts">{facts}</dl>
        </section>
    }
}

#[component]
fn Archive(viewer: Viewer) -> impl IntoView {
    let form = use_form::<ArchiveOrganization>(None);
    let name = viewer.org.name.as_str().to_owned();
    view! {
        <section class="panel danger-zone" aria-labelledby="archive">
            <h2 id="archive">"Archive"</h2>
            <p>
                "Everything can still be read, and nothing changes: nobody is invited, joins, or gets another role. You can \
                restore it at any time."
            </p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
                <Field
                    id="confirm"
                    name="confirm"
                    label="Name of the organization"
                    hint=format!("Type {name} to confirm.")
                    value=form.value_or("confirm", "")
                    error=form.error("confirm")
                />
                <div class="form-foot">
                    <button class="button danger"><Icon name="lock" />"Archive organization"</button>
                </div>
            </Form>
        </section>
    }
}

#[component]
fn Restore(viewer: Viewer) -> impl IntoView {
    let form = use_form::<RestoreOrganization>(None);
    view! {
        <section class="panel" aria-labelledby="restore">
            <h2 id="restore">"Restore"</h2>
            <p>"Everything works again as it did, with the people and settings of today."</p>
            <FormMessage form />
            <Form form>
                <input type="hidden" name="org" value=viewer.org.slug.as_str().to_owned() />
                <button class="button primary"><Icon name="refresh-cw" />"Restore organization"</button>
            </Form>
        </section>
    }
}
