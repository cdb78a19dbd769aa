//! An organization of believable, difficult people, and what its lists ought to show, worked out the plain way.

use model::{
    MembershipId, PersonName, Status,
    people::{Cursor, From, PAGE_SIZE, PeopleQuery, PersonRow, Sort, Tab},
    text,
    time::{DAY, HOUR},
};
use store::{
    Db,
    memberships::NewMembership,
    people::{self, Found},
};

use crate::support::{Dice, NOW, Org, email, invited};

/// Letters such as ħ and ŋ stand behind z by bytes, and beside h and n where a database sorts by a language.
const FIRST: [&str; 22] = [
    "Ada",
    "ada",
    "Áda",
    "Zoë",
    "Zoe",
    "Łukasz",
    "Ngô",
    "山田",
    "أحمد",
    "Ольга",
    "Ελένη",
    "Đặng",
    "Øystein",
    "François",
    "Francois",
    "Mary-Jane",
    "İpek",
    "Ａｄａ",
    "O'Neil",
    "𝔄da",
    "Ħali",
    "Ŋala",
];
const LAST: [&str; 14] = [
    "Lovelace",
    "lovelace",
    "Łovelace",
    "Bảo Châu",
    "花子",
    "زويل",
    "Петрова",
    "Παπαδοπούλου",
    "Straße",
    "Strasse",
    "",
    "Ætherling",
    "X",
    "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren",
];
const DOMAIN: [&str; 3] = ["navy.example", "analytical-engines.example", "übung.example"];

/// How many of each stand in the crowd: pages that are full, pages that are not, and a list of two full pages.
const ACTIVE: usize = 80;
const DEACTIVATED: usize = 20;
const OPEN: usize = 55;
const EXPIRED: usize = 100;

/// The crowd.
pub(crate) struct Crowd {
    pub(crate) db: Db,
    pub(crate) org: Org,
    /// Everybody, the Owner included, in no order.
    people: Vec<NewMembership>,
}

/// One way of asking for a page.
pub(crate) struct Asked<'a> {
    pub(crate) tab: Tab,
    pub(crate) sort: Sort,
    pub(crate) words: &'a [String],
    pub(crate) hits: &'a [i64],
}

impl Crowd {
    /// Fills an organization, and another one with the same names beside it, which must never show.
    pub(crate) async fn gather(db: Db) -> Self {
        let (org, other) = (Org::found(&db, "crowd").await, Org::found(&db, "beside").await);
        let mut dice = Dice(42);
        let people: Vec<NewMembership> =
            (0..ACTIVE + DEACTIVATED + OPEN + EXPIRED).map(|i| somebody(i, &mut dice)).collect();
        org.put(&db, &people).await;
        let strangers: Vec<NewMembership> = (0..200).step_by(3).map(|i| somebody(i, &mut dice)).collect();
        other.put(&db, &strangers).await;
        let owner = NewMembership {
            id: org.owner.id.clone(),
            status: Status::Active,
            name: org.owner.name.clone(),
            open_until: None,
            ..invited(org.owner.email.as_str())
        };
        Self { org, people: people.into_iter().chain([owner]).collect(), db }
    }

    /// Whom a list ought to show, in its order.
    pub(crate) fn expected(&self, tab: Tab, sort: Sort, words: &[String]) -> Vec<MembershipId> {
        let mut rows: Vec<&NewMembership> =
            self.people.iter().filter(|p| stands_on(p, tab) && is_found(p, words)).collect();
        let login = |p: &NewMembership| p.last_login_at.map(model::Timestamp::millis);
        match sort {
            Sort::NameAsc | Sort::NameDesc => rows.sort_by_key(|p| (p.name.sort_key(&p.email), p.id.clone())),
            Sort::LoginAsc => rows.sort_by_key(|p| (login(p).is_none(), login(p), p.id.clone())),
            // None is less than any login, and the whole order is turned around below.
            Sort::LoginDesc => rows.sort_by_key(|p| (login(p), p.id.clone())),
        }
        if matches!(sort, Sort::NameDesc | Sort::LoginDesc) {
            rows.reverse();
        }
        rows.into_iter().map(|p| p.id.clone()).collect()
    }

    /// Reads one page.
    pub(crate) async fn page(&self, asked: &Asked<'_>, from: From) -> Found {
        let query = PeopleQuery { tab: asked.tab, q: asked.words.join(" "), sort: asked.sort, from, page: 1 };
        let mut conn = self.db.read().await.unwrap();
        people::page(&mut conn, &self.org.id, &query, asked.words, asked.hits, NOW).await.unwrap()
    }

    /// Pages to the end and back, and holds every page against what ought to stand there.
    pub(crate) async fn assert_pages(&self, asked: &Asked<'_>) {
        let what = format!("{:?} {:?} {:?} {:?}", asked.tab, asked.sort, asked.words, asked.hits);
        let expected = self.expected(asked.tab, asked.sort, asked.words);
        let pages: Vec<&[MembershipId]> = expected.chunks(PAGE_SIZE).collect();
        let mut page = self.page(asked, From::Start).await;
        let by_words = asked.hits.first() == Some(&1);
        for (i, ids) in pages.iter().enumerate() {
            assert_eq!(ids_of(&page), **ids, "{what}: page {i} forwards");
            assert_eq!((page.has_previous, page.has_next), (i > 0, i + 1 < pages.len()), "{what}: page {i} forwards");
            assert_eq!(page.matches, by_words.then_some(expected.len() as u64), "{what}: page {i}");
            if page.has_next {
                page = self.page(asked, From::After(last_of(&page, asked.sort))).await;
            }
        }
        if pages.is_empty() {
            assert!(page.rows.is_empty() && !page.has_previous && !page.has_next, "{what}: {page:?}");
        }
        for (i, ids) in pages.iter().enumerate().rev().skip(1) {
            page = self.page(asked, From::Before(first_of(&page, asked.sort))).await;
            assert_eq!(ids_of(&page), **ids, "{what}: page {i} backwards");
            assert_eq!((page.has_previous, page.has_next), (i > 0, true), "{what}: page {i} backwards");
        }
    }
}

pub(crate) fn ids_of(page: &Found) -> Vec<MembershipId> {
    page.rows.iter().map(|r| r.target.membership_id.clone()).collect()
}

pub(crate) fn first_of(page: &Found, sort: Sort) -> Cursor {
    page.rows.first().map(|r: &PersonRow| r.cursor(sort)).unwrap()
}

pub(crate) fn last_of(page: &Found, sort: Sort) -> Cursor {
    page.rows.last().map(|r: &PersonRow| r.cursor(sort)).unwrap()
}

fn stands_on(person: &NewMembership, tab: Tab) -> bool {
    let expired = person.status == Status::Invited && person.open_until.is_some_and(|end| end <= NOW);
    match tab {
        Tab::Standard => !expired,
        Tab::Invitations => person.status == Status::Invited && !expired,
        Tab::Expired => expired,
    }
}

/// Whether each word begins some word of the person.
fn is_found(person: &NewMembership, words: &[String]) -> bool {
    let all = text::fold(&format!("{} {} {}", person.name.first, person.name.last, person.email.as_str()));
    words.iter().all(|word| all.split(|c: char| !c.is_alphanumeric()).any(|w| w.starts_with(word.as_str())))
}

fn somebody(i: usize, dice: &mut Dice) -> NewMembership {
    let (first, last) = match i % 9 {
        0 => ("Ada", "Lovelace"),
        _ => (FIRST[dice.roll(FIRST.len())], LAST[dice.roll(LAST.len())]),
    };
    let n = i64::try_from(i).unwrap();
    let invited = NewMembership {
        name: PersonName::parse_optional(first, last).unwrap(),
        ..invited(&format!("p{i}.{}@{}", ["ada", "jürgen", "x"][i % 3], DOMAIN[i % 3]))
    };
    // Every fourth never came; the others share few moments, so that ids decide between them.
    let last_login_at = (!i.is_multiple_of(4)).then(|| NOW.plus(-(n % 6) * DAY));
    let joined = NewMembership { open_until: None, last_login_at, ..invited.clone() };
    // Of the invited, some have no name yet; the first ends lie right beside now.
    let unnamed = if i.is_multiple_of(5) { PersonName::default() } else { invited.name.clone() };
    let until = |end| NewMembership { name: unnamed, open_until: Some(end), ..invited.clone() };
    match i {
        _ if i < ACTIVE => NewMembership { status: Status::Active, ..joined },
        _ if i < ACTIVE + DEACTIVATED => NewMembership { status: Status::Deactivated, ..joined },
        _ if i < ACTIVE + DEACTIVATED + OPEN => until(NOW.plus(1 + (n % 5) * HOUR)),
        _ => until(NOW.plus(-(n % 5) * HOUR)),
    }
}

/// Somebody who stands on the first tab, to be looked for.
pub(crate) fn newcomer(address: &str, full_name: &str) -> NewMembership {
    NewMembership { email: email(address), ..crate::support::active(address, full_name) }
}
