//! No question of a request reads a table from end to end, and none costs more where the organization is larger.

use model::{
    Action, MembershipId, Role, Status,
    people::{From, PeopleQuery, Sort, Tab},
    rules::InvitationState,
    text,
    time::DAY,
};
use store::{
    Db, invitations,
    memberships::{self, NewMembership},
    organizations, outbox, people, rate_limits,
    sessions::{self, Liveness, NewSession},
    users::{self, User},
};
use tracing::Instrument;

use crate::{
    observed::Watch,
    support::{Dice, NOW, Org, active, email, fresh, invited, name, raw, token},
};

/// How many of everything there are, so that reading all of it shows.
const MANY: usize = 8_000;

/// Watches a question, and fails where it reads a table from end to end or does more than it should.
macro_rules! assert_cheap {
    ($db:expr, $what:expr, |$tx:ident| $question:expr) => {{
        let mut watch = Watch::begin($db).await;
        let $tx = &mut watch.tx;
        let answer = $question.instrument(watch.span.clone()).await.unwrap();
        let (seen, work) = watch.end($db).await;
        assert!(!seen.is_empty(), "{}: a statement was seen", $what);
        for statement in &seen {
            assert!(statement.full_scans().is_empty(), "{}: {:#?}\n{statement:#?}", $what, statement.full_scans());
        }
        println!("WORK {work} {}", $what);
        answer
    }};
}

struct Big {
    org: Org,
    session: NewSession,
    token_hash: String,
    user: User,
    person: MembershipId,
}

/// An organization of many people, beside five that are small, and as many sessions, links and messages.
async fn fill(db: &Db) -> Big {
    let org = Org::found(db, "big").await;
    let mut dice = Dice(3);
    let firsts = ["Ada", "Grace", "Zoë", "Łukasz", "山田", "Ольга", "Mary-Jane", "Edsger", "Barbara", "Alan"];
    let lasts = ["Lovelace", "Hopper", "Petrova", "Dijkstra", "Liskov", "Turing", "Nguyen", "Smith"];
    let mut people: Vec<NewMembership> = (0..MANY)
        .map(|i| {
            let full = format!("{} {}{}", firsts[dice.roll(10)], lasts[dice.roll(8)], i % 97);
            let address = format!("p{i}@d{}.example", i % 11);
            let seen = (i % 4 != 0).then(|| NOW.plus(-i64::try_from(dice.roll(100_000_000)).unwrap()));
            match i % 12 {
                0 => NewMembership { name: name(&full), ..invited(&address) },
                1 => NewMembership { name: name(&full), open_until: Some(NOW.plus(-DAY)), ..invited(&address) },
                _ => NewMembership { last_login_at: seen, ..active(&address, &full) },
            }
        })
        .collect();
    people[5].name = name("Quirinius Rare");
    let users: Vec<User> =
        people.iter().map(|p| User { id: fresh(), email: p.email.clone(), name: p.name.clone() }).collect();
    for (person, user) in people.iter_mut().zip(&users) {
        person.user_id = (person.status != Status::Invited).then(|| user.id.clone());
    }
    let mut tx = db.write().await.unwrap();
    users::insert(&mut tx, &users, NOW).await.unwrap();
    for user in &users {
        rate_limits::hit(&mut tx, user.email.as_str(), NOW.plus(1), NOW).await.unwrap();
        users::set_password_hash(&mut tx, &user.id, "$argon2id$", NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
    org.put(db, &people).await;
    for i in 0..5 {
        let small = Org::found(db, &format!("small-{i}")).await;
        let few: Vec<NewMembership> = (0..40).map(|n| active(&format!("p{n}@d1.example"), "Ada Lovelace")).collect();
        small.put(db, &few).await;
    }
    let mut tx = db.write().await.unwrap();
    let mut sessions = Vec::new();
    for user in &users {
        let session = NewSession {
            id: fresh(),
            token_hash: token(),
            user_id: user.id.clone(),
            at: NOW,
            expires_at: NOW.plus(DAY),
            user_agent: "Firefox".into(),
            address: "::1".into(),
        };
        sessions::insert(&mut tx, &session).await.unwrap();
        sessions.push(session);
    }
    let links: Vec<_> = people.iter().map(|p| org.link(&p.id)).collect();
    invitations::insert(&mut tx, &org.may_invite(), &links).await.unwrap();
    let messages: Vec<_> = links
        .iter()
        .map(|l| outbox::NewMessage {
            id: fresh(),
            org_id: org.id.clone(),
            invitation_id: Some(l.id.clone()),
            sealed_body: "sealed".repeat(20),
            at: NOW.plus(-i64::try_from(dice.roll(1_000_000)).unwrap()),
        })
        .collect();
    outbox::insert(&mut tx, &messages).await.unwrap();
    for sent in messages.iter().skip(MANY / 10) {
        outbox::mark_sent(&mut tx, &sent.id, NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
    db.analyze().await.unwrap();
    if matches!(db, Db::Postgres(_)) {
        // What autovacuum does soon after; it lets an index answer alone.
        raw(db, "VACUUM").await;
    }
    Big {
        org,
        session: sessions.swap_remove(1_000),
        token_hash: links[1_500].token_hash.clone(),
        user: users[700].clone(),
        person: people[12].id.clone(),
    }
}

async fn a_page_of_a_list_is_read_from_an_index(db: Db) {
    let big = fill(&db).await;
    for tab in Tab::ALL {
        for sort in Sort::ALL {
            let mut query = PeopleQuery { tab, sort, ..PeopleQuery::default() };
            let what = format!("{tab:?} {sort:?}");
            let first = assert_cheap!(&db, what, |tx| people::page(tx, &big.org.id, &query, &[], &[], NOW));
            let last = first.rows.last().unwrap().cursor(sort);
            query.from = From::After(last.clone());
            assert_cheap!(&db, format!("{what} after"), |tx| people::page(tx, &big.org.id, &query, &[], &[], NOW));
            query.from = From::Before(last);
            assert_cheap!(&db, format!("{what} before"), |tx| people::page(tx, &big.org.id, &query, &[], &[], NOW));
        }
    }
}

async fn a_search_reads_an_index_by_either_plan(db: Db) {
    let big = fill(&db).await;
    for search in ["quirinius", "ada lovelace1", "example", "p ada d1", "nobody"] {
        let words = text::search_words(search);
        let what = format!("counting {search}");
        let (_, hits) = assert_cheap!(&db, what, |tx| people::counts(tx, &big.org.id, &words, NOW));
        for tab in Tab::ALL {
            for sort in Sort::ALL {
                let query = PeopleQuery { tab, sort, ..PeopleQuery::default() };
                let what = format!("{search} {tab:?} {sort:?}");
                assert_cheap!(&db, what, |tx| people::page(tx, &big.org.id, &query, &words, &hits, NOW));
            }
        }
    }
}

async fn plan_scratch(db: Db) {
    let big = fill(&db).await;
    let alive = Liveness { now: NOW, seen_since: NOW.plus(-DAY) };
    let (org, user) = (&big.org, &big.user);
    assert_cheap!(&db, "login", |tx| users::by_email(tx, &user.email));
    assert_cheap!(&db, "session", |tx| sessions::by_token(tx, &big.session.token_hash, Some(&org.slug), alive));
    assert_cheap!(&db, "touch", |tx| sessions::touch(tx, &big.session.id, NOW));
    assert_cheap!(&db, "end", |tx| sessions::end(tx, &big.session.token_hash));
    assert_cheap!(&db, "end all", |tx| sessions::end_all_without_access(tx, &big.session.user_id));
    assert_cheap!(&db, "purge sessions", |tx| sessions::purge(tx, NOW));
    assert_cheap!(&db, "purge limits", |tx| rate_limits::purge(tx, NOW));
    assert_cheap!(&db, "of user", |tx| memberships::of_user(tx, &user.id, NOW));
    assert_cheap!(&db, "by user", |tx| memberships::by_user(tx, &org.id, &user.id));
    assert_cheap!(&db, "by id", |tx| memberships::by_id(tx, &org.id, &big.person));
    assert_cheap!(&db, "by emails", |tx| memberships::by_emails(
        tx,
        &org.id,
        &[email("p7@d7.example"), user.email.clone()]
    ));
    assert_cheap!(&db, "seats", |tx| memberships::seats_taken(tx, &org.id));
    assert_cheap!(&db, "standing", |tx| memberships::standing(tx, &org.owner));
    assert_cheap!(&db, "bump", |tx| organizations::bump_revision(tx, &org.id));
    let person = org.person(&db, &big.person).await.unwrap();
    let permit = org.may(Action::Edit, &person);
    assert_cheap!(&db, "set role", |tx| memberships::set_role(tx, &permit, Role::Admin));
    assert_cheap!(&db, "set details", |tx| memberships::set_details(tx, &permit, &user.name, &email("new@x.example")));
    assert_cheap!(&db, "reopen", |tx| memberships::reopen(tx, &permit, &person.id, NOW));
    assert_cheap!(&db, "delete invited", |tx| memberships::delete_invited(tx, &permit, &person));
    assert_cheap!(&db, "by token", |tx| invitations::by_token(tx, &big.token_hash));
    assert_cheap!(&db, "close", |tx| invitations::close_open(tx, &org.id, &person.id, InvitationState::Revoked, NOW));
    assert_cheap!(&db, "latest", |tx| invitations::latest_delivery(tx, &person.id));
    assert_cheap!(&db, "lease", |tx| outbox::lease(tx, NOW, NOW.plus(1), 10));
    assert_cheap!(&db, "cancel", |tx| outbox::cancel_of_closed(tx, &org.id, NOW));
}

on_both_engines!(a_page_of_a_list_is_read_from_an_index, a_search_reads_an_index_by_either_plan, plan_scratch,);
