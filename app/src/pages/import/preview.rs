//! A file that was read in the browser: what its columns hold, and its rows, which can be mended in place.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use leptos::{prelude::*, task::spawn_local};
use model::{
    import::{Column, Mapping},
    text::{counted, thousands},
};

use super::{
    ColumnChoices,
    reading::{Draft, Finding, Stage, look, now},
};
use crate::{
    api::imports::StartImport,
    components::{
        form::FormState,
        ui::{Icon, refocus},
    },
};

/// Rows on a page.
const PAGE: usize = 50;

/// Which rows are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    All,
    Ready,
    Aside,
    Wrong,
}

impl Shown {
    fn holds(self, finding: &Finding) -> bool {
        match self {
            Self::All => true,
            Self::Ready => *finding == Finding::Ready,
            Self::Aside => matches!(finding, Finding::Aside(_)),
            Self::Wrong => finding.is_wrong(),
        }
    }
}

#[component]
pub(super) fn Preview(
    form: FormState<StartImport>,
    stage: RwSignal<Stage>,
    draft: StoredValue<Draft>,
    org: StoredValue<String>,
) -> impl IntoView {
    // Rises when something about the draft is another.
    let turn = RwSignal::new(0u32);
    let counts = Memo::new(move |_| {
        turn.track();
        draft.with_value(Draft::counts)
    });
    // The rows that are wrong come first to mind.
    let shown = RwSignal::new((if counts.get_untracked()[2] > 0 { Shown::Wrong } else { Shown::All }, 0));
    let (title, read_as) = draft.with_value(|draft| {
        let sheet = draft.sheet.as_ref();
        let read_as = sheet.map(|s| format!("{}, separated by {}", s.encoding.label(), s.separator.label()));
        (draft.name.clone(), read_as.unwrap_or_default())
    });
    let rows = draft.with_value(|draft| draft.rows().len());
    let send = move |_| {
        let (name, text) = draft.with_value(|draft| (draft.name.clone(), draft.text()));
        form.dispatch(StartImport { org: org.get_value(), file: BASE64.encode(text), file_name: name });
    };
    let other = move |_| {
        draft.set_value(Draft::default());
        stage.set(Stage::Choosing(None));
        refocus("import-file".to_owned());
    };
    let ready = move || counts.get()[0];
    Effect::new(move |_| refocus("import-title".to_owned()));
    view! {
        <section class="panel import-file" aria-labelledby="import-title">
            <div class="import-head">
                <h2 id="import-title" tabindex="-1">{title}</h2>
                <p class="hint">{counted(rows as u64, "row", "rows")} ", " {read_as} ". Nothing has been sent yet."</p>
            </div>
            <Columns draft turn />
            <div class="import-foot">
                <p role="status">{move || sentence(counts.get())}</p>
                <div class="form-foot">
                    <button type="button" class="button" on:click=other>"Choose another file"</button>
                    <button
                        type="button"
                        class="button primary"
                        disabled=move || ready() == 0
                        aria-busy=move || form.pending().get().then_some("true")
                        on:click=send
                    >
                        {move || format!("Check {}", counted(ready() as u64, "row", "rows"))}
                    </button>
                </div>
            </div>
        </section>
        <Tabs shown counts />
        <Rows draft turn shown counts />
    }
}

fn sentence([ready, aside, wrong]: [usize; 3]) -> String {
    let mut words = match ready {
        0 => "No row can be imported yet.".to_owned(),
        n => format!("{} can be imported.", counted(n as u64, "row", "rows")),
    };
    if wrong > 0 {
        words.push_str(&format!(" {} to be mended.", counted(wrong as u64, "has", "have")));
    }
    if aside > 0 {
        words.push_str(&format!(" {} left aside.", counted(aside as u64, "is", "are")));
    }
    words
}

/// What each column holds.
#[component]
fn Columns(draft: StoredValue<Draft>, turn: RwSignal<u32>) -> impl IntoView {
    let heads = draft.with_value(|draft| {
        let sheet = draft.sheet.as_ref();
        let example = |place: usize| {
            let filled = |row: &&Vec<String>| row.get(place).is_some_and(|cell| !cell.trim().is_empty());
            draft.rows().iter().find(filled).map(|row| row[place].clone()).unwrap_or_default()
        };
        let heads = sheet.map(|sheet| sheet.header.clone()).unwrap_or_default();
        heads.into_iter().enumerate().map(|(place, head)| (place, head, example(place))).collect::<Vec<_>>()
    });
    let choose = move |place: usize, code: String| {
        draft.update_value(|draft| {
            let chosen = Column::from_code(&code);
            // What held it before holds it no more.
            let columns = draft.mapping.columns().iter().enumerate().map(|(other, column)| match chosen {
                _ if other == place => chosen,
                Some(_) if *column == chosen => None,
                _ => *column,
            });
            draft.mapping = Mapping::new(columns.collect::<Vec<_>>());
        });
        spawn_local(async move {
            look(draft).await;
            turn.try_update(|n| *n += 1);
        });
    };
    let fields = heads
        .into_iter()
        .map(|(place, head, example)| {
            let held = Memo::new(move |_| {
                turn.track();
                draft.with_value(|draft| draft.mapping.columns().get(place).copied().flatten())
            });
            view! {
                <li class="field">
                    <label for=format!("column-{place}") dir="auto">{head}</label>
                    <select
                        id=format!("column-{place}")
                        prop:value=move || held.get().map_or("", Column::code)
                        on:change=move |event| choose(place, event_target_value(&event))
                    >
                        <ColumnChoices held />
                    </select>
                    <p class="hint" dir="auto">{example}</p>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="import-columns" aria-label="What the columns hold">{fields}</ul> }
}

#[component]
fn Tabs(shown: RwSignal<(Shown, usize)>, counts: Memo<[usize; 3]>) -> impl IntoView {
    let tab = move |label: &'static str, of: Shown, count: fn([usize; 3]) -> usize| {
        view! {
            <button
                type="button"
                aria-pressed=move || if shown.get().0 == of { "true" } else { "false" }
                hidden=move || count(counts.get()) == 0 && of != Shown::All && shown.get().0 != of
                on:click=move |_| shown.set((of, 0))
            >
                {label}
                <span class="count">{move || thousands(count(counts.get()) as u64)}</span>
            </button>
        }
    };
    view! {
        <div class="tabs import-tabs" role="group" aria-label="Rows">
            {tab("All rows", Shown::All, |counts| counts.iter().sum())}
            {tab("To be mended", Shown::Wrong, |counts| counts[2])}
            {tab("Left aside", Shown::Aside, |counts| counts[1])}
            {tab("Ready", Shown::Ready, |counts| counts[0])}
        </div>
    }
}

/// A page of rows. Which they are is settled when the page or the tab is turned, so that a row that was mended stays in
/// view.
#[component]
fn Rows(
    draft: StoredValue<Draft>,
    turn: RwSignal<u32>,
    shown: RwSignal<(Shown, usize)>,
    counts: Memo<[usize; 3]>,
) -> impl IntoView {
    let columns = Memo::new(move |_| {
        turn.track();
        draft.with_value(|draft| {
            let columns = draft.mapping.columns().iter().enumerate();
            columns.filter_map(|(place, column)| Some((place, (*column)?))).collect::<Vec<_>>()
        })
    });
    let found = Memo::new(move |_| {
        let (tab, page) = shown.get();
        columns.track();
        draft.with_value(|draft| {
            let places = draft.findings.iter().enumerate().filter(|(_, finding)| tab.holds(finding));
            let mut places: Vec<usize> = places.map(|(place, _)| place).skip(page * PAGE).take(PAGE + 1).collect();
            let more = places.len() > PAGE;
            places.truncate(PAGE);
            (places, more)
        })
    });
    let heads = move || {
        columns.get().into_iter().map(|(_, column)| view! { <th scope="col">{column.label()}</th> }).collect_view()
    };
    let rows = move || {
        let columns = columns.get();
        found.get().0.into_iter().map(|place| view! { <Row place columns=columns.clone() draft turn /> }).collect_view()
    };
    let page = move |by: isize| {
        shown.update(|(_, page)| *page = page.saturating_add_signed(by));
        refocus("import-title".to_owned());
    };
    let is_short = move || {
        let rows: usize = counts.get().iter().sum();
        rows <= PAGE
    };
    view! {
        <table class="import-rows">
            <caption class="visually-hidden">"The rows of the file; every cell can be mended"</caption>
            <thead>
                <tr>
                    <th scope="col">"Row"</th>
                    {heads}
                    <th scope="col">"Note"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        {move || {
            let none = found.with(|(rows, _)| rows.is_empty());
            none.then(|| view! { <p class="job-nobody">"No row stands here."</p> })
        }}
        <nav class="pager" aria-label="Pages" hidden=is_short>
            <span></span>
            <button type="button" class="button small" hidden=move || shown.get().1 == 0 on:click=move |_| page(-1)>
                <Icon name="chevron-left" />
                "Previous"
            </button>
            <button type="button" class="button small" hidden=move || !found.get().1 on:click=move |_| page(1)>
                "Next"
                <Icon name="chevron-right" />
            </button>
        </nav>
    }
}

/// One row.
#[component]
fn Row(place: usize, columns: Vec<(usize, Column)>, draft: StoredValue<Draft>, turn: RwSignal<u32>) -> impl IntoView {
    let finding = Memo::new(move |_| {
        turn.track();
        draft.with_value(|draft| draft.findings.get(place).cloned().unwrap_or(Finding::Ready))
    });
    let note = format!("import-note-{place}");
    let cells = columns
        .into_iter()
        .map(|(at, column)| {
            let value = draft.with_value(|draft| draft.rows()[place].get(at).cloned().unwrap_or_default());
            let wrong = move || finding.with(|finding| matches!(finding, Finding::Wrong(of, _) if *of == column));
            let described = note.clone();
            view! {
                <td data-label=column.label()>
                    <input
                        class="cell"
                        value=value
                        dir="auto"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        aria-label=format!("{} of row {}", column.label(), place + 1)
                        aria-invalid=move || wrong().then_some("true")
                        aria-describedby=move || wrong().then(|| described.clone())
                        on:change=move |event| {
                            draft.update_value(|draft| draft.edit(place, at, event_target_value(&event), now()));
                            turn.update(|n| *n += 1);
                        }
                    />
                </td>
            }
        })
        .collect_view();
    view! {
        <tr>
            <th scope="row">{place + 1}</th>
            {cells}
            <td class="import-note" class:bad=move || finding.with(Finding::is_wrong) id=note>
                {move || finding.with(|finding| finding.words().map(str::to_owned))}
            </td>
        </tr>
    }
}
