//! The keys of the console: heard everywhere but where somebody types, each of them to be turned off.

pub mod help;
pub mod rows;
mod sequence;
mod table;

use leptos::{
    ev,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{Element, KeyboardEvent, Storage},
};

use super::commands::{Command, Commands};
pub use help::{HELP, HelpSheet};
use sequence::{Off, Sequence};
pub use table::Key;
use table::Scene;

/// Under which name the browser keeps what is turned off.
const STORED: &str = "rollcall-keys";

/// What in a field is typed into, by which letters are no commands.
const FIELDS: &str = "input:not([type='checkbox'], [type='radio'], [type='button'], [type='submit']), textarea, select, \
     [contenteditable]";

/// How the keys are on this machine.
#[derive(Debug, Clone, Copy)]
pub struct Keys {
    off: RwSignal<Off>,
    /// Nothing until they are heard.
    on_mac: RwSignal<Option<bool>>,
}

impl Keys {
    /// For one organization's console: hears the keys from the first moment in the browser on.
    pub fn provide(commands: Commands) {
        let keys = Self { off: RwSignal::default(), on_mac: RwSignal::new(None) };
        provide_context(keys);
        Effect::new(move |_| {
            keys.read();
            let sequence = StoredValue::new(Sequence::default());
            let heard = window_event_listener(ev::keydown, move |event| keys.hear(&event, sequence, commands));
            // Turned off or on in another tab.
            let stored = window_event_listener(ev::storage, move |_| keys.read());
            keys.on_mac.set(Some(window().navigator().platform().is_ok_and(|platform| platform.starts_with("Mac"))));
            on_cleanup(move || {
                heard.remove();
                stored.remove();
            });
        });
    }
    /// The keys as they are here.
    pub fn get() -> Self {
        expect_context()
    }
    /// Whether it works.
    pub fn lets(self, key: &Key) -> bool {
        self.off.with(|off| off.lets(key))
    }
    /// What opens the palette, for `aria-keyshortcuts`; nothing where no key does.
    pub fn opens_palette(self) -> Option<&'static str> {
        let key = Key::of(Command::Palette).filter(|key| self.lets(key));
        key.and(self.on_mac.get()).map(|on_mac| if on_mac { "Meta+K" } else { "Control+K" })
    }
    fn change(self, change: impl FnOnce(&mut Off)) {
        self.off.update(change);
        if let Some(storage) = storage() {
            let _ = storage.set_item(STORED, &self.off.with_untracked(Off::to_stored));
        }
    }
    fn read(self) {
        let kept = storage().and_then(|storage| storage.get_item(STORED).ok().flatten());
        self.off.set(kept.map(|text| Off::from_stored(&text)).unwrap_or_default());
    }
    fn hear(self, event: &KeyboardEvent, sequence: StoredValue<Sequence>, commands: Commands) {
        let Some(name) = name(event) else { return };
        let scene = scene(event);
        let works = |key: &Key| {
            key.works_in(scene)
                && key.command.is_some_and(|command| commands.may(command))
                && self.off.with_untracked(|off| off.lets(key))
        };
        let meant = sequence.try_update_value(|sequence| sequence.press(&name, event.time_stamp(), works)).flatten();
        if let Some(command) = meant.and_then(|key| key.command) {
            // Escape closes and empties natively as well.
            if name != "Escape" {
                event.prevent_default();
            }
            commands.run(command);
        }
    }
}

/// The browser's storage; there may be none, or none to be used.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What was pressed, as the table names it; nothing where it belongs to somebody else.
fn name(event: &KeyboardEvent) -> Option<String> {
    if event.default_prevented() || event.is_composing() || event.alt_key() {
        return None;
    }
    match (event.ctrl_key(), event.meta_key()) {
        (false, false) => Some(event.key()),
        (true, true) => None,
        _ if event.shift_key() => None,
        _ => Some(format!("Ctrl+{}", event.key().to_lowercase())),
    }
}

fn scene(event: &KeyboardEvent) -> Scene {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if document().query_selector("dialog[open]").is_ok_and(|open| open.is_some()) {
        Scene::Dialog
    } else if target.is_some_and(|target| target.closest(FIELDS).is_ok_and(|field| field.is_some())) {
        Scene::Field
    } else {
        Scene::Page
    }
}

/// A key as it looks on the keyboard. What it says is decoration: who cannot see it hears it from `aria-keyshortcuts`
/// or from the help sheet.
#[component]
pub fn Caps(
    /// Which.
    key_of: Key,
) -> impl IntoView {
    let on_mac = Keys::get().on_mac;
    let caps = move || {
        let presses = key_of.caps(on_mac.get().unwrap_or_default()).into_iter();
        presses.flatten().map(|cap| view! { <kbd>{cap}</kbd> }).collect_view()
    };
    view! {
        <span class="caps" aria-hidden="true">
            {caps}
        </span>
    }
}
