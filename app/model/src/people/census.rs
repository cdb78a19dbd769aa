//! How many people of each class an organization has: from it follow the counts of the tabs, and how many a filter
//! leaves, without looking at anybody.

use serde::{Deserialize, Serialize};

use super::{Filters, Tab};
use crate::{Kind, PersonState, Role, Source, rules::takes_seat};

/// People who are alike in all that a filter can tell apart without reading them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class {
    /// Kind.
    pub kind: Kind,
    /// State.
    pub state: PersonState,
    /// Role.
    pub role: Role,
    /// How they came.
    pub source: Source,
}

impl Class {
    fn stands_on(self, tab: Tab, pending: PendingExternals) -> bool {
        match tab {
            Tab::Invitations => self.state == PersonState::Invited,
            Tab::Expired => self.state == PersonState::Expired,
            Tab::External if pending == PendingExternals::Apart => self.kind == Kind::External && self.state.accepted(),
            _ => Some(self.kind) == tab.kind() && self.state != PersonState::Expired,
        }
    }
    fn passes(self, filters: &Filters) -> bool {
        (filters.roles.is_empty() || filters.roles.contains(&self.role))
            && (filters.states.is_empty() || filters.states.contains(&self.state))
            && (filters.sources.is_empty() || filters.sources.contains(&self.source))
    }
}

/// Whether externals stand on their list before they have accepted (B48, policy J).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PendingExternals {
    /// They stand under Invitations alone.
    #[default]
    Apart,
    /// They stand on both lists.
    Shown,
}

/// How many there are of each class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    classes: Vec<(Class, u64)>,
    pending: PendingExternals,
}

impl Census {
    /// From the counters, and how many of those who are counted as invited have run out since.
    pub fn new(counted: Vec<(Class, u64)>, late: &[(Class, u64)]) -> Self {
        let run_out = |class: &Class| late.iter().find(|(late, _)| late == class).map_or(0, |(_, n)| *n);
        let open = counted.into_iter().map(|(class, n)| (class, n.saturating_sub(run_out(&class))));
        let expired = late.iter().map(|(class, n)| (Class { state: PersonState::Expired, ..*class }, *n));
        Self { classes: open.chain(expired).collect(), pending: PendingExternals::default() }
    }
    /// The same, for lists of an organization with this policy J.
    #[must_use]
    pub fn listing(self, pending: PendingExternals) -> Self {
        Self { pending, ..self }
    }
    /// Policy J of the organization.
    pub const fn pending_externals(&self) -> PendingExternals {
        self.pending
    }
    /// How many there are.
    pub fn total(&self) -> u64 {
        self.count(|_| true)
    }
    /// How many stand on a tab and pass the filters, but for those by last login and group.
    pub fn of(&self, tab: Tab, filters: &Filters) -> u64 {
        self.count(|class| class.stands_on(tab, self.pending) && class.passes(filters))
    }
    /// How many there are of the classes that are meant.
    pub fn count(&self, meant: impl Fn(&Class) -> bool) -> u64 {
        self.classes.iter().filter(|(class, _)| meant(class)).map(|(_, n)| n).sum()
    }
    /// How many seats are taken (policy M).
    pub fn seats_taken(&self) -> u64 {
        self.count(|of| takes_seat(of.kind, of.state))
    }
    /// The counts of the tabs.
    pub fn counts(&self) -> PeopleCounts {
        let mut counts = PeopleCounts::default();
        for (n, tab) in counts.0.iter_mut().zip(Tab::ALL) {
            *n = self.of(*tab, &Filters::default());
        }
        counts
    }
}

/// How many people each tab holds, in the order of [`Tab::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PeopleCounts([u64; Tab::ALL.len()]);

impl PeopleCounts {
    /// The same, with so many open requests, which are no memberships.
    #[must_use]
    pub fn with_requests(mut self, requests: u64) -> Self {
        for (n, tab) in self.0.iter_mut().zip(Tab::ALL) {
            if *tab == Tab::Requests {
                *n = requests;
            }
        }
        self
    }
    /// The count of a tab.
    pub fn of(self, tab: Tab) -> u64 {
        Tab::ALL.iter().zip(self.0).find(|(other, _)| **other == tab).map_or(0, |(_, n)| n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(kind: Kind, state: PersonState, role: Role) -> Class {
        Class { kind, state, role, source: Source::Invited }
    }

    fn census() -> Census {
        use PersonState::{Active, Deactivated, Expired, Invited};
        let counted = vec![
            (class(Kind::Standard, Active, Role::Owner), 1),
            (class(Kind::Standard, Active, Role::Member), 40),
            (class(Kind::Standard, Deactivated, Role::Member), 5),
            (class(Kind::Standard, Invited, Role::Member), 9),
            (class(Kind::Standard, Expired, Role::Member), 1),
            (class(Kind::External, Active, Role::Viewer), 3),
            (class(Kind::External, Invited, Role::Viewer), 2),
            (class(Kind::EmailOnly, Active, Role::Viewer), 7),
        ];
        let late =
            [(class(Kind::Standard, Invited, Role::Member), 3), (class(Kind::External, Invited, Role::Viewer), 1)];
        Census::new(counted, &late)
    }

    #[test]
    fn tabs_count_who_stands_on_them() {
        let counts = census().counts();
        for (tab, n) in [
            (Tab::Standard, 52),
            (Tab::Embed, 0),
            (Tab::EmailOnly, 7),
            (Tab::Support, 0),
            (Tab::External, 3),
            (Tab::Invitations, 7),
            (Tab::Expired, 5),
            (Tab::Requests, 0),
        ] {
            assert_eq!(counts.of(tab), n, "{tab:?}");
        }
        let with_pending = census().listing(PendingExternals::Shown).counts();
        assert_eq!((with_pending.of(Tab::External), with_pending.of(Tab::Invitations)), (4, 7));
        let counts = counts.with_requests(4);
        assert_eq!((counts.of(Tab::Requests), counts.of(Tab::Expired)), (4, 5));
    }

    #[test]
    fn filters_count_who_is_left() {
        let by = |roles: &[Role], states: &[PersonState]| Filters {
            roles: roles.to_vec(),
            states: states.to_vec(),
            ..Filters::default()
        };
        let census = census();
        for (tab, filters, n) in [
            (Tab::Standard, by(&[Role::Owner], &[]), 1),
            (Tab::Standard, by(&[Role::Member], &[PersonState::Invited]), 6),
            (Tab::Standard, by(&[Role::Member, Role::Owner], &[PersonState::Active]), 41),
            (Tab::Invitations, by(&[Role::Viewer], &[]), 1),
            (Tab::External, by(&[Role::Member], &[]), 0),
            (Tab::Standard, Filters { sources: vec![Source::Csv], ..Filters::default() }, 0),
        ] {
            assert_eq!(census.of(tab, &filters), n, "{tab:?} {filters:?}");
        }
    }
}
