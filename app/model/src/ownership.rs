//! What the page of ownership shows: who the Owners are, and the offers that wait (B34, N4).

use serde::{Deserialize, Serialize};

use crate::{MembershipId, OfferId, Timestamp, rules::TransferMode};

/// Somebody, as others are told of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The membership.
    pub membership_id: MembershipId,
    /// The name, or else the address.
    pub name: String,
    /// The address.
    pub email: String,
}

/// An offer that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOffer {
    /// Its id.
    pub id: OfferId,
    /// Who gives.
    pub from: Who,
    /// Who is to take.
    pub to: Who,
    /// What becomes of who gives.
    pub mode: TransferMode,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be accepted.
    pub expires_at: Timestamp,
}

/// The page of ownership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnershipView {
    /// The Owners, by name, for who may see people.
    pub owners: Vec<Who>,
    /// How many there may be (policy G).
    pub max_owners: u16,
    /// Offers that the viewer made, or that were made to them.
    pub offers: Vec<OpenOffer>,
    /// The server's clock at reading.
    pub now: Timestamp,
}
