//! The people grid without a search: every tab in every order, forwards and backwards, and the counts above it.

use model::{
    MembershipId, PersonState, Role, Source, Timestamp,
    id::Id,
    people::{Census, Cursor, Filters, From, LoginFilter, Sort, SortBy, Tab},
    time::{DAY, HOUR},
};
use store::{
    Db,
    memberships::NewMembership,
    people::{self, Sizes},
};

use crate::{
    crowd::{Asked, Crowd, PAGE_SIZE, Way, first_of, ids_of, last_of, sorts},
    support::{NOW, Org, active, fresh, invited, raw},
};

async fn every_tab_pages_in_every_order_to_the_end_and_back(db: Db) {
    let crowd = Crowd::gather(db).await;
    for tab in Tab::ALL {
        for sort in sorts() {
            if tab.sorts_by(sort.by()) {
                crowd.assert_pages(&Asked::list(*tab, sort)).await;
            }
        }
    }
}

async fn every_filter_leaves_whom_a_plain_filter_leaves_in_every_order_and_by_every_way(db: Db) {
    let crowd = Crowd::gather(db).await;
    let words = ["ada".to_owned()];
    for filters in [
        Filters { roles: vec![Role::Owner], ..Filters::default() },
        Filters { roles: vec![Role::Viewer, Role::Admin], ..Filters::default() },
        Filters { states: vec![PersonState::Invited, PersonState::Active], ..Filters::default() },
        Filters { login: Some(LoginFilter::Never), ..Filters::default() },
        Filters { login: Some(LoginFilter::Over30Days), ..Filters::default() },
        Filters { sources: vec![Source::Csv, Source::Sso], ..Filters::default() },
        Filters { sources: vec![Source::Scim], login: Some(LoginFilter::Over90Days), ..Filters::default() },
        Filters { roles: vec![Role::Member], states: vec![PersonState::Deactivated], ..Filters::default() },
        Filters { roles: vec![Role::Partner], ..Filters::default() },
    ] {
        for sort in sorts() {
            for way in [Way::Natural, Way::Walk, Way::Few] {
                for words in [&[], &words[..]] {
                    let filters = filters.clone();
                    crowd.assert_pages(&Asked { tab: Tab::Standard, sort, filters, words, way }).await;
                }
            }
        }
        let of_invited = Filters { roles: filters.roles, sources: filters.sources, ..Filters::default() };
        for way in [Way::Natural, Way::Walk, Way::Few] {
            let filters = of_invited.clone();
            crowd.assert_pages(&Asked { tab: Tab::Expired, sort: Sort::Best, filters, words: &[], way }).await;
        }
    }
}

async fn who_never_logged_in_comes_last_in_both_directions(db: Db) {
    let crowd = Crowd::gather(db).await;
    for (sort, falling) in [(Sort::Down(SortBy::LastLogin), true), (Sort::Up(SortBy::LastLogin), false)] {
        let asked = Asked::list(Tab::Standard, sort);
        let mut page = crowd.page(&asked, From::Start).await;
        let mut logins: Vec<Option<Timestamp>> = page.rows.iter().map(|r| r.last_login_at).collect();
        while page.has_next {
            page = crowd.page(&asked, From::After(last_of(&page, &asked))).await;
            logins.extend(page.rows.iter().map(|r| r.last_login_at));
        }
        let known: Vec<Timestamp> = logins.iter().copied().flatten().collect();
        assert!(known.len() > PAGE_SIZE && logins.len() - known.len() > PAGE_SIZE, "the border lies inside");
        assert!(logins[known.len()..].iter().all(Option::is_none), "{sort:?}");
        assert!(known.windows(2).all(|w| if falling { w[0] >= w[1] } else { w[0] <= w[1] }), "{sort:?}");
    }
}

async fn a_list_that_ends_with_a_page_has_no_next_one(db: Db) {
    let org = Org::found(&db, "acme").await;
    let people: Vec<NewMembership> = (1..PAGE_SIZE).map(|i| active(&format!("p{i}@x.example"), "A B")).collect();
    org.put(&db, &people).await;
    let page = async |sort| {
        let query = model::people::PeopleQuery { sort, ..Default::default() };
        let mut conn = db.read().await.unwrap();
        let sizes = people::sizes(&mut conn, &org.id, &query, &[], NOW).await.unwrap();
        people::page(&mut conn, &org.id, &query, &[], &sizes, NOW).await.unwrap()
    };
    for sort in sorts() {
        let full = page(sort).await;
        assert_eq!((full.rows.len(), full.has_next), (PAGE_SIZE, false), "{sort:?}");
    }
    org.put(&db, &[active("one-more@x.example", "A B")]).await;
    for sort in sorts() {
        let full = page(sort).await;
        assert_eq!((full.rows.len(), full.has_next), (PAGE_SIZE, true), "{sort:?}");
    }
}

async fn a_cursor_whose_row_is_gone_still_shows_what_follows(db: Db) {
    let crowd = Crowd::gather(db.clone()).await;
    for sort in [Sort::Best, Sort::Up(SortBy::Name), Sort::Down(SortBy::Name)] {
        let asked = Asked::list(Tab::Invitations, sort);
        let first = crowd.page(&asked, From::Start).await;
        let expected = crowd.expected(&asked, None);
        let gone = &expected[20];
        let cursor = first.rows[20].cursor(sort, None);
        assert_eq!(&cursor.id, gone);
        raw(&db, &format!("UPDATE memberships SET status = 'active' WHERE id = '{gone}'")).await;
        let after = crowd.page(&asked, From::After(cursor.clone())).await;
        assert_eq!(ids_of(&after), expected[21..], "{sort:?}");
        assert!(after.has_previous && !after.has_next);
        let before = crowd.page(&asked, From::Before(cursor)).await;
        assert_eq!(ids_of(&before), expected[..20], "{sort:?}");
        assert!(!before.has_previous && before.has_next);
        raw(&db, &format!("UPDATE memberships SET status = 'invited' WHERE id = '{gone}'")).await;
    }
}

async fn a_cursor_behind_the_last_row_shows_an_empty_page(db: Db) {
    let crowd = Crowd::gather(db).await;
    for sort in [Sort::Best, Sort::Up(SortBy::Name), Sort::Down(SortBy::Name)] {
        let asked = Asked::list(Tab::Expired, sort);
        let first = crowd.page(&asked, From::Start).await;
        let last = crowd.page(&asked, From::After(last_of(&first, &asked))).await;
        let beyond = crowd.page(&asked, From::After(last_of(&last, &asked))).await;
        assert!(beyond.rows.is_empty() && beyond.has_previous && !beyond.has_next);
        let in_front = crowd.page(&asked, From::Before(first_of(&first, &asked))).await;
        assert!(in_front.rows.is_empty() && !in_front.has_previous && in_front.has_next);
    }
}

async fn a_cursor_that_somebody_made_up_still_shows_people(db: Db) {
    let crowd = Crowd::gather(db).await;
    let id: MembershipId = fresh();
    let keys = ["", "'; DROP TABLE memberships", "-1", "99999999999999999999", "\u{0}", "ada\u{0}", "\u{10ffff}", "%"];
    for key in keys.map(str::to_owned).into_iter().chain(["ä".repeat(10_000)]) {
        for sort in sorts() {
            let cursor = Cursor { key: key.clone(), id: id.clone(), second: false };
            let asked = Asked::list(Tab::Standard, sort);
            let after = crowd.page(&asked, From::After(cursor.clone())).await;
            let before = crowd.page(&asked, From::Before(cursor)).await;
            assert!(!after.rows.is_empty() || !before.rows.is_empty(), "{key:?} {sort:?}");
        }
    }
    assert!(MembershipId::parse(id.as_str()).is_ok());
}

async fn the_lists_move_with_the_clock(db: Db) {
    let org = Org::found(&db, "acme").await;
    org.put(&db, &[NewMembership { open_until: Some(NOW.plus(HOUR)), ..invited("ada@x.example") }]).await;
    let counts = async |now| {
        let query = model::people::PeopleQuery::default();
        let sizes = people::sizes(&mut db.read().await.unwrap(), &org.id, &query, &[], now).await.unwrap();
        [Tab::Standard, Tab::Invitations, Tab::Expired].map(|tab| sizes.census.counts().of(tab))
    };
    // On the same day, and over midnight.
    let (open, expired) = ([2, 1, 0], [1, 0, 1]);
    assert_eq!(counts(NOW).await, open);
    assert_eq!(counts(NOW.plus(HOUR - 1)).await, open);
    for late in [HOUR, HOUR + 1, DAY - 1, DAY, 30 * DAY] {
        assert_eq!(counts(NOW.plus(late)).await, expired, "{late} ms");
    }
    let midnight = NOW.plus(DAY - NOW.millis() % DAY);
    let late = NewMembership { open_until: Some(midnight), ..invited("mid@x.example") };
    org.put(&db, &[late, NewMembership { open_until: Some(midnight.plus(-1)), ..invited("end@x.example") }]).await;
    assert_eq!(counts(midnight.plus(-2)).await, [3, 2, 1]);
    assert_eq!(counts(midnight.plus(-1)).await, [2, 1, 2]);
    assert_eq!(counts(midnight).await, [1, 0, 3]);
    assert_eq!(counts(midnight.plus(DAY)).await, [1, 0, 3]);
}

async fn the_counts_are_those_of_the_lists(db: Db) {
    let crowd = Crowd::gather(db.clone()).await;
    let query = model::people::PeopleQuery::default();
    let sizes = people::sizes(&mut db.read().await.unwrap(), &crowd.org.id, &query, &[], NOW).await.unwrap();
    assert!(sizes.words.is_empty());
    for tab in Tab::ALL {
        let expected = crowd.expected(&Asked::list(*tab, Sort::Best), None);
        assert_eq!(sizes.census.counts().of(*tab), expected.len() as u64, "{tab:?}");
    }
    let nowhere = people::sizes(&mut db.read().await.unwrap(), &fresh(), &query, &[], NOW).await.unwrap();
    assert_eq!(nowhere.census, Census::default());
}

async fn guests_stand_on_their_own_list_once_they_have_accepted(db: Db) {
    let org = Org::found(&db, "acme").await;
    let external = |person| NewMembership { kind: model::Kind::External, ..person };
    let guest = org.put_one(&db, external(active("guest@x.example", "Gus Guest"))).await;
    let open = org.put_one(&db, external(invited("gus.open@x.example"))).await;
    let late = NewMembership { open_until: Some(NOW), ..external(invited("gus.late@x.example")) };
    let late = org.put_one(&db, late).await;
    let words = ["gus".to_owned()];
    let mut conn = db.read().await.unwrap();
    for (tab, expected) in [
        (Tab::Standard, &[][..]),
        (Tab::External, &[&guest.id]),
        (Tab::Invitations, &[&open.id]),
        (Tab::Expired, &[&late.id]),
        (Tab::Support, &[]),
        (Tab::Requests, &[]),
    ] {
        for (words, hits) in [(&words[..0], vec![]), (&words, vec![1]), (&words, vec![1_000_000])] {
            let query = model::people::PeopleQuery { tab, ..Default::default() };
            let sizes = people::sizes(&mut conn, &org.id, &query, words, NOW).await.unwrap();
            let owner = u64::from(tab == Tab::Standard);
            assert_eq!(sizes.census.counts().of(tab), expected.len() as u64 + owner, "{tab:?}");
            let sizes = Sizes { words: hits, ..sizes };
            let page = people::page(&mut conn, &org.id, &query, words, &sizes, NOW).await.unwrap();
            let found: Vec<_> = ids_of(&page).into_iter().filter(|id| *id != org.owner.id).collect();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{tab:?} {words:?} {sizes:?}");
        }
    }
}

on_both_engines!(
    every_tab_pages_in_every_order_to_the_end_and_back,
    every_filter_leaves_whom_a_plain_filter_leaves_in_every_order_and_by_every_way,
    who_never_logged_in_comes_last_in_both_directions,
    a_list_that_ends_with_a_page_has_no_next_one,
    a_cursor_whose_row_is_gone_still_shows_what_follows,
    a_cursor_behind_the_last_row_shows_an_empty_page,
    a_cursor_that_somebody_made_up_still_shows_people,
    the_lists_move_with_the_clock,
    the_counts_are_those_of_the_lists,
    guests_stand_on_their_own_list_once_they_have_accepted,
);
