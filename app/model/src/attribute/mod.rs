//! Attributes of people (B39): what is known of somebody beyond name and role, as the applications behind read it. An
//! organization defines them; a person has values of their own, or those of a group, or else the default.

mod effective;
mod value;

pub use effective::{Effective, GroupSource, GroupValues, PersonAttribute, Whence, effective};
pub use value::{InvalidValue, InvalidValues, Values};

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::{
    Action, Actor, AttributeId, MembershipId,
    name::{InvalidName, clean, names},
    people::COUNTED_PEOPLE,
    text::{counted, fold, thousands},
};

/// How many attributes an organization can have.
pub const MOST: usize = 100;
/// How many values somebody can have of one.
pub const MAX_VALUES: usize = 50;
/// The longest value, in characters.
pub const MAX_VALUE_CHARS: usize = 200;
/// The longest key, in characters.
pub const MAX_KEY_CHARS: usize = 40;
/// The longest label, in characters.
pub const MAX_LABEL_CHARS: usize = 60;
/// How many options a list can have.
pub const MAX_OPTIONS: usize = 100;

/// By what the applications behind know an attribute. It is unique in the organization and never changes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AttributeKey(String);

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// Nothing was entered.
    #[error("Enter a key.")]
    Empty,
    /// Over [`MAX_KEY_CHARS`].
    #[error("This key is too long; use at most {MAX_KEY_CHARS} characters.")]
    TooLong,
    /// Other characters than a key has.
    #[error("Use lower-case letters, digits, “-” and “_”, with a letter in front, such as cost_center.")]
    Malformed,
}

impl AttributeKey {
    /// Reads a key: a lower-case letter, then letters, digits, `-` and `_`, none of these two at the end.
    ///
    /// # Errors
    /// [`InvalidKey`], worded for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidKey::Empty);
        }
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        let ends = text.bytes().next_back().is_some_and(|b| b != b'_' && b != b'-');
        if !begins || !ends || !text.bytes().all(fits) {
            return Err(InvalidKey::Malformed);
        }
        if text.len() > MAX_KEY_CHARS { Err(InvalidKey::TooLong) } else { Ok(Self(text.to_owned())) }
    }
    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AttributeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl TryFrom<String> for AttributeKey {
    type Error = InvalidKey;
    fn try_from(text: String) -> Result<Self, InvalidKey> {
        Self::parse(&text)
    }
}
impl From<AttributeKey> for String {
    fn from(key: AttributeKey) -> Self {
        key.0
    }
}

names! {
    /// What people call an attribute.
    AttributeLabel: MAX_LABEL_CHARS;
}

/// Makes an enum of words that are stored and sent in forms, each with a label and a sentence.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident = $code:literal, $label:literal, $sentence:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$item])* $variant),+ }

        impl $name {
            /// All, in the order in which they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// As stored and as sent in forms.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
            /// As shown.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
            /// What it means, in a sentence.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence),+ }
            }
            /// The one of a [`Self::code`].
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.code() == code)
            }
        }
    };
}

choices! {
    /// What the values of an attribute are.
    ValueType {
        /// Any text.
        Text = "text", "Text", "Any text of one line.";
        /// A decimal number, exact to its last digit.
        Number = "number", "Number", "A decimal number, kept exactly as it is.";
        /// Yes or no.
        YesNo = "yes_no", "Yes or no", "One of the two, or nothing.";
        /// One of the options that are listed.
        List = "list", "List", "Only the options that you list.";
        /// A day.
        Date = "date", "Date", "A day, such as 2026-12-05.";
    }
}

choices! {
    /// How many values somebody can have.
    Count {
        /// One, or none.
        One = "one", "One value", "A person has one value or none.";
        /// Several.
        Many = "many", "Many values", "A person can have several values, each once.";
    }
}

choices! {
    /// Who sees a value, or who changes it.
    Audience {
        /// Those whose permissions allow it.
        Admins = "admins", "Admins", "Only who may do so for everybody here.";
        /// The person as well.
        Person = "person", "Admins and the person", "Everybody for themselves as well.";
    }
}

/// An attribute as an organization has defined it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its id.
    pub id: AttributeId,
    /// By what applications know it.
    pub key: AttributeKey,
    /// What people call it.
    pub label: AttributeLabel,
    /// What it is for; empty where nobody said so.
    pub description: String,
    /// What its values are.
    pub value_type: ValueType,
    /// The values that a list lets through, in their order; empty for other types.
    pub options: Vec<String>,
    /// How many values somebody can have.
    pub count: Count,
    /// What whoever has no other value has.
    pub default: Values,
    /// Who sees a value beside those who may see people.
    pub seen_by: Audience,
    /// Who changes a value beside those who manage attributes.
    pub edited_by: Audience,
}

/// Why a text does not list the options of a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOptions {
    /// There are none.
    #[error("List at least one option, one on each line.")]
    None,
    /// Over [`MAX_OPTIONS`].
    #[error("There can be at most {MAX_OPTIONS} options.")]
    TooMany,
    /// Over [`MAX_VALUE_CHARS`].
    #[error("“{0}…” is too long; an option has at most {MAX_VALUE_CHARS} characters.")]
    TooLong(String),
    /// Control or direction-override characters.
    #[error("An option contains characters that cannot be shown.")]
    Unprintable,
    /// Options are posted by commas.
    #[error("“{0}” contains a comma, which an option cannot have.")]
    Comma(String),
    /// Two that only case or accents tell apart.
    #[error("“{0}” is there twice. Neither case nor accents tell options apart.")]
    Twice(String),
}

/// The options of a list, one on each line.
///
/// # Errors
/// [`InvalidOptions`], worded for the person who typed it.
pub fn options(text: &str) -> Result<Vec<String>, InvalidOptions> {
    let mut options: Vec<String> = Vec::new();
    for line in text.lines() {
        let option = clean(line, MAX_VALUE_CHARS).map_err(|why| match why {
            InvalidName::TooLong(_) => InvalidOptions::TooLong(line.trim().chars().take(20).collect()),
            InvalidName::Unprintable | InvalidName::Empty => InvalidOptions::Unprintable,
        })?;
        if option.is_empty() {
            continue;
        }
        if option.contains(',') {
            return Err(InvalidOptions::Comma(option));
        }
        if options.iter().any(|other| fold(other) == fold(&option)) {
            return Err(InvalidOptions::Twice(option));
        }
        options.push(option);
    }
    match options.len() {
        0 => Err(InvalidOptions::None),
        n if n > MAX_OPTIONS => Err(InvalidOptions::TooMany),
        _ => Ok(options),
    }
}

/// How many have a value of an attribute, each counted up to [`COUNTED_PEOPLE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// People who have one of their own.
    pub people: u64,
    /// Groups that have one.
    pub groups: u64,
}

impl Usage {
    /// Whether nobody has any.
    pub const fn is_none(self) -> bool {
        self.people == 0 && self.groups == 0
    }
    /// As in `3 people and 1 group`.
    pub fn in_words(self) -> String {
        let people = match self.people {
            COUNTED_PEOPLE.. => format!("{} people or more", thousands(COUNTED_PEOPLE)),
            n => counted(n, "person", "people"),
        };
        let groups = counted(self.groups, "group", "groups");
        match (self.people, self.groups) {
            (0, 0) => "nobody".to_owned(),
            (_, 0) => people,
            (0, _) => groups,
            _ => format!("{people} and {groups}"),
        }
    }
    fn have(self) -> &'static str {
        if self.people + self.groups > 1 { "have" } else { "has" }
    }
}

/// An attribute in the list of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedAttribute {
    /// Which.
    pub attribute: Attribute,
    /// How many have a value of their own.
    pub usage: Usage,
}

/// Why a definition cannot be changed so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unchangeable {
    /// Values are there, which would not fit.
    #[error("{} {} a value already. Only an attribute that nobody has a value of can be of another type.", .0.in_words(), .0.have())]
    Type(Usage),
    /// As with the type.
    #[error("{} {} a value already. How many values there can be is fixed from the first one on.", .0.in_words(), .0.have())]
    Count(Usage),
    /// An option that would go is somebody's value.
    #[error("“{option}” is in use: {} {} it. Give them another value first.", .usage.in_words(), .usage.have())]
    Option {
        /// Which.
        option: String,
        /// By how many.
        usage: Usage,
    },
}

/// Why the person cannot change what they do not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Who changes a value has to see it. Let the person see it, too.")]
pub struct Unseen;

impl Attribute {
    /// The value as the applications behind get it is one of a list of them, or the only one.
    pub fn is_many(&self) -> bool {
        self.count == Count::Many
    }
    /// Yes or no is one value, whatever was chosen.
    ///
    /// # Errors
    /// What to say beside the field.
    pub fn check_count(value_type: ValueType, count: Count) -> Result<Count, &'static str> {
        if value_type == ValueType::YesNo && count == Count::Many {
            Err("Yes or no is one value: choose “One value”.")
        } else {
            Ok(count)
        }
    }
    /// Whoever changes a value sees it.
    ///
    /// # Errors
    /// [`Unseen`].
    pub fn check_audience(seen_by: Audience, edited_by: Audience) -> Result<Audience, Unseen> {
        if edited_by == Audience::Person && seen_by == Audience::Admins { Err(Unseen) } else { Ok(edited_by) }
    }
    /// Whether it can be of another type, or have another number of values, from now on.
    ///
    /// # Errors
    /// [`Unchangeable`].
    pub fn may_become(&self, value_type: ValueType, count: Count, usage: Usage) -> Result<(), Unchangeable> {
        if usage.is_none() {
            Ok(())
        } else if value_type != self.value_type {
            Err(Unchangeable::Type(usage))
        } else if count != self.count {
            Err(Unchangeable::Count(usage))
        } else {
            Ok(())
        }
    }
    /// The options that would go with others in their place.
    pub fn without(&self, options: &[String]) -> Vec<String> {
        self.options.iter().filter(|option| !options.contains(option)).cloned().collect()
    }
    /// Whether the person whose value it is sees it.
    pub fn is_seen_by_person(&self) -> bool {
        self.seen_by == Audience::Person
    }
    /// What setting a value of somebody is: one's own matter, where that was allowed, or that of who manages attributes.
    pub fn setting(&self, actor: &Actor, person: &MembershipId) -> Action {
        if self.edited_by == Audience::Person && actor.membership_id == *person {
            Action::SetOwnAttributes
        } else {
            Action::SetAttributes
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{Timestamp, id::Id as _};

    pub(crate) fn attribute(value_type: ValueType, count: Count, options: &[&str]) -> Attribute {
        Attribute {
            id: AttributeId::fresh(Timestamp::from_millis(1), [1; 10]),
            key: AttributeKey::parse("region").unwrap(),
            label: AttributeLabel::parse("Region").unwrap(),
            description: String::new(),
            value_type,
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            count,
            default: Values::default(),
            seen_by: Audience::Admins,
            edited_by: Audience::Admins,
        }
    }

    #[test]
    fn a_key_is_what_every_application_can_read() {
        let long = format!("a{}", "b".repeat(40));
        for (text, expected) in [
            (" cost_center ", Ok("cost_center")),
            ("a", Ok("a")),
            ("team-2", Ok("team-2")),
            ("", Err(InvalidKey::Empty)),
            ("2nd", Err(InvalidKey::Malformed)),
            ("Team", Err(InvalidKey::Malformed)),
            ("team_", Err(InvalidKey::Malformed)),
            ("-team", Err(InvalidKey::Malformed)),
            ("cost center", Err(InvalidKey::Malformed)),
            ("région", Err(InvalidKey::Malformed)),
            ("a,b", Err(InvalidKey::Malformed)),
            ("a:b", Err(InvalidKey::Malformed)),
            (&long, Err(InvalidKey::TooLong)),
        ] {
            assert_eq!(AttributeKey::parse(text).map(String::from), expected.map(str::to_owned), "{text}");
        }
        assert!(serde_json::from_str::<AttributeKey>("\"A\"").is_err());
        assert_eq!(AttributeLabel::parse(" Cost  center ").unwrap().as_str(), "Cost center");
        assert_eq!(AttributeLabel::parse(""), Err(InvalidName::Empty));
        assert_eq!(AttributeLabel::parse(&"x".repeat(61)), Err(InvalidName::TooLong(60)));
    }

    #[test]
    fn options_stand_on_lines_and_each_once() {
        assert_eq!(options(" EMEA \n\n North  America\r\n"), Ok(vec!["EMEA".into(), "North America".into()]));
        let many: String = (0..=MAX_OPTIONS).map(|n| format!("{n}\n")).collect();
        for (text, expected) in [
            ("", InvalidOptions::None),
            (" \n ", InvalidOptions::None),
            ("a,b", InvalidOptions::Comma("a,b".into())),
            ("Zoë\nzoe", InvalidOptions::Twice("zoe".into())),
            ("a\u{202e}b", InvalidOptions::Unprintable),
            (&many, InvalidOptions::TooMany),
            (&"x".repeat(201), InvalidOptions::TooLong("x".repeat(20))),
        ] {
            assert_eq!(options(text), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn a_definition_changes_as_long_as_no_value_contradicts() {
        let region = attribute(ValueType::List, Count::One, &["EMEA", "APAC"]);
        let used = Usage { people: 2, groups: 1 };
        for (value_type, count, usage, expected) in [
            (ValueType::Text, Count::Many, Usage::default(), Ok(())),
            (ValueType::List, Count::One, used, Ok(())),
            (ValueType::Text, Count::One, used, Err(Unchangeable::Type(used))),
            (ValueType::List, Count::Many, used, Err(Unchangeable::Count(used))),
        ] {
            assert_eq!(region.may_become(value_type, count, usage), expected);
        }
        assert_eq!(region.without(&["APAC".into(), "LATAM".into()]), ["EMEA"]);
        assert_eq!(region.without(&["apac".into()]), ["EMEA", "APAC"], "another spelling is another option");
        assert_eq!(Attribute::check_count(ValueType::YesNo, Count::One), Ok(Count::One));
        assert!(Attribute::check_count(ValueType::YesNo, Count::Many).is_err());
        assert_eq!(Attribute::check_audience(Audience::Admins, Audience::Person), Err(Unseen));
        assert_eq!(Attribute::check_audience(Audience::Person, Audience::Person), Ok(Audience::Person));
    }

    #[test]
    fn who_has_a_value_is_said_in_words() {
        for (people, groups, expected) in [
            (0, 0, "nobody"),
            (1, 0, "1 person"),
            (0, 2, "2 groups"),
            (3, 1, "3 people and 1 group"),
            (1_000, 0, "1,000 people or more"),
        ] {
            assert_eq!(Usage { people, groups }.in_words(), expected);
        }
        let why = Unchangeable::Option { option: "EMEA".into(), usage: Usage { people: 1, groups: 0 } };
        assert_eq!(why.to_string(), "“EMEA” is in use: 1 person has it. Give them another value first.");
        let why = Unchangeable::Type(Usage { people: 1, groups: 1 });
        assert!(why.to_string().starts_with("1 person and 1 group have a value already."), "{why}");
    }

    #[test]
    fn choices_are_told_apart_by_their_codes() {
        assert!(ValueType::ALL.iter().all(|of| ValueType::from_code(of.code()) == Some(*of)));
        assert!(Count::ALL.iter().all(|of| Count::from_code(of.code()) == Some(*of)));
        assert!(Audience::ALL.iter().all(|of| Audience::from_code(of.code()) == Some(*of)));
        assert_eq!(ValueType::from_code(""), None);
    }
}
