//! Which value holds for somebody, and where it comes from.

use serde::{Deserialize, Serialize};

use super::{Attribute, Values};
use crate::group::NamedGroup;

/// A group through which somebody has a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSource {
    /// Which.
    pub group: NamedGroup,
    /// The group under it in which they are, where it is not this one itself.
    pub via: Option<NamedGroup>,
}

impl GroupSource {
    /// As in `Sales`, or `Company, of which Sales is a part`.
    pub fn in_words(&self) -> String {
        let name = self.group.name.as_str();
        match &self.via {
            Some(via) => format!("{name}, of which {} is a part", via.name.as_str()),
            None => name.to_owned(),
        }
    }
}

/// What a group of somebody says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupValues {
    /// Which group.
    pub source: GroupSource,
    /// Its values.
    pub values: Values,
}

/// Where the values of somebody come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whence {
    /// They are their own.
    Own,
    /// From groups, by name.
    Groups(Vec<GroupSource>),
    /// They are what everybody has who has no other.
    Default,
    /// There are none.
    Nothing,
}

impl Whence {
    /// As shown beside the values.
    pub fn in_words(&self) -> String {
        match self {
            Self::Own => "own value".to_owned(),
            Self::Groups(groups) => {
                let names: Vec<String> = groups.iter().map(GroupSource::in_words).collect();
                format!("through {}", names.join("; "))
            }
            Self::Default => "default".to_owned(),
            Self::Nothing => "no value".to_owned(),
        }
    }
}

/// The values that hold for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effective {
    /// The values.
    pub values: Values,
    /// Where they come from.
    pub whence: Whence,
}

/// An attribute of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonAttribute {
    /// Which.
    pub attribute: Attribute,
    /// The person's own values.
    pub own: Values,
    /// What holds.
    pub effective: Effective,
}

/// What holds for somebody (B39): the own values; else those of the groups that they are in; else those of the groups above;
/// else the default. Of several groups that are alike in that, the one whose name comes first says what a single value is, and
/// several values are those of all of them. In whichever order the groups come.
pub fn effective(of: &Attribute, own: &Values, groups: &[GroupValues]) -> Effective {
    if !own.is_empty() {
        return Effective { values: own.clone(), whence: Whence::Own };
    }
    let mut saying: Vec<&GroupValues> = groups.iter().filter(|group| !group.values.is_empty()).collect();
    // A group that somebody is in themselves comes before one above it.
    if saying.iter().any(|group| group.source.via.is_none()) {
        saying.retain(|group| group.source.via.is_none());
    }
    let by_name = |source: &GroupSource| {
        (source.group.name.key(), source.group.id.clone(), source.via.as_ref().map(|via| via.name.key()))
    };
    saying.sort_by_key(|group| by_name(&group.source));
    // One above several is one group all the same.
    saying.dedup_by(|a, b| a.source.group.id == b.source.group.id);
    if !of.is_many() {
        saying.truncate(1);
    }
    let values = of.in_order(saying.iter().flat_map(|group| group.values.iter().map(str::to_owned)));
    let whence = match (saying.is_empty(), of.default.is_empty()) {
        (false, _) => Whence::Groups(saying.iter().map(|group| group.source.clone()).collect()),
        (true, false) => return Effective { values: of.default.clone(), whence: Whence::Default },
        (true, true) => Whence::Nothing,
    };
    Effective { values, whence }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Count, ValueType, tests::attribute},
        *,
    };
    use crate::{GroupId, Timestamp, group::GroupName, id::Id as _};
    use proptest::prelude::*;

    fn named(name: &str) -> NamedGroup {
        let mut random = [0; 10];
        for (at, byte) in name.bytes().take(10).enumerate() {
            random[at] = byte;
        }
        NamedGroup { id: GroupId::fresh(Timestamp::from_millis(1), random), name: GroupName::parse(name).unwrap() }
    }

    fn says(of: &Attribute, group: &str, via: Option<&str>, values: &[&str]) -> GroupValues {
        let source = GroupSource { group: named(group), via: via.map(named) };
        GroupValues { source, values: of.parse(values).unwrap() }
    }

    #[test]
    fn the_nearest_value_holds() {
        let one = Attribute {
            default: attribute(ValueType::Text, Count::One, &[]).parse(&["everywhere"]).unwrap(),
            ..attribute(ValueType::Text, Count::One, &[])
        };
        let many = Attribute { count: Count::Many, ..one.clone() };
        let bare = Attribute { default: Values::default(), ..one.clone() };
        let groups = |of: &Attribute| {
            [
                says(of, "Sales", None, &["west"]),
                says(of, "Company", Some("Sales"), &["world"]),
                says(of, "Chess", None, &[]),
                says(of, "Books", None, &["north"]),
                says(of, "Board", Some("Books"), &["moon"]),
            ]
        };
        let above =
            |of: &Attribute| groups(of).into_iter().filter(|group| group.source.via.is_some()).collect::<Vec<_>>();
        let told = |of: &Attribute, own: &[&str], groups: &[GroupValues]| {
            let found = effective(of, &of.parse(own).unwrap(), groups);
            format!("{} – {}", found.values.lines().replace('\n', "+"), found.whence.in_words())
        };
        for (of, own, from, expected) in [
            (&one, &["mine"][..], groups(&one).to_vec(), "mine – own value"),
            (&one, &[], groups(&one).to_vec(), "north – through Books"),
            (&many, &[], groups(&many).to_vec(), "north+west – through Books; Sales"),
            (&one, &[], above(&one), "moon – through Board, of which Books is a part"),
            (
                &many,
                &[],
                above(&many),
                "moon+world – through Board, of which Books is a part; Company, of which Sales is a part",
            ),
            (&one, &[], vec![], "everywhere – default"),
            (&one, &[], vec![says(&one, "Chess", None, &[])], "everywhere – default"),
            (&bare, &[], vec![], " – no value"),
        ] {
            assert_eq!(told(of, own, &from), expected);
        }
        // A group above two in which somebody is.
        let twice = [says(&many, "Top", Some("B"), &["x"]), says(&many, "Top", Some("A"), &["x"])];
        assert_eq!(told(&many, &[], &twice), "x – through Top, of which A is a part");
    }

    fn some_groups() -> impl Strategy<Value = Vec<(u8, bool, Vec<u8>)>> {
        proptest::collection::vec((0_u8..5, any::<bool>(), proptest::collection::vec(0_u8..6, 0..3)), 0..6)
    }

    fn made(of: &Attribute, groups: &[(u8, bool, Vec<u8>)]) -> Vec<GroupValues> {
        let said = groups.iter().map(|(name, is_above, values)| {
            // What a group says is the same wherever it stands.
            let values = groups.iter().find(|(other, ..)| other == name).map_or(values, |(_, _, values)| values);
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            let mut values: Vec<&str> = values.iter().map(String::as_str).collect();
            values.truncate(if of.is_many() { 50 } else { 1 });
            says(of, &format!("G{name}"), is_above.then_some("Z"), &values)
        });
        said.collect()
    }

    proptest! {
        #[test]
        fn the_order_of_groups_does_not_matter(groups in some_groups(), many: bool, turn in 0_usize..6) {
            let of = attribute(ValueType::Number, if many { Count::Many } else { Count::One }, &[]);
            let forward = made(&of, &groups);
            let mut other = forward.clone();
            other.reverse();
            let turn = turn.checked_rem(other.len()).unwrap_or(0);
            other.rotate_left(turn);
            let own = Values::default();
            prop_assert_eq!(effective(&of, &own, &forward), effective(&of, &own, &other));
        }
        #[test]
        fn nothing_holds_that_nobody_said(groups in some_groups(), own in proptest::option::of(0_u8..6), many: bool) {
            let plain = attribute(ValueType::Number, if many { Count::Many } else { Count::One }, &[]);
            let of = Attribute { default: plain.parse(&["99"]).unwrap(), ..plain };
            let groups = made(&of, &groups);
            let own = of.parse(&own.map(|n| n.to_string()).iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
            let found = effective(&of, &own, &groups);
            prop_assert!(many || found.values.len() == 1);
            if !own.is_empty() {
                prop_assert_eq!(&found.values, &own);
            } else if groups.iter().all(|group| group.values.is_empty()) {
                prop_assert_eq!(&found.values, &of.default);
            } else {
                let direct = groups.iter().any(|group| group.source.via.is_none() && !group.values.is_empty());
                let level: Vec<&GroupValues> =
                    groups.iter().filter(|group| group.source.via.is_none() == direct).collect();
                for value in found.values.iter() {
                    prop_assert!(level.iter().any(|group| group.values.iter().any(|other| other == value)));
                }
                if many {
                    for value in level.iter().flat_map(|group| group.values.iter()) {
                        prop_assert!(found.values.iter().any(|other| other == value));
                    }
                }
            }
        }
    }
}
