//! What the job of an import shows besides: the file, what its columns hold, and a row to be mended.

use leptos::prelude::*;
use model::{
    Timestamp,
    bulk::{ImportedFile, ItemState, JobItem},
    import::Column,
};

use super::{Asked, Ids};
use crate::{
    api::imports::{EditRow, MapColumns},
    components::{
        form::{Form, FormState},
        ui::{Icon, Time},
    },
    pages::import::ColumnChoices,
    paths,
};

/// The file that is imported: what it is called, whether it was imported before, and what its columns hold.
#[component]
pub(super) fn File(
    org: StoredValue<String>,
    asked: StoredValue<Asked>,
    file: StoredValue<Option<ImportedFile>>,
    may_edit: Memo<bool>,
    now: Timestamp,
    form: FormState<MapColumns>,
) -> impl IntoView {
    let Some(file) = file.get_value() else { return ().into_any() };
    let earlier = file.earlier.clone().map(|(id, at)| {
        let href = paths::job(&org.get_value(), &id.to_string());
        view! {
            <p class="notice">
                "This file was imported " <Time at now /> " already: " <a href=href>"see what became of it"</a>
                ". Rows that would change nothing are left as they are."
            </p>
        }
    });
    let file = StoredValue::new(file);
    let id = StoredValue::new(asked.with_value(|asked| asked.id.clone()));
    let columns = move || {
        let file = file.get_value();
        let held = file.mapping.columns().to_vec();
        let lacks_addresses = file.mapping.place(Column::Email).is_none();
        let fields = file.header.into_iter().enumerate().map(|(place, head)| {
            let held = held.get(place).copied().flatten();
            view! {
                <li class="field">
                    <label for=format!("column-{place}") dir="auto">{head}</label>
                    <select id=format!("column-{place}") name=format!("columns[c{place}]")>
                        <ColumnChoices held=Signal::stored(held) />
                    </select>
                </li>
            }
        });
        let fields = fields.collect_view();
        view! {
            <details class="panel import-map" open=lacks_addresses>
                <summary>"What the columns hold"</summary>
                <Form form>
                    <Ids org id />
                    <ul class="import-columns">{fields}</ul>
                    <div class="form-foot"><button class="button">"Check again"</button></div>
                </Form>
            </details>
        }
    };
    view! {
        <p class="job-file"><Icon name="file-text" /><span dir="auto">{file.with_value(|file| file.name.clone())}</span></p>
        {earlier}
        {move || may_edit.get().then(columns)}
    }
    .into_any()
}

/// A row of the file, to be mended.
#[component]
pub(super) fn RowForm(
    org: StoredValue<String>,
    asked: StoredValue<Asked>,
    file: StoredValue<Option<ImportedFile>>,
    item: JobItem,
    form: FormState<EditRow>,
) -> impl IntoView {
    let mapping = file.with_value(|file| file.as_ref().map(|file| file.mapping.clone()).unwrap_or_default());
    let cells = item.row.map(|row| row.cells).unwrap_or_default();
    let id = StoredValue::new(asked.with_value(|asked| asked.id.clone()));
    let back = asked.with_value(|asked| Asked { edit: None, ..asked.clone() }.url(&org.get_value()));
    let fields = mapping.columns().iter().flatten().enumerate().map(|(i, column)| {
        let value = mapping.cell(&cells, *column).to_owned();
        let name = format!("cells[{}]", column.code());
        let id = format!("cell-{}", column.code());
        view! {
            <div class="field">
                <label for=id.clone()>{column.label()}</label>
                <input id=id name=name value=value dir="auto" autocomplete="off" spellcheck="false" autofocus=i == 0 />
            </div>
        }
    });
    let fields = fields.collect_view();
    view! {
        <tr class="row-edit">
            <td colspan="5">
                <Form form class="row-form">
                    <Ids org id />
                    <input type="hidden" name="n" value=item.n.to_string() />
                    <input type="hidden" name="back" value=back.clone() />
                    {fields}
                    <div class="form-foot">
                        <a class="button" href=back>"Cancel"</a>
                        <button class="button primary">"Save row"</button>
                    </div>
                </Form>
            </td>
        </tr>
    }
}

/// What a tab of an import is called.
pub(super) const fn tab(state: &ItemState) -> &'static str {
    match state {
        ItemState::Failed(_) => "Errors",
        other => other.label(),
    }
}
