//! Identifiers: a prefix that names the noun, then a `UUIDv7` in 32 hexadecimal digits (`usr_0198c0de…`).
//!
//! The prefix makes a log line or a URL readable and keeps one kind of id from being passed for another; version 7
//! makes ids sort by their creation, which keeps the indexes of the store dense (RFC 9562 §5.7).

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

use crate::Timestamp;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a valid identifier")]
pub struct InvalidId;

/// What every id type can do; lets the service make ids of any kind from its one source of randomness.
pub trait Id: Sized {
    /// The noun's prefix, without the underscore.
    const PREFIX: &'static str;
    /// A fresh id of `now` with 74 of the given 80 random bits (RFC 9562 §5.7).
    fn fresh(now: Timestamp, random: [u8; 10]) -> Self;
    /// Reads `prefix_` + 32 hexadecimal digits.
    ///
    /// # Errors
    /// [`InvalidId`] on any other text, another noun's prefix included.
    fn parse(text: &str) -> Result<Self, InvalidId>;
    /// The id as it is stored and shown.
    fn as_str(&self) -> &str;
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn fresh(now: Timestamp, random: [u8; 10]) -> Self {
                let millis = u64::try_from(now.millis()).unwrap_or(0);
                let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
                Self(format!(concat!($prefix, "_{}"), uuid.simple()))
            }
            fn parse(text: &str) -> Result<Self, InvalidId> {
                let digits = text.strip_prefix(concat!($prefix, "_")).ok_or(InvalidId)?;
                let lower = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
                if digits.len() != 32 || !lower || Uuid::try_parse(digits).is_err() {
                    return Err(InvalidId);
                }
                Ok(Self(text.to_owned()))
            }
            fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

id!(
    /// A person's one account on this installation.
    UserId, "usr"
);
id!(
    /// An organization: the tenant.
    OrgId, "org"
);
id!(
    /// A person in an organization, from the invitation on.
    MembershipId, "mem"
);
id!(
    /// One sent invitation link; a resend makes a new one.
    InvitationId, "inv"
);
id!(
    /// A signed-in browser.
    SessionId, "ses"
);
id!(
    /// A line of the audit log.
    AuditId, "aud"
);
id!(
    /// A message on its way out.
    OutboxId, "msg"
);
id!(
    /// One thing done to many people.
    JobId, "job"
);
id!(
    /// A saved view of the people grid.
    ViewId, "viw"
);
id!(
    /// A link that was mailed about an account.
    AccountLinkId, "lnk"
);
id!(
    /// Somebody's request for an invitation.
    RequestId, "req"
);

id!(
    /// An offer of ownership.
    OfferId, "own"
);
id!(
    /// A custom role.
    RoleId, "rol"
);
id!(
    /// A domain of an organization.
    DomainId, "dom"
);
id!(
    /// A group.
    GroupId, "grp"
);
id!(
    /// A customer that a partner organization has referred.
    ReferralId, "ref"
);
id!(
    /// A commission or payout.
    RecordId, "rec"
);
id!(
    /// An attribute of people.
    AttributeId, "att"
);
id!(
    /// A connection of the applications behind.
    ConnectionId, "con"
);
id!(
    /// A model of a connection.
    DataModelId, "mdl"
);
id!(
    /// A custom connection role.
    ConnectionRoleId, "cro"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_id_reads_back_and_sorts_by_its_time() {
        let early = UserId::fresh(Timestamp::from_millis(1_000), [0xff; 10]);
        let late = UserId::fresh(Timestamp::from_millis(2_000), [0; 10]);
        assert!(early < late);
        assert_eq!(UserId::parse(early.as_str()), Ok(early));
    }

    #[test]
    fn another_nouns_id_or_a_mangled_one_is_refused() {
        let org = OrgId::fresh(Timestamp::from_millis(1), [7; 10]);
        let upper = org.as_str().to_uppercase();
        for wrong in
            [org.as_str(), "usr_", "usr_12", "", "usr_zz98c0de00007000800000000000000g", &upper, "usr_' OR 1=1 --"]
        {
            assert_eq!(UserId::parse(wrong), Err(InvalidId), "{wrong}");
        }
    }
}
