//! Organizations, people and permits to test with, and looks behind the store's back.

use model::{
    Action, Actor, Email, Ends, InvitationId, Kind, MembershipId, OrgId, OrgName, Permit, PersonName, PersonState,
    Policies, Role, Slug, Source, Status, Timestamp, UserId, decide, id::Id, policy::DeleteScope, time::DAY,
};
use sqlx::AssertSqlSafe;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use store::{
    Db, StoreError,
    invitations::{self, NewInvitation},
    memberships::{self, Membership, NewMembership},
    organizations::{self, NewOrganization},
    users::{self, User},
};

/// The time of all tests.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// An id that no other call yields. Its order says nothing about the order of the calls, so that a list which happens
/// to come in the order of insertion is not taken for a sorted one.
pub(crate) fn fresh<I: Id>() -> I {
    static SERIAL: AtomicU64 = AtomicU64::new(1);
    let scattered = SERIAL.fetch_add(1, Relaxed).wrapping_mul(0x9e_3779_b97f_4a7d) << 8;
    let mut random = [0; 10];
    random[3..].copy_from_slice(&scattered.to_be_bytes()[..7]);
    I::fresh(NOW, random)
}

/// A text that no other call yields, for what is unique but no id.
pub(crate) fn token() -> String {
    fresh::<InvitationId>().as_str().replace("inv", "token")
}

/// A fixed sequence that looks random.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub(crate) fn name(full: &str) -> PersonName {
    PersonName::from_full(full)
}

/// Somebody with an open invitation, or what a test makes of it.
pub(crate) fn invited(address: &str) -> NewMembership {
    NewMembership {
        id: fresh(),
        user_id: None,
        kind: model::Kind::Standard,
        role: Role::Member,
        status: Status::Invited,
        source: Source::Invited,
        email: email(address),
        name: PersonName::default(),
        ends: Ends::default(),
        open_until: Some(NOW.plus(7 * DAY)),
        created_at: NOW,
        last_login_at: None,
    }
}

/// A member without an account, for lists.
pub(crate) fn active(address: &str, full_name: &str) -> NewMembership {
    NewMembership { status: Status::Active, name: name(full_name), open_until: None, ..invited(address) }
}

/// Makes an account.
pub(crate) async fn account(db: &Db, address: &str) -> User {
    let user = User { id: fresh(), email: email(address), name: name("Some Body") };
    let mut tx = db.write().await.unwrap();
    users::insert(&mut tx, std::slice::from_ref(&user), NOW).await.unwrap();
    tx.commit().await.unwrap();
    user
}

/// An organization with its first Owner.
#[derive(Debug, Clone)]
pub(crate) struct Org {
    pub(crate) id: OrgId,
    pub(crate) slug: Slug,
    pub(crate) owner: Membership,
}

/// A link that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) id: InvitationId,
    pub(crate) token_hash: String,
}

impl Org {
    /// Founds an organization; the Owner's address is `owner@` its slug `.example`.
    pub(crate) async fn found(db: &Db, slug: &str) -> Self {
        let user = account(db, &format!("owner@{slug}.example")).await;
        Self::found_by(db, slug, &user).await
    }

    /// Founds an organization of somebody who has an account.
    pub(crate) async fn found_by(db: &Db, slug: &str, user: &User) -> Self {
        let new = NewOrganization {
            id: fresh(),
            name: OrgName::parse(slug).unwrap(),
            slug: Slug::parse(slug).unwrap(),
            kind: model::OrgKind::Customer,
            policies: Policies::default(),
            at: NOW,
        };
        let mut owner = active(user.email.as_str(), "Olive Owner");
        owner.user_id = Some(user.id.clone());
        let owner_id = owner.id.clone();
        let mut tx = db.write().await.unwrap();
        let slug = organizations::insert(&mut tx, &new).await.unwrap();
        memberships::insert_first_owner(&mut tx, &new.id, owner).await.unwrap();
        let owner = memberships::by_id(&mut tx, &new.id, &owner_id).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        Self { id: new.id, slug, owner }
    }

    /// The Owner, as one who acts.
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            user_id: self.owner.user_id.clone().unwrap(),
            membership_id: self.owner.id.clone(),
            org_id: self.id.clone(),
            role: Role::Owner,
            withheld: model::PermissionSet::default(),
            through_groups: model::GroupGrants::default(),
            kind: Kind::Standard,
            state: PersonState::Active,
            org_kind: model::OrgKind::Customer,
            archived: false,
            admin_grantable: true,
            delete_scope: DeleteScope::Any,
        }
    }

    /// The Owner's permit to invite members.
    pub(crate) fn may_invite(&self) -> Permit {
        decide(&self.actor(), Action::Invite(Role::Member), None).unwrap()
    }

    /// The Owner's permit to do something to somebody.
    pub(crate) fn may(&self, action: Action, person: &Membership) -> Permit {
        decide(&self.actor(), action, Some(&person.target(NOW))).unwrap()
    }

    /// Puts people in.
    pub(crate) async fn put(&self, db: &Db, people: &[NewMembership]) {
        let mut tx = db.write().await.unwrap();
        memberships::insert_demo(&mut tx, &self.id, people).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Puts one person in and yields what then stands there.
    pub(crate) async fn put_one(&self, db: &Db, person: NewMembership) -> Membership {
        self.put(db, std::slice::from_ref(&person)).await;
        self.person(db, &person.id).await.unwrap()
    }

    /// An active member with an account.
    pub(crate) async fn member(&self, db: &Db, address: &str, role: Role) -> Membership {
        let user = account(db, address).await;
        self.put_one(db, NewMembership { role, user_id: Some(user.id), ..active(address, "Mem Ber") }).await
    }

    /// Invites an address as the service does: the row and the link.
    pub(crate) async fn invite(&self, db: &Db, address: &str) -> Result<(Membership, Link), StoreError> {
        let person = invited(address);
        let mut tx = db.write().await?;
        organizations::bump_revision(&mut tx, &self.id).await?;
        memberships::insert_invited(&mut tx, &self.may_invite(), std::slice::from_ref(&person)).await?;
        let link = self.link(&person.id);
        invitations::insert(&mut tx, &self.may_invite(), std::slice::from_ref(&link)).await?;
        tx.commit().await?;
        let membership = self.person(db, &person.id).await.unwrap();
        Ok((membership, Link { id: link.id, token_hash: link.token_hash }))
    }

    /// A link for somebody, not stored yet.
    #[expect(clippy::unused_self, reason = "it reads as what belongs to the organization")]
    pub(crate) fn link(&self, membership_id: &MembershipId) -> NewInvitation {
        NewInvitation {
            id: fresh(),
            membership_id: membership_id.clone(),
            token_hash: token(),
            at: NOW,
            expires_at: NOW.plus(7 * DAY),
        }
    }

    /// Somebody as stored now.
    pub(crate) async fn person(&self, db: &Db, id: &MembershipId) -> Option<Membership> {
        memberships::by_id(&mut db.read().await.unwrap(), &self.id, id).await.unwrap()
    }
}

/// What somebody's profile shows; `None` where they are nobody of the organization.
pub(crate) async fn profile(db: &Db, org: &Org, id: &MembershipId) -> Option<store::people::Profile> {
    let alive = store::sessions::Liveness { now: NOW, seen_since: NOW.plus(-model::time::DAY) };
    store::people::profile(&mut db.read().await.unwrap(), &org.id, id, alive).await.unwrap()
}

/// Runs a statement behind the store's back.
pub(crate) async fn raw(db: &Db, sql: &str) -> u64 {
    match db {
        Db::Sqlite { write, .. } => sqlx::query(AssertSqlSafe(sql)).execute(write).await.unwrap().rows_affected(),
        Db::Postgres(db) => sqlx::query(AssertSqlSafe(sql)).execute(db.pool()).await.unwrap().rows_affected(),
    }
}

/// Reads one number behind the store's back, as committed.
pub(crate) async fn number(db: &Db, sql: &str) -> i64 {
    match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(read).await.unwrap(),
        Db::Postgres(db) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(db.pool()).await.unwrap(),
    }
}

/// Reads texts behind the store's back, one to a row.
pub(crate) async fn texts(db: &Db, sql: &str) -> Vec<String> {
    match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(read).await.unwrap(),
        Db::Postgres(db) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(db.pool()).await.unwrap(),
    }
}

/// Reads one text behind the store's back.
pub(crate) async fn text(db: &Db, sql: &str) -> Option<String> {
    match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(read).await.unwrap(),
        Db::Postgres(db) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(db.pool()).await.unwrap(),
    }
}

/// The user of a membership that has one.
pub(crate) fn user_of(person: &Membership) -> UserId {
    person.user_id.clone().unwrap()
}
