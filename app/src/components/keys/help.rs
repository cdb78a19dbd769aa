//! The sheet of the keys: what there is, and a switch for each (WCAG 2.1.4).

use leptos::prelude::*;

use super::{
    Caps, Keys,
    table::{Group, KEYS, Key},
};
use crate::components::{
    commands::Commands,
    ui::{Icon, Modal, close_modal},
};

/// The id of the sheet.
pub const HELP: &str = "keys";

/// The sheet, where it is open.
#[component]
pub fn HelpSheet() -> impl IntoView {
    let open = expect_context::<Commands>().help;
    view! {
        <Modal id=HELP class="dialog key-sheet" label="Keyboard shortcuts" open>
            <Sheet />
        </Modal>
    }
}

/// All keys, and their switches.
#[component]
pub fn Sheet() -> impl IntoView {
    let keys = Keys::get();
    let commands = expect_context::<Commands>();
    let listed = move |key: &Key| key.command.is_none_or(|command| commands.may(command));
    let on = Signal::derive(move || !keys.off.with(super::Off::all));
    view! {
        <header class="dialog-head">
            <h2>"Keyboard shortcuts"</h2>
            <button class="button icon-only ghost" type="button" aria-label="Close" on:click=move |_| close_modal(HELP)>
                <Icon name="x" />
            </button>
        </header>
        <div class="key-line">
            <span>
                <b>"All shortcuts"</b>
                <span>"Kept in this browser. The Search button opens this sheet without a key."</span>
            </span>
            <Switch label="All shortcuts" on off=Signal::from(false) toggle=move || keys.change(super::Off::switch_all) />
        </div>
        {Group::ALL
            .into_iter()
            .map(|group| {
                let lines = KEYS.iter().filter(|key| key.group == group && listed(key)).map(|key| line(*key, keys));
                let lines = lines.collect_view();
                let id = format!("keys-{}", group as u8);
                view! {
                    <section class="key-group" aria-labelledby=id.clone()>
                        <h3 id=id.clone()>{group.label()}</h3>
                        <ul>{lines}</ul>
                    </section>
                }
            })
            .collect_view()}
    }
}

fn line(key: Key, keys: Keys) -> impl IntoView {
    let on = Signal::derive(move || !keys.off.with(|off| off.is_off(&key)));
    let off = Signal::derive(move || keys.off.with(super::Off::all));
    let spoken = key.code.replace(' ', " then ");
    let switch = key
        .can_be_off()
        .then(|| view! { <Switch label=key.label on off toggle=move || keys.change(|off| off.switch(&key)) /> });
    view! {
        <li class="key-line">
            <span>{key.label}</span>
            <span class="visually-hidden">{spoken}</span>
            <Caps key_of=key />
            {switch}
        </li>
    }
}

#[component]
fn Switch(
    label: &'static str,
    on: Signal<bool>,
    /// Cannot be turned, since all are off.
    off: Signal<bool>,
    toggle: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            class="switch"
            type="button"
            role="switch"
            aria-label=label
            aria-checked=move || if on.get() { "true" } else { "false" }
            disabled=off
            on:click=move |_| toggle()
        ></button>
    }
}
