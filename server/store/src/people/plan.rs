//! Which way to read a page, and in which parts.

use model::{
    OrgId, Timestamp,
    attribute::{Attribute, AttributeKey},
    people::{AttributeFilter, Cursor, Filters, From, LoginFilter, PendingExternals, PeopleQuery, Sort, SortBy, Tab},
};

use super::Sizes;
use crate::FOREVER;
use std::cmp::Reverse;

/// Up to how many hits a word is read from the index over words in any case, since then they can be counted as well.
const FEW: i64 = 2_000;
/// Up to how many people are read and sorted for one page.
const MANY: i64 = 10_000;

/// Up to how many hits a word is told from others by how rare it is, where all that matters is which of them is read.
const SOME: i64 = 4_000;

/// Up to how many hits of each word are counted.
pub(super) const fn counted(sort: Sort, words: usize) -> i64 {
    match sort {
        _ if words < 2 => FEW + 1,
        Sort::Best => SOME + 1,
        // Words together may be rare where each alone is not.
        Sort::Up(_) | Sort::Down(_) => MANY + 1,
    }
}
/// Up to how many of a filter by last login are counted.
pub(super) const COUNTED_LOGINS: i64 = MANY + 1;

/// Up to how many people of a group are counted.
pub(super) const COUNTED_MEMBERS: i64 = MANY + 1;

/// From where the people of a page are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The list in its order, probing each row.
    Walk,
    /// The lists by name of each word of a filter beside each other, probing each row.
    WalkOf(Set),
    /// The hits of the rarest word, all of them.
    Words,
    /// The hits of the rarest word in their own order, probing each.
    Hits,
    /// All whom a filter lets through.
    Of(Set),
    /// Those who came last then.
    Logins,
    /// Those of the group, all of them.
    Group,
    /// Those of the group by name, probing each row.
    WalkOfGroup,
    /// Those who have the rarest of the values, all of them.
    Value,
    /// Those who have it by name, probing each row.
    WalkOfValue,
}

/// How much of what it finds a statement reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// All of it.
    All,
    /// Row after row, until there are enough.
    UntilEnough,
}

/// A filter with an index by name for each of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// Those of the roles.
    Roles,
    /// Those in the states.
    States,
    /// Those from the sources.
    Sources,
}

impl Set {
    pub(super) const ALL: [Self; 3] = [Self::Roles, Self::States, Self::Sources];

    /// The column that holds its words.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Roles => "role",
            Self::States => "status",
            Self::Sources => "source",
        }
    }
    /// The words that the filter lets through; none where it lets everybody through.
    pub(super) fn words(self, filters: &Filters) -> Vec<&'static str> {
        match self {
            Self::Roles => filters.roles.iter().map(|role| role.code()).collect(),
            Self::States => filters.states.iter().map(|state| state.stored().code()).collect(),
            Self::Sources => filters.sources.iter().map(|source| source.code()).collect(),
        }
    }
    /// This filter without the others.
    fn alone(self, filters: &Filters) -> Filters {
        let mut alone = Filters::default();
        match self {
            Self::Roles => alone.roles.clone_from(&filters.roles),
            Self::States => alone.states.clone_from(&filters.states),
            Self::Sources => alone.sources.clone_from(&filters.sources),
        }
        alone
    }
}

/// A part of an order that has an index of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The whole.
    Whole,
    /// Those who came in once.
    Came,
    /// Those who never did.
    Never,
    /// Those of one role, state or source.
    Of(&'static str),
}

impl Part {
    /// Whether the row of the cursor stands in it.
    pub(super) fn holds(self, cursor: &Cursor) -> bool {
        match self {
            Self::Whole => true,
            Self::Came => !cursor.second,
            Self::Never => cursor.second,
            Self::Of(word) => cursor.key.split_once('~').is_some_and(|(key, _)| key == word),
        }
    }
}

/// Up to how many people with a value of an attribute are counted.
pub(super) const COUNTED_VALUES: i64 = MANY + 1;

/// A filter by a value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ByValue<'a> {
    /// Of which.
    pub(super) attribute: &'a Attribute,
    /// By what the value is found.
    pub(super) term: String,
    /// How many have it by themselves or groups, up to a bound.
    people: i64,
    /// Whether who has no other value has it. There are no rows of those.
    pub(super) is_default: bool,
}

impl<'a> ByValue<'a> {
    /// The filters of a question, the rarest first and those by a default last; `None` where one of them finds nobody.
    pub(super) fn of(query: &PeopleQuery, sizes: &'a Sizes) -> Option<Vec<Self>> {
        let of_one = |(filter, people): (&AttributeFilter, &i64)| {
            let attribute = sizes.attributes.iter().find(|of| of.key == filter.key)?;
            let term = attribute.value_type.searched(&filter.value)?;
            let is_default = attribute.default.iter().any(|value| attribute.term(value) == term);
            (is_default || *people > 0).then_some(Self { attribute, term, people: *people, is_default })
        };
        let mut all: Vec<Self> =
            query.filters.attributes.iter().zip(&sizes.values).map(of_one).collect::<Option<_>>()?;
        all.sort_by_key(|of| (of.is_default, of.people));
        Some(all)
    }
}

/// How a page is read.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) org_id: &'a OrgId,
    pub(super) query: &'a PeopleQuery,
    /// The rarest first, or the one by which the page before was read.
    pub(super) words: Vec<&'a str>,
    /// The rarest first.
    pub(super) values: Vec<ByValue<'a>>,
    /// The attributes that are shown.
    pub(super) columns: Vec<&'a Attribute>,
    pub(super) way: Way,
    /// Whether those who match are few enough to be counted.
    pub(super) is_counted: bool,
    /// Policy J.
    pending: PendingExternals,
    pub(super) now: Timestamp,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        org_id: &'a OrgId,
        query: &'a PeopleQuery,
        words: &'a [String],
        values: Vec<ByValue<'a>>,
        sizes: &'a Sizes,
        now: Timestamp,
    ) -> Self {
        let mut by_rarity: Vec<(i64, &str)> =
            sizes.words.iter().copied().zip(words.iter().map(String::as_str)).collect();
        // Of those that are alike, a longer one is likely to be rarer.
        by_rarity.sort_unstable_by_key(|(hits, word)| (*hits, Reverse(word.len()), *word));
        let mut words: Vec<&str> = by_rarity.into_iter().map(|(_, word)| word).collect();
        if let (Sort::Best, From::After(cursor) | From::Before(cursor)) = (query.sort, &query.from)
            && let Some(lead) = words.iter().position(|word| cursor.key.starts_with(word))
        {
            words[..=lead].rotate_right(1);
        }
        let way = way(query, &values, sizes);
        let is_counted = match way {
            // In the order of hits, a walk comes by everybody.
            Way::Walk => query.sort == Sort::Best && !words.is_empty(),
            Way::WalkOf(_) | Way::WalkOfGroup | Way::WalkOfValue => false,
            Way::Hits => sizes.words.iter().any(|hits| *hits <= FEW),
            Way::Words | Way::Of(_) | Way::Logins | Way::Group | Way::Value => true,
        };
        let column = |key: &AttributeKey| sizes.attributes.iter().find(|of| of.key == *key);
        let columns = query.look.attributes.iter().filter_map(column).collect();
        let pending = sizes.census.pending_externals();
        Self { org_id, query, words, values, columns, way, is_counted, pending, now }
    }

    /// How much of what it finds a page reads.
    pub(super) const fn read(&self) -> Read {
        match self.way {
            Way::Walk | Way::WalkOf(_) | Way::WalkOfGroup | Way::WalkOfValue | Way::Hits => Read::UntilEnough,
            Way::Words | Way::Of(_) | Way::Logins | Way::Group | Way::Value => Read::All,
        }
    }

    /// The word whose hits are the order, if any.
    pub(super) fn lead(&self) -> Option<&'a str> {
        self.words.first().copied().filter(|_| self.query.sort == Sort::Best)
    }

    /// The window of `open_until` that the tab shows (exclusive below, inclusive above).
    pub(super) fn window(&self) -> (i64, i64) {
        match self.query.tab {
            Tab::Invitations => (self.now.millis(), FOREVER - 1),
            Tab::Expired => (0, self.now.millis()),
            // Invited externals stand there once they have accepted (B48), or at once (policy J).
            Tab::External if self.pending == PendingExternals::Apart => (FOREVER - 1, FOREVER),
            _ => (self.now.millis(), FOREVER),
        }
    }

    /// The parts of the order, the first first.
    pub(super) fn parts(&self) -> Vec<Part> {
        let filters = &self.query.filters;
        let down = self.query.sort.is_down();
        match self.query.sort {
            Sort::Up(SortBy::LastLogin) => match filters.login {
                None => vec![Part::Came, Part::Never],
                Some(LoginFilter::Never) => vec![Part::Never],
                Some(LoginFilter::Over30Days | LoginFilter::Over90Days) => vec![Part::Came],
            },
            sort => match sort.by() {
                SortBy::Role => of(Set::Roles.words(filters), down),
                SortBy::Status => of(Set::States.words(filters), down),
                SortBy::Source => of(Set::Sources.words(filters), down),
                SortBy::Name | SortBy::LastLogin | SortBy::Added => vec![Part::Whole],
            },
        }
    }
}

/// One part for each word, in the order of a column of words.
fn of(mut words: Vec<&'static str>, down: bool) -> Vec<Part> {
    if words.is_empty() {
        return vec![Part::Whole];
    }
    words.sort_unstable();
    if down {
        words.reverse();
    }
    words.into_iter().map(Part::Of).collect()
}

/// The cheapest way. How many pass role, state and source together is counted; words and logins are taken to be
/// independent of that: where one in ten passes the one and one in ten the other, one in a hundred passes both, and a walk
/// meets a hundred for each that it finds.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn way(query: &PeopleQuery, values: &[ByValue<'_>], sizes: &Sizes) -> Way {
    let by_hits = query.sort == Sort::Best && !sizes.words.is_empty();
    if sizes.words.iter().any(|hits| *hits <= FEW) {
        return if by_hits { Way::Hits } else { Way::Words };
    }
    let filters = &query.filters;
    let count = |filters: &Filters| sizes.census.of(query.tab, filters) as f64;
    let everybody = count(&Filters::default()).max(1.0);
    // How many hits a word that stands alone has is known up to the few alone.
    let most = counted(query.sort, sizes.words.len()) - 1;
    let bounded = |people: i64, bound: i64| if people > bound { f64::MAX } else { people as f64 };
    let sets: Vec<(f64, Set)> = Set::ALL
        .into_iter()
        .filter(|set| !set.words(filters).is_empty())
        .map(|set| (count(&set.alone(filters)), set))
        .collect();
    let words: Vec<f64> = sizes.words.iter().map(|hits| bounded(*hits, most)).collect();
    let mut ways = Vec::new();
    let mut passing = count(filters).max(1.0) / everybody;
    // The lists of invitations mix kinds, and these indices do not.
    if !query.tab.is_of_invitations() {
        ways.extend(sets.iter().map(|(people, set)| (*people, Way::Of(*set))));
        if filters.login.is_some() {
            ways.push((bounded(sizes.logins, MANY), Way::Logins));
        }
    }
    // A group is of all lists.
    if filters.group.is_some() {
        ways.push((bounded(sizes.members, MANY), Way::Group));
    }
    // So is a value.
    let rarest_value = values.first().filter(|of| !of.is_default).map(|of| bounded(of.people, MANY));
    ways.extend(rarest_value.map(|people| (people, Way::Value)));
    let one_in = |people: f64| (people.max(1.0) / everybody).min(1.0);
    if filters.login.is_some() {
        passing *= one_in(bounded(sizes.logins, MANY));
    }
    if filters.group.is_some() {
        passing *= one_in(bounded(sizes.members, MANY));
    }
    // Who has a default is not counted; it is taken to be had by many.
    passing *= values.iter().filter(|of| !of.is_default).map(|of| one_in(bounded(of.people, MANY))).product::<f64>();
    passing *= words.iter().copied().map(one_in).product::<f64>();
    let rows = query.size.rows() as f64;
    let rarest = words.iter().copied().fold(f64::MAX, f64::min);
    let mut walks = Vec::new();
    if by_hits {
        // The hits of a word are of all lists; where a list is short, all of it is the better way.
        let of_others = sizes.census.total() as f64 / everybody;
        walks.push(((rows * one_in(rarest) / passing * of_others).min(rarest), Way::Hits));
        ways.push((everybody, Way::Walk));
    } else {
        ways.extend(words.iter().map(|hits| (*hits, Way::Words)));
        walks.push(((rows / passing).min(everybody), Way::Walk));
    }
    if query.sort.by() == SortBy::Name && !by_hits {
        // As many as the filter has words lie beside each other, and none of them holds anybody whom it does not want.
        walks.extend(sets.iter().map(|(people, set)| {
            let met = rows * set.words(filters).len() as f64 * (people / everybody) / passing;
            (met.min(*people), Way::WalkOf(*set))
        }));
    }
    if filters.group.is_some() && query.sort.by() == SortBy::Name && !by_hits {
        let members = bounded(sizes.members, MANY);
        walks.push(((rows * one_in(members) / passing).min(members), Way::WalkOfGroup));
    }
    if let Some(people) = rarest_value.filter(|_| query.sort.by() == SortBy::Name && !by_hits) {
        walks.push(((rows * one_in(people) / passing).min(people), Way::WalkOfValue));
    }
    let (met, walk) = cheapest(walks).unwrap_or((everybody, Way::Walk));
    // Whom the counters count, nobody has to count by looking.
    let uncounted = !sizes.words.is_empty() || filters.login.is_some() || filters.group.is_some() || !values.is_empty();
    match cheapest(ways) {
        Some((people, way)) if people <= MANY as f64 && (people < met || uncounted && people <= FEW as f64) => way,
        _ => walk,
    }
}

fn cheapest(ways: Vec<(f64, Way)>) -> Option<(f64, Way)> {
    ways.into_iter().min_by(|(a, _), (b, _)| a.total_cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{
        Kind, PersonState, Role, Source,
        people::{Census, Class},
    };

    fn census() -> Census {
        let class = |role, state, source| Class { kind: Kind::Standard, role, state, source };
        Census::new(
            vec![
                (class(Role::Owner, PersonState::Active, Source::SetUp), 1),
                (class(Role::Member, PersonState::Active, Source::Invited), 900_000),
                (class(Role::Viewer, PersonState::Deactivated, Source::Invited), 100_000),
            ],
            &[],
        )
    }

    #[test]
    fn the_way_is_by_what_leaves_few_or_else_along_the_list() {
        let roles = |roles: &[Role]| Filters { roles: roles.to_vec(), ..Filters::default() };
        let login = Filters { login: Some(LoginFilter::Never), ..Filters::default() };
        let viewers = |states: &[PersonState]| Filters { states: states.to_vec(), ..roles(&[Role::Viewer]) };
        let (name, age) = (Sort::Best, Sort::Down(SortBy::Added));
        for (filters, sort, words, logins, expected) in [
            (Filters::default(), name, &[][..], 0, Way::Walk),
            (roles(&[Role::Owner]), name, &[], 0, Way::WalkOf(Set::Roles)),
            (roles(&[Role::Owner]), age, &[], 0, Way::Of(Set::Roles)),
            (roles(&[Role::Viewer]), name, &[], 0, Way::WalkOf(Set::Roles)),
            (roles(&[Role::Viewer]), age, &[], 0, Way::Walk),
            // The viewers are the deactivated; each list holds nobody else.
            (viewers(&[PersonState::Deactivated]), name, &[], 0, Way::WalkOf(Set::Roles)),
            // Nobody is both.
            (viewers(&[PersonState::Active]), name, &[], 0, Way::WalkOf(Set::Roles)),
            (Filters { sources: vec![Source::SetUp], ..Filters::default() }, age, &[], 0, Way::Of(Set::Sources)),
            (login.clone(), name, &[], 70, Way::Logins),
            (login.clone(), name, &[], COUNTED_LOGINS, Way::Walk),
            (Filters { roles: vec![Role::Viewer], ..login.clone() }, name, &[], 1_000, Way::Logins),
            (Filters { roles: vec![Role::Owner], ..login }, name, &[], COUNTED_LOGINS, Way::Of(Set::Roles)),
            (Filters::default(), name, &[1_999], 0, Way::Hits),
            (Filters::default(), name, &[2_001], 0, Way::Hits),
            (Filters::default(), name, &[10_001, 10_001], 0, Way::Hits),
            (Filters { states: vec![PersonState::Active], ..Filters::default() }, name, &[2_001], 0, Way::Hits),
            (roles(&[Role::Owner]), name, &[10_001, 10_001], 0, Way::Of(Set::Roles)),
            (Filters::default(), age, &[1_999], 0, Way::Words),
            (Filters::default(), age, &[2_001], 0, Way::Walk),
            // Nine thousand with each word: some eighty with both, of whom a walk would meet one in twelve thousand.
            (Filters::default(), age, &[9_000, 9_000], 0, Way::Words),
            (Filters::default(), age, &[10_001, 10_001], 0, Way::Walk),
        ] {
            let query = PeopleQuery { filters, sort, ..PeopleQuery::default() };
            let sizes = Sizes { census: census(), words: words.to_vec(), logins, ..Sizes::default() };
            assert_eq!(way(&query, &[], &sizes), expected, "{:?} {sort:?} {words:?}", query.filters);
        }
        let guests = PeopleQuery { tab: Tab::External, ..PeopleQuery::default() };
        let sizes = Sizes { census: census(), words: vec![2_001], ..Sizes::default() };
        assert_eq!(way(&guests, &[], &sizes), Way::Walk, "a short list is read whole");
    }
}
