//! The first page of the section: the link to share, and what was earned and paid, by currency and month.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Action, decide,
    partner::{Account, Month, PartnerOverview},
    people::Viewer,
};

use super::{Head, Part, kept_out, months::Months};
use crate::{
    Reload,
    api::partner::{NewReferralLink, get_partner_overview},
    components::{
        form::{Form, FormMessage, use_form},
        loaded::Loaded,
        ui::{CopyField, Dialog, EmptyState, Icon, refocus},
    },
    pages::people::dialogs::Foot,
    paths,
};

/// `/o/:org/partner`
#[component]
pub fn PartnerPage() -> impl IntoView {
    let viewer = expect_context::<Viewer>();
    if let Some(instead) = kept_out(&viewer) {
        return instead;
    }
    let Reload(reload) = expect_context();
    let query = use_query_map();
    let org = StoredValue::new(viewer.org.slug.as_str().to_owned());
    let until = Memo::new(move |_| query.with(|q| Month::parse(&q.get("until")?)));
    let found = Resource::new(
        move || (until.get(), reload.get()),
        move |(until, _)| get_partner_overview(org.get_value(), until.map(|month| month.to_string())),
    );
    view! {
        <Head viewer=viewer.clone() part=Part::Overview />
        <Loaded
            of=move || found
            waiting="Loading…"
            show=move |page| view! { <Overview viewer=viewer.clone() page /> }
        />
    }
    .into_any()
}

/// What stands on the page.
#[component]
pub fn Overview(viewer: Viewer, page: PartnerOverview) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let PartnerOverview { link, accounts, until, earlier, later } = page;
    let customers = paths::partner_customers(&org, None);
    let nothing = accounts.is_empty().then(|| {
        let heading = view! { <h2>"No commissions or payouts yet"</h2> }.into_any();
        let text =
            "Whoever runs this installation enters what you have earned and what was paid to you. The sums stand here.";
        view! {
            <EmptyState icon="handshake" heading text>
                <a class="button" href=customers>"See your customers"</a>
            </EmptyState>
        }
    });
    let pager = (earlier.is_some() || later.is_some()).then(|| {
        let link = |month: Month| paths::partner_until(&org, month);
        view! {
            <nav class="pager" aria-label="Months">
                <span>{format!("Twelve months up to {}", until.words())}</span>
                {later
                    .map(|month| view! { <a class="button small" href=link(month)>"Later months"</a> })}
                {earlier
                    .map(|month| {
                        view! {
                            <a class="button small" href=link(month)>
                                "Earlier months"
                                <Icon name="chevron-right" />
                            </a>
                        }
                    })}
            </nav>
        }
    });
    let accounts = accounts.into_iter().map(|account| view! { <InCurrency org=org.clone() account /> }).collect_view();
    view! {
        <Link viewer link />
        {nothing}
        {accounts}
        {pager}
    }
}

/// The link to share, and another one in its place.
#[component]
fn Link(viewer: Viewer, link: Option<String>) -> impl IntoView {
    let org = viewer.org.slug.as_str().to_owned();
    let may_replace = decide(&viewer.actor, Action::ReplaceReferralLink, None).is_ok();
    let here = paths::partner(&org);
    let close_to = Signal::stored(here.clone());
    let query = use_query_map();
    let has_link = link.is_some();
    let dialog = {
        let org = org.clone();
        move || {
            let open = query.with(|q| q.get("dialog").is_some_and(|dialog| dialog == "replace"));
            (open && may_replace && has_link).then(|| view! { <ReplaceDialog org=org.clone() close_to /> })
        }
    };
    let body = match link {
        Some(link) => view! {
            <p>"Share it with future customers. An organization that is founded through it becomes your customer here."</p>
            <CopyField text=link label="Referral link" button="Copy link" />
            {may_replace
                .then(|| {
                    let href = paths::with_params(&here, &[("dialog", "replace".to_owned())]);
                    view! {
                        <div class="form-foot">
                            <a class="button small" id="open-replace" href=href>
                                <Icon name="refresh-cw" />
                                "Replace link"
                            </a>
                        </div>
                    }
                })}
        }
        .into_any(),
        None if may_replace => view! { <FirstLink org /> }.into_any(),
        None => view! { <p>"There is none yet. An admin of your organization can make it, on this page."</p> }.into_any(),
    };
    view! {
        <section class="panel referral-link" aria-labelledby="referral-link">
            <h2 id="referral-link">"Referral link"</h2>
            {body}
        </section>
        {dialog}
    }
}

#[component]
fn FirstLink(org: String) -> impl IntoView {
    let form = use_form::<NewReferralLink>(None);
    // The button that was pressed is gone with the page as it was.
    form.after(|| refocus("open-replace".to_owned()));
    view! {
        <p>"An organization that is founded through your link becomes your customer here."</p>
        <FormMessage form />
        <Form form>
            <input type="hidden" name="org" value=org />
            <button class="button primary"><Icon name="link" />"Create link"</button>
        </Form>
    }
}

#[component]
fn ReplaceDialog(org: String, close_to: Signal<String>) -> impl IntoView {
    let form = use_form::<NewReferralLink>(Some(close_to));
    view! {
        <Dialog title="Replace the referral link" opener="open-replace" close_to>
            <p>
                "The link that you have shared is no longer valid then, and nobody becomes your customer by it. Customers that you \
                have stay."
            </p>
            <FormMessage form />
            <Form form class="stack">
                <input type="hidden" name="org" value=org />
                <Foot close_to button="Replace link" tone="danger" />
            </Form>
        </Dialog>
    }
}

/// What was earned and paid in one currency.
#[component]
fn InCurrency(org: String, account: Account) -> impl IntoView {
    let id = format!("in-{}", account.currency);
    let heading = id.clone();
    let figures = [
        ("Earned", account.total.commissions),
        ("Paid out", account.total.payouts),
        ("Balance", account.total.balance()),
    ]
    .map(|(label, amount)| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{account.money(amount).to_string()}</dd>
            </div>
        }
    })
    .collect_view();
    view! {
        <section class="panel" aria-labelledby=heading>
            <h2 id=id>{account.currency.code()}</h2>
            <dl class="figures">{figures}</dl>
            <Months org account />
        </section>
    }
}
