//! Searching the people grid: both plans find what a plain filter finds.

use model::{
    people::{From, PAGE_SIZE, Sort, Tab},
    text,
};
use store::{Db, memberships::NewMembership, people};

use crate::{
    crowd::{Asked, Crowd, ids_of, last_of, newcomer},
    support::{NOW, Org, active},
};

/// Hits that make [`people::page`] read the index over words, and such that make it walk the list.
const PLANS: [i64; 2] = [1, 1_000_000];

/// What is searched for, and whether anybody is found at all.
const SEARCHES: [(&str, bool); 20] = [
    ("ada", true),
    ("ADA Lovelace", true),
    ("lovelace ada", true),
    ("a", true),
    ("p", true),
    ("lov navy", true),
    ("navy.example", true),
    ("p7.jürgen@analytical-engines.example", true),
    ("ｊürgen übung", false),
    ("strasse", true),
    ("Straße", true),
    ("ngo bao", true),
    ("山", true),
    ("花子 山田", true),
    ("ахмед", false),
    ("أحم", true),
    ("Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren", true),
    ("wolf p1 ada example navy lovel", false),
    ("ovelace", false),
    ("zzz", false),
];

async fn both_plans_find_what_a_plain_filter_finds(db: Db) {
    let crowd = Crowd::gather(db).await;
    for (search, found) in SEARCHES {
        let words = text::search_words(search);
        let anybody = Tab::ALL.iter().any(|tab| !crowd.expected(*tab, Sort::NameAsc, &words).is_empty());
        assert_eq!(anybody, found, "the crowd is as this test thinks: {search}");
        for tab in Tab::ALL {
            for sort in Sort::ALL {
                for hits in PLANS {
                    let hits = vec![hits; words.len()];
                    crowd.assert_pages(&Asked { tab, sort, words: &words, hits: &hits }).await;
                }
            }
        }
    }
}

async fn the_hits_that_are_counted_lead_to_the_same_people(db: Db) {
    let crowd = Crowd::gather(db.clone()).await;
    for (search, _) in SEARCHES {
        let words = text::search_words(search);
        let (_, hits) = people::counts(&mut db.read().await.unwrap(), &crowd.org.id, &words, NOW).await.unwrap();
        let asked = Asked { tab: Tab::Standard, sort: Sort::NameAsc, words: &words, hits: &hits };
        let page = crowd.page(&asked, From::Start).await;
        let expected = crowd.expected(asked.tab, asked.sort, &words);
        assert_eq!(ids_of(&page), expected[..expected.len().min(PAGE_SIZE)], "{search}");
        assert_eq!(page.matches, Some(expected.len() as u64), "in a small organization all are counted: {search}");
    }
}

async fn a_search_for_nothing_shows_everybody(db: Db) {
    let crowd = Crowd::gather(db).await;
    for search in ["", "   ", "%_'", "…"] {
        let words = text::search_words(search);
        let asked = Asked { tab: Tab::Standard, sort: Sort::NameAsc, words: &words, hits: &[] };
        crowd.assert_pages(&asked).await;
    }
}

async fn what_means_something_to_sql_means_nothing_to_a_search(db: Db) {
    let org = Org::found(&db, "acme").await;
    org.put(&db, &[newcomer("percent@x.example", "100% Sure"), newcomer("other@x.example", "1000 Sure")]).await;
    let count = async |search: &str, hits: i64| {
        let words = text::search_words(search);
        let hits = vec![hits; words.len()];
        let query = model::people::PeopleQuery::default();
        people::page(&mut db.read().await.unwrap(), &org.id, &query, &words, &hits, NOW).await.unwrap().rows.len()
    };
    for hits in PLANS {
        assert_eq!(count("100%", hits).await, 2, "a beginning, not a pattern");
        assert_eq!(count("1000%", hits).await, 1);
        assert_eq!(count("s_re", hits).await, 0);
        assert_eq!(count("x' OR '1'='1", hits).await, 0);
    }
}

async fn hits_are_counted_in_their_organization_up_to_a_bound(db: Db) {
    let (org, other) = (Org::found(&db, "acme").await, Org::found(&db, "other").await);
    let people: Vec<NewMembership> =
        (0..2_100).map(|i| active(&format!("p{i}@many.test"), if i < 700 { "Few Only" } else { "Most Of" })).collect();
    org.put(&db, &people).await;
    other.put(&db, &[active("few@x.example", "Few Few")]).await;
    db.analyze().await.unwrap();
    let words: Vec<String> = ["many", "few", "p1", "nobody"].map(str::to_owned).into();
    let (counts, hits) = people::counts(&mut db.read().await.unwrap(), &org.id, &words, NOW).await.unwrap();
    assert_eq!(counts.standard, 2_101);
    assert_eq!(hits[1], 700);
    // p1, p10–p19, p100–p199, p1000–p1999.
    assert_eq!(hits[2], 1_111);
    assert_eq!(hits[3], 0);
    assert!(hits[0] > 2_000 && hits[0] < 2_100, "counting stops where it no longer matters: {}", hits[0]);

    // Real hits choose both plans here, and both page to the end.
    for (word, expected, counted) in [(0, 2_100, false), (1, 700, true)] {
        for sort in Sort::ALL {
            let (words, hits) = (&words[word..=word], &hits[word..=word]);
            let mut query = model::people::PeopleQuery { sort, ..Default::default() };
            let (mut seen, mut pages) = (std::collections::HashSet::new(), 0);
            loop {
                let mut conn = db.read().await.unwrap();
                let page = people::page(&mut conn, &org.id, &query, words, hits, NOW).await.unwrap();
                pages += 1;
                seen.extend(ids_of(&page));
                assert_eq!(page.matches, counted.then_some(expected as u64), "{word} {sort:?}");
                if !page.has_next {
                    break;
                }
                query.from = From::After(last_of(&page, sort));
            }
            assert_eq!((seen.len(), pages), (expected, expected / PAGE_SIZE), "{word} {sort:?}");
        }
    }
}

on_both_engines!(
    both_plans_find_what_a_plain_filter_finds,
    the_hits_that_are_counted_lead_to_the_same_people,
    a_search_for_nothing_shows_everybody,
    what_means_something_to_sql_means_nothing_to_a_search,
    hits_are_counted_in_their_organization_up_to_a_bound,
);
