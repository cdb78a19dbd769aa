//! The keys of the console. The handler, the help sheet and the palette's hints all read this one table.

use model::people::Tab;

use crate::components::commands::{Command, Place};

/// Under what a key stands in the help sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// On every page.
    Everywhere,
    /// Leads to a page.
    GoTo,
    /// In the people grid.
    People,
    /// Changes something.
    Actions,
}

impl Group {
    /// In the order of the help sheet.
    pub const ALL: [Self; 4] = [Self::Everywhere, Self::GoTo, Self::People, Self::Actions];
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::GoTo => "Go to",
            Self::People => "In the list of people",
            Self::Actions => "Actions",
        }
    }
}

/// A key, or several one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The keys as `KeyboardEvent.key` names them, by spaces; `Ctrl+` is ⌘ as well. Kept in the browser by whoever
    /// turns it off, so it stays what it is.
    pub code: &'static str,
    /// What it does, in words.
    pub label: &'static str,
    /// Where it stands.
    pub group: Group,
    /// What it does; what the browser does by itself is only listed.
    pub command: Option<Command>,
}

const fn key(code: &'static str, label: &'static str, group: Group, command: Command) -> Key {
    Key { code, label, group, command: Some(command) }
}

const fn go(code: &'static str, label: &'static str, place: Place) -> Key {
    key(code, label, Group::GoTo, Command::Go(place))
}

/// All keys.
pub const KEYS: [Key; 17] = [
    key("Ctrl+k", "Search or jump to anything", Group::Everywhere, Command::Palette),
    key("/", "Search people", Group::Everywhere, Command::Search),
    key("?", "Show the keyboard shortcuts", Group::Everywhere, Command::Help),
    key("Escape", "Close, or leave the row or the search", Group::Everywhere, Command::Leave),
    go("g u", "People", Place::People(Tab::Standard)),
    go("g i", "Invitations", Place::People(Tab::Invitations)),
    go("g b", "Bulk changes", Place::Jobs),
    go("g g", "Groups", Place::Groups),
    go("g o", "Organizations", Place::Organizations),
    go("g p", "Your profile", Place::Yourself),
    key("j", "Next person", Group::People, Command::NextRow),
    key("k", "Previous person", Group::People, Command::PreviousRow),
    Key { code: "Enter", label: "Open the person", group: Group::People, command: None },
    key("x", "Select or deselect the person", Group::People, Command::SelectRow),
    key(".", "Open the person’s menu", Group::People, Command::RowMenu),
    key("c", "Add new user", Group::Actions, Command::Add),
    key("i", "Invite people", Group::Actions, Command::Invite),
];

/// What has the focus while a key is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// The page.
    Page,
    /// A field in which one types.
    Field,
    /// A dialog is open over the page.
    Dialog,
}

impl Key {
    /// The key of a command.
    pub fn of(command: Command) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.command == Some(command))
    }
    /// Whether it can be turned off (WCAG 2.1.4): all but what everybody expects of Enter and Escape.
    pub fn can_be_off(&self) -> bool {
        self.command.is_some_and(|command| command != Command::Leave)
    }
    /// Whether it means anything there.
    pub const fn works_in(&self, scene: Scene) -> bool {
        match (scene, self.command) {
            (_, None) => false,
            (Scene::Page, _) | (_, Some(Command::Palette)) | (Scene::Field, Some(Command::Leave)) => true,
            (Scene::Field | Scene::Dialog, _) => false,
        }
    }
    /// What stands on the keys, one press after another.
    pub fn caps(&self, on_mac: bool) -> Vec<Vec<String>> {
        let cap = |name: &str| match name {
            "Ctrl" if on_mac => "⌘".to_owned(),
            "Escape" => "Esc".to_owned(),
            name => name.to_owned(),
        };
        let press = |press: &str| match press.split_once('+') {
            Some((held, letter)) => vec![cap(held), letter.to_uppercase()],
            None => vec![cap(press)],
        };
        self.code.split(' ').map(press).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_keys_are_the_same_and_none_begins_another() {
        for (i, key) in KEYS.iter().enumerate() {
            for other in &KEYS[i + 1..] {
                let begins = |a: &Key, b: &Key| b.code == a.code || b.code.starts_with(&format!("{} ", a.code));
                assert!(!begins(key, other) && !begins(other, key), "{} and {}", key.code, other.code);
                assert!(key.command.is_none() || key.command != other.command, "{} and {}", key.code, other.code);
            }
        }
    }

    #[test]
    fn while_typing_or_in_a_dialog_only_escape_and_the_palette_work() {
        let working = |scene| KEYS.iter().filter(|key| key.works_in(scene)).map(|key| key.code).collect::<Vec<_>>();
        assert_eq!(working(Scene::Field), ["Ctrl+k", "Escape"]);
        assert_eq!(working(Scene::Dialog), ["Ctrl+k"]);
        assert_eq!(working(Scene::Page).len(), KEYS.len() - 1);
    }

    #[test]
    fn every_key_of_a_character_can_be_turned_off() {
        for key in KEYS {
            assert_eq!(key.can_be_off(), !["Enter", "Escape"].contains(&key.code), "{}", key.code);
        }
    }

    #[test]
    fn caps_are_what_stands_on_the_keyboard() {
        let caps = |command, on_mac| Key::of(command).map(|key| key.caps(on_mac)).unwrap_or_default();
        assert_eq!(caps(Command::Palette, false), [["Ctrl", "K"]]);
        assert_eq!(caps(Command::Palette, true), [["⌘", "K"]]);
        assert_eq!(caps(Command::Go(Place::Yourself), false), [["g"], ["p"]]);
        assert_eq!(caps(Command::Leave, false), [["Esc"]]);
    }
}
