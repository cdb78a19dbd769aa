//! How somebody goes, how ownership passes, and the views that are saved.

use leptos::{context::Provider, prelude::*};
use model::{
    ownership::{OpenOffer, OwnershipView, Who},
    people::{Maker, PeopleQuery, SavedView, ViewLists, ViewName},
    policy::EmailReuse,
    removal::{Impact, Removal, RemovalPlan},
    rules::TransferMode,
    time::DAY,
};

use super::{Sample, made_up, overlays::refused};
use crate::{
    api::removal::RemovePerson,
    components::ui::Dialog,
    pages::{
        ownership::{Forms, OfferForm, Ownership},
        people::{
            removal::RemovalForm,
            views::{Inside, ViewsButton},
        },
    },
};

fn plan(removal: Removal, person: usize, impact: Impact) -> RemovalPlan {
    let person = made_up::people(9).swap_remove(person);
    RemovalPlan {
        has_account: person.target.state.accepted(),
        person,
        removal,
        impact,
        heir: made_up::viewer().email,
        email_reuse: EmailReuse::Never,
    }
}

pub(super) fn removals() -> AnyView {
    let close_to = Signal::stored(super::PATH.to_owned());
    let all = Impact { invitations: 12, lost_invitations: 0, shared_views: 1, private_views: 3, jobs: 1, offers: 1 };
    let form = move |opener: &'static str, plan: RemovalPlan| {
        view! {
            <Dialog title=plan.removal.label() opener close_to>
                <RemovalForm org="gallery".to_owned() plan close_to />
            </Dialog>
        }
    };
    let wrong = refused::<RemovePerson>(
        "",
        &[
            ("heir", "nobody@x.example", "Nobody in this organization has this address."),
            ("confirm", "grace", "Type grace@navy.example to confirm."),
        ],
    );
    view! {
        <div class="gallery-columns">
            <Sample of="Deleting somebody for good">
                {form("made-up-delete", plan(Removal::Delete, 1, Impact::default()))}
            </Sample>
            <Sample of="Deleting who has not joined">
                {form("made-up-delete-invited", plan(Removal::Delete, 3, Impact::default()))}
            </Sample>
            <Sample of="Revoking, with much to hand over">
                {form("made-up-remove", plan(Removal::RevokeMembership, 6, all))}
            </Sample>
            <Sample of="Revoking, refused">
                <Provider value=wrong>
                    {form("made-up-remove-wrong", plan(Removal::RevokeMembership, 1, Impact { invitations: 1, ..Impact::default() }))}
                </Provider>
            </Sample>
        </div>
    }
    .into_any()
}

fn who(person: usize) -> Who {
    let person = made_up::people(10).swap_remove(person);
    Who { name: person.display_name(), email: person.email.to_string(), membership_id: person.target.membership_id }
}

pub(super) fn ownership() -> AnyView {
    let viewer = made_up::viewer();
    let me = Who { membership_id: viewer.actor.membership_id.clone(), ..who(0) };
    let offer = |from: &Who, to: &Who, mode| OpenOffer {
        id: made_up::id(1),
        from: from.clone(),
        to: to.clone(),
        mode,
        created_at: made_up::NOW,
        expires_at: made_up::NOW.plus(7 * DAY),
    };
    let page = |owners: &[&Who], offers| OwnershipView {
        owners: owners.iter().copied().cloned().collect(),
        max_owners: 3,
        offers,
        now: made_up::NOW,
    };
    let grace = who(1);
    let quiet = page(&[&me], Vec::new());
    let made = page(&[&me, &grace], vec![offer(&me, &who(6), TransferMode::Share)]);
    let got = page(&[&grace], vec![offer(&grace, &me, TransferMode::StepDown)]);
    let shown = |ownership| view! { <Ownership viewer=made_up::viewer() ownership forms=Forms::new() /> };
    view! {
        <Sample of="One Owner">{shown(quiet)}</Sample>
        <Sample of="An offer that one made">{shown(made)}</Sample>
        <Sample of="An offer that one got">{shown(got)}</Sample>
        <Sample of="Offering it">
            <Dialog title="Transfer ownership" opener="made-up-offer" close_to=Signal::stored(super::PATH.to_owned())>
                <OfferForm viewer id="none".to_owned() close_to=Signal::stored(super::PATH.to_owned()) />
            </Dialog>
        </Sample>
    }
    .into_any()
}

pub(super) fn views() -> AnyView {
    let viewer = made_up::viewer();
    let maker = |person: &Who| Maker { membership_id: person.membership_id.clone(), name: person.name.clone() };
    let me = Maker { membership_id: viewer.actor.membership_id.clone(), ..maker(&who(0)) };
    let view = |n: u8, name: &str, q: &str, maker: Option<Maker>| SavedView {
        id: made_up::id(n),
        name: ViewName::parse(name).expect("made up well"),
        query: PeopleQuery { q: q.to_owned(), ..PeopleQuery::default() },
        is_shared: true,
        is_default: n == 1,
        maker,
    };
    let lists = ViewLists {
        mine: vec![
            view(1, "Admins who never signed in", "a", Some(me.clone())),
            SavedView { is_shared: false, ..view(2, "Observatory", "observatory", Some(me)) },
        ],
        shared: vec![view(3, "Everybody at the Navy", "navy", Some(maker(&who(1)))), view(4, "Left over", "x", None)],
    };
    let query = Memo::new(|_| PeopleQuery { q: "observatory".to_owned(), ..PeopleQuery::default() });
    let here = Signal::stored(super::PATH.to_owned());
    let org = StoredValue::new("gallery".to_owned());
    let none = ViewLists::default();
    let viewer = StoredValue::new(viewer);
    view! {
        <Sample of="The button"><ViewsButton here /></Sample>
        <div class="gallery-columns">
            <Sample of="Views of one's own and of others">
                <Dialog title="Views" opener="made-up-views" close_to=here>
                    <Inside viewer org query lists close_to=here />
                </Dialog>
            </Sample>
            <Sample of="No views">
                <Dialog title="Views" opener="made-up-no-views" close_to=here>
                    <Inside viewer org query lists=none close_to=here />
                </Dialog>
            </Sample>
        </div>
    }
    .into_any()
}
