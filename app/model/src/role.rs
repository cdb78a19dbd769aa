//! Base roles (B34, B44, B51). What each may do stands in [`crate::permission`].

use serde::{Deserialize, Serialize};

/// A base role, the highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers for the organization; there is one at all times (B34).
    Owner,
    /// Full control, except over Owners.
    Admin,
    /// All core features, no team settings (B51).
    Member,
    /// Sees, changes nothing (B44).
    Viewer,
    /// Sees the Partner section of a partner organization and nothing else (B44).
    Partner,
}

impl Role {
    /// Every role, the highest first.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Admin, Self::Member, Self::Viewer, Self::Partner];

    /// As stored and as sent: `admin`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Viewer => "viewer",
            Self::Partner => "partner",
        }
    }
    /// The role of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
    /// As shown: `Admin`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Admin => "Admin",
            Self::Member => "Member",
            Self::Viewer => "Viewer",
            Self::Partner => "Partner",
        }
    }
}
