//! Memberships: a person in an organization, from the invitation on.

use model::{
    Actor, CustomRole, Email, Ends, Grant, GroupGrants, Kind, MembershipId, OrgId, OrgName, PermissionSet, Permit,
    PersonName, PersonState, Role, RoleChoice, RoleId, Source, Status, Timestamp, UserId,
    explain::past::PersonWas,
    id::Id,
    people::{Class, OrgSummary, PersonRow},
    rules::{self, Acceptance, Lapse, Standing, Timed, Transfer},
    text,
};
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::{
    FOREVER, Handle, StoreError, Tx, Value, attributes,
    bulk::select_in,
    connection_grants,
    counts::{self, Counted},
    db::{execute, fetch_all, fetch_one, fetch_optional},
    ends,
    error::one,
    groups, insert_many, organizations,
    users::User,
};

/// A membership as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Its id.
    pub id: MembershipId,
    /// Its organization.
    pub org_id: OrgId,
    /// The account, once accepted.
    pub user_id: Option<UserId>,
    /// Kind.
    pub kind: Kind,
    /// Role.
    pub role: Role,
    /// The custom role that it is the base of (B41).
    pub custom_role: Option<RoleId>,
    /// What that takes away.
    pub withheld: PermissionSet,
    /// What comes through groups beside it (B38).
    pub through_groups: GroupGrants,
    /// Stored status; see [`Status::at`].
    pub status: Status,
    /// How the person came here.
    pub source: Source,
    /// Address.
    pub email: Email,
    /// Name.
    pub name: PersonName,
    /// The ends of access and role as stored (N5); see [`Self::target`].
    pub ends: Ends,
    /// When something is to be done about them.
    pub due_at: Option<Timestamp>,
    /// The end of an open invitation; `None` once accepted.
    pub open_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was accepted.
    pub joined_at: Option<Timestamp>,
    /// Last login there.
    pub last_login_at: Option<Timestamp>,
}

impl Membership {
    /// What [`model::decide`] is asked about.
    pub fn target(&self, now: Timestamp) -> model::Target {
        let grant = self.ends.grant_at(Grant { base: self.role, withheld: self.withheld }, now);
        model::Target {
            membership_id: self.id.clone(),
            org_id: self.org_id.clone(),
            kind: self.kind,
            role: grant.base,
            withheld: grant.withheld,
            through_groups: self.through_groups,
            state: self.ends.state_at(self.status.at(self.open_until, now), now),
        }
    }
    /// The person as one who acts in the organization; `None` before they have accepted.
    pub fn actor(&self, org: &OrgSummary, now: Timestamp) -> Option<Actor> {
        let as_target = self.target(now);
        Some(Actor {
            user_id: self.user_id.clone()?,
            membership_id: self.id.clone(),
            org_id: self.org_id.clone(),
            role: as_target.role,
            withheld: as_target.withheld,
            through_groups: self.through_groups,
            kind: self.kind,
            state: as_target.state,
            org_kind: org.kind,
            archived: org.archived_at.is_some(),
            admin_grantable: org.policies.admin_grantable,
            delete_scope: org.policies.delete_scope,
        })
    }
    /// What the person was, for a line of the log about what changes that (N6).
    pub fn was(&self) -> PersonWas {
        PersonWas {
            choice: self.custom_role.clone().map_or(self.role.into(), RoleChoice::Custom),
            grant: Grant { base: self.role, withheld: self.withheld },
            status: self.status,
            ends: self.ends.clone(),
        }
    }
    /// What the clock has made of the person, to be stored.
    pub fn lapse(&self, now: Timestamp) -> Lapse {
        let stored = Timed {
            org_id: &self.org_id,
            membership_id: &self.id,
            role: self.role,
            status: self.status,
            ends: &self.ends,
            due_at: self.due_at.unwrap_or(now),
        };
        rules::lapse(&stored, now)
    }
    /// The row of the grid.
    pub fn into_row(self, now: Timestamp) -> PersonRow {
        PersonRow {
            target: self.target(now),
            name: self.name,
            email: self.email,
            last_login_at: self.last_login_at,
            added_at: self.created_at,
            source: self.source,
            home: None,
            attributes: Vec::new(),
            custom_role: None,
            ends: self.ends.pending(now),
            delivery: None,
            hits: None,
        }
    }
    /// As what the person is counted.
    pub fn counted(&self) -> Counted {
        let class = Class { kind: self.kind, state: counted_as(self.status), role: self.role, source: self.source };
        Counted::new(class, self.open_until)
    }
}

/// The state under which a stored status is counted.
pub(crate) const fn counted_as(status: Status) -> PersonState {
    match status {
        Status::Invited => PersonState::Invited,
        Status::Active => PersonState::Active,
        Status::Deactivated => PersonState::Deactivated,
    }
}

/// The columns of [`Row`], of table `m` or of what is named; a macro, so that `concat!` makes one static text of it.
macro_rules! columns {
    () => {
        columns!("m.")
    };
    ($of:literal) => {
        concat!(
            $of,
            "id, ",
            $of,
            "org_id, ",
            $of,
            "user_id, ",
            $of,
            "kind, ",
            $of,
            "role, ",
            $of,
            "status, ",
            $of,
            "source, ",
            $of,
            "email, ",
            $of,
            "first_name, ",
            $of,
            "last_name, ",
            $of,
            "open_until, ",
            $of,
            "created_at, ",
            $of,
            "joined_at, ",
            $of,
            "last_login_at, ",
            $of,
            "ends, ",
            $of,
            "due_at, ",
            $of,
            "custom_role_id, ",
            $of,
            "withheld, ",
            $of,
            "through_groups"
        )
    };
}
pub(crate) use columns;

/// A row of them; also as the array that JSON makes of it.
#[derive(sqlx::FromRow, Deserialize)]
pub(crate) struct Row {
    id: String,
    org_id: String,
    user_id: Option<String>,
    kind: String,
    role: String,
    status: String,
    source: String,
    email: String,
    first_name: String,
    last_name: String,
    open_until: i64,
    created_at: i64,
    joined_at: Option<i64>,
    last_login_at: Option<i64>,
    ends: String,
    due_at: Option<i64>,
    custom_role_id: Option<String>,
    withheld: String,
    through_groups: String,
}

pub(crate) fn from_row(row: Row) -> Result<Membership, StoreError> {
    let custom_role = row.custom_role_id.map(|id| RoleId::parse(&id)).transpose();
    let kind = Kind::from_code(&row.kind).ok_or(StoreError::Corrupt("kind"))?;
    Ok(Membership {
        id: MembershipId::parse(&row.id).map_err(|_| StoreError::Corrupt("membership id"))?,
        org_id: OrgId::parse(&row.org_id).map_err(|_| StoreError::Corrupt("organization id"))?,
        user_id: row.user_id.map(|u| UserId::parse(&u)).transpose().map_err(|_| StoreError::Corrupt("user id"))?,
        kind,
        role: Role::from_code(&row.role).ok_or(StoreError::Corrupt("role"))?,
        custom_role: custom_role.map_err(|_| StoreError::Corrupt("role id"))?,
        withheld: PermissionSet::from_codes(&row.withheld),
        through_groups: groups::through(&row.through_groups, kind)?,
        status: Status::from_code(&row.status).ok_or(StoreError::Corrupt("status"))?,
        source: Source::from_code(&row.source).ok_or(StoreError::Corrupt("source"))?,
        email: Email::parse(&row.email).map_err(|_| StoreError::Corrupt("email"))?,
        name: PersonName { first: row.first_name, last: row.last_name },
        open_until: (row.open_until != FOREVER).then(|| Timestamp::from_millis(row.open_until)),
        created_at: Timestamp::from_millis(row.created_at),
        joined_at: row.joined_at.map(Timestamp::from_millis),
        last_login_at: row.last_login_at.map(Timestamp::from_millis),
        ends: ends::from_text(&row.ends)?,
        due_at: row.due_at.map(Timestamp::from_millis),
    })
}

/// A membership of the organization, by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<H: Handle>(h: &mut H, org_id: &OrgId, id: &MembershipId) -> Result<Option<Membership>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        concat!("SELECT ", columns!(), " FROM memberships m WHERE m.id = $1 AND m.org_id = $2"),
        id.as_str(),
        org_id.as_str()
    )?;
    row.map(from_row).transpose()
}

/// The membership of a user in the organization.
///
/// # Errors
/// [`StoreError`].
pub async fn by_user<H: Handle>(h: &mut H, org_id: &OrgId, user_id: &UserId) -> Result<Option<Membership>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        concat!("SELECT ", columns!(), " FROM memberships m WHERE m.user_id = $1 AND m.org_id = $2"),
        user_id.as_str(),
        org_id.as_str()
    )?;
    row.map(from_row).transpose()
}

/// The memberships of an account in all its organizations, in the order in which those are to be locked.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account<H: Handle>(h: &mut H, user_id: &UserId) -> Result<Vec<Membership>, StoreError> {
    let rows: Vec<Row> = fetch_all!(
        h,
        concat!("SELECT ", columns!(), " FROM memberships m WHERE m.user_id = $1 ORDER BY m.org_id"),
        user_id.as_str()
    )?;
    rows.into_iter().map(from_row).collect()
}

/// The first organization of an account in which somebody else stands under an address, such as by an invitation.
///
/// # Errors
/// [`StoreError`].
pub async fn in_the_way_of<H: Handle>(
    h: &mut H,
    user_id: &UserId,
    email: &Email,
) -> Result<Option<OrgName>, StoreError> {
    let row: Option<(String,)> = fetch_optional!(
        h,
        "SELECT o.name FROM memberships own JOIN memberships m ON m.org_id = own.org_id AND m.email = $2 \
         JOIN organizations o ON o.id = own.org_id WHERE own.user_id = $1 AND m.id <> own.id ORDER BY o.name LIMIT 1",
        user_id.as_str(),
        email.as_str()
    )?;
    row.map(|(name,)| organizations::name(&name)).transpose()
}

/// The membership with which a user's account was created, as long as they have not joined (B4).
///
/// # Errors
/// [`StoreError`].
pub async fn created<H: Handle>(h: &mut H, user_id: &UserId) -> Result<Option<Membership>, StoreError> {
    let row: Option<Row> = fetch_optional!(
        h,
        concat!("SELECT ", columns!(), " FROM memberships m WHERE m.user_id = $1 AND m.status = 'invited'"),
        user_id.as_str()
    )?;
    row.map(from_row).transpose()
}

/// The memberships of the organization that stand under any of the addresses.
///
/// # Errors
/// [`StoreError`].
pub async fn by_emails<H: Handle>(h: &mut H, org_id: &OrgId, emails: &[Email]) -> Result<Vec<Membership>, StoreError> {
    const HEAD: &str = concat!("SELECT ", columns!(), " FROM memberships m WHERE m.org_id = ");
    let emails: Vec<&str> = emails.iter().map(Email::as_str).collect();
    let rows: Vec<Row> = select_in(h, HEAD, Some(org_id.as_str()), " AND m.email IN ", &emails).await?;
    rows.into_iter().map(from_row).collect()
}

/// The memberships of the organization that have any of the ids.
///
/// # Errors
/// [`StoreError`].
pub async fn by_ids<H: Handle>(h: &mut H, org_id: &OrgId, ids: &[MembershipId]) -> Result<Vec<Membership>, StoreError> {
    const HEAD: &str = concat!("SELECT ", columns!(), " FROM memberships m WHERE m.org_id = ");
    let ids: Vec<&str> = ids.iter().map(Id::as_str).collect();
    let rows: Vec<Row> = select_in(h, HEAD, Some(org_id.as_str()), " AND m.id IN ", &ids).await?;
    rows.into_iter().map(from_row).collect()
}

/// The active Owners and Admins of the organization, the Owners first; of very many the first hundred.
///
/// # Errors
/// [`StoreError`].
pub async fn admins<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Vec<Membership>, StoreError> {
    let rows: Vec<Row> = fetch_all!(
        h,
        concat!(
            "SELECT ",
            columns!(),
            " FROM memberships m WHERE m.org_id = $1 AND m.kind IN ('standard', 'support') \
             AND m.role IN ('owner', 'admin') AND m.status = 'active' ORDER BY m.role DESC, m.id LIMIT 100"
        ),
        org_id.as_str()
    )?;
    rows.into_iter().map(from_row).collect()
}

/// How many active Owners the organization has.
///
/// # Errors
/// [`StoreError`].
pub async fn active_owners<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<u64, StoreError> {
    let (n,): (i64,) = fetch_one!(
        h,
        "SELECT count(*) FROM memberships WHERE org_id = $1 AND role = 'owner' AND status = 'active'",
        org_id.as_str()
    )?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// The Owners of the organization, whatever their status.
///
/// # Errors
/// [`StoreError`].
pub async fn owners<H: Handle>(h: &mut H, org_id: &OrgId) -> Result<Vec<Membership>, StoreError> {
    let rows: Vec<Row> = fetch_all!(
        h,
        concat!(
            "SELECT ",
            columns!(),
            " FROM memberships m WHERE m.org_id = $1 AND m.role = 'owner' ORDER BY m.sort_name, m.id"
        ),
        org_id.as_str()
    )?;
    rows.into_iter().map(from_row).collect()
}

/// What the rules over roles and statuses need, read behind [`crate::organizations::bump_revision`].
///
/// # Errors
/// [`StoreError`].
pub async fn standing(tx: &mut Tx, of: &Membership) -> Result<Standing, StoreError> {
    let active_owners = active_owners(tx, &of.org_id).await?;
    Ok(Standing { role: of.role, status: of.status, active_owners })
}

/// A membership to be made.
#[derive(Debug, Clone)]
pub struct NewMembership {
    /// Its id.
    pub id: MembershipId,
    /// The account, where it exists.
    pub user_id: Option<UserId>,
    /// Kind.
    pub kind: Kind,
    /// Role.
    pub role: Role,
    /// Status.
    pub status: Status,
    /// How the person came here.
    pub source: Source,
    /// Address.
    pub email: Email,
    /// Name.
    pub name: PersonName,
    /// The ends of access and role (N5).
    pub ends: Ends,
    /// The end of an open invitation.
    pub open_until: Option<Timestamp>,
    /// When.
    pub created_at: Timestamp,
    /// Last login there; for imported people.
    pub last_login_at: Option<Timestamp>,
}

/// Makes the first Owner of a new organization (B1). No permit: there is nobody yet who could decide.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_first_owner(tx: &mut Tx, org_id: &OrgId, owner: NewMembership) -> Result<(), StoreError> {
    let owner = NewMembership {
        kind: Kind::Standard,
        role: Role::Owner,
        status: Status::Active,
        source: Source::SetUp,
        ..owner
    };
    insert_people(tx, org_id, std::slice::from_ref(&owner)).await
}

/// Makes the rows of people who are invited by the permit's actor.
///
/// # Errors
/// [`StoreError::Taken`] when an address stands in the organization already.
pub async fn insert_invited(tx: &mut Tx, permit: &Permit, people: &[NewMembership]) -> Result<(), StoreError> {
    insert_people(tx, permit.org_id(), people).await
}

/// Fills a made-up organization with made-up people.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_demo(tx: &mut Tx, org_id: &OrgId, people: &[NewMembership]) -> Result<(), StoreError> {
    insert_people(tx, org_id, people).await
}

/// Those of the addresses that a made-up person cannot have: in use in the organization, or by any account.
///
/// # Errors
/// [`StoreError`].
pub async fn taken<H: Handle>(h: &mut H, org_id: &OrgId, emails: &[Email]) -> Result<Vec<Email>, StoreError> {
    const MEMBERS: &str = "SELECT m.email FROM memberships m WHERE m.org_id = ";
    let emails: Vec<&str> = emails.iter().map(Email::as_str).collect();
    let mut rows: Vec<(String,)> = select_in(h, MEMBERS, Some(org_id.as_str()), " AND m.email IN ", &emails).await?;
    rows.extend(
        select_in::<H, (String,)>(h, "SELECT u.email FROM users u WHERE ", None, "u.email IN ", &emails).await?,
    );
    rows.into_iter().map(|(email,)| Email::parse(&email).map_err(|_| StoreError::Corrupt("email"))).collect()
}

async fn insert_people(tx: &mut Tx, org_id: &OrgId, people: &[NewMembership]) -> Result<(), StoreError> {
    let rows: Vec<Vec<Value>> = people
        .iter()
        .map(|p| {
            vec![
                p.id.as_str().into(),
                org_id.as_str().into(),
                Value::OptText(p.user_id.as_ref().map(|u| u.as_str().to_owned())),
                p.kind.code().into(),
                p.role.code().into(),
                p.status.code().into(),
                p.source.code().into(),
                p.email.as_str().into(),
                p.name.first.clone().into(),
                p.name.last.clone().into(),
                p.name.sort_key(&p.email).into(),
                p.open_until.map_or(FOREVER, Timestamp::millis).into(),
                p.created_at.millis().into(),
                (p.status != Status::Invited).then_some(p.created_at.millis()).into(),
                p.last_login_at.map(Timestamp::millis).into(),
                ends::to_text(&p.ends).into(),
                p.ends.next_due(p.created_at).map(Timestamp::millis).into(),
                Value::OptText(None),
                "".into(),
            ]
        })
        .collect();
    insert_many(tx, "memberships", COLUMNS, &rows).await?;
    let terms = people.iter().flat_map(|p| term_rows(org_id, &p.id, &p.name, &p.email, p.kind, p.open_until)).collect();
    let counted = people.iter().map(|p| {
        let class = Class { kind: p.kind, state: counted_as(p.status), role: p.role, source: p.source };
        Counted::new(class, p.open_until)
    });
    find_and_count(tx, org_id, terms, counted).await
}

/// Makes what is made from memberships that were taken in as they are: by what they are found, and how they are counted.
pub(crate) async fn index(tx: &mut Tx, org_id: &OrgId, people: &[Membership]) -> Result<(), StoreError> {
    let terms = people.iter().flat_map(|p| term_rows(org_id, &p.id, &p.name, &p.email, p.kind, p.open_until)).collect();
    find_and_count(tx, org_id, terms, people.iter().map(Membership::counted)).await
}

async fn find_and_count(
    tx: &mut Tx,
    org_id: &OrgId,
    mut terms: Vec<Vec<Value>>,
    counted: impl Iterator<Item = Counted>,
) -> Result<(), StoreError> {
    // In the order of the table, so that neighbours land on the same page while it is in the cache.
    terms.sort_unstable();
    insert_many(tx, "membership_terms", TERM_COLUMNS, &terms).await?;
    let mut counts: BTreeMap<Counted, u32> = BTreeMap::new();
    for of in counted {
        *counts.entry(of).or_default() += 1;
    }
    for (of, n) in counts {
        counts::add(tx, org_id, of, n).await?;
    }
    Ok(())
}

/// Of the table, in the order in which rows are inserted.
pub(crate) const COLUMNS: &[&str] = &[
    "id",
    "org_id",
    "user_id",
    "kind",
    "role",
    "status",
    "source",
    "email",
    "first_name",
    "last_name",
    "sort_name",
    "open_until",
    "created_at",
    "joined_at",
    "last_login_at",
    "ends",
    "due_at",
    "custom_role_id",
    "withheld",
];

const TERM_COLUMNS: &[&str] = &["org_id", "term", "sort_name", "membership_id", "kind", "open_until", "words"];

fn term_rows(
    org_id: &OrgId,
    id: &MembershipId,
    name: &PersonName,
    email: &Email,
    kind: Kind,
    open_until: Option<Timestamp>,
) -> Vec<Vec<Value>> {
    let sort_name = name.sort_key(email);
    let terms = text::terms(name, email);
    // Each in spaces, so that a beginning is told from a middle, and a whole word from a beginning.
    let words = format!(" {} ", terms.join(" "));
    terms
        .into_iter()
        .map(|term| {
            vec![
                org_id.as_str().into(),
                term.into(),
                sort_name.clone().into(),
                id.as_str().into(),
                kind.code().into(),
                open_until.map_or(FOREVER, Timestamp::millis).into(),
                words.clone().into(),
            ]
        })
        .collect()
}

/// Writes by what a membership is found and listed anew, after its name, address or invitation changed.
async fn rewrite_terms(tx: &mut Tx, org_id: &OrgId, id: &MembershipId) -> Result<(), StoreError> {
    let Some(m) = by_id(tx, org_id, id).await? else {
        return Err(StoreError::Corrupt("membership vanished"));
    };
    execute!(tx, "DELETE FROM membership_terms WHERE membership_id = $1", id.as_str())?;
    let terms = term_rows(org_id, id, &m.name, &m.email, m.kind, m.open_until);
    insert_many(tx, "membership_terms", TERM_COLUMNS, &terms).await?;
    let sort_name = m.name.sort_key(&m.email);
    groups::rename(tx, id, &sort_name).await?;
    attributes::rename(tx, id, &sort_name).await?;
    connection_grants::rename(tx, id, &sort_name).await
}

/// The target of a permit that has to have one.
pub(crate) fn target(permit: &Permit) -> Result<&MembershipId, StoreError> {
    permit.target().ok_or(StoreError::Corrupt("permit without a target"))
}

/// What is wrong where a statement about the target of a permit meets nobody.
pub(crate) const GONE: &str = "target of a permit is gone";

/// Gives the permit's target another role, and counts. Its end is the matter of [`crate::ends::set`].
///
/// # Errors
/// [`StoreError`].
pub async fn set_role(tx: &mut Tx, permit: &Permit, of: &Membership, role: Role) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE memberships SET role = $3, custom_role_id = NULL, withheld = '' WHERE id = $1 AND org_id = $2",
        target(permit)?.as_str(),
        permit.org_id().as_str(),
        role.code()
    )?;
    one(n, GONE)?;
    counts::shift(tx, permit.org_id(), of.counted(), of.counted().with(|class| class.role = role)).await
}

/// Gives the permit's target a custom role (B41), and counts.
///
/// # Errors
/// [`StoreError`].
pub async fn set_custom_role(
    tx: &mut Tx,
    permit: &Permit,
    of: &Membership,
    role: &CustomRole,
) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE memberships SET role = $3, custom_role_id = $4, withheld = $5 WHERE id = $1 AND org_id = $2",
        target(permit)?.as_str(),
        permit.org_id().as_str(),
        role.grant.base.code(),
        role.id.as_str(),
        role.grant.withheld.codes()
    )?;
    one(n, GONE)?;
    counts::shift(tx, permit.org_id(), of.counted(), of.counted().with(|class| class.role = role.grant.base)).await
}

/// Makes somebody who has not accepted one of another kind, whom the permit's actor invites as that, and counts.
///
/// # Errors
/// [`StoreError`].
pub async fn set_kind(tx: &mut Tx, permit: &Permit, of: &Membership, kind: Kind) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE memberships SET kind = $3 WHERE id = $1 AND org_id = $2 AND status = 'invited'",
        of.id.as_str(),
        permit.org_id().as_str(),
        kind.code()
    )?;
    one(n, GONE)?;
    rewrite_terms(tx, permit.org_id(), &of.id).await?;
    counts::shift(tx, permit.org_id(), of.counted(), of.counted().with(|class| class.kind = kind)).await
}

/// Turns the switch of the permit's target, and counts.
///
/// # Errors
/// [`StoreError`].
pub async fn set_status(tx: &mut Tx, permit: &Permit, of: &Membership, to: Status) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE memberships SET status = $3 WHERE id = $1 AND org_id = $2",
        target(permit)?.as_str(),
        permit.org_id().as_str(),
        to.code()
    )?;
    one(n, GONE)?;
    counts::shift(tx, permit.org_id(), of.counted(), of.counted().with(|class| class.state = counted_as(to))).await
}

/// Passes ownership on as it was accepted (B34): one of the two becomes Owner, whose access has no end, and the other what the
/// transfer says.
///
/// # Errors
/// [`StoreError`].
pub async fn transfer_ownership(
    tx: &mut Tx,
    giver: &Membership,
    taker: &Membership,
    transfer: &Transfer,
) -> Result<(), StoreError> {
    if (&giver.id, &taker.id) != (transfer.from(), transfer.to()) || giver.org_id != taker.org_id {
        return Err(StoreError::Corrupt("transfer between others"));
    }
    for (of, role) in [(taker, Role::Owner), (giver, transfer.giver_becomes())] {
        let n = execute!(
            tx,
            "UPDATE memberships SET role = $3, custom_role_id = NULL, withheld = '', ends = '', due_at = NULL \
             WHERE id = $1 AND org_id = $2",
            of.id.as_str(),
            of.org_id.as_str(),
            role.code()
        )?;
        one(n, GONE)?;
        counts::shift(tx, &of.org_id, of.counted(), of.counted().with(|class| class.role = role)).await?;
    }
    Ok(())
}

/// Corrects name and address of the permit's target.
///
/// # Errors
/// [`StoreError::Taken`] when the address stands in the organization already.
pub async fn set_details(tx: &mut Tx, permit: &Permit, name: &PersonName, email: &Email) -> Result<(), StoreError> {
    put_details(tx, permit.org_id(), target(permit)?, (name, email)).await
}

/// Brings a membership in step with its account, whose name or address the person has changed: no organization's permit
/// covers that, and so `of` has to be the account's own.
///
/// # Errors
/// [`StoreError::Taken`] when somebody else stands under the address in the organization.
pub async fn set_own_details(tx: &mut Tx, of: &Membership, account: &User) -> Result<(), StoreError> {
    if of.user_id.as_ref() != Some(&account.id) {
        return Err(StoreError::Corrupt("membership of another account"));
    }
    put_details(tx, &of.org_id, &of.id, (&account.name, &account.email)).await
}

async fn put_details(
    tx: &mut Tx,
    org_id: &OrgId,
    id: &MembershipId,
    (name, email): (&PersonName, &Email),
) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE memberships SET first_name = $3, last_name = $4, email = $5, sort_name = $6 WHERE id = $1 AND org_id = $2",
        id.as_str(),
        org_id.as_str(),
        name.first.as_str(),
        name.last.as_str(),
        email.as_str(),
        name.sort_key(email)
    )?;
    one(n, GONE)?;
    rewrite_terms(tx, org_id, id).await
}

/// Makes somebody who is only invited one who is created, by another name, and counts.
///
/// # Errors
/// [`StoreError`].
pub async fn set_created(tx: &mut Tx, permit: &Permit, of: &Membership, name: &PersonName) -> Result<(), StoreError> {
    let source = Source::Created;
    let n = execute!(
        tx,
        "UPDATE memberships SET source = $3, first_name = $4, last_name = $5, sort_name = $6 \
         WHERE id = $1 AND org_id = $2 AND status = 'invited'",
        of.id.as_str(),
        permit.org_id().as_str(),
        source.code(),
        name.first.as_str(),
        name.last.as_str(),
        name.sort_key(&of.email)
    )?;
    one(n, GONE)?;
    rewrite_terms(tx, permit.org_id(), &of.id).await?;
    counts::shift(tx, permit.org_id(), of.counted(), of.counted().with(|class| class.source = source)).await
}

/// Notes which account was made for somebody who is only invited, or that there is none any more.
///
/// # Errors
/// [`StoreError`].
pub async fn set_account(
    tx: &mut Tx,
    permit: &Permit,
    id: &MembershipId,
    user_id: Option<&UserId>,
) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE memberships SET user_id = $3 WHERE id = $1 AND org_id = $2 AND status = 'invited'",
        id.as_str(),
        permit.org_id().as_str(),
        user_id.map(UserId::as_str)
    )?;
    one(n, GONE)
}

/// Moves the end of the invitation of a membership, and counts.
///
/// # Errors
/// [`StoreError`].
pub async fn reopen(tx: &mut Tx, permit: &Permit, of: &Membership, until: Timestamp) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "UPDATE memberships SET open_until = $3 WHERE id = $1 AND org_id = $2 AND status = 'invited'",
        of.id.as_str(),
        permit.org_id().as_str(),
        until.millis()
    )?;
    one(n, GONE)?;
    rewrite_terms(tx, permit.org_id(), &of.id).await?;
    let reopened = Membership { open_until: Some(until), ..of.clone() };
    counts::shift(tx, permit.org_id(), of.counted(), reopened.counted()).await
}

/// Takes the row of a withdrawn invitation away (B23): afterwards the address can be invited again.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_invited(tx: &mut Tx, permit: &Permit, of: &Membership) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "DELETE FROM memberships WHERE id = $1 AND org_id = $2 AND status = 'invited'",
        target(permit)?.as_str(),
        permit.org_id().as_str()
    )?;
    one(n, GONE)?;
    counts::remove(tx, permit.org_id(), of.counted()).await
}

/// Takes the row of an invitation away that was declined: no organization's permit covers that, and so `of` has to be for
/// the address of whoever declines.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_declined(tx: &mut Tx, of: &Membership, email: &Email) -> Result<(), StoreError> {
    if of.email != *email {
        return Err(StoreError::Corrupt("invitation of another address"));
    }
    let n = execute!(
        tx,
        "DELETE FROM memberships WHERE id = $1 AND org_id = $2 AND status = 'invited' AND user_id IS NULL",
        of.id.as_str(),
        of.org_id.as_str()
    )?;
    one(n, GONE)?;
    counts::remove(tx, &of.org_id, of.counted()).await
}

/// Takes the row of the permit's target away, whatever their status (B35, B37).
///
/// # Errors
/// [`StoreError`].
pub async fn delete(tx: &mut Tx, permit: &Permit, of: &Membership) -> Result<(), StoreError> {
    let n = execute!(
        tx,
        "DELETE FROM memberships WHERE id = $1 AND org_id = $2",
        target(permit)?.as_str(),
        permit.org_id().as_str()
    )?;
    one(n, GONE)?;
    counts::remove(tx, permit.org_id(), of.counted()).await
}

/// Makes an invited person a member (B22).
///
/// # Errors
/// [`StoreError`].
pub async fn accept(tx: &mut Tx, of: &Membership, acceptance: &Acceptance) -> Result<(), StoreError> {
    let at = acceptance.at().millis();
    let n = execute!(
        tx,
        "UPDATE memberships SET user_id = $3, status = 'active', first_name = $4, last_name = $5, sort_name = $6, \
         open_until = $7, joined_at = $8, last_login_at = $8, last_used_at = $8, home_org_id = $9 \
         WHERE id = $1 AND org_id = $2 AND status = 'invited'",
        acceptance.membership_id().as_str(),
        acceptance.org_id().as_str(),
        acceptance.user_id().as_str(),
        acceptance.name().first.as_str(),
        acceptance.name().last.as_str(),
        acceptance.name().sort_key(acceptance.email()),
        FOREVER,
        at,
        acceptance.home().map(|home| home.as_str().to_owned())
    )?;
    one(n, GONE)?;
    rewrite_terms(tx, acceptance.org_id(), acceptance.membership_id()).await?;
    let active = Class { kind: of.kind, state: PersonState::Active, role: of.role, source: of.source };
    counts::shift(tx, acceptance.org_id(), of.counted(), Counted::new(active, None)).await
}

/// Notes that a user is there, so that of their organizations this is the last used.
///
/// # Errors
/// [`StoreError`].
pub async fn touch_use(tx: &mut Tx, id: &MembershipId, at: Timestamp) -> Result<(), StoreError> {
    execute!(tx, "UPDATE memberships SET last_used_at = $2 WHERE id = $1", id.as_str(), at.millis())?;
    Ok(())
}

/// Notes that a user came in (B11).
///
/// # Errors
/// [`StoreError`].
pub async fn touch_login(tx: &mut Tx, id: &MembershipId, at: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE memberships SET last_login_at = $2, last_used_at = $2 WHERE id = $1",
        id.as_str(),
        at.millis()
    )?;
    Ok(())
}
