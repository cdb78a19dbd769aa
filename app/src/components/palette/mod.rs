//! The palette: one field from which every page, action and person is a few letters away.

mod entries;
pub mod search;

use leptos::{ev::KeyboardEvent, prelude::*, wasm_bindgen::JsCast as _, web_sys};

use super::{
    commands::{Command, Commands},
    keys::{Caps, Key, Keys},
    person::Avatar,
    ui::{Icon, Modal},
};
use search::{Choice, Search, Section};

/// The id of the palette.
pub const PALETTE: &str = "palette";

/// The id of the list below the field.
const LIST: &str = "palette-list";

/// What opens the palette without a key.
#[component]
pub fn PaletteButton() -> impl IntoView {
    let (commands, keys) = (expect_context::<Commands>(), Keys::get());
    let caps = move || Key::of(Command::Palette).filter(|key| keys.lets(key)).map(|key| view! { <Caps key_of=*key /> });
    view! {
        <button
            class="jump needs-js"
            type="button"
            aria-haspopup="dialog"
            aria-keyshortcuts=move || keys.opens_palette()
            on:click=move |_| commands.run(Command::Palette)
        >
            <Icon name="search" />
            <span class="jump-text">"Search or jump to…"</span>
            {caps}
        </button>
    }
}

/// The palette, where it is open.
#[component]
pub fn Palette() -> impl IntoView {
    let open = expect_context::<Commands>().palette;
    view! {
        <Modal id=PALETTE class="palette" label="Search or jump to" open>
            <Inside search=Search::new() />
        </Modal>
    }
}

/// The field and what it finds.
#[component]
pub fn Inside(
    /// What is typed and found.
    search: Search,
) -> impl IntoView {
    let mut ask_soon = debounce(search::ASK_AFTER, move |()| search.ask());
    let none = move || search.choices.with(Vec::is_empty);
    view! {
        <div class="palette-field">
            <Icon name="search" />
            <input
                role="combobox"
                aria-label="Search people, pages and actions"
                aria-autocomplete="list"
                aria-controls=LIST
                aria-expanded=move || if none() { "false" } else { "true" }
                aria-activedescendant=move || (!none()).then(|| option_id(search.active()))
                placeholder="Search people, pages and actions"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="200"
                autofocus
                on:input=move |event| {
                    search.type_in(event_target_value(&event));
                    ask_soon(());
                }
                on:keydown=move |event| press(&event, search)
            />
            <kbd aria-hidden="true">"Esc"</kbd>
        </div>
        <div class="palette-list" id=LIST role="listbox" aria-label="Results" hidden=none>
            {move || sections(search)}
        </div>
        <p class="palette-said" class:visually-hidden=move || !none() role="status">
            {move || search.said()}
        </p>
        <p class="palette-trouble" role="alert">
            {move || search.trouble()}
        </p>
    }
}

fn option_id(at: usize) -> String {
    format!("palette-{at}")
}

/// The keys of a combobox with a list. Escape is the dialog's.
fn press(event: &KeyboardEvent, search: Search) {
    if event.is_composing() || event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key() {
        return;
    }
    let count = search.choices.with_untracked(Vec::len);
    let at = untrack(|| search.active());
    let to = match event.key().as_str() {
        "ArrowDown" => (at + 1) % count.max(1),
        "ArrowUp" => at.checked_sub(1).unwrap_or(count.saturating_sub(1)),
        "Home" => 0,
        "End" => count.saturating_sub(1),
        "Enter" => {
            event.prevent_default();
            return search.choose(at);
        }
        _ => return,
    };
    event.prevent_default();
    search.activate(to);
    if let Some(option) = document().get_element_by_id(&option_id(to)) {
        let into_view = web_sys::ScrollIntoViewOptions::new();
        into_view.set_block(web_sys::ScrollLogicalPosition::Nearest);
        option.unchecked_into::<web_sys::Element>().scroll_into_view_with_scroll_into_view_options(&into_view);
    }
}

fn sections(search: Search) -> impl IntoView {
    let choices = search.choices.get();
    let section = move |section: Section| {
        let of_it = choices.iter().enumerate().filter(|(_, choice)| choice.section() == section);
        let options = of_it.map(|(at, choice)| option(at, choice, search)).collect::<Vec<_>>();
        let id = format!("palette-of-{}", section as u8);
        (!options.is_empty()).then(|| {
            view! {
                <div role="group" aria-labelledby=id.clone()>
                    <div class="palette-head" id=id.clone() role="presentation">
                        {section.label()}
                    </div>
                    {options}
                </div>
            }
        })
    };
    Section::ALL.map(section).collect_view()
}

fn option(at: usize, choice: &Choice, search: Search) -> impl IntoView {
    let shown = match choice {
        Choice::Command(entry) => {
            let keys = Keys::get();
            let caps = Key::of(entry.command).filter(|key| keys.lets(key)).map(|key| view! { <Caps key_of=*key /> });
            view! {
                <Icon name=entry.icon />
                <span class="palette-label">{entry.label.clone()}</span>
                {caps}
            }
            .into_any()
        }
        Choice::View(view) => view! {
            <Icon name="bookmark" />
            <span class="palette-label" dir="auto">{view.label.clone()}</span>
        }
        .into_any(),
        Choice::Person(person) => view! {
            <Avatar name=person.name.clone() />
            <span class="palette-label">
                <b dir="auto">{person.name.clone()}</b>
                " "
                <span>{person.email.clone()}</span>
            </span>
        }
        .into_any(),
    };
    view! {
        <div
            class="palette-option"
            id=option_id(at)
            role="option"
            aria-selected=move || if search.active() == at { "true" } else { "false" }
            // The field keeps the focus.
            on:mousedown=move |event| event.prevent_default()
            // Not on entering: the list may move under a mouse that rests.
            on:mousemove=move |_| search.activate(at)
            on:click=move |_| search.choose(at)
        >
            {shown}
        </div>
    }
}
