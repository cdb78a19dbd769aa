//! Maintained counters say what counting would say.

use model::{
    Action, Kind, PersonState, Role, Source, Status, Timestamp, people::Class, rules::InvitationState, time::DAY,
};
use store::{
    Db, StoreError,
    counts::{self, Counted},
    invitations,
    memberships::{self, Membership},
    people,
};

use crate::{
    acceptance::accept,
    support::{Dice, Link, NOW, Org, account, number},
};

/// What the counter of a status says.
pub(crate) async fn counter(db: &Db, org: &Org, status: Status) -> i64 {
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM people_counts \
         WHERE org_id = '{}' AND kind = 'standard' AND status = '{}'",
        org.id,
        status.code()
    );
    number(db, &sql).await
}

/// As what an Owner is counted who set the organization up.
fn of(kind: Kind, state: PersonState) -> Counted {
    Counted::new(Class { kind, state, role: Role::Owner, source: Source::SetUp }, None)
}

pub(crate) async fn assert_counters_are_true(db: &Db, org: &Org) {
    for status in [Status::Invited, Status::Active, Status::Deactivated] {
        let sql = format!(
            "SELECT count(*) FROM memberships WHERE org_id = '{}' AND kind = 'standard' AND status = '{}'",
            org.id,
            status.code()
        );
        assert_eq!(counter(db, org, status).await, number(db, &sql).await, "{status:?}");
    }
    assert_counted_by_class(db, org, Kind::Standard).await;
    let empty = format!("SELECT count(*) FROM people_counts WHERE org_id = '{}' AND ends_on > 0 AND n = 0", org.id);
    assert_eq!(number(db, &empty).await, 0, "what is empty goes");
}

/// That the people of a kind are counted each by their class and day.
pub(crate) async fn assert_counted_by_class(db: &Db, org: &Org, kind: Kind) {
    let wrong = format!(
        "SELECT count(*) FROM people_counts c WHERE org_id = '{}' AND kind = '{}' AND n <> (SELECT count(*) FROM memberships m \
         WHERE m.org_id = c.org_id AND m.kind = c.kind AND m.status = c.status AND m.role = c.role \
         AND m.source = c.source AND c.ends_on = CASE m.status WHEN 'invited' THEN m.open_until / {DAY} ELSE 0 END)",
        org.id,
        kind.code()
    );
    assert_eq!(number(db, &wrong).await, 0, "each by its class and day");
}

async fn counters_are_true_after_any_sequence_of_commands(db: Db) {
    let (org, other) = (Org::found(&db, "acme").await, Org::found(&db, "other").await);
    let mut dice = Dice(7);
    let mut invited: Vec<(Membership, Link)> = Vec::new();
    let mut accepted: Vec<Membership> = Vec::new();
    let mut done = [0; 6];
    for step in 0..260 {
        let command = dice.roll(6);
        match command {
            0 => invited.push(org.invite(&db, &format!("p{step}@x.example")).await.unwrap()),
            1 if !invited.is_empty() => {
                let (person, link) = invited.swap_remove(dice.roll(invited.len()));
                let user = account(&db, person.email.as_str()).await;
                accept(&db, &link.token_hash, &user).await.unwrap().unwrap();
                accepted.push(person);
            }
            2 if invited.len() > 2 => {
                let (person, _) = invited.swap_remove(dice.roll(invited.len()));
                let person = org.person(&db, &person.id).await.unwrap();
                let mut tx = db.write().await.unwrap();
                let permit = org.may(Action::RevokeInvitation, &person);
                memberships::delete_invited(&mut tx, &permit, &person).await.unwrap();
                invitations::close_open(&mut tx, &org.id, &person.id, InvitationState::Revoked, NOW).await.unwrap();
                tx.commit().await.unwrap();
            }
            5 if !invited.is_empty() => {
                let person = &invited[dice.roll(invited.len())].0;
                reopened(&db, &org, person, NOW.plus(i64::try_from(1 + dice.roll(4)).unwrap() * DAY)).await;
            }
            3 | 4 if !accepted.is_empty() => {
                let person = org.person(&db, &accepted[dice.roll(accepted.len())].id).await.unwrap();
                let (action, to) = match person.status {
                    Status::Active => (Action::Deactivate, Status::Deactivated),
                    _ => (Action::Activate, Status::Active),
                };
                let mut tx = db.write().await.unwrap();
                memberships::set_status(&mut tx, &org.may(action, &person), &person, to).await.unwrap();
                // Every fifth change is given up: its counters have to go back with it.
                if step % 5 != 0 {
                    tx.commit().await.unwrap();
                }
            }
            _ => continue,
        }
        done[command] += 1;
        if step % 10 == 0 {
            assert_counters_are_true(&db, &org).await;
        }
    }
    assert!(done.iter().all(|n| *n >= 10), "the sequence holds enough of each command: {done:?}");
    assert_counters_are_true(&db, &org).await;
    assert_eq!(counter(&db, &other, Status::Active).await, 1, "another organization's counters stand still");
}

/// How many are invited, and how many have let it run out, at a time.
async fn invited_and_expired(db: &Db, org: &Org, now: Timestamp) -> (u64, u64) {
    let census = people::census(&mut db.read().await.unwrap(), &org.id, now).await.unwrap();
    let counted = |state| census.count(|of| of.state == state);
    (counted(PersonState::Invited), counted(PersonState::Expired))
}

async fn days_that_are_over_are_counted_together(db: Db) {
    let (org, other) = (Org::found(&db, "acme").await, Org::found(&db, "other").await);
    let mut people = Vec::new();
    for (n, days) in [1, 1, 2, 4].into_iter().enumerate() {
        let (person, _) = org.invite(&db, &format!("p{n}@x.example")).await.unwrap();
        people.push(reopened(&db, &org, &person, NOW.plus(days * DAY)).await);
    }
    other.invite(&db, "other@x.example").await.unwrap();
    let counters = format!("SELECT count(*) FROM people_counts WHERE org_id = '{}' AND ends_on <> 0", org.id);
    // Two of the days have been over for more than a month then, and the third has not.
    let (now, before) = (NOW.plus(33 * DAY), number(&db, &counters).await);
    assert_eq!(invited_and_expired(&db, &org, now).await, (0, 4));
    for _ in 0..2 {
        let mut tx = db.write().await.unwrap();
        counts::fold_past(&mut tx, &org.id, now).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(invited_and_expired(&db, &org, now).await, (0, 4), "nobody is lost");
    }
    assert_eq!((before, number(&db, &counters).await), (3, 2));
    let found = counts::with_past(&mut db.read().await.unwrap(), NOW.plus(60 * DAY)).await.unwrap();
    assert_eq!(found.len(), 2, "what ends later is found later, in both");
    let found = counts::with_past(&mut db.read().await.unwrap(), now).await.unwrap();
    assert_eq!(found, []);

    // One comes back, and one goes.
    let back = reopened(&db, &org, &people[0], now.plus(5 * DAY)).await;
    assert_eq!(invited_and_expired(&db, &org, now).await, (1, 3));
    let mut tx = db.write().await.unwrap();
    let gone = org.person(&db, &people[1].id).await.unwrap();
    memberships::delete_invited(&mut tx, &org.may(Action::RevokeInvitation, &gone), &gone).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(invited_and_expired(&db, &org, now).await, (1, 2));
    // Who lets it run out once more is counted with the others.
    let later = now.plus(40 * DAY);
    let mut tx = db.write().await.unwrap();
    counts::fold_past(&mut tx, &org.id, later).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(invited_and_expired(&db, &org, later).await, (0, 3));
    reopened(&db, &org, &back, later.plus(DAY)).await;
    assert_eq!(invited_and_expired(&db, &org, later).await, (1, 2));
}

async fn reopened(db: &Db, org: &Org, person: &Membership, until: Timestamp) -> Membership {
    let person = org.person(db, &person.id).await.unwrap();
    let mut tx = db.write().await.unwrap();
    memberships::reopen(&mut tx, &org.may(Action::ResendInvitation, &person), &person, until).await.unwrap();
    tx.commit().await.unwrap();
    org.person(db, &person.id).await.unwrap()
}

async fn a_counter_never_falls_below_zero(db: Db) {
    let org = Org::found(&db, "acme").await;
    let mut tx = db.write().await.unwrap();
    let missing = counts::remove(&mut tx, &org.id, of(Kind::Standard, PersonState::Invited)).await;
    assert!(matches!(missing, Err(StoreError::Corrupt(_))), "{missing:?}");
    drop(tx);
    let mut tx = db.write().await.unwrap();
    counts::remove(&mut tx, &org.id, of(Kind::Standard, PersonState::Active)).await.unwrap();
    let below = counts::remove(&mut tx, &org.id, of(Kind::Standard, PersonState::Active)).await;
    assert!(below.is_err());
    drop(tx);
    assert_counters_are_true(&db, &org).await;
}

async fn a_shift_to_the_same_status_changes_nothing(db: Db) {
    let org = Org::found(&db, "acme").await;
    let mut tx = db.write().await.unwrap();
    counts::shift(&mut tx, &org.id, of(Kind::Standard, PersonState::Active), of(Kind::Standard, PersonState::Active))
        .await
        .unwrap();
    counts::add(&mut tx, &org.id, of(Kind::External, PersonState::Active), 3).await.unwrap();
    counts::add(&mut tx, &org.id, of(Kind::External, PersonState::Active), 4).await.unwrap();
    tx.commit().await.unwrap();
    assert_counters_are_true(&db, &org).await;
    assert_eq!(number(&db, "SELECT n FROM people_counts WHERE kind = 'external'").await, 7);
}

on_both_engines!(
    counters_are_true_after_any_sequence_of_commands,
    days_that_are_over_are_counted_together,
    a_counter_never_falls_below_zero,
    a_shift_to_the_same_status_changes_nothing,
);
