//! An organization of believable, difficult people, and what its lists ought to show, worked out the plain way.

use model::{
    Kind, MembershipId, PersonName, PersonState, Role, Source, Status,
    people::{Census, Class, Cursor, Filters, From, PeopleQuery, PersonRow, Sort, SortBy, Tab},
    text,
    time::{DAY, HOUR},
};
use store::{
    Db,
    memberships::NewMembership,
    people::{self, Found, Sizes},
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

/// Rows on a page.
pub(crate) const PAGE_SIZE: usize = 50;

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

/// Every order.
pub(crate) fn sorts() -> Vec<Sort> {
    let both = SortBy::ALL.iter().flat_map(|by| [Sort::Up(*by), Sort::Down(*by)]);
    std::iter::once(Sort::Best).chain(both).collect()
}

/// By what the way to a page is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// By how many there really are.
    Natural,
    /// As if everything left many.
    Walk,
    /// As if everything left few.
    Few,
}

/// One way of asking for a page.
#[derive(Clone)]
pub(crate) struct Asked<'a> {
    pub(crate) tab: Tab,
    pub(crate) sort: Sort,
    pub(crate) filters: Filters,
    pub(crate) words: &'a [String],
    pub(crate) way: Way,
}

impl Asked<'_> {
    pub(crate) fn list(tab: Tab, sort: Sort) -> Self {
        Self { tab, sort, filters: Filters::default(), words: &[], way: Way::Natural }
    }
    fn query(&self, from: From) -> PeopleQuery {
        PeopleQuery {
            tab: self.tab,
            q: self.words.join(" "),
            filters: self.filters.clone(),
            sort: self.sort,
            from,
            page: 1,
            ..PeopleQuery::default()
        }
    }
}

/// Sizes that make the store believe in many or few of everything.
fn believed(way: Way, words: usize) -> Sizes {
    let each = if way == Way::Few { 1 } else { 1_000_000 };
    Sizes { census: census_of(each), words: vec![each; words], logins: each, members: each, ..Sizes::default() }
}

/// So many of every class.
pub(crate) fn census_of(each: i64) -> Census {
    let mut classes = Vec::new();
    for kind in [Kind::Standard, Kind::External] {
        for state in [PersonState::Active, PersonState::Deactivated, PersonState::Invited, PersonState::Expired] {
            for role in Role::ALL {
                classes.extend(Source::ALL.map(|source| (Class { kind, state, role, source }, each.unsigned_abs())));
            }
        }
    }
    Census::new(classes, &[])
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
            role: Role::Owner,
            status: Status::Active,
            source: Source::SetUp,
            name: org.owner.name.clone(),
            open_until: None,
            ..invited(org.owner.email.as_str())
        };
        Self { org, people: people.into_iter().chain([owner]).collect(), db }
    }

    /// Whom a list ought to show, in its order; `lead` is the rarest word of a search.
    pub(crate) fn expected(&self, asked: &Asked<'_>, lead: Option<&str>) -> Vec<MembershipId> {
        let mut rows: Vec<&NewMembership> = self
            .people
            .iter()
            .filter(|p| stands_on(p, asked.tab) && is_found(p, asked.words) && passes(p, &asked.filters))
            .collect();
        let login = |p: &NewMembership| p.last_login_at.map(model::Timestamp::millis);
        let named = |p: &NewMembership| (p.name.sort_key(&p.email), p.id.clone());
        match asked.sort {
            Sort::Best => rows.sort_by_key(|p| (lead.map(|lead| first_term(p, lead)), named(p))),
            Sort::Up(SortBy::LastLogin) => rows.sort_by_key(|p| (login(p).is_none(), login(p), p.id.clone())),
            sort => {
                match sort.by() {
                    SortBy::Name => rows.sort_by_key(|p| named(p)),
                    SortBy::Role => rows.sort_by_key(|p| (p.role.code(), named(p))),
                    SortBy::Status => rows.sort_by_key(|p| (p.status.code(), named(p))),
                    SortBy::Source => rows.sort_by_key(|p| (p.source.code(), named(p))),
                    // None is less than any login, and the whole order is turned around below.
                    SortBy::LastLogin => rows.sort_by_key(|p| (login(p), p.id.clone())),
                    SortBy::Added => rows.sort_by_key(|p| (p.created_at, p.id.clone())),
                }
                if sort.is_down() {
                    rows.reverse();
                }
            }
        }
        rows.into_iter().map(|p| p.id.clone()).collect()
    }

    /// Reads one page.
    pub(crate) async fn page(&self, asked: &Asked<'_>, from: From) -> Found {
        let query = asked.query(from);
        let mut conn = self.db.read().await.unwrap();
        let sizes = match asked.way {
            Way::Natural => people::sizes(&mut conn, &self.org.id, &query, asked.words, NOW).await.unwrap(),
            way => believed(way, asked.words.len()),
        };
        people::page(&mut conn, &self.org.id, &query, asked.words, &sizes, NOW).await.unwrap()
    }

    /// Pages to the end and back, and holds every page against what ought to stand there.
    pub(crate) async fn assert_pages(&self, asked: &Asked<'_>) {
        let Asked { tab, sort, filters, words, way } = asked;
        let what = format!("{tab:?} {sort:?} {filters:?} {words:?} {way:?}");
        let mut page = self.page(asked, From::Start).await;
        let lead = page.lead.clone();
        assert!(page.rows.is_empty() || lead.is_some() == (*sort == Sort::Best && !words.is_empty()), "{what}");
        let expected = self.expected(asked, lead.as_deref());
        let pages: Vec<&[MembershipId]> = expected.chunks(PAGE_SIZE).collect();
        for (i, ids) in pages.iter().enumerate() {
            assert_eq!(ids_of(&page), **ids, "{what}: page {i} forwards");
            assert_eq!((page.has_previous, page.has_next), (i > 0, i + 1 < pages.len()), "{what}: page {i} forwards");
            let counted = page.matches.filter(|_| *way == Way::Natural || !words.is_empty() || filters.login.is_some());
            assert!(counted.is_none_or(|n| n == expected.len() as u64), "{what}: page {i} of {counted:?}");
            if page.has_next {
                page = self.page(asked, From::After(last_of(&page, asked))).await;
            }
        }
        if pages.is_empty() {
            assert!(page.rows.is_empty() && !page.has_previous && !page.has_next, "{what}: {page:?}");
        }
        for (i, ids) in pages.iter().enumerate().rev().skip(1) {
            page = self.page(asked, From::Before(first_of(&page, asked))).await;
            assert_eq!(ids_of(&page), **ids, "{what}: page {i} backwards");
            assert_eq!((page.has_previous, page.has_next), (i > 0, true), "{what}: page {i} backwards");
        }
    }
}

pub(crate) fn ids_of(page: &Found) -> Vec<MembershipId> {
    page.rows.iter().map(|r| r.target.membership_id.clone()).collect()
}

pub(crate) fn first_of(page: &Found, asked: &Asked<'_>) -> Cursor {
    page.rows.first().map(|r: &PersonRow| r.cursor(asked.sort, page.lead.as_deref())).unwrap()
}

pub(crate) fn last_of(page: &Found, asked: &Asked<'_>) -> Cursor {
    page.rows.last().map(|r: &PersonRow| r.cursor(asked.sort, page.lead.as_deref())).unwrap()
}

fn stands_on(person: &NewMembership, tab: Tab) -> bool {
    let expired = person.status == Status::Invited && person.open_until.is_some_and(|end| end <= NOW);
    match tab {
        Tab::Standard => !expired,
        Tab::Invitations => person.status == Status::Invited && !expired,
        Tab::Expired => expired,
        _ => false,
    }
}

fn passes(person: &NewMembership, filters: &Filters) -> bool {
    let login = person.last_login_at.map_or(0, model::Timestamp::millis);
    let within = |filter: model::people::LoginFilter| (filter.range(NOW).0..filter.range(NOW).1).contains(&login);
    (filters.roles.is_empty() || filters.roles.contains(&person.role))
        && (filters.sources.is_empty() || filters.sources.contains(&person.source))
        && (filters.states.is_empty() || filters.states.contains(&person.status.at(person.open_until, NOW)))
        && filters.login.is_none_or(within)
}

/// The first of somebody's words that begin with one.
fn first_term(person: &NewMembership, word: &str) -> String {
    text::terms(&person.name, &person.email).into_iter().filter(|term| term.starts_with(word)).min().unwrap()
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
        // Many of one, few of the other, and one only of the last.
        role: match i % 11 {
            0..8 => Role::Member,
            8 | 9 => Role::Viewer,
            _ => Role::Admin,
        },
        source: Source::ALL[1 + i / 3 % 3],
        created_at: NOW.plus(-(n % 13) * DAY),
        name: PersonName::parse_optional(first, last).unwrap(),
        ..invited(&format!("p{i}.{}@{}", ["ada", "jürgen", "x"][i % 3], DOMAIN[i % 3]))
    };
    // Every fourth never came; the others share few moments, so that ids decide between them.
    let last_login_at = (!i.is_multiple_of(4)).then(|| NOW.plus(-(n % 6) * 20 * DAY));
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
