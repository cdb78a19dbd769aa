//! Accepting an invitation: one wins, whoever else tries at the same moment.

use model::{
    Action, Role, Status,
    rules::{self, AcceptError, InvitationRecord, InvitationState},
};
use store::{
    Db, StoreError,
    invitations::{self, Found},
    memberships, organizations,
    users::User,
};
use tokio::task::JoinSet;

use crate::{
    counters::assert_counters_are_true,
    support::{NOW, Org, account, token},
};

fn record(found: &Found) -> InvitationRecord {
    InvitationRecord {
        org_id: found.org_id.clone(),
        membership_id: found.membership_id.clone(),
        org_is_archived: found.org_is_archived,
        kind: found.person.as_ref().map_or(model::Kind::Standard, |p| p.kind),
        email: found.person.as_ref().map_or_else(|| crate::support::email("gone@x.example"), |p| p.email.clone()),
        role: found.person.as_ref().map_or(Role::Member, |p| p.role),
        state: found.state,
        expires_at: found.expires_at,
        inviter_may_still: true,
    }
}

/// Accepts as the service does: what is decided by is read behind the organization's revision.
pub(crate) async fn accept(db: &Db, token_hash: &str, user: &User) -> Result<Result<(), AcceptError>, StoreError> {
    let Some(seen) = invitations::by_token(&mut db.read().await?, token_hash).await? else {
        return Err(StoreError::Corrupt("no such link"));
    };
    let mut tx = db.write().await?;
    organizations::bump_revision(&mut tx, &seen.org_id).await?;
    let found = invitations::by_token(&mut tx, token_hash).await?.unwrap();
    let acceptance = match rules::accept(&record(&found), user.id.clone(), &user.email, user.name.clone(), None, NOW) {
        Ok(acceptance) => acceptance,
        Err(refused) => return Ok(Err(refused)),
    };
    let person = memberships::by_id(&mut tx, &found.org_id, &found.membership_id).await?.unwrap();
    memberships::accept(&mut tx, &person, &acceptance).await?;
    let closed =
        invitations::close_open(&mut tx, &found.org_id, &found.membership_id, InvitationState::Accepted, NOW).await?;
    assert_eq!(closed, 1);
    tx.commit().await?;
    Ok(Ok(()))
}

/// Withdraws as the service does; `false` where the person is no longer invited.
async fn revoke(db: &Db, org: &Org, of: &memberships::Membership) -> Result<bool, StoreError> {
    let mut tx = db.write().await?;
    organizations::bump_revision(&mut tx, &org.id).await?;
    let Some(person) = memberships::by_id(&mut tx, &org.id, &of.id).await? else { return Ok(false) };
    let Ok(permit) = model::decide(&org.actor(), Action::RevokeInvitation, Some(&person.target(NOW))) else {
        return Ok(false);
    };
    memberships::delete_invited(&mut tx, &permit, &person).await?;
    invitations::close_open(&mut tx, &org.id, &person.id, InvitationState::Revoked, NOW).await?;
    tx.commit().await?;
    Ok(true)
}

async fn of_twenty_who_accept_at_once_one_wins(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (ada, link) = org.invite(&db, "ada@x.example").await.unwrap();
    let user = account(&db, "ada@x.example").await;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let (db, link, user) = (db.clone(), link.clone(), user.clone());
        tasks.spawn(async move { accept(&db, &link.token_hash, &user).await.unwrap() });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|o| **o == Err(AcceptError::Used)).count(), 19, "{outcomes:?}");
    assert_eq!(org.person(&db, &ada.id).await.unwrap().status, Status::Active);
    assert_counters_are_true(&db, &org).await;
}

async fn either_the_acceptance_or_the_withdrawal_wins(db: Db) {
    let org = Org::found(&db, "acme").await;
    let mut accepted = 0;
    for round in 0..20 {
        let address = format!("ada{round}@x.example");
        let (person, link) = org.invite(&db, &address).await.unwrap();
        let user = account(&db, &address).await;
        let (one, other) = tokio::join!(
            tokio::spawn({
                let (db, link, user) = (db.clone(), link.clone(), user.clone());
                async move { accept(&db, &link.token_hash, &user).await.unwrap() }
            }),
            tokio::spawn({
                let (db, org, person) = (db.clone(), org.clone(), person.clone());
                async move { revoke(&db, &org, &person).await.unwrap() }
            })
        );
        let (one, revoked) = (one.unwrap(), other.unwrap());
        assert_ne!(one.is_ok(), revoked, "round {round}: {one:?}");
        let state =
            invitations::by_token(&mut db.read().await.unwrap(), &link.token_hash).await.unwrap().unwrap().state;
        if revoked {
            assert_eq!((one, state), (Err(AcceptError::Revoked), InvitationState::Revoked));
            assert!(org.person(&db, &person.id).await.is_none());
        } else {
            accepted += 1;
            assert_eq!(state, InvitationState::Accepted);
            assert_eq!(org.person(&db, &person.id).await.unwrap().status, Status::Active);
        }
    }
    assert_counters_are_true(&db, &org).await;
    assert_eq!(crate::counters::counter(&db, &org, Status::Active).await, 1 + accepted);
}

async fn an_acceptance_for_somebody_who_is_in_already_is_refused(db: Db) {
    let org = Org::found(&db, "acme").await;
    let (_, link) = org.invite(&db, "ada@x.example").await.unwrap();
    let user = account(&db, "ada@x.example").await;
    // The same account came in under an earlier address.
    let earlier = store::memberships::NewMembership {
        user_id: Some(user.id.clone()),
        ..crate::support::active("ada.old@x.example", "Ada")
    };
    org.put(&db, &[earlier]).await;
    let result = accept(&db, &link.token_hash, &user).await;
    assert!(matches!(result, Err(StoreError::Taken)), "{result:?}");
    assert_counters_are_true(&db, &org).await;
    assert!(matches!(accept(&db, &token(), &user).await, Err(StoreError::Corrupt(_))), "nor is an unknown link");
}

on_both_engines!(
    of_twenty_who_accept_at_once_one_wins,
    either_the_acceptance_or_the_withdrawal_wins,
    an_acceptance_for_somebody_who_is_in_already_is_refused,
);
