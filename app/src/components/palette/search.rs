//! What is typed into the palette and what it finds. An answer that a later text has overtaken is dropped.

use leptos::{prelude::*, task::spawn_local};
use model::people::{PeoplePage, PeopleQuery, PersonRow, SavedView};
use std::time::Duration;

use super::{
    PALETTE,
    entries::{Entry, entries, matches},
};
use crate::{
    api::{people::list_people, views::list_views},
    components::{
        commands::{Command, Commands},
        ui::close_modal,
    },
    problem::Problem,
};

/// How long after the last key people are searched.
pub const ASK_AFTER: Duration = Duration::from_millis(150);
/// The most people that are shown.
const MOST_PEOPLE: usize = 8;
/// The most views that are shown.
const MOST_VIEWS: usize = 8;

/// Under what a choice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Pages to go to.
    Pages,
    /// Things to do.
    Actions,
    /// Saved views to open.
    Views,
    /// Profiles to go to.
    People,
}

impl Section {
    /// In their order. Views and people come last: they come later, and nothing may move under the hand.
    pub const ALL: [Self; 4] = [Self::Pages, Self::Actions, Self::Views, Self::People];
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pages => "Pages",
            Self::Actions => "Actions",
            Self::Views => "Views",
            Self::People => "People",
        }
    }
}

/// Somebody who was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Of the membership.
    pub id: String,
    /// As shown.
    pub name: String,
    /// The address.
    pub email: String,
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        Self { name: row.display_name(), email: row.email.to_string(), id: row.target.membership_id.to_string() }
    }
}

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// As shown.
    pub label: String,
    query: PeopleQuery,
}

impl From<SavedView> for View {
    fn from(view: SavedView) -> Self {
        Self { label: format!("View: {}", view.name.as_str()), query: view.query }
    }
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// A page or an action.
    Command(Entry),
    /// A saved view; apart, since all of a question to the list is in it.
    View(Box<View>),
    /// A profile.
    Person(Person),
}

impl Choice {
    /// Where it stands.
    pub const fn section(&self) -> Section {
        match self {
            Self::Command(Entry { command: Command::Go(_), .. }) => Section::Pages,
            Self::Command(_) => Section::Actions,
            Self::View(_) => Section::Views,
            Self::Person(_) => Section::People,
        }
    }
}

/// The latest answer, and to what text.
#[derive(Debug, Clone, Default)]
struct Found {
    text: String,
    people: Vec<Person>,
    problem: Option<String>,
}

/// The palette while it is open.
#[derive(Clone, Copy)]
pub struct Search {
    commands: Commands,
    /// What is typed, without the space around it.
    text: RwSignal<String>,
    found: RwSignal<Found>,
    /// What there is to choose from.
    pub choices: Memo<Vec<Choice>>,
    active: RwSignal<usize>,
}

impl Search {
    /// With nothing typed yet.
    pub fn new() -> Self {
        let commands = expect_context::<Commands>();
        let (text, found) = (RwSignal::new(String::new()), RwSignal::<Found>::default());
        let views = RwSignal::new(Vec::new());
        if commands.may(Command::Search) {
            // In the browser alone.
            Effect::new(move |_| ask_for_views(commands.org(), views));
        }
        let all = entries(|command| commands.may(command));
        let choices = Memo::new(move |_| {
            text.with(|text| views.with(|views| found.with(|found| choices(text, &all, views, found))))
        });
        Self { commands, text, found, choices, active: RwSignal::new(0) }
    }
    /// Takes up what was typed.
    pub fn type_in(self, text: String) {
        text.trim().clone_into(&mut self.text.write());
        self.active.set(0);
    }
    /// The place of the current choice.
    pub fn active(self) -> usize {
        self.active.get().min(self.choices.with(Vec::len).saturating_sub(1))
    }
    /// Makes another the current one.
    pub fn activate(self, at: usize) {
        self.active.set(at);
    }
    fn searches(self) -> bool {
        self.commands.may(Command::Search) && self.text.with(|text| !text.is_empty())
    }
    fn waits(self) -> bool {
        self.searches() && self.text.with(|text| self.found.with(|found| found.text != *text))
    }
    /// Asks who is meant.
    pub fn ask(self) {
        if !untrack(|| self.waits()) {
            return;
        }
        let text = self.text.get_untracked();
        let query = PeopleQuery { q: text.clone(), ..PeopleQuery::default() };
        let request = list_people(self.commands.org(), query);
        spawn_local(async move {
            let answer = request.await;
            // Overtaken by what was typed since, or the palette is closed.
            if self.text.try_get_untracked().as_ref() == Some(&text) {
                self.take(text, answer);
            }
        });
    }
    /// Takes up the answer to a text.
    pub fn take(self, text: String, answer: Result<PeoplePage, Problem>) {
        self.found.set(match answer {
            Ok(page) => {
                let people = page.rows.into_iter().take(MOST_PEOPLE).map(Person::from).collect();
                Found { text, people, problem: None }
            }
            Err(problem) => Found { text, people: Vec::new(), problem: Some(problem.message) },
        });
    }
    /// Closes the palette and does what was chosen.
    pub fn choose(self, at: usize) {
        let choice = self.choices.with_untracked(|choices| choices.get(at).cloned());
        let commands = self.commands;
        if choice.is_some() {
            close_modal(PALETTE);
        }
        match choice {
            Some(Choice::Command(entry)) => commands.run(entry.command),
            Some(Choice::View(view)) => commands.open_view(&view.query),
            Some(Choice::Person(person)) => commands.open_profile(&person.id),
            None => {}
        }
    }
    /// How many there are, in words.
    pub fn said(self) -> String {
        match self.choices.with(Vec::len) {
            0 if self.waits() => "Searching…".to_owned(),
            0 => format!("Nothing matches “{}”.", self.text.get()),
            1 => "1 result".to_owned(),
            n => format!("{n} results"),
        }
    }
    /// Why people cannot be found.
    pub fn trouble(self) -> Option<String> {
        self.found.with(|found| found.problem.clone()).filter(|_| self.searches())
    }
}

/// Without an answer there are none; the list of views says why.
fn ask_for_views(org: String, views: RwSignal<Vec<View>>) {
    let request = list_views(org);
    spawn_local(async move {
        if let Ok(lists) = request.await {
            let _ = views.try_set(lists.mine.into_iter().chain(lists.shared).map(View::from).collect());
        }
    });
}

fn choices(text: &str, all: &[Entry], views: &[View], found: &Found) -> Vec<Choice> {
    let commands = all.iter().filter(|entry| entry.matches(text)).cloned().map(Choice::Command);
    let views = views
        .iter()
        .filter(|view| matches(text, &[&view.label]))
        .take(MOST_VIEWS)
        .cloned()
        .map(Box::new)
        .map(Choice::View);
    // Until the next answer is there, those stay who are still meant.
    let meant =
        |person: &&Person| !text.is_empty() && (found.text == text || matches(text, &[&person.name, &person.email]));
    commands.chain(views).chain(found.people.iter().filter(meant).cloned().map(Choice::Person)).collect()
}
