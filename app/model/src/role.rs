//! Base roles (B34, B44, B46, B51). What each may do stands in [`crate::permission`].

use serde::{Deserialize, Serialize};

use crate::Kind;

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

    /// Those that somebody of another organization can have: user or admin (B46); the vendor's staff likewise (B53).
    pub const EXTERNAL: [Self; 2] = [Self::Viewer, Self::Admin];

    /// Whether somebody of this kind can have it.
    pub fn fits(self, kind: Kind) -> bool {
        !matches!(kind, Kind::External | Kind::Support) || Self::EXTERNAL.contains(&self)
    }
    /// The role itself, where somebody of this kind can have it, or else the lowest that they can have.
    #[must_use]
    pub fn fitting(self, kind: Kind) -> Self {
        if self.fits(kind) { self } else { Self::Viewer }
    }
    /// As shown to whom it is offered: an external is a user or an admin, whose rights end where people begin (B46, B47).
    pub const fn label_as(self, kind: Kind) -> &'static str {
        match (kind, self) {
            (Kind::External, Self::Admin) => "External admin",
            (Kind::External, _) => "External user",
            _ => self.label(),
        }
    }
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
