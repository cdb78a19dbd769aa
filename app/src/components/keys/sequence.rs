//! Which key of the table is meant by what was pressed, and which are turned off. Plain data: no browser in here.

use serde::{Deserialize, Serialize};

use super::table::{KEYS, Key};

/// How long the next key of a sequence may take, in milliseconds.
const WINDOW_MS: f64 = 1000.0;

/// The beginning of a sequence.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sequence {
    begun: String,
    /// When its latest key was pressed, in milliseconds.
    at: f64,
}

impl Sequence {
    /// The key of the table that this press completes, if it does, among those that `works` lets through.
    pub fn press(&mut self, name: &str, at_ms: f64, works: impl Fn(&Key) -> bool) -> Option<&'static Key> {
        let begun = std::mem::take(&mut self.begun);
        let begun = if at_ms - self.at <= WINDOW_MS { begun } else { String::new() };
        self.at = at_ms;
        let begins = |code: &str, with: &str| code.strip_prefix(with).is_some_and(|rest| rest.starts_with(' '));
        let known = KEYS.iter().filter(|key| works(key));
        let typed = if begun.is_empty() { name.to_owned() } else { format!("{begun} {name}") };
        let complete = known.clone().find(|key| key.code == typed);
        if complete.is_none() {
            // A wrong key ends a sequence and does nothing of its own, but may begin the next.
            let next =
                [typed.as_str(), name].into_iter().find(|typed| known.clone().any(|key| begins(key.code, typed)));
            next.unwrap_or_default().clone_into(&mut self.begun);
        }
        complete
    }
}

/// What somebody has turned off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Off {
    all: bool,
    keys: Vec<String>,
}

impl Off {
    /// What the browser has kept; nothing is off where it cannot be read.
    pub fn from_stored(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
    /// For the browser to keep.
    pub fn to_stored(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
    /// Whether all that can be turned off are.
    pub const fn all(&self) -> bool {
        self.all
    }
    /// Whether this one is by itself.
    pub fn is_off(&self, key: &Key) -> bool {
        self.keys.iter().any(|code| code == key.code)
    }
    /// Whether a key works.
    pub fn lets(&self, key: &Key) -> bool {
        !key.can_be_off() || !self.all && !self.is_off(key)
    }
    /// Turns all off, or on again as each of them was.
    pub const fn switch_all(&mut self) {
        self.all = !self.all;
    }
    /// Turns one off or on.
    pub fn switch(&mut self, key: &Key) {
        if self.is_off(key) {
            self.keys.retain(|code| code != key.code);
        } else {
            self.keys.push(key.code.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes of what is done by presses, each `name@milliseconds`, with these keys off.
    fn done(presses: &str, off: &Off) -> Vec<&'static str> {
        let mut sequence = Sequence::default();
        let press = |press: &str| {
            let (name, at) = press.rsplit_once('@').unwrap();
            sequence.press(name, at.parse().unwrap(), |key| off.lets(key)).map(|key| key.code)
        };
        presses.split(' ').filter_map(press).collect()
    }

    fn off(codes: &[&str]) -> Off {
        Off { all: false, keys: codes.iter().map(|code| (*code).to_owned()).collect() }
    }

    #[test]
    fn keys_and_sequences_are_told_from_each_other() {
        for (presses, expected) in [
            ("j@0 k@10 ?@20", &["j", "k", "?"][..]),
            ("g@0 u@900", &["g u"]),
            ("g@0 i@100 i@200", &["g i", "i"]),
            ("u@0 q@1 G@2", &[]),
            ("Ctrl+k@0", &["Ctrl+k"]),
        ] {
            assert_eq!(done(presses, &Off::default()), expected, "{presses}");
        }
    }

    #[test]
    fn a_sequence_is_forgotten_after_a_second() {
        assert_eq!(done("g@0 i@1000", &Off::default()), ["g i"]);
        assert_eq!(done("g@0 i@1001", &Off::default()), ["i"]);
        assert_eq!(done("g@0 u@1001", &Off::default()), [""; 0]);
    }

    #[test]
    fn a_wrong_key_ends_a_sequence_and_does_nothing_else() {
        assert_eq!(done("g@0 c@10 u@20", &Off::default()), [""; 0]);
        assert_eq!(done("g@0 c@10 c@20", &Off::default()), ["c"]);
        assert_eq!(done("g@0 g@10 u@20", &Off::default()), ["g g"]);
    }

    #[test]
    fn what_is_off_is_not_done_and_begins_nothing() {
        assert_eq!(done("j@0 k@10", &off(&["j"])), ["k"]);
        // The second key of a sequence that is off must not do what it does alone.
        assert_eq!(done("g@0 i@10", &off(&["g i"])), [""; 0]);
        let all_of_g: Vec<&str> = KEYS.iter().map(|key| key.code).filter(|code| code.starts_with("g ")).collect();
        let all_of_g = off(&all_of_g);
        assert_eq!(done("g@0 c@10", &all_of_g), ["c"]);
    }

    #[test]
    fn all_are_off_but_escape_and_come_back_as_they_were() {
        let mut off = off(&["j"]);
        off.switch_all();
        assert_eq!(done("j@0 c@10 g@20 u@30 Ctrl+k@40 Escape@50", &off), ["Escape"]);
        off.switch_all();
        assert_eq!(done("j@0 c@10", &off), ["c"]);
    }

    #[test]
    fn what_is_off_is_kept_and_read_again() {
        let mut off = Off::default();
        off.switch(&KEYS[0]);
        off.switch(&KEYS[4]);
        off.switch(&KEYS[0]);
        assert!(off.is_off(&KEYS[4]) && !off.is_off(&KEYS[0]));
        assert_eq!(off.to_stored(), r#"{"all":false,"keys":["g u"]}"#);
        assert_eq!(Off::from_stored(&off.to_stored()), off);
        for unreadable in ["", "[]x", r#"{"keys":7}"#] {
            assert_eq!(Off::from_stored(unreadable), Off::default());
        }
    }
}
