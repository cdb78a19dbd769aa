//! Ownership (B34, N4): who the Owners are, what was offered to whom, and the dialog that offers it.

use leptos::{either::Either, prelude::*};
use model::{
    Permission, Role, Timestamp,
    id::Id as _,
    ownership::{OpenOffer, OwnershipView, Who},
    people::Viewer,
    rules::TransferMode,
};

use crate::{
    Reload,
    api::ownership::{AcceptOwnership, CancelOwnership, DeclineOwnership, OfferOwnership, get_ownership},
    components::{
        form::{Form, FormMessage, FormState, use_form},
        loaded::Loaded,
        person::Avatar,
        ui::{Choice, Dialog, Field, Icon, PageTitle, Time},
    },
    pages::people::dialogs::Foot,
    paths,
};

/// `/o/:org/ownership`
#[component]
pub fn OwnershipPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    let Reload(reload) = expect_context();
    let org = viewer.org.slug.as_str().to_owned();
    let found = Resource::new(move || (org.clone(), reload.get()), |(org, _)| get_ownership(org));
    let forms = Forms::new();
    view! {
        <PageTitle text="Ownership" />
        <div class="page-head">
            <div>
                <h1>"Ownership"</h1>
                <p>
                    "An Owner answers for " <span dir="auto">{viewer.org.name.as_str().to_owned()}</span>
                    ". There is one at all times; ownership passes when the other person accepts."
                </p>
            </div>
        </div>
        <FormMessage form=forms.accept />
        <FormMessage form=forms.decline />
        <FormMessage form=forms.cancel />
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |ownership| view! { <Ownership viewer=viewer.clone() ownership forms /> }
        />
    }
}

/// The forms of the page, one of each for all offers.
#[derive(Clone, Copy)]
pub struct Forms {
    accept: FormState<AcceptOwnership>,
    decline: FormState<DeclineOwnership>,
    cancel: FormState<CancelOwnership>,
}

impl Forms {
    /// Prepares them.
    pub fn new() -> Self {
        Self { accept: use_form(None), decline: use_form(None), cancel: use_form(None) }
    }
}

#[component]
pub fn Ownership(viewer: Viewer, ownership: OwnershipView, forms: Forms) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let sees_people = viewer.actor.permissions().has(Permission::ViewPeople);
    let now = ownership.now;
    let none = ownership.offers.is_empty();
    let offers = ownership
        .offers
        .into_iter()
        .map(|offer| {
            let mine = offer.from.membership_id == viewer.actor.membership_id;
            view! { <Offer org=org.clone() offer mine forms now /> }
        })
        .collect_view();
    let owners = ownership
        .owners
        .into_iter()
        .map(|owner| {
            let profile = sees_people.then(|| paths::user(&org, owner.membership_id.as_str()));
            view! { <Owner owner profile /> }
        })
        .collect_view();
    let allowed = match ownership.max_owners {
        1 => "There can be one Owner.".to_owned(),
        max => format!("There can be up to {max} Owners."),
    };
    let how = (viewer.actor.role == Role::Owner && none).then(|| {
        view! {
            <p class="hint">"To pass ownership on, open the profile of the person and choose “Transfer ownership”."</p>
        }
    });
    view! {
        {(!none)
            .then(|| {
                view! {
                    <section class="panel" aria-labelledby="offers">
                        <h2 id="offers">"Offers"</h2>
                        <ul class="steps">{offers}</ul>
                    </section>
                }
            })}
        <section class="panel" aria-labelledby="owners">
            <h2 id="owners">"Owners"</h2>
            <ul class="owners">{owners}</ul>
            <p class="hint">{allowed}</p>
            {how}
        </section>
    }
}

#[component]
fn Owner(owner: Who, profile: Option<String>) -> impl IntoView {
    let name = owner.name.clone();
    let name = match profile {
        Some(href) => Either::Left(view! { <a class="identity-name" href=href dir="auto">{name}</a> }),
        None => Either::Right(view! { <span class="identity-name" dir="auto">{name}</span> }),
    };
    view! {
        <li class="identity">
            <Avatar name=owner.name />
            <span>{name}<span class="identity-email">{owner.email}</span></span>
        </li>
    }
}

/// An offer: answered by who got it, or taken back by who made it.
#[component]
fn Offer(
    org: String,
    offer: OpenOffer,
    /// Whether the viewer made it.
    mine: bool,
    forms: Forms,
    now: Timestamp,
) -> impl IntoView {
    let heading = if mine {
        format!("You offered ownership to {}", offer.to.name)
    } else {
        format!("{} offers you the ownership", offer.from.name)
    };
    let meaning = match (mine, offer.mode) {
        (true, TransferMode::StepDown) => "You step down when they accept.",
        (true, TransferMode::Share) => "You both are Owners when they accept.",
        (false, TransferMode::StepDown) => {
            "They step down when you accept, and you answer for the organization and everybody in it."
        }
        (false, TransferMode::Share) => {
            "You both are Owners when you accept, and you answer for the organization and everybody in it."
        }
    };
    let ids = StoredValue::new((org, offer.id.to_string()));
    let ids = move || {
        let (org, id) = ids.get_value();
        view! {
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=id />
        }
    };
    let answer = if mine {
        Either::Left(view! { <Form form=forms.cancel>{ids()}<button class="button">"Withdraw offer"</button></Form> })
    } else {
        Either::Right(view! {
            <div class="form-foot">
                <Form form=forms.accept>{ids()}<button class="button primary">"Accept ownership"</button></Form>
                <Form form=forms.decline>{ids()}<button class="button">"Decline"</button></Form>
            </div>
        })
    };
    view! {
        <li>
            <div>
                <b dir="auto">{heading}</b>
                <p>{meaning}" The offer ends "<Time at=offer.expires_at now />"."</p>
            </div>
            {answer}
        </li>
    }
}

/// "Transfer ownership": what becomes of who offers, and their password once more.
#[component]
pub fn OfferDialog(
    viewer: Viewer,
    id: String,
    #[prop(into)] opener: String,
    close_to: Signal<String>,
) -> impl IntoView {
    view! {
        <Dialog title="Transfer ownership" opener close_to>
            <OfferForm viewer id close_to />
        </Dialog>
    }
}

#[component]
pub fn OfferForm(viewer: Viewer, id: String, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<OfferOwnership>(Some(close_to));
    let org = viewer.org.slug.as_str().to_owned();
    let policies = viewer.org.policies;
    let chosen = form.value_or("mode", TransferMode::StepDown.code());
    let error = form.error("mode");
    let after = if policies.admin_grantable { Role::Admin } else { policies.default_role };
    let choices = TransferMode::ALL
        .map(|mode| {
            let (label, sentence) = match mode {
                TransferMode::StepDown => {
                    ("Step down when they accept", format!("You have the role {} afterwards.", after.label()))
                }
                TransferMode::Share => {
                    ("Share it", format!("You both are Owners then. At most {} may be.", policies.max_owners))
                }
            };
            view! { <Choice name="mode" code=mode.code() label sentence chosen=chosen.clone() /> }
        })
        .collect_view();
    view! {
        <p>
            "They get an email, and become Owner once they accept. You can withdraw the offer until then; it ends after 7 \
            days."
        </p>
        <FormMessage form />
        <Form form class="stack">
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=id />
            <fieldset class="policy">
                <legend>"What becomes of you"</legend>
                {choices}
                {move || error.get().map(|text| view! { <p class="field-error"><Icon name="circle-alert" />{text}</p> })}
            </fieldset>
            <Field
                id="owner-password"
                name="password"
                label="Your password"
                kind="password"
                autocomplete="current-password"
                error=form.error("password")
            />
            <Foot close_to button="Offer ownership" />
        </Form>
    }
}
