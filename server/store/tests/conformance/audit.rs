//! Lines of the audit log.

use model::{AuditId, Role, UserId, id::Id as _};
use store::{
    Db,
    audit::{self, About, Event, Line},
    memberships::Membership,
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

/// Writes lines; each id says how many milliseconds after [`NOW`].
async fn write(db: &Db, lines: Vec<(u8, Event)>) {
    let at = |after: u8| AuditId::fresh(NOW.plus(i64::from(after)), [after; 10]);
    let lines: Vec<Event> = lines.into_iter().map(|(after, line)| Event { id: at(after), ..line }).collect();
    let mut tx = db.write().await.unwrap();
    audit::insert(&mut tx, &lines).await.unwrap();
    tx.commit().await.unwrap();
}

async fn about(db: &Db, person: &Membership, before: Option<&AuditId>, limit: usize) -> Vec<Line> {
    let person = About { org_id: &person.org_id, membership_id: &person.id, user_id: person.user_id.as_ref() };
    audit::about(&mut db.read().await.unwrap(), person, before, limit).await.unwrap()
}

async fn what_was_done_by_and_to_somebody_comes_newest_first(db: Db) {
    let (ours, theirs) = (Org::found(&db, "ours").await, Org::found(&db, "theirs").await);
    let ada = ours.member(&db, "ada@x.example", Role::Admin).await;
    let by_ada = || Event { actor_id: ada.user_id.clone(), target_id: None, ..event(&ours) };
    let to_ada = || Event { target_id: Some(ada.id.to_string()), ..event(&ours) };
    write(
        &db,
        vec![
            (3, Event { action: "third", ..by_ada() }),
            (1, Event { action: "first", ..to_ada() }),
            (2, Event { action: "second", actor_id: ada.user_id.clone(), ..to_ada() }),
            (4, Event { action: "of others", ..event(&ours) }),
            (5, Event { action: "elsewhere", org_id: Some(theirs.id.clone()), ..by_ada() }),
            (6, Event { action: "outside", org_id: None, ..by_ada() }),
            (7, Event { action: "forged", org_id: Some(theirs.id.clone()), ..to_ada() }),
            (8, Event { action: "fourth", actor_id: None, ..to_ada() }),
        ],
    )
    .await;
    let lines = about(&db, &ada, None, 10).await;
    let actions: Vec<_> = lines.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(actions, ["fourth", "third", "second", "first"], "each once, and nothing of another organization");
    let written = event(&ours);
    let expected = Line {
        id: AuditId::fresh(NOW.plus(8), [8; 10]),
        at: NOW,
        actor_id: None,
        actor_name: written.actor_name,
        action: "fourth".into(),
        target_id: Some(ada.id.to_string()),
        target_name: written.target_name,
        detail: written.detail,
    };
    assert_eq!(lines[0], expected);
    // Before there is an account nothing was done by them, nor is somebody unknown taken for them.
    let invited = Membership { user_id: None, ..ada.clone() };
    let actions: Vec<_> = about(&db, &invited, None, 10).await.into_iter().map(|line| line.action).collect();
    assert_eq!(actions, ["fourth", "second", "first"]);
}

async fn pages_of_lines_go_on_where_the_last_one_ended(db: Db) {
    let org = Org::found(&db, "acme").await;
    let ada = org.member(&db, "ada@x.example", Role::Admin).await;
    let lines = (1..=25).map(|n| {
        let (actor_id, target_id) = match n % 3 {
            0 => (ada.user_id.clone(), None),
            1 => (None, Some(ada.id.to_string())),
            _ => (ada.user_id.clone(), Some(ada.id.to_string())),
        };
        (n, Event { actor_id, target_id, ..event(&org) })
    });
    write(&db, lines.collect()).await;
    let mut seen: Vec<AuditId> = Vec::new();
    for size in [7, 7, 7, 4, 0] {
        let page = about(&db, &ada, seen.last(), 7).await;
        assert_eq!(page.len(), size);
        seen.extend(page.into_iter().map(|line| line.id));
    }
    assert_eq!(seen.len(), 25);
    assert!(seen.is_sorted_by(|a, b| a > b));
}

on_both_engines!(
    lines_stay_as_they_were_written,
    a_line_of_an_organization_that_is_none_is_refused,
    the_log_outlives_whom_it_tells_of,
    what_was_done_by_and_to_somebody_comes_newest_first,
    pages_of_lines_go_on_where_the_last_one_ended,
);
