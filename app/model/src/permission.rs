//! Authority as data: the table of permissions by base role, and the mask of external users (B47).

use serde::{Deserialize, Serialize};

use crate::{Kind, OrgKind, Role, set::set};

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// One thing that somebody may be allowed to do in an organization.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission { $($(#[$doc])* #[serde(rename = $code)] $name),+ }

        impl Permission {
            /// Every permission, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The permission of a [`Self::code`].
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|permission| permission.code() == code)
            }

            /// As stored and as sent: `view_people`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
        }
    };
}

permissions! {
    /// Use the core features of the applications behind.
    UseFeatures = "use_features",
    /// See what the applications behind hold, without changing it.
    ViewContent = "view_content",
    /// See the list of people and their profiles (B8).
    ViewPeople = "view_people",
    /// Invite, resend and revoke invitations (B16, B23, B24).
    InvitePeople = "invite_people",
    /// Correct names and roles of others (B30).
    EditPeople = "edit_people",
    /// Deactivate and activate (B31, B32).
    DeactivatePeople = "deactivate_people",
    /// Delete people, and take memberships away (B35–B37).
    RemovePeople = "remove_people",
    /// Give and take roles below Owner (B33, B34).
    ChangeRoles = "change_roles",
    /// Make, change and delete custom roles (B41).
    ManageRoles = "manage_roles",
    /// Let the vendor's staff in for a time (B53).
    GrantSupport = "grant_support",
    /// Make, change and delete groups, and put people into them (B38).
    ManageGroups = "manage_groups",
    /// Offer ownership to somebody (B34).
    TransferOwnership = "transfer_ownership",
    /// Archive the organization, and bring it back.
    ArchiveOrganization = "archive_organization",
    /// Change the organization's name and details (B50).
    EditOrganization = "edit_organization",
    /// Choose the policies that govern people.
    EditPolicies = "edit_policies",
    /// Sender, branding and server of the organization's mail (B2).
    EditMailProfile = "edit_mail_profile",
    /// Organization-level API keys (B50).
    ManageApiKeys = "manage_api_keys",
    /// Webhooks (B50).
    ManageWebhooks = "manage_webhooks",
    /// Add domains, and prove that they are the organization's (B50).
    ManageDomains = "manage_domains",
    /// Delete a domain (B47).
    DeleteDomains = "delete_domains",
    /// Read the audit log.
    ViewAudit = "view_audit",
    /// See referred customers, commissions and payouts (B44).
    ViewPartnerSection = "view_partner_section",
    /// Define attributes, and give people and groups values of them (B39).
    ManageAttributes = "manage_attributes",
    /// Register connections, and say who may do what with them (B40).
    ManageConnections = "manage_connections",
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
            | Self::ManageRoles
            | Self::GrantSupport
            | Self::ManageGroups
            | Self::TransferOwnership
            | Self::ManageAttributes => Area::People,
            Self::ArchiveOrganization
            | Self::EditOrganization
            | Self::EditPolicies
            | Self::EditMailProfile
            | Self::ManageApiKeys
            | Self::ManageWebhooks
            | Self::ManageDomains
            | Self::DeleteDomains
            | Self::ViewAudit
            | Self::ManageConnections => Area::Organization,
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
            Self::ManageRoles => "Manage custom roles",
            Self::GrantSupport => "Grant support access",
            Self::ManageGroups => "Manage groups",
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
            Self::ManageAttributes => "Manage attributes",
            Self::ManageConnections => "Manage connections",
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
            Self::ManageRoles => "Make roles that are a base role less some permissions, change and delete them.",
            Self::GrantSupport => "Let the staff of the installation's operator in for a time, with a reason.",
            Self::ManageGroups => {
                "Make groups, put people into them, and give roles through them that one holds oneself."
            }
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
            Self::ManageAttributes => {
                "Define attributes, and give people and groups values, by which applications choose what they show."
            }
            Self::ManageConnections => "Register connections of the applications, and say who may do what with them.",
        }
    }
}

impl Permission {
    /// Those that there are in an organization of a kind: only partner organizations have a Partner section (B44).
    pub fn of(kind: OrgKind) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |of| *of != Self::ViewPartnerSection || kind == OrgKind::Partner)
    }
}

set! {
    /// A set of permissions.
    PermissionSet(u32) of Permission
}

impl PermissionSet {
    /// What of it somebody of this kind gets: the mask of the kind narrows it (B47).
    #[must_use]
    pub const fn masked(self, kind: Kind) -> Self {
        match kind {
            Kind::Standard => self,
            Kind::Support => self.without(SUPPORT_MASK),
            Kind::External => self.without(EXTERNAL_MASK),
            Kind::Embed | Kind::EmailOnly => Self(0),
        }
    }
}

const VIEWER: &[Permission] = &[Permission::ViewContent];
const MEMBER: &[Permission] = &[Permission::UseFeatures, Permission::ViewContent];
/// What is the Owner's alone.
const OWNER_ALONE: &[Permission] = &[Permission::TransferOwnership, Permission::ArchiveOrganization];
const PARTNER: &[Permission] = &[Permission::ViewPartnerSection];

/// What an external user never gets, whatever the role (B47). Policies are among it: they decide about all of the rest. So
/// is the mail profile: through whose server invitations leave, who can read their links. And so are connections: who does not
/// change roles does not hand out access to data either.
pub const EXTERNAL_MASK: PermissionSet = PermissionSet::of(&[
    Permission::InvitePeople,
    Permission::EditPeople,
    Permission::DeactivatePeople,
    Permission::RemovePeople,
    Permission::ChangeRoles,
    Permission::ManageRoles,
    Permission::GrantSupport,
    Permission::ManageGroups,
    Permission::TransferOwnership,
    Permission::ArchiveOrganization,
    Permission::EditOrganization,
    Permission::EditPolicies,
    Permission::EditMailProfile,
    Permission::ManageApiKeys,
    Permission::DeleteDomains,
    Permission::ManageAttributes,
    Permission::ManageConnections,
]);

/// What the vendor's staff never get (B53): whoever is let in for a time does not decide about who has access, for how long,
/// and by which rules; nor by which server invitations leave, who can read their links.
pub const SUPPORT_MASK: PermissionSet = PermissionSet::of(&[
    Permission::InvitePeople,
    Permission::DeactivatePeople,
    Permission::RemovePeople,
    Permission::EditPolicies,
    Permission::EditMailProfile,
    Permission::ManageApiKeys,
    Permission::ChangeRoles,
    Permission::ManageRoles,
    Permission::ManageGroups,
    Permission::GrantSupport,
    Permission::TransferOwnership,
    Permission::ArchiveOrganization,
    Permission::ManageAttributes,
    Permission::ManageConnections,
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
        self.permissions().masked(kind)
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
    fn a_set_survives_the_database_and_the_wire() {
        let set = PermissionSet::of(&[Permission::ViewAudit, Permission::UseFeatures]);
        assert_eq!(set.codes(), "use_features view_audit");
        assert_eq!(PermissionSet::from_codes(&set.codes()), set);
        assert_eq!(PermissionSet::from_codes("view_audit no_such_thing"), PermissionSet::of(&[Permission::ViewAudit]));
        assert!(PermissionSet::from_codes("").is_empty());
        let json = serde_json::to_string(&set).unwrap();
        assert_eq!(json, r#"["use_features","view_audit"]"#);
        assert_eq!(serde_json::from_str::<PermissionSet>(&json).unwrap(), set);
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
