//! Who may do what to whom: one pure question, [`decide`]. The answer is a [`Permit`], which only this module can make
//! and which every organization-scoped write of the store asks for, or a [`Denial`] that says why not.
//!
//! The browser asks the same question to hide or grey out a control; the server asks it to enforce. Default deny, and
//! deny wins.

use serde::{Deserialize, Serialize};

use crate::{
    Grant, GroupGives, GroupGrants, Kind, MembershipId, OrgId, OrgKind, Permission, PermissionSet, PersonState, Role,
    UserId, policy::DeleteScope,
};

/// A signed-in person, as seen by one organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account.
    pub user_id: UserId,
    /// The actor's own membership.
    pub membership_id: MembershipId,
    /// The organization that the actor acts in.
    pub org_id: OrgId,
    /// The actor's role there.
    pub role: Role,
    /// What a custom role takes away from it (B41).
    pub withheld: PermissionSet,
    /// What comes through groups beside it (B38).
    #[serde(default)]
    pub through_groups: GroupGrants,
    /// Native or from elsewhere.
    pub kind: Kind,
    /// The actor's state there; only the active may act.
    pub state: PersonState,
    /// What the organization is.
    pub org_kind: OrgKind,
    /// Whether the organization is archived: it can be read, and nothing changes.
    pub archived: bool,
    /// Whether the organization lets the Admin role be granted (policy G).
    pub admin_grantable: bool,
    /// Whom the organization lets be deleted (policy B).
    pub delete_scope: DeleteScope,
}

/// The person to whom something is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The person's membership.
    pub membership_id: MembershipId,
    /// The organization of that membership.
    pub org_id: OrgId,
    /// Native or from elsewhere.
    pub kind: Kind,
    /// The person's role there.
    pub role: Role,
    /// What a custom role takes away from it (B41).
    pub withheld: PermissionSet,
    /// What comes through groups beside it (B38).
    #[serde(default)]
    pub through_groups: GroupGrants,
    /// The person's state there.
    pub state: PersonState,
}

impl Actor {
    /// What the actor may do here.
    pub fn permissions(&self) -> PermissionSet {
        self.holding().permissions()
    }
    /// Where that comes from.
    pub const fn holding(&self) -> Holding {
        Holding {
            own: Grant { base: self.role, withheld: self.withheld },
            through_groups: self.through_groups,
            kind: self.kind,
        }
    }
    /// Whether the actor changes what a permission is about, whichever of it: in an archived organization nobody does.
    ///
    /// # Errors
    /// Why not.
    pub fn may_change(&self, permission: Permission) -> Result<(), Denial> {
        match self.lacks(permission) {
            Some(why) => Err(why),
            None if self.archived => Err(Denial::Archived),
            None => Ok(()),
        }
    }
    /// Why the actor has not got a permission; `None` where they have.
    pub fn lacks(&self, permission: Permission) -> Option<Denial> {
        self.holding().lacks(permission)
    }
}

/// Where what somebody may do comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// The own role, less what a custom one takes away.
    pub own: Grant,
    /// What comes through groups beside it (B38).
    pub through_groups: GroupGrants,
    /// Native or from elsewhere.
    pub kind: Kind,
}

impl Holding {
    /// What it comes to: what the own role and those of groups give together, less what any custom role among them takes
    /// away, less the mask of the kind. Deny wins, but over an Owner, whom nothing narrows.
    pub fn permissions(self) -> PermissionSet {
        self.unmasked().masked(self.kind)
    }
    fn unmasked(self) -> PermissionSet {
        self.through_groups.beside(self.own)
    }
    /// What any custom role takes away, the own one or one of a group.
    const fn kept_back(self) -> PermissionSet {
        self.own.withheld.union(self.through_groups.withheld)
    }
    /// Why a permission is not among it; `None` where it is.
    pub fn lacks(self, permission: Permission) -> Option<Denial> {
        if self.permissions().has(permission) {
            None
        } else if self.unmasked().has(permission) {
            Some(if self.kind == Kind::Support { Denial::Support } else { Denial::External })
        } else if self.kept_back().has(permission) {
            Some(Denial::Withheld)
        } else {
            Some(Denial::Role)
        }
    }
    /// Whether somebody in this state may use a permission: the first thing that [`decide`] asks.
    ///
    /// # Errors
    /// Why not.
    pub fn may(self, state: PersonState, permission: Permission) -> Result<(), Denial> {
        if state != PersonState::Active {
            return Err(Denial::Inactive);
        }
        self.lacks(permission).map_or(Ok(()), Err)
    }
}

impl Target {
    /// What the person's own role gives.
    pub const fn grant(&self) -> Grant {
        Grant { base: self.role, withheld: self.withheld }
    }
    /// What the person holds, or will once they have joined: by the own role and through groups, less the mask of the kind.
    fn holds(&self) -> PermissionSet {
        self.holding().permissions()
    }
    /// Where that comes from.
    pub const fn holding(&self) -> Holding {
        Holding { own: self.grant(), through_groups: self.through_groups, kind: self.kind }
    }
    /// What the person would come to hold by another role of their own. That may be more than it gives: what the one before
    /// has kept them from, groups may give.
    fn gains_by(&self, own: Grant) -> PermissionSet {
        self.through_groups.beside(own).without(self.through_groups.beside(self.grant()))
    }
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See the list of people (B8) or a profile (B29).
    ViewPeople,
    /// Invite somebody with a role (B17, B18).
    Invite(Role),
    /// Invite somebody of another organization with a role (B45, B46).
    InviteExternal(Role),
    /// Let somebody of the vendor's staff in with a role (B53).
    GrantSupport(Role),
    /// Send a pending or expired invitation again (B24).
    ResendInvitation,
    /// Withdraw an invitation (B23).
    RevokeInvitation,
    /// Correct the name, or the address while it is only invited (B30).
    Edit,
    /// Give another role (B33).
    ChangeRole(Role),
    /// Give a custom role (B41).
    GiveCustomRole(Grant),
    /// Make a custom role that gives this, or change one so that it does (B41).
    DefineRole(Grant),
    /// Take a custom role away, whose people get this instead (B41).
    DeleteRole(Grant),
    /// Make a group that gives this, or change one so that it does (B38).
    DefineGroup(GroupGives),
    /// Take this away from everybody who has it through a group.
    DissolveGroup(GroupGives),
    /// Put somebody into a group that gives this.
    JoinGroup(GroupGives),
    /// Take somebody out of it.
    LeaveGroup(GroupGives),
    /// Keep from logging in (B31).
    Deactivate,
    /// Let log in again (B32).
    Activate,
    /// Let access end on a day, or not (N5).
    LimitAccess,
    /// Let the role end on a day, after which this one follows, or not, where this one is the role itself (N5).
    LimitRole(Role),
    /// Delete for good (B35, B36).
    Delete,
    /// Take somebody out of the organization, whose account stays (B37).
    RevokeMembership,
    /// Offer ownership to somebody (B34, N4).
    OfferOwnership,
    /// End sessions of somebody, or one's own.
    EndSessions,
    /// Read what was done, by and to somebody.
    ViewAudit,
    /// Share a saved view with everybody in the organization who may see people, and stop it.
    ShareViews,
    /// See where the organization's own people are guests (B45).
    ViewGuests,
    /// See the organization's details, for whoever could change them.
    ViewOrganization,
    /// Change the organization's name and details (B50).
    EditOrganization,
    /// Close the organization: it can be read, and nothing changes any more.
    ArchiveOrganization,
    /// Open an archived organization again.
    RestoreOrganization,
    /// Choose the policies that govern people.
    EditPolicies,
    /// Choose how the organization's mail looks and by which server it leaves (B2).
    EditMailProfile,
    /// See the organization's domains, add some, and prove that they are its own (B50).
    ManageDomains,
    /// Take a domain away (B47).
    DeleteDomain,
    /// See the Partner section of a partner organization (B44).
    ViewPartnerSection,
    /// Make its referral link, or put another in its place.
    ReplaceReferralLink,
    /// Define attributes, and give groups values of them (B39).
    ManageAttributes,
    /// Give somebody values of attributes (B39).
    SetAttributes,
    /// Give oneself values of those that are left to the person (B39).
    SetOwnAttributes,
    /// Register connections, change and delete them, and let groups and defaults give roles on them (B40).
    ManageConnections,
    /// Give somebody a role of their own on a connection, or take it away (B40).
    GiveConnectionRole,
}

/// Why something is not allowed, worded for the person who tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Denial {
    /// The target lives in another organization; answered as not found (S44).
    #[error("We could not find this person.")]
    NotFound,
    /// The actor is no longer active here.
    #[error("Your access to this organization has ended.")]
    Inactive,
    /// The role lacks the permission.
    #[error("Your role does not allow this. Ask an admin of your organization.")]
    Role,
    /// The base role would do, but the custom role takes it away (B41).
    #[error("A custom role takes this away from you. Ask an admin of your organization.")]
    Withheld,
    /// The role would do, but not for somebody of another organization (B47).
    #[error("You belong to another organization. External users cannot do this here, whatever their role.")]
    External,
    /// The role would do, but not for the vendor's staff (B53).
    #[error("Support staff cannot do this here, whatever their role.")]
    Support,
    /// The vendor's staff are not an organization's to delete.
    #[error("Support staff belong to the operator. To end their access, deactivate them or revoke the membership.")]
    SupportNotDeleted,
    /// Nor do they come and go by a file.
    #[error("Support staff are let in on the Support list, with a reason; they are not imported.")]
    SupportNotImported,
    /// The organization is archived.
    #[error("This organization is archived: its people can be seen, and nothing changes. Its Owner can restore it.")]
    Archived,
    /// It is not archived.
    #[error("This organization is not archived.")]
    NotArchived,
    /// Nobody does this to themselves.
    #[error("You cannot do this to yourself.")]
    Yourself,
    /// The target is an Owner (B34).
    #[error("The Owner's access cannot be changed here. Ownership has to be transferred first.")]
    OwnerProtected,
    /// An Owner is one until ownership is transferred (B34).
    #[error("An Owner's access and role have no end. Transfer ownership first.")]
    OwnerHasNoEnd,
    /// Owner is not given by a role change (B34).
    #[error("Ownership is transferred, not assigned.")]
    OwnerNotAssignable,
    /// Who belongs elsewhere owns nothing here (B34, B45).
    #[error("Only an active member of the organization itself can be its Owner.")]
    OwnerIsNative,
    /// An account's sessions are no matter of where it is a guest.
    #[error(
        "The sessions of somebody of another organization are theirs. To keep them out, deactivate them or revoke the membership."
    )]
    SessionsElsewhere,
    /// Externals are users or admins (B46).
    #[error("Somebody of another organization can be a viewer or an admin here, nothing else.")]
    NoExternalRole,
    /// Only partner organizations have partners (B44).
    #[error("Only a partner organization can give the role Partner.")]
    NoPartnerRole,
    /// The organization does not let the Admin role be granted (policy G).
    #[error("This organization does not allow more admins.")]
    AdminNotGrantable,
    /// Many people are changed by base role; a custom one is one person's matter.
    #[error("This person has a custom role. Change it on their profile.")]
    CustomRole,
    /// The role would give what the actor does not hold (S31).
    #[error("You cannot grant more than you hold yourself.")]
    BeyondYourOwn,
    /// The organization does not invite by link (policy A).
    #[error("This organization does not invite by link. Create the user instead.")]
    LinksOff,
    /// The organization does not create accounts with a temporary password (policy A).
    #[error("This organization invites by link and creates no accounts. Invite the person instead.")]
    PasswordsOff,
    /// The organization deletes nobody (policy B).
    #[error("This organization does not delete people. Deactivate the person, or revoke the membership.")]
    DeletionOff,
    /// The organization deletes nobody who has joined (policy B, B36).
    #[error(
        "Only people who have not joined yet can be deleted here. Deactivate the person, or revoke the membership."
    )]
    DeletionAfterJoining,
    /// The organization takes no requests for invitations (policy K).
    #[error("This organization takes no requests for invitations. Ask an admin there to invite you.")]
    RequestsOff,
    /// The action has no meaning in the target's state.
    #[error("This is not possible while the person is in this state.")]
    State,
}

/// Proof that [`decide`] allowed an action. It cannot be made elsewhere; its organization and target are what a write
/// uses, never those of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    actor: Actor,
    action: Action,
    target: Option<MembershipId>,
}

impl Permit {
    /// The organization in which the action is allowed.
    pub fn org_id(&self) -> &OrgId {
        &self.actor.org_id
    }
    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
    /// What was allowed.
    pub fn action(&self) -> Action {
        self.action
    }
    /// To whom; `None` for actions without a target.
    pub fn target(&self) -> Option<&MembershipId> {
        self.target.as_ref()
    }
}

/// Decides whether `actor` may do `action`, to `target` where the action has one.
///
/// # Errors
/// The [`Denial`] that weighs most: another tenant's things are not found before anything else is said about them.
pub fn decide(actor: &Actor, action: Action, target: Option<&Target>) -> Result<Permit, Denial> {
    if target.is_some_and(|t| t.org_id != actor.org_id) {
        return Err(Denial::NotFound);
    }
    // One's own browsers are everybody's own matter, and so are attributes that were left to the person.
    let yourself = target.is_some_and(|t| t.membership_id == actor.membership_id);
    let is_own = yourself && matches!(action, Action::EndSessions | Action::SetOwnAttributes);
    match may_ever(actor, action) {
        Err(Denial::Role | Denial::Withheld | Denial::External | Denial::Support) if is_own => {
            if actor.archived && action == Action::SetOwnAttributes {
                return Err(Denial::Archived);
            }
        }
        other => other?,
    }
    match target {
        Some(target) => may_touch(actor, action, target)?,
        // Reading is of everybody as well as of somebody.
        None if action.has_no_target() || matches!(action, Action::ViewPeople | Action::ViewAudit) => {}
        None => return Err(Denial::NotFound),
    }
    Ok(Permit { actor: actor.clone(), action, target: target.map(|t| t.membership_id.clone()) })
}

/// Whether `actor` may do `action` to anybody at all.
///
/// # Errors
/// Why not.
pub(crate) fn may_ever(actor: &Actor, action: Action) -> Result<(), Denial> {
    // Elsewhere there is no such thing, whoever asks.
    if actor.state == PersonState::Active && action.is_of_partners() && actor.org_kind != OrgKind::Partner {
        return Err(Denial::NotFound);
    }
    actor.holding().may(actor.state, needed(action))?;
    match (actor.archived, action) {
        (false, Action::RestoreOrganization) => return Err(Denial::NotArchived),
        // People of other organizations have nothing more to look for there.
        (true, action) if !action.works_in_archive() || actor.kind == Kind::External => return Err(Denial::Archived),
        _ => {}
    }
    match action {
        Action::InviteExternal(role) if !role.fits(Kind::External) => Err(Denial::NoExternalRole),
        Action::GrantSupport(role) if !role.fits(Kind::Support) => Err(Denial::NoExternalRole),
        Action::GrantSupport(role) | Action::Invite(role) | Action::InviteExternal(role) | Action::ChangeRole(role) => {
            may_grant(actor, role.into())
        }
        Action::GiveCustomRole(grant) | Action::DefineRole(grant) | Action::DeleteRole(grant) => {
            may_grant(actor, grant)
        }
        Action::DefineGroup(gives) | Action::JoinGroup(gives) => {
            may_move_connections(actor, gives)?;
            gives.grants().try_for_each(|grant| may_grant_to_group(actor, grant))
        }
        Action::DissolveGroup(gives) | Action::LeaveGroup(gives) => {
            may_move_connections(actor, gives)?;
            gives.grants().try_for_each(|grant| may_take_back(actor, grant))
        }
        _ => Ok(()),
    }
}

impl Action {
    /// Whether it is done to nobody in particular: inviting, sharing and settings.
    const fn has_no_target(self) -> bool {
        matches!(
            self,
            Self::Invite(_)
                | Self::InviteExternal(_)
                | Self::GrantSupport(_)
                | Self::DefineRole(_)
                | Self::DeleteRole(_)
                | Self::DefineGroup(_)
                | Self::DissolveGroup(_)
                | Self::ShareViews
                | Self::ViewGuests
                | Self::ViewOrganization
                | Self::EditOrganization
                | Self::ArchiveOrganization
                | Self::RestoreOrganization
                | Self::EditPolicies
                | Self::EditMailProfile
                | Self::ManageDomains
                | Self::DeleteDomain
                | Self::ViewPartnerSection
                | Self::ReplaceReferralLink
                | Self::ManageAttributes
                | Self::ManageConnections
        )
    }
    /// Whether it is about what only partner organizations have (B44).
    const fn is_of_partners(self) -> bool {
        matches!(self, Self::ViewPartnerSection | Self::ReplaceReferralLink)
    }
    /// Whether it changes nothing of an organization, or brings it back.
    const fn works_in_archive(self) -> bool {
        matches!(
            self,
            Self::ViewPeople
                | Self::ViewAudit
                | Self::ViewGuests
                | Self::ViewOrganization
                | Self::RestoreOrganization
                | Self::ViewPartnerSection
        )
    }
}

/// The permission that an action needs.
pub(crate) const fn needed(action: Action) -> Permission {
    match action {
        Action::ViewPeople => Permission::ViewPeople,
        Action::Invite(_) | Action::InviteExternal(_) | Action::ResendInvitation | Action::RevokeInvitation => {
            Permission::InvitePeople
        }
        Action::GrantSupport(_) => Permission::GrantSupport,
        // Whoever keeps the people in order keeps the lists that everybody works with, and knows where people go.
        Action::Edit | Action::ShareViews | Action::ViewGuests => Permission::EditPeople,
        Action::ChangeRole(_) | Action::GiveCustomRole(_) | Action::LimitRole(_) => Permission::ChangeRoles,
        Action::DefineRole(_) | Action::DeleteRole(_) => Permission::ManageRoles,
        Action::DefineGroup(_) | Action::DissolveGroup(_) | Action::JoinGroup(_) | Action::LeaveGroup(_) => {
            Permission::ManageGroups
        }
        Action::Deactivate | Action::Activate | Action::LimitAccess | Action::EndSessions => {
            Permission::DeactivatePeople
        }
        Action::Delete | Action::RevokeMembership => Permission::RemovePeople,
        Action::OfferOwnership => Permission::TransferOwnership,
        Action::ViewAudit => Permission::ViewAudit,
        // Whoever speaks for the organization says where its referral link leads.
        Action::ViewOrganization | Action::EditOrganization | Action::ReplaceReferralLink => {
            Permission::EditOrganization
        }
        Action::ArchiveOrganization | Action::RestoreOrganization => Permission::ArchiveOrganization,
        Action::EditPolicies => Permission::EditPolicies,
        Action::EditMailProfile => Permission::EditMailProfile,
        Action::ManageDomains => Permission::ManageDomains,
        Action::DeleteDomain => Permission::DeleteDomains,
        Action::ViewPartnerSection => Permission::ViewPartnerSection,
        Action::ManageAttributes | Action::SetAttributes | Action::SetOwnAttributes => Permission::ManageAttributes,
        Action::ManageConnections | Action::GiveConnectionRole => Permission::ManageConnections,
    }
}

/// Whether the actor may give a role to somebody (S31, policy G).
fn may_grant(actor: &Actor, grant: Grant) -> Result<(), Denial> {
    match grant.base {
        Role::Owner => Err(Denial::OwnerNotAssignable),
        Role::Admin if !actor.admin_grantable => Err(Denial::AdminNotGrantable),
        Role::Partner if actor.org_kind != OrgKind::Partner => Err(Denial::NoPartnerRole),
        _ if !actor.permissions().covers(grant.permissions()) => Err(Denial::BeyondYourOwn),
        _ => Ok(()),
    }
}

/// Whether the actor may let a group give a role: nobody becomes a Partner by that.
fn may_grant_to_group(actor: &Actor, grant: Grant) -> Result<(), Denial> {
    if grant.base == Role::Partner { Err(Denial::NoPartnerRole) } else { may_grant(actor, grant) }
}

/// Whether the actor decides about connections, where roles on them come and go with a group (B40, S48).
fn may_move_connections(actor: &Actor, gives: GroupGives) -> Result<(), Denial> {
    if gives.connections && !actor.permissions().has(Permission::ManageConnections) {
        return Err(Denial::BeyondYourOwn);
    }
    Ok(())
}

/// Whether the actor may take a role back that a group gives. What it has kept people from may come back to them by that, so
/// all of its base role has to be the actor's own (S31).
fn may_take_back(actor: &Actor, grant: Grant) -> Result<(), Denial> {
    may_hand_on(actor, grant.base.permissions())
}

/// Whether the actor holds what somebody comes to hold.
fn may_hand_on(actor: &Actor, permissions: PermissionSet) -> Result<(), Denial> {
    if actor.permissions().covers(permissions) { Ok(()) } else { Err(Denial::BeyondYourOwn) }
}

/// Whether the actor may give somebody another role of their own, as far as that frees what groups give.
fn may_free(actor: &Actor, target: &Target, own: Grant) -> Result<(), Denial> {
    may_hand_on(actor, target.gains_by(own))
}

/// Whether the action fits the target: its role, its state, and that it is somebody else.
fn may_touch(actor: &Actor, action: Action, target: &Target) -> Result<(), Denial> {
    let yourself = actor.membership_id == target.membership_id;
    let fits = match action {
        Action::ViewPeople
        | Action::ViewAudit
        | Action::Edit
        | Action::LimitAccess
        | Action::GiveCustomRole(_)
        | Action::LimitRole(_)
        | Action::JoinGroup(_)
        | Action::LeaveGroup(_)
        | Action::SetAttributes
        | Action::GiveConnectionRole
        | Action::Delete => true,
        Action::SetOwnAttributes => yourself,
        Action::Invite(_)
        | Action::InviteExternal(_)
        | Action::GrantSupport(_)
        | Action::DefineRole(_)
        | Action::DeleteRole(_)
        | Action::DefineGroup(_)
        | Action::DissolveGroup(_)
        | Action::ShareViews
        | Action::ViewGuests
        | Action::ViewOrganization
        | Action::EditOrganization
        | Action::ArchiveOrganization
        | Action::RestoreOrganization
        | Action::EditPolicies
        | Action::EditMailProfile
        | Action::ManageDomains
        | Action::DeleteDomain
        | Action::ViewPartnerSection
        | Action::ReplaceReferralLink
        | Action::ManageAttributes
        | Action::ManageConnections => false,
        Action::ResendInvitation | Action::RevokeInvitation => !target.state.accepted(),
        Action::ChangeRole(role) => Grant::from(role) != target.grant(),
        Action::Deactivate => target.state == PersonState::Active,
        Action::Activate => target.state == PersonState::Deactivated,
        Action::EndSessions | Action::RevokeMembership => target.state.accepted(),
        Action::OfferOwnership => target.state == PersonState::Active && target.role != Role::Owner,
    };
    if !fits {
        return Err(Denial::State);
    }
    let takes_access = matches!(
        action,
        Action::ChangeRole(_)
            | Action::GiveCustomRole(_)
            | Action::Deactivate
            | Action::Activate
            | Action::LimitAccess
            | Action::LimitRole(_)
            | Action::Delete
            | Action::RevokeMembership
    );
    // An Owner may be in groups, and go in and out: nothing that they give or take changes what the Owner may do.
    let through_group = matches!(action, Action::JoinGroup(gives) | Action::LeaveGroup(gives) if !gives.is_nothing());
    // An Owner has nobody above who could give them a role on a connection.
    let own_access = (through_group || action == Action::GiveConnectionRole) && actor.role != Role::Owner;
    if (takes_access || own_access) && yourself {
        return Err(Denial::Yourself);
    }
    let owner_only = takes_access || matches!(action, Action::Edit | Action::EndSessions | Action::GiveConnectionRole);
    if owner_only && target.role == Role::Owner && actor.role != Role::Owner {
        return Err(Denial::OwnerProtected);
    }
    match action {
        Action::OfferOwnership if target.kind != Kind::Standard => return Err(Denial::OwnerIsNative),
        Action::EndSessions if matches!(target.kind, Kind::External | Kind::Support) && !yourself => {
            return Err(Denial::SessionsElsewhere);
        }
        Action::ChangeRole(role) | Action::LimitRole(role) if !role.fits(target.kind) => {
            return Err(Denial::NoExternalRole);
        }
        Action::Delete if target.kind == Kind::Support => return Err(Denial::SupportNotDeleted),
        Action::GiveCustomRole(grant) if !grant.base.fits(target.kind) => return Err(Denial::NoExternalRole),
        // Not by the way of a role: ownership passes by acceptance (B34).
        Action::GiveCustomRole(_) if target.role == Role::Owner => return Err(Denial::OwnerProtected),
        Action::LimitAccess | Action::LimitRole(_) if target.role == Role::Owner => return Err(Denial::OwnerHasNoEnd),
        Action::ChangeRole(role) => may_free(actor, target, role.into())?,
        Action::GiveCustomRole(grant) => may_free(actor, target, grant)?,
        // Whoever moves the end of a role grants it for that time, and what follows from then on (S31).
        Action::LimitRole(then) => {
            may_grant(actor, target.grant())?;
            if then != target.role {
                may_grant(actor, then.into())?;
                may_free(actor, target, then.into())?;
            }
        }
        // Whose link it is answers for all that comes with joining, whoever gave it (S31).
        Action::ResendInvitation => {
            may_grant(actor, target.grant())?;
            may_hand_on(actor, target.holds())?;
        }
        _ => {}
    }
    match (action, actor.delete_scope) {
        (Action::Delete, DeleteScope::Off) => Err(Denial::DeletionOff),
        (Action::Delete, DeleteScope::Unaccepted) if target.state.accepted() => Err(Denial::DeletionAfterJoining),
        _ => Ok(()),
    }
}

#[cfg(test)]
pub(crate) mod tests;
