//! The logo of an organization's mail: a file that is what its content says, and no more.

use axum::http::Method;
use model::{
    Role,
    mail_profile::{LogoKind, MAX_LOGO_BYTES},
};

use crate::{
    answer::Answer,
    app::TestApp,
    browser::Browser,
    cast::{ORG, invite},
    engines::{everything, number},
    mail_profile::{FORM, PAGE, edit, settings},
};

on_both_engines! {
    a_picture_is_saved_served_and_travels_in_mails,
    what_is_no_small_picture_is_refused_beside_the_field,
    a_file_that_is_far_too_large_is_not_read,
    whoever_uploads_second_is_told,
    another_site_uploads_nothing,
    a_logo_goes_as_it_came,
}

const UPLOAD: &str = "/api/mail_profile/logo";
const REMOVE: &str = "/api/mail_profile/remove_logo";

/// A whole PNG of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";
/// The beginning of a GIF.
const GIF: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

async fn upload(by: &Browser, name: &str, bytes: &[u8]) -> Answer {
    let version = settings(by).await.profile.version.to_string();
    by.upload(PAGE, UPLOAD, &[("org", ORG), ("version", &version)], ("logo", name, bytes)).await
}

async fn a_picture_is_saved_served_and_travels_in_mails(app: TestApp) {
    let ada = app.set_up().await;
    assert_eq!(upload(&ada, "logo.png", PNG).await.expect(303).location(), PAGE);
    let page = ada.get(PAGE).await.expect(200);
    assert!(page.says("The logo has been saved.") && page.says("Remove logo"), "{}", page.body);
    let logo = settings(&ada).await.profile.logo.unwrap();
    assert_eq!((logo.kind, logo.width, logo.height), (LogoKind::Png, 1, 1));
    let src = app::paths::mail_logo(ORG, &logo.digest);
    assert!(page.body.contains(&format!("src=\"{src}\"")), "{}", page.body);

    let file = ada.get(&src).await.expect(200);
    assert_eq!((file.header("content-type"), file.header("x-content-type-options")), ("image/png", "nosniff"));
    let policy = file.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert_eq!(file.header("cache-control"), "no-store");

    let preview = ada.get(&format!("{PAGE}/preview/invitation/html")).await.expect(200);
    assert!(preview.body.contains("<img src=\"data:image/png;base64,iVBORw0KGgo"), "{}", preview.body);

    // In a mail it comes along: nobody hears of the reading.
    invite(&ada, "grace@navy.example", Role::Member).await;
    app.deliver().await;
    let mail = app.written().pop().unwrap();
    for part in ["multipart/related", "Content-ID: <logo@rollcall>", "cid:logo@rollcall", "iVBORw0KGgo"] {
        assert!(mail.contains(part), "{part}\n{mail}");
    }
    let events = "SELECT count(*) FROM audit_events WHERE action = 'mail_profile.changed' AND detail LIKE '%logo%'";
    assert_eq!(number(app.db(), events).await, 1);
}

async fn what_is_no_small_picture_is_refused_beside_the_field(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    let mut wide = PNG.to_vec();
    wide[18] = 0x10;
    let large = [PNG, &vec![0; MAX_LOGO_BYTES]].concat();
    let kind = "This is no picture that can be used. Choose a PNG, JPEG or WebP file.";
    for (name, bytes, why) in [
        ("", &b""[..], "Choose a file first."),
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", kind),
        // The name and the type that the browser gives it say nothing.
        ("logo.png", b"<!doctype html><script>alert(1)</script>", kind),
        ("logo.png", GIF, kind),
        ("logo.png", &PNG[..12], kind),
        ("logo.png", &wide, "This picture is too large; its sides have at most 2000 pixels."),
        ("logo.png", &large, "This file is too large; a logo has at most 100 KB."),
    ] {
        let page = upload(&ada, name, bytes).await.expect(422);
        assert!(page.beside("logo").contains(why), "{name}: {}", page.body);
        assert!(page.body.len() < 200_000, "the file does not come back");
    }
    let answer = ada.call(UPLOAD, &[("org", ORG), ("version", "0"), ("logo", "?not base64?")]).await.expect(422);
    assert_eq!(answer.wrong_fields(), ["logo"]);
    assert_eq!(everything(app.db()).await, before);
    ada.get(&format!("{PAGE}/logo")).await.expect(404);
}

async fn a_file_that_is_far_too_large_is_not_read(app: TestApp) {
    let ada = app.set_up().await;
    let page = upload(&ada, "logo.png", &vec![0; 2 << 20]).await.expect(413);
    assert!(page.says("That is more than fits in one go."), "{}", page.body);
    // What is no form at all is not one of ours.
    let kind = Some("multipart/form-data; boundary=x");
    ada.send(Method::POST, PAGE, kind, "--y\r\n".to_owned()).await.expect(400);
}

async fn whoever_uploads_second_is_told(app: TestApp) {
    let ada = app.set_up().await;
    edit(&ada, &[]).await.expect(200);
    let page = ada.upload(PAGE, UPLOAD, &[("org", ORG), ("version", "0")], ("logo", "logo.png", PNG)).await.expect(409);
    assert!(page.says("Somebody else changed the mail profile meanwhile"), "{}", page.body);
    assert_eq!(settings(&ada).await.profile.logo, None);
    ada.call(REMOVE, &[("org", ORG), ("version", "0")]).await.expect(409);
}

async fn another_site_uploads_nothing(app: TestApp) {
    let ada = app.set_up().await;
    let before = everything(app.db()).await;
    let foreign = ada.with("sec-fetch-site", "cross-site").with("origin", "https://evil.example");
    let form = [("org", ORG), ("version", "0")];
    foreign.upload(PAGE, UPLOAD, &form, ("logo", "logo.png", PNG)).await.expect(403);
    foreign.submit(PAGE, "/api/mail_profile/edit", &FORM).await.expect(403);
    // Nor does any other page, or a function, read such a body.
    for path in ["/o/analytical-engines/settings/policies", "/o/analytical-engines/users", UPLOAD] {
        ada.upload(path, UPLOAD, &form, ("logo", "logo.png", PNG)).await.expect(415);
    }
    assert_eq!(everything(app.db()).await, before);
}

async fn a_logo_goes_as_it_came(app: TestApp) {
    let ada = app.set_up().await;
    upload(&ada, "logo.png", PNG).await.expect(303);
    // The same once more changes nothing.
    upload(&ada, "logo.png", PNG).await.expect(303);
    assert_eq!(settings(&ada).await.profile.version, 1);
    // What is saved beside it leaves it alone.
    edit(&ada, &[]).await.expect(200);
    assert!(settings(&ada).await.profile.logo.is_some());
    ada.get(&format!("{PAGE}/logo")).await.expect(200);
    let form = [("org", ORG), ("version", "2")];
    assert_eq!(ada.submit(PAGE, REMOVE, &form).await.location(), PAGE);
    assert_eq!((settings(&ada).await.profile.logo, settings(&ada).await.profile.version), (None, 3));
    ada.get(&format!("{PAGE}/logo")).await.expect(404);
    assert_eq!(number(app.db(), "SELECT count(*) FROM mail_profiles WHERE logo = ''").await, 1);
}
