//! Short messages that confirm what was done (B31, B32), in a polite live region.

use leptos::prelude::*;

use super::ui::Icon;

/// How long a message stays, in seconds.
const SHOWN_S: u64 = 8;

/// How a message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It went well.
    Good,
    /// It did not.
    Bad,
}

/// A message.
#[derive(Debug, Clone)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
    undo: Option<Callback<()>>,
}

/// The messages on the screen.
#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    all: RwSignal<Vec<Toast>>,
    /// Whether somebody points at them or has the focus there: as long as that, none goes.
    held: RwSignal<bool>,
}

impl Toasts {
    /// Starts with the message that a redirect left, if any.
    pub fn provide(first: Option<String>) -> Self {
        let first = first.map(|text| Toast { id: 0, tone: Tone::Good, text, undo: None });
        let toasts = Self { all: RwSignal::new(first.into_iter().collect()), held: RwSignal::new(false) };
        provide_context(toasts);
        toasts
    }
    /// The messages of this page.
    pub fn get() -> Self {
        use_context().unwrap_or_else(|| Self { all: RwSignal::new(Vec::new()), held: RwSignal::new(false) })
    }
    /// Shows one.
    pub fn show(self, tone: Tone, text: String) {
        self.push(tone, text, None);
    }
    /// Shows that something went well, with a button that takes it back.
    pub fn show_with_undo(self, text: String, undo: impl Fn() + Send + Sync + 'static) {
        self.push(Tone::Good, text, Some(Callback::new(move |()| undo())));
    }
    fn push(self, tone: Tone, text: String, undo: Option<Callback<()>>) {
        let id = self.all.with_untracked(|all| all.last().map_or(0, |t| t.id)) + 1;
        self.all.update(|all| {
            all.retain(|t| t.text != text);
            all.push(Toast { id, tone, text, undo });
        });
        self.fade(id);
    }
    fn remove(self, id: u32) {
        self.all.update(|all| all.retain(|t| t.id != id));
    }
    fn fade(self, id: u32) {
        let goes = move || if self.held.get_untracked() { self.fade(id) } else { self.remove(id) };
        set_timeout(goes, std::time::Duration::from_secs(SHOWN_S));
    }
}

/// Where the messages appear.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = Toasts::get();
    Effect::new(move |_| toasts.fade(0));
    view! {
        <div
            class="toasts"
            role="status"
            aria-live="polite"
            on:mouseenter=move |_| toasts.held.set(true)
            on:mouseleave=move |_| toasts.held.set(false)
            on:focusin=move |_| toasts.held.set(true)
            on:focusout=move |_| toasts.held.set(false)
        >
            <For each=move || toasts.all.get() key=|toast| toast.id let(Toast { id, tone, text, undo })>
                <ToastCard
                    tone
                    text
                    undo=undo.map(|undo| Callback::new(move |()| {
                        toasts.remove(id);
                        undo.run(());
                    }))
                    dismiss=move |()| toasts.remove(id)
                />
            </For>
        </div>
    }
}

/// One message.
#[component]
pub fn ToastCard(
    /// How it is meant.
    tone: Tone,
    /// What it says.
    text: String,
    /// What takes back what was done.
    undo: Option<Callback<()>>,
    /// What takes the message away.
    #[prop(into)]
    dismiss: Callback<()>,
) -> impl IntoView {
    let (class, icon) = match tone {
        Tone::Good => ("toast good", "circle-check"),
        Tone::Bad => ("toast bad", "circle-alert"),
    };
    let undo = undo.map(|undo| {
        view! {
            <button class="button small" type="button" on:click=move |_| undo.run(())>
                "Undo"
            </button>
        }
    });
    view! {
        <div class=class>
            <Icon name=icon />
            <span>{text}</span>
            {undo}
            <button
                class="button icon-only ghost needs-js"
                type="button"
                aria-label="Dismiss"
                on:click=move |_| dismiss.run(())
            >
                <Icon name="x" />
            </button>
        </div>
    }
}
