//! Tables, in Markdown that also reads well on a terminal.

use std::{fmt::Write as _, fs, time::Duration};

use crate::{
    ceilings::Ceilings,
    engine::Engine,
    goals,
    load::{Point, ROUNDS},
    process::Memory,
    settings::Settings,
    work::{FORGOT_KNOWN, FORGOT_UNKNOWN, LOGIN_KNOWN, LOGIN_UNKNOWN, Size},
};

/// From here on, a written report is kept.
const BY_HAND: &str = "<!-- From here on by hand; `make bench` keeps it. -->";

/// One kind of work, at each number of connections.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) work: &'static str,
    pub(crate) points: Vec<Point>,
}

impl Row {
    /// For somebody who watches.
    pub(crate) fn line(&self) -> String {
        let points = self.points.iter().map(|p| format!("{:>8.0}/s at {}", p.per_second, p.connections));
        format!("{:<30}{}", self.work, points.collect::<Vec<_>>().join("   "))
    }
}

/// What is not a rate.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) start: Duration,
    pub(crate) filled_in: Duration,
    /// On disk, in bytes.
    pub(crate) stored: u64,
    pub(crate) idle: Memory,
    pub(crate) loaded: Memory,
    pub(crate) sizes: Vec<Size>,
}

/// What was measured of one engine at one size.
pub(crate) struct Part {
    pub(crate) engine: &'static str,
    pub(crate) users: u32,
    rows: Vec<Row>,
    pub(crate) facts: Facts,
    pub(crate) ceilings: Option<Ceilings>,
}

impl Part {
    /// `SQLite, 10 000`
    pub(crate) fn title(&self) -> String {
        format!("{}, {}", self.engine, grouped(self.users))
    }
    /// Of this work at the `i`th number of connections.
    pub(crate) fn point(&self, work: &str, i: usize) -> Option<&Point> {
        self.rows.iter().find(|row| row.work == work)?.points.get(i)
    }
    /// What these take together over the wire, in kB.
    pub(crate) fn kilobytes(&self, what: &[&str]) -> f64 {
        let bytes = |size: &&Size| what.contains(&size.what.as_str());
        self.facts.sizes.iter().filter(bytes).map(|size| f64::from(size.bytes)).sum::<f64>() / 1000.0
    }
}

/// Everything that was measured.
pub(crate) struct Report {
    connections: Vec<usize>,
    binary_bytes: u64,
    parts: Vec<Part>,
}

impl Report {
    pub(crate) fn new(settings: &Settings) -> Self {
        let binary_bytes = fs::metadata(&settings.binary).map_or(0, |m| m.len());
        Self { connections: settings.connections.clone(), binary_bytes, parts: Vec::new() }
    }

    pub(crate) fn add(&mut self, engine: &Engine, rows: Vec<Row>, facts: Facts) {
        self.parts.push(Part { engine: engine.label, users: engine.users, rows, facts, ceilings: None });
    }

    /// Belongs to what was added last.
    pub(crate) fn ceilings(&mut self, ceilings: Ceilings) {
        if let Some(part) = self.parts.last_mut() {
            part.ceilings = Some(ceilings);
        }
    }

    /// Prints the whole, and writes it where that was asked for; what was written there by hand stays.
    pub(crate) fn finish(&self, settings: &Settings) -> anyhow::Result<()> {
        let mut text = String::from("# Performance\n\n");
        text +=
            "Written by `make bench`. Only ratios within one run mean something; the ceilings were measured in it.\n";
        text +=
            "Server and load generator on one machine, over loopback, on a processor each. HTML is not compressed\n";
        text += "unless said. CPU is the time of Rollcall's process for each request, without that of PostgreSQL.\n\n";
        for line in &settings.heading {
            writeln!(text, "- {line}")?;
        }
        writeln!(
            text,
            "- each kind of work for {:?} at each number of connections, with the sizes in turn: at 1 in {ROUNDS} rounds",
            settings.duration
        )?;
        write!(
            text,
            "\n## Goals\n\nThose of the specification; of the largest organization, where nothing else is said.\n\n{}",
            goals::against(&self.parts, &self.connections, self.binary_bytes)
        )?;
        for part in &self.parts {
            write!(text, "\n## {}, {} people\n\n{}", part.engine, grouped(part.users), self.rates(part))?;
        }
        write!(text, "\n## Against the size of the organization\n\n{}", self.growth())?;
        write!(text, "\n## Whether the time of an answer tells who has an account\n\n{}", self.alike())?;
        write!(text, "\n## Against what the machine does at best\n\n{}", self.against_ceilings())?;
        if let Some(imports) = &settings.imports {
            write!(text, "\n## Imports\n\n{}", fs::read_to_string(imports)?)?;
        }
        write!(text, "\n## Start, memory, sizes\n\n{}", self.facts())?;
        text += &self.sizes();
        print!("\n{text}");
        if let Some(path) = &settings.write_to {
            let before = fs::read_to_string(path).unwrap_or_default();
            text +=
                before.split_once(BY_HAND).map(|(_, kept)| format!("\n{BY_HAND}{kept}")).as_deref().unwrap_or_default();
            fs::write(path, text)?;
            eprintln!("written to {}", path.display());
        }
        let points = self.parts.iter().flat_map(|p| &p.rows).flat_map(|r| &r.points);
        let failed: u32 = points.map(|p| p.failed).sum();
        anyhow::ensure!(failed == 0, "{failed} answers were wrong");
        Ok(())
    }

    fn rates(&self, part: &Part) -> String {
        let mut head = vec!["work".to_owned()];
        for n in &self.connections {
            head.extend([format!("{n}: req/s"), "p50 ms".to_owned(), "p99 ms".to_owned(), "CPU ms".to_owned()]);
        }
        let rows = part.rows.iter().map(|row| {
            let mut cells = vec![row.work.to_owned()];
            for (point, wanted) in row.points.iter().zip(&self.connections) {
                let rate = format!("{:.0}", point.per_second);
                // Work of which there is only so much at a time.
                let rate = if point.connections == *wanted { rate } else { format!("{rate} at {}", point.connections) };
                let rate = if point.failed == 0 { rate } else { format!("{rate}, {} FAILED", point.failed) };
                cells.extend([rate, ms(point.p50), ms(point.p99), ms(point.processor)]);
            }
            cells
        });
        table(&head, rows)
    }

    /// Addresses that have an account against such that have none (S32).
    fn alike(&self) -> String {
        let head =
            ["what", "account, p50 ms", "none, p50 ms", "ratio", "account, p99 ms", "none, p99 ms"].map(str::to_owned);
        let mut rows = Vec::new();
        for part in &self.parts {
            let of = |work| part.point(work, 0);
            for (what, known, unknown) in
                [("login", LOGIN_KNOWN, LOGIN_UNKNOWN), ("forgotten password", FORGOT_KNOWN, FORGOT_UNKNOWN)]
            {
                if let (Some(known), Some(unknown)) = (of(known), of(unknown)) {
                    rows.push(vec![
                        format!("{what}, {}", part.title()),
                        ms(known.p50),
                        ms(unknown.p50),
                        format!("{:.2}", known.p50.as_secs_f64() / unknown.p50.as_secs_f64().max(1e-9)),
                        ms(known.p99),
                        ms(unknown.p99),
                    ]);
                }
            }
        }
        table(&head, rows.into_iter())
    }

    /// The largest organization against the smallest.
    fn growth(&self) -> String {
        let mut head = vec!["work".to_owned()];
        let mut columns: Vec<(&Part, &Part)> = Vec::new();
        for small in &self.parts {
            let large = self.parts.iter().filter(|p| p.engine == small.engine).max_by_key(|p| p.users);
            let is_least = self.parts.iter().all(|p| p.engine != small.engine || p.users >= small.users);
            if let Some(large) = large.filter(|large| is_least && large.users > small.users) {
                let of = format!("{}: {} ÷ {}", small.engine, grouped(large.users), grouped(small.users));
                head.extend([format!("{of}, p50 at {}", self.connections[0]), "p99".to_owned(), "CPU".to_owned()]);
                columns.push((small, large));
            }
        }
        let Some((first, _)) = columns.first() else { return "One size was measured.\n".to_owned() };
        let rows = first.rows.iter().enumerate().map(|(i, row)| {
            let mut cells = vec![row.work.to_owned()];
            for (small, large) in &columns {
                match (
                    small.rows.get(i).and_then(|r| r.points.first()),
                    large.rows.get(i).and_then(|r| r.points.first()),
                ) {
                    (Some(a), Some(b)) => {
                        cells.extend([times(b.p50, a.p50), times(b.p99, a.p99), times(b.processor, a.processor)]);
                    }
                    _ => cells.extend(["", "", ""].map(str::to_owned)),
                }
            }
            cells
        });
        table(&head, rows)
    }

    fn against_ceilings(&self) -> String {
        let mut head = vec!["what".to_owned()];
        let with: Vec<(&Part, &Ceilings)> = self.parts.iter().filter_map(|p| Some((p, p.ceilings.as_ref()?))).collect();
        head.extend(with.iter().map(|(p, _)| p.title()));
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut line = |what: String, of: &dyn Fn(&Part, &Ceilings) -> Option<String>| {
            let cells = with.iter().map(|(p, c)| of(p, c).unwrap_or_default());
            rows.push(std::iter::once(what).chain(cells).collect());
        };
        for (i, n) in self.connections.iter().enumerate() {
            line(format!("bare axum at {n}, req/s"), &|_, c| Some(format!("{:.0}", c.hello.get(i)?.per_second)));
        }
        line("bare query of 50 rows, one at a time, /s".to_owned(), &|_, c| Some(format!("{:.0}", c.query)));
        line("bare argon2id, one at a time, /s".to_owned(), &|_, c| Some(format!("{:.0}", c.hash)));
        let rate = |p: &Part, work: &str, i: usize| Some(p.point(work, i)?.per_second);
        for work in ["list, first page", "JSON list, first page", "JSON search, rare"] {
            for (i, n) in self.connections.iter().enumerate() {
                line(format!("{work}, at {n}: of bare axum"), &|p, c| {
                    Some(per_cent(rate(p, work, i)?, c.hello.get(i)?.per_second))
                });
            }
            line(format!("{work}, at {}: of the bare query", self.connections[0]), &|p, c| {
                Some(per_cent(rate(p, work, 0)?, c.query))
            });
        }
        let last = self.connections.len() - 1;
        line("login, most at a time: of the bare hash".to_owned(), &|p, c| {
            Some(per_cent(rate(p, "login", last)?, c.hash))
        });
        table(&head, rows.into_iter())
    }

    fn facts(&self) -> String {
        let head = [
            "database",
            "demo, s",
            "on disk, MB",
            "bytes a person",
            "start to first 200, ms",
            "idle, MiB",
            "after load, MiB",
            "at most, MiB",
        ];
        let rows = self.parts.iter().map(|p| {
            let f = &p.facts;
            vec![
                p.title(),
                format!("{:.1}", f.filled_in.as_secs_f64()),
                format!("{}", f.stored / 1_000_000),
                format!("{}", f.stored / u64::from(p.users)),
                ms(f.start),
                format!("{:.0}", f.idle.now),
                format!("{:.0}", f.loaded.now),
                format!("{:.0}", f.loaded.most),
            ]
        });
        table(&head.map(str::to_owned), rows)
    }

    fn sizes(&self) -> String {
        let Some(part) = self.parts.first() else { return String::new() };
        let mut rows: Vec<Vec<String>> = part
            .facts
            .sizes
            .iter()
            .map(|s| vec![s.what.clone(), format!("{:.1}", f64::from(s.bytes) / 1000.0)])
            .collect();
        rows.push(vec!["the binary".to_owned(), format!("{}", self.binary_bytes / 1000)]);
        format!("\n{}", table(&["compressed as served".to_owned(), "kB".to_owned()], rows.into_iter()))
    }
}

fn ms(duration: Duration) -> String {
    let ms = duration.as_secs_f64() * 1000.0;
    if ms < 10.0 { format!("{ms:.2}") } else { format!("{ms:.0}") }
}

fn times(a: Duration, b: Duration) -> String {
    if b.is_zero() { String::new() } else { format!("{:.2}", a.as_secs_f64() / b.as_secs_f64()) }
}

/// Nine in a hundred and less with a digit more.
pub(crate) fn per_cent(part: f64, whole: f64) -> String {
    let share = 100.0 * part / whole;
    if share < 10.0 { format!("{share:.1} %") } else { format!("{share:.0} %") }
}

/// `100 000`
fn grouped(n: u32) -> String {
    if n < 1000 { n.to_string() } else { format!("{} {:03}", grouped(n / 1000), n % 1000) }
}

/// In Markdown, its columns under each other.
pub(crate) fn table(head: &[String], rows: impl Iterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|i| rows.iter().filter_map(|r| r.get(i)).chain(head.get(i)).map(|c| c.chars().count()).max().unwrap_or(0))
        .collect();
    let line = |cells: &[String]| {
        let padded = cells
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(i, (cell, &width))| if i == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") });
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    let rule = widths.iter().enumerate().map(|(i, &w)| if i == 0 { "-".repeat(w) } else { "-".repeat(w - 1) + ":" });
    let mut text = line(head);
    text += &line(&rule.collect::<Vec<_>>());
    text.extend(rows.iter().map(|row| line(row)));
    text
}
