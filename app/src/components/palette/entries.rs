//! What the palette offers beside people, and how a text narrows it down. Plain data: no browser in here.

use model::people::Tab;

use crate::{
    components::commands::{Command, Place},
    theme::Theme,
};

/// A page or an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What choosing it does.
    pub command: Command,
    /// As shown.
    pub label: String,
    /// Its icon.
    pub icon: &'static str,
    /// Further words by which it is found.
    also: &'static str,
}

fn entry(command: Command, label: impl Into<String>, icon: &'static str, also: &'static str) -> Entry {
    Entry { command, label: label.into(), icon, also }
}

/// All pages, then all actions, that `may` lets through.
pub fn entries(may: impl Fn(Command) -> bool) -> Vec<Entry> {
    let list = |tab: &Tab| match tab {
        Tab::Standard => entry(Command::Go(Place::People(*tab)), "People", "users", "standard users members team"),
        tab if tab.is_of_invitations() => {
            entry(Command::Go(Place::People(*tab)), format!("People: {}", tab.label()), "mail", "")
        }
        tab => entry(Command::Go(Place::People(*tab)), format!("People: {}", tab.label()), "users", "users"),
    };
    let theme = |theme: &Theme| {
        entry(Command::Theme(*theme), format!("Theme: {}", theme.label()), theme.icon(), "mode appearance colors")
    };
    let mut all: Vec<Entry> = Tab::ALL.iter().map(list).collect();
    all.extend([
        entry(Command::Go(Place::Jobs), "Bulk changes", "layers", "jobs many selected undo history"),
        entry(Command::Go(Place::Yourself), "Your profile", "user", "me my own"),
        entry(Command::Go(Place::Account), "Your account", "key-round", "me my own password email name sessions"),
        entry(Command::Go(Place::Organizations), "Organizations", "building-2", "switch team"),
        entry(Command::Go(Place::NewOrganization), "New organization", "plus", "create found team"),
        entry(Command::Go(Place::Groups), "Groups", "group", "teams departments members"),
        entry(Command::Go(Place::Roles), "Roles", "shield", "permissions matrix who may what"),
        entry(Command::Go(Place::Attributes), "Attributes", "file-text", "fields data custom values"),
        entry(Command::Go(Place::OwnAttributes), "Your attributes", "file-text", "me my own data values"),
        entry(Command::Go(Place::Connections), "Connections", "plug", "data warehouse models applications access"),
        entry(Command::Go(Place::Guests), "Guests elsewhere", "building-2", "external other organizations"),
        entry(Command::Go(Place::Partner), "Partner", "handshake", "referrals customers commissions payouts link"),
        entry(Command::Go(Place::General), "Settings: General", "building-2", "name details contact postal archive"),
        entry(Command::Go(Place::Policies), "Settings: Policies", "settings", "rules presets seats onboarding"),
        entry(Command::Go(Place::Ownership), "Settings: Ownership", "crown", "owner transfer offer succession"),
        entry(Command::Go(Place::Domains), "Settings: Domains", "link", "dns verify txt record auto-join"),
        entry(Command::Go(Place::Mail), "Settings: Mail", "mail", "email sender logo branding smtp server profile"),
        entry(Command::Add, "Add new user", "user-plus", "person create"),
        entry(Command::Create, "Create user", "key-round", "add account temporary password"),
        entry(Command::Invite, "Invite people", "mail", "users send invitations"),
        entry(Command::InviteExternals, "Invite external users", "user-plus", "guests agency other organizations"),
        entry(
            Command::Go(Place::Import),
            "Import people from a CSV file",
            "upload",
            "add many upload spreadsheet excel",
        ),
    ]);
    all.extend(Theme::ALL.iter().map(theme));
    all.extend([
        entry(Command::Help, "Keyboard shortcuts", "keyboard", "keys help hotkeys"),
        entry(Command::LogOut, "Log out", "log-out", "sign leave"),
    ]);
    all.retain(|entry| may(entry.command));
    all
}

impl Entry {
    /// Whether it is meant by a text.
    pub fn matches(&self, text: &str) -> bool {
        matches(text, &[&self.label, self.also])
    }
}

/// Whether each word of a text begins a word of one of these.
pub fn matches(text: &str, of: &[&str]) -> bool {
    let of: Vec<String> = of.iter().flat_map(|text| words(text)).collect();
    words(text).iter().all(|typed| of.iter().any(|word| word.starts_with(typed.as_str())))
}

fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels of what a text finds.
    fn found(text: &str) -> Vec<String> {
        entries(|_| true).into_iter().filter(|entry| entry.matches(text)).map(|entry| entry.label).collect()
    }

    #[test]
    fn words_are_found_by_their_beginnings_in_any_order() {
        for (text, labels) in [
            (
                "inv peop",
                &["People: Invitations", "People: Expired invitations", "People: Invitation requests", "Invite people"]
                    [..],
            ),
            (
                "people inv",
                &["People: Invitations", "People: Expired invitations", "People: Invitation requests", "Invite people"],
            ),
            ("DARK", &["Theme: Dark"]),
            ("ark", &[]),
            ("sign out", &["Log out"]),
            ("sign in", &[]),
            ("email-only", &["People: Email-only"]),
            ("my prof", &["Your profile"]),
        ] {
            assert_eq!(found(text), labels, "{text}");
        }
    }

    #[test]
    fn a_text_without_words_finds_everything() {
        let all = entries(|_| true).len();
        for text in ["", "  ", "?!"] {
            assert_eq!(found(text).len(), all, "{text:?}");
        }
    }

    #[test]
    fn what_one_may_not_do_is_not_there() {
        let left = entries(|command| matches!(command, Command::Theme(_) | Command::Help | Command::LogOut));
        let labels: Vec<String> = left.into_iter().map(|entry| entry.label).collect();
        assert_eq!(labels, ["Theme: Light", "Theme: Dark", "Theme: System", "Keyboard shortcuts", "Log out"]);
    }

    #[test]
    fn people_are_narrowed_down_alike_while_an_answer_is_awaited() {
        let person = ["Grace Hopper", "grace@navy.example"];
        for (text, expected) in
            [("gra hop", true), ("navy", true), ("gra@navy", true), ("opper", false), ("grace x", false)]
        {
            assert_eq!(matches(text, &person), expected, "{text}");
        }
    }
}
