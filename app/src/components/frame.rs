//! The frame of the console: sidebar or top bar, the organization, the profile menu, and the page inside.

use leptos::prelude::*;
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_params_map},
};
use model::{Action, Denial, bulk::may_do_any, decide, people::Viewer};

use super::{
    ahead::fetch_ahead,
    commands::Commands,
    errors::problem_alone,
    form::{Form, use_form},
    keys::{HelpSheet, Keys},
    landing::Landing,
    loaded::Loaded,
    palette::{Palette, PaletteButton},
    person::Avatar,
    switcher::OrgSwitcher,
    ui::{Icon, Menu},
};
use crate::{
    api::{
        appearance::SetTheme,
        session::{LogOut, get_viewer},
    },
    pages::people::LastShown,
    paths,
    theme::Theme,
};

/// The pages of one organization, for who may see them.
#[component]
pub fn OrgFrame() -> impl IntoView {
    let params = use_params_map();
    let org = Memo::new(move |_| params.with(|p| p.get("org").unwrap_or_default()));
    let found = Resource::new(move || org.get(), get_viewer);
    view! {
        <Loaded of=move || found show=|viewer| view! { <Console viewer /> } or=problem_alone />
    }
}

#[component]
fn Console(viewer: Viewer) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    provide_context(viewer.clone());
    LastShown::provide();
    let landing = Landing::provide(&viewer);
    let edits_policies = decide(&viewer.actor, Action::EditPolicies, None).is_ok();
    let sees_people = decide(&viewer.actor, Action::ViewPeople, None).is_ok();
    let sees_details = decide(&viewer.actor, Action::ViewOrganization, None).is_ok();
    let edits_mail = decide(&viewer.actor, Action::EditMailProfile, None).is_ok();
    let adds_domains = decide(&viewer.actor, Action::ManageDomains, None).is_ok();
    let sees_partners = viewer.sees_partner_section();
    let beside_partners = !viewer.sees_partner_section_alone();
    Keys::provide(Commands::provide(&viewer, landing));
    fetch_ahead();
    view! {
        // Left to the browser, which moves the focus along.
        <a class="skip" href="#main" rel="external">"Skip to content"</a>
        <div class="console">
            <header class="sidebar">
                <OrgSwitcher viewer=viewer.clone() />
                <PaletteButton />
                <nav aria-label="Organization" class="nav">
                    {beside_partners
                        .then(|| {
                            view! {
                                <NavLink
                                    to=Signal::derive(move || landing.url())
                                    of=paths::users(&org)
                                    icon="users"
                                    label="People"
                                />
                            }
                        })}
                    {may_do_any(&viewer.actor)
                        .is_ok()
                        .then(|| {
                            let jobs = paths::jobs(&org);
                            view! { <NavLink to=jobs.clone() of=jobs icon="layers" label="Bulk changes" /> }
                        })}
                    {sees_people
                        .then(|| {
                            let roles = paths::roles(&org);
                            let groups = paths::groups(&org);
                            let (attributes, connections) = (paths::attributes(&org), paths::connections(&org));
                            view! {
                                <NavLink to=groups.clone() of=groups icon="group" label="Groups" />
                                <NavLink to=roles.clone() of=roles icon="shield" label="Roles" />
                                <NavLink to=attributes.clone() of=attributes icon="file-text" label="Attributes" />
                                <NavLink to=connections.clone() of=connections icon="plug" label="Connections" />
                            }
                        })}
                    {sees_partners
                        .then(|| {
                            let partner = paths::partner(&org);
                            view! { <NavLink to=partner.clone() of=partner icon="handshake" label="Partner" /> }
                        })}
                    {(edits_policies || edits_mail || sees_details || adds_domains)
                        .then(|| view! { <p class="nav-group">"Settings"</p> })}
                    {sees_details
                        .then(|| {
                            let general = paths::general(&org);
                            view! { <NavLink to=general.clone() of=general icon="building-2" label="General" /> }
                        })}
                    {edits_policies
                        .then(|| {
                            let policies = paths::policies(&org);
                            let ownership = paths::ownership(&org);
                            view! {
                                <NavLink to=policies.clone() of=policies icon="settings" label="Policies" />
                                <NavLink to=ownership.clone() of=ownership icon="crown" label="Ownership" />
                            }
                        })}
                    {adds_domains
                        .then(|| {
                            let domains = paths::domains(&org);
                            view! { <NavLink to=domains.clone() of=domains icon="link" label="Domains" /> }
                        })}
                    {edits_mail
                        .then(|| {
                            let mail = paths::mail(&org);
                            view! { <NavLink to=mail.clone() of=mail icon="mail" label="Mail" /> }
                        })}
                </nav>
            </header>
            <div class="profile-corner"><ProfileMenu viewer=viewer.clone() landing /></div>
            <main id="main" class="page" tabindex="-1">
                {viewer.org.archived_at.map(|_| view! { <ArchivedNote org=viewer.org.slug.as_str().to_owned() sees_details /> })}
                <Outlet />
            </main>
        </div>
        <Palette />
        <HelpSheet />
    }
}

/// Stands above every page of an archived organization.
#[component]
fn ArchivedNote(org: String, sees_details: bool) -> impl IntoView {
    view! {
        <p class="notice archived" role="note">
            {Denial::Archived.to_string()} " "
            {sees_details.then(|| view! { <a class="link" href=paths::general(&org)>"Details"</a> })}
        </p>
    }
}

/// A link to a page of the organization.
#[component]
pub fn NavLink(
    /// Where it leads.
    #[prop(into)]
    to: Signal<String>,
    /// The path that the pages it is about begin with.
    of: String,
    icon: &'static str,
    label: &'static str,
) -> impl IntoView {
    let location = use_location();
    let here = move || location.pathname.with(|path| path.starts_with(&of)).then_some("page");
    view! {
        <a class="nav-link" href=to aria-current=here>
            <Icon name=icon />
            {label}
        </a>
    }
}

/// Top right: who one is, the people (B3), the theme, and the way out.
#[component]
pub fn ProfileMenu(viewer: Viewer, landing: Landing) -> impl IntoView {
    let name = viewer.name.display(&viewer.email);
    let log_out = use_form::<LogOut>(None);
    let face = name.clone();
    let (icon, home) = if viewer.sees_partner_section_alone() { ("handshake", "Partner") } else { ("users", "Users") };
    view! {
        <Menu
            label=format!("Profile of {name}")
            class="profile-button"
            button=move || view! { <Avatar name=face.clone() /> }
        >
            <div class="menu-who">
                <b dir="auto">{name}</b>
                <span>{viewer.email.to_string()}</span>
                <span>{viewer.actor.role.label_as(viewer.actor.kind)}</span>
            </div>
            <hr />
            <a class="menu-item" href=move || landing.url()><Icon name=icon />{home}</a>
            <a class="menu-item" href=paths::orgs()><Icon name="building-2" />"Organizations"</a>
            <a class="menu-item" href=paths::account(Some(viewer.org.slug.as_str()))><Icon name="user" />"Your account"</a>
            <a class="menu-item" href=paths::own_attributes(viewer.org.slug.as_str())><Icon name="file-text" />"Your attributes"</a>
            <hr />
            <ThemeChoice />
            <hr />
            <Form form=log_out>
                <button class="menu-item"><Icon name="log-out" />"Log out"</button>
            </Form>
        </Menu>
    }
}

/// Light, dark or system.
#[component]
pub fn ThemeChoice() -> impl IntoView {
    let chosen = use_context::<RwSignal<Theme>>().unwrap_or_default();
    let form = use_form::<SetTheme>(None);
    view! {
        <Form form class="theme-choice">
            {Theme::ALL
                .map(|theme| {
                    view! {
                        <button
                            class="theme-button"
                            name="theme"
                            value=theme.code()
                            title=theme.label()
                            aria-label=format!("{} theme", theme.label())
                            aria-pressed=move || if chosen.get() == theme { "true" } else { "false" }
                            on:click=move |_| chosen.set(theme)
                        >
                            <Icon name=theme.icon() />
                        </button>
                    }
                })
                .collect_view()}
        </Form>
    }
}
