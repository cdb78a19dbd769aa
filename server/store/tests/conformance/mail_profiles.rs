//! How mail looks and leaves: of which organization, and by whom last.

use model::{
    Action, Permit, decide,
    mail_profile::{Logo, LogoKind, MailProfile},
};
use store::{
    Db,
    mail_profiles::{self, Stored},
};
use tokio::task::JoinSet;

use crate::support::{NOW, Org, fresh};

fn permit(org: &Org) -> Permit {
    decide(&org.actor(), Action::EditMailProfile, None).unwrap()
}

fn named(version: u32, sender_name: &str) -> MailProfile {
    MailProfile { version, sender_name: sender_name.to_owned(), ..MailProfile::default() }
}

async fn save(db: &Db, org: &Org, profile: MailProfile, password: Option<&str>) -> bool {
    let mut tx = db.write().await.unwrap();
    let new = Stored { profile, sealed_password: password.map(str::to_owned) };
    let saved = mail_profiles::save(&mut tx, &permit(org), &new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    saved
}

async fn set_logo(db: &Db, org: &Org, profile: MailProfile, logo: &str) -> bool {
    let mut tx = db.write().await.unwrap();
    let saved = mail_profiles::set_logo(&mut tx, &permit(org), &profile, logo, NOW).await.unwrap();
    tx.commit().await.unwrap();
    saved
}

async fn stored(db: &Db, org: &Org) -> Stored {
    mail_profiles::of_organization(&mut db.read().await.unwrap(), &org.id).await.unwrap()
}

async fn logo(db: &Db, org: &Org) -> String {
    mail_profiles::logo(&mut db.read().await.unwrap(), &org.id).await.unwrap()
}

async fn a_profile_is_that_of_the_permits_organization(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    assert_eq!(stored(&db, &ours).await, Stored::default());
    assert_eq!(logo(&db, &ours).await, "");
    assert!(save(&db, &ours, named(1, "Ours"), Some("sealed")).await);
    let expected = Stored { profile: named(1, "Ours"), sealed_password: Some("sealed".to_owned()) };
    assert_eq!(stored(&db, &ours).await, expected);
    assert_eq!(stored(&db, &theirs).await, Stored::default());
    assert!(save(&db, &ours, named(2, ""), None).await);
    assert_eq!(stored(&db, &ours).await, Stored { profile: named(2, ""), sealed_password: None });
}

async fn whoever_saves_second_writes_nothing(db: Db) {
    let org = Org::found(&db, "acme").await;
    assert!(save(&db, &org, named(1, "first"), None).await);
    assert!(!save(&db, &org, named(1, "second"), None).await);
    assert!(!save(&db, &org, named(3, "of the future"), None).await);
    assert!(!set_logo(&db, &org, named(1, "second"), "bG9nbw").await);
    assert_eq!((stored(&db, &org).await.profile, logo(&db, &org).await), (named(1, "first"), String::new()));
    let mut tasks = JoinSet::new();
    for n in 0..6 {
        let (db, org) = (db.clone(), org.clone());
        tasks.spawn(async move { save(&db, &org, named(2, &format!("of {n}")), None).await });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|saved| *saved).count(), 1);
    assert_eq!(stored(&db, &org).await.profile.version, 2);
}

async fn a_logo_stays_when_the_rest_is_saved_and_the_rest_when_the_logo_is(db: Db) {
    let org = Org::found(&db, "acme").await;
    let known = Logo::new(LogoKind::Png, (10, 20), "digest".to_owned()).unwrap();
    let with_logo = MailProfile { logo: Some(known), ..named(1, "") };
    assert!(set_logo(&db, &org, with_logo.clone(), "bG9nbw").await);
    assert_eq!((stored(&db, &org).await.profile, logo(&db, &org).await), (with_logo.clone(), "bG9nbw".to_owned()));
    let renamed = MailProfile { version: 2, sender_name: "Acme".to_owned(), ..with_logo };
    assert!(save(&db, &org, renamed.clone(), Some("sealed")).await);
    assert_eq!(logo(&db, &org).await, "bG9nbw");
    assert!(set_logo(&db, &org, MailProfile { version: 3, logo: None, ..renamed }, "").await);
    assert_eq!(
        (stored(&db, &org).await.sealed_password.as_deref(), logo(&db, &org).await),
        (Some("sealed"), String::new())
    );
}

async fn what_mails_need_is_read_for_many_at_once(db: Db) {
    let (ours, theirs, plain) =
        (Org::found(&db, "ours").await, Org::found(&db, "theirs").await, Org::found(&db, "plain").await);
    save(&db, &ours, named(1, "Ours"), Some("sealed")).await;
    set_logo(&db, &theirs, named(1, "Theirs"), "bG9nbw").await;
    let mut conn = db.read().await.unwrap();
    let ids = [ours.id.clone(), plain.id, fresh(), theirs.id.clone()];
    let mut found = mail_profiles::for_sending(&mut conn, &ids).await.unwrap();
    found.sort_by(|a, b| a.1.profile.sender_name.cmp(&b.1.profile.sender_name));
    let expected = [
        (ours.id, Stored { profile: named(1, "Ours"), sealed_password: Some("sealed".to_owned()) }, String::new()),
        (theirs.id, Stored { profile: named(1, "Theirs"), sealed_password: None }, "bG9nbw".to_owned()),
    ];
    assert_eq!(found, expected);
    assert_eq!(mail_profiles::for_sending(&mut conn, &[]).await.unwrap(), []);
}

on_both_engines!(
    a_profile_is_that_of_the_permits_organization,
    whoever_saves_second_writes_nothing,
    a_logo_stays_when_the_rest_is_saved_and_the_rest_when_the_logo_is,
    what_mails_need_is_read_for_many_at_once,
);
