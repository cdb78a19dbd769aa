//! The browser's entry: it takes over the page that the server rendered.
#![recursion_limit = "512"]

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's one script when the module has loaded.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    // Without its code a page stays as the server sent it, which works as well.
    if app::parts::load_of_page().await.is_ok() {
        leptos::mount::hydrate_body(app::App);
    }
}
