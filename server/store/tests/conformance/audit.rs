//! Lines of the audit log.

use model::UserId;
use store::{
    Db,
    audit::{self, Event},
};

use crate::support::{NOW, Org, fresh, number, text, user_of};

/// A line about nobody in particular.
pub(crate) fn event(org: &Org) -> Event {
    Event {
        id: fresh(),
        org_id: Some(org.id.clone()),
        at: NOW,
        actor_id: org.owner.user_id.clone(),
        actor_name: "Olive Owner".into(),
        action: "membership.invited",
        target_id: Some(org.owner.id.to_string()),
        target_name: "Ada ‘the first’ 山田".into(),
        detail: r#"{"role":"member"}"#.into(),
    }
}

async fn lines_stay_as_they_were_written(db: Db) {
    let org = Org::found(&db, "acme").await;
    let line = event(&org);
    let outside =
        Event { id: fresh(), org_id: None, actor_id: None, target_id: None, action: "login.refused", ..event(&org) };
    let mut tx = db.write().await.unwrap();
    audit::insert(&mut tx, &[line.clone(), outside.clone()]).await.unwrap();
    tx.commit().await.unwrap();

    let column = |name: &str, of: &Event| format!("SELECT {name} FROM audit_events WHERE id = '{}'", of.id);
    assert_eq!(text(&db, &column("target_name", &line)).await, Some(line.target_name.clone()));
    assert_eq!(text(&db, &column("detail", &line)).await, Some(line.detail.clone()));
    assert_eq!(text(&db, &column("actor_id", &line)).await, Some(user_of(&org.owner).to_string()));
    assert_eq!(text(&db, &column("action", &outside)).await, Some("login.refused".into()));
    for absent in ["org_id", "actor_id", "target_id"] {
        assert_eq!(text(&db, &column(absent, &outside)).await, None, "{absent}");
    }
}

async fn a_line_of_an_organization_that_is_none_is_refused(db: Db) {
    let org = Org::found(&db, "acme").await;
    let mut tx = db.write().await.unwrap();
    assert!(audit::insert(&mut tx, &[Event { org_id: Some(fresh()), ..event(&org) }]).await.is_err());
}

async fn the_log_outlives_whom_it_tells_of(db: Db) {
    let org = Org::found(&db, "acme").await;
    let mut tx = db.write().await.unwrap();
    audit::insert(&mut tx, &[Event { actor_id: Some(fresh::<UserId>()), ..event(&org) }]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(number(&db, "SELECT count(*) FROM audit_events").await, 1);
}

on_both_engines!(
    lines_stay_as_they_were_written,
    a_line_of_an_organization_that_is_none_is_refused,
    the_log_outlives_whom_it_tells_of,
);
