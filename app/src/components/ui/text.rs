//! Text that needs care: page titles, text areas and times.

use leptos::prelude::*;
use leptos_meta::Title;
use model::Timestamp;

/// Escapes text for elements whose children Leptos 0.8 writes raw when it renders on the server (`<title>`,
/// `<textarea>`). In the browser text is set as text and must stay as it is.
pub(crate) fn raw_text(text: &str) -> String {
    if cfg!(feature = "ssr") {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        text.to_owned()
    }
}

/// The title of the page, in front of the product's name.
#[component]
pub fn PageTitle(
    /// What the page is about.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <Title text=raw_text(&format!("{text} · Rollcall")) /> }
}

/// A time in relative words, exact on hover; `now` is the server's, so that both sides write the same words (B11).
#[component]
pub fn Time(
    /// The time.
    at: Timestamp,
    /// Against which it is told.
    now: Timestamp,
) -> impl IntoView {
    view! {
        <time datetime=at.rfc3339() title=at.exact()>
            {at.relative(now)}
        </time>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn raw_text_elements_cannot_be_broken_out_of() {
        assert_eq!(raw_text("</title><script>x</script>&"), "&lt;/title&gt;&lt;script&gt;x&lt;/script&gt;&amp;");
    }
}
