//! The organizations of who is signed in, those that invite them, and founding another one.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Kind, OrgKind, OrgName, Timestamp,
    domain::JoinOffer,
    people::{MyOrgs, OrgInvitation, OrgMembership},
};
use serde::{Deserialize, Serialize};

use crate::{
    Reload,
    api::{
        domains::JoinByDomain,
        organizations::{AcceptListed, DeclineInvitation, FoundOrganization, list_my_orgs},
        partner::open_referral,
        session::LogOut,
    },
    components::{
        form::{Form, FormMessage, FormState, use_form},
        founding::{KindChoices, PresetChoices},
        loaded::Loaded,
        person::COMING_AS_EXTERNAL,
        switcher::OrgMark,
        ui::{Field, Icon, PageTitle, Time},
    },
    paths,
    problem::Problem,
};

/// `/orgs`
#[component]
pub fn OrgsPage() -> impl IntoView {
    let Reload(reload) = expect_context();
    let orgs = Resource::new(move || reload.get(), |_| list_my_orgs());
    let forms = Forms { accept: use_form(None), decline: use_form(None), join: use_form(None) };
    view! {
        <PageTitle text="Organizations" />
        <main class="card-page" id="main">
            <Loaded of=move || orgs show=move |mine| view! { <Mine mine forms /> } />
        </main>
    }
}

/// The answers to an invitation, one form of each for all of them, and the way in without one.
#[derive(Clone, Copy)]
struct Forms {
    accept: FormState<AcceptListed>,
    decline: FormState<DeclineInvitation>,
    join: FormState<JoinByDomain>,
}

#[component]
fn Mine(mine: MyOrgs, forms: Forms) -> impl IntoView {
    let MyOrgs { orgs, invitations, joinable, founding, now } = mine;
    let log_out = use_form::<LogOut>(None);
    let none = orgs.is_empty();
    let (archived, orgs): (Vec<_>, Vec<_>) = orgs.into_iter().partition(|org| org.is_archived);
    let waiting = (!invitations.is_empty()).then(|| {
        let lines =
            invitations.into_iter().map(|invitation| view! { <InvitationLine invitation now forms /> }).collect_view();
        view! {
            <h2>"Invitations"</h2>
            <ul class="org-list">{lines}</ul>
        }
    });
    let open = joinable.map(|offer| {
        view! {
            <h2>"Open to you"</h2>
            <ul class="org-list"><JoinLine offer forms /></ul>
        }
    });
    let archived = (!archived.is_empty()).then(|| {
        view! {
            <h2>"Archived"</h2>
            <OrgList orgs=archived />
        }
    });
    view! {
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <h1>"Your organizations"</h1>
            <FormMessage form=forms.accept />
            <FormMessage form=forms.decline />
            <FormMessage form=forms.join />
            {none.then(|| view! { <p class="lead">"You do not belong to any organization at the moment."</p> })}
            <OrgList orgs />
            {waiting}
            {open}
            {archived}
            <div class="card-actions">
                {founding
                    .is_ok()
                    .then(|| {
                        view! {
                            <a class="button" href=paths::found_org()>
                                <Icon name="plus" />
                                "New organization"
                            </a>
                        }
                    })}
                <a class="button ghost" href=paths::account(None)><Icon name="user" />"Your account"</a>
                <Form form=log_out>
                    <button class="button ghost"><Icon name="log-out" />"Log out"</button>
                </Form>
            </div>
        </div>
    }
}

#[component]
fn OrgList(orgs: Vec<OrgMembership>) -> impl IntoView {
    view! { <ul class="org-list">{orgs.into_iter().map(|org| view! { <OrgLine org /> }).collect_view()}</ul> }
}

#[component]
fn OrgLine(org: OrgMembership) -> impl IntoView {
    let open = org.is_open();
    let name = org.name.as_str().to_owned();
    let inside = view! {
        <OrgMark name=name.clone() />
        <span>
            <b dir="auto">{name}</b>
            <span>{if open { org.role.label_as(org.kind) } else { "Your access is deactivated" }}</span>
        </span>
    };
    if !open {
        return view! { <li><span class="org-line closed">{inside}</span></li> }.into_any();
    }
    let offered = org.is_offered_ownership.then(|| {
        let href = paths::ownership(org.slug.as_str());
        view! {
            <a class="org-offer" href=href>
                <Icon name="crown" />
                "You are offered the ownership. Look at the offer."
            </a>
        }
    });
    view! {
        <li>
            <a class="org-line" href=paths::org(org.slug.as_str())>
                {inside} <Icon name="chevron-right" />
            </a>
            {offered}
        </li>
    }
    .into_any()
}

/// An organization that waits for an answer (B48).
#[component]
fn InvitationLine(invitation: OrgInvitation, now: Timestamp, forms: Forms) -> impl IntoView {
    let name = invitation.org_name.as_str().to_owned();
    let (to_accept, to_decline) = (invitation.membership_id.to_string(), invitation.membership_id.to_string());
    let accept = format!("Accept the invitation to {name}");
    let decline = format!("Decline the invitation to {name}");
    view! {
        <li class="org-invitation">
            <div class="org-line closed">
                <OrgMark name=name.clone() />
                <span>
                    <b dir="auto">{name}</b>
                    <span>
                        <bdi>{invitation.invited_by}</bdi>
                        " invites you as "
                        {invitation.role.label_as(invitation.kind)}
                        "; it ends "
                        <Time at=invitation.expires_at now />
                        {(invitation.kind == Kind::External).then_some(". ")}
                        {(invitation.kind == Kind::External).then_some(COMING_AS_EXTERNAL)}
                    </span>
                </span>
            </div>
            <div class="org-answers">
                <Form form=forms.accept>
                    <input type="hidden" name="id" value=to_accept />
                    <button class="button primary small" aria-label=accept>"Accept"</button>
                </Form>
                <Form form=forms.decline>
                    <input type="hidden" name="id" value=to_decline />
                    <button class="button small" aria-label=decline>"Decline"</button>
                </Form>
            </div>
        </li>
    }
}

/// An organization that whoever is signed in can join by the domain of their address.
#[component]
fn JoinLine(offer: JoinOffer, forms: Forms) -> impl IntoView {
    let JoinOffer { id, name: domain, org_name, role } = offer;
    let name = org_name.as_str().to_owned();
    view! {
        <li class="org-invitation">
            <div class="org-line closed">
                <OrgMark name=name.clone() />
                <span>
                    <b dir="auto">{name.clone()}</b>
                    <span>"Open to everybody with an address of "{domain.to_string()}", as "{role.label()}</span>
                </span>
            </div>
            <div class="org-answers">
                <Form form=forms.join>
                    <input type="hidden" name="id" value=id.to_string() />
                    <button class="button primary small" aria-label=format!("Join {name}")>"Join"</button>
                </Form>
            </div>
        </li>
    }
}

/// `/orgs/new`; with `ref` by a referral link (B44).
#[component]
pub fn FoundPage() -> impl IntoView {
    let code = use_query_map().with_untracked(|q| q.get(paths::REFERRAL).unwrap_or_default());
    let mine = Resource::new(|| (), |()| list_my_orgs());
    let asked = code.clone();
    let referral = Resource::new(
        move || asked.clone(),
        |code| async move {
            Ok::<_, Problem>(if code.is_empty() {
                None
            } else {
                Some(Referral { by: open_referral(code.clone()).await?.map(|door| door.by), code })
            })
        },
    );
    view! {
        <PageTitle text="New organization" />
        <main class="card-page" id="main">
            <Loaded
                of=move || async move { Ok((mine.await?, referral.await?)) }
                show=|(mine, referral)| match mine.founding {
                    Ok(()) => view! { <FoundForm referral /> }.into_any(),
                    Err(why) => view! { <MayNotFound why=why.to_string() /> }.into_any(),
                }
            />
        </main>
    }
}

/// A referral link that led here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Referral {
    /// What it ended with.
    code: String,
    /// Whose it is; `None` where it is not valid (any more).
    by: Option<OrgName>,
}

#[component]
fn MayNotFound(why: String) -> impl IntoView {
    view! {
        <div class="card">
            <p class="wordmark">"Rollcall"</p>
            <h1>"New organization"</h1>
            <p class="lead">{why}</p>
            <a class="button" href=paths::orgs()>"Your organizations"</a>
        </div>
    }
}

#[component]
fn FoundForm(referral: Option<Referral>) -> impl IntoView {
    let form = use_form::<FoundOrganization>(None);
    let code = referral.as_ref().map(|of| of.code.clone()).unwrap_or_default();
    let referred = referral.map(|Referral { by, .. }| match by {
        Some(by) => view! {
            <p class="notice">"You were referred by " <b dir="auto">{by.as_str().to_owned()}</b> "."</p>
        }
        .into_any(),
        None => view! {
            <p class="notice">
                "The referral link that led here is no longer valid. You can create the organization all the same; no referral is \
                recorded."
            </p>
        }
        .into_any(),
    });
    view! {
        <div class="card wide">
            <p class="wordmark">"Rollcall"</p>
            <h1>"New organization"</h1>
            <p class="lead">"You will be its Owner, with the account that you have."</p>
            {referred}
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="referral" value=form.value_or("referral", &code) />
                <Field
                    id="org_name"
                    name="org_name"
                    label="Name"
                    autocomplete="organization"
                    value=form.value_or("org_name", "")
                    error=form.error("org_name")
                    autofocus=true
                />
                <KindChoices form legend="What is it?" kind=OrgKind::default() />
                <PresetChoices form />
                <div class="card-actions">
                    <button class="button primary large">"Create organization"</button>
                    <a class="button ghost" href=paths::orgs()>"Cancel"</a>
                </div>
            </Form>
        </div>
    }
}
