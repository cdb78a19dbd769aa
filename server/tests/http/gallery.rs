//! The gallery of components: made up through and through, and nothing can be done there but to choose a theme.

use axum::http::Method;
use model::Role;

use crate::{
    answer::Answer,
    app::TestApp,
    cast::{ADA, USERS, invite},
};

const GALLERY: &str = "/dev/gallery";

on_both_engines! {
    the_gallery_needs_nobody_signed_in_and_shows_nothing_of_the_installation,
    the_gallery_has_a_theme_and_no_other_form,
}

/// The page without what is another one each time.
fn without_nonce(page: &Answer) -> String {
    page.body.replace(page.nonce(), "")
}

async fn the_gallery_needs_nobody_signed_in_and_shows_nothing_of_the_installation(app: TestApp) {
    let before = app.browser().get(GALLERY).await.expect(200);
    let ada = app.set_up().await;
    invite(&ada, "somebody@elsewhere.example", Role::Member).await;
    let after = ada.get(GALLERY).await.expect(200);
    assert_eq!(without_nonce(&before), without_nonce(&after));
    assert!(after.body.contains("<title>Components · Rollcall</title>"), "{}", &after.body[..2_000]);
    for hidden in ["somebody@elsewhere.example", "hydrate()", ".wasm", " style=\""] {
        assert!(!after.body.contains(hidden), "{hidden}");
    }
    for section in after.body.split("class=\"gallery-section\"").skip(1) {
        assert!(section.len() > 500, "{section}");
    }
    let style = app.browser().get("/dev/gallery.css").await.expect(200);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
}

async fn the_gallery_has_a_theme_and_no_other_form(app: TestApp) {
    let ada = app.set_up().await;
    let chosen = ada.submit(GALLERY, "/api/appearance/theme", &[("theme", "dark")]).await.expect(303);
    assert_eq!(chosen.location(), GALLERY);
    assert!(ada.get(GALLERY).await.body.contains("data-theme=\"dark\""));
    let invite = [("org", "analytical-engines"), ("emails", "grace@navy.example"), ("role", "member")];
    ada.submit(GALLERY, "/api/invitations/send", &invite).await.expect(405);
    // The last name of a function counts elsewhere.
    let both = "_fn=%2Fapi%2Fappearance%2Ftheme&_fn=%2Fapi%2Fsession%2Flogout&theme=dark";
    let form = "application/x-www-form-urlencoded";
    ada.send(Method::POST, GALLERY, Some(form), both.to_owned()).await.expect(405);
    assert!(!ada.get(USERS).await.expect(200).body.contains("grace@navy.example"));
    assert!(ada.get(USERS).await.body.contains(ADA));
}
