//! No question of a request reads a table from end to end, and none costs more where the organization is larger.

use model::{
    Action, Actor, Kind, MembershipId, PersonState, Role, Slug, Source, Status,
    account::LinkPurpose,
    decide,
    partner::{Money, Month, RecordKind, Sums},
    people::{AttributeFilter, Filters, From, LoginFilter, Look, PeopleQuery, Sort, SortBy, Tab, ViewName},
    rules::{InvitationState, LinkState},
    text,
    time::DAY,
};
use std::time::Duration;
use store::{
    Db, account_links,
    audit::{self, About},
    backlog, invitations,
    memberships::{self, NewMembership},
    organizations, outbox, ownership,
    partner_records::{self, Which},
    partners,
    people::{self, Among, Sizes},
    rate_limits, removal,
    sessions::{self, Liveness},
    users::{self, User},
    views,
};
use tracing::Instrument;

use crate::{
    crowd::{census_of, sorts},
    observed::{Planned, Watch},
    support::{Dice, NOW, Org, active, email, fresh, invited, name, number, raw, text as read_text},
};

/// How many of everything there are: so many that reading all of it shows.
const MANY: usize = 8_000;
/// What a page may cost, in rows (PostgreSQL) and in steps of the virtual machine (SQLite). Both are a fraction of what
/// reading [`MANY`] rows takes.
const A_PAGE: [u64; 2] = [300, 6_200];
/// The same for what concerns one person.
const A_PERSON: [u64; 2] = [60, 1_200];
/// The same for what is bounded by the hits of a word, of which some 2 000 are looked at, by up to three statements.
const HITS: [u64; 2] = [12_000, 100_000];

/// The same for looking at two hundred people of each role.
const LOOKED: [u64; 2] = [3_000, 60_000];
/// The same for counting up to a thousand people.
const COUNTED: [u64; 2] = [1_500, 12_000];

/// The same for counting the hits of several words, each up to 10 000.
const COUNTING: [u64; 2] = [40_000, 200_000];

/// Watches a question; fails where it reads a table from end to end, or does more than `bound`.
macro_rules! assert_cheap {
    ($db:expr, $bound:expr, $what:expr, |$tx:ident| $question:expr) => {{
        assert_cheap!($db, $bound, $what, (Planned::ForItsValues, 1), |$tx| $question);
        assert_cheap!($db, $bound, $what, (Planned::ForAnyValues, 1), |$tx| $question)
    }};
    ($db:expr, $bound:expr, $what:expr, $planned:expr, |$tx:ident| $question:expr) => {{
        let (planned, times) = $planned;
        let mut watch = Watch::begin($db, planned).await;
        let mut answer = None;
        for _ in 0..times {
            let $tx = &mut watch.tx;
            answer = Some($question.instrument(watch.span.clone()).await.unwrap());
        }
        let (seen, work) = watch.end($db).await;
        assert!(!seen.is_empty(), "{}: no statement was seen", $what);
        for statement in &seen {
            let scans = statement.full_scans();
            assert!(scans.is_empty(), "{}, {planned:?}: {scans:#?}\n{statement:#?}", $what);
        }
        let (work, bound) = (work / times, $bound[usize::from(matches!($db, Db::Sqlite { .. }))]);
        assert!(work <= bound, "{}, {planned:?}: {work} is more than {bound}: {:#?}", $what, seen.last());
        answer.unwrap()
    }};
}

/// For lists and searches, whose best way depends on what is asked: so often that PostgreSQL would stop to look.
const OFTEN: (Planned, u64) = (Planned::AsEver, 8);

/// What there is beside people, as many as they are.
const MANY_OF_EVERYTHING: &[&str] = &[
    "INSERT INTO credentials (user_id, password_hash, changed_at) SELECT id, '$argon2id$', 0 FROM users",
    "INSERT INTO rate_limits SELECT email, 9000000000000, 1 FROM users",
    "INSERT INTO sessions SELECT 'ses_' || substr(id, 5), 'token of ' || email, id, 0, 9000000000000, 9000000000000, \
     'Firefox', '::1' FROM users",
    "INSERT INTO account_links SELECT 'lnk_' || substr(id, 5), id, 'reset_password', 'link of ' || email, NULL, 'open', \
     0, 9000000000000, NULL FROM users",
    // Each did something, the Owner did all the rest, and half of it was done to one person.
    "INSERT INTO audit_events SELECT 'aud_a' || substr(m.id, 6), m.org_id, 0, m.user_id, '', 'session.created', \
     NULL, '', '{}' FROM memberships m WHERE m.user_id IS NOT NULL",
    "INSERT INTO audit_events SELECT 'aud_b' || substr(m.id, 6), m.org_id, 0, o.user_id, '', 'invitation.sent', \
     m.id, '', '{}' FROM memberships m JOIN memberships o ON o.org_id = m.org_id AND o.role = 'owner'",
    "INSERT INTO audit_events SELECT 'aud_c' || substr(m.id, 6), m.org_id, 0, o.user_id, '', 'membership.updated', \
     o.id, '', '{}' FROM memberships m JOIN memberships o ON o.org_id = m.org_id AND o.role = 'owner'",
    // Each made a view and lands on it; a tenth of them share it.
    "INSERT INTO saved_views SELECT 'viw_' || substr(id, 5), org_id, id, id, 'Guests ' || email, 'guests ' || email, \
     'q=x', 0 FROM memberships",
    "UPDATE saved_views SET private_to = NULL WHERE name LIKE '%7@%'",
    "INSERT INTO default_views SELECT id, 'viw_' || substr(id, 5) FROM memberships",
    // Each who has joined thinks about an offer of ownership and has planned something; each left a tombstone.
    "INSERT INTO ownership_offers SELECT 'own_' || substr(id, 5), org_id, id, id, 'share', 'open', 0, \
     9000000000000, NULL FROM memberships WHERE status = 'active'",
    "INSERT INTO jobs SELECT 'job_' || substr(id, 5), org_id, user_id, 'deactivate', NULL, 'planned', '', '', NULL, \
     0, 0, 0, 0, 0, 0, 0, 0, NULL FROM memberships WHERE user_id IS NOT NULL",
    "INSERT INTO tombstones SELECT org_id, 'hash of ' || email, 0 FROM memberships",
    // Most requests were answered long ago.
    "INSERT INTO invitation_requests SELECT 'req_' || substr(id, 5), org_id, email, '', '', '', \
     CASE WHEN email LIKE '%77@%' THEN 'open' ELSE 'dismissed' END, 0, 0, 0, NULL, NULL FROM memberships",
    // One organization has very many custom roles and groups.
    "INSERT INTO custom_roles SELECT 'rol_' || substr(m.id, 5), o.id, m.id, m.id, 'admin', 'view_audit', 0 \
     FROM memberships m JOIN organizations o ON o.slug = 'small-0'",
    "INSERT INTO groups SELECT 'grp_' || substr(m.id, 5), o.id, m.id, m.id, '', NULL, NULL, NULL, 0 \
     FROM memberships m JOIN organizations o ON o.slug = 'small-0'",
    // In ten of those is everybody, by the last digit of their address.
    "INSERT INTO group_members SELECT 'grp_' || substr(f.id, 5), m.id, m.org_id, m.sort_name FROM memberships m \
     JOIN memberships f ON m.email LIKE '%' || substr(f.email, 2, 1) || '@%' AND f.email LIKE 'p_@d1.example' \
     JOIN organizations o ON o.id = f.org_id AND o.slug = 'small-0'",
    "INSERT INTO support_grants SELECT id, org_id, 'Ticket', 'Ada', 0 FROM memberships",
    // Each organization has a group, in which a tenth of its people are.
    "INSERT INTO groups SELECT 'grp_' || substr(id, 5), id, 'Staff', 'staff', '', NULL, 'viewer', NULL, 0 FROM organizations",
    "INSERT INTO group_members SELECT 'grp_' || substr(org_id, 5), id, org_id, sort_name FROM memberships \
     WHERE email LIKE '%7@%'",
    "UPDATE memberships SET through_groups = 'viewer:' WHERE email LIKE '%7@%'",
    // So it has an attribute, of which most people have a value, and a few of those a rare one; one has very many.
    "INSERT INTO attributes SELECT 'att_' || substr(id, 5), id, 'level', 'Level', '', 'text', '', 'one', 'basic', \
     'admins', 'admins', 0 FROM organizations",
    "INSERT INTO attributes SELECT 'att_' || substr(m.id, 5), o.id, m.id, 'Level', '', 'text', '', 'one', '', \
     'admins', 'admins', 0 FROM memberships m JOIN organizations o ON o.slug = 'small-0'",
    "INSERT INTO person_attributes SELECT 'att_' || substr(org_id, 5), id, org_id, \
     CASE WHEN email LIKE '%777@%' THEN 'high' ELSE 'low' END, CASE WHEN email LIKE '%777@%' THEN 'High' ELSE 'Low' END \
     FROM memberships WHERE email NOT LIKE '%1@%'",
    "INSERT INTO group_attributes SELECT 'att_' || substr(org_id, 5), id, org_id, 'low', 'Low' FROM groups \
     WHERE name_key = 'staff'",
    "INSERT INTO group_attributes SELECT a.id, g.id, a.org_id, 'low', 'Low' FROM attributes a JOIN groups g \
     ON g.org_id = a.org_id AND g.name_key = 'staff' WHERE a.attribute_key <> 'level'",
    "INSERT INTO attribute_terms SELECT v.attribute_id, v.membership_id, v.org_id, v.term, v.value, m.sort_name \
     FROM person_attributes v JOIN memberships m ON m.id = v.membership_id",
    // Each organization has a connection with a model, on which half of its people have a role and a tenth another one, and
    // one organization has very many.
    "INSERT INTO connections SELECT 'con_' || substr(id, 5), id, 'warehouse', 'Warehouse', 'warehouse', '', '', 'none', 0 \
     FROM organizations",
    "INSERT INTO connections SELECT 'con_' || substr(m.id, 5), o.id, 'k' || substr(m.id, 5), 'Many', 'many', '', '', 'none', 0 \
     FROM memberships m JOIN organizations o ON o.slug = 'small-0'",
    "INSERT INTO connection_models SELECT 'mdl_' || substr(id, 5), org_id, id, 'Sales', 'sales', 0 FROM connections",
    "INSERT INTO connection_roles SELECT 'cro_' || substr(id, 5), id, 'Blind', 'blind', 'modeler', 'query', 0 FROM organizations",
    "INSERT INTO connection_roles SELECT 'cro_' || substr(m.id, 5), o.id, m.id, m.id, 'modeler', 'query', 0 FROM memberships m \
     JOIN organizations o ON o.slug = 'small-0'",
    "INSERT INTO connection_people SELECT 'con_' || substr(org_id, 5), id, '', org_id, 'viewer', NULL, sort_name FROM memberships \
     WHERE email LIKE '%1@%' OR email LIKE '%3@%' OR email LIKE '%5@%' OR email LIKE '%7@%' OR email LIKE '%2@%'",
    "INSERT INTO connection_people SELECT 'con_' || substr(org_id, 5), id, 'mdl_' || substr(org_id, 5), org_id, 'modeler', \
     'cro_' || substr(org_id, 5), sort_name FROM memberships WHERE email LIKE '%7@%'",
    "INSERT INTO connection_groups SELECT 'con_' || substr(id, 5), id, '', org_id, 'querier', NULL FROM groups",
    // One has referred a customer, earned something and been paid by each of its people; each of these is a partner as well.
    "INSERT INTO organizations (id, slug, name, policies, revision, created_at, kind, referral_code) \
     SELECT 'org_' || substr(m.id, 5), 'c' || substr(m.id, 5), 'Customer', '{}', 0, 0, 'partner', substr(m.id, 21, 16) \
     FROM memberships m JOIN organizations o ON o.id = m.org_id AND o.slug = 'big' WHERE m.status = 'active'",
    "UPDATE organizations SET kind = 'partner', referral_code = 'bigbigbigbigbig0' WHERE slug = 'big'",
    "INSERT INTO referrals SELECT 'ref_' || substr(c.id, 5), o.id, c.id, 0 FROM organizations c \
     JOIN organizations o ON o.slug = 'big' WHERE c.name = 'Customer'",
    "INSERT INTO referral_totals SELECT id, 'EUR', 5 FROM referrals",
    "INSERT INTO partner_records SELECT 'rec_a' || substr(m.id, 6), m.org_id, 'commission', \
     '202' || (m.created_at / 60000 % 6) || '-0' || (1 + m.created_at / 420000 % 9) || '-1' || (m.created_at / 180000 % 10), \
     'EUR', 5, r.id, m.id, 0 FROM memberships m JOIN referrals r ON r.id = 'ref_' || substr(m.id, 5)",
    "INSERT INTO partner_records SELECT 'rec_b' || substr(id, 6), org_id, 'payout', day, 'EUR', 5, NULL, reference, 0 \
     FROM partner_records",
    "INSERT INTO partner_months SELECT org_id, substr(day, 1, 7), 'EUR', count(*), count(*) FROM partner_records \
     GROUP BY org_id, substr(day, 1, 7)",
    "INSERT INTO partner_months SELECT id, '2026-11', 'EUR', 5, 5 FROM organizations WHERE name = 'Customer'",
    "INSERT INTO partner_totals SELECT id, 'EUR', 5, 5 FROM organizations",
    // Most messages left long ago.
    "UPDATE outbox SET state = 'sent' WHERE id > (SELECT id FROM outbox ORDER BY id LIMIT 1 OFFSET 400)",
];

/// An organization of many people, beside five that are small, and as many accounts, sessions, links and messages.
async fn fill(db: &Db) -> (Org, Vec<NewMembership>) {
    let org = Org::found(db, "big").await;
    let mut dice = Dice(3);
    let firsts = ["Ada", "Grace", "Zoë", "Łukasz", "山田", "Ольга", "Mary-Jane", "Edsger", "Barbara", "Alan"];
    let lasts = ["Lovelace", "Hopper", "Petrova", "Dijkstra", "Liskov", "Turing", "Nguyen", "Smith"];
    let mut people: Vec<NewMembership> = (0..MANY)
        .map(|i| {
            let full = format!("{} {}{}", firsts[dice.roll(10)], lasts[dice.roll(8)], i % 97);
            let address = format!("p{i}@d{}.example", i % 11);
            let ago = i64::try_from(dice.roll(100_000_000)).unwrap() + if i % 300 == 11 { 40 * DAY } else { 0 };
            let seen = (i % 4 != 0).then(|| NOW.plus(-ago));
            match i % 12 {
                0 => NewMembership { name: name(&full), ..invited(&address) },
                1 => NewMembership { name: name(&full), open_until: Some(NOW.plus(-DAY)), ..invited(&address) },
                _ => NewMembership {
                    last_login_at: seen,
                    created_at: NOW.plus(-i64::try_from(i).unwrap() * 60_000),
                    role: if i % 400 == 7 { Role::Viewer } else { Role::Member },
                    source: if i % 500 == 9 { Source::Scim } else { Source::Invited },
                    status: if i % 600 == 10 { Status::Deactivated } else { Status::Active },
                    ..active(&address, &full)
                },
            }
        })
        .collect();
    people[5].name = name("Quirinius Rare");
    let users: Vec<User> =
        people.iter().map(|p| User { id: fresh(), email: p.email.clone(), name: p.name.clone() }).collect();
    for (person, user) in people.iter_mut().zip(&users) {
        person.user_id = (person.status != Status::Invited).then(|| user.id.clone());
    }
    let links: Vec<_> = people.iter().map(|p| org.link(&p.id)).collect();
    let message = |link: &invitations::NewInvitation| outbox::NewMessage {
        id: fresh(),
        org_id: Some(org.id.clone()),
        account_link_id: None,
        invitation_id: Some(link.id.clone()),
        sealed_body: "sealed".repeat(20),
        at: link.at,
    };
    let messages: Vec<_> = links.iter().map(message).collect();
    let mut tx = db.write().await.unwrap();
    users::insert(&mut tx, &users, NOW).await.unwrap();
    memberships::insert_demo(&mut tx, &org.id, &people).await.unwrap();
    invitations::insert(&mut tx, &org.may_invite(), &links).await.unwrap();
    outbox::insert(&mut tx, &messages).await.unwrap();
    tx.commit().await.unwrap();
    for i in 0..5 {
        let small = Org::found(db, &format!("small-{i}")).await;
        let few: Vec<NewMembership> = (0..40).map(|n| active(&format!("p{n}@d1.example"), "Ada Lovelace")).collect();
        small.put(db, &few).await;
    }
    for sql in MANY_OF_EVERYTHING {
        raw(db, sql).await;
    }
    db.analyze().await.unwrap();
    if matches!(db, Db::Postgres(_)) {
        vacuum(db).await;
    }
    (org, people)
}

/// Does what autovacuum does soon after much was written: it lets an index answer without its table. Whoever looks at
/// the database just then, autovacuum among them, keeps it from that, so it is tried until it is done.
async fn vacuum(db: &Db) {
    for _ in 0..100 {
        // Of few dead rows it would leave the pointers, and their pages as not all to be seen.
        raw(db, "VACUUM (INDEX_CLEANUP ON)").await;
        let hidden = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace \
                      AND relallvisible < relpages";
        if number(db, hidden).await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let left = "SELECT string_agg(relname || ' ' || relallvisible || '/' || relpages, ', ') FROM pg_class WHERE relkind = 'r' \
                AND relnamespace = 'public'::regnamespace AND relallvisible < relpages";
    panic!("VACUUM does not get through: {:?}", read_text(db, left).await);
}

async fn no_question_costs_more_where_the_organization_is_larger(db: Db) {
    let (org, people) = fill(&db).await;
    lists(&db, &org).await;
    filters(&db, &org).await;
    searches(&db, &org).await;
    requests(&db, &org, &people[702]).await;
    asked(&db, &org, &people[702].email).await;
    views(&db, &org, &people[702].id).await;
    changes(&db, &org, &people[702].id, &people[12].id).await;
    groups(&db, &org, &people[702]).await;
    explanations(&db, &org).await;
    partner(&db, &org).await;
    attributes(&db, &org, &people[702]).await;
    connections(&db, &org, &people[707]).await;
    profiles(&db, &org, &people[702]).await;
    account_changes(&db, &org, &people[703]).await;
}

/// What a profile tells beside who somebody is. The last, since it ends sessions.
async fn profiles(db: &Db, org: &Org, person: &NewMembership) {
    let member = org.person(db, &person.id).await.unwrap();
    for (person, what) in [(&member, "activity of a member"), (&org.owner, "activity of the Owner")] {
        let about = About { org_id: &org.id, membership_id: &person.id, user_id: person.user_id.as_ref() };
        let page = assert_cheap!(db, A_PAGE, what, |tx| audit::about(tx, about, None, 21));
        let before = page.last().map(|line| &line.id);
        assert_cheap!(db, A_PAGE, what, |tx| audit::about(tx, about, before, 21));
    }
    let alive = Liveness { now: NOW, seen_since: NOW.plus(-DAY) };
    let user_id = member.user_id.clone().unwrap();
    for person in [&member, &org.owner] {
        assert_cheap!(db, A_PERSON, "profile", |tx| people::profile(tx, &org.id, &person.id, alive)).unwrap();
    }
    let live = assert_cheap!(db, A_PERSON, "sessions", |tx| sessions::of_user(tx, &user_id, alive));
    let permit = org.may(Action::EndSessions, &member);
    assert_cheap!(db, A_PERSON, "end a session", |tx| sessions::end_of(tx, &permit, &live[0].id));
    assert_cheap!(db, A_PERSON, "end all sessions", |tx| sessions::end_all_of(tx, &permit));
}

/// Who can, and what the log tells of access.
async fn explanations(db: &Db, org: &Org) {
    let everybody: Vec<_> = [Kind::Standard, Kind::External, Kind::Support]
        .into_iter()
        .flat_map(|kind| Role::ALL.map(|role| (kind, role)))
        .collect();
    for (roles, what) in [(&everybody[..], "who can, everybody"), (&everybody[..1], "who can, the Owner alone")] {
        let look = Among { roles, after: None, limit: 201, now: NOW };
        let page = assert_cheap!(db, LOOKED, what, |tx| people::holders(tx, &org.id, look));
        let after = page.last().unwrap().cursor(Sort::Up(SortBy::Name), None);
        let look = Among { after: Some(&after), ..look };
        assert_cheap!(db, LOOKED, what, |tx| people::holders(tx, &org.id, look));
    }
    let person = (&org.id, &org.owner.id);
    assert_cheap!(db, A_PAGE, "log of access", |tx| audit::of_access(tx, person, 51));
    assert_cheap!(db, A_PAGE, "log of definitions", |tx| audit::of_definitions(tx, &org.id, NOW, 51));
}

/// Groups, and the list narrowed down to one of few and of many.
async fn groups(db: &Db, org: &Org, person: &NewMembership) {
    let staff = store::groups::of_organization(&mut db.read().await.unwrap(), &org.id).await.unwrap().remove(0);
    let member = org.person(db, &person.id).await.unwrap();
    let which = (&org.id, &staff.id);
    assert!(staff.people > 500, "{}", staff.people);
    assert_cheap!(db, COUNTED, "groups", |tx| store::groups::of_organization(tx, &org.id));
    assert_cheap!(db, COUNTED, "group", |tx| store::groups::by_id(tx, &org.id, &staff.id)).unwrap();
    let page = assert_cheap!(db, A_PAGE, "people of a group", |tx| store::groups::people(tx, which, None, 51, NOW));
    let after = page[49].cursor(Sort::Best, None);
    let after = Some(&after);
    assert_cheap!(db, A_PAGE, "further people of a group", |tx| store::groups::people(tx, which, after, 51, NOW));
    let ids = [member.id.clone(), page[0].target.membership_id.clone()];
    assert_cheap!(db, A_PERSON, "among", |tx| store::groups::among(tx, &staff.id, &ids));
    assert_cheap!(db, A_PERSON, "reaches", |tx| store::groups::reaches(tx, &staff.id, &member.id));
    let joins = org.may(Action::JoinGroup(staff.gives()), &member);
    let leaves = org.may(Action::LeaveGroup(staff.gives()), &member);
    assert_cheap!(db, A_PERSON, "join", |tx| store::groups::add(tx, &joins, &staff, &member));
    assert_cheap!(db, A_PERSON, "leave", |tx| store::groups::remove(tx, &leaves, &staff));
    // As if it had very many, so that its list is walked. Of few all are read, and where those are a tenth of everybody, as here,
    // PostgreSQL rightly reads everybody.
    for sort in [Sort::Best, Sort::Down(SortBy::Name)] {
        let filters = Filters { group: Some(staff.id.clone()), ..Filters::default() };
        let query = PeopleQuery { filters, sort, ..PeopleQuery::default() };
        let what = format!("of a group, {sort:?}");
        let mut sizes = assert_cheap!(db, HITS, what, OFTEN, |tx| people::sizes(tx, &org.id, &query, &[], NOW));
        sizes.members = 1_000_000;
        let sizes = &sizes;
        assert_cheap!(db, HITS, what, OFTEN, |tx| people::page(tx, &org.id, &query, &[], sizes, NOW));
    }
}

/// The Partner section of an organization that has referred very many.
async fn partner(db: &Db, org: &Org) {
    let (from, until) = (Month::parse("2025-01").unwrap(), Month::parse("2025-12").unwrap());
    let ground = assert_cheap!(db, A_PERSON, "ground", |tx| partner_records::ground(tx, &org.id));
    assert_eq!((ground.totals.len(), ground.first), (1, Month::parse("2020-01")));
    let months = assert_cheap!(db, A_PAGE, "months", |tx| partner_records::months(tx, &org.id, (from, until)));
    assert_eq!(months.len(), 9);
    let mut before = None;
    for _ in 0..3 {
        let at = before.as_ref();
        let page = assert_cheap!(db, A_PAGE, "customers", |tx| partners::customers(tx, &org.id, at, 51));
        assert_eq!(page.len(), 51);
        before = page.last().map(|(id, _)| id.clone());
    }
    for kind in RecordKind::ALL {
        for month in [None, Some(until), Month::parse("2025-05")] {
            let mut before = None;
            for _ in 0..2 {
                let which = Which { org_id: &org.id, kind, month, before: before.as_ref() };
                let page = assert_cheap!(db, A_PAGE, format!("{which:?}"), |tx| partner_records::page(tx, which, 51));
                before = page.last().map(|stored| stored.record.place());
                assert!(month == Some(until) || before.is_some());
            }
        }
    }
    let kept = Sums { commissions: 1, payouts: 1 };
    let money = Money { currency: ground.totals[0].0, amount: 1 };
    let (currency, code) = (money.currency, ground.code.unwrap());
    let page = partners::customers(&mut db.read().await.unwrap(), &org.id, None, 1).await.unwrap();
    let referral = &page[0].0;
    let month = (from, currency);
    assert_cheap!(db, A_PERSON, "month", |tx| partner_records::add_to_month(tx, &org.id, month, kept));
    assert_cheap!(db, A_PERSON, "total", |tx| partner_records::add_to_total(tx, &org.id, currency, kept));
    assert_cheap!(db, A_PERSON, "customer", |tx| partner_records::add_to_customer(tx, referral, money));
    assert_cheap!(db, A_PERSON, "references", |tx| partner_records::by_references(tx, &org.id, &["x", "y"]));
    assert_cheap!(db, A_PERSON, "slugs", |tx| partners::by_slugs(tx, &org.id, &["x", "small-1"]));
    assert_cheap!(db, A_PERSON, "code", |tx| partners::by_code(tx, &code)).unwrap();
    let small = store::organizations::by_slug(&mut db.read().await.unwrap(), &Slug::parse("small-1").unwrap()).await;
    let (customer, _) = small.unwrap().unwrap();
    let id = fresh();
    assert_cheap!(db, A_PERSON, "refer", |tx| partners::refer(tx, (&id, &code), &customer, NOW)).unwrap();
}

/// Attributes, and the list narrowed down to a value of few and of many, with a column beside.
async fn attributes(db: &Db, org: &Org, person: &NewMembership) {
    let level = store::attributes::of_organization(&mut db.read().await.unwrap(), &org.id).await.unwrap().remove(0);
    let member = org.person(db, &person.id).await.unwrap();
    assert_cheap!(db, A_PERSON, "attributes", |tx| store::attributes::of_organization(tx, &org.id));
    assert_cheap!(db, A_PERSON, "attribute", |tx| store::attributes::by_id(tx, &org.id, &level.id)).unwrap();
    let usages = assert_cheap!(db, COUNTED, "usages", |tx| store::attributes::usages(tx, &org.id));
    assert_eq!((usages.len(), usages[0].1.people, usages[0].1.groups), (1, 1_000, 1));
    assert_cheap!(db, COUNTED, "usage of a value", |tx| store::attributes::usage_of_value(tx, &level, "low"));
    let sets = org.may(Action::SetAttributes, &member);
    let values = level.parse(&["Low"]).unwrap();
    assert_cheap!(db, A_PERSON, "set", |tx| store::attributes::set_of_person(tx, &sets, &level, &values));
    for (value, people) in [("high", 0), ("low", 1_000_000)] {
        for sort in [Sort::Best, Sort::Down(SortBy::Name)] {
            let attributes = vec![AttributeFilter::new(level.key.clone(), value).unwrap()];
            let look = Look { attributes: vec![level.key.clone()], ..Look::default() };
            let filters = Filters { attributes, ..Filters::default() };
            let query = PeopleQuery { filters, sort, look, ..PeopleQuery::default() };
            let what = format!("{value}, {sort:?}");
            let mut sizes = assert_cheap!(db, HITS, what, OFTEN, |tx| people::sizes(tx, &org.id, &query, &[], NOW));
            if people > 0 {
                sizes.values = vec![people];
            }
            let sizes = &sizes;
            let bound = if people > 0 { HITS } else { COUNTED };
            assert_cheap!(db, bound, what, OFTEN, |tx| people::page(tx, &org.id, &query, &[], sizes, NOW));
        }
    }
}

/// Connections of applications, and who was given which role on them.
async fn connections(db: &Db, org: &Org, person: &NewMembership) {
    use store::{
        connection_grants::{self, On},
        connection_roles,
        connections::{self, Registrar},
    };
    let row = connections::of_organization(&mut db.read().await.unwrap(), &org.id).await.unwrap().remove(0);
    assert!(row.people == 1_000 && row.models == 1 && row.groups == 1, "{row:?}");
    let of = &row.connection;
    let member = org.person(db, &person.id).await.unwrap();
    let staff = store::groups::of_organization(&mut db.read().await.unwrap(), &org.id).await.unwrap().remove(0);
    assert_cheap!(db, COUNTED, "connections", |tx| connections::of_organization(tx, &org.id));
    assert_cheap!(db, COUNTED, "connection", |tx| connections::by_id(tx, &org.id, &of.id)).unwrap();
    assert_cheap!(db, COUNTED, "connection by key", |tx| connections::by_key(tx, &org.id, &of.key)).unwrap();
    assert_cheap!(db, A_PERSON, "how many connections", |tx| connections::count(tx, &org.id));
    let model = assert_cheap!(db, A_PERSON, "models", |tx| connections::models(tx, &of.id)).remove(0);
    assert_cheap!(db, A_PERSON, "roles of groups", |tx| connection_grants::roles_of_groups(tx, &of.id));
    assert_cheap!(db, A_PERSON, "how many roles of groups", |tx| connection_grants::count_of_groups(tx, &of.id));
    assert_cheap!(db, A_PERSON, "connections of a group", |tx| connection_grants::of_group(tx, &staff.id, 10));
    let which = (&org.id, &of.id);
    let page = assert_cheap!(db, A_PAGE, "people", |tx| connection_grants::roles_of_people(tx, which, None, 51, NOW));
    let after = page[49].after();
    let after = Some(&after);
    assert_cheap!(db, A_PAGE, "further people", |tx| connection_grants::roles_of_people(tx, which, after, 51, NOW));
    let on = On { connection: &of.id, model: Some(&model.id) };
    let (manages, gives) =
        (decide(&org.actor(), Action::ManageConnections, None).unwrap(), org.may(Action::GiveConnectionRole, &member));
    let custom = assert_cheap!(db, A_PERSON, "custom", |tx| connection_roles::of_organization(tx, &org.id)).remove(0);
    assert_cheap!(db, A_PERSON, "a custom one", |tx| connection_roles::by_id(tx, &org.id, &custom.id)).unwrap();
    assert_cheap!(db, A_PERSON, "change a custom one", |tx| connection_roles::update(tx, &manages, &custom));
    let role = model::connection::GivenRole::Custom(custom);
    let role = Some(&role);
    assert_cheap!(db, A_PERSON, "role of a person", |tx| connection_grants::role_of_person(tx, on, &member.id));
    assert_cheap!(db, A_PERSON, "role of a group", |tx| connection_grants::role_of_group(tx, on, &staff.id));
    assert_cheap!(db, A_PERSON, "come to", |tx| connection_grants::come_to(tx, &member.id));
    assert_cheap!(db, A_PERSON, "give", |tx| connection_grants::set_role_of_person(tx, &gives, on, &member, role));
    assert_cheap!(db, A_PERSON, "take", |tx| connection_grants::set_role_of_person(tx, &gives, on, &member, None));
    assert_cheap!(db, A_PERSON, "give group", |tx| connection_grants::set_role_of_group(
        tx, &manages, on, &staff.id, role
    ));
    assert_cheap!(db, A_PERSON, "take group", |tx| connection_grants::set_role_of_group(
        tx, &manages, on, &staff.id, None
    ));
    let by = Registrar::Permit(&manages);
    assert_cheap!(db, A_PERSON, "change", |tx| connections::update(tx, by, of));
}

async fn lists(db: &Db, org: &Org) {
    for tab in [Tab::Standard, Tab::Invitations, Tab::Expired] {
        for sort in sorts() {
            if !tab.sorts_by(sort.by()) {
                continue;
            }
            let mut query = PeopleQuery { tab, sort, ..PeopleQuery::default() };
            let what = format!("{tab:?} {sort:?}");
            let sizes = &Sizes { census: census_of(100_000), ..Sizes::default() };
            let mut page =
                assert_cheap!(db, A_PAGE, what, OFTEN, |tx| people::page(tx, &org.id, &query, &[], sizes, NOW));
            // Deep inside, where a list that was read from its beginning would show.
            for _ in 0..if tab == Tab::Standard { 40 } else { 5 } {
                query.from = From::After(page.rows.last().unwrap().cursor(sort, None));
                let mut conn = db.read().await.unwrap();
                page = people::page(&mut conn, &org.id, &query, &[], sizes, NOW).await.unwrap();
            }
            for from in [From::After, From::Before] {
                query.from = from(page.rows.last().unwrap().cursor(sort, None));
                let what = format!("{tab:?} {query:?}");
                assert_cheap!(db, A_PAGE, what, OFTEN, |tx| people::page(tx, &org.id, &query, &[], sizes, NOW));
            }
        }
    }
}

/// Requests for invitations, open and answered.
async fn asked(db: &Db, org: &Org, address: &model::Email) {
    let page = assert_cheap!(db, A_PAGE, "requests", |tx| store::requests::page(tx, &org.id, None, NOW));
    assert!(page.len() > 50, "{}", page.len());
    let before = Some(&page[49].id);
    assert_cheap!(db, A_PAGE, "older requests", |tx| store::requests::page(tx, &org.id, before, NOW));
    assert_cheap!(db, A_PERSON, "a request", |tx| store::requests::is_open(tx, &org.id, address));
    assert_cheap!(db, A_PERSON, "the last digest", |tx| store::requests::last_told(tx, &org.id));
}

/// A filter that leaves few is read by its index, one that leaves many is walked past.
async fn filters(db: &Db, org: &Org) {
    const SOME: [u64; 2] = [1_200, 30_000];
    for filters in [
        Filters { roles: vec![Role::Viewer], ..Filters::default() },
        Filters { roles: vec![Role::Viewer, Role::Admin], ..Filters::default() },
        Filters { states: vec![PersonState::Deactivated], ..Filters::default() },
        Filters { sources: vec![Source::Scim], ..Filters::default() },
        Filters { login: Some(LoginFilter::Over30Days), ..Filters::default() },
        Filters { roles: vec![Role::Member], login: Some(LoginFilter::Over30Days), ..Filters::default() },
    ] {
        for sort in sorts() {
            let query = PeopleQuery { filters: filters.clone(), sort, ..PeopleQuery::default() };
            let what = format!("{filters:?} {sort:?}");
            let sizes = assert_cheap!(db, HITS, what, OFTEN, |tx| people::sizes(tx, &org.id, &query, &[], NOW));
            let sizes = &sizes;
            assert_cheap!(db, SOME, what, OFTEN, |tx| people::page(tx, &org.id, &query, &[], sizes, NOW));
        }
    }
}

async fn searches(db: &Db, org: &Org) {
    const TABS: [Tab; 3] = [Tab::Standard, Tab::Invitations, Tab::Expired];
    const BY_NAME: [Sort; 3] = [Sort::Best, Sort::Up(SortBy::Name), Sort::Down(SortBy::Name)];
    let all = [&BY_NAME[..], &[Sort::Up(SortBy::LastLogin), Sort::Down(SortBy::LastLogin)]].concat();
    // By the index over words where hits are few, and else by walking the list. In between PostgreSQL may find a third
    // way that is no worse, so words of that kind are not asked about.
    for (search, tabs, sorts, bound) in [
        ("quirinius", &TABS[..], &all[..], A_PERSON),
        ("nobody", &TABS, &all, A_PERSON),
        ("ada lovelace1", &TABS, &all, HITS),
        ("p ada d1", &TABS, &BY_NAME, HITS),
        ("example", &TABS[..1], &all, A_PAGE),
        ("p example", &TABS[..1], &all, A_PAGE),
    ] {
        let words = text::search_words(search);
        let what = format!("counting {search}");
        let query = PeopleQuery::default();
        let sizes = assert_cheap!(db, COUNTING, what, OFTEN, |tx| people::sizes(tx, &org.id, &query, &words, NOW));
        let sizes = &sizes;
        // What was counted as nobody is not looked for.
        if sizes.words.contains(&0) {
            continue;
        }
        for tab in tabs {
            for sort in sorts {
                let query = PeopleQuery { tab: *tab, sort: *sort, ..PeopleQuery::default() };
                let what = format!("{search} {tab:?} {sort:?}");
                assert_cheap!(db, bound, what, OFTEN, |tx| people::page(tx, &org.id, &query, &words, sizes, NOW));
            }
        }
    }
}

/// What a request asks before it comes to its point.
async fn requests(db: &Db, org: &Org, person: &NewMembership) {
    let alive = Liveness { now: NOW, seen_since: NOW.plus(-DAY) };
    let (user_id, address) = (person.user_id.clone().unwrap(), person.email.clone());
    let session = format!("token of {}", address.as_str());
    let signed = assert_cheap!(db, A_PERSON, "session", |tx| sessions::by_token(tx, &session, Some(&org.slug), alive));
    let session_id = signed.unwrap().session_id;
    assert_cheap!(db, A_PERSON, "login", |tx| users::by_email(tx, &address)).unwrap().1.unwrap();
    assert_cheap!(db, A_PERSON, "due", |tx| sessions::due(tx, &session, alive));
    assert_cheap!(db, A_PERSON, "temporary", |tx| users::temporary_until(tx, &user_id));
    assert_cheap!(db, A_PERSON, "unused", |tx| users::unused(tx, &address));
    assert_cheap!(db, A_PERSON, "created", |tx| memberships::created(tx, &user_id));
    assert_cheap!(db, A_PERSON, "try", |tx| rate_limits::hit(tx, address.as_str(), NOW, NOW));
    assert_cheap!(db, A_PERSON, "tries", |tx| rate_limits::peek(tx, address.as_str(), NOW));
    assert_cheap!(db, A_PERSON, "use", |tx| sessions::touch(tx, &session_id, NOW));
    assert_cheap!(db, A_PERSON, "sign out", |tx| sessions::end(tx, &session));
    assert_cheap!(db, A_PERSON, "lock out", |tx| sessions::end_all_without_access(tx, &user_id));
    assert_cheap!(db, A_PERSON, "session housekeeping", |tx| sessions::purge(tx, NOW));
    assert_cheap!(db, A_PERSON, "try housekeeping", |tx| rate_limits::purge(tx, NOW));
    assert_cheap!(db, A_PERSON, "switcher", |tx| store::belonging::of_user(tx, &user_id, NOW));
    assert_cheap!(db, A_PERSON, "invitations to an address", |tx| store::belonging::invited(tx, &address, NOW));
    assert_cheap!(db, A_PERSON, "where somebody is native", |tx| store::belonging::native_to(tx, &user_id, &org.id));
    let sees_guests = decide(&org.actor(), Action::ViewGuests, None).unwrap();
    assert_cheap!(db, A_PERSON, "guests", |tx| store::belonging::guests(tx, &sees_guests, None, NOW));
    let stored = org.person(db, &person.id).await.unwrap();
    // Here the Owner has sent all invitations, which for any values would make reading all of them the best way.
    let once = (Planned::ForItsValues, 1);
    assert_cheap!(db, A_PERSON, "what hangs on somebody", once, |tx| removal::impact(tx, &stored, NOW));
    assert_cheap!(db, A_PERSON, "offers of ownership", |tx| ownership::open_of(tx, &person.id, NOW));
    assert_cheap!(db, A_PERSON, "owners", |tx| memberships::owners(tx, &org.id));
    let marked = [(person.email.clone(), format!("hash of {}", person.email))];
    let buried = assert_cheap!(db, A_PERSON, "tombstones", |tx| removal::buried(tx, &org.id, &marked));
    assert_eq!(buried.len(), 1);
    assert_cheap!(db, A_PERSON, "membership of a user", |tx| memberships::by_user(tx, &org.id, &user_id)).unwrap();
    assert_cheap!(db, A_PERSON, "last used", |tx| memberships::touch_login(tx, &person.id, NOW));
}

/// Up to a hundred are listed, each with who made it.
async fn views(db: &Db, org: &Org, member: &MembershipId) {
    const LISTED: [u64; 2] = [600, 16_000];
    let member = org.person(db, member).await.unwrap();
    let actor = Actor { membership_id: member.id.clone(), user_id: member.user_id.clone().unwrap(), ..org.actor() };
    let permit = decide(&actor, Action::ShareViews, None).unwrap();
    let own = assert_cheap!(db, A_PERSON, "own views", |tx| views::made_by(tx, &actor)).remove(0);
    assert!(!own.is_shared && own.is_default);
    let shared = assert_cheap!(db, LISTED, "shared views", |tx| views::shared_with(tx, &actor));
    assert_eq!(shared.len(), 100);
    for id in [&own.id, &shared[50].id] {
        assert_cheap!(db, A_PERSON, "view", |tx| views::by_id(tx, &actor, id)).unwrap();
        assert_cheap!(db, A_PERSON, "rename", |tx| views::rename(tx, &permit, id, &own.name));
        assert_cheap!(db, A_PERSON, "replace", |tx| views::replace(tx, &permit, id, &own.query));
        assert_cheap!(db, A_PERSON, "share", |tx| views::share(tx, &permit, id));
        assert_cheap!(db, A_PERSON, "unshare", |tx| views::unshare(tx, &permit, id));
        assert_cheap!(db, A_PERSON, "make default", |tx| views::make_default(tx, &permit, id));
        assert_cheap!(db, A_PERSON, "drop default", |tx| views::drop_default(tx, &permit, id));
        assert_cheap!(db, A_PERSON, "delete view", |tx| views::delete(tx, &permit, id));
    }
    let name = ViewName::parse("Another").unwrap();
    let new = views::NewView { id: fresh(), name, query: own.query, at: NOW };
    assert_cheap!(db, A_PERSON, "save view", |tx| views::insert(tx, &permit, &new));
}

async fn changes(db: &Db, org: &Org, member: &MembershipId, invited: &MembershipId) {
    let (member, invited) = (org.person(db, member).await.unwrap(), org.person(db, invited).await.unwrap());
    let may = |action| org.may(action, &invited);
    let (edit, revoke) = (may(Action::Edit), may(Action::RevokeInvitation));
    let of_link = format!("SELECT token_hash FROM invitations WHERE membership_id = '{}'", invited.id);
    let token = crate::support::text(db, &of_link).await.unwrap();
    let addresses = [member.email.clone(), invited.email.clone(), email("nobody@x.example")];
    let new = email("new@x.example");
    assert_cheap!(db, A_PERSON, "revision", |tx| organizations::bump_revision(tx, &org.id));
    assert_cheap!(db, A_PERSON, "person", |tx| memberships::by_id(tx, &org.id, &member.id)).unwrap();
    assert_cheap!(db, A_PERSON, "addresses", |tx| memberships::by_emails(tx, &org.id, &addresses));
    assert_cheap!(db, A_PAGE, "seats", |tx| people::census(tx, &org.id, NOW));
    assert_cheap!(db, A_PERSON, "owners", |tx| memberships::standing(tx, &member));
    assert_cheap!(db, A_PERSON, "role", |tx| memberships::set_role(tx, &edit, &invited, Role::Admin));
    assert_cheap!(db, A_PERSON, "switch", |tx| memberships::set_status(tx, &edit, &invited, Status::Active));
    assert_cheap!(db, A_PERSON, "details", |tx| memberships::set_details(tx, &edit, &member.name, &new));
    assert_cheap!(db, A_PERSON, "resend", |tx| memberships::reopen(tx, &edit, &invited, NOW));
    assert_cheap!(db, A_PERSON, "revoke", |tx| memberships::delete_invited(tx, &revoke, &invited));
    assert_cheap!(db, A_PERSON, "link", |tx| invitations::by_token(tx, &token)).unwrap();
    let close = InvitationState::Revoked;
    assert_cheap!(db, A_PERSON, "links", |tx| invitations::close_open(tx, &org.id, &invited.id, close, NOW));
    assert_cheap!(db, A_PERSON, "cancel mail", |tx| outbox::cancel_of_closed(tx, &org.id, &invited.id, NOW));
    let leased = assert_cheap!(db, A_PAGE, "lease", |tx| outbox::lease(tx, NOW, NOW.plus(1), 20));
    assert_cheap!(db, A_PERSON, "sent", |tx| outbox::mark_sent(tx, &leased[0].id, NOW));
    assert_cheap!(db, COUNTED, "backlog", |tx| backlog::read(tx, NOW));
}

/// What an account changes about itself.
async fn account_changes(db: &Db, org: &Org, person: &NewMembership) {
    let user = person.user_id.clone().unwrap();
    let (purpose, new, token) =
        (LinkPurpose::ResetPassword, email("new@x.example"), format!("link of {}", person.email));
    assert_cheap!(db, A_PERSON, "hold", |tx| users::hold(tx, &user));
    let (account, _) = assert_cheap!(db, A_PERSON, "account", |tx| users::by_id(tx, &user)).unwrap();
    let own = assert_cheap!(db, A_PERSON, "own memberships", |tx| memberships::of_account(tx, &user));
    assert_eq!((own.len(), &own[0].org_id), (1, &org.id));
    assert_cheap!(db, A_PERSON, "own details", |tx| memberships::set_own_details(tx, &own[0], &account));
    assert_cheap!(db, A_PERSON, "in the way", |tx| memberships::in_the_way_of(tx, &user, &new));
    let link = assert_cheap!(db, A_PERSON, "link", |tx| account_links::by_token(tx, &token)).unwrap();
    assert_cheap!(db, A_PERSON, "standing link", |tx| account_links::standing(tx, &user, purpose)).unwrap();
    assert_cheap!(db, A_PERSON, "confirm", |tx| account_links::confirm(tx, &link.id));
    assert_cheap!(db, A_PERSON, "use", |tx| account_links::mark_used(tx, &link.id, NOW));
    let how = LinkState::Superseded;
    assert_cheap!(db, A_PERSON, "close links", |tx| account_links::close_open(tx, &user, &[purpose], how, NOW));
    assert_cheap!(db, A_PERSON, "cancel mail", |tx| outbox::cancel_of_closed_links(tx, &user, NOW));
    assert_cheap!(db, A_PERSON, "end sessions", |tx| sessions::end_others_of_account(tx, &user, None));
}

/// Without this, a checker that sees nothing would pass everything above.
async fn a_table_that_is_read_from_end_to_end_is_noticed(db: Db) {
    let org = Org::found(&db, "acme").await;
    let people: Vec<NewMembership> = (0..400).map(|i| active(&format!("p{i}@x.example"), "A B")).collect();
    org.put(&db, &people).await;
    db.analyze().await.unwrap();
    for (sql, least) in [
        ("SELECT count(*) FROM memberships WHERE first_name = 'nobody'", 400),
        ("SELECT count(*) FROM membership_terms WHERE kind = 'nothing'", 400),
        // An index from end to end.
        ("SELECT count(*) FROM memberships WHERE sort_name = 'nobody'", 400),
        ("UPDATE memberships SET first_name = 'x' WHERE last_name = 'nobody'", 400),
    ] {
        let mut watch = Watch::begin(&db, Planned::ForItsValues).await;
        match store::Handle::engine(&mut watch.tx) {
            store::Engine::Sqlite(c) => {
                sqlx::query(sql).execute(c).instrument(watch.span.clone()).await.unwrap();
            }
            store::Engine::Postgres(c, _) => {
                sqlx::query(sql).execute(c).instrument(watch.span.clone()).await.unwrap();
            }
        }
        let (seen, work) = watch.end(&db).await;
        assert_eq!(seen.len(), 1, "{seen:#?}");
        assert!(!seen[0].full_scans().is_empty(), "{seen:#?}");
        assert!(work >= least, "{work}: {seen:#?}");
    }
}

on_both_engines!(
    no_question_costs_more_where_the_organization_is_larger,
    a_table_that_is_read_from_end_to_end_is_noticed,
);
