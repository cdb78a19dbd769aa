//! People who do not exist: the n-th person of a crowd is the same on every machine and in every run.

use model::{
    Email, PersonName, Role, Source, Status, Timestamp,
    time::{DAY, HOUR},
};

use super::names::{self, Names, Shape, Written};

/// Changing it changes everybody.
const SEED: u64 = 0x1843_0205_1815_1210;
/// Where they work, with how often.
const DOMAINS: &[(u64, &str)] = &[
    (40, "analytical.example"),
    (14, "navy.example"),
    (10, "difference.example"),
    (8, "observatory.example"),
    (8, "jacquard.example"),
    (6, "northwind-trading.example"),
    (5, "uni-goettingen.example"),
    (5, "bernoulli.example"),
    (4, "kopenhagen-institut.example"),
];
/// Since when people were taken in.
const FIRST_DAYS_AGO: i64 = 3 * 365;

/// splitmix64 (Steele, Lea, Flood 2014): small, good enough for a crowd, and no dependency.
struct Dice(u64);

impl Dice {
    /// Dice of their own for the n-th person.
    fn of(n: u64) -> Self {
        Self(Self(SEED ^ n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).next())
    }
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// A number under `end`; the slight bias of the remainder does not matter here.
    fn under(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
    /// True so many times of a thousand.
    fn chance(&mut self, per_mille: u64) -> bool {
        self.under(1_000) < per_mille
    }
    /// Between two spans, in milliseconds.
    fn span(&mut self, from: i64, to: i64) -> i64 {
        let width = u64::try_from(to.saturating_sub(from)).unwrap_or(0);
        from.saturating_add(i64::try_from(self.under(width)).unwrap_or(0))
    }
    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.under(of.len() as u64)).unwrap_or(0)]
    }
    fn weighted<'a, T>(&mut self, of: &'a [(u64, T)]) -> &'a T {
        let mut left = self.under(of.iter().map(|(weight, _)| weight).sum());
        for (weight, item) in of {
            if left < *weight {
                return item;
            }
            left -= weight;
        }
        &of[0].1
    }
}

/// One of the crowd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extra {
    pub(super) name: PersonName,
    pub(super) email: Email,
    pub(super) role: Role,
    pub(super) source: Source,
    pub(super) status: Status,
    pub(super) open_until: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    pub(super) last_login_at: Option<Timestamp>,
}

/// Makes people up.
#[derive(Debug)]
pub(super) struct Crowd {
    cultures: Vec<(u64, Names)>,
    remarkable: Vec<(Written, Written)>,
    now: Timestamp,
    /// How long an invitation of the organization stays open, in milliseconds.
    invitation_ttl: i64,
}

impl Crowd {
    pub(super) fn new(now: Timestamp, invitation_ttl: i64) -> Self {
        Self { cultures: names::cultures(), remarkable: names::remarkable(), now, invitation_ttl }
    }

    /// The n-th person. No two numbers have the same address: it ends in the number.
    pub(super) fn person(&self, n: u64) -> Option<Extra> {
        let mut dice = Dice::of(n);
        let (first, last, local) = self.named(&mut dice, n);
        let email = Email::parse(&format!("{local}@{}", dice.weighted(DOMAINS))).ok()?;
        let name = PersonName::parse(&first, &last).ok()?;
        let role = *dice.weighted(&[(90, Role::Member), (6, Role::Viewer), (4, Role::Admin)]);
        // Not by dice: who came in which way changes nothing else about the crowd.
        let source = match n % 100 {
            0..70 => Source::Invited,
            70..90 => Source::Csv,
            90..97 => Source::Sso,
            _ => Source::Scim,
        };
        let (status, created_at) = (Status::Active, self.now);
        let who = Extra { name, email, role, source, status, open_until: None, created_at, last_login_at: None };
        Some(match dice.under(100) {
            0..88 => self.active(&mut dice, who),
            88..93 => self.deactivated(&mut dice, who),
            lot => self.invited(&mut dice, who, lot >= 98),
        })
    }

    /// Both parts of a name and the mailbox.
    fn named(&self, dice: &mut Dice, n: u64) -> (String, String, String) {
        if dice.chance(3) {
            let (given, family) = dice.one_of(&self.remarkable);
            let local = mailbox(dice, &given.roman, &family.roman, n);
            return (given.name.to_owned(), family.name.to_owned(), local);
        }
        let names = dice.weighted(&self.cultures);
        let given = dice.one_of(&names.given);
        let family = dice.one_of(&names.family);
        let mut last = family.name.to_owned();
        let mut roman = family.roman.clone();
        let other = dice.one_of(&names.family);
        match names.shape {
            Shape::Hyphenated if dice.chance(60) && !family.name.contains(['-', ' ']) && other != family => {
                last = format!("{last}-{}", other.name);
            }
            Shape::Both if dice.chance(800) => last = format!("{last} {}", other.name),
            Shape::Single if dice.chance(450) => {
                last.clear();
                roman.clear();
            }
            _ => {}
        }
        let local = mailbox(dice, &given.roman, &roman, n);
        (given.name.to_owned(), last, local)
    }

    fn active(&self, dice: &mut Dice, who: Extra) -> Extra {
        let created_at = self.since(dice);
        let ago = match dice.under(100) {
            0..40 => Some(dice.span(0, 3 * DAY)),
            40..65 => Some(dice.span(3 * DAY, 30 * DAY)),
            65..88 => Some(dice.span(30 * DAY, 400 * DAY)),
            _ => None,
        };
        let last_login_at = ago.map(|ago| self.now.plus(-ago).max(created_at));
        Extra { status: Status::Active, open_until: None, created_at, last_login_at, ..who }
    }

    fn deactivated(&self, dice: &mut Dice, who: Extra) -> Extra {
        let created_at = self.since(dice);
        let ago = dice.chance(800).then(|| dice.span(20 * DAY, 700 * DAY));
        let last_login_at = ago.map(|ago| self.now.plus(-ago).max(created_at));
        Extra { status: Status::Deactivated, open_until: None, created_at, last_login_at, ..who }
    }

    fn invited(&self, dice: &mut Dice, who: Extra, expired: bool) -> Extra {
        let ttl = self.invitation_ttl;
        // Clear of the end, so that nobody's invitation runs out while the list is looked at.
        let ago = if expired { dice.span(ttl + HOUR, ttl + 180 * DAY) } else { dice.span(0, ttl / 10 * 9) };
        let created_at = self.now.plus(-ago);
        // Often the address was all that was entered.
        let name = if dice.chance(350) { PersonName::default() } else { who.name.clone() };
        let open_until = Some(created_at.plus(ttl));
        Extra { name, status: Status::Invited, open_until, created_at, last_login_at: None, ..who }
    }

    fn since(&self, dice: &mut Dice) -> Timestamp {
        self.now.plus(-dice.span(HOUR, FIRST_DAYS_AGO * DAY))
    }
}

/// The part of an address before the `@`, in one of the ways that companies write it, with the number at its end.
fn mailbox(dice: &mut Dice, given: &str, family: &str, n: u64) -> String {
    let initial = given.get(..1).unwrap_or_default();
    let cut = |word: &str| word.get(..20).unwrap_or(word).to_owned();
    match (dice.under(10), given, family) {
        (_, "", "") => format!("person{n}"),
        (_, one, "") | (_, "", one) => format!("{}{n}", cut(one)),
        (0..6, given, family) => format!("{}.{}{n}", cut(given), cut(family)),
        (6..8, _, family) => format!("{initial}.{}{n}", cut(family)),
        (8, given, family) => format!("{}.{}{n}", cut(family), cut(given)),
        (_, given, _) => format!("{}{n}", cut(given)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, HashSet};

    const NOW: Timestamp = Timestamp::from_millis(1_795_292_100_000);

    fn crowd(n: u64) -> Vec<Extra> {
        let crowd = Crowd::new(NOW, 7 * DAY);
        (1..=n).map(|n| crowd.person(n).unwrap_or_else(|| panic!("person {n} has no name or address"))).collect()
    }

    #[test]
    fn twenty_thousand_people_have_names_and_addresses_of_their_own() {
        let people = crowd(20_000);
        let addresses: HashSet<&str> = people.iter().map(|p| p.email.as_str()).collect();
        assert_eq!(addresses.len(), people.len());
        assert!(people.iter().all(|p| p.email.domain().ends_with(".example")));
        let names: HashSet<String> = people.iter().map(|p| p.name.full()).collect();
        assert!(names.len() > 10_000, "{} names", names.len());
        for p in &people {
            let again = PersonName::parse_optional(&p.name.first, &p.name.last).expect("a name that forms take");
            assert_eq!(again, p.name);
        }
    }

    #[test]
    fn the_same_people_come_every_time() {
        assert_eq!(crowd(500), crowd(500));
        let shown: Vec<String> = crowd(6).iter().map(|p| format!("{} <{}>", p.name.full(), p.email)).collect();
        let expected = [
            "حسن الصباح <hasan.alsabah1@northwind-trading.example>",
            "Kartini <kartini2@navy.example>",
            "Ada Jackson <ada.jackson3@uni-goettingen.example>",
            "جمال الزهراوي <j.alzahrawi4@analytical.example>",
            "Lukas Baumgärtner <lukas.baumgartner5@navy.example>",
            "Hoàng Long Bùi <hoanglong.bui6@uni-goettingen.example>",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_crowd_is_mixed_as_an_organization_is() {
        let people = crowd(20_000);
        let mut shares = BTreeMap::new();
        for p in &people {
            *shares.entry(p.status.at(p.open_until, NOW).code()).or_insert(0) += 1;
            *shares.entry(p.role.code()).or_insert(0) += 1;
            if p.last_login_at.is_none() {
                *shares.entry("never").or_insert(0) += 1;
            }
        }
        for (what, wanted) in [
            ("active", 88),
            ("deactivated", 5),
            ("invited", 5),
            ("expired", 2),
            ("member", 90),
            ("viewer", 6),
            ("admin", 4),
            ("never", 18),
        ] {
            let share = f64::from(shares[what]) / 200.0;
            assert!((share - f64::from(wanted)).abs() < 1.0, "{what}: {share} %");
        }
    }

    #[test]
    fn nobody_came_in_before_being_there_or_after_now() {
        for p in crowd(5_000) {
            assert!(p.created_at <= NOW && p.created_at >= NOW.plus(-FIRST_DAYS_AGO * DAY));
            assert!(p.last_login_at.is_none_or(|at| at >= p.created_at && at <= NOW));
        }
    }

    #[test]
    fn many_scripts_and_lengths_occur() {
        let people = crowd(20_000);
        let any = |is: &dyn Fn(&PersonName) -> bool| people.iter().any(|p| is(&p.name));
        for (script, from, to) in [
            ("Greek", 'α', 'ω'),
            ("Cyrillic", 'а', 'я'),
            ("Hebrew", 'א', 'ת'),
            ("Arabic", 'ا', 'ي'),
            ("Devanagari", 'अ', 'ह'),
            ("Thai", 'ก', 'ฮ'),
            ("Hangul", '가', '힣'),
            ("Han", '一', '龥'),
            ("Kana", 'ぁ', 'ン'),
            ("Ethiopic", 'ሀ', 'ፚ'),
        ] {
            assert!(any(&|name| name.full().chars().any(|c| (from..=to).contains(&c))), "{script}");
        }
        assert!(any(&|name| name.full().chars().count() > 60));
        assert!(any(&|name| name.last.is_empty() && !name.first.is_empty()));
        assert!(any(&|name| name.last.contains('-')) && any(&|name| name.last.contains('\'')));
    }
}
