//! Kinds and statuses of membership: Invited → Active ⇄ Deactivated; an invitation expires by itself.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How a person belongs to an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Native to the organization.
    Standard,
    /// Native to another organization (B45).
    External,
    /// The vendor's staff (B53).
    Support,
    /// Comes through an embedded host application (B54).
    Embed,
    /// Receives a delivery and has no account (B55).
    EmailOnly,
}

impl Kind {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::External => "external",
            Self::Support => "support",
            Self::Embed => "embed",
            Self::EmailOnly => "email_only",
        }
    }
    /// The kind of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Standard, Self::External, Self::Support, Self::Embed, Self::EmailOnly]
            .into_iter()
            .find(|k| k.code() == code)
    }
}

/// How somebody came to an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Set the organization up (B1).
    SetUp,
    /// Was invited (B17, B18).
    Invited,
    /// Was created by an admin, with a temporary password (B4).
    Created,
    /// Was invited by a CSV import (B28).
    Csv,
    /// Signed in through SSO (B52).
    Sso,
    /// Was provisioned by SCIM (B52).
    Scim,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 6] = [Self::SetUp, Self::Invited, Self::Created, Self::Csv, Self::Sso, Self::Scim];
    /// As stored and in the URL.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SetUp => "setup",
            Self::Invited => "invited",
            Self::Created => "created",
            Self::Csv => "csv",
            Self::Sso => "sso",
            Self::Scim => "scim",
        }
    }
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::SetUp => "Set-up",
            Self::Invited => "Invitation",
            Self::Created => "Created account",
            Self::Csv => "CSV import",
            Self::Sso => "SSO",
            Self::Scim => "SCIM",
        }
    }
    /// The source of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// The stored status of a membership. Expiry is never stored; see [`PersonState`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Invited and not accepted yet.
    Invited,
    /// Can log in.
    Active,
    /// Kept from logging in (B31).
    Deactivated,
}

impl Status {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
        }
    }
    /// The status of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Invited, Self::Active, Self::Deactivated].into_iter().find(|s| s.code() == code)
    }
    /// What the person is at `now`, given until when the invitation may be accepted (B21: computed on read).
    pub fn at(self, invitation_expires_at: Option<Timestamp>, now: Timestamp) -> PersonState {
        match self {
            Self::Active => PersonState::Active,
            Self::Deactivated => PersonState::Deactivated,
            Self::Invited if invitation_expires_at.is_some_and(|end| end <= now) => PersonState::Expired,
            Self::Invited => PersonState::Invited,
        }
    }
}

/// What a person in the list is at a given moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonState {
    /// An open invitation.
    Invited,
    /// An invitation whose time ran out.
    Expired,
    /// Can log in.
    Active,
    /// Kept from logging in.
    Deactivated,
}

impl PersonState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Invited, Self::Expired, Self::Active, Self::Deactivated];

    /// Whether the person has accepted and so has a switch "Active" (B15).
    pub const fn accepted(self) -> bool {
        matches!(self, Self::Active | Self::Deactivated)
    }
    /// As stored: an invitation whose time ran out is one still.
    pub const fn stored(self) -> Status {
        match self {
            Self::Invited | Self::Expired => Status::Invited,
            Self::Active => Status::Active,
            Self::Deactivated => Status::Deactivated,
        }
    }
    /// The state of a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
    /// Stable word for styles and tests.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Expired => "expired",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_expires_by_the_clock_alone() {
        let end = Timestamp::from_millis(1_000);
        for (now, state) in [(999, PersonState::Invited), (1_000, PersonState::Expired), (1_001, PersonState::Expired)]
        {
            assert_eq!(Status::Invited.at(Some(end), Timestamp::from_millis(now)), state);
        }
        assert_eq!(Status::Active.at(Some(end), Timestamp::from_millis(5_000)), PersonState::Active);
        assert_eq!(Status::Deactivated.at(None, end), PersonState::Deactivated);
    }
}
