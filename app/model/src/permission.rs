//! Authority as data: the table of permissions by base role, and the mask of external users (B47).

use serde::{Deserialize, Serialize};

use crate::{Kind, Role};

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// One thing that somebody may be allowed to do in an organization.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Permission { $($(#[$doc])* $name),+ }

        impl Permission {
            /// Every permission, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

permissions! {
    /// Use the core features of the applications behind.
    UseFeatures,
    /// See what the applications behind hold, without changing it.
    ViewContent,
    /// See the list of people and their profiles (B8).
    ViewPeople,
    /// Invite, resend and revoke invitations (B16, B23, B24).
    InvitePeople,
    /// Correct names and roles of others (B30).
    EditPeople,
    /// Deactivate and activate (B31, B32).
    DeactivatePeople,
    /// Delete people, and take memberships away (B35–B37).
    RemovePeople,
    /// Give and take roles below Owner (B33, B34).
    ChangeRoles,
    /// Offer ownership to somebody (B34).
    TransferOwnership,
    /// Archive the organization, and bring it back.
    ArchiveOrganization,
    /// Change the organization's name and details (B50).
    EditOrganization,
    /// Choose the policies that govern people.
    EditPolicies,
    /// Sender, branding and server of the organization's mail (B2).
    EditMailProfile,
    /// Organization-level API keys (B50).
    ManageApiKeys,
    /// Webhooks (B50).
    ManageWebhooks,
    /// Add domains, and prove that they are the organization's (B50).
    ManageDomains,
    /// Delete a domain (B47).
    DeleteDomains,
    /// Read the audit log.
    ViewAudit,
    /// See referred customers, commissions and payouts (B44).
    ViewPartnerSection,
}

/// What permissions are about, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Area {
    /// What the applications behind hold.
    Applications,
    /// The people of the organization.
    People,
    /// The organization itself.
    Organization,
}

impl Area {
    /// All, in their order.
    pub const ALL: [Self; 3] = [Self::Applications, Self::People, Self::Organization];

    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Applications => "Applications",
            Self::People => "People",
            Self::Organization => "Organization",
        }
    }
}

impl Permission {
    /// What it is about.
    pub const fn area(self) -> Area {
        match self {
            Self::UseFeatures | Self::ViewContent | Self::ViewPartnerSection => Area::Applications,
            Self::ViewPeople
            | Self::InvitePeople
            | Self::EditPeople
            | Self::DeactivatePeople
            | Self::RemovePeople
            | Self::ChangeRoles
            | Self::TransferOwnership => Area::People,
            Self::ArchiveOrganization
            | Self::EditOrganization
            | Self::EditPolicies
            | Self::EditMailProfile
            | Self::ManageApiKeys
            | Self::ManageWebhooks
            | Self::ManageDomains
            | Self::DeleteDomains
            | Self::ViewAudit => Area::Organization,
        }
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::UseFeatures => "Use all features",
            Self::ViewContent => "See content",
            Self::ViewPartnerSection => "See the Partner section",
            Self::ViewPeople => "See people and profiles",
            Self::InvitePeople => "Invite people",
            Self::EditPeople => "Edit people",
            Self::DeactivatePeople => "Deactivate people",
            Self::RemovePeople => "Remove people",
            Self::ChangeRoles => "Change roles",
            Self::TransferOwnership => "Transfer ownership",
            Self::ArchiveOrganization => "Archive the organization",
            Self::EditOrganization => "Edit the organization",
            Self::EditPolicies => "Edit policies",
            Self::EditMailProfile => "Edit the mail profile",
            Self::ManageApiKeys => "Manage API keys",
            Self::ManageWebhooks => "Manage webhooks",
            Self::ManageDomains => "Add and verify domains",
            Self::DeleteDomains => "Delete domains",
            Self::ViewAudit => "Read the audit log",
        }
    }
    /// What it means, in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::UseFeatures => "Work with everything in the applications behind, but for settings of the team.",
            Self::ViewContent => "See what the applications behind hold, without changing it.",
            Self::ViewPartnerSection => "Referred customers, commissions and payouts.",
            Self::ViewPeople => "The list of everybody who has access, their profiles, and files of it.",
            Self::InvitePeople => "Invite, create and import people, send invitations again and revoke them.",
            Self::EditPeople => "Correct names and addresses, and share views of the list.",
            Self::DeactivatePeople => "Keep people out and let them in again, limit access in time, end sessions.",
            Self::RemovePeople => "Revoke memberships and delete people, as the policies allow.",
            Self::ChangeRoles => "Give and take every role below Owner that one holds oneself.",
            Self::TransferOwnership => "Offer ownership to somebody, who has to accept it.",
            Self::ArchiveOrganization => "Close the organization so that nothing changes, and open it again.",
            Self::EditOrganization => "Its name, kind, address and contact.",
            Self::EditPolicies => "The rules by which people join, stay and leave.",
            Self::EditMailProfile => "How its mail looks, and by which server it leaves.",
            Self::ManageApiKeys => "Keys by which programs act for the organization.",
            Self::ManageWebhooks => "Where the organization's events are sent.",
            Self::ManageDomains => "Name domains of the organization, and prove that they are by a record in DNS.",
            Self::DeleteDomains => "Take a domain away.",
            Self::ViewAudit => "Who did what and when.",
        }
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PermissionSet(u32);

impl PermissionSet {
    /// The set of the listed permissions.
    pub const fn of(list: &[Permission]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < list.len() {
            bits |= 1 << list[i] as u32;
            i += 1;
        }
        Self(bits)
    }
    /// Whether the permission is in the set.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }
    /// What is in this set and not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    /// Whether all of the other set is in this one.
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }
}

const VIEWER: &[Permission] = &[Permission::ViewContent];
const MEMBER: &[Permission] = &[Permission::UseFeatures, Permission::ViewContent];
/// What is the Owner's alone.
const OWNER_ALONE: &[Permission] = &[Permission::TransferOwnership, Permission::ArchiveOrganization];
const PARTNER: &[Permission] = &[Permission::ViewPartnerSection];

/// What an external user never gets, whatever the role (B47). Policies are among it: they decide about all of the rest. So
/// is the mail profile: through whose server invitations leave, who can read their links.
pub const EXTERNAL_MASK: PermissionSet = PermissionSet::of(&[
    Permission::InvitePeople,
    Permission::EditPeople,
    Permission::DeactivatePeople,
    Permission::RemovePeople,
    Permission::ChangeRoles,
    Permission::TransferOwnership,
    Permission::ArchiveOrganization,
    Permission::EditOrganization,
    Permission::EditPolicies,
    Permission::EditMailProfile,
    Permission::ManageApiKeys,
    Permission::DeleteDomains,
]);

impl Role {
    /// The row of this role in the table of permissions.
    pub const fn permissions(self) -> PermissionSet {
        match self {
            Self::Owner => PermissionSet::of(Permission::ALL),
            Self::Admin => PermissionSet::of(Permission::ALL).without(PermissionSet::of(OWNER_ALONE)),
            Self::Member => PermissionSet::of(MEMBER),
            Self::Viewer => PermissionSet::of(VIEWER),
            Self::Partner => PermissionSet::of(PARTNER),
        }
    }
    /// What somebody of this role and kind may do: the table less the mask of the kind. Deny wins.
    pub const fn permissions_as(self, kind: Kind) -> PermissionSet {
        match kind {
            Kind::Standard | Kind::Support => self.permissions(),
            Kind::External => self.permissions().without(EXTERNAL_MASK),
            Kind::Embed | Kind::EmailOnly => PermissionSet::of(&[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table, so that a change of it shows in review.
    #[test]
    fn the_table_of_permissions() {
        let kinds = [Kind::Standard, Kind::External, Kind::Support, Kind::Embed, Kind::EmailOnly];
        let mut table = String::new();
        for kind in kinds {
            for role in Role::ALL {
                let set = role.permissions_as(kind);
                let row: Vec<String> =
                    Permission::ALL.iter().filter(|p| set.has(**p)).map(|p| format!("{p:?}")).collect();
                table.push_str(&format!("{:>9} {:<8} {}\n", kind.code(), role.code(), row.join(" ")));
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn each_permission_has_words_of_its_own() {
        let labels: std::collections::BTreeSet<_> = Permission::ALL.iter().map(|p| p.label()).collect();
        let sentences: std::collections::BTreeSet<_> = Permission::ALL.iter().map(|p| p.sentence()).collect();
        assert_eq!((labels.len(), sentences.len()), (Permission::ALL.len(), Permission::ALL.len()));
        for area in Area::ALL {
            assert!(Permission::ALL.iter().any(|p| p.area() == area), "{area:?}");
        }
    }

    #[test]
    fn a_lower_role_holds_nothing_that_the_admin_lacks() {
        for role in Role::ALL {
            assert!(Role::Owner.permissions().covers(role.permissions()));
            if role != Role::Owner {
                assert!(Role::Admin.permissions().covers(role.permissions()));
            }
        }
    }
}
