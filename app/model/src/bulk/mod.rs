//! One thing done to many people: what, to whom, and what becomes of each of them.

mod job;

pub use job::{
    ImportedFile, ImportedRow, JOB_PAGE, JOBS_PAGE, Job, JobCounts, JobItem, JobLine, JobPage, JobState, JobsPage,
};

use serde::{Deserialize, Serialize};

use crate::{
    Action, Actor, Denial, GroupGives, MembershipId, Permission, PersonState, Role, Status, Target,
    authority::may_ever,
    decide,
    people::PeopleQuery,
    policy::DeleteScope,
    rules::{self, Seats},
    text::counted,
};

/// The most people of one job.
pub const MAX_PEOPLE: u64 = 100_000;
/// The most people who are named one by one: as many as a page of the grid holds.
pub const MAX_NAMED: usize = 200;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkOp {
    /// Give a role (B33).
    ChangeRole(Role),
    /// Give everybody the role back that they had; only ever the undoing of [`Self::ChangeRole`].
    RestoreRoles,
    /// B31.
    Deactivate,
    /// B32.
    Activate,
    /// B24.
    Resend,
    /// B23.
    Revoke,
    /// B35, B36.
    Delete,
    /// B37.
    RevokeMembership,
    /// Put into a group (B38).
    AddToGroup,
    /// Take out of a group.
    RemoveFromGroup,
    /// Rows of a file (B27, B28).
    Import,
}

impl BulkOp {
    /// As stored, without the role of [`Self::ChangeRole`] and the group, which are asked for beside it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ChangeRole(_) => "change_role",
            Self::RestoreRoles => "restore_roles",
            Self::Deactivate => "deactivate",
            Self::Activate => "activate",
            Self::Resend => "resend",
            Self::Revoke => "revoke",
            Self::Delete => "delete",
            Self::RevokeMembership => "remove",
            Self::AddToGroup => "add_to_group",
            Self::RemoveFromGroup => "remove_from_group",
            Self::Import => "import",
        }
    }
    /// The role that everybody gets.
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::ChangeRole(role) => Some(role),
            _ => None,
        }
    }
    /// The operation of a [`Self::code`].
    pub fn from_code(code: &str, role: Option<Role>) -> Option<Self> {
        Some(match code {
            "change_role" => Self::ChangeRole(role?),
            "restore_roles" => Self::RestoreRoles,
            "deactivate" => Self::Deactivate,
            "activate" => Self::Activate,
            "resend" => Self::Resend,
            "revoke" => Self::Revoke,
            "delete" => Self::Delete,
            "remove" => Self::RevokeMembership,
            "add_to_group" => Self::AddToGroup,
            "remove_from_group" => Self::RemoveFromGroup,
            "import" => Self::Import,
            _ => return None,
        })
    }
    /// Whether it is about a group.
    pub const fn is_of_group(self) -> bool {
        matches!(self, Self::AddToGroup | Self::RemoveFromGroup)
    }
    /// What is done to one person, who gets `role` where the operation gives each their own, and who has `gives` through the
    /// group that it is about; nothing where each row says for itself.
    pub const fn action(self, role: Option<Role>, gives: GroupGives) -> Option<Action> {
        Some(match (self, role) {
            (Self::ChangeRole(role), _) | (Self::RestoreRoles, Some(role)) => Action::ChangeRole(role),
            (Self::RestoreRoles, None) | (Self::Import, _) => return None,
            (Self::Deactivate, _) => Action::Deactivate,
            (Self::Activate, _) => Action::Activate,
            (Self::Resend, _) => Action::ResendInvitation,
            (Self::Revoke, _) => Action::RevokeInvitation,
            (Self::Delete, _) => Action::Delete,
            (Self::RevokeMembership, _) => Action::RevokeMembership,
            (Self::AddToGroup, _) => Action::JoinGroup(gives),
            (Self::RemoveFromGroup, _) => Action::LeaveGroup(gives),
        })
    }
    /// Whether somebody may do this to anybody.
    ///
    /// # Errors
    /// Why not.
    pub fn may_be_done_by(self, actor: &Actor) -> Result<(), Denial> {
        may_ever(actor, Action::ViewPeople)?;
        match self.action(None, GroupGives::default()) {
            Some(action) => may_ever(actor, action),
            None if self == Self::Import => may_ever(actor, Action::Invite(Role::Member)),
            None => actor.lacks(Permission::ChangeRoles).map_or(Ok(()), Err),
        }
    }
    /// What takes it back, if anything does.
    pub const fn undo(self) -> Option<Self> {
        match self {
            Self::ChangeRole(_) => Some(Self::RestoreRoles),
            Self::Deactivate => Some(Self::Activate),
            Self::Activate => Some(Self::Deactivate),
            Self::AddToGroup => Some(Self::RemoveFromGroup),
            Self::RemoveFromGroup => Some(Self::AddToGroup),
            Self::Import => Some(Self::Revoke),
            Self::RestoreRoles | Self::Resend | Self::Revoke | Self::Delete | Self::RevokeMembership => None,
        }
    }
    /// Whether it takes something away from people.
    pub const fn takes_away(self) -> bool {
        matches!(self, Self::Deactivate | Self::Revoke | Self::RevokeMembership | Self::Delete)
    }
    /// Whether nothing brings back what it takes (B35).
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Delete)
    }
    /// As the heading of a job.
    pub fn title(self) -> String {
        match self {
            Self::ChangeRole(role) => format!("Change role to {}", role.label()),
            Self::RestoreRoles => "Undo a change of roles".to_owned(),
            Self::Deactivate => "Deactivate people".to_owned(),
            Self::Activate => "Activate people".to_owned(),
            Self::Resend => "Resend invitations".to_owned(),
            Self::Revoke => "Revoke invitations".to_owned(),
            Self::Delete => "Delete users".to_owned(),
            Self::RevokeMembership => "Revoke memberships".to_owned(),
            Self::AddToGroup => "Add people to a group".to_owned(),
            Self::RemoveFromGroup => "Take people out of a group".to_owned(),
            Self::Import => "Import people".to_owned(),
        }
    }
    /// As the button that does it to so many.
    pub fn confirmation(self, n: u64) -> String {
        let people = people(n);
        match self {
            Self::ChangeRole(_) | Self::RestoreRoles => format!("Change {people}"),
            Self::Deactivate => format!("Deactivate {people}"),
            Self::Activate => format!("Activate {people}"),
            Self::Resend => format!("Resend {}", invitations(n)),
            Self::Revoke => format!("Revoke {}", invitations(n)),
            Self::Delete => format!("Delete {people} for good"),
            Self::RevokeMembership => format!("Take {people} out"),
            Self::AddToGroup => format!("Add {people}"),
            Self::RemoveFromGroup => format!("Take {people} out of the group"),
            Self::Import => format!("Import {people}"),
        }
    }
    /// What will have become of so many.
    pub fn forecast(self, n: u64) -> String {
        match self {
            Self::ChangeRole(role) => format!("{} will have the role {}.", people(n), role.label()),
            Self::RestoreRoles => format!("{} will have their earlier role.", people(n)),
            Self::Deactivate => format!("{} will be deactivated.", people(n)),
            Self::Activate => format!("{} will be activated.", people(n)),
            Self::Resend => format!("{} will be sent again.", invitations(n)),
            Self::Revoke => format!("{} will be revoked.", invitations(n)),
            Self::Delete => {
                format!("{} will be deleted, which cannot be undone. What they had open goes to you.", people(n))
            }
            Self::RevokeMembership => {
                format!("{} will lose access to this organization. What they had open goes to you.", people(n))
            }
            Self::AddToGroup => format!("{} will be in the group, and have what it gives.", people(n)),
            Self::RemoveFromGroup => format!("{} will leave the group, and lose what it gives.", people(n)),
            Self::Import => format!("{} will be invited or updated.", people(n)),
        }
    }
    /// What has become of so many.
    pub fn report(self, n: u64) -> String {
        let have = if n == 1 { "has" } else { "have" };
        let were = if n == 1 { "was" } else { "were" };
        match self {
            Self::ChangeRole(role) => format!("{} {have} the role {} now.", people(n), role.label()),
            Self::RestoreRoles => format!("{} {have} their earlier role again.", people(n)),
            Self::Deactivate => format!("{} {were} deactivated.", people(n)),
            Self::Activate => format!("{} {were} activated.", people(n)),
            Self::Resend => format!("{} {were} sent again.", invitations(n)),
            Self::Revoke => format!("{} {were} revoked.", invitations(n)),
            Self::Delete => format!("{} {were} deleted.", people(n)),
            Self::RevokeMembership => format!("{} {have} no access to this organization any more.", people(n)),
            Self::AddToGroup => format!("{} {were} added to the group.", people(n)),
            Self::RemoveFromGroup => format!("{} {were} taken out of the group.", people(n)),
            Self::Import => format!("{} {were} invited or updated.", people(n)),
        }
    }
    /// What happens to a person who is not left out, in a word or two.
    pub fn result(self, role: Option<Role>, state: &ItemState) -> String {
        let role = self.role().or(role).map_or("", Role::label);
        match (self, state) {
            (Self::ChangeRole(_) | Self::RestoreRoles, ItemState::Would) => format!("Will be {role}"),
            (Self::ChangeRole(_) | Self::RestoreRoles, ItemState::Done) => format!("Is {role} now"),
            (Self::ChangeRole(_) | Self::RestoreRoles, ItemState::Unchanged) => format!("Is {role} already"),
            (Self::Deactivate, ItemState::Would) => "Will be deactivated".to_owned(),
            (Self::Deactivate, ItemState::Done) => "Deactivated".to_owned(),
            (Self::Deactivate, ItemState::Unchanged) => "Deactivated already".to_owned(),
            (Self::Activate, ItemState::Would) => "Will be activated".to_owned(),
            (Self::Activate, ItemState::Done) => "Activated".to_owned(),
            (Self::Activate, ItemState::Unchanged) => "Active already".to_owned(),
            (Self::Resend, ItemState::Would) => "Will be sent again".to_owned(),
            (Self::Resend, ItemState::Done) => "Sent again".to_owned(),
            (Self::Revoke, ItemState::Would) => "Will be revoked".to_owned(),
            (Self::Revoke, ItemState::Done) => "Revoked".to_owned(),
            (Self::Delete, ItemState::Would) => "Will be deleted".to_owned(),
            (Self::Delete, ItemState::Done) => "Deleted".to_owned(),
            (Self::RevokeMembership, ItemState::Would) => "Will lose access".to_owned(),
            (Self::RevokeMembership, ItemState::Done) => "Has no access any more".to_owned(),
            (Self::AddToGroup, ItemState::Would) => "Will be added".to_owned(),
            (Self::AddToGroup, ItemState::Done) => "Added".to_owned(),
            (Self::AddToGroup, ItemState::Unchanged) => "In the group already".to_owned(),
            (Self::RemoveFromGroup, ItemState::Would) => "Will be taken out".to_owned(),
            (Self::RemoveFromGroup, ItemState::Done) => "Taken out".to_owned(),
            (Self::RemoveFromGroup, ItemState::Unchanged) => "Not in the group".to_owned(),
            (_, state) => state.label().to_owned(),
        }
    }
}

fn people(n: u64) -> String {
    counted(n, "person", "people")
}

fn invitations(n: u64) -> String {
    counted(n, "invitation", "invitations")
}

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
// In the browser, whose pointers are half as long, it is not large.
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(clippy::large_enum_variant, reason = "a job has one, and nobody keeps many")
)]
pub enum Selection {
    /// To these, at most [`MAX_NAMED`].
    Named(Vec<MembershipId>),
    /// To everybody who matches.
    Matching(PeopleQuery),
    /// To whom the rows of a file name.
    Rows,
}

/// What becomes of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// It will be done.
    Would,
    /// There is nothing to do.
    Unchanged,
    /// It is not done, and why.
    LeftOut(String),
    /// It was done.
    Done,
    /// It could not be done, and why.
    Failed(String),
}

impl ItemState {
    /// The codes of all, in the order of their tabs.
    pub const CODES: [&'static str; 5] = ["would", "done", "failed", "left_out", "unchanged"];

    /// As stored and in the URL.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Would => "would",
            Self::Unchanged => "unchanged",
            Self::LeftOut(_) => "left_out",
            Self::Done => "done",
            Self::Failed(_) => "failed",
        }
    }
    /// As shown.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Would => "To do",
            Self::Unchanged => "Unchanged",
            Self::LeftOut(_) => "Left out",
            Self::Done => "Done",
            Self::Failed(_) => "Failed",
        }
    }
    /// The reason, where there is one.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::LeftOut(reason) | Self::Failed(reason) => Some(reason),
            Self::Would | Self::Unchanged | Self::Done => None,
        }
    }
    /// The state of a [`Self::code`].
    pub fn from_code(code: &str, reason: &str) -> Option<Self> {
        Some(match code {
            "would" => Self::Would,
            "unchanged" => Self::Unchanged,
            "left_out" => Self::LeftOut(reason.to_owned()),
            "done" => Self::Done,
            "failed" => Self::Failed(reason.to_owned()),
            _ => return None,
        })
    }
}

/// What somebody may do to many people at once; nothing where they may do it to nobody. The roles that they may give are
/// told by [`grantable`].
pub fn possible(actor: &Actor) -> Vec<BulkOp> {
    let all = [
        BulkOp::Deactivate,
        BulkOp::Activate,
        BulkOp::Resend,
        BulkOp::Revoke,
        BulkOp::RevokeMembership,
        BulkOp::Delete,
    ];
    let makes_sense = |op: &BulkOp| *op != BulkOp::Delete || actor.delete_scope != DeleteScope::Off;
    all.into_iter().filter(makes_sense).filter(|op| op.may_be_done_by(actor).is_ok()).collect()
}

/// The roles that somebody may give to many people at once.
pub fn grantable(actor: &Actor) -> Vec<Role> {
    let all = [Role::Member, Role::Viewer, Role::Admin];
    all.into_iter().filter(|role| BulkOp::ChangeRole(*role).may_be_done_by(actor).is_ok()).collect()
}

/// Whether somebody may do anything to many people, and so see what was done.
///
/// # Errors
/// Why not.
pub fn may_do_any(actor: &Actor) -> Result<(), Denial> {
    let groups = BulkOp::AddToGroup.may_be_done_by(actor);
    if possible(actor).is_empty() && grantable(actor).is_empty() && groups.is_err() {
        // What keeps somebody from the first keeps them from all of it.
        return Err(BulkOp::Deactivate.may_be_done_by(actor).err().unwrap_or(Denial::Role));
    }
    Ok(())
}

/// What an organization has left, as far as it bounds what can be done to many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// How many active Owners it has.
    pub active_owners: u64,
    /// Its seats (policy M).
    pub seats: Seats,
}

/// What would become of a person: the same questions that are asked when it is done.
pub fn verdict(actor: &Actor, action: Action, target: &Target, room: Room) -> ItemState {
    let stands = match action {
        Action::ChangeRole(role) => target.grant() == role.into(),
        Action::Deactivate => target.state == PersonState::Deactivated,
        Action::Activate => target.state == PersonState::Active,
        _ => false,
    };
    if stands {
        return ItemState::Unchanged;
    }
    if let Err(why) = decide(actor, action, Some(target)) {
        return ItemState::LeftOut(why.to_string());
    }
    // What is undone gives the base role back, which is more than they had.
    if matches!(action, Action::ChangeRole(_)) && target.grant().is_custom() {
        return ItemState::LeftOut(Denial::CustomRole.to_string());
    }
    let now = rules::Standing { role: target.role, status: target.state.stored(), active_owners: room.active_owners };
    let kept = match action {
        Action::ChangeRole(role) => rules::change_role(now, role).map(drop),
        Action::Deactivate => rules::set_active(now, Status::Deactivated).map(drop),
        Action::Delete | Action::RevokeMembership => rules::remove(now),
        _ => Ok(()),
    };
    if let Err(why) = kept {
        return ItemState::LeftOut(why.to_string());
    }
    if rules::needs_seat(action, target.state) && !room.seats.is_left() {
        return ItemState::LeftOut(rules::NoSeat.to_string());
    }
    ItemState::Would
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Kind, Policies,
        authority::{self, tests::target},
    };

    fn actor(role: Role) -> Actor {
        authority::tests::actor(role, Kind::Standard)
    }

    /// So many Owners, and seats for everybody.
    fn room(active_owners: u64) -> Room {
        Room { active_owners, seats: Seats::unlimited() }
    }

    #[test]
    fn each_person_is_judged_as_if_they_were_alone() {
        use PersonState::{Active, Deactivated, Expired, Invited};
        let left_out = |why: Denial| ItemState::LeftOut(why.to_string());
        let last_owner = || ItemState::LeftOut(rules::LastOwner.to_string());
        let to_viewer = Action::ChangeRole(Role::Viewer);
        for (by, action, role, state, owners, expected) in [
            (Role::Admin, to_viewer, Role::Member, Active, 1, ItemState::Would),
            (Role::Admin, to_viewer, Role::Member, Invited, 1, ItemState::Would),
            (Role::Admin, to_viewer, Role::Viewer, Active, 1, ItemState::Unchanged),
            (Role::Admin, to_viewer, Role::Owner, Active, 1, left_out(Denial::OwnerProtected)),
            (Role::Owner, to_viewer, Role::Owner, Active, 1, last_owner()),
            (Role::Owner, to_viewer, Role::Owner, Active, 2, ItemState::Would),
            (
                Role::Owner,
                Action::ChangeRole(Role::Owner),
                Role::Member,
                Active,
                1,
                left_out(Denial::OwnerNotAssignable),
            ),
            (Role::Member, to_viewer, Role::Member, Active, 1, left_out(Denial::Role)),
            (Role::Admin, Action::Deactivate, Role::Member, Active, 1, ItemState::Would),
            (Role::Admin, Action::Deactivate, Role::Member, Deactivated, 1, ItemState::Unchanged),
            (Role::Admin, Action::Deactivate, Role::Member, Invited, 1, left_out(Denial::State)),
            (Role::Owner, Action::Deactivate, Role::Owner, Active, 1, last_owner()),
            (Role::Admin, Action::Activate, Role::Member, Active, 1, ItemState::Unchanged),
            (Role::Admin, Action::Activate, Role::Member, Deactivated, 1, ItemState::Would),
            (Role::Admin, Action::Activate, Role::Member, Expired, 1, left_out(Denial::State)),
            (Role::Admin, Action::ResendInvitation, Role::Member, Expired, 1, ItemState::Would),
            (Role::Admin, Action::ResendInvitation, Role::Member, Active, 1, left_out(Denial::State)),
            (Role::Admin, Action::RevokeInvitation, Role::Member, Invited, 1, ItemState::Would),
            (Role::Admin, Action::RevokeInvitation, Role::Member, Deactivated, 1, left_out(Denial::State)),
            (Role::Admin, Action::Delete, Role::Member, Active, 1, ItemState::Would),
            (Role::Admin, Action::Delete, Role::Owner, Active, 2, left_out(Denial::OwnerProtected)),
            (Role::Owner, Action::Delete, Role::Owner, Active, 1, last_owner()),
            (Role::Owner, Action::Delete, Role::Owner, Active, 2, ItemState::Would),
            (Role::Admin, Action::RevokeMembership, Role::Member, Deactivated, 1, ItemState::Would),
            (Role::Admin, Action::RevokeMembership, Role::Member, Invited, 1, left_out(Denial::State)),
            (Role::Owner, Action::RevokeMembership, Role::Owner, Active, 1, last_owner()),
        ] {
            let target = target(role, state);
            assert_eq!(verdict(&actor(by), action, &target, room(owners)), expected, "{by:?} {action:?} {target:?}");
        }
        let by = actor(Role::Admin);
        let own = Target { membership_id: by.membership_id.clone(), ..target(Role::Admin, Active) };
        assert_eq!(verdict(&by, Action::Deactivate, &own, room(1)), left_out(Denial::Yourself));
    }

    #[test]
    fn who_comes_back_needs_a_seat() {
        let by = actor(Role::Admin);
        let full = Room { seats: Seats::new(&Policies { seats: Some(3), ..Policies::default() }, 3), ..room(1) };
        let no_seat = || ItemState::LeftOut(rules::NoSeat.to_string());
        for (action, state, expected) in [
            (Action::Activate, PersonState::Deactivated, no_seat()),
            (Action::Activate, PersonState::Active, ItemState::Unchanged),
            (Action::ResendInvitation, PersonState::Expired, no_seat()),
            (Action::ResendInvitation, PersonState::Invited, ItemState::Would),
            (Action::Deactivate, PersonState::Active, ItemState::Would),
            (Action::ChangeRole(Role::Viewer), PersonState::Deactivated, ItemState::Would),
        ] {
            let target = target(Role::Member, state);
            assert_eq!(verdict(&by, action, &target, full), expected, "{action:?} {state:?}");
        }
    }

    #[test]
    fn whoever_may_do_it_to_nobody_may_not_begin() {
        let ops = [
            BulkOp::ChangeRole(Role::Viewer),
            BulkOp::RestoreRoles,
            BulkOp::Deactivate,
            BulkOp::Activate,
            BulkOp::Resend,
            BulkOp::Revoke,
            BulkOp::RevokeMembership,
            BulkOp::Delete,
            BulkOp::AddToGroup,
            BulkOp::RemoveFromGroup,
            BulkOp::Import,
        ];
        for op in ops {
            assert_eq!(BulkOp::from_code(op.code(), op.role()), Some(op));
            for role in [Role::Owner, Role::Admin] {
                assert_eq!(op.may_be_done_by(&actor(role)), Ok(()), "{op:?}");
            }
            for role in [Role::Member, Role::Viewer, Role::Partner] {
                assert_eq!(op.may_be_done_by(&actor(role)), Err(Denial::Role), "{op:?}");
            }
        }
        assert_eq!(may_do_any(&actor(Role::Admin)), Ok(()));
        assert_eq!(possible(&actor(Role::Owner)), ops[2..ops.len() - 3]);
        assert_eq!(grantable(&actor(Role::Admin)), [Role::Member, Role::Viewer, Role::Admin]);
        for role in [Role::Member, Role::Viewer, Role::Partner] {
            assert_eq!(may_do_any(&actor(role)), Err(Denial::Role));
        }
        assert_eq!(
            BulkOp::ChangeRole(Role::Owner).may_be_done_by(&actor(Role::Owner)),
            Err(Denial::OwnerNotAssignable)
        );
    }

    #[test]
    fn a_state_survives_the_database() {
        for code in ItemState::CODES {
            assert_eq!(ItemState::from_code(code, "why").map(|state| state.code()), Some(code));
        }
        assert_eq!(BulkOp::Deactivate.confirmation(1), "Deactivate 1 person");
        assert_eq!(BulkOp::ChangeRole(Role::Viewer).forecast(12), "12 people will have the role Viewer.");
    }
}
