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

/// The messages on the screen.
#[derive(Debug, Clone, Copy)]
pub struct Toasts(RwSignal<Vec<(u32, Tone, String)>>);

impl Toasts {
    /// Starts with the message that a redirect left, if any.
    pub fn provide(first: Option<String>) -> Self {
        let toasts = Self(RwSignal::new(first.into_iter().map(|text| (0, Tone::Good, text)).collect()));
        provide_context(toasts);
        toasts
    }
    /// The messages of this page.
    pub fn get() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(Vec::new())))
    }
    /// Shows one.
    pub fn show(self, tone: Tone, text: String) {
        let id = self.0.with_untracked(|all| all.last().map_or(0, |t| t.0)) + 1;
        self.0.update(|all| {
            all.retain(|t| t.2 != text);
            all.push((id, tone, text));
        });
        self.fade(id);
    }
    fn remove(self, id: u32) {
        self.0.update(|all| all.retain(|t| t.0 != id));
    }
    fn fade(self, id: u32) {
        set_timeout(move || self.remove(id), std::time::Duration::from_secs(SHOWN_S));
    }
}

/// Where the messages appear.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = Toasts::get();
    Effect::new(move |_| toasts.fade(0));
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.0.get() key=|toast| toast.0 let((id, tone, text))>
                <div class=match tone {
                    Tone::Good => "toast good",
                    Tone::Bad => "toast bad",
                }>
                    <Icon name=match tone {
                        Tone::Good => "circle-check",
                        Tone::Bad => "circle-alert",
                    } />
                    <span>{text}</span>
                    <button
                        class="button icon-only ghost needs-js"
                        type="button"
                        aria-label="Dismiss"
                        on:click=move |_| toasts.remove(id)
                    >
                        <Icon name="x" />
                    </button>
                </div>
            </For>
        </div>
    }
}
