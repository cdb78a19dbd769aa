//! What the grid shows, and how it follows the URL. The old rows stay until the new ones are there; an answer that a later
//! question has overtaken is dropped; and who stays on the page keeps their row, so that neither focus nor an open menu is
//! lost when something changes.

use leptos::{prelude::*, task::spawn_local};
use model::{
    MembershipId, Role, Timestamp,
    attribute::AttributeKey,
    people::{GridAttribute, PeopleCounts, PeoplePage, PeopleQuery, PersonRow},
    text::thousands,
};

use crate::{
    Reload,
    api::people::{PersonAct, act_on_person, applied, list_people},
    components::{
        scroll::anchored,
        toasts::{Toasts, Tone},
    },
    problem::Problem,
};

/// The row that somebody is working in: it has the focus, an open menu, or the pointer.
const WORKED_IN: &str = "tbody tr:has(:focus), tbody tr:has([aria-expanded=true]), tbody tr:hover";

/// A person on the page, who keeps their place in the document while they change.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: MembershipId,
    pub person: ArcRwSignal<PersonRow>,
}

/// The rows on the screen and the question that they answer.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    org: StoredValue<String>,
    query: RwSignal<PeopleQuery>,
    /// The page without its rows.
    page: RwSignal<PeoplePage>,
    rows: RwSignal<Vec<Entry>>,
    problem: RwSignal<Option<Problem>>,
    loading: RwSignal<bool>,
    /// The latest question and its number.
    wanted: StoredValue<PeopleQuery>,
    asked: StoredValue<u32>,
    last: Option<LastShown>,
}

/// What the grid showed last, for whoever comes back to it.
#[derive(Debug, Clone, Copy)]
pub struct LastShown(StoredValue<Option<(PeopleQuery, PeoplePage)>>);

impl LastShown {
    /// For the pages of one organization.
    pub fn provide() {
        provide_context(Self(StoredValue::new(None)));
    }
    /// The answer to the same question, if it is still there.
    pub fn of(query: &PeopleQuery) -> Option<PeoplePage> {
        let (asked, page) = use_context::<Self>()?.0.get_value()?;
        (asked == *query).then_some(page)
    }
}

fn entries(rows: Vec<PersonRow>, before: &[Entry]) -> Vec<Entry> {
    rows.into_iter()
        .map(|row| {
            let id = row.target.membership_id.clone();
            match before.iter().find(|entry| entry.id == id) {
                Some(entry) => {
                    if entry.person.with_untracked(|person| *person != row) {
                        entry.person.set(row);
                    }
                    entry.clone()
                }
                None => Entry { id, person: ArcRwSignal::new(row) },
            }
        })
        .collect()
}

impl Shown {
    /// Shows the answer to a question.
    pub fn new(org: StoredValue<String>, query: PeopleQuery, mut page: PeoplePage) -> Self {
        let rows = entries(std::mem::take(&mut page.rows), &[]);
        Self {
            org,
            wanted: StoredValue::new(query.clone()),
            query: RwSignal::new(query),
            page: RwSignal::new(page),
            rows: RwSignal::new(rows),
            problem: RwSignal::new(None),
            loading: RwSignal::new(false),
            asked: StoredValue::new(0),
            last: use_context(),
        }
    }

    /// Keeps to the question of the URL from now on, and reads again when data was changed. What was `remembered` is
    /// read again at once.
    pub fn follow(self, query: Memo<PeopleQuery>, remembered: bool) {
        let Reload(reload) = expect_context();
        Effect::new(move |before: Option<()>| {
            let asked = query.get();
            reload.track();
            let answered = self.query.with_untracked(|shown| *shown == asked);
            if before.is_some() || remembered || !answered {
                self.load(asked);
            } else {
                self.remember();
            }
        });
    }

    /// Asks the same once more, after it failed.
    pub fn retry(self) {
        self.load(self.wanted.get_value());
    }

    fn load(self, query: PeopleQuery) {
        let ticket = self.asked.get_value() + 1;
        self.asked.set_value(ticket);
        self.wanted.set_value(query.clone());
        self.loading.set(true);
        let org = self.org.get_value();
        spawn_local(async move {
            let answer = list_people(org, query.clone()).await;
            // Overtaken by a later question, or the page was left.
            if self.asked.try_get_value() != Some(ticket) {
                return;
            }
            self.loading.set(false);
            match answer {
                Ok(page) if self.query.with_untracked(|shown| *shown == query) => {
                    anchored(WORKED_IN, || self.put(query, page));
                }
                Ok(page) => self.put(query, page),
                Err(problem) => self.problem.set(Some(problem)),
            }
        });
    }

    fn put(self, query: PeopleQuery, mut page: PeoplePage) {
        let rows = std::mem::take(&mut page.rows);
        let rows = self.rows.with_untracked(|before| entries(rows, before));
        self.problem.set(None);
        self.query.set(query);
        self.page.set(page);
        self.rows.set(rows);
        self.remember();
    }

    fn remember(self) {
        if let Some(LastShown(last)) = self.last {
            let mut page = self.page.get_untracked();
            page.rows = self.rows.with_untracked(|rows| rows.iter().map(|e| e.person.get_untracked()).collect());
            last.set_value(Some((self.query.get_untracked(), page)));
        }
    }

    /// Does one thing to one person: the row shows it at once, and takes it back if the server refuses. What was done
    /// can be undone from its toast.
    pub fn act(self, entry: &Entry, act: PersonAct, default_role: Role) {
        let before = entry.person.get_untracked();
        let after = applied(&act, &before, default_role);
        entry.person.set(after.clone());
        let (entry, toasts, Reload(reload)) = (entry.clone(), Toasts::get(), expect_context());
        let request = act_on_person(self.org.get_value(), entry.id.to_string(), act.0, act.1);
        spawn_local(async move {
            match request.await {
                Ok(reply) => {
                    let undo = act.0.undo(&before);
                    let undo = move || self.act(&entry, undo.clone(), default_role);
                    toasts.show_with_undo(reply.toast.unwrap_or_default(), undo);
                    reload.update(|n| *n += 1);
                }
                Err(problem) => {
                    if entry.person.with_untracked(|person| *person == after) {
                        entry.person.set(before);
                    }
                    toasts.show(Tone::Bad, problem.message);
                }
            }
        });
    }

    pub fn rows(self) -> Vec<Entry> {
        self.rows.get()
    }
    pub fn is_empty(self) -> bool {
        self.rows.with(Vec::is_empty)
    }
    pub fn query(self) -> PeopleQuery {
        self.query.get()
    }
    pub fn with<T>(self, read: impl FnOnce(&PeopleQuery, &PeoplePage) -> T) -> T {
        self.query.with(|query| self.page.with(|page| read(query, page)))
    }
    pub fn counts(self) -> PeopleCounts {
        self.page.with(|page| page.counts)
    }
    /// The attributes that are shown as columns, in their order.
    pub fn attributes(self) -> Vec<GridAttribute> {
        self.with(|query, page| {
            let column = |key: &AttributeKey| page.attributes.iter().find(|of| of.key == *key).cloned();
            query.look.attributes.iter().filter_map(column).collect()
        })
    }
    /// The server's clock at reading.
    pub fn now(self) -> Timestamp {
        self.page.with(|page| page.now)
    }
    pub fn problem(self) -> Option<Problem> {
        self.problem.get()
    }
    pub fn is_loading(self) -> bool {
        self.loading.get()
    }

    /// Where on the list one is, in words.
    pub fn summary(self) -> String {
        let rows = self.rows.with(Vec::len);
        self.with(|query, page| {
            let first = (query.page as usize).saturating_sub(1) * query.size.rows() + 1;
            let last = first + rows.saturating_sub(1);
            let range = format!("{}–{}", thousands(first as u64), thousands(last as u64));
            match page.matches {
                _ if rows == 0 => "Nobody".to_owned(),
                Some(total) => format!("{range} of {}", thousands(total)),
                None => format!("{range} of many"),
            }
        })
    }
}
