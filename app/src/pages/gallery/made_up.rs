//! People who are made up, at an hour that stands still: the gallery looks the same on every machine and every day.

use leptos::prelude::*;
use model::{
    Actor, Email, Ends, Kind, MembershipId, OrgKind, OrgName, PermissionSet, PersonName, PersonState, Policies, Role,
    Slug, Source, Target, Timestamp,
    ends::RoleEnd,
    id::Id,
    people::{Census, Class, Cursor, Delivery, From, OrgSummary, PeoplePage, PeopleQuery, PersonRow, Viewer},
    policy::DeleteScope,
    text::search_words,
    time::{DAY, HOUR, MINUTE},
};

use crate::pages::people::{row::Ground, shown::Shown};

/// The hour at which the gallery stands still.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// An id that is the same every time.
pub(super) fn id<I: Id>(n: u8) -> I {
    I::fresh(NOW, [n; 10])
}

/// The Owner, who looks at all of it.
pub(super) fn viewer() -> Viewer {
    let ada = &people(1)[0];
    Viewer {
        actor: Actor {
            user_id: id(1),
            membership_id: ada.target.membership_id.clone(),
            org_id: id(1),
            role: Role::Owner,
            withheld: PermissionSet::default(),
            through_groups: model::GroupGrants::default(),
            kind: Kind::Standard,
            state: PersonState::Active,
            org_kind: OrgKind::Customer,
            archived: false,
            admin_grantable: true,
            delete_scope: DeleteScope::Unaccepted,
        },
        name: ada.name.clone(),
        email: ada.email.clone(),
        org: OrgSummary {
            slug: slug(),
            name: org_name("Analytical Engines"),
            kind: OrgKind::Customer,
            archived_at: None,
            policies: Policies::default(),
        },
        landing: String::new(),
    }
}

/// A name of an organization.
pub(super) fn org_name(name: &str) -> OrgName {
    OrgName::parse(name).expect("made up well")
}

fn slug() -> Slug {
    Slug::suggest(&org_name("Analytical Engines"))
}

/// In every state, with short and long names and in two scripts. Each `list` has ids of its own.
pub(super) fn people(list: u8) -> Vec<PersonRow> {
    use PersonState::{Active, Deactivated, Expired, Invited};
    let ago = |ms: i64| Some(NOW.plus(-ms));
    let long = ("Maximiliane-Friederike", "von Hohenlohe-Waldenburg-Schillingsfürst");
    [
        (("Ada", "Lovelace"), "ada@analytical.example", Role::Owner, Active, ago(3 * MINUTE), Source::SetUp),
        (("Grace", "Hopper"), "grace@navy.example", Role::Admin, Active, ago(5 * HOUR), Source::Invited),
        (("Alan", "Turing"), "alan@bletchley.example", Role::Member, Deactivated, ago(40 * DAY), Source::Csv),
        (("", ""), "ida.rhodes@nbs.example", Role::Viewer, Invited, None, Source::Invited),
        (("Kurt", "Gödel"), "kurt@vienna.example", Role::Member, Expired, None, Source::Invited),
        (("أحمد", "زويل"), "zewail@caltech.example", Role::Member, Active, None, Source::Scim),
        (
            long,
            "maximiliane-friederike.von-hohenlohe@observatory.example",
            Role::Viewer,
            Active,
            ago(400 * DAY),
            Source::Sso,
        ),
    ]
    .into_iter()
    .zip(1_u8..)
    .map(|(((first, last), email, role, state, last_login_at, source), n)| PersonRow {
        target: Target {
            membership_id: id(16 * list + n),
            org_id: id(1),
            kind: if n == 7 { Kind::External } else { Kind::Standard },
            role,
            withheld: PermissionSet::default(),
            through_groups: model::GroupGrants::default(),
            state,
        },
        name: PersonName { first: first.to_owned(), last: last.to_owned() },
        email: Email::parse(email).expect("made up well"),
        last_login_at,
        added_at: NOW.plus(-i64::from(n) * 9 * DAY),
        source,
        custom_role: None,
        attributes: Vec::new(),
        home: (n == 7).then(|| org_name("Stargazers")),
        ends: ends(n),
        delivery: (state == Invited).then_some(Delivery::Sent),
        hits: None,
    })
    .collect()
}

/// Some have time limits.
fn ends(n: u8) -> Ends {
    Ends {
        access: (n == 6).then(|| NOW.plus(12 * DAY)),
        role: (n == 2).then(|| RoleEnd { at: NOW.plus(20 * DAY), then: Role::Member }),
        set_by: None,
    }
}

/// A page of the list in the middle of others, with what the question searches for marked.
pub(super) fn page(list: u8, query: &PeopleQuery) -> PeoplePage {
    let mut rows = people(list);
    let words = search_words(&query.q);
    for row in &mut rows {
        row.mark(&words);
    }
    if !words.is_empty() {
        rows.retain(|row| row.hits.as_ref().is_some_and(|hits| !hits.name.is_empty() || !hits.email.is_empty()));
    }
    let at = |row: Option<&PersonRow>| -> Option<Cursor> {
        Some(row?.cursor(query.sort, words.first().map(String::as_str)))
    };
    let class = |kind, state| Class { kind, state, role: Role::Member, source: Source::Invited };
    let counted = vec![
        (class(Kind::Standard, PersonState::Active), 1_204),
        (class(Kind::Standard, PersonState::Invited), 12),
        (class(Kind::External, PersonState::Active), 3),
    ];
    PeoplePage {
        counts: Census::new(counted, &[]).counts(),
        matches: Some(1_216),
        groups: Vec::new(),
        attributes: Vec::new(),
        previous: None,
        next: at(rows.last()).map(From::After),
        now: NOW,
        rows,
    }
}

/// The same, for the parts of the list that stand on it.
pub(super) fn shown(list: u8, query: PeopleQuery) -> Shown {
    let page = page(list, &query);
    Shown::new(StoredValue::new(slug().as_str().to_owned()), query, page)
}

/// What rows stand on, without boxes to select them.
pub(super) fn ground(list: u8, query: PeopleQuery) -> Ground {
    let shown = shown(list, query);
    Ground {
        viewer: StoredValue::new(viewer()),
        shown,
        columns: Memo::new(move |_| shown.query().look.columns),
        attributes: Memo::new(move |_| shown.attributes()),
        here: Signal::stored(super::PATH.to_owned()),
        menu: RwSignal::new(None),
        resend: crate::components::form::use_form(None),
        selects: false,
    }
}

/// The id of the membership of the `n`th person of a list, from 1.
pub(super) fn member(list: u8, n: u8) -> MembershipId {
    id(16 * list + n)
}
