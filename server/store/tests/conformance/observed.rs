//! What the databases do when the store asks them something: the plans of the statements that it really ran, and how
//! much work they were. Nothing is repeated here, neither a statement nor its parameters, so nothing can drift apart:
//! sqlx logs the texts as it runs them, and PostgreSQL's `auto_explain` sends each plan beside the rows.

use std::{
    collections::HashMap,
    fmt::Debug,
    sync::{
        LazyLock, Mutex, Once,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use store::{Db, Engine, Handle, Tx};
use tracing::{
    Event, Metadata, Span, Subscriber,
    field::{Field, Visit},
    subscriber::Interest,
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

/// A statement that ran.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The engine's account of it, headed by its text.
    plan: Vec<String>,
    engine: &'static str,
}

/// How PostgreSQL plans. SQLite does as ever.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Planned {
    /// Anew, for the values of the parameters.
    ForItsValues,
    /// Once, whatever the values.
    ForAnyValues,
    /// As it likes: after some tries on a connection it may take up one plan for all values.
    AsEver,
}

/// Watches the statements that run in [`Self::tx`] under [`Self::span`]; the transaction is rolled back at the end.
pub(crate) struct Watch {
    pub(crate) tx: Tx,
    pub(crate) span: Span,
    steps: &'static AtomicU64,
}

impl Watch {
    pub(crate) async fn begin(db: &Db, planned: Planned) -> Self {
        static LISTENING: Once = Once::new();
        LISTENING.call_once(|| {
            tracing::subscriber::set_global_default(Registry::default().with(Listener)).unwrap();
        });
        let mut tx = db.write().await.unwrap();
        // SQLite's callback outlives the transaction, and the tests are few.
        let steps: &'static AtomicU64 = Box::leak(Box::default());
        match tx.engine() {
            Engine::Sqlite(c) => c.lock_handle().await.unwrap().set_progress_handler(1, || {
                steps.fetch_add(1, Relaxed);
                true
            }),
            Engine::Postgres(c, _) => {
                for sql in [
                    "LOAD 'auto_explain'",
                    "SET LOCAL auto_explain.log_level = notice",
                    "SET LOCAL auto_explain.log_analyze = on",
                    "SET LOCAL auto_explain.log_timing = off",
                    "SET LOCAL auto_explain.log_min_duration = 0",
                    match planned {
                        Planned::AsEver => "SET LOCAL plan_cache_mode = auto",
                        Planned::ForItsValues => "SET LOCAL plan_cache_mode = force_custom_plan",
                        Planned::ForAnyValues => "SET LOCAL plan_cache_mode = force_generic_plan",
                    },
                ] {
                    sqlx::query(sql).execute(&mut *c).await.unwrap();
                }
            }
        }
        steps.store(0, Relaxed);
        let span = tracing::info_span!(target: TARGET, "watch");
        NOTES.lock().unwrap().insert(span.id().unwrap().into_u64(), Vec::new());
        Self { tx, span, steps }
    }

    /// What ran, and how many rows (PostgreSQL) or steps of the virtual machine (SQLite) all of it touched.
    pub(crate) async fn end(self, db: &Db) -> (Vec<Seen>, u64) {
        let steps = self.steps.load(Relaxed);
        drop(self.tx);
        let notes = NOTES.lock().unwrap().remove(&self.span.id().unwrap().into_u64()).unwrap();
        let mut seen = Vec::new();
        for note in notes {
            seen.push(match (db, note) {
                (Db::Sqlite { .. }, Note::Statement(sql)) => {
                    let plan = db.explain(&sql).await.unwrap();
                    let plan = [sql].into_iter().chain(plan.lines().map(str::to_owned)).collect();
                    Seen { plan, engine: db.engine_name() }
                }
                (Db::Postgres(_), Note::Plan(text)) => {
                    Seen { plan: text.lines().map(str::to_owned).collect(), engine: db.engine_name() }
                }
                _ => continue,
            });
        }
        let rows = seen.iter().map(Seen::rows).sum();
        (seen, if matches!(db, Db::Sqlite { .. }) { steps } else { rows })
    }
}

impl Seen {
    /// Where a table, or an index, is read from end to end.
    pub(crate) fn full_scans(&self) -> Vec<&str> {
        let lines = self.plan.iter().enumerate();
        let scans = lines.filter(|(i, line)| {
            let next = self.plan.get(i + 1).map_or("", String::as_str);
            if self.engine == "sqlite" { sqlite_scans(line) && !self.made(line) } else { postgres_scans(line, next) }
        });
        scans.map(|(_, line)| line.trim()).collect()
    }

    /// Whether what SQLite reads from end to end is what it has made for this statement, of rows that were read by a line of
    /// their own.
    fn made(&self, line: &str) -> bool {
        line.trim().strip_prefix("SCAN ").is_some_and(|of| self.plan.contains(&format!("MATERIALIZE {of}")))
    }

    /// How many rows PostgreSQL's scans of tables yielded or threw away.
    fn rows(&self) -> u64 {
        let mut rows = 0;
        let mut loops = 1;
        for line in &self.plan {
            if let Some((_, actual)) = line.split_once("(actual rows=") {
                let mut numbers = actual.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u64>().ok());
                let yielded = numbers.next().unwrap_or(0);
                loops = numbers.next().unwrap_or(1);
                // What a bitmap's index yields is what its table yields.
                if line.contains("Scan") && !["Bitmap Index Scan", "Subquery Scan"].iter().any(|not| line.contains(not))
                {
                    rows += yielded * loops;
                }
            } else if let Some((_, removed)) = line.split_once("Rows Removed by Filter: ") {
                rows += removed.trim().parse::<u64>().unwrap_or(0) * loops;
            }
        }
        rows
    }
}

/// Subqueries, and rows that stand in the statement itself, may be read whole.
fn sqlite_scans(line: &str) -> bool {
    line.strip_prefix("SCAN ").is_some_and(|what| {
        let inner = what.starts_with("hit") || what.starts_with("(subquery-");
        !(inner || what == "page" || what == "CONSTANT ROW" || what.ends_with("-ROW VALUES CLAUSE"))
    })
}

/// So may tables that have a row or two for each organization. An index has to be entered by a condition.
fn postgres_scans(line: &str, next: &str) -> bool {
    let index = line.contains("Index Scan") || line.contains("Index Only Scan");
    let small = [" on organizations ", " on people_counts "].iter().any(|small| line.contains(small));
    !small && (line.contains("Seq Scan") || (index && !next.contains("Index Cond:")))
}

const TARGET: &str = "observed";

#[derive(Debug)]
enum Note {
    Statement(String),
    Plan(String),
}

/// By span, since other tests run beside.
static NOTES: LazyLock<Mutex<HashMap<u64, Vec<Note>>>> = LazyLock::new(Mutex::default);

/// Hears what sqlx says under the span of a [`Watch`], and nothing else.
struct Listener;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let ours = metadata.target() == TARGET || metadata.target().starts_with("sqlx::");
        if ours { Interest::sometimes() } else { Interest::never() }
    }
    fn enabled(&self, metadata: &Metadata<'_>, context: Context<'_, S>) -> bool {
        metadata.target() == TARGET || context.lookup_current().is_some()
    }
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(span) = context.lookup_current() else { return };
        let mut fields = Fields::default();
        event.record(&mut fields);
        let note = match event.metadata().target() {
            // The text is left out where the summary says all of it.
            "sqlx::query" if fields.statement.is_empty() => Note::Statement(fields.summary),
            "sqlx::query" => Note::Statement(fields.statement.trim().to_owned()),
            "sqlx::postgres::notice" => Note::Plan(fields.message),
            _ => return,
        };
        if let Some(notes) = NOTES.lock().unwrap().get_mut(&span.id().into_u64()) {
            notes.push(note);
        }
    }
}

#[derive(Default)]
struct Fields {
    summary: String,
    statement: String,
    message: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.statement),
            "message" => value.clone_into(&mut self.message),
            _ => {}
        }
    }
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
