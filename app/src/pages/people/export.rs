//! The list as a file, as it is narrowed down and sorted now: the menu, and the dialog in which its columns are chosen.

use leptos::prelude::*;
use model::people::{ExportField, PeopleQuery};

use super::{QueryInputs, dialog_url};
use crate::{
    components::ui::{Dialog, Icon, Menu},
    paths,
};

/// The button of the menu, to which the dialog leads back.
const OPENER: &str = "open-export";

/// The ways to take the list along.
#[component]
pub fn ExportMenu(query: Memo<PeopleQuery>, org: StoredValue<String>, here: Signal<String>) -> impl IntoView {
    let file = move |label: &'static str, file: &'static str| {
        let href = move || {
            let everybody = query.get().restarted(|_| ());
            org.with_value(|org| paths::export(org, file, &everybody.to_params()))
        };
        view! {
            <a class="menu-item" href=href rel="external" download>
                {label}
            </a>
        }
    };
    view! {
        <Menu
            label="Export"
            id=OPENER
            class="button small"
            button=|| {
                view! {
                    <Icon name="download" />
                    "Export"
                }
            }
        >
            {file("CSV, for spreadsheets", "people.csv")}
            {file("JSON, for programs", "people.json")}
            <a class="menu-item" href=move || dialog_url(&here.get(), "export", None) data-noscroll>
                "Choose columns…"
            </a>
        </Menu>
    }
}

/// Chooses the columns and the kind of the file. A plain GET form, with scripts as without.
#[component]
pub fn ExportDialog(query: Memo<PeopleQuery>, org: String, close_to: Signal<String>) -> impl IntoView {
    view! {
        <Dialog title="Export people" opener=OPENER close_to>
            <ExportForm query=query.get_untracked().restarted(|_| ()) org />
        </Dialog>
    }
}

#[component]
pub fn ExportForm(query: PeopleQuery, org: String) -> impl IntoView {
    let fields = ExportField::ALL
        .map(|field| {
            view! {
                <label class="check">
                    <input type="checkbox" name="field" value=field.code() checked=field != ExportField::Id />
                    <span>{field.head()}</span>
                </label>
            }
        })
        .collect_view();
    let file = |file| paths::export(&org, file, &[]);
    view! {
        <form method="get" action=file("people.csv") class="stack">
            <QueryInputs query />
            <fieldset class="export-fields">
                <legend>"Columns"</legend>
                {fields}
            </fieldset>
            <p class="hint">"The file holds everybody whom the list shows, as it is filtered and sorted now."</p>
            <footer class="dialog-foot">
                <button class="button" formaction=file("people.jsonl")>"JSON lines"</button>
                <button class="button" formaction=file("people.json")>"JSON"</button>
                <button class="button primary">"CSV"</button>
            </footer>
        </form>
    }
}
