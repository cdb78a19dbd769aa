//! Sets of permissions: a bit for each, in the order of their table.

/// Makes a type of sets of an enum that has `ALL`, `code`, `from_code` and `label`. It travels as the list of what is in it,
/// so that no order is ever relied upon.
macro_rules! set {
    ($(#[$doc:meta])* $name:ident($bits:ty) of $of:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name($bits);

        impl $name {
            /// The set of those that are listed.
            pub const fn of(list: &[$of]) -> Self {
                let mut bits = 0;
                let mut i = 0;
                while i < list.len() {
                    bits |= 1 << list[i] as $bits;
                    i += 1;
                }
                Self(bits)
            }
            /// Whether it is in the set.
            pub const fn has(self, one: $of) -> bool {
                self.0 & (1 << one as $bits) != 0
            }
            /// Whether nothing is.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }
            /// Whether all of the other set is in this one.
            pub const fn covers(self, other: Self) -> bool {
                other.0 & !self.0 == 0
            }
            /// What is in it, in the order of the table.
            pub fn iter(self) -> impl Iterator<Item = $of> {
                $of::ALL.iter().copied().filter(move |one| self.has(*one))
            }
            /// What is in either set.
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
            /// What is in this set and not in the other.
            #[must_use]
            pub const fn without(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }
            /// As stored: the codes, in the order of the table.
            pub fn codes(self) -> String {
                self.iter().map($of::code).collect::<Vec<_>>().join(" ")
            }
            /// What [`Self::codes`] has written; codes of what there is no longer mean nothing.
            pub fn from_codes(codes: &str) -> Self {
                codes.split_whitespace().filter_map($of::from_code).collect()
            }
            /// In words, as listed.
            pub fn in_words(self) -> String {
                self.iter().map($of::label).collect::<Vec<_>>().join(", ")
            }
        }

        impl FromIterator<$of> for $name {
            fn from_iter<I: IntoIterator<Item = $of>>(list: I) -> Self {
                list.into_iter().fold(Self::default(), |set, one| set.union(Self::of(&[one])))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "[{}]", self.codes())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.iter())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Vec::<$of>::deserialize(deserializer)?.into_iter().collect())
            }
        }
    };
}
pub(crate) use set;
