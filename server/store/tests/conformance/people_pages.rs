//! The people grid without a search: every tab in every order, forwards and backwards, and the counts above it.

use model::{
    MembershipId, Status, Timestamp,
    id::Id,
    people::{Cursor, From, PAGE_SIZE, PeopleCounts, Sort, Tab},
    time::{DAY, HOUR},
};
use store::{Db, memberships::NewMembership, people};

use crate::{
    crowd::{Asked, Crowd, first_of, ids_of, last_of},
    support::{NOW, Org, active, fresh, invited, raw},
};

async fn every_tab_pages_in_every_order_to_the_end_and_back(db: Db) {
    let crowd = Crowd::gather(db).await;
    for tab in Tab::ALL {
        for sort in Sort::ALL {
            crowd.assert_pages(&Asked { tab, sort, words: &[], hits: &[] }).await;
        }
    }
}

async fn who_never_logged_in_comes_last_in_both_directions(db: Db) {
    let crowd = Crowd::gather(db).await;
    for (sort, falling) in [(Sort::LoginDesc, true), (Sort::LoginAsc, false)] {
        let asked = Asked { tab: Tab::Standard, sort, words: &[], hits: &[] };
        let mut page = crowd.page(&asked, From::Start).await;
        let mut logins: Vec<Option<Timestamp>> = page.rows.iter().map(|r| r.last_login_at).collect();
        while page.has_next {
            page = crowd.page(&asked, From::After(last_of(&page, sort))).await;
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
        people::page(&mut db.read().await.unwrap(), &org.id, &query, &[], &[], NOW).await.unwrap()
    };
    for sort in Sort::ALL {
        let full = page(sort).await;
        assert_eq!((full.rows.len(), full.has_next), (PAGE_SIZE, false), "{sort:?}");
    }
    org.put(&db, &[active("one-more@x.example", "A B")]).await;
    for sort in Sort::ALL {
        let full = page(sort).await;
        assert_eq!((full.rows.len(), full.has_next), (PAGE_SIZE, true), "{sort:?}");
    }
}

async fn a_cursor_whose_row_is_gone_still_shows_what_follows(db: Db) {
    let crowd = Crowd::gather(db.clone()).await;
    for sort in Sort::ALL {
        let asked = Asked { tab: Tab::Invitations, sort, words: &[], hits: &[] };
        let first = crowd.page(&asked, From::Start).await;
        let expected = crowd.expected(asked.tab, sort, &[]);
        let gone = &expected[20];
        let cursor = first.rows[20].cursor(sort);
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
    for sort in Sort::ALL {
        let asked = Asked { tab: Tab::Expired, sort, words: &[], hits: &[] };
        let first = crowd.page(&asked, From::Start).await;
        let last = crowd.page(&asked, From::After(last_of(&first, sort))).await;
        let beyond = crowd.page(&asked, From::After(last_of(&last, sort))).await;
        assert!(beyond.rows.is_empty() && beyond.has_previous && !beyond.has_next);
        let in_front = crowd.page(&asked, From::Before(first_of(&first, sort))).await;
        assert!(in_front.rows.is_empty() && !in_front.has_previous && in_front.has_next);
    }
}

async fn a_cursor_that_somebody_made_up_still_shows_people(db: Db) {
    let crowd = Crowd::gather(db).await;
    let id: MembershipId = fresh();
    let keys = ["", "'; DROP TABLE memberships", "-1", "99999999999999999999", "\u{0}", "ada\u{0}", "\u{10ffff}", "%"];
    for key in keys.map(str::to_owned).into_iter().chain(["ä".repeat(10_000)]) {
        for sort in Sort::ALL {
            let cursor = Cursor { key: key.clone(), id: id.clone() };
            let asked = Asked { tab: Tab::Standard, sort, words: &[], hits: &[] };
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
    let counts = async |now| people::counts(&mut db.read().await.unwrap(), &org.id, &[], now).await.unwrap().0;
    let open = PeopleCounts { standard: 2, invitations: 1, expired: 0 };
    let expired = PeopleCounts { standard: 1, invitations: 0, expired: 1 };
    assert_eq!(counts(NOW).await, open);
    assert_eq!(counts(NOW.plus(HOUR - 1)).await, open);
    assert_eq!(counts(NOW.plus(HOUR)).await, expired);
    assert_eq!(counts(NOW.plus(DAY)).await, expired);
}

async fn the_counts_are_those_of_the_lists(db: Db) {
    let crowd = Crowd::gather(db.clone()).await;
    let (counts, hits) = people::counts(&mut db.read().await.unwrap(), &crowd.org.id, &[], NOW).await.unwrap();
    assert!(hits.is_empty());
    for tab in Tab::ALL {
        assert_eq!(counts.of(tab), crowd.expected(tab, Sort::NameAsc, &[]).len() as u64, "{tab:?}");
    }
    let nowhere = people::counts(&mut db.read().await.unwrap(), &fresh(), &[], NOW).await.unwrap().0;
    assert_eq!(nowhere, PeopleCounts::default());
}

async fn guests_and_staff_do_not_stand_in_these_lists(db: Db) {
    let org = Org::found(&db, "acme").await;
    let guest = org.put_one(&db, active("guest@x.example", "Gus Guest")).await;
    let late = NewMembership { open_until: Some(NOW), ..invited("gus.late@x.example") };
    let late = org.put_one(&db, late).await;
    for id in [&guest.id, &late.id] {
        raw(&db, &format!("UPDATE memberships SET kind = 'external' WHERE id = '{id}'")).await;
        raw(&db, &format!("UPDATE membership_terms SET kind = 'external' WHERE membership_id = '{id}'")).await;
    }
    for status in [Status::Active, Status::Invited] {
        let sql =
            format!("UPDATE people_counts SET n = n - 1 WHERE kind = 'standard' AND status = '{}'", status.code());
        raw(&db, &sql).await;
    }
    let words = ["gus".to_owned()];
    let mut conn = db.read().await.unwrap();
    let (counts, _) = people::counts(&mut conn, &org.id, &[], NOW).await.unwrap();
    assert_eq!(counts, PeopleCounts { standard: 1, invitations: 0, expired: 0 });
    for tab in Tab::ALL {
        for (words, hits) in [(&words[..0], &[][..]), (&words, &[1]), (&words, &[1_000_000])] {
            let query = model::people::PeopleQuery { tab, ..Default::default() };
            let page = people::page(&mut conn, &org.id, &query, words, hits, NOW).await.unwrap();
            let owner = usize::from(tab == Tab::Standard && words.is_empty());
            assert_eq!(page.rows.len(), owner, "{tab:?} {words:?} {hits:?}");
        }
    }
}

on_both_engines!(
    every_tab_pages_in_every_order_to_the_end_and_back,
    who_never_logged_in_comes_last_in_both_directions,
    a_list_that_ends_with_a_page_has_no_next_one,
    a_cursor_whose_row_is_gone_still_shows_what_follows,
    a_cursor_behind_the_last_row_shows_an_empty_page,
    a_cursor_that_somebody_made_up_still_shows_people,
    the_lists_move_with_the_clock,
    the_counts_are_those_of_the_lists,
    guests_and_staff_do_not_stand_in_these_lists,
);
