//! Searching the people grid: every way finds what a plain filter finds.

use model::{
    PersonName,
    people::{From, Sort, SortBy, Tab},
    text,
};
use store::{
    Db,
    memberships::NewMembership,
    people::{self, Sizes},
};

use crate::{
    crowd::{Asked, Crowd, PAGE_SIZE, Way, census_of, ids_of, newcomer},
    support::{NOW, Org, active},
};

/// The lists that are searched.
const TABS: [Tab; 3] = [Tab::Standard, Tab::Invitations, Tab::Expired];

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

async fn every_way_finds_what_a_plain_filter_finds(db: Db) {
    let crowd = Crowd::gather(db).await;
    for (search, found) in SEARCHES {
        let words = text::search_words(search);
        let asked = |tab, sort, way| Asked { words: &words, way, ..Asked::list(tab, sort) };
        let anybody = TABS.iter().any(|tab| !crowd.expected(&asked(*tab, Sort::Best, Way::Natural), None).is_empty());
        assert_eq!(anybody, found, "the crowd is as this test thinks: {search}");
        for tab in TABS {
            for sort in [
                Sort::Best,
                Sort::Up(SortBy::Name),
                Sort::Down(SortBy::Name),
                Sort::Up(SortBy::LastLogin),
                Sort::Down(SortBy::Role),
            ] {
                for way in [Way::Few, Way::Walk] {
                    if tab.sorts_by(sort.by()) {
                        crowd.assert_pages(&asked(tab, sort, way)).await;
                    }
                }
            }
        }
    }
}

async fn the_hits_that_are_counted_lead_to_the_same_people(db: Db) {
    let crowd = Crowd::gather(db.clone()).await;
    for (search, _) in SEARCHES {
        let words = text::search_words(search);
        let asked = Asked { words: &words, ..Asked::list(Tab::Standard, Sort::Best) };
        let page = crowd.page(&asked, From::Start).await;
        let expected = crowd.expected(&asked, page.lead.as_deref());
        assert_eq!(ids_of(&page), expected[..expected.len().min(PAGE_SIZE)], "{search}");
        assert_eq!(page.matches, Some(expected.len() as u64), "in a small organization all are counted: {search}");
    }
}

/// Folding may make eighteen letters of one, and an entry of an index holds so much only.
async fn a_name_that_folding_makes_long_is_kept_and_found(db: Db) {
    let org = Org::found(&db, "acme").await;
    // A hundred that all fold to several, as many different ones as there are.
    let long: String =
        ('\u{3300}'..='\u{3357}').chain('\u{fdf0}'..='\u{fdfa}').flat_map(|c| [c, ' ']).take(99).collect();
    let person = NewMembership { name: PersonName::parse(&long, &long).unwrap(), ..active("longest@x.example", "A B") };
    org.put(&db, std::slice::from_ref(&person)).await;
    let words = text::search_words(&long);
    let sizes = Sizes { census: census_of(1), words: vec![1; words.len()], logins: 1, ..Sizes::default() };
    let query = model::people::PeopleQuery::default();
    let found = people::page(&mut db.read().await.unwrap(), &org.id, &query, &words, &sizes, NOW).await.unwrap();
    assert_eq!(ids_of(&found), [person.id]);
}

async fn whole_words_come_before_beginnings(db: Db) {
    let org = Org::found(&db, "acme").await;
    let people = ["Zoe Ann", "Anna Bell", "Ann Zorn", "Annabel Ann", "Zann Z"]
        .map(|full| newcomer(&format!("{}@x.example", full.len()), full));
    let people: Vec<NewMembership> = people
        .into_iter()
        .enumerate()
        .map(|(i, p)| NewMembership { email: crate::support::email(&format!("p{i}@x.example")), ..p })
        .collect();
    org.put(&db, &people).await;
    for hits in [1, 1_000_000] {
        let words = text::search_words("ann");
        let sizes = Sizes { census: census_of(1), words: vec![hits], logins: 1, ..Sizes::default() };
        let query = model::people::PeopleQuery::default();
        let found = people::page(&mut db.read().await.unwrap(), &org.id, &query, &words, &sizes, NOW).await.unwrap();
        let names: Vec<String> = found.rows.iter().map(model::people::PersonRow::display_name).collect();
        assert_eq!(names, ["Ann Zorn", "Annabel Ann", "Zoe Ann", "Anna Bell"], "{hits}");
    }
}

async fn a_search_for_nothing_shows_everybody(db: Db) {
    let crowd = Crowd::gather(db).await;
    for search in ["", "   ", "%_'", "…"] {
        let words = text::search_words(search);
        crowd.assert_pages(&Asked { words: &words, ..Asked::list(Tab::Standard, Sort::Best) }).await;
    }
}

async fn what_means_something_to_sql_means_nothing_to_a_search(db: Db) {
    let org = Org::found(&db, "acme").await;
    org.put(&db, &[newcomer("percent@x.example", "100% Sure"), newcomer("other@x.example", "1000 Sure")]).await;
    let count = async |search: &str, hits: i64| {
        let words = text::search_words(search);
        let sizes = Sizes { census: census_of(1), words: vec![hits; words.len()], logins: 1, ..Sizes::default() };
        let query = model::people::PeopleQuery::default();
        let mut conn = db.read().await.unwrap();
        people::page(&mut conn, &org.id, &query, &words, &sizes, NOW).await.unwrap().rows.len()
    };
    for hits in [1, 1_000_000] {
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
    let query = model::people::PeopleQuery::default();
    let mut conn = db.read().await.unwrap();
    let alone = people::sizes(&mut conn, &org.id, &query, &words[..1], NOW).await.unwrap().words;
    assert!(alone[0] > 2_000 && alone[0] < 2_100, "counting stops where it no longer matters: {}", alone[0]);
    let sizes = people::sizes(&mut conn, &org.id, &query, &words, NOW).await.unwrap();
    assert_eq!(sizes.census.counts().of(Tab::Standard), 2_101);
    // Of words together more are counted, to tell how rare they are together; p1, p10–p19, p100–p199, p1000–p1999.
    assert_eq!(sizes.words, [2_100, 700, 1_111, 0]);

    // Real hits choose both ways here, and both page to the end.
    for (word, expected, counted) in [(0, 2_100, false), (1, 700, true)] {
        for sort in [Sort::Best, Sort::Down(SortBy::Name), Sort::Up(SortBy::LastLogin), Sort::Up(SortBy::Status)] {
            let words = &words[word..=word];
            let mut query = model::people::PeopleQuery { sort, ..Default::default() };
            let sizes = people::sizes(&mut conn, &org.id, &query, words, NOW).await.unwrap();
            let (mut seen, mut pages) = (std::collections::HashSet::new(), 0);
            loop {
                let page = people::page(&mut conn, &org.id, &query, words, &sizes, NOW).await.unwrap();
                pages += 1;
                seen.extend(ids_of(&page));
                assert_eq!(page.matches, counted.then_some(expected as u64), "{word} {sort:?}");
                if !page.has_next {
                    break;
                }
                query.from = From::After(page.behind(sort).unwrap());
            }
            assert_eq!((seen.len(), pages), (expected, expected / PAGE_SIZE), "{word} {sort:?}");
        }
    }
}

on_both_engines!(
    every_way_finds_what_a_plain_filter_finds,
    whole_words_come_before_beginnings,
    a_name_that_folding_makes_long_is_kept_and_found,
    the_hits_that_are_counted_lead_to_the_same_people,
    a_search_for_nothing_shows_everybody,
    what_means_something_to_sql_means_nothing_to_a_search,
    hits_are_counted_in_their_organization_up_to_a_bound,
);
