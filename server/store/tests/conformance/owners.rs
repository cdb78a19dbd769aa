//! There is an active Owner at all times, whatever happens at the same moment (B34, S49).

use model::{
    Action, MembershipId, Role, Status,
    rules::{self, LastOwner},
};
use std::sync::Arc;
use store::{
    Db, StoreError,
    memberships::{self, Membership, NewMembership},
    organizations,
};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    counters::assert_counters_are_true,
    support::{Dice, NOW, Org, active, number, user_of},
};

/// What is done to somebody.
#[derive(Debug, Clone, Copy)]
enum Command {
    Role(Role),
    Switch(Status),
}

/// Does it as the service does: what is decided by is read behind the organization's revision.
async fn run(db: &Db, org: &Org, id: &MembershipId, command: Command) -> Result<Result<(), LastOwner>, StoreError> {
    let mut tx = db.write().await?;
    organizations::bump_revision(&mut tx, &org.id).await?;
    let person = memberships::by_id(&mut tx, &org.id, id).await?.unwrap();
    let standing = memberships::standing(&mut tx, &person).await?;
    // Whether somebody may is no matter here, so anything that the target allows will do for a permit.
    let permit = model::decide(&outside(org), Action::Edit, Some(&person.target(NOW))).unwrap();
    let done = match command {
        Command::Role(to) => match rules::change_role(standing, to) {
            Ok(role) => memberships::set_role(&mut tx, &permit, &person, role).await.map(Ok)?,
            Err(last) => Err(last),
        },
        Command::Switch(to) => match rules::set_active(standing, to) {
            Ok(status) => memberships::set_status(&mut tx, &permit, &person, status).await.map(Ok)?,
            Err(last) => Err(last),
        },
    };
    if done.is_ok() {
        tx.commit().await?;
    }
    Ok(done)
}

/// An Owner who is none of those that the commands are about.
fn outside(org: &Org) -> model::Actor {
    model::Actor { membership_id: crate::support::fresh(), ..org.actor() }
}

async fn active_owners(db: &Db, org: &Org) -> i64 {
    let sql = format!(
        "SELECT count(*) FROM memberships WHERE org_id = '{}' AND role = 'owner' AND status = 'active'",
        org.id
    );
    number(db, &sql).await
}

/// The founder and one more Owner.
async fn two_owners(db: &Db, round: usize) -> (Org, [Membership; 2]) {
    let org = Org::found(db, &format!("round-{round}")).await;
    let second = NewMembership { role: Role::Owner, ..active("second@x.example", "Second Owner") };
    let second = org.put_one(db, second).await;
    let first = org.owner.clone();
    (org, [first, second])
}

/// Twenty times: two commands about the last two Owners in the same moment.
async fn one_of_two_is_refused(db: Db, commands: [Command; 2]) {
    for round in 0..20 {
        let (org, owners) = two_owners(&db, round).await;
        let start = Arc::new(Barrier::new(2));
        let mut tasks = JoinSet::new();
        for (owner, command) in owners.into_iter().zip(commands) {
            let (db, org, start) = (db.clone(), org.clone(), start.clone());
            tasks.spawn(async move {
                start.wait().await;
                run(&db, &org, &owner.id, command).await.unwrap()
            });
        }
        let mut outcomes = tasks.join_all().await;
        outcomes.sort_by_key(Result::is_err);
        assert_eq!(outcomes, [Ok(()), Err(LastOwner)], "round {round}");
        assert_eq!(active_owners(&db, &org).await, 1, "round {round}");
        assert_counters_are_true(&db, &org).await;
    }
}

async fn of_two_demotions_at_once_the_second_is_refused(db: Db) {
    one_of_two_is_refused(db, [Command::Role(Role::Admin), Command::Role(Role::Member)]).await;
}

async fn of_two_deactivations_at_once_the_second_is_refused(db: Db) {
    one_of_two_is_refused(db, [Command::Switch(Status::Deactivated); 2]).await;
}

async fn of_a_demotion_and_a_deactivation_at_once_the_second_is_refused(db: Db) {
    one_of_two_is_refused(db, [Command::Role(Role::Viewer), Command::Switch(Status::Deactivated)]).await;
}

async fn an_active_owner_remains_through_any_interleaving(db: Db) {
    let org = Org::found(&db, "acme").await;
    let mut people = vec![org.owner.id.clone()];
    for i in 0..3 {
        let owner = NewMembership { role: Role::Owner, ..active(&format!("p{i}@x.example"), "O O") };
        people.push(org.put_one(&db, owner).await.id);
    }
    let mut tasks = JoinSet::new();
    for task in 0..6 {
        let (db, org, people) = (db.clone(), org.clone(), people.clone());
        tasks.spawn(async move {
            let (mut dice, mut refused) = (Dice(1_000 + task), 0);
            for _ in 0..30 {
                let command = match dice.roll(8) {
                    0 => Command::Role(Role::Owner),
                    1..=3 => Command::Role([Role::Admin, Role::Member][dice.roll(2)]),
                    4 => Command::Switch(Status::Active),
                    _ => Command::Switch(Status::Deactivated),
                };
                refused += usize::from(run(&db, &org, &people[dice.roll(4)], command).await.unwrap().is_err());
                assert!(active_owners(&db, &org).await >= 1, "after {command:?}");
            }
            refused
        });
    }
    let refused: usize = tasks.join_all().await.into_iter().sum();
    assert!(refused > 10, "the border was reached: {refused}");
    assert!(active_owners(&db, &org).await >= 1);
    assert_counters_are_true(&db, &org).await;
}

async fn owners_of_another_organization_do_not_count(db: Db) {
    let (org, other) = (Org::found(&db, "acme").await, Org::found(&db, "other").await);
    let gone = NewMembership {
        role: Role::Owner,
        status: Status::Deactivated,
        user_id: Some(user_of(&other.owner)),
        ..active("gone@x.example", "Gone Owner")
    };
    org.put(&db, &[gone]).await;
    assert_eq!(run(&db, &org, &org.owner.id, Command::Role(Role::Admin)).await.unwrap(), Err(LastOwner));
    assert_eq!(run(&db, &org, &org.owner.id, Command::Switch(Status::Deactivated)).await.unwrap(), Err(LastOwner));
    assert_eq!(org.person(&db, &org.owner.id).await.unwrap(), org.owner);
}

on_both_engines!(
    of_two_demotions_at_once_the_second_is_refused,
    of_two_deactivations_at_once_the_second_is_refused,
    of_a_demotion_and_a_deactivation_at_once_the_second_is_refused,
    an_active_owner_remains_through_any_interleaving,
    owners_of_another_organization_do_not_count,
);
