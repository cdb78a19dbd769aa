//! Which way to read a page, and in which parts.

use model::{
    OrgId, Timestamp,
    people::{Cursor, Filters, LoginFilter, PeopleQuery, Sort, SortBy, Tab},
};

use super::Sizes;
use crate::FOREVER;

/// Up to how many hits a word is read from the index over words in any case, since then they can be counted as well.
const FEW: i64 = 2_000;
/// Up to how many people are read and sorted for one page.
const MANY: i64 = 10_000;

/// Up to how many hits of each word are counted.
pub(super) const fn counted(words: usize) -> i64 {
    // Words together may be rare where each alone is not.
    if words > 1 { MANY + 1 } else { FEW + 1 }
}
/// Up to how many of a filter by last login are counted.
pub(super) const COUNTED_LOGINS: i64 = MANY + 1;

/// From where the people of a page are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The list in its order, probing each row.
    Walk,
    /// The hits of the rarest word.
    Words,
    /// Those of the roles.
    Roles,
    /// Those in the states.
    States,
    /// Those from the sources.
    Sources,
    /// Those who came last then.
    Logins,
}

/// A part of an order that has an index of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The whole.
    Whole,
    /// Those who have each word of the search as a whole word.
    WholeWords,
    /// The other hits.
    Beginnings,
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
            Self::WholeWords | Self::Came => !cursor.second,
            Self::Beginnings | Self::Never => cursor.second,
            Self::Of(word) => cursor.key.split_once('~').is_some_and(|(key, _)| key == word),
        }
    }
}

/// How a page is read.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) org_id: &'a OrgId,
    pub(super) query: &'a PeopleQuery,
    /// The rarest first.
    pub(super) words: Vec<&'a str>,
    pub(super) way: Way,
    pub(super) now: Timestamp,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        org_id: &'a OrgId,
        query: &'a PeopleQuery,
        words: &'a [String],
        sizes: &Sizes,
        now: Timestamp,
    ) -> Self {
        let mut by_rarity: Vec<(i64, &str)> =
            sizes.words.iter().copied().zip(words.iter().map(String::as_str)).collect();
        by_rarity.sort_unstable();
        Self {
            org_id,
            query,
            words: by_rarity.into_iter().map(|(_, word)| word).collect(),
            way: way(query, sizes),
            now,
        }
    }

    /// Whether those who match are few enough to be counted.
    pub(super) fn is_counted(&self) -> bool {
        self.way != Way::Walk
    }

    /// The window of `open_until` that the tab shows (exclusive below, inclusive above).
    pub(super) fn window(&self) -> (i64, i64) {
        match self.query.tab {
            Tab::Invitations => (self.now.millis(), FOREVER - 1),
            Tab::Expired => (0, self.now.millis()),
            // Invited externals stand there once they have accepted (B48).
            Tab::External => (FOREVER - 1, FOREVER),
            _ => (self.now.millis(), FOREVER),
        }
    }

    /// The parts of the order, the first first.
    pub(super) fn parts(&self) -> Vec<Part> {
        let filters = &self.query.filters;
        let down = self.query.sort.is_down();
        match self.query.sort {
            // Of many who have several words, one in any number may have them whole: nobody waits for that.
            Sort::Best if self.words.len() == 1 || (self.words.len() > 1 && self.way != Way::Walk) => {
                vec![Part::WholeWords, Part::Beginnings]
            }
            Sort::Up(SortBy::LastLogin) => match filters.login {
                None => vec![Part::Came, Part::Never],
                Some(LoginFilter::Never) => vec![Part::Never],
                Some(LoginFilter::Over30Days | LoginFilter::Over90Days) => vec![Part::Came],
            },
            sort => match sort.by() {
                SortBy::Role => of(filters.roles.iter().map(|role| role.code()), down),
                SortBy::Status => of(filters.states.iter().map(|state| state.stored().code()), down),
                SortBy::Source => of(filters.sources.iter().map(|source| source.code()), down),
                SortBy::Name | SortBy::LastLogin | SortBy::Added => vec![Part::Whole],
            },
        }
    }
}

/// One part for each word, in the order of a column of words.
fn of(words: impl Iterator<Item = &'static str>, down: bool) -> Vec<Part> {
    let mut words: Vec<&str> = words.collect();
    if words.is_empty() {
        return vec![Part::Whole];
    }
    words.sort_unstable();
    if down {
        words.reverse();
    }
    words.into_iter().map(Part::Of).collect()
}

/// The cheapest way. Words and filters are taken to be independent: where one in ten passes the one and one in ten the
/// other, one in a hundred passes both, and a walk meets a hundred for each that it finds.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn way(query: &PeopleQuery, sizes: &Sizes) -> Way {
    if sizes.words.iter().any(|hits| *hits <= FEW) {
        return Way::Words;
    }
    let everybody = sizes.census.of(query.tab, &Filters::default()).max(1) as f64;
    let count = |filters: Filters| i64::try_from(sizes.census.of(query.tab, &filters)).unwrap_or(i64::MAX);
    let filters = &query.filters;
    // How many hits a word that stands alone has is known up to the few alone.
    let most = if sizes.words.len() == 1 { FEW } else { MANY };
    let mut ways: Vec<(i64, Way)> =
        sizes.words.iter().map(|hits| (if *hits > most { i64::MAX } else { *hits }, Way::Words)).collect();
    // The lists of invitations mix kinds, and these indices do not.
    if !query.tab.is_of_invitations() {
        if !filters.roles.is_empty() {
            ways.push((count(Filters { roles: filters.roles.clone(), ..Filters::default() }), Way::Roles));
        }
        if !filters.states.is_empty() {
            ways.push((count(Filters { states: filters.states.clone(), ..Filters::default() }), Way::States));
        }
        if !filters.sources.is_empty() {
            ways.push((count(Filters { sources: filters.sources.clone(), ..Filters::default() }), Way::Sources));
        }
        if filters.login.is_some() {
            ways.push((sizes.logins, Way::Logins));
        }
    }
    let one_in: f64 =
        ways.iter().map(|(people, _)| (*people as f64).max(1.0) / everybody).map(|s| s.min(1.0)).product();
    let walk = (query.size.rows() as f64 / one_in).min(everybody);
    match ways.into_iter().min_by_key(|(people, _)| *people) {
        Some((people, way)) if people <= MANY && (people as f64) < walk => way,
        _ => Way::Walk,
    }
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
        for (filters, words, logins, expected) in [
            (Filters::default(), &[][..], 0, Way::Walk),
            (roles(&[Role::Owner]), &[], 0, Way::Roles),
            (roles(&[Role::Viewer]), &[], 0, Way::Walk),
            (Filters { sources: vec![Source::SetUp], ..Filters::default() }, &[], 0, Way::Sources),
            (login.clone(), &[], 70, Way::Logins),
            (login, &[], COUNTED_LOGINS, Way::Walk),
            (Filters::default(), &[1_999], 0, Way::Words),
            (Filters::default(), &[2_001], 0, Way::Walk),
            // Nine thousand with each word: some eighty with both, of whom a walk would meet one in twelve thousand.
            (Filters::default(), &[9_000, 9_000], 0, Way::Words),
            (Filters::default(), &[10_001, 10_001], 0, Way::Walk),
            (roles(&[Role::Owner]), &[10_001, 10_001], 0, Way::Roles),
        ] {
            let query = PeopleQuery { filters, ..PeopleQuery::default() };
            let sizes = Sizes { census: census(), words: words.to_vec(), logins };
            assert_eq!(way(&query, &sizes), expected, "{:?} {words:?}", query.filters);
        }
    }
}
